#include "clients/officer/io/store_case.h"

#include "clients/officer/io/store_inner.h"

#include <string.h>

enum err
store_add_step(struct store *store, const struct header *header, bool is_sent,
               const struct store_step_content *content, struct problems *problems)
{
    static const struct store_step_content unread = {.is_unread = true};
    const struct store_step_content *known = content == NULL ? &unread : content;

    return STORE_WRITE(store, "INSERT INTO step VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)", problems,
                       store_id(&header->id), db_text(header->from), db_u64(is_sent ? 1 : 0),
                       store_id(&header->thread_id), db_u64(content != NULL ? 1 : 0),
                       db_u64(known->is_unread ? 1 : 0), db_u64(known->is_reply ? 1 : 0),
                       db_u64(known->steps), db_u64(known->due_ms));
}

enum err
store_next_unjudged(struct store *store, struct arena *arena, struct store_received *out)
{
    sqlite3_stmt *statement = NULL;

    enum err err =
        store_query(store,
                    "SELECT " STORE_RECEIVED_COLUMNS " FROM received WHERE (id, sender) IN"
                    " (SELECT id, sender FROM step WHERE judged = 0 AND own = 0)"
                    " ORDER BY leaf LIMIT 1",
                    NULL, 0, &statement);
    if (err == ERR_OK)
        err = store_read_received(store, statement, arena, out);
    db_finalize(&statement);
    return err;
}

enum err
store_settle_step(struct store *store, const struct store_received *row,
                  const struct header *header, const struct store_step_content *content,
                  uint32_t refusal, struct problems *problems)
{
    enum err err =
        STORE_WRITE(store,
                    "UPDATE step SET judged = 1, unread = ?3, reply = ?4, steps = ?5, due = ?6"
                    " WHERE id = ?1 AND sender = ?2",
                    problems, store_id(&row->ref.id), db_text(row->ref.from),
                    db_u64(content->is_unread ? 1 : 0), db_u64(content->is_reply ? 1 : 0),
                    db_u64(content->steps), db_u64(content->due_ms));

    if (err == ERR_OK && refusal != REFUSAL_NONE)
        err =
            STORE_WRITE(store, "UPDATE received SET refusal = ?3 WHERE id = ?1 AND sender = ?2",
                        problems, store_id(&row->ref.id), db_text(row->ref.from), db_u64(refusal));
    return err == ERR_OK ? store_end_superseded(store, header, refusal, row->end, problems) : err;
}

static enum err
read_step(sqlite3_stmt *statement, struct arena *arena, struct store_step *out)
{
    uint64_t numbers[5] = {0}, sent = 0, is_void = 0;
    struct store_step step = {.is_sent = false};

    enum err err = db_get_fixed(statement, 0, step.id.bytes, sizeof step.id.bytes);
    if (err == ERR_OK)
        err = store_get_text(statement, 1, arena, &step.from);
    if (err == ERR_OK)
        err = db_get_u64(statement, 2, &sent);
    for (int i = 0; i < 5 && err == ERR_OK; i++)
        err = db_get_u64(statement, 3 + i, &numbers[i]);
    step.has_leaf = !db_is_null(statement, 8);
    if (err == ERR_OK && step.has_leaf)
        err = db_get_u64(statement, 8, &step.leaf);
    if (err == ERR_OK && step.has_leaf)
        err = db_get_u64(statement, 9, &step.time_ms);
    if (err == ERR_OK)
        err = store_get_bytes(statement, 10, arena, &step.header);
    if (err == ERR_OK)
        err = db_get_u64(statement, 11, &is_void);
    if (err != ERR_OK)
        return err;
    step.is_sent = sent != 0;
    step.is_judged = numbers[0] != 0;
    step.content = (struct store_step_content){.is_unread = numbers[1] != 0,
                                               .is_reply = numbers[2] != 0,
                                               .steps = (uint32_t)numbers[3],
                                               .due_ms = numbers[4]};
    step.is_void = is_void != 0;
    *out = step;
    return ERR_OK;
}

#define STEP_COLUMNS                                                                               \
    "step.id, step.sender, step.own, step.judged, step.unread, step.reply, step.steps, step.due, "

enum err
store_thread_steps(struct store *store, const struct id *thread, struct arena *arena,
                   struct store_step **out, size_t *count)
{
    struct store_step *steps = arena_alloc(arena, STORE_STEPS_MAX * sizeof *steps);
    sqlite3_stmt *statement = NULL;
    size_t found = 0;

    if (steps == NULL)
        return ERR_NOMEM;
    enum err err = STORE_QUERY(
        store,
        "SELECT * FROM (SELECT " STEP_COLUMNS "sent.leaf AS place, sent.accepted, sent.header,"
        " EXISTS(SELECT 1 FROM said WHERE said.id = step.id AND said.status IN (?2, ?3))"
        " FROM step JOIN sent ON sent.id = step.id"
        " WHERE step.thread = ?1 AND step.own = 1 AND sent.stage <> ?4"
        " UNION ALL SELECT " STEP_COLUMNS "received.leaf, received.time, received.header,"
        " received.refusal <> 0 FROM step JOIN received"
        " ON received.id = step.id AND received.sender = step.sender"
        " WHERE step.thread = ?1 AND step.own = 0)"
        " ORDER BY place IS NULL, place, id LIMIT ?5",
        &statement, store_id(thread), db_u64(DENREI__V1__DELIVERY_STATUS__DELIVERY_UNREADABLE),
        db_u64(DENREI__V1__DELIVERY_STATUS__DELIVERY_REFUSED), db_u64(STORE_REFUSED),
        db_u64(STORE_STEPS_MAX));
    for (; err == ERR_OK && found < STORE_STEPS_MAX; err = db_step(statement)) {
        err = read_step(statement, arena, &steps[found]);
        if (err != ERR_OK)
            break;
        found++;
    }
    db_finalize(&statement);
    if (err != ERR_OK && err != ERR_NOT_FOUND)
        return err;
    *out = steps;
    *count = found;
    return ERR_OK;
}

enum err
store_case_at(struct store *store, uint64_t index, struct id *thread)
{
    sqlite3_stmt *statement = NULL;

    /* Ids are UUIDv7, so the newest message of a case has the highest. */
    enum err err = STORE_QUERY(store,
                               "SELECT thread FROM step GROUP BY thread"
                               " ORDER BY max(id) DESC LIMIT 1 OFFSET ?",
                               &statement, db_u64(index));
    if (err == ERR_OK)
        err = db_get_fixed(statement, 0, thread->bytes, sizeof thread->bytes);
    db_finalize(&statement);
    return err;
}

enum err
store_received_by_id(struct store *store, const char *from, const struct id *id,
                     struct arena *arena, struct store_received *out)
{
    sqlite3_stmt *statement = NULL;

    enum err err = STORE_QUERY(
        store, "SELECT " STORE_RECEIVED_COLUMNS " FROM received WHERE id = ?1 AND sender = ?2",
        &statement, store_id(id), db_text(from));
    if (err == ERR_OK)
        err = store_read_received(store, statement, arena, out);
    db_finalize(&statement);
    return err;
}
