#include "clients/node/name_korean.h"

#include <stdio.h>
#include <string.h>

enum {
    LATIN_MAX = 18,
    HANGUL_FIRST = 0xAC00,
    HANGUL_LAST = 0xD7A3,
    PIECE_MAX = 4,
    SYLLABLE_MAX = 7
};

static const char *const INITIALS[] = {"g",  "kk", "n", "d",  "tt", "r", "m", "b", "pp", "s",
                                       "ss", "",   "j", "jj", "ch", "k", "t", "p", "h"};
static const char *const VOWELS[] = {"a",  "ae", "ya", "yae", "eo", "e",  "yeo",
                                     "ye", "o",  "wa", "wae", "oe", "yo", "u",
                                     "wo", "we", "wi", "yu",  "eu", "ui", "i"};
static const char *const FINALS[] = {"",  "k",  "k", "k", "n", "n", "n", "t", "l", "k",
                                     "m", "l",  "l", "l", "p", "l", "m", "p", "p", "t",
                                     "t", "ng", "t", "t", "k", "t", "p", "t"};

/* Numbers of initials, as bits. */
enum {
    G = 1 << 0,
    GG = 1 << 1,
    N = 1 << 2,
    D = 1 << 3,
    DD = 1 << 4,
    R = 1 << 5,
    M = 1 << 6,
    B = 1 << 7,
    BB = 1 << 8,
    S = 1 << 9,
    SS = 1 << 10,
    NONE = 1 << 11,
    J = 1 << 12,
    JJ = 1 << 13,
    C = 1 << 14,
    K = 1 << 15,
    T = 1 << 16,
    P = 1 << 17,
    H = 1 << 18
};

/* Numbers of vowels, as bits. */
enum {
    A = 1 << 0,
    AE = 1 << 1,
    YA = 1 << 2,
    YAE = 1 << 3,
    EO = 1 << 4,
    E = 1 << 5,
    YEO = 1 << 6,
    YE = 1 << 7,
    O = 1 << 8,
    WA = 1 << 9,
    WAE = 1 << 10,
    OE = 1 << 11,
    YO = 1 << 12,
    U = 1 << 13,
    WO = 1 << 14,
    WE = 1 << 15,
    WI = 1 << 16,
    YU = 1 << 17,
    EU = 1 << 18,
    UI = 1 << 19,
    I = 1 << 20
};

/* Finals by their seven sounds. */
enum { F_NONE = 1, F_K = 2, F_N = 4, F_T = 8, F_L = 16, F_M = 32, F_P = 64, F_NG = 128 };

struct piece {
    char text[PIECE_MAX + 1];
    uint32_t sounds;
};

static const struct piece LATIN_INITIALS[] = {
    {"kk", GG}, {"gg", GG},    {"kh", K},  {"g", G},   {"k", G | K | GG}, {"c", G | K}, {"n", N},
    {"d", D},   {"tt", DD},    {"dd", DD}, {"th", T},  {"t", D | T},      {"r", R},     {"l", R},
    {"m", M},   {"b", B},      {"pp", BB}, {"bb", BB}, {"ph", P},         {"p", B | P}, {"sh", S},
    {"ss", SS}, {"s", S | SS}, {"jj", JJ}, {"j", J},   {"ch", J | C},     {"h", H},     {"", NONE}};

static const struct piece LATIN_VOWELS[] = {
    {"a", A},         {"ah", A},      {"ae", AE | E},   {"ai", AE},         {"ay", AE},
    {"e", E | AE},    {"eh", E | AE}, {"ei", E},        {"ey", E},          {"ya", YA},
    {"yah", YA},      {"yae", YAE},   {"eo", EO},       {"u", U | EO | EU}, {"uh", EO},
    {"o", O | EO},    {"oh", O},      {"ou", U | EO},   {"yeo", YEO},       {"you", YEO | YU},
    {"yu", YU | YEO}, {"yoo", YU},    {"yo", YO | YEO}, {"yoh", YO},        {"ye", YE | YEO},
    {"oo", U},        {"woo", U},     {"wu", U},        {"wa", WA},         {"wae", WAE},
    {"wai", WAE},     {"oe", OE},     {"oi", OE},       {"oy", OE},         {"we", WE | OE | WAE},
    {"wo", WO},       {"weo", WO},    {"uo", WO},       {"wi", WI},         {"wee", WI},
    {"ui", UI | WI},  {"uy", UI},     {"eui", UI},      {"eu", EU},         {"i", I | UI},
    {"ee", I | UI},   {"ie", I | UI}, {"y", I | EU},    {"yi", I | UI},     {"ea", I},
    {"yui", UI},      {"ow", O},      {"aw", A},        {"iu", YU | YEO},   {"ieu", YU},
    {"io", YO},       {"yeu", YU},    {"eou", EO},      {"yeong", 0}};

