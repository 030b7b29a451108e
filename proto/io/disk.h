/*
 * disk.h - whole files, atomically; a state directory and its lock.
 *
 * Host.  Touches the file system.  Every descriptor is close-on-exec; every new file has mode
 * 0600 unless said otherwise.
 */
#ifndef PROTO_IO_DISK_H
#define PROTO_IO_DISK_H

#include "proto/bytes.h"
#include "proto/err.h"

#include <limits.h>
#include <stdbool.h>

enum { DISK_PATH_BYTES = PATH_MAX, DISK_EXIT_FAILED = 70 };

/*
 * The error that an errno value means: ENOENT and ENOTDIR ERR_NOT_FOUND, EEXIST ERR_EXISTS,
 * EACCES, EPERM, EROFS and ELOOP (a symbolic link where none may be) ERR_PERMISSION, ENOSPC,
 * EDQUOT and EFBIG ERR_NOSPACE, ENOMEM, EMFILE and ENFILE (no memory or descriptor) ERR_NOMEM, all
 * else ERR_IO.
 */
enum err disk_err(int error_number);

/*
 * Write "dir/name" to `out`.
 * ERR_RANGE: it is longer than DISK_PATH_BYTES - 1.
 */
enum err disk_join(const char *dir, const char *name, char out[DISK_PATH_BYTES]);

/*
 * Read the whole file at `path`, at most `bytes_max`.  On ERR_OK the caller owns *out and must
 * free() it; a NUL follows its *out_len bytes.  Otherwise *out is NULL.
 * ERR_RANGE: the file is larger.  ERR_IO: also a directory.  Else as disk_err says.
 */
enum err disk_read(const char *path, size_t bytes_max, uint8_t **out, size_t *out_len);

/* The same from an open descriptor up to its end (standard input); `fd` stays open. */
enum err disk_read_stream(int fd, size_t bytes_max, uint8_t **out, size_t *out_len);

enum { DISK_WHY_BYTES = 80 };

struct disk_why {
    char text[DISK_WHY_BYTES];
};

/*
 * Why one of the two answered `err` with the same `path` (NULL: a stream) and `bytes_max`, for a
 * person: "it is a directory", "it is too large (at most 1 MiB)"; else err_text(err).
 */
struct disk_why disk_why(enum err err, const char *path, size_t bytes_max);

/* Whether `path` is a directory, or a plain file. */
bool disk_is_dir(const char *path);
bool disk_is_file(const char *path);

/*
 * Read a secret file: a regular file, no symbolic link, owned by this user or root, without any
 * right for group or others.  On ERR_OK the caller owns *out, which is sodium_malloc memory with
 * a NUL after its *out_len bytes, and must sodium_free() it; otherwise *out is NULL.
 * ERR_PERMISSION: it is open to others, or not such a file, or access was refused.
 * ERR_RANGE: the file is larger than `bytes_max`.  ERR_NOMEM: no guarded memory.
 * Else as disk_err says.
 */
enum err disk_read_secret(const char *path, size_t bytes_max, uint8_t **out, size_t *out_len);

enum disk_mode {
    DISK_NEW,     /* 0600; ERR_EXISTS if the name is taken */
    DISK_REPLACE, /* 0600; takes the place of what has the name */
    DISK_PUBLISH  /* 0644; takes the place; for files that others must read */
};

/*
 * Write a file so that after a crash at any time the name has the old content or the new, whole;
 * on ERR_OK the new content is on stable storage.  On any error the name is as before and nothing
 * is left beside it.  A directory that cannot be synced after the rename ends the process
 * (disk_die): what the disk holds is not known then.
 * ERR_EXISTS: DISK_NEW, and the name is taken.  ERR_NOSPACE: the disk is full.
 * Else as disk_err says.
 */
enum err disk_write(const char *path, struct span content, enum disk_mode mode);

/*
 * Log that `what` failed at `path` for `error_number` and end the process with DISK_EXIT_FAILED,
 * without running exit handlers: after a failed sync memory and disk disagree, and a retry would
 * seem to succeed (SECURITY S2).
 */
_Noreturn void disk_die(const char *what, const char *path, int error_number);

/*
 * Make directory `path` and its missing parents, mode 0700.  One that exists must be a directory
 * of this user without any right for group or others.
 * ERR_PERMISSION: it is not.  Else as disk_err says.
 */
enum err disk_make_dir(const char *path);

/*
 * Take the lock of state directory `dir` (the file "lock" in it) until disk_unlock or the end of
 * the process.  On ERR_OK *out_fd is the lock.
 * ERR_BUSY: another process holds it; *out_pid is its id, or 0 if that is not known.
 * Else as disk_err says.  *out_fd is -1 on error.
 */
enum err disk_lock(const char *dir, int *out_fd, long *out_pid);

/* Give the lock back and set *fd to -1; -1 is left alone. */
void disk_unlock(int *fd);

/*
 * Bytes that this user may still write on the file system of `path`.
 * Errors as disk_err says.
 */
enum err disk_free_bytes(const char *path, uint64_t *out);

#endif /* PROTO_IO_DISK_H */
