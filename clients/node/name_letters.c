#include "clients/node/name_letters.h"

#include <stdbool.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>

/* A text that grows, cut where it is full. */
struct letters {
    char *text;
    size_t len;
    size_t room;
};

static void
add(struct letters *out, const char *text)
{
    for (; *text != '\0' && out->len + 1 < out->room; text++)
        out->text[out->len++] = *text;
    out->text[out->len] = '\0';
}

struct letter {
    uint32_t point;
    const char *latin;
};

static const char *
find(const struct letter *letters, size_t count, uint32_t point)
{
    for (size_t i = 0; i < count; i++) {
        if (letters[i].point == point)
            return letters[i].latin;
    }
    return NULL;
}

#define FIND(table, point) find((table), sizeof(table) / sizeof(table)[0], (point))

static const struct {
    int32_t script; /* ICU's */
    enum name_writing writing;
} SCRIPTS[] = {{USCRIPT_LATIN, NAME_LATIN},       {USCRIPT_HIRAGANA, NAME_KANA},
               {USCRIPT_KATAKANA, NAME_KANA},     {USCRIPT_HANGUL, NAME_HANGUL},
               {USCRIPT_HAN, NAME_HAN},           {USCRIPT_CYRILLIC, NAME_CYRILLIC},
               {USCRIPT_GREEK, NAME_GREEK},       {USCRIPT_ARABIC, NAME_ARABIC},
               {USCRIPT_HEBREW, NAME_HEBREW},     {USCRIPT_THAI, NAME_THAI},
               {USCRIPT_LAO, NAME_THAI},          {USCRIPT_DEVANAGARI, NAME_INDIC},
               {USCRIPT_BENGALI, NAME_INDIC},     {USCRIPT_GURMUKHI, NAME_INDIC},
               {USCRIPT_GUJARATI, NAME_INDIC},    {USCRIPT_ORIYA, NAME_INDIC},
               {USCRIPT_TAMIL, NAME_INDIC},       {USCRIPT_TELUGU, NAME_INDIC},
               {USCRIPT_KANNADA, NAME_INDIC},     {USCRIPT_MALAYALAM, NAME_INDIC},
               {USCRIPT_GEORGIAN, NAME_GEORGIAN}, {USCRIPT_COMMON, NAME_WRITINGS},
               {USCRIPT_INHERITED, NAME_WRITINGS}};

enum name_writing
name_letters_writing(uint32_t point)
{
    if (point < 0x80)
        return (point | 0x20) >= 'a' && (point | 0x20) <= 'z' ? NAME_LATIN : NAME_WRITINGS;
    if (point == 0x3005 || point == 0x3006) /* repeats the kanji before it; shime */
        return NAME_HAN;
    if (point == 0x30FC)
        return NAME_KANA;
    if (!u_isUAlphabetic((UChar32)point) && u_charType((UChar32)point) != U_NON_SPACING_MARK &&
        u_charType((UChar32)point) != U_COMBINING_SPACING_MARK)
        return NAME_WRITINGS;
    int32_t script = u_getIntPropertyValue((UChar32)point, UCHAR_SCRIPT);
    for (size_t i = 0; i < sizeof SCRIPTS / sizeof SCRIPTS[0]; i++) {
        if (SCRIPTS[i].script == script)
            return SCRIPTS[i].writing; /* of no script: marks go with the letter before them */
    }
    return NAME_OTHER;
}

/* ---- Latin: letters that do not come apart into one of a to z and a mark */

static const struct letter LATIN[] = {
    {0xE6, "ae"}, {0x1E3, "ae"}, {0x153, "oe"}, {0xF8, "o"},  {0xDF, "ss"},  {0xFE, "th"},
    {0xF0, "d"},  {0x111, "d"},  {0x142, "l"},  {0x131, "i"}, {0x133, "ij"}, {0x127, "h"},
    {0x14B, "n"}, {0x138, "k"},  {0x167, "t"},  {0x259, "e"}, {0x254, "o"},  {0x25B, "e"},
    {0x257, "d"}, {0x253, "b"},  {0x199, "k"},  {0x1B4, "y"}, {0x140, "l"},  {0x17F, "s"},
    {0x192, "f"}, {0x26B, "l"},  {0x180, "b"},  {0x1DD, "e"}};

