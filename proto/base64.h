/*
 * base64.h - bytes from base64, one spelling for each value.
 *
 * Pure.  libsodium 1.0.18 alone is not enough: its comparison takes the bytes 0xAB and 0xAF for
 * '+' and '/', so that one value would have many spellings.
 */
#ifndef PROTO_BASE64_H
#define PROTO_BASE64_H

#include "proto/bytes.h"

#include <stdbool.h>

/*
 * Decode `text`, base64 of RFC 4648 section 4 with padding and nothing else, into `out`, which
 * takes `out_bytes` at most; *out_len is how many there are.  False, with *out_len unchanged, if
 * it is not base64, not the only spelling of its value, or longer.
 */
bool base64_decode(struct span text, uint8_t *out, size_t out_bytes, size_t *out_len);

#endif /* PROTO_BASE64_H */
