#include "proto/mla_case.h"

#include <assert.h>
#include <string.h>

/* ---- the table */

#define S(state) (UINT32_C(1) << MLA_STATE_##state)

/* From the request's place in the log until the case ends, or is executed. */
#define OPEN                                                                                       \
    (S(RELAYED) | S(RECEIVED) | S(ACCEPTED) | S(CLARIFICATION_REQUESTED) | S(SUPPLEMENTED) |       \
     S(POSTPONED) | S(CONSULTING) | S(IN_EXECUTION) | S(PARTIALLY_EXECUTED))
/* Once the requested party has said that it has the request. */
#define TAKEN_UP (OPEN & ~S(RELAYED))
/* Evidence was given, or can have been before the case took another turn. */
#define AFTER_EVIDENCE (TAKEN_UP | S(EXECUTED) | S(CLOSED) | S(REFUSED) | S(TRANSFERRED))

enum { SAME = MLA_STATES };

#define CONSULTED MLA_FLAG_CONSULTED
#define ENDS      (MLA_FLAG_CONSULTED | MLA_FLAG_STATUS)

/*
 * A step of a party is allowed in a situation whose state is among `from`, which has all flags of
 * `needs` and none of `lacks`; then the state is `to`, `sets` are added and `clears` taken away.
 */
