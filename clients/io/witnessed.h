/*
 * witnessed.h - the time up to which a quorum of witnesses has seen the log.
 *
 * Host.  Touches the network by way of connect.h.  What has certainly passed is not for this
 * machine's clock to say: data that a wrong clock erased would be gone.
 */
#ifndef CLIENTS_IO_WITNESSED_H
#define CLIENTS_IO_WITNESSED_H

#include "clients/io/connect.h"

/* What a quorum has confirmed; zeros: nothing. */
struct witnessed {
    uint64_t time_ms; /* when it saw the log */
    uint64_t size;    /* how many entries of it */
};

/*
 * Check the newest checkpoint with a quorum of `reply` against `published`, the head of its
 * published one, under the directory of `trust`; *out is zeros if the relay shows none, or none
 * that is one under this directory.  Not whether its time lies ahead of this clock. ERR_SIGNATURE,
 * ERR_FORMAT: it is not the log's, or a cosignature is false.  ERR_PROOF, ERR_STALE: it is no part
 * of what is published.  ERR_NOMEM: arena full.
 */
enum err witnessed_check(const struct trust *trust, const Denrei__V1__CheckpointReply *reply,
                         const struct merkle_head *published, struct arena *arena,
                         struct witnessed *out);

/*
 * Ask the relay for its newest published checkpoint and take it (connect_take_published); *time_ms
 * is when a quorum saw the log, 0 if none did.  `arena` is reset.  Errors as connect_call,
 * connect_advance and witnessed_check.
 */
enum err witnessed_ask(struct connect *connect, struct arena *arena, uint64_t *time_ms,
                       struct problems *problems);

#endif /* CLIENTS_IO_WITNESSED_H */
