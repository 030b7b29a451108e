/*
 * Goal: a commit goes to the write-ahead log in one write, and gathering changes nothing else: what
 * was written is read back before it is on the disk, and a commit that failed never comes back.
 * Method: real files; the system's pwrite replaced by one that counts and, when told, fails.
 */
#include "proto/io/db.h"

#include "proto/io/disk.h"

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ROWS = 200, ROW_BYTES = 3000, RUN_BYTES = 120 << 10 };

static const char *const STEPS[] = {"CREATE TABLE item(id INTEGER PRIMARY KEY, data BLOB)"};
static const struct db_schema SCHEMA = {0x44656e72, STEPS, 1};

static char dir[] = "/tmp/denrei-gather-XXXXXX";
static char path[DISK_PATH_BYTES];
static size_t writes;
static int write_error; /* what writing fails with; 0: it works */

static ssize_t
fake_pwrite(int fd, const void *bytes, size_t len, off_t offset)
{
    writes++;
    if (write_error == 0)
        return pwrite(fd, bytes, len, offset);
    errno = write_error;
    return -1;
}

static void
setup(void)
{
    sqlite3_vfs *vfs = sqlite3_vfs_find("unix");

    umask(077);
    ck_assert_ptr_nonnull(mkdtemp(dir));
    ck_assert_int_eq(disk_join(dir, "store", path), ERR_OK);
    (void)vfs->xSetSystemCall(vfs, "pwrite", (sqlite3_syscall_ptr)fake_pwrite);
    (void)vfs->xSetSystemCall(vfs, "pwrite64", (sqlite3_syscall_ptr)fake_pwrite);
}

static void
teardown(void)
{
    char command[64];

    snprintf(command, sizeof command, "rm -rf %s", dir);
    ck_assert_int_eq(system(command), 0);
}

static sqlite3 *
opened(const char *file)
{
    sqlite3 *db = NULL;

    ck_assert_int_eq(db_open(file, DB_CREATE, &SCHEMA, &db), ERR_OK);
    return db;
}

static enum err
put_rows(sqlite3 *db, uint64_t first, size_t count)
{
    sqlite3_stmt *statement = NULL;
    enum err err = db_prepare(db, "INSERT INTO item VALUES(?1, zeroblob(?2))", &statement);

    for (size_t i = 0; err == ERR_OK && i < count; i++) {
        err = DB_BIND(statement, db_u64(first + i), db_u64(ROW_BYTES));
        if (err == ERR_OK)
            err = db_run(statement);
    }
    db_finalize(&statement);
    return err;
}

static uint64_t
rows_of(sqlite3 *db)
{
    sqlite3_stmt *statement = NULL;
    uint64_t count = 0;

    ck_assert_int_eq(
        db_prepare(db, "SELECT count(*) FROM item WHERE length(data) = 3000", &statement), ERR_OK);
    ck_assert_int_eq(db_step(statement), ERR_OK);
    ck_assert_int_eq(db_get_u64(statement, 0, &count), ERR_OK);
    db_finalize(&statement);
    return count;
}

/* What a crash now would leave: the rows of a copy of the files. */
static uint64_t
rows_after_crash(void)
{
    char command[128], copy[DISK_PATH_BYTES];

    ck_assert_int_eq(disk_join(dir, "copy", copy), ERR_OK);
    snprintf(command, sizeof command,
             "cd %s && rm -f copy* && cp store copy && cp store-wal copy-wal", dir);
    ck_assert_int_eq(system(command), 0);
    sqlite3 *db = opened(copy);
    uint64_t count = rows_of(db);
    db_close(&db);
    return count;
}

START_TEST(a_commit_goes_to_the_log_in_few_writes)
{
    sqlite3 *db = opened(path);

    ck_assert_int_eq(put_rows(db, 0, 1), ERR_OK); /* the log's own header is written alone */
    writes = 0;
    ck_assert_int_eq(db_exec(db, "BEGIN"), ERR_OK);
    ck_assert_int_eq(put_rows(db, 1, ROWS), ERR_OK);
    ck_assert_int_eq(db_exec(db, "COMMIT"), ERR_OK);
    ck_assert_uint_le(writes, ROWS * 4096 / RUN_BYTES + 2);
    ck_assert_uint_eq(rows_after_crash(), ROWS + 1);
    db_close(&db);
}
END_TEST

START_TEST(pages_that_left_the_cache_are_read_back_before_they_are_on_the_disk)
{
    sqlite3 *db = opened(path);

    ck_assert_int_eq(db_exec(db, "PRAGMA cache_size=10; BEGIN"), ERR_OK);
    ck_assert_int_eq(put_rows(db, 0, ROWS), ERR_OK);
    ck_assert_uint_eq(rows_of(db), ROWS);
    ck_assert_int_eq(db_exec(db, "SAVEPOINT one"), ERR_OK);
    ck_assert_int_eq(put_rows(db, ROWS, ROWS), ERR_OK);
    ck_assert_int_eq(db_exec(db, "ROLLBACK TO one"), ERR_OK);
    ck_assert_uint_eq(rows_of(db), ROWS);
    ck_assert_int_eq(put_rows(db, ROWS, 1), ERR_OK);
    ck_assert_int_eq(db_exec(db, "COMMIT"), ERR_OK);
    ck_assert_uint_eq(rows_after_crash(), ROWS + 1);
    db_close(&db);
}
END_TEST

START_TEST(a_commit_that_failed_does_not_come_back)
{
    sqlite3 *db = opened(path);

    ck_assert_int_eq(put_rows(db, 0, 1), ERR_OK);
    write_error = ENOSPC;
    ck_assert_int_eq(put_rows(db, 1, 1), ERR_NOSPACE);
    write_error = 0;
    ck_assert_uint_eq(rows_of(db), 1);
    ck_assert_uint_eq(rows_after_crash(), 1);
    ck_assert_int_eq(put_rows(db, 2, 1), ERR_OK);
    ck_assert_uint_eq(rows_after_crash(), 2);
    db_close(&db);
}
END_TEST

START_TEST(a_transaction_that_lost_pages_cannot_be_committed)
{
    sqlite3 *db = opened(path);

    ck_assert_int_eq(put_rows(db, 0, 1), ERR_OK);
    ck_assert_int_eq(db_exec(db, "PRAGMA cache_size=10; BEGIN"), ERR_OK);
    ck_assert_int_eq(put_rows(db, 1, 30), ERR_OK);
    write_error = ENOSPC;
    /* One of several rows, so SQLite takes back the statement only. */
    ck_assert_int_eq(db_exec(db, "UPDATE item SET id = id + 1000"), ERR_NOSPACE);
    write_error = 0;
    ck_assert_int_eq(db_exec(db, "COMMIT"), ERR_NOSPACE);
    ck_assert_int_ne(sqlite3_get_autocommit(db), 0); /* SQLite has rolled back */
    ck_assert_uint_eq(rows_of(db), 1);
    ck_assert_int_eq(put_rows(db, 1, 2 * ROWS), ERR_OK);
    ck_assert_uint_eq(rows_of(db), 2 * ROWS + 1);
    ck_assert_uint_eq(rows_after_crash(), 2 * ROWS + 1);
    db_close(&db);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("db_gather");
    TCase *tcase = tcase_create("log");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, a_commit_goes_to_the_log_in_few_writes);
    tcase_add_test(tcase, pages_that_left_the_cache_are_read_back_before_they_are_on_the_disk);
    tcase_add_test(tcase, a_commit_that_failed_does_not_come_back);
    tcase_add_test(tcase, a_transaction_that_lost_pages_cannot_be_committed);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failures = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
