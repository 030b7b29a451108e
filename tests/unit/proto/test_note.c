/*
 * Goal: notes and verifier keys are read, verified and written as C2SP signed-note says, and
 * nothing else is.
 * Method: published vectors, one of them signed again byte for byte; then each rule broken once,
 * and every byte of a signed note altered.
 */
#include "proto/note.h"

#include <check.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DASH "\xe2\x80\x94 "

static const char FOO_VKEY[] =
    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
static const char FOO_NOTE[] =
    "This is an example message.\n"
    "\n" DASH "example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3"
    "mFXmRKuwHjG1Yu72IneyaQM=\n";

static const char PETER_SEED[] = "810a1402d5146c8d84f2443330f54080ebf98ee17d9c74f6252fc5d5c7283173";
static const char PETER_VKEY[] =
    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
static const char PETER_TEXT[] = "If you think cryptography is the answer to your problem,\n"
                                 "then you don't know what your problem is.\n";
static const char PETER_LINE[] =
    DASH "PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngot"
         "pRZb6KE6RyyBwJnAM=\n";

/* The tests' own secrets, published with the vectors. */
static uint8_t peter_secret[NOTE_SECRET_KEY_BYTES];
static struct public_key peter_public;
static struct note_key peter, foo;
static struct note note;

static struct span
span_of(const char *text)
{
    return (struct span){(const uint8_t *)text, strlen(text)};
}

static void
setup(void)
{
    uint8_t seed[SEED_BYTES];

    ck_assert_int_ge(sodium_init(), 0);
    ck_assert_int_eq(
        sodium_hex2bin(seed, sizeof seed, PETER_SEED, strlen(PETER_SEED), NULL, NULL, NULL), 0);
    crypto_sign_seed_keypair(peter_public.bytes, peter_secret, seed);
    ck_assert_int_eq(note_key_parse(span_of(PETER_VKEY), &peter), ERR_OK);
    ck_assert_int_eq(note_key_parse(span_of(FOO_VKEY), &foo), ERR_OK);
}

START_TEST(published_notes_verify)
{
    char peter_note[1024];

    ck_assert_int_eq(note_parse(span_of(FOO_NOTE), &note), ERR_OK);
    ck_assert_uint_eq(note.signatures_len, 1);
    ck_assert_int_eq(note_verify(note.text, &note.signatures[0], &foo), ERR_OK);
    ck_assert_int_eq(note_verify(note.text, &note.signatures[0], &peter), ERR_UNKNOWN);

    snprintf(peter_note, sizeof peter_note, "%s\n%s", PETER_TEXT, PETER_LINE);
    ck_assert_int_eq(note_parse(span_of(peter_note), &note), ERR_OK);
    ck_assert_uint_eq(note.text.len, strlen(PETER_TEXT));
    ck_assert_int_eq(note_verify(note.text, &note.signatures[0], &peter), ERR_OK);
}
END_TEST

START_TEST(signing_gives_the_published_bytes)
{
    struct note_line line;
    struct note_key made;

    ck_assert_int_eq(note_key_make("PeterNeumann", NOTE_ED25519, &peter_public, &made), ERR_OK);
    ck_assert_uint_eq(made.id, 0xc74f20a3);
    ck_assert_int_eq(note_sign(span_of(PETER_TEXT), &made, peter_secret, &line), ERR_OK);
    ck_assert_str_eq(line.text, PETER_LINE);
    ck_assert_uint_eq(line.len, strlen(PETER_LINE));
}
END_TEST

