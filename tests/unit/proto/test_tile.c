/*
 * Goal: tiles and bundles have exactly the names, widths and bytes of C2SP tlog-tiles.
 * Method: the specification's own examples, the published bundle, a recount of the tiles of every
 * small step of growth, and one fault at a time.
 */
#include "proto/hash.h"
#include "proto/tile.h"

#include <check.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

START_TEST(names_are_those_of_the_specification)
{
    static const struct {
        struct tile_ref ref;
        const char *path;
    } rows[] = {
        {{0, 256, 0}, "tile/0/000"},
        {{0, 256, 1234067}, "tile/0/x001/x234/067"},
        {{0, 112, 273}, "tile/0/273.p/112"},
        {{1, 17, 1}, "tile/1/001.p/17"},
        {{2, 1, 0}, "tile/2/000.p/1"},
        {{63, 255, 999}, "tile/63/999.p/255"},
        {{0, 256, 1000}, "tile/0/x001/000"},
        {{TILE_LEVEL_ENTRIES, 8, 0}, "tile/entries/000.p/8"},
        {{TILE_LEVEL_ENTRIES, 256, 1000000}, "tile/entries/x001/x000/000"},
        {{0, 256, UINT64_C(18446744073709550)}, "tile/0/x018/x446/x744/x073/x709/550"},
    };
    char path[TILE_PATH_MAX + 1];

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ck_assert_uint_eq(tile_path_format(&rows[i].ref, path), strlen(rows[i].path));
        ck_assert_str_eq(path, rows[i].path);
    }
}
END_TEST

START_TEST(longest_name_fits)
{
    struct tile_ref ref = {TILE_LEVEL_ENTRIES, 255, UINT64_MAX};
    char path[TILE_PATH_MAX + 1];

    ck_assert_uint_eq(tile_path_format(&ref, path), strlen(path));
    ck_assert_str_eq(path, "tile/entries/x018/x446/x744/x073/x709/x551/615.p/255");
}
END_TEST

START_TEST(tree_of_70000_has_the_tiles_of_the_specification)
{
    unsigned full[TILE_LEVELS] = {0}, partial[TILE_LEVELS] = {0};
    struct tile_ref ref = {.width = 0};

    while (tile_next_new(0, 70000, &ref)) {
        if (ref.width == TILE_WIDTH)
            ck_assert_uint_eq(ref.number, full[ref.level]++);
        else
            partial[ref.level] = ref.width;
    }
    ck_assert_uint_eq(full[0], 273);
    ck_assert_uint_eq(partial[0], 112);
    ck_assert_uint_eq(full[1], 1);
    ck_assert_uint_eq(partial[1], 17);
    ck_assert_uint_eq(full[2], 0);
    ck_assert_uint_eq(partial[2], 1);
    ck_assert_uint_eq(partial[3], 0);
}
END_TEST

START_TEST(tree_of_256_has_a_full_tile_and_one_of_width_1_above)
{
    struct tile_ref ref = {.width = 0};

    ck_assert(tile_next_new(0, 256, &ref));
    ck_assert(ref.level == 0 && ref.number == 0 && ref.width == 256);
    ck_assert(tile_next_new(0, 256, &ref));
    ck_assert(ref.level == 1 && ref.number == 0 && ref.width == 1);
    ck_assert(!tile_next_new(0, 256, &ref));
    ref.width = 0;
    ck_assert(!tile_next_new(0, 0, &ref));
}
END_TEST

/* Whether a tree of `size` leaves has tile `number` of `level`, and how wide. */
static unsigned
oracle_width(uint64_t size, unsigned level, uint64_t number)
{
    uint64_t hashes = size;

    for (unsigned i = 0; i < level; i++)
        hashes /= 256;
    if (number < hashes / 256)
        return 256;
    return number == hashes / 256 ? (unsigned)(hashes % 256) : 0;
}

