/*
 * hits_inner.h - what hits.c and hits_sent.c share.
 *
 * Host.  For these files only.
 */
#ifndef CLIENTS_NODE_IO_HITS_INNER_H
#define CLIENTS_NODE_IO_HITS_INNER_H

#include "clients/node/io/hits.h"
#include "proto/io/db.h"

struct hits {
    sqlite3 *db;
    bool has_erased; /* what the write-ahead log may still hold */
};

/* Run a statement that changes rows; *changed (may be NULL) says how many.  A failed disk ends the
 * process. */
enum err hits_write(struct hits *hits, const char *sql, const struct db_value *values, size_t count,
                    size_t *changed);
#define HITS_WRITE(hits, sql, changed, ...)                                                        \
    hits_write((hits), (sql), (const struct db_value[]){__VA_ARGS__},                              \
               sizeof((const struct db_value[]){__VA_ARGS__}) / sizeof(struct db_value),           \
               (changed))

/*
 * Prepare, bind and step to the first row; the caller must db_finalize *out in any case.
 * ERR_NOT_FOUND: no row.
 */
enum err hits_query(struct hits *hits, const char *sql, const struct db_value *values, size_t count,
                    sqlite3_stmt **out);
#define HITS_QUERY(hits, sql, out, ...)                                                            \
    hits_query((hits), (sql), (const struct db_value[]){__VA_ARGS__},                              \
               sizeof((const struct db_value[]){__VA_ARGS__}) / sizeof(struct db_value), (out))

/* Copy a column into `arena`; NULL is empty bytes or "". */
enum err hits_get_bytes(sqlite3_stmt *statement, int column, struct arena *arena, struct span *out);
enum err hits_get_text(sqlite3_stmt *statement, int column, struct arena *arena, const char **out);

/* One transaction for several changes. */
enum err hits_begin(struct hits *hits);
enum err hits_end(struct hits *hits, enum err err); /* commits ERR_OK, else rolls back */

#endif /* CLIENTS_NODE_IO_HITS_INNER_H */
