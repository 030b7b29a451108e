/*
 * relay.h - the relay's decisions: what is accepted, what becomes a leaf of the log, who is told
 * what (DESIGN sections 7 to 10).
 *
 * Pure.  The host brings requests that verify.h has judged together with what its store knows,
 * applies the effects of a step before the next one, and sends answers only after all effects
 * of a batch and the batch's checkpoint are on stable storage.  A commit that fails ends the
 * process: the next start restores this state from the store.
 */
#ifndef RELAY_RELAY_H
#define RELAY_RELAY_H

#include "relay/ledger.h"
#include "relay/limit.h"
#include "relay/mailbox.h"
#include "relay/verify.h"

enum {
    RELAY_NOTE_MAX = LEDGER_NOTE_MAX + WITNESSES_MAX * NOTE_LINE_MAX,
    RELAY_EFFECTS_MAX = 8,
};

struct relay_settings {
    struct limit_rate messages; /* per member */
    struct limit_rate requests; /* per member */
    bool is_clock_accepted;     /* by the operator's word, after a long stop */
    bool is_restored;           /* from a backup: see relay_is_unconfirmed */
};

/* Who asks: the credential of the session, as it stands at this moment. */
struct relay_caller {
    struct hash credential;
    const char *member; /* valid until the next RELAY_DOCUMENT */
    Denrei__V1__Purpose purpose;
};

/* What the store knows of the message (from, id). */
struct relay_known {
    bool is_found;
    struct hash hash;
    uint64_t leaf;
    uint64_t superseded_by;      /* leaf of the message that did, 0 if none */
    struct span entry;           /* its LogEntry */
    const struct header *header; /* decoded from `entry`; NULL where the event does not need it */
};

/* What the store knows of what one delivery receipt speaks of. */
struct relay_known_receipt {
    struct relay_known message; /* without entry and header */
    bool is_addressed;          /* the message is to the receipt's member */
    bool is_repeat;             /* there is a receipt of this status by this member (and, unless
                                   it is DELIVERED, this credential) */
    bool is_acknowledged;       /* the member has given any receipt for the message */
    uint64_t leaf;              /* of the earlier receipt, if is_repeat */
};

enum relay_event_type {
    RELAY_MESSAGE,  /* one envelope of a Submit */
    RELAY_RECEIPTS, /* an Acknowledge */
    RELAY_DOCUMENT, /* a Publish, or a document that the operator loads */
    RELAY_COSIGN,   /* a Cosign */
    RELAY_ACCESS,   /* an auditor's Entries */
    RELAY_ERASE,    /* a message's body is to go */
    RELAY_TICK,     /* time passed: at least once a second */
    RELAY_LIFE,     /* the relay starts or stops */
    RELAY_GENESIS   /* of an empty log: its first leaf */
};

struct relay_event {
    enum relay_event_type type;
    const struct relay_caller *caller; /* NULL for the relay's own events */
    union {
        struct {
            const struct checked_message *checked;
            struct relay_known known;
            struct relay_known in_reply_to; /* with header, if the message has in_reply_to */
            struct relay_known supersedes;  /* with header, if it has supersedes */
            bool is_attached;               /* all attachments of its seal are there, whole */
        } message;
        struct {
            const struct checked_receipts *checked;
            const struct relay_known_receipt *known; /* one for each receipt */
        } receipts;
        struct {
            const struct checked_document *checked;
            bool is_known; /* the log has it */
            uint64_t leaf, number;
        } document;
        struct {
            struct span line;
            uint64_t size;
            struct span note; /* published at that size; empty if none was */
        } cosign;
        struct {
            uint64_t from_leaf, to_leaf;
        } access;
        struct {
            struct relay_known message; /* with its header */
            const char **unacknowledged;
            size_t unacknowledged_count;
        } erase;
        Denrei__V1__RelayEventCode life;
    };
};

