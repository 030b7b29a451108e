#include "clients/node/name_kana.h"

#include <string.h>

enum { KATAKANA_FIRST = 0x30A1, KATAKANA_LAST = 0x30F6, LONG_MARK = 0x30FC };

/* From small a to small ke; "*" sounds with what stands before. */
static const char *const SOUNDS[KATAKANA_LAST - KATAKANA_FIRST + 1] = {
    "*a", "a",  "*i",  "i",  "*u", "u",   "*e",  "e",   "*o",  "o",  "ka",  "ga", "ki", "gi", "ku",
    "gu", "ke", "ge",  "ko", "go", "sa",  "za",  "shi", "ji",  "su", "zu",  "se", "ze", "so", "zo",
    "ta", "da", "chi", "ji", "*",  "tsu", "zu",  "te",  "de",  "to", "do",  "na", "ni", "nu", "ne",
    "no", "ha", "ba",  "pa", "hi", "bi",  "pi",  "fu",  "bu",  "pu", "he",  "be", "pe", "ho", "bo",
    "po", "ma", "mi",  "mu", "me", "mo",  "*ya", "ya",  "*yu", "yu", "*yo", "yo", "ra", "ri", "ru",
    "re", "ro", "wa",  "wa", "i",  "e",   "o",   "n",   "vu",  "ka", "ke"};

static bool
is_vowel(char c)
{
    return c != '\0' && strchr("aiueo", c) != NULL;
}

/* A text that grows. */
struct spelling {
    char *text;
    size_t len;
    size_t room;
};

static void
add(struct spelling *out, const char *text)
{
    for (; *text != '\0' && out->len + 1 < out->room; text++)
        out->text[out->len++] = *text;
    out->text[out->len] = '\0';
}

static bool
ends_with(const struct spelling *out, const char *end)
{
    size_t len = strlen(end);

    return out->len >= len && memcmp(out->text + out->len - len, end, len) == 0;
}

/* A small letter changes the vowel before it: ki + ya is kya, shi + ya sha, fu + a fa. */
static void
add_small(struct spelling *out, const char *sound)
{
    bool is_y = sound[0] == 'y';

    if (out->len == 0) {
        add(out, sound);
        return;
    }
    if (is_y && !is_vowel(out->text[out->len - 1])) {
        add(out, sound);
        return;
    }
    bool is_glide = ends_with(out, "u") && out->len == 1; /* u + i is wi */
    bool is_hard = is_y && (ends_with(out, "shi") || ends_with(out, "chi") || ends_with(out, "ji"));
    if (is_vowel(out->text[out->len - 1]))
        out->len--;
    if (is_glide)
        add(out, "w");
    add(out, is_hard ? sound + 1 : sound);
}

/* A long o or u: o or u after it, but not the u of another syllable (inoue). */
static bool
is_long(const struct spelling *out, const char *sound, const char *next)
{
    if (ends_with(out, "o") && strcmp(sound, "u") == 0)
        return next == NULL || strcmp(next, "e") != 0;
    return (ends_with(out, "o") && strcmp(sound, "o") == 0) ||
           (ends_with(out, "u") && strcmp(sound, "u") == 0);
}

static const char *
sound_of(uint32_t point)
{
    if (point >= 0x3041 && point <= 0x3096)
        point += 0x60;
    if (point < KATAKANA_FIRST || point > KATAKANA_LAST)
        return NULL;
    return SOUNDS[point - KATAKANA_FIRST];
}

void
name_kana_spell(const uint32_t *points, size_t count, char *out, size_t room)
{
    struct spelling spelling = {out, 0, room};
    bool is_double = false;

    out[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        const char *sound = sound_of(points[i]);
        const char *next = i + 1 < count ? sound_of(points[i + 1]) : NULL;
        if (sound == NULL) /* the long mark too: it is not written */
            continue;
        if (strcmp(sound, "*") == 0) {
            is_double = true;
            continue;
        }
        if (sound[0] == '*') {
            add_small(&spelling, sound + 1);
            continue;
        }
        if (is_long(&spelling, sound, next))
            continue;
        if (ends_with(&spelling, "n") && strchr("bmp", sound[0]) != NULL &&
            strlen(sound) > 1) /* a syllabic n: no other sound ends so */
            spelling.text[spelling.len - 1] = 'm';
        if (is_double && !is_vowel(sound[0]))
            add(&spelling, (const char[]){sound[0] == 'c' ? 't' : sound[0], '\0'});
        is_double = false;
        add(&spelling, sound);
    }
}

/* ---- reading Latin letters */

