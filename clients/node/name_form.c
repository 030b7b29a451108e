#include "clients/node/name_form.h"

#include "clients/node/name_han.h"
#include "clients/node/name_kana.h"
#include "clients/node/name_korean.h"
#include "clients/node/name_utf8.h"

#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>

enum {
    UNITS_MAX = NAME_TEXT_CHARS_MAX * 2, /* UTF-16 */
    POINTS_MAX = 48,                     /* of a part */
    GROWTH = 18                          /* of NFKC, at most */
};

/* ---- reading a text into code points */

struct units {
    UChar list[UNITS_MAX * GROWTH];
    size_t len;
};

/* The first NAME_TEXT_CHARS_MAX characters of `text` as NFKC; returns how many units. */
static size_t
normalise(const char *text, struct units *out)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar raw[UNITS_MAX];
    size_t len = 0;

    for (size_t chars = 0; *text != '\0' && chars < NAME_TEXT_CHARS_MAX; chars++) {
        uint32_t point = name_utf8_next(&text);
        if (point != NAME_UTF8_NONE)
            name_utf8_put_unit(point, raw, &len);
    }
    const UNormalizer2 *nfkc = unorm2_getNFKCInstance(&status);
    int32_t made = unorm2_normalize(nfkc, raw, (int32_t)len, out->list,
                                    (int32_t)(sizeof out->list / sizeof out->list[0]), &status);
    out->len = U_SUCCESS(status) && made > 0 ? (size_t)made : 0;
    return out->len;
}

/* ---- one part */

struct part {
    uint32_t points[POINTS_MAX];
    size_t count;
    enum name_writing writing; /* of its first letter; Han wherever there is one */
};

/* The reader's state: the form being made, and the part being read. */
struct reader {
    struct name_form *form;
    const char *language;
    struct part part;
    size_t last_count; /* letters of the part that ended last; they still stand in `part` */
    bool has_han;      /* somewhere in the name: then all of it is kept as characters */
};

static void
put_utf8(const struct part *part, char *out, bool folds)
{
    size_t len = 0;

    for (size_t i = 0; i < part->count; i++) {
        char bytes[NAME_UTF8_BYTES];
        uint32_t point = part->points[i];
        if (point == 0x3005 && i > 0) /* repeats what stands before it */
            point = part->points[i - 1];
        name_utf8_put(folds ? name_han_fold(point) : point, bytes);
        if (len + strlen(bytes) >= NAME_PART_BYTES)
            break;
        memcpy(out + len, bytes, strlen(bytes));
        len += strlen(bytes);
    }
    out[len] = '\0';
}

static bool
is_title(const char *part)
{
    static const char *const TITLES[] = {"mr", "mrs", "ms", "miss", "mstr", "mister",
                                         "dr", "jr",  "sr", "iii",  "prof", "dit"};

    for (size_t i = 0; i < sizeof TITLES / sizeof TITLES[0]; i++) {
        if (strcmp(part, TITLES[i]) == 0)
            return true;
    }
    return false;
}

/* The article of Arabic names, which is written with what follows it. */
static void
split_article(struct reader *reader)
{
    struct part *part = &reader->part;
    struct name_form *form = reader->form;

    if (part->writing != NAME_ARABIC || part->count < 5 || part->points[0] != 0x627 ||
        part->points[1] != 0x644 || form->parts_count + 1 >= NAME_PARTS_MAX)
        return;
    memcpy(form->parts[form->parts_count++], "al", 3);
    memmove(part->points, part->points + 2, (part->count - 2) * sizeof part->points[0]);
    part->count -= 2;
}

static void
end_part(struct reader *reader)
{
    struct name_form *form = reader->form;
    struct part *part = &reader->part;

    if (reader->has_han)
        part->writing = NAME_HAN;
    /* A part that cannot be written in letters does not go with parts that are. */
    bool fits = form->parts_count == 0 || form->writing == NAME_LATIN ||
                (part->writing == NAME_OTHER) == (form->writing == NAME_OTHER);
    if (part->count > 0 && form->parts_count < NAME_PARTS_MAX && fits) {
        if (form->parts_count == 0 || form->writing == NAME_LATIN)
            form->writing = (uint8_t)part->writing;
        split_article(reader);
        char *out = form->parts[form->parts_count];
        out[0] = '\0';
        if (part->writing == NAME_HAN || part->writing == NAME_OTHER)
            put_utf8(part, out, part->writing == NAME_HAN);
        else if (part->writing == NAME_KANA)
            name_kana_spell(part->points, part->count, out, NAME_PART_BYTES);
        else if (part->writing == NAME_HANGUL)
            name_korean_spell(part->points, part->count, out, NAME_PART_BYTES);
        else
            name_letters_spell(part->writing, reader->language, part->points, part->count, out,
                               NAME_PART_BYTES);
        if (out[0] != '\0' && !is_title(out))
            form->parts_count++;
    }
    reader->last_count = part->count > 0 ? part->count : reader->last_count;
    part->count = 0;
}

