/*
 * doclist_file.h - reading an imported list (doclist.h) where it lies.
 *
 * Host.  A handle belongs to one thread.  The file is read, never mapped, so that one that shrinks
 * or a disk that fails is an error and not the end of the process.  Pages of the index are kept in
 * memory once they were read: at most DOCLIST_CACHE_BYTES, 72 MB for 100 million documents.
 */
#ifndef CLIENTS_NODE_IO_DOCLIST_FILE_H
#define CLIENTS_NODE_IO_DOCLIST_FILE_H

#include "clients/node/doclist.h"

enum { DOCLIST_CACHE_BYTES = 128 << 20 };

struct doclist_file;

/*
 * Open the list at `path`.  On ERR_OK the caller must doclist_file_close *out, else it is NULL.
 * ERR_FORMAT: not a list.  ERR_UNKNOWN: of another version.  ERR_CORRUPT: damaged, or cut short.
 * ERR_NOMEM.  Else as disk_err says.
 */
enum err doclist_file_open(const char *path, struct doclist_file **out);

/* Close it and set *file to NULL; NULL is left alone. */
void doclist_file_close(struct doclist_file **file);

/* What its header says; borrowed. */
const struct doclist_header *doclist_file_header(const struct doclist_file *file);

/* Going over records in their order; a plain value. */
struct doclist_walk {
    bool has_key; /* only records of this skeleton */
    struct confusion_key key;
    uint64_t next; /* data page to be read when `cursor` ends */
    struct doclist_page page;
    struct doclist_cursor cursor;
};

/* Begin at the first record of all; or at the first whose number has the skeleton `key`. */
void doclist_walk_all(struct doclist_walk *walk);
enum err doclist_walk_key(struct doclist_file *file, struct confusion_key key,
                          struct doclist_walk *walk);

/*
 * The next record's bytes, borrowed until the next call, and its key.
 * ERR_NOT_FOUND: that was all.  ERR_CORRUPT: a page is damaged.  Else as disk_err says.
 */
enum err doclist_walk_next(struct doclist_file *file, struct doclist_walk *walk,
                           struct span *record, struct imported_key *key);

/*
 * Read all of the file: every check, the order of the records, their number, and that the index
 * leads to each page.  ERR_CORRUPT: something does not hold.  Else as disk_err says.
 */
enum err doclist_file_check(struct doclist_file *file);

#endif /* CLIENTS_NODE_IO_DOCLIST_FILE_H */
