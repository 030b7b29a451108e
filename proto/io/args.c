#include "proto/io/args.h"

#include "proto/io/args_help.h"
#include "proto/io/exit.h"
#include "proto/io/report.h"
#include "proto/io/term.h"
#include "proto/limits.h"
#include "proto/nearest.h"
#include "proto/time_text.h"

#include <assert.h>
#include <limits.h>
#include <popt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    OPTIONS_MAX = 64,
    ARGUMENTS_MAX = 4096,
    COMMAND_BYTES = 64,
    MESSAGE_BYTES = 1024,
    VALUE_HELP = OPTIONS_MAX + 1, /* of popt's val; the options have 1 to OPTIONS_MAX */
    VALUE_COLOR
};

const struct args_option ARGS_BUILT_IN[] = {
    {.name = "color", .value = "WHEN", .help = "auto (the default), always or never"},
    {.name = "help", .letter = 'h', .help = "show this help"},
    {.name = "version", .help = "show the version (of the program, before any command)"},
};
const size_t ARGS_BUILT_IN_LEN = sizeof ARGS_BUILT_IN / sizeof ARGS_BUILT_IN[0];

/* One command line in the reading. */
struct reading {
    const struct args_program *program;
    const struct args_command *command;
    const struct args_option *options[OPTIONS_MAX]; /* the command's, then the common ones */
    bool seen[OPTIONS_MAX];
    size_t options_len;
    struct poptOption table[OPTIONS_MAX + 3];
    char *owned[ARGUMENTS_MAX]; /* values that popt gave away */
    size_t owned_len;
    bool json; /* --json stands somewhere: a script reads what goes wrong */
    void *values;
};

static void
say_command(FILE *file, const struct args_program *program, const struct args_command *command)
{
    bool named = command != NULL && command->name[0] != '\0';

    fprintf(file, "%s%s%s: ", program->name, named ? " " : "", named ? command->name : "");
}

/* What was typed may come from a script that passed on a peer's words, so it is escaped. */
static void
put_escaped(FILE *file, const char *text)
{
    term_put(file, (struct span){(const uint8_t *)text, strlen(text)});
}

static int fail(const struct reading *reading, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static int
fail(const struct reading *reading, const char *format, ...)
{
    const struct args_command *command = reading->command;
    bool named = command != NULL && command->name[0] != '\0';
    char message[MESSAGE_BYTES], more[MESSAGE_BYTES];
    va_list values;

    va_start(values, format);
    vsnprintf(message, sizeof message, format, values);
    va_end(values);
    snprintf(more, sizeof more, "`%s%s%s --help` explains more.", reading->program->name,
             named ? " " : "", named ? command->name : "");
    if (reading->json) {
        struct problems problems = {0};
        problems_add(&problems, "", more, "%s", message);
        return report_error(reading->program->name, ERR_USAGE, &problems, true);
    }
    say_command(stderr, reading->program, command);
    put_escaped(stderr, message);
    fputc('\n', stderr);
    args_help_short(stderr, reading->program, command);
    fprintf(stderr, "%s\n", more);
    return EXIT_USAGE;
}

/* ---- which command ---- */

static const struct args_command *
command_named(const struct args_program *program, const char *name)
{
    for (size_t i = 0; i < program->commands_len; i++) {
        if (strcmp(program->commands[i].name, name) == 0)
            return &program->commands[i];
    }
    return NULL;
}

/* A name of two words goes before one of its first word; *taken: how many words the name has. */
static const struct args_command *
command_of(const struct args_program *program, int argc, char **argv, int *taken)
{
    char two[COMMAND_BYTES];
    const struct args_command *command = NULL;

    if (argc >= 2) {
        int len = snprintf(two, sizeof two, "%s %s", argv[0], argv[1]);
        command = len > 0 && len < (int)sizeof two ? command_named(program, two) : NULL;
        *taken = 2;
    }
    if (command == NULL && argc >= 1 && argv[0][0] != '\0') {
        command = command_named(program, argv[0]);
        *taken = 1;
    }
    if (command == NULL && (argc == 0 || argv[0][0] == '-')) {
        command = command_named(program, "");
        *taken = 0;
    }
    return command;
}

static int
fail_unknown_command(const struct reading *reading, int argc, char **argv)
{
    char words[COMMAND_BYTES];
    struct nearest nearest;
    const struct args_program *program = reading->program;

    if (argc == 0)
        return fail(reading, "a command is missing");
    if (argv[0][0] == '-')
        return fail(reading, "the command comes first, before %s", argv[0]);
    snprintf(words, sizeof words, "%s%s%s", argv[0], argc > 1 && argv[1][0] != '-' ? " " : "",
             argc > 1 && argv[1][0] != '-' ? argv[1] : "");
    nearest_init(&nearest, words);
    for (size_t i = 0; i < program->commands_len; i++)
        nearest_offer(&nearest, program->commands[i].name);
    if (nearest.count == 0) {
        nearest_init(&nearest, argv[0]);
        for (size_t i = 0; i < program->commands_len; i++)
            nearest_offer(&nearest, program->commands[i].name);
    }
    if (nearest.count == 0)
        return fail(reading, "there is no command `%s`", words);
    return fail(reading, "there is no command `%s`; did you mean `%s`?", words, nearest.names[0]);
}

/* ---- options ---- */

static void
add_options(struct reading *reading, const struct args_option *options, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        assert(reading->options_len < OPTIONS_MAX);
        size_t at = reading->options_len++;
        reading->options[at] = &options[i];
        reading->table[at] = (struct poptOption){
            .longName = options[i].name,
            .shortName = options[i].letter,
            .argInfo = options[i].kind == ARGS_FLAG ? POPT_ARG_NONE : POPT_ARG_STRING,
            .val = (int)at + 1,
        };
    }
}

