/*
 * Goal: a node stores what an honest relay serves, signs receipts and checkpoints for it, and gets
 * rid of its receipts whatever their number; what a relay refuses holds up nothing else.
 * Method: the real client over real sockets, against a relay that answers as the test wishes
 * (relay_case.h).
 */
#include "intake_case.h"

START_TEST(what_is_served_is_stored_acknowledged_and_cosigned)
{
    size_t stored = 0;

    (void)send_message(0);
    relay.witnesses = FED_WITNESSES;
    ck_assert_int_eq(relay_connect(), ERR_OK);
    ck_assert_int_eq(fetch(&stored), ERR_OK);
    ck_assert_uint_eq(stored, 1);
    ck_assert_uint_eq(queued(), 1);
    ck_assert_int_eq(intake_acknowledge(intake, client, &problems), ERR_OK);
    ck_assert_uint_eq(queued(), 0);
    ck_assert_int_eq(intake_witness(intake, client, &problems), ERR_OK);
    ck_assert_uint_eq(relay_asked(DENREI__V1__REQUEST__CALL_COSIGN), 1);
    ck_assert_uint_eq(intake_view(intake)->witnessed_time_ms / 1000, logged->time_ms / 1000);
}
END_TEST

/* ---- receipts */

enum { BACKLOG = 300 };

/* Queue receipts for messages that are numbered from 0; their time tells them apart. */
static void
queue_receipts(uint64_t count)
{
    const struct message_ref message = {.from = "kr.moj",
                                        .id = {.bytes = {[6] = 0x70, [8] = 0x80}}};

    ck_assert_int_eq(records_begin(records), ERR_OK);
    for (uint64_t i = 0; i < count; i++) {
        const struct delivery_receipt receipt = {
            .message = message,
            .member = state.self.member,
            .credential = state.self.credential,
            .status = DENREI__V1__DELIVERY_STATUS__DELIVERY_DELIVERED,
            .time_ms = i + 1};
        struct span bytes;
        arena_reset(fed->scratch);
        fed_need(delivery_receipt_encode(&receipt, fed->scratch, &bytes), "receipt");
        ck_assert_int_eq(records_put_receipt(records, bytes), ERR_OK);
    }
    ck_assert_int_eq(records_commit(records), ERR_OK);
}

static bool is_taken[BACKLOG]; /* by the relay */
static size_t refused_one, refused_two;
static uint32_t refused_with;

/* Take all of a call or nothing, as a relay does: it refuses two of them. */
static bool
refuse_two(const Denrei__V1__Request *request, Denrei__V1__Reply *reply)
{
    const Denrei__V1__AcknowledgeCall *call = request->acknowledge;
    size_t numbers[RECORDS_RECEIPTS_MAX];
    struct delivery_receipt receipt;
    bool is_refused = false;

    if (request->call_case != DENREI__V1__REQUEST__CALL_ACKNOWLEDGE)
        return true;
    ck_assert_uint_le(call->n_receipts, RECORDS_RECEIPTS_MAX);
    for (size_t i = 0; i < call->n_receipts; i++) {
        const struct span bytes = {call->receipts[i].data, call->receipts[i].len};
        ck_assert_int_eq(delivery_receipt_decode(bytes, arena, &receipt), ERR_OK);
        numbers[i] = receipt.time_ms - 1;
        is_refused = is_refused || numbers[i] == refused_one || numbers[i] == refused_two;
    }
    if (is_refused)
        relay_refuse(reply, refused_with, NULL);
    for (size_t i = 0; i < call->n_receipts && !is_refused; i++) {
        ck_assert(!is_taken[numbers[i]]);
        is_taken[numbers[i]] = true;
    }
    return true;
}

static size_t
count_taken(void)
{
    size_t count = 0;

    for (size_t i = 0; i < BACKLOG; i++)
        count += is_taken[i];
    return count;
}

static void
setup_refusing(uint32_t code, size_t one, size_t two)
{
    refused_with = code;
    refused_one = one;
    refused_two = two;
    relay.twist = refuse_two;
    queue_receipts(BACKLOG);
    ck_assert_int_eq(relay_connect(), ERR_OK);
}

START_TEST(a_backlog_of_any_length_is_acknowledged_in_one_round)
{
    setup_refusing(REFUSAL_NOT_FOUND, BACKLOG, BACKLOG);
    ck_assert_int_eq(intake_acknowledge(intake, client, &problems), ERR_OK);
    ck_assert_uint_eq(queued(), 0);
    ck_assert_uint_eq(count_taken(), BACKLOG);
    ck_assert_uint_eq(relay_asked(DENREI__V1__REQUEST__CALL_ACKNOWLEDGE), 3);
}
END_TEST

START_TEST(a_receipt_that_is_never_taken_is_dropped_and_keeps_back_no_other)
{
    setup_refusing(REFUSAL_NOT_FOUND, 0, 129);
    ck_assert_int_eq(intake_acknowledge(intake, client, &problems), ERR_OK);
    ck_assert_uint_eq(queued(), 0);
    ck_assert_uint_eq(count_taken(), BACKLOG - 2);
    ck_assert(!is_taken[0] && !is_taken[129]);
    ck_assert_uint_lt(relay_asked(DENREI__V1__REQUEST__CALL_ACKNOWLEDGE), 40);
    ck_assert(problems_is_empty(&problems)); /* the round goes on */
    ck_assert_int_eq(intake_witness(intake, client, &problems), ERR_OK);
    ck_assert_uint_eq(relay_asked(DENREI__V1__REQUEST__CALL_COSIGN), 1);
}
END_TEST

