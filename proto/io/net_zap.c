#include "proto/io/net_inner.h"

#include "proto/io/clock.h"
#include "proto/io/disk.h"
#include "proto/io/log.h"

#include <errno.h>
#include <signal.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

/* RFC 27: version, request id, domain, address, identity, mechanism, credentials. */
enum zap_part {
    ZAP_VERSION,
    ZAP_REQUEST_ID,
    ZAP_DOMAIN,
    ZAP_ADDRESS,
    ZAP_IDENTITY,
    ZAP_MECHANISM,
    ZAP_CREDENTIALS,
    ZAP_PARTS
};

enum { ZAP_PART_BYTES_MAX = 256 };

#define ZAP_ENDPOINT  "inproc://zeromq.zap.01"
#define STOP_ENDPOINT "inproc://denrei.zap.stop"

struct zap_request {
    uint8_t parts[ZAP_PARTS][ZAP_PART_BYTES_MAX];
    size_t lens[ZAP_PARTS];
    size_t count;
    bool malformed;
};

/* Without its handler a server may be open to all (Z1), so its failure is the process's. */
static _Noreturn void
die(const char *what)
{
    log_event(LOG_LEVEL_ERROR, "zap.failed", "what=%s error=%s", what, zmq_strerror(errno));
    _exit(DISK_EXIT_FAILED);
}

static void
receive_part(void *socket, struct zap_request *request, bool *more)
{
    zmq_msg_t part;

    zmq_msg_init(&part);
    while (zmq_msg_recv(&part, socket, 0) < 0) {
        if (errno != EINTR)
            die("receive");
    }
    size_t len = zmq_msg_size(&part);
    if (request->count < ZAP_PARTS && len <= ZAP_PART_BYTES_MAX) {
        memcpy(request->parts[request->count], zmq_msg_data(&part), len);
        request->lens[request->count] = len;
    } else {
        request->malformed = true;
    }
    request->count++;
    *more = zmq_msg_more(&part) != 0;
    zmq_msg_close(&part);
}

static bool
part_is(const struct zap_request *request, enum zap_part part, const char *text)
{
    return request->lens[part] == strlen(text) &&
           memcmp(request->parts[part], text, request->lens[part]) == 0;
}

/*
 * Whether a known key may shake hands now.  The hash is keyed, so that nobody can make a key that
 * uses up another's share.
 */
static bool
has_share(struct net_zap *zap, const struct public_key *key)
{
    uint8_t hash[crypto_shorthash_BYTES];
    uint64_t now_ms = clock_boot_ms();

    crypto_shorthash(hash, key->bytes, sizeof key->bytes, zap->bucket_key);
    struct net_zap_bucket *bucket = &zap->buckets[(hash[0] << 8 | hash[1]) % NET_ZAP_BUCKETS];
    uint64_t regained_milli = (now_ms - bucket->at_ms) * NET_HANDSHAKES_PER_S;
    bucket->spent_milli -=
        regained_milli < bucket->spent_milli ? regained_milli : bucket->spent_milli;
    bucket->at_ms = now_ms;
    if (bucket->spent_milli + 1000 > NET_HANDSHAKES_MAX * UINT64_C(1000))
        return false;
    bucket->spent_milli += 1000;
    return true;
}

/* RFC 27's status: 200 come in, 300 not now (the client tries again), 400 no. */
enum verdict { VERDICT_ADMIT, VERDICT_LATER, VERDICT_REFUSE };

/* Only our domain, only CURVE, only a key that the lookup knows. */
static enum verdict
judge(struct net_zap *zap, const struct zap_request *request, char user_id[NET_USER_ID_MAX + 1])
{
    struct public_key key;

    if (request->malformed || request->count != ZAP_PARTS ||
        !part_is(request, ZAP_VERSION, "1.0") || !part_is(request, ZAP_DOMAIN, NET_ZAP_DOMAIN) ||
        !part_is(request, ZAP_MECHANISM, "CURVE") ||
        request->lens[ZAP_CREDENTIALS] != sizeof key.bytes)
        return VERDICT_REFUSE;
    memcpy(key.bytes, request->parts[ZAP_CREDENTIALS], sizeof key.bytes);
    user_id[0] = '\0';
    bool known = zap->lookup(zap->lookup_context, &key, user_id);
    user_id[NET_USER_ID_MAX] = '\0';
    if (!known || user_id[0] == '\0')
        return VERDICT_REFUSE;
    return has_share(zap, &key) ? VERDICT_ADMIT : VERDICT_LATER;
}

static void
send_part(void *socket, const void *data, size_t len, bool last)
{
    while (zmq_send(socket, data, len, last ? 0 : ZMQ_SNDMORE) < 0) {
        if (errno != EINTR)
            die("answer");
    }
}

