/* The SQLite store: its file, and all that writes to it. */
#include "relay/io/store_inner.h"

#include "proto/hash.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Few rows and pages a message or batch: leaf hashes go to `partial`, a small block at a time,
 * until their tile is full; entries stand many to a row, ids and slots lie in the order in which
 * they come, a body's key tells when it may go, so that expiry needs no index. */
static const char SCHEMA[] =
    "CREATE TABLE entries(first INTEGER PRIMARY KEY, count INTEGER NOT NULL, data BLOB NOT NULL);"
    "CREATE TABLE tiles(key INTEGER PRIMARY KEY, hashes BLOB NOT NULL);"
    "CREATE TABLE partial(block INTEGER PRIMARY KEY, hashes BLOB NOT NULL);"
    "CREATE TABLE messages(key BLOB PRIMARY KEY, hash BLOB NOT NULL, leaf INTEGER NOT NULL,"
    " superseded_by INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE bodies(key INTEGER PRIMARY KEY, data BLOB NOT NULL);"
    "CREATE TABLE slots(key INTEGER PRIMARY KEY, leaf INTEGER NOT NULL);"
    "CREATE TABLE deliveries(message INTEGER NOT NULL, member INTEGER NOT NULL,"
    " status INTEGER NOT NULL, tag INTEGER NOT NULL, leaf INTEGER NOT NULL,"
    " place INTEGER NOT NULL, PRIMARY KEY(message, member, status, tag)) WITHOUT ROWID;"
    "CREATE TABLE mailboxes(number INTEGER PRIMARY KEY, member TEXT NOT NULL UNIQUE,"
    " flash_last INTEGER NOT NULL, rest_last INTEGER NOT NULL, unacknowledged INTEGER NOT NULL);"
    "CREATE TABLE documents(number INTEGER PRIMARY KEY, type INTEGER NOT NULL,"
    " member TEXT NOT NULL, version INTEGER NOT NULL, leaf INTEGER NOT NULL,"
    " hash BLOB NOT NULL UNIQUE, data BLOB NOT NULL);"
    "CREATE TABLE published(size INTEGER PRIMARY KEY, note TEXT NOT NULL,"
    " witnessed_ms INTEGER NOT NULL);"
    "CREATE INDEX witnessed ON published(size) WHERE witnessed_ms > 0;"
    "CREATE TABLE erasing(leaf INTEGER PRIMARY KEY);"
    "CREATE TABLE checkpoint(one INTEGER PRIMARY KEY CHECK (one = 1), note TEXT NOT NULL);";

static const char *const STEPS[] = {SCHEMA};
static const struct db_schema DB_SCHEMA = {
    .application_id = 0x44524c59, /* DRLY */
    .steps = STEPS,
    .steps_len = sizeof STEPS / sizeof STEPS[0],
};

