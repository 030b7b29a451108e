/* What languages a name can be of, by all of its parts. */
#include "clients/node/name_compare.h"

#include <string.h>

/* Names by which a form is known to be Arabic; in the other spellings too. */
static bool
is_arabic_part(struct name_voice *voice)
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
        if (strcmp(voice->latin, SIGNS[i]) == 0)
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

static struct name_tongues
find_tongues(struct name_spoken *spoken)
{
    const struct name_form *form = spoken->form;
    struct name_tongues tongues = {true, true, false, true, form->writing == NAME_ARABIC};
    bool has_korean_surname = false, has_chinese_surname = false;

    for (size_t i = 0; i < form->parts_count; i++) {
        struct name_voice *voice = &spoken->voices[i];
        if (tongues.korean) {
            const struct name_korean *korean = name_voice_korean(voice);
            tongues.korean = korean->ways > 0;
            has_korean_surname =
                has_korean_surname || is_surname(voice, korean->ways, korean->counts);
        }
        if (tongues.chinese) {
            const struct name_chinese *chinese = name_voice_chinese(voice);
            tongues.chinese = chinese->ways > 0;
            has_chinese_surname =
                has_chinese_surname || is_surname(voice, chinese->ways, chinese->counts);
        }
        tongues.japanese = tongues.japanese && name_voice_japanese(voice) != NULL;
        tongues.arabic = tongues.arabic || is_arabic_part(voice);
    }
    tongues.korean = (tongues.korean && has_korean_surname) || form->writing == NAME_HANGUL;
    tongues.chinese = (tongues.chinese && has_chinese_surname) || form->writing == NAME_PINYIN;
    return tongues;
}

const struct name_tongues *
name_spoken_tongues(struct name_spoken *spoken)
{
    if (!spoken->has_tongues)
        spoken->tongues = find_tongues(spoken);
    spoken->has_tongues = true;
    return &spoken->tongues;
}
