/*
 * Goal: the policy allows the good header and gives the right refusal, and who is at fault, for
 * every rule broken alone.
 * Method: a table of single changes to a header, a place, or the federation.
 */
#include "tests/unit/keys/policy_case.h"

#include <stdlib.h>

START_TEST(good_header_is_allowed_now_and_at_its_leaf)
{
    assert_answer(REFUSAL_NONE, "");
    place.leaf = 5;
    assert_answer(REFUSAL_NONE, "");
}
END_TEST

START_TEST(credential_is_in_force_valid_and_the_senders)
{
    place.leaf = 2; /* before its roster */
    assert_answer(REFUSAL_CREDENTIAL, "aa.one");
    place.leaf = TRUST_UNLOGGED;
    header.credential.bytes[0] ^= 1;
    assert_answer(REFUSAL_CREDENTIAL, "aa.one");
    header.credential = node_b.hash;
    assert_answer(REFUSAL_SENDER, "aa.one");
    header.credential = auditor.hash;
    assert_answer(REFUSAL_CREDENTIAL, "a1");
    header.credential = sender.hash;
    place.now_ms = sender.not_after_ms;
    assert_answer(REFUSAL_CREDENTIAL, "o1");
    place.now_ms = sender.not_before_ms - 1;
    assert_answer(REFUSAL_CREDENTIAL, "o1");
}
END_TEST

START_TEST(kind_is_granted_to_member_and_credential)
{
    struct member members[WORLD_MEMBERS];

    memcpy(members, world.members, sizeof members);
    members[0].may_send = ALERT;
    members[2].may_receive = PASSPORT;
    apply_members(members);
    assert_answer(REFUSAL_KIND_SEND, "aa.one");
    place.leaf = 10; /* it still was allowed */
    header.directory_version = 1;
    assert_answer(REFUSAL_NONE, "");
    place.leaf = TRUST_UNLOGGED;
    header.directory_version = 2;
    header.kind = DENREI__V1__KIND__KIND_SUSPECT_ALERT;
    assert_answer(REFUSAL_KIND_RECEIVE, "cc.three");
    header.to_count = 1;
    assert_answer(REFUSAL_NONE, "");
}
END_TEST

START_TEST(credential_sends_only_its_own_kinds)
{
    struct credential wanted = world_credential(&world, 0, "o2", OFFICER, 8), narrow;

    wanted.kinds = ALERT;
    ck_assert_int_eq(credential_make(&world.federation, &wanted, world_identity(&world, SIGNING, 8),
                                     world.arena, &narrow),
                     ERR_OK);
    struct credential of_a[] = {auditor, sender, narrow};
    struct roster next = world_next_roster(&world, &rosters[0], roster_bytes[0]), fresh;
    fresh = world_roster(&world, 0, of_a, 3);
    fresh.version = next.version;
    fresh.has_previous = true;
    fresh.previous = next.previous;
    ck_assert_int_eq(trust_apply(trust, ROSTER, world_sign_roster(&world, &fresh, 1), 11), ERR_OK);
    header.roster_version = 2;
    header.credential = narrow.hash;
    assert_answer(REFUSAL_KIND_SEND, "o2");
    header.kind = DENREI__V1__KIND__KIND_SUSPECT_ALERT;
    assert_answer(REFUSAL_NONE, "");
}
END_TEST

START_TEST(times_are_bounded_by_now_and_by_the_kind)
{
    static const struct {
        int64_t created, deliver_until, expires; /* after NOW_MS */
        enum refusal want;
    } rows[] = {
        {CLOCK_SKEW_MS, DAY_MS, 2 * DAY_MS, REFUSAL_NONE},
        {CLOCK_SKEW_MS + 1, DAY_MS, 2 * DAY_MS, REFUSAL_TIMES},
        {-10 * (int64_t)DAY_MS, DAY_MS, 20 * DAY_MS, REFUSAL_NONE}, /* it waited in an outbox */
        {-10 * (int64_t)DAY_MS, DAY_MS, 20 * DAY_MS + 1, REFUSAL_TIMES},
        {-2 * (int64_t)DAY_MS, 0, DAY_MS, REFUSAL_TIMES},
        {-2 * (int64_t)DAY_MS, 1, DAY_MS, REFUSAL_NONE},
        {-2 * (int64_t)DAY_MS, DAY_MS, 0, REFUSAL_TIMES},
        {0, DAY_MS, 30 * DAY_MS, REFUSAL_NONE},
        {0, DAY_MS, 30 * DAY_MS + 1, REFUSAL_TIMES},
    };

    header.created_at_ms = NOW_MS + (uint64_t)rows[_i].created;
    header.deliver_until_ms = NOW_MS + (uint64_t)rows[_i].deliver_until;
    header.expires_at_ms = NOW_MS + (uint64_t)rows[_i].expires;
    assert_answer(rows[_i].want, "");
}
END_TEST

