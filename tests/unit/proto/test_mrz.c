/*
 * Goal: every specimen is read as Doc 9303 reads it, a wrong check digit is named, and nothing
 * that is no zone gets through.
 * Method: the specimens; then each of their characters changed to every other one, against an
 * oracle that knows only the weights; then the shapes people paste.
 */
#include "proto/mrz.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static const char td3[] = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n"
                          "L898902C36UTO7408122F1204159ZE184226B<<<<<10";
static const char td3_old[] = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n"
                              "L898902C<3UTO6908061F9406236ZE184226B<<<<<14";
static const char td2[] = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\n"
                          "D231458907UTO7408122F1204159<<<<<<<6";
static const char td1[] = "I<UTOD231458907<<<<<<<<<<<<<<<\n"
                          "7408122F1204159UTO<<<<<<<<<<<6\n"
                          "ERIKSSON<<ANNA<MARIA<<<<<<<<<<";
static const char td1_long[] = "I<UTOD23145890<7349<<<<<<<<<<<\n"
                               "3407127M9507122UTO<<<<<<<<<<<2\n"
                               "STEVENSON<<PETER<JOHN<<<<<<<<<";
static const char mrva[] = "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n"
                           "L8988901C4XXX4009078F96121096ZE184226B<<<<<<";
static const char mrvb[] = "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\n"
                           "L8988901C4XXX4009078F9612109<<<<<<<<";

static struct problems problems;

static void
setup(void)
{
    problems = (struct problems){0};
}

static struct mrz
parse(const char *text)
{
    struct mrz mrz = {0};

    ck_assert_msg(mrz_parse(text, &mrz, &problems) == ERR_OK, "%s\n%s", text,
                  problems.list[0].wrong);
    return mrz;
}

static void
assert_eriksson(const struct mrz *mrz)
{
    ck_assert_uint_eq(mrz->wrong_count, 0);
    ck_assert_uint_eq(problems.count, 0);
    ck_assert_str_eq(mrz->issuing_state, "UTO");
    ck_assert_str_eq(mrz->family, "ERIKSSON");
    ck_assert_str_eq(mrz->given, "ANNA MARIA");
    ck_assert_int_eq(mrz->sex, 'F');
    ck_assert(!mrz->is_name_full);
}

START_TEST(the_passport_specimen_is_read)
{
    const struct mrz mrz = parse(td3);

    assert_eriksson(&mrz);
    ck_assert_int_eq(mrz.format, MRZ_TD3);
    ck_assert_str_eq(mrz.document_code, "P");
    ck_assert_str_eq(mrz.number.text, "L898902C3");
    ck_assert_str_eq(mrz.nationality, "UTO");
    ck_assert_str_eq(mrz.optional[0], "ZE184226B");
    ck_assert_int_eq(mrz.digits[MRZ_CHECK_NUMBER].found, '6');
    ck_assert_int_eq(mrz.digits[MRZ_CHECK_OPTIONAL].found, '1');
    ck_assert_int_eq(mrz.digits[MRZ_CHECK_COMPOSITE].found, '0');
    ck_assert(mrz.birth.has_year && mrz.birth.has_month && mrz.birth.has_day);
    ck_assert_uint_eq(mrz.birth.year, 74);
    ck_assert_uint_eq(mrz.birth.month, 8);
    ck_assert_uint_eq(mrz.birth.day, 12);
    ck_assert_uint_eq(mrz.expiry.year, 12);
}
END_TEST

START_TEST(the_other_specimens_are_read)
{
    struct mrz mrz = parse(td3_old);

    assert_eriksson(&mrz);
    ck_assert_str_eq(mrz.number.text, "L898902C");
    ck_assert_int_eq(mrz.digits[MRZ_CHECK_COMPOSITE].found, '4');
    mrz = parse(td2);
    assert_eriksson(&mrz);
    ck_assert_int_eq(mrz.format, MRZ_TD2);
    ck_assert_str_eq(mrz.number.text, "D23145890");
    ck_assert_int_eq(mrz.digits[MRZ_CHECK_OPTIONAL].found, 0);
    mrz = parse(td1);
    assert_eriksson(&mrz);
    ck_assert_int_eq(mrz.format, MRZ_TD1);
    ck_assert_str_eq(mrz.document_code, "I");
    ck_assert_str_eq(mrz.number.text, "D23145890");
    ck_assert_int_eq(mrz.digits[MRZ_CHECK_COMPOSITE].found, '6');
    mrz = parse(mrva);
    assert_eriksson(&mrz);
    ck_assert_int_eq(mrz.format, MRZ_MRVA);
    ck_assert_str_eq(mrz.number.text, "L8988901C");
    ck_assert_str_eq(mrz.nationality, "XXX");
    ck_assert_str_eq(mrz.optional[0], "6ZE184226B");
    mrz = parse(mrvb);
    assert_eriksson(&mrz);
    ck_assert_int_eq(mrz.format, MRZ_MRVB);
    ck_assert_int_eq(mrz.digits[MRZ_CHECK_COMPOSITE].found, 0);
}
END_TEST

