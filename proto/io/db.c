#include "proto/io/db.h"

#include "proto/io/db_gather.h"
#include "proto/io/db_layout.h"
#include "proto/io/disk.h"
#include "proto/io/log.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { BUSY_MS_MAX = 5000, VALUE_BYTES_MAX = 16 << 20, SYNCHRONOUS_FULL = 2 };

/* SQLite's own code names the kind; where the system said why, that says more. */
static enum err
err_of(int result, int system_error)
{
    switch (result & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return ERR_OK;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return ERR_BUSY;
    case SQLITE_FULL:
        return ERR_NOSPACE;
    case SQLITE_NOMEM:
        return ERR_NOMEM;
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_AUTH:
        return ERR_PERMISSION;
    case SQLITE_CONSTRAINT:
        return ERR_EXISTS;
    case SQLITE_TOOBIG:
        return ERR_RANGE;
    case SQLITE_INTERRUPT:
        return ERR_CANCELLED;
    case SQLITE_CANTOPEN:
    case SQLITE_IOERR:
        return system_error != 0 ? disk_err(system_error) : ERR_IO;
    case SQLITE_ERROR:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_SCHEMA:
    case SQLITE_MISMATCH:
        return ERR_CORRUPT;
    default:
        return ERR_IO;
    }
}

enum err
db_err(sqlite3 *db)
{
    return err_of(sqlite3_extended_errcode(db), sqlite3_system_errno(db));
}

void
db_die(sqlite3 *db, const char *what)
{
    log_event(LOG_LEVEL_ERROR, "store.failed", "what=%s error=%s code=%d system=%d", what,
              sqlite3_errmsg(db), sqlite3_extended_errcode(db), sqlite3_system_errno(db));
    _exit(DISK_EXIT_FAILED);
}

enum err
db_exec(sqlite3 *db, const char *sql)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK ? ERR_OK : db_err(db);
}

enum err
db_empty_log(sqlite3 *db)
{
    sqlite3_busy_timeout(db, 0);
    int result = sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    enum err err = result == SQLITE_OK ? ERR_OK : db_err(db);
    sqlite3_busy_timeout(db, BUSY_MS_MAX);
    return err;
}

/* Run `sql` and take the number that its first row gives. */
static enum err
query_u64(sqlite3 *db, const char *sql, uint64_t *out)
{
    sqlite3_stmt *statement = NULL;
    enum err err = db_prepare(db, sql, &statement);

    if (err == ERR_OK)
        err = db_step(statement);
    if (err == ERR_OK)
        err = db_get_u64(statement, 0, out);
    db_finalize(&statement);
    return err;
}

static enum err
set_wal(sqlite3 *db)
{
    sqlite3_stmt *statement = NULL;
    struct span mode = {NULL, 0};
    enum err err = db_prepare(db, "PRAGMA journal_mode=WAL", &statement);

    if (err == ERR_OK)
        err = db_step(statement);
    if (err == ERR_OK)
        err = db_get_text(statement, 0, 16, &mode);
    if (err == ERR_OK && (mode.len != 3 || memcmp(mode.data, "wal", 3) != 0))
        err = ERR_IO; /* a file system without shared memory: durability would differ */
    db_finalize(&statement);
    return err;
}

/* A file may come from anybody (a restored backup), so its schema gets no rights of its own. */
static enum err
set_distrust(sqlite3 *db)
{
    if (sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL) != SQLITE_OK ||
        sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL) != SQLITE_OK ||
        sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, NULL) != SQLITE_OK ||
        sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL) != SQLITE_OK ||
        sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL) != SQLITE_OK)
        return ERR_IO;
    sqlite3_limit(db, SQLITE_LIMIT_LENGTH, VALUE_BYTES_MAX);
    sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 1); /* VACUUM needs one */
    return db_exec(db, "PRAGMA cell_size_check=ON; PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY;"
                       "PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON");
}

/* Read back: builds and libraries override these (S1). */
static enum err
set_durable(sqlite3 *db)
{
    uint64_t level = 0, keys = 0;
    int persist = 1;

    enum err err = set_wal(db);
    if (err != ERR_OK)
        return err;
    err = db_exec(db, "PRAGMA synchronous=FULL");
    if (err == ERR_OK)
        err = query_u64(db, "PRAGMA synchronous", &level);
    if (err == ERR_OK)
        err = query_u64(db, "PRAGMA foreign_keys", &keys);
    if (err != ERR_OK)
        return err;
    if (level != SYNCHRONOUS_FULL || keys != 1 ||
        sqlite3_file_control(db, NULL, SQLITE_FCNTL_PERSIST_WAL, &persist) != SQLITE_OK)
        return ERR_IO;
    return ERR_OK;
}

