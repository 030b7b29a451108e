#include "proto/batch.h"

#include "proto/hash.h"

#include <sodium.h>
#include <string.h>

struct batch_text {
    uint8_t bytes[DOMAIN_BYTES_MAX + 4 + HASH_BYTES];
    size_t len;
};

/* D(use) u32 count root: what is signed. */
static struct batch_text
batch_text(const struct hash *federation, bool is_receipts, uint32_t count, const struct hash *root)
{
    enum domain_use use = is_receipts ? DOMAIN_BATCH_RECEIPT : DOMAIN_BATCH_MESSAGE;
    struct domain domain = domain_make(use, federation);
    struct batch_text text;

    memcpy(text.bytes, domain.bytes, domain.len);
    bytes_put_u32(text.bytes + domain.len, count);
    memcpy(text.bytes + domain.len + 4, root->bytes, HASH_BYTES);
    text.len = domain.len + 4 + HASH_BYTES;
    return text;
}

struct hash
batch_receipt_leaf(const struct hash *federation, struct span receipt)
{
    struct domain domain = domain_make(DOMAIN_RECEIPT, federation);
    uint8_t len[4];

    bytes_put_u32(len, (uint32_t)receipt.len);
    return merkle_leaf_hash_spans((struct span[]){domain_span(&domain), {len, sizeof len}, receipt},
                                  3);
}

enum err
batch_receipts(const struct hash *federation, const struct span *receipts, size_t count,
               struct merkle_batch *out)
{
    struct hash leaves[BATCH_MAX];

    if (count == 0 || count > BATCH_MAX)
        return ERR_RANGE;
    for (size_t i = 0; i < count; i++)
        leaves[i] = batch_receipt_leaf(federation, receipts[i]);
    return merkle_batch_init(out, leaves, count);
}

enum err
batch_root(const struct hash *leaf, const struct signature *signature, struct hash *out)
{
    enum err err = merkle_root_from_path(leaf, signature->index, signature->count, signature->path,
                                         signature->path_len, out);

    return err == ERR_OK ? ERR_OK : ERR_PROOF;
}

struct sig
batch_sign(const struct hash *federation, bool is_receipts, uint32_t count, const struct hash *root,
           const uint8_t *secret_key)
{
    struct batch_text text = batch_text(federation, is_receipts, count, root);
    struct sig sig;

    crypto_sign_detached(sig.bytes, NULL, text.bytes, text.len, secret_key);
    return sig;
}

enum err
batch_verify(const struct hash *federation, bool is_receipts, uint32_t count,
             const struct hash *root, const struct sig *sig, const struct public_key *key)
{
    struct batch_text text = batch_text(federation, is_receipts, count, root);

    return crypto_sign_verify_detached(sig->bytes, text.bytes, text.len, key->bytes) == 0
               ? ERR_OK
               : ERR_SIGNATURE;
}
