#include "proto/json_message.h"

#include "proto/field.h"
#include "proto/walk.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { NUMBER_BYTES = 24 };

static json_t *
encode_unsigned(uint64_t number)
{
    char text[NUMBER_BYTES];

    if (number < UINT64_C(1) << 53)
        return json_integer((json_int_t)number);
    snprintf(text, sizeof text, "%" PRIu64, number);
    return json_string(text);
}

static json_t *
encode_signed(int64_t number)
{
    char text[NUMBER_BYTES];

    if (number > -(INT64_C(1) << 53) && number < INT64_C(1) << 53)
        return json_integer(number);
    snprintf(text, sizeof text, "%" PRId64, number);
    return json_string(text);
}

static json_t *
encode_bytes(const void *value, struct arena *arena)
{
    ProtobufCBinaryData bytes;
    char *text = NULL;

    memcpy(&bytes, value, sizeof bytes);
    size_t size = sodium_base64_ENCODED_LEN(bytes.len, sodium_base64_VARIANT_ORIGINAL);
    text = arena_alloc(arena, size);
    if (text == NULL)
        return NULL;
    sodium_bin2base64(text, size, bytes.data, bytes.len, sodium_base64_VARIANT_ORIGINAL);
    return json_string(text);
}

static json_t *
encode_enum(const ProtobufCEnumDescriptor *type, int number)
{
    const char *word = field_enum_word(type, number);

    return word != NULL ? json_string(word) : json_integer(number);
}

static json_t *
encode_value(const ProtobufCFieldDescriptor *field, const void *value, struct arena *arena)
{
    uint64_t wide = 0;
    uint32_t narrow = 0;
    const char *text = NULL;

    if (field->type == PROTOBUF_C_TYPE_STRING) {
        memcpy(&text, value, sizeof text);
        return json_string(text);
    }
    if (field->type == PROTOBUF_C_TYPE_BYTES)
        return encode_bytes(value, arena);
    if (field->type == PROTOBUF_C_TYPE_BOOL)
        return json_boolean(*(const protobuf_c_boolean *)value);
    if (field_value_bytes(field) == sizeof wide) {
        memcpy(&wide, value, sizeof wide);
        return field->type == PROTOBUF_C_TYPE_INT64 ? encode_signed((int64_t)wide)
                                                    : encode_unsigned(wide);
    }
    memcpy(&narrow, value, sizeof narrow);
    if (field->type == PROTOBUF_C_TYPE_ENUM)
        return encode_enum(field->descriptor, (int)narrow);
    return field->type == PROTOBUF_C_TYPE_INT32 ? encode_signed((int32_t)narrow)
                                                : encode_unsigned(narrow);
}

/* Put `value`, which is taken over, where `step` says in `object`. */
static bool
place(json_t *object, const struct walk_step *step, json_t *value)
{
    json_t *list = NULL;

    if (value == NULL)
        return false;
    if (!field_is_repeated(step->field))
        return json_object_set_new(object, step->field->name, value) == 0;
    if (step->index == 0 && json_object_set_new(object, step->field->name, json_array()) != 0) {
        json_decref(value);
        return false;
    }
    list = json_object_get(object, step->field->name);
    return json_array_append_new(list, value) == 0;
}

enum err
json_message_encode(const ProtobufCMessage *message, struct arena *arena, json_t **out)
{
    json_t *objects[WIRE_DEPTH_MAX + 1] = {json_object()}; /* the first is owned, the rest in it */
    struct walk walk;
    struct walk_step step = {0};
    bool is_well = objects[0] != NULL;
    enum walk_event event = WALK_VALUE;

    *out = NULL;
    walk_init(&walk, message);
    while (is_well && (event = walk_next(&walk, &step)) != WALK_END) {
        if (event == WALK_LEAVE)
            continue;
        json_t *value =
            event == WALK_ENTER ? json_object() : encode_value(step.field, step.value, arena);
        is_well = place(objects[step.depth], &step, value);
        if (event == WALK_ENTER)
            objects[step.depth + 1] = value;
    }
    if (!is_well) {
        json_decref(objects[0]);
        return ERR_NOMEM;
    }
    *out = objects[0];
    return ERR_OK;
}
