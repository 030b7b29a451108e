#include "proto/io/term.h"

#include <assert.h>
#include <libsmartcols.h>
#include <stdlib.h>
#include <string.h>

enum { WRAP_COLUMNS = 30 };

struct term_table {
    FILE *file;
    size_t count;
    bool may_wrap[TERM_COLUMNS_MAX];
    struct libscols_table *aligned; /* NULL off a terminal: rows are printed as they come */
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

/* Break `text` (escaped, so that it has no line feeds of its own) between words. */
static void
wrap_words(char *text)
{
    char *line = text, *fits = NULL;

    for (char *at = strchr(text, ' ');; at = strchr(at + 1, ' ')) {
        if (at != NULL)
            *at = '\0';
        bool is_wide = term_width(line) > WRAP_COLUMNS;
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

static enum err
begin_aligned(struct term_table *table, const struct term_column *columns)
{
    table->aligned = scols_new_table();
    if (table->aligned == NULL || scols_table_set_stream(table->aligned, table->file) != 0 ||
        scols_table_set_column_separator(table->aligned, "  ") != 0)
        return ERR_NOMEM;
    for (size_t i = 0; i < table->count; i++) {
        int flags =
            (columns[i].right ? SCOLS_FL_RIGHT : 0) | (columns[i].may_wrap ? SCOLS_FL_WRAP : 0);
        struct libscols_column *column =
            scols_table_new_column(table->aligned, columns[i].title, 0, flags);
        if (column == NULL)
            return ERR_NOMEM;
        if (columns[i].may_wrap && (scols_column_set_safechars(column, "\n") != 0 ||
                                    scols_column_set_wrapfunc(column, scols_wrapnl_chunksize,
                                                              scols_wrapnl_nextchunk, NULL) != 0))
            return ERR_NOMEM;
        table->may_wrap[i] = columns[i].may_wrap;
    }
    return ERR_OK;
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
    if (term_is_terminal(file) && begin_aligned(table, columns) != ERR_OK) {
        term_table_free(&table);
        return ERR_NOMEM;
    }
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

enum err
term_table_add(struct term_table *table, const char *const *cells)
{
    if (table->aligned == NULL)
        return put_row(table, cells);

    struct libscols_line *line = scols_table_new_line(table->aligned, NULL);
    if (line == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < table->count; i++) {
        char *cell = escaped_copy(cells[i]);
        if (cell == NULL)
            return ERR_NOMEM;
        if (table->may_wrap[i])
            wrap_words(cell);
        if (scols_line_refer_data(line, i, cell) != 0) {
            free(cell);
            return ERR_NOMEM;
        }
    }
    return ERR_OK;
}

enum err
term_table_print(struct term_table *table)
{
    if (table->aligned == NULL || scols_table_get_nlines(table->aligned) == 0)
        return ERR_OK;
    return scols_print_table(table->aligned) == 0 ? ERR_OK : ERR_NOMEM;
}

void
term_table_free(struct term_table **table)
{
    if (*table == NULL)
        return;
    scols_unref_table((*table)->aligned);
    free(*table);
    *table = NULL;
}
