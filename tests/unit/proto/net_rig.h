/*
 * net_rig.h - a server on 127.0.0.1 that knows two members' keys, and clients of it, for tests.
 */
#ifndef TESTS_UNIT_PROTO_NET_RIG_H
#define TESTS_UNIT_PROTO_NET_RIG_H

#include "proto/io/clock.h"
#include "proto/io/log.h"
#include "proto/io/loop.h"
#include "proto/io/net_inner.h"

#include <check.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { WAIT_MS = 60000 };

struct pair {
    uint8_t public_key[KEY_BYTES], secret_key[KEY_BYTES];
};

static struct net *net;
static struct net_server *server;
static struct pair server_pair, member_pair, other_pair, stranger_pair;
static _Atomic(bool) member_revoked;

static inline void
make_pair(struct pair *pair)
{
    ck_assert_int_eq(crypto_box_keypair(pair->public_key, pair->secret_key), 0);
}

static inline bool
lookup(void *context, const struct public_key *key, char user_id[NET_USER_ID_MAX + 1])
{
    ck_assert_ptr_eq(context, &server_pair);
    if (memcmp(key->bytes, member_pair.public_key, KEY_BYTES) == 0 && !atomic_load(&member_revoked))
        strcpy(user_id, "member-a");
    else if (memcmp(key->bytes, other_pair.public_key, KEY_BYTES) == 0)
        strcpy(user_id, "member-b");
    else
        return false;
    return true;
}

static inline void
setup(void)
{
    ck_assert_int_ge(sodium_init(), 0);
    log_set_level(LOG_LEVEL_ERROR);
    make_pair(&server_pair);
    make_pair(&member_pair);
    make_pair(&other_pair);
    make_pair(&stranger_pair);
    atomic_store(&member_revoked, false);
    ck_assert_int_eq(net_new(&net), ERR_OK);
    struct net_server_config config = {.endpoint = "tcp://127.0.0.1:*",
                                       .secret_key = server_pair.secret_key,
                                       .lookup = lookup,
                                       .context = &server_pair};
    ck_assert_int_eq(net_server_open(net, &config, &server), ERR_OK);
}

static inline void
teardown(void)
{
    net_server_free(&server);
    ck_assert_ptr_null(server);
    net_free(&net);
    ck_assert_ptr_null(net);
}

static inline uint64_t
soon(void)
{
    return clock_boot_ms() + WAIT_MS;
}

static inline struct net_client *
client_open(const char *endpoint, const struct pair *own, const struct pair *server_is)
{
    struct net_client *client = NULL;
    struct net_client_config config = {
        .endpoint = endpoint, .server_key = server_is->public_key, .secret_key = own->secret_key};

    ck_assert_int_eq(net_client_open(net, &config, &client), ERR_OK);
    return client;
}

static inline struct net_client *
connected(const struct pair *own)
{
    struct net_client *client = client_open(net_server_endpoint(server), own, &server_pair);

    ck_assert_int_eq(net_client_wait_link(client, soon()), ERR_OK);
    ck_assert_int_eq(net_client_link(client), NET_LINK_UP);
    return client;
}

static inline struct span
text_span(const char *text)
{
    return (struct span){(const uint8_t *)text, strlen(text)};
}

static inline bool
is_text(struct span content, const char *text)
{
    return content.len == strlen(text) && memcmp(content.data, text, content.len) == 0;
}

/* The next frame at the server. */
static inline void
server_expect(struct net_frame *frame, const char *text, const char *user_id)
{
    uint64_t deadline_ms = soon();
    struct loop_source source = {.socket = net_server_socket(server)};

    while (net_server_receive(server, frame) != ERR_OK)
        ck_assert_int_eq(loop_wait(&source, 1, deadline_ms), ERR_OK);
    ck_assert(is_text(frame->content, text));
    ck_assert_str_eq(frame->user_id, user_id);
}

/* Let the server read until it has dropped `count` messages; none may be passed on. */
static inline void
server_expect_drops(uint64_t count)
{
    uint64_t deadline_ms = soon();
    struct loop_source source = {.socket = net_server_socket(server)};
    struct net_frame frame;

    net_frame_init(&frame);
    while (net_server_counts(server).dropped < count) {
        ck_assert_int_eq(net_server_receive(server, &frame), ERR_TIMEOUT);
        if (net_server_counts(server).dropped < count)
            ck_assert_int_eq(loop_wait(&source, 1, deadline_ms), ERR_OK);
    }
    ck_assert_uint_eq(net_server_counts(server).dropped, count);
    net_frame_free(&frame);
}

static inline void
client_expect_link(struct net_client *client, enum net_link want)
{
    uint64_t deadline_ms = soon();
    struct loop_source source = {.socket = net_client_socket(client)};

    while (net_client_link(client) != want) {
        ck_assert_uint_lt(clock_boot_ms(), deadline_ms);
        ck_assert_int_eq(loop_wait(&source, 1, clock_boot_ms() + 5), ERR_TIMEOUT);
    }
}

#endif /* TESTS_UNIT_PROTO_NET_RIG_H */
