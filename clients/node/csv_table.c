#include "clients/node/csv_table.h"

#include "proto/wire.h"

#include <assert.h>
#include <csv.h>
#include <string.h>

struct reader {
    const struct csv_columns *columns;
    csv_take *take;
    void *user;
    size_t place[CSV_COLUMNS_MAX]; /* of each field: its column, or columns->count */
    bool has_head;
    /* the row that is being read */
    uint64_t line;
    size_t fields;
    size_t used;
    const char *values[CSV_COLUMNS_MAX];
    const char *problem;
    bool has_data;
    char bytes[CSV_ROW_BYTES_MAX];
    enum err err;
};

static char
fold(char letter)
{
    return letter >= 'A' && letter <= 'Z' ? (char)(letter - 'A' + 'a') : letter;
}

static bool
is_gap(char letter)
{
    return letter == ' ' || letter == '_' || letter == '-';
}

/* Whether `text` is the `len` bytes at `name`, gaps and case aside. */
static bool
is_name(const char *text, const char *name, size_t len)
{
    size_t at = 0;

    for (; *text != '\0'; text++) {
        if (is_gap(*text))
            continue;
        while (at < len && is_gap(name[at]))
            at++;
        if (at == len || fold(*text) != fold(name[at]))
            return false;
        at++;
    }
    return at == len;
}

static bool
names_column(const struct csv_column *column, const char *text)
{
    const char *name = column->other_names;

    if (is_name(text, column->name, strlen(column->name)))
        return true;
    while (name[0] != '\0') {
        size_t len = strcspn(name, "|");
        if (is_name(text, name, len))
            return true;
        name += len + (name[len] == '|' ? 1 : 0);
    }
    return false;
}

static size_t
find_column(const struct csv_columns *columns, const char *text)
{
    for (size_t i = 0; i < columns->count; i++) {
        if (names_column(&columns->list[i], text))
            return i;
    }
    return columns->count;
}

static void
begin_row(struct reader *reader)
{
    reader->fields = 0;
    reader->used = 0;
    reader->problem = NULL;
    reader->has_data = false;
    for (size_t i = 0; i < CSV_COLUMNS_MAX; i++)
        reader->values[i] = "";
}

static void
take_head(struct reader *reader, const char *text)
{
    size_t column = find_column(reader->columns, text);

    if (reader->fields < CSV_COLUMNS_MAX)
        reader->place[reader->fields] = column;
}

static void
on_field(void *bytes, size_t len, void *user)
{
    struct reader *reader = user;
    struct span field = {bytes, len};
    size_t room = sizeof reader->bytes - reader->used;

    if (len + 1 > room || reader->fields >= CSV_COLUMNS_MAX) {
        reader->problem = "it is longer than any row can be";
    } else if (!wire_is_utf8(field)) {
        reader->problem = "it is not UTF-8";
    } else {
        char *text = reader->bytes + reader->used;
        if (len > 0)
            memcpy(text, bytes, len);
        text[len] = '\0';
        reader->used += len + 1;
        if (!reader->has_head)
            take_head(reader, text);
        else if (reader->place[reader->fields] < reader->columns->count)
            reader->values[reader->place[reader->fields]] = text;
    }
    reader->has_data = reader->has_data || len > 0;
    reader->fields++;
}

static void
give_row(struct reader *reader)
{
    struct csv_row row = {
        .line = reader->line, .values = reader->values, .problem = reader->problem};

    for (size_t i = 0; i < CSV_COLUMNS_MAX && row.problem != NULL; i++)
        reader->values[i] = "";
    if (reader->has_data && reader->err == ERR_OK)
        reader->err = reader->take(reader->user, &row);
}

static void
on_row(int end, void *user)
{
    struct reader *reader = user;

    (void)end;
    if (reader->has_head)
        give_row(reader);
    reader->has_head = reader->has_head || reader->has_data;
    begin_row(reader);
}

/* The separator of the first row: the one that is there most often outside quotes. */
static unsigned char
find_separator(struct span text)
{
    static const char CHOICES[] = {',', ';', '\t'};
    size_t counts[sizeof CHOICES] = {0};
    bool is_quoted = false;
    size_t best = 0;

    for (size_t at = 0; at < text.len && (is_quoted || text.data[at] != '\n'); at++) {
        is_quoted = text.data[at] == '"' ? !is_quoted : is_quoted;
        for (size_t i = 0; i < sizeof CHOICES && !is_quoted; i++)
            counts[i] += text.data[at] == (uint8_t)CHOICES[i] ? 1 : 0;
    }
    for (size_t i = 1; i < sizeof CHOICES; i++)
        best = counts[i] > counts[best] ? i : best;
    return (unsigned char)CHOICES[best];
}

static struct span
skip_mark(struct span text)
{
    bool has_mark = text.len >= 3 && memcmp(text.data, "\xEF\xBB\xBF", 3) == 0;

    return has_mark ? (struct span){text.data + 3, text.len - 3} : text;
}

static bool
start(struct csv_parser *parser, unsigned char separator)
{
    if (csv_init(parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL) != 0)
        return false;
    csv_set_delim(parser, separator);
    return true;
}

/* Give libcsv a line at a time and end it there, so that a stray quotation mark costs one row. */
static enum err
read_lines(struct reader *reader, struct span text)
{
    struct csv_parser parser;
    unsigned char separator = find_separator(text);
    size_t len = 0;

    if (!start(&parser, separator))
        return ERR_NOMEM;
    for (size_t at = 0; at < text.len && reader->err == ERR_OK; at += len) {
        const uint8_t *end = memchr(text.data + at, '\n', text.len - at);
        len = end == NULL ? text.len - at : (size_t)(end - (text.data + at)) + 1;
        reader->line++;
        if (csv_parse(&parser, text.data + at, len, on_field, on_row, reader) == len &&
            csv_fini(&parser, on_field, on_row, reader) == 0)
            continue;
        if (csv_error(&parser) == CSV_ENOMEM)
            reader->err = ERR_NOMEM;
        reader->problem = "its quotation marks do not match";
        reader->has_data = true;
        on_row(-1, reader);
        csv_free(&parser);
        if (!start(&parser, separator))
            return ERR_NOMEM;
    }
    csv_free(&parser);
    return reader->err;
}

enum err
csv_table_read(struct span text, const struct csv_columns *columns, csv_take *take, void *user,
               struct problems *problems)
{
    struct reader reader = {.columns = columns, .take = take, .user = user};
    struct span body = skip_mark(text);
    bool has_column = false;

    assert(columns->count <= CSV_COLUMNS_MAX);
    for (size_t i = 0; i < CSV_COLUMNS_MAX; i++)
        reader.place[i] = columns->count;
    begin_row(&reader);
    enum err err = read_lines(&reader, body);
    for (size_t i = 0; i < CSV_COLUMNS_MAX; i++)
        has_column = has_column || reader.place[i] < columns->count;
    if (err == ERR_OK && !has_column) {
        problems_add(problems, "line 1", "name the columns in the first row",
                     "the first row names no column that is known");
        return ERR_FORMAT;
    }
    return err;
}
