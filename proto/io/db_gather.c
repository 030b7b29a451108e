#include "proto/io/db_gather.h"

#include <assert.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* The unix layer writes at most 2^17 - 1 bytes at once. */
enum { RUN_BYTES = 120 << 10 };

/* An open log: what SQLite sees of it, then the run, then (file_size of the layer below) the file
 * itself. */
struct gather_file {
    sqlite3_file base;
    sqlite3_file *below;
    uint8_t *run;         /* RUN_BYTES */
    sqlite3_int64 offset; /* of the run in the file */
    int len;              /* of the run; 0: all is written */
    int lost_result;      /* why the run at `offset` could not be; SQLITE_OK: none is lost */
};

static sqlite3_vfs gather;
static sqlite3_vfs *below_vfs;
static bool is_registered;

static struct gather_file *
gather_of(sqlite3_file *file)
{
    return (struct gather_file *)file;
}

/*
 * A run that cannot be written is dropped, and with it the transaction: what is at its place or
 * after it is refused until SQLite, which has rolled back, writes from there or from before again.
 * Written later, it would bring a commit back that was told as failed.
 */
static int
write_run(struct gather_file *file)
{
    if (file->lost_result != SQLITE_OK)
        return file->lost_result;
    if (file->len == 0)
        return SQLITE_OK;
    file->lost_result =
        file->below->pMethods->xWrite(file->below, file->run, file->len, file->offset);
    file->len = 0;
    return file->lost_result;
}

static int
gather_write(sqlite3_file *base, const void *data, int len, sqlite3_int64 offset)
{
    struct gather_file *file = gather_of(base);
    bool follows = file->len > 0 && offset == file->offset + file->len;

    assert(len > 0 && len <= RUN_BYTES); /* a page has 64 KiB at most */
    if (file->lost_result != SQLITE_OK && offset <= file->offset)
        file->lost_result = SQLITE_OK;
    if (!follows || len > RUN_BYTES - file->len) {
        int result = write_run(file);
        if (result != SQLITE_OK)
            return result;
        file->offset = offset;
    }
    memcpy(file->run + file->len, data, (size_t)len);
    file->len += len;
    return SQLITE_OK;
}

static int
gather_read(sqlite3_file *base, void *out, int len, sqlite3_int64 offset)
{
    struct gather_file *file = gather_of(base);
    bool is_before = file->lost_result != SQLITE_OK && offset + len <= file->offset;
    int result = is_before ? SQLITE_OK : write_run(file);

    return result == SQLITE_OK ? file->below->pMethods->xRead(file->below, out, len, offset)
                               : result;
}

/* To a size before what was lost: it is not missed any more. */
static int
gather_truncate(sqlite3_file *base, sqlite3_int64 size)
{
    struct gather_file *file = gather_of(base);

    if (file->lost_result != SQLITE_OK && size <= file->offset)
        file->lost_result = SQLITE_OK;
    int result = write_run(file);
    return result == SQLITE_OK ? file->below->pMethods->xTruncate(file->below, size) : result;
}

static int
gather_sync(sqlite3_file *base, int flags)
{
    struct gather_file *file = gather_of(base);
    int result = write_run(file);

    return result == SQLITE_OK ? file->below->pMethods->xSync(file->below, flags) : result;
}

static int
gather_file_size(sqlite3_file *base, sqlite3_int64 *out)
{
    struct gather_file *file = gather_of(base);
    int result = write_run(file);

    return result == SQLITE_OK ? file->below->pMethods->xFileSize(file->below, out) : result;
}

/* A run that is left belongs to a transaction that did not end: it is not for the file. */
static int
gather_close(sqlite3_file *base)
{
    struct gather_file *file = gather_of(base);

    sqlite3_free(file->run);
    return file->below->pMethods->xClose(file->below);
}

static int
gather_lock(sqlite3_file *base, int level)
{
    sqlite3_file *below = gather_of(base)->below;

    return below->pMethods->xLock(below, level);
}

static int
gather_unlock(sqlite3_file *base, int level)
{
    sqlite3_file *below = gather_of(base)->below;

    return below->pMethods->xUnlock(below, level);
}

static int
gather_check_lock(sqlite3_file *base, int *out)
{
    sqlite3_file *below = gather_of(base)->below;

    return below->pMethods->xCheckReservedLock(below, out);
}

static int
gather_control(sqlite3_file *base, int code, void *argument)
{
    sqlite3_file *below = gather_of(base)->below;

    return below->pMethods->xFileControl(below, code, argument);
}

static int
gather_sector_size(sqlite3_file *base)
{
    sqlite3_file *below = gather_of(base)->below;

    return below->pMethods->xSectorSize(below);
}

static int
gather_characteristics(sqlite3_file *base)
{
    sqlite3_file *below = gather_of(base)->below;

    return below->pMethods->xDeviceCharacteristics(below);
}

/* Version 1: what the later ones add is asked of the database's file only. */
static const sqlite3_io_methods METHODS = {
    .iVersion = 1,
    .xClose = gather_close,
    .xRead = gather_read,
    .xWrite = gather_write,
    .xTruncate = gather_truncate,
    .xSync = gather_sync,
    .xFileSize = gather_file_size,
    .xLock = gather_lock,
    .xUnlock = gather_unlock,
    .xCheckReservedLock = gather_check_lock,
    .xFileControl = gather_control,
    .xSectorSize = gather_sector_size,
    .xDeviceCharacteristics = gather_characteristics,
};

/* A file that is no log is the layer's below, as if this one were not there. */
static int
gather_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags, int *out_flags)
{
    struct gather_file *file = gather_of(base);

    (void)vfs;
    if ((flags & SQLITE_OPEN_WAL) == 0)
        return below_vfs->xOpen(below_vfs, name, base, flags, out_flags);
    *file = (struct gather_file){.below = (sqlite3_file *)(file + 1)};
    file->run = sqlite3_malloc(RUN_BYTES);
    if (file->run == NULL)
        return SQLITE_NOMEM;
    int result = below_vfs->xOpen(below_vfs, name, file->below, flags, out_flags);
    if (result != SQLITE_OK) {
        sqlite3_free(file->run);
        return result;
    }
    file->base.pMethods = &METHODS;
    return SQLITE_OK;
}

static void
register_gather(void)
{
    below_vfs = sqlite3_vfs_find(NULL);
    if (below_vfs == NULL)
        return;
    gather = *below_vfs;
    gather.pNext = NULL;
    gather.zName = "gather";
    gather.szOsFile = (int)sizeof(struct gather_file) + below_vfs->szOsFile;
    gather.xOpen = gather_open;
    is_registered = sqlite3_vfs_register(&gather, 0) == SQLITE_OK;
}

const char *
db_gather_name(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, register_gather);
    return is_registered ? gather.zName : NULL;
}
