/*
 * Goal: credentials prove their own keys; a roster keeps its rules, follows its past, and opens its
 * mailbox for exactly those it was sealed to.
 * Method: one rule broken at a time on a good roster; every key in another's place.
 */
#include "tests/unit/keys/world.h"

#include "proto/message.h"
#include "proto/wire.h"

#include <stdlib.h>

enum { CREDENTIALS = 3 };

static struct world world;
static struct credential credentials[CREDENTIALS]; /* a1 auditor, n1 node, o1 officer */
static struct roster roster;

static void
setup(void)
{
    world_begin(&world);
    credentials[0] = world_credential(&world, 0, "a1", AUDITOR, 1);
    credentials[1] = world_credential(&world, 0, "n1", NODE, 2);
    credentials[2] = world_credential(&world, 0, "o1", OFFICER, 3);
    roster = world_roster(&world, 0, credentials, CREDENTIALS);
}

static void
teardown(void)
{
    world_end(&world);
}

/* ---- credentials */

START_TEST(credential_comes_back_as_it_was_and_knows_its_hash)
{
    struct credential back;

    ck_assert_int_eq(
        credential_decode(&world.federation, credentials[2].signed_bytes, world.arena, &back),
        ERR_OK);
    ck_assert_str_eq(back.member, "aa.one");
    ck_assert_str_eq(back.local_id, "o1");
    ck_assert_int_eq(back.purpose, OFFICER);
    ck_assert_uint_eq(back.kinds, EVERY_KIND);
    ck_assert(hash_is_equal(&back.hash, &credentials[2].hash));
    ck_assert_mem_eq(&back.transport_key, &credentials[2].transport_key, KEY_BYTES);
    ck_assert_uint_eq(back.signed_bytes.len, credentials[2].signed_bytes.len);
}
END_TEST

START_TEST(credential_of_another_federation_is_refused)
{
    struct hash elsewhere = {{1}};
    struct credential out;

    ck_assert_int_eq(credential_decode(&elsewhere, credentials[0].signed_bytes, world.arena, &out),
                     ERR_SIGNATURE);
}
END_TEST

START_TEST(every_altered_byte_of_a_credential_is_refused)
{
    struct span bytes = credentials[0].signed_bytes;
    uint8_t *copy = arena_copy(world.arena, bytes.data, bytes.len);
    struct credential out;

    for (size_t i = 0; i < bytes.len; i++) {
        struct arena *arena = NULL;
        ck_assert_int_eq(arena_new(ARENA_EXTRA_BYTES, &arena), ERR_OK);
        copy[i] ^= 1;
        ck_assert_int_ne(
            credential_decode(&world.federation, (struct span){copy, bytes.len}, arena, &out),
            ERR_OK);
        copy[i] ^= 1;
        arena_free(&arena);
    }
    ck_assert_int_eq(credential_decode(&world.federation,
                                       (struct span){copy, CREDENTIAL_BYTES_MAX + 1}, world.arena,
                                       &out),
                     ERR_FORMAT);
}
END_TEST

START_TEST(credential_that_breaks_a_rule_is_not_made)
{
    const struct identity *signing = world_identity(&world, SIGNING, 1);
    struct credential wanted = credentials[0], out;

    wanted.member = "X";
    ck_assert_int_eq(credential_make(&world.federation, &wanted, signing, world.arena, &out),
                     ERR_FORMAT);
    wanted = credentials[0];
    wanted.local_id = "O 1";
    ck_assert_int_eq(credential_make(&world.federation, &wanted, signing, world.arena, &out),
                     ERR_FORMAT);
    wanted = credentials[0];
    wanted.purpose = DENREI__V1__PURPOSE__PURPOSE_UNSPECIFIED;
    ck_assert_int_eq(credential_make(&world.federation, &wanted, signing, world.arena, &out),
                     ERR_FORMAT);
    wanted = credentials[0];
    wanted.not_after_ms = wanted.not_before_ms;
    ck_assert_int_eq(credential_make(&world.federation, &wanted, signing, world.arena, &out),
                     ERR_FORMAT);
    wanted.not_after_ms = TIME_MS_MAX + 1;
    ck_assert_int_eq(credential_make(&world.federation, &wanted, signing, world.arena, &out),
                     ERR_FORMAT);
}
END_TEST

