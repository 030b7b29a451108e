/* How dates of birth, nationality and sex agree. */
#include "clients/node/person.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* From the surest to the least; what it does to the score of the name is in EFFECTS. */
enum birth {
    BIRTH_EXACT,
    BIRTH_MONTH,   /* as far as known: year and month */
    BIRTH_SWAPPED, /* day and month exchanged */
    BIRTH_YEAR,    /* as far as known: the year, or day and month */
    BIRTH_UNKNOWN,
    BIRTH_SLIP,      /* one digit, or two neighbours exchanged */
    BIRTH_NEIGHBOUR, /* day and month, the year before or after */
    BIRTH_CLOSE,     /* two of year, month and day */
    BIRTH_SAME_YEAR,
    BIRTH_NEAR_YEAR,
    BIRTH_OTHER,
    BIRTHS
};

/* Percent of the name's score that stays, and percent of what it lacks that is made up. */
static const struct {
    unsigned keeps, adds;
    const char *words;
} EFFECTS[BIRTHS] = {
    [BIRTH_EXACT] = {100, 25, "date of birth agrees"},
    [BIRTH_MONTH] = {99, 0, "year and month of birth agree, the day is not known"},
    [BIRTH_SWAPPED] = {97, 0, "birth year agrees, day and month swapped"},
    [BIRTH_YEAR] = {97, 0, "date of birth agrees as far as it is known"},
    [BIRTH_UNKNOWN] = {96, 0, "no date of birth to compare"},
    [BIRTH_SLIP] = {96, 0, "date of birth differs by one digit"},
    [BIRTH_NEIGHBOUR] = {95, 0, "day and month of birth agree, the year is next to it"},
    [BIRTH_CLOSE] = {82, 0, "date of birth agrees in part"},
    [BIRTH_SAME_YEAR] = {78, 0, "birth year agrees, day and month do not"},
    [BIRTH_NEAR_YEAR] = {72, 0, "birth year is near, day and month differ"},
    [BIRTH_OTHER] = {60, 0, "date of birth differs"},
};

/* Day and month that stand for "not known" in many registers. */
static struct date_text
without_placeholder(struct date_text date)
{
    if (date.month == 1 && date.day == 1)
        date.month = date.day = 0;
    return date;
}

/* One digit wrong, or two neighbours exchanged, in YYYYMMDD. */
static bool
is_slip(struct date_text left, struct date_text right)
{
    char a[16], b[16];
    size_t wrong = 0, first = 0;

    snprintf(a, sizeof a, "%04u%02u%02u", left.year, left.month, left.day);
    snprintf(b, sizeof b, "%04u%02u%02u", right.year, right.month, right.day);
    for (size_t i = 0; i < 8; i++) {
        first = a[i] != b[i] && wrong == 0 ? i : first;
        wrong += a[i] != b[i] ? 1 : 0;
    }
    return wrong == 1 ||
           (wrong == 2 && first < 7 && a[first] == b[first + 1] && a[first + 1] == b[first]);
}

static enum birth
compare_partial(struct date_text left, struct date_text right)
{
    bool has_years = left.year != 0 && right.year != 0;
    bool has_months = left.month != 0 && right.month != 0;
    bool has_days = left.day != 0 && right.day != 0;
    unsigned apart =
        (unsigned)(left.year > right.year ? left.year - right.year : right.year - left.year);

    if (!has_years && !has_months)
        return BIRTH_UNKNOWN;
    if (has_years && left.year != right.year)
        return apart > 1 ? BIRTH_OTHER : has_months ? BIRTH_NEAR_YEAR : BIRTH_NEIGHBOUR;
    if (has_months && left.month != right.month)
        return BIRTH_SAME_YEAR;
    if (has_days && left.day != right.day)
        return BIRTH_CLOSE;
    return has_years && has_months ? BIRTH_MONTH : BIRTH_YEAR;
}

static enum birth
compare_births(struct date_text left, struct date_text right)
{
    bool is_same_year = left.year == right.year;
    bool is_same_month = left.month == right.month;
    bool is_same_day = left.day == right.day;
    unsigned apart =
        (unsigned)(left.year > right.year ? left.year - right.year : right.year - left.year);

    if (is_same_year && is_same_month && is_same_day && left.year != 0 && left.day != 0)
        return BIRTH_EXACT;
    left = without_placeholder(left);
    right = without_placeholder(right);
    if (left.year == 0 || right.year == 0 || left.day == 0 || right.day == 0 || left.month == 0 ||
        right.month == 0)
        return compare_partial(left, right);
    if (is_same_year && left.month == right.day && left.day == right.month)
        return BIRTH_SWAPPED;
    if (is_slip(left, right))
        return BIRTH_SLIP;
    if (is_same_month && is_same_day && apart == 1)
        return BIRTH_NEIGHBOUR;
    if ((is_same_month && is_same_day && apart <= 10) ||
        (is_same_year && (is_same_month || is_same_day)))
        return BIRTH_CLOSE;
    return is_same_year ? BIRTH_SAME_YEAR : apart == 1 ? BIRTH_NEAR_YEAR : BIRTH_OTHER;
}

