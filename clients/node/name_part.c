#include "clients/node/name_part.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

static bool
is_written_short(uint8_t writing)
{
    return writing == NAME_ARABIC || writing == NAME_HEBREW || writing == NAME_THAI ||
           writing == NAME_INDIC;
}

static bool
has_equal_fold(struct name_voice *left, struct name_voice *right, enum name_fold_table table)
{
    return strcmp(name_voice_fold(left, table), name_voice_fold(right, table)) == 0;
}

/* ---- cut off, or an initial */

static unsigned
compare_cut(const struct name_voice *left, const struct name_voice *right, enum name_rule *rule)
{
    const struct name_voice *shorter = left->len <= right->len ? left : right;
    const struct name_voice *longer = shorter == left ? right : left;

    if (shorter->len == longer->len || shorter->len == 0 ||
        strncmp(shorter->latin, longer->latin, shorter->len) != 0)
        return 0;
    if (shorter->is_open) {
        *rule = NAME_RULE_CUT;
        return shorter->len >= 4 ? 97 : shorter->len == 3 ? 95 : shorter->len == 2 ? 90 : 85;
    }
    *rule = NAME_RULE_INITIAL;
    return shorter->len == 1 ? 78 : 0;
}

/* ---- one language */

static unsigned
compare_east_asian(struct name_voice *left, struct name_voice *right,
                   const struct name_tongues *tongues, enum name_rule *rule)
{
    const char *left_japanese = name_voice_japanese(left);
    const char *right_japanese = left_japanese == NULL ? NULL : name_voice_japanese(right);

    if (right_japanese != NULL && strcmp(left_japanese, right_japanese) == 0) {
        *rule = NAME_RULE_HEPBURN;
        return 97;
    }
    if (tongues->korean && !(left->writing == NAME_HANGUL && right->writing == NAME_HANGUL) &&
        name_korean_is_same(name_voice_korean(left), name_voice_korean(right))) {
        *rule = NAME_RULE_KOREAN;
        return 95;
    }
    if (!tongues->chinese && !tongues->chinese_family)
        return 0;
    if (name_chinese_is_same(name_voice_chinese(left), name_voice_chinese(right))) {
        *rule = NAME_RULE_CHINESE;
        return tongues->chinese ? 94 : 90;
    }
    return 0;
}

/* Without vowels, and the letters that can stand for one. */
static size_t
take_consonants(const char *from, char *out)
{
    size_t len = 0;

    for (; *from != '\0'; from++) {
        bool is_vowel = strchr("AIUEwy", *from) != NULL;
        if (!is_vowel && (len == 0 || out[len - 1] != *from))
            out[len++] = *from;
    }
    if (len > 1 && out[len - 1] == 'h')
        len--; /* silent at the end */
    out[len] = '\0';
    return len;
}

/* Written without vowels: in Arabic letters, or in Latin ones by Doc 9303's table for them. */
static bool
is_bare(const struct name_voice *voice)
{
    return voice->writing == NAME_ARABIC ||
           (voice->len > 2 && strpbrk(voice->latin + 1, "aeiouy") == NULL);
}

static unsigned
compare_arabic(struct name_voice *left, struct name_voice *right,
               const struct name_tongues *tongues, enum name_rule *rule)
{
    char left_bare[NAME_PART_BYTES], right_bare[NAME_PART_BYTES];
    bool is_arabic = left->writing == NAME_ARABIC || right->writing == NAME_ARABIC;
    bool is_one_bare = is_bare(left) != is_bare(right);

    if (!is_one_bare && !tongues->arabic)
        return 0;
    *rule = NAME_RULE_ARABIC;
    const char *left_fold = name_voice_fold(left, NAME_FOLD_ARABIC);
    const char *right_fold = name_voice_fold(right, NAME_FOLD_ARABIC);
    if (is_one_bare) {
        size_t len = take_consonants(left_fold, left_bare);
        take_consonants(right_fold, right_bare);
        if (len > 0 && strcmp(left_bare, right_bare) == 0)
            return len >= 3 ? 93 : !is_arabic ? 0 : len == 2 ? 89 : 80;
    }
    if (!tongues->arabic)
        return 0;
    int agrees = name_fold_compare_arabic(left_fold, right_fold);
    return agrees == 2 ? 94 : agrees == 1 ? 85 : 0;
}

/* The skeleton, without the mark of a vowel at the beginning. */
static const char *
skeleton_of(struct name_voice *voice)
{
    const char *skeleton = name_voice_fold(voice, NAME_FOLD_SKELETON);

    return skeleton[0] == 'A' ? skeleton + 1 : skeleton;
}

