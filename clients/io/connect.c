#include "clients/io/connect_inner.h"

#include "proto/io/clock.h"
#include "proto/io/disk.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CONNECT_ARENA_BYTES = ARENA_BYTES_MAX };

/* ---- the view of the log */

/* Write a checkpoint beside the state; the first of a name stays, for it is the evidence. */
static void
keep_note(const struct connect *connect, const char *suffix, const char *checkpoint)
{
    char name[64], path[DISK_PATH_BYTES];
    enum err err = ERR_OK;

    snprintf(name, sizeof name, "evidence-%llu%s.txt",
             (unsigned long long)connect->session.head.leaf_count, suffix);
    if (disk_join(state_dir(connect->state), name, path) != ERR_OK)
        return;
    if (checkpoint == NULL)
        err = state_copy_view(connect->state, path);
    else
        err = disk_write(path, (struct span){(const uint8_t *)checkpoint, strlen(checkpoint)},
                         DISK_NEW);
    if (err != ERR_OK)
        return; /* the user is told of the contradiction in any case */
}

/* Two checkpoints that the log's key signed and that cannot both be true convince anybody. */
static void
keep_evidence(const struct connect *connect, enum err found, const char *checkpoint)
{
    keep_note(connect, found == ERR_PROOF ? "" : "-back", checkpoint);
    keep_note(connect, "-seen", NULL);
}

enum err
connect_advance(struct connect *connect, const struct session_proof *proof, struct arena *arena,
                struct merkle_head *out, struct problems *problems)
{
    enum err err = session_advance(&connect->session, proof, arena, out);

    if (err == ERR_PROOF || err == ERR_STALE)
        keep_evidence(connect, err, proof->checkpoint);
    if (err != ERR_OK)
        return connect_tell_log(err, connect->endpoint, problems);
    return state_keep_view(connect->state, &connect->session, proof->checkpoint, problems);
}

enum err
connect_take_published(struct connect *connect, const Denrei__V1__CheckpointReply *reply,
                       struct arena *arena, struct merkle_head *out, struct problems *problems)
{
    const struct session_proof proof = {.checkpoint = reply->published,
                                        .consistency = reply->consistency,
                                        .consistency_len = reply->n_consistency};
    struct merkle_head head;

    enum err err = session_check_signed(&connect->session, reply->published, &head);
    if (err != ERR_OK || head.leaf_count >= connect->session.head.leaf_count)
        return connect_advance(connect, &proof, arena, out, problems);
    err = session_check_extends(&head, &connect->session.head, reply->consistency,
                                reply->n_consistency, arena);
    if (err == ERR_PROOF)
        keep_evidence(connect, err, reply->published);
    if (err != ERR_OK)
        return connect_tell_log(err, connect->endpoint, problems);
    *out = head;
    return ERR_OK;
}

bool
connect_note_documents(struct connect *connect, uint64_t documents)
{
    if (documents > connect->session.documents_seen)
        connect->session.documents_seen = documents;
    return session_is_behind(&connect->session);
}

static enum err
tell_document(const struct connect *connect, enum err err, struct problems *problems)
{
    char path[64];

    snprintf(path, sizeof path, "document %llu",
             (unsigned long long)connect->session.documents + 1);
    problems_add(problems, path,
                 "do not go on: tell the holders of the root keys and the relay's operator",
                 "the log holds a directory or roster that does not verify: %s", err_text(err));
    return err;
}

static enum err
take_items(struct connect *connect, const Denrei__V1__DocumentsReply *reply,
           struct problems *problems)
{
    struct session_proof proof = {.checkpoint = reply->checkpoint,
                                  .consistency = reply->consistency,
                                  .consistency_len = reply->n_consistency};
    struct merkle_head head;

    enum err err = connect_advance(connect, &proof, connect->arena, &head, problems);
    for (size_t i = 0; i < reply->n_items && err == ERR_OK; i++) {
        struct session_document document;
        err = session_take_document(&connect->session, &head, reply->items[i], connect->arena,
                                    &document);
        if (err != ERR_OK)
            return tell_document(connect, err, problems);
        err = state_keep_document(connect->state, &document, problems);
    }
    if (err == ERR_OK)
        connect_note_documents(connect, reply->documents);
    return err;
}

