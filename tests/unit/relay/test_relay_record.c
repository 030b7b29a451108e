/*
 * Goal: receipts become leaves once, documents act at once and are taken in order, published
 * checkpoints gather cosignatures, an auditor's reading is recorded without growing the log.
 * Method: as test_relay_message.
 */
#include "proto/batch.h"
#include "relay/relay_inner.h"
#include "tests/unit/relay/rig.h"

static struct rig *rig;

static void
set_up(void)
{
    rig = rig_new(2);
}

static void
tear_down(void)
{
    rig_free(&rig);
}

/* ---- receipts */

static struct delivery_receipt
receipt_of(const struct message_ref *message, size_t credential, Denrei__V1__DeliveryStatus status)
{
    return rig_receipt(rig, message, credential, status);
}

/* Sign `count` receipts as a batch and acknowledge as the receiver. */
static struct rig_answer
acknowledge(const struct delivery_receipt *receipts, size_t count, size_t credential)
{
    const struct relay_caller caller = rig_caller(rig, rig->receiver, credential);
    struct relay_event event = {.type = RELAY_RECEIPTS, .caller = &caller};
    struct relay_known_receipt known[BATCH_MAX] = {0};
    struct checked_receipts checked;

    arena_reset(rig->arena);
    rig_verify_receipts(rig, receipts, count, credential, &checked);
    const struct mailbox *mailbox = mailboxes_find(relay_mailboxes(rig->relay), rig->receiver->id);
    for (size_t i = 0; i < count; i++) {
        known[i].message = rig_known(rig, rig->sender->id, &receipts[i].message.id);
        known[i].is_addressed =
            known[i].message.is_found && header_is_to(known[i].message.header, receipts[i].member);
        for (size_t k = 0; k < rig->deliveries_count; k++) {
            const struct rig_delivery *delivery = &rig->deliveries[k];
            if (delivery->member != mailbox->number ||
                delivery->delivery.message_leaf != known[i].message.leaf)
                continue;
            known[i].is_acknowledged = true;
            if (delivery->delivery.status == receipts[i].status &&
                delivery->delivery.credential_tag == relay_credential_tag(&receipts[i])) {
                known[i].is_repeat = true;
                known[i].leaf = delivery->leaf;
            }
        }
    }
    event.receipts.checked = &checked;
    event.receipts.known = known;
    return rig_step(rig, &event);
}

static uint64_t
unacknowledged(void)
{
    return mailboxes_find(relay_mailboxes(rig->relay), rig->receiver->id)->unacknowledged;
}

static struct message_ref
send_one(void)
{
    const struct header header = rig_header(rig);

    ck_assert_int_eq(rig_send(rig, &header).code, REFUSAL_NONE);
    return rig_newest(rig);
}

START_TEST(a_batch_of_receipts_becomes_one_leaf_and_is_answered_once)
{
    const struct message_ref first = send_one(), second = send_one();
    const struct delivery_receipt receipts[] = {
        receipt_of(&first, 0, DENREI__V1__DELIVERY_STATUS__DELIVERY_DELIVERED),
        receipt_of(&second, 0, DENREI__V1__DELIVERY_STATUS__DELIVERY_DELIVERED)};

    ck_assert_uint_eq(unacknowledged(), 2);
    const struct rig_answer answer = acknowledge(receipts, 2, 0);
    ck_assert_int_eq(answer.code, REFUSAL_NONE);
    ck_assert_uint_eq(answer.leaf, rig->entries_count - 1);
    ck_assert_int_eq(rig_last_entry(rig).type, DENREI__V1__LOG_ENTRY__EVENT_DELIVERY);
    ck_assert_uint_eq(unacknowledged(), 0);
    const struct rig_answer again = acknowledge(receipts, 2, 0);
    ck_assert_int_eq(again.code, REFUSAL_NONE);
    ck_assert_uint_eq(again.leaf, answer.leaf);
    ck_assert_uint_eq(rig->entries_count, answer.leaf + 1);
}
END_TEST

