#include "clients/acknowledge.h"

#include "keys/policy.h"
#include "proto/batch.h"
#include "proto/merkle.h"
#include "proto/refusal.h"

#include <string.h>

static enum err
sign_receipts(const struct hash *federation, const ProtobufCBinaryData *receipts, size_t count,
              const struct identity *signing, struct sig *out)
{
    struct hash leaves[BATCH_MAX];
    struct merkle_batch batch;

    for (size_t i = 0; i < count; i++)
        leaves[i] = batch_receipt_leaf(federation, wire_get_span(receipts[i]));
    enum err err = merkle_batch_init(&batch, leaves, count);
    if (err != ERR_OK)
        return err;
    struct hash root = merkle_batch_root(&batch);
    *out = batch_sign(federation, true, (uint32_t)count, &root, identity_secret(signing));
    return ERR_OK;
}

enum err
acknowledge_make(const struct hash *federation, const struct delivery_receipt *receipts,
                 size_t count, const struct identity *signing, struct arena *arena,
                 Denrei__V1__AcknowledgeCall **out)
{
    struct sig sig;

    if (count == 0 || count > BATCH_MAX)
        return ERR_RANGE;
    Denrei__V1__AcknowledgeCall *call = arena_alloc(arena, sizeof *call);
    ProtobufCBinaryData *encoded = arena_alloc(arena, count * sizeof *encoded);
    if (call == NULL || encoded == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        struct span bytes;
        enum err err = delivery_receipt_encode(&receipts[i], arena, &bytes);
        if (err != ERR_OK)
            return err;
        encoded[i] = wire_put(bytes.data, bytes.len);
    }
    enum err err = sign_receipts(federation, encoded, count, signing, &sig);
    if (err != ERR_OK)
        return err;
    const uint8_t *sig_bytes = arena_copy(arena, sig.bytes, sizeof sig.bytes);
    if (sig_bytes == NULL)
        return ERR_NOMEM;
    denrei__v1__acknowledge_call__init(call);
    call->n_receipts = count;
    call->receipts = encoded;
    call->sig = wire_put(sig_bytes, sizeof sig.bytes);
    *out = call;
    return ERR_OK;
}

struct acknowledge_walk
acknowledge_begin(size_t count)
{
    return (struct acknowledge_walk){.at = 0, .len = count, .count = count};
}

void
acknowledge_taken(struct acknowledge_walk *walk)
{
    const size_t left = walk->count - walk->at - walk->len;

    walk->at += walk->len;
    /* Behind a half that was taken lies the one that was not: all that is left would be refused. */
    walk->len = walk->len < left ? walk->len : left;
}

bool
acknowledge_refused(struct acknowledge_walk *walk)
{
    if (walk->len > 1) {
        walk->len /= 2;
        return false;
    }
    walk->at++;
    walk->len = walk->count - walk->at;
    return true;
}

bool
acknowledge_is_for_later(uint32_t code)
{
    return refusal_is_temporary(code) || code == REFUSAL_CREDENTIAL || code == REFUSAL_NOT_ALLOWED;
}

enum err
acknowledge_check(const struct trust *trust, const Denrei__V1__TrackItem *item, struct arena *arena,
                  struct delivery_receipt *out)
{
    const struct hash *federation = trust_federation(trust);
    struct span bytes = wire_get_span(item->receipt);
    struct delivery_receipt receipt;
    struct signature signature;
    struct hash root;

    enum err err = delivery_receipt_decode(bytes, arena, &receipt);
    if (err != ERR_OK)
        return err;
    if (item->signature == NULL)
        return ERR_FORMAT;
    err = signature_from_wire(item->signature, &signature);
    if (err != ERR_OK)
        return err;
    if (policy_check_receipt(trust, &receipt.credential, receipt.member, item->leaf) !=
        REFUSAL_NONE)
        return ERR_POLICY;
    const struct credential *credential = trust_credential(trust, &receipt.credential, item->leaf);
    if (credential == NULL || strcmp(credential->member, receipt.member) != 0)
        return ERR_POLICY;
    struct hash leaf = batch_receipt_leaf(federation, bytes);
    err = batch_root(&leaf, &signature, &root);
    if (err != ERR_OK)
        return ERR_SIGNATURE;
    err = batch_verify(federation, true, signature.count, &root, &signature.sig,
                       &credential->signing_key);
    if (err != ERR_OK)
        return err;
    *out = receipt;
    return ERR_OK;
}
