/*
 * Goal: a profile is read as it is written, every error in one is told with its line and remedy,
 * and each profile of this build is whole.
 * Method: one small good profile; one change at a time, and the one problem that it makes; the
 * generated table against its own files.
 */
#include "proto/treaty.h"

#include "proto/field.h"
#include "proto/limits.h"
#include "proto/state_code.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RULE          "article = Art. 1\ntext = Words.\ntext.ja = 言葉。\n"
#define CONTENT(path) "[content " path "]\nneed = mandatory\n" RULE

static const char good[] = "# a comment\n"
                           "[treaty treaty.jp-xx.2030]\n"
                           "title = A Treaty of\n"
                           "    two lines\n"
                           "title.ja = 二行に\n"
                           "    わたる題名\n"
                           "in-force = 2030-01-02\n"
                           "channels = CENTRAL_AUTHORITIES\n"
                           "source = one\n"
                           "source = two\n"
                           "\n"
                           "[party JPN]\n"
                           "name = Japan\n"
                           "name.ja = 日本国\n"
                           "languages = ja en\n"
                           "article = Art. 2\n"
                           "[party KOR]\n"
                           "name = Korea\n"
                           "name.ja = 韓国\n"
                           "urgent-languages = en\n"
                           "article = Art. 2\n"
                           "[authority JPN]\n"
                           "role = CENTRAL_AUTHORITY\n"
                           "does = send receive\n"
                           "name = M\n"
                           "name.ja = 大臣\n"
                           "article = Art. 3\n"
                           "[authority KOR]\n"
                           "role = POLICE\n"
                           "does = receive\n"
                           "name = P\n"
                           "name.ja = 警察\n"
                           "article = Art. 3\n"
                           "[content request.requesting_authority]\n"
                           "need = mandatory\n"
                           "article = Art. 1\n"
                           "text = Words.\n"
                           "text.ja = 言葉。\n"
                           "[content request.conducting_authority]\n"
                           "need = mandatory\n"
                           "article = Art. 1\n"
                           "text = Words.\n"
                           "text.ja = 言葉。\n"
                           "[content request.subject_matter]\n"
                           "need = mandatory\n"
                           "article = Art. 1\n"
                           "text = Words.\n"
                           "text.ja = 言葉。\n"
                           "[content request.facts]\n"
                           "need = mandatory except SERVICE\n"
                           "article = Art. 1\n"
                           "text = Words.\n"
                           "text.ja = 言葉。\n"
                           "[content request.assistance.questions]\n"
                           "need = mandatory for TESTIMONY, VIDEO_HEARING\n"
                           "article = Art. 1\n"
                           "text = Words.\n"
                           "text.ja = 言葉。\n"
                           "[content request.assistance.description]\n"
                           "need = mandatory\n"
                           "article = Art. 1\n"
                           "text = Words.\n"
                           "text.ja = 言葉。\n"
                           "[content request.persons.names]\n"
                           "need = mandatory\n"
                           "article = Art. 1\n"
                           "text = Words.\n"
                           "text.ja = 言葉。\n"
                           "[content request.purpose]\n"
                           "need = mandatory\n"
                           "article = Art. 1\n"
                           "text = Words.\n"
                           "text.ja = 言葉。\n"
                           "[content request.language]\n"
                           "need = mandatory\n"
                           "article = Art. 1\n"
                           "text = Words.\n"
                           "text.ja = 言葉。\n"
                           "[content request.urgency_reason]\n"
                           "need = optional\n"
                           "article = Art. 1\n"
                           "text = Words.\n"
                           "text.ja = 言葉。\n"
                           "[content request.written_confirmation_by]\n"
                           "need = mandatory if urgent\n"
                           "article = Art. 1\n"
                           "text = Words.\n"
                           "text.ja = 言葉。\n"
                           "[refusal POLITICAL_OFFENCE]\n"
                           "manner = shall\n"
                           "article = Art. 1\n"
                           "text = Words.\n"
                           "text.ja = 言葉。\n"
                           "[refusal DUAL_CRIMINALITY]\n"
                           "manner = may\n"
                           "article = Art. 1\n"
                           "text = Words.\n"
                           "text.ja = 言葉。\n"
                           "[confirmation]\n"
                           "days = 10\n"
                           "article = Art. 1\n"
                           "text = Words.\n"
                           "text.ja = 言葉。\n"
                           "[deadline acknowledge]\n"
                           "days = 7\n"
                           "article = Art. 1\n"
                           "text = Words.\n"
                           "text.ja = 言葉。\n"
                           "[use]\n"
                           "article = Art. 1\n"
                           "text = Words.\n"
                           "text.ja = 言葉。\n"
                           "[dual-criminality]\n"
                           "manner = may\n"
                           "article = Art. 1\n"
                           "text = Words.\n"
                           "text.ja = 言葉。\n";

