/*
 * Goal: a question is brought to the one spelling or refused with what is wrong; "clear" is said
 * only on complete and fresh data, and a hit always.
 * Method: the specimen zones of Doc 9303 and one wrong digit each; every condition of freshness at
 * its edge.
 */
#include "clients/node/screen.h"
#include "proto/limits.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define NOW_MS UINT64_C(1750000000000)

static struct problems problems;
static struct screen_query query;
static struct screen_view view;

static void
setup(void)
{
    problems = (struct problems){0};
    view = (struct screen_view){.flash_stored = 3,
                                .rest_stored = 9,
                                .flash_last = 3,
                                .rest_last = 9,
                                .head_time_ms = NOW_MS,
                                .witnessed_time_ms = NOW_MS,
                                .tree_size = 50,
                                .has_witnesses = true};
}

/* ---- questions */

START_TEST(a_number_and_state_as_typed_come_to_the_one_spelling)
{
    ck_assert_int_eq(screen_ask_number(" tr-123 4567", "jpn", &query, &problems), ERR_OK);
    ck_assert_str_eq(query.number.text, "TR1234567");
    ck_assert_str_eq(query.state, "JPN");
    ck_assert(!query.has_mrz);
    ck_assert(problems_is_empty(&problems));
    ck_assert_int_eq(screen_ask_number("C01X00T47", "D", &query, &problems), ERR_OK);
    ck_assert_str_eq(query.state, "D");
}
END_TEST

START_TEST(a_wrong_number_or_state_is_named_and_nothing_is_asked)
{
    static const struct {
        const char *number, *state, *path;
        size_t problems;
    } rows[] = {
        {"", "JPN", "number", 1},
        {"TR12_4567", "JPN", "number", 1},
        {"12345678901234567890123", "JPN", "number", 1},
        {"TR1234567", "", "state", 1},
        {"TR1234567", "JPX", "state", 1},
        {"TR1234567", "Nippon", "state", 1},
        {"?", "?", "number", 2},
    };
    struct screen_query before;

    memset(&query, 0x5a, sizeof query);
    before = query;
    ck_assert_int_eq(screen_ask_number(rows[_i].number, rows[_i].state, &query, &problems),
                     ERR_FORMAT);
    ck_assert_uint_eq(problems.count, rows[_i].problems);
    ck_assert_str_eq(problems.list[0].path.text, rows[_i].path);
    ck_assert_mem_eq(&query, &before, sizeof query);
}
END_TEST

START_TEST(a_zone_gives_the_number_and_the_issuing_state)
{
    static const struct {
        const char *zone, *number;
    } rows[] = {
        {"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<"
         "10",
         "L898902C3"},
        {"I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\n"
         "ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
         "D23145890"},
        {"I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6", "D23145890"},
    };

    ck_assert_int_eq(screen_ask_mrz(rows[_i].zone, &query, &problems), ERR_OK);
    ck_assert_str_eq(query.number.text, rows[_i].number);
    ck_assert_str_eq(query.state, "UTO");
    ck_assert(query.has_mrz);
    ck_assert(problems_is_empty(&problems));
}
END_TEST

START_TEST(a_zone_with_a_wrong_check_digit_is_read_but_not_to_be_looked_up)
{
    ck_assert_int_eq(screen_ask_mrz("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
                                    "\nL898902C37UTO7408122F1204159ZE184226B<<<<<10",
                                    &query, &problems),
                     ERR_RANGE);
    ck_assert_str_eq(query.number.text, "L898902C3");
    ck_assert_uint_gt(problems.count, 0);
    ck_assert_ptr_nonnull(strstr(problems.list[0].wrong, "7"));
}
END_TEST

START_TEST(what_is_no_zone_is_refused)
{
    ck_assert_int_eq(screen_ask_mrz("TR1234567", &query, &problems), ERR_FORMAT);
    ck_assert_uint_gt(problems.count, 0);
}
END_TEST

/* ---- verdicts */

static void
want(enum screen_verdict verdict, const char *word)
{
    const char *reason = NULL;

    ck_assert_int_eq(screen_judge(0, &view, NOW_MS, &reason), verdict);
    ck_assert_msg(word[0] == '\0' ? reason[0] == '\0' : strstr(reason, word) != NULL, "%s", reason);
    /* A hit stands whatever the freshness. */
    ck_assert_int_eq(screen_judge(1, &view, NOW_MS, &reason), SCREEN_HIT);
    ck_assert_str_eq(reason, "");
}

