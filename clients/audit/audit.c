#include "clients/audit/audit.h"

#include "clients/audit/history.h"
#include "proto/batch.h"
#include "proto/batch_cache.h"
#include "proto/envelope.h"
#include "proto/hash.h"
#include "proto/kind.h"

#include <stdlib.h>
#include <string.h>

struct audit {
    struct trust *trust;
    struct history *history;
    struct arena *arena; /* reset at every step */
    struct merkle tree;
    struct batch_cache cache;
    uint64_t last_time_ms;
    uint64_t last_document;
};

enum err
audit_new(struct span root_file, struct audit **out)
{
    struct audit *audit = NULL;
    enum err err = ERR_OK;

    *out = NULL;
    audit = calloc(1, sizeof *audit);
    if (audit == NULL)
        return ERR_NOMEM;
    err = trust_new(root_file, &audit->trust);
    if (err == ERR_OK)
        err = history_new(&audit->history);
    if (err == ERR_OK)
        err = arena_new(4 * (size_t)ENTRY_BYTES_MAX + ARENA_EXTRA_BYTES, &audit->arena);
    if (err != ERR_OK) {
        audit_free(&audit);
        return err;
    }
    merkle_init(&audit->tree);
    batch_cache_init(&audit->cache);
    *out = audit;
    return ERR_OK;
}

void
audit_free(struct audit **audit)
{
    if (*audit == NULL)
        return;
    trust_free(&(*audit)->trust);
    history_free(&(*audit)->history);
    arena_free(&(*audit)->arena);
    free(*audit);
    *audit = NULL;
}

const struct merkle *
audit_tree(const struct audit *audit)
{
    return &audit->tree;
}

uint64_t
audit_time_ms(const struct audit *audit)
{
    return audit->last_time_ms;
}

const struct trust *
audit_trust(const struct audit *audit)
{
    return audit->trust;
}

bool
audit_peek_document(struct audit *audit, struct span entry, struct log_entry *out)
{
    /* A document's entry is small; a message's need not be decoded twice to see that it is one. */
    enum { DOCUMENT_ENTRY_BYTES_MAX = 256 };

    if (entry.len > DOCUMENT_ENTRY_BYTES_MAX)
        return false;
    arena_reset(audit->arena);
    return entry_decode(entry, audit->arena, out) == ERR_OK &&
           out->type == DENREI__V1__LOG_ENTRY__EVENT_DOCUMENT;
}

static enum audit_fault
on_genesis(const struct audit *audit, const struct entry_genesis *genesis,
           const struct audit_outcome *outcome)
{
    const struct directory *directory = trust_directory(audit->trust, outcome->leaf);

    if (outcome->leaf != 0 ||
        !hash_is_equal(&genesis->federation, trust_federation(audit->trust)) ||
        strcmp(genesis->origin, directory->log_origin) != 0)
        return AUDIT_GENESIS;
    return AUDIT_SOUND;
}

/* Whether the entry names the document whose bytes were just applied. */
static bool
is_named_right(const struct trust *trust, const struct entry_document *document, struct span bytes)
{
    bool is_directory = document->type == DENREI__V1__DOCUMENT_TYPE__DOCUMENT_DIRECTORY;
    const struct roster *roster =
        is_directory ? NULL : trust_newest_roster(trust, document->member);
    struct span named = is_directory ? trust_directory_document(trust, document->version)
                                     : trust_roster_document(trust, document->member);

    if (!is_directory && (roster == NULL || roster->version != document->version))
        return false;
    return named.len == bytes.len && memcmp(named.data, bytes.data, bytes.len) == 0;
}

static enum audit_fault
on_document(struct audit *audit, const struct entry_document *document, struct span bytes,
            struct audit_outcome *outcome)
{
    struct hash hash = hash_spans(&bytes, 1);

    outcome->subject = document->member;
    bool is_next = document->number == audit->last_document + 1;
    if (document->number > audit->last_document)
        audit->last_document = document->number; /* one gap is one fault */
    if (!is_next || !hash_is_equal(&hash, &document->hash) ||
        trust_apply(audit->trust, document->type, bytes, outcome->leaf) != ERR_OK ||
        !is_named_right(audit->trust, document, bytes))
        return AUDIT_DOCUMENT;
    return AUDIT_SOUND;
}

