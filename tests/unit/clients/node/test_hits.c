/*
 * Goal: a hit is noted once an hour, reported once, and dismissed with a reason or not at all; a
 * message to its owner goes from the outbox to its receipt and never back; what has ended is gone
 * from the files.
 * Method: a database in a folder of its own; each step twice, and what stands after it.
 */
#include "clients/node/io/hits.h"
#include "proto/limits.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOW_MS UINT64_C(1709812800000)

static char dir[] = "/tmp/denrei-hits-XXXXXX";
static struct hits *hits;
static struct arena *arena;

static void
setup(void)
{
    umask(077);
    ck_assert_ptr_nonnull(mkdtemp(dir));
    ck_assert_int_eq(arena_new(ARENA_BYTES_MAX, &arena), ERR_OK);
    ck_assert_int_eq(hits_open(dir, true, &hits), ERR_OK);
}

static void
teardown(void)
{
    char command[64];

    hits_close(&hits);
    hits_close(&hits);
    arena_free(&arena);
    snprintf(command, sizeof command, "rm -rf %s", dir);
    ck_assert_int_eq(system(command), 0);
}

static struct span
bytes_of(const char *text)
{
    return (struct span){(const uint8_t *)text, strlen(text)};
}

static struct hit
hit_of(const char *key, uint64_t leaf, uint64_t looked_ms)
{
    return (struct hit){.looked_ms = looked_ms,
                        .key = key,
                        .record = {.owner = "jp.mofa",
                                   .has_message = leaf != 0,
                                   .ref = {.from = "jp.mofa", .id = {{1}}, .hash = {{2}}},
                                   .leaf = leaf,
                                   .thread_id = {{3}},
                                   .legal_basis = "basis"},
                        .place = 4,
                        .draft = bytes_of("what was unmistakably found")};
}

static uint64_t
note(const char *key, uint64_t leaf, uint64_t looked_ms, uint64_t *dismissed)
{
    const struct hit hit = hit_of(key, leaf, looked_ms);
    uint64_t number = 0;

    ck_assert_int_eq(hits_note(hits, &hit, &number, dismissed), ERR_OK);
    return number;
}

static enum err
put(uint64_t number, uint8_t id, bool is_report)
{
    const struct hits_sent sent = {.id = {{id}},
                                   .hit = number,
                                   .header = bytes_of("header"),
                                   .content = bytes_of("unmistakable content"),
                                   .thread_from = "jp.mofa"};

    return hits_put(hits, &sent, is_report);
}

static struct hits_sent
sent_of(uint8_t id)
{
    const struct id wanted = {{id}};
    struct hits_sent sent;

    ck_assert_int_eq(hits_sent_find(hits, &wanted, arena, &sent), ERR_OK);
    return sent;
}

START_TEST(a_hit_is_read_as_it_was_noted)
{
    uint64_t dismissed = 9;
    struct hit hit;

    ck_assert_uint_eq(note("document A", 7, NOW_MS, &dismissed), 1);
    ck_assert_uint_eq(dismissed, 0);
    ck_assert_int_eq(hits_find(hits, 1, arena, &hit), ERR_OK);
    ck_assert_str_eq(hit.key, "document A");
    ck_assert_str_eq(hit.record.owner, "jp.mofa");
    ck_assert(hit.record.has_message && hit.record.leaf == 7 && hit.place == 4);
    ck_assert_str_eq(hit.record.legal_basis, "basis");
    ck_assert_mem_eq(hit.draft.data, "what was", 8);
    ck_assert(!hit.has_report && hit.dismissed_ms == 0 && hit.why[0] == '\0');
    ck_assert_int_eq(hits_find(hits, 2, arena, &hit), ERR_NOT_FOUND);
    ck_assert_uint_eq(note("document L", 0, NOW_MS, &dismissed), 2); /* of a list */
    ck_assert_int_eq(hits_before(hits, UINT64_MAX, arena, &hit), ERR_OK);
    ck_assert(hit.number == 2 && !hit.record.has_message);
}
END_TEST

START_TEST(the_same_look_up_within_an_hour_is_the_same_hit)
{
    uint64_t dismissed = 0;
    struct hit hit;

    ck_assert_uint_eq(note("document A", 7, NOW_MS, &dismissed), 1);
    ck_assert_uint_eq(note("document A", 7, NOW_MS + HITS_SAME_MS, &dismissed), 1);
    ck_assert_int_eq(hits_find(hits, 1, arena, &hit), ERR_OK);
    ck_assert_uint_eq(hit.looked_ms, NOW_MS + HITS_SAME_MS);
    ck_assert_uint_eq(note("document B", 7, NOW_MS, &dismissed), 2);
    ck_assert_uint_eq(note("document A", 8, NOW_MS, &dismissed), 3);
    ck_assert_uint_eq(note("document A", 7, NOW_MS + 3 * HITS_SAME_MS, &dismissed), 4);
}
END_TEST

