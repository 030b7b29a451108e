#include "clients/io/state_inner.h"

#include "keys/document.h"
#include "keys/io/load.h"
#include "proto/hash.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum err
state_find(const char *option, const char **out, struct problems *problems)
{
    const char *dir = option != NULL ? option : getenv("DENREI_STATE");

    if (dir == NULL || dir[0] == '\0') {
        problems_add(problems, "--state",
                     "name the state directory with --state DIR or in the environment as "
                     "DENREI_STATE; `init` makes one",
                     "no state directory is named, and none is ever guessed");
        return ERR_USAGE;
    }
    *out = dir;
    return ERR_OK;
}

/* ---- trust */

static enum err
apply(void *context, Denrei__V1__DocumentType type, struct span bytes, uint64_t leaf)
{
    struct trust **trust = context;

    /* The first is the root file; its own leaf comes with the log's copy of it. */
    if (*trust == NULL)
        return trust_new(bytes, trust);
    return trust_apply(*trust, type, bytes, leaf);
}

static enum err
begin_only(void *context, Denrei__V1__DocumentType, struct span bytes, uint64_t)
{
    struct trust **trust = context;

    return *trust == NULL ? trust_new(bytes, trust) : ERR_OK;
}

static enum err
load_trust(struct state *state, struct problems *problems)
{
    struct trust *trust = NULL;

    enum err err =
        state_each_bundle(state, state->documents == 0 ? apply : begin_only, &trust, problems);
    if (err == ERR_OK && trust == NULL) {
        problems_add(problems, "state.db", "set up a new state directory with `init`",
                     "the store is damaged: it has no root file");
        err = ERR_CORRUPT;
    }
    if (err == ERR_OK)
        err = state_each_document(state, apply, &trust, problems);
    if (err != ERR_OK) {
        trust_free(&trust);
        return err;
    }
    trust_free(&state->trust);
    state->trust = trust;
    return ERR_OK;
}

enum err
state_restart_trust(struct state *state, struct problems *problems)
{
    struct trust *trust = NULL;

    if (state->documents > 0)
        return ERR_OK;
    enum err err = state_each_bundle(state, begin_only, &trust, problems);
    if (err != ERR_OK) {
        trust_free(&trust);
        return err;
    }
    if (state->bundle == NULL) {
        state->bundle = state->trust;
        state->trust = NULL;
    }
    trust_free(&state->trust);
    state->trust = trust;
    return ERR_OK;
}

/* By body: the log's copy may carry other signatures of the same threshold. */
static enum err
have_one_body(struct span ours, struct span logged, bool *out)
{
    struct arena *arena = NULL;
    struct document a, b;

    enum err err = arena_new(ARENA_BYTES_MAX, &arena);
    if (err != ERR_OK)
        return err;
    *out = document_decode(ours, arena, &a) == ERR_OK &&
           document_decode(logged, arena, &b) == ERR_OK && a.body.len == b.body.len &&
           memcmp(a.body.data, b.body.data, a.body.len) == 0;
    arena_free(&arena);
    return ERR_OK;
}

static void
tell_lacking(const char *what, uint64_t version, struct problems *problems)
{
    problems_add(problems, what,
                 "ask the relay's operator to publish it, or check that bundle and relay are of "
                 "the same federation",
                 "the relay's log does not hold the bundle's %s, version %llu",
                 strcmp(what, "directory") == 0 ? what : "roster of this member",
                 (unsigned long long)version);
}

/*
 * A roster in the log that is older than the bundle's would bring back credentials that were
 * revoked, and the mailbox key that they open.
 */
static enum err
check_roster(const struct state *state, const char *member, struct problems *problems)
{
    const struct roster *pinned = trust_newest_roster(state->bundle, member);
    const struct roster *logged = trust_newest_roster(state->trust, member);
    bool holds = pinned == NULL || (logged != NULL && logged->version > pinned->version);

    if (!holds && logged != NULL && logged->version == pinned->version) {
        enum err err = have_one_body(trust_roster_document(state->bundle, member),
                                     trust_roster_document(state->trust, member), &holds);
        if (err != ERR_OK)
            return err;
    }
    if (holds)
        return ERR_OK;
    tell_lacking(member, pinned->version, problems);
    return ERR_STALE;
}