START_TEST(verifier_keys_read_and_write_to_the_same_text)
{
    const char *const rows[] = {
        FOO_VKEY,
        PETER_VKEY,
        "PeterNeumann+18b9780b+BBpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "witness.example.org+b8a2cf20+BFLN3yikSfFkVAJtrnh/CiY3Zozkoy7clp+P7XB28qUN",
        "mirror.example.org+3fb148ef+BAAjjch9GyYz0sJsJx7ALhbdAtz2ov0unbzSl1vMp94O",
        "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2",
        "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx",
    };
    char text[NOTE_VKEY_MAX + 1], with_newline[NOTE_VKEY_MAX + 2];
    struct note_key key;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        snprintf(with_newline, sizeof with_newline, "%s\n", rows[i]);
        ck_assert_int_eq(note_key_parse(span_of(rows[i]), &key), ERR_OK);
        ck_assert_int_eq(note_key_parse(span_of(with_newline), &key), ERR_OK);
        ck_assert_uint_eq(note_key_format(&key, text), strlen(rows[i]));
        ck_assert_str_eq(text, rows[i]);
    }
}
END_TEST

START_TEST(longest_name_fits_key_and_line)
{
    char name[NOTE_NAME_MAX + 2], text[NOTE_VKEY_MAX + 1];
    const uint8_t bytes[NOTE_SIGNATURE_KEPT] = {0};
    struct note_signature signature;
    struct note_line line;
    struct note_key key, again;

    memset(name, 'n', sizeof name);
    name[NOTE_NAME_MAX] = '\0';
    ck_assert_int_eq(note_key_make(name, NOTE_COSIGNATURE, &peter_public, &key), ERR_OK);
    ck_assert_uint_eq(note_key_format(&key, text), NOTE_VKEY_MAX);
    ck_assert_int_eq(note_key_parse(span_of(text), &again), ERR_OK);
    ck_assert_str_eq(again.name, name);
    note_line_make(&key, (struct span){bytes, sizeof bytes}, &line);
    ck_assert_uint_eq(line.len, NOTE_LINE_MAX);
    ck_assert_int_eq(note_line_parse(span_of(line.text), &signature), ERR_OK);
    ck_assert(note_is_by(&signature, &key));

    name[NOTE_NAME_MAX] = 'n';
    name[NOTE_NAME_MAX + 1] = '\0';
    ck_assert_int_eq(note_key_make(name, NOTE_COSIGNATURE, &peter_public, &key), ERR_FORMAT);
    static char vkey[NOTE_BYTES_MAX];
    memset(vkey, 'n', sizeof vkey - sizeof PETER_VKEY);
    memcpy(vkey + sizeof vkey - sizeof PETER_VKEY, PETER_VKEY, sizeof PETER_VKEY);
    ck_assert_int_eq(note_key_parse(span_of(vkey), &key), ERR_FORMAT);
}
END_TEST

START_TEST(malformed_verifier_keys_are_refused)
{
    static const struct {
        const char *vkey;
        enum err want;
    } rows[] = {
        {"", ERR_FORMAT},
        {"PeterNeumann", ERR_FORMAT},
        {"PeterNeumann+c74f20a3", ERR_FORMAT},
        {"PeterNeumann+c74f20a3+", ERR_FORMAT},
        {"PeterNeumann+c74f20a3-ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", ERR_FORMAT},
        {"+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", ERR_FORMAT},
        {"Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", ERR_FORMAT},
        /* other id; upper case; other name; other type */
        {"PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", ERR_FORMAT},
        {"PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", ERR_FORMAT},
        {"PaterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", ERR_FORMAT},
        {"PeterNeumann+c74f20a3+BBpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", ERR_FORMAT},
        /* too short, too long, not base64 */
        {"PeterNeumann+c74f20a3+AQ==", ERR_FORMAT},
        {"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWAA==", ERR_FORMAT},
        {"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq_LDE4izWy10TW", ERR_FORMAT},
        {"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\n\n", ERR_FORMAT},
        /* libsodium takes the byte 0xaf for '/' */
        {"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq\xafLDE4izWy10TW", ERR_FORMAT},
        {"PeterNeumann+00000000+AhpcAAAA", ERR_UNKNOWN},
        {"PeterNeumann+00000000+BhpcAAAA", ERR_UNKNOWN},
        /* the neutral element: small order */
        {"PeterNeumann+00000000+AQEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", ERR_KEY},
    };
    struct note_key key = foo;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        ck_assert_msg(note_key_parse(span_of(rows[i].vkey), &key) == rows[i].want, "row %zu", i);
    ck_assert_mem_eq(&key, &foo, sizeof key);
    ck_assert_int_eq(note_key_parse((struct span){NULL, 0}, &key), ERR_FORMAT);
    ck_assert_int_eq(note_key_parse((struct span){(const uint8_t *)"a\0b+c74f20a3+AQ==", 17}, &key),
                     ERR_FORMAT);
}
END_TEST

