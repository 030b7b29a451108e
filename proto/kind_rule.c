#include "proto/kind_rule.h"

#include "proto/limits.h"
#include "proto/state_code.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { REFERENCE_CHARS_MAX = 64, HANDLING_CHARS_MAX = 1000 };

struct kind_place
kind_place_content(const struct kind_context *context, struct problems *problems)
{
    return (struct kind_place){.context = context,
                               .problems = problems,
                               .today = date_text_from_ms(context->created_at_ms),
                               .field = "",
                               .index = SIZE_MAX};
}

struct kind_place
kind_place_item(const struct kind_place *up, const char *field, size_t index)
{
    struct kind_place place = *up;

    place.up = up;
    place.field = field;
    place.index = index;
    return place;
}

struct kind_place
kind_place_field(const struct kind_place *up, const char *field)
{
    return kind_place_item(up, field, SIZE_MAX);
}

/* Append `field`, after a dot unless it is the first. */
static struct problem_path
join(struct problem_path path, const char *field)
{
    if (field[0] == '\0')
        return path;
    return path.text[0] == '\0' ? problem_path("%s", field)
                                : problem_path("%s.%s", path.text, field);
}

static struct problem_path
make_path(const struct kind_place *place, const char *field)
{
    const struct kind_place *chain[KIND_RULE_DEPTH_MAX];
    struct problem_path path = {""};
    size_t depth = 0;

    for (; place->up != NULL; place = place->up) {
        assert(depth < KIND_RULE_DEPTH_MAX);
        chain[depth++] = place;
    }
    while (depth-- > 0) {
        path = join(path, chain[depth]->field);
        if (chain[depth]->index != SIZE_MAX)
            path = problem_path("%s[%zu]", path.text, chain[depth]->index);
    }
    return join(path, field);
}

void
kind_rule_add(const struct kind_place *place, const char *field, const char *cure,
              const char *format, ...)
{
    char wrong[PROBLEM_TEXT_BYTES];
    va_list args;

    va_start(args, format);
    vsnprintf(wrong, sizeof wrong, format, args);
    va_end(args);
    problems_add(place->problems, make_path(place, field).text, cure, "%s", wrong);
}

bool
kind_rule_has(const char *text)
{
    return text != NULL && text[0] != '\0';
}

const char *
kind_rule_next_point(const char *text, uint32_t *out)
{
    const uint8_t *bytes = (const uint8_t *)text;
    const size_t more = bytes[0] < 0x80 ? 0 : bytes[0] < 0xe0 ? 1 : bytes[0] < 0xf0 ? 2 : 3;
    uint32_t point = more == 0 ? bytes[0] : bytes[0] & (0x3fU >> more);

    for (size_t i = 1; i <= more; i++)
        point = point << 6 | (bytes[i] & 0x3fU);
    *out = point;
    return text + 1 + more;
}

/*
 * What no honest text needs and what lets a text show other than it is: controls, directional
 * overrides and isolates (CVE-2021-42574), invisible and line separators, noncharacters, private
 * use.  The joiners U+200C and U+200D stay: Persian and the scripts of India write with them.
 */
static bool
is_forbidden(uint32_t point, bool lines)
{
    if (point == '\n' || point == '\t')
        return !lines;
    return point < 0x20 || (point >= 0x7f && point <= 0x9f) || point == 0xad || point == 0x61c ||
           point == 0x200b || point == 0x200e || point == 0x200f ||
           (point >= 0x2028 && point <= 0x202e) || (point >= 0x2060 && point <= 0x206f) ||
           (point >= 0xe000 && point <= 0xf8ff) || point == 0xfeff ||
           (point >= 0xfdd0 && point <= 0xfdef) || (point >= 0xfff0 && point <= 0xfffb) ||
           (point & 0xfffe) == 0xfffe || point >= 0xe0000;
}

