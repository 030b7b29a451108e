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

/* Cut a decimal number off `rest`; values beyond `most` are cut down to `most` + 1. */
static unsigned
take_number(struct span *rest, unsigned most)
{
    unsigned value = 0;

    while (rest->len > 0 && rest->data[0] >= '0' && rest->data[0] <= '9') {
        value = value * 10 + (unsigned)(rest->data[0] - '0');
        if (value > most)
            value = most + 1;
        *rest = (struct span){rest->data + 1, rest->len - 1};
    }
    return value;
}

static bool
take_text(struct span *rest, const char *text)
{
    size_t len = strlen(text);

    if (rest->len < len || memcmp(rest->data, text, len) != 0)
        return false;
    *rest = (struct span){rest->data + len, rest->len - len};
    return true;
}

/* What is read loosely here is accepted only if writing it gives the same bytes. */
enum err
tile_path_parse(struct span path, struct tile_ref *out)
{
    struct tile_ref ref = {.width = TILE_WIDTH};
    char again[TILE_PATH_MAX + 1];
    struct span rest = path;
    bool has_more = true;

    if (path.len > TILE_PATH_MAX || !take_text(&rest, "tile/"))
        return ERR_FORMAT;
    if (take_text(&rest, "entries"))
        ref.level = TILE_LEVEL_ENTRIES;
    else
        ref.level = take_number(&rest, TILE_LEVEL_MAX);
    for (int i = 0; has_more && i < GROUPS_OF_U64; i++) {
        if (!take_text(&rest, "/"))
            return ERR_FORMAT;
        has_more = take_text(&rest, "x");
        unsigned group = take_number(&rest, GROUP - 1);
        if (group == GROUP || ref.number > (UINT64_MAX - group) / GROUP)
            return ERR_FORMAT;
        ref.number = ref.number * GROUP + group;
    }
    if (take_text(&rest, ".p/"))
        ref.width = take_number(&rest, TILE_WIDTH);
    if (ref.width == 0 || ref.width > TILE_WIDTH || tile_path_format(&ref, again) != path.len ||
        memcmp(again, path.data, path.len) != 0)
        return ERR_FORMAT;
    *out = ref;
    return ERR_OK;
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
