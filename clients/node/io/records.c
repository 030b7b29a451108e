#include "clients/node/io/records_inner.h"

#include "proto/io/disk.h"

#include <stdlib.h>
#include <string.h>

/*
 * `lost` and `lost_block` are looked into at every screening: their keys are all that a look-up
 * needs, and begin with the skeleton that all numbers share that readers confuse (confusion.h).  A
 * range of blanks lies in lost_block as decimal blocks (records_screen.c).
 */
static const char SCHEMA[] =
    "CREATE TABLE message(leaf INTEGER PRIMARY KEY, lane INTEGER NOT NULL,"
    " number INTEGER NOT NULL, sender TEXT NOT NULL, id BLOB NOT NULL, hash BLOB NOT NULL,"
    " state INTEGER NOT NULL, reason INTEGER NOT NULL, time INTEGER NOT NULL,"
    " received INTEGER NOT NULL, expires INTEGER NOT NULL, missing INTEGER NOT NULL,"
    " header BLOB NOT NULL, content BLOB, UNIQUE(lane, number), UNIQUE(id, sender));"
    "CREATE INDEX message_expires ON message(expires) WHERE content IS NOT NULL OR missing > 0;"
    "CREATE INDEX message_missing ON message(missing) WHERE missing > 0;"
    "CREATE TABLE thread(id BLOB PRIMARY KEY, beginner TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE step(thread BLOB NOT NULL, leaf INTEGER NOT NULL, unread INTEGER NOT NULL,"
    " reply INTEGER NOT NULL, steps INTEGER NOT NULL, PRIMARY KEY(thread, leaf)) WITHOUT ROWID;"
    "CREATE TABLE reply(id BLOB NOT NULL, leaf INTEGER NOT NULL, PRIMARY KEY(id, leaf))"
    " WITHOUT ROWID;"
    "CREATE TABLE lost(skeleton TEXT NOT NULL, number TEXT NOT NULL, state TEXT NOT NULL,"
    " leaf INTEGER NOT NULL, place INTEGER NOT NULL, until INTEGER NOT NULL,"
    " PRIMARY KEY(skeleton, number, state, leaf DESC, place)) WITHOUT ROWID;"
    "CREATE INDEX lost_leaf ON lost(leaf);"
    "CREATE TABLE lost_block(skeleton TEXT NOT NULL, block TEXT NOT NULL, state TEXT NOT NULL,"
    " leaf INTEGER NOT NULL, place INTEGER NOT NULL, until INTEGER NOT NULL,"
    " PRIMARY KEY(skeleton, block, state, leaf DESC, place)) WITHOUT ROWID;"
    "CREATE INDEX lost_block_leaf ON lost_block(leaf);"
    "CREATE TABLE person(id INTEGER PRIMARY KEY, leaf INTEGER NOT NULL,"
    " until INTEGER NOT NULL, writing INTEGER NOT NULL, form BLOB NOT NULL, facts BLOB NOT NULL);"
    "CREATE INDEX person_leaf ON person(leaf);"
    "CREATE TABLE person_key(key INTEGER NOT NULL, birth INTEGER NOT NULL,"
    " person INTEGER NOT NULL, PRIMARY KEY(key, birth, person)) WITHOUT ROWID;"
    "CREATE TABLE stop(sender TEXT NOT NULL, id BLOB NOT NULL,"
    " leaf INTEGER NOT NULL, state INTEGER NOT NULL, PRIMARY KEY(sender, id)) WITHOUT ROWID;"
    "CREATE TABLE receipt(sequence INTEGER PRIMARY KEY AUTOINCREMENT,"
    " bytes BLOB NOT NULL);"
    "CREATE TABLE hook(leaf INTEGER PRIMARY KEY, attempts INTEGER NOT NULL,"
    " due INTEGER NOT NULL);"
    "CREATE TABLE node(id INTEGER PRIMARY KEY CHECK(id = 1),"
    " flash_stored INTEGER NOT NULL, rest_stored INTEGER NOT NULL, flash_last INTEGER NOT NULL,"
    " rest_last INTEGER NOT NULL, head_time INTEGER NOT NULL, witnessed_time INTEGER NOT NULL,"
    " tree_size INTEGER NOT NULL);"
    /* a number is never given twice, so that a list tells from any that was there before */
    "CREATE TABLE import(generation INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE);";

