/*
 * Goal: wire_check lets through exactly the one encoding of each message, wire_decode never
 * fails on what passed but for the arena's size, and neither a nested nor an inflating message
 * costs more than its bound.
 * Method: each refusal once, as bytes written by hand; random messages of the real types, built
 * through the descriptors with a fixed seed, must pass and come back as the same bytes; the same
 * with bytes changed must be refused or be again the encoding of what they decode to.
 */
#include "proto/limits.h"
#include "proto/wire.h"

#include "tests/unit/proto/random_message.h"

#include "proto/denrei.pb-c.h"
#include "proto/trust.pb-c.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

enum { MUTATIONS = 20000, MESSAGES = 3000, BOMB_BYTES = 1 << 20 };

static const ProtobufCMessageDescriptor *const header_type = &denrei__v1__header__descriptor;
static const ProtobufCMessageDescriptor *const request_type = &denrei__v1__request__descriptor;
static const ProtobufCMessageDescriptor *const status_type = &denrei__v1__status_reply__descriptor;

static struct arena *arena;

static void
setup(void)
{
    random_seed = 20250601;
    ck_assert_int_eq(arena_new(ARENA_BYTES_MAX, &arena), ERR_OK);
}

static void
teardown(void)
{
    arena_free(&arena);
}

struct row {
    const ProtobufCMessageDescriptor *const *type;
    const char *why;
    const char *wire;
    size_t len;
};

#define ROW(type, why, wire)                                                                       \
    {                                                                                              \
        &type, why, wire, sizeof(wire) - 1                                                         \
    }

