/*
 * doclist_sort.h - bringing any number of records into the order of a list (doclist.h), in bounded
 * memory: sorted runs in nameless files, merged at the end.
 *
 * Host.  What it leaves on the disk goes with the process, however that ends.
 */
#ifndef CLIENTS_NODE_IO_DOCLIST_SORT_H
#define CLIENTS_NODE_IO_DOCLIST_SORT_H

#include "clients/node/doclist.h"

enum {
    DOCLIST_SORT_BYTES = 256 << 20, /* of memory for one run; sorting it takes half as much more */
    DOCLIST_SORT_BYTES_MIN = 4096,
    DOCLIST_SORT_RUNS_MAX = 1024
};

struct doclist_sort;

/*
 * Begin, with `bytes` of memory a run, at least DOCLIST_SORT_BYTES_MIN, and runs in the folder
 * `dir`.  On ERR_OK the caller must doclist_sort_free *out, else it is NULL.  ERR_NOMEM.
 */
enum err doclist_sort_new(const char *dir, size_t bytes, struct doclist_sort **out);

/*
 * Add a record's bytes.
 * ERR_NOSPACE: the disk is full.  ERR_FULL: more than DOCLIST_SORT_RUNS_MAX runs.  Else as disk_err
 * says.
 */
enum err doclist_sort_add(struct doclist_sort *sort, struct span record);

/* Go over to taking records out; none can be added after it.  Errors as doclist_sort_add. */
enum err doclist_sort_finish(struct doclist_sort *sort);

/*
 * The next record in order, borrowed until the next call.
 * ERR_NOT_FOUND: that was all.  ERR_CORRUPT, ERR_IO: a run does not hold what was written.
 */
enum err doclist_sort_next(struct doclist_sort *sort, struct span *out);

/* Free *sort and set it to NULL; NULL is left alone. */
void doclist_sort_free(struct doclist_sort **sort);

#endif /* CLIENTS_NODE_IO_DOCLIST_SORT_H */