START_TEST(names_with_a_space_of_any_script_a_plus_or_a_control_are_refused)
{
    static const char *const rows[] = {
        "",
        " ",
        "a b",
        "a+b",
        "a\tb",
        "a\nb",
        "a\x01",
        "a\xc2\x85",
        "a\xc2\xa0z",
        "\xe1\x9a\x80",
        "\xe2\x80\x80",
        "\xe2\x80\x8a",
        "\xe2\x80\xa8",
        "\xe2\x80\xa9",
        "\xe2\x80\xaf",
        "\xe2\x81\x9f",
        "\xe3\x80\x80",
        "a\xff",
        "\xed\xa0\x80",
    };
    struct note_key key = foo;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        ck_assert_msg(note_key_make(rows[i], NOTE_ED25519, &peter_public, &key) == ERR_FORMAT,
                      "row %zu", i);
    ck_assert_mem_eq(&key, &foo, sizeof key);
    ck_assert_int_eq(note_key_make("\xe4\xbc\x9d\xe4\xbb\xa4", NOTE_ED25519, &peter_public, &key),
                     ERR_OK);
    ck_assert_int_eq(note_key_make("a\xe2\x80\x8b", NOTE_ED25519, &peter_public, &key), ERR_OK);
}
END_TEST

START_TEST(malformed_notes_are_refused)
{
#define LINE DASH "n AAAAAQI=\n"
    static const char *const rows[] = {
        "",
        "\n",
        "text",
        "text\n",
        "text\n" LINE,        /* no empty line */
        LINE,                 /* no text */
        "\n" LINE,            /* no text: the empty line is missing */
        "text\n\n" LINE "\n", /* the last empty line comes after the signatures */
        "text\n\n" LINE "junk\n",
        "text\n\n" DASH "n AAAAAQI=",       /* no final newline */
        "text\n\n- n AAAAAQI=\n",           /* not the dash */
        "text\n\n\xe2\x80\x94n AAAAAQI=\n", /* no space */
        "text\n\n" DASH "a+b AAAAAQI=\n",
        "text\n\n" DASH "n \n",
        "text\n\n" DASH "n AAAAAA==\n", /* a key id alone */
        "text\n\n" DASH "n AAAAAQI\n",  /* no padding */
        "text\n\n" DASH "n AAAAAQJ=\n", /* bits beyond the end */
        "text\n\n" DASH "n AAAAAQI= \n",
        "te\rxt\n\n" LINE,
        "te\xc3xt\n\n" LINE,
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        ck_assert_msg(note_parse(span_of(rows[i]), &note) == ERR_FORMAT, "row %zu", i);
    ck_assert_int_eq(note_parse((struct span){NULL, 0}, &note), ERR_FORMAT);
    ck_assert_int_eq(note_parse((struct span){(const uint8_t *)"a\0b\n\n" LINE, 18}, &note),
                     ERR_FORMAT);
}
END_TEST

START_TEST(text_ends_at_the_last_empty_line)
{
    ck_assert_int_eq(note_parse(span_of("one\n\ntwo\n\n\n" LINE LINE), &note), ERR_OK);
    ck_assert_uint_eq(note.text.len, strlen("one\n\ntwo\n\n"));
    ck_assert_uint_eq(note.signatures_len, 2);
    ck_assert_uint_eq(note.signatures[1].line.len, strlen(LINE));
    ck_assert_uint_eq(note.signatures[1].key_id, 1);
    ck_assert_uint_eq(note.signatures[1].bytes_len, 1);

    ck_assert_int_eq(note_parse(span_of("\n\n" LINE), &note), ERR_OK);
    ck_assert_uint_eq(note.text.len, 1);
}
END_TEST

START_TEST(long_lines_of_other_algorithms_are_skipped_and_too_long_ones_refused)
{
    static char big[2 * NOTE_BLOB_MAX];
    static uint8_t blob[NOTE_BLOB_MAX + 3];
    size_t lens[] = {4 + 8 + 2420, NOTE_BLOB_MAX, NOTE_BLOB_MAX + 1};
    struct note_signature signature;

    for (size_t i = 0; i < 3; i++) {
        size_t at = (size_t)snprintf(big, sizeof big, "%sn ", DASH);
        sodium_bin2base64(big + at, sizeof big - at, blob, lens[i], sodium_base64_VARIANT_ORIGINAL);
        strcat(big, "\n");
        ck_assert_int_eq(note_line_parse(span_of(big), &signature), i < 2 ? ERR_OK : ERR_FORMAT);
        if (i < 2)
            ck_assert_uint_eq(signature.bytes_len, lens[i] - 4);
    }
}
END_TEST

START_TEST(notes_beyond_the_bounds_are_refused)
{
    static char big[NOTE_BYTES_MAX + 2];
    size_t len = (size_t)snprintf(big, sizeof big, "text\n\n");

    for (size_t i = 0; i < NOTE_SIGNATURES_MAX; i++)
        len += (size_t)snprintf(big + len, sizeof big - len, "%s", LINE);
    ck_assert_int_eq(note_parse(span_of(big), &note), ERR_OK);
    ck_assert_uint_eq(note.signatures_len, NOTE_SIGNATURES_MAX);
    snprintf(big + len, sizeof big - len, "%s", LINE);
    ck_assert_int_eq(note_parse(span_of(big), &note), ERR_FULL);

    memset(big, 'x', sizeof big);
    memcpy(big + NOTE_BYTES_MAX - strlen("\n\n" LINE), "\n\n" LINE, strlen("\n\n" LINE));
    struct span whole = {(const uint8_t *)big, NOTE_BYTES_MAX};
    ck_assert_int_eq(note_parse(whole, &note), ERR_OK);
    whole.len++;
    ck_assert_int_eq(note_parse(whole, &note), ERR_FULL);
}
END_TEST

/* Whether `bytes` parse and hold a signature by foo that verifies over the published text. */
static bool
is_accepted(struct span bytes)
{
    if (note_parse(bytes, &note) != ERR_OK)
        return false;
    for (size_t i = 0; i < note.signatures_len; i++) {
        if (note_verify(note.text, &note.signatures[i], &foo) == ERR_OK)
            return true;
    }
    return false;
}

START_TEST(no_altered_or_cut_note_verifies)
{
    uint8_t bytes[sizeof FOO_NOTE - 1];

    memcpy(bytes, FOO_NOTE, sizeof bytes);
    ck_assert(is_accepted((struct span){bytes, sizeof bytes}));
    for (size_t i = 0; i < sizeof bytes; i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            bytes[i] ^= (uint8_t)(1u << bit);
            ck_assert(!is_accepted((struct span){bytes, sizeof bytes}));
            bytes[i] ^= (uint8_t)(1u << bit);
        }
        ck_assert(!is_accepted((struct span){bytes, i}));
    }
}
END_TEST

