/*
 * passes.h - who may open a session now: the credentials in force, by transport key and by hash,
 * as an immutable table that the threads which admit and verify can read while the ledger's
 * writer goes on to the next.
 *
 * Pure.
 */
#ifndef RELAY_PASSES_H
#define RELAY_PASSES_H

#include "keys/trust.h"
#include "proto/limits.h"

struct pass {
    struct hash credential;
    struct public_key transport_key;
    struct public_key signing_key;
    Denrei__V1__Purpose purpose;
    uint64_t not_before_ms;
    uint64_t not_after_ms;
    char member[MEMBER_ID_MAX + 1];
};

struct passes;

/*
 * The credentials of every member's newest roster.  A pass may be not yet valid, or
 * no longer.  On ERR_OK the caller owns *out and must passes_free it; otherwise *out is NULL.
 * ERR_NOMEM.
 */
enum err passes_new(const struct trust *trust, struct passes **out);

/* Free *passes and set it to NULL; a NULL *passes is left alone. */
void passes_free(struct passes **passes);

/* NULL if there is none; borrowed from `passes`. */
const struct pass *passes_find(const struct passes *passes, const struct hash *credential);
const struct pass *passes_find_transport(const struct passes *passes,
                                         const struct public_key *transport_key);

/* Call `visit` for each pass of `before` whose credential is not in `now`. */
void passes_each_gone(const struct passes *before, const struct passes *now,
                      void (*visit)(void *context, const struct pass *pass), void *context);

#endif /* RELAY_PASSES_H */
