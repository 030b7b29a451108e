/*
 * run.h - the long life of a node: connect, receive, acknowledge, witness, run hooks; come back
 * after every failure, with back-off and jitter.
 *
 * Host.
 */
#ifndef CLIENTS_NODE_IO_RUN_H
#define CLIENTS_NODE_IO_RUN_H

#include "clients/io/state.h"
#include "clients/node/io/records.h"

struct run_options {
    struct state *state; /* open for writing; all is borrowed */
    struct records *records;
    const struct keyfile *key;
    const char *hook;        /* program for each new message; NULL for none */
    const char *attachments; /* folder that attachments are fetched into; NULL: they are not */
    bool report_hits;        /* report each new hit to its owner, whatever post.conf says */
};

/*
 * Run until SIGTERM or SIGINT, which is ERR_OK; a second signal ends the process at once.
 * Errors: what cannot heal by itself (a full or damaged store, a missing key), in `problems`.
 */
enum err run_node(const struct run_options *options, struct problems *problems);

#endif /* CLIENTS_NODE_IO_RUN_H */
