/*
 * Goal: a table of travellers is read row by row, whatever its separator and the order and names of
 * its columns; a malformed row is named and costs no other.
 * Method: one table in several spellings; one damage after the other; rows counted and compared.
 */
#include "clients/node/csv_table.h"
#include "clients/node/passenger_csv.h"
#include "proto/limits.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct arena *arena;
static struct problems problems;
static struct passenger_list list;

static void
setup(void)
{
    ck_assert_int_eq(arena_new(ARENA_BYTES_MAX, &arena), ERR_OK);
    problems = (struct problems){0};
    list = (struct passenger_list){.count = 99};
}

static void
teardown(void)
{
    arena_free(&arena);
}

static enum err
parse(const char *text)
{
    arena_reset(arena);
    problems = (struct problems){0};
    return passenger_csv_parse((struct span){(const uint8_t *)text, strlen(text)}, arena, &list,
                               &problems);
}

START_TEST(every_spelling_of_a_table_gives_the_same_travellers)
{
    static const char *const texts[] = {
        "family_name,given_names,date_of_birth,sex,nationality,document_number,issuing_state,seat\n"
        "TANAKA,HANAKO,1985-03-07,F,JPN,TR1234567,JPN,12C\n\"LEE, JR\",MINHO,1979,M,KOR,,,\n",
        "\xEF\xBB\xBFSurname;First Name;DOB;Gender;Nationality;Passport-Number;State;Seat;Shoe "
        "size\r\n"
        "TANAKA;HANAKO;1985-03-07;F;JPN;TR1234567;JPN;12C;37\r\n\r\nLEE, "
        "JR;MINHO;1979;M;KOR;;;\r\n",
        "NUMBER\tSTATE\tSEAT\tFAMILY\tGIVEN\tBIRTH\tSEX\tNATIONALITY\n"
        "TR1234567\tJPN\t12C\t TANAKA \tHANAKO\t1985-03-07\tF\tJPN\n"
        "\t\t\tLEE, JR\tMINHO\t1979\tM\tKOR",
    };

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        ck_assert_int_eq(parse(texts[i]), ERR_OK);
        ck_assert_msg(problems_is_empty(&problems), "%zu: %s", i, problems.list[0].wrong);
        ck_assert(list.is_complete);
        ck_assert_uint_eq(list.count, 2);
        ck_assert_str_eq(list.passengers[0].family, "TANAKA");
        ck_assert_str_eq(list.passengers[0].birth, "1985-03-07");
        ck_assert_str_eq(list.passengers[0].seat, "12C");
        ck_assert_uint_eq(list.passengers[0].documents_count, 1);
        ck_assert_str_eq(list.passengers[0].documents[0].number, "TR1234567");
        ck_assert_str_eq(list.passengers[0].documents[0].state, "JPN");
        ck_assert_str_eq(list.passengers[1].family, "LEE, JR");
        ck_assert_str_eq(list.passengers[1].nationality, "KOR");
        ck_assert_uint_eq(list.passengers[1].documents_count, 0);
    }
    ck_assert_uint_eq(list.passengers[1].source, 3);
}
END_TEST

START_TEST(the_flight_is_that_of_the_first_row_that_names_it)
{
    ck_assert_int_eq(parse("family,flight,from,to,departs\nA,,,,\nB,NH863,HND,GMP,2026-11-24\n"),
                     ERR_OK);
    ck_assert_str_eq(list.flight, "NH863");
    ck_assert_str_eq(list.from, "HND");
    ck_assert_str_eq(list.to, "GMP");
    ck_assert_str_eq(list.departs, "2026-11-24");
}
END_TEST

static const struct {
    const char *row;
    const char *wrong;
} damages[] = {
    {"\"TANAKA,HANAKO,1985", "quotation marks"},
    {"TAN\"AKA,HANAKO,1985", "quotation marks"},
    {"TAN\xFFKA,HANAKO,1985", "UTF-8"},
    {"TANAKA,HANAKO,7.3.1985", "date of birth"},
    {"TANAKA,HANAKO,1985-02-30", "date of birth"},
    {"TANAKA,HANAKO,1985,W", "sex"},
    {",HANAKO,1985", "neither"},
};

