/*
 * Goal: seals, signatures and envelopes survive encoding, and no wrong length or count is taken.
 * Method: a valid one, and a table of single changes of it.
 */
#include "example.h"
#include "proto/wire.h"

#include <stdlib.h>

static struct seal
example_seal(void)
{
    return (struct seal){
        .body_hash = example_hash(1),
        .body_bytes = BODY_PADDED_MIN + 16,
        .wraps_root = example_hash(2),
        .key_commitment = example_hash(3),
    };
}

START_TEST(a_seal_survives_encoding)
{
    struct attachment attachments[] = {{example_hash(4), 1}, {example_hash(5), UINT64_MAX}};
    struct seal seal = example_seal(), got;
    struct span bytes;

    for (size_t count = 0; count <= 2; count++) {
        seal.attachments = attachments;
        seal.attachments_count = count;
        ck_assert_int_eq(seal_encode(&seal, arena, &bytes), ERR_OK);
        ck_assert_int_eq(seal_decode(bytes, arena, &got), ERR_OK);
        ck_assert_mem_eq(got.body_hash.bytes, seal.body_hash.bytes, HASH_BYTES);
        ck_assert_mem_eq(got.wraps_root.bytes, seal.wraps_root.bytes, HASH_BYTES);
        ck_assert_mem_eq(got.key_commitment.bytes, seal.key_commitment.bytes, HASH_BYTES);
        ck_assert_uint_eq(got.body_bytes, seal.body_bytes);
        ck_assert_uint_eq(got.attachments_count, count);
        for (size_t i = 0; i < count; i++) {
            ck_assert_mem_eq(got.attachments[i].hash.bytes, attachments[i].hash.bytes, HASH_BYTES);
            ck_assert_uint_eq(got.attachments[i].bytes, attachments[i].bytes);
        }
    }
}
END_TEST

START_TEST(a_seal_out_of_bounds_is_refused)
{
    static const uint32_t sizes[] = {
        0, 16, 1024, 1039, 1041, 1057, 1100, BODY_BYTES_MAX - 1, BODY_BYTES_MAX + 1, UINT32_MAX};
    struct attachment empty = {example_hash(4), 0};
    struct seal seal = example_seal(), got;
    struct span bytes;

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        seal.body_bytes = sizes[i];
        ck_assert_int_eq(seal_encode(&seal, arena, &bytes), ERR_OK);
        ck_assert_int_eq(seal_decode(bytes, arena, &got), ERR_FORMAT);
    }
    seal = example_seal();
    seal.attachments = &empty;
    seal.attachments_count = 1;
    ck_assert_int_eq(seal_encode(&seal, arena, &bytes), ERR_OK);
    ck_assert_int_eq(seal_decode(bytes, arena, &got), ERR_FORMAT);

    seal.attachments_count = 0;
    ck_assert_int_eq(seal_encode(&seal, arena, &bytes), ERR_OK);
    for (size_t len = 0; len < bytes.len; len++)
        ck_assert_int_eq(seal_decode((struct span){bytes.data, len}, arena, &got), ERR_FORMAT);
}
END_TEST

static struct envelope
example_envelope(void)
{
    static uint8_t wraps[3 * WRAP_BYTES], body[BODY_PADDED_MIN + 16];
    struct envelope envelope = {
        .header = example_span("header"),
        .seal = example_span("seal"),
        .signature = {.count = 5, .index = 3, .path_len = 3},
        .wraps = wraps,
        .wraps_count = 3,
        .body = {body, sizeof body},
    };

    for (size_t i = 0; i < sizeof wraps; i++)
        wraps[i] = (uint8_t)i;
    for (size_t i = 0; i < 3; i++)
        envelope.signature.path[i] = example_hash((uint8_t)(0x10 + i));
    memset(envelope.signature.sig.bytes, 0x44, SIGNATURE_BYTES);
    memset(body, 0x77, sizeof body);
    return envelope;
}

START_TEST(an_envelope_survives_encoding)
{
    struct envelope want = example_envelope(), got;
    struct span bytes;

    for (want.wraps_count = 1; want.wraps_count <= 3; want.wraps_count++) {
        ck_assert_int_eq(envelope_encode(&want, arena, &bytes), ERR_OK);
        ck_assert_int_eq(envelope_decode(bytes, arena, &got), ERR_OK);
        assert_span_eq(got.header, want.header);
        assert_span_eq(got.seal, want.seal);
        assert_span_eq(got.body, want.body);
        ck_assert_uint_eq(got.wraps_count, want.wraps_count);
        ck_assert_mem_eq(got.wraps, want.wraps, want.wraps_count * WRAP_BYTES);
        ck_assert_uint_eq(got.signature.count, 5);
        ck_assert_uint_eq(got.signature.index, 3);
        ck_assert_uint_eq(got.signature.path_len, 3);
        ck_assert_mem_eq(got.signature.path, want.signature.path, 3 * HASH_BYTES);
        ck_assert_mem_eq(got.signature.sig.bytes, want.signature.sig.bytes, SIGNATURE_BYTES);
    }
}
END_TEST

