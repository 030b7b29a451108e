/* The form as a text: what a lawyer edits in an editor, and what a draft is kept as. */
#include "clients/officer/mla_form.h"

#include "proto/field.h"
#include "proto/help.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 92, EXTRA_DEPTH_MAX = 8 };

/* ---- writing */

struct writer {
    char *out;
    size_t size, len;
    bool is_full;
    enum language language;
};

__attribute__((format(printf, 2, 3))) static void
put(struct writer *writer, const char *format, ...)
{
    const size_t room = writer->size - writer->len;
    va_list arguments;

    if (writer->is_full)
        return;
    va_start(arguments, format);
    const int added = vsnprintf(writer->out + writer->len, room, format, arguments);
    va_end(arguments);
    if (added < 0 || (size_t)added >= room)
        writer->is_full = true;
    else
        writer->len += (size_t)added;
}

/* A comment in lines of at most COLUMNS bytes, broken at blanks; what has none stays one line. */
static void
put_comment(struct writer *writer, const char *mark, const char *text)
{
    size_t column = 0;

    put(writer, "#%s", mark);
    while (*text != '\0') {
        const size_t len = strcspn(text, " \n");
        if (column > 0 && column + len + 1 > COLUMNS) {
            put(writer, "\n#%s", mark);
            column = 0;
        }
        put(writer, " %.*s", (int)len, text);
        column += len + 1;
        text += len;
        text += strspn(text, " \n");
    }
    put(writer, "\n");
}

/* An answer; a line that would be read as a comment or a part gets a mark before it. */
static void
put_answer(struct writer *writer, const char *answer)
{
    while (*answer != '\0') {
        const size_t len = strcspn(answer, "\n");
        put(writer, "%s%.*s\n", strchr("#[\\", answer[0]) != NULL && len > 0 ? "\\" : "", (int)len,
            answer);
        answer += len + (answer[len] == '\n' ? 1 : 0);
    }
}

static void
put_choices(struct writer *writer, const ProtobufCEnumDescriptor *type)
{
    for (unsigned i = 0; i < type->n_values; i++) {
        const int number = type->values[i].value;
        if (number != 0)
            put(writer, "#     %s  (%s)\n", field_enum_word(type, number),
                help_value_label(type, number, writer->language).text);
    }
}

static void
put_head(struct writer *writer, const struct treaty *treaty, const struct mla_part *part,
         const struct problems *problems)
{
    const struct treaty_rule *rule = &part->content->rule;
    const struct help *help = help_find(part->type->name, part->field->name);
    const bool is_ja = writer->language == LANGUAGE_JA;
    const char *need =
        part->is_needed ? (is_ja ? "必須" : "MANDATORY") : (is_ja ? "任意" : "optional");

    put(writer, "\n# %s: %s (%s)\n",
        help_field_label(part->type->name, part->field->name, writer->language).text, need,
        rule->article);
    put_comment(writer, "  ", is_ja ? rule->text_ja : rule->text);
    const struct treaty_rule *more = mla_form_rule(treaty, part);
    if (more != NULL) {
        put_comment(writer, "  ", is_ja ? more->text_ja : more->text);
        put_comment(writer, "     --", more->article);
    }
    if (help->example[0] != '\0')
        put(writer, "#   %s: %s\n", is_ja ? "例" : "Example", help->example);
    if (part->answer == MLA_ANSWER_CHOICE)
        put_choices(writer, part->field->descriptor);
    else if (part->answer == MLA_ANSWER_YES_NO)
        put(writer, "#   yes, no\n");
    else if (part->answer == MLA_ANSWER_LIST)
        put_comment(writer, "  ", is_ja ? "一行に一つ" : "One in each line.");
    for (size_t i = 0; i < problems->count; i++) {
        const struct problem *problem = &problems->list[i];
        char text[2 * PROBLEM_TEXT_BYTES + 8];
        if (strcmp(problem->path.text, part->path.text) != 0)
            continue;
        snprintf(text, sizeof text, "%s -> %s", problem->wrong, problem->cure);
        put_comment(writer, " !!", text);
    }
}

static struct problem_path
add_languages(struct problem_path list, const char *const *languages, size_t count)
{
    for (size_t i = 0; i < count; i++)
        list = problem_path("%s%s%s", list.text, i == 0 ? "" : ", ", languages[i]);
    return list;
}

struct problem_path
mla_form_languages(const struct treaty_party *party, enum language language)
{
    struct problem_path list = {""};

    if (party == NULL)
        return list;
    list = add_languages(list, party->languages, party->languages_count);
    if (party->urgent_languages_count == 0)
        return list;
    list =
        problem_path("%s; %s: ", list.text, language == LANGUAGE_JA ? "緊急の場合" : "if urgent");
    return add_languages(list, party->urgent_languages, party->urgent_languages_count);
}