static bool
is_blank(uint32_t point)
{
    return point == ' ' || point == '\t' || point == '\n' || point == 0xa0 ||
           (point >= 0x2000 && point <= 0x200d) || point == 0x202f || point == 0x205f ||
           point == 0x3000;
}

void
kind_rule_text(const struct kind_place *place, const char *field, const char *text,
               size_t chars_max, unsigned flags)
{
    const bool lines = (flags & KIND_TEXT_LINES) != 0;
    bool is_all_blank = true;
    uint32_t point = 0;
    size_t chars = 0;

    if (!kind_rule_has(text)) {
        if ((flags & KIND_TEXT_MANDATORY) != 0)
            kind_rule_add(place, field, "fill it in", "it is missing and must be given");
        return;
    }
    for (const char *at = text; *at != '\0'; chars++) {
        at = kind_rule_next_point(at, &point);
        is_all_blank = is_all_blank && is_blank(point);
        if (is_forbidden(point, lines)) {
            kind_rule_add(place, field,
                          lines ? "write plain text; tabs and line breaks are the only controls"
                                : "write plain text on one line",
                          "character %zu (U+%04X) cannot be in this text", chars + 1, point);
            return;
        }
    }
    if (is_all_blank)
        kind_rule_add(place, field, "write something, or leave it out", "it has only blanks");
    if (chars > chars_max)
        kind_rule_add(place, field, "shorten it", "it has %zu characters, %zu are allowed", chars,
                      chars_max);
}

void
kind_rule_texts(const struct kind_place *place, const char *field, char *const *texts, size_t count,
                size_t count_max, size_t chars_max, unsigned flags)
{
    kind_rule_count(place, field, count, (flags & KIND_TEXT_MANDATORY) != 0 ? 1 : 0, count_max);
    for (size_t i = 0; i < count; i++) {
        const struct kind_place item = kind_place_item(place, field, i);
        kind_rule_text(&item, "", texts[i], chars_max, flags | KIND_TEXT_MANDATORY);
    }
}

void
kind_rule_reference(const struct kind_place *place, const char *field, const char *text,
                    bool is_mandatory)
{
    static const char cure[] =
        "give the file's reference: at most 64 letters A to Z, digits and -_./, no blank, no name "
        "of a person";

    if (!kind_rule_has(text)) {
        if (is_mandatory)
            kind_rule_add(place, field, cure, "it is missing and must be given");
        return;
    }
    for (const char *at = text; *at != '\0'; at++) {
        const char c = *at;
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              strchr("-_./", c) != NULL)) {
            kind_rule_add(place, field, cure, "\"%s\" is not a reference", text);
            return;
        }
    }
    if (strlen(text) > REFERENCE_CHARS_MAX)
        kind_rule_add(place, field, cure, "it has %zu characters, %d are allowed", strlen(text),
                      REFERENCE_CHARS_MAX);
}

/* Rules on a date against the day on which the message was made. */
static void
check_against_today(const struct kind_place *place, const char *field, const char *text,
                    unsigned flags, struct date_text date)
{
    char today[DATE_TEXT_BYTES];
    const struct date_text tomorrow = date_text_add_days(place->today, 1);

    date_text_format(place->today, today);
    /* In New Zealand it is already tomorrow, in Hawaii still yesterday. */
    if ((flags & KIND_DATE_PAST) != 0 && date_text_is_before(tomorrow, date))
        kind_rule_add(place, field, "give the day on which it happened",
                      "%s lies in the future; the message is of %s", text, today);
    if ((flags & KIND_DATE_FUTURE) != 0 && date_text_is_complete(date) &&
        date_text_compare(date_text_add_days(date, 1), place->today) < 0)
        kind_rule_add(place, field, "give a day that is still to come",
                      "%s is past; the message is of %s", text, today);
}

bool
kind_rule_date(const struct kind_place *place, const char *field, const char *text, unsigned flags,
               struct date_text *out)
{
    const bool partial = (flags & KIND_DATE_PARTIAL) != 0;
    const char *cure = partial ? "write 2024-03-07, or 2024-03 or 2024 where no more is known"
                               : "write year, month and day: 2024-03-07";
    struct date_text date;

