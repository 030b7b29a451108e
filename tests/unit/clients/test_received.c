/*
 * Goal: a served message counts only if it is what the log holds, for this member, signed and
 * allowed where it stands; opens only with the member's mailbox key; and a fault of the relay is an
 * error while a fault of the sender is an outcome.  Delivery receipts verify, and only by whom they
 * name.
 * Method: one message by real keys, served as a relay would; then one deliberate change for each
 * error and outcome.
 */
#include "client_case.h"
#include "clients/acknowledge.h"
#include "clients/received.h"
#include "proto/batch.h"
#include "proto/wire.h"

static struct fed_member *mofa, *dsi;
static struct header header;
static struct envelope envelope;
static uint64_t leaf;
static struct batch_cache cache;
static const uint8_t CONTENT[] = {0x0a, 0x00}; /* LostPassport with an empty document */

static const char *const TO[] = {"kr.moj", "th.dsi"};

/* Log `envelope` under `header` with the given slots; its leaf. */
static void
log_it(uint64_t first_slot)
{
    struct slot slots[] = {{DENREI__V1__LANE__LANE_REST, first_slot},
                           {DENREI__V1__LANE__LANE_REST, first_slot + 1}};
    struct log_entry entry = {.type = DENREI__V1__LOG_ENTRY__EVENT_MESSAGE,
                              .message = {.header = envelope.header,
                                          .seal = envelope.seal,
                                          .signature = envelope.signature,
                                          .slots = slots,
                                          .slots_count = 2}};

    leaf = fed_log_add(logged, &entry);
}

static void
send_it(const struct identity *signing)
{
    envelope = fed_seal(fed, &header, (struct span){CONTENT, sizeof CONTENT}, arena);
    envelope_sign(&fed->federation, identity_secret(signing), &envelope, 1);
    log_it(7);
}

static void
setup(void)
{
    client_setup();
    client_take_documents();
    batch_cache_init(&cache);
    mofa = fed_member(fed, "jp.mofa");
    dsi = fed_member(fed, "th.dsi");
    header = fed_header(fed, mofa, &mofa->credentials[0], TO, 2, 1);
    send_it(mofa->credentials[0].signing);
}

/* The item as it is served to th.dsi, the second recipient. */
static Denrei__V1__FetchItem *
served(void)
{
    Denrei__V1__FetchItem *item = need(arena_alloc(arena, sizeof *item));
    Denrei__V1__Slot *slot = need(arena_alloc(arena, sizeof *slot));
    struct hash *path = need(arena_alloc(arena, BATCH_PATH_MAX * sizeof *path));

    denrei__v1__fetch_item__init(item);
    denrei__v1__slot__init(slot);
    slot->lane = DENREI__V1__LANE__LANE_REST;
    slot->number = 8;
    item->slot = slot;
    item->entry = wire_put(logged->list[leaf].entry.data, logged->list[leaf].entry.len);
    item->leaf = leaf;
    item->wrap = wire_put(envelope.wraps + WRAP_BYTES, WRAP_BYTES);
    item->n_wrap_path = envelope_wrap_path(&fed->federation, &envelope, 1, path);
    fed_need(frame_put_hashes(path, item->n_wrap_path, arena, &item->wrap_path), "path");
    item->body = wire_put(envelope.body.data, envelope.body.len);
    return item;
}

static struct received
check(const Denrei__V1__FetchItem *item)
{
    struct received received;

    ck_assert_int_eq(received_check(own, "th.dsi", item, &cache, arena, &received), ERR_OK);
    return received;
}

/* ---- checking */

START_TEST(a_message_that_is_signed_and_allowed_counts)
{
    struct received received = check(served());

    ck_assert_int_eq(received.refusal, REFUSAL_NONE);
    ck_assert_str_eq(received.subject, "");
    ck_assert_str_eq(received.ref.from, "jp.mofa");
    ck_assert_uint_eq(received.slot.number, 8);
    ck_assert_uint_eq(received.leaf, leaf);
    ck_assert(!received.is_tombstone);
    ck_assert(!received.is_suspect);
    ck_assert_uint_eq(received.served.index, 1);
}
END_TEST

