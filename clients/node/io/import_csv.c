#include "clients/node/io/import_csv.h"

#include "proto/io/disk.h"
#include "proto/io/term.h"

#include <csv.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { READ_BYTES = 1 << 20, BUFFER_BYTES = READ_BYTES + 2 * IMPORT_ROW_BYTES_MAX };

struct reader {
    const struct import_csv_options *options;
    struct import_csv_counts *counts;
    struct problems *problems;
    struct import_layout layout;
    struct csv_parser csv;
    char delimiter;
    bool has_names;
    enum err err; /* what ended the reading */

    /* The row that is being read: its fields, copied, each with a NUL. */
    struct span fields[IMPORT_FIELDS_MAX];
    size_t fields_count; /* may be above IMPORT_FIELDS_MAX: those are only counted */
    uint8_t texts[2 * IMPORT_ROW_BYTES_MAX + IMPORT_FIELDS_MAX];
    size_t texts_len;
    uint64_t row_line; /* where it begins */
    bool is_complete;  /* it ended with the line that was fed last */
    bool is_too_long;  /* a field of it was not taken */
    struct span raw;   /* as it stands in the list */
    uint8_t *names;    /* the row of names, as it stands; owned */
    size_t names_len;

    FILE *rejects;
    uint8_t buffer[BUFFER_BYTES];
};

/* ---- rejected rows */

/* Without its line end. */
static struct span
trimmed(struct span raw)
{
    while (raw.len > 0 && (raw.data[raw.len - 1] == '\n' || raw.data[raw.len - 1] == '\r'))
        raw.len--;
    return raw;
}

