/*
 * Goal: a node's records keep messages, positions, stops, receipts and hooks together or not at
 * all; what ended, expired or was withdrawn is no longer there in any file.
 * Method: a real database in a folder of its own; its files are read as bytes; the disk is made
 * full, or to fail, in the calls by which SQLite writes.  Screening: test_records_screen.c.
 */
#include "stored.h"

#include <errno.h>
#include <sqlite3.h>

static const uint64_t EXPIRES_MS = EXAMPLE_TIME_MS + 90 * DAY_MS;

static void
put_bare(uint64_t leaf)
{
    struct record record = record_with(leaf, NULL);

    ck_assert_int_eq(records_begin(records), ERR_OK);
    ck_assert_int_eq(records_put(records, &record), ERR_OK);
    ck_assert_int_eq(records_commit(records), ERR_OK);
}

static void
assert_same(const struct record *got, const struct record *want)
{
    ck_assert_uint_eq(got->leaf, want->leaf);
    ck_assert_int_eq(got->slot.lane, want->slot.lane);
    ck_assert_uint_eq(got->slot.number, want->slot.number);
    ck_assert_str_eq(got->sender, want->sender);
    ck_assert_mem_eq(got->id.bytes, want->id.bytes, ID_BYTES);
    ck_assert_mem_eq(got->hash.bytes, want->hash.bytes, HASH_BYTES);
    ck_assert_int_eq(got->state, want->state);
    ck_assert_uint_eq(got->reason, want->reason);
    ck_assert_uint_eq(got->time_ms, want->time_ms);
    ck_assert_uint_eq(got->received_ms, want->received_ms);
    assert_span_eq(got->header, want->header);
}

START_TEST(records_of_a_node_that_never_ran_cannot_be_read)
{
    struct records *none = NULL;
    char empty[DISK_PATH_BYTES];

    ck_assert_int_eq(disk_join(dir, "empty", empty), ERR_OK);
    ck_assert_int_eq(mkdir(empty, 0700), 0);
    ck_assert_int_eq(records_open(empty, false, &none), ERR_NOT_FOUND);
    ck_assert_ptr_null(none);
}
END_TEST

START_TEST(a_message_comes_back_as_it_was_put)
{
    struct record want = record_with(7, NULL), got;
    struct id unknown = want.id;

    want.state = RECORD_REFUSED;
    want.reason = REFUSAL_TIMES;
    ck_assert_int_eq(records_begin(records), ERR_OK);
    ck_assert_int_eq(records_put(records, &want), ERR_OK);
    ck_assert_int_eq(records_commit(records), ERR_OK);
    ck_assert_int_eq(records_find(records, "jp.npa", &want.id, &got), ERR_OK);
    assert_same(&got, &want);
    ck_assert_uint_eq(got.content.len, 0);
    ck_assert_int_eq(records_at(records, 7, &got), ERR_OK);
    assert_same(&got, &want);
    ck_assert_int_eq(records_at(records, 8, &got), ERR_NOT_FOUND);
    ck_assert_int_eq(records_find(records, "jp.mofa", &want.id, &got), ERR_NOT_FOUND);
    unknown.bytes[0] ^= 1;
    ck_assert_int_eq(records_find(records, "jp.npa", &unknown, &got), ERR_NOT_FOUND);
}
END_TEST

START_TEST(the_same_leaf_number_or_message_again_is_refused_and_changes_nothing)
{
    struct record first = record_with(7, NULL), second = record_with(8, NULL), got;

    put_bare(7);
    if (_i == 0)
        second.leaf = 7;
    if (_i == 1)
        second.slot = first.slot;
    if (_i == 2)
        second.id = first.id;
    ck_assert_int_eq(records_begin(records), ERR_OK);
    ck_assert_int_eq(records_put(records, &second), ERR_EXISTS);
    records_rollback(records);
    ck_assert_int_eq(records_at(records, 7, &got), ERR_OK);
    assert_same(&got, &first);
    ck_assert_int_eq(records_next(records, 7, &got), ERR_NOT_FOUND);
}
END_TEST

