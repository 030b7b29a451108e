/*
 * absence.h - proof that a member had answered a message with nothing by a deadline: all entries
 * of the log from the message to the first one after the deadline, or to the end.
 *
 * Pure.  It shows headers alone, and so speaks of the thread: of the member there is no message in
 * it at all.  The first entry that is one refutes it.
 */
#ifndef CLIENTS_AUDIT_ABSENCE_H
#define CLIENTS_AUDIT_ABSENCE_H

#include "proto/evidence.pb-c.h"
#include "proto/merkle.h"
#include "proto/record.h"

enum { ABSENCE_ENTRIES_BYTES_MAX = 3 << 20 }; /* of all entries in one proof */

/* What is asked. */
struct absence_question {
    const struct header *asked; /* of the message */
    struct span entry;          /* its log entry */
    uint64_t leaf;
    const struct merkle_head *head; /* of the checkpoint */
    uint64_t witnessed_ms;          /* since when a quorum has seen that; 0: no quorum */
};

/* What is proved. */
struct absence {
    const char *member; /* borrows from the evidence */
    uint64_t by_ms;
    uint64_t end;         /* the entries from the message's to the one before this were looked at */
    uint64_t answer_leaf; /* with ERR_EXISTS: the entry that refutes it */
    uint64_t answer_ms;
};

/*
 * Check it.  *fault says what does not hold.
 * ERR_EXISTS: it is refuted: the member sent a message in the thread, see out->answer_leaf.
 * ERR_FORMAT: malformed, or the member was not asked.  ERR_PROOF: the entries are not those of the
 * log, or end too early.  ERR_TIMEOUT: no quorum of witnesses saw the log after the deadline.
 * ERR_NOMEM: arena full.
 */
enum err absence_check(const Denrei__V1__EvidenceAbsence *wire,
                       const struct absence_question *question, struct arena *arena,
                       struct absence *out, const char **fault);

/*
 * Whether an entry is a message of `member` in the thread `thread`; *time_ms is the entry's time
 * (of one that does not decode 0, and false).  `arena` is scratch.
 */
bool absence_is_answer(struct span entry, const char *member, const struct id *thread,
                       struct arena *arena, uint64_t *time_ms);

#endif /* CLIENTS_AUDIT_ABSENCE_H */
