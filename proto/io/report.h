/*
 * report.h - how programs tell that something went wrong: text for people or JSON, and the exit
 * code (DESIGN section 12).
 *
 * Host.  Writes to standard error.  Peer text is escaped.
 */
#ifndef PROTO_IO_REPORT_H
#define PROTO_IO_REPORT_H

#include "proto/err.h"
#include "proto/problem.h"

#include <stdbool.h>

enum { REPORT_SCHEMA = 1 };

/*
 * Print what went wrong: each problem as "PROGRAM: PATH: WRONG" and its cure, or with `json` one
 * line
 * {"schema":1,"error":{"code":..,"message":..,"hint":..,"field":..,"exit":..,"problems":[..]}}.
 * whose code is err_name(err).  Without a problem the text of `err` is used.  Returns
 * exit_code(err).
 */
int report_error(const char *program, enum err err, const struct problems *problems, bool json);

/*
 * The last act of a program: flush standard output, and return the exit code: `code`, but
 * EXIT_FAILED in place of EXIT_DONE where the output could not be written, which is told as above.
 * A reader that has gone (`| head -1`) is no error.
 */
int report_end(const char *program, int code, bool json);

#endif /* PROTO_IO_REPORT_H */
