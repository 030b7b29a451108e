#include "clients/officer/io/store_inner.h"

#include <string.h>

enum err
store_read_sent(const struct store *store, sqlite3_stmt *statement, struct arena *arena,
                struct store_sent *out)
{
    struct store_sent sent = {0};
    uint64_t stage = 0, refusal = 0, expires_ms = 0;

    enum err err = db_get_fixed(statement, 0, sent.id.bytes, sizeof sent.id.bytes);
    if (err == ERR_OK)
        err = db_get_u64(statement, 1, &stage);
    if (err == ERR_OK)
        err = db_get_u64(statement, 2, &refusal);
    if (err == ERR_OK)
        err = store_get_bytes(statement, 3, arena, &sent.header);
    if (err == ERR_OK)
        err = db_get_fixed(statement, 4, sent.hash.bytes, sizeof sent.hash.bytes);
    if (err == ERR_OK)
        err = store_get_bytes(statement, 5, arena, &sent.envelope);
    if (err == ERR_OK)
        err = store_get_bytes(statement, 6, arena, &sent.copy);
    if (err == ERR_OK)
        err = store_get_bytes(statement, 7, arena, &sent.receipt);
    if (err == ERR_OK && !db_is_null(statement, 8))
        err = db_get_u64(statement, 8, &sent.leaf);
    if (err == ERR_OK && !db_is_null(statement, 9))
        err = db_get_u64(statement, 9, &sent.accepted_ms);
    if (err == ERR_OK)
        err = store_get_text(statement, 10, arena, &sent.thread_from);
    if (err == ERR_OK)
        err = db_get_u64(statement, 11, &expires_ms);
    if (err == ERR_OK && (stage < STORE_WAITING || stage > STORE_REFUSED))
        err = ERR_CORRUPT;
    if (err != ERR_OK)
        return err;
    if (expires_ms <= store->now_ms)
        sent.copy = sent.envelope = (struct span){0};
    sent.stage = (enum store_stage)stage;
    sent.refusal = (uint32_t)refusal;
    *out = sent;
    return ERR_OK;
}

enum err
store_add_sent(struct store *store, const struct store_sent *sent, const struct header *header,
               struct problems *problems)
{
    return STORE_WRITE(store,
                       "INSERT INTO sent(id, stage, refusal, header, hash, envelope, copy,"
                       " thread_from, thread, supersedes, created, expires)"
                       " VALUES(?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                       problems, store_id(&sent->id), db_u64(STORE_WAITING), db_blob(sent->header),
                       store_hash(&sent->hash), db_blob(sent->envelope), db_blob(sent->copy),
                       db_text(sent->thread_from), store_id(&header->thread_id),
                       header->has_supersedes ? store_id(&header->supersedes.id) : db_null(),
                       db_u64(header->created_at_ms), db_u64(header->expires_at_ms));
}

enum err
store_reseal(struct store *store, const struct store_sent *sent, struct problems *problems)
{
    return STORE_WRITE(store,
                       "UPDATE sent SET header = ?2, hash = ?3, envelope = ?4 WHERE id = ?1 AND"
                       " stage = ?5",
                       problems, store_id(&sent->id), db_blob(sent->header),
                       store_hash(&sent->hash), db_blob(sent->envelope), db_u64(STORE_WAITING));
}

enum err
store_accept(struct store *store, const struct id *id, struct span receipt, uint64_t leaf,
             uint64_t accepted_ms, struct problems *problems)
{
    return STORE_WRITE(store,
                       "UPDATE sent SET stage = ?2, refusal = 0, receipt = ?3, leaf = ?4,"
                       " accepted = ?5, envelope = NULL WHERE id = ?1",
                       problems, store_id(id), db_u64(STORE_ACCEPTED), db_blob(receipt),
                       db_u64(leaf), db_u64(accepted_ms));
}

enum err
store_end_chain(struct store *store, const struct id *id, struct problems *problems)
{
    store->has_ended = true;
    return STORE_WRITE(store,
                       "WITH RECURSIVE chain(id) AS (SELECT ?1 UNION SELECT sent.supersedes"
                       " FROM sent JOIN chain ON sent.id = chain.id"
                       " WHERE sent.supersedes IS NOT NULL)"
                       " UPDATE sent SET copy = NULL WHERE id IN (SELECT id FROM chain)",
                       problems, store_id(id));
}

enum err
store_refuse(struct store *store, const struct id *id, enum store_stage stage, uint32_t code,
             struct problems *problems)
{
    return STORE_WRITE(store, "UPDATE sent SET stage = ?2, refusal = ?3 WHERE id = ?1", problems,
                       store_id(id), db_u64(stage), db_u64(code));
}

static enum err
read_one(const struct store *store, sqlite3_stmt **statement, enum err err, struct arena *arena,
         struct store_sent *out)
{
    if (err == ERR_OK)
        err = store_read_sent(store, *statement, arena, out);
    db_finalize(statement);
    return err;
}

enum err
store_next_waiting(struct store *store, const struct id *after, struct arena *arena,
                   struct store_sent *out)
{
    static const struct id least = {0};
    sqlite3_stmt *statement = NULL;