enum relay_effect_type {
    RELAY_PUT_ENTRY,
    RELAY_PUT_MESSAGE,
    RELAY_PUT_SUPERSEDED,
    RELAY_PUT_DELIVERIES,
    RELAY_PUT_DOCUMENT,
    RELAY_PUT_PUBLISHED,
    RELAY_PUT_ERASING, /* the body and what it superseded is to be erased soon */
    RELAY_ERASE_BODY,
    RELAY_TRUST_CHANGED, /* make passes anew, end sessions of credentials that are gone */
    RELAY_REPORT,        /* a line for the relay's operator */
    RELAY_ANSWER         /* always last */
};

/* A receipt by its place: message, member and status, in batch `leaf` at `index`. */
struct relay_delivery {
    uint64_t message_leaf;
    Denrei__V1__DeliveryStatus status;
    uint64_t credential_tag; /* 0 with DELIVERED, else the first 63 bits of the credential */
    uint32_t index;
};

/* Eight bytes of the credential, which tell a member's receipts of one status apart. */
uint64_t relay_credential_tag(const struct delivery_receipt *receipt);

enum relay_report {
    RELAY_REPORT_REFUSED,       /* code, member, id */
    RELAY_REPORT_DOCUMENT,      /* member, number: a new one is in force */
    RELAY_REPORT_WITNESSED,     /* number: first size with a quorum after none was fresh */
    RELAY_REPORT_UNWITNESSED,   /* no quorum for WITNESS_ALARM_MS */
    RELAY_REPORT_STOPPED,       /* no quorum for WITNESS_STOP_MS: no new submissions */
    RELAY_REPORT_CLOCK_TRUSTED, /* a quorum's time agrees with ours again */
    RELAY_REPORT_CONFIRMED /* a quorum has seen no more of the log than the restored store has */
};

struct relay_effect {
    enum relay_effect_type type;
    union {
        struct {
            uint64_t leaf;
            struct hash hash;
            struct span bytes;
        } entry;
        struct {
            uint64_t leaf;
            uint32_t sender; /* mailbox number, as below */
            const struct checked_message *checked;
            const uint32_t *recipients; /* in the order of `to`, with slots */
            const struct slot *slots;
            uint64_t keep_until_ms;
        } message;
        struct {
            uint32_t sender;
            struct id id;
            uint64_t by_leaf;
        } superseded;
        struct {
            uint64_t leaf;
            uint32_t member;
            const struct relay_delivery *list;
            size_t count;
        } deliveries;
        struct {
            uint64_t number, leaf;
            const struct checked_document *checked;
        } document;
        struct {
            uint64_t size, witnessed_ms; /* 0: no quorum */
            struct span note;
        } published;
        struct {
            uint64_t leaf;
            uint64_t keep_until_ms; /* as when it was put; not of RELAY_PUT_ERASING */
        } erase;
        struct {
            enum relay_report what;
            enum refusal code;
            const char *member;
            const char *subject; /* the member, group or basis at fault; "" if none */
            struct id id;
            uint64_t number;
        } report;
        struct {
            enum refusal code;
            uint64_t leaf, number;
            struct span entry; /* of an accepted message */
        } answer;
    };
};

/* Filled by a step; what it borrows lives in `arena` or in the event. */
struct relay_effects {
    struct arena *arena; /* too small a one makes REFUSAL_TOO_LARGE */
    size_t count;
    struct relay_effect list[RELAY_EFFECTS_MAX];
};

/* A checkpoint that was published, with the cosignatures that it has. */
struct relay_published {
    uint64_t size; /* 0: none yet */
    size_t note_len;
    char note[RELAY_NOTE_MAX + 1];
};

struct relay;

/* The relay's own keys, borrowed for its life. */
struct relay_keys {
    const struct identity *log;
    const struct identity *relay;
};

/*
 * Make a relay of the federation whose first directory is `document` (a SignedDocument), with the
 * log that `head` says.  On ERR_OK the caller owns *out and must relay_free it; otherwise *out is
 * NULL.  Errors as trust_new and ledger_new.
 */
enum err relay_new(struct span document, const struct relay_settings *settings,
                   const struct relay_keys *keys, const struct merkle_head *head,
                   const struct tile_reader *reader, struct relay **out);

