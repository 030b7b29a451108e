/* What languages a name can be of, by all of its parts. */
#include "clients/node/name_compare.h"

#include <string.h>

/* Names by which a form is known to be Arabic; in the other spellings too. */
static bool
is_arabic_part(struct name_voice *voice, bool is_last)
{
    static const char *const SIGNS[] = {"al", "el", "bin", "ibn", "ben", "abu", "bint", "ul"};
    static const char *const NAMES[] = {
        "mhAmAd",  "mUhAmAd", "AhmAd",   "mAhmUd", "hAsAn", "hUsEn",  "KAlId",   "UmAr",  "UtmAn",
        "IbrAhIm", "IsmAIl",  "IUsUf",   "jAmAl",  "kArIm", "SAlAh",  "SAlIm",   "sAlIm", "sAmIr",
        "tArIk",   "nAsIr",   "nAsEr",   "rAhmAn", "rASId", "sAId",   "sAlEh",   "jAfAr", "hAmId",
        "hAmzA",   "fAtImA",  "AISA",    "zAhrA",  "lEla",  "mArIAm", "mUstAfA", "fEsAl", "AmIr",
        "bASIr",   "bIlAl",   "sUlEmAn", "hArUn",  "AzIz",  "mAnsUr", "AnwAr",   "sAdAm", "mAjId",
        "kAsIm",   "zEd",     "nUr",     "hAdI",   "mAhdI", "rIdA",   "AbAs",    "sAmI",  "AlI",
        "IdrIs",   "jIbrIl",  "jAbEr",   "mUsA",   "IUnIs", "IUnUs",  "AmIn",    "KAlIl", "SArIf"};

    for (size_t i = 0; i < sizeof SIGNS / sizeof SIGNS[0]; i++) {
        if (!is_last && strcmp(voice->latin, SIGNS[i]) == 0) /* Bin is a Korean given name */
            return true;
    }
    if (strncmp(voice->latin, "abd", 3) == 0)
        return true;
    const char *fold = name_voice_fold(voice, NAME_FOLD_ARABIC);
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        if (strcmp(NAMES[i], fold) == 0 || name_fold_compare_arabic(NAMES[i], fold) == 2)
            return true;
    }
    return false;
}

/* A Korean or Chinese name has a surname of one syllable, or one of these of two. */
static bool
is_surname(const struct name_voice *voice, uint8_t ways, const uint8_t *counts)
{
    static const char *const DOUBLES[] = {"namgung", "namkung",   "namkoong", "hwangbo", "hwangpo",
                                          "jegal",   "chegal",    "seonu",    "sunwoo",  "dokgo",
                                          "sagong",  "ouyang",    "situ",     "szeto",   "sima",
                                          "zhuge",   "shangguan", "xiahou",   "huangfu", "auyeung"};

    for (size_t i = 0; i < ways; i++) {
        if (counts[i] == 1)
            return true;
    }
    for (size_t i = 0; i < sizeof DOUBLES / sizeof DOUBLES[0]; i++) {
        if (strcmp(DOUBLES[i], voice->latin) == 0)
            return true;
    }
    return false;
}

static bool
is_korean(struct name_spoken *spoken)
{
    bool has_surname = false;

    if (spoken->form->writing == NAME_HANGUL)
        return true;
    for (size_t i = 0; i < spoken->form->parts_count; i++) {
        const struct name_korean *korean = name_voice_korean(&spoken->voices[i]);
        if (korean->ways == 0)
            return false;
        has_surname = has_surname || is_surname(&spoken->voices[i], korean->ways, korean->counts);
    }
    return has_surname;
}

static bool
is_chinese(struct name_spoken *spoken)
{
    bool has_surname = false;

    if (spoken->form->writing == NAME_PINYIN)
        return true;
    for (size_t i = 0; i < spoken->form->parts_count; i++) {
        const struct name_chinese *chinese = name_voice_chinese(&spoken->voices[i]);
        if (chinese->ways == 0)
            return false;
        has_surname = has_surname || is_surname(&spoken->voices[i], chinese->ways, chinese->counts);
    }
    return has_surname;
}

static bool
is_japanese(struct name_spoken *spoken)
{
    for (size_t i = 0; i < spoken->form->parts_count; i++) {
        if (name_voice_japanese(&spoken->voices[i]) == NULL)
            return false;
    }
    return true;
}

static bool
is_arabic(struct name_spoken *spoken)
{
    size_t count = spoken->form->parts_count;

    if (spoken->form->writing == NAME_ARABIC)
        return true;
    for (size_t i = 0; i < count; i++) {
        if (is_arabic_part(&spoken->voices[i], i + 1 == count))
            return true;
    }
    return false;
}

const struct name_tongues *
name_spoken_tongues(struct name_spoken *spoken)
{
    struct name_tongues *tongues = &spoken->tongues;

    if (spoken->has_tongues)
        return tongues;
    spoken->has_tongues = true;
    *tongues = (struct name_tongues){.arabic = is_arabic(spoken)};
    if (tongues->arabic) /* al and el would do as Korean or Chinese surnames */
        return tongues;
    tongues->korean = is_korean(spoken);
    tongues->chinese = is_chinese(spoken);
    tongues->japanese = is_japanese(spoken);
    return tongues;
}

struct name_tongues
name_spoken_common(struct name_spoken *left, struct name_spoken *right)
{
    const struct name_tongues *asked = name_spoken_tongues(left);

    if (right->has_tongues) {
        const struct name_tongues *other = name_spoken_tongues(right);
        return (struct name_tongues){.korean = asked->korean && other->korean,
                                     .chinese = asked->chinese && other->chinese,
                                     .japanese = asked->japanese && other->japanese,
                                     .arabic = asked->arabic && other->arabic};
    }
    /* What the left cannot be need not be asked of the right, whose form is read but once. */
    struct name_tongues common = {.arabic = asked->arabic && is_arabic(right)};
    bool may_be_arabic = !asked->arabic && (asked->korean || asked->chinese || asked->japanese);
    if (asked->arabic || (may_be_arabic && is_arabic(right)))
        return common;
    common.korean = asked->korean && is_korean(right);
    common.chinese = asked->chinese && is_chinese(right);
    common.japanese = asked->japanese && is_japanese(right);
    return common;
}
