/*
 * csv_table.h - a table as CSV (RFC 4180) whose first row names its columns.
 *
 * Pure; reads with libcsv.  The separator is a comma, a semicolon or a tab, whichever the first row
 * has; a byte order mark is passed over.  A row is one line: quoted line breaks are not read.  One
 * that is malformed is told of by its line, and reading goes on behind it.
 */
#ifndef CLIENTS_NODE_CSV_TABLE_H
#define CLIENTS_NODE_CSV_TABLE_H

#include "proto/bytes.h"
#include "proto/err.h"
#include "proto/problem.h"

#include <stdint.h>

enum { CSV_COLUMNS_MAX = 64, CSV_ROW_BYTES_MAX = 8192 };

/* A column that is looked for, in any case and with blanks, hyphens or underscores alike. */
struct csv_column {
    const char *name;
    const char *other_names; /* separated by '|'; "" if none */
};

/* One row; borrowed for the call. */
struct csv_row {
    uint64_t line;             /* from 1 */
    const char *const *values; /* one for each column looked for, "" if absent; UTF-8, no NUL */
    const char *problem;       /* NULL, or why the row could not be read: values are "" then */
};

/* Take a row; an error ends the reading. */
typedef enum err csv_take(void *user, const struct csv_row *row);

struct csv_columns {
    const struct csv_column *list;
    size_t count; /* at most CSV_COLUMNS_MAX */
};

/*
 * Read `text` and give `take` each row behind the first, but empty ones.
 * ERR_FORMAT: there is no first row that names one of the columns; `problems` says so.
 * ERR_NOMEM: libcsv has no memory.  Else what `take` returned.
 */
enum err csv_table_read(struct span text, const struct csv_columns *columns, csv_take *take,
                        void *user, struct problems *problems);

#endif /* CLIENTS_NODE_CSV_TABLE_H */
