/*
 * Goal: a file has its old content or its new, whole; secrets that others can read are refused;
 * a state directory has one owner; a full disk loses nothing.
 * Method: a fresh directory for each test; a full disk by a file size limit, and by a small tmpfs
 * where the test may mount one.
 */
#include "proto/io/disk.h"

#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[] = "/tmp/denrei-test-XXXXXX";
static char path[DISK_PATH_BYTES];

static void
setup(void)
{
    ck_assert_int_ge(sodium_init(), 0);
    ck_assert_ptr_nonnull(mkdtemp(dir));
    ck_assert_int_eq(disk_join(dir, "file", path), ERR_OK);
    umask(077);
}

static void
teardown(void)
{
    char command[64];

    snprintf(command, sizeof command, "rm -rf %s", dir);
    ck_assert_int_eq(system(command), 0);
}

static struct span
span_of(const char *text)
{
    return (struct span){(const uint8_t *)text, strlen(text)};
}

static void
assert_content(const char *want)
{
    uint8_t *data = NULL;
    size_t len = 0;

    ck_assert_int_eq(disk_read(path, 1 << 20, &data, &len), ERR_OK);
    ck_assert_uint_eq(len, strlen(want));
    ck_assert_str_eq((const char *)data, want);
    free(data);
}

static size_t
entries_in_dir(void)
{
    size_t count = 0;
    DIR *stream = opendir(dir);

    ck_assert_ptr_nonnull(stream);
    while (readdir(stream) != NULL)
        count++;
    closedir(stream);
    return count - 2;
}

static mode_t
mode_of(const char *name)
{
    struct stat info;

    ck_assert_int_eq(stat(name, &info), 0);
    return info.st_mode & 07777;
}

START_TEST(what_is_written_is_read_and_nothing_is_left_beside_it)
{
    ck_assert_int_eq(disk_write(path, span_of("one"), DISK_NEW), ERR_OK);
    assert_content("one");
    ck_assert_uint_eq(mode_of(path), 0600);
    ck_assert_int_eq(disk_write(path, span_of("two"), DISK_NEW), ERR_EXISTS);
    assert_content("one");
    ck_assert_int_eq(disk_write(path, span_of(""), DISK_REPLACE), ERR_OK);
    assert_content("");
    ck_assert_uint_eq(mode_of(path), 0600);
    ck_assert_int_eq(disk_write(path, span_of("three"), DISK_PUBLISH), ERR_OK);
    assert_content("three");
    ck_assert_uint_eq(mode_of(path), 0644);
    ck_assert_uint_eq(entries_in_dir(), 1);
}
END_TEST

START_TEST(reading_ends_at_the_limit_and_not_before)
{
    enum { LARGE = 300000 };
    uint8_t *large = calloc(1, LARGE), *data = NULL;
    size_t len = 7;

    ck_assert_ptr_nonnull(large);
    ck_assert_int_eq(disk_write(path, (struct span){large, LARGE}, DISK_NEW), ERR_OK);
    ck_assert_int_eq(disk_read(path, LARGE, &data, &len), ERR_OK);
    ck_assert_uint_eq(len, LARGE);
    free(data);
    ck_assert_int_eq(disk_read(path, LARGE - 1, &data, &len), ERR_RANGE);
    ck_assert_ptr_null(data);
    ck_assert_uint_eq(len, 0);
    ck_assert_int_eq(disk_read(path, 0, &data, &len), ERR_RANGE);
    ck_assert_int_eq(disk_write(path, span_of(""), DISK_REPLACE), ERR_OK);
    ck_assert_int_eq(disk_read(path, 0, &data, &len), ERR_OK);
    ck_assert_uint_eq(len, 0);
    free(data);
    free(large);
}
END_TEST

