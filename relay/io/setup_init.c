/* A new relay, and documents that the operator brings. */
#include "relay/io/setup_inner.h"

#include "keys/io/load.h"
#include "proto/io/disk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * Give a document to the machine and put what comes of it into the open batch.  *is_new: the log
 * did not have it.  ERR_POLICY, ERR_STALE: refused; told.
 */
static enum err
take_document(struct setup *setup, Denrei__V1__DocumentType type, struct span document,
              uint64_t now_ms, bool *is_new, const char *path, struct problems *problems)
{
    const Denrei__V1__PublishCall call = {
        .base = PROTOBUF_C_MESSAGE_INIT(&denrei__v1__publish_call__descriptor),
        .type = type,
        .document = wire_put(document.data, document.len)};
    struct relay_event event = {.type = RELAY_DOCUMENT};
    struct checked_document checked;
    struct relay_effects effects = {.arena = setup->arena};
    struct applied applied;

    arena_reset(setup->arena);
    verify_document(trust_federation(relay_trust(setup->relay)), &call, setup->arena, &checked);
    event.document.checked = &checked;
    if (checked.code == REFUSAL_NONE)
        event.document.is_known =
            store_find_document_hash(setup->store, &checked.hash, &event.document.number,
                                     &event.document.leaf) == ERR_OK;
    relay_step(setup->relay, now_ms, &event, &effects);
    apply_effects(setup->store, &effects, &applied);
    *is_new = applied.code == REFUSAL_NONE && !event.document.is_known;
    if (applied.code == REFUSAL_NONE)
        return ERR_OK;
    problems_add(problems, path, refusal_remedy(applied.code), "%s %s version %llu: %s",
                 type == DENREI__V1__DOCUMENT_TYPE__DOCUMENT_ROSTER ? "the roster of"
                                                                    : "the directory",
                 checked.code == REFUSAL_NONE ? checked.member : "",
                 (unsigned long long)checked.version, refusal_text(applied.code));
    return applied.code == REFUSAL_STALE ? ERR_STALE : ERR_POLICY;
}

static enum err
take_bundle(struct setup *setup, const struct bundle *bundle, uint64_t now_ms, size_t *added,
            const char *path, struct problems *problems)
{
    enum err err = ERR_OK;
    bool is_new = false;

    for (size_t i = 0; err == ERR_OK && i < bundle->directories_count; i++) {
        err = take_document(setup, DENREI__V1__DOCUMENT_TYPE__DOCUMENT_DIRECTORY,
                            bundle->directories[i], now_ms, &is_new, path, problems);
        *added += is_new ? 1 : 0;
    }
    for (size_t i = 0; err == ERR_OK && i < bundle->rosters_count; i++) {
        err = take_document(setup, DENREI__V1__DOCUMENT_TYPE__DOCUMENT_ROSTER, bundle->rosters[i],
                            now_ms, &is_new, path, problems);
        *added += is_new ? 1 : 0;
    }
    return err;
}

/* The log's first leaf says whose log it is. */
static bool
write_genesis(struct setup *setup, uint64_t now_ms)
{
    const struct relay_event event = {.type = RELAY_GENESIS};
    struct relay_effects effects = {.arena = setup->arena};
    struct applied applied;

    arena_reset(setup->arena);
    relay_step(setup->relay, now_ms, &event, &effects);
    apply_effects(setup->store, &effects, &applied);
    return effects.count > 0;
}

/* A bundle file with the arena that its documents lie in. */
struct bundle_file {
    uint8_t *bytes;
    struct arena *arena;
    struct bundle bundle;
};

static void
bundle_file_close(struct bundle_file *file)
{
    arena_free(&file->arena);
    free(file->bytes);
}

static enum err
bundle_file_open(const char *path, struct bundle_file *out, struct problems *problems)
{
    size_t len = 0;

    *out = (struct bundle_file){0};
    enum err err = disk_read(path, BUNDLE_BYTES_MAX, &out->bytes, &len);
    if (err == ERR_OK)
        err = arena_new(ARENA_BYTES_MAX, &out->arena);
    if (err == ERR_OK)
        err = bundle_decode((struct span){out->bytes, len}, out->arena, &out->bundle);
    if (err == ERR_OK)
        return ERR_OK;
    return setup_tell(problems, err, path, err == ERR_FORMAT ? "this is not a bundle" : NULL,
                      "use the bundle that denrei-keys made");
}

/* The endpoint at which the directory places this key. */
static const char *
find_endpoint(const struct trust *trust, const struct identity *relay)
{
    const struct directory *directory = trust_directory(trust, TRUST_UNLOGGED);

    for (size_t i = 0; i < directory->relays_count; i++)
        if (memcmp(directory->relays[i].relay_key.bytes, identity_public_key(relay)->bytes,
                   KEY_BYTES) == 0)
            return directory->relays[i].endpoint;
    return NULL;
}