START_TEST(a_tombstone_has_neither_wrap_nor_body)
{
    Denrei__V1__FetchItem *item = served();

    item->body.len = 0;
    struct received received;
    ck_assert_int_eq(received_check(own, "th.dsi", item, &cache, arena, &received), ERR_FORMAT);
    item->wrap.len = 0;
    ck_assert_int_eq(received_check(own, "th.dsi", item, &cache, arena, &received), ERR_FORMAT);
    item->n_wrap_path = 0;
    received = check(item);
    ck_assert(received.is_tombstone);
    ck_assert_int_eq(received.refusal, REFUSAL_NONE);
    ck_assert_uint_eq(received.served.header.len, envelope.header.len);
}
END_TEST

START_TEST(what_is_not_for_this_member_or_place_is_the_relays_fault)
{
    Denrei__V1__FetchItem *item = served();
    struct received received = {.leaf = 99};

    ck_assert_int_eq(received_check(own, "jp.audit", item, &cache, arena, &received), ERR_CONFLICT);
    item->slot->number = 7; /* kr.moj's */
    ck_assert_int_eq(received_check(own, "th.dsi", item, &cache, arena, &received), ERR_CONFLICT);
    item->slot->number = 8;
    item->slot->lane = DENREI__V1__LANE__LANE_FLASH;
    ck_assert_int_eq(received_check(own, "th.dsi", item, &cache, arena, &received), ERR_CONFLICT);
    item = served();
    item->entry = wire_put(logged->list[1].entry.data, logged->list[1].entry.len);
    ck_assert_int_eq(received_check(own, "th.dsi", item, &cache, arena, &received),
                     ERR_FORMAT); /* a document */
    item->entry.len--;
    ck_assert_int_eq(received_check(own, "th.dsi", item, &cache, arena, &received), ERR_FORMAT);
    item = served();
    item->slot = NULL;
    ck_assert_int_eq(received_check(own, "th.dsi", item, &cache, arena, &received), ERR_FORMAT);
    ck_assert_uint_eq(received.leaf, 99);
}
END_TEST

START_TEST(a_signature_by_another_is_an_outcome)
{
    send_it(mofa->credentials[1].signing);
    ck_assert_int_eq(check(served()).refusal, REFUSAL_SIGNATURE);
}
END_TEST

START_TEST(a_credential_that_nobody_certified_is_an_outcome)
{
    header.credential.bytes[0] ^= 1;
    send_it(mofa->credentials[0].signing);
    ck_assert_int_eq(check(served()).refusal, REFUSAL_CREDENTIAL);
}
END_TEST

START_TEST(what_policy_refuses_is_an_outcome_that_names_it)
{
    header.group = "@nobody";
    send_it(mofa->credentials[0].signing);
    struct received received = check(served());
    ck_assert_int_eq(received.refusal, REFUSAL_GROUP);
}
END_TEST

START_TEST(a_message_under_older_versions_is_an_outcome_and_under_unknown_ones_the_relays_fault)
{
    const struct span roster = fed_issue(fed, mofa, NULL); /* version 2 */
    struct received received = {.leaf = 99};

    fed_need(trust_apply(own, DENREI__V1__DOCUMENT_TYPE__DOCUMENT_ROSTER, roster, leaf), "roster");
    send_it(mofa->credentials[0].signing); /* under version 1 */
    ck_assert_int_eq(check(served()).refusal, REFUSAL_STALE);
    header.roster_version = 3;
    send_it(mofa->credentials[0].signing);
    ck_assert_int_eq(received_check(own, "th.dsi", served(), &cache, arena, &received),
                     ERR_CONFLICT);
    header.roster_version = 2;
    header.directory_version++;
    send_it(mofa->credentials[0].signing);
    ck_assert_int_eq(received_check(own, "th.dsi", served(), &cache, arena, &received),
                     ERR_CONFLICT);
    ck_assert_uint_eq(received.leaf, 99);
}
END_TEST

/* ---- numbers */

