/*
 * Goal: what a writer judges of requests of the largest kind that clients send, within the memory
 * that a request is given; and what it leaves undone while nothing may be written.
 * Method: the real store; works as the verifying pool makes them.
 */
#include "proto/batch.h"
#include "proto/frame.h"
#include "proto/wire.h"
#include "relay/io/writer_inner.h"
#include "tests/unit/relay/stored.h"

enum { RECEIPTS = 128 /* what a node acknowledges at once */ };

static struct writer *writer;
static struct arena *client;

static void
set_up_writer(void)
{
    set_up();
    ck_assert_int_eq(arena_new(ARENA_BYTES_MAX, &client), ERR_OK);
    writer = calloc(1, sizeof *writer);
    ck_assert_ptr_nonnull(writer);
    writer->parts = (struct writer_parts){.relay = relay, .store = store, .highwater = highwater};
    writer->settings.path = dir;
    writer->now_ms = rig->now_ms;
    ck_assert_int_eq(arena_new(1 << 20, &writer->steps), ERR_OK);
}

static void
tear_down_writer(void)
{
    arena_free(&writer->steps);
    free(writer);
    arena_free(&client);
    tear_down();
}

/* ---- receipts */

/* Sign receipts of DELIVERED for `refs` as the receiver's node; the frame lies in `client`. */
static struct span
acknowledge_frame(const struct message_ref *refs, size_t count)
{
    const struct fed_credential *node = &rig->receiver->credentials[0];
    Denrei__V1__AcknowledgeCall call = DENREI__V1__ACKNOWLEDGE_CALL__INIT;
    Denrei__V1__Request request = DENREI__V1__REQUEST__INIT;
    ProtobufCBinaryData data[RECEIPTS];
    struct hash leaves[RECEIPTS];
    struct merkle_batch tree;
    struct span frame;

    for (size_t i = 0; i < count; i++) {
        const struct delivery_receipt receipt = {
            .message = refs[i],
            .member = rig->receiver->id,
            .credential = node->credential.hash,
            .status = DENREI__V1__DELIVERY_STATUS__DELIVERY_DELIVERED,
            .time_ms = rig->now_ms};
        struct span bytes;
        ck_assert_int_eq(delivery_receipt_encode(&receipt, client, &bytes), ERR_OK);
        data[i] = wire_put(bytes.data, bytes.len);
        leaves[i] = batch_receipt_leaf(&rig->fed->federation, bytes);
    }
    ck_assert_int_eq(merkle_batch_init(&tree, leaves, count), ERR_OK);
    const struct hash root = merkle_batch_root(&tree);
    struct sig sig = batch_sign(&rig->fed->federation, true, (uint32_t)count, &root,
                                identity_secret(node->signing));
    call.n_receipts = count;
    call.receipts = data;
    call.sig = wire_put(sig.bytes, sizeof sig.bytes);
    request.request_id = 1;
    request.call_case = DENREI__V1__REQUEST__CALL_ACKNOWLEDGE;
    request.acknowledge = &call;
    ck_assert_int_eq(frame_encode_request(&request, client, &frame), ERR_OK);
    return frame;
}

/* Decode and verify the frame in memory of the request's own, as the pool does, and judge it. */
static struct work
judge_frame(struct span frame, const struct fed_credential *caller)
{
    struct work work = {.type = WORK_REQUEST, .credential = caller->credential.hash};
    struct passes *passes = NULL;

    work.frame.content = frame;
    ck_assert_int_eq(work_prepare(&work), ERR_OK);
    ck_assert_int_eq(frame_decode_request(frame, work.arena, &work.request), ERR_OK);
    ck_assert_int_eq(passes_new(relay_trust(relay), &passes), ERR_OK);
    const struct verify_context context = {&rig->fed->federation, passes, &rig->cache};
    verify_receipts(&context, work.request->acknowledge, work.arena, &work.receipts);
    work.code = work.receipts.code;
    passes_free(&passes);
    writer_judge(writer, &work);
    return work;
}

START_TEST(a_node_that_was_away_acknowledges_all_of_two_fetches_at_once)
{
    static struct message_ref refs[RECEIPTS];
    struct header header;

    for (size_t i = 0; i < RECEIPTS; i++) {
        arena_reset(rig->fed->scratch);
        arena_reset(arena);
        const uint64_t leaf = send_message(&header);
        struct store_message message;
        (void)leaf;
        ck_assert_int_eq(store_find_message(
                             store, mailboxes_find(relay_mailboxes(relay), rig->sender->id)->number,
                             &header.id, &message),
                         ERR_OK);
        refs[i] = (struct message_ref){rig->sender->id, header.id, message.hash};
        commit();
        arena_reset(rig->keep);
    }
    const struct span frame = acknowledge_frame(refs, RECEIPTS);
    struct work work = judge_frame(frame, &rig->receiver->credentials[0]);
    ck_assert_int_eq(work.code, REFUSAL_NONE);
    ck_assert_uint_eq(mailboxes_find(relay_mailboxes(relay), rig->receiver->id)->unacknowledged, 0);
    arena_free(&work.arena);
    commit();
}
END_TEST

/* ---- erasing */

START_TEST(what_was_withdrawn_stays_to_be_erased_while_nothing_may_be_written)
{
    struct header header, withdrawal;
    struct store_message message;
    uint64_t leaves[2];
    size_t count = 0;
    struct span body;

    const uint64_t leaf = send_message(&header);
    const uint32_t sender = mailboxes_find(relay_mailboxes(relay), rig->sender->id)->number;
    ck_assert_int_eq(store_find_message(store, sender, &header.id, &message), ERR_OK);
    withdrawal = rig_header(rig);
    withdrawal.action = DENREI__V1__ACTION__ACTION_WITHDRAW;
    withdrawal.priority = DENREI__V1__PRIORITY__PRIORITY_FLASH;
    withdrawal.has_supersedes = true;
    withdrawal.supersedes = (struct message_ref){rig->sender->id, header.id, message.hash};
    (void)send_header(&withdrawal);
    commit();
    close_relay();

    /* A relay that stood still for long writes nothing before somebody confirms its clock. */
    rig->now_ms += 2 * DAY_MS;
    ck_assert_int_eq(open_relay(), ERR_OK);
    ck_assert(relay_is_waiting(relay));
    writer->parts.relay = relay;
    writer->parts.store = store;
    writer->now_ms = rig->now_ms;
    writer_tick(writer);
    commit();
    ck_assert_int_eq(store_list_erasing(store, leaves, 2, &count), ERR_OK);
    ck_assert_uint_eq(count, 1);
    ck_assert_uint_eq(leaves[0], leaf);
    ck_assert_int_eq(
        store_find_body(store, leaf, header_keep_until_ms(&header), writer->steps, &body), ERR_OK);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("judge");
    TCase *tcase = tcase_create("judge");
    SRunner *runner = srunner_create(suite);

    tcase_add_checked_fixture(tcase, set_up_writer, tear_down_writer);
    tcase_add_test(tcase, a_node_that_was_away_acknowledges_all_of_two_fetches_at_once);
    tcase_add_test(tcase, what_was_withdrawn_stays_to_be_erased_while_nothing_may_be_written);
    suite_add_tcase(suite, tcase);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
