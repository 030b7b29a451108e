/*
 * tree.h - the log's tree over its tiles: append, roots, and the paths of any leaf and size.
 *
 * A struct tree holds the tiles at the right edge, so that appending and the paths of new leaves
 * need no read, and a cache of older tiles that it asks its reader for.  Inside a tile all inner
 * nodes are kept, so a path costs look-ups only; what the right edge adds is folded once per size.
 *
 * The store behind the reader keeps every tile of every level, partial ones as they grow: after
 * appending, write those that tile_next_new gives, with the hashes that tree_tile gives.  What is
 * read is checked against the tile above it, and so against the root given at the start: a
 * damaged store gives ERR_CORRUPT, never a wrong path.
 *
 * Pure: it reads through its caller.  One thread at a time.
 */
#ifndef PROTO_TREE_H
#define PROTO_TREE_H

#include "proto/tile.h"

enum {
    TREE_RECENT_MAX = 64, /* last tiles of leaf hashes that are surely in memory */
    /* So many leaves at least can be appended before tree_tile needs the reader for them. */
    TREE_APPENDED_MAX = (TREE_RECENT_MAX - 1) * TILE_WIDTH
};

/* How a tree asks for tiles; both fields are borrowed for the tree's life. */
struct tile_reader {
    void *context;
    /*
     * Put the first ref->width hashes of a tile to `hashes`.  The stored tile may be wider than
     * asked.  Any error is handed to the caller of the tree's function, whose state is unchanged.
     */
    enum err (*read)(void *context, const struct tile_ref *ref, struct hash *hashes);
};

struct tree;

/*
 * Make the tree of head->leaf_count leaves whose tiles `reader` gives; it reads the partial tile
 * of each level.  An empty tree reads nothing.  On ERR_OK the caller owns *out and must tree_free
 * it; otherwise *out is NULL.
 * ERR_CORRUPT: the tiles do not lead to head->root.  ERR_RANGE: more than MERKLE_LEAVES_MAX leaves.
 * ERR_NOMEM: no memory.  The reader's errors.
 */
enum err tree_new(const struct merkle_head *head, const struct tile_reader *reader,
                  struct tree **out);

/* Free *tree and set it to NULL; a NULL *tree is left alone. */
void tree_free(struct tree **tree);

/* How many leaves were appended to the tree. */
uint64_t tree_leaf_count(const struct tree *tree);

/*
 * Append the leaf whose hash is `leaf_hash`; its index is the old leaf count.
 * ERR_FULL: the tree holds MERKLE_LEAVES_MAX leaves; it is unchanged.
 */
enum err tree_append(struct tree *tree, const struct hash *leaf_hash);

/* The head of the whole tree. */
struct merkle_head tree_head(struct tree *tree);

/*
 * The root over the first `leaf_count` leaves.
 * ERR_RANGE: the tree has fewer.  ERR_CORRUPT and the reader's errors.
 */
enum err tree_root_at(struct tree *tree, uint64_t leaf_count, struct hash *root);

/*
 * Write the inclusion path of leaf `index` in the tree of the first `leaf_count` leaves to `path`
 * and its length to *path_len.
 * ERR_RANGE: `index` is not below `leaf_count`, or the tree has fewer leaves.
 * ERR_CORRUPT and the reader's errors; none of them for the last TREE_APPENDED_MAX leaves, if they
 * were appended since tree_new, and the whole tree.
 * *path_len is untouched on an error.
 */
enum err tree_inclusion(struct tree *tree, uint64_t index, uint64_t leaf_count,
                        struct hash path[MERKLE_LEVELS_MAX], size_t *path_len);

/*
 * Write the consistency path from the first `old_count` leaves to the first `new_count` to `path`
 * and its length to *path_len; it is empty if they are equal, or `old_count` is 0.
 * ERR_RANGE: old_count > new_count, or the tree has fewer leaves.
 * ERR_CORRUPT and the reader's errors.  *path_len is untouched on an error.
 */
enum err tree_consistency(struct tree *tree, uint64_t old_count, uint64_t new_count,
                          struct hash path[MERKLE_CONSISTENCY_MAX], size_t *path_len);

/*
 * Point *hashes at the ref->width hashes of tile `ref`; borrowed until the next call on the tree.
 * ERR_RANGE: the tree has no such tile, or a narrower one.  ERR_CORRUPT and the reader's errors;
 * none of them for tiles made or widened by the last TREE_APPENDED_MAX leaves since tree_new.
 */
enum err tree_tile(struct tree *tree, const struct tile_ref *ref, const struct hash **hashes);

#endif /* PROTO_TREE_H */
