/*
 * store_inner.h - what the halves of the SQLite store share; included by store_sqlite*.c only.
 *
 * Host.
 */
#ifndef RELAY_IO_STORE_INNER_H
#define RELAY_IO_STORE_INNER_H

#include "proto/io/db.h"
#include "relay/io/store.h"

enum {
    BUNDLE_BYTES = 16 << 10, /* entries that stand in one row, unless one alone is longer */
    BUNDLE_BYTES_MAX = BUNDLE_BYTES + 2 + ENTRY_BYTES_MAX,
    WRAPPED_BODY_MAX = RECIPIENTS_MAX * WRAP_BYTES + BODY_BYTES_MAX,
    MESSAGE_KEY_BYTES = 4 + ID_BYTES,
    PARTIAL_WIDTH = 32, /* leaf hashes in a row until their tile is full */
    HOUR_BITS_MAX = 23, /* of an hour since 1970 in a body's key: until the year 2926 */
};

enum statement {
    PUT_ENTRIES,
    PUT_TILE,
    PUT_PARTIAL,
    END_PARTIAL,
    PUT_MESSAGE,
    PUT_BODY,
    PUT_SLOT,
    PUT_SUPERSEDED,
    PUT_DELIVERY,
    PUT_DOCUMENT,
    PUT_PUBLISHED,
    PUT_ERASING,
    PUT_MAILBOX,
    PUT_CHECKPOINT,
    ERASE_BODY,
    END_ERASING,
    FIND_MESSAGE,
    FIND_ENTRIES,
    FIND_SLOT,
    FIND_BODY,
    FIND_DELIVERY,
    HAS_DELIVERY,
    LIST_DELIVERIES,
    FIND_DOCUMENT,
    FIND_DOCUMENT_HASH,
    FIND_PUBLISHED,
    FIND_PUBLISHED_BEFORE,
    NEWEST_PUBLISHED,
    NEWEST_WITNESSED,
    FIND_MAILBOX,
    FIND_TILE,
    FIND_PARTIAL,
    FIND_CHECKPOINT,
    LIST_ERASING,
    LIST_EXPIRED,
    STATEMENTS
};

/* Consecutive entries, each a big-endian length of two bytes and its bytes, as tlog-tiles has. */
struct store_bundle {
    uint64_t first;
    size_t count;
    size_t len;
    uint8_t bytes[BUNDLE_BYTES_MAX];
};

struct store {
    sqlite3 *db;
    bool is_open; /* a batch */
    sqlite3_stmt *statements[STATEMENTS];
    struct store_bundle pending; /* of the batch, not yet a row */
    struct store_bundle last;    /* the one read last; count 0: none */
    uint64_t partial_number; /* the tile of leaf hashes that grows, and how much of it was put */
    unsigned partial_width;
    uint8_t body[WRAPPED_BODY_MAX];
};

/* The key of a message: sender's number and id. */
struct store_key {
    uint8_t bytes[MESSAGE_KEY_BYTES];
};
struct store_key store_key(uint32_t sender, const struct id *id);

/* A tile's level and number in one. */
uint64_t store_tile_key(const struct tile_ref *tile);

/* The block of leaf hashes that begins with hash `at` of tile `number`. */
uint64_t store_partial_key(uint64_t number, unsigned at);

/* Bodies lie in the order of the hour in which they may go. */
uint64_t store_body_key(uint64_t leaf, uint64_t keep_until_ms);
uint64_t store_slot_key(uint32_t mailbox, struct slot slot);

#endif /* RELAY_IO_STORE_INNER_H */
