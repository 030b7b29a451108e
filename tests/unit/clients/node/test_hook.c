/*
 * Goal: each message reaches the program at least once, as JSON; a program that fails, hangs, does
 * not read or cannot be started loses no message and stops no other.
 * Method: small shell programs in a folder of their own, run by the hook with short limits.
 */
#include "clients/node/io/hook.h"
#include "proto/io/clock.h"
#include "proto/io/log.h"
#include "stored.h"

#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

enum { WAIT_MS = 60000, LONG_MS = 600000 };

static struct hook *hook;
static char program[DISK_PATH_BYTES];

/* Write the program: `body` runs in the folder of the test. */
static void
write_program(const char *body)
{
    char text[1024];

    snprintf(text, sizeof text, "#!/bin/sh\ncd %s\n%s\n", dir, body);
    ck_assert_int_eq(disk_join(dir, "program", program), ERR_OK);
    FILE *file = fopen(program, "w");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    fclose(file);
    ck_assert_int_eq(chmod(program, 0700), 0);
}

static void
open_hook(const char *body, uint64_t limit_ms)
{
    write_program(body);
    ck_assert_int_eq(hook_open(program, limit_ms, records, &hook), ERR_OK);
}

static void
setup(void)
{
    stored_setup();
    log_set_level(LOG_LEVEL_ERROR);
    signal(SIGPIPE, SIG_IGN); /* as harden_process does */
}

static void
teardown(void)
{
    hook_close(&hook);
    ck_assert_ptr_null(hook);
    hook_close(&hook);
    stored_teardown();
}

static void
make_due(uint64_t leaf, uint64_t attempts)
{
    ck_assert_int_eq(records_begin(records), ERR_OK);
    ck_assert_int_eq(records_put_hook(records, leaf, attempts, 0), ERR_OK);
    ck_assert_int_eq(records_commit(records), ERR_OK);
}

/* The hook that is due first, whenever that is; false: none is kept. */
static bool
next_hook(uint64_t *leaf, uint64_t *attempts, uint64_t *due_ms)
{
    uint64_t next_ms = 0;
    enum err err = records_next_hook(records, INT64_MAX, leaf, attempts, &next_ms);

    *due_ms = next_ms;
    return err == ERR_OK;
}

