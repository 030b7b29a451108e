/*
 * name_chinese.h - Chinese names in Latin letters: pinyin, Wade-Giles, and the surnames of Hong
 * Kong, Singapore and Malaysia.
 *
 * Pure.  Wade-Giles loses its apostrophes in passports, so Chang can be Zhang or Chang: a syllable
 * is read as the set of Mandarin syllables that it can be.
 */
#ifndef CLIENTS_NODE_NAME_CHINESE_H
#define CLIENTS_NODE_NAME_CHINESE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    NAME_CHINESE_SYLLABLES = 4,
    NAME_CHINESE_WAYS = 3,
    NAME_CHINESE_OF = 6,
    NAME_CHINESE_KEY_BYTES = 32
};

/* Numbers of the syllables of name_han.h; 0: none. */
struct name_mandarin {
    uint16_t of[NAME_CHINESE_OF];
};

/* The ways in which a text comes apart into syllables; none: it is not Chinese. */
struct name_chinese {
    uint8_t ways;
    uint8_t counts[NAME_CHINESE_WAYS];
    struct name_mandarin syllables[NAME_CHINESE_WAYS][NAME_CHINESE_SYLLABLES];
};

/* Read `latin` (letters a to z).  A text that is too long or not Chinese has no way. */
void name_chinese_read(const char *latin, struct name_chinese *out);

/* Whether some way of `left` and one of `right` can be the same syllables. */
bool name_chinese_is_same(const struct name_chinese *left, const struct name_chinese *right);

/*
 * A key that is the same for names that are: way `way` below `ways`, `choice` from 0 on as long as
 * there is one; false: there is none, and `out` is untouched.
 */
bool name_chinese_key(const struct name_chinese *chinese, size_t way, size_t choice,
                      char out[NAME_CHINESE_KEY_BYTES]);

#endif /* CLIENTS_NODE_NAME_CHINESE_H */
