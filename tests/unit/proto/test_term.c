/*
 * Goal: nothing that a peer wrote acts on a terminal, and the end of standard output is told
 * honestly.
 * Method: tables, random bytes against an independent scan, pipes, /dev/full and a pseudo-terminal.
 */
#include "proto/io/term.h"

#include <check.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TEXT_BYTES = 8192 };

static struct span
span_of(const char *text)
{
    return (struct span){(const uint8_t *)text, strlen(text)};
}

START_TEST(the_readers_language_is_that_of_the_first_variable_that_is_set)
{
    static const struct {
        const char *all, *messages, *lang;
        enum language want;
    } rows[] = {
        {"", "", "ja_JP.UTF-8", LANGUAGE_JA},
        {"", "ja", "en_US.UTF-8", LANGUAGE_JA},
        {"C", "ja_JP", "ja_JP", LANGUAGE_EN},
        {"ja.UTF-8", "C", "C", LANGUAGE_JA},
        {"", "", "", LANGUAGE_EN},
        {"", "", "jam_JM", LANGUAGE_EN},
        {"", "", "j", LANGUAGE_EN},
        {"ja_JP.eucJP", "", "", LANGUAGE_JA},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        setenv("LC_ALL", rows[i].all, 1);
        setenv("LC_MESSAGES", rows[i].messages, 1);
        setenv("LANG", rows[i].lang, 1);
        ck_assert_int_eq(term_language(), rows[i].want);
    }
    unsetenv("LC_ALL");
    unsetenv("LC_MESSAGES");
    unsetenv("LANG");
    ck_assert_int_eq(term_language(), LANGUAGE_EN);
}
END_TEST

START_TEST(peer_text_is_escaped_where_it_could_act_or_mislead)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"", ""},
        {"plain ~", "plain ~"},
        {"日本 한국 Ñandú", "日本 한국 Ñandú"},
        {"e\xcc\x81", "e\xcc\x81"},                                       /* a combining accent */
        {"\xe8\xbe\xbb\xf3\xa0\x84\x80", "\xe8\xbe\xbb\xf3\xa0\x84\x80"}, /* 辻 of a name */
        {"a\nb\r\tc\\", "a\\nb\\r\\tc\\\\"},
        {"\033[2J", "\\u{1b}[2J"},
        {"\x7f\xc2\x9b", "\\u{7f}\\u{9b}"},
        {"\xe2\x80\xae"
         "fdp.exe",
         "\\u{202e}fdp.exe"},
        {"\xe2\x81\xa6\xe2\x81\xa9\xd8\x9c", "\\u{2066}\\u{2069}\\u{61c}"},
        {"a\xe2\x80\x8b"
         "b\xef\xbb\xbf\xe2\x80\x8d",
         "a\\u{200b}b\\u{feff}\\u{200d}"},
        {"\xe2\x80\xa8\xe2\x80\xa9", "\\u{2028}\\u{2029}"},
        {"\xf3\xa0\x81\x81", "\\u{e0041}"}, /* a tag character */
        {"\xe3\x85\xa4", "\\u{3164}"},      /* a letter that shows nothing */
        {"\xef\xbf\xb9", "\\u{fff9}"}, /* an annotation's begin: format, though not ignorable */
        {"\xee\x80\x80", "\\u{e000}"}, /* private use: any shape */
        {"\xff\xc3(\xed\xa0\x80", "\\xff\\xc3(\\xed\\xa0\\x80"},
        {"\xc0\xaf\xf4\x90\x80\x80", "\\xc0\\xaf\\xf4\\x90\\x80\\x80"},
        {"\xe2\x80", "\\xe2\\x80"},
    };
    char out[TEXT_BYTES];

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t len = term_escape(span_of(rows[i].text), out, sizeof out);
        ck_assert_str_eq(out, rows[i].want);
        ck_assert_uint_eq(len, strlen(rows[i].want));
        ck_assert_uint_le(len + 1, TERM_ESCAPED_BYTES(strlen(rows[i].text)));
    }
}
END_TEST

START_TEST(random_bytes_never_leave_a_control_byte)
{
    uint8_t noise[64];
    char out[TERM_ESCAPED_BYTES(sizeof noise)];

    srandom(7);
    for (unsigned round = 0; round < 20000; round++) {
        for (size_t i = 0; i < sizeof noise; i++)
            noise[i] = (uint8_t)random();
        size_t len = term_escape((struct span){noise, sizeof noise}, out, sizeof out);
        ck_assert_uint_lt(len, sizeof out);
        for (size_t i = 0; i < len; i++) {
            uint8_t c = (uint8_t)out[i];
            bool is_c1 = c == 0xc2 && (uint8_t)out[i + 1] < 0xa0;
            if (c < 0x20 || c == 0x7f || is_c1)
                ck_abort_msg("a control byte in %s", out);
        }
    }
}
END_TEST

