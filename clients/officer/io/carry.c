/* Carrying messages and receipts between the officer's store and the relay. */
#include "clients/acknowledge.h"
#include "clients/officer/io/desk.h"
#include "clients/officer/officer.h"
#include "proto/hash.h"
#include "proto/io/clock.h"
#include "proto/refusal.h"

#include <stdio.h>
#include <string.h>

enum { RESEAL_TRIES = 3, DUE_MAX = 128 };

/*
 * Whether what was refused with `code` may pass when it is sealed again: the relay knows a newer
 * directory or roster than the sender did; `is_old`: than it was sealed under, which may be any of
 * the reasons.
 */
static bool
is_worth_sealing(uint32_t code, bool is_old)
{
    return code == REFUSAL_STALE || code == REFUSAL_GROUP || (is_old && code != REFUSAL_NONE);
}

/* ---- sealing again under newer versions */

/* Whether it names what is in force now, and all whom its group reaches now. */
static bool
is_current(struct desk *desk, const struct header *header)
{
    const struct trust *trust = state_trust(desk->state);
    const struct roster *own = trust_roster(trust, header->from, TRUST_UNLOGGED);

    if (own == NULL || own->version != header->roster_version ||
        trust_directory(trust, TRUST_UNLOGGED)->version != header->directory_version)
        return false;
    for (size_t i = 0; i < header->to_count; i++) {
        const struct roster *roster = trust_roster(trust, header->to[i], TRUST_UNLOGGED);
        if (roster == NULL || roster->version != header->recipient_roster_versions[i])
            return false;
    }
    return order_is_group_current(trust, header, clock_now_ms(), desk->scratch);
}

/* The order that an earlier header came of; names, times and id stay. */
static struct order
order_of(const struct header *header, const struct store_sent *sent)
{
    bool is_group = header->group[0] != '\0';

    return (struct order){.kind = kind_find(header->kind),
                          .action = header->action,
                          .id = header->id,
                          .thread_id = header->thread_id,
                          .from = header->from,
                          .credential = header->credential,
                          .names = is_group ? (const char *const *)&header->group
                                            : (const char *const *)header->to,
                          .names_count = is_group ? 1 : header->to_count,
                          .priority = header->priority,
                          .tlp = header->tlp,
                          .use_restriction = header->use_restriction,
                          .legal_basis = header->legal_basis,
                          .now_ms = header->created_at_ms,
                          .group_ms = clock_now_ms(),
                          .lifetime_ms = header->expires_at_ms - header->created_at_ms,
                          .has_in_reply_to = header->has_in_reply_to,
                          .in_reply_to = header->in_reply_to,
                          .has_supersedes = header->has_supersedes,
                          .supersedes = header->supersedes,
                          .thread_from = sent->thread_from};
}

static enum err
seal_again(struct desk *desk, const struct header *old, struct store_sent *sent)
{
    const struct trust *trust = state_trust(desk->state);
    struct order order = order_of(old, sent);
    const struct identity *signing = NULL;
    struct envelope envelope;
    struct header header;
    struct span content;

    if (order.kind == NULL)
        return ERR_UNKNOWN;
    order.credential = state_self(desk->state)->credential;
    enum err err = desk_open_copy(desk, sent, desk->scratch, &content);
    if (err == ERR_OK)
        err = desk_identity(desk, DENREI__V1__KEY_USE__KEY_USE_SIGNING, &signing);
    if (err == ERR_OK)
        err = order_make_header(trust, &order, desk->scratch, &header, desk->problems);
    if (err == ERR_OK)
        err = order_seal(trust, &header, content, signing, desk->scratch, &envelope);
    if (err == ERR_OK)
        err = envelope_encode(&envelope, desk->scratch, &sent->envelope);
    if (err != ERR_OK)
        return err;
    sent->header = envelope.header;
    sent->hash = envelope_message_hash(trust_federation(trust), envelope.header, envelope.seal);
    return store_reseal(desk->store, sent, desk->problems);
}

/* ---- submitting */

