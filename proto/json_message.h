/*
 * json_message.h - one codec between JSON trees and protobuf messages of every type, over
 * protobuf-c's descriptors.
 *
 * Pure.  Names are those of the .proto files.  Enum values are their words (field.h), read in any
 * case; bytes are base64 (RFC 4648, padded); whole numbers are JSON numbers, or text where they
 * are above 2^53 - 1, which not every JSON reader keeps exactly.
 *
 * What is empty is absent, so that a half-filled template says only what was filled in: null, "",
 * 0, false, [] and groups in which all is empty.  An empty element amid others is refused, for
 * leaving it out would move the rest.  In a oneof 0, false and {} are values; {} is one in a list.
 */
#ifndef PROTO_JSON_MESSAGE_H
#define PROTO_JSON_MESSAGE_H

#include "proto/arena.h"
#include "proto/problem.h"

#include <jansson.h>
#include <protobuf-c/protobuf-c.h>

/*
 * Make the message of `type` that the object `tree` says; *out and all it points to live in
 * `arena`, and wire_encode makes strict wire of it.  Otherwise *out is NULL.
 * ERR_FORMAT: `problems` has what is wrong, each with its path: unknown fields, wrong types,
 *             unknown enum values, numbers out of range, two members of a oneof.
 * ERR_NOMEM:  the arena is full; `problems` has one that says so.
 */
enum err json_message_decode(const ProtobufCMessageDescriptor *type, json_t *tree,
                             struct arena *arena, ProtobufCMessage **out,
                             struct problems *problems);

/*
 * Make the JSON tree of `message` (decoded from strict wire, or by json_message_decode), fields in
 * the order of the .proto file; `arena` is scratch.  On ERR_OK the caller owns *out and must
 * json_decref it; otherwise it is NULL.
 * ERR_NOMEM: no memory, or the arena is full.
 */
enum err json_message_encode(const ProtobufCMessage *message, struct arena *arena, json_t **out);

#endif /* PROTO_JSON_MESSAGE_H */
