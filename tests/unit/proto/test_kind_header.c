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
    row.is_of_victims = true; /* whatever the row says else */
    assert_refused(REFUSAL_GROUP, "group");
    row.is_of_victims = false;
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

/* Whether a message of victims can be in one of `type`. */
static bool
reaches_victims(const ProtobufCMessageDescriptor *type)
{
    const ProtobufCMessageDescriptor *list[64] = {type};
    size_t count = 1;

    for (size_t i = 0; i < count; i++) {
        if (strstr(list[i]->name, "Victim") != NULL)
            return true;
        for (unsigned f = 0; f < list[i]->n_fields; f++) {
            if (list[i]->fields[f].type != PROTOBUF_C_TYPE_MESSAGE)
                continue;
            ck_assert_uint_lt(count, 64);
            list[count++] = list[i]->fields[f].descriptor;
        }
    }
    return false;
}

START_TEST(victims_data_travel_in_no_alert_and_to_no_group)
{
    size_t alerts = 0, of_victims = 0;

    for (size_t i = 0; i < kind_count(); i++) {
        const struct kind_type *kind = kind_at(i);
        alerts += kind->is_alert;
        of_victims += kind->is_of_victims;
        ck_assert_msg(!kind->is_alert || !kind->is_of_victims, "%s", kind->name);
        ck_assert_msg(!kind->is_alert || !reaches_victims(kind->content), "%s", kind->name);
        ck_assert_msg(!reaches_victims(kind->content) || kind->is_of_victims, "%s", kind->name);
        if (!kind->is_of_victims)
            continue;
        ck_assert_msg(!kind->may_go_to_group && kind->needs_legal_basis, "%s", kind->name);
        ck_assert_int_ge(kind->tlp_widest, DENREI__V1__TLP__TLP_AMBER);
        ck_assert_uint_gt(kind->recipients_max, 0);
        ck_assert_uint_le(kind->recipients_max, 8);
        ck_assert_uint_le(kind->retention_days_max, 731);
    }
    ck_assert_uint_eq(alerts, 2);
    ck_assert_uint_ge(of_victims, 2);
}
END_TEST

/* Nor a picture, nor a fingerprint. */
START_TEST(a_referral_shows_nobodys_face)
{
    const struct kind_type *referral = kind_find(DENREI__V1__KIND__KIND_VICTIM_REFERRAL);

    ck_assert(referral->needs_use_restriction);
    ck_assert_uint_eq(referral->attachments, 0);
}
END_TEST

/* It stays in the log for ever: ids of the directory, random ids and hashes, numbers. */
START_TEST(the_header_has_no_room_for_a_case_number_or_a_name)
{
    static const char *const texts[] = {"from", "to", "group", "legal_basis"};
    const ProtobufCMessageDescriptor *type = &denrei__v1__header__descriptor;
    size_t found = 0;

    for (unsigned f = 0; f < type->n_fields; f++) {
        if (type->fields[f].type != PROTOBUF_C_TYPE_STRING)
            continue;
        ck_assert_uint_lt(found, 4);
        ck_assert_str_eq(type->fields[f].name, texts[found++]);
    }
    ck_assert_uint_eq(found, 4);
}
END_TEST

START_TEST(every_row_bounds_the_time)
{
    for (size_t i = 0; i < kind_count(); i++) {
        ck_assert_uint_gt(kind_at(i)->retention_days_max, 0);
        ck_assert_uint_le(kind_at(i)->retention_days_max, 3653);
    }
    ck_assert_uint_eq(kind_count(), denrei__v1__kind__descriptor.n_values - 1);
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
    tcase_add_test(tcase, victims_data_travel_in_no_alert_and_to_no_group);
    tcase_add_test(tcase, a_referral_shows_nobodys_face);
    tcase_add_test(tcase, the_header_has_no_room_for_a_case_number_or_a_name);
    tcase_add_test(tcase, every_row_bounds_the_time);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
