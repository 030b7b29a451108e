#include "clients/node/io/hits_inner.h"

#include "proto/io/disk.h"
#include "proto/limits.h"

#include <stdlib.h>
#include <string.h>

static const char SCHEMA[] =
    "CREATE TABLE hit(number INTEGER PRIMARY KEY AUTOINCREMENT, looked INTEGER NOT NULL,"
    " key TEXT, owner TEXT NOT NULL, message BLOB, hash BLOB, leaf INTEGER, thread BLOB,"
    " legal_basis TEXT NOT NULL, place INTEGER NOT NULL, draft BLOB,"
    " dismissed INTEGER NOT NULL, why TEXT, report BLOB);"
    "CREATE INDEX hit_key ON hit(key);"
    "CREATE INDEX hit_open ON hit(number) WHERE report IS NULL AND dismissed = 0;"
    "CREATE TABLE sent(id BLOB PRIMARY KEY NOT NULL, hit INTEGER NOT NULL REFERENCES hit(number),"
    " stage INTEGER NOT NULL, refusal INTEGER NOT NULL, header BLOB NOT NULL, hash BLOB,"
    " envelope BLOB, content BLOB, thread_from TEXT NOT NULL, receipt BLOB, leaf INTEGER NOT NULL,"
    " accepted INTEGER NOT NULL, delivered INTEGER NOT NULL, failed INTEGER NOT NULL)"
    " WITHOUT ROWID;"
    "CREATE INDEX sent_hit ON sent(hit);"
    "CREATE INDEX sent_waiting ON sent(id) WHERE stage = 1;";

static const char *const STEPS[] = {SCHEMA};

static const struct db_schema LAYOUT = {
    .application_id = 0x64726831, /* "drh1" */
    .steps = STEPS,
    .steps_len = sizeof STEPS / sizeof STEPS[0],
};

#define COLUMNS                                                                                    \
    "number, looked, key, owner, message, hash, leaf, thread, legal_basis, place, draft,"          \
    " dismissed, why, report"

/* ---- SQLite */

enum err
hits_open(const char *dir, bool may_write, struct hits **out)
{
    char path[DISK_PATH_BYTES];
    struct hits *hits = NULL;
    enum err err = disk_join(dir, "hits.db", path);

    *out = NULL;
    if (err != ERR_OK)
        return err;
    hits = calloc(1, sizeof *hits);
    if (hits == NULL)
        return ERR_NOMEM;
    err = db_open(path, may_write ? DB_CREATE : DB_READ, &LAYOUT, &hits->db);
    if (err != ERR_OK) {
        hits_close(&hits);
        return err;
    }
    *out = hits;
    return ERR_OK;
}

void
hits_close(struct hits **hits)
{
    if (*hits == NULL)
        return;
    db_close(&(*hits)->db);
    free(*hits);
    *hits = NULL;
}

enum err
hits_write(struct hits *hits, const char *sql, const struct db_value *values, size_t count,
           size_t *changed)
{
    sqlite3_stmt *statement = NULL;

    enum err err = db_prepare(hits->db, sql, &statement);
    if (err == ERR_OK)
        err = db_bind(statement, values, count);
    if (err == ERR_OK)
        err = db_run(statement);
    if (err == ERR_IO)
        db_die(hits->db, "write");
    db_finalize(&statement);
    if (err == ERR_OK && changed != NULL)
        *changed = (size_t)sqlite3_changes64(hits->db);
    return err;
}

enum err
hits_query(struct hits *hits, const char *sql, const struct db_value *values, size_t count,
           sqlite3_stmt **out)
{
    enum err err = db_prepare(hits->db, sql, out);

    if (err == ERR_OK)
        err = db_bind(*out, values, count);
    return err == ERR_OK ? db_step(*out) : err;
}

enum err
hits_get_bytes(sqlite3_stmt *statement, int column, struct arena *arena, struct span *out)
{
    struct span bytes = {NULL, 0};

    *out = (struct span){NULL, 0};
    if (db_is_null(statement, column))
        return ERR_OK;
    enum err err = db_get_blob(statement, column, FRAME_BYTES_MAX, &bytes);
    if (err != ERR_OK || bytes.len == 0)
        return err;
    out->data = arena_copy(arena, bytes.data, bytes.len);
    out->len = bytes.len;
    return out->data == NULL ? ERR_NOMEM : ERR_OK;
}

enum err
hits_get_text(sqlite3_stmt *statement, int column, struct arena *arena, const char **out)
{
    struct span text = {NULL, 0};

    *out = "";
    if (db_is_null(statement, column))
        return ERR_OK;
    enum err err = db_get_text(statement, column, 4 * HITS_WHY_BYTES_MAX, &text);
    if (err != ERR_OK || text.len == 0)
        return err;
    *out = arena_copy(arena, text.data, text.len);
    return *out == NULL ? ERR_NOMEM : ERR_OK;
}

