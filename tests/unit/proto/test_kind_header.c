/*
 * Goal: a kind's row decides what a header may be: each column alone refuses what lies beyond it
 * and nothing else, what the relay refuses is what the sender is told of, and no row of ours lets a
 * victim's data go to a group or be published.
 * Method: a row with every column set, each fact at its edge; all combinations of facts, for all
 * rows, judged and reported; the rows themselves.
 */
#include "proto/kind_header.h"
#include "proto/limits.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct kind_type row;
static struct kind_facts facts;
static struct problems problems;

static void
setup(void)
{
    row = (struct kind_type){.name = "TEST",
                             .retention_days_max = 30,
                             .recipients_max = 2,
                             .tlp_widest = DENREI__V1__TLP__TLP_AMBER,
                             .needs_legal_basis = true,
                             .needs_use_restriction = true};
    facts = (struct kind_facts){.tlp = DENREI__V1__TLP__TLP_AMBER,
                                .use_restriction = DENREI__V1__USE_RESTRICTION__USE_H1,
                                .recipients_count = 2,
                                .has_legal_basis = true,
                                .created_at_ms = DAY_MS,
                                .expires_at_ms = 31 * DAY_MS};
}

static void
assert_refused(enum refusal code, const char *path)
{
    problems = (struct problems){0};
    kind_header_report(&row, &facts, &problems);
    ck_assert_int_eq(kind_header_judge(&row, &facts), code);
    ck_assert_uint_eq(problems.count, 1);
    ck_assert_str_eq(problems.list[0].path.text, path);
    ck_assert_ptr_nonnull(strstr(problems.list[0].wrong, "TEST"));
    ck_assert_str_ne(problems.list[0].cure, "");
}

static void
assert_allowed(void)
{
    problems = (struct problems){0};
    kind_header_report(&row, &facts, &problems);
    ck_assert_int_eq(kind_header_judge(&row, &facts), REFUSAL_NONE);
    ck_assert(problems_is_empty(&problems));
}

START_TEST(each_column_refuses_what_lies_beyond_it)
{
    assert_allowed();
    facts.recipients_count = 0;
    assert_refused(REFUSAL_RECIPIENT, "to");
    facts.recipients_count = 3;
    assert_refused(REFUSAL_HANDLING, "to");
    facts.recipients_count = 2;
    facts.tlp = DENREI__V1__TLP__TLP_GREEN;
    assert_refused(REFUSAL_HANDLING, "tlp");
    facts.tlp = DENREI__V1__TLP__TLP_RED;
    facts.use_restriction = DENREI__V1__USE_RESTRICTION__USE_H0;
    assert_refused(REFUSAL_HANDLING, "use_restriction");
    facts.use_restriction = DENREI__V1__USE_RESTRICTION__USE_H3;
    facts.has_legal_basis = false;
    assert_refused(REFUSAL_LEGAL_BASIS, "legal_basis");
    facts.has_legal_basis = true;
    facts.expires_at_ms++;
    assert_refused(REFUSAL_TIMES, "expires_at");
    facts.expires_at_ms--;
    facts.tlp = DENREI__V1__TLP__TLP_AMBER_STRICT;
    facts.is_group = true;
    assert_refused(REFUSAL_GROUP, "group");
    row.may_go_to_group = true;
    facts.recipients_count = 200; /* a group is as large as it is */
    assert_allowed();
    facts.tlp = DENREI__V1__TLP__TLP_RED;
    assert_refused(REFUSAL_GROUP, "tlp");
}
END_TEST

START_TEST(a_row_without_columns_allows_all_but_the_time)
{
    row = (struct kind_type){.name = "TEST", .retention_days_max = 30};
    facts.tlp = DENREI__V1__TLP__TLP_CLEAR;
    facts.use_restriction = DENREI__V1__USE_RESTRICTION__USE_H0;
    facts.has_legal_basis = false;
    facts.recipients_count = RECIPIENTS_MAX;
    assert_allowed();
}
END_TEST

/* What the relay refuses by the header, the sender is told of before; and nothing else. */
START_TEST(judgment_and_report_agree_for_all_facts_and_kinds)
{
    const struct kind_type *kind = kind_at((size_t)_i);

    for (unsigned bits = 0; bits < 6 * 5 * 3 * 8; bits++) {
        facts.tlp = (Denrei__V1__Tlp)(1 + bits % 5);
        facts.use_restriction = (Denrei__V1__UseRestriction)(1 + bits / 5 % 4);
        facts.recipients_count = bits / 20 % 4 * 5;
        facts.is_group = (bits / 80 & 1) != 0;
        facts.has_legal_basis = (bits / 160 & 1) != 0;
        facts.expires_at_ms = DAY_MS + kind->retention_days_max * DAY_MS + (bits / 320 & 1);
        problems = (struct problems){0};
        kind_header_report(kind, &facts, &problems);
        ck_assert_int_eq(kind_header_judge(kind, &facts) == REFUSAL_NONE,
                         problems_is_empty(&problems));
    }
}
END_TEST

START_TEST(victims_are_protected_by_the_rows)
{
    const struct kind_type *referral = kind_find(DENREI__V1__KIND__KIND_VICTIM_REFERRAL);
    const struct kind_type *notice = kind_find(DENREI__V1__KIND__KIND_TRAVEL_NOTICE);

    ck_assert(!referral->may_go_to_group && !notice->may_go_to_group);
    ck_assert_int_ge(referral->tlp_widest, DENREI__V1__TLP__TLP_AMBER);
    ck_assert_int_ge(notice->tlp_widest, DENREI__V1__TLP__TLP_AMBER);
    ck_assert_uint_gt(referral->recipients_max, 0);
    ck_assert(referral->needs_use_restriction);
    ck_assert_uint_eq(referral->attachments, 0); /* no photograph */
}
END_TEST

START_TEST(every_row_bounds_the_time)
{
    for (size_t i = 0; i < kind_count(); i++) {
        ck_assert_uint_gt(kind_at(i)->retention_days_max, 0);
        ck_assert_uint_le(kind_at(i)->retention_days_max, 3653);
    }
    ck_assert_uint_eq(kind_count(), 8);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("kind_header");
    TCase *tcase = tcase_create("kind_header");

    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_test(tcase, each_column_refuses_what_lies_beyond_it);
    tcase_add_test(tcase, a_row_without_columns_allows_all_but_the_time);
    tcase_add_loop_test(tcase, judgment_and_report_agree_for_all_facts_and_kinds, 0,
                        (int)kind_count());
    tcase_add_test(tcase, victims_are_protected_by_the_rows);
    tcase_add_test(tcase, every_row_bounds_the_time);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
