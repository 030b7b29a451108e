#include "clients/officer/mla_form.h"

#include "proto/field.h"
#include "proto/help.h"
#include "proto/json_read.h"
#include "proto/treaty_request.h"
#include "proto/wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_BYTES = 64, PAIR_SLACK = PROBLEM_PATH_BYTES + 2 };

/* ---- paths */

/* One name of a path, with its index if it has one; the path goes on at the result. */
static const char *
take_name(const char *path, char name[NAME_BYTES], bool *has_index, size_t *index)
{
    const size_t len = strcspn(path, ".[");

    name[0] = '\0';
    if (len < NAME_BYTES) {
        memcpy(name, path, len);
        name[len] = '\0';
    }
    path += len;
    *has_index = *path == '[';
    *index = 0;
    if (*has_index) {
        *index = (size_t)strtoul(path + 1, NULL, 10);
        path += strcspn(path, "]");
        path += *path == ']' ? 1 : 0;
    }
    return *path == '.' ? path + 1 : path;
}

json_t *
mla_form_find(json_t *tree, const char *path)
{
    char name[NAME_BYTES];
    bool has_index = false;
    size_t index = 0;

    while (*path != '\0' && tree != NULL) {
        path = take_name(path, name, &has_index, &index);
        tree = json_object_get(tree, name);
        if (has_index)
            tree = json_array_get(tree, index);
    }
    return tree;
}

/* The field that `path`, with or without indexes, leads to, and the type that it is of. */
static const ProtobufCFieldDescriptor *
field_at(const char *path, const ProtobufCMessageDescriptor **type)
{
    const ProtobufCFieldDescriptor *field = NULL;
    char name[NAME_BYTES];
    bool has_index = false;
    size_t index = 0;

    *type = &denrei__v1__mla__descriptor;
    while (*path != '\0') {
        if (field != NULL && field->type != PROTOBUF_C_TYPE_MESSAGE)
            return NULL;
        *type = field != NULL ? field->descriptor : *type;
        path = take_name(path, name, &has_index, &index);
        field = protobuf_c_message_descriptor_get_field_by_name(*type, name);
        if (field == NULL)
            return NULL;
    }
    return field;
}

/* Length of the part of `path` that is a list of groups; 0 if there is none before its end. */
static size_t
list_len(const char *path)
{
    for (const char *dot = strchr(path, '.'); dot != NULL; dot = strchr(dot + 1, '.')) {
        const ProtobufCMessageDescriptor *type = NULL;
        const struct problem_path before = problem_path("%.*s", (int)(dot - path), path);
        const ProtobufCFieldDescriptor *field = field_at(before.text, &type);
        if (field != NULL && field_is_repeated(field))
            return (size_t)(dot - path);
    }
    return 0;
}

/* ---- parts */

/* Where parts are written, and what they have in common. */
struct maker {
    json_t *tree;
    const Denrei__V1__Mla *mla;
    struct mla_part *out;
    size_t count, max;
};

static enum mla_answer
answer_of(const ProtobufCMessageDescriptor *type, const ProtobufCFieldDescriptor *field)
{
    if (field_is_repeated(field))
        return MLA_ANSWER_LIST;
    if (field->type == PROTOBUF_C_TYPE_ENUM)
        return MLA_ANSWER_CHOICE;
    if (field->type == PROTOBUF_C_TYPE_BOOL)
        return MLA_ANSWER_YES_NO;
    /* The comments of the .proto files say of a text with line breaks that it is "in lines". */
    return strstr(help_find(type->name, field->name)->text, "in lines") != NULL ? MLA_ANSWER_LINES
                                                                                : MLA_ANSWER_LINE;
}

static bool
is_needed(const struct maker *maker, const struct treaty_content *content, size_t item)
{
    if (maker->mla == NULL || maker->mla->request == NULL)
        return content->need == TREATY_MANDATORY || content->need == TREATY_EXCEPT;
    return treaty_request_needs(maker->mla->request, content, item);
}

static struct mla_part *
add_part(struct maker *maker, struct problem_path path, const struct treaty_content *content)
{
    const ProtobufCMessageDescriptor *type = NULL;
    const ProtobufCFieldDescriptor *field = field_at(path.text, &type);

    if (field == NULL || maker->count == maker->max)
        return NULL;
    struct mla_part *part = &maker->out[maker->count++];
    *part = (struct mla_part){.path = path,
                              .content = content,
                              .type = type,
                              .field = field,
                              .answer = answer_of(type, field)};
    return part;
}

