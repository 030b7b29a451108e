/*
 * merkle.h - Merkle trees over SHA-256 (RFC 6962, section 2.1; RFC 9162, section 2.1).
 *
 * Two forms.  The log's tree is kept as its frontier (struct merkle): one hash for each perfect
 * subtree, that is one for each bit set in leaf_count, so that appending and taking the root cost
 * O(log n) hashes and constant memory.  A small tree, held whole (struct merkle_batch), gives the
 * paths of all its leaves: the messages or receipts under one signature, the wraps of a message.
 *
 * Pure: no clock, disk, socket, log or heap.  The structs hold no secret and no pointer, so they
 * may be copied by assignment and need no free.
 */
#ifndef PROTO_MERKLE_H
#define PROTO_MERKLE_H

#include "proto/bytes.h"
#include "proto/err.h"
#include "proto/limits.h"

enum {
    MERKLE_LEVELS_MAX = 40,                         /* longest frontier, longest inclusion path */
    MERKLE_CONSISTENCY_MAX = MERKLE_LEVELS_MAX + 1, /* longest consistency path */
    MERKLE_LEAF_PARTS_MAX = 8,
    MERKLE_BATCH_NODES = 2 * BATCH_MAX - 1
};

#define MERKLE_LEAVES_MAX ((UINT64_C(1) << MERKLE_LEVELS_MAX) - 1)

/* The frontier of a tree. */
struct merkle {
    uint64_t leaf_count;
    struct hash peaks[MERKLE_LEVELS_MAX]; /* peaks[k] is live if bit k of leaf_count is set */
};

/* What a checkpoint says about a tree. */
struct merkle_head {
    uint64_t leaf_count;
    struct hash root;
};

/* A whole tree of 1 to BATCH_MAX leaves; filled by merkle_batch_init, read by the functions. */
struct merkle_batch {
    size_t leaf_count;
    struct hash nodes[MERKLE_BATCH_NODES]; /* level after level, leaves first */
};

/* Hash `leaf` (may be empty) as RFC 6962 hashes a leaf. */
struct hash merkle_leaf_hash(struct span leaf);

/* The same of the leaf made of `count` parts (at most MERKLE_LEAF_PARTS_MAX), one after another. */
struct hash merkle_leaf_hash_spans(const struct span *parts, size_t count);

/* The hash of the inner node over two children. */
struct hash merkle_node_hash(const struct hash *left, const struct hash *right);

/* Make `tree` empty. */
void merkle_init(struct merkle *tree);

/*
 * Append the leaf whose hash is `leaf_hash`; its index is the old leaf_count.
 * ERR_FULL: the tree holds MERKLE_LEAVES_MAX leaves; `tree` is unchanged.
 */
enum err merkle_append(struct merkle *tree, const struct hash *leaf_hash);

/* The root over all leaves; for an empty tree, the SHA-256 of no bytes. */
struct hash merkle_root(const struct merkle *tree);

/*
 * Compute into *root the root that the leaf hash `leaf`, as number `index` (from 0) of
 * `leaf_count` leaves, has under the `path_len` sibling hashes at `path`, lowest level first.
 * Nothing is proven before the root was compared or its signature verified.  All arguments may
 * come from an untrusted peer.  Source: RFC 9162, 2.1.3.2.
 * ERR_RANGE: `index` is not below `leaf_count`.
 * ERR_PROOF: the path is too long or too short for this index and count.
 * *root is untouched on an error.
 */
enum err merkle_root_from_path(const struct hash *leaf, uint64_t index, uint64_t leaf_count,
                               const struct hash *path, size_t path_len, struct hash *root);

/*
 * Check that the leaf hash `leaf` is number `index` (from 0) of the `leaf_count` leaves under
 * `root`; the other arguments as in merkle_root_from_path.
 * ERR_RANGE: `index` is not below `leaf_count`.
 * ERR_PROOF: the path is too long, too short, or leads to another root.
 */
enum err merkle_check_inclusion(const struct hash *leaf, uint64_t index, uint64_t leaf_count,
                                const struct hash *path, size_t path_len, const struct hash *root);

/*
 * Check that the leaves under `older` are the first leaves under `newer`.  All arguments may come
 * from an untrusted peer.  Every tree extends the empty one, whose root is that of merkle_init.
 * Source: RFC 9162, 2.1.4.2.
 * ERR_RANGE: `older` has more leaves than `newer`.
 * ERR_PROOF: the path is too long, too short, or leads to other roots.
 */
enum err merkle_check_consistency(const struct merkle_head *older, const struct merkle_head *newer,
                                  const struct hash *path, size_t path_len);

/*
 * Fill `batch` with the tree over `count` leaf hashes at `leaves`.
 * ERR_RANGE: `count` is not 1 to BATCH_MAX; `batch` is unchanged.
 */
enum err merkle_batch_init(struct merkle_batch *batch, const struct hash *leaves, size_t count);

/* The root of a filled batch. */
struct hash merkle_batch_root(const struct merkle_batch *batch);

/*
 * Write the inclusion path of leaf `index` (below the batch's leaf_count) to `path` and return
 * its length, 0 to BATCH_PATH_MAX.
 */
size_t merkle_batch_path(const struct merkle_batch *batch, size_t index,
                         struct hash path[BATCH_PATH_MAX]);

#endif /* PROTO_MERKLE_H */
