/*
 * tiles.h - the log's tree, kept so that the path of any leaf and the proof between any two sizes
 * can be given (RFC 9162, sections 2.1.3.1 and 2.1.4.1).
 *
 * The leaf hashes of the last tile of 256 and all nodes above full tiles are in memory (a
 * hundred-and-twenty-eighth of the leaf hashes); a full tile's leaf hashes are read from the store
 * when a proof needs them, and a few are kept.  Nodes below a tile's root are not stored at all.
 *
 * Pure; the store is reached through the function that the owner gives.
 */
#ifndef RELAY_TILES_H
#define RELAY_TILES_H

#include "proto/merkle.h"

enum {
    TILE_LEVELS = 8,
    TILE_LEAVES = 1 << TILE_LEVELS,
    TILES_KEPT = 32,
};

/* Where full tiles are read.  `store` is borrowed for the life of the tree. */
struct tiles_source {
    /* ERR_NOT_FOUND: no such tile.  ERR_IO, ERR_CORRUPT: the store failed. */
    enum err (*read)(void *store, uint64_t tile, struct hash leaves[TILE_LEAVES]);
    void *store;
};

/* The nodes at the right edge of a tree of `size` leaves, of which paths to that size are made. */
struct tiles_edge {
    uint64_t size;
    struct hash levels[MERKLE_LEVELS_MAX + 1]; /* root over the leaves from (size-1)>>k<<k on */
};

struct tiles;

/*
 * Make an empty tree over `source`.  On ERR_OK the caller owns *out and must tiles_free it;
 * otherwise *out is NULL.  ERR_NOMEM.
 */
enum err tiles_new(const struct tiles_source *source, struct tiles **out);

/* Free *tiles and set it to NULL; a NULL *tiles is left alone. */
void tiles_free(struct tiles **tiles);

/*
 * Make sure that the next tiles_append cannot fail.
 * ERR_FULL: MERKLE_LEAVES_MAX leaves.  ERR_NOMEM.
 */
enum err tiles_reserve(struct tiles *tiles);

/*
 * Append the leaf whose hash is `leaf_hash`; its index is the old size.
 * ERR_FULL: MERKLE_LEAVES_MAX leaves.  ERR_NOMEM.  The tree is unchanged on an error.
 */
enum err tiles_append(struct tiles *tiles, const struct hash *leaf_hash);

uint64_t tiles_size(const struct tiles *tiles);

/* Root over all leaves. */
struct hash tiles_root(const struct tiles *tiles);

/*
 * The edge for `size` leaves, 1 to tiles_size.
 * ERR_RANGE: no such size.  Else the source's errors.
 */
enum err tiles_edge(struct tiles *tiles, uint64_t size, struct tiles_edge *out);

/*
 * The inclusion path of `leaf` to the tree of edge->size leaves, leaf's sibling first.
 * ERR_RANGE: `leaf` is not below that size.  Else the source's errors.
 */
enum err tiles_path(struct tiles *tiles, uint64_t leaf, const struct tiles_edge *edge,
                    struct hash path[MERKLE_LEVELS_MAX], size_t *len);

/*
 * The consistency proof from `older` leaves (0: an empty proof) to edge->size leaves.
 * ERR_RANGE: `older` is larger than that size.  Else the source's errors.
 */
enum err tiles_consistency(struct tiles *tiles, uint64_t older, const struct tiles_edge *edge,
                           struct hash path[MERKLE_CONSISTENCY_MAX], size_t *len);

#endif /* RELAY_TILES_H */
