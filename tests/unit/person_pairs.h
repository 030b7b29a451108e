/*
 * person_pairs.h - files of pairs of persons, the same one or another: what tests and benchmarks
 * share.  The form is told at the beginning of tests/vectors/persons.tsv.
 */
#ifndef TESTS_UNIT_PERSON_PAIRS_H
#define TESTS_UNIT_PERSON_PAIRS_H

#include "clients/node/person.h"

enum { PERSON_PAIRS_TEXT_BYTES = 512 };

struct person_pair {
    bool is_same;
    struct person_query left, right;
    char text[PERSON_PAIRS_TEXT_BYTES]; /* the line */
};

/*
 * The next pair of a file that is read line by line; false at its end.  A line that is not a pair
 * ends the process with its number.
 */
bool person_pairs_next(void *file, unsigned *line, struct person_pair *out);

/*
 * The score of a pair as screening gives it; *is_keyed: the index would find the one by the other;
 * *is_even: it is the same with the sides exchanged.
 */
unsigned person_pairs_score(const struct person_pair *pair, bool *is_keyed, bool *is_even);

#endif /* TESTS_UNIT_PERSON_PAIRS_H */
