/*
 * nearest.h - the known names that lie nearest to a word that somebody mistyped.
 *
 * Pure.
 */
#ifndef PROTO_NEAREST_H
#define PROTO_NEAREST_H

#include <stddef.h>

enum {
    NEAREST_MAX = 3,
    NEAREST_WORD_BYTES_MAX = 64 /* longer words have no neighbours */
};

struct nearest {
    const char *word;               /* borrowed */
    size_t count;                   /* of names */
    const char *names[NEAREST_MAX]; /* borrowed from whoever offered them, the nearest first */
    size_t distances[NEAREST_MAX];
};

/* Begin to look for neighbours of `word`, which must outlive `nearest`. */
void nearest_init(struct nearest *nearest, const char *word);

/*
 * Keep `name` if it is among the nearest so far and near enough: at most a third of the longer
 * one's letters differ (insertions, deletions, changes, swaps of neighbours), or `name` begins
 * with the word (of three letters or more).  Capitals, and '-' or ' ' for '_', make no difference.
 */
void nearest_offer(struct nearest *nearest, const char *name);

#endif /* PROTO_NEAREST_H */
