/*
 * Goal: the form of a request asks for the profile's parts in order, takes answers into the tree
 * and gives them back, and as a text it says the same and comes back whole.
 * Method: trees by hand and by answers; every error once, with the tree unchanged after it; forms
 * written, read, and written again.
 */
#include "clients/officer/mla_form.h"

#include "proto/json_message.h"
#include "proto/limits.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct treaty *korea;
static struct mla_part *parts;
static struct problems problems;
static struct arena *arena;
static char *form;
static json_t *tree;

static void
setup(void)
{
    korea = treaty_find("treaty.jp-kr.2007");
    parts = calloc(MLA_PARTS_MAX, sizeof *parts);
    form = calloc(1, MLA_FORM_BYTES);
    tree = json_object();
    problems = (struct problems){0};
    ck_assert_int_eq(arena_new(ARENA_BYTES_MAX, &arena), ERR_OK);
    ck_assert(korea != NULL && parts != NULL && form != NULL && tree != NULL);
}

static void
teardown(void)
{
    json_decref(tree);
    arena_free(&arena);
    free(form);
    free(parts);
}

static void
set(const char *path, const char *text)
{
    ck_assert_msg(mla_form_set(tree, path, text, &problems) == ERR_OK, "%s: %s", path,
                  problems.list[0].wrong);
}

static void
assert_answer(const char *path, const char *expected)
{
    char answer[256];

    mla_form_answer(tree, path, answer, sizeof answer);
    ck_assert_str_eq(answer, expected);
}

static const Denrei__V1__Mla *
message(void)
{
    ProtobufCMessage *made = NULL;

    arena_reset(arena);
    ck_assert_int_eq(
        json_message_decode(&denrei__v1__mla__descriptor, tree, arena, &made, &problems), ERR_OK);
    return (const Denrei__V1__Mla *)made;
}

/* The part at `path`; NULL if the form has none. */
static const struct mla_part *
part_at(const char *path)
{
    const size_t count = mla_form_parts(korea, tree, message(), parts, MLA_PARTS_MAX);

    for (size_t i = 0; i < count; i++) {
        if (strcmp(parts[i].path.text, path) == 0)
            return &parts[i];
    }
    return NULL;
}

START_TEST(the_parts_are_those_of_the_profile_in_its_order)
{
    const size_t count = mla_form_parts(korea, tree, NULL, parts, MLA_PARTS_MAX);

    ck_assert_uint_ge(count, korea->contents_count);
    ck_assert_str_eq(parts[0].path.text, "reference");
    ck_assert_ptr_nonnull(part_at("request.offences[0].name"));
    ck_assert_ptr_null(part_at("request.offences[1].name"));
    ck_assert_ptr_nonnull(part_at("request.persons[0].names[0].family"));
    const struct treaty_content *last = parts[0].content;
    for (size_t i = 1; i < count; i++) {
        ck_assert(parts[i].content >= last);
        last = parts[i].content;
    }
    ck_assert_uint_eq(mla_form_parts(korea, tree, NULL, parts, 3), 3);
}
END_TEST

START_TEST(a_part_knows_how_it_is_answered)
{
    ck_assert_int_eq(part_at("reference")->answer, MLA_ANSWER_LINE);
    ck_assert_int_eq(part_at("request.facts")->answer, MLA_ANSWER_LINES);
    ck_assert_int_eq(part_at("request.annexes")->answer, MLA_ANSWER_LIST);
    ck_assert_int_eq(part_at("request.proceeding")->answer, MLA_ANSWER_CHOICE);
    ck_assert_int_eq(part_at("request.confidential")->answer, MLA_ANSWER_YES_NO);
}
END_TEST

START_TEST(what_is_needed_follows_the_answers)
{
    ck_assert(part_at("request.facts")->is_needed);
    ck_assert(!part_at("request.assistance[0].questions")->is_needed);
    ck_assert(!part_at("request.persons[0].role")->is_list_needed);
    set("request.assistance[0].measure", "TESTIMONY");
    ck_assert(part_at("request.assistance[0].questions")->is_needed);
    ck_assert(part_at("request.persons[0].role")->is_list_needed);
    ck_assert(part_at("request.persons[0].names[0].script")->is_needed);
    ck_assert(!part_at("request.persons[0].names[0].reading")->is_needed);
    set("request.assistance[0].measure", "SERVICE");
    ck_assert(!part_at("request.facts")->is_needed);
    ck_assert(!part_at("request.written_confirmation_by")->is_needed);
    set("request.urgency_reason", "The trial begins.");
    ck_assert(part_at("request.written_confirmation_by")->is_needed);
}
END_TEST

