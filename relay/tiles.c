#include "relay/tiles.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
    TILE_NODES = 2 * TILE_LEAVES - 1,
    UPPER_LEVELS = MERKLE_LEVELS_MAX - TILE_LEVELS + 1,
};

/* A tile with the nodes that its leaves give, level after level. */
struct tile {
    uint64_t number;
    uint64_t used; /* turn of its last use, 0 if it holds nothing */
    struct hash nodes[TILE_NODES];
};

/* All nodes of one level from the tiles' roots up. */
struct upper {
    struct hash *nodes;
    size_t count;
    size_t room;
};

struct tiles {
    struct tiles_source source;
    struct merkle frontier;
    struct tile last; /* the one that grows */
    uint64_t turn;
    struct upper upper[UPPER_LEVELS];
    struct tile kept[TILES_KEPT];
};

/* Where level `level` begins among a tile's nodes. */
static size_t
level_start(unsigned level)
{
    return 2 * (size_t)TILE_LEAVES - ((2 * (size_t)TILE_LEAVES) >> level);
}

enum err
tiles_new(const struct tiles_source *source, struct tiles **out)
{
    struct tiles *tiles = calloc(1, sizeof *tiles);

    *out = NULL;
    if (tiles == NULL)
        return ERR_NOMEM;
    tiles->source = *source;
    merkle_init(&tiles->frontier);
    *out = tiles;
    return ERR_OK;
}

void
tiles_free(struct tiles **tiles)
{
    if (*tiles != NULL)
        for (size_t i = 0; i < UPPER_LEVELS; i++)
            free((*tiles)->upper[i].nodes);
    free(*tiles);
    *tiles = NULL;
}

/* Make room for one more node at every level, so that adding them cannot fail half way. */
static enum err
reserve_upper(struct tiles *tiles)
{
    for (size_t level = 0; level < UPPER_LEVELS; level++) {
        struct upper *upper = &tiles->upper[level];
        if (upper->count < upper->room)
            continue;
        size_t room = upper->room == 0 ? 4 : 2 * upper->room;
        struct hash *nodes = realloc(upper->nodes, room * sizeof *nodes);
        if (nodes == NULL)
            return ERR_NOMEM;
        upper->nodes = nodes;
        upper->room = room;
    }
    return ERR_OK;
}

static void
add_upper(struct tiles *tiles, struct hash node)
{
    for (size_t level = 0; level < UPPER_LEVELS; level++) {
        struct upper *upper = &tiles->upper[level];
        upper->nodes[upper->count++] = node;
        if (upper->count % 2 == 1)
            return;
        node = merkle_node_hash(&upper->nodes[upper->count - 2], &upper->nodes[upper->count - 1]);
    }
}

/* Set leaf `index` of a tile and every node that is whole with it. */
static void
tile_set(struct tile *tile, size_t index, const struct hash *leaf_hash)
{
    tile->nodes[index] = *leaf_hash;
    for (unsigned level = 0; level < TILE_LEVELS && index % 2 == 1; level++, index /= 2) {
        const struct hash *pair = &tile->nodes[level_start(level) + index - 1];
        tile->nodes[level_start(level + 1) + index / 2] = merkle_node_hash(pair, pair + 1);
    }
}

enum err
tiles_reserve(struct tiles *tiles)
{
    if (tiles->frontier.leaf_count == MERKLE_LEAVES_MAX)
        return ERR_FULL;
    return tiles->frontier.leaf_count % TILE_LEAVES == TILE_LEAVES - 1 ? reserve_upper(tiles)
                                                                       : ERR_OK;
}

enum err
tiles_append(struct tiles *tiles, const struct hash *leaf_hash)
{
    size_t index = tiles->frontier.leaf_count % TILE_LEAVES;
    enum err err = tiles_reserve(tiles);

    if (err == ERR_OK)
        err = merkle_append(&tiles->frontier, leaf_hash);
    if (err != ERR_OK)
        return err;
    tile_set(&tiles->last, index, leaf_hash);
    if (index == TILE_LEAVES - 1)
        add_upper(tiles, tiles->last.nodes[TILE_NODES - 1]);
    return ERR_OK;
}

uint64_t
tiles_size(const struct tiles *tiles)
{
    return tiles->frontier.leaf_count;
}

struct hash
tiles_root(const struct tiles *tiles)
{
    return merkle_root(&tiles->frontier);
}

