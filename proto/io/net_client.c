#include "proto/io/net_inner.h"

#include "proto/io/clock.h"
#include "proto/io/loop.h"

#include <assert.h>
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    HANDSHAKE_MS_MAX = 10000,
    CONNECT_MS_MAX = 5000,
    RECONNECT_MS_MIN = 100, /* doubles up to the maximum; libzmq adds jitter of one interval */
    RECONNECT_MS_MAX = 15000,
    QUEUE_LEN = 256
};

struct net_client {
    void *socket, *monitor;
    enum net_link link;
    bool was_hung_up; /* on the last handshake */
};

/*
 * IMMEDIATE: nothing is queued for a server that is not there (Z11).  The first interval has
 * jitter of its own, or all clients of a relay come back in the same millisecond.
 */
static bool
set_client_options(void *socket, const struct net_client_config *config)
{
    uint8_t public_key[KEY_BYTES];
    int reconnect_ms = RECONNECT_MS_MIN + (int)randombytes_uniform(RECONNECT_MS_MIN);

    if (crypto_scalarmult_base(public_key, config->secret_key) != 0)
        return false;
    return net_set_common(socket) && net_set_int(socket, ZMQ_IMMEDIATE, 1) &&
           net_set_int(socket, ZMQ_SNDHWM, QUEUE_LEN) &&
           net_set_int(socket, ZMQ_RCVHWM, QUEUE_LEN) &&
           net_set_int(socket, ZMQ_HANDSHAKE_IVL, HANDSHAKE_MS_MAX) &&
           net_set_int(socket, ZMQ_CONNECT_TIMEOUT, CONNECT_MS_MAX) &&
           net_set_int(socket, ZMQ_RECONNECT_IVL, reconnect_ms) &&
           net_set_int(socket, ZMQ_RECONNECT_IVL_MAX, RECONNECT_MS_MAX) &&
           zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, config->server_key, KEY_BYTES) == 0 &&
           zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, public_key, KEY_BYTES) == 0 &&
           zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, config->secret_key, KEY_BYTES) == 0;
}

static enum err
open_monitor(struct net_client *client, void *context)
{
    static _Atomic(unsigned) serial;
    const int events = ZMQ_EVENT_CONNECTED | ZMQ_EVENT_CLOSED | ZMQ_EVENT_DISCONNECTED |
                       ZMQ_EVENT_CONNECT_RETRIED | ZMQ_EVENT_HANDSHAKE_SUCCEEDED |
                       ZMQ_EVENT_HANDSHAKE_FAILED_AUTH | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL |
                       ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL;
    char name[64];

    snprintf(name, sizeof name, "inproc://denrei.monitor.%u", atomic_fetch_add(&serial, 1));
    client->monitor = zmq_socket(context, ZMQ_PAIR);
    if (client->monitor == NULL || !net_set_int(client->monitor, ZMQ_LINGER, 0) ||
        zmq_socket_monitor(client->socket, name, events) != 0 ||
        zmq_connect(client->monitor, name) != 0)
        return ERR_NOMEM;
    return ERR_OK;
}

enum err
net_client_open(struct net *net, const struct net_client_config *config, struct net_client **out)
{
    *out = NULL;
    if (!net_is_tcp(config->endpoint))
        return ERR_USAGE;
    struct net_client *client = calloc(1, sizeof *client);
    if (client == NULL)
        return ERR_NOMEM;
    enum err err = ERR_NOMEM;
    client->socket = zmq_socket(net->context, ZMQ_DEALER);
    if (client->socket == NULL || !set_client_options(client->socket, config))
        goto done;
    err = open_monitor(client, net->context);
    if (err != ERR_OK)
        goto done;
    if (zmq_connect(client->socket, config->endpoint) != 0) {
        err = errno == EMFILE || errno == EMTHREAD || errno == ENOMEM ? ERR_NOMEM : ERR_USAGE;
        goto done;
    }
    *out = client;
    client = NULL; /* now the caller's */

done:
    net_client_free(&client);
    return err;
}

void
net_client_free(struct net_client **client)
{
    if (*client == NULL)
        return;
    if ((*client)->socket != NULL) {
        zmq_socket_monitor((*client)->socket, NULL, 0);
        zmq_close((*client)->socket);
    }
    if ((*client)->monitor != NULL)
        zmq_close((*client)->monitor);
    free(*client);
    *client = NULL;
}

void *
net_client_socket(const struct net_client *client)
{
    return client->socket;
}

/* Take one event off the monitor: a part of 16-bit event and 32-bit value, and the address. */
static bool
take_event(void *monitor, uint16_t *event)
{
    uint8_t head[6];
    char address[NET_ENDPOINT_BYTES];

    int len = zmq_recv(monitor, head, sizeof head, ZMQ_DONTWAIT);
    if (len != (int)sizeof head)
        return false;
    memcpy(event, head, sizeof *event);
    return zmq_recv(monitor, address, sizeof address, ZMQ_DONTWAIT) >= 0;
}

