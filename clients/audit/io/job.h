/*
 * job.h - what every command of the auditor begins with: where the log comes from, and the root
 * file that it is judged by.
 *
 * Host.
 */
#ifndef CLIENTS_AUDIT_IO_JOB_H
#define CLIENTS_AUDIT_IO_JOB_H

#include "clients/audit/io/source.h"

/* What the user said; all is borrowed. */
struct job_options {
    const char *state; /* --state, or NULL: DENREI_STATE */
    const char *from;  /* an export, or NULL: the relay */
    const char *root;  /* root file or bundle, or NULL: the state's */
    int passphrase_fd; /* LOAD_ASK: ask on the terminal */
};

/* A source with its root file; begins as {0}, given back by job_close. */
struct job {
    struct state *state;
    struct keyfile key;
    struct net *net;
    struct connect *connect;
    struct source *source;
    struct arena *arena; /* of a root file that was read from a bundle */
    uint8_t *file;
    struct span root;
    uint64_t witness_wait_ms; /* for a checkpoint of a quorum; 0: the newest will do */
};

/*
 * Open the source and the root file.  An export is read without a relay; its root file comes from
 * --root or from the state.  The caller calls job_close whatever this returns.
 * Errors of state.h, connect.h and source.h; `problems` says what is wrong.
 */
enum err job_open(const struct job_options *options, struct job *job, struct problems *problems);

/* Only the root file, for what needs no log.  As job_open. */
enum err job_open_root(const struct job_options *options, struct job *job,
                       struct problems *problems);

/* Close all that is open. */
void job_close(struct job *job);

#endif /* CLIENTS_AUDIT_IO_JOB_H */
