#include "proto/io/net_inner.h"

#include "proto/io/clock.h"
#include "proto/io/log.h"

#include <assert.h>
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum {
    ZAP_ENFORCE_DOMAIN = 93, /* DRAFT, absent from zmq.h, but in Debian's library (Z1) */
    HANDSHAKE_MS_MAX = 3000, /* Z9 */
    BACKLOG = 1024,
    SEND_QUEUE_LEN = 256, /* frames a peer may leave unread */
    DROPS_PER_CALL_MAX = 64
};

/* Metadata of a message: what ZAP said, what the peer calls itself, where it comes from. */
#define USER_ID         "User-Id"
#define PEER_ROUTING_ID "Identity"
#define PEER_ADDRESS    "Peer-Address"

struct net_server {
    struct net *net;
    void *socket;
    struct net_zap zap;
    struct net_sessions *sessions;
    struct net_watch *watch;
    uint64_t dropped;
    uint64_t untold, told_ms; /* dropped since the last line, and its time */
    char endpoint[NET_ENDPOINT_BYTES + 32];
};

/*
 * RCVHWM 0: with any other value an admitted client can abort the process (Z16); the reader must
 * drain the socket, and the memory of the process is bounded from outside (Z19).
 */
static bool
set_server_options(void *socket, const uint8_t *secret_key)
{
    return net_set_common(socket) && net_set_int(socket, ZMQ_RCVHWM, 0) &&
           net_set_int(socket, ZMQ_SNDHWM, SEND_QUEUE_LEN) &&
           net_set_int(socket, ZMQ_HANDSHAKE_IVL, HANDSHAKE_MS_MAX) &&
           net_set_int(socket, ZMQ_BACKLOG, BACKLOG) &&
           net_set_int(socket, ZMQ_ROUTER_MANDATORY, 1) &&
           net_set_int(socket, ZMQ_ROUTER_HANDOVER, 0) &&
           net_set_int(socket, ZMQ_CURVE_SERVER, 1) &&
           zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, secret_key, KEY_BYTES) == 0 &&
           zmq_setsockopt(socket, ZMQ_ZAP_DOMAIN, NET_ZAP_DOMAIN, strlen(NET_ZAP_DOMAIN)) == 0 &&
           net_set_int(socket, ZAP_ENFORCE_DOMAIN, 1);
}

static bool
has_int(void *socket, int option, int want)
{
    int got = ~want;
    size_t len = sizeof got;

    return zmq_getsockopt(socket, option, &got, &len) == 0 && got == want;
}

/* Read back what keeps strangers out: a library that ignores one of these admits any key (Z1). */
static bool
is_guarded(void *socket)
{
    char domain[sizeof NET_ZAP_DOMAIN + 16] = "";
    size_t len = sizeof domain;
    int64_t bytes_max = 0;
    size_t bytes_max_len = sizeof bytes_max;

    return zmq_getsockopt(socket, ZMQ_ZAP_DOMAIN, domain, &len) == 0 &&
           strcmp(domain, NET_ZAP_DOMAIN) == 0 && has_int(socket, ZAP_ENFORCE_DOMAIN, 1) &&
           has_int(socket, ZMQ_MECHANISM, ZMQ_CURVE) && has_int(socket, ZMQ_CURVE_SERVER, 1) &&
           zmq_getsockopt(socket, ZMQ_MAXMSGSIZE, &bytes_max, &bytes_max_len) == 0 &&
           bytes_max == FRAME_BYTES_MAX;
}

static enum err
bind_err(int error_number)
{
    switch (error_number) {
    case EADDRINUSE:
        return ERR_BUSY;
    case EACCES:
    case EPERM:
        return ERR_PERMISSION;
    case EMFILE:
    case ENFILE:
    case ENOMEM:
        return ERR_NOMEM;
    default:
        return ERR_USAGE;
    }
}

/* libzmq tells an IPv4 address as IPv6 has it; people and clients write it without. */
static void
unmap(char *endpoint)
{
    static const char MAPPED[] = "tcp://[::ffff:";
    static const size_t SCHEME_LEN = sizeof "tcp://" - 1;
    const char *address = endpoint + sizeof MAPPED - 1;

    if (strncmp(endpoint, MAPPED, sizeof MAPPED - 1) != 0)
        return;
    size_t len = strspn(address, "0123456789.");
    if (address[len] != ']')
        return;
    memmove(endpoint + SCHEME_LEN, address, len);
    memmove(endpoint + SCHEME_LEN + len, address + len + 1, strlen(address + len + 1) + 1);
}

static enum err
open_router(struct net_server *server, const struct net_server_config *config)
{
    size_t len = sizeof server->endpoint;

    /* Automatic routing ids count up from rand(): unseeded, a client can squat the next (Z17). */
    srand(randombytes_random());
    server->socket = zmq_socket(server->net->context, ZMQ_ROUTER);
    if (server->socket == NULL)
        return ERR_NOMEM;
    if (!set_server_options(server->socket, config->secret_key) || !is_guarded(server->socket))
        return ERR_IO;
    if (zmq_bind(server->socket, config->endpoint) != 0)
        return bind_err(errno);
    if (zmq_getsockopt(server->socket, ZMQ_LAST_ENDPOINT, server->endpoint, &len) != 0)
        return ERR_IO;
    unmap(server->endpoint);
    return ERR_OK;
}