static unsigned
compare_tables(struct name_voice *left, struct name_voice *right,
               const struct name_tongues *tongues, enum name_rule *rule)
{
    bool is_cyrillic = left->writing == NAME_CYRILLIC || right->writing == NAME_CYRILLIC;

    if (has_equal_fold(left, right, NAME_FOLD_SLAVIC)) {
        *rule = NAME_RULE_SLAVIC;
        return is_cyrillic ? 96 : 93;
    }
    unsigned score = compare_arabic(left, right, tongues, rule);
    if (score > 0)
        return score;
    bool is_short = left->len < 4 || right->len < 4;
    if (!is_short && has_equal_fold(left, right, NAME_FOLD_THAI)) {
        *rule = NAME_RULE_THAI;
        return 91;
    }
    if (!is_short && has_equal_fold(left, right, NAME_FOLD_SOUND)) {
        *rule = NAME_RULE_SOUND;
        return 91;
    }
    if (is_written_short(left->writing) != is_written_short(right->writing) &&
        strcmp(skeleton_of(left), skeleton_of(right)) == 0) {
        size_t len = strlen(skeleton_of(left));
        *rule = NAME_RULE_CONSONANTS;
        return len >= 3 ? 90 : len == 2 ? 84 : len == 1 ? 75 : 0;
    }
    return 0;
}

/* ---- slips of the pen */

enum { SLIPS_MAX = 3, LETTERS_APART_MAX = 6 };

static unsigned
least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/*
 * Letters left out, added, changed or exchanged with their neighbour, at most SLIPS_MAX + 1 (more
 * are not counted): optimal string alignment, three rows of it.
 */
static unsigned
count_slips(const char *left, size_t left_len, const char *right, size_t right_len)
{
    unsigned rows[3][NAME_PART_BYTES];

    if (left_len > right_len + SLIPS_MAX || right_len > left_len + SLIPS_MAX)
        return SLIPS_MAX + 1;
    for (size_t r = 0; r <= right_len; r++)
        rows[0][r] = (unsigned)r;
    for (size_t l = 1; l <= left_len; l++) {
        unsigned *row = rows[l % 3], *before = rows[(l - 1) % 3], *earlier = rows[(l + 1) % 3];
        unsigned low = row[0] = (unsigned)l;
        for (size_t r = 1; r <= right_len; r++) {
            unsigned change = before[r - 1] + (left[l - 1] == right[r - 1] ? 0 : 1);
            row[r] = least(change, least(before[r], row[r - 1]) + 1);
            if (l > 1 && r > 1 && left[l - 1] == right[r - 2] && left[l - 2] == right[r - 1])
                row[r] = least(row[r], earlier[r - 2] + 1);
            low = least(low, row[r]);
        }
        if (low > SLIPS_MAX)
            return SLIPS_MAX + 1;
    }
    return least(rows[left_len % 3][right_len], SLIPS_MAX + 1);
}

static bool
is_vowel(char c)
{
    return c != '\0' && strchr("aiueo", c) != NULL;
}

/* Whether the one slip is a letter changed: as long, and no two letters exchanged. */
static bool
is_change(const struct name_voice *left, const struct name_voice *right)
{
    size_t wrong = 0;

    for (size_t i = 0; i < left->len && left->len == right->len; i++)
        wrong += left->latin[i] != right->latin[i] ? 1 : 0;
    return wrong == 1;
}

/* Whether they are the same but for a vowel at the end: Kenta, Kento; Juan, Juana. */
static bool
ends_otherwise(const struct name_voice *left, const struct name_voice *right)
{
    const struct name_voice *shorter = left->len <= right->len ? left : right;
    const struct name_voice *longer = shorter == left ? right : left;
    bool is_added = longer->len == shorter->len + 1;
    size_t common = is_added ? shorter->len : shorter->len - 1;

    return longer->len <= shorter->len + 1 && strncmp(left->latin, right->latin, common) == 0 &&
           is_vowel(longer->latin[longer->len - 1]) &&
           (is_added || is_vowel(shorter->latin[common]));
}

/* What a slip costs more where it makes another name of the same language. */
static unsigned
other_name(const struct name_voice *left, const struct name_voice *right,
           const struct name_tongues *tongues)
{
    if (tongues->korean || tongues->chinese)
        return 16;
    if (ends_otherwise(left, right))
        return 10;
    return tongues->japanese || tongues->arabic ? 4 : 0;
}

