#include "clients/officer/io/casework.h"

#include "clients/officer/io/read.h"
#include "proto/date_text.h"
#include "proto/io/clock.h"
#include "proto/mla_content.h"
#include "proto/wire.h"

#include <stdio.h>
#include <string.h>

/* ---- loading */

const char *
casework_member(const struct casework *work, enum mla_party party)
{
    return party == MLA_REQUESTING ? work->requesting : work->requested;
}

static unsigned
party_of(const struct casework *work, const char *member)
{
    if (strcmp(member, work->requesting) == 0)
        return MLA_REQUESTING;
    return strcmp(member, work->requested) == 0 ? MLA_REQUESTED : 0;
}

static struct mla_entry
make_entry(const struct casework *work, const struct header *header,
           const struct store_step_content *content)
{
    return (struct mla_entry){
        .id = header->id,
        .party = party_of(work, header->from),
        .action = header->action,
        .has_in_reply_to = header->has_in_reply_to,
        .in_reply_to = header->in_reply_to.id,
        .in_reply_to_party = header->has_in_reply_to ? party_of(work, header->in_reply_to.from) : 0,
        .supersedes = header->supersedes.id,
        .is_unread = content->is_unread,
        .is_reply = content->is_reply,
        .steps = content->steps,
        .due_ms = content->due_ms,
    };
}

/* The parties, by the request: who sent it, and whom to. */
static void
name_parties(struct casework *work)
{
    const struct header *first = &work->headers[0];

    work->is_begun = !first->has_in_reply_to && first->to_count == 1 &&
                     first->action == DENREI__V1__ACTION__ACTION_NEW;
    work->request = first->id;
    work->legal_basis = first->legal_basis;
    work->requesting = work->is_begun ? first->from : "";
    work->requested = work->is_begun ? first->to[0] : "";
}

static enum err
read_headers(struct casework *work, struct arena *arena)
{
    size_t used = 0;

    for (size_t i = 0; i < work->count; i++) {
        if (!work->steps[i].is_judged)
            continue;
        enum err err = header_decode(work->steps[i].header, arena, &work->headers[used]);
        if (err != ERR_OK)
            return err;
        work->steps[used++] = work->steps[i];
    }
    work->count = used;
    return used == 0 ? ERR_NOT_FOUND : ERR_OK;
}

static void
judge_all(struct casework *work)
{
    mla_thread_judge(work->entries, work->count, 0, treaty_find(work->legal_basis),
                     work->judgements, &work->at);
}

enum err
casework_load(struct desk *desk, const struct id *thread, struct arena *arena, struct casework *out)
{
    struct casework work = {.thread = *thread};

    enum err err = store_thread_steps(desk->store, thread, arena, &work.steps, &work.count);
    if (err != ERR_OK)
        return store_error(err, desk->problems);
    const size_t room = work.count + 1; /* for one that is to be sent */
    work.headers = arena_alloc(arena, room * sizeof *work.headers);
    work.entries = arena_alloc(arena, room * sizeof *work.entries);
    work.judgements = arena_alloc(arena, room * sizeof *work.judgements);
    if (work.headers == NULL || work.entries == NULL || work.judgements == NULL)
        return ERR_NOMEM;
    err = read_headers(&work, arena);
    if (err != ERR_OK)
        return err == ERR_NOT_FOUND ? err : store_error(err, desk->problems);
    name_parties(&work);
    for (size_t i = 0; i < work.count; i++) {
        work.entries[i] = make_entry(&work, &work.headers[i], &work.steps[i].content);
        work.entries[i].time_ms = work.steps[i].time_ms;
        work.entries[i].is_void = work.steps[i].is_void;
    }
    judge_all(&work);
    *out = work;
    return ERR_OK;
}

static enum err
read_sent(struct desk *desk, const struct header *header, ProtobufCMessage **out)
{
    struct span content = {NULL, 0};
    struct store_sent sent;

    enum err err =
        store_error(store_sent(desk->store, &header->id, desk->arena, &sent), desk->problems);
    if (err != ERR_OK || sent.copy.len == 0)
        return err == ERR_OK ? ERR_NOT_FOUND : err;
    err = desk_open_copy(desk, &sent, desk->arena, &content);
    return err == ERR_OK ? read_own(header, content, desk->arena, out) : err;
}

static enum err
read_received(struct desk *desk, const struct header *header, ProtobufCMessage **out)
{
    struct received *received = arena_alloc(desk->arena, sizeof *received);
    struct problems found = {0};
    struct store_received row;

    if (received == NULL)
        return ERR_NOMEM;
    enum err err =
        store_error(store_received_by_id(desk->store, header->from, &header->id, desk->arena, &row),
                    desk->problems);
    if (err != ERR_OK || row.item.len == 0)
        return err == ERR_OK ? ERR_NOT_FOUND : err;
    err = read_item(desk, &row, received);
    if (err != ERR_OK || received->is_tombstone)
        return err == ERR_OK ? ERR_NOT_FOUND : err;
    err = read_content(desk, received, out, &found);
    return err == ERR_POLICY && *out != NULL ? ERR_OK : err; /* refused, and still readable */
}