START_TEST(delivered_counts_once_a_member_and_read_by_each_credential)
{
    const struct message_ref message = send_one();
    struct delivery_receipt receipt =
        receipt_of(&message, 0, DENREI__V1__DELIVERY_STATUS__DELIVERY_DELIVERED);
    const uint64_t leaf = acknowledge(&receipt, 1, 0).leaf;

    receipt = receipt_of(&message, 1, DENREI__V1__DELIVERY_STATUS__DELIVERY_DELIVERED);
    ck_assert_uint_eq(acknowledge(&receipt, 1, 1).leaf, leaf);
    receipt = receipt_of(&message, 1, DENREI__V1__DELIVERY_STATUS__DELIVERY_READ);
    ck_assert_uint_eq(acknowledge(&receipt, 1, 1).leaf, leaf + 1);
    receipt = receipt_of(&message, 0, DENREI__V1__DELIVERY_STATUS__DELIVERY_READ);
    ck_assert_uint_eq(acknowledge(&receipt, 1, 0).leaf, leaf + 2);
    ck_assert_uint_eq(unacknowledged(), 0);
}
END_TEST

START_TEST(receipts_for_what_was_not_received_are_refused)
{
    const struct message_ref message = send_one();
    struct delivery_receipt receipt =
        receipt_of(&message, 0, DENREI__V1__DELIVERY_STATUS__DELIVERY_DELIVERED);
    size_t entries = rig->entries_count;

    receipt.message.id.bytes[15] ^= 1;
    ck_assert_int_eq(acknowledge(&receipt, 1, 0).code, REFUSAL_NOT_FOUND);
    receipt = receipt_of(&message, 0, DENREI__V1__DELIVERY_STATUS__DELIVERY_DELIVERED);
    receipt.message.hash.bytes[0] ^= 1;
    ck_assert_int_eq(acknowledge(&receipt, 1, 0).code, REFUSAL_NOT_FOUND);
    receipt = receipt_of(&message, 0, DENREI__V1__DELIVERY_STATUS__DELIVERY_DELIVERED);
    ck_assert_int_eq(acknowledge(&receipt, 1, 1).code, REFUSAL_SIGNATURE);
    ck_assert_uint_eq(rig->entries_count, entries);
    ck_assert_uint_eq(unacknowledged(), 1);
}
END_TEST

/* ---- documents */

START_TEST(a_revoked_credential_is_refused_from_the_next_frame)
{
    struct relay_caller caller = rig_caller(rig, rig->sender, 1);
    struct header header = rig_header(rig);
    uint64_t changes = rig->trust_changes;

    header.credential = rig->sender->credentials[1].credential.hash;
    const struct envelope envelope = rig_seal(rig, &header, &rig->sender->credentials[1]);
    ck_assert_int_eq(rig_publish(rig, DENREI__V1__DOCUMENT_TYPE__DOCUMENT_ROSTER,
                                 fed_issue(rig->fed, rig->sender, "c1"))
                         .code,
                     REFUSAL_NONE);
    ck_assert_uint_eq(rig->trust_changes, changes + 1);
    ck_assert_int_eq(relay_admit(rig->relay, &caller.credential, rig->now_ms, &caller),
                     REFUSAL_CREDENTIAL);
    caller = rig_caller(rig, rig->sender, 0);
    ck_assert_int_eq(rig_submit_as(rig, &envelope, &caller).code, REFUSAL_CREDENTIAL);
}
END_TEST

START_TEST(documents_are_taken_in_order_without_a_gap)
{
    const struct span second = fed_issue(rig->fed, rig->sender, NULL);
    const struct span third = fed_issue(rig->fed, rig->sender, NULL);
    uint64_t documents = rig->documents;
    struct span altered = {arena_copy(rig->keep, second.data, second.len), second.len};

    ck_assert_int_eq(rig_publish(rig, DENREI__V1__DOCUMENT_TYPE__DOCUMENT_ROSTER, third).code,
                     REFUSAL_STALE);
    ((uint8_t *)(uintptr_t)altered.data)[second.len - 3] ^= 1; /* in the signature */
    ck_assert_int_eq(rig_publish(rig, DENREI__V1__DOCUMENT_TYPE__DOCUMENT_ROSTER, altered).code,
                     REFUSAL_DOCUMENT);
    ck_assert_int_eq(rig_publish(rig, DENREI__V1__DOCUMENT_TYPE__DOCUMENT_DIRECTORY, second).code,
                     REFUSAL_MALFORMED);
    ck_assert_uint_eq(rig->documents, documents);
    ck_assert_int_eq(rig_publish(rig, DENREI__V1__DOCUMENT_TYPE__DOCUMENT_ROSTER, second).code,
                     REFUSAL_NONE);
    const struct rig_answer answer =
        rig_publish(rig, DENREI__V1__DOCUMENT_TYPE__DOCUMENT_ROSTER, third);
    ck_assert_int_eq(answer.code, REFUSAL_NONE);
    ck_assert_uint_eq(answer.number, documents + 2);
}
END_TEST

