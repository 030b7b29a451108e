#include "proto/io/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TEMP_TRIES_MAX = 8 };

static enum err
write_all(int fd, struct span content)
{
    while (content.len > 0) {
        ssize_t written = write(fd, content.data, content.len);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return disk_err(errno);
        content.data += written;
        content.len -= (size_t)written;
    }
    return ERR_OK;
}

/* Open the directory that holds `path`, for syncing. */
static enum err
open_parent(const char *path, int *out_fd)
{
    char dir[DISK_PATH_BYTES];
    const char *slash = strrchr(path, '/');
    size_t len = slash == NULL ? 0 : (size_t)(slash - path);

    if (len >= sizeof dir)
        return ERR_RANGE;
    memcpy(dir, path, len);
    dir[len] = '\0';
    int fd = open(slash == NULL ? "." : len == 0 ? "/" : dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return disk_err(errno);
    *out_fd = fd;
    return ERR_OK;
}

/* A temporary beside `path`, so that the rename stays on one file system. */
static enum err
open_temp(const char *path, char temp[DISK_PATH_BYTES], int *out_fd)
{
    int error_number = EEXIST;

    for (unsigned i = 0; i < TEMP_TRIES_MAX && error_number == EEXIST; i++) {
        int len = snprintf(temp, DISK_PATH_BYTES, "%s.%08x.tmp", path, randombytes_random());
        if (len < 0 || len >= DISK_PATH_BYTES)
            return ERR_RANGE;
        int fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd >= 0) {
            *out_fd = fd;
            return ERR_OK;
        }
        error_number = errno;
    }
    return disk_err(error_number);
}

static enum err
fill_temp(int fd, struct span content, enum disk_mode mode)
{
    enum err err = write_all(fd, content);
    if (err != ERR_OK)
        return err;
    if (mode == DISK_PUBLISH && fchmod(fd, 0644) != 0)
        return disk_err(errno);
    return fsync(fd) == 0 ? ERR_OK : disk_err(errno);
}

enum err
disk_write(const char *path, struct span content, enum disk_mode mode)
{
    char temp[DISK_PATH_BYTES];
    int dir = -1, fd = -1;
    bool made = false;
    enum err err = open_parent(path, &dir);

    if (err != ERR_OK)
        return err;
    err = open_temp(path, temp, &fd);
    if (err != ERR_OK)
        goto done;
    made = true;
    err = fill_temp(fd, content, mode);
    if (err != ERR_OK)
        goto done;
    int closed = close(fd);
    fd = -1;
    if (closed != 0 ||
        renameat2(AT_FDCWD, temp, AT_FDCWD, path, mode == DISK_NEW ? RENAME_NOREPLACE : 0) != 0) {
        err = disk_err(errno);
        goto done;
    }
    made = false;
    if (fsync(dir) != 0)
        disk_die("sync directory", path, errno);

done:
    if (fd >= 0)
        close(fd);
    if (made)
        unlink(temp);
    close(dir);
    return err;
}
