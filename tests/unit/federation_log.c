#include "tests/unit/federation_log.h"

#include "keys/log_keys.h"
#include "proto/batch.h"
#include "proto/hash.h"
#include "proto/merkle.h"

#include <stdlib.h>
#include <string.h>

static void *
need_memory(void *memory)
{
    if (memory == NULL)
        fed_need(ERR_NOMEM, "log");
    return memory;
}

static struct span
copy(struct span bytes)
{
    uint8_t *out = need_memory(malloc(bytes.len == 0 ? 1 : bytes.len));

    if (bytes.len > 0)
        memcpy(out, bytes.data, bytes.len);
    return (struct span){out, bytes.len};
}

uint64_t
fed_log_add(struct fed_log *log, struct log_entry *entry)
{
    struct span bytes;

    if (log->count == log->room) {
        log->room = 2 * log->room + 64;
        log->list = need_memory(realloc(log->list, log->room * sizeof *log->list));
    }
    if (entry->time_ms == 0)
        entry->time_ms = ++log->time_ms;
    fed_need(entry_encode(entry, log->arena, &bytes), "entry");
    log->list[log->count] = (struct fed_logged){.entry = copy(bytes)};
    arena_reset(log->arena);
    return log->count++;
}

uint64_t
fed_log_document(struct fed_log *log, Denrei__V1__DocumentType type, const char *member,
                 uint64_t version, struct span bytes)
{
    struct log_entry entry = {.type = DENREI__V1__LOG_ENTRY__EVENT_DOCUMENT,
                              .document = {.type = type,
                                           .member = member,
                                           .version = version,
                                           .hash = hash_spans(&bytes, 1),
                                           .number = ++log->documents}};
    uint64_t leaf = fed_log_add(log, &entry);

    log->list[leaf].document = copy(bytes);
    return leaf;
}

struct fed_log *
fed_log_new(struct fed *fed)
{
    struct fed_log *log = need_memory(calloc(1, sizeof *log));
    struct log_entry genesis = {.type = DENREI__V1__LOG_ENTRY__EVENT_GENESIS,
                                .genesis = {fed->federation, FED_ORIGIN}};

    static const uint8_t CONTENT[64];

    log->fed = fed;
    log->content = (struct span){CONTENT, sizeof CONTENT};
    log->time_ms = fed->now_ms;
    fed_need(arena_new(ARENA_BYTES_MAX, &log->arena), "arena");
    (void)fed_log_add(log, &genesis);
    (void)fed_log_document(log, DENREI__V1__DOCUMENT_TYPE__DOCUMENT_DIRECTORY, "", 1,
                           fed->directory);
    for (size_t i = 0; i < fed->members_count; i++)
        (void)fed_log_document(log, DENREI__V1__DOCUMENT_TYPE__DOCUMENT_ROSTER, fed->members[i].id,
                               trust_newest_roster(fed->trust, fed->members[i].id)->version,
                               fed->rosters[i]);
    return log;
}

void
fed_log_drop(struct fed_log *log)
{
    const size_t last = --log->count;

    free((void *)(uintptr_t)log->list[last].entry.data);
    free((void *)(uintptr_t)log->list[last].document.data);
    free((void *)(uintptr_t)log->list[last].wraps.data);
    free((void *)(uintptr_t)log->list[last].body.data);
}

void
fed_log_free(struct fed_log **log)
{
    if (*log == NULL)
        return;
    while ((*log)->count > 0)
        fed_log_drop(*log);
    free((*log)->list);
    arena_free(&(*log)->arena);
    free(*log);
    *log = NULL;
}

/* ---- messages */

static void
take_slots(struct fed_log *log, const struct header *header, struct slot *slots)
{
    bool is_flash = header->priority == DENREI__V1__PRIORITY__PRIORITY_FLASH;

    for (size_t i = 0; i < header->to_count; i++) {
        size_t member = (size_t)(fed_member(log->fed, header->to[i]) - log->fed->members);
        slots[i].lane = is_flash ? DENREI__V1__LANE__LANE_FLASH : DENREI__V1__LANE__LANE_REST;
        slots[i].number = ++log->last[member][is_flash ? 0 : 1];
    }
}

uint64_t
fed_log_envelope(struct fed_log *log, const struct header *header, const struct envelope *envelope)
{
    struct slot slots[FED_MEMBERS_MAX];
    struct log_entry entry = {.type = DENREI__V1__LOG_ENTRY__EVENT_MESSAGE,
                              .message = {.header = envelope->header,
                                          .seal = envelope->seal,
                                          .signature = envelope->signature,
                                          .slots = slots,
                                          .slots_count = header->to_count}};

    take_slots(log, header, slots);
    uint64_t leaf = fed_log_add(log, &entry);
    log->list[leaf].wraps =
        copy((struct span){envelope->wraps, envelope->wraps_count * WRAP_BYTES});
    log->list[leaf].body = copy(envelope->body);
    return leaf;
}

