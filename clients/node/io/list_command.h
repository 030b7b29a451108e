/*
 * list_command.h - `denrei-node screen --list`: all travellers of a passenger list, PAXLST or CSV.
 *
 * Host.
 */
#ifndef CLIENTS_NODE_IO_LIST_COMMAND_H
#define CLIENTS_NODE_IO_LIST_COMMAND_H

#include "clients/node/io/screen_command.h"

/*
 * Screen every traveller of the list at `path` ("-": standard input) and print one row for each in
 * the order of the list, then each hit.  What is malformed is named, and the rest screened.
 * Returns the exit code: a hit outweighs a traveller of whom nothing can be said, and a list that
 * is not whole is never clear.
 */
int list_screen(const struct screen_options *options, const char *path);

#endif /* CLIENTS_NODE_IO_LIST_COMMAND_H */
