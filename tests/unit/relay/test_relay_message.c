/*
 * Goal: the machine accepts what it must, refuses all else with the right code, logs refusals
 * sparingly, and a refused message changes no mailbox.
 * Method: a federation in memory, real envelopes, a store in memory (rig.h).
 */
#include "tests/unit/relay/rig.h"

static struct rig *rig;

static void
set_up(void)
{
    rig = rig_new(0);
}

static void
tear_down(void)
{
    rig_free(&rig);
}

static const struct mailbox *
receiver_mailbox(void)
{
    return mailboxes_find(relay_mailboxes(rig->relay), rig->receiver->id);
}

START_TEST(a_message_becomes_a_leaf_and_takes_the_next_number)
{
    for (uint64_t i = 1; i <= 3; i++) {
        const struct header header = rig_header(rig);
        uint64_t leaf = rig->entries_count;
        const struct rig_answer answer = rig_send(rig, &header);
        ck_assert_int_eq(answer.code, REFUSAL_NONE);
        ck_assert_uint_eq(answer.leaf, leaf);
        const struct log_entry entry = rig_last_entry(rig);
        ck_assert_int_eq(entry.type, DENREI__V1__LOG_ENTRY__EVENT_MESSAGE);
        ck_assert_uint_eq(entry.message.slots[0].number, i);
        ck_assert_int_eq(entry.message.slots[0].lane, DENREI__V1__LANE__LANE_REST);
    }
    ck_assert_uint_eq(receiver_mailbox()->rest_last, 3);
    ck_assert_uint_eq(receiver_mailbox()->unacknowledged, 3);
    ck_assert_uint_eq(relay_counts(rig->relay).accepted, 3);
}
END_TEST

START_TEST(a_flash_message_takes_the_flash_lane)
{
    struct header header = rig_header(rig);

    header.priority = DENREI__V1__PRIORITY__PRIORITY_FLASH;
    ck_assert_int_eq(rig_send(rig, &header).code, REFUSAL_NONE);
    ck_assert_uint_eq(receiver_mailbox()->flash_last, 1);
    ck_assert_uint_eq(receiver_mailbox()->rest_last, 0);
}
END_TEST

START_TEST(the_same_message_again_gets_its_first_leaf)
{
    const struct header header = rig_header(rig);
    struct envelope envelope = rig_seal(rig, &header, &rig->sender->credentials[0]);
    const struct relay_caller caller = rig_caller(rig, rig->sender, 0);
    const struct rig_answer first = rig_submit_as(rig, &envelope, &caller);
    size_t entries = rig->entries_count;

    const struct rig_answer again = rig_submit_as(rig, &envelope, &caller);
    ck_assert_int_eq(again.code, REFUSAL_NONE);
    ck_assert_uint_eq(again.leaf, first.leaf);
    ck_assert_uint_eq(rig->entries_count, entries);
    ck_assert_uint_eq(receiver_mailbox()->rest_last, 1);
}
END_TEST

START_TEST(a_repeat_is_answered_though_its_versions_are_no_longer_current)
{
    const struct header header = rig_header(rig);
    struct envelope envelope = rig_seal(rig, &header, &rig->sender->credentials[0]);
    struct relay_caller caller = rig_caller(rig, rig->sender, 0);
    const struct rig_answer first = rig_submit_as(rig, &envelope, &caller);

    ck_assert_int_eq(rig_publish(rig, DENREI__V1__DOCUMENT_TYPE__DOCUMENT_ROSTER,
                                 fed_issue(rig->fed, rig->receiver, NULL))
                         .code,
                     REFUSAL_NONE);
    caller = rig_caller(rig, rig->sender, 0);
    const struct rig_answer again = rig_submit_as(rig, &envelope, &caller);
    ck_assert_int_eq(again.code, REFUSAL_NONE);
    ck_assert_uint_eq(again.leaf, first.leaf);
}
END_TEST

START_TEST(the_same_id_with_other_bytes_is_a_conflict_and_is_logged)
{
    struct header header = rig_header(rig);

    ck_assert_int_eq(rig_send(rig, &header).code, REFUSAL_NONE);
    header.tlp = DENREI__V1__TLP__TLP_RED;
    ck_assert_int_eq(rig_send(rig, &header).code, REFUSAL_CONFLICT);
    const struct log_entry entry = rig_last_entry(rig);
    ck_assert_int_eq(entry.type, DENREI__V1__LOG_ENTRY__EVENT_REFUSAL);
    ck_assert_uint_eq(entry.refusal.code, REFUSAL_CONFLICT);
    ck_assert_str_eq(entry.refusal.member, "aa.send");
    ck_assert_uint_eq(receiver_mailbox()->rest_last, 1);
}
END_TEST