static const struct piece LATIN_FINALS[] = {
    {"", F_NONE}, {"k", F_K}, {"g", F_K},   {"ck", F_K}, {"n", F_N},  {"nn", F_N},
    {"t", F_T},   {"d", F_T}, {"s", F_T},   {"l", F_L},  {"ll", F_L}, {"m", F_M},
    {"p", F_P},   {"b", F_P}, {"ng", F_NG}, {"r", F_L},  {"hn", F_N}, {"hm", F_M}};

/* Surnames whose usual spellings no rule gives. */
static const struct {
    const char *latin;
    struct name_syllable syllable;
} SURNAMES[] = {{"park", {B, A, F_K}},
                {"bark", {B, A, F_K}},
                {"pahk", {B, A, F_K}},
                {"lee", {NONE | R, I, F_NONE}},
                {"rhee", {NONE | R, I, F_NONE}},
                {"rhie", {NONE | R, I, F_NONE}},
                {"rie", {NONE | R, I, F_NONE}},
                {"yee", {NONE, I, F_NONE}},
                {"leigh", {NONE | R, I, F_NONE}},
                {"hur", {H, EO, F_NONE}},
                {"her", {H, EO, F_NONE}},
                {"roh", {N | R, O, F_NONE}},
                {"nho", {N | R, O, F_NONE}},
                {"rho", {N | R, O, F_NONE}},
                {"noh", {N | R, O, F_NONE}},
                {"no", {N | R, O, F_NONE}},
                {"choi", {C, OE, F_NONE}},
                {"choe", {C, OE, F_NONE}},
                {"choy", {C, OE, F_NONE}},
                {"chey", {C, OE | AE, F_NONE}},
                {"che", {C, OE | AE, F_NONE}},
                {"yim", {NONE | R, I, F_M}},
                {"lim", {NONE | R, I, F_M}},
                {"im", {NONE | R, I, F_M}},
                {"seo", {S, EO, F_NONE}},
                {"suh", {S, EO, F_NONE}},
                {"surh", {S, EO, F_NONE}},
                {"jo", {J, O, F_NONE}},
                {"cho", {J | C, O, F_NONE}},
                {"joe", {J, O, F_NONE}},
                {"whang", {H, WA, F_NG}},
                {"kwak", {G, WA, F_K}},
                {"kwack", {G, WA, F_K}},
                {"jhun", {J, EO, F_N}},
                {"jhung", {J, EO, F_NG}},
                {"paik", {B, AE, F_K}},
                {"ju", {J, U, F_NONE}},
                {"gim", {G, I, F_M}},
                {"kim", {G, I, F_M}},
                {"shinn", {S, I, F_N}},
                {"shim", {S, I, F_M}},
                {"goo", {G, U, F_NONE}},
                {"moon", {M, U, F_N}},
                {"gu", {G, U, F_NONE}},
                {"koo", {G, U, F_NONE}}};

/* r and l at the beginning of a name are silent before i and y, and n before the others. */
static void
soften(struct name_syllable *syllable)
{
    const uint32_t soft = I | YA | YAE | YEO | YE | YO | YU;

    if (syllable->initial == R)
        syllable->initial |= (syllable->vowel & soft) != 0 ? NONE : N;
}

/* ---- Hangul */

void
name_korean_spell(const uint32_t *points, size_t count, char *out, size_t room)
{
    size_t len = 0;

    out[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        if (points[i] < HANGUL_FIRST || points[i] > HANGUL_LAST)
            continue;
        uint32_t at = points[i] - HANGUL_FIRST;
        int wrote = snprintf(out + len, room - len, "%s%s%s", INITIALS[at / 588],
                             VOWELS[at % 588 / 28], FINALS[at % 28]);
        if (wrote < 0 || (size_t)wrote >= room - len)
            return;
        len += (size_t)wrote;
    }
}