/* Write the store of a new relay: genesis and all documents, committed at once. */
static enum err
fill_store(struct setup *setup, const struct setup_new *new, const struct relay_keys *keys,
           struct bundle_file *file, const struct trust *trust, struct problems *problems)
{
    const struct relay_settings settings = {
        .messages = {1, 1}, .requests = {1, 1}, .is_clock_accepted = true};
    const struct tile_reader tiles = apply_tiles(setup->store);
    struct merkle_head head;
    size_t added = 0;

    enum err err = apply_read_head(setup->store, trust_directory(trust, TRUST_UNLOGGED)->log_origin,
                                   identity_public_key(keys->log), setup->arena, &head);
    if (err == ERR_OK)
        err = relay_new(file->bundle.directories[0], &settings, keys, &head, &tiles, &setup->relay);
    if (err == ERR_OK)
        err = relay_begin(setup->relay, new->now_ms);
    if (err == ERR_OK && !write_genesis(setup, new->now_ms))
        err = ERR_NOMEM;
    if (err != ERR_OK)
        return setup_tell(problems, err, new->bundle, NULL, "");
    err = take_bundle(setup, &file->bundle, new->now_ms, &added, new->bundle, problems);
    if (err == ERR_OK)
        apply_commit(setup->relay, setup->store, NULL);
    return err;
}

/* What an init that failed had made of a store: nobody was answered from it. */
static void
remove_store(const char *dir)
{
    static const char *const names[] = {SETUP_STORE, SETUP_STORE "-wal", SETUP_STORE "-shm"};
    char path[DISK_PATH_BYTES];

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (disk_join(dir, names[i], path) == ERR_OK)
            (void)unlink(path);
}

static enum err
check_no_client(const char *dir, struct problems *problems)
{
    char path[DISK_PATH_BYTES];

    if (disk_join(dir, SETUP_CLIENT, path) != ERR_OK || access(path, F_OK) != 0)
        return ERR_OK;
    return setup_tell(problems, ERR_EXISTS, dir,
                      "this is the state directory of denrei, denrei-node or denrei-audit",
                      "give another directory");
}

/* A store that is there is never touched: it may be all that a federation has of its log. */
static enum err
check_no_store(const char *dir, struct problems *problems)
{
    char store[DISK_PATH_BYTES], config[DISK_PATH_BYTES];

    enum err err = disk_join(dir, SETUP_STORE, store);
    if (err == ERR_OK)
        err = disk_join(dir, SETUP_CONFIG, config);
    if (err != ERR_OK)
        return setup_tell(problems, err, dir, NULL, "give a shorter path");
    if (access(store, F_OK) != 0)
        return ERR_OK;
    if (access(config, F_OK) == 0)
        return setup_tell(problems, ERR_EXISTS, dir, "there is a relay in this directory",
                          "start it with denreid run, or give another directory");
    return setup_tell(problems, ERR_EXISTS, dir, "there is a store without " SETUP_CONFIG,
                      "bring its settings back; if an init was cut off here, remove the directory "
                      "and the high-water file, and begin again");
}

static enum err
make_store(struct setup *setup, const struct setup_new *new, const struct relay_keys *keys,
           struct bundle_file *file, const struct trust *trust, struct problems *problems)
{
    char path[DISK_PATH_BYTES];

    enum err err = disk_join(new->dir, SETUP_STORE, path);
    if (err == ERR_OK)
        err = store_open(path, STORE_CREATE, &setup->store);
    if (err != ERR_OK)
        return setup_tell(problems, err, path, NULL, "see to the disk, then try again");
    err = fill_store(setup, new, keys, file, trust, problems);
    store_close(&setup->store);
    return err;
}

/* Whether the file would lie in the state directory, and be restored with it. */
static bool
is_inside(const char *path, const char *dir)
{
    char parent[DISK_PATH_BYTES];
    const char *slash = strrchr(path, '/');
    bool is_inside = false;

    snprintf(parent, sizeof parent, "%.*s", slash == NULL ? 1 : (int)(slash - path) + 1,
             slash == NULL ? "." : path);
    char *real_parent = realpath(parent, NULL);
    char *real_dir = realpath(dir, NULL);
    if (real_parent != NULL && real_dir != NULL) {
        size_t len = strlen(real_dir);
        is_inside = strncmp(real_parent, real_dir, len) == 0 &&
                    (real_parent[len] == '\0' || real_parent[len] == '/');
    }
    free(real_parent);
    free(real_dir);
    return is_inside;
}

static enum err
make_highwater(const struct setup_new *new, struct problems *problems)
{
    enum err err = highwater_create(new->highwater);

    if (err == ERR_OK)
        return ERR_OK;
    return setup_tell(problems, err, new->highwater,
                      err == ERR_EXISTS ? "there is a high-water file already" : NULL,
                      "name one that does not exist, outside the state directory");
}

/* Store, high-water file, settings; on failure none of them is left. */
static enum err
make_all(struct setup *setup, const struct setup_new *new, const struct relay_keys *keys,
         struct bundle_file *file, const struct trust *trust, const char *listen,
         struct problems *problems)
{
    bool has_highwater = false;

