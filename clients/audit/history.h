/*
 * history.h - what an auditor remembers of the messages it has replayed: enough to judge every
 * later entry that refers to one.
 *
 * Pure.  Memory grows with the log: about 130 bytes a message.  Nothing here is secret.
 */
#ifndef CLIENTS_AUDIT_HISTORY_H
#define CLIENTS_AUDIT_HISTORY_H

#include "proto/record.h"

enum { HISTORY_PARTIES_MAX = 4096 }; /* member ids ever seen */

struct history;

struct history_message {
    struct hash key;  /* SHA-256 over from and id */
    struct hash hash; /* message hash */
    uint64_t leaf;
    uint64_t keep_until_ms; /* the relay may erase the body after it, and not before */
    size_t first_recipient; /* into the recipients' array */
    uint32_t older;         /* what it supersedes, one more than its place; 0: nothing known */
    uint16_t recipients_count;
    uint16_t from; /* a party */
    Denrei__V1__Kind kind;
    struct id thread;
    bool is_withdrawal;
    bool is_superseded;
    bool is_withdrawn; /* itself, or what replaced it */
    bool is_erased;
};

/* On ERR_OK the caller owns *out and must history_free it.  ERR_NOMEM. */
enum err history_new(struct history **out);

/* Free *history and set it to NULL; a NULL *history is left alone. */
void history_free(struct history **history);

/* The number that stands for a member id here; made when it is new.  ERR_FULL: too many. */
enum err history_party(struct history *history, const char *member, uint16_t *out);

/* The message (from, id); NULL if it was not replayed.  Valid until the next history_add. */
struct history_message *history_find(const struct history *history, const char *from,
                                     const struct id *id);

/* The message of `ref` whose hash is the ref's; NULL if there is none.  As history_find. */
struct history_message *history_find_ref(const struct history *history,
                                         const struct message_ref *ref);

/*
 * Remember a message at `leaf`.
 * ERR_EXISTS: its (from, id) is known.  ERR_NOMEM, ERR_FULL.  Nothing is remembered then.
 */
enum err history_add(struct history *history, const struct header *header, const struct hash *hash,
                     uint64_t leaf);

/* Note that `message` is withdrawn, with all that it superseded. */
void history_withdraw(struct history *history, struct history_message *message);

/* Whether `member` sent `message` or is one of its recipients. */
bool history_has_party(const struct history *history, const struct history_message *message,
                       const char *member);

/* The recipients of `message`, at most RECIPIENTS_MAX; returns how many.  Borrowed. */
size_t history_recipients(const struct history *history, const struct history_message *message,
                          const char *out[RECIPIENTS_MAX]);

/*
 * The bits 1 << DeliveryStatus that recipient `party` has signed for `message`; NULL if it is no
 * recipient.
 */
uint8_t *history_deliveries(struct history *history, const struct history_message *message,
                            uint16_t party);

/*
 * Whether `missing` names exactly the recipients of `message` that have signed no receipt for it.
 */
bool history_is_unacknowledged(const struct history *history, const struct history_message *message,
                               const char *const *missing, size_t count);

/*
 * Take the next number of `party`'s lane.
 * ERR_PROOF: `slot` is not the next one; after a gap the lane goes on behind it.
 */
enum err history_take_slot(struct history *history, uint16_t party, const struct slot *slot);

#endif /* CLIENTS_AUDIT_HISTORY_H */
