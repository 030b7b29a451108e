/*
 * Goal: in every situation, each step is allowed exactly to the party and in the states that UNTOC
 * Article 18 and the lifecycle of KINDS.md give it, and leads where it should.
 * Method: an oracle written as one question per step, in words of its own, over all states, flags,
 * steps and parties; then sets of situations and the judging of threads by example.
 */
#include "proto/mla_thread.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

struct expected {
    bool is_allowed;
    unsigned state, flags;
};

/* Where the requested party works on the request, whatever it has said of it so far. */
static bool
is_at_work(unsigned state)
{
    return state == MLA_STATE_RECEIVED || state == MLA_STATE_ACCEPTED ||
           state == MLA_STATE_CLARIFICATION_REQUESTED || state == MLA_STATE_SUPPLEMENTED ||
           state == MLA_STATE_POSTPONED || state == MLA_STATE_CONSULTING ||
           state == MLA_STATE_IN_EXECUTION || state == MLA_STATE_PARTIALLY_EXECUTED;
}

static bool
is_running(unsigned state)
{
    return state == MLA_STATE_RELAYED || is_at_work(state);
}

/* States that an answer given can lead on to, but a withdrawal. */
static bool
may_hold_evidence(unsigned state)
{
    return is_at_work(state) || state == MLA_STATE_EXECUTED || state == MLA_STATE_CLOSED ||
           state == MLA_STATE_REFUSED || state == MLA_STATE_TRANSFERRED;
}

static struct expected
yes(bool is_allowed, unsigned state, unsigned flags)
{
    return (struct expected){is_allowed, state, flags};
}

static struct expected
by_requesting(unsigned state, unsigned flags, enum mla_step step)
{
    switch ((int)step) {
    case MLA_STEP_REQUEST:
        return yes(state == MLA_STATE_NONE, MLA_STATE_SUBMITTED, flags);
    case MLA_STEP_URGENT_REQUEST:
        return yes(state == MLA_STATE_NONE, MLA_STATE_SUBMITTED, flags | MLA_FLAG_URGENT);
    case MLA_STEP_CONFIRMATION:
        return yes((flags & MLA_FLAG_URGENT) && (is_running(state) || state == MLA_STATE_EXECUTED),
                   state, flags & ~16U);
    case MLA_STEP_SUPPLEMENT:
        return yes(state == MLA_STATE_CLARIFICATION_REQUESTED, MLA_STATE_SUPPLEMENTED, flags);
    case MLA_STEP_CONSULTATION_REPLY:
        return yes(state == MLA_STATE_CONSULTING && (flags & MLA_FLAG_CONSULTED), state,
                   flags & ~1U);
    case MLA_STEP_CLOSURE:
        return yes(state == MLA_STATE_EXECUTED, MLA_STATE_CLOSED, flags);
    case MLA_STEP_WITHDRAWAL:
        return yes(is_running(state), MLA_STATE_WITHDRAWN, flags & MLA_FLAG_EVIDENCE);
    case MLA_STEP_STATUS_QUERY:
        return yes(is_running(state) && !(flags & MLA_FLAG_STATUS), state, flags | 2U);
    case MLA_STEP_USE_REQUEST:
        return yes(may_hold_evidence(state) && (flags & MLA_FLAG_EVIDENCE) &&
                       !(flags & MLA_FLAG_USE),
                   state, flags | 4U);
    default:
        return yes(false, 0, 0);
    }
}

