#include "proto/json_message.h"

#include "proto/base64.h"
#include "proto/field.h"
#include "proto/limits.h"

#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A message that is being made, and where in its object the decoder is. */
struct level {
    const ProtobufCMessageDescriptor *type;
    uint8_t *base; /* the message */
    json_t *object;
    void *next;       /* iterator of the next name */
    size_t set_count; /* fields that got a value */
    const ProtobufCFieldDescriptor *field;
    json_t *list; /* the list in `field` that is being read, or NULL */
    size_t index; /* of the element to read next */
    size_t taken; /* elements that got a value */
    uint8_t *elements;
};

struct decode {
    struct arena *arena;
    struct problems *problems;
    bool is_full;
    size_t depth;
    struct level stack[WIRE_DEPTH_MAX];
};

enum taken {
    TAKEN,
    EMPTY, /* as if it were not there */
    WRONG  /* a problem was added, or the arena is full */
};

/* `documents[2].number`; `name` is what was found last in the innermost object, or NULL. */
static struct problem_path
where(const struct decode *decode, const char *name)
{
    struct problem_path path = {0};

    for (size_t i = 0; i < decode->depth; i++) {
        const struct level *level = &decode->stack[i];
        const char *dot = i > 0 ? "." : "";
        if (i + 1 == decode->depth && name != NULL)
            return problem_path("%s%s%s", path.text, dot, name);
        if (level->field == NULL)
            break; /* a message that was only just begun */
        if (level->list != NULL)
            path = problem_path("%s%s%s[%zu]", path.text, dot, level->field->name, level->index);
        else
            path = problem_path("%s%s%s", path.text, dot, level->field->name);
    }
    return path;
}

static void
report(struct decode *decode, const char *wrong, const char *cure)
{
    problems_add(decode->problems, where(decode, NULL).text, cure, "%s", wrong);
}

static void *
allocate(struct decode *decode, size_t bytes)
{
    void *memory = arena_alloc(decode->arena, bytes);

    if (memory == NULL && !decode->is_full) {
        decode->is_full = true;
        report(decode, "There is no more room for it.", "Send less in one message.");
    }
    return memory;
}

static enum taken
take_string(struct decode *decode, const json_t *value, void *out)
{
    size_t len = json_string_length(value);
    char *text = NULL;

    if (!json_is_string(value)) {
        report(decode, "This must be text.", "Write it between quotation marks.");
        return WRONG;
    }
    if (len == 0)
        return EMPTY;
    text = allocate(decode, len + 1);
    if (text == NULL)
        return WRONG;
    memcpy(text, json_string_value(value), len);
    memcpy(out, &text, sizeof text);
    return TAKEN;
}

static enum taken
take_bytes(struct decode *decode, const json_t *value, void *out)
{
    size_t len = json_string_length(value);
    ProtobufCBinaryData bytes = {0};

    if (!json_is_string(value)) {
        report(decode, "This must be bytes in base64.", "Write them between quotation marks.");
        return WRONG;
    }
    if (len == 0)
        return EMPTY;
    bytes.data = allocate(decode, len);
    if (bytes.data == NULL)
        return WRONG;
    struct span text = {(const uint8_t *)json_string_value(value), len};
    if (!base64_decode(text, bytes.data, len, &bytes.len)) {
        report(decode, "This is not base64.", "Use the letters of RFC 4648, with '=' at the end.");
        return WRONG;
    }
    memcpy(out, &bytes, sizeof bytes);
    return TAKEN;
}