    if (!kind_rule_has(text)) {
        if ((flags & KIND_DATE_MANDATORY) != 0)
            kind_rule_add(place, field, cure, "it is missing and must be given");
        return false;
    }
    const enum err err = date_text_parse(text, &date);
    if (err == ERR_FORMAT)
        kind_rule_add(place, field, cure, "\"%s\" is not a date", text);
    else if (err != ERR_OK)
        kind_rule_add(place, field, cure, "the calendar has no %s", text);
    else if (!partial && !date_text_is_complete(date))
        kind_rule_add(place, field, cure, "%s has no day", text);
    if (err != ERR_OK || (!partial && !date_text_is_complete(date)))
        return false;
    check_against_today(place, field, text, flags, date);
    *out = date;
    return true;
}

void
kind_rule_review_date(const struct kind_place *place, const char *field, const char *text,
                      uint32_t years, bool is_mandatory)
{
    const unsigned flags = KIND_DATE_FUTURE | (is_mandatory ? KIND_DATE_MANDATORY : 0);
    const struct date_text end = date_text_from_ms(place->context->expires_at_ms);
    const struct date_text limit = date_text_add_years(place->today, years);
    char day[DATE_TEXT_BYTES], cure[PROBLEM_TEXT_BYTES];
    struct date_text date;

    if (!kind_rule_date(place, field, text, flags, &date))
        return;
    if (date_text_compare(date, limit) > 0) {
        date_text_format(limit, day);
        snprintf(cure, sizeof cure, "give a day up to %s; an UPDATE can prolong it then", day);
        kind_rule_add(place, field, cure, "%s is more than %u years ahead", text, (unsigned)years);
    } else if (date_text_compare(date, end) > 0) {
        date_text_format(end, day);
        snprintf(cure, sizeof cure, "give a day up to %s, or let the message expire later", day);
        kind_rule_add(place, field, cure, "%s is after the message expires", text);
    }
}

void
kind_rule_order(const struct kind_place *place, const char *field, struct date_text earlier,
                struct date_text later, const char *what)
{
    if (date_text_is_before(later, earlier))
        kind_rule_add(place, field, "correct the one that is wrong", "%s", what);
}

static bool
state_fits(const struct state_code *code, enum kind_state use)
{
    switch (use) {
    case KIND_STATE_ISSUER:
        return state_code_issues(code);
    case KIND_STATE_COUNTRY:
        return code->use == STATE_ISO || code->use == STATE_EXCEPTION;
    case KIND_STATE_NATIONALITY:
        return state_code_is_nationality(code) && code->use != STATE_SPECIMEN;
    }
    return false;
}

void
kind_rule_state(const struct kind_place *place, const char *field, const char *text,
                enum kind_state use, bool is_mandatory)
{
    char cure[PROBLEM_TEXT_BYTES] = "give the three-letter code of ICAO Doc 9303, like JPN";

    if (!kind_rule_has(text)) {
        if (is_mandatory)
            kind_rule_add(place, field, cure, "it is missing and must be given");
        return;
    }
    const struct state_code *code = state_code_find(text);
    if (code == NULL) {
        const struct state_code *meant = state_code_suggest(text);
        if (meant != NULL)
            snprintf(cure, sizeof cure, "write %s for %s", meant->code, meant->name);
        kind_rule_add(place, field, cure, "there is no state with the code \"%s\"", text);
    } else if (!state_fits(code, use)) {
        kind_rule_add(place, field, cure, "%s (%s) is no %s", text, code->name,
                      use == KIND_STATE_ISSUER    ? "state that issues documents"
                      : use == KIND_STATE_COUNTRY ? "country"
                                                  : "nationality");
    }
}

