/*
 * Goal: only a holder of a known transport key gets a frame through, and the frame carries who
 * that is; a session ends when the server says so; a client can tell a dead address, a wrong
 * server and a refusal apart.
 * Method: real sockets on 127.0.0.1 with ports of the kernel's choice, one context, our server
 * against our client; what peers may do wrong is in test_net_peers.c.
 */
#include "net_rig.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

START_TEST(a_known_key_exchanges_frames_and_is_named_by_the_lookup)
{
    struct net_client *client = connected(&member_pair);
    struct net_frame frame, moved;

    net_frame_init(&frame);
    net_frame_init(&moved);
    ck_assert_int_eq(net_client_send(client, text_span("question")), ERR_OK);
    server_expect(&frame, "question", "member-a");
    net_frame_move(&moved, &frame);
    ck_assert_uint_eq(frame.content.len, 0);
    ck_assert(is_text(moved.content, "question"));
    ck_assert_int_eq(net_server_send(server, &moved.session, text_span("answer")), ERR_OK);
    ck_assert_int_eq(net_client_receive(client, soon(), &frame), ERR_OK);
    ck_assert(is_text(frame.content, "answer"));
    ck_assert_int_eq(net_client_receive(client, 0, &frame), ERR_TIMEOUT);
    ck_assert_uint_eq(frame.content.len, 0);
    ck_assert_uint_eq(net_server_counts(server).admitted, 1);
    net_frame_free(&frame);
    net_frame_free(&moved);
    net_client_free(&client);
    ck_assert_ptr_null(client);
}
END_TEST

START_TEST(an_unknown_key_is_refused_and_the_client_says_so)
{
    struct net_client *client =
        client_open(net_server_endpoint(server), &stranger_pair, &server_pair);
    struct net_frame frame;

    net_frame_init(&frame);
    ck_assert_int_eq(net_client_wait_link(client, soon()), ERR_REFUSED);
    ck_assert_int_eq(net_client_link(client), NET_LINK_REFUSED);
    ck_assert_int_eq(net_client_send(client, text_span("hello")), ERR_CONNECT);
    ck_assert_int_eq(net_server_receive(server, &frame), ERR_TIMEOUT);
    ck_assert_uint_eq(net_server_counts(server).admitted, 0);
    ck_assert_uint_eq(net_server_counts(server).refused, 1);
    net_frame_free(&frame);
    net_client_free(&client);
}
END_TEST

START_TEST(a_server_without_the_expected_key_is_told_apart_from_a_refusal)
{
    struct net_client *client =
        client_open(net_server_endpoint(server), &member_pair, &stranger_pair);

    ck_assert_int_eq(net_client_wait_link(client, soon()), ERR_KEY);
    ck_assert_int_eq(net_client_send(client, text_span("hello")), ERR_CONNECT);
    ck_assert_uint_eq(net_server_counts(server).refused, 0);
    net_client_free(&client);
}
END_TEST

/* A listener that hangs up on everybody, and stops after `times`. */
static void
hang_up(int listener, unsigned times)
{
    for (unsigned i = 0; i < times; i++) {
        int peer = accept(listener, NULL, NULL);

        ck_assert_int_ge(peer, 0);
        if (i + 1 == times)
            close(listener); /* first, or the next try might still meet it */
        close(peer);
    }
}

START_TEST(a_server_that_hangs_up_once_is_asked_again_before_it_is_called_a_stranger)
{
    static const struct {
        unsigned times;
        enum err err;
    } rows[] = {{1, ERR_CONNECT}, {2, ERR_KEY}};
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    char endpoint[NET_ENDPOINT_BYTES];
    int listener = socket(AF_INET, SOCK_STREAM, 0);

    ck_assert_int_eq(bind(listener, (struct sockaddr *)&address, len), 0);
    ck_assert_int_eq(listen(listener, 4), 0);
    ck_assert_int_eq(getsockname(listener, (struct sockaddr *)&address, &len), 0);
    snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%u", ntohs(address.sin_port));
    struct net_client *client = client_open(endpoint, &member_pair, &server_pair);
    hang_up(listener, rows[_i].times);
    ck_assert_int_eq(net_client_wait_link(client, soon()), rows[_i].err);
    net_client_free(&client);
}
END_TEST

START_TEST(an_address_where_nobody_listens_is_unreachable)
{
    char endpoint[NET_ENDPOINT_BYTES];

    strncpy(endpoint, net_server_endpoint(server), sizeof endpoint - 1);
    endpoint[sizeof endpoint - 1] = '\0';
    net_server_free(&server);
    struct net_client *client = client_open(endpoint, &member_pair, &server_pair);
    ck_assert_int_eq(net_client_wait_link(client, soon()), ERR_CONNECT);
    ck_assert_int_eq(net_client_link(client), NET_LINK_UNREACHABLE);
    net_client_free(&client);
}
END_TEST

