#include "clients/io/download.h"

#include "proto/io/disk.h"
#include "proto/message_id.h"
#include "proto/refusal.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { RATE_TRIES = 40, RATE_WAIT_MS = 250 };

/* A chunk that was asked for, and came before the one that is wanted next. */
struct early {
    uint64_t request_id; /* 0: free */
    uint32_t chunk;
    bool has_come;
    size_t len, path_len;
    struct hash path[ATTACHMENT_PATH_MAX];
    uint8_t data[ATTACHMENT_SEALED_MAX];
};

struct fetch {
    const struct download *download;
    const char *path;
    char part[DISK_PATH_BYTES];
    int fd;
    uint32_t chunks, had, asked;
    uint32_t end; /* of what is fetched in this call */
    uint64_t written;
    unsigned waits;
    uint32_t refused;                /* the first chunk that the relay refused; `chunks`: none */
    struct attachment_stream stream; /* secret */
    struct progress progress;
    uint8_t plain[ATTACHMENT_CHUNK_BYTES];
    struct early early[DOWNLOAD_WINDOW];
};

/* ---- telling */

static enum err
tell_chunk_at(const struct fetch *fetch, uint32_t chunk, enum err err, const char *cure,
              const char *wrong)
{
    struct problem_path place =
        problem_path("attachment %u of %s", (unsigned)fetch->download->index + 1,
                     message_id_text(&fetch->download->id).text);

    problems_add(fetch->download->problems, place.text, cure, "chunk %u of %u %s",
                 (unsigned)chunk + 1, (unsigned)fetch->chunks, wrong);
    return err;
}

/* Of the chunk that is wanted next. */
static enum err
tell_chunk(const struct fetch *fetch, enum err err, const char *cure, const char *wrong)
{
    return tell_chunk_at(fetch, fetch->stream.next, err, cure, wrong);
}

static enum err
tell_disk(const struct fetch *fetch, enum err err)
{
    if (err == ERR_NOSPACE)
        problems_add(fetch->download->problems, fetch->path,
                     "make room and fetch it again: it goes on where it stopped",
                     "the disk is full after %llu of %llu bytes",
                     (unsigned long long)fetch->written,
                     (unsigned long long)fetch->download->file->bytes);
    else if (err == ERR_EXISTS)
        problems_add(fetch->download->problems, fetch->path, "name another file",
                     "there is one of this name, and it is not overwritten");
    else
        problems_add(fetch->download->problems, fetch->path, "see to the folder and to its rights",
                     "it cannot be written: %s", err_text(err));
    return err;
}

/* ---- the part that is there */

/* `.denrei-ID-N.part` in the folder of the file. */
static enum err
name_part(struct fetch *fetch)
{
    char name[DISK_PATH_BYTES], folder[DISK_PATH_BYTES];
    const char *slash = strrchr(fetch->path, '/');
    size_t len = slash == NULL ? 0 : (size_t)(slash - fetch->path);

    if (len >= sizeof folder)
        return ERR_RANGE;
    memcpy(folder, fetch->path, len);
    folder[len] = '\0';
    snprintf(name, sizeof name, ".denrei-%s-%u.part", message_id_text(&fetch->download->id).text,
             (unsigned)fetch->download->index + 1);
    return disk_join(slash == NULL ? "." : len == 0 ? "/" : folder, name, fetch->part);
}

