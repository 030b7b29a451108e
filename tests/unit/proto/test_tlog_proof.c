/*
 * Goal: a proof file convinces for exactly its leaf, log and witnesses, and is written as C2SP
 * tlog-proof says.
 * Method: one proof made from published parts (leaf 5 of 8, the checkpoint and cosignature by the
 * published key), then each part altered and each rule broken once.
 */
#include "proto/hash.h"
#include "proto/tlog_proof.h"

#include <check.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DASH  "\xe2\x80\x94 "
#define TITLE "c2sp.org/tlog-proof@v1\n"
#define PATH                                                                                       \
    "vBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZnms=\n"                                               \
    "yoVOoSjtBQtBs1/8G4e46yveRh6eO1WW7Oa51ZdaCuA=\n"                                               \
    "037kGJdt2VdTwcc4Yrk5j6Kiz5tP8P3+izDNlSCWFLc=\n"
#define CHECKPOINT                                                                                 \
    "PeterNeumann\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n"                              \
    "\n" DASH                                                                                      \
    "PeterNeumann x08gozdSgLMzAnw63LH1RGViJhUfW60EUGKY7Kmr004fQNOSqfrcd1hIk3BCtdcLWIqvGt"          \
    "X67sL24VN+44uTlxMnbAA=\n" DASH                                                                \
    "PeterNeumann GLl4CwAAAABkGFDL0qJDVhmsFvEaOoF8wkSZ00i3ArMLUuMZ"                                \
    "SPTac+XvVhNjD1MhD2UgV5R/fkDdeq45yGx8EZB3ujphEwI3oF9bBQ==\n"
#define PROOF TITLE "index 5\n" PATH "\n" CHECKPOINT

static struct note_key log_key, witness_key;
static struct hash leaf;

static struct span
span_of(const char *text)
{
    return (struct span){(const uint8_t *)text, strlen(text)};
}

static void
setup(void)
{
    ck_assert_int_ge(sodium_init(), 0);
    ck_assert_int_eq(
        note_key_parse(
            span_of("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"),
            &log_key),
        ERR_OK);
    ck_assert_int_eq(
        note_key_parse(
            span_of("PeterNeumann+18b9780b+BBpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"),
            &witness_key),
        ERR_OK);
    leaf = merkle_leaf_hash(span_of("\x40\x41\x42\x43"));
}

START_TEST(proof_of_the_published_parts_verifies)
{
    struct checkpoint_policy policy = {&log_key, &witness_key, 1, 1};
    struct checkpoint_verified verified;
    uint64_t index = 0;

    ck_assert_int_eq(tlog_proof_verify(span_of(PROOF), &leaf, &policy, &index, &verified), ERR_OK);
    ck_assert_uint_eq(index, 5);
    ck_assert_uint_eq(verified.head.leaf_count, 8);
    ck_assert_uint_eq(verified.newest_ms, 1679315147000);
}
END_TEST

START_TEST(formatting_what_was_parsed_gives_the_same_bytes)
{
    struct tlog_proof proof;
    char out[4096];
    size_t len = 0;

    ck_assert_int_eq(tlog_proof_parse(span_of(PROOF), &proof), ERR_OK);
    ck_assert_uint_eq(proof.path_len, 3);
    ck_assert_uint_eq(proof.checkpoint.len, strlen(CHECKPOINT));
    ck_assert_int_eq(tlog_proof_format(&proof, out, sizeof out, &len), ERR_OK);
    ck_assert_uint_eq(len, strlen(PROOF));
    ck_assert_str_eq(out, PROOF);
}
END_TEST

START_TEST(extra_line_is_checked_and_skipped)
{
    static char text[TLOG_PROOF_BYTES_MAX], base64[3 * TLOG_PROOF_EXTRA_MAX];
    static uint8_t extra[TLOG_PROOF_EXTRA_MAX + 1];
    struct tlog_proof proof;

    ck_assert_int_eq(
        tlog_proof_parse(span_of(TITLE "extra aGVsbG8=\nindex 5\n" PATH "\n" CHECKPOINT), &proof),
        ERR_OK);
    ck_assert_uint_eq(proof.index, 5);
    ck_assert_uint_eq(proof.path_len, 3);
    for (size_t over = 0; over < 2; over++) {
        sodium_bin2base64(base64, sizeof base64, extra, TLOG_PROOF_EXTRA_MAX + over,
                          sodium_base64_VARIANT_ORIGINAL);
        snprintf(text, sizeof text, TITLE "extra %s\nindex 5\n" PATH "\n" CHECKPOINT, base64);
        ck_assert_int_eq(tlog_proof_parse(span_of(text), &proof), over == 0 ? ERR_OK : ERR_FORMAT);
    }
}
END_TEST