START_TEST(messages_come_in_the_order_of_their_leaves)
{
    struct record got;
    uint64_t after = 0, want[] = {3, 7, 20};

    put_bare(20);
    put_bare(3);
    put_bare(7);
    for (size_t i = 0; i < 3; i++) {
        ck_assert_int_eq(records_next(records, after, &got), ERR_OK);
        ck_assert_uint_eq(got.leaf, want[i]);
        after = got.leaf;
    }
    ck_assert_int_eq(records_next(records, after, &got), ERR_NOT_FOUND);
}
END_TEST

START_TEST(messages_are_found_by_the_first_digits_of_their_ids)
{
    struct message_id_range range;
    struct record record = record_with(0x1234, NULL);
    uint64_t leaves[2] = {0};
    size_t count = 0;

    put_bare(0x1234);
    put_bare(0x1235);
    put_bare(0x2234);
    ck_assert_int_eq(message_id_parse(message_id_text(&record.id).text, &range), ERR_OK);
    ck_assert_int_eq(records_find_prefix(records, &range, leaves, 2, &count), ERR_OK);
    ck_assert_uint_eq(count, 1);
    ck_assert_uint_eq(leaves[0], 0x1234);
    ck_assert_int_eq(message_id_parse("11111111", &range), ERR_OK);
    ck_assert_int_eq(records_find_prefix(records, &range, leaves, 2, &count), ERR_OK);
    ck_assert_uint_eq(count, 2); /* no more than there is room for */
    ck_assert_int_eq(message_id_parse("22", &range), ERR_OK);
    ck_assert_int_eq(records_find_prefix(records, &range, leaves, 2, &count), ERR_OK);
    ck_assert_uint_eq(count, 0);
}
END_TEST

START_TEST(what_was_not_committed_is_not_there)
{
    struct record record = record_with(7, NULL), got;
    const struct screen_view view = {.rest_stored = 7};
    struct screen_view stored;

    ck_assert_int_eq(records_begin(records), ERR_OK);
    ck_assert_int_eq(records_put(records, &record), ERR_OK);
    ck_assert_int_eq(records_put_view(records, &view), ERR_OK);
    records_rollback(records);
    ck_assert_int_eq(records_at(records, 7, &got), ERR_NOT_FOUND);
    ck_assert_int_eq(records_view(records, &stored), ERR_OK);
    ck_assert_uint_eq(stored.rest_stored, 0);
}
END_TEST

START_TEST(the_view_comes_back_and_is_zero_before_the_first)
{
    const struct screen_view want = {1, 2, 3, 4, 5, 6, 7, 0, 0, false, {0, 0}};
    struct screen_view got = {.rest_last = 99};

    ck_assert_int_eq(records_view(records, &got), ERR_OK);
    ck_assert_uint_eq(got.rest_last, 0);
    ck_assert_uint_eq(got.head_time_ms, 0);
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(records_begin(records), ERR_OK);
        ck_assert_int_eq(records_put_view(records, &want), ERR_OK);
        ck_assert_int_eq(records_commit(records), ERR_OK);
    }
    ck_assert_int_eq(records_view(records, &got), ERR_OK);
    ck_assert_uint_eq(got.flash_stored, 1);
    ck_assert_uint_eq(got.rest_stored, 2);
    ck_assert_uint_eq(got.flash_last, 3);
    ck_assert_uint_eq(got.rest_last, 4);
    ck_assert_uint_eq(got.head_time_ms, 5);
    ck_assert_uint_eq(got.witnessed_time_ms, 6);
    ck_assert_uint_eq(got.tree_size, 7);
    ck_assert_uint_eq(got.missing, 0);
}
END_TEST

