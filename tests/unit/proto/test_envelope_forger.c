/*
 * Goal: a message opens only whole: no other text, key, header, recipient or padding passes
 * (DESIGN, promises 3 and 4).
 * Method: a forger who is a member and holds every key that a sender or recipient may hold.
 */
#include "proto/merkle.h"
#include "sealed.h"

#include <stdlib.h>

/* A block and a tag, printed by tests/vectors/envelope.py. */
#define VECTOR_SALAMANDER "f1f44bdb56b7fa7975989ea987c5fbdbb28cdfa7a886a375185835640fd47f21"

/* ---- a forger's tools: the derivations of the specification, once more */

static void
derive_again(const struct content_key *key, enum domain_use use, uint8_t *out, size_t len)
{
    struct domain domain = domain_make(use, &federation);
    struct hash hash = envelope_header_hash(&federation, header);
    crypto_generichash_state state;

    crypto_generichash_init(&state, key->bytes, sizeof key->bytes, len);
    crypto_generichash_update(&state, domain.bytes, domain.len);
    crypto_generichash_update(&state, hash.bytes, sizeof hash.bytes);
    crypto_generichash_final(&state, out, len);
}

/* Encrypt `plain` as it is, however it is padded. */
static struct span
encrypted(const struct content_key *key, struct span plain)
{
    uint8_t derived[56];
    uint8_t *body = arena_alloc(arena, plain.len + 16);

    ck_assert_ptr_nonnull(body);
    derive_again(key, DOMAIN_BODY, derived, sizeof derived);
    crypto_aead_xchacha20poly1305_ietf_encrypt(body, NULL, plain.data, plain.len, header.data,
                                               header.len, NULL, derived + 32, derived);
    return (struct span){body, plain.len + 16};
}

/* A seal and wraps root that agree with `body` and `wraps`, and commit to `key`. */
static struct envelope
forged(const struct content_key *key, struct span body, const uint8_t *wraps)
{
    struct domain domain = domain_make(DOMAIN_WRAP_LEAF, &federation);
    struct envelope out = {
        .header = header, .wraps = wraps, .wraps_count = RECIPIENTS, .body = body};
    struct seal forged_seal = {.body_hash = hash_spans(&body, 1), .body_bytes = (uint32_t)body.len};
    struct merkle tree;

    merkle_init(&tree);
    for (size_t i = 0; i < RECIPIENTS; i++) {
        struct span parts[] = {domain_span(&domain), {wraps + i * WRAP_BYTES, WRAP_BYTES}};
        struct hash leaf = merkle_leaf_hash_spans(parts, 2);
        ck_assert_int_eq(merkle_append(&tree, &leaf), ERR_OK);
    }
    forged_seal.wraps_root = merkle_root(&tree);
    derive_again(key, DOMAIN_COMMIT, forged_seal.key_commitment.bytes, HASH_BYTES);
    ck_assert_int_eq(seal_encode(&forged_seal, arena, &out.seal), ERR_OK);
    return out;
}

START_TEST(nobody_else_opens_it)
{
    struct served served = serve(&envelope, 0);

    assert_refused(1, &served, ERR_KEY);
    assert_refused(2, &served, ERR_KEY);
}
END_TEST

START_TEST(a_wrap_in_anothers_place_is_refused)
{
    struct served served = serve(&envelope, 0);
    uint8_t swapped[3 * WRAP_BYTES];

    served.wrap.data = envelope.wraps + WRAP_BYTES; /* the wrap of 1 with the path of 0 */
    assert_refused(1, &served, ERR_PROOF);
    served = serve(&envelope, 1);
    served.index = 0;
    assert_refused(1, &served, ERR_PROOF);
    served.index = served.count;
    assert_refused(1, &served, ERR_PROOF);
    served = serve(&envelope, 2);
    served.wrap_path_len--;
    assert_refused(2, &served, ERR_PROOF);
    served.wrap_path_len++;
    served.wrap.len--;
    assert_refused(2, &served, ERR_PROOF);

    /* The sender itself swaps two: each then holds a wrap for the other. */
    memcpy(swapped, envelope.wraps, sizeof swapped);
    memcpy(swapped, envelope.wraps + WRAP_BYTES, WRAP_BYTES);
    memcpy(swapped + WRAP_BYTES, envelope.wraps, WRAP_BYTES);
    struct envelope made = forged(&cek, envelope.body, swapped);
    served = serve(&made, 0);
    assert_refused(0, &served, ERR_KEY);
}
END_TEST

