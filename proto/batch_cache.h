/*
 * batch_cache.h - the batch signatures that verified lately, so that a batch costs one
 * verification however its messages arrive (DESIGN section 6).
 *
 * Pure; no heap.  What did not verify is never remembered.
 */
#ifndef PROTO_BATCH_CACHE_H
#define PROTO_BATCH_CACHE_H

#include "proto/message.h"

enum { BATCH_CACHE_SIZE = 64 };

struct batch_cache {
    struct hash known[BATCH_CACHE_SIZE];
    size_t next; /* the one to be forgotten first */
};

/* Forget everything. */
void batch_cache_init(struct batch_cache *cache);

/*
 * Verify that `signature` signs the batch in which `leaf` stands at its index, by `key`, which is
 * the signing key of `credential`; is_receipts as in batch_verify.  What is in the cache is not
 * verified again.
 * ERR_PROOF: the path's length is wrong.  ERR_SIGNATURE: it does not verify.
 */
enum err batch_cache_verify(struct batch_cache *cache, const struct hash *federation,
                            bool is_receipts, const struct hash *leaf,
                            const struct signature *signature, const struct hash *credential,
                            const struct public_key *key);

#endif /* PROTO_BATCH_CACHE_H */
