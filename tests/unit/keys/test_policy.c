/*
 * Goal: the policy allows the good header and gives the right refusal, and who is at fault, for
 * every rule broken alone.
 * Method: a table of single changes to a header, a place, or the federation.
 */
#include "tests/unit/keys/world.h"

#include "keys/policy.h"

#include <stdlib.h>

static struct world world;
static struct trust *trust;
static struct credential sender, node_b, node_c, auditor;
static struct roster rosters[WORLD_MEMBERS];
static struct span roster_bytes[WORLD_MEMBERS];
static struct header header;
static struct policy_place place;
static struct kind_type kind; /* the row that the place names */
static const char *to[RECIPIENTS_MAX];
static uint64_t versions[RECIPIENTS_MAX];

static void
apply_rosters(void)
{
    static struct credential of_a[2];

    of_a[0] = auditor;
    of_a[1] = sender;
    rosters[0] = world_roster(&world, 0, of_a, 2);
    rosters[1] = world_roster(&world, 1, &node_b, 1);
    rosters[2] = world_roster(&world, 2, &node_c, 1);
    for (unsigned i = 0; i < WORLD_MEMBERS; i++) {
        roster_bytes[i] = world_sign_roster(&world, &rosters[i], 1U << i);
        ck_assert_int_eq(trust_apply(trust, ROSTER, roster_bytes[i], 2 + i), ERR_OK);
    }
}

static void
setup(void)
{
    world_begin(&world);
    ck_assert_int_eq(trust_new(world.root_file, &trust), ERR_OK);
    auditor = world_credential(&world, 0, "a1", AUDITOR, 1);
    sender = world_credential(&world, 0, "o1", OFFICER, 2);
    node_b = world_credential(&world, 1, "n1", NODE, 3);
    node_c = world_credential(&world, 2, "n1", NODE, 4);
    apply_rosters();
    to[0] = "bb.two";
    to[1] = "cc.three";
    versions[0] = versions[1] = 1;
    header = (struct header){
        .kind = DENREI__V1__KIND__KIND_LOST_PASSPORT,
        .action = DENREI__V1__ACTION__ACTION_NEW,
        .from = "aa.one",
        .credential = sender.hash,
        .to = to,
        .to_count = 2,
        .group = "",
        .created_at_ms = NOW_MS,
        .deliver_until_ms = NOW_MS + DAY_MS,
        .expires_at_ms = NOW_MS + 30 * DAY_MS,
        .legal_basis = "",
        .directory_version = 1,
        .roster_version = 1,
        .recipient_roster_versions = versions,
    };
    place = (struct policy_place){
        .leaf = TRUST_UNLOGGED,
        .now_ms = NOW_MS,
        .kind = &kind,
    };
    kind = (struct kind_type){.name = "TEST", .retention_days_max = 30, .may_go_to_group = true};
}

static void
teardown(void)
{
    trust_free(&trust);
    world_end(&world);
}

static void
assert_answer(enum refusal code, const char *subject)
{
    struct policy_answer answer = policy_check(trust, &header, &place);

    ck_assert_int_eq(answer.code, code);
    ck_assert_str_eq(answer.subject, subject);
}

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

/* Take a second directory in which `members` stand, at leaf 10; headers name it from now on. */
static void
apply_members(const struct member *members)
{
    struct directory second = world_next(&world, &world.directory, world.root_file);

    second.members = members;
    ck_assert_int_eq(trust_apply(trust, DIRECTORY, world_directory(&world, &second, 3), 10),
                     ERR_OK);
    header.directory_version = 2;
}

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

START_TEST(group_is_expanded_exactly)
{
    header.group = "@all"; /* aa.one, bb.two, cc.three; the sender is left out */
    assert_answer(REFUSAL_NONE, "");
    header.to_count = 1;
    assert_answer(REFUSAL_GROUP, "cc.three");
    header.to_count = 2;
    to[0] = "aa.one";
    assert_answer(REFUSAL_GROUP, "aa.one");
    to[0] = "bb.two";
    to[2] = "dd.four";
    versions[2] = 1;
    header.to_count = 3;
    assert_answer(REFUSAL_GROUP, "dd.four");
    header.to_count = 2;
    header.group = "@none";
    assert_answer(REFUSAL_GROUP, "@none");
    header.group = "@all";
    kind.may_go_to_group = false;
    assert_answer(REFUSAL_GROUP, "@all");
}
END_TEST

START_TEST(group_goes_to_those_who_can_have_it_and_the_sender_expands_it_so)
{
    struct member members[WORLD_MEMBERS];
    const char **list = NULL;
    size_t count = 0;

    memcpy(members, world.members, sizeof members);
    members[1].may_receive = ALERT;
    apply_members(members);
    header.group = "@all";
    assert_answer(REFUSAL_GROUP, "bb.two");
    ck_assert_int_eq(policy_expand_group(trust, "@all", "aa.one", header.kind, &place, world.arena,
                                         &list, &count),
                     ERR_OK);
    ck_assert_uint_eq(count, 1);
    ck_assert_str_eq(list[0], "cc.three");
    header.to = list;
    header.to_count = count;
    assert_answer(REFUSAL_NONE, "");
    ck_assert_int_eq(policy_expand_group(trust, "@none", "aa.one", header.kind, &place, world.arena,
                                         &list, &count),
                     ERR_UNKNOWN);
    ck_assert_int_eq(policy_expand_group(trust, "@all", "cc.three", DENREI__V1__KIND__KIND_MLA,
                                         &place, world.arena, &list, &count),
                     ERR_OK);
    ck_assert_str_eq(list[0], "aa.one");
    place.now_ms += ROSTER_MS_MAX; /* nobody has a roster any more */
    ck_assert_int_eq(policy_expand_group(trust, "@all", "aa.one", header.kind, &place, world.arena,
                                         &list, &count),
                     ERR_NOT_FOUND);
    struct arena *none = NULL;
    ck_assert_int_eq(arena_new(0, &none), ERR_OK);
    ck_assert_int_eq(
        policy_expand_group(trust, "@all", "aa.one", header.kind, &place, none, &list, &count),
        ERR_NOMEM);
    arena_free(&none);
}
END_TEST

