#include "relay/io/server.h"

#include "proto/io/clock.h"
#include "proto/io/log.h"
#include "proto/io/loop.h"
#include "relay/io/peers.h"
#include "relay/io/verifier.h"

#include <assert.h>
#include <malloc.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    QUEUE_LEN = WORKS_MAX + 1,
    FRAMES_PER_TURN = 512,
    REPLIES_PER_TURN = 512,
    SESSIONS_EVERY_MS = 5000,     /* between two counts of them */
    LAST_REPLIES_MS = 200,        /* for the last replies to leave the library */
    MAPPED_BYTES_MIN = 256 << 10, /* of a block that goes back to the system when it is freed */
    UNSENT_BUCKETS = 16384,
    UNSENT_BYTES_MAX = 4 << 20,      /* of a peer: nothing more is taken from it */
    UNSENT_BYTES_END = 12 << 20,     /* of a peer: its session is ended */
    UNSENT_BYTES_ALL_MAX = 24 << 20, /* of all: who has more than a share unread is ended */
    UNSENT_BYTES_SHARE = 512 << 10,
};

struct server {
    struct net *net;
    struct net_server *socket;
    struct gate *gate;
    struct work_pool *pool;
    struct peers *peers;
    struct queue *to_verify, *to_write, *to_send;
    struct chunks *chunks;
    struct writer *writer;
    struct verifier verifier;
    struct arena *errors;
    int signals;
    pthread_t writer_thread;
    bool has_writer_thread;
    pthread_t verifiers[SERVER_VERIFIERS_MAX];
    size_t verifiers_count;
    size_t sessions; /* open ones, when they were last counted */
    uint64_t sessions_ms;
    size_t requests;                        /* between here and the writer */
    size_t request_bytes;                   /* of their frames */
    _Atomic(size_t) unsent[UNSENT_BUCKETS]; /* bytes of replies that the library still has */
    _Atomic(size_t) unsent_all;
    uint8_t unsent_key[crypto_shorthash_KEYBYTES];
    bool is_ticking; /* a tick is on its way */
    bool is_stopping;
    bool is_stopped;
};

static void
free_reply(void *data, void *hint)
{
    (void)data;
    work_reply_free(hint);
}

/* Where the peer's unsent bytes are counted; the hash is keyed, so that nobody can make itself a
 * credential that shares another's count. */
static _Atomic(size_t) *
unsent_of(struct server *server, const char *user_id)
{
    uint8_t hash[crypto_shorthash_BYTES];
    size_t bucket = 0;

    crypto_shorthash(hash, (const uint8_t *)user_id, strlen(user_id), server->unsent_key);
    memcpy(&bucket, hash, sizeof bucket);
    return &server->unsent[bucket % UNSENT_BUCKETS];
}

/* Answer at once, without anybody's judgement. */
static void
refuse(struct server *server, const struct net_frame *frame, enum refusal code)
{
    struct span reply;

    arena_reset(server->errors);
    if (frame_error(verifier_peek_id(frame->content), code, NULL, server->errors, &reply) == ERR_OK)
        (void)net_server_send(server->socket, &frame->session, reply);
}

/* Why a frame is not taken; the socket is read on all the same, for libzmq's own queue has no
 * bound. */
static enum refusal
check_room(struct server *server, const struct net_frame *frame)
{
    if (server->is_stopping)
        return REFUSAL_STOPPING;
    if (server->request_bytes + frame->content.len > WORK_BYTES_MAX)
        return REFUSAL_RATE;
    /* Who asks and does not read what he gets fills our memory, not his. */
    return atomic_load(unsent_of(server, frame->user_id)) > UNSENT_BYTES_MAX ? REFUSAL_RATE
                                                                             : REFUSAL_NONE;
}

static void
take_frame(struct server *server, struct net_frame *frame)
{
    enum refusal code = check_room(server, frame);
    struct work *work = NULL;

    if (code == REFUSAL_NONE)
        code = peers_take(server->peers, frame->user_id, frame->content.len, clock_boot_ms());
    else
        peers_refuse(server->peers, frame->user_id, clock_boot_ms());
    if (code == REFUSAL_NONE) {
        work = work_take(server->pool, WORK_REQUEST);
        if (work == NULL) {
            peers_give(server->peers, frame->user_id, frame->content.len);
            code = REFUSAL_RATE;
        }
    }
    if (code == REFUSAL_RATE && peers_is_flooding(server->peers, frame->user_id)) {
        net_server_close_session(server->socket, &frame->session);
        return;
    }
    if (code != REFUSAL_NONE) {
        refuse(server, frame, code);
        return;
    }
    work->session = frame->session;
    memcpy(work->user_id, frame->user_id, sizeof work->user_id);
    net_frame_move(&work->frame, frame);
    server->requests++;
    server->request_bytes += work->frame.content.len;
    enum err err = queue_push(server->to_verify, work);
    assert(err == ERR_OK);
}

