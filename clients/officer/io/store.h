/*
 * store.h - what an officer has sent, received and still owes: `officer.db` in the state directory.
 *
 * Host.  A message that is to be sent is stored with its id, sealed, before the first attempt.  Of
 * its content only a copy sealed to the officer's own encryption key is kept, and received bodies
 * stay as they came.  Everything of a message but its header ends when the message expires.
 *
 * Functions that fail add to `problems` what is wrong and what to do.  Rows that are read lie in an
 * arena.
 */
#ifndef CLIENTS_OFFICER_IO_STORE_H
#define CLIENTS_OFFICER_IO_STORE_H

#include "clients/received.h"
#include "proto/message_id.h"
#include "proto/problem.h"
#include "proto/record.h"

struct store;

enum store_stage {
    STORE_WAITING = 1, /* not accepted yet: goes with the next connection */
    STORE_ACCEPTED = 2,
    STORE_REFUSED = 3 /* by the relay, for good */
};

struct store_sent {
    struct id id;
    enum store_stage stage;
    uint32_t refusal;     /* of STORE_REFUSED; of STORE_WAITING the last one, if any */
    struct span header;   /* as it is sealed now */
    struct hash hash;     /* message hash of that */
    struct span envelope; /* empty once accepted */
    struct span copy;     /* content sealed to the officer; empty once it has expired */
    struct span receipt;  /* of STORE_ACCEPTED */
    uint64_t leaf;
    uint64_t accepted_ms;
    const char *thread_from;
};

enum store_end { STORE_ALIVE = 0, STORE_TOMBSTONE, STORE_WITHDRAWN, STORE_EXPIRED, STORE_UPDATED };

struct store_received {
    struct slot slot;
    struct message_ref ref;
    uint64_t leaf;
    uint64_t time_ms; /* when the relay accepted it */
    uint64_t read_ms; /* 0: not shown yet */
    uint32_t refusal; /* REFUSAL_NONE unless it may not count */
    enum store_end end;
    struct span header;
    struct span item; /* the FetchItem as it came; empty once it ended */
};

/*
 * Open the store of the state directory `dir`, made if it does not exist.  What has expired at
 * `now_ms` is read without content from then on; it is erased by store_end_expired.  On ERR_OK the
 * caller must officer_store_close *out, else it is NULL.
 */
enum err officer_store_open(const char *dir, uint64_t now_ms, struct problems *problems,
                            struct store **out);

/* Close *store and set it to NULL; NULL is left alone. */
void officer_store_close(struct store **store);

/* Whether there is content that has expired by this clock and is not erased yet. */
enum err store_has_expired(struct store *store, bool *out, struct problems *problems);

/* Erase the content of what expired before `proven_ms`, a time that has certainly passed. */
enum err store_end_expired(struct store *store, uint64_t proven_ms, struct problems *problems);

/* One transaction for several changes.  A failed sync ends the process. */
enum err officer_store_begin(struct store *store, struct problems *problems);
enum err officer_store_commit(struct store *store, struct problems *problems);
void officer_store_rollback(struct store *store);

/* Tell what a query that adds no problem failed of; returns the error that it means. */
enum err store_error(enum err err, struct problems *problems);

/* ---- sent */

/* Store a new message; its stage is STORE_WAITING.  `thread` and `supersedes` as in the header. */
enum err store_add_sent(struct store *store, const struct store_sent *sent,
                        const struct header *header, struct problems *problems);

/* Put another seal in the place of a waiting message's. */
enum err store_reseal(struct store *store, const struct store_sent *sent,
                      struct problems *problems);

/* The relay accepted: keep the receipt, let the envelope go. */
enum err store_accept(struct store *store, const struct id *id, struct span receipt, uint64_t leaf,
                      uint64_t accepted_ms, struct problems *problems);

/*
 * Erase the copies of a withdrawn message and of all that it replaced; `id` is the withdrawal's.
 */
enum err store_end_chain(struct store *store, const struct id *id, struct problems *problems);

/* The relay refused: for good (STORE_REFUSED), or for now (STORE_WAITING). */
enum err store_refuse(struct store *store, const struct id *id, enum store_stage stage,
                      uint32_t code, struct problems *problems);