    /* Ids are UUIDv7, so their order is that of their making. */
    enum err err = STORE_QUERY(store,
                               "SELECT " STORE_SENT_COLUMNS
                               " FROM sent WHERE stage = ?1 AND id > ?2 AND envelope IS NOT NULL"
                               " AND expires > ?3 ORDER BY id LIMIT 1",
                               &statement, db_u64(STORE_WAITING),
                               store_id(after == NULL ? &least : after), db_u64(store->now_ms));
    return read_one(store, &statement, err, arena, out);
}

enum err
store_sent(struct store *store, const struct id *id, struct arena *arena, struct store_sent *out)
{
    sqlite3_stmt *statement = NULL;

    enum err err = STORE_QUERY(store, "SELECT " STORE_SENT_COLUMNS " FROM sent WHERE id = ?",
                               &statement, store_id(id));
    return read_one(store, &statement, err, arena, out);
}

enum err
store_sent_header(struct store *store, const struct id *id, struct arena *arena,
                  struct header *header, struct hash *hash)
{
    sqlite3_stmt *statement = NULL;
    struct span bytes = {NULL, 0};

    enum err err =
        STORE_QUERY(store, "SELECT header, hash FROM sent WHERE id = ?", &statement, store_id(id));
    if (err == ERR_OK)
        err = store_get_bytes(statement, 0, arena, &bytes);
    if (err == ERR_OK)
        err = db_get_fixed(statement, 1, hash->bytes, sizeof hash->bytes);
    db_finalize(&statement);
    return err == ERR_OK ? header_decode(bytes, arena, header) : err;
}

enum err
store_sent_at(struct store *store, uint64_t index, struct arena *arena, struct store_sent *out)
{
    sqlite3_stmt *statement = NULL;

    enum err err = STORE_QUERY(
        store, "SELECT " STORE_SENT_COLUMNS " FROM sent ORDER BY id DESC LIMIT 1 OFFSET ?",
        &statement, db_u64(index));
    return read_one(store, &statement, err, arena, out);
}

enum err
store_sent_in_thread(struct store *store, const struct id *thread, uint64_t index,
                     struct arena *arena, struct store_sent *out)
{
    sqlite3_stmt *statement = NULL;

    enum err err = STORE_QUERY(store,
                               "SELECT " STORE_SENT_COLUMNS
                               " FROM sent WHERE thread = ? ORDER BY id LIMIT 1 OFFSET ?",
                               &statement, store_id(thread), db_u64(index));
    return read_one(store, &statement, err, arena, out);
}

enum err
store_head(struct store *store, const struct id *id, struct arena *arena, struct store_sent *out)
{
    sqlite3_stmt *statement = NULL;

    enum err err = STORE_QUERY(
        store,
        "WITH RECURSIVE chain(id, depth) AS (SELECT ?1, 0 UNION SELECT sent.id, depth + 1"
        " FROM sent JOIN chain ON sent.supersedes = chain.id WHERE stage <> ?2 AND depth < 1000)"
        " SELECT " STORE_SENT_COLUMNS " FROM sent JOIN chain USING(id) ORDER BY depth DESC LIMIT 1",
        &statement, store_id(id), db_u64(STORE_REFUSED));
    return read_one(store, &statement, err, arena, out);
}

/* ---- what recipients said */

enum err
store_add_said(struct store *store, const struct delivery_receipt *receipt,
               struct problems *problems)
{
    return STORE_WRITE(store, "INSERT OR IGNORE INTO said VALUES(?, ?, ?, ?, ?, ?)", problems,
                       store_id(&receipt->message.id), db_text(receipt->member),
                       db_u64((uint64_t)receipt->status), store_hash(&receipt->credential),
                       db_u64(receipt->reason), db_u64(receipt->time_ms));
}

static enum err
read_said(sqlite3_stmt *statement, char member[MEMBER_ID_MAX + 1], struct delivery_receipt *out)
{
    uint64_t status = 0, reason = 0;
    struct span text;

    enum err err = db_get_text(statement, 0, MEMBER_ID_MAX, &text);
    if (err == ERR_OK)
        err = db_get_u64(statement, 1, &status);
    if (err == ERR_OK)
        err = db_get_u64(statement, 2, &reason);
    if (err == ERR_OK)
        err = db_get_u64(statement, 3, &out->time_ms);
    if (err == ERR_OK)
        err = db_get_fixed(statement, 4, out->credential.bytes, sizeof out->credential.bytes);
    if (err != ERR_OK)
        return err;
    memcpy(member, text.data, text.len);
    member[text.len] = '\0';
    out->member = member;
    out->status = (Denrei__V1__DeliveryStatus)status;
    out->reason = (uint32_t)reason;
    return ERR_OK;
}

enum err
store_each_said(struct store *store, const struct id *id,
                void (*each)(void *context, const struct delivery_receipt *receipt), void *context)
{
    sqlite3_stmt *statement = NULL;
    char member[MEMBER_ID_MAX + 1];

    enum err err = STORE_QUERY(
        store,
        "SELECT member, status, reason, time, credential FROM said WHERE id = ? ORDER BY time",
        &statement, store_id(id));
    while (err == ERR_OK) {
        struct delivery_receipt receipt = {.message.id = *id};
        err = read_said(statement, member, &receipt);
        if (err != ERR_OK)
            break;
        each(context, &receipt);
        err = db_step(statement);
    }
    db_finalize(&statement);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}
