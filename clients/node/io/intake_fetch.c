#include "clients/io/convict.h"
#include "clients/node/io/intake_inner.h"
#include "clients/node/io/records_person.h"

#include "proto/io/clock.h"
#include "proto/io/log.h"

#include <string.h>

/* ---- one message */

/*
 * Who began the thread, which decides who may take the next step in a case.  Whoever is in a thread
 * got its first message; where a reply is the first that came, our own member began it.
 */
static enum err
find_beginner(struct intake *intake, const struct header *header, char beginner[MEMBER_ID_MAX + 1])
{
    const char *first = header->has_in_reply_to ? state_self(intake->state)->member : header->from;
    enum err err = records_find_thread(intake->records, &header->thread_id, beginner);

    if (err == ERR_NOT_FOUND) {
        memcpy(beginner, first, strlen(first) + 1);
        err = records_put_thread(intake->records, &header->thread_id, first);
    }
    return err;
}

/* A step of an MLA case, read or not, is judged by what its thread has received. */
static enum err
judge_step(struct intake *intake, const struct received *received, const ProtobufCMessage *message,
           struct node_knowledge *knowledge)
{
    bool is_right = true;

    if (received->header.kind != DENREI__V1__KIND__KIND_MLA)
        return ERR_OK;
    intake->step = intake_step_of(received, message);
    enum err err = intake_judge_step(intake, received, &intake->step, &is_right);
    knowledge->is_out_of_case = !is_right;
    return err;
}

/* Open and check the content: what is wrong with it is knowledge, and no error. */
static enum err
read_content(struct intake *intake, const struct received *received, struct span *content,
             ProtobufCMessage **message, struct node_knowledge *knowledge)
{
    const struct trust *trust = state_trust(intake->state);
    const struct received_reader reader = {
        .credential = &state_self(intake->state)->credential,
        .encryption = keyfile_find(intake->key, DENREI__V1__KEY_USE__KEY_USE_ENCRYPTION),
    };
    struct problems problems = {0};

    if (received->refusal != REFUSAL_NONE || received->is_tombstone)
        return ERR_OK;
    knowledge->opened = received_open(trust, received, &reader, intake->content_arena, content);
    if (knowledge->opened != ERR_OK)
        return knowledge->opened == ERR_NOMEM ? ERR_NOMEM : ERR_OK;
    char beginner[MEMBER_ID_MAX + 1];
    enum err err = find_beginner(intake, &received->header, beginner);
    if (err != ERR_OK)
        return err;
    err = received_check_content(trust, &received->header, received->leaf, beginner, *content,
                                 intake->content_arena, message, &problems);
    if (err == ERR_OK)
        err = received_check_attachments(received, *message, &problems);
    knowledge->is_content_right = err == ERR_OK;
    err = judge_step(intake, received, *message, knowledge);
    if (err != ERR_OK)
        return err;
    if (!problems_is_empty(&problems))
        log_event(LOG_LEVEL_WARN, "content-refused", "msg=%s from=%s path=%s",
                  log_id(received->ref.id.bytes).text, received->ref.from,
                  problems.list[0].path.text);
    if (!knowledge->is_content_right) {
        *content = (struct span){NULL, 0};
        *message = NULL;
        arena_reset(intake->content_arena); /* which it may have filled; a receipt is due */
    }
    return ERR_OK;
}

static enum err
look_around(struct intake *intake, const struct received *received,
            struct node_knowledge *knowledge, struct record *older)
{
    uint64_t by_leaf = 0;
    enum err err = records_find_stop(intake->records, received->ref.from, &received->ref.id,
                                     &by_leaf, &knowledge->stop);

