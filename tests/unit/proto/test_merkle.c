/*
 * Goal: the frontier and the batch give the roots of RFC 6962; inclusion and consistency proofs
 * are accepted for exactly the trees that they were made for.
 * Method: published vectors, then an oracle written straight from the RFC's recursive definition,
 * over every tree of up to LEAVES leaves (batches: up to BATCH_MAX).
 */
#include "proto/hash.h"
#include "proto/merkle.h"

#include <check.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* Published hashes in hex: of leaf i, and of the subtree over leaves i to j. */
#define L0  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
#define L1  "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
#define L2  "0298d122906dcfc10892cb53a73992fc5b9f493ea4c9badb27b791b4127a7fe7"
#define L3  "07506a85fd9dd2f120eb694f86011e5bb4662e5c415a62917033d4a9624487e7"
#define L4  "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
#define L5  "4271a26be0d8a84f0bd54c8c302e7cb3a3b5d1fa6780a40bcce2873477dab658"
#define L6  "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f"
#define L7  "46f6ffadd3d06a09ff3c5860d2755c8b9819db7df44251788c7d8e3180de8eb1"
#define N01 "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
#define N23 "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
#define N45 "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
#define N67 "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
#define N03 "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"
#define N47 "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
#define N46 "837dbb152e9b079010717e84e865da4ebc0fa198a806d59d31bf15accef22d0e"

enum { LEAVES = 33, VECTOR_LEAVES = 8 };

static struct hash leaves[BATCH_MAX];
static struct hash vector_leaves[VECTOR_LEAVES];

