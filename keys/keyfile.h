/*
 * keyfile.h - key files: identities as text, under a passphrase or by file mode alone.
 *
 * Pure, except that keyfile_encode draws salt and nonce.  Format, in lines:
 *   denrei-key v1 LABEL passphrase|plain
 *   argon2id OPERATIONS MEMORY_BYTES SALT NONCE      (only with a passphrase; base64)
 *   base64 of the KeyFile message, 76 to a line      (with a passphrase: encrypted)
 * The key is Argon2id of the passphrase, parameters bounded both ways (SECURITY C7); encryption is
 * XChaCha20-Poly1305 with the lines before as associated data.
 */
#ifndef KEYS_KEYFILE_H
#define KEYS_KEYFILE_H

#include "keys/roster.h"

enum { KEYFILE_BYTES_MAX = 64 << 10, KEYFILE_KEYS_MAX = 8, KEYFILE_LABEL_MAX = 128 };

struct keyfile {
    char label[KEYFILE_LABEL_MAX + 1];
    struct identity *keys[KEYFILE_KEYS_MAX];
    size_t keys_count;
    uint8_t credential[CREDENTIAL_BYTES_MAX]; /* SignedCredential, if a credential's */
    size_t credential_len;
};

/* Wipe and free the identities; `keyfile` is empty after. */
void keyfile_clear(struct keyfile *keyfile);

/* The identity of `use`; NULL if the file has none. */
const struct identity *keyfile_find(const struct keyfile *keyfile, Denrei__V1__KeyUse use);

/* What the first line tells without a passphrase.  ERR_FORMAT: not a key file. */
enum err keyfile_peek(struct span text, bool *needs_passphrase, char label[KEYFILE_LABEL_MAX + 1]);

/*
 * Open a key file's text; `passphrase` is ignored for a plain one.  On ERR_OK the caller must
 * keyfile_clear *out; otherwise it is empty.
 * ERR_FORMAT: not a key file, keys out of order, parameters out of bounds.
 * ERR_PASSPHRASE: wrong passphrase, or the file was altered.
 * ERR_NOMEM: not enough memory for Argon2id, or no guarded memory.
 */
enum err keyfile_decode(struct span text, struct span passphrase, struct keyfile *out);

/*
 * Write a key file's text into `arena`; an empty passphrase makes a plain file.  The keys ascend by
 * use, each use once; the label is one line.
 * ERR_FORMAT: they are not.  ERR_NOMEM: arena full (KEYFILE_BYTES_MAX and as much again is enough),
 * or not enough memory for Argon2id.
 */
enum err keyfile_encode(const struct keyfile *keyfile, struct span passphrase, struct arena *arena,
                        struct span *out);

#endif /* KEYS_KEYFILE_H */