static void
make_table(struct reading *reading)
{
    add_options(reading, reading->command->options, reading->command->options_len);
    add_options(reading, reading->program->common, reading->program->common_len);
    reading->table[reading->options_len] = (struct poptOption){
        .longName = "help", .shortName = 'h', .argInfo = POPT_ARG_NONE, .val = VALUE_HELP};
    reading->table[reading->options_len + 1] =
        (struct poptOption){.longName = "color", .argInfo = POPT_ARG_STRING, .val = VALUE_COLOR};
    reading->table[reading->options_len + 2] = (struct poptOption){.longName = NULL};
}

static bool
read_u64(const char *text, size_t len, uint64_t *out)
{
    uint64_t value = 0;

    if (len == 0 || len > 20)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9' || __builtin_mul_overflow(value, UINT64_C(10), &value) ||
            __builtin_add_overflow(value, (uint64_t)(text[i] - '0'), &value))
            return false;
    }
    *out = value;
    return true;
}

static bool
read_duration_ms(const char *text, uint64_t *out)
{
    static const struct {
        char letter;
        uint64_t ms;
    } UNITS[] = {{'s', SECOND_MS}, {'m', MINUTE_MS}, {'h', HOUR_MS}, {'d', DAY_MS}};
    size_t len = strlen(text);
    uint64_t number = 0;

    if (len < 2 || !read_u64(text, len - 1, &number))
        return false;
    for (size_t i = 0; i < sizeof UNITS / sizeof UNITS[0]; i++) {
        if (text[len - 1] == UNITS[i].letter)
            return !__builtin_mul_overflow(number, UNITS[i].ms, out) && *out <= TIME_MS_MAX;
    }
    return false;
}

static int
add_to_list(const struct reading *reading, const struct args_option *option, struct args_list *list,
            const char *value)
{
    if (list->len == ARGS_LIST_MAX)
        return fail(reading, "--%s is given more than %d times", option->name, ARGS_LIST_MAX);
    list->items[list->len++] = value;
    return EXIT_DONE;
}

