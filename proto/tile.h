/*
 * tile.h - the tree cut into tiles of 256 hashes, and bundles of 256 entries (C2SP tlog-tiles
 * v0.1.0): which tiles a tree has, their names, and the nodes inside one.
 *
 * Tile `number` of `level` L holds hashes 256 * number and following of that level: leaf hashes at
 * level 0, else the roots of the full tiles at level L - 1.  Only the last tile of a level may be
 * partial, and a partial tile is never hashed upward.
 *
 * Pure: no clock, disk, socket, log or heap.
 */
#ifndef PROTO_TILE_H
#define PROTO_TILE_H

#include "proto/merkle.h"

#include <stdbool.h>

enum {
    TILE_HEIGHT = 8,
    TILE_WIDTH = 1 << TILE_HEIGHT, /* hashes of a full tile, entries of a full bundle */
    TILE_NODES = 2 * TILE_WIDTH - 1,
    TILE_LEVELS = MERKLE_LEVELS_MAX / TILE_HEIGHT, /* that a tree of ours can have */
    TILE_LEVEL_MAX = 63,                           /* that a name can have */
    TILE_LEVEL_ENTRIES = 64,                       /* a bundle of entries, not a tile of hashes */
    TILE_PATH_MAX = 64,                            /* without the NUL */
    TILE_BUNDLE_MAX = TILE_WIDTH * (2 + ENTRY_BYTES_MAX)
};

/* One tile, or one bundle of entries. */
struct tile_ref {
    unsigned level; /* 0 to TILE_LEVEL_MAX, or TILE_LEVEL_ENTRIES */
    unsigned width; /* 1 to TILE_WIDTH; less than that: partial */
    uint64_t number;
};

/* A tile with all perfect subtrees over its hashes, as far as it is filled. */
struct tile_nodes {
    struct hash nodes[TILE_NODES]; /* height after height, the tile's own hashes first */
};

/* Add `hash` as number `width` (below TILE_WIDTH) of a tile that holds `width` hashes. */
void tile_append(struct tile_nodes *tile, unsigned width, const struct hash *hash);

/*
 * The root of the perfect subtree `index` of 2^height hashes; 0 <= height <= TILE_HEIGHT.  It is
 * there once those hashes were appended.
 */
const struct hash *tile_node(const struct tile_nodes *tile, unsigned height, unsigned index);

/*
 * Step through the tiles that a tree of `new_size` leaves has and that the tree of its first
 * `old_size` leaves lacks or has narrower: from level 0 upward, and left to right.  Begin with
 * ref->width 0.  False: there are no more.  With old_size 0 it gives every tile of the tree.
 */
bool tile_next_new(uint64_t old_size, uint64_t new_size, struct tile_ref *ref);

/*
 * Write the name of `ref`, like `tile/0/x001/234.p/7` or `tile/entries/000`, NUL-terminated;
 * returns its length.
 */
size_t tile_path_format(const struct tile_ref *ref, char out[TILE_PATH_MAX + 1]);

/*
 * Add `entry` to the bundle of *len bytes at `out`, which has room for `out_max`: big-endian u16
 * length and the bytes.
 * ERR_RANGE: the entry is longer than ENTRY_BYTES_MAX.  ERR_FULL: no room.  Nothing changes then.
 */
enum err tile_bundle_append(struct span entry, uint8_t *out, size_t out_max, size_t *len);

/*
 * Cut the first entry off a bundle: *entry borrows from it and *rest is what follows.  A bundle
 * has been read when as many entries as its width were cut and rest->len is 0.
 * ERR_FORMAT: `rest` does not begin with a whole entry.  Nothing changes then.
 */
enum err tile_bundle_next(struct span *rest, struct span *entry);

#endif /* PROTO_TILE_H */
