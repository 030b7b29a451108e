#include "proto/envelope.h"
#include "proto/message.h"
#include "proto/wire.h"

#include <string.h>

static enum err
get_fixed(ProtobufCBinaryData data, void *out, size_t bytes)
{
    if (data.len != bytes)
        return ERR_FORMAT;
    memcpy(out, data.data, bytes);
    return ERR_OK;
}

enum err
wire_get_hash(ProtobufCBinaryData data, struct hash *out)
{
    return get_fixed(data, out->bytes, sizeof out->bytes);
}

enum err
wire_get_id(ProtobufCBinaryData data, struct id *out)
{
    return get_fixed(data, out->bytes, sizeof out->bytes);
}

enum err
wire_get_key(ProtobufCBinaryData data, struct public_key *out)
{
    return get_fixed(data, out->bytes, sizeof out->bytes);
}

enum err
wire_get_sig(ProtobufCBinaryData data, struct sig *out)
{
    return get_fixed(data, out->bytes, sizeof out->bytes);
}

ProtobufCBinaryData
wire_put(const void *data, size_t len)
{
    return (ProtobufCBinaryData){.len = len, .data = (uint8_t *)(uintptr_t)data};
}

char *
wire_put_text(const char *text)
{
    return (char *)(uintptr_t)text;
}

struct span
wire_get_span(ProtobufCBinaryData data)
{
    return (struct span){data.data, data.len};
}

bool
wire_are_sized(const ProtobufCBinaryData *data, size_t count, size_t bytes)
{
    for (size_t i = 0; i < count; i++) {
        if (data[i].len != bytes)
            return false;
    }
    return true;
}

bool
wire_is_signature(const Denrei__V1__Signature *wire)
{
    return wire->count >= 1 && wire->count <= BATCH_MAX && wire->index < wire->count &&
           wire->n_path <= BATCH_PATH_MAX && wire_are_sized(wire->path, wire->n_path, HASH_BYTES) &&
           wire->sig.len == SIGNATURE_BYTES;
}

enum err
signature_from_wire(const Denrei__V1__Signature *wire, struct signature *out)
{
    if (!wire_is_signature(wire))
        return ERR_FORMAT;
    out->count = wire->count;
    out->index = wire->index;
    out->path_len = (uint32_t)wire->n_path;
    for (size_t i = 0; i < wire->n_path; i++)
        memcpy(out->path[i].bytes, wire->path[i].data, HASH_BYTES);
    memcpy(out->sig.bytes, wire->sig.data, SIGNATURE_BYTES);
    return ERR_OK;
}

enum err
signature_to_wire(const struct signature *signature, struct arena *arena,
                  Denrei__V1__Signature **out)
{
    Denrei__V1__Signature *wire = arena_alloc(arena, sizeof *wire);
    ProtobufCBinaryData *path = arena_alloc(arena, signature->path_len * sizeof *path);
    const struct signature *copy = arena_copy(arena, signature, sizeof *signature);

    if (wire == NULL || path == NULL || copy == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < copy->path_len; i++)
        path[i] = wire_put(copy->path[i].bytes, HASH_BYTES);
    denrei__v1__signature__init(wire);
    wire->count = copy->count;
    wire->index = copy->index;
    wire->n_path = copy->path_len;
    wire->path = path;
    wire->sig = wire_put(copy->sig.bytes, SIGNATURE_BYTES);
    *out = wire;
    return ERR_OK;
}

bool
wire_is_envelope(const Denrei__V1__Envelope *wire)
{
    return wire->header.len >= 1 && wire->header.len <= HEADER_BYTES_MAX && wire->seal.len >= 1 &&
           wire->seal.len <= SEAL_BYTES_MAX && wire->signature != NULL &&
           wire_is_signature(wire->signature) && wire->n_wraps >= 1 &&
           wire->n_wraps <= RECIPIENTS_MAX &&
           wire_are_sized(wire->wraps, wire->n_wraps, WRAP_BYTES) &&
           envelope_is_body_bytes(wire->body.len);
}

/* The wraps one after the other; a single one is borrowed. */
static const uint8_t *
join_wraps(const Denrei__V1__Envelope *wire, struct arena *arena)
{
    if (wire->n_wraps == 1)
        return wire->wraps[0].data;
    uint8_t *wraps = arena_alloc(arena, wire->n_wraps * WRAP_BYTES);
    for (size_t i = 0; wraps != NULL && i < wire->n_wraps; i++)
        memcpy(wraps + i * WRAP_BYTES, wire->wraps[i].data, WRAP_BYTES);
    return wraps;
}

enum err
envelope_from_wire(const Denrei__V1__Envelope *wire, struct arena *arena, struct envelope *out)
{
    const uint8_t *wraps = NULL;
    enum err err = ERR_OK;

    if (!wire_is_envelope(wire))
        return ERR_FORMAT;
    wraps = join_wraps(wire, arena);
    if (wraps == NULL)
        return ERR_NOMEM;
    err = signature_from_wire(wire->signature, &out->signature);
    if (err != ERR_OK)
        return err;
    out->header = wire_get_span(wire->header);
    out->seal = wire_get_span(wire->seal);
    out->wraps = wraps;
    out->wraps_count = wire->n_wraps;
    out->body = wire_get_span(wire->body);
    return ERR_OK;
}

enum err
envelope_to_wire(const struct envelope *envelope, struct arena *arena, Denrei__V1__Envelope **out)
{
    Denrei__V1__Envelope *wire = arena_alloc(arena, sizeof *wire);
    ProtobufCBinaryData *wraps = arena_alloc(arena, envelope->wraps_count * sizeof *wraps);
    Denrei__V1__Signature *signature = NULL;
    enum err err = ERR_OK;

    if (wire == NULL || wraps == NULL)
        return ERR_NOMEM;
    err = signature_to_wire(&envelope->signature, arena, &signature);
    if (err != ERR_OK)
        return err;
    for (size_t i = 0; i < envelope->wraps_count; i++)
        wraps[i] = wire_put(envelope->wraps + i * WRAP_BYTES, WRAP_BYTES);
    denrei__v1__envelope__init(wire);
    wire->header = wire_put(envelope->header.data, envelope->header.len);
    wire->seal = wire_put(envelope->seal.data, envelope->seal.len);
    wire->signature = signature;
    wire->n_wraps = envelope->wraps_count;
    wire->wraps = wraps;
    wire->body = wire_put(envelope->body.data, envelope->body.len);
    *out = wire;
    return ERR_OK;
}

enum err
envelope_decode(struct span bytes, struct arena *arena, struct envelope *out)
{
    ProtobufCMessage *base = NULL;
    enum err err = ERR_OK;

    if (bytes.len > FRAME_BYTES_MAX)
        return ERR_FORMAT;
    err = wire_decode(&denrei__v1__envelope__descriptor, bytes, arena, &base);
    if (err != ERR_OK)
        return err;
    return envelope_from_wire((const void *)base, arena, out);
}

enum err
envelope_encode(const struct envelope *envelope, struct arena *arena, struct span *out)
{
    Denrei__V1__Envelope *wire = NULL;
    enum err err = envelope_to_wire(envelope, arena, &wire);

    if (err != ERR_OK)
        return err;
    return wire_encode(&wire->base, arena, out);
}
