#include "clients/officer/io/store_inner.h"

#include "proto/io/disk.h"
#include "proto/nearest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char schema[] =
    "CREATE TABLE sent(id BLOB PRIMARY KEY NOT NULL, stage INTEGER NOT NULL,"
    " refusal INTEGER NOT NULL, header BLOB NOT NULL, hash BLOB NOT NULL, envelope BLOB,"
    " copy BLOB, receipt BLOB, leaf INTEGER, accepted INTEGER, thread_from TEXT NOT NULL,"
    " thread BLOB NOT NULL, supersedes BLOB, created INTEGER NOT NULL, expires INTEGER NOT NULL)"
    " WITHOUT ROWID;"
    "CREATE INDEX sent_thread ON sent(thread);"
    "CREATE INDEX sent_supersedes ON sent(supersedes);"
    "CREATE TABLE said(id BLOB NOT NULL, member TEXT NOT NULL, status INTEGER NOT NULL,"
    " credential BLOB NOT NULL, reason INTEGER NOT NULL, time INTEGER NOT NULL,"
    " PRIMARY KEY(id, member, status, credential)) WITHOUT ROWID;"
    "CREATE TABLE received(lane INTEGER NOT NULL, number INTEGER NOT NULL, sender TEXT NOT NULL,"
    " id BLOB NOT NULL, hash BLOB NOT NULL, leaf INTEGER NOT NULL, time INTEGER NOT NULL,"
    " read INTEGER NOT NULL, refusal INTEGER NOT NULL, end INTEGER NOT NULL, header BLOB NOT NULL,"
    " item BLOB, thread BLOB NOT NULL, expires INTEGER NOT NULL, supersedes BLOB,"
    " PRIMARY KEY(lane, number))"
    " WITHOUT ROWID;"
    "CREATE UNIQUE INDEX received_id ON received(id, sender);"
    "CREATE INDEX received_thread ON received(thread);"
    "CREATE INDEX received_leaf ON received(leaf);"
    "CREATE TABLE step(id BLOB NOT NULL, sender TEXT NOT NULL, own INTEGER NOT NULL,"
    " thread BLOB NOT NULL, judged INTEGER NOT NULL, unread INTEGER NOT NULL,"
    " reply INTEGER NOT NULL, steps INTEGER NOT NULL, due INTEGER NOT NULL,"
    " PRIMARY KEY(id, sender)) WITHOUT ROWID;"
    "CREATE INDEX step_thread ON step(thread);"
    "CREATE INDEX step_unjudged ON step(judged) WHERE judged = 0;"
    "CREATE TABLE stop(sender TEXT NOT NULL, id BLOB NOT NULL, end INTEGER NOT NULL,"
    " PRIMARY KEY(sender, id)) WITHOUT ROWID;"
    "CREATE TABLE mailbox(one INTEGER PRIMARY KEY CHECK(one = 1), flash INTEGER NOT NULL,"
    " rest INTEGER NOT NULL, size INTEGER NOT NULL, time INTEGER NOT NULL);"
    "CREATE TABLE due(sequence INTEGER PRIMARY KEY AUTOINCREMENT, receipt BLOB NOT NULL);";

static const char *const steps[] = {schema};

static const struct db_schema layout = {
    .application_id = 0x64726f32, /* "dro2" */ .steps = steps, .steps_len = 1};

/* ---- SQLite */

