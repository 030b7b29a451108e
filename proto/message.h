/*
 * message.h - header, seal, signature and envelope: the parts of a message as structs, and their
 * strict encoding (denrei.proto).
 *
 * Pure.  What is decoded has passed every bound of limits.h, so users need not check lengths,
 * enums, identifiers or order again.  Decoded structs borrow from the bytes and from the arena.
 * An absent text is "", never NULL.
 */
#ifndef PROTO_MESSAGE_H
#define PROTO_MESSAGE_H

#include "proto/arena.h"
#include "proto/bytes.h"
#include "proto/denrei.pb-c.h"
#include "proto/limits.h"

#include <stdbool.h>

/* A message is (from, id); the hash pins its content. */
struct message_ref {
    const char *from;
    struct id id;
    struct hash hash;
};

struct header {
    struct id id;
    Denrei__V1__Kind kind;
    Denrei__V1__Action action;
    const char *from;
    struct hash credential;
    const char **to; /* byte order, unique */
    size_t to_count;
    const char *group; /* "" if none */
    Denrei__V1__Priority priority;
    Denrei__V1__Tlp tlp;
    Denrei__V1__UseRestriction use_restriction;
    uint64_t created_at_ms;
    uint64_t deliver_until_ms;
    uint64_t expires_at_ms;
    bool has_in_reply_to;
    struct message_ref in_reply_to;
    bool has_supersedes; /* exactly when action is UPDATE or WITHDRAW */
    struct message_ref supersedes;
    struct id thread_id;
    const char *legal_basis; /* "" if none */
    uint64_t directory_version;
    uint64_t roster_version;
    const uint64_t *recipient_roster_versions; /* to_count of them */
};

struct attachment {
    struct hash hash;
    uint64_t bytes;
};

struct seal {
    struct hash body_hash;
    uint32_t body_bytes;
    struct hash wraps_root;
    struct hash key_commitment;
    const struct attachment *attachments;
    size_t attachments_count;
};

/* One signature over a batch's tree, and the path of one of its leaves. */
struct signature {
    uint32_t count; /* 1 to BATCH_MAX */
    uint32_t index; /* below count */
    uint32_t path_len;
    struct hash path[BATCH_PATH_MAX];
    struct sig sig;
};

/* Header and seal stay bytes: they are what is hashed, signed, logged and stored. */
struct envelope {
    struct span header;
    struct span seal;
    struct signature signature;
    const uint8_t *wraps; /* wraps_count times WRAP_BYTES, in the order of `to` */
    size_t wraps_count;
    struct span body;
};

/* Where `member` stands in the header's `to`; to_count if it is none of the recipients. */
size_t header_find_recipient(const struct header *header, const char *member);

/* Whether the message is to `member`. */
bool header_is_to(const struct header *header, const char *member);

/* Until when the relay keeps the body: deliver_until or expires_at, the earlier. */
uint64_t header_keep_until_ms(const struct header *header);

/* Whether `text` is a member id: [a-z0-9.-]{3,64}, no dot or hyphen at an end. */
bool message_is_member_id(const char *text);

/* Whether `text` is a group's id: @ and [a-z0-9.-], 3 to 64 in all, no dot or hyphen at an end. */
bool message_is_group_id(const char *text);

/*
 * Decode a header and check it alone: ids, enums, order and uniqueness of `to`, created_at <=
 * deliver_until, the bounds of DELIVER_MS_*, expires_at after created_at, supersedes exactly with
 * UPDATE and WITHDRAW and of the same `from`, WITHDRAW as FLASH, a UUIDv7 id (RFC 9562).
 * ERR_FORMAT: malformed or out of bounds.  ERR_UNKNOWN: another suite.  ERR_NOMEM: arena full.
 */
enum err header_decode(struct span bytes, struct arena *arena, struct header *out);

/* Encode `header`.  ERR_NOMEM: arena full.  ERR_FORMAT: header_decode would refuse it. */
enum err header_encode(const struct header *header, struct arena *arena, struct span *out);

/*
 * Decode a seal: body_bytes a size that padding gives, attachments in bounds.
 * ERR_FORMAT: malformed or out of bounds.  ERR_NOMEM: arena full.
 */
enum err seal_decode(struct span bytes, struct arena *arena, struct seal *out);

/* Encode `seal`.  ERR_NOMEM: arena full. */
enum err seal_encode(const struct seal *seal, struct arena *arena, struct span *out);

/*
 * Protobuf form of a signature (copied into the arena) and back.
 * ERR_FORMAT: a count, index, path or length is wrong.  ERR_NOMEM: arena full.
 */
enum err signature_from_wire(const Denrei__V1__Signature *wire, struct signature *out);
enum err signature_to_wire(const struct signature *signature, struct arena *arena,
                           Denrei__V1__Signature **out);

/*
 * An envelope from its protobuf form: lengths and counts only, header and seal stay bytes.
 * ERR_FORMAT: a length or count is wrong.  ERR_NOMEM: arena full.
 */
enum err envelope_from_wire(const Denrei__V1__Envelope *wire, struct arena *arena,
                            struct envelope *out);
enum err envelope_to_wire(const struct envelope *envelope, struct arena *arena,
                          Denrei__V1__Envelope **out);

/* The same from and to bytes, for stores. */
enum err envelope_decode(struct span bytes, struct arena *arena, struct envelope *out);
enum err envelope_encode(const struct envelope *envelope, struct arena *arena, struct span *out);

/* Protobuf bytes of exactly `sizeof` a fixed value.  ERR_FORMAT: another length. */
enum err wire_get_hash(ProtobufCBinaryData data, struct hash *out);
enum err wire_get_id(ProtobufCBinaryData data, struct id *out);
enum err wire_get_key(ProtobufCBinaryData data, struct public_key *out);
enum err wire_get_sig(ProtobufCBinaryData data, struct sig *out);

/* Borrow `len` bytes at `data` as protobuf bytes; the generated structs have no const. */
ProtobufCBinaryData wire_put(const void *data, size_t len);

/* Borrow `text` as protobuf's text. */
char *wire_put_text(const char *text);

/* The same back: bytes borrowed from a decoded struct. */
struct span wire_get_span(ProtobufCBinaryData data);

/* Whether each of `count` elements at `data` is `bytes` long. */
bool wire_are_sized(const ProtobufCBinaryData *data, size_t count, size_t bytes);

/* Whether the lengths and counts of `wire` are those of a signature, or of an envelope. */
bool wire_is_signature(const Denrei__V1__Signature *wire);
bool wire_is_envelope(const Denrei__V1__Envelope *wire);

/* Whether `wire` names a message: member id, UUIDv7, hash. */
bool wire_is_ref(const Denrei__V1__MessageRef *wire);

/* A checked reference from its protobuf form, and back; `wire` borrows from `ref`. */
struct message_ref wire_get_ref(const Denrei__V1__MessageRef *wire);
Denrei__V1__MessageRef wire_put_ref(const struct message_ref *ref);

#endif /* PROTO_MESSAGE_H */