/* Consonants before a vowel, longest first, and what they are; the last letter says for which. */
static const struct {
    const char *from;
    const char *to;
    char vowel; /* 0: any */
} CONSONANTS[] = {
    {"tsy", "ch", 0}, {"tch", "cch", 0}, {"shy", "sh", 0},  {"sh", "sh", 0},   {"sy", "sh", 0},
    {"ch", "ch", 0},  {"ty", "ch", 0},   {"cy", "ch", 0},   {"ts", "ts", 'u'}, {"dz", "z", 0},
    {"dy", "j", 0},   {"dj", "j", 0},    {"zy", "j", 0},    {"jy", "j", 0},    {"ky", "ky", 0},
    {"gy", "gy", 0},  {"ny", "ny", 0},   {"hy", "hy", 0},   {"by", "by", 0},   {"py", "py", 0},
    {"my", "my", 0},  {"ry", "ry", 0},   {"kw", "kw", 'a'}, {"s", "sh", 'i'},  {"t", "ch", 'i'},
    {"t", "ts", 'u'}, {"h", "f", 'u'},   {"z", "j", 'i'},   {"d", "j", 'i'},   {"d", "z", 'u'},
    {"w", "", 'o'},   {"w", "", 'i'},    {"w", "", 'e'},    {"k", "k", 0},     {"g", "g", 0},
    {"s", "s", 0},    {"z", "z", 0},     {"j", "j", 0},     {"t", "t", 0},     {"d", "d", 0},
    {"n", "n", 0},    {"h", "h", 0},     {"f", "f", 0},     {"b", "b", 0},     {"p", "p", 0},
    {"m", "m", 0},    {"y", "y", 0},     {"r", "r", 0},     {"w", "w", 0},     {"v", "b", 0}};

/* What stands at `at` before its vowel; NULL: nothing Japanese.  *len is its length. */
static const char *
read_consonant(const char *at, size_t *len)
{
    for (size_t i = 0; i < sizeof CONSONANTS / sizeof CONSONANTS[0]; i++) {
        size_t from_len = strlen(CONSONANTS[i].from);
        if (strncmp(at, CONSONANTS[i].from, from_len) == 0 && is_vowel(at[from_len]) &&
            (CONSONANTS[i].vowel == 0 || CONSONANTS[i].vowel == at[from_len])) {
            *len = from_len;
            return CONSONANTS[i].to;
        }
    }
    return NULL;
}

/* How many letters after a vowel only make it long: satoo, satou, satoh. */
static size_t
long_letters(const char *at, char vowel)
{
    if (at[0] == 'h' && !is_vowel(at[1]) && at[1] != 'y')
        return 1;
    if ((at[0] == vowel && vowel != 'i' && vowel != 'a') || (vowel == 'o' && at[0] == 'u'))
        return at[1] == 'h' && !is_vowel(at[2]) && at[2] != 'y' ? 2 : 1;
    return 0;
}

/* A consonant without a vowel: n, m before b, m or p, or the first of a double one. */
static const char *
read_single(const char *at, size_t at_index)
{
    static const char *const DOUBLES[] = {"k", "s", "t", "p", "g", "d", "b", "z"};

    if (at[0] == 'n')
        return "n";
    if (at[0] == 'm' && at[1] != '\0' && strchr("bmp", at[1]) != NULL)
        return "n";
    if (at_index == 0 || at[0] != at[1])
        return NULL;
    if (at[0] == 'c' || (at[0] == 't' && (at[2] == 'y' || at[2] == 'i')))
        return "c"; /* cch, as tch is read */
    for (size_t i = 0; i < sizeof DOUBLES / sizeof DOUBLES[0]; i++) {
        if (DOUBLES[i][0] == at[0])
            return DOUBLES[i];
    }
    return NULL;
}

bool
name_kana_read(const char *latin, char *out, size_t room)
{
    struct spelling spelling = {out, 0, room};
    size_t at = 0;
    bool has_vowel = false;

    out[0] = '\0';
    while (latin[at] != '\0') {
        size_t len = 0;
        const char *sound = is_vowel(latin[at]) ? "" : read_consonant(latin + at, &len);
        if (sound == NULL) {
            sound = read_single(latin + at, at);
            if (sound == NULL)
                return false;
            add(&spelling, sound);
            at++;
            continue;
        }
        char vowel = latin[at + len];
        add(&spelling, sound);
        add(&spelling, (const char[]){vowel, '\0'});
        at += len + 1;
        at += long_letters(latin + at, vowel);
        has_vowel = true;
    }
    return has_vowel;
}
