/*
 * Goal: a message is printed as one line per value, in the order of its fields, labels apart from
 * values.
 */
#include "proto/text.h"

#include "proto/arena.h"
#include "proto/field.h"
#include "proto/json_message.h"

#include "proto/denrei.pb-c.h"
#include "proto/suspect_alert.pb-c.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct arena *arena;
static enum language language;
static bool is_original;

static void
setup(void)
{
    ck_assert_int_eq(arena_new(ARENA_BYTES_MAX, &arena), ERR_OK);
    language = LANGUAGE_EN;
    is_original = false;
}

static void
teardown(void)
{
    arena_free(&arena);
}

/* The lines as a host would print them. */
static void
assert_lines(const ProtobufCMessageDescriptor *type, const char *json, const char *want)
{
    char got[4096] = "";
    struct problems problems = {0};
    ProtobufCMessage *message = NULL;
    json_t *tree = json_loads(json, 0, NULL);
    struct text_line line = {0};
    struct text text;

    ck_assert_int_eq(json_message_decode(type, tree, arena, &message, &problems), ERR_OK);
    if (is_original)
        text_init_original(&text, message);
    else
        text_init(&text, message, language);
    while (text_next(&text, &line)) {
        size_t len = strlen(got);
        ck_assert(!line.is_group || line.value.len == 0);
        snprintf(got + len, sizeof got - len, "%*s%s:%s%.*s\n", (int)line.depth * 2, "", line.label,
                 line.is_group ? "" : " ", (int)line.value.len, (const char *)line.value.data);
    }
    ck_assert_str_eq(got, want);
    json_decref(tree);
}

START_TEST(a_message_is_printed_line_by_line)
{
    assert_lines(&denrei__v1__suspect_alert__descriptor,
                 "{\"role\": \"BROKER\", \"checked_not_a_victim\": true,"
                 "\"names\": [{\"script\": \"HAN\", \"family\": \"山田\"}, {\"full\": \"Y\\nZ\"}],"
                 "\"nationalities\": [\"JPN\", \"KOR\"], \"height_cm\": 172,"
                 "\"caveats\": [\"SUICIDE_RISK\"], \"contact\": {\"office\": \"NPA\"}}",
                 "Role: Broker\n"
                 "Checked not a victim: yes\n"
                 "Names 1:\n"
                 "  Script: Han\n"
                 "  Family: 山田\n"
                 "Names 2:\n"
                 "  Full: Y\nZ\n"
                 "Nationalities 1: Japan (JPN)\n"
                 "Nationalities 2: South Korea (KOR)\n"
                 "Height cm: 172\n"
                 "Caveats: Suicide risk\n"
                 "Contact:\n"
                 "  Office: NPA\n");
}
END_TEST

START_TEST(labels_and_words_are_in_the_readers_language_and_peer_text_is_not)
{
    language = LANGUAGE_JA;
    assert_lines(&denrei__v1__suspect_alert__descriptor,
                 "{\"role\": \"BROKER\", \"checked_not_a_victim\": true,"
                 "\"names\": [{\"script\": \"HAN\", \"family\": \"山田\"}, {\"full\": \"Y\\nZ\"}],"
                 "\"source_evaluation\": \"B\", \"contact\": {\"office\": \"NPA\"}}",
                 "事件における立場: ブローカー（募集・移送・斡旋をする者）\n"
                 "被害者でないことの確認: はい\n"
                 "氏名 1:\n"
                 "  文字の種類: 漢字\n"
                 "  姓: 山田\n"
                 "氏名 2:\n"
                 "  氏名: Y\nZ\n"
                 "情報源の評価: Ｂ（おおむね信頼できる）\n"
                 "連絡先:\n"
                 "  連絡先部署: NPA\n");
}
END_TEST

START_TEST(a_code_is_printed_with_what_it_means)
{
    assert_lines(&denrei__v1__suspect_alert__descriptor, "{\"source_evaluation\": \"B\"}",
                 "Source evaluation: B: mostly reliable\n");
}
END_TEST