static void
spell_latin(struct letters *out, uint32_t point)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar parts[8] = {0};
    UChar32 small = u_tolower((UChar32)point);
    const char *latin = FIND(LATIN, (uint32_t)small);

    if (latin == NULL && small >= 0x80) {
        const UNormalizer2 *nfd = unorm2_getNFDInstance(&status);
        int32_t len = unorm2_getDecomposition(nfd, small, parts, 8, &status);
        small = len > 0 && U_SUCCESS(status) ? parts[0] : 0;
        latin = FIND(LATIN, (uint32_t)small); /* aesh with a mark on it */
    }
    if (latin != NULL)
        add(out, latin);
    else if (small >= 'a' && small <= 'z')
        add(out, (const char[]){(char)small, '\0'});
}

/* ---- Cyrillic, Greek, Georgian: letter by letter */

static const struct letter CYRILLIC[] = {
    {0x430, "a"},  {0x431, "b"},  {0x432, "v"},    {0x433, "g"},  {0x434, "d"},  {0x435, "e"},
    {0x451, "e"},  {0x436, "zh"}, {0x437, "z"},    {0x438, "i"},  {0x439, "i"},  {0x43A, "k"},
    {0x43B, "l"},  {0x43C, "m"},  {0x43D, "n"},    {0x43E, "o"},  {0x43F, "p"},  {0x440, "r"},
    {0x441, "s"},  {0x442, "t"},  {0x443, "u"},    {0x444, "f"},  {0x445, "kh"}, {0x446, "ts"},
    {0x447, "ch"}, {0x448, "sh"}, {0x449, "shch"}, {0x44A, "ie"}, {0x44B, "y"},  {0x44C, ""},
    {0x44D, "e"},  {0x44E, "iu"}, {0x44F, "ia"},   {0x454, "ie"}, {0x456, "i"},  {0x457, "i"},
    {0x491, "g"},  {0x45E, "u"},  {0x452, "d"},    {0x459, "lj"}, {0x45A, "nj"}, {0x45B, "c"},
    {0x45C, "k"},  {0x453, "g"},  {0x45F, "dz"},   {0x455, "dz"}, {0x458, "j"},  {0x4D9, "a"},
    {0x493, "g"},  {0x49B, "k"},  {0x4A3, "n"},    {0x4E9, "o"},  {0x4B1, "u"},  {0x4AF, "u"},
    {0x4BB, "h"},  {0x4B3, "kh"}, {0x4B7, "j"},    {0x4E3, "i"},  {0x4EF, "u"},  {0x49D, "g"}};

static const struct letter CYRILLIC_UKRAINIAN[] = {{0x433, "h"}, {0x438, "y"}, {0x44A, ""}};
static const struct letter CYRILLIC_BELARUSIAN[] = {{0x433, "h"}, {0x451, "io"}, {0x435, "ie"}};
static const struct letter CYRILLIC_BULGARIAN[] = {{0x449, "sht"}, {0x44A, "a"},  {0x445, "h"},
                                                   {0x44E, "yu"},  {0x44F, "ya"}, {0x439, "y"}};
static const struct letter CYRILLIC_SERBIAN[] = {
    {0x436, "z"}, {0x445, "h"}, {0x446, "c"}, {0x447, "c"}, {0x448, "s"}};

static const struct letter GREEK[] = {
    {0x3B1, "a"}, {0x3B2, "v"}, {0x3B3, "g"},  {0x3B4, "d"},  {0x3B5, "e"},
    {0x3B6, "z"}, {0x3B7, "i"}, {0x3B8, "th"}, {0x3B9, "i"},  {0x3BA, "k"},
    {0x3BB, "l"}, {0x3BC, "m"}, {0x3BD, "n"},  {0x3BE, "x"},  {0x3BF, "o"},
    {0x3C0, "p"}, {0x3C1, "r"}, {0x3C2, "s"},  {0x3C3, "s"},  {0x3C4, "t"},
    {0x3C5, "y"}, {0x3C6, "f"}, {0x3C7, "ch"}, {0x3C8, "ps"}, {0x3C9, "o"}};