START_TEST(a_hit_is_dismissed_once_and_the_next_one_says_so)
{
    uint64_t dismissed = 0;
    struct hit hit;

    note("document A", 7, NOW_MS, &dismissed);
    ck_assert_int_eq(hits_dismiss(hits, 1, "mistyped", NOW_MS + 1), ERR_OK);
    ck_assert_int_eq(hits_dismiss(hits, 1, "another reason", NOW_MS + 2), ERR_CONFLICT);
    ck_assert_int_eq(hits_dismiss(hits, 2, "none", NOW_MS), ERR_NOT_FOUND);
    ck_assert_int_eq(hits_find(hits, 1, arena, &hit), ERR_OK);
    ck_assert_str_eq(hit.why, "mistyped");
    ck_assert_int_eq(put(1, 1, true), ERR_CONFLICT);
    ck_assert_uint_eq(note("document A", 7, NOW_MS + 3, &dismissed), 2);
    ck_assert_uint_eq(dismissed, 1);
    ck_assert_int_eq(hits_next_open(hits, 0, arena, &hit), ERR_OK);
    ck_assert_uint_eq(hit.number, 2);
}
END_TEST

START_TEST(a_report_is_put_once_and_ends_with_its_receipt)
{
    static const struct hash HASH = {{5}};
    const struct id id = {{1}};
    struct hits_sent sent;
    uint64_t dismissed = 0;
    struct hit hit;

    note("document A", 7, NOW_MS, &dismissed);
    ck_assert_int_eq(put(2, 1, true), ERR_NOT_FOUND);
    ck_assert_int_eq(put(1, 1, true), ERR_OK);
    ck_assert_int_eq(put(1, 2, true), ERR_CONFLICT);
    ck_assert_int_eq(hits_dismiss(hits, 1, "late", NOW_MS), ERR_CONFLICT);
    ck_assert_int_eq(hits_next_open(hits, 0, arena, &hit), ERR_NOT_FOUND);
    ck_assert_int_eq(hits_sent_waiting(hits, NULL, arena, &sent), ERR_OK);
    ck_assert(sent.stage == HITS_WAITING && sent.envelope.len == 0);
    ck_assert_int_eq(hits_sent_seal(hits, &id, bytes_of("sealed"), &HASH, bytes_of("envelope")),
                     ERR_OK);
    ck_assert_uint_eq(sent_of(1).envelope.len, 8);
    ck_assert_int_eq(hits_sent_accept(hits, &id, bytes_of("receipt"), 12, NOW_MS), ERR_OK);
    sent = sent_of(1);
    ck_assert(sent.stage == HITS_ACCEPTED && sent.leaf == 12 && sent.envelope.len == 0);
    ck_assert_int_eq(hits_sent_seal(hits, &id, bytes_of("x"), &HASH, bytes_of("y")), ERR_OK);
    ck_assert_int_eq(hits_sent_refuse(hits, &id, HITS_REFUSED, 9), ERR_OK); /* too late for both */
    sent = sent_of(1);
    ck_assert(sent.stage == HITS_ACCEPTED && sent.envelope.len == 0 && sent.header.len == 6);
    ck_assert_int_eq(hits_sent_waiting(hits, NULL, arena, &sent), ERR_NOT_FOUND);
}
END_TEST

START_TEST(a_report_that_the_relay_refuses_for_good_leaves_the_hit_open)
{
    const struct id id = {{1}};
    uint64_t dismissed = 0;
    struct hit hit;

    note("document A", 7, NOW_MS, &dismissed);
    ck_assert_int_eq(put(1, 1, true), ERR_OK);
    ck_assert_int_eq(hits_sent_refuse(hits, &id, HITS_WAITING, 22), ERR_OK);
    ck_assert_int_eq(hits_next_open(hits, 0, arena, &hit), ERR_NOT_FOUND);
    ck_assert_uint_eq(sent_of(1).refusal, 22);
    ck_assert_int_eq(hits_sent_refuse(hits, &id, HITS_REFUSED, 8), ERR_OK);
    ck_assert_int_eq(hits_next_open(hits, 0, arena, &hit), ERR_OK);
    ck_assert_int_eq(put(1, 2, true), ERR_OK);
}
END_TEST

START_TEST(the_owner_s_receipts_are_kept_at_their_earliest)
{
    const struct id id = {{1}};
    struct hits_sent list[HITS_SENT_MAX];
    struct id ids[4];
    uint64_t dismissed = 0;
    size_t count = 0;

    note("document A", 7, NOW_MS, &dismissed);
    ck_assert_int_eq(put(1, 1, true), ERR_OK);
    ck_assert_int_eq(hits_sent_accept(hits, &id, bytes_of("receipt"), 12, NOW_MS), ERR_OK);
    ck_assert_int_eq(put(1, 2, false), ERR_OK); /* what was done since */
    ck_assert_int_eq(hits_sent_untold(hits, ids, 4, &count), ERR_OK);
    ck_assert(count == 1 && ids[0].bytes[0] == 1);
    ck_assert_int_eq(hits_sent_told(hits, &id, false, NOW_MS + 9), ERR_OK);
    ck_assert_int_eq(hits_sent_told(hits, &id, false, NOW_MS + 5), ERR_OK);
    ck_assert_int_eq(hits_sent_told(hits, &id, false, NOW_MS + 7), ERR_OK);
    ck_assert_uint_eq(sent_of(1).delivered_ms, NOW_MS + 5);
    ck_assert_int_eq(hits_sent_told(hits, &id, true, NOW_MS + 8), ERR_OK);
    ck_assert_uint_eq(sent_of(1).failed_ms, NOW_MS + 8);
    ck_assert_int_eq(hits_sent_untold(hits, ids, 4, &count), ERR_OK);
    ck_assert_uint_eq(count, 0);
    ck_assert_int_eq(hits_sent_of(hits, 1, arena, list, &count), ERR_OK);
    ck_assert_uint_eq(count, 2);
}
END_TEST