    knowledge->has_stop = err == ERR_OK;
    if (err != ERR_OK && err != ERR_NOT_FOUND)
        return err;
    if (!received->header.has_supersedes)
        return ERR_OK;
    err = records_find(intake->records, received->header.supersedes.from,
                       &received->header.supersedes.id, older);
    knowledge->has_older = err == ERR_OK;
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err
put_receipts(struct intake *intake, const struct received *received, const struct node_plan *plan)
{
    const struct state_self *self = state_self(intake->state);
    enum err err = ERR_OK;

    for (size_t i = 0; i < plan->receipts_count && err == ERR_OK; i++) {
        const struct delivery_receipt receipt = {
            .message = received->ref,
            .member = self->member,
            .credential = self->credential,
            .status = plan->receipts[i],
            .reason = plan->reason,
            .time_ms = clock_now_ms(),
        };
        struct span bytes = {NULL, 0};
        err = delivery_receipt_encode(&receipt, intake->content_arena, &bytes);
        if (err == ERR_OK)
            err = records_put_receipt(intake->records, bytes);
    }
    return err;
}

/* What screening cannot answer while the message is not here. */
static enum record_missing
missing_of(Denrei__V1__Kind kind)
{
    return kind == DENREI__V1__KIND__KIND_LOST_PASSPORT   ? RECORD_MISSES_DOCUMENTS
           : kind == DENREI__V1__KIND__KIND_SUSPECT_ALERT ? RECORD_MISSES_PERSON
                                                          : RECORD_MISSES_NOTHING;
}

static enum err
index_content(struct records *records, const struct record *record, Denrei__V1__Kind kind,
              const ProtobufCMessage *message)
{
    if (kind == DENREI__V1__KIND__KIND_LOST_PASSPORT)
        return records_index_lost(records, record->leaf, record->expires_ms,
                                  (const Denrei__V1__LostPassport *)message);
    if (kind == DENREI__V1__KIND__KIND_SUSPECT_ALERT)
        return records_index_person(records, record->leaf, record->expires_ms,
                                    (const Denrei__V1__SuspectAlert *)message);
    return ERR_OK;
}

static enum err
apply_plan(struct intake *intake, const struct received *received, const struct node_plan *plan,
           const struct span content, const ProtobufCMessage *message, uint64_t older_leaf)
{
    const struct record record = {
        .leaf = received->leaf,
        .slot = received->slot,
        .sender = received->ref.from,
        .id = received->ref.id,
        .hash = received->ref.hash,
        .state = plan->state,
        .reason = plan->reason,
        .time_ms = received->time_ms,
        .received_ms = clock_now_ms(),
        .expires_ms = received->header.expires_at_ms,
        .header = received->served.header,
        .content = plan->keeps_content ? content : (struct span){NULL, 0},
        .missing = plan->is_missing ? missing_of(received->header.kind) : RECORD_MISSES_NOTHING,
    };
    enum err err = records_put(intake->records, &record);

    if (err == ERR_OK && plan->keeps_content)
        err = index_content(intake->records, &record, received->header.kind, message);
    if (err == ERR_OK && plan->ends_older)
        err = records_end(intake->records, older_leaf, plan->older, true);
    if (err == ERR_OK && plan->puts_stop)
        err = records_put_stop(intake->records, &received->header.supersedes, received->leaf,
                               plan->older);
    if (err == ERR_OK && received->header.has_in_reply_to &&
        strcmp(received->header.in_reply_to.from, state_self(intake->state)->member) == 0)
        err = records_put_reply(intake->records, &received->header.in_reply_to.id, received->leaf);
    if (err == ERR_OK && intake->has_hook)
        err = records_put_hook(intake->records, received->leaf, 0, clock_now_ms());
    return err == ERR_OK ? put_receipts(intake, received, plan) : err;
}

static enum err
store(struct intake *intake, const struct received *received)
{
    struct node_knowledge knowledge = {
        .opened = ERR_OK,
        .now_ms = screen_proven_ms(&intake->view, clock_now_ms()),
    };
    struct record older = {.leaf = 0};
    struct span content = {NULL, 0};
    ProtobufCMessage *message = NULL;

    arena_reset(intake->content_arena);
    intake->step = intake_step_of(received, NULL);
    enum err err = read_content(intake, received, &content, &message, &knowledge);
    if (err == ERR_OK)
        err = look_around(intake, received, &knowledge, &older);
    if (err != ERR_OK)
        return err;
    struct node_plan plan = node_decide(received, &knowledge);
    err = apply_plan(intake, received, &plan, content, message, older.leaf);
    if (err == ERR_OK && received->header.kind == DENREI__V1__KIND__KIND_MLA)
        err = records_put_step(intake->records, &received->header.thread_id, &intake->step);
    if (err != ERR_OK)
        return err;
    log_event(
        plan.reason == REFUSAL_NONE ? LOG_LEVEL_INFO : LOG_LEVEL_WARN, "stored",
        "msg=%s from=%s kind=%s leaf=%llu state=%s reason=%s", log_id(received->ref.id.bytes).text,
        received->ref.from, received->kind == NULL ? "unknown" : received->kind->name,
        (unsigned long long)received->leaf, node_state_word(plan.state), refusal_name(plan.reason));
    if (received->is_suspect)
        log_event(LOG_LEVEL_WARN, "suspect-credential", "msg=%s from=%s",
                  log_id(received->ref.id.bytes).text, received->ref.from);
    return ERR_OK;
}

/* ---- one reply */

static void
keep_evidence(const struct intake *intake, const Denrei__V1__FetchReply *reply)
{
    char name[CONVICT_NAME_BYTES] = "";
    enum err err = convict_keep_fetch(state_dir(intake->state), reply, intake->content_arena, name);

    if (err == ERR_OK)
        log_event(LOG_LEVEL_ERROR, "evidence-kept", "file=%s", name);
    else
        log_event(LOG_LEVEL_ERROR, "evidence-not-kept", "why=%s",
                  err == ERR_EXISTS ? "there is enough" : err_text(err));
}

static enum err
take_item(struct intake *intake, const Denrei__V1__FetchItem *item, const struct merkle_head *head,
          const struct head *mailbox, struct received_position *position)
{
    struct received received;
    const struct span entry = {item->entry.data, item->entry.len};
    enum err err =
        session_check_entry(head, entry, item->leaf, item->path, item->n_path, intake->arena);

    if (err == ERR_OK)
        err = received_check(state_trust(intake->state), state_self(intake->state)->member, item,
                             &intake->cache, intake->arena, &received);
    if (err == ERR_UNKNOWN)
        return ERR_FORMAT; /* a suite that no relay may accept */
    if (err != ERR_OK)
        return err;
    if (!received_is_next(position, &received.slot) || !received_is_within(&received, mailbox))
        return ERR_CONFLICT;
    err = store(intake, &received);
    if (err == ERR_OK)
        received_advance(position, &received.slot);
    return err == ERR_EXISTS ? ERR_CONFLICT : err; /* one message at two places in the log */
}

/* All of a reply, in one transaction with the position it leads to. */
static enum err
take_items(struct intake *intake, const Denrei__V1__FetchReply *reply,
           const struct merkle_head *head, const struct head *mailbox)
{
    struct received_position position = {intake->view.flash_stored, intake->view.rest_stored};
    struct screen_view view = intake->view;
    enum err err = records_begin(intake->records);

    if (err != ERR_OK)
        return err;
    for (size_t i = 0; i < reply->n_items && err == ERR_OK; i++)
        err = take_item(intake, reply->items[i], head, mailbox, &position);
    view.flash_stored = position.flash;
    view.rest_stored = position.rest;
    view.flash_last = mailbox->flash_last;
    view.rest_last = mailbox->rest_last;
    view.head_time_ms = mailbox->time_ms;
    view.tree_size = head->leaf_count;
    if (err == ERR_OK)
        err = records_put_view(intake->records, &view);
    if (err != ERR_OK) {
        records_rollback(intake->records);
        return err;
    }
    err = records_commit(intake->records);
    if (err == ERR_OK)
        intake->view = view;
    return err;
}

static enum err
take_reply(struct intake *intake, struct connect *connect, const Denrei__V1__FetchReply *reply,
           struct problems *problems)
{
    const struct received_position position = {intake->view.flash_stored, intake->view.rest_stored};
    const struct received_position least =
        received_furthest(&position, intake->view.flash_last, intake->view.rest_last);
    const struct session_proof proof = {
        .checkpoint = reply->checkpoint,
        .consistency = reply->consistency,
        .consistency_len = reply->n_consistency,
    };
    struct merkle_head head;
    struct head mailbox;
    enum err err = connect_advance(connect, &proof, intake->arena, &head, problems);

