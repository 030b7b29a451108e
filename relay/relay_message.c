/* Messages: judged, then accepted as a leaf and into mailboxes, or refused. */
#include "relay/relay_inner.h"

#include "keys/policy.h"
#include "proto/hash.h"
#include "proto/kind.h"

#include <assert.h>
#include <string.h>

/* An UPDATE or WITHDRAW names the current head of the sender's own message. */
static enum refusal
check_supersedes(const struct relay *relay, uint64_t leaf, const struct header *header,
                 const struct relay_known *known)
{
    if (!header->has_supersedes)
        return REFUSAL_NONE;
    if (!known->is_found || !hash_is_equal(&known->hash, &header->supersedes.hash) ||
        known->superseded_by != 0 || known->header->kind != header->kind ||
        known->header->action == DENREI__V1__ACTION__ACTION_WITHDRAW ||
        !policy_covers(relay->trust, header, leaf, known->header->to, known->header->to_count))
        return REFUSAL_SUPERSEDES;
    return REFUSAL_NONE;
}

/* A reply answers what its sender's member sent or received, in the same thread. */
static enum refusal
check_in_reply_to(const struct header *header, const struct relay_known *known)
{
    if (!header->has_in_reply_to)
        return REFUSAL_NONE;
    if (!known->is_found || !hash_is_equal(&known->hash, &header->in_reply_to.hash) ||
        memcmp(known->header->thread_id.bytes, header->thread_id.bytes, ID_BYTES) != 0)
        return REFUSAL_THREAD;
    if (strcmp(known->header->from, header->from) != 0 &&
        !header_is_to(known->header, header->from))
        return REFUSAL_THREAD;
    return REFUSAL_NONE;
}

/* What is accepted is kept, its attachments too; a withdrawal has nothing to attach. */
static enum refusal
check_attachments(const struct seal *seal, const struct header *header, bool is_attached)
{
    if (seal->attachments_count == 0)
        return REFUSAL_NONE;
    if (header->action == DENREI__V1__ACTION__ACTION_WITHDRAW)
        return REFUSAL_MALFORMED;
    return is_attached ? REFUSAL_NONE : REFUSAL_ATTACHMENT;
}

/* Why the relay takes no such message from anybody at this moment. */
static enum refusal
check_relay(const struct relay *relay, uint64_t now_ms, const struct header *header)
{
    enum refusal code = relay_check_writable(relay);

    if (code != REFUSAL_NONE)
        return code;
    if (relay->is_full && header->action != DENREI__V1__ACTION__ACTION_WITHDRAW)
        return REFUSAL_NO_SPACE;
    return relay_check_witnessed(relay, now_ms);
}

static struct policy_answer
judge(struct relay *relay, uint64_t now_ms, const struct relay_event *event)
{
    const struct header *header = &event->message.checked->header;
    struct policy_answer answer = {.subject = ""};
    const struct kind_type *kind = kind_find(header->kind);

    answer.code = check_relay(relay, now_ms, header);
    if (answer.code == REFUSAL_NONE && kind == NULL)
        answer.code = REFUSAL_KIND_SEND;
    if (answer.code != REFUSAL_NONE)
        return answer;
    /* By the entry's time, for recipients and auditors have no other: a clock that was set back a
     * little must not let in what they then refuse. */
    const struct policy_place place =
        policy_place_make(kind, ledger_size(relay->ledger), relay_entry_ms(relay, now_ms));
    answer = policy_check(relay->trust, header, &place);
    if (answer.code == REFUSAL_NONE)
        answer.code = check_supersedes(relay, place.leaf, header, &event->message.supersedes);
    if (answer.code == REFUSAL_NONE)
        answer.code = check_in_reply_to(header, &event->message.in_reply_to);
    if (answer.code == REFUSAL_NONE)
        answer.code =
            check_attachments(&event->message.checked->seal, header, event->message.is_attached);
    return answer;
}

/* What an accepted message will take in the mailboxes: each recipient's number and slot. */
struct delivery {
    uint32_t *numbers;
    struct slot *slots;
};

/* The recipients' next numbers; nothing is taken yet. */
static enum refusal
plan_delivery(struct relay *relay, const struct header *header, struct arena *arena,
              struct delivery *out)
{
    struct mailbox *mailbox = NULL;

    out->numbers = arena_alloc(arena, header->to_count * sizeof *out->numbers);
    out->slots = arena_alloc(arena, header->to_count * sizeof *out->slots);
    if (out->numbers == NULL || out->slots == NULL)
        return REFUSAL_TOO_LARGE;
    for (size_t i = 0; i < header->to_count; i++) {
        if (mailboxes_open(relay->mailboxes, header->to[i], &mailbox) != ERR_OK)
            return REFUSAL_RECIPIENT;
        struct mailbox next = *mailbox;
        out->numbers[i] = mailbox->number;
        out->slots[i] = mailbox_add(&next, header->priority == DENREI__V1__PRIORITY__PRIORITY_FLASH
                                               ? DENREI__V1__LANE__LANE_FLASH
                                               : DENREI__V1__LANE__LANE_REST);
    }
    return REFUSAL_NONE;
}