static const char *const GEORGIAN[] = {
    "a", "b", "g", "d", "e", "v",  "z", "t",  "i",  "k",  "l",  "m",  "n",  "o",  "p", "zh", "r",
    "s", "t", "u", "p", "k", "gh", "q", "sh", "ch", "ts", "dz", "ts", "ch", "kh", "j", "h"};

static const char *
spell_cyrillic(const char *language, uint32_t point)
{
    const char *own = NULL;

    if (strcmp(language, "uk") == 0)
        own = FIND(CYRILLIC_UKRAINIAN, point);
    else if (strcmp(language, "be") == 0)
        own = FIND(CYRILLIC_BELARUSIAN, point);
    else if (strcmp(language, "bg") == 0)
        own = FIND(CYRILLIC_BULGARIAN, point);
    else if (strcmp(language, "sr") == 0 || strcmp(language, "mk") == 0)
        own = FIND(CYRILLIC_SERBIAN, point);
    return own != NULL ? own : FIND(CYRILLIC, point);
}

/* Without its accents, which Greek and Georgian names lose. */
static uint32_t
bare(uint32_t point)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar parts[8] = {0};
    int32_t len =
        unorm2_getDecomposition(unorm2_getNFDInstance(&status), (UChar32)point, parts, 8, &status);

    return len > 0 && U_SUCCESS(status) ? parts[0] : point;
}

/* ---- Arabic and Hebrew: consonants, and the vowels that are written */

static const struct letter ARABIC[] = {
    {0x627, "a"}, {0x628, "b"},  {0x629, "a"},  {0x62A, "t"},  {0x62B, "th"}, {0x62C, "j"},
    {0x62D, "h"}, {0x62E, "kh"}, {0x62F, "d"},  {0x630, "dh"}, {0x631, "r"},  {0x632, "z"},
    {0x633, "s"}, {0x634, "sh"}, {0x635, "s"},  {0x636, "d"},  {0x637, "t"},  {0x638, "z"},
    {0x639, "a"}, {0x63A, "gh"}, {0x641, "f"},  {0x642, "q"},  {0x643, "k"},  {0x644, "l"},
    {0x645, "m"}, {0x646, "n"},  {0x647, "h"},  {0x648, "w"},  {0x649, "a"},  {0x64A, "y"},
    {0x622, "a"}, {0x623, "a"},  {0x624, "w"},  {0x625, "i"},  {0x626, "y"},  {0x671, "a"},
    {0x67E, "p"}, {0x686, "ch"}, {0x698, "zh"}, {0x6AF, "g"},  {0x6A9, "k"},  {0x6CC, "y"},
    {0x679, "t"}, {0x688, "d"},  {0x691, "r"},  {0x6BA, "n"},  {0x6C1, "h"},  {0x6BE, "h"},
    {0x6D2, "y"}, {0x6C0, "h"},  {0x6D5, "a"},  {0x6C6, "o"},  {0x6CE, "e"},  {0x6A4, "v"}};

static const char *const HEBREW[] = {"a", "b", "g", "d",  "h",  "v", "z", "h",  "t",
                                     "y", "k", "k", "l",  "m",  "m", "n", "n",  "s",
                                     "a", "p", "p", "ts", "ts", "k", "r", "sh", "t"};

/* ---- Thai, and Lao 0x80 above it */

static const char *const THAI[] = {
    "k",  "kh", "kh", "kh", "kh", "kh",  "ng", "ch",  "ch", "ch", "s", "ch", "y",  "d", "t",
    "th", "th", "th", "n",  "d",  "t",   "th", "th",  "th", "n",  "b", "p",  "ph", "f", "ph",
    "f",  "ph", "m",  "y",  "r",  "rue", "l",  "lue", "w",  "s",  "s", "s",  "h",  "l", "o",
    "h",  "",   "a",  "a",  "a",  "am",  "i",  "i",   "ue", "ue", "u", "u"};

