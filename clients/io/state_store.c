#include "clients/io/state_inner.h"

#include "proto/note.h"

#include <string.h>

static const char schema[] =
    "CREATE TABLE self(id INTEGER PRIMARY KEY CHECK(id = 1),"
    " federation BLOB NOT NULL, member TEXT NOT NULL, local_id TEXT NOT NULL,"
    " purpose INTEGER NOT NULL, credential BLOB NOT NULL);"
    "CREATE TABLE view(id INTEGER PRIMARY KEY CHECK(id = 1), size INTEGER NOT NULL,"
    " root BLOB NOT NULL, note BLOB NOT NULL);" /* as the log signed it: evidence, should it lie */
    "CREATE TABLE bundle(position INTEGER PRIMARY KEY, type INTEGER NOT NULL,"
    " bytes BLOB NOT NULL);"
    "CREATE TABLE document(number INTEGER PRIMARY KEY, leaf INTEGER NOT NULL,"
    " type INTEGER NOT NULL, bytes BLOB NOT NULL);";

static const char *const steps[] = {schema};

static const struct db_schema layout = {
    .application_id = 0x64726331, /* "drc1" */ .steps = steps, .steps_len = 1};

/* ---- telling */

enum err
state_tell_db(const char *file, enum err err, struct problems *problems)
{
    if (err == ERR_NOSPACE)
        problems_add(problems, file, "free space on its disk, then try again; nothing was changed",
                     "the disk is full");
    else if (err == ERR_CORRUPT || err == ERR_FORMAT || err == ERR_EXISTS)
        problems_add(problems, file,
                     "keep a copy for inspection; restore it from a backup, or set up a new state "
                     "directory with `init`",
                     "the store is damaged: it does not hold what it must hold");
    else if (err == ERR_BUSY)
        problems_add(problems, file, "try again when the other program has ended",
                     "another program is using the store");
    else if (err == ERR_PERMISSION)
        problems_add(problems, file, "check the owner and mode of the state directory",
                     "the store cannot be opened");
    else if (err == ERR_UNKNOWN)
        problems_add(problems, file,
                     "use the version that wrote it; this one needs a new state directory, made "
                     "with `init`",
                     "the store was written by another version of the program: its tables are not "
                     "this one's");
    else if (err != ERR_OK)
        problems_add(problems, file, "check the disk", "the store failed: %s", err_text(err));
    return err == ERR_FORMAT || err == ERR_EXISTS ? ERR_CORRUPT : err;
}

enum err
state_open_db(struct state *state, enum state_mode mode, bool is_new, struct problems *problems)
{
    char path[DISK_PATH_BYTES];
    enum db_mode open_mode = is_new ? DB_CREATE : mode == STATE_READ ? DB_READ : DB_OPEN;

    enum err err = disk_join(state->dir, "state.db", path);
    if (err == ERR_OK)
        err = db_open(path, open_mode, &layout, &state->db);
    return state_tell_db("state.db", err, problems);
}

/* ---- transactions */

enum err
state_begin(struct state *state, struct problems *problems)
{
    state->head_before = state->head;
    state->documents_before = state->documents;
    return state_tell_db("state.db", db_exec(state->db, "BEGIN IMMEDIATE"), problems);
}

enum err
state_commit(struct state *state, struct problems *problems)
{
    enum err err = db_exec(state->db, "COMMIT");

    /* After a failed sync a second COMMIT would seem to succeed (SECURITY S2): never try one. */
    if (err == ERR_IO || err == ERR_CORRUPT)
        db_die(state->db, "commit");
    if (err != ERR_OK)
        state_rollback(state);
    return state_tell_db("state.db", err, problems);
}

void
state_rollback(struct state *state)
{
    /* What SQLite has rolled back by itself leaves nothing to do, and nothing to tell. */
    if (sqlite3_get_autocommit(state->db) == 0 && db_exec(state->db, "ROLLBACK") != ERR_OK)
        db_die(state->db, "rollback");
    /* A view that is not on disk must not be cosigned, and what comes next must follow on it. */
    state->head = state->head_before;
    state->documents = state->documents_before;
    if (state->bundle != NULL) { /* its word stands until the log has been seen to hold it */
        trust_free(&state->trust);
        state->trust = state->bundle;
        state->bundle = NULL;
    }
}