static void
put_message(struct relay *relay, const struct relay_event *event, uint64_t leaf, uint32_t sender,
            const struct delivery *delivery, struct relay_effects *effects)
{
    const struct header *header = &event->message.checked->header;
    struct relay_effect *effect = relay_add_effect(effects, RELAY_PUT_MESSAGE);

    effect->message.leaf = leaf;
    effect->message.sender = sender;
    effect->message.checked = event->message.checked;
    effect->message.keep_until_ms = header_keep_until_ms(header);
    effect->message.recipients = delivery->numbers;
    effect->message.slots = delivery->slots;
    for (size_t i = 0; i < header->to_count; i++)
        (void)mailbox_add(mailboxes_at(relay->mailboxes, delivery->numbers[i]),
                          delivery->slots[i].lane);
    if (!header->has_supersedes)
        return;
    effect = relay_add_effect(effects, RELAY_PUT_SUPERSEDED);
    effect->superseded.sender = sender;
    effect->superseded.id = header->supersedes.id;
    effect->superseded.by_leaf = leaf;
    if (header->action == DENREI__V1__ACTION__ACTION_WITHDRAW) {
        effect = relay_add_effect(effects, RELAY_PUT_ERASING);
        effect->erase.leaf = event->message.supersedes.leaf;
    }
}

static enum refusal
accept(struct relay *relay, uint64_t now_ms, const struct relay_event *event,
       struct relay_effects *effects)
{
    const struct checked_message *checked = event->message.checked;
    const struct mailbox *sender = mailboxes_find(relay->mailboxes, checked->header.from);
    struct delivery delivery = {0};
    struct span bytes;

    enum refusal code = plan_delivery(relay, &checked->header, effects->arena, &delivery);
    if (code != REFUSAL_NONE)
        return code;
    struct log_entry entry = {.type = DENREI__V1__LOG_ENTRY__EVENT_MESSAGE,
                              .message = {.header = checked->envelope.header,
                                          .seal = checked->envelope.seal,
                                          .signature = checked->envelope.signature,
                                          .slots = delivery.slots,
                                          .slots_count = checked->header.to_count}};
    if (relay_encode_entry(relay, now_ms, &entry, effects, &bytes) != ERR_OK)
        return REFUSAL_TOO_LARGE;
    uint64_t leaf = relay_append_entry(relay, now_ms, bytes, effects);
    put_message(relay, event, leaf, sender->number, &delivery, effects);
    relay->counts.accepted++;
    struct relay_effect *answer = relay_add_answer(effects, REFUSAL_NONE);
    answer->answer.leaf = leaf;
    answer->answer.entry = bytes;
    return REFUSAL_NONE;
}

/* What is the sender's fault belongs in the log; what is the relay's state does not. */
static bool
is_worth_a_leaf(enum refusal code)
{
    return code != REFUSAL_RATE && code != REFUSAL_NO_SPACE && code != REFUSAL_UNWITNESSED &&
           code != REFUSAL_CLOCK && code != REFUSAL_TOO_LARGE && code != REFUSAL_ATTACHMENT;
}

static void
refuse(struct relay *relay, uint64_t now_ms, const struct relay_event *event,
       struct policy_answer why, struct relay_effects *effects)
{
    const struct checked_message *checked = event->message.checked;

    relay->counts.refused++;
    if (checked->is_signed && is_worth_a_leaf(why.code) &&
        relay_check_writable(relay) == REFUSAL_NONE)
        relay_log_refusal(relay, now_ms, event->caller->member, why, checked, effects);
    (void)relay_add_answer(effects, why.code);
}

void
relay_on_message(struct relay *relay, uint64_t now_ms, const struct relay_event *event,
                 struct relay_effects *effects)
{
    const struct checked_message *checked = event->message.checked;
    const struct relay_known *known = &event->message.known;
    struct policy_answer why = {.code = checked->code, .subject = ""};
    struct relay_member *member = relay_find_member(relay, event->caller->member);

    assert(member != NULL); /* relay_admit made it */
    if (why.code == REFUSAL_NONE && strcmp(checked->header.from, event->caller->member) != 0)
        why.code = REFUSAL_SENDER;
    if (why.code == REFUSAL_NONE && known->is_found) {
        if (hash_is_equal(&known->hash, &checked->message_hash)) {
            struct relay_effect *answer = relay_add_answer(effects, REFUSAL_NONE);
            answer->answer.leaf = known->leaf;
            answer->answer.entry = known->entry;
            return;
        }
        why.code = REFUSAL_CONFLICT;
    }
    if (!limit_take(&member->messages, &relay->settings.messages, now_ms, 1))
        why.code = REFUSAL_RATE;
    if (why.code == REFUSAL_NONE)
        why = judge(relay, now_ms, event);
    if (why.code == REFUSAL_NONE)
        why.code = accept(relay, now_ms, event, effects);
    if (why.code != REFUSAL_NONE)
        refuse(relay, now_ms, event, why, effects);
}
