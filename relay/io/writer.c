#include "relay/io/writer_inner.h"

#include "proto/hash.h"
#include "proto/io/clock.h"
#include "proto/io/disk.h"
#include "proto/io/log.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    STEP_ARENA_BYTES = 1 << 20, /* of the relay's own events */
};

/* A clock that cannot be trusted ends the relay: nothing may be stamped with it. */
static void
check_clock(struct writer *writer)
{
    uint64_t now_ms = clock_now_ms();
    uint64_t boot_ms = clock_boot_ms();
    uint64_t passed_ms = boot_ms - writer->boot_ms;
    uint64_t expected_ms = writer->wall_ms + passed_ms;
    uint64_t off_ms = now_ms > expected_ms ? now_ms - expected_ms : expected_ms - now_ms;

    writer->now_ms = now_ms;
    if (relay_check_clock(writer->parts.relay, now_ms) == ERR_OK && off_ms < CLOCK_SKEW_MS)
        return;
    log_event(LOG_LEVEL_ERROR, "clock.wrong", "off_ms=%llu do=%s", (unsigned long long)off_ms,
              "set the clock, then start the relay again; nothing that was accepted is lost");
    _exit(EXIT_FAILURE);
}

/* Log that the relay starts or stops. */
static void
log_life(struct writer *writer, Denrei__V1__RelayEventCode code)
{
    const struct relay_event event = {.type = RELAY_LIFE, .life = code};
    struct applied applied;

    arena_reset(writer->steps);
    writer_step(writer, &event, writer->steps, &applied);
}

enum err
writer_new(const struct writer_parts *parts, const struct writer_settings *settings,
           struct writer **out)
{
    struct writer *writer = calloc(1, sizeof *writer);
    enum err err = writer == NULL ? ERR_NOMEM : ERR_OK;

    *out = NULL;
    if (err == ERR_OK)
        err = arena_new(STEP_ARENA_BYTES, &writer->steps);
    if (err == ERR_OK)
        err = arena_new(ANSWER_ARENA_BYTES, &writer->answers);
    if (err != ERR_OK) {
        writer_free(&writer);
        return err;
    }
    writer->parts = *parts;
    writer->settings = *settings;
    writer->wall_ms = writer->now_ms = clock_now_ms();
    writer->boot_ms = clock_boot_ms();
    writer->started_ms = writer->traffic_ms = writer->wall_ms;
    writer_check_space(writer);
    log_life(writer, DENREI__V1__RELAY_EVENT_CODE__RELAY_EVENT_START);
    apply_commit(parts->relay, parts->store, parts->highwater);
    writer_sweep(writer, SIZE_MAX);
    if (relay_is_waiting(parts->relay))
        log_event(LOG_LEVEL_ERROR, "clock.unconfirmed", "last_entry_ms=%llu do=%s",
                  (unsigned long long)relay_last_entry_ms(parts->relay),
                  "nothing is written until a quorum of witnesses confirms the time; if the clock "
                  "is right, start again with --accept-clock");
    if (relay_is_unconfirmed(parts->relay))
        log_event(LOG_LEVEL_ERROR, "restored.unconfirmed", "size=%llu do=%s",
                  (unsigned long long)ledger_size(relay_ledger(parts->relay)),
                  "nothing is written until a quorum of witnesses has cosigned; those that have "
                  "seen more of the log never will");
    *out = writer;
    return ERR_OK;
}

void
writer_free(struct writer **writer)
{
    if (*writer != NULL) {
        arena_free(&(*writer)->steps);
        arena_free(&(*writer)->answers);
    }
    free(*writer);
    *writer = NULL;
}

void
writer_step(struct writer *writer, const struct relay_event *event, struct arena *arena,
            struct applied *applied)
{
    writer->effects.arena = arena;
    relay_step(writer->parts.relay, writer->now_ms, event, &writer->effects);
    apply_effects(writer->parts.store, &writer->effects, applied);
    writer->is_trust_changed = writer->is_trust_changed || applied->is_trust_changed;
    writer->has_erased = writer->has_erased || applied->has_erased;
}

