#include "clients/officer/io/mla_ask.h"

#include "clients/officer/io/editor.h"
#include "proto/field.h"
#include "proto/io/disk.h"
#include "proto/io/term.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- speaking and listening */

const char *
mla_ask_words(const struct mla_ask *dialogue, enum mla_words which)
{
    return mla_words(which, dialogue->session->language);
}

static struct span
span_of(const char *text)
{
    return (struct span){(const uint8_t *)text, strlen(text)};
}

/* The next line without its end; false at the end of the input. */
bool
mla_ask_listen(struct mla_ask *dialogue)
{
    fflush(stderr);
    const ssize_t got = getline(&dialogue->line, &dialogue->line_size, stdin);
    if (got < 0)
        return false;
    dialogue->line[strcspn(dialogue->line, "\r\n")] = '\0';
    return true;
}

/* Ask yes or no; anything but a clear word is `otherwise`.  False at the end of the input. */
bool
mla_ask_yes(struct mla_ask *dialogue, const char *about, enum mla_words question, bool otherwise,
            bool *out)
{
    fprintf(stderr, "\n%s%s%s %s ", about, about[0] == '\0' ? "" : ": ",
            mla_ask_words(dialogue, question), otherwise ? "[Y/n]" : "[y/N]");
    if (!mla_ask_listen(dialogue))
        return false;
    const char first = dialogue->line[0];
    *out = first == 'y' || first == 'Y' || (otherwise && first != 'n' && first != 'N');
    return true;
}

struct help_label
mla_ask_label(const struct mla_ask *dialogue, const struct mla_part *part)
{
    return help_field_label(part->type->name, part->field->name, dialogue->session->language);
}

/* What a list is called: "Offences", 罪名. */
struct help_label
mla_ask_list_label(const struct mla_ask *dialogue, const struct mla_part *part)
{
    static const char prefix[] = "request.";
    const size_t skip = strlen(prefix);
    char name[FIELD_WORD_BYTES];

    snprintf(name, sizeof name, "%.*s", (int)(part->list_len - skip), part->path.text + skip);
    return help_field_label(denrei__v1__mla_request__descriptor.name, name,
                            dialogue->session->language);
}

static void
tell_choices(const struct mla_ask *dialogue, const ProtobufCEnumDescriptor *type)
{
    for (unsigned i = 0; i < type->n_values; i++) {
        const int number = type->values[i].value;
        const char *help = help_find(type->name, type->values[i].name)->text;
        if (number == 0)
            continue;
        fprintf(stderr, "    %2d %s", number, field_enum_word(type, number));
        if (dialogue->session->language == LANGUAGE_JA)
            fprintf(stderr, "  %s", help_value_label(type, number, LANGUAGE_JA).text);
        else if (help[0] != '\0')
            fprintf(stderr, "  (%s)", help);
        fputc('\n', stderr);
    }
}

static void
tell_languages(const struct mla_ask *dialogue)
{
    const struct mla_session *session = dialogue->session;
    const struct problem_path languages = mla_form_languages(session->requested, session->language);

    if (languages.text[0] != '\0')
        fprintf(stderr, "  %s (%s): %s\n", mla_ask_words(dialogue, MLA_WORDS_LANGUAGES),
                session->to, languages.text);
}