START_TEST(text_that_does_not_fit_is_cut_at_a_character)
{
    char out[16];

    for (size_t room = 8; room <= sizeof out; room++) {
        size_t len = term_escape(span_of("日本語日本語日本語"), out, room);
        ck_assert_uint_lt(len, room);
        ck_assert_str_eq(out + len - 3, "...");
        ck_assert_uint_eq((len - 3) % 3, 0);
    }
    term_escape(span_of("12345678"), out, 8);
    ck_assert_str_eq(out, "1234...");
    term_escape(span_of("1234567"), out, 8);
    ck_assert_str_eq(out, "1234567");
    term_escape(span_of("\033\033\033"), out, 8);
    ck_assert_str_eq(out, "...");
}
END_TEST

START_TEST(lines_of_a_peer_are_indented_and_wide_characters_count_double)
{
    char *text = NULL;
    size_t len = 0;
    FILE *file = open_memstream(&text, &len);

    ck_assert_ptr_nonnull(file);
    term_put_lines(file, span_of("one\r\nFrom: forged\n\033x"), 2);
    fclose(file);
    ck_assert_str_eq(text, "one\n  From: forged\n  \\u{1b}x");
    free(text);
    ck_assert_uint_eq(term_width("abc"), 3);
    ck_assert_uint_eq(term_width("日本"), 4);
    ck_assert_uint_eq(term_width("e\xcc\x81"), 1);
}
END_TEST

/* What a table looks like on a terminal of so many columns; its lines end with CR LF there. */
static void
read_table(unsigned short columns, const struct term_column *table_columns, size_t count,
           const char *const (*rows)[3], char *out, size_t size)
{
    const struct winsize window = {.ws_row = 24, .ws_col = columns};
    int master = -1, status = 0;
    size_t len = 0;
    ssize_t more = 0;

    pid_t child = forkpty(&master, NULL, NULL, &window);
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        struct term_table *table = NULL;
        enum err err = term_table_new(stdout, table_columns, count, &table);
        for (size_t i = 0; err == ERR_OK && i < 2; i++)
            err = term_table_add(table, rows[i]);
        if (err == ERR_OK)
            err = term_table_print(table);
        term_table_free(&table);
        fflush(stdout);
        _exit(err == ERR_OK ? 0 : 1);
    }
    while ((more = read(master, out + len, size - 1 - len)) > 0)
        len += (size_t)more;
    out[len] = '\0';
    close(master);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
}

START_TEST(a_table_gives_way_where_the_terminal_is_narrow)
{
    static const struct term_column columns[] = {
        {.title = "ID"}, {.title = "NAME", .may_wrap = true}, {.title = "COUNT", .right = true}};
    static const char *const rows[2][3] = {{"1", "通信省 Ministry of Communication", "7"},
                                           {"22", "日本 x", "100"}};
    char text[1024];

    read_table(80, columns, 3, rows, text, sizeof text);
    ck_assert_str_eq(text, "ID  NAME                              COUNT\r\n"
                           "1   通信省 Ministry of Communication      7\r\n"
                           "22  日本 x                              100\r\n");
    read_table(32, columns, 3, rows, text, sizeof text);
    ck_assert_str_eq(text, "ID  NAME                COUNT\r\n"
                           "1   通信省 Ministry of      7\r\n"
                           "    Communication       \r\n"
                           "22  日本 x                100\r\n");
    read_table(10, columns, 3, rows, text, sizeof text);
    ck_assert_ptr_nonnull(strstr(text, "Communication"));
}
END_TEST

START_TEST(a_table_too_wide_all_the_same_cuts_times_and_then_leaves_columns_out)
{
    static const struct term_column columns[] = {
        {.title = "ID"}, {.title = "CREATED", .short_columns = 16}, {.title = "WHAT", .may_go = 1}};
    static const char *const rows[2][3] = {{"1", "2026-11-25T01:01:43+09:00", "update"},
                                           {"2", "2026-11-25T01:02:44+09:00", ""}};
    char text[1024];

    read_table(37, columns, 3, rows, text, sizeof text);
    ck_assert_str_eq(text, "ID  CREATED                    WHAT\r\n"
                           "1   2026-11-25T01:01:43+09:00  update\r\n"
                           "2   2026-11-25T01:02:44+09:00  \r\n");
    read_table(36, columns, 3, rows, text, sizeof text);
    ck_assert_str_eq(text, "ID  CREATED           WHAT\r\n"
                           "1   2026-11-25T01:01  update\r\n"
                           "2   2026-11-25T01:02  \r\n");
    read_table(27, columns, 3, rows, text, sizeof text);
    ck_assert_str_eq(text, "ID  CREATED\r\n"
                           "1   2026-11-25T01:01\r\n"
                           "2   2026-11-25T01:02\r\n");
}
END_TEST

