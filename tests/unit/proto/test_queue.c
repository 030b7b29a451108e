/*
 * Goal: what is pushed is taken once, in the order of its producer; a full or closed queue refuses;
 * the descriptor is readable exactly while there is something to take.
 * Method: each rule alone, then producers against consumers with numbered items.
 */
#include "proto/io/queue.h"

#include "proto/io/clock.h"
#include "proto/io/loop.h"

#include <check.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

enum { PRODUCERS = 4, CONSUMERS = 3, ITEMS = 20000, CAPACITY = 64, BATCH = 7 };

static int numbers[PRODUCERS][ITEMS];
static _Atomic(unsigned) taken[PRODUCERS][ITEMS];
static struct queue *queue;

static bool
is_readable(void)
{
    struct pollfd item = {.fd = queue_fd(queue), .events = POLLIN};

    return poll(&item, 1, 0) == 1;
}

START_TEST(a_queue_is_first_in_first_out_bounded_and_readable_while_filled)
{
    void *items[3];

    ck_assert_int_eq(queue_new(2, QUEUE_POLLED, &queue), ERR_OK);
    ck_assert(!is_readable());
    ck_assert_uint_eq(queue_take(queue, items, 3), 0);
    for (unsigned round = 0; round < 5; round++) {
        ck_assert_int_eq(queue_push(queue, &numbers[0][0]), ERR_OK);
        ck_assert_int_eq(queue_push(queue, &numbers[0][1]), ERR_OK);
        ck_assert_int_eq(queue_push(queue, &numbers[0][2]), ERR_FULL);
        ck_assert(is_readable());
        ck_assert_uint_eq(queue_take(queue, items, 1), 1);
        ck_assert_ptr_eq(items[0], &numbers[0][0]);
        ck_assert(is_readable());
        ck_assert_int_eq(queue_push(queue, &numbers[0][3]), ERR_OK);
        ck_assert_uint_eq(queue_take(queue, items, 3), 2);
        ck_assert_ptr_eq(items[0], &numbers[0][1]);
        ck_assert_ptr_eq(items[1], &numbers[0][3]);
        ck_assert(!is_readable());
    }
    queue_free(&queue);
    ck_assert_ptr_null(queue);
}
END_TEST

START_TEST(a_closed_queue_refuses_gives_what_it_has_and_stays_readable)
{
    void *item = NULL;

    ck_assert_int_eq(queue_new(2, QUEUE_POLLED, &queue), ERR_OK);
    ck_assert_int_eq(queue_push(queue, &numbers[0][0]), ERR_OK);
    queue_close(queue);
    queue_close(queue);
    ck_assert_int_eq(queue_push(queue, &numbers[0][1]), ERR_CANCELLED);
    ck_assert_uint_eq(queue_take(queue, &item, 1), 1);
    ck_assert(is_readable());
    ck_assert_uint_eq(queue_take(queue, &item, 1), 0);
    queue_free(&queue);
}
END_TEST

static void
push_when_there_is_room(void *item)
{
    enum err err = ERR_FULL;

    while ((err = queue_push(queue, item)) == ERR_FULL)
        sched_yield();
    ck_assert_int_eq(err, ERR_OK);
}

static void *
produce(void *argument)
{
    int *own = argument;

    for (size_t i = 0; i < ITEMS; i++)
        push_when_there_is_room(&own[i]);
    return NULL;
}

/* Count what was taken; within one consumer a producer's items must come in order. */
static void
account(void *const *items, size_t count, int last[PRODUCERS])
{
    for (size_t i = 0; i < count; i++) {
        ptrdiff_t at = (int *)items[i] - &numbers[0][0];
        int producer = (int)(at / ITEMS), number = (int)(at % ITEMS);
        if (number <= last[producer])
            abort();
        last[producer] = number;
        atomic_fetch_add(&taken[producer][number], 1);
    }
}

static void *
consume_waiting(void *argument)
{
    void *items[BATCH];
    int last[PRODUCERS] = {-1, -1, -1, -1};
    size_t count = 0;

    while ((count = queue_wait(queue, items, BATCH)) > 0)
        account(items, count, last);
    return argument;
}

static void
assert_all_taken_once(void)
{
    for (size_t p = 0; p < PRODUCERS; p++)
        for (size_t i = 0; i < ITEMS; i++)
            if (atomic_load(&taken[p][i]) != 1)
                ck_abort_msg("item %zu of %zu was taken %u times", i, p, atomic_load(&taken[p][i]));
}

START_TEST(waiting_consumers_take_every_item_once_and_end_at_close)
{
    pthread_t producers[PRODUCERS], consumers[CONSUMERS];

    ck_assert_int_eq(queue_new(CAPACITY, QUEUE_WAITED, &queue), ERR_OK);
    for (size_t i = 0; i < CONSUMERS; i++)
        ck_assert_int_eq(pthread_create(&consumers[i], NULL, consume_waiting, NULL), 0);
    for (size_t i = 0; i < PRODUCERS; i++)
        ck_assert_int_eq(pthread_create(&producers[i], NULL, produce, numbers[i]), 0);
    for (size_t i = 0; i < PRODUCERS; i++)
        ck_assert_int_eq(pthread_join(producers[i], NULL), 0);
    queue_close(queue);
    for (size_t i = 0; i < CONSUMERS; i++)
        ck_assert_int_eq(pthread_join(consumers[i], NULL), 0);
    assert_all_taken_once();
    queue_free(&queue);
}
END_TEST

START_TEST(a_polling_consumer_is_woken_for_every_item)
{
    pthread_t producers[PRODUCERS];
    void *items[BATCH];
    int last[PRODUCERS] = {-1, -1, -1, -1};
    size_t total = 0;

    ck_assert_int_eq(queue_new(CAPACITY, QUEUE_POLLED, &queue), ERR_OK);
    for (size_t i = 0; i < PRODUCERS; i++)
        ck_assert_int_eq(pthread_create(&producers[i], NULL, produce, numbers[i]), 0);
    while (total < (size_t)PRODUCERS * ITEMS) {
        struct loop_source source = {.fd = queue_fd(queue)};
        if (loop_wait(&source, 1, clock_boot_ms() + 120000) != ERR_OK || !source.ready)
            ck_abort_msg("nothing came after %zu items", total);
        size_t count = queue_take(queue, items, BATCH);
        account(items, count, last);
        total += count;
    }
    for (size_t i = 0; i < PRODUCERS; i++)
        ck_assert_int_eq(pthread_join(producers[i], NULL), 0);
    ck_assert(!is_readable());
    assert_all_taken_once();
    queue_free(&queue);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("queue");
    TCase *tcase = tcase_create("all");

    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, a_queue_is_first_in_first_out_bounded_and_readable_while_filled);
    tcase_add_test(tcase, a_closed_queue_refuses_gives_what_it_has_and_stays_readable);
    tcase_add_test(tcase, waiting_consumers_take_every_item_once_and_end_at_close);
    tcase_add_test(tcase, a_polling_consumer_is_woken_for_every_item);
    suite_add_tcase(suite, tcase);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
