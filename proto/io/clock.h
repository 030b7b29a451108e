/*
 * clock.h - the only place where times are made.
 *
 * Host.  Reads the system's clocks and the local time zone.
 */
#ifndef PROTO_IO_CLOCK_H
#define PROTO_IO_CLOCK_H

#include "proto/time_text.h"

/* Milliseconds since 1970 (UTC) as the machine claims; it may jump. */
uint64_t clock_now_ms(void);

/* Milliseconds since the machine was started, suspended time included; it never jumps. */
uint64_t clock_boot_ms(void);

/* `time_ms` in the local time zone with its offset: 2025-01-31T23:59:59+09:00. */
struct time_text clock_local_text(uint64_t time_ms);
enum { CLOCK_MINUTE_CHARS = 16 }; /* of them as far as the minute: 2025-01-31T23:59 */

#endif /* PROTO_IO_CLOCK_H */
