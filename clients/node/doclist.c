#include "clients/node/doclist.h"

#include "proto/bytes.h"

#include <assert.h>
#include <endian.h>
#include <sodium.h>
#include <string.h>

static const uint8_t MAGIC[8] = {'D', 'N', 'R', 'D', 'L', 'I', 'S', 'T'};

enum {
    AT_VERSION = 8,
    AT_PAGE_BYTES = 12,
    AT_KEY = 16,
    AT_RECORDS = 32,
    AT_DATA_PAGES = 40,
    AT_AS_OF = 48,
    AT_IMPORTED = 56,
    AT_MAX_AGE = 64,
    AT_REJECTED = 72,
    AT_REVIEW = 80,
    AT_NAME = 84
};

static_assert(crypto_shorthash_BYTES == DOCLIST_CHECK_BYTES);
static_assert(crypto_shorthash_KEYBYTES == DOCLIST_KEY_BYTES);
static_assert(IMPORTED_BYTES_MAX < DOCLIST_ROOM - DOCLIST_COUNT_BYTES);

struct doclist_shape
doclist_shape(uint64_t data_pages)
{
    struct doclist_shape shape = {.levels = 0};
    uint64_t next = 1; /* after the header */

    assert(data_pages <= DOCLIST_DATA_PAGES_MAX);
    shape.first[0] = next;
    shape.pages[0] = data_pages;
    next += data_pages;
    while (shape.pages[shape.levels] > 1) {
        uint64_t below = shape.pages[shape.levels];
        shape.levels++;
        assert(shape.levels <= DOCLIST_LEVELS_MAX);
        shape.first[shape.levels] = next;
        shape.pages[shape.levels] = (below + DOCLIST_FANOUT - 1) / DOCLIST_FANOUT;
        next += shape.pages[shape.levels];
    }
    shape.file_pages = next;
    return shape;
}

/* ---- checks */

/* The number goes in last: the tag would else not know where the page stood. */
static void
make_check(const struct doclist_page *page, const uint8_t *key, uint64_t number,
           uint8_t out[DOCLIST_CHECK_BYTES])
{
    uint8_t mixed[DOCLIST_KEY_BYTES];
    uint8_t place[8];

    bytes_put_u64(place, number);
    memcpy(mixed, key, sizeof mixed);
    for (size_t i = 0; i < sizeof place; i++)
        mixed[i] ^= place[i];
    crypto_shorthash(out, page->bytes, DOCLIST_ROOM, mixed);
}

void
doclist_seal(struct doclist_page *page, const uint8_t key[DOCLIST_KEY_BYTES], uint64_t number)
{
    make_check(page, key, number, page->bytes + DOCLIST_ROOM);
}

bool
doclist_is_sealed(const struct doclist_page *page, const uint8_t key[DOCLIST_KEY_BYTES],
                  uint64_t number)
{
    uint8_t check[DOCLIST_CHECK_BYTES];

    make_check(page, key, number, check);
    return memcmp(check, page->bytes + DOCLIST_ROOM, sizeof check) == 0;
}

/* ---- header */

void
doclist_put_header(const struct doclist_header *header, struct doclist_page *out)
{
    uint8_t *bytes = out->bytes;

    memset(bytes, 0, sizeof out->bytes);
    memcpy(bytes, MAGIC, sizeof MAGIC);
    bytes_put_u32(bytes + AT_VERSION, DOCLIST_VERSION);
    bytes_put_u32(bytes + AT_PAGE_BYTES, DOCLIST_PAGE_BYTES);
    memcpy(bytes + AT_KEY, header->key, DOCLIST_KEY_BYTES);
    bytes_put_u64(bytes + AT_RECORDS, header->records);
    bytes_put_u64(bytes + AT_DATA_PAGES, header->data_pages);
    bytes_put_u64(bytes + AT_AS_OF, header->as_of_ms);
    bytes_put_u64(bytes + AT_IMPORTED, header->imported_ms);
    bytes_put_u64(bytes + AT_MAX_AGE, header->max_age_ms);
    bytes_put_u64(bytes + AT_REJECTED, header->rejected);
    bytes_put_u32(bytes + AT_REVIEW, header->first_review);
    memcpy(bytes + AT_NAME, header->name, strlen(header->name));
    doclist_seal(out, header->key, 0);
}

enum err
doclist_get_header(const struct doclist_page *page, struct doclist_header *out)
{
    const uint8_t *bytes = page->bytes;
    struct doclist_header header = {.records = 0};

    if (memcmp(bytes, MAGIC, sizeof MAGIC) != 0)
        return ERR_FORMAT;
    if (bytes_get_u32(bytes + AT_VERSION) != DOCLIST_VERSION ||
        bytes_get_u32(bytes + AT_PAGE_BYTES) != DOCLIST_PAGE_BYTES)
        return ERR_UNKNOWN;
    memcpy(header.key, bytes + AT_KEY, DOCLIST_KEY_BYTES);
    if (!doclist_is_sealed(page, header.key, 0))
        return ERR_CORRUPT;
    header.records = bytes_get_u64(bytes + AT_RECORDS);
    header.data_pages = bytes_get_u64(bytes + AT_DATA_PAGES);
    header.as_of_ms = bytes_get_u64(bytes + AT_AS_OF);
    header.imported_ms = bytes_get_u64(bytes + AT_IMPORTED);
    header.max_age_ms = bytes_get_u64(bytes + AT_MAX_AGE);
    header.rejected = bytes_get_u64(bytes + AT_REJECTED);
    header.first_review = bytes_get_u32(bytes + AT_REVIEW);
    memcpy(header.name, bytes + AT_NAME, IMPORTED_SOURCE_BYTES);
    if (header.data_pages > DOCLIST_DATA_PAGES_MAX || header.records < header.data_pages ||
        (header.records > 0 && header.data_pages == 0) ||
        memchr(header.name, '\0', sizeof header.name) == NULL)
        return ERR_CORRUPT;
    *out = header;
    return ERR_OK;
}