START_TEST(what_has_ended_is_in_no_file_and_the_number_stays)
{
    char command[160];
    uint64_t dismissed = 0;
    struct hit hit;

    note("document A", 7, NOW_MS, &dismissed);
    ck_assert_int_eq(put(1, 1, true), ERR_OK);
    ck_assert_int_eq(hits_expire(hits, NOW_MS), ERR_OK);
    ck_assert_uint_gt(sent_of(1).content.len, 0);
    ck_assert_int_eq(hits_expire(hits, NOW_MS + 1), ERR_OK);
    ck_assert_int_eq(hits_find(hits, 1, arena, &hit), ERR_OK);
    ck_assert(hit.draft.len == 0 && hit.key[0] == '\0');
    ck_assert_uint_eq(sent_of(1).content.len, 0);
    ck_assert_int_eq(hits_settle(hits), ERR_OK);
    snprintf(command, sizeof command, "! grep -qa unmistakabl %s/hits.db*", dir);
    ck_assert_int_eq(system(command), 0);
}
END_TEST

START_TEST(a_hit_that_nobody_was_told_of_is_forgotten_with_its_record)
{
    char command[160];
    uint64_t dismissed = 0;
    struct hit hit;

    note("document A", 7, NOW_MS, &dismissed);
    note("document B", 8, NOW_MS, &dismissed);
    note("document L", 0, NOW_MS, &dismissed); /* of a list, which ends by itself */
    ck_assert_int_eq(put(2, 1, true), ERR_OK);
    ck_assert_int_eq(hits_next_untold(hits, 0, arena, &hit), ERR_OK);
    ck_assert_uint_eq(hit.number, 1);
    ck_assert_int_eq(hits_next_untold(hits, 1, arena, &hit), ERR_NOT_FOUND);
    ck_assert_int_eq(hits_forget(hits, 1), ERR_OK);
    ck_assert_int_eq(hits_forget(hits, 2), ERR_OK); /* it was reported, so it stays */
    ck_assert_int_eq(hits_settle(hits), ERR_OK);
    ck_assert_int_eq(hits_find(hits, 1, arena, &hit), ERR_OK);
    ck_assert(hit.draft.len == 0 && hit.key[0] == '\0' && hit.record.leaf == 7);
    ck_assert_int_eq(hits_find(hits, 2, arena, &hit), ERR_OK);
    ck_assert(hit.draft.len > 0);
    snprintf(command, sizeof command, "! grep -qa 'document A' %s/hits.db*", dir);
    ck_assert_int_eq(system(command), 0);
}
END_TEST

START_TEST(who_may_not_write_finds_none_or_what_is_there)
{
    struct hits *reader = NULL;
    uint64_t dismissed = 0;
    struct hit hit;

    ck_assert_int_eq(hits_open("/nonexistent", false, &reader), ERR_NOT_FOUND);
    ck_assert_ptr_null(reader);
    note("document A", 7, NOW_MS, &dismissed);
    ck_assert_int_eq(hits_open(dir, false, &reader), ERR_OK);
    ck_assert_int_eq(hits_find(reader, 1, arena, &hit), ERR_OK);
    ck_assert_int_ne(hits_dismiss(reader, 1, "why", NOW_MS), ERR_OK);
    hits_close(&reader);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("hits");
    TCase *tcase = tcase_create("hits");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, a_hit_is_read_as_it_was_noted);
    tcase_add_test(tcase, the_same_look_up_within_an_hour_is_the_same_hit);
    tcase_add_test(tcase, a_hit_is_dismissed_once_and_the_next_one_says_so);
    tcase_add_test(tcase, a_report_is_put_once_and_ends_with_its_receipt);
    tcase_add_test(tcase, a_report_that_the_relay_refuses_for_good_leaves_the_hit_open);
    tcase_add_test(tcase, the_owner_s_receipts_are_kept_at_their_earliest);
    tcase_add_test(tcase, what_has_ended_is_in_no_file_and_the_number_stays);
    tcase_add_test(tcase, a_hit_that_nobody_was_told_of_is_forgotten_with_its_record);
    tcase_add_test(tcase, who_may_not_write_finds_none_or_what_is_there);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
