/*
 * name_han.h - names in Chinese characters: one spelling for the variants of a character, and the
 * Mandarin reading of a Chinese name.
 *
 * Pure.  A Japanese name in kanji is never transliterated: how it is read cannot be told from its
 * characters, so kanji compare with kanji only.  A Chinese name has one reading, which passports
 * print, surnames with several readings included.
 */
#ifndef CLIENTS_NODE_NAME_HAN_H
#define CLIENTS_NODE_NAME_HAN_H

#include <stddef.h>
#include <stdint.h>

enum { NAME_HAN_FIRST = 0x4E00, NAME_HAN_LAST = 0x9FFF, NAME_HAN_OF_MAX = 6 };

/*
 * The character that stands for `point` and its variants: simplified for traditional, old and
 * variant kanji as the usual one (Koseki's 髙 for 高, 﨑 for 崎, 邊 and 邉 for 辺), hiragana for
 * katakana.  Any other character stands for itself.
 */
uint32_t name_han_fold(uint32_t point);

/*
 * The Mandarin syllable of `point`, in letters a to z, as at the beginning of a name with
 * `is_surname` (単 shan, 曾 zeng); NULL: not known.  Static.
 */
const char *name_han_pinyin_of(uint32_t point, int is_surname);

/* ---- tables made by gen/han_generator.c, for FIRST to LAST */

extern const uint16_t name_han_simple[]; /* the simplified character */
extern const uint16_t name_han_pinyin[]; /* number of its syllable; 0: none */
extern const char name_han_syllables[][8];

/* A syllable as it is written in pinyin or Wade-Giles, and which syllables it can be (0: none). */
struct name_han_spelling {
    char text[8];
    uint16_t of[NAME_HAN_OF_MAX];
};

extern const struct name_han_spelling name_han_spellings[]; /* in the order of their texts */
extern const uint16_t name_han_spelling_starts[27]; /* where each letter begins; where z ends */

#endif /* CLIENTS_NODE_NAME_HAN_H */
