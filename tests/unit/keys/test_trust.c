/*
 * Goal: a trust takes only what follows on, answers by place in the log, and forgets no key.
 * Method: documents applied in and out of order, forked, voided, from a bundle and from the log;
 * after each refusal the answers are those of before.
 */
#include "tests/unit/keys/world.h"

#include <stdlib.h>

static struct world world;
static struct trust *trust;
static struct credential officer, node, other; /* aa.one/o1, aa.one/n1, bb.two/o1 */

static void
setup(void)
{
    world_begin(&world);
    ck_assert_int_eq(trust_new(world.root_file, &trust), ERR_OK);
    officer = world_credential(&world, 0, "o1", OFFICER, 1);
    node = world_credential(&world, 0, "n1", NODE, 2);
    other = world_credential(&world, 1, "o1", OFFICER, 3);
}

static void
teardown(void)
{
    trust_free(&trust);
    trust_free(&trust);
    world_end(&world);
}

/* Version 1 of aa.one's roster with the officer. */
static struct roster
first_roster(void)
{
    return world_roster(&world, 0, &officer, 1);
}

START_TEST(root_file_begins_a_trust)
{
    ck_assert(hash_is_equal(trust_federation(trust), &world.federation));
    ck_assert_uint_eq(trust_directory(trust, 0)->version, 1);
    ck_assert_uint_eq(trust_directory(trust, TRUST_UNLOGGED)->version, 1);
    ck_assert_ptr_null(trust_roster(trust, "aa.one", TRUST_UNLOGGED));
    ck_assert_ptr_null(trust_newest_roster(trust, "aa.one"));
    ck_assert_ptr_null(trust_roster_hash(trust, "aa.one"));
    ck_assert_uint_eq(trust_roster_document(trust, "aa.one").len, 0);
    ck_assert_uint_eq(trust_directory_document(trust, 1).len, world.root_file.len);
    ck_assert_uint_eq(trust_directory_document(trust, 0).len, 0);
    ck_assert_uint_eq(trust_directory_document(trust, 2).len, 0);
}
END_TEST

START_TEST(root_file_without_its_threshold_begins_nothing)
{
    struct trust *none = NULL;
    struct directory second = world_next(&world, &world.directory, world.root_file);

    ck_assert_int_eq(trust_new(world_directory(&world, &world.directory, 1), &none), ERR_SIGNATURE);
    ck_assert_int_eq(trust_new(world_directory(&world, &second, 7), &none), ERR_STALE);
    ck_assert_int_eq(trust_new((struct span){(const uint8_t *)"x", 1}, &none), ERR_FORMAT);
    ck_assert_ptr_null(none);
}
END_TEST

START_TEST(directory_acts_from_its_leaf_on)
{
    struct directory second = world_next(&world, &world.directory, world.root_file);
    struct span bytes = world_directory(&world, &second, 3);

    ck_assert_int_eq(trust_apply(trust, DIRECTORY, world.root_file, 1), ERR_OK);
    ck_assert_int_eq(trust_apply(trust, DIRECTORY, bytes, 10), ERR_OK);
    ck_assert_uint_eq(trust_directory(trust, 0)->version, 1);
    ck_assert_uint_eq(trust_directory(trust, 10)->version, 1);
    ck_assert_uint_eq(trust_directory(trust, 11)->version, 2);
    ck_assert_uint_eq(trust_directory(trust, TRUST_UNLOGGED)->version, 2);
    ck_assert_uint_eq(trust_directory_document(trust, 2).len, bytes.len);
    ck_assert_int_eq(trust_apply(trust, DIRECTORY, bytes, TRUST_UNLOGGED), ERR_OK); /* again */
    ck_assert_uint_eq(trust_directory(trust, 11)->version, 2);
}
END_TEST

START_TEST(directory_from_a_bundle_acts_now_and_at_no_leaf_until_it_is_logged)
{
    struct directory second = world_next(&world, &world.directory, world.root_file);
    struct span bytes = world_directory(&world, &second, 3);

    ck_assert_int_eq(trust_apply(trust, DIRECTORY, bytes, TRUST_UNLOGGED), ERR_OK);
    ck_assert_uint_eq(trust_directory(trust, TRUST_UNLOGGED)->version, 2);
    ck_assert_uint_eq(trust_directory(trust, 1000)->version, 1);
    ck_assert_int_eq(trust_apply(trust, DIRECTORY, bytes, 10), ERR_OK);
    ck_assert_uint_eq(trust_directory(trust, 1000)->version, 2);
    ck_assert_int_eq(trust_apply(trust, DIRECTORY, world.root_file, 11), ERR_STALE);
    ck_assert_int_eq(trust_apply(trust, DIRECTORY, world.root_file, 9), ERR_OK);
}
END_TEST

