/*
 * Goal: a new generation of a list counts in one step; what is past its review date goes from the
 * disk, and nothing else does.
 * Method: imports from memory into a state directory's folder; screening by the list alone.
 */
#include "clients/node/io/import_erase.h"
#include "clients/node/io/import_list.h"
#include "clients/node/io/screening_imports.h"

#include <check.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAMES  "din,issuing_country,type,fraud_type,review_date\n"
#define NOW_MS UINT64_C(1795478400000) /* 2026-11-24 */

static char dir[] = "/tmp/denrei-imports-XXXXXX";
static struct records *records;
static struct imports imports;
static struct doclist_walk walk;
static struct screening_answer answer;
static struct import_list_result result;

static void
setup(void)
{
    umask(077);
    ck_assert_int_ge(sodium_init(), 0);
    ck_assert_ptr_nonnull(mkdtemp(dir));
    ck_assert_int_eq(records_open(dir, true, &records), ERR_OK);
}

static void
teardown(void)
{
    char command[64];

    imports_close(&imports);
    records_close(&records);
    snprintf(command, sizeof command, "rm -rf %s", dir);
    ck_assert_int_eq(system(command), 0);
}

static enum err
import(const char *name, const char *text, bool adds)
{
    struct problems problems = {0};
    int fd = memfd_create("list", MFD_CLOEXEC);
    const struct import_list_options options = {
        .dir = dir, .name = name, .fd = fd, .now_ms = NOW_MS, .sort_bytes = 1 << 20, .adds = adds};

    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
    enum err err = import_list_run(&options, &result, &problems);
    ck_assert_int_eq(err == ERR_OK, problems_is_empty(&problems));
    close(fd);
    return err;
}

/* How many hits a number has at a time, by the lists that count now. */
static size_t
hits_at(const char *number, uint64_t now_ms)
{
    struct screen_query query = {.state = "JPN"};

    snprintf(query.number.text, sizeof query.number.text, "%s", number);
    answer.findings_count = 0;
    ck_assert_int_eq(records_hold(records, &answer.view), ERR_OK);
    ck_assert_int_eq(imports_refresh(&imports, dir, records, &answer.view), ERR_OK);
    screening_find_imports(&imports, &walk, &query, now_ms, &answer);
    records_release(records);
    return answer.findings_count;
}

static size_t
hits(const char *number)
{
    return hits_at(number, NOW_MS);
}

START_TEST(a_new_generation_takes_the_place_of_the_one_before)
{
    ck_assert_int_eq(import("a", NAMES "A1,JPN,P,LOST,\nA2,JPN,P,LOST,\n", false), ERR_OK);
    ck_assert_uint_eq(hits("A1"), 1);
    ck_assert_int_eq(import("a", NAMES "A3,JPN,P,LOST,\n", false), ERR_OK);
    ck_assert_uint_eq(result.before, 2);
    ck_assert_uint_eq(hits("A1"), 0);
    ck_assert_uint_eq(hits("A3"), 1);
    ck_assert_int_eq(import("a", NAMES "A1,JPN,P,LOST,\nA3,JPN,P,LOST,\n", true), ERR_OK);
    ck_assert_uint_eq(result.repeated, 1);
    ck_assert_uint_eq(hits("A1") + hits("A3"), 2);
    ck_assert_int_eq(imports_drop(dir, records, "a"), ERR_OK);
    ck_assert_uint_eq(hits("A1") + hits("A3"), 0);
    ck_assert_int_eq(imports_drop(dir, records, "a"), ERR_NOT_FOUND);
}
END_TEST

START_TEST(two_lists_are_searched_and_the_most_certain_comes_first)
{
    ck_assert_int_eq(import("a", NAMES "AO1,JPN,P,LOST,\n", false), ERR_OK);
    ck_assert_int_eq(import("b", NAMES "A01,JPN,P,STOLEN,\n", false), ERR_OK);
    ck_assert_uint_eq(hits("A01"), 2);
    ck_assert_str_eq(answer.findings[0].source, "b");
    ck_assert_uint_eq(answer.findings[0].score, FINDING_EXACT);
    ck_assert_str_eq(answer.findings[1].source, "a");
    ck_assert_uint_eq(answer.findings[1].score, 80);
}
END_TEST

