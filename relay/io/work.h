/*
 * work.h - what the relay's threads hand on: a request on its way from the socket through
 * verification and the ledger's writer back to the socket.
 *
 * Host.  A work belongs to the thread that took it last from a queue; the pool may be used from
 * any thread.
 */
#ifndef RELAY_IO_WORK_H
#define RELAY_IO_WORK_H

#include "proto/frame.h"
#include "proto/io/net.h"
#include "relay/relay.h"

enum {
    WORKS_MAX = 1024,             /* on their way at once */
    WORK_BYTES_MAX = 12 << 20,    /* of frames on their way at once */
    WORK_SMALL_ARENA = 256 << 10, /* larger ones are kept for few works only */
    WORK_BIG_KEPT = 12,
    WORK_BIG_ARENA_MAX = 2 << 20, /* and none larger than this */
};

enum work_type {
    WORK_REQUEST,
    WORK_TICK,  /* to the writer: time passed */
    WORK_STOP,  /* to the writer: finish; back: finished */
    WORK_REPLY, /* from the writer: what a waiting Fetch is answered with */
    WORK_CLOSE  /* from the writer: end the sessions of user_id */
};

/* What became of one message of a Submit. */
struct work_result {
    enum refusal code;
    uint64_t leaf;
    struct span entry;
};

/* The file of an attachment: whose, of which message, which of them. */
struct chunks_name {
    char member[MEMBER_ID_MAX + 1];
    struct id id;
    uint32_t index;
};

/* A reply's bytes, which the socket's library frees when they are on the wire. */
struct work_reply {
    /* Where len is counted until then, of the peer and of all; NULL before it is sent. */
    _Atomic(size_t) *unsent, *unsent_all;
    size_t len;
    uint8_t bytes[];
};

/* A copy of `bytes`; NULL without memory.  The caller must work_reply_free it. */
struct work_reply *work_reply_new(struct span bytes);

/* Free it and take its bytes off what is unsent; from any thread.  NULL is left alone. */
void work_reply_free(struct work_reply *reply);

struct work {
    enum work_type type;
    struct net_frame frame;
    struct net_session session;
    char user_id[NET_USER_ID_MAX + 1];
    struct arena *arena; /* of the request; NULL before the first */
    size_t arena_bytes;

    /* By the verifying thread. */
    Denrei__V1__Request *request; /* NULL: malformed */
    uint64_t request_id;
    struct hash credential;
    enum refusal code; /* refused as a whole */
    struct checked_message *messages;
    struct checked_receipts receipts;
    struct checked_document document;
    struct hash chunk_leaf; /* leaf hash of a PutChunk's data */

    /* By the writer. */
    struct relay_caller caller;
    struct work_result *results; /* of each message */
    uint64_t leaf, number;       /* number: of WORK_TICK, the open sessions */
    struct chunks_name
        chunk_name; /* of a PutChunk or GetChunk, admitted for the thread of chunks */
    uint32_t chunk;
    bool is_for_chunks;
    bool is_session_ended;    /* its credential is gone: end the session after the answer */
    struct work_reply *reply; /* NULL: none */
};

struct work_pool;

/* On ERR_OK the caller must work_pool_free *out, else it is NULL.  ERR_NOMEM. */
enum err work_pool_new(struct work_pool **out);

/* Free the pool and all that was given back; every work must have been. */
void work_pool_free(struct work_pool **pool);

/* A work of `type`, empty but for its arena; NULL when WORKS_MAX are out or there is no memory. */
struct work *work_take(struct work_pool *pool, enum work_type type);

/* Take it back, with its reply and frame. */
void work_give(struct work_pool *pool, struct work *work);

/*
 * See that the work's arena, emptied, is fit for its frame: decoding, verification and the
 * entries that come of it.  ERR_NOMEM.
 */
enum err work_prepare(struct work *work);

#endif /* RELAY_IO_WORK_H */