START_TEST(numbers_follow_one_another_in_each_lane)
{
    struct received_position position = {3, 7};
    struct slot rest = {DENREI__V1__LANE__LANE_REST, 8}, flash = {DENREI__V1__LANE__LANE_FLASH, 4};

    ck_assert(received_is_next(&position, &rest));
    ck_assert(received_is_next(&position, &flash));
    received_advance(&position, &rest);
    ck_assert(!received_is_next(&position, &rest)); /* twice */
    rest.number = 10;
    ck_assert(!received_is_next(&position, &rest)); /* a gap */
    received_advance(&position, &flash);
    ck_assert_uint_eq(position.flash, 4);
    ck_assert_uint_eq(position.rest, 8);
}
END_TEST

static Denrei__V1__FetchReply *
with_head(const struct head *head, const struct identity *signer)
{
    Denrei__V1__FetchReply *reply = need(arena_alloc(arena, sizeof *reply));
    struct sig *sig = need(arena_alloc(arena, sizeof *sig));
    struct span bytes;

    denrei__v1__fetch_reply__init(reply);
    fed_need(head_encode(head, arena, &bytes), "head");
    *sig = head_sign(&fed->federation, bytes, identity_secret(signer));
    reply->head = wire_put(bytes.data, bytes.len);
    reply->head_sig = wire_put(sig->bytes, sizeof sig->bytes);
    return reply;
}

static enum err
check_head(const struct head *head, const struct identity *signer)
{
    static const struct received_position position = {3, 7};
    struct merkle_head tree = {.leaf_count = 20};
    struct head out;

    return received_check_head(own, "th.dsi", &tree, &position, with_head(head, signer), arena,
                               &out);
}

START_TEST(a_mailbox_head_is_the_relays_word_on_this_mailbox)
{
    struct head head = {"th.dsi", 3, 9, 20, FED_NOW_MS};

    ck_assert_int_eq(check_head(&head, fed->relay), ERR_OK);
    ck_assert_int_eq(check_head(&head, fed->log), ERR_SIGNATURE);
    head.tree_size = 21;
    ck_assert_int_eq(check_head(&head, fed->relay), ERR_CONFLICT);
    head.tree_size = 19;
    head.rest_last = 6;
    ck_assert_int_eq(check_head(&head, fed->relay), ERR_CONFLICT);
    head.rest_last = 7;
    head.flash_last = 2;
    ck_assert_int_eq(check_head(&head, fed->relay), ERR_CONFLICT);
    head.flash_last = 3;
    head.member = "kr.moj";
    ck_assert_int_eq(check_head(&head, fed->relay), ERR_CONFLICT);
}
END_TEST

/* ---- opening */

static struct received_reader
reader_of(const struct fed_member *member, size_t index)
{
    return (struct received_reader){&member->credentials[index].credential.hash,
                                    member->credentials[index].encryption};
}

START_TEST(every_receiving_credential_of_the_member_opens_it)
{
    struct received received = check(served());
    struct span content;

    for (size_t i = 0; i < dsi->credentials_count; i++) {
        struct received_reader reader = reader_of(dsi, i);
        ck_assert_int_eq(received_open(own, &received, &reader, arena, &content), ERR_OK);
        ck_assert_uint_eq(content.len, sizeof CONTENT);
        ck_assert_mem_eq(content.data, CONTENT, sizeof CONTENT);
    }
}
END_TEST

START_TEST(a_credential_that_came_later_opens_the_backlog)
{
    struct received received = check(served());
    struct fed_credential *late =
        fed_add_credential(fed, dsi, DENREI__V1__PURPOSE__PURPOSE_OFFICER);
    struct span content;

    fed_need(trust_apply(own, DENREI__V1__DOCUMENT_TYPE__DOCUMENT_ROSTER, fed_issue(fed, dsi, NULL),
                         leaf + 5),
             "roster");
    struct received_reader reader = {&late->credential.hash, late->encryption};
    ck_assert_int_eq(received_open(own, &received, &reader, arena, &content), ERR_OK);
}
END_TEST

START_TEST(nobody_else_opens_it)
{
    struct received received = check(served());
    struct received_reader stranger = reader_of(mofa, 0);
    struct received_reader mixed = {&dsi->credentials[0].credential.hash,
                                    mofa->credentials[0].encryption};
    struct span content = {NULL, 99};

    ck_assert_int_eq(received_open(own, &received, &stranger, arena, &content), ERR_NOT_FOUND);
    ck_assert_int_eq(received_open(own, &received, &mixed, arena, &content), ERR_KEY);
    ck_assert_uint_eq(content.len, 99);
}
END_TEST

