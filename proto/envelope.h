/*
 * envelope.h - sealing, signing, verifying and opening a message (DESIGN section 6).
 *
 * Pure, except that envelope_seal draws the content key (CEK) from libsodium's generator.
 */
#ifndef PROTO_ENVELOPE_H
#define PROTO_ENVELOPE_H

#include "proto/message.h"

struct content_key {
    uint8_t bytes[32]; /* secret */
};

/* An X25519 pair; the secret half lies in guarded memory of its owner. */
struct box_keys {
    struct public_key public_key;
    const uint8_t *secret_key; /* 32 bytes, borrowed */
};

/* H(D("header") header). */
struct hash envelope_header_hash(const struct hash *federation, struct span header);

/* The message's leaf hash over D("message") u32 len(header) header u32 len(seal) seal. */
struct hash envelope_message_hash(const struct hash *federation, struct span header,
                                  struct span seal);

/* Padmé (PURBs, 2019) of `bytes`, at least BODY_PADDED_MIN: the size of the padded plaintext. */
size_t envelope_padded_bytes(size_t bytes);

/* Whether an encrypted body can have `bytes`: a size that padding gives, and the tag. */
bool envelope_is_body_bytes(size_t bytes);

/*
 * Encrypt `content` (at most CONTENT_BYTES_MAX bytes; a withdrawal has none) under a fresh key,
 * bound to `header`, and wrap the key to each of the `count` mailbox keys, which are in the order
 * of the header's `to`.
 * *out borrows `header` and has everything but its signature.  All else lies in `arena`.
 * ERR_RANGE: content too large, no recipient or too many.  ERR_KEY: a mailbox key is weak (small
 * order).  ERR_NOMEM: arena full.
 */
enum err envelope_seal(const struct hash *federation, struct span header, struct span content,
                       const struct public_key *mailbox_keys, size_t count, struct arena *arena,
                       struct envelope *out);

/* As envelope_seal, with attachments for the seal to name: at most ATTACHMENTS_MAX. */
enum err envelope_seal_attached(const struct hash *federation, struct span header,
                                struct span content, const struct attachment *attachments,
                                size_t attachments_count, const struct public_key *mailbox_keys,
                                size_t count, struct arena *arena, struct envelope *out);

/* As envelope_seal with a given key: what a dispute recomputes. */
enum err envelope_seal_with(const struct content_key *key, const struct hash *federation,
                            struct span header, struct span content,
                            const struct public_key *mailbox_keys, size_t count,
                            struct arena *arena, struct envelope *out);

/*
 * Sign the `count` (1 to BATCH_MAX) envelopes at `batch` with one signature by `secret_key` (64
 * bytes, Ed25519) and give each its path.
 */
void envelope_sign(const struct hash *federation, const uint8_t *secret_key, struct envelope *batch,
                   size_t count);

/*
 * Check what the relay can: body length and hash, wraps count and root, against `seal`.
 * ERR_COMMITMENT: the body is another.  ERR_PROOF: the wraps are others or not `recipients` many.
 */
enum err envelope_check(const struct hash *federation, const struct envelope *envelope,
                        const struct seal *seal, size_t recipients);

/* The path of wrap `index` to the seal's wraps_root.  `path` has room for BATCH_PATH_MAX. */
size_t envelope_wrap_path(const struct hash *federation, const struct envelope *envelope,
                          size_t index, struct hash *path);

/* The parts of a message that one recipient is served. */
struct served {
    struct span header;
    struct span seal;
    struct span wrap; /* WRAP_BYTES */
    const struct hash *wrap_path;
    size_t wrap_path_len;
    size_t index; /* of the recipient in `to` */
    size_t count; /* of `to` */
    struct span body;
};

/*
 * Check what anybody can of what was served, against `seal`: the wrap has its place in wraps_root,
 * the body is the one that was sealed.  The relay has checked the same before it accepted, so
 * what fails here was altered by whoever served it.
 * ERR_PROOF: the wrap is another.  ERR_COMMITMENT: the body is another.
 */
enum err envelope_check_served(const struct hash *federation, const struct served *served,
                               const struct seal *seal);

/*
 * Open what `served` holds with the member's mailbox keys: wrap in wraps_root, body hash, wrap
 * opens, key commitment, the wrap is the one that derives from the key, decryption, padding.
 * *content lies in `arena`, and is set only when all of it held.
 * ERR_PROOF: wrap not in the seal.  ERR_KEY: the wrap is for another key.  ERR_COMMITMENT: key or
 * body do not match the seal.  ERR_FORMAT: padding, or the seal itself.  ERR_NOMEM: arena full.
 */
enum err envelope_open(const struct hash *federation, const struct served *served,
                       const struct box_keys *mailbox, struct arena *arena, struct span *content);

#endif /* PROTO_ENVELOPE_H */
