#include "clients/node/io/records_inner.h"
#include "clients/node/io/records_person.h"

enum err
records_put(struct records *records, const struct record *record)
{
    sqlite3_stmt *put = records->statements[RECORDS_PUT];
    enum err err =
        DB_BIND(put, db_u64(record->leaf), db_u64((uint64_t)record->slot.lane),
                db_u64(record->slot.number), db_text(record->sender),
                db_bytes(record->id.bytes, ID_BYTES), db_bytes(record->hash.bytes, HASH_BYTES),
                db_u64((uint64_t)record->state), db_u64(record->reason), db_u64(record->time_ms),
                db_u64(record->received_ms), db_blob(record->header),
                record->content.data == NULL ? db_null() : db_blob(record->content),
                db_u64(record->expires_ms), db_u64((uint64_t)record->missing));

    return err == ERR_OK ? db_run(put) : err;
}

/* Run a statement whose only parameter is a leaf. */
static enum err
run_at(struct records *records, enum records_statement which, uint64_t leaf)
{
    sqlite3_stmt *statement = records->statements[which];
    enum err err = DB_BIND(statement, db_u64(leaf));

    return err == ERR_OK ? db_run(statement) : err;
}

enum err
records_end(struct records *records, uint64_t leaf, enum record_state state, bool erase)
{
    sqlite3_stmt *end = records->statements[RECORDS_END];
    enum err err = DB_BIND(end, db_u64(leaf), db_u64((uint64_t)state));

    if (err == ERR_OK)
        err = db_run(end);
    if (err == ERR_OK)
        err = run_at(records, RECORDS_DROP_DOCUMENTS, leaf);
    if (err == ERR_OK)
        err = run_at(records, RECORDS_DROP_BLOCKS, leaf);
    if (err == ERR_OK)
        err = records_drop_person(records, leaf);
    if (err == ERR_OK && erase) {
        err = run_at(records, RECORDS_ERASE, leaf);
        records->has_erased = true;
    }
    return err;
}

enum err
records_expire(struct records *records, uint64_t now_ms, size_t *count)
{
    sqlite3_stmt *expired = records->statements[RECORDS_EXPIRED];
    enum err err = ERR_OK;

    *count = 0;
    while (err == ERR_OK) { /* ends: each round ends one message that the statement asks for */
        uint64_t leaf = 0;
        err = DB_BIND(expired, db_u64(now_ms));
        if (err == ERR_OK)
            err = db_step(expired);
        if (err == ERR_OK)
            err = db_get_u64(expired, 0, &leaf);
        db_reset(expired);
        if (err == ERR_OK)
            err = records_end(records, leaf, RECORD_EXPIRED, true);
        if (err == ERR_OK)
            (*count)++;
    }
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err
records_put_stop(struct records *records, const struct message_ref *ref, uint64_t leaf,
                 enum record_state state)
{
    sqlite3_stmt *put = records->statements[RECORDS_PUT_STOP];
    enum err err = DB_BIND(put, db_text(ref->from), db_bytes(ref->id.bytes, ID_BYTES), db_u64(leaf),
                           db_u64((uint64_t)state));

    return err == ERR_OK ? db_run(put) : err;
}

enum err
records_put_thread(struct records *records, const struct id *thread, const char *beginner)
{
    sqlite3_stmt *put = records->statements[RECORDS_PUT_THREAD];
    enum err err = DB_BIND(put, db_bytes(thread->bytes, ID_BYTES), db_text(beginner));

    return err == ERR_OK ? db_run(put) : err;
}

enum err
records_put_reply(struct records *records, const struct id *id, uint64_t leaf)
{
    sqlite3_stmt *put = records->statements[RECORDS_PUT_REPLY];
    enum err err = DB_BIND(put, db_bytes(id->bytes, ID_BYTES), db_u64(leaf));

    return err == ERR_OK ? db_run(put) : err;
}

enum err
records_put_receipt(struct records *records, struct span receipt)
{
    sqlite3_stmt *put = records->statements[RECORDS_PUT_RECEIPT];
    enum err err = DB_BIND(put, db_blob(receipt));

    return err == ERR_OK ? db_run(put) : err;
}

enum err
records_drop_receipts(struct records *records, uint64_t sequence)
{
    return run_at(records, RECORDS_DROP_RECEIPTS, sequence);
}

enum err
records_put_hook(struct records *records, uint64_t leaf, uint64_t attempts, uint64_t due_ms)
{
    sqlite3_stmt *put = records->statements[RECORDS_PUT_HOOK];
    enum err err = DB_BIND(put, db_u64(leaf), db_u64(attempts), db_u64(due_ms));

    return err == ERR_OK ? db_run(put) : err;
}

enum err
records_drop_hook(struct records *records, uint64_t leaf)
{
    return run_at(records, RECORDS_DROP_HOOK, leaf);
}

enum err
records_put_view(struct records *records, const struct screen_view *view)
{
    sqlite3_stmt *put = records->statements[RECORDS_PUT_VIEW];
    enum err err =
        DB_BIND(put, db_u64(view->flash_stored), db_u64(view->rest_stored),
                db_u64(view->flash_last), db_u64(view->rest_last), db_u64(view->head_time_ms),
                db_u64(view->witnessed_time_ms), db_u64(view->tree_size));

    return err == ERR_OK ? db_run(put) : err;
}
