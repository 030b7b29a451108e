/*
 * Goal: a document counts exactly the keys that signed it, each once, for their own use only.
 * Method: every pair of uses and types tried; a signature recomputed by libsodium from the design.
 */
#include "tests/unit/keys/world.h"

#include "proto/message.h"
#include "proto/wire.h"

#include <stdlib.h>

static struct world world;
static const uint8_t BODY[] = "what is signed";
static const struct span BODY_SPAN = {BODY, sizeof BODY};

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

START_TEST(signature_is_over_domain_length_and_body)
{
    static const char DOMAIN[] = "denrei/v1/roster";
    uint8_t input[sizeof DOMAIN + HASH_BYTES + 4 + sizeof BODY], *at = input;
    struct document document = {.body = BODY_SPAN};
    struct public_key key = world_key(&world, AUTHORITY, 1);

    at = mempcpy(at, DOMAIN, sizeof DOMAIN);
    at = mempcpy(at, world.federation.bytes, HASH_BYTES);
    at = mempcpy(at, (const uint8_t[]){0, 0, 0, sizeof BODY}, 4);
    memcpy(at, BODY, sizeof BODY);
    ck_assert_int_eq(
        document_sign(&world.federation, ROSTER, world_identity(&world, AUTHORITY, 1), &document),
        ERR_OK);
    ck_assert_int_eq(crypto_sign_verify_detached(document.signatures[0].sig.bytes, input,
                                                 sizeof input, key.bytes),
                     0);
    struct hash id = identity_key_id(&world.federation, AUTHORITY, &key);
    ck_assert(hash_is_equal(&document.signatures[0].key_id, &id));
}
END_TEST

START_TEST(document_comes_back_as_it_was)
{
    struct document document = {.body = BODY_SPAN}, back;
    struct span bytes;

    for (uint8_t i = 0; i < 3; i++)
        ck_assert_int_eq(
            document_sign(&world.federation, DIRECTORY, world_identity(&world, ROOT, i), &document),
            ERR_OK);
    ck_assert_int_eq(document_encode(&document, world.arena, &bytes), ERR_OK);
    ck_assert_int_eq(document_decode(bytes, world.arena, &back), ERR_OK);
    ck_assert_uint_eq(back.body.len, sizeof BODY);
    ck_assert_mem_eq(back.body.data, BODY, sizeof BODY);
    ck_assert_uint_eq(back.signatures_count, 3);
    ck_assert_mem_eq(back.signatures, document.signatures, 3 * sizeof back.signatures[0]);
}
END_TEST

START_TEST(malformed_documents_are_refused)
{
    struct document document = {.body = BODY_SPAN}, out;
    Denrei__V1__SignedDocument wire = DENREI__V1__SIGNED_DOCUMENT__INIT;
    Denrei__V1__DocumentSignature signature = DENREI__V1__DOCUMENT_SIGNATURE__INIT;
    Denrei__V1__DocumentSignature *twice[] = {&signature, &signature};
    struct span bytes, none = {NULL, 0}, junk = {(const uint8_t *)"\xff\xff", 2};

    ck_assert_int_eq(document_decode(none, world.arena, &out), ERR_FORMAT); /* no body */
    ck_assert_int_eq(document_decode(junk, world.arena, &out), ERR_FORMAT);
    ck_assert_int_eq(
        document_decode((struct span){BODY, DOCUMENT_BYTES_MAX + 1}, world.arena, &out),
        ERR_FORMAT);

    ck_assert_int_eq(
        document_sign(&world.federation, DIRECTORY, world_identity(&world, ROOT, 0), &document),
        ERR_OK);
    wire.body = wire_put(BODY, sizeof BODY);
    signature.key_id = wire_put(document.signatures[0].key_id.bytes, HASH_BYTES);
    signature.sig = wire_put(document.signatures[0].sig.bytes, SIGNATURE_BYTES);
    wire.signatures = twice;
    wire.n_signatures = 2;
    ck_assert_int_eq(wire_encode(&wire.base, world.arena, &bytes), ERR_OK);
    ck_assert_int_eq(document_decode(bytes, world.arena, &out), ERR_FORMAT); /* one key twice */
    signature.sig.len--;
    wire.n_signatures = 1;
    ck_assert_int_eq(wire_encode(&wire.base, world.arena, &bytes), ERR_OK);
    ck_assert_int_eq(document_decode(bytes, world.arena, &out), ERR_FORMAT);
}
END_TEST