START_TEST(receipts_that_are_refused_for_now_are_kept_and_sent_later)
{
    static const uint32_t CODES[] = {REFUSAL_RATE, REFUSAL_NO_SPACE, REFUSAL_CLOCK,
                                     REFUSAL_CREDENTIAL, REFUSAL_NOT_ALLOWED};

    setup_refusing(CODES[0], 140, 150);
    for (size_t i = 0; i < sizeof CODES / sizeof CODES[0]; i++) {
        refused_with = CODES[i];
        ck_assert_int_eq(intake_acknowledge(intake, client, &problems), ERR_OK);
        ck_assert_uint_eq(queued(), RECORDS_RECEIPTS_MAX);
        ck_assert_uint_eq(count_taken(), RECORDS_RECEIPTS_MAX); /* those before */
        ck_assert_int_eq(intake_witness(intake, client, &problems), ERR_OK);
    }
    refused_one = refused_two = BACKLOG;
    ck_assert_int_eq(intake_acknowledge(intake, client, &problems), ERR_OK);
    ck_assert_uint_eq(queued(), 0);
    ck_assert_uint_eq(count_taken(), BACKLOG);
}
END_TEST

/* ---- witnessing */

/* One round of witnessing; the newest time that a quorum has confirmed. */
static uint64_t
witness(void)
{
    ck_assert_int_eq(intake_witness(intake, client, &problems), ERR_OK);
    return intake_view(intake)->witnessed_time_ms;
}

START_TEST(a_checkpoint_that_is_smaller_than_one_cosigned_is_not_cosigned)
{
    const uint64_t early = relay_size();

    (void)send_message(0);
    ck_assert_int_eq(relay_connect(), ERR_OK);
    (void)witness();
    ck_assert_uint_eq(relay_asked(DENREI__V1__REQUEST__CALL_COSIGN), 1);
    relay.published = early;
    (void)witness();
    ck_assert_uint_eq(relay_asked(DENREI__V1__REQUEST__CALL_COSIGN), 1);
    relay.published = 0;
    (void)send_message(1);
    (void)witness();
    ck_assert_uint_eq(relay_asked(DENREI__V1__REQUEST__CALL_COSIGN), 2);
}
END_TEST

START_TEST(a_quorums_time_ahead_of_this_clock_is_not_believed)
{
    relay.witnesses = FED_WITNESSES;
    ck_assert_int_eq(relay_connect(), ERR_OK);
    logged->time_ms = clock_now_ms() + CLOCK_SKEW_MS + 60000;
    ck_assert_uint_eq(witness(), 0);
    logged->time_ms = clock_now_ms();
    ck_assert_uint_eq(witness(), logged->time_ms / 1000 * 1000);
}
END_TEST

START_TEST(a_quorum_counts_only_while_it_keeps_up_with_what_the_relay_shows)
{
    size_t stored = 0;

    relay.witnesses = FED_WITNESSES;
    relay.published = relay_size();
    ck_assert_int_eq(relay_connect(), ERR_OK);
    const uint64_t first = witness();
    ck_assert_uint_gt(first, 0);
    (void)send_message(0); /* which no witness ever sees */
    ck_assert_int_eq(fetch(&stored), ERR_OK);
    logged->time_ms += 60000;
    const uint64_t second = witness();
    ck_assert_uint_gt(second, first); /* it covers what was seen the first time */
    logged->time_ms += 60000;
    ck_assert_uint_eq(witness(), second);
    relay.published = 0;
    ck_assert_uint_gt(witness(), second);
}
END_TEST

static bool
refuse_cosignature(const Denrei__V1__Request *request, Denrei__V1__Reply *reply)
{
    if (request->call_case == DENREI__V1__REQUEST__CALL_COSIGN)
        relay_refuse(reply, refused_with, NULL);
    return true;
}

START_TEST(a_cosignature_that_the_relay_refuses_holds_up_nothing_else)
{
    static const enum refusal CODES[] = {REFUSAL_CLOCK, REFUSAL_RATE, REFUSAL_CHECKPOINT};

    relay.twist = refuse_cosignature;
    ck_assert_int_eq(relay_connect(), ERR_OK);
    for (unsigned i = 0; i < 3; i++) {
        refused_with = CODES[i];
        ck_assert_int_eq(intake_witness(intake, client, &problems), ERR_OK);
        ck_assert_uint_eq(relay_asked(DENREI__V1__REQUEST__CALL_COSIGN), i + 1);
    }
    ck_assert(problems_is_empty(&problems));
    relay.twist = NULL; /* and it is offered again */
    ck_assert_int_eq(intake_witness(intake, client, &problems), ERR_OK);
    ck_assert_uint_eq(relay_asked(DENREI__V1__REQUEST__CALL_COSIGN), 4);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("intake");
    TCase *tcase = tcase_create("intake");
    SRunner *runner = srunner_create(suite);

    tcase_add_checked_fixture(tcase, intake_setup, intake_teardown);
    tcase_add_test(tcase, what_is_served_is_stored_acknowledged_and_cosigned);
    tcase_add_test(tcase, a_backlog_of_any_length_is_acknowledged_in_one_round);
    tcase_add_test(tcase, a_receipt_that_is_never_taken_is_dropped_and_keeps_back_no_other);
    tcase_add_test(tcase, receipts_that_are_refused_for_now_are_kept_and_sent_later);
    tcase_add_test(tcase, a_checkpoint_that_is_smaller_than_one_cosigned_is_not_cosigned);
    tcase_add_test(tcase, a_quorums_time_ahead_of_this_clock_is_not_believed);
    tcase_add_test(tcase, a_quorum_counts_only_while_it_keeps_up_with_what_the_relay_shows);
    tcase_add_test(tcase, a_cosignature_that_the_relay_refuses_holds_up_nothing_else);
    suite_add_tcase(suite, tcase);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
