/*
 * Goal: a report that the record's rules allow passes, and each rule, broken alone, is named with
 * its field and a cure.
 * Method: one good report as JSON; a table of changes to it.
 */
#include "tests/unit/proto/kind_case.h"

#include <stdlib.h>

static const char good[] =
    "{\"documents\": [{\"number\": \"TR1234567\", \"check_digit\": \"2\", \"issuing_state\": "
    "\"JPN\","
    "  \"type\": \"PASSPORT\", \"status\": \"STOLEN\", \"date_of_issue\": \"2021-05-20\","
    "  \"date_of_expiry\": \"2031-05-20\", \"lost_on\": \"2024-03-07\","
    "  \"reporting_country\": \"FRA\", \"national_reference\": \"MOFA-2024-001234\","
    "  \"review_date\": \"2025-03-07\", \"additional_info\": \"cover torn, visa page 12 "
    "missing\"}],"
    " \"instructions\": {\"actions\": [\"CONTACT_OWNER\", \"SEIZE_DOCUMENT\"],"
    "  \"contact\": {\"office\": \"Passport Division\", \"email\": \"sltd@mofa.example\","
    "   \"phone\": \"+81 3 5555 0100\", \"hours\": \"day and night\", \"languages\": [\"ja\", "
    "\"en\"]},"
    "  \"note\": \"Ask the owner first.\\nDo not detain on this alone.\"}}";

static const char blanks[] =
    "{\"documents\": [{\"number\": \"TR1234000\", \"last_number\": \"TR1234999\","
    "  \"issuing_state\": \"JPN\", \"type\": \"PASSPORT\", \"status\": \"STOLEN_BLANK\","
    "  \"lost_on\": \"2024-02\"}],"
    " \"instructions\": {\"actions\": [\"SEIZE_DOCUMENT\"],"
    "  \"contact\": {\"office\": \"Passport Division\", \"phone\": \"+81 3 5555 0100\"}}}";

static const struct kind_type *kind;

static void
setup(void)
{
    kind_case_setup();
    kind = kind_find(DENREI__V1__KIND__KIND_LOST_PASSPORT);
}

START_TEST(good_reports_pass)
{
    static const char *const changes[] = {
        "",
        "documents[0].status=LOST",
        "documents[0].status=REVOKED",
        "documents[0].status=INVALID",
        "documents[0].status=MISAPPROPRIATED",
        "documents[0].check_digit=\ndocuments[0].date_of_issue=\ndocuments[0].lost_on=2023",
        "documents[0].lost_on=2024-03-08", /* tomorrow: it is so in New Zealand */
        "documents[0].number=L898902C3\ndocuments[0].check_digit=6\n"
        "documents[0].issuing_state=UTO", /* a test's directory grants it */
        "documents[0].number=D23145890734\ndocuments[0].check_digit=9\n"
        "documents[0].type=IDENTITY_CARD",
        "documents[0].additional_info=found by its bearer in Osaka; codename: Kite",
        "instructions.actions[1]=REFUSE_AS_INVALID\ninstructions.note=",
        "documents[0].review_date=2024-03-06", /* yesterday: it is still so in Hawaii */
        "documents[0].review_date=2025-03-08", /* the day on which the message expires */
        "instructions.contact.phone=",
        "instructions.contact.email=",
    };

    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++)
        kind_case_assert_good(kind, good, changes[i]);
    kind_case_assert_good(kind, blanks, "");
    kind_case_assert_good(kind, blanks, "documents[0].last_number=\ndocuments[0].check_digit=2");
}
END_TEST