    enum err err = make_store(setup, new, keys, file, trust, problems);
    if (err == ERR_OK)
        err = make_highwater(new, problems);
    has_highwater = err == ERR_OK;
    if (err == ERR_OK)
        err = setup_config_write(new, listen, problems);
    if (err == ERR_OK)
        return ERR_OK;
    remove_store(new->dir);
    if (has_highwater)
        (void)unlink(new->highwater);
    return err;
}

enum err
setup_init(const struct setup_new *new, struct problems *problems)
{
    struct setup setup = {.lock = -1};
    struct bundle_file file = {0};
    struct relay_keys keys = {0};
    struct trust *trust = NULL;
    const char *listen = new->listen;

    enum err err = load_bundle(new->bundle, &trust, problems);
    if (err == ERR_OK)
        err = load_keyfile(new->key, new->passphrase_fd, &setup.key, problems);
    if (err == ERR_OK)
        err = setup_keys(&setup.key, trust_directory(trust, TRUST_UNLOGGED), &keys, problems);
    if (err == ERR_OK)
        err = bundle_file_open(new->bundle, &file, problems);
    if (err != ERR_OK)
        goto done;
    if (listen == NULL)
        listen = find_endpoint(trust, keys.relay);
    err = check_no_client(new->dir, problems);
    if (err != ERR_OK)
        goto done;
    err = disk_make_dir(new->dir);
    if (err == ERR_OK)
        err = arena_new(ARENA_BYTES_MAX, &setup.arena);
    if (err != ERR_OK) {
        err = setup_tell(problems, err, new->dir, NULL, "it must be yours, with mode 0700");
        goto done;
    }
    err = setup_lock(new->dir, &setup.lock, problems);
    if (err != ERR_OK)
        goto done;
    if (is_inside(new->highwater, new->dir)) {
        err = setup_tell(problems, ERR_USAGE, new->highwater,
                         "the high-water file would lie in the state directory",
                         "name a file that no backup of the state directory brings back");
        goto done;
    }
    err = check_no_store(new->dir, problems);
    if (err == ERR_OK)
        err = make_all(&setup, new, &keys, &file, trust, listen, problems);

done:
    bundle_file_close(&file);
    trust_free(&trust);
    setup_close(&setup);
    return err;
}

/* Which document `bytes` is, by what it decodes as; UNSPECIFIED: none. */
static Denrei__V1__DocumentType
find_type(struct setup *setup, struct span bytes)
{
    static const Denrei__V1__DocumentType TYPES[] = {DENREI__V1__DOCUMENT_TYPE__DOCUMENT_ROSTER,
                                                     DENREI__V1__DOCUMENT_TYPE__DOCUMENT_DIRECTORY};

    for (size_t i = 0; i < sizeof TYPES / sizeof TYPES[0]; i++) {
        Denrei__V1__PublishCall call = DENREI__V1__PUBLISH_CALL__INIT;
        struct checked_document checked;
        call.type = TYPES[i];
        call.document = wire_put(bytes.data, bytes.len);
        arena_reset(setup->arena);
        verify_document(trust_federation(relay_trust(setup->relay)), &call, setup->arena, &checked);
        if (checked.code == REFUSAL_NONE)
            return TYPES[i];
    }
    return DENREI__V1__DOCUMENT_TYPE__DOCUMENT_UNSPECIFIED;
}

/* A document first: its bytes can pass for a bundle's, but no bundle passes for a document. */
static enum err
load_bytes(struct setup *setup, struct span bytes, uint64_t now_ms, size_t *added, const char *path,
           struct problems *problems)
{
    Denrei__V1__DocumentType type = find_type(setup, bytes);
    struct arena *arena = NULL;
    struct bundle bundle;
    bool is_new = false;
    enum err err = ERR_OK;

    if (type != DENREI__V1__DOCUMENT_TYPE__DOCUMENT_UNSPECIFIED) {
        err = take_document(setup, type, bytes, now_ms, &is_new, path, problems);
        *added += is_new ? 1 : 0;
        return err;
    }
    err = arena_new(ARENA_BYTES_MAX, &arena);
    if (err == ERR_OK)
        err = bundle_decode(bytes, arena, &bundle);
    if (err == ERR_OK)
        err = take_bundle(setup, &bundle, now_ms, added, path, problems);
    else
        err = setup_tell(problems, err, path, "this is neither a document nor a bundle",
                         "use a roster, directory or bundle that denrei-keys made");
    arena_free(&arena);
    return err;
}

enum err
setup_load(struct setup *setup, const char *path, uint64_t now_ms, size_t *added,
           struct problems *problems)
{
    uint8_t *bytes = NULL;
    size_t len = 0;

    enum err err = disk_read(path, BUNDLE_BYTES_MAX, &bytes, &len);
    if (err != ERR_OK)
        return setup_tell(problems, err, path, disk_why(err, path, BUNDLE_BYTES_MAX).text,
                          "give a roster, directory or bundle that denrei-keys made");
    err = load_bytes(setup, (struct span){bytes, len}, now_ms, added, path, problems);
    /* What was accepted before a refusal stands, as over the wire. */
    apply_commit(setup->relay, setup->store, setup->highwater);
    free(bytes);
    return err;
}
