#include "proto/record.h"

#include "proto/merkle.h"
#include "proto/note.h"
#include "proto/wire.h"

#include <string.h>

/* The log's name in checkpoints: a key name without space or plus sign (C2SP signed-note). */
static bool
is_origin(const char *text)
{
    size_t len = strnlen(text, NOTE_NAME_MAX + 1);

    if (len == 0 || len > NOTE_NAME_MAX)
        return false;
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)text[i] <= ' ' || text[i] == '+' || text[i] == 0x7f)
            return false;
    }
    return true;
}

static enum err
genesis_from_wire(const Denrei__V1__Genesis *wire, struct entry_genesis *out)
{
    if (wire->suite != SUITE || !is_origin(wire->origin))
        return ERR_FORMAT;
    out->origin = wire->origin;
    return wire_get_hash(wire->federation, &out->federation);
}

static enum err
document_from_wire(const Denrei__V1__DocumentLogged *wire, struct entry_document *out)
{
    bool is_roster = wire->type == DENREI__V1__DOCUMENT_TYPE__DOCUMENT_ROSTER;

    if (wire->type == DENREI__V1__DOCUMENT_TYPE__DOCUMENT_UNSPECIFIED ||
        (is_roster ? !message_is_member_id(wire->member) : wire->member[0] != '\0') ||
        wire->version == 0 || wire->number == 0)
        return ERR_FORMAT;
    out->type = wire->type;
    out->member = wire->member;
    out->version = wire->version;
    out->number = wire->number;
    return wire_get_hash(wire->hash, &out->hash);
}

static bool
is_message_logged(const Denrei__V1__MessageLogged *wire)
{
    if (wire->header.len == 0 || wire->header.len > HEADER_BYTES_MAX || wire->seal.len == 0 ||
        wire->seal.len > SEAL_BYTES_MAX || wire->signature == NULL || wire->n_slots == 0 ||
        wire->n_slots > RECIPIENTS_MAX)
        return false;
    for (size_t i = 0; i < wire->n_slots; i++) {
        if (!wire_is_slot(wire->slots[i]))
            return false;
    }
    return true;
}

static enum err
message_from_wire(const Denrei__V1__MessageLogged *wire, struct arena *arena,
                  struct entry_message *out)
{
    if (!is_message_logged(wire))
        return ERR_FORMAT;
    struct slot *slots = arena_alloc(arena, wire->n_slots * sizeof *slots);
    if (slots == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < wire->n_slots; i++)
        slots[i] = (struct slot){wire->slots[i]->lane, wire->slots[i]->number};
    out->header = wire_get_span(wire->header);
    out->seal = wire_get_span(wire->seal);
    out->slots = slots;
    out->slots_count = wire->n_slots;
    return signature_from_wire(wire->signature, &out->signature);
}

static enum err
delivery_from_wire(const Denrei__V1__DeliveryLogged *wire, struct arena *arena,
                   struct entry_delivery *out)
{
    if (!message_is_member_id(wire->member) || wire->credential.len != HASH_BYTES ||
        wire->n_receipts == 0 || wire->n_receipts > BATCH_MAX)
        return ERR_FORMAT;
    struct span *receipts = arena_alloc(arena, wire->n_receipts * sizeof *receipts);
    if (receipts == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < wire->n_receipts; i++) {
        receipts[i] = wire_get_span(wire->receipts[i]);
        if (receipts[i].len == 0 || receipts[i].len > RECEIPT_BYTES_MAX)
            return ERR_FORMAT;
    }
    out->member = wire->member;
    memcpy(out->credential.bytes, wire->credential.data, HASH_BYTES);
    out->receipts = receipts;
    out->receipts_count = wire->n_receipts;
    return wire_get_sig(wire->sig, &out->sig);
}

static enum err
refusal_from_wire(const Denrei__V1__RefusalLogged *wire, struct entry_refusal *out)
{
    if (wire->code == REFUSAL_NONE || !message_is_member_id(wire->member) ||
        wire->message_id.len != ID_BYTES)
        return ERR_FORMAT;
    out->code = wire->code;
    out->member = wire->member;
    memcpy(out->message_id.bytes, wire->message_id.data, ID_BYTES);
    out->more = wire->more;
    return wire_get_hash(wire->message_hash, &out->message_hash);
}

