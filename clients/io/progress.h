/*
 * progress.h - how far a file is: on a terminal a line that is taken away, elsewhere a line each
 * tenth, so that a log shows it as well.
 *
 * Host.  Writes to standard error.
 */
#ifndef CLIENTS_IO_PROGRESS_H
#define CLIENTS_IO_PROGRESS_H

#include "proto/io/term.h"

struct progress {
    struct term_progress line;
    const char *program; /* borrowed, as what */
    const char *what;
    uint64_t total; /* bytes */
    unsigned tenths;
    bool is_quiet;
};

/* Begin; with `is_quiet`, and off a terminal for less than 16 MiB, nothing is written. */
void progress_begin(struct progress *progress, const char *program, const char *what,
                    uint64_t total, bool is_quiet);
void progress_update(struct progress *progress, uint64_t done);
void progress_end(struct progress *progress);

#endif /* CLIENTS_IO_PROGRESS_H */