START_TEST(another_process_reads_what_is_committed)
{
    struct records *reader = NULL;
    struct record got;

    put_bare(7);
    ck_assert_int_eq(records_open(dir, false, &reader), ERR_OK);
    ck_assert_int_eq(records_at(reader, 7, &got), ERR_OK);
    put_bare(8); /* while the reader still looks at a row */
    ck_assert_int_eq(records_at(reader, 8, &got), ERR_OK);
    records_close(&reader);
}
END_TEST

/* ---- stops */

START_TEST(a_stop_waits_for_its_message_alone)
{
    struct message_ref ref = {"jp.npa", example_id(0x44), example_hash(1)};
    uint64_t leaf = 0;
    enum record_state state = RECORD_LIVE;

    ck_assert_int_eq(records_begin(records), ERR_OK);
    ck_assert_int_eq(records_put_stop(records, &ref, 12, RECORD_WITHDRAWN), ERR_OK);
    ck_assert_int_eq(records_commit(records), ERR_OK);
    ck_assert_int_eq(records_find_stop(records, "jp.npa", &ref.id, &leaf, &state), ERR_OK);
    ck_assert_uint_eq(leaf, 12);
    ck_assert_int_eq(state, RECORD_WITHDRAWN);
    ck_assert_int_eq(records_find_stop(records, "kr.moj", &ref.id, &leaf, &state), ERR_NOT_FOUND);
    ref.id.bytes[0] ^= 1;
    ck_assert_int_eq(records_find_stop(records, "jp.npa", &ref.id, &leaf, &state), ERR_NOT_FOUND);
}
END_TEST

/* ---- erasing */

#define SECRET "cover torn, unmistakable"

START_TEST(what_expired_is_erased_from_every_file)
{
    struct record got;
    size_t count = 9;

    store_one(7, "TR1234567", "", "JPN");
    store_one(8, "TR1234568", "", "JPN");
    ck_assert(file_has("node.db", SECRET) || file_has("node.db-wal", SECRET));
    ck_assert_int_eq(records_begin(records), ERR_OK);
    ck_assert_int_eq(records_expire(records, EXPIRES_MS - 1, &count), ERR_OK);
    ck_assert_uint_eq(count, 0);
    ck_assert_int_eq(records_expire(records, EXPIRES_MS, &count), ERR_OK);
    ck_assert_uint_eq(count, 2);
    ck_assert_int_eq(records_commit(records), ERR_OK);
    ck_assert(!file_has("node.db", SECRET));
    ck_assert(!file_has("node.db-wal", SECRET));
    ck_assert_uint_eq(file_bytes("node.db-wal"), 0);
    ck_assert_int_eq(records_at(records, 7, &got), ERR_OK);
    ck_assert_int_eq(got.state, RECORD_EXPIRED);
    ck_assert_uint_eq(got.content.len, 0);
    ck_assert_uint_gt(got.header.len, 0);
    ck_assert_int_eq(records_expire(records, EXPIRES_MS, &count), ERR_OK);
    ck_assert_uint_eq(count, 0);
}
END_TEST

START_TEST(what_was_withdrawn_is_erased_even_while_its_row_was_lent)
{
    struct record got;

    store_one(7, "TR1234567", "", "JPN");
    ck_assert_int_eq(records_at(records, 7, &got), ERR_OK); /* holds a snapshot */
    ck_assert_int_eq(records_begin(records), ERR_OK);
    ck_assert_int_eq(records_end(records, 7, RECORD_WITHDRAWN, true), ERR_OK);
    ck_assert_int_eq(records_at(records, 7, &got), ERR_OK);
    ck_assert_int_eq(records_commit(records), ERR_OK);
    ck_assert(!file_has("node.db", SECRET));
    ck_assert(!file_has("node.db-wal", SECRET));
    ck_assert_int_eq(records_at(records, 7, &got), ERR_OK);
    ck_assert_int_eq(got.state, RECORD_WITHDRAWN);
}
END_TEST

