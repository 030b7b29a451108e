/*
 * Goal: each kind has one whole row, found by number, name, word and slip; the rules on the header
 * hold for all kinds; a withdrawal has no content.
 * Method: every row; contexts with one thing wrong.
 */
#include "proto/kind.h"
#include "proto/limits.h"
#include "proto/lost_passport.pb-c.h"
#include "proto/mla.pb-c.h"
#include "proto/suspect_alert.pb-c.h"
#include "proto/template.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct kind_context context;
static struct problems problems;

static void
setup(void)
{
    context = (struct kind_context){.action = DENREI__V1__ACTION__ACTION_WITHDRAW,
                                    .use_restriction = DENREI__V1__USE_RESTRICTION__USE_H1,
                                    .tlp = DENREI__V1__TLP__TLP_AMBER,
                                    .sender = "jp.npa",
                                    .created_at_ms = UINT64_C(1709812800000),
                                    .expires_at_ms = UINT64_C(1709812800000) + DAY_MS,
                                    .legal_basis = "jp-kr-2006",
                                    .recipients_count = 1,
                                    .recipient = "kr.moj",
                                    .in_reply_to_from = "",
                                    .thread_from = ""};
    problems = (struct problems){0};
}

START_TEST(each_row_is_whole_and_found)
{
    ck_assert_uint_ge(kind_count(), 3);
    for (size_t i = 0; i < kind_count(); i++) {
        const struct kind_type *kind = kind_at(i);
        ck_assert(i == 0 || kind_at(i - 1)->number < kind->number);
        ck_assert_ptr_eq(kind_find(kind->number), kind);
        ck_assert_ptr_eq(kind_find_name(kind->name), kind);
        ck_assert_ptr_eq(kind_find_name(kind->word), kind);
        ck_assert_uint_gt(strlen(kind->summary), 10);
        ck_assert_uint_le(kind->retention_days_max, 3653);
        ck_assert_ptr_nonnull(kind->content);
        ck_assert(kind->check != NULL);
    }
    ck_assert_str_eq(kind_find(DENREI__V1__KIND__KIND_MLA)->word, "mla");
    ck_assert_uint_eq(kind_find_name("Suspect-Alert")->retention_days_max, 1827);
}
END_TEST

START_TEST(what_is_no_kind_is_not_found_and_a_slip_is_suggested)
{
    ck_assert_ptr_null(kind_find(DENREI__V1__KIND__KIND_UNSPECIFIED));
    ck_assert_ptr_null(kind_find((Denrei__V1__Kind)31));
    ck_assert_ptr_null(kind_find_name("passport"));
    ck_assert_ptr_null(kind_find_name(""));
    ck_assert_str_eq(kind_suggest("lost-pasport")->word, "lost-passport");
    ck_assert_str_eq(kind_suggest("suspect_alert")->word, "suspect-alert");
    ck_assert_ptr_null(kind_suggest("extradition"));

    struct problems told = {0};
    kind_report_unknown(&told, "--kind", "lost-pasport");
    kind_report_unknown(&told, "--kind", "extradition");
    ck_assert_uint_eq(told.count, 2);
    ck_assert_str_eq(told.list[0].cure, "did you mean lost-passport?");
    const char *listed = "the kinds are: lost-passport suspect-alert mla";
    ck_assert_mem_eq(told.list[1].cure, listed, strlen(listed));
    ck_assert_ptr_nonnull(strstr(told.list[1].cure, kind_at(kind_count() - 1)->word));
}
END_TEST

/* The comments of the .proto files become a form for each kind. */
START_TEST(each_kind_has_a_form)
{
    char *form = malloc(TEMPLATE_BYTES);

    ck_assert_ptr_nonnull(form);
    for (size_t i = 0; i < kind_count(); i++)
        ck_assert_int_eq(template_write(kind_at(i)->content, "form", form, TEMPLATE_BYTES), ERR_OK);
    free(form);
}
END_TEST

static const char *
first_path(const struct kind_type *kind, const void *content)
{
    problems = (struct problems){0};
    kind_validate(kind, content, &context, &problems);
    ck_assert_uint_le(problems.count, 1);
    ck_assert(problems.count == 0 || problems.list[0].cure[0] != '\0');
    return problems.count == 0 ? "none" : problems.list[0].path.text;
}