static const char *const STEPS[] = {SCHEMA};

static const struct db_schema LAYOUT = {
    .application_id = 0x64726e32, /* "drn2" */
    .steps = STEPS,
    .steps_len = sizeof STEPS / sizeof STEPS[0],
};

#define COLUMNS                                                                                    \
    "leaf, lane, number, sender, id, hash, state, reason, time, received, header, content"

/* One by one: for a list with IN, SQLite would make a table of it at each look-up. */
#define ALIKE(value)                                                                               \
    "SELECT leaf, place, block, state FROM lost_block WHERE skeleton = " value " AND until > ?8"
#define OR_ALIKE(value) " UNION ALL " ALIKE(value)
static const char ALIKE_BLOCKS[] = ALIKE("?1") OR_ALIKE("?2") OR_ALIKE("?3") OR_ALIKE("?4")
    OR_ALIKE("?5") OR_ALIKE("?6") OR_ALIKE("?7") " LIMIT ?9";
static const char *const SQL[RECORDS_STATEMENTS] = {
    [RECORDS_PUT] = "INSERT INTO message(" COLUMNS ", expires, missing)"
                    " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
    [RECORDS_END] = "UPDATE message SET state = ?2, missing = 0 WHERE leaf = ?1",
    [RECORDS_ERASE] = "UPDATE message SET content = NULL WHERE leaf = ?1",
    [RECORDS_EXPIRED] = "SELECT leaf FROM message WHERE expires <= ?1"
                        " AND (content IS NOT NULL OR missing > 0) ORDER BY expires LIMIT 1",
    [RECORDS_DROP_DOCUMENTS] = "DELETE FROM lost WHERE leaf = ?1",
    [RECORDS_DROP_BLOCKS] = "DELETE FROM lost_block WHERE leaf = ?1",
    [RECORDS_PUT_DOCUMENT] = "INSERT INTO lost(skeleton, number, state, leaf, place, until)"
                             " VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
    [RECORDS_PUT_BLOCK] = "INSERT INTO lost_block(skeleton, block, state, leaf, place, until)"
                          " VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
    [RECORDS_PUT_PERSON] = "INSERT INTO person(leaf, until, writing, form, facts)"
                           " VALUES(?1, ?2, ?3, ?4, ?5)",
    [RECORDS_PUT_PERSON_KEY] = "INSERT INTO person_key(key, birth, person) VALUES(?1, ?2, ?3)",
    [RECORDS_DROP_PERSON] = "DELETE FROM person WHERE id = ?1",
    [RECORDS_DROP_PERSON_KEY] = "DELETE FROM person_key"
                                " WHERE key = ?1 AND birth = ?2 AND person = ?3",
    [RECORDS_PERSON_OF] = "SELECT id FROM person WHERE leaf = ?1 LIMIT 1",
    [RECORDS_PERSON_AT] = "SELECT leaf, until, form, facts FROM person WHERE id = ?1",
    [RECORDS_PERSON_KEY] = "SELECT person, birth FROM person_key WHERE key = ?1"
                           " AND birth BETWEEN ?2 AND ?3 LIMIT ?4",
    [RECORDS_PERSON_HAN] = "SELECT id FROM person WHERE leaf = ?1 AND writing = ?2 LIMIT 1",
    [RECORDS_PUT_STOP] = "INSERT OR REPLACE INTO stop(sender, id, leaf, state)"
                         " VALUES(?1, ?2, ?3, ?4)",
    [RECORDS_PUT_RECEIPT] = "INSERT INTO receipt(bytes) VALUES(?1)",
    [RECORDS_DROP_RECEIPTS] = "DELETE FROM receipt WHERE sequence <= ?1",
    [RECORDS_PUT_HOOK] = "INSERT OR REPLACE INTO hook(leaf, attempts, due) VALUES(?1, ?2, ?3)",
    [RECORDS_DROP_HOOK] = "DELETE FROM hook WHERE leaf = ?1",
    [RECORDS_PUT_VIEW] = "INSERT OR REPLACE INTO node VALUES(1, ?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [RECORDS_FIND] = "SELECT " COLUMNS " FROM message WHERE sender = ?1 AND id = ?2",
    [RECORDS_AT] = "SELECT " COLUMNS " FROM message WHERE leaf = ?1",
    [RECORDS_NEXT] = "SELECT " COLUMNS " FROM message WHERE leaf > ?1 ORDER BY leaf LIMIT 1",
    [RECORDS_FIND_PREFIX] = "SELECT leaf FROM message WHERE id >= ?1 AND id <= ?2"
                            " ORDER BY leaf LIMIT ?3",
    [RECORDS_PUT_THREAD] = "INSERT OR IGNORE INTO thread(id, beginner) VALUES(?1, ?2)",
    [RECORDS_PUT_REPLY] = "INSERT OR IGNORE INTO reply(id, leaf) VALUES(?1, ?2)",
    [RECORDS_PUT_STEP] = "INSERT INTO step(thread, leaf, unread, reply, steps)"
                         " VALUES(?1, ?2, ?3, ?4, ?5)",
    [RECORDS_STEPS] = "SELECT step.leaf, unread, reply, steps, message.time, message.state,"
                      " message.header FROM step JOIN message ON message.leaf = step.leaf"
                      " WHERE step.thread = ?1 ORDER BY step.leaf LIMIT ?2",
    [RECORDS_REPLIES] = "SELECT leaf FROM reply WHERE id = ?1 ORDER BY leaf LIMIT ?2",
    [RECORDS_FIND_THREAD] = "SELECT beginner FROM thread WHERE id = ?1",
    [RECORDS_FIND_STOP] = "SELECT leaf, state FROM stop WHERE sender = ?1 AND id = ?2",
    [RECORDS_RECEIPTS] = "SELECT sequence, bytes FROM receipt ORDER BY sequence LIMIT ?1",
    [RECORDS_NEXT_HOOK] = "SELECT leaf, attempts, due FROM hook ORDER BY due, leaf LIMIT 1",
    [RECORDS_PUT_IMPORT] = "INSERT OR REPLACE INTO import(name) VALUES(?1) RETURNING generation",
    [RECORDS_DROP_IMPORT] = "DELETE FROM import WHERE name = ?1",
    [RECORDS_SNAPSHOT] = "SELECT 1 FROM sqlite_schema LIMIT 1",
    /* a row in any case: lists can be there before the first fetch */
    [RECORDS_VIEW] = "SELECT ifnull(flash_stored, 0), ifnull(rest_stored, 0),"
                     " ifnull(flash_last, 0), ifnull(rest_last, 0), ifnull(head_time, 0),"
                     " ifnull(witnessed_time, 0), ifnull(tree_size, 0),"
                     " (SELECT count(*) FROM message WHERE missing = 1),"
                     " (SELECT count(*) FROM message WHERE missing = 2),"
                     " (SELECT count(*) FROM import),"
                     " (SELECT ifnull(max(generation), 0) FROM import)"
                     " FROM (SELECT 1) LEFT JOIN node",
    [RECORDS_IMPORTS] = "SELECT generation, name FROM import ORDER BY generation LIMIT ?1",
    [RECORDS_ALIKE] = "SELECT leaf, place, number, state FROM lost WHERE skeleton = ?1"
                      " AND until > ?2 LIMIT ?3",
    [RECORDS_ALIKE_BLOCK] = ALIKE_BLOCKS,
    [RECORDS_DOCUMENT] = "SELECT leaf, place, number, state FROM lost WHERE skeleton = ?1"
                         " AND number = ?2 AND state = ?3 AND until > ?4 LIMIT ?5",
    [RECORDS_BLOCK] = "SELECT leaf, place, block, state FROM lost_block WHERE skeleton = ?1"
                      " AND block = ?2 AND state = ?3 AND until > ?4 LIMIT ?5",
};

