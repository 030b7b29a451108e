/*
 * import_csv.h - reading a CSV list of documents of any length as a stream: lines, rows, rejects.
 *
 * Host.  Uses libcsv in its strict mode.  Nothing of a row that is rejected is lost: it can be
 * written, as it stands and with the reason behind it, to a file of its own that can be corrected.
 */
#ifndef CLIENTS_NODE_IO_IMPORT_CSV_H
#define CLIENTS_NODE_IO_IMPORT_CSV_H

#include "clients/node/import_row.h"

enum {
    IMPORT_ROW_BYTES_MAX = 16 << 10, /* of a row, its line ends included */
    IMPORT_TOLD_MAX = 20             /* rejected rows that are told one by one */
};

struct import_csv_options {
    int fd;               /* to be read to its end */
    uint64_t bytes_total; /* for the progress; 0: not known */
    const char *rejects;  /* path of the file for rejected rows, made with the first; or NULL */
    const char *const *skipped; /* columns to be passed over */
    size_t skipped_count;
    struct date_text today;
    /* Called for each record that is in force; its error ends the reading. */
    enum err (*take)(void *data, const struct imported *record);
    void *data;
};

struct import_csv_counts {
    uint64_t records;  /* given to `take` */
    uint64_t past;     /* whose review date is over */
    uint64_t rejected; /* rows that are no records */
};

/*
 * Read it all.  The first IMPORT_TOLD_MAX rejected rows are told in `problems`, by line, column and
 * rule; rejecting rows is no error.
 * ERR_FORMAT: the row of names is wrong, or the list is not text in UTF-8; `problems` says where.
 * ERR_EXISTS: the file for rejected rows is there already.  ERR_NOSPACE: no room for it.
 * ERR_IO: the list cannot be read.  Else what `take` answered.
 */
enum err import_csv_read(const struct import_csv_options *options, struct import_csv_counts *counts,
                         struct problems *problems);

#endif /* CLIENTS_NODE_IO_IMPORT_CSV_H */
