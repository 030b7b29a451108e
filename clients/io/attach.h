/*
 * attach.h - a file that a user attaches: what it is, by its content, and its encryption into the
 * outbox.
 *
 * Host.  The content is hostile: libmagic sees a bounded beginning of it, as bytes, never the file.
 */
#ifndef CLIENTS_IO_ATTACH_H
#define CLIENTS_IO_ATTACH_H

#include "clients/io/outbox.h"
#include "clients/io/progress.h"
#include "proto/file_type.h"
#include "proto/problem.h"

struct attach_file {
    int fd;           /* -1: closed */
    const char *path; /* borrowed */
    const char *name; /* its last part */
    const struct file_type *type;
    uint64_t bytes;
};

/*
 * Open the file at `path` and find out what it is.  Its name and its content must say the same, of
 * one of `classes` (FILE_TYPE_*).  On ERR_OK the caller must attach_close *out.
 * ERR_FORMAT: it is something else, cut off, empty, or too large.  Else as disk_err.
 */
enum err attach_open(const char *path, unsigned classes, struct attach_file *out,
                     struct problems *problems);

/* Close it; a closed one is left alone. */
void attach_close(struct attach_file *file);

/*
 * Encrypt the file with `key` into the outbox, as attachment `index` of message `id`, on stable
 * storage; *hash is its root.  On an error nothing is left.
 * ERR_CONFLICT: the file changed meanwhile.  ERR_NOSPACE: the disk is full.  Else as disk_err.
 */
enum err attach_encrypt(const struct attach_file *file, const struct attachment_key *key,
                        const char *state_dir, const struct id *id, uint32_t index,
                        struct progress *progress, struct hash *hash, struct problems *problems);

#endif /* CLIENTS_IO_ATTACH_H */
