/*
 * Goal: an endpoint that cannot be served or reached is named by its error, and only TCP is.
 * Method: a list of bad ones, and a port that is taken.
 */
#include "proto/io/net.h"

#include <check.h>
#include <sodium.h>
#include <string.h>

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

int
main(void)
{
    Suite *suite = suite_create("net_endpoint");
    TCase *tcase = tcase_create("all");

    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, endpoints_that_cannot_be_bound_are_named_by_their_errors);
    suite_add_tcase(suite, tcase);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
