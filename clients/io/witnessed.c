#include "clients/io/witnessed.h"

#include "keys/log_keys.h"

#include <string.h>

enum err
witnessed_check(const struct trust *trust, const Denrei__V1__CheckpointReply *reply,
                const struct merkle_head *published, struct arena *arena, struct witnessed *out)
{
    const char *text = reply->witnessed;
    const struct span note = {(const uint8_t *)text, strlen(text)};
    struct checkpoint_verified verified;
    struct log_keys keys;

    *out = (struct witnessed){0};
    if (text[0] == '\0')
        return ERR_OK;
    enum err err = log_keys_make(trust_directory(trust, TRUST_UNLOGGED), &keys);
    if (err != ERR_OK)
        return err;
    /* What had a quorum under an older directory may have none under this one: then there is none
     * yet, and the witnesses of this directory must be free to make one. */
    const struct checkpoint_policy policy = log_keys_policy(&keys, 0);
    err = checkpoint_verify(note, &policy, &verified);
    if (err == ERR_OK)
        err = session_check_extends(&verified.head, published, reply->witnessed_consistency,
                                    reply->n_witnessed_consistency, arena);
    uint64_t time_ms =
        err == ERR_OK && keys.quorum > 0 ? checkpoint_time_ms(&verified, keys.quorum) : 0;
    if (time_ms > 0)
        *out = (struct witnessed){time_ms, verified.head.leaf_count};
    return err;
}

enum err
witnessed_ask(struct connect *connect, struct arena *arena, uint64_t *time_ms,
              struct problems *problems)
{
    Denrei__V1__CheckpointCall call = DENREI__V1__CHECKPOINT_CALL__INIT;
    Denrei__V1__Request request = DENREI__V1__REQUEST__INIT;
    Denrei__V1__Reply *reply = NULL;
    struct merkle_head head;
    struct witnessed witnessed;

    arena_reset(arena);
    *time_ms = 0;
    call.size = connect_session(connect)->head.leaf_count;
    request.call_case = DENREI__V1__REQUEST__CALL_CHECKPOINT;
    request.checkpoint = &call;
    enum err err = connect_call(connect, &request, CONNECT_TIMEOUT_MS, arena, &reply, problems);
    if (err != ERR_OK)
        return err;
    err = connect_take_published(connect, reply->checkpoint, arena, &head, problems);
    if (err != ERR_OK)
        return err;
    err = witnessed_check(connect_session(connect)->trust, reply->checkpoint, &head, arena,
                          &witnessed);
    *time_ms = witnessed.time_ms;
    if (err != ERR_OK)
        problems_add(
            problems, connect_endpoint(connect), "tell the relay's operator and your auditor",
            "what the relay says that witnesses confirmed does not verify: %s", err_text(err));
    return err;
}
