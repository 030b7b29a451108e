#include "clients/io/submit.h"

#include "clients/io/upload.h"
#include "proto/io/clock.h"
#include "proto/message_id.h"
#include "proto/refusal.h"

enum { SEAL_TRIES = 3 };

enum err
submit_seal(const struct trust *trust, const struct keyfile *key, const struct header *header,
            struct span content, struct arena *arena, struct submit_message *out)
{
    const struct identity *signing = keyfile_find(key, DENREI__V1__KEY_USE__KEY_USE_SIGNING);
    struct submit_message message = {.id = header->id, .thread_from = ""};
    struct envelope envelope;

    if (signing == NULL)
        return ERR_KEY;
    enum err err = order_seal(trust, header, content, signing, arena, &envelope);
    if (err == ERR_OK)
        err = envelope_encode(&envelope, arena, &message.envelope);
    if (err != ERR_OK)
        return err;
    message.header = envelope.header;
    message.hash = envelope_message_hash(trust_federation(trust), envelope.header, envelope.seal);
    *out = message;
    return ERR_OK;
}

/* ---- sealing again under newer versions */

/*
 * Whether what was refused with `code` may pass when it is sealed again: the relay knows a newer
 * directory or roster than the sender did; `is_old`: than it was sealed under, which may be any of
 * the reasons.
 */
static bool
is_worth_sealing(uint32_t code, bool is_old)
{
    return code == REFUSAL_STALE || code == REFUSAL_GROUP || (is_old && code != REFUSAL_NONE);
}

/* Whether it names what is in force now, and all whom its group reaches now. */
static bool
is_current(const struct submit *submit, const struct header *header)
{
    const struct trust *trust = state_trust(submit->state);
    const struct roster *own = trust_roster(trust, header->from, TRUST_UNLOGGED);

    if (own == NULL || own->version != header->roster_version ||
        trust_directory(trust, TRUST_UNLOGGED)->version != header->directory_version)
        return false;
    for (size_t i = 0; i < header->to_count; i++) {
        const struct roster *roster = trust_roster(trust, header->to[i], TRUST_UNLOGGED);
        if (roster == NULL || roster->version != header->recipient_roster_versions[i])
            return false;
    }
    return order_is_group_current(trust, header, clock_now_ms(), submit->arena);
}

/* The order that an earlier header came of; names, times and id stay. */
static struct order
order_of(const struct header *header, const struct submit_message *message)
{
    bool is_group = header->group[0] != '\0';
    bool is_withdrawal = header->action == DENREI__V1__ACTION__ACTION_WITHDRAW;

    return (struct order){.kind = kind_find(header->kind),
                          .action = header->action,
                          .id = header->id,
                          .thread_id = header->thread_id,
                          .from = header->from,
                          .credential = header->credential,
                          .names = is_group ? (const char *const *)&header->group
                                            : (const char *const *)header->to,
                          .names_count = is_group ? 1 : header->to_count,
                          .priority = header->priority,
                          .tlp = header->tlp,
                          .use_restriction = header->use_restriction,
                          .legal_basis = header->legal_basis,
                          .now_ms = header->created_at_ms,
                          .group_ms = clock_now_ms(),
                          .lifetime_ms = header->expires_at_ms - header->created_at_ms,
                          .has_in_reply_to = header->has_in_reply_to,
                          .in_reply_to = header->in_reply_to,
                          .has_supersedes = header->has_supersedes,
                          .supersedes = header->supersedes,
                          /* Who of them has left meanwhile is left out of a withdrawal. */
                          .original = is_withdrawal ? (const char *const *)header->to : NULL,
                          .original_count = is_withdrawal ? header->to_count : 0,
                          .thread_from = message->thread_from};
}

static enum err
seal_again(const struct submit *submit, const struct header *old, struct submit_message *message)
{
    const struct trust *trust = state_trust(submit->state);
    struct order order = order_of(old, message);
    struct submit_message sealed;
    struct header header;
    struct span content;

    order.credential = state_self(submit->state)->credential;
    enum err err = submit->content(submit->context, message, submit->arena, &content);
    if (err == ERR_OK)
        err = order_make_header(trust, &order, submit->arena, &header, submit->problems);
    if (err == ERR_OK)
        err = submit_seal(trust, submit->key, &header, content, submit->arena, &sealed);
    if (err != ERR_OK)
        return err;
    sealed.thread_from = message->thread_from;
    *message = sealed;
    return submit->keep(submit->context, message);
}

enum err
submit_seal_first(const struct submit *submit, struct submit_message *message)
{
    struct header header;

    enum err err = header_decode(message->header, submit->arena, &header);
    return err == ERR_OK ? seal_again(submit, &header, message) : err;
}

/* ---- submitting */

static enum err
call(const struct submit *submit, const struct submit_message *message,
     Denrei__V1__SubmitReply **out)
{
    Denrei__V1__SubmitCall call = DENREI__V1__SUBMIT_CALL__INIT;
    Denrei__V1__Request request = DENREI__V1__REQUEST__INIT;
    Denrei__V1__Envelope *wire = NULL;
    Denrei__V1__Reply *reply = NULL;
    struct envelope envelope;

    enum err err = envelope_decode(message->envelope, submit->arena, &envelope);
    if (err == ERR_OK)
        err = envelope_to_wire(&envelope, submit->arena, &wire);
    if (err != ERR_OK)
        return err;
    call.envelopes = &wire;
    call.n_envelopes = 1;
    call.checkpoint_size = connect_session(submit->connect)->head.leaf_count;
    request.call_case = DENREI__V1__REQUEST__CALL_SUBMIT;
    request.submit = &call;
    err = connect_call(submit->connect, &request, CONNECT_TIMEOUT_MS, submit->arena, &reply,
                       submit->problems);
    if (err == ERR_OK && reply->submit->n_results != 1) {
        problems_add(submit->problems, connect_endpoint(submit->connect), "",
                     "the relay's answer makes no sense");
        return ERR_FORMAT;
    }
    if (err == ERR_OK)
        *out = reply->submit;
    return err;
}

