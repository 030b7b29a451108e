/*
 * Goal: each rule of transliteration does what its standard says, names come apart safely whatever
 * is written, and comparing has the properties that screening relies on.
 * Method: vectors for each rule, from the standard's own tables and examples; properties over names
 * of all alphabets; hostile texts.
 */
#include "clients/node/name_kana.h"
#include "clients/node/name_key.h"
#include "clients/node/person.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct name_spoken spoken[2];

static struct name_form
form_of(const char *full, const char *language)
{
    const struct name_text text = {.full = full, .language = language};
    struct name_form forms[NAME_FORMS_OF_TEXT];
    size_t count = name_form_read(&text, forms);

    ck_assert_uint_ge(count, 1);
    return forms[count - 1];
}

static struct name_match
match_of(const char *left, const char *right)
{
    static struct name_form l, r;
    struct name_match match;

    l = form_of(left, "");
    r = form_of(right, "");
    name_spoken_init(&spoken[0], &l);
    name_spoken_init(&spoken[1], &r);
    name_compare(&spoken[0], &spoken[1], &match);
    return match;
}

/* ---- transliteration */

static const struct {
    const char *language, *text, *want;
} spellings[] = {{"", "ジュンイチロウ", "junichiro"},
                 {"", "シンボ", "shimbo"},
                 {"", "ハットリ", "hattori"},
                 {"", "マッチ", "matchi"},
                 {"", "イノウエ", "inoue"},
                 {"", "オオノ", "ono"},
                 {"", "キョウコ", "kyoko"},
                 {"", "シェリー", "sheri"},
                 {"", "ティナ", "tina"},
                 {"", "きんじ", "kinji"},
                 {"", "ﾔﾏﾀﾞ", "yamada"},
                 {"", "박, 승현", "bak"},
                 {"", "ЩЕРБАКОВ", "shcherbakov"},
                 {"", "ЮРИЙ", "iurii"},
                 {"uk", "ГРИГОРІЙ", "hryhorii"},
                 {"bg", "ЩЪРКЕЛОВ", "shtarkelov"},
                 {"sr", "ЖИВКОВИЋ", "zivkovic"},
                 {"", "ΘΕΟΔΩΡΟΣ", "theodoros"},
                 {"", "Þórður", "thordur"},
                 {"", "Øyvind", "oyvind"},
                 {"", "Straße", "strasse"},
                 {"", "Łukasz", "lukasz"},
                 {"", "Đặng", "dang"},
                 {"", "Œuvre", "oeuvre"},
                 {"", "İsmail", "ismail"},
                 {"", "O’Brien", "obrien"},
                 {"", "محمد", "mhmd"},
                 {"", "ใจดี", "chaidi"},
                 {"", "राजेश", "rajesh"},
                 {"", "გიორგი", "giorgi"},
                 {"", "ＳＡＴＯ", "sato"}};

START_TEST(letters_are_spelled_as_the_standards_say)
{
    struct name_form form = form_of(spellings[_i].text, spellings[_i].language);

    ck_assert_str_eq(form.parts[0], spellings[_i].want);
}
END_TEST

static const struct {
    const char *text;
    const char *want; /* NULL: it is not Japanese */
} romaji[] = {{"satou", "sato"},      {"satoh", "sato"},
              {"satoo", "sato"},      {"ohno", "ono"},
              {"ohara", "ohara"},     {"ohhara", "ohara"},
              {"huzita", "fujita"},   {"tutomu", "tsutomu"},
              {"sinzi", "shinji"},    {"jyunichi", "junichi"},
              {"syouzi", "shoji"},    {"shimbo", "shinbo"},
              {"hatchi", "hacchi"},   {"hacchi", "hacchi"},
              {"yuhki", "yuki"},      {"iida", "iida"},
              {"masaaki", "masaaki"}, {"tidiwa", "chijiwa"},
              {"smith", NULL},        {"kim", NULL},
              {"lee", NULL},          {"", NULL},
              {"nnn", NULL},          {"tch", NULL}};

START_TEST(romaji_has_one_form_for_all_spellings)
{
    char out[NAME_PART_BYTES];

    ck_assert_int_eq(name_kana_read(romaji[_i].text, out, sizeof out), romaji[_i].want != NULL);
    if (romaji[_i].want != NULL)
        ck_assert_str_eq(out, romaji[_i].want);
}
END_TEST

/* ---- taking names apart */

START_TEST(a_comma_a_zone_and_hangul_divide_a_name)
{
    struct name_form form = form_of("VAN DER BERG, JAN PIET", "");
    ck_assert(form.is_divided && form.family_count == 3 && form.parts_count == 5);
    form = form_of("ERIKSSON<<ANNA<MARIA", "");
    ck_assert(form.is_divided && form.family_count == 1 && form.parts_count == 3);
    form = form_of("김민준", "");
    ck_assert(form.is_divided && form.family_count == 1 && form.parts_count == 2);
    ck_assert_str_eq(form.parts[1], "minjun");
    form = form_of("ERIKSSON ANNA", "");
    ck_assert(!form.is_divided && form.parts_count == 2);
    form = form_of("ERIKSSON,", "");
    ck_assert(!form.is_divided && form.parts_count == 1);
}
END_TEST