enum err
store_error(enum err err, struct problems *problems)
{
    static const char file[] = "officer.db";

    if (err == ERR_NOSPACE)
        problems_add(problems, file, "free space on its disk, then try again; nothing was changed",
                     "the disk is full");
    else if (err == ERR_CORRUPT || err == ERR_FORMAT || err == ERR_EXISTS)
        problems_add(problems, file,
                     "keep a copy for inspection, and restore it from a backup or move it away: "
                     "the relay serves what has not expired again",
                     "the store is damaged: it does not hold what it must hold");
    else if (err == ERR_BUSY)
        problems_add(problems, file, "try again when the other program has ended",
                     "another program is using the store");
    else if (err == ERR_UNKNOWN)
        problems_add(problems, file,
                     "use the version that wrote it; this one needs a new state directory, made "
                     "with `init`",
                     "the store was written by another version of denrei: its tables are not this "
                     "one's");
    else if (err != ERR_OK)
        problems_add(problems, file, "check the disk, and owner and mode of the state directory",
                     "the store failed: %s", err_text(err));
    return err == ERR_FORMAT || err == ERR_EXISTS ? ERR_CORRUPT : err;
}

enum err
store_write(struct store *store, const char *sql, const struct db_value *values, size_t count,
            struct problems *problems)
{
    sqlite3_stmt *statement = NULL;

    enum err err = db_prepare(store->db, sql, &statement);
    if (err == ERR_OK)
        err = db_bind(statement, values, count);
    if (err == ERR_OK)
        err = db_run(statement);
    if (err == ERR_IO)
        db_die(store->db, "write");
    db_finalize(&statement);
    return store_error(err, problems);
}

enum err
store_query(struct store *store, const char *sql, const struct db_value *values, size_t count,
            sqlite3_stmt **out)
{
    enum err err = db_prepare(store->db, sql, out);

    if (err == ERR_OK)
        err = db_bind(*out, values, count);
    return err == ERR_OK ? db_step(*out) : err;
}

struct db_value
store_id(const struct id *id)
{
    return db_bytes(id->bytes, sizeof id->bytes);
}

struct db_value
store_hash(const struct hash *hash)
{
    return db_bytes(hash->bytes, sizeof hash->bytes);
}

