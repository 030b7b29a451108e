/*
 * term.h - what people see and type: peer text made harmless, colour, tables, passphrases,
 * progress, and an honest end of standard output.
 *
 * Host.  Touches the terminal, standard output and standard error, and the locale.
 */
#ifndef PROTO_IO_TERM_H
#define PROTO_IO_TERM_H

#include "proto/bytes.h"
#include "proto/err.h"
#include "proto/language.h"

#include <stdbool.h>
#include <stdio.h>

/*
 * Take the user's locale; where its characters are not UTF-8 (LC_ALL=C), take C.UTF-8's.  Call
 * once, before any other function here.
 */
void term_init(void);

/* The reader's language, by LC_ALL, LC_MESSAGES or LANG, the first that is set; else English. */
enum language term_language(void);

/* ---- peer text ---- */

/* Room that any `len` bytes of text need when escaped, with the NUL. */
#define TERM_ESCAPED_BYTES(len) (4 * (size_t)(len) + 1)

/*
 * Write `text` to `out` (at least 8 bytes) so that it cannot act on a terminal or mislead a
 * reader: valid printable UTF-8 stays; \n \r \t \\ are written so; every other control, format
 * (bidi, zero width), invisible, unassigned or separator character is \u{202e}; a byte that is
 * not UTF-8 is \xff.  What does not fit is cut at a character and ends in "...".  Returns the
 * length without the NUL.
 */
size_t term_escape(struct span text, char *out, size_t out_bytes);

/* Write `text` to `file`, escaped in full. */
void term_put(FILE *file, struct span text);

/*
 * The same for a text of several lines: line feeds (CR LF as well) stay, and each line after the
 * first begins with `indent` spaces, so that a line of the text cannot pass for one of ours.
 */
void term_put_lines(FILE *file, struct span text, unsigned indent);

/* Columns that `text` (already escaped, NUL-terminated) takes on a terminal. */
size_t term_width(const char *text);

/* ---- terminal and colour ---- */

/* Whether somebody looks at `file`. */
bool term_is_terminal(FILE *file);

enum term_colour_choice { TERM_COLOUR_AUTO, TERM_COLOUR_ALWAYS, TERM_COLOUR_NEVER };

/* The user's word (--color); AUTO until it is called. */
void term_set_colour(enum term_colour_choice choice);

/* Whether `file` gets colour: as chosen; if AUTO on a terminal, without NO_COLOR or TERM=dumb. */
bool term_has_colour(FILE *file);

enum term_style { TERM_PLAIN, TERM_BOLD, TERM_RED, TERM_GREEN, TERM_YELLOW };

/* Switch `file` to a style (TERM_PLAIN ends it); nothing where there is no colour. */
void term_style(FILE *file, enum term_style style);

/* ---- tables ---- */

enum { TERM_COLUMNS_MAX = 16 };

struct term_column {
    const char *title;
    bool right;    /* numbers stand right */
    bool may_wrap; /* its cells break between words where the table is wider than the terminal */
    size_t short_columns; /* to which its cells, in ASCII, are cut there first; 0: never */
    unsigned may_go;      /* a terminal too narrow all the same lacks the highest; 0: it stays */
};

struct term_table;

/*
 * Begin a table with `count` columns on `file`: aligned with titles on a terminal, else one line
 * a row with tabs between cells and no titles.  The caller must term_table_free it.
 * ERR_NOMEM: no memory.
 */
enum err term_table_new(FILE *file, const struct term_column *columns, size_t count,
                        struct term_table **out);

/*
 * Add a row; every cell is escaped here, NULL is an empty one.
 * ERR_NOMEM: no memory.
 */
enum err term_table_add(struct term_table *table, const char *const *cells);

/*
 * Print what was added.
 * ERR_NOMEM: no memory.
 */
enum err term_table_print(struct term_table *table);

/* Free *table and set it to NULL; a NULL *table is left alone. */
void term_table_free(struct term_table **table);

/* ---- passphrases ---- */

/*
 * Ask on the controlling terminal, without echo, and put the line into `out` (the caller's locked
 * memory, `out_bytes` with the NUL).  A signal that stops the process restores the terminal first
 * and then acts as before.
 * ERR_NOT_FOUND: there is no terminal.  ERR_RANGE: longer than out_bytes - 1.
 * ERR_CANCELLED: a signal came, or the input ended before a line did.  ERR_IO: the terminal failed.
 */
enum err term_ask_passphrase(const char *prompt, char *out, size_t out_bytes, size_t *out_len);

/*
 * Take the first line from descriptor `fd`, or all of it if there is no line feed; nothing
 * beyond the line is read.
 * ERR_RANGE: longer than out_bytes - 1.  ERR_FORMAT: empty, or a NUL in it.
 * ERR_IO: it cannot be read.
 */
enum err term_read_passphrase(int fd, char *out, size_t out_bytes, size_t *out_len);

/* ---- progress and end ---- */

/* A line on standard error that shows how far a long work is; only on a terminal, after 1 s. */
struct term_progress {
    const char *what; /* borrowed: "verifying" */
    uint64_t total;   /* 0: not known */
    uint64_t started_ms, shown_ms;
    bool shown;
};

/* Begin to count to `total`; show how far it is, at most five times a second; take it away. */
void term_progress_begin(struct term_progress *progress, const char *what, uint64_t total);
void term_progress_update(struct term_progress *progress, uint64_t done);
void term_progress_end(struct term_progress *progress);

/*
 * Flush standard output; whether all was written, or its reader has gone and wants no more
 * (`| head -1`).  Where it is false, *why says what went wrong.
 */
bool term_flush(const char **why);

/* Whether the reader of standard output has gone, so that a long output may stop. */
bool term_is_closed(void);

#endif /* PROTO_IO_TERM_H */
