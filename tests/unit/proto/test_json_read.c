/*
 * Goal: JSON text and pairs become one tree; what is wrong is named with its line and column, or
 * its path, and what to do; a pair that is refused leaves the tree as it was.
 */
#include "proto/json_read.h"

#include "proto/lost_passport.pb-c.h"
#include "proto/suspect_alert.pb-c.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static const ProtobufCMessageDescriptor *const lost = &denrei__v1__lost_passport__descriptor;
static const ProtobufCMessageDescriptor *const alert = &denrei__v1__suspect_alert__descriptor;

static struct problems problems;

static void
setup(void)
{
    problems = (struct problems){0};
}

static struct span
span_of(const char *text)
{
    return (struct span){(const uint8_t *)text, strlen(text)};
}

START_TEST(comment_lines_are_left_out_and_all_else_is_kept)
{
    json_t *tree = NULL;

    ck_assert_int_eq(json_read_text(span_of("\xef\xbb\xbf# a form\n"
                                            "  // with comments\n"
                                            "{\"a\": \"// no comment # either\",\n"
                                            "\t# \"a\": 2,\n"
                                            "\"b\": [1, 2]}\n//"),
                                    &tree, &problems),
                     ERR_OK);
    ck_assert(problems_is_empty(&problems));
    ck_assert_str_eq(json_string_value(json_object_get(tree, "a")), "// no comment # either");
    ck_assert_uint_eq(json_array_size(json_object_get(tree, "b")), 2);
    json_decref(tree);
}
END_TEST

static const struct {
    const char *text, *where, *wrong, *cure;
} wrong_texts[] = {
    {"{\n\n  \"a\": 1,,\n}", "line 3, column 10", "expected near ','", "comma"},
    {"# x\n// y\n{\"a\": }", "line 3, column 7", "unexpected token", "comma"},
    {"{\"a\": 1,\n\"a\": 2}", "line 2, column 3", "duplicate", "Take one"},
    {"{\"a\": \"x", "line 1, column 8", "premature", "Close"},
    {"{\"a\": \"\xff\"}", "line 1, column 7", "byte 0xff", "UTF-8"},
    {"{\"a\": \"x\\u0000y\"}", "line 1, column 16", "\\u0000", "zero character"},
    {"{\"a\": 99999999999999999999}", "line 1, column 26", "too big", "smaller"},
    {"", "line 1, column 0", "'[' or '{'", ""},
    {"# only a comment", "line 1, column 16", "'[' or '{'", ""},
    {"[1]", "line 1, column 1", "not a list", "{"},
    {"{} {}", "line 1, column 4", "end of file expected", ""},
};

enum { WRONG_TEXTS = sizeof wrong_texts / sizeof wrong_texts[0] };

START_TEST(what_is_not_json_is_named_with_line_and_column)
{
    json_t unchanged, *tree = &unchanged;

    ck_assert_int_eq(json_read_text(span_of(wrong_texts[_i].text), &tree, &problems), ERR_FORMAT);
    ck_assert_ptr_null(tree);
    ck_assert_uint_eq(problems.count, 1);
    ck_assert_str_eq(problems.list[0].path.text, wrong_texts[_i].where);
    ck_assert_msg(strstr(problems.list[0].wrong, wrong_texts[_i].wrong) != NULL, "%s",
                  problems.list[0].wrong);
    ck_assert_msg(strstr(problems.list[0].cure, wrong_texts[_i].cure) != NULL, "%s",
                  problems.list[0].cure);
}
END_TEST

START_TEST(nesting_and_length_are_bounded)
{
    static uint8_t text[JSON_TEXT_BYTES_MAX + 1];
    json_t *tree = NULL;

    memset(text, ' ', sizeof text);
    ck_assert_int_eq(json_read_text((struct span){text, sizeof text}, &tree, &problems),
                     ERR_FORMAT);
    memset(text, '[', sizeof text);
    ck_assert_int_eq(json_read_text((struct span){text, sizeof text - 1}, &tree, &problems),
                     ERR_FORMAT);
    ck_assert_uint_eq(problems.count, 2);
    ck_assert_ptr_null(tree);
}
END_TEST

