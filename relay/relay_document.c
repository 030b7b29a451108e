/* Signed documents: each that follows on becomes a leaf and is in force from the next one. */
#include "relay/relay_inner.h"

#include "proto/hash.h"

#include <assert.h>

/* Each version must come: a log with a gap could not be judged by its readers.  A member's first
 * roster here may be a later one, from a bundle. */
static bool
is_next(const struct relay *relay, const struct checked_document *checked)
{
    if (checked->type == DENREI__V1__DOCUMENT_TYPE__DOCUMENT_DIRECTORY) {
        uint64_t newest = trust_directory(relay->trust, TRUST_UNLOGGED)->version;
        return checked->version == (relay->documents == 0 ? newest : newest + 1);
    }
    const struct roster *newest = trust_newest_roster(relay->trust, checked->member);
    return newest == NULL || checked->version == newest->version + 1;
}

/* A document costs hundreds of verifications to judge, whoever signed it. */
static const struct limit_rate DOCUMENTS = {.per_second = 1, .burst = 30};

static enum refusal
check_rate(struct relay *relay, uint64_t now_ms, const struct relay_caller *caller)
{
    struct relay_member *member = NULL;

    if (caller == NULL) /* the relay's operator */
        return REFUSAL_NONE;
    member = relay_find_member(relay, caller->member);
    assert(member != NULL); /* relay_admit made it */
    return limit_take(&member->documents, &DOCUMENTS, now_ms, 1) ? REFUSAL_NONE : REFUSAL_RATE;
}

static enum refusal
accept(struct relay *relay, uint64_t now_ms, const struct checked_document *checked,
       struct relay_effects *effects, uint64_t *leaf)
{
    struct log_entry entry = {.type = DENREI__V1__LOG_ENTRY__EVENT_DOCUMENT,
                              .document = {.type = checked->type,
                                           .member = checked->member,
                                           .version = checked->version,
                                           .hash = hash_spans(&checked->bytes, 1),
                                           .number = relay->documents + 1}};
    struct span bytes;

    if (!is_next(relay, checked))
        return REFUSAL_STALE;
    if (relay_encode_entry(relay, now_ms, &entry, effects, &bytes) != ERR_OK)
        return REFUSAL_TOO_LARGE;
    enum err err =
        trust_apply(relay->trust, checked->type, checked->bytes, ledger_size(relay->ledger));
    if (err != ERR_OK)
        return err == ERR_STALE ? REFUSAL_STALE : REFUSAL_DOCUMENT;
    *leaf = relay_append_entry(relay, now_ms, bytes, effects);
    relay->documents++;
    relay_take_witnesses(relay);
    struct relay_effect *effect = relay_add_effect(effects, RELAY_PUT_DOCUMENT);
    effect->document.number = relay->documents;
    effect->document.leaf = *leaf;
    effect->document.checked = checked;
    (void)relay_add_effect(effects, RELAY_TRUST_CHANGED);
    effect = relay_add_report(effects, RELAY_REPORT_DOCUMENT);
    effect->report.member = checked->member;
    effect->report.number = checked->version;
    return REFUSAL_NONE;
}

void
relay_on_document(struct relay *relay, uint64_t now_ms, const struct relay_event *event,
                  struct relay_effects *effects)
{
    enum refusal code = event->document.checked->code;
    uint64_t leaf = event->document.leaf;
    uint64_t number = event->document.number;

    if (code == REFUSAL_NONE && !event->document.is_known) {
        code = relay_check_writable(relay);
        if (code == REFUSAL_NONE)
            code = check_rate(relay, now_ms, event->caller);
        if (code == REFUSAL_NONE)
            code = accept(relay, now_ms, event->document.checked, effects, &leaf);
        number = relay->documents;
    }
    struct relay_effect *answer = relay_add_answer(effects, code);
    answer->answer.leaf = leaf;
    answer->answer.number = number;
}
