#include "proto/record.h"

#include "proto/checkpoint.h"
#include "proto/envelope.h"
#include "proto/frame.h"
#include "proto/hash.h"
#include "proto/merkle.h"
#include "proto/wire.h"

#include <sodium.h>
#include <string.h>

bool
wire_is_slot(const Denrei__V1__Slot *wire)
{
    return wire->lane != DENREI__V1__LANE__LANE_UNSPECIFIED && wire->number > 0;
}

bool
wire_is_note(const char *text)
{
    return text[0] != '\0' && strnlen(text, NOTE_BYTES_MAX + 1) <= NOTE_BYTES_MAX;
}

/* A reason is given exactly for what was not taken. */
static bool
is_status(Denrei__V1__DeliveryStatus status, uint32_t reason)
{
    bool is_bad = status == DENREI__V1__DELIVERY_STATUS__DELIVERY_UNREADABLE ||
                  status == DENREI__V1__DELIVERY_STATUS__DELIVERY_REFUSED;

    return status != DENREI__V1__DELIVERY_STATUS__DELIVERY_UNSPECIFIED && is_bad == (reason != 0);
}

enum err
delivery_receipt_decode(struct span bytes, struct arena *arena, struct delivery_receipt *out)
{
    ProtobufCMessage *base = NULL;
    enum err err = ERR_OK;

    if (bytes.len > RECEIPT_BYTES_MAX)
        return ERR_FORMAT;
    err = wire_decode(&denrei__v1__delivery_receipt__descriptor, bytes, arena, &base);
    if (err != ERR_OK)
        return err;

    const Denrei__V1__DeliveryReceipt *wire = (const void *)base;
    Denrei__V1__MessageRef ref = DENREI__V1__MESSAGE_REF__INIT;
    ref.from = wire->from;
    ref.message_id = wire->message_id;
    ref.message_hash = wire->message_hash;
    if (!wire_is_ref(&ref) || !message_is_member_id(wire->member) ||
        wire->credential.len != HASH_BYTES || !is_status(wire->status, wire->reason) ||
        wire->time == 0 || wire->time > TIME_MS_MAX)
        return ERR_FORMAT;
    out->message = wire_get_ref(&ref);
    out->member = wire->member;
    memcpy(out->credential.bytes, wire->credential.data, HASH_BYTES);
    out->status = wire->status;
    out->reason = wire->reason;
    out->time_ms = wire->time;
    return ERR_OK;
}

enum err
delivery_receipt_encode(const struct delivery_receipt *receipt, struct arena *arena,
                        struct span *out)
{
    Denrei__V1__DeliveryReceipt wire = DENREI__V1__DELIVERY_RECEIPT__INIT;

    wire.from = wire_put_text(receipt->message.from);
    wire.message_id = wire_put(receipt->message.id.bytes, ID_BYTES);
    wire.message_hash = wire_put(receipt->message.hash.bytes, HASH_BYTES);
    wire.member = wire_put_text(receipt->member);
    wire.credential = wire_put(receipt->credential.bytes, HASH_BYTES);
    wire.status = receipt->status;
    wire.reason = receipt->reason;
    wire.time = receipt->time_ms;
    return wire_encode(&wire.base, arena, out);
}

enum err
head_encode(const struct head *head, struct arena *arena, struct span *out)
{
    Denrei__V1__Head wire = DENREI__V1__HEAD__INIT;

    wire.member = wire_put_text(head->member);
    wire.flash_last = head->flash_last;
    wire.rest_last = head->rest_last;
    wire.tree_size = head->tree_size;
    wire.time = head->time_ms;
    return wire_encode(&wire.base, arena, out);
}

enum err
head_decode(struct span bytes, struct arena *arena, struct head *out)
{
    ProtobufCMessage *base = NULL;
    enum err err = ERR_OK;

    if (bytes.len > HEAD_BYTES_MAX)
        return ERR_FORMAT;
    err = wire_decode(&denrei__v1__head__descriptor, bytes, arena, &base);
    if (err != ERR_OK)
        return err;

    const Denrei__V1__Head *wire = (const void *)base;
    if (!message_is_member_id(wire->member) || wire->tree_size == 0 ||
        wire->tree_size > MERKLE_LEAVES_MAX || wire->time == 0 || wire->time > TIME_MS_MAX)
        return ERR_FORMAT;
    *out = (struct head){
        .member = wire->member,
        .flash_last = wire->flash_last,
        .rest_last = wire->rest_last,
        .tree_size = wire->tree_size,
        .time_ms = wire->time,
    };
    return ERR_OK;
}

struct head_text {
    uint8_t bytes[DOMAIN_FRAME_BYTES + HEAD_BYTES_MAX];
    size_t len;
};

