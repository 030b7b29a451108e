#include "proto/message.h"

#include "proto/envelope.h"
#include "proto/wire.h"

#include <string.h>

static bool
is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
}

/* Whether `text` is made of name characters and does not begin or end with a dot or hyphen. */
static bool
is_name(const char *text, size_t len)
{
    if (len == 0)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (!is_name_char(text[i]))
            return false;
    }
    char first = text[0], last = text[len - 1];
    return first != '.' && first != '-' && last != '.' && last != '-';
}

bool
message_is_member_id(const char *text)
{
    size_t len = strnlen(text, MEMBER_ID_MAX + 1);

    return len >= MEMBER_ID_MIN && len <= MEMBER_ID_MAX && is_name(text, len);
}

bool
message_is_group_id(const char *text)
{
    size_t len = strnlen(text, MEMBER_ID_MAX + 1);

    return len >= MEMBER_ID_MIN && len <= MEMBER_ID_MAX && text[0] == '@' &&
           is_name(text + 1, len - 1);
}

size_t
header_find_recipient(const struct header *header, const char *member)
{
    size_t i = 0;

    while (i < header->to_count && strcmp(header->to[i], member) != 0)
        i++;
    return i;
}

bool
header_is_to(const struct header *header, const char *member)
{
    return header_find_recipient(header, member) < header->to_count;
}

uint64_t
header_keep_until_ms(const struct header *header)
{
    return header->expires_at_ms < header->deliver_until_ms ? header->expires_at_ms
                                                            : header->deliver_until_ms;
}

/* RFC 9562, section 5.7: version 7 in the high half of byte 6, variant 10 at the top of byte 8. */
static bool
is_uuid7(ProtobufCBinaryData data)
{
    return data.len == ID_BYTES && data.data[6] >> 4 == 7 && data.data[8] >> 6 == 2;
}

bool
wire_is_ref(const Denrei__V1__MessageRef *wire)
{
    return message_is_member_id(wire->from) && is_uuid7(wire->message_id) &&
           wire->message_hash.len == HASH_BYTES;
}

static bool
are_recipients(const Denrei__V1__Header *wire)
{
    if (wire->n_to == 0 || wire->n_to > RECIPIENTS_MAX ||
        wire->n_recipient_roster_versions != wire->n_to)
        return false;
    for (size_t i = 0; i < wire->n_to; i++) {
        if (!message_is_member_id(wire->to[i]) || wire->recipient_roster_versions[i] == 0)
            return false;
        if (i > 0 && strcmp(wire->to[i - 1], wire->to[i]) >= 0)
            return false;
    }
    return true;
}

static bool
are_times(const Denrei__V1__Header *wire)
{
    uint64_t created = wire->created_at, deliver = wire->deliver_until;

    return created > 0 && created <= TIME_MS_MAX && deliver <= TIME_MS_MAX && deliver >= created &&
           deliver - created >= DELIVER_MS_MIN && deliver - created <= DELIVER_MS_MAX &&
           wire->expires_at > created && wire->expires_at <= TIME_MS_MAX;
}

/* The rules that bind action, priority and the references to each other. */
static bool
are_references(const Denrei__V1__Header *wire)
{
    bool is_new = wire->action == DENREI__V1__ACTION__ACTION_NEW;

    if (wire->in_reply_to != NULL && !wire_is_ref(wire->in_reply_to))
        return false;
    if (is_new != (wire->supersedes == NULL))
        return false;
    if (!is_new &&
        (!wire_is_ref(wire->supersedes) || strcmp(wire->supersedes->from, wire->from) != 0))
        return false;
    return wire->action != DENREI__V1__ACTION__ACTION_WITHDRAW ||
           wire->priority == DENREI__V1__PRIORITY__PRIORITY_FLASH;
}

/* Enums hold a named value already (wire_check); here they must be present. */
static bool
is_header(const Denrei__V1__Header *wire)
{
    return is_uuid7(wire->message_id) && wire->kind != DENREI__V1__KIND__KIND_UNSPECIFIED &&
           wire->action != DENREI__V1__ACTION__ACTION_UNSPECIFIED &&
           wire->priority != DENREI__V1__PRIORITY__PRIORITY_UNSPECIFIED &&
           wire->tlp != DENREI__V1__TLP__TLP_UNSPECIFIED &&
           wire->use_restriction != DENREI__V1__USE_RESTRICTION__USE_UNSPECIFIED &&
           message_is_member_id(wire->from) && wire->sender_credential.len == HASH_BYTES &&
           are_recipients(wire) && (wire->group[0] == '\0' || message_is_group_id(wire->group)) &&
           are_times(wire) && are_references(wire) && wire->thread_id.len == ID_BYTES &&
           (wire->legal_basis[0] == '\0' || message_is_member_id(wire->legal_basis)) &&
           wire->directory_version > 0 && wire->roster_version > 0;
}