START_TEST(forked_skipped_unsigned_and_early_directories_change_nothing)
{
    struct directory second = world_next(&world, &world.directory, world.root_file), fork = second;
    struct span bytes = world_directory(&world, &second, 3);
    struct directory third = world_next(&world, &second, bytes);

    ck_assert_int_eq(trust_apply(trust, DIRECTORY, world_directory(&world, &third, 3), 5),
                     ERR_STALE);
    ck_assert_int_eq(trust_apply(trust, DIRECTORY, world_directory(&world, &second, 4), 5),
                     ERR_SIGNATURE);
    ck_assert_uint_eq(trust_directory(trust, TRUST_UNLOGGED)->version, 1);
    ck_assert_int_eq(trust_apply(trust, DIRECTORY, bytes, 5), ERR_OK);
    fork.expires_ms--;
    ck_assert_int_eq(trust_apply(trust, DIRECTORY, world_directory(&world, &fork, 7), 6),
                     ERR_STALE);
    ck_assert_int_eq(trust_apply(trust, DIRECTORY, world_directory(&world, &third, 3), 5),
                     ERR_STALE); /* not after its predecessor */
    ck_assert_int_eq(trust_apply(trust, DIRECTORY, world_directory(&world, &third, 3), 6), ERR_OK);
    ck_assert_uint_eq(trust_directory(trust, 7)->expires_ms, world.directory.expires_ms);
}
END_TEST

START_TEST(roster_acts_from_its_leaf_on_and_revoking_too)
{
    struct credential both[] = {node, officer};
    struct roster first = world_roster(&world, 0, both, 2);
    struct span bytes = world_sign_roster(&world, &first, 1);
    struct roster second = world_next_roster(&world, &first, bytes);
    struct mailbox_key mailboxes[2];

    /* The officer is revoked, and there is a new mailbox key. */
    second.credentials_count = 1;
    mailboxes[0] = world_mailbox(&world, 0, 2, both, 1);
    mailboxes[1] = world_mailbox(&world, 0, 1, both, 1);
    second.mailboxes = mailboxes;
    second.mailboxes_count = 2;
    ck_assert_int_eq(trust_apply(trust, ROSTER, bytes, 5), ERR_OK);
    ck_assert_int_eq(trust_apply(trust, ROSTER, world_sign_roster(&world, &second, 1), 9), ERR_OK);

    ck_assert_ptr_null(trust_roster(trust, "aa.one", 5));
    ck_assert_uint_eq(trust_roster(trust, "aa.one", 6)->version, 1);
    ck_assert_uint_eq(trust_roster(trust, "aa.one", 10)->version, 2);
    ck_assert_ptr_null(trust_credential(trust, &officer.hash, 5));
    ck_assert_str_eq(trust_credential(trust, &officer.hash, 9)->local_id, "o1");
    ck_assert_ptr_null(trust_credential(trust, &officer.hash, 10));
    ck_assert_ptr_nonnull(trust_credential(trust, &node.hash, TRUST_UNLOGGED));
    ck_assert_ptr_null(trust_credential(trust, &world.federation, TRUST_UNLOGGED));
    ck_assert_ptr_null(trust_roster(trust, "bb.two", TRUST_UNLOGGED));
}
END_TEST