/* Whether a program runs, or has ended and was not seen to. */
static bool
has_program(void)
{
    siginfo_t info;

    return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

/* Step until the programs that are due have ended. */
static void
run_one(void)
{
    uint64_t next_ms = 0;
    uint64_t give_up_ms = clock_boot_ms() + WAIT_MS;

    ck_assert_int_eq(hook_step(hook, &next_ms), ERR_OK);
    while (has_program()) {
        ck_assert_uint_lt(clock_boot_ms(), give_up_ms);
        poll(NULL, 0, 2);
        ck_assert_int_eq(hook_step(hook, &next_ms), ERR_OK);
    }
}

START_TEST(the_program_gets_the_message_as_json_and_it_is_done)
{
    uint64_t leaf = 0, attempts = 0, due_ms = 0;
    char path[DISK_PATH_BYTES];

    store_one(7, "TR1234567", "", "JPN");
    make_due(7, 0);
    open_hook("cat > out", LONG_MS);
    run_one();
    ck_assert(!next_hook(&leaf, &attempts, &due_ms));
    ck_assert_int_eq(disk_join(dir, "out", path), ERR_OK);
    json_t *json = json_load_file(path, 0, NULL);
    ck_assert_ptr_nonnull(json);
    ck_assert_int_eq(json_integer_value(json_object_get(json, "leaf")), 7);
    ck_assert_str_eq(json_string_value(json_object_get(json, "state")), "LIVE");
    const json_t *documents = json_object_get(json_object_get(json, "content"), "documents");
    ck_assert_str_eq(json_string_value(json_object_get(json_array_get(documents, 0), "number")),
                     "TR1234567");
    json_decref(json);
}
END_TEST

START_TEST(nothing_runs_when_nothing_is_due)
{
    uint64_t next_ms = 0;

    open_hook("touch ran", LONG_MS);
    ck_assert_int_eq(hook_step(hook, &next_ms), ERR_OK);
    ck_assert_uint_eq(next_ms, UINT64_MAX);
    ck_assert_int_eq(records_begin(records), ERR_OK);
    ck_assert_int_eq(records_put_hook(records, 7, 0, clock_now_ms() + LONG_MS), ERR_OK);
    ck_assert_int_eq(records_commit(records), ERR_OK);
    ck_assert_int_eq(hook_step(hook, &next_ms), ERR_OK);
    ck_assert_uint_gt(next_ms, clock_now_ms() + LONG_MS / 2);
    ck_assert_uint_eq(file_bytes("ran"), 0);
}
END_TEST

START_TEST(a_program_that_fails_is_run_again_until_it_succeeds)
{
    static const char *const FAILURES[] = {"exit 3", "kill -9 $$"};
    char body[128];
    uint64_t leaf = 0, attempts = 0, due_ms = 0;

    store_one(7, "TR1234567", "", "JPN");
    make_due(7, 0);
    snprintf(body, sizeof body, "[ -e again ] && exec cat > out\ntouch again\n%s", FAILURES[_i]);
    open_hook(body, LONG_MS);
    run_one();
    ck_assert(next_hook(&leaf, &attempts, &due_ms));
    ck_assert_uint_eq(leaf, 7);
    ck_assert_uint_eq(attempts, 1);
    ck_assert_uint_gt(due_ms, clock_now_ms());
    make_due(7, attempts);
    run_one();
    ck_assert(!next_hook(&leaf, &attempts, &due_ms));
    ck_assert(file_has("out", "TR1234567"));
}
END_TEST

START_TEST(each_failure_waits_twice_as_long_up_to_the_most)
{
    static const struct {
        uint64_t attempts, wait_ms;
    } rows[] = {{0, 1000}, {1, 2000}, {5, 32000}, {10, 1024000}, {1000, 1024000}};
    uint64_t leaf = 0, attempts = 0, due_ms = 0;
    uint64_t wait_ms = rows[_i].wait_ms < HOOK_RETRY_MS_MAX ? rows[_i].wait_ms : HOOK_RETRY_MS_MAX;

    store_one(7, "TR1234567", "", "JPN");
    make_due(7, rows[_i].attempts);
    open_hook("exit 1", LONG_MS);
    uint64_t before_ms = clock_now_ms();
    run_one();
    ck_assert(next_hook(&leaf, &attempts, &due_ms));
    ck_assert_uint_eq(attempts, rows[_i].attempts + 1);
    ck_assert_uint_ge(due_ms, before_ms + wait_ms);
    ck_assert_uint_le(due_ms, clock_now_ms() + wait_ms);
}
END_TEST

START_TEST(a_message_that_fails_does_not_hold_up_the_others)
{
    uint64_t leaf = 0, attempts = 0, due_ms = 0;

    store_one(7, "TR1234567", "", "JPN");
    store_one(8, "TR1234568", "", "JPN");
    make_due(7, 0);
    make_due(8, 0);
    open_hook("cat > got; grep -q TR1234567 got && exit 1; cp got out", LONG_MS);
    run_one();
    ck_assert(next_hook(&leaf, &attempts, &due_ms));
    ck_assert_uint_eq(leaf, 7);
    ck_assert(file_has("out", "TR1234568"));
}
END_TEST

/* ---- programs that do not read */

static char numbers[64][10];

/* A message whose JSON is larger than a pipe holds. */
static void
store_large(uint64_t leaf)
{
    static char info[6000];
    Denrei__V1__LostDocument documents[64];

    memset(info, 'x', sizeof info - 1);
    for (size_t i = 0; i < 64; i++) {
        snprintf(numbers[i], sizeof numbers[i], "TR%07zu", i);
        documents[i] = lost_document(numbers[i], "", "JPN");
        documents[i].additional_info = info;
    }
    store_until(leaf, EXAMPLE_TIME_MS + 90 * DAY_MS, documents, 40);
}

START_TEST(a_large_message_arrives_whole)
{
    store_large(7);
    make_due(7, 0);
    open_hook("tail -c 20 > out", LONG_MS);
    run_one();
    ck_assert(file_has("out", "}"));
    ck_assert_uint_eq(file_bytes("out"), 20);
}
END_TEST

START_TEST(a_program_may_close_its_input_unread)
{
    uint64_t leaf = 0, attempts = 0, due_ms = 0;

    store_large(7);
    make_due(7, 0);
    open_hook("exec 0<&-\nexit 0", LONG_MS);
    run_one();
    ck_assert(!next_hook(&leaf, &attempts, &due_ms));
}
END_TEST

/* Whether the process whose id the program wrote to `name` still runs. */
static bool
is_running(const char *name)
{
    char path[DISK_PATH_BYTES], line[256] = "";
    int pid = 0;

    ck_assert_int_eq(disk_join(dir, name, path), ERR_OK);
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fscanf(file, "%d", &pid), 1);
    fclose(file);
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    file = fopen(path, "r");
    if (file == NULL)
        return false;
    size_t len = fread(line, 1, sizeof line - 1, file);
    fclose(file);
    line[len] = '\0';
    const char *state = strrchr(line, ')');
    return state != NULL && strncmp(state, ") Z", 3) != 0 && strncmp(state, ") X", 3) != 0;
}

static void
wait_until_ended(const char *name)
{
    uint64_t give_up_ms = clock_boot_ms() + WAIT_MS;

    while (is_running(name)) {
        ck_assert_uint_lt(clock_boot_ms(), give_up_ms);
        poll(NULL, 0, 2);
    }
}

