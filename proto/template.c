#include "proto/template.h"

#include "proto/attached.pb-c.h"
#include "proto/field.h"
#include "proto/help.h"
#include "proto/limits.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { COLUMNS = 96, INDENT = 2 };

struct writer {
    char *out;
    size_t size;
    size_t len;
    bool is_full;
    unsigned indent; /* columns */
    unsigned column; /* of the comment line that is being written; 0: none is */
};

/* A message type that is being written. */
struct level {
    const ProtobufCMessageDescriptor *type;
    unsigned field; /* the next one */
    bool is_element;
};

__attribute__((format(printf, 2, 3))) static void
put(struct writer *writer, const char *format, ...)
{
    va_list arguments;
    size_t room = writer->size - writer->len;
    int added = 0;

    if (writer->is_full)
        return;
    va_start(arguments, format);
    added = vsnprintf(writer->out + writer->len, room, format, arguments);
    va_end(arguments);
    if (added < 0 || (size_t)added >= room)
        writer->is_full = true;
    else
        writer->len += (size_t)added;
}

static void
put_indent(struct writer *writer)
{
    put(writer, "%*s", (int)writer->indent, "");
}

static void
end_comment(struct writer *writer)
{
    if (writer->column > 0)
        put(writer, "\n");
    writer->column = 0;
}

/* Go on with the comment, in lines of at most COLUMNS. */
static void
put_comment(struct writer *writer, const char *text)
{
    while (*text != '\0') {
        size_t len = strcspn(text, " ");
        unsigned width = 0;
        for (size_t i = 0; i < len; i++)
            width += ((unsigned char)text[i] & 0xc0) != 0x80 ? 1 : 0;
        if (writer->column > 0 && writer->column + 1 + width > COLUMNS)
            end_comment(writer);
        if (writer->column == 0) {
            put_indent(writer);
            put(writer, "//");
            writer->column = writer->indent + 2;
        }
        put(writer, " %.*s", (int)len, text);
        writer->column += 1 + width;
        text += len;
        text += strspn(text, " ");
    }
}

static void
put_words(struct writer *writer, const ProtobufCEnumDescriptor *type)
{
    put_comment(writer, "One of:");
    for (unsigned i = 0; i < type->n_values; i++) {
        const ProtobufCEnumValue *value = &type->values[i];
        const char *help = help_find(type->name, value->name)->text;
        const char *end = i + 1 < type->n_values ? "," : ".";
        char entry[256];
        if (value->value == 0)
            continue;
        if (help[0] != '\0')
            snprintf(entry, sizeof entry, "%s (%.150s)%s", field_enum_word(type, value->value),
                     help, end);
        else
            snprintf(entry, sizeof entry, "%s%s", field_enum_word(type, value->value), end);
        put_comment(writer, entry);
    }
}

/* The members of the oneof that `field` is the first of; nothing for any other. */
static void
put_alternatives(struct writer *writer, const ProtobufCMessageDescriptor *type,
                 const ProtobufCFieldDescriptor *field)
{
    size_t members = 0;

    if (!field_is_oneof(field))
        return;
    for (unsigned i = 0; i < type->n_fields; i++) {
        const ProtobufCFieldDescriptor *other = &type->fields[i];
        if (!field_is_oneof(other) || other->quantifier_offset != field->quantifier_offset)
            continue;
        if (members == 0 && other != field)
            return;
        if (members == 0)
            put_comment(writer, "Fill in one of these and leave the others empty:");
        put_comment(writer, problem_path("%s%s", members > 0 ? "| " : "", other->name).text);
        members++;
    }
    end_comment(writer);
}

static void
put_help(struct writer *writer, const ProtobufCMessageDescriptor *type,
         const ProtobufCFieldDescriptor *field)
{
    const struct help *help = help_find(type->name, field->name);

    put_alternatives(writer, type, field);
    if (help->is_mandatory)
        put_comment(writer, "Mandatory.");
    put_comment(writer, help->text);
    if (field->type == PROTOBUF_C_TYPE_ENUM)
        put_words(writer, field->descriptor);
    if (help->example[0] != '\0') {
        put_comment(writer, "Example:");
        put_comment(writer, help->example);
    }
    end_comment(writer);
}