/* Tile `number` with its nodes, from memory or the source. */
static enum err
load_tile(struct tiles *tiles, uint64_t number, const struct tile **out)
{
    struct tile *oldest = &tiles->kept[0];
    struct hash leaves[TILE_LEAVES];

    if (number == tiles->frontier.leaf_count / TILE_LEAVES) {
        *out = &tiles->last;
        return ERR_OK;
    }
    for (size_t i = 0; i < TILES_KEPT; i++) {
        struct tile *tile = &tiles->kept[i];
        if (tile->used != 0 && tile->number == number) {
            tile->used = ++tiles->turn;
            *out = tile;
            return ERR_OK;
        }
        if (tile->used < oldest->used)
            oldest = tile;
    }
    enum err err = tiles->source.read(tiles->source.store, number, leaves);
    if (err != ERR_OK)
        return err;
    for (size_t i = 0; i < TILE_LEAVES; i++)
        tile_set(oldest, i, &leaves[i]);
    oldest->number = number;
    oldest->used = ++tiles->turn;
    *out = oldest;
    return ERR_OK;
}

/* The node over the 2^level leaves from index << level on, all of which exist. */
static enum err
find_node(struct tiles *tiles, unsigned level, uint64_t index, struct hash *out)
{
    const struct tile *tile = NULL;

    if (level >= TILE_LEVELS) {
        const struct upper *upper = &tiles->upper[level - TILE_LEVELS];
        assert(index < upper->count);
        *out = upper->nodes[index];
        return ERR_OK;
    }
    enum err err = load_tile(tiles, index >> (TILE_LEVELS - level), &tile);
    if (err != ERR_OK)
        return err;
    *out = tile->nodes[level_start(level) + index % ((size_t)TILE_LEAVES >> level)];
    return ERR_OK;
}

enum err
tiles_edge(struct tiles *tiles, uint64_t size, struct tiles_edge *out)
{
    struct tiles_edge edge = {.size = size};
    struct hash left;
    enum err err = ERR_OK;

    if (size == 0 || size > tiles->frontier.leaf_count)
        return ERR_RANGE;
    uint64_t last = size - 1;
    err = find_node(tiles, 0, last, &edge.levels[0]);
    for (unsigned level = 0; err == ERR_OK && level < MERKLE_LEVELS_MAX; level++, last /= 2) {
        edge.levels[level + 1] = edge.levels[level];
        if (last % 2 == 0)
            continue;
        err = find_node(tiles, level, last - 1, &left);
        if (err == ERR_OK)
            edge.levels[level + 1] = merkle_node_hash(&left, &edge.levels[level]);
    }
    if (err == ERR_OK)
        *out = edge;
    return err;
}

/* From the node (level, index) up to the root, the siblings on the way are added to `path`. */
static enum err
climb(struct tiles *tiles, unsigned level, uint64_t index, const struct tiles_edge *edge,
      struct hash *path, size_t *len)
{
    uint64_t last = (edge->size - 1) >> level;
    enum err err = ERR_OK;

    for (; err == ERR_OK && last > 0; level++, index /= 2, last /= 2) {
        if (index % 2 == 1)
            err = find_node(tiles, level, index - 1, &path[(*len)++]);
        else if (index + 1 == last)
            path[(*len)++] = edge->levels[level];
        else if (index < last)
            err = find_node(tiles, level, index + 1, &path[(*len)++]);
    }
    return err;
}

enum err
tiles_path(struct tiles *tiles, uint64_t leaf, const struct tiles_edge *edge,
           struct hash path[MERKLE_LEVELS_MAX], size_t *len)
{
    if (leaf >= edge->size)
        return ERR_RANGE;
    *len = 0;
    return climb(tiles, 0, leaf, edge, path, len);
}

enum err
tiles_consistency(struct tiles *tiles, uint64_t older, const struct tiles_edge *edge,
                  struct hash path[MERKLE_CONSISTENCY_MAX], size_t *len)
{
    unsigned level = 0;
    enum err err = ERR_OK;

    if (older > edge->size)
        return ERR_RANGE;
    *len = 0;
    if (older == 0 || older == edge->size)
        return ERR_OK;
    uint64_t index = older - 1;
    for (; index % 2 == 1; index /= 2) /* the largest whole subtree that ends where `older` ends */
        level++;
    if (index > 0) /* else it is all of the older tree, whose root the verifier has */
        err = find_node(tiles, level, index, &path[(*len)++]);
    return err != ERR_OK ? err : climb(tiles, level, index, edge, path, len);
}
