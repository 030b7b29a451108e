/*
 * document_number.h - numbers of travel documents: one spelling, check digit, ranges.
 *
 * Pure.  The one spelling has capital letters A to Z and digits only, so that what an officer
 * types, what a partner sends and what a machine-readable zone says compare as bytes.
 */
#ifndef PROTO_DOCUMENT_NUMBER_H
#define PROTO_DOCUMENT_NUMBER_H

#include "proto/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    DOCUMENT_NUMBER_BYTES = 23, /* 22 characters (TD1 with its optional data) and the NUL */
    DOCUMENT_NUMBER_FIELD = 9,  /* characters of the number's field in a machine-readable zone */
    DOCUMENT_RANGE_MAX = 1000000
};

struct document_number {
    char text[DOCUMENT_NUMBER_BYTES];
};

/*
 * Bring `text` (UTF-8) to the one spelling: letters become capitals, full-width letters and digits
 * become ASCII; blanks, hyphens, dots, slashes and fillers go.
 * ERR_FORMAT: another character, or nothing is left.  ERR_FULL: more than 22 characters.
 */
enum err document_number_normalise(const char *text, struct document_number *out);

/* Whether `text` is in the one spelling. */
bool document_number_is_normal(const char *text);

/*
 * The check digit ('0' to '9') of `len` characters, A to Z, 0 to 9 and fillers; others count as
 * fillers (Doc 9303-3, section 4.9).  Fillers at the end change nothing.
 */
char document_number_check_digit(const char *text, size_t len);

/*
 * How many documents the range from `first` to `last` has, both in the one spelling: the letters
 * before the last run of digits agree, the digits are as many, and `last` is not below `first`.
 * ERR_FORMAT: no such range.  ERR_RANGE: it goes backwards.  ERR_FULL: above DOCUMENT_RANGE_MAX.
 */
enum err document_number_count_range(const char *first, const char *last, uint32_t *out);

#endif /* PROTO_DOCUMENT_NUMBER_H */
