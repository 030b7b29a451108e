/*
 * args_help.h - the help that args prints; included by proto/io/args*.c only.
 *
 * Host.
 */
#ifndef PROTO_IO_ARGS_HELP_H
#define PROTO_IO_ARGS_HELP_H

#include "proto/io/args.h"

#include <stdio.h>

/* The options that every program has, besides its own. */
extern const struct args_option ARGS_BUILT_IN[];
extern const size_t ARGS_BUILT_IN_LEN;

/* Print the whole help of a program, or of one command, examples first. */
void args_help_program(FILE *file, const struct args_program *program);
void args_help_command(FILE *file, const struct args_program *program,
                       const struct args_command *command);

/* Print the usage line and at most two examples. */
void args_help_short(FILE *file, const struct args_program *program,
                     const struct args_command *command);

#endif /* PROTO_IO_ARGS_HELP_H */
