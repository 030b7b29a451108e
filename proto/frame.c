#include "proto/frame.h"

#include "proto/refusal.h"
#include "proto/wire.h"

#include <string.h>

enum err
frame_decode_request(struct span bytes, struct arena *arena, Denrei__V1__Request **out)
{
    ProtobufCMessage *base = NULL;
    enum err err = ERR_OK;

    *out = NULL;
    if (bytes.len > FRAME_BYTES_MAX)
        return ERR_FORMAT;
    err = wire_decode(&denrei__v1__request__descriptor, bytes, arena, &base);
    if (err != ERR_OK)
        return err;
    Denrei__V1__Request *request = (void *)base;
    if (!frame_is_request(request))
        return ERR_FORMAT;
    *out = request;
    return ERR_OK;
}

enum err
frame_decode_reply(struct span bytes, struct arena *arena, Denrei__V1__Reply **out)
{
    ProtobufCMessage *base = NULL;
    enum err err = ERR_OK;

    *out = NULL;
    if (bytes.len > FRAME_BYTES_MAX)
        return ERR_FORMAT;
    err = wire_decode(&denrei__v1__reply__descriptor, bytes, arena, &base);
    if (err != ERR_OK)
        return err;
    Denrei__V1__Reply *reply = (void *)base;
    if (!frame_is_reply(reply))
        return ERR_FORMAT;
    *out = reply;
    return ERR_OK;
}

static enum err
encode(const ProtobufCMessage *message, struct arena *arena, struct span *out)
{
    /* Asked first, so that a frame too large for the arena as well is told from a full arena. */
    if (protobuf_c_message_get_packed_size(message) > FRAME_BYTES_MAX)
        return ERR_FULL;
    return wire_encode(message, arena, out);
}

enum err
frame_encode_request(const Denrei__V1__Request *request, struct arena *arena, struct span *out)
{
    return encode(&request->base, arena, out);
}

enum err
frame_encode_reply(const Denrei__V1__Reply *reply, struct arena *arena, struct span *out)
{
    return encode(&reply->base, arena, out);
}

enum err
frame_error(uint64_t request_id, uint32_t code, const char *sentence, struct arena *arena,
            struct span *out)
{
    Denrei__V1__ErrorReply error = DENREI__V1__ERROR_REPLY__INIT;
    Denrei__V1__Reply reply = DENREI__V1__REPLY__INIT;

    assert(code != REFUSAL_NONE);
    error.code = code;
    error.sentence = wire_put_text(sentence != NULL ? sentence : refusal_text(code));
    assert(strlen(error.sentence) <= DESCRIPTION_BYTES_MAX);
    reply.request_id = request_id;
    reply.answer_case = DENREI__V1__REPLY__ANSWER_ERROR;
    reply.error = &error;
    return frame_encode_reply(&reply, arena, out);
}

enum err
frame_put_hashes(const struct hash *hashes, size_t count, struct arena *arena,
                 ProtobufCBinaryData **out)
{
    ProtobufCBinaryData *data = arena_alloc(arena, count * sizeof *data);
    const struct hash *copy = arena_copy(arena, hashes, count * sizeof *hashes);

    if (data == NULL || copy == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < count; i++)
        data[i] = wire_put(copy[i].bytes, HASH_BYTES);
    *out = data;
    return ERR_OK;
}

enum err
frame_get_hashes(const ProtobufCBinaryData *data, size_t count, struct arena *arena,
                 const struct hash **out)
{
    struct hash *hashes = NULL;

    if (!wire_are_sized(data, count, HASH_BYTES))
        return ERR_FORMAT;
    hashes = arena_alloc(arena, count * sizeof *hashes);
    if (hashes == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < count; i++)
        memcpy(hashes[i].bytes, data[i].data, HASH_BYTES);
    *out = hashes;
    return ERR_OK;
}
