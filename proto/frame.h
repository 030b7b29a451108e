/*
 * frame.h - requests to the relay and its replies: one strict protobuf in one frame.
 *
 * Pure.  Frames stay in their generated structs; what is decoded here has every count and length
 * checked (hashes 32 bytes, ids 16, signatures 64, counts within limits.h), so that users need not.
 */
#ifndef PROTO_FRAME_H
#define PROTO_FRAME_H

#include "proto/message.h"

/* ERR_FORMAT: malformed or out of bounds.  ERR_NOMEM: arena full. */
enum err frame_decode_request(struct span bytes, struct arena *arena, Denrei__V1__Request **out);
enum err frame_decode_reply(struct span bytes, struct arena *arena, Denrei__V1__Reply **out);

/*
 * Whether every count and length of a decoded frame is within limits.h, and it has a call or an
 * answer.  The envelopes of a SubmitCall must share one signature (same count, same sig).
 */
bool frame_is_request(const Denrei__V1__Request *request);
bool frame_is_reply(const Denrei__V1__Reply *reply);

/* ERR_NOMEM: arena full.  ERR_FULL: more than FRAME_BYTES_MAX. */
enum err frame_encode_request(const Denrei__V1__Request *request, struct arena *arena,
                              struct span *out);
enum err frame_encode_reply(const Denrei__V1__Reply *reply, struct arena *arena, struct span *out);

/* An error reply to `request_id` with the code's sentence, or `sentence` if not NULL. */
enum err frame_error(uint64_t request_id, uint32_t code, const char *sentence, struct arena *arena,
                     struct span *out);

/*
 * Protobuf's array of bytes from hashes, and back; both copy into the arena.
 * ERR_NOMEM: arena full.  ERR_FORMAT: an element is not a hash, which a decoded frame's always are.
 */
enum err frame_put_hashes(const struct hash *hashes, size_t count, struct arena *arena,
                          ProtobufCBinaryData **out);
enum err frame_get_hashes(const ProtobufCBinaryData *data, size_t count, struct arena *arena,
                          const struct hash **out);

#endif /* PROTO_FRAME_H */
