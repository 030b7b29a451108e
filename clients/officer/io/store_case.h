/*
 * store_case.h - the steps of MLA cases, sent and received, in the officer's store.
 *
 * Host.  What a step was stays when its content has ended, so that the case can still be judged.
 * A received step is kept until all before it in the log are here; then it is judged, settled and
 * receipted, in the order of the log.
 */
#ifndef CLIENTS_OFFICER_IO_STORE_CASE_H
#define CLIENTS_OFFICER_IO_STORE_CASE_H

#include "clients/officer/io/store.h"

enum { STORE_STEPS_MAX = 1024 }; /* of one case that are looked at, the first ones */

/* What the content of a step says, as mla_thread.h has it. */
struct store_step_content {
    bool is_unread;
    bool is_reply;
    uint32_t steps;
    uint64_t due_ms;
};

struct store_step {
    struct id id;
    const char *from;
    bool is_sent;
    bool is_judged; /* of a received one: it was settled */
    struct store_step_content content;
    struct span header;
    bool has_leaf; /* false: it waits to be sent */
    uint64_t leaf;
    uint64_t time_ms;
    bool is_void; /* refused: the received one here, the sent one by its recipient */
};

/* Enter a message of a case; `content` is NULL where it is read when it is judged. */
enum err store_add_step(struct store *store, const struct header *header, bool is_sent,
                        const struct store_step_content *content, struct problems *problems);

/* The received step that stands first in the log of those not judged.  ERR_NOT_FOUND: none. */
enum err store_next_unjudged(struct store *store, struct arena *arena, struct store_received *out);

/*
 * Judge a received step: what its content says, and whether it counts (REFUSAL_NONE); only then
 * does an update or a withdrawal end what it names.
 */
enum err store_settle_step(struct store *store, const struct store_received *row,
                           const struct header *header, const struct store_step_content *content,
                           uint32_t refusal, struct problems *problems);

/* The steps of a thread in the order of the log, those that wait last; at most STORE_STEPS_MAX. */
enum err store_thread_steps(struct store *store, const struct id *thread, struct arena *arena,
                            struct store_step **out, size_t *count);

/* The thread of the `index`-th newest case.  ERR_NOT_FOUND: there are not so many. */
enum err store_case_at(struct store *store, uint64_t index, struct id *thread);

/* The received message (from, id).  ERR_NOT_FOUND: none. */
enum err store_received_by_id(struct store *store, const char *from, const struct id *id,
                              struct arena *arena, struct store_received *out);

#endif /* CLIENTS_OFFICER_IO_STORE_CASE_H */
