/*
 * public_text.h - public keys as lines of text, to be sent, read aloud and put into a directory.
 *
 * Pure.  One line a key: USE BASE64 FINGERPRINT LABEL; lines that begin with # are for people.
 * The fingerprint (of use and key, 16 hex digits) shows a slip in either.
 */
#ifndef KEYS_PUBLIC_TEXT_H
#define KEYS_PUBLIC_TEXT_H

#include "keys/keyfile.h"

enum {
    PUBLIC_TEXT_BYTES_MAX = 16 << 10,
    PUBLIC_LINE_BYTES = 256 + KEYFILE_LABEL_MAX, /* with the NUL */
    PUBLIC_FINGERPRINT_BYTES = 17,               /* with the NUL */
    PUBLIC_BASE64_BYTES = 45,                    /* with the NUL */
};

struct public_line {
    char text[PUBLIC_LINE_BYTES];
};

struct public_fingerprint {
    char text[PUBLIC_FINGERPRINT_BYTES];
};

struct public_base64 {
    char text[PUBLIC_BASE64_BYTES];
};

/* The word of a use ("authority"); never NULL. */
const char *public_text_use(Denrei__V1__KeyUse use);

/* The fingerprint, and the base64, of a key. */
struct public_fingerprint public_text_fingerprint(Denrei__V1__KeyUse use,
                                                  const struct public_key *key);
struct public_base64 public_text_base64(const struct public_key *key);

/* The line of a key, without a line feed. */
struct public_line public_text_line(Denrei__V1__KeyUse use, const struct public_key *key,
                                    const char *label);

/*
 * The key of `use` in a text of such lines.
 * ERR_NOT_FOUND: there is none of that use.  ERR_CONFLICT: there is more than one.
 * ERR_FORMAT: a line is not of that form, or its fingerprint does not fit.  *out is untouched then.
 */
enum err public_text_find(struct span text, Denrei__V1__KeyUse use, struct public_key *out);

/* A key alone in base64 (44 characters).  ERR_FORMAT: it is not. */
enum err public_text_get_base64(const char *text, struct public_key *out);

#endif /* KEYS_PUBLIC_TEXT_H */
