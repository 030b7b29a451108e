/*
 * upload.h - the attachments of a message on their way from the outbox to the relay, before the
 * message itself is submitted.
 *
 * Host.
 */
#ifndef CLIENTS_IO_UPLOAD_H
#define CLIENTS_IO_UPLOAD_H

#include "clients/io/connect.h"
#include "clients/io/progress.h"

enum {
    UPLOAD_TIMEOUT_MS = 60000,
    UPLOAD_WINDOW = 3 /* chunks on their way at once: a relay takes 3 MiB of a credential */
};

/* A message whose attachments go; all is borrowed. */
struct upload {
    struct connect *connect;
    const char *state_dir;
    const char *program;
    bool is_quiet;
    struct id id;
    const struct seal *seal;
    struct arena *arena; /* has ARENA_BYTES_MAX; emptied at any time */
    struct problems *problems;
};

/*
 * Let the relay have all chunks that it lacks of all attachments, from the one that it asks for.
 * ERR_REFUSED: not now (connect_refusal), as connect_call.  ERR_NOT_FOUND, ERR_CORRUPT: the outbox
 * has not, or not any more, what was sealed: the message must be sent anew.
 */
enum err upload_send(const struct upload *upload);

#endif /* CLIENTS_IO_UPLOAD_H */
