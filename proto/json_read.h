/*
 * json_read.h - what a person wrote, as a JSON tree: JSON text with comment lines, and pairs like
 * `documents[0].number=TR1234567`.
 *
 * Pure.  Trees are jansson's; the caller owns them and frees them with json_decref.
 */
#ifndef PROTO_JSON_READ_H
#define PROTO_JSON_READ_H

#include "proto/bytes.h"
#include "proto/err.h"
#include "proto/problem.h"

#include <jansson.h>
#include <protobuf-c/protobuf-c.h>

enum {
    JSON_TEXT_BYTES_MAX = 2 << 20,
    JSON_PAIR_NAME_BYTES = 128 /* of one name in a pair, with the NUL */
};

/*
 * Read `text`, one JSON object in UTF-8; a line whose first signs are `//` or `#` is a comment.
 * On ERR_OK the caller owns *out and must json_decref it; otherwise it is NULL and `problems` has
 * one more, with its line and column as the path.
 * ERR_FORMAT: not JSON, a name twice in one object, no object, too long.
 */
enum err json_read_text(struct span text, json_t **out, struct problems *problems);

/*
 * Put `pair`, `PATH=VALUE`, into the object `tree` of a message of `type`; what was there before is
 * replaced.  A path is names with '.' between them; a list takes an index (`names[1].script`) up to
 * its length, or none to append a value (`nationalities=KOR`).  The value is text for every type;
 * json_message_decode checks it.
 * ERR_FORMAT: no path of `type`, or not UTF-8; `problems` has one more, `tree` is unchanged.
 * ERR_NOMEM:  no memory; `tree` is unchanged.
 */
enum err json_read_pair(const ProtobufCMessageDescriptor *type, const char *pair, json_t *tree,
                        struct problems *problems);

#endif /* PROTO_JSON_READ_H */
