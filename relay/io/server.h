/*
 * server.h - the relay's threads: this one with the socket, the pool that verifies, the writer.
 * They share nothing but queues, and the gate.
 *
 * Host.
 */
#ifndef RELAY_IO_SERVER_H
#define RELAY_IO_SERVER_H

#include "proto/io/net.h"
#include "relay/io/writer.h"

enum { SERVER_VERIFIERS_MAX = 64 };

struct server_settings {
    const char *endpoint;
    const uint8_t *transport_secret; /* KEY_BYTES, borrowed */
    size_t verifiers;                /* threads, 1 to SERVER_VERIFIERS_MAX */
    struct limit_rate requests;      /* of one credential */
    uint64_t upload_bytes;           /* that one member's unfinished attachments may take */
    struct writer_settings writer;
};

/* The machine and what it writes to; all borrowed. */
struct server_parts {
    struct relay *relay;
    struct store *store;
    struct highwater *highwater;
};

/*
 * Serve until SIGTERM or SIGINT: then nothing new is taken, what was taken is finished, and it
 * returns.  `serving` is called once with the bound endpoint, before the first request.
 * ERR_USAGE, ERR_BUSY, ERR_PERMISSION: the endpoint, as net_server_open.  ERR_NOMEM.  ERR_IO.
 */
enum err server_run(const struct server_parts *parts, const struct server_settings *settings,
                    void (*serving)(void *context, const char *endpoint), void *context);

#endif /* RELAY_IO_SERVER_H */
