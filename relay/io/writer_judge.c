/* Requests and the passing of time as events of the machine, with what the store knows. */
#include "relay/io/answer_inner.h"
#include "relay/io/writer_inner.h"

#include "proto/hash.h"
#include "proto/io/disk.h"
#include "proto/io/log.h"

#include <string.h>

enum { ERASE_PER_TICK = 32, SWEEP_PER_TICK = 64 };

static_assert(2 * ERASE_PER_TICK * ATTACHMENTS_MAX <= WRITER_ERASED_MAX);

/* Decode the header of the message entry known->entry.  Damage ends the process. */
enum refusal
writer_read_header(struct relay_known *known, struct arena *arena)
{
    struct header *header = arena_alloc(arena, sizeof *header);
    struct log_entry entry;

    if (header == NULL)
        return REFUSAL_TOO_LARGE;
    enum err err = entry_decode(known->entry, arena, &entry);
    if (err == ERR_OK && entry.type != DENREI__V1__LOG_ENTRY__EVENT_MESSAGE)
        err = ERR_CORRUPT;
    if (err == ERR_OK)
        err = header_decode(entry.message.header, arena, header);
    known->header = header;
    return answer_refusal(err);
}

/* What the store knows of the message (from, id), with its entry. */
enum refusal
writer_find_known(struct writer *writer, const char *from, const struct id *id, struct arena *arena,
                  struct relay_known *out)
{
    const struct mailbox *sender = mailboxes_find(relay_mailboxes(writer->parts.relay), from);
    struct store_message message;

    *out = (struct relay_known){.is_found = false};
    if (sender == NULL)
        return REFUSAL_NONE;
    enum err err = store_find_message(writer->parts.store, sender->number, id, &message);
    if (err == ERR_NOT_FOUND)
        return REFUSAL_NONE;
    if (err == ERR_OK)
        err = store_find_entry(writer->parts.store, message.leaf, arena, &out->entry);
    if (err != ERR_OK)
        return answer_refusal(err == ERR_NOT_FOUND ? ERR_CORRUPT : err);
    out->is_found = true;
    out->hash = message.hash;
    out->leaf = message.leaf;
    out->superseded_by = message.superseded_by;
    return REFUSAL_NONE;
}

static enum refusal
find_known_with_header(struct writer *writer, const struct message_ref *ref, struct arena *arena,
                       struct relay_known *out)
{
    enum refusal code = writer_find_known(writer, ref->from, &ref->id, arena, out);

    return code == REFUSAL_NONE && out->is_found ? writer_read_header(out, arena) : code;
}

static void
judge_message(struct writer *writer, struct work *work, size_t index)
{
    const struct checked_message *checked = &work->messages[index];
    const struct header *header = &checked->header;
    struct relay_event event = {.type = RELAY_MESSAGE, .caller = &work->caller};
    enum refusal code = REFUSAL_NONE;
    struct applied applied;

    event.message.checked = checked;
    arena_reset(writer->steps); /* of what it refers to, which may be longer than itself */
    if (checked->is_signed)
        code =
            writer_find_known(writer, header->from, &header->id, work->arena, &event.message.known);
    if (code == REFUSAL_NONE && checked->is_signed && header->has_in_reply_to)
        code = find_known_with_header(writer, &header->in_reply_to, writer->steps,
                                      &event.message.in_reply_to);
    if (code == REFUSAL_NONE && checked->is_signed && header->has_supersedes)
        code = find_known_with_header(writer, &header->supersedes, writer->steps,
                                      &event.message.supersedes);
    if (code != REFUSAL_NONE) {
        work->results[index].code = code;
        return;
    }
    event.message.is_attached = writer_has_attachments(writer, checked);
    writer_step(writer, &event, work->arena, &applied);
    work->results[index] = (struct work_result){applied.code, applied.leaf, applied.entry};
    if (applied.code == REFUSAL_NONE)
        writer_keep_attachments(writer, checked);
}