START_TEST(what_a_reader_still_looks_at_is_erased_when_it_is_done)
{
    struct records *reader = NULL;
    struct record got;

    store_one(7, "TR1234567", "", "JPN");
    ck_assert_int_eq(records_open(dir, false, &reader), ERR_OK);
    ck_assert_int_eq(records_at(reader, 7, &got), ERR_OK);
    ck_assert_int_eq(records_begin(records), ERR_OK);
    ck_assert_int_eq(records_end(records, 7, RECORD_WITHDRAWN, true), ERR_OK);
    ck_assert_int_eq(records_commit(records), ERR_OK);
    ck_assert(file_has("node.db-wal", SECRET) || file_has("node.db", SECRET));
    records_close(&reader);
    put_bare(8);
    ck_assert(!file_has("node.db", SECRET));
    ck_assert(!file_has("node.db-wal", SECRET));
}
END_TEST

START_TEST(messages_that_are_missing_count_until_they_end_or_expire)
{
    struct record record = record_with(7, NULL), other = record_with(8, NULL);
    const struct screen_view some = {.head_time_ms = 1};
    struct screen_view view;
    size_t count = 0;

    record.state = RECORD_TOMBSTONE;
    record.missing = RECORD_MISSES_DOCUMENTS;
    other.state = RECORD_UNREADABLE;
    other.missing = RECORD_MISSES_DOCUMENTS;
    struct record alert = record_with(9, NULL);
    alert.state = RECORD_UNREADABLE;
    alert.missing = RECORD_MISSES_PERSON;
    ck_assert_int_eq(records_begin(records), ERR_OK);
    ck_assert_int_eq(records_put_view(records, &some), ERR_OK);
    ck_assert_int_eq(records_put(records, &record), ERR_OK);
    ck_assert_int_eq(records_put(records, &other), ERR_OK);
    ck_assert_int_eq(records_put(records, &alert), ERR_OK);
    ck_assert_int_eq(records_view(records, &view), ERR_OK);
    ck_assert_uint_eq(view.missing, 2);
    ck_assert_uint_eq(view.missing_persons, 1);
    ck_assert_int_eq(records_end(records, 9, RECORD_WITHDRAWN, true), ERR_OK);
    ck_assert_int_eq(records_view(records, &view), ERR_OK);
    ck_assert_uint_eq(view.missing_persons, 0);
    ck_assert_int_eq(records_end(records, 7, RECORD_REPLACED, true), ERR_OK);
    ck_assert_int_eq(records_view(records, &view), ERR_OK);
    ck_assert_uint_eq(view.missing, 1);
    ck_assert_int_eq(records_expire(records, EXPIRES_MS, &count), ERR_OK);
    ck_assert_uint_eq(count, 1);
    ck_assert_int_eq(records_view(records, &view), ERR_OK);
    ck_assert_uint_eq(view.missing, 0);
    ck_assert_int_eq(records_commit(records), ERR_OK);
}
END_TEST

/* ---- queues */

START_TEST(receipts_wait_in_their_order_until_they_are_dropped)
{
    struct record_receipt receipts[RECORDS_RECEIPTS_MAX];
    size_t count = 0;

    ck_assert_int_eq(records_receipts(records, arena, receipts, &count), ERR_OK);
    ck_assert_uint_eq(count, 0);
    ck_assert_int_eq(records_begin(records), ERR_OK);
    for (uint32_t i = 0; i < RECORDS_RECEIPTS_MAX + 2; i++) {
        uint8_t bytes[4];
        bytes_put_u32(bytes, i);
        ck_assert_int_eq(records_put_receipt(records, (struct span){bytes, 4}), ERR_OK);
    }
    ck_assert_int_eq(records_commit(records), ERR_OK);
    ck_assert_int_eq(records_receipts(records, arena, receipts, &count), ERR_OK);
    ck_assert_uint_eq(count, RECORDS_RECEIPTS_MAX);
    for (size_t i = 0; i < count; i++)
        ck_assert_uint_eq(receipts[i].bytes.data[3], i);
    ck_assert_int_eq(records_begin(records), ERR_OK);
    ck_assert_int_eq(records_drop_receipts(records, receipts[count - 1].sequence), ERR_OK);
    ck_assert_int_eq(records_commit(records), ERR_OK);
    ck_assert_int_eq(records_receipts(records, arena, receipts, &count), ERR_OK);
    ck_assert_uint_eq(count, 2);
    ck_assert_uint_eq(receipts[1].bytes.data[3], RECORDS_RECEIPTS_MAX + 1);
}
END_TEST

