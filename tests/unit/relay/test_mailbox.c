/*
 * Goal: mailboxes number without a gap and serve FLASH first without starving the rest; limits
 * allow what they say and refuse above; passes are found by key and by hash.
 */
#include "relay/limit.h"
#include "relay/mailbox.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FLASH DENREI__V1__LANE__LANE_FLASH
#define REST  DENREI__V1__LANE__LANE_REST

static struct mailboxes *mailboxes;

static void
set_up(void)
{
    ck_assert_int_eq(mailboxes_new(&mailboxes), ERR_OK);
}

static void
tear_down(void)
{
    mailboxes_free(&mailboxes);
}

static struct mailbox *
open_one(const char *member)
{
    struct mailbox *mailbox = NULL;

    ck_assert_int_eq(mailboxes_open(mailboxes, member, &mailbox), ERR_OK);
    return mailbox;
}

START_TEST(each_lane_numbers_from_one_without_a_gap)
{
    struct mailbox *mailbox = open_one("jp.npa");

    for (uint64_t i = 1; i <= 5; i++) {
        ck_assert_uint_eq(mailbox_add(mailbox, FLASH).number, i);
        ck_assert_uint_eq(mailbox_add(mailbox, REST).number, i);
    }
    ck_assert_uint_eq(mailbox->unacknowledged, 10);
}
END_TEST

START_TEST(members_keep_their_numbers_and_are_found_in_any_order)
{
    static const char *const MEMBERS[] = {"kr.moj", "jp.npa", "int.interpol", "zz.z", "aa.a"};
    char id[MEMBER_ID_MAX + 1];

    for (uint32_t i = 0; i < 5; i++)
        ck_assert_uint_eq(open_one(MEMBERS[i])->number, i);
    for (uint32_t i = 0; i < 300; i++) {
        snprintf(id, sizeof id, "m.%u", (i * 7919) % 1000);
        (void)open_one(id);
    }
    for (uint32_t i = 0; i < 5; i++) {
        ck_assert_uint_eq(mailboxes_find(mailboxes, MEMBERS[i])->number, i);
        ck_assert_ptr_eq(mailboxes_at(mailboxes, i), mailboxes_find(mailboxes, MEMBERS[i]));
    }
    ck_assert_ptr_null(mailboxes_find(mailboxes, "jp.np"));
}
END_TEST

START_TEST(only_member_ids_have_mailboxes_and_not_too_many)
{
    struct mailbox *mailbox = NULL;
    char id[MEMBER_ID_MAX + 1];

    ck_assert_int_eq(mailboxes_open(mailboxes, "JP", &mailbox), ERR_FORMAT);
    ck_assert_int_eq(mailboxes_open(mailboxes, "", &mailbox), ERR_FORMAT);
    for (unsigned i = 0; i < MAILBOXES_MAX; i++) {
        snprintf(id, sizeof id, "m.%u", i);
        (void)open_one(id);
    }
    ck_assert_int_eq(mailboxes_open(mailboxes, "one.more", &mailbox), ERR_FULL);
    ck_assert_uint_eq(mailboxes_count(mailboxes), MAILBOXES_MAX);
}
END_TEST

START_TEST(changed_mailboxes_are_taken_once)
{
    struct mailbox *mailbox = open_one("jp.npa");

    (void)open_one("kr.moj");
    (void)open_one("jp.npa");
    ck_assert_ptr_nonnull(mailboxes_take_changed(mailboxes));
    ck_assert_ptr_nonnull(mailboxes_take_changed(mailboxes));
    ck_assert_ptr_null(mailboxes_take_changed(mailboxes));
    ck_assert_ptr_eq(open_one("jp.npa"), mailbox);
    ck_assert_ptr_eq(mailboxes_take_changed(mailboxes), mailbox);
}
END_TEST

START_TEST(flash_goes_first_and_one_of_the_rest_after_every_eight)
{
    struct mailbox *mailbox = open_one("jp.npa");
    struct mailbox_position position = {0};
    struct slot slot;

    for (int i = 0; i < 20; i++)
        (void)mailbox_add(mailbox, FLASH);
    for (int i = 0; i < 5; i++)
        (void)mailbox_add(mailbox, REST);
    for (int i = 1; i <= 25; i++) {
        ck_assert(mailbox_has_news(mailbox, &position));
        ck_assert(mailbox_next(mailbox, &position, &slot));
        bool is_rest = i == 9 || i == 18 || i > 22;
        ck_assert_int_eq(slot.lane, is_rest ? REST : FLASH);
        ck_assert_uint_eq(slot.number, is_rest ? position.rest_after : position.flash_after);
    }
    ck_assert(!mailbox_has_news(mailbox, &position));
    ck_assert(!mailbox_next(mailbox, &position, &slot));
    ck_assert_uint_eq(position.flash_after, 20);
    ck_assert_uint_eq(position.rest_after, 5);
}
END_TEST

START_TEST(the_count_of_what_is_unacknowledged_does_not_pass_zero)
{
    struct mailbox *mailbox = open_one("jp.npa");

    (void)mailbox_add(mailbox, REST);
    mailbox_acknowledge(mailbox);
    mailbox_acknowledge(mailbox);
    ck_assert_uint_eq(mailbox->unacknowledged, 0);
}
END_TEST

START_TEST(a_limit_gives_its_burst_and_then_its_rate)
{
    const struct limit_rate rate = {.per_second = 10, .burst = 5};
    struct limit limit = {0};
    uint64_t now_ms = 1750000000000;

    for (int i = 0; i < 5; i++)
        ck_assert(limit_take(&limit, &rate, now_ms, 1));
    ck_assert(!limit_take(&limit, &rate, now_ms, 1));
    ck_assert(!limit_take(&limit, &rate, now_ms + 99, 1));
    ck_assert(limit_take(&limit, &rate, now_ms + 100, 1));
    ck_assert(!limit_take(&limit, &rate, now_ms + 100, 1));
    ck_assert(limit_take(&limit, &rate, now_ms + 10000, 5));
    ck_assert(!limit_take(&limit, &rate, now_ms + 10000, 1));
    ck_assert(!limit_take(&limit, &rate, now_ms + 1000000, 6)); /* more than it ever holds */
}
END_TEST

START_TEST(a_clock_that_goes_back_fills_no_limit)
{
    const struct limit_rate rate = {.per_second = 10, .burst = 1};
    struct limit limit = {0};

    ck_assert(limit_take(&limit, &rate, 1000000, 1));
    ck_assert(!limit_take(&limit, &rate, 10, 1));
    ck_assert(!limit_take(&limit, &rate, 1000050, 1));
    ck_assert(limit_take(&limit, &rate, 1000100, 1));
    ck_assert(limit_take(&limit, &rate, UINT64_MAX, 1)); /* nor does one that leaps overflow */
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("mailbox");
    TCase *tcase = tcase_create("mailbox");
    SRunner *runner = NULL;

    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, each_lane_numbers_from_one_without_a_gap);
    tcase_add_test(tcase, members_keep_their_numbers_and_are_found_in_any_order);
    tcase_add_test(tcase, only_member_ids_have_mailboxes_and_not_too_many);
    tcase_add_test(tcase, changed_mailboxes_are_taken_once);
    tcase_add_test(tcase, flash_goes_first_and_one_of_the_rest_after_every_eight);
    tcase_add_test(tcase, the_count_of_what_is_unacknowledged_does_not_pass_zero);
    tcase_add_test(tcase, a_limit_gives_its_burst_and_then_its_rate);
    tcase_add_test(tcase, a_clock_that_goes_back_fills_no_limit);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
