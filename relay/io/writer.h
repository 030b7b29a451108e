/*
 * writer.h - the one thread that decides, writes and answers: it drains its queue, steps the
 * machine for all of it, commits once with one signed checkpoint, and only then answers.
 *
 * Host.
 */
#ifndef RELAY_IO_WRITER_H
#define RELAY_IO_WRITER_H

#include "proto/io/queue.h"
#include "relay/io/apply.h"
#include "relay/io/chunks.h"
#include "relay/io/gate.h"
#include "relay/io/work.h"

enum {
    WRITER_BATCH_MAX = 256, /* works in one commit */
    WRITER_WAITING_MAX = 4096,
    WRITER_WAITING_EACH_MAX = 16, /* of one credential */
    WRITER_TICK_MS = 200,
};

struct writer_settings {
    uint64_t reserve_bytes; /* of the disk; below it, no new message is accepted */
    const char *path;       /* of the store's folder, borrowed */
};

/* What a writer works with; all borrowed. */
struct writer_parts {
    struct relay *relay;
    struct store *store;
    struct highwater *highwater;
    struct chunks *chunks; /* NULL: no attachments are kept */
    struct gate *gate;
    struct work_pool *pool;
    struct queue *in;  /* QUEUE_WAITED */
    struct queue *out; /* to the socket's thread */
};

struct writer;

/*
 * Log the start.  On ERR_OK the caller must writer_free *out, else it is NULL.
 * ERR_NOMEM.
 */
enum err writer_new(const struct writer_parts *parts, const struct writer_settings *settings,
                    struct writer **out);

/* Free *writer and set it to NULL; a NULL *writer is left alone. */
void writer_free(struct writer **writer);

/* Work until a WORK_STOP was done; that one goes to `out` last. */
void writer_run(struct writer *writer);

#endif /* RELAY_IO_WRITER_H */
