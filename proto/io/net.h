/*
 * net.h - frames between a relay and its clients: ZeroMQ with CURVE, one frame a message.
 *
 * Host.  Touches the network.  A net_server or net_client belongs to one thread; what is lent to
 * other threads says so.  Rules Z1 to Z19 of the security guide are kept here and nowhere else.
 */
#ifndef PROTO_IO_NET_H
#define PROTO_IO_NET_H

#include "proto/bytes.h"
#include "proto/err.h"
#include "proto/limits.h"

#include <stdbool.h>
#include <zmq.h>

enum {
    NET_SESSION_BYTES = 5,    /* a routing id that libzmq made */
    NET_USER_ID_MAX = 64,     /* without the NUL: a hash in hex */
    NET_SESSIONS_MAX = 65536, /* open sessions that have spoken */
    NET_ENDPOINT_BYTES = ENDPOINT_MAX + 1
};

/* ---- the context: one a process, made after the signal mask, closed after all sockets ---- */

struct net;

/*
 * Make the context; the caller must net_free it.
 * ERR_NOMEM: no memory or descriptors.
 */
enum err net_new(struct net **out);

/* End the context and set *net to NULL; a NULL *net is left alone.  All its sockets are gone. */
void net_free(struct net **net);

/* ---- frames ---- */

/* Names a session at the server; never shown to anybody, never an authority (Z5). */
struct net_session {
    uint8_t bytes[NET_SESSION_BYTES];
};

/* A received frame, owner of its memory until net_frame_free; threads move it, nobody copies it. */
struct net_frame {
    zmq_msg_t message;                 /* owns what `content` borrows */
    struct span content;               /* at most FRAME_BYTES_MAX */
    struct net_session session;        /* server only: where a reply goes */
    char user_id[NET_USER_ID_MAX + 1]; /* server only: what the lookup said, never empty */
};

/* Make a frame that owns nothing, so that net_frame_free accepts it. */
void net_frame_init(struct net_frame *frame);

/* Release what `frame` owns and make it empty. */
void net_frame_free(struct net_frame *frame);

/*
 * Hand the frame's memory from *from to *to (what *to owned is released); *from becomes empty.
 * Its content may lie at another address afterwards.
 */
void net_frame_move(struct net_frame *to, struct net_frame *from);

/* ---- server ---- */

struct net_server;

struct net_server_config {
    const char *endpoint;      /* "tcp://HOST:PORT"; the port may be * */
    const uint8_t *secret_key; /* KEY_BYTES, borrowed for the call; libzmq keeps a copy (Z15) */
    /*
     * Whether the holder of transport key `client_key` may have a session; if so it writes who
     * that is to `user_id`.  Called from the ZAP thread while the server is open, so it must be
     * thread-safe; it must not block for long.
     */
    bool (*lookup)(void *context, const struct public_key *client_key,
                   char user_id[NET_USER_ID_MAX + 1]);
    void *context; /* borrowed until net_server_free */
};

/*
 * Bind the ZAP handler, then the ROUTER.  One server a context.  If the ZAP thread ever fails, the
 * process ends (Z3).  On ERR_OK the caller must net_server_free *out, else it is NULL.
 * ERR_USAGE: the endpoint is malformed, or no address of this machine.
 * ERR_BUSY: the address is in use.  ERR_PERMISSION: the port may not be bound.
 * ERR_NOMEM: no memory, descriptors or threads.
 * ERR_IO: the library does not hold the options that keep strangers out; nothing was bound.
 */
enum err net_server_open(struct net *net, const struct net_server_config *config,
                         struct net_server **out);

/* Close the sockets, join the ZAP thread and set *server to NULL; NULL is left alone. */
void net_server_free(struct net_server **server);

/* The bound endpoint, its port a number; borrowed. */
const char *net_server_endpoint(const struct net_server *server);

/* The socket for loop_wait (readable when net_server_receive may have something). */
void *net_server_socket(const struct net_server *server);

/*
 * Take the next frame into `frame` (initialised; what it owned is released) without waiting.
 * Frames of more than one part, of a peer that chose its own routing id, or without a user are
 * dropped, logged, counted, and end their session.
 * ERR_TIMEOUT: nothing is there; `frame` is empty.
 */
