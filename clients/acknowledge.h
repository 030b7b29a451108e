/*
 * acknowledge.h - delivery receipts: signing a batch of them, and checking one of somebody else's.
 *
 * Pure.
 */
#ifndef CLIENTS_ACKNOWLEDGE_H
#define CLIENTS_ACKNOWLEDGE_H

#include "keys/trust.h"
#include "proto/frame.h"
#include "proto/record.h"

/*
 * Make the call that carries `count` (1 to BATCH_MAX) receipts under one signature by `signing`
 * (the credential's that they name).  Set request->call_case and request->acknowledge with it.
 * ERR_RANGE: count out of bounds.  ERR_FORMAT: a receipt out of bounds.  ERR_NOMEM: arena full.
 */
enum err acknowledge_make(const struct hash *federation, const struct delivery_receipt *receipts,
                          size_t count, const struct identity *signing, struct arena *arena,
                          Denrei__V1__AcknowledgeCall **out);

/*
 * Which of `count` receipts to send next, so that one that the relay never takes keeps back no
 * other: all of them, then halves of what was refused until one is refused alone.
 */
struct acknowledge_walk {
    size_t at;    /* those before are done */
    size_t len;   /* to be sent from there; 0 when all are done */
    size_t count; /* of all */
};

/* All of `count` receipts are to be sent first. */
struct acknowledge_walk acknowledge_begin(size_t count);

/* What was sent was taken. */
void acknowledge_taken(struct acknowledge_walk *walk);

/* What was sent was refused; true if that was one alone, which is done with it. */
bool acknowledge_refused(struct acknowledge_walk *walk);

/*
 * Whether a refusal with `code` says nothing of the receipts, but of the moment or of who sends
 * them: they must be kept and sent later.
 */
bool acknowledge_is_for_later(uint32_t code);

/*
 * Check a receipt that the relay passed on: signed by the credential it names, which at its leaf
 * could sign for the member it names.  *out borrows from `item` and `arena`.
 * ERR_FORMAT: malformed.  ERR_SIGNATURE: not signed by that credential.  ERR_POLICY: the credential
 * could not sign for that member there.  ERR_NOMEM: arena full.
 */
enum err acknowledge_check(const struct trust *trust, const Denrei__V1__TrackItem *item,
                           struct arena *arena, struct delivery_receipt *out);

#endif /* CLIENTS_ACKNOWLEDGE_H */