enum err
records_open(const char *dir, bool may_write, struct records **out)
{
    struct records *records = NULL;
    char path[DISK_PATH_BYTES];
    enum err err = disk_join(dir, "node.db", path);

    *out = NULL;
    if (err != ERR_OK)
        return err;
    records = calloc(1, sizeof *records);
    if (records == NULL)
        return ERR_NOMEM;
    err = db_open(path, may_write ? DB_CREATE : DB_READ, &LAYOUT, &records->db);
    for (size_t i = may_write ? 0 : RECORDS_WRITING_COUNT; i < RECORDS_STATEMENTS && err == ERR_OK;
         i++)
        err = db_prepare(records->db, SQL[i], &records->statements[i]);
    if (err == ERR_OK) /* at most; a look-up must not read pages again and again */
        err = db_exec(records->db, "PRAGMA cache_size=-65536");
    if (err != ERR_OK) {
        records_close(&records);
        return err;
    }
    *out = records;
    return ERR_OK;
}

void
records_close(struct records **records)
{
    if (*records == NULL)
        return;
    for (size_t i = 0; i < RECORDS_STATEMENTS; i++)
        db_finalize(&(*records)->statements[i]);
    db_close(&(*records)->db);
    free(*records);
    *records = NULL;
}

/* A statement at a row holds its snapshot, and with it all that the log has since. */
static void
end_reading(struct records *records)
{
    records->has_view = false; /* what this connection writes need not change the version */
    for (size_t i = RECORDS_WRITING_COUNT; i < RECORDS_STATEMENTS; i++)
        db_reset(records->statements[i]);
}

