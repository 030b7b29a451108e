/*
 * Goal: what lies in a chunk file is what was put there, or is found not to be.
 * Method: files in a folder of their own, read back, cut off and altered by hand.
 */
#include "proto/io/chunk_file.h"

#include "proto/hash.h"
#include "proto/io/disk.h"
#include "proto/merkle.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BYTES = 2 * ATTACHMENT_CHUNK_BYTES + 5000, CHUNKS = 3, DATA_AT = 4096 };

static char dir[] = "/tmp/denrei-chunks-XXXXXX";
static char path[DISK_PATH_BYTES];
static struct chunk_file file;
static struct attachment attachment;
static struct hash leaves[CHUNKS];
static uint8_t chunk[ATTACHMENT_SEALED_MAX], room[ATTACHMENT_SEALED_MAX];

static struct span
fill(uint32_t number)
{
    memset(chunk, 'a' + (int)number, sizeof chunk);
    return (struct span){chunk, attachment_chunk_len(attachment.bytes, number)};
}

static void
setup(void)
{
    ck_assert_int_ge(sodium_init(), 0);
    strcpy(dir + strlen(dir) - 6, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(dir));
    ck_assert_int_eq(disk_join(dir, "file", path), ERR_OK);
    attachment.bytes = attachment_sealed_bytes(BYTES);
    ck_assert_uint_eq(attachment_chunks(attachment.bytes), CHUNKS);
    for (uint32_t i = 0; i < CHUNKS; i++)
        leaves[i] = merkle_leaf_hash(fill(i));
    attachment.hash = attachment_root(leaves, CHUNKS);
    ck_assert_int_eq(chunk_file_create(path, &attachment, &file), ERR_OK);
}

static void
teardown(void)
{
    chunk_file_close(&file);
    (void)unlink(path);
    (void)rmdir(dir);
}

static void
put(uint32_t number)
{
    ck_assert_int_eq(chunk_file_put(&file, number, fill(number), &leaves[number]), ERR_OK);
}

static void
reopen(void)
{
    chunk_file_close(&file);
    ck_assert_int_eq(chunk_file_open(path, true, &file), ERR_OK);
}

static void
spoil(uint64_t at)
{
    uint8_t byte = 0;

    ck_assert_int_eq(pread(file.fd, &byte, 1, (off_t)at), 1);
    byte ^= 1;
    ck_assert_int_eq(pwrite(file.fd, &byte, 1, (off_t)at), 1);
}

START_TEST(chunks_come_in_any_order_and_are_there_after_opening_again)
{
    struct stat info;
    size_t len = 0;

    ck_assert_int_eq(fstat(file.fd, &info), 0);
    ck_assert_int_eq(info.st_mode & 0777, 0600);
    put(2);
    ck_assert_uint_eq(file.next, 0);
    put(0);
    ck_assert_uint_eq(file.next, 1);
    put(0);
    ck_assert_uint_eq(file.present, 2);
    reopen();
    ck_assert_uint_eq(file.present, 2);
    ck_assert_uint_eq(file.next, 1);
    ck_assert_int_eq(chunk_file_get(&file, 1, room, &len), ERR_NOT_FOUND);
    put(1);
    ck_assert_uint_eq(file.next, CHUNKS);
    reopen();
    for (uint32_t i = 0; i < CHUNKS; i++) {
        const struct span expected = fill(i);
        ck_assert_int_eq(chunk_file_get(&file, i, room, &len), ERR_OK);
        ck_assert_uint_eq(len, expected.len);
        ck_assert_mem_eq(room, expected.data, len);
    }
    ck_assert(hash_is_equal(&file.attachment.hash, &attachment.hash));
    ck_assert_int_eq(chunk_file_get(&file, CHUNKS, room, &len), ERR_NOT_FOUND);
    ck_assert_int_eq(chunk_file_sync(&file), ERR_OK);
}
END_TEST

