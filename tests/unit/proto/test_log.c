/*
 * Goal: a log line is one event, and no value in it can forge another.
 * Method: a pipe in the place of standard error; hostile and long values.
 */
#include "proto/io/log.h"

#include <check.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { TEXT_BYTES = 8192 };

/* What one call wrote; the time in front is cut off after its shape was checked. */
static const char *
logged(int reader, char *out)
{
    ssize_t got = read(reader, out, TEXT_BYTES - 1);

    if (got <= 0)
        return "";
    out[got] = '\0';
    ck_assert_int_eq(out[got - 1], '\n');
    ck_assert_ptr_eq(strchr(out, '\n'), out + got - 1);
    ck_assert_int_eq(out[23], 'Z');
    ck_assert_int_eq(out[24], ' ');
    return out + 25;
}

START_TEST(a_log_line_is_one_event_whatever_its_values_hold)
{
    static const uint8_t id[] = {0x3f, 0xa9, 0xc2, 0x10, 0xff};
    char line[TEXT_BYTES], large[3 * LOG_LINE_BYTES_MAX];
    int ends[2];

    ck_assert_int_eq(pipe2(ends, O_NONBLOCK), 0);
    ck_assert_int_ge(dup2(ends[1], STDERR_FILENO), 0);
    log_event(LOG_LEVEL_INFO, "deliver", "msg=%s node=%s queued=%u", log_id(id).text, "b7", 4u);
    ck_assert_str_eq(logged(ends[0], line), "info deliver msg=3fa9c210 node=b7 queued=4\n");
    log_event(LOG_LEVEL_WARN, "x", "a=%s b=%s c=%.*s", "x\nerror forged y=1", "", 2, "abc");
    ck_assert_str_eq(logged(ends[0], line), "warn x a=\"x\\nerror forged y=1\" b=\"\" c=ab\n");
    log_event(LOG_LEVEL_ERROR, "x", "a=%s b=%d c=%zu d=%llu e=%ld", "say \"hi\"", -5, (size_t)7,
              1ull << 63, -1l);
    ck_assert_str_eq(logged(ends[0], line),
                     "error x a=\"say \\\"hi\\\"\" b=-5 c=7 d=9223372036854775808 e=-1\n");
    log_event(LOG_LEVEL_DEBUG, "hidden", "a=%d", 1);
    ck_assert_str_eq(logged(ends[0], line), "");
    log_set_level(LOG_LEVEL_DEBUG);
    log_event(LOG_LEVEL_DEBUG, "shown", "%s", "");
    ck_assert_str_eq(logged(ends[0], line), "debug shown \"\"\n");
    memset(large, 'a', sizeof large);
    large[sizeof large - 1] = '\0';
    log_event(LOG_LEVEL_INFO, "long", "a=%s b=%d", large, 1);
    const char *got = logged(ends[0], line);
    ck_assert_uint_le(strlen(got) + 25, LOG_LINE_BYTES_MAX);
    ck_assert_str_eq(got + strlen(got) - 4, "...\n");
    close(ends[0]);
    close(ends[1]);
}
END_TEST

START_TEST(levels_are_read_by_name)
{
    enum log_level level = LOG_LEVEL_ERROR;

    ck_assert_int_eq(log_level_parse("debug", &level), ERR_OK);
    ck_assert_int_eq(level, LOG_LEVEL_DEBUG);
    ck_assert_int_eq(log_level_parse("loud", &level), ERR_UNKNOWN);
    ck_assert_int_eq(level, LOG_LEVEL_DEBUG);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("log");
    TCase *tcase = tcase_create("lines");
    SRunner *runner = srunner_create(suite);

    tcase_add_test(tcase, a_log_line_is_one_event_whatever_its_values_hold);
    tcase_add_test(tcase, levels_are_read_by_name);
    suite_add_tcase(suite, tcase);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
