/*
 * Goal: each change makes a roster that everybody takes and that opens for exactly those who should
 * read; each wrong wish is refused and named.
 * Method: rosters issued one after another into a trust, and their mailboxes opened.
 */
#include "tests/unit/keys/world.h"

#include "keys/issue.h"

#include <stdlib.h>

static struct world world;
static struct trust *trust;
static const struct identity *seed;
static struct issue_change change;
static struct problems problems;
static struct credential officer, node;
static struct span requests[2];

static void
setup(void)
{
    world_begin(&world);
    ck_assert_int_eq(trust_new(world.root_file, &trust), ERR_OK);
    seed = world_identity(&world, MAILBOX, 0);
    officer = world_credential(&world, 0, "o1", OFFICER, 1);
    node = world_credential(&world, 0, "n1", NODE, 2);
    requests[0] = officer.signed_bytes;
    requests[1] = node.signed_bytes;
    change = (struct issue_change){.now_ms = NOW_MS, .life_ms = ROSTER_MS_MAX};
    problems = (struct problems){0};
}

static void
teardown(void)
{
    trust_free(&trust);
    world_end(&world);
}

static enum err
try_issue(void)
{
    struct span body = {NULL, 0};

    problems = (struct problems){0};
    return issue_roster(trust, "aa.one", seed, &change, world.arena, &body, &problems);
}

/* Issue by authority `signer`, and have the trust take it. */
static const struct roster *
issue(unsigned signer)
{
    struct span body;

    ck_assert_int_eq(issue_roster(trust, "aa.one", seed, &change, world.arena, &body, &problems),
                     ERR_OK);
    ck_assert_int_eq(
        trust_apply(trust, ROSTER, world_sign(&world, ROSTER, body, 1U << signer), TRUST_UNLOGGED),
        ERR_OK);
    change.add_count = 0;
    change.revoke = NULL;
    change.is_suspect = change.new_mailbox = false;
    return trust_roster(trust, "aa.one", TRUST_UNLOGGED);
}

static const struct roster *
issue_both(void)
{
    change.add = requests;
    change.add_count = 2;
    return issue(0);
}

static void
assert_opens(const struct mailbox_key *mailbox, const struct credential *credential, uint8_t number,
             enum err want)
{
    struct identity *out = NULL;

    ck_assert_int_eq(roster_open_mailbox(mailbox, &credential->hash,
                                         world_identity(&world, ENCRYPTION, number), &out),
                     want);
    identity_free(&out);
}

START_TEST(first_roster_has_the_requests_in_order_and_a_mailbox_for_all)
{
    const struct roster *roster = issue_both();

    ck_assert_uint_eq(roster->version, 1);
    ck_assert_uint_eq(roster->expires_ms, NOW_MS + ROSTER_MS_MAX);
    ck_assert_str_eq(roster->credentials[0].local_id, "n1");
    ck_assert_str_eq(roster->credentials[1].local_id, "o1");
    ck_assert_uint_eq(roster->mailboxes_count, 1);
    ck_assert_uint_eq(roster->mailboxes[0].generation, 1);
    assert_opens(&roster->mailboxes[0], &officer, 1, ERR_OK);
    assert_opens(&roster->mailboxes[0], &node, 2, ERR_OK);
}
END_TEST

START_TEST(renewing_changes_nothing_but_version_and_dates)
{
    issue_both();
    change.now_ms += DAY_MS;
    const struct roster *roster = issue(0);

    ck_assert_uint_eq(roster->version, 2);
    ck_assert_uint_eq(roster->issued_ms, NOW_MS + DAY_MS);
    ck_assert_uint_eq(roster->credentials_count, 2);
    ck_assert_uint_eq(roster->mailboxes_count, 1);
    ck_assert_uint_eq(roster->mailboxes[0].generation, 1);
}
END_TEST

START_TEST(added_credential_reads_the_backlog_too)
{
    change.add = requests;
    change.add_count = 1;
    issue(0);
    change.new_mailbox = true;
    issue(0);
    change.add = requests + 1;
    change.add_count = 1;
    const struct roster *roster = issue(0);

    ck_assert_uint_eq(roster->mailboxes_count, 2);
    assert_opens(&roster->mailboxes[0], &node, 2, ERR_OK);
    assert_opens(&roster->mailboxes[1], &node, 2, ERR_OK);
    assert_opens(&roster->mailboxes[1], &officer, 1, ERR_OK);
}
END_TEST

