/*
 * text.h - a message as people read it: one line per value, `label: value`, indented by groups.
 *
 * Pure.  Label and value come apart, because they are of two sorts: a label is ours; a value is
 * what the sender wrote, may have several lines, and must be escaped when it is printed
 * (term_put_lines).  Labels, enum values, yes or no, dates and states are in the reader's language;
 * other text stays as the sender wrote it.  The original beside it says all of it field by field as
 * it was sent, so that nothing can be lost in wording.
 */
#ifndef PROTO_TEXT_H
#define PROTO_TEXT_H

#include "proto/bytes.h"
#include "proto/help.h"
#include "proto/walk.h"

#include <stdbool.h>

enum {
    TEXT_LABEL_BYTES = 384,
    TEXT_SCRATCH_BYTES = 160 /* for a number, a word, or the first bytes of bytes in hex */
};

struct text_line {
    size_t depth; /* groups around it; 0 in an original */
    /* "Date of issue"; in a list of several "Documents 2"; in an original "documents[1].number" */
    char label[TEXT_LABEL_BYTES];
    bool is_group;     /* a heading: its lines follow, one deeper */
    struct span value; /* borrowed from the message, or from struct text until the next line */
};

/* Borrows the message. */
struct text {
    struct walk walk;
    enum language language;
    bool is_original;
    char scratch[TEXT_SCRATCH_BYTES];
};

/* Begin before the first line of `message` (see walk_next for which messages). */
void text_init(struct text *text, const ProtobufCMessage *message, enum language language);

/* The same for its original: every value with its path, enum values as in JSON, no headings. */
void text_init_original(struct text *text, const ProtobufCMessage *message);

/* Go to the next line; false when there is none, and *line is untouched then. */
bool text_next(struct text *text, struct text_line *line);

#endif /* PROTO_TEXT_H */