static enum err
open_part(struct fetch *fetch)
{
    struct stat info;

    enum err err = name_part(fetch);
    if (err != ERR_OK)
        return tell_disk(fetch, err);
    if (lstat(fetch->path, &info) == 0)
        return tell_disk(fetch, ERR_EXISTS);
    fetch->fd = open(fetch->part, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    if (fetch->fd < 0 || fstat(fetch->fd, &info) != 0)
        return tell_disk(fetch, disk_err(errno));
    if (!S_ISREG(info.st_mode) || info.st_uid != geteuid() || (info.st_mode & 077) != 0)
        return tell_disk(fetch, ERR_PERMISSION);
    if (flock(fetch->fd, LOCK_EX | LOCK_NB) != 0) {
        problems_add(fetch->download->problems, fetch->path, "wait until it has ended",
                     "another command is fetching it to there");
        return ERR_BUSY;
    }
    fetch->had = (uint32_t)((uint64_t)info.st_size / ATTACHMENT_CHUNK_BYTES);
    if (fetch->had >= fetch->chunks)
        fetch->had = fetch->chunks - 1;
    return ERR_OK;
}

/* Bring the stream to where the part ends: the same bytes encrypt to the same chunks. */
static enum err
pass_over(struct fetch *fetch)
{
    static uint8_t sealed[ATTACHMENT_SEALED_MAX];

    for (uint32_t i = 0; i < fetch->had; i++) {
        size_t len = attachment_next_len(&fetch->stream), got = 0;
        while (got < len) {
            ssize_t part =
                pread(fetch->fd, fetch->plain + got, len - got, (off_t)(fetch->written + got));
            if (part < 0 && errno == EINTR)
                continue;
            if (part <= 0)
                return tell_disk(fetch, part < 0 ? disk_err(errno) : ERR_IO);
            got += (size_t)part;
        }
        (void)attachment_seal(&fetch->stream, fetch->plain, sealed);
        fetch->written += len;
        progress_update(&fetch->progress, fetch->written);
    }
    return ERR_OK;
}

/* Begin, or begin again, with what is there up to chunk `had`. */
static enum err
begin(struct fetch *fetch)
{
    struct attachment_key key; /* secret */

    if (attachment_get_key(fetch->download->file, &key) != ERR_OK)
        return ERR_FORMAT;
    attachment_begin(&fetch->stream, &key, fetch->download->file->bytes);
    sodium_memzero(&key, sizeof key);
    fetch->written = 0;
    enum err err = pass_over(fetch);
    if (err == ERR_OK && ftruncate(fetch->fd, (off_t)fetch->written) != 0)
        err = tell_disk(fetch, disk_err(errno));
    fetch->asked = fetch->stream.next;
    fetch->end = fetch->chunks;
    if (fetch->download->chunks_max > 0 &&
        fetch->download->chunks_max < fetch->chunks - fetch->stream.next)
        fetch->end = fetch->stream.next + fetch->download->chunks_max;
    return err;
}

/* ---- chunks from the relay */

static struct early *
find_early(struct fetch *fetch, uint64_t request_id)
{
    for (size_t i = 0; i < DOWNLOAD_WINDOW; i++)
        if (fetch->early[i].request_id == request_id)
            return &fetch->early[i];
    return NULL;
}

/* The chunk that is wanted next, if it has come. */
static struct early *
find_next(struct fetch *fetch)
{
    for (size_t i = 0; i < DOWNLOAD_WINDOW; i++)
        if (fetch->early[i].has_come && fetch->early[i].chunk == fetch->stream.next)
            return &fetch->early[i];
    return NULL;
}

static enum err
ask(struct fetch *fetch, struct early *slot)
{
    const struct download *download = fetch->download;
    Denrei__V1__GetChunkCall call = DENREI__V1__GET_CHUNK_CALL__INIT;
    Denrei__V1__Request request = DENREI__V1__REQUEST__INIT;

    arena_reset(download->arena);
    call.from = wire_put_text(download->from);
    call.message_id = wire_put(download->id.bytes, ID_BYTES);
    call.attachment = download->index;
    call.chunk = fetch->asked;
    request.call_case = DENREI__V1__REQUEST__CALL_GET_CHUNK;
    request.get_chunk = &call;
    enum err err = connect_send(download->connect, &request, DOWNLOAD_TIMEOUT_MS, download->arena,
                                download->problems);
    if (err != ERR_OK)
        return err;
    slot->request_id = request.request_id;
    slot->chunk = fetch->asked++;
    slot->has_come = false;
    return ERR_OK;
}

/* A reply to its slot.  ERR_REFUSED: the relay has not got the chunk, or not now. */
static enum err
take(struct fetch *fetch)
{
    const struct download *download = fetch->download;
    Denrei__V1__Reply *reply = NULL;

    arena_reset(download->arena);
    enum err err = connect_receive(download->connect, download->arena, &reply, download->problems);
    struct early *slot = reply == NULL ? NULL : find_early(fetch, reply->request_id);
    if (err == ERR_REFUSED && slot != NULL && slot->chunk < fetch->refused)
        fetch->refused = slot->chunk; /* replies come in any order */
    if (err != ERR_OK)
        return err;
    if (slot == NULL || slot->has_come)
        return ERR_FORMAT;
    const Denrei__V1__GetChunkReply *answer = reply->get_chunk;
    for (size_t i = 0; i < answer->n_path; i++)
        memcpy(slot->path[i].bytes, answer->path[i].data, HASH_BYTES);
    memcpy(slot->data, answer->data.data, answer->data.len);
    slot->path_len = answer->n_path;
    slot->len = answer->data.len;
    slot->has_come = true;
    return ERR_OK;
}

/* Forget all that is on its way, and take it off the connection. */
static void
drain(struct fetch *fetch)
{
    const struct problems told = *fetch->download->problems;

    while (connect_is_awaiting(fetch->download->connect)) {
        enum err err = take(fetch);
        if (err != ERR_OK && err != ERR_REFUSED && err != ERR_FORMAT)
            break;
    }
    *fetch->download->problems = told;
    memset(fetch->early, 0, sizeof fetch->early);
    fetch->asked = fetch->stream.next;
}

/* ---- into the file */

static enum err
write_plain(struct fetch *fetch, size_t len)
{
    size_t put = 0;

    while (put < len) {
        ssize_t part =
            pwrite(fetch->fd, fetch->plain + put, len - put, (off_t)(fetch->written + put));
        if (part < 0 && errno == EINTR)
            continue;
        if (part < 0)
            return tell_disk(fetch, disk_err(errno));
        put += (size_t)part;
    }
    /* The disk begins with it, so that the last sync has little to wait for. */
    (void)sync_file_range(fetch->fd, (off_t)fetch->written, (off_t)len, SYNC_FILE_RANGE_WRITE);
    fetch->written += len;
    progress_update(&fetch->progress, fetch->written);
    return ERR_OK;
}

/* Check, decrypt and write the chunk that is wanted next. */
static enum err
use(struct fetch *fetch, struct early *slot)
{
    const struct span sealed = {slot->data, slot->len};
    size_t len = 0;

    enum err err = attachment_check_chunk(fetch->download->attachment, slot->chunk, sealed,
                                          slot->path, slot->path_len, NULL);
    if (err == ERR_RANGE)
        return tell_chunk(fetch, ERR_PROOF, "tell the relay's operator; try again later",
                          "came with another length than was sealed");
    if (err != ERR_OK)
        return tell_chunk(fetch, ERR_PROOF, "tell the relay's operator; try again later",
                          "is not the one that was sealed: another one, or altered");
    err = attachment_open(&fetch->stream, sealed, fetch->plain, &len);
    if (err == ERR_COMMITMENT && fetch->had > 0) {
        /* What lay there from an earlier attempt was not what had come then. */
        fetch->had = 0;
        err = begin(fetch);
        drain(fetch);
        return err;
    }
    if (err != ERR_OK)
        return tell_chunk(fetch, err, "tell the sender: the log proves what was sent",
                          "does not open with the key that came with the message");
    memset(slot, 0, offsetof(struct early, path));
    return write_plain(fetch, len);
}

/* A refusal of one chunk: wait a little if the relay only has much to do. */
static enum err
judge_refusal(struct fetch *fetch, const struct problems *told)
{
    uint32_t code = connect_refusal(fetch->download->connect);

    drain(fetch);
    uint32_t refused = fetch->refused < fetch->chunks ? fetch->refused : fetch->stream.next;
    fetch->refused = fetch->chunks;
    if (code == REFUSAL_RATE && fetch->waits++ < RATE_TRIES) {
        *fetch->download->problems = *told;
        poll(NULL, 0, RATE_WAIT_MS);
        return ERR_OK;
    }
    if (code != REFUSAL_NOT_FOUND)
        return ERR_REFUSED;
    *fetch->download->problems = *told;
    return tell_chunk_at(fetch, refused, ERR_REFUSED,
                         "if the message still stands, tell the relay's operator",
                         "is missing at the relay: its file is damaged, or the message has ended");
}

static enum err
fetch_chunks(struct fetch *fetch)
{
    const struct problems told = *fetch->download->problems;
    enum err err = ERR_OK;

    while (err == ERR_OK && fetch->stream.next < fetch->end) {
        struct early *slot = find_next(fetch);
        struct early *spare = find_early(fetch, 0);
        if (slot != NULL)
            err = use(fetch, slot);
        else if (spare != NULL && fetch->asked < fetch->end)
            err = ask(fetch, spare);
        else
            err = take(fetch);
        if (err == ERR_REFUSED)
            err = judge_refusal(fetch, &told);
    }
    if (err == ERR_PROOF || err == ERR_FORMAT || err == ERR_COMMITMENT || err == ERR_NOSPACE)
        drain(fetch);
    return err;
}

/* The whole file, on stable storage, under its own name; never over another. */
static enum err
finish(struct fetch *fetch)
{
    assert(fetch->written == fetch->download->file->bytes);
    if (fdatasync(fetch->fd) != 0)
        return tell_disk(fetch, disk_err(errno));
    if (renameat2(AT_FDCWD, fetch->part, AT_FDCWD, fetch->path, RENAME_NOREPLACE) == 0)
        return ERR_OK;
    if (errno != EINVAL && errno != ENOSYS)
        return tell_disk(fetch, disk_err(errno));
    if (link(fetch->part, fetch->path) != 0)
        return tell_disk(fetch, disk_err(errno));
    (void)unlink(fetch->part);
    return ERR_OK;
}

enum err
download_fetch(const struct download *download, const char *path)
{
    struct fetch *fetch = calloc(1, sizeof *fetch);

    if (fetch == NULL)
        return ERR_NOMEM;
    fetch->download = download;
    fetch->path = path;
    fetch->fd = -1;
    fetch->chunks = fetch->refused = attachment_chunks(download->attachment->bytes);
    enum err err = open_part(fetch);
    progress_begin(&fetch->progress, download->program, "fetching attachment",
                   download->file->bytes, download->is_quiet);
    if (err == ERR_OK)
        err = begin(fetch);
    if (err == ERR_OK)
        err = fetch_chunks(fetch);
    progress_end(&fetch->progress);
    if (err == ERR_OK)
        err = fetch->end < fetch->chunks ? ERR_FULL : finish(fetch);
    if (fetch->fd >= 0)
        close(fetch->fd);
    sodium_memzero(fetch, sizeof *fetch);
    free(fetch);
    return err;
}
