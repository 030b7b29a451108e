#include "proto/io/args_help.h"

#include "proto/io/term.h"

#include <string.h>

enum { LEFT_COLUMNS = 28, RIGHT_COLUMNS = 98, LEFT_BYTES = 128, SHORT_EXAMPLES = 2 };

/* Print `text` as paragraphs of words, the first line going on at column `at`. */
static void
put_wrapped(FILE *file, const char *text, size_t indent, size_t at)
{
    while (*text != '\0') {
        size_t word_len = strcspn(text, " \n");
        char word[LEFT_BYTES] = "";
        size_t kept = word_len < sizeof word ? word_len : sizeof word - 1;
        memcpy(word, text, kept);
        if (at > indent && at + 1 + term_width(word) > RIGHT_COLUMNS) {
            fprintf(file, "\n%*s", (int)indent, "");
            at = indent;
        } else if (at > indent) {
            fputc(' ', file);
            at++;
        }
        fwrite(text, 1, word_len, file);
        at += term_width(word);
        text += word_len;
        if (*text == '\n') {
            fprintf(file, "\n%*s", (int)indent, "");
            at = indent;
        }
        text += *text != '\0';
    }
    fputc('\n', file);
}

/* A term on the left, what it means on the right. */
static void
put_item(FILE *file, const char *left, const char *right)
{
    size_t width = term_width(left);

    fprintf(file, "  %s", left);
    if (width + 4 > LEFT_COLUMNS)
        fprintf(file, "\n%*s", LEFT_COLUMNS, "");
    else
        fprintf(file, "%*s", (int)(LEFT_COLUMNS - 2 - width), "");
    put_wrapped(file, right, LEFT_COLUMNS, LEFT_COLUMNS);
}

static void
put_option(FILE *file, const struct args_option *option)
{
    char left[LEFT_BYTES], letter[8] = "    ";

    if (option->letter != 0)
        snprintf(letter, sizeof letter, "-%c, ", option->letter);
    snprintf(left, sizeof left, "%s--%s%s%s", letter, option->name,
             option->value != NULL ? " " : "", option->value != NULL ? option->value : "");
    put_item(file, left, option->help);
}

static void
put_options(FILE *file, const char *title, const struct args_option *options, size_t len)
{
    if (len == 0)
        return;
    fprintf(file, "\n%s:\n", title);
    for (size_t i = 0; i < len; i++)
        put_option(file, &options[i]);
}

static void
put_examples(FILE *file, const char *examples, size_t lines_max)
{
    if (examples == NULL || examples[0] == '\0')
        return;
    fputs("Examples:\n", file);
    for (size_t i = 0; i < lines_max && *examples != '\0'; i++) {
        size_t len = strcspn(examples, "\n");
        fprintf(file, "  %.*s\n", (int)len, examples);
        examples += len + (examples[len] == '\n');
    }
}

static void
put_usage(FILE *file, const struct args_program *program, const struct args_command *command)
{
    bool named = command->name[0] != '\0';
    bool has_arguments = command->arguments != NULL && command->arguments[0] != '\0';

    fprintf(file, "Usage: %s%s%s [OPTION]...%s%s\n", program->name, named ? " " : "", command->name,
            has_arguments ? " " : "", has_arguments ? command->arguments : "");
}

static void
put_notes(FILE *file, const char *notes)
{
    if (notes == NULL || notes[0] == '\0')
        return;
    fputc('\n', file);
    put_wrapped(file, notes, 0, 0);
}

void
args_help_short(FILE *file, const struct args_program *program, const struct args_command *command)
{
    if (command == NULL)
        fprintf(file, "Usage: %s COMMAND [OPTION]... [ARGUMENT]...\n", program->name);
    else
        put_usage(file, program, command);
    put_examples(file, command == NULL ? program->examples : command->examples, SHORT_EXAMPLES);
}

void
args_help_program(FILE *file, const struct args_program *program)
{
    fprintf(file, "%s: %s\n\n", program->name, program->summary);
    put_examples(file, program->examples, SIZE_MAX);
    fprintf(file, "\nUsage: %s COMMAND [OPTION]... [ARGUMENT]...\n\nCommands:\n", program->name);
    for (size_t i = 0; i < program->commands_len; i++) {
        const struct args_command *command = &program->commands[i];
        put_item(file, command->name[0] != '\0' ? command->name : "(none)", command->summary);
    }
    fprintf(file, "\n`%s help COMMAND` explains one of them.\n", program->name);
    put_options(file, "Options of every command", program->common, program->common_len);
    put_options(file, "Options of every program", ARGS_BUILT_IN, ARGS_BUILT_IN_LEN);
    put_notes(file, program->notes);
}

void
args_help_command(FILE *file, const struct args_program *program,
                  const struct args_command *command)
{
    fprintf(file, "%s%s%s: %s\n\n", program->name, command->name[0] != '\0' ? " " : "",
            command->name, command->summary);
    put_examples(file, command->examples, SIZE_MAX);
    fputc('\n', file);
    put_usage(file, program, command);
    put_options(file, "Options", command->options, command->options_len);
    put_options(file, "Options of every command", program->common, program->common_len);
    put_options(file, "Options of every program", ARGS_BUILT_IN, ARGS_BUILT_IN_LEN);
    put_notes(file, command->notes);
}
