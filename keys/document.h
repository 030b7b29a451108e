/*
 * document.h - signed documents: {body, signatures by key id} (DESIGN section 8).
 *
 * Pure.
 */
#ifndef KEYS_DOCUMENT_H
#define KEYS_DOCUMENT_H

#include "keys/identity.h"
#include "proto/arena.h"

enum { DOCUMENT_SIGNATURES_MAX = 32 };

struct document_signature {
    struct hash key_id;
    struct sig sig;
};

struct document {
    struct span body;
    struct document_signature signatures[DOCUMENT_SIGNATURES_MAX];
    size_t signatures_count;
};

/* Decode a SignedDocument; borrows from `bytes` and `arena`.  ERR_FORMAT, ERR_NOMEM. */
enum err document_decode(struct span bytes, struct arena *arena, struct document *out);

/* Encode it.  ERR_NOMEM: arena full. */
enum err document_encode(const struct document *document, struct arena *arena, struct span *out);

/* Document hash: H(D(type) body). */
struct hash document_hash(const struct hash *federation, Denrei__V1__DocumentType type,
                          struct span body);

/*
 * Add a signature by `id` (use ROOT for a directory, AUTHORITY for a roster).
 * ERR_EXISTS: that key has signed.  ERR_FULL: too many signatures.  ERR_KEY: wrong use.
 */
enum err document_sign(const struct hash *federation, Denrei__V1__DocumentType type,
                       const struct identity *id, struct document *document);

/*
 * How many of the `count` keys at `keys` (of `use`) have a valid signature on `document`; one key
 * counts once.  Signatures by other keys are ignored; a signature by one of them that does not
 * verify is ERR_SIGNATURE.
 */
enum err document_count_signers(const struct hash *federation, Denrei__V1__DocumentType type,
                                const struct document *document, Denrei__V1__KeyUse use,
                                const struct public_key *keys, size_t count, size_t *out);

#endif /* KEYS_DOCUMENT_H */