enum err net_server_receive(struct net_server *server, struct net_frame *frame);

/*
 * Queue a copy of `content` for `session` without waiting.  ERR_OK promises nothing (Z6).
 * ERR_NOT_FOUND: the session is gone.  ERR_FULL: the peer does not read; nothing was queued.
 * ERR_NOMEM: no memory.
 */
enum err net_server_send(struct net_server *server, const struct net_session *session,
                         struct span content);

/*
 * The same without a copy: `content` is owned by the library, which calls
 * `release(content.data, hint)` exactly once, on error as well, and from another thread.
 */
enum err net_server_send_owned(struct net_server *server, const struct net_session *session,
                               struct span content, void (*release)(void *data, void *hint),
                               void *hint);

/* End a session; its client connects again and is looked up anew.  One that is gone is left. */
void net_server_close_session(struct net_server *server, const struct net_session *session);

/* End every session of `user_id` that has spoken; returns how many there were. */
size_t net_server_close_user(struct net_server *server, const char *user_id);

/* Counts since the start. */
struct net_server_counts {
    uint64_t admitted, refused; /* handshakes */
    uint64_t dropped;           /* messages that net_server_receive did not pass on */
};
struct net_server_counts net_server_counts(const struct net_server *server);

/* How many sessions that have spoken are open; asks the kernel about each. */
size_t net_server_count_sessions(const struct net_server *server);

/* ---- client ---- */

struct net_client;

struct net_client_config {
    const char *endpoint;      /* "tcp://HOST:PORT" */
    const uint8_t *server_key; /* KEY_BYTES: the only server that is spoken to */
    const uint8_t *secret_key; /* KEY_BYTES, borrowed for the call; libzmq keeps a copy */
};

enum net_link {
    NET_LINK_CONNECTING,
    NET_LINK_UP,
    NET_LINK_UNREACHABLE,  /* no TCP connection; tried again by itself, with back-off and jitter */
    NET_LINK_WRONG_SERVER, /* something listens there but does not prove to hold server_key, or hung
                              up on two handshakes; tried again by itself */
    NET_LINK_REFUSED,      /* the server does not know our key; final: make a new client (Z18) */
    NET_LINK_LOST          /* was up; tried again by itself */
};

/*
 * Start to connect.  On ERR_OK the caller must net_client_free *out, else it is NULL.
 * ERR_USAGE: the endpoint is malformed.  ERR_NOMEM: no memory or descriptors.
 */
enum err net_client_open(struct net *net, const struct net_client_config *config,
                         struct net_client **out);

/* Close and set *client to NULL; a NULL *client is left alone. */
void net_client_free(struct net_client **client);

/* The socket of its frames, for a caller that polls many clients at once (tests/bench/load.c). */
void *net_client_socket(const struct net_client *client);

/* The state of the link now; takes what the monitor has. */
enum net_link net_client_link(struct net_client *client);

/*
 * Wait until the link is up or its first failure is known, at most until `deadline_ms`
 * (clock_boot_ms).
 * ERR_CONNECT: unreachable or lost.  ERR_KEY: not the server of that key.
 * ERR_REFUSED: the server does not know our key.  ERR_TIMEOUT: none of these in time.
 * ERR_CANCELLED: a signal handler ran.
 */
enum err net_client_wait_link(struct net_client *client, uint64_t deadline_ms);

/*
 * Queue a copy of `content` (at most FRAME_BYTES_MAX) without waiting.  ERR_OK promises nothing.
 * ERR_CONNECT: the link is not up, or does not take more now.  ERR_RANGE: too large.
 * ERR_NOMEM: no memory.
 */
enum err net_client_send(struct net_client *client, struct span content);

/*
 * Take the next frame into `frame`, waiting at most until `deadline_ms` (0: not at all).  Frames
 * of more than one part are dropped.
 * ERR_TIMEOUT: nothing came.  ERR_CONNECT: the link broke, so nothing will come over it.
 * ERR_CANCELLED: a signal handler ran.
 */
enum err net_client_receive(struct net_client *client, uint64_t deadline_ms,
                            struct net_frame *frame);

#endif /* PROTO_IO_NET_H */
