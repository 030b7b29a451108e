/*
 * Goal: delivery receipts, heads and senders' receipts survive encoding; nothing out of bounds is
 * decoded; and a receipt proves acceptance of its own message alone.
 * Method: valid ones and single changes; a small log, signed with a known key, as the oracle.
 */
#include "example.h"
#include "proto/checkpoint.h"
#include "proto/envelope.h"
#include "proto/record.h"

#include <stdlib.h>

#define ORIGIN "relay.example/log"

enum { LEAVES = 5 };

static struct hash federation;
static struct public_key public_key;
static uint8_t secret_key[64];

static void
setup(void)
{
    const uint8_t seed[32] = {11};

    example_setup();
    federation = example_hash(0xfe);
    crypto_sign_seed_keypair(public_key.bytes, secret_key, seed);
}

static struct delivery_receipt
example_delivery(void)
{
    return (struct delivery_receipt){
        .message = {"jp.npa", example_id(1), example_hash(2)},
        .member = "kr.police",
        .credential = example_hash(3),
        .status = DENREI__V1__DELIVERY_STATUS__DELIVERY_REFUSED,
        .reason = REFUSAL_CONTENT,
        .time_ms = EXAMPLE_TIME_MS,
    };
}

START_TEST(a_delivery_receipt_survives_encoding)
{
    struct delivery_receipt want = example_delivery(), got;
    struct span bytes;

    ck_assert_int_eq(delivery_receipt_encode(&want, arena, &bytes), ERR_OK);
    ck_assert_int_eq(delivery_receipt_decode(bytes, arena, &got), ERR_OK);
    ck_assert_str_eq(got.message.from, "jp.npa");
    ck_assert_mem_eq(&got.message.id, &want.message.id, ID_BYTES);
    ck_assert_mem_eq(&got.message.hash, &want.message.hash, HASH_BYTES);
    ck_assert_str_eq(got.member, "kr.police");
    ck_assert_mem_eq(&got.credential, &want.credential, HASH_BYTES);
    ck_assert_int_eq(got.status, want.status);
    ck_assert_uint_eq(got.reason, want.reason);
    ck_assert_uint_eq(got.time_ms, want.time_ms);
}
END_TEST

START_TEST(the_largest_delivery_receipt_and_head_fit_their_bounds)
{
    char name[MEMBER_ID_MAX + 1] = {0};
    struct delivery_receipt receipt = example_delivery();
    struct head head = {name, UINT64_MAX, UINT64_MAX, MERKLE_LEAVES_MAX, TIME_MS_MAX};
    struct span bytes;

    memset(name, 'a', MEMBER_ID_MAX);
    receipt.member = receipt.message.from = name;
    receipt.reason = UINT32_MAX;
    receipt.time_ms = TIME_MS_MAX;
    ck_assert_int_eq(delivery_receipt_encode(&receipt, arena, &bytes), ERR_OK);
    ck_assert_int_eq(delivery_receipt_decode(bytes, arena, &receipt), ERR_OK);
    ck_assert_int_eq(head_encode(&head, arena, &bytes), ERR_OK);
    ck_assert_int_eq(head_decode(bytes, arena, &head), ERR_OK);
}
END_TEST

#define SET(field, ...)                                                                            \
    offsetof(struct delivery_receipt, field), sizeof(((struct delivery_receipt *)NULL)->field),    \
        &(__typeof__(((struct delivery_receipt *)NULL)->field))                                    \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

static const struct {
    size_t offset, bytes;
    const void *value;
} CHANGES[] = {
    {SET(message.from, "")},
    {SET(message.id.bytes[8], 0)},
    {SET(member, "")},
    {SET(member, "kr police")},
    {SET(status, 0)},
    {SET(status, 99)},
    {SET(status, DENREI__V1__DELIVERY_STATUS__DELIVERY_READ)}, /* with a reason */
    {SET(reason, 0)},
    {SET(time_ms, 0)},
    {SET(time_ms, TIME_MS_MAX + 1)},
};

