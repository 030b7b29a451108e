/*
 * Goal: an alert that the rules allow passes, and each rule, broken alone, is named with its field
 * and a cure; no victim or witness can be its subject.
 * Method: one good alert as JSON; tables of changes to it.
 */
#include "tests/unit/proto/kind_case.h"

#include "proto/suspect_alert.pb-c.h"

static const char good[] =
    "{\"role\": \"SUSPECT\", \"checked_not_a_victim\": true,"
    " \"names\": [{\"script\": \"HAN\", \"language\": \"ja\", \"family\": \"一ノ瀬\","
    "   \"given\": \"太郎\", \"reading\": \"イチノセ タロウ\"},"
    "  {\"script\": \"LATIN\", \"family\": \"Ichinose\", \"given\": \"Tarō\"}],"
    " \"aliases\": [{\"script\": \"HANGUL\", \"full\": \"김철수\", \"reading\": \"Kim Cheol-su\"}],"
    " \"dates_of_birth\": [\"1985-03-07\", \"1985-03\", \"1984\"],"
    " \"place_of_birth\": \"Busan\", \"country_of_birth\": \"KOR\","
    " \"nationalities\": [\"JPN\", \"XXA\"], \"sex\": \"MALE\", \"height_cm\": 172,"
    " \"distinguishing_marks\": \"scar\", \"languages\": [\"ja\", \"ko\"],"
    " \"documents\": [{\"number\": \"L898902C3\", \"check_digit\": \"6\","
    "   \"issuing_state\": \"KOR\", \"type\": \"PASSPORT\", \"date_of_expiry\": \"2020-01-01\"}],"
    " \"whereabouts\": \"Seoul\","
    " \"offences\": [{\"category\": \"TRAFFICKING_IN_PERSONS\", \"description\": \"Recruits.\","
    "   \"provision\": \"Penal Code, Article 226-2\", \"maximum_penalty\": \"10 years\","
    "   \"committed_on\": \"2023-11\", \"place\": \"Osaka\"}],"
    " \"actions\": [\"LOCATE\", \"COLLECT_INFORMATION\"],"
    " \"legal_basis\": \"Police Act, Article 61-3\", \"caveats\": [\"ARMED\", \"VIOLENT\"],"
    " \"notice\": \"BLUE\", \"notice_reference\": \"2024/12345\","
    " \"source_evaluation\": \"B\", \"information_evaluation\": \"2\","
    " \"review_date\": \"2025-03-01\", \"national_reference\": \"NPA-2024-0815\","
    " \"contact\": {\"office\": \"Tokyo NCB\", \"email\": \"ncb@npa.example\"}}";

static const char arrest[] = "actions[0]=ARREST\nextradition_will_be_sought=true\nnotice=RED\n"
                             "warrant.type=ARREST_WARRANT\nwarrant.reference=2024-Ro-1234\n"
                             "warrant.issued_by=Tokyo District Court\nwarrant.issuing_state=JPN\n"
                             "warrant.issued_on=2024-02-15\nwarrant.valid_until=2031-02-14\n";

static const struct kind_type *kind;

static void
setup(void)
{
    kind_case_setup();
    kind = kind_find(DENREI__V1__KIND__KIND_SUSPECT_ALERT);
}

START_TEST(good_alerts_pass)
{
    static const char *const changes[] = {
        "",
        "-aliases\n-dates_of_birth\n-nationalities\n-documents\n-caveats\n-notice",
        "role=BROKER\n-actions\nactions=TAKE_NOTE\nheight_cm=",
        "actions[0]=DISCREET_CHECK",
        "names[0].script=OTHER\nnames[0].family=Ἀλέξανδρος",
        "names[1].family=O'Brien-Çelik\nnames[1].given=Nguyễn",
        "names[0].given=さくら",
    };

    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++)
        kind_case_assert_good(kind, good, changes[i]);
    kind_case_assert_good(kind, good, arrest);
}
END_TEST

/* There is no word for it: the wire's check of enums refuses any other number. */
START_TEST(a_victim_or_witness_can_never_be_the_subject)
{
    const ProtobufCEnumDescriptor *roles = &denrei__v1__subject_role__descriptor;
    static const struct kind_case unchecked = {"checked_not_a_victim=false", "checked_not_a_victim",
                                               "a victim can never be the subject", 0};

    for (unsigned i = 0; i < roles->n_values; i++) {
        ck_assert_ptr_null(strstr(roles->values[i].name, "VICTIM"));
        ck_assert_ptr_null(strstr(roles->values[i].name, "WITNESS"));
    }
    kind_case_assert(kind, good, &unchecked);
    ck_assert_ptr_nonnull(strstr(problems.list[0].cure, "VICTIM_REFERRAL"));
}
END_TEST