START_TEST(stale_forked_and_false_rosters_change_nothing)
{
    struct roster first = first_roster(), fork = first;
    struct span bytes = world_sign_roster(&world, &first, 1);
    struct roster second = world_next_roster(&world, &first, bytes);
    struct roster third = world_next_roster(&world, &second, world_sign_roster(&world, &second, 1));

    ck_assert_int_eq(trust_apply(trust, ROSTER, world_sign_roster(&world, &first, 2), 5),
                     ERR_SIGNATURE);
    ck_assert_ptr_null(trust_newest_roster(trust, "aa.one"));
    ck_assert_int_eq(trust_apply(trust, ROSTER, bytes, 5), ERR_OK);
    fork.expires_ms--;
    ck_assert_int_eq(trust_apply(trust, ROSTER, world_sign_roster(&world, &fork, 1), 6), ERR_STALE);
    ck_assert_int_eq(trust_apply(trust, ROSTER, world_sign_roster(&world, &third, 1), 6),
                     ERR_STALE);
    ck_assert_int_eq(trust_apply(trust, ROSTER, world_sign_roster(&world, &second, 1), 5),
                     ERR_STALE);
    second.previous.bytes[0] ^= 1;
    ck_assert_int_eq(trust_apply(trust, ROSTER, world_sign_roster(&world, &second, 1), 6),
                     ERR_STALE);
    ck_assert_uint_eq(trust_newest_roster(trust, "aa.one")->version, 1);
    ck_assert_uint_eq(trust_newest_roster(trust, "aa.one")->expires_ms, first.expires_ms);
}
END_TEST

START_TEST(bundle_may_be_ahead_of_the_log_and_is_met_by_it)
{
    struct roster first = first_roster();
    struct span one = world_sign_roster(&world, &first, 1);
    struct roster second = world_next_roster(&world, &first, one);
    struct span two = world_sign_roster(&world, &second, 1);
    struct roster third = world_next_roster(&world, &second, two), fork = second;
    struct span three = world_sign_roster(&world, &third, 1);

    ck_assert_int_eq(trust_apply(trust, ROSTER, three, TRUST_UNLOGGED), ERR_OK);
    ck_assert_uint_eq(trust_roster(trust, "aa.one", TRUST_UNLOGGED)->version, 3);
    ck_assert_ptr_null(trust_roster(trust, "aa.one", 1000));
    ck_assert_int_eq(trust_apply(trust, ROSTER, one, TRUST_UNLOGGED), ERR_STALE);
    ck_assert_int_eq(trust_apply(trust, ROSTER, one, 5), ERR_OK);
    ck_assert_uint_eq(trust_roster(trust, "aa.one", 6)->version, 1);
    ck_assert_uint_eq(trust_roster(trust, "aa.one", TRUST_UNLOGGED)->version, 3);
    fork.expires_ms--; /* does not lead to the bundle's third */
    ck_assert_int_eq(trust_apply(trust, ROSTER, world_sign_roster(&world, &fork, 1), 8), ERR_STALE);
    ck_assert_int_eq(trust_apply(trust, ROSTER, two, 8), ERR_OK);
    ck_assert_int_eq(trust_apply(trust, ROSTER, three, 8), ERR_STALE);
    ck_assert_int_eq(trust_apply(trust, ROSTER, three, 12), ERR_OK);
    ck_assert_uint_eq(trust_roster(trust, "aa.one", 9)->version, 2);
    ck_assert_uint_eq(trust_roster(trust, "aa.one", 13)->version, 3);
}
END_TEST

START_TEST(roster_is_judged_by_the_directory_at_its_leaf)
{
    struct directory second = world_next(&world, &world.directory, world.root_file);
    struct public_key key = world_key(&world, AUTHORITY, 9);
    struct member members[WORLD_MEMBERS];
    struct roster first = first_roster();

    /* From leaf 10 on the authority of aa.one is another. */
    memcpy(members, world.members, sizeof members);
    members[0].authority_keys = &key;
    second.members = members;
    ck_assert_int_eq(trust_apply(trust, DIRECTORY, world_directory(&world, &second, 3), 10),
                     ERR_OK);
    ck_assert_int_eq(trust_apply(trust, ROSTER, world_sign_roster(&world, &first, 1), 11),
                     ERR_SIGNATURE);
    ck_assert_int_eq(trust_apply(trust, ROSTER, world_sign_roster(&world, &first, 1), 9), ERR_OK);
    /* A key that is replaced, not voided, leaves what it signed in force. */
    ck_assert_uint_eq(trust_roster(trust, "aa.one", 11)->version, 1);
}
END_TEST

/* The second directory voids aa.one's authority key and names another; at leaf 10. */
static void
void_authority(struct member members[WORLD_MEMBERS], struct public_key *key)
{
    struct directory second = world_next(&world, &world.directory, world.root_file);

    *key = world_key(&world, AUTHORITY, 9);
    memcpy(members, world.members, WORLD_MEMBERS * sizeof *members);
    members[0].authority_keys = key;
    second.members = members;
    second.voided_keys = &world.authority_keys[0];
    second.voided_keys_count = 1;
    ck_assert_int_eq(trust_apply(trust, DIRECTORY, world_directory(&world, &second, 3), 10),
                     ERR_OK);
}

