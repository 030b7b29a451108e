#include "proto/date_text.h"

#include "proto/limits.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum {
    YEAR_MAX = 9999,
    DAYS_BEFORE_1970 = 719162, /* from 0001-01-01 */
    DAYS_MAX = 3652058,        /* 9999-12-31, from 0001-01-01 */
    DAYS_PER_400_YEARS = 146097
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

struct date_text
date_text_first(struct date_text date)
{
    if (date.month == 0)
        date.month = 1;
    if (date.day == 0)
        date.day = 1;
    return date;
}

struct date_text
date_text_last(struct date_text date)
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
    return date_text_compare(date_text_last(left), date_text_first(right)) < 0;
}

/* Days from 0001-01-01 to a complete date. */
static uint32_t
to_days(struct date_text date)
{
    const uint32_t before = (uint32_t)date.year - 1;
    uint32_t days = before * 365 + before / 4 - before / 100 + before / 400;

    for (uint32_t month = 1; month < date.month; month++)
        days += days_in_month(date.year, month);
    return days + date.day - 1;
}

static struct date_text
from_days(uint32_t days)
{
    uint32_t year = days / DAYS_PER_400_YEARS * 400 + 1;
    uint32_t month = 1;

    assert(days <= DAYS_MAX);
    days %= DAYS_PER_400_YEARS;
    while (days >= (is_leap(year) ? 366U : 365U)) { /* at most 399 times */
        days -= is_leap(year) ? 366 : 365;
        year++;
    }
    while (days >= days_in_month(year, month)) { /* at most 11 times */
        days -= days_in_month(year, month);
        month++;
    }
    return (struct date_text){(uint16_t)year, (uint8_t)month, (uint8_t)(days + 1)};
}

struct date_text
date_text_from_ms(uint64_t time_ms)
{
    assert(time_ms <= TIME_MS_MAX);
    return from_days(DAYS_BEFORE_1970 + (uint32_t)(time_ms / DAY_MS));
}

uint64_t
date_text_to_ms(struct date_text date)
{
    assert(date_text_is_complete(date));
    const uint32_t days = to_days(date);

    return days < DAYS_BEFORE_1970 ? 0 : (days - DAYS_BEFORE_1970) * DAY_MS;
}

struct date_text
date_text_add_days(struct date_text date, uint32_t days)
{
    assert(date_text_is_complete(date));
    const uint32_t from = to_days(date);

    return from_days(days > DAYS_MAX - from ? DAYS_MAX : from + days);
}

struct date_text
date_text_add_years(struct date_text date, uint32_t years)
{
    assert(date_text_is_complete(date));
    if (years > YEAR_MAX - (uint32_t)date.year)
        return from_days(DAYS_MAX);
    date.year = (uint16_t)(date.year + years);
    if (date.day > days_in_month(date.year, date.month))
        return (struct date_text){date.year, 3, 1};
    return date;
}
