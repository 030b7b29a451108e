/*
 * Goal: each step of a case that UNTOC Article 18 and Japan's practice allow passes, from the right
 * party alone, and what a step lacks is named with its field and a cure.
 * Method: one good request, and one good message of each later step, as JSON; changes to them; the
 * parties of a thread exchanged.
 */
#include "tests/unit/proto/kind_case.h"

#define CONTACT "{\"office\": \"International Affairs Division\", \"email\": \"mla@moj.example\"}"

static const char request[] =
    "{\"reference\": \"MOJ-2024-MLA-0042\", \"request\": {"
    " \"channel\": \"CENTRAL_AUTHORITIES\","
    " \"requesting_authority\": \"Ministry of Justice of Japan\", \"contact\": " CONTACT ","
    " \"conducting_authority\": \"Osaka District Public Prosecutors Office\","
    " \"proceeding\": \"INVESTIGATION\", \"subject_matter\": \"Trafficking in persons\","
    " \"facts\": \"Between ...\","
    " \"offences\": [{\"name\": \"Trafficking in persons\", \"provisions\": \"Article 226-2 ...\","
    "  \"maximum_penalty\": \"10 years\", \"time_barred_on\": \"2031-03-07\"}],"
    " \"assistance\": [{\"measure\": \"RECORDS\", \"description\": \"Account 123 of bank B, 2023\","
    "  \"necessity\": \"The fees went there.\"}],"
    " \"purpose\": \"Evidence in the investigation named above\","
    " \"persons\": [{\"role\": \"SUSPECT\", \"names\": [{\"script\": \"HANGUL\","
    "  \"full\": \"김철수\"}], \"date_of_birth\": \"1985\", \"nationalities\": [\"KOR\"],"
    "  \"sex\": \"MALE\", \"whereabouts\": \"Seoul\"}],"
    " \"language\": \"en\", \"needed_by\": \"2024-09-30\", \"needed_by_reason\": \"trial\","
    " \"confidential\": true, \"confidential_reason\": \"The suspect does not know.\","
    " \"oral_request_on\": \"2024-03-01\", \"annexes\": [\"Court order\"]}}";

static const char acknowledgement[] =
    "{\"reference\": \"KR-2024-0815\", \"their_reference\": \"MOJ-2024-MLA-0042\","
    " \"acknowledgement\": {\"received_on\": \"2024-03-07\", \"handling_authority\": \"Seoul "
    "CDPO\","
    " \"contact\": " CONTACT ", \"expected_by\": \"2024-06-30\"}}";
static const char question[] = "{\"reference\": \"KR-2024-0815\", \"question\": {"
                               " \"about\": \"MORE_INFORMATION\", \"questions\": [\"Which bank?\"],"
                               " \"reply_by\": \"2024-04-15\"}}";
static const char reply[] =
    "{\"reference\": \"MOJ-2024-MLA-0042\", \"reply\": {\"replies\": [\"Bank B.\"]}}";
static const char answer[] =
    "{\"reference\": \"KR-2024-0815\", \"answer\": {\"extent\": \"PARTIAL\","
    " \"results\": [{\"measure\": \"RECORDS\", \"outcome\": \"EXECUTED\", \"text\": \"See "
    "annex.\"},"
    " {\"measure\": \"TESTIMONY\", \"outcome\": \"OUTSTANDING\", \"text\": \"In May.\"}],"
    " \"outstanding\": \"the testimony\", \"return_by\": \"2025-03-31\"}}";
static const char refusal[] =
    "{\"reference\": \"KR-2024-0815\", \"refusal\": {\"ground\": \"DUAL_CRIMINALITY\","
    " \"reasons\": \"No offence here.\", \"consultation\": \"By telephone, 2024-03-05\"}}";
static const char postponement[] =
    "{\"reference\": \"KR-2024-0815\", \"postponement\": {\"reasons\": \"Own investigation.\","
    " \"consultation\": \"By telephone, 2024-03-05\", \"until\": \"2024-12\"}}";