enum err
records_begin(struct records *records)
{
    end_reading(records);
    return db_exec(records->db, "BEGIN IMMEDIATE");
}

/* Until a reader lets go, or the disk has room, the next commit tries again. */
static void
empty_log(struct records *records)
{
    enum err err = db_empty_log(records->db);

    if (err == ERR_IO || err == ERR_CORRUPT)
        db_die(records->db, "checkpoint");
    records->has_erased = err != ERR_OK;
}

enum err
records_commit(struct records *records)
{
    end_reading(records);
    enum err err = db_exec(records->db, "COMMIT");
    if (err == ERR_OK && records->has_erased)
        empty_log(records);
    if (err == ERR_OK)
        return ERR_OK;
    if (err != ERR_NOSPACE && err != ERR_BUSY)
        db_die(records->db, "commit");
    records_rollback(records);
    return err;
}

void
records_rollback(struct records *records)
{
    end_reading(records);
    /* On a full disk SQLite has rolled back itself already; then this has nothing to do. */
    if (sqlite3_get_autocommit(records->db) == 0 && db_exec(records->db, "ROLLBACK") != ERR_OK)
        db_die(records->db, "rollback");
}

/* ---- reading */

static enum err
read_record(sqlite3_stmt *row, struct record *out)
{
    struct record record = {.leaf = 0};
    uint64_t numbers[7] = {0};
    static const int columns[7] = {0, 1, 2, 6, 7, 8, 9};
    struct span sender = {NULL, 0};
    enum err err = db_step(row);

    for (size_t i = 0; i < 7 && err == ERR_OK; i++)
        err = db_get_u64(row, columns[i], &numbers[i]);
    if (err == ERR_OK)
        err = db_get_text(row, 3, MEMBER_ID_MAX, &sender);
    if (err == ERR_OK)
        err = db_get_fixed(row, 4, record.id.bytes, ID_BYTES);
    if (err == ERR_OK)
        err = db_get_fixed(row, 5, record.hash.bytes, HASH_BYTES);
    if (err == ERR_OK)
        err = db_get_blob(row, 10, ENTRY_BYTES_MAX, &record.header);
    if (err == ERR_OK && !db_is_null(row, 11))
        err = db_get_blob(row, 11, CONTENT_BYTES_MAX, &record.content);
    if (err == ERR_OK && (numbers[3] < RECORD_LIVE || numbers[3] > RECORD_WITHDRAWAL))
        err = ERR_CORRUPT;
    if (err != ERR_OK)
        return err;
    record.leaf = numbers[0];
    record.slot.lane = (Denrei__V1__Lane)numbers[1];
    record.slot.number = numbers[2];
    record.sender = (const char *)sender.data;
    record.state = (enum record_state)numbers[3];
    record.reason = (uint32_t)numbers[4];
    record.time_ms = numbers[5];
    record.received_ms = numbers[6];
    *out = record;
    return ERR_OK;
}

