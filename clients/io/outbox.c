#include "clients/io/outbox.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { NAME_LEN = 2 * ID_BYTES + 3 }; /* the id in hex, _, two digits */

#define OUTBOX_DIR "outbox"

enum err
outbox_make(const char *state_dir)
{
    char path[DISK_PATH_BYTES];

    enum err err = disk_join(state_dir, OUTBOX_DIR, path);
    return err == ERR_OK ? disk_make_dir(path) : err;
}

enum err
outbox_path(const char *state_dir, const struct id *id, uint32_t index, char out[DISK_PATH_BYTES])
{
    char name[sizeof OUTBOX_DIR + NAME_LEN + 1], hex[2 * ID_BYTES + 1];

    sodium_bin2hex(hex, sizeof hex, id->bytes, ID_BYTES);
    snprintf(name, sizeof name, OUTBOX_DIR "/%s_%02u", hex, (unsigned)index % 100);
    return disk_join(state_dir, name, out);
}

void
outbox_remove(const char *state_dir, const struct id *id)
{
    char path[DISK_PATH_BYTES];

    for (uint32_t i = 0; i < ATTACHMENTS_MAX; i++)
        if (outbox_path(state_dir, id, i, path) == ERR_OK)
            (void)unlink(path);
}

void
outbox_sweep(const char *state_dir, bool (*is_waiting)(void *context, const struct id *id),
             void *context)
{
    const struct dirent *entry = NULL;
    char path[DISK_PATH_BYTES];
    size_t len = 0;
    struct id id;

    if (disk_join(state_dir, OUTBOX_DIR, path) != ERR_OK)
        return;
    DIR *dir = opendir(path);
    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        if (strlen(entry->d_name) != NAME_LEN ||
            sodium_hex2bin(id.bytes, ID_BYTES, entry->d_name, 2 * ID_BYTES, NULL, &len, NULL) != 0)
            continue;
        if (len == ID_BYTES && !is_waiting(context, &id))
            (void)unlinkat(dirfd(dir), entry->d_name, 0);
    }
    if (dir != NULL)
        closedir(dir);
}