enum { CHANGES_COUNT = sizeof CHANGES / sizeof CHANGES[0] };

START_TEST(a_delivery_receipt_with_one_thing_wrong_is_refused_and_changes_nothing)
{
    struct delivery_receipt receipt = example_delivery(), got, before;
    struct span bytes;

    memset(&got, 0x5a, sizeof got);
    before = got;
    memcpy((uint8_t *)&receipt + CHANGES[_i].offset, CHANGES[_i].value, CHANGES[_i].bytes);
    ck_assert_int_eq(delivery_receipt_encode(&receipt, arena, &bytes), ERR_OK);
    ck_assert_int_eq(delivery_receipt_decode(bytes, arena, &got), ERR_FORMAT);
    ck_assert_mem_eq(&got, &before, sizeof got);
}
END_TEST

START_TEST(a_truncated_delivery_receipt_is_refused)
{
    struct delivery_receipt receipt = example_delivery();
    struct span bytes;
    const uint8_t large[RECEIPT_BYTES_MAX + 1] = {0};

    ck_assert_int_eq(delivery_receipt_encode(&receipt, arena, &bytes), ERR_OK);
    for (size_t len = 0; len < bytes.len; len++)
        ck_assert_int_eq(delivery_receipt_decode((struct span){bytes.data, len}, arena, &receipt),
                         ERR_FORMAT);
    ck_assert_int_eq(delivery_receipt_decode((struct span){large, sizeof large}, arena, &receipt),
                     ERR_FORMAT);
}
END_TEST

START_TEST(a_head_survives_encoding_and_signing_and_nothing_else_verifies)
{
    const struct head want = {"jp.npa", 0, 12, 345, EXAMPLE_TIME_MS};
    struct head got;
    struct hash elsewhere = example_hash(0xfd);
    struct span bytes;
    uint8_t copy[HEAD_BYTES_MAX + 1] = {0};

    ck_assert_int_eq(head_encode(&want, arena, &bytes), ERR_OK);
    ck_assert_int_eq(head_decode(bytes, arena, &got), ERR_OK);
    ck_assert_str_eq(got.member, "jp.npa");
    ck_assert_uint_eq(got.flash_last, 0);
    ck_assert_uint_eq(got.rest_last, 12);
    ck_assert_uint_eq(got.tree_size, 345);
    ck_assert_uint_eq(got.time_ms, EXAMPLE_TIME_MS);

    struct sig sig = head_sign(&federation, bytes, secret_key);
    ck_assert_int_eq(head_verify(&federation, bytes, &sig, &public_key), ERR_OK);
    ck_assert_int_eq(head_verify(&elsewhere, bytes, &sig, &public_key), ERR_SIGNATURE);
    memcpy(copy, bytes.data, bytes.len);
    for (size_t at = 0; at < bytes.len; at++) {
        copy[at] ^= 1;
        ck_assert_int_eq(
            head_verify(&federation, (struct span){copy, bytes.len}, &sig, &public_key),
            ERR_SIGNATURE);
        copy[at] ^= 1;
    }
    for (size_t len = 0; len <= sizeof copy; len++) {
        if (len != bytes.len)
            ck_assert_int_eq(head_verify(&federation, (struct span){copy, len}, &sig, &public_key),
                             ERR_SIGNATURE);
    }
}
END_TEST

START_TEST(a_head_out_of_bounds_is_refused)
{
    const struct head rows[] = {
        {"", 1, 1, 1, 1},       {"JP", 1, 1, 1, 1},
        {"jp.npa", 1, 1, 0, 1}, {"jp.npa", 1, 1, MERKLE_LEAVES_MAX + 1, 1},
        {"jp.npa", 1, 1, 1, 0}, {"jp.npa", 1, 1, 1, TIME_MS_MAX + 1},
    };
    struct head got;
    struct span bytes;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ck_assert_int_eq(head_encode(&rows[i], arena, &bytes), ERR_OK);
        ck_assert_int_eq(head_decode(bytes, arena, &got), ERR_FORMAT);
    }
}
END_TEST