START_TEST(revoked_credential_does_not_open_the_new_mailbox_and_is_remembered)
{
    issue_both();
    change.revoke = "o1";
    change.is_suspect = true;
    change.since_leaf = 42;
    const struct roster *roster = issue(0);

    ck_assert_uint_eq(roster->credentials_count, 1);
    ck_assert_uint_eq(roster->mailboxes[0].generation, 2);
    assert_opens(&roster->mailboxes[0], &officer, 1, ERR_NOT_FOUND);
    assert_opens(&roster->mailboxes[0], &node, 2, ERR_OK);
    ck_assert_uint_eq(trust_suspect_since(trust, &officer.hash), 42);
    roster = issue(0);
    ck_assert_uint_eq(roster->suspects_count, 1);
    /* Taken back, and suspected again: the newer leaf stands. */
    change.add = requests;
    change.add_count = 1;
    issue(0);
    change.revoke = "o1";
    change.is_suspect = true;
    change.since_leaf = 50;
    roster = issue(0);
    ck_assert_uint_eq(roster->suspects_count, 1);
    ck_assert_uint_eq(roster->suspects[0].since_leaf, 50);
}
END_TEST

START_TEST(revoking_without_suspicion_leaves_none)
{
    issue_both();
    change.revoke = "o1";
    const struct roster *roster = issue(0);

    ck_assert_uint_eq(roster->suspects_count, 0);
    ck_assert_uint_eq(roster->mailboxes[0].generation, 2);
}
END_TEST

START_TEST(oldest_mailbox_goes_when_there_are_too_many)
{
    const struct roster *roster = issue_both();

    for (unsigned i = 0; i < MAILBOX_KEYS_MAX; i++) {
        change.new_mailbox = true;
        roster = issue(0);
    }
    ck_assert_uint_eq(roster->mailboxes_count, MAILBOX_KEYS_MAX);
    ck_assert_uint_eq(roster->mailboxes[0].generation, MAILBOX_KEYS_MAX + 1);
    ck_assert_uint_eq(roster->mailboxes[MAILBOX_KEYS_MAX - 1].generation, 2);
    for (unsigned i = 0; i < MAILBOX_KEYS_MAX; i++)
        assert_opens(&roster->mailboxes[i], &officer, 1, ERR_OK);
}
END_TEST

START_TEST(another_seed_begins_a_generation_and_keeps_what_was_sealed)
{
    issue_both();
    seed = world_identity(&world, MAILBOX, 99);
    change.revoke = "o1";
    const struct roster *roster = issue(0);

    ck_assert_uint_eq(roster->mailboxes_count, 2);
    assert_opens(&roster->mailboxes[0], &node, 2, ERR_OK);
    assert_opens(&roster->mailboxes[1], &node, 2, ERR_OK); /* sealed by the old seed */
    assert_opens(&roster->mailboxes[1], &officer, 1, ERR_NOT_FOUND);
    roster = issue(0); /* and it goes on with the new seed */
    ck_assert_uint_eq(roster->mailboxes[0].generation, 2);
}
END_TEST

START_TEST(nothing_of_a_roster_whose_authority_was_voided_is_kept)
{
    struct directory second = world_next(&world, &world.directory, world.root_file);
    struct public_key key = world_key(&world, AUTHORITY, 9);
    struct member members[WORLD_MEMBERS];

    issue_both();
    memcpy(members, world.members, sizeof members);
    members[0].authority_keys = &key;
    second.members = members;
    second.voided_keys = &world.authority_keys[0];
    second.voided_keys_count = 1;
    ck_assert_int_eq(
        trust_apply(trust, DIRECTORY, world_directory(&world, &second, 3), TRUST_UNLOGGED), ERR_OK);
    seed = world_identity(&world, MAILBOX, 99);
    change.add = requests + 1;
    change.add_count = 1;
    const struct roster *roster = issue(9);

    ck_assert_uint_eq(roster->version, 2);
    ck_assert_uint_eq(roster->credentials_count, 1);
    ck_assert_uint_eq(roster->mailboxes_count, 1);
    ck_assert_uint_eq(roster->mailboxes[0].generation, 2);
}
END_TEST

