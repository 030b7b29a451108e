#include "clients/officer/io/desk.h"

#include "clients/io/outbox.h"
#include "clients/io/witnessed.h"
#include "proto/io/clock.h"
#include "proto/io/report.h"

#include <poll.h>
#include <sodium.h>
#include <string.h>

enum { BUSY_TRIES = 50, BUSY_WAIT_MS = 100 };

/* Another command of the same officer holds the lock for a moment only. */
static enum err
open_state(struct desk *desk, const char *dir)
{
    enum err err = ERR_BUSY;

    for (int i = 0; i < BUSY_TRIES && err == ERR_BUSY; i++) {
        struct problems problems = {0};
        err = state_open(dir, STATE_WRITE, STATE_DENREI, &problems, &desk->state);
        if (err != ERR_OK)
            *desk->problems = problems;
        if (err == ERR_BUSY)
            poll(NULL, 0, BUSY_WAIT_MS);
    }
    if (err == ERR_OK)
        *desk->problems = (struct problems){0};
    return err;
}

/* Whether the message with this id is stored and waits; what the store cannot say does as well. */
static bool
is_waiting(void *context, const struct id *id)
{
    struct desk *desk = context;
    struct store_sent sent;

    arena_reset(desk->scratch);
    enum err err = store_sent(desk->store, id, desk->scratch, &sent);
    return err == ERR_OK ? sent.stage == STORE_WAITING && sent.envelope.len > 0
                         : err != ERR_NOT_FOUND;
}

enum err
desk_open(struct desk *desk)
{
    const char *dir = NULL;

    desk->now_ms = clock_now_ms();
    enum err err = arena_new(ARENA_BYTES_MAX, &desk->arena);
    if (err == ERR_OK)
        err = arena_new(ARENA_BYTES_MAX, &desk->scratch);
    if (err == ERR_OK)
        err = state_find(desk->options->state, &dir, desk->problems);
    if (err == ERR_OK)
        err = open_state(desk, dir);
    if (err == ERR_OK)
        err = officer_store_open(dir, desk->now_ms, desk->problems, &desk->store);
    if (err == ERR_OK)
        outbox_sweep(dir, is_waiting, desk);
    return err;
}

enum err
desk_unlock(struct desk *desk)
{
    if (desk->has_key)
        return ERR_OK;
    enum err err =
        state_load_key(desk->state, desk->options->passphrase_fd, &desk->key, desk->problems);
    desk->has_key = err == ERR_OK;
    return err;
}

/*
 * A clock that is wrong must destroy nothing: what has expired by it is hidden, and erased once a
 * quorum of witnesses, or without any the relay, has seen that time.
 */
static enum err
end_expired(struct desk *desk)
{
    const struct problems told = *desk->problems;
    struct head mailbox;
    uint64_t proven_ms = 0;
    bool has_expired = false;

    enum err err = store_has_expired(desk->store, &has_expired, desk->problems);
    if (err != ERR_OK || !has_expired)
        return err;
    if (trust_directory(state_trust(desk->state), TRUST_UNLOGGED)->witnesses_count > 0) {
        err = witnessed_ask(desk->connect, desk->scratch, &proven_ms, desk->problems);
        if (err == ERR_REFUSED) {
            *desk->problems = told;
            return ERR_OK;
        }
    } else {
        err = store_error(store_mailbox(desk->store, &mailbox), desk->problems);
        proven_ms = mailbox.time_ms;
    }
    if (err != ERR_OK)
        return err;
    return store_end_expired(desk->store, proven_ms < desk->now_ms ? proven_ms : desk->now_ms,
                             desk->problems);
}

enum err
desk_connect(struct desk *desk)
{
    if (desk->connect != NULL)
        return ERR_OK;
    enum err err = desk_unlock(desk);
    if (err == ERR_OK && desk->net == NULL)
        err = net_new(&desk->net);
    if (err == ERR_OK)
        err = connect_open(desk->net, desk->state, &desk->key, CONNECT_TIMEOUT_MS, desk->problems,
                           &desk->connect);
    if (err == ERR_OK)
        err = end_expired(desk);
    if (err == ERR_OK)
        err = carry_due(desk);
    if (err == ERR_OK)
        err = carry_waiting(desk);
    if (err != ERR_OK)
        desk_disconnect(desk);
    return err;
}

void
desk_disconnect(struct desk *desk)
{
    connect_close(&desk->connect);
}

void
desk_close(struct desk *desk)
{
    connect_close(&desk->connect);
    net_free(&desk->net);
    keyfile_clear(&desk->key);
    desk->has_key = false;
    officer_store_close(&desk->store);
    state_close(&desk->state);
    arena_free(&desk->arena);
    arena_free(&desk->scratch);
}

int
desk_fail(struct desk *desk, enum err err)
{
    int code = report_error(DESK_PROGRAM, err, desk->problems, desk->options->json);

    desk_close(desk);
    return code;
}

const char *
desk_member(const struct desk *desk)
{
    return state_self(desk->state)->member;
}

enum err
desk_identity(struct desk *desk, Denrei__V1__KeyUse use, const struct identity **out)
{
    *out = keyfile_find(&desk->key, use);
    if (*out != NULL)
        return ERR_OK;
    problems_add(desk->problems, desk->key.label, "use the key file of an officer",
                 "the key file lacks a key that is needed here");
    return ERR_KEY;
}

/* ---- copies */

enum err
desk_seal_copy(struct desk *desk, struct span content, struct span *out)
{
    const struct identity *encryption = NULL;

    enum err err = desk_identity(desk, DENREI__V1__KEY_USE__KEY_USE_ENCRYPTION, &encryption);
    if (err != ERR_OK)
        return err;
    uint8_t *sealed = arena_alloc(desk->arena, content.len + crypto_box_SEALBYTES);
    if (sealed == NULL)
        return ERR_NOMEM;
    if (crypto_box_seal(sealed, content.data, content.len,
                        identity_public_key(encryption)->bytes) != 0)
        return ERR_KEY;
    *out = (struct span){sealed, content.len + crypto_box_SEALBYTES};
    return ERR_OK;
}

enum err
desk_open_copy(struct desk *desk, const struct store_sent *sent, struct arena *arena,
               struct span *out)
{
    const struct identity *encryption = NULL;
    struct message_id_text path = message_id_text(&sent->id);

    if (sent->copy.len < crypto_box_SEALBYTES) {
        problems_add(desk->problems, path.text, "give the whole content in a file, or send it anew",
                     "its content has ended: it expired or was withdrawn");
        return ERR_NOT_FOUND;
    }
    enum err err = desk_unlock(desk);
    if (err == ERR_OK)
        err = desk_identity(desk, DENREI__V1__KEY_USE__KEY_USE_ENCRYPTION, &encryption);
    if (err != ERR_OK)
        return err;
    size_t len = sent->copy.len - crypto_box_SEALBYTES;
    uint8_t *content = arena_alloc(arena, len + 1);
    if (content == NULL)
        return ERR_NOMEM;
    if (crypto_box_seal_open(content, sent->copy.data, sent->copy.len,
                             identity_public_key(encryption)->bytes,
                             identity_secret(encryption)) != 0) {
        problems_add(desk->problems, path.text, "restore officer.db from a backup",
                     "the copy of its content does not open with this key");
        return ERR_KEY;
    }
    *out = (struct span){content, len};
    return ERR_OK;
}