static void
tell_part(struct mla_ask *dialogue, const struct mla_part *part)
{
    static const enum mla_words HOW[] = {[MLA_ANSWER_LINE] = MLA_WORDS_COUNT,
                                         [MLA_ANSWER_LINES] = MLA_WORDS_LINES,
                                         [MLA_ANSWER_LIST] = MLA_WORDS_LIST,
                                         [MLA_ANSWER_CHOICE] = MLA_WORDS_CHOICE,
                                         [MLA_ANSWER_YES_NO] = MLA_WORDS_YES_NO};
    const struct treaty_rule *rule = &part->content->rule;
    const struct help *help = help_find(part->type->name, part->field->name);
    const bool is_ja = dialogue->session->language == LANGUAGE_JA;

    fputc('\n', stderr);
    term_style(stderr, TERM_BOLD);
    fprintf(stderr, "[%zu/%zu] ", dialogue->at + 1, dialogue->count);
    if (part->list_len > 0)
        fprintf(stderr, "%s %zu: ", mla_ask_list_label(dialogue, part).text, part->item + 1);
    fprintf(stderr, "%s", mla_ask_label(dialogue, part).text);
    term_style(stderr, TERM_PLAIN);
    fprintf(stderr, "  (%s; %s)\n  %s\n",
            mla_ask_words(dialogue, part->is_needed ? MLA_WORDS_MANDATORY : MLA_WORDS_OPTIONAL),
            rule->article, is_ja ? rule->text_ja : rule->text);
    const struct treaty_rule *more = mla_form_rule(dialogue->session->treaty, part);
    if (more != NULL)
        fprintf(stderr, "  %s (%s)\n", is_ja ? more->text_ja : more->text, more->article);
    if (help->example[0] != '\0')
        fprintf(stderr, "  %s: %s\n", mla_ask_words(dialogue, MLA_WORDS_EXAMPLE), help->example);
    if (part->answer == MLA_ANSWER_CHOICE)
        tell_choices(dialogue, part->field->descriptor);
    if (strcmp(part->path.text, "request.language") == 0)
        tell_languages(dialogue);
    if (HOW[part->answer] != MLA_WORDS_COUNT)
        fprintf(stderr, "  (%s)\n", mla_ask_words(dialogue, HOW[part->answer]));
    if (dialogue->before[0] != '\0') {
        fprintf(stderr, "  %s: ", mla_ask_words(dialogue, MLA_WORDS_NOW));
        term_put_lines(stderr, span_of(dialogue->before), 4);
        fputc('\n', stderr);
    }
}

/* A problem, in Japanese where it is that something is missing: the profile has the words. */
static void
tell_problem(const struct mla_ask *dialogue, const struct problem *problem)
{
    const struct mla_session *session = dialogue->session;
    static const char missing[] = "it is missing";
    const bool is_missing = strncmp(problem->wrong, missing, strlen(missing)) == 0;

    term_style(stderr, TERM_RED);
    fprintf(stderr, "  %s",
            mla_ask_words(dialogue, is_missing ? MLA_WORDS_MISSING : MLA_WORDS_WRONG));
    term_style(stderr, TERM_PLAIN);
    fputs(" ", stderr);
    term_put(stderr, span_of(problem->path.text));
    fputs(": ", stderr);
    for (size_t i = 0; is_missing && session->language == LANGUAGE_JA && i < dialogue->count; i++) {
        const struct mla_part *part = &dialogue->parts[i];
        const size_t len = strlen(problem->path.text);
        if (strncmp(part->path.text, problem->path.text, len) != 0)
            continue;
        fprintf(stderr, "%s（%s）\n", part->content->rule.text_ja, part->content->rule.article);
        return;
    }
    term_put(stderr, span_of(problem->wrong));
    fputs("\n    -> ", stderr);
    term_put(stderr, span_of(problem->cure));
    fputc('\n', stderr);
}

/* ---- one part */

void
mla_ask_make_parts(struct mla_ask *dialogue)
{
    struct problems unused = {0};
    const Denrei__V1__Mla *mla = mla_session_check(dialogue->session, &unused);

    dialogue->count = mla_form_parts(dialogue->session->treaty, dialogue->session->tree, mla,
                                     dialogue->parts, MLA_PARTS_MAX);
}

/* Whether a problem at `path` is about the part: the part itself, or an item of its list. */
static bool
is_about(const char *path, const struct mla_part *part)
{
    const size_t len = strlen(part->path.text);

    return strncmp(path, part->path.text, len) == 0 && (path[len] == '\0' || path[len] == '[');
}

/* Take the answer, check it at once, keep it; what is wrong is told and not kept. */
static enum mla_step
take_answer(struct mla_ask *dialogue, const struct mla_part *part, const char *text)
{
    struct mla_session *session = dialogue->session;
    struct problems found = {0};
    bool is_good = true;

    if (mla_form_set(session->tree, part->path.text, text, &found) == ERR_OK)
        (void)mla_session_check(session, &found);
    for (size_t i = 0; i < found.count && text[0] != '\0'; i++) {
        if (is_about(found.list[i].path.text, part)) {
            tell_problem(dialogue, &found.list[i]);
            is_good = false;
        }
    }
    if (!is_good) {
        struct problems unused = {0};
        (void)mla_form_set(session->tree, part->path.text, dialogue->before, &unused);
    }
    if (mla_session_save(session) != ERR_OK)
        return STEP_FAILED;
    return is_good ? STEP_NEXT : STEP_AGAIN;
}

