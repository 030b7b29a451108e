#include "relay/io/setup_inner.h"

#include "keys/io/load.h"
#include "proto/io/disk.h"

#include <stdio.h>
#include <string.h>

static enum err
find_key(const struct keyfile *key, Denrei__V1__KeyUse use, const char *label,
         const struct identity **out, struct problems *problems)
{
    *out = keyfile_find(key, use);
    if (*out != NULL)
        return ERR_OK;
    problems_add(problems, "--key", "use the key file made with `denrei-keys relay new`",
                 "the key file of %s has no %s key", key->label, label);
    return ERR_KEY;
}

static bool
is_same_key(const struct identity *id, const struct public_key *key)
{
    return memcmp(identity_public_key(id)->bytes, key->bytes, KEY_BYTES) == 0;
}

enum err
setup_keys(const struct keyfile *key, const struct directory *directory, struct relay_keys *out,
           struct problems *problems)
{
    const struct identity *transport = NULL;

    enum err err = find_key(key, DENREI__V1__KEY_USE__KEY_USE_LOG, "log", &out->log, problems);
    if (err == ERR_OK)
        err = find_key(key, DENREI__V1__KEY_USE__KEY_USE_RELAY, "relay", &out->relay, problems);
    if (err == ERR_OK)
        err = find_key(key, DENREI__V1__KEY_USE__KEY_USE_TRANSPORT, "transport", &transport,
                       problems);
    if (err != ERR_OK)
        return err;
    bool is_known = is_same_key(out->log, &directory->log_key);
    bool is_relay = false;
    for (size_t i = 0; i < directory->relays_count; i++)
        is_relay = is_relay || (is_same_key(out->relay, &directory->relays[i].relay_key) &&
                                is_same_key(transport, &directory->relays[i].transport_key));
    if (is_known && is_relay)
        return ERR_OK;
    return setup_tell(problems, ERR_KEY, "--key",
                      is_known ? "the directory does not list this relay's keys"
                               : "the directory names another log key",
                      "put this relay's keys into the directory, or use the right key file");
}

enum err
setup_lock(const char *dir, int *lock, struct problems *problems)
{
    long pid = 0;
    enum err err = disk_lock(dir, lock, &pid);

    if (err == ERR_BUSY)
        problems_add(problems, dir, "stop it first, or give another directory",
                     "another relay is running on this directory (process %ld)", pid);
    else if (err == ERR_PERMISSION)
        problems_add(problems, dir, "it must be writable for whoever runs the relay",
                     "the state directory cannot be written: access is refused, or its disk is "
                     "mounted read-only");
    else if (err != ERR_OK)
        problems_add(problems, dir, "see to the disk, then try again",
                     "the state directory cannot be locked: %s", err_text(err));
    return err;
}

/* After a restore it may be gone; it is made again with the first commit, after the quorum. */
static enum err
open_highwater(const struct setup_open *open, struct setup *out, struct problems *problems)
{
    enum err err = highwater_open(out->config.highwater, &out->highwater);

    if (err == ERR_NOT_FOUND && open->is_restored)
        err = highwater_prepare(out->config.highwater, &out->highwater);
    if (err == ERR_OK)
        return ERR_OK;
    return setup_tell(
        problems, err, out->config.highwater,
        err == ERR_NOT_FOUND ? "the high-water file is gone" : NULL,
        "it proves that the store is not an old one: bring it back, or, if it is lost "
        "with the store and both come from a backup, start with --restored");
}

