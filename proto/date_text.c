#include "proto/date_text.h"

#include "proto/limits.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* Days are counted from 0000-03-01, so that a leap day is the last of its year. */
enum {
    YEAR_MAX = 9999,
    DAYS_TO_1970 = 719468,
    DAYS_TO_LAST = 3652364, /* 9999-12-31 */
    DAYS_PER_ERA = 146097   /* 400 years */
};

static bool
is_leap(uint32_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static uint8_t
days_in_month(uint32_t year, uint32_t month)
{
    static const uint8_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    assert(month >= 1 && month <= 12);
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* Read exactly `len` digits; false if one is none. */
static bool
read_digits(const char *text, size_t len, uint16_t *out)
{
    uint16_t value = 0;

    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        value = (uint16_t)(value * 10 + (text[i] - '0'));
    }
    *out = value;
    return true;
}

enum err
date_text_parse(const char *text, struct date_text *out)
{
    const size_t len = strnlen(text, DATE_TEXT_BYTES);
    uint16_t year = 0, month = 0, day = 0;

    if (len != 4 && len != 7 && len != 10)
        return ERR_FORMAT;
    if (!read_digits(text, 4, &year))
        return ERR_FORMAT;
    if (len >= 7 && (text[4] != '-' || !read_digits(text + 5, 2, &month)))
        return ERR_FORMAT;
    if (len == 10 && (text[7] != '-' || !read_digits(text + 8, 2, &day)))
        return ERR_FORMAT;
    if ((len >= 7 && month == 0) || (len == 10 && day == 0))
        return ERR_RANGE;

    struct date_text date = {.year = year, .month = (uint8_t)month, .day = (uint8_t)day};
    if (!date_text_is_real(date))
        return ERR_RANGE;
    *out = date;
    return ERR_OK;
}

void
date_text_format(struct date_text date, char out[DATE_TEXT_BYTES])
{
    char full[16]; /* as the compiler sees it, a year may have five digits */

    assert(date_text_is_real(date));
    snprintf(full, sizeof full, "%04u-%02u-%02u", date.year, date.month, date.day);
    full[date.month == 0 ? 4 : date.day == 0 ? 7 : 10] = '\0';
    memcpy(out, full, DATE_TEXT_BYTES);
}

bool
date_text_is_real(struct date_text date)
{
    if (date.year == 0 || date.year > YEAR_MAX || date.month > 12)
        return false;
    if (date.month == 0)
        return date.day == 0;
    return date.day <= days_in_month(date.year, date.month);
}

bool
date_text_is_complete(struct date_text date)
{
    return date.month != 0 && date.day != 0;
}

/* The first and the last day that a partial date can mean; a complete one is both. */
static struct date_text
first_day(struct date_text date)
{
    if (date.month == 0)
        date.month = 1;
    if (date.day == 0)
        date.day = 1;
    return date;
}

static struct date_text
last_day(struct date_text date)
{
    if (date.month == 0)
        date.month = 12;
    if (date.day == 0)
        date.day = days_in_month(date.year, date.month);
    return date;
}

int
date_text_compare(struct date_text left, struct date_text right)
{
    assert(date_text_is_complete(left));
    assert(date_text_is_complete(right));
    if (left.year != right.year)
        return left.year < right.year ? -1 : 1;
    if (left.month != right.month)
        return left.month < right.month ? -1 : 1;
    return (left.day > right.day) - (left.day < right.day);
}

bool
date_text_is_before(struct date_text left, struct date_text right)
{
    return date_text_compare(last_day(left), first_day(right)) < 0;
}

/* Howard Hinnant, "chrono-compatible low-level date algorithms", days_from_civil. */
static uint32_t
to_days(struct date_text date)
{
    const uint32_t year = (uint32_t)date.year - (date.month <= 2 ? 1 : 0);
    const uint32_t month = date.month <= 2 ? date.month + 9U : date.month - 3U;
    const uint32_t year_of_era = year % 400;
    const uint32_t day_of_year = (153 * month + 2) / 5 + date.day - 1;

    return year / 400 * DAYS_PER_ERA + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 +
           day_of_year;
}

/* The same, civil_from_days. */
static struct date_text
from_days(uint32_t days)
{
    assert(days <= DAYS_TO_LAST);
    const uint32_t era = days / DAYS_PER_ERA, day_of_era = days % DAYS_PER_ERA;
    const uint32_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const uint32_t day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const uint32_t shifted_month = (5 * day_of_year + 2) / 153;
    const uint32_t month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
    const uint32_t year = era * 400 + year_of_era + (month <= 2 ? 1 : 0);

    return (struct date_text){(uint16_t)year, (uint8_t)month,
                              (uint8_t)(day_of_year - (153 * shifted_month + 2) / 5 + 1)};
}

struct date_text
date_text_from_ms(uint64_t time_ms)
{
    assert(time_ms <= TIME_MS_MAX);
    return from_days(DAYS_TO_1970 + (uint32_t)(time_ms / DAY_MS));
}

int64_t
date_text_days(struct date_text date)
{
    assert(date_text_is_complete(date));
    return (int64_t)to_days(date) - DAYS_TO_1970;
}

uint64_t
date_text_to_ms(struct date_text date)
{
    const int64_t days = date_text_days(date);

    return days < 0 ? 0 : (uint64_t)days * DAY_MS;
}

struct date_text
date_text_add_days(struct date_text date, uint32_t days)
{
    assert(date_text_is_complete(date));
    const uint32_t from = to_days(date);

    return from_days(days > DAYS_TO_LAST - from ? DAYS_TO_LAST : from + days);
}

struct date_text
date_text_add_years(struct date_text date, uint32_t years)
{
    assert(date_text_is_complete(date));
    if (years > YEAR_MAX - (uint32_t)date.year)
        return from_days(DAYS_TO_LAST);
    date.year = (uint16_t)(date.year + years);
    if (date.day > days_in_month(date.year, date.month))
        return (struct date_text){date.year, 3, 1};
    return date;
}
