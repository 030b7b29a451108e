/*
 * Goal: a checkpoint is accepted only from its log and its witnesses, with the times that they
 * signed, and never when one of them is contradicted.
 * Method: vectors by other implementations, signed again byte for byte where the key is published;
 * then each rule broken once.
 */
#include "proto/checkpoint.h"
#include "proto/hash.h"

#include <check.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DASH       "\xe2\x80\x94 "
#define PETER_TEXT "PeterNeumann\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n"
#define PETER_LINE                                                                                 \
    DASH "PeterNeumann "                                                                           \
         "x08gozdSgLMzAnw63LH1RGViJhUfW60EUGKY7Kmr004fQNOSqfrcd1hIk3BCtdcLWIqvGtX67sL2"            \
         "4VN+44uTlxMnbAA=\n"
#define PETER_COSIGNATURE                                                                          \
    DASH "PeterNeumann "                                                                           \
         "GLl4CwAAAABkGFDL0qJDVhmsFvEaOoF8wkSZ00i3ArMLUuMZSPTac+XvVhNjD1MhD2UgV5R/fkDd"            \
         "eq45yGx8EZB3ujphEwI3oF9bBQ==\n"

static const char PETER_SEED[] = "810a1402d5146c8d84f2443330f54080ebf98ee17d9c74f6252fc5d5c7283173";
static const char PETER_ROOT[] = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328";

static const char ROME[] =
    "rome2026h1.example.org\n300\nlCkHUpkmVBEms2r2T1K6Og69+wUuuN3MIEW1/ezu2v0=\n"
    "\n" DASH "rome2026h1.example.org kVB1JgAAAZtxtEwABAMARzBFAiEAi+mTa2xjL1IdWpH82OeciGsGvwRAP+f1"
    "WkfKaSZCfFECIHoNPZ/Q3y6UNzvKOO9cuLr6V16vPNfhwhle9f6r5H/Z\n" DASH
    "witness.example.org uKLPIAAAAABpVGeAhm2bOvKc3LaB9PFN1ruG19Y5yqslmcAAbhftnn1Zznmo0LXFZq4LGvqKqL"
    "X8jWlwLKasxEGTLIqAVusneCBmBw==\n";
static const char ROME_WITNESS[] =
    "witness.example.org+b8a2cf20+BFLN3yikSfFkVAJtrnh/CiY3Zozkoy7clp+P7XB28qUN";
static const char MIRROR[] =
    "rome2026h1.example.org\n300\ngw31yQrqZZCcEOPrzX+bpy3nJ6QgngTKn8G1m0i62uU=\n"
    "\n" DASH
    "mirror.example.org P7FI7wAAAABpVGeAjA1S4pJm6MbcXjX7UUImu4azZtrfcVW2uyr/LXIYlwEJzXC0N0"
    "EiZkbqfLdXt/4gVEEuGmxJjAfXKMCISpsJAg==\n";
static const char MIRROR_WITNESS[] =
    "mirror.example.org+3fb148ef+BAAjjch9GyYz0sJsJx7ALhbdAtz2ov0unbzSl1vMp94O";
static const char TESSERA_VKEY[] =
    "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";
static const char TESSERA_0[] =
    "example.com/log/testdata\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
    "\n" DASH
    "example.com/log/testdata M9e0lhxJACzE1KoUdqKuPa+9p6R7dSW8BlEvrg/noo8FkGg6PbJoRNOcdjqj"
    "Oq89wVvTA60eubCc4oufo5BvIVEgtQc=\n";
static const char TESSERA_15[] =
    "example.com/log/testdata\n15\nrKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=\n"
    "\n" DASH
    "example.com/log/testdata M9e0luh4jTG+UMBqOUo9/q+yAEvx1ilBEniMvjf1zfcBOhg+CKubMt53MvIt"
    "/uEWP6zdkdIQzd/fmwlM/dlPWF74ewI=\n";
#define ROOT "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg="
static const char PETER_NOTE[] = PETER_TEXT "\n" PETER_LINE PETER_COSIGNATURE;

