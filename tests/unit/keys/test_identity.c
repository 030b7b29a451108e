/*
 * Goal: pairs are what their seeds give, mailbox pairs are bound to federation and generation, key
 * ids to the use, and weak public keys are refused.
 * Method: RFC 8032's first vector, libsodium called directly as an oracle, and the small-order and
 * mixed-order points of both curves.
 */
#include "keys/identity.h"

#include <check.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define USES_COUNT 9

static const struct hash FEDERATION = {{1, 2, 3}};

static void
setup(void)
{
    ck_assert_int_ge(sodium_init(), 0);
}

static struct public_key
key_from_hex(const char *hex)
{
    struct public_key key = {{0}};
    size_t len = 0;

    ck_assert_int_eq(
        sodium_hex2bin(key.bytes, sizeof key.bytes, hex, strlen(hex), NULL, &len, NULL), 0);
    ck_assert_uint_eq(len, sizeof key.bytes);
    return key;
}

START_TEST(signing_pair_is_the_one_of_rfc_8032)
{
    struct public_key seed =
        key_from_hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
    struct public_key want =
        key_from_hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    struct identity *id = NULL;

    ck_assert_int_eq(identity_from_seed(DENREI__V1__KEY_USE__KEY_USE_SIGNING, seed.bytes, &id),
                     ERR_OK);
    ck_assert_mem_eq(identity_public_key(id)->bytes, want.bytes, KEY_BYTES);
    ck_assert_mem_eq(identity_seed(id), seed.bytes, SEED_BYTES);
    ck_assert_mem_eq(identity_secret(id), seed.bytes, SEED_BYTES);
    ck_assert_int_eq(identity_use(id), DENREI__V1__KEY_USE__KEY_USE_SIGNING);
    identity_free(&id);
    ck_assert_ptr_null(id);
    identity_free(&id);
}
END_TEST

START_TEST(new_identity_of_every_use_has_a_usable_public_key_and_comes_back_from_its_seed)
{
    Denrei__V1__KeyUse use = (Denrei__V1__KeyUse)_i;
    struct identity *id = NULL, *other = NULL, *again = NULL;

    ck_assert_int_eq(identity_new(use, &id), ERR_OK);
    ck_assert_int_eq(identity_new(use, &other), ERR_OK);
    ck_assert_mem_ne(identity_seed(id), identity_seed(other), SEED_BYTES);
    if (use != DENREI__V1__KEY_USE__KEY_USE_MAILBOX)
        ck_assert_int_eq(identity_check_public_key(use, identity_public_key(id)), ERR_OK);
    ck_assert_int_eq(identity_from_seed(use, identity_seed(id), &again), ERR_OK);
    ck_assert_mem_eq(identity_public_key(again), identity_public_key(id), KEY_BYTES);
    identity_free(&id);
    identity_free(&other);
    identity_free(&again);
}
END_TEST

START_TEST(transport_pair_is_the_one_that_crypto_box_makes_of_the_seed)
{
    uint8_t seed[SEED_BYTES] = {7}, public_key[32], secret_key[32];
    struct identity *id = NULL;

    crypto_box_seed_keypair(public_key, secret_key, seed);
    ck_assert_int_eq(identity_from_seed(DENREI__V1__KEY_USE__KEY_USE_TRANSPORT, seed, &id), ERR_OK);
    ck_assert_mem_eq(identity_public_key(id)->bytes, public_key, 32);
    ck_assert_mem_eq(identity_secret(id), secret_key, 32);
    identity_free(&id);
}
END_TEST

START_TEST(mailbox_pair_follows_the_design_and_depends_on_seed_federation_and_generation)
{
    static const char DOMAIN[] = "denrei/v1/mailbox-seed";
    uint8_t seed[SEED_BYTES] = {9}, input[sizeof DOMAIN + HASH_BYTES + 4], derived[32];
    uint8_t public_key[32], secret_key[32];
    struct hash elsewhere = {{5}};
    struct identity *mailbox = NULL, *first = NULL, *again = NULL, *second = NULL, *far = NULL;

    memcpy(input, DOMAIN, sizeof DOMAIN);
    memcpy(input + sizeof DOMAIN, FEDERATION.bytes, HASH_BYTES);
    memcpy(input + sizeof DOMAIN + HASH_BYTES, "\0\0\0\1", 4);
    crypto_generichash(derived, sizeof derived, input, sizeof input, seed, sizeof seed);
    crypto_box_seed_keypair(public_key, secret_key, derived);

    ck_assert_int_eq(identity_from_seed(DENREI__V1__KEY_USE__KEY_USE_MAILBOX, seed, &mailbox),
                     ERR_OK);
    ck_assert_int_eq(identity_mailbox(mailbox, &FEDERATION, 1, &first), ERR_OK);
    ck_assert_int_eq(identity_mailbox(mailbox, &FEDERATION, 2, &second), ERR_OK);
    ck_assert_int_eq(identity_mailbox(mailbox, &elsewhere, 1, &far), ERR_OK);
    ck_assert_mem_eq(identity_public_key(first)->bytes, public_key, 32);
    ck_assert_mem_eq(identity_secret(first), secret_key, 32);
    ck_assert_mem_ne(identity_public_key(second)->bytes, public_key, 32);
    ck_assert_mem_ne(identity_public_key(far)->bytes, public_key, 32);

    ck_assert_int_eq(identity_from_box_secret(identity_secret(first), &again), ERR_OK);
    ck_assert_mem_eq(identity_public_key(again)->bytes, public_key, 32);
    ck_assert_int_eq(identity_use(again), DENREI__V1__KEY_USE__KEY_USE_MAILBOX);
    identity_free(&mailbox);
    identity_free(&first);
    identity_free(&again);
    identity_free(&second);
    identity_free(&far);
}
END_TEST

