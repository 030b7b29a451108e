#include "relay/relay_inner.h"

#include "proto/hash.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum err
relay_new(struct span document, const struct relay_settings *settings,
          const struct relay_keys *keys, const struct merkle_head *head,
          const struct tile_reader *reader, struct relay **out)
{
    struct relay *relay = calloc(1, sizeof *relay);

    *out = NULL;
    if (relay == NULL)
        return ERR_NOMEM;
    relay->settings = *settings;
    relay->keys = *keys;
    enum err err = trust_new(document, &relay->trust);
    if (err == ERR_OK)
        err = mailboxes_new(&relay->mailboxes);
    if (err == ERR_OK)
        err = ledger_new(trust_directory(relay->trust, TRUST_UNLOGGED)->log_origin, keys->log, head,
                         reader, &relay->ledger);
    if (err != ERR_OK) {
        relay_free(&relay);
        return err;
    }
    relay_take_witnesses(relay);
    *out = relay;
    return ERR_OK;
}

void
relay_free(struct relay **relay)
{
    if (*relay != NULL) {
        trust_free(&(*relay)->trust);
        mailboxes_free(&(*relay)->mailboxes);
        ledger_free(&(*relay)->ledger);
    }
    free(*relay);
    *relay = NULL;
}

enum err
relay_restore_document(struct relay *relay, Denrei__V1__DocumentType type, struct span document,
                       uint64_t leaf)
{
    enum err err = trust_apply(relay->trust, type, document, leaf);

    if (err == ERR_OK) {
        relay->documents++;
        relay_take_witnesses(relay);
    }
    return err;
}

enum err
relay_restore_mailbox(struct relay *relay, const struct mailbox *mailbox)
{
    struct mailbox *own = NULL;
    enum err err = mailboxes_open(relay->mailboxes, mailbox->member, &own);

    if (err != ERR_OK)
        return err;
    if (own->number != mailbox->number)
        return ERR_CORRUPT;
    own->flash_last = mailbox->flash_last;
    own->rest_last = mailbox->rest_last;
    own->unacknowledged = mailbox->unacknowledged;
    return ERR_OK;
}

enum err
relay_restore_published(struct relay *relay, uint64_t size, struct span note, uint64_t witnessed_ms)
{
    if (note.len > RELAY_NOTE_MAX)
        return ERR_RANGE;
    struct relay_published published = {.size = size, .note_len = note.len};
    memcpy(published.note, note.data, note.len);
    if (size >= relay->published.size)
        relay->published = published;
    if (witnessed_ms > 0 && size >= relay->witnessed.size) {
        relay->witnessed = published;
        relay->witnessed_ms = witnessed_ms;
    }
    return ERR_OK;
}

void
relay_restore_time(struct relay *relay, uint64_t last_entry_ms)
{
    relay->last_entry_ms = last_entry_ms;
}

enum err
relay_begin(struct relay *relay, uint64_t now_ms)
{
    relay->begun_ms = now_ms;
    relay->is_waiting = !relay->settings.is_clock_accepted && relay->last_entry_ms > 0 &&
                        now_ms > relay->last_entry_ms + CLOCK_WAIT_MS;
    relay->is_unconfirmed = relay->settings.is_restored;
    return ledger_size(relay->ledger) == 0 ? ERR_OK : ledger_seal(relay->ledger);
}

struct relay_member *
relay_find_member(struct relay *relay, const char *member)
{
    const struct mailbox *mailbox = mailboxes_find(relay->mailboxes, member);

    return mailbox == NULL ? NULL : &relay->members[mailbox->number];
}

enum refusal
relay_admit(struct relay *relay, const struct hash *hash, uint64_t now_ms, struct relay_caller *out)
{
    const struct credential *credential = trust_credential(relay->trust, hash, TRUST_UNLOGGED);
    struct mailbox *mailbox = NULL;

    if (credential == NULL || !credential_is_valid_at(credential, now_ms))
        return REFUSAL_CREDENTIAL;
    mailbox = mailboxes_find(relay->mailboxes, credential->member);
    if (mailbox == NULL && mailboxes_open(relay->mailboxes, credential->member, &mailbox) != ERR_OK)
        return REFUSAL_RATE;
    if (!limit_take(&relay->members[mailbox->number].requests, &relay->settings.requests, now_ms,
                    1))
        return REFUSAL_RATE;
    *out = (struct relay_caller){*hash, mailbox->member, credential->purpose};
    return REFUSAL_NONE;
}

