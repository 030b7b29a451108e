#include "proto/time_text.h"

#include "proto/date_text.h"
#include "proto/limits.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>

struct time_text
time_text_utc(uint64_t time_ms)
{
    uint64_t held_ms = time_ms > TIME_MS_MAX ? TIME_MS_MAX : time_ms;
    struct date_text date = date_text_from_ms(held_ms);
    unsigned ms = (unsigned)(held_ms % DAY_MS);
    struct time_text out;

    snprintf(out.text, sizeof out.text, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ", date.year,
             date.month, date.day, ms / 3600000, ms / 60000 % 60, ms / 1000 % 60, ms % 1000);
    return out;
}

struct time_text
time_text_zone(uint64_t time_ms, int offset_minutes)
{
    assert(offset_minutes > -1440 && offset_minutes < 1440);
    uint64_t held_ms = time_ms > TIME_MS_MAX ? TIME_MS_MAX : time_ms;
    int64_t local_ms = (int64_t)held_ms + (int64_t)offset_minutes * (int64_t)MINUTE_MS;
    if (local_ms < 0 || (uint64_t)local_ms > TIME_MS_MAX) {
        local_ms = (int64_t)held_ms;
        offset_minutes = 0;
    }
    struct date_text date = date_text_from_ms((uint64_t)local_ms);
    unsigned ms = (unsigned)((uint64_t)local_ms % DAY_MS);
    unsigned east = (unsigned)(offset_minutes < 0 ? -offset_minutes : offset_minutes);
    struct time_text out;

    snprintf(out.text, sizeof out.text, "%04u-%02u-%02uT%02u:%02u:%02u%c%02u:%02u", date.year,
             date.month, date.day, ms / 3600000, ms / 60000 % 60, ms / 1000 % 60,
             offset_minutes < 0 ? '-' : '+', east / 60, east % 60);
    return out;
}

/* Takes text from its front; once something does not match, `failed` stays. */
struct scan {
    struct span left;
    bool failed;
};

static unsigned
take_digits(struct scan *scan, size_t count)
{
    unsigned value = 0;

    if (scan->failed || scan->left.len < count) {
        scan->failed = true;
        return 0;
    }
    for (size_t i = 0; i < count; i++) {
        uint8_t c = scan->left.data[i];
        if (c < '0' || c > '9') {
            scan->failed = true;
            return 0;
        }
        value = value * 10 + (c - '0');
    }
    scan->left.data += count;
    scan->left.len -= count;
    return value;
}

/* Take one character if it is `a` or `b`. */
static bool
take_either(struct scan *scan, char a, char b)
{
    if (scan->failed || scan->left.len == 0 ||
        (scan->left.data[0] != (uint8_t)a && scan->left.data[0] != (uint8_t)b))
        return false;
    scan->left.data++;
    scan->left.len--;
    return true;
}

static void
take_mark(struct scan *scan, char a, char b)
{
    if (!take_either(scan, a, b))
        scan->failed = true;
}

static unsigned
take_fraction_ms(struct scan *scan)
{
    unsigned ms = 0, scale = 100;

    if (!take_either(scan, '.', '.'))
        return 0;
    do {
        ms += take_digits(scan, 1) * scale;
        scale /= 10;
    } while (!scan->failed && scan->left.len > 0 && scan->left.data[0] >= '0' &&
             scan->left.data[0] <= '9');
    return ms;
}

/* Minutes east of UTC; out of range is told by `*bad`. */
static int
take_zone(struct scan *scan, bool *bad)
{
    if (take_either(scan, 'Z', 'z'))
        return 0;
    bool west = take_either(scan, '-', '-');
    if (!west)
        take_mark(scan, '+', '+');
    unsigned hours = take_digits(scan, 2);
    take_mark(scan, ':', ':');
    unsigned minutes = take_digits(scan, 2);
    if (hours > 23 || minutes > 59)
        *bad = true;
    int east = (int)(hours * 60 + minutes);
    return west ? -east : east;
}

enum err
time_text_parse(struct span text, uint64_t *out_ms)
{
    struct scan scan = {text, false};
    struct date_text date;
    bool bad_zone = false;

    date.year = (uint16_t)take_digits(&scan, 4);
    take_mark(&scan, '-', '-');
    date.month = (uint8_t)take_digits(&scan, 2);
    take_mark(&scan, '-', '-');
    date.day = (uint8_t)take_digits(&scan, 2);
    take_mark(&scan, 'T', 't');
    unsigned hour = take_digits(&scan, 2);
    take_mark(&scan, ':', ':');
    unsigned minute = take_digits(&scan, 2);
    take_mark(&scan, ':', ':');
    unsigned second = take_digits(&scan, 2);
    unsigned fraction_ms = take_fraction_ms(&scan);
    int offset_minutes = take_zone(&scan, &bad_zone);
    if (scan.failed || scan.left.len != 0)
        return ERR_FORMAT;
    if (bad_zone || !date_text_is_real(date) || !date_text_is_complete(date) || hour > 23 ||
        minute > 59 || second > 59)
        return ERR_RANGE;

    int64_t ms = date_text_days(date) * (int64_t)DAY_MS + (int64_t)fraction_ms +
                 ((int64_t)hour * 3600 + (int64_t)minute * 60 + second) * 1000 -
                 (int64_t)offset_minutes * (int64_t)MINUTE_MS;
    if (ms < 0 || (uint64_t)ms > TIME_MS_MAX)
        return ERR_RANGE;
    *out_ms = (uint64_t)ms;
    return ERR_OK;
}
