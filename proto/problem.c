#include "proto/problem.h"

#include "proto/wire.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Take back the bytes of a character that was cut in its middle. */
static void
trim_cut_character(char *text, size_t size)
{
    size_t len = strlen(text);
    size_t tail = 0;

    if (len + 1 < size)
        return; /* it was not cut */
    while (tail < 3 && tail < len && ((unsigned char)text[len - 1 - tail] & 0xc0) == 0x80)
        tail++;
    if (tail == len)
        return;
    unsigned char lead = (unsigned char)text[len - 1 - tail];
    size_t wanted = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
    if (wanted > tail + 1)
        text[len - 1 - tail] = '\0';
}

/* What was quoted may be any bytes; what goes on, to JSON as well, is UTF-8. */
static void
make_utf8(char *text, size_t size)
{
    trim_cut_character(text, size);
    if (wire_is_utf8((struct span){(const uint8_t *)text, strlen(text)}))
        return;
    for (size_t i = 0; text[i] != '\0'; i++) {
        if ((unsigned char)text[i] >= 0x80)
            text[i] = '?';
    }
}

struct problem_path
problem_path(const char *format, ...)
{
    struct problem_path path = {0};
    va_list arguments;

    va_start(arguments, format);
    if (vsnprintf(path.text, sizeof path.text, format, arguments) < 0)
        path.text[0] = '\0';
    va_end(arguments);
    make_utf8(path.text, sizeof path.text);
    return path;
}

void
problems_add(struct problems *problems, const char *path, const char *cure, const char *format, ...)
{
    va_list arguments;

    if (problems->count == PROBLEMS_MAX) {
        problems->dropped++;
        return;
    }
    struct problem *problem = &problems->list[problems->count++];
    *problem = (struct problem){0};
    problem->path = problem_path("%s", path);
    va_start(arguments, format);
    if (vsnprintf(problem->wrong, sizeof problem->wrong, format, arguments) < 0)
        problem->wrong[0] = '\0';
    va_end(arguments);
    make_utf8(problem->wrong, sizeof problem->wrong);
    snprintf(problem->cure, sizeof problem->cure, "%s", cure);
    make_utf8(problem->cure, sizeof problem->cure);
}

size_t
problems_total(const struct problems *problems)
{
    return problems->count + problems->dropped;
}

bool
problems_is_empty(const struct problems *problems)
{
    return problems->count == 0;
}