/* Hand over to the socket's thread; its queue has room for all works there are. */
static void
send_out(struct writer *writer, struct work *work)
{
    enum err err = queue_push(writer->parts.out, work);

    assert(err == ERR_OK);
}

/* End the sessions of `credential`. */
static void
close_sessions(struct writer *writer, const struct hash *credential)
{
    struct work *work = work_take(writer->parts.pool, WORK_CLOSE);

    if (work == NULL)
        return; /* it is refused at its next frame all the same */
    gate_user(credential, work->user_id);
    send_out(writer, work);
}

static void
close_gone(void *context, const struct pass *pass)
{
    struct writer *writer = context;

    close_sessions(writer, &pass->credential);
}

/* Let in who the trust in force lets in, and end the sessions of all others. */
static void
renew_gate(struct writer *writer)
{
    struct passes *passes = NULL;

    writer->is_trust_changed = false;
    if (passes_new(relay_trust(writer->parts.relay), &passes) != ERR_OK)
        disk_die("renew the gate", "memory", 0); /* to go on would let revoked keys in */
    struct passes *before = gate_renew(writer->parts.gate, passes);
    if (before != NULL)
        passes_each_gone(before, passes, close_gone, writer);
    passes_free(&before);
}

/* The reply's bytes, out of the arena into memory that goes to the socket. */
static void
give_reply(struct work *work, struct span bytes)
{
    work->reply = work_reply_new(bytes); /* without memory the client asks again */
}

static struct answer_context
answer_context(const struct writer *writer)
{
    return (struct answer_context){.relay = writer->parts.relay,
                                   .store = writer->parts.store,
                                   .arena = writer->answers,
                                   .scratch = writer->steps,
                                   .now_ms = writer->now_ms,
                                   .started_ms = writer->started_ms,
                                   .sessions = (uint32_t)writer->sessions};
}

/* How many requests of the credential wait already. */
static size_t
count_waiting(const struct writer *writer, const struct hash *credential)
{
    size_t count = 0;

    for (size_t i = 0; i < writer->waiting_count; i++)
        if (memcmp(writer->waiting[i].credential.bytes, credential->bytes, HASH_BYTES) == 0)
            count++;
    return count;
}

/* A Fetch that asks to wait and has no news; not when one credential would wait too often. */
static bool
wants_to_wait(const struct writer *writer, const struct work *work)
{
    if (work->code != REFUSAL_NONE || work->request->call_case != DENREI__V1__REQUEST__CALL_FETCH ||
        work->request->fetch->wait_ms == 0 || writer->waiting_count == WRITER_WAITING_MAX ||
        count_waiting(writer, &work->credential) >= WRITER_WAITING_EACH_MAX)
        return false;
    const struct answer_fetch fetch = answer_fetch_of(work);
    const struct mailbox *mailbox =
        mailboxes_find(relay_mailboxes(writer->parts.relay), fetch.member);
    return mailbox != NULL && mailbox->flash_last == fetch.position.flash_after &&
           mailbox->rest_last == fetch.position.rest_after;
}

static void
begin_waiting(struct writer *writer, const struct work *work)
{
    struct waiting *waiting = &writer->waiting[writer->waiting_count++];

    *waiting = (struct waiting){.session = work->session,
                                .credential = work->credential,
                                .fetch = answer_fetch_of(work),
                                .documents = relay_documents(writer->parts.relay),
                                .deadline_ms = clock_boot_ms() + work->request->fetch->wait_ms};
    waiting->mailbox = mailboxes_find(relay_mailboxes(writer->parts.relay), work->caller.member);
}

/* Whether the waiting Fetch has something to be told. */
static bool
is_due(const struct writer *writer, const struct waiting *waiting, uint64_t boot_ms)
{
    return boot_ms >= waiting->deadline_ms || writer->is_stopping ||
           waiting->documents != relay_documents(writer->parts.relay) ||
           mailbox_has_news(waiting->mailbox, &waiting->fetch.position);
}