START_TEST(an_altered_body_or_wrap_is_the_relays_fault)
{
    Denrei__V1__FetchItem *item = served();
    struct received received = {.leaf = 99};

    item->body = flipped(item->body, 100);
    ck_assert_int_eq(received_check(own, "th.dsi", item, &cache, arena, &received), ERR_COMMITMENT);
    item = served();
    item->wrap = flipped(item->wrap, 40);
    ck_assert_int_eq(received_check(own, "th.dsi", item, &cache, arena, &received), ERR_PROOF);
    item->wrap = wire_put(envelope.wraps, WRAP_BYTES); /* kr.moj's */
    ck_assert_int_eq(received_check(own, "th.dsi", item, &cache, arena, &received), ERR_PROOF);
    ck_assert_uint_eq(received.leaf, 99);
    ck_assert_int_eq(received_reason(ERR_KEY), REFUSAL_WRAPS);
    ck_assert_int_eq(received_reason(ERR_COMMITMENT), REFUSAL_COMMITMENT);
    ck_assert_int_eq(received_reason(ERR_FORMAT), REFUSAL_CONTENT);
}
END_TEST

/* ---- delivery receipts */

/* The receipts of `call` as a sender gets the one at `index`, logged at the next leaf. */
static Denrei__V1__TrackItem *
tracked(const Denrei__V1__AcknowledgeCall *call, size_t index)
{
    Denrei__V1__TrackItem *item = need(arena_alloc(arena, sizeof *item));
    struct signature signature = {.count = (uint32_t)call->n_receipts, .index = (uint32_t)index};
    struct hash leaves[BATCH_MAX];
    struct merkle_batch batch;

    for (size_t i = 0; i < call->n_receipts; i++)
        leaves[i] = batch_receipt_leaf(
            &fed->federation, (struct span){call->receipts[i].data, call->receipts[i].len});
    fed_need(merkle_batch_init(&batch, leaves, call->n_receipts), "batch");
    signature.path_len = (uint32_t)merkle_batch_path(&batch, index, signature.path);
    fed_need(wire_get_sig(call->sig, &signature.sig), "sig");
    denrei__v1__track_item__init(item);
    item->receipt = call->receipts[index];
    item->leaf = leaf + 1;
    fed_need(signature_to_wire(&signature, arena, &item->signature), "signature");
    return item;
}

static struct delivery_receipt
receipt_by(const struct fed_member *member, size_t index)
{
    return (struct delivery_receipt){.message = {.from = "jp.mofa", .id = header.id},
                                     .member = member->id,
                                     .credential = member->credentials[index].credential.hash,
                                     .status = DENREI__V1__DELIVERY_STATUS__DELIVERY_READ,
                                     .time_ms = FED_NOW_MS};
}

START_TEST(receipts_of_every_batch_size_verify_one_by_one)
{
    struct delivery_receipt list[BATCH_MAX], out;
    static const size_t sizes[] = {1, 2, 3, 7, 255, BATCH_MAX};

    for (size_t i = 0; i < BATCH_MAX; i++) {
        list[i] = receipt_by(dsi, 0);
        list[i].time_ms += i;
    }
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        Denrei__V1__AcknowledgeCall *call = NULL;
        ck_assert_int_eq(acknowledge_make(&fed->federation, list, sizes[i],
                                          dsi->credentials[0].signing, arena, &call),
                         ERR_OK);
        for (size_t k = 0; k < sizes[i]; k += 1 + sizes[i] / 5) {
            ck_assert_int_eq(acknowledge_check(own, tracked(call, k), arena, &out), ERR_OK);
            ck_assert_uint_eq(out.time_ms, FED_NOW_MS + k);
        }
    }
}
END_TEST

