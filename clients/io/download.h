/*
 * download.h - an attachment of a message, from the relay into a file of the user's.
 *
 * Host.  Every chunk is held against the root in the signed seal before it is decrypted.  What has
 * come so far lies beside the file under a name of our own, mode 0600, and the next attempt goes on
 * there; the file itself appears whole, or not at all, and never in the place of another.
 */
#ifndef CLIENTS_IO_DOWNLOAD_H
#define CLIENTS_IO_DOWNLOAD_H

#include "clients/io/connect.h"
#include "clients/io/progress.h"
#include "proto/attachment.h"

enum { DOWNLOAD_TIMEOUT_MS = 60000, DOWNLOAD_WINDOW = 4 /* chunks on their way at once */ };

/* What is fetched; all is borrowed. */
struct download {
    struct connect *connect;
    const char *program;
    bool is_quiet;
    uint32_t chunks_max; /* to fetch in this call; 0: no bound */
    const char *from;    /* sender, and id, of the message */
    struct id id;
    uint32_t index;                       /* in the seal, from 0 */
    const struct attachment *attachment;  /* as the seal has it */
    const Denrei__V1__AttachedFile *file; /* as the content has it, checked against the seal */
    struct arena *arena;                  /* has ARENA_BYTES_MAX; emptied at any time */
    struct problems *problems;
};

/*
 * Fetch it into a new file at `path`.
 * ERR_FULL: chunks_max have come, and it is not all yet: call again.
 * ERR_EXISTS: there is one.  ERR_BUSY: another process is fetching it to there.
 * ERR_PROOF: the relay serves another chunk than was sealed; ERR_REFUSED: it has not got it;
 * ERR_COMMITMENT, ERR_FORMAT: what was sealed does not open, which is the sender's fault; each
 * names the chunk.  ERR_NOSPACE: the disk is full.  Else as connect_call and disk_err.
 */
enum err download_fetch(const struct download *download, const char *path);

#endif /* CLIENTS_IO_DOWNLOAD_H */