START_TEST(credential_with_a_weak_double_or_foreign_key_is_not_made)
{
    const struct identity *signing = world_identity(&world, SIGNING, 1);
    struct credential wanted = credentials[0], out;

    ck_assert_int_eq(credential_make(&world.federation, &wanted, world_identity(&world, SIGNING, 9),
                                     world.arena, &out),
                     ERR_KEY);
    ck_assert_int_eq(credential_make(&world.federation, &wanted,
                                     world_identity(&world, AUTHORITY, 1), world.arena, &out),
                     ERR_KEY);
    wanted.encryption_key = wanted.transport_key;
    ck_assert_int_eq(credential_make(&world.federation, &wanted, signing, world.arena, &out),
                     ERR_KEY);
    wanted = credentials[0];
    wanted.transport_key = wanted.signing_key;
    ck_assert_int_eq(credential_make(&world.federation, &wanted, signing, world.arena, &out),
                     ERR_KEY);
    wanted = credentials[0];
    wanted.encryption_key = (struct public_key){{0}};
    ck_assert_int_eq(credential_make(&world.federation, &wanted, signing, world.arena, &out),
                     ERR_KEY);
}
END_TEST

START_TEST(validity_has_its_begin_and_not_its_end)
{
    const struct credential *credential = &credentials[0];

    ck_assert(!credential_is_valid_at(credential, credential->not_before_ms - 1));
    ck_assert(credential_is_valid_at(credential, credential->not_before_ms));
    ck_assert(credential_is_valid_at(credential, credential->not_after_ms - 1));
    ck_assert(!credential_is_valid_at(credential, credential->not_after_ms));
    ck_assert(!credential_receives(&credentials[0]));
    ck_assert(credential_receives(&credentials[1]));
    ck_assert(credential_receives(&credentials[2]));
    ck_assert(credential_is_local_id("o-17"));
    ck_assert(!credential_is_local_id(""));
    ck_assert(!credential_is_local_id("abcdefghijabcdefghijabcdefghijabc")); /* 33 */
}
END_TEST

/* ---- rosters */

START_TEST(roster_comes_back_as_it_was)
{
    struct span body, again;
    struct roster back;
    struct suspect suspect = {credentials[0].hash, 42};

    roster.suspects = &suspect;
    roster.suspects_count = 1;
    ck_assert_int_eq(roster_encode(&roster, world.arena, &body), ERR_OK);
    ck_assert_int_eq(roster_decode(&world.federation, body, world.arena, &back), ERR_OK);
    ck_assert_int_eq(roster_encode(&back, world.arena, &again), ERR_OK);
    ck_assert_uint_eq(again.len, body.len);
    ck_assert_mem_eq(again.data, body.data, body.len);
    ck_assert_uint_eq(back.credentials_count, CREDENTIALS);
    ck_assert_uint_eq(back.mailboxes[0].secrets_count, 2);
    ck_assert_uint_eq(back.suspects[0].since_leaf, 42);
    ck_assert_ptr_eq(roster_find_credential(&back, &credentials[1].hash), &back.credentials[1]);
    ck_assert_ptr_null(roster_find_credential(&back, &world.federation));
}
END_TEST

static void
assert_refused(enum err want)
{
    struct span body = {NULL, 7};

    ck_assert_int_eq(roster_encode(&roster, world.arena, &body), want);
    ck_assert_uint_eq(body.len, 7);
}

