/*
 * Goal: headers alone show the auditor which messages of a case no content can make right, and
 * which a recipient refused; nothing else is told.
 * Method: outcomes as the audit gives them, for small threads.
 */
#include "clients/audit/docket.h"
#include "proto/mla_case.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct docket *docket;
static struct arena *arena;
static struct audit_outcome outcome;
static struct docket_report report;
static uint64_t told[8];
static size_t told_count;
static const char *recipient;

static void
setup(void)
{
    ck_assert_int_eq(docket_new(&docket), ERR_OK);
    ck_assert_int_eq(arena_new(ARENA_BYTES_MAX, &arena), ERR_OK);
    outcome = (struct audit_outcome){.leaf = 0};
    told_count = 0;
}

static void
teardown(void)
{
    docket_free(&docket);
    arena_free(&arena);
}

static void
note(void *context, uint64_t leaf, const char *from, uint32_t states)
{
    (void)context;
    (void)from;
    ck_assert_uint_ne(states, 0);
    told[told_count++] = leaf;
}

/* A message with the id `number` at the leaf `number`, in reply to `asked` (0: to nothing). */
static void
send(uint8_t number, const char *from, const char *to, uint8_t asked, Denrei__V1__Action action)
{
    recipient = to;
    outcome.leaf = number;
    outcome.is_decoded = outcome.has_header = true;
    outcome.entry.time_ms = 1000 + number;
    outcome.entry.type = DENREI__V1__LOG_ENTRY__EVENT_MESSAGE;
    outcome.header = (struct header){.kind = DENREI__V1__KIND__KIND_MLA,
                                     .action = action,
                                     .from = from,
                                     .to = &recipient,
                                     .to_count = 1,
                                     .has_in_reply_to = asked != 0,
                                     .in_reply_to = {.from = from, .id = {{asked}}},
                                     .supersedes = {.from = from, .id = {{1}}}};
    outcome.header.id.bytes[0] = number;
    outcome.message_hash = (struct hash){{number}};
    ck_assert_int_eq(docket_take(docket, &outcome, arena), ERR_OK);
}

static void
refuse(uint8_t number, const char *from, const char *member)
{
    const struct delivery_receipt receipt = {
        .message = {.from = from, .id = {{1, 2, 3, 4, 5, 6, 0x70, 0, 0x80}}, .hash = {{number}}},
        .member = member,
        .status = DENREI__V1__DELIVERY_STATUS__DELIVERY_REFUSED,
        .reason = 34,
        .time_ms = 5000,
    };
    struct span bytes;

    ck_assert_int_eq(delivery_receipt_encode(&receipt, arena, &bytes), ERR_OK);
    outcome = (struct audit_outcome){.leaf = 50, .is_decoded = true};
    outcome.entry.type = DENREI__V1__LOG_ENTRY__EVENT_DELIVERY;
    outcome.entry.delivery.receipts = &bytes;
    outcome.entry.delivery.receipts_count = 1;
    ck_assert_int_eq(docket_take(docket, &outcome, arena), ERR_OK);
}

static void
judge(uint64_t messages, uint64_t refused, uint64_t impossible)
{
    ck_assert_int_eq(docket_judge(docket, note, NULL, &report), ERR_OK);
    ck_assert_uint_eq(report.messages, messages);
    ck_assert_uint_eq(report.refused, refused);
    ck_assert_uint_eq(report.impossible, impossible);
    ck_assert_uint_eq(told_count, impossible);
}

START_TEST(a_case_in_order_has_no_finding)
{
    send(1, "jp.moj", "kr.moj", 0, DENREI__V1__ACTION__ACTION_NEW);
    send(2, "kr.moj", "jp.moj", 1, DENREI__V1__ACTION__ACTION_NEW);
    send(3, "kr.moj", "jp.moj", 1, DENREI__V1__ACTION__ACTION_NEW);
    send(4, "jp.moj", "kr.moj", 3, DENREI__V1__ACTION__ACTION_NEW);
    send(5, "jp.moj", "kr.moj", 0, DENREI__V1__ACTION__ACTION_WITHDRAW);
    judge(5, 0, 0);
    ck_assert_uint_eq(report.cases, 1);
}
END_TEST

START_TEST(what_follows_on_a_withdrawal_is_told_unless_it_was_refused)
{
    send(1, "jp.moj", "kr.moj", 0, DENREI__V1__ACTION__ACTION_NEW);
    send(2, "jp.moj", "kr.moj", 0, DENREI__V1__ACTION__ACTION_WITHDRAW);
    send(3, "kr.moj", "jp.moj", 1, DENREI__V1__ACTION__ACTION_NEW);
    send(4, "kr.moj", "jp.moj", 1, DENREI__V1__ACTION__ACTION_NEW);
    refuse(4, "kr.moj", "jp.moj");
    judge(4, 1, 1);
    ck_assert_uint_eq(told[0], 3);
}
END_TEST

START_TEST(a_third_party_and_a_second_request_are_told)
{
    send(1, "jp.moj", "kr.moj", 0, DENREI__V1__ACTION__ACTION_NEW);
    send(2, "us.doj", "jp.moj", 1, DENREI__V1__ACTION__ACTION_NEW);
    send(3, "kr.moj", "us.doj", 1, DENREI__V1__ACTION__ACTION_NEW);
    send(4, "jp.moj", "kr.moj", 0, DENREI__V1__ACTION__ACTION_NEW);
    judge(4, 0, 3);
}
END_TEST

START_TEST(a_withdrawal_by_the_requested_party_is_told)
{
    send(1, "jp.moj", "kr.moj", 0, DENREI__V1__ACTION__ACTION_NEW);
    send(2, "kr.moj", "jp.moj", 1, DENREI__V1__ACTION__ACTION_NEW);
    send(3, "kr.moj", "jp.moj", 1, DENREI__V1__ACTION__ACTION_WITHDRAW);
    judge(3, 0, 1);
    ck_assert_uint_eq(told[0], 3);
}
END_TEST

START_TEST(other_kinds_and_faulty_entries_are_left_out)
{
    outcome.fault = AUDIT_SIGNATURE;
    send(1, "jp.moj", "kr.moj", 0, DENREI__V1__ACTION__ACTION_NEW);
    judge(0, 0, 0);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("docket");
    TCase *tcase = tcase_create("docket");
    SRunner *runner = srunner_create(suite);

    suite_add_tcase(suite, tcase);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, a_case_in_order_has_no_finding);
    tcase_add_test(tcase, what_follows_on_a_withdrawal_is_told_unless_it_was_refused);
    tcase_add_test(tcase, a_third_party_and_a_second_request_are_told);
    tcase_add_test(tcase, a_withdrawal_by_the_requested_party_is_told);
    tcase_add_test(tcase, other_kinds_and_faulty_entries_are_left_out);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
