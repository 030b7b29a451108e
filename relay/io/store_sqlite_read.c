/* The SQLite store: all that reads it. */
#include "relay/io/store_inner.h"

#include <string.h>

/* Copy the blob in `column` into `arena`. */
static enum err
copy_blob(sqlite3_stmt *statement, int column, size_t bytes_max, struct arena *arena,
          struct span *out)
{
    struct span blob;

    enum err err = db_get_blob(statement, column, bytes_max, &blob);
    if (err != ERR_OK)
        return err;
    const uint8_t *copy = arena_copy(arena, blob.data, blob.len);
    if (copy == NULL)
        return ERR_NOMEM;
    *out = (struct span){copy, blob.len};
    return ERR_OK;
}

static enum err
copy_text(sqlite3_stmt *statement, int column, struct arena *arena, struct span *out)
{
    struct span text;

    enum err err = db_get_text(statement, column, NOTE_BYTES_MAX, &text);
    if (err != ERR_OK)
        return err;
    const uint8_t *copy = arena_copy(arena, text.data, text.len);
    if (copy == NULL)
        return ERR_NOMEM;
    *out = (struct span){copy, text.len};
    return ERR_OK;
}

/* The number in the first column of the only row. */
static enum err
read_number(sqlite3_stmt *statement, enum err bound, uint64_t *out)
{
    enum err err = bound;

    if (err == ERR_OK)
        err = db_step(statement);
    if (err == ERR_OK)
        err = db_get_u64(statement, 0, out);
    db_reset(statement);
    return err;
}

enum err
store_find_message(struct store *store, uint32_t sender, const struct id *id,
                   struct store_message *out)
{
    const struct store_key key = store_key(sender, id);
    sqlite3_stmt *statement = store->statements[FIND_MESSAGE];

    enum err err = DB_BIND(statement, db_bytes(key.bytes, sizeof key.bytes));
    if (err == ERR_OK)
        err = db_step(statement);
    if (err == ERR_OK)
        err = db_get_fixed(statement, 0, out->hash.bytes, HASH_BYTES);
    if (err == ERR_OK)
        err = db_get_u64(statement, 1, &out->leaf);
    if (err == ERR_OK)
        err = db_get_u64(statement, 2, &out->superseded_by);
    db_reset(statement);
    return err;
}

/* What is left of `bundle` before its entry `index`; its end for the index after the last. */
static enum err
find_place(const struct store_bundle *bundle, size_t index, struct span *rest)
{
    struct span entry;
    enum err err = ERR_OK;

    *rest = (struct span){bundle->bytes, bundle->len};
    for (size_t i = 0; err == ERR_OK && i < index; i++)
        err = tile_bundle_next(rest, &entry);
    return err == ERR_OK ? ERR_OK : ERR_CORRUPT;
}

static bool
holds(const struct store_bundle *bundle, uint64_t leaf)
{
    return bundle->count > 0 && leaf >= bundle->first && leaf - bundle->first < bundle->count;
}

/* Read the row that holds `leaf` into store->last. */
static enum err
read_bundle(struct store *store, uint64_t leaf)
{
    sqlite3_stmt *statement = store->statements[FIND_ENTRIES];
    struct store_bundle *last = &store->last;
    uint64_t count = 0;
    struct span data, end = {0};

    last->count = 0;
    enum err err = DB_BIND(statement, db_u64(leaf));
    if (err == ERR_OK)
        err = db_step(statement);
    if (err == ERR_OK)
        err = db_get_u64(statement, 0, &last->first);
    if (err == ERR_OK)
        err = db_get_u64(statement, 1, &count);
    if (err == ERR_OK)
        err = db_get_blob(statement, 2, BUNDLE_BYTES_MAX, &data);
    if (err == ERR_OK) {
        memcpy(last->bytes, data.data, data.len);
        last->len = data.len;
        err = count > BUNDLE_BYTES_MAX ? ERR_CORRUPT : find_place(last, count, &end);
    }
    db_reset(statement);
    if (err == ERR_OK && end.len != 0)
        err = ERR_CORRUPT;
    if (err != ERR_OK)
        return err;
    last->count = count;
    return holds(last, leaf) ? ERR_OK : ERR_NOT_FOUND;
}

