/*
 * doclist.h - the pages of an imported list of documents: a sorted, immutable file that is looked
 * up as it lies on the disk.
 *
 * Pure: bytes alone; doclist_file.h reads them, doclist_writer.h writes them.
 *
 * A file is pages of DOCLIST_PAGE_BYTES.  Page 0 is the header.  The data pages follow, then the
 * first level of the index over them, the second over the first, up to a level of one page; a list
 * of one data page has no index.  Each page ends in its check, SipHash-2-4 under the file's own
 * random key of the page's number and its other bytes: a page that was damaged, moved, or is of
 * another file does not pass.  Integers are big-endian.
 *
 *     header  magic "DNRDLIST", version (4), page size (4), key (16), records (8), data pages (8),
 *             as_of_ms, imported_ms, max_age_ms, rejected (8 each), first review (4), name (33),
 *             zeros; what the levels are follows from the number of data pages
 *     data    records in the page (2), the records (imported.h) one after the other, zeros
 *     index   keys in the page (2), the keys (16 bytes each: confusion.h): key i is that of the
 *             first record below page number i * DOCLIST_FANOUT of the level below; zeros
 *
 * Records ascend by skeleton, issuing state, number, and then by their bytes; no two are the same.
 */
#ifndef CLIENTS_NODE_DOCLIST_H
#define CLIENTS_NODE_DOCLIST_H

#include "clients/node/confusion.h"
#include "clients/node/imported.h"

enum {
    DOCLIST_VERSION = 1,
    DOCLIST_PAGE_BYTES = 1024,
    DOCLIST_CHECK_BYTES = 8,
    DOCLIST_KEY_BYTES = 16, /* of the check */
    DOCLIST_COUNT_BYTES = 2,
    DOCLIST_ROOM = DOCLIST_PAGE_BYTES - DOCLIST_CHECK_BYTES,
    DOCLIST_INDEX_KEY_BYTES = 16,
    DOCLIST_FANOUT = (DOCLIST_ROOM - DOCLIST_COUNT_BYTES) / DOCLIST_INDEX_KEY_BYTES,
    DOCLIST_LEVELS_MAX = 6 /* of the index; 63^5 data pages and more */
};

#define DOCLIST_DATA_PAGES_MAX (UINT64_C(1) << 32)

/* What the header says. */
struct doclist_header {
    uint8_t key[DOCLIST_KEY_BYTES];
    uint64_t records;
    uint64_t data_pages;
    uint64_t as_of_ms;     /* date of the data */
    uint64_t imported_ms;  /* when they came here */
    uint64_t max_age_ms;   /* older data say nothing */
    uint64_t rejected;     /* rows of the source that were no records */
    uint32_t first_review; /* earliest review date (imported_pack_date); 0: no records */
    char name[IMPORTED_SOURCE_BYTES];
};

/* Where the levels lie; level 0 is the data.  Follows from the number of data pages. */
struct doclist_shape {
    unsigned levels; /* of the index */
    uint64_t first[DOCLIST_LEVELS_MAX + 1];
    uint64_t pages[DOCLIST_LEVELS_MAX + 1];
    uint64_t file_pages;
};

/* A page in memory; begins zeroed. */
struct doclist_page {
    uint8_t bytes[DOCLIST_PAGE_BYTES];
};

/* The shape for 0 to DOCLIST_DATA_PAGES_MAX data pages. */
struct doclist_shape doclist_shape(uint64_t data_pages);

/* Write the header's page, with its check. */
void doclist_put_header(const struct doclist_header *header, struct doclist_page *out);

/*
 * Read it.
 * ERR_FORMAT: not such a file.  ERR_UNKNOWN: of another version.  ERR_CORRUPT: damaged.
 */
enum err doclist_get_header(const struct doclist_page *page, struct doclist_header *out);

/* Put the check of page `number` of the file with `key`; whether it has the right one. */
void doclist_seal(struct doclist_page *page, const uint8_t key[DOCLIST_KEY_BYTES], uint64_t number);
bool doclist_is_sealed(const struct doclist_page *page, const uint8_t key[DOCLIST_KEY_BYTES],
                       uint64_t number);

/* How a data page is filled: records are added until one does not fit. */
struct doclist_fill {
    struct doclist_page page;
    size_t used; /* bytes, the count's included; 0: not begun */
    unsigned count;
};

/* Begin an empty page; add a record's bytes; false: it does not fit, and nothing was added. */
void doclist_fill_begin(struct doclist_fill *fill);
bool doclist_fill_add(struct doclist_fill *fill, struct span record);

/* Add a key to an index page; false: it is full. */
bool doclist_add_key(struct doclist_page *page, struct confusion_key key);

/*
 * The child of an index page where a search for `key` goes on: the last whose key is below it, else
 * the first.  ERR_CORRUPT: the page's count cannot be.
 */
enum err doclist_child(const struct doclist_page *page, struct confusion_key key, unsigned *out);

/* Going over the records of a data page. */
struct doclist_cursor {
    const struct doclist_page *page;
    size_t at;
    unsigned left;
};

/* Begin.  ERR_CORRUPT: the page's count cannot be. */
enum err doclist_cursor_begin(const struct doclist_page *page, struct doclist_cursor *cursor);

/* The next record's bytes, borrowed from the page.  ERR_NOT_FOUND: no more.  ERR_CORRUPT. */
enum err doclist_cursor_next(struct doclist_cursor *cursor, struct span *record,
                             struct imported_key *key);

/* The order of records: below, at, or above 0.  Both are whole records. */
int doclist_compare(struct span left, struct span right);

#endif /* CLIENTS_NODE_DOCLIST_H */
