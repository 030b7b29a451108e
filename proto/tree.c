#include "proto/tree.h"

#include "proto/hash.h"

#include <stdlib.h>
#include <string.h>

enum {
    UPPER = TILE_LEVELS - 1, /* levels above the leaf hashes */
    UPPER_RECENT_MAX = 4,    /* one covers 2^16 leaves and more: a batch touches two at most */
    OLD_MAX = 64,
    UPPER_OLD_MAX = 16,
    EDGES_MAX = 2 /* of the newest size and of the last published one */
};

/* A place for a tile; empty while width is 0. */
struct slot {
    uint64_t number;
    unsigned level;
    unsigned width;
    struct tile_nodes tile;
};

/* The right edge of the tree of `leaf_count` leaves; unused while that is 0. */
struct edge {
    uint64_t leaf_count;
    struct hash below[MERKLE_LEVELS_MAX + 1]; /* [k]: the root over the last leaf_count mod 2^k */
};

struct tree {
    struct tile_reader reader;
    uint64_t leaf_count;
    size_t edge_next; /* to be replaced */
    struct edge edges[EDGES_MAX];
    struct slot recent[TREE_RECENT_MAX]; /* appended to, never evicted by reads */
    struct slot upper_recent[UPPER][UPPER_RECENT_MAX];
    struct slot old[OLD_MAX]; /* what reads brought in */
    struct slot upper_old[UPPER_OLD_MAX];
};

static struct slot *
recent_slot(struct tree *tree, unsigned level, uint64_t number)
{
    assert(level < TILE_LEVELS);
    if (level == 0)
        return &tree->recent[number % TREE_RECENT_MAX];
    return &tree->upper_recent[level - 1][number % UPPER_RECENT_MAX];
}

static struct slot *
old_slot(struct tree *tree, unsigned level, uint64_t number)
{
    if (level == 0)
        return &tree->old[number % OLD_MAX];
    return &tree->upper_old[(number + level) % UPPER_OLD_MAX];
}

static bool
holds(const struct slot *slot, unsigned level, uint64_t number)
{
    return slot->width > 0 && slot->level == level && slot->number == number;
}

static const struct tile_nodes *
find_tile(struct tree *tree, unsigned level, uint64_t number)
{
    const struct slot *slot = recent_slot(tree, level, number);

    if (!holds(slot, level, number))
        slot = old_slot(tree, level, number);
    return holds(slot, level, number) ? &slot->tile : NULL;
}

/* Read the tile into `slot`, which is empty if that fails. */
static enum err
read_tile(struct tree *tree, const struct tile_ref *ref, struct slot *slot)
{
    struct hash hashes[TILE_WIDTH];

    slot->width = 0;
    enum err err = tree->reader.read(tree->reader.context, ref, hashes);
    if (err != ERR_OK)
        return err;
    for (unsigned i = 0; i < ref->width; i++)
        tile_append(&slot->tile, i, &hashes[i]);
    slot->level = ref->level;
    slot->number = ref->number;
    slot->width = ref->width;
    return ERR_OK;
}

/* Read a full tile whose parent is in memory, and hold it against what the parent says. */
static enum err
read_child(struct tree *tree, unsigned level, uint64_t number)
{
    const struct tile_nodes *parent = find_tile(tree, level + 1, number / TILE_WIDTH);
    struct tile_ref ref = {level, TILE_WIDTH, number};
    struct slot *slot = old_slot(tree, level, number);

    assert(parent != NULL);
    /* A copy: the child may take its parent's place. */
    struct hash root = *tile_node(parent, 0, (unsigned)(number % TILE_WIDTH));
    enum err err = read_tile(tree, &ref, slot);
    if (err == ERR_OK && !hash_is_equal(tile_node(&slot->tile, TILE_HEIGHT, 0), &root)) {
        slot->width = 0;
        return ERR_CORRUPT;
    }
    return err;
}

/*
 * Find a tile, reading it if need be, and those above it first.  Partial tiles are always in
 * memory and every full one has a parent, so the climb ends below TILE_LEVELS.
 */
static enum err
load_tile(struct tree *tree, unsigned level, uint64_t number, const struct tile_nodes **out)
{
    unsigned up = 0;

    while (find_tile(tree, level + up, number >> (TILE_HEIGHT * up)) == NULL)
        up++;
    while (up > 0) {
        up--;
        enum err err = read_child(tree, level + up, number >> (TILE_HEIGHT * up));
        if (err != ERR_OK)
            return err;
    }
    *out = find_tile(tree, level, number);
    return ERR_OK;
}

