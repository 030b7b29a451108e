#include "clients/io/attach.h"

#include "proto/merkle.h"

#include <errno.h>
#include <fcntl.h>
#include <magic.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEAD_BYTES = 64 << 10, TAIL_BYTES = 4 << 10 };

/* ---- what it is */

/* Up to `bytes` from `at` on; fewer at the end of the file. */
static enum err
read_part(int fd, uint64_t at, uint8_t *out, size_t bytes, size_t *len)
{
    *len = 0;
    while (*len < bytes) {
        ssize_t got = pread(fd, out + *len, bytes - *len, (off_t)(at + *len));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return disk_err(errno);
        if (got == 0)
            break;
        *len += (size_t)got;
    }
    return ERR_OK;
}

/* The media type that libmagic sees in the file's beginning; "" without its data. */
static void
ask_magic(struct span head, char *out, size_t out_bytes)
{
    const size_t most = HEAD_BYTES;
    magic_t magic = magic_open(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_TAR |
                               MAGIC_NO_CHECK_ELF | MAGIC_NO_CHECK_CDF);
    const char *text = NULL;

    out[0] = '\0';
    if (magic == NULL)
        return;
    (void)magic_setparam(magic, MAGIC_PARAM_BYTES_MAX, &most);
    if (magic_load(magic, NULL) == 0)
        text = magic_buffer(magic, head.data, head.len);
    if (text != NULL && strlen(text) < out_bytes)
        memcpy(out, text, strlen(text) + 1);
    magic_close(magic);
}

static enum err tell(struct problems *problems, const struct attach_file *file, const char *cure,
                     const char *wrong, ...) __attribute__((format(printf, 4, 5)));

static enum err
tell(struct problems *problems, const struct attach_file *file, const char *cure, const char *wrong,
     ...)
{
    char text[PROBLEM_TEXT_BYTES];
    va_list list;

    va_start(list, wrong);
    (void)vsnprintf(text, sizeof text, wrong, list);
    va_end(list);
    problems_add(problems, file->path, cure, "%s", text);
    return ERR_FORMAT;
}

/* Whether libmagic calls it some kind of text; which kind is of no matter. */
static bool
is_text(const char *media)
{
    return strncmp(media, "text/", 5) == 0 || strcmp(media, "application/json") == 0;
}

/* Name, content and end must agree: what opens as something else than it claims is an attack. */
static enum err
find_type(struct attach_file *file, unsigned classes, struct problems *problems)
{
    static uint8_t head[HEAD_BYTES], tail[TAIL_BYTES];
    const struct file_type *claimed = file_type_of_name(file->name);
    size_t head_len = 0, tail_len = 0;
    char media[128], list[160], cure[PROBLEM_TEXT_BYTES];

    enum err err = read_part(file->fd, 0, head, sizeof head, &head_len);
    uint64_t tail_at = file->bytes > TAIL_BYTES ? file->bytes - TAIL_BYTES : 0;
    if (err == ERR_OK)
        err = read_part(file->fd, tail_at, tail, sizeof tail, &tail_len);
    if (err != ERR_OK) {
        problems_add(problems, file->path, "", "it cannot be read: %s", err_text(err));
        return err;
    }
    file_type_list(classes, list, sizeof list);
    snprintf(cure, sizeof cure, "attach one of: %s", list);
    ask_magic((struct span){head, head_len}, media, sizeof media);
    const struct file_type *found = file_type_of_head((struct span){head, head_len});
    if (found == NULL)
        found = file_type_find(is_text(media) ? "text/plain" : media);
    if (claimed == NULL || (claimed->class & classes) == 0)
        return tell(problems, file, cure,
                    "its name does not end as that of a file that goes with this kind");
    if (found == NULL)
        return tell(problems, file, "attach the original file",
                    "its name says it is one of the types that can be attached, but its content is "
                    "%s",
                    media[0] == '\0' ? "of no known type" : media);
    if (found != claimed)
        return tell(problems, file, "give it the ending of what it is, if it is what you mean",
                    "its name and its content do not agree: its content is %s", found->name);
    if (!file_type_is_end(found, (struct span){tail, tail_len}))
        return tell(problems, file, "take the original file: this one was cut off, or altered",
                    "it begins as %s but does not end as one", found->name);
    file->type = found;
    return ERR_OK;
}