enum { OURS = 3 };

/* The tests' own secrets, from published or constant seeds. */
static uint8_t peter_secret[NOTE_SECRET_KEY_BYTES], our_secret[OURS][NOTE_SECRET_KEY_BYTES];
static struct note_key peter_log, peter_witness, ours[OURS];

static struct span
span_of(const char *text)
{
    return (struct span){(const uint8_t *)text, strlen(text)};
}

static void
setup(void)
{
    struct public_key public_key;
    uint8_t seed[SEED_BYTES];

    ck_assert_int_ge(sodium_init(), 0);
    ck_assert_int_eq(
        sodium_hex2bin(seed, sizeof seed, PETER_SEED, strlen(PETER_SEED), NULL, NULL, NULL), 0);
    crypto_sign_seed_keypair(public_key.bytes, peter_secret, seed);
    ck_assert_int_eq(note_key_make("PeterNeumann", NOTE_ED25519, &public_key, &peter_log), ERR_OK);
    ck_assert_int_eq(note_key_make("PeterNeumann", NOTE_COSIGNATURE, &public_key, &peter_witness),
                     ERR_OK);
    for (size_t i = 0; i < OURS; i++) {
        char name[] = "jp.a/witness";
        name[3] = (char)('a' + (int)i);
        memset(seed, (int)i, sizeof seed);
        crypto_sign_seed_keypair(public_key.bytes, our_secret[i], seed);
        ck_assert_int_eq(note_key_make(name, NOTE_COSIGNATURE, &public_key, &ours[i]), ERR_OK);
    }
}

static struct merkle_head
peter_head(void)
{
    struct merkle_head head = {.leaf_count = 8};

    ck_assert_int_eq(sodium_hex2bin(head.root.bytes, HASH_BYTES, PETER_ROOT, strlen(PETER_ROOT),
                                    NULL, NULL, NULL),
                     0);
    return head;
}

/* A checkpoint by Peter with cosignatures of ours at the `count` times (0: none by that one). */
static void
make_note(const uint64_t *times_ms, size_t count, char out[NOTE_BYTES_MAX])
{
    struct note_line lines[1 + OURS];
    size_t lines_len = 0, len = 0;

    ck_assert_int_eq(note_sign(span_of(PETER_TEXT), &peter_log, peter_secret, &lines[lines_len++]),
                     ERR_OK);
    for (size_t i = 0; i < count; i++) {
        if (times_ms[i] != 0)
            ck_assert_int_eq(checkpoint_cosign(span_of(PETER_TEXT), &ours[i], our_secret[i],
                                               times_ms[i], &lines[lines_len++]),
                             ERR_OK);
    }
    ck_assert_int_eq(note_format(span_of(PETER_TEXT), lines, lines_len, out, NOTE_BYTES_MAX, &len),
                     ERR_OK);
}

static void
append_line(const char *note, const struct note_line *line, char out[NOTE_BYTES_MAX])
{
    size_t len = strlen(note);

    ck_assert_uint_lt(len + line->len, NOTE_BYTES_MAX);
    memcpy(out, note, len);
    memcpy(out + len, line->text, line->len + 1);
}

