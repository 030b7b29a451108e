/*
 * init.h - the command `init` of every client: a state directory from a bundle and a key, in one
 * command.
 *
 * Host.
 */
#ifndef CLIENTS_IO_INIT_H
#define CLIENTS_IO_INIT_H

#include "clients/io/state.h"

#include <stdbool.h>

struct init_command {
    const char *program;
    const char *next; /* the command to try next, without --state */
    enum state_purposes purposes;
    const char *state; /* --state, or NULL: DENREI_STATE */
    const char *bundle;
    const char *key;
    const char *relay;
    int passphrase_fd; /* LOAD_ASK: ask on the terminal */
    bool json;
};

/* Set it up, say who this is now and in which federation.  Returns the exit code. */
int init_client(const struct init_command *command);

#endif /* CLIENTS_IO_INIT_H */
