/*
 * Goal: notices of visas and journeys, and their answers, pass as the rules allow; each rule,
 * broken alone, is named with its field and a cure; a possible victim is never named. Method: good
 * messages as JSON; tables of single changes to them.
 */
#include "tests/unit/proto/kind_case.h"

static const char visa[] =
    "{\"reference\": \"MNL-2024-0381\", \"visa\": {\"decision\": \"CONSULTATION\","
    " \"mission\": \"Embassy of Japan in the Philippines\", \"applied_on\": \"2024-02-20\","
    " \"visa\": \"entertainer\", \"grounds\": [\"INVITER_SUSPECT\"],"
    " \"applicant\": {\"names\": [{\"script\": \"LATIN\", \"family\": \"SANTOS\"}],"
    "   \"date_of_birth\": \"2001-02\", \"nationality\": \"PHL\","
    "   \"documents\": [{\"number\": \"P1234567A\", \"issuing_state\": \"PHL\","
    "     \"type\": \"PASSPORT\"}]},"
    " \"inviter\": \"ABC Promotion\", \"facts\": \"The inviter has no stage.\","
    " \"reply_by\": \"2024-03-15\","
    " \"contact\": {\"office\": \"Visa section\", \"email\": \"visa@mofa.example\"}}}";
static const char journey[] =
    "{\"journey\": {\"role\": \"POSSIBLE_VICTIM\", \"mode\": \"AIR\", \"conveyance\": \"NH863\","
    " \"from\": \"MNL\", \"to\": \"NRT\", \"departs_on\": \"2024-03-08\", \"arrives_at\": "
    "\"15:30\","
    " \"seat\": \"41K\", \"locator\": \"TYVWZ9\", \"appearance\": \"red coat\", \"companions\": 2,"
    " \"indicators\": [\"SPOKEN_FOR\"], \"summary\": \"A man answers for her.\","
    " \"actions\": [\"MEET_ON_ARRIVAL\", \"SEPARATE\"],"
    " \"contact\": {\"office\": \"Operations centre\", \"phone\": \"+63 2 555 0100\"}}}";
static const char answer[] =
    "{\"answer\": {\"outcomes\": [\"MET\", \"PROTECTED\"], \"text\": \"She is in a shelter.\"}}";

static const char broker[] = "journey.role=POSSIBLE_BROKER\n"
                             "journey.person.names[0].script=LATIN\n"
                             "journey.person.names[0].full=DOE JOHN\n";

static const struct kind_case visa_cases[] = {
    {"-visa.decision", "visa.decision", "", 0},
    {"-visa.mission", "visa.mission", "missing", 0},
    {"visa.applied_on=2025-01-01", "visa.applied_on", "", 0},
    {"-visa.applied_on", "visa.applied_on", "", 0},
    {"-visa.grounds", "visa.grounds", "", 0},
    {"-visa.applicant", "visa.applicant", "missing", 0},
    {"visa.applicant.names[0].family= ", "visa.applicant.names[0].family", "", 0},
    {"visa.applicant.date_of_birth=2030", "visa.applicant.date_of_birth", "", 0},
    {"visa.applicant.nationality=QQQ", "visa.applicant.nationality", "QQQ", 0},
    {"visa.applicant.documents[0].issuing_state=QQQ", "visa.applicant.documents[0].issuing_state",
     "QQQ", 0},
    {"-visa.reply_by", "visa.reply_by", "", 0},
    {"visa.reply_by=2024-01-01", "visa.reply_by", "", 0},
    {"-visa.contact", "visa.contact", "", 0},
    {"-visa", "notice", "nothing of a journey", 0},
    {"reference=a b", "reference", "", 0},
};

