/*
 * Goal: every phrase is there in both languages, and takes the same arguments in each, so that a
 * format chosen by the reader's language can never read what was not given.
 */
#include "clients/phrase.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

/* The conversions of a format, one after the other: "%s%llu". */
static void
conversions(const char *format, char out[64])
{
    size_t len = 0;

    for (const char *at = strchr(format, '%'); at != NULL; at = strchr(at + 1, '%')) {
        size_t span = 1 + strspn(at + 1, "l");
        ck_assert_uint_lt(len + span + 1, 64);
        memcpy(out + len, at, span + 1);
        len += span + 1;
    }
    out[len] = '\0';
}

START_TEST(every_phrase_is_there_in_both_languages_with_the_same_arguments)
{
    for (unsigned i = 0; i < PHRASE_COUNT; i++) {
        const char *english = phrase((enum phrase)i, LANGUAGE_EN);
        const char *japanese = phrase((enum phrase)i, LANGUAGE_JA);
        char left[64], right[64];
        ck_assert_ptr_nonnull(english);
        ck_assert_ptr_nonnull(japanese);
        ck_assert_str_ne(english, "");
        ck_assert_str_ne(japanese, "");
        conversions(english, left);
        conversions(japanese, right);
        ck_assert_msg(strcmp(left, right) == 0, "%s has %s, but %s has %s", english, left, japanese,
                      right);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("phrase");
    TCase *tcase = tcase_create("phrase");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_test(tcase, every_phrase_is_there_in_both_languages_with_the_same_arguments);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