static enum err
call_submit(struct desk *desk, const struct store_sent *sent, Denrei__V1__SubmitReply **out)
{
    Denrei__V1__SubmitCall call = DENREI__V1__SUBMIT_CALL__INIT;
    Denrei__V1__Request request = DENREI__V1__REQUEST__INIT;
    Denrei__V1__Envelope *wire = NULL;
    Denrei__V1__Reply *reply = NULL;
    struct envelope envelope;

    enum err err = envelope_decode(sent->envelope, desk->scratch, &envelope);
    if (err == ERR_OK)
        err = envelope_to_wire(&envelope, desk->scratch, &wire);
    if (err != ERR_OK)
        return err;
    call.envelopes = &wire;
    call.n_envelopes = 1;
    call.checkpoint_size = connect_session(desk->connect)->head.leaf_count;
    request.call_case = DENREI__V1__REQUEST__CALL_SUBMIT;
    request.submit = &call;
    err = connect_call(desk->connect, &request, CONNECT_TIMEOUT_MS, desk->scratch, &reply,
                       desk->problems);
    if (err == ERR_OK && reply->submit->n_results != 1) {
        problems_add(desk->problems, connect_endpoint(desk->connect), "",
                     "the relay's answer makes no sense");
        return ERR_FORMAT;
    }
    if (err == ERR_OK)
        *out = reply->submit;
    return err;
}

/* Keep the receipt; an accepted withdrawal ends the copies of what it withdraws. */
static enum err
accept_sent(struct desk *desk, const struct store_sent *sent, struct span receipt, uint64_t leaf,
            uint64_t time_ms)
{
    struct header header;

    enum err err = header_decode(sent->header, desk->scratch, &header);
    if (err == ERR_OK)
        err = officer_store_begin(desk->store, desk->problems);
    if (err != ERR_OK)
        return err;
    err = store_accept(desk->store, &sent->id, receipt, leaf, time_ms, desk->problems);
    if (err == ERR_OK && header.action == DENREI__V1__ACTION__ACTION_WITHDRAW)
        err = store_end_chain(desk->store, &sent->id, desk->problems);
    if (err == ERR_OK)
        return officer_store_commit(desk->store, desk->problems);
    officer_store_rollback(desk->store);
    return err;
}

static enum err
keep_receipt(struct desk *desk, const struct store_sent *sent, const Denrei__V1__SubmitReply *reply)
{
    struct receipt receipt;
    struct log_entry entry;
    struct span bytes;
    struct session_proof proof = {.checkpoint = reply->checkpoint,
                                  .consistency = reply->consistency,
                                  .consistency_len = reply->n_consistency};

    enum err err = connect_advance(desk->connect, &proof, desk->scratch, NULL, desk->problems);
    if (err != ERR_OK)
        return err;
    err = session_check_result(connect_session(desk->connect), reply, 0, &sent->hash, desk->scratch,
                               &receipt);
    if (err == ERR_OK)
        err = entry_decode(receipt.entry, desk->scratch, &entry);
    if (err == ERR_OK)
        err = receipt_encode(&receipt, desk->scratch, &bytes);
    if (err != ERR_OK) {
        problems_add(desk->problems, message_id_text(&sent->id).text,
                     "do not rely on it: tell the relay's operator and your auditor",
                     "the relay's receipt proves nothing: %s", err_text(err));
        return err;
    }
    return accept_sent(desk, sent, bytes, receipt.leaf, entry.time_ms);
}

/* The relay cannot know what was refused before it was sealed again: the row says waiting. */
static enum err
judge(struct desk *desk, const struct store_sent *sent, const Denrei__V1__SubmitReply *reply,
      enum store_stage *stage)
{
    uint32_t code = reply->results[0]->code;

    if (code == REFUSAL_NONE) {
        *stage = STORE_ACCEPTED;
        return keep_receipt(desk, sent, reply);
    }
    *stage = refusal_is_temporary(code) ? STORE_WAITING : STORE_REFUSED;
    enum err err = store_refuse(desk->store, &sent->id, *stage, code, desk->problems);
    if (err != ERR_OK)
        return err;
    problems_add(desk->problems, message_id_text(&sent->id).text, refusal_remedy(code),
                 "the relay refuses it: %s", refusal_text(code));
    return *stage == STORE_WAITING ? ERR_REFUSED : ERR_OK;
}