START_TEST(more_alike_than_there_is_room_for_never_displace_the_very_same)
{
    static char text[8192];
    size_t len = (size_t)snprintf(text, sizeof text, NAMES);

    for (unsigned i = 0; i < 256; i++) { /* all that is taken for 00000000 with one or more O */
        char number[9] = "00000000";
        for (unsigned k = 0; k < 8; k++)
            number[k] = (i >> k & 1) != 0 ? 'O' : '0';
        len += (size_t)snprintf(text + len, sizeof text - len, "%s,JPN,P,LOST,\n", number);
    }
    ck_assert_int_eq(import("a", text, false), ERR_OK);
    ck_assert_uint_eq(hits("OO00O0OO"), SCREENING_FINDINGS_MAX);
    ck_assert(answer.has_more);
    ck_assert_str_eq(answer.findings[0].imported.number.text, "OO00O0OO");
    ck_assert_uint_eq(answer.findings[0].score, FINDING_EXACT);
    ck_assert_uint_eq(answer.findings[1].score, 80);
}
END_TEST

START_TEST(a_record_counts_until_its_review_date_is_over_and_is_then_erased)
{
    uint64_t erased = 9;
    size_t lost = 9;

    ck_assert_int_eq(
        import("a", NAMES "A1,JPN,P,LOST,2026-12-01\nA2,JPN,P,LOST,2030-01-01\n", false), ERR_OK);
    ck_assert_uint_eq(hits_at("A1", NOW_MS + 7 * DAY_MS), 1);
    ck_assert_uint_eq(hits_at("A1", NOW_MS + 8 * DAY_MS), 0);
    ck_assert_int_eq(import_erase(dir, records, NOW_MS + 7 * DAY_MS, &erased, &lost), ERR_OK);
    ck_assert_uint_eq(erased, 0);
    ck_assert_int_eq(import_erase(dir, records, NOW_MS + 8 * DAY_MS, &erased, &lost), ERR_OK);
    ck_assert_uint_eq(erased, 1);
    ck_assert_uint_eq(lost, 0);
    ck_assert_uint_eq(hits("A1"), 0);
    ck_assert_uint_eq(hits("A2"), 1);
    ck_assert_uint_eq(answer.sources[0].documents, 1);
    ck_assert_uint_eq(answer.sources[0].as_of_ms, NOW_MS);
}
END_TEST

START_TEST(a_list_is_too_old_after_its_age_and_lost_without_its_file)
{
    char path[DISK_PATH_BYTES], reason[SCREENING_REASON_BYTES] = "";

    ck_assert_int_eq(import("a", NAMES "A1,JPN,P,LOST,\n", false), ERR_OK);
    ck_assert_uint_eq(hits_at("A2", NOW_MS + IMPORTS_MAX_AGE_MS), 0);
    ck_assert(!screening_has_bad_source(&answer, reason));
    ck_assert_uint_eq(hits_at("A1", NOW_MS + IMPORTS_MAX_AGE_MS + 1), 1);
    ck_assert(screening_has_bad_source(&answer, reason));
    ck_assert_ptr_nonnull(strstr(reason, "too old"));
    ck_assert_int_eq(imports_path(dir, "a", imports.list[0].id.generation, path), ERR_OK);
    imports_close(&imports);
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_uint_eq(hits("A1"), 0);
    ck_assert(screening_has_bad_source(&answer, reason));
    ck_assert_ptr_nonnull(strstr(reason, "damaged or missing"));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("imports");
    TCase *tcase = tcase_create("imports");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, a_new_generation_takes_the_place_of_the_one_before);
    tcase_add_test(tcase, two_lists_are_searched_and_the_most_certain_comes_first);
    tcase_add_test(tcase, more_alike_than_there_is_room_for_never_displace_the_very_same);
    tcase_add_test(tcase, a_record_counts_until_its_review_date_is_over_and_is_then_erased);
    tcase_add_test(tcase, a_list_is_too_old_after_its_age_and_lost_without_its_file);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
