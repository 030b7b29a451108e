#include "clients/node/io/records_inner.h"

#include <string.h>

enum err
records_put_import(struct records *records, const char *name, uint64_t *generation)
{
    sqlite3_stmt *put = records->statements[RECORDS_PUT_IMPORT];
    enum err err = DB_BIND(put, db_text(name));

    if (err == ERR_OK)
        err = db_step(put);
    if (err == ERR_OK)
        err = db_get_u64(put, 0, generation);
    if (err == ERR_OK && db_step(put) != ERR_NOT_FOUND) /* to its end, lest it be undone */
        err = ERR_CORRUPT;
    db_reset(put);
    return err;
}

enum err
records_drop_import(struct records *records, const char *name)
{
    sqlite3_stmt *drop = records->statements[RECORDS_DROP_IMPORT];
    enum err err = DB_BIND(drop, db_text(name));

    if (err == ERR_OK)
        err = db_run(drop);
    if (err == ERR_OK && sqlite3_changes(records->db) == 0)
        err = ERR_NOT_FOUND;
    return err;
}

enum err
records_imports(struct records *records, struct record_import list[RECORDS_IMPORTS_MAX],
                size_t *count)
{
    sqlite3_stmt *rows = records->statements[RECORDS_IMPORTS];
    size_t found = 0;
    enum err err = DB_BIND(rows, db_u64(RECORDS_IMPORTS_MAX));

    while (err == ERR_OK && found < RECORDS_IMPORTS_MAX) {
        struct span name = {NULL, 0};
        err = db_step(rows);
        if (err == ERR_OK)
            err = db_get_u64(rows, 0, &list[found].generation);
        if (err == ERR_OK)
            err = db_get_text(rows, 1, IMPORTED_SOURCE_BYTES - 1, &name);
        if (err != ERR_OK)
            break;
        memcpy(list[found].name, name.data, name.len + 1);
        found++;
    }
    db_reset(rows);
    if (err != ERR_OK && err != ERR_NOT_FOUND)
        return err;
    *count = found;
    return ERR_OK;
}
