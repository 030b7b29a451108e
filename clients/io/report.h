/*
 * report.h - how the clients tell that something went wrong: text for people or JSON, and the exit
 * code (DESIGN section 12).
 *
 * Host.  Writes to standard error.  Peer text is escaped.
 */
#ifndef CLIENTS_IO_REPORT_H
#define CLIENTS_IO_REPORT_H

#include "proto/err.h"
#include "proto/problem.h"

#include <stdbool.h>

enum {
    EXIT_DONE = 0,
    EXIT_FAILED = 1,
    EXIT_WRONG_USAGE = 2,
    EXIT_REFUSED = 3,
    EXIT_NO_CONNECTION = 4,
    EXIT_UNVERIFIED = 5,
    EXIT_PARTLY = 6,
    EXIT_NOTHING_YET = 7,
    REPORT_SCHEMA = 1
};

/* The exit code that an error has. */
int report_exit_code(enum err err);

/*
 * Print what went wrong: each problem as "PROGRAM: PATH: WRONG" and its cure, or with `json` one
 * line
 * {"schema":1,"error":{"code":..,"message":..,"hint":..,"field":..,"exit":..,"problems":[..]}}.
 * Without a problem the text of `err` is used.  Returns report_exit_code(err).
 */
int report_error(const char *program, enum err err, const struct problems *problems, bool json);

#endif /* CLIENTS_IO_REPORT_H */