enum err
store_get_bytes(sqlite3_stmt *statement, int column, struct arena *arena, struct span *out)
{
    struct span bytes = {0};

    *out = (struct span){0};
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
store_get_text(sqlite3_stmt *statement, int column, struct arena *arena, const char **out)
{
    struct span text;

    enum err err = db_get_text(statement, column, DESCRIPTION_BYTES_MAX, &text);
    if (err != ERR_OK)
        return err;
    *out = text.len == 0 ? "" : arena_copy(arena, text.data, text.len);
    return *out == NULL ? ERR_NOMEM : ERR_OK;
}

/* ---- opening */

#define EXPIRED_SENT     "expires <= ?1 AND (copy IS NOT NULL OR envelope IS NOT NULL)"
#define EXPIRED_RECEIVED "expires <= ?1 AND item IS NOT NULL"

enum err
store_has_expired(struct store *store, bool *out, struct problems *problems)
{
    sqlite3_stmt *statement = NULL;
    uint64_t found = 0;

    enum err err = STORE_QUERY(store,
                               "SELECT EXISTS(SELECT 1 FROM sent WHERE " EXPIRED_SENT ")"
                               " OR EXISTS(SELECT 1 FROM received WHERE " EXPIRED_RECEIVED ")",
                               &statement, db_u64(store->now_ms));
    if (err == ERR_OK)
        err = db_get_u64(statement, 0, &found);
    db_finalize(&statement);
    *out = found != 0;
    return store_error(err, problems);
}

/* Data ends when its purpose ends: bodies and copies go, headers stay. */
enum err
store_end_expired(struct store *store, uint64_t proven_ms, struct problems *problems)
{
    enum err err =
        STORE_WRITE(store, "UPDATE sent SET copy = NULL, envelope = NULL WHERE " EXPIRED_SENT,
                    problems, db_u64(proven_ms));
    store->has_ended = store->has_ended || sqlite3_changes64(store->db) > 0;
    if (err == ERR_OK)
        err =
            STORE_WRITE(store, "UPDATE received SET item = NULL, end = ?2 WHERE " EXPIRED_RECEIVED,
                        problems, db_u64(proven_ms), db_u64(STORE_EXPIRED));
    store->has_ended = store->has_ended || sqlite3_changes64(store->db) > 0;
    return err;
}

enum err
officer_store_open(const char *dir, uint64_t now_ms, struct problems *problems, struct store **out)
{
    char path[DISK_PATH_BYTES];
    struct store *store = calloc(1, sizeof *store);
    enum err err = ERR_NOMEM;

    *out = NULL;
    if (store == NULL)
        goto done;
    err = disk_join(dir, "officer.db", path);
    if (err == ERR_OK)
        err = db_open(path, DB_CREATE, &layout, &store->db);
    err = store_error(err, problems);
    if (err != ERR_OK)
        goto done;
    store->now_ms = now_ms;
    *out = store;
    store = NULL; /* now the caller's */

done:
    officer_store_close(&store);
    return err;
}

void
officer_store_close(struct store **store)
{
    if (*store == NULL)
        return;
    /* What ended must not live on in the write-ahead log; a reader in the way delays it. */
    if ((*store)->has_ended && db_empty_log((*store)->db) == ERR_IO)
        db_die((*store)->db, "checkpoint");
    db_close(&(*store)->db);
    free(*store);
    *store = NULL;
}

enum err
officer_store_begin(struct store *store, struct problems *problems)
{
    return store_error(db_exec(store->db, "BEGIN IMMEDIATE"), problems);
}

enum err
officer_store_commit(struct store *store, struct problems *problems)
{
    enum err err = db_exec(store->db, "COMMIT");

    if (err == ERR_IO || err == ERR_CORRUPT)
        db_die(store->db, "commit");
    if (err != ERR_OK)
        officer_store_rollback(store);
    return store_error(err, problems);
}

void
officer_store_rollback(struct store *store)
{
    if (sqlite3_get_autocommit(store->db) == 0 && db_exec(store->db, "ROLLBACK") != ERR_OK)
        db_die(store->db, "rollback");
}

/* ---- finding */

enum { CANDIDATES_MAX = 3 };

static enum err
tell_candidates(struct store *store, const char *text, const struct message_id_range *range,
                struct problems *problems)
{
    char cure[PROBLEM_TEXT_BYTES] = "give more digits:";
    sqlite3_stmt *statement = NULL;
    struct id id;

    enum err err = STORE_QUERY(store,
                               "SELECT id FROM (SELECT id FROM sent UNION ALL SELECT id FROM"
                               " received) WHERE id BETWEEN ?1 AND ?2 LIMIT 3",
                               &statement, store_id(&range->low), store_id(&range->high));
    for (; err == ERR_OK; err = db_step(statement)) {
        size_t len = strlen(cure);
        if (db_get_fixed(statement, 0, id.bytes, sizeof id.bytes) == ERR_OK)
            snprintf(cure + len, sizeof cure - len, " %s", message_id_text(&id).text);
    }
    db_finalize(&statement);
    problems_add(problems, text, cure, "several messages begin so");
    return ERR_CONFLICT;
}

static enum err
tell_not_found(struct store *store, const char *text, struct problems *problems)
{
    struct nearest nearest;
    struct message_id_text names[CANDIDATES_MAX + 61];
    char cure[PROBLEM_TEXT_BYTES] = "`denrei inbox` and `denrei track` list the messages";
    sqlite3_stmt *statement = NULL;
    size_t count = 0;
    struct id id;

    nearest_init(&nearest, text);
    enum err err = store_query(store,
                               "SELECT id FROM (SELECT id FROM sent UNION ALL SELECT id FROM"
                               " received) ORDER BY id DESC LIMIT 64",
                               NULL, 0, &statement);
    for (; err == ERR_OK && count < CANDIDATES_MAX + 61; err = db_step(statement))
        if (db_get_fixed(statement, 0, id.bytes, sizeof id.bytes) == ERR_OK) {
            names[count] = message_id_text(&id);
            if (strlen(text) < sizeof names[count].text)
                names[count].text[strlen(text)] = '\0'; /* as many digits as were typed */
            nearest_offer(&nearest, names[count++].text);
        }
    db_finalize(&statement);
    if (nearest.count > 0)
        snprintf(cure, sizeof cure, "did you mean %s?", nearest.names[0]);
    problems_add(problems, text, cure, "there is no such message here");
    return ERR_NOT_FOUND;
}

static enum err
find_both(struct store *store, const struct message_id_range *range, struct arena *arena,
          struct store_found *out, size_t *count)
{
    sqlite3_stmt *statement = NULL;

    enum err err = STORE_QUERY(
        store, "SELECT " STORE_SENT_COLUMNS " FROM sent WHERE id BETWEEN ?1 AND ?2 LIMIT 2",
        &statement, store_id(&range->low), store_id(&range->high));
    for (; err == ERR_OK; err = db_step(statement)) {
        out->is_sent = true;
        (*count)++;
        if ((err = store_read_sent(store, statement, arena, &out->sent)) != ERR_OK)
            break;
    }
    db_finalize(&statement);
    if (err != ERR_NOT_FOUND)
        return err;
    err = STORE_QUERY(
        store, "SELECT " STORE_RECEIVED_COLUMNS " FROM received WHERE id BETWEEN ?1 AND ?2 LIMIT 2",
        &statement, store_id(&range->low), store_id(&range->high));
    for (; err == ERR_OK; err = db_step(statement)) {
        out->is_sent = false;
        (*count)++;
        if ((err = store_read_received(store, statement, arena, &out->received)) != ERR_OK)
            break;
    }
    db_finalize(&statement);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err
store_find(struct store *store, const char *text, struct arena *arena, struct store_found *out,
           struct problems *problems)
{
    struct message_id_range range;
    struct store_found found = {0};
    size_t count = 0;

    if (message_id_parse(text, &range) != ERR_OK) {
        problems_add(problems, text,
                     "copy the first digits of an id from `denrei inbox` or "
                     "`denrei track`",
                     "this is not a message id, nor the first digits of one");
        return ERR_USAGE;
    }
    enum err err = find_both(store, &range, arena, &found, &count);
    if (err != ERR_OK)
        return store_error(err, problems);
    if (count == 0)
        return tell_not_found(store, text, problems);
    if (count > 1)
        return tell_candidates(store, text, &range, problems);
    *out = found;
    return ERR_OK;
}

enum err
store_thread_from(struct store *store, const struct id *thread, const char *self,
                  struct arena *arena, const char **out)
{
    sqlite3_stmt *statement = NULL;

    /* What was accepted first began it; what waits comes last. */
    enum err err = STORE_QUERY(
        store,
        "SELECT sender FROM (SELECT ?2 AS sender, coalesce(leaf, 1 << 62) AS leaf FROM sent"
        " WHERE thread = ?1 UNION ALL SELECT sender, leaf FROM received WHERE thread = ?1)"
        " ORDER BY leaf LIMIT 1",
        &statement, store_id(thread), db_text(self));
    *out = "";
    if (err == ERR_OK)
        err = store_get_text(statement, 0, arena, out);
    db_finalize(&statement);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err
store_counts(struct store *store, uint64_t *waiting, uint64_t *unread)
{
    sqlite3_stmt *statement = NULL;

    enum err err = STORE_QUERY(store,
                               "SELECT (SELECT count(*) FROM sent WHERE stage = ?1),"
                               " (SELECT count(*) FROM received WHERE read = 0 AND end = 0"
                               " AND refusal = 0 AND expires > ?2)",
                               &statement, db_u64(STORE_WAITING), db_u64(store->now_ms));
    if (err == ERR_OK)
        err = db_get_u64(statement, 0, waiting);
    if (err == ERR_OK)
        err = db_get_u64(statement, 1, unread);
    db_finalize(&statement);
    return err;
}