/* More lines until one that is only a dot; the draft keeps each of them. */
static enum mla_step
take_lines(struct mla_ask *dialogue, const struct mla_part *part)
{
    size_t len = 0;

    for (;;) {
        struct problems unused = {0};
        const size_t more = strlen(dialogue->line);
        if (len + more + 2 > MLA_FORM_BYTES)
            break;
        memcpy(dialogue->answer + len, dialogue->line, more);
        len += more;
        dialogue->answer[len++] = '\n';
        dialogue->answer[len] = '\0';
        (void)mla_form_set(dialogue->session->tree, part->path.text, dialogue->answer, &unused);
        if (mla_session_save(dialogue->session) != ERR_OK)
            return STEP_FAILED;
        fputs("> ", stderr);
        if (!mla_ask_listen(dialogue))
            return STEP_END;
        if (strcmp(dialogue->line, ".") == 0)
            break;
    }
    return take_answer(dialogue, part, dialogue->answer);
}

/* One part in the editor: a file beside the draft that holds it alone. */
static enum mla_step
edit_part(struct mla_ask *dialogue, const struct mla_part *part)
{
    char path[DISK_PATH_BYTES + 8];
    struct problems found = {0};
    uint8_t *text = NULL;
    size_t len = 0;

    snprintf(path, sizeof path, "%s.part", dialogue->session->draft);
    enum err err = disk_write(path, span_of(dialogue->before), DISK_REPLACE);
    if (err == ERR_OK)
        err = editor_edit(path, 1, &found);
    if (err == ERR_OK)
        err = disk_read(path, MLA_FORM_BYTES - 1, &text, &len);
    for (size_t i = 0; i < found.count; i++)
        tell_problem(dialogue, &found.list[i]);
    if (err == ERR_OK && strlen((const char *)text) == len)
        snprintf(dialogue->answer, MLA_FORM_BYTES, "%s", (const char *)text);
    unlink(path);
    free(text);
    return err == ERR_OK ? take_answer(dialogue, part, dialogue->answer) : STEP_AGAIN;
}

/* What is missing and what is wrong; returns how many. */
size_t
mla_ask_tell_open(struct mla_ask *dialogue)
{
    struct problems found = {0};

    (void)mla_session_check(dialogue->session, &found);
    for (size_t i = 0; i < found.count; i++)
        tell_problem(dialogue, &found.list[i]);
    return problems_total(&found);
}

static enum mla_step
obey(struct mla_ask *dialogue, const struct mla_part *part)
{
    const char *command = dialogue->line;

    if (strcmp(command, ":back") == 0)
        return STEP_BACK;
    if (strcmp(command, ":skip") == 0)
        return STEP_NEXT;
    if (strcmp(command, ":quit") == 0)
        return STEP_END;
    if (strcmp(command, ":clear") == 0)
        return take_answer(dialogue, part, "");
    if (strcmp(command, ":edit") == 0)
        return edit_part(dialogue, part);
    if (strcmp(command, ":missing") == 0) {
        mla_ask_tell_open(dialogue);
        return STEP_AGAIN;
    }
    fprintf(stderr, "  %s %s\n", mla_ask_words(dialogue, MLA_WORDS_UNKNOWN),
            mla_ask_words(dialogue, MLA_WORDS_COMMANDS));
    return STEP_AGAIN;
}

enum mla_step
mla_ask_part(struct mla_ask *dialogue, const struct mla_part *part)
{
    mla_form_answer(dialogue->session->tree, part->path.text, dialogue->before, MLA_FORM_BYTES);
    tell_part(dialogue, part);
    fputs("> ", stderr);
    if (!mla_ask_listen(dialogue))
        return STEP_END;
    if (dialogue->line[0] == ':')
        return obey(dialogue, part);
    if (dialogue->line[strspn(dialogue->line, " \t")] == '\0' || strcmp(dialogue->line, ".") == 0) {
        if (!part->is_needed || dialogue->before[0] != '\0')
            return STEP_NEXT;
        fprintf(stderr, "  %s (%s)\n", mla_ask_words(dialogue, MLA_WORDS_MUST),
                part->content->rule.article);
        return STEP_AGAIN;
    }
    if (part->answer == MLA_ANSWER_LINES || part->answer == MLA_ANSWER_LIST)
        return take_lines(dialogue, part);
    return take_answer(dialogue, part, dialogue->line);
}
