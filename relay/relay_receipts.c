/* Delivery receipts: a batch becomes one leaf. */
#include "relay/relay_inner.h"

#include "keys/policy.h"
#include "proto/hash.h"

#include <string.h>

static enum refusal
check_one(const struct checked_receipt *checked, const struct relay_known_receipt *known)
{
    /* Another's message is as unknown to it as none: no more is said about it. */
    return known->message.is_found && known->is_addressed &&
                   hash_is_equal(&known->message.hash, &checked->receipt.message.hash)
               ? REFUSAL_NONE
               : REFUSAL_NOT_FOUND;
}

static enum refusal
judge(const struct relay *relay, const struct relay_event *event)
{
    const struct checked_receipts *checked = event->receipts.checked;
    enum refusal code = checked->code;

    if (code == REFUSAL_NONE && strcmp(checked->member, event->caller->member) != 0)
        code = REFUSAL_SENDER;
    if (code == REFUSAL_NONE)
        code = policy_check_receipt(relay->trust, &checked->credential, checked->member,
                                    ledger_size(relay->ledger));
    for (size_t i = 0; code == REFUSAL_NONE && i < checked->count; i++)
        code = check_one(&checked->list[i], &event->receipts.known[i]);
    return code;
}

/* Whether an earlier receipt of the batch speaks of the same message. */
static bool
is_second(const struct relay_event *event, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (event->receipts.known[i].message.leaf == event->receipts.known[index].message.leaf)
            return true;
    return false;
}

uint64_t
relay_credential_tag(const struct delivery_receipt *receipt)
{
    if (receipt->status == DENREI__V1__DELIVERY_STATUS__DELIVERY_DELIVERED)
        return 0;
    return bytes_get_u64(receipt->credential.bytes) >> 1; /* the store's integers have 63 bits */
}

static enum refusal
accept(struct relay *relay, uint64_t now_ms, const struct relay_event *event,
       struct relay_effects *effects, uint64_t *leaf)
{
    const struct checked_receipts *checked = event->receipts.checked;
    size_t count = checked->count;
    struct mailbox *mailbox = mailboxes_find(relay->mailboxes, checked->member);
    struct span *bytes = arena_alloc(effects->arena, count * sizeof *bytes);
    struct relay_delivery *list = arena_alloc(effects->arena, count * sizeof *list);

    if (mailbox == NULL || bytes == NULL || list == NULL)
        return REFUSAL_TOO_LARGE;
    for (size_t i = 0; i < count; i++) {
        const struct delivery_receipt *receipt = &checked->list[i].receipt;
        bytes[i] = checked->list[i].bytes;
        list[i] = (struct relay_delivery){event->receipts.known[i].message.leaf, receipt->status,
                                          relay_credential_tag(receipt), (uint32_t)i};
    }
    struct log_entry entry = {.type = DENREI__V1__LOG_ENTRY__EVENT_DELIVERY,
                              .delivery = {.member = checked->member,
                                           .credential = checked->credential,
                                           .receipts = bytes,
                                           .receipts_count = count,
                                           .sig = checked->sig}};
    if (!relay_write_entry(relay, now_ms, &entry, effects, leaf))
        return REFUSAL_TOO_LARGE;
    (void)mailboxes_open(relay->mailboxes, checked->member, &mailbox); /* marks it changed */
    for (size_t i = 0; i < count; i++)
        if (!event->receipts.known[i].is_acknowledged && !is_second(event, i))
            mailbox_acknowledge(mailbox);
    struct relay_effect *effect = relay_add_effect(effects, RELAY_PUT_DELIVERIES);
    effect->deliveries.leaf = *leaf;
    effect->deliveries.member = mailbox->number;
    effect->deliveries.list = list;
    effect->deliveries.count = count;
    return REFUSAL_NONE;
}

void
relay_on_receipts(struct relay *relay, uint64_t now_ms, const struct relay_event *event,
                  struct relay_effects *effects)
{
    enum refusal code = judge(relay, event);
    uint64_t leaf = 0;
    bool is_repeat = true;

    for (size_t i = 0; code == REFUSAL_NONE && i < event->receipts.checked->count; i++)
        is_repeat = is_repeat && event->receipts.known[i].is_repeat;
    if (code == REFUSAL_NONE && is_repeat) {
        leaf = event->receipts.known[0].leaf;
    } else {
        if (code == REFUSAL_NONE)
            code = relay_check_writable(relay);
        if (code == REFUSAL_NONE)
            code = accept(relay, now_ms, event, effects, &leaf);
    }
    relay_add_answer(effects, code)->answer.leaf = leaf;
}
