/*
 * rig.h - a relay's machine with a store in memory, for tests: it brings events what a store would
 * know and does the effects, as the host does.
 */
#ifndef TESTS_UNIT_RELAY_RIG_H
#define TESTS_UNIT_RELAY_RIG_H

#include "proto/batch.h"
#include "proto/hash.h"
#include "relay/relay.h"
#include "tests/unit/federation.h"

#include <check.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RIG_ENTRIES_MAX = 600, RIG_MESSAGES_MAX = 300, RIG_DELIVERIES_MAX = 300 };

struct rig_message {
    uint32_t sender;
    struct id id;
    struct hash hash;
    uint64_t leaf, superseded_by;
};

struct rig_delivery {
    uint32_t member;
    struct relay_delivery delivery;
    uint64_t leaf;
};

/* The outcome of a step. */
struct rig_answer {
    bool has;
    enum refusal code;
    uint64_t leaf, number;
};

struct rig {
    struct fed *fed;
    struct fed_member *sender, *receiver, *auditor;
    struct relay *relay;
    uint64_t now_ms;
    struct arena *arena;      /* of one step */
    struct arena *keep;       /* of entries and envelopes */
    struct batch_cache cache; /* of verification */
    struct span entries[RIG_ENTRIES_MAX];
    size_t entries_count;
    struct rig_message messages[RIG_MESSAGES_MAX];
    size_t messages_count;
    struct rig_delivery deliveries[RIG_DELIVERIES_MAX];
    size_t deliveries_count;
    uint64_t documents, trust_changes;
    uint64_t published_size, published_count, witnessed_ms;
    char published[RELAY_NOTE_MAX + 1];
    size_t published_len;
    uint64_t erasing_leaf, erased_leaf;
    enum relay_report last_report;
    size_t reports;
    struct relay_effects effects;
    uint64_t ids;
};

static inline enum err
rig_no_tile(void *context, const struct tile_ref *ref, struct hash *hashes)
{
    (void)context;
    (void)ref;
    (void)hashes;
    return ERR_NOT_FOUND; /* trees of tests are small: all tiles are in memory */
}

static inline void
rig_apply_one(struct rig *rig, const struct relay_effect *effect, struct rig_answer *answer)
{
    struct span *entry = &rig->entries[rig->entries_count];

    switch (effect->type) {
    case RELAY_PUT_ENTRY:
        ck_assert_uint_eq(effect->entry.leaf, rig->entries_count);
        *entry =
            (struct span){arena_copy(rig->keep, effect->entry.bytes.data, effect->entry.bytes.len),
                          effect->entry.bytes.len};
        rig->entries_count++;
        return;
    case RELAY_PUT_MESSAGE:
        rig->messages[rig->messages_count++] =
            (struct rig_message){effect->message.sender, effect->message.checked->header.id,
                                 effect->message.checked->message_hash, effect->message.leaf, 0};
        return;
    case RELAY_PUT_SUPERSEDED:
        for (size_t i = 0; i < rig->messages_count; i++)
            if (memcmp(&rig->messages[i].id, &effect->superseded.id, ID_BYTES) == 0)
                rig->messages[i].superseded_by = effect->superseded.by_leaf;
        return;
    case RELAY_PUT_DELIVERIES:
        for (size_t i = 0; i < effect->deliveries.count; i++)
            rig->deliveries[rig->deliveries_count++] = (struct rig_delivery){
                effect->deliveries.member, effect->deliveries.list[i], effect->deliveries.leaf};
        return;
    case RELAY_PUT_DOCUMENT:
        rig->documents = effect->document.number;
        return;
    case RELAY_PUT_PUBLISHED:
        rig->published_size = effect->published.size;
        rig->witnessed_ms = effect->published.witnessed_ms;
        rig->published_len = effect->published.note.len;
        memcpy(rig->published, effect->published.note.data, effect->published.note.len);
        rig->published[rig->published_len] = '\0';
        rig->published_count++;
        return;
    case RELAY_PUT_ERASING:
        rig->erasing_leaf = effect->erase.leaf;
        return;
    case RELAY_ERASE_BODY:
        rig->erased_leaf = effect->erase.leaf;
        return;
    case RELAY_TRUST_CHANGED:
        rig->trust_changes++;
        return;
    case RELAY_REPORT:
        rig->last_report = effect->report.what;
        rig->reports++;
        return;
    case RELAY_ANSWER:
        *answer = (struct rig_answer){true, effect->answer.code, effect->answer.leaf,
                                      effect->answer.number};
        return;
    }
}

