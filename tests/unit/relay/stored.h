/*
 * stored.h - the machine of rig.h on the real store and high-water file, in a folder of the test.
 */
#ifndef TESTS_UNIT_RELAY_STORED_H
#define TESTS_UNIT_RELAY_STORED_H

#include "proto/io/log.h"
#include "relay/io/apply.h"
#include "tests/unit/relay/rig.h"

#include <unistd.h>

static char dir[] = "/tmp/denrei-store-XXXXXX";
static char store_path[64], highwater_path[64];
static struct rig *rig;
static struct store *store;
static struct relay *relay;
static struct highwater *highwater;
static struct arena *arena;

/* A relay over the store as it is on disk. */
static inline enum err
open_relay(void)
{
    const struct relay_settings settings = {.messages = {1000, 1000}, .requests = {1000, 1000}};
    const struct relay_keys keys = {rig->fed->log, rig->fed->relay};
    struct merkle_head head;

    enum err err = store_open(
        store_path, store == NULL && access(store_path, F_OK) == 0 ? STORE_OPEN : STORE_CREATE,
        &store);
    if (err != ERR_OK)
        return err;
    const struct tile_reader tiles = apply_tiles(store);
    err = apply_read_head(store, "denrei.example/test", identity_public_key(rig->fed->log), arena,
                          &head);
    if (err == ERR_OK)
        err = relay_new(rig->fed->directory, &settings, &keys, &head, &tiles, &relay);
    if (err == ERR_OK)
        err = apply_restore(relay, store, arena);
    return err == ERR_OK ? relay_begin(relay, rig->now_ms) : err;
}

static inline void
close_relay(void)
{
    relay_free(&relay);
    store_close(&store);
}

/* Step the machine of the test's relay, do its effects on the store. */
static inline struct applied
step(const struct relay_event *event)
{
    struct relay_effects effects = {.arena = arena};
    struct applied applied;

    relay_step(relay, rig->now_ms, event, &effects);
    apply_effects(store, &effects, &applied);
    return applied;
}

static inline void
commit(void)
{
    apply_commit(relay, store, highwater);
}

static inline void
publish(Denrei__V1__DocumentType type, struct span bytes)
{
    Denrei__V1__PublishCall call = DENREI__V1__PUBLISH_CALL__INIT;
    struct relay_event event = {.type = RELAY_DOCUMENT};
    struct checked_document checked;

    call.type = type;
    call.document = wire_put(bytes.data, bytes.len);
    verify_document(&rig->fed->federation, &call, arena, &checked);
    event.document.checked = &checked;
    ck_assert_int_eq(step(&event).code, REFUSAL_NONE);
}

/* What the store knows of a message of the sender. */
static inline struct relay_known
find_known(const struct id *id)
{
    const struct mailbox *sender = mailboxes_find(relay_mailboxes(relay), rig->sender->id);
    struct store_message message;
    struct relay_known known = {0};
    struct log_entry entry;

    if (sender == NULL || store_find_message(store, sender->number, id, &message) != ERR_OK)
        return known;
    struct header *header = arena_alloc(arena, sizeof *header);
    known = (struct relay_known){.is_found = true,
                                 .hash = message.hash,
                                 .leaf = message.leaf,
                                 .superseded_by = message.superseded_by,
                                 .header = header};
    ck_assert_int_eq(store_find_entry(store, message.leaf, arena, &known.entry), ERR_OK);
    ck_assert_int_eq(entry_decode(known.entry, arena, &entry), ERR_OK);
    ck_assert_int_eq(header_decode(entry.message.header, arena, header), ERR_OK);
    return known;
}

/* Seal, sign and accept `header`; its leaf. */
static inline uint64_t
send_header(const struct header *header)
{
    struct relay_event event = {.type = RELAY_MESSAGE};
    struct checked_message checked;
    struct relay_caller caller;

    if (header->has_supersedes)
        event.message.supersedes = find_known(&header->supersedes.id);
    const struct envelope envelope = rig_seal(rig, header, &rig->sender->credentials[0]);
    rig_verify(rig, &envelope, &checked);
    ck_assert_int_eq(checked.code, REFUSAL_NONE);
    ck_assert_int_eq(
        relay_admit(relay, &rig->sender->credentials[0].credential.hash, rig->now_ms, &caller),
        REFUSAL_NONE);
    event.caller = &caller;
    event.message.checked = &checked;
    const struct applied applied = step(&event);
    ck_assert_int_eq(applied.code, REFUSAL_NONE);
    return applied.leaf;
}

/* A message into the store; its leaf. */
static inline uint64_t
send_message(struct header *header)
{
    *header = rig_header(rig);
    return send_header(header);
}

static inline void
set_up(void)
{
    log_set_level(LOG_LEVEL_ERROR);
    rig = rig_new(0);
    ck_assert_ptr_nonnull(mkdtemp(dir));
    snprintf(store_path, sizeof store_path, "%s/relay.db", dir);
    snprintf(highwater_path, sizeof highwater_path, "%s/highwater", dir);
    ck_assert_int_eq(arena_new(ARENA_BYTES_MAX, &arena), ERR_OK);
    ck_assert_int_eq(highwater_create(highwater_path), ERR_OK);
    ck_assert_int_eq(highwater_open(highwater_path, &highwater), ERR_OK);
    ck_assert_int_eq(open_relay(), ERR_OK);
    (void)step(&(struct relay_event){.type = RELAY_GENESIS});
    publish(DENREI__V1__DOCUMENT_TYPE__DOCUMENT_DIRECTORY, rig->fed->directory);
    for (size_t i = 0; i < rig->fed->members_count; i++)
        publish(DENREI__V1__DOCUMENT_TYPE__DOCUMENT_ROSTER, rig->fed->rosters[i]);
    commit();
}

static inline void
tear_down(void)
{
    char command[128];

    close_relay();
    highwater_close(&highwater);
    arena_free(&arena);
    rig_free(&rig);
    snprintf(command, sizeof command, "rm -rf %s", dir);
    ck_assert_int_eq(system(command), 0);
}

/* For check_store. */
static inline void
no_progress(void *context, uint64_t done, uint64_t total)
{
    (void)context;
    (void)done;
    (void)total;
}

#endif /* TESTS_UNIT_RELAY_STORED_H */
