/* Whether a file has the tables of the version that it claims. */
#include "proto/io/db_layout.h"

#include <string.h>

enum { ROW_BYTES_MAX = 16 << 10 };

/* SQLite keeps each CREATE statement as it was written. */
static const char LIST[] = "SELECT type || ' ' || name || ' ' || sql FROM sqlite_schema"
                           " WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"
                           " ORDER BY type, name";

/* One row of both: ERR_NOT_FOUND where both have ended. */
static enum err
compare_row(sqlite3_stmt *ours, sqlite3_stmt *theirs)
{
    struct span a = {NULL, 0}, b = {NULL, 0};
    enum err our_err = db_step(ours), err = db_step(theirs);

    if (err == ERR_NOT_FOUND || our_err == ERR_NOT_FOUND) {
        bool have_both_ended = err == our_err;
        db_reset(ours);
        db_reset(theirs);
        return have_both_ended ? ERR_NOT_FOUND : ERR_UNKNOWN;
    }
    if (err == ERR_OK)
        err = our_err;
    if (err == ERR_OK)
        err = db_get_text(ours, 0, ROW_BYTES_MAX, &a);
    if (err == ERR_OK)
        err = db_get_text(theirs, 0, ROW_BYTES_MAX, &b);
    if (err == ERR_OK && (a.len != b.len || memcmp(a.data, b.data, a.len) != 0))
        err = ERR_UNKNOWN;
    return err;
}

static enum err
compare(sqlite3 *model, sqlite3 *db)
{
    sqlite3_stmt *ours = NULL, *theirs = NULL;
    enum err err = db_prepare(model, LIST, &ours);

    if (err == ERR_OK)
        err = db_prepare(db, LIST, &theirs);
    while (err == ERR_OK)
        err = compare_row(ours, theirs);
    db_finalize(&ours);
    db_finalize(&theirs);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err
db_check_layout(sqlite3 *db, const struct db_schema *schema, uint32_t version)
{
    sqlite3 *model = NULL;
    enum err err = ERR_OK;

    if (sqlite3_open_v2(":memory:", &model,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                        NULL) != SQLITE_OK)
        err = ERR_NOMEM;
    for (uint32_t i = 0; i < version && err == ERR_OK; i++)
        err = db_exec(model, schema->steps[i]);
    if (err == ERR_OK)
        err = compare(model, db);
    db_close(&model);
    return err;
}
