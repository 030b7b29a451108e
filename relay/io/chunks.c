#include "relay/io/chunks_inner.h"

#include "proto/hash.h"
#include "proto/io/log.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void
chunks_file_name(const struct chunks_name *name, char out[CHUNKS_NAME_BYTES])
{
    char id[2 * ID_BYTES + 1];

    sodium_bin2hex(id, sizeof id, name->id.bytes, ID_BYTES);
    snprintf(out, CHUNKS_NAME_BYTES, "%s_%s_%02u", name->member, id, (unsigned)name->index % 100);
}

void
chunks_path(const struct chunks *chunks, const struct chunks_name *name, char out[DISK_PATH_BYTES])
{
    char text[CHUNKS_NAME_BYTES];

    chunks_file_name(name, text);
    enum err err = disk_join(chunks->dir, text, out);
    assert(err == ERR_OK); /* chunks_new saw that there is room */
}

bool
chunks_is_same(const struct chunks_name *a, const struct chunks_name *b)
{
    return memcmp(a->id.bytes, b->id.bytes, ID_BYTES) == 0 && a->index == b->index &&
           strcmp(a->member, b->member) == 0;
}

/* ---- the table, under the lock */

static struct chunks_upload *
find_row(struct chunks *chunks, const struct chunks_name *name)
{
    for (size_t i = 0; i < chunks->uploads_count; i++)
        if (chunks_is_same(&chunks->uploads[i].name, name))
            return &chunks->uploads[i];
    return NULL;
}

static bool
is_same_attachment(const struct attachment *a, const struct attachment *b)
{
    return a->bytes == b->bytes && hash_is_equal(&a->hash, &b->hash);
}

bool
chunks_find(struct chunks *chunks, const struct chunks_name *name, struct chunks_upload *out)
{
    pthread_mutex_lock(&chunks->mutex);
    const struct chunks_upload *row = find_row(chunks, name);
    if (row != NULL)
        *out = *row;
    pthread_mutex_unlock(&chunks->mutex);
    return row != NULL;
}

void
chunks_note(struct chunks *chunks, const struct chunks_upload *upload)
{
    pthread_mutex_lock(&chunks->mutex);
    struct chunks_upload *row = find_row(chunks, &upload->name);
    if (row != NULL && is_same_attachment(&row->attachment, &upload->attachment)) {
        row->is_audited = upload->is_audited;
        row->is_whole = upload->is_whole;
    }
    pthread_mutex_unlock(&chunks->mutex);
}

void
chunks_forget(struct chunks *chunks, const struct chunks_upload *upload)
{
    pthread_mutex_lock(&chunks->mutex);
    struct chunks_upload *row = find_row(chunks, &upload->name);
    if (row != NULL && is_same_attachment(&row->attachment, &upload->attachment))
        *row = chunks->uploads[--chunks->uploads_count];
    pthread_mutex_unlock(&chunks->mutex);
}

/* What the member's uploads, but for `name`, take. */
static struct chunks_counts
count_used(const struct chunks *chunks, const struct chunks_name *name)
{
    struct chunks_counts used = {0};

    for (size_t i = 0; i < chunks->uploads_count; i++)
        if (strcmp(chunks->uploads[i].name.member, name->member) == 0 &&
            !chunks_is_same(&chunks->uploads[i].name, name)) {
            used.uploads++;
            used.bytes += chunks->uploads[i].attachment.bytes;
        }
    return used;
}

static enum refusal
admit(struct chunks *chunks, const struct chunks_name *name, const struct attachment *attachment,
      uint64_t *free_bytes)
{
    struct chunks_upload *row = find_row(chunks, name);

    if (row != NULL && is_same_attachment(&row->attachment, attachment))
        return REFUSAL_NONE;
    const struct chunks_counts used = count_used(chunks, name);
    if (used.bytes + attachment->bytes > chunks->quota_bytes ||
        used.uploads >= CHUNKS_UPLOADS_EACH_MAX ||
        (row == NULL && chunks->uploads_count == CHUNKS_UPLOADS_MAX))
        return REFUSAL_QUOTA;
    if (attachment->bytes > *free_bytes)
        return REFUSAL_NO_SPACE;
    *free_bytes -= attachment->bytes;
    if (row == NULL)
        row = &chunks->uploads[chunks->uploads_count++];
    *row = (struct chunks_upload){.name = *name, .attachment = *attachment};
    return REFUSAL_NONE;
}

enum refusal
chunks_admit(struct chunks *chunks, const struct chunks_name *name,
             const struct attachment *attachment, uint64_t *free_bytes)
{
    pthread_mutex_lock(&chunks->mutex);
    enum refusal code = admit(chunks, name, attachment, free_bytes);
    pthread_mutex_unlock(&chunks->mutex);
    return code;
}

bool
chunks_is_whole(struct chunks *chunks, const struct chunks_name *name,
                const struct attachment *attachment)
{
    struct chunks_upload upload;

    return chunks_find(chunks, name, &upload) && upload.is_whole &&
           is_same_attachment(&upload.attachment, attachment);
}

void
chunks_keep(struct chunks *chunks, const struct chunks_name *name)
{
    pthread_mutex_lock(&chunks->mutex);
    struct chunks_upload *row = find_row(chunks, name);
    if (row != NULL)
        *row = chunks->uploads[--chunks->uploads_count];
    pthread_mutex_unlock(&chunks->mutex);
}

struct chunks_counts
chunks_count(struct chunks *chunks)
{
    struct chunks_counts counts = {0};

    pthread_mutex_lock(&chunks->mutex);
    counts.uploads = chunks->uploads_count;
    for (size_t i = 0; i < chunks->uploads_count; i++)
        counts.bytes += chunks->uploads[i].attachment.bytes;
    pthread_mutex_unlock(&chunks->mutex);
    return counts;
}

