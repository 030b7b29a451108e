/*
 * Goal: a list is read into the records that its rows are; what is wrong is named by line, column
 * and rule, and nothing else is lost by it.
 * Method: rows of names and rows by hand, each rule broken once; whole lists from a pipe, sound and
 * damaged, also in pieces that divide anywhere.
 */
#include "clients/node/io/import_csv.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define NAMES                                                                                      \
    "din,issuing_country,type,fraud_type,date_of_issue,date_of_expiry,stolen_on,review_date\n"

static struct imported taken[64];
static size_t taken_count;
static struct import_csv_counts counts;
static struct problems problems;

static enum err
take(void *data, const struct imported *record)
{
    (void)data;
    ck_assert_uint_lt(taken_count, 64);
    taken[taken_count++] = *record;
    return ERR_OK;
}

static enum err
read_list_of(const char *text, size_t len)
{
    static const char *const skipped[] = {"Remark"};
    int fd = memfd_create("list", MFD_CLOEXEC);
    const struct import_csv_options options = {
        .fd = fd, .skipped = skipped, .skipped_count = 1, .today = {2026, 11, 24}, .take = take};

    taken_count = 0;
    problems = (struct problems){.count = 0};
    ck_assert_int_eq(write(fd, text, len), (ssize_t)len);
    ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
    enum err err = import_csv_read(&options, &counts, &problems);
    close(fd);
    return err;
}

static enum err
read_list(const char *text)
{
    return read_list_of(text, strlen(text));
}

START_TEST(a_sound_row_is_the_record_that_it_says)
{
    ck_assert_int_eq(
        read_list("Review Date;DIN;ISSUING-COUNTRY;type of document;Fraud;remark;lost_on;"
                  "theft reporting country;national_reference\n"
                  "2030-01-02;tr-123 4567;JPN;diplomatic passport;Stolen Blank;secret;2024-03;FRA;"
                  "A/1\n"),
        ERR_OK);
    ck_assert_uint_eq(taken_count, 1);
    ck_assert_str_eq(taken[0].number.text, "TR1234567");
    ck_assert_str_eq(taken[0].state, "JPN");
    ck_assert_str_eq(taken[0].reporting, "FRA");
    ck_assert_str_eq(taken[0].reference, "A/1");
    ck_assert_int_eq(taken[0].type,
                     DENREI__V1__TRAVEL_DOCUMENT_TYPE__TRAVEL_DOCUMENT_TYPE_DIPLOMATIC_PASSPORT);
    ck_assert_int_eq(taken[0].status, DENREI__V1__LOST_STATUS__LOST_STATUS_STOLEN_BLANK);
    ck_assert_uint_eq(taken[0].lost_on.month, 3);
    ck_assert_uint_eq(taken[0].lost_on.day, 0);
    ck_assert_uint_eq(taken[0].review.year, 2030);
    ck_assert(problems_is_empty(&problems));
}
END_TEST

START_TEST(without_a_review_date_a_record_counts_for_ten_years)
{
    ck_assert_int_eq(read_list(NAMES "A1,JPN,P,LOST,,,2024-03-07,\nA2,JPN,P,LOST,,,,\n"
                                     "A3,JPN,P,LOST,,,2016-11-24,\nA4,JPN,P,LOST,,,2016-11-23,\n"
                                     "A5,JPN,P,LOST,,,,2026-11-23\n"),
                     ERR_OK);
    ck_assert_uint_eq(taken_count, 3);
    ck_assert_uint_eq(taken[0].review.year, 2034);
    ck_assert_uint_eq(taken[1].review.year, 2036);
    ck_assert_str_eq(taken[2].number.text, "A3");
    ck_assert_uint_eq(counts.past, 2);
}
END_TEST

static const struct {
    const char *row, *path, *wrong;
} BAD_ROWS[] = {
    {"A!,JPN,P,LOST,,,,", "line 3, column 1 (din)", "no document number"},
    {"12345678901234567890123,JPN,P,LOST,,,,", "line 3, column 1 (din)", "no document number"},
    {"A1,JPX,P,LOST,,,,", "line 3, column 2 (issuing_country)", "no issuing country"},
    {"A1,XXA,P,LOST,,,,", "line 3, column 2 (issuing_country)", "no issuing country"},
    {"A1,Japan,P,LOST,,,,", "line 3, column 2 (issuing_country)", "no issuing country"},
    {"A1,JPN,PASPORT,LOST,,,,", "line 3, column 3 (type)", "no type of document"},
    {"A1,JPN,P,UNSPECIFIED,,,,", "line 3, column 4 (fraud_type)", "no type of fraud"},
    {"A1,JPN,P,LOST,20/05/2021,,,", "line 3, column 5 (date_of_issue)", "no date"},
    {"A1,JPN,P,LOST,2021-05,,,", "line 3, column 5 (date_of_issue)", "no date"},
    {"A1,JPN,P,LOST,,2021-02-29,,", "line 3, column 6 (date_of_expiry)", "no day of the calendar"},
    {"A1,JPN,P,LOST,2031-01-01,2021-01-01,,", "line 3", "expires before"},
    {"A1,JPN,P,LOST,,,2026-12-24,", "line 3", "in the future"},
    {"A1,JPN,P,STOLEN_BLANK,2021-01-01,,,", "line 3", "a blank was never issued"},
    {"A1,JPN,P,LOST,,,,2037-01-01", "line 3", "more than 10 years"},
    {",JPN,P,LOST,,,,", "line 3", "mandatory field"},
    {"A1,JPN,P,,2021-05-20,,,", "line 3", "mandatory field"},
    {"A1,JPN,P,LOST", "line 3", "4 fields, the first row 8"},
    {"A1,JPN,P,LOST,,,,,,", "line 3", "10 fields, the first row 8"},
    {"A1,JP\"N,P,LOST,,,,", "line 3, column 2 (issuing_country)", "a quote stands"},
    {"A1,\"JPN\"x,P,LOST,,,,", "line 3, column 2 (issuing_country)", "a quote stands"},
    {"\xff\xfe,JPN,P,LOST,,,,", "line 3, column 1 (din)", "no document number"},
};

