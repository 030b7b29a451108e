/*
 * batch.h - one signature over many: a tree of up to BATCH_MAX leaves, whose root is signed (DESIGN
 * section 6).  The same for messages, whose leaf is envelope_message_hash, and for delivery
 * receipts.
 *
 * Pure.
 */
#ifndef PROTO_BATCH_H
#define PROTO_BATCH_H

#include "proto/merkle.h"
#include "proto/message.h"

/* Leaf hash of a serialised DeliveryReceipt: over D("receipt") u32 len bytes. */
struct hash batch_receipt_leaf(const struct hash *federation, struct span receipt);

/*
 * Fill `out` with the tree over the `count` serialised DeliveryReceipts at `receipts`.
 * ERR_RANGE: `count` is not 1 to BATCH_MAX; `out` is unchanged.
 */
enum err batch_receipts(const struct hash *federation, const struct span *receipts, size_t count,
                        struct merkle_batch *out);

/*
 * Compute into *out the root that `leaf` at signature->index leads to.
 * ERR_PROOF: the path's length is wrong; *out is untouched.
 */
enum err batch_root(const struct hash *leaf, const struct signature *signature, struct hash *out);

/*
 * Sign D("batch/receipt") or D("batch/message"), as `is_receipts` says, u32 count root, with
 * `secret_key` (64 bytes, Ed25519).
 */
struct sig batch_sign(const struct hash *federation, bool is_receipts, uint32_t count,
                      const struct hash *root, const uint8_t *secret_key);

/*
 * Verify what batch_sign makes.
 * ERR_SIGNATURE: it does not verify under `key`.
 */
enum err batch_verify(const struct hash *federation, bool is_receipts, uint32_t count,
                      const struct hash *root, const struct sig *sig, const struct public_key *key);

#endif /* PROTO_BATCH_H */
