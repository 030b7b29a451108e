#include "proto/field.h"

#include "proto/nearest.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

bool
field_is_repeated(const ProtobufCFieldDescriptor *field)
{
    return field->label == PROTOBUF_C_LABEL_REPEATED;
}

bool
field_is_oneof(const ProtobufCFieldDescriptor *field)
{
    return (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
}

size_t
field_value_bytes(const ProtobufCFieldDescriptor *field)
{
    switch (field->type) {
    case PROTOBUF_C_TYPE_STRING:
        return sizeof(char *);
    case PROTOBUF_C_TYPE_MESSAGE:
        return sizeof(ProtobufCMessage *);
    case PROTOBUF_C_TYPE_BYTES:
        return sizeof(ProtobufCBinaryData);
    case PROTOBUF_C_TYPE_BOOL:
        return sizeof(protobuf_c_boolean);
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_DOUBLE:
        return sizeof(uint64_t);
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32:
    case PROTOBUF_C_TYPE_FLOAT:
    case PROTOBUF_C_TYPE_ENUM:
    default:
        return sizeof(uint32_t);
    }
}

static bool
is_all_zero(const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] != 0)
            return false;
    }
    return true;
}

size_t
field_count(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    const uint8_t *base = (const uint8_t *)message;
    const uint8_t *at = base + field->offset;
    const void *pointer = NULL;

    if (field_is_repeated(field)) {
        size_t count = 0;
        memcpy(&count, base + field->quantifier_offset, sizeof count);
        return count;
    }
    if (field_is_oneof(field)) {
        uint32_t member = 0;
        memcpy(&member, base + field->quantifier_offset, sizeof member);
        if (member != field->id)
            return 0;
    }
    if (field->type == PROTOBUF_C_TYPE_MESSAGE || field->type == PROTOBUF_C_TYPE_STRING) {
        memcpy(&pointer, at, sizeof pointer);
        if (pointer == NULL)
            return 0;
    }
    if (field_is_oneof(field) || field->type == PROTOBUF_C_TYPE_MESSAGE)
        return 1;
    if (field->type == PROTOBUF_C_TYPE_STRING)
        return *(const char *)pointer != '\0' ? 1 : 0;
    if (field->type == PROTOBUF_C_TYPE_BYTES) {
        ProtobufCBinaryData bytes;
        memcpy(&bytes, at, sizeof bytes);
        return bytes.len > 0 ? 1 : 0;
    }
    return is_all_zero(at, field_value_bytes(field)) ? 0 : 1;
}

const void *
field_value(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field, size_t index)
{
    const uint8_t *at = (const uint8_t *)message + field->offset;
    const uint8_t *list = NULL;

    if (!field_is_repeated(field))
        return at;
    memcpy(&list, at, sizeof list);
    return list + index * field_value_bytes(field);
}

/* Length of the prefix that all names of `type` share. */
static size_t
prefix_len(const ProtobufCEnumDescriptor *type)
{
    static const char unspecified[] = "UNSPECIFIED";
    const ProtobufCEnumValue *zero = protobuf_c_enum_descriptor_get_value(type, 0);
    size_t len = zero != NULL ? strlen(zero->name) : 0;

    if (len < strlen(unspecified) ||
        strcmp(zero->name + len - strlen(unspecified), unspecified) != 0)
        return 0;
    return len - strlen(unspecified);
}

static const char *
word_of(const ProtobufCEnumDescriptor *type, const char *name)
{
    size_t len = prefix_len(type);
    const char *zero = type->n_values > 0 ? type->values[0].name : "";

    return strncmp(name, zero, len) == 0 ? name + len : name;
}

const char *
field_enum_word(const ProtobufCEnumDescriptor *type, int number)
{
    const ProtobufCEnumValue *value = protobuf_c_enum_descriptor_get_value(type, number);

    return value != NULL ? word_of(type, value->name) : NULL;
}

static char
upper(char letter)
{
    if (letter >= 'a' && letter <= 'z')
        return (char)(letter - 'a' + 'A');
    return letter == '-' || letter == ' ' ? '_' : letter;
}

