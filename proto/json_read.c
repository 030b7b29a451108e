#include "proto/json_read.h"

#include "proto/field.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { INDEX_DIGITS_MAX = 6 };

/* Overwrite comment lines with blanks, so that lines and columns stay what the person sees. */
static void
blank_comments(char *text, size_t len)
{
    size_t start = 0;

    while (start < len) {
        size_t end = start, first = 0;
        while (end < len && text[end] != '\n')
            end++;
        first = start;
        while (first < end && (text[first] == ' ' || text[first] == '\t'))
            first++;
        if (first < end && (text[first] == '#' ||
                            (text[first] == '/' && first + 1 < end && text[first + 1] == '/')))
            memset(text + start, ' ', end - start);
        start = end + 1;
    }
}

static const char *
syntax_cure(enum json_error_code code)
{
    if (code == json_error_duplicate_key)
        return "Take one of the two out.";
    if (code == json_error_invalid_utf8)
        return "Save the file as UTF-8.";
    if (code == json_error_premature_end_of_input)
        return "Close every brace, bracket and quotation mark.";
    if (code == json_error_numeric_overflow)
        return "Write a smaller number.";
    if (code == json_error_null_character || code == json_error_null_byte_in_key)
        return "Take the zero character out.";
    return "Look just before it for a comma too many or missing, or a missing quotation mark.";
}

enum err
json_read_text(struct span text, json_t **out, struct problems *problems)
{
    static const uint8_t mark[3] = {0xef, 0xbb, 0xbf};
    char *copy = NULL;
    json_error_t error = {0};
    enum err err = ERR_FORMAT;

    *out = NULL;
    if (text.len >= sizeof mark && memcmp(text.data, mark, sizeof mark) == 0)
        text = (struct span){text.data + sizeof mark, text.len - sizeof mark};
    if (text.len > JSON_TEXT_BYTES_MAX) {
        problems_add(problems, "", "Send less in one message.",
                     "The text has %zu bytes; at most %d are read.", text.len, JSON_TEXT_BYTES_MAX);
        return ERR_FORMAT;
    }
    copy = malloc(text.len + 1);
    if (copy == NULL)
        return ERR_NOMEM;
    if (text.len > 0)
        memcpy(copy, text.data, text.len);
    blank_comments(copy, text.len);

    *out = json_loadb(copy, text.len, JSON_REJECT_DUPLICATES, &error);
    if (*out == NULL && json_error_code(&error) == json_error_out_of_memory) {
        err = ERR_NOMEM;
    } else if (*out == NULL) {
        problems_add(problems, problem_path("line %d, column %d", error.line, error.column).text,
                     syntax_cure(json_error_code(&error)), "This is not JSON: %s.", error.text);
    } else if (!json_is_object(*out)) {
        problems_add(problems, "line 1, column 1", "Begin with { and end with }.",
                     "A message is one object with fields, not a list.");
        json_decref(*out);
        *out = NULL;
    } else {
        err = ERR_OK;
    }
    free(copy);
    return err;
}

/* Where a pair's path has led so far. */
struct pair {
    const char *text;
    size_t at;   /* of text: not read yet */
    bool is_set; /* the value is in its place */
    const ProtobufCMessageDescriptor *type;
    json_t *object; /* borrowed: the message to go on in */
    struct problems *problems;
};

/* The path up to what is not read yet. */
static struct problem_path
path_so_far(const struct pair *pair)
{
    return problem_path(
        "%.*s", (int)(pair->at < PROBLEM_PATH_BYTES ? pair->at : PROBLEM_PATH_BYTES), pair->text);
}

/* Read `name`, and `[index]` if one follows. */
static bool
read_name(struct pair *pair, char name[JSON_PAIR_NAME_BYTES], bool *has_index, size_t *index)
{
    size_t len = strcspn(pair->text + pair->at, ".[=");

    if (len == 0 || len >= JSON_PAIR_NAME_BYTES) {
        problems_add(pair->problems, path_so_far(pair).text, "Write it as field=value.",
                     "A field's name is missing or too long.");
        return false;
    }
    memcpy(name, pair->text + pair->at, len);
    name[len] = '\0';
    pair->at += len;
    *index = 0;
    *has_index = pair->text[pair->at] == '[';
    if (!*has_index)
        return true;

    const char *digits = pair->text + pair->at + 1;
    size_t count = strspn(digits, "0123456789");
    if (count == 0 || count > INDEX_DIGITS_MAX || digits[count] != ']') {
        problems_add(pair->problems, path_so_far(pair).text, "Write it as documents[0].",
                     "After '[' comes a number from 0 and ']'.");
        return false;
    }
    *index = strtoul(digits, NULL, 10);
    pair->at += count + 2;
    return true;
}

