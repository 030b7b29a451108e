#include "clients/node/io/doclist_sort.h"

#include "proto/io/disk.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    RUN_BUFFER_BYTES = 256 << 10, /* for reading a run */
    RUN_RELEASE_BYTES = 8 << 20   /* given back to the disk as it is read */
};

/* A record in memory, with the key that most comparisons end at. */
struct entry {
    struct confusion_key key;
    uint32_t at; /* in the memory */
    uint32_t len;
};

/* A sorted run that is read. */
struct run {
    int fd;
    off_t read;     /* bytes taken from the file */
    off_t released; /* bytes given back to the disk */
    uint8_t *buffer;
    size_t begin, end; /* what is in it */
    bool is_ended;     /* the file has no more */
    struct confusion_key key;
    size_t len; /* of its next record, which begins at `begin` */
};

struct doclist_sort {
    char dir[DISK_PATH_BYTES];
    uint8_t *memory;       /* records from its start, entries from its end */
    size_t bytes, used;    /* `used` by records */
    struct entry *entries; /* entries_count, ending where the memory does */
    size_t entries_count;
    size_t taken; /* of the entries, where there are no runs */
    struct run *runs;
    size_t runs_count;
    size_t heap[DOCLIST_SORT_RUNS_MAX]; /* runs, the one with the first record on top */
    size_t heap_count;
    bool is_top_taken;
};

enum err
doclist_sort_new(const char *dir, size_t bytes, struct doclist_sort **out)
{
    struct doclist_sort *sort = NULL;

    *out = NULL;
    if (strlen(dir) >= sizeof sort->dir)
        return ERR_RANGE;
    assert(bytes >= DOCLIST_SORT_BYTES_MIN && bytes <= UINT32_MAX);
    sort = calloc(1, sizeof *sort);
    if (sort == NULL)
        return ERR_NOMEM;
    memcpy(sort->dir, dir, strlen(dir) + 1);
    sort->bytes = bytes / sizeof(struct entry) * sizeof(struct entry);
    sort->memory = malloc(sort->bytes);
    sort->runs = calloc(DOCLIST_SORT_RUNS_MAX, sizeof *sort->runs);
    if (sort->memory == NULL || sort->runs == NULL) {
        doclist_sort_free(&sort);
        return ERR_NOMEM;
    }
    sort->entries = (struct entry *)(void *)(sort->memory + sort->bytes);
    *out = sort;
    return ERR_OK;
}

void
doclist_sort_free(struct doclist_sort **sort)
{
    if (*sort == NULL)
        return;
    for (size_t i = 0; (*sort)->runs != NULL && i < (*sort)->runs_count; i++) {
        close((*sort)->runs[i].fd);
        free((*sort)->runs[i].buffer);
    }
    free((*sort)->runs);
    free((*sort)->memory);
    free(*sort);
    *sort = NULL;
}

/* ---- runs in memory */

static int
compare_entries(const void *left, const void *right, void *data)
{
    const struct entry *a = left, *b = right;
    const uint8_t *memory = data;
    int order = confusion_key_compare(a->key, b->key);

    if (order != 0)
        return order;
    return doclist_compare((struct span){memory + a->at, a->len},
                           (struct span){memory + b->at, b->len});
}

static void
sort_memory(struct doclist_sort *sort)
{
    qsort_r(sort->entries, sort->entries_count, sizeof *sort->entries, compare_entries,
            sort->memory);
}

/* A file without a name, or where the file system has none such, one that loses it at once. */
static enum err
open_nameless(const char *dir, int *out)
{
    char path[DISK_PATH_BYTES];
    int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

    if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR)) {
        enum err err = disk_join(dir, "run.part", path);
        if (err != ERR_OK)
            return err;
        fd = open(path, O_CREAT | O_TRUNC | O_NOFOLLOW | O_RDWR | O_CLOEXEC, 0600);
        if (fd >= 0)
            unlink(path);
    }
    if (fd < 0)
        return disk_err(errno);
    *out = fd;
    return ERR_OK;
}

/* Write the sorted memory out. */
static enum err
write_run(const struct doclist_sort *sort, int fd)
{
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0); /* fclose takes one */
    FILE *file = copy < 0 ? NULL : fdopen(copy, "w");
    enum err err = ERR_OK;

    if (file == NULL) {
        err = disk_err(errno);
        if (copy >= 0)
            close(copy);
        return err;
    }
    setvbuf(file, NULL, _IOFBF, RUN_BUFFER_BYTES);
    for (size_t i = 0; i < sort->entries_count && err == ERR_OK; i++) {
        const struct entry *entry = &sort->entries[i];
        if (fwrite(sort->memory + entry->at, entry->len, 1, file) != 1)
            err = disk_err(errno);
    }
    if (fclose(file) != 0 && err == ERR_OK)
        err = disk_err(errno);
    return err;
}

static enum err
spill(struct doclist_sort *sort)
{
    int fd = -1;

    if (sort->runs_count == DOCLIST_SORT_RUNS_MAX)
        return ERR_FULL;
    sort_memory(sort);
    enum err err = open_nameless(sort->dir, &fd);
    if (err == ERR_OK)
        err = write_run(sort, fd);
    if (err != ERR_OK) {
        if (fd >= 0)
            close(fd);
        return err;
    }
    sort->runs[sort->runs_count++] = (struct run){.fd = fd};
    sort->entries += sort->entries_count;
    sort->entries_count = 0;
    sort->used = 0;
    return ERR_OK;
}

