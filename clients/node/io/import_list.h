/*
 * import_list.h - one import of a list of documents, from its CSV to the generation that counts.
 *
 * Host.
 */
#ifndef CLIENTS_NODE_IO_IMPORT_LIST_H
#define CLIENTS_NODE_IO_IMPORT_LIST_H

#include "clients/node/io/import_csv.h"
#include "clients/node/io/imports.h"

struct import_list_options {
    const char *dir;  /* state directory */
    const char *name; /* of the list */
    int fd;
    uint64_t bytes_total;
    const char *rejects;
    const char *const *skipped;
    size_t skipped_count;
    uint64_t now_ms;
    uint64_t as_of_ms;   /* date of the data; 0: now */
    uint64_t max_age_ms; /* 0: as the generation before has it, else IMPORTS_MAX_AGE_MS */
    size_t sort_bytes;   /* of memory */
    bool is_trial;       /* nothing is written */
    bool adds;           /* what the generation before has stays */
    bool may_shrink;     /* to less than half of the generation before */
};

/* What became of it. */
struct import_list_result {
    struct import_csv_counts counts;
    uint64_t repeated;            /* records that were there more than once */
    uint64_t before;              /* records of the generation before */
    struct doclist_header header; /* of the new one; zeros for a trial */
};

/*
 * Import it.  After an error the list is as it was.
 * ERR_BUSY: another import runs.  ERR_POLICY: more than half of the rows are no records, none is
 * one, or the list would shrink by half.  ERR_FULL: too many lists.  ERR_NOSPACE: the disk is full.
 * Else as import_csv_read, imports_lock and imports_put say.  `problems` has it in words, and the
 * first rejected rows in any case.
 */
enum err import_list_run(const struct import_list_options *options,
                         struct import_list_result *result, struct problems *problems);

#endif /* CLIENTS_NODE_IO_IMPORT_LIST_H */
