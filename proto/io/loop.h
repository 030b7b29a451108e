/*
 * loop.h - waiting for descriptors, sockets and signals at once.
 *
 * Host.
 */
#ifndef PROTO_IO_LOOP_H
#define PROTO_IO_LOOP_H

#include "proto/bytes.h"
#include "proto/err.h"

#include <stdbool.h>

enum { LOOP_SOURCES_MAX = 32 };

/* What is waited for: a ZeroMQ socket, or a descriptor where `socket` is NULL. */
struct loop_source {
    void *socket;
    int fd;
    bool ready; /* set by loop_wait: it can be read */
};

/*
 * Block SIGTERM, SIGINT and SIGHUP in this thread and those it makes later (call before any is
 * made), and return a descriptor that is readable when one came; the caller closes it.
 * ERR_IO: the system refused; *out_fd is -1.
 */
enum err loop_open_signals(int *out_fd);

/* The number of the next signal on `fd`, or 0. */
int loop_take_signal(int fd);

/*
 * Wait until a source is readable or `deadline_ms` (clock_boot_ms; UINT64_MAX: for ever) is past.
 * ERR_TIMEOUT: none is.  ERR_CANCELLED: a signal handler ran.
 */
enum err loop_wait(struct loop_source *sources, size_t count, uint64_t deadline_ms);

#endif /* PROTO_IO_LOOP_H */