/* Free *relay and set it to NULL; a NULL *relay is left alone. */
void relay_free(struct relay **relay);

/* ---- restoring, in this order, from a store; then relay_begin */

/* A document of the log at `leaf`, in the log's order.  Errors as trust_apply. */
enum err relay_restore_document(struct relay *relay, Denrei__V1__DocumentType type,
                                struct span document, uint64_t leaf);

/* A mailbox, in the order of their numbers.  ERR_CORRUPT: not so.  Else as mailboxes_open. */
enum err relay_restore_mailbox(struct relay *relay, const struct mailbox *mailbox);

/* A published checkpoint; witnessed_ms 0: without a quorum.  ERR_RANGE: longer than any of ours. */
enum err relay_restore_published(struct relay *relay, uint64_t size, struct span note,
                                 uint64_t witnessed_ms);

/* The time of the log's last entry. */
void relay_restore_time(struct relay *relay, uint64_t last_entry_ms);

/*
 * Begin at `now_ms`: sign the tree as restored.  Errors as ledger_seal.
 */
enum err relay_begin(struct relay *relay, uint64_t now_ms);

/* ---- running */

/*
 * Who holds `credential` now and may make a request now.  REFUSAL_CREDENTIAL: it is not in force
 * (revoked, expired).  REFUSAL_RATE: the member asks too much.
 */
enum refusal relay_admit(struct relay *relay, const struct hash *credential, uint64_t now_ms,
                         struct relay_caller *out);

/* Whether the caller's purpose allows the call; REFUSAL_NOT_ALLOWED if not. */
enum refusal relay_check_call(const struct relay *relay, const struct relay_caller *caller,
                              Denrei__V1__Request__CallCase call);

/* Judge one event; effects are set anew. */
void relay_step(struct relay *relay, uint64_t now_ms, const struct relay_event *event,
                struct relay_effects *effects);

/* No NEW is accepted while the disk is nearly full. */
void relay_set_full(struct relay *relay, bool is_full);

/*
 * Whether nothing is written because the relay stood still for long and nobody has confirmed the
 * clock yet.
 */
bool relay_is_waiting(const struct relay *relay);

/*
 * Whether nothing is written because the store came from a backup and no quorum of witnesses has
 * cosigned since the start: what they have seen may be more than it holds (DESIGN section 10, "No
 * fork").
 */
bool relay_is_unconfirmed(const struct relay *relay);

/*
 * ERR_STALE: the clock at `now_ms` lies CLOCK_SKEW_MS or more before the last entry: nothing may
 * be stamped, the relay must stop.
 */
enum err relay_check_clock(const struct relay *relay, uint64_t now_ms);

/*
 * The time up to which bodies whose deliver_until has passed may be erased: a quorum's time, or
 * without witnesses `now_ms`.
 */
uint64_t relay_erasable_ms(const struct relay *relay, uint64_t now_ms);

/* ---- what is read for answers; borrowed, valid until the next step */

/* The parts of the relay. */
struct ledger *relay_ledger(struct relay *relay);
const struct trust *relay_trust(const struct relay *relay);
struct mailboxes *relay_mailboxes(struct relay *relay);

/* The relay's own key, which signs the heads of mailboxes. */
const struct identity *relay_key(const struct relay *relay);

/* The newest published checkpoint, and the newest that a quorum cosigned; of size 0: none yet. */
const struct relay_published *relay_newest_published(const struct relay *relay);
const struct relay_published *relay_newest_witnessed(const struct relay *relay);

/* The newest time at which a quorum had cosigned; 0: none yet. */
uint64_t relay_witnessed_ms(const struct relay *relay);

/* The number of the newest document, 0 if there is none; the time of the last entry, 0 likewise. */
uint64_t relay_documents(const struct relay *relay);
uint64_t relay_last_entry_ms(const struct relay *relay);

/* Since relay_begin. */
struct relay_counts {
    uint64_t accepted, refused;
};
struct relay_counts relay_counts(const struct relay *relay);

#endif /* RELAY_RELAY_H */
