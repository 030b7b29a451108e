#include "proto/help.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CODE_CHARS_MAX = 2 /* a word as short is a code, such as H1, that needs its text */ };

static int
compare(const void *key, const void *entry)
{
    const struct help *left = key, *right = entry;
    int order = strcmp(left->type, right->type);

    return order != 0 ? order : strcmp(left->name, right->name);
}

const struct help *
help_find(const char *type, const char *name)
{
    static const struct help none = {"", "", "", "", "", false};
    const struct help key = {.type = type, .name = name};
    const struct help *found = bsearch(&key, denrei__v1__help, denrei__v1__help_count,
                                       sizeof denrei__v1__help[0], compare);

    return found != NULL ? found : &none;
}

struct help_label
help_field_label(const char *type, const char *name, enum language language)
{
    const char *japanese = language == LANGUAGE_JA ? help_find(type, name)->label_ja : "";
    struct help_label label;

    snprintf(label.text, sizeof label.text, "%s",
             japanese[0] != '\0' ? japanese : field_label(name).text);
    return label;
}

struct help_label
help_value_label(const ProtobufCEnumDescriptor *type, int number, enum language language)
{
    const ProtobufCEnumValue *value = protobuf_c_enum_descriptor_get_value(type, number);
    const struct help *help = help_find(type->name, value != NULL ? value->name : "");
    const char *text = help->text;
    struct help_label label;

    if (value == NULL)
        snprintf(label.text, sizeof label.text, "%d", number);
    else if (language == LANGUAGE_JA && help->label_ja[0] != '\0')
        snprintf(label.text, sizeof label.text, "%s", help->label_ja);
    else if (strlen(field_enum_word(type, number)) <= CODE_CHARS_MAX && text[0] != '\0')
        snprintf(label.text, sizeof label.text, "%s: %s", field_enum_word(type, number), text);
    else
        snprintf(label.text, sizeof label.text, "%s",
                 field_label(field_enum_word(type, number)).text);
    return label;
}