START_TEST(proof_of_a_lone_leaf_has_no_path)
{
    struct tlog_proof proof;

    ck_assert_int_eq(tlog_proof_parse(span_of(TITLE "index 0\n\n" CHECKPOINT), &proof), ERR_OK);
    ck_assert_uint_eq(proof.index, 0);
    ck_assert_uint_eq(proof.path_len, 0);
}
END_TEST

START_TEST(malformed_proofs_are_refused)
{
    static const struct {
        const char *text;
        enum err want;
    } rows[] = {
        {"", ERR_FORMAT},
        {TITLE, ERR_FORMAT},
        {"c2sp.org/tlog-proof@v2\nindex 5\n" PATH "\n" CHECKPOINT, ERR_FORMAT},
        {"c2sp.org/tlog-proof@v1 \nindex 5\n" PATH "\n" CHECKPOINT, ERR_FORMAT},
        {"c2sp.org/tlog-proof@v\nindex 5\n" PATH "\n" CHECKPOINT, ERR_FORMAT},
        {TITLE PATH "\n" CHECKPOINT, ERR_FORMAT},
        {TITLE "index 05\n" PATH "\n" CHECKPOINT, ERR_FORMAT},
        {TITLE "index \n" PATH "\n" CHECKPOINT, ERR_FORMAT},
        {TITLE "index  5\n" PATH "\n" CHECKPOINT, ERR_FORMAT},
        {TITLE "index 5\r\n" PATH "\n" CHECKPOINT, ERR_FORMAT},
        {TITLE "index 1099511627775\n" PATH "\n" CHECKPOINT, ERR_RANGE},
        {TITLE "index 18446744073709551616\n" PATH "\n" CHECKPOINT, ERR_RANGE},
        {TITLE "index 5\nextra aGVsbG8=\n" PATH "\n" CHECKPOINT, ERR_FORMAT},
        {TITLE "extra \nindex 5\n" PATH "\n" CHECKPOINT, ERR_FORMAT},
        {TITLE "extra a-b\nindex 5\n" PATH "\n" CHECKPOINT, ERR_FORMAT},
        {TITLE "extra aGVsbG8=\nextra aGVsbG8=\nindex 5\n" PATH "\n" CHECKPOINT, ERR_FORMAT},
        {TITLE "extra aGVsbG8=\n", ERR_FORMAT},
        {TITLE "index 5\n" PATH, ERR_FORMAT},
        {TITLE "index 5\n" PATH "\n", ERR_FORMAT},
        {TITLE "index 5\n" PATH CHECKPOINT, ERR_FORMAT},
        {TITLE "index 5\n"
               "AAAA\n\n" CHECKPOINT,
         ERR_FORMAT},
        {TITLE "index 5", ERR_FORMAT},
        {TITLE "index 5\n", ERR_FORMAT},
    };
    struct tlog_proof proof;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        ck_assert_msg(tlog_proof_parse(span_of(rows[i].text), &proof) == rows[i].want, "row %zu",
                      i);
    ck_assert_int_eq(tlog_proof_parse((struct span){NULL, 0}, &proof), ERR_FORMAT);
}
END_TEST

START_TEST(proofs_beyond_the_bounds_are_refused)
{
    static char text[TLOG_PROOF_BYTES_MAX + 2];
    struct tlog_proof proof;
    size_t len = (size_t)snprintf(text, sizeof text, TITLE "index 5\n");

    for (size_t i = 0; i < MERKLE_LEVELS_MAX; i++)
        len += (size_t)snprintf(text + len, sizeof text - len,
                                "vBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZnms=\n");
    snprintf(text + len, sizeof text - len, "\n" CHECKPOINT);
    ck_assert_int_eq(tlog_proof_parse(span_of(text), &proof), ERR_OK);
    ck_assert_uint_eq(proof.path_len, MERKLE_LEVELS_MAX);
    snprintf(text + len, sizeof text - len,
             "vBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZnms=\n\n" CHECKPOINT);
    ck_assert_int_eq(tlog_proof_parse(span_of(text), &proof), ERR_FULL);

    memset(text, 'x', sizeof text - 1);
    ck_assert_int_eq(tlog_proof_parse(span_of(text), &proof), ERR_FULL);
}
END_TEST

START_TEST(proof_that_cannot_be_written_is_refused_and_writes_nothing)
{
    struct tlog_proof good, bad;
    char out[4096] = "untouched";
    size_t len = 7;

    ck_assert_int_eq(tlog_proof_parse(span_of(PROOF), &good), ERR_OK);
    bad = good;
    bad.index = MERKLE_LEAVES_MAX;
    ck_assert_int_eq(tlog_proof_format(&bad, out, sizeof out, &len), ERR_RANGE);
    bad = good;
    bad.path_len = MERKLE_LEVELS_MAX + 1;
    ck_assert_int_eq(tlog_proof_format(&bad, out, sizeof out, &len), ERR_RANGE);
    bad = good;
    bad.checkpoint = span_of("no note\n");
    ck_assert_int_eq(tlog_proof_format(&bad, out, sizeof out, &len), ERR_FORMAT);
    ck_assert_int_eq(tlog_proof_format(&good, out, strlen(PROOF), &len), ERR_FULL);
    ck_assert_int_eq(tlog_proof_format(&good, out, strlen(CHECKPOINT), &len), ERR_FULL);
    ck_assert_int_eq(tlog_proof_format(&good, out, 0, &len), ERR_FULL);
    ck_assert_str_eq(out, "untouched");
    ck_assert_uint_eq(len, 7);
    ck_assert_int_eq(tlog_proof_format(&good, out, strlen(PROOF) + 1, &len), ERR_OK);
}
END_TEST

