/*
 * Goal: that there was no answer is proved by exactly the entries of the log, up to the deadline at
 * least, under a checkpoint that a quorum saw later; a message of the member in the thread refutes
 * it, and nothing that is left out, altered or added passes.
 * Method: proofs made from the log of replayed.h, then changed.
 */
#include "replayed.h"

#include "clients/audit/absence.h"
#include "clients/audit/tiles.h"
#include "proto/frame.h"

static struct arena *arena;
static Denrei__V1__EvidenceAbsence wire;
static struct absence_question question;
static struct merkle_head head;
static struct header asked;
static struct absence absence;
static const char *fault;
static const char *MOFA[] = {"jp.mofa"};

static void
setup_absence(void)
{
    setup();
    ck_assert_int_eq(arena_new(ARENA_BYTES_MAX, &arena), ERR_OK);
}

static void
teardown_absence(void)
{
    arena_free(&arena);
    teardown();
}

/* kr.moj sends something; in the thread of `first` if `in_thread`. */
static uint64_t
answer(uint64_t id, bool in_thread)
{
    const struct fed_credential *officer = &moj->credentials[0];
    struct header header = fed_header(fed, moj, officer, MOFA, 1, id);

    if (in_thread) {
        header.thread_id = new_header(1).thread_id;
        header.has_in_reply_to = true;
        header.in_reply_to = first;
    } else {
        memset(header.thread_id.bytes, 0x5a, ID_BYTES);
    }
    return fed_log_message(logged, &header, officer->signing, NULL);
}

/* The proof with the entries from `from` to `end`, that kr.moj did not answer by `by_ms`. */
static void
make(uint64_t from, uint64_t end, uint64_t by_ms)
{
    struct merkle before, all;
    struct tiles *tiles = NULL;
    struct hash *peaks = arena_alloc(arena, MERKLE_LEVELS_MAX * sizeof *peaks);
    struct hash *path = arena_alloc(arena, MERKLE_CONSISTENCY_MAX * sizeof *path);
    uint8_t *bundle = arena_alloc(arena, 1 << 20);
    size_t peaks_len = 0, path_len = 0, len = 0;

    wire = (Denrei__V1__EvidenceAbsence)DENREI__V1__EVIDENCE_ABSENCE__INIT;
    merkle_init(&all);
    merkle_init(&before);
    ck_assert_int_eq(tiles_new(&tiles), ERR_OK);
    for (size_t i = 0; i < logged->count; i++) {
        const struct span entry = logged->list[i].entry;
        struct hash leaf = merkle_leaf_hash(entry);
        ck_assert_int_eq(tiles_append(tiles, &leaf), ERR_OK);
        ck_assert_int_eq(merkle_append(&all, &leaf), ERR_OK);
        if (i + 1 == from)
            before = all;
        if (i < from || i >= end)
            continue;
        bundle[len] = (uint8_t)(entry.len >> 8);
        bundle[len + 1] = (uint8_t)entry.len;
        memcpy(bundle + len + 2, entry.data, entry.len);
        len += 2 + entry.len;
    }
    for (unsigned level = 0; level < MERKLE_LEVELS_MAX; level++)
        if (before.leaf_count >> level & 1)
            peaks[peaks_len++] = before.peaks[level];
    ck_assert_int_eq(tiles_consistency(tiles, end, path, &path_len), ERR_OK);
    tiles_free(&tiles);
    ck_assert_int_eq(frame_put_hashes(peaks, peaks_len, arena, &wire.peaks), ERR_OK);
    if (path_len > 0)
        ck_assert_int_eq(frame_put_hashes(path, path_len, arena, &wire.consistency), ERR_OK);
    wire.n_peaks = peaks_len;
    wire.n_consistency = path_len;
    wire.member = wire_put_text("kr.moj");
    wire.by = by_ms;
    wire.entries = wire_put(bundle, len);
    asked = new_header(1);
    head = (struct merkle_head){all.leaf_count, merkle_root(&all)};
    question = (struct absence_question){.asked = &asked,
                                         .entry = logged->list[first_leaf].entry,
                                         .leaf = first_leaf,
                                         .head = &head,
                                         .witnessed_ms = by_ms + 1};
}

static enum err
check(void)
{
    enum err err = absence_check(&wire, &question, arena, &absence, &fault);

    ck_assert_int_eq(fault[0] == '\0', err == ERR_OK);
    return err;
}