static const char acceptance[] =
    "{\"reference\": \"KR-2024-0815\", \"acceptance\": {\"executing_authority\": \"Seoul CDPO\","
    " \"expected_by\": \"2024-06-30\", \"conditions\": \"Not in another case.\"}}";
static const char execution[] =
    "{\"reference\": \"KR-2024-0815\", \"execution\": {\"begun_on\": \"2024-03-07\","
    " \"expected_by\": \"2024-06-30\", \"note\": \"The bank was asked.\"}}";
static const char closure[] =
    "{\"reference\": \"MOJ-2024-MLA-0042\","
    " \"closure\": {\"closed_on\": \"2024-03-07\", \"note\": \"Thanks.\"}}";
static const char confirmation[] =
    "{\"reference\": \"MOJ-2024-MLA-0042\", \"confirmation\": {\"letter_on\": \"2024-03-07\","
    " \"sent_by\": \"diplomatic bag\"}}";

static const struct kind_type *kind;

static void
setup(void)
{
    kind_case_setup();
    kind = kind_find(DENREI__V1__KIND__KIND_MLA);
    context.sender = "jp.moj";
}

/* The thread that jp.moj began; the requested party answers in it. */
static void
be_requested(void)
{
    context.sender = "kr.moj";
    context.recipient = "jp.moj";
    context.has_in_reply_to = true;
    context.in_reply_to_from = context.thread_from = "jp.moj";
}

static void
be_requesting(void)
{
    context.sender = "jp.moj";
    context.recipient = "kr.moj";
    context.has_in_reply_to = true;
    context.in_reply_to_from = "kr.moj";
    context.thread_from = "jp.moj";
}

START_TEST(good_requests_pass)
{
    static const char *const changes[] = {
        "",
        "-request.persons",
        "request.needed_by=\nrequest.needed_by_reason=\nrequest.confidential=false\n"
        "request.confidential_reason=",
        "request.assistance[0].measure=SERVICE\nrequest.assistance[0].manner_of_service=in person\n"
        "request.facts=",
        "request.assistance[0].measure=TESTIMONY\nrequest.assistance[0].questions=Who paid?\n"
        "request.assistance[0].why_essential=There is no other witness.",
        "request.assistance[0].measure=SEARCH_AND_SEIZURE\nrequest.assistance[0].place=1-1 Jongno",
        "request.channel=URGENT_DIRECT\nrequest.reciprocity=We would.\nrequest.urgency_reason=Now",
    };

    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++)
        kind_case_assert_good(kind, request, changes[i]);
}
END_TEST

