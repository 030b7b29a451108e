#include "relay/io/work.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct work_pool {
    pthread_mutex_t mutex;
    size_t made;
    size_t free_count;
    size_t big_count; /* arenas among them that are not small */
    struct work *free[WORKS_MAX];
};

enum err
work_pool_new(struct work_pool **out)
{
    struct work_pool *pool = calloc(1, sizeof *pool);

    *out = NULL;
    if (pool == NULL)
        return ERR_NOMEM;
    if (pthread_mutex_init(&pool->mutex, NULL) != 0) {
        free(pool);
        return ERR_NOMEM;
    }
    *out = pool;
    return ERR_OK;
}

void
work_pool_free(struct work_pool **pool)
{
    if (*pool != NULL) {
        for (size_t i = 0; i < (*pool)->free_count; i++) {
            arena_free(&(*pool)->free[i]->arena);
            free((*pool)->free[i]);
        }
        pthread_mutex_destroy(&(*pool)->mutex);
    }
    free(*pool);
    *pool = NULL;
}

static bool
is_big(const struct work *work)
{
    return work->arena_bytes > WORK_SMALL_ARENA;
}

static struct work *
make_work(struct work_pool *pool)
{
    if (pool->made == WORKS_MAX)
        return NULL;
    struct work *work = calloc(1, sizeof *work);
    if (work != NULL) {
        net_frame_init(&work->frame);
        pool->made++;
    }
    return work;
}

struct work_reply *
work_reply_new(struct span bytes)
{
    struct work_reply *reply = malloc(sizeof *reply + bytes.len);

    if (reply == NULL)
        return NULL;
    reply->unsent = reply->unsent_all = NULL;
    reply->len = bytes.len;
    if (bytes.len > 0)
        memcpy(reply->bytes, bytes.data, bytes.len);
    return reply;
}

void
work_reply_free(struct work_reply *reply)
{
    if (reply != NULL && reply->unsent != NULL) {
        atomic_fetch_sub(reply->unsent, reply->len);
        atomic_fetch_sub(reply->unsent_all, reply->len);
    }
    free(reply);
}

struct work *
work_take(struct work_pool *pool, enum work_type type)
{
    struct work *work = NULL;

    pthread_mutex_lock(&pool->mutex);
    if (pool->free_count > 0) {
        work = pool->free[--pool->free_count];
        pool->big_count -= is_big(work) ? 1 : 0;
    } else {
        work = make_work(pool);
    }
    pthread_mutex_unlock(&pool->mutex);
    if (work != NULL)
        work->type = type;
    return work;
}

void
work_give(struct work_pool *pool, struct work *work)
{
    struct work empty = {.arena = work->arena, .arena_bytes = work->arena_bytes};

    net_frame_free(&work->frame);
    work_reply_free(work->reply);
    *work = empty;
    net_frame_init(&work->frame);
    if (work->arena != NULL)
        arena_reset(work->arena);
    pthread_mutex_lock(&pool->mutex);
    if (is_big(work) &&
        (pool->big_count == WORK_BIG_KEPT || work->arena_bytes > WORK_BIG_ARENA_MAX)) {
        arena_free(&work->arena);
        work->arena_bytes = 0;
    }
    pool->big_count += is_big(work) ? 1 : 0;
    pool->free[pool->free_count++] = work;
    pthread_mutex_unlock(&pool->mutex);
}

enum err
work_prepare(struct work *work)
{
    /* Decoding takes up to ten times the wire (proto/wire.h), entries less than the wire again. */
    size_t bytes = 12 * work->frame.content.len + ARENA_EXTRA_BYTES;

    if (bytes > ARENA_BYTES_MAX)
        bytes = ARENA_BYTES_MAX;
    if (work->arena != NULL && work->arena_bytes >= bytes)
        return ERR_OK;
    arena_free(&work->arena);
    work->arena_bytes = 0;
    enum err err = arena_new(bytes, &work->arena);
    if (err == ERR_OK)
        work->arena_bytes = bytes;
    return err;
}
