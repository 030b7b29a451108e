#include "proto/mrz.h"

#include "proto/date_text.h"

#include <assert.h>
#include <string.h>

enum { MRZ_LINES_MAX = 3 };

/* A run of characters of one line, both from 0. */
struct field {
    uint8_t line, at, len;
};

/* Where a format has what (Doc 9303 parts 4 to 7, "data structure"); length 0: it has none. */
struct layout {
    enum mrz_format format;
    uint8_t lines, line_len;
    struct field code, state, name, number, nationality, birth, sex, expiry, optional[2];
    struct field digits[MRZ_CHECK_COUNT]; /* each one character */
    struct field composite[4];            /* what the composite digit is over, in order */
};

/* All formats of two lines agree up to the optional data; the name goes to the end of its line. */
#define TWO_LINES(form, len)                                                                       \
    .format = (form), .lines = 2, .line_len = (len), .code = {0, 0, 2}, .state = {0, 2, 3},        \
    .name = {0, 5, (len)-5}, .number = {1, 0, 9}, .nationality = {1, 10, 3}, .birth = {1, 13, 6},  \
    .sex = {1, 20, 1}, .expiry = {1, 21, 6}

static const struct layout layouts[] = {
    {.format = MRZ_TD1,
     .lines = 3,
     .line_len = 30,
     .code = {0, 0, 2},
     .state = {0, 2, 3},
     .number = {0, 5, 9},
     .optional = {{0, 15, 15}, {1, 18, 11}},
     .birth = {1, 0, 6},
     .sex = {1, 7, 1},
     .expiry = {1, 8, 6},
     .nationality = {1, 15, 3},
     .name = {2, 0, 30},
     .digits = {{0, 14, 1}, {1, 6, 1}, {1, 14, 1}, {0, 0, 0}, {1, 29, 1}},
     .composite = {{0, 5, 25}, {1, 0, 7}, {1, 8, 7}, {1, 18, 11}}},
    {TWO_LINES(MRZ_TD2, 36), .optional = {{1, 28, 7}},
     .digits = {{1, 9, 1}, {1, 19, 1}, {1, 27, 1}, {0, 0, 0}, {1, 35, 1}},
     .composite = {{1, 0, 10}, {1, 13, 7}, {1, 21, 14}}},
    {TWO_LINES(MRZ_TD3, 44), .optional = {{1, 28, 14}},
     .digits = {{1, 9, 1}, {1, 19, 1}, {1, 27, 1}, {1, 42, 1}, {1, 43, 1}},
     .composite = {{1, 0, 10}, {1, 13, 7}, {1, 21, 22}}},
    {TWO_LINES(MRZ_MRVA, 44), .optional = {{1, 28, 16}},
     .digits = {{1, 9, 1}, {1, 19, 1}, {1, 27, 1}}},
    {TWO_LINES(MRZ_MRVB, 36), .optional = {{1, 28, 8}},
     .digits = {{1, 9, 1}, {1, 19, 1}, {1, 27, 1}}},
};

static const char cure_misread[] =
    "read the document again: O and 0, I and 1, B and 8, S and 5, Z and 2 are easily taken for "
    "each other; a forged document often fails here too";

/* The zone as lines of capitals, NUL after each, before it is known what they mean. */
struct zone {
    char lines[MRZ_LINES_MAX][MRZ_LINE_MAX + 1];
    const struct layout *layout;
    struct problems *problems;
};

/* What a check digit is of. */
static const char *
check_name(enum mrz_check check)
{
    static const char *const names[MRZ_CHECK_COUNT] = {
        "document number", "date of birth", "date of expiry", "optional data", "whole zone"};

    assert(check < MRZ_CHECK_COUNT);
    return names[check];
}

static const char *
field_text(const struct zone *zone, struct field field)
{
    return zone->lines[field.line] + field.at;
}

