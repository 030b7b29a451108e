#include "clients/io/progress.h"

#include <stdio.h>

enum { TOLD_BYTES_MIN = 16 << 20 };

void
progress_begin(struct progress *progress, const char *program, const char *what, uint64_t total,
               bool is_quiet)
{
    *progress =
        (struct progress){.program = program, .what = what, .total = total, .is_quiet = is_quiet};
    if (!is_quiet)
        term_progress_begin(&progress->line, what, total);
}

void
progress_update(struct progress *progress, uint64_t done)
{
    if (progress->is_quiet)
        return;
    if (term_is_terminal(stderr)) {
        term_progress_update(&progress->line, done);
        return;
    }
    if (progress->total < TOLD_BYTES_MIN || done * 10 / progress->total <= progress->tenths)
        return;
    progress->tenths = (unsigned)(done * 10 / progress->total);
    fprintf(stderr, "%s: %s %u %%\n", progress->program, progress->what, progress->tenths * 10);
}

void
progress_end(struct progress *progress)
{
    if (!progress->is_quiet)
        term_progress_end(&progress->line);
}
