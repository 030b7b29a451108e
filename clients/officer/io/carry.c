/* Carrying messages and receipts between the officer's store and the relay. */
#include "clients/acknowledge.h"
#include "clients/io/outbox.h"
#include "clients/io/submit.h"
#include "clients/io/track.h"
#include "clients/officer/io/desk.h"
#include "clients/officer/officer.h"
#include "proto/hash.h"
#include "proto/io/clock.h"
#include "proto/refusal.h"

#include <stdio.h>
#include <string.h>

enum { DUE_MAX = 128 };

/* ---- submitting */

/* What is sealed again comes from the copy that only this officer opens. */
static enum err
read_copy(void *context, const struct submit_message *message, struct arena *arena,
          struct span *out)
{
    struct desk *desk = context;
    struct store_sent sent;

    enum err err = store_error(store_sent(desk->store, &message->id, arena, &sent), desk->problems);
    return err == ERR_OK ? desk_open_copy(desk, &sent, arena, out) : err;
}

static enum err
keep_seal(void *context, const struct submit_message *message)
{
    struct desk *desk = context;
    const struct store_sent sent = {.id = message->id,
                                    .header = message->header,
                                    .hash = message->hash,
                                    .envelope = message->envelope};

    return store_reseal(desk->store, &sent, desk->problems);
}

/* Keep the receipt; an accepted withdrawal ends the copies of what it withdraws. */
static enum err
accept_sent(struct desk *desk, const struct submit_message *message,
            const struct submit_answer *answer)
{
    struct header header;

    enum err err = header_decode(message->header, desk->scratch, &header);
    if (err == ERR_OK)
        err = officer_store_begin(desk->store, desk->problems);
    if (err != ERR_OK)
        return err;
    err = store_accept(desk->store, &message->id, answer->receipt, answer->leaf, answer->time_ms,
                       desk->problems);
    if (err == ERR_OK && header.action == DENREI__V1__ACTION__ACTION_WITHDRAW)
        err = store_end_chain(desk->store, &message->id, desk->problems);
    if (err == ERR_OK)
        return officer_store_commit(desk->store, desk->problems);
    officer_store_rollback(desk->store);
    return err;
}

/* The relay cannot know what was refused before it was sealed again: the row says waiting. */
static enum err
judge(struct desk *desk, const struct submit_message *message, const struct submit_answer *answer,
      enum store_stage *stage)
{
    if (answer->code == REFUSAL_NONE) {
        *stage = STORE_ACCEPTED;
        return accept_sent(desk, message, answer);
    }
    *stage = refusal_is_temporary(answer->code) ? STORE_WAITING : STORE_REFUSED;
    enum err err = store_refuse(desk->store, &message->id, *stage, answer->code, desk->problems);
    return err == ERR_OK && *stage == STORE_WAITING ? ERR_REFUSED : err;
}

enum err
carry_message(struct desk *desk, const struct id *id, enum store_stage *stage)
{
    struct submit submit = {.state = desk->state,
                            .connect = desk->connect,
                            .key = &desk->key,
                            .arena = desk->scratch,
                            .problems = desk->problems,
                            .program = DESK_PROGRAM,
                            .is_quiet = desk->options->json,
                            .content = read_copy,
                            .keep = keep_seal,
                            .context = desk};
    struct store_sent sent;
    struct submit_answer answer;

    arena_reset(desk->scratch);
    *stage = STORE_WAITING;
    enum err err = store_error(store_sent(desk->store, id, desk->scratch, &sent), desk->problems);
    if (err == ERR_OK && sent.stage != STORE_WAITING) {
        *stage = sent.stage;
        return ERR_OK;
    }
    if (err == ERR_OK && sent.envelope.len == 0) {
        problems_add(desk->problems, message_id_text(id).text, "send it anew",
                     "it expired before it could be sent");
        return ERR_EXPIRED;
    }
    if (err != ERR_OK)
        return err;
    struct submit_message message = {.id = sent.id,
                                     .header = sent.header,
                                     .hash = sent.hash,
                                     .envelope = sent.envelope,
                                     .thread_from = sent.thread_from};
    err = submit_send(&submit, &message, &answer);
    if (err == ERR_OK)
        err = judge(desk, &message, &answer, stage);
    if (*stage != STORE_WAITING)
        outbox_remove(state_dir(desk->state), id);
    return err;
}

enum err
carry_waiting(struct desk *desk)
{
    struct store_sent sent;
    enum store_stage stage = STORE_WAITING;
    const struct id *after = NULL;
    struct id last;

    for (;;) {
        arena_reset(desk->scratch);
        enum err err = store_next_waiting(desk->store, after, desk->scratch, &sent);
        if (err != ERR_OK)
            return err == ERR_NOT_FOUND ? ERR_OK : store_error(err, desk->problems);
        last = sent.id;
        after = &last;
        err = carry_message(desk, &last, &stage);
        /* What is refused, or cannot be sealed, must not keep the others. */
        if (err != ERR_OK && err != ERR_REFUSED && err != ERR_POLICY && err != ERR_UNKNOWN &&
            err != ERR_KEY && err != ERR_NOT_FOUND && err != ERR_EXPIRED)
            return err;
    }
}

