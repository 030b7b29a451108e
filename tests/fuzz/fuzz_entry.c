/*
 * Goal: whatever bytes come, the decoders of log entries, delivery receipts, heads and senders'
 * receipts refuse them or yield a struct that encodes to the same bytes.
 * Input: a byte that chooses the type, then the wire.
 */
#include "proto/record.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
fuzz_entry(struct span wire, struct arena *arena, struct span *again)
{
    struct log_entry entry;

    if (entry_decode(wire, arena, &entry) != ERR_OK)
        return;
    assert(entry.time_ms > 0 && entry.time_ms <= TIME_MS_MAX);
    assert(entry_encode(&entry, arena, again) == ERR_OK);
}

static void
fuzz_delivery(struct span wire, struct arena *arena, struct span *again)
{
    struct delivery_receipt receipt;

    if (delivery_receipt_decode(wire, arena, &receipt) != ERR_OK)
        return;
    assert(message_is_member_id(receipt.member));
    assert(delivery_receipt_encode(&receipt, arena, again) == ERR_OK);
}

static void
fuzz_head(struct span wire, struct arena *arena, struct span *again)
{
    struct head head;

    if (head_decode(wire, arena, &head) != ERR_OK)
        return;
    assert(message_is_member_id(head.member));
    assert(head_encode(&head, arena, again) == ERR_OK);
}

static void
fuzz_receipt(struct span wire, struct arena *arena, struct span *again)
{
    static const struct hash zero;
    static const struct public_key key;
    struct receipt receipt;

    if (receipt_decode(wire, arena, &receipt) != ERR_OK)
        return;
    assert(receipt_check(&zero, &receipt, &zero, "log", &key, arena) != ERR_OK);
    assert(receipt_encode(&receipt, arena, again) == ERR_OK);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static void (*const fuzzers[])(struct span, struct arena *, struct span *) = {
        fuzz_entry, fuzz_delivery, fuzz_head, fuzz_receipt};
    static struct arena *arena;
    struct span again = {0};

    if (arena == NULL && arena_new(ARENA_BYTES_MAX, &arena) != ERR_OK)
        return 0;
    if (len == 0)
        return 0;
    struct span wire = {data + 1, len - 1};
    fuzzers[data[0] % 4](wire, arena, &again);
    if (again.data != NULL) {
        assert(again.len == wire.len);
        assert(memcmp(again.data, wire.data, wire.len) == 0);
    }
    arena_reset(arena);
    return 0;
}