static const struct rule {
    const char *name;
    enum mla_party party;
    uint32_t from;
    int to;
    unsigned needs, lacks, sets, clears;
} RULES[MLA_STEPS] = {
    [MLA_STEP_REQUEST] = {"request", MLA_REQUESTING, S(NONE), MLA_STATE_SUBMITTED, 0, 0, 0, 0},
    [MLA_STEP_URGENT_REQUEST] = {"urgent request", MLA_REQUESTING, S(NONE), MLA_STATE_SUBMITTED, 0,
                                 0, MLA_FLAG_URGENT, 0},
    [MLA_STEP_RELAY] = {"acceptance by the relay", MLA_RELAY, S(SUBMITTED), MLA_STATE_RELAYED, 0, 0,
                        0, 0},
    [MLA_STEP_CONFIRMATION] = {"confirmation", MLA_REQUESTING, OPEN | S(EXECUTED), SAME,
                               MLA_FLAG_URGENT, 0, 0, MLA_FLAG_URGENT},
    [MLA_STEP_ACKNOWLEDGEMENT] = {"acknowledgement", MLA_REQUESTED, S(RELAYED), MLA_STATE_RECEIVED,
                                  0, 0, 0, 0},
    [MLA_STEP_ACCEPTANCE] = {"acceptance", MLA_REQUESTED,
                             S(RECEIVED) | S(SUPPLEMENTED) | S(POSTPONED) | S(CONSULTING),
                             MLA_STATE_ACCEPTED, 0, 0, 0, CONSULTED},
    [MLA_STEP_CLARIFICATION] = {"question for more information", MLA_REQUESTED,
                                TAKEN_UP & ~S(CLARIFICATION_REQUESTED),
                                MLA_STATE_CLARIFICATION_REQUESTED, 0, 0, 0, CONSULTED},
    [MLA_STEP_SUPPLEMENT] = {"reply with more information", MLA_REQUESTING,
                             S(CLARIFICATION_REQUESTED), MLA_STATE_SUPPLEMENTED, 0, 0, 0, 0},
    [MLA_STEP_CONSULTATION] = {"consultation", MLA_REQUESTED, TAKEN_UP, MLA_STATE_CONSULTING, 0,
                               CONSULTED, CONSULTED, 0},
    [MLA_STEP_CONSULTATION_REPLY] = {"reply to the consultation", MLA_REQUESTING, S(CONSULTING),
                                     SAME, CONSULTED, 0, 0, CONSULTED},
    [MLA_STEP_POSTPONEMENT] = {"postponement", MLA_REQUESTED, TAKEN_UP & ~S(POSTPONED),
                               MLA_STATE_POSTPONED, 0, 0, 0, CONSULTED},
    [MLA_STEP_EXECUTION] = {"beginning of execution", MLA_REQUESTED,
                            S(ACCEPTED) | S(SUPPLEMENTED) | S(POSTPONED) | S(CONSULTING),
                            MLA_STATE_IN_EXECUTION, 0, 0, 0, CONSULTED},
    [MLA_STEP_PARTIAL_ANSWER] = {"partial answer", MLA_REQUESTED,
                                 S(IN_EXECUTION) | S(PARTIALLY_EXECUTED),
                                 MLA_STATE_PARTIALLY_EXECUTED, 0, 0, MLA_FLAG_EVIDENCE, 0},
    [MLA_STEP_FINAL_ANSWER] = {"final answer", MLA_REQUESTED,
                               S(IN_EXECUTION) | S(PARTIALLY_EXECUTED), MLA_STATE_EXECUTED, 0, 0,
                               MLA_FLAG_EVIDENCE, ENDS},
    [MLA_STEP_PARTIAL_REFUSAL] = {"refusal in part", MLA_REQUESTED, S(CONSULTING),
                                  MLA_STATE_ACCEPTED, 0, 0, 0, CONSULTED},
    [MLA_STEP_REFUSAL] = {"refusal", MLA_REQUESTED, S(CONSULTING), MLA_STATE_REFUSED, 0, 0, 0,
                          ENDS},
    [MLA_STEP_TRANSFER] = {"referral to another authority", MLA_REQUESTED,
                           S(RELAYED) | S(RECEIVED) | S(CLARIFICATION_REQUESTED) | S(SUPPLEMENTED) |
                               S(CONSULTING),
                           MLA_STATE_TRANSFERRED, 0, 0, 0, ENDS},
    [MLA_STEP_CLOSURE] = {"closure", MLA_REQUESTING, S(EXECUTED), MLA_STATE_CLOSED, 0, 0, 0, 0},
    [MLA_STEP_WITHDRAWAL] = {"withdrawal", MLA_REQUESTING, OPEN, MLA_STATE_WITHDRAWN, 0, 0, 0,
                             ENDS | MLA_FLAG_USE | MLA_FLAG_URGENT},
    [MLA_STEP_STATUS_QUERY] = {"question on progress", MLA_REQUESTING, OPEN, SAME, 0,
                               MLA_FLAG_STATUS, MLA_FLAG_STATUS, 0},
    [MLA_STEP_STATUS_REPLY] = {"reply on progress", MLA_REQUESTED, OPEN, SAME, MLA_FLAG_STATUS, 0,
                               0, MLA_FLAG_STATUS},
    [MLA_STEP_USE_REQUEST] = {"question on another use", MLA_REQUESTING, AFTER_EVIDENCE, SAME,
                              MLA_FLAG_EVIDENCE, MLA_FLAG_USE, MLA_FLAG_USE, 0},
    [MLA_STEP_USE_REPLY] = {"reply on another use", MLA_REQUESTED, AFTER_EVIDENCE, SAME,
                            MLA_FLAG_USE, 0, 0, MLA_FLAG_USE},
};

static const char *const STATE_NAMES[MLA_STATES] = {
    [MLA_STATE_NONE] = "NONE",
    [MLA_STATE_SUBMITTED] = "SUBMITTED",
    [MLA_STATE_RELAYED] = "RELAYED",
    [MLA_STATE_RECEIVED] = "RECEIVED",
    [MLA_STATE_ACCEPTED] = "ACCEPTED",
    [MLA_STATE_CLARIFICATION_REQUESTED] = "CLARIFICATION_REQUESTED",
    [MLA_STATE_SUPPLEMENTED] = "SUPPLEMENTED",
    [MLA_STATE_POSTPONED] = "POSTPONED",
    [MLA_STATE_CONSULTING] = "CONSULTING",
    [MLA_STATE_IN_EXECUTION] = "IN_EXECUTION",
    [MLA_STATE_PARTIALLY_EXECUTED] = "PARTIALLY_EXECUTED",
    [MLA_STATE_EXECUTED] = "EXECUTED",
    [MLA_STATE_CLOSED] = "CLOSED",
    [MLA_STATE_REFUSED] = "REFUSED",
    [MLA_STATE_WITHDRAWN] = "WITHDRAWN",
    [MLA_STATE_TRANSFERRED] = "TRANSFERRED",
};