START_TEST(files_that_cannot_be_read_are_named_by_their_errors)
{
    uint8_t *data = NULL;
    size_t len = 0;
    char long_name[DISK_PATH_BYTES], joined[DISK_PATH_BYTES];

    ck_assert_int_eq(disk_read(path, 10, &data, &len), ERR_NOT_FOUND);
    ck_assert_int_eq(disk_read(dir, 10, &data, &len), ERR_IO);
    ck_assert_int_eq(disk_read_secret(path, 10, &data, &len), ERR_NOT_FOUND);
    ck_assert_int_eq(disk_write("/nonexistent/file", span_of("x"), DISK_NEW), ERR_NOT_FOUND);
    ck_assert_int_eq(disk_write(dir, span_of("x"), DISK_REPLACE), ERR_IO);
    memset(long_name, 'x', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    ck_assert_int_eq(disk_join(dir, long_name, joined), ERR_RANGE);
    ck_assert_int_eq(disk_err(ENOSPC), ERR_NOSPACE);
    ck_assert_int_eq(disk_err(EDQUOT), ERR_NOSPACE);
    ck_assert_int_eq(disk_err(EROFS), ERR_PERMISSION);
    ck_assert_int_eq(disk_err(EMFILE), ERR_NOMEM);
    ck_assert_int_eq(disk_err(EIO), ERR_IO);
}
END_TEST

START_TEST(a_person_is_told_why_a_file_cannot_be_read)
{
    static const struct {
        enum err err;
        size_t bytes_max;
        const char *why;
    } CASES[] = {
        {ERR_RANGE, 2 << 20, "it is too large (at most 2 MiB)"},
        {ERR_RANGE, 80 << 10, "it is too large (at most 80 KiB)"},
        {ERR_RANGE, 900001, "it is too large (at most 900001 bytes)"},
        {ERR_NOT_FOUND, 10, "not found"},
        {ERR_PERMISSION, 10, "permission denied"},
    };
    uint8_t *data = NULL;
    size_t len = 0;

    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++)
        ck_assert_str_eq(disk_why(CASES[i].err, path, CASES[i].bytes_max).text, CASES[i].why);
    ck_assert_str_eq(disk_why(disk_read(dir, 10, &data, &len), dir, 10).text, "it is a directory");
    int not_readable = open("/dev/null", O_WRONLY);
    ck_assert_str_eq(disk_why(disk_read_stream(not_readable, 10, &data, &len), NULL, 10).text,
                     "it is closed, or gives nothing to read");
    close(not_readable);
    ck_assert_int_eq(disk_write(path, span_of("x"), DISK_NEW), ERR_OK);
    ck_assert(disk_is_file(path) && !disk_is_file(dir) && !disk_is_file("/dev/zero"));
    ck_assert(disk_is_dir(dir) && !disk_is_dir(path) && !disk_is_dir("/nonexistent"));
}
END_TEST

START_TEST(a_secret_is_read_only_where_nobody_else_can)
{
    static const mode_t open_modes[] = {0640, 0604, 0620, 0602, 0610, 0601, 0644, 0777};
    uint8_t *data = NULL;
    size_t len = 0;

    ck_assert_int_eq(disk_write(path, span_of("secret"), DISK_NEW), ERR_OK);
    ck_assert_int_eq(disk_read_secret(path, 6, &data, &len), ERR_OK);
    ck_assert_uint_eq(len, 6);
    ck_assert_str_eq((const char *)data, "secret");
    sodium_free(data);
    ck_assert_int_eq(disk_read_secret(path, 5, &data, &len), ERR_RANGE);
    for (size_t i = 0; i < sizeof open_modes / sizeof open_modes[0]; i++) {
        ck_assert_int_eq(chmod(path, open_modes[i]), 0);
        ck_assert_int_eq(disk_read_secret(path, 6, &data, &len), ERR_PERMISSION);
        ck_assert_ptr_null(data);
    }
}
END_TEST

START_TEST(a_secret_is_no_link_no_directory_no_pipe_and_nobody_elses)
{
    uint8_t *data = NULL;
    size_t len = 0;
    char other[DISK_PATH_BYTES];

    ck_assert_int_eq(disk_join(dir, "other", other), ERR_OK);
    ck_assert_int_eq(disk_write(path, span_of("secret"), DISK_NEW), ERR_OK);
    ck_assert_int_eq(symlink(path, other), 0);
    ck_assert_int_eq(disk_read_secret(other, 6, &data, &len), ERR_PERMISSION);
    ck_assert_int_eq(unlink(other), 0);
    ck_assert_int_eq(mkfifo(other, 0600), 0);
    ck_assert_int_eq(disk_read_secret(other, 6, &data, &len), ERR_PERMISSION);
    ck_assert_int_eq(disk_read_secret(dir, 6, &data, &len), ERR_PERMISSION);
    if (geteuid() == 0) {
        ck_assert_int_eq(chown(path, 65534, 65534), 0);
        ck_assert_int_eq(disk_read_secret(path, 6, &data, &len), ERR_PERMISSION);
    }
}
END_TEST

START_TEST(a_write_that_fails_leaves_the_old_file_and_no_other)
{
    enum { LARGE = 8192 };
    static const uint8_t large[LARGE];
    struct rlimit limit = {LARGE / 2, LARGE / 2};

    ck_assert_int_eq(disk_write(path, span_of("old"), DISK_NEW), ERR_OK);
    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    ck_assert_int_eq(disk_write(path, (struct span){large, LARGE}, DISK_REPLACE), ERR_NOSPACE);
    assert_content("old");
    ck_assert_uint_eq(entries_in_dir(), 1);
}
END_TEST

