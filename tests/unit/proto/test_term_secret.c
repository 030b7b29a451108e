/*
 * Goal: a passphrase is not shown, and the terminal is given back however the prompt ends.
 * Method: a child on a pseudo-terminal that is typed at; pipes.
 */
#include "proto/io/term.h"

#include <check.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

enum { TEXT_BYTES = 8192 };

/* Read from the terminal until `want` was seen; returns what came. */
static void
read_until(int master, const char *want, char *out)
{
    size_t len = 0;

    out[0] = '\0';
    while (strstr(out, want) == NULL) {
        ck_assert_uint_lt(len + 1, TEXT_BYTES);
        ssize_t got = read(master, out + len, TEXT_BYTES - 1 - len);
        ck_assert_msg(got > 0, "the terminal ended before `%s`: %s", want, out);
        len += (size_t)got;
        out[len] = '\0';
    }
}

static int
status_of(pid_t child)
{
    int status = 0;

    ck_assert_int_eq(waitpid(child, &status, 0), child);
    return status;
}

/* Exit 0 if the passphrase was "open sesame", else the error. */
static _Noreturn void
ask_in_child(void)
{
    char secret[16];
    size_t len = 0;

    signal(SIGINT, SIG_DFL); /* Check's handler is inherited */
    enum err err = term_ask_passphrase("Passphrase: ", secret, sizeof secret, &len);
    if (err == ERR_OK && (len != 11 || strcmp(secret, "open sesame") != 0))
        _exit(100);
    _exit((int)err);
}

START_TEST(a_passphrase_is_asked_without_echo)
{
    char seen[TEXT_BYTES];
    int master = -1;
    pid_t child = forkpty(&master, NULL, NULL, NULL);

    ck_assert_int_ge(child, 0);
    if (child == 0)
        ask_in_child();
    read_until(master, "Passphrase: ", seen);
    ck_assert_int_eq(write(master, "open sesame\n", 12), 12);
    read_until(master, "\n", seen);
    ck_assert_ptr_null(strstr(seen, "open"));
    ck_assert_int_eq(status_of(child), 0);
    close(master);
}
END_TEST

START_TEST(a_passphrase_that_is_too_long_is_refused)
{
    char seen[TEXT_BYTES];
    int master = -1;
    pid_t child = forkpty(&master, NULL, NULL, NULL);

    ck_assert_int_ge(child, 0);
    if (child == 0)
        ask_in_child();
    read_until(master, "Passphrase: ", seen);
    ck_assert_int_eq(write(master, "1234567890123456\n", 17), 17);
    int status = status_of(child);
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), ERR_RANGE);
    close(master);
}
END_TEST

START_TEST(ctrl_c_at_the_prompt_gives_the_terminal_back_and_then_kills)
{
    char seen[TEXT_BYTES];
    struct termios state;
    int master = -1, slave = -1;

    ck_assert_int_eq(openpty(&master, &slave, NULL, NULL, NULL), 0);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        close(master);
        if (login_tty(dup(slave)) != 0)
            _exit(101);
        ask_in_child();
    }
    read_until(master, "Passphrase: ", seen);
    ck_assert_int_eq(tcgetattr(slave, &state), 0);
    ck_assert_uint_eq(state.c_lflag & ECHO, 0);
    ck_assert_int_eq(write(master, "ope\x03", 4), 4);
    int status = status_of(child);
    ck_assert(WIFSIGNALED(status));
    ck_assert_int_eq(WTERMSIG(status), SIGINT);
    ck_assert_int_eq(tcgetattr(slave, &state), 0);
    ck_assert_uint_ne(state.c_lflag & ECHO, 0);
    close(slave);
    close(master);
}
END_TEST

START_TEST(without_a_terminal_there_is_no_prompt)
{
    char secret[16];
    size_t len = 7;

    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        setsid();
        enum err err = term_ask_passphrase("?", secret, sizeof secret, &len);
        _exit(err == ERR_NOT_FOUND && len == 0 ? 0 : 1);
    }
    ck_assert_int_eq(status_of(child), 0);
}
END_TEST

static enum err
read_from_pipe(const char *text, size_t text_len, char *out, size_t out_bytes, size_t *len)
{
    int ends[2];

    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(write(ends[1], text, text_len), (ssize_t)text_len);
    close(ends[1]);
    enum err err = term_read_passphrase(ends[0], out, out_bytes, len);
    close(ends[0]);
    return err;
}

START_TEST(a_passphrase_from_a_descriptor_is_its_first_line)
{
    char out[8];
    size_t len = 0;

    ck_assert_int_eq(read_from_pipe("abc\ndef\n", 8, out, sizeof out, &len), ERR_OK);
    ck_assert_str_eq(out, "abc");
    ck_assert_int_eq(read_from_pipe("abc\r\n", 5, out, sizeof out, &len), ERR_OK);
    ck_assert_str_eq(out, "abc");
    ck_assert_int_eq(read_from_pipe("1234567", 7, out, sizeof out, &len), ERR_OK);
    ck_assert_uint_eq(len, 7);
    ck_assert_int_eq(read_from_pipe("12345678\n", 9, out, sizeof out, &len), ERR_RANGE);
    ck_assert_uint_eq(len, 0);
    ck_assert_int_eq(read_from_pipe("", 0, out, sizeof out, &len), ERR_FORMAT);
    ck_assert_int_eq(read_from_pipe("\n", 1, out, sizeof out, &len), ERR_FORMAT);
    ck_assert_int_eq(read_from_pipe("a\0b\n", 4, out, sizeof out, &len), ERR_FORMAT);
    ck_assert_mem_eq(out, "\0\0\0\0\0\0\0\0", sizeof out);
    ck_assert_int_eq(term_read_passphrase(-1, out, sizeof out, &len), ERR_IO);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("term_secret");
    TCase *tcase = tcase_create("prompt");
    SRunner *runner = srunner_create(suite);

    term_init();
    tcase_set_timeout(tcase, 30);
    tcase_add_test(tcase, a_passphrase_is_asked_without_echo);
    tcase_add_test(tcase, a_passphrase_that_is_too_long_is_refused);
    tcase_add_test(tcase, ctrl_c_at_the_prompt_gives_the_terminal_back_and_then_kills);
    tcase_add_test(tcase, without_a_terminal_there_is_no_prompt);
    tcase_add_test(tcase, a_passphrase_from_a_descriptor_is_its_first_line);
    suite_add_tcase(suite, tcase);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
