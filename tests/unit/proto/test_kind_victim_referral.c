/*
 * Goal: a referral and each step that follows pass as the rules allow; each rule, broken alone, is
 * named with its field and a cure; nothing tells who the person is, and no group is told.
 * Method: good messages as JSON; tables of single changes to them.
 */
#include "tests/unit/proto/kind_case.h"

static const char report[] =
    "{\"pseudonym\": \"V-2024-0012\", \"report\": {\"age\": \"ADULT\", \"sex\": \"FEMALE\","
    " \"nationality\": \"PHL\", \"languages\": [\"tl\", \"en\"],"
    " \"indicators\": [\"DEBT_BONDAGE\", \"DOCUMENTS_TAKEN\"], \"country\": \"JPN\","
    " \"region\": \"Gifu prefecture\", \"safety\": \"AT_RISK\", \"needs\": [\"SHELTER\"],"
    " \"consent\": \"GIVEN\", \"children\": 1, \"summary\": \"Works without pay.\\nAfraid.\","
    " \"contact\": {\"office\": \"Consular section\", \"phone\": \"+81 3 5555 0199\"}}}";
static const char acceptance[] =
    "{\"pseudonym\": \"V-2024-0012\", \"acceptance\": {\"measures\": [\"SHELTER\"],"
    " \"handling_authority\": \"Gifu prefecture\", \"from\": \"2024-03-08\","
    " \"contact\": {\"office\": \"Women's centre\", \"phone\": \"+81 58 555 0100\"}}}";
static const char decline[] =
    "{\"pseudonym\": \"V-2024-0012\", \"decline\": {\"reason\": \"no room\"}}";
static const char plan[] =
    "{\"pseudonym\": \"V-2024-0012\", \"return_plan\": {\"travel_on\": \"2024-04-02\","
    " \"to\": \"PHL\", \"arrival\": \"Manila airport\", \"received_by\": \"IOM Manila\","
    " \"consent\": \"GIVEN\", \"risk_assessment\": \"Family is willing.\", \"escorted\": true}}";
static const char follow_up[] =
    "{\"pseudonym\": \"V-2024-0012\", \"follow_up\": {\"reported_on\": \"2024-03-06\","
    " \"status\": \"IN_SHELTER\", \"support\": [\"MEDICAL\"], \"text\": \"Recovering.\","
    " \"next_report_on\": \"2024-06-01\"}}";

static const struct kind_case report_cases[] = {
    {"-pseudonym", "pseudonym", "", 0},
    {"pseudonym=Maria Santos", "pseudonym", "", 0},
    {"-report.age", "report.age", "", 0},
    {"report.nationality=QQQ", "report.nationality", "QQQ", 0},
    {"report.languages[1]=tl", "report.languages[1]", "", 0},
    {"-report.indicators", "report.indicators", "", 0},
    {"-report.country", "report.country", "", 0},
    {"report.region=Address: Gifu, name: Maria", "report.region", "the person", 0},
    {"-report.safety", "report.safety", "", 0},
    {"-report.needs", "report.needs", "", 0},
    {"-report.consent", "report.consent", "", 0},
    {"report.safety=SAFE\nreport.consent=COULD_NOT_BE_ASKED", "report.consent", "can be asked", 0},
    {"report.consent=GIVEN_BY_GUARDIAN", "report.consent", "decides alone", 0},
    {"-report.summary", "report.summary", "missing", 0},
    {"report.summary=born: 2001-02-03", "report.summary", "the person", 0},
    {"report.summary=P<PHLSANTOS<<MARIA", "report.summary", "machine-readable zone", 0},
    {"report.summary=氏名はマリア", "report.summary", "the person", 0},
    {"-report.contact", "report.contact", "", 0},
    {"-report", "step", "no step", 0},
};

static const struct kind_case plan_cases[] = {
    {"-return_plan.travel_on", "return_plan.travel_on", "", 0},
    {"return_plan.travel_on=2023-01-01", "return_plan.travel_on", "", 0},
    {"-return_plan.to", "return_plan.to", "", 0},
    {"-return_plan.received_by", "return_plan.received_by", "", 0},
    {"-return_plan.consent", "return_plan.consent", "", 0},
    {"return_plan.consent=COULD_NOT_BE_ASKED", "return_plan.consent", "having been asked", 0},
    {"-return_plan.risk_assessment", "return_plan.risk_assessment", "missing", 0},
    {"return_plan.arrival=holder: Santos", "return_plan.arrival", "the person", 0},
};

