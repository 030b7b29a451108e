/*
 * passenger.h - the travellers of a passenger list, as the list names them: PAXLST or CSV.
 *
 * Pure.  Nothing is judged here but the form: what cannot be read is told of by its place, and
 * marks the traveller that it belongs to, who is then not said to be clear.
 */
#ifndef CLIENTS_NODE_PASSENGER_H
#define CLIENTS_NODE_PASSENGER_H

#include "proto/date_text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PASSENGERS_MAX = 10000, /* of one list; the largest ships carry fewer */
    PASSENGER_DOCUMENTS_MAX = 4,
    PASSENGER_LIST_BYTES_MAX = 4 << 20
};

/* A travel document as the list names it; texts are "" where it says nothing. */
struct passenger_document {
    const char *type;   /* P, V, I, A, C ...; as the list says */
    const char *number; /* as the list says */
    const char *state;  /* issuing state */
    const char *expiry; /* 2031-05-20 */
};

/* Texts lie in the list's arena, are UTF-8, and "" where the list says nothing. */
struct passenger {
    uint64_t place;  /* in the list, from 1 */
    uint64_t source; /* number of the segment, or line, where it begins */
    const char *family;
    const char *given; /* given names with blanks between */
    const char *birth; /* 1985-03-07, 1985-03 or 1985 */
    const char *sex;   /* M, F, X */
    const char *nationality;
    const char *seat;
    const char *locator; /* of the passenger name record */
    bool is_crew;
    struct passenger_document documents[PASSENGER_DOCUMENTS_MAX];
    size_t documents_count;
    const char *damage; /* what of this traveller could not be read; "" if nothing */
};

struct passenger_list {
    const char *flight; /* "NH863" */
    const char *from, *to;
    const char *departs; /* 2026-11-24T13:10, local time of the place */
    const char *arrives;
    struct passenger *passengers;
    size_t count;
    size_t capacity;
    bool is_complete; /* all of the list was there and could be read */
};

#endif /* CLIENTS_NODE_PASSENGER_H */