START_TEST(complete_and_fresh_data_can_say_clear)
{
    want(SCREEN_CLEAR, "");
    view.head_time_ms = NOW_MS - HEAD_FRESH_MS;
    view.witnessed_time_ms = NOW_MS - WITNESS_FRESH_MS;
    want(SCREEN_CLEAR, "");
    view.head_time_ms = view.witnessed_time_ms = NOW_MS + CLOCK_SKEW_MS;
    want(SCREEN_CLEAR, "");
}
END_TEST

START_TEST(a_node_that_never_heard_from_the_relay_cannot_say)
{
    view = (struct screen_view){.has_witnesses = true};
    want(SCREEN_CANNOT_SAY, "not heard");
}
END_TEST

START_TEST(messages_in_the_mailbox_that_are_not_stored_keep_from_saying)
{
    view.flash_last++;
    want(SCREEN_CANNOT_SAY, "waiting");
    view.flash_last--;
    view.rest_last++;
    want(SCREEN_CANNOT_SAY, "waiting");
}
END_TEST

START_TEST(an_old_or_future_head_keeps_from_saying)
{
    view.head_time_ms = NOW_MS - HEAD_FRESH_MS - 1;
    want(SCREEN_CANNOT_SAY, "relay");
    view.head_time_ms = NOW_MS + CLOCK_SKEW_MS + 1;
    want(SCREEN_CANNOT_SAY, "relay");
}
END_TEST

START_TEST(an_old_future_or_missing_quorum_keeps_from_saying_where_there_are_witnesses)
{
    static const uint64_t TIMES[] = {0, NOW_MS - WITNESS_FRESH_MS - 1, NOW_MS + CLOCK_SKEW_MS + 1};

    view.witnessed_time_ms = TIMES[_i];
    want(SCREEN_CANNOT_SAY, "quorum");
    view.has_witnesses = false;
    want(SCREEN_CLEAR, "");
}
END_TEST

START_TEST(messages_that_could_not_be_read_keep_from_saying)
{
    view.missing = 1;
    want(SCREEN_CANNOT_SAY, "cannot read");
}
END_TEST

START_TEST(a_wrong_clock_proves_no_time)
{
    view.head_time_ms = NOW_MS - 2;
    view.witnessed_time_ms = NOW_MS - 1;
    ck_assert_uint_eq(screen_proven_ms(&view, NOW_MS + 50 * YEAR_MS), NOW_MS - 1);
    ck_assert_uint_eq(screen_proven_ms(&view, NOW_MS - 5), NOW_MS - 5);
    view.has_witnesses = false;
    ck_assert_uint_eq(screen_proven_ms(&view, NOW_MS), NOW_MS - 2);
    view.head_time_ms = 0;
    ck_assert_uint_eq(screen_proven_ms(&view, NOW_MS), 0);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("screen");
    TCase *tcase = tcase_create("screen");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_test(tcase, a_number_and_state_as_typed_come_to_the_one_spelling);
    tcase_add_loop_test(tcase, a_wrong_number_or_state_is_named_and_nothing_is_asked, 0, 7);
    tcase_add_loop_test(tcase, a_zone_gives_the_number_and_the_issuing_state, 0, 3);
    tcase_add_test(tcase, a_zone_with_a_wrong_check_digit_is_read_but_not_to_be_looked_up);
    tcase_add_test(tcase, what_is_no_zone_is_refused);
    tcase_add_test(tcase, complete_and_fresh_data_can_say_clear);
    tcase_add_test(tcase, a_node_that_never_heard_from_the_relay_cannot_say);
    tcase_add_test(tcase, messages_in_the_mailbox_that_are_not_stored_keep_from_saying);
    tcase_add_test(tcase, an_old_or_future_head_keeps_from_saying);
    tcase_add_loop_test(
        tcase, an_old_future_or_missing_quorum_keeps_from_saying_where_there_are_witnesses, 0, 3);
    tcase_add_test(tcase, messages_that_could_not_be_read_keep_from_saying);
    tcase_add_test(tcase, a_wrong_clock_proves_no_time);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
