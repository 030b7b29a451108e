/*
 * record.h - log entries, delivery receipts, mailbox heads and senders' receipts as structs, and
 * their strict encoding (denrei.proto).
 *
 * Pure.  As in message.h: what is decoded is in bounds and borrows from bytes and arena.
 */
#ifndef PROTO_RECORD_H
#define PROTO_RECORD_H

#include "proto/message.h"
#include "proto/refusal.h"

struct slot {
    Denrei__V1__Lane lane;
    uint64_t number;
};

/* Whether `wire` has a lane and a number. */
bool wire_is_slot(const Denrei__V1__Slot *wire);

/* Whether `text` can be a signed note by its length: 1 to NOTE_BYTES_MAX. */
bool wire_is_note(const char *text);

struct delivery_receipt {
    struct message_ref message;
    const char *member;
    struct hash credential;
    Denrei__V1__DeliveryStatus status;
    uint32_t reason;
    uint64_t time_ms;
};

struct entry_genesis {
    struct hash federation;
    const char *origin;
};

struct entry_document {
    Denrei__V1__DocumentType type;
    const char *member; /* "" for a directory */
    uint64_t version;
    struct hash hash; /* SHA-256 of the signed document's file bytes */
    uint64_t number;
};

struct entry_message {
    struct span header;
    struct span seal;
    struct signature signature;
    const struct slot *slots;
    size_t slots_count;
};

struct entry_delivery {
    const char *member;
    struct hash credential;
    const struct span *receipts;
    size_t receipts_count;
    struct sig sig;
};

struct entry_refusal {
    uint32_t code;
    const char *member;
    struct id message_id;
    struct hash message_hash;
    uint32_t more;
};

struct entry_erasure {
    struct message_ref message;
    uint64_t leaf;
    const char **unacknowledged;
    size_t unacknowledged_count;
};

struct entry_access {
    const char *member;
    struct hash credential;
    uint64_t from_leaf;
    uint64_t to_leaf;
};

struct log_entry {
    uint64_t time_ms;
    Denrei__V1__LogEntry__EventCase type;
    union {
        struct entry_genesis genesis;
        struct entry_document document;
        struct entry_message message;
        struct entry_delivery delivery;
        struct entry_refusal refusal;
        struct entry_erasure erasure;
        Denrei__V1__RelayEventCode relay_event;
        struct entry_access access;
    };
};

/* ERR_FORMAT: malformed, out of bounds, or no event.  ERR_NOMEM: arena full. */
enum err entry_decode(struct span bytes, struct arena *arena, struct log_entry *out);

/* ERR_NOMEM: arena full.  ERR_FULL: more than ENTRY_BYTES_MAX. */
enum err entry_encode(const struct log_entry *entry, struct arena *arena, struct span *out);

/*
 * Decode a delivery receipt, alone: ids, status, a reason exactly when it was not taken, time.
 * ERR_FORMAT: malformed or out of bounds.  ERR_NOMEM: arena full.  *out is untouched then.
 */
enum err delivery_receipt_decode(struct span bytes, struct arena *arena,
                                 struct delivery_receipt *out);

/* ERR_NOMEM: arena full.  What is out of bounds is encoded, and refused when decoded. */
enum err delivery_receipt_encode(const struct delivery_receipt *receipt, struct arena *arena,
                                 struct span *out);

/* How far a member's mailbox reaches: a claim that the relay signs, and can be convicted by. */
struct head {
    const char *member;
    uint64_t flash_last;
    uint64_t rest_last;
    uint64_t tree_size;
    uint64_t time_ms;
};

/* ERR_NOMEM: arena full. */
enum err head_encode(const struct head *head, struct arena *arena, struct span *out);

/* ERR_FORMAT: malformed or out of bounds.  ERR_NOMEM: arena full.  *out is untouched then. */
enum err head_decode(struct span bytes, struct arena *arena, struct head *out);

/* Sign D("head") u32 len bytes, of at most HEAD_BYTES_MAX, with the relay's key (64 bytes). */
struct sig head_sign(const struct hash *federation, struct span bytes, const uint8_t *secret_key);

/* ERR_SIGNATURE: the signature is not the relay's over these bytes, or they are no head's. */
enum err head_verify(const struct hash *federation, struct span bytes, const struct sig *sig,
                     const struct public_key *relay_key);

/* What a sender keeps as its proof of acceptance. */
struct receipt {
    struct span entry;
    uint64_t leaf;
    const struct hash *path;
    size_t path_len;        /* at most MERKLE_LEVELS_MAX */
    const char *checkpoint; /* the signed note's text */
};

/* Lengths and counts only.  ERR_FORMAT: malformed or out of bounds.  ERR_NOMEM: arena full. */
enum err receipt_decode(struct span bytes, struct arena *arena, struct receipt *out);

/* ERR_NOMEM: arena full. */
enum err receipt_encode(const struct receipt *receipt, struct arena *arena, struct span *out);

/*
 * Check a receipt offline: the entry is a message entry whose message hash is `message_hash`, it
 * lies at `leaf` under the checkpoint, and the checkpoint is signed by the log.
 * ERR_FORMAT: entry or checkpoint malformed.  ERR_CONFLICT: another message, or no message.
 * ERR_PROOF: not in the tree.  ERR_SIGNATURE: not the log's checkpoint.  ERR_NOMEM: arena full.
 */
enum err receipt_check(const struct hash *federation, const struct receipt *receipt,
                       const struct hash *message_hash, const char *log_origin,
                       const struct public_key *log_key, struct arena *arena);

#endif /* PROTO_RECORD_H */