/* The rules of header, credential and directory, as they stood at this leaf and time. */
static enum audit_fault
check_authority(const struct audit *audit, struct audit_outcome *outcome)
{
    const struct kind_type *kind = kind_find(outcome->header.kind);

    outcome->refusal = REFUSAL_KIND_SEND;
    if (kind == NULL)
        return AUDIT_AUTHORITY;
    const struct policy_place place =
        policy_place_make(kind, outcome->leaf, outcome->entry.time_ms);
    struct policy_answer answer = policy_check(audit->trust, &outcome->header, &place);
    outcome->refusal = answer.code;
    outcome->subject = answer.subject;
    return answer.code == REFUSAL_NONE ? AUDIT_SOUND : AUDIT_AUTHORITY;
}

/* A reply answers what its sender's member sent or received, in the same thread. */
static bool
is_reply_right(const struct audit *audit, const struct header *header)
{
    const struct history_message *asked = history_find_ref(audit->history, &header->in_reply_to);

    return asked != NULL && memcmp(asked->thread.bytes, header->thread_id.bytes, ID_BYTES) == 0 &&
           history_has_party(audit->history, asked, header->from);
}

/* What the relay asks of references before it accepts: it must have asked it. */
static enum audit_fault
check_references(struct audit *audit, const struct header *header, uint64_t leaf)
{
    const char *original[RECIPIENTS_MAX];

    if (header->has_in_reply_to && !is_reply_right(audit, header))
        return AUDIT_REFERENCE;
    if (!header->has_supersedes)
        return AUDIT_SOUND;
    /* The latest version, of its own member (so it was decoded), told to whom it must be. */
    struct history_message *older = history_find_ref(audit->history, &header->supersedes);
    if (older == NULL || older->is_superseded || older->is_withdrawal ||
        older->kind != header->kind ||
        !policy_covers(audit->trust, header, leaf, original,
                       history_recipients(audit->history, older, original)))
        return AUDIT_REFERENCE;
    older->is_superseded = true;
    if (header->action == DENREI__V1__ACTION__ACTION_WITHDRAW)
        history_withdraw(audit->history, older);
    return AUDIT_SOUND;
}

static enum audit_fault
take_slots(struct audit *audit, const struct header *header, const struct entry_message *message)
{
    Denrei__V1__Lane lane = header->priority == DENREI__V1__PRIORITY__PRIORITY_FLASH
                                ? DENREI__V1__LANE__LANE_FLASH
                                : DENREI__V1__LANE__LANE_REST;
    enum audit_fault fault = message->slots_count == header->to_count ? AUDIT_SOUND : AUDIT_SLOT;

    for (size_t i = 0; i < header->to_count && i < message->slots_count; i++) {
        uint16_t party = 0;
        if (message->slots[i].lane != lane ||
            history_party(audit->history, header->to[i], &party) != ERR_OK ||
            history_take_slot(audit->history, party, &message->slots[i]) != ERR_OK)
            fault = AUDIT_SLOT;
    }
    return fault;
}

static enum audit_fault
check_signature(struct audit *audit, const struct entry_message *message,
                const struct audit_outcome *outcome)
{
    const struct credential *credential =
        trust_credential(audit->trust, &outcome->header.credential, outcome->leaf);

    if (credential == NULL)
        return AUDIT_AUTHORITY;
    if (batch_cache_verify(&audit->cache, trust_federation(audit->trust), false,
                           &outcome->message_hash, &message->signature, &credential->hash,
                           &credential->signing_key) != ERR_OK)
        return AUDIT_SIGNATURE;
    return AUDIT_SOUND;
}

static enum audit_fault
on_message(struct audit *audit, const struct entry_message *message, struct audit_outcome *outcome)
{
    struct seal seal;

    if (header_decode(message->header, audit->arena, &outcome->header) != ERR_OK ||
        seal_decode(message->seal, audit->arena, &seal) != ERR_OK)
        return AUDIT_MALFORMED;
    outcome->message_hash =
        envelope_message_hash(trust_federation(audit->trust), message->header, message->seal);
    outcome->has_header = true;
    outcome->subject = outcome->header.from;

    /* Numbers, ids and references are taken note of whatever else is wrong, lest one fault make
     * every later entry look faulty; the first fault found is the one reported. */
    enum audit_fault slots = take_slots(audit, &outcome->header, message);
    enum audit_fault references = check_references(audit, &outcome->header, outcome->leaf);
    enum err added =
        history_add(audit->history, &outcome->header, &outcome->message_hash, outcome->leaf);
    enum audit_fault fault = check_signature(audit, message, outcome);
    if (fault == AUDIT_AUTHORITY)
        outcome->refusal = REFUSAL_CREDENTIAL;
    if (fault == AUDIT_SOUND)
        fault = check_authority(audit, outcome);
    if (fault == AUDIT_SOUND && added != ERR_OK)
        fault = AUDIT_REPEAT;
    if (fault == AUDIT_SOUND)
        fault = references;
    return fault == AUDIT_SOUND ? slots : fault;
}

