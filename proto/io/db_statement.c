#include "proto/io/db.h"

#include <assert.h>
#include <string.h>

enum err
db_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **out)
{
    const char *rest = NULL;

    *out = NULL;
    if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, out, &rest) != SQLITE_OK)
        return db_err(db);
    assert(*out != NULL && rest[0] == '\0'); /* exactly one statement */
    return ERR_OK;
}

void
db_finalize(sqlite3_stmt **statement)
{
    /* Its result repeats the last step's, which was seen there. */
    (void)sqlite3_finalize(*statement);
    *statement = NULL;
}

struct db_value
db_null(void)
{
    return (struct db_value){.type = DB_TYPE_NULL};
}

struct db_value
db_u64(uint64_t number)
{
    return (struct db_value){.type = DB_TYPE_U64, .number = number};
}

struct db_value
db_blob(struct span bytes)
{
    return (struct db_value){.type = DB_TYPE_BLOB, .bytes = bytes};
}

struct db_value
db_bytes(const void *data, size_t len)
{
    return db_blob((struct span){data, len});
}

struct db_value
db_text(const char *text)
{
    return db_text_span((struct span){(const uint8_t *)text, strlen(text)});
}

struct db_value
db_text_span(struct span text)
{
    return (struct db_value){.type = DB_TYPE_TEXT, .bytes = text};
}

/* An empty value is bound at an address, for SQLite takes a NULL pointer as SQL's NULL. */
static int
bind_one(sqlite3_stmt *statement, int index, const struct db_value *value)
{
    const uint8_t *data = value->bytes.data == NULL ? (const uint8_t *)"" : value->bytes.data;

    switch (value->type) {
    case DB_TYPE_NULL:
        return sqlite3_bind_null(statement, index);
    case DB_TYPE_U64:
        if (value->number > INT64_MAX)
            return SQLITE_TOOBIG;
        return sqlite3_bind_int64(statement, index, (sqlite3_int64)value->number);
    case DB_TYPE_BLOB:
        return sqlite3_bind_blob64(statement, index, data, value->bytes.len, SQLITE_STATIC);
    case DB_TYPE_TEXT:
        return sqlite3_bind_text64(statement, index, (const char *)data, value->bytes.len,
                                   SQLITE_STATIC, SQLITE_UTF8);
    }
    return SQLITE_MISUSE;
}

enum err
db_bind(sqlite3_stmt *statement, const struct db_value *values, size_t count)
{
    assert(count == (size_t)sqlite3_bind_parameter_count(statement));
    db_reset(statement);
    for (size_t i = 0; i < count; i++) {
        int result = bind_one(statement, (int)i + 1, &values[i]);
        if (result != SQLITE_OK)
            return (result & 0xff) == SQLITE_TOOBIG ? ERR_RANGE : ERR_NOMEM;
    }
    return ERR_OK;
}

enum err
db_step(sqlite3_stmt *statement)
{
    int result = sqlite3_step(statement);

    if (result == SQLITE_ROW)
        return ERR_OK;
    enum err err = result == SQLITE_DONE ? ERR_NOT_FOUND : db_err(sqlite3_db_handle(statement));
    db_reset(statement);
    return err;
}

enum err
db_run(sqlite3_stmt *statement)
{
    enum err err = db_step(statement);

    assert(err != ERR_OK); /* a statement with rows is stepped, not run */
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

void
db_reset(sqlite3_stmt *statement)
{
    /* Its result repeats the last step's, which was seen there. */
    (void)sqlite3_reset(statement);
}

bool
db_is_null(sqlite3_stmt *statement, int column)
{
    return sqlite3_column_type(statement, column) == SQLITE_NULL;
}

enum err
db_get_u64(sqlite3_stmt *statement, int column, uint64_t *out)
{
    if (sqlite3_column_type(statement, column) != SQLITE_INTEGER)
        return ERR_CORRUPT;
    sqlite3_int64 number = sqlite3_column_int64(statement, column);
    if (number < 0)
        return ERR_CORRUPT;
    *out = (uint64_t)number;
    return ERR_OK;
}

/* The value first, its length after: sqlite3.h fixes that order. */
static enum err
get_bytes(sqlite3_stmt *statement, int column, int type, size_t bytes_max, struct span *out)
{
    if (sqlite3_column_type(statement, column) != type)
        return ERR_CORRUPT;
    const void *data = sqlite3_column_blob(statement, column);
    size_t len = (size_t)sqlite3_column_bytes(statement, column);
    if (data == NULL && len > 0)
        return ERR_NOMEM;
    if (len > bytes_max)
        return ERR_CORRUPT;
    *out = (struct span){data == NULL ? (const uint8_t *)"" : data, len};
    return ERR_OK;
}

enum err
db_get_fixed(sqlite3_stmt *statement, int column, void *out, size_t len)
{
    struct span bytes = {NULL, 0};
    enum err err = get_bytes(statement, column, SQLITE_BLOB, len, &bytes);

    if (err != ERR_OK)
        return err;
    if (bytes.len != len)
        return ERR_CORRUPT;
    memcpy(out, bytes.data, len);
    return ERR_OK;
}

enum err
db_get_blob(sqlite3_stmt *statement, int column, size_t bytes_max, struct span *out)
{
    return get_bytes(statement, column, SQLITE_BLOB, bytes_max, out);
}

/* sqlite3_column_text, not _blob: only it ends the text with a NUL. */
enum err
db_get_text(sqlite3_stmt *statement, int column, size_t bytes_max, struct span *out)
{
    if (sqlite3_column_type(statement, column) != SQLITE_TEXT)
        return ERR_CORRUPT;
    const uint8_t *data = sqlite3_column_text(statement, column);
    size_t len = (size_t)sqlite3_column_bytes(statement, column);
    if (data == NULL)
        return ERR_NOMEM;
    if (len > bytes_max || memchr(data, '\0', len) != NULL)
        return ERR_CORRUPT;
    *out = (struct span){data, len};
    return ERR_OK;
}
