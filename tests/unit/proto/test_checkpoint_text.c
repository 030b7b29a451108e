/*
 * Goal: the text of a checkpoint, and the lines, numbers and hashes that the C2SP formats are made
 * of, have one way to be written; any other is refused.
 * Method: one fault at a time.
 */
#include "proto/checkpoint.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define ROOT "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg="
#define TEXT "o\n8\n" ROOT "\n"

static struct span
span_of(const char *text)
{
    return (struct span){(const uint8_t *)text, strlen(text)};
}

START_TEST(numbers_have_one_way_to_be_written_and_a_bound)
{
    static const struct {
        const char *digits;
        uint64_t most;
        enum err want;
        uint64_t value;
    } rows[] = {
        {"0", 0, ERR_OK, 0},
        {"10", 10, ERR_OK, 10},
        {"9223372036854775807", INT64_MAX, ERR_OK, INT64_MAX},
        {"9223372036854775808", INT64_MAX, ERR_RANGE, 0},
        {"18446744073709551616", INT64_MAX, ERR_RANGE, 0},
        {"11", 10, ERR_RANGE, 0},
        {"", 10, ERR_FORMAT, 0},
        {"00", 10, ERR_FORMAT, 0},
        {"01", 10, ERR_FORMAT, 0},
        {"1 ", 10, ERR_FORMAT, 0},
        {"-1", 10, ERR_FORMAT, 0},
        {"0x1", 10, ERR_FORMAT, 0},
        {"99999999999999999999x", INT64_MAX, ERR_FORMAT, 0},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint64_t value = 77;
        ck_assert_msg(note_parse_number(span_of(rows[i].digits), rows[i].most, &value) ==
                          rows[i].want,
                      "row %zu", i);
        ck_assert_uint_eq(value, rows[i].want == ERR_OK ? rows[i].value : 77);
    }
}
END_TEST

START_TEST(hashes_read_and_write_to_the_same_text)
{
    struct hash hash = {{0}}, before;
    char text[NOTE_HASH_BASE64 + 1];

    ck_assert_int_eq(note_parse_hash(span_of(ROOT), &hash), ERR_OK);
    note_format_hash(&hash, text);
    ck_assert_str_eq(text, ROOT);
    before = hash;
    ck_assert_int_eq(note_parse_hash(span_of(ROOT "="), &hash), ERR_FORMAT);
    ck_assert_int_eq(note_parse_hash((struct span){(const uint8_t *)ROOT, 43}, &hash), ERR_FORMAT);
    ck_assert_int_eq(note_parse_hash((struct span){NULL, 0}, &hash), ERR_FORMAT);
    ck_assert_mem_eq(&hash, &before, sizeof hash);
}
END_TEST

START_TEST(lines_are_cut_off_one_by_one)
{
    struct span rest = span_of("one\n\ntwo"), line;

    ck_assert(note_take_line(&rest, &line));
    ck_assert_uint_eq(line.len, 3);
    ck_assert(note_take_line(&rest, &line));
    ck_assert_uint_eq(line.len, 0);
    ck_assert(!note_take_line(&rest, &line));
    ck_assert_uint_eq(rest.len, 3);
    ck_assert_uint_eq(line.len, 0);
    rest = (struct span){NULL, 0};
    ck_assert(!note_take_line(&rest, &line));
}
END_TEST

START_TEST(text_is_parsed_with_its_extension_lines)
{
    struct checkpoint got;

    ck_assert_int_eq(checkpoint_parse(span_of(TEXT "one\ntwo\n"), &got), ERR_OK);
    ck_assert_uint_eq(got.origin.len, strlen("o"));
    ck_assert_uint_eq(got.head.leaf_count, 8);
    ck_assert_uint_eq(got.extension.len, strlen("one\ntwo\n"));
    ck_assert_int_eq(checkpoint_parse(span_of(TEXT), &got), ERR_OK);
    ck_assert_uint_eq(got.extension.len, 0);
}
END_TEST

START_TEST(malformed_texts_are_refused_and_change_nothing)
{
    static const struct {
        const char *text;
        enum err want;
    } rows[] = {
        {"", ERR_FORMAT},
        {"o\n", ERR_FORMAT},
        {"o\n8\n", ERR_FORMAT},
        {"o\n8\n" ROOT, ERR_FORMAT},
        {"\n8\n" ROOT "\n", ERR_FORMAT},
        {"o\n\n" ROOT "\n", ERR_FORMAT},
        {"o\n08\n" ROOT "\n", ERR_FORMAT},
        {"o\n+8\n" ROOT "\n", ERR_FORMAT},
        {"o\n-8\n" ROOT "\n", ERR_FORMAT},
        {"o\n 8\n" ROOT "\n", ERR_FORMAT},
        {"o\n8x\n" ROOT "\n", ERR_FORMAT},
        {"o\n8\n" ROOT " \n", ERR_FORMAT},
        {"o\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQy==\n", ERR_FORMAT},
        {"o\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz-Nw7_RgQyg=\n", ERR_FORMAT},
        {"o\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQygA\n", ERR_FORMAT},
        {"o\n8\n" ROOT "\n\n", ERR_FORMAT},
        {"o\n8\n" ROOT "\nextension", ERR_FORMAT},
        {"o\n8\n" ROOT "\none\n\ntwo\n", ERR_FORMAT},
        {"o\n0\n" ROOT "\n", ERR_FORMAT},
        {"o\n1099511627776\n" ROOT "\n", ERR_RANGE},
        {"o\n9999999999999999999\n" ROOT "\n", ERR_RANGE},
        {"o\n18446744073709551624\n" ROOT "\n", ERR_RANGE}, /* 8 modulo 2^64 */
        {"o\n1099511627775\n" ROOT "\n", ERR_OK},
    };
    struct checkpoint got = {.head = {.leaf_count = 77}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ck_assert_msg(checkpoint_parse(span_of(rows[i].text), &got) == rows[i].want, "row %zu", i);
        if (rows[i].want != ERR_OK)
            ck_assert_uint_eq(got.head.leaf_count, 77);
    }
    ck_assert_int_eq(checkpoint_parse((struct span){NULL, 0}, &got), ERR_FORMAT);
}
END_TEST

START_TEST(longest_checkpoint_of_ours_fits)
{
    char name[NOTE_NAME_MAX + 1] = {0}, text[CHECKPOINT_OURS_MAX + 1];
    struct merkle_head head = {.leaf_count = UINT64_MAX};

    memset(name, 'n', NOTE_NAME_MAX);
    ck_assert_uint_eq(checkpoint_format(name, &head, text), CHECKPOINT_OURS_MAX);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("checkpoint_text");
    TCase *tcase = tcase_create("checkpoint_text");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_test(tcase, numbers_have_one_way_to_be_written_and_a_bound);
    tcase_add_test(tcase, hashes_read_and_write_to_the_same_text);
    tcase_add_test(tcase, lines_are_cut_off_one_by_one);
    tcase_add_test(tcase, text_is_parsed_with_its_extension_lines);
    tcase_add_test(tcase, malformed_texts_are_refused_and_change_nothing);
    tcase_add_test(tcase, longest_checkpoint_of_ours_fits);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
