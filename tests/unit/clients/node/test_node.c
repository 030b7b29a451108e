/*
 * Goal: what a node does with a served message: nothing refused, unread, expired or stopped is ever
 * in force; withdrawals and updates act in whatever order they come; only what is true is signed.
 * Method: single cases by name, then invariants over every combination of what can be known.
 */
#include "clients/node/node.h"

#include <check.h>
#include <stdlib.h>

#define NOW_MS UINT64_C(1000000)

static const Denrei__V1__DeliveryStatus DELIVERED = DENREI__V1__DELIVERY_STATUS__DELIVERY_DELIVERED;
static const Denrei__V1__DeliveryStatus APPLIED = DENREI__V1__DELIVERY_STATUS__DELIVERY_APPLIED;

static struct received received;
static struct node_knowledge knowledge;

/* A new message that can be read, is right and in force. */
static void
setup(void)
{
    received = (struct received){.subject = ""};
    received.header.action = DENREI__V1__ACTION__ACTION_NEW;
    received.header.expires_at_ms = NOW_MS + 1;
    knowledge = (struct node_knowledge){
        .opened = ERR_OK, .is_content_right = true, .stop = RECORD_WITHDRAWN, .now_ms = NOW_MS};
}

static void
make_following(Denrei__V1__Action action)
{
    received.header.action = action;
    received.header.has_supersedes = true;
    knowledge.has_older = true;
}

static struct node_plan
decide(enum record_state state, size_t receipts)
{
    struct node_plan plan = node_decide(&received, &knowledge);

    ck_assert_int_eq(plan.state, state);
    ck_assert_uint_eq(plan.receipts_count, receipts);
    return plan;
}

START_TEST(a_right_message_is_kept_in_force_and_delivered)
{
    struct node_plan plan = decide(RECORD_LIVE, 1);

    ck_assert(plan.keeps_content && !plan.is_missing && !plan.ends_older && !plan.puts_stop);
    ck_assert_int_eq(plan.receipts[0], DELIVERED);
    ck_assert_uint_eq(plan.reason, REFUSAL_NONE);
}
END_TEST

START_TEST(an_update_replaces_what_is_here)
{
    make_following(DENREI__V1__ACTION__ACTION_UPDATE);
    struct node_plan plan = decide(RECORD_LIVE, 2);

    ck_assert(plan.keeps_content && plan.ends_older && !plan.puts_stop);
    ck_assert_int_eq(plan.older, RECORD_REPLACED);
    ck_assert_int_eq(plan.receipts[0], DELIVERED);
    ck_assert_int_eq(plan.receipts[1], APPLIED);
}
END_TEST

START_TEST(a_withdrawal_ends_what_is_here_and_has_no_content)
{
    make_following(DENREI__V1__ACTION__ACTION_WITHDRAW);
    struct node_plan plan = decide(RECORD_WITHDRAWAL, 2);

    ck_assert(!plan.keeps_content && plan.ends_older);
    ck_assert_int_eq(plan.older, RECORD_WITHDRAWN);
    ck_assert_int_eq(plan.receipts[1], APPLIED);
}
END_TEST

START_TEST(a_withdrawal_before_its_original_is_kept_as_a_stop)
{
    make_following(DENREI__V1__ACTION__ACTION_WITHDRAW);
    knowledge.has_older = false;
    struct node_plan plan = decide(RECORD_WITHDRAWAL, 2);

    ck_assert(plan.puts_stop && !plan.ends_older);
    ck_assert_int_eq(plan.older, RECORD_WITHDRAWN);
}
END_TEST

START_TEST(an_original_behind_its_withdrawal_never_comes_into_force)
{
    knowledge.has_stop = true;
    struct node_plan plan = decide(RECORD_WITHDRAWN, 1);

    ck_assert(!plan.keeps_content);
    ck_assert_int_eq(plan.receipts[0], DELIVERED);
    knowledge.stop = RECORD_REPLACED;
    (void)decide(RECORD_REPLACED, 1);
}
END_TEST

START_TEST(a_withdrawal_whose_delivery_ended_acts_all_the_same)
{
    make_following(DENREI__V1__ACTION__ACTION_WITHDRAW);
    received.is_tombstone = true;
    knowledge.is_content_right = false; /* nothing was read */
    struct node_plan plan = decide(RECORD_WITHDRAWAL, 2);

    ck_assert(plan.ends_older && !plan.is_missing);
    ck_assert_int_eq(plan.older, RECORD_WITHDRAWN);
}
END_TEST