/* What was taken before an error is kept as well: trust has it already. */
static enum err
take_documents(struct connect *connect, const Denrei__V1__DocumentsReply *reply,
               struct problems *problems)
{
    if (connect->is_first)
        return take_items(connect, reply, problems);
    enum err err = state_begin(connect->state, problems);
    if (err != ERR_OK)
        return err;
    err = take_items(connect, reply, problems);
    enum err committed = state_commit(connect->state, problems);
    return err == ERR_OK ? committed : err;
}

/* `is_guess`: no reply has named more than we have, and there may be none. */
static enum err
take_all_documents(struct connect *connect, bool is_guess, struct problems *problems)
{
    enum err err = ERR_OK;

    while (err == ERR_OK && session_is_behind(&connect->session)) {
        Denrei__V1__DocumentsCall call = DENREI__V1__DOCUMENTS_CALL__INIT;
        Denrei__V1__Request request = DENREI__V1__REQUEST__INIT;
        Denrei__V1__Reply *reply = NULL;

        call.after = connect->session.documents;
        call.checkpoint_size = connect->session.head.leaf_count;
        request.call_case = DENREI__V1__REQUEST__CALL_DOCUMENTS;
        request.documents = &call;
        arena_reset(connect->arena);
        err =
            connect_call(connect, &request, connect->timeout_ms, connect->arena, &reply, problems);
        if (err != ERR_OK)
            return err;
        assert(reply != NULL);
        bool is_all = is_guess && reply->documents->documents == connect->session.documents;
        if (reply->documents->n_items == 0 && !is_all)
            return connect_tell_log(ERR_FORMAT, connect->endpoint, problems);
        if (is_all)
            connect->session.documents_seen = connect->session.documents;
        err = take_documents(connect, reply->documents, problems);
    }
    return err;
}

enum err
connect_refresh(struct connect *connect, struct problems *problems)
{
    bool is_guess = !session_is_behind(&connect->session);

    if (is_guess)
        connect->session.documents_seen = connect->session.documents + 1;
    return take_all_documents(connect, is_guess, problems);
}

/* ---- opening */

static enum err
say_hello(struct connect *connect, struct problems *problems)
{
    Denrei__V1__HelloCall call = DENREI__V1__HELLO_CALL__INIT;
    Denrei__V1__Request request = DENREI__V1__REQUEST__INIT;
    Denrei__V1__Reply *reply = NULL;

    call.checkpoint_size = connect->session.head.leaf_count;
    request.call_case = DENREI__V1__REQUEST__CALL_HELLO;
    request.hello = &call;
    size_t told = problems->count;
    enum err err =
        connect_call(connect, &request, connect->timeout_ms, connect->arena, &reply, problems);
    /* It cannot prove anything from a size that its log has not reached. */
    if (err == ERR_REFUSED && connect->refusal == REFUSAL_CHECKPOINT) {
        problems->count = told; /* said better here */
        return connect_tell_log(ERR_STALE, connect->endpoint, problems);
    }
    if (err != ERR_OK)
        return err;
    assert(reply != NULL);
    struct session_proof proof = {.checkpoint = reply->hello->checkpoint,
                                  .consistency = reply->hello->consistency,
                                  .consistency_len = reply->hello->n_consistency};
    err = connect_advance(connect, &proof, connect->arena, NULL, problems);
    if (err == ERR_OK)
        connect_note_documents(connect, reply->hello->documents);
    return err;
}

/*
 * The first time all or nothing is kept, for only then it is known whether the log has what the
 * bundle had; later every reply is kept as it comes (take_documents).
 */
static enum err
catch_up(struct connect *connect, struct problems *problems)
{
    enum err err = ERR_OK;

    connect->is_first = connect->session.documents == 0;
    if (connect->is_first)
        err = state_begin(connect->state, problems);
    if (err == ERR_OK)
        err = say_hello(connect, problems);
    if (err == ERR_OK)
        err = take_all_documents(connect, false, problems);
    if (!connect->is_first)
        return err;
    connect->is_first = false;
    if (err == ERR_OK)
        err = state_check_bundle(connect->state, problems);
    if (err == ERR_OK)
        return state_commit(connect->state, problems);
    state_rollback(connect->state);
    return err;
}

