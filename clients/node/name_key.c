#include "clients/node/name_key.h"

#include <string.h>

enum { PARTS_MAX = 5, PAIRS_MAX = 10, SKELETON_MAX = 9, KOREAN_KEYS = 2, CHINESE_KEYS = 3 };

/* Letters from which a name may be cut in a zone, and how much of its halves is left for sure. */
enum { CUT_FROM = 27, CUT_FAMILY = 4, CUT_GIVEN = 1 };

/* Two texts of a key, whatever their order; FNV-1a, which is enough against chance. */
static uint64_t
mix(uint64_t hash, const char *text)
{
    for (; *text != '\0'; text++)
        hash = (hash ^ (uint8_t)*text) * UINT64_C(1099511628211);
    return (hash ^ '|') * UINT64_C(1099511628211);
}

static uint64_t
hash_of(char kind, const char *left, const char *right)
{
    const bool is_ordered = strcmp(left, right) <= 0;
    uint64_t hash = mix(UINT64_C(14695981039346656037) ^ (uint8_t)kind, is_ordered ? left : right);

    hash = mix(hash, is_ordered ? right : left);
    return (hash ^ hash >> 31) & INT64_MAX;
}

static void
add(struct name_keys *keys, uint64_t key)
{
    for (size_t i = 0; i < keys->count; i++) {
        if (keys->list[i] == key)
            return;
    }
    if (keys->count < NAME_KEYS_MAX)
        keys->list[keys->count++] = key;
}

/* ---- pairs of parts */

static void
add_korean(struct name_keys *keys, struct name_voice *left, struct name_voice *right)
{
    const struct name_korean *l = name_voice_korean(left), *r = name_voice_korean(right);

    for (size_t i = 0; i < l->ways && i < KOREAN_KEYS; i++) {
        for (size_t k = 0; k < r->ways && k < KOREAN_KEYS; k++) {
            char left_key[NAME_KOREAN_KEY_BYTES], right_key[NAME_KOREAN_KEY_BYTES];
            name_korean_key(l, i, left_key);
            name_korean_key(r, k, right_key);
            add(keys, hash_of('k', left_key, right_key));
        }
    }
}

static void
write_skeleton(struct name_voice *voice, char out[NAME_PART_BYTES])
{
    const char *skeleton = name_voice_fold(voice, NAME_FOLD_SKELETON);
    size_t len = strnlen(skeleton, SKELETON_MAX); /* a long name is cut in zones */

    memcpy(out, skeleton, len);
    out[len] = '\0';
}

/* A Chinese surname beside a given name of elsewhere: Sandra Ng is Sandra Wu in Mandarin. */
static void
add_western(struct name_keys *keys, const struct name_chinese *surname, struct name_voice *given)
{
    char key[NAME_CHINESE_KEY_BYTES], skeleton[NAME_PART_BYTES];

    if (surname->counts[0] != 1)
        return;
    write_skeleton(given, skeleton);
    for (size_t i = 0; i < CHINESE_KEYS && name_chinese_key(surname, 0, i, key); i++)
        add(keys, hash_of('x', key, skeleton));
}

static void
add_chinese(struct name_keys *keys, struct name_voice *left, struct name_voice *right)
{
    const struct name_chinese *l = name_voice_chinese(left), *r = name_voice_chinese(right);
    char left_key[NAME_CHINESE_KEY_BYTES], right_key[NAME_CHINESE_KEY_BYTES];

    if (l->ways == 0 || r->ways == 0) {
        if (l->ways > 0)
            add_western(keys, l, right);
        if (r->ways > 0)
            add_western(keys, r, left);
        return;
    }
    for (size_t i = 0; i < CHINESE_KEYS && name_chinese_key(l, 0, i, left_key); i++) {
        for (size_t k = 0; k < CHINESE_KEYS && name_chinese_key(r, 0, k, right_key); k++)
            add(keys, hash_of('z', left_key, right_key));
    }
}

/* The consonants of a Cyrillic name, whose J is a vowel and whose X are two letters. */
static void
write_slavic(struct name_voice *voice, char out[NAME_PART_BYTES])
{
    size_t len = 0;

    for (const char *at = name_voice_fold(voice, NAME_FOLD_SLAVIC); *at != '\0'; at++) {
        if (strchr("aeiou", *at) == NULL && len < SKELETON_MAX)
            out[len++] = *at;
    }
    out[len] = '\0';
}

static void
add_pair(struct name_keys *keys, struct name_voice *left, struct name_voice *right)
{
    char left_skeleton[NAME_PART_BYTES], right_skeleton[NAME_PART_BYTES];
    const char *l = name_voice_japanese(left);
    const char *r = l == NULL ? NULL : name_voice_japanese(right);

    write_skeleton(left, left_skeleton);
    write_skeleton(right, right_skeleton);
    add(keys, hash_of('s', left_skeleton, right_skeleton));
    if (r != NULL)
        add(keys, hash_of('j', l, r));
    add_korean(keys, left, right);
    add_chinese(keys, left, right);
}

/* With each consonant of `changed` left out; shares keys with add_pair, for what was added. */
static void
add_slips(struct name_keys *keys, struct name_voice *kept, struct name_voice *changed)
{
    char kept_skeleton[NAME_PART_BYTES], skeleton[NAME_PART_BYTES];

    write_skeleton(kept, kept_skeleton);
    write_skeleton(changed, skeleton);
    size_t len = strlen(skeleton);
    for (size_t i = 0; i < len && len > 1; i++) {
        char shorter[NAME_PART_BYTES];
        memcpy(shorter, skeleton, i);
        memcpy(shorter + i, skeleton + i + 1, len - i);
        add(keys, hash_of('s', kept_skeleton, shorter));
    }
}

