/*
 * Goal: every receipt of a queue is either taken or was refused alone, whichever the relay refuses,
 * and in few calls.
 * Method: every choice of up to two bad receipts in queues of every size up to 24, against a relay
 * that takes all of a call or nothing; then the largest queue with one bad receipt.
 */
#include "clients/acknowledge.h"
#include "proto/refusal.h"

#include <check.h>

/* Calls that it took to walk `count` receipts of which `one` and `two` are bad. */
static size_t
walk_all(size_t count, size_t one, size_t two)
{
    struct acknowledge_walk walk = acknowledge_begin(count);
    size_t calls = 0, taken = 0, dropped = 0;

    while (walk.len > 0) {
        const size_t from = walk.at, to = walk.at + walk.len;
        ck_assert_uint_le(to, count);
        ck_assert_uint_lt(calls, 1000);
        calls++;
        if ((from <= one && one < to) || (from <= two && two < to)) {
            if (acknowledge_refused(&walk)) {
                ck_assert(from == one || from == two);
                dropped++;
            }
        } else {
            acknowledge_taken(&walk);
            taken += to - from;
        }
    }
    ck_assert_uint_eq(walk.at, count);
    ck_assert_uint_eq(taken + dropped, count);
    ck_assert_uint_eq(dropped, (size_t)(one < count) + (size_t)(two < count && two != one));
    return calls;
}

START_TEST(every_receipt_is_taken_or_refused_alone)
{
    for (size_t count = 0; count <= 24; count++)
        for (size_t one = 0; one <= count; one++)
            for (size_t two = one; two <= count; two++)
                (void)walk_all(count, one, two);
}
END_TEST

START_TEST(a_bad_receipt_costs_few_calls)
{
    ck_assert_uint_eq(walk_all(128, 128, 128), 1);
    for (size_t bad = 0; bad < 128; bad++)
        ck_assert_uint_le(walk_all(128, bad, 128), 2 * 7 + 2);
}
END_TEST

START_TEST(what_says_nothing_of_a_receipt_keeps_it_for_later)
{
    ck_assert(acknowledge_is_for_later(REFUSAL_RATE));
    ck_assert(acknowledge_is_for_later(REFUSAL_CLOCK));
    ck_assert(acknowledge_is_for_later(REFUSAL_CREDENTIAL));
    ck_assert(!acknowledge_is_for_later(REFUSAL_NOT_FOUND));
    ck_assert(!acknowledge_is_for_later(REFUSAL_SIGNATURE));
    ck_assert(!acknowledge_is_for_later(REFUSAL_COUNT));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("acknowledge");
    TCase *tcase = tcase_create("acknowledge");
    SRunner *runner = srunner_create(suite);

    tcase_add_test(tcase, every_receipt_is_taken_or_refused_alone);
    tcase_add_test(tcase, a_bad_receipt_costs_few_calls);
    tcase_add_test(tcase, what_says_nothing_of_a_receipt_keeps_it_for_later);
    suite_add_tcase(suite, tcase);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