START_TEST(versions_are_the_current_ones)
{
    header.directory_version = 2;
    assert_answer(REFUSAL_STALE, "");
    header.directory_version = 1;
    header.roster_version = 2;
    assert_answer(REFUSAL_STALE, "aa.one");
    header.roster_version = 1;
    versions[1] = 2;
    assert_answer(REFUSAL_STALE, "cc.three");
    versions[1] = 0;
    assert_answer(REFUSAL_STALE, "cc.three");
}
END_TEST

/* Move everything that the header says by `ms`. */
static void
move_times(uint64_t ms)
{
    place.now_ms += ms;
    header.created_at_ms += ms;
    header.deliver_until_ms += ms;
    header.expires_at_ms += ms;
}

START_TEST(expired_rosters_stop_new_messages_and_let_withdrawals_pass)
{
    move_times(ROSTER_MS_MAX - 1);
    assert_answer(REFUSAL_NONE, "");
    move_times(1);
    assert_answer(REFUSAL_EXPIRED, "aa.one");
    header.action = DENREI__V1__ACTION__ACTION_UPDATE;
    assert_answer(REFUSAL_EXPIRED, "aa.one");
    header.action = DENREI__V1__ACTION__ACTION_WITHDRAW;
    assert_answer(REFUSAL_NONE, "");
}
END_TEST

START_TEST(expired_roster_of_a_recipient_is_named)
{
    struct roster next = world_next_roster(&world, &rosters[0], roster_bytes[0]);

    next.issued_ms += DAY_MS;
    next.expires_ms += DAY_MS;
    ck_assert_int_eq(trust_apply(trust, ROSTER, world_sign_roster(&world, &next, 1), 11), ERR_OK);
    header.roster_version = 2;
    move_times(ROSTER_MS_MAX);
    assert_answer(REFUSAL_EXPIRED, "bb.two");
    header.action = DENREI__V1__ACTION__ACTION_WITHDRAW;
    assert_answer(REFUSAL_NONE, "");
}
END_TEST

START_TEST(directory_that_expired_or_is_not_yet_valid_stops_new_messages)
{
    struct directory second = world_next(&world, &world.directory, world.root_file);

    second.not_before_ms = NOW_MS + 1;
    ck_assert_int_eq(trust_apply(trust, DIRECTORY, world_directory(&world, &second, 3), 10),
                     ERR_OK);
    header.directory_version = 2;
    assert_answer(REFUSAL_EXPIRED, "");
    move_times(1);
    assert_answer(REFUSAL_NONE, "");
    struct directory third = world_next(&world, &second, trust_directory_document(trust, 2));
    third.not_before_ms = NOW_MS - DAY_MS;
    third.expires_ms = NOW_MS + 1;
    ck_assert_int_eq(trust_apply(trust, DIRECTORY, world_directory(&world, &third, 3), 11), ERR_OK);
    header.directory_version = 3;
    assert_answer(REFUSAL_EXPIRED, "");
    header.action = DENREI__V1__ACTION__ACTION_WITHDRAW;
    assert_answer(REFUSAL_NONE, "");
}
END_TEST