/* The message with this id.  ERR_NOT_FOUND: none. */
enum err store_sent(struct store *store, const struct id *id, struct arena *arena,
                    struct store_sent *out);

/* Only its header, which lies in `arena`, and its message hash.  ERR_NOT_FOUND: none. */
enum err store_sent_header(struct store *store, const struct id *id, struct arena *arena,
                           struct header *header, struct hash *hash);

/* The message that is waiting longest after `after` (NULL: of all).  ERR_NOT_FOUND: none. */
enum err store_next_waiting(struct store *store, const struct id *after, struct arena *arena,
                            struct store_sent *out);

/* The `index`-th newest sent message.  ERR_NOT_FOUND: there are not so many. */
enum err store_sent_at(struct store *store, uint64_t index, struct arena *arena,
                       struct store_sent *out);

/* The `index`-th oldest sent message of a thread.  ERR_NOT_FOUND: there are not so many. */
enum err store_sent_in_thread(struct store *store, const struct id *thread, uint64_t index,
                              struct arena *arena, struct store_sent *out);

/* The newest message of the chain of updates and withdrawals that began with, or holds, `id`. */
enum err store_head(struct store *store, const struct id *id, struct arena *arena,
                    struct store_sent *out);

/* What recipients said of a sent message: keep a checked receipt (twice does no harm). */
enum err store_add_said(struct store *store, const struct delivery_receipt *receipt,
                        struct problems *problems);

/* Each of them, in the order of time. */
enum err store_each_said(struct store *store, const struct id *id,
                         void (*each)(void *context, const struct delivery_receipt *receipt),
                         void *context);

/* ---- received */

/* Add a message that was checked, move the position, and end what it withdraws or updates. */
enum err store_add_received(struct store *store, const struct received *received, struct span item,
                            struct problems *problems);

/* The last number of each lane that was received; 0: none yet. */
enum err store_position(struct store *store, struct received_position *out,
                        struct problems *problems);

/* The last mailbox head, for "complete to"; zeros if there was none yet. */
enum err store_keep_mailbox(struct store *store, const struct head *head,
                            struct problems *problems);
enum err store_mailbox(struct store *store, struct head *out);

/* The `index`-th newest received message.  ERR_NOT_FOUND: there are not so many. */
enum err store_received_at(struct store *store, uint64_t index, struct arena *arena,
                           struct store_received *out);

/* Note that it was shown. */
enum err store_set_read(struct store *store, const struct store_received *received, uint64_t now_ms,
                        struct problems *problems);

/* ---- both */

/* A message found by the first digits of its id. */
struct store_found {
    bool is_sent;
    struct store_sent sent;
    struct store_received received;
};

/*
 * ERR_FORMAT: `text` is no beginning of an id.  ERR_NOT_FOUND: no such message here.
 * ERR_CONFLICT: several begin so.  `problems` has the nearest or the candidates.
 */
enum err store_find(struct store *store, const char *text, struct arena *arena,
                    struct store_found *out, struct problems *problems);

/* The member that began a thread, as far as it is known here; "" if it is not. */
enum err store_thread_from(struct store *store, const struct id *thread, const char *self,
                           struct arena *arena, const char **out);

/* ---- delivery receipts that the relay has not taken yet */

struct store_due {
    uint64_t sequence;
    struct span receipt; /* serialised DeliveryReceipt */
};

/* Keep a receipt until the relay has taken it. */
enum err store_add_due(struct store *store, struct span receipt, struct problems *problems);

/* The oldest, at most `max` (*count of them); their bytes lie in `arena`. */
enum err store_each_due(struct store *store, size_t max, struct arena *arena, struct store_due *out,
                        size_t *count);

/* Forget those up to `sequence`. */
enum err store_drop_due(struct store *store, uint64_t sequence, struct problems *problems);

/* How many messages wait to be sent, and how many received ones were not shown. */
enum err store_counts(struct store *store, uint64_t *waiting, uint64_t *unread);

#endif /* CLIENTS_OFFICER_IO_STORE_H */
