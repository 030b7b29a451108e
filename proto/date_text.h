/*
 * date_text.h - dates as texts (ISO 8601): 2024-03-07, and partial ones, 2024-03 and 2024.
 *
 * Pure.  The calendar is the Gregorian one, also for years before it began.
 */
#ifndef PROTO_DATE_TEXT_H
#define PROTO_DATE_TEXT_H

#include "proto/err.h"

#include <stdbool.h>
#include <stdint.h>

enum { DATE_TEXT_BYTES = 11 }; /* 2024-03-07 with the NUL */

struct date_text {
    uint16_t year; /* 1 to 9999 */
    uint8_t month; /* 1 to 12; 0: only the year is known */
    uint8_t day;   /* 1 to 31; 0: only year and month are known */
};

/*
 * Read `text`.
 * ERR_FORMAT: not YYYY, YYYY-MM or YYYY-MM-DD in ASCII digits.
 * ERR_RANGE:  there is no such year, month or day.
 */
enum err date_text_parse(const char *text, struct date_text *out);

/* Write `date` as date_text_parse reads it. */
void date_text_format(struct date_text date, char out[DATE_TEXT_BYTES]);

/* Whether the calendar has year, month and day, each as far as it is known. */
bool date_text_is_real(struct date_text date);

/* Whether the day is known. */
bool date_text_is_complete(struct date_text date);

/* Below, at, or above 0: `left` is before, the same as, or after `right`.  Both complete. */
int date_text_compare(struct date_text left, struct date_text right);

/* Whether `left` is before `right` whatever their unknown parts are. */
bool date_text_is_before(struct date_text left, struct date_text right);

/* The day, UTC, of a time in milliseconds since 1970-01-01 UTC, at most TIME_MS_MAX. */
struct date_text date_text_from_ms(uint64_t time_ms);

/* Days from 1970-01-01 to a complete date; negative before it. */
int64_t date_text_days(struct date_text date);

/* The first millisecond, UTC, of a complete date; 0 before 1970. */
uint64_t date_text_to_ms(struct date_text date);

/* `date`, complete, some days or years later, at most 9999-12-31; 29 February becomes 1 March. */
struct date_text date_text_add_days(struct date_text date, uint32_t days);
struct date_text date_text_add_years(struct date_text date, uint32_t years);

#endif /* PROTO_DATE_TEXT_H */
