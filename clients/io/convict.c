#include "clients/io/convict.h"

#include "proto/io/disk.h"
#include "proto/wire.h"

#include <stdio.h>

enum err
convict_keep_fetch(const char *dir, const Denrei__V1__FetchReply *reply, struct arena *scratch,
                   char name[CONVICT_NAME_BYTES])
{
    char path[DISK_PATH_BYTES];
    struct span bytes = {NULL, 0};

    enum err err = wire_encode(&reply->base, scratch, &bytes);
    if (err != ERR_OK)
        return err;
    err = ERR_EXISTS;
    for (int i = 1; i <= CONVICT_FILES_MAX && err == ERR_EXISTS; i++) {
        snprintf(name, CONVICT_NAME_BYTES, "evidence-fetch-%d.bin", i);
        err = disk_join(dir, name, path);
        if (err == ERR_OK)
            err = disk_write(path, bytes, DISK_NEW);
    }
    return err;
}
