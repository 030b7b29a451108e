#include "proto/tile.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { GROUP = 1000, GROUP_DIGITS = 3, GROUPS_OF_U64 = 7, LENGTH_BYTES = 2 };

static_assert(sizeof(struct hash) == HASH_BYTES); /* arrays of hashes are the tiles' bytes */
static_assert(MERKLE_LEVELS_MAX % TILE_HEIGHT == 0);
static_assert(ENTRY_BYTES_MAX <= UINT16_MAX);

/* Where the nodes of `height` begin: 256 of height 0, 128 of height 1 and so on lie before. */
static unsigned
first_of(unsigned height)
{
    const unsigned leaves = TILE_WIDTH;

    return 2 * leaves - ((2 * leaves) >> height);
}

void
tile_append(struct tile_nodes *tile, unsigned width, const struct hash *hash)
{
    unsigned index = width, height = 0;

    assert(width < TILE_WIDTH);
    tile->nodes[index] = *hash;
    while (index & 1) {
        const struct hash *pair = &tile->nodes[first_of(height) + index - 1];
        height++;
        index >>= 1;
        tile->nodes[first_of(height) + index] = merkle_node_hash(&pair[0], &pair[1]);
    }
}

const struct hash *
tile_node(const struct tile_nodes *tile, unsigned height, unsigned index)
{
    assert(height <= TILE_HEIGHT);
    assert(index < (unsigned)TILE_WIDTH >> height);
    return &tile->nodes[first_of(height) + index];
}

bool
tile_next_new(uint64_t old_size, uint64_t new_size, struct tile_ref *ref)
{
    unsigned level = ref->level;
    uint64_t number = ref->number + 1;

    assert(old_size <= new_size);
    assert(new_size <= MERKLE_LEAVES_MAX);
    if (ref->width == 0) {
        level = 0;
        number = old_size / TILE_WIDTH;
    }
    for (; level < TILE_LEVELS; level++) {
        uint64_t old_hashes = old_size >> (TILE_HEIGHT * level);
        uint64_t hashes = new_size >> (TILE_HEIGHT * level);
        if (hashes == old_hashes)
            return false; /* then no level above has grown either */
        if (number * TILE_WIDTH < hashes) {
            uint64_t left = hashes - number * TILE_WIDTH;
            *ref = (struct tile_ref){
                level, left < TILE_WIDTH ? (unsigned)left : (unsigned)TILE_WIDTH, number};
            return true;
        }
        number = (old_size >> (TILE_HEIGHT * (level + 1))) / TILE_WIDTH;
    }
    return false;
}

size_t
tile_path_format(const struct tile_ref *ref, char out[TILE_PATH_MAX + 1])
{
    unsigned groups[GROUPS_OF_U64];
    size_t count = 0, len = 0;
    uint64_t rest = ref->number;

    assert(ref->level <= TILE_LEVEL_ENTRIES);
    assert(ref->width >= 1 && ref->width <= TILE_WIDTH);
    do {
        groups[count++] = (unsigned)(rest % GROUP);
        rest /= GROUP;
    } while (rest > 0);

    if (ref->level == TILE_LEVEL_ENTRIES)
        len = (size_t)snprintf(out, TILE_PATH_MAX + 1, "tile/entries");
    else
        len = (size_t)snprintf(out, TILE_PATH_MAX + 1, "tile/%u", ref->level);
    while (count > 0) {
        count--;
        len += (size_t)snprintf(out + len, TILE_PATH_MAX + 1 - len, "/%s%03u", count > 0 ? "x" : "",
                                groups[count]);
    }
    if (ref->width < TILE_WIDTH)
        len += (size_t)snprintf(out + len, TILE_PATH_MAX + 1 - len, ".p/%u", ref->width);
    assert(len <= TILE_PATH_MAX);
    return len;
}

enum err
tile_bundle_append(struct span entry, uint8_t *out, size_t out_max, size_t *len)
{
    assert(*len <= out_max);
    if (entry.len > ENTRY_BYTES_MAX)
        return ERR_RANGE;
    if (out_max - *len < LENGTH_BYTES + entry.len)
        return ERR_FULL;
    out[*len] = (uint8_t)(entry.len >> 8);
    out[*len + 1] = (uint8_t)entry.len;
    if (entry.len > 0)
        memcpy(out + *len + LENGTH_BYTES, entry.data, entry.len);
    *len += LENGTH_BYTES + entry.len;
    return ERR_OK;
}

enum err
tile_bundle_next(struct span *rest, struct span *entry)
{
    if (rest->len < LENGTH_BYTES)
        return ERR_FORMAT;
    size_t len = (size_t)rest->data[0] << 8 | rest->data[1];
    if (rest->len - LENGTH_BYTES < len)
        return ERR_FORMAT;
    *entry = (struct span){rest->data + LENGTH_BYTES, len};
    *rest = (struct span){entry->data + len, rest->len - LENGTH_BYTES - len};
    return ERR_OK;
}
