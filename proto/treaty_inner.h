/*
 * treaty_inner.h - what the reader of treaty profiles (treaty_parse.c) shares with the
 * readers of its lines and values (treaty_lines.c, treaty_value.c).
 *
 * Pure.  For these three files alone.
 */
#ifndef PROTO_TREATY_INNER_H
#define PROTO_TREATY_INNER_H

#include "proto/treaty.h"

enum { TREATY_LINES_MAX = 4000 };

/* What a value of a profile is, and so where it goes in its section's struct. */
enum treaty_value {
    TREATY_VALUE_TEXT,      /* const char *: any words */
    TREATY_VALUE_TEXTS,     /* the same, repeated: const char *const *, and size_t after it */
    TREATY_VALUE_LANGUAGES, /* codes with blanks between them: as TEXTS */
    TREATY_VALUE_DATE,      /* const char *: YYYY-MM-DD */
    TREATY_VALUE_DAYS,      /* uint32_t */
    TREATY_VALUE_CHANNELS,  /* uint32_t: bits of enum MlaChannel */
    TREATY_VALUE_ROLE,      /* Denrei__V1__Role */
    TREATY_VALUE_DOES,      /* of struct treaty_authority: may_send, may_receive */
    TREATY_VALUE_NEED,      /* of struct treaty_content: need, measures */
    TREATY_VALUE_MANNER,    /* bool: "may" or "shall" */
    TREATY_VALUE_DUAL       /* enum treaty_dual: "none", "may" or "shall" */
};

/* One `key = value` line with the lines that go on with it, or one `[section argument]` line. */
struct treaty_line {
    size_t number; /* from 1 */
    bool is_section;
    const char *key;   /* of a section: its name */
    const char *value; /* of a section: its argument, may be "" */
};

struct treaty_reader {
    const char *name; /* of the file */
    struct arena *arena;
    struct problems *problems;
    bool is_full; /* the arena */
};

/*
 * Cut the profile into lines; returns how many, *out lies in the arena.  0 and a problem, or a full
 * arena, if it is no text.
 */
size_t treaty_read_lines(struct treaty_reader *reader, struct span text, struct treaty_line **out);

/* Add a problem at line `number`, at the file as a whole if that is 0. */
void treaty_wrong(struct treaty_reader *reader, size_t number, const char *cure, const char *format,
                  ...) __attribute__((format(printf, 4, 5)));

/*
 * Put the value of `line` to `at`, in `element`, the struct of its section; `room` is for how many
 * texts a list at `at` must have.  What is wrong goes to the reader's problems.
 */
void treaty_put_value(struct treaty_reader *reader, const struct treaty_line *line,
                      enum treaty_value value, void *element, void *at, size_t room);

/* The ground, or the field, that a section's argument names; false and a problem if none. */
bool treaty_take_ground(struct treaty_reader *reader, const struct treaty_line *line,
                        Denrei__V1__MlaGround *out);
bool treaty_take_path(struct treaty_reader *reader, const struct treaty_line *line);

/* Whether a section's argument is a state's code, or "*" where `is_any_allowed`. */
bool treaty_take_country(struct treaty_reader *reader, const struct treaty_line *line,
                         bool is_any_allowed);

#endif /* PROTO_TREATY_INNER_H */
