#include "clients/io/state_inner.h"

#include "proto/hash.h"
#include "proto/io/term.h"
#include "proto/wire.h"

#include <ini.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PASSPHRASE_BYTES = 1024, CONFIG_BYTES_MAX = 64 << 10 };

/* ---- the key file */

static enum err
tell_key(enum err err, const char *path, struct problems *problems)
{
    if (err == ERR_NOT_FOUND)
        problems_add(problems, path, "check the path", "there is no such key file");
    else if (err == ERR_PERMISSION)
        problems_add(problems, path,
                     "make it yours alone: chmod 600 FILE; if others may have read it, have the "
                     "credential revoked and make a new key",
                     "the key file is open to others, or may not be read");
    else if (err == ERR_FORMAT || err == ERR_RANGE)
        problems_add(problems, path, "use the file that denrei-keys made", "this is no key file");
    else if (err == ERR_PASSPHRASE)
        problems_add(problems, path, "try again; nobody can recover a lost passphrase",
                     "the passphrase is wrong, or the key file was altered");
    else
        problems_add(problems, path, "", "the key file cannot be used: %s", err_text(err));
    return err;
}

static enum err
get_passphrase(const char *label, int passphrase_fd, char *out, size_t *out_len,
               struct problems *problems)
{
    char prompt[KEYFILE_LABEL_MAX + 64];

    if (passphrase_fd >= 0) {
        enum err err = term_read_passphrase(passphrase_fd, out, PASSPHRASE_BYTES, out_len);
        if (err != ERR_OK)
            problems_add(problems, "--passphrase-fd", "", "no passphrase can be read there: %s",
                         err_text(err));
        return err;
    }
    snprintf(prompt, sizeof prompt, "Passphrase for %s: ", label);
    enum err err = term_ask_passphrase(prompt, out, PASSPHRASE_BYTES, out_len);
    if (err == ERR_NOT_FOUND)
        problems_add(problems, label, "give it with --passphrase-fd FD",
                     "the key needs a passphrase, and there is no terminal to ask on");
    else if (err != ERR_OK)
        problems_add(problems, label, "", "no passphrase: %s", err_text(err));
    return err;
}

enum err
state_read_key(const char *path, int passphrase_fd, struct keyfile *out, struct problems *problems)
{
    char label[KEYFILE_LABEL_MAX + 1] = "";
    char *passphrase = NULL; /* secret */
    size_t passphrase_len = 0, text_len = 0;
    uint8_t *text = NULL;
    bool needs_passphrase = false;

    enum err err = disk_read_secret(path, KEYFILE_BYTES_MAX, &text, &text_len);
    if (err != ERR_OK)
        return tell_key(err, path, problems);
    passphrase = sodium_malloc(PASSPHRASE_BYTES);
    if (passphrase == NULL) {
        err = ERR_NOMEM;
        goto done;
    }
    err = keyfile_peek((struct span){text, text_len}, &needs_passphrase, label);
    if (err != ERR_OK) {
        err = tell_key(err, path, problems);
        goto done;
    }
    if (needs_passphrase) {
        err = get_passphrase(label, passphrase_fd, passphrase, &passphrase_len, problems);
        if (err != ERR_OK)
            goto done;
    }
    err = keyfile_decode((struct span){text, text_len},
                         (struct span){(const uint8_t *)passphrase, passphrase_len}, out);
    if (err != ERR_OK)
        err = tell_key(err, path, problems);

done:
    sodium_free(passphrase);
    sodium_free(text);
    return err;
}

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

enum err
state_write_config(const struct state *state, struct problems *problems)
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

static int
on_setting(void *user, const char *section, const char *name, const char *value)
{
    struct state *state = user;

    if (strcmp(section, "client") == 0 && strcmp(name, "key") == 0 &&
        strlen(value) < sizeof state->key_path) {
        strcpy(state->key_path, value);
        return 1;
    }
    if (strcmp(section, "client") == 0 && strcmp(name, "relay") == 0 &&
        strlen(value) < sizeof state->relay) {
        strcpy(state->relay, value);
        return 1;
    }
    /* Sections of other names are the program's own. */
    return strcmp(section, "client") != 0;
}

enum err
state_read_config(struct state *state, struct problems *problems)
{
    char path[DISK_PATH_BYTES];
    uint8_t *text = NULL;
    size_t len = 0;

    enum err err = disk_join(state->dir, "config", path);
    if (err == ERR_OK)
        err = disk_read(path, CONFIG_BYTES_MAX, &text, &len);
    if (err != ERR_OK) {
        problems_add(problems, state->dir,
                     "set it up with `init --bundle FILE --key FILE --state DIR`",
                     err == ERR_NOT_FOUND ? "this is not a state directory (no config in it)"
                                          : "its config cannot be read: %s",
                     err_text(err));
        return err;
    }
    int line = ini_parse_string((const char *)text, on_setting, state);
    free(text);
    if (line != 0) {
        problems_add(problems, path, "the section [client] has `key` and `relay`",
                     "line %d of the config is not understood", line);
        return ERR_USAGE;
    }
    if (state->key_path[0] == '\0') {
        problems_add(problems, path, "add `key = /path/to/the.key` under [client]",
                     "the config names no key file");
        return ERR_USAGE;
    }
    return ERR_OK;
}

/* ---- init */

static enum err
read_bundle(const char *path, struct arena *arena, Denrei__V1__Bundle **out,
            struct problems *problems)
{
    uint8_t *bytes = NULL;
    size_t len = 0;
    ProtobufCMessage *message = NULL;