enum err
net_server_open(struct net *net, const struct net_server_config *config, struct net_server **out)
{
    struct net_server *server = NULL;

    *out = NULL;
    if (!net_is_tcp(config->endpoint))
        return ERR_USAGE;
    server = calloc(1, sizeof *server);
    if (server == NULL)
        return ERR_NOMEM;
    server->net = net;
    server->zap.lookup = config->lookup;
    server->zap.lookup_context = config->context;
    enum err err = net_sessions_new(&server->sessions);
    if (err != ERR_OK)
        goto done;
    err = net_zap_start(&server->zap, net->context); /* before any address is bound (Z3) */
    if (err != ERR_OK)
        goto done;
    err = open_router(server, config);
    if (err != ERR_OK)
        goto done;
    err = net_watch_start(server->endpoint, &server->watch);
    if (err != ERR_OK)
        goto done;
    *out = server;
    server = NULL; /* now the caller's */

done:
    net_server_free(&server);
    return err;
}

void
net_server_free(struct net_server **server)
{
    if (*server == NULL)
        return;
    net_watch_stop(&(*server)->watch);
    if ((*server)->socket != NULL)
        zmq_close((*server)->socket);
    net_zap_stop(&(*server)->zap, (*server)->net->context);
    net_sessions_free(&(*server)->sessions);
    free(*server);
    *server = NULL;
}

const char *
net_server_endpoint(const struct net_server *server)
{
    return server->endpoint;
}

void *
net_server_socket(const struct net_server *server)
{
    return server->socket;
}

/* What arrived, before it is judged. */
struct arrival {
    struct net_session session;
    bool own_id; /* the routing id is none that libzmq made */
    bool many;   /* more than one part */
    int fd;
    uint64_t wire_bytes; /* of all parts */
};

static bool
receive_first(void *socket, zmq_msg_t *out)
{
    while (zmq_msg_recv(out, socket, ZMQ_DONTWAIT) < 0) {
        if (errno != EINTR)
            return false;
    }
    return true;
}

/* A session for a peer that chose its own routing id: none that libzmq makes, which begin with 0.
 */
static void
name_own_session(struct net_session *session, const uint8_t *id, size_t id_len)
{
    uint8_t hash[crypto_generichash_BYTES];

    (void)crypto_generichash(hash, sizeof hash, id, id_len, NULL, 0);
    memcpy(session->bytes, hash, NET_SESSION_BYTES);
    session->bytes[0] = 1;
}

/* Take one message off the socket: the routing id, the first part into `content`, the rest away. */
static bool
receive_message(void *socket, struct arrival *arrival, zmq_msg_t *content)
{
    zmq_msg_t part;
    bool more = true;

    zmq_msg_init(&part);
    if (!receive_first(socket, &part)) {
        zmq_msg_close(&part);
        return false;
    }
    const uint8_t *id = zmq_msg_data(&part);
    arrival->own_id = zmq_msg_size(&part) != NET_SESSION_BYTES || id[0] != 0;
    if (!arrival->own_id)
        memcpy(arrival->session.bytes, id, NET_SESSION_BYTES);
    else
        name_own_session(&arrival->session, id, zmq_msg_size(&part));
    more = zmq_msg_more(&part) != 0;
    if (more && receive_first(socket, content))
        more = zmq_msg_more(content) != 0;
    arrival->many = more;
    arrival->fd = zmq_msg_get(content, ZMQ_SRCFD);
    arrival->wire_bytes = net_watch_wire_bytes(zmq_msg_size(content));
    while (more && receive_first(socket, &part)) { /* all are here: libzmq queues them whole */
        more = zmq_msg_more(&part) != 0;
        arrival->wire_bytes += net_watch_wire_bytes(zmq_msg_size(&part));
    }
    zmq_msg_close(&part);
    return true;
}

/* Why the message is not passed on, or NULL. */
static const char *
fault_of(struct net_server *server, const struct arrival *arrival, zmq_msg_t *content)
{
    const char *user_id = zmq_msg_gets(content, USER_ID);
    const char *chosen_id = zmq_msg_gets(content, PEER_ROUTING_ID);

    if (user_id == NULL || user_id[0] == '\0' || strlen(user_id) > NET_USER_ID_MAX)
        return "no user";
    if (arrival->own_id || (chosen_id != NULL && chosen_id[0] != '\0'))
        return "own routing id";
    if (arrival->many)
        return "more than one part";
    if (zmq_msg_size(content) > FRAME_BYTES_MAX)
        return "too large";
    enum err err = net_sessions_note(server->sessions, &arrival->session, arrival->fd, user_id);
    if (err == ERR_CONFLICT)
        return "taken routing id";
    if (err == ERR_CANCELLED)
        return "ended session";
    return err == ERR_OK ? NULL : "too many sessions";
}

