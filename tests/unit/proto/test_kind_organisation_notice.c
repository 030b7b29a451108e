/*
 * Goal: a report of an improper organisation and each answer that the rules allow pass; each rule,
 * broken alone, is named with its field and a cure; workers are not named.
 * Method: good messages as JSON; tables of single changes to them.
 */
#include "tests/unit/proto/kind_case.h"

static const char report[] =
    "{\"reference\": \"OTIT-2024-17\", \"report\": {"
    " \"organisation\": {\"kind\": \"SENDING_ORGANISATION\", \"names\": [\"ABC Manpower Co.\"],"
    "   \"country\": \"VNM\", \"address\": \"Ha Noi\", \"licence\": \"LDTBXH-1234\"},"
    " \"others\": [{\"kind\": \"HOST\", \"names\": [\"山田農園\"], \"country\": \"JPN\"}],"
    " \"programme\": \"TECHNICAL_INTERN\", \"acts\": [\"DEPOSIT\", \"PENALTY_CONTRACT\"],"
    " \"facts\": \"Deposits were taken.\\nContracts set penalties.\","
    " \"since\": \"2022\", \"until\": \"2024-01\","
    " \"money\": [{\"amount\": \"8500.50\", \"currency\": \"USD\", \"what\": \"deposit\"}],"
    " \"workers\": 12, \"actions\": [\"INVESTIGATE\", \"INFORM\"], \"reply_by\": \"2024-06-30\","
    " \"contact\": {\"office\": \"OTIT\", \"email\": \"moc@otit.example\"}}}";
static const char acknowledgement[] =
    "{\"acknowledgement\": {\"received_on\": \"2024-03-07\", \"handling_authority\": \"DOLAB\","
    " \"expected_by\": \"2024-06-15\"}}";
static const char question[] = "{\"question\": {\"questions\": [\"Which contracts?\"]}}";
static const char answer[] = "{\"reply\": {\"replies\": [\"Those of 2023.\"]}}";
static const char outcome[] =
    "{\"outcome\": {\"results\": [\"SUSPENDED\", \"FEES_RETURNED\"], \"text\": \"Suspended.\","
    " \"decided_on\": \"2024-03-01\", \"suspended_until\": \"2024-09-01\", \"final\": true}}";

static const struct kind_case report_cases[] = {
    {"-report.organisation", "report.organisation", "missing", 0},
    {"-report.organisation.kind", "report.organisation.kind", "", 0},
    {"-report.organisation.names", "report.organisation.names", "", 0},
    {"report.organisation.country=XXA", "report.organisation.country", "XXA", 0},
    {"report.organisation.licence=a b", "report.organisation.licence", "", 0},
    {"report.others[0].country=QQQ", "report.others[0].country", "QQQ", 0},
    {"-report.programme", "report.programme", "", 0},
    {"-report.acts", "report.acts", "", 0},
    {"-report.facts", "report.facts", "missing", 0},
    {"report.facts=Name: Nguyen", "report.facts", "a worker", 0},
    {"report.until=2021", "report.until", "", 0},
    {"report.since=2025", "report.since", "", 2},
    {"report.money[0].amount=8,500", "report.money[0].amount", "8,500", 0},
    {"report.money[0].amount=.5", "report.money[0].amount", "", 0},
    {"report.money[0].currency=usd", "report.money[0].currency", "usd", 0},
    {"-report.actions", "report.actions", "", 0},
    {"-report.reply_by", "report.reply_by", "", 0},
    {"report.reply_by=2024-03-01", "report.reply_by", "", 0},
    {"-report.contact", "report.contact", "", 0},
    {"reference=a b", "reference", "", 0},
    {"-report", "step", "no step", 2},
};

static const struct kind_case outcome_cases[] = {
    {"-outcome.results", "outcome.results", "", 2},
    {"-outcome.text", "outcome.text", "missing", 0},
    {"outcome.text=born: 1990", "outcome.text", "a worker", 0},
    {"outcome.decided_on=2025-01-01", "outcome.decided_on", "", 0},
    {"outcome.results[0]=WARNED", "outcome.suspended_until", "nothing was suspended", 0},
    {"outcome.results[1]=UNDER_INVESTIGATION", "outcome.final", "goes on", 0},
};

static const struct kind_type *kind;