START_TEST(a_row_that_is_wrong_is_named_and_the_others_are_taken)
{
    char text[512];

    snprintf(text, sizeof text, NAMES "G1,JPN,P,LOST,,,,\n%s\n\r\nG2,JPN,P,LOST,,,,\n",
             BAD_ROWS[_i].row);
    ck_assert_int_eq(read_list(text), ERR_OK);
    ck_assert_uint_eq(counts.rejected, 1);
    ck_assert_uint_eq(taken_count, 2);
    ck_assert_str_eq(taken[1].number.text, "G2");
    ck_assert_uint_eq(problems.count, 1);
    ck_assert_str_eq(problems.list[0].path.text, BAD_ROWS[_i].path);
    ck_assert_ptr_nonnull(strstr(problems.list[0].wrong, BAD_ROWS[_i].wrong));
    ck_assert_str_ne(problems.list[0].cure, "");
}
END_TEST

static const struct {
    const char *text, *wrong;
} BAD_LISTS[] = {
    {"", "the list is empty"},
    {"\n \n", "the list is empty"},
    {"din,type,fraud_type\n", "issuing_country is missing"},
    {"din,din,type,fraud_type,country\n", "din is there twice"},
    {"din,number,type,fraud_type,country\n", "din is there twice"},
    {"din,type,fraud_type,country,reveiw_date\n", "no column \"reveiw_date\""},
    {"din,type,fraud_type,country,\n", "no name of a column"},
    {"din,ty\"pe,fraud_type,country\n", "a quote stands"},
    {"\"din,type,fraud_type,country\n", "does not end"},
    {"\xff\xfe"
     "d",
     "UTF-16"},
};

START_TEST(a_list_whose_first_row_is_wrong_is_refused)
{
    size_t len = _i == 9 ? 3 : strlen(BAD_LISTS[_i].text);

    ck_assert_int_eq(read_list_of(BAD_LISTS[_i].text, len), ERR_FORMAT);
    ck_assert_uint_gt(problems.count, 0);
    ck_assert_msg(strstr(problems.list[0].wrong, BAD_LISTS[_i].wrong) != NULL, "%s",
                  problems.list[0].wrong);
    ck_assert_uint_eq(taken_count, 0);
}
END_TEST

START_TEST(a_quote_that_never_ends_costs_its_own_line_alone)
{
    static char text[64 << 10];
    size_t len =
        (size_t)snprintf(text, sizeof text, NAMES "G1,JPN,P,LOST,,,,\n\"BAD,JPN,P,LOST,,,,\n");

    for (int i = 0; i < 40; i++) /* more than a row may have */
        len +=
            (size_t)snprintf(text + len, sizeof text - len, "N%d,JPN,P,LOST,,,,%*s\n", i, 600, "");
    ck_assert_int_eq(read_list(text), ERR_OK);
    ck_assert_uint_eq(counts.rejected, 1);
    ck_assert_str_eq(problems.list[0].path.text, "line 3, column 1 (din)");
    ck_assert_uint_eq(taken_count, 41);
    ck_assert_str_eq(taken[40].number.text, "N39");
}
END_TEST

START_TEST(a_line_that_never_ends_costs_itself_alone)
{
    static char text[4 << 20];
    size_t len = (size_t)snprintf(text, sizeof text, NAMES "G1,JPN,P,LOST,,,,\n");

    memset(text + len, 'x', 3 << 20);
    len += 3 << 20;
    len += (size_t)snprintf(text + len, sizeof text - len, "\nG2,JPN,P,LOST,,,,");
    ck_assert_int_eq(read_list_of(text, len), ERR_OK);
    ck_assert_uint_eq(counts.rejected, 1);
    ck_assert_str_eq(problems.list[0].path.text, "line 3, column 1 (din)");
    ck_assert_ptr_nonnull(strstr(problems.list[0].wrong, "16 KiB"));
    ck_assert_uint_eq(taken_count, 2);
}
END_TEST

START_TEST(quotes_line_ends_and_blanks_are_csv)
{
    ck_assert_int_eq(read_list("\xef\xbb\xbf"
                               "din,country,type,fraud,remark\r\n"
                               "\"A1\",\"JPN\", P ,LOST,\"two\r\nlines, \"\"quoted\"\"\"\r\n"
                               "\r\nA2,JPN,P,LOST,"),
                     ERR_OK);
    ck_assert_uint_eq(counts.rejected, 0);
    ck_assert_uint_eq(taken_count, 2);
    ck_assert_str_eq(taken[1].number.text, "A2");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("import_row");
    TCase *tcase = tcase_create("import_row");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_test(tcase, a_sound_row_is_the_record_that_it_says);
    tcase_add_test(tcase, without_a_review_date_a_record_counts_for_ten_years);
    tcase_add_loop_test(tcase, a_row_that_is_wrong_is_named_and_the_others_are_taken, 0,
                        sizeof BAD_ROWS / sizeof BAD_ROWS[0]);
    tcase_add_loop_test(tcase, a_list_whose_first_row_is_wrong_is_refused, 0,
                        sizeof BAD_LISTS / sizeof BAD_LISTS[0]);
    tcase_add_test(tcase, a_quote_that_never_ends_costs_its_own_line_alone);
    tcase_add_test(tcase, a_line_that_never_ends_costs_itself_alone);
    tcase_add_test(tcase, quotes_line_ends_and_blanks_are_csv);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