static const char *const SQL[STATEMENTS] = {
    [PUT_ENTRIES] = "INSERT INTO entries VALUES(?,?,?)",
    [PUT_TILE] = "INSERT OR REPLACE INTO tiles VALUES(?,?)",
    [PUT_PARTIAL] = "INSERT OR REPLACE INTO partial VALUES(?,?)",
    [END_PARTIAL] = "DELETE FROM partial WHERE block<?",
    [PUT_MESSAGE] = "INSERT INTO messages VALUES(?,?,?,0)",
    [PUT_BODY] = "INSERT INTO bodies VALUES(?,?)",
    [PUT_SLOT] = "INSERT INTO slots VALUES(?,?)",
    [PUT_SUPERSEDED] = "UPDATE messages SET superseded_by=? WHERE key=?",
    [PUT_DELIVERY] = "INSERT OR IGNORE INTO deliveries VALUES(?,?,?,?,?,?)",
    [PUT_DOCUMENT] = "INSERT INTO documents VALUES(?,?,?,?,?,?,?)",
    [PUT_PUBLISHED] = "INSERT OR REPLACE INTO published VALUES(?,?,?)",
    [PUT_ERASING] = "INSERT OR IGNORE INTO erasing VALUES(?)",
    [PUT_MAILBOX] = "INSERT OR REPLACE INTO mailboxes VALUES(?,?,?,?,?)",
    [PUT_CHECKPOINT] = "INSERT OR REPLACE INTO checkpoint VALUES(1,?)",
    [ERASE_BODY] = "DELETE FROM bodies WHERE key=?",
    [END_ERASING] = "DELETE FROM erasing WHERE leaf=?",
    [FIND_MESSAGE] = "SELECT hash, leaf, superseded_by FROM messages WHERE key=?",
    [FIND_ENTRIES] = "SELECT first, count, data FROM entries WHERE first<=?"
                     " ORDER BY first DESC LIMIT 1",
    [FIND_SLOT] = "SELECT leaf FROM slots WHERE key=?",
    [FIND_BODY] = "SELECT data FROM bodies WHERE key=?",
    [FIND_DELIVERY] = "SELECT leaf FROM deliveries WHERE message=? AND member=? AND status=?"
                      " AND tag=?",
    [HAS_DELIVERY] = "SELECT 1 FROM deliveries WHERE message=? AND member=? LIMIT 1",
    [LIST_DELIVERIES] = "SELECT member, status, leaf, place FROM deliveries WHERE message=?"
                        " LIMIT ?",
    [FIND_DOCUMENT] = "SELECT type, leaf, data FROM documents WHERE number=?",
    [FIND_DOCUMENT_HASH] = "SELECT number, leaf FROM documents WHERE hash=?",
    [FIND_PUBLISHED] = "SELECT size, witnessed_ms, note FROM published WHERE size=?",
    [FIND_PUBLISHED_BEFORE] = "SELECT size, witnessed_ms, note FROM published WHERE size<?"
                              " ORDER BY size DESC LIMIT 1",
    [NEWEST_PUBLISHED] = "SELECT size, witnessed_ms, note FROM published ORDER BY size DESC"
                         " LIMIT 1",
    [NEWEST_WITNESSED] = "SELECT size, witnessed_ms, note FROM published WHERE witnessed_ms > 0"
                         " ORDER BY size DESC LIMIT 1",
    [FIND_MAILBOX] = "SELECT member, flash_last, rest_last, unacknowledged FROM mailboxes"
                     " WHERE number=?",
    [FIND_TILE] = "SELECT hashes FROM tiles WHERE key=?",
    [FIND_PARTIAL] = "SELECT hashes FROM partial WHERE block=?",
    [FIND_CHECKPOINT] = "SELECT note FROM checkpoint WHERE one=1",
    [LIST_ERASING] = "SELECT leaf FROM erasing ORDER BY leaf LIMIT ?",
    [LIST_EXPIRED] = "SELECT key FROM bodies WHERE key<? ORDER BY key LIMIT ?",
};

/*
 * The directory is locked, so nobody else opens the file: no lock is taken and given back for each
 * batch.  Pages that every batch writes go from the journal into the file seldom.
 */
static const char TUNING[] = "PRAGMA locking_mode=EXCLUSIVE; PRAGMA wal_autocheckpoint=3000;"
                             " PRAGMA cache_size=-8192";

enum err
store_open(const char *path, enum store_mode mode, struct store **out)
{
    static const enum db_mode MODES[] = {
        [STORE_CREATE] = DB_CREATE, [STORE_OPEN] = DB_OPEN, [STORE_READ] = DB_READ};
    struct store *store = calloc(1, sizeof *store);

    *out = NULL;
    if (store == NULL)
        return ERR_NOMEM;
    enum err err = db_open(path, MODES[mode], &DB_SCHEMA, &store->db);
    if (err == ERR_OK && mode != STORE_READ)
        err = db_exec(store->db, TUNING);
    for (size_t i = 0; err == ERR_OK && i < STATEMENTS; i++)
        err = db_prepare(store->db, SQL[i], &store->statements[i]);
    if (err != ERR_OK) {
        store_close(&store);
        return err;
    }
    *out = store;
    return ERR_OK;
}

void
store_close(struct store **store)
{
    if (*store != NULL) {
        for (size_t i = 0; i < STATEMENTS; i++)
            db_finalize(&(*store)->statements[i]);
        /* If it cannot be, all stays in both as it was. */
        if ((*store)->db != NULL && sqlite3_db_readonly((*store)->db, "main") == 0)
            (void)db_empty_log((*store)->db);
        db_close(&(*store)->db);
    }
    free(*store);
    *store = NULL;
}

