/*
 * Goal: persons that public rules of transliteration make the same are found alike, and others are
 * not; found both by comparing and by the keys of the index; the same with the sides exchanged.
 * Method: every pair of tests/vectors/persons.tsv.  How many of them may fail is fixed here, so
 * that a change that loses some is seen.
 */
#include "clients/node/name_key.h"
#include "clients/node/person.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_BYTES = 1024, MISSED_MAX = 6, FALSE_MAX = 0, UNKEYED_MAX = 3 };

struct tally {
    size_t same, missed, unkeyed;
    size_t other, wrong;
};

/* Cut `text` at `mark`; what follows, NULL if nothing does. */
static char *
cut(char *text, const char *mark)
{
    char *at = text == NULL ? NULL : strstr(text, mark);

    if (at == NULL)
        return NULL;
    *at = '\0';
    return at + strlen(mark);
}

/* NAME [| NAME ...] [; BIRTH [; NATIONALITY [; SEX]]] */
static void
read_person(char *text, struct person_query *out)
{
    struct problems problems = {0};
    char *birth = cut(text, "; ");
    char *nationality = cut(birth, "; ");
    char *sex = cut(nationality, "; ");
    char *more = cut(text, " | ");
    const struct person_words words = {
        .full = text, .birth = birth, .nationality = nationality, .sex = sex};

    ck_assert_int_eq(person_ask(&words, out, &problems), ERR_OK);
    for (char *next = more; next != NULL; next = more) {
        more = cut(next, " | ");
        ck_assert_int_eq(person_ask_also(next, out, &problems), ERR_OK);
    }
}

static bool
shares_key(struct name_spoken *left, const struct person_facts *left_facts,
           struct name_spoken *right, const struct person_facts *right_facts)
{
    struct name_keys l, r;

    name_key_make(left, left_facts->births, left_facts->births_count, &l);
    name_key_make(right, right_facts->births, right_facts->births_count, &r);
    for (size_t i = 0; i < l.count; i++) {
        for (size_t k = 0; k < r.count; k++) {
            if (l.list[i] == r.list[k])
                return true;
        }
    }
    return false;
}

/* The score of two persons, as screening gives it; *is_keyed: the index would find them. */
static unsigned
score_of(const struct person_query *left, const struct person_query *right, bool *is_keyed)
{
    static struct name_spoken l, r;
    unsigned best = 0, characters = 0;
    bool left_han = false, right_han = false;

    *is_keyed = false;
    for (size_t i = 0; i < left->forms_count; i++) {
        for (size_t k = 0; k < right->forms_count; k++) {
            struct name_match match, back;
            struct person_match person;
            name_spoken_init(&l, &left->forms[i]);
            name_spoken_init(&r, &right->forms[k]);
            name_compare(&l, &r, &match);
            name_compare(&r, &l, &back);
            ck_assert_uint_eq(match.score, back.score);
            person_compare_facts(match.score, &left->facts, &right->facts, &person);
            bool is_left_han = left->forms[i].writing == NAME_HAN;
            bool is_right_han = right->forms[k].writing == NAME_HAN;
            left_han = left_han || is_left_han;
            right_han = right_han || is_right_han;
            if (is_left_han && is_right_han)
                characters = person.score > characters ? person.score : characters;
            else
                best = person.score > best ? person.score : best;
            *is_keyed = *is_keyed || shares_key(&l, &left->facts, &r, &right->facts);
        }
    }
    if (left_han && right_han) {
        struct person_match doubted = {.score = best};
        person_doubt_characters(&doubted);
        best = doubted.score;
    }
    return best > characters ? best : characters;
}

static void
take_line(char *line, struct tally *tally)
{
    struct person_query left, right;
    char copy[LINE_BYTES];
    bool is_keyed = false;

    snprintf(copy, sizeof copy, "%s", line);
    char *first = cut(line, "\t");
    char *second = cut(first, "\t");
    ck_assert_ptr_nonnull(second);
    (void)cut(second, "\t");
    read_person(first, &left);
    read_person(second, &right);
    unsigned score = score_of(&left, &right, &is_keyed);
    bool is_hit = score >= PERSON_SCORE_DEFAULT;
    if (strcmp(line, "same") == 0) {
        tally->same++;
        tally->missed += is_hit ? 0 : 1;
        tally->unkeyed += is_hit && !is_keyed ? 1 : 0;
        if (!is_hit || !is_keyed)
            printf("%s%s %u\n", is_hit ? "without a key: " : "missed: ", copy, score);
    } else {
        tally->other++;
        tally->wrong += is_hit ? 1 : 0;
        if (is_hit)
            printf("false: %s %u\n", copy, score);
    }
}

START_TEST(the_pairs_of_the_public_rules_come_out_as_the_rules_say)
{
    struct tally tally = {0};
    char line[LINE_BYTES];
    FILE *file = fopen("tests/vectors/persons.tsv", "r");

    ck_assert_ptr_nonnull(file);
    while (fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] != '#' && line[0] != '\0')
            take_line(line, &tally);
    }
    fclose(file);
    ck_assert_uint_ge(tally.same, 300);
    ck_assert_uint_ge(tally.other, 80);
    ck_assert_uint_le(tally.missed, MISSED_MAX);
    ck_assert_uint_le(tally.wrong, FALSE_MAX);
    ck_assert_uint_le(tally.unkeyed, UNKEYED_MAX);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("person_pairs");
    TCase *tcase = tcase_create("person_pairs");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_test(tcase, the_pairs_of_the_public_rules_come_out_as_the_rules_say);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