START_TEST(a_flipped_bit_anywhere_is_refused)
{
    struct served good = serve(&envelope, 1);
    const struct span parts[] = {good.header, good.seal, good.wrap, good.body};

    for (size_t part = 0; part < 4; part++) {
        for (size_t at = 0; at < parts[part].len; at++) {
            struct served bad = good;
            struct span *const slots[] = {&bad.header, &bad.seal, &bad.wrap, &bad.body};
            struct span content;
            uint8_t copy[2048];
            memcpy(copy, parts[part].data, parts[part].len);
            copy[at] ^= (uint8_t)(1 << at % 8);
            slots[part]->data = copy;
            ck_assert_int_ne(open_as(1, &bad, &content), ERR_OK);
        }
    }
}
END_TEST

START_TEST(a_truncated_or_lengthened_body_is_refused)
{
    uint8_t longer[2 * BODY] = {0};
    struct served served = serve(&envelope, 0);

    memcpy(longer, envelope.body.data, BODY);
    served.body.data = longer;
    for (size_t len = 0; len < sizeof longer; len++) {
        served.body.len = len;
        if (len != BODY)
            assert_refused(0, &served, ERR_COMMITMENT);
    }
    served.body.len = BODY;
    struct span content;
    ck_assert_int_eq(open_as(0, &served, &content), ERR_OK);

    seal.body_bytes += 64; /* the seal says another length than its hash */
    ck_assert_int_eq(seal_encode(&seal, arena, &served.seal), ERR_OK);
    assert_refused(0, &served, ERR_COMMITMENT);
}
END_TEST

/* Kim, a recipient, passes the sender's ciphertext on under a header of its own making. */
START_TEST(a_body_forwarded_under_another_header_is_refused)
{
    struct served served = serve(&envelope, 0);
    struct header moved = example_header();
    struct envelope rewrapped;

    moved.from = "kr.police";
    moved.to_count = 1;
    ck_assert_int_eq(header_encode(&moved, arena, &header), ERR_OK);
    served.header = header;
    assert_refused(0, &served, ERR_COMMITMENT); /* as it is */

    /* With the key, wraps and commitment made anew for that header, and the old body. */
    rewrapped = sealed_with(&cek, example_span(CONTENT));
    struct envelope made = forged(&cek, envelope.body, rewrapped.wraps);
    served = serve(&made, 0);
    assert_refused(0, &served, ERR_COMMITMENT);
}
END_TEST

/* The body that opens under two keys to two texts (SECURITY C3); made by envelope.py. */
START_TEST(a_body_with_two_keys_opens_under_the_committed_one_alone)
{
    uint8_t plain[BODY_PADDED_MIN], derived[56], block_tag[32];

    memset(plain, 'x', sizeof plain);
    bytes_put_u32(plain, BODY_PADDED_MIN - 4);
    struct span made = encrypted(&cek, (struct span){plain, sizeof plain});
    uint8_t *body = arena_copy(arena, made.data, made.len);
    ck_assert_int_eq(
        sodium_hex2bin(block_tag, sizeof block_tag, VECTOR_SALAMANDER, 64, NULL, NULL, NULL), 0);
    memcpy(body + BODY_PADDED_MIN - 16, block_tag, 32);

    derive_again(&other, DOMAIN_BODY, derived, sizeof derived);
    ck_assert_int_eq(crypto_aead_xchacha20poly1305_ietf_decrypt(plain, NULL, NULL, body, BODY,
                                                                header.data, header.len,
                                                                derived + 32, derived),
                     0); /* the cipher alone takes it */

    struct envelope two = sealed_with(&other, example_span(CONTENT));
    uint8_t wraps[3 * WRAP_BYTES];
    memcpy(wraps, envelope.wraps, sizeof wraps);
    memcpy(wraps + WRAP_BYTES, two.wraps + WRAP_BYTES, WRAP_BYTES);
    struct envelope salamander = forged(&cek, (struct span){body, BODY}, wraps);
    struct served served = serve(&salamander, 0);
    struct span content;
    ck_assert_int_eq(open_as(0, &served, &content), ERR_OK);
    ck_assert_uint_eq(content.len, BODY_PADDED_MIN - 4);
    served = serve(&salamander, 1);
    assert_refused(1, &served, ERR_COMMITMENT);
}
END_TEST

