/*
 * Goal: log entries survive encoding, and no entry out of bounds is decoded.
 * Method: one valid entry of each type; single changes of it, each encoded and then refused; every
 * truncation and flipped bit, which gives a refusal or another valid entry.
 */
#include "example.h"
#include "proto/record.h"

#include <stdlib.h>

enum { ENTRIES = 9 };

static const char *const MISSING[] = {"jp.mofa", "th.dsi"};
static const char *const UNORDERED[] = {"th.dsi", "jp.mofa"};
static const struct slot SLOTS[] = {{DENREI__V1__LANE__LANE_FLASH, 1},
                                    {DENREI__V1__LANE__LANE_REST, UINT64_MAX}};
static const struct slot NO_LANE[] = {{0, 1}, {DENREI__V1__LANE__LANE_REST, 2}};
static const struct slot NO_NUMBER[] = {{DENREI__V1__LANE__LANE_FLASH, 1},
                                        {DENREI__V1__LANE__LANE_REST, 0}};
static const struct span RECEIPTS[] = {{(const uint8_t *)"one", 3}, {(const uint8_t *)"two", 3}};
static const uint8_t LONG_RECEIPT[RECEIPT_BYTES_MAX + 1] = {1};
static const struct span LONG_RECEIPTS[] = {{(const uint8_t *)"one", 3},
                                            {LONG_RECEIPT, sizeof LONG_RECEIPT}};
static const struct span EMPTY_RECEIPTS[] = {{(const uint8_t *)"one", 3}, {NULL, 0}};

static struct signature
example_signature(void)
{
    struct signature signature = {.count = 3, .index = 2, .path_len = 1};

    signature.path[0] = example_hash(0x61);
    memset(signature.sig.bytes, 0x62, SIGNATURE_BYTES);
    return signature;
}

static struct message_ref
example_ref(void)
{
    return (struct message_ref){"jp.npa", example_id(0x63), example_hash(0x64)};
}

/* A valid entry of each type; documents come twice. */
static struct log_entry
example_entry(int which)
{
    struct log_entry entry = {.time_ms = EXAMPLE_TIME_MS};

    switch (which) {
    case 0:
        entry.type = DENREI__V1__LOG_ENTRY__EVENT_GENESIS;
        entry.genesis = (struct entry_genesis){example_hash(1), "relay.example/log"};
        break;
    case 1:
        entry.type = DENREI__V1__LOG_ENTRY__EVENT_DOCUMENT;
        entry.document = (struct entry_document){DENREI__V1__DOCUMENT_TYPE__DOCUMENT_DIRECTORY, "",
                                                 1, example_hash(2), 1};
        break;
    case 2:
        entry.type = DENREI__V1__LOG_ENTRY__EVENT_DOCUMENT;
        entry.document = (struct entry_document){DENREI__V1__DOCUMENT_TYPE__DOCUMENT_ROSTER,
                                                 "jp.npa", 7, example_hash(3), 12};
        break;
    case 3:
        entry.type = DENREI__V1__LOG_ENTRY__EVENT_MESSAGE;
        entry.message = (struct entry_message){example_span("header"), example_span("seal"),
                                               example_signature(), SLOTS, 2};
        break;
    case 4:
        entry.type = DENREI__V1__LOG_ENTRY__EVENT_DELIVERY;
        entry.delivery = (struct entry_delivery){"jp.mofa", example_hash(4), RECEIPTS, 2,
                                                 example_signature().sig};
        break;
    case 5:
        entry.type = DENREI__V1__LOG_ENTRY__EVENT_REFUSAL;
        entry.refusal =
            (struct entry_refusal){REFUSAL_STALE, "jp.npa", example_id(5), example_hash(6), 17};
        break;
    case 6:
        entry.type = DENREI__V1__LOG_ENTRY__EVENT_ERASURE;
        entry.erasure = (struct entry_erasure){example_ref(), 99, (void *)(uintptr_t)MISSING, 2};
        break;
    case 7:
        entry.type = DENREI__V1__LOG_ENTRY__EVENT_RELAY_EVENT;
        entry.relay_event = DENREI__V1__RELAY_EVENT_CODE__RELAY_EVENT_START;
        break;
    default:
        entry.type = DENREI__V1__LOG_ENTRY__EVENT_ACCESS;
        entry.access = (struct entry_access){"kr.moj", example_hash(7), 0, 1};
    }
    return entry;
}

static struct span
encoded(const struct log_entry *entry)
{
    struct span bytes = {0};

    ck_assert_int_eq(entry_encode(entry, arena, &bytes), ERR_OK);
    return bytes;
}

START_TEST(an_entry_of_each_type_survives_encoding)
{
    struct log_entry entry = example_entry(_i), got;
    struct span bytes = encoded(&entry);

    ck_assert_int_eq(entry_decode(bytes, arena, &got), ERR_OK);
    ck_assert_uint_eq(got.time_ms, entry.time_ms);
    ck_assert_int_eq(got.type, entry.type);
    assert_span_eq(encoded(&got), bytes); /* strict: equal bytes are equal values */
}
END_TEST

