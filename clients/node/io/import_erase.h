/*
 * import_erase.h - erasing from imported lists what is past its review date.
 *
 * Host.  Such a record matches no more on the day after; this takes it off the disk as well, as
 * every import does with the list that it replaces.
 */
#ifndef CLIENTS_NODE_IO_IMPORT_ERASE_H
#define CLIENTS_NODE_IO_IMPORT_ERASE_H

#include "clients/node/io/imports.h"

/*
 * Write each list of state directory `dir` anew without the records whose review date was over at
 * `proven_ms`, the time that has certainly passed (screen_proven_ms); lists without any are left
 * alone.  *erased says how many went.  The caller has the lock of imports_lock.  A list that cannot
 * be read is passed over, and *lost counts it.  Errors as doclist_writer.h and imports_put say; the
 * lists that were done stay done.
 */
enum err import_erase(const char *dir, struct records *records, uint64_t proven_ms,
                      uint64_t *erased, size_t *lost);

#endif /* CLIENTS_NODE_IO_IMPORT_ERASE_H */
