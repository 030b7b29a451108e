#include "proto/record.h"
#include "proto/wire.h"

#include <string.h>

/* Room for the one event that an entry has. */
union event {
    Denrei__V1__Genesis genesis;
    Denrei__V1__DocumentLogged document;
    Denrei__V1__MessageLogged message;
    Denrei__V1__DeliveryLogged delivery;
    Denrei__V1__RefusalLogged refusal;
    struct {
        Denrei__V1__Erasure wire;
        Denrei__V1__MessageRef ref;
    } erasure;
    Denrei__V1__RelayEvent relay_event;
    Denrei__V1__Access access;
};

static void
genesis_to_wire(const struct entry_genesis *genesis, Denrei__V1__Genesis *wire)
{
    denrei__v1__genesis__init(wire);
    wire->suite = SUITE;
    wire->federation = wire_put(genesis->federation.bytes, HASH_BYTES);
    wire->origin = wire_put_text(genesis->origin);
}

static void
document_to_wire(const struct entry_document *document, Denrei__V1__DocumentLogged *wire)
{
    denrei__v1__document_logged__init(wire);
    wire->type = document->type;
    wire->member = wire_put_text(document->member);
    wire->version = document->version;
    wire->hash = wire_put(document->hash.bytes, HASH_BYTES);
    wire->number = document->number;
}

static enum err
message_to_wire(const struct entry_message *message, struct arena *arena,
                Denrei__V1__MessageLogged *wire)
{
    size_t count = message->slots_count;
    Denrei__V1__Slot *slots = arena_alloc(arena, count * sizeof *slots);
    Denrei__V1__Slot **pointers = arena_alloc(arena, count * sizeof *pointers);

    if (slots == NULL || pointers == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        denrei__v1__slot__init(&slots[i]);
        slots[i].lane = message->slots[i].lane;
        slots[i].number = message->slots[i].number;
        pointers[i] = &slots[i];
    }
    denrei__v1__message_logged__init(wire);
    wire->header = wire_put(message->header.data, message->header.len);
    wire->seal = wire_put(message->seal.data, message->seal.len);
    wire->n_slots = count;
    wire->slots = pointers;
    return signature_to_wire(&message->signature, arena, &wire->signature);
}

static enum err
delivery_to_wire(const struct entry_delivery *delivery, struct arena *arena,
                 Denrei__V1__DeliveryLogged *wire)
{
    size_t count = delivery->receipts_count;
    ProtobufCBinaryData *receipts = arena_alloc(arena, count * sizeof *receipts);

    if (receipts == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < count; i++)
        receipts[i] = wire_put(delivery->receipts[i].data, delivery->receipts[i].len);
    denrei__v1__delivery_logged__init(wire);
    wire->member = wire_put_text(delivery->member);
    wire->credential = wire_put(delivery->credential.bytes, HASH_BYTES);
    wire->n_receipts = count;
    wire->receipts = receipts;
    wire->sig = wire_put(delivery->sig.bytes, SIGNATURE_BYTES);
    return ERR_OK;
}

static void
refusal_to_wire(const struct entry_refusal *refusal, Denrei__V1__RefusalLogged *wire)
{
    denrei__v1__refusal_logged__init(wire);
    wire->code = refusal->code;
    wire->member = wire_put_text(refusal->member);
    wire->message_id = wire_put(refusal->message_id.bytes, ID_BYTES);
    wire->message_hash = wire_put(refusal->message_hash.bytes, HASH_BYTES);
    wire->more = refusal->more;
}

static void
erasure_to_wire(const struct entry_erasure *erasure, Denrei__V1__MessageRef *ref,
                Denrei__V1__Erasure *wire)
{
    *ref = wire_put_ref(&erasure->message);
    denrei__v1__erasure__init(wire);
    wire->message = ref;
    wire->leaf = erasure->leaf;
    wire->n_unacknowledged = erasure->unacknowledged_count;
    wire->unacknowledged = (void *)erasure->unacknowledged;
}

static void
access_to_wire(const struct entry_access *access, Denrei__V1__Access *wire)
{
    denrei__v1__access__init(wire);
    wire->member = wire_put_text(access->member);
    wire->credential = wire_put(access->credential.bytes, HASH_BYTES);
    wire->from_leaf = access->from_leaf;
    wire->to_leaf = access->to_leaf;
}

/* Fill `event`, whose first member is the event's message whatever its type. */
static enum err
event_to_wire(const struct log_entry *entry, struct arena *arena, union event *event)
{
    switch (entry->type) {
    case DENREI__V1__LOG_ENTRY__EVENT_GENESIS:
        genesis_to_wire(&entry->genesis, &event->genesis);
        break;
    case DENREI__V1__LOG_ENTRY__EVENT_DOCUMENT:
        document_to_wire(&entry->document, &event->document);
        break;
    case DENREI__V1__LOG_ENTRY__EVENT_MESSAGE:
        return message_to_wire(&entry->message, arena, &event->message);
    case DENREI__V1__LOG_ENTRY__EVENT_DELIVERY:
        return delivery_to_wire(&entry->delivery, arena, &event->delivery);
    case DENREI__V1__LOG_ENTRY__EVENT_REFUSAL:
        refusal_to_wire(&entry->refusal, &event->refusal);
        break;
    case DENREI__V1__LOG_ENTRY__EVENT_ERASURE:
        erasure_to_wire(&entry->erasure, &event->erasure.ref, &event->erasure.wire);
        break;
    case DENREI__V1__LOG_ENTRY__EVENT_RELAY_EVENT:
        denrei__v1__relay_event__init(&event->relay_event);
        event->relay_event.code = entry->relay_event;
        break;
    case DENREI__V1__LOG_ENTRY__EVENT_ACCESS:
        access_to_wire(&entry->access, &event->access);
        break;
    case DENREI__V1__LOG_ENTRY__EVENT__NOT_SET:
    case _DENREI__V1__LOG_ENTRY__EVENT__CASE_IS_INT_SIZE:
    default:
        assert(false); /* an entry has an event */
    }
    return ERR_OK;
}

enum err
entry_encode(const struct log_entry *entry, struct arena *arena, struct span *out)
{
    Denrei__V1__LogEntry wire = DENREI__V1__LOG_ENTRY__INIT;
    union event event;
    struct span bytes = {0};
    enum err err = event_to_wire(entry, arena, &event);

    if (err != ERR_OK)
        return err;
    wire.time = entry->time_ms;
    wire.event_case = entry->type;
    wire.genesis = &event.genesis; /* a union of pointers: the right one for every type */
    err = wire_encode(&wire.base, arena, &bytes);
    if (err != ERR_OK)
        return err;
    if (bytes.len > ENTRY_BYTES_MAX)
        return ERR_FULL;
    *out = bytes;
    return ERR_OK;
}
