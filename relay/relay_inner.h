/*
 * relay_inner.h - what the parts of the relay's machine share; included by relay/relay*.c only.
 *
 * Pure.
 */
#ifndef RELAY_RELAY_INNER_H
#define RELAY_RELAY_INNER_H

#include "keys/policy.h"
#include "relay/relay.h"

enum {
    RELAY_AUDITORS_MAX = 64,
    RELAY_FLUSH_MAX = 4, /* late refusals or accesses written in one tick */
    REFUSAL_SPACING_MS = 1000,
    PUBLISH_SPACING_MS = 1000,
    ACCESS_SPACING_MS = 60000,
};
#define CLOCK_WAIT_MS    DAY_MS           /* stopped for longer, the clock must be confirmed */
#define WITNESS_GRACE_MS (15 * MINUTE_MS) /* after a start, for witnesses to come back */

/* A member's limits, and its refusals that got no leaf of their own yet. */
struct relay_member {
    struct limit messages;
    struct limit requests;
    struct limit documents; /* that it carried and the log did not have */
    uint64_t refused_ms;    /* of its last refusal leaf */
    uint32_t suppressed;
    enum refusal last_code; /* of the last one suppressed */
    struct id last_id;
    struct hash last_hash;
};

/* What an auditor's credential has read: logged, and since then. */
struct relay_reader {
    struct hash credential;
    char member[MEMBER_ID_MAX + 1];
    uint64_t logged_ms;
    uint64_t covered_from, covered_to;
    uint64_t pending_from, pending_to; /* equal: nothing */
};

struct relay {
    struct relay_settings settings;
    struct relay_keys keys;
    struct trust *trust;
    struct ledger *ledger;
    struct mailboxes *mailboxes;
    uint64_t last_entry_ms;
    uint64_t begun_ms;
    uint64_t documents;
    struct relay_published published;
    struct relay_published witnessed;
    uint64_t published_ms;
    uint64_t witnessed_ms;
    struct note_key witnesses[WITNESSES_MAX];
    size_t witnesses_count;
    size_t quorum;
    bool is_full;
    bool is_waiting;     /* for somebody to confirm the clock */
    bool is_unconfirmed; /* restored, and no quorum has cosigned since */
    bool has_confirmed[WITNESSES_MAX];
    bool has_said_unwitnessed;
    bool has_said_stopped;
    struct relay_counts counts;
    struct relay_member members[MAILBOXES_MAX]; /* by mailbox number */
    struct relay_reader readers[RELAY_AUDITORS_MAX];
};

/* One more effect of `type`, all else zeros.  RELAY_EFFECTS_MAX is enough for every step. */
struct relay_effect *relay_add_effect(struct relay_effects *effects, enum relay_effect_type type);

/* Say `what` to the operator. */
struct relay_effect *relay_add_report(struct relay_effects *effects, enum relay_report what);

/* The answer with this code. */
struct relay_effect *relay_add_answer(struct relay_effects *effects, enum refusal code);

/* The time that an entry written now has: never before the last one's. */
uint64_t relay_entry_ms(const struct relay *relay, uint64_t now_ms);

/*
 * Stamp and encode `entry` into the effects' arena and see that relay_append_entry cannot fail.
 * ERR_NOMEM, ERR_FULL: nothing has changed.
 */
enum err relay_encode_entry(struct relay *relay, uint64_t now_ms, struct log_entry *entry,
                            struct relay_effects *effects, struct span *bytes);

/* Append what relay_encode_entry made; the effect is added.  Returns its leaf. */
uint64_t relay_append_entry(struct relay *relay, uint64_t now_ms, struct span bytes,
                            struct relay_effects *effects);

/* Both; an entry that cannot be encoded is not written, and false is returned. */
bool relay_write_entry(struct relay *relay, uint64_t now_ms, struct log_entry *entry,
                       struct relay_effects *effects, uint64_t *leaf);

/* Why nothing may be written to the log now; REFUSAL_NONE if it may. */
enum refusal relay_check_writable(const struct relay *relay);

/* Why no new message may be accepted now, besides that; REFUSAL_NONE if it may. */
enum refusal relay_check_witnessed(const struct relay *relay, uint64_t now_ms);

/* The member's state; NULL for a member without a mailbox. */
struct relay_member *relay_find_member(struct relay *relay, const char *member);

/* Take witnesses and quorum from the directory in force. */
void relay_take_witnesses(struct relay *relay);

/* Note that `caller`'s message was refused: a leaf at most once a second, else it is counted. */
void relay_log_refusal(struct relay *relay, uint64_t now_ms, const char *member,
                       struct policy_answer why, const struct checked_message *checked,
                       struct relay_effects *effects);

/* Write what waits: suppressed refusals, pending accesses. */
void relay_flush_refusals(struct relay *relay, uint64_t now_ms, struct relay_effects *effects);
void relay_flush_accesses(struct relay *relay, uint64_t now_ms, struct relay_effects *effects);

/* The events. */
void relay_on_message(struct relay *relay, uint64_t now_ms, const struct relay_event *event,
                      struct relay_effects *effects);
void relay_on_receipts(struct relay *relay, uint64_t now_ms, const struct relay_event *event,
                       struct relay_effects *effects);
void relay_on_document(struct relay *relay, uint64_t now_ms, const struct relay_event *event,
                       struct relay_effects *effects);
void relay_on_cosign(struct relay *relay, uint64_t now_ms, const struct relay_event *event,
                     struct relay_effects *effects);
void relay_on_access(struct relay *relay, uint64_t now_ms, const struct relay_event *event,
                     struct relay_effects *effects);
void relay_on_erase(struct relay *relay, uint64_t now_ms, const struct relay_event *event,
                    struct relay_effects *effects);
void relay_publish(struct relay *relay, uint64_t now_ms, struct relay_effects *effects);
void relay_watch_witnesses(struct relay *relay, uint64_t now_ms, struct relay_effects *effects);

#endif /* RELAY_RELAY_INNER_H */
