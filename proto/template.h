/*
 * template.h - a form to fill in: all fields of a message as JSON with comment lines, which
 * json_read_text and json_message_decode read back.
 *
 * Pure.
 */
#ifndef PROTO_TEMPLATE_H
#define PROTO_TEMPLATE_H

#include "proto/err.h"

#include <protobuf-c/protobuf-c.h>
#include <stddef.h>

enum { TEMPLATE_BYTES = 128 << 10 /* is enough for every kind */ };

/*
 * Write the form of `type` to `out`, of `size` bytes, NUL-terminated; `title` (one line) goes on
 * top.  Each field has its comment from the .proto file, whether it is mandatory, an example, and
 * the words of its enum; all values are empty, and what stays so is absent.
 * ERR_FULL: `size` is too small; *out is an empty string then.
 */
enum err template_write(const ProtobufCMessageDescriptor *type, const char *title, char *out,
                        size_t size);

#endif /* PROTO_TEMPLATE_H */