START_TEST(signature_by_the_key_that_does_not_verify_is_told_from_an_unknown_one)
{
    struct note_line line;
    struct note_signature signature;
    struct note_key renamed = foo, cosigner = foo;
    const uint8_t cut[SIGNATURE_BYTES - 1] = {0};

    ck_assert_int_eq(note_parse(span_of(FOO_NOTE), &note), ERR_OK);
    ck_assert_int_eq(note_verify(span_of("Another message.\n"), &note.signatures[0], &foo),
                     ERR_SIGNATURE);
    renamed.name[0] = 'E';
    ck_assert_int_eq(note_verify(note.text, &note.signatures[0], &renamed), ERR_UNKNOWN);
    renamed = foo;
    renamed.id ^= 1;
    ck_assert_int_eq(note_verify(note.text, &note.signatures[0], &renamed), ERR_UNKNOWN);
    cosigner.type = NOTE_COSIGNATURE;
    ck_assert_int_eq(note_verify(note.text, &note.signatures[0], &cosigner), ERR_UNKNOWN);

    note_line_make(&foo, (struct span){cut, sizeof cut}, &line);
    ck_assert_int_eq(note_line_parse(span_of(line.text), &signature), ERR_OK);
    ck_assert_int_eq(note_verify(note.text, &signature, &foo), ERR_SIGNATURE);
}
END_TEST

