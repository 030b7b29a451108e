#include "clients/node/io/doclist_writer.h"

#include "proto/io/disk.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WRITE_BUFFER_BYTES = 1 << 20, KEYS_ROOM_MIN = 4096 };

struct doclist_writer {
    int fd;
    bool is_finished;
    char path[DISK_PATH_BYTES];
    struct doclist_fill fill;
    struct doclist_header header;
    uint8_t last[IMPORTED_BYTES_MAX]; /* the last record */
    size_t last_len;
    uint64_t page;              /* the next one's number */
    struct confusion_key *keys; /* of the pages of the level that is written */
    size_t keys_count, keys_room;
    size_t buffered;
    uint8_t buffer[WRITE_BUFFER_BYTES];
};

static enum err
write_all(int fd, const uint8_t *bytes, size_t len)
{
    while (len > 0) {
        ssize_t written = write(fd, bytes, len);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return disk_err(errno);
        bytes += written;
        len -= (size_t)written;
    }
    return ERR_OK;
}

static enum err
flush(struct doclist_writer *writer)
{
    enum err err = write_all(writer->fd, writer->buffer, writer->buffered);

    if (err == ERR_OK)
        writer->buffered = 0;
    return err;
}

static enum err
put_page(struct doclist_writer *writer, struct doclist_page *page)
{
    if (writer->buffered + DOCLIST_PAGE_BYTES > WRITE_BUFFER_BYTES) {
        enum err err = flush(writer);
        if (err != ERR_OK)
            return err;
    }
    doclist_seal(page, writer->header.key, writer->page);
    memcpy(writer->buffer + writer->buffered, page->bytes, DOCLIST_PAGE_BYTES);
    writer->buffered += DOCLIST_PAGE_BYTES;
    writer->page++;
    return ERR_OK;
}

/* Remember the key that a page of this level begins with. */
static enum err
keep_key(struct doclist_writer *writer, struct confusion_key key)
{
    if (writer->keys_count == writer->keys_room) {
        size_t room = writer->keys_room == 0 ? KEYS_ROOM_MIN : writer->keys_room * 2;
        struct confusion_key *keys = reallocarray(writer->keys, room, sizeof *keys);
        if (keys == NULL)
            return ERR_NOMEM;
        writer->keys = keys;
        writer->keys_room = room;
    }
    writer->keys[writer->keys_count++] = key;
    return ERR_OK;
}

enum err
doclist_writer_new(const char *path, struct doclist_writer **out)
{
    struct doclist_writer *writer = NULL;
    struct doclist_page empty = {{0}};

    *out = NULL;
    if (strlen(path) >= DISK_PATH_BYTES)
        return ERR_RANGE;
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return disk_err(errno);
    writer = calloc(1, sizeof *writer);
    if (writer == NULL) {
        close(fd);
        unlink(path);
        return ERR_NOMEM;
    }
    writer->fd = fd;
    memcpy(writer->path, path, strlen(path) + 1);
    randombytes_buf(writer->header.key, sizeof writer->header.key);
    doclist_fill_begin(&writer->fill);
    /* In the header's place, until there is one: a file that was cut short is no list. */
    enum err err = put_page(writer, &empty);
    assert(err == ERR_OK);
    *out = writer;
    return ERR_OK;
}

static enum err
put_data_page(struct doclist_writer *writer)
{
    if (writer->header.data_pages == DOCLIST_DATA_PAGES_MAX)
        return ERR_FULL;
    enum err err = put_page(writer, &writer->fill.page);
    if (err == ERR_OK) {
        writer->header.data_pages++;
        doclist_fill_begin(&writer->fill);
    }
    return err;
}

enum err
doclist_writer_add(struct doclist_writer *writer, struct span record, bool *is_new)
{
    const struct span last = {writer->last, writer->last_len};
    struct doclist_header *header = &writer->header;
    struct imported_key key;
    enum err err = imported_peek(record, &key);

    assert(err == ERR_OK && key.bytes == record.len);
    *is_new = last.len != record.len || memcmp(last.data, record.data, record.len) != 0;
    if (!*is_new)
        return ERR_OK;
    if (!doclist_fill_add(&writer->fill, record)) {
        err = put_data_page(writer);
        if (err != ERR_OK)
            return err;
        bool has_room = doclist_fill_add(&writer->fill, record);
        assert(has_room);
    }
    if (writer->fill.count == 1)
        err = keep_key(writer, confusion_key(key.number, key.number_len));
    if (err != ERR_OK)
        return err;
    memcpy(writer->last, record.data, record.len);
    writer->last_len = record.len;
    header->records++;
    if (header->first_review == 0 || key.review < header->first_review)
        header->first_review = key.review;
    return ERR_OK;
}

/* The level over the pages whose keys are kept, and its own keys in their place. */
static enum err
put_level(struct doclist_writer *writer)
{
    struct doclist_page page = {{0}};
    size_t above = 0;
    enum err err = ERR_OK;

    for (size_t i = 0; i < writer->keys_count && err == ERR_OK; i++) {
        if (doclist_add_key(&page, writer->keys[i])) {
            if (i % DOCLIST_FANOUT == 0)
                writer->keys[above++] = writer->keys[i];
            continue;
        }
        err = put_page(writer, &page);
        memset(&page, 0, sizeof page);
        i--; /* again, into the empty page */
    }
    if (err == ERR_OK)
        err = put_page(writer, &page);
    writer->keys_count = above;
    return err;
}

static enum err
put_header(struct doclist_writer *writer)
{
    struct doclist_page page = {{0}};

    doclist_put_header(&writer->header, &page);
    ssize_t written = pwrite(writer->fd, page.bytes, sizeof page.bytes, 0);
    if (written < 0)
        return disk_err(errno);
    return written == (ssize_t)sizeof page.bytes ? ERR_OK : ERR_IO;
}

enum err
doclist_writer_finish(struct doclist_writer *writer, struct doclist_header *about)
{
    enum err err = writer->fill.count > 0 ? put_data_page(writer) : ERR_OK;

    while (err == ERR_OK && writer->keys_count > 1) /* ends: each level has fewer */
        err = put_level(writer);
    if (err == ERR_OK)
        err = flush(writer);
    if (err != ERR_OK)
        return err;
    assert(doclist_shape(writer->header.data_pages).file_pages == writer->page);
    writer->header.as_of_ms = about->as_of_ms;
    writer->header.imported_ms = about->imported_ms;
    writer->header.max_age_ms = about->max_age_ms;
    writer->header.rejected = about->rejected;
    memcpy(writer->header.name, about->name, sizeof about->name);
    /* The header goes last, so that what it promises is there when it is. */
    if (fdatasync(writer->fd) != 0)
        return disk_err(errno);
    err = put_header(writer);
    if (err == ERR_OK && fsync(writer->fd) != 0)
        err = disk_err(errno);
    if (err != ERR_OK)
        return err;
    writer->is_finished = true;
    *about = writer->header;
    return ERR_OK;
}

void
doclist_writer_free(struct doclist_writer **writer)
{
    if (*writer == NULL)
        return;
    close((*writer)->fd);
    if (!(*writer)->is_finished)
        unlink((*writer)->path);
    free((*writer)->keys);
    free(*writer);
    *writer = NULL;
}