static struct arena *arena;
static struct problems problems;

static void
setup(void)
{
    ck_assert_int_eq(arena_new(2 << 20, &arena), ERR_OK);
    problems = (struct problems){0};
}

static void
teardown(void)
{
    arena_free(&arena);
}

static const struct treaty *
parse(const char *text, enum err expected)
{
    const struct treaty *treaty = NULL;
    const struct span span = {(const uint8_t *)text, strlen(text)};

    problems = (struct problems){0};
    arena_reset(arena);
    const enum err err = treaty_parse("x.profile", span, arena, &treaty, &problems);
    ck_assert_msg(err == expected, "%s: %s", problems.list[0].path.text, problems.list[0].wrong);
    ck_assert(expected == ERR_OK || treaty == NULL);
    return treaty;
}

/* The good profile with its first `from` replaced by `to`. */
static char *
change(const char *from, const char *to)
{
    const char *at = strstr(good, from);
    char *text = NULL;

    ck_assert_msg(at != NULL, "%s", from);
    ck_assert(asprintf(&text, "%.*s%s%s", (int)(at - good), good, to, at + strlen(from)) > 0);
    return text;
}

START_TEST(a_profile_is_read_as_it_is_written)
{
    const struct treaty *treaty = parse(good, ERR_OK);

    ck_assert_str_eq(treaty->id, "treaty.jp-xx.2030");
    ck_assert_str_eq(treaty->title, "A Treaty of two lines");
    ck_assert_str_eq(treaty->title_ja, "二行にわたる題名");
    ck_assert_str_eq(treaty->in_force, "2030-01-02");
    ck_assert_uint_eq(treaty->channels,
                      1U << DENREI__V1__MLA_CHANNEL__MLA_CHANNEL_CENTRAL_AUTHORITIES);
    ck_assert_uint_eq(treaty->sources_count, 2);
    ck_assert_str_eq(treaty->sources[1], "two");
    ck_assert_uint_eq(treaty->checks_count, 0);
    ck_assert_uint_eq(treaty->parties_count, 2);
    ck_assert_uint_eq(treaty->parties[0].languages_count, 2);
    ck_assert_str_eq(treaty->parties[0].languages[1], "en");
    ck_assert_uint_eq(treaty->parties[1].urgent_languages_count, 1);
    ck_assert(treaty->authorities[0].may_send && treaty->authorities[0].may_receive);
    ck_assert(!treaty->authorities[1].may_send);
    ck_assert_int_eq(treaty->authorities[1].role, DENREI__V1__ROLE__ROLE_POLICE);
    ck_assert_uint_eq(treaty->contents_count, 11);
    ck_assert_uint_eq(treaty->confirmation.days, 10);
    ck_assert_str_eq(treaty->confirmation.rule.text_ja, "言葉。");
    ck_assert_uint_eq(treaty->deadlines[TREATY_ACKNOWLEDGE].days, 7);
    ck_assert_uint_eq(treaty->deadlines[TREATY_ANSWER].days, 0);
    ck_assert_int_eq(treaty->dual, TREATY_DUAL_DISCRETIONARY);
    ck_assert_str_eq(treaty->use.article, "Art. 1");
    ck_assert_str_eq(treaty->file_text, good);
}
END_TEST

