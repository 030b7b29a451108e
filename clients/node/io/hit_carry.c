#include "clients/node/io/hit_carry.h"

#include "clients/io/submit.h"
#include "clients/io/track.h"
#include "proto/io/clock.h"
#include "proto/io/log.h"
#include "proto/refusal.h"

#include <string.h>

/* ---- where messages are kept */

static enum err
read_content(void *context, const struct submit_message *message, struct arena *arena,
             struct span *out)
{
    const struct hit_carry *carry = context;
    struct hits_sent sent;

    enum err err = hits_sent_find(carry->hits, &message->id, arena, &sent);
    if (err == ERR_OK)
        *out = sent.content;
    return err;
}

static enum err
keep_seal(void *context, const struct submit_message *message)
{
    const struct hit_carry *carry = context;

    return hits_sent_seal(carry->hits, &message->id, message->header, &message->hash,
                          message->envelope);
}

/* ---- carrying */

/* What it is refused for is told; whether it waits on, the code says. */
static enum err
keep_answer(const struct hit_carry *carry, const struct submit_message *message,
            const struct submit_answer *answer)
{
    if (answer->code == REFUSAL_NONE) {
        log_event(LOG_LEVEL_INFO, "reported", "msg=%s leaf=%llu", log_id(message->id.bytes).text,
                  (unsigned long long)answer->leaf);
        return hits_sent_accept(carry->hits, &message->id, answer->receipt, answer->leaf,
                                answer->time_ms);
    }
    log_event(LOG_LEVEL_WARN, "report-refused", "msg=%s why=%s", log_id(message->id.bytes).text,
              refusal_name(answer->code));
    return hits_sent_refuse(carry->hits, &message->id,
                            refusal_is_temporary(answer->code) ? HITS_WAITING : HITS_REFUSED,
                            answer->code);
}

static enum err
carry_one(const struct hit_carry *carry, const struct hits_sent *sent, uint32_t *code)
{
    struct submit submit = {.state = carry->state,
                            .connect = carry->connect,
                            .key = carry->key,
                            .arena = carry->arena,
                            .problems = carry->problems,
                            .content = read_content,
                            .keep = keep_seal,
                            .context = (void *)(uintptr_t)carry};
    struct submit_message message = {.id = sent->id,
                                     .header = sent->header,
                                     .hash = sent->hash,
                                     .envelope = sent->envelope,
                                     .thread_from = sent->thread_from};
    struct submit_answer answer = {.code = REFUSAL_NONE};
    enum err err = ERR_OK;

    if (sent->content.len == 0) { /* ended with its retention before it could go */
        *code = REFUSAL_TIMES;
        return hits_sent_refuse(carry->hits, &sent->id, HITS_REFUSED, REFUSAL_TIMES);
    }
    if (sent->envelope.len == 0)
        err = submit_seal_first(&submit, &message);
    if (err == ERR_OK)
        err = submit_send(&submit, &message, &answer);
    if (err == ERR_OK)
        err = keep_answer(carry, &message, &answer);
    *code = answer.code;
    return err;
}

/* Whether an error is the message's own, so that the others go on. */
static bool
is_its_own(enum err err)
{
    return err == ERR_POLICY || err == ERR_UNKNOWN || err == ERR_KEY;
}

enum err
hit_carry_waiting(const struct hit_carry *carry, size_t *refused)
{
    const struct id *after = NULL;
    struct hits_sent sent;
    struct id last;
    size_t count = 0;

    for (;;) { /* ends: ids ascend */
        uint32_t code = REFUSAL_NONE;
        arena_reset(carry->arena);
        enum err err = hits_sent_waiting(carry->hits, after, carry->arena, &sent);
        if (err == ERR_OK) {
            last = sent.id;
            after = &last;
            err = carry_one(carry, &sent, &code);
        } else if (err == ERR_NOT_FOUND) {
            if (refused != NULL)
                *refused = count;
            return ERR_OK;
        }
        if (is_its_own(err))
            log_event(LOG_LEVEL_WARN, "report-waits", "msg=%s why=%s", log_id(last.bytes).text,
                      err_text(err));
        else if (err != ERR_OK)
            return err;
        count += err != ERR_OK || code != REFUSAL_NONE;
    }
}

/* ---- receipts */

static enum err
keep_said(void *context, const struct delivery_receipt *receipt)
{
    const struct hit_carry *carry = context;
    const bool failed = receipt->status == DENREI__V1__DELIVERY_STATUS__DELIVERY_UNREADABLE ||
                        receipt->status == DENREI__V1__DELIVERY_STATUS__DELIVERY_REFUSED;

    return hits_sent_told(carry->hits, &receipt->message.id, failed, receipt->time_ms);
}

enum err
hit_carry_track(const struct hit_carry *carry)
{
    struct track_asked asked[TRACK_MAX];
    struct id ids[TRACK_MAX];
    size_t count = 0;

    arena_reset(carry->arena);
    enum err err = hits_sent_untold(carry->hits, ids, TRACK_MAX, &count);
    for (size_t i = 0; i < count && err == ERR_OK; i++) {
        struct hits_sent sent;
        err = hits_sent_find(carry->hits, &ids[i], carry->arena, &sent);
        if (err == ERR_OK)
            err = header_decode(sent.header, carry->arena, &asked[i].header);
        if (err == ERR_OK)
            asked[i].hash = sent.hash;
    }
    if (err != ERR_OK || count == 0)
        return err;
    return track_ask(carry->connect, state_trust(carry->state), asked, count, carry->arena,
                     keep_said, (void *)(uintptr_t)carry, carry->problems);
}