enum err
casework_read(struct desk *desk, const struct casework *work, size_t at,
              const Denrei__V1__Mla **out)
{
    const struct header *header = &work->headers[at];
    ProtobufCMessage *message = NULL;

    if (header->action == DENREI__V1__ACTION__ACTION_WITHDRAW)
        return ERR_NOT_FOUND;
    enum err err = work->steps[at].is_sent ? read_sent(desk, header, &message)
                                           : read_received(desk, header, &message);
    if (err == ERR_OK)
        *out = (const Denrei__V1__Mla *)message;
    return err;
}

/* ---- receiving */

static struct store_step_content
content_of(const ProtobufCMessage *message)
{
    const Denrei__V1__Mla *mla = (const Denrei__V1__Mla *)message;

    if (mla == NULL)
        return (struct store_step_content){.is_unread = true};
    return (struct store_step_content){.is_reply = mla->step_case == DENREI__V1__MLA__STEP_REPLY,
                                       .steps = mla_step_of(mla, 0),
                                       .due_ms = mla_content_due_ms(mla)};
}

enum err
casework_take(struct desk *desk, const struct received *received)
{
    static const struct store_step_content refused = {.is_unread = true};

    if (received->header.kind != DENREI__V1__KIND__KIND_MLA)
        return ERR_OK;
    return store_add_step(desk->store, &received->header, false,
                          received->refusal == REFUSAL_NONE ? NULL : &refused, desk->problems);
}

bool
casework_is_held(const struct received *received)
{
    return received->header.kind == DENREI__V1__KIND__KIND_MLA && received->refusal == REFUSAL_NONE;
}

static enum err
add_due(struct desk *desk, const struct store_received *row, Denrei__V1__DeliveryStatus status,
        uint32_t reason)
{
    struct delivery_receipt receipt = {
        .message = row->ref,
        .member = desk_member(desk),
        .credential = state_self(desk->state)->credential,
        .status = status,
        .reason = reason,
        .time_ms = clock_now_ms(),
    };
    struct span bytes;

    enum err err = delivery_receipt_encode(&receipt, desk->arena, &bytes);
    return err == ERR_OK ? store_add_due(desk->store, bytes, desk->problems) : err;
}

static enum err
add_receipts(struct desk *desk, const struct store_received *row, const struct header *header,
             uint32_t refusal)
{
    if (refusal != REFUSAL_NONE)
        return add_due(desk, row, DENREI__V1__DELIVERY_STATUS__DELIVERY_REFUSED, refusal);
    enum err err = add_due(desk, row, DENREI__V1__DELIVERY_STATUS__DELIVERY_DELIVERED, 0);
    if (err == ERR_OK && header->has_supersedes)
        err = add_due(desk, row, DENREI__V1__DELIVERY_STATUS__DELIVERY_APPLIED, 0);
    return err;
}

/* Open a message; what does not open, or breaks its kind's rules, is an outcome: `refusal`. */
static enum err
open_row(struct desk *desk, const struct store_received *row, const struct header *header,
         struct store_step_content *content, uint32_t *refusal)
{
    struct received *received = arena_alloc(desk->arena, sizeof *received);
    ProtobufCMessage *message = NULL;
    struct problems found = {0};

    *content = (struct store_step_content){.is_unread = true};
    if (received == NULL)
        return ERR_NOMEM;
    if (row->item.len == 0 || header->action == DENREI__V1__ACTION__ACTION_WITHDRAW)
        return ERR_OK;
    enum err err = read_item(desk, row, received);
    if (err != ERR_OK || received->is_tombstone)
        return err;
    err = read_content(desk, received, &message, &found);
    if (err == ERR_POLICY || (err == ERR_FORMAT && message == NULL))
        *refusal = REFUSAL_CONTENT;
    else if (err != ERR_OK) /* not sealed to this credential; `show` tells */
        return err == ERR_NOMEM || desk->problems->count > 0 ? err : ERR_OK;
    *content = content_of(message);
    return ERR_OK;
}

/* What the case makes of it: the last of its thread that is judged. */
static enum err
judge_in_case(struct desk *desk, const struct header *header,
              const struct store_step_content *content, const struct store_received *row,
              uint32_t *refusal)
{
    struct casework work = {.is_begun = false};

    enum err err = casework_load(desk, &header->thread_id, desk->arena, &work);
    if (err == ERR_NOT_FOUND || (err == ERR_OK && !work.is_begun))
        return ERR_OK;
    if (err != ERR_OK)
        return err;
    size_t at = 0;
    while (at < work.count && work.steps[at].has_leaf && work.steps[at].leaf < row->leaf)
        at++;
    work.entries[at] = make_entry(&work, header, content);
    work.entries[at].time_ms = row->time_ms;
    work.count = at + 1;
    judge_all(&work);
    if (work.judgements[at].effect == MLA_EFFECT_IMPOSSIBLE)
        *refusal = REFUSAL_CASE;
    return ERR_OK;
}

