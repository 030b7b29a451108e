/*
 * Goal: dates are read and compared as the calendar has them, partial ones included.
 * Method: the C library's gmtime and timegm as oracle over every day of 1900 to 2200, and the
 * edges by hand.
 */
#include "proto/date_text.h"
#include "proto/limits.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct date_text
date(const char *text)
{
    struct date_text out;

    ck_assert_msg(date_text_parse(text, &out) == ERR_OK, "%s", text);
    return out;
}

static void
assert_date(struct date_text got, const char *want)
{
    char text[DATE_TEXT_BYTES];

    date_text_format(got, text);
    ck_assert_str_eq(text, want);
}

START_TEST(what_is_written_is_what_was_read)
{
    static const char *const texts[] = {"1985",       "1985-03",    "1985-03-07", "2024-02-29",
                                        "2000-02-29", "0001-01-01", "9999-12-31"};

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_date(date(texts[i]), texts[i]);
}
END_TEST

START_TEST(another_shape_is_refused_and_changes_nothing)
{
    static const char *const texts[] = {
        "",           "85",         "198",        "1985-",      "1985-3",      "1985-03-7",
        "1985/03/07", "1985-03/07", "85-03-07",   "1985-03-0x", "1985-03-07T", " 1985",
        "+985",       "1985-xx",    "07.03.1985", "19850307",   "１９８５"};
    struct date_text out = {1, 2, 3};

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        ck_assert_msg(date_text_parse(texts[i], &out) == ERR_FORMAT, "%s", texts[i]);
    ck_assert(out.year == 1 && out.month == 2 && out.day == 3);
}
END_TEST

START_TEST(a_day_that_the_calendar_lacks_is_refused)
{
    static const char *const texts[] = {"0000",       "1985-00",    "1985-13",    "1985-03-00",
                                        "1985-03-32", "1985-04-31", "2023-02-29", "1900-02-29",
                                        "2100-02-29", "2024-02-30"};
    struct date_text out = {1, 2, 3};

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        ck_assert_msg(date_text_parse(texts[i], &out) == ERR_RANGE, "%s", texts[i]);
    ck_assert_uint_eq(out.year, 1);
}
END_TEST

START_TEST(times_become_the_days_that_the_c_library_gives)
{
    for (int64_t day = 0; day < 84370; day++) { /* to 2200 */
        const time_t seconds = (time_t)(day * 86400 + 86399);
        struct tm tm;
        gmtime_r(&seconds, &tm);
        const struct date_text got = date_text_from_ms((uint64_t)seconds * 1000 + 999);
        ck_assert(got.year == tm.tm_year + 1900 && got.month == tm.tm_mon + 1 &&
                  got.day == tm.tm_mday);
        ck_assert_uint_eq(date_text_to_ms(got), (uint64_t)day * DAY_MS);
    }
    assert_date(date_text_from_ms(0), "1970-01-01");
    assert_date(date_text_from_ms(TIME_MS_MAX), "9999-12-31");
    ck_assert_uint_eq(date_text_to_ms(date("1969-12-31")), 0);
    ck_assert_int_eq(date_text_days(date("1969-12-31")), -1);
    ck_assert_int_eq(date_text_days(date("0001-01-01")), -719162);
}
END_TEST

START_TEST(partial_dates_span_all_that_they_can_mean)
{
    ck_assert(date_text_is_before(date("2024-02"), date("2024-03-01")));
    ck_assert(!date_text_is_before(date("2024-02"), date("2024-02-29"))); /* of a leap year */
    ck_assert(date_text_is_before(date("2024-01-31"), date("2024-02")));
    ck_assert(!date_text_is_before(date("2024-02-01"), date("2024-02")));
    ck_assert(date_text_is_before(date("1984-12-31"), date("1985")));
    ck_assert(date_text_is_before(date("1985"), date("1986-01-01")));
    ck_assert(!date_text_is_before(date("1985"), date("1985-12-31")));
    ck_assert(date_text_is_before(date("1984"), date("1985")));
    ck_assert(!date_text_is_before(date("1985"), date("1985-03-01")));
    ck_assert(!date_text_is_before(date("1985-03-01"), date("1985")));
    ck_assert(!date_text_is_complete(date("1985-03")));
    ck_assert(date_text_is_complete(date("1985-03-07")));
}
END_TEST

START_TEST(comparison_orders_days)
{
    static const char *const texts[] = {"1984-12-31", "1985-01-01", "1985-01-02",
                                        "1985-02-01", "2024-02-29", "9999-12-31"};
    const int count = (int)(sizeof texts / sizeof texts[0]);

    for (int i = 0; i < count; i++) {
        for (int j = 0; j < count; j++)
            ck_assert_int_eq(date_text_compare(date(texts[i]), date(texts[j])), (i > j) - (i < j));
    }
}
END_TEST

START_TEST(years_and_days_are_added_as_people_count_them)
{
    assert_date(date_text_add_years(date("2024-02-29"), 1), "2025-03-01");
    assert_date(date_text_add_years(date("2024-02-29"), 4), "2028-02-29");
    assert_date(date_text_add_years(date("2024-03-07"), 10), "2034-03-07");
    assert_date(date_text_add_years(date("9998-03-07"), 10), "9999-12-31");
    assert_date(date_text_add_days(date("2024-02-28"), 2), "2024-03-01");
    assert_date(date_text_add_days(date("2023-12-31"), 366), "2024-12-31");
    assert_date(date_text_add_days(date("9999-12-30"), 5), "9999-12-31");
    assert_date(date_text_add_days(date("0001-01-01"), UINT32_MAX), "9999-12-31");
}
END_TEST

START_TEST(a_date_made_elsewhere_is_judged)
{
    ck_assert(date_text_is_real((struct date_text){2024, 2, 29}));
    ck_assert(date_text_is_real((struct date_text){2024, 2, 0}));
    ck_assert(date_text_is_real((struct date_text){2024, 0, 0}));
    ck_assert(!date_text_is_real((struct date_text){2024, 0, 1}));
    ck_assert(!date_text_is_real((struct date_text){2023, 2, 29}));
    ck_assert(!date_text_is_real((struct date_text){2023, 13, 1}));
    ck_assert(!date_text_is_real((struct date_text){0, 1, 1}));
    ck_assert(!date_text_is_real((struct date_text){10000, 1, 1}));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("date_text");
    TCase *tcase = tcase_create("date_text");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_test(tcase, what_is_written_is_what_was_read);
    tcase_add_test(tcase, another_shape_is_refused_and_changes_nothing);
    tcase_add_test(tcase, a_day_that_the_calendar_lacks_is_refused);
    tcase_add_test(tcase, times_become_the_days_that_the_c_library_gives);
    tcase_add_test(tcase, partial_dates_span_all_that_they_can_mean);
    tcase_add_test(tcase, comparison_orders_days);
    tcase_add_test(tcase, years_and_days_are_added_as_people_count_them);
    tcase_add_test(tcase, a_date_made_elsewhere_is_judged);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
