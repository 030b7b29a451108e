/*
 * prove.h - an evidence file for one message, made from a whole log.
 *
 * Host.
 */
#ifndef CLIENTS_AUDIT_IO_PROVE_H
#define CLIENTS_AUDIT_IO_PROVE_H

#include "clients/audit/io/source.h"
#include "proto/message_id.h"

/* What is asked of a member that should have answered. */
struct prove_absence {
    const char *member; /* NULL: the only recipient */
    uint64_t by_ms;
};

/*
 * Find the one message whose id lies in `range`, and write the evidence for it to `path`, which
 * must be new, after checking it under `root_file` as a third party would.  *leaf is the message's.
 * With `absence` it also proves that the member had sent nothing in the thread by then; if it had,
 * ERR_PROOF, and `problems` names the entry.
 * ERR_NOT_FOUND: there is none; ERR_CONFLICT: there are several; ERR_EXISTS: the file is there;
 * ERR_PROOF: the log does not prove it.  Else what the source or the disk failed with; `problems`
 * says what.
 */
enum err prove_write(struct source *source, struct span root_file,
                     const struct message_id_range *range, const struct prove_absence *absence,
                     const char *path, uint64_t *leaf, struct problems *problems);

#endif /* CLIENTS_AUDIT_IO_PROVE_H */