enum err
hits_begin(struct hits *hits)
{
    return db_exec(hits->db, "BEGIN IMMEDIATE");
}

enum err
hits_end(struct hits *hits, enum err err)
{
    if (err == ERR_OK) {
        err = db_exec(hits->db, "COMMIT");
        if (err == ERR_IO || err == ERR_CORRUPT)
            db_die(hits->db, "commit");
    }
    if (err != ERR_OK && sqlite3_get_autocommit(hits->db) == 0 &&
        db_exec(hits->db, "ROLLBACK") != ERR_OK)
        db_die(hits->db, "rollback");
    return err;
}

/* ---- reading */

static enum err
read_record(sqlite3_stmt *row, struct arena *arena, struct hit_record *out)
{
    struct hit_record record = {.has_message = !db_is_null(row, 4)};

    enum err err = hits_get_text(row, 3, arena, &record.owner);
    if (err == ERR_OK)
        err = hits_get_text(row, 8, arena, &record.legal_basis);
    record.ref.from = record.owner;
    if (err == ERR_OK && record.has_message) {
        err = db_get_fixed(row, 4, record.ref.id.bytes, ID_BYTES);
        if (err == ERR_OK)
            err = db_get_fixed(row, 5, record.ref.hash.bytes, HASH_BYTES);
        if (err == ERR_OK)
            err = db_get_u64(row, 6, &record.leaf);
        if (err == ERR_OK)
            err = db_get_fixed(row, 7, record.thread_id.bytes, ID_BYTES);
    }
    if (err == ERR_OK)
        *out = record;
    return err;
}

static enum err
read_hit(sqlite3_stmt *row, struct arena *arena, struct hit *out)
{
    struct hit hit = {.has_report = !db_is_null(row, 13)};

    enum err err = db_get_u64(row, 0, &hit.number);
    if (err == ERR_OK)
        err = db_get_u64(row, 1, &hit.looked_ms);
    if (err == ERR_OK)
        err = hits_get_text(row, 2, arena, &hit.key);
    if (err == ERR_OK)
        err = read_record(row, arena, &hit.record);
    if (err == ERR_OK)
        err = db_get_u64(row, 9, &hit.place);
    if (err == ERR_OK)
        err = hits_get_bytes(row, 10, arena, &hit.draft);
    if (err == ERR_OK)
        err = db_get_u64(row, 11, &hit.dismissed_ms);
    if (err == ERR_OK)
        err = hits_get_text(row, 12, arena, &hit.why);
    if (err == ERR_OK && hit.has_report)
        err = db_get_fixed(row, 13, hit.report.bytes, ID_BYTES);
    if (err == ERR_OK)
        *out = hit;
    return err;
}

static enum err
read_one(struct hits *hits, const char *sql, uint64_t number, struct arena *arena, struct hit *out)
{
    sqlite3_stmt *row = NULL;

    enum err err = HITS_QUERY(hits, sql, &row,
                              db_u64(number > (uint64_t)INT64_MAX ? (uint64_t)INT64_MAX : number));
    if (err == ERR_OK)
        err = read_hit(row, arena, out);
    db_finalize(&row);
    return err;
}

enum err
hits_find(struct hits *hits, uint64_t number, struct arena *arena, struct hit *out)
{
    return read_one(hits, "SELECT " COLUMNS " FROM hit WHERE number = ?1", number, arena, out);
}

enum err
hits_before(struct hits *hits, uint64_t number, struct arena *arena, struct hit *out)
{
    return read_one(hits,
                    "SELECT " COLUMNS " FROM hit WHERE number < ?1 ORDER BY number DESC LIMIT 1",
                    number, arena, out);
}

enum err
hits_next_open(struct hits *hits, uint64_t number, struct arena *arena, struct hit *out)
{
    return read_one(hits,
                    "SELECT " COLUMNS " FROM hit WHERE number > ?1 AND report IS NULL"
                    " AND dismissed = 0 AND draft IS NOT NULL ORDER BY number LIMIT 1",
                    number, arena, out);
}

enum err
hits_next_untold(struct hits *hits, uint64_t number, struct arena *arena, struct hit *out)
{
    return read_one(hits,
                    "SELECT " COLUMNS " FROM hit WHERE number > ?1 AND report IS NULL"
                    " AND draft IS NOT NULL AND message IS NOT NULL ORDER BY number LIMIT 1",
                    number, arena, out);
}

/* ---- noting */