START_TEST(voided_authority_takes_its_rosters_with_it_from_that_leaf_on)
{
    struct member members[WORLD_MEMBERS];
    struct public_key key;
    struct roster first = first_roster();
    struct span bytes = world_sign_roster(&world, &first, 1);
    struct roster second = world_next_roster(&world, &first, bytes);

    ck_assert_int_eq(trust_apply(trust, ROSTER, bytes, 5), ERR_OK);
    void_authority(members, &key);
    ck_assert_ptr_nonnull(trust_credential(trust, &officer.hash, 10));
    ck_assert_ptr_null(trust_credential(trust, &officer.hash, 11));
    ck_assert_ptr_null(trust_credential(trust, &officer.hash, TRUST_UNLOGGED));
    ck_assert_ptr_null(trust_roster(trust, "aa.one", 11));
    ck_assert_uint_eq(trust_newest_roster(trust, "aa.one")->version, 1);
    ck_assert_int_eq(trust_apply(trust, ROSTER, world_sign_roster(&world, &second, 1), 12),
                     ERR_SIGNATURE);
    ck_assert_int_eq(trust_apply(trust, ROSTER, world_sign_roster(&world, &second, 1U << 9), 12),
                     ERR_OK);
    ck_assert_ptr_nonnull(trust_credential(trust, &officer.hash, 13));
}
END_TEST

START_TEST(member_that_left_the_directory_is_out_of_force)
{
    struct directory second = world_next(&world, &world.directory, world.root_file);
    struct roster first = first_roster();
    struct group group = {"@all", WORLD_IDS + 1, 2};

    ck_assert_int_eq(trust_apply(trust, ROSTER, world_sign_roster(&world, &first, 1), 5), ERR_OK);
    second.members = world.members + 1;
    second.members_count = 2;
    second.groups = &group;
    second.legal_bases_count = 0;
    ck_assert_int_eq(trust_apply(trust, DIRECTORY, world_directory(&world, &second, 3), 10),
                     ERR_OK);
    ck_assert_ptr_nonnull(trust_roster(trust, "aa.one", 10));
    ck_assert_ptr_null(trust_roster(trust, "aa.one", 11));
    ck_assert_ptr_null(trust_credential(trust, &officer.hash, 11));
    struct roster next = world_next_roster(&world, &first, world_sign_roster(&world, &first, 1));
    ck_assert_int_eq(trust_apply(trust, ROSTER, world_sign_roster(&world, &next, 1), 12),
                     ERR_UNKNOWN);
}
END_TEST

/* ---- a key has one use and one owner, for ever */

START_TEST(roster_with_a_key_of_somebody_else_is_refused)
{
    struct roster first = first_roster();
    struct credential thief = world_credential(&world, 1, "o1", OFFICER, 1); /* aa.one's keys */
    struct roster second = world_roster(&world, 1, &thief, 1);

    ck_assert_int_eq(trust_apply(trust, ROSTER, world_sign_roster(&world, &first, 1), 5), ERR_OK);
    ck_assert_int_eq(trust_apply(trust, ROSTER, world_sign_roster(&world, &second, 2), 6), ERR_KEY);
    ck_assert_ptr_null(trust_newest_roster(trust, "bb.two"));
    second = world_roster(&world, 1, &other, 1);
    ck_assert_int_eq(trust_apply(trust, ROSTER, world_sign_roster(&world, &second, 2), 6), ERR_OK);
}
END_TEST