START_TEST(a_withdrawal_has_no_content)
{
    Denrei__V1__SuspectAlert alert = DENREI__V1__SUSPECT_ALERT__INIT;
    Denrei__V1__LostPassport report = DENREI__V1__LOST_PASSPORT__INIT;
    Denrei__V1__Mla mla = DENREI__V1__MLA__INIT;
    char reference[] = "A-1";

    ck_assert_str_eq(first_path(kind_at(0), &report), "none");
    ck_assert_str_eq(first_path(kind_at(1), &alert), "none");
    ck_assert_str_eq(first_path(kind_at(2), &mla), "none");
    mla.reference = reference;
    ck_assert_str_eq(first_path(kind_at(2), &mla), "");
    ck_assert_str_eq(problems.list[0].wrong, "a withdrawal has no content");
}
END_TEST

START_TEST(the_header_is_within_what_the_kind_allows)
{
    Denrei__V1__SuspectAlert alert = DENREI__V1__SUSPECT_ALERT__INIT;
    Denrei__V1__LostPassport report = DENREI__V1__LOST_PASSPORT__INIT;
    Denrei__V1__Mla mla = DENREI__V1__MLA__INIT;

    context.recipients_count = 0;
    ck_assert_str_eq(first_path(kind_at(0), &report), "to");
    context.recipients_count = 3;
    context.is_group = true;
    ck_assert_str_eq(first_path(kind_at(0), &report), "none");
    ck_assert_str_eq(first_path(kind_at(1), &alert), "none");
    ck_assert_str_eq(first_path(kind_at(2), &mla), "group");
    context.tlp = DENREI__V1__TLP__TLP_RED;
    ck_assert_str_eq(first_path(kind_at(0), &report), "tlp");
    context.is_group = false;
    context.recipients_count = 1;
    ck_assert_str_eq(first_path(kind_at(0), &report), "none");
    context.tlp = DENREI__V1__TLP__TLP_CLEAR;
    ck_assert_str_eq(first_path(kind_at(0), &report), "none");
    ck_assert_str_eq(first_path(kind_at(1), &alert), "tlp");
    ck_assert_str_eq(first_path(kind_at(2), &mla), "tlp");
    context.tlp = DENREI__V1__TLP__TLP_AMBER;
    context.legal_basis = "";
    ck_assert_str_eq(first_path(kind_at(1), &alert), "none");
    ck_assert_str_eq(first_path(kind_at(2), &mla), "none"); /* a withdrawal needs none any more */
}
END_TEST

START_TEST(a_record_ends_with_its_retention)
{
    Denrei__V1__SuspectAlert alert = DENREI__V1__SUSPECT_ALERT__INIT;
    Denrei__V1__LostPassport report = DENREI__V1__LOST_PASSPORT__INIT;

    context.expires_at_ms = context.created_at_ms + 1827 * DAY_MS;
    ck_assert_str_eq(first_path(kind_at(1), &alert), "none");
    context.expires_at_ms++;
    ck_assert_str_eq(first_path(kind_at(1), &alert), "expires_at");
    ck_assert_str_eq(first_path(kind_at(0), &report), "none");
    context.expires_at_ms = context.created_at_ms + 3653 * DAY_MS + 1;
    ck_assert_str_eq(first_path(kind_at(0), &report), "expires_at");
}
END_TEST

START_TEST(a_time_beyond_the_calendar_is_a_problem_and_no_crash)
{
    Denrei__V1__LostPassport report = DENREI__V1__LOST_PASSPORT__INIT;

    context.action = DENREI__V1__ACTION__ACTION_NEW;
    context.expires_at_ms = UINT64_MAX;
    ck_assert_str_eq(first_path(kind_at(0), &report), "expires_at");
    context.created_at_ms = UINT64_MAX;
    ck_assert_str_eq(first_path(kind_at(0), &report), "expires_at");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("kind");
    TCase *tcase = tcase_create("kind");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_test(tcase, each_row_is_whole_and_found);
    tcase_add_test(tcase, what_is_no_kind_is_not_found_and_a_slip_is_suggested);
    tcase_add_test(tcase, each_kind_has_a_form);
    tcase_add_test(tcase, a_withdrawal_has_no_content);
    tcase_add_test(tcase, the_header_is_within_what_the_kind_allows);
    tcase_add_test(tcase, a_record_ends_with_its_retention);
    tcase_add_test(tcase, a_time_beyond_the_calendar_is_a_problem_and_no_crash);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