/* The newest of the same question on the same record that `where` asks for; 0: none. */
static enum err
find_same(struct hits *hits, const char *sql, const struct hit *hit, uint64_t since_ms,
          uint64_t *number)
{
    sqlite3_stmt *row = NULL;

    *number = 0;
    enum err err = HITS_QUERY(hits, sql, &row, db_text(hit->key),
                              db_u64(hit->record.has_message ? hit->record.leaf : 0),
                              db_u64(hit->place), db_u64(since_ms));
    if (err == ERR_OK)
        err = db_get_u64(row, 0, number);
    db_finalize(&row);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err
insert(struct hits *hits, const struct hit *hit, uint64_t *number)
{
    const struct hit_record *record = &hit->record;
    const bool has_message = record->has_message;

    enum err err = HITS_WRITE(
        hits,
        "INSERT INTO hit(looked, key, owner, message, hash, leaf, thread, legal_basis, place,"
        " draft, dismissed) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 0)",
        NULL, db_u64(hit->looked_ms), db_text(hit->key), db_text(record->owner),
        has_message ? db_bytes(record->ref.id.bytes, ID_BYTES) : db_null(),
        has_message ? db_bytes(record->ref.hash.bytes, HASH_BYTES) : db_null(),
        has_message ? db_u64(record->leaf) : db_null(),
        has_message ? db_bytes(record->thread_id.bytes, ID_BYTES) : db_null(),
        db_text(record->legal_basis), db_u64(hit->place), db_blob(hit->draft));
    if (err == ERR_OK)
        *number = (uint64_t)sqlite3_last_insert_rowid(hits->db);
    return err;
}

#define SAME "SELECT number FROM hit WHERE key = ?1 AND coalesce(leaf, 0) = ?2 AND place = ?3"

static enum err
note(struct hits *hits, const struct hit *hit, uint64_t *number, uint64_t *dismissed)
{
    const uint64_t since_ms = hit->looked_ms > HITS_SAME_MS ? hit->looked_ms - HITS_SAME_MS : 0;

    enum err err =
        find_same(hits, SAME " AND dismissed > 0 AND looked >= ?4 ORDER BY number DESC LIMIT 1",
                  hit, 0, dismissed);
    if (err == ERR_OK)
        err = find_same(hits,
                        SAME " AND dismissed = 0 AND looked >= ?4 ORDER BY number DESC"
                             " LIMIT 1",
                        hit, since_ms, number);
    if (err != ERR_OK)
        return err;
    if (*number == 0)
        return insert(hits, hit, number);
    return HITS_WRITE(hits,
                      "UPDATE hit SET looked = ?2, draft = ?3 WHERE number = ?1 AND report IS NULL",
                      NULL, db_u64(*number), db_u64(hit->looked_ms), db_blob(hit->draft));
}

enum err
hits_note(struct hits *hits, const struct hit *hit, uint64_t *number, uint64_t *dismissed)
{
    enum err err = strlen(hit->key) > HITS_KEY_BYTES_MAX ? ERR_RANGE : hits_begin(hits);

    return err == ERR_OK ? hits_end(hits, note(hits, hit, number, dismissed)) : err;
}

enum err
hits_dismiss(struct hits *hits, uint64_t number, const char *why, uint64_t now_ms)
{
    sqlite3_stmt *row = NULL;
    size_t changed = 0;

    enum err err = HITS_WRITE(hits,
                              "UPDATE hit SET dismissed = ?2, why = ?3 WHERE number = ?1"
                              " AND dismissed = 0 AND report IS NULL",
                              &changed, db_u64(number), db_u64(now_ms), db_text(why));
    if (err != ERR_OK || changed == 1)
        return err;
    err = HITS_QUERY(hits, "SELECT 1 FROM hit WHERE number = ?1", &row, db_u64(number));
    db_finalize(&row);
    return err == ERR_OK ? ERR_CONFLICT : err;
}

enum err
hits_settle(struct hits *hits)
{
    enum err err = hits->has_erased ? db_empty_log(hits->db) : ERR_OK;

    if (err == ERR_IO || err == ERR_CORRUPT)
        db_die(hits->db, "checkpoint");
    if (err == ERR_OK)
        hits->has_erased = false;
    return err == ERR_BUSY ? ERR_OK : err;
}

enum err
hits_forget(struct hits *hits, uint64_t number)
{
    size_t changed = 0;

    enum err err = HITS_WRITE(hits,
                              "UPDATE hit SET draft = NULL, key = NULL WHERE number = ?1"
                              " AND report IS NULL",
                              &changed, db_u64(number));
    hits->has_erased = hits->has_erased || changed > 0;
    return err;
}

enum err
hits_expire(struct hits *hits, uint64_t until_ms)
{
    size_t changed = 0;

    enum err err = hits_begin(hits);
    if (err != ERR_OK)
        return err;
    err = HITS_WRITE(hits,
                     "UPDATE sent SET content = NULL, envelope = NULL WHERE content IS NOT NULL"
                     " AND hit IN (SELECT number FROM hit WHERE looked < ?1)",
                     NULL, db_u64(until_ms));
    if (err == ERR_OK)
        err = HITS_WRITE(hits,
                         "UPDATE hit SET draft = NULL, key = NULL, why = NULL WHERE looked < ?1"
                         " AND draft IS NOT NULL",
                         &changed, db_u64(until_ms));
    err = hits_end(hits, err);
    hits->has_erased = hits->has_erased || (err == ERR_OK && changed > 0);
    return err;
}