START_TEST(each_rule_on_a_document_is_named)
{
    static const struct kind_case rows[] = {
        {"documents[0].number=\ndocuments[0].check_digit=", "documents[0].number", "missing", 0},
        {"documents[0].number=tr-1234567", "documents[0].number", "not in the form", 0},
        {"documents[0].number=TR12345678\ndocuments[0].check_digit=", "documents[0].number",
         "10 characters, 9 are allowed", 0},
        {"documents[0].number=12345678901234567890123\ndocuments[0].check_digit=",
         "documents[0].number", "not in the form", 0},
        {"documents[0].check_digit=4", "documents[0].check_digit",
         "the check digit of the document number is 4, but TR1234567 gives 2", 0},
        {"documents[0].check_digit=<", "documents[0].check_digit", "not a check digit", 0},
        {"documents[0].check_digit=55", "documents[0].check_digit", "not a check digit", 0},
        {"documents[0].issuing_state=", "documents[0].issuing_state", "missing", 0},
        {"documents[0].issuing_state=DEU", "documents[0].issuing_state", "no state with", 2},
        {"documents[0].issuing_state=XXA", "documents[0].issuing_state", "no state that issues", 2},
        {"documents[0].issuing_state=FRA", "documents[0].issuing_state",
         "jp.mofa has no authority for documents of FRA", 0},
        {"documents[0].type=", "documents[0].type", "missing", 0},
        {"documents[0].status=", "documents[0].status", "missing", 0},
        {"documents[0].date_of_issue=2021", "documents[0].date_of_issue", "has no day", 0},
        {"documents[0].date_of_issue=20.5.2021", "documents[0].date_of_issue", "not a date", 0},
        {"documents[0].date_of_issue=2021-02-29", "documents[0].date_of_issue",
         "the calendar has no", 0},
        {"documents[0].date_of_issue=2024-03-09\ndocuments[0].lost_on=",
         "documents[0].date_of_issue", "in the future; the message is of 2024-03-07", 0},
        {"documents[0].date_of_expiry=2021-05-19", "documents[0].date_of_expiry",
         "expires before it was issued", 0},
        {"documents[0].lost_on=2021-04", "documents[0].lost_on", "before the date of issue", 0},
        {"documents[0].lost_on=2025", "documents[0].lost_on", "in the future", 0},
        {"documents[0].reporting_country=UNO", "documents[0].reporting_country", "no country", 0},
        {"documents[0].reporting_country=XYZ", "documents[0].reporting_country", "no state with",
         0},
        {"documents[0].national_reference=Sato Hanako", "documents[0].national_reference",
         "is not a reference", 0},
        {"documents[0].national_reference="
         "12345678901234567890123456789012345678901234567890123456789012345",
         "documents[0].national_reference", "65 characters, 64 are allowed", 0},
        {"documents[0].review_date=2034-03-08", "documents[0].review_date",
         "more than 10 years ahead", 0},
        {"documents[0].review_date=2026-03-07", "documents[0].review_date",
         "after the message expires", 0},
        {"documents[0].review_date=2024-03-05", "documents[0].review_date", "is past", 0},
        {"documents[0].review_date=2025", "documents[0].review_date", "has no day", 0},
        {"documents[0].recovered_on=2024-03-07", "documents[0].recovered_on",
         "only a RECOVERED document", 0},
        {"documents[0].status=RECOVERED\ndocuments[0].recovered_on=2024-03-07",
         "documents[0].status", "cannot begin one", 0},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        kind_case_assert(kind, good, &rows[i]);
    /* A month that may be before or after the day of issue is not known to be wrong. */
    kind_case_assert_good(kind, good, "documents[0].lost_on=2021-05");
}
END_TEST

START_TEST(a_record_is_reviewed_after_ten_years_at_most)
{
    context.expires_at_ms = context.created_at_ms + 3653 * DAY_MS;
    kind_case_assert_good(kind, good, "documents[0].review_date=2034-03-07");
    kind_case_assert(kind, good,
                     &(struct kind_case){"documents[0].review_date=2034-03-08",
                                         "documents[0].review_date", "10 years ahead", 0});
    ck_assert_ptr_nonnull(strstr(problems.list[0].cure, "2034-03-07"));
}
END_TEST

START_TEST(a_record_has_no_word_about_its_holder)
{
    static const char *const texts[] = {
        "Name: Sato Hanako",   "torn; holder = Sato", "SURNAME : SATO",
        "氏名 佐藤花子",       "名義人は不明",        "torn, born: 1985",
        "date of birth: 1985", "bearer：Sato",        "P<JPNSATO<<HANAKO<<<"};
    char changes[256];

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        snprintf(changes, sizeof changes, "documents[0].additional_info=%s", texts[i]);
        kind_case_assert(kind, good,
                         &(struct kind_case){changes, "documents[0].additional_info", "holder", 0});
        snprintf(changes, sizeof changes, "instructions.note=%s", texts[i]);
        kind_case_assert(kind, good,
                         &(struct kind_case){changes, "instructions.note", "holder", 0});
    }
}
END_TEST