START_TEST(legal_basis_stands_between_sender_and_all_recipients)
{
    header.kind = DENREI__V1__KIND__KIND_MLA;
    kind.needs_legal_basis = true;
    assert_answer(REFUSAL_LEGAL_BASIS, "");
    header.legal_basis = "treaty.1900";
    assert_answer(REFUSAL_LEGAL_BASIS, "treaty.1900");
    header.legal_basis = "treaty.2007"; /* aa.one and bb.two */
    assert_answer(REFUSAL_LEGAL_BASIS, "cc.three");
    header.to_count = 1;
    assert_answer(REFUSAL_NONE, "");
    header.kind = DENREI__V1__KIND__KIND_SUSPECT_ALERT; /* another kind */
    assert_answer(REFUSAL_LEGAL_BASIS, "treaty.2007");
    header.kind = DENREI__V1__KIND__KIND_MLA;
    header.from = "cc.three";
    header.credential = node_c.hash;
    assert_answer(REFUSAL_LEGAL_BASIS, "cc.three");
    header.legal_basis = "";
    kind.needs_legal_basis = false;
    assert_answer(REFUSAL_NONE, "");
}
END_TEST

/* What was sent under a basis to members that could have it must be ended though they are gone. */
START_TEST(a_withdrawal_outlives_the_basis_and_the_right_to_receive)
{
    struct member members[WORLD_MEMBERS];

    memcpy(members, world.members, sizeof members);
    members[2].may_receive = 0;
    apply_members(members);
    assert_answer(REFUSAL_KIND_RECEIVE, "cc.three");
    header.action = DENREI__V1__ACTION__ACTION_UPDATE;
    assert_answer(REFUSAL_KIND_RECEIVE, "cc.three");
    header.action = DENREI__V1__ACTION__ACTION_WITHDRAW;
    assert_answer(REFUSAL_NONE, "");
    to[1] = "dd.four"; /* but a stranger can be told nothing */
    assert_answer(REFUSAL_RECIPIENT, "dd.four");
    to[1] = "cc.three";

    kind.needs_legal_basis = true;
    header.legal_basis = ""; /* it is not in the directory any more */
    assert_answer(REFUSAL_NONE, "");
    header.legal_basis = "treaty.2007"; /* nor does it cover all of them */
    assert_answer(REFUSAL_NONE, "");
    header.legal_basis = "case-4711"; /* and never is it free text */
    assert_answer(REFUSAL_LEGAL_BASIS, "case-4711");
    header.action = DENREI__V1__ACTION__ACTION_NEW;
    header.legal_basis = "";
    assert_answer(REFUSAL_LEGAL_BASIS, "");
    header.action = DENREI__V1__ACTION__ACTION_WITHDRAW;
    header.credential = node_b.hash; /* it is still its sender's alone */
    assert_answer(REFUSAL_SENDER, "aa.one");
}
END_TEST

START_TEST(who_had_a_message_is_told_what_becomes_of_it)
{
    static const char *const had[] = {"bb.two", "cc.three"}, *const one[] = {"bb.two"},
                             *const left[] = {"bb.two", "dd.four"};

    header.action = DENREI__V1__ACTION__ACTION_UPDATE;
    ck_assert(policy_covers(trust, &header, TRUST_UNLOGGED, had, 2));
    ck_assert(policy_covers(trust, &header, TRUST_UNLOGGED, one, 1)); /* and cc.three now as well */
    ck_assert(!policy_covers(trust, &header, TRUST_UNLOGGED, left, 2));
    header.action = DENREI__V1__ACTION__ACTION_WITHDRAW;
    ck_assert(policy_covers(trust, &header, TRUST_UNLOGGED, had, 2));
    ck_assert(!policy_covers(trust, &header, TRUST_UNLOGGED, one, 1)); /* cc.three never had it */
    header.to_count = 1;
    ck_assert(!policy_covers(trust, &header, TRUST_UNLOGGED, had, 2)); /* cc.three can be told */
    ck_assert(policy_covers(trust, &header, TRUST_UNLOGGED, left, 2)); /* dd.four cannot */
    ck_assert(policy_covers(trust, &header, 4, had, 2)); /* nor could cc.three, then */
    header.action = DENREI__V1__ACTION__ACTION_UPDATE;
    ck_assert(!policy_covers(trust, &header, TRUST_UNLOGGED, left, 2));
    ck_assert(policy_can_reach(trust, "cc.three", TRUST_UNLOGGED));
    ck_assert(!policy_can_reach(trust, "cc.three", 4));
    ck_assert(!policy_can_reach(trust, "dd.four", TRUST_UNLOGGED));
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
    tcase_add_test(tcase, group_is_expanded_exactly);
    tcase_add_test(tcase, group_goes_to_those_who_can_have_it_and_the_sender_expands_it_so);
    tcase_add_test(tcase, legal_basis_stands_between_sender_and_all_recipients);
    tcase_add_test(tcase, a_withdrawal_outlives_the_basis_and_the_right_to_receive);
    tcase_add_test(tcase, who_had_a_message_is_told_what_becomes_of_it);
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
