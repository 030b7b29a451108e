/*
 * chunk_file.h - the ciphertext of one attachment on disk, with the leaf hash of each chunk that is
 * there: what a sender keeps until it is sent, and what the relay keeps for recipients.
 *
 * Host.  Touches the file system.  A file has mode 0600.  A chunk is there once its leaf hash is;
 * after a crash of the machine a hash may be there without its chunk, which chunk_file_audit finds.
 */
#ifndef PROTO_IO_CHUNK_FILE_H
#define PROTO_IO_CHUNK_FILE_H

#include "proto/attachment.h"

struct chunk_file {
    int fd;                       /* -1: closed */
    struct attachment attachment; /* hash: zeros while it is not known yet */
    uint32_t chunks;
    uint32_t present; /* how many of them are there */
    uint32_t next;    /* the first that is not */
    struct hash leaves[ATTACHMENT_CHUNKS_MAX];
};

/*
 * Make the file at `path` for an attachment of possible size, and reserve its room on the disk
 * where the file system can.  On ERR_OK the caller must chunk_file_close *out; else nothing is left
 * of it.  ERR_EXISTS: the name is taken.  ERR_NOSPACE: there is no room.  Else as disk_err.
 */
enum err chunk_file_create(const char *path, const struct attachment *attachment,
                           struct chunk_file *out);

/*
 * Open one.  On ERR_OK the caller must chunk_file_close *out.
 * ERR_CORRUPT: it is not such a file, or cut off.  Else as disk_err.
 */
enum err chunk_file_open(const char *path, bool is_writable, struct chunk_file *out);

/* Close it; a closed one is left alone. */
void chunk_file_close(struct chunk_file *file);

/* Whether it has no name any more: somebody removed it. */
bool chunk_file_is_gone(const struct chunk_file *file);

/* Note the root, once it is known.  Errors as disk_err. */
enum err chunk_file_set_hash(struct chunk_file *file, const struct hash *hash);

/*
 * Put chunk number `chunk`, which `data` is and whose leaf hash is `leaf`; it takes the place of
 * one that is there.  ERR_RANGE: another length.  Else as disk_err.
 */
enum err chunk_file_put(struct chunk_file *file, uint32_t chunk, struct span data,
                        const struct hash *leaf);

/*
 * Read a chunk to `out`, which has room for ATTACHMENT_SEALED_MAX.  It is not checked.
 * ERR_NOT_FOUND: it is not there.  ERR_CORRUPT: the file is cut off.  Else as disk_err.
 */
enum err chunk_file_get(const struct chunk_file *file, uint32_t chunk, uint8_t *out, size_t *len);

/* Let the disk begin with what was written, so that a later sync has little to wait for. */
void chunk_file_push(struct chunk_file *file, uint32_t chunk);

/* Put what was written on stable storage.  Errors as disk_err. */
enum err chunk_file_sync(struct chunk_file *file);

/*
 * Read all chunks that are there and drop those that are not what their leaf hash says, and all of
 * them if a whole file has another root.  *dropped is how many.  `room` is for one chunk.
 * Errors as disk_err.
 */
enum err chunk_file_audit(struct chunk_file *file, uint8_t *room, uint32_t *dropped);

#endif /* PROTO_IO_CHUNK_FILE_H */