START_TEST(a_member_that_carries_false_documents_must_wait)
{
    const struct relay_caller caller = rig_caller(rig, rig->receiver, 0);
    struct relay_event event = {.type = RELAY_DOCUMENT, .caller = &caller};
    Denrei__V1__PublishCall call = DENREI__V1__PUBLISH_CALL__INIT;
    struct checked_document checked;
    struct span third;

    (void)fed_issue(rig->fed, rig->sender, NULL); /* the second, which the log does not get */
    third = fed_issue(rig->fed, rig->sender, NULL);
    call.type = DENREI__V1__DOCUMENT_TYPE__DOCUMENT_ROSTER;
    call.document = wire_put(third.data, third.len);
    arena_reset(rig->arena);
    verify_document(&rig->fed->federation, &call, rig->arena, &checked);
    event.document.checked = &checked;
    for (int i = 0; i < 30; i++)
        ck_assert_int_eq(rig_step(rig, &event).code, REFUSAL_STALE);
    ck_assert_int_eq(rig_step(rig, &event).code, REFUSAL_RATE);
    event.document.is_known = true; /* what the log has is answered all the same */
    ck_assert_int_eq(rig_step(rig, &event).code, REFUSAL_NONE);
}
END_TEST

/* ---- witnesses */

/* Cosign the published checkpoint by `witness` at `time_ms`, as `caller`. */
static struct rig_answer
cosign(size_t witness, const struct fed_member *member, size_t credential, uint64_t time_ms)
{
    const struct relay_caller caller = rig_caller(rig, member, credential);
    struct relay_event event = {.type = RELAY_COSIGN, .caller = &caller};
    struct note_key key;
    struct note_line line;
    struct note note;
    char name[MEMBER_ID_MAX + 16];

    arena_reset(rig->arena);
    snprintf(name, sizeof name, "%s/witness", rig->fed->members[witness].id);
    ck_assert_int_eq(note_key_make(name, NOTE_COSIGNATURE,
                                   identity_public_key(rig->fed->witnesses[witness]), &key),
                     ERR_OK);
    event.cosign.note = (struct span){(const uint8_t *)rig->published, rig->published_len};
    ck_assert_int_eq(note_parse(event.cosign.note, &note), ERR_OK);
    ck_assert_int_eq(checkpoint_cosign(note.text, &key,
                                       identity_secret(rig->fed->witnesses[witness]), time_ms,
                                       &line),
                     ERR_OK);
    event.cosign.line = (struct span){(const uint8_t *)line.text, line.len};
    event.cosign.size = rig->published_size;
    return rig_step(rig, &event);
}

START_TEST(checkpoints_are_published_once_a_second_when_the_log_grew)
{
    rig_tick(rig);
    ck_assert_uint_eq(rig->published_count, 1);
    ck_assert_uint_eq(rig->published_size, rig->entries_count);
    (void)send_one();
    rig_tick(rig);
    ck_assert_uint_eq(rig->published_count, 1);
    rig->now_ms += 1000;
    rig_tick(rig);
    ck_assert_uint_eq(rig->published_count, 2);
    rig->now_ms += 60000;
    rig_tick(rig);
    ck_assert_uint_eq(rig->published_count, 2); /* the same tree: its cosignatures are renewed */
}
END_TEST

