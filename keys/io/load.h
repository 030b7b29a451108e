/*
 * load.h - read what every program starts from: its key file and its bundle.
 *
 * Host.  Touches files and the terminal.  Each error comes with what to tell the person: the
 * problem's path is the file.
 */
#ifndef KEYS_IO_LOAD_H
#define KEYS_IO_LOAD_H

#include "keys/bundle.h"
#include "keys/keyfile.h"
#include "proto/problem.h"

enum { LOAD_ASK = -1, LOAD_PASSPHRASE_BYTES = 1024 };

/*
 * Open the key file at `path`.  If it has a passphrase, that is read from descriptor
 * `passphrase_fd`, or asked for on the terminal (LOAD_ASK).  On ERR_OK the caller must
 * keyfile_clear *out; otherwise it is empty.
 * ERR_NOT_FOUND: no such file, or no terminal.  ERR_PERMISSION: others can read it, or we cannot.
 * ERR_FORMAT: not a key file.  ERR_PASSPHRASE: wrong passphrase.  ERR_CANCELLED: a signal came.
 * Else as disk_read_secret and keyfile_decode say.
 */
enum err load_keyfile(const char *path, int passphrase_fd, struct keyfile *out,
                      struct problems *problems);

/*
 * A passphrase for a new key file into `out` (LOAD_PASSPHRASE_BYTES of the caller's guarded
 * memory): from `passphrase_fd`, or asked for twice on the terminal (LOAD_ASK). ERR_NOT_FOUND: no
 * terminal.  ERR_USAGE: empty, or the two differ.  ERR_CANCELLED: a signal came. Else as
 * term_read_passphrase says.
 */
enum err load_new_passphrase(const char *label, int passphrase_fd, char *out, size_t *out_len,
                             struct problems *problems);

/*
 * Read and verify the bundle at `path`.  The relays, the log and the witnesses are in the newest
 * directory: trust_directory(*out, TRUST_UNLOGGED).  On ERR_OK the caller owns *out and must
 * trust_free it; otherwise it is NULL.
 * ERR_NOT_FOUND: no such file.  ERR_FORMAT: not a bundle.  Else as disk_read and bundle_open say.
 */
enum err load_bundle(const char *path, struct trust **out, struct problems *problems);

/* The same of `bytes`, which were read from `path`. */
enum err load_bundle_bytes(struct span bytes, const char *path, struct trust **out,
                           struct problems *problems);

#endif /* KEYS_IO_LOAD_H */
