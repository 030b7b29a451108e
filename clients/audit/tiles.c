#include "clients/audit/tiles.h"

#include <stdlib.h>
#include <string.h>

struct level {
    struct hash *hashes;
    uint64_t count;
    uint64_t room;
};

struct tiles {
    struct level levels[TILE_LEVELS + 1];
    struct merkle merkle;
};

enum err
tiles_new(struct tiles **out)
{
    *out = calloc(1, sizeof **out);
    if (*out == NULL)
        return ERR_NOMEM;
    merkle_init(&(*out)->merkle);
    return ERR_OK;
}

void
tiles_free(struct tiles **tiles)
{
    if (*tiles == NULL)
        return;
    for (size_t i = 0; i <= TILE_LEVELS; i++)
        free((*tiles)->levels[i].hashes);
    free(*tiles);
    *tiles = NULL;
}

static enum err
make_room(struct level *level)
{
    uint64_t room = level->room * 2 + TILE_WIDTH;

    if (level->count < level->room)
        return ERR_OK;
    struct hash *wider = realloc(level->hashes, room * sizeof *wider);
    if (wider == NULL)
        return ERR_NOMEM;
    level->hashes = wider;
    level->room = room;
    return ERR_OK;
}

static struct hash
root_of_full_tile(const struct hash *hashes)
{
    struct tile_nodes nodes;

    for (unsigned i = 0; i < TILE_WIDTH; i++)
        tile_append(&nodes, i, &hashes[i]);
    return *tile_node(&nodes, TILE_HEIGHT, 0);
}

enum err
tiles_append(struct tiles *tiles, const struct hash *leaf_hash)
{
    struct hash hash = *leaf_hash;
    enum err err = ERR_OK;

    for (unsigned level = 0; level <= TILE_LEVELS && err == ERR_OK; level++)
        err = make_room(&tiles->levels[level]);
    if (err == ERR_OK)
        err = merkle_append(&tiles->merkle, leaf_hash);
    if (err != ERR_OK)
        return err;
    for (unsigned level = 0; level <= TILE_LEVELS; level++) {
        struct level *at = &tiles->levels[level];
        at->hashes[at->count] = hash;
        at->count++;
        if (at->count % TILE_WIDTH != 0)
            break;
        hash = root_of_full_tile(&at->hashes[at->count - TILE_WIDTH]);
    }
    return ERR_OK;
}

const struct hash *
tiles_find(const struct tiles *tiles, const struct tile_ref *ref)
{
    if (ref->level > TILE_LEVELS)
        return NULL;
    const struct level *level = &tiles->levels[ref->level];
    if (ref->number > level->count / TILE_WIDTH ||
        ref->number * TILE_WIDTH + ref->width > level->count)
        return NULL;
    return &level->hashes[ref->number * TILE_WIDTH];
}

static enum err
read_tile(void *context, const struct tile_ref *ref, struct hash *hashes)
{
    const struct hash *found = tiles_find(context, ref);

    if (found == NULL)
        return ERR_CORRUPT;
    memcpy(hashes, found, ref->width * sizeof *found);
    return ERR_OK;
}

enum err
tiles_inclusion(struct tiles *tiles, uint64_t index, struct hash path[MERKLE_LEVELS_MAX],
                size_t *path_len)
{
    const struct merkle_head head = {tiles->merkle.leaf_count, merkle_root(&tiles->merkle)};
    const struct tile_reader reader = {.context = tiles, .read = read_tile};
    struct tree *tree = NULL;
    enum err err = tree_new(&head, &reader, &tree);

    if (err == ERR_OK)
        err = tree_inclusion(tree, index, head.leaf_count, path, path_len);
    tree_free(&tree);
    return err;
}

enum err
tiles_consistency(struct tiles *tiles, uint64_t old_count, struct hash path[MERKLE_CONSISTENCY_MAX],
                  size_t *path_len)
{
    const struct merkle_head head = {tiles->merkle.leaf_count, merkle_root(&tiles->merkle)};
    const struct tile_reader reader = {.context = tiles, .read = read_tile};
    struct tree *tree = NULL;
    enum err err = tree_new(&head, &reader, &tree);

    if (err == ERR_OK)
        err = tree_consistency(tree, old_count, head.leaf_count, path, path_len);
    tree_free(&tree);
    return err;
}
