/*
 * name_korean.h - Korean names: Hangul by the Revised Romanization of 2000, and the syllables that
 * a name in Latin letters can be.
 *
 * Pure.  Koreans choose the spelling of their passport: 이 is Lee, Yi, Rhee or I, 정 Jung, Jeong or
 * Chung.  So letters are read as sets of sounds, and two names are the same where their syllables
 * have sounds in common, one after the other.
 */
#ifndef CLIENTS_NODE_NAME_KOREAN_H
#define CLIENTS_NODE_NAME_KOREAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { NAME_KOREAN_SYLLABLES = 4, NAME_KOREAN_WAYS = 4, NAME_KOREAN_KEY_BYTES = 20 };

/* Sounds that a syllable can have; bit n is number n of Unicode's order (19, 21 and 28). */
struct name_syllable {
    uint32_t initial;
    uint32_t vowel;
    uint32_t final;
};

/* The ways in which a text comes apart into syllables; none: it is not Korean. */
struct name_korean {
    uint8_t ways;
    uint8_t counts[NAME_KOREAN_WAYS];
    struct name_syllable syllables[NAME_KOREAN_WAYS][NAME_KOREAN_SYLLABLES];
};

/* Spell Hangul in Latin letters, syllable by syllable, at most `room` bytes with the NUL. */
void name_korean_spell(const uint32_t *points, size_t count, char *out, size_t room);

/* Read `latin` (letters a to z).  A text that is too long or not Korean has no way. */
void name_korean_read(const char *latin, struct name_korean *out);

/* Whether some way of `left` and one of `right` can be the same syllables. */
bool name_korean_is_same(const struct name_korean *left, const struct name_korean *right);

/* A key that is the same for most names that are; way `way` below `ways`. */
void name_korean_key(const struct name_korean *korean, size_t way, char out[NAME_KOREAN_KEY_BYTES]);

#endif /* CLIENTS_NODE_NAME_KOREAN_H */