START_TEST(text_that_a_note_cannot_hold_is_not_signed)
{
    static const char *const rows[] = {"", "no newline", "carriage\r\n", "not\xff utf-8\n"};
    struct note_line line = {.len = 0}, before = line;
    char out[1024];
    size_t out_len = 7;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ck_assert_int_eq(note_sign(span_of(rows[i]), &peter, peter_secret, &line), ERR_FORMAT);
        ck_assert_int_eq(note_format(span_of(rows[i]), &line, 1, out, sizeof out, &out_len),
                         ERR_FORMAT);
    }
    ck_assert_mem_eq(&line, &before, sizeof line);
    ck_assert_uint_eq(out_len, 7);
}
END_TEST

START_TEST(formatted_note_parses_and_verifies)
{
    struct note_line lines[2];
    char out[1024], small[1024];
    size_t len = 0, untouched = 7;

    ck_assert_int_eq(note_sign(span_of(PETER_TEXT), &peter, peter_secret, &lines[0]), ERR_OK);
    lines[1] = lines[0];
    ck_assert_int_eq(note_format(span_of(PETER_TEXT), lines, 2, out, sizeof out, &len), ERR_OK);
    ck_assert_uint_eq(len, strlen(out));
    ck_assert_int_eq(note_parse(span_of(out), &note), ERR_OK);
    ck_assert_uint_eq(note.signatures_len, 2);
    ck_assert_int_eq(note_verify(note.text, &note.signatures[1], &peter), ERR_OK);

    ck_assert_int_eq(note_format(span_of(PETER_TEXT), lines, 2, small, len, &untouched), ERR_FULL);
    ck_assert_uint_eq(untouched, 7);
    ck_assert_int_eq(note_format(span_of(PETER_TEXT), lines, 2, small, len + 1, &untouched),
                     ERR_OK);
}
END_TEST

START_TEST(format_refuses_more_lines_or_bytes_than_a_note_may_have)
{
    static struct note_line lines[NOTE_SIGNATURES_MAX + 1];
    static char out[2 * NOTE_BYTES_MAX], text[NOTE_BYTES_MAX + 1];
    size_t len = 0;

    for (size_t i = 0; i <= NOTE_SIGNATURES_MAX; i++)
        ck_assert_int_eq(note_sign(span_of(PETER_TEXT), &peter, peter_secret, &lines[i]), ERR_OK);
    ck_assert_int_eq(
        note_format(span_of(PETER_TEXT), lines, NOTE_SIGNATURES_MAX, out, sizeof out, &len),
        ERR_OK);
    ck_assert_int_eq(
        note_format(span_of(PETER_TEXT), lines, NOTE_SIGNATURES_MAX + 1, out, sizeof out, &len),
        ERR_FULL);

    memset(text, 'x', NOTE_BYTES_MAX - 1);
    text[NOTE_BYTES_MAX - 1] = '\n';
    ck_assert_int_eq(note_format(span_of(text), lines, 1, out, sizeof out, &len), ERR_FULL);
}
END_TEST

