/*
 * harden.h - what every program does first: nothing of it may be dumped, inherited or read by
 * others.
 *
 * Host.  Changes the process as a whole.
 */
#ifndef PROTO_IO_HARDEN_H
#define PROTO_IO_HARDEN_H

#include "proto/err.h"

#include <stdbool.h>

/*
 * First statement of main: descriptors 0 to 2 are open (on /dev/null where they were not, so that
 * reading 0 and writing 1 fail as they would have), no core dump and no tracing by others, files
 * of this user only (umask 077), no new privileges, no SIGPIPE, libsodium ready.  On failure it
 * says what failed on standard error.
 * ERR_IO: one of these could not be had; the program must not go on.
 */
enum err harden_process(void);

/*
 * Whether memory can be locked, so that secrets stay off the swap device; tried with a page.  A
 * daemon logs a warning where it is false (LimitMEMLOCK is too small).
 */
bool harden_can_lock_memory(void);

/*
 * Let the process have as many descriptors as its hard limit says, at most 65536: a server whose
 * peers can use up the usual 1024 serves nobody.  Where it fails the limit stays as it is.
 */
void harden_raise_descriptors(void);

#endif /* PROTO_IO_HARDEN_H */
