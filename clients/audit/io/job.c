#include "clients/audit/io/job.h"

#include "keys/bundle.h"
#include "proto/io/disk.h"

#include <stdlib.h>

void
job_close(struct job *job)
{
    source_close(&job->source);
    connect_close(&job->connect);
    net_free(&job->net);
    keyfile_clear(&job->key);
    state_close(&job->state);
    arena_free(&job->arena);
    free(job->file);
}

/* The root file: the first directory of a bundle, or that document itself. */
static enum err
load_root(struct job *job, const char *path, struct problems *problems)
{
    struct bundle bundle;
    struct document document;
    struct trust *trust = NULL;
    size_t len = 0;
    enum err err = disk_read(path, BUNDLE_BYTES_MAX, &job->file, &len);

    if (err == ERR_OK)
        err = arena_new(ARENA_BYTES_MAX, &job->arena);
    if (err != ERR_OK) {
        problems_add(problems, path, "give a bundle or the federation's root file",
                     "the root file cannot be read: %s",
                     disk_why(err, path, BUNDLE_BYTES_MAX).text);
        return err;
    }
    job->root = (struct span){job->file, len};
    /* A signed document has the bundle's wire types: what tells them apart is the first field. */
    if (bundle_decode(job->root, job->arena, &bundle) == ERR_OK &&
        document_decode(bundle.directories[0], job->arena, &document) == ERR_OK)
        job->root = bundle.directories[0];
    /* Else what is wrong with this file would be held against the log or the evidence. */
    err = trust_new(job->root, &trust);
    trust_free(&trust);
    if (err == ERR_OK || err == ERR_NOMEM)
        return err;
    problems_add(problems, path, "give the federation's first directory, or a bundle",
                 err == ERR_STALE ? "this is a later version of a directory, not the root file"
                                  : "this is no root file: %s",
                 err_text(err));
    return ERR_UNKNOWN;
}

static enum err
open_state(const struct job_options *options, struct job *job, enum state_mode mode,
           struct problems *problems)
{
    const char *dir = NULL;
    enum err err = state_find(options->state, &dir, problems);

    if (err == ERR_OK)
        err = state_open(dir, mode, STATE_AUDIT, problems, &job->state);
    if (err == ERR_OK)
        job->root = trust_directory_document(state_trust(job->state), 1);
    return err;
}

static enum err
open_relay(const struct job_options *options, struct job *job, struct problems *problems)
{
    enum err err = open_state(options, job, STATE_WRITE, problems);

    if (err == ERR_OK)
        err = state_load_key(job->state, options->passphrase_fd, &job->key, problems);
    if (err == ERR_OK)
        err = net_new(&job->net);
    if (err == ERR_OK)
        err = connect_open(job->net, job->state, &job->key, CONNECT_TIMEOUT_MS, problems,
                           &job->connect);
    if (err != ERR_OK)
        return err;
    /* Connecting for the first time begins trust anew: what was borrowed of the old one is gone. */
    job->root = trust_directory_document(state_trust(job->state), 1);
    return source_open_relay(job->connect, job->witness_wait_ms, problems, &job->source);
}

enum err
job_open_root(const struct job_options *options, struct job *job, struct problems *problems)
{
    const char *dir = NULL;
    struct problems ignored = {0};

    if (options->root != NULL)
        return load_root(job, options->root, problems);
    if (state_find(options->state, &dir, &ignored) != ERR_OK) {
        problems_add(problems, "--root",
                     "give the federation's root file or a bundle, --root FILE, or the state "
                     "directory that has it, --state DIR",
                     "it is not said which federation to trust");
        return ERR_USAGE;
    }
    return open_state(options, job, STATE_READ, problems);
}

enum err
job_open(const struct job_options *options, struct job *job, struct problems *problems)
{
    enum err err = ERR_OK;

    if (options->from == NULL)
        return open_relay(options, job, problems);
    err = job_open_root(options, job, problems);
    return err == ERR_OK ? source_open_export(options->from, problems, &job->source) : err;
}