/* Lengths were checked. */
static struct hash
get_hash(ProtobufCBinaryData data)
{
    struct hash hash;

    memcpy(hash.bytes, data.data, HASH_BYTES);
    return hash;
}

static struct id
get_id(ProtobufCBinaryData data)
{
    struct id id;

    memcpy(id.bytes, data.data, ID_BYTES);
    return id;
}

struct message_ref
wire_get_ref(const Denrei__V1__MessageRef *wire)
{
    return (struct message_ref){
        .from = wire->from,
        .id = get_id(wire->message_id),
        .hash = get_hash(wire->message_hash),
    };
}

Denrei__V1__MessageRef
wire_put_ref(const struct message_ref *ref)
{
    Denrei__V1__MessageRef wire = DENREI__V1__MESSAGE_REF__INIT;

    wire.from = wire_put_text(ref->from);
    wire.message_id = wire_put(ref->id.bytes, ID_BYTES);
    wire.message_hash = wire_put(ref->hash.bytes, HASH_BYTES);
    return wire;
}

static void
header_from_wire(const Denrei__V1__Header *wire, struct header *out)
{
    *out = (struct header){
        .id = get_id(wire->message_id),
        .kind = wire->kind,
        .action = wire->action,
        .from = wire->from,
        .credential = get_hash(wire->sender_credential),
        .to = (void *)wire->to, /* char ** and const char ** do not convert */
        .to_count = wire->n_to,
        .group = wire->group,
        .priority = wire->priority,
        .tlp = wire->tlp,
        .use_restriction = wire->use_restriction,
        .created_at_ms = wire->created_at,
        .deliver_until_ms = wire->deliver_until,
        .expires_at_ms = wire->expires_at,
        .has_in_reply_to = wire->in_reply_to != NULL,
        .has_supersedes = wire->supersedes != NULL,
        .thread_id = get_id(wire->thread_id),
        .legal_basis = wire->legal_basis,
        .directory_version = wire->directory_version,
        .roster_version = wire->roster_version,
        .recipient_roster_versions = wire->recipient_roster_versions,
    };
    if (wire->in_reply_to != NULL)
        out->in_reply_to = wire_get_ref(wire->in_reply_to);
    if (wire->supersedes != NULL)
        out->supersedes = wire_get_ref(wire->supersedes);
}

enum err
header_decode(struct span bytes, struct arena *arena, struct header *out)
{
    ProtobufCMessage *base = NULL;
    enum err err = ERR_OK;

    if (bytes.len > HEADER_BYTES_MAX)
        return ERR_FORMAT;
    err = wire_decode(&denrei__v1__header__descriptor, bytes, arena, &base);
    if (err != ERR_OK)
        return err;

    const Denrei__V1__Header *wire = (const void *)base;
    if (wire->suite != SUITE)
        return ERR_UNKNOWN;
    if (!is_header(wire))
        return ERR_FORMAT;
    header_from_wire(wire, out);
    return ERR_OK;
}

/* Borrows from `header`, and from the references, which outlive it. */
static Denrei__V1__Header
header_to_wire(const struct header *header, Denrei__V1__MessageRef *in_reply_to,
               Denrei__V1__MessageRef *supersedes)
{
    Denrei__V1__Header wire = DENREI__V1__HEADER__INIT;

    wire.suite = SUITE;
    wire.message_id = wire_put(header->id.bytes, ID_BYTES);
    wire.kind = header->kind;
    wire.action = header->action;
    wire.from = wire_put_text(header->from);
    wire.sender_credential = wire_put(header->credential.bytes, HASH_BYTES);
    wire.n_to = header->to_count;
    wire.to = (void *)header->to;
    wire.group = wire_put_text(header->group);
    wire.priority = header->priority;
    wire.tlp = header->tlp;
    wire.use_restriction = header->use_restriction;
    wire.created_at = header->created_at_ms;
    wire.deliver_until = header->deliver_until_ms;
    wire.expires_at = header->expires_at_ms;
    wire.in_reply_to = header->has_in_reply_to ? in_reply_to : NULL;
    wire.supersedes = header->has_supersedes ? supersedes : NULL;
    wire.thread_id = wire_put(header->thread_id.bytes, ID_BYTES);
    wire.legal_basis = wire_put_text(header->legal_basis);
    wire.directory_version = header->directory_version;
    wire.roster_version = header->roster_version;
    wire.n_recipient_roster_versions = header->to_count;
    wire.recipient_roster_versions = (void *)(uintptr_t)header->recipient_roster_versions;
    return wire;
}

