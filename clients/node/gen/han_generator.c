/*
 * han_generator.c - writes the tables that name_han.h declares: what ICU knows of Chinese
 * characters, so that the programs need not open its transliterators, which takes longer than a
 * look-up.
 *
 * Host, at build time only.  Output: C on standard output.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

enum { FIRST = 0x4E00, LAST = 0x9FFF, SYLLABLES_MAX = 600, SPELLINGS_MAX = 2000, TEXT = 8, OF = 6 };

static char syllables[SYLLABLES_MAX][TEXT];
static size_t syllables_count = 1; /* 0: none */

static struct spelling {
    char text[TEXT];
    unsigned of[OF];
    size_t of_count;
} spellings[SPELLINGS_MAX];
static size_t spellings_count;

static UTransliterator *
open_transliterator(const char *id)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar name[64];

    u_uastrcpy(name, id);
    UTransliterator *out = utrans_openU(name, -1, UTRANS_FORWARD, NULL, 0, NULL, &status);
    if (U_FAILURE(status)) {
        fprintf(stderr, "han_generator: ICU has no %s: %s\n", id, u_errorName(status));
        exit(EXIT_FAILURE);
    }
    return out;
}

/* One character changed; returns how many came out. */
static int32_t
change(const UTransliterator *by, UChar from, UChar out[64])
{
    UErrorCode status = U_ZERO_ERROR;
    int32_t len = 1, limit = 1;

    out[0] = from;
    utrans_transUChars(by, out, &len, 64, 0, &limit, &status);
    return U_FAILURE(status) ? 0 : len;
}

/* Tone marks off: what is left of the letters, u with dots as v; false: it was no syllable. */
static bool
bare(const UChar *text, int32_t len, char out[TEXT])
{
    UErrorCode status = U_ZERO_ERROR;
    UChar parts[64];
    size_t count = 0;
    int32_t parts_len =
        unorm2_normalize(unorm2_getNFDInstance(&status), text, len, parts, 64, &status);

    for (int32_t i = 0; i < parts_len && U_SUCCESS(status); i++) {
        if (parts[i] == 0x308 && count > 0 && out[count - 1] == 'u')
            out[count - 1] = 'v';
        else if (parts[i] >= 'a' && parts[i] <= 'z' && count + 1 < TEXT)
            out[count++] = (char)parts[i];
        else if (parts[i] < 0x300 || parts[i] > 0x36F)
            return false;
    }
    out[count] = '\0';
    return count > 0 && U_SUCCESS(status) && strpbrk(out, "aeiouv") != NULL;
}

static unsigned
syllable_number(const char *text)
{
    for (size_t i = 1; i < syllables_count; i++) {
        if (strcmp(syllables[i], text) == 0)
            return (unsigned)i;
    }
    if (syllables_count == SYLLABLES_MAX)
        exit(EXIT_FAILURE);
    snprintf(syllables[syllables_count], TEXT, "%s", text);
    return (unsigned)syllables_count++;
}

static void
add_spelling(const char *text, unsigned of)
{
    struct spelling *at = spellings;

    while (at < spellings + spellings_count && strcmp(at->text, text) != 0)
        at++;
    if (at == spellings + spellings_count) {
        if (++spellings_count > SPELLINGS_MAX || strlen(text) >= TEXT)
            exit(EXIT_FAILURE);
        snprintf(at->text, TEXT, "%s", text);
    }
    for (size_t i = 0; i < at->of_count; i++) {
        if (at->of[i] == of)
            return;
    }
    if (at->of_count < OF)
        at->of[at->of_count++] = of;
}

/* ---- Wade-Giles, without its marks: an apostrophe and an umlaut seldom survive in a passport */

static const char *const INITIALS[][2] = {{"zh", "ch"}, {"ch", "ch"}, {"sh", "sh"}, {"b", "p"},
                                          {"p", "p"},   {"d", "t"},   {"t", "t"},   {"g", "k"},
                                          {"k", "k"},   {"j", "ch"},  {"q", "ch"},  {"x", "hs"},
                                          {"z", "ts"},  {"c", "ts"},  {"r", "j"},   {"", ""}};

/* Finals that are written differently after every initial. */
static const char *const FINALS[][2] = {{"ong", "ung"}, {"iong", "iung"}, {"ian", "ien"},
                                        {"ie", "ieh"},  {"ue", "ueh"},    {"ve", "ueh"},
                                        {"iu", "iu"},   {"v", "u"},       {"uo", "o"}};

static const char *const WHOLE[][2] = {
    {"zi", "tzu"},   {"ci", "tzu"},    {"si", "szu"},   {"si", "ssu"},     {"ying", "ing"},
    {"zhi", "chih"}, {"chi", "chih"},  {"shi", "shih"}, {"ri", "jih"},     {"ge", "ko"},
    {"ke", "ko"},    {"he", "ho"},     {"e", "o"},      {"ye", "yeh"},     {"yan", "yen"},
    {"you", "yu"},   {"yong", "yung"}, {"yue", "yueh"}, {"yi", "i"},       {"er", "erh"},
    {"gui", "kuei"}, {"kui", "kuei"},  {"guo", "kuo"},  {"kuo", "kuo"},    {"shuo", "shuo"},
    {"huo", "huo"},  {"xue", "hsueh"}, {"xu", "hsu"},   {"xuan", "hsuan"}, {"xun", "hsun"}};

