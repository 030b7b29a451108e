/*
 * Goal: a tree over tiles gives at every size the root of the frontier, and paths that the
 * verifiers of merkle.h accept; it reads only what it must and trusts nothing that it reads.
 * Method: a store in memory that is written as a relay writes its own; small trees whole, a tree
 * of three levels by samples from a fixed seed, and trees of up to 2^40 - 1 leaves whose tiles of
 * a level are all alike.
 */
#include "proto/hash.h"
#include "proto/tree.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

enum { LEAVES = 70000, SMALL = 600, ROWS = 300, STORED_LEVELS = 3 };

/* What a host keeps: rows of hashes by level and number. */
struct store {
    struct hash rows[STORED_LEVELS][ROWS][TILE_WIDTH];
    unsigned widths[STORED_LEVELS][ROWS];
    size_t reads;
    enum err fails; /* what the next reads answer, if not ERR_OK */
};

static struct store store;
static struct hash roots[LEAVES + 1]; /* by leaf count */
static const struct merkle_head EMPTY_HEAD;
static uint64_t random_state;

static uint64_t
draw(uint64_t below)
{
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (random_state >> 20) % below;
}

static struct hash
leaf_of(uint64_t index)
{
    return merkle_leaf_hash((struct span){(const uint8_t *)&index, sizeof index});
}

static enum err
read_store(void *context, const struct tile_ref *ref, struct hash *hashes)
{
    struct store *from = context;

    from->reads++;
    if (from->fails != ERR_OK)
        return from->fails;
    if (ref->level >= STORED_LEVELS || ref->number >= ROWS ||
        from->widths[ref->level][ref->number] < ref->width)
        return ERR_NOT_FOUND;
    memcpy(hashes, from->rows[ref->level][ref->number], ref->width * sizeof hashes[0]);
    return ERR_OK;
}

static const struct tile_reader READER = {&store, read_store};

static struct tree *
open_tree(uint64_t leaf_count)
{
    struct merkle_head head = {leaf_count, roots[leaf_count]};
    struct tree *tree = NULL;

    ck_assert_int_eq(tree_new(&head, &READER, &tree), ERR_OK);
    return tree;
}

static struct tree *
empty_tree(void)
{
    struct merkle nothing;
    struct tree *tree = NULL;

    merkle_init(&nothing);
    struct merkle_head head = {0, merkle_root(&nothing)};
    ck_assert_int_eq(tree_new(&head, &READER, &tree), ERR_OK);
    return tree;
}

static void
write_tiles(struct tree *tree, uint64_t old_count)
{
    struct tile_ref ref = {.width = 0};
    const struct hash *hashes = NULL;

    while (tile_next_new(old_count, tree_leaf_count(tree), &ref)) {
        ck_assert_int_eq(tree_tile(tree, &ref, &hashes), ERR_OK);
        memcpy(store.rows[ref.level][ref.number], hashes, ref.width * sizeof hashes[0]);
        store.widths[ref.level][ref.number] = ref.width;
    }
}

/* Fill the store as a ledger does, a batch at a time, and note the root of every size. */
static void
setup(void)
{
    struct tree *tree = empty_tree();
    struct merkle frontier;
    uint64_t written = 0;

    memset(&store, 0, sizeof store);
    random_state = 1;
    merkle_init(&frontier);
    roots[0] = merkle_root(&frontier);
    for (uint64_t i = 0; i < LEAVES; i++) {
        struct hash leaf = leaf_of(i);
        ck_assert_int_eq(merkle_append(&frontier, &leaf), ERR_OK);
        ck_assert_int_eq(tree_append(tree, &leaf), ERR_OK);
        roots[i + 1] = merkle_root(&frontier);
        if (i + 1 == LEAVES || draw(1000) == 0) {
            write_tiles(tree, written);
            written = i + 1;
        }
    }
    ck_assert_uint_eq(store.reads, 0);
    tree_free(&tree);
    ck_assert_ptr_null(tree);
    tree_free(&tree);
}

