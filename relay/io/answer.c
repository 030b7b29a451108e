#include "relay/io/answer_inner.h"

#include "proto/attachment.h"
#include "proto/io/disk.h"
#include "proto/io/log.h"

#include <errno.h>
#include <string.h>

enum refusal
answer_refusal(enum err err)
{
    if (err == ERR_OK)
        return REFUSAL_NONE;
    if (err == ERR_NOT_FOUND)
        return REFUSAL_NOT_FOUND;
    if (err == ERR_NOMEM)
        return REFUSAL_TOO_LARGE;
    log_event(LOG_LEVEL_ERROR, "store.damaged", "problem=%s do=%s", err_text(err),
              "stop the relay and run denreid check");
    disk_die("read", "store", EIO);
}

char *
answer_checkpoint(const struct answer_context *context)
{
    const struct ledger_sealed *sealed = ledger_sealed(relay_ledger(context->relay));

    return arena_copy(context->arena, sealed->note, sealed->note_len);
}

/* `hashes` as a reply's field. */
static enum refusal
put_hashes(const struct answer_context *context, const struct hash *hashes, size_t len,
           size_t *count, ProtobufCBinaryData **out)
{
    *count = len;
    return answer_refusal(frame_put_hashes(hashes, len, context->arena, out));
}

enum refusal
answer_path(const struct answer_context *context, uint64_t leaf, size_t *count,
            ProtobufCBinaryData **out)
{
    struct hash path[MERKLE_LEVELS_MAX];
    size_t len = 0;

    enum refusal code = answer_refusal(ledger_path(relay_ledger(context->relay), leaf, path, &len));
    return code != REFUSAL_NONE ? code : put_hashes(context, path, len, count, out);
}

enum refusal
answer_consistency(const struct answer_context *context, uint64_t older, uint64_t newer,
                   size_t *count, ProtobufCBinaryData **out)
{
    struct hash path[MERKLE_CONSISTENCY_MAX] = {0};
    size_t len = 0;

    if (older > newer)
        return REFUSAL_CHECKPOINT;
    if (older == 0)
        return put_hashes(context, path, 0, count, out);
    enum refusal code =
        answer_refusal(ledger_consistency(relay_ledger(context->relay), older, newer, path, &len));
    return code != REFUSAL_NONE ? code : put_hashes(context, path, len, count, out);
}

static enum refusal
answer_hello(const struct answer_context *context, const struct work *work,
             Denrei__V1__Reply *reply)
{
    const struct ledger_sealed *sealed = ledger_sealed(relay_ledger(context->relay));
    Denrei__V1__HelloReply *hello = arena_alloc(context->arena, sizeof *hello);

    if (hello == NULL)
        return REFUSAL_TOO_LARGE;
    denrei__v1__hello_reply__init(hello);
    hello->documents = relay_documents(context->relay);
    hello->time = context->now_ms;
    hello->checkpoint = answer_checkpoint(context);
    reply->answer_case = DENREI__V1__REPLY__ANSWER_HELLO;
    reply->hello = hello;
    if (hello->checkpoint == NULL)
        return REFUSAL_TOO_LARGE;
    return answer_consistency(context, work->request->hello->checkpoint_size,
                              sealed->head.leaf_count, &hello->n_consistency, &hello->consistency);
}

static enum refusal
fill_result(const struct answer_context *context, const struct work_result *result,
            Denrei__V1__SubmitResult *out)
{
    denrei__v1__submit_result__init(out);
    out->code = result->code;
    if (result->code != REFUSAL_NONE)
        return REFUSAL_NONE;
    out->leaf = result->leaf;
    out->entry = wire_put(result->entry.data, result->entry.len);
    return answer_path(context, result->leaf, &out->n_path, &out->path);
}

static enum refusal
answer_submit(const struct answer_context *context, const struct work *work,
              Denrei__V1__Reply *reply)
{
    size_t count = work->request->submit->n_envelopes;
    Denrei__V1__SubmitReply *submit = arena_alloc(context->arena, sizeof *submit);
    Denrei__V1__SubmitResult *results = arena_alloc(context->arena, count * sizeof *results);
    Denrei__V1__SubmitResult **list =
        arena_alloc(context->arena, count * sizeof(Denrei__V1__SubmitResult *));

    if (submit == NULL || results == NULL || list == NULL)
        return REFUSAL_TOO_LARGE;
    denrei__v1__submit_reply__init(submit);
    for (size_t i = 0; i < count; i++) {
        enum refusal code = fill_result(context, &work->results[i], &results[i]);
        if (code != REFUSAL_NONE)
            return code;
        list[i] = &results[i];
    }
    submit->n_results = count;
    submit->results = list;
    submit->checkpoint = answer_checkpoint(context);
    reply->answer_case = DENREI__V1__REPLY__ANSWER_SUBMIT;
    reply->submit = submit;
    if (submit->checkpoint == NULL)
        return REFUSAL_TOO_LARGE;
    return answer_consistency(context, work->request->submit->checkpoint_size,
                              ledger_sealed(relay_ledger(context->relay))->head.leaf_count,
                              &submit->n_consistency, &submit->consistency);
}

