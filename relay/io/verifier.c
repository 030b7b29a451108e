#include "relay/io/verifier.h"

#include "proto/attachment.h"
#include "proto/io/disk.h"

#include <assert.h>

enum { VARINT_BYTES_MAX = 10, REQUEST_ID_TAG = 1 << 3 };

uint64_t
verifier_peek_id(struct span frame)
{
    uint64_t id = 0;

    if (frame.len == 0 || frame.data[0] != REQUEST_ID_TAG)
        return 0;
    for (size_t i = 1; i < frame.len && i <= VARINT_BYTES_MAX; i++) {
        id |= (uint64_t)(frame.data[i] & 0x7f) << (7 * (i - 1));
        if ((frame.data[i] & 0x80) == 0)
            return id;
    }
    return 0;
}

static enum refusal
verify_submit(const struct verify_context *context, struct work *work)
{
    const Denrei__V1__SubmitCall *call = work->request->submit;

    work->messages = arena_alloc(work->arena, call->n_envelopes * sizeof *work->messages);
    if (work->messages == NULL)
        return REFUSAL_TOO_LARGE;
    for (size_t i = 0; i < call->n_envelopes; i++)
        verify_message(context, call->envelopes[i], work->arena, &work->messages[i]);
    return REFUSAL_NONE;
}

/* Each chunk is held against the root at once, so that Submit hashes nothing. */
static enum refusal
verify_chunk(struct work *work)
{
    const Denrei__V1__PutChunkCall *call = work->request->put_chunk;
    struct attachment attachment = {.bytes = call->bytes};
    const struct hash *path = NULL;

    if (call->data.len == 0)
        return REFUSAL_NONE;
    enum err err = frame_get_hashes(call->path, call->n_path, work->arena, &path);
    if (err == ERR_OK)
        err = wire_get_hash(call->hash, &attachment.hash);
    if (err == ERR_OK)
        err = attachment_check_chunk(&attachment, call->chunk, wire_get_span(call->data), path,
                                     call->n_path, &work->chunk_leaf);
    return err == ERR_OK ? REFUSAL_NONE : err == ERR_NOMEM ? REFUSAL_TOO_LARGE : REFUSAL_ATTACHMENT;
}

static enum refusal
verify(const struct verify_context *context, struct work *work)
{
    work->request_id = verifier_peek_id(work->frame.content);
    if (work_prepare(work) != ERR_OK)
        return REFUSAL_RATE;
    if (gate_credential(work->user_id, &work->credential) != ERR_OK)
        return REFUSAL_CREDENTIAL;
    enum err err = frame_decode_request(work->frame.content, work->arena, &work->request);
    if (err != ERR_OK)
        return err == ERR_NOMEM ? REFUSAL_TOO_LARGE : REFUSAL_MALFORMED;
    if (work->request->call_case == DENREI__V1__REQUEST__CALL_SUBMIT)
        return verify_submit(context, work);
    if (work->request->call_case == DENREI__V1__REQUEST__CALL_PUT_CHUNK)
        return verify_chunk(work);
    if (work->request->call_case == DENREI__V1__REQUEST__CALL_ACKNOWLEDGE) {
        verify_receipts(context, work->request->acknowledge, work->arena, &work->receipts);
        return work->receipts.code;
    }
    if (work->request->call_case == DENREI__V1__REQUEST__CALL_PUBLISH)
        verify_document(context->federation, work->request->publish, work->arena, &work->document);
    return work->document.code;
}

void *
verifier_run(void *argument)
{
    const struct verifier *verifier = argument;
    struct batch_cache cache;
    void *item = NULL;

    batch_cache_init(&cache);
    while (queue_wait(verifier->in, &item, 1) == 1) {
        struct work *work = item;
        struct verify_context context = {.federation = &verifier->federation, .cache = &cache};
        context.passes = gate_enter(verifier->gate);
        work->code = verify(&context, work);
        gate_leave(verifier->gate);
        enum err err = queue_push(verifier->out, work);
        assert(err == ERR_OK); /* it has room for all works there are */
    }
    return NULL;
}
