/*
 * Goal: screening finds exactly the documents and ranges that are on record and in force.
 * Method: edges by hand; then every number around many overlapping ranges, with the
 * comparison of the numbers' values as the oracle.
 */
#include "stored.h"

static const uint64_t NOW_MS = EXAMPLE_TIME_MS;

static struct record_match matches[RECORDS_FOUND_MAX];

static size_t
screen_at(const char *number, const char *state, uint64_t now_ms)
{
    struct screen_query asked = {.has_mrz = false};
    const struct record_query query = {&asked, now_ms};
    struct screen_view view;
    size_t count = 0;

    snprintf(asked.number.text, sizeof asked.number.text, "%s", number);
    snprintf(asked.state, sizeof asked.state, "%s", state);
    ck_assert_int_eq(records_screen(records, &query, matches, &count, &view), ERR_OK);
    return count;
}

static size_t
screen(const char *number, const char *state)
{
    return screen_at(number, state, NOW_MS);
}

static void
end(uint64_t leaf, enum record_state state)
{
    ck_assert_int_eq(records_begin(records), ERR_OK);
    ck_assert_int_eq(records_end(records, leaf, state, true), ERR_OK);
    ck_assert_int_eq(records_commit(records), ERR_OK);
}

START_TEST(a_document_is_found_by_number_and_state_alone)
{
    Denrei__V1__LostDocument documents[] = {lost_document("TR1234567", "", "JPN"),
                                            lost_document("TR7654321", "", "JPN"),
                                            lost_document("TR1234567", "", "KOR")};

    store_until(7, NOW_MS + DAY_MS, documents, 3);
    ck_assert_uint_eq(screen("TR7654321", "JPN"), 1);
    ck_assert_uint_eq(matches[0].leaf, 7);
    ck_assert_uint_eq(matches[0].place, 1);
    ck_assert_uint_eq(screen("TR1234567", "KOR"), 1);
    ck_assert_uint_eq(matches[0].place, 2);
    ck_assert_uint_eq(screen("TR7654321", "KOR"), 0);
    ck_assert_uint_eq(screen("TR1234568", "JPN"), 0);
    ck_assert_uint_eq(screen("TR123456", "JPN"), 0);
    ck_assert_uint_eq(screen("tr1234567", "JPN"), 0);
    ck_assert_uint_eq(screen("", "JPN"), 0);
}
END_TEST

START_TEST(several_records_of_one_document_come_newest_first)
{
    store_one(7, "TR1234567", "", "JPN");
    store_one(9, "TR1234567", "", "JPN");
    store_one(8, "TR1234567", "", "JPN");
    ck_assert_uint_eq(screen("TR1234567", "JPN"), 3);
    ck_assert_uint_eq(matches[0].leaf, 9);
    ck_assert_uint_eq(matches[1].leaf, 8);
    ck_assert_uint_eq(matches[2].leaf, 7);
}
END_TEST

START_TEST(a_range_has_its_ends_and_what_lies_between_and_nothing_else)
{
    static const struct {
        const char *number, *state;
        size_t want;
    } rows[] = {
        {"TR1000000", "JPN", 1},  {"TR1000999", "JPN", 1}, {"TR1000500", "JPN", 1},
        {"TR0999999", "JPN", 0},  {"TR1001000", "JPN", 0}, {"TR1000500", "KOR", 0},
        {"TS1000500", "JPN", 0},  {"T1000500", "JPN", 0},  {"TR100050", "JPN", 0},
        {"TR10005000", "JPN", 0}, {"1000500", "JPN", 0},   {"TR100050A", "JPN", 0},
        {"TR", "JPN", 0},         {"500", "JPN", 1},       {"0500", "JPN", 0},
    };

    store_one(7, "TR1000000", "TR1000999", "JPN");
    store_one(8, "100", "999", "JPN");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        ck_assert_msg(screen(rows[i].number, rows[i].state) == rows[i].want, "%s", rows[i].number);
}
END_TEST

