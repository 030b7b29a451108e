/*
 * connect.h - one client's connection to the relay: blocking requests over CURVE, with every check
 * of session.h, and the view of the log kept on disk.
 *
 * Host.  Opening a connection says Hello, proves the log's consistency with what was last seen, and
 * takes all documents that are new.  Functions that fail add to `problems` what is wrong and what
 * to do.
 */
#ifndef CLIENTS_IO_CONNECT_H
#define CLIENTS_IO_CONNECT_H

#include "clients/io/state.h"
#include "proto/io/net.h"

enum { CONNECT_TIMEOUT_MS = 10000 };

struct connect;

/*
 * Connect with the transport key of `key` to the relay that the config names, or to the first of
 * the directory that answers; then Hello and documents.  `state` must be open for writing and
 * outlive the connection.  On ERR_OK the caller must connect_close *out, else it is NULL.
 * ERR_CONNECT, ERR_TIMEOUT: no relay answers.  ERR_REFUSED: the relay does not admit the key.
 * ERR_KEY: what answers is not the relay of the directory.  ERR_CANCELLED: a signal came.
 * ERR_SIGNATURE, ERR_PROOF, ERR_STALE: the relay's log is not the one seen before: evidence lies in
 * the state directory.
 */
enum err connect_open(struct net *net, struct state *state, const struct keyfile *key,
                      uint64_t timeout_ms, struct problems *problems, struct connect **out);

/* Close *connect and set it to NULL; NULL is left alone. */
void connect_close(struct connect **connect);

/*
 * Send `request` (its call is set; the id is set here) and wait for the reply, at most
 * `timeout_ms`.  *out lies in `arena`.
 * ERR_REFUSED: the relay answered with an error: connect_refusal has the code.
 * ERR_CONNECT: the link is lost.  ERR_TIMEOUT: no reply.  ERR_CANCELLED: a signal came.
 * ERR_FORMAT: the relay is broken: what it sends is no reply to this, or larger than any.
 * ERR_NOMEM: arena full.
 * After any but ERR_REFUSED close the connection and open a new one.
 */
enum err connect_call(struct connect *connect, Denrei__V1__Request *request, uint64_t timeout_ms,
                      struct arena *arena, Denrei__V1__Reply **out, struct problems *problems);

/*
 * The two halves of connect_call, for several requests at once: at most SESSION_CALLS_MAX may await
 * their replies, which come in any order; request->request_id, set by connect_send, is in the
 * reply.  connect_receive waits until the earliest deadline.  Errors as connect_call; on
 * ERR_REFUSED *out is set too, and what else is awaited still comes.
 */
enum err connect_send(struct connect *connect, Denrei__V1__Request *request, uint64_t timeout_ms,
                      struct arena *arena, struct problems *problems);
enum err connect_receive(struct connect *connect, struct arena *arena, Denrei__V1__Reply **out,
                         struct problems *problems);

/* Whether some reply is awaited. */
bool connect_is_awaiting(const struct connect *connect);

/* The code of the last ERR_REFUSED: a REFUSAL_*. */
uint32_t connect_refusal(const struct connect *connect);

/* The session: the view of the log, and the trust that it applies documents to. */
struct session *connect_session(struct connect *connect);

/* The endpoint that is connected; borrowed. */
const char *connect_endpoint(const struct connect *connect);

/*
 * Take a checkpoint that came in a reply (session_advance) and keep the view.  A checkpoint that
 * contradicts the view is written to `evidence-<size>.txt` in the state directory, and the
 * view's own to `evidence-<size>-seen.txt`: two signatures of the log under two histories.  One
 * that only is smaller goes to `evidence-<size>-back.txt`.  Errors as session_advance, told in
 * words.
 */
enum err connect_advance(struct connect *connect, const struct session_proof *proof,
                         struct arena *arena, struct merkle_head *out, struct problems *problems);

/*
 * Take the published checkpoint of a reply to a Checkpoint call with the view's size.  It extends
 * the view, or the view extends it, since checkpoints of replies run ahead of published ones; *out
 * is its head.  Errors and evidence as connect_advance.
 */
enum err connect_take_published(struct connect *connect, const Denrei__V1__CheckpointReply *reply,
                                struct arena *arena, struct merkle_head *out,
                                struct problems *problems);

/*
 * Take and keep all documents that the log has and the client does not: after a refusal
 * that a newer one may explain, such as STALE, or when a reply names a newer document.  That there
 * is none after all is no error.  Errors as connect_open.
 */
enum err connect_refresh(struct connect *connect, struct problems *problems);

/* `documents` of a reply: remember that the log has that many; true if some are new here. */
bool connect_note_documents(struct connect *connect, uint64_t documents);

#endif /* CLIENTS_IO_CONNECT_H */