START_TEST(member_version_and_dates_are_bounded)
{
    roster.version = 0;
    assert_refused(ERR_FORMAT);
    roster.version = 2;
    assert_refused(ERR_FORMAT);
    roster.version = 1;
    roster.expires_ms = roster.issued_ms + ROSTER_MS_MAX + 1;
    assert_refused(ERR_FORMAT);
    roster.expires_ms = roster.issued_ms;
    assert_refused(ERR_FORMAT);
    roster.expires_ms = roster.issued_ms + 1;
    roster.member = "bb.two"; /* not its credentials' */
    assert_refused(ERR_FORMAT);
    roster.member = "!";
    roster.credentials_count = 0;
    roster.mailboxes_count = 0;
    assert_refused(ERR_FORMAT);
}
END_TEST

START_TEST(credentials_are_in_order_once)
{
    struct credential swapped[] = {credentials[1], credentials[0]};

    roster.credentials = swapped;
    roster.credentials_count = 2;
    roster.mailboxes_count = 0;
    assert_refused(ERR_FORMAT);
    swapped[1] = swapped[0];
    assert_refused(ERR_FORMAT);
}
END_TEST

START_TEST(mailboxes_are_sealed_to_receivers_and_the_first_to_all)
{
    struct mailbox_key mailboxes[2] = {roster.mailboxes[0], roster.mailboxes[0]};
    struct sealed_secret secrets[2];

    memcpy(secrets, mailboxes[0].secrets, sizeof secrets);
    roster.mailboxes = mailboxes;
    mailboxes[0].secrets_count = 1;
    assert_refused(ERR_FORMAT);
    mailboxes[0].secrets_count = 2;
    mailboxes[0].secrets = secrets;
    secrets[0].credential = credentials[0].hash; /* an auditor */
    assert_refused(ERR_FORMAT);
    secrets[0] = secrets[1]; /* twice */
    assert_refused(ERR_FORMAT);
    memcpy(secrets, mailboxes[1].secrets, sizeof secrets);
    secrets[1].sealed.len--;
    assert_refused(ERR_FORMAT);
    secrets[1].sealed.len++;
    mailboxes[0].generation = 0;
    assert_refused(ERR_FORMAT);
    mailboxes[0].generation = 1;
    roster.mailboxes_count = 0;
    assert_refused(ERR_FORMAT); /* nobody could read */
    roster.mailboxes_count = 2;
    mailboxes[1] = world_mailbox(&world, 0, 1, credentials, CREDENTIALS);
    assert_refused(ERR_FORMAT); /* not descending */
    mailboxes[0] = world_mailbox(&world, 0, 2, credentials, CREDENTIALS);
    mailboxes[1].secrets_count = 0; /* a new credential may lack the older ones */
    struct span body;
    ck_assert_int_eq(roster_encode(&roster, world.arena, &body), ERR_OK);
}
END_TEST

START_TEST(suspects_stand_once)
{
    struct suspect suspects[2] = {{credentials[0].hash, 1}, {credentials[0].hash, 2}};

    roster.suspects = suspects;
    roster.suspects_count = 2;
    assert_refused(ERR_FORMAT);
}
END_TEST

/* Every place of a key in the roster, by number. */
enum { PLACES = 10 };

static struct public_key *
place_of(int number, struct mailbox_key *mailbox)
{
    struct credential *credential = &credentials[number / 3];

    if (number == 9)
        return &mailbox->public_key;
    if (number % 3 == 0)
        return &credential->signing_key;
    return number % 3 == 1 ? &credential->encryption_key : &credential->transport_key;
}

START_TEST(no_key_stands_in_two_places_for_every_pair)
{
    struct mailbox_key mailbox = roster.mailboxes[0];
    struct public_key *first = place_of(_i / PLACES, &mailbox);
    struct public_key *second = place_of(_i % PLACES, &mailbox);

    roster.mailboxes = &mailbox;
    if (first == second)
        return;
    *second = *first;
    assert_refused(ERR_KEY);
}
END_TEST

