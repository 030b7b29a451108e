/*
 * name_letters.h - the letters of alphabets as small Latin letters a to z.
 *
 * Pure.  After ICAO Doc 9303-3, section 6 (Latin, Cyrillic and Arabic tables), RTGS (Thai), ELOT
 * 743 (Greek).  Where a table allows several spellings the shortest is written here; name_fold.h
 * brings the others to it.  What is no letter of the alphabet is passed over.
 */
#ifndef CLIENTS_NODE_NAME_LETTERS_H
#define CLIENTS_NODE_NAME_LETTERS_H

#include <stddef.h>
#include <stdint.h>

/* How a name was written. */
enum name_writing {
    NAME_LATIN,
    NAME_KANA,
    NAME_HANGUL,
    NAME_HAN,    /* parts are characters as name_han_fold gives them, in UTF-8 */
    NAME_PINYIN, /* a Chinese name in characters, by its reading */
    NAME_CYRILLIC,
    NAME_GREEK,
    NAME_ARABIC, /* vowels are mostly missing */
    NAME_HEBREW, /* likewise */
    NAME_THAI,   /* likewise; Lao too */
    NAME_INDIC,  /* Devanagari, Bengali and their sisters */
    NAME_GEORGIAN,
    NAME_OTHER, /* compares with itself alone; parts are in UTF-8 */
    NAME_WRITINGS
};

/* How `point` is written; NAME_WRITINGS: it is no letter. */
enum name_writing name_letters_writing(uint32_t point);

/*
 * Spell `count` letters of one alphabet into `out`, of `room` bytes with the NUL; cut where it is
 * full.  `language` (ISO 639, "" if not known) decides where an alphabet has several tables.
 * Not for kana, Hangul and Chinese characters.
 */
void name_letters_spell(enum name_writing writing, const char *language, const uint32_t *points,
                        size_t count, char *out, size_t room);

#endif /* CLIENTS_NODE_NAME_LETTERS_H */