/* Run one statement that changes rows.  A failed disk ends the process. */
static enum err
write_row(struct state *state, const char *sql, const struct db_value *values, size_t count,
          struct problems *problems)
{
    sqlite3_stmt *statement = NULL;

    enum err err = db_prepare(state->db, sql, &statement);
    if (err == ERR_OK)
        err = db_bind(statement, values, count);
    if (err == ERR_OK)
        err = db_run(statement);
    if (err == ERR_IO)
        db_die(state->db, "write");
    db_finalize(&statement);
    return state_tell_db("state.db", err, problems);
}

#define WRITE_ROW(state, sql, problems, ...)                                                       \
    write_row((state), (sql), (const struct db_value[]){__VA_ARGS__},                              \
              sizeof((const struct db_value[]){__VA_ARGS__}) / sizeof(struct db_value),            \
              (problems))

/* ---- documents */

enum err
state_put_bundle(struct state *state, uint64_t position, Denrei__V1__DocumentType type,
                 struct span bytes, struct problems *problems)
{
    return WRITE_ROW(state, "INSERT INTO bundle VALUES(?, ?, ?)", problems, db_u64(position),
                     db_u64((uint64_t)type), db_blob(bytes));
}

enum err
state_keep_document(struct state *state, const struct session_document *document,
                    struct problems *problems)
{
    enum err err = WRITE_ROW(state, "INSERT INTO document VALUES(?, ?, ?, ?)", problems,
                             db_u64(document->number), db_u64(document->leaf),
                             db_u64((uint64_t)document->type), db_blob(document->bytes));
    if (err == ERR_OK)
        state->documents = document->number;
    return err;
}

static enum err
get_row(sqlite3_stmt *statement, state_each *each, void *context)
{
    uint64_t leaf = TRUST_UNLOGGED, type = 0;
    struct span bytes;

    if (!db_is_null(statement, 0) && db_get_u64(statement, 0, &leaf) != ERR_OK)
        return ERR_CORRUPT;
    if (db_get_u64(statement, 1, &type) != ERR_OK || type > INT32_MAX ||
        db_get_blob(statement, 2, FRAME_BYTES_MAX, &bytes) != ERR_OK)
        return ERR_CORRUPT;
    enum err err = each(context, (Denrei__V1__DocumentType)type, bytes, leaf);
    return err == ERR_OK || err == ERR_NOMEM ? err : ERR_CORRUPT;
}

/* Columns: leaf (NULL: none), type, bytes. */
static enum err
each_row(const struct state *state, const char *sql, state_each *each, void *context,
         struct problems *problems)
{
    sqlite3_stmt *statement = NULL;

    enum err err = db_prepare(state->db, sql, &statement);
    if (err == ERR_OK)
        err = db_bind(statement, NULL, 0);
    while (err == ERR_OK && (err = db_step(statement)) == ERR_OK)
        err = get_row(statement, each, context);
    db_finalize(&statement);
    return state_tell_db("state.db", err == ERR_NOT_FOUND ? ERR_OK : err, problems);
}

enum err
state_each_bundle(struct state *state, state_each *each, void *context, struct problems *problems)
{
    return each_row(state, "SELECT NULL, type, bytes FROM bundle ORDER BY position", each, context,
                    problems);
}

enum err
state_each_document(struct state *state, state_each *each, void *context, struct problems *problems)
{
    return each_row(state, "SELECT leaf, type, bytes FROM document ORDER BY number", each, context,
                    problems);
}

/* ---- self and view */

enum err
state_put_self(struct state *state, const struct hash *federation, struct problems *problems)
{
    return WRITE_ROW(state, "INSERT INTO self VALUES(1, ?, ?, ?, ?, ?)", problems,
                     db_bytes(federation->bytes, sizeof federation->bytes),
                     db_text(state->self.member), db_text(state->self.local_id),
                     db_u64((uint64_t)state->self.purpose),
                     db_bytes(state->self.credential.bytes, sizeof state->self.credential.bytes));
}

