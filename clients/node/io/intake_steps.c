/*
 * A node and the cases of mutual legal assistance: it sees what its member receives, and nothing of
 * what it sends.  So it refuses a step that no steps of its own member could have made right.
 */
#include "clients/node/io/intake_inner.h"

#include "proto/mla_thread.h"

#include <string.h>

enum { STEPS_MAX = 1024 };

struct record_step
intake_step_of(const struct received *received, const ProtobufCMessage *message)
{
    const Denrei__V1__Mla *mla = (const Denrei__V1__Mla *)message;
    struct record_step step = {
        .leaf = received->leaf, .time_ms = received->time_ms, .is_unread = mla == NULL};

    if (mla == NULL || received->header.action == DENREI__V1__ACTION__ACTION_WITHDRAW) {
        step.is_unread = true;
        return step;
    }
    step.is_reply = mla->step_case == DENREI__V1__MLA__STEP_REPLY;
    step.steps = mla_step_of(mla, 0);
    return step;
}

/* Only the other party's messages come to a node, so that both parties are known by the request. */
static struct mla_entry
make_entry(const struct header *first, const struct header *header, const struct record_step *step)
{
    return (struct mla_entry){
        .id = header->id,
        .party = strcmp(header->from, first->from) == 0 ? MLA_REQUESTING : 0,
        .action = header->action,
        .has_in_reply_to = header->has_in_reply_to,
        .in_reply_to = header->in_reply_to.id,
        .in_reply_to_party = !header->has_in_reply_to                             ? 0
                             : strcmp(header->in_reply_to.from, first->from) == 0 ? MLA_REQUESTING
                                                                                  : MLA_REQUESTED,
        .supersedes = header->supersedes.id,
        .is_unread = step->is_unread,
        .is_reply = step->is_reply,
        .steps = step->steps,
        .time_ms = step->time_ms,
        .is_void = step->is_void,
    };
}

static enum err
judge(const struct header *headers, const struct record_step *steps, size_t count, size_t at,
      struct arena *arena, bool *is_right)
{
    struct mla_entry *entries = arena_alloc(arena, count * sizeof *entries);
    struct mla_judgement *judgements = arena_alloc(arena, count * sizeof *judgements);
    struct mla_thread thread;

    if (entries == NULL || judgements == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < count; i++)
        entries[i] = make_entry(&headers[0], &headers[i], &steps[i]);
    mla_thread_judge(entries, count, MLA_REQUESTED, NULL, judgements, &thread);
    *is_right = judgements[at].effect != MLA_EFFECT_IMPOSSIBLE;
    return ERR_OK;
}

enum err
intake_judge_step(struct intake *intake, const struct received *received,
                  const struct record_step *step, bool *is_right)
{
    struct arena *arena = NULL;
    size_t count = 0, at = 0;

    *is_right = true;
    enum err err = arena_new(ARENA_BYTES_MAX, &arena);
    if (err != ERR_OK)
        return err;
    struct record_step *steps = arena_alloc(arena, (STEPS_MAX + 1) * sizeof *steps);
    struct header *headers = arena_alloc(arena, (STEPS_MAX + 1) * sizeof *headers);
    if (steps == NULL || headers == NULL)
        err = ERR_NOMEM;
    if (err == ERR_OK)
        err = records_steps(intake->records, &received->header.thread_id, arena, steps, STEPS_MAX,
                            &count);
    while (err == ERR_OK && at < count && steps[at].leaf < received->leaf)
        at++;
    /* The order of the log, whichever lane was quicker. */
    if (err == ERR_OK) {
        memmove(&steps[at + 1], &steps[at], (count - at) * sizeof *steps);
        steps[at] = *step;
        count++;
    }
    for (size_t i = 0; i < count && err == ERR_OK; i++) {
        if (i == at)
            headers[i] = received->header;
        else
            err = header_decode(steps[i].header, arena, &headers[i]);
    }
    /* Where the request is not here, our own member made it or it is still to come. */
    if (err == ERR_OK && !headers[0].has_in_reply_to &&
        headers[0].action == DENREI__V1__ACTION__ACTION_NEW)
        err = judge(headers, steps, count, at, arena, is_right);
    arena_free(&arena);
    return err;
}