START_TEST(a_malformed_row_is_named_and_costs_no_other)
{
    char text[512];

    snprintf(text, sizeof text, "family,given,birth,sex,number\nA,B,1980,M,X1\n%s\nC,D,1981,F,X2\n",
             damages[_i].row);
    ck_assert_int_eq(parse(text), ERR_OK);
    ck_assert(!list.is_complete);
    ck_assert_uint_eq(list.count, 3);
    ck_assert_uint_eq(problems.count, 1);
    ck_assert_str_eq(problems.list[0].path.text, "line 3");
    ck_assert_ptr_nonnull(strstr(problems.list[0].wrong, damages[_i].wrong));
    ck_assert_str_ne(problems.list[0].cure, "");
    ck_assert_str_eq(list.passengers[0].damage, "");
    ck_assert_str_ne(list.passengers[1].damage, "");
    ck_assert_str_eq(list.passengers[2].damage, "");
    ck_assert_str_eq(list.passengers[2].documents[0].number, "X2");
}
END_TEST

START_TEST(a_row_beyond_every_bound_is_malformed)
{
    char *text = malloc(3 * CSV_ROW_BYTES_MAX);

    ck_assert_ptr_nonnull(text);
    size_t len = (size_t)sprintf(text, "family,number\n");
    memset(text + len, 'x', CSV_ROW_BYTES_MAX);
    len += CSV_ROW_BYTES_MAX;
    text[len++] = '\n';
    for (size_t i = 0; i < CSV_COLUMNS_MAX; i++)
        text[len++] = ',';
    sprintf(text + len, "1\nA,X1\n");
    ck_assert_int_eq(parse(text), ERR_OK);
    ck_assert_uint_eq(list.count, 3);
    ck_assert_uint_eq(problems.count, 2);
    ck_assert_str_eq(list.passengers[2].family, "A");
    free(text);
}
END_TEST

START_TEST(a_table_without_known_columns_or_rows_is_refused_and_nothing_is_set)
{
    static const char *const texts[] = {"", "\n\n", "shoe size,colour\n37,red\n", "family,number\n",
                                        "TANAKA,HANAKO\nLEE,MINHO\n"};

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        ck_assert_int_eq(parse(texts[i]), ERR_FORMAT);
        ck_assert_uint_ge(problems.count, 1);
        ck_assert_uint_eq(list.count, 99);
    }
}
END_TEST

START_TEST(too_many_travellers_or_a_full_arena_are_told)
{
    struct arena *small = NULL;
    size_t room = 32 + (PASSENGERS_MAX + 1) * 2;
    char *text = malloc(room);

    ck_assert_ptr_nonnull(text);
    strcpy(text, "family\n");
    for (size_t i = 0; i <= PASSENGERS_MAX; i++)
        strcpy(text + 7 + 2 * i, "A\n");
    ck_assert_int_eq(parse(text), ERR_FULL);
    ck_assert_uint_eq(list.count, 99);
    ck_assert_int_eq(arena_new(4096, &small), ERR_OK);
    ck_assert_int_eq(passenger_csv_parse((struct span){(const uint8_t *)text, strlen(text)}, small,
                                         &list, &problems),
                     ERR_NOMEM);
    arena_free(&small);
    free(text);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("passenger_csv");
    TCase *tcase = tcase_create("passenger_csv");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, every_spelling_of_a_table_gives_the_same_travellers);
    tcase_add_test(tcase, the_flight_is_that_of_the_first_row_that_names_it);
    tcase_add_loop_test(tcase, a_malformed_row_is_named_and_costs_no_other, 0,
                        sizeof damages / sizeof damages[0]);
    tcase_add_test(tcase, a_row_beyond_every_bound_is_malformed);
    tcase_add_test(tcase, a_table_without_known_columns_or_rows_is_refused_and_nothing_is_set);
    tcase_add_test(tcase, too_many_travellers_or_a_full_arena_are_told);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
