#include "proto/io/net_inner.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { KEEPALIVE_IDLE_S = 30, KEEPALIVE_EVERY_S = 10, KEEPALIVE_TRIES = 3, SOCKETS_MAX = 1023 };

enum err
net_new(struct net **out)
{
    *out = NULL;
    struct net *net = calloc(1, sizeof *net);
    if (net == NULL)
        return ERR_NOMEM;
    net->context = zmq_ctx_new();
    if (net->context == NULL || zmq_ctx_set(net->context, ZMQ_MAX_SOCKETS, SOCKETS_MAX) != 0) {
        net_free(&net);
        return ERR_NOMEM;
    }
    *out = net;
    return ERR_OK;
}

void
net_free(struct net **net)
{
    if (*net == NULL)
        return;
    if ((*net)->context != NULL) {
        while (zmq_ctx_term((*net)->context) != 0 && errno == EINTR)
            continue;
    }
    free(*net);
    *net = NULL;
}

bool
net_set_int(void *socket, int option, int value)
{
    return zmq_setsockopt(socket, option, &value, sizeof value) == 0;
}

/*
 * MAXMSGSIZE is checked before authentication (Z7).  Heartbeats stay off: they let an admitted
 * peer abort the process (Z16); TCP's keepalive finds dead hosts instead.
 */
bool
net_set_common(void *socket)
{
    const int64_t bytes_max = FRAME_BYTES_MAX;

    return zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &bytes_max, sizeof bytes_max) == 0 &&
           net_set_int(socket, ZMQ_LINGER, 0) && net_set_int(socket, ZMQ_IPV6, 1) &&
           net_set_int(socket, ZMQ_HEARTBEAT_IVL, 0) && net_set_int(socket, ZMQ_TCP_KEEPALIVE, 1) &&
           net_set_int(socket, ZMQ_TCP_KEEPALIVE_IDLE, KEEPALIVE_IDLE_S) &&
           net_set_int(socket, ZMQ_TCP_KEEPALIVE_INTVL, KEEPALIVE_EVERY_S) &&
           net_set_int(socket, ZMQ_TCP_KEEPALIVE_CNT, KEEPALIVE_TRIES);
}

bool
net_is_tcp(const char *endpoint)
{
    static const char SCHEME[] = "tcp://";
    const size_t scheme_len = sizeof SCHEME - 1;

    if (strnlen(endpoint, NET_ENDPOINT_BYTES) == NET_ENDPOINT_BYTES ||
        strncmp(endpoint, SCHEME, scheme_len) != 0 || strchr(endpoint, ';') != NULL)
        return false;
    const char *colon = strrchr(endpoint + scheme_len, ':');
    return colon != NULL && colon > endpoint + scheme_len && colon[1] != '\0';
}

void
net_frame_init(struct net_frame *frame)
{
    memset(frame, 0, sizeof *frame);
    zmq_msg_init(&frame->message);
}

void
net_frame_free(struct net_frame *frame)
{
    zmq_msg_close(&frame->message);
    net_frame_init(frame);
}

void
net_frame_move(struct net_frame *to, struct net_frame *from)
{
    int failed = zmq_msg_move(&to->message, &from->message);

    assert(failed == 0); /* it fails only for messages that were never initialised */
    to->content = (struct span){zmq_msg_data(&to->message), zmq_msg_size(&to->message)};
    to->session = from->session;
    memcpy(to->user_id, from->user_id, sizeof to->user_id);
    net_frame_free(from);
}