START_TEST(a_full_disk_is_told_and_the_old_file_stays)
{
    enum { LARGE = 256 << 10 };
    uint8_t *large = calloc(1, LARGE);
    uint64_t free_bytes = 0;

    ck_assert_ptr_nonnull(large);
    /* A mount of our own, gone with this process; where it is not allowed, the limits above do. */
    if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("tmpfs", dir, "tmpfs", 0, "size=64k") != 0) {
        free(large);
        return;
    }
    ck_assert_int_eq(disk_free_bytes(dir, &free_bytes), ERR_OK);
    ck_assert_uint_eq(free_bytes, 64 << 10);
    ck_assert_int_eq(disk_write(path, span_of("old"), DISK_NEW), ERR_OK);
    ck_assert_int_eq(disk_write(path, (struct span){large, LARGE}, DISK_REPLACE), ERR_NOSPACE);
    assert_content("old");
    ck_assert_uint_eq(entries_in_dir(), 1);
    ck_assert_int_eq(umount(dir), 0);
    free(large);
}
END_TEST

START_TEST(a_state_directory_has_one_owner_at_a_time)
{
    int first = -1, second = -1;
    long pid = -1;

    ck_assert_int_eq(disk_lock(dir, &first, &pid), ERR_OK);
    ck_assert_int_ge(first, 0);
    ck_assert_int_eq(disk_lock(dir, &second, &pid), ERR_BUSY);
    ck_assert_int_eq(second, -1);
    ck_assert_int_eq(pid, getpid());
    disk_unlock(&first);
    ck_assert_int_eq(first, -1);
    disk_unlock(&first);
    ck_assert_int_eq(disk_lock(dir, &second, &pid), ERR_OK);
    disk_unlock(&second);
    ck_assert_int_eq(disk_lock("/nonexistent", &second, &pid), ERR_NOT_FOUND);
}
END_TEST

START_TEST(a_directory_is_made_with_its_parents_and_kept_private)
{
    char deep[DISK_PATH_BYTES];

    ck_assert_int_eq(disk_join(dir, "a/b//c/", deep), ERR_OK);
    ck_assert_int_eq(disk_make_dir(deep), ERR_OK);
    ck_assert_int_eq(disk_make_dir(deep), ERR_OK);
    ck_assert_uint_eq(mode_of(deep), 0700);
    ck_assert_int_eq(chmod(deep, 0750), 0);
    ck_assert_int_eq(disk_make_dir(deep), ERR_PERMISSION);
    ck_assert_int_eq(disk_write(path, span_of("x"), DISK_NEW), ERR_OK);
    ck_assert_int_eq(disk_make_dir(path), ERR_PERMISSION);
    ck_assert_int_eq(disk_join(path, "below", deep), ERR_OK);
    ck_assert_int_eq(disk_make_dir(deep), ERR_NOT_FOUND);
    ck_assert_int_eq(disk_make_dir(""), ERR_RANGE);
}
END_TEST

START_TEST(a_failed_sync_ends_the_process_with_its_own_code)
{
    disk_die("sync", "x", EIO);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("disk");
    TCase *tcase = tcase_create("all");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, what_is_written_is_read_and_nothing_is_left_beside_it);
    tcase_add_test(tcase, reading_ends_at_the_limit_and_not_before);
    tcase_add_test(tcase, files_that_cannot_be_read_are_named_by_their_errors);
    tcase_add_test(tcase, a_person_is_told_why_a_file_cannot_be_read);
    tcase_add_test(tcase, a_secret_is_read_only_where_nobody_else_can);
    tcase_add_test(tcase, a_secret_is_no_link_no_directory_no_pipe_and_nobody_elses);
    tcase_add_test(tcase, a_write_that_fails_leaves_the_old_file_and_no_other);
    tcase_add_test(tcase, a_full_disk_is_told_and_the_old_file_stays);
    tcase_add_test(tcase, a_state_directory_has_one_owner_at_a_time);
    tcase_add_test(tcase, a_directory_is_made_with_its_parents_and_kept_private);
    suite_add_tcase(suite, tcase);
    TCase *death = tcase_create("death");
    tcase_add_exit_test(death, a_failed_sync_ends_the_process_with_its_own_code, DISK_EXIT_FAILED);
    suite_add_tcase(suite, death);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