static const struct row accepted[] = {
    ROW(header_type, "nothing at all", ""),
    ROW(header_type, "one number", "\x08\x01"),
    ROW(header_type, "the largest number of 64 bits",
        "\x60\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
    ROW(header_type, "a two-byte tag", "\x82\x01\x03\x0a\x01x"),
    ROW(header_type, "repeated strings", "\x3a\x01y\x3a\x01x"),
    ROW(header_type, "an empty element", "\x3a\x00"),
    ROW(header_type, "a packed field", "\xaa\x01\x03\x00\x80\x01"),
    ROW(header_type, "two, three and four byte characters",
        "\x2a\x0e\xc2\x80\xe0\xa0\x80\xed\x9f\xbf\xf4\x8f\xbf\xbf\xc3\xa9"),
    ROW(header_type, "text longer than a word", "\x2a\x0c\x61\x62\x63\x64\x65\x66\x67\x68\x69jkl"),
    ROW(header_type, "any byte in bytes", "\x12\x03\x00\xff\x80"),
    ROW(request_type, "an empty member of a oneof", "\x08\x01\x62\x00"),
    ROW(status_type, "two empty elements", "\x52\x00\x52\x00"),
};

static const struct row refused[] = {
    ROW(header_type, "field 0", "\x00\x01"),
    ROW(header_type, "an unknown field", "\xb0\x01\x01"),
    ROW(header_type, "a gap's field", "\x68\x01\xb8\x01\x01"),
    ROW(header_type, "descending fields", "\x18\x01\x08\x01"),
    ROW(header_type, "a singular number twice", "\x08\x01\x08\x01"),
    ROW(header_type, "a singular text twice", "\x2a\x01x\x2a\x01x"),
    ROW(header_type, "a singular message twice", "\x7a\x03\x0a\x01x\x7a\x03\x0a\x01x"),
    ROW(header_type, "a repeated field not in one run", "\x3a\x01x\x48\x01\x3a\x01x"),
    ROW(header_type, "a long tag", "\x88\x00\x01"),
    ROW(header_type, "a tag above 32 bits", "\x88\x80\x80\x80\x10\x01"),
    ROW(header_type, "a long varint", "\x08\x81\x00"),
    ROW(header_type, "a varint of eleven bytes",
        "\x60\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"),
    ROW(header_type, "a varint above 64 bits", "\x60\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"),
    ROW(header_type, "a cut varint", "\x08\x80"),
    ROW(header_type, "a cut tag", "\x08\x01\x90"),
    ROW(header_type, "no value", "\x08"),
    ROW(header_type, "a 32-bit number above 32 bits", "\x08\x80\x80\x80\x80\x10"),
    ROW(header_type, "a zero number", "\x08\x00"),
    ROW(header_type, "an empty text", "\x2a\x00"),
    ROW(header_type, "empty bytes", "\x12\x00"),
    ROW(header_type, "an empty message", "\x7a\x00"),
    ROW(header_type, "an empty packed field", "\xaa\x01\x00"),
    ROW(header_type, "a packed field that is cut", "\xaa\x01\x02\x01\x80"),
    ROW(header_type, "a packed field with a long varint", "\xaa\x01\x02\x81\x00"),
    ROW(header_type, "a packed field in two runs", "\xaa\x01\x01\x01\xaa\x01\x01\x01"),
    ROW(header_type, "a repeated number that is not packed", "\xa8\x01\x01"),
    ROW(header_type, "a length past the end", "\x2a\x02x"),
    ROW(header_type, "a length past the outer end", "\x7a\x03\x0a\x02x\x80\x01\x01"),
    ROW(header_type, "a huge length", "\x2a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
    ROW(header_type, "a long length", "\x2a\x81\x00x"),
    ROW(header_type, "no length", "\x2a"),
    ROW(header_type, "a fixed32", "\x0d\x01\x02\x03\x04"),
    ROW(header_type, "a fixed64", "\x09\x01\x02\x03\x04\x05\x06\x07\x08"),
    ROW(header_type, "a group", "\x0b\x0c"),
    ROW(header_type, "a text sent as a number", "\x28\x01"),
    ROW(header_type, "a number sent as bytes", "\x0a\x01x"),
    ROW(header_type, "an enum of 0", "\x18\x00"),
    ROW(header_type, "an enum that is not named", "\x18\x63"),
    ROW(header_type, "an enum above 31 bits", "\x18\x81\x80\x80\x80\x10"),
    ROW(header_type, "a NUL in text", "\x2a\x03x\x00y"),
    ROW(header_type, "a NUL in long text", "\x2a\x0a\x61\x62\x63\x64\x65\x00ghij"),
    ROW(header_type, "a lone continuation", "\x2a\x01\x80"),
    ROW(header_type, "an overlong character of two bytes", "\x2a\x02\xc1\xbf"),
    ROW(header_type, "an overlong character of three bytes", "\x2a\x03\xe0\x9f\xbf"),
    ROW(header_type, "an overlong character of four bytes", "\x2a\x04\xf0\x8f\xbf\xbf"),
    ROW(header_type, "a surrogate", "\x2a\x03\xed\xa0\x80"),
    ROW(header_type, "a character above U+10FFFF", "\x2a\x04\xf4\x90\x80\x80"),
    ROW(header_type, "a byte that never is", "\x2a\x01\xf5"),
    ROW(header_type, "a cut character", "\x2a\x02\xe3\x81"),
    ROW(header_type, "a wrong third byte", "\x2a\x03\xe3\x81\x41"),
    ROW(header_type, "bad text in an element", "\x3a\x01x\x3a\x01\xff"),
    ROW(header_type, "a bad field inside a message", "\x7a\x02\x20\x01"),
    ROW(request_type, "two members of a oneof", "\x08\x01\x12\x00\x62\x00"),
    ROW(request_type, "a member of a oneof twice", "\x12\x00\x12\x00"),
};

enum {
    ACCEPTED = sizeof accepted / sizeof accepted[0],
    REFUSED = sizeof refused / sizeof refused[0]
};

START_TEST(the_one_encoding_of_a_message_is_accepted)
{
    const struct row *row = &accepted[_i];
    struct span wire = {(const uint8_t *)row->wire, row->len}, again = {0};
    ProtobufCMessage *message = NULL;

    ck_assert_msg(wire_check(*row->type, wire) == ERR_OK, "refused: %s", row->why);
    ck_assert_int_eq(wire_decode(*row->type, wire, arena, &message), ERR_OK);
    ck_assert_int_eq(wire_encode(message, arena, &again), ERR_OK);
    ck_assert_uint_eq(again.len, wire.len);
    ck_assert_mem_eq(again.data, wire.data, wire.len);
}
END_TEST

START_TEST(any_other_encoding_is_refused)
{
    const struct row *row = &refused[_i];
    struct span wire = {(const uint8_t *)row->wire, row->len};
    ProtobufCMessage unchanged = {0}, *message = &unchanged;

    ck_assert_msg(wire_check(*row->type, wire) == ERR_FORMAT, "accepted: %s", row->why);
    ck_assert_int_eq(wire_decode(*row->type, wire, arena, &message), ERR_FORMAT);
    ck_assert_ptr_null(message);
}
END_TEST

/* Nothing of ours nests without end, so a message type is made that does. */
static ProtobufCMessageDescriptor nesting;
static const ProtobufCFieldDescriptor nesting_fields[] = {
    {.name = "inner",
     .id = 1,
     .type = PROTOBUF_C_TYPE_MESSAGE,
     .descriptor = &nesting,
     .label = PROTOBUF_C_LABEL_REPEATED},
    {.name = "int32", .id = 2, .type = PROTOBUF_C_TYPE_INT32},
    {.name = "bool", .id = 3, .type = PROTOBUF_C_TYPE_BOOL},
    {.name = "int64", .id = 4, .type = PROTOBUF_C_TYPE_INT64},
    {.name = "double", .id = 5, .type = PROTOBUF_C_TYPE_DOUBLE},
};
static ProtobufCMessageDescriptor nesting = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC, .n_fields = 5, .fields = nesting_fields};

/* `levels` messages, one within the other, at the end of `bytes`. */
static struct span
nest(uint8_t *bytes, size_t size, size_t levels)
{
    size_t at = size;

    for (size_t i = 1; i < levels; i++) {
        size_t inner = size - at;
        if (inner >= 1 << 14)
            bytes[--at] = (uint8_t)(inner >> 14);
        if (inner >= 1 << 7)
            bytes[--at] = (uint8_t)((inner >> 7 & 0x7f) | (inner >= 1 << 14 ? 0x80 : 0));
        bytes[--at] = (uint8_t)((inner & 0x7f) | (inner >= 1 << 7 ? 0x80 : 0));
        bytes[--at] = 0x0a;
    }
    return (struct span){bytes + at, size - at};
}

START_TEST(nesting_is_bounded_without_recursion)
{
    static uint8_t bytes[1 << 16];

    ck_assert_int_eq(wire_check(&nesting, nest(bytes, sizeof bytes, WIRE_DEPTH_MAX)), ERR_OK);
    ck_assert_int_eq(wire_check(&nesting, nest(bytes, sizeof bytes, WIRE_DEPTH_MAX + 1)),
                     ERR_FORMAT);
    ck_assert_int_eq(wire_check(&nesting, nest(bytes, sizeof bytes, 11389)), ERR_FORMAT);
}
END_TEST

START_TEST(a_number_is_held_to_its_type)
{
    static const struct {
        const char *wire;
        size_t len;
        enum err want;
    } rows[] = {
        {"\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11, ERR_OK}, /* -1 */
        {"\x10\xff\xff\xff\xff\x07", 6, ERR_OK},
        {"\x10\xff\xff\xff\xff\x0f", 6, ERR_FORMAT}, /* -1 in 32 bits: another encoding */
        {"\x10\x80\x80\x80\x80\x10", 6, ERR_FORMAT},
        {"\x18\x01", 2, ERR_OK},
        {"\x18\x02", 2, ERR_FORMAT},
        {"\x20\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11, ERR_OK},
        {"\x29\x01\x02\x03\x04\x05\x06\x07\x08", 9, ERR_FORMAT}, /* no such type in ours */
        {"\x2a\x01x", 3, ERR_FORMAT},
        {"\x28\x01", 2, ERR_FORMAT},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct span wire = {(const uint8_t *)rows[i].wire, rows[i].len};
        ck_assert_msg(wire_check(&nesting, wire) == rows[i].want, "row %zu", i);
    }
}
END_TEST

START_TEST(a_bomb_is_refused_within_its_bounds)
{
    static uint8_t bytes[BOMB_BYTES];
    ProtobufCMessage *message = NULL;
    struct span wire = {bytes, sizeof bytes};

    for (size_t i = 0; i < sizeof bytes; i += 2) /* 524,288 empty mailboxes */
        memcpy(bytes + i, "\x52\x00", 2);
    ck_assert_int_eq(wire_decode(status_type, wire, arena, &message), ERR_FORMAT);

    memcpy(bytes, "\xaa\x01\xfb\xff\x3f", 5); /* 1,048,571 packed zeros */
    memset(bytes + 5, 0, sizeof bytes - 5);
    ck_assert_int_eq(wire_decode(header_type, wire, arena, &message), ERR_FORMAT);

    for (size_t i = 0; i < sizeof bytes; i += 2) /* unknown numbers */
        memcpy(bytes + i, "\x78\x01", 2);
    ck_assert_int_eq(wire_decode(status_type, wire, arena, &message), ERR_FORMAT);

    for (size_t i = 0; i < sizeof bytes; i += 2) /* the same member of a oneof again and again */
        memcpy(bytes + i, "\x12\x00", 2);
    ck_assert_int_eq(wire_decode(request_type, wire, arena, &message), ERR_FORMAT);
    ck_assert_ptr_null(message);
}
END_TEST

START_TEST(an_arena_that_is_full_is_said_so_and_stays_whole)
{
    static uint8_t bytes[2 * 1000];
    struct arena *small = NULL;
    ProtobufCMessage *message = NULL;
    struct span wire = {bytes, sizeof bytes}, out = {0};

    for (size_t i = 0; i < sizeof bytes; i += 2)
        memcpy(bytes + i, "\x52\x00", 2);
    ck_assert_int_eq(arena_new(1024, &small), ERR_OK);
    ck_assert_int_eq(wire_decode(status_type, wire, small, &message), ERR_NOMEM);
    ck_assert_ptr_null(message);
    ck_assert_int_eq(wire_decode(status_type, wire, arena, &message), ERR_OK);
    arena_reset(small);
    ck_assert_int_eq(wire_encode(message, small, &out), ERR_NOMEM);
    ck_assert_ptr_null(out.data);
    arena_free(&small);
}
END_TEST

START_TEST(utf8_is_what_rfc_3629_says_for_every_code_point)
{
    uint8_t text[16];

    for (uint32_t point = 1; point < 0x110100; point++) {
        uint8_t *at = text;
        if (point < 0x80) {
            *at++ = (uint8_t)point;
        } else if (point < 0x800) {
            *at++ = (uint8_t)(0xc0 | point >> 6);
        } else if (point < 0x10000) {
            *at++ = (uint8_t)(0xe0 | point >> 12);
            *at++ = (uint8_t)(0x80 | (point >> 6 & 0x3f));
        } else {
            *at++ = (uint8_t)(0xf0 | point >> 18);
            *at++ = (uint8_t)(0x80 | (point >> 12 & 0x3f));
            *at++ = (uint8_t)(0x80 | (point >> 6 & 0x3f));
        }
        if (point >= 0x80)
            *at++ = (uint8_t)(0x80 | (point & 0x3f));
        bool want = point < 0x110000 && (point < 0xd800 || point > 0xdfff);
        if (wire_is_utf8((struct span){text, (size_t)(at - text)}) != want)
            ck_abort_msg("U+%04X", point);
    }
    ck_assert(wire_is_utf8((struct span){NULL, 0}));
}
END_TEST

static const ProtobufCMessageDescriptor *const types[] = {
    &denrei__v1__header__descriptor,    &denrei__v1__request__descriptor,
    &denrei__v1__reply__descriptor,     &denrei__v1__log_entry__descriptor,
    &denrei__v1__envelope__descriptor,  &denrei__v1__fetch_reply__descriptor,
    &denrei__v1__directory__descriptor, &denrei__v1__roster__descriptor,
};

START_TEST(what_wire_encode_writes_passes_and_decodes_to_the_same_bytes)
{
    for (int i = 0; i < MESSAGES; i++) {
        const ProtobufCMessageDescriptor *type = types[draw(sizeof types / sizeof types[0])];
        ProtobufCMessage *message = random_message(arena, type, 4), *decoded = NULL;
        struct span wire = {0}, again = {0};

        ck_assert_int_eq(wire_encode(message, arena, &wire), ERR_OK);
        ck_assert_int_eq(wire_decode(type, wire, arena, &decoded), ERR_OK);
        ck_assert_int_eq(wire_encode(decoded, arena, &again), ERR_OK);
        ck_assert_uint_eq(again.len, wire.len);
        ck_assert_mem_eq(again.data, wire.data, wire.len);
        arena_reset(arena);
    }
}
END_TEST

/* Change, insert or take away some bytes. */
static size_t
mutate(uint8_t *bytes, size_t len)
{
    for (uint32_t changes = 1 + draw(3); changes > 0 && len > 1; changes--) {
        size_t at = draw((uint32_t)len);
        switch (draw(4)) {
        case 0:
            bytes[at] = (uint8_t)draw(256);
            break;
        case 1:
            bytes[at] ^= (uint8_t)(1 << draw(8));
            break;
        case 2:
            memmove(bytes + at, bytes + at + 1, len - at - 1);
            len--;
            break;
        default:
            memmove(bytes + at + 1, bytes + at, len - at);
            bytes[at] = (uint8_t)draw(256);
            len++;
            break;
        }
    }
    return len;
}

START_TEST(changed_bytes_are_refused_or_are_the_encoding_of_what_they_decode_to)
{
    size_t passed = 0;

    for (int i = 0; i < MUTATIONS; i++) {
        const ProtobufCMessageDescriptor *type = types[draw(sizeof types / sizeof types[0])];
        ProtobufCMessage *decoded = NULL;
        struct span wire = {0}, again = {0};
        ck_assert_int_eq(wire_encode(random_message(arena, type, 3), arena, &wire), ERR_OK);
        uint8_t *bytes = arena_alloc(arena, wire.len + 8);
        if (wire.len > 0)
            memcpy(bytes, wire.data, wire.len);
        struct span changed = {bytes, mutate(bytes, wire.len)};

        if (wire_check(type, changed) == ERR_OK) {
            passed++;
            ck_assert_int_eq(wire_decode(type, changed, arena, &decoded), ERR_OK);
            ck_assert_int_eq(wire_encode(decoded, arena, &again), ERR_OK);
            ck_assert_uint_eq(again.len, changed.len);
            ck_assert_mem_eq(again.data, changed.data, changed.len);
        }
        arena_reset(arena);
    }
    ck_assert_uint_gt(passed, MUTATIONS / 20);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("wire");
    TCase *tcase = tcase_create("wire");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, the_one_encoding_of_a_message_is_accepted, 0, ACCEPTED);
    tcase_add_loop_test(tcase, any_other_encoding_is_refused, 0, REFUSED);
    tcase_add_test(tcase, nesting_is_bounded_without_recursion);
    tcase_add_test(tcase, a_number_is_held_to_its_type);
    tcase_add_test(tcase, a_bomb_is_refused_within_its_bounds);
    tcase_add_test(tcase, an_arena_that_is_full_is_said_so_and_stays_whole);
    tcase_add_test(tcase, utf8_is_what_rfc_3629_says_for_every_code_point);
    tcase_add_test(tcase, what_wire_encode_writes_passes_and_decodes_to_the_same_bytes);
    tcase_add_test(tcase, changed_bytes_are_refused_or_are_the_encoding_of_what_they_decode_to);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