START_TEST(a_tombstone_of_what_is_in_force_is_missing_and_nothing_is_signed)
{
    received.is_tombstone = true;
    knowledge.is_content_right = false;
    struct node_plan plan = decide(RECORD_TOMBSTONE, 0);

    ck_assert(plan.is_missing && !plan.keeps_content);
    knowledge.has_stop = true;
    ck_assert(!decide(RECORD_WITHDRAWN, 0).is_missing);
    knowledge.has_stop = false;
    received.header.expires_at_ms = NOW_MS;
    ck_assert(!decide(RECORD_EXPIRED, 0).is_missing);
}
END_TEST

START_TEST(an_update_whose_delivery_ended_still_ends_the_version_before)
{
    make_following(DENREI__V1__ACTION__ACTION_UPDATE);
    received.is_tombstone = true;
    struct node_plan plan = decide(RECORD_TOMBSTONE, 0);

    ck_assert(plan.ends_older && plan.is_missing);
    ck_assert_int_eq(plan.older, RECORD_REPLACED);
}
END_TEST

START_TEST(a_message_at_its_expiry_is_expired)
{
    received.header.expires_at_ms = NOW_MS;
    ck_assert(!decide(RECORD_EXPIRED, 1).keeps_content);
}
END_TEST

START_TEST(what_the_sender_did_wrong_is_refused_with_its_reason)
{
    received.refusal = REFUSAL_SIGNATURE;
    make_following(DENREI__V1__ACTION__ACTION_WITHDRAW);
    struct node_plan plan = decide(RECORD_REFUSED, 1);

    ck_assert_uint_eq(plan.reason, REFUSAL_SIGNATURE);
    ck_assert_int_eq(plan.receipts[0], DENREI__V1__DELIVERY_STATUS__DELIVERY_REFUSED);
    ck_assert(!plan.ends_older && !plan.puts_stop);

    received.refusal = REFUSAL_NONE;
    make_following(DENREI__V1__ACTION__ACTION_UPDATE);
    knowledge.is_content_right = false;
    plan = decide(RECORD_REFUSED, 1);
    ck_assert_uint_eq(plan.reason, REFUSAL_CONTENT);
    ck_assert(!plan.ends_older && !plan.puts_stop);
}
END_TEST

/* There is no second withdrawal, so what it ends must not hang on a body. */
START_TEST(a_withdrawal_acts_whether_its_body_opens_or_not)
{
    make_following(DENREI__V1__ACTION__ACTION_WITHDRAW);
    knowledge.has_older = true;
    knowledge.opened = ERR_COMMITMENT;
    ck_assert(decide(RECORD_WITHDRAWAL, 2).ends_older);
    knowledge.opened = ERR_OK;
    knowledge.is_content_right = false;
    ck_assert(decide(RECORD_WITHDRAWAL, 2).ends_older);
    knowledge.is_out_of_case = true;
    ck_assert_uint_eq(decide(RECORD_REFUSED, 1).reason, REFUSAL_CASE);
}
END_TEST

START_TEST(what_cannot_be_opened_is_unreadable_with_its_reason)
{
    static const struct {
        enum err opened;
        enum refusal reason;
        bool is_missing;
    } rows[] = {
        {ERR_NOT_FOUND, REFUSAL_WRAPS, true},
        {ERR_KEY, REFUSAL_WRAPS, true},
        {ERR_COMMITMENT, REFUSAL_COMMITMENT, false},
        {ERR_FORMAT, REFUSAL_CONTENT, false},
    };

    knowledge.opened = rows[_i].opened;
    struct node_plan plan = decide(RECORD_UNREADABLE, 1);
    ck_assert_uint_eq(plan.reason, rows[_i].reason);
    ck_assert_int_eq(plan.is_missing, rows[_i].is_missing);
    ck_assert_int_eq(plan.receipts[0], DENREI__V1__DELIVERY_STATUS__DELIVERY_UNREADABLE);
}
END_TEST

/* ---- every combination */