static bool
is_same_word(const char *word, const char *text)
{
    size_t i = 0;

    while (word[i] != '\0' && word[i] == upper(text[i]))
        i++;
    return word[i] == '\0' && text[i] == '\0';
}

const ProtobufCEnumValue *
field_enum_find(const ProtobufCEnumDescriptor *type, const char *text)
{
    for (unsigned i = 0; i < type->n_values; i++) {
        const ProtobufCEnumValue *value = &type->values[i];
        if (value->value == 0)
            continue;
        if (is_same_word(word_of(type, value->name), text) || is_same_word(value->name, text))
            return value;
    }
    return NULL;
}

struct field_word
field_label(const char *name)
{
    struct field_word label = {0};

    for (size_t i = 0; i + 1 < sizeof label.text && name[i] != '\0'; i++) {
        char letter = upper(name[i]);
        if (letter == '_')
            letter = ' ';
        else if (i > 0 && letter >= 'A' && letter <= 'Z')
            letter = (char)(letter - 'A' + 'a');
        label.text[i] = letter;
    }
    return label;
}

struct sentence {
    char text[PROBLEM_TEXT_BYTES];
};

/* `Did you mean A, B or C?`, or nothing. */
static struct sentence
suggestion(const struct nearest *nearest)
{
    struct sentence sentence = {0};
    size_t len = 0;

    for (size_t i = 0; i < nearest->count; i++) {
        const char *before = i == 0 ? "Did you mean " : i == nearest->count - 1 ? " or " : ", ";
        len += (size_t)snprintf(sentence.text + len, sizeof sentence.text - len, "%s%s", before,
                                nearest->names[i]);
        assert(len < sizeof sentence.text - 2); /* three words of NEAREST_WORD_BYTES_MAX */
    }
    if (len > 0)
        snprintf(sentence.text + len, sizeof sentence.text - len, "?");
    return sentence;
}

enum { LIST_BYTES = 280 }; /* the words around it need the rest of a problem's text */

/* Append `name` to a list, as far as it has room; what has none ends it with dots. */
static void
append_to_list(struct sentence *list, const char *name)
{
    static const char dots[] = ", ...";
    size_t len = strlen(list->text);

    if (len >= sizeof dots && strcmp(list->text + len - strlen(dots), dots) == 0)
        return;
    if (len + strlen(name) + 2 * sizeof dots > LIST_BYTES)
        name = "...";
    snprintf(list->text + len, sizeof list->text - len, "%s%s", len > 0 ? ", " : "", name);
}

void
field_report_unknown(struct problems *problems, const char *path,
                     const ProtobufCMessageDescriptor *type, const char *name)
{
    struct sentence cure = {0}, list = {0};
    struct nearest nearest;

    nearest_init(&nearest, problems->count < PROBLEMS_MAX ? name : ""); /* or nobody sees it */
    for (unsigned i = 0; i < type->n_fields; i++) {
        nearest_offer(&nearest, type->fields[i].name);
        append_to_list(&list, type->fields[i].name);
    }
    cure = suggestion(&nearest);
    if (nearest.count == 0)
        snprintf(cure.text, sizeof cure.text, "The fields here are: %.*s.", LIST_BYTES, list.text);
    problems_add(problems, path, cure.text, "There is no field \"%s\" here.",
                 problem_path("%s", name).text);
}

void
field_report_value(struct problems *problems, const char *path, const ProtobufCEnumDescriptor *type,
                   const char *text)
{
    struct sentence cure = {0}, list = {0};
    struct nearest nearest;

    nearest_init(&nearest, problems->count < PROBLEMS_MAX ? text : "");
    for (unsigned i = 0; i < type->n_values; i++) {
        if (type->values[i].value == 0)
            continue;
        nearest_offer(&nearest, word_of(type, type->values[i].name));
        append_to_list(&list, word_of(type, type->values[i].name));
    }
    cure = suggestion(&nearest);
    if (nearest.count == 0)
        snprintf(cure.text, sizeof cure.text, "Write one of: %.*s.", LIST_BYTES, list.text);
    problems_add(problems, path, cure.text, "\"%s\" is none of its values.",
                 problem_path("%s", text).text);
}