struct store_key
store_key(uint32_t sender, const struct id *id)
{
    struct store_key key;

    bytes_put_u32(key.bytes, sender);
    memcpy(key.bytes + 4, id->bytes, ID_BYTES);
    return key;
}

uint64_t
store_tile_key(const struct tile_ref *tile)
{
    return (uint64_t)tile->level << MERKLE_LEVELS_MAX | tile->number;
}

uint64_t
store_partial_key(uint64_t number, unsigned at)
{
    return number * (TILE_WIDTH / PARTIAL_WIDTH) + at / PARTIAL_WIDTH;
}

uint64_t
store_body_key(uint64_t leaf, uint64_t keep_until_ms)
{
    uint64_t hour = keep_until_ms / HOUR_MS + 1;
    const uint64_t hour_max = (UINT64_C(1) << HOUR_BITS_MAX) - 1;

    return (hour < hour_max ? hour : hour_max) << MERKLE_LEVELS_MAX | leaf;
}

uint64_t
store_slot_key(uint32_t mailbox, struct slot slot)
{
    uint64_t lane = slot.lane == DENREI__V1__LANE__LANE_FLASH ? 0 : 1;

    return ((uint64_t)mailbox << 1 | lane) << MERKLE_LEVELS_MAX | slot.number;
}

/* Run `which` with these values, or end the process. */
#define PUT(store, which, ...)                                                                     \
    must((store), DB_BIND((store)->statements[which], __VA_ARGS__), (which))

static void
must(struct store *store, enum err bound, enum statement which)
{
    enum err err = bound;

    assert(store->is_open);
    if (err == ERR_OK)
        err = db_run(store->statements[which]);
    if (err != ERR_OK)
        db_die(store->db, SQL[which]);
}

void
store_begin(struct store *store)
{
    if (store->is_open)
        return;
    if (db_exec(store->db, "BEGIN IMMEDIATE") != ERR_OK)
        db_die(store->db, "begin");
    store->is_open = true;
}

bool
store_is_open(const struct store *store)
{
    return store->is_open;
}

static void
flush_entries(struct store *store)
{
    struct store_bundle *pending = &store->pending;

    if (pending->count == 0)
        return;
    PUT(store, PUT_ENTRIES, db_u64(pending->first), db_u64(pending->count),
        db_bytes(pending->bytes, pending->len));
    pending->count = 0;
    pending->len = 0;
}

void
store_commit(struct store *store, const struct ledger_sealed *sealed)
{
    flush_entries(store);
    PUT(store, PUT_CHECKPOINT, db_text(sealed->note));
    if (db_exec(store->db, "COMMIT") != ERR_OK)
        db_die(store->db, "commit");
    store->is_open = false;
}

bool
store_empty_log(struct store *store)
{
    assert(!store->is_open);
    enum err err = db_empty_log(store->db);
    if (err != ERR_OK && err != ERR_BUSY)
        db_die(store->db, "empty the journal");
    return err == ERR_OK;
}

void
store_put_entry(struct store *store, uint64_t leaf, struct span bytes)
{
    struct store_bundle *pending = &store->pending;

    assert(bytes.len <= ENTRY_BYTES_MAX);
    if (pending->len + 2 + bytes.len > BUNDLE_BYTES)
        flush_entries(store);
    if (pending->count == 0)
        pending->first = leaf;
    assert(leaf == pending->first + pending->count);
    enum err err = tile_bundle_append(bytes, pending->bytes, sizeof pending->bytes, &pending->len);
    assert(err == ERR_OK);
    pending->count++;
}

/* The blocks of the growing tile that have more hashes than when they were last put. */
static void
put_partial(struct store *store, const struct tile_ref *tile, const struct hash *hashes)
{
    unsigned put = store->partial_number == tile->number ? store->partial_width : 0;

    for (unsigned at = put / PARTIAL_WIDTH * PARTIAL_WIDTH; at < tile->width; at += PARTIAL_WIDTH) {
        size_t width = tile->width - at < PARTIAL_WIDTH ? tile->width - at : PARTIAL_WIDTH;
        PUT(store, PUT_PARTIAL, db_u64(store_partial_key(tile->number, at)),
            db_bytes(hashes + at, width * sizeof *hashes));
    }
    store->partial_number = tile->number;
    store->partial_width = tile->width;
}

