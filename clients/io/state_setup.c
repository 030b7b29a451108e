#include "clients/io/state_inner.h"

#include "keys/io/load.h"
#include "proto/hash.h"
#include "proto/io/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- the key file */

/* The credential that the key file carries; *out lies in `arena`. */
static enum err
get_credential(const struct hash *federation, const struct keyfile *keyfile, struct arena *arena,
               struct credential *out)
{
    if (keyfile->credential_len == 0)
        return ERR_NOT_FOUND;
    return credential_decode(
        federation, (struct span){keyfile->credential, keyfile->credential_len}, arena, out);
}

bool
state_key_is(const struct state *state, const struct keyfile *keyfile)
{
    struct arena *arena = NULL;
    struct credential credential;
    bool is_same = false;

    if (arena_new(ARENA_EXTRA_BYTES, &arena) != ERR_OK)
        return false;
    is_same =
        get_credential(trust_federation(state->trust), keyfile, arena, &credential) == ERR_OK &&
        hash_is_equal(&credential.hash, &state->self.credential);
    arena_free(&arena);
    return is_same;
}

/* ---- config */

struct settings {
    char *key;
    char *relay;
};

static const struct config_key settings_keys[] = {
    {.section = "client",
     .name = "key",
     .kind = CONFIG_STRING,
     .offset = offsetof(struct settings, key),
     .required = true,
     .help = "The key file, by its whole path."},
    {.section = "client",
     .name = "relay",
     .kind = CONFIG_STRING,
     .offset = offsetof(struct settings, relay),
     .help = "Only this relay of the directory; without it any that answers."},
};

static enum err
write_config(const struct state *state, struct problems *problems)
{
    char path[DISK_PATH_BYTES], text[2 * DISK_PATH_BYTES + 512];

    int len = snprintf(text, sizeof text,
                       "; Made by `init`.  Paths are whole; a relay must be one of the directory.\n"
                       "[client]\n"
                       "key = %s\n"
                       "%srelay = %s\n",
                       state->key_path, state->relay[0] == '\0' ? "; " : "",
                       state->relay[0] == '\0' ? "tcp://HOST:PORT" : state->relay);
    enum err err = disk_join(state->dir, "config", path);
    if (err == ERR_OK)
        err = disk_write(path, (struct span){(const uint8_t *)text, (size_t)len}, DISK_NEW);
    if (err != ERR_OK)
        problems_add(problems, path, "", "the config cannot be written: %s", err_text(err));
    return err;
}

enum err
state_read_config(struct state *state, struct problems *problems)
{
    char path[DISK_PATH_BYTES], why[CONFIG_WHY_BYTES] = "";
    struct settings settings = {0};

    enum err err = disk_join(state->dir, "config", path);
    if (err == ERR_OK)
        err = config_read(path, settings_keys, 2, &settings, why);
    if (err == ERR_NOT_FOUND)
        return state_tell_missing(state, problems);
    if (err == ERR_OK && (strlen(settings.key) >= sizeof state->key_path ||
                          (settings.relay != NULL && strlen(settings.relay) > ENDPOINT_MAX))) {
        err = ERR_USAGE;
        snprintf(why, sizeof why, "a value of the config is too long");
    }
    if (err != ERR_OK) {
        problems_add(problems, path, "set `key` and perhaps `relay` in the section [client]", "%s",
                     why[0] != '\0' ? why : err_text(err));
        goto done;
    }
    memcpy(state->key_path, settings.key, strlen(settings.key) + 1);
    if (settings.relay != NULL)
        memcpy(state->relay, settings.relay, strlen(settings.relay) + 1);

done:
    config_free(settings_keys, 2, &settings);
    return err;
}

/* ---- init */

static enum err
check_credential(const struct state_new *new, const struct trust *trust,
                 const struct credential *credential, struct problems *problems)
{
    char path[MEMBER_ID_MAX + LOCAL_ID_MAX + 2];

    snprintf(path, sizeof path, "%s/%s", credential->member, credential->local_id);
    if (trust_credential(trust, &credential->hash, TRUST_UNLOGGED) == NULL) {
        problems_add(problems, path,
                     "ask the authority of your member to put it into the roster, and to make the "
                     "bundle after that",
                     "this credential is not in the roster of the bundle");
        return ERR_POLICY;
    }
    if (((unsigned)new->purposes >> credential->purpose & 1) == 0) {
        problems_add(problems, path,
                     "use that program, or a key whose request was made for this one's purpose",
                     "this credential is for %s, not for this program",
                     state_program(credential->purpose));
        return ERR_POLICY;
    }
    if (!credential_is_valid_at(credential, new->now_ms)) {
        problems_add(problems, path,
                     "ask the authority of your member for a new one; check the clock as well",
                     "this credential has expired, or is not yet valid");
        return ERR_EXPIRED;
    }
    return ERR_OK;
}

static enum err
take_self(struct state *state, const struct state_new *new, struct arena *arena,
          struct problems *problems)
{
    struct keyfile keyfile = {0};
    struct credential credential;

    enum err err = load_keyfile(new->key_path, new->passphrase_fd, &keyfile, problems);
    if (err != ERR_OK)
        return err;
    err = get_credential(trust_federation(state->trust), &keyfile, arena, &credential);
    if (err != ERR_OK) {
        problems_add(problems, new->key_path,
                     "use the key file that was made with the credential request, for this "
                     "federation",
                     "the key file holds no credential of this federation%s%s",
                     err == ERR_NOT_FOUND ? "" : ": ", err == ERR_NOT_FOUND ? "" : err_text(err));
        goto done;
    }
    err = check_credential(new, state->trust, &credential, problems);
    if (err != ERR_OK)
        goto done;
    snprintf(state->self.member, sizeof state->self.member, "%s", credential.member);
    snprintf(state->self.local_id, sizeof state->self.local_id, "%s", credential.local_id);
    state->self.purpose = credential.purpose;
    state->self.credential = credential.hash;

done:
    keyfile_clear(&keyfile);
    return err;
}