/* 김민준 without a blank: the surname is the first syllable. */
static void
divide_hangul(struct reader *reader)
{
    struct name_form *form = reader->form;
    char family[NAME_PART_BYTES], given[NAME_PART_BYTES];

    if (form->writing != NAME_HANGUL || form->parts_count != 1 || reader->last_count < 2 ||
        reader->last_count > 4)
        return;
    name_korean_spell(reader->part.points, 1, family, sizeof family);
    name_korean_spell(reader->part.points + 1, reader->last_count - 1, given, sizeof given);
    if (family[0] == '\0' || given[0] == '\0')
        return; /* what was read last was something else */
    memcpy(form->parts[0], family, sizeof family);
    memcpy(form->parts[1], given, sizeof given);
    form->parts_count = 2;
    form->family_count = 1;
    form->is_divided = true;
}

/* Marks that ICAO leaves out of a zone, so that they do not part a name (9303-3, 4.6). */
static bool
is_apostrophe(uint32_t point)
{
    return point == '\'' || point == '`' || (point >= 0x2018 && point <= 0x201B) ||
           (point >= 0x2BA && point <= 0x2BF) || point == 0xB4 || point == 0x2032 ||
           point == 0x5F3 || (point >= 0x2C8 && point <= 0x2CB) || point == 0xFF07 ||
           point == 0x7F4 || point == 0x7F5;
}

static void
take_point(struct reader *reader, uint32_t point)
{
    struct part *part = &reader->part;
    enum name_writing writing = name_letters_writing(point);
    bool is_mark = u_charType((UChar32)point) == U_NON_SPACING_MARK ||
                   u_charType((UChar32)point) == U_COMBINING_SPACING_MARK;

    if (is_apostrophe(point) || (is_mark && writing == NAME_WRITINGS))
        return;
    if (writing == NAME_WRITINGS) {
        end_part(reader);
        return;
    }
    if (part->count == 0)
        part->writing = writing;
    else if (part->writing != writing && !reader->has_han && !is_mark)
        end_part(reader); /* another alphabet begins another part */
    if (part->count == 0)
        part->writing = writing;
    if (part->count < POINTS_MAX)
        part->points[part->count++] = point;
}

static bool
has_han(const struct units *units)
{
    for (size_t at = 0; at < units->len;) {
        if (name_letters_writing(name_utf8_next_unit(units->list, units->len, &at)) == NAME_HAN)
            return true;
    }
    return false;
}

/* Append the parts of `text`; a comma in it ends the family name, where `may_divide`. */
static void
take_text(struct reader *reader, const char *text, bool may_divide)
{
    struct units units;
    size_t len = text == NULL ? 0 : normalise(text, &units);

    reader->has_han = reader->has_han || (len > 0 && has_han(&units));
    for (size_t at = 0; at < len;) {
        uint32_t point = name_utf8_next_unit(units.list, len, &at);
        bool ends_family = point == ',' || point == 0x3001 || point == 0x60C ||
                           (point == '<' && at < len && units.list[at] == '<');
        if (!ends_family) {
            take_point(reader, point);
            continue;
        }
        end_part(reader);
        if (may_divide && !reader->form->is_divided && reader->form->parts_count > 0) {
            reader->form->is_divided = true;
            reader->form->family_count = reader->form->parts_count;
        }
    }
    end_part(reader);
}

static bool
is_given(const char *text)
{
    return text != NULL && text[0] != '\0';
}

static void
read_form(const struct name_text *text, struct name_form *form)
{
    struct reader reader = {.form = form, .language = text->language == NULL ? "" : text->language};
    struct units units;

    memset(form, 0, sizeof *form);
    form->is_cut = text->is_cut;
    if (!is_given(text->family) && !is_given(text->given)) {
        take_text(&reader, text->full, true);
        divide_hangul(&reader);
    } else {
        if (is_given(text->given))
            reader.has_han = normalise(text->given, &units) > 0 && has_han(&units);
        take_text(&reader, text->family, false);
        form->family_count = form->parts_count;
        take_text(&reader, text->given, false);
        form->is_divided = is_given(text->family) && is_given(text->given);
    }
    if (form->family_count == form->parts_count)
        form->is_divided = false; /* nothing follows it */
    if (!form->is_divided)
        form->family_count = 0;
}

/* ---- Chinese names by their reading */

/* Surnames of two characters; anything else has one. */
static bool
has_double_surname(const char *text)
{
    static const char *const DOUBLES[] = {"欧阳", "司马", "上官", "诸葛", "司徒", "夏侯", "皇甫",
                                          "尉迟", "公孙", "慕容", "令狐", "东方", "宇文", "南宫"};

    for (size_t i = 0; i < sizeof DOUBLES / sizeof DOUBLES[0]; i++) {
        if (strncmp(text, DOUBLES[i], strlen(DOUBLES[i])) == 0)
            return true;
    }
    return false;
}

