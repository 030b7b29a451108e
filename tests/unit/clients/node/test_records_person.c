/*
 * Goal: an alert's persons are found by any spelling until it ends or expires, each alert once and
 * the surest first; when it ends nothing of it stays in the index.
 * Method: alerts in a database of their own, asked through the person half of screening.
 */
#include "clients/node/io/records_inner.h"
#include "clients/node/io/screening_person.h"

#include <check.h>
#include <string.h>

#include "stored.h"

#define NOW_MS     UINT64_C(1750000000000)
#define EXPIRES_MS (NOW_MS + DAY_MS)

enum { ROOM = 4 };

static struct screening_persons *persons;
static struct finding findings[ROOM];
static size_t found;
static bool has_more;

static void
setup(void)
{
    stored_setup();
    ck_assert_int_eq(screening_persons_new(&persons), ERR_OK);
}

static void
teardown(void)
{
    screening_persons_free(&persons);
    ck_assert_ptr_null(persons);
    stored_teardown();
}

static Denrei__V1__PersonName
name_of(Denrei__V1__Script script, const char *family, const char *given, const char *reading)
{
    Denrei__V1__PersonName name = DENREI__V1__PERSON_NAME__INIT;

    name.script = script;
    name.family = (char *)(uintptr_t)family;
    name.given = (char *)(uintptr_t)given;
    name.reading = (char *)(uintptr_t)reading;
    return name;
}

/* An alert on one name and alias, born 1979-04-15, of Japan, male. */
static void
put(uint64_t leaf, Denrei__V1__PersonName *name, Denrei__V1__PersonName *alias)
{
    Denrei__V1__SuspectAlert alert = DENREI__V1__SUSPECT_ALERT__INIT;
    char *birth = (char *)(uintptr_t) "1979-04-15", *nationality = (char *)(uintptr_t) "JPN";

    alert.names = &name;
    alert.n_names = 1;
    alert.aliases = &alias;
    alert.n_aliases = alias == NULL ? 0 : 1;
    alert.dates_of_birth = &birth;
    alert.n_dates_of_birth = 1;
    alert.nationalities = &nationality;
    alert.n_nationalities = 1;
    alert.sex = DENREI__V1__SEX__SEX_MALE;
    ck_assert_int_eq(records_begin(records), ERR_OK);
    ck_assert_int_eq(records_index_person(records, leaf, EXPIRES_MS, &alert), ERR_OK);
    ck_assert_int_eq(records_commit(records), ERR_OK);
}

static void
ask_at(const char *full, const char *birth, uint64_t now_ms)
{
    static struct person_query query;
    struct problems problems = {0};
    const struct person_words words = {.full = full, .birth = birth};

    ck_assert_int_eq(person_ask(&words, &query, &problems), ERR_OK);
    ck_assert_int_eq(screening_find_persons(persons, records, &query, PERSON_SCORE_DEFAULT, now_ms,
                                            findings, ROOM, &found, &has_more),
                     ERR_OK);
}

static void
ask(const char *full, const char *birth)
{
    ask_at(full, birth, NOW_MS);
}

static uint64_t
rows_of(const char *table)
{
    char sql[64];
    sqlite3_stmt *statement = NULL;
    uint64_t rows = 0;

    snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", table);
    ck_assert_int_eq(db_prepare(records->db, sql, &statement), ERR_OK);
    ck_assert_int_eq(db_step(statement), ERR_OK);
    ck_assert_int_eq(db_get_u64(statement, 0, &rows), ERR_OK);
    db_finalize(&statement);
    return rows;
}

START_TEST(an_alert_is_found_by_every_spelling_and_once)
{
    static const char *const spellings[] = {"TANAKA, ICHIRO", "田中 一郎",      "タナカ, イチロウ",
                                            "ICHIROH TANAKA", "TANAKA<<ICHIRO", "KEN TANAKA"};
    Denrei__V1__PersonName name =
        name_of(DENREI__V1__SCRIPT__SCRIPT_HAN, "田中", "一郎", "タナカ イチロウ");
    Denrei__V1__PersonName alias = name_of(DENREI__V1__SCRIPT__SCRIPT_LATIN, "TANAKA", "KEN", "");

    put(7, &name, &alias);
    for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++) {
        ask(spellings[i], "1979-04-15");
        ck_assert_msg(found == 1, "%s", spellings[i]);
        ck_assert(findings[0].leaf == 7 && findings[0].subject == FINDING_PERSON);
        ck_assert(findings[0].score >= PERSON_SCORE_DEFAULT && findings[0].reason[0] != '\0');
        ask(spellings[i], NULL);
        ck_assert_uint_eq(found, 1);
    }
    ask("TANAKA, ICHIRO", "1964-11-28");
    ck_assert_uint_eq(found, 0);
    ask("SUZUKI, JIRO", "1979-04-15");
    ck_assert_uint_eq(found, 0);
}
END_TEST