START_TEST(roster_with_a_key_of_the_directory_is_refused_for_every_pair)
{
    const struct public_key *theirs[] = {
        &world.roots[0].key, &world.authority_keys[1],   &world.directory.log_key,
        &world.witness.key,  &world.relay.transport_key, &world.relay.relay_key,
    };
    const struct identity *signers[] = {
        world_identity(&world, ROOT, 0),
        world_identity(&world, AUTHORITY, 1),
        world_identity(&world, LOG, 200),
        world_identity(&world, WITNESS, 200),
        NULL,
        world_identity(&world, RELAY, 200),
    };
    struct credential wanted = officer, made;
    uint8_t seed[SEED_BYTES];
    struct identity *signing = NULL;

    /* A holder that has the secret of another use's key certifies it as its own signing key. */
    if (signers[_i] != NULL) {
        memcpy(seed, identity_seed(signers[_i]), sizeof seed);
        ck_assert_int_eq(identity_from_seed(SIGNING, seed, &signing), ERR_OK);
        wanted.signing_key = *identity_public_key(signing);
    } else {
        wanted.transport_key = *theirs[_i];
        ck_assert_int_eq(identity_from_seed(
                             SIGNING, identity_seed(world_identity(&world, SIGNING, 1)), &signing),
                         ERR_OK);
    }
    ck_assert_int_eq(credential_make(&world.federation, &wanted, signing, world.arena, &made),
                     ERR_OK);
    identity_free(&signing);
    struct roster roster = world_roster(&world, 0, &made, 1);
    ck_assert_int_eq(trust_apply(trust, ROSTER, world_sign_roster(&world, &roster, 1), 5), ERR_KEY);
}
END_TEST

START_TEST(directory_with_a_credentials_key_is_refused)
{
    struct directory second = world_next(&world, &world.directory, world.root_file);
    struct roster first = first_roster();
    struct witness witness = {"aa.one/witness", officer.signing_key};

    ck_assert_int_eq(trust_apply(trust, ROSTER, world_sign_roster(&world, &first, 1), 5), ERR_OK);
    second.witnesses = &witness;
    ck_assert_int_eq(trust_apply(trust, DIRECTORY, world_directory(&world, &second, 3), 6),
                     ERR_KEY);
    ck_assert_uint_eq(trust_directory(trust, TRUST_UNLOGGED)->version, 1);
}
END_TEST

START_TEST(key_does_not_change_its_use_even_with_its_owner)
{
    struct directory second = world_next(&world, &world.directory, world.root_file);
    struct public_key voided = world.roots[2].key;
    struct relay_key relay = world.relay;

    relay.relay_key = world.directory.log_key;
    second.log_key = world.relay.relay_key;
    second.relays = &relay;
    ck_assert_int_eq(trust_apply(trust, DIRECTORY, world_directory(&world, &second, 3), 6),
                     ERR_KEY);
    /* Nor can a root key be voided as if it had been an authority's. */
    second = world_next(&world, &world.directory, world.root_file);
    second.roots_count = 2;
    second.voided_keys = &voided;
    second.voided_keys_count = 1;
    ck_assert_int_eq(trust_apply(trust, DIRECTORY, world_directory(&world, &second, 3), 6),
                     ERR_KEY);
    ck_assert_uint_eq(trust_directory(trust, TRUST_UNLOGGED)->version, 1);
}
END_TEST

START_TEST(key_of_the_past_does_not_come_back_for_another)
{
    struct credential one = officer;
    struct roster first = world_roster(&world, 0, &one, 1);
    struct span bytes = world_sign_roster(&world, &first, 1);
    struct roster second = world_next_roster(&world, &first, bytes);
    struct credential again = world_credential(&world, 0, "o2", OFFICER, 1); /* o1's keys */

    ck_assert_int_eq(trust_apply(trust, ROSTER, bytes, 5), ERR_OK);
    struct roster third = world_roster(&world, 0, &again, 1);
    third.version = 2;
    third.has_previous = true;
    third.previous = second.previous;
    ck_assert_int_eq(trust_apply(trust, ROSTER, world_sign_roster(&world, &third, 1), 6), ERR_KEY);
}
END_TEST

START_TEST(registry_holds_more_keys_than_it_began_with)
{
    static struct credential many[CREDENTIALS_MAX];
    static char ids[CREDENTIALS_MAX][8];

    for (size_t i = 0; i < 120; i++) {
        snprintf(ids[i], sizeof ids[i], "c%03zu", i);
        many[i] = world_credential(&world, 0, ids[i], AUDITOR, (uint8_t)i);
        for (size_t k = 0; k < world.identities_count; k++)
            identity_free(&world.identities[k]);
        world.identities_count = 0;
    }
    struct roster roster = world_roster(&world, 0, many, 120);
    ck_assert_int_eq(trust_apply(trust, ROSTER, world_sign_roster(&world, &roster, 1), 5), ERR_OK);
    for (size_t i = 0; i < 120; i++) {
        ck_assert_str_eq(trust_credential(trust, &many[i].hash, 6)->local_id, ids[i]);
    }
}
END_TEST

