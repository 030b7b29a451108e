#include "clients/io/init.h"

#include "clients/io/state.h"
#include "proto/io/clock.h"
#include "proto/io/exit.h"
#include "proto/io/report.h"

#include <jansson.h>
#include <sodium.h>
#include <stdio.h>

static enum err
tell(const struct init_command *command, const char *dir, const struct state *state)
{
    const struct state_self *self = state_self(state);
    char federation[2 * HASH_BYTES + 1];
    json_t *json = NULL;

    sodium_bin2hex(federation, sizeof federation, trust_federation(state_trust(state))->bytes,
                   HASH_BYTES);
    if (!command->json) {
        fprintf(stderr,
                "Ready: %s/%s in federation %s.\nCompare the federation's digits with what the "
                "holders of the root keys published.\n  -> %s --state %s\n",
                self->member, self->local_id, federation, command->next, dir);
        return ERR_OK;
    }
    json = json_pack("{s:i, s:s, s:s, s:s, s:s}", "schema", 1, "member", self->member, "credential",
                     self->local_id, "federation", federation, "state", dir);
    if (json == NULL)
        return ERR_NOMEM;
    json_dumpf(json, stdout, JSON_COMPACT);
    fputc('\n', stdout);
    json_decref(json);
    return ERR_OK;
}

int
init_client(const struct init_command *command)
{
    struct problems problems = {0};
    struct state *state = NULL;
    const char *dir = NULL;
    enum err err = state_find(command->state, &dir, &problems);

    if (err == ERR_OK) {
        const struct state_new new = {
            .dir = dir,
            .bundle_path = command->bundle,
            .key_path = command->key,
            .relay = command->relay,
            .purposes = command->purposes,
            .passphrase_fd = command->passphrase_fd,
            .now_ms = clock_now_ms(),
        };
        err = state_init(&new, &problems);
    }
    if (err == ERR_OK)
        err = state_open(dir, STATE_READ, command->purposes, &problems, &state);
    if (err == ERR_OK)
        err = tell(command, dir, state);
    state_close(&state);
    return err == ERR_OK ? EXIT_DONE
                         : report_error(command->program, err, &problems, command->json);
}
