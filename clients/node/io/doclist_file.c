#include "clients/node/io/doclist_file.h"

#include "proto/io/disk.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct doclist_file {
    int fd;
    struct doclist_header header;
    struct doclist_shape shape;
    uint64_t cached_first; /* pages from this number on are kept */
    struct doclist_page *cache;
    uint8_t *is_cached;
    struct doclist_page spare; /* an index page that is not kept */
};

/* ---- pages */

static enum err
read_page(const struct doclist_file *file, uint64_t number, struct doclist_page *out)
{
    ssize_t got = 0;

    do {
        got = pread(file->fd, out->bytes, sizeof out->bytes, (off_t)number * DOCLIST_PAGE_BYTES);
    } while (got < 0 && errno == EINTR);
    if (got < 0)
        return disk_err(errno);
    return got == (ssize_t)sizeof out->bytes ? ERR_OK : ERR_CORRUPT; /* it was cut */
}

static enum err
read_sealed(const struct doclist_file *file, uint64_t number, struct doclist_page *out)
{
    enum err err = read_page(file, number, out);

    if (err == ERR_OK && !doclist_is_sealed(out, file->header.key, number))
        err = ERR_CORRUPT;
    return err;
}

/* A page of the index, borrowed until the next call. */
static enum err
get_index(struct doclist_file *file, uint64_t number, const struct doclist_page **out)
{
    enum err err = ERR_OK;

    if (number < file->cached_first) {
        err = read_sealed(file, number, &file->spare);
        *out = &file->spare;
        return err;
    }
    size_t at = (size_t)(number - file->cached_first);
    if (!file->is_cached[at]) {
        err = read_sealed(file, number, &file->cache[at]);
        file->is_cached[at] = err == ERR_OK;
    }
    *out = &file->cache[at];
    return err;
}

/* ---- open, close */

/* The upper levels of the index, as many as there is room for; memory is taken as it is used. */
static enum err
make_cache(struct doclist_file *file)
{
    const struct doclist_shape *shape = &file->shape;
    uint64_t first = shape->file_pages;

    for (unsigned level = shape->levels; level > 0; level--) {
        if ((shape->file_pages - shape->first[level]) * DOCLIST_PAGE_BYTES > DOCLIST_CACHE_BYTES)
            break;
        first = shape->first[level];
    }
    size_t pages = (size_t)(shape->file_pages - first);
    file->cached_first = first;
    if (pages == 0)
        return ERR_OK;
    file->cache = calloc(pages, sizeof *file->cache);
    file->is_cached = calloc(pages, sizeof *file->is_cached);
    return file->cache == NULL || file->is_cached == NULL ? ERR_NOMEM : ERR_OK;
}

static enum err
load(struct doclist_file *file)
{
    struct doclist_page page;
    struct stat status;

    if (fstat(file->fd, &status) != 0)
        return disk_err(errno);
    if (!S_ISREG(status.st_mode) || status.st_size < DOCLIST_PAGE_BYTES)
        return ERR_FORMAT;
    enum err err = read_page(file, 0, &page);
    if (err == ERR_OK)
        err = doclist_get_header(&page, &file->header);
    if (err != ERR_OK)
        return err;
    file->shape = doclist_shape(file->header.data_pages);
    if ((uint64_t)status.st_size != file->shape.file_pages * DOCLIST_PAGE_BYTES)
        return ERR_CORRUPT;
    return make_cache(file);
}

enum err
doclist_file_open(const char *path, struct doclist_file **out)
{
    struct doclist_file *file = NULL;

    *out = NULL;
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return disk_err(errno);
    file = calloc(1, sizeof *file);
    if (file == NULL) {
        close(fd);
        return ERR_NOMEM;
    }
    file->fd = fd;
    enum err err = load(file);
    if (err != ERR_OK) {
        doclist_file_close(&file);
        return err;
    }
    (void)posix_fadvise(fd, 0, 0, POSIX_FADV_RANDOM);
    *out = file;
    return ERR_OK;
}

void
doclist_file_close(struct doclist_file **file)
{
    if (*file == NULL)
        return;
    close((*file)->fd);
    free((*file)->cache);
    free((*file)->is_cached);
    free(*file);
    *file = NULL;
}

const struct doclist_header *
doclist_file_header(const struct doclist_file *file)
{
    return &file->header;
}

/* ---- walking */

void
doclist_walk_all(struct doclist_walk *walk)
{
    walk->has_key = false;
    walk->next = 0;
    walk->cursor.left = 0;
}

