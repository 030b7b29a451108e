/*
 * Goal: a store is opened durable and distrustful, of the right kind and version, or not at all;
 * values go in and come out checked.
 * Method: real files, settings read back, damage made by hand.
 */
#include "proto/io/db.h"

#include "proto/io/disk.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const STEPS[] = {
    "CREATE TABLE item(id BLOB PRIMARY KEY, number INTEGER, text TEXT) STRICT",
    "CREATE TABLE part(id INTEGER PRIMARY KEY, item BLOB NOT NULL REFERENCES item(id)) STRICT",
    "CREATE TABLE broken(", /* only for the test of a step that fails */
};
static const struct db_schema FIRST = {0x44656e72, STEPS, 1}, SECOND = {0x44656e72, STEPS, 2},
                              FAILING = {0x44656e72, STEPS, 3}, OTHER = {0x4f746865, STEPS, 1};

static char dir[] = "/tmp/denrei-db-XXXXXX";
static char path[DISK_PATH_BYTES];

static void
setup(void)
{
    umask(077);
    ck_assert_ptr_nonnull(mkdtemp(dir));
    ck_assert_int_eq(disk_join(dir, "store", path), ERR_OK);
}

static void
teardown(void)
{
    char command[64];

    snprintf(command, sizeof command, "rm -rf %s", dir);
    ck_assert_int_eq(system(command), 0);
}

static sqlite3 *
opened(const struct db_schema *schema)
{
    sqlite3 *db = NULL;

    ck_assert_int_eq(db_open(path, DB_CREATE, schema, &db), ERR_OK);
    return db;
}

static uint64_t
number_of(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    uint64_t number = 0;

    ck_assert_int_eq(db_prepare(db, sql, &statement), ERR_OK);
    ck_assert_int_eq(db_step(statement), ERR_OK);
    ck_assert_int_eq(db_get_u64(statement, 0, &number), ERR_OK);
    db_finalize(&statement);
    return number;
}

START_TEST(a_new_store_is_durable_distrustful_and_private)
{
    sqlite3 *db = opened(&SECOND);
    struct stat info;

    ck_assert_uint_eq(number_of(db, "PRAGMA synchronous"), 2);
    ck_assert_uint_eq(number_of(db, "PRAGMA foreign_keys"), 1);
    ck_assert_uint_eq(number_of(db, "PRAGMA trusted_schema"), 0);
    ck_assert_uint_eq(number_of(db, "PRAGMA cell_size_check"), 1);
    ck_assert_uint_eq(number_of(db, "PRAGMA mmap_size"), 0);
    ck_assert_uint_eq(number_of(db, "PRAGMA secure_delete"), 1);
    ck_assert_uint_eq(number_of(db, "PRAGMA user_version"), 2);
    ck_assert_uint_eq(number_of(db, "SELECT count(*) FROM item"), 0);
    ck_assert_int_eq(stat(path, &info), 0);
    ck_assert_uint_eq(info.st_mode & 0777, 0600);
    ck_assert_int_eq(db_check(db), ERR_OK);
    db_close(&db);
    ck_assert_ptr_null(db);
}
END_TEST

START_TEST(an_older_store_is_brought_forward_and_a_newer_or_foreign_one_refused)
{
    sqlite3 *db = opened(&FIRST);

    ck_assert_int_eq(db_exec(db, "INSERT INTO item VALUES(x'01', 1, 'one')"), ERR_OK);
    db_close(&db);
    ck_assert_int_eq(db_open(path, DB_READ, &SECOND, &db), ERR_UNKNOWN);
    db = opened(&SECOND);
    ck_assert_uint_eq(number_of(db, "SELECT number FROM item"), 1);
    ck_assert_uint_eq(number_of(db, "SELECT count(*) FROM part"), 0);
    db_close(&db);
    ck_assert_int_eq(db_open(path, DB_CREATE, &FIRST, &db), ERR_UNKNOWN);
    ck_assert_ptr_null(db);
    ck_assert_int_eq(db_open(path, DB_CREATE, &OTHER, &db), ERR_FORMAT);
    ck_assert_ptr_null(db);
    ck_assert_int_eq(db_open(path, DB_CREATE, &FAILING, &db), ERR_CORRUPT);
    ck_assert_ptr_null(db);
    ck_assert_int_eq(db_open(path, DB_READ, &SECOND, &db), ERR_OK);
    ck_assert_uint_eq(number_of(db, "PRAGMA user_version"), 2);
    ck_assert_int_eq(db_exec(db, "DELETE FROM item"), ERR_PERMISSION);
    db_close(&db);
}
END_TEST

