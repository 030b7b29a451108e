/*
 * db.h - SQLite as the stores use it: opened durable and distrustful, statements with checked
 * values.
 *
 * Host.  A connection belongs to one thread.
 */
#ifndef PROTO_IO_DB_H
#define PROTO_IO_DB_H

#include "proto/bytes.h"
#include "proto/err.h"

#include <sqlite3.h>
#include <stdbool.h>

/* What a file must be, and how it becomes that. */
struct db_schema {
    uint32_t application_id;  /* tells our files from others' and from each other; not 0 */
    const char *const *steps; /* SQL; steps[i] leads from version i to i + 1, in one transaction */
    uint32_t steps_len;       /* the version that this program knows */
};

enum db_mode {
    DB_CREATE, /* make the file if it does not exist */
    DB_OPEN,   /* it must exist */
    DB_READ    /* it must exist, and nothing may be written */
};

/*
 * Open the database at `path` and bring it to the schema's version: WAL, synchronous=FULL (both
 * read back), foreign keys, no trust in the file's schema, cells checked, no memory map, deleted
 * content overwritten, at most 5 s of waiting for a lock.  On ERR_OK the caller must db_close
 * *out, else it is NULL and the file is as before.
 * ERR_NOT_FOUND: it does not exist.  ERR_FORMAT: a database of something else.
 * ERR_UNKNOWN: of a newer version of this program (DB_READ: or of an older one), or of a build
 * whose tables are others.
 * ERR_CORRUPT: no database, or damaged.  Else as db_err says.
 */
enum err db_open(const char *path, enum db_mode mode, const struct db_schema *schema,
                 sqlite3 **out);

/* Close and set *db to NULL; all statements must be finalised.  NULL is left alone. */
void db_close(sqlite3 **db);

/*
 * The error that SQLite's last result on `db` means: ERR_BUSY locked, ERR_NOSPACE disk full,
 * ERR_CORRUPT damaged (or SQL that the file's schema does not know), ERR_NOMEM, ERR_PERMISSION,
 * ERR_NOT_FOUND, ERR_EXISTS a constraint, ERR_RANGE too large, ERR_CANCELLED interrupted, all else
 * ERR_IO.
 */
enum err db_err(sqlite3 *db);

/*
 * Log what SQLite says of `what` and end the process with DISK_EXIT_FAILED.  For every failure on
 * the way of a commit: SQLite would let a retry succeed though the first sync failed (S2).
 */
_Noreturn void db_die(sqlite3 *db, const char *what);

/* Run SQL without values or rows ("BEGIN IMMEDIATE", "COMMIT").  Errors as db_err says. */
enum err db_exec(sqlite3 *db, const char *sql);

/*
 * Write the write-ahead log back into the file and empty it, so that what was overwritten is in
 * neither of them any more.  Does not wait.
 * ERR_BUSY: a reader still needs it; try again later.  Else as db_err says.
 */
enum err db_empty_log(sqlite3 *db);

/*
 * SQLite's own check of the whole file; takes time in proportion to it.
 * ERR_CORRUPT: damaged.  Else as db_err says.
 */
enum err db_check(sqlite3 *db);

/* ---- statements ---- */

/*
 * Prepare one statement, kept for many uses.  On ERR_OK the caller must db_finalize *out, else it
 * is NULL.  Errors as db_err says.
 */
enum err db_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **out);

/* Finalise and set *statement to NULL; NULL is left alone. */
void db_finalize(sqlite3_stmt **statement);

/* A value for a parameter; bytes are borrowed until the statement is reset or bound again. */
enum db_type { DB_TYPE_NULL, DB_TYPE_U64, DB_TYPE_BLOB, DB_TYPE_TEXT };

struct db_value {
    enum db_type type;
    uint64_t number;
    struct span bytes;
};

/* Make one of each type. */
struct db_value db_null(void);
struct db_value db_u64(uint64_t number); /* at most INT64_MAX */
struct db_value db_blob(struct span bytes);
struct db_value db_bytes(const void *data, size_t len); /* a blob */
struct db_value db_text(const char *text);
struct db_value db_text_span(struct span text);

/*
 * Reset `statement` and bind its parameters 1 to `count`, which must be all of them.
 * ERR_RANGE: a number above INT64_MAX, or bytes too many.  ERR_NOMEM: no memory.
 */
enum err db_bind(sqlite3_stmt *statement, const struct db_value *values, size_t count);

/* db_bind with the values written out: DB_BIND(find, db_u64(lane), db_text(member)). */
#define DB_BIND(statement, ...)                                                                    \
    db_bind((statement), (const struct db_value[]){__VA_ARGS__},                                   \
            sizeof((const struct db_value[]){__VA_ARGS__}) / sizeof(struct db_value))

/*
 * Go to the next row.  After anything but ERR_OK the statement is reset.
 * ERR_NOT_FOUND: there is none.  Else as db_err says.
 */
enum err db_step(sqlite3_stmt *statement);

/* Run a statement that gives no rows to its end and reset it.  Errors as db_err says. */
enum err db_run(sqlite3_stmt *statement);

/* End a statement whose rows are not all read, so that it holds no lock. */
void db_reset(sqlite3_stmt *statement);

/* ---- columns of the current row, numbered from 0; what does not fit is ERR_CORRUPT ---- */

/* Whether it is SQL's NULL. */
bool db_is_null(sqlite3_stmt *statement, int column);

/* An integer from 0 to INT64_MAX. */
enum err db_get_u64(sqlite3_stmt *statement, int column, uint64_t *out);

/* A blob of exactly `len` bytes, copied to `out`. */
enum err db_get_fixed(sqlite3_stmt *statement, int column, void *out, size_t len);

/* A blob of at most `bytes_max`; borrowed until the next step or reset. */
enum err db_get_blob(sqlite3_stmt *statement, int column, size_t bytes_max, struct span *out);

/* A text of at most `bytes_max`, without a NUL in it (one follows); borrowed likewise. */
enum err db_get_text(sqlite3_stmt *statement, int column, size_t bytes_max, struct span *out);

#endif /* PROTO_IO_DB_H */
