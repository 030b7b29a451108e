/*
 * arena.h - bounded memory that is given out piece by piece and taken back at once.
 *
 * Pure.  What was used is wiped when it is taken back, for decoded plaintext lies in arenas.
 */
#ifndef PROTO_ARENA_H
#define PROTO_ARENA_H

#include "proto/err.h"

#include <stddef.h>

struct arena;

/*
 * Make an arena of `bytes` (at most ARENA_BYTES_MAX).  On ERR_OK the caller owns *out and must
 * arena_free it; otherwise *out is NULL.
 * ERR_NOMEM: the system has no memory.
 */
enum err arena_new(size_t bytes, struct arena **out);

/* Wipe and free *arena and set it to NULL; a NULL *arena is left alone. */
void arena_free(struct arena **arena);

/*
 * `bytes` of zeroed memory aligned for any type, valid until reset or free; NULL when full.  No
 * bytes are a pointer too, so that an empty list is told from a full arena.
 */
void *arena_alloc(struct arena *arena, size_t bytes);

/* A copy of `bytes` at `data` with a NUL after it; NULL when full. */
void *arena_copy(struct arena *arena, const void *data, size_t bytes);

/* Wipe all that was given out and take it back. */
void arena_reset(struct arena *arena);

#endif /* PROTO_ARENA_H */