START_TEST(a_long_number_goes_on_in_the_optional_data)
{
    struct mrz mrz = parse(td1_long);

    ck_assert_uint_eq(mrz.wrong_count, 0);
    ck_assert_str_eq(mrz.number.text, "D23145890734");
    ck_assert_int_eq(mrz.digits[MRZ_CHECK_NUMBER].found, '9');
    ck_assert_str_eq(mrz.optional[0], "");
    ck_assert_str_eq(mrz.family, "STEVENSON");

    /* By one character. */
    mrz = parse("I<UTOD23145890<76<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<4\nERIKSSON<<ANNA<"
                "MARIA<<<<<<<<<<");
    ck_assert_str_eq(mrz.number.text, "D231458907");
    ck_assert_uint_eq(mrz.wrong_count, 0);

    /* And in TD2 (9303-6), with other optional data after the filler. */
    mrz = parse("I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\n"
                "D23145890<UTO7408122F12041597349<AB4");
    ck_assert_str_eq(mrz.number.text, "D23145890734");
    ck_assert_str_eq(mrz.optional[0], "<AB");
    ck_assert(mrz.digits[MRZ_CHECK_NUMBER].is_right);
}
END_TEST

START_TEST(a_missing_check_digit_is_wrong_where_no_number_goes_on)
{
    const struct mrz mrz = parse("I<UTOD23145890<<<<<<<<<<<<<<<<\n"
                                 "7408122F1204159UTO<<<<<<<<<<<6\n"
                                 "ERIKSSON<<ANNA<MARIA<<<<<<<<<<");

    ck_assert(!mrz.digits[MRZ_CHECK_NUMBER].is_right);
    ck_assert_int_eq(mrz.digits[MRZ_CHECK_NUMBER].found, '<');
    ck_assert_int_eq(mrz.digits[MRZ_CHECK_NUMBER].expected, '7');
}
END_TEST

/* The German specimen's state has one letter; its number has letters and the filler no weight. */
START_TEST(germany_is_one_letter)
{
    const struct mrz mrz = parse("P<D<<MUSTERMANN<<ERIKA<<<<<<<<<<<<<<<<<<<<<<\n"
                                 "C01X0006H1D<<6408125F2702283<<<<<<<<<<<<<<<8");

    ck_assert_uint_eq(problems.count, mrz.wrong_count);
    ck_assert_str_eq(mrz.issuing_state, "D");
    ck_assert_str_eq(mrz.nationality, "D");
    ck_assert(mrz.digits[MRZ_CHECK_OPTIONAL].is_right); /* < where nothing is checked */
}
END_TEST

START_TEST(an_empty_optional_field_may_have_0_or_a_filler)
{
    struct mrz mrz = parse("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n"
                           "L898902C36UTO7408122F1204159<<<<<<<<<<<<<<<8");

    ck_assert_uint_eq(mrz.wrong_count, 0);
    mrz = parse("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n"
                "L898902C36UTO7408122F1204159<<<<<<<<<<<<<<08");
    ck_assert_uint_eq(mrz.wrong_count, 0);
    mrz = parse("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n"
                "L898902C36UTO7408122F1204159ZE184226B<<<<<<0");
    ck_assert(!mrz.digits[MRZ_CHECK_OPTIONAL].is_right); /* there is something to check */
}
END_TEST

/*
 * Any change of a checked character, or of a check digit, is noticed: weights 7, 3 and 1 have no
 * factor in common with 10, so a digit differs by 10 only for the letters ten apart.
 */
