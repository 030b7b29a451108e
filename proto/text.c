#include "proto/text.h"

#include "proto/field.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { HEX_BYTES_MAX = 32 };

void
text_init(struct text *text, const ProtobufCMessage *message, enum language language)
{
    text->language = language;
    walk_init(&text->walk, message);
}

static struct span
scratch_span(const struct text *text)
{
    return (struct span){(const uint8_t *)text->scratch, strlen(text->scratch)};
}

static struct span
format_bytes(struct text *text, const void *value)
{
    ProtobufCBinaryData bytes;

    memcpy(&bytes, value, sizeof bytes);
    size_t shown = bytes.len < HEX_BYTES_MAX ? bytes.len : HEX_BYTES_MAX;
    static_assert(TEXT_SCRATCH_BYTES >= 2 * HEX_BYTES_MAX + sizeof "...");
    sodium_bin2hex(text->scratch, sizeof text->scratch, bytes.data, shown);
    if (shown < bytes.len)
        snprintf(text->scratch + 2 * shown, sizeof text->scratch - 2 * shown, "...");
    return scratch_span(text);
}

static struct span
format_value(struct text *text, const ProtobufCFieldDescriptor *field, const void *value)
{
    uint64_t wide = 0;
    uint32_t narrow = 0;
    const char *string = NULL;

    if (field->type == PROTOBUF_C_TYPE_STRING) {
        memcpy(&string, value, sizeof string);
        return (struct span){(const uint8_t *)string, strlen(string)};
    }
    if (field->type == PROTOBUF_C_TYPE_BYTES)
        return format_bytes(text, value);
    if (field->type == PROTOBUF_C_TYPE_BOOL) {
        static const char *const words[][2] = {
            [LANGUAGE_EN] = {"no", "yes"}, [LANGUAGE_JA] = {"いいえ", "はい"}};
        snprintf(text->scratch, sizeof text->scratch, "%s",
                 words[text->language][*(const protobuf_c_boolean *)value ? 1 : 0]);
        return scratch_span(text);
    }
    if (field_value_bytes(field) == sizeof wide) {
        memcpy(&wide, value, sizeof wide);
        if (field->type == PROTOBUF_C_TYPE_INT64)
            snprintf(text->scratch, sizeof text->scratch, "%" PRId64, (int64_t)wide);
        else
            snprintf(text->scratch, sizeof text->scratch, "%" PRIu64, wide);
        return scratch_span(text);
    }
    memcpy(&narrow, value, sizeof narrow);
    if (field->type == PROTOBUF_C_TYPE_ENUM)
        snprintf(text->scratch, sizeof text->scratch, "%s",
                 help_value_label(field->descriptor, (int)narrow, text->language).text);
    else if (field->type == PROTOBUF_C_TYPE_UINT32)
        snprintf(text->scratch, sizeof text->scratch, "%" PRIu32, narrow);
    else
        snprintf(text->scratch, sizeof text->scratch, "%" PRId32, (int32_t)narrow);
    return scratch_span(text);
}

bool
text_next(struct text *text, struct text_line *line)
{
    struct walk_step step = {0};
    enum walk_event event = WALK_LEAVE;

    while (event == WALK_LEAVE)
        event = walk_next(&text->walk, &step);
    if (event == WALK_END)
        return false;

    *line = (struct text_line){.depth = step.depth, .is_group = event == WALK_ENTER};
    const struct help_label label =
        help_field_label(step.parent->name, step.field->name, text->language);
    if (step.count > 1)
        snprintf(line->label, sizeof line->label, "%s %zu", label.text, step.index + 1);
    else
        snprintf(line->label, sizeof line->label, "%s", label.text);
    if (event == WALK_VALUE)
        line->value = format_value(text, step.field, step.value);
    return true;
}
