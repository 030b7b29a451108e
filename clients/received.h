/*
 * received.h - a message as the relay serves it to one recipient: is it what the log holds, signed
 * by whom it says, allowed where it stands, and what does it say.
 *
 * Pure.  A fault of the relay is an error: the caller ends the session and keeps the evidence.  A
 * fault of the sender is an outcome (a refusal code): the message has its number in the mailbox, so
 * it is stored as refused and receipted as such, never skipped.
 */
#ifndef CLIENTS_RECEIVED_H
#define CLIENTS_RECEIVED_H

#include "keys/policy.h"
#include "keys/trust.h"
#include "proto/batch_cache.h"
#include "proto/frame.h"
#include "proto/kind.h"
#include "proto/merkle.h"
#include "proto/record.h"

/* Last number that was stored, per lane. */
struct received_position {
    uint64_t flash;
    uint64_t rest;
};

struct received {
    uint64_t leaf;
    uint64_t time_ms; /* the entry's: when the relay says it accepted */
    struct slot slot;
    struct message_ref ref; /* sender, id, message hash */
    struct header header;
    struct seal seal;
    const struct kind_type *kind;
    bool is_tombstone;    /* no body any more: delivery ended, expired or withdrawn */
    struct served served; /* of a tombstone header, seal and place alone */
    enum refusal refusal; /* REFUSAL_NONE: signed and allowed at its leaf */
    const char *subject;  /* member, group or basis at fault; "" if none */
    bool is_suspect;      /* logged after the sender's credential came under suspicion */
};

/*
 * Check `item` of `member`'s mailbox.  Not whether it lies under a checkpoint
 * (session_check_entry), nor whether its number is the next (received_is_next).  *out borrows from
 * item, arena and trust. ERR_FORMAT: entry malformed, no message, or wrap and body half absent.
 * ERR_CONFLICT: not addressed to the member, the slot is not the logged one, or it names documents
 * that the relay has not shown.  ERR_PROOF,
 * ERR_COMMITMENT: wrap or body are not the sealed ones.  ERR_NOMEM: arena full.
 */
enum err received_check(const struct trust *trust, const char *member,
                        const Denrei__V1__FetchItem *item, struct batch_cache *cache,
                        struct arena *arena, struct received *out);

/* Whether `slot` follows on `position`; if not, the relay left something out or repeats itself. */
bool received_is_next(const struct received_position *position, const struct slot *slot);

/* Move `position` to `slot`. */
void received_advance(struct received_position *position, const struct slot *slot);

/*
 * Check a reply's mailbox head: signed by a relay key of the directory, of `member`, not beyond
 * `head`.  `least` are the highest numbers that were stored, or that an earlier head named.  *out
 * borrows from reply and arena.
 * ERR_FORMAT: malformed.  ERR_SIGNATURE: by no relay of the directory.  ERR_CONFLICT: another
 * member's, a tree larger than the checkpoint, or last numbers below `least`.  ERR_NOMEM.
 */
enum err received_check_head(const struct trust *trust, const char *member,
                             const struct merkle_head *head, const struct received_position *least,
                             const Denrei__V1__FetchReply *reply, struct arena *arena,
                             struct head *out);

/*
 * Whether a message fits the mailbox head that came with it: what lies in the head's tree has no
 * higher number than the head's last.  If not, the two convict the relay.
 */
bool received_is_within(const struct received *received, const struct head *mailbox);

/*
 * Whether the relay held back: it served nothing, while its head names more than `position`.  An
 * honest one serves at least the next.
 */
bool received_is_held_back(const Denrei__V1__FetchReply *reply, const struct head *mailbox,
                           const struct received_position *position);

/* The higher number of each lane. */
struct received_position received_furthest(const struct received_position *position,
                                           uint64_t flash_last, uint64_t rest_last);

/* Who opens: a credential and its encryption pair, both borrowed. */
struct received_reader {
    const struct hash *credential;
    const struct identity *encryption;
};

/*
 * Open the body of a message that is allowed and no tombstone, with the mailbox key that it was
 * sealed to, as the newest roster seals it to `reader`.  *content lies in `arena`.
 * ERR_NOT_FOUND: the mailbox key is not sealed to this credential: the member's authority must
 * renew its roster.  ERR_KEY, ERR_COMMITMENT, ERR_FORMAT, ERR_NOMEM: as envelope_open.
 */
enum err received_open(const struct trust *trust, const struct received *received,
                       const struct received_reader *reader, struct arena *arena,
                       struct span *content);

/* The reason code to report for an error of received_open as UNREADABLE. */
enum refusal received_reason(enum err err);

/*
 * Decode content that is to be sent under `header`, or was opened from a message that stands at
 * `leaf` (TRUST_UNLOGGED: still to be sent), and check the kind's rules.  `thread_from` is the
 * member that began the thread, "" if not known.  The content of a WITHDRAW is empty.
 * ERR_FORMAT: not a strict encoding of the kind, or of more than `arena` (ARENA_BYTES_MAX) holds.
 * ERR_POLICY: `problems` says which rules it breaks; *out is set all the same.
 */
enum err received_check_content(const struct trust *trust, const struct header *header,
                                uint64_t leaf, const char *thread_from, struct span content,
                                struct arena *arena, ProtobufCMessage **out,
                                struct problems *problems);

/*
 * Check that the files that the content speaks of are those that the seal names.
 * ERR_POLICY: `problems` says which are not.
 */
enum err received_check_attachments(const struct received *received,
                                    const ProtobufCMessage *content, struct problems *problems);

#endif /* CLIENTS_RECEIVED_H */
