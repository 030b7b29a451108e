/*
 * intake.h - what a running node asks of the relay: new messages, receipts for those stored, and a
 * cosignature of what the log shows.
 *
 * Host.  Each message is stored in one transaction with its position and its receipt; only then is
 * the receipt sent.
 */
#ifndef CLIENTS_NODE_IO_INTAKE_H
#define CLIENTS_NODE_IO_INTAKE_H

#include "clients/io/connect.h"
#include "clients/node/io/records.h"

struct intake;

/*
 * Begin with an open state (STATE_WRITE), its records and its key file, all of which must outlive
 * *out; `has_hook`: every new message gets a row for the hook.  The caller must intake_close it.
 * ERR_KEY: the key file lacks a signing or encryption key.  ERR_NOMEM.  Else as records_view.
 */
enum err intake_open(struct state *state, struct records *records, const struct keyfile *key,
                     bool has_hook, struct intake **out);

/* Free *intake and set it to NULL; NULL is left alone. */
void intake_close(struct intake **intake);

/*
 * Fetch once over `connect`, waiting up to `wait_ms` for news, and store what came; *stored says
 * how many messages.  A fault of the relay is an error, of which the entry is kept as evidence.
 * Errors as connect_call; ERR_PROOF, ERR_CONFLICT, ERR_FORMAT, ERR_SIGNATURE, ERR_COMMITMENT: a
 * fault of the relay.
 */
enum err intake_fetch(struct intake *intake, struct connect *connect, uint64_t wait_ms,
                      size_t *stored, struct problems *problems);

/*
 * Send the queued receipts, if there are any.  One that the relay refuses for good is dropped with
 * a line in the log and keeps back no other; what it refuses for now stays queued: neither is an
 * error, so that ERR_REFUSED never comes.  Else errors as connect_call.
 */
enum err intake_acknowledge(struct intake *intake, struct connect *connect,
                            struct problems *problems);

/*
 * Ask for the newest published checkpoint, take it as the view, note the newest that a quorum
 * confirms, and return a cosignature if it is new and the key file has the witness key that the
 * directory names for this member; whether it has is logged when that changes.  A checkpoint that
 * is smaller than what this run has cosigned gets no cosignature.  That the relay does not take one
 * is logged, and no error.
 * Errors as connect_call and connect_advance.
 */
enum err intake_witness(struct intake *intake, struct connect *connect, struct problems *problems);

/* Erase what has expired; *count says how many messages.  Errors as db.h says. */
enum err intake_expire(struct intake *intake, size_t *count);

/* How far the data are proven now; borrowed. */
const struct screen_view *intake_view(const struct intake *intake);

#endif /* CLIENTS_NODE_IO_INTAKE_H */
