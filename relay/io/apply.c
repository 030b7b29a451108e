#include "relay/io/apply.h"

#include "proto/hash.h"
#include "proto/io/disk.h"
#include "proto/io/log.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static enum err
read_tile(void *store, const struct tile_ref *tile, struct hash *hashes)
{
    return store_find_tile(store, tile, hashes);
}

struct tile_reader
apply_tiles(struct store *store)
{
    return (struct tile_reader){.context = store, .read = read_tile};
}

enum err
apply_read_head(struct store *store, const char *origin, const struct public_key *log,
                struct arena *arena, struct merkle_head *out)
{
    struct checkpoint_verified verified;
    struct note_key key;
    struct merkle empty;
    struct span note;

    enum err err = note_key_make(origin, NOTE_ED25519, log, &key);
    if (err != ERR_OK)
        return err;
    const struct checkpoint_policy policy = {.log = &key};
    err = store_find_checkpoint(store, arena, &note);
    if (err == ERR_NOT_FOUND) {
        merkle_init(&empty);
        *out = (struct merkle_head){0, merkle_root(&empty)};
        return ERR_OK;
    }
    if (err == ERR_OK)
        err = checkpoint_verify(note, &policy, &verified);
    if (err == ERR_OK)
        *out = verified.head;
    return err;
}

