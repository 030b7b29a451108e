#include "clients/node/io/imports.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum err
imports_folder(const char *dir, char out[DISK_PATH_BYTES])
{
    return disk_join(dir, "imports", out);
}

/* The file's name in the folder. */
static void
name_file(const char *name, uint64_t number, char out[IMPORTED_SOURCE_BYTES + 32])
{
    snprintf(out, IMPORTED_SOURCE_BYTES + 32, "%s.%llu.list", name, (unsigned long long)number);
}

enum err
imports_path(const char *dir, const char *name, uint64_t number, char out[DISK_PATH_BYTES])
{
    char folder[DISK_PATH_BYTES];
    char file[IMPORTED_SOURCE_BYTES + 32];
    enum err err = imports_folder(dir, folder);

    name_file(name, number, file);
    return err == ERR_OK ? disk_join(folder, file, out) : err;
}

bool
imports_is_name(const char *name)
{
    size_t len = strlen(name);

    return len > 0 && len < IMPORTED_SOURCE_BYTES &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == len && name[0] != '-';
}

/* ---- reading */

static void
open_source(const char *dir, const struct record_import *id, struct import_source *out)
{
    char path[DISK_PATH_BYTES];

    *out = (struct import_source){.id = *id};
    memcpy(out->header.name, id->name, sizeof out->header.name);
    out->err = imports_path(dir, id->name, id->generation, path);
    if (out->err == ERR_OK)
        out->err = doclist_file_open(path, &out->file);
    if (out->err != ERR_OK)
        return;
    if (strcmp(doclist_file_header(out->file)->name, id->name) != 0) {
        doclist_file_close(&out->file);
        out->err = ERR_CORRUPT;
        return;
    }
    out->header = *doclist_file_header(out->file);
}

/* The open list of that generation, taken out of `imports`; else a new one. */
static void
take_or_open(struct imports *imports, const char *dir, const struct record_import *id,
             struct import_source *out)
{
    for (size_t i = 0; i < imports->count; i++) {
        struct import_source *open = &imports->list[i];
        if (open->id.generation == id->generation && open->file != NULL) {
            *out = *open;
            open->file = NULL;
            return;
        }
    }
    open_source(dir, id, out);
}

enum err
imports_refresh(struct imports *imports, const char *dir, struct records *records,
                const struct screen_view *view)
{
    struct record_import ids[RECORDS_IMPORTS_MAX];
    struct imports now = {.known_count = view->lists.count, .known_newest = view->lists.newest};

    if (imports->known_count == now.known_count && imports->known_newest == now.known_newest)
        return ERR_OK;
    enum err err = records_imports(records, ids, &now.count);
    if (err != ERR_OK)
        return err;
    for (size_t i = 0; i < now.count; i++)
        take_or_open(imports, dir, &ids[i], &now.list[i]);
    imports_close(imports);
    *imports = now;
    return ERR_OK;
}

void
imports_close(struct imports *imports)
{
    for (size_t i = 0; i < imports->count; i++)
        doclist_file_close(&imports->list[i].file);
    *imports = (struct imports){.count = 0};
}

/* ---- changing */

/* Whether the file of that name is of a list that counts, or the lock. */
static bool
is_in_use(const char *file, const struct record_import *ids, size_t count)
{
    char name[IMPORTED_SOURCE_BYTES + 32];

    if (strcmp(file, "lock") == 0)
        return true;
    for (size_t i = 0; i < count; i++) {
        name_file(ids[i].name, ids[i].generation, name);
        if (strcmp(file, name) == 0)
            return true;
    }
    return false;
}

