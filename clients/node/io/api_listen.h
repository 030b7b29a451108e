/*
 * api_listen.h - the listening socket of the screening API.
 *
 * Host.
 */
#ifndef CLIENTS_NODE_IO_API_LISTEN_H
#define CLIENTS_NODE_IO_API_LISTEN_H

#include "proto/err.h"
#include "proto/problem.h"

#include <stdbool.h>

/*
 * Listen at `where`, "unix:PATH" or "127.0.0.1:PORT" ("[::1]:PORT"; port 0: any).  A socket file
 * that nobody listens on any more is replaced; users of its group may connect.  On ERR_OK the
 * caller closes *out_fd, and *is_local says whether it is a local socket.
 * ERR_USAGE: `where` is neither, or another address.  ERR_BUSY: somebody listens there.
 * ERR_IO: the system refused.  `problems` says what and what to do.
 */
enum err api_listen(const char *where, struct problems *problems, int *out_fd, bool *is_local);

/* Remove the socket file of `where`, if it is one. */
void api_unlisten(const char *where);

/* The port that a socket of an address listens on, 0 for a local socket. */
unsigned api_listen_port(int fd);

#endif /* CLIENTS_NODE_IO_API_LISTEN_H */
