/*
 * Goal: dates of birth, nationality and sex weigh as they should, whatever is typed is either
 * understood or refused by name, and a zone's holder is asked for with the right century.
 * Method: one row for each way in which dates can agree; every error of person.h.
 */
#include "clients/node/person.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct person_facts
facts_of(const char *birth, const char *nationality, char sex)
{
    struct person_facts facts = {.sex = sex};

    if (birth[0] != '\0') {
        ck_assert_int_eq(date_text_parse(birth, &facts.births[0]), ERR_OK);
        facts.births_count = 1;
    }
    if (nationality[0] != '\0') {
        strcpy(facts.nationalities[0], nationality);
        facts.nationalities_count = 1;
    }
    return facts;
}

static const struct {
    const char *left, *right;
    unsigned score; /* of a name of 100 */
    const char *words;
} births[] = {{"1985-03-07", "1985-03-07", 100, "date of birth agrees"},
              {"1985-03-07", "1985-03", 99, "the day is not known"},
              {"1985-03-07", "1985", 97, "as far as it is known"},
              {"1985-03-07", "1985-07-03", 97, "day and month swapped"},
              {"1985-03-07", "1985-01-01", 97, "as far as it is known"},
              {"1985-03-07", "", 96, "no date of birth"},
              {"1985-03-07", "1985-03-08", 96, "one digit"},
              {"1985-03-07", "1958-03-07", 96, "one digit"}, /* two neighbours exchanged */
              {"1979-03-07", "1980-03-07", 95, "the year is next to it"},
              {"1985-03-17", "1985-03-28", 82, "in part"},
              {"1985-03-07", "1985-11-28", 78, "birth year agrees, day and month do not"},
              {"1985-03-07", "1986-11-28", 72, "birth year is near"},
              {"1985-03-07", "1964-11-28", 60, "differs"}};

START_TEST(dates_of_birth_weigh_by_how_they_agree)
{
    struct person_facts left = facts_of(births[_i].left, "", 0);
    struct person_facts right = facts_of(births[_i].right, "", 0);
    struct person_match match, back;
    char words[PERSON_REASON_BYTES] = "";

    person_compare_facts(100, &left, &right, &match);
    person_compare_facts(100, &right, &left, &back);
    ck_assert_uint_eq(match.score, births[_i].score);
    ck_assert_uint_eq(back.score, births[_i].score);
    person_compare_words(&match, words, sizeof words);
    ck_assert_msg(strstr(words, births[_i].words) != NULL, "%s", words);
}
END_TEST

START_TEST(what_an_index_leaves_out_could_not_have_scored)
{
    struct person_facts asked = facts_of("1985-03-07", "", 0);
    const struct date_text same = {1985, 3, 7}, unknown = {0, 0, 0}, other = {1964, 11, 28};

    ck_assert_uint_eq(person_birth_keeps(&asked, same), 100);
    ck_assert_uint_eq(person_birth_keeps(&asked, unknown), 96);
    ck_assert_uint_eq(person_birth_keeps(&asked, other), 60);
}
END_TEST

START_TEST(the_best_of_several_dates_counts_and_agreement_lifts_a_doubtful_name)
{
    struct person_facts left = facts_of("1985-03-07", "", 0), right = facts_of("1964-11-28", "", 0);
    struct person_match match;

    right.births[right.births_count++] = (struct date_text){1985, 3, 7};
    person_compare_facts(90, &left, &right, &match);
    ck_assert_uint_eq(match.score, 92);
    person_compare_facts(50, &left, &right, &match); /* a date alone makes nobody the same */
    ck_assert_uint_eq(match.score, 50);
}
END_TEST

START_TEST(nationality_and_sex_are_weak_evidence)
{
    struct person_facts left = facts_of("", "JPN", 'M'), right = facts_of("", "KOR", 'F');
    struct person_match match;

    person_compare_facts(100, &left, &right, &match);
    ck_assert(match.is_other_nationality && match.is_other_sex);
    ck_assert_uint_eq(match.score, 85);
    right = facts_of("", "JPN", 0);
    person_compare_facts(100, &left, &right, &match);
    ck_assert(match.has_nationality && !match.is_other_sex && !match.is_same_sex);
    ck_assert_uint_eq(match.score, 96);
    person_doubt_characters(&match);
    ck_assert_uint_lt(match.score, PERSON_SCORE_DEFAULT);
}
END_TEST