START_TEST(pairs_fill_a_tree_in_any_mixture_with_text)
{
    static const char *const pairs[] = {
        "documents[0].number=TR0000001",
        "documents[1].number=TR=2",
        "documents[1].status=stolen",
        "instructions.contact.office=外務省",
        "instructions.actions=COPY",
        "instructions.actions[1]=SEIZE",
        "instructions.note=",
    };
    json_t *tree = NULL;
    char *text = NULL;

    ck_assert_int_eq(json_read_text(span_of("{\"documents\": [{\"number\": \"X\"}],"
                                            "\"instructions\": null}"),
                                    &tree, &problems),
                     ERR_OK);
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        ck_assert_int_eq(json_read_pair(lost, pairs[i], tree, &problems), ERR_OK);
    ck_assert(problems_is_empty(&problems));
    text = json_dumps(tree, JSON_COMPACT);
    ck_assert_str_eq(text, "{\"documents\":[{\"number\":\"TR0000001\"},"
                           "{\"number\":\"TR=2\",\"status\":\"stolen\"}],"
                           "\"instructions\":{\"contact\":{\"office\":\"外務省\"},"
                           "\"actions\":[\"COPY\",\"SEIZE\"],\"note\":\"\"}}");
    free(text);
    json_decref(tree);
}
END_TEST

static const struct {
    const char *pair, *path, *wrong, *cure;
} wrong_pairs[] = {
    {"", "", "missing", "field=value"},
    {"=x", "", "missing", "field=value"},
    {"place_of_birth", "place_of_birth", "single value", "'='"},
    {"place_of_birth.x=1", "place_of_birth", "single value", "'='"},
    {"place_of_brith=Busan", "place_of_brith", "no field \"place_of_brith\"",
     "Did you mean place_of_birth"},
    {"xyzzy=1", "xyzzy", "no field", "The fields here are: role, "},
    {"names[0].scirpt=HAN", "names[0].scirpt", "no field", "Did you mean script?"},
    {"names.script=HAN", "names", "list", "Write names[0], names[1]"},
    {"names[2].script=HAN", "names[2]", "its next is 1", "Write names[1]."},
    {"names[].script=HAN", "names", "number", "documents[0]"},
    {"names[0.script=HAN", "names", "number", "documents[0]"},
    {"names[9999999].script=HAN", "names", "number", "documents[0]"},
    {"names[0]=Yamada", "names[0]", "group of fields", "'.'"},
    {"names[1].", "names[1].", "missing", "field=value"},
    {"nationalities[3]=KOR", "nationalities[3]", "no place 3", "Write nationalities[0]."},
    {"sex[0]=MALE", "sex[0]", "no list", "Leave"},
    {"aliases[0].full=x", "aliases[0]", "no list", "[ ... ]"},
    {"contact.office=x", "contact", "group of fields", "'.'"},
    {"place_of_birth=\xff", "place_of_birth", "UTF-8", "UTF-8"},
};

enum { WRONG_PAIRS = sizeof wrong_pairs / sizeof wrong_pairs[0] };

START_TEST(a_wrong_pair_is_named_and_leaves_the_tree_as_it_was)
{
    json_t *tree = json_pack("{s:[{s:s}], s:s, s:s}", "names", "script", "LATIN", "aliases", "x",
                             "contact", "y");
    json_t *before = json_deep_copy(tree);

    ck_assert_int_eq(json_read_pair(alert, wrong_pairs[_i].pair, tree, &problems), ERR_FORMAT);
    ck_assert(json_equal(tree, before));
    ck_assert_uint_eq(problems.count, 1);
    ck_assert_str_eq(problems.list[0].path.text, wrong_pairs[_i].path);
    ck_assert_msg(strstr(problems.list[0].wrong, wrong_pairs[_i].wrong) != NULL, "%s",
                  problems.list[0].wrong);
    ck_assert_msg(strstr(problems.list[0].cure, wrong_pairs[_i].cure) != NULL, "%s",
                  problems.list[0].cure);
    json_decref(before);
    json_decref(tree);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("json_read");
    TCase *tcase = tcase_create("json_read");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_test(tcase, comment_lines_are_left_out_and_all_else_is_kept);
    tcase_add_loop_test(tcase, what_is_not_json_is_named_with_line_and_column, 0, WRONG_TEXTS);
    tcase_add_test(tcase, nesting_and_length_are_bounded);
    tcase_add_test(tcase, pairs_fill_a_tree_in_any_mixture_with_text);
    tcase_add_loop_test(tcase, a_wrong_pair_is_named_and_leaves_the_tree_as_it_was, 0, WRONG_PAIRS);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
