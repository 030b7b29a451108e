/*
 * Goal: the relay's tree gives paths and proofs that proto/merkle accepts, for all small sizes and
 * across tile borders, with full tiles read from the store only.
 * Method: proto/merkle, tested by published vectors, is the oracle.
 */
#include "relay/tiles.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

enum { LEAVES_MAX = 3000 };

static struct hash leaves[LEAVES_MAX];
static struct hash roots[LEAVES_MAX + 1];
static size_t reads;
static enum err read_result;

static enum err
read_tile(void *store, uint64_t tile, struct hash out[TILE_LEAVES])
{
    (void)store;
    reads++;
    memcpy(out, &leaves[tile * TILE_LEAVES], sizeof(struct hash) * TILE_LEAVES);
    return read_result;
}

static struct tiles *
make_tree(size_t size)
{
    const struct tiles_source source = {.read = read_tile};
    struct tiles *tiles = NULL;
    struct merkle merkle;

    reads = 0;
    read_result = ERR_OK;
    merkle_init(&merkle);
    ck_assert_int_eq(tiles_new(&source, &tiles), ERR_OK);
    for (uint32_t i = 0; i < size; i++) {
        leaves[i] = merkle_leaf_hash((struct span){(const uint8_t *)&i, sizeof i});
        roots[i] = merkle_root(&merkle);
        ck_assert_int_eq(merkle_append(&merkle, &leaves[i]), ERR_OK);
        ck_assert_int_eq(tiles_append(tiles, &leaves[i]), ERR_OK);
    }
    roots[size] = merkle_root(&merkle);
    return tiles;
}

static void
check_path(struct tiles *tiles, uint64_t leaf, const struct tiles_edge *edge)
{
    struct hash path[MERKLE_LEVELS_MAX];
    size_t len = 0;

    ck_assert_int_eq(tiles_path(tiles, leaf, edge, path, &len), ERR_OK);
    ck_assert_int_eq(
        merkle_check_inclusion(&leaves[leaf], leaf, edge->size, path, len, &roots[edge->size]),
        ERR_OK);
}

static void
check_consistency(struct tiles *tiles, uint64_t older, const struct tiles_edge *edge)
{
    struct hash path[MERKLE_CONSISTENCY_MAX];
    const struct merkle_head from = {older, roots[older]};
    const struct merkle_head to = {edge->size, roots[edge->size]};
    size_t len = 0;

    ck_assert_int_eq(tiles_consistency(tiles, older, edge, path, &len), ERR_OK);
    ck_assert_int_eq(merkle_check_consistency(&from, &to, path, len), ERR_OK);
}

START_TEST(every_path_and_proof_of_small_trees_verifies)
{
    struct tiles *tiles = make_tree(70);
    struct tiles_edge edge;

    for (uint64_t size = 1; size <= 70; size++) {
        ck_assert_int_eq(tiles_edge(tiles, size, &edge), ERR_OK);
        for (uint64_t i = 0; i < size; i++)
            check_path(tiles, i, &edge);
        for (uint64_t i = 0; i <= size; i++)
            check_consistency(tiles, i, &edge);
    }
    ck_assert_uint_eq(reads, 0);
    tiles_free(&tiles);
}
END_TEST

START_TEST(paths_and_proofs_cross_tile_borders)
{
    struct tiles *tiles = make_tree(LEAVES_MAX);
    const uint64_t sizes[] = {1, 255, 256, 257, 511, 512, 513, 1024, 2047, 2048, 2999, 3000};
    struct tiles_edge edge;

    ck_assert_mem_eq(tiles_root(tiles).bytes, roots[LEAVES_MAX].bytes, HASH_BYTES);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        ck_assert_int_eq(tiles_edge(tiles, sizes[i], &edge), ERR_OK);
        for (uint64_t leaf = 0; leaf < sizes[i]; leaf += 37)
            check_path(tiles, leaf, &edge);
        for (size_t k = 0; k <= i; k++)
            check_consistency(tiles, sizes[k], &edge);
    }
    tiles_free(&tiles);
}
END_TEST

START_TEST(a_tile_is_read_once_while_it_is_kept)
{
    struct tiles *tiles = make_tree(1000);
    struct tiles_edge edge;

    ck_assert_int_eq(tiles_edge(tiles, 1000, &edge), ERR_OK);
    for (int i = 0; i < 10; i++)
        check_path(tiles, 300, &edge);
    ck_assert_uint_eq(reads, 1);
    tiles_free(&tiles);
}
END_TEST

START_TEST(sizes_and_leaves_beyond_the_tree_are_refused)
{
    struct tiles *tiles = make_tree(300);
    struct hash path[MERKLE_CONSISTENCY_MAX];
    struct tiles_edge edge;
    size_t len = 0;

    ck_assert_int_eq(tiles_edge(tiles, 0, &edge), ERR_RANGE);
    ck_assert_int_eq(tiles_edge(tiles, 301, &edge), ERR_RANGE);
    ck_assert_int_eq(tiles_edge(tiles, 290, &edge), ERR_OK);
    ck_assert_int_eq(tiles_path(tiles, 290, &edge, path, &len), ERR_RANGE);
    ck_assert_int_eq(tiles_consistency(tiles, 291, &edge, path, &len), ERR_RANGE);
    tiles_free(&tiles);
}
END_TEST

START_TEST(a_store_that_fails_is_reported_and_read_again)
{
    struct tiles *tiles = make_tree(300);
    struct hash path[MERKLE_LEVELS_MAX];
    struct tiles_edge edge;
    size_t len = 0;

    ck_assert_int_eq(tiles_edge(tiles, 300, &edge), ERR_OK);
    read_result = ERR_CORRUPT;
    ck_assert_int_eq(tiles_path(tiles, 5, &edge, path, &len), ERR_CORRUPT);
    read_result = ERR_OK;
    check_path(tiles, 5, &edge);
    tiles_free(&tiles);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("tiles");
    TCase *tcase = tcase_create("tiles");
    SRunner *runner = NULL;

    tcase_add_test(tcase, every_path_and_proof_of_small_trees_verifies);
    tcase_add_test(tcase, paths_and_proofs_cross_tile_borders);
    tcase_add_test(tcase, a_tile_is_read_once_while_it_is_kept);
    tcase_add_test(tcase, sizes_and_leaves_beyond_the_tree_are_refused);
    tcase_add_test(tcase, a_store_that_fails_is_reported_and_read_again);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