static void
receive_frames(struct server *server)
{
    struct net_frame frame;

    net_frame_init(&frame);
    for (size_t i = 0; i < FRAMES_PER_TURN; i++) {
        if (net_server_receive(server->socket, &frame) != ERR_OK)
            break;
        take_frame(server, &frame);
    }
    net_frame_free(&frame);
}

/* Whether the peer leaves unread what the reply would be added to. */
static bool
is_unread(struct server *server, const struct work *work)
{
    size_t unsent = atomic_load(unsent_of(server, work->user_id));

    return unsent + work->reply->len > UNSENT_BYTES_END ||
           (unsent > UNSENT_BYTES_SHARE && atomic_load(&server->unsent_all) > UNSENT_BYTES_ALL_MAX);
}

static void
send_reply(struct server *server, struct work *work)
{
    struct work_reply *reply = work->reply;

    if (reply == NULL)
        return;
    if (is_unread(server, work)) {
        net_server_close_session(server->socket, &work->session);
        return; /* the reply goes with the work */
    }
    work->reply = NULL;
    reply->unsent = unsent_of(server, work->user_id);
    reply->unsent_all = &server->unsent_all;
    atomic_fetch_add(reply->unsent, reply->len);
    atomic_fetch_add(reply->unsent_all, reply->len);
    /* A peer that is gone or does not read asks again: what it is told is in the store. */
    (void)net_server_send_owned(server->socket, &work->session,
                                (struct span){reply->bytes, reply->len}, free_reply, reply);
}

static void
finish_work(struct server *server, struct work *work)
{
    switch (work->type) {
    case WORK_REQUEST:
        server->requests--;
        server->request_bytes -= work->frame.content.len;
        peers_give(server->peers, work->user_id, work->frame.content.len);
        send_reply(server, work);
        if (work->is_session_ended)
            net_server_close_session(server->socket, &work->session);
        break;
    case WORK_REPLY:
        send_reply(server, work);
        break;
    case WORK_CLOSE:
        log_event(LOG_LEVEL_INFO, "revoked", "credential=%.*s sessions=%zu", 8, work->user_id,
                  net_server_close_user(server->socket, work->user_id));
        break;
    case WORK_TICK:
        server->is_ticking = false;
        break;
    case WORK_STOP:
        server->is_stopped = true;
        break;
    }
    work_give(server->pool, work);
}

static void
send_replies(struct server *server)
{
    void *items[REPLIES_PER_TURN];
    size_t count = queue_take(server->to_send, items, REPLIES_PER_TURN);

    for (size_t i = 0; i < count; i++)
        finish_work(server, items[i]);
}

/* To the writer directly; false: there is no work for it now. */
static bool
send_word(struct server *server, enum work_type type)
{
    struct work *work = work_take(server->pool, type);

    if (work == NULL)
        return false;
    work->number = server->sessions;
    enum err err = queue_push(server->to_write, work);
    assert(err == ERR_OK);
    return true;
}

static void
tick(struct server *server, uint64_t now_ms)
{
    if (now_ms >= server->sessions_ms + SESSIONS_EVERY_MS) {
        server->sessions = net_server_count_sessions(server->socket);
        server->sessions_ms = now_ms;
    }
    if (!server->is_ticking && !server->is_stopping)
        server->is_ticking = send_word(server, WORK_TICK);
}

static void
serve(struct server *server)
{
    struct loop_source sources[] = {
        {.socket = net_server_socket(server->socket)},
        {.fd = queue_fd(server->to_send)},
        {.fd = server->signals},
    };
    uint64_t tick_ms = 0;
    bool has_said_stop = false;

    while (!server->is_stopped) {
        enum err err = loop_wait(sources, sizeof sources / sizeof sources[0], tick_ms);
        if (err == ERR_OK && sources[2].ready) {
            int signal = loop_take_signal(server->signals);
            server->is_stopping = server->is_stopping || signal == SIGTERM || signal == SIGINT;
        }
        if (err == ERR_OK && sources[1].ready)
            send_replies(server);
        if (err == ERR_OK && sources[0].ready)
            receive_frames(server);
        uint64_t now_ms = clock_boot_ms();
        if (now_ms >= tick_ms) {
            tick_ms = now_ms + WRITER_TICK_MS;
            tick(server, now_ms);
        }
        if (server->is_stopping && !has_said_stop && server->requests == 0)
            has_said_stop = send_word(server, WORK_STOP);
    }
}

static void *
run_writer(void *argument)
{
    writer_run(argument);
    return NULL;
}

static enum err
start_threads(struct server *server, size_t verifiers)
{
    if (pthread_create(&server->writer_thread, NULL, run_writer, server->writer) != 0)
        return ERR_NOMEM;
    server->has_writer_thread = true;
    (void)pthread_setname_np(server->writer_thread, "writer");
    while (server->verifiers_count < verifiers) {
        if (pthread_create(&server->verifiers[server->verifiers_count], NULL, verifier_run,
                           &server->verifier) != 0)
            return ERR_NOMEM;
        (void)pthread_setname_np(server->verifiers[server->verifiers_count], "verifier");
        server->verifiers_count++;
    }
    return ERR_OK;
}