    if (err != ERR_OK)
        return err;
    if (connect_note_documents(connect, reply->documents)) {
        err = connect_refresh(connect, problems); /* authority is judged at the leaf's place */
        if (err != ERR_OK)
            return err;
    }
    err = received_check_head(state_trust(intake->state), state_self(intake->state)->member, &head,
                              &least, reply, intake->arena, &mailbox);
    if (err == ERR_OK)
        err = take_items(intake, reply, &head, &mailbox);
    if (err == ERR_OK && received_is_held_back(reply, &mailbox, &position))
        err = ERR_CONFLICT; /* once the view says that something waits */
    if (err == ERR_PROOF || err == ERR_CONFLICT || err == ERR_FORMAT || err == ERR_SIGNATURE ||
        err == ERR_COMMITMENT) {
        keep_evidence(intake, reply);
        problems_add(problems, connect_endpoint(connect),
                     "keep the evidence file in the state directory and tell your auditor",
                     "the relay served a mailbox that does not hold: %s", err_text(err));
    }
    return err;
}

enum err
intake_fetch(struct intake *intake, struct connect *connect, uint64_t wait_ms, size_t *stored,
             struct problems *problems)
{
    Denrei__V1__FetchCall call = DENREI__V1__FETCH_CALL__INIT;
    Denrei__V1__Request request = DENREI__V1__REQUEST__INIT;
    Denrei__V1__Reply *reply = NULL;

    *stored = 0;
    arena_reset(intake->arena);
    intake_note_directory(intake);
    call.flash_after = intake->view.flash_stored;
    call.rest_after = intake->view.rest_stored;
    call.credit = FETCH_CREDIT_MAX;
    call.wait_ms = (uint32_t)(wait_ms < FETCH_WAIT_MS_MAX ? wait_ms : FETCH_WAIT_MS_MAX);
    call.checkpoint_size = connect_session(connect)->head.leaf_count;
    request.call_case = DENREI__V1__REQUEST__CALL_FETCH;
    request.fetch = &call;
    enum err err = connect_call(connect, &request, call.wait_ms + CONNECT_TIMEOUT_MS, intake->arena,
                                &reply, problems);
    if (err != ERR_OK)
        return err;
    err = take_reply(intake, connect, reply->fetch, problems);
    if (err == ERR_OK)
        *stored = reply->fetch->n_items;
    return err;
}