static enum err
run_step(sqlite3 *db, const struct db_schema *schema, uint32_t version)
{
    char marks[128];

    snprintf(marks, sizeof marks, "PRAGMA application_id=%u; PRAGMA user_version=%u",
             schema->application_id, version + 1);
    enum err err = db_exec(db, schema->steps[version]);
    return err == ERR_OK ? db_exec(db, marks) : err;
}

/* The version is read again inside the transaction: another process may have just changed it. */
static enum err
migrate(sqlite3 *db, const struct db_schema *schema)
{
    uint64_t version = 0;

    enum err err = db_exec(db, "BEGIN IMMEDIATE");
    if (err != ERR_OK)
        return err;
    err = query_u64(db, "PRAGMA user_version", &version);
    while (err == ERR_OK && version < schema->steps_len) {
        err = run_step(db, schema, (uint32_t)version);
        version++;
    }
    if (err == ERR_OK)
        err = db_exec(db, "COMMIT");
    if (err != ERR_OK && db_exec(db, "ROLLBACK") != ERR_OK)
        return err; /* SQLite rolled back by itself */
    return err;
}

/* PRAGMA application_id is a signed 32-bit number; ours are positive. */
static enum err
check_schema(sqlite3 *db, enum db_mode mode, const struct db_schema *schema)
{
    uint64_t id = 0, version = 0, tables = 0;

    assert(schema->application_id > 0 && schema->application_id <= INT32_MAX);
    enum err err = query_u64(db, "SELECT count(*) FROM sqlite_schema", &tables);
    if (err == ERR_OK)
        err = query_u64(db, "PRAGMA application_id", &id);
    if (err == ERR_OK)
        err = query_u64(db, "PRAGMA user_version", &version);
    if (err != ERR_OK)
        return err;
    bool fresh = mode == DB_CREATE && tables == 0 && id == 0 && version == 0;
    if (!fresh && id != schema->application_id)
        return ERR_FORMAT;
    if (version > schema->steps_len || (mode == DB_READ && version != schema->steps_len))
        return ERR_UNKNOWN;
    return db_check_layout(db, schema, (uint32_t)version);
}

static enum err
prepare_database(sqlite3 *db, enum db_mode mode, const struct db_schema *schema)
{
    enum err err = sqlite3_busy_timeout(db, BUSY_MS_MAX) == SQLITE_OK ? ERR_OK : ERR_IO;

    if (err == ERR_OK)
        err = set_distrust(db);
    if (err == ERR_OK)
        err = check_schema(db, mode, schema); /* before anything is written */
    if (err != ERR_OK || mode == DB_READ)
        return err;
    err = set_durable(db);
    return err == ERR_OK ? migrate(db, schema) : err;
}

enum err
db_open(const char *path, enum db_mode mode, const struct db_schema *schema, sqlite3 **out)
{
    sqlite3 *db = NULL;
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;

    *out = NULL;
    flags |= mode == DB_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    flags |= mode == DB_CREATE ? SQLITE_OPEN_CREATE : 0;
    enum err err = ERR_OK;
    if (sqlite3_open_v2(path, &db, flags, db_gather_name()) != SQLITE_OK)
        err = db == NULL ? ERR_NOMEM : db_err(db);
    if (err == ERR_OK)
        err = prepare_database(db, mode, schema);
    if (err != ERR_OK) {
        db_close(&db);
        return err;
    }
    *out = db;
    return ERR_OK;
}

void
db_close(sqlite3 **db)
{
    int result = sqlite3_close(*db);

    assert(result == SQLITE_OK); /* else a statement was not finalised */
    *db = NULL;
}

enum err
db_check(sqlite3 *db)
{
    sqlite3_stmt *statement = NULL;
    struct span verdict = {NULL, 0};
    enum err err = db_prepare(db, "PRAGMA quick_check(1)", &statement);

    if (err == ERR_OK)
        err = db_step(statement);
    if (err == ERR_OK)
        err = db_get_text(statement, 0, 4096, &verdict);
    if (err == ERR_OK && (verdict.len != 2 || memcmp(verdict.data, "ok", 2) != 0))
        err = ERR_CORRUPT;
    db_finalize(&statement);
    return err;
}