static struct expected
by_requested(unsigned state, unsigned flags, enum mla_step step)
{
    const unsigned asked_no_more = flags & ~1U, over = flags & ~3U;
    const bool is_undecided = state == MLA_STATE_SUPPLEMENTED || state == MLA_STATE_POSTPONED ||
                              state == MLA_STATE_CONSULTING;
    const bool is_executing =
        state == MLA_STATE_IN_EXECUTION || state == MLA_STATE_PARTIALLY_EXECUTED;

    switch ((int)step) {
    case MLA_STEP_ACKNOWLEDGEMENT:
        return yes(state == MLA_STATE_RELAYED, MLA_STATE_RECEIVED, flags);
    case MLA_STEP_ACCEPTANCE:
        return yes(state == MLA_STATE_RECEIVED || is_undecided, MLA_STATE_ACCEPTED, asked_no_more);
    case MLA_STEP_CLARIFICATION:
        return yes(is_at_work(state) && state != MLA_STATE_CLARIFICATION_REQUESTED,
                   MLA_STATE_CLARIFICATION_REQUESTED, asked_no_more);
    case MLA_STEP_CONSULTATION:
        return yes(is_at_work(state) && !(flags & 1U), MLA_STATE_CONSULTING, flags | 1U);
    case MLA_STEP_POSTPONEMENT:
        return yes(is_at_work(state) && state != MLA_STATE_POSTPONED, MLA_STATE_POSTPONED,
                   asked_no_more);
    case MLA_STEP_EXECUTION:
        return yes(state == MLA_STATE_ACCEPTED || is_undecided, MLA_STATE_IN_EXECUTION,
                   asked_no_more);
    case MLA_STEP_PARTIAL_ANSWER:
        return yes(is_executing, MLA_STATE_PARTIALLY_EXECUTED, flags | 8U);
    case MLA_STEP_FINAL_ANSWER:
        return yes(is_executing, MLA_STATE_EXECUTED, over | 8U);
    case MLA_STEP_PARTIAL_REFUSAL:
        return yes(state == MLA_STATE_CONSULTING, MLA_STATE_ACCEPTED, asked_no_more);
    case MLA_STEP_REFUSAL:
        return yes(state == MLA_STATE_CONSULTING, MLA_STATE_REFUSED, over);
    case MLA_STEP_TRANSFER:
        return yes(state == MLA_STATE_RELAYED || state == MLA_STATE_RECEIVED ||
                       state == MLA_STATE_CLARIFICATION_REQUESTED ||
                       state == MLA_STATE_SUPPLEMENTED || state == MLA_STATE_CONSULTING,
                   MLA_STATE_TRANSFERRED, over);
    case MLA_STEP_STATUS_REPLY:
        return yes(is_running(state) && (flags & MLA_FLAG_STATUS), state, flags & ~2U);
    case MLA_STEP_USE_REPLY:
        return yes(may_hold_evidence(state) && (flags & MLA_FLAG_USE), state, flags & ~4U);
    default:
        return yes(false, 0, 0);
    }
}

static struct expected
oracle(unsigned state, unsigned flags, enum mla_step step, enum mla_party party)
{
    if (party == MLA_RELAY)
        return yes(step == MLA_STEP_RELAY && state == MLA_STATE_SUBMITTED, MLA_STATE_RELAYED,
                   flags);
    return party == MLA_REQUESTING ? by_requesting(state, flags, step)
                                   : by_requested(state, flags, step);
}

START_TEST(every_step_is_allowed_where_the_oracle_says_and_leads_there)
{
    static const enum mla_party parties[] = {MLA_REQUESTING, MLA_REQUESTED, MLA_RELAY};

    for (unsigned state = 0; state < MLA_STATES; state++)
        for (unsigned flags = 0; flags <= MLA_FLAGS_ALL; flags++)
            for (unsigned step = 0; step < MLA_STEPS; step++)
                for (size_t i = 0; i < 3; i++) {
                    struct mla_case of = {{0}}, before;
                    struct mla_situation now = {MLA_STATE_NONE, 0};
                    of.possible[state] = UINT32_C(1) << flags;
                    before = of;
                    struct expected want = oracle(state, flags, (enum mla_step)step, parties[i]);
                    enum err err = mla_case_take(&of, MLA_STEP_BIT(step), parties[i]);
                    ck_assert_msg((err == ERR_OK) == want.is_allowed, "%s, flags %u, %s by %s",
                                  mla_state_name((enum mla_state)state), flags,
                                  mla_step_name((enum mla_step)step), mla_party_name(parties[i]));
                    ck_assert(((mla_case_steps(&before, parties[i]) >> step & 1) != 0) ==
                              want.is_allowed);
                    if (err != ERR_OK) {
                        ck_assert_int_eq(err, ERR_POLICY);
                        ck_assert_mem_eq(&of, &before, sizeof of);
                        continue;
                    }
                    ck_assert(mla_case_sole(&of, &now));
                    ck_assert_uint_eq(now.state, want.state);
                    ck_assert_uint_eq(now.flags, want.flags);
                    ck_assert_int_eq(mla_step_party((enum mla_step)step), parties[i]);
                }
}
END_TEST