enum err
doclist_sort_add(struct doclist_sort *sort, struct span record)
{
    struct imported_key key;
    enum err err = imported_peek(record, &key);
    size_t taken = (sort->entries_count + 1) * sizeof(struct entry);

    assert(err == ERR_OK && key.bytes == record.len);
    if (sort->used + record.len + taken > sort->bytes) {
        err = spill(sort);
        if (err != ERR_OK)
            return err;
    }
    memcpy(sort->memory + sort->used, record.data, record.len);
    sort->entries--;
    *sort->entries = (struct entry){.key = confusion_key(key.number, key.number_len),
                                    .at = (uint32_t)sort->used,
                                    .len = (uint32_t)record.len};
    sort->entries_count++;
    sort->used += record.len;
    return ERR_OK;
}

/* ---- merging */

/* What was read need not lie on the disk any more; where this fails it only takes more room. */
static void
release(struct run *run)
{
    off_t done = run->read / RUN_RELEASE_BYTES * RUN_RELEASE_BYTES;

    if (done <= run->released)
        return;
    (void)fallocate(run->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, run->released,
                    done - run->released);
    run->released = done;
}

static enum err
refill(struct run *run)
{
    memmove(run->buffer, run->buffer + run->begin, run->end - run->begin);
    run->end -= run->begin;
    run->begin = 0;
    while (run->end < IMPORTED_BYTES_MAX && !run->is_ended) { /* ends: the file does */
        ssize_t got =
            pread(run->fd, run->buffer + run->end, RUN_BUFFER_BYTES - run->end, run->read);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return disk_err(errno);
        run->is_ended = got == 0;
        run->end += (size_t)got;
        run->read += got;
    }
    release(run);
    return ERR_OK;
}

/* Go to the run's next record.  ERR_NOT_FOUND: there is none. */
static enum err
advance(struct run *run)
{
    struct imported_key key;
    enum err err = ERR_OK;

    run->begin += run->len;
    run->len = 0;
    if (run->end - run->begin < IMPORTED_BYTES_MAX && !run->is_ended)
        err = refill(run);
    if (err != ERR_OK)
        return err;
    if (run->begin == run->end)
        return ERR_NOT_FOUND;
    err = imported_peek((struct span){run->buffer + run->begin, run->end - run->begin}, &key);
    if (err != ERR_OK)
        return err;
    run->key = confusion_key(key.number, key.number_len);
    run->len = key.bytes;
    return ERR_OK;
}

static bool
comes_before(const struct doclist_sort *sort, size_t left, size_t right)
{
    const struct run *a = &sort->runs[left], *b = &sort->runs[right];
    int order = confusion_key_compare(a->key, b->key);

    if (order == 0)
        order = doclist_compare((struct span){a->buffer + a->begin, a->len},
                                (struct span){b->buffer + b->begin, b->len});
    return order < 0;
}

static void
swap(size_t *left, size_t *right)
{
    size_t kept = *left;

    *left = *right;
    *right = kept;
}

static void
sift_down(struct doclist_sort *sort, size_t at)
{
    for (;;) { /* ends: each round goes a level down */
        size_t first = at;
        for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < sort->heap_count; child++) {
            if (comes_before(sort, sort->heap[child], sort->heap[first]))
                first = child;
        }
        if (first == at)
            return;
        swap(&sort->heap[first], &sort->heap[at]);
        at = first;
    }
}

enum err
doclist_sort_finish(struct doclist_sort *sort)
{
    if (sort->runs_count == 0) {
        sort_memory(sort);
        return ERR_OK;
    }
    enum err err = sort->entries_count > 0 ? spill(sort) : ERR_OK;
    free(sort->memory);
    sort->memory = NULL;
    for (size_t i = 0; i < sort->runs_count && err == ERR_OK; i++) {
        sort->runs[i].buffer = malloc(RUN_BUFFER_BYTES);
        err = sort->runs[i].buffer == NULL ? ERR_NOMEM : advance(&sort->runs[i]);
        sort->heap[sort->heap_count++] = i;
    }
    if (err != ERR_OK)
        return err == ERR_NOT_FOUND ? ERR_CORRUPT : err; /* no run is empty */
    for (size_t i = sort->heap_count; i > 0; i--)
        sift_down(sort, i - 1);
    return ERR_OK;
}

/* The record on top was handed out: its run goes on. */
static enum err
take_top(struct doclist_sort *sort)
{
    enum err err = advance(&sort->runs[sort->heap[0]]);

    if (err == ERR_NOT_FOUND) {
        sort->heap[0] = sort->heap[--sort->heap_count];
        err = ERR_OK;
    }
    if (err == ERR_OK && sort->heap_count > 0)
        sift_down(sort, 0);
    return err;
}

enum err
doclist_sort_next(struct doclist_sort *sort, struct span *out)
{
    if (sort->runs_count == 0) {
        if (sort->taken == sort->entries_count)
            return ERR_NOT_FOUND;
        const struct entry *entry = &sort->entries[sort->taken++];
        *out = (struct span){sort->memory + entry->at, entry->len};
        return ERR_OK;
    }
    enum err err = sort->is_top_taken && sort->heap_count > 0 ? take_top(sort) : ERR_OK;
    if (err != ERR_OK)
        return err;
    if (sort->heap_count == 0)
        return ERR_NOT_FOUND;
    const struct run *top = &sort->runs[sort->heap[0]];
    *out = (struct span){top->buffer + top->begin, top->len};
    sort->is_top_taken = true;
    return ERR_OK;
}
