/*
 * casework.h - MLA cases at the officer's desk: what was sent and received of one, judged by the
 * order of the log; what may be sent next; and what is received, held until it can be judged.
 *
 * Host.
 */
#ifndef CLIENTS_OFFICER_IO_CASEWORK_H
#define CLIENTS_OFFICER_IO_CASEWORK_H

#include "clients/officer/io/desk.h"
#include "clients/officer/io/store_case.h"
#include "proto/mla_thread.h"

/* A case; everything lies in the arena that it was loaded into. */
struct casework {
    struct id thread;
    size_t count; /* of the four that follow, in the order of the log */
    struct store_step *steps;
    struct header *headers;
    struct mla_entry *entries;
    struct mla_judgement *judgements;
    bool is_begun;          /* its request is here; else nothing can be judged */
    struct id request;      /* id of the request, or of the first message that is here */
    const char *requesting; /* member ids; "" where not known */
    const char *requested;
    const char *legal_basis;
    struct mla_thread at; /* where it stands */
};

/*
 * Load and judge the case of `thread`; what waits to be judged is left out.
 * ERR_NOT_FOUND: there is no such case here.  Else as store.h says.
 */
enum err casework_load(struct desk *desk, const struct id *thread, struct arena *arena,
                       struct casework *out);

/*
 * The content of message `at` of the case, as its sender wrote it: a copy of one's own, or a
 * received one verified and opened again; *out lies in the desk's arena.  With headers, judgements
 * and steps (log entry, time) that is all that a printed case is made of; the request is the
 * message at 0 where the case is_begun.  The key file is open, or is opened. ERR_NOT_FOUND: its
 * content has ended, or a withdrawal has none.  Else as desk_open_copy, read_item and read_content.
 */
enum err casework_read(struct desk *desk, const struct casework *work, size_t at,
                       const Denrei__V1__Mla **out);

/* The member of a party of the case. */
const char *casework_member(const struct casework *work, enum mla_party party);

/*
 * Enter a received message of a case, in a transaction of the store; it is settled and receipted
 * by casework_judge, unless its header alone is refused.
 */
enum err casework_take(struct desk *desk, const struct received *received);

/* Whether it is held until then. */
bool casework_is_held(const struct received *received);

/*
 * Judge what was received and waits, when the mailbox is here to its end: in the order of the log,
 * settled and receipted.
 */
enum err casework_judge(struct desk *desk);

/*
 * Whether the state of its case allows a message of the kind MLA that is to be sent; other kinds
 * pass.  Looks for news first, unless --offline or --dry-run is set or the relay is away.
 * ERR_POLICY: it does not; `problems` says the state, who may do what, and what would be right now.
 */
enum err casework_check(struct desk *desk, const struct header *header, struct span content);

/* Enter a message that was put into the outbox; of other kinds nothing. */
enum err casework_put(struct desk *desk, const struct header *header, struct span content);

#endif /* CLIENTS_OFFICER_IO_CASEWORK_H */
