#include "proto/io/report.h"

#include "proto/io/exit.h"
#include "proto/io/term.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

static void
put_text(const char *text)
{
    term_put(stderr, (struct span){(const uint8_t *)text, strlen(text)});
}

static void
put_problem(const char *program, const struct problem *problem)
{
    fprintf(stderr, "%s: ", program);
    if (problem->path.text[0] != '\0') {
        put_text(problem->path.text);
        fputs(": ", stderr);
    }
    put_text(problem->wrong);
    fputc('\n', stderr);
    if (problem->cure[0] != '\0') {
        fputs("  -> ", stderr);
        put_text(problem->cure);
        fputc('\n', stderr);
    }
}

static json_t *
problem_json(const struct problem *problem)
{
    return json_pack("{s:s, s:s, s:s}", "field", problem->path.text, "message", problem->wrong,
                     "hint", problem->cure);
}

/* The first problem stands for all in the fields that most programs read. */
static void
put_json(enum err err, const struct problems *problems)
{
    struct problem plain = {0};
    json_t *list = json_array();

    snprintf(plain.wrong, sizeof plain.wrong, "%s", err_text(err));
    const struct problem *first = problems->count > 0 ? &problems->list[0] : &plain;
    for (size_t i = 0; i < problems->count; i++)
        json_array_append_new(list, problem_json(&problems->list[i]));
    json_t *error = json_pack("{s:s, s:s, s:s, s:s, s:i, s:o}", "code", err_name(err), "message",
                              first->wrong, "hint", first->cure, "field", first->path.text, "exit",
                              exit_code(err), "problems", list);
    json_t *top = json_pack("{s:i, s:o}", "schema", REPORT_SCHEMA, "error", error);
    if (top == NULL || json_dumpf(top, stderr, JSON_COMPACT) != 0)
        fprintf(stderr, "{\"schema\":%d,\"error\":{\"exit\":%d}}", REPORT_SCHEMA, exit_code(err));
    fputc('\n', stderr);
    json_decref(top);
}

int
report_error(const char *program, enum err err, const struct problems *problems, bool json)
{
    static const struct problems none;

    if (problems == NULL)
        problems = &none;
    if (json) {
        put_json(err, problems);
        return exit_code(err);
    }
    for (size_t i = 0; i < problems->count; i++)
        put_problem(program, &problems->list[i]);
    if (problems->dropped > 0)
        fprintf(stderr, "%s: %zu more problems were found\n", program, problems->dropped);
    if (problems->count == 0)
        fprintf(stderr, "%s: %s\n", program, err_text(err));
    return exit_code(err);
}

int
report_end(const char *program, int code, bool json)
{
    struct problems problems = {0};
    const char *why = "";

    if (term_flush(&why))
        return code;
    problems_add(
        &problems, "standard output",
        "what was done stands, only its output is not whole; print to where it can be written",
        "it cannot be written: %s", why);
    int failed = report_error(program, ERR_IO, &problems, json);
    return code == EXIT_DONE ? failed : code;
}
