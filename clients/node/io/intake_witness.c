#include "clients/node/io/intake_inner.h"

#include "clients/io/witnessed.h"
#include "proto/checkpoint.h"
#include "proto/io/clock.h"
#include "proto/io/log.h"
#include "proto/refusal.h"

#include <stdio.h>
#include <string.h>

/* An idle log's checkpoint stays the same; a fresh time on it says that the log is still shown. */
enum { RECOSIGN_MS = 45000 };

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

/*
 * The newest checkpoint with a quorum is how fresh the view of the log is; but it must cover all
 * that we had seen when the last one was taken.  Else a relay that goes on publishing one old
 * checkpoint could show each member a history of its own behind it, fresh for ever.
 */
static enum err
note_witnessed(struct intake *intake, const struct session *session,
               const Denrei__V1__CheckpointReply *reply, const struct merkle_head *published)
{
    struct witnessed witnessed;
    enum err err =
        witnessed_check(state_trust(intake->state), reply, published, intake->arena, &witnessed);

    if (err != ERR_OK)
        return err;
    /* A time ahead of this clock would hold the view for good: better to wait for the next one. */
    if (witnessed.time_ms <= intake->view.witnessed_time_ms ||
        witnessed.time_ms > clock_now_ms() + CLOCK_SKEW_MS)
        return ERR_OK;
    if (witnessed.size < intake->due_size)
        return ERR_OK;
    intake->due_size = session->head.leaf_count;
    intake->view.witnessed_time_ms = witnessed.time_ms;
    return keep_view(intake);
}

/* ---- the witness key */

static const struct public_key *
key_in_directory(const struct directory *directory, const char *name)
{
    for (size_t i = 0; i < directory->witnesses_count; i++) {
        if (strcmp(directory->witnesses[i].name, name) == 0)
            return &directory->witnesses[i].key;
    }
    return NULL;
}

/* The key file's witness key whose public half is `wanted`; NULL if it has none. */
static const struct identity *
key_of(const struct keyfile *keyfile, const struct public_key *wanted)
{
    for (size_t i = 0; wanted != NULL && i < keyfile->keys_count; i++) {
        const struct identity *id = keyfile->keys[i];
        if (identity_use(id) == DENREI__V1__KEY_USE__KEY_USE_WITNESS &&
            memcmp(identity_public_key(id)->bytes, wanted->bytes, sizeof wanted->bytes) == 0)
            return id;
    }
    return NULL;
}

/* Once for each change: a member whose witness stands still must hear of it, not only the relay. */
static void
tell_witnessing(struct intake *intake, enum witnessing now, const char *name)
{
    if (now == intake->witnessing)
        return;
    intake->witnessing = now;
    if (now == WITNESSING_COSIGNS)
        log_event(LOG_LEVEL_INFO, "witness", "name=%s", name);
    if (now == WITNESSING_LACKS_KEY)
        log_event(LOG_LEVEL_WARN, "witness", "name=%s why=%s do=%s", name,
                  "the directory counts on this witness, and its key was not given",
                  "start the node with --witness-key and the key file that the directory names");
    if (now == WITNESSING_NOT_NAMED)
        log_event(LOG_LEVEL_WARN, "witness", "name=%s why=%s do=%s", name,
                  "the directory names no such witness: the witness key is not used",
                  "have it put into the directory's witnesses, or start without it");
}

/* The key that the newest directory names as this member's witness; NULL: nothing to cosign with.
 */
static const struct identity *
find_witness_key(struct intake *intake, const char *name)
{
    const struct directory *directory = trust_directory(state_trust(intake->state), TRUST_UNLOGGED);
    const struct public_key *wanted = key_in_directory(directory, name);
    const struct identity *id = key_of(intake->key, wanted);
    bool has_key = keyfile_find(intake->key, DENREI__V1__KEY_USE__KEY_USE_WITNESS) != NULL;

    if (id != NULL)
        tell_witnessing(intake, WITNESSING_COSIGNS, name);
    else if (wanted != NULL)
        tell_witnessing(intake, WITNESSING_LACKS_KEY, name);
    else
        tell_witnessing(intake, has_key ? WITNESSING_NOT_NAMED : WITNESSING_NONE, name);
    return id;
}

/* ---- a cosignature */

/*
 * Whether the log is smaller than one that we have cosigned.  It may well be a part of it; but a
 * new time on it would tell a member that is shown no more that there is no more.
 */
static bool
is_back(struct intake *intake, const struct merkle_head *published)
{
    if (published->leaf_count >= intake->cosigned_size)
        return false;
    if (published->leaf_count != intake->refused_size)
        log_event(LOG_LEVEL_WARN, "not-cosigned", "size=%llu cosigned=%llu why=%s",
                  (unsigned long long)published->leaf_count,
                  (unsigned long long)intake->cosigned_size,
                  "the relay publishes less of the log than before");
    intake->refused_size = published->leaf_count;
    return true;
}

/*
 * That the relay takes no cosignature now is no reason to keep receipts and expiry waiting; it is
 * told once.  One for a checkpoint that is not the newest any more: the next round signs that.
 */
static void
tell_refused(struct intake *intake, uint32_t code)
{
    if (code == REFUSAL_CHECKPOINT || code == intake->refused_with)
        return;
    intake->refused_with = code;
    log_event(LOG_LEVEL_WARN, "cosignature-refused", "why=%s do=%s", refusal_name(code),
              code == REFUSAL_CLOCK ? "see whether this machine's clock is ahead"
                                    : refusal_remedy(code));
}

static enum err
cosign(struct intake *intake, struct connect *connect, const char *published,
       const struct merkle_head *head, struct problems *problems)
{
    Denrei__V1__CosignCall call = DENREI__V1__COSIGN_CALL__INIT;
    Denrei__V1__Request request = DENREI__V1__REQUEST__INIT;
    Denrei__V1__Reply *reply = NULL;
    char name[MEMBER_ID_MAX + sizeof "/witness"];
    struct note_key key;
    struct note note = {0};
    struct note_line line;
    const struct span bytes = {(const uint8_t *)published, strlen(published)};

    snprintf(name, sizeof name, "%s/witness", state_self(intake->state)->member);
    const struct identity *id = find_witness_key(intake, name);
    if (id == NULL || is_back(intake, head))
        return ERR_OK;
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
    intake->cosigned_size = head->leaf_count; /* whether or not the relay's answer comes */
    call.cosignature = line.text;
    call.size = head->leaf_count;
    request.call_case = DENREI__V1__REQUEST__CALL_COSIGN;
    request.cosign = &call;
    const size_t told = problems->count;
    err = connect_call(connect, &request, CONNECT_TIMEOUT_MS, intake->arena, &reply, problems);
    if (err == ERR_REFUSED) {
        problems->count = told; /* in the log instead: the round goes on */
        tell_refused(intake, connect_refusal(connect));
        return ERR_OK;
    }
    if (err == ERR_OK) {
        intake->refused_with = REFUSAL_NONE;
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
        err = note_witnessed(intake, connect_session(connect), answer, &head);
    if (err != ERR_OK)
        return err;
    /* Kept by connect_advance before it is signed: a witness never signs what it might forget. */
    return cosign(intake, connect, answer->published, &head, problems);
}
