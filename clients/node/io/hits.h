/*
 * hits.h - what screening found, what became of it, and the reports on their way: `hits.db` in the
 * state directory.
 *
 * Host.  A database of its own beside `node.db`: whoever screens may note a hit while a node runs,
 * and neither waits for the other's transactions.  A hit is a record of the look-up; it is
 * reported, or dismissed with a reason, and never just goes.  What it says ends with the kind's
 * retention.  Functions that fail return the errors of db.h besides those that they name.
 */
#ifndef CLIENTS_NODE_IO_HITS_H
#define CLIENTS_NODE_IO_HITS_H

#include "clients/node/finding.h"
#include "proto/message.h"
#include "proto/screening_hit.pb-c.h"

enum {
    HITS_KEY_BYTES_MAX = 1024,     /* of what was asked, in one spelling */
    HITS_WHY_BYTES_MAX = 1000,     /* of a dismissal's reason */
    HITS_SAME_MS = 60 * 60 * 1000, /* the same look-up within an hour is the same hit */
    HITS_SENT_MAX = 32             /* messages of one hit */
};

#define HITS_MS (366 * DAY_MS) /* what a hit says is kept so long */

struct hits;

/* What is on record: the owner's message, or a record of a list. */
struct hit_record {
    const char *owner;      /* member; "" if it is not known */
    bool has_message;       /* the next four are set */
    struct message_ref ref; /* of the owner's message */
    uint64_t leaf;
    struct id thread_id;
    const char *legal_basis; /* of that message; "" if none */
};

/* A hit.  Texts and spans of one that was read lie in the arena. */
struct hit {
    uint64_t number;    /* from 1; set by hits_note */
    uint64_t looked_ms; /* when it was looked up */
    const char *key;    /* what was asked, in one spelling */
    struct hit_record record;
    uint64_t place;        /* of the document or person in that message */
    struct span draft;     /* serialised ScreeningHit, its report filled in as far as known */
    uint64_t dismissed_ms; /* 0: it was not */
    const char *why;       /* "" unless it was dismissed */
    bool has_report;       /* it was reported, or waits to be */
    struct id report;      /* message id */
};

/*
 * Open `hits.db` in the state directory `dir`, made with `may_write` where it is missing.  On
 * ERR_OK the caller must hits_close *out, else it is NULL.
 * ERR_NOT_FOUND: without `may_write`, and it is not there.
 */
enum err hits_open(const char *dir, bool may_write, struct hits **out);

/* Close it and set *hits to NULL; NULL is left alone. */
void hits_close(struct hits **hits);

/*
 * Note a hit.  The same question on the same record within HITS_SAME_MS that was not dismissed is
 * the same hit: its view and time are taken anew unless it was reported.  *number is its number;
 * *dismissed is the newest earlier one of this question and record that was dismissed, 0 if none.
 */
enum err hits_note(struct hits *hits, const struct hit *hit, uint64_t *number, uint64_t *dismissed);

/* A hit by its number.  ERR_NOT_FOUND: there is none. */
enum err hits_find(struct hits *hits, uint64_t number, struct arena *arena, struct hit *out);

/* The newest hit below `number` (UINT64_MAX: of all).  ERR_NOT_FOUND: there is none. */
enum err hits_before(struct hits *hits, uint64_t number, struct arena *arena, struct hit *out);

/* The oldest hit above `number` that was neither reported nor dismissed.  ERR_NOT_FOUND: none. */
enum err hits_next_open(struct hits *hits, uint64_t number, struct arena *arena, struct hit *out);

/*
 * Remember that a hit was false, and why.
 * ERR_NOT_FOUND: there is none.  ERR_CONFLICT: it was reported, or dismissed already.
 */
enum err hits_dismiss(struct hits *hits, uint64_t number, const char *why, uint64_t now_ms);

/*
 * The oldest hit above `number` that was not reported and still says something of a message's
 * record.  ERR_NOT_FOUND: none.
 */
enum err hits_next_untold(struct hits *hits, uint64_t number, struct arena *arena, struct hit *out);

/* Erase what a hit says, unless it was reported; its number, owner and end stay. */
enum err hits_forget(struct hits *hits, uint64_t number);

/* Erase what hits say that were looked up before `until_ms`; their numbers and ends stay. */
enum err hits_expire(struct hits *hits, uint64_t until_ms);

/* Empty the write-ahead log of what was erased; where a reader is in the way, the next call does.
 */
enum err hits_settle(struct hits *hits);

/* ---- messages to owners */

enum hits_stage {
    HITS_WAITING = 1, /* not accepted yet */
    HITS_ACCEPTED = 2,
    HITS_REFUSED = 3 /* by the relay, for good */
};

struct hits_sent {
    struct id id;
    uint64_t hit;
    enum hits_stage stage;
    uint32_t refusal;     /* of HITS_REFUSED; of HITS_WAITING the last one, if any */
    struct span header;   /* as it is sealed, or is to be */
    struct hash hash;     /* message hash; zeros before it is sealed */
    struct span envelope; /* empty before it is sealed, and once it was accepted */
    struct span content;
    const char *thread_from;
    struct span receipt; /* of HITS_ACCEPTED, with the next two */
    uint64_t leaf;
    uint64_t accepted_ms;
    uint64_t delivered_ms; /* when the owner's receipt says that it came; 0: not known */
    uint64_t failed_ms;    /* when the owner said that it could not read or refused it */
};

/*
 * Put a message of a hit into the outbox, to be sealed by whoever carries it; with `is_report` it
 * is the hit's report.
 * ERR_CONFLICT: the hit was reported or dismissed already.  ERR_NOT_FOUND: there is no such hit.
 */
enum err hits_put(struct hits *hits, const struct hits_sent *sent, bool is_report);

/* ERR_NOT_FOUND: there is none. */
enum err hits_sent_find(struct hits *hits, const struct id *id, struct arena *arena,
                        struct hits_sent *out);

/* The oldest that waits after `after` (NULL: of all).  ERR_NOT_FOUND: none. */
enum err hits_sent_waiting(struct hits *hits, const struct id *after, struct arena *arena,
                           struct hits_sent *out);

/* The messages of a hit, oldest first, at most HITS_SENT_MAX. */
enum err hits_sent_of(struct hits *hits, uint64_t number, struct arena *arena,
                      struct hits_sent sent[HITS_SENT_MAX], size_t *count);

/* Accepted reports of which no receipt of the owner is known, at most `room`, newest first. */
enum err hits_sent_untold(struct hits *hits, struct id *ids, size_t room, size_t *count);

/* Keep a message as it is sealed now. */
enum err hits_sent_seal(struct hits *hits, const struct id *id, struct span header,
                        const struct hash *hash, struct span envelope);

/* The relay accepted: keep the receipt, let the envelope go. */
enum err hits_sent_accept(struct hits *hits, const struct id *id, struct span receipt,
                          uint64_t leaf, uint64_t accepted_ms);

/* The relay refused: for good, and then the hit is open again, or for now. */
enum err hits_sent_refuse(struct hits *hits, const struct id *id, enum hits_stage stage,
                          uint32_t code);

/* The owner has it (`failed`: said that it cannot take it); the earliest time stays. */
enum err hits_sent_told(struct hits *hits, const struct id *id, bool failed, uint64_t time_ms);

#endif /* CLIENTS_NODE_IO_HITS_H */