START_TEST(what_was_decoded_is_what_was_encoded)
{
    struct log_entry entry = example_entry(3), got;

    ck_assert_int_eq(entry_decode(encoded(&entry), arena, &got), ERR_OK);
    assert_span_eq(got.message.header, entry.message.header);
    assert_span_eq(got.message.seal, entry.message.seal);
    ck_assert_uint_eq(got.message.slots_count, 2);
    ck_assert_int_eq(got.message.slots[1].lane, SLOTS[1].lane);
    ck_assert_uint_eq(got.message.slots[1].number, SLOTS[1].number);
    ck_assert_uint_eq(got.message.signature.index, 2);
    ck_assert_mem_eq(got.message.signature.path, entry.message.signature.path, HASH_BYTES);

    entry = example_entry(4);
    ck_assert_int_eq(entry_decode(encoded(&entry), arena, &got), ERR_OK);
    ck_assert_str_eq(got.delivery.member, "jp.mofa");
    ck_assert_uint_eq(got.delivery.receipts_count, 2);
    assert_span_eq(got.delivery.receipts[1], RECEIPTS[1]);

    entry = example_entry(5);
    ck_assert_int_eq(entry_decode(encoded(&entry), arena, &got), ERR_OK);
    ck_assert_uint_eq(got.refusal.code, REFUSAL_STALE);
    ck_assert_uint_eq(got.refusal.more, 17);

    entry = example_entry(6);
    ck_assert_int_eq(entry_decode(encoded(&entry), arena, &got), ERR_OK);
    ck_assert_str_eq(got.erasure.message.from, "jp.npa");
    ck_assert_uint_eq(got.erasure.leaf, 99);
    ck_assert_uint_eq(got.erasure.unacknowledged_count, 2);
    ck_assert_str_eq(got.erasure.unacknowledged[1], "th.dsi");
}
END_TEST

#define SET(field, ...)                                                                            \
    offsetof(struct log_entry, field), sizeof(((struct log_entry *)NULL)->field),                  \
        &(__typeof__(((struct log_entry *)NULL)->field))                                           \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

/* Single changes of a valid entry that the decoder must refuse. */
static const struct {
    int entry;
    size_t offset, bytes;
    const void *value;
} CHANGES[] = {
    {0, SET(time_ms, 0)},
    {0, SET(time_ms, TIME_MS_MAX + 1)},
    {0, SET(genesis.origin, "")},
    {0, SET(genesis.origin, "relay example")},
    {0, SET(genesis.origin, "relay+example")},
    {0, SET(genesis.origin, "relay\nexample")},
    {1, SET(document.type, 0)},
    {1, SET(document.type, 99)},
    {1, SET(document.member, "jp.npa")}, /* of a directory */
    {1, SET(document.version, 0)},
    {1, SET(document.number, 0)},
    {2, SET(document.member, "")}, /* of a roster */
    {2, SET(document.member, "JP")},
    {3, SET(message.header.len, 0)},
    {3, SET(message.header.len, HEADER_BYTES_MAX + 1)},
    {3, SET(message.seal.len, 0)},
    {3, SET(message.seal.len, SEAL_BYTES_MAX + 1)},
    {3, SET(message.signature.count, 0)},
    {3, SET(message.signature.index, 3)},
    {3, SET(message.slots, NO_LANE)},
    {3, SET(message.slots, NO_NUMBER)},
    {3, SET(message.slots_count, 0)},
    {4, SET(delivery.member, "")},
    {4, SET(delivery.receipts, EMPTY_RECEIPTS)},
    {4, SET(delivery.receipts, LONG_RECEIPTS)},
    {4, SET(delivery.receipts_count, 0)},
    {5, SET(refusal.code, 0)},
    {5, SET(refusal.member, "-")},
    {6, SET(erasure.message.from, "")},
    {6, SET(erasure.message.id.bytes[6], 0)},
    {6, SET(erasure.unacknowledged, (void *)(uintptr_t)UNORDERED)},
    {7, SET(relay_event, 0)},
    {7, SET(relay_event, 99)},
    {8, SET(access.member, "")},
    {8, SET(access.from_leaf, 1)},
};

enum { CHANGES_COUNT = sizeof CHANGES / sizeof CHANGES[0] };

START_TEST(an_entry_with_one_thing_wrong_is_refused_and_changes_nothing)
{
    static uint8_t large[HEADER_BYTES_MAX + 1]; /* for spans that grow */
    struct log_entry entry = example_entry(CHANGES[_i].entry), got, before;

    if (entry.type == DENREI__V1__LOG_ENTRY__EVENT_MESSAGE) {
        entry.message.header.data = large;
        entry.message.seal.data = large;
    }
    memset(&got, 0x5a, sizeof got);
    before = got;
    memcpy((uint8_t *)&entry + CHANGES[_i].offset, CHANGES[_i].value, CHANGES[_i].bytes);
    ck_assert_int_eq(entry_decode(encoded(&entry), arena, &got), ERR_FORMAT);
    ck_assert_mem_eq(&got, &before, sizeof got);
}
END_TEST

