/*
 * Goal: one signature holds for each message of a batch in its place, and for nothing else.
 * Method: every index of every small count and of counts near the bound; then each part of a
 * signature, each use and each federation in another's place.
 */
#include "example.h"
#include "proto/batch.h"
#include "proto/envelope.h"
#include "proto/record.h"

#include <stdlib.h>

static struct hash federation;
static struct public_key public_key;
static uint8_t secret_key[64];
static struct envelope batch[BATCH_MAX];
static uint8_t headers[BATCH_MAX][2];

static void
setup(void)
{
    const uint8_t seed[32] = {9};

    example_setup();
    federation = example_hash(0xfe);
    crypto_sign_seed_keypair(public_key.bytes, secret_key, seed);
    for (size_t i = 0; i < BATCH_MAX; i++) {
        headers[i][0] = (uint8_t)i;
        headers[i][1] = 0x55;
        batch[i].header = (struct span){headers[i], 2};
        batch[i].seal = example_span("seal");
    }
}

static struct hash
leaf_of(size_t i)
{
    return envelope_message_hash(&federation, batch[i].header, batch[i].seal);
}

/* Whether `leaf` stands under `signature`: what relay, node and auditor ask. */
static enum err
verify(const struct hash *leaf, const struct signature *signature)
{
    struct hash root;
    enum err err = batch_root(leaf, signature, &root);

    if (err != ERR_OK)
        return err;
    return batch_verify(&federation, false, signature->count, &root, &signature->sig, &public_key);
}

START_TEST(each_message_of_every_batch_verifies_in_its_place)
{
    static const size_t large[] = {63, 64, 65, 127, 128, 129, 255, 256};

    for (size_t count = 1; count <= 17; count++) {
        envelope_sign(&federation, secret_key, batch, count);
        for (size_t i = 0; i < count; i++) {
            struct hash leaf = leaf_of(i);
            ck_assert_uint_eq(batch[i].signature.index, i);
            ck_assert_uint_eq(batch[i].signature.count, count);
            ck_assert_int_eq(verify(&leaf, &batch[i].signature), ERR_OK);
        }
    }
    for (size_t c = 0; c < sizeof large / sizeof large[0]; c++) {
        struct hash root, first;
        envelope_sign(&federation, secret_key, batch, large[c]);
        for (size_t i = 0; i < large[c]; i++) {
            struct hash leaf = leaf_of(i);
            ck_assert_int_eq(batch_root(&leaf, &batch[i].signature, &root), ERR_OK);
            if (i == 0)
                first = root;
            ck_assert_mem_eq(root.bytes, first.bytes, HASH_BYTES);
            ck_assert_mem_eq(&batch[i].signature.sig, &batch[0].signature.sig, SIGNATURE_BYTES);
        }
        struct hash leaf = leaf_of(large[c] - 1);
        ck_assert_int_eq(verify(&leaf, &batch[large[c] - 1].signature), ERR_OK);
    }
}
END_TEST

START_TEST(a_message_verifies_in_no_other_place)
{
    enum { COUNT = 7 };

    envelope_sign(&federation, secret_key, batch, COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        for (size_t j = 0; j < COUNT; j++) {
            struct hash leaf = leaf_of(j);
            ck_assert_int_eq(verify(&leaf, &batch[i].signature), i == j ? ERR_OK : ERR_SIGNATURE);
        }
    }
}
END_TEST

START_TEST(another_index_count_path_or_signature_is_refused)
{
    envelope_sign(&federation, secret_key, batch, 6);
    for (size_t i = 0; i < 6; i++) {
        struct hash leaf = leaf_of(i);
        const struct signature good = batch[i].signature;
        for (uint32_t index = 0; index < 10; index++) {
            struct signature bad = good;
            bad.index = index;
            if (index != i)
                ck_assert_int_ne(verify(&leaf, &bad), ERR_OK);
        }
        for (uint32_t count = 0; count < 40; count++) {
            struct signature bad = good;
            bad.count = count;
            if (count != 6)
                ck_assert_int_ne(verify(&leaf, &bad), ERR_OK);
        }
        for (uint32_t len = 0; len <= BATCH_PATH_MAX; len++) {
            struct signature bad = good;
            bad.path_len = len;
            if (len != good.path_len)
                ck_assert_int_eq(verify(&leaf, &bad), ERR_PROOF);
        }
        for (size_t bit = 0; bit < 8 * HASH_BYTES * good.path_len; bit += 13) {
            struct signature bad = good;
            bad.path[bit / 256].bytes[bit / 8 % 32] ^= (uint8_t)(1 << bit % 8);
            ck_assert_int_eq(verify(&leaf, &bad), ERR_SIGNATURE);
        }
        for (size_t bit = 0; bit < 8 * SIGNATURE_BYTES; bit += 7) {
            struct signature bad = good;
            bad.sig.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
            ck_assert_int_eq(verify(&leaf, &bad), ERR_SIGNATURE);
        }
    }
}
END_TEST

START_TEST(an_inner_node_does_not_pass_for_a_message)
{
    struct hash root, leaf;

    envelope_sign(&federation, secret_key, batch, 4);
    struct signature shorter = batch[0].signature;
    leaf = leaf_of(0);
    ck_assert_int_eq(batch_root(&leaf, &shorter, &root), ERR_OK);

    /* The root itself, as a batch of one: the signed count says four. */
    shorter.count = 1;
    shorter.path_len = 0;
    ck_assert_int_eq(verify(&root, &shorter), ERR_SIGNATURE);
}
END_TEST