/* ---- data pages */

static void
put_count(struct doclist_page *page, unsigned count)
{
    page->bytes[0] = (uint8_t)(count >> 8);
    page->bytes[1] = (uint8_t)count;
}

static unsigned
get_count(const struct doclist_page *page)
{
    return (unsigned)page->bytes[0] << 8 | page->bytes[1];
}

void
doclist_fill_begin(struct doclist_fill *fill)
{
    memset(fill, 0, sizeof *fill);
    fill->used = DOCLIST_COUNT_BYTES;
}

bool
doclist_fill_add(struct doclist_fill *fill, struct span record)
{
    if (record.len > DOCLIST_ROOM - fill->used)
        return false;
    memcpy(fill->page.bytes + fill->used, record.data, record.len);
    fill->used += record.len;
    fill->count++;
    put_count(&fill->page, fill->count);
    return true;
}

enum err
doclist_cursor_begin(const struct doclist_page *page, struct doclist_cursor *cursor)
{
    unsigned count = get_count(page);

    if (count == 0 || count > DOCLIST_ROOM / IMPORTED_FIXED_BYTES)
        return ERR_CORRUPT;
    *cursor = (struct doclist_cursor){page, DOCLIST_COUNT_BYTES, count};
    return ERR_OK;
}

enum err
doclist_cursor_next(struct doclist_cursor *cursor, struct span *record, struct imported_key *key)
{
    if (cursor->left == 0)
        return ERR_NOT_FOUND;
    const struct span rest = {cursor->page->bytes + cursor->at, DOCLIST_ROOM - cursor->at};
    enum err err = imported_peek(rest, key);
    if (err != ERR_OK)
        return err;
    *record = (struct span){rest.data, key->bytes};
    cursor->at += key->bytes;
    cursor->left--;
    return ERR_OK;
}

/* ---- index pages */

static uint8_t *
key_at(struct doclist_page *page, unsigned i)
{
    return page->bytes + DOCLIST_COUNT_BYTES + (size_t)i * DOCLIST_INDEX_KEY_BYTES;
}

bool
doclist_add_key(struct doclist_page *page, struct confusion_key key)
{
    unsigned count = get_count(page);

    if (count == DOCLIST_FANOUT)
        return false;
    bytes_put_u64(key_at(page, count), key.high);
    bytes_put_u64(key_at(page, count) + 8, key.low);
    put_count(page, count + 1);
    return true;
}

/* bytes_get_u64, but in line: a look-up reads some fifty of them. */
static uint64_t
get_u64(const uint8_t *bytes)
{
    uint64_t value = 0;

    memcpy(&value, bytes, sizeof value);
    return be64toh(value);
}

enum err
doclist_child(const struct doclist_page *page, struct confusion_key key, unsigned *out)
{
    const uint8_t *keys = page->bytes + DOCLIST_COUNT_BYTES;
    unsigned low = 0, high = get_count(page);

    if (high == 0 || high > DOCLIST_FANOUT)
        return ERR_CORRUPT;
    while (low < high) { /* ends: the distance halves */
        const unsigned middle = low + (high - low) / 2;
        const uint8_t *at = keys + (size_t)middle * DOCLIST_INDEX_KEY_BYTES;
        const struct confusion_key there = {get_u64(at), get_u64(at + 8)};
        if (confusion_key_compare(there, key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *out = low == 0 ? 0 : low - 1;
    return ERR_OK;
}

/* ---- order */

static int
compare_bytes(const void *left, size_t left_len, const void *right, size_t right_len)
{
    size_t len = left_len < right_len ? left_len : right_len;
    int order = memcmp(left, right, len);

    return order != 0 ? order : (left_len > right_len) - (left_len < right_len);
}

int
doclist_compare(struct span left, struct span right)
{
    struct imported_key a = {NULL, 0, 0, 0, 0}, b = a;
    enum err err = imported_peek(left, &a);

    if (err == ERR_OK)
        err = imported_peek(right, &b);
    assert(err == ERR_OK);
    int order = confusion_key_compare(confusion_key(a.number, a.number_len),
                                      confusion_key(b.number, b.number_len));
    if (order == 0)
        order = (a.state > b.state) - (a.state < b.state);
    if (order == 0)
        order = compare_bytes(a.number, a.number_len, b.number, b.number_len);
    return order != 0 ? order : compare_bytes(left.data, left.len, right.data, right.len);
}
