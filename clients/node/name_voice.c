#include "clients/node/name_voice.h"

#include "clients/node/name_kana.h"

#include <string.h>

void
name_voice_init(struct name_voice *voice, const struct name_form *form, size_t from, size_t to)
{
    name_form_join(form, from, to, voice->latin, sizeof voice->latin);
    voice->len = strlen(voice->latin);
    voice->writing = form->writing;
    voice->letters = 0;
    for (size_t i = 0; i < voice->len; i++)
        voice->letters |= 1U << (voice->latin[i] & 31);
    voice->is_open = form->is_cut && to == from + 1;
    voice->has_fold = 0;
    voice->has_japanese = voice->has_korean = voice->has_chinese = false;
}

/* Letters that stand for a vowel in alphabets without vowels are none of its consonants. */
static void
fold_skeleton(struct name_voice *voice)
{
    char bare[NAME_PART_BYTES];
    const char *silent = voice->writing == NAME_ARABIC ? "wy" : "vy";
    size_t len = 0;

    for (size_t i = 0; i < voice->len; i++) {
        if (i == 0 || strchr(silent, voice->latin[i]) == NULL)
            bare[len++] = voice->latin[i];
    }
    bare[len] = '\0';
    name_fold(NAME_FOLD_SKELETON, bare, voice->folds[NAME_FOLD_SKELETON], NAME_PART_BYTES);
}

const char *
name_voice_fold(struct name_voice *voice, enum name_fold_table table)
{
    bool is_made = (voice->has_fold & (1U << table)) != 0;
    bool is_abjad = voice->writing == NAME_ARABIC || voice->writing == NAME_HEBREW;

    if (!is_made && is_abjad && table == NAME_FOLD_SKELETON)
        fold_skeleton(voice);
    else if (!is_made)
        name_fold(table, voice->latin, voice->folds[table], NAME_PART_BYTES);
    voice->has_fold |= 1U << table;
    return voice->folds[table];
}

const char *
name_voice_japanese(struct name_voice *voice)
{
    if (!voice->has_japanese)
        voice->is_japanese = name_kana_read(voice->latin, voice->japanese, NAME_PART_BYTES);
    voice->has_japanese = true;
    return voice->is_japanese ? voice->japanese : NULL;
}

const struct name_korean *
name_voice_korean(struct name_voice *voice)
{
    if (!voice->has_korean)
        name_korean_read(voice->latin, &voice->korean);
    voice->has_korean = true;
    return &voice->korean;
}

const struct name_chinese *
name_voice_chinese(struct name_voice *voice)
{
    if (!voice->has_chinese)
        name_chinese_read(voice->latin, &voice->chinese);
    voice->has_chinese = true;
    return &voice->chinese;
}
