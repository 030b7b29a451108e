/*
 * chunks_inner.h - what the halves of chunks share; included by relay/io/chunks*.c only.
 *
 * Host.
 */
#ifndef RELAY_IO_CHUNKS_INNER_H
#define RELAY_IO_CHUNKS_INNER_H

#include "proto/io/chunk_file.h"
#include "proto/io/disk.h"
#include "relay/io/chunks.h"

#include <dirent.h>
#include <pthread.h>

enum { CHUNKS_OPEN_MAX = 8 };

struct chunks_upload {
    struct chunks_name name;
    struct attachment attachment;
    bool is_audited; /* its chunks were written, or read and checked, since the start */
    bool is_whole;   /* and are all there, on stable storage */
};

/* A file that the thread has open; an empty member: none. */
struct chunks_slot {
    struct chunks_name name;
    uint64_t used; /* when, by a counter */
    struct chunk_file file;
};

struct chunks {
    char dir[DISK_PATH_BYTES];
    uint64_t quota_bytes, reserve_bytes;
    DIR *walk; /* of chunks_next */
    struct queue *in, *done;
    pthread_t thread;
    bool has_thread;

    pthread_mutex_t mutex; /* of the table */
    size_t uploads_count;
    struct chunks_upload uploads[CHUNKS_UPLOADS_MAX];

    /* The thread's own. */
    uint64_t used;
    struct arena *arena;
    uint8_t room[ATTACHMENT_SEALED_MAX];
    struct chunks_slot slots[CHUNKS_OPEN_MAX];
};

/* A file's name, and its path. */
void chunks_file_name(const struct chunks_name *name, char out[CHUNKS_NAME_BYTES]);
void chunks_path(const struct chunks *chunks, const struct chunks_name *name,
                 char out[DISK_PATH_BYTES]);

bool chunks_is_same(const struct chunks_name *a, const struct chunks_name *b);

/* A copy of the upload's row; false: there is none. */
bool chunks_find(struct chunks *chunks, const struct chunks_name *name, struct chunks_upload *out);

/* Note how far it is, if it still is an upload of the same attachment. */
void chunks_note(struct chunks *chunks, const struct chunks_upload *upload);

/* Its file could not be made: forget the row, if it still is an upload of the same attachment. */
void chunks_forget(struct chunks *chunks, const struct chunks_upload *upload);

/* The thread: `argument` is the struct chunks. */
void *chunks_run(void *argument);

#endif /* RELAY_IO_CHUNKS_INNER_H */