START_TEST(what_nobody_saw_leaves_every_situation_that_it_can_have_led_to)
{
    struct mla_case of;
    struct mla_situation now;

    mla_case_begin(&of);
    ck_assert_int_eq(mla_case_take(&of, MLA_STEP_BIT(MLA_STEP_REQUEST), MLA_REQUESTING), ERR_OK);
    ck_assert_int_eq(mla_case_take(&of, MLA_STEP_BIT(MLA_STEP_RELAY), MLA_RELAY), ERR_OK);
    mla_case_miss(&of, MLA_REQUESTED);
    ck_assert(!mla_case_sole(&of, &now));
    ck_assert(mla_case_states(&of) >> MLA_STATE_EXECUTED & 1);
    ck_assert(!(mla_case_states(&of) >> MLA_STATE_CLOSED & 1)); /* the requesting party's */
    ck_assert(!(mla_case_states(&of) >> MLA_STATE_SUPPLEMENTED & 1));
    ck_assert_int_eq(mla_case_take(&of, MLA_STEP_BIT(MLA_STEP_CLOSURE), MLA_REQUESTING), ERR_OK);
    ck_assert_uint_eq(mla_case_states(&of), UINT32_C(1) << MLA_STATE_CLOSED);
    ck_assert_int_eq(mla_case_take(&of, MLA_STEP_BIT(MLA_STEP_WITHDRAWAL), MLA_REQUESTING),
                     ERR_POLICY);
}
END_TEST

/* ---- threads */

static struct mla_entry entries[16];
static struct mla_judgement judgements[16];
static size_t count;

static void
setup(void)
{
    memset(entries, 0, sizeof entries);
    count = 0;
}

/* Add a message whose id is its place + 1, in reply to that of `asked` (0: to nothing). */
static struct mla_entry *
add(enum mla_party party, uint32_t steps, uint8_t asked)
{
    struct mla_entry *entry = &entries[count++];

    *entry = (struct mla_entry){.party = party,
                                .action = DENREI__V1__ACTION__ACTION_NEW,
                                .has_in_reply_to = asked != 0,
                                .in_reply_to = {{asked}},
                                .in_reply_to_party = asked == 0 ? 0 : entries[asked - 1].party,
                                .steps = steps,
                                .is_reply = steps == 0,
                                .time_ms = 1000 * count};
    entry->id.bytes[0] = (uint8_t)count;
    return entry;
}

static struct mla_thread
judge(unsigned unseen)
{
    struct mla_thread thread;

    mla_thread_judge(entries, count, unseen, NULL, judgements, &thread);
    return thread;
}

static void
assert_state(enum mla_state state)
{
    struct mla_thread thread = judge(0);

    ck_assert_uint_eq(mla_case_states(&thread.now), UINT32_C(1) << state);
}

/* Request, acknowledgement, question for more information. */
static void
begin(void)
{
    add(MLA_REQUESTING, MLA_STEP_BIT(MLA_STEP_REQUEST), 0);
    add(MLA_REQUESTED, MLA_STEP_BIT(MLA_STEP_ACKNOWLEDGEMENT), 1);
    add(MLA_REQUESTED, MLA_STEP_BIT(MLA_STEP_CLARIFICATION), 1)->due_ms = 777;
}

START_TEST(a_reply_is_the_step_that_its_question_makes_it)
{
    begin();
    add(MLA_REQUESTING, 0, 3);
    assert_state(MLA_STATE_SUPPLEMENTED);
    ck_assert_uint_eq(judgements[3].steps, MLA_STEP_BIT(MLA_STEP_SUPPLEMENT));
    add(MLA_REQUESTING, 0, 3); /* the same question again */
    assert_state(MLA_STATE_SUPPLEMENTED);
    ck_assert_int_eq(judgements[4].effect, MLA_EFFECT_IMPOSSIBLE);
    add(MLA_REQUESTING, 0, 2); /* an acknowledgement asks nothing */
    assert_state(MLA_STATE_SUPPLEMENTED);
    ck_assert_int_eq(judgements[5].effect, MLA_EFFECT_IMPOSSIBLE);
}
END_TEST