/* Put an option's value (NULL for flags) where the program wants it. */
static int
take_value(struct reading *reading, size_t at, const char *value)
{
    const struct args_option *option = reading->options[at];
    assert(option != NULL);
    void *target = (char *)reading->values + option->offset;
    uint64_t number = 0;

    if (reading->seen[at] && option->kind != ARGS_LIST && option->kind != ARGS_FLAG)
        return fail(reading, "--%s is given twice", option->name);
    reading->seen[at] = true;
    switch (option->kind) {
    case ARGS_FLAG:
        *(bool *)target = true;
        return EXIT_DONE;
    case ARGS_STRING:
        *(const char **)target = value;
        return EXIT_DONE;
    case ARGS_LIST:
        return add_to_list(reading, option, target, value);
    case ARGS_U64:
        if (!read_u64(value, strlen(value), target))
            return fail(reading, "--%s takes a number, not `%s`", option->name, value);
        return EXIT_DONE;
    case ARGS_FD:
        if (!read_u64(value, strlen(value), &number) || number > INT_MAX)
            return fail(reading, "--%s takes the number of a descriptor, not `%s`", option->name,
                        value);
        *(int *)target = (int)number;
        return EXIT_DONE;
    case ARGS_DURATION:
        if (!read_duration_ms(value, target))
            return fail(reading, "--%s takes a duration such as 90s, 15m, 12h or 30d, not `%s`",
                        option->name, value);
        return EXIT_DONE;
    case ARGS_TIME:
        if (time_text_parse((struct span){(const uint8_t *)value, strlen(value)}, target) != ERR_OK)
            return fail(reading, "--%s takes a time such as 2025-01-31T09:00:00+09:00, not `%s`",
                        option->name, value);
        return EXIT_DONE;
    }
    abort(); /* a table with a kind that does not exist: a bug of the program */
}

static int
take_colour(const struct reading *reading, const char *value)
{
    static const char *const NAMES[] = {[TERM_COLOUR_AUTO] = "auto",
                                        [TERM_COLOUR_ALWAYS] = "always",
                                        [TERM_COLOUR_NEVER] = "never"};

    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        if (strcmp(value, NAMES[i]) == 0) {
            term_set_colour((enum term_colour_choice)i);
            return EXIT_DONE;
        }
    }
    return fail(reading, "--color takes auto, always or never, not `%s`", value);
}

static int
fail_option(const struct reading *reading, int popt_error, const char *word)
{
    struct nearest nearest;
    char name[NEAREST_WORD_BYTES_MAX + 1] = "";

    if (popt_error == POPT_ERROR_NOARG)
        return fail(reading, "%s needs a value", word);
    if (popt_error == POPT_ERROR_UNWANTEDARG)
        return fail(reading, "%s takes no value", word);
    if (popt_error != POPT_ERROR_BADOPT)
        return fail(reading, "%s: %s", word, poptStrerror(popt_error));
    if (strncmp(word, "--", 2) == 0)
        snprintf(name, sizeof name, "%.*s", (int)strcspn(word + 2, "="), word + 2);
    nearest_init(&nearest, name);
    for (size_t i = 0; i < reading->options_len; i++)
        nearest_offer(&nearest, reading->options[i]->name);
    nearest_offer(&nearest, "help");
    nearest_offer(&nearest, "color");
    if (name[0] == '\0' || nearest.count == 0)
        return fail(reading, "there is no option %s", word);
    return fail(reading, "there is no option %s; did you mean --%s?", word, nearest.names[0]);
}

/* Read all options; *help: it was asked for. */
static int
read_options(struct reading *reading, poptContext context, bool *help)
{
    int value = 0;

    *help = false;
    while ((value = poptGetNextOpt(context)) > 0) {
        char *text = poptGetOptArg(context);
        int code = EXIT_DONE;
        if (text != NULL && reading->owned_len == ARGUMENTS_MAX) {
            free(text);
            return fail(reading, "too many options");
        }
        if (text != NULL)
            reading->owned[reading->owned_len++] = text;
        if (value == VALUE_HELP)
            *help = true;
        else if (value == VALUE_COLOR && text != NULL)
            code = take_colour(reading, text);
        else
            code = take_value(reading, (size_t)value - 1, text);
        if (code != EXIT_DONE)
            return code;
    }
    if (value < -1)
        return fail_option(reading, value, poptBadOption(context, POPT_BADOPTION_NOALIAS));
    return EXIT_DONE;
}

/* An empty variable is as one that is not set. */
static int
take_environment(struct reading *reading)
{
    const char *name = reading->program->state_variable;
    const char *value = name == NULL ? NULL : getenv(name);

    for (size_t i = 0; value != NULL && value[0] != '\0' && i < reading->options_len; i++) {
        if (strcmp(reading->options[i]->name, "state") == 0 && !reading->seen[i])
            return take_value(reading, i, value);
    }
    return EXIT_DONE;
}