START_TEST(what_a_request_lacks_is_named)
{
    static const struct kind_case rows[] = {
        {"reference=", "reference", "missing", 0},
        {"reference=case 42", "reference", "not a reference", 0},
        {"their_reference=case 42", "their_reference", "not a reference", 0},
        {"request.channel=", "request.channel", "missing", 0},
        {"request.requesting_authority=", "request.requesting_authority", "missing", 0},
        {"-request.contact", "request.contact", "missing", 0},
        {"request.conducting_authority=", "request.conducting_authority", "missing", 0},
        {"request.proceeding=", "request.proceeding", "missing", 0},
        {"request.subject_matter=", "request.subject_matter", "missing", 0},
        {"request.facts=", "request.facts", "missing", 0},
        {"-request.offences", "request.offences", "missing", 0},
        {"request.offences[0].name=", "request.offences[0].name", "missing", 0},
        {"request.offences[0].provisions=", "request.offences[0].provisions", "missing", 0},
        {"-request.assistance", "request.assistance", "missing", 0},
        {"-request.assistance\nrequest.facts=", "request.facts", "missing", 2},
        {"request.assistance[0].measure=", "request.assistance[0].measure", "missing", 0},
        {"request.assistance[0].description=", "request.assistance[0].description", "missing", 0},
        {"request.assistance[0].necessity=", "request.assistance[0].necessity", "missing", 0},
        {"request.purpose=", "request.purpose", "missing", 0},
        {"request.language=", "request.language", "missing", 0},
        {"request.language=English", "request.language", "is not a language", 0},
        {"request.persons[0].role=", "request.persons[0].role", "missing", 0},
        {"request.persons[0].role=ADDRESSEE\nrequest.persons[0].whereabouts=",
         "request.persons[0].whereabouts", "missing", 0},
        {"request.persons[0].date_of_birth=2025", "request.persons[0].date_of_birth", "future", 0},
        {"request.needed_by=2024-03-01", "request.needed_by", "is past", 0},
        {"request.needed_by_reason=", "request.needed_by_reason", "missing", 0},
        {"request.needed_by=", "request.needed_by", "and no day", 0},
        {"request.confidential_reason=", "request.confidential_reason", "missing", 0},
        {"request.confidential=false", "request.confidential", "not asked for", 0},
        {"request.oral_request_on=2024-03-20", "request.oral_request_on", "future", 0},
        {"request.related_reference=a b", "request.related_reference", "not a reference", 0},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        kind_case_assert(kind, request, &rows[i]);
}
END_TEST

START_TEST(what_a_measure_lacks_is_named)
{
    static const struct kind_case rows[] = {
        {"request.assistance[0].measure=TESTIMONY", "request.assistance[0].why_essential",
         "missing", 2},
        {"request.assistance[0].measure=VIDEO_HEARING", "request.assistance[0].questions",
         "missing", 2},
        {"request.assistance[0].measure=ARTICLES", "request.assistance[0].why_essential", "missing",
         0},
        {"request.assistance[0].measure=SERVICE", "request.assistance[0].manner_of_service",
         "missing", 0},
        {"request.assistance[0].measure=SEARCH_AND_SEIZURE", "request.assistance[0].place",
         "missing", 0},
        {"request.assistance[0].measure=EXAMINE_OBJECTS_OR_SITES", "request.assistance[0].place",
         "missing", 0},
        {"request.assistance[0].measure=LOCATE_PERSON\n-request.persons", "request.persons",
         "none is named", 0},
        {"request.channel=DIPLOMATIC", "request.reciprocity", "missing", 2},
        {"request.channel=URGENT_DIRECT\nrequest.reciprocity=We would.", "request.urgency_reason",
         "missing", 0},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        kind_case_assert(kind, request, &rows[i]);
}
END_TEST

START_TEST(the_right_authority_makes_a_request)
{
    static const Denrei__V1__Role police[] = {DENREI__V1__ROLE__ROLE_POLICE};
    static const Denrei__V1__Role ministry[] = {DENREI__V1__ROLE__ROLE_FOREIGN_MINISTRY};
    static const char diplomatic[] = "request.channel=DIPLOMATIC\nrequest.reciprocity=We would.";

    kind_case_assert(kind, request,
                     &(struct kind_case){diplomatic, "request.channel", "is none", 0});
    context.roles = ministry;
    kind_case_assert_good(kind, request, diplomatic);
    kind_case_assert(kind, request, &(struct kind_case){"", "request", "no central authority", 0});
    context.roles = police;
    kind_case_assert(kind, request, &(struct kind_case){"", "request", "no central authority", 0});
    be_requested();
    kind_case_assert(kind, answer, &(struct kind_case){"", "", "neither central authority", 0});
}
END_TEST

START_TEST(a_request_goes_to_one_party_under_a_legal_basis_and_begins_a_thread)
{
    context.recipients_count = 2;
    kind_case_assert(kind, request, &(struct kind_case){"", "to", "at most 1 recipient", 0});
    context.recipients_count = 1;
    context.is_group = true;
    kind_case_assert(kind, request, &(struct kind_case){"", "group", "cannot be sent", 0});
    context.is_group = false;
    context.legal_basis = "";
    kind_case_assert(kind, request, &(struct kind_case){"", "legal_basis", "rests on", 0});
    context.legal_basis = "jp-kr-2006";
    be_requested();
    kind_case_assert(kind, request, &(struct kind_case){"", "in_reply_to", "begins a case", 0});
}
END_TEST

START_TEST(each_later_step_passes_from_its_party)
{
    be_requested();
    kind_case_assert_good(kind, acknowledgement, "");
    kind_case_assert_good(kind, question, "");
    kind_case_assert_good(kind, question, "question.about=CONSULTATION");
    kind_case_assert_good(kind, reply, "");
    kind_case_assert_good(kind, answer, "");
    kind_case_assert_good(kind, refusal, "");
    kind_case_assert_good(kind, refusal, "refusal.ground=WRONG_AUTHORITY\nrefusal.consultation=");
    kind_case_assert_good(kind, postponement, "");
    kind_case_assert_good(kind, acceptance, "");
    kind_case_assert_good(kind, execution, "");
    be_requesting();
    kind_case_assert_good(kind, closure, "");
    kind_case_assert_good(kind, confirmation, "");
    kind_case_assert_good(kind, reply, "");
    kind_case_assert_good(kind, question, "question.about=PROGRESS");
    kind_case_assert_good(kind, question, "question.about=USE_CONSENT");
    context.in_reply_to_from = "jp.moj"; /* it asks how its own request stands */
    kind_case_assert_good(kind, question, "question.about=PROGRESS");
    be_requested();
    context.thread_from = ""; /* the request is not known here */
    kind_case_assert_good(kind, answer, "");
}
END_TEST

START_TEST(a_step_of_the_wrong_party_is_refused)
{
    static const char *const requested[] = {acknowledgement, question,   answer,   refusal,
                                            postponement,    acceptance, execution};
    static const char *const paths[] = {"acknowledgement", "question",   "answer",   "refusal",
                                        "postponement",    "acceptance", "execution"};

    be_requesting();
    for (size_t i = 0; i < 7; i++)
        kind_case_assert(kind, requested[i],
                         &(struct kind_case){"", paths[i], "made the request and cannot", 0});
    be_requested();
    kind_case_assert(
        kind, question,
        &(struct kind_case){"question.about=PROGRESS", "question", "for it to ask", 0});
    kind_case_assert(kind, closure,
                     &(struct kind_case){"", "closure", "the step is for it to take", 0});
    kind_case_assert(kind, confirmation,
                     &(struct kind_case){"", "confirmation", "the step is for it to take", 0});
    context.in_reply_to_from = "kr.moj";
    for (size_t i = 0; i < 7; i++)
        kind_case_assert(kind, requested[i],
                         &(struct kind_case){"", "in_reply_to", "its own message", 0});
    kind_case_assert(kind, reply, &(struct kind_case){"", "in_reply_to", "its own message", 0});
    context.has_in_reply_to = false;
    for (size_t i = 0; i < 7; i++)
        kind_case_assert(kind, requested[i],
                         &(struct kind_case){"", "in_reply_to", "replies to a message", 0});
}
END_TEST

START_TEST(a_case_is_not_carried_on_with_a_third_party)
{
    static const char *const steps[] = {acknowledgement, question, reply, answer, refusal};

    be_requested();
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        context.recipient = "us.doj"; /* jp.moj's case told to somebody else */
        kind_case_assert(kind, steps[i],
                         &(struct kind_case){"", "in_reply_to", "jp.moj is a party", 0});
        context.recipient = "jp.moj"; /* an answer to what a third party said */
        context.in_reply_to_from = "us.doj";
        kind_case_assert(kind, steps[i],
                         &(struct kind_case){"", "in_reply_to", "us.doj is a party", 0});
        context.in_reply_to_from = "jp.moj";
    }
    context.thread_from = "us.doj";
    kind_case_assert(kind, reply, &(struct kind_case){"", "in_reply_to", "us.doj is a party", 0});
    context.thread_from = "";
    kind_case_assert_good(kind, reply, "");
}
END_TEST

START_TEST(what_a_later_step_lacks_is_named)
{
    static const struct {
        const char *good;
        struct kind_case row;
    } rows[] = {
        {reply, {"-reply", "step", "takes no step", 0}},
        {acknowledgement,
         {"acknowledgement.received_on=", "acknowledgement.received_on", "missing", 0}},
        {acknowledgement,
         {"acknowledgement.received_on=2024-03-20", "acknowledgement.received_on", "future", 0}},
        {acknowledgement,
         {"acknowledgement.handling_authority=", "acknowledgement.handling_authority", "missing",
          0}},
        {acknowledgement, {"-acknowledgement.contact", "acknowledgement.contact", "missing", 0}},
        {acknowledgement,
         {"acknowledgement.expected_by=2024-03-01", "acknowledgement.expected_by",
          "before the request came in", 0}},
        {acceptance,
         {"acceptance.executing_authority=", "acceptance.executing_authority", "missing", 0}},
        {acceptance, {"acceptance.expected_by=2024-03-01", "acceptance.expected_by", "is past", 0}},
        {execution, {"execution.begun_on=", "execution.begun_on", "missing", 0}},
        {execution, {"execution.begun_on=2024-03-20", "execution.begun_on", "future", 0}},
        {closure, {"closure.closed_on=", "closure.closed_on", "missing", 2}},
        {confirmation, {"confirmation.letter_on=", "confirmation.letter_on", "missing", 2}},
        {confirmation, {"confirmation.sent_by=", "confirmation.sent_by", "missing", 2}},
        {question, {"question.about=", "question.about", "missing", 0}},
        {question, {"-question.questions", "question.questions", "missing", 0}},
        {question, {"question.reply_by=2024-03-01", "question.reply_by", "is past", 0}},
        {answer, {"answer.extent=", "answer.extent", "missing", 0}},
        {answer, {"-answer.results", "answer.results", "missing", 0}},
        {answer, {"answer.results[0].measure=", "answer.results[0].measure", "missing", 0}},
        {answer, {"answer.results[0].outcome=", "answer.results[0].outcome", "missing", 0}},
        {answer, {"answer.results[0].text=", "answer.results[0].text", "missing", 0}},
        {answer, {"answer.outstanding=", "answer.outstanding", "missing", 0}},
        {answer, {"answer.extent=FINAL", "answer.outstanding", "nothing is outstanding", 2}},
        {answer,
         {"answer.extent=FINAL\nanswer.outstanding=", "answer.results[1].outcome",
          "nothing is outstanding", 0}},
        {answer, {"answer.return_by=2024-03-01", "answer.return_by", "is past", 0}},
        {refusal, {"refusal.ground=", "refusal.ground", "missing", 0}},
        {refusal, {"refusal.reasons=", "refusal.reasons", "missing", 0}},
        {refusal, {"refusal.consultation=", "refusal.consultation", "missing", 0}},
        {postponement, {"postponement.reasons=", "postponement.reasons", "missing", 0}},
        {postponement, {"postponement.consultation=", "postponement.consultation", "missing", 0}},
        {postponement, {"postponement.until=2024-02", "postponement.until", "is past", 0}},
    };

    be_requested();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        kind_case_assert(kind, rows[i].good, &rows[i].row);
    kind_case_assert(kind, "{\"reference\": \"A-1\", \"reply\": {}}",
                     &(struct kind_case){"", "reply.replies", "missing", 0});
}
END_TEST

START_TEST(handling_code_h3_asks_for_its_note)
{
    context.use_restriction = DENREI__V1__USE_RESTRICTION__USE_H3;
    kind_case_assert(kind, request,
                     &(struct kind_case){"", "request.handling_note", "H3 asks for it", 0});
    kind_case_assert_good(kind, request, "request.handling_note=Not in court.");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("kind_mla");
    TCase *tcase = tcase_create("kind_mla");

    suite_add_tcase(suite, tcase);
    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_test(tcase, good_requests_pass);
    tcase_add_test(tcase, what_a_request_lacks_is_named);
    tcase_add_test(tcase, what_a_measure_lacks_is_named);
    tcase_add_test(tcase, the_right_authority_makes_a_request);
    tcase_add_test(tcase, a_request_goes_to_one_party_under_a_legal_basis_and_begins_a_thread);
    tcase_add_test(tcase, each_later_step_passes_from_its_party);
    tcase_add_test(tcase, a_step_of_the_wrong_party_is_refused);
    tcase_add_test(tcase, a_case_is_not_carried_on_with_a_third_party);
    tcase_add_test(tcase, what_a_later_step_lacks_is_named);
    tcase_add_test(tcase, handling_code_h3_asks_for_its_note);
    return kind_case_run(srunner_create(suite));
}