static void
judge_submit(struct writer *writer, struct work *work)
{
    size_t count = work->request->submit->n_envelopes;

    work->results = arena_alloc(work->arena, count * sizeof *work->results);
    if (work->results == NULL) {
        work->code = REFUSAL_TOO_LARGE;
        return;
    }
    for (size_t i = 0; i < count; i++)
        judge_message(writer, work, i);
}

/* Take what the machine answered for the work as a whole. */
static void
take_answer(struct work *work, const struct applied *applied)
{
    work->code = applied->code;
    work->leaf = applied->leaf;
    work->number = applied->number;
}

/*
 * The entry is looked at in the writer's own memory, one at a time: it may be a hundred times as
 * long as the receipt, and a full batch of them would not fit what the request is given.
 */
static enum refusal
find_known_receipt(struct writer *writer, const struct delivery_receipt *receipt,
                   struct relay_known_receipt *out)
{
    const struct mailbox *mailbox =
        mailboxes_find(relay_mailboxes(writer->parts.relay), receipt->member);
    struct relay_delivery delivery = {.status = receipt->status};

    *out = (struct relay_known_receipt){.is_addressed = false};
    arena_reset(writer->steps);
    enum refusal code =
        find_known_with_header(writer, &receipt->message, writer->steps, &out->message);
    if (code != REFUSAL_NONE || !out->message.is_found || mailbox == NULL)
        return code;
    out->is_addressed = header_is_to(out->message.header, receipt->member);
    out->message.header = NULL;
    out->message.entry = (struct span){NULL, 0};
    delivery.message_leaf = out->message.leaf;
    delivery.credential_tag = relay_credential_tag(receipt);
    enum err err = store_find_delivery(writer->parts.store, mailbox->number, &delivery, &out->leaf);
    out->is_repeat = err == ERR_OK;
    if (err == ERR_OK || err == ERR_NOT_FOUND)
        err = store_has_delivery(writer->parts.store, out->message.leaf, mailbox->number,
                                 &out->is_acknowledged);
    return answer_refusal(err);
}

static void
judge_receipts(struct writer *writer, struct work *work)
{
    const struct checked_receipts *checked = &work->receipts;
    struct relay_event event = {.type = RELAY_RECEIPTS, .caller = &work->caller};
    struct relay_known_receipt *known = arena_alloc(work->arena, checked->count * sizeof *known);
    enum refusal code = known == NULL ? REFUSAL_TOO_LARGE : REFUSAL_NONE;
    struct applied applied;

    for (size_t i = 0; code == REFUSAL_NONE && i < checked->count; i++)
        code = find_known_receipt(writer, &checked->list[i].receipt, &known[i]);
    if (code != REFUSAL_NONE) {
        work->code = code;
        return;
    }
    event.receipts.checked = checked;
    event.receipts.known = known;
    writer_step(writer, &event, work->arena, &applied);
    take_answer(work, &applied);
}

static void
judge_document(struct writer *writer, struct work *work)
{
    const struct checked_document *checked = &work->document;
    struct relay_event event = {.type = RELAY_DOCUMENT, .caller = &work->caller};
    struct applied applied;

    event.document.checked = checked;
    if (checked->code == REFUSAL_NONE) {
        enum err err = store_find_document_hash(writer->parts.store, &checked->hash,
                                                &event.document.number, &event.document.leaf);
        event.document.is_known = err == ERR_OK;
        if (err != ERR_NOT_FOUND)
            (void)answer_refusal(err);
    }
    writer_step(writer, &event, work->arena, &applied);
    take_answer(work, &applied);
}

static void
judge_cosign(struct writer *writer, struct work *work)
{
    const Denrei__V1__CosignCall *call = work->request->cosign;
    struct relay_event event = {.type = RELAY_COSIGN, .caller = &work->caller};
    struct store_published published = {0};
    struct applied applied;

    enum err err = store_find_published(writer->parts.store, call->size, work->arena, &published);
    if (err != ERR_NOT_FOUND && answer_refusal(err) != REFUSAL_NONE) {
        work->code = REFUSAL_TOO_LARGE;
        return;
    }
    event.cosign.line =
        (struct span){(const uint8_t *)call->cosignature, strlen(call->cosignature)};
    event.cosign.size = call->size;
    event.cosign.note = published.note;
    writer_step(writer, &event, work->arena, &applied);
    take_answer(work, &applied);
}