/* A group that a profile asks for as one part is asked for field by field: a name has a script, a
 * family name, and so on. */
static void
add_group(struct maker *maker, struct problem_path path, const struct treaty_content *content,
          bool is_group_needed)
{
    const ProtobufCMessageDescriptor *type = NULL;
    const ProtobufCFieldDescriptor *group = field_at(path.text, &type);
    const ProtobufCMessageDescriptor *inner = group->descriptor;
    size_t groups =
        field_is_repeated(group) ? json_array_size(mla_form_find(maker->tree, path.text)) : 1;

    groups = groups == 0 ? 1 : groups;
    for (size_t i = 0; i < groups; i++) {
        for (unsigned j = 0; j < inner->n_fields; j++) {
            const ProtobufCFieldDescriptor *field = &inner->fields[j];
            const struct problem_path at =
                field_is_repeated(group) ? problem_path("%s[%zu].%s", path.text, i, field->name)
                                         : problem_path("%s.%s", path.text, field->name);
            if (field->type == PROTOBUF_C_TYPE_MESSAGE || field->type == PROTOBUF_C_TYPE_BYTES)
                continue;
            struct mla_part *part = add_part(maker, at, content);
            if (part != NULL)
                part->is_needed =
                    is_group_needed && help_find(inner->name, field->name)->is_mandatory;
        }
    }
}

static void
add_content(struct maker *maker, struct problem_path path, const struct treaty_content *content,
            size_t item)
{
    const ProtobufCMessageDescriptor *type = NULL;
    const ProtobufCFieldDescriptor *field = field_at(path.text, &type);

    if (field == NULL)
        return;
    if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
        add_group(maker, path, content, is_needed(maker, content, item));
        return;
    }
    struct mla_part *part = add_part(maker, path, content);
    if (part != NULL)
        part->is_needed = is_needed(maker, content, item);
}

/* The parts of a list, item by item: `count` contents, all of the list that is the first `len`
 * signs of their paths. */
static void
add_list(struct maker *maker, const struct treaty_content *contents, size_t count, size_t len)
{
    const struct problem_path list = problem_path("%.*s", (int)len, contents[0].path);
    size_t items = json_array_size(mla_form_find(maker->tree, list.text));
    bool is_list_needed = false;

    for (size_t i = 0; i < count; i++)
        is_list_needed = is_list_needed || is_needed(maker, &contents[i], SIZE_MAX);
    items = items == 0 ? 1 : items;
    for (size_t item = 0; item < items; item++) {
        const size_t first = maker->count;
        for (size_t i = 0; i < count; i++)
            add_content(maker, problem_path("%s[%zu]%s", list.text, item, contents[i].path + len),
                        &contents[i], item);
        for (size_t i = first; i < maker->count; i++) {
            struct mla_part *part = &maker->out[i];
            part->list_len = len;
            part->item = item;
            part->is_item_begin = i == first;
            part->is_item_end = i + 1 == maker->count;
            part->is_last_item = item + 1 == items;
            part->is_list_needed = is_list_needed;
        }
    }
}

size_t
mla_form_parts(const struct treaty *treaty, json_t *tree, const Denrei__V1__Mla *mla,
               struct mla_part *out, size_t max)
{
    struct maker maker = {.tree = tree, .mla = mla, .out = out, .max = max};

    for (size_t i = 0; i < treaty->contents_count; i++) {
        const struct treaty_content *contents = &treaty->contents[i];
        const size_t len = list_len(contents->path);
        size_t run = 1;
        if (len == 0) {
            add_content(&maker, problem_path("%s", contents->path), contents, 0);
            continue;
        }
        while (i + run < treaty->contents_count && list_len(contents[run].path) == len &&
               strncmp(contents[run].path, contents->path, len) == 0)
            run++;
        add_list(&maker, contents, run, len);
        i += run - 1;
    }
    return maker.count;
}

