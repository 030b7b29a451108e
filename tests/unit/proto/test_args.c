/*
 * Goal: a right command line runs its command with the right values; a wrong one runs nothing,
 * names the wrong word and the nearest right one, and gives the code for usage; help is complete.
 * Method: a program with a table of every kind, its output caught.
 */
#include "proto/io/args.h"

#include "proto/io/exit.h"
#include "proto/io/term.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OUTPUT_BYTES = 16384, ARGUMENTS_MAX = 64, RAN = 42 };

struct options {
    bool json;
    const char *state;
    struct args_list to;
    uint64_t count, wait_ms, since_ms;
    int fd;
};

static struct options options;
static unsigned runs;
static char words_seen[256];

static int
run(void *values, const struct args_words *words)
{
    ck_assert_ptr_eq(values, &options);
    runs++;
    words_seen[0] = '\0';
    for (size_t i = 0; i < words->len; i++) {
        strcat(words_seen, "[");
        strcat(words_seen, words->words[i]);
        strcat(words_seen, "]");
    }
    /* Strings live until here, so what is compared later is compared here. */
    if (options.state != NULL)
        ck_assert_str_eq(options.state, "dir");
    for (size_t i = 0; i < options.to.len; i++)
        ck_assert_str_eq(options.to.items[i], i == 0 ? "kr.moj" : "-odd");
    return RAN;
}

static const struct args_option COMMON[] = {
    {"json", 0, ARGS_FLAG, offsetof(struct options, json), NULL, "print JSON", false},
    {"state", 's', ARGS_STRING, offsetof(struct options, state), "DIR", "where it is", false},
};
static const struct args_option SEND[] = {
    {"to", 't', ARGS_LIST, offsetof(struct options, to), "MEMBER", "who gets it", true},
    {"count", 'n', ARGS_U64, offsetof(struct options, count), "N", "how many", false},
    {"fd", 0, ARGS_FD, offsetof(struct options, fd), "FD", "from where", false},
    {"wait", 0, ARGS_DURATION, offsetof(struct options, wait_ms), "TIME", "how long", false},
    {"since", 0, ARGS_TIME, offsetof(struct options, since_ms), "TIME", "from when", false},
};
static const struct args_command COMMANDS[] = {
    {.name = "send",
     .arguments = "KIND [FIELD=VALUE]...",
     .summary = "send a message",
     .examples = "denrei send a\ndenrei send b\ndenrei send c\n",
     .options = SEND,
     .options_len = 5,
     .words_min = 1,
     .words_max = 3,
     .run = run},
    {.name = "roster add", .arguments = "", .summary = "add one", .run = run},
    {.name = "roster", .arguments = "", .summary = "show it", .run = run},
};
static const struct args_program PROGRAM = {.name = "denrei",
                                            .summary = "Send messages.",
                                            .examples = "denrei send x\n",
                                            .notes = "Some notes.",
                                            .common = COMMON,
                                            .common_len = 2,
                                            .commands = COMMANDS,
                                            .commands_len = 3,
                                            .state_variable = "DENREI_TEST_STATE"};

static char out[OUTPUT_BYTES], err[OUTPUT_BYTES];

static void catch (int fd, FILE *file, char *text)
{
    fflush(file);
    ssize_t len = pread(fd, text, OUTPUT_BYTES - 1, 0);
    text[len > 0 ? len : 0] = '\0';
    ck_assert_int_eq(ftruncate(fd, 0), 0);
    ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
}

/* Run a line whose words are separated by '|'. */
static int
line(const char *text)
{
    char copy[512], *arguments[ARGUMENTS_MAX] = {NULL}, *rest = copy;
    int count = 0;

    memset(&options, 0, sizeof options);
    runs = 0;
    snprintf(copy, sizeof copy, "denrei%s%s", text[0] == '\0' ? "" : "|", text);
    for (char *word = strsep(&rest, "|"); word != NULL; word = strsep(&rest, "|"))
        arguments[count++] = word;
    int code = args_run(&PROGRAM, count, arguments, &options);
    catch (STDOUT_FILENO, stdout, out);
    catch (STDERR_FILENO, stderr, err);
    return code;
}

static void
setup(void)
{
    FILE *first = tmpfile(), *second = tmpfile();

    ck_assert_int_ge(dup2(fileno(first), STDOUT_FILENO), 0);
    ck_assert_int_ge(dup2(fileno(second), STDERR_FILENO), 0);
}