START_TEST(what_is_typed_is_understood_or_refused_by_name)
{
    static const struct {
        struct person_words words;
        const char *path;
    } rows[] = {{{.full = "SATO, TARO", .birth = "1985-13-01"}, "birth"},
                {{.full = "SATO, TARO", .birth = "7.3.1985"}, "birth"},
                {{.full = "SATO, TARO", .nationality = "JPX"}, "nationality"},
                {{.full = "SATO, TARO", .nationality = "EUE"}, "nationality"},
                {{.full = "SATO, TARO", .sex = "?"}, "sex"},
                {{.full = "123"}, "name"},
                {{.family = ""}, "name"}};
    const struct person_words good = {.family = "佐藤",
                                      .given = "太郎",
                                      .full = "SATO, TARO",
                                      .birth = "1985-03",
                                      .nationality = "jpn",
                                      .sex = "male"};
    static struct person_query query;
    struct problems problems = {0};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        problems = (struct problems){0};
        query.forms_count = 77;
        ck_assert_int_eq(person_ask(&rows[i].words, &query, &problems), ERR_FORMAT);
        ck_assert_str_eq(problems.list[0].path.text, rows[i].path);
        ck_assert_uint_eq(query.forms_count, 77);
    }
    problems = (struct problems){0};
    ck_assert_int_eq(person_ask(&good, &query, &problems), ERR_OK);
    ck_assert_uint_eq(query.forms_count, 2);
    ck_assert_str_eq(query.facts.nationalities[0], "JPN");
    ck_assert_int_eq(query.facts.sex, 'M');
    ck_assert_int_eq(person_ask_also("サトウ, タロウ", &query, &problems), ERR_OK);
    ck_assert_uint_eq(query.forms_count, 3);
    ck_assert_int_eq(person_ask_also("...", &query, &problems), ERR_FORMAT);
    for (size_t i = 0; i < 2 * PERSON_FORMS_MAX; i++)
        ck_assert_int_eq(person_ask_also("SATO, TARO", &query, &problems), ERR_OK);
    ck_assert_uint_eq(query.forms_count, PERSON_FORMS_MAX);
}
END_TEST

START_TEST(a_zone_asks_for_its_holder_in_each_century_that_can_be)
{
    struct mrz mrz = {.nationality = "JPN", .family = "TANAKA", .given = "ICHIRO", .sex = 'M'};
    static struct person_query query;

    mrz.birth = (struct mrz_date){true, true, true, 79, 4, 15};
    person_ask_mrz(&mrz, 2026, &query);
    ck_assert_uint_eq(query.facts.births_count, 1);
    ck_assert_uint_eq(query.facts.births[0].year, 1979);
    mrz.birth.year = 12;
    person_ask_mrz(&mrz, 2026, &query);
    ck_assert_uint_eq(query.facts.births_count, 2);
    ck_assert_uint_eq(query.facts.births[0].year, 2012);
    ck_assert_uint_eq(query.facts.births[1].year, 1912);
    mrz.birth = (struct mrz_date){false, true, true, 0, 4, 15};
    person_ask_mrz(&mrz, 2026, &query);
    ck_assert(query.facts.births_count == 1 && query.facts.births[0].year == 0);
    mrz.birth = (struct mrz_date){0};
    person_ask_mrz(&mrz, 2026, &query);
    ck_assert_uint_eq(query.facts.births_count, 0);
    ck_assert(query.forms[0].is_divided && query.facts.sex == 'M');
}
END_TEST

START_TEST(encoded_facts_come_back_and_damaged_ones_do_not)
{
    struct person_facts facts = facts_of("1985-03-07", "D", 'F'), back = {.sex = 'M'};
    uint8_t bytes[PERSON_FACTS_BYTES_MAX];
    size_t len = person_facts_encode(&facts, bytes);

    for (size_t i = 0; i < len; i++)
        ck_assert_int_eq(person_facts_decode((struct span){bytes, i}, &back), ERR_CORRUPT);
    ck_assert_int_eq(back.sex, 'M');
    ck_assert_int_eq(person_facts_decode((struct span){bytes, len}, &back), ERR_OK);
    ck_assert(back.sex == 'F' && back.births[0].year == 1985 && back.births[0].day == 7);
    ck_assert_str_eq(back.nationalities[0], "D");
    bytes[0] = 'Z';
    ck_assert_int_eq(person_facts_decode((struct span){bytes, len}, &back), ERR_CORRUPT);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("person");
    TCase *tcase = tcase_create("person");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_loop_test(tcase, dates_of_birth_weigh_by_how_they_agree, 0,
                        sizeof births / sizeof births[0]);
    tcase_add_test(tcase, what_an_index_leaves_out_could_not_have_scored);
    tcase_add_test(tcase, the_best_of_several_dates_counts_and_agreement_lifts_a_doubtful_name);
    tcase_add_test(tcase, nationality_and_sex_are_weak_evidence);
    tcase_add_test(tcase, what_is_typed_is_understood_or_refused_by_name);
    tcase_add_test(tcase, a_zone_asks_for_its_holder_in_each_century_that_can_be);
    tcase_add_test(tcase, encoded_facts_come_back_and_damaged_ones_do_not);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
