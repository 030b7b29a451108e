#include "clients/node/name_chinese.h"

#include "clients/node/name_han.h"

#include <stdio.h>
#include <string.h>

enum { LATIN_MAX = 24, SYLLABLE_MAX = 7 };

/*
 * Surnames by their Cantonese, Hokkien, Teochew and Hakka spellings, and others that no rule gives:
 * one or two Mandarin syllables for each character that they can be.
 */
static const struct {
    char latin[12];
    const char *mandarin;
} SURNAMES[] = {{"au", "ou qu"},
                {"auyeung", "ou+yang"},
                {"bee", "bi"},
                {"boey", "mei"},
                {"chai", "cai"},
                {"cham", "zhan"},
                {"chan", "chen"},
                {"chang", "zhang zheng"},
                {"chau", "zhou"},
                {"chea", "xie"},
                {"cheah", "xie"},
                {"chee", "xu"},
                {"cheng", "zheng"},
                {"cheong", "zhang zhong"},
                {"cheung", "zhang"},
                {"chia", "xie"},
                {"chiu", "zhao qiu zhou"},
                {"choi", "cai"},
                {"chong", "zhang zhuang zhong"},
                {"choo", "zhu"},
                {"chow", "zhou"},
                {"choy", "cai"},
                {"chu", "zhu"},
                {"chua", "cai"},
                {"chui", "xu cui"},
                {"chuah", "cai"},
                {"chung", "zhong zhong"},
                {"fan", "fan"},
                {"fok", "huo"},
                {"foo", "fu hu"},
                {"fong", "fang"},
                {"fung", "feng"},
                {"gan", "yan"},
                {"goh", "wu"},
                {"ha", "xia"},
                {"hau", "hou"},
                {"heng", "wang"},
                {"ho", "he"},
                {"hui", "xu"},
                {"hung", "hong kong"},
                {"ip", "ye"},
                {"kam", "jin gan"},
                {"kan", "jian"},
                {"khoo", "qiu"},
                {"ko", "gao"},
                {"koh", "xu gao gu"},
                {"kok", "guo"},
                {"kong", "jiang kong"},
                {"koo", "gu"},
                {"ku", "gu"},
                {"kuan", "guan"},
                {"kwan", "guan"},
                {"kwok", "guo"},
                {"kwong", "kuang"},
                {"lai", "li lai"},
                {"lam", "lin"},
                {"lau", "liu"},
                {"law", "luo"},
                {"lee", "li"},
                {"leong", "liang"},
                {"leung", "liang"},
                {"li", "li"},
                {"liew", "liu"},
                {"lim", "lin"},
                {"ling", "ling lin"},
                {"liu", "liao liu"},
                {"lo", "luo lu lao"},
                {"loh", "luo"},
                {"loke", "lu"},
                {"look", "lu"},
                {"low", "liu luo"},
                {"lui", "lei lv"},
                {"luk", "lu"},
                {"lum", "lin"},
                {"lung", "long"},
                {"ma", "ma"},
                {"mak", "mai"},
                {"man", "wen"},
                {"mo", "wu mao"},
                {"mok", "mo"},
                {"mui", "mei"},
                {"ng", "wu huang"},
                {"ngai", "ni wei"},
                {"ngan", "yan"},
                {"ngo", "ao"},
                {"oei", "huang"},
                {"ong", "wang"},
                {"ooi", "huang"},
                {"oong", "wang"},
                {"pak", "bai"},
                {"pang", "peng pang"},
                {"phang", "peng"},
                {"poon", "pan"},
                {"pun", "pan"},
                {"quek", "guo"},
                {"seah", "xie"},
                {"seow", "xiao"},
                {"seto", "si+tu"},
                {"shek", "shi"},
                {"shiu", "shao"},
                {"shum", "shen cen"},
                {"siew", "xiao"},
                {"sim", "shen"},
                {"sin", "xian"},
                {"sit", "xue"},
                {"siu", "xiao shao"},
                {"so", "su"},
                {"soh", "su"},
                {"soong", "song"},
                {"suen", "sun"},
                {"sum", "cen"},
                {"sung", "song"},
                {"szeto", "si+tu"},
                {"sy", "shi"},
                {"tai", "dai"},
                {"tam", "tan"},
                {"tan", "chen"},
                {"tang", "deng"},
                {"tay", "zheng"},
                {"tee", "zheng"},
                {"teh", "zheng"},
                {"teo", "zhang"},
                {"teoh", "zhang"},
                {"thong", "tang"},
                {"ting", "ding chen"},
                {"to", "du tu"},
                {"toh", "du zhuo"},
                {"tong", "tang"},
                {"tsang", "zeng"},
                {"tse", "xie"},
                {"tsoi", "cai"},
                {"tsui", "xu cui"},
                {"tuen", "duan"},
                {"tung", "dong"},
                {"wan", "yun wen"},
                {"wee", "huang"},
                {"wong", "wang huang"},
                {"woo", "hu wu"},
                {"wu", "hu wu"},
                {"yam", "ren"},
                {"yan", "yan ren"},
                {"yao", "yao qiu"},
                {"yap", "ye"},
                {"yau", "qiu you"},
                {"yee", "yu"},
                {"yeo", "yang"},
                {"yeoh", "yang"},
                {"yeow", "yao"},
                {"yeung", "yang"},
                {"yim", "yan"},
                {"yip", "ye"},
                {"yiu", "yao"},
                {"young", "yang"},
                {"yu", "yu"},
                {"yue", "yu"},
                {"yuen", "yuan ruan"},
                {"zee", "xu"},
                {"zia", "xie"}};