START_TEST(silence_is_proved_to_the_end_of_the_log_and_to_the_first_entry_after_the_deadline)
{
    (void)answer(2, false); /* another thread is no answer */
    uint64_t by_ms = logged->time_ms;
    add_honest();
    add_honest();
    make(first_leaf, logged->count, logged->time_ms + 1000);
    ck_assert_int_eq(check(), ERR_OK);
    ck_assert_uint_eq(absence.end, logged->count);
    ck_assert_str_eq(absence.member, "kr.moj");
    make(first_leaf, logged->count - 1, by_ms);
    ck_assert_int_eq(check(), ERR_OK);
    make(first_leaf, logged->count - 2, by_ms); /* the last one is not after it */
    ck_assert_int_eq(check(), ERR_PROOF);
}
END_TEST

START_TEST(one_message_in_the_thread_by_then_refutes_it_and_a_later_one_does_not)
{
    uint64_t by_ms = logged->time_ms;
    uint64_t leaf = answer(2, true);

    make(first_leaf, logged->count, by_ms);
    ck_assert_int_eq(check(), ERR_OK);
    make(first_leaf, logged->count, logged->time_ms);
    ck_assert_int_eq(check(), ERR_EXISTS);
    ck_assert_uint_eq(absence.answer_leaf, leaf);
    ck_assert_uint_eq(absence.answer_ms, logged->time_ms);
}
END_TEST

START_TEST(an_answer_that_is_left_out_or_altered_proves_nothing)
{
    add_honest();
    (void)answer(2, true);
    add_honest();
    make(first_leaf, logged->count, logged->time_ms);
    /* Without the entry before the last: no tree with the rest is the log's. */
    size_t last = logged->list[logged->count - 1].entry.len + 2;
    size_t gone = logged->list[logged->count - 2].entry.len + 2;
    uint8_t *data = wire.entries.data;
    memmove(data + wire.entries.len - last - gone, data + wire.entries.len - last, last);
    wire.entries.len -= gone;
    ck_assert_int_eq(check(), ERR_PROOF);
    make(first_leaf, logged->count, logged->time_ms);
    wire.n_consistency = 0;
    wire.entries.len -= last; /* ends early, and says that the tree does too */
    ck_assert_int_ne(check(), ERR_OK);
}
END_TEST

START_TEST(every_altered_byte_of_the_entries_proves_nothing)
{
    make(first_leaf, logged->count, logged->time_ms);
    ck_assert_int_eq(check(), ERR_OK);
    for (size_t i = 0; i < wire.entries.len; i++) {
        wire.entries.data[i] ^= 1;
        ck_assert_int_ne(check(), ERR_OK);
        wire.entries.data[i] ^= 1;
    }
    ck_assert_int_eq(check(), ERR_OK);
}
END_TEST

START_TEST(what_is_malformed_unwitnessed_or_of_nobody_asked_is_refused)
{
    make(first_leaf, logged->count, logged->time_ms);
    question.witnessed_ms = wire.by;
    ck_assert_int_eq(check(), ERR_TIMEOUT);
    question.witnessed_ms = wire.by + 1;
    wire.member = wire_put_text("jp.mofa");
    ck_assert_int_eq(check(), ERR_FORMAT);
    wire.member = wire_put_text("kr.moj");
    wire.n_peaks--;
    ck_assert_int_eq(check(), ERR_FORMAT);
    wire.n_peaks++;
    wire.entries.len--;
    ck_assert_int_eq(check(), ERR_FORMAT);
    wire.entries.len = 0;
    ck_assert_int_eq(check(), ERR_FORMAT);
    make(first_leaf + 1, logged->count, logged->time_ms); /* does not begin with the message */
    ck_assert_int_eq(check(), ERR_FORMAT);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("absence");
    TCase *tcase = tcase_create("absence");
    SRunner *runner = srunner_create(suite);

    suite_add_tcase(suite, tcase);
    tcase_add_checked_fixture(tcase, setup_absence, teardown_absence);
    tcase_add_test(
        tcase, silence_is_proved_to_the_end_of_the_log_and_to_the_first_entry_after_the_deadline);
    tcase_add_test(tcase, one_message_in_the_thread_by_then_refutes_it_and_a_later_one_does_not);
    tcase_add_test(tcase, an_answer_that_is_left_out_or_altered_proves_nothing);
    tcase_add_test(tcase, every_altered_byte_of_the_entries_proves_nothing);
    tcase_add_test(tcase, what_is_malformed_unwitnessed_or_of_nobody_asked_is_refused);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