START_TEST(a_program_that_hangs_is_killed_with_its_children_and_run_again)
{
    uint64_t leaf = 0, attempts = 0, due_ms = 0;

    store_one(7, "TR1234567", "", "JPN");
    /* A busy machine may need more than the first limit to start the child at all. */
    for (uint64_t limit_ms = 500; file_bytes("started") == 0; limit_ms *= 2) {
        hook_close(&hook);
        make_due(7, 0);
        open_hook("sleep 1000 &\necho $! > child\nmv child started\nwait", limit_ms);
        run_one();
    }
    ck_assert(next_hook(&leaf, &attempts, &due_ms));
    ck_assert_uint_eq(attempts, 1);
    wait_until_ended("started");
}
END_TEST

/* Start the program and wait until it says that it runs. */
static void
start(void)
{
    uint64_t next_ms = 0, give_up_ms = clock_boot_ms() + WAIT_MS;

    while (file_bytes("started") == 0) {
        ck_assert_int_eq(hook_step(hook, &next_ms), ERR_OK);
        ck_assert_uint_lt(clock_boot_ms(), give_up_ms);
        poll(NULL, 0, 2);
    }
}

START_TEST(closing_ends_the_program_and_the_message_stays_due)
{
    static const char *const BODIES[] = {
        "echo $$ > self\nmv self started\nexec sleep 1000",
        "trap '' TERM\necho $$ > self\nmv self started\nwhile :; do sleep 1000; done",
    };
    uint64_t leaf = 0, attempts = 9, due_ms = 0;

    store_one(7, "TR1234567", "", "JPN");
    make_due(7, 0);
    open_hook(BODIES[_i], LONG_MS);
    start();
    uint64_t before_ms = clock_boot_ms();
    hook_close(&hook);
    ck_assert_uint_lt(clock_boot_ms() - before_ms, HOOK_STOP_MS + WAIT_MS);
    wait_until_ended("started");
    ck_assert(next_hook(&leaf, &attempts, &due_ms));
    ck_assert_uint_eq(attempts, 0);
}
END_TEST

/* ---- programs that cannot be started */

START_TEST(a_program_that_is_not_there_or_not_executable_is_refused_at_once)
{
    write_program("exit 0");
    ck_assert_int_eq(chmod(program, 0600), 0);
    ck_assert_int_eq(hook_open(program, LONG_MS, records, &hook), ERR_PERMISSION);
    ck_assert_ptr_null(hook);
    ck_assert_int_eq(unlink(program), 0);
    ck_assert_int_eq(hook_open(program, LONG_MS, records, &hook), ERR_NOT_FOUND);
    ck_assert_ptr_null(hook);
}
END_TEST

START_TEST(a_program_that_went_away_is_tried_again_later)
{
    uint64_t leaf = 0, attempts = 0, due_ms = 0;

    store_one(7, "TR1234567", "", "JPN");
    make_due(7, 0);
    open_hook("cat > out", LONG_MS);
    ck_assert_int_eq(unlink(program), 0);
    run_one();
    ck_assert(next_hook(&leaf, &attempts, &due_ms));
    ck_assert_uint_eq(attempts, 1);
    write_program("cat > out");
    make_due(7, attempts);
    run_one();
    ck_assert(!next_hook(&leaf, &attempts, &due_ms));
}
END_TEST

START_TEST(an_outcome_is_known_though_the_parent_ignored_its_children)
{
    uint64_t leaf = 0, attempts = 0, due_ms = 0;

    signal(SIGCHLD, SIG_IGN); /* as some supervisors hand it down */
    store_one(7, "TR1234567", "", "JPN");
    make_due(7, 0);
    open_hook("cat > out", LONG_MS);
    run_one();
    ck_assert(!next_hook(&leaf, &attempts, &due_ms));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("hook");
    TCase *tcase = tcase_create("hook");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, the_program_gets_the_message_as_json_and_it_is_done);
    tcase_add_test(tcase, nothing_runs_when_nothing_is_due);
    tcase_add_loop_test(tcase, a_program_that_fails_is_run_again_until_it_succeeds, 0, 2);
    tcase_add_loop_test(tcase, each_failure_waits_twice_as_long_up_to_the_most, 0, 5);
    tcase_add_test(tcase, a_message_that_fails_does_not_hold_up_the_others);
    tcase_add_test(tcase, a_large_message_arrives_whole);
    tcase_add_test(tcase, a_program_may_close_its_input_unread);
    tcase_add_test(tcase, a_program_that_hangs_is_killed_with_its_children_and_run_again);
    tcase_add_loop_test(tcase, closing_ends_the_program_and_the_message_stays_due, 0, 2);
    tcase_add_test(tcase, a_program_that_is_not_there_or_not_executable_is_refused_at_once);
    tcase_add_test(tcase, a_program_that_went_away_is_tried_again_later);
    tcase_add_test(tcase, an_outcome_is_known_though_the_parent_ignored_its_children);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
