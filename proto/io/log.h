/*
 * log.h - one event a line on standard error: `deliver msg=3fa9c210 node=b7 queued=4`.
 *
 * Host.  Writes to descriptor 2 only, each line by a single write, from any thread.  A line begins
 * with the time (RFC 3339, UTC) and the level, or, when standard error is the journal
 * (JOURNAL_STREAM), with the journal's level mark.
 */
#ifndef PROTO_IO_LOG_H
#define PROTO_IO_LOG_H

#include "proto/bytes.h"
#include "proto/err.h"

enum {
    LOG_LINE_BYTES_MAX = 2048, /* below PIPE_BUF, so that lines of several writers do not mix */
    LOG_ID_BYTES = 9
};

enum log_level {
    LOG_LEVEL_ERROR, /* a person must act */
    LOG_LEVEL_WARN,  /* refused or degraded */
    LOG_LEVEL_INFO,  /* state changed */
    LOG_LEVEL_DEBUG  /* off by default */
};

/* Write events up to `level`; LOG_LEVEL_INFO until it is called.  Call before threads are made. */
void log_set_level(enum log_level level);

/*
 * The level named "error", "warn", "info" or "debug".
 * ERR_UNKNOWN: none of them.
 */
enum err log_level_parse(const char *name, enum log_level *out);

/*
 * Write one event.  `event` is a literal word; `format` is a literal of the form "key=%s key=%u",
 * keys in lower case.  Conversions: s, d, u, ld, lu, lld, llu, zu, and .*s, without flags or
 * widths.  A string value is escaped as term_escape does, and quoted where it is empty or holds a
 * space, a quote or '='; so a value can make neither a line nor a key.  A line too long is cut and
 * ends in "...".
 */
void log_event(enum log_level level, const char *event, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The first four bytes at `bytes` as 8 hex digits, for ids: log_id(id.bytes).text. */
struct log_id {
    char text[LOG_ID_BYTES];
};
struct log_id log_id(const uint8_t *bytes);

#endif /* PROTO_IO_LOG_H */
