/*
 * source_inner.h - the two kinds of source behind source.h.
 *
 * Host.  For source.c and source_relay.c only.
 */
#ifndef CLIENTS_AUDIT_IO_SOURCE_INNER_H
#define CLIENTS_AUDIT_IO_SOURCE_INNER_H

#include "clients/audit/io/source.h"

#include <stdbool.h>

/* A document that the relay gave. */
struct source_kept {
    struct hash hash;
    uint8_t *bytes;
    size_t len;
};

struct source {
    uint8_t *checkpoint; /* the note, from malloc */
    size_t checkpoint_len;
    uint64_t size;
    uint64_t leaf; /* of the next entry */

    const char *dir;  /* an export; else NULL */
    uint8_t *bundle;  /* entries of the tile at `leaf`, from malloc */
    struct span rest; /* of the bundle */
    uint8_t *document;
    uint8_t *tile; /* hashes of one level 0 tile, from malloc */
    size_t tile_len;
    uint64_t tile_number;

    struct connect *connect; /* the relay */
    struct arena *arena;
    Denrei__V1__EntriesReply *reply; /* in the arena; NULL: ask */
    size_t reply_index;
    struct source_kept *documents;
    size_t documents_count;
};

/* source_next from the relay. */
enum err source_relay_next(struct source *source, struct span *entry, struct problems *problems);

#endif /* CLIENTS_AUDIT_IO_SOURCE_INNER_H */