/*
 * A server that cannot open our first box hangs up in the middle of the handshake, as does one
 * that does not speak our protocol: either is "not that server".  So does the right one when it is
 * stopped at that moment, or has no time for us; the next try, which libzmq makes by itself, tells
 * them apart.  A refusal by ZAP comes as an authenticated error, so a stranger in between cannot
 * forge it.
 */
static void
on_event(struct net_client *client, uint16_t event)
{
    switch (event) {
    case ZMQ_EVENT_CONNECTED:
        if (client->link != NET_LINK_WRONG_SERVER && client->link != NET_LINK_REFUSED)
            client->link = NET_LINK_CONNECTING;
        break;
    case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
        client->link = NET_LINK_UP;
        client->was_hung_up = false;
        break;
    case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
        client->link = NET_LINK_REFUSED;
        break;
    case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
        if (client->link != NET_LINK_REFUSED)
            client->link = NET_LINK_WRONG_SERVER;
        break;
    case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
        if (client->link != NET_LINK_REFUSED)
            client->link = client->was_hung_up ? NET_LINK_WRONG_SERVER : NET_LINK_CONNECTING;
        client->was_hung_up = true;
        break;
    case ZMQ_EVENT_CLOSED:
        client->was_hung_up = false;
        if (client->link != NET_LINK_REFUSED)
            client->link = NET_LINK_UNREACHABLE;
        break;
    case ZMQ_EVENT_DISCONNECTED:
        if (client->link == NET_LINK_UP)
            client->link = NET_LINK_LOST;
        break;
    default:
        break;
    }
}

enum net_link
net_client_link(struct net_client *client)
{
    uint16_t event = 0;

    while (take_event(client->monitor, &event))
        on_event(client, event);
    return client->link;
}

enum err
net_client_wait_link(struct net_client *client, uint64_t deadline_ms)
{
    for (;;) {
        switch (net_client_link(client)) {
        case NET_LINK_UP:
            return ERR_OK;
        case NET_LINK_UNREACHABLE:
        case NET_LINK_LOST:
            return ERR_CONNECT;
        case NET_LINK_WRONG_SERVER:
            return ERR_KEY;
        case NET_LINK_REFUSED:
            return ERR_REFUSED;
        case NET_LINK_CONNECTING:
            break;
        }
        struct loop_source monitor = {.socket = client->monitor};
        enum err err = loop_wait(&monitor, 1, deadline_ms);
        if (err != ERR_OK)
            return err;
    }
}

enum err
net_client_send(struct net_client *client, struct span content)
{
    int sent = 0;

    if (content.len > FRAME_BYTES_MAX)
        return ERR_RANGE;
    do
        sent = zmq_send(client->socket, content.data, content.len, ZMQ_DONTWAIT);
    while (sent < 0 && errno == EINTR);
    if (sent >= 0)
        return ERR_OK;
    return errno == EAGAIN ? ERR_CONNECT : ERR_NOMEM;
}

/* Take one message; false if there is none.  *single: it has one part. */
static bool
take_message(void *socket, zmq_msg_t *out, bool *single)
{
    zmq_msg_t rest;

    while (zmq_msg_recv(out, socket, ZMQ_DONTWAIT) < 0) {
        if (errno != EINTR)
            return false;
    }
    *single = zmq_msg_more(out) == 0;
    bool more = !*single;
    zmq_msg_init(&rest);
    while (more && zmq_msg_recv(&rest, socket, ZMQ_DONTWAIT) >= 0)
        more = zmq_msg_more(&rest) != 0;
    zmq_msg_close(&rest);
    return true;
}

/* Wait for a frame or for news of the link.  ERR_CONNECT: it is down, so no reply will come. */
static enum err
wait_for_frame(struct net_client *client, uint64_t deadline_ms)
{
    struct loop_source sources[] = {{.socket = client->socket}, {.socket = client->monitor}};
    enum err err = loop_wait(sources, sizeof sources / sizeof sources[0], deadline_ms);

    if (err != ERR_OK || sources[0].ready)
        return err; /* what came before the link broke counts */
    enum net_link link = net_client_link(client);
    return link == NET_LINK_UP || link == NET_LINK_CONNECTING ? ERR_OK : ERR_CONNECT;
}

enum err
net_client_receive(struct net_client *client, uint64_t deadline_ms, struct net_frame *frame)
{
    bool single = false;

    net_frame_free(frame);
    for (;;) {
        while (take_message(client->socket, &frame->message, &single)) {
            if (single) {
                frame->content =
                    (struct span){zmq_msg_data(&frame->message), zmq_msg_size(&frame->message)};
                return ERR_OK;
            }
            net_frame_free(frame);
            if (clock_boot_ms() >= deadline_ms)
                return ERR_TIMEOUT;
        }
        enum err err = wait_for_frame(client, deadline_ms);
        if (err != ERR_OK)
            return err;
    }
}