static enum err
take_relay(struct state *state, const char *relay, struct problems *problems)
{
    const struct directory *directory = trust_directory(state->trust, TRUST_UNLOGGED);
    char cure[PROBLEM_TEXT_BYTES];

    if (relay == NULL)
        return ERR_OK;
    for (size_t i = 0; i < directory->relays_count; i++)
        if (strcmp(directory->relays[i].endpoint, relay) == 0) {
            snprintf(state->relay, sizeof state->relay, "%s", relay);
            return ERR_OK;
        }
    snprintf(cure, sizeof cure, "leave it out, or use one of the directory: %s",
             directory->relays_count == 0 ? "" : directory->relays[0].endpoint);
    problems_add(problems, "--relay", cure, "the directory has no relay %s", relay);
    return ERR_USAGE;
}

/* The documents of the bundle, as the trust that they gave keeps them. */
static enum err
store_bundle(struct state *state, struct problems *problems)
{
    const struct directory *directory = trust_directory(state->trust, TRUST_UNLOGGED);
    uint64_t position = 0;
    enum err err = ERR_OK;

    for (uint64_t i = 1; i <= directory->version && err == ERR_OK; i++)
        err = state_put_bundle(state, position++, DENREI__V1__DOCUMENT_TYPE__DOCUMENT_DIRECTORY,
                               trust_directory_document(state->trust, i), problems);
    for (size_t i = 0; i < directory->members_count && err == ERR_OK; i++) {
        struct span roster = trust_roster_document(state->trust, directory->members[i].id);
        if (roster.len > 0)
            err = state_put_bundle(state, position++, DENREI__V1__DOCUMENT_TYPE__DOCUMENT_ROSTER,
                                   roster, problems);
    }
    return err;
}

static enum err
store_all(struct state *state, struct problems *problems)
{
    enum err err = state_open_db(state, STATE_WRITE, true, problems);
    if (err == ERR_OK)
        err = state_begin(state, problems);
    if (err == ERR_OK)
        err = state_put_self(state, trust_federation(state->trust), problems);
    if (err == ERR_OK)
        err = store_bundle(state, problems);
    if (err == ERR_OK)
        err = state_commit(state, problems);
    return err;
}

/* A directory is a state once it has a config, which is written last. */
static enum err
make_dir(struct state *state, struct problems *problems)
{
    static const char *const files[] = {"config", "state.db", "denreid.conf", "relay.db"};
    char path[DISK_PATH_BYTES];
    long pid = 0;

    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        enum err err = disk_join(state->dir, files[i], path);
        if (err == ERR_OK && access(path, F_OK) == 0) {
            problems_add(problems, state->dir, "name another directory with --state",
                         "the directory is in use: it holds a %s", files[i]);
            err = ERR_EXISTS;
        }
        if (err != ERR_OK)
            return err;
    }
    enum err err = disk_make_dir(state->dir);
    if (err == ERR_OK)
        err = disk_lock(state->dir, &state->lock, &pid);
    if (err != ERR_OK)
        problems_add(problems, state->dir, "use a directory of your own with mode 0700",
                     "the state directory cannot be made: %s",
                     disk_is_file(state->dir) ? "it is a file" : err_text(err));
    return err;
}

static void
remove_made(const struct state *state)
{
    static const char *const files[] = {"state.db", "state.db-wal", "state.db-shm", "lock"};
    char path[DISK_PATH_BYTES];

    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        if (disk_join(state->dir, files[i], path) == ERR_OK)
            unlink(path);
    rmdir(state->dir); /* stays if others have put something into it */
}

static enum err
set_up(struct state *state, const struct state_new *new, struct arena *arena,
       struct problems *problems)
{
    enum err err = load_bundle(new->bundle_path, &state->trust, problems);
    if (err == ERR_OK)
        err = take_relay(state, new->relay, problems);
    if (err == ERR_OK)
        err = take_self(state, new, arena, problems);
    if (err == ERR_OK)
        err = make_dir(state, problems);
    if (err != ERR_OK)
        return err;
    err = store_all(state, problems);
    if (err == ERR_OK)
        err = write_config(state, problems);
    if (err != ERR_OK)
        remove_made(state);
    return err;
}

enum err
state_init(const struct state_new *new, struct problems *problems)
{
    struct state *state = calloc(1, sizeof *state);
    struct arena *arena = NULL;
    enum err err = ERR_NOMEM;

    if (state == NULL)
        return ERR_NOMEM;
    state->lock = -1;
    if (strlen(new->dir) >= sizeof state->dir || realpath(new->key_path, state->key_path) == NULL) {
        err = strlen(new->dir) >= sizeof state->dir ? ERR_RANGE : ERR_NOT_FOUND;
        problems_add(problems, new->key_path, "check the path", "there is no such key file");
        goto done;
    }
    memcpy(state->dir, new->dir, strlen(new->dir) + 1);
    err = arena_new(ARENA_BYTES_MAX, &arena);
    if (err == ERR_OK)
        err = set_up(state, new, arena, problems);

done:
    arena_free(&arena);
    state_close(&state);
    return err;
}
