/*
 * keyfile.h - key files: identities as text, under a passphrase or by file mode alone.
 *
 * Pure, except that keyfile_encode draws salt and nonce.  Format: a first line
 * "denrei-key v1 LABEL passphrase|plain", for a passphrase a line with Argon2id's parameters and
 * salt, then base64 of the (encrypted) KeyFile message in lines of 76.  Parameters and label are
 * associated data of XChaCha20-Poly1305.  Argon2id parameters are bounded both ways (SECURITY C7).
 */
#ifndef KEYS_KEYFILE_H
#define KEYS_KEYFILE_H

#include "keys/identity.h"
#include "proto/arena.h"

enum { KEYFILE_BYTES_MAX = 64 << 10, KEYFILE_KEYS_MAX = 8, KEYFILE_LABEL_MAX = 128 };

struct keyfile {
    char label[KEYFILE_LABEL_MAX + 1];
    struct identity *keys[KEYFILE_KEYS_MAX];
    size_t keys_count;
    uint8_t credential[1024]; /* SignedCredential, if a credential's */
    size_t credential_len;
};

/* Wipe and free the identities; `keyfile` is empty after. */
void keyfile_clear(struct keyfile *keyfile);

/* The identity of `use`; NULL if the file has none. */
const struct identity *keyfile_find(const struct keyfile *keyfile, Denrei__V1__KeyUse use);

/* What the first lines tell without a passphrase.  ERR_FORMAT: not a key file. */
enum err keyfile_peek(struct span text, bool *needs_passphrase, char label[KEYFILE_LABEL_MAX + 1]);

/*
 * Open a key file's text; `passphrase` is ignored for a plain one.  The caller clears *out.
 * ERR_FORMAT: not a key file or parameters out of bounds.  ERR_PASSPHRASE: wrong or altered.
 * ERR_NOMEM: not enough memory for Argon2id or guarded memory.
 */
enum err keyfile_decode(struct span text, struct span passphrase, struct keyfile *out);

/*
 * Write a key file's text into `arena`; an empty passphrase makes a plain file.
 * ERR_NOMEM: arena full or not enough memory for Argon2id.
 */
enum err keyfile_encode(const struct keyfile *keyfile, struct span passphrase, struct arena *arena,
                        struct span *out);

#endif /* KEYS_KEYFILE_H */
