/* The messages of hits: what waits, what the relay and the owner said. */
#include "clients/node/io/hits_inner.h"

#include "proto/limits.h"

#include <string.h>

#define COLUMNS                                                                                    \
    "id, hit, stage, refusal, header, hash, envelope, content, thread_from, receipt, leaf,"        \
    " accepted, delivered, failed"

static enum err
read_state(sqlite3_stmt *row, struct hits_sent *sent)
{
    uint64_t stage = 0, refusal = 0;

    enum err err = db_get_fixed(row, 0, sent->id.bytes, ID_BYTES);
    if (err == ERR_OK)
        err = db_get_u64(row, 1, &sent->hit);
    if (err == ERR_OK)
        err = db_get_u64(row, 2, &stage);
    if (err == ERR_OK)
        err = db_get_u64(row, 3, &refusal);
    if (err == ERR_OK && (stage < HITS_WAITING || stage > HITS_REFUSED || refusal > UINT32_MAX))
        err = ERR_CORRUPT;
    sent->stage = (enum hits_stage)stage;
    sent->refusal = (uint32_t)refusal;
    if (err == ERR_OK)
        err = db_get_u64(row, 10, &sent->leaf);
    if (err == ERR_OK)
        err = db_get_u64(row, 11, &sent->accepted_ms);
    if (err == ERR_OK)
        err = db_get_u64(row, 12, &sent->delivered_ms);
    return err == ERR_OK ? db_get_u64(row, 13, &sent->failed_ms) : err;
}

static enum err
read_sent(sqlite3_stmt *row, struct arena *arena, struct hits_sent *out)
{
    struct hits_sent sent = {.hit = 0};

    enum err err = read_state(row, &sent);
    if (err == ERR_OK)
        err = hits_get_bytes(row, 4, arena, &sent.header);
    if (err == ERR_OK && !db_is_null(row, 5))
        err = db_get_fixed(row, 5, sent.hash.bytes, HASH_BYTES);
    if (err == ERR_OK)
        err = hits_get_bytes(row, 6, arena, &sent.envelope);
    if (err == ERR_OK)
        err = hits_get_bytes(row, 7, arena, &sent.content);
    if (err == ERR_OK)
        err = hits_get_text(row, 8, arena, &sent.thread_from);
    if (err == ERR_OK)
        err = hits_get_bytes(row, 9, arena, &sent.receipt);
    if (err == ERR_OK)
        *out = sent;
    return err;
}

static enum err
put(struct hits *hits, const struct hits_sent *sent, bool is_report)
{
    size_t changed = 1;
    enum err err = ERR_OK;

    if (is_report)
        err = HITS_WRITE(hits,
                         "UPDATE hit SET report = ?2 WHERE number = ?1 AND report IS NULL"
                         " AND dismissed = 0",
                         &changed, db_u64(sent->hit), db_bytes(sent->id.bytes, ID_BYTES));
    if (err == ERR_OK && changed == 0)
        return ERR_CONFLICT;
    if (err == ERR_OK)
        err = HITS_WRITE(hits,
                         "INSERT INTO sent(" COLUMNS ") VALUES(?1, ?2, 1, 0, ?3, NULL, NULL, ?4,"
                         " ?5, NULL, 0, 0, 0, 0)",
                         NULL, db_bytes(sent->id.bytes, ID_BYTES), db_u64(sent->hit),
                         db_blob(sent->header), db_blob(sent->content), db_text(sent->thread_from));
    return err;
}

enum err
hits_put(struct hits *hits, const struct hits_sent *sent, bool is_report)
{
    sqlite3_stmt *row = NULL;

    enum err err = hits_begin(hits);
    if (err != ERR_OK)
        return err;
    err = HITS_QUERY(hits, "SELECT 1 FROM hit WHERE number = ?1", &row, db_u64(sent->hit));
    db_finalize(&row);
    return hits_end(hits, err == ERR_OK ? put(hits, sent, is_report) : err);
}

/* ---- reading */

enum err
hits_sent_find(struct hits *hits, const struct id *id, struct arena *arena, struct hits_sent *out)
{
    sqlite3_stmt *row = NULL;

    enum err err = HITS_QUERY(hits, "SELECT " COLUMNS " FROM sent WHERE id = ?1", &row,
                              db_bytes(id->bytes, ID_BYTES));
    if (err == ERR_OK)
        err = read_sent(row, arena, out);
    db_finalize(&row);
    return err;
}

enum err
hits_sent_waiting(struct hits *hits, const struct id *after, struct arena *arena,
                  struct hits_sent *out)
{
    static const struct id first = {{0}};
    sqlite3_stmt *row = NULL;

