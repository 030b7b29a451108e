#include "proto/io/term.h"

#include <assert.h>
#include <libsmartcols.h>
#include <stdlib.h>
#include <string.h>

enum { GAP_COLUMNS = 2, WRAP_COLUMNS_MIN = 12, CELLS_FIRST = 64 };

struct term_table {
    FILE *file;
    size_t count;
    struct term_column columns[TERM_COLUMNS_MAX];
    /* On a terminal, where widths are known only when all rows are: */
    bool is_aligned;
    char **cells; /* escaped; row after row */
    size_t cells_len;
    size_t cells_capacity;
};

static char *
escaped_copy(const char *cell)
{
    struct span text = {(const uint8_t *)cell, cell == NULL ? 0 : strlen(cell)};
    size_t bytes = TERM_ESCAPED_BYTES(text.len) + 8;
    char *out = malloc(bytes);

    if (out != NULL)
        term_escape(text, out, bytes);
    return out;
}

enum err
term_table_new(FILE *file, const struct term_column *columns, size_t count, struct term_table **out)
{
    assert(count > 0 && count <= TERM_COLUMNS_MAX);
    *out = NULL;
    struct term_table *table = calloc(1, sizeof *table);
    if (table == NULL)
        return ERR_NOMEM;
    table->file = file;
    table->count = count;
    memcpy(table->columns, columns, count * sizeof *columns);
    table->is_aligned = term_is_terminal(file);
    *out = table;
    return ERR_OK;
}

static enum err
put_row(const struct term_table *table, const char *const *cells)
{
    for (size_t i = 0; i < table->count; i++) {
        const char *cell = cells[i] == NULL ? "" : cells[i];
        if (i > 0)
            fputc('\t', table->file);
        term_put(table->file, (struct span){(const uint8_t *)cell, strlen(cell)});
    }
    fputc('\n', table->file);
    return ERR_OK;
}

static enum err
make_room(struct term_table *table)
{
    size_t capacity = table->cells_capacity == 0 ? CELLS_FIRST : 2 * table->cells_capacity;

    if (table->cells_len + table->count <= table->cells_capacity)
        return ERR_OK;
    char **cells = reallocarray(table->cells, capacity, sizeof *cells);
    if (cells == NULL)
        return ERR_NOMEM;
    table->cells = cells;
    table->cells_capacity = capacity;
    return ERR_OK;
}

enum err
term_table_add(struct term_table *table, const char *const *cells)
{
    if (!table->is_aligned)
        return put_row(table, cells);
    enum err err = make_room(table);
    if (err != ERR_OK)
        return err;
    for (size_t i = 0; i < table->count; i++) {
        char *cell = escaped_copy(cells[i]);
        if (cell == NULL) {
            for (; i > 0; i--)
                free(table->cells[table->cells_len + i - 1]);
            return ERR_NOMEM;
        }
        table->cells[table->cells_len + i] = cell;
    }
    table->cells_len += table->count;
    return ERR_OK;
}

/* ---- widths */

struct layout {
    size_t widths[TERM_COLUMNS_MAX];
    size_t least[TERM_COLUMNS_MAX]; /* what a column that wraps needs for its longest word */
    bool is_gone[TERM_COLUMNS_MAX];
    size_t total; /* with the gaps */
};

static void
sum_widths(const struct term_table *table, struct layout *layout)
{
    layout->total = 0;
    for (size_t i = 0; i < table->count; i++)
        if (!layout->is_gone[i])
            layout->total += layout->widths[i] + (layout->total == 0 ? 0 : GAP_COLUMNS);
}

static size_t
longest_word(char *text)
{
    size_t longest = 0;

    for (char *word = text, *end = NULL; word != NULL; word = end == NULL ? NULL : end + 1) {
        end = strchr(word, ' ');
        if (end != NULL)
            *end = '\0';
        size_t width = term_width(word);
        if (end != NULL)
            *end = ' ';
        longest = width > longest ? width : longest;
    }
    return longest;
}

/* As wide as the widest cell of each column. */
static void
natural_widths(const struct term_table *table, struct layout *layout)
{
    for (size_t i = 0; i < table->count; i++) {
        size_t widest = term_width(table->columns[i].title);
        size_t least = widest > WRAP_COLUMNS_MIN ? widest : WRAP_COLUMNS_MIN;
        for (size_t k = i; k < table->cells_len; k += table->count) {
            size_t width = term_width(table->cells[k]), word = longest_word(table->cells[k]);
            widest = width > widest ? width : widest;
            least = word > least ? word : least;
        }
        layout->widths[i] = widest;
        layout->least[i] = least;
    }
    sum_widths(table, layout);
}

static void
shorten_columns(const struct term_table *table, struct layout *layout)
{
    for (size_t i = 0; i < table->count; i++) {
        size_t shortest = table->columns[i].short_columns;
        if (shortest > 0 && layout->widths[i] > shortest)
            layout->widths[i] = shortest;
    }
    sum_widths(table, layout);
}