START_TEST(a_store_with_other_tables_of_the_same_version_is_of_another_build)
{
    static const char *const CHANGED[] = {
        "CREATE TABLE item(id BLOB PRIMARY KEY) STRICT",
        "CREATE TABLE part(id INTEGER PRIMARY KEY, item BLOB NOT NULL REFERENCES item(id)) STRICT"};
    static const enum db_mode MODES[] = {DB_CREATE, DB_OPEN, DB_READ};
    const struct db_schema changed = {FIRST.application_id, CHANGED, 2};
    sqlite3 *db = opened(&SECOND);

    ck_assert_int_eq(db_exec(db, "INSERT INTO item VALUES(x'01', 1, 'one')"), ERR_OK);
    db_close(&db);
    for (size_t i = 0; i < 3; i++) {
        ck_assert_int_eq(db_open(path, MODES[i], &changed, &db), ERR_UNKNOWN);
        ck_assert_ptr_null(db);
    }
    db = opened(&SECOND);
    ck_assert_int_eq(db_exec(db, "CREATE INDEX more ON item(id)"), ERR_OK);
    db_close(&db);
    ck_assert_int_eq(db_open(path, DB_OPEN, &SECOND, &db), ERR_UNKNOWN);
}
END_TEST

START_TEST(what_is_no_store_is_refused_and_not_touched)
{
    static const char text[] = "this is a letter and not a database, however long it may be";
    uint8_t *data = NULL;
    size_t len = 0;
    sqlite3 *db = NULL;

    ck_assert_int_eq(db_open(path, DB_OPEN, &FIRST, &db), ERR_NOT_FOUND);
    ck_assert_int_eq(db_open(path, DB_READ, &FIRST, &db), ERR_NOT_FOUND);
    ck_assert_int_eq(access(path, F_OK), -1);
    ck_assert_int_eq(
        disk_write(path, (struct span){(const uint8_t *)text, sizeof text - 1}, DISK_NEW), ERR_OK);
    ck_assert_int_eq(db_open(path, DB_CREATE, &FIRST, &db), ERR_CORRUPT);
    ck_assert_ptr_null(db);
    ck_assert_int_eq(disk_read(path, 4096, &data, &len), ERR_OK);
    ck_assert_str_eq((const char *)data, text);
    free(data);
    ck_assert_int_eq(db_open("/nonexistent/store", DB_CREATE, &FIRST, &db), ERR_NOT_FOUND);
    ck_assert_int_eq(db_open(dir, DB_OPEN, &FIRST, &db), ERR_IO);
}
END_TEST

START_TEST(a_damaged_store_is_found_by_the_check)
{
    sqlite3 *db = opened(&FIRST);
    static const uint8_t noise[512] = {0xff, 0xff, 0xff};

    ck_assert_int_eq(db_exec(db, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n "
                                 "WHERE i<500) INSERT INTO item SELECT randomblob(16), i, "
                                 "hex(randomblob(50)) FROM n"),
                     ERR_OK);
    ck_assert_int_eq(db_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)"), ERR_OK);
    db_close(&db);
    int fd = open(path, O_WRONLY);
    ck_assert_int_ge(fd, 0);
    for (off_t at = 4096 * 2; at < 4096 * 8; at += 4096)
        ck_assert_int_eq(pwrite(fd, noise, sizeof noise, at), sizeof noise);
    close(fd);
    ck_assert_int_eq(db_open(path, DB_OPEN, &FIRST, &db), ERR_OK);
    ck_assert_int_eq(db_check(db), ERR_CORRUPT);
    db_close(&db);
}
END_TEST

