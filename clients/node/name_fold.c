#include "clients/node/name_fold.h"

#include <string.h>

/* Where a rule holds. */
enum at { ANYWHERE, START, END };

struct rule {
    const char *from;
    const char *to;
    enum at at;
};

/* In each table rules with the same beginning stand longest first. */
static const struct rule ICAO[] = {
    {"aa", "a", ANYWHERE},  {"ae", "a", ANYWHERE},  {"oe", "o", ANYWHERE}, {"ue", "u", ANYWHERE},
    {"uxx", "u", ANYWHERE}, {"nxx", "n", ANYWHERE}, {"ss", "s", ANYWHERE}, {"ij", "y", ANYWHERE},
    {"th", "t", ANYWHERE},  {"dh", "d", ANYWHERE},  {"xx", "", ANYWHERE},  {"dj", "d", ANYWHERE}};

static const struct rule SLAVIC[] = {
    {"shch", "S", ANYWHERE}, {"schtsch", "S", ANYWHERE}, {"stch", "S", ANYWHERE},
    {"sch", "S", ANYWHERE},  {"sh", "S", ANYWHERE},      {"sz", "S", ANYWHERE},
    {"ss", "s", ANYWHERE},   {"zh", "Z", ANYWHERE},      {"zz", "z", ANYWHERE},
    {"kh", "h", ANYWHERE},   {"kk", "k", ANYWHERE},      {"ks", "ks", ANYWHERE},
    {"ch", "C", ANYWHERE},   {"cz", "C", ANYWHERE},      {"cc", "c", ANYWHERE},
    {"tsch", "C", ANYWHERE}, {"tch", "C", ANYWHERE},     {"ts", "c", ANYWHERE},
    {"tz", "c", ANYWHERE},   {"tt", "t", ANYWHERE},      {"x", "ks", ANYWHERE},
    {"w", "v", ANYWHERE},    {"vv", "v", ANYWHERE},      {"ph", "f", ANYWHERE},
    {"eff", "ev", END},      {"off", "ov", END},         {"ff", "f", ANYWHERE},
    {"iej", "i", END},       {"iev", "ev", END},         {"yev", "ev", END},
    {"ic", "iC", END},       {"iy", "i", ANYWHERE},      {"ij", "i", ANYWHERE},
    {"ii", "i", ANYWHERE},   {"yy", "i", ANYWHERE},      {"yi", "i", ANYWHERE},
    {"ie", "e", ANYWHERE},   {"ye", "e", ANYWHERE},      {"je", "e", ANYWHERE},
    {"io", "e", ANYWHERE},   {"yo", "e", ANYWHERE},      {"jo", "e", ANYWHERE},
    {"ia", "a", ANYWHERE},   {"ya", "a", ANYWHERE},      {"ja", "a", ANYWHERE},
    {"iia", "a", ANYWHERE},  {"iya", "a", ANYWHERE},     {"ija", "a", ANYWHERE},
    {"iu", "u", ANYWHERE},   {"yu", "u", ANYWHERE},      {"ju", "u", ANYWHERE},
    {"iou", "u", ANYWHERE},  {"you", "u", ANYWHERE},     {"ou", "u", ANYWHERE},
    {"y", "i", ANYWHERE},    {"j", "i", ANYWHERE},       {"g", "h", ANYWHERE},
    {"dj", "d", ANYWHERE},   {"nn", "n", ANYWHERE},      {"ll", "l", ANYWHERE},
    {"mm", "m", ANYWHERE},   {"rr", "r", ANYWHERE},      {"pp", "p", ANYWHERE},
    {"aa", "a", ANYWHERE},   {"ee", "e", ANYWHERE},      {"oo", "o", ANYWHERE}};

