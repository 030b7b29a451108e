/*
 * name_compare.h - how well two spellings of names agree, from 0 to 100, and why.
 *
 * Pure.  Parts are paired whatever their order, joined where one side writes them as one; what is
 * left over on one side only was omitted, what is left over on both sides contradicts.
 */
#ifndef CLIENTS_NODE_NAME_COMPARE_H
#define CLIENTS_NODE_NAME_COMPARE_H

#include "clients/node/name_part.h"

/* A form with the voices of its parts; a cache, for one form that outlives it. */
struct name_spoken {
    const struct name_form *form;
    struct name_voice voices[NAME_PARTS_MAX];
    bool has_tongues;
    struct name_tongues tongues; /* what the form alone allows */
};

/* Parts of the left and of the right name that agree; on one side it is a single one. */
struct name_pair {
    uint8_t left, left_count;
    uint8_t right, right_count;
    uint8_t score;
    uint8_t rule; /* enum name_rule */
};

struct name_match {
    unsigned score;
    struct name_pair pairs[NAME_PARTS_MAX];
    size_t pairs_count;
    bool is_swapped;   /* family and given name are exchanged */
    bool has_omission; /* parts that one side alone has */
    bool has_conflict; /* parts that differ */
};

/* Begin with `form`, which is borrowed. */
void name_spoken_init(struct name_spoken *spoken, const struct name_form *form);

/* What the form alone allows; borrowed from `spoken`. */
const struct name_tongues *name_spoken_tongues(struct name_spoken *spoken);

/* What both allow. */
struct name_tongues name_spoken_common(struct name_spoken *left, struct name_spoken *right);

/* Compare.  The score is the same with the sides exchanged. */
void name_compare(struct name_spoken *left, struct name_spoken *right, struct name_match *out);

/*
 * Say in words what `match` of the two forms rests on, at most `room` bytes with the NUL: "family
 * name is the same; given name matches by passport Hepburn: OHNO / ONO".
 */
void name_compare_words(const struct name_match *match, const struct name_form *left,
                        const struct name_form *right, char *out, size_t room);

#endif /* CLIENTS_NODE_NAME_COMPARE_H */