enum err
header_encode(const struct header *header, struct arena *arena, struct span *out)
{
    Denrei__V1__MessageRef in_reply_to = DENREI__V1__MESSAGE_REF__INIT;
    Denrei__V1__MessageRef supersedes = DENREI__V1__MESSAGE_REF__INIT;
    struct span bytes = {0};
    enum err err = ERR_OK;

    if (header->has_in_reply_to)
        in_reply_to = wire_put_ref(&header->in_reply_to);
    if (header->has_supersedes)
        supersedes = wire_put_ref(&header->supersedes);
    Denrei__V1__Header wire = header_to_wire(header, &in_reply_to, &supersedes);
    if (!is_header(&wire))
        return ERR_FORMAT;

    err = wire_encode(&wire.base, arena, &bytes);
    if (err == ERR_OK)
        err = wire_check(wire.base.descriptor, bytes); /* enums with a name */
    if (err == ERR_OK)
        *out = bytes;
    return err;
}

static bool
is_seal(const Denrei__V1__Seal *wire)
{
    if (wire->body_hash.len != HASH_BYTES || wire->wraps_root.len != HASH_BYTES ||
        wire->key_commitment.len != HASH_BYTES || wire->n_attachments > ATTACHMENTS_MAX)
        return false;
    for (size_t i = 0; i < wire->n_attachments; i++) {
        if (wire->attachments[i]->hash.len != HASH_BYTES || wire->attachments[i]->bytes == 0)
            return false;
    }
    return envelope_is_body_bytes(wire->body_bytes);
}

enum err
seal_decode(struct span bytes, struct arena *arena, struct seal *out)
{
    ProtobufCMessage *base = NULL;
    struct attachment *attachments = NULL;
    enum err err = ERR_OK;

    if (bytes.len > SEAL_BYTES_MAX)
        return ERR_FORMAT;
    err = wire_decode(&denrei__v1__seal__descriptor, bytes, arena, &base);
    if (err != ERR_OK)
        return err;

    const Denrei__V1__Seal *wire = (const void *)base;
    if (!is_seal(wire))
        return ERR_FORMAT;
    if (wire->n_attachments > 0) {
        attachments = arena_alloc(arena, wire->n_attachments * sizeof *attachments);
        if (attachments == NULL)
            return ERR_NOMEM;
    }
    for (size_t i = 0; i < wire->n_attachments; i++)
        attachments[i] = (struct attachment){
            .hash = get_hash(wire->attachments[i]->hash),
            .bytes = wire->attachments[i]->bytes,
        };
    *out = (struct seal){
        .body_hash = get_hash(wire->body_hash),
        .body_bytes = wire->body_bytes,
        .wraps_root = get_hash(wire->wraps_root),
        .key_commitment = get_hash(wire->key_commitment),
        .attachments = attachments,
        .attachments_count = wire->n_attachments,
    };
    return ERR_OK;
}

enum err
seal_encode(const struct seal *seal, struct arena *arena, struct span *out)
{
    Denrei__V1__Seal wire = DENREI__V1__SEAL__INIT;
    Denrei__V1__Attachment items[ATTACHMENTS_MAX];
    Denrei__V1__Attachment *pointers[ATTACHMENTS_MAX];

    assert(seal->attachments_count <= ATTACHMENTS_MAX);
    for (size_t i = 0; i < seal->attachments_count; i++) {
        denrei__v1__attachment__init(&items[i]);
        items[i].hash = wire_put(seal->attachments[i].hash.bytes, HASH_BYTES);
        items[i].bytes = seal->attachments[i].bytes;
        pointers[i] = &items[i];
    }
    wire.body_hash = wire_put(seal->body_hash.bytes, HASH_BYTES);
    wire.body_bytes = seal->body_bytes;
    wire.wraps_root = wire_put(seal->wraps_root.bytes, HASH_BYTES);
    wire.key_commitment = wire_put(seal->key_commitment.bytes, HASH_BYTES);
    wire.n_attachments = seal->attachments_count;
    wire.attachments = pointers;
    return wire_encode(&wire.base, arena, out);
}