START_TEST(a_right_line_runs_its_command_with_its_values)
{
    ck_assert_int_eq(
        line("send|--to|kr.moj|mla|--to=-odd|x=y|-n|5|--fd|2147483647|--wait|15m|--since="
             "1970-01-02T00:00:00Z|--json|-sdir"),
        RAN);
    ck_assert_uint_eq(runs, 1);
    ck_assert_str_eq(words_seen, "[mla][x=y]");
    ck_assert(options.json);
    ck_assert_uint_eq(options.to.len, 2);
    ck_assert_uint_eq(options.count, 5);
    ck_assert_int_eq(options.fd, INT32_MAX);
    ck_assert_uint_eq(options.wait_ms, 900000);
    ck_assert_uint_eq(options.since_ms, 86400000);
    ck_assert_int_eq(line("send|--to|kr.moj|-|--|--json"), RAN);
    ck_assert_str_eq(words_seen, "[-][--json]");
    ck_assert(!options.json);
    ck_assert_int_eq(line("roster|add"), RAN);
    ck_assert_int_eq(line("roster|--state|dir"), RAN);
    ck_assert_int_eq(line("roster|--color=never"), RAN);
    ck_assert_str_eq(err, "");
    ck_assert_str_eq(out, "");
}
END_TEST

START_TEST(the_state_comes_from_the_environment_where_the_line_has_none)
{
    ck_assert_int_eq(setenv("DENREI_TEST_STATE", "dir", 1), 0); /* run compares it */
    ck_assert_int_eq(line("roster"), RAN);
    ck_assert_ptr_nonnull(options.state);
    ck_assert_int_eq(setenv("DENREI_TEST_STATE", "other", 1), 0);
    ck_assert_int_eq(line("roster|--state|dir"), RAN);
    ck_assert_int_eq(setenv("DENREI_TEST_STATE", "", 1), 0);
    ck_assert_int_eq(line("roster"), RAN);
    ck_assert_ptr_null(options.state);
    ck_assert_int_eq(unsetenv("DENREI_TEST_STATE"), 0);
}
END_TEST

