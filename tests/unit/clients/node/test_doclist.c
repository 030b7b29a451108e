/*
 * Goal: any records, in any order, come out of sorting and writing as a list in which every one of
 * them is found, nothing else is, and in which damage of any byte is noticed.
 * Method: random records with few different numbers, sorted in so little memory that there are many
 * runs; a plain array as the oracle; every byte of a small file changed, and the file cut anywhere.
 */
#include "clients/node/io/doclist_file.h"
#include "clients/node/io/doclist_sort.h"
#include "clients/node/io/doclist_writer.h"
#include "proto/io/disk.h"

#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { RECORDS = 6000 };

static char dir[] = "/tmp/denrei-list-XXXXXX";
static char path[64];
static struct imported oracle[RECORDS];

static void
setup(void)
{
    umask(077);
    ck_assert_int_ge(sodium_init(), 0);
    strcpy(dir + sizeof dir - 7, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/list", dir);
    srand(7);
}

static void
teardown(void)
{
    char command[64];

    snprintf(command, sizeof command, "rm -rf %s", dir);
    ck_assert_int_eq(system(command), 0);
}

/* From few characters, so that skeletons and whole records repeat. */
static struct imported
random_record(void)
{
    static const char *const states[] = {"JPN", "D", "GBR", "GBD"};
    struct imported record = {.type = DENREI__V1__TRAVEL_DOCUMENT_TYPE__TRAVEL_DOCUMENT_TYPE_VISA,
                              .status = DENREI__V1__LOST_STATUS__LOST_STATUS_REVOKED,
                              .review = {2034, 3, 7}};
    size_t len = 1 + (size_t)rand() % 5;

    if (rand() % 50 == 0)
        len = DOCUMENT_NUMBER_BYTES - 1;
    for (size_t i = 0; i < len; i++)
        record.number.text[i] = "0O1A8B"[rand() % 6];
    strcpy(record.state, states[rand() % 4]);
    if (rand() % 3 == 0)
        record.lost_on = (struct date_text){2024, 2, 0};
    if (rand() % 2 == 0)
        snprintf(record.reference, sizeof record.reference, "R-%d", rand() % 3);
    if (rand() % 500 == 0)
        record.review = (struct date_text){2030, 1, 1};
    return record;
}

static size_t
same_count(const struct imported *record, size_t count)
{
    size_t same = 0;

    for (size_t i = 0; i < count; i++)
        same += memcmp(record, &oracle[i], sizeof *record) == 0 ? 1 : 0;
    return same;
}

/* Sort `count` records of the oracle and write them to `path`. */
static struct doclist_header
make_list(size_t count, size_t sort_bytes)
{
    struct doclist_header header = {.name = "test", .as_of_ms = 5, .max_age_ms = 6, .rejected = 7};
    struct doclist_sort *sort = NULL;
    struct doclist_writer *writer = NULL;
    uint8_t bytes[IMPORTED_BYTES_MAX];
    struct span record;
    bool is_new = false;

    ck_assert_int_eq(doclist_sort_new(dir, sort_bytes, &sort), ERR_OK);
    for (size_t i = 0; i < count; i++) {
        size_t len = imported_encode(&oracle[i], bytes);
        ck_assert_int_eq(doclist_sort_add(sort, (struct span){bytes, len}), ERR_OK);
    }
    ck_assert_int_eq(doclist_sort_finish(sort), ERR_OK);
    ck_assert_int_eq(doclist_writer_new(path, &writer), ERR_OK);
    size_t taken = 0;
    while (doclist_sort_next(sort, &record) == ERR_OK) {
        ck_assert_int_eq(doclist_writer_add(writer, record, &is_new), ERR_OK);
        taken++;
    }
    ck_assert_uint_eq(taken, count);
    ck_assert_int_eq(doclist_sort_next(sort, &record), ERR_NOT_FOUND);
    ck_assert_int_eq(doclist_writer_finish(writer, &header), ERR_OK);
    doclist_writer_free(&writer);
    doclist_sort_free(&sort);
    return header;
}

/* How many records with the skeleton of `number` the list has, each of which the oracle has. */
static size_t
found_count(struct doclist_file *file, const char *number, size_t count)
{
    struct doclist_walk walk;
    struct imported_key key;
    struct span bytes;
    size_t found = 0;

    ck_assert_int_eq(doclist_walk_key(file, confusion_key(number, strlen(number)), &walk), ERR_OK);
    for (;;) {
        struct imported record;
        enum err err = doclist_walk_next(file, &walk, &bytes, &key);
        if (err == ERR_NOT_FOUND)
            return found;
        ck_assert_int_eq(err, ERR_OK);
        ck_assert_int_eq(imported_decode(bytes, &record), ERR_OK);
        ck_assert_uint_gt(same_count(&record, count), 0);
        found++;
    }
}

/* Different records of the oracle with that skeleton. */
static size_t
wanted_count(const struct document_number *number, size_t count)
{
    struct document_number skeleton, other;
    size_t wanted = 0;

    confusion_skeleton(number, &skeleton);
    for (size_t i = 0; i < count; i++) {
        confusion_skeleton(&oracle[i].number, &other);
        if (strcmp(skeleton.text, other.text) == 0 && same_count(&oracle[i], i) == 0)
            wanted++;
    }
    return wanted;
}

static void
check_against_oracle(size_t count, size_t sort_bytes)
{
    struct doclist_file *file = NULL;
    size_t different = 0;

    for (size_t i = 0; i < count; i++) {
        oracle[i] = random_record();
        different += same_count(&oracle[i], i) == 0 ? 1 : 0;
    }
    struct doclist_header header = make_list(count, sort_bytes);
    ck_assert_uint_eq(header.records, different);
    ck_assert_int_eq(doclist_file_open(path, &file), ERR_OK);
    ck_assert_int_eq(doclist_file_check(file), ERR_OK);
    ck_assert_mem_eq(doclist_file_header(file), &header, sizeof header);
    for (int i = 0; i < 60; i++) {
        const struct imported record = random_record();
        ck_assert_uint_eq(found_count(file, record.number.text, count),
                          wanted_count(&record.number, count));
    }
    doclist_file_close(&file);
    ck_assert_int_eq(unlink(path), 0);
}

START_TEST(every_record_is_found_and_nothing_else)
{
    check_against_oracle(1, DOCLIST_SORT_BYTES_MIN);
    check_against_oracle(30, DOCLIST_SORT_BYTES_MIN);
    check_against_oracle(700, DOCLIST_SORT_BYTES_MIN);         /* a dozen runs */
    check_against_oracle(RECORDS, DOCLIST_SORT_BYTES_MIN * 4); /* two levels of index */
    check_against_oracle(2000, 1 << 20);                       /* none */
}
END_TEST

START_TEST(what_is_more_than_a_skeleton_can_hold_of_goes_over_pages)
{
    for (size_t i = 0; i < 300; i++) {
        oracle[i] = random_record();
        oracle[i].number = (struct document_number){""};
        strcpy(oracle[i].number.text, i == 0 ? "A0" : i == 299 ? "A2" : "A1");
        memset(oracle[i].reference, 0, sizeof oracle[i].reference);
        snprintf(oracle[i].reference, sizeof oracle[i].reference, "%zu", i);
    }
    struct doclist_file *file = NULL;
    (void)make_list(300, 1 << 20);
    ck_assert_int_eq(doclist_file_open(path, &file), ERR_OK);
    ck_assert_uint_eq(found_count(file, "A0", 300), 1);
    ck_assert_uint_eq(found_count(file, "AI", 300), 298);
    ck_assert_uint_eq(found_count(file, "A2", 300), 1);
    ck_assert_uint_eq(found_count(file, "A3", 300), 0);
    ck_assert_uint_eq(found_count(file, "0", 300), 0);
    doclist_file_close(&file);
}
END_TEST

START_TEST(an_empty_list_is_a_list)
{
    struct doclist_file *file = NULL;

    ck_assert_uint_eq(make_list(0, DOCLIST_SORT_BYTES_MIN).records, 0);
    ck_assert_int_eq(doclist_file_open(path, &file), ERR_OK);
    ck_assert_int_eq(doclist_file_check(file), ERR_OK);
    ck_assert_uint_eq(found_count(file, "A1", 0), 0);
    doclist_file_close(&file);
}
END_TEST

/* Opening or checking says that something is wrong. */
static enum err
open_and_check(void)
{
    struct doclist_file *file = NULL;
    enum err err = doclist_file_open(path, &file);

    if (err == ERR_OK)
        err = doclist_file_check(file);
    doclist_file_close(&file);
    return err;
}

START_TEST(a_change_of_any_byte_is_noticed)
{
    struct stat status;
    uint8_t byte = 0, other = 0;

    for (size_t i = 0; i < 60; i++)
        oracle[i] = random_record();
    (void)make_list(60, 1 << 20);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    ck_assert_int_eq(fstat(fd, &status), 0);
    for (off_t at = 0; at < status.st_size; at++) {
        ck_assert_int_eq(pread(fd, &byte, 1, at), 1);
        other = (uint8_t)(byte ^ (1 << (at % 8)));
        ck_assert_int_eq(pwrite(fd, &other, 1, at), 1);
        enum err err = open_and_check();
        ck_assert_msg(err == ERR_CORRUPT || (at < 16 && (err == ERR_FORMAT || err == ERR_UNKNOWN)),
                      "byte %lld: %s", (long long)at, err_name(err));
        ck_assert_int_eq(pwrite(fd, &byte, 1, at), 1);
    }
    ck_assert_int_eq(open_and_check(), ERR_OK);
    for (off_t len = status.st_size - 1; len >= 0; len -= 97) {
        ck_assert_int_eq(ftruncate(fd, len), 0);
        enum err err = open_and_check();
        ck_assert(err == ERR_CORRUPT || err == ERR_FORMAT);
    }
    close(fd);
}
END_TEST

START_TEST(pages_that_are_swapped_are_noticed)
{
    uint8_t first[DOCLIST_PAGE_BYTES], second[DOCLIST_PAGE_BYTES];
    struct doclist_file *file = NULL;
    struct doclist_walk walk;
    struct imported_key key;
    struct span bytes;

    for (size_t i = 0; i < 200; i++)
        oracle[i] = random_record();
    (void)make_list(200, 1 << 20);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    ck_assert_int_eq(pread(fd, first, sizeof first, 1024), sizeof first);
    ck_assert_int_eq(pread(fd, second, sizeof second, 2048), sizeof second);
    ck_assert_int_eq(pwrite(fd, second, sizeof second, 1024), sizeof second);
    ck_assert_int_eq(pwrite(fd, first, sizeof first, 2048), sizeof first);
    close(fd);
    ck_assert_int_eq(open_and_check(), ERR_CORRUPT);
    ck_assert_int_eq(doclist_file_open(path, &file), ERR_OK);
    doclist_walk_all(&walk); /* by a look-up too, which does not compare records of two pages */
    ck_assert_int_eq(doclist_walk_next(file, &walk, &bytes, &key), ERR_CORRUPT);
    doclist_file_close(&file);
}
END_TEST

START_TEST(a_file_that_shrinks_while_it_is_read_is_an_error_and_no_crash)
{
    struct doclist_file *file = NULL;
    struct doclist_walk walk;
    struct imported_key key;
    struct span bytes;

    oracle[0] = random_record();
    (void)make_list(1, 1 << 20);
    ck_assert_int_eq(doclist_file_open(path, &file), ERR_OK);
    ck_assert_int_eq(truncate(path, 1024), 0);
    doclist_walk_all(&walk);
    ck_assert_int_eq(doclist_walk_next(file, &walk, &bytes, &key), ERR_CORRUPT);
    doclist_file_close(&file);
}
END_TEST

START_TEST(what_is_no_list_is_refused)
{
    struct doclist_file *file = NULL;

    ck_assert_int_eq(doclist_file_open(path, &file), ERR_NOT_FOUND);
    ck_assert_int_eq(disk_write(path, (struct span){(const uint8_t *)"x", 1}, DISK_NEW), ERR_OK);
    ck_assert_int_eq(doclist_file_open(path, &file), ERR_FORMAT);
    ck_assert_int_eq(doclist_file_open(dir, &file), ERR_FORMAT);
    ck_assert_ptr_null(file);
}
END_TEST

START_TEST(a_writer_that_is_given_up_leaves_nothing)
{
    struct doclist_writer *writer = NULL;

    ck_assert_int_eq(doclist_writer_new(path, &writer), ERR_OK);
    struct doclist_writer *second = NULL;
    ck_assert_int_eq(doclist_writer_new(path, &second), ERR_EXISTS);
    doclist_writer_free(&writer);
    ck_assert(!disk_is_file(path));
}
END_TEST

START_TEST(a_full_disk_ends_sorting_and_writing)
{
    const struct rlimit little = {8192, 8192};
    struct doclist_sort *sort = NULL;
    uint8_t bytes[IMPORTED_BYTES_MAX];
    enum err err = ERR_OK;

    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &little), 0); /* of this test's process alone */
    ck_assert_int_eq(doclist_sort_new(dir, 64 << 10, &sort), ERR_OK);
    for (int i = 0; i < 4000 && err == ERR_OK; i++) {
        oracle[0] = random_record();
        size_t len = imported_encode(&oracle[0], bytes);
        err = doclist_sort_add(sort, (struct span){bytes, len});
    }
    ck_assert_int_eq(err, ERR_NOSPACE);
    doclist_sort_free(&sort);
}
END_TEST