START_TEST(small_arena_is_an_error_of_its_own)
{
    struct arena *small = NULL;
    struct document document = {.body = BODY_SPAN}, out;
    struct span bytes;

    ck_assert_int_eq(document_encode(&document, world.arena, &bytes), ERR_OK);
    ck_assert_int_eq(arena_new(8, &small), ERR_OK);
    ck_assert_int_eq(document_decode(bytes, small, &out), ERR_NOMEM);
    ck_assert_int_eq(document_encode(&document, small, &bytes), ERR_NOMEM);
    arena_free(&small);
}
END_TEST

START_TEST(only_roots_sign_directories_and_only_authorities_rosters)
{
    Denrei__V1__KeyUse use = (Denrei__V1__KeyUse)_i;
    const struct identity *id = world_identity(&world, use, 9);
    struct document directory = {.body = BODY_SPAN}, roster = {.body = BODY_SPAN};
    struct public_key key = *identity_public_key(id);
    size_t count = 99;

    ck_assert_int_eq(document_sign(&world.federation, DIRECTORY, id, &directory),
                     use == ROOT ? ERR_OK : ERR_KEY);
    ck_assert_int_eq(document_sign(&world.federation, ROSTER, id, &roster),
                     use == AUTHORITY ? ERR_OK : ERR_KEY);
    ck_assert_uint_eq(directory.signatures_count, use == ROOT);
    ck_assert_uint_eq(roster.signatures_count, use == AUTHORITY);
    if (use != ROOT)
        ck_assert_int_eq(
            document_count_signers(&world.federation, DIRECTORY, &directory, use, &key, 1, &count),
            ERR_KEY);
    if (use != AUTHORITY)
        ck_assert_int_eq(
            document_count_signers(&world.federation, ROSTER, &roster, use, &key, 1, &count),
            ERR_KEY);
    ck_assert_uint_eq(count, 99);
}
END_TEST

/* The same secret in two uses would be two key ids; a signature of one is not one of the other. */
START_TEST(key_of_one_use_does_not_count_for_another)
{
    uint8_t seed[SEED_BYTES] = {5};
    struct identity *root = NULL, *authority = NULL;
    struct document document = {.body = BODY_SPAN};
    size_t count = 99;

    ck_assert_int_eq(identity_from_seed(ROOT, seed, &root), ERR_OK);
    ck_assert_int_eq(identity_from_seed(AUTHORITY, seed, &authority), ERR_OK);
    ck_assert_int_eq(document_sign(&world.federation, DIRECTORY, root, &document), ERR_OK);
    ck_assert_int_eq(document_count_signers(&world.federation, ROSTER, &document, AUTHORITY,
                                            identity_public_key(authority), 1, &count),
                     ERR_OK);
    ck_assert_uint_eq(count, 0);
    identity_free(&root);
    identity_free(&authority);
}
END_TEST

START_TEST(signature_holds_in_its_federation_and_for_its_body_only)
{
    struct hash elsewhere = {{1}};
    struct document document = {.body = BODY_SPAN};
    struct public_key key = world_key(&world, ROOT, 0);
    size_t count = 99;

    ck_assert_int_eq(
        document_sign(&world.federation, DIRECTORY, world_identity(&world, ROOT, 0), &document),
        ERR_OK);
    ck_assert_int_eq(
        document_count_signers(&elsewhere, DIRECTORY, &document, ROOT, &key, 1, &count), ERR_OK);
    ck_assert_uint_eq(count, 0); /* another federation, another key id */
    document.body.len--;
    ck_assert_int_eq(
        document_count_signers(&world.federation, DIRECTORY, &document, ROOT, &key, 1, &count),
        ERR_SIGNATURE);
    document.body.len++;
    document.signatures[0].sig.bytes[3] ^= 1;
    ck_assert_int_eq(
        document_count_signers(&world.federation, DIRECTORY, &document, ROOT, &key, 1, &count),
        ERR_SIGNATURE);
    ck_assert_uint_eq(count, 0);
}
END_TEST

