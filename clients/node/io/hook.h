/*
 * hook.h - running the user's program for each new message, with the message as JSON on its
 * standard input.
 *
 * Host.  One program at a time, in a process group of its own that is killed when its time is up.
 * A message's row in the hooks' table goes only when the program ended with 0, so a failing program
 * is tried again, ever later up to HOOK_RETRY_MS_MAX, and no message is lost: a message can come
 * more than once, and behind a later one.
 */
#ifndef CLIENTS_NODE_IO_HOOK_H
#define CLIENTS_NODE_IO_HOOK_H

#include "clients/node/io/records.h"

enum {
    HOOK_MS_MAX = 30000, /* how long a program may run */
    HOOK_STOP_MS = 2000, /* between asking it to end and killing it */
    HOOK_RETRY_MS_MIN = 1000,
    HOOK_RETRY_MS_MAX = 600000
};

struct hook;

/*
 * `program` is the path of an executable that may run for `limit_ms` (HOOK_MS_MAX, less in tests);
 * borrowed as `records` is.  The caller must hook_close *out.
 * ERR_PERMISSION: not executable.  ERR_NOT_FOUND: not there.  ERR_NOMEM.
 */
enum err hook_open(const char *program, uint64_t limit_ms, struct records *records,
                   struct hook **out);

/*
 * End a program that runs (its message stays due), at the latest after HOOK_STOP_MS; free *hook and
 * set it to NULL; NULL is left alone.
 */
void hook_close(struct hook **hook);

/*
 * See to a program that runs; start one for the next message that is due.  *next_ms is the time
 * (clock_now_ms) at which to call again, UINT64_MAX when nothing is due.
 * Errors as db.h says; a failing program is none.
 */
enum err hook_step(struct hook *hook, uint64_t *next_ms);

#endif /* CLIENTS_NODE_IO_HOOK_H */