/* ---- receipts */

static enum err
acknowledge(struct desk *desk, const struct delivery_receipt *receipts, size_t count)
{
    Denrei__V1__Request request = DENREI__V1__REQUEST__INIT;
    Denrei__V1__AcknowledgeCall *call = NULL;
    const struct identity *signing = NULL;
    Denrei__V1__Reply *reply = NULL;

    enum err err = desk_identity(desk, DENREI__V1__KEY_USE__KEY_USE_SIGNING, &signing);
    if (err == ERR_OK)
        err = acknowledge_make(trust_federation(state_trust(desk->state)), receipts, count, signing,
                               desk->scratch, &call);
    if (err != ERR_OK)
        return err;
    request.call_case = DENREI__V1__REQUEST__CALL_ACKNOWLEDGE;
    request.acknowledge = call;
    return connect_call(desk->connect, &request, CONNECT_TIMEOUT_MS, desk->scratch, &reply,
                        desk->problems);
}

/*
 * *done says how many were taken, or refused for good; the others wait for a later connection.
 * What the relay says of receipts is nothing that the officer can act on: it is not told.
 */
static enum err
acknowledge_each(struct desk *desk, const struct delivery_receipt *receipts, size_t count,
                 size_t *done)
{
    struct acknowledge_walk walk = acknowledge_begin(count);
    const struct problems told = *desk->problems;
    enum err err = ERR_OK;

    while (err == ERR_OK && walk.len > 0) {
        err = acknowledge(desk, receipts + walk.at, walk.len);
        if (err == ERR_OK) {
            acknowledge_taken(&walk);
        } else if (err == ERR_REFUSED) {
            *desk->problems = told;
            err = ERR_OK;
            if (acknowledge_is_for_later(connect_refusal(desk->connect)))
                break;
            (void)acknowledge_refused(&walk);
        }
    }
    *done = walk.at;
    return err;
}

enum err
carry_due(struct desk *desk)
{
    struct store_due due[DUE_MAX];
    struct delivery_receipt receipts[DUE_MAX];
    size_t count = 0, done = 0;
    enum err err = ERR_OK;

    do {
        arena_reset(desk->scratch);
        err = store_each_due(desk->store, DUE_MAX, desk->scratch, due, &count);
        if (err != ERR_OK)
            return store_error(err, desk->problems);
        for (size_t i = 0; i < count && err == ERR_OK; i++)
            err = delivery_receipt_decode(due[i].receipt, desk->scratch, &receipts[i]);
        if (err != ERR_OK)
            return err;
        /* A receipt that names an older credential of this officer cannot be signed any more. */
        for (size_t i = 0; i < count; i++)
            receipts[i].credential = state_self(desk->state)->credential;
        err = acknowledge_each(desk, receipts, count, &done);
        if (done > 0) {
            enum err dropped = store_drop_due(desk->store, due[done - 1].sequence, desk->problems);
            err = err == ERR_OK ? dropped : err;
        }
    } while (err == ERR_OK && count > 0 && done == count);
    return err;
}

/* ---- tracking */

static enum err
keep_said(void *context, const struct delivery_receipt *receipt)
{
    struct desk *desk = context;

    return store_add_said(desk->store, receipt, desk->problems);
}

enum err
carry_track(struct desk *desk, const struct id *ids, size_t count)
{
    struct track_asked asked[TRACK_MAX];
    enum err err = ERR_OK;

    arena_reset(desk->scratch);
    for (size_t i = 0; i < count && err == ERR_OK; i++)
        err = store_sent_header(desk->store, &ids[i], desk->scratch, &asked[i].header,
                                &asked[i].hash);
    if (err != ERR_OK)
        return store_error(err, desk->problems);
    return track_ask(desk->connect, state_trust(desk->state), asked, count, desk->scratch,
                     keep_said, desk, desk->problems);
}

enum err
desk_find(struct desk *desk, const char *text, struct store_found *out)
{
    struct problems *told = desk->problems;
    struct problems ignored = {0};
    size_t count = 0;
    enum err err = store_find(desk->store, text, desk->arena, out, told);

    if (err != ERR_NOT_FOUND || desk->options->offline)
        return err;
    /* That it is not here is what counts; why the relay could not be asked does not. */
    desk->problems = &ignored;
    bool is_fetched = desk_connect(desk) == ERR_OK && carry_fetch(desk, &count) == ERR_OK;
    desk->problems = told;
    if (!is_fetched || count == 0)
        return err;
    *told = (struct problems){0};
    return store_find(desk->store, text, desk->arena, out, told);
}