/* Step and do the effects; then sign, as after a batch. */
static inline struct rig_answer
rig_step(struct rig *rig, const struct relay_event *event)
{
    struct rig_answer answer = {0};

    rig->effects.arena = rig->arena;
    relay_step(rig->relay, rig->now_ms, event, &rig->effects);
    for (size_t i = 0; i < rig->effects.count; i++)
        rig_apply_one(rig, &rig->effects.list[i], &answer);
    if (ledger_has_news(relay_ledger(rig->relay)))
        ck_assert_int_eq(ledger_seal(relay_ledger(rig->relay)), ERR_OK);
    return answer;
}

static inline struct rig_answer
rig_publish(struct rig *rig, Denrei__V1__DocumentType type, struct span document)
{
    Denrei__V1__PublishCall call = DENREI__V1__PUBLISH_CALL__INIT;
    struct relay_event event = {.type = RELAY_DOCUMENT};
    struct checked_document checked;

    call.type = type;
    call.document = wire_put(document.data, document.len);
    arena_reset(rig->arena);
    verify_document(&rig->fed->federation, &call, rig->arena, &checked);
    event.document.checked = &checked;
    return rig_step(rig, &event);
}

/* aa.send (c0 officer, c1 officer), bb.receive (c0 node, c1 officer), cc.audit (c0 auditor), all
 * documents logged; the first `witnesses` members are the witnesses. */
static inline struct rig *
rig_new(size_t witnesses)
{
    const struct relay_settings settings = {.messages = {1000, 1000}, .requests = {1000, 1000}};
    const struct tile_reader tiles = {.read = rig_no_tile};
    struct rig *rig = calloc(1, sizeof *rig);
    struct merkle empty;

    ck_assert_ptr_nonnull(rig);
    merkle_init(&empty);
    const struct merkle_head head = {0, merkle_root(&empty)};
    rig->now_ms = FED_NOW_MS;
    rig->fed = fed_new(rig->now_ms);
    rig->sender = fed_add_member(rig->fed, "aa.send");
    rig->receiver = fed_add_member(rig->fed, "bb.receive");
    rig->auditor = fed_add_member(rig->fed, "cc.audit");
    fed_found(rig->fed, witnesses);
    (void)fed_add_credential(rig->fed, rig->sender, DENREI__V1__PURPOSE__PURPOSE_OFFICER);
    (void)fed_add_credential(rig->fed, rig->sender, DENREI__V1__PURPOSE__PURPOSE_OFFICER);
    (void)fed_add_credential(rig->fed, rig->receiver, DENREI__V1__PURPOSE__PURPOSE_NODE);
    (void)fed_add_credential(rig->fed, rig->receiver, DENREI__V1__PURPOSE__PURPOSE_OFFICER);
    (void)fed_add_credential(rig->fed, rig->auditor, DENREI__V1__PURPOSE__PURPOSE_AUDITOR);
    ck_assert_int_eq(arena_new(ARENA_BYTES_MAX, &rig->arena), ERR_OK);
    ck_assert_int_eq(arena_new(ARENA_BYTES_MAX, &rig->keep), ERR_OK);
    batch_cache_init(&rig->cache);
    const struct relay_keys keys = {rig->fed->log, rig->fed->relay};
    ck_assert_int_eq(relay_new(rig->fed->directory, &settings, &keys, &head, &tiles, &rig->relay),
                     ERR_OK);
    ck_assert_int_eq(relay_begin(rig->relay, rig->now_ms), ERR_OK);
    (void)rig_step(rig, &(struct relay_event){.type = RELAY_GENESIS});
    ck_assert_int_eq(
        rig_publish(rig, DENREI__V1__DOCUMENT_TYPE__DOCUMENT_DIRECTORY, rig->fed->directory).code,
        REFUSAL_NONE);
    for (size_t i = 0; i < rig->fed->members_count; i++)
        ck_assert_int_eq(rig_publish(rig, DENREI__V1__DOCUMENT_TYPE__DOCUMENT_ROSTER,
                                     fed_issue(rig->fed, &rig->fed->members[i], NULL))
                             .code,
                         REFUSAL_NONE);
    return rig;
}

