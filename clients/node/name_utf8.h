/*
 * name_utf8.h - UTF-8 and UTF-16, one code point after the other; any bytes may come.
 *
 * Pure.
 */
#ifndef CLIENTS_NODE_NAME_UTF8_H
#define CLIENTS_NODE_NAME_UTF8_H

#include <stddef.h>
#include <stdint.h>

enum { NAME_UTF8_BYTES = 5, NAME_UTF8_NONE = 0xFFFD };

/*
 * The code point at *text, which is not at its NUL; *text moves behind it.  NAME_UTF8_NONE for a
 * byte that begins none, behind which it moves.
 */
uint32_t name_utf8_next(const char **text);

/* Write `point` and a NUL. */
void name_utf8_put(uint32_t point, char out[NAME_UTF8_BYTES]);

/* The code point at units[*at], *at below `len`; *at moves behind it.  Likewise. */
uint32_t name_utf8_next_unit(const uint16_t *units, size_t len, size_t *at);

/* Append `point` to `units`, which have room for two more; *len grows. */
void name_utf8_put_unit(uint32_t point, uint16_t *units, size_t *len);

#endif /* CLIENTS_NODE_NAME_UTF8_H */