START_TEST(weak_mailbox_key_is_refused)
{
    struct mailbox_key mailbox = roster.mailboxes[0];

    roster.mailboxes = &mailbox;
    mailbox.public_key = (struct public_key){{1}};
    assert_refused(ERR_KEY);
}
END_TEST

START_TEST(altered_or_foreign_bodies_are_refused)
{
    struct span body;
    struct roster out;
    struct hash elsewhere = {{1}};
    struct arena *small = NULL;

    ck_assert_int_eq(roster_encode(&roster, world.arena, &body), ERR_OK);
    ck_assert_int_eq(roster_decode(&elsewhere, body, world.arena, &out), ERR_SIGNATURE);
    ck_assert_int_eq(
        roster_decode(&world.federation, (struct span){body.data, body.len - 1}, world.arena, &out),
        ERR_FORMAT);
    ck_assert_int_eq(arena_new(300, &small), ERR_OK);
    ck_assert_int_eq(roster_decode(&world.federation, body, small, &out), ERR_NOMEM);
    ck_assert_int_eq(roster_encode(&roster, small, &body), ERR_NOMEM);
    arena_free(&small);
}
END_TEST

/* ---- one after another */

static enum err
check_signers(const struct roster *signed_roster, unsigned signers)
{
    struct document document;
    struct roster_signers found = {.count = 9};
    struct span bytes = world_sign_roster(&world, signed_roster, signers);

    ck_assert_int_eq(document_decode(bytes, world.arena, &document), ERR_OK);
    enum err err = roster_find_signers(&world.federation, &world.directory, &document,
                                       signed_roster->member, &found);
    ck_assert_uint_eq(found.count, err == ERR_OK ? 1 : 9);
    return err;
}

START_TEST(only_the_members_own_authority_signs)
{
    struct roster stranger = roster;

    for (unsigned i = 0; i < 5; i++)
        ck_assert_int_eq(check_signers(&roster, 1U << i), i == 0 ? ERR_OK : ERR_SIGNATURE);
    ck_assert_int_eq(check_signers(&roster, 0), ERR_SIGNATURE);
    stranger.member = "dd.four";
    stranger.credentials_count = stranger.mailboxes_count = 0;
    ck_assert_int_eq(check_signers(&stranger, 1), ERR_UNKNOWN);
}
END_TEST

START_TEST(only_the_next_version_of_this_past_follows)
{
    struct roster next = world_next_roster(&world, &roster, world_sign_roster(&world, &roster, 1));
    struct hash hash = next.previous;

    ck_assert_int_eq(roster_check_follows(&roster, &hash, &next), ERR_OK);
    ck_assert_int_eq(roster_check_follows(&roster, &hash, &roster), ERR_STALE);
    next.version = 3;
    ck_assert_int_eq(roster_check_follows(&roster, &hash, &next), ERR_STALE);
    next.version = 2;
    next.previous.bytes[31] ^= 1;
    ck_assert_int_eq(roster_check_follows(&roster, &hash, &next), ERR_STALE);
    next.previous = hash;
    next.member = "bb.two";
    ck_assert_int_eq(roster_check_follows(&roster, &hash, &next), ERR_STALE);
    next.member = "aa.one";
    next.has_previous = false;
    ck_assert_int_eq(roster_check_follows(&roster, &hash, &next), ERR_STALE);
}
END_TEST

START_TEST(signers_are_those_of_several_authority_keys)
{
    struct public_key keys[2] = {world.authority_keys[0], world_key(&world, AUTHORITY, 7)};
    struct document document;
    struct roster_signers signers;

    world.members[0].authority_keys = keys;
    world.members[0].authority_keys_count = 2;
    ck_assert_int_eq(
        document_decode(world_sign_roster(&world, &roster, 1 | 128), world.arena, &document),
        ERR_OK);
    ck_assert_int_eq(
        roster_find_signers(&world.federation, &world.directory, &document, "aa.one", &signers),
        ERR_OK);
    ck_assert_uint_eq(signers.count, 2);
    document.signatures[1].sig.bytes[0] ^= 1;
    ck_assert_int_eq(
        roster_find_signers(&world.federation, &world.directory, &document, "aa.one", &signers),
        ERR_SIGNATURE);
}
END_TEST

