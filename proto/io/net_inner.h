/*
 * net_inner.h - what the parts of net share; included by proto/io/net*.c only.
 *
 * Host.
 */
#ifndef PROTO_IO_NET_INNER_H
#define PROTO_IO_NET_INNER_H

#include "proto/io/net.h"

#include <pthread.h>
#include <stdatomic.h>

struct net {
    void *context;
};

/* Set an option of type int; false if libzmq refuses. */
bool net_set_int(void *socket, int option, int value);

/* Options of both ends: bounds, keepalive, no lingering, addresses of both families. */
bool net_set_common(void *socket);

/* Whether `endpoint` is tcp://, short enough, and names one address (no source address). */
bool net_is_tcp(const char *endpoint);

/* ---- ZAP (RFC 27): who may shake hands ---- */

#define NET_ZAP_DOMAIN "denrei"

enum { NET_LOG_SPACING_MS = 1000 }; /* between two lines about what peers do wrong */

/* Handshakes that one key may do: so many at once, and then so many a second. */
enum { NET_HANDSHAKES_MAX = 512, NET_HANDSHAKES_PER_S = 50, NET_ZAP_BUCKETS = 1024 };

/* What a key has spent of its handshakes, in thousandths, as of `at_ms`. */
struct net_zap_bucket {
    uint64_t spent_milli, at_ms;
};

struct net_zap {
    bool (*lookup)(void *context, const struct public_key *client_key,
                   char user_id[NET_USER_ID_MAX + 1]);
    void *lookup_context;
    void *socket, *stop_socket; /* the thread's once it runs */
    pthread_t thread;
    bool running;
    struct net_zap_bucket buckets[NET_ZAP_BUCKETS]; /* by a keyed hash of the client's key */
    uint8_t bucket_key[16];                         /* crypto_shorthash_KEYBYTES */
    uint64_t limited, limited_ms; /* refused for their share since the last line, and its time */
    _Atomic(uint64_t) admitted, refused;
};

/*
 * Bind the handler in `context` and start its thread; `zap` must stay where it is.
 * ERR_BUSY: the context has a handler.  ERR_NOMEM: no memory or threads.
 */
enum err net_zap_start(struct net_zap *zap, void *context);

/* End the thread and its sockets, if it runs; `context` is the one given to net_zap_start. */
void net_zap_stop(struct net_zap *zap, void *context);

/* ---- sessions that have spoken: routing id -> descriptor and user ---- */

struct net_sessions;

/* ERR_NOMEM: no memory. */
enum err net_sessions_new(struct net_sessions **out);

/* Free *sessions and set it to NULL; a NULL *sessions is left alone. */
void net_sessions_free(struct net_sessions **sessions);

/*
 * Note that `session` spoke through descriptor `fd` as `user_id`.
 * ERR_CONFLICT: the session is another connection's or user's, which still lives.
 * ERR_CANCELLED: it was shut.  ERR_FULL: NET_SESSIONS_MAX sessions live.  ERR_NOMEM: no memory.
 */
enum err net_sessions_note(struct net_sessions *sessions, const struct net_session *session, int fd,
                           const char *user_id);

/*
 * Shut the session's connection down; nothing if it is not known.  It is remembered while it lives,
 * and longer while there is room: what it sent before comes later.
 */
void net_sessions_shut(struct net_sessions *sessions, const struct net_session *session);

/* The same for all sessions of `user_id`; returns how many. */
size_t net_sessions_shut_user(struct net_sessions *sessions, const char *user_id);

/* How many of them live. */
size_t net_sessions_count(const struct net_sessions *sessions);

/* Forget a session that is gone. */
void net_sessions_forget(struct net_sessions *sessions, const struct net_session *session);

/* ---- what libzmq holds of each connection: it reads on without bound (Z8, Z19) ---- */

struct net_watch;

/*
 * Start a thread that ends connections at the port of `endpoint` of which the library holds too
 * much that was not taken: of one, or of all.  On ERR_OK the caller must net_watch_stop *out, else
 * it is NULL.  ERR_NOMEM: no memory, descriptors or threads.
 */
enum err net_watch_start(const char *endpoint, struct net_watch **out);

/* End the thread and set *watch to NULL; a NULL *watch is left alone. */
void net_watch_stop(struct net_watch **watch);

/* So many bytes on the wire of the connection at `fd` were taken; by one thread. */
void net_watch_take(struct net_watch *watch, int fd, uint64_t bytes);

/* How many bytes on the wire a frame of `len` bytes has (ZMTP 3.1, CURVE). */
uint64_t net_watch_wire_bytes(size_t len);

#endif /* PROTO_IO_NET_INNER_H */
