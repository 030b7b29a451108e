/*
 * session.h - one client's talk with the relay: which reply is awaited and until when, when to try
 * again, and the checks that every reply must pass before anything in it counts.
 *
 * Pure.  Bytes and times go in; bytes, an answer and the client's view of the log come out.  The
 * host keeps the view on disk (clients/io/state) and moves the bytes (clients/io/connect).
 *
 * The view is the last checkpoint that the log's key signed and that was proven to extend all
 * earlier ones, and the documents taken from the log, in the order of their numbers.
 */
#ifndef CLIENTS_SESSION_H
#define CLIENTS_SESSION_H

#include "keys/trust.h"
#include "proto/frame.h"
#include "proto/merkle.h"
#include "proto/record.h"

enum {
    SESSION_CALLS_MAX = 8, /* requests that await their replies at once */
    SESSION_RETRY_MS_MIN = 250,
    SESSION_RETRY_MS_MAX = 60000
};

/* A request that has no reply yet. */
struct session_call {
    uint64_t request_id; /* 0: free */
    Denrei__V1__Request__CallCase type;
    uint64_t deadline_ms;
};

/* Begins with session_init; a plain value, needs no free. */
struct session {
    struct trust *trust;     /* borrowed; session_take_document applies documents to it */
    struct merkle_head head; /* last checkpoint proven; leaf_count 0: none yet */
    uint64_t documents;      /* number of the last document taken; 0: none */
    uint64_t documents_seen; /* number of the newest that the relay named */
    uint64_t request_id_last;
    struct session_call calls[SESSION_CALLS_MAX];
};

/*
 * Begin.  `head` is the last checkpoint kept (leaf_count 0 for none), `documents` the number of the
 * last document kept; `trust` must hold these documents and outlive the session.
 */
void session_init(struct session *session, struct trust *trust, const struct merkle_head *head,
                  uint64_t documents);

/* ---- requests and replies */

/*
 * Number `request` (its call is set), note that its reply is awaited until `deadline_ms`, and
 * encode it.
 * ERR_FULL: SESSION_CALLS_MAX replies are awaited, or the frame is too large.  ERR_NOMEM: arena
 * full.  Nothing is awaited then.
 */
enum err session_ask(struct session *session, Denrei__V1__Request *request, uint64_t deadline_ms,
                     struct arena *arena, struct span *out);

/*
 * Take a frame from the relay: its reply answers an awaited request, which is then no longer
 * awaited, and is of that request's type or an error.
 * ERR_NOT_FOUND: no request awaits it (it came too late); drop it.
 * ERR_FORMAT: malformed, or an answer to another question: the relay is broken.
 * ERR_NOMEM: arena full.
 */
enum err session_take(struct session *session, struct span frame, struct arena *arena,
                      Denrei__V1__Reply **out);

/* The earliest deadline of an awaited reply; UINT64_MAX if none is awaited. */
uint64_t session_deadline_ms(const struct session *session);

/* Forget the requests whose deadline is not after `now_ms`; returns how many those were. */
size_t session_expire(struct session *session, uint64_t now_ms);

/* Forget all awaited replies: the connection they would come by is gone. */
void session_forget(struct session *session);

/*
 * How long to wait before attempt number `attempt` (from 1): doubles from SESSION_RETRY_MS_MIN to
 * SESSION_RETRY_MS_MAX; `random` (any value) takes off up to half of it, so that clients that lost
 * the relay together do not come back together.
 */
uint64_t session_retry_ms(unsigned attempt, uint32_t random);

/* ---- checkpoints */

/* A checkpoint as text, with the proof that came with it. */
struct session_proof {
    const char *checkpoint;
    const ProtobufCBinaryData *consistency; /* from the view's size to the checkpoint's */
    size_t consistency_len;
};

/*
 * Check a checkpoint: signed by the log key of the newest directory, and extending the view.  One
 * that is older than the view passes only if it is the view itself.  On ERR_OK the view is this
 * checkpoint, also given in *out (may be NULL).
 * ERR_FORMAT: not a checkpoint of this log.  ERR_SIGNATURE: not signed by the log's key.
 * ERR_STALE: smaller than the view: the relay went back.  ERR_PROOF: it does not extend the view:
 * two histories, which the host must keep as evidence.  ERR_NOMEM: arena full.  The view is
 * unchanged on an error.
 */
enum err session_advance(struct session *session, const struct session_proof *proof,
                         struct arena *arena, struct merkle_head *out);

/*
 * Only check that `checkpoint` is signed by the log's key; for a receipt that the relay gave before
 * the view.  Errors as session_advance without ERR_STALE and ERR_PROOF.
 */
enum err session_check_signed(const struct session *session, const char *checkpoint,
                              struct merkle_head *out);

/*
 * Check that `newer` extends `older` by the consistency proof at `path`; any checkpoint extends
 * one of no leaves.
 * ERR_STALE: `newer` is smaller.  ERR_PROOF: it does not extend it.  ERR_NOMEM: arena full.
 */
enum err session_check_extends(const struct merkle_head *older, const struct merkle_head *newer,
                               const ProtobufCBinaryData *path, size_t path_len,
                               struct arena *arena);

/* Check `entry` at `leaf` under `head`.  ERR_PROOF: it is not there.  ERR_NOMEM: arena full. */
enum err session_check_entry(const struct merkle_head *head, struct span entry, uint64_t leaf,
                             const ProtobufCBinaryData *path, size_t path_len, struct arena *arena);

/* ---- documents */

/* Whether the log holds documents that were not taken yet. */
bool session_is_behind(const struct session *session);

/* A document that was taken, for the host to keep; borrows from the reply. */
struct session_document {
    uint64_t number;
    uint64_t leaf;
    Denrei__V1__DocumentType type;
    struct span bytes;
};

/*
 * Take one item of a DocumentsReply whose checkpoint has been taken as `head`: it is the document
 * with the next number, the log holds its hash at its leaf, and trust accepts it.  The host then
 * keeps *out.
 * ERR_FORMAT: not a document's entry.  ERR_CONFLICT: another number than the next, or the bytes
 * are not those that were logged.  ERR_PROOF: not in the log.  Else trust_apply's errors.
 * Nothing is changed on an error.
 */
enum err session_take_document(struct session *session, const struct merkle_head *head,
                               const Denrei__V1__DocumentsItem *item, struct arena *arena,
                               struct session_document *out);

/* ---- submitting */

/*
 * Judge one result of a SubmitReply whose checkpoint has been taken as `head`: when the relay
 * accepted, that its receipt proves that the message with `message_hash` is in the log, signed by
 * its sender's credential and with a mailbox number for each recipient; *out is the receipt
 * (encode it with receipt_encode) and borrows from the reply.
 * ERR_REFUSED: the relay refused; result->code says why.
 * ERR_CONFLICT: the receipt is about another message.  ERR_FORMAT, ERR_PROOF, ERR_SIGNATURE: the
 * receipt proves nothing; ERR_PROOF also where its checkpoint is another than the reply's.
 * ERR_NOMEM: arena full.
 */
enum err session_check_result(const struct session *session, const Denrei__V1__SubmitReply *reply,
                              size_t index, const struct hash *message_hash, struct arena *arena,
                              struct receipt *out);

#endif /* CLIENTS_SESSION_H */