/* The root of the perfect subtree `index` of 2^height leaves; the tree has all of them. */
static enum err
load_node(struct tree *tree, unsigned height, uint64_t index, struct hash *out)
{
    unsigned inside = height % TILE_HEIGHT, rest = TILE_HEIGHT - inside;
    const struct tile_nodes *tile = NULL;
    enum err err = load_tile(tree, height / TILE_HEIGHT, index >> rest, &tile);

    assert((index + 1) << height <= tree->leaf_count);
    if (err != ERR_OK)
        return err;
    *out = *tile_node(tile, inside, (unsigned)(index & ((1u << rest) - 1)));
    return ERR_OK;
}

/* Fold the right edge of the first `leaf_count` (not 0) leaves, or find it folded. */
static enum err
load_edge(struct tree *tree, uint64_t leaf_count, const struct edge **out)
{
    struct edge edge = {.leaf_count = leaf_count};
    bool started = false;

    for (size_t i = 0; i < EDGES_MAX; i++) {
        if (tree->edges[i].leaf_count == leaf_count) {
            tree->edge_next = (i + 1) % EDGES_MAX;
            *out = &tree->edges[i];
            return ERR_OK;
        }
    }
    for (unsigned k = 0; k < MERKLE_LEVELS_MAX; k++) {
        edge.below[k + 1] = edge.below[k];
        if (((leaf_count >> k) & 1) == 0)
            continue;
        struct hash peak;
        enum err err = load_node(tree, k, (leaf_count >> k) - 1, &peak);
        if (err != ERR_OK)
            return err;
        edge.below[k + 1] = started ? merkle_node_hash(&peak, &edge.below[k]) : peak;
        started = true;
    }
    tree->edges[tree->edge_next] = edge;
    *out = &tree->edges[tree->edge_next];
    tree->edge_next = (tree->edge_next + 1) % EDGES_MAX;
    return ERR_OK;
}

/* The siblings from the perfect subtree `index` of 2^height leaves up to the root, of `edge`. */
static enum err
climb(struct tree *tree, unsigned height, uint64_t index, const struct edge *edge,
      struct hash *path, size_t *path_len)
{
    uint64_t leaf_count = edge->leaf_count;
    size_t len = *path_len;

    for (; (leaf_count - 1) >> height > 0; height++, index >>= 1) {
        uint64_t sibling = index ^ 1;
        enum err err = ERR_OK;
        if (sibling << height >= leaf_count)
            continue; /* none: this node rises unhashed */
        if ((sibling + 1) << height <= leaf_count)
            err = load_node(tree, height, sibling, &path[len]);
        else
            path[len] = edge->below[height];
        if (err != ERR_OK)
            return err;
        len++;
    }
    *path_len = len;
    return ERR_OK;
}

/* Read the last tile of each level where it is partial; the other tiles come when asked for. */
static enum err
read_edge(struct tree *tree)
{
    for (unsigned level = 0; level < TILE_LEVELS; level++) {
        uint64_t hashes = tree->leaf_count >> (TILE_HEIGHT * level);
        struct tile_ref ref = {level, hashes % TILE_WIDTH, hashes / TILE_WIDTH};
        if (ref.width == 0)
            continue;
        enum err err = read_tile(tree, &ref, recent_slot(tree, level, ref.number));
        if (err != ERR_OK)
            return err;
    }
    return ERR_OK;
}

enum err
tree_new(const struct merkle_head *head, const struct tile_reader *reader, struct tree **out)
{
    struct tree *tree = NULL;
    enum err err = ERR_OK;

    *out = NULL;
    if (head->leaf_count > MERKLE_LEAVES_MAX)
        return ERR_RANGE;
    tree = calloc(1, sizeof *tree);
    if (tree == NULL)
        return ERR_NOMEM;
    tree->reader = *reader;
    tree->leaf_count = head->leaf_count;
    err = read_edge(tree);
    if (err != ERR_OK)
        goto done;
    struct merkle_head reached = tree_head(tree);
    if (!hash_is_equal(&reached.root, &head->root)) {
        err = ERR_CORRUPT;
        goto done;
    }
    *out = tree;
    tree = NULL; /* now the caller's */

done:
    tree_free(&tree);
    return err;
}

