/*
 * carry_case.h - a message of jp.mofa's officer that waits in the officer's real store, and the
 * desk that carries it to a relay which tells one lie (relay_case.h).
 */
#ifndef TESTS_UNIT_CLIENTS_OFFICER_CARRY_CASE_H
#define TESTS_UNIT_CLIENTS_OFFICER_CARRY_CASE_H

#include "../relay_case.h"
#include "clients/officer/io/desk.h"
#include "proto/refusal.h"

static const struct desk_options options;
static struct desk desk;
static struct fed_member *mofa;
static struct message_ref ref; /* of the message that waits, as it is sealed first */

/* A message of jp.mofa's officer to kr.moj and th.dsi waits in the store. */
static inline void
write_message(void)
{
    static const char *const TO[] = {"kr.moj", "th.dsi"};
    static const uint8_t CONTENT[] = {0x0a, 3, 0x0a, 1, 'A'}; /* a document whose number is A */
    struct header header = fed_header(fed, mofa, &mofa->credentials[0], TO, 2, 77);
    struct envelope envelope =
        fed_seal(fed, &header, (struct span){CONTENT, sizeof CONTENT}, fed->scratch);
    struct store_sent sent = {.id = header.id, .thread_from = ""};

    envelope_sign(&fed->federation, identity_secret(mofa->credentials[0].signing), &envelope, 1);
    sent.header = envelope.header;
    sent.hash = envelope_message_hash(&fed->federation, envelope.header, envelope.seal);
    fed_need(envelope_encode(&envelope, fed->scratch, &sent.envelope), "envelope");
    fed_need(desk_seal_copy(&desk, (struct span){CONTENT, sizeof CONTENT}, &sent.copy), "copy");
    ck_assert_int_eq(store_add_sent(desk.store, &sent, &header, &problems), ERR_OK);
    ref = (struct message_ref){mofa->id, header.id, sent.hash};
}

static inline void
setup(void)
{
    relay_setup_for("jp.mofa", 0);
    mofa = fed_member(fed, "jp.mofa");
    desk = (struct desk){.options = &options,
                         .problems = &problems,
                         .state = (struct state *)&state,
                         .key = key,
                         .has_key = true,
                         .net = net,
                         .now_ms = FED_NOW_MS};
    fed_need(arena_new(ARENA_BYTES_MAX, &desk.arena), "arena");
    fed_need(arena_new(ARENA_BYTES_MAX, &desk.scratch), "arena");
    ck_assert_int_eq(officer_store_open(client_dir, FED_NOW_MS, &problems, &desk.store), ERR_OK);
    ck_assert_int_eq(relay_connect(), ERR_OK);
    desk.connect = client;
    write_message();
}

static inline void
teardown(void)
{
    officer_store_close(&desk.store);
    arena_free(&desk.arena);
    arena_free(&desk.scratch);
    relay_teardown();
}

static inline enum store_stage
stage(void)
{
    struct store_sent sent;

    arena_reset(desk.arena);
    ck_assert_int_eq(store_sent(desk.store, &ref.id, desk.arena, &sent), ERR_OK);
    return sent.stage;
}

static inline enum err
carry(void)
{
    enum store_stage result = STORE_WAITING;

    return carry_message(&desk, &ref.id, &result);
}

/* ---- lies */

static inline bool
move_receipt(const Denrei__V1__Request *request, Denrei__V1__Reply *reply)
{
    if (request->call_case == DENREI__V1__REQUEST__CALL_SUBMIT)
        reply->submit->results[0]->leaf--;
    return true;
}

static uint32_t code;

static inline bool
refuse_message(const Denrei__V1__Request *request, Denrei__V1__Reply *reply)
{
    if (request->call_case == DENREI__V1__REQUEST__CALL_SUBMIT)
        reply->submit->results[0]->code = code;
    return true;
}

#endif /* TESTS_UNIT_CLIENTS_OFFICER_CARRY_CASE_H */