START_TEST(any_other_digit_in_a_checked_place_is_named)
{
    char text[sizeof td3];

    for (size_t at = 45; at < sizeof td3 - 1; at++) {
        const size_t column = at - 45;
        if (td3[at] < '0' || td3[at] > '9')
            continue;
        for (char c = '0'; c <= '9'; c++) {
            struct mrz mrz = {0};
            if (c == td3[at])
                continue;
            memcpy(text, td3, sizeof text);
            text[at] = c;
            problems = (struct problems){0};
            if (mrz_parse(text, &mrz, &problems) == ERR_FORMAT) {
                ck_assert(column >= 13 && column < 27); /* no such date */
                continue;
            }
            ck_assert_uint_gt(mrz.wrong_count, 0);
            ck_assert_uint_eq(problems.count, mrz.wrong_count);
            ck_assert(mrz.digits[MRZ_CHECK_NUMBER].is_right == (column > 9));
            ck_assert(mrz.digits[MRZ_CHECK_BIRTH].is_right == (column < 13 || column > 19));
            ck_assert(mrz.digits[MRZ_CHECK_EXPIRY].is_right == (column < 21 || column > 27));
            ck_assert(mrz.digits[MRZ_CHECK_OPTIONAL].is_right == (column < 28 || column > 42));
        }
    }
}
END_TEST

START_TEST(a_wrong_check_digit_says_which_where_what_and_what_else)
{
    char text[sizeof td3];

    memcpy(text, td3, sizeof text);
    text[45 + 9] = '7';
    struct mrz mrz = parse(text);
    ck_assert_uint_eq(mrz.wrong_count, 2); /* of the number, and so of the whole */
    ck_assert_int_eq(mrz.digits[MRZ_CHECK_NUMBER].found, '7');
    ck_assert_int_eq(mrz.digits[MRZ_CHECK_NUMBER].expected, '6');
    ck_assert_str_eq(problems.list[0].path.text, "line 2, column 10");
    ck_assert_str_eq(problems.list[0].wrong,
                     "the check digit of the document number is 7, but L898902C3 gives 6");
    ck_assert_str_eq(problems.list[1].path.text, "line 2, column 44");
    ck_assert_ptr_nonnull(strstr(problems.list[0].cure, "O and 0"));
}
END_TEST

START_TEST(unknown_parts_of_a_birth_date_stay_unknown)
{
    static const struct {
        const char *line2;
        bool year, month, day;
    } rows[] = {{"L898902C36UTO7408<<4F1204159ZE184226B<<<<<16", true, true, false},
                {"L898902C36UTO74<<<<1F1204159ZE184226B<<<<<16", true, false, false},
                {"L898902C36UTO<<<<<<0F1204159ZE184226B<<<<<16", false, false, false}};
    char text[sizeof td3];

    for (size_t i = 0; i < 3; i++) {
        memcpy(text, td3, 45);
        memcpy(text + 45, rows[i].line2, 45);
        const struct mrz mrz = parse(text);
        ck_assert(mrz.birth.has_year == rows[i].year);
        ck_assert(mrz.birth.has_month == rows[i].month);
        ck_assert(mrz.birth.has_day == rows[i].day);
        ck_assert(mrz.digits[MRZ_CHECK_BIRTH].expected ==
                  document_number_check_digit(rows[i].line2 + 13, 6));
    }
}
END_TEST

START_TEST(the_shapes_people_paste_are_read_alike)
{
    static const char *const shapes[] = {
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10",
        "p<utoeriksson<<anna<maria<<<<<<<<<<<<<<<<<<<\r\nl898902c36uto7408122f1204159ze184226b<<<<<"
        "10\r\n",
        "\n  P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<  "
        "\n\n\tL898902C36UTO7408122F1204159ZE184226B<<<<<10\n\n"};

    for (size_t i = 0; i < 3; i++) {
        const struct mrz mrz = parse(shapes[i]);
        assert_eriksson(&mrz);
        ck_assert_int_eq(mrz.format, MRZ_TD3);
    }
    const struct mrz one = parse("I<UTOD231458907<<<<<<<<<<<<<<<7408122F1204159UTO<<<<<<<<<<<"
                                 "6ERIKSSON<<ANNA<MARIA<<<<<<<<<<");
    ck_assert_int_eq(one.format, MRZ_TD1);
    const struct mrz two =
        parse("I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<D231458907UTO7408122F1204159<<<<<<<6");
    ck_assert_int_eq(two.format, MRZ_TD2);
}
END_TEST

