/*
 * Goal: a message whose answer was lost, or that was sealed under documents that are no longer in
 * force, is sent again so that it is accepted once.
 * Method: as test_carry.c; a roster is renewed between two attempts.
 */
#include "carry_case.h"
#include "proto/hash.h"

static atomic_uint as_it_was; /* how often the message came as it was sealed first */

static bool
is_as_it_was(const struct envelope *envelope)
{
    const struct hash hash =
        envelope_message_hash(&fed->federation, envelope->header, envelope->seal);

    return hash_is_equal(&hash, &ref.hash);
}

static void
count_as_it_was(struct envelope *envelope)
{
    if (is_as_it_was(envelope))
        atomic_fetch_add(&as_it_was, 1);
}

/* A recipient's next roster is in force at the relay, and the client has seen it. */
static void
renew_roster(void)
{
    struct fed_member *moj = fed_member(fed, "kr.moj");
    const struct span bytes = fed_issue(fed, moj, NULL);

    (void)fed_log_document(logged, DENREI__V1__DOCUMENT_TYPE__DOCUMENT_ROSTER, moj->id,
                           trust_newest_roster(fed->trust, moj->id)->version, bytes);
    ck_assert_int_eq(relay_connect(), ERR_OK);
    desk.connect = client;
}

START_TEST(a_message_whose_receipt_was_lost_goes_again_as_it_was_whatever_was_renewed)
{
    relay.alter = count_as_it_was;
    relay.twist = move_receipt;
    ck_assert_int_eq(carry(), ERR_PROOF);
    relay.twist = NULL;
    renew_roster();
    ck_assert_int_eq(carry(), ERR_OK);
    ck_assert_int_eq(stage(), STORE_ACCEPTED);
    ck_assert_uint_eq(atomic_load(&as_it_was), 2);
    ck_assert_uint_eq(relay_asked(DENREI__V1__REQUEST__CALL_SUBMIT), 2);
}
END_TEST

static bool
refuse_as_it_was(const Denrei__V1__Request *request, Denrei__V1__Reply *reply)
{
    struct envelope envelope;

    if (request->call_case != DENREI__V1__REQUEST__CALL_SUBMIT)
        return true;
    fed_need(envelope_from_wire(request->submit->envelopes[0], arena, &envelope), "envelope");
    if (is_as_it_was(&envelope))
        reply->submit->results[0]->code = code;
    return true;
}

START_TEST(a_message_under_an_old_roster_is_sealed_again_when_the_relay_refuses_it)
{
    static const enum refusal CODES[] = {REFUSAL_STALE, REFUSAL_CREDENTIAL};

    relay.alter = count_as_it_was;
    relay.twist = refuse_as_it_was;
    code = CODES[_i];
    renew_roster();
    ck_assert_int_eq(carry(), ERR_OK);
    ck_assert_int_eq(stage(), STORE_ACCEPTED);
    ck_assert_uint_eq(atomic_load(&as_it_was), 1);
    ck_assert_uint_eq(relay_asked(DENREI__V1__REQUEST__CALL_SUBMIT), 2);
}
END_TEST

START_TEST(a_refusal_for_something_newer_that_is_not_there_is_told_as_it_is)
{
    relay.twist = refuse_message;
    code = REFUSAL_STALE;
    ck_assert_int_eq(carry(), ERR_REFUSED);
    ck_assert_int_eq(stage(), STORE_WAITING);
    code = REFUSAL_GROUP;
    ck_assert_int_eq(carry(), ERR_OK);
    ck_assert_int_eq(stage(), STORE_REFUSED);
    ck_assert_uint_eq(problems.count, 2);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("carry_again");
    TCase *tcase = tcase_create("carry_again");
    SRunner *runner = srunner_create(suite);

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase,
                   a_message_whose_receipt_was_lost_goes_again_as_it_was_whatever_was_renewed);
    tcase_add_loop_test(
        tcase, a_message_under_an_old_roster_is_sealed_again_when_the_relay_refuses_it, 0, 2);
    tcase_add_test(tcase, a_refusal_for_something_newer_that_is_not_there_is_told_as_it_is);
    suite_add_tcase(suite, tcase);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