static void
check_invariants(const struct node_plan *plan)
{
    bool is_bad = plan->state == RECORD_REFUSED || plan->state == RECORD_UNREADABLE;
    bool is_withdrawal = received.header.action == DENREI__V1__ACTION__ACTION_WITHDRAW;

    ck_assert_int_eq(plan->keeps_content, plan->state == RECORD_LIVE);
    ck_assert(!(plan->is_missing && plan->keeps_content));
    if (plan->state == RECORD_LIVE)
        ck_assert(received.refusal == REFUSAL_NONE && !received.is_tombstone && !is_withdrawal &&
                  knowledge.opened == ERR_OK && knowledge.is_content_right && !knowledge.has_stop &&
                  received.header.expires_at_ms > NOW_MS);
    ck_assert_int_eq(plan->reason != REFUSAL_NONE, is_bad);
    ck_assert(!(plan->ends_older && plan->puts_stop));
    ck_assert_int_eq(plan->ends_older || plan->puts_stop,
                     received.header.has_supersedes && !is_bad);
    ck_assert(!plan->ends_older || knowledge.has_older);
    ck_assert_uint_le(plan->receipts_count, NODE_RECEIPTS_MAX);
    for (size_t i = 0; i < plan->receipts_count; i++) {
        ck_assert_int_eq(plan->receipts[i] == APPLIED, i == 1);
        ck_assert_int_eq(plan->receipts[i] == DELIVERED, i == 0 && !is_bad);
    }
    if (received.is_tombstone && !is_withdrawal && !is_bad)
        ck_assert_uint_eq(plan->receipts_count, 0);
    else
        ck_assert_uint_ge(plan->receipts_count, 1);
}

START_TEST(no_combination_breaks_the_rules)
{
    static const Denrei__V1__Action ACTIONS[] = {DENREI__V1__ACTION__ACTION_NEW,
                                                 DENREI__V1__ACTION__ACTION_UPDATE,
                                                 DENREI__V1__ACTION__ACTION_WITHDRAW};
    static const enum err OPENED[] = {ERR_OK, ERR_NOT_FOUND, ERR_COMMITMENT};

    for (unsigned bits = 0; bits < 64; bits++)
        for (size_t a = 0; a < 3; a++)
            for (size_t o = 0; o < 3; o++) {
                setup();
                received.header.action = ACTIONS[a];
                received.header.has_supersedes = a != 0;
                received.refusal = (bits & 1) != 0 ? REFUSAL_TIMES : REFUSAL_NONE;
                received.is_tombstone = (bits & 2) != 0;
                received.header.expires_at_ms = NOW_MS + ((bits & 4) != 0 ? 0 : 1);
                knowledge.is_content_right = (bits & 8) != 0;
                knowledge.has_stop = (bits & 16) != 0;
                knowledge.has_older = (bits & 32) != 0;
                knowledge.opened = received.is_tombstone ? ERR_OK : OPENED[o];
                struct node_plan plan = node_decide(&received, &knowledge);
                check_invariants(&plan);
            }
}
END_TEST

START_TEST(every_state_has_its_word)
{
    static const char *const WORDS[] = {"UNKNOWN",    "LIVE",      "REPLACED",
                                        "WITHDRAWN",  "EXPIRED",   "REFUSED",
                                        "UNREADABLE", "TOMBSTONE", "WITHDRAWAL"};

    for (int i = 0; i <= RECORD_WITHDRAWAL; i++)
        ck_assert_str_eq(node_state_word((enum record_state)i), WORDS[i]);
    ck_assert_str_eq(node_state_word((enum record_state)(RECORD_WITHDRAWAL + 1)), "UNKNOWN");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("node");
    TCase *tcase = tcase_create("node");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_test(tcase, a_right_message_is_kept_in_force_and_delivered);
    tcase_add_test(tcase, an_update_replaces_what_is_here);
    tcase_add_test(tcase, a_withdrawal_ends_what_is_here_and_has_no_content);
    tcase_add_test(tcase, a_withdrawal_before_its_original_is_kept_as_a_stop);
    tcase_add_test(tcase, an_original_behind_its_withdrawal_never_comes_into_force);
    tcase_add_test(tcase, a_withdrawal_whose_delivery_ended_acts_all_the_same);
    tcase_add_test(tcase, a_tombstone_of_what_is_in_force_is_missing_and_nothing_is_signed);
    tcase_add_test(tcase, an_update_whose_delivery_ended_still_ends_the_version_before);
    tcase_add_test(tcase, a_message_at_its_expiry_is_expired);
    tcase_add_test(tcase, what_the_sender_did_wrong_is_refused_with_its_reason);
    tcase_add_test(tcase, a_withdrawal_acts_whether_its_body_opens_or_not);
    tcase_add_loop_test(tcase, what_cannot_be_opened_is_unreadable_with_its_reason, 0, 4);
    tcase_add_test(tcase, no_combination_breaks_the_rules);
    tcase_add_test(tcase, every_state_has_its_word);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