static void
judge_access(struct writer *writer, struct work *work)
{
    const Denrei__V1__EntriesCall *call = work->request->entries;
    uint64_t published = relay_newest_published(writer->parts.relay)->size;
    struct relay_event event = {.type = RELAY_ACCESS, .caller = &work->caller};
    struct applied applied;

    if (call->from_leaf >= published)
        return; /* nothing is read */
    event.access.from_leaf = call->from_leaf;
    event.access.to_leaf =
        call->count < published - call->from_leaf ? call->from_leaf + call->count : published;
    writer_step(writer, &event, work->arena, &applied);
    take_answer(work, &applied);
}

void
writer_judge(struct writer *writer, struct work *work)
{
    if (work->code != REFUSAL_NONE)
        return;
    work->code = relay_admit(writer->parts.relay, &work->credential, writer->now_ms, &work->caller);
    work->is_session_ended = work->code == REFUSAL_CREDENTIAL;
    if (work->code == REFUSAL_NONE)
        work->code = relay_check_call(writer->parts.relay, &work->caller, work->request->call_case);
    if (work->code != REFUSAL_NONE)
        return;
    if (work->request->call_case == DENREI__V1__REQUEST__CALL_SUBMIT)
        judge_submit(writer, work);
    else if (work->request->call_case == DENREI__V1__REQUEST__CALL_ACKNOWLEDGE)
        judge_receipts(writer, work);
    else if (work->request->call_case == DENREI__V1__REQUEST__CALL_PUBLISH)
        judge_document(writer, work);
    else if (work->request->call_case == DENREI__V1__REQUEST__CALL_COSIGN)
        judge_cosign(writer, work);
    else if (work->request->call_case == DENREI__V1__REQUEST__CALL_ENTRIES)
        judge_access(writer, work);
    else if (work->request->call_case == DENREI__V1__REQUEST__CALL_PUT_CHUNK)
        writer_judge_put(writer, work);
    else if (work->request->call_case == DENREI__V1__REQUEST__CALL_GET_CHUNK)
        writer_judge_get(writer, work);
}

void
writer_check_space(struct writer *writer)
{
    uint64_t free_bytes = 0;

    if (disk_free_bytes(writer->settings.path, &free_bytes) != ERR_OK)
        return;
    bool is_full = free_bytes < writer->settings.reserve_bytes;
    writer->free_bytes = is_full ? 0 : free_bytes - writer->settings.reserve_bytes;
    if (is_full != writer->is_full)
        log_event(
            is_full ? LOG_LEVEL_ERROR : LOG_LEVEL_INFO, "disk",
            "free_bytes=%llu reserve_bytes=%llu new_messages=%s", (unsigned long long)free_bytes,
            (unsigned long long)writer->settings.reserve_bytes, is_full ? "refused" : "accepted");
    writer->is_full = is_full;
    relay_set_full(writer->parts.relay, is_full);
}

/* The recipients that never acknowledged the message. */
static enum refusal
find_unacknowledged(struct writer *writer, struct relay_event *event)
{
    const struct header *header = event->erase.message.header;
    const char **list = arena_alloc(writer->steps, header->to_count * sizeof *list);
    bool has = false;

    if (list == NULL)
        return REFUSAL_TOO_LARGE;
    for (size_t i = 0; i < header->to_count; i++) {
        const struct mailbox *mailbox =
            mailboxes_find(relay_mailboxes(writer->parts.relay), header->to[i]);
        if (mailbox == NULL)
            continue;
        enum refusal code = answer_refusal(store_has_delivery(
            writer->parts.store, event->erase.message.leaf, mailbox->number, &has));
        if (code != REFUSAL_NONE)
            return code;
        if (!has)
            list[event->erase.unacknowledged_count++] = header->to[i];
    }
    event->erase.unacknowledged = list;
    return REFUSAL_NONE;
}