START_TEST(kanji_are_never_read_and_chinese_characters_by_language_alone)
{
    struct name_form form = form_of("佐々木, 希", "ja");
    ck_assert_int_eq(form.writing, NAME_HAN);
    ck_assert_str_eq(form.parts[0], "佐佐木");
    ck_assert_int_eq(form_of("張, 偉", "").writing, NAME_HAN);
    form = form_of("曾國藩", "zh");
    ck_assert_int_eq(form.writing, NAME_PINYIN);
    ck_assert_str_eq(form.parts[0], "zeng");
    ck_assert_str_eq(form.parts[1], "guofan");
    ck_assert_uint_eq(match_of("佐藤", "SATO").score, 0);
}
END_TEST

START_TEST(hostile_texts_come_apart_within_bounds)
{
    static const char *const texts[] = {"\xff\xfe\xc0\x80",
                                        "\xed\xa0\x80",
                                        "\xf4\x90\x80\x80",
                                        ",,,,",
                                        "<<<<<<",
                                        "   ",
                                        "\xe2\x80\xaeXYZ",
                                        "\xef\xb7\xba\xef\xb7\xba",
                                        "'",
                                        "\xf0\x9f\x98\x80",
                                        "1234"};
    char longest[4096];
    struct name_form forms[NAME_FORMS_OF_TEXT];

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        const struct name_text text = {.full = texts[i], .family = NULL};
        ck_assert_uint_le(name_form_read(&text, forms), NAME_FORMS_OF_TEXT);
    }
    for (size_t at = 0; at + 4 < sizeof longest; at += 3)
        memcpy(longest + at, "\xef\xb7\xba", 4); /* grows eighteenfold when normalised */
    const struct name_text text = {.full = longest};
    ck_assert_uint_le(name_form_read(&text, forms), NAME_FORMS_OF_TEXT);
    memset(longest, 'A', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    ck_assert_uint_eq(name_form_read(&text, forms), 1);
    ck_assert_uint_lt(strlen(forms[0].parts[0]), NAME_PART_BYTES);
    for (size_t at = 1; at < sizeof longest - 1; at += 2)
        longest[at] = ' ';
    ck_assert_uint_eq(name_form_read(&text, forms), 1);
    ck_assert_uint_eq(forms[0].parts_count, NAME_PARTS_MAX);
}
END_TEST

START_TEST(an_encoded_form_comes_back_and_a_damaged_one_does_not)
{
    struct name_form form = form_of("GARCÍA LÓPEZ, JUAN", ""), back;
    uint8_t bytes[NAME_FORM_BYTES_MAX];
    size_t len = name_form_encode(&form, bytes);

    ck_assert_uint_eq(name_form_decode((struct span){bytes, len}, &back), len);
    ck_assert_str_eq(back.parts[2], "juan");
    ck_assert_uint_eq(back.family_count, 2);
    for (size_t i = 0; i < len; i++)
        ck_assert_uint_eq(name_form_decode((struct span){bytes, i}, &back), 0);
    bytes[1] = NAME_PARTS_MAX + 1;
    ck_assert_uint_eq(name_form_decode((struct span){bytes, len}, &back), 0);
    bytes[1] = 3;
    bytes[4] = NAME_PART_BYTES;
    ck_assert_uint_eq(name_form_decode((struct span){bytes, len}, &back), 0);
}
END_TEST

/* ---- comparing */

static const char *const names[] = {"SATO, TARO",      "佐藤 太郎",
                                    "サトウ, タロウ",  "KIM, MIN JUN",
                                    "김민준",          "ZHANG WEI",
                                    "TSAI, ING-WEN",   "NGUYEN THI HOA",
                                    "ПЕТРОВ, ЕВГЕНИЙ", "AL RASHID, HARUN",
                                    "محمد بن علي",     "สมชาย, ใจดี",
                                    "O'BRIEN, SEAN",   "GARCIA LOPEZ, JUAN",
                                    "SUHARTO",         "A, B",
                                    "VAN DER BERG J",  "I, O",
                                    "Φ, ខ្មែរ",         "ខ្មែរ"};

START_TEST(a_name_agrees_wholly_with_itself_and_alike_from_both_sides)
{
    ck_assert_uint_eq(match_of(names[_i], names[_i]).score, 100);
    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++) {
        unsigned score = match_of(names[_i], names[k]).score;
        ck_assert_uint_eq(match_of(names[k], names[_i]).score, score);
        ck_assert_uint_le(score, 100);
    }
}
END_TEST