/* ---- senders' receipts: the message is leaf 3 of a log of 5 */

static struct span entries[LEAVES];
static struct hash message_hash;
static char note[1024];

static void
sign_checkpoint(const struct merkle_head *head)
{
    char text[CHECKPOINT_OURS_MAX + 1];
    struct note_key key;
    struct note_line line;
    size_t len = checkpoint_format(ORIGIN, head, text);

    ck_assert_int_eq(note_key_make(ORIGIN, NOTE_ED25519, &public_key, &key), ERR_OK);
    ck_assert_int_eq(note_sign((struct span){(uint8_t *)text, len}, &key, secret_key, &line),
                     ERR_OK);
    ck_assert_int_eq(
        note_format((struct span){(uint8_t *)text, len}, &line, 1, note, sizeof note, &len),
        ERR_OK);
}

static struct receipt
example_receipt(void)
{
    static const struct slot slot = {DENREI__V1__LANE__LANE_REST, 1};
    struct log_entry entry = {.time_ms = EXAMPLE_TIME_MS,
                              .type = DENREI__V1__LOG_ENTRY__EVENT_MESSAGE};
    struct hash leaves[LEAVES];
    struct merkle_batch tree;
    struct hash *path = arena_alloc(arena, BATCH_PATH_MAX * sizeof *path);

    for (size_t i = 0; i < LEAVES; i++) {
        entry.message.header = (struct span){(const uint8_t *)"abcde" + i, 1};
        entry.message.seal = example_span("seal");
        entry.message.signature = (struct signature){.count = 1};
        entry.message.slots = &slot;
        entry.message.slots_count = 1;
        ck_assert_int_eq(entry_encode(&entry, arena, &entries[i]), ERR_OK);
        leaves[i] = merkle_leaf_hash(entries[i]);
        if (i == 3)
            message_hash =
                envelope_message_hash(&federation, entry.message.header, entry.message.seal);
    }
    ck_assert_int_eq(merkle_batch_init(&tree, leaves, LEAVES), ERR_OK);
    sign_checkpoint(&(struct merkle_head){LEAVES, merkle_batch_root(&tree)});
    return (struct receipt){entries[3], 3, path, merkle_batch_path(&tree, 3, path), note};
}

static enum err
check(const struct receipt *receipt)
{
    return receipt_check(&federation, receipt, &message_hash, ORIGIN, &public_key, arena);
}

START_TEST(a_receipt_survives_encoding_and_proves_acceptance)
{
    struct receipt want = example_receipt(), got;
    struct span bytes;

    ck_assert_int_eq(check(&want), ERR_OK);
    ck_assert_int_eq(receipt_encode(&want, arena, &bytes), ERR_OK);
    ck_assert_int_eq(receipt_decode(bytes, arena, &got), ERR_OK);
    assert_span_eq(got.entry, want.entry);
    ck_assert_uint_eq(got.leaf, 3);
    ck_assert_uint_eq(got.path_len, want.path_len);
    ck_assert_mem_eq(got.path, want.path, want.path_len * HASH_BYTES);
    ck_assert_str_eq(got.checkpoint, want.checkpoint);
    ck_assert_int_eq(check(&got), ERR_OK);
}
END_TEST

START_TEST(a_receipt_out_of_bounds_is_refused)
{
    static struct hash path[MERKLE_LEVELS_MAX + 1];
    static uint8_t large[ENTRY_BYTES_MAX + 1];
    const struct receipt good = example_receipt();
    struct receipt rows[] = {good, good, good, good, good}, got;
    struct span bytes;

    rows[0].entry.len = 0;
    rows[1].entry = (struct span){large, sizeof large};
    rows[2].leaf = MERKLE_LEAVES_MAX;
    rows[3].path = path;
    rows[3].path_len = MERKLE_LEVELS_MAX + 1;
    rows[4].checkpoint = "";
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ck_assert_int_eq(receipt_encode(&rows[i], arena, &bytes), ERR_OK);
        ck_assert_int_eq(receipt_decode(bytes, arena, &got), ERR_FORMAT);
    }
}
END_TEST