static enum err
open_rejects(struct reader *reader)
{
    const struct span names = trimmed((struct span){reader->names, reader->names_len});
    int fd =
        open(reader->options->rejects, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

    if (fd < 0)
        return disk_err(errno);
    reader->rejects = fdopen(fd, "w");
    if (reader->rejects == NULL) {
        close(fd);
        return ERR_NOMEM;
    }
    fwrite(names.data, names.len, 1, reader->rejects);
    if (memmem(names.data, names.len, "rejected_because", 16) == NULL)
        fprintf(reader->rejects, "%crejected_because", reader->delimiter);
    fputc('\n', reader->rejects);
    return ERR_OK;
}

static void
write_reject(struct reader *reader, const char *path, const struct import_fault *fault)
{
    const struct span raw = trimmed(reader->raw);

    if (reader->options->rejects == NULL)
        return;
    if (reader->rejects == NULL)
        reader->err = open_rejects(reader);
    if (reader->err != ERR_OK)
        return;
    fwrite(raw.data, raw.len, 1, reader->rejects);
    fprintf(reader->rejects, "%c\"%s: ", reader->delimiter, path);
    for (const char *at = fault->wrong; *at != '\0'; at++)
        fputc(*at == '"' ? '\'' : *at, reader->rejects);
    fprintf(reader->rejects, "\"\n");
    if (ferror(reader->rejects))
        reader->err = ERR_NOSPACE;
}

static void
reject(struct reader *reader, const struct import_fault *fault)
{
    struct problem_path path = problem_path("line %llu", (unsigned long long)reader->row_line);

    if (fault->field < reader->layout.fields && reader->has_names) {
        const enum import_column column = reader->layout.columns[fault->field];
        path = problem_path("line %llu, column %zu%s%s%s", (unsigned long long)reader->row_line,
                            fault->field + 1, column < IMPORT_COLUMNS ? " (" : "",
                            import_column_name(column), column < IMPORT_COLUMNS ? ")" : "");
    }
    reader->counts->rejected++;
    if (reader->counts->rejected <= IMPORT_TOLD_MAX)
        problems_add(reader->problems, path.text, fault->cure, "%s", fault->wrong);
    write_reject(reader, path.text, fault);
}

/* ---- rows */

static void
begin_row(struct reader *reader)
{
    reader->fields_count = 0;
    reader->texts_len = 0;
    reader->is_too_long = false;
}

static void
reject_long(struct reader *reader)
{
    struct import_fault fault = {.field = IMPORT_FIELDS_MAX,
                                 .wrong = "the row has more than 16 KiB",
                                 .cure = "put one document on each line"};

    reject(reader, &fault);
    begin_row(reader);
}

static void
on_field(void *text, size_t len, void *data)
{
    struct reader *reader = data;

    bool has_room = len < sizeof reader->texts - reader->texts_len;

    if (reader->fields_count < IMPORT_FIELDS_MAX && has_room) {
        uint8_t *copy = reader->texts + reader->texts_len;
        if (len > 0)
            memcpy(copy, text, len);
        copy[len] = '\0';
        reader->fields[reader->fields_count] = (struct span){copy, len};
        reader->texts_len += len + 1;
    }
    reader->is_too_long =
        reader->is_too_long || !has_room; /* else it kept a field of another row */
    reader->fields_count++;
}

static void
take_names(struct reader *reader)
{
    const struct import_csv_options *options = reader->options;

    reader->has_names = true;
    reader->err = import_layout_read(reader->fields, reader->fields_count, options->skipped,
                                     options->skipped_count, options->today, &reader->layout,
                                     reader->problems);
    reader->names = malloc(reader->raw.len + 1);
    if (reader->names == NULL) {
        reader->err = ERR_NOMEM;
        return;
    }
    memcpy(reader->names, reader->raw.data, reader->raw.len);
    reader->names_len = reader->raw.len;
}

static void
on_row(int last, void *data)
{
    struct reader *reader = data;
    struct imported record;
    struct import_fault fault;

    (void)last;
    reader->is_complete = true;
    if (reader->err != ERR_OK)
        return;
    if (!reader->has_names) {
        take_names(reader);
        begin_row(reader);
        return;
    }
    if (reader->is_too_long) {
        reject_long(reader);
        return;
    }
    switch (
        import_row_read(&reader->layout, reader->fields, reader->fields_count, &record, &fault)) {
    case IMPORT_RECORD:
        reader->err = reader->options->take(reader->options->data, &record);
        reader->counts->records++;
        break;
    case IMPORT_PAST:
        reader->counts->past++;
        break;
    case IMPORT_REJECTED:
        reject(reader, &fault);
        break;
    }
    begin_row(reader);
}

/* ---- lines */

static enum err
restart_csv(struct reader *reader)
{
    csv_free(&reader->csv);
    begin_row(reader);
    if (csv_init(&reader->csv, CSV_STRICT | CSV_STRICT_FINI) != 0)
        return ERR_NOMEM;
    csv_set_delim(&reader->csv, (unsigned char)reader->delimiter);
    return ERR_OK;
}

static bool
is_blank(struct span line)
{
    for (size_t i = 0; i < line.len; i++) {
        if (strchr(" \t\r\n", line.data[i]) == NULL || line.data[i] == '\0')
            return false;
    }
    return true;
}

/* A row that cannot be read as CSV: it, or the first line of it, goes; the next begins afresh. */
static void
give_up_row(struct reader *reader, const char *wrong, const char *cure)
{
    struct import_fault fault = {.field = reader->fields_count};

    if (!reader->has_names) {
        problems_add(reader->problems, "line 1", cure, "%s", wrong);
        reader->err = ERR_FORMAT;
        return;
    }
    snprintf(fault.wrong, sizeof fault.wrong, "%s", wrong);
    snprintf(fault.cure, sizeof fault.cure, "%s", cure);
    reject(reader, &fault);
    if (reader->err == ERR_OK)
        reader->err = restart_csv(reader);
}

/* Where in the buffer the reading stands. */
struct place {
    size_t row;    /* begin of the row that is being read */
    size_t at;     /* begin of the next line */
    size_t end;    /* of what was read of the list */
    uint64_t line; /* number of the line at `at` */
    bool is_last;  /* nothing comes after `end` */
};

/* The row that began at place->row goes on for too long: only its first line is given up. */
static void
give_up_line(struct reader *reader, struct place *place, const char *wrong)
{
    const uint8_t *begin = reader->buffer + place->row;
    const uint8_t *feed = memchr(begin, '\n', place->at - place->row);
    size_t len = feed == NULL ? place->at - place->row : (size_t)(feed - begin) + 1;

    reader->raw = (struct span){begin, len};
    give_up_row(reader, wrong, "close the quote, or take it out");
    place->at = place->row + len;
    place->row = place->at;
    place->line = reader->row_line + 1;
}

/* Feed the line of `len` bytes at place->at. */
static void
feed_line(struct reader *reader, struct place *place, size_t len)
{
    const struct span line = {reader->buffer + place->at, len};

    if (place->row == place->at) {
        reader->row_line = place->line;
        if (is_blank(line)) {
            place->at += len;
            place->row = place->at;
            place->line++;
            return;
        }
    }
    reader->is_complete = false;
    reader->raw = (struct span){reader->buffer + place->row, place->at + len - place->row};
    size_t parsed = csv_parse(&reader->csv, line.data, len, on_field, on_row, reader);
    place->at += len;
    place->line++;
    if (reader->err != ERR_OK)
        return;
    if (parsed != len) {
        if (csv_error(&reader->csv) != CSV_EPARSE) {
            reader->err = ERR_NOMEM;
            return;
        }
        give_up_row(reader, "a quote stands where none can be",
                    "put the whole field in quotes, and write a quote in it twice");
        place->row = place->at;
    } else if (reader->is_complete) {
        place->row = place->at;
    } else if (place->at - place->row > IMPORT_ROW_BYTES_MAX) {
        give_up_line(reader, place, "a quote that begins here does not end within 16 KiB");
    }
}

/* A line without an end: what is there of it goes, and what comes up to its end. */
static void
give_up_long(struct reader *reader, struct place *place)
{
    reader->row_line = place->line;
    reader->raw = (struct span){reader->buffer + place->row, place->end - place->row};
    give_up_row(reader, "the line has more than 16 KiB", "put one document on each line");
    place->at = place->end;
    place->row = place->at;
}

/* All whole lines in the buffer; *is_skipping: a line that was given up has not ended yet. */
static void
feed_lines(struct reader *reader, struct place *place, bool *is_skipping)
{
    while (reader->err == ERR_OK && place->at < place->end) { /* ends: each round goes on */
        const uint8_t *begin = reader->buffer + place->at;
        const uint8_t *feed = memchr(begin, '\n', place->end - place->at);
        size_t len = feed == NULL ? place->end - place->at : (size_t)(feed - begin) + 1;
        if (*is_skipping) {
            place->at += len;
            place->row = place->at;
            *is_skipping = feed == NULL;
            place->line += feed == NULL ? 0 : 1;
        } else if (feed == NULL && len > IMPORT_ROW_BYTES_MAX) {
            give_up_long(reader, place);
            *is_skipping = true;
        } else if (feed == NULL && !place->is_last) {
            return; /* the rest of it is still to be read */
        } else {
            feed_line(reader, place, len);
        }
    }
}

/* The last row may lack its line end, or the end of its quote. */
static void
end_rows(struct reader *reader, struct place *place)
{
    bool is_skipping = false;

    while (reader->err == ERR_OK &&
           place->row < place->end) { /* ends: each round gives a line up */
        reader->is_complete = false;
        if (csv_fini(&reader->csv, on_field, on_row, reader) == 0)
            return;
        give_up_line(reader, place, "a quote that begins here does not end");
        feed_lines(reader, place, &is_skipping);
    }
}

/* ---- the stream */

/* Read on behind what is not used yet.  *is_end: there is no more. */
static enum err
refill(struct reader *reader, struct place *place)
{
    memmove(reader->buffer, reader->buffer + place->row, place->end - place->row);
    place->at -= place->row;
    place->end -= place->row;
    place->row = 0;
    ssize_t got = 0;
    do {
        got = read(reader->options->fd, reader->buffer + place->end, READ_BYTES);
    } while (got < 0 && errno == EINTR);
    if (got < 0)
        return disk_err(errno) == ERR_NOSPACE ? ERR_IO : disk_err(errno);
    place->end += (size_t)got;
    place->is_last = got == 0;
    return ERR_OK;
}

/* Look at the first bytes: BOM, encoding, delimiter. */
static enum err
begin_list(struct reader *reader, struct place *place)
{
    const uint8_t *bytes = reader->buffer;

    if (place->end >= 2 &&
        (memcmp(bytes, "\xff\xfe", 2) == 0 || memcmp(bytes, "\xfe\xff", 2) == 0)) {
        problems_add(reader->problems, "line 1", "save it as CSV in UTF-8",
                     "the list is UTF-16, not UTF-8");
        return ERR_FORMAT;
    }
    if (place->end >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
        place->row = place->at = 3;
    reader->delimiter =
        import_find_delimiter((struct span){bytes + place->at, place->end - place->at});
    return restart_csv(reader);
}

static enum err
read_all(struct reader *reader)
{
    struct place place = {.line = 1};
    struct term_progress progress;
    bool is_skipping = false;
    uint64_t bytes = 0;
    enum err err = refill(reader, &place);

    if (err == ERR_OK)
        err = begin_list(reader, &place);
    reader->err = err;
    term_progress_begin(&progress, "reading the list", reader->options->bytes_total);
    while (reader->err == ERR_OK && !place.is_last) { /* ends: the list does */
        feed_lines(reader, &place, &is_skipping);
        size_t kept = place.end - place.row;
        if (reader->err == ERR_OK)
            reader->err = refill(reader, &place);
        if (reader->err == ERR_OK)
            bytes += place.end - kept;
        term_progress_update(&progress, bytes);
    }
    if (reader->err == ERR_OK)
        feed_lines(reader, &place, &is_skipping);
    if (reader->err == ERR_OK)
        end_rows(reader, &place);
    term_progress_end(&progress);
    if (reader->err == ERR_OK && !reader->has_names) {
        problems_add(reader->problems, "line 1", "let the first row name the columns",
                     "the list is empty");
        reader->err = ERR_FORMAT;
    }
    return reader->err;
}

enum err
import_csv_read(const struct import_csv_options *options, struct import_csv_counts *counts,
                struct problems *problems)
{
    struct reader *reader = calloc(1, sizeof *reader);

    *counts = (struct import_csv_counts){0};
    if (reader == NULL)
        return ERR_NOMEM;
    reader->options = options;
    reader->counts = counts;
    reader->problems = problems;
    reader->delimiter = ',';
    enum err err = restart_csv(reader);
    if (err == ERR_OK)
        err = read_all(reader);
    csv_free(&reader->csv);
    if (reader->rejects != NULL && fclose(reader->rejects) != 0 && err == ERR_OK)
        err = ERR_NOSPACE;
    free(reader->names);
    free(reader);
    return err;
}