START_TEST(hooks_are_due_by_time_and_stay_until_dropped)
{
    uint64_t leaf = 0, attempts = 0, next_ms = 0;

    ck_assert_int_eq(records_next_hook(records, 1000, &leaf, &attempts, &next_ms), ERR_NOT_FOUND);
    ck_assert_uint_eq(next_ms, UINT64_MAX);
    ck_assert_int_eq(records_begin(records), ERR_OK);
    ck_assert_int_eq(records_put_hook(records, 7, 0, 500), ERR_OK);
    ck_assert_int_eq(records_put_hook(records, 8, 0, 400), ERR_OK);
    ck_assert_int_eq(records_put_hook(records, 8, 3, 2000), ERR_OK); /* failed, again later */
    ck_assert_int_eq(records_commit(records), ERR_OK);
    ck_assert_int_eq(records_next_hook(records, 499, &leaf, &attempts, &next_ms), ERR_NOT_FOUND);
    ck_assert_uint_eq(next_ms, 500);
    ck_assert_int_eq(records_next_hook(records, 500, &leaf, &attempts, &next_ms), ERR_OK);
    ck_assert_uint_eq(leaf, 7);
    ck_assert_uint_eq(attempts, 0);
    ck_assert_int_eq(records_begin(records), ERR_OK);
    ck_assert_int_eq(records_drop_hook(records, 7), ERR_OK);
    ck_assert_int_eq(records_commit(records), ERR_OK);
    ck_assert_int_eq(records_next_hook(records, 3000, &leaf, &attempts, &next_ms), ERR_OK);
    ck_assert_uint_eq(leaf, 8);
    ck_assert_uint_eq(attempts, 3);
}
END_TEST

/* ---- a full disk */

static int write_error; /* what writing fails with; 0: it works */

static ssize_t
fake_pwrite(int fd, const void *bytes, size_t len, off_t offset)
{
    if (write_error == 0)
        return pwrite(fd, bytes, len, offset);
    errno = write_error;
    return -1;
}

static ssize_t
fake_write(int fd, const void *bytes, size_t len)
{
    if (write_error == 0)
        return write(fd, bytes, len);
    errno = write_error;
    return -1;
}

/* Every way in which SQLite may write. */
static void
take_over_writes(void)
{
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);

    (void)vfs->xSetSystemCall(vfs, "write", (sqlite3_syscall_ptr)fake_write);
    (void)vfs->xSetSystemCall(vfs, "pwrite", (sqlite3_syscall_ptr)fake_pwrite);
    (void)vfs->xSetSystemCall(vfs, "pwrite64", (sqlite3_syscall_ptr)fake_pwrite);
}

START_TEST(a_full_disk_refuses_the_message_and_keeps_what_was_there)
{
    struct record record = record_with(8, NULL), got;

    put_bare(7);
    take_over_writes();
    ck_assert_int_eq(records_begin(records), ERR_OK);
    ck_assert_int_eq(records_put(records, &record), ERR_OK);
    write_error = ENOSPC;
    ck_assert_int_eq(records_commit(records), ERR_NOSPACE);
    write_error = 0;
    ck_assert_int_eq(records_at(records, 8, &got), ERR_NOT_FOUND);
    ck_assert_int_eq(records_at(records, 7, &got), ERR_OK);
    put_bare(8); /* and it goes on when there is room */
    ck_assert_int_eq(records_at(records, 8, &got), ERR_OK);
}
END_TEST