/* ---- the mailbox's secret */

START_TEST(mailbox_opens_for_its_credential_and_no_other_key)
{
    const struct mailbox_key *mailbox = &roster.mailboxes[0];
    struct identity *out = NULL;

    ck_assert_int_eq(roster_open_mailbox(mailbox, &credentials[1].hash,
                                         world_identity(&world, ENCRYPTION, 2), &out),
                     ERR_OK);
    ck_assert_mem_eq(identity_public_key(out), &mailbox->public_key, KEY_BYTES);
    identity_free(&out);
    ck_assert_int_eq(roster_open_mailbox(mailbox, &credentials[0].hash,
                                         world_identity(&world, ENCRYPTION, 1), &out),
                     ERR_NOT_FOUND);
    ck_assert_int_eq(roster_open_mailbox(mailbox, &credentials[1].hash,
                                         world_identity(&world, ENCRYPTION, 3), &out),
                     ERR_KEY);
    ck_assert_int_eq(roster_open_mailbox(mailbox, &credentials[1].hash,
                                         world_identity(&world, TRANSPORT, 2), &out),
                     ERR_KEY);
    ck_assert_ptr_null(out);
}
END_TEST

START_TEST(sealed_secret_of_another_key_is_refused)
{
    struct mailbox_key mailbox = roster.mailboxes[0];
    struct identity *out = NULL;

    mailbox.public_key = world_mailbox(&world, 0, 2, credentials, 0).public_key;
    ck_assert_int_eq(roster_open_mailbox(&mailbox, &credentials[1].hash,
                                         world_identity(&world, ENCRYPTION, 2), &out),
                     ERR_KEY);
    ck_assert_ptr_null(out);
}
END_TEST

static void
add_credential_tests(TCase *tcase)
{
    tcase_add_test(tcase, credential_comes_back_as_it_was_and_knows_its_hash);
    tcase_add_test(tcase, credential_of_another_federation_is_refused);
    tcase_add_test(tcase, every_altered_byte_of_a_credential_is_refused);
    tcase_add_test(tcase, credential_that_breaks_a_rule_is_not_made);
    tcase_add_test(tcase, credential_with_a_weak_double_or_foreign_key_is_not_made);
    tcase_add_test(tcase, validity_has_its_begin_and_not_its_end);
}

static void
add_roster_tests(TCase *tcase)
{
    tcase_add_test(tcase, roster_comes_back_as_it_was);
    tcase_add_test(tcase, member_version_and_dates_are_bounded);
    tcase_add_test(tcase, credentials_are_in_order_once);
    tcase_add_test(tcase, mailboxes_are_sealed_to_receivers_and_the_first_to_all);
    tcase_add_test(tcase, suspects_stand_once);
    tcase_add_loop_test(tcase, no_key_stands_in_two_places_for_every_pair, 0, PLACES * PLACES);
    tcase_add_test(tcase, weak_mailbox_key_is_refused);
    tcase_add_test(tcase, altered_or_foreign_bodies_are_refused);
    tcase_add_test(tcase, only_the_members_own_authority_signs);
    tcase_add_test(tcase, only_the_next_version_of_this_past_follows);
    tcase_add_test(tcase, signers_are_those_of_several_authority_keys);
    tcase_add_test(tcase, mailbox_opens_for_its_credential_and_no_other_key);
    tcase_add_test(tcase, sealed_secret_of_another_key_is_refused);
}

int
main(void)
{
    Suite *suite = suite_create("roster");
    TCase *tcase = tcase_create("roster");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_checked_fixture(tcase, setup, teardown);
    add_credential_tests(tcase);
    add_roster_tests(tcase);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
