/*
 * Goal: a message as JSON says everything that its header and the log say, under stable names, and
 * nothing that is not stated.
 * Method: the header of example.h, whole and at its barest; every member compared by name.
 */
#include "clients/message_json.h"
#include "proto/lost_passport.pb-c.h"
#include "tests/unit/proto/example.h"

#include <stdlib.h>

static json_t *json;
static struct header header;
static struct message_facts facts;

static void
setup(void)
{
    example_setup();
    header = example_header();
    facts = (struct message_facts){.state = "", .reason = ""};
    json = NULL;
}

static void
teardown(void)
{
    json_decref(json);
    example_teardown();
}

static void
make(void)
{
    ck_assert_int_eq(message_json(&header, &facts, arena, &json), ERR_OK);
}

static const char *
text(const char *key)
{
    return json_string_value(json_object_get(json, key));
}

static long long
number(const char *key)
{
    const json_t *value = json_object_get(json, key);

    ck_assert_msg(json_is_integer(value), "%s", key);
    return json_integer_value(value);
}

START_TEST(a_whole_message_has_every_member)
{
    const struct slot slot = {DENREI__V1__LANE__LANE_FLASH, 12};
    const struct hash hash = example_hash(0xab);
    Denrei__V1__LostPassport content = DENREI__V1__LOST_PASSPORT__INIT;
    Denrei__V1__HitInstructions instructions = DENREI__V1__HIT_INSTRUCTIONS__INIT;

    header.has_in_reply_to = true;
    header.in_reply_to = (struct message_ref){"kr.moj", example_id(0x44), hash};
    header.has_supersedes = true;
    header.supersedes = (struct message_ref){"jp.npa", example_id(0x55), hash};
    instructions.note = (char *)(uintptr_t) "call us";
    content.instructions = &instructions;
    facts = (struct message_facts){.leaf = 77,
                                   .time_ms = EXAMPLE_TIME_MS + 1,
                                   .slot = &slot,
                                   .hash = &hash,
                                   .state = "LIVE",
                                   .reason = "TIMES",
                                   .content = &content.base};
    make();
    ck_assert_int_eq(number("schema"), MESSAGE_JSON_SCHEMA);
    ck_assert_str_eq(text("id"), "11111111-1111-7111-9111-111111111111");
    ck_assert_str_eq(text("kind"), "LOST_PASSPORT");
    ck_assert_str_eq(text("action"), "NEW");
    ck_assert_str_eq(text("from"), "jp.npa");
    ck_assert_uint_eq(json_array_size(json_object_get(json, "to")), 3);
    ck_assert_str_eq(json_string_value(json_array_get(json_object_get(json, "to"), 2)), "th.dsi");
    ck_assert_str_eq(text("group"), "@sltd");
    ck_assert_str_eq(text("priority"), "ROUTINE");
    ck_assert_str_eq(text("tlp"), "AMBER");
    ck_assert_str_eq(text("use_restriction"), "H1");
    ck_assert_str_eq(text("legal_basis"), "untoc.art27");
    ck_assert_str_eq(text("thread"), "33333333-3333-7333-b333-333333333333");
    ck_assert_str_eq(text("created_at"), "2026-01-01T00:00:00.000Z");
    ck_assert_str_eq(text("deliver_until"), "2026-01-02T00:00:00.000Z");
    ck_assert_str_eq(text("expires_at"), "2026-04-01T00:00:00.000Z");
    const json_t *reply = json_object_get(json, "in_reply_to");
    ck_assert_str_eq(json_string_value(json_object_get(reply, "from")), "kr.moj");
    ck_assert_str_eq(json_string_value(json_object_get(reply, "id")),
                     "44444444-4444-7444-8444-444444444444");
    ck_assert_str_eq(
        json_string_value(json_object_get(json_object_get(json, "supersedes"), "from")), "jp.npa");
    ck_assert_uint_eq(strlen(text("hash")), 2 * HASH_BYTES);
    ck_assert_int_eq(strncmp(text("hash"), "abab", 4), 0);
    ck_assert_int_eq(number("leaf"), 77);
    ck_assert_str_eq(text("accepted_at"), "2026-01-01T00:00:00.001Z");
    ck_assert_str_eq(text("lane"), "FLASH");
    ck_assert_int_eq(number("number"), 12);
    ck_assert_str_eq(text("state"), "LIVE");
    ck_assert_str_eq(text("reason"), "TIMES");
    const json_t *note =
        json_object_get(json_object_get(json_object_get(json, "content"), "instructions"), "note");
    ck_assert_str_eq(json_string_value(note), "call us");
}
END_TEST

START_TEST(what_is_not_stated_is_absent)
{
    static const char *const ABSENT[] = {
        "group",  "legal_basis", "in_reply_to",    "supersedes", "hash",
        "leaf",   "accepted_at", "lane",           "number",     "state",
        "reason", "content",     "use_restriction"};

    header.group = "";
    header.legal_basis = "";
    header.use_restriction = DENREI__V1__USE_RESTRICTION__USE_UNSPECIFIED;
    facts.leaf = 77; /* counts only once it is accepted */
    make();
    for (size_t i = 0; i < sizeof ABSENT / sizeof ABSENT[0]; i++)
        ck_assert_msg(json_object_get(json, ABSENT[i]) == NULL, "%s", ABSENT[i]);
    ck_assert_str_eq(text("from"), "jp.npa");
}
END_TEST

START_TEST(a_kind_that_is_not_known_has_no_word)
{
    header.kind = (Denrei__V1__Kind)999;
    make();
    ck_assert_ptr_null(json_object_get(json, "kind"));
}
END_TEST

START_TEST(a_full_arena_gives_nothing)
{
    Denrei__V1__LostPassport content = DENREI__V1__LOST_PASSPORT__INIT;
    Denrei__V1__HitInstructions instructions = DENREI__V1__HIT_INSTRUCTIONS__INIT;
    struct arena *tiny = NULL;

    content.instructions = &instructions;
    facts.content = &content.base;
    json = (json_t *)&json;
    ck_assert_int_eq(arena_new(1, &tiny), ERR_OK);
    enum err err = message_json(&header, &facts, tiny, &json);
    ck_assert(err == ERR_OK ? json != NULL : err == ERR_NOMEM && json == NULL);
    arena_free(&tiny);
}
END_TEST

START_TEST(a_reference_has_sender_and_id)
{
    const struct message_ref ref = {"kr.moj", example_id(0x44), example_hash(1)};

    json = message_json_ref(&ref);
    ck_assert_str_eq(text("from"), "kr.moj");
    ck_assert_str_eq(text("id"), "44444444-4444-7444-8444-444444444444");
    ck_assert_uint_eq(json_object_size(json), 2);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("message_json");
    TCase *tcase = tcase_create("message_json");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, a_whole_message_has_every_member);
    tcase_add_test(tcase, what_is_not_stated_is_absent);
    tcase_add_test(tcase, a_kind_that_is_not_known_has_no_word);
    tcase_add_test(tcase, a_full_arena_gives_nothing);
    tcase_add_test(tcase, a_reference_has_sender_and_id);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