static enum err
find_bundle(struct store *store, uint64_t leaf, const struct store_bundle **out)
{
    enum err err = ERR_OK;

    if (holds(&store->pending, leaf)) {
        *out = &store->pending;
        return ERR_OK;
    }
    if (!holds(&store->last, leaf))
        err = read_bundle(store, leaf);
    *out = &store->last;
    return err;
}

enum err
store_find_entries(struct store *store, uint64_t leaf, size_t max, struct arena *arena,
                   struct span *list, size_t *count)
{
    const struct store_bundle *bundle = NULL;
    struct span rest, entry;

    *count = 0;
    enum err err = find_bundle(store, leaf, &bundle);
    if (err == ERR_OK)
        err = find_place(bundle, leaf - bundle->first, &rest);
    if (err != ERR_OK)
        return err;
    size_t here = bundle->count - (size_t)(leaf - bundle->first);
    for (size_t i = 0; i < here && i < max; i++) {
        if (tile_bundle_next(&rest, &entry) != ERR_OK)
            return ERR_CORRUPT;
        const uint8_t *copy = arena_copy(arena, entry.data, entry.len);
        if (copy == NULL)
            return ERR_NOMEM;
        list[i] = (struct span){copy, entry.len};
        *count = i + 1;
    }
    return ERR_OK;
}

enum err
store_find_entry(struct store *store, uint64_t leaf, struct arena *arena, struct span *out)
{
    size_t count = 0;

    return store_find_entries(store, leaf, 1, arena, out, &count);
}

enum err
store_find_slot(struct store *store, uint32_t mailbox, struct slot slot, uint64_t *leaf)
{
    sqlite3_stmt *statement = store->statements[FIND_SLOT];

    return read_number(statement, DB_BIND(statement, db_u64(store_slot_key(mailbox, slot))), leaf);
}

enum err
store_find_body(struct store *store, uint64_t leaf, uint64_t keep_until_ms, struct arena *arena,
                struct span *out)
{
    sqlite3_stmt *statement = store->statements[FIND_BODY];

    enum err err = DB_BIND(statement, db_u64(store_body_key(leaf, keep_until_ms)));
    if (err == ERR_OK)
        err = db_step(statement);
    if (err == ERR_OK)
        err = copy_blob(statement, 0, WRAPPED_BODY_MAX, arena, out);
    db_reset(statement);
    return err;
}

