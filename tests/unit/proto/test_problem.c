/*
 * Goal: problems are kept in order with their path, sentence and cure, within their bounds.
 */
#include "proto/problem.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

START_TEST(a_problem_keeps_its_path_its_sentence_and_its_cure)
{
    struct problems problems = {0};

    ck_assert(problems_is_empty(&problems));
    problems_add(&problems, problem_path("documents[%d].number", 2).text, "Write %s as it is.",
                 "The number \"%s\" has %d characters.", "TK1", 3);
    ck_assert(!problems_is_empty(&problems));
    ck_assert_uint_eq(problems.count, 1);
    ck_assert_str_eq(problems.list[0].path.text, "documents[2].number");
    ck_assert_str_eq(problems.list[0].wrong, "The number \"TK1\" has 3 characters.");
    ck_assert_str_eq(problems.list[0].cure, "Write %s as it is.");
}
END_TEST

START_TEST(a_full_list_counts_what_it_drops_and_keeps_what_it_has)
{
    struct problems problems = {0};

    for (int i = 0; i < PROBLEMS_MAX + 3; i++)
        problems_add(&problems, "x", "", "%d", i);
    ck_assert_uint_eq(problems.count, PROBLEMS_MAX);
    ck_assert_uint_eq(problems.dropped, 3);
    ck_assert_uint_eq(problems_total(&problems), PROBLEMS_MAX + 3);
    ck_assert_str_eq(problems.list[0].wrong, "0");
    ck_assert_str_eq(problems.list[PROBLEMS_MAX - 1].wrong, "31");
}
END_TEST

START_TEST(a_long_text_is_cut_between_characters)
{
    static const char *const characters[] = {"a", "é", "日", "𠮷"};
    char text[2 * PROBLEM_TEXT_BYTES] = "";

    for (int shift = 0; shift < 4; shift++) {
        struct problems problems = {0};
        size_t size = strlen(characters[_i]);
        memset(text, 'x', (size_t)shift);
        for (size_t at = (size_t)shift; at + size < sizeof text - 4; at += size)
            memcpy(text + at, characters[_i], size + 1);
        problems_add(&problems, text, text, "%s", text);
        size_t len = strlen(problems.list[0].wrong);
        ck_assert_uint_eq((len - (size_t)shift) % size, 0);
        ck_assert_uint_gt(len, PROBLEM_TEXT_BYTES - 5);
        ck_assert_uint_eq((strlen(problems.list[0].path.text) - (size_t)shift) % size, 0);
        ck_assert_uint_eq(strlen(problems.list[0].cure), len);
    }
}
END_TEST

START_TEST(what_is_not_utf8_is_made_so)
{
    struct problems problems = {0};

    problems_add(&problems, "a\xff", "b\xc3", "c%s", "\xe3\x81\x82\x80");
    ck_assert_str_eq(problems.list[0].path.text, "a?");
    ck_assert_str_eq(problems.list[0].cure, "b?");
    ck_assert_str_eq(problems.list[0].wrong, "c????");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("problem");
    TCase *tcase = tcase_create("problem");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_test(tcase, a_problem_keeps_its_path_its_sentence_and_its_cure);
    tcase_add_test(tcase, a_full_list_counts_what_it_drops_and_keeps_what_it_has);
    tcase_add_loop_test(tcase, a_long_text_is_cut_between_characters, 0, 4);
    tcase_add_test(tcase, what_is_not_utf8_is_made_so);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
