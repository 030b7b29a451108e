/*
 * Goal: a question of the border application is read as it was meant, or refused with the member
 * that is wrong; nothing is ever half asked.
 * Method: each kind of question, and each way to be wrong once.
 */
#include "clients/node/api_query.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct api_query query;
static struct problems problems;

static enum err
read(const char *text)
{
    json_t *json = json_loads(text, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);

    ck_assert_ptr_nonnull(json);
    problems = (struct problems){0};
    enum err err = api_query_read(json, 2026, &query, &problems);
    json_decref(json);
    return err;
}

START_TEST(a_number_and_a_zone_are_read)
{
    ck_assert_int_eq(read("{\"number\":\"tr-1234567\",\"state\":\"jpn\",\"reference\":\"r\"}"),
                     ERR_OK);
    ck_assert(query.has_document);
    ck_assert_str_eq(query.document.number.text, "TR1234567");
    ck_assert_str_eq(query.document.state, "JPN");
    ck_assert_str_eq(query.reference, "r");
    ck_assert_int_eq(read("{\"mrz\":\"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
                          "\\nL898902C36UTO7408122F1204159ZE184226B<<<<<10\"}"),
                     ERR_OK);
    ck_assert(query.has_document);
    ck_assert_str_eq(query.document.number.text, "L898902C3");
    ck_assert(query.has_person); /* its holder */
    ck_assert_uint_eq(query.person.facts.births[0].year, 1974);
    ck_assert_str_eq(query.reference, "");
    ck_assert(problems_is_empty(&problems));
}
END_TEST

START_TEST(a_person_is_read_alone_or_beside_a_document)
{
    ck_assert_int_eq(read("{\"family_name\":\"OHNO\",\"given_names\":\"TARO\","
                          "\"date_of_birth\":\"1985-03\",\"nationality\":\"JPN\",\"sex\":\"M\"}"),
                     ERR_OK);
    ck_assert(query.has_person && !query.has_document);
    ck_assert_uint_gt(query.person.forms_count, 0);
    ck_assert_uint_eq(query.person.facts.births[0].month, 3);
    ck_assert_int_eq(read("{\"name\":\"OHNO, TARO\",\"number\":\"TR1\",\"state\":\"JPN\"}"),
                     ERR_OK);
    ck_assert(query.has_person && query.has_document);
}
END_TEST

static const struct {
    const char *text;
    enum err err;
    const char *path;
} wrong[] = {
    {"[]", ERR_FORMAT, ""},
    {"\"TR1234567\"", ERR_FORMAT, ""},
    {"{}", ERR_FORMAT, ""},
    {"{\"number\":\"\",\"state\":\"\"}", ERR_FORMAT, ""},
    {"{\"number\":\"TR1234567\"}", ERR_FORMAT, "state"},
    {"{\"state\":\"JPN\"}", ERR_FORMAT, "number"},
    {"{\"number\":\"TR_1\",\"state\":\"JPN\"}", ERR_FORMAT, "number"},
    {"{\"number\":\"TR1\",\"state\":\"JPX\"}", ERR_FORMAT, "state"},
    {"{\"number\":1234567,\"state\":\"JPN\"}", ERR_FORMAT, "number"},
    {"{\"number\":\"TR1\\u0000\",\"state\":\"JPN\"}", ERR_FORMAT, "number"},
    {"{\"number\":\"TR1\",\"state\":\"JPN\",\"Number\":\"TR2\"}", ERR_FORMAT, "Number"},
    {"{\"number\":\"TR1\",\"state\":\"JPN\",\"mrz\":\"P<\"}", ERR_FORMAT, "mrz"},
    {"{\"number\":\"TR1\",\"state\":\"JPN\",\"reference\":"
     "\"0123456789012345678901234567890123456789012345678901234567890123x\"}",
     ERR_FORMAT, "reference"},
    {"{\"sex\":\"F\"}", ERR_FORMAT, "name"},
    {"{\"name\":\"OHNO\",\"date_of_birth\":\"7.3.85\"}", ERR_FORMAT, NULL},
    {"{\"name\":\"OHNO\",\"nationality\":\"QQQ\"}", ERR_FORMAT, NULL},
    {"{\"name\":\"12\"}", ERR_FORMAT, NULL},
    {"{\"mrz\":\"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
     "L898902C37UTO7408122F1204159ZE184226B<<<<<10\"}",
     ERR_RANGE, NULL},
};

START_TEST(what_is_wrong_is_named_and_nothing_is_asked)
{
    ck_assert_int_eq(read(wrong[_i].text), wrong[_i].err);
    ck_assert_uint_ge(problems.count, 1);
    if (wrong[_i].path != NULL)
        ck_assert_str_eq(problems.list[0].path.text, wrong[_i].path);
    ck_assert_str_ne(problems.list[0].cure, "");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("api_query");
    TCase *tcase = tcase_create("api_query");

    tcase_add_test(tcase, a_number_and_a_zone_are_read);
    tcase_add_test(tcase, a_person_is_read_alone_or_beside_a_document);
    tcase_add_loop_test(tcase, what_is_wrong_is_named_and_nothing_is_asked, 0,
                        sizeof wrong / sizeof wrong[0]);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