START_TEST(a_chunk_of_another_length_is_refused_and_changes_nothing)
{
    struct span data = fill(0);

    data.len--;
    ck_assert_int_eq(chunk_file_put(&file, 0, data, &leaves[0]), ERR_RANGE);
    ck_assert_int_eq(chunk_file_put(&file, CHUNKS, fill(0), &leaves[0]), ERR_RANGE);
    reopen();
    ck_assert_uint_eq(file.present, 0);
}
END_TEST

START_TEST(a_name_that_is_taken_is_left_as_it_is)
{
    struct chunk_file other = {.fd = -1};

    put(0);
    ck_assert_int_eq(chunk_file_create(path, &attachment, &other), ERR_EXISTS);
    reopen();
    ck_assert_uint_eq(file.present, 1);
}
END_TEST

START_TEST(an_audit_drops_what_is_not_what_its_hash_says)
{
    uint32_t dropped = 9;

    for (uint32_t i = 0; i < CHUNKS; i++)
        put(i);
    ck_assert_int_eq(chunk_file_audit(&file, room, &dropped), ERR_OK);
    ck_assert_uint_eq(dropped, 0);
    spoil(DATA_AT + ATTACHMENT_SEALED_MAX + 17);
    ck_assert_int_eq(chunk_file_audit(&file, room, &dropped), ERR_OK);
    ck_assert_uint_eq(dropped, 1);
    ck_assert_uint_eq(file.next, 1);
    reopen();
    ck_assert_uint_eq(file.next, 1);
    put(1);
    ck_assert_int_eq(ftruncate(file.fd, DATA_AT + ATTACHMENT_SEALED_MAX), 0);
    ck_assert_int_eq(chunk_file_audit(&file, room, &dropped), ERR_OK);
    ck_assert_uint_eq(dropped, 2);
    ck_assert_uint_eq(file.present, 1);
}
END_TEST

START_TEST(a_whole_file_under_another_root_is_dropped_whole)
{
    const struct hash other = leaves[0];
    uint32_t dropped = 0;

    for (uint32_t i = 0; i < CHUNKS; i++)
        put(i);
    ck_assert_int_eq(chunk_file_set_hash(&file, &other), ERR_OK);
    reopen();
    ck_assert_int_eq(chunk_file_audit(&file, room, &dropped), ERR_OK);
    ck_assert_uint_eq(dropped, CHUNKS);
    ck_assert_uint_eq(file.present, 0);
}
END_TEST

START_TEST(what_is_no_chunk_file_does_not_open)
{
    struct chunk_file other = {.fd = -1};
    size_t len = 0;

    put(0);
    spoil(0);
    ck_assert_int_eq(chunk_file_open(path, false, &other), ERR_CORRUPT);
    ck_assert_int_eq(other.fd, -1);
    spoil(0);
    spoil(16 + HASH_BYTES); /* a size that no file has */
    ck_assert_int_eq(chunk_file_open(path, false, &other), ERR_CORRUPT);
    spoil(16 + HASH_BYTES);
    ck_assert_int_eq(ftruncate(file.fd, 100), 0);
    ck_assert_int_eq(chunk_file_open(path, false, &other), ERR_CORRUPT);
    ck_assert_int_eq(chunk_file_get(&file, 0, room, &len), ERR_CORRUPT);
    ck_assert_int_eq(chunk_file_open("/nowhere/x", false, &other), ERR_NOT_FOUND);
    ck_assert(!chunk_file_is_gone(&file));
    ck_assert_int_eq(unlink(path), 0);
    ck_assert(chunk_file_is_gone(&file));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("chunk_file");
    TCase *tcase = tcase_create("chunk_file");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, chunks_come_in_any_order_and_are_there_after_opening_again);
    tcase_add_test(tcase, a_chunk_of_another_length_is_refused_and_changes_nothing);
    tcase_add_test(tcase, a_name_that_is_taken_is_left_as_it_is);
    tcase_add_test(tcase, an_audit_drops_what_is_not_what_its_hash_says);
    tcase_add_test(tcase, a_whole_file_under_another_root_is_dropped_whole);
    tcase_add_test(tcase, what_is_no_chunk_file_does_not_open);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
