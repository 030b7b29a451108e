#include "clients/node/io/screen_person_command.h"

#include "clients/node/io/screening_show.h"
#include "proto/io/clock.h"
#include "proto/io/exit.h"
#include "proto/io/report.h"

#include <stdio.h>
#include <string.h>

enum { WHAT_BYTES = 256 };

static enum err
ask(const struct screen_person_words *words, struct person_query *query, struct problems *problems)
{
    const struct person_words person = {.full = words->names->items[0],
                                        .birth = words->birth,
                                        .nationality = words->nationality,
                                        .sex = words->sex};
    enum err err = person_ask(&person, query, problems);

    for (size_t i = 1; i < words->names->len && err == ERR_OK; i++)
        err = person_ask_also(words->names->items[i], query, problems);
    return err;
}

/* The first spelling as it was understood: letters alone, so that it may go to a terminal. */
static void
say_person(const struct person_query *query, char out[WHAT_BYTES])
{
    const struct name_form *form = &query->forms[0];
    char part[NAME_PART_BYTES];
    size_t len = 0;

    len += (size_t)snprintf(out, WHAT_BYTES, "person");
    for (size_t i = 0; i < form->parts_count && len < WHAT_BYTES; i++) {
        bool ends_family = form->is_divided && i + 1 == form->family_count;
        memcpy(part, form->parts[i], sizeof part);
        for (size_t k = 0; part[k] != '\0'; k++)
            part[k] = part[k] >= 'a' && part[k] <= 'z' ? (char)(part[k] - 'a' + 'A') : part[k];
        len += (size_t)snprintf(out + len, WHAT_BYTES - len, " %s%s", part, ends_family ? "," : "");
    }
}

static enum err
print_json(const struct screen_options *options, const char *what,
           const struct screening_answer *answer, struct arena *arena)
{
    json_t *json = NULL;
    enum err err = screening_json(options->screening, answer, arena, &json);

    if (err != ERR_OK)
        return err;
    json_object_set_new(json, "person", json_string(what + strlen("person ")));
    json_dumpf(json, stdout, JSON_COMPACT);
    fputc('\n', stdout);
    json_decref(json);
    return ERR_OK;
}

int
screen_person(const struct screen_options *options, const struct screen_person_words *words)
{
    static struct screening_answer answer; /* large */
    static struct person_query query;
    const struct screening_question question = {.person = &query};
    struct problems problems = {0};
    struct arena *arena = NULL;
    char what[WHAT_BYTES];
    enum err err = ask(words, &query, &problems);

    if (err != ERR_OK) {
        report_error(options->program, err, &problems, options->json);
        return EXIT_USAGE;
    }
    if (arena_new(ARENA_BYTES_MAX, &arena) != ERR_OK) {
        report_error(options->program, ERR_NOMEM, &problems, options->json);
        return EXIT_CANNOT_SAY;
    }
    say_person(&query, what);
    err = screening_ask(options->screening, &question, clock_now_ms(), &answer);
    if (err == ERR_OK && options->json)
        err = print_json(options, what, &answer, arena);
    else if (err == ERR_OK)
        err = screening_print(stdout, options->screening, what, &answer, arena);
    arena_free(&arena);
    if (err == ERR_OK)
        return screening_verdict_exit(answer.verdict);
    report_error(options->program, screening_tell(err, &problems), &problems, options->json);
    return EXIT_CANNOT_SAY; /* never something that looks like "clear" */
}
