/*
 * exit.h - exit codes of all programs; the same number means the same everywhere.
 *
 * Host.
 */
#ifndef PROTO_IO_EXIT_H
#define PROTO_IO_EXIT_H

#include "proto/err.h"

enum {
    EXIT_DONE = 0,
    EXIT_FAILED = 1,
    EXIT_USAGE = 2,      /* the command line or the configuration is wrong */
    EXIT_POLICY = 3,     /* refused by the rules, here or at the relay */
    EXIT_CONNECT = 4,    /* no relay could be reached */
    EXIT_VERIFY = 5,     /* a signature, proof or hash does not hold */
    EXIT_PARTLY = 6,     /* some of many were done */
    EXIT_NOTHING = 7,    /* nothing came within --wait */
    EXIT_HIT = 10,       /* screening: on record */
    EXIT_CANNOT_SAY = 11 /* screening: the records are stale or incomplete */
};

/* The exit code for `err`: USAGE, POLICY, CONNECT, VERIFY as above; DONE for ERR_OK; else FAILED.
 */
int exit_code(enum err err);

#endif /* PROTO_IO_EXIT_H */