START_TEST(a_need_is_read_with_its_measures)
{
    const struct treaty *treaty = parse(good, ERR_OK);
    const struct treaty_content *facts = treaty_find_content(treaty, "request.facts");
    const struct treaty_content *questions =
        treaty_find_content(treaty, "request.assistance.questions");

    ck_assert_int_eq(facts->need, TREATY_EXCEPT);
    ck_assert_uint_eq(facts->measures, 1U << DENREI__V1__MLA_MEASURE__MLA_MEASURE_SERVICE);
    ck_assert_int_eq(questions->need, TREATY_FOR);
    ck_assert_uint_eq(questions->measures,
                      1U << DENREI__V1__MLA_MEASURE__MLA_MEASURE_TESTIMONY |
                          1U << DENREI__V1__MLA_MEASURE__MLA_MEASURE_VIDEO_HEARING);
    ck_assert_int_eq(treaty_find_content(treaty, "request.urgency_reason")->need, TREATY_OPTIONAL);
    ck_assert_int_eq(treaty_find_content(treaty, "request.written_confirmation_by")->need,
                     TREATY_URGENT);
    ck_assert_int_eq(treaty_find_content(treaty, "request.purpose")->need, TREATY_MANDATORY);
    ck_assert_ptr_null(treaty_find_content(treaty, "request.expenses"));
}
END_TEST

static const struct {
    const char *from, *to; /* in the good profile */
    const char *path, *wrong, *cure;
} ERRORS[] = {
    {"# a comment\n", "title = x\n", "line 1", "in no section", "[treaty"},
    {"[party JPN]", "[party JPN", "line 12", "not closed", "[party JPN]"},
    {"[party JPN]", "[]", "line 12", "not closed, or empty", "[party JPN]"},
    {"[party JPN]", "[partei JPN]", "line 12", "no section [partei]", "[party]"},
    {"[use]", "[qqqqqqqqqqqqqqq]", "line", "no section [qqqq", "the sections are: treaty"},
    {"[use]\n", "[use it]\n", "line", "takes nothing after it", "leave it out"},
    {"name = Japan\n", "name Japan\n", "line 13", "no key and \"=\"", "days = 10"},
    {"name = Japan\n", "= Japan\n", "line 13", "no key and \"=\"", "days = 10"},
    {"name = Japan\n", "nane = Japan\n", "line 13", "no key nane", "did you mean name?"},
    {"name = Japan\n", "qqqqqqqqqqqqq = Japan\n", "line 13", "no key qqqq", "its keys are: name"},
    {"name = Japan\n", "name = \n", "line 13", "name is empty", "write its value"},
    {"name = Japan\n", "", "line 12", "lacks name", "add a line: name = ..."},
    {"name = Japan\n", "name = Japan\nname = J\n", "line 14", "stands twice", "leave one"},
    {"languages = ja en", "languages = ja English", "line 15", "\"English\" is no language",
     "ISO 639"},
    {"[treaty treaty.jp-xx.2030]", "[treaty JP]", "line 2", "no id of a legal basis",
     "treaty.jp-kr"},
    {"in-force = 2030-01-02", "in-force = 2030", "line 7", "\"2030\" is no date", "2007-01-26"},
    {"channels = CENTRAL", "channels = CENTRALE", "line 8", "none of its values",
     "CENTRAL_AUTHORITIES"},
    {"channels = CENTRAL_AUTHORITIES", "channels = ,", "line 8", "no value of", "name one or more"},
    {"[party KOR]", "[party DEU]", "line", "\"DEU\" is no state", "did you mean D (Germany)"},
    {"[party KOR]", "[party 123]", "line", "\"123\" is no state", "as in: JPN"},
    {"[party KOR]", "[party JPN]", "line", "a section [party JPN] above", "make one section"},
    {"[authority KOR]", "[authority CHN]", "x.profile", "authority of CHN is of no party",
     "[party"},
    {"role = POLICE", "role = POLICEMAN", "line", "none of its values", "POLICE"},
    {"does = receive", "does = forward", "line", "cannot \"forward\"", "send, receive"},
    {"[content request.purpose]", "[content request.porpose]", "line", "no field \"porpose\"",
     "purpose"},
    {"[content request.purpose]", "[content request.purpose.x]", "line", "no parts",
     "end the path"},
    {"[content request.persons.names]", "[content request.persons.names.full]", "line",
     "no parts that a profile can ask for", "end the path"},
    {"need = mandatory except SERVICE", "need = sometimes", "line", "does not say when",
     "optional"},
    {"need = mandatory except SERVICE", "need = optional for SERVICE", "line", "does not say when",
     "except"},
    {"need = mandatory except SERVICE", "need = mandatory if it rains", "line", "does not say when",
     "urgent"},
    {"need = mandatory except SERVICE", "need = mandatory except", "line", "no value of",
     "one or more"},
    {"need = mandatory except SERVICE", "need = mandatory except SURVICE", "line",
     "none of its values", "SERVICE"},
    {"[refusal POLITICAL_OFFENCE]", "[refusal BANK_SECRECY]", "line", "none of its values", ""},
    {"manner = shall", "manner = must", "line", "\"must\" does not say whether", "may, or shall"},
    {"days = 10", "days = ten", "line", "\"ten\" is no number of days", "days = 10"},
    {"days = 10", "days = 0", "line", "\"0\" is no number of days", "days = 10"},
    {"days = 10", "days = 99999", "line", "is no number of days", "days = 10"},
    {"[deadline acknowledge]", "[deadline someday]", "line", "no deadline \"someday\"",
     "[deadline reply]"},
    {"[dual-criminality]\nmanner = may", "[dual-criminality]\nmanner = perhaps", "line",
     "what follows where the facts", "may, shall, or none"},
    {"[use]\n" RULE, "", "x.profile", "no section [use]", "UNTOC Art. 18(19)"},
    {CONTENT("request.purpose"), "", "x.profile", "request.purpose", "UNTOC Art. 18(15)(f)"},
    {"Words.", "Wo\rrds.", "line", "control character (byte 0d)", "plain UTF-8"},
    {"Words.", "Wo\xffrds.", "x.profile", "not UTF-8", "plain UTF-8"},
};