static void
setup(void)
{
    kind_case_setup();
    kind = kind_find(DENREI__V1__KIND__KIND_ORGANISATION_NOTICE);
    ck_assert_ptr_nonnull(kind);
    context.thread_from = "jp.mofa";
}

/* kr.moj answers what jp.mofa began. */
static void
let_other_answer(void)
{
    context.sender = "kr.moj";
    context.recipient = "jp.mofa";
    context.has_in_reply_to = true;
    context.in_reply_to_from = "jp.mofa";
}

START_TEST(good_steps_pass)
{
    kind_case_assert_good(kind, report, "");
    kind_case_assert_good(kind, report,
                          "-reference\n-report.others\n-report.since\n-report.until\n"
                          "-report.money\n-report.workers");
    let_other_answer();
    kind_case_assert_good(kind, acknowledgement, "");
    kind_case_assert_good(kind, question, "");
    kind_case_assert_good(kind, outcome, "");
    kind_case_assert_good(kind, outcome,
                          "outcome.results[0]=UNDER_INVESTIGATION\n-outcome.suspended_until\n"
                          "-outcome.final");
    context.sender = "jp.mofa"; /* the other party's question */
    context.recipient = context.in_reply_to_from = "kr.moj";
    kind_case_assert_good(kind, answer, "");
}
END_TEST

START_TEST(each_rule_of_a_report_broken_alone_is_named)
{
    kind_case_assert(kind, report, &report_cases[_i]);
}
END_TEST

START_TEST(each_rule_of_an_outcome_broken_alone_is_named)
{
    let_other_answer();
    kind_case_assert(kind, outcome, &outcome_cases[_i]);
}
END_TEST

START_TEST(each_answer_has_its_parts)
{
    static const struct kind_case received = {"-acknowledgement.received_on",
                                              "acknowledgement.received_on", "", 0};
    static const struct kind_case authority = {"-acknowledgement.handling_authority",
                                               "acknowledgement.handling_authority", "", 0};
    static const struct kind_case expected = {"acknowledgement.expected_by=2023-01-01",
                                              "acknowledgement.expected_by", "", 0};
    static const struct kind_case asked = {"question.questions[0]= ", "question.questions[0]", "",
                                           0};
    static const struct kind_case answered = {"reply.replies[0]= ", "reply.replies[0]", "", 0};

    let_other_answer();
    kind_case_assert(kind, acknowledgement, &received);
    kind_case_assert(kind, acknowledgement, &authority);
    kind_case_assert(kind, acknowledgement, &expected);
    kind_case_assert(kind, question, &asked);
    kind_case_assert(kind, answer, &answered);
}
END_TEST

START_TEST(only_a_report_begins_a_thread_and_nobody_answers_himself)
{
    static const struct kind_case late = {"", "in_reply_to", "begins a thread", 0};
    static const struct kind_case lone = {"", "in_reply_to", "only a report", 0};
    static const struct kind_case own = {"", "in_reply_to", "cannot take the step outcome", 0};
    static const struct kind_case group = {"", "group", "cannot be sent to a group", 0};
    static const struct kind_case basis = {"", "legal_basis", "rests on a legal basis", 0};

    kind_case_assert(kind, outcome, &lone);
    context.has_in_reply_to = true;
    context.in_reply_to_from = "kr.moj";
    kind_case_assert(kind, report, &late);
    kind_case_assert(kind, outcome, &own);
    setup();
    context.is_group = true;
    kind_case_assert(kind, report, &group);
    setup();
    context.legal_basis = "";
    kind_case_assert(kind, report, &basis);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("kind_organisation_notice");
    TCase *tcase = tcase_create("rules");

    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_test(tcase, good_steps_pass);
    tcase_add_loop_test(tcase, each_rule_of_a_report_broken_alone_is_named, 0,
                        sizeof report_cases / sizeof report_cases[0]);
    tcase_add_loop_test(tcase, each_rule_of_an_outcome_broken_alone_is_named, 0,
                        sizeof outcome_cases / sizeof outcome_cases[0]);
    tcase_add_test(tcase, each_answer_has_its_parts);
    tcase_add_test(tcase, only_a_report_begins_a_thread_and_nobody_answers_himself);
    suite_add_tcase(suite, tcase);
    return kind_case_run(srunner_create(suite));
}