/* ---- forms */

/* The parts that tell something; all of them if none does. */
static size_t
pick_parts(const struct name_form *form, size_t picked[PARTS_MAX])
{
    size_t count = 0;

    for (size_t i = 0; i < form->parts_count && count < PARTS_MAX; i++) {
        if (!name_form_is_particle(form->parts[i]))
            picked[count++] = i;
    }
    for (size_t i = 0; count < 2 && i < form->parts_count; i++) {
        if (name_form_is_particle(form->parts[i]))
            picked[count++] = i;
    }
    return count;
}

/* Family and given name, or first and the others, each as one: MIN JUN is MINJUN elsewhere. */
static void
add_halves(struct name_keys *keys, struct name_spoken *spoken, size_t middle)
{
    const struct name_form *form = spoken->form;
    struct name_voice left, right;

    if (middle == 0 || middle >= form->parts_count)
        return;
    name_voice_init(&left, form, 0, middle);
    name_voice_init(&right, form, middle, form->parts_count);
    add_pair(keys, &left, &right);
    char slavic[2][NAME_PART_BYTES];
    write_slavic(&left, slavic[0]);
    write_slavic(&right, slavic[1]);
    add(keys, hash_of('y', slavic[0], slavic[1]));
}

static void
add_half_slips(struct name_keys *keys, const struct name_form *form, size_t middle)
{
    struct name_voice left, right;

    if (middle == 0 || middle >= form->parts_count)
        return;
    name_voice_init(&left, form, 0, middle);
    name_voice_init(&right, form, middle, form->parts_count);
    add_slips(keys, &left, &right);
    add_slips(keys, &right, &left);
}

static void
add_births(struct name_keys *keys, struct name_voice *voice, const struct date_text *births,
           size_t count)
{
    char skeleton[NAME_PART_BYTES];

    write_skeleton(voice, skeleton);
    for (size_t i = 0; i < count; i++) {
        char date[DATE_TEXT_BYTES];
        struct date_text birth = births[i];
        if (birth.year == 0 || !date_text_is_complete(birth))
            continue;
        if (birth.day < birth.month) /* one key for day and month in both orders */
            birth = (struct date_text){birth.year, birth.day, birth.month};
        date_text_format(birth, date);
        add(keys, hash_of('b', skeleton, date));
    }
}

/* What is left of a long name that a zone cuts: the first consonants of each half. */
static void
add_cut(struct name_keys *keys, const struct name_spoken *spoken)
{
    const struct name_form *form = spoken->form;
    char halves[2][NAME_PART_BYTES];
    size_t letters = 0;

    for (size_t i = 0; i < form->parts_count; i++)
        letters += spoken->voices[i].len + 1;
    if (!form->is_divided || (!form->is_cut && letters < CUT_FROM))
        return;
    for (size_t half = 0; half < 2; half++) {
        size_t at = half == 0 ? 0 : form->family_count;
        name_fold(NAME_FOLD_SKELETON, form->parts[at], halves[half], NAME_PART_BYTES);
        halves[half][half == 0 ? CUT_FAMILY : CUT_GIVEN] = '\0';
    }
    add(keys, hash_of('c', halves[0], halves[1]));
}

/* All of it as one text, for characters that are not letters of an alphabet. */
static void
add_characters(struct name_keys *keys, const struct name_form *form)
{
    char whole[NAME_PARTS_MAX * NAME_PART_BYTES];
    char turned[NAME_PARTS_MAX * NAME_PART_BYTES];

    name_form_join(form, 0, form->parts_count, whole, sizeof whole);
    add(keys, hash_of('h', whole, ""));
    if (!form->is_divided)
        return;
    name_form_join(form, form->family_count, form->parts_count, turned, sizeof turned);
    size_t len = strlen(turned);
    name_form_join(form, 0, form->family_count, turned + len, sizeof turned - len);
    add(keys, hash_of('h', turned, ""));
}

void
name_key_make(struct name_spoken *spoken, const struct date_text *births, size_t births_count,
              struct name_keys *out)
{
    const struct name_form *form = spoken->form;
    size_t picked[PARTS_MAX];
    size_t count = pick_parts(form, picked);

    out->count = out->by_slip = out->by_birth = 0;
    if (form->writing == NAME_HAN || form->writing == NAME_OTHER) {
        add_characters(out, form);
        return;
    }
    for (size_t i = 0; i < count; i++)
        add_births(out, &spoken->voices[picked[i]], births, births_count);
    out->by_birth = out->count;
    if (count == 1)
        add(out, hash_of('m', name_voice_fold(&spoken->voices[picked[0]], NAME_FOLD_SKELETON), ""));
    for (size_t i = 0; i < count; i++) {
        for (size_t k = i + 1; k < count; k++)
            add_pair(out, &spoken->voices[picked[i]], &spoken->voices[picked[k]]);
    }
    if (form->is_divided) {
        add_halves(out, spoken, form->family_count);
    } else {
        add_halves(out, spoken, 1);
        add_halves(out, spoken, form->parts_count - 1U);
    }
    add_cut(out, spoken);
    size_t before = out->count;
    add_half_slips(out, form, form->is_divided ? form->family_count : 1);
    if (!form->is_divided && form->parts_count > 2)
        add_half_slips(out, form, form->parts_count - 1U);
    out->by_slip = out->count - before;
}