static enum err
erasure_from_wire(const Denrei__V1__Erasure *wire, struct entry_erasure *out)
{
    if (wire->message == NULL || !wire_is_ref(wire->message) ||
        wire->n_unacknowledged > RECIPIENTS_MAX)
        return ERR_FORMAT;
    for (size_t i = 0; i < wire->n_unacknowledged; i++) {
        if (!message_is_member_id(wire->unacknowledged[i]) ||
            (i > 0 && strcmp(wire->unacknowledged[i - 1], wire->unacknowledged[i]) >= 0))
            return ERR_FORMAT;
    }
    out->message = wire_get_ref(wire->message);
    out->leaf = wire->leaf;
    out->unacknowledged = (void *)wire->unacknowledged;
    out->unacknowledged_count = wire->n_unacknowledged;
    return ERR_OK;
}

static enum err
access_from_wire(const Denrei__V1__Access *wire, struct entry_access *out)
{
    if (!message_is_member_id(wire->member) || wire->from_leaf >= wire->to_leaf)
        return ERR_FORMAT;
    out->member = wire->member;
    out->from_leaf = wire->from_leaf;
    out->to_leaf = wire->to_leaf;
    return wire_get_hash(wire->credential, &out->credential);
}

static enum err
event_from_wire(const Denrei__V1__LogEntry *wire, struct arena *arena, struct log_entry *out)
{
    switch (wire->event_case) {
    case DENREI__V1__LOG_ENTRY__EVENT_GENESIS:
        return genesis_from_wire(wire->genesis, &out->genesis);
    case DENREI__V1__LOG_ENTRY__EVENT_DOCUMENT:
        return document_from_wire(wire->document, &out->document);
    case DENREI__V1__LOG_ENTRY__EVENT_MESSAGE:
        return message_from_wire(wire->message, arena, &out->message);
    case DENREI__V1__LOG_ENTRY__EVENT_DELIVERY:
        return delivery_from_wire(wire->delivery, arena, &out->delivery);
    case DENREI__V1__LOG_ENTRY__EVENT_REFUSAL:
        return refusal_from_wire(wire->refusal, &out->refusal);
    case DENREI__V1__LOG_ENTRY__EVENT_ERASURE:
        return erasure_from_wire(wire->erasure, &out->erasure);
    case DENREI__V1__LOG_ENTRY__EVENT_RELAY_EVENT:
        out->relay_event = wire->relay_event->code;
        return out->relay_event != DENREI__V1__RELAY_EVENT_CODE__RELAY_EVENT_UNSPECIFIED
                   ? ERR_OK
                   : ERR_FORMAT;
    case DENREI__V1__LOG_ENTRY__EVENT_ACCESS:
        return access_from_wire(wire->access, &out->access);
    case DENREI__V1__LOG_ENTRY__EVENT__NOT_SET:
    case _DENREI__V1__LOG_ENTRY__EVENT__CASE_IS_INT_SIZE:
    default:
        return ERR_FORMAT;
    }
}

enum err
entry_decode(struct span bytes, struct arena *arena, struct log_entry *out)
{
    ProtobufCMessage *base = NULL;
    struct log_entry entry;
    enum err err = ERR_OK;

    if (bytes.len > ENTRY_BYTES_MAX)
        return ERR_FORMAT;
    err = wire_decode(&denrei__v1__log_entry__descriptor, bytes, arena, &base);
    if (err != ERR_OK)
        return err;

    const Denrei__V1__LogEntry *wire = (const void *)base;
    if (wire->time == 0 || wire->time > TIME_MS_MAX)
        return ERR_FORMAT;
    entry.time_ms = wire->time;
    entry.type = wire->event_case;
    err = event_from_wire(wire, arena, &entry);
    if (err == ERR_OK)
        *out = entry;
    return err;
}