START_TEST(a_batch_of_none_or_too_many_is_refused)
{
    static struct delivery_receipt list[BATCH_MAX + 1];
    Denrei__V1__AcknowledgeCall *call = NULL;
    const struct identity *signing = dsi->credentials[0].signing;

    for (size_t i = 0; i <= BATCH_MAX; i++)
        list[i] = receipt_by(dsi, 0);
    ck_assert_int_eq(acknowledge_make(&fed->federation, list, 0, signing, arena, &call), ERR_RANGE);
    ck_assert_int_eq(acknowledge_make(&fed->federation, list, BATCH_MAX + 1, signing, arena, &call),
                     ERR_RANGE);
    ck_assert_ptr_null(call);
}
END_TEST

START_TEST(a_receipt_by_another_than_it_names_is_refused)
{
    struct delivery_receipt receipt = receipt_by(dsi, 0), out = {.time_ms = 99};
    Denrei__V1__AcknowledgeCall *call = NULL;

    fed_need(
        acknowledge_make(&fed->federation, &receipt, 1, mofa->credentials[0].signing, arena, &call),
        "make");
    ck_assert_int_eq(acknowledge_check(own, tracked(call, 0), arena, &out), ERR_SIGNATURE);
    receipt = receipt_by(dsi, 0);
    receipt.member = "kr.moj"; /* another member's credential */
    fed_need(
        acknowledge_make(&fed->federation, &receipt, 1, dsi->credentials[0].signing, arena, &call),
        "make");
    ck_assert_int_eq(acknowledge_check(own, tracked(call, 0), arena, &out), ERR_POLICY);
    receipt = receipt_by(fed_member(fed, "jp.audit"), 0); /* auditors receive nothing */
    fed_need(acknowledge_make(&fed->federation, &receipt, 1,
                              fed_member(fed, "jp.audit")->credentials[0].signing, arena, &call),
             "make");
    ck_assert_int_eq(acknowledge_check(own, tracked(call, 0), arena, &out), ERR_POLICY);
    receipt = receipt_by(dsi, 0);
    fed_need(
        acknowledge_make(&fed->federation, &receipt, 1, dsi->credentials[0].signing, arena, &call),
        "make");
    Denrei__V1__TrackItem *item = tracked(call, 0);
    item->receipt = flipped(item->receipt, item->receipt.len - 1);
    ck_assert_int_eq(acknowledge_check(own, item, arena, &out), ERR_SIGNATURE);
    item->signature = NULL;
    ck_assert_int_eq(acknowledge_check(own, item, arena, &out), ERR_FORMAT);
    ck_assert_uint_eq(out.time_ms, 99);
}
END_TEST

static void
add_tests(TCase *tcase)
{
    tcase_add_test(tcase, a_message_that_is_signed_and_allowed_counts);
    tcase_add_test(tcase, a_tombstone_has_neither_wrap_nor_body);
    tcase_add_test(tcase, what_is_not_for_this_member_or_place_is_the_relays_fault);
    tcase_add_test(tcase, a_signature_by_another_is_an_outcome);
    tcase_add_test(tcase, a_credential_that_nobody_certified_is_an_outcome);
    tcase_add_test(tcase, what_policy_refuses_is_an_outcome_that_names_it);
    tcase_add_test(
        tcase,
        a_message_under_older_versions_is_an_outcome_and_under_unknown_ones_the_relays_fault);
    tcase_add_test(tcase, numbers_follow_one_another_in_each_lane);
    tcase_add_test(tcase, a_mailbox_head_is_the_relays_word_on_this_mailbox);
    tcase_add_test(tcase, every_receiving_credential_of_the_member_opens_it);
    tcase_add_test(tcase, a_credential_that_came_later_opens_the_backlog);
    tcase_add_test(tcase, nobody_else_opens_it);
    tcase_add_test(tcase, an_altered_body_or_wrap_is_the_relays_fault);
    tcase_add_test(tcase, receipts_of_every_batch_size_verify_one_by_one);
    tcase_add_test(tcase, a_batch_of_none_or_too_many_is_refused);
    tcase_add_test(tcase, a_receipt_by_another_than_it_names_is_refused);
}

int
main(void)
{
    Suite *suite = suite_create("received");
    TCase *tcase = tcase_create("received");
    SRunner *runner = srunner_create(suite);

    tcase_add_checked_fixture(tcase, setup, client_teardown);
    add_tests(tcase);
    suite_add_tcase(suite, tcase);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