static enum taken
take_enum(struct decode *decode, const json_t *value, void *out)
{
    const ProtobufCEnumDescriptor *type = decode->stack[decode->depth - 1].field->descriptor;
    char digits[24];
    const char *text = json_string_value(value);

    if (json_is_integer(value)) { /* a word may be a number: INFORMATION_EVALUATION_1 */
        if (json_integer_value(value) == 0)
            return EMPTY;
        snprintf(digits, sizeof digits, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        text = digits;
    }
    if (text == NULL) {
        report(decode, "This must be one of the words for this field.",
               "Write it between quotation marks.");
        return WRONG;
    }
    if (text[0] == '\0')
        return EMPTY;
    const ProtobufCEnumValue *found = field_enum_find(type, text);
    if (found == NULL) {
        field_report_value(decode->problems, where(decode, NULL).text, type, text);
        return WRONG;
    }
    memcpy(out, &found->value, sizeof found->value);
    return TAKEN;
}

static enum taken
take_bool(struct decode *decode, const json_t *value, void *out)
{
    const char *text = json_is_string(value) ? json_string_value(value) : "?";
    bool is_true = json_is_true(value) || strcmp(text, "true") == 0;
    protobuf_c_boolean flag = is_true;

    if (text[0] == '\0')
        return EMPTY;
    if (!is_true && !json_is_false(value) && strcmp(text, "false") != 0) {
        report(decode, "This must be true or false.", "Write true or false.");
        return WRONG;
    }
    memcpy(out, &flag, sizeof flag);
    return is_true ? TAKEN : EMPTY;
}

/* The whole number in `value`: a number, or text of digits (from a pair, or a large one). */
static bool
read_number(const json_t *value, uint64_t *magnitude, bool *is_negative)
{
    const char *text = json_string_value(value);
    char *end = NULL;

    if (json_is_integer(value)) {
        json_int_t number = json_integer_value(value);
        *is_negative = number < 0;
        *magnitude = *is_negative ? (uint64_t)0 - (uint64_t)number : (uint64_t)number;
        return true;
    }
    if (text == NULL)
        return false;
    *is_negative = text[0] == '-';
    text += *is_negative ? 1 : 0;
    if (text[0] < '0' || text[0] > '9') /* strtoull would skip blanks and signs */
        return false;
    errno = 0;
    *magnitude = strtoull(text, &end, 10);
    return *end == '\0' && errno == 0;
}

static uint64_t
largest(ProtobufCType type, bool is_negative)
{
    if (type == PROTOBUF_C_TYPE_UINT64)
        return is_negative ? 0 : UINT64_MAX;
    if (type == PROTOBUF_C_TYPE_UINT32)
        return is_negative ? 0 : UINT32_MAX;
    if (type == PROTOBUF_C_TYPE_INT64)
        return (uint64_t)INT64_MAX + (is_negative ? 1 : 0);
    return (uint64_t)INT32_MAX + (is_negative ? 1 : 0);
}

static enum taken
take_number(struct decode *decode, const json_t *value, void *out)
{
    const ProtobufCFieldDescriptor *field = decode->stack[decode->depth - 1].field;
    uint64_t magnitude = 0;
    bool is_negative = false;

    if (json_is_string(value) && json_string_length(value) == 0)
        return EMPTY;
    if (!read_number(value, &magnitude, &is_negative)) {
        report(decode, "This must be a whole number.", "Write it in digits.");
        return WRONG;
    }
    uint64_t limit = largest(field->type, is_negative);
    if (magnitude > limit) {
        problems_add(decode->problems, where(decode, NULL).text, "Write a number in this range.",
                     "The number must be %s %s%" PRIu64 ".", is_negative ? "at least" : "at most",
                     is_negative && limit > 0 ? "-" : "", limit);
        return WRONG;
    }
    uint64_t wide = is_negative ? (uint64_t)0 - magnitude : magnitude;
    uint32_t narrow = (uint32_t)wide;
    if (field_value_bytes(field) == sizeof wide)
        memcpy(out, &wide, sizeof wide);
    else
        memcpy(out, &narrow, sizeof narrow);
    return magnitude > 0 ? TAKEN : EMPTY;
}

/* Whether `value`, taken as EMPTY, is a number or flag that was written down: 0 or false. */
static bool
is_written_zero(const ProtobufCFieldDescriptor *field, const json_t *value)
{
    return field->type != PROTOBUF_C_TYPE_STRING && field->type != PROTOBUF_C_TYPE_BYTES &&
           field->type != PROTOBUF_C_TYPE_ENUM &&
           !(json_is_string(value) && json_string_length(value) == 0);
}

static enum taken
take_value(struct decode *decode, const json_t *value, void *out)
{
    ProtobufCType type = decode->stack[decode->depth - 1].field->type;

    if (type == PROTOBUF_C_TYPE_STRING)
        return take_string(decode, value, out);
    if (type == PROTOBUF_C_TYPE_BYTES)
        return take_bytes(decode, value, out);
    if (type == PROTOBUF_C_TYPE_ENUM)
        return take_enum(decode, value, out);
    if (type == PROTOBUF_C_TYPE_BOOL)
        return take_bool(decode, value, out);
    return take_number(decode, value, out);
}

/* Begin a message of `type` from `value`; false after a problem. */
static bool
enter(struct decode *decode, const ProtobufCMessageDescriptor *type, json_t *value)
{
    if (!json_is_object(value)) {
        report(decode, "This must be a group of fields.", "Write the fields between { and }.");
        return false;
    }
    if (decode->depth == WIRE_DEPTH_MAX) {
        report(decode, "This is nested too deep.", "Leave it out.");
        return false;
    }
    ProtobufCMessage *message = allocate(decode, type->sizeof_message);
    if (message == NULL)
        return false;
    type->message_init(message);
    decode->stack[decode->depth++] = (struct level){
        .type = type, .base = (uint8_t *)message, .object = value, .next = json_object_iter(value)};
    return true;
}

/* Note that `field` got its value; false if another member of its oneof had one. */
static bool
set_present(struct decode *decode, struct level *level)
{
    const ProtobufCFieldDescriptor *field = level->field;
    uint32_t member = 0;

    level->set_count++;
    if (!field_is_oneof(field))
        return true;
    memcpy(&member, level->base + field->quantifier_offset, sizeof member);
    if (member != 0) {
        problems_add(decode->problems, where(decode, NULL).text, "Keep one of the two.",
                     "\"%s\" cannot be given together with \"%s\".", field->name,
                     protobuf_c_message_descriptor_get_field(level->type, member)->name);
        return false;
    }
    memcpy(level->base + field->quantifier_offset, &field->id, sizeof field->id);
    return true;
}

/* A list is read to its end: give it to the message. */
static void
end_list(struct decode *decode, struct level *level)
{
    size_t empties = json_array_size(level->list) - level->taken;

    level->list = NULL;
    if (level->taken == 0)
        return;
    if (empties > 0 && problems_is_empty(decode->problems))
        problems_add(decode->problems, where(decode, NULL).text,
                     "Fill them in or take them out of the list.",
                     "%zu of the list's %zu elements are empty.", empties, empties + level->taken);
    memcpy(level->base + level->field->quantifier_offset, &level->taken, sizeof level->taken);
    memcpy(level->base + level->field->offset, &level->elements, sizeof level->elements);
    level->set_count++;
}

static void
read_element(struct decode *decode, struct level *level)
{
    json_t *value = json_array_get(level->list, level->index);
    size_t size = field_value_bytes(level->field);

    if (value == NULL) {
        end_list(decode, level);
    } else if (json_is_null(value)) {
        level->index++;
    } else if (level->field->type == PROTOBUF_C_TYPE_MESSAGE) {
        if (!enter(decode, level->field->descriptor, value))
            level->index++;
    } else {
        enum taken taken = take_value(decode, value, level->elements + level->taken * size);
        bool is_zero = taken == EMPTY && is_written_zero(level->field, value);
        if (taken == TAKEN || is_zero)
            level->taken++;
        level->index++;
    }
}

static void
begin_list(struct decode *decode, struct level *level, json_t *value)
{
    size_t count = json_array_size(value);

    if (!json_is_array(value)) {
        report(decode, "This must be a list.", "Write the values between [ and ].");
        return;
    }
    if (count == 0)
        return;
    level->elements = allocate(decode, count * field_value_bytes(level->field));
    if (level->elements == NULL)
        return;
    level->list = value;
    level->index = 0;
    level->taken = 0;
}

static void
read_field(struct decode *decode, struct level *level)
{
    const char *name = json_object_iter_key(level->next);
    json_t *value = json_object_iter_value(level->next);

    level->next = json_object_iter_next(level->object, level->next);
    level->field = protobuf_c_message_descriptor_get_field_by_name(level->type, name);
    if (level->field == NULL) {
        field_report_unknown(decode->problems, where(decode, name).text, level->type, name);
    } else if (json_is_null(value)) {
        return;
    } else if (field_is_repeated(level->field)) {
        begin_list(decode, level, value);
    } else if (level->field->type == PROTOBUF_C_TYPE_MESSAGE) {
        (void)enter(decode, level->field->descriptor, value);
    } else {
        uint64_t room[2] = {0}; /* aligned for every type; a oneof is written to only if taken */
        enum taken taken = take_value(decode, value, room);
        bool is_zero =
            taken == EMPTY && field_is_oneof(level->field) && is_written_zero(level->field, value);
        if ((taken == TAKEN || is_zero) && set_present(decode, level))
            memcpy(level->base + level->field->offset, room, field_value_bytes(level->field));
    }
}

/* The innermost message is read to its end: give it to the one around it. */
static void
leave(struct decode *decode)
{
    struct level *inner = &decode->stack[--decode->depth];
    bool has_names = json_object_size(inner->object) > 0;

    if (decode->depth == 0)
        return;
    struct level *level = &decode->stack[decode->depth - 1];
    bool may_be_bare = level->list != NULL || field_is_oneof(level->field);
    bool is_empty = inner->set_count == 0 && (has_names || !may_be_bare);
    if (level->list != NULL) {
        level->index++;
        if (!is_empty)
            memcpy(level->elements + level->taken++ * sizeof inner->base, &inner->base,
                   sizeof inner->base);
    } else if (!is_empty && set_present(decode, level)) {
        memcpy(level->base + level->field->offset, &inner->base, sizeof inner->base);
    }
}

enum err
json_message_decode(const ProtobufCMessageDescriptor *type, json_t *tree, struct arena *arena,
                    ProtobufCMessage **out, struct problems *problems)
{
    struct decode decode = {.arena = arena, .problems = problems};
    size_t problems_before = problems_total(problems);
    ProtobufCMessage *message = NULL;

    *out = NULL;
    if (enter(&decode, type, tree))
        message = (ProtobufCMessage *)decode.stack[0].base;
    while (decode.depth > 0 && !decode.is_full) {
        struct level *level = &decode.stack[decode.depth - 1];
        if (level->list != NULL)
            read_element(&decode, level);
        else if (level->next != NULL)
            read_field(&decode, level);
        else
            leave(&decode);
    }
    if (decode.is_full)
        return ERR_NOMEM;
    if (problems_total(problems) > problems_before)
        return ERR_FORMAT;
    *out = message;
    return ERR_OK;
}