START_TEST(signing_and_cosigning_give_the_published_bytes)
{
    struct merkle_head head = peter_head();
    char text[CHECKPOINT_OURS_MAX + 1], vkey[NOTE_VKEY_MAX + 1];
    struct note_line line;

    ck_assert_uint_eq(checkpoint_format("PeterNeumann", &head, text), strlen(PETER_TEXT));
    ck_assert_str_eq(text, PETER_TEXT);
    ck_assert_int_eq(note_sign(span_of(text), &peter_log, peter_secret, &line), ERR_OK);
    ck_assert_str_eq(line.text, PETER_LINE);
    ck_assert_int_eq(
        checkpoint_cosign(span_of(text), &peter_witness, peter_secret, 1679315147999, &line),
        ERR_OK);
    ck_assert_str_eq(line.text, PETER_COSIGNATURE);
    note_key_format(&peter_witness, vkey);
    ck_assert_str_eq(vkey, "PeterNeumann+18b9780b+BBpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
}
END_TEST

START_TEST(published_checkpoint_verifies_with_its_witness_and_time)
{
    struct checkpoint_policy policy = {&peter_log, &peter_witness, 1, 1};
    struct checkpoint_verified got;
    struct merkle_head head = peter_head();

    ck_assert_int_eq(checkpoint_verify(span_of(PETER_NOTE), &policy, &got), ERR_OK);
    ck_assert_uint_eq(got.head.leaf_count, 8);
    ck_assert(hash_is_equal(&got.head.root, &head.root));
    ck_assert_uint_eq(got.cosigners, 1);
    ck_assert(got.has_cosigned[0]);
    ck_assert_uint_eq(got.cosigned_ms[0], 1679315147000);
    ck_assert_uint_eq(got.oldest_ms, 1679315147000);
    ck_assert_uint_eq(got.newest_ms, 1679315147000);
    ck_assert_uint_eq(checkpoint_time_ms(&got, 1), 1679315147000);
    ck_assert_uint_eq(checkpoint_time_ms(&got, 2), 0);
}
END_TEST

START_TEST(cosignatures_by_another_implementation_verify)
{
    static const struct {
        const char *note, *witness;
        size_t line;
    } rows[] = {{ROME, ROME_WITNESS, 1}, {MIRROR, MIRROR_WITNESS, 0}};
    static struct note note;

    for (size_t i = 0; i < 2; i++) {
        struct note_key key;
        uint64_t time_ms = 0;
        ck_assert_int_eq(note_key_parse(span_of(rows[i].witness), &key), ERR_OK);
        ck_assert_int_eq(note_parse(span_of(rows[i].note), &note), ERR_OK);
        ck_assert_int_eq(
            checkpoint_check_cosignature(note.text, &note.signatures[rows[i].line], &key, &time_ms),
            ERR_OK);
        ck_assert_uint_eq(time_ms, 1767139200000);
        if (i == 0)
            ck_assert_int_eq(
                checkpoint_check_cosignature(note.text, &note.signatures[0], &key, &time_ms),
                ERR_UNKNOWN);
    }
}
END_TEST

START_TEST(checkpoints_by_another_implementation_verify)
{
    struct checkpoint_verified got;
    struct note_key log;
    struct checkpoint_policy policy = {.log = &log};

    ck_assert_int_eq(note_key_parse(span_of(TESSERA_VKEY), &log), ERR_OK);
    ck_assert_int_eq(checkpoint_verify(span_of(TESSERA_0), &policy, &got), ERR_OK);
    ck_assert_uint_eq(got.head.leaf_count, 0);
    ck_assert_int_eq(checkpoint_verify(span_of(TESSERA_15), &policy, &got), ERR_OK);
    ck_assert_uint_eq(got.head.leaf_count, 15);
    ck_assert_uint_eq(got.cosigners, 0);
    ck_assert_uint_eq(got.newest_ms, 0);
}
END_TEST

START_TEST(cosignature_of_a_third_implementation_has_its_time)
{
    static const char line[] = DASH
        "remora.n621.de ZGhGuQAAAABm/qTPeyKXD+R2rzyQsxPiP8mXum7qq/iF0u4vanlqJyocWODBt97w9uL+8qT7"
        "S5gxEHWWOworDcFiEBYJXORmnFBOBA==\n";
    struct note_signature signature;
    uint64_t time_s = 0;

    ck_assert_int_eq(note_line_parse(span_of(line), &signature), ERR_OK);
    ck_assert_uint_eq(signature.bytes_len, NOTE_SIGNATURE_KEPT);
    for (size_t i = 0; i < 8; i++)
        time_s = time_s << 8 | signature.bytes[i];
    ck_assert_uint_eq(time_s, 1727964367);
}
END_TEST

START_TEST(text_beyond_its_bound_is_refused_everywhere)
{
    static char text[CHECKPOINT_TEXT_MAX + 2], note[NOTE_BYTES_MAX];
    struct checkpoint_policy policy = {&peter_log, NULL, 0, 0};
    struct checkpoint_verified got;
    struct note_signature signature;
    struct checkpoint parsed;
    struct note_line line;
    uint64_t time_ms;
    size_t len;

    snprintf(text, sizeof text, "%s", PETER_TEXT);
    memset(text + strlen(PETER_TEXT), 'x', sizeof text - strlen(PETER_TEXT));
    text[CHECKPOINT_TEXT_MAX - 1] = '\n';
    text[CHECKPOINT_TEXT_MAX] = '\0';
    ck_assert_int_eq(checkpoint_parse(span_of(text), &parsed), ERR_OK);
    ck_assert_int_eq(checkpoint_cosign(span_of(text), &ours[0], our_secret[0], TIME_MS_MAX, &line),
                     ERR_OK);
    ck_assert_int_eq(note_line_parse(span_of(line.text), &signature), ERR_OK);
    ck_assert_int_eq(checkpoint_check_cosignature(span_of(text), &signature, &ours[0], &time_ms),
                     ERR_OK);
    ck_assert_uint_eq(time_ms, TIME_MS_MAX - TIME_MS_MAX % SECOND_MS);

    text[CHECKPOINT_TEXT_MAX - 1] = 'x';
    text[CHECKPOINT_TEXT_MAX] = '\n';
    text[CHECKPOINT_TEXT_MAX + 1] = '\0';
    ck_assert_int_eq(checkpoint_parse(span_of(text), &parsed), ERR_FULL);
    ck_assert_int_eq(checkpoint_cosign(span_of(text), &ours[0], our_secret[0], 1, &line), ERR_FULL);
    ck_assert_int_eq(checkpoint_check_cosignature(span_of(text), &signature, &ours[0], &time_ms),
                     ERR_FULL);
    ck_assert_int_eq(note_sign(span_of(text), &peter_log, peter_secret, &line), ERR_OK);
    ck_assert_int_eq(note_format(span_of(text), &line, 1, note, sizeof note, &len), ERR_OK);
    ck_assert_int_eq(checkpoint_verify(span_of(note), &policy, &got), ERR_FULL);
}
END_TEST

START_TEST(only_a_checkpoint_is_cosigned_and_only_at_a_time_that_can_be)
{
    struct note_line line = {.len = 7};

    ck_assert_int_eq(checkpoint_cosign(span_of("I owe you\n"), &ours[0], our_secret[0], 1, &line),
                     ERR_FORMAT);
    ck_assert_int_eq(
        checkpoint_cosign(span_of(PETER_TEXT), &ours[0], our_secret[0], TIME_MS_MAX + 1, &line),
        ERR_RANGE);
    ck_assert_int_eq(checkpoint_cosign(span_of("o\n1099511627776\n" ROOT "\n"), &ours[0],
                                       our_secret[0], 1, &line),
                     ERR_RANGE);
    ck_assert_uint_eq(line.len, 7);
}
END_TEST

START_TEST(cosignature_binds_text_time_and_key)
{
    struct note_signature signature, altered;
    struct note_line line;
    struct note_key log_like = ours[0];
    uint64_t time_ms = 7;

    ck_assert_int_eq(checkpoint_cosign(span_of(PETER_TEXT), &ours[0], our_secret[0], 5000, &line),
                     ERR_OK);
    ck_assert_int_eq(note_line_parse(span_of(line.text), &signature), ERR_OK);
    ck_assert_int_eq(
        checkpoint_check_cosignature(span_of(PETER_TEXT "x\n"), &signature, &ours[0], &time_ms),
        ERR_SIGNATURE);
    ck_assert_int_eq(
        checkpoint_check_cosignature(span_of(PETER_TEXT), &signature, &ours[1], &time_ms),
        ERR_UNKNOWN);
    log_like.type = NOTE_ED25519;
    ck_assert_int_eq(
        checkpoint_check_cosignature(span_of(PETER_TEXT), &signature, &log_like, &time_ms),
        ERR_UNKNOWN);
    for (size_t i = 0; i < NOTE_SIGNATURE_KEPT; i++) {
        altered = signature;
        altered.bytes[i] ^= 1;
        ck_assert_int_eq(
            checkpoint_check_cosignature(span_of(PETER_TEXT), &altered, &ours[0], &time_ms),
            ERR_SIGNATURE);
    }
    altered = signature;
    altered.bytes_len--;
    ck_assert_int_eq(
        checkpoint_check_cosignature(span_of(PETER_TEXT), &altered, &ours[0], &time_ms),
        ERR_SIGNATURE);
    ck_assert_uint_eq(time_ms, 7);
    ck_assert_int_eq(
        checkpoint_check_cosignature(span_of(PETER_TEXT), &signature, &ours[0], &time_ms), ERR_OK);
    ck_assert_uint_eq(time_ms, 5000);
}
END_TEST

START_TEST(honest_signature_over_a_time_that_cannot_be_is_refused)
{
    uint8_t message[256], bytes[NOTE_SIGNATURE_KEPT];
    const uint64_t time_s = TIME_MS_MAX / SECOND_MS + 1;
    struct note_signature signature;
    struct note_line line;
    uint64_t time_ms;

    int len = snprintf((char *)message, sizeof message, "cosignature/v1\ntime %llu\n%s",
                       (unsigned long long)time_s, PETER_TEXT);
    bytes_put_u64(bytes, time_s);
    crypto_sign_detached(bytes + 8, NULL, message, (unsigned long long)len, our_secret[0]);
    note_line_make(&ours[0], (struct span){bytes, sizeof bytes}, &line);
    ck_assert_int_eq(note_line_parse(span_of(line.text), &signature), ERR_OK);
    ck_assert_int_eq(
        checkpoint_check_cosignature(span_of(PETER_TEXT), &signature, &ours[0], &time_ms),
        ERR_SIGNATURE);
}
END_TEST

START_TEST(cosigners_are_counted_once_each_and_their_times_ordered)
{
    static char note[NOTE_BYTES_MAX], twice[NOTE_BYTES_MAX];
    struct checkpoint_policy policy = {&peter_log, ours, OURS, 3};
    struct checkpoint_verified got;
    struct note_line line;

    make_note((uint64_t[]){30000, 10000, 20000}, 3, note);
    ck_assert_int_eq(checkpoint_verify(span_of(note), &policy, &got), ERR_OK);
    ck_assert_uint_eq(got.cosigners, 3);
    ck_assert_uint_eq(got.oldest_ms, 10000);
    ck_assert_uint_eq(got.newest_ms, 30000);
    ck_assert_uint_eq(checkpoint_time_ms(&got, 1), 30000);
    ck_assert_uint_eq(checkpoint_time_ms(&got, 2), 20000);
    ck_assert_uint_eq(checkpoint_time_ms(&got, 3), 10000);
    ck_assert_uint_eq(checkpoint_time_ms(&got, 4), 0);

    /* One witness twice is one witness, at its newest time. */
    make_note((uint64_t[]){30000, 0, 20000}, 3, note);
    ck_assert_int_eq(checkpoint_cosign(span_of(PETER_TEXT), &ours[0], our_secret[0], 40000, &line),
                     ERR_OK);
    append_line(note, &line, twice);
    policy.quorum = 2;
    ck_assert_int_eq(checkpoint_verify(span_of(twice), &policy, &got), ERR_OK);
    ck_assert_uint_eq(got.cosigners, 2);
    ck_assert(!got.has_cosigned[1]);
    ck_assert_uint_eq(got.cosigned_ms[0], 40000);
    ck_assert_uint_eq(got.oldest_ms, 20000);
    policy.quorum = 3;
    ck_assert_int_eq(checkpoint_verify(span_of(twice), &policy, &got), ERR_SIGNATURE);
    ck_assert_uint_eq(got.cosigners, 2);
}
END_TEST

START_TEST(known_signature_that_fails_refuses_all_the_others)
{
    static char note[NOTE_BYTES_MAX], bad[NOTE_BYTES_MAX];
    struct checkpoint_policy policy = {&peter_log, ours, OURS, 1};
    struct checkpoint_verified got;
    const uint8_t wrong[NOTE_SIGNATURE_KEPT] = {0};
    struct note_line line;

    make_note((uint64_t[]){30000, 10000}, 2, note);
    note_line_make(&ours[0], (struct span){wrong, sizeof wrong}, &line);
    append_line(note, &line, bad);
    ck_assert_int_eq(checkpoint_verify(span_of(bad), &policy, &got), ERR_SIGNATURE);

    note_line_make(&peter_log, (struct span){wrong, SIGNATURE_BYTES}, &line);
    append_line(note, &line, bad);
    ck_assert_int_eq(checkpoint_verify(span_of(bad), &policy, &got), ERR_SIGNATURE);

    /* The same bytes by one who is not in the policy are no matter. */
    policy.witnesses_len = 2;
    note_line_make(&ours[2], (struct span){wrong, sizeof wrong}, &line);
    append_line(note, &line, bad);
    ck_assert_int_eq(checkpoint_verify(span_of(bad), &policy, &got), ERR_OK);
    ck_assert_uint_eq(got.cosigners, 2);
}
END_TEST

START_TEST(checkpoint_without_its_log_or_of_another_is_refused)
{
    static const char cosigned_only[] = PETER_TEXT "\n" PETER_COSIGNATURE;
    struct checkpoint_policy policy = {&peter_log, &peter_witness, 1, 1};
    struct checkpoint_verified got = {.cosigners = 7};
    struct note_key other = peter_log;

    ck_assert_int_eq(checkpoint_verify(span_of(cosigned_only), &policy, &got), ERR_SIGNATURE);
    ck_assert_int_eq(checkpoint_verify(span_of(TESSERA_15), &policy, &got), ERR_UNKNOWN);
    policy.log = &other;
    other.name[0] = 'Q';
    ck_assert_int_eq(checkpoint_verify(span_of(PETER_NOTE), &policy, &got), ERR_UNKNOWN);
    policy.log = &peter_log;
    ck_assert_int_eq(checkpoint_verify(span_of("no note"), &policy, &got), ERR_FORMAT);
    ck_assert_int_eq(checkpoint_verify(span_of("PeterNeumann\n8\n\n" PETER_LINE), &policy, &got),
                     ERR_FORMAT);
    ck_assert_int_eq(
        checkpoint_verify(span_of("PeterNeumann\n1099511627776\n" ROOT "\n\n" PETER_LINE), &policy,
                          &got),
        ERR_RANGE);
    ck_assert_uint_eq(got.cosigners, 7);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("checkpoint");
    TCase *tcase = tcase_create("checkpoint");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_test(tcase, signing_and_cosigning_give_the_published_bytes);
    tcase_add_test(tcase, published_checkpoint_verifies_with_its_witness_and_time);
    tcase_add_test(tcase, cosignatures_by_another_implementation_verify);
    tcase_add_test(tcase, checkpoints_by_another_implementation_verify);
    tcase_add_test(tcase, cosignature_of_a_third_implementation_has_its_time);
    tcase_add_test(tcase, text_beyond_its_bound_is_refused_everywhere);
    tcase_add_test(tcase, only_a_checkpoint_is_cosigned_and_only_at_a_time_that_can_be);
    tcase_add_test(tcase, cosignature_binds_text_time_and_key);
    tcase_add_test(tcase, honest_signature_over_a_time_that_cannot_be_is_refused);
    tcase_add_test(tcase, cosigners_are_counted_once_each_and_their_times_ordered);
    tcase_add_test(tcase, known_signature_that_fails_refuses_all_the_others);
    tcase_add_test(tcase, checkpoint_without_its_log_or_of_another_is_refused);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
