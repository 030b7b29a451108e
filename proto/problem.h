/*
 * problem.h - what is wrong with something that a person wrote, for that person: where, what, and
 * what to do.
 *
 * Pure.  Paths are those of the JSON form (`documents[2].number`).  The texts may quote what was
 * read, a peer's words included; the host escapes them when it prints.
 */
#ifndef PROTO_PROBLEM_H
#define PROTO_PROBLEM_H

#include <stdbool.h>
#include <stddef.h>

enum {
    PROBLEMS_MAX = 32,
    PROBLEM_PATH_BYTES = 128, /* with the NUL, as below */
    PROBLEM_TEXT_BYTES = 320
};

/* Where: a field's path, "line 3, column 7", or empty for the whole. */
struct problem_path {
    char text[PROBLEM_PATH_BYTES];
};

struct problem {
    struct problem_path path;
    char wrong[PROBLEM_TEXT_BYTES]; /* a sentence: what is wrong */
    char cure[PROBLEM_TEXT_BYTES];  /* a sentence: what to do; may be empty */
};

/* Begins as `struct problems problems = {0}`; a plain value, needs no free. */
struct problems {
    struct problem list[PROBLEMS_MAX];
    size_t count;   /* in the list */
    size_t dropped; /* found after the list was full */
};

/* Make a path, as printf does; cut between characters if too long, UTF-8 as below. */
struct problem_path problem_path(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * Add a problem at `path` that `cure` (may be "") would mend; `format` and what follows it say
 * what is wrong, as printf does.  Texts that are too long are cut between characters; in a text
 * that is not UTF-8, '?' stands for every byte that is not ASCII.  When the list is full the
 * problem is only counted.
 */
void problems_add(struct problems *problems, const char *path, const char *cure, const char *format,
                  ...) __attribute__((format(printf, 4, 5)));

/* How many were found, those that the list had no room for included. */
size_t problems_total(const struct problems *problems);

/* Whether nothing was wrong. */
bool problems_is_empty(const struct problems *problems);

#endif /* PROTO_PROBLEM_H */
