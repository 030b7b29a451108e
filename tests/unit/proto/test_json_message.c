/*
 * Goal: a message becomes JSON and comes back as the same bytes; what a person writes is taken in
 * each way that is promised, and anything else is named with its path.
 * Method: random messages of all types there and back; tables of what is accepted and refused.
 */
#include "proto/json_message.h"

#include "proto/attachment.h"
#include "proto/json_read.h"
#include "proto/limits.h"
#include "proto/wire.h"

#include "tests/unit/proto/random_message.h"

#include "proto/denrei.pb-c.h"
#include "proto/lost_passport.pb-c.h"
#include "proto/mla.pb-c.h"
#include "proto/suspect_alert.pb-c.h"
#include "proto/trust.pb-c.h"

#include <stdlib.h>

enum { MESSAGES = 2000 };

#define ALERT   &denrei__v1__suspect_alert__descriptor
#define LOST    &denrei__v1__lost_passport__descriptor
#define CASE    &denrei__v1__mla__descriptor
#define HEADER  &denrei__v1__header__descriptor
#define REQUEST &denrei__v1__request__descriptor
#define STATUS  &denrei__v1__status_reply__descriptor

static struct arena *arena;
static struct problems problems;

static void
setup(void)
{
    random_seed = 20250602;
    problems = (struct problems){0};
    ck_assert_int_eq(arena_new(ARENA_BYTES_MAX, &arena), ERR_OK);
}

static void
teardown(void)
{
    arena_free(&arena);
}

START_TEST(a_message_becomes_json_and_comes_back_as_the_same_bytes)
{
    static const ProtobufCMessageDescriptor *const types[] = {
        ALERT, LOST, CASE, HEADER, REQUEST, STATUS, &denrei__v1__directory__descriptor};

    for (int i = 0; i < MESSAGES; i++) {
        const ProtobufCMessageDescriptor *type = types[draw(sizeof types / sizeof types[0])];
        ProtobufCMessage *message = random_message(arena, type, 4), *again = NULL;
        json_t *tree = NULL;
        struct span wire = {0}, wire_again = {0};

        /* The keys of attached files are nobody's to read: they have a test of their own. */
        if (attachment_field(type) != NULL)
            attachment_set_files(message, NULL, 0);
        ck_assert_int_eq(wire_encode(message, arena, &wire), ERR_OK);
        ck_assert_int_eq(json_message_encode(message, arena, &tree), ERR_OK);
        ck_assert_int_eq(json_message_decode(type, tree, arena, &again, &problems), ERR_OK);
        ck_assert_int_eq(wire_encode(again, arena, &wire_again), ERR_OK);
        ck_assert_uint_eq(wire_again.len, wire.len);
        ck_assert_mem_eq(wire_again.data, wire.data, wire.len);
        ck_assert_int_eq(wire_check(type, wire_again), ERR_OK);
        json_decref(tree);
        arena_reset(arena);
    }
}
END_TEST

START_TEST(the_key_of_an_attached_file_is_in_no_json)
{
    Denrei__V1__SuspectAlert alert = DENREI__V1__SUSPECT_ALERT__INIT;
    Denrei__V1__AttachedFile file = DENREI__V1__ATTACHED_FILE__INIT, *list[] = {&file};
    static uint8_t key[ATTACHMENT_KEY_BYTES];
    json_t *tree = NULL;

    file.name = wire_put_text("face.jpg");
    file.bytes = 3;
    file.hash = wire_put(key, HASH_BYTES);
    file.key = wire_put(key, sizeof key);
    attachment_set_files(&alert.base, list, 1);
    ck_assert_int_eq(json_message_encode(&alert.base, arena, &tree), ERR_OK);
    char *text = json_dumps(tree, JSON_COMPACT);
    ck_assert_str_eq(text, "{\"attachments\":[{\"name\":\"face.jpg\",\"bytes\":3}]}");
    free(text);
    json_decref(tree);
}
END_TEST