    enum err err = HITS_QUERY(
        hits, "SELECT " COLUMNS " FROM sent WHERE stage = 1 AND id > ?1 ORDER BY id LIMIT 1", &row,
        db_bytes(after == NULL ? first.bytes : after->bytes, ID_BYTES));
    if (err == ERR_OK)
        err = read_sent(row, arena, out);
    db_finalize(&row);
    return err;
}

enum err
hits_sent_of(struct hits *hits, uint64_t number, struct arena *arena,
             struct hits_sent sent[HITS_SENT_MAX], size_t *count)
{
    sqlite3_stmt *row = NULL;
    size_t found = 0;

    enum err err =
        HITS_QUERY(hits, "SELECT " COLUMNS " FROM sent WHERE hit = ?1 ORDER BY id LIMIT ?2", &row,
                   db_u64(number), db_u64(HITS_SENT_MAX));
    while (err == ERR_OK && found < HITS_SENT_MAX) {
        err = read_sent(row, arena, &sent[found]);
        if (err == ERR_OK) {
            found++;
            err = db_step(row);
        }
    }
    db_finalize(&row);
    if (err != ERR_OK && err != ERR_NOT_FOUND)
        return err;
    *count = found;
    return ERR_OK;
}

enum err
hits_sent_untold(struct hits *hits, struct id *ids, size_t room, size_t *count)
{
    sqlite3_stmt *row = NULL;
    size_t found = 0;

    enum err err = HITS_QUERY(hits,
                              "SELECT id FROM sent WHERE stage = 2 AND delivered = 0 AND failed = 0"
                              " ORDER BY id DESC LIMIT ?1",
                              &row, db_u64(room));
    while (err == ERR_OK && found < room) {
        err = db_get_fixed(row, 0, ids[found].bytes, ID_BYTES);
        if (err == ERR_OK) {
            found++;
            err = db_step(row);
        }
    }
    db_finalize(&row);
    if (err != ERR_OK && err != ERR_NOT_FOUND)
        return err;
    *count = found;
    return ERR_OK;
}

/* ---- what became of them */

enum err
hits_sent_seal(struct hits *hits, const struct id *id, struct span header, const struct hash *hash,
               struct span envelope)
{
    return HITS_WRITE(hits,
                      "UPDATE sent SET header = ?2, hash = ?3, envelope = ?4 WHERE id = ?1"
                      " AND stage = 1",
                      NULL, db_bytes(id->bytes, ID_BYTES), db_blob(header),
                      db_bytes(hash->bytes, HASH_BYTES), db_blob(envelope));
}

enum err
hits_sent_accept(struct hits *hits, const struct id *id, struct span receipt, uint64_t leaf,
                 uint64_t accepted_ms)
{
    return HITS_WRITE(hits,
                      "UPDATE sent SET stage = 2, refusal = 0, envelope = NULL, receipt = ?2,"
                      " leaf = ?3, accepted = ?4 WHERE id = ?1 AND stage = 1",
                      NULL, db_bytes(id->bytes, ID_BYTES), db_blob(receipt), db_u64(leaf),
                      db_u64(accepted_ms));
}

static enum err
refuse(struct hits *hits, const struct id *id, enum hits_stage stage, uint32_t code)
{
    enum err err =
        HITS_WRITE(hits,
                   "UPDATE sent SET stage = ?2, refusal = ?3 WHERE id = ?1"
                   " AND stage = 1",
                   NULL, db_bytes(id->bytes, ID_BYTES), db_u64((uint64_t)stage), db_u64(code));

    if (err == ERR_OK && stage == HITS_REFUSED)
        err = HITS_WRITE(hits, "UPDATE hit SET report = NULL WHERE report = ?1", NULL,
                         db_bytes(id->bytes, ID_BYTES));
    return err;
}

enum err
hits_sent_refuse(struct hits *hits, const struct id *id, enum hits_stage stage, uint32_t code)
{
    enum err err = hits_begin(hits);

    return err == ERR_OK ? hits_end(hits, refuse(hits, id, stage, code)) : err;
}

enum err
hits_sent_told(struct hits *hits, const struct id *id, bool failed, uint64_t time_ms)
{
    return HITS_WRITE(hits,
                      failed ? "UPDATE sent SET failed = ?2 WHERE id = ?1"
                               " AND (failed = 0 OR failed > ?2)"
                             : "UPDATE sent SET delivered = ?2 WHERE id = ?1"
                               " AND (delivered = 0 OR delivered > ?2)",
                      NULL, db_bytes(id->bytes, ID_BYTES), db_u64(time_ms));
}
