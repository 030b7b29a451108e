/*
 * Goal: whatever frame comes, it is refused or encodes to the same bytes, and what lies in it can
 * be handed on as the relay and the clients do: no count or length needs another check.
 * Input: a byte that chooses request or reply, then the frame.
 */
#include "proto/batch.h"
#include "proto/envelope.h"
#include "proto/frame.h"
#include "proto/record.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const struct hash federation;

/* What the relay does with an envelope, up to the signature. */
static void
use_envelope(const Denrei__V1__Envelope *wire, struct arena *arena)
{
    struct envelope envelope;
    struct header header;
    struct seal seal;
    struct hash root;

    assert(envelope_from_wire(wire, arena, &envelope) == ERR_OK);
    struct hash leaf = envelope_message_hash(&federation, envelope.header, envelope.seal);
    (void)!batch_root(&leaf, &envelope.signature, &root);
    if (header_decode(envelope.header, arena, &header) == ERR_OK &&
        seal_decode(envelope.seal, arena, &seal) == ERR_OK)
        (void)!envelope_check(&federation, &envelope, &seal, header.to_count);
}

static void
use_request(const Denrei__V1__Request *request, struct arena *arena)
{
    struct delivery_receipt receipt;

    if (request->call_case == DENREI__V1__REQUEST__CALL_SUBMIT) {
        for (size_t i = 0; i < request->submit->n_envelopes; i++)
            use_envelope(request->submit->envelopes[i], arena);
    }
    if (request->call_case == DENREI__V1__REQUEST__CALL_ACKNOWLEDGE) {
        for (size_t i = 0; i < request->acknowledge->n_receipts; i++)
            (void)!delivery_receipt_decode(wire_get_span(request->acknowledge->receipts[i]), arena,
                                           &receipt);
    }
}

/* What a node does with an item, with keys that do not fit. */
static void
use_item(const Denrei__V1__FetchItem *item, struct arena *arena)
{
    static const uint8_t secret[32] = {1};
    static const struct box_keys keys = {.secret_key = secret};
    struct log_entry entry;
    const struct hash *path = NULL;
    struct span content = {0};

    if (entry_decode(wire_get_span(item->entry), arena, &entry) != ERR_OK ||
        entry.type != DENREI__V1__LOG_ENTRY__EVENT_MESSAGE || item->body.len == 0)
        return;
    assert(frame_get_hashes(item->wrap_path, item->n_wrap_path, arena, &path) == ERR_OK);
    struct served served = {.header = entry.message.header,
                            .seal = entry.message.seal,
                            .wrap = wire_get_span(item->wrap),
                            .wrap_path = path,
                            .wrap_path_len = item->n_wrap_path,
                            .count = entry.message.slots_count,
                            .body = wire_get_span(item->body)};
    assert(envelope_open(&federation, &served, &keys, arena, &content) != ERR_OK);
}

static void
fuzz_request(struct span frame, struct arena *arena, struct span *again)
{
    Denrei__V1__Request *request = NULL;

    if (frame_decode_request(frame, arena, &request) != ERR_OK)
        return;
    assert(frame_encode_request(request, arena, again) == ERR_OK);
    use_request(request, arena);
}

static void
fuzz_reply(struct span frame, struct arena *arena, struct span *again)
{
    Denrei__V1__Reply *reply = NULL;

    if (frame_decode_reply(frame, arena, &reply) != ERR_OK)
        return;
    assert(frame_encode_reply(reply, arena, again) == ERR_OK);
    if (reply->answer_case == DENREI__V1__REPLY__ANSWER_FETCH) {
        for (size_t i = 0; i < reply->fetch->n_items; i++)
            use_item(reply->fetch->items[i], arena);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static struct arena *arena;
    struct span again = {0};

    if (arena == NULL && arena_new(ARENA_BYTES_MAX, &arena) != ERR_OK)
        return 0;
    if (len == 0)
        return 0;
    struct span frame = {data + 1, len - 1};
    if (data[0] % 2 == 0)
        fuzz_request(frame, arena, &again);
    else
        fuzz_reply(frame, arena, &again);
    if (again.data != NULL) {
        assert(again.len == frame.len);
        assert(memcmp(again.data, frame.data, frame.len) == 0);
    }
    arena_reset(arena);
    return 0;
}