/* ---- sets of situations */

void
mla_case_begin(struct mla_case *of)
{
    *of = (struct mla_case){{0}};
    of->possible[MLA_STATE_NONE] = 1;
}

static bool
allows(const struct rule *rule, unsigned state, unsigned flags)
{
    return (rule->from >> state & 1) != 0 && (flags & rule->needs) == rule->needs &&
           (flags & rule->lacks) == 0;
}

/* Add to `to` all that the steps of `parties` among `steps` make of `from`; whether any did. */
static bool
follow(const struct mla_case *from, uint32_t steps, unsigned parties, struct mla_case *to)
{
    bool is_any = false;

    for (unsigned step = 0; step < MLA_STEPS; step++) {
        const struct rule *rule = &RULES[step];
        if ((steps >> step & 1) == 0 || ((unsigned)rule->party & parties) == 0)
            continue;
        for (unsigned state = 0; state < MLA_STATES; state++)
            for (unsigned flags = 0; flags <= MLA_FLAGS_ALL; flags++) {
                if ((from->possible[state] >> flags & 1) == 0 || !allows(rule, state, flags))
                    continue;
                const unsigned next = rule->to == SAME ? state : (unsigned)rule->to;
                to->possible[next] |= UINT32_C(1) << ((flags & ~rule->clears) | rule->sets);
                is_any = true;
            }
    }
    return is_any;
}

enum err
mla_case_take(struct mla_case *of, uint32_t steps, enum mla_party party)
{
    struct mla_case next = {{0}};

    if (!follow(of, steps, (unsigned)party, &next))
        return ERR_POLICY;
    *of = next;
    return ERR_OK;
}

void
mla_case_miss(struct mla_case *of, unsigned parties)
{
    struct mla_case before;

    do { /* ends: the set only grows, and it is finite */
        before = *of;
        (void)follow(&before, MLA_STEPS_ALL, parties, of);
    } while (memcmp(&before, of, sizeof before) != 0);
}

uint32_t
mla_case_steps(const struct mla_case *of, enum mla_party party)
{
    uint32_t steps = 0;

    for (unsigned step = 0; step < MLA_STEPS; step++) {
        struct mla_case ignored = {{0}};
        if (follow(of, MLA_STEP_BIT(step), (unsigned)party, &ignored))
            steps |= MLA_STEP_BIT(step);
    }
    return steps;
}

bool
mla_case_sole(const struct mla_case *of, struct mla_situation *out)
{
    struct mla_situation found = {MLA_STATE_NONE, 0};
    unsigned count = 0;

    for (unsigned state = 0; state < MLA_STATES; state++)
        for (unsigned flags = 0; flags <= MLA_FLAGS_ALL; flags++)
            if ((of->possible[state] >> flags & 1) != 0) {
                found = (struct mla_situation){(enum mla_state)state, flags};
                count++;
            }
    if (count == 1)
        *out = found;
    return count == 1;
}

uint32_t
mla_case_states(const struct mla_case *of)
{
    uint32_t states = 0;

    for (unsigned state = 0; state < MLA_STATES; state++)
        if (of->possible[state] != 0)
            states |= UINT32_C(1) << state;
    return states;
}

/* ---- words */

enum mla_party
mla_step_party(enum mla_step step)
{
    assert(step < MLA_STEPS);
    return RULES[step].party;
}

const char *
mla_state_name(enum mla_state state)
{
    assert(state < MLA_STATES);
    return STATE_NAMES[state];
}

const char *
mla_step_name(enum mla_step step)
{
    assert(step < MLA_STEPS);
    return RULES[step].name;
}

const char *
mla_party_name(enum mla_party party)
{
    return party == MLA_REQUESTING  ? "the requesting party"
           : party == MLA_REQUESTED ? "the requested party"
                                    : "the relay";
}