START_TEST(a_quorum_of_cosignatures_witnesses_a_checkpoint)
{
    rig_tick(rig);
    const uint64_t size = rig->published_size;
    ck_assert_uint_eq(cosign(0, rig->sender, 0, rig->now_ms).number, 1);
    ck_assert_uint_eq(relay_newest_witnessed(rig->relay)->size, 0);
    ck_assert_uint_eq(cosign(1, rig->receiver, 0, rig->now_ms - 5000).number, 2);
    ck_assert_uint_eq(relay_newest_witnessed(rig->relay)->size, size);
    ck_assert_uint_eq(relay_witnessed_ms(rig->relay), (rig->now_ms - 5000) / 1000 * 1000);
    ck_assert_uint_eq(cosign(1, rig->receiver, 0, rig->now_ms).number, 2); /* renewed, not added */
    ck_assert_uint_eq(relay_witnessed_ms(rig->relay), rig->now_ms / 1000 * 1000);
}
END_TEST

START_TEST(cosignatures_of_others_false_ones_and_future_ones_are_refused)
{
    rig_tick(rig);
    ck_assert_int_eq(cosign(0, rig->receiver, 0, rig->now_ms).code, REFUSAL_NOT_ALLOWED);
    ck_assert_int_eq(cosign(0, rig->sender, 0, rig->now_ms + 2 * CLOCK_SKEW_MS).code,
                     REFUSAL_CLOCK);
    rig->published[5] ^= 1; /* what is cosigned is not what was published */
    const struct relay_caller caller = rig_caller(rig, rig->sender, 0);
    struct relay_event event = {.type = RELAY_COSIGN, .caller = &caller};
    event.cosign.line = (struct span){(const uint8_t *)"x\n", 2};
    event.cosign.size = 7;
    ck_assert_int_eq(rig_step(rig, &event).code, REFUSAL_CHECKPOINT); /* never published */
    ck_assert_uint_eq(relay_newest_witnessed(rig->relay)->size, 0);
}
END_TEST

START_TEST(without_a_quorum_for_hours_nothing_new_is_accepted_until_it_is_back)
{
    struct header header = rig_header(rig);

    rig->now_ms += 14 * MINUTE_MS;
    header = rig_header(rig);
    ck_assert_int_eq(rig_send(rig, &header).code, REFUSAL_NONE);
    rig->now_ms += 2 * MINUTE_MS;
    rig_tick(rig);
    ck_assert_int_eq(rig->last_report, RELAY_REPORT_STOPPED); /* it began without any quorum */
    header = rig_header(rig);
    ck_assert_int_eq(rig_send(rig, &header).code, REFUSAL_UNWITNESSED);
    ck_assert_int_eq(cosign(0, rig->sender, 0, rig->now_ms).code, REFUSAL_NONE);
    ck_assert_int_eq(cosign(1, rig->receiver, 0, rig->now_ms).code, REFUSAL_NONE);
    ck_assert_int_eq(rig_send(rig, &header).code, REFUSAL_NONE);
    rig->now_ms += 3 * HOUR_MS;
    header = rig_header(rig);
    ck_assert_int_eq(rig_send(rig, &header).code, REFUSAL_NONE);
    rig->now_ms += 2 * HOUR_MS;
    header = rig_header(rig);
    ck_assert_int_eq(rig_send(rig, &header).code, REFUSAL_UNWITNESSED);
    ck_assert_uint_eq(relay_erasable_ms(rig->relay, rig->now_ms),
                      relay_witnessed_ms(rig->relay)); /* a wrong clock destroys nothing */
}
END_TEST

