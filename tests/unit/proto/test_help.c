/*
 * Goal: the comments of the .proto files are found by type and name, in their parts, and every
 * field of the kinds has one.
 */
#include "proto/help.h"

#include "proto/lost_passport.pb-c.h"
#include "proto/mla.pb-c.h"
#include "proto/suspect_alert.pb-c.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

START_TEST(a_comment_is_found_in_its_parts)
{
    const struct help *help = help_find("denrei.v1.LostDocument", "issuing_state");

    ck_assert_str_eq(help->text, "Issuing state, ICAO code.");
    ck_assert_str_eq(help->example, "JPN");
    ck_assert(help->is_mandatory);

    help = help_find("denrei.v1.LostDocument", "date_of_issue");
    ck_assert(!help->is_mandatory);
    ck_assert_str_eq(help->example, "2021-05-20");

    ck_assert_str_eq(help_find("denrei.v1.LostStatus", "LOST_STATUS_STOLEN")->text,
                     "stolen from its bearer");
    ck_assert_str_ne(help_find("denrei.v1.LostPassport", "")->text, "");
    ck_assert(help_find("denrei.v1.Mla", "step")->is_mandatory);
}
END_TEST

START_TEST(what_has_no_comment_gets_empty_texts)
{
    static const struct {
        const char *type, *name;
    } rows[] = {{"denrei.v1.Header", "kind"}, {"denrei.v1.Nothing", ""}, {"", ""}, {"zzz", "zzz"}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct help *help = help_find(rows[i].type, rows[i].name);
        ck_assert_str_eq(help->text, "");
        ck_assert_str_eq(help->example, "");
        ck_assert(!help->is_mandatory);
    }
}
END_TEST

START_TEST(the_table_is_in_order)
{
    for (size_t i = 1; i < denrei__v1__help_count; i++) {
        const struct help *left = &denrei__v1__help[i - 1], *right = &denrei__v1__help[i];
        int order = strcmp(left->type, right->type);
        ck_assert(order < 0 || (order == 0 && strcmp(left->name, right->name) < 0));
    }
}
END_TEST

static void
assert_all_have_help(const ProtobufCMessageDescriptor *type)
{
    for (unsigned i = 0; i < type->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &type->fields[i];
        const char *text = help_find(type->name, field->name)->text;
        ck_assert_msg(text[0] != '\0', "%s.%s has no comment", type->name, field->name);
        if (field->type == PROTOBUF_C_TYPE_MESSAGE)
            assert_all_have_help(field->descriptor);
    }
}

START_TEST(every_field_of_the_kinds_has_a_comment)
{
    assert_all_have_help(&denrei__v1__lost_passport__descriptor);
    assert_all_have_help(&denrei__v1__suspect_alert__descriptor);
    assert_all_have_help(&denrei__v1__mla__descriptor);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("help");
    TCase *tcase = tcase_create("help");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_test(tcase, a_comment_is_found_in_its_parts);
    tcase_add_test(tcase, what_has_no_comment_gets_empty_texts);
    tcase_add_test(tcase, the_table_is_in_order);
    tcase_add_test(tcase, every_field_of_the_kinds_has_a_comment);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