enum refusal
relay_check_call(const struct relay *relay, const struct relay_caller *caller,
                 Denrei__V1__Request__CallCase call)
{
    bool is_allowed = true;

    if (call == DENREI__V1__REQUEST__CALL_SUBMIT || call == DENREI__V1__REQUEST__CALL_FETCH ||
        call == DENREI__V1__REQUEST__CALL_ACKNOWLEDGE || call == DENREI__V1__REQUEST__CALL_TRACK ||
        call == DENREI__V1__REQUEST__CALL_PUT_CHUNK ||
        call == DENREI__V1__REQUEST__CALL_GET_CHUNK) {
        is_allowed = caller->purpose == DENREI__V1__PURPOSE__PURPOSE_OFFICER ||
                     caller->purpose == DENREI__V1__PURPOSE__PURPOSE_NODE;
    } else if (call == DENREI__V1__REQUEST__CALL_STATUS) {
        is_allowed = caller->purpose == DENREI__V1__PURPOSE__PURPOSE_OPERATOR;
    } else if (call == DENREI__V1__REQUEST__CALL_ENTRIES) {
        const struct member *member =
            directory_find_member(trust_directory(relay->trust, TRUST_UNLOGGED), caller->member);
        is_allowed = caller->purpose == DENREI__V1__PURPOSE__PURPOSE_AUDITOR && member != NULL &&
                     member->audits_all;
    }
    return is_allowed ? REFUSAL_NONE : REFUSAL_NOT_ALLOWED;
}

struct relay_effect *
relay_add_effect(struct relay_effects *effects, enum relay_effect_type type)
{
    assert(effects->count < RELAY_EFFECTS_MAX);
    struct relay_effect *effect = &effects->list[effects->count++];
    *effect = (struct relay_effect){.type = type};
    return effect;
}

struct relay_effect *
relay_add_report(struct relay_effects *effects, enum relay_report what)
{
    struct relay_effect *effect = relay_add_effect(effects, RELAY_REPORT);

    effect->report.what = what;
    effect->report.member = "";
    effect->report.subject = "";
    return effect;
}

struct relay_effect *
relay_add_answer(struct relay_effects *effects, enum refusal code)
{
    struct relay_effect *effect = relay_add_effect(effects, RELAY_ANSWER);

    effect->answer.code = code;
    return effect;
}

uint64_t
relay_entry_ms(const struct relay *relay, uint64_t now_ms)
{
    return now_ms > relay->last_entry_ms ? now_ms : relay->last_entry_ms;
}

enum err
relay_encode_entry(struct relay *relay, uint64_t now_ms, struct log_entry *entry,
                   struct relay_effects *effects, struct span *bytes)
{
    entry->time_ms = relay_entry_ms(relay, now_ms);
    if (ledger_size(relay->ledger) == MERKLE_LEAVES_MAX)
        return ERR_FULL;
    return entry_encode(entry, effects->arena, bytes);
}

uint64_t
relay_append_entry(struct relay *relay, uint64_t now_ms, struct span bytes,
                   struct relay_effects *effects)
{
    struct relay_effect *effect = relay_add_effect(effects, RELAY_PUT_ENTRY);

    effect->entry.leaf = ledger_size(relay->ledger);
    effect->entry.bytes = bytes;
    enum err err = ledger_append(relay->ledger, bytes, &effect->entry.hash);
    assert(err == ERR_OK); /* relay_encode_entry saw that there is room */
    if (now_ms > relay->last_entry_ms)
        relay->last_entry_ms = now_ms;
    return effect->entry.leaf;
}

bool
relay_write_entry(struct relay *relay, uint64_t now_ms, struct log_entry *entry,
                  struct relay_effects *effects, uint64_t *leaf)
{
    struct span bytes;

    if (relay_encode_entry(relay, now_ms, entry, effects, &bytes) != ERR_OK)
        return false;
    *leaf = relay_append_entry(relay, now_ms, bytes, effects);
    return true;
}