static void
put_page(struct writer *writer, const struct mla_page *page, const struct problems *problems)
{
    const bool is_ja = page->language == LANGUAGE_JA;

    put(writer, "# %s\n", is_ja ? page->treaty->title_ja : page->treaty->title);
    put(writer, "# %s\n", page->command);
    const struct problem_path languages = mla_form_languages(page->requested, page->language);
    if (languages.text[0] != '\0')
        put(writer, "# %s: %s\n",
            is_ja ? "相手国が受理する言語" : "Languages of the requested party", languages.text);
    put(writer, "#\n");
    if (is_ja)
        put(writer,
            "# 各 [項目] の下に回答を書いてください。# で始まる行は無視されます。\n"
            "# 二つ目の罪名・共助・関係者は、その部分を写して [0] を [1] に変えてください。\n"
            "# 回答の行頭の # [ \\ の前には \\ を付けてください。\n");
    else
        put(writer,
            "# Write the answers under the [part] lines; lines that begin with # are left out.\n"
            "# For a second offence, assistance or person copy its parts and change [0] to [1].\n"
            "# An answer's line that begins with # [ or \\ gets a \\ before it.\n");
    if (!problems_is_empty(problems))
        put(writer, "#\n");
    for (size_t i = 0; i < problems->count; i++) {
        char text[PROBLEM_PATH_BYTES + 2 * PROBLEM_TEXT_BYTES + 8];
        snprintf(text, sizeof text, "%s: %s -> %s", problems->list[i].path.text,
                 problems->list[i].wrong, problems->list[i].cure);
        put_comment(writer, " !!", text);
    }
}

/* ---- what the profile does not ask for and is there all the same */

/* An object, or a list of objects, that is being gone through. */
struct level {
    json_t *value;
    void *next;   /* of an object: its iterator */
    size_t index; /* of a list */
    struct problem_path path;
};

static bool
is_asked(const struct mla_part *parts, size_t count, const char *path)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(parts[i].path.text, path) == 0)
            return true;
    }
    return false;
}

static bool
has_objects(json_t *value)
{
    return json_is_object(value) ||
           (json_is_array(value) && json_is_object(json_array_get(value, 0)));
}

/* The next value of the level, and its path; NULL at its end. */
static json_t *
next_of(struct level *level, struct problem_path *path)
{
    json_t *value = NULL;

    if (json_is_array(level->value)) {
        *path = problem_path("%s[%zu]", level->path.text, level->index);
        return json_array_get(level->value, level->index++);
    }
    if (level->next == NULL)
        return NULL;
    *path = problem_path("%s%s%s", level->path.text, level->path.text[0] == '\0' ? "" : ".",
                         json_object_iter_key(level->next));
    value = json_object_iter_value(level->next);
    level->next = json_object_iter_next(level->value, level->next);
    return value;
}

static void
put_extras(struct writer *writer, json_t *tree, const struct mla_part *parts, size_t count,
           char *answer)
{
    struct level stack[EXTRA_DEPTH_MAX] = {{.value = tree, .next = json_object_iter(tree)}};
    size_t depth = 1;

    while (depth > 0) {
        struct problem_path path = {""};
        json_t *value = next_of(&stack[depth - 1], &path);
        if (value == NULL) {
            depth--;
        } else if (has_objects(value) && depth < EXTRA_DEPTH_MAX) {
            stack[depth++] =
                (struct level){.value = value, .next = json_object_iter(value), .path = path};
        } else if (!is_asked(parts, count, path.text)) {
            mla_form_answer(tree, path.text, answer, MLA_FORM_BYTES);
            if (answer[0] == '\0')
                continue;
            put(writer, "\n[%s]\n", path.text);
            put_answer(writer, answer);
        }
    }
}

enum err
mla_form_write(const struct mla_page *page, json_t *tree, const Denrei__V1__Mla *mla,
               const struct problems *problems, char *out, size_t size)
{
    struct writer writer = {.out = out, .size = size, .language = page->language};
    struct mla_part *parts = malloc(MLA_PARTS_MAX * sizeof *parts);
    char *answer = malloc(MLA_FORM_BYTES);
    enum err err = ERR_NOMEM;

    out[0] = '\0';
    if (parts == NULL || answer == NULL)
        goto done;
    const size_t count = mla_form_parts(page->treaty, tree, mla, parts, MLA_PARTS_MAX);
    put_page(&writer, page, problems);
    for (size_t i = 0; i < count; i++) {
        put_head(&writer, page->treaty, &parts[i], problems);
        put(&writer, "[%s]\n", parts[i].path.text);
        mla_form_answer(tree, parts[i].path.text, answer, MLA_FORM_BYTES);
        put_answer(&writer, answer);
    }
    put_extras(&writer, tree, parts, count, answer);
    err = writer.is_full ? ERR_FULL : ERR_OK;
    if (writer.is_full)
        out[0] = '\0';

done:
    free(answer);
    free(parts);
    return err;
}

