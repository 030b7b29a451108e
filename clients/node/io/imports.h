/*
 * imports.h - the lists of documents that a node has imported: one sorted file each
 * (doclist_file.h) in the folder `imports` of the state directory, and which of them count in
 * node.db.
 *
 * Host.  A list's file is named by its generation, and becomes the one that counts when node.db
 * names it: an import that is killed, or finds the disk full, changes nothing.
 */
#ifndef CLIENTS_NODE_IO_IMPORTS_H
#define CLIENTS_NODE_IO_IMPORTS_H

#include "clients/node/io/doclist_file.h"
#include "clients/node/io/records.h"
#include "proto/io/disk.h"

enum { IMPORTS_MAX = RECORDS_IMPORTS_MAX };

#define IMPORTS_MAX_AGE_MS (7 * DAY_MS) /* unless the import said otherwise */

/* A list that counts. */
struct import_source {
    struct record_import id;
    struct doclist_file *file;    /* NULL: it cannot be read */
    enum err err;                 /* why */
    struct doclist_header header; /* zeros where it cannot be read, but for the name */
};

/* Those that count; begins as zeros, and is given back by imports_close. */
struct imports {
    struct import_source list[IMPORTS_MAX];
    size_t count;
    uint64_t known_count, known_newest; /* the view's, when they were opened */
};

/* The path of the folder, or of generation `number` of list `name`.  ERR_RANGE: too long. */
enum err imports_folder(const char *dir, char out[DISK_PATH_BYTES]);
enum err imports_path(const char *dir, const char *name, uint64_t number,
                      char out[DISK_PATH_BYTES]);

/*
 * Have the lists of state directory `dir` open that count as `records` says; those that are open
 * already stay.  One that cannot be opened is there all the same, with its error.  Errors as db.h
 * says.
 */
enum err imports_refresh(struct imports *imports, const char *dir, struct records *records,
                         const struct screen_view *view);

/* Close all of them. */
void imports_close(struct imports *imports);

/* Whether `name` can name a list: 1 to 32 small letters, digits and hyphens. */
bool imports_is_name(const char *name);

/*
 * Take the lock of the folder, made where it is missing, and remove what no import uses any more.
 * *out is given back with disk_unlock.  ERR_BUSY: an import runs; *pid says which process, or 0.
 * Else as disk_err says.
 */
enum err imports_lock(const char *dir, struct records *records, int *out, long *pid);

/*
 * Let the finished file at `part` be the new generation of list `name`, in one step; the generation
 * before goes.  ERR_FULL: there are IMPORTS_MAX lists already.  Else as db.h and disk_err say; then
 * nothing has changed.
 */
enum err imports_put(const char *dir, struct records *records, const char *part, const char *name);

/* Let the list `name` count no more, and remove it.  ERR_NOT_FOUND: there is none. */
enum err imports_drop(const char *dir, struct records *records, const char *name);

#endif /* CLIENTS_NODE_IO_IMPORTS_H */
