/*
 * state.h - a client's state directory: who it is, which federation it trusts, and how far it has
 * followed the log.  The same for denrei, denrei-node and denrei-audit.
 *
 * Host.  The directory (mode 0700) holds `config` (INI), `lock` and `state.db` (SQLite, WAL,
 * synchronous=FULL).  Programs keep what is their own in databases beside it, each committed by
 * itself: a view of the log that is ahead of them does no harm.
 *
 * Functions that fail add to `problems` what is wrong and what to do, in words for the user.
 */
#ifndef CLIENTS_IO_STATE_H
#define CLIENTS_IO_STATE_H

#include "clients/session.h"
#include "keys/keyfile.h"
#include "keys/trust.h"
#include "proto/io/db.h"
#include "proto/problem.h"

struct state;

/* Whose credentials a program works with: bit p for Purpose p. */
enum state_purposes {
    STATE_DENREI =
        1 << DENREI__V1__PURPOSE__PURPOSE_OFFICER | 1 << DENREI__V1__PURPOSE__PURPOSE_OPERATOR,
    STATE_NODE = 1 << DENREI__V1__PURPOSE__PURPOSE_NODE,
    STATE_AUDIT = 1 << DENREI__V1__PURPOSE__PURPOSE_AUDITOR,
    STATE_ANY = STATE_DENREI | STATE_NODE | STATE_AUDIT
};

/* What `init` is told. */
struct state_new {
    const char *dir;
    const char *bundle_path;
    const char *key_path;         /* stays where it is: the state keeps its path, not a copy */
    const char *relay;            /* one endpoint of the directory, or NULL: any of them */
    enum state_purposes purposes; /* of the program */
    int passphrase_fd; /* where the passphrase comes from; LOAD_ASK: ask on the terminal */
    uint64_t now_ms;
};

/* Who the client is, as its key file says. */
struct state_self {
    char member[MEMBER_ID_MAX + 1];
    char local_id[LOCAL_ID_MAX + 1];
    Denrei__V1__Purpose purpose;
    struct hash credential;
};

enum state_mode {
    STATE_READ, /* no lock: beside a program that holds it */
    STATE_WRITE /* with the lock, to the end of the process or state_close */
};

/*
 * The directory that the user means: `option` (--state), else DENREI_STATE; never a guess.
 * ERR_USAGE: neither.
 */
enum err state_find(const char *option, const char **out, struct problems *problems);

/*
 * Set a state directory up: the bundle verifies from its root file on, the key file opens, and its
 * credential is in force in the bundle's roster of its member.  Prints nothing.
 * ERR_EXISTS: the directory is in use already, by whatever program.  ERR_POLICY: the credential is
 * not in the roster, or is of another purpose.  Else the error of what failed.  Nothing is left
 * behind on an error.
 */
enum err state_init(const struct state_new *new, struct problems *problems);

/*
 * Open the state directory of a program of `purposes` and load its trust: the root file that was
 * pinned and every document taken from the log since, each verified again; before the first
 * connection the bundle's.  On ERR_OK the caller must state_close *out, else it is NULL.
 * ERR_NOT_FOUND: not a state directory.  ERR_USAGE: that of another program.  ERR_BUSY: another
 * process has it (STATE_WRITE).  ERR_PERMISSION: open to others.  ERR_CORRUPT: the database is
 * damaged or of another federation.
 */
enum err state_open(const char *dir, enum state_mode mode, enum state_purposes purposes,
                    struct problems *problems, struct state **out);

/* Close *state, give the lock back and set it to NULL; NULL is left alone. */
void state_close(struct state **state);

/* The path of the directory, who the client is, and what it trusts; borrowed from `state`. */
const char *state_dir(const struct state *state);
const struct state_self *state_self(const struct state *state);
struct trust *state_trust(const struct state *state);

/* The relay endpoint that the config names; NULL: any of the directory. */
const char *state_relay(const struct state *state);

/*
 * Open the key file; `passphrase_fd` as in state_new.  The caller clears *out (keyfile_clear).
 * ERR_PASSPHRASE: wrong.  ERR_PERMISSION: the file is open to others.  ERR_CONFLICT: it is another
 * key than at init.  Else the error of what failed.
 */
enum err state_load_key(const struct state *state, int passphrase_fd, struct keyfile *out,
                        struct problems *problems);

/* Begin a session from the kept view; `state` must outlive it. */
void state_begin_session(struct state *state, struct session *session);

/*
 * Before the first document is taken from the log: start over from the root file alone, so that
 * every document comes from the log in its order.  Does nothing later.
 */
enum err state_restart_trust(struct state *state, struct problems *problems);

/*
 * Once the log's documents have been taken: they include what the bundle had.
 * ERR_STALE: the log lacks a directory or a roster that the bundle had.
 */
enum err state_check_bundle(struct state *state, struct problems *problems);

/*
 * A transaction for several changes.  After an error of commit, and after a rollback, nothing was
 * kept: view and number of documents are as they were at begin, and before the first connection is
 * done trust is the bundle's again; a session over it must be closed.  Trust may know documents
 * of the log that are not kept; taking them again changes nothing.  A failed sync ends the process
 * (SECURITY S2).
 */
enum err state_begin(struct state *state, struct problems *problems);
enum err state_commit(struct state *state, struct problems *problems);
void state_rollback(struct state *state);

/* Tell what went wrong with the database `file`, if anything; returns the error that it means. */
enum err state_tell_db(const char *file, enum err err, struct problems *problems);

/*
 * Keep a document that was taken, or the view with its checkpoint's note; in the caller's
 * transaction if it has begun one.  ERR_NOSPACE: the disk is full.
 */
enum err state_keep_document(struct state *state, const struct session_document *document,
                             struct problems *problems);
enum err state_keep_view(struct state *state, const struct session *session, const char *checkpoint,
                         struct problems *problems);

/*
 * Write the view's checkpoint, as the log signed it, to the new file `path`.
 * ERR_NOT_FOUND: there is none yet.  ERR_EXISTS: the file is there.  Else as db.h and disk.h say.
 */
enum err state_copy_view(struct state *state, const char *path);

#endif /* CLIENTS_IO_STATE_H */
