/* From the bytes of a profile to its lines: headings, and keys with their values. */
#include "proto/treaty_inner.h"

#include "proto/wire.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void
treaty_wrong(struct treaty_reader *reader, size_t number, const char *cure, const char *format, ...)
{
    char wrong[PROBLEM_TEXT_BYTES];
    va_list list;

    va_start(list, format);
    vsnprintf(wrong, sizeof wrong, format, list);
    va_end(list);
    const struct problem_path place = number == 0
                                          ? problem_path("%s", reader->name)
                                          : problem_path("%s, line %zu", reader->name, number);
    problems_add(reader->problems, place.text, cure, "%s", wrong);
}

/* ---- lines */

static bool
is_blank(char letter)
{
    return letter == ' ' || letter == '\t';
}

static const char *
skip_blanks(const char *from, const char *end)
{
    while (from < end && is_blank(*from))
        from++;
    return from;
}

static const char *
trim_end(const char *from, const char *end)
{
    while (end > from && is_blank(end[-1]))
        end--;
    return end;
}

/* The words between `from` and `end`, without blanks around them, as a text of its own. */
static const char *
copy_words(struct treaty_reader *reader, const char *from, const char *end)
{
    from = skip_blanks(from, end);
    const char *copy = arena_copy(reader->arena, from, (size_t)(trim_end(from, end) - from));

    if (copy == NULL)
        reader->is_full = true;
    return copy == NULL ? "" : copy;
}

/* Add a line that goes on with the value above; Japanese goes on without a blank. */
static void
join(struct treaty_reader *reader, struct treaty_line *line, const char *from, const char *end)
{
    const size_t old = strlen(line->value);
    from = skip_blanks(from, end);
    end = trim_end(from, end);
    const size_t more = (size_t)(end - from);
    char *joined = arena_alloc(reader->arena, old + more + 2);

    if (joined == NULL) {
        reader->is_full = true;
        return;
    }
    const bool is_wide = old > 0 && more > 0 && ((unsigned char)line->value[old - 1] & 0x80) != 0 &&
                         ((unsigned char)from[0] & 0x80) != 0;
    memcpy(joined, line->value, old);
    size_t len = old;
    if (!is_wide && old > 0)
        joined[len++] = ' ';
    memcpy(joined + len, from, more);
    line->value = joined;
}

/* `[section]` or `[section argument]`; false if it is neither. */
static bool
take_heading(struct treaty_reader *reader, const char *from, const char *end,
             struct treaty_line *line)
{
    end = trim_end(from, end);
    if (end - from < 3 || end[-1] != ']')
        return false;
    from++;
    end--;
    const char *blank = from;
    while (blank < end && !is_blank(*blank))
        blank++;
    line->is_section = true;
    line->key = copy_words(reader, from, blank);
    line->value = copy_words(reader, blank, end);
    return line->key[0] != '\0';
}

static bool
take_pair(struct treaty_reader *reader, const char *from, const char *end, struct treaty_line *line)
{
    const char *equals = memchr(from, '=', (size_t)(end - from));

    if (equals == NULL)
        return false;
    line->is_section = false;
    line->key = copy_words(reader, from, equals);
    line->value = copy_words(reader, equals + 1, end);
    return line->key[0] != '\0';
}

/* One line of the file, which is no comment; true if it is one of `lines`. */
static bool
take_line(struct treaty_reader *reader, const char *from, const char *end, struct treaty_line *line)
{
    const bool is_heading = *from == '[';

    if (is_heading ? take_heading(reader, from, end, line) : take_pair(reader, from, end, line))
        return true;
    if (is_heading)
        treaty_wrong(reader, line->number, "write it as in: [party JPN]",
                     "the heading of a section is not closed, or empty");
    else
        treaty_wrong(reader, line->number,
                     "write it as in: days = 10; a line that goes on begins with a blank",
                     "there is no key and \"=\" in this line");
    return false;
}

/* Cut the file into lines; returns how many of `lines` are filled. */
static size_t
split(struct treaty_reader *reader, struct span text, struct treaty_line *lines)
{
    const char *from = (const char *)text.data, *end = from + text.len;
    struct treaty_line *above = NULL; /* may go on in the next line */
    size_t count = 0;

    for (size_t number = 1; from < end && !reader->is_full; number++) {
        const char *stop = memchr(from, '\n', (size_t)(end - from));
        const char *next = stop == NULL ? end : stop + 1;
        stop = stop == NULL ? end : stop;
        const char *word = skip_blanks(from, stop);
        if (word == stop || *word == '#') {
            above = word == stop ? NULL : above;
        } else if (is_blank(*from) && above != NULL) {
            join(reader, above, from, stop);
        } else if (count == TREATY_LINES_MAX) {
            treaty_wrong(reader, number, "make the profile shorter", "there are too many lines");
            return count;
        } else {
            lines[count] = (struct treaty_line){.number = number};
            if (take_line(reader, word, stop, &lines[count])) {
                above = lines[count].is_section ? NULL : &lines[count];
                count++;
            } else {
                above = NULL;
            }
        }
        from = next;
    }
    return count;
}

/* UTF-8 and printable: what a person writes in an editor.  The line with something else is named.
 */
static bool
check_bytes(struct treaty_reader *reader, struct span text)
{
    size_t number = 1;

    if (text.len > TREATY_BYTES_MAX) {
        treaty_wrong(reader, 0, "make the profile shorter", "it has more than %d bytes",
                     TREATY_BYTES_MAX);
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        const unsigned char byte = text.data[i];
        if (byte == '\n') {
            number++;
        } else if ((byte < ' ' && byte != '\t') || byte == 0x7f) {
            treaty_wrong(reader, number, "save it as plain UTF-8 text with line feeds",
                         "there is a control character (byte %02x) in this line", byte);
            return false;
        }
    }
    if (!wire_is_utf8(text)) {
        treaty_wrong(reader, 0, "save it as plain UTF-8 text", "it is not UTF-8");
        return false;
    }
    return true;
}

size_t
treaty_read_lines(struct treaty_reader *reader, struct span text, struct treaty_line **out)
{
    *out = NULL;
    if (!check_bytes(reader, text))
        return 0;
    *out = arena_alloc(reader->arena, TREATY_LINES_MAX * sizeof **out);
    if (*out == NULL) {
        reader->is_full = true;
        return 0;
    }
    return split(reader, text, *out);
}
