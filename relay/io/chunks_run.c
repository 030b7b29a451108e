/* The thread that reads and writes the files of attachments, and answers for them. */
#include "relay/io/chunks_inner.h"

#include "proto/hash.h"
#include "proto/io/log.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* What the disk did besides being full is not to be gone on from (SECURITY S2). */
static enum refusal
refusal_of(enum err err, const char *what)
{
    if (err == ERR_OK)
        return REFUSAL_NONE;
    if (err == ERR_NOT_FOUND)
        return REFUSAL_NOT_FOUND;
    if (err == ERR_NOSPACE)
        return REFUSAL_NO_SPACE;
    if (err == ERR_RANGE)
        return REFUSAL_MALFORMED;
    if (err == ERR_NOMEM)
        return REFUSAL_RATE; /* no memory or descriptor now: nothing was lost by it */
    disk_die(what, CHUNKS_DIR, EIO);
}

/* ---- open files */

static void
close_slot(struct chunks_slot *slot)
{
    chunk_file_close(&slot->file);
    slot->name = (struct chunks_name){.index = 0};
}

/* The slot that has the file open, or one that is free for it; with an fd of -1 then. */
static struct chunks_slot *
take_slot(struct chunks *chunks, const struct chunks_name *name)
{
    struct chunks_slot *oldest = &chunks->slots[0];

    for (size_t i = 0; i < CHUNKS_OPEN_MAX; i++) {
        struct chunks_slot *slot = &chunks->slots[i];
        if (slot->file.fd >= 0 && chunk_file_is_gone(&slot->file))
            close_slot(slot); /* erased: its bytes go with the last descriptor */
        if (slot->file.fd >= 0 && chunks_is_same(&slot->name, name)) {
            slot->used = ++chunks->used;
            return slot;
        }
        if (slot->used < oldest->used)
            oldest = slot;
    }
    close_slot(oldest);
    oldest->used = ++chunks->used;
    oldest->name = *name;
    return oldest;
}

/* Asked anew for each file, by the one thread that makes any: no two count the same room. */
static bool
has_room(const struct chunks *chunks, uint64_t bytes)
{
    uint64_t free_bytes = 0;

    return disk_free_bytes(chunks->dir, &free_bytes) == ERR_OK &&
           free_bytes >= chunks->reserve_bytes && free_bytes - chunks->reserve_bytes >= bytes;
}

static enum refusal
create(struct chunks *chunks, struct chunks_slot *slot, struct chunks_upload *upload)
{
    char path[DISK_PATH_BYTES];

    chunk_file_close(&slot->file);
    chunks_path(chunks, &upload->name, path);
    if (unlink(path) != 0 && errno != ENOENT)
        return refusal_of(disk_err(errno), "remove");
    if (!has_room(chunks, upload->attachment.bytes))
        return REFUSAL_NO_SPACE;
    enum refusal code =
        refusal_of(chunk_file_create(path, &upload->attachment, &slot->file), "make");
    upload->is_audited = code == REFUSAL_NONE;
    return code;
}

/* Open the upload's file, or make it; what an earlier run left of it is read and checked once. */
static enum refusal
open_upload(struct chunks *chunks, struct chunks_slot *slot, struct chunks_upload *upload)
{
    char path[DISK_PATH_BYTES];
    uint32_t dropped = 0;

    chunks_path(chunks, &upload->name, path);
    if (slot->file.fd < 0) {
        enum err err = chunk_file_open(path, true, &slot->file);
        if (err == ERR_NOT_FOUND || err == ERR_CORRUPT)
            return create(chunks, slot, upload);
        if (err != ERR_OK)
            return refusal_of(err, "open");
    }
    const struct attachment *found = &slot->file.attachment;
    if (found->bytes != upload->attachment.bytes ||
        !hash_is_equal(&found->hash, &upload->attachment.hash))
        return create(chunks, slot, upload);
    if (upload->is_audited)
        return REFUSAL_NONE;
    enum err err = chunk_file_audit(&slot->file, chunks->room, &dropped);
    upload->is_audited = err == ERR_OK;
    log_event(LOG_LEVEL_INFO, "attachment.resumed", "member=%s chunks=%u of=%u dropped=%u",
              upload->name.member, (unsigned)slot->file.present, (unsigned)slot->file.chunks,
              (unsigned)dropped);
    return refusal_of(err, "read");
}

