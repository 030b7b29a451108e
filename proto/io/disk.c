#include "proto/io/disk.h"

#include "proto/io/log.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { READ_CHUNK_BYTES = 64 << 10 };

enum err
disk_err(int error_number)
{
    switch (error_number) {
    case ENOENT:
    case ENOTDIR:
        return ERR_NOT_FOUND;
    case EEXIST:
        return ERR_EXISTS;
    case EACCES:
    case EPERM:
    case EROFS:
    case ELOOP:
        return ERR_PERMISSION;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return ERR_NOSPACE;
    case ENOMEM:
    case EMFILE:
    case ENFILE:
        return ERR_NOMEM;
    default:
        return ERR_IO;
    }
}

enum err
disk_join(const char *dir, const char *name, char out[DISK_PATH_BYTES])
{
    size_t dir_len = strlen(dir), name_len = strlen(name);

    if (dir_len + 1 + name_len >= DISK_PATH_BYTES)
        return ERR_RANGE;
    memcpy(out, dir, dir_len);
    out[dir_len] = '/';
    memcpy(out + dir_len + 1, name, name_len + 1);
    return ERR_OK;
}

/* Read until `bytes_max` or the end. */
static enum err
read_up_to(int fd, uint8_t *out, size_t bytes_max, size_t *out_len)
{
    size_t len = 0;

    while (len < bytes_max) {
        ssize_t got = read(fd, out + len, bytes_max - len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return disk_err(errno);
        if (got == 0)
            break;
        len += (size_t)got;
    }
    *out_len = len;
    return ERR_OK;
}

enum err
disk_read_stream(int fd, size_t bytes_max, uint8_t **out, size_t *out_len)
{
    uint8_t *data = NULL;
    size_t len = 0, got = 0, room = 0;
    enum err err = ERR_OK;

    *out = NULL;
    *out_len = 0;
    assert(bytes_max < SIZE_MAX - READ_CHUNK_BYTES);
    do { /* the size that a file claims is not believed: pipes and /proc claim none */
        room = len + READ_CHUNK_BYTES > bytes_max ? bytes_max + 1 : 2 * len + READ_CHUNK_BYTES;
        room = room > bytes_max + 1 ? bytes_max + 1 : room;
        uint8_t *grown = realloc(data, room + 1);
        if (grown == NULL) {
            err = ERR_NOMEM;
            goto done;
        }
        data = grown;
        err = read_up_to(fd, data + len, room - len, &got);
        if (err != ERR_OK)
            goto done;
        len += got;
    } while (len == room && len <= bytes_max);
    if (len > bytes_max) {
        err = ERR_RANGE;
        goto done;
    }
    data[len] = '\0';
    *out = data;
    *out_len = len;
    data = NULL; /* now the caller's */

done:
    free(data);
    return err;
}

enum err
disk_read(const char *path, size_t bytes_max, uint8_t **out, size_t *out_len)
{
    *out = NULL;
    *out_len = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return disk_err(errno);
    enum err err = disk_read_stream(fd, bytes_max, out, out_len);
    close(fd);
    return err;
}

bool
disk_is_dir(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

bool
disk_is_file(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

struct disk_why
disk_why(enum err err, const char *path, size_t bytes_max)
{
    static const struct {
        size_t bytes;
        const char *name;
    } UNITS[] = {{1 << 20, "MiB"}, {1 << 10, "KiB"}, {1, "bytes"}};
    struct disk_why why;
    size_t i = 0;

    if (err == ERR_RANGE) {
        while (bytes_max % UNITS[i].bytes != 0)
            i++;
        snprintf(why.text, sizeof why.text, "it is too large (at most %zu %s)",
                 bytes_max / UNITS[i].bytes, UNITS[i].name);
    } else if (path != NULL && disk_is_dir(path)) {
        snprintf(why.text, sizeof why.text, "it is a directory");
    } else if (path == NULL && err == ERR_IO) {
        snprintf(why.text, sizeof why.text, "it is closed, or gives nothing to read");
    } else {
        snprintf(why.text, sizeof why.text, "%s", err_text(err));
    }
    return why;
}

/* O_NONBLOCK: a FIFO in the file's place must not hang the program before fstat sees it. */
static enum err
open_secret(const char *path, size_t bytes_max, int *out_fd, size_t *out_bytes)
{
    struct stat info;
    enum err err = ERR_OK;

    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return disk_err(errno);
    if (fstat(fd, &info) != 0)
        err = disk_err(errno);
    else if (!S_ISREG(info.st_mode) || (info.st_mode & (S_IRWXG | S_IRWXO)) != 0 ||
             (info.st_uid != geteuid() && info.st_uid != 0))
        err = ERR_PERMISSION;
    else if (info.st_size < 0 || (uint64_t)info.st_size > bytes_max)
        err = ERR_RANGE;
    if (err != ERR_OK) {
        close(fd);
        return err;
    }
    *out_fd = fd;
    *out_bytes = (size_t)info.st_size;
    return ERR_OK;
}

enum err
disk_read_secret(const char *path, size_t bytes_max, uint8_t **out, size_t *out_len)
{
    int fd = -1;
    size_t bytes = 0, len = 0;
    uint8_t *data = NULL;

    *out = NULL;
    *out_len = 0;
    enum err err = open_secret(path, bytes_max, &fd, &bytes);
    if (err != ERR_OK)
        return err;
    data = sodium_malloc(bytes + 1);
    if (data == NULL) {
        err = ERR_NOMEM;
        goto done;
    }
    err = read_up_to(fd, data, bytes, &len);
    if (err != ERR_OK)
        goto done;
    data[len] = '\0';
    *out = data;
    *out_len = len;
    data = NULL; /* now the caller's */

done:
    sodium_free(data);
    close(fd);
    return err;
}

void
disk_die(const char *what, const char *path, int error_number)
{
    log_event(LOG_LEVEL_ERROR, "disk.failed", "what=%s path=%s error=%s", what, path,
              strerrordesc_np(error_number));
    _exit(DISK_EXIT_FAILED);
}

enum err
disk_free_bytes(const char *path, uint64_t *out)
{
    struct statvfs info;

    if (statvfs(path, &info) != 0)
        return disk_err(errno);
    *out = (uint64_t)info.f_bavail * info.f_frsize;
    return ERR_OK;
}