void
tree_free(struct tree **tree)
{
    free(*tree);
    *tree = NULL;
}

uint64_t
tree_leaf_count(const struct tree *tree)
{
    return tree->leaf_count;
}

enum err
tree_append(struct tree *tree, const struct hash *leaf_hash)
{
    struct hash carry = *leaf_hash;

    if (tree->leaf_count == MERKLE_LEAVES_MAX)
        return ERR_FULL;
    for (unsigned level = 0; level < TILE_LEVELS; level++) {
        uint64_t index = tree->leaf_count >> (TILE_HEIGHT * level);
        struct slot *slot = recent_slot(tree, level, index / TILE_WIDTH);
        unsigned width = (unsigned)(index % TILE_WIDTH);

        tile_append(&slot->tile, width, &carry);
        slot->level = level;
        slot->number = index / TILE_WIDTH;
        slot->width = width + 1;
        if (slot->width < TILE_WIDTH)
            break;
        carry = *tile_node(&slot->tile, TILE_HEIGHT, 0);
    }
    tree->leaf_count++;
    return ERR_OK;
}

struct merkle_head
tree_head(struct tree *tree)
{
    struct merkle_head head = {.leaf_count = tree->leaf_count};
    enum err err = tree_root_at(tree, tree->leaf_count, &head.root);

    assert(err == ERR_OK); /* the peaks of the whole tree lie in its partial tiles */
    return head;
}

enum err
tree_root_at(struct tree *tree, uint64_t leaf_count, struct hash *root)
{
    const struct edge *edge = NULL;

    if (leaf_count > tree->leaf_count)
        return ERR_RANGE;
    if (leaf_count == 0) {
        *root = hash_spans(NULL, 0);
        return ERR_OK;
    }
    enum err err = load_edge(tree, leaf_count, &edge);
    if (err != ERR_OK)
        return err;
    *root = edge->below[MERKLE_LEVELS_MAX];
    return ERR_OK;
}

enum err
tree_inclusion(struct tree *tree, uint64_t index, uint64_t leaf_count,
               struct hash path[MERKLE_LEVELS_MAX], size_t *path_len)
{
    const struct edge *edge = NULL;
    size_t len = 0;

    if (index >= leaf_count || leaf_count > tree->leaf_count)
        return ERR_RANGE;
    enum err err = load_edge(tree, leaf_count, &edge);
    if (err == ERR_OK)
        err = climb(tree, 0, index, edge, path, &len);
    if (err == ERR_OK)
        *path_len = len;
    return err;
}

/* RFC 6962, 2.1.2: the smallest peak of the older tree, unless it is all of it, and its path. */
enum err
tree_consistency(struct tree *tree, uint64_t old_count, uint64_t new_count,
                 struct hash path[MERKLE_CONSISTENCY_MAX], size_t *path_len)
{
    const struct edge *edge = NULL;
    unsigned height = 0;
    size_t len = 0;

    if (old_count > new_count || new_count > tree->leaf_count)
        return ERR_RANGE;
    if (old_count == 0 || old_count == new_count) {
        *path_len = 0;
        return ERR_OK;
    }
    while (((old_count >> height) & 1) == 0)
        height++;
    uint64_t peak = (old_count >> height) - 1;
    enum err err = load_edge(tree, new_count, &edge);
    if (err == ERR_OK && peak > 0)
        err = load_node(tree, height, peak, &path[len++]);
    if (err == ERR_OK)
        err = climb(tree, height, peak, edge, path, &len);
    if (err == ERR_OK)
        *path_len = len;
    return err;
}

enum err
tree_tile(struct tree *tree, const struct tile_ref *ref, const struct hash **hashes)
{
    const struct tile_nodes *tile = NULL;

    if (ref->level >= TILE_LEVELS || ref->width == 0 || ref->width > TILE_WIDTH)
        return ERR_RANGE;
    uint64_t there = tree->leaf_count >> (TILE_HEIGHT * ref->level);
    if (ref->number > there / TILE_WIDTH || ref->number * TILE_WIDTH + ref->width > there)
        return ERR_RANGE;
    enum err err = load_tile(tree, ref->level, ref->number, &tile);
    if (err == ERR_OK)
        *hashes = tile->nodes;
    return err;
}