/* ---- putting */

/* Away with the file: nothing was promised about it, and its upload begins anew. */
static enum refusal
discard(struct chunks *chunks, const struct chunks_upload *upload, enum refusal why)
{
    char path[DISK_PATH_BYTES];

    chunks_path(chunks, &upload->name, path);
    return unlink(path) == 0 || errno == ENOENT ? why : refusal_of(disk_err(errno), "remove");
}

/* All chunks are there, each checked when it came; that they are this attachment's is seen here. */
static enum refusal
check_root(struct chunks *chunks, const struct chunks_slot *slot,
           const struct chunks_upload *upload)
{
    const struct hash root = attachment_root(slot->file.leaves, slot->file.chunks);

    if (hash_is_equal(&root, &upload->attachment.hash))
        return REFUSAL_NONE;
    log_event(LOG_LEVEL_ERROR, "attachment.mixed", "member=%s msg=%s number=%u do=%s",
              upload->name.member, log_id(upload->name.id.bytes + 12).text,
              (unsigned)upload->name.index + 1, "nothing: it is uploaded again");
    return discard(chunks, upload, REFUSAL_ATTACHMENT);
}

/* The file and its name, so that what is said to be there survives a loss of power. */
static enum refusal
finish(struct chunks *chunks, struct chunks_slot *slot, struct chunks_upload *upload)
{
    enum refusal code = check_root(chunks, slot, upload);
    if (code == REFUSAL_NONE) {
        code = refusal_of(chunk_file_sync(&slot->file), "sync");
        if (code != REFUSAL_NONE)
            return discard(chunks, upload, code); /* what the disk lost, a retry would not tell */
    }
    int fd = code == REFUSAL_NONE ? open(chunks->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

    if (fd >= 0 && fsync(fd) == 0)
        upload->is_whole = true;
    else if (fd >= 0)
        disk_die("sync", chunks->dir, errno);
    else if (code == REFUSAL_NONE)
        code = refusal_of(disk_err(errno), "open");
    if (fd >= 0)
        close(fd);
    if (upload->is_whole)
        log_event(LOG_LEVEL_INFO, "attachment.whole", "member=%s msg=%s bytes=%llu",
                  upload->name.member, log_id(upload->name.id.bytes + 12).text,
                  (unsigned long long)upload->attachment.bytes);
    return code;
}

static enum refusal
put_chunk(struct chunks *chunks, const struct work *work, struct chunks_upload *upload,
          Denrei__V1__PutChunkReply *reply)
{
    const Denrei__V1__PutChunkCall *call = work->request->put_chunk;

    if (upload->is_whole) {
        reply->next = attachment_chunks(upload->attachment.bytes);
        reply->is_whole = true;
        return REFUSAL_NONE;
    }
    struct chunks_slot *slot = take_slot(chunks, &upload->name);
    enum refusal code = open_upload(chunks, slot, upload);
    if (code == REFUSAL_NONE && call->data.len > 0)
        code = refusal_of(
            chunk_file_put(&slot->file, call->chunk, wire_get_span(call->data), &work->chunk_leaf),
            "write");
    if (code == REFUSAL_NONE && call->data.len > 0)
        chunk_file_push(&slot->file, call->chunk);
    if (code == REFUSAL_NONE && slot->file.present == slot->file.chunks)
        code = finish(chunks, slot, upload);
    if (code != REFUSAL_NONE)
        close_slot(slot);
    reply->next = slot->file.next;
    reply->is_whole = upload->is_whole;
    return code;
}

/* Whether the call is about the attachment that the table has under its name now: its chunk was
 * held against the call's own root, and another call may have put another in the place since. */
static bool
is_of(const Denrei__V1__PutChunkCall *call, const struct attachment *attachment)
{
    struct hash hash;

    return call->bytes == attachment->bytes && wire_get_hash(call->hash, &hash) == ERR_OK &&
           hash_is_equal(&hash, &attachment->hash);
}

static enum refusal
answer_put(struct chunks *chunks, const struct work *work, Denrei__V1__Reply *reply)
{
    Denrei__V1__PutChunkReply *answer = arena_alloc(chunks->arena, sizeof *answer);
    struct chunks_upload upload;
    char path[DISK_PATH_BYTES];

    if (answer == NULL)
        return REFUSAL_TOO_LARGE;
    denrei__v1__put_chunk_reply__init(answer);
    reply->answer_case = DENREI__V1__REPLY__ANSWER_PUT_CHUNK;
    reply->put_chunk = answer;
    if (!chunks_find(chunks, &work->chunk_name, &upload))
        return REFUSAL_RATE; /* swept, or submitted by another connection, since it was admitted */
    if (!is_of(work->request->put_chunk, &upload.attachment))
        return REFUSAL_CONFLICT;
    enum refusal code = put_chunk(chunks, work, &upload, answer);
    chunks_path(chunks, &upload.name, path);
    if (code != REFUSAL_NONE && access(path, F_OK) != 0 && errno == ENOENT)
        chunks_forget(chunks, &upload); /* no sweep would find it */
    else
        chunks_note(chunks, &upload);
    return code;
}

/* ---- getting */

static enum refusal
read_chunk(struct chunks *chunks, const struct work *work, size_t *len, struct hash *path,
           size_t *path_len)
{
    struct chunks_slot *slot = take_slot(chunks, &work->chunk_name);
    char name[DISK_PATH_BYTES];
    enum err err = ERR_OK;

    if (slot->file.fd < 0) {
        chunks_path(chunks, &work->chunk_name, name);
        err = chunk_file_open(name, false, &slot->file);
    }
    if (err == ERR_OK)
        err = chunk_file_get(&slot->file, work->chunk, chunks->room, len);
    if (err == ERR_OK) {
        *path_len = attachment_path(slot->file.leaves, slot->file.chunks, work->chunk, path);
        return REFUSAL_NONE;
    }
    close_slot(slot);
    /* A body that has just been erased is no damage; a file that is cut off is. */
    if (err == ERR_CORRUPT)
        log_event(LOG_LEVEL_ERROR, "attachment.damaged", "member=%s msg=%s number=%u chunk=%u",
                  work->chunk_name.member, log_id(work->chunk_name.id.bytes + 12).text,
                  (unsigned)work->chunk_name.index + 1, (unsigned)work->chunk + 1);
    return err == ERR_CORRUPT ? REFUSAL_NOT_FOUND : refusal_of(err, "read");
}

static enum refusal
answer_get(struct chunks *chunks, const struct work *work, Denrei__V1__Reply *reply)
{
    Denrei__V1__GetChunkReply *answer = arena_alloc(chunks->arena, sizeof *answer);
    struct hash path[ATTACHMENT_PATH_MAX];
    size_t len = 0;

    if (answer == NULL)
        return REFUSAL_TOO_LARGE;
    denrei__v1__get_chunk_reply__init(answer);
    reply->answer_case = DENREI__V1__REPLY__ANSWER_GET_CHUNK;
    reply->get_chunk = answer;
    enum refusal code = read_chunk(chunks, work, &len, path, &answer->n_path);
    if (code != REFUSAL_NONE)
        return code;
    answer->data = wire_put(chunks->room, len);
    return frame_put_hashes(path, answer->n_path, chunks->arena, &answer->path) == ERR_OK
               ? REFUSAL_NONE
               : REFUSAL_TOO_LARGE;
}

/* ---- the thread */

static void
serve(struct chunks *chunks, struct work *work)
{
    Denrei__V1__Reply reply = DENREI__V1__REPLY__INIT;
    struct span bytes = {0};

    arena_reset(chunks->arena);
    reply.request_id = work->request_id;
    enum refusal code = work->request->call_case == DENREI__V1__REQUEST__CALL_PUT_CHUNK
                            ? answer_put(chunks, work, &reply)
                            : answer_get(chunks, work, &reply);
    if (code == REFUSAL_NONE && frame_encode_reply(&reply, chunks->arena, &bytes) != ERR_OK)
        code = REFUSAL_TOO_LARGE;
    if (code != REFUSAL_NONE) {
        arena_reset(chunks->arena);
        if (frame_error(work->request_id, code, NULL, chunks->arena, &bytes) != ERR_OK)
            bytes = (struct span){0};
    }
    work->reply = work_reply_new(bytes); /* without memory the client asks again */
    enum err err = queue_push(chunks->done, work);
    assert(err == ERR_OK);
}

void *
chunks_run(void *argument)
{
    struct chunks *chunks = argument;
    void *item = NULL;

    while (queue_wait(chunks->in, &item, 1) == 1)
        serve(chunks, item);
    return NULL;
}
