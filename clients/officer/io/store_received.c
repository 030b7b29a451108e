#include "clients/officer/io/store_inner.h"

#include <string.h>

enum err
store_read_received(const struct store *store, sqlite3_stmt *statement, struct arena *arena,
                    struct store_received *out)
{
    struct store_received row = {0};
    uint64_t lane = 0, refusal = 0, end = 0, expires_ms = 0;

    enum err err = db_get_u64(statement, 0, &lane);
    if (err == ERR_OK)
        err = db_get_u64(statement, 1, &row.slot.number);
    if (err == ERR_OK)
        err = store_get_text(statement, 2, arena, &row.ref.from);
    if (err == ERR_OK)
        err = db_get_fixed(statement, 3, row.ref.id.bytes, sizeof row.ref.id.bytes);
    if (err == ERR_OK)
        err = db_get_fixed(statement, 4, row.ref.hash.bytes, sizeof row.ref.hash.bytes);
    if (err == ERR_OK)
        err = db_get_u64(statement, 5, &row.leaf);
    if (err == ERR_OK)
        err = db_get_u64(statement, 6, &row.time_ms);
    if (err == ERR_OK)
        err = db_get_u64(statement, 7, &row.read_ms);
    if (err == ERR_OK)
        err = db_get_u64(statement, 8, &refusal);
    if (err == ERR_OK)
        err = db_get_u64(statement, 9, &end);
    if (err == ERR_OK)
        err = store_get_bytes(statement, 10, arena, &row.header);
    if (err == ERR_OK)
        err = store_get_bytes(statement, 11, arena, &row.item);
    if (err == ERR_OK)
        err = db_get_u64(statement, 12, &expires_ms);
    if (err == ERR_OK && end > STORE_UPDATED)
        err = ERR_CORRUPT;
    if (err != ERR_OK)
        return err;
    row.slot.lane = (Denrei__V1__Lane)lane;
    row.refusal = (uint32_t)refusal;
    row.end = (enum store_end)end;
    if (row.item.len > 0 && expires_ms <= store->now_ms) {
        row.item = (struct span){0};
        row.end = STORE_EXPIRED;
    }
    *out = row;
    return ERR_OK;
}

/* The message named first and all that it replaced, known here or not. */
#define CHAIN                                                                                      \
    "WITH RECURSIVE chain(id) AS (SELECT ?2 UNION SELECT received.supersedes FROM received"        \
    " JOIN chain ON received.id = chain.id WHERE received.sender = ?1"                             \
    " AND received.supersedes IS NOT NULL) "

/* Withdraw `id` of `sender` with all that it replaced; what comes later is stopped. */
static enum err
withdraw_chain(struct store *store, const char *sender, const struct id *id,
               struct problems *problems)
{
    enum err err =
        STORE_WRITE(store, CHAIN "INSERT OR REPLACE INTO stop SELECT ?1, id, ?3 FROM chain",
                    problems, db_text(sender), store_id(id), db_u64(STORE_WITHDRAWN));

    if (err == ERR_OK)
        err = STORE_WRITE(store,
                          CHAIN "UPDATE received SET end = ?3, item = NULL WHERE sender = ?1"
                                " AND id IN (SELECT id FROM chain) AND end IN (0, ?4)",
                          problems, db_text(sender), store_id(id), db_u64(STORE_WITHDRAWN),
                          db_u64(STORE_UPDATED));
    store->has_ended = true;
    return err;
}

static enum err
replace_older(struct store *store, const struct header *header, struct problems *problems)
{
    const struct id *older = &header->supersedes.id;
    enum err err = STORE_WRITE(store, "INSERT OR IGNORE INTO stop VALUES(?, ?, ?)", problems,
                               db_text(header->from), store_id(older), db_u64(STORE_UPDATED));

    if (err == ERR_OK)
        err = STORE_WRITE(store,
                          "UPDATE received SET end = ?3 WHERE sender = ?1 AND id = ?2 AND end = 0",
                          problems, db_text(header->from), store_id(older), db_u64(STORE_UPDATED));
    return err;
}

/*
 * An update or a withdrawal that counts ends what it names; one that comes first is kept as a stop.
 * `end` is what a withdrawal that came before has made of the message itself.
 */
enum err
store_end_superseded(struct store *store, const struct header *header, uint32_t refusal,
                     uint64_t end, struct problems *problems)
{
    if (refusal != REFUSAL_NONE)
        return ERR_OK;
    if (end == STORE_WITHDRAWN)
        return withdraw_chain(store, header->from, &header->id, problems);
    if (!header->has_supersedes)
        return ERR_OK;
    if (header->action == DENREI__V1__ACTION__ACTION_WITHDRAW)
        return withdraw_chain(store, header->from, &header->supersedes.id, problems);
    return replace_older(store, header, problems);
}

