/*
 * wire.h - strict protobuf: bytes are checked against the message's descriptor before
 * protobuf-c decodes them, into an arena.
 *
 * Pure.  Strict means one encoding per message (SECURITY P3): ascending field numbers, no unknown
 * field, no repeated singular field, repeated numbers packed, shortest varints, zero or empty is
 * absent, messages without content included (a member of a oneof and an element of a repeated
 * field may be empty), at most one member of a oneof, UTF-8 without NUL, enum values the descriptor
 * names and not 0, lengths exact, depth at most WIRE_DEPTH_MAX, at most WIRE_FIELDS_MAX fields.
 * What decodes is at most about ten times its wire in the arena.
 */
#ifndef PROTO_WIRE_H
#define PROTO_WIRE_H

#include "proto/arena.h"
#include "proto/bytes.h"

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>

/*
 * Check that `wire` is a strict encoding of `type`.
 * ERR_FORMAT: it is not.
 */
enum err wire_check(const ProtobufCMessageDescriptor *type, struct span wire);

/*
 * Check, then decode `wire` as `type`; *out and all it points to live in `arena`.
 * ERR_FORMAT: not a strict encoding.  ERR_NOMEM: the arena is full.  *out is NULL then.
 */
enum err wire_decode(const ProtobufCMessageDescriptor *type, struct span wire, struct arena *arena,
                     ProtobufCMessage **out);

/*
 * Encode `message` into `arena`; the bytes pass wire_check if the message's values do.
 * ERR_NOMEM: the arena is full.
 */
enum err wire_encode(const ProtobufCMessage *message, struct arena *arena, struct span *out);

/* Whether `text` is valid UTF-8 without a NUL (RFC 3629: no surrogates, nothing overlong). */
bool wire_is_utf8(struct span text);

#endif /* PROTO_WIRE_H */