/* Append the reading of a character; false: it has none. */
static bool
add_reading(struct name_form *form, uint32_t point, bool is_surname)
{
    const char *syllable = name_han_pinyin_of(point, is_surname);
    char *part = form->parts[form->parts_count - 1];
    size_t len = strlen(part);

    if (syllable == NULL || len + strlen(syllable) >= NAME_PART_BYTES)
        return false;
    memcpy(part + len, syllable, strlen(syllable) + 1);
    char *dotted = strchr(part + len, 'v');
    if (dotted != NULL)
        *dotted = 'u';
    return true;
}

/* 张伟 has a surname of one character and a given name of the rest. */
static bool
read_pinyin(const struct name_form *han, struct name_form *form)
{
    size_t chars = 0;
    size_t surname_chars = 1;

    memset(form, 0, sizeof *form);
    form->writing = NAME_PINYIN;
    form->is_divided = true;
    form->family_count = 1;
    form->parts_count = 1;
    if (has_double_surname(han->parts[0]))
        surname_chars = 2;
    for (size_t i = 0; i < han->parts_count; i++) {
        for (const char *at = han->parts[i]; *at != '\0'; chars++) {
            bool is_given_part = han->is_divided ? i >= han->family_count : chars >= surname_chars;
            uint32_t point = name_utf8_next(&at);
            if (is_given_part && form->parts_count == 1)
                form->parts_count = 2;
            if (!add_reading(form, point, !is_given_part))
                return false;
        }
    }
    return form->parts_count == 2;
}

size_t
name_form_read(const struct name_text *text, struct name_form forms[NAME_FORMS_OF_TEXT])
{
    const char *language = text->language == NULL ? "" : text->language;

    read_form(text, &forms[0]);
    if (forms[0].parts_count == 0)
        return 0;
    if (forms[0].writing == NAME_HAN && strcmp(language, "zh") == 0 &&
        read_pinyin(&forms[0], &forms[1]))
        return 2;
    return 1;
}

bool
name_form_is_particle(const char *part)
{
    static const char *const PARTICLES[] = {
        "al",  "el",  "ul",  "bin", "ibn", "ben",  "bint",  "binti", "binte", "de",  "da",  "di",
        "dos", "das", "del", "la",  "las", "los",  "van",   "von",   "der",   "den", "ter", "ten",
        "y",   "e",   "thi", "abu", "bt",  "dela", "della", "af",    "av",    "zu",  "ash", "ar"};

    for (size_t i = 0; i < sizeof PARTICLES / sizeof PARTICLES[0]; i++) {
        if (strcmp(part, PARTICLES[i]) == 0)
            return true;
    }
    return false;
}

void
name_form_join(const struct name_form *form, size_t from, size_t to, char *out, size_t room)
{
    size_t len = 0;

    for (size_t i = from; i < to; i++) {
        for (const char *at = form->parts[i]; *at != '\0' && len + 1 < room; at++)
            out[len++] = *at;
    }
    out[len] = '\0';
}

/* ---- bytes */

size_t
name_form_encode(const struct name_form *form, uint8_t out[NAME_FORM_BYTES_MAX])
{
    size_t len = 4;

    out[0] = form->writing;
    out[1] = form->parts_count;
    out[2] = form->family_count;
    out[3] = (uint8_t)((form->is_divided ? 1 : 0) | (form->is_cut ? 2 : 0));
    for (size_t i = 0; i < form->parts_count; i++) {
        size_t part_len = strlen(form->parts[i]);
        out[len++] = (uint8_t)part_len;
        memcpy(out + len, form->parts[i], part_len);
        len += part_len;
    }
    return len;
}

size_t
name_form_decode(struct span bytes, struct name_form *out)
{
    size_t at = 4;

    if (bytes.len < at || bytes.data[0] >= NAME_WRITINGS || bytes.data[1] > NAME_PARTS_MAX ||
        bytes.data[2] > bytes.data[1] || bytes.data[3] > 3)
        return 0;
    memset(out, 0, sizeof *out); /* equal forms are equal in all their bytes */
    out->writing = bytes.data[0];
    out->parts_count = bytes.data[1];
    out->family_count = bytes.data[2];
    out->is_divided = (bytes.data[3] & 1) != 0;
    out->is_cut = (bytes.data[3] & 2) != 0;
    for (size_t i = 0; i < out->parts_count; i++) {
        size_t len = at < bytes.len ? bytes.data[at] : NAME_PART_BYTES;
        if (len == 0 || len >= NAME_PART_BYTES || bytes.len - at - 1 < len ||
            memchr(bytes.data + at + 1, 0, len) != NULL)
            return 0;
        memcpy(out->parts[i], bytes.data + at + 1, len);
        out->parts[i][len] = '\0';
        at += 1 + len;
    }
    return at;
}