/* The list of `field`, made if it is not there; NULL after a problem, or without memory. */
static json_t *
find_list(struct pair *pair, const ProtobufCFieldDescriptor *field)
{
    json_t *list = json_object_get(pair->object, field->name);

    if (list == NULL || json_is_null(list)) {
        if (json_object_set_new(pair->object, field->name, json_array()) != 0)
            return NULL;
        list = json_object_get(pair->object, field->name);
    }
    if (!json_is_array(list)) {
        problems_add(pair->problems, path_so_far(pair).text, "Write it there as [ ... ].",
                     "In the text before, this field is no list.");
        return NULL;
    }
    return list;
}

/* Go into the message at `field`, which is made if it is not there. */
static bool
enter_message(struct pair *pair, const ProtobufCFieldDescriptor *field, json_t *list, size_t index)
{
    json_t *inner =
        list != NULL ? json_array_get(list, index) : json_object_get(pair->object, field->name);

    if (inner == NULL || json_is_null(inner)) {
        inner = json_object();
        int failed = list == NULL ? json_object_set(pair->object, field->name, inner)
                     : index < json_array_size(list) ? json_array_set(list, index, inner)
                                                     : json_array_append(list, inner);
        json_decref(inner);
        if (failed != 0)
            return false;
    }
    if (!json_is_object(inner) || pair->text[pair->at] != '.') {
        problems_add(pair->problems, path_so_far(pair).text,
                     "Give its fields one by one, with '.' before each name.",
                     "This is a group of fields, not a single value.");
        return false;
    }
    pair->at++;
    pair->object = inner;
    pair->type = field->descriptor;
    return true;
}

static bool
set_value(struct pair *pair, const ProtobufCFieldDescriptor *field, json_t *list, size_t index)
{
    if (pair->text[pair->at] != '=') {
        problems_add(pair->problems, path_so_far(pair).text, "Write '=' and the value after it.",
                     "This is a single value, without fields of its own.");
        return false;
    }
    json_t *value = json_string(pair->text + pair->at + 1);
    if (value == NULL) {
        problems_add(pair->problems, path_so_far(pair).text, "Use a terminal in UTF-8.",
                     "The value is not UTF-8.");
        return false;
    }
    pair->is_set = true;
    if (list == NULL)
        return json_object_set_new(pair->object, field->name, value) == 0;
    if (index < json_array_size(list))
        return json_array_set_new(list, index, value) == 0;
    return json_array_append_new(list, value) == 0;
}

/* Follow one name of the path; false after a problem, or without memory. */
static bool
follow(struct pair *pair)
{
    char name[JSON_PAIR_NAME_BYTES];
    bool has_index = false;
    size_t index = 0;
    json_t *list = NULL;

    if (!read_name(pair, name, &has_index, &index))
        return false;
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field_by_name(pair->type, name);
    if (field == NULL) {
        field_report_unknown(pair->problems, path_so_far(pair).text, pair->type, name);
        return false;
    }
    if (has_index && !field_is_repeated(field)) {
        problems_add(pair->problems, path_so_far(pair).text, "Leave the [ ] out.",
                     "This field is no list.");
        return false;
    }
    if (field_is_repeated(field)) {
        list = find_list(pair, field);
        if (list == NULL)
            return false;
        if (!has_index && field->type == PROTOBUF_C_TYPE_MESSAGE) {
            problems_add(pair->problems, path_so_far(pair).text,
                         problem_path("Write %s[0], %s[1] and so on.", name, name).text,
                         "This field is a list: which of it is meant is not said.");
            return false;
        }
        if (!has_index)
            index = json_array_size(list);
        if (index > json_array_size(list)) {
            problems_add(pair->problems, path_so_far(pair).text,
                         problem_path("Write %s[%zu].", name, json_array_size(list)).text,
                         "The list has no place %zu yet: its next is %zu.", index,
                         json_array_size(list));
            return false;
        }
    }
    if (field->type == PROTOBUF_C_TYPE_MESSAGE)
        return enter_message(pair, field, list, index);
    return set_value(pair, field, list, index);
}

enum err
json_read_pair(const ProtobufCMessageDescriptor *type, const char *pair_text, json_t *tree,
               struct problems *problems)
{
    json_t *copy = json_deep_copy(tree); /* a pair that fails half-way leaves nothing behind */
    struct pair pair = {.text = pair_text, .type = type, .object = copy, .problems = problems};
    size_t problems_before = problems_total(problems);
    enum err err = ERR_OK;

    if (copy == NULL)
        return ERR_NOMEM;
    while (err == ERR_OK && !pair.is_set) {
        if (!follow(&pair))
            err = problems_total(problems) > problems_before ? ERR_FORMAT : ERR_NOMEM;
    }
    if (err == ERR_OK && json_object_update(tree, copy) != 0)
        err = ERR_NOMEM;
    json_decref(copy);
    return err;
}
