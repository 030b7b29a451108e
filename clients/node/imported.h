/*
 * imported.h - a travel document that came in an imported list, after INTERPOL's Stolen and Lost
 * Travel Documents record: a document, never its holder.
 *
 * Pure.
 */
#ifndef CLIENTS_NODE_IMPORTED_H
#define CLIENTS_NODE_IMPORTED_H

#include "proto/date_text.h"
#include "proto/document_number.h"
#include "proto/lost_passport.pb-c.h"
#include "proto/state_code.h"

enum {
    IMPORTED_REFERENCE_BYTES = 65, /* of the owner's own reference, with the NUL */
    IMPORTED_SOURCE_BYTES = 33     /* of the list's name, with the NUL */
};

/* One record; a date whose year is 0 is absent, "" is an absent text. */
struct imported {
    struct document_number number;
    char state[STATE_CODE_BYTES];     /* issuing state */
    char reporting[STATE_CODE_BYTES]; /* country where the theft was reported; may be "" */
    Denrei__V1__TravelDocumentType type;
    Denrei__V1__LostStatus status;
    struct date_text issued;
    struct date_text expires;
    struct date_text lost_on; /* may be partial */
    struct date_text review;  /* always there and complete: the record counts until it is over */
    char reference[IMPORTED_REFERENCE_BYTES];
};

#endif /* CLIENTS_NODE_IMPORTED_H */
