/*
 * time_text.h - times as RFC 3339 text, and back.
 *
 * Pure.  A time is milliseconds since 1970-01-01T00:00:00Z without leap seconds, at most
 * TIME_MS_MAX; years run from 1970 to 9999.
 */
#ifndef PROTO_TIME_TEXT_H
#define PROTO_TIME_TEXT_H

#include "proto/bytes.h"
#include "proto/err.h"

enum { TIME_TEXT_BYTES = 32 }; /* "2025-01-31T23:59:59.123+09:00", the NUL, and some room */

struct time_text {
    char text[TIME_TEXT_BYTES];
};

/* `time_ms` (held to TIME_MS_MAX) in UTC with milliseconds: 2025-01-31T23:59:59.123Z. */
struct time_text time_text_utc(uint64_t time_ms);

/*
 * `time_ms` to the second as it reads in a zone `offset_minutes` east of UTC (within a day):
 * 2025-01-31T23:59:59+09:00.
 */
struct time_text time_text_zone(uint64_t time_ms, int offset_minutes);

/*
 * Read an RFC 3339 date-time with its zone ("Z" or an offset); digits of the fraction beyond
 * milliseconds are dropped.
 * ERR_FORMAT: `text` is not of that form.
 * ERR_RANGE: the day, the time of day or the zone does not exist (leap seconds do not), or the
 * moment lies before 1970 or after TIME_MS_MAX.
 */
enum err time_text_parse(struct span text, uint64_t *out_ms);

#endif /* PROTO_TIME_TEXT_H */
