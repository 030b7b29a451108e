/*
 * Goal: a batch's signature is verified once for all its messages, and nothing is taken for known
 * that differs in anything that was signed, or by whom.
 * Method: a real batch; after its first message the key is replaced by one that verifies nothing,
 * so that only what is remembered passes.
 */
#include "example.h"
#include "proto/batch.h"
#include "proto/batch_cache.h"
#include "proto/envelope.h"
#include "proto/merkle.h"

#include <stdlib.h>

enum { BATCH = 8 };

static struct batch_cache cache;
static struct hash federation, credential, leaves[BATCH];
static struct public_key key, other_key;
static uint8_t secret[64], other_secret[64];
static struct signature signatures[BATCH];

static void
sign(bool is_receipts, uint32_t count)
{
    struct merkle_batch batch;

    ck_assert_int_eq(merkle_batch_init(&batch, leaves, count), ERR_OK);
    struct hash root = merkle_batch_root(&batch);
    struct sig sig = batch_sign(&federation, is_receipts, count, &root, secret);
    for (uint32_t i = 0; i < count; i++) {
        signatures[i] = (struct signature){.count = count, .index = i, .sig = sig};
        signatures[i].path_len = (uint32_t)merkle_batch_path(&batch, i, signatures[i].path);
    }
}

static void
setup(void)
{
    uint8_t seed[32] = {1};

    ck_assert_int_ge(sodium_init(), 0);
    crypto_sign_seed_keypair(key.bytes, secret, seed);
    seed[0] = 2;
    crypto_sign_seed_keypair(other_key.bytes, other_secret, seed);
    federation = example_hash(0xfe);
    credential = example_hash(0xc0);
    for (uint8_t i = 0; i < BATCH; i++)
        leaves[i] = example_hash(i);
    batch_cache_init(&cache);
    sign(false, BATCH);
}

static enum err
verify(size_t index, const struct public_key *by)
{
    return batch_cache_verify(&cache, &federation, false, &leaves[index], &signatures[index],
                              &credential, by);
}

START_TEST(a_whole_batch_costs_one_verification)
{
    ck_assert_int_eq(verify(3, &other_key), ERR_SIGNATURE);
    ck_assert_int_eq(verify(0, &key), ERR_OK);
    for (size_t i = 0; i < BATCH; i++)
        ck_assert_int_eq(verify(i, &other_key), ERR_OK); /* not verified again */
    batch_cache_init(&cache);
    ck_assert_int_eq(verify(0, &other_key), ERR_SIGNATURE);
}
END_TEST

START_TEST(what_did_not_verify_is_not_remembered)
{
    ck_assert_int_eq(verify(0, &other_key), ERR_SIGNATURE);
    ck_assert_int_eq(verify(0, &other_key), ERR_SIGNATURE);
    ck_assert_int_eq(verify(0, &key), ERR_OK);
}
END_TEST

START_TEST(a_message_that_is_not_in_the_batch_is_refused_though_the_batch_is_known)
{
    struct hash strange = example_hash(0x77);

    ck_assert_int_eq(verify(0, &key), ERR_OK);
    ck_assert_int_eq(
        batch_cache_verify(&cache, &federation, false, &strange, &signatures[0], &credential, &key),
        ERR_SIGNATURE);
    signatures[1].path[0].bytes[5] ^= 1;
    ck_assert_int_eq(verify(1, &key), ERR_SIGNATURE);
    signatures[2].index = 3;
    ck_assert_int_eq(verify(2, &key), ERR_SIGNATURE);
    signatures[3].path_len--;
    ck_assert_int_eq(verify(3, &key), ERR_PROOF);
}
END_TEST

START_TEST(another_use_credential_count_or_signature_is_not_known)
{
    struct hash other = example_hash(0xc1);

    ck_assert_int_eq(verify(0, &key), ERR_OK);
    ck_assert_int_eq(batch_cache_verify(&cache, &federation, true, &leaves[0], &signatures[0],
                                        &credential, &key),
                     ERR_SIGNATURE);
    ck_assert_int_eq(batch_cache_verify(&cache, &federation, false, &leaves[0], &signatures[0],
                                        &other, &other_key),
                     ERR_SIGNATURE);
    signatures[1].sig.bytes[0] ^= 1;
    ck_assert_int_eq(verify(1, &key), ERR_SIGNATURE);
    signatures[2].count = BATCH - 1; /* the same path length, another signed count */
    ck_assert_int_ne(verify(2, &key), ERR_OK);
}
END_TEST

START_TEST(receipts_are_known_as_receipts)
{
    sign(true, BATCH);
    ck_assert_int_eq(verify(0, &key), ERR_SIGNATURE);
    ck_assert_int_eq(batch_cache_verify(&cache, &federation, true, &leaves[0], &signatures[0],
                                        &credential, &key),
                     ERR_OK);
    ck_assert_int_eq(verify(0, &other_key), ERR_SIGNATURE);
}
END_TEST

START_TEST(a_single_message_needs_no_path)
{
    sign(false, 1);
    ck_assert_uint_eq(signatures[0].path_len, 0);
    ck_assert_int_eq(verify(0, &key), ERR_OK);
}
END_TEST

START_TEST(the_oldest_is_forgotten_first)
{
    static struct signature first;

    first = signatures[0];
    ck_assert_int_eq(verify(0, &key), ERR_OK);
    for (uint8_t i = 0; i < BATCH_CACHE_SIZE; i++) {
        struct signature kept = signatures[0];
        signatures[0] = first; /* still there as long as the cache has room */
        ck_assert_int_eq(verify(0, &other_key), ERR_OK);
        signatures[0] = kept;
        leaves[1] = example_hash((uint8_t)(100 + i));
        sign(false, 2);
        ck_assert_int_eq(verify(0, &key), ERR_OK);
    }
    signatures[0] = first;
    ck_assert_int_eq(verify(0, &other_key), ERR_SIGNATURE);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("batch_cache");
    TCase *tcase = tcase_create("batch_cache");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_test(tcase, a_whole_batch_costs_one_verification);
    tcase_add_test(tcase, what_did_not_verify_is_not_remembered);
    tcase_add_test(tcase, a_message_that_is_not_in_the_batch_is_refused_though_the_batch_is_known);
    tcase_add_test(tcase, another_use_credential_count_or_signature_is_not_known);
    tcase_add_test(tcase, receipts_are_known_as_receipts);
    tcase_add_test(tcase, a_single_message_needs_no_path);
    tcase_add_test(tcase, the_oldest_is_forgotten_first);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