START_TEST(the_treatys_rules_stand_where_they_matter)
{
    const struct problems none = {0};

    ck_assert_ptr_eq(mla_form_rule(korea, part_at("request.purpose")), &korea->use);
    ck_assert_ptr_eq(mla_form_rule(korea, part_at("request.dual_criminality.conduct")),
                     &korea->dual_rule);
    ck_assert_ptr_eq(mla_form_rule(korea, part_at("request.written_confirmation_by")),
                     &korea->confirmation.rule);
    ck_assert_ptr_null(mla_form_rule(korea, part_at("request.facts")));
    const struct mla_page page = {.treaty = korea,
                                  .requested = treaty_find_party(korea, "KOR"),
                                  .command = "x",
                                  .language = LANGUAGE_EN};
    ck_assert_int_eq(mla_form_write(&page, tree, NULL, &none, form, MLA_FORM_BYTES), ERR_OK);
    ck_assert_ptr_nonnull(strstr(form, "within 10 days"));
    ck_assert_ptr_nonnull(strstr(form, "without prior consent"));
    ck_assert_ptr_nonnull(strstr(form, "# Languages of the requested party: ko, en\n"));
    const struct treaty *russia = treaty_find("treaty.jp-ru.2011");
    ck_assert_str_eq(mla_form_languages(treaty_find_party(russia, "JPN"), LANGUAGE_EN).text,
                     "ja; if urgent: en");
    ck_assert_str_eq(mla_form_languages(NULL, LANGUAGE_EN).text, "");
}
END_TEST

START_TEST(items_of_a_list_are_asked_for_one_after_the_other)
{
    set("request.offences[0].name", "Fraud");
    ck_assert(mla_form_add_item(tree, "request.offences"));
    const struct mla_part *first = part_at("request.offences[0].name");
    ck_assert(first->is_item_begin && !first->is_last_item);
    ck_assert_uint_eq(first->list_len, strlen("request.offences"));
    const struct mla_part *second = part_at("request.offences[1].time_barred_on");
    ck_assert(second->is_item_end && second->is_last_item);
    ck_assert_uint_eq(second->item, 1);

    mla_form_prune(tree, "request.offences");
    ck_assert_ptr_null(mla_form_find(tree, "request.offences[1]"));
    ck_assert_ptr_nonnull(mla_form_find(tree, "request.offences[0]"));
    mla_form_prune(tree, "request.offences"); /* it is not empty */
    ck_assert_ptr_nonnull(mla_form_find(tree, "request.offences[0]"));
    mla_form_prune(tree, "request.persons"); /* there is none */
    ck_assert_ptr_null(mla_form_find(tree, "request.persons"));
}
END_TEST

START_TEST(an_answer_comes_back_as_it_was_given)
{
    set("request.facts", "\n  first line\n\n second line  \n\n");
    assert_answer("request.facts", "first line\n\n second line");
    set("request.facts", "another");
    assert_answer("request.facts", "another");
    set("request.annexes", "one\ntwo\n\nthree\n");
    assert_answer("request.annexes", "one\ntwo\nthree");
    set("request.annexes", "four");
    assert_answer("request.annexes", "four");
    set("request.proceeding", "2");
    assert_answer("request.proceeding", "PROSECUTION");
    set("request.confidential", "はい");
    ck_assert(message()->request->confidential);
    set("request.confidential", "no");
    ck_assert_ptr_null(mla_form_find(tree, "request.confidential"));
    assert_answer("request.purpose", "");
}
END_TEST

START_TEST(an_answer_that_is_taken_away_leaves_nothing_behind)
{
    set("request.persons[0].names[0].family", "KIM");
    set("request.persons[0].names[0].family", "");
    ck_assert_uint_eq(json_object_size(tree), 0);
    set("request.offences[0].name", "Fraud");
    set("request.offences[1].name", "Theft");
    set("request.offences[0].name", " ");
    assert_answer("request.offences[1].name", "Theft"); /* it has not moved */
    set("request.contact.office", "");
    ck_assert_ptr_null(mla_form_find(tree, "request.contact"));
}
END_TEST

