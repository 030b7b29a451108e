/* Published checkpoints, their cosignatures, and what a missing quorum means (DESIGN section 9). */
#include "relay/relay_inner.h"

#include <string.h>

void
relay_take_witnesses(struct relay *relay)
{
    const struct directory *directory = trust_directory(relay->trust, TRUST_UNLOGGED);

    relay->witnesses_count = 0;
    relay->quorum = directory->witness_quorum;
    for (size_t i = 0; i < directory->witnesses_count && i < WITNESSES_MAX; i++) {
        struct note_key *key = &relay->witnesses[relay->witnesses_count];
        if (note_key_make(directory->witnesses[i].name, NOTE_COSIGNATURE,
                          &directory->witnesses[i].key, key) == ERR_OK)
            relay->witnesses_count++;
    }
}

/* Without witnesses there is nobody to wait for. */
static bool
is_witnessed_log(const struct relay *relay)
{
    return relay->witnesses_count > 0 && relay->quorum > 0;
}

/* Since when no quorum has been heard of; a start gives the witnesses some time to come back. */
static uint64_t
unwitnessed_since_ms(const struct relay *relay)
{
    uint64_t grace_ms = relay->begun_ms + WITNESS_GRACE_MS;
    uint64_t since_ms = grace_ms > WITNESS_STOP_MS ? grace_ms - WITNESS_STOP_MS : 0;

    return relay->witnessed_ms > since_ms ? relay->witnessed_ms : since_ms;
}

enum refusal
relay_check_witnessed(const struct relay *relay, uint64_t now_ms)
{
    if (!is_witnessed_log(relay) || now_ms <= unwitnessed_since_ms(relay) + WITNESS_STOP_MS)
        return REFUSAL_NONE;
    return REFUSAL_UNWITNESSED;
}

void
relay_watch_witnesses(struct relay *relay, uint64_t now_ms, struct relay_effects *effects)
{
    uint64_t heard_ms =
        relay->witnessed_ms > relay->begun_ms ? relay->witnessed_ms : relay->begun_ms;

    if (!is_witnessed_log(relay))
        return;
    bool is_late = now_ms > heard_ms + WITNESS_ALARM_MS;
    bool is_stopped = relay_check_witnessed(relay, now_ms) != REFUSAL_NONE;
    if (is_late && !relay->has_said_unwitnessed)
        (void)relay_add_report(effects, RELAY_REPORT_UNWITNESSED);
    if (is_stopped && !relay->has_said_stopped)
        (void)relay_add_report(effects, RELAY_REPORT_STOPPED);
    relay->has_said_unwitnessed = is_late;
    relay->has_said_stopped = is_stopped;
}

uint64_t
relay_erasable_ms(const struct relay *relay, uint64_t now_ms)
{
    if (!is_witnessed_log(relay) || relay->witnessed_ms > now_ms)
        return now_ms;
    return relay->witnessed_ms;
}

static void
put_published(const struct relay_published *published, uint64_t witnessed_ms,
              struct relay_effects *effects)
{
    struct relay_effect *effect = relay_add_effect(effects, RELAY_PUT_PUBLISHED);

    effect->published.size = published->size;
    effect->published.witnessed_ms = witnessed_ms;
    effect->published.note = (struct span){(const uint8_t *)published->note, published->note_len};
}

void
relay_publish(struct relay *relay, uint64_t now_ms, struct relay_effects *effects)
{
    const struct ledger_sealed *sealed = ledger_sealed(relay->ledger);

    if (sealed->head.leaf_count <= relay->published.size ||
        now_ms < relay->published_ms + PUBLISH_SPACING_MS)
        return;
    relay->published.size = sealed->head.leaf_count;
    relay->published.note_len = sealed->note_len;
    memcpy(relay->published.note, sealed->note, sealed->note_len + 1);
    relay->published_ms = now_ms;
    put_published(&relay->published, 0, effects);
}

/* The key of the caller's member that made `signature`; NULL if it is none of its. */
static const struct note_key *
find_witness(const struct relay *relay, const char *member, const struct note_signature *signature)
{
    size_t len = strlen(member);

    for (size_t i = 0; i < relay->witnesses_count; i++) {
        const struct note_key *key = &relay->witnesses[i];
        if (strncmp(key->name, member, len) == 0 && key->name[len] == '/' &&
            note_is_by(signature, key))
            return key;
    }
    return NULL;
}