static const struct kind_case journey_cases[] = {
    {"-journey.role", "journey.role", "", 0},
    {"-journey.mode", "journey.mode", "", 0},
    {"-journey.conveyance", "journey.conveyance", "missing", 0},
    {"journey.conveyance=nh 863", "journey.conveyance", "no code", 0},
    {"journey.from=Manila", "journey.from", "no airport", 0},
    {"journey.to=NR", "journey.to", "no airport", 0},
    {"-journey.departs_on", "journey.departs_on", "", 0},
    {"journey.arrives_at=25:00", "journey.arrives_at", "no hour", 0},
    {"journey.arrives_at=1530", "journey.arrives_at", "no hour", 0},
    {"journey.arrives_at=15:60", "journey.arrives_at", "no hour", 0},
    {"journey.arrives_at=::::5", "journey.arrives_at", "no hour", 0},
    {"journey.locator=A", "journey.locator", "no code", 0},
    {"journey.appearance=name: Maria", "journey.appearance", "a possible victim", 0},
    {"journey.summary=P<PHLSANTOS<<MARIA", "journey.summary", "machine-readable zone", 0},
    {"journey.person.names[0].script=LATIN\njourney.person.names[0].full=SANTOS MARIA",
     "journey.person", "is not named", 0},
    {"-journey.indicators", "journey.indicators", "", 0},
    {"-journey.summary", "journey.summary", "missing", 0},
    {"-journey.actions", "journey.actions", "", 0},
    {"-journey.contact", "journey.contact", "", 0},
};

static const struct kind_type *kind;

static void
setup(void)
{
    kind_case_setup();
    kind = kind_find(DENREI__V1__KIND__KIND_TRAVEL_NOTICE);
    ck_assert_ptr_nonnull(kind);
}

START_TEST(good_notices_pass)
{
    char named[256];

    kind_case_assert_good(kind, visa, "");
    kind_case_assert_good(kind, visa, "visa.decision=REFUSED\n-visa.reply_by\n-visa.inviter");
    kind_case_assert_good(kind, journey, "");
    kind_case_assert_good(kind, journey,
                          "journey.mode=SEA\njourney.from=Busan\njourney.to=Hakata\n"
                          "-journey.arrives_at\n-journey.seat\n-journey.locator\n"
                          "-journey.appearance\n-journey.companions");
    kind_case_assert_good(kind, journey, broker);
    snprintf(named, sizeof named, "%sjourney.summary=Name: Doe, as he said", broker);
    kind_case_assert_good(kind, journey, named);
}
END_TEST

START_TEST(each_rule_of_a_visa_broken_alone_is_named)
{
    kind_case_assert(kind, visa, &visa_cases[_i]);
}
END_TEST

START_TEST(each_rule_of_a_journey_broken_alone_is_named)
{
    kind_case_assert(kind, journey, &journey_cases[_i]);
}
END_TEST

START_TEST(an_answer_replies_to_somebody_elses_notice)
{
    static const struct kind_case lone = {"", "in_reply_to", "replies to a notice", 0};
    static const struct kind_case own = {"", "in_reply_to", "its own notice", 0};
    static const struct kind_case empty = {"-answer.outcomes", "answer.outcomes", "", 0};
    static const struct kind_case named = {"answer.text=Name: Maria", "answer.text",
                                           "a possible victim", 0};

    kind_case_assert(kind, answer, &lone);
    context.has_in_reply_to = true;
    context.in_reply_to_from = "jp.mofa";
    kind_case_assert(kind, answer, &own);
    context.in_reply_to_from = "kr.moj";
    kind_case_assert_good(kind, answer, "");
    kind_case_assert(kind, answer, &empty);
    kind_case_assert(kind, answer, &named);
}
END_TEST

START_TEST(no_group_is_told_and_a_restriction_is_said)
{
    static const struct kind_case group = {"", "group", "cannot be sent to a group", 0};
    static const struct kind_case clear = {"", "tlp", "", 0};
    static const struct kind_case unsaid = {"", "handling_note", "", 0};

    context.is_group = true;
    kind_case_assert(kind, journey, &group);
    setup();
    context.tlp = DENREI__V1__TLP__TLP_CLEAR;
    kind_case_assert(kind, visa, &clear);
    setup();
    context.use_restriction = DENREI__V1__USE_RESTRICTION__USE_H3;
    kind_case_assert(kind, visa, &unsaid);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("kind_travel_notice");
    TCase *tcase = tcase_create("rules");

    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_test(tcase, good_notices_pass);
    tcase_add_loop_test(tcase, each_rule_of_a_visa_broken_alone_is_named, 0,
                        sizeof visa_cases / sizeof visa_cases[0]);
    tcase_add_loop_test(tcase, each_rule_of_a_journey_broken_alone_is_named, 0,
                        sizeof journey_cases / sizeof journey_cases[0]);
    tcase_add_test(tcase, an_answer_replies_to_somebody_elses_notice);
    tcase_add_test(tcase, no_group_is_told_and_a_restriction_is_said);
    suite_add_tcase(suite, tcase);
    return kind_case_run(srunner_create(suite));
}