START_TEST(a_wrong_line_runs_nothing_and_says_what_is_wrong)
{
    static const struct {
        const char *line, *message;
    } rows[] = {
        {"", "a command is missing"},
        {"sned|x", "there is no command `sned x`; did you mean `send`?"},
        {"qqqqqqq", "there is no command `qqqqqqq`\n"},
        {"roster|ad", "too many arguments"},
        {"--count|send", "the command comes first, before --count"},
        {"send|--to|kr.moj|x|--jsn", "there is no option --jsn; did you mean --json?"},
        {"send|--to|kr.moj|x|--js", "there is no option --js"}, /* no abbreviations */
        {"send|--to|kr.moj|x|-q", "there is no option -q"},
        {"send|--to|kr.moj|x|--json=yes", "--json"},
        {"send|x|--to", "--to needs a value"},
        {"send|x", "--to MEMBER is missing"},
        {"send|--to|kr.moj", "an argument is missing: KIND [FIELD=VALUE]..."},
        {"send|--to|kr.moj|a|b|c|d", "too many arguments: at most 3"},
        {"send|--to|kr.moj|x|-n|five", "--count takes a number, not `five`"},
        {"send|--to|kr.moj|x|-n|", "--count takes a number, not ``"},
        {"send|--to|kr.moj|x|-n|-5", "--count takes a number, not `-5`"},
        {"send|--to|kr.moj|x|-n|18446744073709551616", "--count takes a number"},
        {"send|--to|kr.moj|x|--fd|2147483648", "--fd takes the number of a descriptor"},
        {"send|--to|kr.moj|x|--fd|-1", "--fd takes the number of a descriptor, not `-1`"},
        {"send|--to|kr.moj|x|--wait|15", "--wait takes a duration"},
        {"send|--to|kr.moj|x|--wait|m", "--wait takes a duration"},
        {"send|--to|kr.moj|x|--wait|99999999999999999d", "--wait takes a duration"},
        {"send|--to|kr.moj|x|--since|yesterday", "--since takes a time"},
        {"send|--to|kr.moj|x|-n|1|-n|2", "--count is given twice"},
        {"send|--to|kr.moj|x|--color|pink", "--color takes auto, always or never, not `pink`"},
        {"send|--to|kr.moj|x|--\033[2J", "there is no option --\\u{1b}[2J"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ck_assert_msg(line(rows[i].line) == EXIT_USAGE, "%s", rows[i].line);
        ck_assert_msg(strstr(err, rows[i].message) != NULL, "%s: %s", rows[i].line, err);
        ck_assert_uint_eq(runs, 0);
        ck_assert_str_eq(out, "");
        ck_assert_ptr_nonnull(strstr(err, "Usage: denrei"));
        ck_assert_ptr_nonnull(strstr(err, "--help` explains more."));
        ck_assert_ptr_null(strstr(err, "denrei send c")); /* short help: two examples */
    }
}
END_TEST

START_TEST(help_goes_to_standard_output_examples_first)
{
    static const char *const programs[] = {"--help", "-h", "help"};
    static const char *const commands[] = {"send|--help", "send|x|-h", "help|send"};

    for (size_t i = 0; i < 3; i++) {
        ck_assert_int_eq(line(programs[i]), EXIT_DONE);
        ck_assert_ptr_nonnull(strstr(out, "roster add"));
        ck_assert_ptr_nonnull(strstr(out, "Some notes."));
        ck_assert(strstr(out, "Examples:") < strstr(out, "Usage:"));
        ck_assert_str_eq(err, "");
    }
    for (size_t i = 0; i < 3; i++) {
        ck_assert_int_eq(line(commands[i]), EXIT_DONE);
        ck_assert_uint_eq(runs, 0);
        ck_assert_ptr_nonnull(strstr(out, "Usage: denrei send [OPTION]... KIND [FIELD=VALUE]..."));
        ck_assert_ptr_nonnull(strstr(out, "-t, --to MEMBER"));
        ck_assert_ptr_nonnull(strstr(out, "--json"));
        ck_assert_ptr_nonnull(strstr(out, "denrei send c"));
        ck_assert(strstr(out, "Examples:") < strstr(out, "Usage:"));
    }
    ck_assert_int_eq(line("--version"), EXIT_DONE);
    ck_assert_str_eq(out, "denrei " DENREI_VERSION " (suite 1)\n");
    ck_assert_int_eq(line("help|sned"), EXIT_USAGE);
}
END_TEST

START_TEST(a_command_may_complain_of_its_usage_itself)
{
    ck_assert_int_eq(args_usage(&PROGRAM, "send", "KIND is none of \033", false), EXIT_USAGE);
    catch (STDERR_FILENO, stderr, err);
    ck_assert_ptr_nonnull(strstr(err, "denrei send: KIND is none of \\u{1b}\nUsage: denrei send"));
}
END_TEST

START_TEST(a_wrong_line_that_asks_for_json_is_told_in_json)
{
    static const char *const lines[] = {"--json", "sned|--json", "send|c|--bogus|--json",
                                        "send|--json|c|--bogus"};
    static const char START[] = "{\"schema\":1,\"error\":{\"code\":\"USAGE\"";

    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        ck_assert_int_eq(line(lines[i]), EXIT_USAGE);
        ck_assert_uint_eq(runs, 0);
        ck_assert_str_eq(out, "");
        ck_assert_int_eq(strncmp(err, START, sizeof START - 1), 0);
        ck_assert_ptr_eq(strchr(err, '\n'), err + strlen(err) - 1);
    }
    /* Behind "--" it is a word as any other. */
    ck_assert_int_eq(line("send|--bogus|--|--json"), EXIT_USAGE);
    ck_assert_ptr_nonnull(strstr(err, "Usage:"));
    ck_assert_int_eq(args_usage(&PROGRAM, "send", "no", true), EXIT_USAGE);
    catch (STDERR_FILENO, stderr, err);
    ck_assert_int_eq(strncmp(err, START, sizeof START - 1), 0);
}
END_TEST

START_TEST(every_error_has_an_exit_code)
{
    ck_assert_int_eq(exit_code(ERR_OK), EXIT_DONE);
    for (int i = 1; i < ERR_COUNT; i++)
        ck_assert_int_ne(exit_code((enum err)i), EXIT_DONE);
    ck_assert_int_eq(exit_code(ERR_POLICY), EXIT_POLICY);
    ck_assert_int_eq(exit_code(ERR_CONNECT), EXIT_CONNECT);
    ck_assert_int_eq(exit_code(ERR_SIGNATURE), EXIT_VERIFY);
    ck_assert_int_eq(exit_code(ERR_USAGE), EXIT_USAGE);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("args");
    TCase *tcase = tcase_create("all");

    term_init();
    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_test(tcase, a_right_line_runs_its_command_with_its_values);
    tcase_add_test(tcase, the_state_comes_from_the_environment_where_the_line_has_none);
    tcase_add_test(tcase, a_wrong_line_runs_nothing_and_says_what_is_wrong);
    tcase_add_test(tcase, help_goes_to_standard_output_examples_first);
    tcase_add_test(tcase, a_command_may_complain_of_its_usage_itself);
    tcase_add_test(tcase, a_wrong_line_that_asks_for_json_is_told_in_json);
    tcase_add_test(tcase, every_error_has_an_exit_code);
    suite_add_tcase(suite, tcase);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