START_TEST(second_signature_by_a_key_and_one_too_many_change_nothing)
{
    struct document document = {.body = BODY_SPAN}, before;

    for (uint8_t i = 0; i < DOCUMENT_SIGNATURES_MAX; i++)
        ck_assert_int_eq(
            document_sign(&world.federation, DIRECTORY, world_identity(&world, ROOT, i), &document),
            ERR_OK);
    before = document;
    ck_assert_int_eq(
        document_sign(&world.federation, DIRECTORY, world_identity(&world, ROOT, 3), &document),
        ERR_EXISTS);
    ck_assert_int_eq(
        document_sign(&world.federation, DIRECTORY, world_identity(&world, ROOT, 99), &document),
        ERR_FULL);
    ck_assert_mem_eq(&document, &before, sizeof before);
}
END_TEST

START_TEST(document_hash_tells_types_federations_and_bodies_apart)
{
    struct hash elsewhere = {{1}};
    struct hash hashes[] = {
        document_hash(&world.federation, DIRECTORY, BODY_SPAN),
        document_hash(&world.federation, ROSTER, BODY_SPAN),
        document_hash(&elsewhere, DIRECTORY, BODY_SPAN),
        document_hash(&world.federation, DIRECTORY, (struct span){BODY, sizeof BODY - 1}),
    };

    for (size_t i = 0; i < 4; i++) {
        for (size_t k = 0; k < i; k++)
            ck_assert(!hash_is_equal(&hashes[i], &hashes[k]));
    }
}
END_TEST

START_TEST(lines_and_kinds_have_one_form)
{
    static const Denrei__V1__Kind ASCENDING[] = {1, 3}, DESCENDING[] = {3, 1}, TWICE[] = {2, 2};
    Denrei__V1__Kind *back = NULL;
    uint32_t kinds = 0;
    size_t count = 0;

    ck_assert(document_is_line("a b", 3));
    ck_assert(!document_is_line("abcd", 3));
    ck_assert(!document_is_line("", 3));
    ck_assert(!document_is_line("a\n", 3));
    ck_assert(!document_is_line("a\x7f", 3));
    ck_assert_int_eq(document_get_kinds(ASCENDING, 2, &kinds), ERR_OK);
    ck_assert_uint_eq(kinds, PASSPORT | MLA);
    ck_assert_int_eq(document_get_kinds(DESCENDING, 2, &kinds), ERR_FORMAT);
    ck_assert_int_eq(document_get_kinds(TWICE, 2, &kinds), ERR_FORMAT);
    ck_assert_int_eq(document_put_kinds(PASSPORT | MLA, world.arena, &back, &count), ERR_OK);
    ck_assert_uint_eq(count, 2);
    ck_assert_mem_eq(back, ASCENDING, sizeof ASCENDING);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("document");
    TCase *tcase = tcase_create("document");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, signature_is_over_domain_length_and_body);
    tcase_add_test(tcase, document_comes_back_as_it_was);
    tcase_add_test(tcase, malformed_documents_are_refused);
    tcase_add_test(tcase, small_arena_is_an_error_of_its_own);
    tcase_add_loop_test(tcase, only_roots_sign_directories_and_only_authorities_rosters, 1, 10);
    tcase_add_test(tcase, key_of_one_use_does_not_count_for_another);
    tcase_add_test(tcase, signature_holds_in_its_federation_and_for_its_body_only);
    tcase_add_test(tcase, second_signature_by_a_key_and_one_too_many_change_nothing);
    tcase_add_test(tcase, document_hash_tells_types_federations_and_bodies_apart);
    tcase_add_test(tcase, lines_and_kinds_have_one_form);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