static unsigned
compare_slips(struct name_voice *left, struct name_voice *right, const struct name_tongues *tongues)
{
    /* By length.  A letter changed makes another name more often than one missing or moved. */
    static const unsigned CHANGED[] = {0, 0, 0, 0, 70, 74, 77, 81, 85};
    static const unsigned MOVED[] = {0, 0, 0, 0, 72, 78, 83, 86, 88};
    size_t len = left->len > right->len ? left->len : right->len;
    unsigned slips = count_slips(left->latin, left->len, right->latin, right->len);
    unsigned score = 0;

    if (slips > 1 && len > 5) { /* a slip in another spelling */
        const char *l = name_voice_fold(left, NAME_FOLD_SLAVIC);
        const char *r = name_voice_fold(right, NAME_FOLD_SLAVIC);
        if (count_slips(l, strlen(l), r, strlen(r)) == 1)
            score = len < 8 ? 74 : 82;
    }
    if (slips == 1 && is_change(left, right))
        score = CHANGED[len < 8 ? len : 8];
    else if (slips == 1)
        score = MOVED[len < 8 ? len : 8];
    else if (slips == 2 && score == 0)
        score = len >= 10 ? 82 : len >= 8 ? 77 : len >= 7 ? 72 : 0;
    else if (slips == 3 && score == 0)
        score = len >= 13 ? 78 : len >= 11 ? 73 : 0;
    if (score == 0)
        return 0;
    unsigned cost = other_name(left, right, tongues);
    return score < NAME_PART_AGREES + cost ? 0 : score - cost;
}

/* Letters that only one of the two has: more than spellings and slips ever make. */
static unsigned
differing_letters(const struct name_voice *left, const struct name_voice *right)
{
    return (unsigned)__builtin_popcount(left->letters ^ right->letters);
}

unsigned
name_part_compare(struct name_voice *left, struct name_voice *right,
                  const struct name_tongues *tongues, enum name_rule *rule)
{
    unsigned score = 0;

    *rule = NAME_RULE_SAME;
    if (left->len == right->len && memcmp(left->latin, right->latin, left->len) == 0)
        return 100;
    *rule = NAME_RULE_NONE;
    if (left->len == 0 || right->len == 0)
        return 0;
    if (left->writing == NAME_HAN || left->writing == NAME_OTHER || right->writing == NAME_HAN ||
        right->writing == NAME_OTHER)
        return 0;
    score = compare_cut(left, right, rule);
    if (score >= 85)
        return score;
    enum name_rule other = NAME_RULE_NONE;
    if (!tongues->korean && !tongues->chinese && !tongues->chinese_family &&
        differing_letters(left, right) > LETTERS_APART_MAX) {
        *rule = score == 0 ? NAME_RULE_NONE : *rule;
        return score;
    }
    if (!tongues->japanese && has_equal_fold(left, right, NAME_FOLD_ICAO)) {
        *rule = NAME_RULE_ICAO;
        return 98;
    }
    unsigned better = compare_east_asian(left, right, tongues, &other);
    bool is_east_asian = tongues->japanese || tongues->korean || tongues->chinese;
    if (better == 0 && !is_east_asian) /* where Y and J, L and R are sounds of their own */
        better = compare_tables(left, right, tongues, &other);
    if (better == 0) {
        better = compare_slips(left, right, tongues);
        other = NAME_RULE_TYPO;
    }
    if (better <= score)
        return score;
    *rule = better == 0 ? NAME_RULE_NONE : other;
    return better;
}

const char *
name_part_rule_words(enum name_rule rule)
{
    static const char *const WORDS[NAME_RULES] = {
        [NAME_RULE_NONE] = "does not match",
        [NAME_RULE_SAME] = "is the same",
        [NAME_RULE_ICAO] = "matches by the transliteration of ICAO Doc 9303",
        [NAME_RULE_HEPBURN] = "matches by passport Hepburn",
        [NAME_RULE_KOREAN] = "matches by the spellings of Korean",
        [NAME_RULE_CHINESE] = "matches by the spellings of Chinese",
        [NAME_RULE_SLAVIC] = "matches by the spellings of Cyrillic",
        [NAME_RULE_ARABIC] = "matches by the spellings of Arabic",
        [NAME_RULE_THAI] = "matches by the spellings of Thai",
        [NAME_RULE_SOUND] = "sounds the same",
        [NAME_RULE_CONSONANTS] = "has the same consonants",
        [NAME_RULE_CUT] = "is cut off in the machine-readable zone",
        [NAME_RULE_INITIAL] = "is given by its initial",
        [NAME_RULE_TYPO] = "differs by a slip of the pen",
        [NAME_RULE_CHARACTERS] = "is the same in its characters",
    };

    assert(rule < NAME_RULES);
    return WORDS[rule];
}