START_TEST(lengths_part_header_and_seal)
{
    struct hash one = envelope_message_hash(&federation, example_span("ab"), example_span("c"));
    struct hash two = envelope_message_hash(&federation, example_span("a"), example_span("bc"));
    struct hash three = envelope_message_hash(&federation, example_span("abc"), example_span(""));

    ck_assert_mem_ne(one.bytes, two.bytes, HASH_BYTES);
    ck_assert_mem_ne(one.bytes, three.bytes, HASH_BYTES);
    ck_assert_mem_ne(two.bytes, three.bytes, HASH_BYTES);
}
END_TEST

/* Each of three signatures of ours over the same 32 bytes verifies in its own use alone. */
START_TEST(a_signature_of_one_use_is_refused_in_every_other)
{
    struct hash root = example_hash(0x77);
    struct span head = {root.bytes, HASH_BYTES};
    const struct sig sigs[] = {
        batch_sign(&federation, false, HASH_BYTES, &root, secret_key),
        batch_sign(&federation, true, HASH_BYTES, &root, secret_key),
        head_sign(&federation, head, secret_key),
    };

    for (int made = 0; made < 3; made++) {
        const struct sig *sig = &sigs[made];
        ck_assert_int_eq(batch_verify(&federation, false, HASH_BYTES, &root, sig, &public_key),
                         made == 0 ? ERR_OK : ERR_SIGNATURE);
        ck_assert_int_eq(batch_verify(&federation, true, HASH_BYTES, &root, sig, &public_key),
                         made == 1 ? ERR_OK : ERR_SIGNATURE);
        ck_assert_int_eq(head_verify(&federation, head, sig, &public_key),
                         made == 2 ? ERR_OK : ERR_SIGNATURE);
    }
}
END_TEST

START_TEST(a_signature_of_another_federation_count_root_or_key_is_refused)
{
    struct hash root = example_hash(0x77), other = example_hash(0x78);
    struct sig sig = batch_sign(&federation, false, 3, &root, secret_key);
    struct public_key weak = {{0}}, stranger = public_key;

    ck_assert_int_eq(batch_verify(&federation, false, 3, &root, &sig, &public_key), ERR_OK);
    ck_assert_int_eq(batch_verify(&federation, false, 4, &root, &sig, &public_key), ERR_SIGNATURE);
    ck_assert_int_eq(batch_verify(&federation, false, 3, &other, &sig, &public_key), ERR_SIGNATURE);
    ck_assert_int_eq(batch_verify(&other, false, 3, &root, &sig, &public_key), ERR_SIGNATURE);
    stranger.bytes[0] ^= 1;
    ck_assert_int_eq(batch_verify(&federation, false, 3, &root, &sig, &stranger), ERR_SIGNATURE);
    ck_assert_int_eq(batch_verify(&federation, false, 3, &root, &sig, &weak), ERR_SIGNATURE);
    memset(&sig, 0, sizeof sig); /* R = S = 0 under a key of small order */
    ck_assert_int_eq(batch_verify(&federation, false, 3, &root, &sig, &weak), ERR_SIGNATURE);
}
END_TEST

START_TEST(a_tree_of_receipts_has_their_leaves_in_order_and_bounds)
{
    struct span receipts[BATCH_MAX + 1];
    uint8_t bytes[BATCH_MAX + 1];
    struct merkle_batch tree;

    for (size_t i = 0; i < BATCH_MAX + 1; i++) {
        bytes[i] = (uint8_t)i;
        receipts[i] = (struct span){&bytes[i], 1};
    }
    ck_assert_int_eq(batch_receipts(&federation, receipts, BATCH_MAX, &tree), ERR_OK);
    for (size_t i = 0; i < BATCH_MAX; i++) {
        struct hash leaf = batch_receipt_leaf(&federation, receipts[i]);
        ck_assert(hash_is_equal(&leaf, &tree.nodes[i]));
    }
    struct merkle_batch before = tree;
    ck_assert_int_eq(batch_receipts(&federation, receipts, 0, &tree), ERR_RANGE);
    ck_assert_int_eq(batch_receipts(&federation, receipts, BATCH_MAX + 1, &tree), ERR_RANGE);
    ck_assert_mem_eq(&tree, &before, sizeof tree);
}
END_TEST

START_TEST(every_hash_of_ours_has_its_own_domain)
{
    struct span bytes = example_span("the same bytes");
    struct hash hashes[] = {
        envelope_header_hash(&federation, bytes),
        envelope_message_hash(&federation, bytes, bytes),
        batch_receipt_leaf(&federation, bytes),
    };
    struct hash elsewhere = example_hash(0xfd);
    struct hash same = envelope_header_hash(&elsewhere, bytes);

    ck_assert_mem_ne(same.bytes, hashes[0].bytes, HASH_BYTES);
    for (size_t i = 0; i < 3; i++) {
        for (size_t j = i + 1; j < 3; j++)
            ck_assert_mem_ne(hashes[i].bytes, hashes[j].bytes, HASH_BYTES);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("batch");
    TCase *tcase = tcase_create("batch");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_checked_fixture(tcase, setup, example_teardown);
    tcase_add_test(tcase, each_message_of_every_batch_verifies_in_its_place);
    tcase_add_test(tcase, a_message_verifies_in_no_other_place);
    tcase_add_test(tcase, another_index_count_path_or_signature_is_refused);
    tcase_add_test(tcase, an_inner_node_does_not_pass_for_a_message);
    tcase_add_test(tcase, lengths_part_header_and_seal);
    tcase_add_test(tcase, a_signature_of_one_use_is_refused_in_every_other);
    tcase_add_test(tcase, a_signature_of_another_federation_count_root_or_key_is_refused);
    tcase_add_test(tcase, a_tree_of_receipts_has_their_leaves_in_order_and_bounds);
    tcase_add_test(tcase, every_hash_of_ours_has_its_own_domain);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