    enum err err = disk_read(path, STATE_BUNDLE_BYTES_MAX, &bytes, &len);
    if (err != ERR_OK) {
        problems_add(problems, path, "check the path", "the bundle cannot be read: %s",
                     err_text(err));
        return err;
    }
    err = wire_decode(&denrei__v1__bundle__descriptor, (struct span){bytes, len}, arena, &message);
    free(bytes);
    if (err == ERR_OK && ((Denrei__V1__Bundle *)message)->n_directories == 0)
        err = ERR_FORMAT;
    if (err != ERR_OK) {
        problems_add(problems, path, "use the file that denrei-keys made for this federation",
                     "this is no installation bundle: %s", err_text(err));
        return err;
    }
    *out = (Denrei__V1__Bundle *)message;
    return ERR_OK;
}

static enum err
trust_bundle(const Denrei__V1__Bundle *bundle, struct trust **out, struct problems *problems)
{
    struct trust *trust = NULL;
    char path[64];

    for (size_t i = 0; i < bundle->n_directories + bundle->n_rosters; i++) {
        bool is_directory = i < bundle->n_directories;
        size_t at = is_directory ? i : i - bundle->n_directories;
        ProtobufCBinaryData data = is_directory ? bundle->directories[at] : bundle->rosters[at];
        struct span bytes = {data.data, data.len};
        enum err err =
            i == 0 ? trust_new(bytes, &trust)
                   : trust_apply(trust,
                                 is_directory ? DENREI__V1__DOCUMENT_TYPE__DOCUMENT_DIRECTORY
                                              : DENREI__V1__DOCUMENT_TYPE__DOCUMENT_ROSTER,
                                 bytes, TRUST_UNLOGGED);
        if (err != ERR_OK) {
            snprintf(path, sizeof path, "%s[%zu]", is_directory ? "directories" : "rosters", at);
            problems_add(problems, path, "get a new bundle from your key authority",
                         "a document of the bundle does not verify: %s", err_text(err));
            trust_free(&trust);
            return err;
        }
    }
    *out = trust;
    return ERR_OK;
}

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
    if ((new->purposes >> credential->purpose & 1) == 0) {
        problems_add(problems, path, "use a key of the right purpose",
                     "this credential is of another purpose than this program needs");
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

    enum err err = state_read_key(new->key_path, new->passphrase_fd, &keyfile, problems);
    if (err != ERR_OK)
        return err;
    err = get_credential(trust_federation(state->trust), &keyfile, arena, &credential);
    if (err != ERR_OK) {
        problems_add(problems, new->key_path,
                     "use the key file that was made with the credential request, for this "
                     "federation",
                     "the key file holds no credential of this federation: %s", err_text(err));
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

    if (relay == NULL)
        return ERR_OK;
    for (size_t i = 0; i < directory->relays_count; i++)
        if (strcmp(directory->relays[i].endpoint, relay) == 0) {
            snprintf(state->relay, sizeof state->relay, "%s", relay);
            return ERR_OK;
        }
    problems_add(problems, "--relay",
                 directory->relays_count == 0 ? "" : directory->relays[0].endpoint,
                 "the directory has no relay %s", relay);
    return ERR_UNKNOWN;
}

static enum err
store_all(struct state *state, const Denrei__V1__Bundle *bundle, struct problems *problems)
{
    enum err err = state_open_db(state, STATE_WRITE, true, problems);
    if (err == ERR_OK)
        err = state_begin(state, problems);
    if (err == ERR_OK)
        err = state_put_self(state, trust_federation(state->trust), problems);
    for (size_t i = 0; i < bundle->n_directories && err == ERR_OK; i++)
        err = state_put_bundle(
            state, i, DENREI__V1__DOCUMENT_TYPE__DOCUMENT_DIRECTORY,
            (struct span){bundle->directories[i].data, bundle->directories[i].len}, problems);
    for (size_t i = 0; i < bundle->n_rosters && err == ERR_OK; i++)
        err = state_put_bundle(
            state, bundle->n_directories + i, DENREI__V1__DOCUMENT_TYPE__DOCUMENT_ROSTER,
            (struct span){bundle->rosters[i].data, bundle->rosters[i].len}, problems);
    if (err == ERR_OK)
        err = state_commit(state, problems);
    return err;
}

/* A directory is a state once it has a config, which is written last. */
static enum err
make_dir(struct state *state, struct problems *problems)
{
    static const char *const files[] = {"config", "state.db"};
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
                     "the state directory cannot be made: %s", err_text(err));
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
    Denrei__V1__Bundle *bundle = NULL;

    enum err err = read_bundle(new->bundle_path, arena, &bundle, problems);
    if (err == ERR_OK)
        err = trust_bundle(bundle, &state->trust, problems);
    if (err == ERR_OK)
        err = take_relay(state, new->relay, problems);
    if (err == ERR_OK)
        err = take_self(state, new, arena, problems);
    if (err == ERR_OK)
        err = make_dir(state, problems);
    if (err != ERR_OK)
        return err;
    err = store_all(state, bundle, problems);
    if (err == ERR_OK)
        err = state_write_config(state, problems);
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
    strcpy(state->dir, new->dir);
    err = arena_new(ARENA_BYTES_MAX, &arena);
    if (err == ERR_OK)
        err = set_up(state, new, arena, problems);

done:
    arena_free(&arena);
    state_close(&state);
    return err;
}