START_TEST(a_reply_to_an_earlier_question_does_not_answer_the_open_one)
{
    begin();
    add(MLA_REQUESTING, 0, 3);
    add(MLA_REQUESTED, MLA_STEP_BIT(MLA_STEP_CLARIFICATION), 4);
    add(MLA_REQUESTING, 0, 3);
    assert_state(MLA_STATE_CLARIFICATION_REQUESTED);
    add(MLA_REQUESTING, 0, 5);
    assert_state(MLA_STATE_SUPPLEMENTED);
}
END_TEST

START_TEST(what_was_refused_does_nothing)
{
    begin();
    entries[2].is_void = true;
    assert_state(MLA_STATE_RECEIVED);
    ck_assert_int_eq(judgements[2].effect, MLA_EFFECT_VOID);
}
END_TEST

START_TEST(an_update_corrects_its_own_step_alone)
{
    begin();
    struct mla_entry *update = add(MLA_REQUESTED, MLA_STEP_BIT(MLA_STEP_CLARIFICATION), 1);
    update->action = DENREI__V1__ACTION__ACTION_UPDATE;
    update->supersedes = entries[2].id;
    assert_state(MLA_STATE_CLARIFICATION_REQUESTED);
    ck_assert_int_eq(judgements[3].effect, MLA_EFFECT_CORRECTION);
    update->steps = MLA_STEP_BIT(MLA_STEP_ACCEPTANCE);
    assert_state(MLA_STATE_CLARIFICATION_REQUESTED);
    ck_assert_int_eq(judgements[3].effect, MLA_EFFECT_IMPOSSIBLE);
    update->steps = MLA_STEP_BIT(MLA_STEP_CLARIFICATION);
    add(MLA_REQUESTING, 0, 4); /* a reply to the corrected question */
    assert_state(MLA_STATE_SUPPLEMENTED);
}
END_TEST

START_TEST(only_the_request_is_withdrawn_and_only_by_who_made_it)
{
    begin();
    struct mla_entry *withdrawal = add(MLA_REQUESTED, 0, 1);
    withdrawal->action = DENREI__V1__ACTION__ACTION_WITHDRAW;
    withdrawal->supersedes = entries[2].id;
    assert_state(MLA_STATE_CLARIFICATION_REQUESTED);
    ck_assert_int_eq(judgements[3].effect, MLA_EFFECT_IMPOSSIBLE);
    withdrawal->party = MLA_REQUESTING;
    withdrawal->has_in_reply_to = false;
    withdrawal->supersedes = entries[0].id;
    assert_state(MLA_STATE_WITHDRAWN);
    add(MLA_REQUESTED, MLA_STEP_BIT(MLA_STEP_ACCEPTANCE), 1);
    assert_state(MLA_STATE_WITHDRAWN);
    ck_assert_int_eq(judgements[4].effect, MLA_EFFECT_IMPOSSIBLE);
}
END_TEST

START_TEST(a_third_party_and_a_second_request_have_no_place)
{
    begin();
    add(MLA_REQUESTING, MLA_STEP_BIT(MLA_STEP_REQUEST), 0);
    add(MLA_REQUESTED, MLA_STEP_BIT(MLA_STEP_ACCEPTANCE), 1)->party = 0;
    (void)judge(0);
    ck_assert_int_eq(judgements[3].effect, MLA_EFFECT_IMPOSSIBLE);
    ck_assert_int_eq(judgements[4].effect, MLA_EFFECT_IMPOSSIBLE);
}
END_TEST

START_TEST(headers_alone_show_what_no_content_could_have_made_right)
{
    begin();
    for (size_t i = 0; i < count; i++)
        entries[i].is_unread = true;
    struct mla_thread thread = judge(0);
    ck_assert(mla_case_states(&thread.now) >> MLA_STATE_CLARIFICATION_REQUESTED & 1);
    ck_assert(!(mla_case_states(&thread.now) >> MLA_STATE_RELAYED & 1));
    struct mla_entry *withdrawal = add(MLA_REQUESTING, 0, 0);
    withdrawal->action = DENREI__V1__ACTION__ACTION_WITHDRAW;
    add(MLA_REQUESTED, 0, 1)->is_unread = true;
    (void)judge(0);
    ck_assert_int_eq(judgements[3].effect, MLA_EFFECT_STEP);
    ck_assert_int_eq(judgements[4].effect, MLA_EFFECT_IMPOSSIBLE);
}
END_TEST

