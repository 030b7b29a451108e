/*
 * peers.h - what each credential has on its way through the relay, and how fast it asks: bounded
 * before anything of it is decoded or verified, so that one peer cannot take the others' turn.
 *
 * Host: logs.  Belongs to the thread of the socket.
 */
#ifndef RELAY_IO_PEERS_H
#define RELAY_IO_PEERS_H

#include "proto/err.h"
#include "proto/refusal.h"
#include "relay/limit.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    PEERS_MAX = 8192,            /* credentials that are remembered at once */
    PEER_FRAMES_MAX = 128,       /* on their way at once */
    PEER_BYTES_MAX = 3 << 20,    /* of them; a quarter of what all may have */
    PEER_LOG_SPACING_MS = 10000, /* between two lines about one peer */
    PEER_REFUSED_MAX = 1000,     /* frames in a second; who goes on does not listen */
};

struct peers;

/* On ERR_OK the caller must peers_free *out, else it is NULL.  ERR_NOMEM. */
enum err peers_new(const struct limit_rate *frames, struct peers **out);

/* Free *peers and set it to NULL; a NULL *peers is left alone. */
void peers_free(struct peers **peers);

/*
 * A frame of `bytes` came from `user_id`.  REFUSAL_RATE: it is too much; nothing is counted.  On
 * REFUSAL_NONE peers_give must follow.
 */
enum refusal peers_take(struct peers *peers, const char *user_id, size_t bytes, uint64_t now_ms);

/* A frame from `user_id` was refused for another reason of too much. */
void peers_refuse(struct peers *peers, const char *user_id, uint64_t now_ms);

/*
 * Whether more than PEER_REFUSED_MAX of its frames were refused in the second before the last of
 * them: to answer each would let it fill the memory with what is not read yet.
 */
bool peers_is_flooding(struct peers *peers, const char *user_id);

/* The frame was answered. */
void peers_give(struct peers *peers, const char *user_id, size_t bytes);

#endif /* RELAY_IO_PEERS_H */