static enum refusal
answer_acknowledge(const struct answer_context *context, const struct work *work,
                   Denrei__V1__Reply *reply)
{
    Denrei__V1__AcknowledgeReply *acknowledge = arena_alloc(context->arena, sizeof *acknowledge);

    if (acknowledge == NULL)
        return REFUSAL_TOO_LARGE;
    denrei__v1__acknowledge_reply__init(acknowledge);
    acknowledge->leaf = work->leaf;
    reply->answer_case = DENREI__V1__REPLY__ANSWER_ACKNOWLEDGE;
    reply->acknowledge = acknowledge;
    return REFUSAL_NONE;
}

static enum refusal
answer_publish(const struct answer_context *context, const struct work *work,
               Denrei__V1__Reply *reply)
{
    Denrei__V1__PublishReply *publish = arena_alloc(context->arena, sizeof *publish);

    if (publish == NULL)
        return REFUSAL_TOO_LARGE;
    denrei__v1__publish_reply__init(publish);
    publish->leaf = work->leaf;
    publish->number = work->number;
    reply->answer_case = DENREI__V1__REPLY__ANSWER_PUBLISH;
    reply->publish = publish;
    return REFUSAL_NONE;
}

static enum refusal
answer_cosign(const struct answer_context *context, const struct work *work,
              Denrei__V1__Reply *reply)
{
    Denrei__V1__CosignReply *cosign = arena_alloc(context->arena, sizeof *cosign);

    if (cosign == NULL)
        return REFUSAL_TOO_LARGE;
    denrei__v1__cosign_reply__init(cosign);
    cosign->cosignatures = (uint32_t)work->number;
    reply->answer_case = DENREI__V1__REPLY__ANSWER_COSIGN;
    reply->cosign = cosign;
    return REFUSAL_NONE;
}

/* Published checkpoints as reply fields; a caller ahead of the published one gets no proof yet. */
static enum refusal
answer_checkpoints(const struct answer_context *context, const struct work *work,
                   Denrei__V1__Reply *reply)
{
    const struct relay_published *published = relay_newest_published(context->relay);
    const struct relay_published *witnessed = relay_newest_witnessed(context->relay);
    uint64_t size = work->request->checkpoint->size;
    Denrei__V1__CheckpointReply *checkpoint = arena_alloc(context->arena, sizeof *checkpoint);

    if (checkpoint == NULL)
        return REFUSAL_TOO_LARGE;
    denrei__v1__checkpoint_reply__init(checkpoint);
    reply->answer_case = DENREI__V1__REPLY__ANSWER_CHECKPOINT;
    reply->checkpoint = checkpoint;
    if (size > ledger_size(relay_ledger(context->relay)))
        return REFUSAL_CHECKPOINT;
    if (published->size == 0)
        return REFUSAL_NOT_FOUND;
    checkpoint->published = arena_copy(context->arena, published->note, published->note_len);
    if (checkpoint->published == NULL)
        return REFUSAL_TOO_LARGE;
    /* Checkpoints of replies run ahead of published ones, so the caller may be past this one. */
    bool is_ahead = size > published->size;
    enum refusal code = answer_consistency(context, is_ahead ? published->size : size,
                                           is_ahead ? size : published->size,
                                           &checkpoint->n_consistency, &checkpoint->consistency);
    if (code != REFUSAL_NONE || witnessed->size == 0)
        return code;
    checkpoint->witnessed = arena_copy(context->arena, witnessed->note, witnessed->note_len);
    if (checkpoint->witnessed == NULL)
        return REFUSAL_TOO_LARGE;
    return answer_consistency(context, witnessed->size, published->size,
                              &checkpoint->n_witnessed_consistency,
                              &checkpoint->witnessed_consistency);
}

