/*
 * Goal: what a treaty asks of a request, of its language, channel and authorities, and of a
 * refusal's ground, is asked by name with the article; a legal basis without a profile keeps the
 * general rules.
 * Method: one good request under each profile; changes to it, and what is said then.
 */
#include "tests/unit/proto/kind_case.h"

#include "proto/treaty_request.h"

#define CONTACT "{\"office\": \"International Affairs Division\", \"email\": \"mla@moj.example\"}"

static const char request[] =
    "{\"reference\": \"MOJ-2024-MLA-0042\", \"request\": {"
    " \"channel\": \"CENTRAL_AUTHORITIES\","
    " \"requesting_authority\": \"Ministry of Justice of Japan\", \"contact\": " CONTACT ","
    " \"conducting_authority\": \"Osaka District Public Prosecutors Office\","
    " \"proceeding\": \"INVESTIGATION\", \"subject_matter\": \"Trafficking in persons\","
    " \"facts\": \"Between ...\","
    " \"dual_criminality\": {\"conduct\": \"Took passports.\", \"place\": \"Osaka\","
    "  \"time\": \"2023\", \"own_law\": \"Penal Code, Article 226-2\","
    "  \"requested_law\": \"The same is punished there.\"},"
    " \"offences\": [{\"name\": \"Trafficking in persons\", \"provisions\": \"Article 226-2\"},"
    "  {\"name\": \"Fraud\", \"provisions\": \"Article 246\"}],"
    " \"assistance\": [{\"measure\": \"RECORDS\", \"description\": \"Account 123, 2023\","
    "  \"necessity\": \"The fees went there.\"}],"
    " \"purpose\": \"Evidence in the investigation named above\", \"language\": \"en\"}}";

static const char refusal[] =
    "{\"reference\": \"KR-2024-0815\", \"refusal\": {\"ground\": \"DUAL_CRIMINALITY\","
    " \"reasons\": \"No offence here.\", \"consultation\": \"By telephone, 2024-03-05\"}}";

static const Denrei__V1__Role police[] = {DENREI__V1__ROLE__ROLE_POLICE};
static const Denrei__V1__Role ministry[] = {DENREI__V1__ROLE__ROLE_FOREIGN_MINISTRY};
static const struct kind_type *kind;

static void
setup(void)
{
    kind_case_setup();
    kind = kind_find(DENREI__V1__KIND__KIND_MLA);
    context.sender = "jp.moj";
    context.sender_country = "JPN";
    context.recipient_country = "KOR";
    context.recipient_roles = central_authority;
    context.recipient_roles_count = 1;
    context.legal_basis = "treaty.jp-kr.2007";
}

