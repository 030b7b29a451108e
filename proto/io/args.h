/*
 * args.h - command lines of the form PROGRAM COMMAND [OPTION]... [WORD]..., from one table that
 * also makes the help.
 *
 * Host.  The only user of popt.  Options have exact names (no abbreviations), may stand between
 * words, and end at "--".  Every program has --help, -h, --version, --color=WHEN, and `help
 * COMMAND`; messages go to standard error, help that was asked for to standard output.
 */
#ifndef PROTO_IO_ARGS_H
#define PROTO_IO_ARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ARGS_LIST_MAX = 256 };

enum args_kind {
    ARGS_FLAG,     /* bool */
    ARGS_STRING,   /* const char *; at most once */
    ARGS_LIST,     /* struct args_list; may be repeated */
    ARGS_U64,      /* uint64_t; decimal digits */
    ARGS_FD,       /* int; number of a descriptor */
    ARGS_DURATION, /* uint64_t, ms; a number and one of s, m, h, d: 90s, 30d */
    ARGS_TIME      /* uint64_t, ms since 1970; RFC 3339 with zone */
};

struct args_list {
    const char *items[ARGS_LIST_MAX];
    size_t len;
};

struct args_option {
    const char *name; /* "state": --state */
    char letter;      /* 's': -s; 0 for none */
    enum args_kind kind;
    size_t offset;     /* offsetof the value in the program's options struct */
    const char *value; /* how the help names the value: "DIR"; NULL for flags */
    const char *help;  /* a phrase */
    bool required;
};

/* The words after the options; borrowed for the call. */
struct args_words {
    const char *const *words;
    size_t len;
};

struct args_command {
    const char *name;      /* "send", "roster add", or "" for the program without a command */
    const char *arguments; /* as the usage line shows them: "KIND [FIELD=VALUE]..." */
    const char *summary;   /* a phrase */
    const char *examples;  /* whole command lines, one a line */
    const char *notes;     /* paragraphs after the options; may be NULL */
    const struct args_option *options;
    size_t options_len;
    size_t words_min, words_max;
    /* Do it and return the exit code; strings live until it returns. */
    int (*run)(void *options, const struct args_words *words);
};

struct args_program {
    const char *name;                 /* "denrei" */
    const char *summary;              /* a sentence */
    const char *examples;             /* whole command lines, one a line */
    const char *notes;                /* paragraphs: configuration file, environment; may be NULL */
    const struct args_option *common; /* options of every command */
    size_t common_len;
    const struct args_command *commands;
    size_t commands_len;
    const char
        *state_variable; /* of the environment: --state where that is not given; NULL: none */
};

/*
 * Find the command that `argv` names, fill `options` (the program's struct, holding its defaults)
 * and run it.  Returns its exit code; EXIT_DONE after help or version; EXIT_USAGE, after a message
 * that names the wrong word and the nearest right one, where the line is wrong (nothing was run).
 * That message is report_error's JSON if --json stands anywhere in `argv`.
 */
int args_run(const struct args_program *program, int argc, char **argv, void *options);

/*
 * Complain that `message` about `command`, show its usage and two examples, or print it as JSON;
 * returns EXIT_USAGE.
 */
int args_usage(const struct args_program *program, const char *command, const char *message,
               bool json);

#endif /* PROTO_IO_ARGS_H */
