/* Receipts on their way to the relay. */
#include "clients/acknowledge.h"
#include "clients/node/io/intake_inner.h"
#include "proto/io/log.h"
#include "proto/refusal.h"

#include <string.h>

/* How often a queue is asked for more in one round: whoever witnesses must not be kept from it. */
enum { BATCHES_MAX = 8 };

static enum err
decode_queued(struct intake *intake, const struct record_receipt *queued, size_t count,
              struct delivery_receipt *receipts)
{
    enum err err = ERR_OK;

    for (size_t i = 0; i < count && err == ERR_OK; i++) {
        err = delivery_receipt_decode(queued[i].bytes, intake->arena, &receipts[i]);
        /* One that names an older credential of this node cannot be signed any more. */
        receipts[i].credential = state_self(intake->state)->credential;
    }
    return err;
}

static enum err
send_receipts(struct intake *intake, struct connect *connect,
              const struct delivery_receipt *receipts, size_t count, struct problems *problems)
{
    Denrei__V1__Request request = DENREI__V1__REQUEST__INIT;
    Denrei__V1__Reply *reply = NULL;

    arena_reset(intake->content_arena);
    enum err err = acknowledge_make(trust_federation(state_trust(intake->state)), receipts, count,
                                    keyfile_find(intake->key, DENREI__V1__KEY_USE__KEY_USE_SIGNING),
                                    intake->content_arena, &request.acknowledge);
    if (err != ERR_OK)
        return err;
    request.call_case = DENREI__V1__REQUEST__CALL_ACKNOWLEDGE;
    err = connect_call(connect, &request, CONNECT_TIMEOUT_MS, intake->content_arena, &reply,
                       problems);
    if (err == ERR_OK)
        log_event(LOG_LEVEL_INFO, "acknowledged", "receipts=%zu leaf=%llu", count,
                  (unsigned long long)reply->acknowledge->leaf);
    return err;
}

/* Send what `walk` asks for; false: the rest must wait for a later round. */
static bool
step(struct intake *intake, struct connect *connect, const struct delivery_receipt *receipts,
     struct acknowledge_walk *walk, struct problems *problems, enum err *err)
{
    const size_t told = problems->count;
    const struct delivery_receipt *first = &receipts[walk->at];

    *err = send_receipts(intake, connect, first, walk->len, problems);
    if (*err == ERR_OK) {
        acknowledge_taken(walk);
        return true;
    }
    if (*err != ERR_REFUSED)
        return false;
    *err = ERR_OK;
    problems->count = told; /* in the log instead: the round goes on */
    const uint32_t code = connect_refusal(connect);
    if (acknowledge_is_for_later(code)) {
        log_event(LOG_LEVEL_WARN, "receipts-wait", "receipts=%zu why=%s", walk->count - walk->at,
                  refusal_name(code));
        return false;
    }
    if (acknowledge_refused(walk))
        log_event(LOG_LEVEL_WARN, "receipt-refused", "msg=%s from=%s why=%s",
                  log_id(first->message.id.bytes).text, first->message.from, refusal_name(code));
    return true;
}

static enum err
drop(struct intake *intake, uint64_t sequence)
{
    enum err err = records_begin(intake->records);

    if (err != ERR_OK)
        return err;
    err = records_drop_receipts(intake->records, sequence);
    if (err == ERR_OK)
        return records_commit(intake->records);
    records_rollback(intake->records);
    return err;
}

/* *more: all of a full batch is done, so there may be others. */
static enum err
acknowledge_batch(struct intake *intake, struct connect *connect, struct problems *problems,
                  bool *more)
{
    struct record_receipt queued[RECORDS_RECEIPTS_MAX];
    struct delivery_receipt receipts[RECORDS_RECEIPTS_MAX];
    size_t count = 0;

    *more = false;
    arena_reset(intake->arena);
    enum err err = records_receipts(intake->records, intake->arena, queued, &count);
    if (err == ERR_OK)
        err = decode_queued(intake, queued, count, receipts);
    if (err != ERR_OK)
        return err;
    struct acknowledge_walk walk = acknowledge_begin(count);
    while (walk.len > 0 && step(intake, connect, receipts, &walk, problems, &err))
        continue;
    *more = walk.at == RECORDS_RECEIPTS_MAX;
    if (walk.at == 0)
        return err;
    enum err dropped = drop(intake, queued[walk.at - 1].sequence);
    return err == ERR_OK ? dropped : err;
}

enum err
intake_acknowledge(struct intake *intake, struct connect *connect, struct problems *problems)
{
    bool more = true;
    enum err err = ERR_OK;

    for (size_t i = 0; err == ERR_OK && more && i < BATCHES_MAX; i++)
        err = acknowledge_batch(intake, connect, problems, &more);
    return err;
}