void
kind_rule_nationalities(const struct kind_place *place, const char *field, char *const *codes,
                        size_t count, size_t max)
{
    kind_rule_count(place, field, count, 0, max);
    for (size_t i = 0; i < count && i < max; i++) {
        const struct kind_place item = kind_place_item(place, field, i);
        kind_rule_state(&item, "", codes[i], KIND_STATE_NATIONALITY, true);
        for (size_t j = 0; j < i; j++) {
            if (strcmp(codes[j], codes[i]) == 0)
                kind_rule_add(&item, "", "remove one", "%s is there twice", codes[i]);
        }
    }
}

void
kind_rule_language(const struct kind_place *place, const char *field, const char *text,
                   bool is_mandatory)
{
    static const char cure[] = "give two or three small letters (ISO 639), like ja, en, ko";

    if (!kind_rule_has(text)) {
        if (is_mandatory)
            kind_rule_add(place, field, cure, "it is missing and must be given");
        return;
    }
    const size_t letters = strspn(text, "abcdefghijklmnopqrstuvwxyz");
    if (text[letters] != '\0' || letters < 2 || letters > 3)
        kind_rule_add(place, field, cure, "\"%s\" is not a language", text);
}

void
kind_rule_languages(const struct kind_place *place, const char *field, char *const *texts,
                    size_t count, size_t max)
{
    kind_rule_count(place, field, count, 0, max);
    for (size_t i = 0; i < count && i < max; i++) {
        const struct kind_place item = kind_place_item(place, field, i);
        kind_rule_language(&item, "", texts[i], true);
        for (size_t j = 0; j < i; j++) {
            if (strcmp(texts[j], texts[i]) == 0)
                kind_rule_add(&item, "", "remove one", "%s is there twice", texts[i]);
        }
    }
}

void
kind_rule_choice(const struct kind_place *place, const char *field, int value, const char *example)
{
    char cure[PROBLEM_TEXT_BYTES];

    if (value != 0)
        return;
    snprintf(cure, sizeof cure, "choose one, like %s; the template lists them", example);
    kind_rule_add(place, field, cure, "it is missing and must be given");
}

void
kind_rule_choices(const struct kind_place *place, const char *field, const int *values,
                  size_t count, size_t min, const char *example)
{
    char cure[PROBLEM_TEXT_BYTES];
    uint64_t seen = 0;

    snprintf(cure, sizeof cure, "choose at least one, like %s; the template lists them", example);
    if (count < min)
        kind_rule_add(place, field, cure, "it is missing and must be given");
    for (size_t i = 0; i < count; i++) {
        const struct kind_place item = kind_place_item(place, field, i);
        assert(values[i] >= 0 && values[i] < 64);
        if ((seen >> values[i] & 1) != 0) {
            kind_rule_add(&item, "", "remove one", "the same choice is there twice");
            return;
        }
        seen |= UINT64_C(1) << values[i];
    }
}

void
kind_rule_count(const struct kind_place *place, const char *field, size_t count, size_t min,
                size_t max)
{
    if (count < min)
        kind_rule_add(place, field, "give at least one", "it is missing and must be given");
    else if (count > max)
        kind_rule_add(place, field, "send the others in another message, or leave them out",
                      "there are %zu, %zu are allowed", count, max);
}

void
kind_rule_handling(const struct kind_place *place, const char *field, const char *text)
{
    const bool is_needed = place->context->use_restriction == DENREI__V1__USE_RESTRICTION__USE_H3 &&
                           !kind_rule_has(text);

    if (is_needed)
        kind_rule_add(place, field, "say what use is allowed, or choose H0, H1 or H2",
                      "the handling code H3 asks for it");
    kind_rule_text(place, field, text, HANDLING_CHARS_MAX, KIND_TEXT_LINES);
}

bool
kind_rule_has_role(const struct kind_context *context, Denrei__V1__Role role)
{
    for (size_t i = 0; i < context->roles_count; i++) {
        if (context->roles[i] == role)
            return true;
    }
    return false;
}