uint64_t
fed_log_batch(struct fed_log *log, const struct header *headers, size_t count,
              const struct identity *signing, struct message_ref *refs)
{
    struct envelope *batch = need_memory(calloc(count, sizeof *batch));
    struct arena *sealed = NULL;
    uint64_t first = log->count;

    fed_need(arena_new(ARENA_BYTES_MAX, &sealed), "arena");
    for (size_t i = 0; i < count; i++) {
        bool is_empty = headers[i].action == DENREI__V1__ACTION__ACTION_WITHDRAW;
        batch[i] = fed_seal(log->fed, &headers[i], is_empty ? (struct span){NULL, 0} : log->content,
                            sealed);
    }
    envelope_sign(&log->fed->federation, identity_secret(signing), batch, count);
    for (size_t i = 0; i < count; i++) {
        (void)fed_log_envelope(log, &headers[i], &batch[i]);
        if (refs != NULL)
            refs[i] = (struct message_ref){
                headers[i].from, headers[i].id,
                envelope_message_hash(&log->fed->federation, batch[i].header, batch[i].seal)};
    }
    arena_free(&sealed);
    free(batch);
    return first;
}

uint64_t
fed_log_message(struct fed_log *log, const struct header *header, const struct identity *signing,
                struct message_ref *ref)
{
    return fed_log_batch(log, header, 1, signing, ref);
}

/* ---- receipts */

struct delivery_receipt
fed_receipt(const struct fed_log *log, const struct fed_member *member,
            const struct fed_credential *signer, const struct message_ref *message,
            Denrei__V1__DeliveryStatus status)
{
    return (struct delivery_receipt){.message = *message,
                                     .member = member->id,
                                     .credential = signer->credential.hash,
                                     .status = status,
                                     .time_ms = log->time_ms};
}

uint64_t
fed_log_receipts(struct fed_log *log, const struct fed_member *member,
                 const struct fed_credential *signer, const struct delivery_receipt *receipts,
                 size_t count)
{
    struct span bytes[BATCH_MAX];
    struct hash leaves[BATCH_MAX];
    struct merkle_batch batch;
    struct arena *arena = log->fed->scratch;

    for (size_t i = 0; i < count; i++) {
        fed_need(delivery_receipt_encode(&receipts[i], arena, &bytes[i]), "receipt");
        leaves[i] = batch_receipt_leaf(&log->fed->federation, bytes[i]);
    }
    fed_need(merkle_batch_init(&batch, leaves, count), "batch");
    struct hash root = merkle_batch_root(&batch);
    struct log_entry entry = {
        .type = DENREI__V1__LOG_ENTRY__EVENT_DELIVERY,
        .delivery = {.member = member->id,
                     .credential = signer->credential.hash,
                     .receipts = bytes,
                     .receipts_count = count,
                     .sig = batch_sign(&log->fed->federation, true, (uint32_t)count, &root,
                                       identity_secret(signer->signing))}};
    return fed_log_add(log, &entry);
}

/* ---- checkpoint */

char *
fed_log_checkpoint(const struct fed_log *log, size_t witnesses)
{
    const struct directory *directory = trust_directory(log->fed->trust, TRUST_UNLOGGED);
    char text[CHECKPOINT_OURS_MAX + 1];
    char *note = need_memory(malloc(NOTE_BYTES_MAX + 1));
    struct note_line lines[1 + FED_WITNESSES];
    struct log_keys keys;
    struct merkle tree;
    size_t note_len = 0;

    merkle_init(&tree);
    for (size_t i = 0; i < log->count; i++) {
        struct hash leaf = merkle_leaf_hash(log->list[i].entry);
        fed_need(merkle_append(&tree, &leaf), "tree");
    }
    const struct merkle_head head = {tree.leaf_count, merkle_root(&tree)};
    const struct span span = {(const uint8_t *)text, checkpoint_format(FED_ORIGIN, &head, text)};
    fed_need(log_keys_make(directory, &keys), "keys");
    fed_need(note_sign(span, &keys.log, identity_secret(log->fed->log), &lines[0]), "sign");
    for (size_t i = 0; i < witnesses; i++)
        fed_need(checkpoint_cosign(span, &keys.witnesses[i],
                                   identity_secret(log->fed->witnesses[i]), log->time_ms,
                                   &lines[1 + i]),
                 "cosign");
    fed_need(note_format(span, lines, 1 + witnesses, note, NOTE_BYTES_MAX + 1, &note_len), "note");
    return note;
}