/* The spelling that `text` is, `len` letters long; NULL: no Chinese syllable. */
static const struct name_han_spelling *
find_spelling(const char *text, size_t len)
{
    if (text[0] < 'a' || text[0] > 'z')
        return NULL;
    size_t low = name_han_spelling_starts[text[0] - 'a'];
    size_t high = name_han_spelling_starts[text[0] - 'a' + 1];

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct name_han_spelling *at = &name_han_spellings[middle];
        int order = strncmp(text, at->text, len);
        if (order == 0 && at->text[len] == '\0')
            return at;
        if (order > 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static void
add_syllable(struct name_mandarin *set, const char *text, size_t len)
{
    const struct name_han_spelling *spelling = find_spelling(text, len);

    if (spelling == NULL)
        return;
    for (size_t i = 0; i < NAME_HAN_OF_MAX && spelling->of[i] != 0; i++) {
        const char *pinyin = name_han_syllables[spelling->of[i]];
        if (strlen(pinyin) != len || strncmp(pinyin, text, len) != 0)
            continue; /* what is meant is pinyin, and not what it may be in Wade-Giles */
        for (size_t k = 0; k < NAME_CHINESE_OF; k++) {
            if (set->of[k] == spelling->of[i])
                return;
            if (set->of[k] == 0) {
                set->of[k] = spelling->of[i];
                return;
            }
        }
    }
}

/* Of one syllable each, or (with +) one surname of two. */
static void
add_surname(const char *mandarin, struct name_chinese *out)
{
    const char *plus = strchr(mandarin, '+');
    struct name_mandarin *first = out->syllables[0];

    if (plus != NULL) {
        memset(first, 0, 2 * sizeof *first);
        add_syllable(&first[0], mandarin, (size_t)(plus - mandarin));
        add_syllable(&first[1], plus + 1, strlen(plus + 1));
        out->ways = 1;
        out->counts[0] = 2;
        return;
    }
    if (out->ways == 0 || out->counts[0] != 1) {
        memset(first, 0, sizeof *first);
        out->ways = 1;
        out->counts[0] = 1;
    }
    for (const char *at = mandarin; *at != '\0';) {
        size_t len = strcspn(at, " ");
        add_syllable(first, at, len);
        at += len + (at[len] == ' ' ? 1 : 0);
    }
}

/* All ways, those with long syllables first. */
static void
find_ways(const char *latin, size_t len, struct name_chinese *out)
{
    const struct name_han_spelling *found[NAME_CHINESE_SYLLABLES];
    size_t ends[NAME_CHINESE_SYLLABLES] = {len < SYLLABLE_MAX ? len : SYLLABLE_MAX};
    size_t depth = 0;

    for (;;) { /* ends: each stretch is tried once below each way to its start */
        size_t start = depth == 0 ? 0 : ends[depth - 1];
        if (ends[depth] == start) {
            if (depth == 0)
                return;
            ends[--depth]--;
            continue;
        }
        found[depth] = find_spelling(latin + start, ends[depth] - start);
        if (found[depth] != NULL && ends[depth] == len) {
            for (size_t i = 0; i <= depth; i++)
                memcpy(out->syllables[out->ways][i].of, found[i]->of, sizeof found[i]->of);
            out->counts[out->ways++] = (uint8_t)(depth + 1);
            if (out->ways == NAME_CHINESE_WAYS)
                return;
            ends[depth]--;
        } else if (found[depth] != NULL && depth + 1 < NAME_CHINESE_SYLLABLES) {
            size_t left = len - ends[depth];
            ends[depth + 1] = ends[depth] + (left < SYLLABLE_MAX ? left : SYLLABLE_MAX);
            depth++;
        } else {
            ends[depth]--;
        }
    }
}

void
name_chinese_read(const char *latin, struct name_chinese *out)
{
    size_t len = strlen(latin);

    out->ways = 0;
    if (len == 0 || len > LATIN_MAX)
        return;
    find_ways(latin, len, out);
    for (size_t i = 0; i < sizeof SURNAMES / sizeof SURNAMES[0]; i++) {
        if (SURNAMES[i].latin[0] == latin[0] && strcmp(SURNAMES[i].latin, latin) == 0)
            add_surname(SURNAMES[i].mandarin, out);
    }
}

/* ---- comparing */

static bool
has_common(const struct name_mandarin *left, const struct name_mandarin *right)
{
    for (size_t l = 0; l < NAME_CHINESE_OF && left->of[l] != 0; l++) {
        for (size_t r = 0; r < NAME_CHINESE_OF && right->of[r] != 0; r++) {
            if (left->of[l] == right->of[r])
                return true;
        }
    }
    return false;
}

static bool
is_same_way(const struct name_chinese *left, size_t l, const struct name_chinese *right, size_t r)
{
    if (left->counts[l] != right->counts[r])
        return false;
    for (size_t i = 0; i < left->counts[l]; i++) {
        if (!has_common(&left->syllables[l][i], &right->syllables[r][i]))
            return false;
    }
    return true;
}

bool
name_chinese_is_same(const struct name_chinese *left, const struct name_chinese *right)
{
    for (size_t l = 0; l < left->ways; l++) {
        for (size_t r = 0; r < right->ways; r++) {
            if (is_same_way(left, l, right, r))
                return true;
        }
    }
    return false;
}

/* What Wade-Giles without apostrophes does not tell apart has one letter. */
static void
add_class(const char *pinyin, char *out, size_t room)
{
    const char *final = pinyin + strspn(pinyin, "bpmfdtnlgkhjqxzcsryw");
    char initial = pinyin[0];
    size_t len = strlen(out);

    if (initial == 'b' || initial == 'd' || initial == 'g')
        initial = initial == 'b' ? 'p' : initial == 'd' ? 't' : 'k';
    else if (strchr("jqzc", initial) != NULL)
        initial = 'c';
    else if (initial == 'x')
        initial = 's';
    else if (final == pinyin)
        initial = '-';
    snprintf(out + len, room - len, "%c%s", initial, final);
}

bool
name_chinese_key(const struct name_chinese *chinese, size_t way, size_t choice,
                 char out[NAME_CHINESE_KEY_BYTES])
{
    const struct name_mandarin *first = &chinese->syllables[way][0];
    char key[NAME_CHINESE_KEY_BYTES] = "";

    if (choice > 0 && chinese->counts[way] > 1)
        return false; /* only surnames by themselves can be several characters */
    if (choice >= NAME_CHINESE_OF || first->of[choice] == 0)
        return false;
    add_class(name_han_syllables[first->of[choice]], key, sizeof key);
    for (size_t i = 1; i < chinese->counts[way]; i++)
        add_class(name_han_syllables[chinese->syllables[way][i].of[0]], key, sizeof key);
    memcpy(out, key, sizeof key);
    return true;
}