START_TEST(growth_names_each_new_or_wider_tile_once_in_order)
{
    static const uint64_t sizes[] = {0,   1,     2,     255,   256,   257,    511,    512,   513,
                                     600, 65535, 65536, 65537, 65792, 131071, 131072, 140000};
    const size_t count = sizeof sizes / sizeof sizes[0];

    for (size_t i = 0; i < count; i++) {
        for (size_t j = i; j < count; j++) {
            struct tile_ref ref = {.width = 0};
            for (unsigned level = 0; level < 4; level++) {
                for (uint64_t number = 0; number < 600; number++) {
                    unsigned want = oracle_width(sizes[j], level, number);
                    if (want == oracle_width(sizes[i], level, number))
                        continue;
                    ck_assert(tile_next_new(sizes[i], sizes[j], &ref));
                    ck_assert_uint_eq(ref.level, level);
                    ck_assert_uint_eq(ref.number, number);
                    ck_assert_uint_eq(ref.width, want);
                }
            }
            ck_assert(!tile_next_new(sizes[i], sizes[j], &ref));
        }
    }
}
END_TEST

START_TEST(growth_ends_at_the_largest_tree)
{
    const uint64_t old = (MERKLE_LEAVES_MAX >> 32) << 32; /* the last tile of each level grows */
    struct tile_ref ref = {.width = 0};
    unsigned levels = 0;

    ck_assert(tile_next_new(MERKLE_LEAVES_MAX - 1, MERKLE_LEAVES_MAX, &ref));
    ck_assert(ref.level == 0 && ref.number == (UINT64_C(1) << 32) - 1 && ref.width == 255);
    ck_assert(!tile_next_new(MERKLE_LEAVES_MAX - 1, MERKLE_LEAVES_MAX, &ref));

    ref = (struct tile_ref){1, 1, (UINT64_C(1) << 24) - 2}; /* begin near the end of level 1 */
    while (tile_next_new(old, MERKLE_LEAVES_MAX, &ref) && ref.level < 3) {
        if (ref.width < TILE_WIDTH)
            levels++;
    }
    ck_assert_uint_eq(levels, 2);
    ck_assert(ref.level == 3 && ref.width == 255);
    ck_assert(!tile_next_new(old, MERKLE_LEAVES_MAX, &ref));
}
END_TEST

START_TEST(nodes_inside_a_tile_are_the_roots_of_its_subtrees)
{
    static struct hash hashes[TILE_WIDTH];
    static struct tile_nodes tile;
    static struct merkle_batch batch;

    for (unsigned width = 0; width < TILE_WIDTH; width++) {
        hashes[width] = merkle_leaf_hash((struct span){(const uint8_t *)&width, sizeof width});
        tile_append(&tile, width, &hashes[width]);
        for (unsigned height = 0; height <= TILE_HEIGHT; height++) {
            unsigned leaves = 1u << height;
            if ((width + 1) % leaves != 0)
                break;
            unsigned index = (width + 1) / leaves - 1;
            ck_assert_int_eq(merkle_batch_init(&batch, &hashes[index * leaves], leaves), ERR_OK);
            struct hash want = merkle_batch_root(&batch);
            ck_assert(hash_is_equal(tile_node(&tile, height, index), &want));
        }
    }
    ck_assert_mem_eq(tile_node(&tile, 0, 0), hashes, sizeof hashes);
}
END_TEST

START_TEST(bundle_of_the_published_leaves_has_the_published_bytes)
{
    static const struct span leaves[] = {
        {NULL, 0},
        {(const uint8_t *)"\x00", 1},
        {(const uint8_t *)"\x10", 1},
        {(const uint8_t *)"\x20\x21", 2},
        {(const uint8_t *)"\x30\x31", 2},
        {(const uint8_t *)"\x40\x41\x42\x43", 4},
        {(const uint8_t *)"PQRSTUVW", 8},
        {(const uint8_t *)"`abcdefghijklmno", 16},
    };
    static const char want[] =
        "00000001000001100002202100023031000440414243000850515253545556570010"
        "606162636465666768696a6b6c6d6e6f";
    uint8_t bundle[64];
    char hex[2 * sizeof bundle + 1];
    size_t len = 0;

    for (size_t i = 0; i < 8; i++)
        ck_assert_int_eq(tile_bundle_append(leaves[i], bundle, sizeof bundle, &len), ERR_OK);
    ck_assert_str_eq(sodium_bin2hex(hex, sizeof hex, bundle, len), want);

    struct span rest = {bundle, len}, entry;
    for (size_t i = 0; i < 8; i++) {
        ck_assert_int_eq(tile_bundle_next(&rest, &entry), ERR_OK);
        ck_assert_uint_eq(entry.len, leaves[i].len);
        if (entry.len > 0)
            ck_assert_mem_eq(entry.data, leaves[i].data, entry.len);
    }
    ck_assert_uint_eq(rest.len, 0);
    ck_assert_int_eq(tile_bundle_next(&rest, &entry), ERR_FORMAT);
}
END_TEST

