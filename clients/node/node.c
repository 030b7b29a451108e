#include "clients/node/node.h"

#include <assert.h>

static void
add_receipt(struct node_plan *plan, Denrei__V1__DeliveryStatus status)
{
    assert(plan->receipts_count < NODE_RECEIPTS_MAX);
    plan->receipts[plan->receipts_count] = status;
    plan->receipts_count++;
}

/*
 * A withdrawal's signed header says it all, a tombstone's too: one whose body does not open, or has
 * content, ends the record all the same, for there is no second withdrawal.
 */
static bool
is_withdrawal(const struct received *received, const struct node_knowledge *knowledge)
{
    return received->header.action == DENREI__V1__ACTION__ACTION_WITHDRAW &&
           (received->is_tombstone || !knowledge->is_out_of_case);
}

/* State and reason by the message alone. */
static void
judge(const struct received *received, const struct node_knowledge *knowledge,
      struct node_plan *plan)
{
    if (received->refusal != REFUSAL_NONE) {
        plan->state = RECORD_REFUSED;
        plan->reason = received->refusal;
    } else if (is_withdrawal(received, knowledge)) {
        plan->state = RECORD_WITHDRAWAL;
    } else if (knowledge->opened != ERR_OK) {
        plan->state = RECORD_UNREADABLE;
        plan->reason = received_reason(knowledge->opened);
    } else if (!received->is_tombstone && knowledge->is_out_of_case) {
        plan->state = RECORD_REFUSED;
        plan->reason = REFUSAL_CASE;
    } else if (!received->is_tombstone && !knowledge->is_content_right) {
        plan->state = RECORD_REFUSED;
        plan->reason = REFUSAL_CONTENT;
    } else if (received->header.expires_at_ms <= knowledge->now_ms) {
        plan->state = RECORD_EXPIRED;
    } else if (knowledge->has_stop) {
        plan->state = knowledge->stop;
    } else if (received->is_tombstone) {
        plan->state = RECORD_TOMBSTONE;
    } else {
        plan->state = RECORD_LIVE;
    }
}

struct node_plan
node_decide(const struct received *received, const struct node_knowledge *knowledge)
{
    struct node_plan plan = {.state = RECORD_LIVE};

    judge(received, knowledge, &plan);
    if (plan.state == RECORD_UNREADABLE) {
        /* Wraps that do not open may be our own lack of a key: somebody else can read it. */
        plan.is_missing = plan.reason == REFUSAL_WRAPS;
        add_receipt(&plan, DENREI__V1__DELIVERY_STATUS__DELIVERY_UNREADABLE);
        return plan;
    }
    if (plan.state == RECORD_REFUSED) {
        add_receipt(&plan, DENREI__V1__DELIVERY_STATUS__DELIVERY_REFUSED);
        return plan;
    }
    plan.keeps_content = plan.state == RECORD_LIVE;
    plan.is_missing = plan.state == RECORD_TOMBSTONE;
    if (received->header.has_supersedes) {
        plan.older = plan.state == RECORD_WITHDRAWAL ? RECORD_WITHDRAWN : RECORD_REPLACED;
        plan.ends_older = knowledge->has_older;
        plan.puts_stop = !knowledge->has_older;
    }
    /* Of a tombstone nothing was read, so nothing is signed; a withdrawal has nothing to read. */
    if (received->is_tombstone && plan.state != RECORD_WITHDRAWAL)
        return plan;
    add_receipt(&plan, DENREI__V1__DELIVERY_STATUS__DELIVERY_DELIVERED);
    if (received->header.has_supersedes)
        add_receipt(&plan, DENREI__V1__DELIVERY_STATUS__DELIVERY_APPLIED);
    return plan;
}

const char *
node_state_word(enum record_state state)
{
    switch (state) {
    case RECORD_LIVE:
        return "LIVE";
    case RECORD_REPLACED:
        return "REPLACED";
    case RECORD_WITHDRAWN:
        return "WITHDRAWN";
    case RECORD_EXPIRED:
        return "EXPIRED";
    case RECORD_REFUSED:
        return "REFUSED";
    case RECORD_UNREADABLE:
        return "UNREADABLE";
    case RECORD_TOMBSTONE:
        return "TOMBSTONE";
    case RECORD_WITHDRAWAL:
        return "WITHDRAWAL";
    }
    return "UNKNOWN";
}
