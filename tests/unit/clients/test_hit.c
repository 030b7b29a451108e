/*
 * Goal: both sides see the same state of a hit from the same steps, in whatever order they came;
 * the deadline is the legal basis's, more time moves it, and no reply is said only after it.
 * Method: steps at chosen times; the expected state of each.
 */
#include "clients/hit.h"
#include "proto/limits.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define REPORTED_MS UINT64_C(1709812800000) /* 2024-03-07T12:00:00Z */

static struct hit_course course;

static void
setup(void)
{
    course = hit_course_begin(REPORTED_MS, 12 * HOUR_MS);
}

static void
take(Denrei__V1__ScreeningHit__StepCase step, uint64_t hours, uint64_t leaf)
{
    static Denrei__V1__HitMoreTime more = DENREI__V1__HIT_MORE_TIME__INIT;
    Denrei__V1__ScreeningHit hit = DENREI__V1__SCREENING_HIT__INIT;
    static char until[] = "2024-03-09T12:00:00Z";

    more.until = until;
    hit.step_case = step;
    hit.more_time = &more; /* the only step whose content counts */
    hit_course_take(&course, &hit, REPORTED_MS + hours * HOUR_MS, leaf);
}

static enum hit_state
state_after(uint64_t hours)
{
    return hit_course_state(&course, REPORTED_MS + hours * HOUR_MS);
}

START_TEST(a_report_is_notified_and_then_not_replied_to_after_the_deadline)
{
    ck_assert_int_eq(state_after(1), HIT_STATE_REPORTED);
    course.notified_ms = REPORTED_MS + 1;
    ck_assert_int_eq(state_after(1), HIT_STATE_NOTIFIED);
    ck_assert_int_eq(state_after(12), HIT_STATE_NOTIFIED);
    ck_assert_int_eq(state_after(13), HIT_STATE_NO_REPLY);
    course.reported_ms = 0;
    ck_assert_int_eq(state_after(13), HIT_STATE_WAITING);
}
END_TEST

START_TEST(each_answer_leads_to_its_state_and_stays_there)
{
    static const struct {
        Denrei__V1__ScreeningHit__StepCase step;
        enum hit_state state;
    } ROWS[] = {
        {DENREI__V1__SCREENING_HIT__STEP_CONFIRMED, HIT_STATE_CONFIRMED},
        {DENREI__V1__SCREENING_HIT__STEP_NOT_CONFIRMED, HIT_STATE_NOT_CONFIRMED},
        {DENREI__V1__SCREENING_HIT__STEP_CORRECTED, HIT_STATE_CORRECTED},
        {DENREI__V1__SCREENING_HIT__STEP_RECOVERED, HIT_STATE_RECOVERED},
    };

    take(ROWS[_i].step, 2, 7);
    ck_assert_int_eq(state_after(3), ROWS[_i].state);
    ck_assert_int_eq(state_after(300), ROWS[_i].state);
    ck_assert(!hit_course_is_late(&course));
    take(DENREI__V1__SCREENING_HIT__STEP_MORE_TIME, 3, 8); /* no news after the answer */
    ck_assert_int_eq(state_after(3), ROWS[_i].state);
    ck_assert(!course.has_more_time);
}
END_TEST

START_TEST(the_last_word_counts_in_whatever_order_the_steps_come)
{
    take(DENREI__V1__SCREENING_HIT__STEP_NOT_CONFIRMED, 14, 9);
    take(DENREI__V1__SCREENING_HIT__STEP_CONFIRMED, 2, 7);
    ck_assert_int_eq(state_after(20), HIT_STATE_NOT_CONFIRMED);
    ck_assert_uint_eq(course.answered_ms, REPORTED_MS + 2 * HOUR_MS);
    ck_assert(!hit_course_is_late(&course));
    take(DENREI__V1__SCREENING_HIT__STEP_REPORT, 30, 30); /* no steps of the owner */
    take(DENREI__V1__SCREENING_HIT__STEP_FOLLOW_UP, 31, 31);
    ck_assert_int_eq(state_after(32), HIT_STATE_NOT_CONFIRMED);
}
END_TEST

START_TEST(more_time_moves_the_deadline_and_a_late_answer_is_late)
{
    take(DENREI__V1__SCREENING_HIT__STEP_MORE_TIME, 1, 5);
    ck_assert_int_eq(state_after(13), HIT_STATE_MORE_TIME);
    ck_assert_uint_eq(course.deadline_ms, REPORTED_MS + 48 * HOUR_MS);
    ck_assert_int_eq(state_after(49), HIT_STATE_NO_REPLY);
    take(DENREI__V1__SCREENING_HIT__STEP_CONFIRMED, 50, 9);
    ck_assert_int_eq(state_after(51), HIT_STATE_CONFIRMED);
    ck_assert(hit_course_is_late(&course));
}
END_TEST

START_TEST(the_deadline_is_the_legal_basis_s)
{
    static const struct legal_basis BASES[] = {{.id = "a.basis", .answer_hours = 6},
                                               {.id = "b.basis"}};
    const struct directory directory = {.legal_bases = BASES, .legal_bases_count = 2};

    ck_assert_uint_eq(hit_answer_ms(&directory, "a.basis"), 6 * HOUR_MS);
    ck_assert_uint_eq(hit_answer_ms(&directory, "b.basis"), HIT_ANSWER_MS);
    ck_assert_uint_eq(hit_answer_ms(&directory, "c.basis"), HIT_ANSWER_MS);
    ck_assert_uint_eq(hit_answer_ms(&directory, ""), HIT_ANSWER_MS);
}
END_TEST

START_TEST(each_state_has_a_word_and_a_sentence)
{
    for (int i = HIT_STATE_FOUND; i <= HIT_STATE_NO_REPLY; i++) {
        ck_assert_str_ne(hit_state_word((enum hit_state)i), "UNKNOWN");
        ck_assert_uint_gt(strlen(hit_state_text((enum hit_state)i)), 10);
    }
    ck_assert_str_eq(hit_state_word((enum hit_state)0), "UNKNOWN");
    ck_assert_str_eq(hit_state_text((enum hit_state)99), "");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("hit");
    TCase *tcase = tcase_create("course");

    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_test(tcase, a_report_is_notified_and_then_not_replied_to_after_the_deadline);
    tcase_add_loop_test(tcase, each_answer_leads_to_its_state_and_stays_there, 0, 4);
    tcase_add_test(tcase, the_last_word_counts_in_whatever_order_the_steps_come);
    tcase_add_test(tcase, more_time_moves_the_deadline_and_a_late_answer_is_late);
    tcase_add_test(tcase, the_deadline_is_the_legal_basis_s);
    tcase_add_test(tcase, each_state_has_a_word_and_a_sentence);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