START_TEST(added_line_comes_last_and_replaces_the_one_by_the_same_key)
{
    struct note_line first, second;
    char note_text[1024], out[1024], again[1024];
    const uint8_t old_bytes[64] = {1}, new_bytes[64] = {2};
    size_t len = 0, out_len = 0, again_len = 0;

    ck_assert_int_eq(note_sign(span_of(PETER_TEXT), &peter, peter_secret, &first), ERR_OK);
    ck_assert_int_eq(note_format(span_of(PETER_TEXT), &first, 1, note_text, sizeof note_text, &len),
                     ERR_OK);
    note_line_make(&foo, (struct span){old_bytes, sizeof old_bytes}, &second);
    ck_assert_int_eq(note_add(span_of(note_text), span_of(second.text), out, sizeof out, &out_len),
                     ERR_OK);
    ck_assert_uint_eq(out_len, len + second.len);
    ck_assert_mem_eq(out, note_text, len);
    ck_assert_str_eq(out + len, second.text);

    note_line_make(&foo, (struct span){new_bytes, sizeof new_bytes}, &second);
    ck_assert_int_eq(note_add(span_of(out), span_of(second.text), again, sizeof again, &again_len),
                     ERR_OK);
    ck_assert_uint_eq(again_len, out_len);
    ck_assert_mem_eq(again, note_text, len);
    ck_assert_str_eq(again + len, second.text);
}
END_TEST

START_TEST(add_refuses_malformed_input_and_bounds_and_writes_nothing)
{
    static char full[NOTE_BYTES_MAX], out[NOTE_BYTES_MAX];
    size_t len = 0, out_len = 7, text_len = strlen("text\n\n" LINE);

    ck_assert_int_eq(note_add(span_of("text\n"), span_of(LINE), out, sizeof out, &out_len),
                     ERR_FORMAT);
    ck_assert_int_eq(
        note_add(span_of("text\n\n" LINE), span_of("junk\n"), out, sizeof out, &out_len),
        ERR_FORMAT);
    ck_assert_int_eq(
        note_add(span_of("text\n\n" LINE), span_of(LINE LINE), out, sizeof out, &out_len),
        ERR_FORMAT);
    ck_assert_int_eq(note_add(span_of("text\n\n" LINE), span_of(LINE), out, text_len, &out_len),
                     ERR_FULL);

    len = (size_t)snprintf(full, sizeof full, "text\n\n");
    for (size_t i = 0; i < NOTE_SIGNATURES_MAX; i++)
        len += (size_t)snprintf(full + len, sizeof full - len, "%s", LINE);
    ck_assert_int_eq(
        note_add(span_of(full), span_of(DASH "m AAAAAQI=\n"), out, sizeof out, &out_len), ERR_FULL);
    ck_assert_uint_eq(out_len, 7);
    ck_assert(out[0] == '\0');
    ck_assert_int_eq(note_add(span_of(full), span_of(LINE), out, sizeof out, &out_len), ERR_OK);
    ck_assert_uint_eq(out_len, text_len);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("note");
    TCase *tcase = tcase_create("note");
    SRunner *runner = srunner_create(suite);

    suite_add_tcase(suite, tcase);
    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_test(tcase, published_notes_verify);
    tcase_add_test(tcase, signing_gives_the_published_bytes);
    tcase_add_test(tcase, verifier_keys_read_and_write_to_the_same_text);
    tcase_add_test(tcase, longest_name_fits_key_and_line);
    tcase_add_test(tcase, malformed_verifier_keys_are_refused);
    tcase_add_test(tcase, names_with_a_space_of_any_script_a_plus_or_a_control_are_refused);
    tcase_add_test(tcase, malformed_notes_are_refused);
    tcase_add_test(tcase, text_ends_at_the_last_empty_line);
    tcase_add_test(tcase, long_lines_of_other_algorithms_are_skipped_and_too_long_ones_refused);
    tcase_add_test(tcase, notes_beyond_the_bounds_are_refused);
    tcase_add_test(tcase, no_altered_or_cut_note_verifies);
    tcase_add_test(tcase, signature_by_the_key_that_does_not_verify_is_told_from_an_unknown_one);
    tcase_add_test(tcase, text_that_a_note_cannot_hold_is_not_signed);
    tcase_add_test(tcase, formatted_note_parses_and_verifies);
    tcase_add_test(tcase, format_refuses_more_lines_or_bytes_than_a_note_may_have);
    tcase_add_test(tcase, added_line_comes_last_and_replaces_the_one_by_the_same_key);
    tcase_add_test(tcase, add_refuses_malformed_input_and_bounds_and_writes_nothing);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