/* ---- the directory */

void
chunks_erase(struct chunks *chunks, const struct chunks_name *name)
{
    char path[DISK_PATH_BYTES];

    chunks_keep(chunks, name);
    chunks_path(chunks, name, path);
    /* The thread may have it open; it sees that the name is gone. */
    if (unlink(path) != 0 && errno != ENOENT)
        log_event(LOG_LEVEL_ERROR, "attachment.erase", "member=%s problem=%s", name->member,
                  err_text(disk_err(errno)));
}

void
chunks_adopt(struct chunks *chunks, const struct chunks_name *name)
{
    struct chunks_upload upload;
    char path[DISK_PATH_BYTES];

    if (chunks_find(chunks, name, &upload))
        return;
    struct chunk_file *file = malloc(sizeof *file);
    if (file == NULL)
        return; /* the next sweep will */
    chunks_path(chunks, name, path);
    if (chunk_file_open(path, false, file) == ERR_OK) {
        pthread_mutex_lock(&chunks->mutex);
        if (chunks->uploads_count < CHUNKS_UPLOADS_MAX)
            chunks->uploads[chunks->uploads_count++] =
                (struct chunks_upload){.name = *name, .attachment = file->attachment};
        pthread_mutex_unlock(&chunks->mutex);
        chunk_file_close(file);
    } else {
        (void)unlink(path); /* cut off when it was made: nothing was promised about it */
    }
    free(file);
}

/* ERR_FORMAT: not a name of ours. */
static enum err
parse_name(const char *text, struct chunks_name *out)
{
    const char *id = strchr(text, '_');
    size_t len = 0;

    if (id == NULL || (size_t)(id - text) > MEMBER_ID_MAX ||
        strlen(id) != 1 + 2 * ID_BYTES + 1 + 2 || id[1 + 2 * ID_BYTES] != '_')
        return ERR_FORMAT;
    *out = (struct chunks_name){.index = 0};
    memcpy(out->member, text, (size_t)(id - text));
    const char *digits = id + 2 + 2 * ID_BYTES;
    if (!message_is_member_id(out->member) || digits[0] < '0' || digits[0] > '9' ||
        digits[1] < '0' || digits[1] > '9' ||
        sodium_hex2bin(out->id.bytes, ID_BYTES, id + 1, 2 * ID_BYTES, NULL, &len, NULL) != 0 ||
        len != ID_BYTES)
        return ERR_FORMAT;
    out->index = (uint32_t)(digits[0] - '0') * 10 + (uint32_t)(digits[1] - '0');
    return ERR_OK;
}

bool
chunks_next(struct chunks *chunks, struct chunks_name *out, uint64_t *modified_ms)
{
    const struct dirent *entry = NULL;
    struct stat info;

    if (chunks->walk == NULL)
        chunks->walk = opendir(chunks->dir);
    while (chunks->walk != NULL && (entry = readdir(chunks->walk)) != NULL) {
        if (parse_name(entry->d_name, out) != ERR_OK ||
            fstatat(dirfd(chunks->walk), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        *modified_ms =
            (uint64_t)info.st_mtim.tv_sec * 1000 + (uint64_t)info.st_mtim.tv_nsec / 1000000;
        return true;
    }
    if (chunks->walk != NULL)
        closedir(chunks->walk);
    chunks->walk = NULL;
    return false;
}

/* ---- life */

void
chunks_push(struct chunks *chunks, struct work *work)
{
    enum err err = queue_push(chunks->in, work);

    assert(err == ERR_OK); /* it has room for all works there are */
}

enum err
chunks_new(const struct chunks_settings *settings, struct queue *done, struct chunks **out)
{
    struct chunks *chunks = calloc(1, sizeof *chunks);

    *out = NULL;
    if (chunks == NULL)
        return ERR_NOMEM;
    pthread_mutex_init(&chunks->mutex, NULL);
    chunks->quota_bytes = settings->quota_bytes;
    chunks->reserve_bytes = settings->reserve_bytes;
    chunks->done = done;
    for (size_t i = 0; i < CHUNKS_OPEN_MAX; i++)
        chunks->slots[i].file.fd = -1;
    enum err err = disk_join(settings->dir, CHUNKS_DIR, chunks->dir);
    if (err == ERR_OK && strlen(chunks->dir) + CHUNKS_NAME_BYTES >= DISK_PATH_BYTES)
        err = ERR_RANGE;
    if (err == ERR_OK)
        err = disk_make_dir(chunks->dir);
    if (err == ERR_OK)
        err = arena_new(FRAME_BYTES_MAX + ARENA_EXTRA_BYTES, &chunks->arena);
    if (err == ERR_OK)
        err = queue_new(WORKS_MAX + 1, QUEUE_WAITED, &chunks->in);
    if (err == ERR_OK && pthread_create(&chunks->thread, NULL, chunks_run, chunks) != 0)
        err = ERR_NOMEM;
    if (err != ERR_OK) {
        chunks_free(&chunks);
        return err;
    }
    chunks->has_thread = true;
    (void)pthread_setname_np(chunks->thread, "chunks");
    *out = chunks;
    return ERR_OK;
}

void
chunks_free(struct chunks **chunks)
{
    struct chunks *old = *chunks;

    *chunks = NULL;
    if (old == NULL)
        return;
    if (old->has_thread) {
        queue_close(old->in);
        pthread_join(old->thread, NULL);
    }
    for (size_t i = 0; i < CHUNKS_OPEN_MAX; i++)
        chunk_file_close(&old->slots[i].file);
    if (old->walk != NULL)
        closedir(old->walk);
    queue_free(&old->in);
    arena_free(&old->arena);
    pthread_mutex_destroy(&old->mutex);
    free(old);
}
