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
 * Check a receipt that the relay passed on: signed by the credential it names, which at its leaf
 * could sign for the member it names.  *out borrows from `item` and `arena`.
 * ERR_FORMAT: malformed.  ERR_SIGNATURE: not signed by that credential.  ERR_POLICY: the credential
 * could not sign for that member there.  ERR_NOMEM: arena full.
 */
enum err acknowledge_check(const struct trust *trust, const Denrei__V1__TrackItem *item,
                           struct arena *arena, struct delivery_receipt *out);

#endif /* CLIENTS_ACKNOWLEDGE_H */