START_TEST(old_versions_are_stale)
{
    struct header header = rig_header(rig);

    header.roster_version++;
    ck_assert_int_eq(rig_send(rig, &header).code, REFUSAL_STALE);
    header = rig_header(rig);
    header.directory_version++;
    ck_assert_int_eq(rig_send(rig, &header).code, REFUSAL_STALE);
    ck_assert_ptr_null(receiver_mailbox()); /* nothing was ever put into one */
}
END_TEST

START_TEST(a_session_submits_for_its_own_member_only)
{
    const struct header header = rig_header(rig);
    struct envelope envelope = rig_seal(rig, &header, &rig->sender->credentials[0]);
    const struct relay_caller caller = rig_caller(rig, rig->receiver, 1);

    ck_assert_int_eq(rig_submit_as(rig, &envelope, &caller).code, REFUSAL_SENDER);
    const struct log_entry entry = rig_last_entry(rig);
    ck_assert_str_eq(entry.refusal.member, "bb.receive"); /* who did it, not who is named */
}
END_TEST

START_TEST(another_credential_of_the_member_may_carry_a_message)
{
    const struct header header = rig_header(rig);
    struct envelope envelope = rig_seal(rig, &header, &rig->sender->credentials[0]);
    const struct relay_caller caller = rig_caller(rig, rig->sender, 1);

    ck_assert_int_eq(rig_submit_as(rig, &envelope, &caller).code, REFUSAL_NONE);
}
END_TEST

START_TEST(what_is_not_signed_by_its_credential_leaves_no_leaf)
{
    const struct header header = rig_header(rig);
    struct envelope envelope = rig_seal(rig, &header, &rig->sender->credentials[1]);
    const struct relay_caller caller = rig_caller(rig, rig->sender, 0);
    size_t entries = rig->entries_count;

    ck_assert_int_eq(rig_submit_as(rig, &envelope, &caller).code, REFUSAL_SIGNATURE);
    ck_assert_uint_eq(rig->entries_count, entries);
}
END_TEST

START_TEST(an_altered_body_or_wrap_is_refused_and_logged)
{
    const struct relay_caller caller = rig_caller(rig, rig->sender, 0);
    struct header header = rig_header(rig);
    struct envelope envelope = rig_seal(rig, &header, &rig->sender->credentials[0]);
    uint8_t *body = arena_copy(rig->keep, envelope.body.data, envelope.body.len);
    uint8_t *wraps = arena_copy(rig->keep, envelope.wraps, WRAP_BYTES);

    body[7] ^= 1;
    struct envelope altered = envelope;
    altered.body.data = body;
    ck_assert_int_eq(rig_submit_as(rig, &altered, &caller).code, REFUSAL_BODY);
    ck_assert_uint_eq(rig_last_entry(rig).refusal.code, REFUSAL_BODY);
    wraps[7] ^= 1;
    altered = envelope;
    altered.wraps = wraps;
    ck_assert_int_eq(rig_submit_as(rig, &altered, &caller).code, REFUSAL_WRAPS);
    ck_assert_int_eq(rig_submit_as(rig, &envelope, &caller).code, REFUSAL_NONE);
}
END_TEST

START_TEST(an_update_names_the_current_head_and_all_recipients)
{
    struct header header = rig_header(rig);

    ck_assert_int_eq(rig_send(rig, &header).code, REFUSAL_NONE);
    const struct message_ref original = rig_newest(rig);
    struct header update = rig_header(rig);
    update.action = DENREI__V1__ACTION__ACTION_UPDATE;
    update.has_supersedes = true;
    update.supersedes = original;
    ck_assert_int_eq(rig_send(rig, &update).code, REFUSAL_NONE);
    const struct message_ref head = rig_newest(rig);

    struct header late = rig_header(rig);
    late.action = DENREI__V1__ACTION__ACTION_UPDATE;
    late.has_supersedes = true;
    late.supersedes = original;
    ck_assert_int_eq(rig_send(rig, &late).code, REFUSAL_SUPERSEDES);
    late.supersedes = head;
    late.supersedes.hash.bytes[0] ^= 1;
    ck_assert_int_eq(rig_send(rig, &late).code, REFUSAL_SUPERSEDES);
    late.supersedes = head;
    const char *const others[] = {rig->auditor->id};
    struct header fewer =
        fed_header(rig->fed, rig->sender, &rig->sender->credentials[0], others, 1, ++rig->ids);
    fewer.action = DENREI__V1__ACTION__ACTION_UPDATE;
    fewer.has_supersedes = true;
    fewer.supersedes = head;
    ck_assert_int_ne(rig_send(rig, &fewer).code, REFUSAL_NONE);
    ck_assert_int_eq(rig_send(rig, &late).code, REFUSAL_NONE);
}
END_TEST