enum err
attach_open(const char *path, unsigned classes, struct attach_file *out, struct problems *problems)
{
    const char *slash = strrchr(path, '/');
    struct stat info;

    *out = (struct attach_file){.path = path, .name = slash == NULL ? path : slash + 1};
    out->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (out->fd < 0 || fstat(out->fd, &info) != 0) {
        enum err err = disk_err(errno);
        problems_add(problems, path, "name a file that you can read", "it cannot be opened: %s",
                     err_text(err));
        attach_close(out);
        return err;
    }
    enum err err = ERR_OK;
    if (!S_ISREG(info.st_mode))
        err = tell(problems, out, "name a file", "it is not a plain file");
    else if (info.st_size == 0)
        err = tell(problems, out, "attach the original file", "it is empty");
    else if (info.st_size > ATTACHMENT_BYTES_MAX)
        err = tell(problems, out, "send it in parts, each as a file of its own",
                   "it is larger than the 1 GiB that one attachment may have");
    out->bytes = (uint64_t)info.st_size;
    if (err == ERR_OK)
        err = find_type(out, classes, problems);
    if (err != ERR_OK)
        attach_close(out);
    return err;
}

void
attach_close(struct attach_file *file)
{
    if (file->fd >= 0)
        close(file->fd);
    file->fd = -1;
}

/* ---- encryption */

struct encryption {
    struct attachment_stream stream; /* secret */
    uint8_t plain[ATTACHMENT_CHUNK_BYTES];
    uint8_t sealed[ATTACHMENT_SEALED_MAX];
    struct chunk_file out;
};

static enum err
encrypt_all(const struct attach_file *file, struct encryption *work, struct progress *progress)
{
    uint64_t done = 0;
    enum err err = ERR_OK;
    size_t got = 0;

    for (uint32_t i = 0; err == ERR_OK && i < work->out.chunks; i++) {
        size_t wanted = attachment_next_len(&work->stream);
        err = read_part(file->fd, done, work->plain, wanted, &got);
        if (err == ERR_OK && got != wanted)
            err = ERR_CONFLICT;
        if (err != ERR_OK)
            return err;
        size_t len = attachment_seal(&work->stream, work->plain, work->sealed);
        const struct span chunk = {work->sealed, len};
        const struct hash leaf = merkle_leaf_hash(chunk);
        err = chunk_file_put(&work->out, i, chunk, &leaf);
        chunk_file_push(&work->out, i);
        done += wanted;
        progress_update(progress, done);
    }
    /* A byte that came meanwhile would be left out without a word. */
    if (err == ERR_OK)
        err = read_part(file->fd, done, work->plain, 1, &got);
    return err == ERR_OK && got > 0 ? ERR_CONFLICT : err;
}

static enum err
encrypt_into(const struct attach_file *file, const struct attachment_key *key, const char *path,
             struct encryption *work, struct progress *progress, struct hash *hash)
{
    const struct attachment attachment = {.bytes = attachment_sealed_bytes(file->bytes)};

    enum err err = chunk_file_create(path, &attachment, &work->out);
    if (err != ERR_OK)
        return err;
    attachment_begin(&work->stream, key, file->bytes);
    err = encrypt_all(file, work, progress);
    attachment_end(&work->stream);
    sodium_memzero(work->plain, sizeof work->plain);
    if (err == ERR_OK) {
        *hash = attachment_root(work->out.leaves, work->out.chunks);
        err = chunk_file_set_hash(&work->out, hash);
    }
    if (err == ERR_OK)
        err = chunk_file_sync(&work->out);
    chunk_file_close(&work->out);
    if (err != ERR_OK)
        (void)unlink(path);
    return err;
}

enum err
attach_encrypt(const struct attach_file *file, const struct attachment_key *key,
               const char *state_dir, const struct id *id, uint32_t index,
               struct progress *progress, struct hash *hash, struct problems *problems)
{
    struct encryption *work = malloc(sizeof *work);
    char path[DISK_PATH_BYTES];

    if (work == NULL)
        return ERR_NOMEM;
    work->out.fd = -1;
    enum err err = outbox_make(state_dir);
    if (err == ERR_OK)
        err = outbox_path(state_dir, id, index, path);
    if (err == ERR_OK)
        err = encrypt_into(file, key, path, work, progress, hash);
    free(work);
    if (err == ERR_NOSPACE)
        problems_add(problems, state_dir,
                     "make room on the disk of the state directory, then send "
                     "again: nothing was stored",
                     "the disk is full: there is no room to encrypt %s", file->name);
    else if (err == ERR_CONFLICT)
        problems_add(problems, file->path, "wait until it is written, then send again",
                     "the file changed while it was read");
    else if (err != ERR_OK)
        problems_add(problems, file->path, "", "it cannot be encrypted: %s", err_text(err));
    return err;
}
