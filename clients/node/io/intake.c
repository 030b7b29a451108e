#include "clients/node/io/intake_inner.h"

#include "proto/io/clock.h"
#include "proto/io/log.h"
#include "proto/time_text.h"

#include <stdlib.h>
#include <string.h>

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
