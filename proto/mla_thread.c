#include "proto/mla_thread.h"

#include <stdio.h>
#include <string.h>

enum { QUESTIONS = 4 };

/* The question of each kind that waits for its reply. */
static const enum mla_step QUESTION_STEPS[QUESTIONS] = {
    MLA_STEP_CLARIFICATION, MLA_STEP_CONSULTATION, MLA_STEP_STATUS_QUERY, MLA_STEP_USE_REQUEST};

/* What the judging of one thread keeps. */
struct judging {
    const struct mla_entry *entries;
    struct mla_judgement *judgements;
    const struct treaty *treaty;
    struct mla_case now;
    size_t open[QUESTIONS]; /* one more than the place of the last such question */
    uint64_t request_ms, urgent_due_ms, promised_ms, moved_ms, moved_due_ms, last_ms;
};

/* The place of the message `id` among the first `count`; `count` if it is not there. */
static size_t
find(const struct judging *judging, size_t count, const struct id *id)
{
    size_t i = 0;

    while (i < count && memcmp(judging->entries[i].id.bytes, id->bytes, ID_BYTES) != 0)
        i++;
    return i;
}

/* The message that an update, or the update of one, corrects. */
static size_t
original_of(const struct judging *judging, size_t place)
{
    /* Ends: what is superseded stands before. */
    while (judging->entries[place].action == DENREI__V1__ACTION__ACTION_UPDATE) {
        size_t older = find(judging, place, &judging->entries[place].supersedes);
        if (older == place)
            break;
        place = older;
    }
    return place;
}

static uint32_t
without_answered(const struct judging *judging, uint32_t steps, size_t asked)
{
    for (unsigned step = 0; step < MLA_STEPS; step++)
        for (size_t i = 0; i < QUESTIONS; i++)
            if ((steps >> step & 1) != 0 && judging->open[i] != 0 &&
                mla_step_asked((enum mla_step)step) == MLA_STEP_BIT(QUESTION_STEPS[i]) &&
                judging->open[i] != asked + 1)
                steps &= ~MLA_STEP_BIT(step);
    return steps;
}

/* The steps that entry `place` can be, by its content or its header. */
static uint32_t
steps_of(const struct judging *judging, size_t place)
{
    const struct mla_entry *entry = &judging->entries[place];
    uint32_t asked = MLA_STEPS_ALL;
    size_t at = place;

    if (entry->action == DENREI__V1__ACTION__ACTION_WITHDRAW)
        return entry->has_in_reply_to ? 0 : MLA_STEP_BIT(MLA_STEP_WITHDRAWAL);
    if (entry->has_in_reply_to) {
        at = find(judging, place, &entry->in_reply_to);
        if (at != place) {
            at = original_of(judging, at);
            /* What did not count asks nothing. */
            asked = judging->judgements[at].effect == MLA_EFFECT_STEP
                        ? judging->judgements[at].steps
                        : 0;
        }
    }
    uint32_t steps = mla_step_unread((enum mla_party)entry->party, entry->has_in_reply_to, asked);
    if (!entry->is_unread && !entry->is_reply)
        steps &= entry->steps;
    if (!entry->is_unread && entry->is_reply)
        for (unsigned step = 0; step < MLA_STEPS; step++)
            if (mla_step_asked((enum mla_step)step) == 0)
                steps &= ~MLA_STEP_BIT(step);
    return at == place ? steps : without_answered(judging, steps, at);
}

static void
note_times(struct judging *judging, const struct mla_entry *entry, uint32_t steps)
{
    const uint32_t promises = MLA_STEP_BIT(MLA_STEP_ACKNOWLEDGEMENT) |
                              MLA_STEP_BIT(MLA_STEP_ACCEPTANCE) | MLA_STEP_BIT(MLA_STEP_EXECUTION);
    const uint32_t requests =
        MLA_STEP_BIT(MLA_STEP_REQUEST) | MLA_STEP_BIT(MLA_STEP_URGENT_REQUEST);

    if ((steps & requests) != 0) {
        judging->request_ms = entry->time_ms;
        judging->urgent_due_ms = entry->due_ms;
    }
    if ((steps & promises) != 0 && entry->due_ms != 0)
        judging->promised_ms = entry->due_ms;
    judging->moved_ms = entry->time_ms;
    judging->moved_due_ms = entry->due_ms;
    judging->last_ms = entry->time_ms;
}

