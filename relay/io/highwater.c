#include "relay/io/highwater.h"

#include "proto/hash.h"
#include "proto/io/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum {
    HALF_BYTES = 512,
    SUM_BYTES = 64, /* hex of SHA-256 over the text before it */
    ROOT_HEX_BYTES = 2 * HASH_BYTES + 1,
};

static const char FORMAT[] = "denrei-highwater v1\nsize %020llu\nroot %s\n";

struct highwater {
    int fd;
    unsigned turn; /* the half that is written next */
    char path[DISK_PATH_BYTES];
    struct merkle_head head;
};

/* One half: text, the hex sum of the text, a newline, zeros. */
static void
encode(const struct merkle_head *head, char out[HALF_BYTES])
{
    char root[ROOT_HEX_BYTES], sum[ROOT_HEX_BYTES];

    memset(out, 0, HALF_BYTES);
    sodium_bin2hex(root, sizeof root, head->root.bytes, HASH_BYTES);
    int len = snprintf(out, HALF_BYTES, FORMAT, (unsigned long long)head->leaf_count, root);
    const struct span text = {(const uint8_t *)out, (size_t)len};
    const struct hash hash = hash_spans(&text, 1);
    sodium_bin2hex(sum, sizeof sum, hash.bytes, HASH_BYTES);
    snprintf(out + len, HALF_BYTES - (size_t)len, "%s\n", sum);
}

/* Whether `half` is whole; if so *head is what it says. */
static bool
decode(const char half[HALF_BYTES], struct merkle_head *head)
{
    struct merkle_head read = {0};
    char copy[HALF_BYTES + 1], again[HALF_BYTES], root[ROOT_HEX_BYTES];
    unsigned long long size = 0;
    size_t len = 0;

    memcpy(copy, half, HALF_BYTES);
    copy[HALF_BYTES] = '\0';
    if (sscanf(copy, "denrei-highwater v1\nsize %20llu\nroot %64[0-9a-f]\n", &size, root) != 2)
        return false;
    if (sodium_hex2bin(read.root.bytes, HASH_BYTES, root, strlen(root), NULL, &len, NULL) != 0 ||
        len != HASH_BYTES)
        return false;
    read.leaf_count = size;
    encode(&read, again);
    if (memcmp(half, again, HALF_BYTES) != 0)
        return false;
    *head = read;
    return true;
}

enum err
highwater_create(const char *path)
{
    struct merkle empty;
    char halves[2 * HALF_BYTES];

    merkle_init(&empty);
    const struct merkle_head head = {0, merkle_root(&empty)};
    encode(&head, halves);
    encode(&head, halves + HALF_BYTES);
    return disk_write(path, (struct span){(const uint8_t *)halves, sizeof halves}, DISK_NEW);
}

/* The larger of the halves that are whole; the other is written next. */
static enum err
read_halves(struct highwater *highwater)
{
    char halves[2 * HALF_BYTES];
    struct merkle_head heads[2] = {0};

    if (pread(highwater->fd, halves, sizeof halves, 0) != (ssize_t)sizeof halves)
        return ERR_CORRUPT;
    bool first = decode(halves, &heads[0]);
    bool second = decode(halves + HALF_BYTES, &heads[1]);
    if (!first && !second)
        return ERR_CORRUPT;
    unsigned newer = !first || (second && heads[1].leaf_count > heads[0].leaf_count) ? 1 : 0;
    highwater->head = heads[newer];
    highwater->turn = 1 - newer;
    return ERR_OK;
}

/* Open and lock the file at highwater->path, and read it. */
static enum err
open_file(struct highwater *highwater)
{
    highwater->fd = open(highwater->path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (highwater->fd < 0)
        return disk_err(errno);
    if (flock(highwater->fd, LOCK_EX | LOCK_NB) != 0)
        return errno == EWOULDBLOCK ? ERR_BUSY : disk_err(errno);
    return read_halves(highwater);
}

enum err
highwater_prepare(const char *path, struct highwater **out)
{
    struct highwater *highwater = calloc(1, sizeof *highwater);

    *out = highwater;
    if (highwater == NULL)
        return ERR_NOMEM;
    highwater->fd = -1;
    snprintf(highwater->path, sizeof highwater->path, "%s", path);
    return ERR_OK;
}

enum err
highwater_open(const char *path, struct highwater **out)
{
    enum err err = highwater_prepare(path, out);

    if (err == ERR_OK)
        err = open_file(*out);
    if (err != ERR_OK)
        highwater_close(out);
    return err;
}

void
highwater_close(struct highwater **highwater)
{
    if (*highwater != NULL && (*highwater)->fd >= 0)
        close((*highwater)->fd);
    free(*highwater);
    *highwater = NULL;
}

const struct merkle_head *
highwater_head(const struct highwater *highwater)
{
    return &highwater->head;
}

void
highwater_note(struct highwater *highwater, const struct merkle_head *head)
{
    char half[HALF_BYTES];

    if (highwater->fd < 0 &&
        (highwater_create(highwater->path) != ERR_OK || open_file(highwater) != ERR_OK))
        disk_die("make", highwater->path, errno);
    off_t place = (off_t)highwater->turn * HALF_BYTES;
    encode(head, half);
    if (pwrite(highwater->fd, half, sizeof half, place) != (ssize_t)sizeof half)
        disk_die("write", highwater->path, errno);
    if (fdatasync(highwater->fd) != 0)
        disk_die("sync", highwater->path, errno);
    highwater->head = *head;
    highwater->turn = 1 - highwater->turn;
}
