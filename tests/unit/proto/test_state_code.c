/*
 * Goal: every code of Doc 9303-3 is known, each can be found, and a slip finds the right one.
 * Method: the codes of ISO 3166-1 as oracle, the exceptions one by one, and slips people make.
 */
#include "proto/state_code.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

START_TEST(every_code_of_iso_3166_is_found)
{
    static const char codes[] =
        "ABWAFGAGOAIAALAALBANDAREARGARMASMATAATFATGAUSAUTAZEBDIBELBENBESBFABGDBGRBHRBHS"
        "BIHBLMBLRBLZBMUBOLBRABRBBRNBTNBVTBWACAFCANCCKCHECHLCHNCIVCMRCODCOGCOKCOLCOMCPV"
        "CRICUBCUWCXRCYMCYPCZEDJIDMADNKDOMDZAECUEGYERIESHESPESTETHFINFJIFLKFRAFROFSMGAB"
        "GBRGEOGGYGHAGIBGINGLPGMBGNBGNQGRCGRDGRLGTMGUFGUMGUYHKGHMDHNDHRVHTIHUNIDNIMNIND"
        "IOTIRLIRNIRQISLISRITAJAMJEYJORJPNKAZKENKGZKHMKIRKNAKORKWTLAOLBNLBRLBYLCALIELKA"
        "LSOLTULUXLVAMACMAFMARMCOMDAMDGMDVMEXMHLMKDMLIMLTMMRMNEMNGMNPMOZMRTMSRMTQMUSMWI"
        "MYSMYTNAMNCLNERNFKNGANICNIUNLDNORNPLNRUNZLOMNPAKPANPCNPERPHLPLWPNGPOLPRIPRKPRT"
        "PRYPSEPYFQATREUROURUSRWASAUSDNSENSGPSGSSHNSJMSLBSLESLVSMRSOMSPMSRBSSDSTPSURSVK"
        "SVNSWESWZSXMSYCSYRTCATCDTGOTHATJKTKLTKMTLSTONTTOTUNTURTUVTWNTZAUGAUKRUMIURYUSA"
        "UZBVATVCTVENVGBVIRVNMVUTWLFWSMYEMZAFZMBZWE";

    ck_assert_uint_eq(strlen(codes), 3 * 248); /* ISO 3166-1 of 2023 without DEU */
    for (size_t i = 0; i < strlen(codes); i += 3) {
        const char code[] = {codes[i], codes[i + 1], codes[i + 2], '\0'};
        ck_assert_msg(state_code_find(code) != NULL, "%s", code);
        ck_assert_int_eq(state_code_find(code)->use, STATE_ISO);
        ck_assert_str_eq(state_code_find(code)->code, code);
        ck_assert_str_ne(state_code_name(state_code_find(code), LANGUAGE_JA),
                         state_code_find(code)->name);
        ck_assert_str_eq(state_code_name(state_code_find(code), LANGUAGE_EN),
                         state_code_find(code)->name);
        ck_assert_ptr_eq(state_code_suggest(state_code_find(code)->name), state_code_find(code));
        ck_assert_ptr_eq(state_code_suggest(state_code_find(code)->alpha2), state_code_find(code));
    }
}
END_TEST

START_TEST(the_exceptions_of_doc_9303_are_known)
{
    static const char *const codes[] = {"D",   "GBD", "GBN", "GBO", "GBP", "GBS", "RKS",
                                        "EUE", "XBA", "XEC", "UNO", "UNA", "UNK", "XXA",
                                        "XXB", "XXC", "XXX", "XOM", "XPO", "XCC", "XCO"};

    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        ck_assert_msg(state_code_find(codes[i]) != NULL, "%s", codes[i]);
    ck_assert_str_eq(state_code_find("D")->name, "Germany");
    ck_assert_int_eq(state_code_find("UTO")->use, STATE_SPECIMEN);
}
END_TEST

START_TEST(what_is_no_code_is_not_found)
{
    static const char *const texts[] = {"", "DEU", "JP", "jpn", "JPNX", "ZZZ", "D<<", "日本"};

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        ck_assert_msg(state_code_find(texts[i]) == NULL, "%s", texts[i]);
    ck_assert_ptr_null(state_code_find(NULL));
}
END_TEST

START_TEST(organisations_have_no_nationals_and_the_stateless_issue_nothing)
{
    ck_assert(state_code_issues(state_code_find("JPN")));
    ck_assert(state_code_is_nationality(state_code_find("JPN")));
    ck_assert(state_code_issues(state_code_find("UNO")));
    ck_assert(!state_code_is_nationality(state_code_find("UNO")));
    ck_assert(!state_code_issues(state_code_find("XXA")));
    ck_assert(state_code_is_nationality(state_code_find("XXA")));
    ck_assert(state_code_is_nationality(state_code_find("GBD")));
}
END_TEST

START_TEST(a_slip_finds_the_code_that_was_meant)
{
    static const struct {
        const char *text, *code;
    } rows[] = {{"DEU", "D"},     {"de", "D"},           {"jp", "JPN"},  {"jpn", "JPN"},
                {"Japan", "JPN"}, {"VIETNAM", "VNM"},    {"JNP", "JPN"}, {"Phillipines", "PHL"},
                {"germany", "D"}, {"South Korea", "KOR"}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct state_code *code = state_code_suggest(rows[i].text);
        ck_assert_msg(code != NULL, "%s", rows[i].text);
        ck_assert_str_eq(code->code, rows[i].code);
    }
    ck_assert_ptr_null(state_code_suggest("Atlantis under the sea"));
    ck_assert_ptr_null(state_code_suggest(""));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("state_code");
    TCase *tcase = tcase_create("state_code");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_test(tcase, every_code_of_iso_3166_is_found);
    tcase_add_test(tcase, the_exceptions_of_doc_9303_are_known);
    tcase_add_test(tcase, what_is_no_code_is_not_found);
    tcase_add_test(tcase, organisations_have_no_nationals_and_the_stateless_issue_nothing);
    tcase_add_test(tcase, a_slip_finds_the_code_that_was_meant);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