START_TEST(bundle_by_another_implementation_is_read)
{
    struct span rest = {(const uint8_t *)"\x00\x03one\x00\x03two", 10}, entry;

    ck_assert_int_eq(tile_bundle_next(&rest, &entry), ERR_OK);
    ck_assert_mem_eq(entry.data, "one", 3);
    ck_assert_int_eq(tile_bundle_next(&rest, &entry), ERR_OK);
    ck_assert_mem_eq(entry.data, "two", 3);
    ck_assert_uint_eq(rest.len, 0);

    rest = (struct span){(const uint8_t *)"\x00\x00", 2};
    ck_assert_int_eq(tile_bundle_next(&rest, &entry), ERR_OK);
    ck_assert_uint_eq(entry.len, 0);
    ck_assert_uint_eq(rest.len, 0);
}
END_TEST

START_TEST(cut_bundle_is_refused_and_changes_nothing)
{
    static const uint8_t bundle[] = "\x00\x03one";

    for (size_t len = 0; len < 5; len++) {
        struct span rest = {bundle, len}, entry = {NULL, 7};
        ck_assert_int_eq(tile_bundle_next(&rest, &entry), ERR_FORMAT);
        ck_assert(rest.data == bundle && rest.len == len && entry.len == 7);
    }
}
END_TEST

START_TEST(entry_too_long_or_without_room_is_refused_and_changes_nothing)
{
    static uint8_t entry[ENTRY_BYTES_MAX + 1], bundle[2 * ENTRY_BYTES_MAX];
    size_t len = 0;

    ck_assert_int_eq(
        tile_bundle_append((struct span){entry, sizeof entry}, bundle, sizeof bundle, &len),
        ERR_RANGE);
    ck_assert_int_eq(tile_bundle_append((struct span){entry, 3}, bundle, 4, &len), ERR_FULL);
    ck_assert_int_eq(tile_bundle_append((struct span){entry, 0}, bundle, 1, &len), ERR_FULL);
    ck_assert_uint_eq(len, 0);
    ck_assert_int_eq(tile_bundle_append((struct span){entry, 3}, bundle, 5, &len), ERR_OK);
    ck_assert_uint_eq(len, 5);

    len = 0;
    ck_assert_int_eq(
        tile_bundle_append((struct span){entry, ENTRY_BYTES_MAX}, bundle, sizeof bundle, &len),
        ERR_OK);
    struct span rest = {bundle, len}, got;
    ck_assert_int_eq(tile_bundle_next(&rest, &got), ERR_OK);
    ck_assert_uint_eq(got.len, ENTRY_BYTES_MAX);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("tile");
    TCase *tcase = tcase_create("tile");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_test(tcase, names_are_those_of_the_specification);
    tcase_add_test(tcase, longest_name_fits);
    tcase_add_test(tcase, tree_of_70000_has_the_tiles_of_the_specification);
    tcase_add_test(tcase, tree_of_256_has_a_full_tile_and_one_of_width_1_above);
    tcase_add_test(tcase, growth_names_each_new_or_wider_tile_once_in_order);
    tcase_add_test(tcase, growth_ends_at_the_largest_tree);
    tcase_add_test(tcase, nodes_inside_a_tile_are_the_roots_of_its_subtrees);
    tcase_add_test(tcase, bundle_of_the_published_leaves_has_the_published_bytes);
    tcase_add_test(tcase, bundle_by_another_implementation_is_read);
    tcase_add_test(tcase, cut_bundle_is_refused_and_changes_nothing);
    tcase_add_test(tcase, entry_too_long_or_without_room_is_refused_and_changes_nothing);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
