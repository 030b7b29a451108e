/*
 * Goal: only the next version of a directory, signed by a threshold of the roots before (and its
 * own where they change), follows.
 * Method: a good directory and one thing wrong with what comes after it; all sets of signers.
 */
#include "tests/unit/keys/world.h"

#include <stdlib.h>

static struct world world;

static void
setup(void)
{
    world_begin(&world);
}

static void
teardown(void)
{
    world_end(&world);
}

static enum err
check(const struct directory *previous, const struct hash *previous_hash, struct span bytes)
{
    struct document document;
    struct directory directory;

    ck_assert_int_eq(document_decode(bytes, world.arena, &document), ERR_OK);
    ck_assert_int_eq(directory_decode(document.body, world.arena, &directory), ERR_OK);
    return directory_check_next(&world.federation, previous, previous_hash, &document, &directory);
}

START_TEST(first_directory_needs_a_threshold_of_its_own_roots)
{
    size_t count = 0;

    for (unsigned i = 0; i < 8; i++)
        count += ((unsigned)_i >> i) & 1;
    struct span bytes = world_directory(&world, &world.directory, (unsigned)_i);
    ck_assert_int_eq(check(NULL, NULL, bytes), count >= 2 ? ERR_OK : ERR_SIGNATURE);
}
END_TEST

START_TEST(strangers_signatures_do_not_count)
{
    /* Root 0 and two keys that are nobody's. */
    ck_assert_int_eq(check(NULL, NULL, world_directory(&world, &world.directory, 1 | 8 | 16)),
                     ERR_SIGNATURE);
}
END_TEST

START_TEST(directory_of_another_federation_is_not_the_first)
{
    struct directory other = world.directory;

    other.federation_name = "Other";
    ck_assert_int_eq(check(NULL, NULL, world_directory(&world, &other, 7)), ERR_STALE);
}
END_TEST

START_TEST(only_the_next_version_of_this_past_follows)
{
    struct directory next = world_next(&world, &world.directory, world.root_file);
    struct hash hash = next.previous;

    ck_assert_int_eq(check(&world.directory, &hash, world_directory(&world, &next, 3)), ERR_OK);
    ck_assert_int_eq(check(&world.directory, &hash, world.root_file), ERR_STALE);
    next.version = 3;
    ck_assert_int_eq(check(&world.directory, &hash, world_directory(&world, &next, 3)), ERR_STALE);
    next.version = 2;
    next.previous.bytes[0] ^= 1;
    ck_assert_int_eq(check(&world.directory, &hash, world_directory(&world, &next, 3)), ERR_STALE);
}
END_TEST

START_TEST(new_roots_need_the_word_of_old_and_new)
{
    struct directory next = world_next(&world, &world.directory, world.root_file);
    struct hash hash = next.previous;
    struct root_key roots[WORLD_ROOTS];

    /* Holders 0 and 1 go, 5 and 6 come; 2 stays. */
    memcpy(roots, world.roots, sizeof roots);
    roots[0].key = world_key(&world, ROOT, 5);
    roots[1].key = world_key(&world, ROOT, 6);
    next.roots = roots;
    enum { OLD = 1 | 2, STAYS = 4, NEW = 32 | 64 };
    ck_assert_int_eq(check(&world.directory, &hash, world_directory(&world, &next, OLD)),
                     ERR_SIGNATURE);
    ck_assert_int_eq(check(&world.directory, &hash, world_directory(&world, &next, NEW)),
                     ERR_SIGNATURE);
    ck_assert_int_eq(check(&world.directory, &hash, world_directory(&world, &next, STAYS | 32)),
                     ERR_SIGNATURE);
    ck_assert_int_eq(check(&world.directory, &hash, world_directory(&world, &next, OLD | NEW)),
                     ERR_OK);
    ck_assert_int_eq(check(&world.directory, &hash, world_directory(&world, &next, 1 | STAYS | 32)),
                     ERR_OK);
}
END_TEST

START_TEST(higher_threshold_needs_as_many_signatures_at_once)
{
    struct directory next = world_next(&world, &world.directory, world.root_file);
    struct hash hash = next.previous;

    next.root_threshold = 3;
    ck_assert_int_eq(check(&world.directory, &hash, world_directory(&world, &next, 3)),
                     ERR_SIGNATURE);
    ck_assert_int_eq(check(&world.directory, &hash, world_directory(&world, &next, 7)), ERR_OK);
}
END_TEST

START_TEST(what_was_voided_stays_voided)
{
    struct public_key voided = world_key(&world, AUTHORITY, 50);
    struct directory second = world_next(&world, &world.directory, world.root_file);

    second.voided_keys = &voided;
    second.voided_keys_count = 1;
    struct span bytes = world_directory(&world, &second, 3);
    struct directory third = world_next(&world, &second, bytes);
    struct hash hash = third.previous;
    ck_assert_int_eq(check(&second, &hash, world_directory(&world, &third, 3)), ERR_OK);
    third.voided_keys_count = 0;
    ck_assert_int_eq(check(&second, &hash, world_directory(&world, &third, 3)), ERR_KEY);
}
END_TEST

START_TEST(false_signature_of_a_root_is_an_error_even_with_enough_others)
{
    struct document document;
    struct span bytes = world_directory(&world, &world.directory, 7);

    ck_assert_int_eq(document_decode(bytes, world.arena, &document), ERR_OK);
    document.signatures[2].sig.bytes[0] ^= 1;
    ck_assert_int_eq(document_encode(&document, world.arena, &bytes), ERR_OK);
    ck_assert_int_eq(check(NULL, NULL, bytes), ERR_SIGNATURE);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("directory_next");
    TCase *tcase = tcase_create("directory_next");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, first_directory_needs_a_threshold_of_its_own_roots, 0, 8);
    tcase_add_test(tcase, strangers_signatures_do_not_count);
    tcase_add_test(tcase, directory_of_another_federation_is_not_the_first);
    tcase_add_test(tcase, only_the_next_version_of_this_past_follows);
    tcase_add_test(tcase, new_roots_need_the_word_of_old_and_new);
    tcase_add_test(tcase, higher_threshold_needs_as_many_signatures_at_once);
    tcase_add_test(tcase, what_was_voided_stays_voided);
    tcase_add_test(tcase, false_signature_of_a_root_is_an_error_even_with_enough_others);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
