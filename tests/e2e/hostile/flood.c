/*
 * A flood: holds a real credential and speaks to the relay's socket below every protocol, to make
 * it die or to take its memory, its descriptors or its disk.
 *
 *     flood MODE STATE-DIR MILLISECONDS
 *
 * Exit status 0 when the time is over; 2: this program failed.  Key files must be plain.
 */
#include "clients/io/state.h"
#include "proto/frame.h"
#include "proto/io/clock.h"
#include "proto/io/exit.h"
#include "proto/io/harden.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

enum { PART_BYTES = 64 << 10, PARTS = 2000, CONNECTIONS_MAX = 400, SEND_MS = 100 };

static void
must(bool holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "flood: %s\n", what);
        exit(2);
    }
}

struct flood {
    void *context;
    char endpoint[256];
    uint8_t server[KEY_BYTES], secret[KEY_BYTES], public[KEY_BYTES];
    struct span frame; /* a well-formed request */
    uint64_t end_ms;
};

static bool
is_over(const struct flood *flood)
{
    return clock_boot_ms() >= flood->end_ms;
}

static void *
dial(const struct flood *flood)
{
    static const int LINGER = 0, TIMEOUT = SEND_MS, QUEUE = 8;
    void *socket = NULL;

    /* One that was closed is there until the library's own thread has come to it. */
    while ((socket = zmq_socket(flood->context, ZMQ_DEALER)) == NULL && !is_over(flood))
        (void)poll(NULL, 0, 1);
    if (socket == NULL)
        return NULL;
    must(zmq_setsockopt(socket, ZMQ_LINGER, &LINGER, sizeof LINGER) == 0 &&
             zmq_setsockopt(socket, ZMQ_SNDTIMEO, &TIMEOUT, sizeof TIMEOUT) == 0 &&
             zmq_setsockopt(socket, ZMQ_RCVHWM, &QUEUE, sizeof QUEUE) == 0 &&
             zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, flood->server, KEY_BYTES) == 0 &&
             zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, flood->public, KEY_BYTES) == 0 &&
             zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, flood->secret, KEY_BYTES) == 0 &&
             zmq_connect(socket, flood->endpoint) == 0,
         "no socket");
    return socket;
}

/* Messages of PARTS parts: each is in the relay's memory as a whole before it can be dropped. */
static void
send_endless(const struct flood *flood)
{
    static const uint8_t PART[PART_BYTES];
    void *socket = dial(flood);

    for (size_t i = 1; !is_over(flood); i++)
        (void)zmq_send(socket, PART, sizeof PART, i % PARTS == 0 ? 0 : ZMQ_SNDMORE);
    zmq_close(socket);
}

/* Small messages of two parts: each is dropped, with a line in the log. */
static void
send_pairs(const struct flood *flood)
{
    void *socket = dial(flood);

    while (!is_over(flood)) {
        if (zmq_send(socket, "a", 1, ZMQ_SNDMORE) == 1)
            (void)zmq_send(socket, "b", 1, 0);
    }
    zmq_close(socket);
}

/* Requests, and never a reply read. */
static void
send_unread(const struct flood *flood)
{
    void *socket = dial(flood);

    while (!is_over(flood))
        (void)zmq_send(socket, flood->frame.data, flood->frame.len, 0);
    zmq_close(socket);
}

/* Handshakes, one after the other. */
static void
send_handshakes(const struct flood *flood)
{
    void *sockets[CONNECTIONS_MAX] = {NULL};

    for (size_t i = 0; !is_over(flood); i = (i + 1) % CONNECTIONS_MAX) {
        if (sockets[i] != NULL)
            zmq_close(sockets[i]);
        sockets[i] = dial(flood);
    }
    for (size_t i = 0; i < CONNECTIONS_MAX; i++)
        if (sockets[i] != NULL)
            zmq_close(sockets[i]);
}

static void
make_frame(struct arena *arena, struct span *out)
{
    Denrei__V1__DocumentsCall call = DENREI__V1__DOCUMENTS_CALL__INIT;
    Denrei__V1__Request request = DENREI__V1__REQUEST__INIT;

    request.request_id = 1;
    request.call_case = DENREI__V1__REQUEST__CALL_DOCUMENTS;
    request.documents = &call;
    must(frame_encode_request(&request, arena, out) == ERR_OK, "no frame");
}

static void
take_identity(struct flood *flood, const struct state *state, const struct keyfile *key)
{
    const struct directory *directory = trust_directory(state_trust(state), TRUST_UNLOGGED);
    const struct identity *transport = keyfile_find(key, DENREI__V1__KEY_USE__KEY_USE_TRANSPORT);

    must(directory != NULL && directory->relays_count > 0 && transport != NULL, "no relay or key");
    snprintf(flood->endpoint, sizeof flood->endpoint, "%s", directory->relays[0].endpoint);
    memcpy(flood->server, directory->relays[0].transport_key.bytes, KEY_BYTES);
    memcpy(flood->secret, identity_secret(transport), KEY_BYTES);
    memcpy(flood->public, identity_public_key(transport)->bytes, KEY_BYTES);
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(const struct flood *flood);
    } MODES[] = {{"endless", send_endless},
                 {"pairs", send_pairs},
                 {"unread", send_unread},
                 {"handshakes", send_handshakes}};
    struct flood flood = {.context = zmq_ctx_new()};
    struct problems problems = {0};
    struct arena *arena = NULL;
    struct state *state = NULL;
    struct keyfile key;

    must(argc == 4, "usage: flood MODE STATE-DIR MILLISECONDS");
    must(harden_process() == ERR_OK && flood.context != NULL &&
             arena_new(ARENA_BYTES_MAX, &arena) == ERR_OK,
         "cannot start");
    must(state_open(argv[2], STATE_READ, STATE_ANY, &problems, &state) == ERR_OK &&
             state_load_key(state, -1, &key, &problems) == ERR_OK,
         problems.count > 0 ? problems.list[0].wrong : "no state");
    take_identity(&flood, state, &key);
    make_frame(arena, &flood.frame);
    flood.end_ms = clock_boot_ms() + strtoull(argv[3], NULL, 10);
    for (size_t i = 0; i < sizeof MODES / sizeof MODES[0]; i++)
        if (strcmp(argv[1], MODES[i].name) == 0)
            MODES[i].run(&flood);
    zmq_ctx_term(flood.context);
    keyfile_clear(&key);
    state_close(&state);
    arena_free(&arena);
    return EXIT_DONE;
}
