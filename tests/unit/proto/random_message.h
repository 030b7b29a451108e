/*
 * random_message.h - messages of any type with random values, through the descriptors; the same
 * ones from the same seed.
 */
#ifndef TESTS_RANDOM_MESSAGE_H
#define TESTS_RANDOM_MESSAGE_H

#include "proto/arena.h"
#include "proto/field.h"

#include <check.h>
#include <protobuf-c/protobuf-c.h>
#include <stdint.h>
#include <string.h>

static uint32_t random_seed = 1;

/* xorshift32 (Marsaglia): the same numbers in every run. */
static uint32_t
draw(uint32_t below)
{
    random_seed ^= random_seed << 13;
    random_seed ^= random_seed >> 17;
    random_seed ^= random_seed << 5;
    return random_seed % below;
}

static ProtobufCMessage *random_message(struct arena *arena, const ProtobufCMessageDescriptor *type,
                                        unsigned levels);

static void
fill_value(struct arena *arena, const ProtobufCFieldDescriptor *field, void *at, unsigned levels)
{
    if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
        ProtobufCMessage *inner = random_message(arena, field->descriptor, levels);
        /* What is empty is absent, but where presence is said otherwise. */
        bool keep = field->label == PROTOBUF_C_LABEL_REPEATED ||
                    (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0 ||
                    protobuf_c_message_get_packed_size(inner) > 0;
        if (!keep)
            inner = NULL;
        memcpy(at, &inner, sizeof inner);
    } else if (field->type == PROTOBUF_C_TYPE_STRING) {
        static const char *const texts[] = {"jp.mofa", "x", "日本国外務省", "Ærø naïve text"};
        const char *drawn = texts[draw(4)];
        char *text = arena_copy(arena, drawn, strlen(drawn));
        memcpy(at, &text, sizeof text);
    } else if (field->type == PROTOBUF_C_TYPE_BYTES) {
        ProtobufCBinaryData bytes = {1 + draw(40), arena_alloc(arena, 48)};
        memset(bytes.data, (int)draw(256), bytes.len);
        memcpy(at, &bytes, sizeof bytes);
    } else if (field->type == PROTOBUF_C_TYPE_ENUM) {
        const ProtobufCEnumDescriptor *type = field->descriptor;
        int value = type->values[1 + draw(type->n_values - 1)].value;
        memcpy(at, &value, sizeof value);
    } else if (field->type == PROTOBUF_C_TYPE_BOOL) {
        protobuf_c_boolean value = draw(2) == 0;
        memcpy(at, &value, sizeof value);
    } else if (field->type == PROTOBUF_C_TYPE_UINT32) {
        uint32_t value = draw(UINT32_MAX) >> draw(32);
        memcpy(at, &value, sizeof value);
    } else {
        ck_assert_int_eq(field->type, PROTOBUF_C_TYPE_UINT64);
        uint64_t value = ((uint64_t)draw(UINT32_MAX) << 32 | draw(UINT32_MAX)) >> draw(64);
        memcpy(at, &value, sizeof value);
    }
}

/* A message of `type` in `arena`; `levels` more messages may nest in it. */
static ProtobufCMessage *
random_message(struct arena *arena, const ProtobufCMessageDescriptor *type, unsigned levels)
{
    ProtobufCMessage *message = arena_alloc(arena, type->sizeof_message);
    uint8_t *base = (uint8_t *)message;

    ck_assert_ptr_nonnull(message);
    type->message_init(message);
    for (unsigned i = 0; i < type->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &type->fields[i];
        if (draw(3) == 0 || (field->type == PROTOBUF_C_TYPE_MESSAGE && levels == 0))
            continue;
        if (field_is_repeated(field)) {
            size_t count = 1 + draw(4), size = field_value_bytes(field);
            uint8_t *elements = arena_alloc(arena, size * count);
            for (size_t j = 0; j < count; j++)
                fill_value(arena, field, elements + j * size, levels - 1);
            memcpy(base + field->offset, &elements, sizeof elements);
            memcpy(base + field->quantifier_offset, &count, sizeof count);
            continue;
        }
        if (field_is_oneof(field)) {
            uint32_t which = 0;
            memcpy(&which, base + field->quantifier_offset, sizeof which);
            if (which != 0 || draw(type->n_fields) != 0)
                continue;
            memcpy(base + field->quantifier_offset, &field->id, sizeof field->id);
        }
        fill_value(arena, field, base + field->offset, levels - 1);
    }
    return message;
}

#endif /* TESTS_RANDOM_MESSAGE_H */