START_TEST(an_entry_without_event_is_refused)
{
    static const uint8_t time_only[] = {0x08, 0x01};
    struct log_entry got;

    ck_assert_int_eq(entry_decode((struct span){time_only, 2}, arena, &got), ERR_FORMAT);
    ck_assert_int_eq(entry_decode((struct span){NULL, 0}, arena, &got), ERR_FORMAT);
}
END_TEST

START_TEST(a_truncated_or_altered_entry_is_refused_or_is_another_valid_one)
{
    struct log_entry entry = example_entry(_i), got;
    struct span bytes = encoded(&entry), again;
    uint8_t copy[1024];

    ck_assert_uint_lt(bytes.len, sizeof copy);
    for (size_t len = 0; len < bytes.len; len++) {
        if (entry_decode((struct span){bytes.data, len}, arena, &got) == ERR_OK)
            assert_span_eq(encoded(&got), (struct span){bytes.data, len});
    }
    for (size_t bit = 0; bit < 8 * bytes.len; bit++) {
        struct arena *scratch = NULL;
        ck_assert_int_eq(arena_new(1 << 16, &scratch), ERR_OK);
        memcpy(copy, bytes.data, bytes.len);
        copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (entry_decode((struct span){copy, bytes.len}, scratch, &got) == ERR_OK) {
            ck_assert_int_eq(entry_encode(&got, scratch, &again), ERR_OK);
            assert_span_eq(again, (struct span){copy, bytes.len});
        }
        arena_free(&scratch);
    }
}
END_TEST

START_TEST(a_full_arena_is_reported_at_every_size)
{
    struct log_entry entry = example_entry(_i), got;
    struct span bytes = encoded(&entry), again;

    for (int encodes = 0; encodes < 2; encodes++) {
        enum err err = ERR_NOMEM;
        for (size_t size = 0; err == ERR_NOMEM; size += 16) {
            struct arena *small = NULL;
            ck_assert_uint_lt(size, 1 << 16);
            ck_assert_int_eq(arena_new(size, &small), ERR_OK);
            err = encodes ? entry_encode(&entry, small, &again) : entry_decode(bytes, small, &got);
            arena_free(&small);
        }
        ck_assert_int_eq(err, ERR_OK);
    }
}
END_TEST

START_TEST(an_entry_over_its_bound_is_neither_encoded_nor_decoded)
{
    static uint8_t large[ENTRY_BYTES_MAX + 1];
    struct log_entry entry = example_entry(3), got;
    struct span bytes = {0};

    entry.message.header = (struct span){large, ENTRY_BYTES_MAX};
    ck_assert_int_eq(entry_encode(&entry, arena, &bytes), ERR_FULL);
    ck_assert_ptr_null(bytes.data);
    ck_assert_int_eq(entry_decode((struct span){large, sizeof large}, arena, &got), ERR_FORMAT);
}
END_TEST

START_TEST(the_largest_message_entry_fits)
{
    static uint8_t header[HEADER_BYTES_MAX], seal[SEAL_BYTES_MAX];
    static struct slot slots[RECIPIENTS_MAX];
    struct log_entry entry = example_entry(3), got;

    for (size_t i = 0; i < RECIPIENTS_MAX; i++)
        slots[i] = SLOTS[1];
    entry.time_ms = TIME_MS_MAX;
    entry.message.header = (struct span){header, sizeof header};
    entry.message.seal = (struct span){seal, sizeof seal};
    entry.message.slots = slots;
    entry.message.slots_count = RECIPIENTS_MAX;
    entry.message.signature.path_len = BATCH_PATH_MAX;
    entry.message.signature.count = BATCH_MAX;
    ck_assert_int_eq(entry_decode(encoded(&entry), arena, &got), ERR_OK);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("record");
    TCase *tcase = tcase_create("record");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_checked_fixture(tcase, example_setup, example_teardown);
    tcase_add_loop_test(tcase, an_entry_of_each_type_survives_encoding, 0, ENTRIES);
    tcase_add_test(tcase, what_was_decoded_is_what_was_encoded);
    tcase_add_loop_test(tcase, an_entry_with_one_thing_wrong_is_refused_and_changes_nothing, 0,
                        CHANGES_COUNT);
    tcase_add_test(tcase, an_entry_without_event_is_refused);
    tcase_add_loop_test(tcase, a_truncated_or_altered_entry_is_refused_or_is_another_valid_one, 0,
                        ENTRIES);
    tcase_add_loop_test(tcase, a_full_arena_is_reported_at_every_size, 0, ENTRIES);
    tcase_add_test(tcase, an_entry_over_its_bound_is_neither_encoded_nor_decoded);
    tcase_add_test(tcase, the_largest_message_entry_fits);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