/* The first document makes the relay, all of the store restores it. */
static enum err
restore(const struct setup_open *open, struct setup *out, struct problems *problems)
{
    struct relay_settings settings = setup_settings(&out->config);
    const struct tile_reader tiles = apply_tiles(out->store);
    struct relay_keys keys = {0};
    struct merkle_head head;
    struct store_document first;
    struct trust *trust = NULL;

    settings.is_clock_accepted = open->is_clock_accepted;
    settings.is_restored = open->is_restored;
    enum err err = store_find_document(out->store, 1, out->arena, &first);
    if (err == ERR_OK)
        err = trust_new(first.bytes, &trust);
    if (err == ERR_OK) {
        const struct directory *root = trust_directory(trust, TRUST_UNLOGGED);
        err = apply_read_head(out->store, root->log_origin, &root->log_key, out->arena, &head);
    }
    trust_free(&trust);
    if (err == ERR_OK) {
        keys.log = keyfile_find(&out->key, DENREI__V1__KEY_USE__KEY_USE_LOG);
        keys.relay = keyfile_find(&out->key, DENREI__V1__KEY_USE__KEY_USE_RELAY);
        err = keys.log == NULL || keys.relay == NULL ? ERR_KEY : ERR_OK;
    }
    if (err == ERR_OK)
        err = relay_new(first.bytes, &settings, &keys, &head, &tiles, &out->relay);
    if (err == ERR_OK)
        err = apply_restore(out->relay, out->store, out->arena);
    if (err != ERR_OK)
        return setup_tell(problems, err, open->dir, NULL,
                          "run denreid check to see what is damaged");
    return setup_keys(&out->key, trust_directory(relay_trust(out->relay), TRUST_UNLOGGED), &keys,
                      problems);
}

static enum err
check_restored(const struct setup_open *open, struct setup *out, struct problems *problems)
{
    enum err err = apply_check_highwater(out->relay, highwater_head(out->highwater));

    if (err == ERR_CONFLICT) {
        problems_add(problems, open->dir,
                     "bring the newest store back; going on from this one would give members two "
                     "histories",
                     "the store does not hold all %llu entries that this relay has answered for",
                     (unsigned long long)highwater_head(out->highwater)->leaf_count);
        return err;
    }
    if (err == ERR_OK)
        err = relay_check_clock(out->relay, open->now_ms);
    if (err == ERR_STALE)
        return setup_tell(problems, err, "clock",
                          "the machine's clock is minutes behind the log's last entry",
                          "set the clock, then start again");
    const struct directory *directory = trust_directory(relay_trust(out->relay), TRUST_UNLOGGED);
    if (err == ERR_OK && open->is_restored && directory->witnesses_count == 0)
        return setup_tell(problems, ERR_CONFLICT, "--restored",
                          "the directory names no witnesses: nobody can say that the backup is "
                          "missing nothing",
                          "bring the newest store and its high-water file back");
    if (err == ERR_OK)
        err = relay_begin(out->relay, open->now_ms);
    return err == ERR_OK ? ERR_OK : setup_tell(problems, err, open->dir, NULL, "");
}

enum err
setup_tell_store(struct problems *problems, enum err err, const char *path, const char *if_damaged)
{
    if (err == ERR_UNKNOWN)
        problems_add(problems, path,
                     "run the version that wrote it; keep the store: the federation has no other "
                     "log",
                     "the store was written by another version of denreid: its tables are not this "
                     "one's");
    else if (err == ERR_CORRUPT || err == ERR_FORMAT)
        problems_add(problems, path, if_damaged, "the store is damaged, or is no store of a relay");
    else
        problems_add(problems, path, "see to the disk and to its rights",
                     "the store cannot be opened: %s", err_text(err));
    return err == ERR_FORMAT ? ERR_CORRUPT : err;
}

enum err
setup_open(const struct setup_open *open, struct setup *out, struct problems *problems)
{
    char path[DISK_PATH_BYTES];

    *out = (struct setup){.lock = -1};
    enum err err = setup_config_read(open->dir, &out->config, problems);
    if (err == ERR_OK)
        err = setup_lock(open->dir, &out->lock, problems);
    if (err == ERR_OK)
        err = load_keyfile(out->config.key, open->passphrase_fd, &out->key, problems);
    if (err == ERR_OK)
        err = open_highwater(open, out, problems);
    if (err != ERR_OK)
        return err;
    err = disk_join(open->dir, SETUP_STORE, path);
    if (err == ERR_OK)
        err = store_open(path, STORE_OPEN, &out->store);
    if (err == ERR_OK)
        err = arena_new(ARENA_BYTES_MAX, &out->arena);
    if (err != ERR_OK)
        return setup_tell_store(problems, err, path, "run denreid check to see what is damaged");
    err = restore(open, out, problems);
    return err != ERR_OK ? err : check_restored(open, out, problems);
}

void
setup_close(struct setup *setup)
{
    relay_free(&setup->relay);
    store_close(&setup->store);
    highwater_close(&setup->highwater);
    keyfile_clear(&setup->key);
    setup_config_free(&setup->config);
    arena_free(&setup->arena);
    disk_unlock(&setup->lock);
}