const struct treaty_rule *
mla_form_rule(const struct treaty *treaty, const struct mla_part *part)
{
    const struct {
        const char *path;
        const struct treaty_rule *rule;
    } rows[] = {
        {"request.purpose", &treaty->use},
        {"request.dual_criminality.conduct", &treaty->dual_rule},
        {"request.written_confirmation_by", &treaty->confirmation.rule},
        {"request.needed_by", &treaty->deadlines[TREATY_ANSWER].rule},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const bool is_said = rows[i].rule->text != NULL && rows[i].rule->text[0] != '\0';
        if (strcmp(part->path.text, rows[i].path) == 0 && is_said)
            return rows[i].rule;
    }
    return NULL;
}

/* ---- answers */

void
mla_form_answer(json_t *tree, const char *path, char *out, size_t size)
{
    json_t *value = mla_form_find(tree, path);
    size_t len = 0;

    out[0] = '\0';
    if (json_is_string(value)) {
        snprintf(out, size, "%s", json_string_value(value));
    } else if (json_is_boolean(value)) {
        snprintf(out, size, "%s", json_is_true(value) ? "yes" : "");
    } else if (json_is_integer(value)) {
        snprintf(out, size, "%lld", (long long)json_integer_value(value));
    } else if (json_is_array(value)) {
        for (size_t i = 0; i < json_array_size(value) && len < size; i++) {
            const char *item = json_string_value(json_array_get(value, i));
            len += (size_t)snprintf(out + len, size - len, "%s%s", i == 0 ? "" : "\n",
                                    item == NULL ? "" : item);
        }
    }
}

/* The path of what `path` lies in; "" for the tree itself. */
static struct problem_path
parent_of(const char *path)
{
    const char *dot = strrchr(path, '.');

    return problem_path("%.*s", dot == NULL ? 0 : (int)(dot - path), path);
}

void
mla_form_prune(json_t *tree, const char *path)
{
    const struct problem_path parent = parent_of(path);
    json_t *list = mla_form_find(tree, path), *up = mla_form_find(tree, parent.text);
    const char *dot = strrchr(path, '.');
    const size_t count = json_array_size(list);
    json_t *last = count > 0 ? json_array_get(list, count - 1) : NULL;

    if (last == NULL || !json_is_object(last) || json_object_size(last) > 0)
        return;
    json_array_remove(list, count - 1);
    if (count == 1)
        json_object_del(up, dot == NULL ? path : dot + 1);
}

bool
mla_form_add_item(json_t *tree, const char *path)
{
    json_t *list = mla_form_find(tree, path);
    const char *dot = strrchr(path, '.');
    const struct problem_path parent = parent_of(path);

    if (!json_is_array(list)) {
        json_t *up = mla_form_find(tree, parent.text);
        list = json_array();
        if (json_object_set_new(up, dot == NULL ? path : dot + 1, list) != 0)
            return false;
    }
    return json_array_append_new(list, json_object()) == 0;
}

/* Take the answer at `path` away, and the groups around it that are empty then. */
static void
take_away(json_t *tree, const char *path)
{
    struct problem_path at = problem_path("%s", path);

    while (at.text[0] != '\0') {
        const struct problem_path up = parent_of(at.text);
        json_t *parent = mla_form_find(tree, up.text);
        const char *dot = strrchr(at.text, '.');
        const char *name = dot == NULL ? at.text : dot + 1;
        const char *bracket = strchr(name, '[');
        if (bracket == NULL) {
            json_object_del(parent, name);
        } else {
            /* Only the last of a list may go: the others would move. */
            const struct problem_path list =
                problem_path("%.*s", (int)(bracket - at.text), at.text);
            mla_form_prune(tree, list.text);
        }
        if (!json_is_object(parent) || json_object_size(parent) > 0)
            return;
        at = up;
    }
}

/* `text` without blanks around it and without empty lines at its ends; the caller frees it. */
static char *
trimmed(const char *text)
{
    static const char blanks[] = " \t\r\n";
    const char *from = text + strspn(text, blanks);
    size_t len = strlen(from);
    char *copy = NULL;

    while (len > 0 && strchr(blanks, from[len - 1]) != NULL)
        len--;
    copy = malloc(len + 1);
    if (copy != NULL) {
        memcpy(copy, from, len);
        copy[len] = '\0';
    }
    return copy;
}

