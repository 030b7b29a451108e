#include "clients/node/io/intake_inner.h"

#include "proto/io/clock.h"
#include "proto/io/log.h"
#include "proto/time_text.h"

#include <stdlib.h>
#include <string.h>

/* An idle log's checkpoint stays the same; a fresh time on it says that the log is still shown. */
enum { RECOSIGN_MS = 45000 };

enum err
intake_open(struct state *state, struct records *records, const struct keyfile *key, bool has_hook,
            struct intake **out)
{
    struct intake *intake = NULL;
    enum err err = ERR_OK;

    *out = NULL;
    if (keyfile_find(key, DENREI__V1__KEY_USE__KEY_USE_SIGNING) == NULL ||
        keyfile_find(key, DENREI__V1__KEY_USE__KEY_USE_ENCRYPTION) == NULL)
        return ERR_KEY;
    intake = calloc(1, sizeof *intake);
    if (intake == NULL)
        return ERR_NOMEM;
    intake->state = state;
    intake->records = records;
    intake->key = key;
    intake->has_hook = has_hook;
    batch_cache_init(&intake->cache);
    err = arena_new(ARENA_BYTES_MAX, &intake->arena);
    if (err == ERR_OK)
        err = arena_new(ARENA_BYTES_MAX, &intake->content_arena);
    if (err == ERR_OK)
        err = records_view(records, &intake->view);
    if (err != ERR_OK) {
        intake_close(&intake);
        return err;
    }
    *out = intake;
    return ERR_OK;
}

void
intake_close(struct intake **intake)
{
    if (*intake == NULL)
        return;
    arena_free(&(*intake)->arena);
    arena_free(&(*intake)->content_arena);
    free(*intake);
    *intake = NULL;
}

const struct screen_view *
intake_view(const struct intake *intake)
{
    return &intake->view;
}

void
intake_note_directory(struct intake *intake)
{
    intake->view.has_witnesses =
        trust_directory(state_trust(intake->state), TRUST_UNLOGGED)->witnesses_count > 0;
}

enum err
intake_expire(struct intake *intake, size_t *count)
{
    enum err err = records_begin(intake->records);

    *count = 0;
    if (err != ERR_OK)
        return err;
    intake_note_directory(intake);
    err = records_expire(intake->records, screen_proven_ms(&intake->view, clock_now_ms()), count);
    if (err == ERR_OK)
        return records_commit(intake->records);
    records_rollback(intake->records);
    return err;
}

/* ---- witness */

/* For whoever screens meanwhile; else it would wait for the next reply to a fetch. */
static enum err
keep_view(struct intake *intake)
{
    enum err err = records_begin(intake->records);

    if (err != ERR_OK)
        return err;
    err = records_put_view(intake->records, &intake->view);
    if (err == ERR_OK)
        return records_commit(intake->records);
    records_rollback(intake->records);
    return err;
}

/* The newest checkpoint with a quorum is how fresh the view of the log is. */
static enum err
note_witnessed(struct intake *intake, const Denrei__V1__CheckpointReply *reply,
               const struct merkle_head *published)
{
    struct log_keys keys;
    struct checkpoint_verified verified;
    const char *witnessed = reply->witnessed;
    const struct directory *directory = trust_directory(state_trust(intake->state), TRUST_UNLOGGED);

    if (witnessed[0] == '\0')
        return ERR_OK;
    enum err err = log_keys_make(directory, &keys);
    if (err != ERR_OK)
        return err;
    struct checkpoint_policy policy = log_keys_policy(&keys, keys.quorum);
    const struct span note = {(const uint8_t *)witnessed, strlen(witnessed)};
    err = checkpoint_verify(note, &policy, &verified);
    if (err == ERR_OK)
        err = session_check_extends(&verified.head, published, reply->witnessed_consistency,
                                    reply->n_witnessed_consistency, intake->arena);
    if (err != ERR_OK)
        return err;
    uint64_t time_ms = checkpoint_time_ms(&verified, keys.quorum);
    /* A time ahead of this clock would hold the view for good: better to wait for the next one. */
    if (time_ms <= intake->view.witnessed_time_ms || time_ms > clock_now_ms() + CLOCK_SKEW_MS)
        return ERR_OK;
    intake->view.witnessed_time_ms = time_ms;
    return keep_view(intake);
}

static enum err
cosign(struct intake *intake, struct connect *connect, const char *published,
       const struct merkle_head *head, struct problems *problems)
{
    const struct identity *id = keyfile_find(intake->key, DENREI__V1__KEY_USE__KEY_USE_WITNESS);
    Denrei__V1__CosignCall call = DENREI__V1__COSIGN_CALL__INIT;
    Denrei__V1__Request request = DENREI__V1__REQUEST__INIT;
    Denrei__V1__Reply *reply = NULL;
    char name[MEMBER_ID_MAX + sizeof "/witness"];
    struct note_key key;
    struct note note = {0};
    struct note_line line;
    const struct span bytes = {(const uint8_t *)published, strlen(published)};

    if (id == NULL)
        return ERR_OK;
    snprintf(name, sizeof name, "%s/witness", state_self(intake->state)->member);
    enum err err = note_key_make(name, NOTE_COSIGNATURE, identity_public_key(id), &key);
    if (err == ERR_OK)
        err = note_parse(bytes, &note);
    if (err != ERR_OK)
        return err;
    struct hash text = hash_spans(&note.text, 1);
    if (hash_is_equal(&text, &intake->cosigned) &&
        clock_boot_ms() - intake->cosigned_at_ms < RECOSIGN_MS)
        return ERR_OK;
    err = checkpoint_cosign(note.text, &key, identity_secret(id), clock_now_ms(), &line);
    if (err != ERR_OK)
        return err;
    call.cosignature = line.text;
    call.size = head->leaf_count;
    request.call_case = DENREI__V1__REQUEST__CALL_COSIGN;
    request.cosign = &call;
    err = connect_call(connect, &request, CONNECT_TIMEOUT_MS, intake->arena, &reply, problems);
    if (err == ERR_REFUSED && connect_refusal(connect) == REFUSAL_CHECKPOINT)
        return ERR_OK; /* a newer one was published meanwhile: the next round signs that */
    if (err == ERR_OK) {
        intake->cosigned = text;
        intake->cosigned_at_ms = clock_boot_ms();
    }
    return err;
}

enum err
intake_witness(struct intake *intake, struct connect *connect, struct problems *problems)
{
    Denrei__V1__CheckpointCall call = DENREI__V1__CHECKPOINT_CALL__INIT;
    Denrei__V1__Request request = DENREI__V1__REQUEST__INIT;
    Denrei__V1__Reply *reply = NULL;
    struct merkle_head head;

    arena_reset(intake->arena);
    call.size = connect_session(connect)->head.leaf_count;
    request.call_case = DENREI__V1__REQUEST__CALL_CHECKPOINT;
    request.checkpoint = &call;
    enum err err =
        connect_call(connect, &request, CONNECT_TIMEOUT_MS, intake->arena, &reply, problems);
    if (err != ERR_OK)
        return err;
    const Denrei__V1__CheckpointReply *answer = reply->checkpoint;
    err = connect_take_published(connect, answer, intake->arena, &head, problems);
    if (err == ERR_OK)
        err = note_witnessed(intake, answer, &head);
    if (err != ERR_OK)
        return err;
    /* Kept by connect_advance before it is signed: a witness never signs what it might forget. */
    return cosign(intake, connect, answer->published, &head, problems);
}