/* A chunk of an attachment that an accepted message has: nothing more is wanted. */
static enum refusal
answer_known_chunk(const struct answer_context *context, const struct work *work,
                   Denrei__V1__Reply *reply)
{
    Denrei__V1__PutChunkReply *answer = arena_alloc(context->arena, sizeof *answer);

    if (answer == NULL)
        return REFUSAL_TOO_LARGE;
    denrei__v1__put_chunk_reply__init(answer);
    answer->next = attachment_chunks(work->request->put_chunk->bytes);
    answer->is_whole = true;
    reply->answer_case = DENREI__V1__REPLY__ANSWER_PUT_CHUNK;
    reply->put_chunk = answer;
    return REFUSAL_NONE;
}

struct answer_fetch
answer_fetch_of(const struct work *work)
{
    const Denrei__V1__FetchCall *call = work->request->fetch;
    uint64_t served = call->flash_after + call->rest_after;
    struct answer_fetch fetch = {
        .request_id = work->request_id,
        .member = work->caller.member,
        .position = {.flash_after = call->flash_after, .rest_after = call->rest_after},
        .credit = call->credit,
        .checkpoint_size = call->checkpoint_size,
    };

    /* By counting what was served, no credit however small starves the rest; and the reader's
     * own position is all that needs to be known. */
    fetch.position.flash_run = (unsigned)(served % (FLASH_RUN_MAX + 1));
    return fetch;
}

static enum refusal
answer_call(const struct answer_context *context, const struct work *work, Denrei__V1__Reply *reply)
{
    switch (work->request->call_case) {
    case DENREI__V1__REQUEST__CALL_HELLO:
        return answer_hello(context, work, reply);
    case DENREI__V1__REQUEST__CALL_SUBMIT:
        return answer_submit(context, work, reply);
    case DENREI__V1__REQUEST__CALL_FETCH: {
        const struct answer_fetch fetch = answer_fetch_of(work);
        return answer_messages(context, &fetch, reply);
    }
    case DENREI__V1__REQUEST__CALL_ACKNOWLEDGE:
        return answer_acknowledge(context, work, reply);
    case DENREI__V1__REQUEST__CALL_PUBLISH:
        return answer_publish(context, work, reply);
    case DENREI__V1__REQUEST__CALL_DOCUMENTS:
        return answer_documents(context, work, reply);
    case DENREI__V1__REQUEST__CALL_CHECKPOINT:
        return answer_checkpoints(context, work, reply);
    case DENREI__V1__REQUEST__CALL_COSIGN:
        return answer_cosign(context, work, reply);
    case DENREI__V1__REQUEST__CALL_ENTRIES:
        return answer_entries(context, work, reply);
    case DENREI__V1__REQUEST__CALL_TRACK:
        return answer_track(context, work, reply);
    case DENREI__V1__REQUEST__CALL_STATUS:
        return answer_status(context, reply);
    case DENREI__V1__REQUEST__CALL_PUT_CHUNK:
        return answer_known_chunk(context, work, reply);
    case DENREI__V1__REQUEST__CALL_GET_CHUNK: /* answered by the thread of chunks */
    case DENREI__V1__REQUEST__CALL__NOT_SET:
    case _DENREI__V1__REQUEST__CALL__CASE_IS_INT_SIZE:
        break;
    }
    return REFUSAL_MALFORMED;
}

/* Encode the reply, or what was wrong instead. */
static void
finish(const struct answer_context *context, uint64_t request_id, enum refusal code,
       const Denrei__V1__Reply *reply, struct span *out)
{
    if (code == REFUSAL_NONE) {
        if (frame_encode_reply(reply, context->arena, out) == ERR_OK)
            return;
        code = REFUSAL_TOO_LARGE;
    }
    arena_reset(context->arena);
    if (frame_error(request_id, code, NULL, context->arena, out) != ERR_OK)
        *out = (struct span){0}; /* an empty arena holds an error; not even that is worth dying */
}

void
answer_work(const struct answer_context *context, const struct work *work, struct span *out)
{
    Denrei__V1__Reply reply;
    enum refusal code = work->code;

    arena_reset(context->arena);
    denrei__v1__reply__init(&reply);
    reply.request_id = work->request_id;
    if (code == REFUSAL_NONE)
        code = answer_call(context, work, &reply);
    finish(context, work->request_id, code, &reply, out);
}

void
answer_fetch(const struct answer_context *context, const struct answer_fetch *fetch,
             struct span *out)
{
    Denrei__V1__Reply reply;

    arena_reset(context->arena);
    denrei__v1__reply__init(&reply);
    reply.request_id = fetch->request_id;
    enum refusal code = answer_messages(context, fetch, &reply);
    finish(context, fetch->request_id, code, &reply, out);
}