static inline void
rig_free(struct rig **rig)
{
    relay_free(&(*rig)->relay);
    arena_free(&(*rig)->arena);
    arena_free(&(*rig)->keep);
    fed_free(&(*rig)->fed);
    free(*rig);
    *rig = NULL;
}

static inline struct relay_caller
rig_caller(struct rig *rig, const struct fed_member *member, size_t credential)
{
    struct relay_caller caller = {0};

    ck_assert_int_eq(relay_admit(rig->relay, &member->credentials[credential].credential.hash,
                                 rig->now_ms, &caller),
                     REFUSAL_NONE);
    return caller;
}

/* A header from the sender's first credential to the receiver, created now. */
static inline struct header
rig_header(struct rig *rig)
{
    const char *const to[] = {rig->receiver->id};

    rig->fed->now_ms = rig->now_ms;
    return fed_header(rig->fed, rig->sender, &rig->sender->credentials[0], to, 1, ++rig->ids);
}

/* Seal and sign by `credential`; lies in rig->keep. */
static inline struct envelope
rig_seal(struct rig *rig, const struct header *header, const struct fed_credential *credential)
{
    static const uint8_t CONTENT[100];
    struct envelope envelope =
        fed_seal(rig->fed, header, (struct span){CONTENT, sizeof CONTENT}, rig->keep);

    envelope_sign(&rig->fed->federation, identity_secret(credential->signing), &envelope, 1);
    return envelope;
}

/* A receipt of the receiver, by one of its credentials. */
static inline struct delivery_receipt
rig_receipt(const struct rig *rig, const struct message_ref *message, size_t credential,
            Denrei__V1__DeliveryStatus status)
{
    const struct fed_credential *by = &rig->receiver->credentials[credential];

    return (struct delivery_receipt){.message = *message,
                                     .member = rig->receiver->id,
                                     .credential = by->credential.hash,
                                     .status = status,
                                     .time_ms = rig->now_ms};
}

/* Sign `count` receipts of the receiver as a batch and verify it; lies in rig->arena. */
static inline void
rig_verify_receipts(struct rig *rig, const struct delivery_receipt *receipts, size_t count,
                    size_t credential, struct checked_receipts *out)
{
    Denrei__V1__AcknowledgeCall call = DENREI__V1__ACKNOWLEDGE_CALL__INIT;
    ProtobufCBinaryData data[BATCH_MAX];
    struct hash leaves[BATCH_MAX];
    struct merkle_batch tree;
    struct passes *passes = NULL;

    for (size_t i = 0; i < count; i++) {
        struct span bytes;
        ck_assert_int_eq(delivery_receipt_encode(&receipts[i], rig->arena, &bytes), ERR_OK);
        data[i] = wire_put(bytes.data, bytes.len);
        leaves[i] = batch_receipt_leaf(&rig->fed->federation, bytes);
    }
    ck_assert_int_eq(merkle_batch_init(&tree, leaves, count), ERR_OK);
    const struct hash root = merkle_batch_root(&tree);
    struct sig sig = batch_sign(&rig->fed->federation, true, (uint32_t)count, &root,
                                identity_secret(rig->receiver->credentials[credential].signing));
    call.n_receipts = count;
    call.receipts = data;
    call.sig = wire_put(sig.bytes, sizeof sig.bytes);
    ck_assert_int_eq(passes_new(relay_trust(rig->relay), &passes), ERR_OK);
    const struct verify_context context = {&rig->fed->federation, passes, &rig->cache};
    verify_receipts(&context, &call, rig->arena, out);
    passes_free(&passes);
}