/* ---- reading */

struct reader {
    json_t *tree;
    struct problems *problems;
    char path[PROBLEM_PATH_BYTES]; /* of the part that is being read; "": none yet */
    size_t path_line;
    char *answer;
    size_t answer_len;
};

/* Put the answer that was collected at its part; its problem is told by its line. */
static enum err
end_part(struct reader *reader)
{
    struct problems found = {0};

    reader->answer[reader->answer_len] = '\0';
    reader->answer_len = 0;
    if (reader->path[0] == '\0' || reader->answer[strspn(reader->answer, " \t\r\n")] == '\0')
        return ERR_OK;
    enum err err = mla_form_set(reader->tree, reader->path, reader->answer, &found);
    for (size_t i = 0; i < found.count; i++) {
        const struct problem_path line =
            problem_path("line %zu, %s", reader->path_line, reader->path);
        problems_add(reader->problems, line.text, found.list[i].cure, "%s", found.list[i].wrong);
    }
    return err == ERR_FORMAT ? ERR_OK : err; /* the others are told as well */
}

static void
begin_part(struct reader *reader, const char *line, size_t len, size_t number)
{
    const struct problem_path place = problem_path("line %zu", number);

    while (len > 0 && strchr(" \t\r", line[len - 1]) != NULL)
        len--;
    reader->path[0] = '\0';
    reader->path_line = number;
    if (len < 3 || line[len - 1] != ']' || len - 2 >= sizeof reader->path) {
        problems_add(reader->problems, place.text,
                     "write it as in: [request.purpose]; an answer's line that begins with [ gets "
                     "a \\ before it",
                     "this line names no part");
        return;
    }
    memcpy(reader->path, line + 1, len - 2);
    reader->path[len - 2] = '\0';
}

/* The form has no NUL at its end, so that its lines are measured. */
static bool
is_blank(const char *line, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (line[i] != ' ' && line[i] != '\t' && line[i] != '\r')
            return false;
    }
    return true;
}

static void
add_line(struct reader *reader, const char *line, size_t len, size_t number)
{
    const struct problem_path place = problem_path("line %zu", number);

    if (len > 0 && line[0] == '\\') {
        line++;
        len--;
    }
    if (reader->path[0] == '\0') {
        if (!is_blank(line, len))
            problems_add(reader->problems, place.text, "write it under the [part] that it answers",
                         "this line belongs to no part");
        return;
    }
    memcpy(reader->answer + reader->answer_len, line, len);
    reader->answer_len += len;
    reader->answer[reader->answer_len++] = '\n';
}

enum err
mla_form_read(struct span text, json_t **out, struct problems *problems)
{
    struct reader reader = {.tree = json_object(), .problems = problems};
    const char *from = (const char *)text.data;
    const char *end = from == NULL ? NULL : from + text.len;
    const size_t before = problems_total(problems);
    enum err err = ERR_OK;

    *out = NULL;
    reader.answer = malloc(text.len + 2);
    if (reader.tree == NULL || reader.answer == NULL) {
        err = ERR_NOMEM;
        goto done;
    }
    for (size_t number = 1; from < end && err == ERR_OK; number++) {
        const char *stop = memchr(from, '\n', (size_t)(end - from));
        const size_t len = (size_t)((stop == NULL ? end : stop) - from);
        if (memchr(from, '\0', len) != NULL) {
            problems_add(problems, problem_path("line %zu", number).text, "save it as plain text",
                         "there is a NUL in this line");
            break;
        }
        if (len > 0 && from[0] == '[') {
            err = end_part(&reader);
            begin_part(&reader, from, len, number);
        } else if (len == 0 || from[0] != '#') {
            add_line(&reader, from, len, number);
        }
        from = stop == NULL ? end : stop + 1;
    }
    if (err == ERR_OK)
        err = end_part(&reader);
    if (err == ERR_OK && problems_total(problems) != before)
        err = ERR_FORMAT;
    if (err == ERR_OK) {
        *out = reader.tree;
        reader.tree = NULL;
    }

done:
    free(reader.answer);
    json_decref(reader.tree);
    return err;
}

size_t
mla_form_line(const char *text, const char *path)
{
    size_t number = 1, found = 1, found_len = 0;
    const size_t path_len = strlen(path);

    while (*text != '\0') {
        const size_t len = strcspn(text, "\n");
        if (text[0] == '[' && len > 2) {
            const size_t name_len = len - 2;
            const size_t shorter = name_len < path_len ? name_len : path_len;
            size_t same = 0;
            while (same < shorter && text[1 + same] == path[same])
                same++;
            /* The part itself, or the first of a group that the problem is about. */
            if (same == shorter && same > found_len) {
                found = number;
                found_len = same;
            }
        }
        text += len;
        if (*text == '\n')
            text++;
        number++;
    }
    return found;
}
