#include "proto/io/term.h"

#include "proto/io/clock.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>
#include <unistd.h>

enum { ESCAPE_BYTES_MAX = 16, PROGRESS_AFTER_MS = 1000, PROGRESS_EVERY_MS = 200 };

static enum term_colour_choice colour_choice = TERM_COLOUR_AUTO;

void
term_init(void)
{
    setlocale(LC_ALL, "");
    if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
        setlocale(LC_CTYPE, "C.UTF-8");
}

enum language
term_language(void)
{
    /* Not setlocale's answer: a reader's wish holds where the locale is not installed, too. */
    static const char *const variables[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        const char *value = getenv(variables[i]);
        if (value != NULL && value[0] != '\0')
            return strncmp(value, "ja", 2) == 0 && strchr("_.@", value[2]) != NULL ? LANGUAGE_JA
                                                                                   : LANGUAGE_EN;
    }
    return LANGUAGE_EN;
}

/*
 * Default-ignorable characters are invisible; variation selectors are among them but tell apart
 * kanji of names, so they stay.
 */
static bool
is_harmless(UChar32 c)
{
    switch (u_charType(c)) {
    case U_UNASSIGNED:
    case U_CONTROL_CHAR:
    case U_FORMAT_CHAR:
    case U_LINE_SEPARATOR:
    case U_PARAGRAPH_SEPARATOR:
    case U_SURROGATE:
    case U_PRIVATE_USE_CHAR:
        return false;
    default:
        return u_hasBinaryProperty(c, UCHAR_VARIATION_SELECTOR) ||
               !u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT);
    }
}

/* Escape the character at the front of `text`; returns how many bytes of it were taken. */
static size_t
escape_one(struct span text, char out[ESCAPE_BYTES_MAX])
{
    int32_t taken = 0, len = text.len > 4 ? 4 : (int32_t)text.len;
    UChar32 c = 0;

    U8_NEXT(text.data, taken, len, c);
    if (c < 0) {
        snprintf(out, ESCAPE_BYTES_MAX, "\\x%02x", text.data[0]);
        return 1;
    }
    if (c == '\n')
        snprintf(out, ESCAPE_BYTES_MAX, "\\n");
    else if (c == '\r')
        snprintf(out, ESCAPE_BYTES_MAX, "\\r");
    else if (c == '\t')
        snprintf(out, ESCAPE_BYTES_MAX, "\\t");
    else if (c == '\\')
        snprintf(out, ESCAPE_BYTES_MAX, "\\\\");
    else if (!is_harmless(c))
        snprintf(out, ESCAPE_BYTES_MAX, "\\u{%x}", (unsigned)c);
    else {
        memcpy(out, text.data, (size_t)taken);
        out[taken] = '\0';
    }
    return (size_t)taken;
}

static struct span
span_after(struct span text, size_t bytes)
{
    return (struct span){text.data + bytes, text.len - bytes};
}

size_t
term_escape(struct span text, char *out, size_t out_bytes)
{
    static const char CUT[] = "...";
    char one[ESCAPE_BYTES_MAX];
    size_t len = 0, len_before_cut = 0;

    assert(out_bytes >= 2 * sizeof CUT);
    while (text.len > 0) {
        text = span_after(text, escape_one(text, one));
        size_t one_len = strlen(one);
        if (len + one_len >= out_bytes) {
            memcpy(out + len_before_cut, CUT, sizeof CUT);
            return len_before_cut + sizeof CUT - 1;
        }
        memcpy(out + len, one, one_len);
        len += one_len;
        if (len + sizeof CUT <= out_bytes)
            len_before_cut = len;
    }
    out[len] = '\0';
    return len;
}

void
term_put(FILE *file, struct span text)
{
    char one[ESCAPE_BYTES_MAX];

    while (text.len > 0) {
        text = span_after(text, escape_one(text, one));
        fputs(one, file);
    }
}