static const struct rule SOUND[] = {
    {"sch", "s", ANYWHERE}, {"sh", "s", ANYWHERE},  {"ss", "s", ANYWHERE}, {"sc", "sk", ANYWHERE},
    {"zz", "s", ANYWHERE},  {"z", "s", ANYWHERE},   {"tz", "s", ANYWHERE}, {"ts", "s", ANYWHERE},
    {"th", "t", ANYWHERE},  {"tt", "t", ANYWHERE},  {"ph", "f", ANYWHERE}, {"pp", "p", ANYWHERE},
    {"ff", "f", ANYWHERE},  {"ck", "k", ANYWHERE},  {"ch", "C", ANYWHERE}, {"ce", "se", ANYWHERE},
    {"ci", "si", ANYWHERE}, {"cy", "si", ANYWHERE}, {"cc", "k", ANYWHERE}, {"c", "k", ANYWHERE},
    {"qu", "k", ANYWHERE},  {"q", "k", ANYWHERE},   {"kk", "k", ANYWHERE}, {"x", "ks", ANYWHERE},
    {"gh", "g", ANYWHERE},  {"gg", "g", ANYWHERE},  {"h", "", ANYWHERE},   {"w", "v", ANYWHERE},
    {"dd", "d", ANYWHERE},  {"nn", "n", ANYWHERE},  {"ll", "l", ANYWHERE}, {"mm", "m", ANYWHERE},
    {"rr", "r", ANYWHERE},  {"bb", "b", ANYWHERE},  {"ee", "i", ANYWHERE}, {"ie", "i", ANYWHERE},
    {"ei", "i", ANYWHERE},  {"ey", "i", END},       {"oo", "u", ANYWHERE}, {"ou", "u", ANYWHERE},
    {"y", "i", ANYWHERE},   {"ae", "a", ANYWHERE},  {"oe", "o", ANYWHERE}, {"ue", "u", ANYWHERE},
    {"j", "i", ANYWHERE}};

/*
 * Capitals are consonants of two letters.  Vowels become A, I, U, or E where the spelling leaves
 * open which; name_fold_compare_arabic knows them.
 */
static const struct rule ARABIC[] = {{"abdoul", "bdEl", START},  {"abdool", "bdEl", START},
                                     {"abdurr", "bdElr", START}, {"abderr", "bdElr", START},
                                     {"abdarr", "bdElr", START}, {"abduss", "bdEls", START},
                                     {"abdess", "bdEls", START}, {"abdul", "bdEl", START},
                                     {"abdel", "bdEl", START},   {"abdal", "bdEl", START},
                                     {"abdu", "bdEl", START},    {"abd", "bd", START},
                                     {"xkh", "K", ANYWHERE},     {"xsh", "S", ANYWHERE},
                                     {"xdh", "d", ANYWHERE},     {"xth", "t", ANYWHERE},
                                     {"xss", "s", ANYWHERE},     {"xdz", "d", ANYWHERE},
                                     {"xtt", "t", ANYWHERE},     {"xzz", "z", ANYWHERE},
                                     {"xta", "A", END},          {"xah", "A", END},
                                     {"xay", "A", END},          {"xh", "h", ANYWHERE},
                                     {"xaa", "A", ANYWHERE},     {"xae", "A", ANYWHERE},
                                     {"xe", "", ANYWHERE},       {"xi", "I", ANYWHERE},
                                     {"x", "ks", ANYWHERE},      {"kh", "K", ANYWHERE},
                                     {"gh", "G", ANYWHERE},      {"sh", "S", ANYWHERE},
                                     {"ch", "S", ANYWHERE},      {"th", "t", ANYWHERE},
                                     {"dh", "d", ANYWHERE},      {"ph", "f", ANYWHERE},
                                     {"ck", "k", ANYWHERE},      {"c", "k", ANYWHERE},
                                     {"q", "k", ANYWHERE},       {"dj", "j", ANYWHERE},
                                     {"dg", "j", ANYWHERE},      {"g", "j", ANYWHERE},
                                     {"v", "w", ANYWHERE},       {"ah", "A", END},
                                     {"eh", "E", END},           {"iyy", "I", ANYWHERE},
                                     {"iy", "I", ANYWHERE},      {"ii", "I", ANYWHERE},
                                     {"ee", "I", ANYWHERE},      {"ie", "I", ANYWHERE},
                                     {"ayy", "E", ANYWHERE},     {"e", "", END},
                                     {"ay", "E", ANYWHERE},      {"ai", "E", ANYWHERE},
                                     {"ae", "E", ANYWHERE},      {"aee", "I", ANYWHERE},
                                     {"aou", "U", ANYWHERE},     {"aw", "U", ANYWHERE},
                                     {"au", "U", ANYWHERE},      {"ao", "U", ANYWHERE},
                                     {"aa", "A", ANYWHERE},      {"ei", "E", ANYWHERE},
                                     {"ey", "E", ANYWHERE},      {"eyy", "E", ANYWHERE},
                                     {"ou", "U", ANYWHERE},      {"oo", "U", ANYWHERE},
                                     {"uw", "U", ANYWHERE},      {"uu", "U", ANYWHERE},
                                     {"ia", "IA", ANYWHERE},     {"a", "A", ANYWHERE},
                                     {"e", "E", ANYWHERE},       {"i", "I", ANYWHERE},
                                     {"y", "I", ANYWHERE},       {"o", "U", ANYWHERE},
                                     {"u", "U", ANYWHERE},       {"tt", "t", ANYWHERE},
                                     {"dd", "d", ANYWHERE},      {"ss", "s", ANYWHERE},
                                     {"mm", "m", ANYWHERE},      {"nn", "n", ANYWHERE},
                                     {"ll", "l", ANYWHERE},      {"rr", "r", ANYWHERE},
                                     {"bb", "b", ANYWHERE},      {"zz", "z", ANYWHERE},
                                     {"kk", "k", ANYWHERE},      {"ff", "f", ANYWHERE},
                                     {"jj", "j", ANYWHERE},      {"hh", "h", ANYWHERE}};

