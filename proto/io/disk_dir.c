#include "proto/io/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static enum err
check_private_dir(const char *path)
{
    struct stat info;

    if (stat(path, &info) != 0)
        return disk_err(errno);
    if (!S_ISDIR(info.st_mode) || info.st_uid != geteuid() ||
        (info.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return ERR_PERMISSION;
    return ERR_OK;
}

enum err
disk_make_dir(const char *path)
{
    char part[DISK_PATH_BYTES];
    size_t len = strlen(path);

    if (len == 0 || len >= sizeof part)
        return ERR_RANGE;
    memcpy(part, path, len + 1);
    for (size_t i = 1; i <= len; i++) {
        if (part[i] != '/' && part[i] != '\0')
            continue;
        char kept = part[i];
        part[i] = '\0';
        if (mkdir(part, 0700) != 0 && errno != EEXIST)
            return disk_err(errno);
        part[i] = kept;
    }
    return check_private_dir(path);
}

/* The id is a help for the message only; what holds the lock is flock. */
static long
read_pid(int fd)
{
    char text[24] = "";

    if (pread(fd, text, sizeof text - 1, 0) <= 0)
        return 0;
    long pid = strtol(text, NULL, 10);
    return pid > 0 ? pid : 0;
}

/* Not fatal: a full disk must not keep a program from reading what it has. */
static void
write_pid(int fd)
{
    char text[24];
    int len = snprintf(text, sizeof text, "%ld\n", (long)getpid());

    if (ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)len, 0) != len)
        return;
}

enum err
disk_lock(const char *dir, int *out_fd, long *out_pid)
{
    char path[DISK_PATH_BYTES];

    *out_fd = -1;
    *out_pid = 0;
    enum err err = disk_join(dir, "lock", path);
    if (err != ERR_OK)
        return err;
    int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return disk_err(errno);
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        err = errno == EWOULDBLOCK ? ERR_BUSY : disk_err(errno);
        *out_pid = err == ERR_BUSY ? read_pid(fd) : 0;
        close(fd);
        return err;
    }
    write_pid(fd);
    *out_fd = fd;
    return ERR_OK;
}

void
disk_unlock(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}
