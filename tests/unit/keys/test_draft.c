/*
 * Goal: a readable description makes the directory that it says; what is wrong is named by its
 * place; a public key's text shows a slip.
 * Method: one description, changed member by member.
 */
#include "tests/unit/keys/world.h"

#include "keys/draft.h"
#include "keys/public_text.h"
#include "proto/field.h"
#include "proto/kind.h"

#include <stdlib.h>

static struct world world;
static struct problems problems;
static json_t *tree;
static struct draft_context context;

/* The files of this test: "root0" is root 0's key, and so on; others are not there. */
static enum err
find_key(void *host, Denrei__V1__KeyUse use, const char *reference, const char *path,
         struct public_key *out, struct problems *list)
{
    (void)host;
    const char *word = public_text_use(use);

    if (strncmp(reference, word, strlen(word)) != 0) {
        problems_add(list, path, "", "no such file");
        return ERR_NOT_FOUND;
    }
    *out = world_key(&world, use, (uint8_t)atoi(reference + strlen(word)));
    return ERR_OK;
}

static void
setup(void)
{
    static const char TEXT[] =
        "{\"federation_name\":\"Test\",\"root_threshold\":1,"
        "\"roots\":[{\"holder\":\"Sato\",\"public_key\":\"root0\"}],"
        "\"members\":[{\"id\":\"bb.two\",\"name\":\"B\",\"authority_keys\":[\"authority1\"],"
        "\"may_send\":[\"MLA\",\"LOST_PASSPORT\"]},"
        "{\"id\":\"aa.one\",\"name\":\"A\",\"authority_keys\":[\"authority0\"],"
        "\"issuing_states\":[\"KOR\",\"JPN\"]}],"
        "\"groups\":[{\"id\":\"@all\",\"members\":[\"bb.two\",\"aa.one\"]}],"
        "\"log\":{\"origin\":\"o\",\"public_key\":\"log0\"},"
        "\"relays\":[{\"endpoint\":\"tcp://a:1\",\"transport_key\":\"transport0\","
        "\"relay_key\":\"relay0\"}]}";

    world_begin(&world);
    problems = (struct problems){0};
    tree = json_loads(TEXT, 0, NULL);
    ck_assert_ptr_nonnull(tree);
    context = (struct draft_context){.now_ms = NOW_MS, .find_key = find_key};
}

static void
teardown(void)
{
    json_decref(tree);
    world_end(&world);
}

static struct directory
draft(void)
{
    struct span body;
    struct directory directory;

    ck_assert_int_eq(draft_make(tree, &context, world.arena, &body, &problems), ERR_OK);
    ck_assert_int_eq(directory_decode(body, world.arena, &directory), ERR_OK);
    return directory;
}

static void
assert_refused(enum err want, const char *path)
{
    struct span body = {NULL, 7};

    ck_assert_int_eq(draft_make(tree, &context, world.arena, &body, &problems), want);
    ck_assert_uint_eq(body.len, 7);
    ck_assert_uint_ge(problems.count, 1);
    ck_assert_str_eq(problems.list[0].path.text, path);
}

START_TEST(description_makes_its_directory_in_order_with_keys_and_dates)
{
    struct public_key authority = world_key(&world, AUTHORITY, 1);
    struct directory directory = draft();

    ck_assert_uint_eq(directory.version, 1);
    ck_assert_uint_eq(directory.not_before_ms, NOW_MS);
    ck_assert_uint_eq(directory.expires_ms, NOW_MS + 365 * DAY_MS);
    ck_assert_str_eq(directory.members[0].id, "aa.one");
    ck_assert_str_eq(directory.members[0].issuing_states[0], "JPN");
    ck_assert_uint_eq(directory.members[1].may_send, PASSPORT | MLA);
    ck_assert_mem_eq(directory.members[1].authority_keys, &authority, KEY_BYTES);
    ck_assert_str_eq(directory.groups[0].members[0], "aa.one");
}
END_TEST

START_TEST(dates_are_texts_or_days)
{
    json_object_set_new(tree, "not_before", json_string("2026-09-01T09:00:00+09:00"));
    json_object_set_new(tree, "valid_days", json_integer(2));
    struct directory directory = draft();

    ck_assert_uint_eq(directory.not_before_ms, UINT64_C(1788220800000));
    ck_assert_uint_eq(directory.expires_ms, UINT64_C(1788220800000) + 2 * DAY_MS);
}
END_TEST

START_TEST(wrong_dates_are_named)
{
    json_object_set_new(tree, "valid_days", json_integer(0));
    assert_refused(ERR_FORMAT, "valid_days");
    problems = (struct problems){0};
    json_object_del(tree, "version");
    json_object_set_new(tree, "expires", json_string("tomorrow"));
    assert_refused(ERR_FORMAT, "expires");
    problems = (struct problems){0};
    json_object_del(tree, "version");
    json_object_set_new(tree, "expires", json_integer((json_int_t)NOW_MS));
    assert_refused(ERR_FORMAT, "expires");
}
END_TEST

START_TEST(base64_is_taken_as_it_is_and_a_missing_file_named)
{
    struct public_key key = world_key(&world, ROOT, 5);
    json_t *root = json_array_get(json_object_get(tree, "roots"), 0);

    json_object_set_new(root, "public_key", json_string(public_text_base64(&key).text));
    struct directory directory = draft();
    ck_assert_mem_eq(&directory.roots[0].key, &key, KEY_BYTES);
    json_object_del(tree, "version");
    json_object_set_new(root, "public_key", json_string("nowhere"));
    assert_refused(ERR_FORMAT, "roots[0].public_key");
}
END_TEST