static enum err
reach(struct connect *connect, struct net *net, const struct net_client_config *config)
{
    enum err err = net_client_open(net, config, &connect->client);

    if (err == ERR_OK)
        err = net_client_wait_link(connect->client, clock_boot_ms() + connect->timeout_ms);
    if (err != ERR_OK)
        net_client_free(&connect->client);
    return err;
}

static enum err
open_link(struct connect *connect, struct net *net, const struct relay_key *relay,
          const struct keyfile *key, struct problems *problems)
{
    const struct identity *transport = keyfile_find(key, DENREI__V1__KEY_USE__KEY_USE_TRANSPORT);

    if (transport == NULL) {
        problems_add(problems, key->label, "use the key file of an officer, node or auditor",
                     "the key file has no transport key");
        return ERR_KEY;
    }
    struct net_client_config config = {.endpoint = relay->endpoint,
                                       .server_key = relay->transport_key.bytes,
                                       .secret_key = identity_secret(transport)};
    snprintf(connect->endpoint, sizeof connect->endpoint, "%s", relay->endpoint);
    enum err err = reach(connect, net, &config);
    /*
     * A relay that dies in the middle of a handshake hangs up as one with another key does; that
     * is an alarm to people, so only what does it twice raises it.
     */
    if (err == ERR_KEY)
        err = reach(connect, net, &config);
    return err == ERR_OK ? ERR_OK : connect_tell_link(err, relay->endpoint, problems);
}

/* Another relay may answer where one does not; a refusal or a wrong key is final. */
static enum err
open_any_link(struct connect *connect, struct net *net, const struct keyfile *key,
              struct problems *problems)
{
    const struct directory *directory =
        trust_directory(state_trust(connect->state), TRUST_UNLOGGED);
    const char *wanted = state_relay(connect->state);
    enum err err = ERR_NOT_FOUND;

    for (size_t i = 0; i < directory->relays_count; i++) {
        const struct relay_key *relay = &directory->relays[i];
        if (wanted != NULL && strcmp(wanted, relay->endpoint) != 0)
            continue;
        err = open_link(connect, net, relay, key, problems);
        if (err != ERR_CONNECT && err != ERR_TIMEOUT)
            return err;
    }
    if (err == ERR_NOT_FOUND) {
        problems_add(problems, wanted == NULL ? "" : wanted,
                     "set `relay` in the config to one of the directory, or take the line out",
                     "the directory has no such relay");
        err = ERR_CONNECT;
    }
    return err;
}

enum err
connect_open(struct net *net, struct state *state, const struct keyfile *key, uint64_t timeout_ms,
             struct problems *problems, struct connect **out)
{
    *out = NULL;
    struct connect *connect = calloc(1, sizeof *connect);
    if (connect == NULL)
        return ERR_NOMEM;
    connect->state = state;
    connect->timeout_ms = timeout_ms;
    enum err err = arena_new(CONNECT_ARENA_BYTES, &connect->arena);
    if (err == ERR_OK)
        err = open_any_link(connect, net, key, problems);
    if (err == ERR_OK)
        err = state_restart_trust(state, problems);
    if (err != ERR_OK)
        goto done;
    state_begin_session(state, &connect->session);
    err = catch_up(connect, problems);
    if (err != ERR_OK)
        goto done;
    *out = connect;
    connect = NULL; /* now the caller's */

done:
    connect_close(&connect);
    return err;
}

void
connect_close(struct connect **connect)
{
    if (*connect == NULL)
        return;
    net_client_free(&(*connect)->client);
    arena_free(&(*connect)->arena);
    free(*connect);
    *connect = NULL;
}

uint32_t
connect_refusal(const struct connect *connect)
{
    return connect->refusal;
}

struct session *
connect_session(struct connect *connect)
{
    return &connect->session;
}

const char *
connect_endpoint(const struct connect *connect)
{
    return connect->endpoint;
}