START_TEST(an_error_is_told_with_its_line_and_remedy)
{
    char *text = change(ERRORS[_i].from, ERRORS[_i].to);

    (void)parse(text, ERR_FORMAT);
    const struct problem *first = &problems.list[0];
    ck_assert_msg(strstr(first->path.text, ERRORS[_i].path) != NULL, "%s: %s", first->path.text,
                  first->wrong);
    ck_assert_msg(strstr(first->wrong, ERRORS[_i].wrong) != NULL, "%s", first->wrong);
    ck_assert_msg(strstr(first->cure, ERRORS[_i].cure) != NULL, "%s", first->cure);
    ck_assert_str_ne(first->cure, "");
    free(text);
}
END_TEST

START_TEST(all_errors_of_a_profile_are_told_at_once)
{
    char *text = change("name = Japan\nname.ja = 日本国\n", "name.ja = \nnome = J\n");

    (void)parse(text, ERR_FORMAT);
    ck_assert_uint_eq(problems.count, 3);
    free(text);
}
END_TEST

START_TEST(what_is_too_long_or_too_much_is_refused)
{
    const size_t bytes = TREATY_BYTES_MAX + 2;
    char *text = malloc(bytes);

    ck_assert_ptr_nonnull(text);
    memset(text, '#', bytes - 1);
    text[bytes - 1] = '\0';
    (void)parse(text, ERR_FORMAT);
    ck_assert_ptr_nonnull(strstr(problems.list[0].wrong, "more than"));
    for (size_t i = 0; i + 5 < bytes; i += 4)
        memcpy(text + i, "a=b\n", 4);
    text[40000] = '\0';
    (void)parse(text, ERR_FORMAT);
    bool is_told = false;
    for (size_t i = 0; i < problems.count; i++)
        is_told = is_told || strstr(problems.list[i].wrong, "too many lines") != NULL;
    ck_assert(is_told);
    free(text);
}
END_TEST