/* The widest column that may still give way; table->count if none may. */
static size_t
widest_wrapping(const struct term_table *table, const struct layout *layout)
{
    const size_t *widths = layout->widths;
    size_t widest = table->count;

    for (size_t i = 0; i < table->count; i++) {
        if (table->columns[i].may_wrap && !layout->is_gone[i] && widths[i] > layout->least[i] &&
            (widest == table->count || widths[i] > widths[widest]))
            widest = i;
    }
    return widest;
}

/* Take from the widest, one by one, what the table is wider than the terminal. */
static void
narrow_columns(const struct term_table *table, size_t terminal, struct layout *layout)
{
    for (; layout->total > terminal; layout->total--) {
        size_t i = widest_wrapping(table, layout);
        if (i == table->count)
            return;
        layout->widths[i]--;
    }
}

/* Leave out the column that matters least; whether there was one. */
static bool
drop_column(const struct term_table *table, struct layout *layout)
{
    size_t least = table->count;

    for (size_t i = 0; i < table->count; i++)
        if (table->columns[i].may_go > 0 && !layout->is_gone[i] &&
            (least == table->count || table->columns[i].may_go > table->columns[least].may_go))
            least = i;
    if (least == table->count)
        return false;
    layout->is_gone[least] = true;
    return true;
}

static void
fit_layout(const struct term_table *table, size_t terminal, struct layout *layout)
{
    do { /* ends: every turn leaves a column out */
        natural_widths(table, layout);
        if (layout->total > terminal)
            shorten_columns(table, layout);
        narrow_columns(table, terminal, layout);
    } while (layout->total > terminal && drop_column(table, layout));
}

/* Break `text` (escaped, so that it has no line feeds of its own) between words. */
static void
wrap_words(char *text, size_t columns)
{
    char *line = text, *fits = NULL;

    for (char *at = strchr(text, ' ');; at = strchr(at + 1, ' ')) {
        if (at != NULL)
            *at = '\0';
        bool is_wide = term_width(line) > columns;
        if (at != NULL)
            *at = ' ';
        if (is_wide && fits != NULL) {
            *fits = '\n';
            line = fits + 1;
        }
        if (at == NULL)
            return;
        fits = at;
    }
}

/* ---- printing */

static enum err
add_columns(const struct term_table *table, const struct layout *layout,
            struct libscols_table *aligned)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct term_column *from = &table->columns[i];
        if (layout->is_gone[i])
            continue;
        int flags = (from->right ? SCOLS_FL_RIGHT : 0) | (from->may_wrap ? SCOLS_FL_WRAP : 0);
        struct libscols_column *column = scols_table_new_column(aligned, from->title, 0, flags);
        if (column == NULL)
            return ERR_NOMEM;
        if (from->may_wrap && (scols_column_set_safechars(column, "\n") != 0 ||
                               scols_column_set_wrapfunc(column, scols_wrapnl_chunksize,
                                                         scols_wrapnl_nextchunk, NULL) != 0))
            return ERR_NOMEM;
    }
    return ERR_OK;
}

static enum err
add_lines(const struct term_table *table, const struct layout *layout,
          struct libscols_table *aligned)
{
    for (size_t row = 0; row < table->cells_len; row += table->count) {
        struct libscols_line *line = scols_table_new_line(aligned, NULL);
        if (line == NULL)
            return ERR_NOMEM;
        for (size_t i = 0, k = 0; i < table->count; i++) {
            char *cell = table->cells[row + i];
            if (layout->is_gone[i])
                continue;
            if (table->columns[i].may_wrap)
                wrap_words(cell, layout->widths[i]);
            else if (strlen(cell) > layout->widths[i] && table->columns[i].short_columns > 0)
                cell[layout->widths[i]] = '\0';
            if (scols_line_set_data(line, k++, cell) != 0)
                return ERR_NOMEM;
        }
    }
    return ERR_OK;
}

enum err
term_table_print(struct term_table *table)
{
    struct layout layout = {.total = 0};

    if (table->cells_len == 0)
        return ERR_OK;
    struct libscols_table *aligned = scols_new_table();
    if (aligned == NULL)
        return ERR_NOMEM;
    fit_layout(table, scols_table_get_termwidth(aligned), &layout);
    enum err err = scols_table_set_stream(aligned, table->file) == 0 &&
                           scols_table_set_column_separator(aligned, "  ") == 0
                       ? add_columns(table, &layout, aligned)
                       : ERR_NOMEM;
    if (err == ERR_OK)
        err = add_lines(table, &layout, aligned);
    if (err == ERR_OK && scols_print_table(aligned) != 0)
        err = ERR_NOMEM;
    scols_unref_table(aligned);
    return err;
}

void
term_table_free(struct term_table **table)
{
    if (*table == NULL)
        return;
    for (size_t i = 0; i < (*table)->cells_len; i++)
        free((*table)->cells[i]);
    free((*table)->cells);
    free(*table);
    *table = NULL;
}
