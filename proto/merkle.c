#include "proto/merkle.h"

#include "proto/hash.h"

#include <stdbool.h>
#include <string.h>

/* Different first bytes keep a leaf from passing for an inner node (RFC 6962, 2.1). */
static const uint8_t LEAF_TAG = 0x00;
static const uint8_t NODE_TAG = 0x01;

struct hash
merkle_leaf_hash(struct span leaf)
{
    return merkle_leaf_hash_spans(&leaf, 1);
}

struct hash
merkle_leaf_hash_spans(const struct span *parts, size_t count)
{
    struct span tagged[1 + MERKLE_LEAF_PARTS_MAX] = {{&LEAF_TAG, sizeof LEAF_TAG}};

    assert(count <= MERKLE_LEAF_PARTS_MAX);
    for (size_t i = 0; i < count; i++)
        tagged[1 + i] = parts[i];
    return hash_spans(tagged, 1 + count);
}

struct hash
merkle_node_hash(const struct hash *left, const struct hash *right)
{
    uint8_t joined[1 + 2 * HASH_BYTES];
    struct span span = {joined, sizeof joined};

    joined[0] = NODE_TAG;
    memcpy(joined + 1, left->bytes, HASH_BYTES);
    memcpy(joined + 1 + HASH_BYTES, right->bytes, HASH_BYTES);
    return hash_spans(&span, 1);
}

void
merkle_init(struct merkle *tree)
{
    *tree = (struct merkle){.leaf_count = 0};
}

enum err
merkle_append(struct merkle *tree, const struct hash *leaf_hash)
{
    struct hash carry = *leaf_hash;
    unsigned level = 0;

    if (tree->leaf_count == MERKLE_LEAVES_MAX)
        return ERR_FULL;

    /* Adding one leaf is adding 1 in binary: each bit that carries joins two equal subtrees. */
    while ((tree->leaf_count >> level) & 1) {
        carry = merkle_node_hash(&tree->peaks[level], &carry);
        level++;
    }
    assert(level < MERKLE_LEVELS_MAX);
    tree->peaks[level] = carry;
    tree->leaf_count++;
    return ERR_OK;
}

struct hash
merkle_root(const struct merkle *tree)
{
    struct hash root = hash_spans(NULL, 0);
    bool started = false;

    assert(tree->leaf_count <= MERKLE_LEAVES_MAX);
    for (unsigned level = 0; level < MERKLE_LEVELS_MAX; level++) {
        if (((tree->leaf_count >> level) & 1) == 0)
            continue;
        root = started ? merkle_node_hash(&tree->peaks[level], &root) : tree->peaks[level];
        started = true;
    }
    return root;
}

enum err
merkle_root_from_path(const struct hash *leaf, uint64_t index, uint64_t leaf_count,
                      const struct hash *path, size_t path_len, struct hash *root)
{
    struct hash climb = *leaf;
    uint64_t node = index;

    if (index >= leaf_count)
        return ERR_RANGE;

    uint64_t last = leaf_count - 1;
    for (size_t i = 0; i < path_len; i++) {
        if (last == 0)
            return ERR_PROOF; /* too long: already at the root */
        if ((node & 1) == 1 || node == last) {
            climb = merkle_node_hash(&path[i], &climb);
            /* A last node without a right sibling rises unhashed until it is a right child. */
            while ((node & 1) == 0) { /* ends: node is odd, or equals last, which is not 0 */
                node >>= 1;
                last >>= 1;
            }
        } else {
            climb = merkle_node_hash(&climb, &path[i]);
        }
        node >>= 1;
        last >>= 1;
    }
    if (last != 0)
        return ERR_PROOF;
    *root = climb;
    return ERR_OK;
}

enum err
merkle_check_inclusion(const struct hash *leaf, uint64_t index, uint64_t leaf_count,
                       const struct hash *path, size_t path_len, const struct hash *root)
{
    struct hash reached;
    enum err err = merkle_root_from_path(leaf, index, leaf_count, path, path_len, &reached);

    if (err != ERR_OK)
        return err;
    return hash_is_equal(&reached, root) ? ERR_OK : ERR_PROOF;
}