enum err
records_find(struct records *records, const char *sender, const struct id *id, struct record *out)
{
    sqlite3_stmt *find = records->statements[RECORDS_FIND];
    enum err err = DB_BIND(find, db_text(sender), db_bytes(id->bytes, ID_BYTES));

    return err == ERR_OK ? read_record(find, out) : err;
}

enum err
records_at(struct records *records, uint64_t leaf, struct record *out)
{
    sqlite3_stmt *at = records->statements[RECORDS_AT];
    enum err err = DB_BIND(at, db_u64(leaf));

    return err == ERR_OK ? read_record(at, out) : err;
}

enum err
records_next(struct records *records, uint64_t after, struct record *out)
{
    sqlite3_stmt *next = records->statements[RECORDS_NEXT];
    enum err err = DB_BIND(next, db_u64(after));

    return err == ERR_OK ? read_record(next, out) : err;
}

/* Run a statement that lists leaves, at most `room`. */
static enum err
read_leaves(sqlite3_stmt *list, uint64_t *leaves, size_t room, size_t *count)
{
    enum err err = ERR_OK;
    size_t found = 0;

    while (err == ERR_OK && found < room) {
        err = db_step(list);
        if (err == ERR_OK)
            err = db_get_u64(list, 0, &leaves[found]);
        if (err == ERR_OK)
            found++;
    }
    db_reset(list);
    if (err != ERR_OK && err != ERR_NOT_FOUND)
        return err;
    *count = found;
    return ERR_OK;
}

enum err
records_find_prefix(struct records *records, const struct message_id_range *range, uint64_t *leaves,
                    size_t room, size_t *count)
{
    sqlite3_stmt *find = records->statements[RECORDS_FIND_PREFIX];
    enum err err = DB_BIND(find, db_bytes(range->low.bytes, ID_BYTES),
                           db_bytes(range->high.bytes, ID_BYTES), db_u64(room));

    return err == ERR_OK ? read_leaves(find, leaves, room, count) : err;
}

enum err
records_replies(struct records *records, const struct id *id, uint64_t *leaves, size_t room,
                size_t *count)
{
    sqlite3_stmt *list = records->statements[RECORDS_REPLIES];
    enum err err = DB_BIND(list, db_bytes(id->bytes, ID_BYTES), db_u64(room));

    return err == ERR_OK ? read_leaves(list, leaves, room, count) : err;
}

enum err
records_find_stop(struct records *records, const char *sender, const struct id *id, uint64_t *leaf,
                  enum record_state *state)
{
    sqlite3_stmt *find = records->statements[RECORDS_FIND_STOP];
    uint64_t number = 0;
    enum err err = DB_BIND(find, db_text(sender), db_bytes(id->bytes, ID_BYTES));

    if (err == ERR_OK)
        err = db_step(find);
    if (err != ERR_OK)
        return err;
    err = db_get_u64(find, 0, leaf);
    if (err == ERR_OK)
        err = db_get_u64(find, 1, &number);
    if (err == ERR_OK)
        *state = (enum record_state)number;
    db_reset(find);
    return err;
}

enum err
records_find_thread(struct records *records, const struct id *thread,
                    char beginner[MEMBER_ID_MAX + 1])
{
    sqlite3_stmt *find = records->statements[RECORDS_FIND_THREAD];
    struct span text = {NULL, 0};
    enum err err = DB_BIND(find, db_bytes(thread->bytes, ID_BYTES));

    if (err == ERR_OK)
        err = db_step(find);
    if (err == ERR_OK)
        err = db_get_text(find, 0, MEMBER_ID_MAX, &text);
    if (err == ERR_OK)
        memcpy(beginner, text.data, text.len + 1);
    db_reset(find);
    return err;
}

