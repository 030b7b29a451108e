/*
 * Goal: an inbox filter takes exactly what was asked for, and words that mean nothing are told.
 * Method: one message, and each filter once so that it fits and once so that it does not.
 */
#include "clients/officer/inbox.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct header header;
static struct problems problems;

static void
setup(void)
{
    memset(&problems, 0, sizeof problems);
    header = (struct header){.kind = DENREI__V1__KIND__KIND_MLA,
                             .from = "kr.moj",
                             .priority = DENREI__V1__PRIORITY__PRIORITY_FLASH,
                             .id = {{0x01, 0x93, 0xa5}},
                             .thread_id = {{0xab}}};
}

/* Whether what `words` ask for takes the message, accepted at 1000 and not yet read. */
static bool
takes(struct inbox_words words)
{
    struct inbox_filter filter;

    ck_assert_int_eq(inbox_filter_read(&words, &filter, &problems), ERR_OK);
    return inbox_filter_takes(&filter, &header, 1000, false);
}

START_TEST(each_filter_takes_what_fits_and_nothing_else)
{
    ck_assert(takes((struct inbox_words){0}));
    ck_assert(takes((struct inbox_words){.kind = "mla"}));
    ck_assert(!takes((struct inbox_words){.kind = "suspect-alert"}));
    ck_assert(takes((struct inbox_words){.from = "kr.moj"}));
    ck_assert(!takes((struct inbox_words){.from = "kr.mo"}));
    ck_assert(takes((struct inbox_words){.priority = "flash"}));
    ck_assert(!takes((struct inbox_words){.priority = "routine"}));
    ck_assert(takes((struct inbox_words){.thread = "ab"}));
    ck_assert(!takes((struct inbox_words){.thread = "ac"}));
    ck_assert(takes((struct inbox_words){.id = "0193-A5"}));
    ck_assert(!takes((struct inbox_words){.id = "0193a6"}));
    ck_assert(takes((struct inbox_words){.since_ms = 1000, .until_ms = 1001}));
    ck_assert(!takes((struct inbox_words){.since_ms = 1001}));
    ck_assert(!takes((struct inbox_words){.until_ms = 1000}));
    ck_assert(takes((struct inbox_words){.unread = true}));
    ck_assert(!takes((struct inbox_words){.unread = true, .kind = "mla", .from = "jp.moj"}));

    const struct inbox_words unread = {.unread = true};
    struct inbox_filter filter;
    ck_assert_int_eq(inbox_filter_read(&unread, &filter, &problems), ERR_OK);
    ck_assert(!inbox_filter_takes(&filter, &header, 1000, true));
}
END_TEST

START_TEST(words_that_mean_nothing_are_told_together_and_nothing_is_read)
{
    const struct inbox_words words = {
        .kind = "mia", .priority = "soon", .thread = "xyz", .id = "", .since_ms = 5, .until_ms = 5};
    struct inbox_filter filter = {.since_ms = 77};

    ck_assert_int_eq(inbox_filter_read(&words, &filter, &problems), ERR_USAGE);
    ck_assert_uint_eq(problems.count, 5);
    ck_assert_str_eq(problems.list[0].path.text, "--kind");
    ck_assert_ptr_nonnull(strstr(problems.list[0].cure, "mla"));
    ck_assert_uint_eq(filter.since_ms, 77);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("inbox");
    TCase *tcase = tcase_create("inbox");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_test(tcase, each_filter_takes_what_fits_and_nothing_else);
    tcase_add_test(tcase, words_that_mean_nothing_are_told_together_and_nothing_is_read);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
