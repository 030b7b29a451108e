/*
 * Goal: times are written and read as RFC 3339 says, and nothing else is read.
 * Method: the C library's calendar as oracle over every day from 1970 to 9999, then examples.
 */
#include "proto/limits.h"
#include "proto/time_text.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct span
span_of(const char *text)
{
    return (struct span){(const uint8_t *)text, strlen(text)};
}

START_TEST(every_day_reads_as_the_c_library_says_and_back)
{
    for (uint64_t day = 0; day <= TIME_MS_MAX / DAY_MS; day++) {
        uint64_t ms = day * DAY_MS + (day * 7919) % DAY_MS, back = 0;
        time_t seconds = (time_t)(ms / 1000);
        struct tm tm;
        char want[64];
        ck_assert_ptr_nonnull(gmtime_r(&seconds, &tm));
        snprintf(want, sizeof want, "%04d-%02d-%02dT%02d:%02d:%02d.%03uZ", tm.tm_year + 1900,
                 tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec,
                 (unsigned)(ms % 1000));
        struct time_text got = time_text_utc(ms);
        if (strcmp(got.text, want) != 0)
            ck_abort_msg("%s is not %s", got.text, want);
        if (time_text_parse(span_of(want), &back) != ERR_OK || back != ms)
            ck_abort_msg("%s is not read back", want);
    }
}
END_TEST

START_TEST(zones_shift_the_reading_and_not_the_moment)
{
    static const struct {
        uint64_t ms;
        int offset_minutes;
        const char *text;
    } rows[] = {{1738249199000, 540, "2025-01-30T23:59:59+09:00"},
                {1738249199000, -210, "2025-01-30T11:29:59-03:30"},
                {0, 0, "1970-01-01T00:00:00+00:00"},
                {0, 60, "1970-01-01T01:00:00+01:00"},
                {0, -60, "1970-01-01T00:00:00+00:00"}}; /* no year 1969: shown in UTC */
    uint64_t back = 0;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct time_text got = time_text_zone(rows[i].ms, rows[i].offset_minutes);
        ck_assert_str_eq(got.text, rows[i].text);
        ck_assert_int_eq(time_text_parse(span_of(got.text), &back), ERR_OK);
        ck_assert_uint_eq(back, rows[i].ms);
    }
}
END_TEST

START_TEST(allowed_forms_are_read)
{
    static const struct {
        const char *text;
        uint64_t ms;
    } rows[] = {{"1970-01-01T00:00:00Z", 0},
                {"1970-01-01t00:00:00z", 0},
                {"1970-01-01T00:00:00.5Z", 500},
                {"1970-01-01T00:00:00.123456789Z", 123},
                {"1970-01-01T09:00:00+09:00", 0},
                {"1969-12-31T23:00:00-01:00", 0},
                {"2000-02-29T00:00:00Z", 951782400000},
                {"9999-12-31T23:59:59.999Z", TIME_MS_MAX}};
    uint64_t ms = 1;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ck_assert_msg(time_text_parse(span_of(rows[i].text), &ms) == ERR_OK, "%s", rows[i].text);
        ck_assert_uint_eq(ms, rows[i].ms);
    }
}
END_TEST

START_TEST(other_forms_are_refused_and_change_nothing)
{
    static const char *const malformed[] = {"",
                                            "2025",
                                            "2025-01-31",
                                            "2025-01-31T00:00:00",
                                            "2025-01-31 00:00:00Z",
                                            "2025-1-31T00:00:00Z",
                                            "2025-01-31T00:00:00.Z",
                                            "2025-01-31T00:00:00Z ",
                                            " 2025-01-31T00:00:00Z",
                                            "2025-01-31T00:00:00+0900",
                                            "2025-01-31T00:00:00+9:00",
                                            "+025-01-31T00:00:00Z",
                                            "2025-01-31T00:00Z"};
    static const char *const impossible[] = {
        "2025-00-01T00:00:00Z",      "2025-13-01T00:00:00Z",      "2025-01-00T00:00:00Z",
        "2025-02-29T00:00:00Z",      "1900-02-29T00:00:00Z",      "2025-04-31T00:00:00Z",
        "2025-01-01T24:00:00Z",      "2025-01-01T00:60:00Z",      "2016-12-31T23:59:60Z",
        "2025-01-01T00:00:00+24:00", "2025-01-01T00:00:00+00:60", "1969-12-31T23:59:59Z",
        "9999-12-31T23:59:59-00:01", "0000-01-01T00:00:00Z"};
    uint64_t ms = 42;

    for (size_t i = 0; i < sizeof malformed / sizeof malformed[0]; i++)
        ck_assert_msg(time_text_parse(span_of(malformed[i]), &ms) == ERR_FORMAT, "%s",
                      malformed[i]);
    for (size_t i = 0; i < sizeof impossible / sizeof impossible[0]; i++)
        ck_assert_msg(time_text_parse(span_of(impossible[i]), &ms) == ERR_RANGE, "%s",
                      impossible[i]);
    ck_assert_uint_eq(ms, 42);
}
END_TEST

START_TEST(a_time_beyond_the_last_is_held_to_it)
{
    ck_assert_str_eq(time_text_utc(UINT64_MAX).text, "9999-12-31T23:59:59.999Z");
    ck_assert_str_eq(time_text_zone(UINT64_MAX, 60).text, "9999-12-31T23:59:59+00:00");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("time_text");
    TCase *tcase = tcase_create("all");

    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, every_day_reads_as_the_c_library_says_and_back);
    tcase_add_test(tcase, zones_shift_the_reading_and_not_the_moment);
    tcase_add_test(tcase, allowed_forms_are_read);
    tcase_add_test(tcase, other_forms_are_refused_and_change_nothing);
    tcase_add_test(tcase, a_time_beyond_the_last_is_held_to_it);
    suite_add_tcase(suite, tcase);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