START_TEST(suspicion_is_remembered_by_the_newest_word)
{
    struct roster first = first_roster();
    struct span one = world_sign_roster(&world, &first, 1);
    struct roster second = world_next_roster(&world, &first, one);
    struct suspect suspect = {officer.hash, 77};

    second.credentials_count = 0;
    second.mailboxes_count = 0;
    second.suspects = &suspect;
    second.suspects_count = 1;
    struct span two = world_sign_roster(&world, &second, 1);
    struct roster third = world_next_roster(&world, &second, two);
    third.suspects_count = 0;

    ck_assert_int_eq(trust_apply(trust, ROSTER, one, 5), ERR_OK);
    ck_assert_uint_eq(trust_suspect_since(trust, &officer.hash), UINT64_MAX);
    ck_assert_int_eq(trust_apply(trust, ROSTER, two, 6), ERR_OK);
    ck_assert_uint_eq(trust_suspect_since(trust, &officer.hash), 77);
    ck_assert_int_eq(trust_apply(trust, ROSTER, world_sign_roster(&world, &third, 1), 7), ERR_OK);
    ck_assert_uint_eq(trust_suspect_since(trust, &officer.hash), 77);
    ck_assert_uint_eq(trust_suspect_since(trust, &other.hash), UINT64_MAX);
}
END_TEST

START_TEST(malformed_and_misnamed_documents_change_nothing)
{
    struct roster first = first_roster();
    struct span bytes = world_sign_roster(&world, &first, 1);

    ck_assert_int_eq(trust_apply(trust, DIRECTORY, bytes, 5), ERR_FORMAT);
    ck_assert_int_eq(trust_apply(trust, ROSTER, world.root_file, 5), ERR_FORMAT);
    ck_assert_int_eq(trust_apply(trust, DENREI__V1__DOCUMENT_TYPE__DOCUMENT_UNSPECIFIED, bytes, 5),
                     ERR_FORMAT);
    ck_assert_int_eq(trust_apply(trust, ROSTER, (struct span){bytes.data, bytes.len - 1}, 5),
                     ERR_FORMAT);
    ck_assert_int_eq(
        trust_apply(trust, ROSTER, (struct span){bytes.data, DOCUMENT_BYTES_MAX + 1}, 5),
        ERR_FORMAT);
    ck_assert_ptr_null(trust_newest_roster(trust, "aa.one"));
}
END_TEST

static void
add_tests(TCase *tcase)
{
    tcase_add_test(tcase, root_file_begins_a_trust);
    tcase_add_test(tcase, root_file_without_its_threshold_begins_nothing);
    tcase_add_test(tcase, directory_acts_from_its_leaf_on);
    tcase_add_test(tcase, directory_from_a_bundle_acts_now_and_at_no_leaf_until_it_is_logged);
    tcase_add_test(tcase, forked_skipped_unsigned_and_early_directories_change_nothing);
    tcase_add_test(tcase, roster_acts_from_its_leaf_on_and_revoking_too);
    tcase_add_test(tcase, stale_forked_and_false_rosters_change_nothing);
    tcase_add_test(tcase, bundle_may_be_ahead_of_the_log_and_is_met_by_it);
    tcase_add_test(tcase, roster_is_judged_by_the_directory_at_its_leaf);
    tcase_add_test(tcase, voided_authority_takes_its_rosters_with_it_from_that_leaf_on);
    tcase_add_test(tcase, member_that_left_the_directory_is_out_of_force);
    tcase_add_test(tcase, roster_with_a_key_of_somebody_else_is_refused);
    tcase_add_loop_test(tcase, roster_with_a_key_of_the_directory_is_refused_for_every_pair, 0, 6);
    tcase_add_test(tcase, directory_with_a_credentials_key_is_refused);
    tcase_add_test(tcase, key_does_not_change_its_use_even_with_its_owner);
    tcase_add_test(tcase, key_of_the_past_does_not_come_back_for_another);
    tcase_add_test(tcase, registry_holds_more_keys_than_it_began_with);
    tcase_add_test(tcase, suspicion_is_remembered_by_the_newest_word);
    tcase_add_test(tcase, malformed_and_misnamed_documents_change_nothing);
}

int
main(void)
{
    Suite *suite = suite_create("trust");
    TCase *tcase = tcase_create("trust");
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