static inline struct relay_known
rig_known(struct rig *rig, const char *from, const struct id *id)
{
    const struct mailbox *sender = mailboxes_find(relay_mailboxes(rig->relay), from);
    struct relay_known known = {0};

    for (size_t i = 0; i < rig->messages_count && sender != NULL; i++) {
        const struct rig_message *message = &rig->messages[i];
        if (message->sender != sender->number || memcmp(&message->id, id, ID_BYTES) != 0)
            continue;
        struct header *header = arena_alloc(rig->arena, sizeof *header);
        struct log_entry entry;
        known = (struct relay_known){true,
                                     message->hash,
                                     message->leaf,
                                     message->superseded_by,
                                     rig->entries[message->leaf],
                                     header};
        ck_assert_int_eq(entry_decode(known.entry, rig->arena, &entry), ERR_OK);
        ck_assert_int_eq(header_decode(entry.message.header, rig->arena, header), ERR_OK);
    }
    return known;
}

/* Verify as the pool does. */
static inline void
rig_verify(struct rig *rig, const struct envelope *envelope, struct checked_message *checked)
{
    Denrei__V1__Envelope *wire = NULL;
    struct passes *passes = NULL;

    arena_reset(rig->arena);
    ck_assert_int_eq(passes_new(relay_trust(rig->relay), &passes), ERR_OK);
    const struct verify_context context = {&rig->fed->federation, passes, &rig->cache};
    ck_assert_int_eq(envelope_to_wire(envelope, rig->arena, &wire), ERR_OK);
    verify_message(&context, wire, rig->arena, checked);
    passes_free(&passes);
}

/* Submit as `caller`. */
static inline struct rig_answer
rig_submit_as(struct rig *rig, const struct envelope *envelope, const struct relay_caller *caller)
{
    struct relay_event event = {.type = RELAY_MESSAGE, .caller = caller};
    struct checked_message checked;

    rig_verify(rig, envelope, &checked);
    event.message.checked = &checked;
    if (checked.is_signed) {
        const struct header *header = &checked.header;
        event.message.known = rig_known(rig, header->from, &header->id);
        if (header->has_in_reply_to)
            event.message.in_reply_to =
                rig_known(rig, header->in_reply_to.from, &header->in_reply_to.id);
        if (header->has_supersedes)
            event.message.supersedes =
                rig_known(rig, header->supersedes.from, &header->supersedes.id);
    }
    return rig_step(rig, &event);
}

/* Seal `header` by the sender's first credential and submit it. */
static inline struct rig_answer
rig_send(struct rig *rig, const struct header *header)
{
    const struct envelope envelope = rig_seal(rig, header, &rig->sender->credentials[0]);
    const struct relay_caller caller = rig_caller(rig, rig->sender, 0);

    return rig_submit_as(rig, &envelope, &caller);
}

/* The reference to the newest message. */
static inline struct message_ref
rig_newest(const struct rig *rig)
{
    const struct rig_message *message = &rig->messages[rig->messages_count - 1];

    return (struct message_ref){rig->sender->id, message->id, message->hash};
}

/* Decode the newest entry. */
static inline struct log_entry
rig_last_entry(struct rig *rig)
{
    struct log_entry entry;

    ck_assert_int_eq(entry_decode(rig->entries[rig->entries_count - 1], rig->keep, &entry), ERR_OK);
    return entry;
}

static inline void
rig_tick(struct rig *rig)
{
    arena_reset(rig->arena);
    (void)rig_step(rig, &(struct relay_event){.type = RELAY_TICK});
}

#endif /* TESTS_UNIT_RELAY_RIG_H */
