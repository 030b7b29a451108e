/*
 * Goal: the auditor's tiles are those of the log, and each inclusion path leads to its root.
 * Method: the frontier of merkle.h gives the root and checks the paths, over sizes around the
 * widths of tiles.
 */
#include "clients/audit/tiles.h"
#include "proto/hash.h"

#include <check.h>
#include <stdlib.h>

static struct tiles *tiles;
static struct merkle tree;

static void
setup(void)
{
    ck_assert_int_eq(tiles_new(&tiles), ERR_OK);
    merkle_init(&tree);
}

static void
teardown(void)
{
    tiles_free(&tiles);
    ck_assert_ptr_null(tiles);
    tiles_free(&tiles);
}

static struct hash
leaf_of(uint64_t index)
{
    uint8_t bytes[8];

    bytes_put_u64(bytes, index);
    return merkle_leaf_hash((struct span){bytes, sizeof bytes});
}

static void
grow(uint64_t size)
{
    while (tree.leaf_count < size) {
        struct hash leaf = leaf_of(tree.leaf_count);
        ck_assert_int_eq(merkle_append(&tree, &leaf), ERR_OK);
        ck_assert_int_eq(tiles_append(tiles, &leaf), ERR_OK);
    }
}

START_TEST(every_leaf_has_its_path_at_every_size)
{
    static const uint64_t sizes[] = {1, 2, 3, 255, 256, 257, 511, 512, 513, 1000};

    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
        grow(sizes[s]);
        struct hash root = merkle_root(&tree);
        for (uint64_t i = 0; i<sizes[s]; i += sizes[s]> 300 ? 37 : 1) {
            struct hash path[MERKLE_LEVELS_MAX], leaf = leaf_of(i);
            size_t len = 0;
            ck_assert_int_eq(tiles_inclusion(tiles, i, path, &len), ERR_OK);
            ck_assert_int_eq(merkle_check_inclusion(&leaf, i, sizes[s], path, len, &root), ERR_OK);
        }
    }
}
END_TEST

START_TEST(a_leaf_that_is_not_there_has_no_path)
{
    struct hash path[MERKLE_LEVELS_MAX];
    size_t len = 77;

    ck_assert_int_eq(tiles_inclusion(tiles, 0, path, &len), ERR_RANGE);
    grow(300);
    ck_assert_int_eq(tiles_inclusion(tiles, 300, path, &len), ERR_RANGE);
    ck_assert_uint_eq(len, 77);
}
END_TEST

START_TEST(exactly_the_tiles_of_the_tree_are_found)
{
    struct tile_ref ref = {.width = 0};
    size_t count = 0;

    grow(70000); /* LOG.md: 273 full and a partial one; one full and 17; one of one */
    while (tile_next_new(0, 70000, &ref)) {
        ck_assert_ptr_nonnull(tiles_find(tiles, &ref));
        count++;
    }
    ck_assert_uint_eq(count, 273 + 1 + 1 + 1 + 1);
    struct hash first = leaf_of(273 * 256);
    ref = (struct tile_ref){.level = 0, .number = 273, .width = 112};
    ck_assert_mem_eq(tiles_find(tiles, &ref)->bytes, first.bytes, HASH_BYTES);
    ref.width = 113;
    ck_assert_ptr_null(tiles_find(tiles, &ref));
    ref = (struct tile_ref){.level = 2, .number = 0, .width = 2};
    ck_assert_ptr_null(tiles_find(tiles, &ref));
    ref = (struct tile_ref){.level = 0, .number = UINT64_MAX / TILE_WIDTH, .width = TILE_WIDTH};
    ck_assert_ptr_null(tiles_find(tiles, &ref));
    ref = (struct tile_ref){.level = TILE_LEVEL_MAX, .number = 0, .width = 1};
    ck_assert_ptr_null(tiles_find(tiles, &ref));
}
END_TEST

START_TEST(an_upper_tile_holds_the_roots_of_the_full_ones_below)
{
    struct merkle second;
    const struct tile_ref ref = {.level = 1, .number = 0, .width = 2};

    grow(600);
    merkle_init(&second);
    for (uint64_t i = 256; i < 512; i++) {
        struct hash leaf = leaf_of(i);
        ck_assert_int_eq(merkle_append(&second, &leaf), ERR_OK);
    }
    struct hash root = merkle_root(&second);
    ck_assert_mem_eq(tiles_find(tiles, &ref)[1].bytes, root.bytes, HASH_BYTES);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("tiles");
    TCase *tcase = tcase_create("tiles");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, every_leaf_has_its_path_at_every_size);
    tcase_add_test(tcase, a_leaf_that_is_not_there_has_no_path);
    tcase_add_test(tcase, exactly_the_tiles_of_the_tree_are_found);
    tcase_add_test(tcase, an_upper_tile_holds_the_roots_of_the_full_ones_below);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