static void
check_path(struct tree *tree, uint64_t index, uint64_t leaf_count)
{
    struct hash path[MERKLE_LEVELS_MAX], leaf = leaf_of(index);
    size_t len = 99;

    ck_assert_int_eq(tree_inclusion(tree, index, leaf_count, path, &len), ERR_OK);
    ck_assert_int_eq(
        merkle_check_inclusion(&leaf, index, leaf_count, path, len, &roots[leaf_count]), ERR_OK);
}

static void
check_growth(struct tree *tree, uint64_t old_count, uint64_t new_count)
{
    struct merkle_head older = {old_count, roots[old_count]};
    struct merkle_head newer = {new_count, roots[new_count]};
    struct hash path[MERKLE_CONSISTENCY_MAX];
    size_t len = 99;

    ck_assert_int_eq(tree_consistency(tree, old_count, new_count, path, &len), ERR_OK);
    ck_assert_int_eq(merkle_check_consistency(&older, &newer, path, len), ERR_OK);
}

START_TEST(growing_tree_gives_the_root_and_the_newest_path_at_every_size)
{
    struct tree *tree = empty_tree();

    for (uint64_t count = 1; count <= LEAVES; count++) {
        struct hash leaf = leaf_of(count - 1);
        ck_assert_int_eq(tree_append(tree, &leaf), ERR_OK);
        ck_assert_uint_eq(tree_leaf_count(tree), count);
        struct merkle_head head = tree_head(tree);
        ck_assert_uint_eq(head.leaf_count, count);
        ck_assert(hash_is_equal(&head.root, &roots[count]));
        check_path(tree, count - 1, count);
    }
    ck_assert_uint_eq(store.reads, 0);
    tree_free(&tree);
}
END_TEST

START_TEST(small_trees_give_every_path_for_every_size)
{
    struct tree *tree = open_tree(SMALL);

    for (uint64_t count = 1; count <= SMALL; count += count < 40 ? 1 : 7) {
        struct hash root;
        ck_assert_int_eq(tree_root_at(tree, count, &root), ERR_OK);
        ck_assert(hash_is_equal(&root, &roots[count]));
        for (uint64_t i = 0; i < count; i++)
            check_path(tree, i, count);
        for (uint64_t old = 0; old <= count; old++)
            check_growth(tree, old, count);
    }
    tree_free(&tree);
}
END_TEST

START_TEST(tree_of_three_levels_gives_any_path_for_any_size)
{
    struct tree *tree = open_tree(LEAVES);

    for (int i = 0; i < 4000; i++) {
        uint64_t count = 1 + draw(LEAVES), index = draw(count);
        check_path(tree, index, count);
        check_path(tree, index, LEAVES);
        check_growth(tree, index, count);
        check_growth(tree, count, LEAVES);
    }
    for (uint64_t i = 0; i < LEAVES; i += 251) {
        check_path(tree, i, LEAVES);
        check_growth(tree, i, LEAVES);
    }
    tree_free(&tree);
}
END_TEST

START_TEST(reopened_tree_goes_on_where_the_store_is)
{
    static const uint64_t counts[] = {0, 1, 255, 256, 257, 511, 512, 65535, 65536, 65537, 69999};

    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        struct tree *tree = open_tree(counts[i]);
        struct merkle_head head = tree_head(tree);
        ck_assert(hash_is_equal(&head.root, &roots[counts[i]]));
        size_t reads = store.reads;
        for (uint64_t index = counts[i]; index < LEAVES && index < counts[i] + 600; index++) {
            struct hash leaf = leaf_of(index);
            ck_assert_int_eq(tree_append(tree, &leaf), ERR_OK);
            head = tree_head(tree);
            ck_assert(hash_is_equal(&head.root, &roots[index + 1]));
            check_path(tree, index, index + 1);
        }
        ck_assert_uint_eq(store.reads, reads);
        check_path(tree, 0, tree_leaf_count(tree));
        check_growth(tree, counts[i], tree_leaf_count(tree));
        tree_free(&tree);
    }
}
END_TEST