static int
check_complete(const struct reading *reading, size_t words_len)
{
    const struct args_command *command = reading->command;

    for (size_t i = 0; i < reading->options_len; i++) {
        const struct args_option *option = reading->options[i];
        const char *variable =
            strcmp(option->name, "state") == 0 ? reading->program->state_variable : NULL;
        if (option->required && !reading->seen[i])
            return fail(reading, "--%s %s is missing%s%s%s", option->name, option->value,
                        variable == NULL ? "" : ", and ", variable == NULL ? "" : variable,
                        variable == NULL ? "" : " is not set");
    }
    if (words_len < command->words_min)
        return fail(reading, "an argument is missing: %s", command->arguments);
    if (words_len > command->words_max)
        return fail(reading, "too many arguments: at most %zu", command->words_max);
    return EXIT_DONE;
}

static int
read_rest(struct reading *reading, poptContext context)
{
    bool help = false;
    struct args_words words = {NULL, 0};

    int code = read_options(reading, context, &help);
    if (code != EXIT_DONE)
        return code;
    if (help) {
        args_help_command(stdout, reading->program, reading->command);
        return EXIT_DONE;
    }
    words.words = poptGetArgs(context);
    while (words.words != NULL && words.words[words.len] != NULL)
        words.len++;
    code = take_environment(reading);
    if (code == EXIT_DONE)
        code = check_complete(reading, words.len);
    return code != EXIT_DONE ? code : reading->command->run(reading->values, &words);
}

static int
run_command(struct reading *reading, int argc, char **argv)
{
    static char skipped[] = "program"; /* popt passes over the first argument */
    const char **copy = calloc((size_t)argc + 2, sizeof *copy);

    if (copy == NULL)
        return fail(reading, "out of memory");
    copy[0] = skipped;
    for (int i = 0; i < argc; i++)
        copy[i + 1] = argv[i];
    make_table(reading);
    poptContext context = poptGetContext(reading->program->name, argc + 1, copy, reading->table, 0);
    int code = context == NULL ? fail(reading, "out of memory") : read_rest(reading, context);
    if (context != NULL)
        poptFreeContext(context);
    for (size_t i = 0; i < reading->owned_len; i++)
        free(reading->owned[i]);
    free(copy);
    return code;
}

/* The help and version that stand in a command's place; false if it is none of them. */
static bool
run_built_in(const struct reading *reading, int argc, char **argv, int *code)
{
    const struct args_program *program = reading->program;
    int taken = 0;

    *code = EXIT_DONE;
    if (argc == 0)
        return false;
    if (strcmp(argv[0], "--version") == 0) {
        printf("%s %s (suite %d)\n", program->name, DENREI_VERSION, SUITE);
        return true;
    }
    bool is_help = strcmp(argv[0], "help") == 0;
    if (is_help && argc > 1) {
        const struct args_command *command = command_of(program, argc - 1, argv + 1, &taken);
        if (command == NULL)
            *code = fail_unknown_command(reading, argc - 1, argv + 1);
        else
            args_help_command(stdout, program, command);
        return true;
    }
    if (is_help || strcmp(argv[0], "--help") == 0 || strcmp(argv[0], "-h") == 0) {
        args_help_program(stdout, program);
        return true;
    }
    return false;
}

/* It counts wherever it stands: what is wrong may lie before it. */
static bool
asks_for_json(int argc, char **argv)
{
    for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--json") == 0)
            return true;
    }
    return false;
}

int
args_run(const struct args_program *program, int argc, char **argv, void *options)
{
    int taken = 0, code = EXIT_DONE;
    int rest = argc > 0 ? argc - 1 : 0;
    struct reading *reading = calloc(1, sizeof *reading);

    if (reading == NULL) {
        fprintf(stderr, "%s: out of memory\n", program->name);
        return EXIT_FAILED;
    }
    reading->program = program;
    reading->values = options;
    reading->json = asks_for_json(rest, argv + 1);
    if (!run_built_in(reading, rest, argv + 1, &code)) {
        reading->command = command_of(program, rest, argv + 1, &taken);
        if (reading->command == NULL)
            code = fail_unknown_command(reading, rest, argv + 1);
        else
            code = run_command(reading, rest - taken, argv + 1 + taken);
    }
    free(reading);
    return code;
}

int
args_usage(const struct args_program *program, const char *command, const char *message, bool json)
{
    struct reading reading = {
        .program = program, .command = command_named(program, command), .json = json};

    return fail(&reading, "%s", message);
}
