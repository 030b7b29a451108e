/*
 * Goal: the comments of the .proto files are found by type and name, in their parts, and every
 * field of the kinds has one, with a label in Japanese, so that no message is shown half in another
 * language.
 */
#include "proto/help.h"

#include "proto/kind.h"

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

enum { TYPES_MAX = 64 };

/* Every message type that a kind's content may hold, each once. */
static const ProtobufCMessageDescriptor *types[TYPES_MAX];
static size_t types_count;

static void
add_type(const ProtobufCMessageDescriptor *type)
{
    for (size_t i = 0; i < types_count; i++) {
        if (types[i] == type)
            return;
    }
    ck_assert_uint_lt(types_count, TYPES_MAX);
    types[types_count++] = type;
}

static void
collect_types(void)
{
    types_count = 0;
    for (size_t i = 0; i < kind_count(); i++)
        add_type(kind_at(i)->content);
    for (size_t i = 0; i < types_count; i++) {
        for (unsigned f = 0; f < types[i]->n_fields; f++) {
            if (types[i]->fields[f].type == PROTOBUF_C_TYPE_MESSAGE)
                add_type(types[i]->fields[f].descriptor);
        }
    }
}

START_TEST(every_field_of_the_kinds_has_a_comment)
{
    collect_types();
    for (size_t i = 0; i < types_count; i++) {
        for (unsigned f = 0; f < types[i]->n_fields; f++) {
            const char *field = types[i]->fields[f].name;
            ck_assert_msg(help_find(types[i]->name, field)->text[0] != '\0', "%s.%s has no comment",
                          types[i]->name, field);
        }
    }
}
END_TEST

/* A label is ours and goes to a terminal as it is. */
static bool
is_label(const char *type, const char *name)
{
    const char *label = help_find(type, name)->label_ja;
    bool is_japanese = false;

    for (size_t i = 0; label[i] != '\0'; i++)
        is_japanese = is_japanese || (unsigned char)label[i] >= 0x80;
    return is_japanese && strlen(label) < HELP_LABEL_BYTES;
}

static void
assert_values_have_labels(const ProtobufCEnumDescriptor *type)
{
    for (unsigned i = 0; i < type->n_values; i++) {
        if (type->values[i].value != 0 && !is_label(type->name, type->values[i].name))
            ck_abort_msg("%s in enum %s has no Japanese label (or one of over %d bytes): end its "
                         "comment with `ja: 語` in the .proto file, as in proto/person.proto",
                         type->values[i].name, type->name, HELP_LABEL_BYTES - 1);
    }
}

START_TEST(every_field_and_value_of_the_kinds_has_a_label_in_japanese)
{
    collect_types();
    for (size_t i = 0; i < types_count; i++) {
        for (unsigned f = 0; f < types[i]->n_fields; f++) {
            const ProtobufCFieldDescriptor *field = &types[i]->fields[f];
            if (!is_label(types[i]->name, field->name))
                ck_abort_msg("field %s of message %s has no Japanese label (or one of over %d "
                             "bytes): end its comment with `ja: 語` in the .proto file, as in "
                             "proto/person.proto",
                             field->name, types[i]->name, HELP_LABEL_BYTES - 1);
            if (field->type == PROTOBUF_C_TYPE_ENUM)
                assert_values_have_labels(field->descriptor);
        }
    }
}
END_TEST

START_TEST(every_word_of_a_header_has_a_label_in_japanese)
{
    assert_values_have_labels(&denrei__v1__kind__descriptor);
    assert_values_have_labels(&denrei__v1__action__descriptor);
    assert_values_have_labels(&denrei__v1__priority__descriptor);
    assert_values_have_labels(&denrei__v1__tlp__descriptor);
    assert_values_have_labels(&denrei__v1__use_restriction__descriptor);
    assert_values_have_labels(&denrei__v1__delivery_status__descriptor);
}
END_TEST

START_TEST(a_label_is_in_the_language_that_is_asked_for)
{
    ck_assert_str_eq(help_field_label("denrei.v1.LostDocument", "issuing_state", LANGUAGE_JA).text,
                     "発行国");
    ck_assert_str_eq(help_field_label("denrei.v1.LostDocument", "issuing_state", LANGUAGE_EN).text,
                     "Issuing state");
    ck_assert_str_eq(help_field_label("denrei.v1.Nothing", "some_name", LANGUAGE_JA).text,
                     "Some name");
    ck_assert_str_eq(help_value_label(&denrei__v1__action__descriptor, 2, LANGUAGE_JA).text,
                     "更新");
    ck_assert_str_eq(help_value_label(&denrei__v1__action__descriptor, 2, LANGUAGE_EN).text,
                     "Update");
    ck_assert_str_eq(
        help_value_label(&denrei__v1__use_restriction__descriptor, 2, LANGUAGE_EN).text,
        "H1: not in judicial proceedings without the provider's permission");
    ck_assert_str_eq(help_value_label(&denrei__v1__action__descriptor, 99, LANGUAGE_JA).text, "99");
}
END_TEST

START_TEST(a_label_is_no_part_of_text_or_example)
{
    const struct help *help = help_find("denrei.v1.LostDocument", "number");

    ck_assert_str_eq(help->example, "TR1234567");
    ck_assert_str_eq(help->label_ja, "文書番号");
    ck_assert_str_eq(help_find("denrei.v1.Action", "ACTION_NEW")->text, "");
    ck_assert_str_eq(help_find("denrei.v1.Action", "ACTION_NEW")->label_ja, "新規");
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
    tcase_add_test(tcase, every_field_and_value_of_the_kinds_has_a_label_in_japanese);
    tcase_add_test(tcase, every_word_of_a_header_has_a_label_in_japanese);
    tcase_add_test(tcase, a_label_is_in_the_language_that_is_asked_for);
    tcase_add_test(tcase, a_label_is_no_part_of_text_or_example);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
