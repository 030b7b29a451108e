#include "proto/io/chunk_file.h"

#include "proto/hash.h"
#include "proto/io/disk.h"
#include "proto/merkle.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The file: MARK, root, size (big-endian), zeros up to LEAVES_AT; the leaf hashes; zeros up to a
 * page; the chunks, each at its place. */
static const uint8_t MARK[16] = "denrei chunks 1\n";
enum { HASH_AT = sizeof MARK, BYTES_AT = HASH_AT + HASH_BYTES, LEAVES_AT = 64, PAGE = 4096 };

static_assert(BYTES_AT + 8 <= LEAVES_AT);

static uint64_t
data_at(uint32_t chunks)
{
    return ((uint64_t)LEAVES_AT + (uint64_t)chunks * HASH_BYTES + PAGE - 1) / PAGE * PAGE;
}

static uint64_t
chunk_at(const struct chunk_file *file, uint32_t chunk)
{
    return data_at(file->chunks) + (uint64_t)chunk * ATTACHMENT_SEALED_MAX;
}

static enum err
write_at(int fd, const void *data, size_t len, uint64_t at)
{
    const uint8_t *bytes = data;

    while (len > 0) {
        ssize_t put = pwrite(fd, bytes, len, (off_t)at);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return disk_err(errno);
        bytes += put;
        at += (uint64_t)put;
        len -= (size_t)put;
    }
    return ERR_OK;
}