static enum err
get_text(sqlite3_stmt *statement, int column, char *out, size_t out_bytes)
{
    struct span text;

    enum err err = db_get_text(statement, column, out_bytes - 1, &text);
    if (err != ERR_OK)
        return err;
    memcpy(out, text.data, text.len);
    out[text.len] = '\0';
    return ERR_OK;
}

static enum err
read_self(sqlite3_stmt *statement, struct state_self *self, struct hash *federation)
{
    uint64_t purpose = 0;

    enum err err = db_get_fixed(statement, 0, federation->bytes, sizeof federation->bytes);
    if (err == ERR_OK)
        err = get_text(statement, 1, self->member, sizeof self->member);
    if (err == ERR_OK)
        err = get_text(statement, 2, self->local_id, sizeof self->local_id);
    if (err == ERR_OK)
        err = db_get_u64(statement, 3, &purpose);
    if (err == ERR_OK)
        err = db_get_fixed(statement, 4, self->credential.bytes, sizeof self->credential.bytes);
    if (err == ERR_OK && purpose > INT32_MAX)
        err = ERR_CORRUPT;
    self->purpose = (Denrei__V1__Purpose)purpose;
    return err;
}

enum err
state_get_self(struct state *state, struct hash *federation, struct problems *problems)
{
    sqlite3_stmt *statement = NULL;

    enum err err =
        db_prepare(state->db, "SELECT federation, member, local_id, purpose, credential FROM self",
                   &statement);
    if (err == ERR_OK)
        err = db_bind(statement, NULL, 0);
    if (err == ERR_OK)
        err = db_step(statement);
    if (err == ERR_OK)
        err = read_self(statement, &state->self, federation);
    db_finalize(&statement);
    return state_tell_db("state.db", err == ERR_NOT_FOUND ? ERR_CORRUPT : err, problems);
}

enum err
state_keep_view(struct state *state, const struct session *session, const char *checkpoint,
                struct problems *problems)
{
    const struct merkle_head *head = &session->head;

    if (head->leaf_count == state->head.leaf_count)
        return ERR_OK;
    enum err err =
        WRITE_ROW(state, "INSERT OR REPLACE INTO view VALUES(1, ?, ?, ?)", problems,
                  db_u64(head->leaf_count), db_bytes(head->root.bytes, sizeof head->root.bytes),
                  db_bytes(checkpoint, strlen(checkpoint)));
    if (err == ERR_OK)
        state->head = *head;
    return err;
}

enum err
state_copy_view(struct state *state, const char *path)
{
    sqlite3_stmt *statement = NULL;
    struct span note = {NULL, 0};

    enum err err = db_prepare(state->db, "SELECT note FROM view", &statement);
    if (err == ERR_OK)
        err = db_step(statement);
    if (err == ERR_OK)
        err = db_get_blob(statement, 0, NOTE_BYTES_MAX, &note);
    if (err == ERR_OK)
        err = disk_write(path, note, DISK_NEW);
    db_finalize(&statement);
    return err;
}

static enum err
read_view(sqlite3_stmt *statement, struct state *state)
{
    enum err err = db_get_u64(statement, 0, &state->documents);

    if (err != ERR_OK || db_is_null(statement, 1))
        return err; /* never connected */
    err = db_get_u64(statement, 1, &state->head.leaf_count);
    if (err != ERR_OK)
        return err;
    return db_get_fixed(statement, 2, state->head.root.bytes, sizeof state->head.root.bytes);
}

enum err
state_get_view(struct state *state, struct problems *problems)
{
    sqlite3_stmt *statement = NULL;

    enum err err = db_prepare(state->db,
                              "SELECT (SELECT coalesce(max(number), 0) FROM document), size, root"
                              " FROM (SELECT 1) LEFT JOIN view",
                              &statement);
    if (err == ERR_OK)
        err = db_bind(statement, NULL, 0);
    if (err == ERR_OK)
        err = db_step(statement);
    if (err == ERR_OK)
        err = read_view(statement, state);
    db_finalize(&statement);
    return state_tell_db("state.db", err, problems);
}