START_TEST(each_rule_on_a_range_is_named)
{
    static const struct kind_case rows[] = {
        {"documents[0].status=STOLEN", "documents[0].last_number", "only blanks", 0},
        {"documents[0].check_digit=2", "documents[0].check_digit", "no check digit", 0},
        {"documents[0].last_number=TR1233999", "documents[0].last_number", "before it begins", 0},
        {"documents[0].last_number=TS1234999", "documents[0].last_number", "is not a range", 0},
        {"documents[0].last_number=1999", "documents[0].last_number", "is not a range", 0},
        {"documents[0].last_number=TR3234999", "documents[0].last_number",
         "more than 1000000 documents", 0},
        {"documents[0].date_of_issue=2021-05-20", "documents[0].date_of_issue", "never issued", 0},
        {"documents[0].date_of_expiry=2031-05-20", "documents[0].date_of_expiry", "never expires",
         0},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        kind_case_assert(kind, blanks, &rows[i]);
}
END_TEST

START_TEST(each_rule_on_the_instructions_is_named)
{
    static const struct kind_case rows[] = {
        {"-instructions", "instructions", "missing", 0},
        {"-instructions.actions", "instructions.actions", "missing", 0},
        {"instructions.actions[1]=CONTACT_OWNER", "instructions.actions[1]", "there twice", 0},
        {"instructions.actions[0]=REPORT_ONLY", "instructions.actions", "lets the traveller pass",
         0},
        {"-instructions.contact", "instructions.contact", "missing", 0},
        {"instructions.contact.office=", "instructions.contact.office", "missing", 0},
        {"instructions.contact.office=   ", "instructions.contact.office", "only blanks", 0},
        {"instructions.contact.email=\ninstructions.contact.phone=", "instructions.contact",
         "nobody can be reached", 0},
        {"instructions.contact.email=sltd.mofa.example", "instructions.contact.email",
         "not an e-mail address", 0},
        {"instructions.contact.phone=call me", "instructions.contact.phone", "not a telephone", 0},
        {"instructions.contact.languages[1]=ja", "instructions.contact.languages[1]", "there twice",
         0},
        {"instructions.contact.languages[1]=English", "instructions.contact.languages[1]",
         "is not a language", 0},
        {"instructions.contact.hours=day\tnight", "instructions.contact.hours",
         "character 4 (U+0009)", 0},
        {"instructions.note=Seize\x1b[2J", "instructions.note", "character 6 (U+001B)", 0},
        {"instructions.note=abc\xe2\x80\xae"
         "def",
         "instructions.note", "(U+202E)", 0},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        kind_case_assert(kind, good, &rows[i]);
}
END_TEST

START_TEST(texts_are_bounded_in_characters_not_bytes)
{
    char changes[4096] = "documents[0].additional_info=";
    size_t len = strlen(changes);

    for (size_t i = 0; i < 500; i++, len += 3)
        memcpy(changes + len, "旅", 4);
    kind_case_assert_good(kind, good, changes);
    memcpy(changes + len, "券", 4);
    kind_case_assert(kind, good,
                     &(struct kind_case){changes, "documents[0].additional_info",
                                         "501 characters, 500 are allowed", 0});
}
END_TEST

/* Many documents, `count` of them, the last one again the first if `twice`. */
static char *
many(size_t count, bool twice)
{
    const size_t room = 256 + count * 128;
    char *text = malloc(room);
    size_t len = 0;

    ck_assert_ptr_nonnull(text);
    len += (size_t)snprintf(text + len, room - len, "{\"documents\": [");
    for (size_t i = 0; i < count; i++)
        len += (size_t)snprintf(text + len, room - len,
                                "%s{\"number\": \"TR%07zu\", \"issuing_state\": \"JPN\","
                                "\"type\": \"PASSPORT\", \"status\": \"LOST\"}",
                                i == 0 ? "" : ",", twice && i + 1 == count ? 0 : i);
    snprintf(text + len, room - len,
             "], \"instructions\": {\"actions\": [\"CONTACT_OWNER\"], \"contact\":"
             "{\"office\": \"Passport Division\", \"email\": \"a@b.example\"}}}");
    return text;
}

START_TEST(one_to_a_thousand_different_documents_are_reported_at_once)
{
    char *text = many(1000, false);

    kind_case_assert_good(kind, text, "");
    free(text);
    text = many(1001, false);
    kind_case_assert(kind, text,
                     &(struct kind_case){"", "documents", "there are 1001, 1000 are allowed", 0});
    free(text);
    text = many(0, false);
    kind_case_assert(kind, text, &(struct kind_case){"", "documents", "missing", 0});
    free(text);
    text = many(1000, true);
    kind_case_assert(
        kind, text,
        &(struct kind_case){"", "documents[999].number", "TR0000000 is documents[0] as well", 0});
    free(text);
}
END_TEST

START_TEST(a_found_report_is_an_update_and_says_when)
{
    static const struct kind_case missing = {"documents[0].status=RECOVERED",
                                             "documents[0].recovered_on", "must be given", 0};
    static const struct kind_case early = {
        "documents[0].status=RECOVERED\ndocuments[0].recovered_on=2024-03-01",
        "documents[0].recovered_on", "before it was lost", 0};

    context.action = DENREI__V1__ACTION__ACTION_UPDATE;
    kind_case_assert_good(kind, good,
                          "documents[0].status=RECOVERED\ndocuments[0].recovered_on=2024-03-07");
    kind_case_assert_good(kind, blanks,
                          "documents[0].status=RECOVERED\ndocuments[0].recovered_on=2024-03-07");
    kind_case_assert(kind, good, &missing);
    kind_case_assert(kind, good, &early);
}
END_TEST

START_TEST(only_a_member_with_authority_for_a_state_reports)
{
    context.states_count = 0;
    kind_case_assert(kind, good,
                     &(struct kind_case){"", "documents[0].issuing_state", "no authority", 0});
    ck_assert_str_eq(problems.list[0].cure, "ask the authority of that state to report it");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("kind_lost_passport");
    TCase *tcase = tcase_create("kind_lost_passport");

    suite_add_tcase(suite, tcase);
    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_test(tcase, good_reports_pass);
    tcase_add_test(tcase, each_rule_on_a_document_is_named);
    tcase_add_test(tcase, a_record_is_reviewed_after_ten_years_at_most);
    tcase_add_test(tcase, a_record_has_no_word_about_its_holder);
    tcase_add_test(tcase, each_rule_on_a_range_is_named);
    tcase_add_test(tcase, each_rule_on_the_instructions_is_named);
    tcase_add_test(tcase, texts_are_bounded_in_characters_not_bytes);
    tcase_add_test(tcase, one_to_a_thousand_different_documents_are_reported_at_once);
    tcase_add_test(tcase, a_found_report_is_an_update_and_says_when);
    tcase_add_test(tcase, only_a_member_with_authority_for_a_state_reports);
    return kind_case_run(srunner_create(suite));
}