START_TEST(a_full_arena_is_told)
{
    const struct treaty *treaty = (const struct treaty *)good;
    const struct span span = {(const uint8_t *)good, strlen(good)};

    for (size_t bytes = 1 << 10; bytes < 130 << 10; bytes += 9 << 10) {
        struct arena *small = NULL;
        ck_assert_int_eq(arena_new(bytes, &small), ERR_OK);
        ck_assert_int_eq(treaty_parse("x", span, small, &treaty, &problems), ERR_NOMEM);
        ck_assert_ptr_null(treaty);
        arena_free(&small);
    }
}
END_TEST

/* ---- the profiles of this build */

static const char *const IDS[] = {"treaty.jp-us.2006", "treaty.jp-kr.2007", "treaty.jp-cn.2008",
                                  "treaty.jp-hk.2009", "treaty.jp-eu.2011", "treaty.jp-ru.2011",
                                  "treaty.jp-vn.2022", "convention.untoc",  "channel.diplomatic"};

START_TEST(each_profile_is_whole)
{
    const struct treaty *treaty = treaty_find(IDS[_i]);

    ck_assert_ptr_nonnull(treaty);
    ck_assert_str_eq(treaty->id, IDS[_i]);
    ck_assert_uint_gt(treaty->confirmation.days, 0);
    for (int i = 0; i < TREATY_DEADLINES; i++)
        ck_assert_uint_gt(treaty->deadlines[i].days, 0);
    ck_assert_int_ne(treaty->dual, TREATY_DUAL_NONE);
    ck_assert_uint_gt(treaty->sources_count, 0);
    ck_assert_uint_gt(treaty->checks_count, 0);
    ck_assert_ptr_nonnull(
        treaty_find_refusal(treaty, DENREI__V1__MLA_GROUND__MLA_GROUND_DUAL_CRIMINALITY));
    ck_assert_ptr_nonnull(treaty_find_content(treaty, "request.dual_criminality.conduct"));
    ck_assert_int_eq(treaty_find_content(treaty, "request.written_confirmation_by")->need,
                     TREATY_URGENT);
    ck_assert_ptr_nonnull(treaty_find_party(treaty, "JPN"));
    const Denrei__V1__Role role = strcmp(IDS[_i], "channel.diplomatic") == 0
                                      ? DENREI__V1__ROLE__ROLE_FOREIGN_MINISTRY
                                      : DENREI__V1__ROLE__ROLE_CENTRAL_AUTHORITY;
    for (size_t i = 0; i < treaty->parties_count; i++) {
        ck_assert(treaty_may(treaty, treaty->parties[i].country, &role, 1, true));
        ck_assert(treaty_may(treaty, treaty->parties[i].country, &role, 1, false));
    }
    for (size_t i = 0; i < treaty->contents_count; i++)
        ck_assert_msg(strstr(treaty->contents[i].rule.text_ja, "。") != NULL, "%s",
                      treaty->contents[i].path);
}
END_TEST

START_TEST(a_profile_is_what_its_file_says)
{
    const struct treaty *built = treaty_at((size_t)_i);
    const struct treaty *read = parse(built->file_text, ERR_OK);

    ck_assert_str_eq(read->id, built->id);
    ck_assert_str_eq(read->title_ja, built->title_ja);
    ck_assert_uint_eq(read->contents_count, built->contents_count);
    for (size_t i = 0; i < read->contents_count; i++) {
        ck_assert_str_eq(read->contents[i].path, built->contents[i].path);
        ck_assert_int_eq(read->contents[i].need, built->contents[i].need);
        ck_assert_uint_eq(read->contents[i].measures, built->contents[i].measures);
        ck_assert_str_eq(read->contents[i].rule.text_ja, built->contents[i].rule.text_ja);
        ck_assert_str_eq(read->contents[i].rule.article, built->contents[i].rule.article);
    }
    ck_assert_uint_eq(read->refusals_count, built->refusals_count);
    ck_assert_uint_eq(read->parties_count, built->parties_count);
    for (size_t i = 0; i < read->parties_count; i++)
        ck_assert_uint_eq(read->parties[i].languages_count, built->parties[i].languages_count);
}
END_TEST