static bool
is_any_of(const char *text, const char *const *words)
{
    for (; *words != NULL; words++) {
        if (strcmp(text, *words) == 0)
            return true;
    }
    return false;
}

/* What the person wrote in the words of JSON: a choice's word for its number, true for yes. */
static const char *
in_words(const ProtobufCFieldDescriptor *field, const char *text)
{
    static const char *const yes[] = {"y", "Y", "yes", "Yes", "YES", "true", "はい", NULL};
    static const char *const no[] = {"n", "N", "no", "No", "NO", "false", "いいえ", NULL};
    const size_t len = strlen(text);

    if (field->type == PROTOBUF_C_TYPE_BOOL)
        return is_any_of(text, yes) ? "true" : is_any_of(text, no) ? "" : text;
    if (field->type == PROTOBUF_C_TYPE_ENUM && len > 0 && len < 4 &&
        strspn(text, "0123456789") == len) {
        const int number = (int)strtol(text, NULL, 10);
        const char *word = field_enum_word(field->descriptor, number);
        return word != NULL && number > 0 ? word : text;
    }
    return text;
}

/* Put each line of `text` (or all of it, if the field is no list) at `path`. */
static enum err
put_lines(json_t *tree, const ProtobufCFieldDescriptor *field, const char *path, char *text,
          struct problems *problems)
{
    enum err err = ERR_OK;

    for (char *rest = text; rest != NULL && err == ERR_OK;) {
        const char *line = field_is_repeated(field) ? strsep(&rest, "\n") : rest;
        char *pair = NULL;
        if (!field_is_repeated(field))
            rest = NULL;
        if (line[strspn(line, " \t\r")] == '\0')
            continue;
        const size_t size = strlen(path) + strlen(line) + PAIR_SLACK;
        pair = malloc(size);
        if (pair == NULL)
            return ERR_NOMEM;
        snprintf(pair, size, "%s=%s", path, line);
        err = json_read_pair(&denrei__v1__mla__descriptor, pair, tree, problems);
        free(pair);
    }
    return err;
}

/* A choice is checked here, so that the tree always decodes. */
static bool
is_choice_known(const ProtobufCFieldDescriptor *field, const char *path, const char *text,
                struct problems *problems)
{
    if (text[0] == '\0')
        return true;
    if (field->type == PROTOBUF_C_TYPE_BOOL && strcmp(text, "true") != 0) {
        problems_add(problems, path, "write yes or no", "\"%s\" is neither yes nor no", text);
        return false;
    }
    if (field->type == PROTOBUF_C_TYPE_ENUM && field_enum_find(field->descriptor, text) == NULL) {
        field_report_value(problems, path, field->descriptor, text);
        return false;
    }
    return true;
}

enum err
mla_form_set(json_t *tree, const char *path, const char *text, struct problems *problems)
{
    const ProtobufCMessageDescriptor *type = NULL;
    const ProtobufCFieldDescriptor *field = field_at(path, &type);
    char *copy = NULL, *words = NULL;
    json_t *made = NULL;
    enum err err = ERR_OK;

    if (field == NULL || field->type == PROTOBUF_C_TYPE_MESSAGE) {
        problems_add(problems, path, "leave it out", "there is no part %s in a request", path);
        return ERR_FORMAT;
    }
    if (!wire_is_utf8((struct span){(const uint8_t *)text, strlen(text)})) {
        problems_add(problems, path, "write it in UTF-8", "the answer is not UTF-8");
        return ERR_FORMAT;
    }
    copy = trimmed(text);
    made = json_deep_copy(tree);
    words = copy == NULL ? NULL : strdup(in_words(field, copy));
    if (words == NULL || made == NULL)
        err = ERR_NOMEM;
    else if (!is_choice_known(field, path, words, problems))
        err = ERR_FORMAT;
    if (err == ERR_OK && words[0] == '\0')
        take_away(made, path);
    else if (err == ERR_OK && field_is_repeated(field))
        json_object_del(mla_form_find(made, parent_of(path).text), field->name);
    if (err == ERR_OK && words[0] != '\0')
        err = put_lines(made, field, path, words, problems);
    if (err == ERR_OK && (json_object_clear(tree) != 0 || json_object_update(tree, made) != 0))
        err = ERR_NOMEM;
    json_decref(made);
    free(words);
    free(copy);
    return err;
}