START_TEST(a_withdrawal_ends_the_message_and_asks_for_its_erasure)
{
    struct header header = rig_header(rig);
    const uint64_t leaf = rig_send(rig, &header).leaf;
    struct header withdrawal = rig_header(rig);

    withdrawal.action = DENREI__V1__ACTION__ACTION_WITHDRAW;
    withdrawal.priority = DENREI__V1__PRIORITY__PRIORITY_FLASH;
    withdrawal.has_supersedes = true;
    withdrawal.supersedes = rig_newest(rig);
    ck_assert_int_eq(rig_send(rig, &withdrawal).code, REFUSAL_NONE);
    ck_assert_uint_eq(rig->erasing_leaf, leaf);
    ck_assert_uint_eq(receiver_mailbox()->flash_last, 1);

    struct header update = rig_header(rig);
    update.action = DENREI__V1__ACTION__ACTION_UPDATE;
    update.has_supersedes = true;
    update.supersedes = rig_newest(rig);
    ck_assert_int_eq(rig_send(rig, &update).code, REFUSAL_SUPERSEDES);
}
END_TEST

START_TEST(a_reply_answers_what_was_sent_or_received_in_its_thread)
{
    struct header header = rig_header(rig);

    ck_assert_int_eq(rig_send(rig, &header).code, REFUSAL_NONE);
    struct header reply = rig_header(rig);
    reply.has_in_reply_to = true;
    reply.in_reply_to = rig_newest(rig);
    ck_assert_int_eq(rig_send(rig, &reply).code, REFUSAL_THREAD); /* another thread */
    reply.thread_id = header.thread_id;
    reply.in_reply_to.hash.bytes[3] ^= 1;
    ck_assert_int_eq(rig_send(rig, &reply).code, REFUSAL_THREAD);
    reply.in_reply_to = rig_newest(rig);
    ck_assert_int_eq(rig_send(rig, &reply).code, REFUSAL_NONE);
    reply = rig_header(rig);
    reply.has_in_reply_to = true;
    reply.in_reply_to = (struct message_ref){"aa.send", header.id, {{0}}};
    reply.in_reply_to.id.bytes[15] ^= 0x7f; /* none such */
    ck_assert_int_eq(rig_send(rig, &reply).code, REFUSAL_THREAD);
}
END_TEST

START_TEST(refusals_get_one_leaf_a_second_and_the_rest_are_counted)
{
    struct header header = rig_header(rig);
    size_t before = 0;

    ck_assert_int_eq(rig_send(rig, &header).code, REFUSAL_NONE);
    header.tlp = DENREI__V1__TLP__TLP_RED;
    before = rig->entries_count;
    for (int i = 0; i < 5; i++)
        ck_assert_int_eq(rig_send(rig, &header).code, REFUSAL_CONFLICT);
    ck_assert_uint_eq(rig->entries_count, before + 1);
    rig_tick(rig);
    ck_assert_uint_eq(rig->entries_count, before + 1);
    rig->now_ms += 1000;
    rig_tick(rig);
    ck_assert_uint_eq(rig->entries_count, before + 2);
    ck_assert_uint_eq(rig_last_entry(rig).refusal.more, 3); /* 5: one, these, and itself */
    rig_tick(rig);
    ck_assert_uint_eq(rig->entries_count, before + 2);
}
END_TEST

START_TEST(a_full_disk_refuses_new_messages_and_takes_withdrawals)
{
    struct header header = rig_header(rig);

    ck_assert_int_eq(rig_send(rig, &header).code, REFUSAL_NONE);
    relay_set_full(rig->relay, true);
    struct header withdrawal = rig_header(rig);
    withdrawal.action = DENREI__V1__ACTION__ACTION_WITHDRAW;
    withdrawal.priority = DENREI__V1__PRIORITY__PRIORITY_FLASH;
    withdrawal.has_supersedes = true;
    withdrawal.supersedes = rig_newest(rig);
    header = rig_header(rig);
    ck_assert_int_eq(rig_send(rig, &header).code, REFUSAL_NO_SPACE);
    ck_assert_int_eq(rig_send(rig, &withdrawal).code, REFUSAL_NONE);
    relay_set_full(rig->relay, false);
    ck_assert_int_eq(rig_send(rig, &header).code, REFUSAL_NONE);
}
END_TEST

START_TEST(a_member_that_sends_too_much_must_wait)
{
    struct header header = rig_header(rig);
    enum refusal code = REFUSAL_NONE;
    size_t sent = 0;

    header.roster_version++; /* refused without sealing a thousand: STALE, then RATE */
    const struct envelope envelope = rig_seal(rig, &header, &rig->sender->credentials[0]);
    const struct relay_caller caller = rig_caller(rig, rig->sender, 0);
    for (; code != REFUSAL_RATE && sent < 1100; sent++)
        code = rig_submit_as(rig, &envelope, &caller).code;
    ck_assert_uint_eq(sent, 1001);
    rig->now_ms += 10;
    ck_assert_int_eq(rig_submit_as(rig, &envelope, &caller).code, REFUSAL_STALE);
}
END_TEST