static enum mla_effect
take_step(struct judging *judging, size_t place, uint32_t steps)
{
    const struct mla_entry *entry = &judging->entries[place];

    if (entry->party == 0 || steps == 0 ||
        mla_case_take(&judging->now, steps, (enum mla_party)entry->party) != ERR_OK)
        return MLA_EFFECT_IMPOSSIBLE;
    if (entry->time_ms != 0)
        (void)mla_case_take(&judging->now, MLA_STEP_BIT(MLA_STEP_RELAY), MLA_RELAY);
    for (size_t i = 0; i < QUESTIONS; i++)
        if (steps == MLA_STEP_BIT(QUESTION_STEPS[i]))
            judging->open[i] = place + 1;
    note_times(judging, entry, steps);
    return MLA_EFFECT_STEP;
}

/* An update changes what a step says, and must stay the step that it was. */
static enum mla_effect
take_correction(struct judging *judging, size_t place, uint32_t *steps)
{
    const struct mla_entry *entry = &judging->entries[place];
    const size_t older = find(judging, place, &entry->supersedes);

    if (entry->party == 0 || mla_case_states(&judging->now) == UINT32_C(1) << MLA_STATE_WITHDRAWN ||
        mla_case_states(&judging->now) == UINT32_C(1) << MLA_STATE_NONE)
        return MLA_EFFECT_IMPOSSIBLE;
    if (older == place)
        return MLA_EFFECT_CORRECTION;
    const struct mla_judgement *first = &judging->judgements[original_of(judging, older)];
    const struct mla_entry *corrected = &judging->entries[original_of(judging, older)];
    *steps = first->steps;
    if (first->effect != MLA_EFFECT_STEP || corrected->party != entry->party ||
        (!entry->is_unread && entry->is_reply != corrected->is_reply && !corrected->is_unread) ||
        (!entry->is_unread && !entry->is_reply && (entry->steps & first->steps) == 0))
        return MLA_EFFECT_IMPOSSIBLE;
    return MLA_EFFECT_CORRECTION;
}

static void
judge_entry(struct judging *judging, size_t place, unsigned unseen)
{
    const struct mla_entry *entry = &judging->entries[place];
    struct mla_judgement *judgement = &judging->judgements[place];

    if (entry->has_in_reply_to && find(judging, place, &entry->in_reply_to) == place)
        unseen |= entry->in_reply_to_party | MLA_RELAY;
    if (unseen != 0)
        mla_case_miss(&judging->now, unseen);
    *judgement = (struct mla_judgement){.before = mla_case_states(&judging->now)};
    if (entry->is_void) {
        judgement->effect = MLA_EFFECT_VOID;
    } else if (entry->action == DENREI__V1__ACTION__ACTION_UPDATE) {
        judgement->effect = take_correction(judging, place, &judgement->steps);
    } else {
        judgement->steps = steps_of(judging, place);
        judgement->effect = take_step(judging, place, judgement->steps);
    }
    judgement->after = mla_case_states(&judging->now);
}

/* ---- duties */

static uint64_t
deadline(const struct judging *judging, enum treaty_deadline which, uint64_t begun_ms)
{
    return judging->treaty == NULL || begun_ms == 0
               ? 0
               : treaty_deadline_ms(judging->treaty, which, begun_ms);
}

static void
add_duty(struct mla_thread *out, enum mla_party party, uint32_t steps, uint64_t due_ms)
{
    size_t at = out->duties_count;

    for (; at > 0 && due_ms != 0 &&
           (out->duties[at - 1].due_ms == 0 || out->duties[at - 1].due_ms > due_ms);
         at--)
        out->duties[at] = out->duties[at - 1];
    out->duties[at] = (struct mla_duty){party, steps, due_ms};
    out->duties_count++;
}

/* The day that a question names, else the treaty's for a reply. */
static uint64_t
reply_due(const struct judging *judging, size_t question)
{
    if (judging->open[question] == 0)
        return 0;
    const struct mla_entry *asked = &judging->entries[judging->open[question] - 1];
    return asked->due_ms != 0 ? asked->due_ms : deadline(judging, TREATY_REPLY, asked->time_ms);
}

