/*
 * Goal: a letter of request has what the request says, in its order and numbered, with the articles
 * of the treaty, and names message and log entry; what is no request makes none.
 * Method: a request with and without treaty, log entry, directory; each error once.
 */
#include "clients/officer/letter.h"
#include "proto/limits.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct arena *arena;
static Denrei__V1__Mla mla;
static Denrei__V1__MlaRequest request;
static Denrei__V1__MlaOffence offence;
static Denrei__V1__MlaOffence *offences[] = {&offence};
static const char *to[] = {"kr.moj"};
static struct header header;
static struct letter_source source;
static struct letter letter;
static const Denrei__V1__Role central[] = {DENREI__V1__ROLE__ROLE_CENTRAL_AUTHORITY};
static const struct member japan = {.id = "jp.moj",
                                    .name = "Ministry of Justice of Japan",
                                    .local_name = "法務省",
                                    .country = "JPN",
                                    .roles = central,
                                    .roles_count = 1};
static const struct member korea = {.id = "kr.moj",
                                    .name = "Ministry of Justice of Korea",
                                    .local_name = "법무부",
                                    .country = "KOR",
                                    .roles = central,
                                    .roles_count = 1};

static char *
text(const char *value)
{
    return (char *)(uintptr_t)value;
}

static void
setup(void)
{
    ck_assert_int_eq(arena_new(ARENA_BYTES_MAX, &arena), ERR_OK);
    mla = (Denrei__V1__Mla)DENREI__V1__MLA__INIT;
    request = (Denrei__V1__MlaRequest)DENREI__V1__MLA_REQUEST__INIT;
    offence = (Denrei__V1__MlaOffence)DENREI__V1__MLA_OFFENCE__INIT;
    mla.step_case = DENREI__V1__MLA__STEP_REQUEST;
    mla.request = &request;
    mla.reference = text("MOJ-7");
    request.requesting_authority = text("International Affairs Division");
    request.facts = text("He took passports.");
    request.offences = offences;
    request.n_offences = 1;
    offence.name = text("Trafficking in persons");
    header = (struct header){.from = "jp.moj",
                             .to = to,
                             .to_count = 1,
                             .created_at_ms = UINT64_C(1709812800000),
                             .legal_basis = "treaty.jp-kr.2007"};
    source = (struct letter_source){.content = &mla,
                                    .header = &header,
                                    .is_logged = true,
                                    .leaf = 17,
                                    .from = &japan,
                                    .to = &korea,
                                    .basis_title = "Treaty",
                                    .treaty = treaty_find("treaty.jp-kr.2007"),
                                    .language = LANGUAGE_EN};
    letter = (struct letter){.count = 99};
}

static void
teardown(void)
{
    arena_free(&arena);
}

static const struct letter_paragraph *
find(const char *label)
{
    for (size_t i = 0; i < letter.count; i++) {
        if (strcmp(letter.paragraphs[i].label, label) == 0)
            return &letter.paragraphs[i];
    }
    ck_abort_msg("no paragraph \"%s\"", label);
    return NULL;
}

static bool
says(enum letter_style style, const char *part)
{
    for (size_t i = 0; i < letter.count; i++) {
        if (letter.paragraphs[i].style == style && strstr(letter.paragraphs[i].text, part) != NULL)
            return true;
    }
    return false;
}

START_TEST(a_letter_says_the_request_with_its_articles)
{
    ck_assert_int_eq(letter_write(&source, arena, &letter), ERR_OK);
    ck_assert_str_eq(find("1. Requesting authority")->text, "International Affairs Division");
    ck_assert_str_eq(find("1. Requesting authority")->note, "UNTOC Art. 18(15)(a)");
    ck_assert_str_eq(find("2. Facts")->text, "He took passports.");
    ck_assert_int_eq(find("3. Offences")->style, LETTER_SECTION);
    ck_assert_str_eq(find("Name")->text, "Trafficking in persons");
    ck_assert_uint_eq(find("Name")->depth, 1);
    ck_assert_str_ne(find("Name")->note, "");
    ck_assert(says(LETTER_RIGHT, "MOJ-7") && says(LETTER_RIGHT, "2024-03-07"));
    ck_assert(says(LETTER_ADDRESS, "Ministry of Justice of Korea"));
    ck_assert(says(LETTER_TEXT, "Treaty between Japan and the Republic of Korea"));
    ck_assert_ptr_nonnull(strstr(letter.mark, "log entry 17"));
    ck_assert_ptr_nonnull(strstr(letter.proof, "leaf=17&hash="));
}
END_TEST

START_TEST(japanese_has_its_own_words_and_names)
{
    source.language = LANGUAGE_JA;
    ck_assert_int_eq(letter_write(&source, arena, &letter), ERR_OK);
    ck_assert_str_eq(letter.title, "刑事に関する共助の請求書");
    ck_assert(says(LETTER_SENDER, "法務省"));
    ck_assert(says(LETTER_RIGHT, "2024年3月7日"));
    ck_assert_ptr_nonnull(strstr(letter.mark, "17"));
}
END_TEST

START_TEST(without_treaty_entry_or_directory_it_says_what_there_is)
{
    source.treaty = NULL;
    source.basis_title = "";
    source.is_logged = false;
    source.from = source.to = NULL;
    ck_assert_int_eq(letter_write(&source, arena, &letter), ERR_OK);
    ck_assert_str_eq(find("1. Requesting authority")->note, "");
    ck_assert(says(LETTER_TEXT, "jp.moj presents its compliments to kr.moj and requests"));
    ck_assert_ptr_nonnull(strstr(letter.mark, "not sent yet"));
    ck_assert_ptr_null(strstr(letter.proof, "leaf="));
}
END_TEST

START_TEST(what_is_no_request_makes_no_letter)
{
    mla.step_case = DENREI__V1__MLA__STEP_ANSWER;
    ck_assert_int_eq(letter_write(&source, arena, &letter), ERR_FORMAT);
    ck_assert_uint_eq(letter.count, 99);
}
END_TEST

START_TEST(a_full_arena_and_too_many_paragraphs_are_told)
{
    static char *annexes[LETTER_PARAGRAPHS_MAX];
    struct arena *small = NULL;

    ck_assert_int_eq(arena_new(4096, &small), ERR_OK);
    ck_assert_int_eq(letter_write(&source, small, &letter), ERR_NOMEM);
    arena_free(&small);
    for (size_t i = 0; i < LETTER_PARAGRAPHS_MAX; i++)
        annexes[i] = text("a");
    request.annexes = annexes;
    request.n_annexes = LETTER_PARAGRAPHS_MAX;
    ck_assert_int_eq(letter_write(&source, arena, &letter), ERR_FULL);
    ck_assert_uint_eq(letter.count, 99);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("letter");
    TCase *tcase = tcase_create("letter");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, a_letter_says_the_request_with_its_articles);
    tcase_add_test(tcase, japanese_has_its_own_words_and_names);
    tcase_add_test(tcase, without_treaty_entry_or_directory_it_says_what_there_is);
    tcase_add_test(tcase, what_is_no_request_makes_no_letter);
    tcase_add_test(tcase, a_full_arena_and_too_many_paragraphs_are_told);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