/* A line in a while: who is dropped without end must not fill the disk with it. */
static void
log_drop(struct net_server *server, const char *fault, const char *user_id, const char *address)
{
    uint64_t now_ms = clock_boot_ms();

    server->dropped++;
    server->untold++;
    if (server->told_ms != 0 && now_ms < server->told_ms + NET_LOG_SPACING_MS)
        return;
    log_event(LOG_LEVEL_WARN, "net.drop", "reason=%s user=%s address=%s dropped=%llu", fault,
              user_id, address == NULL ? "" : address, (unsigned long long)server->untold);
    server->told_ms = now_ms;
    server->untold = 0;
}

static void
drop(struct net_server *server, const struct arrival *arrival, const char *fault,
     zmq_msg_t *content)
{
    const char *user_id = zmq_msg_gets(content, USER_ID);
    const char *named = user_id == NULL || strlen(user_id) > NET_USER_ID_MAX ? "" : user_id;

    log_drop(server, fault, named, zmq_msg_gets(content, PEER_ADDRESS));
    /* By its session, not by its descriptor, which may be another's when the last frames come. */
    enum err err = net_sessions_note(server->sessions, &arrival->session, arrival->fd, named);
    if (err == ERR_OK)
        net_sessions_shut(server->sessions, &arrival->session);
    else if (err != ERR_CANCELLED && arrival->fd >= 0)
        shutdown(arrival->fd, SHUT_RDWR);
}

enum err
net_server_receive(struct net_server *server, struct net_frame *frame)
{
    net_frame_free(frame);
    for (unsigned i = 0; i < DROPS_PER_CALL_MAX; i++) {
        struct arrival arrival = {.fd = -1};
        if (!receive_message(server->socket, &arrival, &frame->message))
            return ERR_TIMEOUT;
        net_watch_take(server->watch, arrival.fd, arrival.wire_bytes);
        const char *fault = fault_of(server, &arrival, &frame->message);
        if (fault == NULL) {
            const char *user_id = zmq_msg_gets(&frame->message, USER_ID);
            assert(user_id != NULL);
            strncpy(frame->user_id, user_id, NET_USER_ID_MAX);
            frame->session = arrival.session;
            frame->content =
                (struct span){zmq_msg_data(&frame->message), zmq_msg_size(&frame->message)};
            return ERR_OK;
        }
        drop(server, &arrival, fault, &frame->message);
        net_frame_free(frame);
    }
    return ERR_TIMEOUT; /* the poller finds the socket readable and calls again */
}

static enum err
send_message(struct net_server *server, const struct net_session *session, zmq_msg_t *content)
{
    int sent = 0;

    do
        sent = zmq_send(server->socket, session->bytes, sizeof session->bytes,
                        ZMQ_SNDMORE | ZMQ_DONTWAIT);
    while (sent < 0 && errno == EINTR);
    if (sent < 0 && errno == EHOSTUNREACH) {
        net_sessions_forget(server->sessions, session);
        return ERR_NOT_FOUND;
    }
    if (sent < 0)
        return errno == EAGAIN ? ERR_FULL : ERR_NOMEM;
    do
        sent = zmq_msg_send(content, server->socket, ZMQ_DONTWAIT);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? ERR_FULL : ERR_OK;
}

enum err
net_server_send(struct net_server *server, const struct net_session *session, struct span content)
{
    zmq_msg_t message;

    assert(content.len <= FRAME_BYTES_MAX);
    if (zmq_msg_init_size(&message, content.len) != 0)
        return ERR_NOMEM;
    if (content.len > 0)
        memcpy(zmq_msg_data(&message), content.data, content.len);
    enum err err = send_message(server, session, &message);
    zmq_msg_close(&message); /* empty if it was sent */
    return err;
}

enum err
net_server_send_owned(struct net_server *server, const struct net_session *session,
                      struct span content, void (*release)(void *data, void *hint), void *hint)
{
    zmq_msg_t message;
    void *data = NULL;

    assert(content.len <= FRAME_BYTES_MAX);
    memcpy(&data, &content.data, sizeof data); /* ours by contract, though the span says const */
    if (zmq_msg_init_data(&message, data, content.len, release, hint) != 0) {
        release(data, hint);
        return ERR_NOMEM;
    }
    enum err err = send_message(server, session, &message);
    zmq_msg_close(&message); /* releases the data if it was not sent */
    return err;
}

void
net_server_close_session(struct net_server *server, const struct net_session *session)
{
    net_sessions_shut(server->sessions, session);
}

size_t
net_server_close_user(struct net_server *server, const char *user_id)
{
    return net_sessions_shut_user(server->sessions, user_id);
}

struct net_server_counts
net_server_counts(const struct net_server *server)
{
    return (struct net_server_counts){.admitted = atomic_load(&server->zap.admitted),
                                      .refused = atomic_load(&server->zap.refused),
                                      .dropped = server->dropped};
}

size_t
net_server_count_sessions(const struct net_server *server)
{
    return net_sessions_count(server->sessions);
}
