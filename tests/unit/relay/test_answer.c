/*
 * Goal: what the relay answers proves itself to a recipient: entry, path, wrap, body, head; the
 * order of the lanes; tombstones after expiry and withdrawal; and what is erased leaves the disk.
 * Method: the real store, replies decoded as a client does, opened with the mailbox's key.
 */
#include "proto/frame.h"
#include "proto/io/disk.h"
#include "relay/io/check.h"
#include "relay/io/writer_inner.h"
#include "tests/unit/relay/stored.h"

static struct answer_context context;
static struct arena *answers; /* the writer's */
static struct arena *client;  /* the reader's */
static struct writer *writer;

static void
set_up_answers(void)
{
    set_up();
    ck_assert_int_eq(arena_new(ANSWER_ARENA_BYTES, &answers), ERR_OK);
    ck_assert_int_eq(arena_new(ARENA_BYTES_MAX, &client), ERR_OK);
    context = (struct answer_context){
        .relay = relay, .store = store, .arena = answers, .scratch = arena, .now_ms = rig->now_ms};
    writer = calloc(1, sizeof *writer);
    ck_assert_ptr_nonnull(writer);
    writer->parts = (struct writer_parts){.relay = relay, .store = store, .highwater = highwater};
    writer->settings.path = dir;
    ck_assert_int_eq(arena_new(1 << 20, &writer->steps), ERR_OK);
}

static void
tear_down_answers(void)
{
    arena_free(&writer->steps);
    free(writer);
    arena_free(&client);
    arena_free(&answers);
    tear_down();
}

/* What a Fetch of the receiver is answered with. */
static const Denrei__V1__FetchReply *
fetch(uint64_t flash_after, uint64_t rest_after, uint32_t credit)
{
    Denrei__V1__FetchCall call = DENREI__V1__FETCH_CALL__INIT;
    Denrei__V1__Request request = DENREI__V1__REQUEST__INIT;
    const struct work work = {.request = &request, .caller = {.member = rig->receiver->id}};
    Denrei__V1__Reply *reply = NULL;
    struct span bytes;

    call.flash_after = flash_after;
    call.rest_after = rest_after;
    call.credit = credit;
    request.call_case = DENREI__V1__REQUEST__CALL_FETCH;
    request.fetch = &call;
    arena_reset(client);
    const struct answer_fetch asked = answer_fetch_of(&work);
    answer_fetch(&context, &asked, &bytes);
    ck_assert_int_eq(frame_decode_reply(bytes, client, &reply), ERR_OK);
    ck_assert_int_eq(reply->answer_case, DENREI__V1__REPLY__ANSWER_FETCH);
    return reply->fetch;
}

/* The checkpoint of a reply, verified under the log's key. */
static struct merkle_head
verify_head(const char *note)
{
    const struct checkpoint_policy policy = {.log = ledger_key(relay_ledger(relay))};
    struct checkpoint_verified verified;

    ck_assert_int_eq(
        checkpoint_verify((struct span){(const uint8_t *)note, strlen(note)}, &policy, &verified),
        ERR_OK);
    return verified.head;
}

/* The item's entry is in the tree of `head`; its message entry. */
static struct entry_message
verify_item(const Denrei__V1__FetchItem *item, const struct merkle_head *head)
{
    const struct span bytes = {item->entry.data, item->entry.len};
    const struct hash leaf = merkle_leaf_hash(bytes);
    const struct hash *path = NULL;
    struct log_entry entry;

    ck_assert_int_eq(frame_get_hashes(item->path, item->n_path, client, &path), ERR_OK);
    ck_assert_int_eq(merkle_check_inclusion(&leaf, item->leaf, head->leaf_count, path, item->n_path,
                                            &head->root),
                     ERR_OK);
    ck_assert_int_eq(entry_decode(bytes, client, &entry), ERR_OK);
    ck_assert_int_eq(entry.type, DENREI__V1__LOG_ENTRY__EVENT_MESSAGE);
    return entry.message;
}