/* Remove what imports left that were killed.  What cannot be removed only takes room. */
static enum err
sweep(const char *folder, struct records *records)
{
    struct record_import ids[RECORDS_IMPORTS_MAX];
    size_t count = 0;
    const struct dirent *entry = NULL;
    enum err err = records_imports(records, ids, &count);
    DIR *listing = err == ERR_OK ? opendir(folder) : NULL;

    if (err != ERR_OK)
        return err;
    if (listing == NULL)
        return disk_err(errno);
    while ((entry = readdir(listing)) != NULL) {
        if (entry->d_name[0] != '.' && !is_in_use(entry->d_name, ids, count))
            (void)unlinkat(dirfd(listing), entry->d_name, 0);
    }
    closedir(listing);
    return ERR_OK;
}

enum err
imports_lock(const char *dir, struct records *records, int *out, long *pid)
{
    char folder[DISK_PATH_BYTES];
    enum err err = imports_folder(dir, folder);

    *out = -1;
    *pid = 0;
    if (err == ERR_OK)
        err = disk_make_dir(folder);
    if (err == ERR_OK)
        err = disk_lock(folder, out, pid);
    if (err == ERR_OK)
        err = sweep(folder, records);
    if (err != ERR_OK)
        disk_unlock(out);
    return err;
}

static void
sync_folder(const char *dir)
{
    char folder[DISK_PATH_BYTES];
    enum err err = imports_folder(dir, folder);
    int fd = err == ERR_OK ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

    if (fd < 0 || fsync(fd) != 0)
        disk_die("sync directory", dir, errno);
    close(fd);
}

/* The generation of list `name` that counts; 0: there is none. */
static enum err
find_generation(struct records *records, const char *name, uint64_t *out, size_t *count)
{
    struct record_import ids[RECORDS_IMPORTS_MAX];
    enum err err = records_imports(records, ids, count);

    *out = 0;
    for (size_t i = 0; err == ERR_OK && i < *count; i++) {
        if (strcmp(ids[i].name, name) == 0)
            *out = ids[i].generation;
    }
    return err;
}

static void
remove_generation(const char *dir, const char *name, uint64_t number)
{
    char path[DISK_PATH_BYTES];

    if (number > 0 && imports_path(dir, name, number, path) == ERR_OK)
        (void)unlink(path); /* else the next import removes it */
}

/* In the transaction: its number, and its file under that number. */
static enum err
enter(const char *dir, struct records *records, const char *part, const char *name,
      char path[DISK_PATH_BYTES])
{
    uint64_t number = 0;
    enum err err = records_put_import(records, name, &number);

    if (err == ERR_OK)
        err = imports_path(dir, name, number, path);
    if (err == ERR_OK && rename(part, path) != 0)
        err = disk_err(errno);
    if (err == ERR_OK)
        sync_folder(dir); /* the name must not be newer than what has it */
    return err;
}

enum err
imports_put(const char *dir, struct records *records, const char *part, const char *name)
{
    char path[DISK_PATH_BYTES] = "";
    uint64_t before = 0;
    size_t count = 0;
    enum err err = records_begin(records);

    if (err != ERR_OK)
        return err;
    err = find_generation(records, name, &before, &count);
    if (err == ERR_OK && before == 0 && count == IMPORTS_MAX)
        err = ERR_FULL;
    if (err == ERR_OK)
        err = enter(dir, records, part, name, path);
    if (err != ERR_OK)
        records_rollback(records);
    else
        err = records_commit(records);
    if (err != ERR_OK && path[0] != '\0')
        (void)unlink(path);
    if (err == ERR_OK)
        remove_generation(dir, name, before);
    return err;
}

enum err
imports_drop(const char *dir, struct records *records, const char *name)
{
    uint64_t number = 0;
    size_t count = 0;
    enum err err = records_begin(records);

    if (err != ERR_OK)
        return err;
    err = find_generation(records, name, &number, &count);
    if (err == ERR_OK)
        err = records_drop_import(records, name);
    if (err != ERR_OK) {
        records_rollback(records);
        return err;
    }
    err = records_commit(records);
    if (err == ERR_OK)
        remove_generation(dir, name, number);
    return err;
}
