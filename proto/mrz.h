/*
 * mrz.h - machine-readable zones of travel documents (ICAO Doc 9303, parts 3 to 7).
 *
 * Pure.  Formats: TD1 (3 lines of 30), TD2 (2 of 36), TD3 (2 of 44), visas MRV-A (2 of 44) and
 * MRV-B (2 of 36).  What was read may come from a scanner, a keyboard or a forger.
 */
#ifndef PROTO_MRZ_H
#define PROTO_MRZ_H

#include "proto/document_number.h"
#include "proto/problem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum mrz_format { MRZ_TD1, MRZ_TD2, MRZ_TD3, MRZ_MRVA, MRZ_MRVB };

enum mrz_check {
    MRZ_CHECK_NUMBER,
    MRZ_CHECK_BIRTH,
    MRZ_CHECK_EXPIRY,
    MRZ_CHECK_OPTIONAL,
    MRZ_CHECK_COMPOSITE,
    MRZ_CHECK_COUNT
};

enum {
    MRZ_LINE_MAX = 44,
    MRZ_NAME_BYTES = 40, /* 39 characters and the NUL */
    MRZ_OPTIONAL_BYTES = 17
};

/* One check digit as printed and as the data give it; `found` is 0 if the format has none. */
struct mrz_digit {
    char found;
    char expected;
    bool is_right; /* true if the format has none */
};

/* A date of six digits, whose century is not printed and whose parts may be unknown. */
struct mrz_date {
    bool has_year, has_month, has_day;
    uint8_t year; /* 0 to 99 */
    uint8_t month;
    uint8_t day;
};

struct mrz {
    enum mrz_format format;
    char document_code[3]; /* P, PM, I, AC, V; without fillers */
    char issuing_state[4]; /* without fillers: D for Germany */
    char nationality[4];
    struct document_number number;
    char family[MRZ_NAME_BYTES]; /* fillers as blanks */
    char given[MRZ_NAME_BYTES];  /* "" if the zone has none */
    bool is_name_full;           /* the name fills its field, so it may be cut off */
    struct mrz_date birth;
    struct mrz_date expiry;
    char sex;                             /* M, F, or X where none is stated */
    char optional[2][MRZ_OPTIONAL_BYTES]; /* without fillers at the end; [1] in TD1 only */
    struct mrz_digit digits[MRZ_CHECK_COUNT];
    size_t wrong_count; /* of wrong check digits; a zone with one must not be believed */
};

/*
 * Read the zone in `text`: its lines with line breaks between them, or one after the other without
 * any; small letters count as capitals, blanks around lines are dropped.  Problems name line and
 * column, and for a wrong check digit which one, what is printed and what the data give.
 * ERR_OK:     the zone was read; check out->wrong_count.
 * ERR_FORMAT: it has not the lengths of a format, or a character, date or sex that cannot be
 *             there; *out is untouched and `problems` says what.
 */
enum err mrz_parse(const char *text, struct mrz *out, struct problems *problems);

#endif /* PROTO_MRZ_H */