/* ERR_CORRUPT: the file ends before. */
static enum err
read_at(int fd, void *out, size_t len, uint64_t at)
{
    uint8_t *bytes = out;

    while (len > 0) {
        ssize_t got = pread(fd, bytes, len, (off_t)at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return disk_err(errno);
        if (got == 0)
            return ERR_CORRUPT;
        bytes += got;
        at += (uint64_t)got;
        len -= (size_t)got;
    }
    return ERR_OK;
}

/* A full disk must be met before anything is sent, not in the middle. */
static enum err
reserve(int fd, uint64_t bytes)
{
    if (fallocate(fd, 0, 0, (off_t)bytes) == 0)
        return ERR_OK;
    if (errno != EOPNOTSUPP && errno != ENOSYS)
        return disk_err(errno);
    return ftruncate(fd, (off_t)bytes) == 0 ? ERR_OK : disk_err(errno);
}

enum err
chunk_file_create(const char *path, const struct attachment *attachment, struct chunk_file *out)
{
    uint8_t head[LEAVES_AT] = {0};
    uint32_t chunks = attachment_chunks(attachment->bytes);

    assert(chunks > 0);
    out->fd = -1;
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return disk_err(errno);
    memcpy(head, MARK, sizeof MARK);
    memcpy(head + HASH_AT, attachment->hash.bytes, HASH_BYTES);
    bytes_put_u64(head + BYTES_AT, attachment->bytes);
    enum err err = reserve(fd, data_at(chunks) + attachment->bytes);
    if (err == ERR_OK)
        err = write_at(fd, head, sizeof head, 0);
    if (err != ERR_OK) {
        close(fd);
        (void)unlink(path);
        return err;
    }
    memset(out, 0, sizeof *out);
    out->fd = fd;
    out->attachment = *attachment;
    out->chunks = chunks;
    return ERR_OK;
}

static bool
is_there(const struct chunk_file *file, uint32_t chunk)
{
    return !sodium_is_zero(file->leaves[chunk].bytes, HASH_BYTES);
}

static void
count(struct chunk_file *file)
{
    file->present = 0;
    for (uint32_t i = 0; i < file->chunks; i++)
        file->present += is_there(file, i) ? 1 : 0;
    for (file->next = 0; file->next < file->chunks && is_there(file, file->next);)
        file->next++;
}

static enum err
read_head(struct chunk_file *file)
{
    uint8_t head[LEAVES_AT];

    enum err err = read_at(file->fd, head, sizeof head, 0);
    if (err != ERR_OK)
        return err;
    memcpy(file->attachment.hash.bytes, head + HASH_AT, HASH_BYTES);
    file->attachment.bytes = bytes_get_u64(head + BYTES_AT);
    file->chunks = attachment_chunks(file->attachment.bytes);
    if (memcmp(head, MARK, sizeof MARK) != 0 || file->chunks == 0)
        return ERR_CORRUPT;
    return read_at(file->fd, file->leaves, file->chunks * sizeof file->leaves[0], LEAVES_AT);
}

enum err
chunk_file_open(const char *path, bool is_writable, struct chunk_file *out)
{
    out->fd = open(path, (is_writable ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (out->fd < 0)
        return disk_err(errno);
    enum err err = read_head(out);
    if (err != ERR_OK) {
        chunk_file_close(out);
        return err;
    }
    count(out);
    return ERR_OK;
}

void
chunk_file_close(struct chunk_file *file)
{
    if (file->fd >= 0)
        close(file->fd);
    file->fd = -1;
}

bool
chunk_file_is_gone(const struct chunk_file *file)
{
    struct stat info;

    return fstat(file->fd, &info) != 0 || info.st_nlink == 0;
}

enum err
chunk_file_set_hash(struct chunk_file *file, const struct hash *hash)
{
    file->attachment.hash = *hash;
    return write_at(file->fd, hash->bytes, HASH_BYTES, HASH_AT);
}

static enum err
put_leaf(struct chunk_file *file, uint32_t chunk, const struct hash *leaf)
{
    return write_at(file->fd, leaf->bytes, HASH_BYTES, LEAVES_AT + (uint64_t)chunk * HASH_BYTES);
}

enum err
chunk_file_put(struct chunk_file *file, uint32_t chunk, struct span data, const struct hash *leaf)
{
    if (data.len == 0 || data.len != attachment_chunk_len(file->attachment.bytes, chunk))
        return ERR_RANGE;
    enum err err = write_at(file->fd, data.data, data.len, chunk_at(file, chunk));
    if (err == ERR_OK)
        err = put_leaf(file, chunk, leaf);
    if (err != ERR_OK)
        return err;
    file->present += is_there(file, chunk) ? 0 : 1;
    file->leaves[chunk] = *leaf;
    while (file->next < file->chunks && is_there(file, file->next))
        file->next++;
    return ERR_OK;
}

enum err
chunk_file_get(const struct chunk_file *file, uint32_t chunk, uint8_t *out, size_t *len)
{
    size_t chunk_len = attachment_chunk_len(file->attachment.bytes, chunk);

    if (chunk_len == 0 || !is_there(file, chunk))
        return ERR_NOT_FOUND;
    enum err err = read_at(file->fd, out, chunk_len, chunk_at(file, chunk));
    if (err == ERR_OK)
        *len = chunk_len;
    return err;
}

void
chunk_file_push(struct chunk_file *file, uint32_t chunk)
{
    /* A hint: what it cannot do now, or fails to, the sync does or tells. */
    (void)sync_file_range(file->fd, (off_t)chunk_at(file, chunk), ATTACHMENT_SEALED_MAX,
                          SYNC_FILE_RANGE_WRITE);
}

enum err
chunk_file_sync(struct chunk_file *file)
{
    return fdatasync(file->fd) == 0 ? ERR_OK : disk_err(errno);
}

static enum err
drop(struct chunk_file *file, uint32_t chunk)
{
    static const struct hash NONE;

    file->leaves[chunk] = NONE;
    return put_leaf(file, chunk, &NONE);
}

enum err
chunk_file_audit(struct chunk_file *file, uint8_t *room, uint32_t *dropped)
{
    uint32_t had = file->present;
    enum err err = ERR_OK;
    size_t len = 0;

    for (uint32_t i = 0; err == ERR_OK && i < file->chunks; i++) {
        if (!is_there(file, i))
            continue;
        err = chunk_file_get(file, i, room, &len);
        if (err == ERR_OK) {
            const struct hash leaf = merkle_leaf_hash((struct span){room, len});
            if (hash_is_equal(&leaf, &file->leaves[i]))
                continue;
        }
        if (err == ERR_OK || err == ERR_CORRUPT)
            err = drop(file, i);
    }
    count(file);
    if (err == ERR_OK && file->present == file->chunks) {
        const struct hash root = attachment_root(file->leaves, file->chunks);
        bool is_other = !hash_is_equal(&root, &file->attachment.hash);
        for (uint32_t i = 0; is_other && err == ERR_OK && i < file->chunks; i++)
            err = drop(file, i);
    }
    count(file);
    *dropped = had - file->present;
    return err;
}