START_TEST(an_entry_is_never_stamped_before_the_last)
{
    struct header header = rig_header(rig);

    ck_assert_int_eq(rig_send(rig, &header).code, REFUSAL_NONE);
    uint64_t last_ms = rig_last_entry(rig).time_ms;
    rig->now_ms -= 60000;
    header = rig_header(rig);
    ck_assert_int_eq(rig_send(rig, &header).code, REFUSAL_NONE);
    ck_assert_uint_eq(rig_last_entry(rig).time_ms, last_ms);
    ck_assert_int_eq(relay_check_clock(rig->relay, rig->now_ms), ERR_OK);
    ck_assert_int_eq(relay_check_clock(rig->relay, last_ms - CLOCK_SKEW_MS), ERR_STALE);
}
END_TEST

START_TEST(a_clock_set_back_lets_in_nothing_that_is_late_by_the_entrys_time)
{
    struct header header = rig_header(rig);

    ck_assert_int_eq(rig_send(rig, &header).code, REFUSAL_NONE);
    const uint64_t last_ms = rig->now_ms;
    rig->now_ms -= MINUTE_MS;
    header = rig_header(rig);
    header.created_at_ms = last_ms - 2 * HOUR_MS;
    header.deliver_until_ms = last_ms - SECOND_MS;
    ck_assert_int_eq(rig_send(rig, &header).code, REFUSAL_TIMES);
    header = rig_header(rig);
    header.created_at_ms = last_ms - 2 * HOUR_MS;
    header.deliver_until_ms = last_ms + SECOND_MS;
    ck_assert_int_eq(rig_send(rig, &header).code, REFUSAL_NONE);
    ck_assert_uint_eq(rig_last_entry(rig).time_ms, last_ms);
}
END_TEST

START_TEST(an_erasure_names_the_message_and_who_never_acknowledged)
{
    struct header header = rig_header(rig);
    const char *const silent[] = {"bb.receive"};
    const uint64_t leaf = rig_send(rig, &header).leaf;
    struct relay_event event = {.type = RELAY_ERASE};

    arena_reset(rig->arena);
    event.erase.message = rig_known(rig, "aa.send", &header.id);
    event.erase.unacknowledged = arena_alloc(rig->arena, sizeof(const char *));
    memcpy((void *)(uintptr_t)event.erase.unacknowledged, silent, sizeof silent);
    event.erase.unacknowledged_count = 1;
    (void)rig_step(rig, &event);
    const struct log_entry entry = rig_last_entry(rig);
    ck_assert_int_eq(entry.type, DENREI__V1__LOG_ENTRY__EVENT_ERASURE);
    ck_assert_uint_eq(entry.erasure.leaf, leaf);
    ck_assert_str_eq(entry.erasure.unacknowledged[0], "bb.receive");
    ck_assert_uint_eq(rig->erased_leaf, leaf);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("relay_message");
    TCase *tcase = tcase_create("messages");
    SRunner *runner = NULL;

    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, a_message_becomes_a_leaf_and_takes_the_next_number);
    tcase_add_test(tcase, a_flash_message_takes_the_flash_lane);
    tcase_add_test(tcase, the_same_message_again_gets_its_first_leaf);
    tcase_add_test(tcase, a_repeat_is_answered_though_its_versions_are_no_longer_current);
    tcase_add_test(tcase, the_same_id_with_other_bytes_is_a_conflict_and_is_logged);
    tcase_add_test(tcase, old_versions_are_stale);
    tcase_add_test(tcase, a_session_submits_for_its_own_member_only);
    tcase_add_test(tcase, another_credential_of_the_member_may_carry_a_message);
    tcase_add_test(tcase, what_is_not_signed_by_its_credential_leaves_no_leaf);
    tcase_add_test(tcase, an_altered_body_or_wrap_is_refused_and_logged);
    tcase_add_test(tcase, an_update_names_the_current_head_and_all_recipients);
    tcase_add_test(tcase, a_withdrawal_ends_the_message_and_asks_for_its_erasure);
    tcase_add_test(tcase, a_reply_answers_what_was_sent_or_received_in_its_thread);
    tcase_add_test(tcase, refusals_get_one_leaf_a_second_and_the_rest_are_counted);
    tcase_add_test(tcase, a_full_disk_refuses_new_messages_and_takes_withdrawals);
    tcase_add_test(tcase, a_member_that_sends_too_much_must_wait);
    tcase_add_test(tcase, an_entry_is_never_stamped_before_the_last);
    tcase_add_test(tcase, a_clock_set_back_lets_in_nothing_that_is_late_by_the_entrys_time);
    tcase_add_test(tcase, an_erasure_names_the_message_and_who_never_acknowledged);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