static struct head_text
head_text(const struct hash *federation, struct span bytes)
{
    struct head_text text;

    assert(bytes.len <= HEAD_BYTES_MAX);
    text.len = domain_frame(DOMAIN_HEAD, federation, bytes, text.bytes);
    return text;
}

struct sig
head_sign(const struct hash *federation, struct span bytes, const uint8_t *secret_key)
{
    struct head_text text = head_text(federation, bytes);
    struct sig sig;

    crypto_sign_detached(sig.bytes, NULL, text.bytes, text.len, secret_key);
    return sig;
}

enum err
head_verify(const struct hash *federation, struct span bytes, const struct sig *sig,
            const struct public_key *relay_key)
{
    if (bytes.len == 0 || bytes.len > HEAD_BYTES_MAX)
        return ERR_SIGNATURE;
    struct head_text text = head_text(federation, bytes);
    return crypto_sign_verify_detached(sig->bytes, text.bytes, text.len, relay_key->bytes) == 0
               ? ERR_OK
               : ERR_SIGNATURE;
}

enum err
receipt_decode(struct span bytes, struct arena *arena, struct receipt *out)
{
    ProtobufCMessage *base = NULL;
    const struct hash *path = NULL;
    enum err err = ERR_OK;

    if (bytes.len > FRAME_BYTES_MAX)
        return ERR_FORMAT;
    err = wire_decode(&denrei__v1__receipt__descriptor, bytes, arena, &base);
    if (err != ERR_OK)
        return err;

    const Denrei__V1__Receipt *wire = (const void *)base;
    if (wire->entry.len == 0 || wire->entry.len > ENTRY_BYTES_MAX ||
        wire->leaf >= MERKLE_LEAVES_MAX || wire->n_path > MERKLE_LEVELS_MAX ||
        !wire_are_sized(wire->path, wire->n_path, HASH_BYTES) || !wire_is_note(wire->checkpoint))
        return ERR_FORMAT;
    err = frame_get_hashes(wire->path, wire->n_path, arena, &path);
    if (err != ERR_OK)
        return err;
    *out = (struct receipt){
        .entry = wire_get_span(wire->entry),
        .leaf = wire->leaf,
        .path = path,
        .path_len = wire->n_path,
        .checkpoint = wire->checkpoint,
    };
    return ERR_OK;
}

enum err
receipt_encode(const struct receipt *receipt, struct arena *arena, struct span *out)
{
    Denrei__V1__Receipt wire = DENREI__V1__RECEIPT__INIT;
    enum err err = frame_put_hashes(receipt->path, receipt->path_len, arena, &wire.path);

    if (err != ERR_OK)
        return err;
    wire.entry = wire_put(receipt->entry.data, receipt->entry.len);
    wire.leaf = receipt->leaf;
    wire.n_path = receipt->path_len;
    wire.checkpoint = wire_put_text(receipt->checkpoint);
    return wire_encode(&wire.base, arena, out);
}

/* Verify the receipt's checkpoint under the log's key alone. */
static enum err
check_checkpoint(const char *note, const char *log_origin, const struct public_key *log_key,
                 struct merkle_head *out)
{
    struct note_key log;
    struct checkpoint_verified verified;

    if (note_key_make(log_origin, NOTE_ED25519, log_key, &log) != ERR_OK)
        return ERR_SIGNATURE; /* nothing can be signed with such a key */
    struct checkpoint_policy policy = {.log = &log};
    struct span text = {(const uint8_t *)note, strlen(note)};
    enum err err = checkpoint_verify(text, &policy, &verified);
    if (err == ERR_UNKNOWN || err == ERR_SIGNATURE)
        return ERR_SIGNATURE;
    if (err != ERR_OK)
        return ERR_FORMAT;
    *out = verified.head;
    return ERR_OK;
}

enum err
receipt_check(const struct hash *federation, const struct receipt *receipt,
              const struct hash *message_hash, const char *log_origin,
              const struct public_key *log_key, struct arena *arena)
{
    struct log_entry entry;
    struct merkle_head head;
    enum err err = entry_decode(receipt->entry, arena, &entry);

    if (err != ERR_OK)
        return err;
    if (entry.type != DENREI__V1__LOG_ENTRY__EVENT_MESSAGE)
        return ERR_CONFLICT;
    struct hash hash = envelope_message_hash(federation, entry.message.header, entry.message.seal);
    if (!hash_is_equal(&hash, message_hash))
        return ERR_CONFLICT;

    err = check_checkpoint(receipt->checkpoint, log_origin, log_key, &head);
    if (err != ERR_OK)
        return err;
    struct hash leaf = merkle_leaf_hash(receipt->entry);
    err = merkle_check_inclusion(&leaf, receipt->leaf, head.leaf_count, receipt->path,
                                 receipt->path_len, &head.root);
    return err == ERR_OK ? ERR_OK : ERR_PROOF;
}