START_TEST(the_order_of_an_undivided_name_does_not_matter)
{
    ck_assert_uint_eq(match_of("JUAN CARLOS GARCIA", "GARCIA JUAN CARLOS").score, 100);
    ck_assert_uint_eq(match_of("TARO SATO", "SATO, TARO").score, 100);
    ck_assert_uint_eq(match_of("SATO, TARO", "TARO, SATO").score, 98);
    ck_assert(match_of("SATO, TARO", "TARO, SATO").is_swapped);
}
END_TEST

START_TEST(what_is_left_out_costs_little_and_what_contradicts_much)
{
    ck_assert_uint_eq(match_of("SMITH, JOHN PAUL", "SMITH, JOHN").score, 95);
    ck_assert_uint_le(match_of("SMITH, JOHN PAUL", "SMITH, JOHN PETER").score, 70);
    ck_assert_uint_le(match_of("SMITH, JOHN", "SMITH, MARY").score, 50);
    ck_assert_uint_le(match_of("SMITH", "SMITH, JOHN").score, 62);
    ck_assert_uint_le(match_of("KIM, MIN", "KIM, MIN JUN").score, 76); /* another name */
    ck_assert_uint_ge(match_of("DA SILVA, JOAO", "SILVA, JOAO").score, 99);
}
END_TEST

START_TEST(the_words_say_which_rule_it_was)
{
    static const struct {
        const char *left, *right, *want;
    } rows[] = {
        {"ONO, KEN", "OHNO, KEN", "family name matches by passport Hepburn: ONO / OHNO"},
        {"LEE, MINJUN", "YI, MINJUN", "by the spellings of Korean: LEE / YI"},
        {"CHANG, WEI", "ZHANG, WEI", "by the spellings of Chinese: CHANG / ZHANG"},
        {"MUELLER, KARL", "MULLER, KARL", "ICAO Doc 9303: MUELLER / MULLER"},
        {"PETROV, YEVGENY", "PETROV, EVGENII", "by the spellings of Cyrillic: YEVGENY / EVGENII"},
        {"SMITH, J", "SMITH, JOHN", "given name is given by its initial: J / JOHN"},
        {"ANDERSON, CHRISTOHPER", "ANDERSON, CHRISTOPHER", "differs by a slip of the pen"},
        {"SATO, TARO", "SATO, TARO", "the whole name is the same"},
        {"山田 太郎", "山田太郎", "is the same in its characters"}};
    char words[PERSON_REASON_BYTES];

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct name_match match = match_of(rows[i].left, rows[i].right);
        name_compare_words(&match, spoken[0].form, spoken[1].form, words, sizeof words);
        ck_assert_msg(strstr(words, rows[i].want) != NULL, "%s", words);
    }
    struct name_match match = match_of(rows[0].left, rows[0].right);
    name_compare_words(&match, spoken[0].form, spoken[1].form, words, 16); /* cut, and ended */
    ck_assert_uint_eq(strlen(words), 15);
}
END_TEST

START_TEST(keys_are_the_same_each_time_and_few)
{
    static struct name_form form;
    struct name_keys first, second;
    const struct date_text birth = {1985, 3, 7};

    form = form_of("ABDUL RAHMAN BIN ISMAIL AL RASHID MOHAMMED", "");
    name_spoken_init(&spoken[0], &form);
    name_spoken_init(&spoken[1], &form);
    name_key_make(&spoken[0], &birth, 1, &first);
    name_key_make(&spoken[1], &birth, 1, &second);
    ck_assert_uint_le(first.count, NAME_KEYS_MAX);
    ck_assert_mem_eq(first.list, second.list, first.count * sizeof first.list[0]);
    ck_assert_uint_gt(first.by_birth, 0);
    for (size_t i = 0; i < first.count; i++)
        ck_assert_uint_le(first.list[i], INT64_MAX);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("name");
    TCase *tcase = tcase_create("name");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_loop_test(tcase, letters_are_spelled_as_the_standards_say, 0,
                        sizeof spellings / sizeof spellings[0]);
    tcase_add_loop_test(tcase, romaji_has_one_form_for_all_spellings, 0,
                        sizeof romaji / sizeof romaji[0]);
    tcase_add_test(tcase, a_comma_a_zone_and_hangul_divide_a_name);
    tcase_add_test(tcase, kanji_are_never_read_and_chinese_characters_by_language_alone);
    tcase_add_test(tcase, hostile_texts_come_apart_within_bounds);
    tcase_add_test(tcase, an_encoded_form_comes_back_and_a_damaged_one_does_not);
    tcase_add_loop_test(tcase, a_name_agrees_wholly_with_itself_and_alike_from_both_sides, 0,
                        sizeof names / sizeof names[0]);
    tcase_add_test(tcase, the_order_of_an_undivided_name_does_not_matter);
    tcase_add_test(tcase, what_is_left_out_costs_little_and_what_contradicts_much);
    tcase_add_test(tcase, the_words_say_which_rule_it_was);
    tcase_add_test(tcase, keys_are_the_same_each_time_and_few);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
