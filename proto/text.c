#include "proto/text.h"

#include "proto/date_text.h"
#include "proto/field.h"
#include "proto/state_code.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { HEX_BYTES_MAX = 32 };

void
text_init(struct text *text, const ProtobufCMessage *message, enum language language)
{
    text->language = language;
    text->is_original = false;
    walk_init(&text->walk, message);
}

void
text_init_original(struct text *text, const ProtobufCMessage *message)
{
    text_init(text, message, LANGUAGE_EN);
    text->is_original = true;
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

/* Whether one of the words of a field's name, between its '_', is `word`. */
static bool
has_word(const char *name, const char *word)
{
    const size_t len = strlen(word);

    for (const char *at = name; at != NULL; at = strchr(at, '_')) {
        at += *at == '_' ? 1 : 0;
        if (strncmp(at, word, len) == 0 && (at[len] == '\0' || at[len] == '_'))
            return true;
    }
    return false;
}

/* 7 March 2024, 2024年3月7日; partial ones as far as they are known. */
static void
write_date(struct text *text, struct date_text date)
{
    static const char *const months[] = {"",        "January",  "February", "March",  "April",
                                         "May",     "June",     "July",     "August", "September",
                                         "October", "November", "December"};
    char *out = text->scratch;
    const size_t size = sizeof text->scratch;

    if (text->language == LANGUAGE_JA && date.day != 0)
        snprintf(out, size, "%u年%u月%u日", date.year, date.month, date.day);
    else if (text->language == LANGUAGE_JA && date.month != 0)
        snprintf(out, size, "%u年%u月", date.year, date.month);
    else if (text->language == LANGUAGE_JA)
        snprintf(out, size, "%u年", date.year);
    else if (date.day != 0)
        snprintf(out, size, "%u %s %u", date.day, months[date.month], date.year);
    else if (date.month != 0)
        snprintf(out, size, "%s %u", months[date.month], date.year);
    else
        snprintf(out, size, "%u", date.year);
}

/* A date or a state's code in words; false if the text is neither. */
static bool
write_words(struct text *text, const char *name, const char *string)
{
    const bool is_date = has_word(name, "date") || has_word(name, "dates") ||
                         has_word(name, "on") || has_word(name, "by") || has_word(name, "until");
    const bool is_state = has_word(name, "state") || has_word(name, "country") ||
                          has_word(name, "nationality") || has_word(name, "nationalities");
    const struct state_code *state = is_state ? state_code_find(string) : NULL;
    struct date_text date;

    if (state != NULL)
        snprintf(text->scratch, sizeof text->scratch,
                 text->language == LANGUAGE_JA ? "%s（%s）" : "%s (%s)",
                 state_code_name(state, text->language), state->code);
    else if (is_date && date_text_parse(string, &date) == ERR_OK)
        write_date(text, date);
    else
        return false;
    return true;
}

/* A word of JSON, and of the command line. */
static bool
write_original(struct text *text, const ProtobufCFieldDescriptor *field, const void *value)
{
    int number = 0;

    if (field->type == PROTOBUF_C_TYPE_BOOL) {
        snprintf(text->scratch, sizeof text->scratch, "%s",
                 *(const protobuf_c_boolean *)value ? "true" : "false");
        return true;
    }
    if (field->type != PROTOBUF_C_TYPE_ENUM)
        return false;
    memcpy(&number, value, sizeof number);
    const char *word = field_enum_word(field->descriptor, number);
    if (word == NULL)
        return false;
    snprintf(text->scratch, sizeof text->scratch, "%s", word);
    return true;
}

static struct span
format_value(struct text *text, const ProtobufCFieldDescriptor *field, const void *value)
{
    uint64_t wide = 0;
    uint32_t narrow = 0;
    const char *string = NULL;

    if (text->is_original && write_original(text, field, value))
        return scratch_span(text);
    if (field->type == PROTOBUF_C_TYPE_STRING) {
        memcpy(&string, value, sizeof string);
        if (!text->is_original && write_words(text, field->name, string))
            return scratch_span(text);
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

/* "documents[1].number": the levels of the walk, each at the field that it is in. */
static void
write_path(const struct walk *walk, size_t depth, char out[TEXT_LABEL_BYTES])
{
    size_t len = 0;

    for (size_t i = 0; i <= depth && len < TEXT_LABEL_BYTES; i++) {
        const struct walk_level *level = &walk->levels[i];
        const ProtobufCFieldDescriptor *field = &level->message->descriptor->fields[level->field];
        const char *dot = i == 0 ? "" : ".";
        int more = field_is_repeated(field)
                       ? snprintf(out + len, TEXT_LABEL_BYTES - len, "%s%s[%zu]", dot, field->name,
                                  level->index - 1)
                       : snprintf(out + len, TEXT_LABEL_BYTES - len, "%s%s", dot, field->name);
        len += more < 0 ? 0 : (size_t)more;
    }
}

static bool
next_original(struct text *text, struct text_line *line)
{
    struct walk_step step = {0};
    enum walk_event event = WALK_LEAVE;

    while (event == WALK_LEAVE || event == WALK_ENTER)
        event = walk_next(&text->walk, &step);
    if (event == WALK_END)
        return false;
    *line = (struct text_line){.depth = 0};
    write_path(&text->walk, step.depth, line->label);
    line->value = format_value(text, step.field, step.value);
    return true;
}

bool
text_next(struct text *text, struct text_line *line)
{
    struct walk_step step = {0};
    enum walk_event event = WALK_LEAVE;

    if (text->is_original)
        return next_original(text, line);
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