static void
answer(void *socket, const struct zap_request *request, enum verdict verdict, const char *user_id)
{
    static const struct {
        const char *status, *text;
    } ANSWERS[] = {[VERDICT_ADMIT] = {"200", "OK"},
                   [VERDICT_LATER] = {"300", "too many handshakes"},
                   [VERDICT_REFUSE] = {"400", "unknown key"}};

    send_part(socket, "1.0", 3, false);
    send_part(socket, request->parts[ZAP_REQUEST_ID], request->lens[ZAP_REQUEST_ID], false);
    send_part(socket, ANSWERS[verdict].status, 3, false);
    send_part(socket, ANSWERS[verdict].text, strlen(ANSWERS[verdict].text), false);
    send_part(socket, user_id, verdict == VERDICT_ADMIT ? strlen(user_id) : 0, false);
    send_part(socket, "", 0, true);
}

/* A line in a while: who shakes hands without end must not fill the disk with it. */
static void
log_limited(struct net_zap *zap, const char *user_id)
{
    uint64_t now_ms = clock_boot_ms();

    zap->limited++;
    if (zap->limited_ms != 0 && now_ms < zap->limited_ms + NET_LOG_SPACING_MS)
        return;
    log_event(LOG_LEVEL_WARN, "handshake.limit", "user=%s refused=%llu", user_id,
              (unsigned long long)zap->limited);
    zap->limited_ms = now_ms;
    zap->limited = 0;
}

static void
serve_one(struct net_zap *zap)
{
    struct zap_request request = {.count = 0};
    char user_id[NET_USER_ID_MAX + 1] = "";
    bool more = true;

    while (more)
        receive_part(zap->socket, &request, &more);
    enum verdict verdict = judge(zap, &request, user_id);
    atomic_fetch_add(verdict == VERDICT_ADMIT ? &zap->admitted : &zap->refused, 1);
    if (verdict == VERDICT_LATER)
        log_limited(zap, user_id);
    log_event(LOG_LEVEL_DEBUG, "handshake", "admitted=%d address=%.*s", verdict == VERDICT_ADMIT,
              (int)request.lens[ZAP_ADDRESS], (const char *)request.parts[ZAP_ADDRESS]);
    answer(zap->socket, &request, verdict, user_id);
}

/* Closing gives a name free only some time later; unbinding does at once. */
static void
close_bound(void *socket, const char *endpoint)
{
    if (socket == NULL)
        return;
    zmq_unbind(socket, endpoint); /* fails where it was not bound */
    zmq_close(socket);
}

static void
close_sockets(struct net_zap *zap)
{
    close_bound(zap->socket, ZAP_ENDPOINT);
    close_bound(zap->stop_socket, STOP_ENDPOINT);
}

static void *
serve(void *argument)
{
    struct net_zap *zap = argument;
    zmq_pollitem_t items[] = {{.socket = zap->socket, .events = ZMQ_POLLIN},
                              {.socket = zap->stop_socket, .events = ZMQ_POLLIN}};

    for (;;) {
        if (zmq_poll(items, 2, -1) < 0 && errno != EINTR)
            die("poll");
        if (items[1].revents != 0)
            break;
        if (items[0].revents != 0)
            serve_one(zap);
    }
    close_sockets(zap);
    return NULL;
}

static bool
start_thread(struct net_zap *zap)
{
    sigset_t all, before;

    /* Signals are the main thread's business (its signalfd). */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    zap->running = pthread_create(&zap->thread, NULL, serve, zap) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return zap->running;
}

enum err
net_zap_start(struct net_zap *zap, void *context)
{
    enum err err = ERR_NOMEM;

    static_assert(sizeof zap->bucket_key == crypto_shorthash_KEYBYTES);
    randombytes_buf(zap->bucket_key, sizeof zap->bucket_key);
    zap->socket = zmq_socket(context, ZMQ_REP);
    zap->stop_socket = zmq_socket(context, ZMQ_PAIR);
    if (zap->socket == NULL || zap->stop_socket == NULL)
        goto done;
    if (!net_set_int(zap->socket, ZMQ_LINGER, 0) || !net_set_int(zap->stop_socket, ZMQ_LINGER, 0))
        goto done;
    if (zmq_bind(zap->socket, ZAP_ENDPOINT) != 0 ||
        zmq_bind(zap->stop_socket, STOP_ENDPOINT) != 0) {
        err = errno == EADDRINUSE ? ERR_BUSY : ERR_NOMEM;
        goto done;
    }
    if (start_thread(zap))
        err = ERR_OK;

done:
    if (err != ERR_OK)
        close_sockets(zap);
    return err;
}

void
net_zap_stop(struct net_zap *zap, void *context)
{
    if (!zap->running)
        return;
    void *stopper = zmq_socket(context, ZMQ_PAIR);
    if (stopper == NULL || zmq_connect(stopper, STOP_ENDPOINT) != 0)
        die("stop");
    send_part(stopper, "", 0, true);
    pthread_join(zap->thread, NULL);
    zmq_close(stopper);
    zap->running = false;
}