static enum err
take_receipt(const struct submit *submit, const struct submit_message *message,
             const Denrei__V1__SubmitReply *reply, struct submit_answer *out)
{
    struct submit_answer answer = {.code = REFUSAL_NONE};
    struct receipt receipt;
    struct log_entry entry;
    struct session_proof proof = {.checkpoint = reply->checkpoint,
                                  .consistency = reply->consistency,
                                  .consistency_len = reply->n_consistency};

    enum err err = connect_advance(submit->connect, &proof, submit->arena, NULL, submit->problems);
    if (err != ERR_OK)
        return err;
    err = session_check_result(connect_session(submit->connect), reply, 0, &message->hash,
                               submit->arena, &receipt);
    if (err == ERR_OK)
        err = entry_decode(receipt.entry, submit->arena, &entry);
    if (err == ERR_OK)
        err = receipt_encode(&receipt, submit->arena, &answer.receipt);
    if (err != ERR_OK) {
        problems_add(submit->problems, message_id_text(&message->id).text,
                     "do not rely on it: tell the relay's operator and your auditor",
                     "the relay's receipt proves nothing: %s", err_text(err));
        return err;
    }
    answer.leaf = receipt.leaf;
    answer.time_ms = entry.time_ms;
    *out = answer;
    return ERR_OK;
}

static enum err
judge(const struct submit *submit, const struct submit_message *message,
      const Denrei__V1__SubmitReply *reply, struct submit_answer *out)
{
    uint32_t code = reply->results[0]->code;

    if (code == REFUSAL_NONE)
        return take_receipt(submit, message, reply, out);
    *out = (struct submit_answer){.code = code};
    problems_add(submit->problems, message_id_text(&message->id).text, refusal_remedy(code),
                 "the relay refuses it: %s", refusal_text(code));
    return ERR_OK;
}

/* Let the relay have the attachments that the seal names; *code is why it does not take them. */
static enum err
send_attachments(const struct submit *submit, const struct submit_message *message, uint32_t *code)
{
    struct arena *arena = NULL;
    struct envelope envelope;
    struct seal seal = {.attachments_count = 0};

    *code = REFUSAL_NONE;
    enum err err = envelope_decode(message->envelope, submit->arena, &envelope);
    if (err == ERR_OK)
        err = seal_decode(envelope.seal, submit->arena, &seal);
    if (err != ERR_OK || seal.attachments_count == 0)
        return err;
    err = arena_new(ARENA_BYTES_MAX, &arena);
    if (err != ERR_OK)
        return err;
    const struct upload upload = {.connect = submit->connect,
                                  .state_dir = state_dir(submit->state),
                                  .program = submit->program,
                                  .is_quiet = submit->is_quiet,
                                  .id = message->id,
                                  .seal = &seal,
                                  .arena = arena,
                                  .problems = submit->problems};
    err = upload_send(&upload);
    arena_free(&arena);
    if (err != ERR_REFUSED)
        return err;
    *code = connect_refusal(submit->connect);
    return ERR_OK;
}

/* Submit; where the relay lacks an attachment that it had, as after a restart, once more. */
static enum err
send_once(const struct submit *submit, const struct submit_message *message, uint32_t *code,
          Denrei__V1__SubmitReply **reply)
{
    enum err err = ERR_OK;

    for (int i = 0; i < 2 && err == ERR_OK; i++) {
        err = send_attachments(submit, message, code);
        if (err != ERR_OK || *code != REFUSAL_NONE)
            return err;
        err = call(submit, message, reply);
        if (err == ERR_OK && (*reply)->results[0]->code != REFUSAL_ATTACHMENT)
            return ERR_OK;
    }
    return err;
}

enum err
submit_send(const struct submit *submit, struct submit_message *message, struct submit_answer *out)
{
    Denrei__V1__SubmitReply *reply = NULL;
    struct header header;
    uint32_t code = REFUSAL_NONE;
    enum err err = ERR_OK;

    for (int i = 0; i < SEAL_TRIES && err == ERR_OK; i++) {
        err = header_decode(message->header, submit->arena, &header);
        bool is_old = err == ERR_OK && !is_current(submit, &header);
        /* First as it is: it may be in the log already and its receipt lost, and sealed again it
         * would be another message of the same id.  Later, where nothing newer came with the
         * answer, the relay will not think better of it. */
        if (i > 0 && !is_old)
            break;
        if (i > 0)
            err = seal_again(submit, &header, message);
        if (err == ERR_OK)
            err = send_once(submit, message, &code, &reply);
        if (err == ERR_OK && code != REFUSAL_NONE) {
            *out = (struct submit_answer){.code = code};
            return ERR_OK;
        }
        if (err != ERR_OK || !is_worth_sealing(reply->results[0]->code, i == 0 && is_old))
            break;
        err = connect_refresh(submit->connect, submit->problems);
    }
    return err == ERR_OK ? judge(submit, message, reply, out) : err;
}