/* One receipt of a batch whose signature verified. */
static enum audit_fault
take_receipt(struct audit *audit, const struct entry_delivery *delivery,
             const struct delivery_receipt *receipt, bool *is_news)
{
    uint8_t bit = (uint8_t)(1U << receipt->status);
    uint16_t party = 0;

    if (strcmp(receipt->member, delivery->member) != 0 ||
        !hash_is_equal(&receipt->credential, &delivery->credential))
        return AUDIT_REFERENCE;
    const struct history_message *message = history_find_ref(audit->history, &receipt->message);
    if (message == NULL || history_party(audit->history, receipt->member, &party) != ERR_OK)
        return AUDIT_REFERENCE;
    uint8_t *signed_bits = history_deliveries(audit->history, message, party);
    if (signed_bits == NULL)
        return AUDIT_REFERENCE;
    if (receipt->status != DENREI__V1__DELIVERY_STATUS__DELIVERY_DELIVERED ||
        (*signed_bits & bit) == 0)
        *is_news = true;
    *signed_bits |= bit;
    return AUDIT_SOUND;
}

static enum audit_fault
take_receipts(struct audit *audit, const struct entry_delivery *delivery)
{
    bool is_news = false;

    for (size_t i = 0; i < delivery->receipts_count; i++) {
        struct delivery_receipt receipt;
        if (delivery_receipt_decode(delivery->receipts[i], audit->arena, &receipt) != ERR_OK)
            return AUDIT_MALFORMED;
        enum audit_fault fault = take_receipt(audit, delivery, &receipt, &is_news);
        if (fault != AUDIT_SOUND)
            return fault;
    }
    /* A batch is signed as a whole, so what it repeats may stand beside something new. */
    return is_news ? AUDIT_SOUND : AUDIT_REPEAT;
}

static enum audit_fault
on_delivery(struct audit *audit, const struct entry_delivery *delivery,
            struct audit_outcome *outcome)
{
    const struct hash *federation = trust_federation(audit->trust);
    struct merkle_batch batch;

    outcome->subject = delivery->member;
    outcome->refusal =
        policy_check_receipt(audit->trust, &delivery->credential, delivery->member, outcome->leaf);
    if (outcome->refusal != REFUSAL_NONE)
        return AUDIT_AUTHORITY;
    if (batch_receipts(federation, delivery->receipts, delivery->receipts_count, &batch) != ERR_OK)
        return AUDIT_MALFORMED;
    struct hash root = merkle_batch_root(&batch);
    const struct credential *credential =
        trust_credential(audit->trust, &delivery->credential, outcome->leaf);
    if (credential == NULL ||
        batch_verify(federation, true, (uint32_t)delivery->receipts_count, &root, &delivery->sig,
                     &credential->signing_key) != ERR_OK)
        return AUDIT_SIGNATURE;
    return take_receipts(audit, delivery);
}

static enum audit_fault
on_refusal(const struct audit *audit, const struct entry_refusal *refusal,
           struct audit_outcome *outcome)
{
    const struct directory *directory = trust_directory(audit->trust, outcome->leaf);

    outcome->subject = refusal->member;
    return directory_find_member(directory, refusal->member) == NULL ? AUDIT_REFERENCE
                                                                     : AUDIT_SOUND;
}

static enum audit_fault
on_erasure(struct audit *audit, const struct entry_erasure *erasure, struct audit_outcome *outcome)
{
    struct history_message *message = history_find_ref(audit->history, &erasure->message);

    outcome->subject = erasure->message.from;
    if (message == NULL || message->leaf != erasure->leaf || message->is_erased)
        return AUDIT_REFERENCE;
    message->is_erased = true;
    /* Before its time and not withdrawn, an erasure is a message lost (DESIGN, promise 1). */
    if (!message->is_withdrawn && outcome->entry.time_ms < message->keep_until_ms)
        return AUDIT_REFERENCE;
    return history_is_unacknowledged(audit->history, message, erasure->unacknowledged,
                                     erasure->unacknowledged_count)
               ? AUDIT_SOUND
               : AUDIT_REFERENCE;
}