static void
spell_thai(struct letters *out, const uint32_t *points, size_t count)
{
    static const char *const BEFORE[] = {"e", "ae", "o", "ai",
                                         "ai"}; /* written first, spoken after */
    const char *vowel = NULL;

    for (size_t i = 0; i < count; i++) {
        uint32_t at = points[i] & 0x7F;
        if (at >= 0x40 && at <= 0x44) {
            vowel = BEFORE[at - 0x40];
            continue;
        }
        if (i + 1 < count && (points[i + 1] & 0x7F) == 0x4C)
            continue; /* a silent letter, and its mark */
        if (at < 0x01 || at > sizeof THAI / sizeof THAI[0])
            continue;
        if (at <= 0x2E && vowel != NULL) {
            add(out, at == 0x2D ? "" : THAI[at - 1]);
            add(out, vowel);
            vowel = NULL;
        } else {
            bool is_am = at == 0x32 && i > 0 && (points[i - 1] & 0x7F) == 0x4D;
            add(out, is_am ? "am" : THAI[at - 1]);
        }
    }
}

/* ---- Indic alphabets: their blocks have one order */

static const char *const INDIC_CONSONANTS[] = {
    "k",  "kh", "g", "gh", "ng", "ch", "chh", "j",  "jh", "ny", "t", "th", "d",
    "dh", "n",  "t", "th", "d",  "dh", "n",   "n",  "p",  "ph", "b", "bh", "m",
    "y",  "r",  "r", "l",  "l",  "l",  "v",   "sh", "sh", "s",  "h"};
static const char *const INDIC_VOWELS[] = {"a", "a", "i", "i",  "u", "u", "ri", "l",
                                           "e", "e", "e", "ai", "o", "o", "o",  "au"};
static const char *const INDIC_SIGNS[] = {"a", "i", "i",  "u", "u", "ri", "ri", "e",
                                          "e", "e", "ai", "o", "o", "o",  "au"};

static void
spell_indic(struct letters *out, const uint32_t *points, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t at = points[i] & 0x7F;
        uint32_t next = i + 1 < count ? points[i + 1] & 0x7F : 0;
        if (at >= 0x01 && at <= 0x02) {
            add(out, "n");
        } else if (at >= 0x05 && at <= 0x14) {
            add(out, INDIC_VOWELS[at - 0x05]);
        } else if (at >= 0x15 && at <= 0x39) {
            add(out, INDIC_CONSONANTS[at - 0x15]);
            bool has_own = (next >= 0x3E && next <= 0x4D) || next == 0x3C;
            if (!has_own && i + 1 < count) /* the last one is silent in names */
                add(out, "a");
        } else if (at >= 0x3E && at <= 0x4C) {
            add(out, INDIC_SIGNS[at - 0x3E]);
        }
    }
}

static const char *
spell_one(enum name_writing writing, const char *language, uint32_t point)
{
    uint32_t small = (uint32_t)u_tolower((UChar32)point);
    const char *latin = NULL;

    if (writing == NAME_CYRILLIC) {
        latin = spell_cyrillic(language, small);
        return latin != NULL ? latin : spell_cyrillic(language, bare(small));
    }
    if (writing == NAME_GREEK)
        return FIND(GREEK, bare(small));
    if (writing == NAME_GEORGIAN && point >= 0x10D0 && point <= 0x10F0)
        return GEORGIAN[point - 0x10D0];
    if (writing == NAME_ARABIC)
        return FIND(ARABIC, point);
    if (writing == NAME_HEBREW && point >= 0x5D0 && point <= 0x5EA)
        return HEBREW[point - 0x5D0];
    return NULL;
}

void
name_letters_spell(enum name_writing writing, const char *language, const uint32_t *points,
                   size_t count, char *out, size_t room)
{
    struct letters letters = {out, 0, room};

    out[0] = '\0';
    if (writing == NAME_THAI) {
        spell_thai(&letters, points, count);
        return;
    }
    if (writing == NAME_INDIC) {
        spell_indic(&letters, points, count);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        if (writing == NAME_LATIN) {
            spell_latin(&letters, points[i]);
            continue;
        }
        const char *latin = spell_one(writing, language, points[i]);
        if (latin != NULL)
            add(&letters, latin);
    }
}