/* Erase the body of the message at `leaf`; whether it is gone.  *known is the message. */
static bool
erase(struct writer *writer, uint64_t leaf, struct relay_known *known)
{
    const struct hash *federation = trust_federation(relay_trust(writer->parts.relay));
    struct store *store = writer->parts.store;
    struct relay_event event = {.type = RELAY_ERASE};
    struct log_entry entry;
    struct applied applied;
    struct span body;

    *known = (struct relay_known){.leaf = leaf, .is_found = true};
    enum err err = store_find_entry(store, leaf, writer->steps, &known->entry);
    if (answer_refusal(err == ERR_NOT_FOUND ? ERR_CORRUPT : err) != REFUSAL_NONE ||
        writer_read_header(known, writer->steps) != REFUSAL_NONE ||
        entry_decode(known->entry, writer->steps, &entry) != ERR_OK)
        return false;
    known->hash = envelope_message_hash(federation, entry.message.header, entry.message.seal);
    err = store_find_body(store, leaf, header_keep_until_ms(known->header), writer->steps, &body);
    if (err == ERR_NOT_FOUND)
        return true; /* erased before */
    event.erase.message = *known;
    if (answer_refusal(err) != REFUSAL_NONE || find_unacknowledged(writer, &event) != REFUSAL_NONE)
        return false;
    writer_step(writer, &event, writer->steps, &applied);
    if (applied.has_erased)
        writer_erase_attachments(writer, known->header, entry.message.seal);
    return applied.has_erased; /* not while nothing may be written: later then */
}

/* What was withdrawn goes with all that it had superseded. */
static void
erase_withdrawn(struct writer *writer)
{
    uint64_t leaves[ERASE_PER_TICK];
    struct store *store = writer->parts.store;
    struct relay_known known, earlier;
    size_t count = 0;

    if (answer_refusal(store_list_erasing(store, leaves, ERASE_PER_TICK, &count)) != REFUSAL_NONE)
        return;
    for (size_t i = 0; i < count; i++) {
        arena_reset(writer->steps);
        if (!erase(writer, leaves[i], &known))
            continue;
        store_begin(store);
        if (known.header->has_supersedes &&
            writer_find_known(writer, known.header->from, &known.header->supersedes.id,
                              writer->steps, &earlier) == REFUSAL_NONE &&
            earlier.is_found)
            store_put_erasing(store, earlier.leaf);
        store_end_erasing(store, leaves[i]);
    }
}

static void
erase_expired(struct writer *writer)
{
    uint64_t leaves[ERASE_PER_TICK];
    uint64_t erasable_ms = relay_erasable_ms(writer->parts.relay, writer->now_ms);
    struct relay_known known;
    size_t count = 0;

    if (answer_refusal(store_list_expired(writer->parts.store, erasable_ms, leaves, ERASE_PER_TICK,
                                          &count)) != REFUSAL_NONE)
        return;
    for (size_t i = 0; i < count; i++) {
        arena_reset(writer->steps);
        (void)erase(writer, leaves[i], &known);
    }
}

/* What passed, once a minute if anything did. */
static void
report_traffic(struct writer *writer)
{
    const struct relay_counts counts = relay_counts(writer->parts.relay);

    if (writer->now_ms < writer->traffic_ms + MINUTE_MS ||
        (counts.accepted == writer->told.accepted && counts.refused == writer->told.refused))
        return;
    log_event(LOG_LEVEL_INFO, "traffic", "accepted=%llu refused=%llu size=%llu sessions=%llu",
              (unsigned long long)(counts.accepted - writer->told.accepted),
              (unsigned long long)(counts.refused - writer->told.refused),
              (unsigned long long)ledger_size(relay_ledger(writer->parts.relay)),
              (unsigned long long)writer->sessions);
    writer->traffic_ms = writer->now_ms;
    writer->told = counts;
}

void
writer_tick(struct writer *writer)
{
    const struct relay_event event = {.type = RELAY_TICK};
    struct applied applied;

    arena_reset(writer->steps);
    writer_step(writer, &event, writer->steps, &applied);
    erase_withdrawn(writer);
    erase_expired(writer);
    writer_check_space(writer);
    writer_sweep(writer, SWEEP_PER_TICK);
    report_traffic(writer);
}
