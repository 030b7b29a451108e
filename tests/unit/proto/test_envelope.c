/*
 * Goal: a sealed message opens for each of its recipients, its bytes are those of the
 * specification, and the relay takes no other body or wraps (DESIGN, promises 3 and 4).
 * Method: bytes that tests/vectors/envelope.py made with code of its own; sizes and counts at
 * their bounds.
 */
#include "sealed.h"

#include <stdlib.h>

/* Printed by tests/vectors/envelope.py. */
#define VECTOR_HEADER                                                                              \
    "0801121011111111111171119111111111111111180120012a066a702e6e7061322022222222222222222222"     \
    "222222222222222222222222222222222222222222223a076a702e6d6f66613a096b722e706f6c6963653a06"     \
    "74682e647369420540736c74644801500358026080d0eab6b73368808884e0b733708080dcb2d4338a011033"     \
    "33333333337333b33333333333333392010b756e746f632e6172743237980101a00102aa0103030405"
#define VECTOR_HEADER_HASH "ffa9b152f96a532ee6cd6e0983aaea919795e0ab07af3ba02b45f9ee9b156dbd"
#define VECTOR_SEAL                                                                                \
    "0a207a3d6f562fa87e16850616a82fcadde48d341c4d4fc0937c9c64f7e13b66d05d1090081a20e831cc9a31"     \
    "1fb4dfcd6e0e4c953904d9de6bc4a0f7698e873e11ac51c2bb695f22204cf7a518e51fdac2ddaafa4fcdbb56"     \
    "f70e5102b69e650ab9604a255cabbf0970"
#define VECTOR_WRAP_0                                                                              \
    "6810389ea2f258500adbe10888b80a4a761421c6b5ede08eda7ce061ab0c2720d8c14631e052c17d4e3944c2"     \
    "6bc1a90b529e995cbc677a0cb330fe44e98578617436fd975d1308d85dd2e9122d5a4236"
#define VECTOR_WRAP_1                                                                              \
    "ace452c113a6a13169fd063faae9a8322783793fdf2b3883567711eed460524542a534644f214e9d27021932"     \
    "6f20bc7fa0012c559102d3ad9303476b778b31b3a97ad9ecdcdad79891394e345fccf054"
#define VECTOR_WRAP_2                                                                              \
    "81c07ead2aec2a60025d63723094b44ea13eabdf20fb2c867441b14916f6544f5bf019f086148e715f04f73f"     \
    "320a1b89b8aabb65b9d450c9f8bd88d0ea882986d022e835777a24b7185476cf066fd01b"
#define VECTOR_BODY_START   "d60a0674fcbbec7092e0411ebaf7feeadd359282845ec7f5c39698be86d05695"
#define VECTOR_BODY_TAG     "1ccd2614ab9c99bb48e1518887de69c7"
#define VECTOR_MESSAGE_HASH "561fe7c8a890c60193f6c89b3639b597088e737a0927d59625df513febba5955"
#define VECTOR_PUBLIC_KEY   "ea4a6c63e29c520abef5507b132ec5f9954776aebebe7b92421eea691446d22c"
#define VECTOR_SIG                                                                                 \
    "423439936c6b74f95fc6084e4c2ff49fbc14bdf0b7c6312c9234c710dfa8435b0315ff95a6019f78eef08aad"     \
    "f19bd18f4904d6c411e37c7e19a29720618ffa08"

START_TEST(sealing_with_a_fixed_key_gives_the_same_bytes_for_ever)
{
    struct hash header_hash = envelope_header_hash(&federation, header);
    struct hash message = envelope_message_hash(&federation, header, envelope.seal);
    uint8_t seed[32], public_key[32], secret_key[64];

    assert_hex(header.data, header.len, VECTOR_HEADER);
    assert_hex(header_hash.bytes, HASH_BYTES, VECTOR_HEADER_HASH);
    assert_hex(envelope.seal.data, envelope.seal.len, VECTOR_SEAL);
    assert_hex(envelope.wraps, WRAP_BYTES, VECTOR_WRAP_0);
    assert_hex(envelope.wraps + WRAP_BYTES, WRAP_BYTES, VECTOR_WRAP_1);
    assert_hex(envelope.wraps + 2 * WRAP_BYTES, WRAP_BYTES, VECTOR_WRAP_2);
    ck_assert_uint_eq(envelope.body.len, BODY);
    assert_hex(envelope.body.data, 32, VECTOR_BODY_START);
    assert_hex(envelope.body.data + BODY_PADDED_MIN, 16, VECTOR_BODY_TAG);
    assert_hex(message.bytes, HASH_BYTES, VECTOR_MESSAGE_HASH);

    memset(seed, 7, sizeof seed);
    crypto_sign_seed_keypair(public_key, secret_key, seed);
    envelope_sign(&federation, secret_key, &envelope, 1);
    assert_hex(public_key, sizeof public_key, VECTOR_PUBLIC_KEY);
    assert_hex(envelope.signature.sig.bytes, SIGNATURE_BYTES, VECTOR_SIG);
    ck_assert_uint_eq(envelope.signature.path_len, 0);
}
END_TEST