static const struct {
    const char *leaf; /* hex */
    const char *leaf_hash;
    const char *root; /* of the tree that ends with this leaf */
} VECTORS[VECTOR_LEAVES] = {
    {"", L0, L0},
    {"00", L1, N01},
    {"10", L2, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"},
    {"2021", L3, N03},
    {"3031", L4, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"},
    {"40414243", L5, "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"},
    {"5051525354555657", L6, "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"},
    {"606162636465666768696a6b6c6d6e6f", L7,
     "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"},
};

/* RFC 6962, 2.1: MTH(D[n]) = SHA-256(0x01 || MTH(D[0:k]) || MTH(D[k:n])), k = 2^i < n <= 2k. */
static struct hash
oracle_root(const struct hash *leaf, size_t count)
{
    uint8_t joined[1 + 2 * HASH_BYTES] = {0x01};
    struct hash out;
    size_t k = 1;

    if (count == 1)
        return leaf[0];
    while (k * 2 < count)
        k *= 2;
    out = oracle_root(leaf, k);
    memcpy(joined + 1, out.bytes, HASH_BYTES);
    out = oracle_root(leaf + k, count - k);
    memcpy(joined + 1 + HASH_BYTES, out.bytes, HASH_BYTES);
    crypto_hash_sha256(out.bytes, joined, sizeof joined);
    return out;
}

/* RFC 6962, 2.1.1: the audit path of leaf `index`; returns its length. */
static size_t
oracle_path(const struct hash *leaf, size_t count, size_t index, struct hash *path)
{
    size_t k = 1, len;

    if (count == 1)
        return 0;
    while (k * 2 < count)
        k *= 2;
    if (index < k) {
        len = oracle_path(leaf, k, index, path);
        path[len] = oracle_root(leaf + k, count - k);
    } else {
        len = oracle_path(leaf + k, count - k, index - k, path);
        path[len] = oracle_root(leaf, k);
    }
    return len + 1;
}

/* RFC 6962, 2.1.2: SUBPROOF(m, D[n], b). */
static size_t
oracle_growth(const struct hash *leaf, size_t count, size_t old, bool is_whole, struct hash *path)
{
    size_t k = 1, len;

    if (old == count) {
        if (is_whole)
            return 0;
        path[0] = oracle_root(leaf, count);
        return 1;
    }
    while (k * 2 < count)
        k *= 2;
    if (old <= k) {
        len = oracle_growth(leaf, k, old, is_whole, path);
        path[len] = oracle_root(leaf + k, count - k);
    } else {
        len = oracle_growth(leaf + k, count - k, old - k, false, path);
        path[len] = oracle_root(leaf, k);
    }
    return len + 1;
}

static struct merkle_head
oracle_head(const struct hash *leaf, size_t count)
{
    struct merkle tree;

    merkle_init(&tree);
    return (struct merkle_head){count, count == 0 ? merkle_root(&tree) : oracle_root(leaf, count)};
}

static struct hash
unhex_hash(const char *hex)
{
    struct hash out;

    ck_assert_uint_eq(strlen(hex), 2 * HASH_BYTES);
    ck_assert_int_eq(sodium_hex2bin(out.bytes, HASH_BYTES, hex, 2 * HASH_BYTES, NULL, NULL, NULL),
                     0);
    return out;
}

/* Read hashes in hex, parted by single spaces. */
static size_t
unhex_path(const char *hex, struct hash *path)
{
    size_t len = (strlen(hex) + 1) / (2 * HASH_BYTES + 1);

    for (size_t i = 0; i < len; i++) {
        char one[2 * HASH_BYTES + 1] = {0};
        memcpy(one, hex + i * (2 * HASH_BYTES + 1), 2 * HASH_BYTES);
        path[i] = unhex_hash(one);
    }
    return len;
}

static void
setup(void)
{
    ck_assert_int_ge(sodium_init(), 0);
    for (size_t i = 0; i < BATCH_MAX; i++)
        leaves[i] = merkle_leaf_hash((struct span){(const uint8_t *)&(uint8_t){(uint8_t)i}, 1});
    for (size_t i = 0; i < VECTOR_LEAVES; i++) {
        uint8_t leaf[16];
        size_t len;
        ck_assert_int_eq(sodium_hex2bin(leaf, sizeof leaf, VECTORS[i].leaf, strlen(VECTORS[i].leaf),
                                        NULL, &len, NULL),
                         0);
        vector_leaves[i] = merkle_leaf_hash((struct span){leaf, len});
    }
}

static void
assert_hash_hex(struct hash got, const char *want)
{
    char hex[2 * HASH_BYTES + 1];

    ck_assert_str_eq(sodium_bin2hex(hex, sizeof hex, got.bytes, HASH_BYTES), want);
}

START_TEST(root_matches_the_certificate_transparency_vectors)
{
    struct merkle tree;

    merkle_init(&tree);
    assert_hash_hex(merkle_root(&tree),
                    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    for (size_t i = 0; i < VECTOR_LEAVES; i++) {
        assert_hash_hex(vector_leaves[i], VECTORS[i].leaf_hash);
        ck_assert_int_eq(merkle_append(&tree, &vector_leaves[i]), ERR_OK);
        assert_hash_hex(merkle_root(&tree), VECTORS[i].root);
    }
}
END_TEST

START_TEST(hasher_matches_its_own_vectors)
{
    assert_hash_hex(merkle_leaf_hash((struct span){(const uint8_t *)"L123456", 7}),
                    "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56");
    assert_hash_hex(merkle_node_hash(&vector_leaves[0], &vector_leaves[1]), VECTORS[1].root);
    assert_hash_hex(merkle_node_hash(&vector_leaves[2], &vector_leaves[3]), N23);

    /* The node vector has children of 4 bytes: the tag is the same as that of our nodes. */
    struct span node[] = {{(const uint8_t *)"\x01", 1}, {(const uint8_t *)"N123N456", 8}};
    assert_hash_hex(hash_spans(node, 2),
                    "aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb");
}
END_TEST

START_TEST(leaf_of_parts_is_the_leaf_of_the_whole)
{
    struct span parts[MERKLE_LEAF_PARTS_MAX] = {{(const uint8_t *)"L1", 2},
                                                {NULL, 0},
                                                {(const uint8_t *)"2345", 4},
                                                {(const uint8_t *)"6", 1}};

    assert_hash_hex(merkle_leaf_hash_spans(parts, MERKLE_LEAF_PARTS_MAX),
                    "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56");
    assert_hash_hex(merkle_leaf_hash_spans(NULL, 0), VECTORS[0].leaf_hash);
}
END_TEST

START_TEST(root_matches_the_recursive_definition_at_every_size)
{
    struct merkle tree;

    merkle_init(&tree);
    for (size_t count = 1; count <= LEAVES; count++) {
        ck_assert_int_eq(merkle_append(&tree, &leaves[count - 1]), ERR_OK);
        struct hash got = merkle_root(&tree), want = oracle_root(leaves, count);
        ck_assert_mem_eq(got.bytes, want.bytes, HASH_BYTES);
    }
}
END_TEST

START_TEST(append_to_a_full_tree_is_refused_and_changes_nothing)
{
    struct merkle tree, before;

    merkle_init(&tree);
    tree.leaf_count = MERKLE_LEAVES_MAX;
    before = tree;
    ck_assert_int_eq(merkle_append(&tree, &leaves[0]), ERR_FULL);
    ck_assert_mem_eq(&tree, &before, sizeof tree);
}
END_TEST

static const struct {
    uint64_t index, count;
    const char *path;
} INCLUSIONS[] = {
    {0, 8, L1 " " N23 " " N47}, {5, 8, L4 " " N67 " " N03}, {2, 3, N01},
    {1, 5, L0 " " N23 " " L4},  {6, 7, N45 " " N03},
};

START_TEST(inclusion_accepts_the_published_paths_and_batches_make_them)
{
    struct merkle_batch batch;
    struct hash path[MERKLE_LEVELS_MAX], made[BATCH_PATH_MAX];

    for (size_t i = 0; i < sizeof INCLUSIONS / sizeof INCLUSIONS[0]; i++) {
        uint64_t index = INCLUSIONS[i].index, count = INCLUSIONS[i].count;
        size_t len = unhex_path(INCLUSIONS[i].path, path);
        struct hash root = unhex_hash(VECTORS[count - 1].root);
        ck_assert_int_eq(
            merkle_check_inclusion(&vector_leaves[index], index, count, path, len, &root), ERR_OK);
        ck_assert_int_eq(merkle_batch_init(&batch, vector_leaves, count), ERR_OK);
        ck_assert_uint_eq(merkle_batch_path(&batch, index, made), len);
        ck_assert_mem_eq(made, path, len * sizeof path[0]);
    }
}
END_TEST

START_TEST(inclusion_holds_for_the_right_leaf_and_no_other)
{
    struct hash path[MERKLE_LEVELS_MAX];

    for (size_t count = 1; count <= LEAVES; count++) {
        struct hash root = oracle_root(leaves, count);
        for (size_t i = 0; i < count; i++) {
            size_t len = oracle_path(leaves, count, i, path);
            for (size_t j = 0; j < LEAVES; j++) {
                enum err want = j == i ? ERR_OK : ERR_PROOF;
                ck_assert_int_eq(merkle_check_inclusion(&leaves[j], i, count, path, len, &root),
                                 want);
            }
        }
    }
}
END_TEST

START_TEST(inclusion_fixes_the_path_length_even_where_the_hashes_agree)
{
    const size_t count = 21, index = 16;
    struct hash path[MERKLE_LEVELS_MAX], pair[2], root = oracle_root(leaves, count);
    size_t len = oracle_path(leaves, count, index, path);

    /* One step short, against the root of the subtree that the short path does reach. */
    struct hash subtree = oracle_root(leaves + 16, count - 16);
    ck_assert_int_eq(merkle_check_inclusion(&leaves[index], index, count, path, len - 1, &subtree),
                     ERR_PROOF);

    /* One step beyond, against the hash that the long path would reach. */
    path[len] = pair[0] = leaves[0];
    pair[1] = root;
    struct hash beyond = oracle_root(pair, 2);
    ck_assert_int_eq(merkle_check_inclusion(&leaves[index], index, count, path, len + 1, &beyond),
                     ERR_PROOF);
}
END_TEST

START_TEST(inclusion_refuses_a_wrong_index_length_bit_or_root)
{
    const size_t count = 21, index = 16;
    struct hash path[MERKLE_LEVELS_MAX], root = oracle_root(leaves, count);
    size_t len = oracle_path(leaves, count, index, path);
    const struct hash *leaf = &leaves[index];

    ck_assert_int_eq(merkle_check_inclusion(leaf, index, count, path, len, &root), ERR_OK);
    ck_assert_int_eq(merkle_check_inclusion(leaf, count, count, path, len, &root), ERR_RANGE);
    ck_assert_int_eq(merkle_check_inclusion(leaf, 0, 0, path, 0, &root), ERR_RANGE);
    ck_assert_int_eq(merkle_check_inclusion(leaf, index + 1, count, path, len, &root), ERR_PROOF);
    ck_assert_int_eq(merkle_check_inclusion(leaf, index, count, path, len - 1, &root), ERR_PROOF);
    path[len] = root;
    ck_assert_int_eq(merkle_check_inclusion(leaf, index, count, path, len + 1, &root), ERR_PROOF);
    path[0].bytes[0] ^= 1;
    ck_assert_int_eq(merkle_check_inclusion(leaf, index, count, path, len, &root), ERR_PROOF);
}
END_TEST

START_TEST(root_from_path_leaves_its_output_alone_on_an_error)
{
    struct hash path[MERKLE_LEVELS_MAX], root = leaves[7];
    size_t len = oracle_path(leaves, 6, 3, path);

    ck_assert_int_eq(merkle_root_from_path(&leaves[3], 6, 6, path, len, &root), ERR_RANGE);
    ck_assert_int_eq(merkle_root_from_path(&leaves[3], 3, 6, path, len - 1, &root), ERR_PROOF);
    ck_assert_int_eq(merkle_root_from_path(&leaves[3], 3, 6, path, len + 1, &root), ERR_PROOF);
    ck_assert(hash_is_equal(&root, &leaves[7]));
    ck_assert_int_eq(merkle_root_from_path(&leaves[3], 3, 6, path, len, &root), ERR_OK);
    struct hash want = oracle_root(leaves, 6);
    ck_assert(hash_is_equal(&root, &want));
}
END_TEST

START_TEST(inclusion_ends_for_the_largest_numbers_that_a_peer_can_send)
{
    struct hash path[65] = {0}, root;

    for (size_t len = 0; len <= 65; len++) {
        ck_assert_int_eq(
            merkle_root_from_path(&leaves[0], UINT64_MAX - 1, UINT64_MAX, path, len, &root),
            len == 63 ? ERR_OK : ERR_PROOF);
        ck_assert_int_eq(merkle_root_from_path(&leaves[0], 0, UINT64_MAX, path, len, &root),
                         len == 64 ? ERR_OK : ERR_PROOF);
    }
}
END_TEST

START_TEST(consistency_accepts_the_published_paths)
{
    static const struct {
        uint64_t older, newer;
        const char *path;
    } rows[] = {
        {1, 8, L1 " " N23 " " N47},
        {6, 8, N45 " " N67 " " N03},
        {2, 5, N23 " " L4},
        {3, 7, L2 " " L3 " " N01 " " N46},
        {4, 7, N46},
        {6, 7, N45 " " L6 " " N03},
    };
    struct hash path[MERKLE_CONSISTENCY_MAX];

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct merkle_head older = {rows[i].older, unhex_hash(VECTORS[rows[i].older - 1].root)};
        struct merkle_head newer = {rows[i].newer, unhex_hash(VECTORS[rows[i].newer - 1].root)};
        size_t len = unhex_path(rows[i].path, path);
        ck_assert_int_eq(merkle_check_consistency(&older, &newer, path, len), ERR_OK);
    }
}
END_TEST

START_TEST(consistency_holds_for_every_pair_of_sizes_and_for_no_altered_proof)
{
    struct hash path[MERKLE_CONSISTENCY_MAX + 1];

    for (size_t count = 1; count <= LEAVES; count++) {
        struct merkle_head newer = oracle_head(leaves, count);
        for (size_t old = 1; old <= count; old++) {
            struct merkle_head older = oracle_head(leaves, old), bad = older;
            size_t len = oracle_growth(leaves, count, old, true, path);
            ck_assert_int_eq(merkle_check_consistency(&older, &newer, path, len), ERR_OK);

            bad.root.bytes[31] ^= 1;
            ck_assert_int_eq(merkle_check_consistency(&bad, &newer, path, len), ERR_PROOF);
            bad = newer;
            bad.root.bytes[31] ^= 1;
            ck_assert_int_eq(merkle_check_consistency(&older, &bad, path, len), ERR_PROOF);
            for (size_t i = 0; i < len; i++) {
                path[i].bytes[i] ^= 0x80;
                ck_assert_int_eq(merkle_check_consistency(&older, &newer, path, len), ERR_PROOF);
                path[i].bytes[i] ^= 0x80;
            }
            path[len] = leaves[0];
            ck_assert_int_eq(merkle_check_consistency(&older, &newer, path, len + 1), ERR_PROOF);
            if (len > 0)
                ck_assert_int_eq(merkle_check_consistency(&older, &newer, path, len - 1),
                                 ERR_PROOF);
        }
    }
}
END_TEST

START_TEST(consistency_refuses_a_tree_that_shrank_or_was_rewritten)
{
    struct hash path[MERKLE_CONSISTENCY_MAX], other[LEAVES];
    struct merkle_head older = oracle_head(leaves, 11), newer = oracle_head(leaves, 20);

    ck_assert_int_eq(merkle_check_consistency(&newer, &older, path, 0), ERR_RANGE);

    memcpy(other, leaves, sizeof other);
    other[3].bytes[0] ^= 1;
    struct merkle_head rewritten = oracle_head(other, 20);
    size_t len = oracle_growth(other, 20, 11, true, path);
    ck_assert_int_eq(merkle_check_consistency(&older, &rewritten, path, len), ERR_PROOF);
    rewritten.leaf_count = 11;
    ck_assert_int_eq(merkle_check_consistency(&older, &rewritten, path, 0), ERR_PROOF);
}
END_TEST

START_TEST(every_tree_extends_the_empty_one_and_only_that)
{
    struct merkle_head empty = oracle_head(NULL, 0), newer = oracle_head(leaves, 5);
    struct merkle_head false_empty = {0, leaves[0]};

    ck_assert_int_eq(merkle_check_consistency(&empty, &newer, NULL, 0), ERR_OK);
    ck_assert_int_eq(merkle_check_consistency(&empty, &empty, NULL, 0), ERR_OK);
    ck_assert_int_eq(merkle_check_consistency(&empty, &newer, leaves, 1), ERR_PROOF);
    ck_assert_int_eq(merkle_check_consistency(&false_empty, &newer, NULL, 0), ERR_PROOF);
    ck_assert_int_eq(merkle_check_consistency(&false_empty, &false_empty, NULL, 0), ERR_PROOF);
}
END_TEST

START_TEST(batch_gives_the_root_and_every_path_of_the_recursive_definition)
{
    struct hash want[MERKLE_LEVELS_MAX], got[BATCH_PATH_MAX];
    struct merkle_batch batch;

    for (size_t count = 1; count <= BATCH_MAX; count += count < LEAVES ? 1 : 31) {
        ck_assert_int_eq(merkle_batch_init(&batch, leaves, count), ERR_OK);
        struct hash root = oracle_root(leaves, count), made = merkle_batch_root(&batch);
        ck_assert(hash_is_equal(&made, &root));
        for (size_t i = 0; i < count; i++) {
            size_t len = oracle_path(leaves, count, i, want);
            ck_assert_uint_eq(merkle_batch_path(&batch, i, got), len);
            ck_assert_mem_eq(got, want, len * sizeof want[0]);
            ck_assert_int_eq(merkle_check_inclusion(&leaves[i], i, count, got, len, &root), ERR_OK);
        }
    }
}
END_TEST

START_TEST(batch_of_no_leaf_or_too_many_is_refused_and_changes_nothing)
{
    struct merkle_batch batch, before;

    ck_assert_int_eq(merkle_batch_init(&batch, leaves, BATCH_MAX), ERR_OK);
    before = batch;
    ck_assert_int_eq(merkle_batch_init(&batch, leaves, 0), ERR_RANGE);
    ck_assert_int_eq(merkle_batch_init(&batch, leaves, BATCH_MAX + 1), ERR_RANGE);
    ck_assert_mem_eq(&batch, &before, sizeof batch);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("merkle");
    TCase *tcase = tcase_create("merkle");
    SRunner *runner = srunner_create(suite);

    suite_add_tcase(suite, tcase);
    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_test(tcase, root_matches_the_certificate_transparency_vectors);
    tcase_add_test(tcase, hasher_matches_its_own_vectors);
    tcase_add_test(tcase, leaf_of_parts_is_the_leaf_of_the_whole);
    tcase_add_test(tcase, root_matches_the_recursive_definition_at_every_size);
    tcase_add_test(tcase, append_to_a_full_tree_is_refused_and_changes_nothing);
    tcase_add_test(tcase, inclusion_accepts_the_published_paths_and_batches_make_them);
    tcase_add_test(tcase, inclusion_holds_for_the_right_leaf_and_no_other);
    tcase_add_test(tcase, inclusion_fixes_the_path_length_even_where_the_hashes_agree);
    tcase_add_test(tcase, inclusion_refuses_a_wrong_index_length_bit_or_root);
    tcase_add_test(tcase, root_from_path_leaves_its_output_alone_on_an_error);
    tcase_add_test(tcase, inclusion_ends_for_the_largest_numbers_that_a_peer_can_send);
    tcase_add_test(tcase, consistency_accepts_the_published_paths);
    tcase_add_test(tcase, consistency_holds_for_every_pair_of_sizes_and_for_no_altered_proof);
    tcase_add_test(tcase, consistency_refuses_a_tree_that_shrank_or_was_rewritten);
    tcase_add_test(tcase, every_tree_extends_the_empty_one_and_only_that);
    tcase_add_test(tcase, batch_gives_the_root_and_every_path_of_the_recursive_definition);
    tcase_add_test(tcase, batch_of_no_leaf_or_too_many_is_refused_and_changes_nothing);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
