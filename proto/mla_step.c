/* Which step of its case a message takes, by its content or, unread, by its header. */
#include "proto/mla_case.h"

#include <stddef.h>

static const struct {
    enum mla_step question, reply;
} REPLIES[] = {
    {MLA_STEP_CLARIFICATION, MLA_STEP_SUPPLEMENT},
    {MLA_STEP_CONSULTATION, MLA_STEP_CONSULTATION_REPLY},
    {MLA_STEP_STATUS_QUERY, MLA_STEP_STATUS_REPLY},
    {MLA_STEP_USE_REQUEST, MLA_STEP_USE_REPLY},
};

enum { REPLIES_COUNT = sizeof REPLIES / sizeof REPLIES[0] };

uint32_t
mla_step_asked(enum mla_step step)
{
    for (size_t i = 0; i < REPLIES_COUNT; i++)
        if (REPLIES[i].reply == step)
            return MLA_STEP_BIT(REPLIES[i].question);
    return 0;
}

/* The replies to those of `asked` that are questions. */
static uint32_t
replies_to(uint32_t asked)
{
    uint32_t steps = 0;

    for (size_t i = 0; i < REPLIES_COUNT; i++)
        if ((asked & MLA_STEP_BIT(REPLIES[i].question)) != 0)
            steps |= MLA_STEP_BIT(REPLIES[i].reply);
    return steps;
}

static uint32_t
question_step(const Denrei__V1__MlaQuestion *question)
{
    switch ((int)question->about) {
    case DENREI__V1__MLA_ABOUT__MLA_ABOUT_MORE_INFORMATION:
        return MLA_STEP_BIT(MLA_STEP_CLARIFICATION);
    case DENREI__V1__MLA_ABOUT__MLA_ABOUT_CONSULTATION:
        return MLA_STEP_BIT(MLA_STEP_CONSULTATION);
    case DENREI__V1__MLA_ABOUT__MLA_ABOUT_PROGRESS:
        return MLA_STEP_BIT(MLA_STEP_STATUS_QUERY);
    case DENREI__V1__MLA_ABOUT__MLA_ABOUT_USE_CONSENT:
        return MLA_STEP_BIT(MLA_STEP_USE_REQUEST);
    default:
        return 0;
    }
}

static uint32_t
refusal_step(const Denrei__V1__MlaRefusal *refusal)
{
    if (refusal->ground == DENREI__V1__MLA_GROUND__MLA_GROUND_WRONG_AUTHORITY)
        return MLA_STEP_BIT(MLA_STEP_TRANSFER);
    return MLA_STEP_BIT(refusal->in_part ? MLA_STEP_PARTIAL_REFUSAL : MLA_STEP_REFUSAL);
}

static bool
is_to_be_confirmed(const Denrei__V1__MlaRequest *request)
{
    return request->written_confirmation_by != NULL && request->written_confirmation_by[0] != '\0';
}

uint32_t
mla_step_of(const Denrei__V1__Mla *mla, uint32_t asked)
{
    switch (mla->step_case) {
    case DENREI__V1__MLA__STEP_REQUEST:
        return MLA_STEP_BIT(is_to_be_confirmed(mla->request) ? MLA_STEP_URGENT_REQUEST
                                                             : MLA_STEP_REQUEST);
    case DENREI__V1__MLA__STEP_ACKNOWLEDGEMENT:
        return MLA_STEP_BIT(MLA_STEP_ACKNOWLEDGEMENT);
    case DENREI__V1__MLA__STEP_QUESTION:
        return question_step(mla->question);
    case DENREI__V1__MLA__STEP_REPLY:
        return replies_to(asked);
    case DENREI__V1__MLA__STEP_ANSWER:
        return MLA_STEP_BIT(mla->answer->extent == DENREI__V1__MLA_EXTENT__MLA_EXTENT_FINAL
                                ? MLA_STEP_FINAL_ANSWER
                                : MLA_STEP_PARTIAL_ANSWER);
    case DENREI__V1__MLA__STEP_REFUSAL:
        return refusal_step(mla->refusal);
    case DENREI__V1__MLA__STEP_POSTPONEMENT:
        return MLA_STEP_BIT(MLA_STEP_POSTPONEMENT);
    case DENREI__V1__MLA__STEP_ACCEPTANCE:
        return MLA_STEP_BIT(MLA_STEP_ACCEPTANCE);
    case DENREI__V1__MLA__STEP_EXECUTION:
        return MLA_STEP_BIT(MLA_STEP_EXECUTION);
    case DENREI__V1__MLA__STEP_CLOSURE:
        return MLA_STEP_BIT(MLA_STEP_CLOSURE);
    case DENREI__V1__MLA__STEP_CONFIRMATION:
        return MLA_STEP_BIT(MLA_STEP_CONFIRMATION);
    case DENREI__V1__MLA__STEP__NOT_SET:
    case _DENREI__V1__MLA__STEP__CASE_IS_INT_SIZE:
        break;
    }
    return 0;
}

uint32_t
mla_step_unread(enum mla_party party, bool has_in_reply_to, uint32_t asked)
{
    const uint32_t requests =
        MLA_STEP_BIT(MLA_STEP_REQUEST) | MLA_STEP_BIT(MLA_STEP_URGENT_REQUEST);
    const uint32_t possible = replies_to(asked);
    uint32_t steps = 0;

    if (!has_in_reply_to)
        return party == MLA_REQUESTING ? requests : 0;
    for (unsigned step = 0; step < MLA_STEPS; step++)
        if (mla_step_party((enum mla_step)step) == party && step != MLA_STEP_WITHDRAWAL &&
            (mla_step_asked((enum mla_step)step) == 0 || (possible >> step & 1) != 0))
            steps |= MLA_STEP_BIT(step);
    return steps & ~requests;
}
