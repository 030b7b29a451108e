/*
 * Goal: a bulletin that the rules allow passes; each rule, broken alone, is named with its field
 * and a cure; a bulletin speaks of no person. Method: a good bulletin as JSON; a table of single
 * changes to it.
 */
#include "tests/unit/proto/kind_case.h"

static const char good[] =
    "{\"reference\": \"NPA-MO-2024-031\", \"purple_notice\": \"P-123/5-2024\","
    " \"title\": \"name lending by farm hosts\", \"fields\": [\"RECRUITMENT\", \"VISA_FRAUD\"],"
    " \"description\": \"Hosts lend their licence.\\nWorkers are sent elsewhere.\","
    " \"indicators\": [\"one bank account for ten workers\"],"
    " \"countermeasures\": [\"ask where the work is done\"], \"states\": [\"JPN\", \"VNM\"],"
    " \"routes\": [{\"from\": \"PHL\", \"via\": [\"THA\"], \"to\": \"JPN\", \"means\": \"by "
    "air\"}],"
    " \"first_seen\": \"2023-11\", \"last_seen\": \"2024-02-01\", \"cases\": 7,"
    " \"actions\": [\"TRAIN_STAFF\"], \"source_evaluation\": \"B\", \"information_evaluation\": "
    "\"3\","
    " \"contact\": {\"office\": \"Trafficking desk\", \"email\": \"desk@npa.example\"}}";

static const struct kind_case cases[] = {
    {"-title", "title", "missing", 0},
    {"-fields", "fields", "", 0},
    {"fields[1]=RECRUITMENT", "fields[1]", "twice", 0},
    {"-description", "description", "missing", 0},
    {"description=Name: Sato Hanako", "description", "a person", 0},
    {"title=born: 1985", "title", "a person", 0},
    {"indicators[0]=氏名 佐藤", "indicators[0]", "a person", 0},
    {"countermeasures[0]=P<JPNSATO<<HANAKO", "countermeasures[0]", "machine-readable zone", 0},
    {"-indicators", "indicators", "", 0},
    {"states[1]=XYZ", "states[1]", "XYZ", 0},
    {"routes[0].to=XXA", "routes[0].to", "XXA", 0},
    {"routes[0].via[0]=??", "routes[0].via[0]", "", 0},
    {"first_seen=2024-03", "last_seen", "", 0},
    {"last_seen=2025-01-01", "last_seen", "", 0},
    {"reference=a b", "reference", "", 0},
    {"purple_notice=a b", "purple_notice", "", 0},
    {"-actions", "actions", "", 0},
    {"actions[1]=WARN_PUBLIC", "actions", "cannot be warned", 0},
    {"-contact", "contact", "", 0},
};

static const struct kind_type *kind;

static void
setup(void)
{
    kind_case_setup();
    kind = kind_find(DENREI__V1__KIND__KIND_TECHNIQUE_BULLETIN);
    ck_assert_ptr_nonnull(kind);
}

START_TEST(a_good_bulletin_passes_to_one_member_and_to_a_group)
{
    kind_case_assert_good(kind, good, "");
    kind_case_assert_good(kind, good,
                          "-reference\n-purple_notice\n-countermeasures\n-states\n-routes\n"
                          "-first_seen\n-last_seen\n-cases\n-source_evaluation\n"
                          "-information_evaluation");
    context.is_group = true;
    context.recipient = "";
    context.recipients_count = 3;
    kind_case_assert_good(kind, good, "");
    context.tlp = DENREI__V1__TLP__TLP_GREEN;
    kind_case_assert_good(kind, good, "actions[1]=WARN_PUBLIC");
}
END_TEST

START_TEST(each_rule_broken_alone_is_named)
{
    kind_case_assert(kind, good, &cases[_i]);
}
END_TEST

START_TEST(a_handling_restriction_must_be_said)
{
    static const struct kind_case unsaid = {"", "handling_note", "", 0};

    context.use_restriction = DENREI__V1__USE_RESTRICTION__USE_H3;
    kind_case_assert(kind, good, &unsaid);
    kind_case_assert_good(kind, good, "handling_note=for training of own staff alone");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("kind_technique_bulletin");
    TCase *tcase = tcase_create("rules");

    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_test(tcase, a_good_bulletin_passes_to_one_member_and_to_a_group);
    tcase_add_loop_test(tcase, each_rule_broken_alone_is_named, 0, sizeof cases / sizeof cases[0]);
    tcase_add_test(tcase, a_handling_restriction_must_be_said);
    suite_add_tcase(suite, tcase);
    return kind_case_run(srunner_create(suite));
}
