/*
 * mailbox.h - the members' numbered mailboxes (DESIGN section 10): two lanes each, numbered from 1
 * without a gap; and the order in which a reader is served.
 *
 * Pure.  What was put where is kept by the store; here are only the last numbers.
 */
#ifndef RELAY_MAILBOX_H
#define RELAY_MAILBOX_H

#include "proto/record.h"

enum { MAILBOXES_MAX = 4096 }; /* members that ever were: a member's number is kept for ever */

struct mailbox {
    char member[MEMBER_ID_MAX + 1];
    uint32_t number;     /* small and stable, from 0, in the order of first use; for stores */
    uint64_t flash_last; /* last number of each lane, 0: none yet */
    uint64_t rest_last;
    uint64_t unacknowledged; /* messages without any receipt of the member */
    bool is_changed;         /* since mailboxes_take_changed last gave it */
};

struct mailboxes;

/* On ERR_OK the caller owns *out and must mailboxes_free it; otherwise *out is NULL.  ERR_NOMEM. */
enum err mailboxes_new(struct mailboxes **out);

/* Free *mailboxes and set it to NULL; a NULL *mailboxes is left alone. */
void mailboxes_free(struct mailboxes **mailboxes);

/* The member's mailbox; NULL if it has none yet. */
struct mailbox *mailboxes_find(const struct mailboxes *mailboxes, const char *member);

/*
 * The member's mailbox, made if it has none.  Pointers stay valid until mailboxes_free.
 * ERR_FULL: MAILBOXES_MAX of them.  ERR_FORMAT: not a member id.
 */
enum err mailboxes_open(struct mailboxes *mailboxes, const char *member, struct mailbox **out);

/* How many there are. */
size_t mailboxes_count(const struct mailboxes *mailboxes);

/* The mailbox with this number, below mailboxes_count. */
struct mailbox *mailboxes_at(const struct mailboxes *mailboxes, size_t number);

/* A mailbox that changed since it was last taken; NULL when there is none. */
struct mailbox *mailboxes_take_changed(struct mailboxes *mailboxes);

/* Give the next number of `lane` to one more message. */
struct slot mailbox_add(struct mailbox *mailbox, Denrei__V1__Lane lane);

/* One message of the mailbox got its first receipt. */
void mailbox_acknowledge(struct mailbox *mailbox);

/* How far a reader has been served.  flash_run counts FLASH messages since one of the rest. */
struct mailbox_position {
    uint64_t flash_after;
    uint64_t rest_after;
    unsigned flash_run;
};

/* Whether there is something after `position`. */
bool mailbox_has_news(const struct mailbox *mailbox, const struct mailbox_position *position);

/*
 * The slot to serve next: FLASH first, and one of the rest after every FLASH_RUN_MAX.  Moves
 * `position` past it.  False when there is nothing after `position`.
 */
bool mailbox_next(const struct mailbox *mailbox, struct mailbox_position *position,
                  struct slot *out);

#endif /* RELAY_MAILBOX_H */