START_TEST(a_disk_that_fails_ends_the_process)
{
    struct record record = record_with(8, NULL);

    take_over_writes();
    ck_assert_int_eq(records_begin(records), ERR_OK);
    ck_assert_int_eq(records_put(records, &record), ERR_OK);
    write_error = EIO;
    remove_dir();                  /* nobody comes back to do it */
    (void)records_commit(records); /* must not come back: a retry would look as if it worked */
    ck_abort_msg("the process goes on after a failed commit");
}
END_TEST

START_TEST(content_that_a_full_disk_kept_from_being_erased_is_erased_later)
{
    store_one(7, "TR1234567", "", "JPN");
    ck_assert_int_eq(records_begin(records), ERR_OK);
    ck_assert_int_eq(records_end(records, 7, RECORD_WITHDRAWN, true), ERR_OK);
    take_over_writes();
    write_error = ENOSPC;
    ck_assert_int_eq(records_commit(records), ERR_NOSPACE);
    write_error = 0;
    ck_assert_int_eq(records_begin(records), ERR_OK);
    ck_assert_int_eq(records_end(records, 7, RECORD_WITHDRAWN, true), ERR_OK);
    ck_assert_int_eq(records_commit(records), ERR_OK);
    ck_assert(!file_has("node.db", SECRET));
    ck_assert(!file_has("node.db-wal", SECRET));
}
END_TEST

START_TEST(a_damaged_file_is_told_apart)
{
    char path[DISK_PATH_BYTES];

    records_close(&records);
    ck_assert_int_eq(disk_join(dir, "node.db", path), ERR_OK);
    FILE *file = fopen(path, "r+");
    ck_assert_ptr_nonnull(file);
    fputs("not a database at all", file);
    fclose(file);
    ck_assert_int_eq(disk_join(dir, "node.db-wal", path), ERR_OK);
    ck_assert_int_eq(unlink(path), 0); /* it would mend the file */
    ck_assert_int_eq(records_open(dir, true, &records), ERR_CORRUPT);
    ck_assert_ptr_null(records);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("records");
    TCase *tcase = tcase_create("records");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_checked_fixture(tcase, stored_setup, stored_teardown);
    tcase_set_timeout(tcase, 30);
    tcase_add_test(tcase, records_of_a_node_that_never_ran_cannot_be_read);
    tcase_add_test(tcase, a_message_comes_back_as_it_was_put);
    tcase_add_loop_test(tcase, the_same_leaf_number_or_message_again_is_refused_and_changes_nothing,
                        0, 3);
    tcase_add_test(tcase, messages_come_in_the_order_of_their_leaves);
    tcase_add_test(tcase, messages_are_found_by_the_first_digits_of_their_ids);
    tcase_add_test(tcase, what_was_not_committed_is_not_there);
    tcase_add_test(tcase, the_view_comes_back_and_is_zero_before_the_first);
    tcase_add_test(tcase, another_process_reads_what_is_committed);
    tcase_add_test(tcase, a_stop_waits_for_its_message_alone);
    tcase_add_test(tcase, what_expired_is_erased_from_every_file);
    tcase_add_test(tcase, what_was_withdrawn_is_erased_even_while_its_row_was_lent);
    tcase_add_test(tcase, what_a_reader_still_looks_at_is_erased_when_it_is_done);
    tcase_add_test(tcase, messages_that_are_missing_count_until_they_end_or_expire);
    tcase_add_test(tcase, receipts_wait_in_their_order_until_they_are_dropped);
    tcase_add_test(tcase, hooks_are_due_by_time_and_stay_until_dropped);
    tcase_add_test(tcase, a_full_disk_refuses_the_message_and_keeps_what_was_there);
    tcase_add_exit_test(tcase, a_disk_that_fails_ends_the_process, DISK_EXIT_FAILED);
    tcase_add_test(tcase, content_that_a_full_disk_kept_from_being_erased_is_erased_later);
    tcase_add_test(tcase, a_damaged_file_is_told_apart);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
