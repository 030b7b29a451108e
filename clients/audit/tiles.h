/*
 * tiles.h - all hashes of a log in memory, level by level as tiles have them: for exports, and for
 * the paths of any leaf.
 *
 * Pure.  About 32 bytes a leaf.
 */
#ifndef CLIENTS_AUDIT_TILES_H
#define CLIENTS_AUDIT_TILES_H

#include "proto/tree.h"

struct tiles;

/* On ERR_OK the caller owns *out and must tiles_free it.  ERR_NOMEM. */
enum err tiles_new(struct tiles **out);

/* Free *tiles and set it to NULL; NULL is left alone. */
void tiles_free(struct tiles **tiles);

/* Add the next leaf's hash.  ERR_NOMEM.  ERR_FULL: MERKLE_LEAVES_MAX.  Nothing is added then. */
enum err tiles_append(struct tiles *tiles, const struct hash *leaf_hash);

/* The hashes of a tile; NULL if there is no such tile or it is narrower. */
const struct hash *tiles_find(const struct tiles *tiles, const struct tile_ref *ref);

/* The inclusion path of leaf `index` among all leaves so far.  Errors as tree_inclusion. */
enum err tiles_inclusion(struct tiles *tiles, uint64_t index, struct hash path[MERKLE_LEVELS_MAX],
                         size_t *path_len);

/* The consistency path from the first `old_count` leaves to all.  Errors as tree_consistency. */
enum err tiles_consistency(struct tiles *tiles, uint64_t old_count,
                           struct hash path[MERKLE_CONSISTENCY_MAX], size_t *path_len);

#endif /* CLIENTS_AUDIT_TILES_H */
