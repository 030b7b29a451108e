/*
 * store.h - where the relay's state lies on disk: the narrow interface that every kind of store
 * has.  Behind it is SQLite (store_sqlite*.c), one file.
 *
 * Host.  Belongs to one thread.  Writing functions end the process when the store fails: memory
 * is ahead of the disk then, and a retry could seem to succeed (SECURITY S2).  Between
 * store_begin and store_commit what was put is found again, but is not on disk.
 */
#ifndef RELAY_IO_STORE_H
#define RELAY_IO_STORE_H

#include "relay/relay.h"

enum { STORE_TRACK_MAX = 2048 };

struct store;

enum store_mode { STORE_CREATE, STORE_OPEN, STORE_READ };

/*
 * Open the store at `path`.  On ERR_OK the caller owns *out and must store_close it; otherwise
 * *out is NULL.  ERR_EXISTS: STORE_CREATE, and there is one.  ERR_NOT_FOUND: there is none.
 * ERR_CORRUPT, ERR_FORMAT: damaged, or of something else.  Else as db_open.
 */
enum err store_open(const char *path, enum store_mode mode, struct store **out);

/* Empty the journal if that can be, close, and set *store to NULL; NULL is left alone. */
void store_close(struct store **store);

/* ---- writing */

/* Begin a batch unless one is open. */
void store_begin(struct store *store);

bool store_is_open(const struct store *store); /* a batch */

/* The batch, with the checkpoint that covers it, is on stable storage after this. */
void store_commit(struct store *store, const struct ledger_sealed *sealed);

/* Each of the following puts into the open batch. */

/* The next entry of the log. */
void store_put_entry(struct store *store, uint64_t leaf, struct span bytes);

/* The tile->width hashes of a tile that is new or wider than before. */
void store_put_tile(struct store *store, const struct tile_ref *tile, const struct hash *hashes);

/* What RELAY_PUT_MESSAGE says: index, wraps and body, and the recipients' slots. */
void store_put_message(struct store *store, const struct relay_effect *effect);

/* That the message (sender's number, id) was superseded by the one at `by_leaf`. */
void store_put_superseded(struct store *store, uint32_t sender, const struct id *id,
                          uint64_t by_leaf);

/* What RELAY_PUT_DELIVERIES says; a receipt that is there already stays as it is. */
void store_put_deliveries(struct store *store, const struct relay_effect *effect);

/* What RELAY_PUT_DOCUMENT says. */
void store_put_document(struct store *store, const struct relay_effect *effect);

/* A published checkpoint of `size`, or the same with more cosignatures. */
void store_put_published(struct store *store, uint64_t size, struct span note,
                         uint64_t witnessed_ms);

/* A mailbox as it is now. */
void store_put_mailbox(struct store *store, const struct mailbox *mailbox);

/* That the message at `leaf` was withdrawn, so that its body is to be erased; and that it was. */
void store_put_erasing(struct store *store, uint64_t leaf);
void store_end_erasing(struct store *store, uint64_t leaf);

/* Erase the body of the message at `leaf`, put with `keep_until_ms`; nothing if it is gone. */
void store_erase_body(struct store *store, uint64_t leaf, uint64_t keep_until_ms);

/*
 * Put what the journal holds into the file and empty it, so that erased bodies are in neither; no
 * batch may be open.  False: it cannot be now.
 */
bool store_empty_log(struct store *store);

/* ---- reading: ERR_NOT_FOUND where there is none, ERR_CORRUPT where it is not as it was put,
 * else as db_err says; spans are copies in `arena` (ERR_NOMEM) */

struct store_message {
    struct hash hash;
    uint64_t leaf;
    uint64_t superseded_by; /* 0: none */
};

/* The message (sender's number, id). */
enum err store_find_message(struct store *store, uint32_t sender, const struct id *id,
                            struct store_message *out);

/* The bytes of the entry at `leaf`. */
enum err store_find_entry(struct store *store, uint64_t leaf, struct arena *arena,
                          struct span *out);

/* Entries from `leaf` on, as many as were put together with it; fewer than `max` if so. */
enum err store_find_entries(struct store *store, uint64_t leaf, size_t max, struct arena *arena,
                            struct span *list, size_t *count);

/* The leaf of the message that stands in a mailbox's slot. */
enum err store_find_slot(struct store *store, uint32_t mailbox, struct slot slot, uint64_t *leaf);

/* Wraps and, after them, the body. */
enum err store_find_body(struct store *store, uint64_t leaf, uint64_t keep_until_ms,
                         struct arena *arena, struct span *out);

/* Whether they are there. */
enum err store_has_body(struct store *store, uint64_t leaf, uint64_t keep_until_ms, bool *out);

/* A receipt by its message, member, status and tag; its leaf. */
enum err store_find_delivery(struct store *store, uint32_t member,
                             const struct relay_delivery *delivery, uint64_t *leaf);

/* Whether the member gave any receipt for the message. */
enum err store_has_delivery(struct store *store, uint64_t message_leaf, uint32_t member, bool *out);

struct store_delivery {
    uint32_t member;
    Denrei__V1__DeliveryStatus status;
    uint64_t leaf;
    uint32_t index;
};

/* The receipts of one message, at most `max`. */
enum err store_list_deliveries(struct store *store, uint64_t message_leaf,
                               struct store_delivery *list, size_t max, size_t *count);

struct store_document {
    uint64_t number;
    Denrei__V1__DocumentType type;
    uint64_t leaf;
    struct span bytes;
};

/* The document with this number, from 1. */
enum err store_find_document(struct store *store, uint64_t number, struct arena *arena,
                             struct store_document *out);

/* The number and leaf of the document with this document hash. */
enum err store_find_document_hash(struct store *store, const struct hash *hash, uint64_t *number,
                                  uint64_t *leaf);

struct store_published {
    uint64_t size;
    uint64_t witnessed_ms; /* 0: no quorum */
    struct span note;
};

/* The published checkpoint of exactly `size`. */
enum err store_find_published(struct store *store, uint64_t size, struct arena *arena,
                              struct store_published *out);

/* The newest that is smaller than `size`. */
enum err store_find_published_before(struct store *store, uint64_t size, struct arena *arena,
                                     struct store_published *out);

/* The newest of all, or the newest with a quorum. */
enum err store_newest_published(struct store *store, bool is_witnessed, struct arena *arena,
                                struct store_published *out);

/* The mailbox with this number; the numbers in use begin with 0 and have no gap. */
enum err store_find_mailbox(struct store *store, uint32_t number, struct mailbox *out);

/* The first tile->width hashes of a tile. */
enum err store_find_tile(struct store *store, const struct tile_ref *tile, struct hash *hashes);

/* The signed checkpoint of the last batch. */
enum err store_find_checkpoint(struct store *store, struct arena *arena, struct span *out);

/* Leaves whose bodies are to be erased: at most `max`; first those that were withdrawn. */
enum err store_list_erasing(struct store *store, uint64_t *leaves, size_t max, size_t *count);
enum err store_list_expired(struct store *store, uint64_t erasable_ms, uint64_t *leaves, size_t max,
                            size_t *count);

/* SQLite's check of the file.  ERR_CORRUPT. */
enum err store_check_file(struct store *store);

/* How many rows stand in a table that the log accounts for: messages, slots, deliveries. */
struct store_counts {
    uint64_t messages, slots, deliveries, documents, entries;
};
enum err store_count(struct store *store, struct store_counts *out);

#endif /* RELAY_IO_STORE_H */