static enum err
stop_of(struct store *store, const struct received *received, uint64_t *end)
{
    sqlite3_stmt *statement = NULL;

    enum err err =
        STORE_QUERY(store, "SELECT end FROM stop WHERE sender = ? AND id = ?", &statement,
                    db_text(received->ref.from), store_id(&received->ref.id));
    *end = STORE_ALIVE;
    if (err == ERR_OK)
        err = db_get_u64(statement, 0, end);
    db_finalize(&statement);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err
store_add_received(struct store *store, const struct received *received, struct span item,
                   struct problems *problems)
{
    const struct header *header = &received->header;
    uint64_t end = STORE_ALIVE;
    struct span header_bytes;
    struct arena *arena = NULL;

    enum err err = arena_new(2 * ENTRY_BYTES_MAX, &arena);
    if (err == ERR_OK)
        err = header_encode(header, arena, &header_bytes);
    if (err == ERR_OK)
        err = stop_of(store, received, &end);
    if (err != ERR_OK) {
        err = store_error(err, problems);
        goto done;
    }
    if (received->is_tombstone && end == STORE_ALIVE)
        end = STORE_TOMBSTONE;
    bool has_body = end == STORE_ALIVE || end == STORE_UPDATED;
    err = STORE_WRITE(
        store, "INSERT INTO received VALUES(?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?)", problems,
        db_u64((uint64_t)received->slot.lane), db_u64(received->slot.number),
        db_text(received->ref.from), store_id(&received->ref.id), store_hash(&received->ref.hash),
        db_u64(received->leaf), db_u64(received->time_ms), db_u64((uint64_t)received->refusal),
        db_u64(end), db_blob(header_bytes), has_body ? db_blob(item) : db_null(),
        store_id(&header->thread_id), db_u64(header->expires_at_ms),
        header->has_supersedes ? store_id(&header->supersedes.id) : db_null());
    /* Whether the step of a case counts is judged when all before it is here (casework.h). */
    if (err == ERR_OK && header->kind != DENREI__V1__KIND__KIND_MLA)
        err = store_end_superseded(store, header, received->refusal, end, problems);

done:
    arena_free(&arena);
    return err;
}

enum err
store_position(struct store *store, struct received_position *out, struct problems *problems)
{
    sqlite3_stmt *statement = NULL;

    enum err err = STORE_QUERY(store,
                               "SELECT (SELECT coalesce(max(number), 0) FROM received WHERE"
                               " lane = ?1), (SELECT coalesce(max(number), 0) FROM received"
                               " WHERE lane = ?2)",
                               &statement, db_u64(DENREI__V1__LANE__LANE_FLASH),
                               db_u64(DENREI__V1__LANE__LANE_REST));
    if (err == ERR_OK)
        err = db_get_u64(statement, 0, &out->flash);
    if (err == ERR_OK)
        err = db_get_u64(statement, 1, &out->rest);
    db_finalize(&statement);
    return store_error(err, problems);
}

enum err
store_keep_mailbox(struct store *store, const struct head *head, struct problems *problems)
{
    return STORE_WRITE(store, "INSERT OR REPLACE INTO mailbox VALUES(1, ?, ?, ?, ?)", problems,
                       db_u64(head->flash_last), db_u64(head->rest_last), db_u64(head->tree_size),
                       db_u64(head->time_ms));
}

enum err
store_mailbox(struct store *store, struct head *out)
{
    sqlite3_stmt *statement = NULL;

    enum err err =
        store_query(store, "SELECT flash, rest, size, time FROM mailbox", NULL, 0, &statement);
    *out = (struct head){.member = ""};
    if (err == ERR_OK)
        err = db_get_u64(statement, 0, &out->flash_last);
    if (err == ERR_OK)
        err = db_get_u64(statement, 1, &out->rest_last);
    if (err == ERR_OK)
        err = db_get_u64(statement, 2, &out->tree_size);
    if (err == ERR_OK)
        err = db_get_u64(statement, 3, &out->time_ms);
    db_finalize(&statement);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err
store_received_at(struct store *store, uint64_t index, struct arena *arena,
                  struct store_received *out)
{
    sqlite3_stmt *statement = NULL;

    enum err err = STORE_QUERY(store,
                               "SELECT " STORE_RECEIVED_COLUMNS
                               " FROM received ORDER BY leaf DESC LIMIT 1 OFFSET ?",
                               &statement, db_u64(index));
    if (err == ERR_OK)
        err = store_read_received(store, statement, arena, out);
    db_finalize(&statement);
    return err;
}

enum err
store_set_read(struct store *store, const struct store_received *received, uint64_t now_ms,
               struct problems *problems)
{
    return STORE_WRITE(store,
                       "UPDATE received SET read = ?3 WHERE lane = ?1 AND number = ?2 AND read = 0",
                       problems, db_u64((uint64_t)received->slot.lane),
                       db_u64(received->slot.number), db_u64(now_ms));
}

/* ---- receipts that are due */

enum err
store_add_due(struct store *store, struct span receipt, struct problems *problems)
{
    return STORE_WRITE(store, "INSERT INTO due(receipt) VALUES(?)", problems, db_blob(receipt));
}

enum err
store_each_due(struct store *store, size_t max, struct arena *arena, struct store_due *out,
               size_t *count)
{
    sqlite3_stmt *statement = NULL;

    *count = 0;
    enum err err = STORE_QUERY(store, "SELECT sequence, receipt FROM due ORDER BY sequence LIMIT ?",
                               &statement, db_u64(max));
    while (err == ERR_OK) {
        struct store_due *due = &out[*count];
        err = db_get_u64(statement, 0, &due->sequence);
        if (err == ERR_OK)
            err = store_get_bytes(statement, 1, arena, &due->receipt);
        if (err != ERR_OK)
            break;
        (*count)++;
        err = db_step(statement);
    }
    db_finalize(&statement);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err
store_drop_due(struct store *store, uint64_t sequence, struct problems *problems)
{
    return STORE_WRITE(store, "DELETE FROM due WHERE sequence <= ?", problems, db_u64(sequence));
}
