#include "clients/audit/evidence.h"

#include "proto/batch.h"
#include "proto/batch_cache.h"
#include "proto/envelope.h"
#include "proto/frame.h"
#include "proto/hash.h"
#include "proto/kind.h"
#include "proto/merkle.h"
#include "proto/wire.h"

#include <string.h>

/* What the steps share. */
struct check {
    struct arena *arena;
    struct evidence *out;
    const Denrei__V1__Evidence *wire;
    const char *fault;
};

static enum err
fail(struct check *check, enum err err, const char *fault)
{
    check->fault = fault;
    return err;
}

/* ---- documents, then the checkpoint whose keys they give */

static enum err
apply_documents(struct check *check)
{
    for (size_t i = 0; i < check->wire->n_documents; i++) {
        const Denrei__V1__EvidenceItem *item = check->wire->documents[i];
        const struct span bytes = wire_get_span(item->document);
        struct hash hash = hash_spans(&bytes, 1);
        struct log_entry entry;
        enum err err = entry_decode(wire_get_span(item->entry), check->arena, &entry);

        if (err == ERR_NOMEM)
            return err;
        /* Their numbers have no gap, so none can be left out between two that are there. */
        if (err != ERR_OK || entry.type != DENREI__V1__LOG_ENTRY__EVENT_DOCUMENT ||
            entry.document.number != i + 1 || !hash_is_equal(&hash, &entry.document.hash))
            return fail(check, ERR_FORMAT, "a document is not the one that the log names");
        err = trust_apply(check->out->trust, entry.document.type, bytes, item->leaf);
        if (err != ERR_OK)
            return fail(check, err, "a directory or roster does not follow from the root file");
    }
    return ERR_OK;
}

static enum err
check_checkpoint(struct check *check)
{
    const struct directory *directory = trust_directory(check->out->trust, TRUST_UNLOGGED);
    const char *text = check->wire->checkpoint;
    const struct span note = {(const uint8_t *)text, strlen(text)};
    struct log_keys keys;
    enum err err = log_keys_make(directory, &keys);

    if (err != ERR_OK)
        return fail(check, err, "the directory's log key is unusable");
    struct checkpoint_policy policy = log_keys_policy(&keys, 0);
    err = checkpoint_verify(note, &policy, &check->out->checkpoint);
    if (err != ERR_OK)
        return fail(check, err, "the checkpoint is not signed by the log's key");
    check->out->quorum = keys.quorum;
    check->out->witnesses = keys.witnesses_count;
    return ERR_OK;
}

static enum err
check_place(struct check *check, const Denrei__V1__EvidenceItem *item)
{
    const struct merkle_head *head = &check->out->checkpoint.head;
    const struct hash *path = NULL;
    struct hash leaf = merkle_leaf_hash(wire_get_span(item->entry));
    enum err err = frame_get_hashes(item->path, item->n_path, check->arena, &path);

    if (err == ERR_OK)
        err = merkle_check_inclusion(&leaf, item->leaf, head->leaf_count, path, item->n_path,
                                     &head->root);
    return err == ERR_OK || err == ERR_NOMEM
               ? err
               : fail(check, ERR_PROOF, "an entry is not in the log under this checkpoint");
}

static enum err
check_places(struct check *check)
{
    enum err err = check_place(check, check->wire->message);

    for (size_t i = 0; i < check->wire->n_documents && err == ERR_OK; i++)
        err = check_place(check, check->wire->documents[i]);
    for (size_t i = 0; i < check->wire->n_deliveries && err == ERR_OK; i++)
        err = check_place(check, check->wire->deliveries[i]);
    return err;
}

/* ---- the message */

static enum err
check_signature(struct check *check, const struct entry_message *message)
{
    struct evidence *out = check->out;
    const struct hash *federation = trust_federation(out->trust);
    const struct credential *credential =
        trust_credential(out->trust, &out->header.credential, out->leaf);
    struct batch_cache cache;

    if (credential == NULL)
        return fail(check, ERR_POLICY, "the sender's credential was not in force at this place");
    batch_cache_init(&cache);
    if (batch_cache_verify(&cache, federation, false, &out->message_hash, &message->signature,
                           &credential->hash, &credential->signing_key) != ERR_OK)
        return fail(check, ERR_SIGNATURE, "the sender's signature does not verify");
    return ERR_OK;
}

static enum err
check_message(struct check *check)
{
    struct evidence *out = check->out;
    const Denrei__V1__EvidenceItem *item = check->wire->message;
    struct log_entry entry;
    struct seal seal;
    enum err err = entry_decode(wire_get_span(item->entry), check->arena, &entry);

    if (err == ERR_OK && entry.type != DENREI__V1__LOG_ENTRY__EVENT_MESSAGE)
        err = ERR_FORMAT;
    if (err == ERR_OK)
        err = header_decode(entry.message.header, check->arena, &out->header);
    if (err == ERR_OK)
        err = seal_decode(entry.message.seal, check->arena, &seal);
    if (err != ERR_OK)
        return fail(check, err, "the message's entry is malformed");
    out->leaf = item->leaf;
    out->time_ms = entry.time_ms;
    out->message_hash = envelope_message_hash(trust_federation(out->trust), entry.message.header,
                                              entry.message.seal);
    err = check_signature(check, &entry.message);
    if (err != ERR_OK)
        return err;
    const struct kind_type *kind = kind_find(out->header.kind);
    if (kind == NULL)
        return fail(check, ERR_POLICY, "the kind is unknown");
    const struct policy_place place = policy_place_make(kind, out->leaf, out->time_ms);
    out->answer = policy_check(out->trust, &out->header, &place);
    if (out->answer.code != REFUSAL_NONE)
        return fail(check, ERR_POLICY, refusal_text(out->answer.code));
    return ERR_OK;
}