START_TEST(a_receipt_proves_nothing_else)
{
    const struct receipt good = example_receipt();
    struct receipt bad = good;
    struct hash path[3];
    struct log_entry started = {EXAMPLE_TIME_MS, DENREI__V1__LOG_ENTRY__EVENT_RELAY_EVENT,
                                .relay_event = DENREI__V1__RELAY_EVENT_CODE__RELAY_EVENT_START};

    bad.entry = entries[2]; /* another message */
    ck_assert_int_eq(check(&bad), ERR_CONFLICT);
    ck_assert_int_eq(entry_encode(&started, arena, &bad.entry), ERR_OK); /* no message */
    ck_assert_int_eq(check(&bad), ERR_CONFLICT);
    bad.entry = (struct span){entries[3].data, entries[3].len - 1};
    ck_assert_int_eq(check(&bad), ERR_FORMAT);

    bad = good;
    bad.leaf = 2;
    ck_assert_int_eq(check(&bad), ERR_PROOF);
    bad.leaf = LEAVES;
    ck_assert_int_eq(check(&bad), ERR_PROOF);
    bad = good;
    bad.path_len--;
    ck_assert_int_eq(check(&bad), ERR_PROOF);
    bad = good;
    memcpy(path, good.path, sizeof path);
    path[1].bytes[0] ^= 1;
    bad.path = path;
    ck_assert_int_eq(check(&bad), ERR_PROOF);
}
END_TEST

START_TEST(a_receipt_needs_the_checkpoint_of_this_log)
{
    struct receipt receipt = example_receipt();
    struct public_key stranger, weak = {{1}};
    uint8_t secret[64];

    crypto_sign_seed_keypair(stranger.bytes, secret, (const uint8_t[32]){12});
    ck_assert_int_eq(receipt_check(&federation, &receipt, &message_hash, ORIGIN, &stranger, arena),
                     ERR_SIGNATURE);
    ck_assert_int_eq(receipt_check(&federation, &receipt, &message_hash, ORIGIN, &weak, arena),
                     ERR_SIGNATURE);
    ck_assert_int_eq(
        receipt_check(&federation, &receipt, &message_hash, "other/log", &public_key, arena),
        ERR_SIGNATURE);
    note[sizeof ORIGIN] = '6'; /* another size under the old signature */
    ck_assert_int_eq(check(&receipt), ERR_SIGNATURE);
    receipt.checkpoint = "no note";
    ck_assert_int_eq(check(&receipt), ERR_FORMAT);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("record_receipt");
    TCase *tcase = tcase_create("record_receipt");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_checked_fixture(tcase, setup, example_teardown);
    tcase_add_test(tcase, a_delivery_receipt_survives_encoding);
    tcase_add_test(tcase, the_largest_delivery_receipt_and_head_fit_their_bounds);
    tcase_add_loop_test(tcase,
                        a_delivery_receipt_with_one_thing_wrong_is_refused_and_changes_nothing, 0,
                        CHANGES_COUNT);
    tcase_add_test(tcase, a_truncated_delivery_receipt_is_refused);
    tcase_add_test(tcase, a_head_survives_encoding_and_signing_and_nothing_else_verifies);
    tcase_add_test(tcase, a_head_out_of_bounds_is_refused);
    tcase_add_test(tcase, a_receipt_survives_encoding_and_proves_acceptance);
    tcase_add_test(tcase, a_receipt_out_of_bounds_is_refused);
    tcase_add_test(tcase, a_receipt_proves_nothing_else);
    tcase_add_test(tcase, a_receipt_needs_the_checkpoint_of_this_log);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