/* A field and what it is changed to. */
#define SET(type, field, ...)                                                                      \
    offsetof(type, field), sizeof(((type *)NULL)->field), &(__typeof__(((type *)NULL)->field))     \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

static const struct {
    bool of_signature;
    size_t offset, bytes;
    const void *value;
} CHANGES[] = {
    {false, SET(Denrei__V1__Envelope, header.len, 0)},
    {false, SET(Denrei__V1__Envelope, header.len, HEADER_BYTES_MAX + 1)},
    {false, SET(Denrei__V1__Envelope, seal.len, 0)},
    {false, SET(Denrei__V1__Envelope, seal.len, SEAL_BYTES_MAX + 1)},
    {false, SET(Denrei__V1__Envelope, signature, NULL)},
    {false, SET(Denrei__V1__Envelope, n_wraps, 0)},
    {false, SET(Denrei__V1__Envelope, n_wraps, RECIPIENTS_MAX + 1)},
    {false, SET(Denrei__V1__Envelope, body.len, 0)},
    {false, SET(Denrei__V1__Envelope, body.len, BODY_PADDED_MIN + 15)},
    {false, SET(Denrei__V1__Envelope, body.len, BODY_BYTES_MAX + 1)},
    {true, SET(Denrei__V1__Signature, count, 0)},
    {true, SET(Denrei__V1__Signature, count, BATCH_MAX + 1)},
    {true, SET(Denrei__V1__Signature, index, 5)},
    {true, SET(Denrei__V1__Signature, n_path, BATCH_PATH_MAX + 1)},
    {true, SET(Denrei__V1__Signature, sig.len, SIGNATURE_BYTES - 1)},
};

enum { CHANGES_COUNT = sizeof CHANGES / sizeof CHANGES[0] };

START_TEST(an_envelope_with_a_wrong_length_or_count_is_refused_and_changes_nothing)
{
    struct envelope envelope = example_envelope(), got, before;
    Denrei__V1__Envelope *wire = NULL;

    memset(&got, 0x5a, sizeof got);
    before = got;
    ck_assert_int_eq(envelope_to_wire(&envelope, arena, &wire), ERR_OK);
    uint8_t *changed = CHANGES[_i].of_signature ? (void *)wire->signature : (void *)wire;
    memcpy(changed + CHANGES[_i].offset, CHANGES[_i].value, CHANGES[_i].bytes);
    ck_assert_int_eq(envelope_from_wire(wire, arena, &got), ERR_FORMAT);
    ck_assert_mem_eq(&got, &before, sizeof got);
}
END_TEST

START_TEST(a_wrap_or_a_hash_of_a_path_with_another_length_is_refused)
{
    struct envelope envelope = example_envelope(), got;
    struct signature signature;
    Denrei__V1__Envelope *wire = NULL;

    ck_assert_int_eq(envelope_to_wire(&envelope, arena, &wire), ERR_OK);
    for (size_t i = 0; i < 3; i++) {
        wire->wraps[i].len++;
        ck_assert_int_eq(envelope_from_wire(wire, arena, &got), ERR_FORMAT);
        wire->wraps[i].len--;
        wire->signature->path[i].len--;
        ck_assert_int_eq(envelope_from_wire(wire, arena, &got), ERR_FORMAT);
        ck_assert_int_eq(signature_from_wire(wire->signature, &signature), ERR_FORMAT);
        wire->signature->path[i].len++;
        ck_assert_int_eq(envelope_from_wire(wire, arena, &got), ERR_OK);
    }
}
END_TEST

START_TEST(fixed_values_are_taken_at_their_length_alone)
{
    uint8_t data[SIGNATURE_BYTES + 1] = {0};
    struct hash hash;
    struct id id;
    struct public_key key;
    struct sig sig;

    for (size_t len = 0; len <= sizeof data; len++) {
        ProtobufCBinaryData wire = wire_put(data, len);
        ck_assert_int_eq(wire_get_hash(wire, &hash), len == 32 ? ERR_OK : ERR_FORMAT);
        ck_assert_int_eq(wire_get_id(wire, &id), len == 16 ? ERR_OK : ERR_FORMAT);
        ck_assert_int_eq(wire_get_key(wire, &key), len == 32 ? ERR_OK : ERR_FORMAT);
        ck_assert_int_eq(wire_get_sig(wire, &sig), len == 64 ? ERR_OK : ERR_FORMAT);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("message_wire");
    TCase *tcase = tcase_create("message_wire");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_checked_fixture(tcase, example_setup, example_teardown);
    tcase_add_test(tcase, a_seal_survives_encoding);
    tcase_add_test(tcase, a_seal_out_of_bounds_is_refused);
    tcase_add_test(tcase, an_envelope_survives_encoding);
    tcase_add_loop_test(tcase,
                        an_envelope_with_a_wrong_length_or_count_is_refused_and_changes_nothing, 0,
                        CHANGES_COUNT);
    tcase_add_test(tcase, a_wrap_or_a_hash_of_a_path_with_another_length_is_refused);
    tcase_add_test(tcase, fixed_values_are_taken_at_their_length_alone);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
