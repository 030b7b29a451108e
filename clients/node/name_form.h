/*
 * name_form.h - one spelling of a name, taken apart: what is compared, and what the index keeps.
 *
 * Pure.  The text may be hostile: any bytes, any length; what is not UTF-8, and letters beyond the
 * bounds, are passed over.
 */
#ifndef CLIENTS_NODE_NAME_FORM_H
#define CLIENTS_NODE_NAME_FORM_H

#include "clients/node/name_letters.h"
#include "proto/bytes.h"

#include <stdbool.h>

enum {
    NAME_PARTS_MAX = 8,
    NAME_PART_BYTES = 40,      /* 39 letters, as many as a passport has for the whole name */
    NAME_TEXT_CHARS_MAX = 200, /* of a field, as in person.proto */
    NAME_FORMS_OF_TEXT = 2,
    NAME_FORM_BYTES_MAX = 8 + NAME_PARTS_MAX * NAME_PART_BYTES
};

/* A name as it is given; NULL and "" are absent. */
struct name_text {
    const char *family;
    const char *given;
    const char *full;     /* "FAMILY, GIVEN", or not divided */
    const char *language; /* ISO 639 */
    bool is_cut;          /* from a machine-readable zone whose field it fills */
};

/*
 * Parts are small letters a to z; with NAME_HAN and NAME_OTHER UTF-8.  Titles and suffixes are
 * left out.  With `is_divided` the first `family_count` parts are the family name.
 */
struct name_form {
    uint8_t writing; /* enum name_writing */
    uint8_t parts_count;
    uint8_t family_count;
    bool is_divided;
    bool is_cut; /* the last part may go on, and parts may follow */
    char parts[NAME_PARTS_MAX][NAME_PART_BYTES];
};

/*
 * Take `text` apart.  Returns how many forms it has: none where it has no letters; two for a
 * Chinese name in characters (language zh), by its characters and by its reading.
 */
size_t name_form_read(const struct name_text *text, struct name_form forms[NAME_FORMS_OF_TEXT]);

/* Whether `part` says little by itself: al, bin, de, van, thi. */
bool name_form_is_particle(const char *part);

/* The parts from `from` to before `to` as one, cut at `room`. */
void name_form_join(const struct name_form *form, size_t from, size_t to, char *out, size_t room);

/* As bytes for the index; at most NAME_FORM_BYTES_MAX.  Returns how many. */
size_t name_form_encode(const struct name_form *form, uint8_t out[NAME_FORM_BYTES_MAX]);

/* Read what name_form_encode wrote at the beginning of `bytes`; returns its length, 0: damaged. */
size_t name_form_decode(struct span bytes, struct name_form *out);

#endif /* CLIENTS_NODE_NAME_FORM_H */
