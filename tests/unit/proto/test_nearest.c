/*
 * Goal: the nearest names come first, and what is far does not come at all.
 */
#include "proto/nearest.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = {"LOST",    "STOLEN",      "STOLEN_BLANK", "REVOKED",
                                    "jp.mofa", "jp.moj",      "jp.npa",       "kr.moj",
                                    "number",  "last_number", "contact",      "ARREST"};

START_TEST(the_nearest_name_comes_first)
{
    static const struct {
        const char *word, *want;
    } rows[] = {
        {"STOLN", "STOLEN"},    {"stolen-blnak", "STOLEN_BLANK"},
        {"jp.mofq", "jp.mofa"}, {"nubmer", "number"},
        {"ARREST", "ARREST"},   {"Lost ", "LOST"},
        {"revoke", "REVOKED"},  {"con", "contact"},
        {"mumber", "number"},
    };
    struct nearest nearest;

    nearest_init(&nearest, rows[_i].word);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        nearest_offer(&nearest, names[i]);
    ck_assert_uint_ge(nearest.count, 1);
    ck_assert_str_eq(nearest.names[0], rows[_i].want);
}
END_TEST

START_TEST(what_is_far_or_too_long_is_not_offered)
{
    char long_word[NEAREST_WORD_BYTES_MAX + 2];
    struct nearest nearest;

    memset(long_word, 'x', sizeof long_word - 1);
    long_word[sizeof long_word - 1] = '\0';
    nearest_init(&nearest, "passport");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        nearest_offer(&nearest, names[i]);
    nearest_offer(&nearest, long_word);
    nearest_offer(&nearest, "");
    ck_assert_uint_eq(nearest.count, 0);
    nearest_init(&nearest, long_word);
    nearest_offer(&nearest, long_word);
    ck_assert_uint_eq(nearest.count, 0);
}
END_TEST

START_TEST(three_names_are_kept_the_first_of_equals_first)
{
    struct nearest nearest;

    nearest_init(&nearest, "jp.mox");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        nearest_offer(&nearest, names[i]);
    nearest_offer(&nearest, "jp.mo");
    nearest_offer(&nearest, "jp.mox");
    ck_assert_uint_eq(nearest.count, 3);
    ck_assert_str_eq(nearest.names[0], "jp.mox");
    ck_assert_str_eq(nearest.names[1], "jp.moj");
    ck_assert_str_eq(nearest.names[2], "jp.mo");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("nearest");
    TCase *tcase = tcase_create("nearest");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_loop_test(tcase, the_nearest_name_comes_first, 0, 9);
    tcase_add_test(tcase, what_is_far_or_too_long_is_not_offered);
    tcase_add_test(tcase, three_names_are_kept_the_first_of_equals_first);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