enum err
store_has_body(struct store *store, uint64_t leaf, uint64_t keep_until_ms, bool *out)
{
    sqlite3_stmt *statement = store->statements[FIND_BODY];

    enum err err = DB_BIND(statement, db_u64(store_body_key(leaf, keep_until_ms)));
    if (err == ERR_OK)
        err = db_step(statement);
    db_reset(statement);
    *out = err == ERR_OK;
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err
store_find_delivery(struct store *store, uint32_t member, const struct relay_delivery *delivery,
                    uint64_t *leaf)
{
    sqlite3_stmt *statement = store->statements[FIND_DELIVERY];

    return read_number(statement,
                       DB_BIND(statement, db_u64(delivery->message_leaf), db_u64(member),
                               db_u64((uint64_t)delivery->status),
                               db_u64(delivery->credential_tag)),
                       leaf);
}

enum err
store_has_delivery(struct store *store, uint64_t message_leaf, uint32_t member, bool *out)
{
    sqlite3_stmt *statement = store->statements[HAS_DELIVERY];
    uint64_t one = 0;

    enum err err =
        read_number(statement, DB_BIND(statement, db_u64(message_leaf), db_u64(member)), &one);
    *out = err == ERR_OK;
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err
read_delivery(sqlite3_stmt *statement, struct store_delivery *out)
{
    uint64_t member = 0, status = 0, place = 0;

    enum err err = db_get_u64(statement, 0, &member);
    if (err == ERR_OK)
        err = db_get_u64(statement, 1, &status);
    if (err == ERR_OK)
        err = db_get_u64(statement, 2, &out->leaf);
    if (err == ERR_OK)
        err = db_get_u64(statement, 3, &place);
    if (err == ERR_OK && (member >= MAILBOXES_MAX || place >= BATCH_MAX))
        err = ERR_CORRUPT;
    if (err != ERR_OK)
        return err;
    out->member = (uint32_t)member;
    out->status = (Denrei__V1__DeliveryStatus)status;
    out->index = (uint32_t)place;
    return ERR_OK;
}

enum err
store_list_deliveries(struct store *store, uint64_t message_leaf, struct store_delivery *list,
                      size_t max, size_t *count)
{
    sqlite3_stmt *statement = store->statements[LIST_DELIVERIES];

    *count = 0;
    enum err err = DB_BIND(statement, db_u64(message_leaf), db_u64(max));
    while (err == ERR_OK && *count < max) {
        err = db_step(statement);
        if (err == ERR_OK)
            err = read_delivery(statement, &list[*count]);
        if (err == ERR_OK)
            (*count)++;
    }
    db_reset(statement);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err
store_find_document(struct store *store, uint64_t number, struct arena *arena,
                    struct store_document *out)
{
    sqlite3_stmt *statement = store->statements[FIND_DOCUMENT];
    uint64_t type = 0;

    enum err err = DB_BIND(statement, db_u64(number));
    if (err == ERR_OK)
        err = db_step(statement);
    if (err == ERR_OK)
        err = db_get_u64(statement, 0, &type);
    if (err == ERR_OK)
        err = db_get_u64(statement, 1, &out->leaf);
    if (err == ERR_OK)
        err = copy_blob(statement, 2, DOCUMENT_BYTES_MAX, arena, &out->bytes);
    db_reset(statement);
    out->number = number;
    out->type = (Denrei__V1__DocumentType)type;
    return err;
}

enum err
store_find_document_hash(struct store *store, const struct hash *hash, uint64_t *number,
                         uint64_t *leaf)
{
    sqlite3_stmt *statement = store->statements[FIND_DOCUMENT_HASH];

    enum err err = DB_BIND(statement, db_bytes(hash->bytes, HASH_BYTES));
    if (err == ERR_OK)
        err = db_step(statement);
    if (err == ERR_OK)
        err = db_get_u64(statement, 0, number);
    if (err == ERR_OK)
        err = db_get_u64(statement, 1, leaf);
    db_reset(statement);
    return err;
}

static enum err
read_published(sqlite3_stmt *statement, enum err bound, struct arena *arena,
               struct store_published *out)
{
    enum err err = bound;

    if (err == ERR_OK)
        err = db_step(statement);
    if (err == ERR_OK)
        err = db_get_u64(statement, 0, &out->size);
    if (err == ERR_OK)
        err = db_get_u64(statement, 1, &out->witnessed_ms);
    if (err == ERR_OK)
        err = copy_text(statement, 2, arena, &out->note);
    db_reset(statement);
    return err;
}

enum err
store_find_published(struct store *store, uint64_t size, struct arena *arena,
                     struct store_published *out)
{
    sqlite3_stmt *statement = store->statements[FIND_PUBLISHED];

    return read_published(statement, DB_BIND(statement, db_u64(size)), arena, out);
}

enum err
store_find_published_before(struct store *store, uint64_t size, struct arena *arena,
                            struct store_published *out)
{
    sqlite3_stmt *statement = store->statements[FIND_PUBLISHED_BEFORE];

    return read_published(statement, DB_BIND(statement, db_u64(size)), arena, out);
}

enum err
store_newest_published(struct store *store, bool is_witnessed, struct arena *arena,
                       struct store_published *out)
{
    sqlite3_stmt *statement = store->statements[is_witnessed ? NEWEST_WITNESSED : NEWEST_PUBLISHED];

    return read_published(statement, db_bind(statement, NULL, 0), arena, out);
}

enum err
store_find_mailbox(struct store *store, uint32_t number, struct mailbox *out)
{
    sqlite3_stmt *statement = store->statements[FIND_MAILBOX];
    struct mailbox mailbox = {.number = number};
    struct span member;

    enum err err = DB_BIND(statement, db_u64(number));
    if (err == ERR_OK)
        err = db_step(statement);
    if (err == ERR_OK)
        err = db_get_text(statement, 0, MEMBER_ID_MAX, &member);
    if (err == ERR_OK)
        memcpy(mailbox.member, member.data, member.len);
    if (err == ERR_OK)
        err = db_get_u64(statement, 1, &mailbox.flash_last);
    if (err == ERR_OK)
        err = db_get_u64(statement, 2, &mailbox.rest_last);
    if (err == ERR_OK)
        err = db_get_u64(statement, 3, &mailbox.unacknowledged);
    db_reset(statement);
    if (err == ERR_OK)
        *out = mailbox;
    return err;
}

/* The first `count` hashes of the row that `key` names in a statement's table. */
static enum err
find_hashes(sqlite3_stmt *statement, uint64_t key, struct hash *hashes, size_t count)
{
    struct span blob = {0};

    enum err err = DB_BIND(statement, db_u64(key));
    if (err == ERR_OK)
        err = db_step(statement);
    if (err == ERR_OK)
        err = db_get_blob(statement, 0, TILE_WIDTH * HASH_BYTES, &blob);
    if (err == ERR_OK && blob.len < count * sizeof *hashes)
        err = ERR_CORRUPT;
    if (err == ERR_OK)
        memcpy(hashes, blob.data, count * sizeof *hashes);
    db_reset(statement);
    return err;
}

enum err
store_find_tile(struct store *store, const struct tile_ref *tile, struct hash *hashes)
{
    enum err err =
        find_hashes(store->statements[FIND_TILE], store_tile_key(tile), hashes, tile->width);

    if (err != ERR_NOT_FOUND || tile->level > 0)
        return err;
    err = ERR_OK; /* not full yet: its blocks */
    for (unsigned at = 0; err == ERR_OK && at < tile->width; at += PARTIAL_WIDTH) {
        size_t width = tile->width - at < PARTIAL_WIDTH ? tile->width - at : PARTIAL_WIDTH;
        err = find_hashes(store->statements[FIND_PARTIAL], store_partial_key(tile->number, at),
                          hashes + at, width);
    }
    return err;
}

enum err
store_find_checkpoint(struct store *store, struct arena *arena, struct span *out)
{
    sqlite3_stmt *statement = store->statements[FIND_CHECKPOINT];

    enum err err = db_bind(statement, NULL, 0);
    if (err == ERR_OK)
        err = db_step(statement);
    if (err == ERR_OK)
        err = copy_text(statement, 0, arena, out);
    db_reset(statement);
    return err;
}

/* Numbers of the rows of a bound statement, without their upper bits. */
static enum err
list_leaves(sqlite3_stmt *statement, enum err bound, uint64_t *leaves, size_t max, size_t *count)
{
    enum err err = bound;

    *count = 0;
    while (err == ERR_OK && *count < max) {
        err = db_step(statement);
        if (err == ERR_OK)
            err = db_get_u64(statement, 0, &leaves[*count]);
        if (err == ERR_OK)
            leaves[(*count)++] &= MERKLE_LEAVES_MAX;
    }
    db_reset(statement);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err
store_list_erasing(struct store *store, uint64_t *leaves, size_t max, size_t *count)
{
    sqlite3_stmt *statement = store->statements[LIST_ERASING];

    return list_leaves(statement, DB_BIND(statement, db_u64(max)), leaves, max, count);
}

enum err
store_list_expired(struct store *store, uint64_t erasable_ms, uint64_t *leaves, size_t max,
                   size_t *count)
{
    sqlite3_stmt *statement = store->statements[LIST_EXPIRED];
    uint64_t hour = erasable_ms / HOUR_MS;

    if (hour >= UINT64_C(1) << HOUR_BITS_MAX)
        return ERR_RANGE;
    return list_leaves(statement,
                       DB_BIND(statement, db_u64((hour + 1) << MERKLE_LEVELS_MAX), db_u64(max)),
                       leaves, max, count);
}

enum err
store_check_file(struct store *store)
{
    return db_check(store->db);
}

enum err
store_count(struct store *store, struct store_counts *out)
{
    static const char *const QUERIES[] = {
        "SELECT count(*) FROM messages", "SELECT count(*) FROM slots",
        "SELECT count(*) FROM deliveries", "SELECT count(*) FROM documents",
        "SELECT coalesce(sum(count), 0) FROM entries"};
    uint64_t counts[sizeof QUERIES / sizeof QUERIES[0]] = {0};
    enum err err = ERR_OK;

    for (size_t i = 0; err == ERR_OK && i < sizeof QUERIES / sizeof QUERIES[0]; i++) {
        sqlite3_stmt *statement = NULL;
        err = db_prepare(store->db, QUERIES[i], &statement);
        if (err == ERR_OK)
            err = read_number(statement, ERR_OK, &counts[i]);
        db_finalize(&statement);
    }
    *out = (struct store_counts){counts[0], counts[1], counts[2], counts[3], counts[4]};
    return err;
}