static const struct kind_case follow_up_cases[] = {
    {"-follow_up.reported_on", "follow_up.reported_on", "", 0},
    {"-follow_up.status", "follow_up.status", "", 0},
    {"follow_up.text=surname: Santos", "follow_up.text", "the person", 0},
    {"follow_up.next_report_on=2023-01-01", "follow_up.next_report_on", "", 0},
    {"follow_up.final=true", "follow_up.final", "no next report", 0},
};

static const struct kind_type *kind;

static void
setup(void)
{
    kind_case_setup();
    kind = kind_find(DENREI__V1__KIND__KIND_VICTIM_REFERRAL);
    ck_assert_ptr_nonnull(kind);
}

static void
let_recipient_answer(void)
{
    context.has_in_reply_to = true;
    context.in_reply_to_from = "kr.moj";
    context.thread_from = "kr.moj";
}

START_TEST(good_steps_pass)
{
    kind_case_assert_good(kind, report, "");
    kind_case_assert_good(kind, report,
                          "report.safety=IN_DANGER\nreport.consent=COULD_NOT_BE_ASKED\n"
                          "-report.sex\n-report.nationality\n-report.languages\n-report.region\n"
                          "-report.children");
    kind_case_assert_good(kind, report, "report.age=NOT_KNOWN\nreport.consent=GIVEN_BY_GUARDIAN");
    let_recipient_answer();
    kind_case_assert_good(kind, acceptance, "");
    kind_case_assert_good(kind, decline, "decline.suggestion=Aichi prefecture");
    kind_case_assert_good(kind, plan, "");
    kind_case_assert_good(kind, follow_up, "");
    kind_case_assert_good(kind, follow_up, "-follow_up.next_report_on\nfollow_up.final=true");
}
END_TEST

START_TEST(each_rule_of_a_report_broken_alone_is_named)
{
    kind_case_assert(kind, report, &report_cases[_i]);
}
END_TEST

START_TEST(each_rule_of_a_return_broken_alone_is_named)
{
    let_recipient_answer();
    kind_case_assert(kind, plan, &plan_cases[_i]);
}
END_TEST

START_TEST(each_rule_of_a_follow_up_broken_alone_is_named)
{
    let_recipient_answer();
    kind_case_assert(kind, follow_up, &follow_up_cases[_i]);
}
END_TEST

START_TEST(an_answer_has_its_parts)
{
    static const struct kind_case measures = {"-acceptance.measures", "acceptance.measures", "", 0};
    static const struct kind_case authority = {"-acceptance.handling_authority",
                                               "acceptance.handling_authority", "", 0};
    static const struct kind_case contact = {"-acceptance.contact", "acceptance.contact", "", 0};
    static const struct kind_case reason = {"decline.reason= ", "decline.reason", "", 0};

    let_recipient_answer();
    kind_case_assert(kind, acceptance, &measures);
    kind_case_assert(kind, acceptance, &authority);
    kind_case_assert(kind, acceptance, &contact);
    kind_case_assert(kind, decline, &reason);
}
END_TEST

START_TEST(few_are_told_and_by_name)
{
    static const struct kind_case many = {"", "to", "at most 8 recipients", 0};
    static const struct kind_case group = {"", "group", "cannot be sent to a group", 0};
    static const struct kind_case clear = {"", "tlp", "", 0};
    static const struct kind_case lone = {"", "in_reply_to", "begins a thread", 0};
    static const struct kind_case unsaid = {"", "handling_note", "", 0};

    context.recipients_count = 9;
    kind_case_assert(kind, report, &many);
    setup();
    context.is_group = true;
    kind_case_assert(kind, report, &group);
    setup();
    context.tlp = DENREI__V1__TLP__TLP_CLEAR;
    kind_case_assert(kind, report, &clear);
    setup();
    kind_case_assert(kind, follow_up, &lone);
    context.use_restriction = DENREI__V1__USE_RESTRICTION__USE_H3;
    kind_case_assert(kind, report, &unsaid);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("kind_victim_referral");
    TCase *tcase = tcase_create("rules");

    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_test(tcase, good_steps_pass);
    tcase_add_loop_test(tcase, each_rule_of_a_report_broken_alone_is_named, 0,
                        sizeof report_cases / sizeof report_cases[0]);
    tcase_add_loop_test(tcase, each_rule_of_a_return_broken_alone_is_named, 0,
                        sizeof plan_cases / sizeof plan_cases[0]);
    tcase_add_loop_test(tcase, each_rule_of_a_follow_up_broken_alone_is_named, 0,
                        sizeof follow_up_cases / sizeof follow_up_cases[0]);
    tcase_add_test(tcase, an_answer_has_its_parts);
    tcase_add_test(tcase, few_are_told_and_by_name);
    suite_add_tcase(suite, tcase);
    return kind_case_run(srunner_create(suite));
}