START_TEST(a_table_off_a_terminal_is_tab_separated_and_cannot_be_broken)
{
    static const struct term_column columns[] = {{.title = "ID"}, {.title = "NAME"}};
    const char *rows[2][2] = {{"1", "a\tb\nc"}, {NULL, "日本"}};
    struct term_table *table = NULL;
    char text[256] = "";
    FILE *file = tmpfile();

    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(term_table_new(file, columns, 2, &table), ERR_OK);
    for (size_t i = 0; i < 2; i++)
        ck_assert_int_eq(term_table_add(table, rows[i]), ERR_OK);
    ck_assert_int_eq(term_table_print(table), ERR_OK);
    term_table_free(&table);
    ck_assert_ptr_null(table);
    rewind(file);
    ck_assert_uint_gt(fread(text, 1, sizeof text - 1, file), 0);
    ck_assert_str_eq(text, "1\ta\\tb\\nc\n\t日本\n");
    fclose(file);
}
END_TEST

/* ---- the end of standard output ---- */

/* Whether a child that prints to `fd` finds its output whole. */
static bool
is_whole_on(int fd)
{
    const char *why = NULL;
    pid_t child = fork();

    ck_assert_int_ge(child, 0);
    if (child == 0) {
        signal(SIGPIPE, SIG_IGN);
        if (dup2(fd, STDOUT_FILENO) < 0 || freopen("/dev/null", "w", stderr) == NULL)
            _exit(99);
        for (unsigned i = 0; i < 2000; i++)
            printf("line %u\n", i);
        _exit(term_flush(&why) && why == NULL ? 0 : why != NULL ? 1 : 2);
    }
    int status = 0;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_le(WEXITSTATUS(status), 1);
    return WEXITSTATUS(status) == 0;
}

START_TEST(a_reader_that_has_gone_is_no_error_but_a_full_disk_is)
{
    int ends[2];
    int full = open("/dev/full", O_WRONLY), null = open("/dev/null", O_WRONLY);

    ck_assert_int_ge(full, 0);
    int not_writable = open("/dev/null", O_RDONLY);
    ck_assert(is_whole_on(null));
    ck_assert(!is_whole_on(full));
    ck_assert(!is_whole_on(not_writable));
    ck_assert_int_eq(pipe(ends), 0);
    close(ends[0]);
    ck_assert(is_whole_on(ends[1]));
    close(ends[1]);
    close(not_writable);
    close(full);
    close(null);
}
END_TEST

START_TEST(colour_follows_the_terminal_the_environment_and_the_users_word)
{
    int master = -1, slave = -1;

    ck_assert_int_eq(openpty(&master, &slave, NULL, NULL, NULL), 0);
    FILE *terminal = fdopen(slave, "w"), *file = tmpfile();
    ck_assert_int_eq(unsetenv("NO_COLOR"), 0);
    ck_assert_int_eq(setenv("TERM", "xterm", 1), 0);
    ck_assert(term_has_colour(terminal));
    ck_assert(!term_has_colour(file));
    ck_assert_int_eq(setenv("TERM", "dumb", 1), 0);
    ck_assert(!term_has_colour(terminal));
    ck_assert_int_eq(setenv("TERM", "xterm", 1), 0);
    ck_assert_int_eq(setenv("NO_COLOR", "1", 1), 0);
    ck_assert(!term_has_colour(terminal));
    term_set_colour(TERM_COLOUR_ALWAYS);
    ck_assert(term_has_colour(file));
    term_set_colour(TERM_COLOUR_NEVER);
    ck_assert(!term_has_colour(terminal));
    fclose(terminal);
    fclose(file);
    close(master);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("term");
    TCase *tcase = tcase_create("text");

    term_init();
    tcase_set_timeout(tcase, 30);
    tcase_add_test(tcase, the_readers_language_is_that_of_the_first_variable_that_is_set);
    tcase_add_test(tcase, peer_text_is_escaped_where_it_could_act_or_mislead);
    tcase_add_test(tcase, random_bytes_never_leave_a_control_byte);
    tcase_add_test(tcase, text_that_does_not_fit_is_cut_at_a_character);
    tcase_add_test(tcase, lines_of_a_peer_are_indented_and_wide_characters_count_double);
    tcase_add_test(tcase, a_table_gives_way_where_the_terminal_is_narrow);
    tcase_add_test(tcase, a_table_too_wide_all_the_same_cuts_times_and_then_leaves_columns_out);
    tcase_add_test(tcase, a_table_off_a_terminal_is_tab_separated_and_cannot_be_broken);
    tcase_add_test(tcase, a_reader_that_has_gone_is_no_error_but_a_full_disk_is);
    tcase_add_test(tcase, colour_follows_the_terminal_the_environment_and_the_users_word);
    suite_add_tcase(suite, tcase);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