START_TEST(every_recipient_opens_every_size_of_content)
{
    static const size_t sizes[] = {0, 1, 1019, 1020, 1021, 1100, 70000, CONTENT_BYTES_MAX};
    static uint8_t text[CONTENT_BYTES_MAX];

    memset(text, 0xaa, sizeof text);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct span content = {text, sizes[i]};
        struct envelope made = sealed_with(&cek, content);
        ck_assert_uint_eq(made.body.len, envelope_padded_bytes(sizes[i] + 4) + 16);
        assert_opens(&made, content);
    }
}
END_TEST

START_TEST(each_of_many_recipients_has_its_wrap_in_the_seal)
{
    static const size_t counts[] = {1, 2, 5, 8, 255, 256};
    static struct public_key many[RECIPIENTS_MAX];
    struct span content;
    struct envelope made;

    for (size_t i = 0; i < RECIPIENTS_MAX; i++)
        many[i] = public_keys[i % RECIPIENTS];
    for (size_t c = 0; c < sizeof counts / sizeof counts[0]; c++) {
        ck_assert_int_eq(envelope_seal(&federation, header, example_span(CONTENT), many, counts[c],
                                       arena, &made),
                         ERR_OK);
        ck_assert_int_eq(seal_decode(made.seal, arena, &seal), ERR_OK);
        ck_assert_int_eq(envelope_check(&federation, &made, &seal, counts[c]), ERR_OK);
        for (size_t i = 0; i<counts[c]; i += counts[c]> 8 ? 51 : 1) {
            struct served served = serve(&made, i);
            ck_assert_int_eq(open_as(i % RECIPIENTS, &served, &content), ERR_OK);
        }
    }
}
END_TEST

START_TEST(sealing_twice_shares_nothing)
{
    struct envelope one, two;
    struct span content = example_span(CONTENT);

    ck_assert_int_eq(envelope_seal(&federation, header, content, public_keys, 3, arena, &one),
                     ERR_OK);
    ck_assert_int_eq(envelope_seal(&federation, header, content, public_keys, 3, arena, &two),
                     ERR_OK);
    ck_assert_mem_ne(one.body.data, two.body.data, 32);
    for (size_t i = 0; i < RECIPIENTS; i++)
        ck_assert_mem_ne(one.wraps + i * WRAP_BYTES, two.wraps + i * WRAP_BYTES, 32);
}
END_TEST

START_TEST(padding_is_padme_and_wastes_at_most_an_eighth)
{
    size_t last = 0;

    for (size_t bytes = 0; bytes <= BODY_PADDED_MAX; bytes++) {
        size_t padded = envelope_padded_bytes(bytes);
        ck_assert_uint_ge(padded, bytes);
        ck_assert_uint_ge(padded, last);
        if (bytes >= BODY_PADDED_MIN)
            ck_assert_uint_le(padded - bytes, bytes / 8);
        ck_assert_uint_eq(envelope_padded_bytes(padded), padded);
        ck_assert_int_eq(envelope_is_body_bytes(bytes + 16), padded == bytes);
        last = padded;
    }
    /* From the paper's definition by hand: E = 10, S = 4, so 6 bits are cleared; E = 17, S = 5. */
    ck_assert_uint_eq(envelope_padded_bytes(1025), 1088);
    ck_assert_uint_eq(envelope_padded_bytes(2049), 2176);
    ck_assert_uint_eq(envelope_padded_bytes(200000), 200704);
    ck_assert_uint_eq(envelope_padded_bytes(CONTENT_BYTES_MAX + 4), BODY_PADDED_MAX);
    ck_assert(!envelope_is_body_bytes(BODY_BYTES_MAX + 1));
    ck_assert(!envelope_is_body_bytes(0));
    ck_assert(!envelope_is_body_bytes(15));
}
END_TEST

START_TEST(sealing_out_of_bounds_is_refused)
{
    static uint8_t text[CONTENT_BYTES_MAX + 1];
    struct span content = {text, sizeof text};
    struct envelope out, before;

    memset(&out, 0x5a, sizeof out);
    before = out;
    ck_assert_int_eq(envelope_seal(&federation, header, content, public_keys, 3, arena, &out),
                     ERR_RANGE);
    content.len = 1;
    ck_assert_int_eq(envelope_seal(&federation, header, content, public_keys, 0, arena, &out),
                     ERR_RANGE);
    ck_assert_int_eq(
        envelope_seal(&federation, header, content, public_keys, RECIPIENTS_MAX + 1, arena, &out),
        ERR_RANGE);
    ck_assert_mem_eq(&out, &before, sizeof out);
}
END_TEST

