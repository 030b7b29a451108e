/*
 * check.h - the whole store against itself: every entry, the tree, the checkpoints, the indexes,
 * the bodies.
 *
 * Host.  Reads only.
 */
#ifndef RELAY_IO_CHECK_H
#define RELAY_IO_CHECK_H

#include "proto/problem.h"
#include "relay/io/store.h"

/* What was found. */
struct check_result {
    uint64_t entries, messages, bodies, documents, published;
    uint64_t attachments; /* read from end to end */
};

/*
 * Check the store; each thing that is wrong is a problem whose path names it ("entry 17").  `head`
 * is what the high-water file says, or NULL; `dir` the state directory, whose attachments are read
 * too, or NULL.  `progress` is called now and then.
 * ERR_CORRUPT: something is wrong.  Else the store's errors; ERR_NOMEM.
 */
enum err check_store(struct store *store, const char *dir, const struct merkle_head *head,
                     void (*progress)(void *context, uint64_t done, uint64_t total), void *context,
                     struct check_result *out, struct problems *problems);

#endif /* RELAY_IO_CHECK_H */
