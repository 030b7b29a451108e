/*
 * Goal: a report of a hit and each answer that the rules allow pass, and each rule, broken alone,
 * is named with its field and a cure; nobody but the two parties is told, and of a holder no more
 * is said than is needed. Method: good messages as JSON; tables of changes to them.
 */
#include "tests/unit/proto/kind_case.h"

#include "proto/screening_hit.pb-c.h"

static const char report[] =
    "{\"reference\": \"ICN-2024-0007\", \"report\": {\"subject\": \"DOCUMENT\","
    " \"document\": {\"number\": \"TR1234567\", \"issuing_state\": \"JPN\", \"type\": \"PASSPORT\","
    "   \"place\": 1, \"national_reference\": \"MOFA-2024-1\"},"
    " \"score\": 100, \"reason\": \"number and issuing state are the same\","
    " \"meeting\": {\"type\": \"AIRPORT\", \"place\": \"Incheon Airport\", \"country\": \"KOR\","
    "   \"conveyance\": \"KE704\", \"at\": \"2024-03-07T20:59:00+09:00\"},"
    " \"actions\": [\"SEIZED\"], \"note\": \"in line 7\","
    " \"data\": {\"complete_to_flash\": 3, \"complete_to_rest\": 17,"
    "   \"as_of\": \"2024-03-07T11:58:59Z\", \"witnessed_at\": \"2024-03-07T11:58:51Z\"},"
    " \"contact\": {\"office\": \"Incheon border post\", \"phone\": \"+82 32 555 0100\"}}}";

static const char confirmed[] =
    "{\"confirmed\": {\"actions\": [\"SEIZE_DOCUMENT\"], \"note\": \"it was stolen\","
    " \"contact\": {\"office\": \"Passport Division\", \"email\": \"sltd@mofa.example\"}}}";
static const char not_confirmed[] = "{\"not_confirmed\": {\"reason\": \"OTHER_PERSON\"}}";
static const char corrected[] =
    "{\"corrected\": {\"document\": {\"number\": \"TR1234568\", \"issuing_state\": \"JPN\"},"
    " \"note\": \"a slip in the last digit\"}}";
static const char recovered[] = "{\"recovered\": {\"recovered_on\": \"2024-03-06\"}}";
static const char more_time[] =
    "{\"more_time\": {\"until\": \"2024-03-08T18:00:00+09:00\", \"reason\": \"the file is on "
    "paper\"}}";
static const char follow_up[] =
    "{\"follow_up\": {\"actions\": [\"DOCUMENT_RETURNED\"], \"note\": \"to the embassy\"}}";

static const char holder[] = "report.person.names[0].script=LATIN\n"
                             "report.person.names[0].full=ERIKSSON ANNA\n";

static const struct kind_type *kind;

/* kr.moj met what jp.mofa has on record. */
static void
setup(void)
{
    kind_case_setup();
    kind = kind_find(DENREI__V1__KIND__KIND_SCREENING_HIT);
    context.sender = "kr.moj";
    context.recipient = "jp.mofa";
    context.has_in_reply_to = true;
    context.in_reply_to_from = "jp.mofa";
    context.thread_from = "jp.mofa";
}

/* jp.mofa answers. */
static void
let_owner_answer(void)
{
    context.sender = "jp.mofa";
    context.recipient = "kr.moj";
    context.in_reply_to_from = "kr.moj";
}

START_TEST(good_reports_pass)
{
    char with_holder[256], person[512];

    snprintf(with_holder, sizeof with_holder, "%sreport.actions[1]=HOLDER_INTERVIEWED", holder);
    snprintf(person, sizeof person,
             "%sreport.subject=PERSON\n-report.document\nreport.score=83\n"
             "report.person.date_of_birth=1985-03\nreport.person.nationality=XXA",
             holder);
    kind_case_assert_good(kind, report, "");
    kind_case_assert_good(kind, report, with_holder);
    kind_case_assert_good(kind, report, person);
    kind_case_assert_good(kind, report, "report.actions[0]=NOTHING_YET\n-reference");
    context.has_in_reply_to = false; /* of an imported list */
    context.in_reply_to_from = "";
    context.thread_from = "kr.moj";
    kind_case_assert_good(kind, report,
                          "-report.data\nreport.data.list=sltd\n"
                          "report.data.list_as_of=2024-03-06T00:00:00Z");
}
END_TEST

START_TEST(good_answers_pass)
{
    let_owner_answer();
    kind_case_assert_good(kind, confirmed, "");
    kind_case_assert_good(kind, confirmed, "-confirmed.contact\n-confirmed.note");
    kind_case_assert_good(kind, not_confirmed, "");
    kind_case_assert_good(kind, corrected, "");
    kind_case_assert_good(kind, recovered, "");
    kind_case_assert_good(kind, more_time, "");
}
END_TEST

START_TEST(a_follow_up_replies_to_the_owner_or_to_the_own_report)
{
    kind_case_assert_good(kind, follow_up, "");
    context.in_reply_to_from = "kr.moj";
    kind_case_assert_good(kind, follow_up, "-follow_up.note");
}
END_TEST

START_TEST(a_report_goes_to_the_owner_alone)
{
    static const struct kind_case elsewhere = {"", "to", "is jp.mofa's, and jp.npa is somebody", 0};
    static const struct kind_case many = {"", "to", "at most 1 recipient", 0};
    static const struct kind_case group = {"", "group", "cannot be sent to a group", 0};
    static const struct kind_case public = {"", "tlp", "widest label is AMBER", 0};

    context.recipient = "jp.npa";
    kind_case_assert(kind, report, &elsewhere);
    context.recipient = "";
    context.recipients_count = 2;
    kind_case_assert(kind, report, &many);
    setup();
    context.is_group = true;
    kind_case_assert(kind, report, &group);
    setup();
    context.tlp = DENREI__V1__TLP__TLP_CLEAR;
    kind_case_assert(kind, report, &public);
}
END_TEST

