/*
 * config.h - configuration files: [section], name = value, comments after # or ;.
 *
 * Host.  The only user of inih.  One table of keys reads a file, checks it and explains it.  A
 * value runs to the end of its line; a comment has a line of its own.
 */
#ifndef PROTO_IO_CONFIG_H
#define PROTO_IO_CONFIG_H

#include "proto/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum {
    CONFIG_FILE_BYTES_MAX = 1 << 20,
    CONFIG_LINE_BYTES_MAX = 1000, /* without the line feed */
    CONFIG_WHY_BYTES = 512,
    CONFIG_KEYS_MAX = 64
};

enum config_kind {
    CONFIG_STRING, /* char *, owned by the struct; NULL where absent without fallback */
    CONFIG_U64,    /* uint64_t */
    CONFIG_BOOL    /* bool; yes, no, true, false, on, off */
};

struct config_key {
    const char *section; /* "relay" */
    const char *name;    /* "listen" */
    enum config_kind kind;
    size_t offset;        /* offsetof the value in the program's struct */
    uint64_t min, max;    /* of a CONFIG_U64, both included; max 0: no bound */
    const char *fallback; /* the value where the file has none; NULL: nothing is stored */
    bool required;
    const char *help; /* a sentence */
};

/*
 * Read the file at `path` into the zeroed struct at `out`, whose strings config_free releases.  On
 * error `out` is as before, and `why` says in one line what is wrong, with the line's number where
 * there is one, but without the path ("line 7: unknown key `lisen`; did you mean `listen`?").
 * ERR_USAGE: a line, section, key or value is wrong, too long, given twice, or missing.
 * ERR_RANGE: the file is larger than CONFIG_FILE_BYTES_MAX.  ERR_NOMEM: no memory.
 * Else as disk_err says.
 */
enum err config_read(const char *path, const struct config_key *keys, size_t keys_len, void *out,
                     char why[CONFIG_WHY_BYTES]);

/* Free the strings in `out` and set them to NULL. */
void config_free(const struct config_key *keys, size_t keys_len, void *out);

/* Print a file that explains every key, with its fallback as the value; a start for a real one. */
void config_help(FILE *file, const struct config_key *keys, size_t keys_len);

#endif /* PROTO_IO_CONFIG_H */