START_TEST(credential_whose_validity_is_over_is_left_out)
{
    issue_both();
    change.now_ms = officer.not_after_ms;
    const struct roster *roster = issue(0);

    ck_assert_uint_eq(roster->credentials_count, 0);
    ck_assert_uint_eq(roster->mailboxes[0].secrets_count, 0);
}
END_TEST

START_TEST(wrong_wishes_are_refused_and_named)
{
    struct credential foreign = world_credential(&world, 1, "o1", OFFICER, 5);
    struct credential wanted = world_credential(&world, 0, "op", OFFICER, 6), operator;
    struct span request;

    issue_both();
    change.revoke = "o9";
    ck_assert_int_eq(try_issue(), ERR_NOT_FOUND);
    ck_assert_str_eq(problems.list[0].path.text, "o9");
    change.revoke = NULL;
    change.add = &request;
    change.add_count = 1;
    request = officer.signed_bytes;
    ck_assert_int_eq(try_issue(), ERR_EXISTS);
    request = foreign.signed_bytes;
    ck_assert_int_eq(try_issue(), ERR_POLICY);
    wanted.purpose = DENREI__V1__PURPOSE__PURPOSE_OPERATOR;
    ck_assert_int_eq(credential_make(&world.federation, &wanted, world_identity(&world, SIGNING, 6),
                                     world.arena, &operator),
                     ERR_OK);
    request = operator.signed_bytes;
    ck_assert_int_eq(try_issue(), ERR_POLICY); /* only the relay's operator has operators */
    request.len--;
    ck_assert_int_eq(try_issue(), ERR_FORMAT);
    ck_assert_uint_eq(problems.count, 1);
    change.add_count = 0;
    change.life_ms = ROSTER_MS_MAX + 1;
    ck_assert_int_eq(try_issue(), ERR_FORMAT);
    ck_assert_uint_eq(problems.count, 1);
}
END_TEST

START_TEST(request_that_is_late_or_not_granted_is_refused)
{
    struct credential wanted = world_credential(&world, 1, "o1", OFFICER, 5);
    struct member members[WORLD_MEMBERS];
    struct directory second = world_next(&world, &world.directory, world.root_file);

    change.add = requests;
    change.add_count = 1;
    change.now_ms = officer.not_after_ms;
    ck_assert_int_eq(try_issue(), ERR_EXPIRED);
    change.now_ms = NOW_MS;
    memcpy(members, world.members, sizeof members);
    members[0].may_send = PASSPORT;
    second.members = members;
    ck_assert_int_eq(
        trust_apply(trust, DIRECTORY, world_directory(&world, &second, 3), TRUST_UNLOGGED), ERR_OK);
    ck_assert_int_eq(try_issue(), ERR_POLICY);
    struct span body, request = wanted.signed_bytes;
    change.add = &request;
    ck_assert_int_eq(issue_roster(trust, "dd.four", seed, &change, world.arena, &body, &problems),
                     ERR_UNKNOWN);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("issue");
    TCase *tcase = tcase_create("issue");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, first_roster_has_the_requests_in_order_and_a_mailbox_for_all);
    tcase_add_test(tcase, renewing_changes_nothing_but_version_and_dates);
    tcase_add_test(tcase, added_credential_reads_the_backlog_too);
    tcase_add_test(tcase, revoked_credential_does_not_open_the_new_mailbox_and_is_remembered);
    tcase_add_test(tcase, revoking_without_suspicion_leaves_none);
    tcase_add_test(tcase, oldest_mailbox_goes_when_there_are_too_many);
    tcase_add_test(tcase, another_seed_begins_a_generation_and_keeps_what_was_sealed);
    tcase_add_test(tcase, nothing_of_a_roster_whose_authority_was_voided_is_kept);
    tcase_add_test(tcase, credential_whose_validity_is_over_is_left_out);
    tcase_add_test(tcase, wrong_wishes_are_refused_and_named);
    tcase_add_test(tcase, request_that_is_late_or_not_granted_is_refused);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