START_TEST(nobody_answers_for_the_owner)
{
    static const struct kind_case own = {"", "in_reply_to", "cannot take the step confirmed", 0};
    static const struct kind_case nothing = {"", "in_reply_to", "only a report", 0};
    static const struct kind_case record = {"", "in_reply_to", "cannot take the step report", 0};

    context.in_reply_to_from = "kr.moj";
    kind_case_assert(kind, confirmed, &own);
    kind_case_assert(kind, report, &record);
    let_owner_answer();
    context.has_in_reply_to = false;
    kind_case_assert(kind, confirmed, &nothing);
}
END_TEST

START_TEST(each_rule_on_a_report_is_named)
{
    static const struct kind_case rows[] = {
        {"-report", "step", "takes no step", 0},
        {"reference=a b", "reference", "", 0},
        {"report.subject=", "report.subject", "missing", 0},
        {"-report.document", "report.document", "missing", 0},
        {"report.subject=PERSON", "report.person", "missing", 0},
        {"report.document.number=tr-1", "report.document.number", "not in the form", 0},
        {"report.document.issuing_state=GER", "report.document.issuing_state", "no state", 0},
        {"report.document.place=1001", "report.document.place", "no more than", 0},
        {"report.document.date_of_expiry=2031", "report.document.date_of_expiry", "no day", 0},
        {"report.score=0", "report.score", "not between", 0},
        {"report.score=101", "report.score", "not between", 0},
        {"report.reason=", "report.reason", "missing", 0},
        {"-report.meeting", "report.meeting", "missing", 0},
        {"report.meeting.type=", "report.meeting.type", "missing", 0},
        {"report.meeting.place=", "report.meeting.place", "missing", 0},
        {"report.meeting.country=XXA", "report.meeting.country", "no country", 0},
        {"report.meeting.at=", "report.meeting.at", "missing", 0},
        {"report.meeting.at=2024-03-07", "report.meeting.at", "is no time", 0},
        {"report.meeting.at=2024-03-08T12:00:00Z", "report.meeting.at", "in the future", 0},
        {"-report.actions", "report.actions", "missing", 0},
        {"report.actions[1]=SEIZED", "report.actions[1]", "twice", 0},
        {"report.actions[1]=NOTHING_YET", "report.actions", "nothing was done", 0},
        {"-report.data", "report.data", "missing", 0},
        {"report.data.as_of=", "report.data", "missing", 0},
        {"report.data.witnessed_at=now", "report.data.witnessed_at", "is no time", 0},
        {"-report.contact", "report.contact", "missing", 0},
        {"report.person.names[0].script=LATIN\nreport.person.names[0].full=ERIKSSON ANNA",
         "report.person", "nothing was done that concerns its holder", 0},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        kind_case_assert(kind, report, &rows[i]);
}
END_TEST

START_TEST(each_rule_on_an_answer_is_named)
{
    static const struct {
        const char *good;
        struct kind_case row;
    } rows[] = {
        {not_confirmed,
         {"not_confirmed.note=x\nnot_confirmed.reason=", "not_confirmed.reason", "missing", 0}},
        {not_confirmed, {"not_confirmed.reason=OTHER", "not_confirmed.note", "missing", 0}},
        {corrected, {"-corrected.document", "corrected.document", "without the right data", 0}},
        {corrected, {"corrected.note=", "corrected.note", "missing", 0}},
        {corrected, {"corrected.document.number=", "corrected.document.number", "missing", 0}},
        {recovered,
         {"recovered.note=x\nrecovered.recovered_on=", "recovered.recovered_on", "missing", 0}},
        {recovered, {"recovered.recovered_on=2024-04-01", "recovered.recovered_on", "future", 0}},
        {more_time, {"more_time.until=", "more_time.until", "missing", 0}},
        {more_time, {"more_time.until=2024-03-07T11:00:00Z", "more_time.until", "is past", 0}},
        {more_time, {"more_time.until=2024-04-07T11:00:00Z", "more_time.until", "30 days", 0}},
        {more_time, {"more_time.reason=", "more_time.reason", "missing", 0}},
        {confirmed, {"-confirmed.actions", "confirmed.actions", "missing", 0}},
        {confirmed, {"confirmed.contact.office=", "confirmed.contact.office", "missing", 0}},
    };
    static const struct kind_case idle = {"-follow_up.actions", "follow_up.actions", "missing", 0};

    kind_case_assert(kind, follow_up, &idle);
    let_owner_answer();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        kind_case_assert(kind, rows[i].good, &rows[i].row);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("kind_screening_hit");
    TCase *tcase = tcase_create("rules");

    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_test(tcase, good_reports_pass);
    tcase_add_test(tcase, good_answers_pass);
    tcase_add_test(tcase, a_follow_up_replies_to_the_owner_or_to_the_own_report);
    tcase_add_test(tcase, a_report_goes_to_the_owner_alone);
    tcase_add_test(tcase, nobody_answers_for_the_owner);
    tcase_add_test(tcase, each_rule_on_a_report_is_named);
    tcase_add_test(tcase, each_rule_on_an_answer_is_named);
    suite_add_tcase(suite, tcase);
    return kind_case_run(srunner_create(suite));
}
