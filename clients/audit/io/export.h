/*
 * export.h - the log as a C2SP tlog-tiles directory, with the documents beside it.
 *
 * Host.
 */
#ifndef CLIENTS_AUDIT_IO_EXPORT_H
#define CLIENTS_AUDIT_IO_EXPORT_H

#include "clients/audit/io/source.h"

/*
 * Write `dir`: `checkpoint`, `tile/...`, `tile/entries/...`, `documents/<sha256>`, all synced, the
 * checkpoint last.  An export of the same log that is there already grows; what it holds is not
 * changed.  *entries says how many it has now.
 * ERR_CONFLICT: what is there is of another log.  ERR_NOSPACE; else what the source failed with.
 */
enum err export_write(struct source *source, const char *dir, uint64_t *entries,
                      struct problems *problems);

#endif /* CLIENTS_AUDIT_IO_EXPORT_H */