START_TEST(a_wrap_that_does_not_derive_from_the_key_is_refused)
{
    uint8_t wraps[3 * WRAP_BYTES];

    memcpy(wraps, envelope.wraps, sizeof wraps);
    crypto_box_seal(wraps, cek.bytes, sizeof cek.bytes, public_keys[0].bytes);
    struct envelope made = forged(&cek, envelope.body, wraps);
    struct served served = serve(&made, 0);
    assert_refused(0, &served, ERR_COMMITMENT);
    served = serve(&made, 1);
    struct span content;
    ck_assert_int_eq(open_as(1, &served, &content), ERR_OK);
}
END_TEST

START_TEST(padding_other_than_ours_is_refused)
{
    static const struct {
        uint32_t len;   /* as written */
        size_t bytes;   /* of the plaintext */
        size_t spoiled; /* a byte of it that is not zero, 0: none */
        enum err want;
    } rows[] = {
        {0, 1024, 0, ERR_OK},
        {1020, 1024, 0, ERR_OK},
        {1021, 1024, 0, ERR_FORMAT}, /* beyond the end */
        {UINT32_MAX, 1024, 0, ERR_FORMAT},
        {100, 1024, 104, ERR_FORMAT},  /* the first byte of padding */
        {100, 1024, 1023, ERR_FORMAT}, /* the last */
        {1020, 1088, 0, ERR_FORMAT},   /* more padding than there must be */
        {1021, 1088, 0, ERR_OK},
        {1084, 1088, 0, ERR_OK},
    };
    uint8_t plain[2048] = {0};
    struct span content;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        memset(plain, 0, sizeof plain);
        bytes_put_u32(plain, rows[i].len);
        if (rows[i].spoiled != 0)
            plain[rows[i].spoiled] = 1;
        struct span body = encrypted(&cek, (struct span){plain, rows[i].bytes});
        struct envelope made = forged(&cek, body, envelope.wraps);
        struct served served = serve(&made, 2);
        ck_assert_int_eq(open_as(2, &served, &content), rows[i].want);
    }
}
END_TEST

START_TEST(a_malformed_seal_is_refused)
{
    struct served served = serve(&envelope, 0);

    served.seal.len--;
    assert_refused(0, &served, ERR_FORMAT);
    served.seal.len = 0;
    assert_refused(0, &served, ERR_FORMAT);
}
END_TEST

START_TEST(another_federation_opens_nothing)
{
    struct served served = serve(&envelope, 0);

    federation = example_hash(0xfd);
    assert_refused(0, &served, ERR_PROOF);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("envelope_forger");
    TCase *tcase = tcase_create("envelope_forger");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_checked_fixture(tcase, setup, example_teardown);
    tcase_add_test(tcase, nobody_else_opens_it);
    tcase_add_test(tcase, a_wrap_in_anothers_place_is_refused);
    tcase_add_test(tcase, a_flipped_bit_anywhere_is_refused);
    tcase_add_test(tcase, a_truncated_or_lengthened_body_is_refused);
    tcase_add_test(tcase, a_body_forwarded_under_another_header_is_refused);
    tcase_add_test(tcase, a_body_with_two_keys_opens_under_the_committed_one_alone);
    tcase_add_test(tcase, a_wrap_that_does_not_derive_from_the_key_is_refused);
    tcase_add_test(tcase, padding_other_than_ours_is_refused);
    tcase_add_test(tcase, a_malformed_seal_is_refused);
    tcase_add_test(tcase, another_federation_opens_nothing);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
