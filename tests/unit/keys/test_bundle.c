/*
 * Goal: a bundle gives back its documents and makes a trust of them only if every one holds.
 * Method: good and spoilt bundles of a small federation.
 */
#include "tests/unit/keys/world.h"

#include "keys/bundle.h"

#include <stdlib.h>

static struct world world;
static struct credential officer;
static struct span directories[2], rosters[2];
static struct bundle bundle;

static void
setup(void)
{
    world_begin(&world);
    officer = world_credential(&world, 0, "o1", OFFICER, 1);
    struct directory second = world_next(&world, &world.directory, world.root_file);
    struct roster roster = world_roster(&world, 0, &officer, 1);
    directories[0] = world.root_file;
    directories[1] = world_directory(&world, &second, 3);
    rosters[0] = world_sign_roster(&world, &roster, 1);
    bundle = (struct bundle){directories, 2, rosters, 1};
}

static void
teardown(void)
{
    world_end(&world);
}

START_TEST(bundle_comes_back_and_makes_a_trust)
{
    struct span bytes;
    struct bundle back;
    struct trust *trust = NULL;
    size_t wrong = 99;

    ck_assert_int_eq(bundle_encode(&bundle, world.arena, &bytes), ERR_OK);
    ck_assert_int_eq(bundle_decode(bytes, world.arena, &back), ERR_OK);
    ck_assert_uint_eq(back.directories_count, 2);
    ck_assert_uint_eq(back.rosters_count, 1);
    ck_assert_uint_eq(back.rosters[0].len, rosters[0].len);
    ck_assert_int_eq(bundle_open(&back, &trust, &wrong), ERR_OK);
    ck_assert_uint_eq(trust_directory(trust, TRUST_UNLOGGED)->version, 2);
    ck_assert_ptr_nonnull(trust_credential(trust, &officer.hash, TRUST_UNLOGGED));
    ck_assert_uint_eq(wrong, 99);
    trust_free(&trust);
}
END_TEST

START_TEST(bundle_with_a_document_that_does_not_hold_opens_nothing_and_says_which)
{
    struct trust *trust = NULL;
    size_t wrong = 99;

    bundle.directories = directories + 1; /* begins with version 2 */
    bundle.directories_count = 1;
    ck_assert_int_eq(bundle_open(&bundle, &trust, &wrong), ERR_STALE);
    ck_assert_uint_eq(wrong, 0);
    bundle.directories = directories;
    bundle.directories_count = 2;
    struct span good = directories[1];
    directories[1] = rosters[0];
    ck_assert_int_eq(bundle_open(&bundle, &trust, &wrong), ERR_FORMAT);
    ck_assert_uint_eq(wrong, 1);
    directories[1] = good;
    rosters[0].len--;
    ck_assert_int_eq(bundle_open(&bundle, &trust, &wrong), ERR_FORMAT);
    ck_assert_uint_eq(wrong, 2);
    ck_assert_int_eq(bundle_open(&bundle, &trust, NULL), ERR_FORMAT);
    ck_assert_ptr_null(trust);
}
END_TEST

START_TEST(malformed_bundles_are_refused)
{
    struct span bytes = {NULL, 7}, junk = {(const uint8_t *)"\x0a\x05x", 3};
    struct bundle out;
    struct arena *small = NULL;

    ck_assert_int_eq(bundle_decode((struct span){NULL, 0}, world.arena, &out), ERR_FORMAT);
    ck_assert_int_eq(bundle_decode(junk, world.arena, &out), ERR_FORMAT);
    ck_assert_int_eq(
        bundle_decode((struct span){junk.data, BUNDLE_BYTES_MAX + 1}, world.arena, &out),
        ERR_FORMAT);
    bundle.directories_count = 0;
    ck_assert_int_eq(bundle_encode(&bundle, world.arena, &bytes), ERR_FORMAT);
    ck_assert_uint_eq(bytes.len, 7);
    bundle.directories_count = 2;
    ck_assert_int_eq(bundle_encode(&bundle, world.arena, &bytes), ERR_OK);
    ck_assert_int_eq(arena_new(64, &small), ERR_OK);
    ck_assert_int_eq(bundle_decode(bytes, small, &out), ERR_NOMEM);
    ck_assert_int_eq(bundle_encode(&bundle, small, &bytes), ERR_NOMEM);
    arena_free(&small);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("bundle");
    TCase *tcase = tcase_create("bundle");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, bundle_comes_back_and_makes_a_trust);
    tcase_add_test(tcase, bundle_with_a_document_that_does_not_hold_opens_nothing_and_says_which);
    tcase_add_test(tcase, malformed_bundles_are_refused);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
