/* What the log records besides messages and documents: refusals, accesses, erasures. */
#include "relay/relay_inner.h"

#include "proto/hash.h"

#include <string.h>

void
relay_log_refusal(struct relay *relay, uint64_t now_ms, const char *member,
                  struct policy_answer why, const struct checked_message *checked,
                  struct relay_effects *effects)
{
    struct relay_member *state = relay_find_member(relay, member);
    uint64_t leaf = 0;

    if (state->refused_ms != 0 && now_ms < state->refused_ms + REFUSAL_SPACING_MS) {
        state->suppressed++;
        state->last_code = why.code;
        state->last_id = checked->header.id;
        state->last_hash = checked->message_hash;
        return;
    }
    struct log_entry entry = {.type = DENREI__V1__LOG_ENTRY__EVENT_REFUSAL,
                              .refusal = {.code = why.code,
                                          .member = member,
                                          .message_id = checked->header.id,
                                          .message_hash = checked->message_hash,
                                          .more = state->suppressed}};
    if (!relay_write_entry(relay, now_ms, &entry, effects, &leaf))
        return;
    state->refused_ms = now_ms;
    state->suppressed = 0;
    struct relay_effect *report = relay_add_report(effects, RELAY_REPORT_REFUSED);
    report->report.code = why.code;
    report->report.member = member;
    report->report.subject = why.subject;
    report->report.id = checked->header.id;
}

void
relay_flush_refusals(struct relay *relay, uint64_t now_ms, struct relay_effects *effects)
{
    size_t written = 0;
    uint64_t leaf = 0;

    for (size_t i = 0; i < mailboxes_count(relay->mailboxes) && written < RELAY_FLUSH_MAX / 2;
         i++) {
        struct relay_member *state = &relay->members[i];
        if (state->suppressed == 0 || now_ms < state->refused_ms + REFUSAL_SPACING_MS)
            continue;
        struct log_entry entry = {.type = DENREI__V1__LOG_ENTRY__EVENT_REFUSAL,
                                  .refusal = {.code = state->last_code,
                                              .member = mailboxes_at(relay->mailboxes, i)->member,
                                              .message_id = state->last_id,
                                              .message_hash = state->last_hash,
                                              .more = state->suppressed - 1}};
        if (!relay_write_entry(relay, now_ms, &entry, effects, &leaf))
            return;
        state->refused_ms = now_ms;
        state->suppressed = 0;
        written++;
    }
}

/* The caller's state, or the least recently logged one made the caller's. */
static struct relay_reader *
find_reader(struct relay *relay, const struct relay_caller *caller)
{
    struct relay_reader *oldest = &relay->readers[0];

    for (size_t i = 0; i < RELAY_AUDITORS_MAX; i++) {
        struct relay_reader *reader = &relay->readers[i];
        if (reader->logged_ms != 0 && hash_is_equal(&reader->credential, &caller->credential))
            return reader;
        if (reader->logged_ms < oldest->logged_ms)
            oldest = reader;
    }
    memset(oldest, 0, sizeof *oldest);
    oldest->credential = caller->credential;
    strncpy(oldest->member, caller->member, MEMBER_ID_MAX);
    return oldest;
}

static bool
log_access(struct relay *relay, uint64_t now_ms, struct relay_reader *reader, uint64_t from_leaf,
           uint64_t to_leaf, struct relay_effects *effects)
{
    struct log_entry entry = {.type = DENREI__V1__LOG_ENTRY__EVENT_ACCESS,
                              .access = {.member = reader->member,
                                         .credential = reader->credential,
                                         .from_leaf = from_leaf,
                                         .to_leaf = to_leaf}};
    uint64_t leaf = 0;

    if (!relay_write_entry(relay, now_ms, &entry, effects, &leaf))
        return false;
    reader->logged_ms = now_ms;
    reader->covered_from = from_leaf;
    reader->covered_to = to_leaf;
    reader->pending_from = reader->pending_to = 0;
    return true;
}

/* Make what waits to be logged cover [from_leaf, to_leaf) too. */
static void
add_pending(struct relay_reader *reader, uint64_t from_leaf, uint64_t to_leaf)
{
    if (reader->pending_from == reader->pending_to) {
        reader->pending_from = from_leaf;
        reader->pending_to = to_leaf;
        return;
    }
    if (from_leaf < reader->pending_from)
        reader->pending_from = from_leaf;
    if (to_leaf > reader->pending_to)
        reader->pending_to = to_leaf;
}

/*
 * A replay reads on and on, and a follower reads what its own reading added; so a leaf covers all
 * that is published when it is made, and what lies outside waits until a minute has passed.
 */
void
relay_on_access(struct relay *relay, uint64_t now_ms, const struct relay_event *event,
                struct relay_effects *effects)
{
    uint64_t from_leaf = event->access.from_leaf;
    uint64_t to_leaf = event->access.to_leaf;
    struct relay_reader *reader = find_reader(relay, event->caller);
    enum refusal code = REFUSAL_NONE;

    if (from_leaf >= reader->covered_from && to_leaf <= reader->covered_to) {
        /* logged already */
    } else if (reader->logged_ms != 0 && now_ms < reader->logged_ms + ACCESS_SPACING_MS) {
        add_pending(reader, from_leaf, to_leaf);
    } else {
        code = relay_check_writable(relay);
        if (code == REFUSAL_NONE &&
            !log_access(relay, now_ms, reader, from_leaf, relay->published.size, effects))
            code = REFUSAL_TOO_LARGE;
    }
    (void)relay_add_answer(effects, code);
}

void
relay_flush_accesses(struct relay *relay, uint64_t now_ms, struct relay_effects *effects)
{
    size_t written = 0;

    for (size_t i = 0; i < RELAY_AUDITORS_MAX && written < RELAY_FLUSH_MAX / 2; i++) {
        struct relay_reader *reader = &relay->readers[i];
        if (reader->pending_from == reader->pending_to ||
            now_ms < reader->logged_ms + ACCESS_SPACING_MS)
            continue;
        if (log_access(relay, now_ms, reader, reader->pending_from, reader->pending_to, effects))
            written++;
    }
}

void
relay_on_erase(struct relay *relay, uint64_t now_ms, const struct relay_event *event,
               struct relay_effects *effects)
{
    const struct relay_known *message = &event->erase.message;
    struct log_entry entry = {
        .type = DENREI__V1__LOG_ENTRY__EVENT_ERASURE,
        .erasure = {.message = {message->header->from, message->header->id, message->hash},
                    .leaf = message->leaf,
                    .unacknowledged = event->erase.unacknowledged,
                    .unacknowledged_count = event->erase.unacknowledged_count}};
    uint64_t leaf = 0;

    if (relay_check_writable(relay) != REFUSAL_NONE ||
        !relay_write_entry(relay, now_ms, &entry, effects, &leaf))
        return;
    struct relay_effect *effect = relay_add_effect(effects, RELAY_ERASE_BODY);
    effect->erase.leaf = message->leaf;
    effect->erase.keep_until_ms = header_keep_until_ms(message->header);
}