START_TEST(overlapping_ranges_are_found_as_the_oracle_says)
{
    enum { RANGES = 60 };
    unsigned from[RANGES], to[RANGES];
    char first[8], last[8], number[8];

    for (unsigned i = 0; i < RANGES; i++) {
        from[i] = i * 37 % 180;
        to[i] = from[i] + i * 13 % 40;
        snprintf(first, sizeof first, "AB%03u", from[i]);
        snprintf(last, sizeof last, "AB%03u", to[i]);
        store_one(i + 1, first, last, "JPN");
    }
    for (unsigned n = 0; n < 240; n++) {
        size_t want = 0;
        snprintf(number, sizeof number, "AB%03u", n);
        for (size_t i = 0; i < RANGES; i++)
            want += n >= from[i] && n <= to[i] ? 1 : 0;
        ck_assert_uint_eq(screen(number, "JPN"), want);
    }
}
END_TEST

/* Every number near either end of a range, against the oracle. */
static void
check_ends(const char *first, const char *last)
{
    unsigned long long low = strtoull(first, NULL, 10), high = strtoull(last, NULL, 10);
    int digits = (int)strlen(first);
    char number[DOCUMENT_NUMBER_BYTES];

    for (unsigned long long end = low;; end = high) {
        for (unsigned long long n = end < 30 ? 0 : end - 30; n <= end + 30; n++) {
            snprintf(number, sizeof number, "%0*llu", digits, n);
            ck_assert_msg(screen(number, "JPN") == (n >= low && n <= high ? 1 : 0),
                          "%s in %s to %s", number, first, last);
        }
        if (end == high)
            return;
    }
}

START_TEST(ranges_of_any_ends_and_sizes_are_found_whole)
{
    static const char *const rows[][2] = {
        {"0000000", "0999999"},
        {"0000001", "0999998"},
        {"0123456", "1123455"},
        {"9000000", "9999999"},
        {"9999999", "9999999"},
        {"0000000", "0000000"},
        {"999990", "999999"},
        {"5", "7"},
        {"0", "9"},
        {"0009999", "0010000"},
        {"000", "999"},
        {"199999999", "200999998"},
        {"1999999999999999999", "2000000000000999998"},
    };

    store_one(7, rows[_i][0], rows[_i][1], "JPN");
    check_ends(rows[_i][0], rows[_i][1]);
}
END_TEST

START_TEST(a_range_of_the_longest_numbers_is_found)
{
    store_one(7, "AB09999999999999999990", "AB10000000000000000010", "JPN");
    ck_assert_uint_eq(screen("AB09999999999999999989", "JPN"), 0);
    ck_assert_uint_eq(screen("AB09999999999999999990", "JPN"), 1);
    ck_assert_uint_eq(screen("AB09999999999999999999", "JPN"), 1);
    ck_assert_uint_eq(screen("AB10000000000000000000", "JPN"), 1);
    ck_assert_uint_eq(screen("AB10000000000000000010", "JPN"), 1);
    ck_assert_uint_eq(screen("AB10000000000000000011", "JPN"), 0);
}
END_TEST

START_TEST(the_view_comes_with_what_was_found)
{
    const struct screen_view stored = {.rest_stored = 7, .head_time_ms = 5};
    const struct screen_query asked = {.number = {"TR1234567"}, .state = "JPN"};
    const struct record_query query = {&asked, NOW_MS};
    struct screen_view view;
    size_t count = 0;

    ck_assert_int_eq(records_begin(records), ERR_OK);
    ck_assert_int_eq(records_put_view(records, &stored), ERR_OK);
    ck_assert_int_eq(records_commit(records), ERR_OK);
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(records_screen(records, &query, matches, &count, &view), ERR_OK);
    ck_assert_uint_eq(count, 0);
    ck_assert_uint_eq(view.rest_stored, 7);
    ck_assert_uint_eq(view.head_time_ms, 5);
}
END_TEST