static enum err
restore_documents(struct relay *relay, struct store *store, struct arena *arena)
{
    struct store_document document;
    enum err err = ERR_OK;

    for (uint64_t number = 1; err == ERR_OK; number++) {
        arena_reset(arena);
        err = store_find_document(store, number, arena, &document);
        if (err == ERR_OK)
            err = relay_restore_document(relay, document.type, document.bytes, document.leaf);
        if (err != ERR_OK && err != ERR_NOT_FOUND)
            log_event(LOG_LEVEL_ERROR, "store.document", "number=%llu problem=%s",
                      (unsigned long long)number, err_text(err));
    }
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err
restore_mailboxes(struct relay *relay, struct store *store)
{
    struct mailbox mailbox;
    enum err err = ERR_OK;

    for (uint32_t number = 0; err == ERR_OK && number < MAILBOXES_MAX; number++) {
        err = store_find_mailbox(store, number, &mailbox);
        if (err == ERR_OK)
            err = relay_restore_mailbox(relay, &mailbox);
    }
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err
restore_published(struct relay *relay, struct store *store, struct arena *arena)
{
    struct store_published published;

    for (int is_witnessed = 0; is_witnessed <= 1; is_witnessed++) {
        arena_reset(arena);
        enum err err = store_newest_published(store, is_witnessed == 1, arena, &published);
        if (err == ERR_OK)
            err = relay_restore_published(relay, published.size, published.note,
                                          published.witnessed_ms);
        if (err != ERR_OK && err != ERR_NOT_FOUND)
            return err;
    }
    return ERR_OK;
}

/* The last entry's time; that its bytes are the last leaf is for the tree to say. */
static enum err
restore_time(struct relay *relay, struct store *store, struct arena *arena)
{
    uint64_t size = ledger_size(relay_ledger(relay));
    const struct tile_ref tile = {.level = 0,
                                  .width = (unsigned)((size + TILE_WIDTH - 1) % TILE_WIDTH) + 1,
                                  .number = size == 0 ? 0 : (size - 1) / TILE_WIDTH};
    const struct hash *hashes = NULL;
    struct log_entry entry;
    struct span bytes;

    if (size == 0)
        return ERR_OK;
    arena_reset(arena);
    enum err err = store_find_entry(store, size - 1, arena, &bytes);
    if (err == ERR_OK)
        err = tree_tile(ledger_tree(relay_ledger(relay)), &tile, &hashes);
    if (err == ERR_OK)
        err = entry_decode(bytes, arena, &entry);
    if (err != ERR_OK)
        return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
    const struct hash hash = merkle_leaf_hash(bytes);
    if (!hash_is_equal(&hash, &hashes[tile.width - 1]))
        return ERR_CORRUPT;
    relay_restore_time(relay, entry.time_ms);
    return ERR_OK;
}

enum err
apply_restore(struct relay *relay, struct store *store, struct arena *arena)
{
    enum err err = restore_documents(relay, store, arena);

    if (err == ERR_OK)
        err = restore_mailboxes(relay, store);
    if (err == ERR_OK)
        err = restore_published(relay, store, arena);
    if (err == ERR_OK)
        err = restore_time(relay, store, arena);
    return err;
}

static void
report(const struct relay_effect *effect)
{
    const unsigned long long number = effect->report.number;

    switch (effect->report.what) {
    case RELAY_REPORT_REFUSED:
        log_event(LOG_LEVEL_WARN, "refused", "code=%s member=%s msg=%s subject=%s",
                  refusal_name(effect->report.code), effect->report.member,
                  log_id(effect->report.id.bytes + 12).text, effect->report.subject);
        return;
    case RELAY_REPORT_DOCUMENT:
        if (effect->report.member[0] == '\0')
            log_event(LOG_LEVEL_INFO, "document", "type=directory version=%llu", number);
        else
            log_event(LOG_LEVEL_INFO, "document", "type=roster member=%s version=%llu",
                      effect->report.member, number);
        return;
    case RELAY_REPORT_WITNESSED:
        log_event(LOG_LEVEL_INFO, "witnessed", "size=%llu", number);
        return;
    case RELAY_REPORT_UNWITNESSED:
        log_event(LOG_LEVEL_ERROR, "unwitnessed", "minutes=%llu effect=%s",
                  (unsigned long long)(WITNESS_ALARM_MS / MINUTE_MS),
                  "messages still pass; ask the witnesses' operators");
        return;
    case RELAY_REPORT_STOPPED:
        log_event(LOG_LEVEL_ERROR, "unwitnessed", "hours=%llu effect=%s",
                  (unsigned long long)(WITNESS_STOP_MS / HOUR_MS),
                  "no new message is accepted until a quorum of witnesses is back");
        return;
    case RELAY_REPORT_CLOCK_TRUSTED:
        log_event(LOG_LEVEL_INFO, "clock.trusted", "by=%s", "quorum");
        return;
    case RELAY_REPORT_CONFIRMED:
        log_event(LOG_LEVEL_INFO, "restored.confirmed", "by=%s", "quorum");
        return;
    }
}

static void
apply_one(struct store *store, const struct relay_effect *effect, struct applied *out)
{
    switch (effect->type) {
    case RELAY_PUT_ENTRY:
        store_put_entry(store, effect->entry.leaf, effect->entry.bytes);
        return;
    case RELAY_PUT_MESSAGE:
        store_put_message(store, effect);
        return;
    case RELAY_PUT_SUPERSEDED:
        store_put_superseded(store, effect->superseded.sender, &effect->superseded.id,
                             effect->superseded.by_leaf);
        return;
    case RELAY_PUT_DELIVERIES:
        store_put_deliveries(store, effect);
        return;
    case RELAY_PUT_DOCUMENT:
        store_put_document(store, effect);
        return;
    case RELAY_PUT_PUBLISHED:
        store_put_published(store, effect->published.size, effect->published.note,
                            effect->published.witnessed_ms);
        return;
    case RELAY_PUT_ERASING:
        store_put_erasing(store, effect->erase.leaf);
        return;
    case RELAY_ERASE_BODY:
        store_erase_body(store, effect->erase.leaf, effect->erase.keep_until_ms);
        out->has_erased = true;
        return;
    case RELAY_TRUST_CHANGED:
        out->is_trust_changed = true;
        return;
    case RELAY_REPORT:
        report(effect);
        return;
    case RELAY_ANSWER:
        out->has_answer = true;
        out->code = effect->answer.code;
        out->leaf = effect->answer.leaf;
        out->number = effect->answer.number;
        out->entry = effect->answer.entry;
        return;
    }
}

static bool
is_for_store(const struct relay_effect *effect)
{
    return effect->type != RELAY_TRUST_CHANGED && effect->type != RELAY_REPORT &&
           effect->type != RELAY_ANSWER;
}

void
apply_effects(struct store *store, const struct relay_effects *effects, struct applied *out)
{
    *out = (struct applied){0};
    for (size_t i = 0; i < effects->count; i++) {
        if (is_for_store(&effects->list[i]))
            store_begin(store);
        apply_one(store, &effects->list[i], out);
    }
}

/* Every tile that the batch's leaves made or widened. */
static void
put_tiles(struct ledger *ledger, struct store *store)
{
    uint64_t old_size = ledger_sealed(ledger)->head.leaf_count;
    struct tile_ref tile = {.width = 0};
    const struct hash *hashes = NULL;

    while (tile_next_new(old_size, ledger_size(ledger), &tile)) {
        if (tree_tile(ledger_tree(ledger), &tile, &hashes) != ERR_OK)
            disk_die("read a tile", "store", EIO);
        store_put_tile(store, &tile, hashes);
    }
}

void
apply_commit(struct relay *relay, struct store *store, struct highwater *highwater)
{
    struct ledger *ledger = relay_ledger(relay);
    const struct mailbox *mailbox = NULL;
    bool has_news = ledger_has_news(ledger);

    if (!store_is_open(store))
        return;
    while ((mailbox = mailboxes_take_changed(relay_mailboxes(relay))) != NULL)
        store_put_mailbox(store, mailbox);
    if (has_news)
        put_tiles(ledger, store);
    if (has_news && ledger_seal(ledger) != ERR_OK)
        disk_die("sign the checkpoint", "store", EIO);
    store_commit(store, ledger_sealed(ledger));
    /* After the commit: a crash between the two leaves the store ahead, which is harmless. */
    if (has_news && highwater != NULL)
        highwater_note(highwater, &ledger_sealed(ledger)->head);
}

enum err
apply_check_highwater(struct relay *relay, const struct merkle_head *head)
{
    struct ledger *ledger = relay_ledger(relay);
    struct hash root;

    if (head->leaf_count == 0)
        return ERR_OK;
    enum err err = ledger_root_at(ledger, head->leaf_count, &root);
    if (err == ERR_RANGE)
        return ERR_CONFLICT;
    if (err != ERR_OK)
        return err;
    return hash_is_equal(&root, &head->root) ? ERR_OK : ERR_CONFLICT;
}