START_TEST(values_come_back_as_they_went_in)
{
    static const char text[] = "日本";
    sqlite3 *db = opened(&FIRST);
    sqlite3_stmt *put = NULL, *get = NULL;
    uint64_t number = 0;
    uint8_t id[2] = {0, 0};
    struct span got = {NULL, 0};

    ck_assert_int_eq(db_prepare(db, "INSERT INTO item VALUES(?,?,?)", &put), ERR_OK);
    ck_assert_int_eq(db_prepare(db, "SELECT id,number,text FROM item WHERE id=?", &get), ERR_OK);
    ck_assert_int_eq(DB_BIND(put, db_bytes("\0\1", 2), db_u64(INT64_MAX), db_text(text)), ERR_OK);
    ck_assert_int_eq(db_run(put), ERR_OK);
    ck_assert_int_eq(DB_BIND(put, db_bytes("\0\1", 2), db_u64(0), db_text(text)), ERR_OK);
    ck_assert_int_eq(db_run(put), ERR_EXISTS);
    ck_assert_int_eq(DB_BIND(put, db_bytes("", 0), db_null(), db_text("")), ERR_OK);
    ck_assert_int_eq(db_run(put), ERR_OK);
    ck_assert_int_eq(DB_BIND(get, db_bytes("\0\1", 2)), ERR_OK);
    ck_assert_int_eq(db_step(get), ERR_OK);
    ck_assert_int_eq(db_get_fixed(get, 0, id, sizeof id), ERR_OK);
    ck_assert_mem_eq(id, "\0\1", 2);
    ck_assert_int_eq(db_get_u64(get, 1, &number), ERR_OK);
    ck_assert_uint_eq(number, INT64_MAX);
    ck_assert_int_eq(db_get_text(get, 2, 6, &got), ERR_OK);
    ck_assert_uint_eq(got.len, 6);
    ck_assert_mem_eq(got.data, text, 7);
    ck_assert_int_eq(db_step(get), ERR_NOT_FOUND);
    ck_assert_int_eq(DB_BIND(get, db_blob((struct span){NULL, 0})), ERR_OK);
    ck_assert_int_eq(db_step(get), ERR_OK);
    ck_assert(!db_is_null(get, 0));
    ck_assert(db_is_null(get, 1));
    ck_assert_int_eq(db_get_blob(get, 0, 0, &got), ERR_OK);
    ck_assert_uint_eq(got.len, 0);
    db_reset(get);
    ck_assert_int_eq(DB_BIND(put, db_bytes("x", 1), db_u64(1ull << 63), db_text("")), ERR_RANGE);
    db_finalize(&put);
    db_finalize(&get);
    db_close(&db);
}
END_TEST

START_TEST(columns_that_do_not_hold_what_they_must_are_damage)
{
    sqlite3 *db = opened(&FIRST);
    sqlite3_stmt *get = NULL;
    uint64_t number = 42;
    uint8_t fixed[2] = {7, 7};
    struct span got = {NULL, 0};

    ck_assert_int_eq(
        db_prepare(db, "SELECT -1, x'0102', 'ab', NULL, 1.5, CAST(x'6100' AS TEXT)", &get), ERR_OK);
    ck_assert_int_eq(db_step(get), ERR_OK);
    for (int column = 0; column < 6; column++)
        ck_assert_int_eq(db_get_u64(get, column, &number), ERR_CORRUPT);
    ck_assert_int_eq(db_get_fixed(get, 1, fixed, 1), ERR_CORRUPT);
    ck_assert_int_eq(db_get_fixed(get, 2, fixed, 2), ERR_CORRUPT);
    ck_assert_int_eq(db_get_fixed(get, 3, fixed, 2), ERR_CORRUPT);
    ck_assert_int_eq(db_get_blob(get, 1, 1, &got), ERR_CORRUPT);
    ck_assert_int_eq(db_get_text(get, 1, 9, &got), ERR_CORRUPT);
    ck_assert_int_eq(db_get_text(get, 2, 1, &got), ERR_CORRUPT);
    ck_assert_int_eq(db_get_text(get, 5, 9, &got), ERR_CORRUPT);
    ck_assert_uint_eq(number, 42);
    ck_assert_uint_eq(fixed[0], 7);
    ck_assert_ptr_null(got.data);
    db_finalize(&get);
    db_close(&db);
}
END_TEST