static enum err
judge_row(struct desk *desk, const struct store_received *row)
{
    struct store_step_content content;
    uint32_t refusal = REFUSAL_NONE;
    struct header header;

    enum err err = header_decode(row->header, desk->arena, &header);
    if (err == ERR_OK)
        err = open_row(desk, row, &header, &content, &refusal);
    if (err == ERR_OK)
        err = judge_in_case(desk, &header, &content, row, &refusal);
    if (err == ERR_OK)
        err = store_settle_step(desk->store, row, &header, &content, refusal, desk->problems);
    /* Of a tombstone nothing was read, so nothing is signed; a withdrawal has nothing to read. */
    if (err == ERR_OK && row->item.len > 0)
        err = add_receipts(desk, row, &header, refusal);
    return err;
}

static enum err
judge_next(struct desk *desk)
{
    struct store_received row;

    enum err err = store_next_unjudged(desk->store, desk->arena, &row);
    if (err != ERR_OK)
        return err == ERR_NOT_FOUND ? err : store_error(err, desk->problems);
    err = officer_store_begin(desk->store, desk->problems);
    if (err != ERR_OK)
        return err;
    err = judge_row(desk, &row);
    if (err == ERR_OK)
        return officer_store_commit(desk->store, desk->problems);
    officer_store_rollback(desk->store);
    return err;
}

enum err
casework_judge(struct desk *desk)
{
    struct arena *kept = desk->arena, *own = NULL;
    enum err err = arena_new(ARENA_BYTES_MAX, &own);

    /* Whoever fetches has things in the desk's arena. */
    desk->arena = own;
    while (err == ERR_OK) { /* ends: each round settles one */
        arena_reset(own);
        err = judge_next(desk);
    }
    desk->arena = kept;
    arena_free(&own);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

/* ---- sending */

static enum err
read_content_to_send(struct desk *desk, const struct header *header, struct span bytes,
                     struct store_step_content *out)
{
    ProtobufCMessage *message = NULL;
    enum err err = ERR_OK;

    if (header->action != DENREI__V1__ACTION__ACTION_WITHDRAW)
        err = wire_decode(kind_find(header->kind)->content, bytes, desk->arena, &message);
    if (err == ERR_OK)
        *out = content_of(message);
    return err;
}

/* What is right now, for each party. */
static void
tell_impossible(struct desk *desk, const struct casework *work, const struct header *header)
{
    const enum mla_party own = (enum mla_party)party_of(work, header->from);
    const enum mla_party other = own == MLA_REQUESTING ? MLA_REQUESTED : MLA_REQUESTING;
    const struct mla_judgement *judgement = &work->judgements[work->count - 1];
    char states[MLA_STATES_TEXT_BYTES], may[MLA_STEPS_TEXT_BYTES], others[MLA_STEPS_TEXT_BYTES];
    char step[MLA_STEPS_TEXT_BYTES], cure[2 * MLA_STEPS_TEXT_BYTES + 2 * MEMBER_ID_MAX + 32];
    uint32_t tried = work->entries[work->count - 1].steps;

    if (tried == 0)
        tried = judgement->steps;
    mla_states_text(judgement->before, states);
    mla_steps_text(mla_case_steps(&work->at.now, own), may);
    mla_steps_text(mla_case_steps(&work->at.now, other), others);
    mla_steps_text(tried, step);
    snprintf(cure, sizeof cure, "%.64s may send: %s; %.64s: %s", header->from, may,
             casework_member(work, other), others);
    problems_add(desk->problems, "case", cure, "the case is %s: %s cannot send %s now", states,
                 header->from,
                 tried == 0 ? "this reply (it answers no question that is open)" : step);
}

static void
look_for_news(struct desk *desk)
{
    const struct problems told = *desk->problems;
    size_t count = 0;

    if (desk->options->offline || desk->options->dry_run)
        return;
    /* Without the relay what is known here decides, and the recipient judges again. */
    if (desk_connect(desk) != ERR_OK || carry_fetch(desk, &count) != ERR_OK)
        *desk->problems = told;
}

enum err
casework_check(struct desk *desk, const struct header *header, struct span content)
{
    struct store_step_content step;
    struct casework work = {.is_begun = false};

    if (header->kind != DENREI__V1__KIND__KIND_MLA)
        return ERR_OK;
    look_for_news(desk);
    enum err err = casework_load(desk, &header->thread_id, desk->arena, &work);
    if (err == ERR_NOT_FOUND || (err == ERR_OK && !work.is_begun))
        return ERR_OK;
    if (err == ERR_OK)
        err = read_content_to_send(desk, header, content, &step);
    if (err != ERR_OK)
        return err;
    work.entries[work.count] = make_entry(&work, header, &step);
    work.count++;
    judge_all(&work);
    if (work.judgements[work.count - 1].effect != MLA_EFFECT_IMPOSSIBLE)
        return ERR_OK;
    tell_impossible(desk, &work, header);
    return ERR_POLICY;
}

enum err
casework_put(struct desk *desk, const struct header *header, struct span content)
{
    struct store_step_content step;

    if (header->kind != DENREI__V1__KIND__KIND_MLA)
        return ERR_OK;
    enum err err = read_content_to_send(desk, header, content, &step);
    return err == ERR_OK ? store_add_step(desk->store, header, true, &step, desk->problems) : err;
}
