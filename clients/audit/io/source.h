/*
 * source.h - where an auditor reads a log from: the relay, or an export directory; entry by entry,
 * from leaf 0 to a published checkpoint.
 *
 * Host.
 */
#ifndef CLIENTS_AUDIT_IO_SOURCE_H
#define CLIENTS_AUDIT_IO_SOURCE_H

#include "clients/io/connect.h"
#include "proto/bytes.h"
#include "proto/problem.h"

struct source;

/*
 * Read from the export directory `dir`.  On ERR_OK the caller must source_close *out.
 * ERR_NOT_FOUND: no export there.  ERR_FORMAT: its checkpoint is malformed.
 */
enum err source_open_export(const char *dir, struct problems *problems, struct source **out);

/*
 * Read from the relay over `connect`, which must outlive *out, to a published checkpoint that
 * covers all that was accepted before and is checked against the view.  With `witness_wait_ms` wait
 * at most so long until a quorum has cosigned one, and take that.
 * ERR_TIMEOUT: the relay does not publish what it has signed.  Else as connect_call and
 * connect_take_published.
 */
enum err source_open_relay(struct connect *connect, uint64_t witness_wait_ms,
                           struct problems *problems, struct source **out);

/* Close *source and set it to NULL; NULL is left alone.  The connection stays open. */
void source_close(struct source **source);

/* The published checkpoint that bounds the log: its note, and the number of its leaves. */
struct span source_checkpoint(const struct source *source);
uint64_t source_size(const struct source *source);

/*
 * The next entry; borrowed until the next call.  ERR_NOT_FOUND: all were read.
 * ERR_FORMAT: the export's bundle is cut or altered at this leaf (see source_leaf).
 */
enum err source_next(struct source *source, struct span *entry, struct problems *problems);

/* The leaf that source_next gives next. */
uint64_t source_leaf(const struct source *source);

/* The document with this SHA-256, borrowed until the next call; empty if there is none. */
struct span source_document(struct source *source, const struct hash *hash);

/*
 * The hash that the export's own tiles give for `leaf`.
 * ERR_NOT_FOUND: a relay has no tiles, or the tile is missing.
 */
enum err source_tile_hash(struct source *source, uint64_t leaf, struct hash *out);

#endif /* CLIENTS_AUDIT_IO_SOURCE_H */
