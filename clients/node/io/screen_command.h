/*
 * screen_command.h - the command `denrei-node screen`: one document, a machine-readable zone, or a
 * file of many.
 *
 * Host.
 */
#ifndef CLIENTS_NODE_IO_SCREEN_COMMAND_H
#define CLIENTS_NODE_IO_SCREEN_COMMAND_H

#include "clients/node/io/screening.h"

struct screen_options {
    struct screening *screening;
    const char *program; /* for messages */
    bool json;
};

/* Screen what `number` and `state` name.  Returns the exit code. */
int screen_number(const struct screen_options *options, const char *number, const char *state);

/* Screen a machine-readable zone. */
int screen_mrz(const struct screen_options *options, const char *zone);

/*
 * Screen each line of the file at `path` ("-": standard input): NUMBER STATE, or a zone on one
 * line; empty lines and those that begin with # are passed over.
 */
int screen_file(const struct screen_options *options, const char *path);

#endif /* CLIENTS_NODE_IO_SCREEN_COMMAND_H */