START_TEST(a_legal_basis_finds_its_profile)
{
    ck_assert_uint_eq(treaty_count(), sizeof IDS / sizeof IDS[0]);
    ck_assert_str_eq(treaty_find("convention.untoc.jp-th")->id, "convention.untoc");
    ck_assert_str_eq(treaty_find("treaty.jp-kr.2007")->id, "treaty.jp-kr.2007");
    ck_assert_ptr_null(treaty_find("treaty.jp-kr.20071"));
    ck_assert_ptr_null(treaty_find("treaty.jp-kr"));
    ck_assert_ptr_null(treaty_find(""));
}
END_TEST

START_TEST(parties_and_authorities_are_told_apart)
{
    const struct treaty *untoc = treaty_find("convention.untoc");
    const struct treaty *korea = treaty_find("treaty.jp-kr.2007");
    const Denrei__V1__Role police = DENREI__V1__ROLE__ROLE_POLICE;
    const Denrei__V1__Role central = DENREI__V1__ROLE__ROLE_CENTRAL_AUTHORITY;

    ck_assert_str_eq(treaty_find_party(untoc, "THA")->country, "*");
    ck_assert_str_eq(treaty_find_party(untoc, "JPN")->country, "JPN");
    ck_assert_ptr_null(treaty_find_party(korea, "THA"));
    ck_assert(!treaty_may(korea, "KOR", &police, 1, true));
    ck_assert(!treaty_may(korea, "THA", &central, 1, true));
    ck_assert(!treaty_may(korea, "KOR", NULL, 0, true));
    ck_assert(treaty_may(untoc, "THA", &central, 1, false));
    ck_assert_ptr_null(
        treaty_find_refusal(korea, DENREI__V1__MLA_GROUND__MLA_GROUND_NO_RECIPROCITY));
}
END_TEST

START_TEST(a_deadline_ends_with_its_day)
{
    const struct treaty *treaty = parse(good, ERR_OK);
    const uint64_t noon_ms = UINT64_C(1709812800000); /* 2024-03-07T12:00:00Z */

    ck_assert_uint_eq(treaty_deadline_ms(treaty, TREATY_ACKNOWLEDGE, noon_ms),
                      UINT64_C(1709769600000) + 8 * DAY_MS - 1); /* the end of 2024-03-14 */
    ck_assert_uint_eq(treaty_deadline_ms(treaty, TREATY_ANSWER, noon_ms), 0);
    ck_assert_uint_eq(treaty_deadline_ms(treaty, TREATY_ACKNOWLEDGE, UINT64_MAX), 0);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("treaty");
    TCase *cases = tcase_create("treaty");

    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, a_profile_is_read_as_it_is_written);
    tcase_add_test(cases, a_need_is_read_with_its_measures);
    tcase_add_loop_test(cases, an_error_is_told_with_its_line_and_remedy, 0,
                        sizeof ERRORS / sizeof ERRORS[0]);
    tcase_add_test(cases, all_errors_of_a_profile_are_told_at_once);
    tcase_add_test(cases, what_is_too_long_or_too_much_is_refused);
    tcase_add_test(cases, a_full_arena_is_told);
    tcase_add_loop_test(cases, each_profile_is_whole, 0, sizeof IDS / sizeof IDS[0]);
    tcase_add_loop_test(cases, a_profile_is_what_its_file_says, 0, sizeof IDS / sizeof IDS[0]);
    tcase_add_test(cases, a_legal_basis_finds_its_profile);
    tcase_add_test(cases, parties_and_authorities_are_told_apart);
    tcase_add_test(cases, a_deadline_ends_with_its_day);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