START_TEST(a_wrong_answer_is_told_and_changes_nothing)
{
    static const struct {
        const char *path, *text, *wrong;
    } rows[] = {
        {"request.porpose", "x", "no part request.porpose"},
        {"request.contact", "x", "no part request.contact"},
        {"request.purpose.more", "x", "no part"},
        {"", "x", "no part"},
        {"request.proceeding", "SOMETHING", "none of its values"},
        {"request.proceeding", "99", "none of its values"},
        {"request.proceeding", "0", "none of its values"},
        {"request.confidential", "perhaps", "neither yes nor no"},
        {"request.facts", "\xff", "not UTF-8"},
        {"request.offences[2].name", "x", "no place 2"},
    };

    set("request.purpose", "Evidence");
    json_t *before = json_deep_copy(tree);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        problems = (struct problems){0};
        ck_assert_int_eq(mla_form_set(tree, rows[i].path, rows[i].text, &problems), ERR_FORMAT);
        ck_assert_uint_eq(problems.count, 1);
        ck_assert_msg(strstr(problems.list[0].wrong, rows[i].wrong) != NULL, "%s",
                      problems.list[0].wrong);
        ck_assert(json_equal(before, tree));
    }
    json_decref(before);
}
END_TEST

/* ---- as a text */

static void
write_form(enum language language, const struct problems *wrong)
{
    const struct mla_page page = {
        .treaty = korea, .command = "denrei mla new --to kr.moj", .language = language};

    ck_assert_int_eq(mla_form_write(&page, tree, message(), wrong, form, MLA_FORM_BYTES), ERR_OK);
}

static json_t *
read_form(const char *text, enum err expected)
{
    const size_t len = strlen(text);
    uint8_t *exact = malloc(len == 0 ? 1 : len); /* a file has no NUL at its end */
    json_t *read = NULL;

    ck_assert_ptr_nonnull(exact);
    memcpy(exact, text, len);
    problems = (struct problems){0};
    ck_assert_int_eq(mla_form_read((struct span){exact, len}, &read, &problems), expected);
    ck_assert(expected == ERR_OK ? read != NULL : read == NULL);
    free(exact);
    return read;
}

START_TEST(a_form_comes_back_whole)
{
    const struct problems none = {0};

    set("reference", "MOJ-1");
    set("request.facts", "# no comment\n[no part]\n\\ no mark\n\nend");
    set("request.confidential", "yes");
    set("request.annexes", "one\ntwo");
    set("request.assistance[0].measure", "TESTIMONY");
    set("request.assistance[0].questions", "Who?\nWhen?");
    set("request.offences[0].name", "Fraud");
    set("request.offences[1].name", "詐欺");
    set("request.persons[0].names[0].family", "金");
    set("their_reference", "KR-1"); /* the profile does not ask for these two */
    set("request.persons[0].sex", "FEMALE");
    for (int language = LANGUAGE_EN; language <= LANGUAGE_JA; language++) {
        write_form((enum language)language, &none);
        json_t *read = read_form(form, ERR_OK);
        char *left = json_dumps(tree, JSON_SORT_KEYS), *right = json_dumps(read, JSON_SORT_KEYS);
        /* Yes is "true" in a text. */
        ck_assert_str_eq(left, right);
        free(left);
        free(right);
        json_decref(read);
    }
}
END_TEST

START_TEST(an_empty_form_has_every_part_with_its_article)
{
    const struct problems none = {0};

    write_form(LANGUAGE_EN, &none);
    ck_assert_ptr_nonnull(strstr(form, "[request.facts]\n"));
    ck_assert_ptr_nonnull(strstr(form, "MANDATORY (UNTOC Art. 18(15)(c))"));
    ck_assert_ptr_nonnull(strstr(form, "TESTIMONY"));
    write_form(LANGUAGE_JA, &none);
    ck_assert_ptr_nonnull(strstr(form, "必須"));
    ck_assert_ptr_nonnull(strstr(form, "関係する事実の概要"));
    json_t *read = read_form(form, ERR_OK);
    ck_assert_uint_eq(json_object_size(read), 0);
    json_decref(read);
}
END_TEST

START_TEST(a_form_may_end_anywhere)
{
    json_t *read = read_form("[reference]\nA\n", ERR_OK);

    json_decref(read);
    for (const char *const *end = (const char *const[]){"", " ", "#", "# \n\t ", NULL};
         *end != NULL; end++) {
        read = read_form(*end, ERR_OK);
        ck_assert_uint_eq(json_object_size(read), 0);
        json_decref(read);
    }
}
END_TEST