START_TEST(dates_and_states_are_in_words_and_what_is_neither_stays)
{
    static const char json[] =
        "{\"names\": [], \"dates_of_birth\": [\"1985\", \"1985-03\", \"1985-03-07\", \"1985-13\"],"
        "\"country_of_birth\": \"D\", \"nationalities\": [\"XXA\", \"ZZZ\"],"
        "\"warrant\": {\"issued_by\": \"Tokyo\", \"issued_on\": \"2024-02-29\"}}";

    assert_lines(&denrei__v1__suspect_alert__descriptor, json,
                 "Dates of birth 1: 1985\n"
                 "Dates of birth 2: March 1985\n"
                 "Dates of birth 3: 7 March 1985\n"
                 "Dates of birth 4: 1985-13\n"
                 "Country of birth: Germany (D)\n"
                 "Nationalities 1: Stateless person (XXA)\n"
                 "Nationalities 2: ZZZ\n"
                 "Warrant:\n"
                 "  Issued by: Tokyo\n"
                 "  Issued on: 29 February 2024\n");
    language = LANGUAGE_JA;
    assert_lines(&denrei__v1__suspect_alert__descriptor, json,
                 "生年月日 1: 1985年\n"
                 "生年月日 2: 1985年3月\n"
                 "生年月日 3: 1985年3月7日\n"
                 "生年月日 4: 1985-13\n"
                 "出生国: ドイツ（D）\n"
                 "国籍 1: 無国籍者（XXA）\n"
                 "国籍 2: ZZZ\n"
                 "令状等:\n"
                 "  発付した裁判所・機関: Tokyo\n"
                 "  発付日: 2024年2月29日\n");
}
END_TEST

START_TEST(the_original_has_every_value_as_it_was_sent_with_its_path)
{
    is_original = true;
    assert_lines(&denrei__v1__suspect_alert__descriptor,
                 "{\"role\": \"BROKER\", \"checked_not_a_victim\": true,"
                 "\"names\": [{\"script\": \"HAN\", \"family\": \"山田\"}, {\"full\": \"Y\\nZ\"}],"
                 "\"dates_of_birth\": [\"1985-03\"], \"nationalities\": [\"JPN\"],"
                 "\"warrant\": {\"type\": \"ARREST_WARRANT\", \"issued_on\": \"2024-02-29\"},"
                 "\"source_evaluation\": \"B\"}",
                 "role: BROKER\n"
                 "checked_not_a_victim: true\n"
                 "names[0].script: HAN\n"
                 "names[0].family: 山田\n"
                 "names[1].full: Y\nZ\n"
                 "dates_of_birth[0]: 1985-03\n"
                 "nationalities[0]: JPN\n"
                 "warrant.type: ARREST_WARRANT\n"
                 "warrant.issued_on: 2024-02-29\n"
                 "source_evaluation: B\n");
}
END_TEST

START_TEST(bytes_are_printed_in_hex_up_to_a_bound)
{
    assert_lines(&denrei__v1__header__descriptor,
                 "{\"message_id\": \"AAH/\", \"created_at\": \"18446744073709551615\","
                 "\"thread_id\": \"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}",
                 "Message id: 0001ff\n"
                 "Created at: 18446744073709551615\n"
                 "Thread id: "
                 "0000000000000000000000000000000000000000000000000000000000000000...\n");
}
END_TEST

START_TEST(an_empty_message_has_no_lines)
{
    assert_lines(&denrei__v1__header__descriptor, "{}", "");
    assert_lines(&denrei__v1__request__descriptor, "{\"status\": {}}", "Status:\n");
}
END_TEST

START_TEST(a_label_is_cut_and_an_unnamed_enum_value_is_its_number)
{
    char name[200];
    struct text text;
    struct text_line line;
    Denrei__V1__Header header = DENREI__V1__HEADER__INIT;

    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    ck_assert_uint_eq(strlen(field_label(name).text), FIELD_WORD_BYTES - 1);
    header.kind = (Denrei__V1__Kind)99;
    text_init(&text, &header.base, LANGUAGE_EN);
    ck_assert(text_next(&text, &line));
    ck_assert_uint_eq(line.value.len, 2);
    ck_assert_mem_eq(line.value.data, "99", 2);
    ck_assert(!text_next(&text, &line));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("text");
    TCase *tcase = tcase_create("text");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, a_message_is_printed_line_by_line);
    tcase_add_test(tcase, labels_and_words_are_in_the_readers_language_and_peer_text_is_not);
    tcase_add_test(tcase, a_code_is_printed_with_what_it_means);
    tcase_add_test(tcase, dates_and_states_are_in_words_and_what_is_neither_stays);
    tcase_add_test(tcase, the_original_has_every_value_as_it_was_sent_with_its_path);
    tcase_add_test(tcase, bytes_are_printed_in_hex_up_to_a_bound);
    tcase_add_test(tcase, an_empty_message_has_no_lines);
    tcase_add_test(tcase, a_label_is_cut_and_an_unnamed_enum_value_is_its_number);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