/* *out is the witness that made the line; *time_ms when it did. */
static enum refusal
check_line(const struct relay *relay, uint64_t now_ms, const struct relay_event *event,
           const struct note_key **out, uint64_t *time_ms)
{
    struct note_signature signature;
    struct note note;

    if (event->cosign.note.len == 0 || note_parse(event->cosign.note, &note) != ERR_OK)
        return REFUSAL_CHECKPOINT;
    if (note_line_parse(event->cosign.line, &signature) != ERR_OK)
        return REFUSAL_MALFORMED;
    const struct note_key *key = find_witness(relay, event->caller->member, &signature);
    if (key == NULL)
        return REFUSAL_NOT_ALLOWED;
    if (checkpoint_check_cosignature(note.text, &signature, key, time_ms) != ERR_OK)
        return REFUSAL_CHECKPOINT;
    *out = key;
    /* A time ahead of ours would make the log look fresh when it no longer is. */
    return *time_ms > now_ms + CLOCK_SKEW_MS ? REFUSAL_CLOCK : REFUSAL_NONE;
}

/*
 * A witness cosigns only where its own last view is part of this tree, so a line made since the
 * start says that it has seen no more than there is.  An older one says nothing, and anybody of the
 * witness's member may bring it; a line's time has seconds, and who is late cosigns again.
 */
static void
take_confirmation(struct relay *relay, const struct note_key *key, uint64_t time_ms,
                  struct relay_effects *effects)
{
    size_t count = 0;

    if (!relay->is_unconfirmed || time_ms + SECOND_MS <= relay->begun_ms)
        return;
    relay->has_confirmed[key - relay->witnesses] = true;
    for (size_t i = 0; i < relay->witnesses_count; i++)
        count += relay->has_confirmed[i] ? 1 : 0;
    if (count < relay->quorum)
        return;
    relay->is_unconfirmed = false;
    (void)relay_add_report(effects, RELAY_REPORT_CONFIRMED);
}

/* When a quorum saw the checkpoint; 0 if none did.  *cosigners counts the witnesses. */
static uint64_t
quorum_time_ms(const struct relay *relay, const struct relay_published *published,
               uint32_t *cosigners)
{
    const struct checkpoint_policy policy = {.log = ledger_key(relay->ledger),
                                             .witnesses = relay->witnesses,
                                             .witnesses_len = relay->witnesses_count};
    struct checkpoint_verified verified;

    if (checkpoint_verify((struct span){(const uint8_t *)published->note, published->note_len},
                          &policy, &verified) != ERR_OK)
        return 0;
    *cosigners = (uint32_t)verified.cosigners;
    if (!is_witnessed_log(relay) || verified.cosigners < relay->quorum)
        return 0;
    return checkpoint_time_ms(&verified, relay->quorum);
}

/* A quorum saw `published` at `time_ms`. */
static void
take_quorum(struct relay *relay, uint64_t now_ms, const struct relay_published *published,
            uint64_t time_ms, struct relay_effects *effects)
{
    if (published->size < relay->witnessed.size)
        return;
    relay->witnessed = *published;
    if (time_ms > relay->witnessed_ms)
        relay->witnessed_ms = time_ms;
    if (relay->is_waiting && time_ms + CLOCK_SKEW_MS >= now_ms &&
        time_ms <= now_ms + CLOCK_SKEW_MS) {
        relay->is_waiting = false;
        (void)relay_add_report(effects, RELAY_REPORT_CLOCK_TRUSTED);
    }
    if (relay->has_said_unwitnessed)
        relay_add_report(effects, RELAY_REPORT_WITNESSED)->report.number = published->size;
}

void
relay_on_cosign(struct relay *relay, uint64_t now_ms, const struct relay_event *event,
                struct relay_effects *effects)
{
    struct relay_published *grown = arena_alloc(effects->arena, sizeof *grown);
    const struct note_key *key = NULL;
    uint64_t line_ms = 0;
    enum refusal code = check_line(relay, now_ms, event, &key, &line_ms);
    uint32_t cosigners = 0;

    if (code == REFUSAL_NONE && grown == NULL)
        code = REFUSAL_TOO_LARGE;
    if (code == REFUSAL_NONE) {
        grown->size = event->cosign.size;
        if (note_add(event->cosign.note, event->cosign.line, grown->note, sizeof grown->note,
                     &grown->note_len) != ERR_OK)
            code = REFUSAL_TOO_LARGE;
    }
    if (code == REFUSAL_NONE) {
        take_confirmation(relay, key, line_ms, effects);
        uint64_t time_ms = quorum_time_ms(relay, grown, &cosigners);
        if (grown->size == relay->published.size)
            relay->published = *grown;
        put_published(grown, time_ms, effects);
        if (time_ms > 0)
            take_quorum(relay, now_ms, grown, time_ms, effects);
    }
    relay_add_answer(effects, code)->answer.number = cosigners;
}