static struct problem_path
field_path(struct field field)
{
    return problem_path("line %d, column %d", field.line + 1, field.at + 1);
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/*
 * Cut `text` at line breaks into at most MRZ_LINES_MAX runs without blanks around them.  Returns
 * how many there are, MRZ_LINES_MAX + 1 if too many.
 */
static size_t
cut_lines(const char *text, const char *starts[MRZ_LINES_MAX], size_t lens[MRZ_LINES_MAX])
{
    size_t count = 0;

    while (*text != '\0') {
        const char *start = text;
        size_t len = strcspn(text, "\n");
        text += len;
        if (*text == '\n')
            text++;
        while (len > 0 && is_blank(start[0])) {
            start++;
            len--;
        }
        while (len > 0 && is_blank(start[len - 1]))
            len--;
        if (len == 0)
            continue;
        if (count == MRZ_LINES_MAX)
            return MRZ_LINES_MAX + 1;
        starts[count] = start;
        lens[count++] = len;
    }
    return count;
}

/* A visa says V in its first place; lengths alone do not tell it from a passport. */
static const struct layout *
find_layout(size_t lines, size_t line_len, char first)
{
    const bool is_visa = first == 'V' || first == 'v';

    for (size_t i = 0; i < sizeof layouts / sizeof layouts[0]; i++) {
        const struct layout *layout = &layouts[i];
        const bool visa_layout = layout->format == MRZ_MRVA || layout->format == MRZ_MRVB;
        if (layout->line_len == line_len && visa_layout == is_visa &&
            (layout->lines == lines || lines == 0))
            return layout;
    }
    return NULL;
}

/* Say what the lengths are, for the format whose lines were most likely meant. */
static void
report_lengths(struct problems *problems, size_t count, const size_t *lens)
{
    static const char cure[] =
        "give 3 lines of 30 characters (identity card, TD1), 2 of 36 (TD2) or 2 of 44 (passport, "
        "TD3; visa), fillers < included";

    if (count == 0)
        problems_add(problems, "", cure, "the machine-readable zone is empty");
    else if (count > MRZ_LINES_MAX)
        problems_add(problems, "", cure, "the zone has more than three lines");
    else if (count == 1)
        problems_add(problems, "", cure, "the zone has %zu character%s, not 90, 72 or 88", lens[0],
                     lens[0] == 1 ? "" : "s");
    else if (count == 2)
        problems_add(problems, "", cure, "the zone's lines have %zu and %zu characters", lens[0],
                     lens[1]);
    else
        problems_add(problems, "", cure, "the zone's lines have %zu, %zu and %zu characters",
                     lens[0], lens[1], lens[2]);
}

static const struct layout *
choose_layout(size_t count, const char *const *starts, const size_t *lens)
{
    if (count == 1) {
        const size_t line_len = lens[0] == 90 ? 30 : lens[0] == 72 ? 36 : lens[0] == 88 ? 44 : 0;
        return find_layout(0, line_len, starts[0][0]);
    }
    if (count == 0 || count > MRZ_LINES_MAX)
        return NULL;
    for (size_t i = 1; i < count; i++) {
        if (lens[i] != lens[0])
            return NULL;
    }
    return find_layout(count, lens[0], starts[0][0]);
}

/* Copy the characters as capitals; false if one cannot be in a zone. */
static bool
copy_line(struct zone *zone, size_t line, const char *from)
{
    bool is_good = true;

    for (size_t i = 0; i < zone->layout->line_len; i++) {
        char c = from[i];
        if (c >= 'a' && c <= 'z')
            c = (char)(c - 'a' + 'A');
        if (!(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '<' && is_good) {
            problems_add(zone->problems, problem_path("line %zu, column %zu", line + 1, i + 1).text,
                         "a zone has capital letters A to Z, digits, and < for blanks and fillers",
                         "this character cannot be in a machine-readable zone");
            is_good = false;
        }
        zone->lines[line][i] = c;
    }
    return is_good;
}

static enum err
read_zone(const char *text, struct zone *zone)
{
    const char *starts[MRZ_LINES_MAX] = {NULL};
    size_t lens[MRZ_LINES_MAX] = {0};
    const size_t count = cut_lines(text, starts, lens);
    bool is_good = true;

    zone->layout = choose_layout(count, starts, lens);
    if (zone->layout == NULL) {
        report_lengths(zone->problems, count, lens);
        return ERR_FORMAT;
    }
    for (size_t i = 0; i < zone->layout->lines; i++) {
        const char *from = count == 1 ? starts[0] + i * zone->layout->line_len : starts[i];
        is_good = copy_line(zone, i, from) && is_good;
    }
    return is_good ? ERR_OK : ERR_FORMAT;
}

/* Copy a field without the fillers at its end. */
static void
copy_trimmed(const struct zone *zone, struct field field, char *out)
{
    size_t len = field.len;

    while (len > 0 && field_text(zone, field)[len - 1] == '<')
        len--;
    memcpy(out, field_text(zone, field), len);
    out[len] = '\0';
}

/* Copy with fillers as blanks, none at either end or doubled. */
static void
copy_name(const char *from, size_t len, char *out)
{
    size_t out_len = 0;

    for (size_t i = 0; i < len; i++) {
        if (from[i] != '<')
            out[out_len++] = from[i];
        else if (out_len > 0 && out[out_len - 1] != ' ')
            out[out_len++] = ' ';
    }
    while (out_len > 0 && out[out_len - 1] == ' ')
        out_len--;
    out[out_len] = '\0';
}

/* Two fillers end the primary identifier; without them all of it is one (9303-3, 4.6). */
static void
read_names(const struct zone *zone, struct mrz *mrz)
{
    const struct field field = zone->layout->name;
    const char *text = field_text(zone, field);
    size_t family_len = 0;

    while (family_len + 1 < field.len && memcmp(text + family_len, "<<", 2) != 0)
        family_len++;
    if (family_len + 1 == field.len)
        family_len = field.len;
    copy_name(text, family_len, mrz->family);
    copy_name(text + family_len, field.len - family_len, mrz->given);
    mrz->is_name_full = text[field.len - 1] != '<';
    if (mrz->family[0] == '\0')
        problems_add(zone->problems, field_path(field).text, cure_misread,
                     "the zone has no name where its family name begins");
}

static enum err
read_pair(const char *text, uint8_t low, uint8_t high, bool *known, uint8_t *out)
{
    *known = false;
    *out = 0;
    if (memcmp(text, "<<", 2) == 0)
        return ERR_OK;
    if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9')
        return ERR_FORMAT;

    const unsigned value = (unsigned)(text[0] - '0') * 10 + (unsigned)(text[1] - '0');
    if (value < low || value > high)
        return ERR_FORMAT;
    *known = true;
    *out = (uint8_t)value;
    return ERR_OK;
}

static void
read_date(const struct zone *zone, struct field field, const char *name, struct mrz_date *out)
{
    const char *text = field_text(zone, field);

    if (read_pair(text, 0, 99, &out->has_year, &out->year) == ERR_OK &&
        read_pair(text + 2, 1, 12, &out->has_month, &out->month) == ERR_OK &&
        read_pair(text + 4, 1, 31, &out->has_day, &out->day) == ERR_OK) {
        /* 2000 is a leap year: 29 February passes, to be judged once the century is known. */
        const struct date_text any = {out->has_year && out->year % 4 != 0 ? 2001 : 2000, out->month,
                                      out->has_month ? out->day : 0};
        if (date_text_is_real(any))
            return;
    }
    problems_add(zone->problems, field_path(field).text, cure_misread,
                 "%.6s is not a %s (year, month and day, two digits each, unknown ones as <<)",
                 text, name);
}

static void
read_sex(const struct zone *zone, struct mrz *mrz)
{
    const char c = *field_text(zone, zone->layout->sex);

    mrz->sex = c == '<' ? 'X' : c;
    if (mrz->sex != 'M' && mrz->sex != 'F' && mrz->sex != 'X')
        problems_add(zone->problems, field_path(zone->layout->sex).text, cure_misread,
                     "the sex is %c, and can be M, F, X or <", c);
}

/*
 * The number, and its check digit's place.  A number of more than nine characters has < for its
 * check digit and goes on in the optional data, its check digit last, then a filler (9303-5, 4.2.2
 * note j; 9303-6).  `optional_used` is how many characters of the optional data it took.
 */
static struct mrz_digit
read_number(const struct zone *zone, struct mrz *mrz, uint8_t *optional_used)
{
    const struct layout *layout = zone->layout;
    const char *optional = field_text(zone, layout->optional[0]);
    char whole[DOCUMENT_NUMBER_FIELD + MRZ_OPTIONAL_BYTES + 1] = {0};
    struct mrz_digit digit = {.found = *field_text(zone, layout->digits[MRZ_CHECK_NUMBER])};
    size_t rest = 0;

    memcpy(whole, field_text(zone, layout->number), DOCUMENT_NUMBER_FIELD);
    *optional_used = 0;
    if (digit.found == '<' && (layout->format == MRZ_TD1 || layout->format == MRZ_TD2)) {
        while (rest < layout->optional[0].len && optional[rest] != '<')
            rest++;
    }
    if (rest >= 2) {
        memcpy(whole + DOCUMENT_NUMBER_FIELD, optional, rest - 1);
        digit.found = optional[rest - 1];
        *optional_used = (uint8_t)rest;
    }
    digit.expected = document_number_check_digit(whole, strlen(whole));
    if (document_number_normalise(whole, &mrz->number) != ERR_OK)
        problems_add(zone->problems, field_path(layout->number).text, cure_misread,
                     "the document number is missing");
    return digit;
}

static struct mrz_digit
read_digit(const struct zone *zone, struct field data, struct field place)
{
    return (struct mrz_digit){.found = *field_text(zone, place),
                              .expected =
                                  document_number_check_digit(field_text(zone, data), data.len)};
}

static struct mrz_digit
read_composite(const struct zone *zone)
{
    char all[MRZ_LINES_MAX * MRZ_LINE_MAX];
    size_t len = 0;

    for (size_t i = 0; i < 4; i++) {
        const struct field field = zone->layout->composite[i];
        memcpy(all + len, field_text(zone, field), field.len);
        len += field.len;
    }
    return (struct mrz_digit){.found = *field_text(zone, zone->layout->digits[MRZ_CHECK_COMPOSITE]),
                              .expected = document_number_check_digit(all, len)};
}

static void
report_digit(const struct zone *zone, const struct mrz *mrz, enum mrz_check check)
{
    const struct layout *layout = zone->layout;
    const struct mrz_digit digit = mrz->digits[check];
    const struct field data = check == MRZ_CHECK_BIRTH    ? layout->birth
                              : check == MRZ_CHECK_EXPIRY ? layout->expiry
                                                          : layout->optional[0];
    const char *text = check == MRZ_CHECK_NUMBER      ? mrz->number.text
                       : check == MRZ_CHECK_COMPOSITE ? "the rest of the zone"
                                                      : field_text(zone, data);

    problems_add(
        zone->problems, field_path(layout->digits[check]).text, cure_misread,
        "the check digit of the %s is %c, but %.*s gives %c", check_name(check), digit.found,
        check == MRZ_CHECK_NUMBER || check == MRZ_CHECK_COMPOSITE ? (int)strlen(text) : data.len,
        text, digit.expected);
}

static void
judge_digits(const struct zone *zone, struct mrz *mrz)
{
    for (enum mrz_check check = 0; check < MRZ_CHECK_COUNT; check++) {
        struct mrz_digit *digit = &mrz->digits[check];
        digit->is_right = digit->found == digit->expected;
        if (zone->layout->digits[check].len == 0)
            *digit = (struct mrz_digit){.is_right = true};
        /* Nothing to check: the digit may be 0 or a filler (9303-4, 4.2.2 note j). */
        if (check == MRZ_CHECK_OPTIONAL && digit->found == '<' && mrz->optional[0][0] == '\0')
            digit->is_right = true;
        if (digit->is_right)
            continue;
        mrz->wrong_count++;
        report_digit(zone, mrz, check);
    }
}

static void
read_fields(const struct zone *zone, struct mrz *mrz)
{
    const struct layout *layout = zone->layout;
    struct field optional = layout->optional[0];
    uint8_t used = 0;

    mrz->format = layout->format;
    copy_trimmed(zone, layout->code, mrz->document_code);
    copy_trimmed(zone, layout->state, mrz->issuing_state);
    copy_trimmed(zone, layout->nationality, mrz->nationality);
    read_names(zone, mrz);
    read_date(zone, layout->birth, "date of birth", &mrz->birth);
    read_date(zone, layout->expiry, "date of expiry", &mrz->expiry);
    read_sex(zone, mrz);
    mrz->digits[MRZ_CHECK_NUMBER] = read_number(zone, mrz, &used);
    optional.at = (uint8_t)(optional.at + used);
    optional.len = (uint8_t)(optional.len - used);
    copy_trimmed(zone, optional, mrz->optional[0]);
    copy_trimmed(zone, layout->optional[1], mrz->optional[1]);
    mrz->digits[MRZ_CHECK_BIRTH] = read_digit(zone, layout->birth, layout->digits[MRZ_CHECK_BIRTH]);
    mrz->digits[MRZ_CHECK_EXPIRY] =
        read_digit(zone, layout->expiry, layout->digits[MRZ_CHECK_EXPIRY]);
    mrz->digits[MRZ_CHECK_OPTIONAL] =
        read_digit(zone, layout->optional[0], layout->digits[MRZ_CHECK_OPTIONAL]);
    mrz->digits[MRZ_CHECK_COMPOSITE] = read_composite(zone);
}

enum err
mrz_parse(const char *text, struct mrz *out, struct problems *problems)
{
    struct zone zone = {.problems = problems};
    struct mrz mrz = {0};

    if (read_zone(text, &zone) != ERR_OK)
        return ERR_FORMAT;

    const size_t before = problems_total(problems);
    read_fields(&zone, &mrz);
    if (problems_total(problems) != before)
        return ERR_FORMAT;
    judge_digits(&zone, &mrz);
    *out = mrz;
    return ERR_OK;
}
