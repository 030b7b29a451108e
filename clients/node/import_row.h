/*
 * import_row.h - rows of a CSV list of lost and stolen documents, after the fields of INTERPOL's
 * record (KINDS.md section 1 in words): what its columns are called, what a row must be.
 *
 * Pure.  The first row names the columns, in any order and case, with blanks, hyphens or
 * underscores between words: DIN (or document number), issuing country, type, fraud type; and where
 * the list has them theft reporting country, date of issue, date of expiry, stolen on, review date,
 * national reference.
 */
#ifndef CLIENTS_NODE_IMPORT_ROW_H
#define CLIENTS_NODE_IMPORT_ROW_H

#include "clients/node/imported.h"
#include "proto/problem.h"

enum import_column {
    IMPORT_NUMBER,
    IMPORT_STATE,
    IMPORT_TYPE,
    IMPORT_FRAUD,
    IMPORT_MANDATORY, /* those above must be there */
    IMPORT_REPORTING = IMPORT_MANDATORY,
    IMPORT_ISSUED,
    IMPORT_EXPIRES,
    IMPORT_LOST_ON,
    IMPORT_REVIEW,
    IMPORT_REFERENCE,
    IMPORT_COLUMNS,
    IMPORT_PASSED_OVER = IMPORT_COLUMNS /* a column that is not wanted */
};

enum {
    IMPORT_FIELDS_MAX = 64, /* in a row */
    IMPORT_REVIEW_YEARS = 10,
    IMPORT_MEMO = 64,
    IMPORT_MEMO_BYTES = 40
};

/* What a word of a column meant before, so that a million rows need not look it up. */
struct import_memo {
    char text[IMPORT_MEMO_BYTES];
    uint8_t len; /* 0: empty */
    uint8_t column;
    int value;
};

/* Which field of a row is what; begins zeroed, then import_layout_read. */
struct import_layout {
    enum import_column columns[IMPORT_FIELDS_MAX];
    size_t fields;
    struct date_text today;
    struct import_memo memo[IMPORT_MEMO];
};

/* What is wrong with a row. */
struct import_fault {
    size_t field;    /* from 0; IMPORT_FIELDS_MAX: the row itself */
    char wrong[160]; /* what it says, and what is wrong with it; quotes the list */
    char cure[160];  /* what to do */
};

/* The name of `column` as we write it: "issuing_country". */
const char *import_column_name(enum import_column column);

/*
 * Read the row of names.  `skipped` are names that the user wants passed over; so is our own
 * "rejected_because".  `today` is what dates are judged by.
 * ERR_FORMAT: a column is unknown or there twice, or a mandatory one is missing; `problems` says
 * which, and what was likely meant.
 */
enum err import_layout_read(const struct span *names, size_t count, const char *const *skipped,
                            size_t skipped_count, struct date_text today,
                            struct import_layout *layout, struct problems *problems);

enum import_outcome {
    IMPORT_RECORD,
    IMPORT_PAST,    /* sound, but its review date is over */
    IMPORT_REJECTED /* `fault` says why */
};

/* Read a row of `count` fields, each with a NUL behind it. */
enum import_outcome import_row_read(struct import_layout *layout, const struct span *fields,
                                    size_t count, struct imported *out, struct import_fault *fault);

/* Which of , ; and tab divides the row of names `line`: the one that is there most. */
char import_find_delimiter(struct span line);

#endif /* CLIENTS_NODE_IMPORT_ROW_H */