/* Whether `field` is a message without fields: {} would say that it is there. */
static bool
is_bare(const ProtobufCFieldDescriptor *field)
{
    const ProtobufCMessageDescriptor *type = field->descriptor;

    return field->type == PROTOBUF_C_TYPE_MESSAGE && type->n_fields == 0;
}

static const char *
empty_value(const ProtobufCFieldDescriptor *field)
{
    bool is_text = field->type == PROTOBUF_C_TYPE_STRING || field->type == PROTOBUF_C_TYPE_BYTES ||
                   field->type == PROTOBUF_C_TYPE_ENUM;

    if (field_is_repeated(field))
        return is_text ? "[\"\"]" : "[]"; /* 0 would be an element */
    if (is_text)
        return "\"\"";
    if (field_is_oneof(field))
        return "null"; /* 0 would be a value */
    return field->type == PROTOBUF_C_TYPE_BOOL ? "false" : "0";
}

/* Attached files are given on the command line. */
static bool
is_attached(const ProtobufCFieldDescriptor *field)
{
    return field->type == PROTOBUF_C_TYPE_MESSAGE &&
           field->descriptor == &denrei__v1__attached_file__descriptor;
}

/* Whether another field is to be written. */
static bool
has_more(const struct level *level)
{
    for (unsigned i = level->field; i < level->type->n_fields; i++)
        if (!is_attached(&level->type->fields[i]))
            return true;
    return false;
}

/* Write one field with its comment; go into it if it is a message, and return true then. */
static bool
put_field(struct writer *writer, struct level *level, struct level *inner)
{
    const ProtobufCFieldDescriptor *field = &level->type->fields[level->field++];
    const char *comma = has_more(level) ? "," : "";

    if (is_attached(field))
        return false;
    put_help(writer, level->type, field);
    put_indent(writer);
    if (field->type != PROTOBUF_C_TYPE_MESSAGE || is_bare(field)) {
        put(writer, "\"%s\": %s%s\n", field->name, empty_value(field), comma);
        return false;
    }
    put(writer, "\"%s\": %s{\n", field->name, field_is_repeated(field) ? "[" : "");
    *inner = (struct level){.type = field->descriptor, .is_element = field_is_repeated(field)};
    return true;
}

enum err
template_write(const ProtobufCMessageDescriptor *type, const char *title, char *out, size_t size)
{
    struct writer writer = {.out = out, .size = size, .is_full = size == 0};
    struct level stack[WIRE_DEPTH_MAX] = {{.type = type}};
    size_t depth = 1;

    put_comment(&writer, title);
    end_comment(&writer);
    put_comment(&writer, help_find(type->name, "")->text);
    end_comment(&writer);
    put_comment(&writer,
                "Fill in what is known; what stays empty is not sent. Lines that begin "
                "with // are comments. More of a list: {...}, {...} with a comma between.");
    end_comment(&writer);
    put(&writer, "{\n");
    writer.indent = INDENT;
    while (depth > 0) {
        struct level *level = &stack[depth - 1];
        if (level->field < level->type->n_fields) {
            struct level inner = {0};
            if (put_field(&writer, level, &inner)) {
                assert(depth < WIRE_DEPTH_MAX); /* of our own .proto files */
                stack[depth] = inner;
                depth++;
                writer.indent += INDENT;
            }
            continue;
        }
        writer.indent -= INDENT;
        depth--;
        put_indent(&writer);
        put(&writer, "}%s%s\n", level->is_element ? "]" : "",
            depth > 0 && has_more(&stack[depth - 1]) ? "," : "");
    }
    if (writer.is_full && size > 0)
        out[0] = '\0';
    return writer.is_full ? ERR_FULL : ERR_OK;
}