void
store_put_tile(struct store *store, const struct tile_ref *tile, const struct hash *hashes)
{
    if (tile->level == 0 && tile->width < TILE_WIDTH) {
        put_partial(store, tile, hashes);
        return;
    }
    if (tile->level == 0)
        PUT(store, END_PARTIAL, db_u64(store_partial_key(tile->number + 1, 0)));
    PUT(store, PUT_TILE, db_u64(store_tile_key(tile)),
        db_bytes(hashes, tile->width * sizeof *hashes));
}

void
store_put_message(struct store *store, const struct relay_effect *effect)
{
    const struct checked_message *checked = effect->message.checked;
    const struct envelope *envelope = &checked->envelope;
    const struct store_key key = store_key(effect->message.sender, &checked->header.id);
    size_t wraps_len = envelope->wraps_count * WRAP_BYTES;
    uint64_t leaf = effect->message.leaf;

    PUT(store, PUT_MESSAGE, db_bytes(key.bytes, sizeof key.bytes),
        db_bytes(checked->message_hash.bytes, HASH_BYTES), db_u64(leaf));
    assert(wraps_len + envelope->body.len <= sizeof store->body);
    memcpy(store->body, envelope->wraps, wraps_len);
    memcpy(store->body + wraps_len, envelope->body.data, envelope->body.len);
    PUT(store, PUT_BODY, db_u64(store_body_key(leaf, effect->message.keep_until_ms)),
        db_bytes(store->body, wraps_len + envelope->body.len));
    for (size_t i = 0; i < checked->header.to_count; i++)
        PUT(store, PUT_SLOT,
            db_u64(store_slot_key(effect->message.recipients[i], effect->message.slots[i])),
            db_u64(leaf));
}

void
store_put_superseded(struct store *store, uint32_t sender, const struct id *id, uint64_t by_leaf)
{
    const struct store_key key = store_key(sender, id);

    PUT(store, PUT_SUPERSEDED, db_u64(by_leaf), db_bytes(key.bytes, sizeof key.bytes));
}

void
store_put_deliveries(struct store *store, const struct relay_effect *effect)
{
    for (size_t i = 0; i < effect->deliveries.count; i++) {
        const struct relay_delivery *delivery = &effect->deliveries.list[i];
        PUT(store, PUT_DELIVERY, db_u64(delivery->message_leaf), db_u64(effect->deliveries.member),
            db_u64((uint64_t)delivery->status), db_u64(delivery->credential_tag),
            db_u64(effect->deliveries.leaf), db_u64(delivery->index));
    }
}

void
store_put_document(struct store *store, const struct relay_effect *effect)
{
    const struct checked_document *checked = effect->document.checked;

    PUT(store, PUT_DOCUMENT, db_u64(effect->document.number), db_u64((uint64_t)checked->type),
        db_text(checked->member), db_u64(checked->version), db_u64(effect->document.leaf),
        db_bytes(checked->hash.bytes, HASH_BYTES), db_blob(checked->bytes));
}

void
store_put_published(struct store *store, uint64_t size, struct span note, uint64_t witnessed_ms)
{
    PUT(store, PUT_PUBLISHED, db_u64(size), db_text_span(note), db_u64(witnessed_ms));
}

void
store_put_erasing(struct store *store, uint64_t leaf)
{
    PUT(store, PUT_ERASING, db_u64(leaf));
}

void
store_put_mailbox(struct store *store, const struct mailbox *mailbox)
{
    PUT(store, PUT_MAILBOX, db_u64(mailbox->number), db_text(mailbox->member),
        db_u64(mailbox->flash_last), db_u64(mailbox->rest_last), db_u64(mailbox->unacknowledged));
}

void
store_erase_body(struct store *store, uint64_t leaf, uint64_t keep_until_ms)
{
    PUT(store, ERASE_BODY, db_u64(store_body_key(leaf, keep_until_ms)));
}

void
store_end_erasing(struct store *store, uint64_t leaf)
{
    PUT(store, END_ERASING, db_u64(leaf));
}
