/*
 * api_server.h - the screening API over HTTP/1.1 on a local socket or the loopback address.
 *
 * Host.  The only user of libmicrohttpd.  Bounded: connections, bodies, header bytes, idle time;
 * beyond the bounds a client gets an error, and the others are served.
 */
#ifndef CLIENTS_NODE_IO_API_SERVER_H
#define CLIENTS_NODE_IO_API_SERVER_H

#include "clients/node/io/api_access.h"
#include "proto/problem.h"

enum {
    API_THREADS_MAX = 16,
    API_CONNECTIONS = 256,
    API_IDLE_S = 30 /* a connection that is silent for so long is closed */
};

struct api_server_options {
    const char *dir;                 /* the node's state directory */
    const char *listen;              /* "unix:/run/denrei/screen.sock" or "127.0.0.1:8420" */
    const struct api_access *access; /* borrowed */
    size_t threads;                  /* 1 to API_THREADS_MAX; 0: one for each processor */
};

/*
 * Serve until SIGTERM or SIGINT.  Log lines tell where, and what was refused.
 * ERR_USAGE: `listen` is no loopback address or path, or an address without any token.
 * ERR_BUSY: somebody listens there.  Else as screening_open, or ERR_IO.
 */
enum err api_serve(const struct api_server_options *options, struct problems *problems);

#endif /* CLIENTS_NODE_IO_API_SERVER_H */
