/* The steps of MLA cases that a node has received. */
#include "clients/node/io/records_inner.h"

#include <string.h>

enum err
records_put_step(struct records *records, const struct id *thread, const struct record_step *step)
{
    sqlite3_stmt *put = records->statements[RECORDS_PUT_STEP];
    enum err err = DB_BIND(put, db_bytes(thread->bytes, ID_BYTES), db_u64(step->leaf),
                           db_u64(step->is_unread ? 1 : 0), db_u64(step->is_reply ? 1 : 0),
                           db_u64(step->steps));

    return err == ERR_OK ? db_run(put) : err;
}

static enum err
read_step(sqlite3_stmt *row, struct arena *arena, struct record_step *out)
{
    uint64_t numbers[6] = {0};
    struct span header = {NULL, 0};
    struct record_step step = {.leaf = 0};
    enum err err = ERR_OK;

    for (int i = 0; i < 6 && err == ERR_OK; i++)
        err = db_get_u64(row, i, &numbers[i]);
    if (err == ERR_OK)
        err = db_get_blob(row, 6, ENTRY_BYTES_MAX, &header);
    if (err != ERR_OK)
        return err;
    step.header.data = arena_copy(arena, header.data, header.len);
    step.header.len = header.len;
    step.leaf = numbers[0];
    step.is_unread = numbers[1] != 0;
    step.is_reply = numbers[2] != 0;
    step.steps = (uint32_t)numbers[3];
    step.time_ms = numbers[4];
    step.is_void = numbers[5] == RECORD_REFUSED || numbers[5] == RECORD_UNREADABLE;
    *out = step;
    return step.header.data == NULL ? ERR_NOMEM : ERR_OK;
}

enum err
records_steps(struct records *records, const struct id *thread, struct arena *arena,
              struct record_step *out, size_t room, size_t *count)
{
    sqlite3_stmt *list = records->statements[RECORDS_STEPS];
    size_t found = 0;
    enum err err = DB_BIND(list, db_bytes(thread->bytes, ID_BYTES), db_u64(room));

    while (err == ERR_OK && found < room) {
        err = db_step(list);
        if (err == ERR_OK)
            err = read_step(list, arena, &out[found]);
        if (err == ERR_OK)
            found++;
    }
    db_reset(list);
    if (err != ERR_OK && err != ERR_NOT_FOUND)
        return err;
    *count = found;
    return ERR_OK;
}