START_TEST(a_node_that_sees_one_side_refuses_what_no_other_side_allows)
{
    add(MLA_REQUESTING, MLA_STEP_BIT(MLA_STEP_REQUEST), 0);
    struct mla_entry *closure = add(MLA_REQUESTING, MLA_STEP_BIT(MLA_STEP_CLOSURE), 1);
    (void)judge(0);
    ck_assert_int_eq(judgements[1].effect, MLA_EFFECT_IMPOSSIBLE);
    (void)judge(MLA_REQUESTED); /* an answer may have gone that is not seen here */
    ck_assert_int_eq(judgements[1].effect, MLA_EFFECT_STEP);
    closure->steps = MLA_STEP_BIT(MLA_STEP_ACCEPTANCE); /* the other party's step */
    (void)judge(MLA_REQUESTED);
    ck_assert_int_eq(judgements[1].effect, MLA_EFFECT_IMPOSSIBLE);
}
END_TEST

START_TEST(duties_name_who_must_act_and_by_when_the_first_due_first)
{
    begin();
    struct mla_thread thread = judge(0);
    ck_assert_uint_eq(thread.duties_count, 1);
    ck_assert_int_eq(thread.duties[0].party, MLA_REQUESTING);
    ck_assert_uint_eq(thread.duties[0].steps, MLA_STEP_BIT(MLA_STEP_SUPPLEMENT));
    ck_assert_uint_eq(thread.duties[0].due_ms, 777);
    add(MLA_REQUESTING, MLA_STEP_BIT(MLA_STEP_STATUS_QUERY), 1)->due_ms = 500;
    thread = judge(0);
    ck_assert_uint_eq(thread.duties_count, 2);
    ck_assert_int_eq(thread.duties[0].party, MLA_REQUESTED);
    ck_assert_uint_eq(thread.duties[0].due_ms, 500);
    ck_assert_uint_eq(thread.duties[1].due_ms, 777);
}
END_TEST

START_TEST(deadlines_are_the_treaty_s_where_no_message_names_a_day)
{
    const struct treaty *treaty = treaty_find("treaty.jp-kr.2007");
    struct mla_thread thread;

    ck_assert_ptr_nonnull(treaty);
    add(MLA_REQUESTING, MLA_STEP_BIT(MLA_STEP_URGENT_REQUEST), 0)->due_ms = 99;
    mla_thread_judge(entries, count, 0, treaty, judgements, &thread);
    ck_assert_uint_eq(thread.duties_count, 2);
    bool is_urgent_first = thread.duties[0].due_ms == 99;
    ck_assert(is_urgent_first);
    ck_assert_uint_eq(thread.duties[1].steps, MLA_STEP_BIT(MLA_STEP_ACKNOWLEDGEMENT));
    ck_assert_uint_eq(thread.duties[1].due_ms,
                      treaty_deadline_ms(treaty, TREATY_ACKNOWLEDGE, 1000));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("mla_case");
    TCase *tcase = tcase_create("mla_case");
    SRunner *runner = srunner_create(suite);

    suite_add_tcase(suite, tcase);
    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_test(tcase, every_step_is_allowed_where_the_oracle_says_and_leads_there);
    tcase_add_test(tcase, what_nobody_saw_leaves_every_situation_that_it_can_have_led_to);
    tcase_add_test(tcase, a_reply_is_the_step_that_its_question_makes_it);
    tcase_add_test(tcase, a_reply_to_an_earlier_question_does_not_answer_the_open_one);
    tcase_add_test(tcase, what_was_refused_does_nothing);
    tcase_add_test(tcase, an_update_corrects_its_own_step_alone);
    tcase_add_test(tcase, only_the_request_is_withdrawn_and_only_by_who_made_it);
    tcase_add_test(tcase, a_third_party_and_a_second_request_have_no_place);
    tcase_add_test(tcase, headers_alone_show_what_no_content_could_have_made_right);
    tcase_add_test(tcase, a_node_that_sees_one_side_refuses_what_no_other_side_allows);
    tcase_add_test(tcase, duties_name_who_must_act_and_by_when_the_first_due_first);
    tcase_add_test(tcase, deadlines_are_the_treaty_s_where_no_message_names_a_day);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