static const struct rule THAI[] = {
    {"tch", "C", ANYWHERE},  {"jj", "C", ANYWHERE},     {"cch", "C", ANYWHERE},
    {"ph", "p", ANYWHERE},   {"pp", "p", ANYWHERE},     {"bh", "p", ANYWHERE},
    {"b", "b", ANYWHERE},    {"tth", "t", ANYWHERE},    {"th", "t", ANYWHERE},
    {"tt", "t", ANYWHERE},   {"dh", "t", ANYWHERE},     {"kh", "k", ANYWHERE},
    {"kk", "k", ANYWHERE},   {"g", "k", ANYWHERE},      {"ch", "C", ANYWHERE},
    {"j", "C", ANYWHERE},    {"sh", "C", ANYWHERE},     {"ss", "s", ANYWHERE},
    {"v", "w", ANYWHERE},    {"oo", "u", ANYWHERE},     {"ou", "u", ANYWHERE},
    {"ue", "u", ANYWHERE},   {"ee", "i", ANYWHERE},     {"ea", "ia", ANYWHERE},
    {"aa", "a", ANYWHERE},   {"ae", "e", ANYWHERE},     {"orn", "on", ANYWHERE},
    {"ort", "ot", ANYWHERE}, {"ord", "ot", ANYWHERE},   {"ay", "ai", ANYWHERE},
    {"y", "i", ANYWHERE},    {"ii", "i", ANYWHERE},     {"ol", "on", END},
    {"al", "an", END},       {"or", "on", END},         {"il", "in", END},
    {"ul", "un", END},       {"ar", "an", END},         {"ir", "in", END},
    {"as", "at", END},       {"es", "et", END},         {"is", "it", END},
    {"d", "t", END},         {"us", "ut", END},         {"nn", "n", ANYWHERE},
    {"ll", "l", ANYWHERE},   {"rr", "r", ANYWHERE},     {"uck", "ak", ANYWHERE},
    {"mm", "m", ANYWHERE},   {"phorn", "pon", ANYWHERE}};

static const struct rule SKELETON[] = {
    {"orn", "N", ANYWHERE},  {"arn", "N", END},      {"ort", "T", END},     {"jj", "S", ANYWHERE},
    {"sch", "S", ANYWHERE},  {"sh", "S", ANYWHERE},  {"sz", "S", ANYWHERE}, {"s", "S", ANYWHERE},
    {"tsch", "S", ANYWHERE}, {"tch", "S", ANYWHERE}, {"ts", "S", ANYWHERE}, {"tz", "S", ANYWHERE},
    {"th", "T", ANYWHERE},   {"t", "T", ANYWHERE},   {"dj", "S", ANYWHERE}, {"dz", "S", ANYWHERE},
    {"d", "T", ANYWHERE},    {"zh", "S", ANYWHERE},  {"z", "S", ANYWHERE},  {"ch", "S", ANYWHERE},
    {"ck", "K", ANYWHERE},   {"ce", "S", ANYWHERE},  {"ci", "S", ANYWHERE}, {"cy", "S", ANYWHERE},
    {"cz", "S", ANYWHERE},   {"c", "K", ANYWHERE},   {"xx", "", ANYWHERE},  {"x", "S", START},
    {"xh", "", ANYWHERE},    {"xs", "S", ANYWHERE},  {"x", "KS", ANYWHERE}, {"qu", "K", ANYWHERE},
    {"q", "K", ANYWHERE},    {"kh", "K", ANYWHERE},  {"k", "K", ANYWHERE},  {"gh", "K", ANYWHERE},
    {"g", "K", ANYWHERE},    {"j", "S", ANYWHERE},   {"ph", "P", ANYWHERE}, {"p", "P", ANYWHERE},
    {"b", "P", ANYWHERE},    {"f", "P", ANYWHERE},   {"v", "P", ANYWHERE},  {"w", "P", ANYWHERE},
    {"l", "L", ANYWHERE},    {"r", "R", ANYWHERE},   {"m", "M", ANYWHERE},  {"ng", "N", ANYWHERE},
    {"n", "N", ANYWHERE},    {"h", "", ANYWHERE},    {"ye", "A", START},    {"ya", "A", START},
    {"yo", "A", START},      {"yu", "A", START},     {"a", "A", START},     {"e", "A", START},
    {"i", "A", START},       {"o", "A", START},      {"u", "A", START},     {"y", "A", START},
    {"a", "", ANYWHERE},     {"e", "", ANYWHERE},    {"i", "", ANYWHERE},   {"o", "", ANYWHERE},
    {"u", "", ANYWHERE},     {"y", "", ANYWHERE}};