START_TEST(recipient_is_a_member_with_a_mailbox_that_somebody_opens)
{
    struct credential reader = world_credential(&world, 2, "a1", AUDITOR, 9);
    struct roster next = world_next_roster(&world, &rosters[2], roster_bytes[2]);

    to[1] = "dd.four";
    assert_answer(REFUSAL_RECIPIENT, "dd.four");
    to[1] = "cc.three";
    place.leaf = 4; /* before cc.three had a roster */
    assert_answer(REFUSAL_RECIPIENT, "cc.three");
    place.leaf = TRUST_UNLOGGED;
    struct mailbox_key mailbox = world_mailbox(&world, 2, 1, &reader, 1);
    next.credentials = &reader;
    next.mailboxes = &mailbox;
    ck_assert_int_eq(trust_apply(trust, ROSTER, world_sign_roster(&world, &next, 4), 11), ERR_OK);
    versions[1] = 2;
    assert_answer(REFUSAL_RECIPIENT, "cc.three");
    ck_assert_int_eq(policy_check_recipient(trust, "cc.three", header.kind, 11, NOW_MS),
                     REFUSAL_NONE);
    ck_assert_int_eq(policy_check_recipient(trust, "cc.three", header.kind, 12, NOW_MS),
                     REFUSAL_RECIPIENT);
    ck_assert_int_eq(
        policy_check_recipient(trust, "bb.two", header.kind, 12, NOW_MS + ROSTER_MS_MAX),
        REFUSAL_EXPIRED);
}
END_TEST

START_TEST(a_case_number_is_no_thread_id)
{
    memcpy(header.thread_id.bytes, "MOJ-2024-MLA-42", 16);
    assert_answer(REFUSAL_THREAD, "");
    header.thread_id.bytes[15] = 0x80;
    assert_answer(REFUSAL_NONE, "");
}
END_TEST

START_TEST(between_two_a_third_is_not_replied_to)
{
    header.has_in_reply_to = true;
    header.in_reply_to.from = "cc.three";
    header.to_count = 1; /* bb.two */
    assert_answer(REFUSAL_NONE, "");
    kind.recipients_max = 1;
    assert_answer(REFUSAL_THREAD, "cc.three");
    header.in_reply_to.from = "bb.two";
    assert_answer(REFUSAL_NONE, "");
    header.in_reply_to.from = "aa.one"; /* its own */
    assert_answer(REFUSAL_NONE, "");
}
END_TEST

START_TEST(receipts_are_made_by_the_members_own_readers)
{
    ck_assert_int_eq(policy_check_receipt(trust, &node_b.hash, "bb.two", 9), REFUSAL_NONE);
    ck_assert_int_eq(policy_check_receipt(trust, &sender.hash, "aa.one", 9), REFUSAL_NONE);
    ck_assert_int_eq(policy_check_receipt(trust, &node_b.hash, "cc.three", 9), REFUSAL_CREDENTIAL);
    ck_assert_int_eq(policy_check_receipt(trust, &auditor.hash, "aa.one", 9), REFUSAL_CREDENTIAL);
    ck_assert_int_eq(policy_check_receipt(trust, &node_b.hash, "bb.two", 3), REFUSAL_CREDENTIAL);
    ck_assert_int_eq(policy_check_receipt(trust, &world.federation, "bb.two", 9),
                     REFUSAL_CREDENTIAL);
}
END_TEST

static void
add_tests(TCase *tcase)
{
    tcase_add_test(tcase, good_header_is_allowed_now_and_at_its_leaf);
    tcase_add_test(tcase, credential_is_in_force_valid_and_the_senders);
    tcase_add_test(tcase, kind_is_granted_to_member_and_credential);
    tcase_add_test(tcase, credential_sends_only_its_own_kinds);
    tcase_add_loop_test(tcase, times_are_bounded_by_now_and_by_the_kind, 0, 9);
    tcase_add_test(tcase, versions_are_the_current_ones);
    tcase_add_test(tcase, expired_rosters_stop_new_messages_and_let_withdrawals_pass);
    tcase_add_test(tcase, expired_roster_of_a_recipient_is_named);
    tcase_add_test(tcase, directory_that_expired_or_is_not_yet_valid_stops_new_messages);
    tcase_add_test(tcase, recipient_is_a_member_with_a_mailbox_that_somebody_opens);
    tcase_add_test(tcase, a_case_number_is_no_thread_id);
    tcase_add_test(tcase, between_two_a_third_is_not_replied_to);
    tcase_add_test(tcase, receipts_are_made_by_the_members_own_readers);
}

int
main(void)
{
    Suite *suite = suite_create("policy");
    TCase *tcase = tcase_create("policy");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_checked_fixture(tcase, setup, teardown);
    add_tests(tcase);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
