/*
 * answer.h - the relay's replies, made from the committed state.
 *
 * Host: reads the store.
 */
#ifndef RELAY_IO_ANSWER_H
#define RELAY_IO_ANSWER_H

#include "relay/io/store.h"
#include "relay/io/work.h"

enum { ANSWER_ARENA_BYTES = 7 << 20 };

/* What answers are made from; all borrowed.  `arena` is emptied for each. */
struct answer_context {
    struct relay *relay;
    struct store *store;
    struct arena *arena;
    struct arena *scratch; /* emptied at any time while an answer is made; 1 MiB */
    uint64_t now_ms;
    uint64_t started_ms;
    uint32_t sessions; /* that are open */
};

/* A Fetch, once it waits or at once. */
struct answer_fetch {
    uint64_t request_id;
    const char *member;
    struct mailbox_position position;
    uint32_t credit;
    uint64_t checkpoint_size;
};

/*
 * The reply to `work`, which the writer has judged; *out lies in context->arena.  A store that
 * fails ends the process; all else that goes wrong is an error reply.
 */
void answer_work(const struct answer_context *context, const struct work *work, struct span *out);

/* The reply to a Fetch with what there is now. */
void answer_fetch(const struct answer_context *context, const struct answer_fetch *fetch,
                  struct span *out);

/* What work's Fetch asks for. */
struct answer_fetch answer_fetch_of(const struct work *work);

#endif /* RELAY_IO_ANSWER_H */
