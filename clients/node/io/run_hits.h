/*
 * run_hits.h - a running node's hits: reports that wait are carried, the owners' receipts fetched,
 * and, where the operator wants it, new hits are reported by themselves.
 *
 * Host.
 */
#ifndef CLIENTS_NODE_IO_RUN_HITS_H
#define CLIENTS_NODE_IO_RUN_HITS_H

#include "clients/io/connect.h"
#include "clients/node/io/records.h"

struct run_hits;

struct run_hits_options {
    struct state *state; /* open for writing; all is borrowed */
    struct records *records;
    const struct keyfile *key;
    bool report_hits; /* by themselves, whatever post.conf says */
};

/*
 * Open hits and post.conf.  On ERR_OK the caller must run_hits_close *out, else it is NULL.
 * ERR_USAGE: post.conf is wrong, or lacks what a report by itself needs.  Else as hits_open.
 */
enum err run_hits_open(const struct run_hits_options *options, struct problems *problems,
                       struct run_hits **out);

/* Close it and set *hits to NULL; NULL is left alone. */
void run_hits_close(struct run_hits **hits);

/*
 * One round over an open connection.  What is wrong with a message is logged, not an error.
 * Errors of the connection or of the database.
 */
enum err run_hits_step(struct run_hits *hits, struct connect *connect, struct problems *problems);

/* Erase what hits said whose time is over. */
enum err run_hits_expire(struct run_hits *hits, uint64_t now_ms);

#endif /* CLIENTS_NODE_IO_RUN_HITS_H */
