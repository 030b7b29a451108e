/*
 * confusion.h - document numbers that readers and fingers confuse: O and 0, I and 1, B and 8.
 *
 * Pure.  Characters that are taken for each other form a class (Doc 9303-3 prints both letters and
 * digits in OCR-B, where the pairs below are what optical readers and people mix up).  No class has
 * two digits: numbers run in sequences, and a confusion of digits would make neighbours alike.  The
 * skeleton of a number has the digit, or the first letter, of the class for each character. Numbers
 * that can be confused have the same skeleton, so one look-up by skeleton finds them all.
 */
#ifndef CLIENTS_NODE_CONFUSION_H
#define CLIENTS_NODE_CONFUSION_H

#include "clients/node/finding.h"
#include "clients/node/screen.h"

enum {
    CONFUSION_MAX = 4, /* characters in which a number may differ and still be a hit */
    CONFUSION_REASON_ROOM = FINDING_REASON_BYTES
};

/* What stands for `c` in a skeleton; itself if it is in no class. */
char confusion_class(char c);

/* The skeleton of `number`, which is in the one spelling; *out may be `number` itself. */
void confusion_skeleton(const struct document_number *number, struct document_number *out);

/* A skeleton as two numbers that sort as it does: 12 characters and 10, to base 37. */
struct confusion_key {
    uint64_t high;
    uint64_t low;
};

/* The key of `len` characters in the one spelling (at most 22), by their skeleton. */
struct confusion_key confusion_key(const char *number, size_t len);

/* Below, at, or above 0, as `left` sorts before, with or after `right`. */
int confusion_key_compare(struct confusion_key left, struct confusion_key right);

/* How sure a match is, and why, for people. */
struct confusion_grade {
    unsigned score; /* FINDING_EXACT: the same document; 0: none; else between */
    char reason[FINDING_REASON_BYTES];
};

/*
 * Compare what `query` asks for with a record of `number` and `state`; in `number` a '*' stands for
 * any digit.  The same number under a code of the same issuer (state_code_issuer) scores less, a
 * number that differs by confusions less with each of them.  The check digit that a zone prints
 * tells the two causes apart: where the recorded number fits it too, the zone was likely misread;
 * where only the read number fits, at most the record is mistyped.
 * Returns whether it is a match at all.
 */
bool confusion_compare(const struct screen_query *query, const char *number, const char *state,
                       struct confusion_grade *out);

#endif /* CLIENTS_NODE_CONFUSION_H */