static enum audit_fault
on_access(const struct audit *audit, const struct entry_access *access,
          struct audit_outcome *outcome)
{
    const struct credential *credential =
        trust_credential(audit->trust, &access->credential, outcome->leaf);

    outcome->subject = access->member;
    outcome->refusal = REFUSAL_NOT_ALLOWED;
    if (credential == NULL || strcmp(credential->member, access->member) != 0 ||
        credential->purpose != DENREI__V1__PURPOSE__PURPOSE_AUDITOR)
        return AUDIT_AUTHORITY;
    outcome->refusal = REFUSAL_NONE;
    return access->to_leaf > outcome->leaf ? AUDIT_REFERENCE : AUDIT_SOUND;
}

static enum audit_fault
judge(struct audit *audit, const struct audit_event *event, struct audit_outcome *outcome)
{
    const struct log_entry *entry = &outcome->entry;

    switch (entry->type) {
    case DENREI__V1__LOG_ENTRY__EVENT_GENESIS:
        return on_genesis(audit, &entry->genesis, outcome);
    case DENREI__V1__LOG_ENTRY__EVENT_DOCUMENT:
        return on_document(audit, &entry->document, event->document, outcome);
    case DENREI__V1__LOG_ENTRY__EVENT_MESSAGE:
        return on_message(audit, &entry->message, outcome);
    case DENREI__V1__LOG_ENTRY__EVENT_DELIVERY:
        return on_delivery(audit, &entry->delivery, outcome);
    case DENREI__V1__LOG_ENTRY__EVENT_REFUSAL:
        return on_refusal(audit, &entry->refusal, outcome);
    case DENREI__V1__LOG_ENTRY__EVENT_ERASURE:
        return on_erasure(audit, &entry->erasure, outcome);
    case DENREI__V1__LOG_ENTRY__EVENT_ACCESS:
        return on_access(audit, &entry->access, outcome);
    case DENREI__V1__LOG_ENTRY__EVENT_RELAY_EVENT:
        return AUDIT_SOUND;
    case DENREI__V1__LOG_ENTRY__EVENT__NOT_SET:
    case _DENREI__V1__LOG_ENTRY__EVENT__CASE_IS_INT_SIZE:
        break;
    }
    return AUDIT_MALFORMED;
}

void
audit_step(struct audit *audit, const struct audit_event *event, struct audit_outcome *outcome)
{
    struct hash leaf_hash = merkle_leaf_hash(event->entry);

    arena_reset(audit->arena);
    *outcome = (struct audit_outcome){
        .leaf = audit->tree.leaf_count, .subject = "", .trust = audit->trust};
    outcome->is_decoded = entry_decode(event->entry, audit->arena, &outcome->entry) == ERR_OK;
    if (!outcome->is_decoded)
        outcome->fault = AUDIT_MALFORMED;
    else if (outcome->leaf == 0 && outcome->entry.type != DENREI__V1__LOG_ENTRY__EVENT_GENESIS)
        outcome->fault = AUDIT_GENESIS;
    else
        outcome->fault = judge(audit, event, outcome);
    if (outcome->is_decoded && outcome->entry.time_ms < audit->last_time_ms &&
        outcome->fault == AUDIT_SOUND)
        outcome->fault = AUDIT_TIME;
    if (outcome->is_decoded)
        audit->last_time_ms = outcome->entry.time_ms;
    if (merkle_append(&audit->tree, &leaf_hash) != ERR_OK)
        outcome->fault = AUDIT_MALFORMED; /* 2^40 entries */
}

const char *
audit_fault_text(enum audit_fault fault)
{
    static const char *const TEXTS[AUDIT_FAULT_COUNT] = {
        [AUDIT_SOUND] = "sound",
        [AUDIT_MALFORMED] = "the entry does not decode",
        [AUDIT_TIME] = "its time is before the entry's before it",
        [AUDIT_GENESIS] = "the log does not begin as this federation's log",
        [AUDIT_DOCUMENT] =
            "the document is missing, altered, misnamed or follows no earlier version",
        [AUDIT_SIGNATURE] = "a signature does not verify",
        [AUDIT_AUTHORITY] = "the rules did not allow it at this place",
        [AUDIT_REPEAT] = "the same message stands in the log already",
        [AUDIT_SLOT] = "a mailbox number is missing, repeated or in the wrong lane",
        [AUDIT_REFERENCE] = "it refers to something that is not there, or not as it may",
    };
    assert(fault < AUDIT_FAULT_COUNT);
    return TEXTS[fault];
}