/* ---- deliveries */

static enum err
take_receipt(struct check *check, struct span bytes, const struct entry_delivery *delivery,
             uint64_t leaf)
{
    struct evidence *out = check->out;
    struct delivery_receipt receipt;
    enum err err = delivery_receipt_decode(bytes, check->arena, &receipt);

    if (err != ERR_OK)
        return fail(check, err, "a delivery receipt is malformed");
    if (!hash_is_equal(&receipt.message.hash, &out->message_hash))
        return ERR_OK; /* of another message in the same batch */
    if (strcmp(receipt.member, delivery->member) != 0 ||
        !hash_is_equal(&receipt.credential, &delivery->credential))
        return fail(check, ERR_SIGNATURE, "a delivery receipt names another signer");
    if (!header_is_to(&out->header, receipt.member))
        return fail(check, ERR_POLICY, "a delivery receipt is by no recipient of the message");
    if (out->deliveries_count < EVIDENCE_DELIVERIES_MAX) {
        out->deliveries[out->deliveries_count].receipt = receipt;
        out->deliveries[out->deliveries_count].leaf = leaf;
        out->deliveries_count++;
    }
    return ERR_OK;
}

static enum err
check_delivery(struct check *check, const Denrei__V1__EvidenceItem *item)
{
    struct evidence *out = check->out;
    const struct hash *federation = trust_federation(out->trust);
    struct merkle_batch batch;
    struct log_entry entry;
    enum err err = entry_decode(wire_get_span(item->entry), check->arena, &entry);

    if (err == ERR_NOMEM)
        return err;
    if (err != ERR_OK || entry.type != DENREI__V1__LOG_ENTRY__EVENT_DELIVERY)
        return fail(check, ERR_FORMAT, "an entry with receipts is malformed");
    const struct entry_delivery *delivery = &entry.delivery;
    const struct credential *credential =
        trust_credential(out->trust, &delivery->credential, item->leaf);
    if (credential == NULL ||
        policy_check_receipt(out->trust, &delivery->credential, delivery->member, item->leaf) !=
            REFUSAL_NONE ||
        batch_receipts(federation, delivery->receipts, delivery->receipts_count, &batch) != ERR_OK)
        return fail(check, ERR_POLICY, "a receipt is signed by no credential of its member");
    struct hash root = merkle_batch_root(&batch);
    if (batch_verify(federation, true, (uint32_t)delivery->receipts_count, &root, &delivery->sig,
                     &credential->signing_key) != ERR_OK)
        return fail(check, ERR_SIGNATURE, "a receipt's signature does not verify");
    for (size_t i = 0; i < delivery->receipts_count && err == ERR_OK; i++)
        err = take_receipt(check, delivery->receipts[i], delivery, item->leaf);
    return err;
}

/* ---- no answer */

static enum err
check_absence(struct check *check)
{
    struct evidence *out = check->out;
    const struct absence_question question = {
        .asked = &out->header,
        .entry = wire_get_span(check->wire->message->entry),
        .leaf = out->leaf,
        .head = &out->checkpoint.head,
        .witnessed_ms = out->quorum > 0 ? checkpoint_time_ms(&out->checkpoint, out->quorum) : 0,
    };

    if (check->wire->absence == NULL)
        return ERR_OK;
    out->has_absence = true;
    return absence_check(check->wire->absence, &question, check->arena, &out->absence,
                         &check->fault);
}

enum err
evidence_check(struct span root_file, struct span bytes, struct arena *arena, struct evidence *out,
               const char **fault)
{
    struct check check = {.arena = arena, .out = out, .fault = ""};
    ProtobufCMessage *message = NULL;

    *out = (struct evidence){.trust = NULL};
    *fault = "";
    enum err err = wire_decode(&denrei__v1__evidence__descriptor, bytes, arena, &message);
    if (err == ERR_OK) {
        check.wire = (const Denrei__V1__Evidence *)message;
        err = check.wire->message == NULL ? ERR_FORMAT : ERR_OK;
    }
    if (err != ERR_OK) {
        *fault = "this is not an evidence file";
        return err;
    }
    err = trust_new(root_file, &out->trust);
    if (err != ERR_OK)
        check.fault = "the root file does not verify";
    if (err == ERR_OK)
        err = apply_documents(&check);
    if (err == ERR_OK)
        err = check_checkpoint(&check);
    if (err == ERR_OK)
        err = check_places(&check);
    if (err == ERR_OK)
        err = check_message(&check);
    for (size_t i = 0; err == ERR_OK && i < check.wire->n_deliveries; i++)
        err = check_delivery(&check, check.wire->deliveries[i]);
    if (err == ERR_OK)
        err = check_absence(&check);
    if (err != ERR_OK)
        trust_free(&out->trust);
    *fault = check.fault;
    return err;
}