START_TEST(an_item_proves_itself_and_opens)
{
    struct identity *mailbox = NULL;
    const struct hash *wrap_path = NULL;
    struct header header;
    struct span content;

    for (int i = 0; i < 3; i++)
        (void)send_message(&header);
    commit();
    const Denrei__V1__FetchReply *reply = fetch(0, 0, 64);
    ck_assert_uint_eq(reply->n_items, 3);
    const struct merkle_head head = verify_head(reply->checkpoint);
    const Denrei__V1__FetchItem *item = reply->items[2];
    const struct entry_message message = verify_item(item, &head);
    ck_assert_int_eq(frame_get_hashes(item->wrap_path, item->n_wrap_path, client, &wrap_path),
                     ERR_OK);
    ck_assert_int_eq(
        identity_mailbox(rig->receiver->mailbox_seed, &rig->fed->federation, 1, &mailbox), ERR_OK);
    const struct served served = {.header = message.header,
                                  .seal = message.seal,
                                  .wrap = {item->wrap.data, item->wrap.len},
                                  .wrap_path = wrap_path,
                                  .wrap_path_len = item->n_wrap_path,
                                  .index = 0,
                                  .count = 1,
                                  .body = {item->body.data, item->body.len}};
    const struct box_keys keys = {*identity_public_key(mailbox), identity_secret(mailbox)};
    ck_assert_int_eq(envelope_open(&rig->fed->federation, &served, &keys, client, &content),
                     ERR_OK);
    ck_assert_uint_eq(content.len, 100);
    identity_free(&mailbox);
}
END_TEST

START_TEST(the_head_is_signed_and_says_how_much_there_is)
{
    struct header header;
    struct head head;
    struct sig sig;

    (void)send_message(&header);
    commit();
    const Denrei__V1__FetchReply *reply = fetch(0, 0, 1);
    const struct span bytes = {reply->head.data, reply->head.len};
    ck_assert_int_eq(wire_get_sig(reply->head_sig, &sig), ERR_OK);
    ck_assert_int_eq(
        head_verify(&rig->fed->federation, bytes, &sig, identity_public_key(rig->fed->relay)),
        ERR_OK);
    ck_assert_int_eq(head_decode(bytes, client, &head), ERR_OK);
    ck_assert_str_eq(head.member, "bb.receive");
    ck_assert_uint_eq(head.rest_last, 1);
    ck_assert_uint_eq(head.flash_last, 0);
    ck_assert_uint_eq(head.tree_size, verify_head(reply->checkpoint).leaf_count);
}
END_TEST

START_TEST(with_one_credit_at_a_time_flash_does_not_starve_the_rest)
{
    struct header header;
    uint64_t flash = 0, rest = 0, waited = 0;

    for (int i = 0; i < 30; i++) {
        header = rig_header(rig);
        if (i % 10 != 0)
            header.priority = DENREI__V1__PRIORITY__PRIORITY_FLASH;
        (void)send_header(&header);
    }
    commit();
    while (flash + rest < 30) {
        const Denrei__V1__FetchReply *reply = fetch(flash, rest, 1);
        ck_assert_uint_eq(reply->n_items, 1);
        const Denrei__V1__Slot *slot = reply->items[0]->slot;
        bool is_flash = slot->lane == DENREI__V1__LANE__LANE_FLASH;
        ck_assert_uint_eq(slot->number, (is_flash ? flash : rest) + 1);
        waited = is_flash ? waited + 1 : 0;
        ck_assert(rest == 3 || waited <= FLASH_RUN_MAX);
        flash += is_flash ? 1 : 0;
        rest += is_flash ? 0 : 1;
    }
}
END_TEST

START_TEST(a_reader_ahead_of_the_mailbox_is_told)
{
    Denrei__V1__Reply *reply = NULL;
    struct span bytes;
    struct header header;

    (void)send_message(&header);
    commit();
    const struct answer_fetch asked = {
        .member = "bb.receive", .position = {.rest_after = 2}, .credit = 1};
    answer_fetch(&context, &asked, &bytes);
    ck_assert_int_eq(frame_decode_reply(bytes, client, &reply), ERR_OK);
    ck_assert_int_eq(reply->answer_case, DENREI__V1__REPLY__ANSWER_ERROR);
    ck_assert_uint_eq(reply->error->code, REFUSAL_CHECKPOINT);
}
END_TEST

/* Whether any file of the store holds `bytes`. */
static bool
is_on_disk(struct span bytes)
{
    static const char *const SUFFIXES[] = {"", "-wal"};
    bool found = false;

    for (size_t i = 0; i < 2; i++) {
        char path[DISK_PATH_BYTES];
        uint8_t *content = NULL;
        size_t len = 0;
        snprintf(path, sizeof path, "%s%s", store_path, SUFFIXES[i]);
        if (disk_read(path, 1 << 30, &content, &len) == ERR_OK)
            found = found || memmem(content, len, bytes.data, bytes.len) != NULL;
        free(content);
    }
    return found;
}

