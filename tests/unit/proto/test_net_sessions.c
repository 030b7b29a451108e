/*
 * Goal: a session is found by its routing id as long as its own connection lives, and shutting it
 * never touches another connection that got the same descriptor.
 * Method: pairs of sockets whose descriptors are closed and reused; many sessions at once.
 */
#include "proto/io/net_inner.h"

#include <check.h>
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

START_TEST(a_session_is_not_confused_with_a_later_one_of_the_same_descriptor)
{
    struct net_sessions *sessions = NULL;
    struct net_session first = {{0, 1, 1, 1, 1}}, second = {{0, 2, 2, 2, 2}};
    int pair[2];

    ck_assert_int_eq(net_sessions_new(&sessions), ERR_OK);
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    ck_assert_int_eq(net_sessions_note(sessions, &first, pair[0], "a"), ERR_OK);
    ck_assert_int_eq(net_sessions_note(sessions, &first, pair[0], "a"), ERR_OK);
    ck_assert_int_eq(net_sessions_note(sessions, &first, pair[0], "b"), ERR_CONFLICT);
    ck_assert_int_eq(net_sessions_note(sessions, &first, pair[1], "a"), ERR_CONFLICT);
    int old = pair[0];
    close(pair[0]);
    close(pair[1]);
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    ck_assert_int_eq(pair[0], old);
    net_sessions_shut(sessions, &first);
    ck_assert_int_eq(write(pair[1], "x", 1), 1); /* the new connection was not shut */
    ck_assert_int_eq(net_sessions_note(sessions, &second, pair[0], "b"), ERR_OK);
    net_sessions_shut(sessions, &second);
    ck_assert_int_eq(send(pair[1], "x", 1, MSG_NOSIGNAL), -1);
    close(pair[0]);
    close(pair[1]);
    net_sessions_free(&sessions);
    ck_assert_ptr_null(sessions);
}
END_TEST

/* A peer sends much, is ended, and the rest is read when its descriptor is somebody else's. */
START_TEST(late_frames_of_an_ended_session_do_not_end_who_has_its_descriptor_now)
{
    struct net_sessions *sessions = NULL;
    const struct net_session hostile = {{0, 1, 1, 1, 1}}, honest = {{0, 2, 2, 2, 2}};
    int pair[2];

    ck_assert_int_eq(net_sessions_new(&sessions), ERR_OK);
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    ck_assert_int_eq(net_sessions_note(sessions, &hostile, pair[0], "a"), ERR_OK);
    net_sessions_shut(sessions, &hostile);
    ck_assert_int_eq(net_sessions_note(sessions, &hostile, pair[0], "a"), ERR_CANCELLED);
    ck_assert_uint_eq(net_sessions_count(sessions), 0);
    int old = pair[0];
    close(pair[0]);
    close(pair[1]);
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    ck_assert_int_eq(pair[0], old);
    ck_assert_int_eq(net_sessions_note(sessions, &honest, pair[0], "b"), ERR_OK);
    ck_assert_int_eq(net_sessions_note(sessions, &hostile, pair[0], "a"), ERR_CANCELLED);
    net_sessions_shut(sessions, &hostile);
    ck_assert_uint_eq(net_sessions_shut_user(sessions, "a"), 0);
    ck_assert_int_eq(write(pair[1], "x", 1), 1); /* the honest connection was not shut */
    ck_assert_uint_eq(net_sessions_count(sessions), 1);
    ck_assert_int_eq(net_sessions_note(sessions, &honest, pair[0], "b"), ERR_OK);
    close(pair[0]);
    close(pair[1]);
    net_sessions_free(&sessions);
}
END_TEST

START_TEST(many_sessions_are_found_again_while_others_are_forgotten)
{
    enum { MANY = 3000 };
    struct net_sessions *sessions = NULL;
    int pair[2];

    ck_assert_int_eq(net_sessions_new(&sessions), ERR_OK);
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    for (unsigned i = 0; i < MANY; i++) {
        struct net_session session = {{0, (uint8_t)(i >> 8), (uint8_t)i, 7, 9}};
        ck_assert_int_eq(net_sessions_note(sessions, &session, pair[0], i % 3 == 0 ? "a" : "b"),
                         ERR_OK);
    }
    for (unsigned i = 0; i < MANY; i += 2) {
        struct net_session session = {{0, (uint8_t)(i >> 8), (uint8_t)i, 7, 9}};
        net_sessions_forget(sessions, &session);
        net_sessions_forget(sessions, &session);
    }
    for (unsigned i = 0; i < MANY; i++) {
        struct net_session session = {{0, (uint8_t)(i >> 8), (uint8_t)i, 7, 9}};
        ck_assert_int_eq(net_sessions_note(sessions, &session, pair[0], "c"),
                         i % 2 == 0 ? ERR_OK : ERR_CONFLICT);
    }
    ck_assert_uint_eq(net_sessions_shut_user(sessions, "a"), MANY / 6);
    close(pair[0]);
    close(pair[1]);
    net_sessions_free(&sessions);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("net_sessions");
    TCase *tcase = tcase_create("all");

    tcase_add_test(tcase, a_session_is_not_confused_with_a_later_one_of_the_same_descriptor);
    tcase_add_test(tcase, late_frames_of_an_ended_session_do_not_end_who_has_its_descriptor_now);
    tcase_add_test(tcase, many_sessions_are_found_again_while_others_are_forgotten);
    suite_add_tcase(suite, tcase);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
