/*
 * Goal: a relay restored from its store goes on where the disk is; the check names the entry that
 * was damaged; a store behind the high-water file is told from one that is whole; bodies that are
 * erased are gone and all else stays.
 * Method: the real store and high-water file in a folder of the test, the machine of rig.h on top.
 */
#include "relay/io/check.h"
#include "tests/unit/relay/stored.h"

#include <sqlite3.h>

static enum err
check(struct problems *problems)
{
    struct check_result result;

    return check_store(store, NULL, highwater_head(highwater), no_progress, NULL, &result,
                       problems);
}

/* Run SQL on the file, as a fault would change it. */
static void
damage(const char *sql)
{
    sqlite3 *db = NULL;

    ck_assert_int_eq(sqlite3_open(store_path, &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    ck_assert_int_gt(sqlite3_total_changes(db), 0);
    ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
}

START_TEST(a_restored_relay_goes_on_where_the_disk_is)
{
    struct header header;
    uint64_t leaf = 0;

    for (int i = 0; i < 300; i++)
        leaf = send_message(&header);
    commit();
    const struct merkle_head head = ledger_sealed(relay_ledger(relay))->head;
    ck_assert_uint_eq(head.leaf_count, leaf + 1);
    close_relay();
    ck_assert_int_eq(open_relay(), ERR_OK);
    const struct ledger_sealed *sealed = ledger_sealed(relay_ledger(relay));
    ck_assert_uint_eq(sealed->head.leaf_count, head.leaf_count);
    ck_assert_mem_eq(sealed->head.root.bytes, head.root.bytes, HASH_BYTES);
    ck_assert_uint_eq(mailboxes_find(relay_mailboxes(relay), "bb.receive")->rest_last, 300);
    ck_assert_uint_eq(mailboxes_find(relay_mailboxes(relay), "bb.receive")->unacknowledged, 300);
    ck_assert_uint_eq(relay_documents(relay), 4);
    ck_assert_uint_eq(relay_last_entry_ms(relay), rig->now_ms);
    ck_assert_int_eq(apply_check_highwater(relay, highwater_head(highwater)), ERR_OK);
    ck_assert_uint_eq(send_message(&header), leaf + 1);
    commit();
    struct problems problems = {0};
    ck_assert_int_eq(check(&problems), ERR_OK);
}
END_TEST

START_TEST(a_relay_comes_back_at_every_border_of_blocks_and_tiles)
{
    static const uint64_t SIZES[] = {31, 32, 33, 64, 255, 256, 257, 288, 511, 512, 513};
    struct header header;
    struct problems problems = {0};

    for (size_t i = 0; i < sizeof SIZES / sizeof SIZES[0]; i++) {
        while (ledger_size(relay_ledger(relay)) < SIZES[i]) {
            arena_reset(rig->fed->scratch);
            arena_reset(rig->keep);
            (void)send_message(&header);
            if (ledger_size(relay_ledger(relay)) % 3 == 0)
                commit();
        }
        commit();
        const struct merkle_head head = ledger_sealed(relay_ledger(relay))->head;
        close_relay();
        ck_assert_int_eq(open_relay(), ERR_OK);
        ck_assert_mem_eq(ledger_sealed(relay_ledger(relay))->head.root.bytes, head.root.bytes,
                         HASH_BYTES);
    }
    ck_assert_int_eq(check(&problems), ERR_OK);
}
END_TEST

START_TEST(what_was_not_committed_is_not_there_after_a_crash)
{
    struct header header;
    struct store_message message;

    (void)send_message(&header);
    commit();
    uint64_t size = ledger_size(relay_ledger(relay));
    (void)send_message(&header);
    close_relay(); /* without a commit */
    ck_assert_int_eq(open_relay(), ERR_OK);
    ck_assert_uint_eq(ledger_size(relay_ledger(relay)), size);
    ck_assert_int_eq(store_find_message(store,
                                        mailboxes_find(relay_mailboxes(relay), "aa.send")->number,
                                        &header.id, &message),
                     ERR_NOT_FOUND);
}
END_TEST

START_TEST(what_was_put_is_found_before_and_after_the_commit)
{
    struct header header;
    struct store_message message;
    struct span entry, body;
    uint64_t leaf = send_message(&header);
    uint32_t sender = mailboxes_find(relay_mailboxes(relay), "aa.send")->number;
    uint32_t receiver = mailboxes_find(relay_mailboxes(relay), "bb.receive")->number;

    for (int round = 0; round < 2; round++) {
        uint64_t found = 0;
        ck_assert_int_eq(store_find_message(store, sender, &header.id, &message), ERR_OK);
        ck_assert_uint_eq(message.leaf, leaf);
        ck_assert_uint_eq(message.superseded_by, 0);
        ck_assert_int_eq(store_find_entry(store, leaf, arena, &entry), ERR_OK);
        ck_assert_int_eq(
            store_find_slot(store, receiver, (struct slot){DENREI__V1__LANE__LANE_REST, 1}, &found),
            ERR_OK);
        ck_assert_uint_eq(found, leaf);
        ck_assert_int_eq(store_find_slot(store, receiver,
                                         (struct slot){DENREI__V1__LANE__LANE_FLASH, 1}, &found),
                         ERR_NOT_FOUND);
        ck_assert_int_eq(store_find_body(store, leaf, header_keep_until_ms(&header), arena, &body),
                         ERR_OK);
        ck_assert_uint_eq(body.len, WRAP_BYTES + 1024 + 16);
        commit();
    }
    ck_assert_int_eq(store_find_entry(store, leaf + 1, arena, &entry), ERR_NOT_FOUND);
}
END_TEST

START_TEST(bodies_expire_by_their_hour_and_are_erased_alone)
{
    struct header header;
    uint64_t leaves[4];
    size_t count = 0;
    struct span body, entry;
    uint64_t leaf = send_message(&header);
    uint64_t until_ms = header_keep_until_ms(&header);

    ck_assert_int_eq(store_list_expired(store, until_ms - 1, leaves, 4, &count), ERR_OK);
    ck_assert_uint_eq(count, 0);
    ck_assert_int_eq(store_list_expired(store, until_ms + HOUR_MS, leaves, 4, &count), ERR_OK);
    ck_assert_uint_eq(count, 1);
    ck_assert_uint_eq(leaves[0], leaf);
    store_erase_body(store, leaf, until_ms);
    commit();
    ck_assert_int_eq(store_find_body(store, leaf, until_ms, arena, &body), ERR_NOT_FOUND);
    ck_assert_int_eq(store_find_entry(store, leaf, arena, &entry), ERR_OK);
    struct problems problems = {0};
    ck_assert_int_eq(check(&problems), ERR_OK);
}
END_TEST

/* Damage one thing, and the check names it. */
static void
expect_found(const char *sql, const char *path)
{
    struct problems problems = {0};

    close_relay();
    damage(sql);
    ck_assert_int_eq(store_open(store_path, STORE_READ, &store), ERR_OK);
    ck_assert_int_eq(check(&problems), ERR_CORRUPT);
    for (size_t i = 0; i < problems.count; i++)
        if (strcmp(problems.list[i].path.text, path) == 0)
            return;
    ck_abort_msg("%s was not named, but %s", path, problems.list[0].path.text);
}

static void
send_some(void)
{
    struct header header;

    for (int i = 0; i < 10; i++) {
        (void)send_message(&header);
        commit();
    }
}

START_TEST(the_check_names_an_entry_whose_bytes_changed)
{
    send_some();
    expect_found("UPDATE entries SET data = substr(data, 1, 40) || x'00' || substr(data, 42)"
                 " WHERE first = 7",
                 "entry 7");
}
END_TEST

START_TEST(the_check_names_an_entry_that_is_missing)
{
    send_some();
    expect_found("DELETE FROM entries WHERE first = 8", "entry 8");
}
END_TEST

START_TEST(the_check_names_an_entry_whose_body_changed)
{
    send_some();
    expect_found("UPDATE bodies SET data = substr(data, 1, 200) || x'00' || substr(data, 202)"
                 " WHERE key & ((1 << 40) - 1) = 9",
                 "entry 9");
}
END_TEST

START_TEST(the_check_names_an_entry_that_its_index_or_mailbox_lost)
{
    send_some();
    expect_found("DELETE FROM messages WHERE leaf = 10", "entry 10");
    store_close(&store);
    expect_found("UPDATE slots SET leaf = 5 WHERE leaf = 6", "entry 6");
}
END_TEST

/* A receipt of the receiver into the store; its leaf. */
static uint64_t
acknowledge(const struct header *header)
{
    const struct message_ref message = {rig->sender->id, header->id, find_known(&header->id).hash};
    const struct delivery_receipt receipt =
        rig_receipt(rig, &message, 0, DENREI__V1__DELIVERY_STATUS__DELIVERY_DELIVERED);
    struct relay_known_receipt known = {.message = find_known(&header->id), .is_addressed = true};
    struct relay_event event = {.type = RELAY_RECEIPTS};
    struct checked_receipts checked;
    struct relay_caller caller;

    rig_verify_receipts(rig, &receipt, 1, 0, &checked);
    ck_assert_int_eq(
        relay_admit(relay, &rig->receiver->credentials[0].credential.hash, rig->now_ms, &caller),
        REFUSAL_NONE);
    event.caller = &caller;
    event.receipts.checked = &checked;
    event.receipts.known = &known;
    const struct applied applied = step(&event);
    ck_assert_int_eq(applied.code, REFUSAL_NONE);
    commit();
    return applied.leaf;
}

START_TEST(the_check_names_an_entry_whose_receipt_its_index_lost_and_a_receipt_of_no_entry)
{
    struct problems problems = {0};
    struct header header;
    char path[32];

    (void)send_message(&header);
    const uint64_t leaf = acknowledge(&header);
    ck_assert_uint_eq(mailboxes_find(relay_mailboxes(relay), "bb.receive")->unacknowledged, 0);
    ck_assert_int_eq(check(&problems), ERR_OK);
    snprintf(path, sizeof path, "entry %llu", (unsigned long long)leaf);
    expect_found("UPDATE deliveries SET leaf = leaf + 1", path);
    store_close(&store);
    expect_found("UPDATE deliveries SET leaf = leaf - 1, status = status + 1", path);
    store_close(&store);
    expect_found("UPDATE mailboxes SET unacknowledged = 7 WHERE member = 'bb.receive'",
                 "mailbox of bb.receive");
    store_close(&store);
    expect_found("INSERT INTO deliveries VALUES(5, 0, 1, 0, 6, 0)", "index of receipts");
}
END_TEST

START_TEST(the_check_names_an_update_that_the_message_before_does_not_lead_to)
{
    struct problems problems = {0};
    struct header original, update;
    char path[32];

    (void)send_message(&original);
    update = rig_header(rig);
    update.action = DENREI__V1__ACTION__ACTION_UPDATE;
    update.has_supersedes = true;
    update.supersedes =
        (struct message_ref){rig->sender->id, original.id, find_known(&original.id).hash};
    const uint64_t leaf = send_header(&update);
    commit();
    ck_assert_int_eq(check(&problems), ERR_OK);
    snprintf(path, sizeof path, "entry %llu", (unsigned long long)leaf);
    expect_found("UPDATE messages SET superseded_by = 0 WHERE superseded_by != 0", path);
}
END_TEST

START_TEST(the_check_finds_leaf_hashes_and_documents_that_changed)
{
    send_some();
    expect_found("UPDATE documents SET data = substr(data, 2) WHERE number = 3", "entry 3");
    store_close(&store);
    expect_found("UPDATE partial SET hashes = x'00' || substr(hashes, 2)", "tiles");
}
END_TEST

START_TEST(a_store_behind_the_high_water_file_is_told)
{
    struct header header;
    char command[512];

    (void)send_message(&header);
    commit();
    close_relay();
    snprintf(command, sizeof command, "cp %s %s.old", store_path, store_path);
    ck_assert_int_eq(system(command), 0);
    ck_assert_int_eq(open_relay(), ERR_OK);
    (void)send_message(&header);
    commit();
    close_relay();
    snprintf(command, sizeof command, "mv %s.old %s && rm -f %s-wal %s-shm", store_path, store_path,
             store_path, store_path);
    ck_assert_int_eq(system(command), 0);
    ck_assert_int_eq(open_relay(), ERR_OK);
    ck_assert_int_eq(apply_check_highwater(relay, highwater_head(highwater)), ERR_CONFLICT);
}
END_TEST

START_TEST(the_high_water_file_survives_a_torn_write_and_is_locked)
{
    struct highwater *other = NULL;
    struct merkle_head head = {.leaf_count = 41};
    FILE *file = NULL;

    highwater_note(highwater, &head);
    head.leaf_count = 42;
    highwater_note(highwater, &head);
    ck_assert_int_eq(highwater_open(highwater_path, &other), ERR_BUSY);
    highwater_close(&highwater);
    ck_assert_int_eq(highwater_open(highwater_path, &highwater), ERR_OK);
    ck_assert_uint_eq(highwater_head(highwater)->leaf_count, 42);
    head.leaf_count = 43;
    highwater_note(highwater, &head);
    highwater_close(&highwater);
    for (int half = 0; half < 2; half++) { /* the newer half is torn, then both */
        file = fopen(highwater_path, "r+");
        ck_assert_ptr_nonnull(file);
        ck_assert_int_eq(fseek(file, 30 + 512L * half, SEEK_SET), 0);
        ck_assert_int_eq(fputc('x', file), 'x');
        ck_assert_int_eq(fclose(file), 0);
        enum err err = highwater_open(highwater_path, &highwater);
        ck_assert_int_eq(err, half == 0 ? ERR_OK : ERR_CORRUPT);
        if (half == 0)
            ck_assert_uint_ge(highwater_head(highwater)->leaf_count, 42);
        highwater_close(&highwater);
    }
    ck_assert_int_eq(highwater_create(highwater_path), ERR_EXISTS);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("store");
    TCase *tcase = tcase_create("store");
    SRunner *runner = NULL;

    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, a_restored_relay_goes_on_where_the_disk_is);
    tcase_add_test(tcase, a_relay_comes_back_at_every_border_of_blocks_and_tiles);
    tcase_add_test(tcase, what_was_not_committed_is_not_there_after_a_crash);
    tcase_add_test(tcase, what_was_put_is_found_before_and_after_the_commit);
    tcase_add_test(tcase, bodies_expire_by_their_hour_and_are_erased_alone);
    tcase_add_test(tcase, the_check_names_an_entry_whose_bytes_changed);
    tcase_add_test(tcase, the_check_names_an_entry_that_is_missing);
    tcase_add_test(tcase, the_check_names_an_entry_whose_body_changed);
    tcase_add_test(tcase, the_check_names_an_entry_that_its_index_or_mailbox_lost);
    tcase_add_test(tcase,
                   the_check_names_an_entry_whose_receipt_its_index_lost_and_a_receipt_of_no_entry);
    tcase_add_test(tcase, the_check_names_an_update_that_the_message_before_does_not_lead_to);
    tcase_add_test(tcase, the_check_finds_leaf_hashes_and_documents_that_changed);
    tcase_add_test(tcase, a_store_behind_the_high_water_file_is_told);
    tcase_add_test(tcase, the_high_water_file_survives_a_torn_write_and_is_locked);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