/* For 0 < older < newer leaves: climb to both roots at once (RFC 9162, 2.1.4.2, steps 2 to 7). */
static enum err
check_growth(const struct merkle_head *older, const struct merkle_head *newer,
             const struct hash *path, size_t path_len)
{
    uint64_t node = older->leaf_count - 1, last = newer->leaf_count - 1;
    bool is_perfect = (older->leaf_count & node) == 0;
    size_t used = is_perfect ? 0 : 1;

    if (path_len == 0)
        return ERR_PROOF;
    while ((node & 1) == 1) {
        node >>= 1;
        last >>= 1;
    }

    /* An older tree that is perfect is itself the node to start from, so the path omits it. */
    struct hash old_root = is_perfect ? older->root : path[0];
    struct hash new_root = old_root;
    for (size_t i = used; i < path_len; i++) {
        if (last == 0)
            return ERR_PROOF; /* too long */
        if ((node & 1) == 1 || node == last) {
            old_root = merkle_node_hash(&path[i], &old_root);
            new_root = merkle_node_hash(&path[i], &new_root);
            while ((node & 1) == 0 && node != 0) {
                node >>= 1;
                last >>= 1;
            }
        } else {
            new_root = merkle_node_hash(&new_root, &path[i]);
        }
        node >>= 1;
        last >>= 1;
    }
    if (last != 0 || !hash_is_equal(&old_root, &older->root) ||
        !hash_is_equal(&new_root, &newer->root))
        return ERR_PROOF;
    return ERR_OK;
}

enum err
merkle_check_consistency(const struct merkle_head *older, const struct merkle_head *newer,
                         const struct hash *path, size_t path_len)
{
    struct hash empty_root = hash_spans(NULL, 0);

    if (older->leaf_count > newer->leaf_count)
        return ERR_RANGE;
    if (older->leaf_count == 0 && !hash_is_equal(&older->root, &empty_root))
        return ERR_PROOF;
    if (older->leaf_count == newer->leaf_count)
        return path_len == 0 && hash_is_equal(&older->root, &newer->root) ? ERR_OK : ERR_PROOF;
    if (older->leaf_count == 0)
        return path_len == 0 ? ERR_OK : ERR_PROOF;
    return check_growth(older, newer, path, path_len);
}

enum err
merkle_batch_init(struct merkle_batch *batch, const struct hash *leaves, size_t count)
{
    if (count == 0 || count > BATCH_MAX)
        return ERR_RANGE;

    batch->leaf_count = count;
    memcpy(batch->nodes, leaves, count * sizeof leaves[0]);
    struct hash *level = batch->nodes;
    for (size_t width = count; width > 1; width = (width + 1) / 2) {
        struct hash *above = level + width;
        for (size_t i = 0; i + 1 < width; i += 2)
            above[i / 2] = merkle_node_hash(&level[i], &level[i + 1]);
        if (width % 2 == 1) /* without a sibling it rises unhashed: RFC 6962's uneven split */
            above[width / 2] = level[width - 1];
        level = above;
    }
    return ERR_OK;
}

struct hash
merkle_batch_root(const struct merkle_batch *batch)
{
    size_t root = 0;

    for (size_t width = batch->leaf_count; width > 1; width = (width + 1) / 2)
        root += width;
    return batch->nodes[root];
}

size_t
merkle_batch_path(const struct merkle_batch *batch, size_t index, struct hash path[BATCH_PATH_MAX])
{
    const struct hash *level = batch->nodes;
    size_t path_len = 0;

    assert(index < batch->leaf_count);
    for (size_t width = batch->leaf_count; width > 1; width = (width + 1) / 2) {
        size_t sibling = index ^ 1;
        if (sibling < width)
            path[path_len++] = level[sibling];
        level += width;
        index /= 2;
    }
    return path_len;
}