#define TABLE(rules)                                                                               \
    {                                                                                              \
        (rules), sizeof(rules) / sizeof(rules)[0]                                                  \
    }

static const struct {
    const struct rule *rules;
    size_t count;
} TABLES[NAME_FOLD_TABLES] = {
    [NAME_FOLD_ICAO] = TABLE(ICAO),   [NAME_FOLD_SLAVIC] = TABLE(SLAVIC),
    [NAME_FOLD_SOUND] = TABLE(SOUND), [NAME_FOLD_ARABIC] = TABLE(ARABIC),
    [NAME_FOLD_THAI] = TABLE(THAI),   [NAME_FOLD_SKELETON] = TABLE(SKELETON)};

/* The longest rule that holds at `at`; NULL: the letter stays. */
static const struct rule *
find_rule(enum name_fold_table table, const char *latin, const char *at)
{
    const struct rule *found = NULL;
    size_t found_len = 0;

    for (size_t i = 0; i < TABLES[table].count; i++) {
        const struct rule *rule = &TABLES[table].rules[i];
        size_t len = 0;
        while (rule->from[len] != '\0' && rule->from[len] == at[len])
            len++;
        if (rule->from[len] != '\0' || len <= found_len || (rule->at == START && at != latin) ||
            (rule->at == END && at[len] != '\0'))
            continue;
        found = rule;
        found_len = len;
    }
    return found;
}

void
name_fold(enum name_fold_table table, const char *latin, char *out, size_t room)
{
    const bool merges = table == NAME_FOLD_SKELETON; /* SS of two rules is one S */
    size_t len = 0;

    for (const char *at = latin; *at != '\0';) {
        const struct rule *rule = find_rule(table, latin, at);
        const char *to = rule == NULL ? (const char[]){*at, '\0'} : rule->to;
        for (; *to != '\0' && len + 1 < room; to++) {
            if (!merges || len == 0 || out[len - 1] != *to)
                out[len++] = *to;
        }
        at += rule == NULL ? 1 : strlen(rule->from);
    }
    if (len == 0 && merges && room > 1)
        out[len++] = 'A';
    out[len] = '\0';
}

/* ---- Arabic */

static bool
is_class(char c)
{
    return c == 'A' || c == 'I' || c == 'U' || c == 'E';
}

/* E is what is written for a, i, or ai. */
static bool
agrees(char left, char right)
{
    return left == right || (left == 'E' && right != 'U') || (right == 'E' && left != 'U');
}

int
name_fold_compare_arabic(const char *left, const char *right)
{
    size_t consonants = 0, wrong = 0;

    while (*left != '\0' || *right != '\0') {
        if (is_class(*left) && is_class(*right)) {
            if (!agrees(*left, *right) && *left != 'E' && *right != 'E')
                return 0; /* Hassan is not Hussein, and Hamid not Hamad */
            wrong += agrees(*left, *right) ? 0 : 1;
            left++;
            right++;
        } else if (is_class(*left) || is_class(*right)) {
            bool is_left = is_class(*left);
            wrong++;
            left += is_left ? 1 : 0;
            right += is_left ? 0 : 1;
        } else if (*left == *right) {
            consonants++;
            left++;
            right++;
        } else if ((*left == 'h' && *right == '\0') || (*right == 'h' && *left == '\0')) {
            left += *left == 'h' ? 1 : 0;
            right += *right == 'h' ? 1 : 0;
        } else {
            return 0;
        }
    }
    return consonants < 2 ? 0 : wrong == 0 ? 2 : wrong == 1 ? 1 : 0;
}
