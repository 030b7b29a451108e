/*
 * Goal: a wait ends when something can be read, when a signal came, or at its deadline, and says
 * which; clocks run forward and the local time is the same moment.
 * Method: pipes, a pair of sockets, and a signal to the process itself.
 */
#include "proto/io/clock.h"
#include "proto/io/loop.h"

#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

START_TEST(a_wait_names_the_sources_that_can_be_read)
{
    void *context = zmq_ctx_new();
    void *left = zmq_socket(context, ZMQ_PAIR), *right = zmq_socket(context, ZMQ_PAIR);
    int ends[2];

    ck_assert_int_eq(zmq_bind(left, "inproc://loop"), 0);
    ck_assert_int_eq(zmq_connect(right, "inproc://loop"), 0);
    ck_assert_int_eq(pipe(ends), 0);
    struct loop_source sources[] = {{.socket = left}, {.fd = ends[0], .ready = true}};
    ck_assert_int_eq(loop_wait(sources, 2, 0), ERR_TIMEOUT);
    ck_assert(!sources[0].ready && !sources[1].ready);
    ck_assert_int_eq(write(ends[1], "x", 1), 1);
    ck_assert_int_eq(loop_wait(sources, 2, UINT64_MAX), ERR_OK);
    ck_assert(!sources[0].ready && sources[1].ready);
    ck_assert_int_eq(zmq_send(right, "x", 1, 0), 1);
    ck_assert_int_eq(loop_wait(sources, 1, UINT64_MAX), ERR_OK);
    ck_assert(sources[0].ready);
    close(ends[0]);
    close(ends[1]);
    zmq_close(left);
    zmq_close(right);
    zmq_ctx_term(context);
}
END_TEST

START_TEST(a_wait_does_not_end_before_its_deadline)
{
    int ends[2];

    ck_assert_int_eq(pipe(ends), 0);
    struct loop_source source = {.fd = ends[0]};
    uint64_t begun_ms = clock_boot_ms();
    ck_assert_int_eq(loop_wait(&source, 1, begun_ms + 30), ERR_TIMEOUT);
    ck_assert_uint_ge(clock_boot_ms(), begun_ms + 29);
    close(ends[0]);
    close(ends[1]);
}
END_TEST

START_TEST(signals_come_as_something_to_read)
{
    static const int numbers[] = {SIGTERM, SIGINT, SIGHUP};
    int fd = -1;

    ck_assert_int_eq(loop_open_signals(&fd), ERR_OK);
    ck_assert_int_eq(loop_take_signal(fd), 0);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        struct loop_source source = {.fd = fd};
        ck_assert_int_eq(raise(numbers[i]), 0);
        ck_assert_int_eq(loop_wait(&source, 1, UINT64_MAX), ERR_OK);
        ck_assert_int_eq(loop_take_signal(fd), numbers[i]);
    }
    ck_assert_int_eq(loop_take_signal(fd), 0);
    close(fd);
}
END_TEST

static void
on_alarm(int number)
{
    (void)number;
}

START_TEST(a_signal_with_a_handler_cancels_the_wait)
{
    struct sigaction action = {.sa_handler = on_alarm};
    const struct timespec soon = {.tv_nsec = 20000000};
    /* Again and again: the first may come before the wait has begun. */
    const struct itimerspec often = {.it_interval = soon, .it_value = soon};
    timer_t timer;
    int ends[2];

    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(sigaction(SIGALRM, &action, NULL), 0);
    ck_assert_int_eq(timer_create(CLOCK_MONOTONIC, NULL, &timer), 0);
    ck_assert_int_eq(timer_settime(timer, 0, &often, NULL), 0);
    struct loop_source source = {.fd = ends[0]};
    ck_assert_int_eq(loop_wait(&source, 1, UINT64_MAX), ERR_CANCELLED);
    ck_assert_int_eq(timer_delete(timer), 0);
    close(ends[0]);
    close(ends[1]);
}
END_TEST

static uint64_t
milliseconds(const struct timespec *time)
{
    return (uint64_t)time->tv_sec * 1000 + (uint64_t)time->tv_nsec / 1000000;
}

START_TEST(clocks_agree_with_the_system_and_local_time_is_the_same_moment)
{
    uint64_t first_ms = clock_boot_ms(), back_ms = 0;
    struct timespec before, after;

    ck_assert_uint_ge(clock_boot_ms(), first_ms);
    ck_assert_int_eq(clock_gettime(CLOCK_REALTIME, &before), 0);
    uint64_t now_ms = clock_now_ms();
    ck_assert_int_eq(clock_gettime(CLOCK_REALTIME, &after), 0);
    ck_assert_uint_ge(now_ms, milliseconds(&before));
    ck_assert_uint_le(now_ms, milliseconds(&after));
    ck_assert_int_eq(setenv("TZ", "Asia/Tokyo", 1), 0);
    tzset();
    struct time_text local = clock_local_text(1738249199000);
    ck_assert_int_eq(
        time_text_parse((struct span){(uint8_t *)local.text, strlen(local.text)}, &back_ms),
        ERR_OK);
    ck_assert_uint_eq(back_ms, 1738249199000);
    ck_assert_int_eq(setenv("TZ", "JST-9", 1), 0);
    tzset();
    ck_assert_str_eq(clock_local_text(1738249199000).text, "2025-01-30T23:59:59+09:00");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("loop");
    TCase *tcase = tcase_create("all");

    tcase_add_test(tcase, a_wait_names_the_sources_that_can_be_read);
    tcase_add_test(tcase, a_wait_does_not_end_before_its_deadline);
    tcase_add_test(tcase, signals_come_as_something_to_read);
    tcase_add_test(tcase, a_signal_with_a_handler_cancels_the_wait);
    tcase_add_test(tcase, clocks_agree_with_the_system_and_local_time_is_the_same_moment);
    suite_add_tcase(suite, tcase);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
