/*
 * Goal: after harden_process nothing is dumped, nothing new is readable by others, a closed
 * standard descriptor is not given to a file, and a broken pipe is an error, not a death.
 * Method: the process asks the system about itself.
 */
#include "proto/io/harden.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef __SANITIZE_ADDRESS__
enum { LOCKS_ARE_REAL = 0 }; /* AddressSanitizer makes mlock do nothing */
#else
enum { LOCKS_ARE_REAL = 1 };
#endif

START_TEST(the_process_is_closed_to_others)
{
    struct rlimit core = {1, 1};
    int ends[2];

    ck_assert_int_eq(harden_process(), ERR_OK);
    ck_assert_int_eq(getrlimit(RLIMIT_CORE, &core), 0);
    ck_assert_uint_eq(core.rlim_max, 0);
    ck_assert_int_eq(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), 0);
    ck_assert_int_eq(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 1);
    ck_assert_uint_eq(umask(077), 077);
    ck_assert_int_eq(pipe(ends), 0);
    close(ends[0]);
    ck_assert_int_eq(write(ends[1], "x", 1), -1);
    ck_assert_int_eq(errno, EPIPE);
}
END_TEST

START_TEST(closed_standard_descriptors_are_filled)
{
    close(STDIN_FILENO);
    close(STDOUT_FILENO);
    enum err err = harden_process();
    int next = open("/dev/null", O_RDONLY);

    ck_assert_int_eq(err, ERR_OK);
    ck_assert_int_gt(next, STDERR_FILENO);
    ck_assert_int_ne(fcntl(STDIN_FILENO, F_GETFD), -1);
    ck_assert_int_ne(fcntl(STDOUT_FILENO, F_GETFD), -1);
    char byte = 0;
    ck_assert_int_eq(read(STDIN_FILENO, &byte, 1), -1); /* no empty file */
    ck_assert_int_eq(errno, EBADF);
    ck_assert_int_eq(write(STDOUT_FILENO, &byte, 1), -1); /* no success */
    ck_assert_int_eq(errno, EBADF);
}
END_TEST

START_TEST(memory_that_may_not_be_locked_is_told)
{
    const struct rlimit none = {0, 0};

    ck_assert_int_eq(harden_process(), ERR_OK);
    if (geteuid() == 0) /* root's capability goes past the limit */
        ck_assert_int_eq(setgid(65534) == 0 && setuid(65534) == 0, 1);
    ck_assert_int_eq(setrlimit(RLIMIT_MEMLOCK, &none), 0);
    ck_assert(harden_can_lock_memory() != LOCKS_ARE_REAL);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("harden");
    TCase *tcase = tcase_create("all");

    tcase_add_test(tcase, the_process_is_closed_to_others);
    tcase_add_test(tcase, closed_standard_descriptors_are_filled);
    tcase_add_test(tcase, memory_that_may_not_be_locked_is_told);
    suite_add_tcase(suite, tcase);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