START_TEST(each_rule_on_the_person_is_named)
{
    static const struct kind_case rows[] = {
        {"role=", "role", "missing", 0},
        {"-names", "names", "missing", 0},
        {"names[1].family=\nnames[1].given=", "names[1]", "the name is empty", 0},
        {"names[1].script=", "names[1].script", "missing", 0},
        {"names[1].family=一ノ瀬", "names[1].family", "not all in the script", 0},
        {"names[1].full=Ichinose たろう", "names[1].full", "from \"たろう\" on", 0},
        {"names[0].given=Tarō", "names[0].given", "not all in the script", 0},
        {"names[0].reading=一ノ瀬", "names[0].reading", "read in several ways", 0},
        {"names[0].language=Japanese", "names[0].language", "is not a language", 0},
        {"aliases[0].script=KANA", "aliases[0].full", "not all in the script", 0},
        {"dates_of_birth[0]=85-03-07", "dates_of_birth[0]", "not a date", 0},
        {"dates_of_birth[0]=1985-02-30", "dates_of_birth[0]", "the calendar has no", 0},
        {"dates_of_birth[1]=2024-04", "dates_of_birth[1]", "in the future", 0},
        {"dates_of_birth[2]=1885", "dates_of_birth[2]", "older than 130 years", 0},
        {"dates_of_birth=1\ndates_of_birth=1\ndates_of_birth=1\ndates_of_birth=1\n"
         "dates_of_birth=1\ndates_of_birth=1",
         "dates_of_birth", "there are 9, 8 are allowed", 6},
        {"country_of_birth=XXA", "country_of_birth", "is no country", 0},
        {"nationalities[1]=JPN", "nationalities[1]", "there twice", 0},
        {"nationalities[1]=EUE", "nationalities[1]", "is no nationality", 0},
        {"nationalities[1]=UTO", "nationalities[1]", "is no nationality", 0},
        {"nationalities[1]=GER", "nationalities[1]", "no state with", 0},
        {"height_cm=39", "height_cm", "not between 40 and 260", 0},
        {"height_cm=261", "height_cm", "not between 40 and 260", 0},
        {"languages[1]=ja", "languages[1]", "there twice", 0},
        {"documents[0].number=l898902c3", "documents[0].number", "not in the form", 0},
        {"documents[0].check_digit=7", "documents[0].check_digit", "L898902C3 gives 6", 0},
        {"documents[0].issuing_state=", "documents[0].issuing_state", "missing", 0},
        {"documents[0].type=", "documents[0].type", "missing", 0},
        {"documents[0].date_of_expiry=2020", "documents[0].date_of_expiry", "has no day", 0},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        kind_case_assert(kind, good, &rows[i]);
}
END_TEST

START_TEST(each_rule_on_offence_action_and_handling_is_named)
{
    static const struct kind_case rows[] = {
        {"-offences", "offences", "missing", 0},
        {"offences[0].category=", "offences[0].category", "missing", 0},
        {"offences[0].description=", "offences[0].description", "missing", 0},
        {"offences[0].committed_on=2025", "offences[0].committed_on", "in the future", 0},
        {"-actions", "actions", "missing", 0},
        {"actions[1]=LOCATE", "actions[1]", "there twice", 0},
        {"actions[1]=TAKE_NOTE", "actions", "asks for nothing", 0},
        {"actions[0]=DISCREET_CHECK\nactions[1]=EXAMINE", "actions", "must not notice", 0},
        {"legal_basis=", "legal_basis", "missing", 0},
        {"caveats[1]=ARMED", "caveats[1]", "there twice", 0},
        {"notice_reference=no. 5", "notice_reference", "is not a reference", 0},
        {"source_evaluation=", "source_evaluation", "missing", 0},
        {"information_evaluation=", "information_evaluation", "missing", 0},
        {"review_date=", "review_date", "missing", 0},
        {"review_date=2029-03-08", "review_date", "more than 5 years ahead", 0},
        {"review_date=2029-03-07", "review_date", "after the message expires", 0},
        {"review_date=2024-03-01", "review_date", "is past", 0},
        {"-contact", "contact", "missing", 0},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        kind_case_assert(kind, good, &rows[i]);
}
END_TEST

START_TEST(an_arrest_rests_on_a_warrant_and_on_extradition)
{
    static const struct kind_case rows[] = {
        {"-warrant", "warrant", "rests on a warrant", 0},
        {"extradition_will_be_sought=false", "extradition_will_be_sought", "assurance", 0},
        {"actions[0]=LOCATE", "notice", "a RED notice asks for an arrest", 0},
        {"warrant.type=", "warrant.type", "missing", 0},
        {"warrant.reference=", "warrant.reference", "missing", 0},
        {"warrant.issued_by=", "warrant.issued_by", "missing", 0},
        {"warrant.issuing_state=XOM", "warrant.issuing_state", "is no country", 0},
        {"warrant.issued_on=2024-02", "warrant.issued_on", "has no day", 0},
        {"warrant.issued_on=2024-03-20", "warrant.issued_on", "in the future", 0},
        {"warrant.valid_until=2024-03-01", "warrant.valid_until", "is past", 0},
        {"warrant.valid_until=2024-03-06\nwarrant.issued_on=2024-03-07", "warrant.valid_until",
         "ends before it was issued", 0},
        {"actions[1]=DISCREET_CHECK", "actions", "would notice the others", 0},
    };
    char changes[1024];

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct kind_case row = rows[i];
        snprintf(changes, sizeof changes, "%s%s", arrest, row.changes);
        row.changes = changes;
        kind_case_assert(kind, good, &row);
    }
}
END_TEST

START_TEST(handling_code_h3_asks_for_its_note)
{
    context.use_restriction = DENREI__V1__USE_RESTRICTION__USE_H3;
    kind_case_assert(kind, good, &(struct kind_case){"", "handling_note", "H3 asks for it", 0});
    kind_case_assert_good(kind, good, "handling_note=Not in court.");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("kind_suspect_alert");
    TCase *tcase = tcase_create("kind_suspect_alert");

    suite_add_tcase(suite, tcase);
    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_test(tcase, good_alerts_pass);
    tcase_add_test(tcase, a_victim_or_witness_can_never_be_the_subject);
    tcase_add_test(tcase, each_rule_on_the_person_is_named);
    tcase_add_test(tcase, each_rule_on_offence_action_and_handling_is_named);
    tcase_add_test(tcase, an_arrest_rests_on_a_warrant_and_on_extradition);
    tcase_add_test(tcase, handling_code_h3_asks_for_its_note);
    return kind_case_run(srunner_create(suite));
}