START_TEST(names_of_one_part_and_full_names_are_told)
{
    struct mrz mrz = parse("P<UTOARKFREITH<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<\n"
                           "L898902C36UTO7408122F1204159ZE184226B<<<<<10");

    ck_assert_str_eq(mrz.family, "ARKFREITH");
    ck_assert_str_eq(mrz.given, "");
    mrz = parse("P<UTOVAN<DER<MUELLEN<<NILAVADHANANANDA<CHAYA\n"
                "L898902C36UTO7408122F1204159ZE184226B<<<<<10");
    ck_assert_str_eq(mrz.family, "VAN DER MUELLEN");
    ck_assert(mrz.is_name_full);
    mrz = parse("P<UTOABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLM\n"
                "L898902C36UTO7408122F1204159ZE184226B<<<<<10");
    ck_assert_uint_eq(strlen(mrz.family), 39);
    ck_assert_str_eq(mrz.given, "");
}
END_TEST

START_TEST(what_is_no_zone_is_refused_with_its_place_and_changes_nothing)
{
    static const struct {
        const char *text, *path, *wrong;
    } rows[] = {
        {"", "", "empty"},
        {" \n \n", "", "empty"},
        {"A\nB\nC\nD", "", "more than three"},
        {"P<UTO", "", "5 characters"},
        {"P<UTOERIKSSON\nL898902C3", "", "13 and 9"},
        {"A\nB\nCC", "", "1, 1 and 2"},
        {"P<UTOERIKSSON<<ANNA MARIA<<<<<<<<<<<<<<<<<<<\n"
         "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
         "line 1, column 20", "cannot be"},
        {"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n"
         "L898902C36UTO7413122F1204159ZE184226B<<<<<10",
         "line 2, column 14", "741312 is not a date of birth"},
        {"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n"
         "L898902C36UTO7408122F1102299ZE184226B<<<<<10",
         "line 2, column 22", "110229 is not a date of expiry"},
        {"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n"
         "L898902C36UTO7408122N1204159ZE184226B<<<<<10",
         "line 2, column 21", "sex is N"},
        {"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n"
         "<<<<<<<<<0UTO7408122F1204159ZE184226B<<<<<10",
         "line 2, column 1", "number is missing"},
        {"P<UTO<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<\n"
         "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
         "line 1, column 6", "no name"},
    };
    struct mrz mrz = {.family = "KEPT"};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        problems = (struct problems){0};
        ck_assert_msg(mrz_parse(rows[i].text, &mrz, &problems) == ERR_FORMAT, "%s", rows[i].text);
        ck_assert_uint_ge(problems.count, 1);
        ck_assert_str_eq(problems.list[0].path.text, rows[i].path);
        ck_assert_msg(strstr(problems.list[0].wrong, rows[i].wrong) != NULL, "%s",
                      problems.list[0].wrong);
        ck_assert_uint_gt(strlen(problems.list[0].cure), 0);
        ck_assert_str_eq(mrz.family, "KEPT");
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("mrz");
    TCase *tcase = tcase_create("mrz");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_test(tcase, the_passport_specimen_is_read);
    tcase_add_test(tcase, the_other_specimens_are_read);
    tcase_add_test(tcase, a_long_number_goes_on_in_the_optional_data);
    tcase_add_test(tcase, a_missing_check_digit_is_wrong_where_no_number_goes_on);
    tcase_add_test(tcase, germany_is_one_letter);
    tcase_add_test(tcase, an_empty_optional_field_may_have_0_or_a_filler);
    tcase_add_test(tcase, any_other_digit_in_a_checked_place_is_named);
    tcase_add_test(tcase, a_wrong_check_digit_says_which_where_what_and_what_else);
    tcase_add_test(tcase, unknown_parts_of_a_birth_date_stay_unknown);
    tcase_add_test(tcase, the_shapes_people_paste_are_read_alike);
    tcase_add_test(tcase, names_of_one_part_and_full_names_are_told);
    tcase_add_test(tcase, what_is_no_zone_is_refused_with_its_place_and_changes_nothing);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
