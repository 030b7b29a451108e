/*
 * screen_person_command.h - the command `denrei-node screen --name`: one person.
 *
 * Host.
 */
#ifndef CLIENTS_NODE_IO_SCREEN_PERSON_COMMAND_H
#define CLIENTS_NODE_IO_SCREEN_PERSON_COMMAND_H

#include "clients/node/io/screen_command.h"
#include "proto/io/args.h"

/* A person as typed; each name is one spelling.  NULL is absent. */
struct screen_person_words {
    const struct args_list *names;
    const char *birth;
    const char *nationality;
    const char *sex;
};

/* Screen a person.  Returns the exit code. */
int screen_person(const struct screen_options *options, const struct screen_person_words *words);

#endif /* CLIENTS_NODE_IO_SCREEN_PERSON_COMMAND_H */
