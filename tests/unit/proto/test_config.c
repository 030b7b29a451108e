/*
 * Goal: a file is taken whole or refused with the line and the reason, and then nothing is stored.
 * Method: one file for each rule.
 */
#include "proto/io/config.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct settings {
    char *listen, *state;
    uint64_t workers;
    bool strict;
    char *comment;
};

static const struct config_key KEYS[] = {
    {"relay", "listen", CONFIG_STRING, offsetof(struct settings, listen), 0, 0, NULL, true,
     "Where to listen."},
    {"relay", "state", CONFIG_STRING, offsetof(struct settings, state), 0, 0, "/var/lib/x", false,
     "Where the state is."},
    {"limits", "workers", CONFIG_U64, offsetof(struct settings, workers), 1, 64, "2", false,
     "How many threads verify."},
    {"limits", "strict", CONFIG_BOOL, offsetof(struct settings, strict), 0, 0, NULL, false,
     "Whether to be strict."},
    {"limits", "comment", CONFIG_STRING, offsetof(struct settings, comment), 0, 0, NULL, false,
     "Anything."},
};
enum { KEYS_LEN = sizeof KEYS / sizeof KEYS[0] };

static char path[] = "/tmp/denrei-config-XXXXXX";

static void
setup(void)
{
    int fd = mkstemp(path);

    ck_assert_int_ge(fd, 0);
    close(fd);
}

static void
teardown(void)
{
    unlink(path);
}

static enum err
read_text(const char *text, size_t len, struct settings *out, char why[CONFIG_WHY_BYTES])
{
    FILE *file = fopen(path, "w");

    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(text, 1, len, file), len);
    fclose(file);
    return config_read(path, KEYS, KEYS_LEN, out, why);
}

START_TEST(values_and_fallbacks_are_taken)
{
    static const char text[] = "# a comment\n; another\n[relay]\nlisten = tcp://*:5555 ; not a "
                               "comment\n\n[limits]\r\nworkers=64\r\nstrict : yes";
    struct settings got = {0};
    char why[CONFIG_WHY_BYTES];

    ck_assert_msg(read_text(text, sizeof text - 1, &got, why) == ERR_OK, "%s", why);
    ck_assert_str_eq(got.listen, "tcp://*:5555 ; not a comment");
    ck_assert_str_eq(got.state, "/var/lib/x");
    ck_assert_uint_eq(got.workers, 64);
    ck_assert(got.strict);
    ck_assert_ptr_null(got.comment);
    config_free(KEYS, KEYS_LEN, &got);
    ck_assert_ptr_null(got.listen);
}
END_TEST

START_TEST(every_fault_is_named_with_its_line_and_nothing_is_stored)
{
    static const struct {
        const char *text, *why; /* what must stand in the complaint */
    } rows[] = {
        {"[relay]\nlisten = x\nlisen = y\n", "line 3: unknown key `lisen`; did you mean `listen`?"},
        {"[relay]\nlisten = x\nqqqqqq = y\n", "line 3: unknown key `qqqqqq`"},
        {"[relai]\nlisten = x\n", "line 2: unknown section `relai`; did you mean `relay`?"},
        {"listen = x\n", "line 1: unknown section ``"},
        {"[relay]\nlisten = x\nlisten = y\n", "line 3: `listen` is given twice"},
        {"[relay]\nlisten =\n", "line 2: `listen` has no value"},
        {"[relay]\nlisten\n", "line 2: neither [section] nor name = value"},
        {"[relay\nlisten = x\n", "line 1: neither [section] nor name = value"},
        {"[relay]\n\n\nstate = x\n", "`listen` in section [relay] is missing"},
        {"[relay]\nlisten = x\n[limits]\nworkers = 0\n",
         "line 4: `workers` takes a number from 1 to 64"},
        {"[relay]\nlisten = x\n[limits]\nworkers = 65\n", "line 4: `workers` takes a number"},
        {"[relay]\nlisten = x\n[limits]\nworkers = -1\n", "line 4: `workers` takes a number"},
        {"[relay]\nlisten = x\n[limits]\nworkers = 99999999999999999999\n",
         "line 4: `workers` takes"},
        {"[relay]\nlisten = x\n[limits]\nstrict = maybe\n",
         "line 4: `strict` takes yes or no, not"},
        {"[relay]\nlisten = x\n  continued\n", "line 3: neither"},
        {"[relay]\nlis\033[2Jten = x\n", "line 2: unknown key `lis\\u{1b}[2Jten`"},
    };
    char why[CONFIG_WHY_BYTES];

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct settings got = {0}, before = {0};
        ck_assert_msg(read_text(rows[i].text, strlen(rows[i].text), &got, why) == ERR_USAGE, "%s",
                      rows[i].text);
        ck_assert_msg(strstr(why, rows[i].why) != NULL, "%s is not in %s", rows[i].why, why);
        ck_assert_mem_eq(&got, &before, sizeof got);
    }
}
END_TEST

START_TEST(a_line_too_long_a_nul_and_a_missing_file_are_refused)
{
    char why[CONFIG_WHY_BYTES], text[CONFIG_LINE_BYTES_MAX + 64] = "[relay]\nlisten = ";
    struct settings got = {0};
    size_t head = strlen(text), line_head = strlen("listen = ");
    size_t fitting = head + CONFIG_LINE_BYTES_MAX - line_head;

    memset(text + head, 'x', sizeof text - head);
    ck_assert_int_eq(read_text(text, fitting, &got, why), ERR_OK);
    ck_assert_uint_eq(strlen(got.listen), CONFIG_LINE_BYTES_MAX - line_head);
    config_free(KEYS, KEYS_LEN, &got);
    ck_assert_int_eq(read_text(text, fitting + 1, &got, why), ERR_USAGE);
    ck_assert_ptr_nonnull(strstr(why, "line 2: the line is longer than 1000 bytes"));
    ck_assert_int_eq(read_text("[relay]\nlisten = \0x\n", 19, &got, why), ERR_USAGE);
    ck_assert_ptr_nonnull(strstr(why, "NUL"));
    ck_assert_int_eq(config_read("/nonexistent", KEYS, KEYS_LEN, &got, why), ERR_NOT_FOUND);
    ck_assert_str_eq(why, "not found");
}
END_TEST

START_TEST(the_help_is_a_file_that_only_needs_what_is_required)
{
    char *text = NULL, why[CONFIG_WHY_BYTES];
    size_t len = 0;
    struct settings got = {0};
    FILE *file = open_memstream(&text, &len);

    ck_assert_ptr_nonnull(file);
    config_help(file, KEYS, KEYS_LEN);
    fclose(file);
    ck_assert_ptr_nonnull(strstr(text, "# Where to listen. (required)\nlisten =\n"));
    ck_assert_ptr_nonnull(strstr(text, "#workers = 2\n"));
    ck_assert_int_eq(read_text(text, len, &got, why), ERR_USAGE);
    ck_assert_ptr_nonnull(strstr(why, "`listen` has no value"));
    free(text);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("config");
    TCase *tcase = tcase_create("all");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, values_and_fallbacks_are_taken);
    tcase_add_test(tcase, every_fault_is_named_with_its_line_and_nothing_is_stored);
    tcase_add_test(tcase, a_line_too_long_a_nul_and_a_missing_file_are_refused);
    tcase_add_test(tcase, the_help_is_a_file_that_only_needs_what_is_required);
    suite_add_tcase(suite, tcase);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
