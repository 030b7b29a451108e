/*
 * store_inner.h - what the files of the officer's store share.
 *
 * Host.  For these files only.
 */
#ifndef CLIENTS_OFFICER_IO_STORE_INNER_H
#define CLIENTS_OFFICER_IO_STORE_INNER_H

#include "clients/officer/io/store.h"

#include "proto/io/db.h"

struct store {
    sqlite3 *db;
    uint64_t now_ms; /* by this clock: what expired before it is not shown */
    bool has_ended;  /* a body was erased since it was opened */
};

#define STORE_SENT_COLUMNS                                                                         \
    "id, stage, refusal, header, hash, envelope, copy, receipt, leaf, accepted, thread_from,"      \
    " expires"
#define STORE_RECEIVED_COLUMNS                                                                     \
    "lane, number, sender, id, hash, leaf, time, read, refusal, end, header, item, expires"

/* Run a statement that changes rows.  A failed disk ends the process. */
enum err store_write(struct store *store, const char *sql, const struct db_value *values,
                     size_t count, struct problems *problems);
#define STORE_WRITE(store, sql, problems, ...)                                                     \
    store_write((store), (sql), (const struct db_value[]){__VA_ARGS__},                            \
                sizeof((const struct db_value[]){__VA_ARGS__}) / sizeof(struct db_value),          \
                (problems))

/*
 * Prepare, bind and step to the first row; the caller must db_finalize *out in any case.
 * ERR_NOT_FOUND: no row.
 */
enum err store_query(struct store *store, const char *sql, const struct db_value *values,
                     size_t count, sqlite3_stmt **out);
#define STORE_QUERY(store, sql, out, ...)                                                          \
    store_query((store), (sql), (const struct db_value[]){__VA_ARGS__},                            \
                sizeof((const struct db_value[]){__VA_ARGS__}) / sizeof(struct db_value), (out))

/*
 * The current row of STORE_SENT_COLUMNS or STORE_RECEIVED_COLUMNS, copied into `arena`; without
 * content if it has expired by this clock, erased or not.
 */
enum err store_read_sent(const struct store *store, sqlite3_stmt *statement, struct arena *arena,
                         struct store_sent *out);
enum err store_read_received(const struct store *store, sqlite3_stmt *statement,
                             struct arena *arena, struct store_received *out);

/*
 * End what an update or withdrawal that counts names (`refusal` is REFUSAL_NONE), unless it is not
 * here: then it is stopped.  `end` is what came before it made of the message itself.
 */
enum err store_end_superseded(struct store *store, const struct header *header, uint32_t refusal,
                              uint64_t end, struct problems *problems);

/* Copy a column into `arena`; NULL is empty bytes or "". */
enum err store_get_bytes(sqlite3_stmt *statement, int column, struct arena *arena,
                         struct span *out);
enum err store_get_text(sqlite3_stmt *statement, int column, struct arena *arena, const char **out);

/* Bytes of an id or hash as a value. */
struct db_value store_id(const struct id *id);
struct db_value store_hash(const struct hash *hash);

#endif /* CLIENTS_OFFICER_IO_STORE_INNER_H */
