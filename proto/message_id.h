/*
 * message_id.h - message ids: made (UUIDv7, RFC 9562), written and read as text, and found by the
 * first digits.
 *
 * Pure, except that the *_new functions draw from libsodium's generator.
 */
#ifndef PROTO_MESSAGE_ID_H
#define PROTO_MESSAGE_ID_H

#include "proto/bytes.h"
#include "proto/err.h"

#include <stdbool.h>

enum {
    MESSAGE_ID_TEXT_BYTES = 37, /* 36 signs and the NUL */
    MESSAGE_ID_SHORT_LEN = 13   /* signs that tables show: the milliseconds of its making */
};

struct message_id_text {
    char text[MESSAGE_ID_TEXT_BYTES];
};

/* A fresh UUIDv7 of `now_ms` (since 1970; at most 48 bits are used). */
struct id message_id_new(uint64_t now_ms);

/* A fresh thread id: 16 random bytes that are no text. */
struct id message_id_thread_new(void);

/*
 * Whether the bytes of `id` are printable ASCII, six signs or more, to the end or to zeros: what
 * a program writes that puts a number of its own where a random one belongs.
 */
bool message_id_is_text(const struct id *id);

/* As text: 0193a5b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b. */
struct message_id_text message_id_text(const struct id *id);

/* All ids that begin with the digits of `text`, as the least and the greatest of them. */
struct message_id_range {
    struct id low;
    struct id high;
};

/*
 * Read the first digits of an id (either case, hyphens anywhere are skipped, at least one digit);
 * a whole id is a range of one.
 * ERR_FORMAT: another sign, no digit, or more than 32.
 */
enum err message_id_parse(const char *text, struct message_id_range *out);

#endif /* PROTO_MESSAGE_ID_H */
