/*
 * document.h - signed documents: {body, signatures by key id} (DESIGN section 8).
 *
 * Pure.
 */
#ifndef KEYS_DOCUMENT_H
#define KEYS_DOCUMENT_H

#include "keys/identity.h"
#include "proto/arena.h"
#include "proto/limits.h"

#include <stdbool.h>

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

/*
 * Decode a SignedDocument of at most DOCUMENT_BYTES_MAX; *out borrows from `arena`.
 * ERR_FORMAT: malformed, no body, too many signatures, or two by one key.  ERR_NOMEM: arena full.
 */
enum err document_decode(struct span bytes, struct arena *arena, struct document *out);

/* Encode it.  ERR_NOMEM: arena full. */
enum err document_encode(const struct document *document, struct arena *arena, struct span *out);

/* Document hash: H(D(type) body). */
struct hash document_hash(const struct hash *federation, Denrei__V1__DocumentType type,
                          struct span body);

/*
 * Add a signature by `id` (use ROOT for a directory, AUTHORITY for a roster).
 * ERR_EXISTS: that key has signed.  ERR_FULL: too many signatures.  ERR_KEY: wrong use.
 * ERR_NOMEM: no memory for what is signed.  `document` is unchanged on an error.
 */
enum err document_sign(const struct hash *federation, Denrei__V1__DocumentType type,
                       const struct identity *id, struct document *document);

/*
 * How many of the `count` keys at `keys` (of `use`, each once) have a valid signature on
 * `document`.  Signatures by other keys are ignored.
 * ERR_SIGNATURE: a signature by one of the keys does not verify.  ERR_KEY: `use` does not sign such
 * documents.  ERR_NOMEM: no memory for what was signed.  *out is untouched on an error.
 */
enum err document_count_signers(const struct hash *federation, Denrei__V1__DocumentType type,
                                const struct document *document, Denrei__V1__KeyUse use,
                                const struct public_key *keys, size_t count, size_t *out);

/*
 * Whether `text` may stand in a document: 1 to `bytes_max` bytes, no control character.  That it is
 * UTF-8 was checked on the wire.
 */
bool document_is_line(const char *text, size_t bytes_max);

/* A set of kinds (bit k: kind k) from its wire form.  ERR_FORMAT: not ascending. */
enum err document_get_kinds(const Denrei__V1__Kind *kinds, size_t count, uint32_t *out);

/* The same back; *out lies in `arena`.  ERR_NOMEM: arena full. */
enum err document_put_kinds(uint32_t kinds, struct arena *arena, Denrei__V1__Kind **out,
                            size_t *count);

/*
 * Room in `arena` for `count` messages of `bytes` each, and in *pointers the array of pointers to
 * them that protobuf-c wants; the messages are not initialised.  An empty list is a pointer too.
 * NULL: arena full; *pointers is untouched then.
 */
void *document_new_messages(struct arena *arena, size_t count, size_t bytes, void ***pointers);

#endif /* KEYS_DOCUMENT_H */