/* ---- Latin letters */

/* Which syllable each stretch of a text can be; initial 0: none. */
struct chart {
    struct name_syllable cells[LATIN_MAX + 1][SYLLABLE_MAX]; /* by start and length - 1 */
    size_t len;
};

/* Pieces are short, and most differ in their first letter. */
static bool
begins(const char *at, const char *piece)
{
    for (; *piece != '\0'; at++, piece++) {
        if (*at != *piece)
            return false;
    }
    return true;
}

static void
note(struct chart *chart, size_t start, size_t len, const struct name_syllable *syllable)
{
    if (len == 0 || len > SYLLABLE_MAX || start + len > chart->len)
        return;
    struct name_syllable *cell = &chart->cells[start][len - 1];
    cell->initial |= syllable->initial;
    cell->vowel |= syllable->vowel;
    cell->final |= syllable->final;
}

/* All endings of a syllable whose initial and vowel are read. */
static void
chart_finals(struct chart *chart, const char *latin, size_t start, size_t at,
             struct name_syllable syllable)
{
    for (size_t i = 0; i < sizeof LATIN_FINALS / sizeof LATIN_FINALS[0]; i++) {
        const struct piece *piece = &LATIN_FINALS[i];
        if (!begins(latin + at, piece->text))
            continue;
        syllable.final = piece->sounds;
        note(chart, start, at + strlen(piece->text) - start, &syllable);
    }
}

static void
chart_vowels(struct chart *chart, const char *latin, size_t start, const struct piece *initial)
{
    size_t at = start + strlen(initial->text);

    for (size_t i = 0; i < sizeof LATIN_VOWELS / sizeof LATIN_VOWELS[0]; i++) {
        const struct piece *piece = &LATIN_VOWELS[i];
        struct name_syllable syllable = {initial->sounds, piece->sounds, 0};
        if (piece->sounds == 0 || piece->text[0] != latin[at] || !begins(latin + at, piece->text))
            continue;
        soften(&syllable);
        chart_finals(chart, latin, start, at + strlen(piece->text), syllable);
    }
}

static void
chart_start(struct chart *chart, const char *latin, size_t start)
{
    for (size_t i = 0; i < sizeof LATIN_INITIALS / sizeof LATIN_INITIALS[0]; i++) {
        if (begins(latin + start, LATIN_INITIALS[i].text))
            chart_vowels(chart, latin, start, &LATIN_INITIALS[i]);
    }
}

/* Whether some syllable before ends there. */
static bool
is_reached(const struct chart *chart, size_t end)
{
    for (size_t len = 1; len <= SYLLABLE_MAX && len <= end; len++) {
        if (chart->cells[end - len][len - 1].initial != 0)
            return true;
    }
    return false;
}

/* A surname that no rule gives is one whole text. */
static bool
read_surname(const char *latin, struct name_korean *out)
{
    for (size_t i = 0; i < sizeof SURNAMES / sizeof SURNAMES[0]; i++) {
        if (strcmp(SURNAMES[i].latin, latin) == 0) {
            out->ways = 1;
            out->counts[0] = 1;
            out->syllables[0][0] = SURNAMES[i].syllable;
            return true;
        }
    }
    return false;
}

/* Put the way that `ends` describes into `out`. */
static void
keep_way(const struct chart *chart, const size_t *ends, size_t count, struct name_korean *out)
{
    size_t start = 0;

    for (size_t i = 0; i < count; i++) {
        out->syllables[out->ways][i] = chart->cells[start][ends[i] - start - 1];
        start = ends[i];
    }
    out->counts[out->ways] = (uint8_t)count;
    out->ways++;
}

