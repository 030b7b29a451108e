/*
 * screening_show.h - an answer of screening for other programs and for people.
 *
 * Host.  Peer text is escaped where it is printed.
 */
#ifndef CLIENTS_NODE_IO_SCREENING_SHOW_H
#define CLIENTS_NODE_IO_SCREENING_SHOW_H

#include "clients/node/io/screening.h"

#include <jansson.h>
#include <stdio.h>

/*
 * {"schema":1,"verdict":..,"reason":..,"complete_to_flash":..,"complete_to_rest":..,"as_of":..,
 * "lists":[..],"hits":[..]}; the caller adds what was asked, and must json_decref *out.  `arena` is
 * scratch. Errors as screening_load.
 */
enum err screening_json(struct screening *screening, const struct screening_answer *answer,
                        struct arena *arena, json_t **out);

/*
 * Print the verdict on `what` (our words and the one spelling of a number, "document TR1234567 of
 * JPN"), each finding with what its owner asks, and how fresh the data are.  Errors as
 * screening_load.
 */
enum err screening_print(FILE *file, struct screening *screening, const char *what,
                         const struct screening_answer *answer, struct arena *arena);

#endif /* CLIENTS_NODE_IO_SCREENING_SHOW_H */