START_TEST(other_characters_of_one_sound_are_another_person)
{
    static struct person_query query;
    struct problems problems = {0};
    const struct person_words words = {.full = "サトウ, ヒロシ"};
    Denrei__V1__PersonName name =
        name_of(DENREI__V1__SCRIPT__SCRIPT_HAN, "佐藤", "博", "サトウ ヒロシ");

    put(7, &name, NULL);
    ask("サトウ, ヒロシ", NULL);
    ck_assert_uint_eq(found, 1);
    ck_assert_int_eq(person_ask(&words, &query, &problems), ERR_OK);
    ck_assert_int_eq(person_ask_also("佐藤, 浩", &query, &problems), ERR_OK);
    ck_assert_int_eq(screening_find_persons(persons, records, &query, 1, NOW_MS, findings, ROOM,
                                            &found, &has_more),
                     ERR_OK);
    ck_assert_uint_eq(found, 1);
    ck_assert_uint_lt(findings[0].score, PERSON_SCORE_DEFAULT);
    ck_assert_ptr_nonnull(strstr(findings[0].reason, "written with other characters"));
}
END_TEST

START_TEST(what_has_expired_is_no_hit)
{
    Denrei__V1__PersonName name = name_of(DENREI__V1__SCRIPT__SCRIPT_LATIN, "TANAKA", "KEN", "");

    put(7, &name, NULL);
    ask_at("TANAKA, KEN", NULL, EXPIRES_MS - 1);
    ck_assert_uint_eq(found, 1);
    ask_at("TANAKA, KEN", NULL, EXPIRES_MS);
    ck_assert_uint_eq(found, 0);
}
END_TEST

START_TEST(when_an_alert_ends_nothing_of_it_stays_in_the_index)
{
    Denrei__V1__PersonName name =
        name_of(DENREI__V1__SCRIPT__SCRIPT_HANGUL, "김", "민준", "KIM MIN JUN");
    Denrei__V1__PersonName other = name_of(DENREI__V1__SCRIPT__SCRIPT_LATIN, "KIM", "MINJUN", "");

    put(7, &name, NULL);
    uint64_t forms = rows_of("person"), keys = rows_of("person_key");
    put(8, &other, &name);
    ck_assert_int_eq(records_begin(records), ERR_OK);
    ck_assert_int_eq(records_end(records, 8, RECORD_WITHDRAWN, true), ERR_OK);
    ck_assert_int_eq(records_commit(records), ERR_OK);
    ck_assert_uint_eq(rows_of("person"), forms);
    ck_assert_uint_eq(rows_of("person_key"), keys);
    ask("KIM, MIN JOON", NULL);
    ck_assert(found == 1 && findings[0].leaf == 7);
    ck_assert_int_eq(records_begin(records), ERR_OK);
    ck_assert_int_eq(records_end(records, 7, RECORD_WITHDRAWN, true), ERR_OK);
    ck_assert_int_eq(records_commit(records), ERR_OK);
    ck_assert_uint_eq(rows_of("person") + rows_of("person_key"), 0);
}
END_TEST

START_TEST(the_surest_come_first_and_the_rest_is_told_of)
{
    static const char *const given[] = {"HIROSI", "HIROSHY", "HIROSHI", "HIROSHIA", "HIROSHI"};

    for (uint64_t i = 0; i < sizeof given / sizeof given[0]; i++) {
        Denrei__V1__PersonName name =
            name_of(DENREI__V1__SCRIPT__SCRIPT_LATIN, "TANAKA", given[i], "");
        put(i + 1, &name, NULL);
    }
    ask("TANAKA, HIROSHI", "1979-04-15");
    ck_assert_uint_eq(found, ROOM);
    ck_assert(has_more);
    ck_assert_uint_eq(findings[0].score, 100);
    ck_assert_uint_eq(findings[1].score, 100);
    for (size_t i = 1; i < found; i++)
        ck_assert_uint_le(findings[i].score, findings[i - 1].score);
}
END_TEST

START_TEST(a_form_that_is_damaged_is_told_and_no_match)
{
    Denrei__V1__PersonName name = name_of(DENREI__V1__SCRIPT__SCRIPT_LATIN, "TANAKA", "KEN", "");
    struct record_person person;

    put(7, &name, NULL);
    ck_assert_int_eq(db_exec(records->db, "UPDATE person SET form = x'0009'"), ERR_OK);
    ck_assert_int_eq(records_person_at(records, 1, &person), ERR_CORRUPT);
    ck_assert_int_eq(records_person_at(records, 99, &person), ERR_CORRUPT);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("records_person");
    TCase *tcase = tcase_create("records_person");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, an_alert_is_found_by_every_spelling_and_once);
    tcase_add_test(tcase, other_characters_of_one_sound_are_another_person);
    tcase_add_test(tcase, what_has_expired_is_no_hit);
    tcase_add_test(tcase, when_an_alert_ends_nothing_of_it_stays_in_the_index);
    tcase_add_test(tcase, the_surest_come_first_and_the_rest_is_told_of);
    tcase_add_test(tcase, a_form_that_is_damaged_is_told_and_no_match);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
