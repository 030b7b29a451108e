/*
 * note.h - signed notes and their keys (C2SP signed-note v1.0.0).
 *
 * A note is text, an empty line, and signature lines; names and key ids say who signed.  This
 * module parses and formats notes and verifier keys and makes the plain Ed25519 signature (type
 * 0x01); checkpoint.h gives the text its meaning and makes cosignatures (type 0x04).
 *
 * Pure.  Signing borrows the 64-byte Ed25519 secret key and keeps nothing of it.
 */
#ifndef PROTO_NOTE_H
#define PROTO_NOTE_H

#include "proto/bytes.h"
#include "proto/err.h"
#include "proto/limits.h"

#include <stdbool.h>

enum {
    NOTE_HASH_BASE64 = 44,     /* characters of a hash in base64 */
    NOTE_BYTES_MAX = 64 << 10, /* a whole note */
    NOTE_SIGNATURES_MAX = 100, /* its signature lines */
    NOTE_BLOB_MAX = 8 << 10,   /* a decoded signature: room for algorithms of later days */
    NOTE_NAME_MAX = 255,       /* a key's name, in bytes */
    NOTE_SIGNATURE_KEPT = 72,  /* bytes kept of a signature: 8 of time and 64 of Ed25519 */
    NOTE_SECRET_KEY_BYTES = 64,
    NOTE_KEY_ID_HEX = 8,    /* characters of a key id */
    NOTE_KEY_BASE64 = 44,   /* of a verifier key with its type */
    NOTE_BLOB_BASE64 = 104, /* of a signature that is kept, with its key id */
    NOTE_VKEY_MAX = NOTE_NAME_MAX + 1 + NOTE_KEY_ID_HEX + 1 + NOTE_KEY_BASE64, /* without the NUL */
    NOTE_LINE_MAX = 4 + NOTE_NAME_MAX + 1 + NOTE_BLOB_BASE64 + 1               /* without the NUL */
};

/* Signature algorithms that are verified here; all others are lines that are skipped. */
enum note_type {
    NOTE_ED25519 = 0x01,     /* over the note's text */
    NOTE_COSIGNATURE = 0x04, /* over a time and the note's text (cosignature/v1) */
};

/* A verifier key. */
struct note_key {
    char name[NOTE_NAME_MAX + 1];
    enum note_type type;
    struct public_key public_key;
    uint32_t id; /* SHA-256(name 0x0A type public key), first 4 bytes */
};

/* One signature line of a parsed note, or a line alone; borrows from what was parsed. */
struct note_signature {
    struct span line; /* with its newline */
    struct span name;
    uint32_t key_id;
    size_t bytes_len;                   /* of the signature, without the key id */
    uint8_t bytes[NOTE_SIGNATURE_KEPT]; /* valid only if bytes_len is not greater */
};

/* A parsed note; borrows from the bytes that were parsed. */
struct note {
    struct span text; /* with its final newline, without the empty line */
    size_t signatures_len;
    struct note_signature signatures[NOTE_SIGNATURES_MAX];
};

/* A signature line that was made here, with its newline, then a NUL that len does not count. */
struct note_line {
    size_t len;
    char text[NOTE_LINE_MAX + 1];
};

/*
 * Fill *out with the verifier key `name` (NUL-terminated), `type`, `public_key`.
 * ERR_FORMAT: the name is empty, longer than NOTE_NAME_MAX, not UTF-8, or holds a space (of any
 * script), a control character or a plus sign.  ERR_KEY: not a point of the prime-order group.
 */
enum err note_key_make(const char *name, enum note_type type, const struct public_key *public_key,
                       struct note_key *out);

/*
 * Parse a verifier key, `<name>+<id in hex>+<base64>`, with or without one newline at its end.
 * ERR_FORMAT: malformed, or the id is not that of the key.  ERR_UNKNOWN: an algorithm that is not
 * verified here.  ERR_KEY: as in note_key_make.  *out is untouched on an error.
 */