START_TEST(a_full_arena_is_reported_by_sealing_and_by_opening)
{
    struct served served = serve(&envelope, 1);
    struct box_keys keys = keys_of(1);
    struct envelope out;
    struct span content = {0};
    enum err err = ERR_NOMEM;

    for (size_t size = 0; err == ERR_NOMEM; size += 64) {
        struct arena *small = NULL;
        ck_assert_uint_lt(size, 1 << 16);
        ck_assert_int_eq(arena_new(size, &small), ERR_OK);
        err =
            envelope_seal(&federation, header, example_span(CONTENT), public_keys, 3, small, &out);
        arena_free(&small);
    }
    ck_assert_int_eq(err, ERR_OK);
    err = ERR_NOMEM;
    for (size_t size = 0; err == ERR_NOMEM; size += 64) {
        struct arena *small = NULL;
        ck_assert_ptr_null(content.data);
        ck_assert_int_eq(arena_new(size, &small), ERR_OK);
        err = envelope_open(&federation, &served, &keys, small, &content);
        arena_free(&small);
    }
    ck_assert_int_eq(err, ERR_OK);
}
END_TEST

/* The points of small order on Curve25519 and its twist (cr.yp.to/ecdh.html). */
START_TEST(a_wrap_to_a_key_of_small_order_is_refused)
{
    static const char *const weak[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    };
    struct public_key keys[2] = {public_keys[0]};
    struct envelope out;

    ck_assert_int_eq(sodium_hex2bin(keys[1].bytes, KEY_BYTES, weak[_i], 64, NULL, NULL, NULL), 0);
    ck_assert_int_eq(
        envelope_seal(&federation, header, example_span(CONTENT), keys, 2, arena, &out), ERR_KEY);
}
END_TEST

START_TEST(the_relay_refuses_another_body_other_wraps_and_other_recipients)
{
    uint8_t body[BODY], wraps[3 * WRAP_BYTES];
    struct envelope bad = envelope;

    ck_assert_int_eq(envelope_check(&federation, &envelope, &seal, 3), ERR_OK);
    ck_assert_int_eq(envelope_check(&federation, &envelope, &seal, 2), ERR_PROOF);
    ck_assert_int_eq(envelope_check(&federation, &envelope, &seal, 4), ERR_PROOF);
    bad.wraps_count = 2;
    ck_assert_int_eq(envelope_check(&federation, &bad, &seal, 2), ERR_PROOF);
    bad.wraps_count = 0;
    ck_assert_int_eq(envelope_check(&federation, &bad, &seal, 0), ERR_PROOF);

    bad = envelope;
    memcpy(wraps, envelope.wraps, sizeof wraps);
    wraps[2 * WRAP_BYTES] ^= 1;
    bad.wraps = wraps;
    ck_assert_int_eq(envelope_check(&federation, &bad, &seal, 3), ERR_PROOF);

    bad = envelope;
    memcpy(body, envelope.body.data, sizeof body);
    body[BODY - 1] ^= 1;
    bad.body.data = body;
    ck_assert_int_eq(envelope_check(&federation, &bad, &seal, 3), ERR_COMMITMENT);
    bad.body.len--;
    ck_assert_int_eq(envelope_check(&federation, &bad, &seal, 3), ERR_COMMITMENT);
    seal.body_bytes += 64; /* the seal says another length than its hash */
    ck_assert_int_eq(envelope_check(&federation, &envelope, &seal, 3), ERR_COMMITMENT);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("envelope");
    TCase *tcase = tcase_create("envelope");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_checked_fixture(tcase, setup, example_teardown);
    tcase_add_test(tcase, sealing_with_a_fixed_key_gives_the_same_bytes_for_ever);
    tcase_add_test(tcase, every_recipient_opens_every_size_of_content);
    tcase_add_test(tcase, each_of_many_recipients_has_its_wrap_in_the_seal);
    tcase_add_test(tcase, sealing_twice_shares_nothing);
    tcase_add_test(tcase, padding_is_padme_and_wastes_at_most_an_eighth);
    tcase_add_test(tcase, sealing_out_of_bounds_is_refused);
    tcase_add_test(tcase, a_full_arena_is_reported_by_sealing_and_by_opening);
    tcase_add_loop_test(tcase, a_wrap_to_a_key_of_small_order_is_refused, 0, 7);
    tcase_add_test(tcase, the_relay_refuses_another_body_other_wraps_and_other_recipients);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