/* The best of all pairs: a person may have used several dates. */
static enum birth
best_birth(const struct person_facts *left, const struct person_facts *right)
{
    enum birth best = BIRTHS;

    for (size_t l = 0; l < left->births_count; l++) {
        for (size_t r = 0; r < right->births_count; r++) {
            enum birth birth = compare_births(left->births[l], right->births[r]);
            best = birth < best ? birth : best;
        }
    }
    return best == BIRTHS ? BIRTH_UNKNOWN : best;
}

unsigned
person_birth_keeps(const struct person_facts *facts, struct date_text birth)
{
    const struct person_facts other = {.births = {birth},
                                       .births_count = birth.year != 0 || birth.month != 0 ? 1 : 0};

    return EFFECTS[best_birth(facts, &other)].keeps;
}

static bool
shares_nationality(const struct person_facts *left, const struct person_facts *right)
{
    for (size_t l = 0; l < left->nationalities_count; l++) {
        for (size_t r = 0; r < right->nationalities_count; r++) {
            if (strcmp(left->nationalities[l], right->nationalities[r]) == 0)
                return true;
        }
    }
    return false;
}

void
person_compare_facts(unsigned name_score, const struct person_facts *left,
                     const struct person_facts *right, struct person_match *out)
{
    enum birth birth = best_birth(left, right);
    bool has_nationalities = left->nationalities_count > 0 && right->nationalities_count > 0;
    bool is_shared = shares_nationality(left, right);

    *out = (struct person_match){.name = name_score, .birth = (uint8_t)birth};
    out->has_nationality = is_shared;
    out->is_other_nationality = has_nationalities && !is_shared;
    out->is_same_sex = left->sex != 0 && left->sex == right->sex;
    out->is_other_sex = left->sex != 0 && right->sex != 0 && left->sex != right->sex;
    unsigned milli = name_score * EFFECTS[birth].keeps * 10;
    if (name_score >= 75)
        milli += (100 - name_score) * EFFECTS[birth].adds * 10;
    if (out->is_other_nationality)
        milli = milli / 100 * 96;
    if (out->is_other_sex)
        milli = milli / 100 * 93;
    out->score = milli / 1000;
}

void
person_doubt_characters(struct person_match *match)
{
    match->has_other_characters = true;
    match->score = match->score * 80 / 100;
}

void
person_compare_words(const struct person_match *match, char *out, size_t room)
{
    size_t len = strlen(out);

    assert(match->birth < BIRTHS);
    (void)snprintf(
        out + len, room - len, "%s%s%s%s%s%s", len > 0 ? "; " : "", EFFECTS[match->birth].words,
        match->has_other_characters ? "; written with other characters" : "",
        match->is_other_nationality ? "; nationality differs"
        : match->has_nationality    ? "; nationality agrees"
                                    : "",
        match->is_other_sex ? "; sex differs" : "", match->is_same_sex ? "; sex agrees" : "");
}

/* ---- bytes */

size_t
person_facts_encode(const struct person_facts *facts, uint8_t out[PERSON_FACTS_BYTES_MAX])
{
    size_t len = 3;

    out[0] = (uint8_t)facts->sex;
    out[1] = (uint8_t)facts->births_count;
    out[2] = (uint8_t)facts->nationalities_count;
    for (size_t i = 0; i < facts->births_count; i++) {
        out[len++] = (uint8_t)(facts->births[i].year >> 8);
        out[len++] = (uint8_t)(facts->births[i].year & 0xFF);
        out[len++] = facts->births[i].month;
        out[len++] = facts->births[i].day;
    }
    for (size_t i = 0; i < facts->nationalities_count; i++) {
        memcpy(out + len, facts->nationalities[i], STATE_CODE_BYTES);
        len += STATE_CODE_BYTES;
    }
    return len;
}

enum err
person_facts_decode(struct span bytes, struct person_facts *out)
{
    struct person_facts facts = {.sex = 0};
    size_t at = 3;

    if (bytes.len < 3 || bytes.data[1] > PERSON_BIRTHS_MAX ||
        bytes.data[2] > PERSON_NATIONALITIES_MAX ||
        bytes.len != 3U + 4U * bytes.data[1] + (size_t)STATE_CODE_BYTES * bytes.data[2])
        return ERR_CORRUPT;
    facts.sex = (char)bytes.data[0];
    facts.births_count = bytes.data[1];
    facts.nationalities_count = bytes.data[2];
    if (facts.sex != 0 && facts.sex != 'M' && facts.sex != 'F')
        return ERR_CORRUPT;
    for (size_t i = 0; i < facts.births_count; i++, at += 4)
        facts.births[i] = (struct date_text){(uint16_t)(bytes.data[at] << 8 | bytes.data[at + 1]),
                                             bytes.data[at + 2], bytes.data[at + 3]};
    for (size_t i = 0; i < facts.nationalities_count; i++, at += STATE_CODE_BYTES) {
        memcpy(facts.nationalities[i], bytes.data + at, STATE_CODE_BYTES);
        if (facts.nationalities[i][STATE_CODE_BYTES - 1] != '\0')
            return ERR_CORRUPT;
    }
    *out = facts;
    return ERR_OK;
}