START_TEST(after_a_long_stop_nothing_is_written_until_a_quorum_confirms_the_clock)
{
    struct header header;
    size_t entries = 0;

    rig_tick(rig);
    rig->now_ms += 25 * HOUR_MS;
    ck_assert_int_eq(relay_begin(rig->relay, rig->now_ms), ERR_OK); /* as a start would */
    ck_assert(relay_is_waiting(rig->relay));
    entries = rig->entries_count;
    header = rig_header(rig);
    ck_assert_int_eq(rig_send(rig, &header).code, REFUSAL_CLOCK);
    (void)rig_step(rig,
                   &(struct relay_event){.type = RELAY_LIFE,
                                         .life = DENREI__V1__RELAY_EVENT_CODE__RELAY_EVENT_START});
    ck_assert_int_eq(rig_publish(rig, DENREI__V1__DOCUMENT_TYPE__DOCUMENT_ROSTER,
                                 fed_issue(rig->fed, rig->receiver, NULL))
                         .code,
                     REFUSAL_CLOCK);
    ck_assert_int_eq(cosign(0, rig->sender, 0, rig->now_ms - 25 * HOUR_MS).code, REFUSAL_NONE);
    ck_assert_int_eq(cosign(1, rig->receiver, 0, rig->now_ms - 25 * HOUR_MS).code, REFUSAL_NONE);
    ck_assert(relay_is_waiting(rig->relay)); /* that quorum saw another time */
    ck_assert_uint_eq(rig->entries_count, entries);
    ck_assert_int_eq(cosign(0, rig->sender, 0, rig->now_ms).code, REFUSAL_NONE);
    ck_assert_int_eq(cosign(1, rig->receiver, 0, rig->now_ms).code, REFUSAL_NONE);
    ck_assert(!relay_is_waiting(rig->relay));
    ck_assert_int_eq(rig->last_report, RELAY_REPORT_CLOCK_TRUSTED);
    ck_assert_int_eq(rig_send(rig, &header).code, REFUSAL_NONE);
}
END_TEST

START_TEST(a_restored_relay_writes_nothing_until_a_quorum_has_cosigned_since)
{
    struct header header = rig_header(rig);
    size_t entries = 0;

    rig_tick(rig);
    ck_assert_int_eq(cosign(0, rig->sender, 0, rig->now_ms).code, REFUSAL_NONE);
    ck_assert_int_eq(cosign(1, rig->receiver, 0, rig->now_ms).code, REFUSAL_NONE);
    rig->now_ms += 10 * MINUTE_MS;
    rig->relay->settings.is_restored = true;
    ck_assert_int_eq(relay_begin(rig->relay, rig->now_ms), ERR_OK); /* as a start would */
    entries = rig->entries_count;
    ck_assert(relay_is_unconfirmed(rig->relay));
    ck_assert_int_eq(rig_send(rig, &header).code, REFUSAL_UNWITNESSED);
    ck_assert_int_eq(rig_publish(rig, DENREI__V1__DOCUMENT_TYPE__DOCUMENT_ROSTER,
                                 fed_issue(rig->fed, rig->receiver, NULL))
                         .code,
                     REFUSAL_UNWITNESSED);
    (void)rig_step(rig,
                   &(struct relay_event){.type = RELAY_LIFE,
                                         .life = DENREI__V1__RELAY_EVENT_CODE__RELAY_EVENT_START});
    rig_tick(rig);
    /* One witness twice, and another's line from before the start, are no quorum of two. */
    ck_assert_int_eq(cosign(0, rig->sender, 0, rig->now_ms).code, REFUSAL_NONE);
    ck_assert_int_eq(cosign(0, rig->sender, 0, rig->now_ms + 1000).code, REFUSAL_NONE);
    ck_assert_int_eq(cosign(1, rig->receiver, 0, rig->now_ms - SECOND_MS).code, REFUSAL_NONE);
    ck_assert(relay_is_unconfirmed(rig->relay));
    ck_assert_int_eq(rig_send(rig, &header).code, REFUSAL_UNWITNESSED);
    ck_assert_uint_eq(rig->entries_count, entries);
    ck_assert_int_eq(cosign(1, rig->receiver, 0, rig->now_ms).code, REFUSAL_NONE);
    ck_assert(!relay_is_unconfirmed(rig->relay));
    ck_assert_int_eq(rig->last_report, RELAY_REPORT_CONFIRMED);
    ck_assert_int_eq(rig_send(rig, &header).code, REFUSAL_NONE);
}
END_TEST

/* ---- auditors */

static enum refusal
access_entries(uint64_t from_leaf, uint64_t to_leaf)
{
    const struct relay_caller caller = rig_caller(rig, rig->auditor, 0);
    struct relay_event event = {.type = RELAY_ACCESS, .caller = &caller};

    ck_assert_int_eq(relay_check_call(rig->relay, &caller, DENREI__V1__REQUEST__CALL_ENTRIES),
                     REFUSAL_NONE);
    event.access.from_leaf = from_leaf;
    event.access.to_leaf = to_leaf;
    arena_reset(rig->arena);
    return rig_step(rig, &event).code;
}