enum err
state_check_bundle(struct state *state, struct problems *problems)
{
    if (state->bundle == NULL)
        return ERR_OK;
    const struct directory *pinned = trust_directory(state->bundle, TRUST_UNLOGGED);
    bool holds = false;

    enum err err = have_one_body(trust_directory_document(state->bundle, pinned->version),
                                 trust_directory_document(state->trust, pinned->version), &holds);
    if (err != ERR_OK)
        return err;
    if (!holds) {
        tell_lacking("directory", pinned->version, problems);
        return ERR_STALE;
    }
    for (size_t i = 0; i < pinned->members_count && err == ERR_OK; i++)
        err = check_roster(state, pinned->members[i].id, problems);
    if (err == ERR_OK)
        trust_free(&state->bundle);
    return err;
}

/* ---- whose it is */

static bool
is_among(Denrei__V1__Purpose purpose, enum state_purposes purposes)
{
    return (unsigned)purpose < 32 && ((unsigned)purposes >> purpose & 1) != 0;
}

const char *
state_program(Denrei__V1__Purpose purpose)
{
    static const struct {
        enum state_purposes purposes;
        const char *name;
    } PROGRAMS[] = {
        {STATE_DENREI, "denrei"}, {STATE_NODE, "denrei-node"}, {STATE_AUDIT, "denrei-audit"}};

    for (size_t i = 0; i < sizeof PROGRAMS / sizeof PROGRAMS[0]; i++)
        if (is_among(purpose, PROGRAMS[i].purposes))
            return PROGRAMS[i].name;
    return "another program";
}

enum err
state_tell_missing(const struct state *state, struct problems *problems)
{
    char path[DISK_PATH_BYTES];

    if (disk_join(state->dir, "denreid.conf", path) == ERR_OK && disk_is_file(path)) {
        problems_add(problems, state->dir, "name this program's own directory with --state",
                     "this is the state directory of denreid, a relay's");
        return ERR_USAGE;
    }
    problems_add(problems, state->dir, "set it up with `init --bundle FILE --key FILE --state DIR`",
                 "this is not a state directory: %s",
                 disk_is_dir(state->dir) ? "it has no config" : "there is no such directory");
    return ERR_NOT_FOUND;
}

static enum err
check_program(const struct state *state, struct problems *problems)
{
    const char *program = state_program(state->self.purpose);
    char cure[128];

    if (is_among(state->self.purpose, state->purposes))
        return ERR_OK;
    snprintf(cure, sizeof cure, "use %s with it, or name this program's own directory with --state",
             program);
    problems_add(problems, state->dir, cure, "this is the state directory of %s, set up for %s/%s",
                 program, state->self.member, state->self.local_id);
    return ERR_USAGE;
}

/* ---- opening */

/* `is_private`: it is ours alone, so that what was refused is to write there. */
static enum err
tell_dir(enum err err, const char *dir, bool is_private, long pid, struct problems *problems)
{
    if (err == ERR_BUSY)
        problems_add(problems, dir, "wait until it has ended, or use another state directory",
                     "the state directory is in use by process %ld", pid);
    else if (err == ERR_PERMISSION && is_private)
        problems_add(problems, dir, "a state directory keeps what happens: make it writable again",
                     "the state directory cannot be written: access is refused, or its disk is "
                     "mounted read-only");
    else if (err == ERR_PERMISSION)
        problems_add(problems, dir, "it must be yours, with mode 0700: chmod 700 DIR",
                     "the state directory is open to others, or belongs to somebody else");
    else
        problems_add(problems, dir, "", "the state directory cannot be used: %s", err_text(err));
    return err;
}

static enum err
read_self(struct state *state)
{
    struct problems untold = {0};
    struct hash federation;

    enum err err = state_open_db(state, STATE_READ, false, &untold);
    return err == ERR_OK ? state_get_self(state, &federation, &untold) : err;
}

