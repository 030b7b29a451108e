/*
 * connect_inner.h - what the parts of connect share; included by clients/io/connect*.c only.
 *
 * Host.
 */
#ifndef CLIENTS_IO_CONNECT_INNER_H
#define CLIENTS_IO_CONNECT_INNER_H

#include "clients/io/connect.h"

struct connect {
    struct state *state; /* borrowed */
    struct net_client *client;
    struct session session;
    struct arena *arena; /* of Hello and documents */
    char endpoint[NET_ENDPOINT_BYTES];
    uint64_t timeout_ms;
    bool is_first; /* within the transaction of the first connection */
    uint32_t refusal;
};

/* Tell what failed, of the link or of what the relay says of its log; returns what it means. */
enum err connect_tell_link(enum err err, const char *endpoint, struct problems *problems);
enum err connect_tell_log(enum err err, const char *endpoint, struct problems *problems);

#endif /* CLIENTS_IO_CONNECT_INNER_H */
