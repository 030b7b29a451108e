#include "proto/io/queue.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct queue {
    pthread_mutex_t lock;
    pthread_cond_t filled;
    void **items; /* a ring */
    size_t capacity, first, len;
    int fd; /* -1: QUEUE_WAITED */
    bool closed;
};

enum err
queue_new(size_t capacity, enum queue_kind kind, struct queue **out)
{
    assert(capacity > 0);
    *out = NULL;
    struct queue *queue = calloc(1, sizeof *queue);
    if (queue == NULL)
        return ERR_NOMEM;
    queue->items = calloc(capacity, sizeof *queue->items);
    queue->capacity = capacity;
    queue->fd = kind == QUEUE_POLLED ? eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC) : -1;
    if (queue->items == NULL || (kind == QUEUE_POLLED && queue->fd < 0)) {
        if (queue->fd >= 0)
            close(queue->fd);
        free(queue->items);
        free(queue);
        return ERR_NOMEM;
    }
    pthread_mutex_init(&queue->lock, NULL); /* with default attributes it cannot fail */
    pthread_cond_init(&queue->filled, NULL);
    *out = queue;
    return ERR_OK;
}

void
queue_free(struct queue **queue)
{
    if (*queue == NULL)
        return;
    if ((*queue)->fd >= 0)
        close((*queue)->fd);
    pthread_cond_destroy(&(*queue)->filled);
    pthread_mutex_destroy(&(*queue)->lock);
    free((*queue)->items);
    free(*queue);
    *queue = NULL;
}

int
queue_fd(const struct queue *queue)
{
    assert(queue->fd >= 0);
    return queue->fd;
}

/* Under the lock: the descriptor is readable exactly while there is something, or it is closed. */
static void
raise_fd(struct queue *queue)
{
    const uint64_t one = 1;

    if (queue->fd < 0)
        return;
    ssize_t written = write(queue->fd, &one, sizeof one);
    assert(written == (ssize_t)sizeof one || errno == EAGAIN); /* EAGAIN: it is readable */
}

static void
lower_fd(struct queue *queue)
{
    uint64_t count = 0;

    if (queue->fd < 0)
        return;
    ssize_t got = read(queue->fd, &count, sizeof count);
    assert(got == (ssize_t)sizeof count || errno == EAGAIN);
}

enum err
queue_push(struct queue *queue, void *item)
{
    enum err err = ERR_OK;

    assert(item != NULL);
    pthread_mutex_lock(&queue->lock);
    if (queue->closed) {
        err = ERR_CANCELLED;
    } else if (queue->len == queue->capacity) {
        err = ERR_FULL;
    } else {
        queue->items[(queue->first + queue->len) % queue->capacity] = item;
        queue->len++;
        if (queue->len == 1)
            raise_fd(queue);
        if (queue->fd < 0)
            pthread_cond_signal(&queue->filled);
    }
    pthread_mutex_unlock(&queue->lock);
    return err;
}

static size_t
take_locked(struct queue *queue, void **items, size_t items_max)
{
    size_t count = queue->len < items_max ? queue->len : items_max;

    for (size_t i = 0; i < count; i++) {
        items[i] = queue->items[queue->first];
        queue->first = (queue->first + 1) % queue->capacity;
    }
    queue->len -= count;
    if (count > 0 && queue->len == 0 && !queue->closed)
        lower_fd(queue);
    return count;
}

size_t
queue_take(struct queue *queue, void **items, size_t items_max)
{
    pthread_mutex_lock(&queue->lock);
    size_t count = take_locked(queue, items, items_max);
    pthread_mutex_unlock(&queue->lock);
    return count;
}

size_t
queue_wait(struct queue *queue, void **items, size_t items_max)
{
    assert(queue->fd < 0 && items_max > 0);
    pthread_mutex_lock(&queue->lock);
    while (queue->len == 0 && !queue->closed)
        pthread_cond_wait(&queue->filled, &queue->lock);
    size_t count = take_locked(queue, items, items_max);
    pthread_mutex_unlock(&queue->lock);
    return count;
}

void
queue_close(struct queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    queue->closed = true;
    raise_fd(queue);
    pthread_cond_broadcast(&queue->filled);
    pthread_mutex_unlock(&queue->lock);
}