/* The data page, as the index says, where a search for `key` begins. */
static enum err
descend(struct doclist_file *file, struct confusion_key key, uint64_t *out)
{
    uint64_t at = 0; /* in its level */

    for (unsigned level = file->shape.levels; level > 0; level--) {
        const struct doclist_page *page = NULL;
        unsigned child = 0;
        enum err err = get_index(file, file->shape.first[level] + at, &page);
        if (err == ERR_OK)
            err = doclist_child(page, key, &child);
        if (err != ERR_OK)
            return err;
        at = at * DOCLIST_FANOUT + child;
        if (at >= file->shape.pages[level - 1])
            return ERR_CORRUPT;
    }
    *out = at;
    return ERR_OK;
}

enum err
doclist_walk_key(struct doclist_file *file, struct confusion_key key, struct doclist_walk *walk)
{
    doclist_walk_all(walk);
    walk->has_key = true;
    walk->key = key;
    return descend(file, key, &walk->next);
}

static enum err
next_page(struct doclist_file *file, struct doclist_walk *walk)
{
    if (walk->next >= file->header.data_pages)
        return ERR_NOT_FOUND;
    enum err err = read_sealed(file, file->shape.first[0] + walk->next, &walk->page);
    if (err == ERR_OK)
        err = doclist_cursor_begin(&walk->page, &walk->cursor);
    if (err == ERR_OK)
        walk->next++;
    return err;
}

enum err
doclist_walk_next(struct doclist_file *file, struct doclist_walk *walk, struct span *record,
                  struct imported_key *key)
{
    for (;;) { /* ends: each round goes on by a record */
        enum err err = walk->cursor.left == 0 ? next_page(file, walk) : ERR_OK;
        if (err == ERR_OK)
            err = doclist_cursor_next(&walk->cursor, record, key);
        if (err != ERR_OK || !walk->has_key)
            return err;
        int order = confusion_key_compare(confusion_key(key->number, key->number_len), walk->key);
        if (order == 0)
            return ERR_OK;
        if (order > 0) {
            walk->next = file->header.data_pages;
            walk->cursor.left = 0;
            return ERR_NOT_FOUND;
        }
    }
}

/* ---- checking */

/* Every page of the index passes its check and has as many keys as pages are below it. */
static enum err
check_index(struct doclist_file *file)
{
    const struct doclist_shape *shape = &file->shape;

    for (unsigned level = 1; level <= shape->levels; level++) {
        for (uint64_t i = 0; i < shape->pages[level]; i++) {
            const struct doclist_page *page = NULL;
            uint64_t below = shape->pages[level - 1] - i * DOCLIST_FANOUT;
            uint64_t want = below < DOCLIST_FANOUT ? below : DOCLIST_FANOUT;
            enum err err = get_index(file, shape->first[level] + i, &page);
            if (err != ERR_OK)
                return err;
            if (((unsigned)page->bytes[0] << 8 | page->bytes[1]) != want)
                return ERR_CORRUPT;
        }
    }
    return ERR_OK;
}

/* The index leads to the page of `record`, or to one before it where others have its key too. */
static enum err
check_way(struct doclist_file *file, const struct imported_key *key, uint64_t page)
{
    uint64_t at = 0;
    enum err err = descend(file, confusion_key(key->number, key->number_len), &at);

    return err == ERR_OK && at > page ? ERR_CORRUPT : err;
}

enum err
doclist_file_check(struct doclist_file *file)
{
    struct doclist_walk walk;
    uint8_t last[IMPORTED_BYTES_MAX];
    size_t last_len = 0;
    uint64_t records = 0;
    enum err err = check_index(file);

    doclist_walk_all(&walk);
    while (err == ERR_OK) { /* ends: the file does */
        struct span record = {NULL, 0};
        struct imported_key key;
        struct imported decoded;
        err = doclist_walk_next(file, &walk, &record, &key);
        if (err == ERR_OK)
            err = imported_decode(record, &decoded);
        if (err == ERR_OK)
            err = check_way(file, &key, walk.next - 1);
        if (err != ERR_OK)
            break;
        if (last_len > 0 && doclist_compare((struct span){last, last_len}, record) >= 0)
            return ERR_CORRUPT;
        memcpy(last, record.data, record.len);
        last_len = record.len;
        records++;
    }
    if (err == ERR_NOT_FOUND)
        err = records == file->header.records ? ERR_OK : ERR_CORRUPT;
    return err;
}