START_TEST(key_id_differs_for_every_pair_of_uses_and_every_federation)
{
    struct public_key key = {{3}};
    struct hash elsewhere = {{5}};
    struct hash ids[USES_COUNT];

    for (int i = 0; i < USES_COUNT; i++) {
        ids[i] = identity_key_id(&FEDERATION, (Denrei__V1__KeyUse)(i + 1), &key);
        struct hash far = identity_key_id(&elsewhere, (Denrei__V1__KeyUse)(i + 1), &key);
        ck_assert_mem_ne(ids[i].bytes, far.bytes, HASH_BYTES);
        for (int j = 0; j < i; j++)
            ck_assert_mem_ne(ids[i].bytes, ids[j].bytes, HASH_BYTES);
    }
}
END_TEST

START_TEST(weak_or_respelled_ed25519_keys_are_refused)
{
    static const char *const rows[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    };
    struct public_key key = key_from_hex(rows[_i]);

    ck_assert_int_eq(identity_check_public_key(DENREI__V1__KEY_USE__KEY_USE_SIGNING, &key),
                     ERR_KEY);
}
END_TEST

START_TEST(ed25519_key_with_a_small_order_part_is_refused)
{
    /* The point of order 2 is (0, -1). */
    struct public_key torsion =
        key_from_hex("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
    struct public_key mixed = {{0}};
    struct identity *id = NULL;

    ck_assert_int_eq(identity_new(DENREI__V1__KEY_USE__KEY_USE_SIGNING, &id), ERR_OK);
    ck_assert_int_eq(
        crypto_core_ed25519_add(mixed.bytes, identity_public_key(id)->bytes, torsion.bytes), 0);
    ck_assert_int_eq(identity_check_public_key(DENREI__V1__KEY_USE__KEY_USE_SIGNING, &mixed),
                     ERR_KEY);
    identity_free(&id);
}
END_TEST

START_TEST(weak_or_respelled_x25519_keys_are_refused)
{
    static const char *const rows[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "f6ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", /* 9, respelled */
        "0900000000000000000000000000000000000000000000000000000000000080", /* 9, top bit set */
    };
    struct public_key key = key_from_hex(rows[_i]);

    ck_assert_int_eq(identity_check_public_key(DENREI__V1__KEY_USE__KEY_USE_ENCRYPTION, &key),
                     ERR_KEY);
    ck_assert_int_eq(identity_check_public_key(DENREI__V1__KEY_USE__KEY_USE_TRANSPORT, &key),
                     ERR_KEY);
    ck_assert_int_eq(identity_check_public_key(DENREI__V1__KEY_USE__KEY_USE_MAILBOX, &key),
                     ERR_KEY);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("identity");
    TCase *tcase = tcase_create("identity");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_test(tcase, signing_pair_is_the_one_of_rfc_8032);
    tcase_add_loop_test(
        tcase, new_identity_of_every_use_has_a_usable_public_key_and_comes_back_from_its_seed, 1,
        USES_COUNT + 1);
    tcase_add_test(tcase, transport_pair_is_the_one_that_crypto_box_makes_of_the_seed);
    tcase_add_test(tcase,
                   mailbox_pair_follows_the_design_and_depends_on_seed_federation_and_generation);
    tcase_add_test(tcase, key_id_differs_for_every_pair_of_uses_and_every_federation);
    tcase_add_loop_test(tcase, weak_or_respelled_ed25519_keys_are_refused, 0, 7);
    tcase_add_test(tcase, ed25519_key_with_a_small_order_part_is_refused);
    tcase_add_loop_test(tcase, weak_or_respelled_x25519_keys_are_refused, 0, 8);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