enum err
carry_message(struct desk *desk, const struct id *id, enum store_stage *stage)
{
    struct store_sent sent;
    struct header header;
    Denrei__V1__SubmitReply *reply = NULL;

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
    for (int i = 0; i < RESEAL_TRIES && err == ERR_OK; i++) {
        err = header_decode(sent.header, desk->scratch, &header);
        bool is_old = err == ERR_OK && !is_current(desk, &header);
        /* First as it is: it may be in the log already and its receipt lost, and sealed again it
         * would be another message of the same id.  Later, where nothing newer came with the
         * answer, the relay will not think better of it. */
        if (i > 0 && !is_old)
            break;
        if (i > 0)
            err = seal_again(desk, &header, &sent);
        if (err == ERR_OK)
            err = call_submit(desk, &sent, &reply);
        if (err != ERR_OK || !is_worth_sealing(reply->results[0]->code, i == 0 && is_old))
            break;
        err = connect_refresh(desk->connect, desk->problems);
    }
    return err == ERR_OK ? judge(desk, &sent, reply, stage) : err;
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

/* What was asked about. */
struct asked {
    struct header header;
    struct hash hash;
};

/* Whether it speaks of one of these messages, for one of its recipients. */
static bool
is_about(const struct delivery_receipt *receipt, const struct asked *asked, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct header *header = &asked[i].header;
        if (strcmp(header->from, receipt->message.from) != 0 ||
            memcmp(header->id.bytes, receipt->message.id.bytes, ID_BYTES) != 0 ||
            !hash_is_equal(&asked[i].hash, &receipt->message.hash))
            continue;
        for (size_t k = 0; k < header->to_count; k++)
            if (strcmp(header->to[k], receipt->member) == 0)
                return true;
    }
    return false;
}

static enum err
take_said(struct desk *desk, const Denrei__V1__TrackReply *reply, const struct asked *asked,
          size_t count)
{
    enum err err = ERR_OK;

    for (size_t i = 0; err == ERR_OK && i < reply->n_items; i++) {
        struct delivery_receipt receipt;
        err = acknowledge_check(state_trust(desk->state), reply->items[i], desk->scratch, &receipt);
        if (err == ERR_OK && !is_about(&receipt, asked, count))
            err = ERR_CONFLICT;
        if (err == ERR_OK) {
            err = store_add_said(desk->store, &receipt, desk->problems);
            continue;
        }
        problems_add(desk->problems, connect_endpoint(desk->connect),
                     "tell the relay's operator and your auditor",
                     "the relay shows a delivery receipt that does not verify: %s", err_text(err));
    }
    return err;
}

enum err
carry_track(struct desk *desk, const struct id *ids, size_t count)
{
    Denrei__V1__TrackCall call = DENREI__V1__TRACK_CALL__INIT;
    Denrei__V1__Request request = DENREI__V1__REQUEST__INIT;
    ProtobufCBinaryData wire[TRACK_MAX];
    struct asked asked[TRACK_MAX];
    Denrei__V1__Reply *reply = NULL;
    enum err err = ERR_OK;

    arena_reset(desk->scratch);
    for (size_t i = 0; i < count && err == ERR_OK; i++) {
        wire[i] = wire_put(ids[i].bytes, sizeof ids[i].bytes);
        err = store_sent_header(desk->store, &ids[i], desk->scratch, &asked[i].header,
                                &asked[i].hash);
    }
    if (err != ERR_OK)
        return store_error(err, desk->problems);
    call.message_ids = wire;
    call.n_message_ids = count;
    request.call_case = DENREI__V1__REQUEST__CALL_TRACK;
    request.track = &call;
    err = connect_call(desk->connect, &request, CONNECT_TIMEOUT_MS, desk->scratch, &reply,
                       desk->problems);
    return err == ERR_OK ? take_said(desk, reply->track, asked, count) : err;
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