START_TEST(what_is_wrong_stands_above_its_part)
{
    struct problems wrong = {0};

    problems_add(&wrong, "request.purpose", "write it", "it is missing");
    write_form(LANGUAGE_EN, &wrong);
    const char *told = strstr(form, "# !! it is missing -> write it\n[request.purpose]\n");
    ck_assert_ptr_nonnull(told);
    ck_assert_ptr_nonnull(strstr(form, "# !! request.purpose: it is missing"));
}
END_TEST

START_TEST(a_problem_finds_its_line)
{
    static const char text[] = "# x\n[reference]\nA\n[request.contact.office]\n\n"
                               "[request.offences[0].name]\n[request.offences[0].provisions]\n";

    ck_assert_uint_eq(mla_form_line(text, "reference"), 2);
    ck_assert_uint_eq(mla_form_line(text, "request.contact"), 4);
    ck_assert_uint_eq(mla_form_line(text, "request.offences[0].provisions"), 7);
    ck_assert_uint_eq(mla_form_line(text, "request.offences"), 6);
    ck_assert_uint_eq(mla_form_line(text, "request.persons"), 1);
    ck_assert_uint_eq(mla_form_line("", "reference"), 1);
}
END_TEST

START_TEST(a_form_with_an_error_is_told_by_its_line)
{
    static const struct {
        const char *text, *path, *wrong;
    } rows[] = {
        {"lost words\n", "line 1", "belongs to no part"},
        {"lost \n  lost", "line 1", "belongs to no part"},
        {"[reference\nA\n", "line 1", "names no part"},
        {"[]\nA\n", "line 1", "names no part"},
        {"# x\n[request.porpose]\nA\n", "line 2, request.porpose", "no part request.porpose"},
        {"[request.proceeding]\nSOMETHING\n", "line 1, request.proceeding", "none of its values"},
        {"[request.offences[1].name]\nA\n", "line 1, request.offences[1].name", "no place 1"},
        {"[reference]\n\xff\n", "line 1, reference", "not UTF-8"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        (void)read_form(rows[i].text, ERR_FORMAT);
        ck_assert_str_eq(problems.list[0].path.text, rows[i].path);
        ck_assert_msg(strstr(problems.list[0].wrong, rows[i].wrong) != NULL, "%s",
                      problems.list[0].wrong);
    }
    json_t *read = NULL;
    ck_assert_int_eq(
        mla_form_read((struct span){(const uint8_t *)"[reference]\nA\0B", 15}, &read, &problems),
        ERR_FORMAT);
    ck_assert_ptr_null(read);
}
END_TEST

START_TEST(a_form_that_does_not_fit_is_told)
{
    const struct mla_page page = {.treaty = korea, .command = "x", .language = LANGUAGE_EN};
    const struct problems none = {0};

    ck_assert_int_eq(mla_form_write(&page, tree, NULL, &none, form, 500), ERR_FULL);
    ck_assert_str_eq(form, "");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("mla_form");
    TCase *cases = tcase_create("mla_form");

    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, the_parts_are_those_of_the_profile_in_its_order);
    tcase_add_test(cases, a_part_knows_how_it_is_answered);
    tcase_add_test(cases, what_is_needed_follows_the_answers);
    tcase_add_test(cases, the_treatys_rules_stand_where_they_matter);
    tcase_add_test(cases, items_of_a_list_are_asked_for_one_after_the_other);
    tcase_add_test(cases, an_answer_comes_back_as_it_was_given);
    tcase_add_test(cases, an_answer_that_is_taken_away_leaves_nothing_behind);
    tcase_add_test(cases, a_wrong_answer_is_told_and_changes_nothing);
    tcase_add_test(cases, a_form_comes_back_whole);
    tcase_add_test(cases, an_empty_form_has_every_part_with_its_article);
    tcase_add_test(cases, a_form_may_end_anywhere);
    tcase_add_test(cases, what_is_wrong_stands_above_its_part);
    tcase_add_test(cases, a_problem_finds_its_line);
    tcase_add_test(cases, a_form_with_an_error_is_told_by_its_line);
    tcase_add_test(cases, a_form_that_does_not_fit_is_told);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
