/*
 * finding.h - one thing that screening found, and how sure it is.
 *
 * Pure.
 */
#ifndef CLIENTS_NODE_FINDING_H
#define CLIENTS_NODE_FINDING_H

#include "clients/node/imported.h"

#include <stdint.h>

enum {
    FINDING_REASON_BYTES = 192, /* with the NUL */
    FINDING_EXACT = 100         /* the score of what is exactly what was asked for */
};

enum finding_subject { FINDING_DOCUMENT, FINDING_PERSON };

enum finding_origin {
    FINDING_OF_MESSAGE, /* a member's message: `leaf` and `place` are set */
    FINDING_OF_IMPORT   /* a record of an imported list: `imported`, `source` and `as_of_ms` are */
};

/* A plain value that borrows nothing. */
struct finding {
    enum finding_subject subject;
    enum finding_origin origin;
    unsigned score;                    /* 1 to FINDING_EXACT */
    char reason[FINDING_REASON_BYTES]; /* a sentence in English: what agrees and what does not */
    uint64_t leaf;                     /* the message's log entry */
    size_t place;                      /* in the message: of the document, or of the person */
    struct imported imported;
    char source[IMPORTED_SOURCE_BYTES]; /* the list's name */
    uint64_t as_of_ms;                  /* the list's date */
    uint64_t hit;       /* the number under which it was noted (hits.h); 0: it was not */
    uint64_t dismissed; /* the newest hit of the same look-up that was dismissed; 0: none */
};

#endif /* CLIENTS_NODE_FINDING_H */
