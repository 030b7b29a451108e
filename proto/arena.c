#include "proto/arena.h"

#include "proto/limits.h"

#include <sodium.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct arena {
    size_t used;
    size_t bytes;
    alignas(max_align_t) uint8_t memory[];
};

enum err
arena_new(size_t bytes, struct arena **out)
{
    struct arena *arena = NULL;

    *out = NULL;
    assert(bytes <= ARENA_BYTES_MAX);
    arena = malloc(sizeof *arena + bytes);
    if (arena == NULL)
        return ERR_NOMEM;
    arena->used = 0;
    arena->bytes = bytes;
    *out = arena;
    return ERR_OK;
}

void
arena_free(struct arena **arena)
{
    if (*arena != NULL)
        arena_reset(*arena);
    free(*arena);
    *arena = NULL;
}

void *
arena_alloc(struct arena *arena, size_t bytes)
{
    size_t padded = 0;

    if (bytes > arena->bytes)
        return NULL;
    padded = (bytes + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    if (padded > arena->bytes - arena->used)
        return NULL;
    uint8_t *piece = arena->memory + arena->used;
    arena->used += padded;
    memset(piece, 0, padded);
    return piece;
}

void *
arena_copy(struct arena *arena, const void *data, size_t bytes)
{
    uint8_t *copy = NULL;

    if (bytes == SIZE_MAX)
        return NULL;
    copy = arena_alloc(arena, bytes + 1);
    if (copy != NULL && bytes > 0)
        memcpy(copy, data, bytes);
    return copy;
}

void
arena_reset(struct arena *arena)
{
    sodium_memzero(arena->memory, arena->used);
    arena->used = 0;
}
