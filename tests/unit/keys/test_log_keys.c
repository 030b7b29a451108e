/*
 * Goal: checkpoints count exactly as the directory's log key, witnesses and quorum say.
 * Method: a federation with none, one and two witnesses, and checkpoints with as many cosignatures.
 */
#include "keys/log_keys.h"
#include "tests/unit/federation_log.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct fed *fed;
static struct fed_log *logged;
static struct log_keys keys;

static void
make(size_t witnesses)
{
    fed = fed_usual(witnesses);
    logged = fed_log_new(fed);
    ck_assert_int_eq(log_keys_make(trust_directory(fed->trust, TRUST_UNLOGGED), &keys), ERR_OK);
}

static void
teardown(void)
{
    fed_log_free(&logged);
    fed_free(&fed);
}

static enum err
verify(size_t cosigned, size_t quorum, struct checkpoint_verified *out)
{
    struct checkpoint_policy policy = log_keys_policy(&keys, quorum);
    char *note = fed_log_checkpoint(logged, cosigned);
    const struct span bytes = {(const uint8_t *)note, strlen(note)};
    enum err err = checkpoint_verify(bytes, &policy, out);

    free(note);
    return err;
}

START_TEST(the_directorys_keys_are_taken_with_their_names)
{
    make((size_t)_i);
    ck_assert_str_eq(keys.log.name, FED_ORIGIN);
    ck_assert_int_eq(keys.log.type, NOTE_ED25519);
    ck_assert_uint_eq(keys.witnesses_count, (size_t)_i);
    ck_assert_uint_eq(keys.quorum, (uint32_t)_i);
    if (_i > 0) {
        ck_assert_str_eq(keys.witnesses[0].name, "jp.audit/witness");
        ck_assert_int_eq(keys.witnesses[0].type, NOTE_COSIGNATURE);
    }
}
END_TEST

START_TEST(a_checkpoint_counts_with_its_quorum_and_not_with_less)
{
    struct checkpoint_verified verified;

    make(2);
    for (size_t cosigned = 0; cosigned <= 2; cosigned++)
        for (size_t quorum = 0; quorum <= 2; quorum++) {
            ck_assert_int_eq(verify(cosigned, quorum, &verified),
                             cosigned >= quorum ? ERR_OK : ERR_SIGNATURE);
            if (cosigned >= quorum)
                ck_assert_uint_eq(verified.cosigners, cosigned);
        }
    ck_assert_uint_eq(verified.head.leaf_count, logged->count);
}
END_TEST

START_TEST(a_checkpoint_of_another_log_key_does_not_count)
{
    struct checkpoint_verified verified;

    make(2);
    struct identity *log_key = fed->log;
    fed->log = fed->witnesses[0]; /* signs as the log */
    ck_assert_int_eq(verify(2, 0, &verified), ERR_SIGNATURE);
    fed->log = log_key;
}
END_TEST

START_TEST(a_directory_whose_keys_make_no_verifier_is_refused_and_nothing_is_set)
{
    make(2);
    struct directory directory = *trust_directory(fed->trust, TRUST_UNLOGGED);
    struct witness witness = directory.witnesses[0];
    struct log_keys before = keys;

    directory.witnesses = &witness;
    directory.witnesses_count = 1;
    witness.name = "no witness";
    ck_assert_int_eq(log_keys_make(&directory, &keys), ERR_FORMAT);
    witness.name = "jp.audit/witness";
    memset(witness.key.bytes, 0, KEY_BYTES);
    ck_assert_int_eq(log_keys_make(&directory, &keys), ERR_KEY);
    directory.log_origin = "";
    ck_assert_int_eq(log_keys_make(&directory, &keys), ERR_FORMAT);
    ck_assert_mem_eq(&keys, &before, sizeof keys);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("log_keys");
    TCase *tcase = tcase_create("log_keys");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_checked_fixture(tcase, NULL, teardown);
    tcase_add_loop_test(tcase, the_directorys_keys_are_taken_with_their_names, 0, 3);
    tcase_add_test(tcase, a_checkpoint_counts_with_its_quorum_and_not_with_less);
    tcase_add_test(tcase, a_checkpoint_of_another_log_key_does_not_count);
    tcase_add_test(tcase, a_directory_whose_keys_make_no_verifier_is_refused_and_nothing_is_set);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