enum err
records_receipts(struct records *records, struct arena *arena,
                 struct record_receipt receipts[RECORDS_RECEIPTS_MAX], size_t *count)
{
    sqlite3_stmt *list = records->statements[RECORDS_RECEIPTS];
    size_t found = 0;
    enum err err = DB_BIND(list, db_u64(RECORDS_RECEIPTS_MAX));

    while (err == ERR_OK && found < RECORDS_RECEIPTS_MAX) {
        struct span bytes = {NULL, 0};
        err = db_step(list);
        if (err == ERR_OK)
            err = db_get_u64(list, 0, &receipts[found].sequence);
        if (err == ERR_OK)
            err = db_get_blob(list, 1, ENTRY_BYTES_MAX, &bytes);
        if (err != ERR_OK)
            break;
        receipts[found].bytes.data = arena_copy(arena, bytes.data, bytes.len);
        receipts[found].bytes.len = bytes.len;
        if (receipts[found].bytes.data == NULL)
            err = ERR_NOMEM;
        else
            found++;
    }
    db_reset(list);
    if (err != ERR_OK && err != ERR_NOT_FOUND)
        return err;
    *count = found;
    return ERR_OK;
}

enum err
records_next_hook(struct records *records, uint64_t now_ms, uint64_t *leaf, uint64_t *attempts,
                  uint64_t *next_ms)
{
    sqlite3_stmt *next = records->statements[RECORDS_NEXT_HOOK];
    uint64_t row[3] = {0};

    *next_ms = UINT64_MAX;
    enum err err = db_step(next);
    for (int i = 0; i < 3 && err == ERR_OK; i++)
        err = db_get_u64(next, i, &row[i]);
    db_reset(next);
    if (err != ERR_OK)
        return err;
    *next_ms = row[2];
    if (row[2] > now_ms)
        return ERR_NOT_FOUND;
    *leaf = row[0];
    *attempts = row[1];
    return ERR_OK;
}

static enum err
read_view(struct records *records, struct screen_view *out)
{
    sqlite3_stmt *view = records->statements[RECORDS_VIEW];
    uint64_t row[11] = {0};

    db_reset(view);
    enum err err = db_step(view);
    for (int i = 0; i < 11 && err == ERR_OK; i++)
        err = db_get_u64(view, i, &row[i]);
    db_reset(view);
    if (err == ERR_OK)
        *out = (struct screen_view){
            .flash_stored = row[0],
            .rest_stored = row[1],
            .flash_last = row[2],
            .rest_last = row[3],
            .head_time_ms = row[4],
            .witnessed_time_ms = row[5],
            .tree_size = row[6],
            .missing = row[7],
            .missing_persons = row[8],
            .lists = {row[9], row[10]},
        };
    return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
}

/* While nobody writes, the view is what it was; the row of the snapshot's statement holds it. */
enum err
records_hold(struct records *records, struct screen_view *out)
{
    unsigned version = 0;

    db_reset(records->statements[RECORDS_SNAPSHOT]);
    enum err err = db_step(records->statements[RECORDS_SNAPSHOT]);
    if (err != ERR_OK)
        return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
    if (sqlite3_file_control(records->db, "main", SQLITE_FCNTL_DATA_VERSION, &version) != SQLITE_OK)
        records->has_view = false;
    if (!records->has_view || records->view_version != version) {
        err = read_view(records, &records->view);
        records->has_view = err == ERR_OK && sqlite3_get_autocommit(records->db) != 0;
        records->view_version = version;
    }
    if (err == ERR_OK)
        *out = records->view;
    else
        records_release(records);
    return err;
}

void
records_release(struct records *records)
{
    db_reset(records->statements[RECORDS_SNAPSHOT]); /* it goes with its row */
}

enum err
records_view(struct records *records, struct screen_view *out)
{
    enum err err = records_hold(records, out);

    records_release(records);
    return err;
}
