/*
 * edifact.h - the segments of a UN/EDIFACT interchange (ISO 9735, syntax versions 1 to 4).
 *
 * Pure.  The file comes from a carrier and is not trusted.  A segment that is malformed is told of
 * by its number and place, and reading goes on behind its terminator.  Values are UTF-8: a segment
 * that is not UTF-8 is taken as ISO 8859-1 where the interchange declares it (UNOC), else refused.
 */
#ifndef CLIENTS_NODE_EDIFACT_H
#define CLIENTS_NODE_EDIFACT_H

#include "proto/bytes.h"
#include "proto/err.h"
#include "proto/problem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    EDIFACT_SEGMENT_BYTES = 2048, /* as it is read, with the NULs between its values */
    EDIFACT_ELEMENTS_MAX = 32,
    EDIFACT_COMPONENTS_MAX = 16
};

/* The service characters, of UNA or the default. */
struct edifact_signs {
    char component, element, release, terminator;
};

struct edifact_segment {
    uint64_t number;     /* from 1; service segments count, UNA does not */
    size_t offset;       /* of its tag in the text */
    const char *tag;     /* three capitals; "" if malformed */
    const char *problem; /* why it is malformed; NULL if it is not */
    size_t elements;     /* behind the tag */
    const char *values[EDIFACT_ELEMENTS_MAX][EDIFACT_COMPONENTS_MAX]; /* NULL: absent */
};

/* Borrows the text. */
struct edifact {
    struct span text;
    size_t at;
    uint64_t segments;
    struct edifact_signs signs;
    bool is_latin1;
    struct edifact_segment segment;
    char bytes[EDIFACT_SEGMENT_BYTES]; /* the segment's values */
};

/*
 * Begin before the first segment of `text`; UNA is taken if it is there.
 * ERR_FORMAT: neither UNA nor UNB is there, or UNA names service characters that cannot be told
 * apart; `problems` says which.
 */
enum err edifact_init(struct edifact *edifact, struct span text, struct problems *problems);

/*
 * The next segment, borrowed until the next call; NULL at the end.  A malformed one comes too, with
 * its problem; one whose terminator is missing is the last.
 */
const struct edifact_segment *edifact_next(struct edifact *edifact);

/*
 * The value at (element, component), both from 1, as in the standard's tables, the tag not
 * counted; "" if absent.
 */
const char *edifact_value(const struct edifact_segment *segment, size_t element, size_t component);

#endif /* CLIENTS_NODE_EDIFACT_H */