static void
add_state_duty(const struct judging *judging, struct mla_situation now, struct mla_thread *out)
{
    const uint32_t may = mla_case_steps(&out->now, MLA_REQUESTED) &
                         ~(MLA_STEP_BIT(MLA_STEP_STATUS_REPLY) | MLA_STEP_BIT(MLA_STEP_USE_REPLY));
    const uint64_t answer = judging->promised_ms != 0
                                ? judging->promised_ms
                                : deadline(judging, TREATY_ANSWER, judging->request_ms);

    switch ((int)now.state) {
    case MLA_STATE_RELAYED:
        add_duty(out, MLA_REQUESTED, MLA_STEP_BIT(MLA_STEP_ACKNOWLEDGEMENT),
                 deadline(judging, TREATY_ACKNOWLEDGE, judging->request_ms));
        break;
    case MLA_STATE_CLARIFICATION_REQUESTED:
        add_duty(out, MLA_REQUESTING, MLA_STEP_BIT(MLA_STEP_SUPPLEMENT), reply_due(judging, 0));
        break;
    case MLA_STATE_CONSULTING:
        if ((now.flags & MLA_FLAG_CONSULTED) != 0)
            add_duty(out, MLA_REQUESTING, MLA_STEP_BIT(MLA_STEP_CONSULTATION_REPLY),
                     reply_due(judging, 1));
        else
            add_duty(out, MLA_REQUESTED, may, answer);
        break;
    case MLA_STATE_POSTPONED:
        add_duty(out, MLA_REQUESTED, may,
                 judging->moved_due_ms != 0 ? judging->moved_due_ms : answer);
        break;
    case MLA_STATE_RECEIVED:
    case MLA_STATE_ACCEPTED:
    case MLA_STATE_SUPPLEMENTED:
    case MLA_STATE_IN_EXECUTION:
    case MLA_STATE_PARTIALLY_EXECUTED:
        add_duty(out, MLA_REQUESTED, may, answer);
        break;
    case MLA_STATE_EXECUTED:
        add_duty(out, MLA_REQUESTING, MLA_STEP_BIT(MLA_STEP_CLOSURE), 0);
        break;
    default:
        break;
    }
}

static void
add_duties(const struct judging *judging, struct mla_thread *out)
{
    struct mla_situation now;

    if (!mla_case_sole(&out->now, &now))
        return;
    add_state_duty(judging, now, out);
    if ((now.flags & MLA_FLAG_STATUS) != 0)
        add_duty(out, MLA_REQUESTED, MLA_STEP_BIT(MLA_STEP_STATUS_REPLY), reply_due(judging, 2));
    if ((now.flags & MLA_FLAG_USE) != 0)
        add_duty(out, MLA_REQUESTED, MLA_STEP_BIT(MLA_STEP_USE_REPLY), reply_due(judging, 3));
    if ((now.flags & MLA_FLAG_URGENT) != 0 && now.state != MLA_STATE_CLOSED)
        add_duty(out, MLA_REQUESTING, MLA_STEP_BIT(MLA_STEP_CONFIRMATION), judging->urgent_due_ms);
}

void
mla_thread_judge(const struct mla_entry *entries, size_t count, unsigned unseen,
                 const struct treaty *treaty, struct mla_judgement *judgements,
                 struct mla_thread *out)
{
    struct judging judging = {.entries = entries, .judgements = judgements, .treaty = treaty};

    mla_case_begin(&judging.now);
    /* Whoever got only what came later does not know how it began. */
    if (count > 0 && entries[0].has_in_reply_to)
        mla_case_miss(&judging.now, MLA_REQUESTING | MLA_REQUESTED | MLA_RELAY);
    for (size_t i = 0; i < count; i++)
        judge_entry(&judging, i, unseen == 0 ? 0 : unseen | MLA_RELAY);
    if (unseen != 0)
        mla_case_miss(&judging.now, unseen | MLA_RELAY);
    *out = (struct mla_thread){.now = judging.now, .last_ms = judging.last_ms};
    add_duties(&judging, out);
}

/* ---- words */

void
mla_states_text(uint32_t states, char out[MLA_STATES_TEXT_BYTES])
{
    size_t len = 0;

    out[0] = '\0';
    for (unsigned state = 0; state < MLA_STATES && len < MLA_STATES_TEXT_BYTES; state++)
        if ((states >> state & 1) != 0)
            len += (size_t)snprintf(out + len, MLA_STATES_TEXT_BYTES - len, "%s%s",
                                    len == 0 ? "" : "|", mla_state_name((enum mla_state)state));
}

void
mla_steps_text(uint32_t steps, char out[MLA_STEPS_TEXT_BYTES])
{
    size_t len = 0;

    snprintf(out, MLA_STEPS_TEXT_BYTES, "nothing");
    for (unsigned step = 0; step < MLA_STEPS && len < MLA_STEPS_TEXT_BYTES; step++)
        if ((steps >> step & 1) != 0)
            len += (size_t)snprintf(out + len, MLA_STEPS_TEXT_BYTES - len, "%s%s",
                                    len == 0 ? "" : ", ", mla_step_name((enum mla_step)step));
}

bool
mla_states_are_ended(uint32_t states)
{
    const uint32_t ended = UINT32_C(1) << MLA_STATE_CLOSED | UINT32_C(1) << MLA_STATE_REFUSED |
                           UINT32_C(1) << MLA_STATE_WITHDRAWN |
                           UINT32_C(1) << MLA_STATE_TRANSFERRED;

    return states != 0 && (states & ~ended) == 0;
}
