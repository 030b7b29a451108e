/*
 * Goal: no reply of a relay makes a client believe, wait for or store what it must not.
 * Method: the real client over real sockets, against a relay that changes one thing in an honest
 * answer (relay_case.h).
 */
#include "../relay_case.h"
#include "proto/refusal.h"

/* ---- replies that nobody asked for */

static size_t strays;

static bool
send_strays(const Denrei__V1__Request *request, Denrei__V1__Reply *reply)
{
    (void)request;
    for (size_t i = 0; i < strays; i++) {
        Denrei__V1__Reply stray = *reply;
        stray.request_id = reply->request_id + 1000 + i;
        relay_send(&stray);
    }
    return true;
}

START_TEST(replies_that_nobody_awaits_are_passed_over_but_not_for_ever)
{
    relay.twist = send_strays;
    strays = 7;
    ck_assert_int_eq(relay_connect(), ERR_OK);
    strays = 100;
    ck_assert_int_eq(relay_connect(), ERR_FORMAT);
    ck_assert_uint_eq(problems.count, 1);
}
END_TEST

/* A frame of a few bytes an item, which decodes to more than any client has room for. */
static bool
send_bomb(const Denrei__V1__Request *request, Denrei__V1__Reply *reply)
{
    static Denrei__V1__FetchItem item;
    static Denrei__V1__FetchItem *items[65000];
    static Denrei__V1__FetchReply fetch;

    denrei__v1__fetch_item__init(&item);
    for (size_t i = 0; i < sizeof items / sizeof items[0]; i++)
        items[i] = &item;
    denrei__v1__fetch_reply__init(&fetch);
    fetch.items = items;
    fetch.n_items = sizeof items / sizeof items[0];
    (void)request;
    reply->answer_case = DENREI__V1__REPLY__ANSWER_FETCH;
    reply->fetch = &fetch;
    return true;
}

START_TEST(a_reply_that_decodes_to_more_than_there_is_room_for_is_the_relays_fault)
{
    relay.twist = send_bomb;
    ck_assert_int_eq(relay_connect(), ERR_FORMAT);
    relay.twist = NULL;
    ck_assert_int_eq(relay_connect(), ERR_OK);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("connect");
    TCase *tcase = tcase_create("connect");
    SRunner *runner = srunner_create(suite);

    tcase_add_checked_fixture(tcase, relay_setup, relay_teardown);
    tcase_add_test(tcase, replies_that_nobody_awaits_are_passed_over_but_not_for_ever);
    tcase_add_test(tcase, a_reply_that_decodes_to_more_than_there_is_room_for_is_the_relays_fault);
    suite_add_tcase(suite, tcase);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