START_TEST(what_was_withdrawn_or_replaced_no_longer_matches)
{
    store_one(7, "TR1234567", "", "JPN");
    store_one(8, "TR1000000", "TR1000999", "JPN");
    end(7, RECORD_WITHDRAWN);
    ck_assert_uint_eq(screen("TR1234567", "JPN"), 0);
    ck_assert_uint_eq(screen("TR1000500", "JPN"), 1);
    end(8, RECORD_REPLACED);
    ck_assert_uint_eq(screen("TR1000500", "JPN"), 0);
}
END_TEST

START_TEST(what_expired_no_longer_matches_erased_or_not)
{
    Denrei__V1__LostDocument documents[] = {lost_document("TR1234567", "", "JPN"),
                                            lost_document("TR1000000", "TR1000999", "JPN")};

    store_until(7, NOW_MS + DAY_MS, documents, 2);
    ck_assert_uint_eq(screen_at("TR1234567", "JPN", NOW_MS + DAY_MS - 1), 1);
    ck_assert_uint_eq(screen_at("TR1000500", "JPN", NOW_MS + DAY_MS - 1), 1);
    ck_assert_uint_eq(screen_at("TR1234567", "JPN", NOW_MS + DAY_MS), 0);
    ck_assert_uint_eq(screen_at("TR1000500", "JPN", NOW_MS + DAY_MS), 0);
}
END_TEST

START_TEST(a_document_is_dropped_when_its_review_day_is_over)
{
    Denrei__V1__LostDocument documents[] = {lost_document("TR1234567", "", "JPN"),
                                            lost_document("TR1234568", "", "JPN")};
    const uint64_t over_ms = EXAMPLE_TIME_MS + 2 * DAY_MS; /* 2026-01-03 */

    documents[0].review_date = (char *)(uintptr_t) "2026-01-02";
    documents[1].review_date = (char *)(uintptr_t) "2036-01-02"; /* after the message's expiry */
    store_until(7, EXAMPLE_TIME_MS + 30 * DAY_MS, documents, 2);
    ck_assert_uint_eq(screen_at("TR1234567", "JPN", over_ms - 1), 1);
    ck_assert_uint_eq(screen_at("TR1234567", "JPN", over_ms), 0);
    ck_assert_uint_eq(screen_at("TR1234568", "JPN", over_ms), 1);
    ck_assert_uint_eq(screen_at("TR1234568", "JPN", EXAMPLE_TIME_MS + 30 * DAY_MS), 0);
}
END_TEST

START_TEST(more_records_than_there_is_room_for_are_still_a_hit)
{
    Denrei__V1__LostDocument documents[40];

    for (size_t i = 0; i < 40; i++)
        documents[i] = lost_document("TR1234567", "", "JPN");
    store_until(7, NOW_MS + DAY_MS, documents, 40);
    store_until(8, NOW_MS + DAY_MS, documents, 40);
    store_one(9, "TR1000000", "TR1999999", "JPN");
    ck_assert_uint_eq(screen("TR1234567", "JPN"), RECORDS_FOUND_MAX);
    ck_assert_uint_eq(screen("TR1234568", "JPN"), 1);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("records_screen");
    TCase *tcase = tcase_create("records_screen");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_checked_fixture(tcase, stored_setup, stored_teardown);
    tcase_set_timeout(tcase, 30);
    tcase_add_test(tcase, a_document_is_found_by_number_and_state_alone);
    tcase_add_test(tcase, several_records_of_one_document_come_newest_first);
    tcase_add_test(tcase, a_range_has_its_ends_and_what_lies_between_and_nothing_else);
    tcase_add_test(tcase, overlapping_ranges_are_found_as_the_oracle_says);
    tcase_add_loop_test(tcase, ranges_of_any_ends_and_sizes_are_found_whole, 0, 13);
    tcase_add_test(tcase, a_range_of_the_longest_numbers_is_found);
    tcase_add_test(tcase, the_view_comes_with_what_was_found);
    tcase_add_test(tcase, what_was_withdrawn_or_replaced_no_longer_matches);
    tcase_add_test(tcase, what_expired_no_longer_matches_erased_or_not);
    tcase_add_test(tcase, a_document_is_dropped_when_its_review_day_is_over);
    tcase_add_test(tcase, more_records_than_there_is_room_for_are_still_a_hit);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