enum err note_key_parse(struct span vkey, struct note_key *out);

/* Write `key` as text that note_key_parse reads, NUL-terminated, without newline; its length. */
size_t note_key_format(const struct note_key *key, char out[NOTE_VKEY_MAX + 1]);

/* Whether `signature` claims to be by `key`: same name, same id. */
bool note_is_by(const struct note_signature *signature, const struct note_key *key);

/*
 * Parse a whole note.  No signature is verified.
 * ERR_FULL: longer than NOTE_BYTES_MAX, or more than NOTE_SIGNATURES_MAX signatures.
 * ERR_FORMAT: not UTF-8; a control character besides newline; no signature, or a malformed one.
 * *out is not to be read after an error.
 */
enum err note_parse(struct span note, struct note *out);

/*
 * Parse one signature line with its newline.
 * ERR_FORMAT: malformed, or the signature is longer than NOTE_BLOB_MAX.
 */
enum err note_line_parse(struct span line, struct note_signature *out);

/*
 * Verify the type 0x01 `signature` of `text` under `key`.
 * ERR_UNKNOWN: the signature is not by `key`, or `key` has another type.
 * ERR_SIGNATURE: it is, and does not verify.
 */
enum err note_verify(struct span text, const struct note_signature *signature,
                     const struct note_key *key);

/*
 * Sign `text` as `key` (of type 0x01) with its secret.  A log's key signs nothing but its
 * checkpoints: this signature has no domain separation.
 * ERR_FORMAT: a note cannot hold `text`: no final newline, not UTF-8, or a control character.
 */
enum err note_sign(struct span text, const struct note_key *key,
                   const uint8_t secret_key[NOTE_SECRET_KEY_BYTES], struct note_line *out);

/* Make the line by `key` of `bytes` (at most NOTE_SIGNATURE_KEPT), a signature without key id. */
void note_line_make(const struct note_key *key, struct span bytes, struct note_line *out);

/*
 * Write the note of `text` with the `count` (at least 1) signature lines to `out`, with a NUL that
 * *out_len does not count.
 * ERR_FORMAT: as in note_sign.
 * ERR_FULL: more than NOTE_SIGNATURES_MAX lines, or the note does not fit `out_max` bytes or
 * NOTE_BYTES_MAX.  `out` and *out_len are untouched on an error.
 */
enum err note_format(struct span text, const struct note_line *lines, size_t count, char *out,
                     size_t out_max, size_t *out_len);

/*
 * Write `note` with the signature `line` added at its end to `out` (which must not overlap), with a
 * NUL that *out_len does not count.  A line by the same name and key id is replaced, so that a
 * witness that signs again and again does not make the note grow.
 * ERR_FORMAT: note or line is malformed.
 * ERR_FULL: too many signatures, or the note does not fit `out_max` bytes or NOTE_BYTES_MAX.
 * `out` and *out_len are untouched on an error.
 */
enum err note_add(struct span note, struct span line, char *out, size_t out_max, size_t *out_len);

/* ---- what the texts of all C2SP log formats are made of */

/*
 * Cut the first line off `rest`; *line borrows it without its newline.  False: there is no newline,
 * and nothing changed.
 */
bool note_take_line(struct span *rest, struct span *line);

/*
 * Parse all of `digits` as a decimal number without leading zero.
 * ERR_FORMAT: it is not one.  ERR_RANGE: it is greater than `most`, which is at most INT64_MAX.
 * *out is untouched on an error.
 */
enum err note_parse_number(struct span digits, uint64_t most, uint64_t *out);

/*
 * Parse all of `base64` as the NOTE_HASH_BASE64 characters of a hash.
 * ERR_FORMAT: it is not that.  *out is untouched then.
 */
enum err note_parse_hash(struct span base64, struct hash *out);

/* Write `hash` in base64, NUL-terminated. */
void note_format_hash(const struct hash *hash, char out[NOTE_HASH_BASE64 + 1]);

#endif /* PROTO_NOTE_H */