START_TEST(a_locked_store_is_busy_and_wrong_sql_is_damage)
{
    sqlite3 *first = opened(&FIRST), *second = opened(&FIRST);
    sqlite3_stmt *statement = NULL;

    ck_assert_int_eq(sqlite3_busy_timeout(second, 1), SQLITE_OK);
    ck_assert_int_eq(db_exec(first, "BEGIN IMMEDIATE"), ERR_OK);
    ck_assert_int_eq(db_exec(second, "BEGIN IMMEDIATE"), ERR_BUSY);
    ck_assert_int_eq(db_exec(first, "COMMIT"), ERR_OK);
    ck_assert_int_eq(db_exec(second, "BEGIN IMMEDIATE"), ERR_OK);
    ck_assert_int_eq(db_exec(second, "ROLLBACK"), ERR_OK);
    ck_assert_int_eq(db_prepare(first, "SELECT x FROM nothing", &statement), ERR_CORRUPT);
    ck_assert_ptr_null(statement);
    db_close(&first);
    db_close(&second);
}
END_TEST

START_TEST(deleted_content_is_not_left_in_the_file)
{
    static const char canary[] = "CANARY-OF-A-WITHDRAWN-BODY";
    sqlite3 *db = opened(&FIRST);
    uint8_t *data = NULL;
    size_t len = 0;

    ck_assert_int_eq(db_exec(db, "INSERT INTO item VALUES(x'01', 1, 'CANARY-OF-A-WITHDRAWN-BODY')"),
                     ERR_OK);
    ck_assert_int_eq(db_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)"), ERR_OK);
    ck_assert_int_eq(disk_read(path, 1 << 20, &data, &len), ERR_OK);
    ck_assert_ptr_nonnull(memmem(data, len, canary, sizeof canary - 1));
    free(data);
    ck_assert_int_eq(db_exec(db, "DELETE FROM item"), ERR_OK);
    ck_assert_int_eq(db_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)"), ERR_OK);
    ck_assert_int_eq(disk_read(path, 1 << 20, &data, &len), ERR_OK);
    ck_assert_ptr_null(memmem(data, len, canary, sizeof canary - 1));
    free(data);
    db_close(&db);
}
END_TEST

START_TEST(a_failed_commit_ends_the_process_with_its_own_code)
{
    sqlite3 *db = NULL;

    ck_assert_int_eq(db_open(path, DB_CREATE, &FIRST, &db), ERR_OK);
    db_die(db, "commit");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("db");
    TCase *tcase = tcase_create("all"), *death = tcase_create("death");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, a_new_store_is_durable_distrustful_and_private);
    tcase_add_test(tcase, an_older_store_is_brought_forward_and_a_newer_or_foreign_one_refused);
    tcase_add_test(tcase, a_store_with_other_tables_of_the_same_version_is_of_another_build);
    tcase_add_test(tcase, what_is_no_store_is_refused_and_not_touched);
    tcase_add_test(tcase, a_damaged_store_is_found_by_the_check);
    tcase_add_test(tcase, values_come_back_as_they_went_in);
    tcase_add_test(tcase, columns_that_do_not_hold_what_they_must_are_damage);
    tcase_add_test(tcase, a_locked_store_is_busy_and_wrong_sql_is_damage);
    tcase_add_test(tcase, deleted_content_is_not_left_in_the_file);
    suite_add_tcase(suite, tcase);
    tcase_add_unchecked_fixture(death, setup, teardown);
    tcase_add_exit_test(death, a_failed_commit_ends_the_process_with_its_own_code,
                        DISK_EXIT_FAILED);
    suite_add_tcase(suite, death);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
