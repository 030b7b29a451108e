/*
 * Goal: the form of each kind is read back as it is, says nothing before it is filled in, and
 * names every field with its comment.
 */
#include "proto/template.h"

#include "proto/arena.h"
#include "proto/help.h"
#include "proto/json_message.h"
#include "proto/json_read.h"
#include "proto/limits.h"

#include "proto/denrei.pb-c.h"
#include "proto/lost_passport.pb-c.h"
#include "proto/mla.pb-c.h"
#include "proto/suspect_alert.pb-c.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static const ProtobufCMessageDescriptor *const types[] = {
    &denrei__v1__lost_passport__descriptor, &denrei__v1__suspect_alert__descriptor,
    &denrei__v1__mla__descriptor,           &denrei__v1__header__descriptor,
    &denrei__v1__request__descriptor,
};

static char form[TEMPLATE_BYTES];
static struct arena *arena;

static void
setup(void)
{
    ck_assert_int_eq(arena_new(ARENA_BYTES_MAX, &arena), ERR_OK);
}

static void
teardown(void)
{
    arena_free(&arena);
}

static ProtobufCMessage *
read_form(const ProtobufCMessageDescriptor *type)
{
    struct problems problems = {0};
    struct span text = {(const uint8_t *)form, strlen(form)};
    ProtobufCMessage *message = NULL;
    json_t *tree = NULL;

    ck_assert_msg(json_read_text(text, &tree, &problems) == ERR_OK, "%s: %s",
                  problems.list[0].path.text, problems.list[0].wrong);
    ck_assert_msg(json_message_decode(type, tree, arena, &message, &problems) == ERR_OK, "%s: %s",
                  problems.list[0].path.text, problems.list[0].wrong);
    json_decref(tree);
    return message;
}

START_TEST(a_form_is_read_back_and_says_nothing_before_it_is_filled_in)
{
    ck_assert_int_eq(template_write(types[_i], "A form", form, sizeof form), ERR_OK);
    ProtobufCMessage *message = read_form(types[_i]);
    ck_assert_uint_eq(protobuf_c_message_get_packed_size(message), 0);
}
END_TEST

/* Put `value` for the first empty value of the field `name`. */
static void
fill_in(const char *name, const char *value)
{
    static char filled[TEMPLATE_BYTES];
    char key[64];

    snprintf(key, sizeof key, "\"%s\": \"\"", name);
    char *at = strstr(form, key);
    ck_assert_ptr_nonnull(at);
    snprintf(filled, sizeof filled, "%.*s\"%s\": \"%s\"%s", (int)(at - form), form, name, value,
             at + strlen(key));
    memcpy(form, filled, sizeof form);
}

START_TEST(what_is_filled_in_is_what_is_sent)
{
    ck_assert_int_eq(template_write(types[0], "A form", form, sizeof form), ERR_OK);
    fill_in("number", "TR1234567");
    fill_in("status", "stolen");
    fill_in("office", "外務省");
    Denrei__V1__LostPassport *content = (Denrei__V1__LostPassport *)read_form(types[0]);
    ck_assert_uint_eq(content->n_documents, 1);
    ck_assert_str_eq(content->documents[0]->number, "TR1234567");
    ck_assert_int_eq(content->documents[0]->status, DENREI__V1__LOST_STATUS__LOST_STATUS_STOLEN);
    ck_assert_str_eq(content->instructions->contact->office, "外務省");
    ck_assert_uint_eq(content->instructions->n_actions, 0);
}
END_TEST

START_TEST(a_form_has_title_comments_examples_words_and_alternatives)
{
    ck_assert_int_eq(template_write(types[0], "LOST_PASSPORT", form, sizeof form), ERR_OK);
    ck_assert_int_eq(strncmp(form, "// LOST_PASSPORT\n", 17), 0);
    ck_assert_ptr_nonnull(strstr(form, "// Mandatory. Issuing state, ICAO code. Example: JPN\n"
                                       "    \"issuing_state\": \"\",\n"));
    ck_assert_ptr_nonnull(strstr(form, "STOLEN_BLANK (stolen before it was issued),"));
    ck_assert_ptr_null(strstr(form, "UNSPECIFIED"));
    ck_assert_int_eq(template_write(types[2], "MLA", form, sizeof form), ERR_OK);
    ck_assert_ptr_nonnull(strstr(form, "leave the others empty: request | acknowledgement"));
}
END_TEST

START_TEST(no_line_is_longer_than_a_screen)
{
    ck_assert_int_eq(template_write(types[_i], "A form", form, sizeof form), ERR_OK);
    for (char *line = strtok(form, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        size_t columns = 0;
        for (const char *at = line; *at != '\0'; at++)
            columns += ((unsigned char)*at & 0xc0) != 0x80 ? 1 : 0;
        ck_assert_msg(columns <= 100, "%s", line);
    }
}
END_TEST

START_TEST(a_form_that_does_not_fit_is_said_so)
{
    ck_assert_int_eq(template_write(types[0], "A form", form, sizeof form), ERR_OK);
    size_t len = strlen(form);
    ck_assert_int_eq(template_write(types[0], "A form", form, len), ERR_FULL);
    ck_assert_str_eq(form, "");
    ck_assert_int_eq(template_write(types[0], "A form", form, 0), ERR_FULL);
    ck_assert_int_eq(template_write(types[0], "A form", form, len + 1), ERR_OK);
    ck_assert_uint_eq(strlen(form), len);
}
END_TEST

int
main(void)
{
    enum { TYPES = sizeof types / sizeof types[0] };
    Suite *suite = suite_create("template");
    TCase *tcase = tcase_create("template");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, a_form_is_read_back_and_says_nothing_before_it_is_filled_in, 0,
                        TYPES);
    tcase_add_test(tcase, what_is_filled_in_is_what_is_sent);
    tcase_add_test(tcase, a_form_has_title_comments_examples_words_and_alternatives);
    tcase_add_loop_test(tcase, no_line_is_longer_than_a_screen, 0, TYPES);
    tcase_add_test(tcase, a_form_that_does_not_fit_is_said_so);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