START_TEST(longest_proof_that_can_be_written_is_read)
{
    static char out[TLOG_PROOF_BYTES_MAX + 1];
    struct tlog_proof proof;
    size_t len = 0;

    ck_assert_int_eq(tlog_proof_parse(span_of(PROOF), &proof), ERR_OK);
    proof.index = MERKLE_LEAVES_MAX - 1;
    proof.path_len = MERKLE_LEVELS_MAX;
    for (size_t i = 0; i < MERKLE_LEVELS_MAX; i++)
        proof.path[i] = leaf;
    ck_assert_int_eq(tlog_proof_format(&proof, out, sizeof out, &len), ERR_OK);
    ck_assert_int_eq(tlog_proof_parse(span_of(out), &proof), ERR_OK);
    ck_assert_uint_eq(proof.index, MERKLE_LEAVES_MAX - 1);
    ck_assert(hash_is_equal(&proof.path[MERKLE_LEVELS_MAX - 1], &leaf));
}
END_TEST

START_TEST(proof_convinces_for_no_other_leaf_index_log_or_quorum)
{
    struct checkpoint_policy policy = {&log_key, &witness_key, 1, 1};
    struct checkpoint_verified verified = {.cosigners = 7};
    struct note_key other = log_key;
    struct hash wrong = leaf;
    uint64_t index = 7;

    wrong.bytes[0] ^= 1;
    ck_assert_int_eq(tlog_proof_verify(span_of(PROOF), &wrong, &policy, &index, &verified),
                     ERR_PROOF);
    ck_assert_int_eq(tlog_proof_verify(span_of(TITLE "index 4\n" PATH "\n" CHECKPOINT), &leaf,
                                       &policy, &index, &verified),
                     ERR_PROOF);
    ck_assert_int_eq(tlog_proof_verify(span_of(TITLE "index 8\n" PATH "\n" CHECKPOINT), &leaf,
                                       &policy, &index, &verified),
                     ERR_RANGE);
    ck_assert_int_eq(tlog_proof_verify(span_of("c2sp.org\n"), &leaf, &policy, &index, &verified),
                     ERR_FORMAT);
    policy.quorum = 2;
    ck_assert_int_eq(tlog_proof_verify(span_of(PROOF), &leaf, &policy, &index, &verified),
                     ERR_SIGNATURE);
    policy.quorum = 1;
    other.name[0] = 'Q';
    policy.log = &other;
    ck_assert_int_eq(tlog_proof_verify(span_of(PROOF), &leaf, &policy, &index, &verified),
                     ERR_UNKNOWN);
    ck_assert_uint_eq(index, 7);
    ck_assert_uint_eq(verified.cosigners, 7);
}
END_TEST

START_TEST(no_altered_byte_of_a_proof_convinces)
{
    struct checkpoint_policy policy = {&log_key, &witness_key, 1, 1};
    struct checkpoint_verified verified;
    uint8_t bytes[sizeof PROOF - 1];
    uint64_t index;

    memcpy(bytes, PROOF, sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] ^= 0x01;
        ck_assert_int_ne(tlog_proof_verify((struct span){bytes, sizeof bytes}, &leaf, &policy,
                                           &index, &verified),
                         ERR_OK);
        bytes[i] ^= 0x01;
        ck_assert_int_ne(
            tlog_proof_verify((struct span){bytes, i}, &leaf, &policy, &index, &verified), ERR_OK);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("tlog_proof");
    TCase *tcase = tcase_create("tlog_proof");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_test(tcase, proof_of_the_published_parts_verifies);
    tcase_add_test(tcase, formatting_what_was_parsed_gives_the_same_bytes);
    tcase_add_test(tcase, extra_line_is_checked_and_skipped);
    tcase_add_test(tcase, proof_of_a_lone_leaf_has_no_path);
    tcase_add_test(tcase, malformed_proofs_are_refused);
    tcase_add_test(tcase, proofs_beyond_the_bounds_are_refused);
    tcase_add_test(tcase, proof_that_cannot_be_written_is_refused_and_writes_nothing);
    tcase_add_test(tcase, longest_proof_that_can_be_written_is_read);
    tcase_add_test(tcase, proof_convinces_for_no_other_leaf_index_log_or_quorum);
    tcase_add_test(tcase, no_altered_byte_of_a_proof_convinces);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