START_TEST(closing_a_users_sessions_makes_it_shake_hands_again)
{
    struct net_client *a = connected(&member_pair), *b = connected(&other_pair);
    struct net_frame frame;

    net_frame_init(&frame);
    ck_assert_int_eq(net_client_send(b, text_span("b")), ERR_OK);
    server_expect(&frame, "b", "member-b");
    ck_assert_int_eq(net_client_send(a, text_span("a")), ERR_OK);
    server_expect(&frame, "a", "member-a");
    atomic_store(&member_revoked, true);
    ck_assert_uint_eq(net_server_close_user(server, "member-a"), 1);
    ck_assert_uint_eq(net_server_close_user(server, "nobody"), 0);
    client_expect_link(a, NET_LINK_REFUSED);
    ck_assert_int_eq(net_client_link(b), NET_LINK_UP);
    ck_assert_int_eq(net_client_send(b, text_span("still")), ERR_OK);
    server_expect(&frame, "still", "member-b");
    net_frame_free(&frame);
    net_client_free(&a);
    net_client_free(&b);
}
END_TEST

START_TEST(closing_one_session_ends_it_and_a_reply_to_it_is_not_found)
{
    struct net_client *client = connected(&member_pair);
    struct net_frame frame;

    net_frame_init(&frame);
    ck_assert_int_eq(net_client_send(client, text_span("hello")), ERR_OK);
    server_expect(&frame, "hello", "member-a");
    net_server_close_session(server, &frame.session);
    client_expect_link(client, NET_LINK_LOST);
    net_client_free(&client);
    /* The server's thread learns of the end by and by; each try that is too early says ERR_OK. */
    uint64_t deadline_ms = soon();
    struct loop_source source = {.socket = net_server_socket(server)};
    enum err err = ERR_OK;
    while (err == ERR_OK && clock_boot_ms() < deadline_ms) {
        err = net_server_send(server, &frame.session, text_span("late"));
        if (err == ERR_OK)
            ck_assert_int_eq(loop_wait(&source, 1, clock_boot_ms() + 1), ERR_TIMEOUT);
    }
    ck_assert_int_eq(err, ERR_NOT_FOUND);
    net_frame_free(&frame);
}
END_TEST

static _Atomic(unsigned) released;

static void
count_release(void *data, void *hint)
{
    ck_assert_ptr_eq(hint, &released);
    free(data);
    atomic_fetch_add(&released, 1);
}

static struct span
heap_span(const char *text)
{
    return (struct span){(const uint8_t *)strdup(text), strlen(text)};
}

START_TEST(owned_content_is_released_once_whether_sent_or_not)
{
    struct net_client *client = connected(&member_pair);
    struct net_session nobody = {{0, 1, 2, 3, 4}};
    struct net_frame frame;

    atomic_store(&released, 0);
    net_frame_init(&frame);
    ck_assert_int_eq(
        net_server_send_owned(server, &nobody, heap_span("x"), count_release, &released),
        ERR_NOT_FOUND);
    ck_assert_uint_eq(atomic_load(&released), 1);
    ck_assert_int_eq(net_client_send(client, text_span("hello")), ERR_OK);
    server_expect(&frame, "hello", "member-a");
    ck_assert_int_eq(
        net_server_send_owned(server, &frame.session, heap_span("owned"), count_release, &released),
        ERR_OK);
    ck_assert_int_eq(net_client_receive(client, soon(), &frame), ERR_OK);
    ck_assert(is_text(frame.content, "owned"));
    net_frame_free(&frame);
    net_client_free(&client);
    teardown();
    ck_assert_uint_eq(atomic_load(&released), 2);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("net");
    TCase *sockets = tcase_create("sockets");

    tcase_add_checked_fixture(sockets, setup, teardown);
    tcase_set_timeout(sockets, 60);
    tcase_add_test(sockets, a_known_key_exchanges_frames_and_is_named_by_the_lookup);
    tcase_add_test(sockets, an_unknown_key_is_refused_and_the_client_says_so);
    tcase_add_test(sockets, a_server_without_the_expected_key_is_told_apart_from_a_refusal);
    tcase_add_test(sockets, an_address_where_nobody_listens_is_unreachable);
    tcase_add_loop_test(
        sockets, a_server_that_hangs_up_once_is_asked_again_before_it_is_called_a_stranger, 0, 2);
    tcase_add_test(sockets, closing_a_users_sessions_makes_it_shake_hands_again);
    tcase_add_test(sockets, closing_one_session_ends_it_and_a_reply_to_it_is_not_found);
    tcase_add_test(sockets, owned_content_is_released_once_whether_sent_or_not);
    suite_add_tcase(suite, sockets);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