START_TEST(absent_key_version_and_rule_are_named)
{
    json_object_del(json_array_get(json_object_get(tree, "roots"), 0), "public_key");
    assert_refused(ERR_FORMAT, "roots[0].public_key");
    problems = (struct problems){0};
    assert_refused(ERR_FORMAT, "version"); /* it was filled in by the try before */
    problems = (struct problems){0};
    json_object_del(tree, "version");
    json_object_set_new(json_array_get(json_object_get(tree, "roots"), 0), "public_key",
                        json_string("root0"));
    json_object_set_new(tree, "root_threshold", json_integer(2));
    assert_refused(ERR_FORMAT, "root_threshold");
}
END_TEST

/* A number may be there before the kind's rules are. */
START_TEST(a_kind_is_granted_if_there_are_rules_for_it)
{
    const ProtobufCEnumDescriptor *kinds = &denrei__v1__kind__descriptor;

    for (unsigned i = 0; i < kinds->n_values; i++) {
        const int number = kinds->values[i].value;
        if (number == DENREI__V1__KIND__KIND_UNSPECIFIED)
            continue;
        teardown(); /* a description that was drafted is not as it was */
        setup();
        json_t *member = json_array_get(json_object_get(tree, "members"), 0);
        json_object_set_new(member, "may_send", json_pack("[s]", field_enum_word(kinds, number)));
        if (kind_find((Denrei__V1__Kind)number) == NULL)
            assert_refused(ERR_FORMAT, "members[bb.two].may_send");
        else
            ck_assert_uint_eq(draft().members[1].may_send, UINT32_C(1) << number);
    }
}
END_TEST

START_TEST(next_version_names_the_one_before_and_keeps_what_was_voided)
{
    struct public_key voided = world_key(&world, AUTHORITY, 50);
    struct hash hash = {{9}};
    struct directory previous = {.version = 4, .voided_keys = &voided, .voided_keys_count = 1};

    context.previous = &previous;
    context.previous_hash = &hash;
    struct directory directory = draft();
    ck_assert_uint_eq(directory.version, 5);
    ck_assert(hash_is_equal(&directory.previous, &hash));
    ck_assert(directory_is_voided(&directory, &voided));
}
END_TEST

/* ---- public keys as text */

START_TEST(public_key_is_found_by_its_use)
{
    struct public_key root = world_key(&world, ROOT, 0), relay = world_key(&world, RELAY, 0), out;
    char text[1024];

    snprintf(text, sizeof text, "# for people\n\n%s\n%s",
             public_text_line(ROOT, &root, "root/s").text,
             public_text_line(RELAY, &relay, "relay").text);
    struct span span = {(const uint8_t *)text, strlen(text)};
    ck_assert_int_eq(public_text_find(span, RELAY, &out), ERR_OK);
    ck_assert_mem_eq(&out, &relay, KEY_BYTES);
    ck_assert_int_eq(public_text_find(span, LOG, &out), ERR_NOT_FOUND);
    snprintf(text, sizeof text, "%s\n%s\n", public_text_line(ROOT, &root, "a").text,
             public_text_line(ROOT, &relay, "b").text);
    span.len = strlen(text);
    ck_assert_int_eq(public_text_find(span, ROOT, &out), ERR_CONFLICT);
    ck_assert_str_eq(public_text_use((Denrei__V1__KeyUse)99), "unknown");
}
END_TEST

START_TEST(every_slip_in_a_public_key_shows)
{
    struct public_key root = world_key(&world, ROOT, 0), out;
    struct public_line line = public_text_line(ROOT, &root, "root/s");
    size_t checked = strlen(line.text) - strlen(" root/s");

    for (size_t i = 0; i < checked; i++) {
        struct public_line bad = line;
        bad.text[i] = bad.text[i] == '0' ? '1' : '0';
        ck_assert_int_eq(
            public_text_find((struct span){(const uint8_t *)bad.text, strlen(bad.text)}, ROOT,
                             &out),
            ERR_FORMAT);
    }
    ck_assert_int_eq(public_text_get_base64("AAAA", &out), ERR_FORMAT);
    char longest[PUBLIC_LINE_BYTES + 8];
    memset(longest, 'x', sizeof longest);
    ck_assert_int_eq(
        public_text_find((struct span){(const uint8_t *)longest, sizeof longest}, ROOT, &out),
        ERR_FORMAT);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("draft");
    TCase *tcase = tcase_create("draft");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, description_makes_its_directory_in_order_with_keys_and_dates);
    tcase_add_test(tcase, dates_are_texts_or_days);
    tcase_add_test(tcase, wrong_dates_are_named);
    tcase_add_test(tcase, base64_is_taken_as_it_is_and_a_missing_file_named);
    tcase_add_test(tcase, absent_key_version_and_rule_are_named);
    tcase_add_test(tcase, a_kind_is_granted_if_there_are_rules_for_it);
    tcase_add_test(tcase, next_version_names_the_one_before_and_keeps_what_was_voided);
    tcase_add_test(tcase, public_key_is_found_by_its_use);
    tcase_add_test(tcase, every_slip_in_a_public_key_shows);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
