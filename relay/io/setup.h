/*
 * setup.h - the relay's state directory: made from a bundle and a key, opened to run, checked.
 *
 * Host.  Functions that fail add to `problems` what is wrong and what to do.
 *
 * In the directory: denreid.conf (settings), relay.db (the store), lock.  The high-water file lies
 * elsewhere, where the settings say.
 */
#ifndef RELAY_IO_SETUP_H
#define RELAY_IO_SETUP_H

#include "keys/keyfile.h"
#include "proto/problem.h"
#include "relay/io/apply.h"

#include <stdio.h>

/* The files in the state directory, besides the lock. */
#define SETUP_CONFIG "denreid.conf"
#define SETUP_STORE  "relay.db"
#define SETUP_CLIENT "state.db" /* by which the state of another program is known */

/* denreid.conf; strings owned by it. */
struct setup_config {
    char *listen;
    char *key;
    char *highwater;
    char *log_level;
    uint64_t verifiers;
    uint64_t reserve_mib;
    uint64_t upload_mib;                          /* per member */
    uint64_t messages_per_second, messages_burst; /* per member, as below */
    uint64_t requests_per_second, requests_burst;
};

/*
 * Read the settings in `dir`.  On ERR_OK the caller must setup_config_free *out.
 * Errors as config_read.
 */
enum err setup_config_read(const char *dir, struct setup_config *out, struct problems *problems);

/* Free its strings. */
void setup_config_free(struct setup_config *config);

/* Print a file that explains every setting. */
void setup_config_help(FILE *file);

/*
 * Lock `dir`; the caller must disk_unlock *lock.  ERR_BUSY: another process has it; told with its
 * number.  Else as disk_lock.
 */
enum err setup_lock(const char *dir, int *lock, struct problems *problems);

/* A new relay's parts; paths borrowed for the call. */
struct setup_new {
    const char *dir;
    const char *bundle;
    const char *key;
    const char *highwater;
    const char *listen; /* NULL: the endpoint that the directory gives to this key */
    int passphrase_fd;
    uint64_t now_ms;
};

/*
 * Make a relay: directory, settings, a store whose log begins with the bundle's documents, and the
 * high-water file.  ERR_EXISTS: there is one in `dir` already.  ERR_KEY: the key file is not that
 * of the directory's log and relay.  ERR_USAGE: the high-water file would lie in `dir`.  Others as
 * what it reads and writes.
 */
enum err setup_init(const struct setup_new *new, struct problems *problems);

/* An open relay. */
struct setup {
    int lock;
    struct setup_config config;
    struct keyfile key;
    struct store *store;
    struct highwater *highwater;
    struct relay *relay;
    struct arena *arena;
};

/* How much of it is opened. */
struct setup_open {
    const char *dir;
    int passphrase_fd;
    bool is_clock_accepted;
    bool is_restored; /* from a backup; the high-water file may be gone */
    uint64_t now_ms;
};

/*
 * Lock and open the relay in `dir` and restore it.  Whatever it returns, the caller must
 * setup_close it.
 * ERR_BUSY: another process has it.  ERR_CONFLICT: the store is behind the high-water file,
 * or is restored in a federation without witnesses.
 * ERR_CORRUPT: damaged.  ERR_STALE: the clock is behind the last entry.
 */
enum err setup_open(const struct setup_open *open, struct setup *out, struct problems *problems);

/* Close what is open, wipe the key and unlock. */
void setup_close(struct setup *setup);

/*
 * Take the signed documents in the file at `path` into a stopped relay: a document, or a bundle.
 * *added counts those that the log did not have.
 */
enum err setup_load(struct setup *setup, const char *path, uint64_t now_ms, size_t *added,
                    struct problems *problems);

/*
 * Tell why the store at `path` cannot be opened, with `if_damaged` as the cure of damage.  Returns
 * the error that it means (ERR_CORRUPT for a file that is no store).
 */
enum err setup_tell_store(struct problems *problems, enum err err, const char *path,
                          const char *if_damaged);

#endif /* RELAY_IO_SETUP_H */
