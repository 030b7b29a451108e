/*
 * queue.h - pointers handed from any number of threads to others, bounded.
 *
 * Host.  All functions but queue_new and queue_free may be called from any thread.
 */
#ifndef PROTO_IO_QUEUE_H
#define PROTO_IO_QUEUE_H

#include "proto/err.h"

#include <stddef.h>

struct queue;

enum queue_kind {
    QUEUE_POLLED, /* the reader polls queue_fd and calls queue_take */
    QUEUE_WAITED  /* the readers call queue_wait; no descriptor, no system call while busy */
};

/*
 * Make a queue for `capacity` pointers (at least 1).  On ERR_OK the caller must queue_free *out,
 * else it is NULL.
 * ERR_NOMEM: no memory or descriptor.
 */
enum err queue_new(size_t capacity, enum queue_kind kind, struct queue **out);

/*
 * Free *queue, which no thread uses any more, and set it to NULL; NULL is left alone.  Pointers
 * still in it are the caller's: take them first.
 */
void queue_free(struct queue **queue);

/* Of a QUEUE_POLLED: readable while something is in the queue or it is closed. */
int queue_fd(const struct queue *queue);

/*
 * Hand over `item` (not NULL) without waiting.
 * ERR_FULL: `capacity` are in it.  ERR_CANCELLED: it is closed.  The item stays the caller's then.
 */
enum err queue_push(struct queue *queue, void *item);

/* Take up to `items_max` items, oldest first, without waiting; returns how many. */
size_t queue_take(struct queue *queue, void **items, size_t items_max);

/* The same, but wait for the first item; 0: it is closed and empty.  For a QUEUE_WAITED. */
size_t queue_wait(struct queue *queue, void **items, size_t items_max);

/* Refuse new items and wake all readers; what is in the queue can still be taken. */
void queue_close(struct queue *queue);

#endif /* PROTO_IO_QUEUE_H */
