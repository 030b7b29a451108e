/*
 * state_code.h - the codes of states, organisations and nationalities in travel documents.
 *
 * Pure.  ICAO Doc 9303-3, section 5: ISO 3166-1 alpha-3 with its exceptions (Germany is D, and not
 * DEU), codes of organisations that issue documents, and of persons without a nationality.
 */
#ifndef PROTO_STATE_CODE_H
#define PROTO_STATE_CODE_H

#include "proto/language.h"

#include <stdbool.h>
#include <stddef.h>

enum { STATE_CODE_BYTES = 4 }; /* three letters and the NUL */

enum state_use {
    STATE_ISO,          /* of ISO 3166-1 */
    STATE_EXCEPTION,    /* a state's or territory's code that ISO does not have */
    STATE_ORGANISATION, /* issues documents, is no nationality */
    STATE_OF_PERSON,    /* stateless, refugee, unknown: a nationality, issues nothing */
    STATE_SPECIMEN      /* Utopia, for specimens and tests */
};

struct state_code {
    const char *code;   /* one to three capital letters, without fillers */
    const char *alpha2; /* ISO 3166-1 alpha-2, "" if there is none */
    const char *name;   /* in English */
    enum state_use use;
};

/* The code `text`; NULL if there is none, and for NULL. */
const struct state_code *state_code_find(const char *text);

/* Its name in the reader's language: "Japan", 日本. */
const char *state_code_name(const struct state_code *code, enum language language);

/* Whether documents are issued under `code`, and whether a person can have it as nationality. */
bool state_code_issues(const struct state_code *code);
bool state_code_is_nationality(const struct state_code *code);

/*
 * The code that stands for the issuer of documents under `code`: one issuer has several where a
 * state's passports carry a territory's or a class of nationals' code (GBR for GBD, GBN, GBO, GBP,
 * GBS and the territories, CHN for HKG and MAC, UNO for UNA).  `code` itself otherwise, known or
 * not.
 */
const char *state_code_issuer(const char *code);

/* What `text` may have meant: an alpha-2 code, DEU, a name, or a slip; NULL if nothing is near. */
const struct state_code *state_code_suggest(const char *text);

#endif /* PROTO_STATE_CODE_H */