enum refusal
relay_check_writable(const struct relay *relay)
{
    if (relay->is_unconfirmed)
        return REFUSAL_UNWITNESSED;
    return relay->is_waiting ? REFUSAL_CLOCK : REFUSAL_NONE;
}

static void
on_life(struct relay *relay, uint64_t now_ms, const struct relay_event *event,
        struct relay_effects *effects)
{
    struct log_entry entry = {.type = DENREI__V1__LOG_ENTRY__EVENT_RELAY_EVENT,
                              .relay_event = event->life};
    uint64_t leaf = 0;

    /* What nobody has confirmed, clock or store, writes nothing. */
    if (relay_check_writable(relay) == REFUSAL_NONE)
        (void)relay_write_entry(relay, now_ms, &entry, effects, &leaf);
}

static void
on_genesis(struct relay *relay, uint64_t now_ms, struct relay_effects *effects)
{
    struct log_entry entry = {
        .type = DENREI__V1__LOG_ENTRY__EVENT_GENESIS,
        .genesis = {.federation = *trust_federation(relay->trust),
                    .origin = trust_directory(relay->trust, TRUST_UNLOGGED)->log_origin}};
    uint64_t leaf = 0;

    if (ledger_size(relay->ledger) == 0)
        (void)relay_write_entry(relay, now_ms, &entry, effects, &leaf);
}

static void
on_tick(struct relay *relay, uint64_t now_ms, struct relay_effects *effects)
{
    relay_watch_witnesses(relay, now_ms, effects);
    relay_publish(relay, now_ms, effects);
    if (relay_check_writable(relay) == REFUSAL_NONE) {
        relay_flush_refusals(relay, now_ms, effects);
        relay_flush_accesses(relay, now_ms, effects);
    }
}

void
relay_step(struct relay *relay, uint64_t now_ms, const struct relay_event *event,
           struct relay_effects *effects)
{
    effects->count = 0;
    switch (event->type) {
    case RELAY_MESSAGE:
        relay_on_message(relay, now_ms, event, effects);
        return;
    case RELAY_RECEIPTS:
        relay_on_receipts(relay, now_ms, event, effects);
        return;
    case RELAY_DOCUMENT:
        relay_on_document(relay, now_ms, event, effects);
        return;
    case RELAY_COSIGN:
        relay_on_cosign(relay, now_ms, event, effects);
        return;
    case RELAY_ACCESS:
        relay_on_access(relay, now_ms, event, effects);
        return;
    case RELAY_ERASE:
        relay_on_erase(relay, now_ms, event, effects);
        return;
    case RELAY_TICK:
        on_tick(relay, now_ms, effects);
        return;
    case RELAY_LIFE:
        on_life(relay, now_ms, event, effects);
        return;
    case RELAY_GENESIS:
        on_genesis(relay, now_ms, effects);
        return;
    }
}

void
relay_set_full(struct relay *relay, bool is_full)
{
    relay->is_full = is_full;
}

bool
relay_is_waiting(const struct relay *relay)
{
    return relay->is_waiting;
}

bool
relay_is_unconfirmed(const struct relay *relay)
{
    return relay->is_unconfirmed;
}

enum err
relay_check_clock(const struct relay *relay, uint64_t now_ms)
{
    return now_ms + CLOCK_SKEW_MS <= relay->last_entry_ms ? ERR_STALE : ERR_OK;
}

struct ledger *
relay_ledger(struct relay *relay)
{
    return relay->ledger;
}

const struct trust *
relay_trust(const struct relay *relay)
{
    return relay->trust;
}

struct mailboxes *
relay_mailboxes(struct relay *relay)
{
    return relay->mailboxes;
}

const struct relay_published *
relay_newest_published(const struct relay *relay)
{
    return &relay->published;
}

const struct relay_published *
relay_newest_witnessed(const struct relay *relay)
{
    return &relay->witnessed;
}

const struct identity *
relay_key(const struct relay *relay)
{
    return relay->keys.relay;
}

uint64_t
relay_witnessed_ms(const struct relay *relay)
{
    return relay->witnessed_ms;
}

uint64_t
relay_documents(const struct relay *relay)
{
    return relay->documents;
}

uint64_t
relay_last_entry_ms(const struct relay *relay)
{
    return relay->last_entry_ms;
}

struct relay_counts
relay_counts(const struct relay *relay)
{
    return relay->counts;
}