START_TEST(records_come_back_as_they_were_and_no_others_are_read)
{
    uint8_t bytes[IMPORTED_BYTES_MAX];
    struct imported back;
    struct imported_key key;

    for (int i = 0; i < 2000; i++) {
        struct imported record = random_record();
        size_t len = imported_encode(&record, bytes);
        ck_assert_int_eq(imported_decode((struct span){bytes, len}, &back), ERR_OK);
        ck_assert_mem_eq(&record, &back, sizeof record);
        ck_assert_int_eq(imported_decode((struct span){bytes, len - 1}, &back), ERR_CORRUPT);
        ck_assert_int_eq(imported_peek((struct span){bytes, 3}, &key), ERR_CORRUPT);
        bytes[(size_t)rand() % len] = (uint8_t)rand();
        if (imported_decode((struct span){bytes, len}, &back) == ERR_OK) {
            uint8_t again[IMPORTED_BYTES_MAX]; /* what is read is what was written */
            size_t again_len = imported_encode(&back, again);
            ck_assert_uint_le(again_len, len);
            ck_assert_mem_eq(again, bytes, again_len);
        }
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("doclist");
    TCase *tcase = tcase_create("doclist");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_set_timeout(tcase, 120);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, every_record_is_found_and_nothing_else);
    tcase_add_test(tcase, what_is_more_than_a_skeleton_can_hold_of_goes_over_pages);
    tcase_add_test(tcase, an_empty_list_is_a_list);
    tcase_add_test(tcase, a_change_of_any_byte_is_noticed);
    tcase_add_test(tcase, pages_that_are_swapped_are_noticed);
    tcase_add_test(tcase, a_file_that_shrinks_while_it_is_read_is_an_error_and_no_crash);
    tcase_add_test(tcase, what_is_no_list_is_refused);
    tcase_add_test(tcase, a_writer_that_is_given_up_leaves_nothing);
    tcase_add_test(tcase, a_full_disk_ends_sorting_and_writing);
    tcase_add_test(tcase, records_come_back_as_they_were_and_no_others_are_read);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
