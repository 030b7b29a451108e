#include "proto/batch_cache.h"

#include "proto/batch.h"
#include "proto/hash.h"

#include <string.h>

void
batch_cache_init(struct batch_cache *cache)
{
    *cache = (struct batch_cache){.next = 0};
}

/* All that batch_verify looks at; the credential's hash pins its key. */
static struct hash
cache_key(bool is_receipts, const struct hash *root, const struct signature *signature,
          const struct hash *credential)
{
    uint8_t count[4];
    uint8_t use = is_receipts ? 1 : 0;

    bytes_put_u32(count, signature->count);
    const struct span parts[] = {
        {&use, 1},
        {credential->bytes, HASH_BYTES},
        {root->bytes, HASH_BYTES},
        {count, sizeof count},
        {signature->sig.bytes, SIGNATURE_BYTES},
    };
    return hash_spans(parts, sizeof parts / sizeof parts[0]);
}

enum err
batch_cache_verify(struct batch_cache *cache, const struct hash *federation, bool is_receipts,
                   const struct hash *leaf, const struct signature *signature,
                   const struct hash *credential, const struct public_key *key)
{
    struct hash root;
    enum err err = batch_root(leaf, signature, &root);

    if (err != ERR_OK)
        return err;
    struct hash wanted = cache_key(is_receipts, &root, signature, credential);
    for (size_t i = 0; i < BATCH_CACHE_SIZE; i++)
        if (memcmp(cache->known[i].bytes, wanted.bytes, HASH_BYTES) == 0)
            return ERR_OK;
    err = batch_verify(federation, is_receipts, signature->count, &root, &signature->sig, key);
    if (err != ERR_OK)
        return err;
    cache->known[cache->next] = wanted;
    cache->next = (cache->next + 1) % BATCH_CACHE_SIZE;
    return ERR_OK;
}