START_TEST(an_auditors_replay_and_following_is_recorded_in_few_leaves)
{
    rig_tick(rig);
    const uint64_t published = rig->published_size;
    size_t entries = rig->entries_count;
    for (uint64_t leaf = 0; leaf < published; leaf++)
        ck_assert_int_eq(access_entries(leaf, leaf + 1), REFUSAL_NONE);
    ck_assert_uint_eq(rig->entries_count, entries + 1);
    const struct log_entry entry = rig_last_entry(rig);
    ck_assert_int_eq(entry.type, DENREI__V1__LOG_ENTRY__EVENT_ACCESS);
    ck_assert_uint_eq(entry.access.from_leaf, 0);
    ck_assert_uint_eq(entry.access.to_leaf, published);
    for (int i = 0; i < 20; i++) { /* it follows what it itself adds */
        rig->now_ms += 1000;
        rig_tick(rig);
        ck_assert_int_eq(access_entries(rig->published_size - 1, rig->published_size),
                         REFUSAL_NONE);
    }
    ck_assert_uint_eq(rig->entries_count, entries + 1);
    rig->now_ms += 60000;
    rig_tick(rig);
    ck_assert_uint_eq(rig->entries_count, entries + 2);
}
END_TEST

START_TEST(each_purpose_may_make_its_calls_only)
{
    const struct relay_caller officer = rig_caller(rig, rig->sender, 0);
    const struct relay_caller auditor = rig_caller(rig, rig->auditor, 0);

    ck_assert_int_eq(relay_check_call(rig->relay, &officer, DENREI__V1__REQUEST__CALL_SUBMIT),
                     REFUSAL_NONE);
    ck_assert_int_eq(relay_check_call(rig->relay, &officer, DENREI__V1__REQUEST__CALL_ENTRIES),
                     REFUSAL_NOT_ALLOWED);
    ck_assert_int_eq(relay_check_call(rig->relay, &officer, DENREI__V1__REQUEST__CALL_STATUS),
                     REFUSAL_NOT_ALLOWED);
    ck_assert_int_eq(relay_check_call(rig->relay, &auditor, DENREI__V1__REQUEST__CALL_SUBMIT),
                     REFUSAL_NOT_ALLOWED);
    ck_assert_int_eq(relay_check_call(rig->relay, &auditor, DENREI__V1__REQUEST__CALL_FETCH),
                     REFUSAL_NOT_ALLOWED);
    ck_assert_int_eq(relay_check_call(rig->relay, &auditor, DENREI__V1__REQUEST__CALL_DOCUMENTS),
                     REFUSAL_NONE);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("relay_record");
    TCase *tcase = tcase_create("records");
    SRunner *runner = NULL;

    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, a_batch_of_receipts_becomes_one_leaf_and_is_answered_once);
    tcase_add_test(tcase, delivered_counts_once_a_member_and_read_by_each_credential);
    tcase_add_test(tcase, receipts_for_what_was_not_received_are_refused);
    tcase_add_test(tcase, a_revoked_credential_is_refused_from_the_next_frame);
    tcase_add_test(tcase, documents_are_taken_in_order_without_a_gap);
    tcase_add_test(tcase, a_member_that_carries_false_documents_must_wait);
    tcase_add_test(tcase, checkpoints_are_published_once_a_second_when_the_log_grew);
    tcase_add_test(tcase, a_quorum_of_cosignatures_witnesses_a_checkpoint);
    tcase_add_test(tcase, cosignatures_of_others_false_ones_and_future_ones_are_refused);
    tcase_add_test(tcase, without_a_quorum_for_hours_nothing_new_is_accepted_until_it_is_back);
    tcase_add_test(tcase, after_a_long_stop_nothing_is_written_until_a_quorum_confirms_the_clock);
    tcase_add_test(tcase, a_restored_relay_writes_nothing_until_a_quorum_has_cosigned_since);
    tcase_add_test(tcase, an_auditors_replay_and_following_is_recorded_in_few_leaves);
    tcase_add_test(tcase, each_purpose_may_make_its_calls_only);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