static void
add_wade_giles(const char *pinyin, unsigned number)
{
    char text[2 * TEXT];
    const char *final = pinyin;
    const char *initial = "";

    for (size_t i = 0; i < sizeof WHOLE / sizeof WHOLE[0]; i++) {
        if (strcmp(WHOLE[i][0], pinyin) == 0) {
            add_spelling(WHOLE[i][1], number);
            return;
        }
    }
    for (size_t i = 0; i < sizeof INITIALS / sizeof INITIALS[0]; i++) {
        if (strncmp(pinyin, INITIALS[i][0], strlen(INITIALS[i][0])) == 0) {
            initial = INITIALS[i][1];
            final = pinyin + strlen(INITIALS[i][0]);
            break;
        }
    }
    if (initial[0] == '\0' && strchr("lmnfhsw", pinyin[0]) != NULL)
        final++;
    int kept = (int)(final - pinyin);
    for (size_t i = 0; i < sizeof FINALS / sizeof FINALS[0]; i++) {
        if (strcmp(FINALS[i][0], final) == 0)
            final = FINALS[i][1];
    }
    if (strcmp(final, "e") == 0 && strcmp(initial, "k") != 0)
        final = "e";
    snprintf(text, sizeof text, "%.*s%s", initial[0] == '\0' ? kept : (int)strlen(initial),
             initial[0] == '\0' ? pinyin : initial, final);
    if (strlen(text) < TEXT)
        add_spelling(text, number);
    /* zh, ch, j and q before e and -ieh: cheh is as usual as che. */
    size_t len = strlen(text);
    if (len + 1 < TEXT - 1 && len > 2 && text[len - 1] == 'e') {
        snprintf(text + len, sizeof text - len, "h");
        add_spelling(text, number);
    }
}

static int
compare_spellings(const void *left, const void *right)
{
    return strcmp(((const struct spelling *)left)->text, ((const struct spelling *)right)->text);
}

static void
print_spellings(void)
{
    size_t starts[27] = {0};

    for (size_t i = 1; i < syllables_count; i++) {
        char flat[TEXT];
        snprintf(flat, sizeof flat, "%s", syllables[i]);
        char *dotted = strchr(flat, 'v');
        if (dotted != NULL) {
            *dotted = 'u'; /* nv, lv: typed and printed as nu, lu, or as ICAO's yu */
            add_spelling(flat, (unsigned)i);
            if (dotted[1] == '\0') {
                snprintf(flat, sizeof flat, "%cyu", syllables[i][0]);
                add_spelling(flat, (unsigned)i);
            }
        }
        add_spelling(syllables[i], (unsigned)i);
    }
    for (size_t i = 1; i < syllables_count; i++)
        add_wade_giles(syllables[i], (unsigned)i);
    qsort(spellings, spellings_count, sizeof spellings[0], compare_spellings);
    printf("const struct name_han_spelling name_han_spellings[] = {\n");
    for (size_t i = 0; i < spellings_count; i++) {
        printf("    {\"%s\", {", spellings[i].text);
        for (size_t k = 0; k < OF; k++)
            printf("%s%u", k == 0 ? "" : ", ", spellings[i].of[k]);
        printf("}},\n");
        for (size_t letter = (size_t)(spellings[i].text[0] - 'a') + 1; letter < 27; letter++)
            starts[letter] = i + 1;
    }
    printf("};\nconst uint16_t name_han_spelling_starts[27] = {");
    for (size_t i = 0; i < 27; i++)
        printf("%s%zu", i == 0 ? "" : ", ", starts[i]);
    printf("};\n");
}

int
main(void)
{
    UTransliterator *simple = open_transliterator("Traditional-Simplified");
    UTransliterator *latin = open_transliterator("Han-Latin/Names");
    UChar out[64];
    char text[TEXT];

    printf("/* Made by han_generator.c from ICU's data. */\n#include \"clients/node/name_han.h\"\n"
           "const uint16_t name_han_simple[] = {\n");
    for (unsigned point = FIRST; point <= LAST; point++)
        printf("%u,%s", change(simple, (UChar)point, out) == 1 ? out[0] : point,
               point % 16 == 15 ? "\n" : "");
    printf("};\nconst uint16_t name_han_pinyin[] = {\n");
    for (unsigned point = FIRST; point <= LAST; point++) {
        int32_t len = change(latin, (UChar)point, out);
        printf("%u,%s", bare(out, len, text) ? syllable_number(text) : 0,
               point % 16 == 15 ? "\n" : "");
    }
    printf("};\nconst char name_han_syllables[][8] = {\n");
    for (size_t i = 0; i < syllables_count; i++)
        printf("    \"%s\",\n", syllables[i]);
    printf("};\n");
    print_spellings();
    utrans_close(simple);
    utrans_close(latin);
    return ferror(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}
