/*
 * name_fold.h - one form for the spellings that a transliteration allows.
 *
 * Pure.  Rules are tables: a text of a to z is rewritten from left to right, the longest rule
 * first.  A fold never says what language a name is of; it says that two spellings are the same if
 * it is of that language.
 */
#ifndef CLIENTS_NODE_NAME_FOLD_H
#define CLIENTS_NODE_NAME_FOLD_H

#include <stdbool.h>
#include <stddef.h>

enum name_fold_table {
    NAME_FOLD_ICAO,     /* Doc 9303-3, 6: AE OE UE AA SS TH IJ, and the forms with X */
    NAME_FOLD_SLAVIC,   /* of Cyrillic: YE, E and JE; KH and H; SHCH, SCH; -IY, -Y and -II */
    NAME_FOLD_SOUND,    /* of Latin alphabets: C, K and Q; PH and F; Z and S; silent H */
    NAME_FOLD_ARABIC,   /* vowels by their three classes; KH, DH, TH, Q; al- and abd al- */
    NAME_FOLD_THAI,     /* RTGS and usual spellings: PH and P, TH and T; final R, L and N */
    NAME_FOLD_SKELETON, /* consonants by class: what all of the others have in common */
    NAME_FOLD_TABLES
};

/* Rewrite `latin` (letters a to z) into `out`, of `room` bytes with the NUL; cut where it is full.
 */
void name_fold(enum name_fold_table table, const char *latin, char *out, size_t room);

/*
 * How well two texts of NAME_FOLD_ARABIC agree, whose vowels are written in many ways: 0 the
 * consonants or vowels differ, 1 a vowel is missing or may be another, 2 all agree.
 */
int name_fold_compare_arabic(const char *left, const char *right);

#endif /* CLIENTS_NODE_NAME_FOLD_H */