START_TEST(leaves_appended_last_need_no_read_and_others_one_a_level)
{
    struct tree *tree = empty_tree();

    for (uint64_t i = 0; i < LEAVES; i++) {
        struct hash leaf = leaf_of(i);
        ck_assert_int_eq(tree_append(tree, &leaf), ERR_OK);
    }
    for (uint64_t i = LEAVES - TREE_APPENDED_MAX; i < LEAVES; i++)
        check_path(tree, i, LEAVES);
    write_tiles(tree, LEAVES - TREE_APPENDED_MAX);
    ck_assert_uint_eq(store.reads, 0);
    check_path(tree, 1000, LEAVES);
    ck_assert_uint_eq(store.reads, 1);
    check_path(tree, 1001, LEAVES);
    ck_assert_uint_eq(store.reads, 1);
    tree_free(&tree);

    store.reads = 0;
    tree = open_tree(LEAVES);
    ck_assert_uint_eq(store.reads, 3); /* the partial tiles */
    check_path(tree, 1000, LEAVES);
    ck_assert_uint_eq(store.reads, 5);
    tree_free(&tree);
}
END_TEST

START_TEST(numbers_outside_the_tree_are_refused_and_change_nothing)
{
    struct tree *tree = open_tree(SMALL);
    struct hash path[MERKLE_CONSISTENCY_MAX], root = roots[1];
    const struct hash *hashes = NULL;
    size_t len = 99;

    ck_assert_int_eq(tree_inclusion(tree, 10, 10, path, &len), ERR_RANGE);
    ck_assert_int_eq(tree_inclusion(tree, 0, 0, path, &len), ERR_RANGE);
    ck_assert_int_eq(tree_inclusion(tree, 10, SMALL + 1, path, &len), ERR_RANGE);
    ck_assert_int_eq(tree_inclusion(tree, UINT64_MAX, UINT64_MAX, path, &len), ERR_RANGE);
    ck_assert_int_eq(tree_consistency(tree, 11, 10, path, &len), ERR_RANGE);
    ck_assert_int_eq(tree_consistency(tree, 10, SMALL + 1, path, &len), ERR_RANGE);
    ck_assert_int_eq(tree_root_at(tree, SMALL + 1, &root), ERR_RANGE);
    ck_assert(hash_is_equal(&root, &roots[1]));
    ck_assert_uint_eq(len, 99);

    static const struct tile_ref rows[] = {
        {0, 0, 0},           {0, 257, 0},
        {0, 89, 2},          {0, 1, 3},
        {1, 3, 0},           {2, 1, 0},
        {TILE_LEVELS, 1, 0}, {TILE_LEVEL_ENTRIES, 1, 0},
        {0, 1, UINT64_MAX},  {0, 256, UINT64_MAX / 256},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        ck_assert_int_eq(tree_tile(tree, &rows[i], &hashes), ERR_RANGE);
    ck_assert_ptr_null(hashes);
    ck_assert_int_eq(tree_tile(tree, &(struct tile_ref){0, 88, 2}, &hashes), ERR_OK);
    tree_free(&tree);
}
END_TEST

START_TEST(reader_that_fails_is_reported_and_does_no_harm)
{
    struct merkle_head head = {LEAVES, roots[LEAVES]};
    struct tree *tree = open_tree(LEAVES), *none = tree;
    struct hash path[MERKLE_CONSISTENCY_MAX];
    const struct hash *hashes = NULL;
    size_t len = 99;

    store.fails = ERR_IO;
    ck_assert_int_eq(tree_inclusion(tree, 5, LEAVES, path, &len), ERR_IO);
    ck_assert_int_eq(tree_inclusion(tree, 5, 30000, path, &len), ERR_IO);
    ck_assert_int_eq(tree_consistency(tree, 5, LEAVES, path, &len), ERR_IO);
    ck_assert_int_eq(tree_consistency(tree, 65536, 65900, path, &len), ERR_IO);
    ck_assert_int_eq(tree_root_at(tree, 5, &head.root), ERR_IO);
    ck_assert_int_eq(tree_tile(tree, &(struct tile_ref){0, 1, 0}, &hashes), ERR_IO);
    ck_assert_uint_eq(len, 99);
    ck_assert_int_eq(tree_new(&head, &READER, &none), ERR_IO);
    ck_assert_ptr_null(none);

    store.fails = ERR_OK;
    check_path(tree, 5, LEAVES);
    check_growth(tree, 5, LEAVES);
    tree_free(&tree);
}
END_TEST

START_TEST(damaged_tile_is_found_before_a_path_is_made_of_it)
{
    struct hash path[MERKLE_CONSISTENCY_MAX];
    struct merkle_head head = {LEAVES, roots[LEAVES]};
    struct tree *tree = NULL;
    size_t len = 99;

    for (int i = 0; i < 40; i++) {
        uint64_t tile = draw(LEAVES / TILE_WIDTH), level = draw(2);
        struct hash *victim = &store.rows[level][level == 0 ? tile : 0][draw(TILE_WIDTH)];
        uint64_t index = level == 0 ? tile * TILE_WIDTH + draw(TILE_WIDTH) : draw(65536);

        tree = open_tree(LEAVES);
        struct hash intact = *victim;
        victim->bytes[draw(HASH_BYTES)] ^= (uint8_t)(1u << draw(8));
        ck_assert_int_eq(tree_inclusion(tree, index, LEAVES, path, &len), ERR_CORRUPT);
        ck_assert_int_eq(tree_inclusion(tree, index, LEAVES, path, &len), ERR_CORRUPT);
        *victim = intact;
        check_path(tree, index, LEAVES);
        tree_free(&tree);
    }
    ck_assert_uint_eq(len, 99);

    for (unsigned level = 0; level < STORED_LEVELS; level++) {
        unsigned number = (unsigned)(LEAVES >> (TILE_HEIGHT * (level + 1)));
        store.rows[level][number][0].bytes[31] ^= 1;
        ck_assert_int_eq(tree_new(&head, &READER, &tree), ERR_CORRUPT);
        ck_assert_ptr_null(tree);
        store.rows[level][number][0].bytes[31] ^= 1;
    }
    head.root.bytes[0] ^= 1;
    ck_assert_int_eq(tree_new(&head, &READER, &tree), ERR_CORRUPT);
    ck_assert_int_eq(tree_new(&EMPTY_HEAD, &READER, &tree), ERR_CORRUPT);
    head.leaf_count = MERKLE_LEAVES_MAX + 1;
    ck_assert_int_eq(tree_new(&head, &READER, &tree), ERR_RANGE);
}
END_TEST

/* A tree whose full tiles of one level are all alike: any size costs nothing. */
struct uniform {
    struct hash hashes[TILE_LEVELS][TILE_WIDTH];
};

static struct uniform uniform;

static enum err
read_uniform(void *context, const struct tile_ref *ref, struct hash *hashes)
{
    const struct uniform *from = context;

    memcpy(hashes, from->hashes[ref->level], ref->width * sizeof hashes[0]);
    return ERR_OK;
}

static void
fill_uniform(void)
{
    static struct merkle_batch batch;

    for (unsigned i = 0; i < TILE_WIDTH; i++)
        uniform.hashes[0][i] = leaf_of(i);
    for (unsigned level = 1; level < TILE_LEVELS; level++) {
        ck_assert_int_eq(merkle_batch_init(&batch, uniform.hashes[level - 1], TILE_WIDTH), ERR_OK);
        for (unsigned i = 0; i < TILE_WIDTH; i++)
            uniform.hashes[level][i] = merkle_batch_root(&batch);
    }
}

/* The frontier of such a tree: each peak is the root of a perfect tree of its height. */
static struct hash
uniform_root(uint64_t leaf_count)
{
    struct merkle frontier = {.leaf_count = leaf_count};
    struct hash perfect[MERKLE_LEVELS_MAX];

    for (unsigned k = 0; k < MERKLE_LEVELS_MAX; k++) {
        static struct merkle_batch batch;
        size_t first = 0;
        if (k < TILE_HEIGHT) /* the last leaves start a tile, less what larger peaks took */
            first = (leaf_count >> (k + 1) << (k + 1)) % TILE_WIDTH;
        if (k < TILE_HEIGHT) {
            ck_assert_int_eq(merkle_batch_init(&batch, &uniform.hashes[0][first], (size_t)1 << k),
                             ERR_OK);
            perfect[k] = merkle_batch_root(&batch);
        } else if (k == TILE_HEIGHT) {
            perfect[k] = uniform.hashes[1][0];
        } else {
            perfect[k] = merkle_node_hash(&perfect[k - 1], &perfect[k - 1]);
        }
        frontier.peaks[k] = perfect[k];
    }
    return merkle_root(&frontier);
}

START_TEST(trees_of_any_size_give_paths)
{
    static const uint64_t counts[] = {
        1,
        256,
        1000000,
        (1u << 24) - 1,
        1u << 24,
        100000000,
        1u << 31,
        UINT64_C(1) << 32,
        (UINT64_C(1) << 39) + 77,
        MERKLE_LEAVES_MAX - 1,
        MERKLE_LEAVES_MAX,
    };
    const struct tile_reader reader = {&uniform, read_uniform};
    struct hash path[MERKLE_CONSISTENCY_MAX];
    struct tree *tree = NULL;

    fill_uniform();
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        struct merkle_head head = {counts[i], uniform_root(counts[i])};
        ck_assert_int_eq(tree_new(&head, &reader, &tree), ERR_OK);
        for (int j = 0; j < 200; j++) {
            uint64_t index = draw(counts[i]), old = 1 + draw(counts[i]);
            struct merkle_head older = {old, uniform_root(old)};
            struct hash leaf = leaf_of(index % TILE_WIDTH);
            size_t len = 0;
            ck_assert_int_eq(tree_inclusion(tree, index, counts[i], path, &len), ERR_OK);
            ck_assert_int_eq(merkle_check_inclusion(&leaf, index, counts[i], path, len, &head.root),
                             ERR_OK);
            ck_assert_int_eq(tree_consistency(tree, old, counts[i], path, &len), ERR_OK);
            ck_assert_int_eq(merkle_check_consistency(&older, &head, path, len), ERR_OK);
        }
        if (counts[i] == MERKLE_LEAVES_MAX) {
            ck_assert_int_eq(tree_append(tree, &roots[0]), ERR_FULL);
            ck_assert_uint_eq(tree_leaf_count(tree), MERKLE_LEAVES_MAX);
        }
        tree_free(&tree);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("tree");
    TCase *tcase = tcase_create("tree");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_unchecked_fixture(tcase, setup, NULL);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, growing_tree_gives_the_root_and_the_newest_path_at_every_size);
    tcase_add_test(tcase, small_trees_give_every_path_for_every_size);
    tcase_add_test(tcase, tree_of_three_levels_gives_any_path_for_any_size);
    tcase_add_test(tcase, reopened_tree_goes_on_where_the_store_is);
    tcase_add_test(tcase, leaves_appended_last_need_no_read_and_others_one_a_level);
    tcase_add_test(tcase, numbers_outside_the_tree_are_refused_and_change_nothing);
    tcase_add_test(tcase, reader_that_fails_is_reported_and_does_no_harm);
    tcase_add_test(tcase, damaged_tile_is_found_before_a_path_is_made_of_it);
    tcase_add_test(tcase, trees_of_any_size_give_paths);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