/* All ways, those with long syllables first, since two are usual: the ends count down. */
static void
find_ways(const struct chart *chart, struct name_korean *out)
{
    size_t ends[NAME_KOREAN_SYLLABLES + 1] = {0};
    size_t depth = 0; /* syllables before the one that is being tried */

    ends[0] = chart->len < SYLLABLE_MAX ? chart->len : SYLLABLE_MAX;
    for (;;) { /* ends: each stretch is tried once below each way to its start */
        size_t start = depth == 0 ? 0 : ends[depth - 1];
        if (ends[depth] == start) { /* nothing shorter left */
            if (depth == 0)
                return;
            ends[--depth]--;
            continue;
        }
        if (chart->cells[start][ends[depth] - start - 1].initial == 0) {
            ends[depth]--;
        } else if (ends[depth] == chart->len) {
            keep_way(chart, ends, depth + 1, out);
            if (out->ways == NAME_KOREAN_WAYS)
                return;
            ends[depth]--;
        } else if (depth + 1 < NAME_KOREAN_SYLLABLES) {
            size_t left = chart->len - ends[depth];
            ends[depth + 1] = ends[depth] + (left < SYLLABLE_MAX ? left : SYLLABLE_MAX);
            depth++;
        } else {
            ends[depth]--;
        }
    }
}

void
name_korean_read(const char *latin, struct name_korean *out)
{
    struct chart chart;

    out->ways = 0;
    size_t len = strlen(latin);
    if (len == 0 || len > LATIN_MAX || strpbrk(latin, "fqvxz") != NULL || read_surname(latin, out))
        return;
    memset(chart.cells, 0, (len + 1) * sizeof chart.cells[0]);
    chart.len = len;
    for (size_t start = 0; start < len; start++) {
        if (start == 0 || is_reached(&chart, start))
            chart_start(&chart, latin, start);
    }
    find_ways(&chart, out);
}

/* ---- comparing */

static bool
is_same_way(const struct name_korean *left, size_t l, const struct name_korean *right, size_t r)
{
    if (left->counts[l] != right->counts[r])
        return false;
    for (size_t i = 0; i < left->counts[l]; i++) {
        const struct name_syllable *a = &left->syllables[l][i];
        const struct name_syllable *b = &right->syllables[r][i];
        if ((a->initial & b->initial) == 0 || (a->vowel & b->vowel) == 0 ||
            (a->final & b->final) == 0)
            return false;
    }
    return true;
}

bool
name_korean_is_same(const struct name_korean *left, const struct name_korean *right)
{
    for (size_t l = 0; l < left->ways; l++) {
        for (size_t r = 0; r < right->ways; r++) {
            if (is_same_way(left, l, right, r))
                return true;
        }
    }
    return false;
}

/* Sounds that spellings do not tell apart have one letter. */
static char
initial_class(uint32_t initial)
{
    return (initial & (G | GG | K)) != 0   ? 'k'
           : (initial & (D | DD | T)) != 0 ? 't'
           : (initial & (B | BB | P)) != 0 ? 'p'
           : (initial & (J | JJ | C)) != 0 ? 'c'
           : (initial & (S | SS)) != 0     ? 's'
           : (initial & NONE) != 0         ? '-'
           : (initial & N) != 0            ? 'n'
           : (initial & M) != 0            ? 'm'
                                           : 'h';
}

static char
vowel_class(uint32_t vowel)
{
    return (vowel & (EO | U | EU | O | WO)) != 0 ? 'o'
           : (vowel & (YEO | YU | YO | YE)) != 0 ? 'y'
           : (vowel & (AE | E | YAE)) != 0       ? 'e'
           : (vowel & (OE | WE | WAE | WI)) != 0 ? 'w'
           : (vowel & (I | UI)) != 0             ? 'i'
                                                 : 'a';
}

static char
final_class(uint32_t final)
{
    static const char names[] = "-kntlmpg";

    for (size_t i = 0; names[i] != '\0'; i++) {
        if ((final & (1U << i)) != 0)
            return names[i];
    }
    return '-';
}

void
name_korean_key(const struct name_korean *korean, size_t way, char out[NAME_KOREAN_KEY_BYTES])
{
    size_t len = 0;

    for (size_t i = 0; i < korean->counts[way]; i++) {
        const struct name_syllable *syllable = &korean->syllables[way][i];
        out[len++] = initial_class(syllable->initial);
        out[len++] = vowel_class(syllable->vowel);
        out[len++] = final_class(syllable->final);
    }
    out[len] = '\0';
}
