/*
 * Goal: an endpoint that cannot be served or reached is named by its error; only TCP is served; and
 * a server that stays silent is waited for no longer than was asked. Method: a list of bad ones,
 * and a port that is taken, a listener that never answers.
 */
#include "proto/io/clock.h"
#include "proto/io/net.h"

#include <check.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static bool
lookup(void *context, const struct public_key *key, char user_id[NET_USER_ID_MAX + 1])
{
    (void)context;
    (void)key;
    (void)user_id;
    return false;
}

START_TEST(endpoints_that_cannot_be_bound_are_named_by_their_errors)
{
    static const char *const bad[] = {
        "ipc:///tmp/x",         "inproc://x",        "tcp://",
        "tcp://127.0.0.1",      "tcp://:5555",       "tcp://127.0.0.1:",
        "tcp://127.0.0.1:http", "tcp://192.0.2.1:*", "tcp://127.0.0.1;127.0.0.1:5555",
        "udp://127.0.0.1:*"};
    uint8_t secret_key[KEY_BYTES], server_key[KEY_BYTES];
    struct net_server_config config = {.secret_key = secret_key, .lookup = lookup};
    struct net_client_config client_config = {.server_key = server_key, .secret_key = secret_key};
    struct net *net = NULL;
    struct net_server *server = NULL, *second = NULL;
    struct net_client *client = NULL;
    char taken[NET_ENDPOINT_BYTES] = "";

    ck_assert_int_ge(sodium_init(), 0);
    randombytes_buf(secret_key, sizeof secret_key);
    ck_assert_int_eq(crypto_scalarmult_base(server_key, secret_key), 0);
    config.endpoint = "tcp://127.0.0.1:*";
    ck_assert_int_eq(net_new(&net), ERR_OK);
    ck_assert_int_eq(net_server_open(net, &config, &server), ERR_OK);
    strncpy(taken, net_server_endpoint(server), sizeof taken - 1);
    ck_assert_ptr_eq(strstr(taken, "tcp://127.0.0.1:"), taken); /* not as IPv6 has it */
    config.endpoint = taken;
    ck_assert_int_eq(net_server_open(net, &config, &second), ERR_BUSY); /* one server a context */
    ck_assert_ptr_null(second);
    struct net *other = NULL;
    ck_assert_int_eq(net_new(&other), ERR_OK);
    ck_assert_int_eq(net_server_open(other, &config, &second), ERR_BUSY);
    ck_assert_ptr_null(second);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        config.endpoint = bad[i];
        ck_assert_msg(net_server_open(other, &config, &second) == ERR_USAGE, "%s", bad[i]);
        ck_assert_ptr_null(second);
    }
    client_config.endpoint = "ipc:///tmp/x";
    ck_assert_int_eq(net_client_open(other, &client_config, &client), ERR_USAGE);
    client_config.endpoint = "tcp://127.0.0.1:http";
    ck_assert_int_eq(net_client_open(other, &client_config, &client), ERR_USAGE);
    ck_assert_ptr_null(client);
    net_free(&other);
    net_server_free(&server);
    net_free(&net);
}
END_TEST

START_TEST(a_wait_that_brings_nothing_ends_at_its_deadline)
{
    /* A listener that accepts and stays silent: neither up nor failed until the handshake's own
       limit, which is far longer. */
    int silent = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_storage address = {.ss_family = AF_INET};
    socklen_t len = sizeof address;
    char endpoint[NET_ENDPOINT_BYTES];
    uint8_t port[2], secret_key[KEY_BYTES] = {1}, server_key[KEY_BYTES] = {9};
    struct net_client_config config = {endpoint, server_key, secret_key};
    struct net *net = NULL;
    struct net_client *client = NULL;

    ck_assert_int_eq(listen(silent, 4), 0);
    ck_assert_int_eq(getsockname(silent, (struct sockaddr *)&address, &len), 0);
    memcpy(port, (uint8_t *)&address + 2, 2);
    snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%u", port[0] * 256u + port[1]);
    ck_assert_int_eq(net_new(&net), ERR_OK);
    ck_assert_int_eq(net_client_open(net, &config, &client), ERR_OK);
    ck_assert_int_eq(net_client_wait_link(client, clock_boot_ms() + 50), ERR_TIMEOUT);
    net_client_free(&client);
    net_free(&net);
    close(silent);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("net_endpoint");
    TCase *tcase = tcase_create("all");

    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, endpoints_that_cannot_be_bound_are_named_by_their_errors);
    tcase_add_test(tcase, a_wait_that_brings_nothing_ends_at_its_deadline);
    suite_add_tcase(suite, tcase);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
