/*
 * Goal: a number compares equal however it was typed, and a range holds what its owner meant.
 * Method: spellings by hand, Doc 9303's check digits, and counting as oracle for ranges.
 */
#include "proto/document_number.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

START_TEST(every_spelling_of_a_number_becomes_the_same)
{
    static const char *const texts[] = {
        "TR1234567",   "tr1234567",          " TR 1234567 ",         "TR-123-4567", "TR1234567<<",
        "TR.123/4567", "ＴＲ１２３４５６７", "ｔｒ１２３－４５６７", "TR　1234567"};
    struct document_number number;

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        ck_assert_int_eq(document_number_normalise(texts[i], &number), ERR_OK);
        ck_assert_str_eq(number.text, "TR1234567");
        ck_assert(document_number_is_normal(number.text));
    }
}
END_TEST

START_TEST(what_is_no_number_is_refused_and_changes_nothing)
{
    static const char *const texts[] = {"",     " - ",  "<<<",        "TR#1",  "TR123\n",
                                        "旅券", "É123", "TR\xe3\x80", "TR\xff"};
    struct document_number number = {"KEPT"};

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        ck_assert_msg(document_number_normalise(texts[i], &number) == ERR_FORMAT, "%zu", i);
    ck_assert_int_eq(document_number_normalise("1234567890123456789012", &number), ERR_OK);
    strcpy(number.text, "KEPT");
    ck_assert_int_eq(document_number_normalise("12345678901234567890123", &number), ERR_FULL);
    ck_assert_str_eq(number.text, "KEPT");
}
END_TEST

START_TEST(only_capitals_and_digits_are_the_one_spelling)
{
    ck_assert(document_number_is_normal("1"));
    ck_assert(document_number_is_normal("1234567890123456789012"));
    ck_assert(!document_number_is_normal("12345678901234567890123"));
    ck_assert(!document_number_is_normal(""));
    ck_assert(!document_number_is_normal("tr1"));
    ck_assert(!document_number_is_normal("TR 1"));
    ck_assert(!document_number_is_normal("TR1<"));
}
END_TEST

START_TEST(check_digits_are_those_of_doc_9303)
{
    ck_assert_int_eq(document_number_check_digit("L898902C3", 9), '6');
    ck_assert_int_eq(document_number_check_digit("D23145890", 9), '7');
    ck_assert_int_eq(document_number_check_digit("D23145890734", 12), '9');
    ck_assert_int_eq(document_number_check_digit("520727", 6), '3');
    ck_assert_int_eq(document_number_check_digit("AB2134", 6), '5');
    ck_assert_int_eq(document_number_check_digit("AB2134<<<", 9), '5');
    ck_assert_int_eq(document_number_check_digit("740812", 6), '2');
    ck_assert_int_eq(document_number_check_digit("", 0), '0');
}
END_TEST

START_TEST(a_range_counts_what_lies_in_it)
{
    uint32_t count = 0;
    char last[DOCUMENT_NUMBER_BYTES];

    for (unsigned i = 995; i < 2000; i++) {
        snprintf(last, sizeof last, "TR%07u", i);
        ck_assert_int_eq(document_number_count_range("TR0000995", last, &count), ERR_OK);
        ck_assert_uint_eq(count, i - 994);
    }
    ck_assert_int_eq(document_number_count_range("7", "7", &count), ERR_OK);
    ck_assert_uint_eq(count, 1);
    ck_assert_int_eq(document_number_count_range("A000001", "A1000000", &count), ERR_FORMAT);
    ck_assert_int_eq(document_number_count_range("A0000001", "A1000000", &count), ERR_OK);
    ck_assert_uint_eq(count, DOCUMENT_RANGE_MAX);
}
END_TEST

START_TEST(what_is_no_range_is_refused_and_changes_nothing)
{
    static const struct {
        const char *first, *last;
        enum err err;
    } rows[] = {{"TR1", "TS2", ERR_FORMAT},
                {"TR1", "TR22", ERR_FORMAT},
                {"ABC", "ABD", ERR_FORMAT},
                {"tr1", "tr2", ERR_FORMAT},
                {"", "", ERR_FORMAT},
                {"TR12", "TRA2", ERR_FORMAT},
                {"TR2", "TR1", ERR_RANGE},
                {"A0000000", "A1000000", ERR_FULL},
                {"0000000000000000000000", "9999999999999999999999", ERR_FULL}};
    uint32_t count = 77;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ck_assert_int_eq(document_number_count_range(rows[i].first, rows[i].last, &count),
                         rows[i].err);
        ck_assert_uint_eq(count, 77);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("document_number");
    TCase *tcase = tcase_create("document_number");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_test(tcase, every_spelling_of_a_number_becomes_the_same);
    tcase_add_test(tcase, what_is_no_number_is_refused_and_changes_nothing);
    tcase_add_test(tcase, only_capitals_and_digits_are_the_one_spelling);
    tcase_add_test(tcase, check_digits_are_those_of_doc_9303);
    tcase_add_test(tcase, a_range_counts_what_lies_in_it);
    tcase_add_test(tcase, what_is_no_range_is_refused_and_changes_nothing);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
