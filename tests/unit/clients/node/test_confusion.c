/*
 * Goal: numbers that readers confuse are found and graded, others never; the order of keys is that
 * of skeletons.
 * Method: grades by hand; every pair of characters, and random pairs of numbers, against the
 * classes written out here a second time.
 */
#include "clients/node/confusion.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static const char CHARACTERS[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
static const char *const CLASSES[] = {"0ODQ", "1IL", "2Z", "5S", "6G", "8B", "UV"};

static struct confusion_grade grade;

static bool
are_alike(char a, char b)
{
    for (size_t i = 0; i < sizeof CLASSES / sizeof CLASSES[0]; i++) {
        if (strchr(CLASSES[i], a) != NULL && strchr(CLASSES[i], b) != NULL)
            return true;
    }
    return a == b;
}

/* The score of what is on record for a number that somebody typed. */
static unsigned
score(const char *number, const char *state, const char *recorded, const char *recorded_state)
{
    struct screen_query query = {.has_mrz = false};

    strcpy(query.number.text, number);
    strcpy(query.state, state);
    return confusion_compare(&query, recorded, recorded_state, &grade) ? grade.score : 0;
}

START_TEST(characters_are_alike_as_their_classes_say)
{
    for (const char *a = CHARACTERS; *a != '\0'; a++) {
        for (const char *b = CHARACTERS; *b != '\0'; b++) {
            const char left[2] = {*a, '\0'}, right[2] = {*b, '\0'};
            unsigned want = *a == *b ? 100 : are_alike(*a, *b) ? 80 : 0;
            ck_assert_uint_eq(score(left, "JPN", right, "JPN"), want);
            ck_assert_int_eq(confusion_class(*a) == confusion_class(*b), are_alike(*a, *b));
        }
    }
}
END_TEST

START_TEST(no_two_digits_are_alike)
{
    for (char a = '0'; a <= '9'; a++)
        ck_assert_int_eq(confusion_class(a), a);
}
END_TEST

START_TEST(each_confusion_lowers_the_score_and_is_named)
{
    ck_assert_uint_eq(score("TR0123456", "JPN", "TR0123456", "JPN"), 100);
    ck_assert_str_eq(grade.reason, "number and issuing state are the same");
    ck_assert_uint_eq(score("TRO123456", "JPN", "TR0123456", "JPN"), 80);
    ck_assert_str_eq(grade.reason, "the number on record has 0 for O at place 3");
    ck_assert_uint_eq(score("TROI23456", "JPN", "TR0123456", "JPN"), 70);
    ck_assert_uint_eq(score("TROIZ3456", "JPN", "TR0123456", "JPN"), 60);
    ck_assert_uint_eq(score("TROIZ34S6", "JPN", "TR0123456", "JPN"), 50);
    ck_assert_uint_eq(score("TROIZ34SG", "JPN", "TR0123456", "JPN"), 0);
    ck_assert_uint_eq(score("TR012345", "JPN", "TR0123456", "JPN"), 0);
    ck_assert_uint_eq(score("TR01234567", "JPN", "TR0123456", "JPN"), 0);
}
END_TEST

START_TEST(another_code_of_the_same_issuer_scores_less_and_another_issuer_nothing)
{
    ck_assert_uint_eq(score("123456789", "GBR", "123456789", "GBD"), 85);
    ck_assert_ptr_nonnull(strstr(grade.reason, "GBD"));
    ck_assert_uint_eq(score("123456789", "GBN", "123456789", "GBO"), 85);
    ck_assert_uint_eq(score("K01234567", "HKG", "KO1234567", "CHN"), 65);
    ck_assert_uint_eq(score("123456789", "UNO", "123456789", "UNA"), 85);
    ck_assert_uint_eq(score("123456789", "D", "123456789", "DOM"), 0);
    ck_assert_uint_eq(score("123456789", "JPN", "123456789", "KOR"), 0);
}
END_TEST

START_TEST(a_star_is_any_digit_or_what_is_taken_for_one)
{
    ck_assert_uint_eq(score("TR1234567", "JPN", "TR12345**", "JPN"), 100);
    ck_assert_uint_eq(score("TR12345O7", "JPN", "TR12345**", "JPN"), 80);
    ck_assert_uint_eq(score("TR12345A7", "JPN", "TR12345**", "JPN"), 0);
    ck_assert_uint_eq(score("TR12345U7", "JPN", "TR12345**", "JPN"), 0);
}
END_TEST

/* A zone whose number has the right check digit: only a mistyped record can differ. */
START_TEST(the_check_digit_of_a_zone_weighs_a_confusion)
{
    struct screen_query query = {.has_mrz = true, .state = "JPN"};
    struct mrz_digit *digit = &query.mrz.digits[MRZ_CHECK_NUMBER];

    strcpy(query.number.text, "TRO123456");
    digit->found = document_number_check_digit("TRO123456", 9);
    ck_assert(confusion_compare(&query, "TR0123456", "JPN", &grade));
    ck_assert_uint_eq(grade.score, 65);
    ck_assert_ptr_nonnull(strstr(grade.reason, "does not fit the check digit"));
    digit->found = document_number_check_digit("TR0123456", 9);
    ck_assert(confusion_compare(&query, "TR0123456", "JPN", &grade));
    ck_assert_uint_eq(grade.score, 90);
    ck_assert_ptr_nonnull(strstr(grade.reason, "it fits the check digit"));
    ck_assert(confusion_compare(&query, "TRO123456", "JPN", &grade));
    ck_assert_uint_eq(grade.score, 100);
}
END_TEST

static void
random_number(char out[DOCUMENT_NUMBER_BYTES])
{
    size_t len = 1 + (size_t)rand() % (DOCUMENT_NUMBER_BYTES - 1);

    for (size_t i = 0; i < len; i++)
        out[i] = "0O1I8BA"[rand() % 7];
    out[len] = '\0';
}

START_TEST(keys_sort_as_skeletons_do_and_are_the_same_for_those_alone_that_are_alike)
{
    srand(1);
    for (int i = 0; i < 200000; i++) {
        struct document_number a = {{0}}, b = {{0}}, left, right;
        random_number(a.text);
        random_number(b.text);
        if (i % 2 == 0) /* often nearly the same */
            memcpy(b.text, a.text, (size_t)rand() % (strlen(a.text) + 1));
        b.text[DOCUMENT_NUMBER_BYTES - 1] = '\0';
        confusion_skeleton(&a, &left);
        confusion_skeleton(&b, &right);
        int want = strcmp(left.text, right.text);
        int got = confusion_key_compare(confusion_key(a.text, strlen(a.text)),
                                        confusion_key(b.text, strlen(b.text)));
        ck_assert_int_eq((got > 0) - (got < 0), (want > 0) - (want < 0));
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("confusion");
    TCase *tcase = tcase_create("confusion");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_test(tcase, characters_are_alike_as_their_classes_say);
    tcase_add_test(tcase, no_two_digits_are_alike);
    tcase_add_test(tcase, each_confusion_lowers_the_score_and_is_named);
    tcase_add_test(tcase, another_code_of_the_same_issuer_scores_less_and_another_issuer_nothing);
    tcase_add_test(tcase, a_star_is_any_digit_or_what_is_taken_for_one);
    tcase_add_test(tcase, the_check_digit_of_a_zone_weighs_a_confusion);
    tcase_add_test(tcase,
                   keys_sort_as_skeletons_do_and_are_the_same_for_those_alone_that_are_alike);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
