/*
 * Goal: whatever bytes come, header_decode and seal_decode refuse them or yield a struct that is
 * within its bounds and encodes to the same bytes.
 * Input: a byte that chooses header or seal, then the wire.
 */
#include "proto/envelope.h"
#include "proto/message.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
assert_same(struct span again, struct span wire)
{
    assert(again.len == wire.len);
    assert(memcmp(again.data, wire.data, wire.len) == 0);
}

static void
fuzz_header(struct span wire, struct arena *arena)
{
    struct header header;
    struct span again = {0};

    if (header_decode(wire, arena, &header) != ERR_OK)
        return;
    assert(message_is_member_id(header.from));
    assert(header.to_count >= 1 && header.to_count <= RECIPIENTS_MAX);
    for (size_t i = 0; i < header.to_count; i++) {
        assert(message_is_member_id(header.to[i]));
        assert(header.recipient_roster_versions[i] > 0);
        assert(i == 0 || strcmp(header.to[i - 1], header.to[i]) < 0);
    }
    assert(header.deliver_until_ms - header.created_at_ms <= DELIVER_MS_MAX);
    assert(header.expires_at_ms > header.created_at_ms);
    assert(header.has_supersedes == (header.action != DENREI__V1__ACTION__ACTION_NEW));
    assert(!header.has_supersedes || strcmp(header.supersedes.from, header.from) == 0);
    assert(header_encode(&header, arena, &again) == ERR_OK);
    assert_same(again, wire);
}

static void
fuzz_seal(struct span wire, struct arena *arena)
{
    struct seal seal;
    struct span again = {0};

    if (seal_decode(wire, arena, &seal) != ERR_OK)
        return;
    assert(envelope_is_body_bytes(seal.body_bytes));
    assert(seal.attachments_count <= ATTACHMENTS_MAX);
    assert(seal_encode(&seal, arena, &again) == ERR_OK);
    assert_same(again, wire);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static struct arena *arena;

    if (arena == NULL && arena_new(ARENA_BYTES_MAX, &arena) != ERR_OK)
        return 0;
    if (len == 0)
        return 0;
    struct span wire = {data + 1, len - 1};
    if (data[0] % 2 == 0)
        fuzz_header(wire, arena);
    else
        fuzz_seal(wire, arena);
    arena_reset(arena);
    return 0;
}