void
term_put_lines(FILE *file, struct span text, unsigned indent)
{
    char one[ESCAPE_BYTES_MAX];

    while (text.len > 0) {
        bool crlf = text.len >= 2 && text.data[0] == '\r' && text.data[1] == '\n';
        if (crlf || text.data[0] == '\n') {
            text = span_after(text, crlf ? 2 : 1);
            fprintf(file, "\n%*s", (int)indent, "");
        } else {
            text = span_after(text, escape_one(text, one));
            fputs(one, file);
        }
    }
}

size_t
term_width(const char *text)
{
    struct span left = {(const uint8_t *)text, strlen(text)};
    size_t width = 0;

    while (left.len > 0) {
        int32_t taken = 0, len = left.len > 4 ? 4 : (int32_t)left.len;
        UChar32 c = 0;
        U8_NEXT(left.data, taken, len, c);
        left = span_after(left, (size_t)taken);
        int type = c < 0 ? U_OTHER_SYMBOL : u_charType(c);
        int wide = c < 0 ? U_EA_NEUTRAL : u_getIntPropertyValue(c, UCHAR_EAST_ASIAN_WIDTH);
        if (type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK)
            continue;
        width += wide == U_EA_WIDE || wide == U_EA_FULLWIDTH ? 2 : 1;
    }
    return width;
}

bool
term_is_terminal(FILE *file)
{
    return isatty(fileno(file)) == 1;
}

void
term_set_colour(enum term_colour_choice choice)
{
    colour_choice = choice;
}

bool
term_has_colour(FILE *file)
{
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

    if (colour_choice != TERM_COLOUR_AUTO)
        return colour_choice == TERM_COLOUR_ALWAYS;
    if (no_color != NULL && no_color[0] != '\0')
        return false;
    return term != NULL && strcmp(term, "dumb") != 0 && term_is_terminal(file);
}

void
term_style(FILE *file, enum term_style style)
{
    static const char *const CODES[] = {[TERM_PLAIN] = "\033[0m",
                                        [TERM_BOLD] = "\033[1m",
                                        [TERM_RED] = "\033[31m",
                                        [TERM_GREEN] = "\033[32m",
                                        [TERM_YELLOW] = "\033[33m"};

    if (term_has_colour(file))
        fputs(CODES[style], file);
}

void
term_progress_begin(struct term_progress *progress, const char *what, uint64_t total)
{
    *progress = (struct term_progress){.what = what, .total = total};
    progress->started_ms = clock_boot_ms();
}

void
term_progress_update(struct term_progress *progress, uint64_t done)
{
    uint64_t now_ms = clock_boot_ms();

    if (now_ms - progress->started_ms < PROGRESS_AFTER_MS ||
        now_ms - progress->shown_ms < PROGRESS_EVERY_MS || !term_is_terminal(stderr))
        return;
    progress->shown_ms = now_ms;
    progress->shown = true;
    if (progress->total > 0)
        fprintf(stderr, "\r%s %" PRIu64 " of %" PRIu64 " (%u %%)\033[K", progress->what, done,
                progress->total, (unsigned)((double)done * 100 / (double)progress->total));
    else
        fprintf(stderr, "\r%s %" PRIu64 "\033[K", progress->what, done);
    fflush(stderr);
}

void
term_progress_end(struct term_progress *progress)
{
    if (progress->shown)
        fputs("\r\033[K", stderr);
    progress->shown = false;
}

/* A pipe or socket whose reader has gone answers POLLERR; a full disk does not. */
bool
term_is_closed(void)
{
    struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};

    return poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0;
}

bool
term_flush(const char **why)
{
    bool failed_before = ferror(stdout) != 0;

    errno = 0;
    if (fflush(stdout) == 0 && !failed_before)
        return true;
    int reason = errno;
    if (reason == EPIPE || term_is_closed())
        return true;
    int flags = fcntl(STDOUT_FILENO, F_GETFL); /* harden_process fills a gap with what reads only */
    if (flags == -1 || (flags & O_ACCMODE) == O_RDONLY)
        *why = "it is closed";
    else
        *why = reason == 0 ? "an earlier write failed" : strerror(reason);
    return false;
}
