/*
 * Goal: persons that public rules of transliteration make the same are found alike, and others are
 * not; found both by comparing and by the keys of the index; the same with the sides exchanged.
 * Method: every pair of tests/vectors/persons.tsv.  How many of them may fail is fixed here, so
 * that a change that loses some is seen.
 */
#include "tests/unit/person_pairs.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

enum { MISSED_MAX = 6, FALSE_MAX = 0, UNKEYED_MAX = 0 };

START_TEST(the_pairs_of_the_public_rules_come_out_as_the_rules_say)
{
    static struct person_pair pair;
    size_t same = 0, other = 0, missed = 0, wrong = 0, unkeyed = 0;
    unsigned line = 0;
    FILE *file = fopen("tests/vectors/persons.tsv", "r");

    ck_assert_ptr_nonnull(file);
    while (person_pairs_next(file, &line, &pair)) {
        bool is_keyed = false, is_even = false;
        unsigned score = person_pairs_score(&pair, &is_keyed, &is_even);
        bool is_hit = score >= PERSON_SCORE_DEFAULT;
        ck_assert_msg(is_even, "%s", pair.text);
        same += pair.is_same ? 1 : 0;
        other += pair.is_same ? 0 : 1;
        missed += pair.is_same && !is_hit ? 1 : 0;
        wrong += !pair.is_same && is_hit ? 1 : 0;
        unkeyed += pair.is_same && is_hit && !is_keyed ? 1 : 0;
        if (pair.is_same != is_hit || (is_hit && !is_keyed))
            printf("%u%s: %s\n", score, is_keyed ? "" : ", not by its keys", pair.text);
    }
    fclose(file);
    ck_assert_uint_ge(same, 300);
    ck_assert_uint_ge(other, 80);
    ck_assert_uint_le(missed, MISSED_MAX);
    ck_assert_uint_le(wrong, FALSE_MAX);
    ck_assert_uint_le(unkeyed, UNKEYED_MAX);
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
