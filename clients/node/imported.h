/*
 * imported.h - a travel document that came in an imported list, after INTERPOL's Stolen and Lost
 * Travel Documents record: a document, never its holder.
 *
 * Pure.
 */
#ifndef CLIENTS_NODE_IMPORTED_H
#define CLIENTS_NODE_IMPORTED_H

#include "proto/bytes.h"
#include "proto/date_text.h"
#include "proto/document_number.h"
#include "proto/lost_passport.pb-c.h"
#include "proto/state_code.h"

enum {
    IMPORTED_REFERENCE_BYTES = 65, /* of the owner's own reference, with the NUL */
    IMPORTED_SOURCE_BYTES = 33,    /* of the list's name, with the NUL */
    IMPORTED_FIXED_BYTES = 19,
    IMPORTED_BYTES_MAX = /* of a record's bytes */
    IMPORTED_FIXED_BYTES + DOCUMENT_NUMBER_BYTES + IMPORTED_REFERENCE_BYTES - 2
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

/*
 * A record as bytes: lengths of number and reference (one byte each); issuing state and reporting
 * country (two each, imported_pack_state); type and status (four bits each); dates of issue,
 * expiry, loss and review (three each, imported_pack_date); number; reference.  Integers are
 * big-endian. Returns the length.  Every field is as its comment above says.
 */
size_t imported_encode(const struct imported *record, uint8_t out[IMPORTED_BYTES_MAX]);

/* What a search needs of a record's bytes; borrowed from them. */
struct imported_key {
    const char *number; /* without a NUL */
    size_t number_len;
    uint16_t state;
    uint32_t review;
    size_t bytes; /* of the whole record */
};

/* Read it off the record that begins at `bytes`.  ERR_CORRUPT: no record begins there. */
enum err imported_peek(struct span bytes, struct imported_key *out);

/* The record that begins at `bytes`.  ERR_CORRUPT: there is none, or a field cannot be. */
enum err imported_decode(struct span bytes, struct imported *out);

/* A code of up to three capital letters to base 27, so that it sorts as it reads; "" is 0. */
uint16_t imported_pack_state(const char *code);

/* A date as 9 bits and more of the year, 4 of the month, 5 of the day; sorts as dates do. */
uint32_t imported_pack_date(struct date_text date);

#endif /* CLIENTS_NODE_IMPORTED_H */