START_TEST(a_complete_request_passes_under_each_treaty)
{
    static const struct {
        const char *basis, *country, *changes;
    } rows[] = {
        {"treaty.jp-kr.2007", "KOR", ""},
        {"treaty.jp-us.2006", "USA", ""},
        {"treaty.jp-cn.2008", "CHN", ""},
        {"treaty.jp-hk.2009", "HKG", ""},
        {"treaty.jp-vn.2022", "VNM", ""},
        {"treaty.jp-ru.2011", "RUS", "request.language=ru"},
        {"treaty.jp-eu.2011", "FRA", "request.language=fr"},
        {"treaty.jp-eu.2011", "IRL", ""},
        {"convention.untoc.jp-th", "THA", "request.language=th"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        context.legal_basis = rows[i].basis;
        context.recipient_country = rows[i].country;
        kind_case_assert_good(kind, request, rows[i].changes);
    }
    context.legal_basis = "channel.diplomatic.jp-th";
    context.recipient_country = "THA";
    context.roles = context.recipient_roles = ministry;
    kind_case_assert_good(kind, request, "request.channel=DIPLOMATIC\nrequest.reciprocity=assured");
}
END_TEST

static const struct kind_case MISSING[] = {
    {"-request.requesting_authority", "request.requesting_authority", "UNTOC Art. 18(15)(a)", 1},
    {"-request.conducting_authority", "request.conducting_authority", "UNTOC Art. 18(15)(b)", 1},
    {"-request.proceeding", "request.proceeding", "UNTOC Art. 18(15)(b)", 1},
    {"request.subject_matter=  ", "request.subject_matter", "UNTOC Art. 18(15)(b)", 1},
    {"-request.facts", "request.facts", "UNTOC Art. 18(15)(c)", 1},
    {"-request.dual_criminality", "request.dual_criminality.conduct", "UNTOC Art. 18(9)", 5},
    {"-request.dual_criminality.place", "request.dual_criminality.place", "UNTOC Art. 18(9)", 1},
    {"-request.offences", "request.offences", "Ministry of Justice of Japan", 1},
    {"request.offences[1].provisions= ", "request.offences[1].provisions", "(5)", 1},
    {"-request.assistance", "request.assistance", "UNTOC Art. 18(15)(d)", 1},
    {"request.assistance[0].description= ", "request.assistance[0].description", "(15)(d)", 1},
    {"request.assistance[0].necessity= ", "request.assistance[0].necessity", "(6)", 1},
    {"-request.purpose", "request.purpose", "UNTOC Art. 18(15)(f)", 1},
    {"-request.language", "request.language", "UNTOC Art. 18(14)", 1},
    {"-reference", "reference", "Practice of central authorities", 1},
    {"-request.contact", "request.contact.office", "contents of a request (1)", 2},
    {"request.assistance[0].measure=TESTIMONY", "request.assistance[0].why_essential",
     "Act on International Assistance in Investigation Art. 2(iii)", 3},
    {"request.assistance[0].measure=TESTIMONY", "request.persons", "UNTOC Art. 18(15)(e)", 3},
    {"request.assistance[0].measure=SEARCH_AND_SEIZURE", "request.assistance[0].place", "(15)(d)",
     1},
    {"request.urgency_reason=The trial begins.", "request.written_confirmation_by",
     "UNTOC Art. 18(14)", 1},
};

START_TEST(what_is_missing_is_asked_for_by_name_with_its_article)
{
    kind_case_assert(kind, request, &MISSING[_i]);
}
END_TEST

START_TEST(service_alone_needs_neither_facts_nor_dual_criminality)
{
    kind_case_assert_good(kind, request,
                          "-request.facts\n-request.dual_criminality\n"
                          "request.assistance[0].measure=SERVICE\n"
                          "request.assistance[0].manner_of_service=by hand, before 2024-06-01\n"
                          "request.persons[0].role=ADDRESSEE\n"
                          "request.persons[0].names[0].script=LATIN\n"
                          "request.persons[0].names[0].full=KIM\n"
                          "request.persons[0].whereabouts=Seoul");
}
END_TEST

static const struct {
    const char *basis, *country, *changes;
    struct kind_case row;
} RULES[] = {
    {"treaty.jp-kr.2007",
     "KOR",
     "request.language=fr",
     {NULL, "request.language", "Republic of Korea does not accept requests in fr", 1}},
    {"treaty.jp-ru.2011",
     "RUS",
     "",
     {NULL, "request.language", "in en unless they are urgent (Treaty Art. 4(1))", 1}},
    {"treaty.jp-kr.2007",
     "KOR",
     "request.channel=DIPLOMATIC\nrequest.reciprocity=x",
     {NULL, "request.channel", "do not go by this channel", 1}},
    {"treaty.jp-kr.2007", "THA", "", {NULL, "legal_basis", "does not bind JPN and THA", 1}},
    {"treaty.jp-kr.2007", "JPN", "", {NULL, "to", "of the same state", 1}},
    {"treaty.jp-kr.2007",
     "KOR",
     "request.urgency_reason=x\nrequest.written_confirmation_by=2024-03-18",
     {NULL, "request.written_confirmation_by", "within 10 days", 1}},
};

START_TEST(language_channel_parties_and_confirmation_are_the_treatys)
{
    struct kind_case row = RULES[_i].row;

    context.legal_basis = RULES[_i].basis;
    context.recipient_country = RULES[_i].country;
    row.changes = RULES[_i].changes;
    kind_case_assert(kind, request, &row);
}
END_TEST

START_TEST(an_urgent_request_is_confirmed_in_time_and_may_be_in_english)
{
    context.legal_basis = "treaty.jp-ru.2011";
    context.recipient_country = "RUS";
    kind_case_assert_good(kind, request,
                          "request.urgency_reason=x\nrequest.written_confirmation_by=2024-03-17");
}
END_TEST

START_TEST(only_the_treatys_authorities_send_and_receive)
{
    const struct kind_case receives = {"", "to", "kr.moj is none of the authorities that receive",
                                       1};
    const struct kind_case sends = {"", "request", "is none of the authorities that send", 1};

    context.recipient_roles = police;
    kind_case_assert(kind, request, &receives);
    context.recipient_roles = central_authority;
    context.roles = police;
    kind_case_assert(kind, request, &sends);
}
END_TEST

START_TEST(a_ground_that_the_treaty_lacks_is_refused_with_those_that_it_has)
{
    const struct kind_case row = {"refusal.ground=NO_RECIPROCITY", "refusal.ground",
                                  "does not let a request be refused", 1};

    context.sender = "kr.moj";
    context.recipient = "jp.moj";
    context.has_in_reply_to = true;
    context.in_reply_to_from = context.thread_from = "jp.moj";
    kind_case_assert_good(kind, refusal, "");
    kind_case_assert(kind, refusal, &row);
    ck_assert_ptr_nonnull(strstr(problems.list[0].cure, "POLITICAL_OFFENCE (UN Model Treaty"));
    context.legal_basis = "channel.diplomatic";
    kind_case_assert_good(kind, refusal, "refusal.ground=NO_RECIPROCITY");
}
END_TEST

START_TEST(a_legal_basis_without_a_profile_keeps_the_general_rules)
{
    const struct kind_case row = {"-request.purpose", "request.purpose", "", 1};

    context.legal_basis = "arrangement.jp-xx";
    kind_case_assert_good(kind, request, "-request.dual_criminality\nrequest.language=fr");
    kind_case_assert(kind, request, &row);
    ck_assert_ptr_null(strstr(problems.list[0].wrong, "UNTOC"));
}
END_TEST

START_TEST(half_of_the_facts_of_dual_criminality_is_refused_without_a_profile_too)
{
    const struct kind_case row = {"-request.dual_criminality.conduct",
                                  "request.dual_criminality.conduct", "", 1};

    context.legal_basis = "arrangement.jp-xx";
    kind_case_assert(kind, request, &row);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("treaty_request");
    TCase *cases = tcase_create("treaty_request");

    tcase_add_checked_fixture(cases, setup, NULL);
    tcase_add_test(cases, a_complete_request_passes_under_each_treaty);
    tcase_add_loop_test(cases, what_is_missing_is_asked_for_by_name_with_its_article, 0,
                        sizeof MISSING / sizeof MISSING[0]);
    tcase_add_test(cases, service_alone_needs_neither_facts_nor_dual_criminality);
    tcase_add_loop_test(cases, language_channel_parties_and_confirmation_are_the_treatys, 0,
                        sizeof RULES / sizeof RULES[0]);
    tcase_add_test(cases, an_urgent_request_is_confirmed_in_time_and_may_be_in_english);
    tcase_add_test(cases, only_the_treatys_authorities_send_and_receive);
    tcase_add_test(cases, a_ground_that_the_treaty_lacks_is_refused_with_those_that_it_has);
    tcase_add_test(cases, a_legal_basis_without_a_profile_keeps_the_general_rules);
    tcase_add_test(cases, half_of_the_facts_of_dual_criminality_is_refused_without_a_profile_too);
    suite_add_tcase(suite, cases);
    return kind_case_run(srunner_create(suite));
}
