#include "clients/io/upload.h"

#include "clients/io/outbox.h"
#include "proto/hash.h"
#include "proto/message_id.h"
#include "proto/refusal.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

enum { RATE_TRIES = 40, RATE_WAIT_MS = 250, ROUNDS_MAX = 8 };

/* One attachment on its way. */
struct sending {
    const struct upload *upload;
    uint32_t index;
    const struct attachment *attachment;
    struct chunk_file file;
    uint32_t next;  /* chunk to send */
    uint32_t there; /* as the relay said last: all before it are there */
    bool is_whole;
    unsigned waits;
    struct progress progress;
    uint8_t chunk[ATTACHMENT_SEALED_MAX];
};

static enum err
tell_lost(const struct sending *sending, enum err err)
{
    problems_add(sending->upload->problems, message_id_text(&sending->upload->id).text,
                 "send it anew, with its files",
                 "attachment %u of it is not in the outbox as it was sealed: %s",
                 (unsigned)sending->index + 1, err_text(err));
    return err;
}

/* Send chunk number `chunk`, or with `is_question` only ask which is wanted. */
static enum err
put(struct sending *sending, uint32_t chunk, bool is_question)
{
    const struct upload *upload = sending->upload;
    Denrei__V1__PutChunkCall call = DENREI__V1__PUT_CHUNK_CALL__INIT;
    Denrei__V1__Request request = DENREI__V1__REQUEST__INIT;
    struct hash path[ATTACHMENT_PATH_MAX];
    size_t len = 0;

    arena_reset(upload->arena);
    call.message_id = wire_put(upload->id.bytes, ID_BYTES);
    call.attachment = sending->index;
    call.hash = wire_put(sending->attachment->hash.bytes, HASH_BYTES);
    call.bytes = sending->attachment->bytes;
    call.chunk = chunk;
    if (!is_question) {
        enum err err = chunk_file_get(&sending->file, chunk, sending->chunk, &len);
        if (err != ERR_OK)
            return tell_lost(sending, err == ERR_NOT_FOUND ? ERR_CORRUPT : err);
        call.data = wire_put(sending->chunk, len);
        call.n_path = attachment_path(sending->file.leaves, sending->file.chunks, chunk, path);
        err = frame_put_hashes(path, call.n_path, upload->arena, &call.path);
        if (err != ERR_OK)
            return err;
    }
    request.call_case = DENREI__V1__REQUEST__CALL_PUT_CHUNK;
    request.put_chunk = &call;
    return connect_send(upload->connect, &request, UPLOAD_TIMEOUT_MS, upload->arena,
                        upload->problems);
}

/* Take one reply. */
static enum err
take(struct sending *sending)
{
    const struct upload *upload = sending->upload;
    Denrei__V1__Reply *reply = NULL;

    arena_reset(upload->arena);
    enum err err = connect_receive(upload->connect, upload->arena, &reply, upload->problems);
    if (err != ERR_OK)
        return err;
    sending->there = reply->put_chunk->next;
    sending->is_whole = sending->is_whole || reply->put_chunk->is_whole;
    uint64_t done = (uint64_t)sending->there * ATTACHMENT_SEALED_MAX;
    progress_update(&sending->progress,
                    done < sending->attachment->bytes ? done : sending->attachment->bytes);
    return ERR_OK;
}

/* Take what is still awaited, so that the connection serves the next call. */
static enum err
take_rest(struct sending *sending, enum err first)
{
    const struct problems told = *sending->upload->problems;

    while (connect_is_awaiting(sending->upload->connect)) {
        enum err err = take(sending);
        if (err != ERR_OK && err != ERR_REFUSED)
            return err;
        if (err == ERR_REFUSED && first == ERR_REFUSED)
            *sending->upload->problems = told; /* one and the same reason is enough */
        first = first == ERR_OK ? err : first;
    }
    return first;
}

/* From the chunk that the relay lacks on, several at once. */
static enum err
send_chunks(struct sending *sending)
{
    uint32_t awaited = 0;
    enum err err = ERR_OK;

    sending->next = sending->there;
    while (err == ERR_OK && (sending->next < sending->file.chunks || awaited > 0)) {
        if (sending->next < sending->file.chunks && awaited < UPLOAD_WINDOW) {
            err = put(sending, sending->next, false);
            sending->next++;
            awaited++;
        } else {
            err = take(sending);
            awaited--;
        }
    }
    return err == ERR_REFUSED ? take_rest(sending, err) : err;
}

/* Whether to wait a little and go on: the relay has too much to do at this moment. */
static bool
may_wait(struct sending *sending, const struct problems *told)
{
    if (connect_refusal(sending->upload->connect) != REFUSAL_RATE || sending->waits++ >= RATE_TRIES)
        return false;
    *sending->upload->problems = *told;
    poll(NULL, 0, RATE_WAIT_MS);
    return true;
}

/* Ask, send what is wanted, and so on until all is there: a relay that was restarted may have lost
 * what it had not put on its disk. */
static enum err
send_all(struct sending *sending)
{
    const struct problems told = *sending->upload->problems;
    uint32_t rounds = 0;
    enum err err = ERR_OK;

    while (!sending->is_whole) {
        err = put(sending, 0, true);
        if (err == ERR_OK)
            err = take(sending);
        if (err == ERR_OK && !sending->is_whole && rounds++ == ROUNDS_MAX)
            err = ERR_FORMAT; /* it asks for the same over and over */
        if (err == ERR_OK && !sending->is_whole)
            err = send_chunks(sending);
        if (err == ERR_REFUSED && may_wait(sending, &told)) {
            err = ERR_OK;
            rounds = 0; /* it was busy, which has a bound of its own */
        }
        if (err != ERR_OK)
            return err;
    }
    return ERR_OK;
}

static enum err
send_one(struct sending *sending)
{
    const struct upload *upload = sending->upload;
    char path[DISK_PATH_BYTES];

    enum err err = outbox_path(upload->state_dir, &upload->id, sending->index, path);
    if (err == ERR_OK)
        err = chunk_file_open(path, false, &sending->file);
    if (err == ERR_OK &&
        (sending->file.attachment.bytes != sending->attachment->bytes ||
         sending->file.present != sending->file.chunks ||
         !hash_is_equal(&sending->file.attachment.hash, &sending->attachment->hash)))
        err = ERR_CORRUPT;
    if (err != ERR_OK)
        return tell_lost(sending, err);
    progress_begin(&sending->progress, upload->program, "sending attachment",
                   sending->attachment->bytes, upload->is_quiet);
    err = send_all(sending);
    progress_end(&sending->progress);
    return err;
}

enum err
upload_send(const struct upload *upload)
{
    enum err err = ERR_OK;

    for (uint32_t i = 0; err == ERR_OK && i < upload->seal->attachments_count; i++) {
        struct sending *sending = calloc(1, sizeof *sending);
        if (sending == NULL)
            return ERR_NOMEM;
        sending->upload = upload;
        sending->index = i;
        sending->attachment = &upload->seal->attachments[i];
        sending->file.fd = -1;
        err = send_one(sending);
        chunk_file_close(&sending->file);
        free(sending);
    }
    return err;
}