/* What is written, and how the message it makes is printed. */
static const struct {
    const ProtobufCMessageDescriptor *type;
    const char *written, *printed;
} taken[] = {
    {LOST, "{}", "{}"},
    {LOST, "{\"documents\": [{\"status\": \"stolen-blank\", \"type\": \"Visa\"}]}",
     "{\"documents\":[{\"type\":\"VISA\",\"status\":\"STOLEN_BLANK\"}]}"},
    {LOST, "{\"documents\": [{\"status\": \"LOST_STATUS_LOST\"}]}",
     "{\"documents\":[{\"status\":\"LOST\"}]}"},
    {ALERT, "{\"information_evaluation\": 2}", "{\"information_evaluation\":\"2\"}"},
    {ALERT, "{\"height_cm\": \"172\", \"checked_not_a_victim\": \"true\"}",
     "{\"checked_not_a_victim\":true,\"height_cm\":172}"},
    {ALERT, "{\"height_cm\": 4294967295}", "{\"height_cm\":4294967295}"},
    {HEADER, "{\"created_at\": 9007199254740991, \"deliver_until\": \"18446744073709551615\"}",
     "{\"created_at\":9007199254740991,\"deliver_until\":\"18446744073709551615\"}"},
    {HEADER, "{\"message_id\": \"AAH/\"}", "{\"message_id\":\"AAH/\"}"},
    {HEADER, "{\"recipient_roster_versions\": [0, 1, \"0\"]}",
     "{\"recipient_roster_versions\":[0,1,0]}"},
    /* Empty is absent. */
    {ALERT,
     "{\"role\": \"\", \"height_cm\": 0, \"sex\": null, \"checked_not_a_victim\": false, "
     "\"names\": [], \"aliases\": [{\"full\": \"\", \"script\": \"\"}], \"languages\": [\"\"], "
     "\"contact\": {\"office\": \"\", \"languages\": [\"\"]}, \"actions\": [\"\", null], "
     "\"warrant\": {}}",
     "{}"},
    {HEADER, "{\"message_id\": \"\", \"suite\": \"\", \"in_reply_to\": {}}", "{}"},
    {CASE, "{\"request\": {\"purpose\": \"\"}, \"answer\": {\"outstanding\": \"x\"}}",
     "{\"answer\":{\"outstanding\":\"x\"}}"},
    /* But not in a oneof, or as an element that is there. */
    {REQUEST, "{\"status\": {}}", "{\"status\":{}}"},
    {CASE, "{\"request\": null, \"acknowledgement\": {}}", "{\"acknowledgement\":{}}"},
    {STATUS, "{\"mailboxes\": [{}, {\"member\": \"x\"}]}",
     "{\"mailboxes\":[{},{\"member\":\"x\"}]}"},
};

enum { TAKEN_ROWS = sizeof taken / sizeof taken[0] };

START_TEST(what_is_promised_is_taken)
{
    json_t *tree = json_loads(taken[_i].written, 0, NULL), *printed = NULL;
    ProtobufCMessage *message = NULL;
    struct span wire = {0};

    ck_assert_ptr_nonnull(tree);
    ck_assert_int_eq(json_message_decode(taken[_i].type, tree, arena, &message, &problems), ERR_OK);
    ck_assert_int_eq(wire_encode(message, arena, &wire), ERR_OK);
    ck_assert_int_eq(wire_check(taken[_i].type, wire), ERR_OK);
    ck_assert_int_eq(json_message_encode(message, arena, &printed), ERR_OK);
    char *text = json_dumps(printed, JSON_COMPACT);
    ck_assert_str_eq(text, taken[_i].printed);
    free(text);
    json_decref(printed);
    json_decref(tree);
}
END_TEST

static const struct {
    const ProtobufCMessageDescriptor *type;
    const char *written, *path, *wrong, *cure;
} refused[] = {
    {LOST, "{\"document\": []}", "document", "no field \"document\"", "Did you mean documents?"},
    {LOST, "{\"documents\": [{}, {\"numbr\": \"\"}]}", "documents[1].numbr", "no field", "number"},
    {LOST, "{\"documents\": {}}", "documents", "must be a list", "[ and ]"},
    {LOST, "{\"documents\": [3]}", "documents[0]", "group of fields", "{ and }"},
    {LOST, "{\"instructions\": []}", "instructions", "group of fields", "{ and }"},
    {LOST, "{\"documents\": [{\"number\": 7}]}", "documents[0].number", "must be text", "quot"},
    {LOST, "{\"documents\": [{\"status\": \"STOLN\"}]}", "documents[0].status", "\"STOLN\" is none",
     "Did you mean STOLEN?"},
    {LOST, "{\"documents\": [{\"status\": \"gone\"}]}", "documents[0].status", "none of its values",
     "Write one of: LOST, STOLEN, STOLEN_BLANK, REVOKED, INVALID, MISAPPROPRIATED, RECOVERED."},
    {LOST, "{\"documents\": [{\"status\": \"UNSPECIFIED\"}]}", "documents[0].status",
     "none of its values", "Write one of"},
    {LOST, "{\"documents\": [{\"status\": true}]}", "documents[0].status", "one of the words", ""},
    {LOST, "{\"instructions\": {\"actions\": [\"COPY_DOCUMENT\", \"CPY_DOCUMENT\"]}}",
     "instructions.actions[1]", "none of its values", "COPY_DOCUMENT"},
    {LOST, "{\"documents\": [{\"number\": \"A\"}, {\"number\": \"\"}]}", "documents",
     "1 of the list's 2 elements are empty", "take them out"},
    {ALERT, "{\"languages\": [\"ja\", null]}", "languages", "elements are empty", ""},
    {ALERT, "{\"information_evaluation\": 5}", "information_evaluation", "\"5\" is none",
     "1, 2, 3, 4"},
    {ALERT, "{\"height_cm\": 1.5}", "height_cm", "whole number", "digits"},
    {ALERT, "{\"height_cm\": \"1x\"}", "height_cm", "whole number", "digits"},
    {ALERT, "{\"height_cm\": \" 1\"}", "height_cm", "whole number", "digits"},
    {ALERT, "{\"height_cm\": -1}", "height_cm", "at least 0", ""},
    {ALERT, "{\"height_cm\": 4294967296}", "height_cm", "at most 4294967295", ""},
    {ALERT, "{\"checked_not_a_victim\": 1}", "checked_not_a_victim", "true or false", ""},
    {ALERT, "{\"checked_not_a_victim\": \"yes\"}", "checked_not_a_victim", "true or false", ""},
    {HEADER, "{\"created_at\": \"18446744073709551616\"}", "created_at", "whole number", ""},
    {HEADER, "{\"message_id\": \"A\"}", "message_id", "not base64", "RFC 4648"},
    {HEADER, "{\"message_id\": [1]}", "message_id", "base64", ""},
    {CASE, "{\"question\": {\"reply_by\": \"x\"}, \"reply\": {\"use_consented\": true}}", "reply",
     "\"reply\" cannot be given together with \"question\"", "Keep one"},
};

