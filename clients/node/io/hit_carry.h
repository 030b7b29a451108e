/*
 * hit_carry.h - reports of hits on their way to the relay, and what their owners signed for.
 *
 * Host.
 */
#ifndef CLIENTS_NODE_IO_HIT_CARRY_H
#define CLIENTS_NODE_IO_HIT_CARRY_H

#include "clients/io/connect.h"
#include "clients/node/io/hits.h"

/* Who carries; all is borrowed. */
struct hit_carry {
    struct state *state; /* open for writing */
    struct connect *connect;
    const struct keyfile *key;
    struct hits *hits;
    struct arena *arena; /* scratch */
    struct problems *problems;
};

/*
 * Submit all that waits: sealed and kept first, then offered; each is accepted once, however often
 * it goes.  What the relay refuses, or what cannot be sealed, keeps no other back; *refused (may be
 * NULL) counts those, and `problems` says why.
 * Errors of the connection, or of the database.
 */
enum err hit_carry_waiting(const struct hit_carry *carry, size_t *refused);

/* Ask for the owners' receipts of accepted messages that none is known of. */
enum err hit_carry_track(const struct hit_carry *carry);

#endif /* CLIENTS_NODE_IO_HIT_CARRY_H */