START_TEST(after_its_time_a_message_is_a_tombstone_and_then_erased)
{
    struct header header;
    struct span body;
    const uint64_t leaf = send_message(&header);

    commit();
    ck_assert_uint_gt(fetch(0, 0, 1)->items[0]->body.len, 0);
    context.now_ms = writer->now_ms = rig->now_ms = header_keep_until_ms(&header);
    const Denrei__V1__FetchReply *reply = fetch(0, 0, 1);
    ck_assert_uint_eq(reply->items[0]->body.len, 0);
    ck_assert_uint_eq(reply->items[0]->wrap.len, 0);
    const struct merkle_head head = verify_head(reply->checkpoint);
    (void)verify_item(reply->items[0], &head); /* still proven */
    ck_assert_int_eq(store_find_body(store, leaf, header_keep_until_ms(&header), arena, &body),
                     ERR_OK);
    body = (struct span){body.data + WRAP_BYTES, 256};
    ck_assert(is_on_disk(body));
    const struct span erased = body;
    writer->now_ms = rig->now_ms += HOUR_MS;
    writer_tick(writer);
    commit();
    ck_assert_int_eq(store_find_body(store, leaf, header_keep_until_ms(&header), arena, &body),
                     ERR_NOT_FOUND);
    ck_assert(store_empty_log(store));
    ck_assert(!is_on_disk(erased));
    const struct merkle_head after = ledger_sealed(relay_ledger(relay))->head;
    ck_assert_uint_eq(after.leaf_count, head.leaf_count + 1); /* the erasure */
    writer_tick(writer);
    commit();
    ck_assert_uint_eq(ledger_size(relay_ledger(relay)), after.leaf_count);
}
END_TEST

START_TEST(a_withdrawal_erases_the_message_and_all_that_it_had_superseded)
{
    struct header original, update, withdrawal;
    struct problems problems = {0};
    struct check_result result;
    struct span body;
    const uint64_t first = send_message(&original);

    update = rig_header(rig);
    update.action = DENREI__V1__ACTION__ACTION_UPDATE;
    update.has_supersedes = true;
    update.supersedes = (struct message_ref){"aa.send", original.id, find_known(&original.id).hash};
    const uint64_t second = send_header(&update);
    withdrawal = rig_header(rig);
    withdrawal.action = DENREI__V1__ACTION__ACTION_WITHDRAW;
    withdrawal.priority = DENREI__V1__PRIORITY__PRIORITY_FLASH;
    withdrawal.has_supersedes = true;
    withdrawal.supersedes = (struct message_ref){"aa.send", update.id, find_known(&update.id).hash};
    (void)send_header(&withdrawal);
    commit();
    writer->now_ms = rig->now_ms;
    for (int i = 0; i < 2; i++) {
        writer_tick(writer);
        commit();
    }
    ck_assert_int_eq(store_find_body(store, second, header_keep_until_ms(&update), arena, &body),
                     ERR_NOT_FOUND);
    ck_assert_int_eq(store_find_body(store, first, header_keep_until_ms(&original), arena, &body),
                     ERR_NOT_FOUND);
    const Denrei__V1__FetchReply *reply = fetch(0, 0, 64);
    ck_assert_uint_eq(reply->n_items, 3);
    ck_assert_int_eq(reply->items[0]->slot->lane, DENREI__V1__LANE__LANE_FLASH);
    ck_assert_uint_gt(reply->items[0]->body.len, 0); /* the withdrawal itself */
    ck_assert_uint_eq(reply->items[1]->body.len, 0);
    ck_assert_uint_eq(reply->items[2]->body.len, 0);
    ck_assert_int_eq(check_store(store, NULL, NULL, no_progress, NULL, &result, &problems), ERR_OK);
    ck_assert_uint_eq(result.bodies, 1);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("answer");
    TCase *tcase = tcase_create("answer");
    SRunner *runner = NULL;

    tcase_add_checked_fixture(tcase, set_up_answers, tear_down_answers);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, an_item_proves_itself_and_opens);
    tcase_add_test(tcase, the_head_is_signed_and_says_how_much_there_is);
    tcase_add_test(tcase, with_one_credit_at_a_time_flash_does_not_starve_the_rest);
    tcase_add_test(tcase, a_reader_ahead_of_the_mailbox_is_told);
    tcase_add_test(tcase, after_its_time_a_message_is_a_tombstone_and_then_erased);
    tcase_add_test(tcase, a_withdrawal_erases_the_message_and_all_that_it_had_superseded);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
