/*
 * listing.h - stored messages as rows of a table or as lines of JSON.
 *
 * Host.  Prints to standard output.
 */
#ifndef CLIENTS_NODE_IO_LISTING_H
#define CLIENTS_NODE_IO_LISTING_H

#include "clients/node/io/present.h"
#include "proto/io/term.h"

struct listing {
    struct records *records;      /* borrowed, as the next two */
    struct arena *arena;          /* scratch */
    const struct kind_type *kind; /* only these; NULL: all */
};

/* Begin the table; the caller must term_table_free it.  ERR_NOMEM. */
enum err listing_table_new(struct term_table **out);

/*
 * Each record after leaf *after, which moves on, to `table`, or as a line of JSON where that is
 * NULL.  Stops when the reader of standard output has gone.  Errors as present.h and db.h say.
 */
enum err listing_print(const struct listing *listing, uint64_t *after, struct term_table *table);

/* One record as a line of JSON.  ERR_NOMEM. */
enum err listing_json(const struct presented *presented, struct arena *arena);

#endif /* CLIENTS_NODE_IO_LISTING_H */
