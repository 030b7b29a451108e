/*
 * chunks.h - the attachments that the relay keeps: one file each in `attachments` beside the store,
 * named `<member>_<message id>_<place in the seal>`; and the thread that reads and writes them, so
 * that the ledger's writer never waits for a gigabyte.
 *
 * Host.  The writer admits and authorises, and decides by the store which files are a message's;
 * what no accepted message names is an upload, counted against its member's quota until it is one
 * or is swept away.  The thread alone opens files; the two share a table under a lock.
 */
#ifndef RELAY_IO_CHUNKS_H
#define RELAY_IO_CHUNKS_H

#include "proto/io/queue.h"
#include "relay/io/work.h"

enum {
    CHUNKS_UPLOADS_MAX = 4096,    /* of all members */
    CHUNKS_UPLOADS_EACH_MAX = 64, /* of one */
    CHUNKS_NAME_BYTES = MEMBER_ID_MAX + 2 * ID_BYTES + 8,
};

#define CHUNKS_DIR       "attachments"
#define CHUNKS_ORPHAN_MS DAY_MS /* without a message for so long, an upload goes */

struct chunks_settings {
    const char *dir;        /* the relay's state directory */
    uint64_t quota_bytes;   /* of one member's uploads */
    uint64_t reserve_bytes; /* of the disk, which no upload may take */
};

struct chunks;

/*
 * Make the directory if need be and start the thread.  Works that are done go to `done`.  On ERR_OK
 * the caller must chunks_free *out, else it is NULL.  Errors as disk_make_dir; ERR_NOMEM.
 */
enum err chunks_new(const struct chunks_settings *settings, struct queue *done,
                    struct chunks **out);

/* Finish what is on its way, end the thread, free; a NULL *chunks is left alone. */
void chunks_free(struct chunks **chunks);

/* ---- by the writer */

/*
 * Admit an upload, or a chunk of one: note it and its size.  *free_bytes is what the disk has
 * beyond its reserve; what a new upload will take is taken off it.
 * REFUSAL_QUOTA: the member's uploads would be more than its quota, or too many.
 * REFUSAL_NO_SPACE: they would not fit the disk.
 */
enum refusal chunks_admit(struct chunks *chunks, const struct chunks_name *name,
                          const struct attachment *attachment, uint64_t *free_bytes);

/* Whether the upload is there whole, is this attachment, and lies on stable storage. */
bool chunks_is_whole(struct chunks *chunks, const struct chunks_name *name,
                     const struct attachment *attachment);

/* The file, found in the directory, is no message's: count it as an upload if it is not yet. */
void chunks_adopt(struct chunks *chunks, const struct chunks_name *name);

/* It is an accepted message's now: no upload any more. */
void chunks_keep(struct chunks *chunks, const struct chunks_name *name);

/* Erase the file, whatever it is; one that is not there is left alone. */
void chunks_erase(struct chunks *chunks, const struct chunks_name *name);

/*
 * The next file of the directory, over and over from its beginning; false at an end.  *modified_ms
 * is when it was last written.
 */
bool chunks_next(struct chunks *chunks, struct chunks_name *out, uint64_t *modified_ms);

/*
 * Let the thread do what the admitted PutChunk or GetChunk of `work` asks of this file, and hand
 * the work with its reply to the queue of chunks_new.
 */
void chunks_push(struct chunks *chunks, struct work *work);

/* What uploads there are. */
struct chunks_counts {
    uint64_t uploads, bytes;
};
struct chunks_counts chunks_count(struct chunks *chunks);

/* ---- while the relay does not run */

/*
 * Read all files of the attachments of a message whose body is there, and tell what is wrong: with
 * which attachment, from 1, and which chunk, from 1 (0: with all of it).  `dir` is the state
 * directory.  ERR_NOMEM.
 */
enum err chunks_check(const char *dir, const char *from, const struct id *id,
                      const struct seal *seal,
                      void (*tell)(void *context, uint32_t attachment, uint32_t chunk),
                      void *context);

#endif /* RELAY_IO_CHUNKS_H */