/* Answer it; false: there is no work to carry the answer now. */
static bool
answer_waiting(struct writer *writer, struct waiting *waiting)
{
    const struct answer_context context = answer_context(writer);
    struct span reply;

    if (trust_credential(relay_trust(writer->parts.relay), &waiting->credential, TRUST_UNLOGGED) ==
        NULL)
        return true; /* revoked meanwhile: its session is ended, it is told nothing */
    struct work *work = work_take(writer->parts.pool, WORK_REPLY);
    if (work == NULL)
        return false;
    waiting->fetch.member = waiting->mailbox->member; /* the caller's may have gone with a roster */
    answer_fetch(&context, &waiting->fetch, &reply);
    work->session = waiting->session;
    gate_user(&waiting->credential, work->user_id);
    give_reply(work, reply);
    send_out(writer, work);
    return true;
}

static void
serve_waiting(struct writer *writer)
{
    uint64_t boot_ms = clock_boot_ms();
    size_t i = 0;

    while (i < writer->waiting_count) {
        struct waiting *waiting = &writer->waiting[i];
        if (is_due(writer, waiting, boot_ms) && answer_waiting(writer, waiting))
            *waiting = writer->waiting[--writer->waiting_count];
        else
            i++;
    }
}

static void
answer(struct writer *writer, struct work *work)
{
    const struct answer_context context = answer_context(writer);
    struct span reply;

    if (work->is_for_chunks) {
        chunks_push(writer->parts.chunks, work);
        return;
    }
    if (work->type == WORK_REQUEST) {
        if (wants_to_wait(writer, work)) {
            begin_waiting(writer, work);
        } else {
            answer_work(&context, work, &reply);
            give_reply(work, reply);
        }
    }
    send_out(writer, work);
}

static void
judge(struct writer *writer, struct work *work)
{
    switch (work->type) {
    case WORK_REQUEST:
        writer_judge(writer, work);
        return;
    case WORK_TICK:
        writer->sessions = work->number;
        writer_tick(writer);
        return;
    case WORK_STOP:
        writer->is_stopping = true;
        log_life(writer, DENREI__V1__RELAY_EVENT_CODE__RELAY_EVENT_STOP);
        return;
    case WORK_REPLY:
    case WORK_CLOSE:
        return;
    }
}

/* Erased is what no file holds any more; once a minute is soon enough, and seldom enough. */
static void
finish_erasing(struct writer *writer)
{
    if (!writer->has_erased || writer->now_ms < writer->emptied_ms + MINUTE_MS)
        return;
    writer->has_erased = !store_empty_log(writer->parts.store);
    writer->emptied_ms = writer->now_ms;
}

/* The tree keeps only so many new tiles at hand. */
static void
commit_long_batch(struct writer *writer)
{
    const struct ledger *ledger = relay_ledger(writer->parts.relay);

    if (ledger_size(ledger) - ledger_sealed(ledger)->head.leaf_count >= TREE_APPENDED_MAX / 2)
        apply_commit(writer->parts.relay, writer->parts.store, writer->parts.highwater);
}

void
writer_run(struct writer *writer)
{
    void *items[WRITER_BATCH_MAX];

    while (!writer->is_stopping) {
        size_t count = queue_wait(writer->parts.in, items, WRITER_BATCH_MAX);
        check_clock(writer);
        for (size_t i = 0; i < count; i++) {
            judge(writer, items[i]);
            commit_long_batch(writer);
        }
        apply_commit(writer->parts.relay, writer->parts.store, writer->parts.highwater);
        writer_finish_erasing(writer);
        finish_erasing(writer);
        if (writer->is_trust_changed)
            renew_gate(writer);
        serve_waiting(writer);
        for (size_t i = 0; i < count; i++)
            answer(writer, items[i]);
    }
}