enum { REFUSED_ROWS = sizeof refused / sizeof refused[0] };

START_TEST(anything_else_is_named_with_its_path_and_what_to_do)
{
    json_t *tree = json_loads(refused[_i].written, 0, NULL);
    ProtobufCMessage unchanged = {0}, *message = &unchanged;

    ck_assert_ptr_nonnull(tree);
    ck_assert_int_eq(json_message_decode(refused[_i].type, tree, arena, &message, &problems),
                     ERR_FORMAT);
    ck_assert_ptr_null(message);
    ck_assert_uint_eq(problems.count, 1);
    ck_assert_str_eq(problems.list[0].path.text, refused[_i].path);
    ck_assert_msg(strstr(problems.list[0].wrong, refused[_i].wrong) != NULL, "%s",
                  problems.list[0].wrong);
    ck_assert_msg(strstr(problems.list[0].cure, refused[_i].cure) != NULL, "%s",
                  problems.list[0].cure);
    json_decref(tree);
}
END_TEST

START_TEST(all_problems_are_reported_at_once)
{
    json_t *tree =
        json_loads("{\"rol\": 1, \"names\": [{\"script\": \"HANN\"}, 5], \"sex\": 1.0}", 0, NULL);
    ProtobufCMessage *message = NULL;

    ck_assert_int_eq(json_message_decode(ALERT, tree, arena, &message, &problems), ERR_FORMAT);
    ck_assert_uint_eq(problems.count, 4);
    ck_assert_str_eq(problems.list[1].path.text, "names[0].script");
    ck_assert_str_eq(problems.list[2].path.text, "names[1]");
    json_decref(tree);
}
END_TEST

START_TEST(a_full_arena_is_said_so)
{
    json_t *tree =
        json_loads("{\"documents\": [{\"number\": \"A\"}, {\"number\": \"B\"}]}", 0, NULL);
    json_t *bytes = json_loads("{\"message_id\": \"AAECAwQFBgcICQoLDA0ODw==\"}", 0, NULL);
    json_t *out = NULL;
    ProtobufCMessage *message = NULL;
    struct arena *small = NULL;

    for (size_t size = 0; size < 256; size += 16) {
        problems = (struct problems){0};
        ck_assert_int_eq(arena_new(size, &small), ERR_OK);
        ck_assert_int_eq(json_message_decode(LOST, tree, small, &message, &problems), ERR_NOMEM);
        ck_assert_ptr_null(message);
        ck_assert_uint_eq(problems.count, 1);
        arena_free(&small);
    }
    ck_assert_int_eq(json_message_decode(HEADER, bytes, arena, &message, &problems), ERR_OK);
    ck_assert_int_eq(arena_new(8, &small), ERR_OK);
    ck_assert_int_eq(json_message_encode(message, small, &out), ERR_NOMEM);
    ck_assert_ptr_null(out);
    arena_free(&small);
    json_decref(bytes);
    json_decref(tree);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("json_message");
    TCase *tcase = tcase_create("json_message");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, a_message_becomes_json_and_comes_back_as_the_same_bytes);
    tcase_add_test(tcase, the_key_of_an_attached_file_is_in_no_json);
    tcase_add_loop_test(tcase, what_is_promised_is_taken, 0, TAKEN_ROWS);
    tcase_add_loop_test(tcase, anything_else_is_named_with_its_path_and_what_to_do, 0,
                        REFUSED_ROWS);
    tcase_add_test(tcase, all_problems_are_reported_at_once);
    tcase_add_test(tcase, a_full_arena_is_said_so);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
