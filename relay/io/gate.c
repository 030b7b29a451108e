#include "relay/io/gate.h"

#include "proto/io/clock.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static_assert(GATE_USER_BYTES <= NET_USER_ID_MAX + 1);

struct gate {
    pthread_rwlock_t lock;
    struct passes *passes;
};

enum err
gate_new(struct gate **out)
{
    struct gate *gate = calloc(1, sizeof *gate);

    *out = NULL;
    if (gate == NULL)
        return ERR_NOMEM;
    if (pthread_rwlock_init(&gate->lock, NULL) != 0) {
        free(gate);
        return ERR_NOMEM;
    }
    *out = gate;
    return ERR_OK;
}

void
gate_free(struct gate **gate)
{
    if (*gate != NULL) {
        passes_free(&(*gate)->passes);
        pthread_rwlock_destroy(&(*gate)->lock);
    }
    free(*gate);
    *gate = NULL;
}

struct passes *
gate_renew(struct gate *gate, struct passes *passes)
{
    pthread_rwlock_wrlock(&gate->lock);
    struct passes *before = gate->passes;
    gate->passes = passes;
    pthread_rwlock_unlock(&gate->lock);
    return before;
}

const struct passes *
gate_enter(struct gate *gate)
{
    pthread_rwlock_rdlock(&gate->lock);
    return gate->passes;
}

void
gate_leave(struct gate *gate)
{
    pthread_rwlock_unlock(&gate->lock);
}

bool
gate_lookup(void *context, const struct public_key *client_key, char user_id[NET_USER_ID_MAX + 1])
{
    struct gate *gate = context;
    uint64_t now_ms = clock_now_ms();

    const struct passes *passes = gate_enter(gate);
    const struct pass *pass = passes == NULL ? NULL : passes_find_transport(passes, client_key);
    bool is_known = pass != NULL && now_ms >= pass->not_before_ms && now_ms < pass->not_after_ms;
    if (is_known)
        gate_user(&pass->credential, user_id);
    gate_leave(gate);
    return is_known;
}

void
gate_user(const struct hash *credential, char out[GATE_USER_BYTES])
{
    sodium_bin2hex(out, GATE_USER_BYTES, credential->bytes, HASH_BYTES);
}

enum err
gate_credential(const char *user_id, struct hash *out)
{
    size_t len = 0;

    if (sodium_hex2bin(out->bytes, HASH_BYTES, user_id, strlen(user_id), NULL, &len, NULL) != 0 ||
        len != HASH_BYTES)
        return ERR_FORMAT;
    return ERR_OK;
}