static enum err
take_lock(struct state *state, struct problems *problems)
{
    char path[DISK_PATH_BYTES];
    uint8_t *content = NULL;
    size_t len = 0;
    long pid = 0;
    bool is_private = false;

    /* Only what `init` made is a state directory: a typing error must not make a new one. */
    enum err err = disk_join(state->dir, "config", path);
    if (err == ERR_OK)
        err = disk_read(path, 1 << 16, &content, &len);
    free(content);
    if (err == ERR_OK)
        err = disk_make_dir(state->dir);
    is_private = err == ERR_OK;
    if (err == ERR_OK)
        err = disk_lock(state->dir, &state->lock, &pid);
    if (err == ERR_NOT_FOUND)
        return state_tell_missing(state, problems);
    /* That it is another program's says more than that this program is running. */
    if (err == ERR_BUSY && read_self(state) == ERR_OK && check_program(state, problems) != ERR_OK)
        return ERR_USAGE;
    return err == ERR_OK ? ERR_OK : tell_dir(err, state->dir, is_private, pid, problems);
}

static enum err
load(struct state *state, enum state_mode mode, struct problems *problems)
{
    struct hash federation;

    if (mode == STATE_WRITE) {
        enum err err = take_lock(state, problems);
        if (err != ERR_OK)
            return err;
    }
    enum err err = state_read_config(state, problems);
    if (err == ERR_OK)
        err = state_open_db(state, mode, false, problems);
    if (err == ERR_OK)
        err = state_get_self(state, &federation, problems);
    if (err == ERR_OK)
        err = check_program(state, problems);
    if (err == ERR_OK)
        err = state_get_view(state, problems);
    if (err == ERR_OK)
        err = load_trust(state, problems);
    if (err == ERR_OK && !hash_is_equal(&federation, trust_federation(state->trust))) {
        problems_add(problems, "state.db", "set up a new state directory with `init`",
                     "the store is damaged: its root file is not that of its federation");
        err = ERR_CORRUPT;
    }
    return err;
}

enum err
state_open(const char *dir, enum state_mode mode, enum state_purposes purposes,
           struct problems *problems, struct state **out)
{
    *out = NULL;
    struct state *state = calloc(1, sizeof *state);
    if (state == NULL)
        return ERR_NOMEM;
    state->lock = -1;
    state->purposes = purposes;
    enum err err = ERR_RANGE;
    if (strlen(dir) >= sizeof state->dir) {
        problems_add(problems, "--state", "", "the path is too long");
        goto done;
    }
    memcpy(state->dir, dir, strlen(dir) + 1);
    err = load(state, mode, problems);
    if (err != ERR_OK)
        goto done;
    *out = state;
    state = NULL; /* now the caller's */

done:
    state_close(&state);
    return err;
}

void
state_close(struct state **state)
{
    if (*state == NULL)
        return;
    trust_free(&(*state)->trust);
    trust_free(&(*state)->bundle);
    db_close(&(*state)->db);
    disk_unlock(&(*state)->lock);
    free(*state);
    *state = NULL;
}

/* ---- what it holds */

const char *
state_dir(const struct state *state)
{
    return state->dir;
}

const struct state_self *
state_self(const struct state *state)
{
    return &state->self;
}

struct trust *
state_trust(const struct state *state)
{
    return state->trust;
}

const char *
state_relay(const struct state *state)
{
    return state->relay[0] == '\0' ? NULL : state->relay;
}

void
state_begin_session(struct state *state, struct session *session)
{
    session_init(session, state->trust, &state->head, state->documents);
}

enum err
state_load_key(const struct state *state, int passphrase_fd, struct keyfile *out,
               struct problems *problems)
{
    enum err err = load_keyfile(state->key_path, passphrase_fd, out, problems);
    if (err != ERR_OK)
        return err;
    if (!state_key_is(state, out)) {
        keyfile_clear(out);
        problems_add(problems, state->key_path,
                     "put the old key file back, or set up a new state directory for the new one",
                     "the key file holds another credential than at `init`");
        return ERR_CONFLICT;
    }
    return ERR_OK;
}
