/*
 * editor.h - a file in the user's editor.
 *
 * Host.  Starts a program and waits for it.
 */
#ifndef CLIENTS_OFFICER_IO_EDITOR_H
#define CLIENTS_OFFICER_IO_EDITOR_H

#include "proto/err.h"
#include "proto/problem.h"

#include <stddef.h>

/*
 * Open `path` at `line` in VISUAL or EDITOR (words for the shell, as other programs take them), or
 * else in `vi`, and wait until it ends.
 * ERR_NOT_FOUND: there is no such program.  ERR_CANCELLED: it ended with an error or by a signal.
 * ERR_IO: it could not be started.  Each is told in `problems`.
 */
enum err editor_edit(const char *path, size_t line, struct problems *problems);

#endif /* CLIENTS_OFFICER_IO_EDITOR_H */