/* Before the socket is open: a client that was refused once does not come again by itself. */
static enum err
open_gate(struct server *server, const struct trust *trust)
{
    struct passes *passes = NULL;
    enum err err = gate_new(&server->gate);

    if (err == ERR_OK)
        err = passes_new(trust, &passes);
    if (err == ERR_OK)
        (void)gate_renew(server->gate, passes); /* there were none before */
    return err;
}

/* Signals first, so that no thread takes one. */
static enum err
open_all(struct server *server, const struct server_parts *parts,
         const struct server_settings *settings)
{
    enum err err = loop_open_signals(&server->signals);

    randombytes_buf(server->unsent_key, sizeof server->unsent_key);
    if (err == ERR_OK)
        err = arena_new(ARENA_EXTRA_BYTES, &server->errors);
    if (err == ERR_OK)
        err = open_gate(server, relay_trust(parts->relay));
    if (err == ERR_OK)
        err = work_pool_new(&server->pool);
    if (err == ERR_OK)
        err = peers_new(&settings->requests, &server->peers);
    if (err == ERR_OK)
        err = queue_new(QUEUE_LEN, QUEUE_WAITED, &server->to_verify);
    if (err == ERR_OK)
        err = queue_new(QUEUE_LEN, QUEUE_WAITED, &server->to_write);
    if (err == ERR_OK)
        err = queue_new(QUEUE_LEN, QUEUE_POLLED, &server->to_send);
    const struct chunks_settings chunks = {.dir = settings->writer.path,
                                           .quota_bytes = settings->upload_bytes,
                                           .reserve_bytes = settings->writer.reserve_bytes};
    if (err == ERR_OK)
        err = chunks_new(&chunks, server->to_send, &server->chunks);
    if (err == ERR_OK)
        err = net_new(&server->net);
    if (err != ERR_OK)
        return err;
    const struct net_server_config config = {.endpoint = settings->endpoint,
                                             .secret_key = settings->transport_secret,
                                             .lookup = gate_lookup,
                                             .context = server->gate};
    err = net_server_open(server->net, &config, &server->socket);
    if (err != ERR_OK)
        return err;
    const struct writer_parts writer = {.relay = parts->relay,
                                        .store = parts->store,
                                        .highwater = parts->highwater,
                                        .chunks = server->chunks,
                                        .gate = server->gate,
                                        .pool = server->pool,
                                        .in = server->to_write,
                                        .out = server->to_send};
    server->verifier = (struct verifier){.federation = *trust_federation(relay_trust(parts->relay)),
                                         .gate = server->gate,
                                         .in = server->to_verify,
                                         .out = server->to_write};
    return writer_new(&writer, &settings->writer, &server->writer);
}

static void
join_threads(struct server *server)
{
    if (server->to_verify != NULL)
        queue_close(server->to_verify);
    for (size_t i = 0; i < server->verifiers_count; i++)
        pthread_join(server->verifiers[i], NULL);
    if (!server->has_writer_thread)
        return;
    if (!server->is_stopped)
        (void)send_word(server, WORK_STOP);
    pthread_join(server->writer_thread, NULL);
}

/* Strangers that knocked, and frames that were none, leave no other trace. */
static void
tell_connections(const struct server *server)
{
    if (server->socket == NULL)
        return;
    const struct net_server_counts counts = net_server_counts(server->socket);
    log_event(LOG_LEVEL_INFO, "connections", "admitted=%llu refused=%llu dropped=%llu",
              (unsigned long long)counts.admitted, (unsigned long long)counts.refused,
              (unsigned long long)counts.dropped);
}

static void
close_all(struct server *server)
{
    join_threads(server);
    chunks_free(&server->chunks);
    if (server->to_send != NULL)
        send_replies(server);
    tell_connections(server);
    net_server_free(&server->socket);
    net_free(&server->net);
    writer_free(&server->writer);
    queue_free(&server->to_verify);
    queue_free(&server->to_write);
    queue_free(&server->to_send);
    work_pool_free(&server->pool);
    peers_free(&server->peers);
    gate_free(&server->gate);
    arena_free(&server->errors);
    if (server->signals >= 0)
        close(server->signals);
}

enum err
server_run(const struct server_parts *parts, const struct server_settings *settings,
           void (*serving)(void *context, const char *endpoint), void *context)
{
    struct server server = {.signals = -1};

    /* Unset, it grows with what is freed: what a flood took once would be ours for ever. */
    (void)mallopt(M_MMAP_THRESHOLD, MAPPED_BYTES_MIN);
    enum err err = open_all(&server, parts, settings);

    if (err == ERR_OK)
        err = start_threads(&server, settings->verifiers);
    if (err == ERR_OK) {
        serving(context, net_server_endpoint(server.socket));
        serve(&server);
        (void)poll(NULL, 0, LAST_REPLIES_MS);
    }
    close_all(&server);
    return err;
}
