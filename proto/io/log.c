#include "proto/io/log.h"

#include "proto/io/clock.h"
#include "proto/io/term.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const NAMES[] = {"error", "warn", "info", "debug"};
static const char *const JOURNAL_MARKS[] = {"<3>", "<4>", "<6>", "<7>"};

static _Atomic(int) level_max = LOG_LEVEL_INFO;
static pthread_once_t journal_once = PTHREAD_ONCE_INIT;
static bool to_journal;

/* systemd.exec(5): JOURNAL_STREAM names the device and inode of the stream; it may be inherited. */
static void
find_journal(void)
{
    const char *stream = getenv("JOURNAL_STREAM");
    char own[64];
    struct stat info;

    if (stream == NULL || fstat(STDERR_FILENO, &info) != 0)
        return;
    snprintf(own, sizeof own, "%llu:%llu", (unsigned long long)info.st_dev,
             (unsigned long long)info.st_ino);
    to_journal = strcmp(stream, own) == 0;
}

void
log_set_level(enum log_level level)
{
    atomic_store(&level_max, (int)level);
}

enum err
log_level_parse(const char *name, enum log_level *out)
{
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        if (strcmp(name, NAMES[i]) == 0) {
            *out = (enum log_level)i;
            return ERR_OK;
        }
    }
    return ERR_UNKNOWN;
}

/* A line in the making; `cut` once something did not fit. */
struct line {
    char text[LOG_LINE_BYTES_MAX];
    size_t len;
    bool cut;
};

/* Room for "...\n" is always kept. */
static void
add(struct line *line, const char *text, size_t len)
{
    if (line->cut || line->len + len > sizeof line->text - 4) {
        line->cut = true;
        return;
    }
    memcpy(line->text + line->len, text, len);
    line->len += len;
}

static void
add_text(struct line *line, const char *text)
{
    add(line, text, strlen(text));
}

static bool
needs_quotes(const char *text)
{
    return text[0] == '\0' || strpbrk(text, " \"'=") != NULL;
}

static void
add_value(struct line *line, struct span value)
{
    char escaped[LOG_LINE_BYTES_MAX];

    term_escape(value, escaped, sizeof escaped);
    if (!needs_quotes(escaped)) {
        add_text(line, escaped);
        return;
    }
    add_text(line, "\"");
    for (const char *c = escaped; *c != '\0'; c++) {
        if (*c == '"')
            add_text(line, "\\");
        add(line, c, 1);
    }
    add_text(line, "\"");
}

static void
add_string(struct line *line, const char *text, size_t len)
{
    add_value(line, (struct span){(const uint8_t *)text, len});
}

static void
add_signed(struct line *line, long long value)
{
    char digits[32];

    snprintf(digits, sizeof digits, "%lld", value);
    add_text(line, digits);
}

static void
add_unsigned(struct line *line, unsigned long long value)
{
    char digits[32];

    snprintf(digits, sizeof digits, "%llu", value);
    add_text(line, digits);
}

/* Add the conversion that follows a '%'; returns where the format goes on. */
static const char *
add_conversion(struct line *line, const char *format, va_list *values)
{
    size_t precision = SIZE_MAX;
    unsigned longs = 0;
    const char *text = NULL;

    if (strncmp(format, ".*", 2) == 0) {
        int given = va_arg(*values, int);
        precision = given < 0 ? SIZE_MAX : (size_t)given;
        format += 2;
    }
    for (; *format == 'l'; format++)
        longs++;
    if (strncmp(format, "zu", 2) == 0) {
        add_unsigned(line, va_arg(*values, size_t));
        return format + 2;
    }
    switch (*format) {
    case 's':
        text = va_arg(*values, const char *);
        text = text == NULL ? "" : text;
        add_string(line, text, precision == SIZE_MAX ? strlen(text) : strnlen(text, precision));
        break;
    case 'd':
        add_signed(line, longs == 0   ? va_arg(*values, int)
                         : longs == 1 ? va_arg(*values, long)
                                      : va_arg(*values, long long));
        break;
    case 'u':
        add_unsigned(line, longs == 0   ? va_arg(*values, unsigned)
                           : longs == 1 ? va_arg(*values, unsigned long)
                                        : va_arg(*values, unsigned long long));
        break;
    default:
        abort(); /* a format that this function does not promise: a bug of the caller */
    }
    return format + 1;
}

static void
write_line(const struct line *line)
{
    ssize_t written = 0;

    /* A log that cannot be written must not stop the work, nor must its failure show in errno. */
    do
        written = write(STDERR_FILENO, line->text, line->len);
    while (written < 0 && errno == EINTR);
}

void
log_event(enum log_level level, const char *event, const char *format, ...)
{
    struct line line = {.len = 0};
    int errno_before = errno;
    va_list values;

    if ((int)level > atomic_load(&level_max))
        return;
    pthread_once(&journal_once, find_journal);
    if (to_journal) {
        add_text(&line, JOURNAL_MARKS[level]);
    } else {
        add_text(&line, time_text_utc(clock_now_ms()).text);
        add_text(&line, " ");
        add_text(&line, NAMES[level]);
        add_text(&line, " ");
    }
    add_text(&line, event);
    if (format[0] != '\0')
        add_text(&line, " ");
    va_start(values, format);
    while (*format != '\0') {
        const char *literal = format;
        format += strcspn(format, "%");
        add(&line, literal, (size_t)(format - literal));
        if (*format == '%')
            format = add_conversion(&line, format + 1, &values);
    }
    va_end(values);
    if (line.cut) {
        memcpy(line.text + line.len, "...", 3);
        line.len += 3;
    }
    line.text[line.len++] = '\n';
    write_line(&line);
    errno = errno_before;
}

struct log_id
log_id(const uint8_t *bytes)
{
    struct log_id out;

    snprintf(out.text, sizeof out.text, "%02x%02x%02x%02x", bytes[0], bytes[1], bytes[2], bytes[3]);
    return out;
}
