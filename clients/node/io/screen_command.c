#include "clients/node/io/screen_command.h"

#include "clients/message_json.h"
#include "clients/node/io/screening_show.h"
#include "proto/io/clock.h"
#include "proto/io/disk.h"
#include "proto/io/exit.h"
#include "proto/io/report.h"
#include "proto/io/term.h"

#include <stdlib.h>
#include <string.h>

enum { SCREEN_FILE_BYTES_MAX = 64 << 20, SCREEN_LINE_BYTES_MAX = 256 };

/* What was asked and answered. */
struct asked {
    const struct screen_query *query;
    struct screening_answer answer;
};

static enum err
print_json(const struct screen_options *options, const struct asked *asked, uint64_t line,
           struct arena *arena)
{
    json_t *json = NULL;
    enum err err = screening_json(options->screening, &asked->answer, arena, &json);

    if (err != ERR_OK)
        return err;
    json_object_set_new(json, "number", json_string(asked->query->number.text));
    json_object_set_new(json, "state", json_string(asked->query->state));
    if (line > 0)
        json_object_set_new(json, "line", json_integer((json_int_t)line));
    json_dumpf(json, stdout, JSON_COMPACT);
    fputc('\n', stdout);
    json_decref(json);
    return ERR_OK;
}

static enum err
print_text(const struct screen_options *options, const struct asked *asked, struct arena *arena)
{
    char what[64];

    snprintf(what, sizeof what, "document %s of %s%s", asked->query->number.text,
             asked->query->state, asked->query->has_mrz ? ", and its holder" : "");
    return screening_print(stdout, options->screening, what, &asked->answer, arena);
}

/* ---- commands */

static int
answer(const struct screen_options *options, const struct screen_query *query, uint64_t line,
       struct arena *arena)
{
    static struct asked asked; /* large, and one is answered after the other */
    static struct person_query holder;
    uint64_t now_ms = clock_now_ms();
    const struct screening_question question = {.document = query,
                                                .person = query->has_mrz ? &holder : NULL};
    struct problems problems = {0};

    if (query->has_mrz)
        person_ask_mrz(&query->mrz, date_text_from_ms(now_ms).year, &holder);
    enum err err = screening_ask(options->screening, &question, now_ms, &asked.answer);

    asked.query = query;
    arena_reset(arena);
    if (err == ERR_OK && options->json)
        err = print_json(options, &asked, line, arena);
    else if (err == ERR_OK && line > 0)
        printf("%llu\t%s\t%s\t%s\t%s\n", (unsigned long long)line,
               screening_verdict_word(asked.answer.verdict), query->number.text, query->state,
               asked.answer.reason);
    else if (err == ERR_OK)
        err = print_text(options, &asked, arena);
    asked.query = NULL; /* it was lent */
    if (err == ERR_OK)
        return screening_verdict_exit(asked.answer.verdict);
    report_error(options->program, screening_tell(err, &problems), &problems, options->json);
    return EXIT_CANNOT_SAY; /* never something that looks like "clear" */
}

static int
answer_one(const struct screen_options *options, enum err asked, const struct screen_query *query,
           const struct problems *problems)
{
    struct arena *arena = NULL;
    int code = EXIT_FAILED;

    if (asked != ERR_OK) {
        /* A zone that was misread has not been screened: that is no "clear". */
        report_error(options->program, asked, problems, options->json);
        return asked == ERR_RANGE ? EXIT_CANNOT_SAY : EXIT_USAGE;
    }
    if (arena_new(ARENA_BYTES_MAX, &arena) != ERR_OK)
        return report_error(options->program, ERR_NOMEM, problems, options->json);
    code = answer(options, query, 0, arena);
    arena_free(&arena);
    return code;
}

int
screen_number(const struct screen_options *options, const char *number, const char *state)
{
    struct screen_query query;
    struct problems problems = {0};
    enum err err = screen_ask_number(number, state, &query, &problems);

    return answer_one(options, err, &query, &problems);
}

int
screen_mrz(const struct screen_options *options, const char *zone)
{
    struct screen_query query;
    struct problems problems = {0};
    enum err err = screen_ask_mrz(zone, &query, &problems);

    return answer_one(options, err, &query, &problems);
}

/* A line of a file: NUMBER STATE where there is a blank or a comma in it, else a zone. */
static enum err
ask_line(char *line, struct screen_query *query, struct problems *problems)
{
    char *gap = strpbrk(line, " \t,;");

    if (gap == NULL)
        return screen_ask_mrz(line, query, problems);
    *gap = '\0';
    return screen_ask_number(line, gap + 1 + strspn(gap + 1, " \t,;"), query, problems);
}

/* A hit anywhere is what matters most, then a line that could not be judged. */
static int
worst(int so_far, int code)
{
    if (so_far == EXIT_HIT || code == EXIT_HIT)
        return EXIT_HIT;
    return code == EXIT_DONE ? so_far : EXIT_CANNOT_SAY;
}

/* A line that names no document gets its row too, lest it be counted among the clear ones. */
static void
print_unread(const struct screen_options *options, uint64_t number, const struct problems *problems)
{
    const char *wrong = problems->list[0].wrong;

    if (options->json) {
        json_t *answer = json_pack("{s:i, s:s, s:s, s:I}", "schema", (int)MESSAGE_JSON_SCHEMA,
                                   "verdict", screening_verdict_word(SCREEN_CANNOT_SAY), "reason",
                                   wrong, "line", (json_int_t)number);
        if (answer != NULL)
            json_dumpf(answer, stdout, JSON_COMPACT);
        json_decref(answer);
    } else {
        printf("%llu\t%s\t\t\t", (unsigned long long)number,
               screening_verdict_word(SCREEN_CANNOT_SAY));
        term_put(stdout, (struct span){(const uint8_t *)wrong, strlen(wrong)});
    }
    putchar('\n');
}

static int
screen_line(const struct screen_options *options, char *line, uint64_t number, struct arena *arena)
{
    struct screen_query query;
    struct problems problems = {0};
    size_t len = strlen(line);

    if (len > SCREEN_LINE_BYTES_MAX)
        problems_add(&problems, "", "Put one document on each line.", "The line is too long.");
    else if (ask_line(line, &query, &problems) == ERR_OK)
        return answer(options, &query, number, arena);
    print_unread(options, number, &problems);
    return EXIT_CANNOT_SAY;
}

/* Whether a line asks for nothing: it is empty, or a comment. */
static bool
is_empty(char *line)
{
    line[strcspn(line, "\r\n")] = '\0';
    return line[strspn(line, " \t")] == '\0' || line[0] == '#';
}

/* Every line of `text`, which ends with a NUL; *documents says how many were asked for. */
static int
screen_lines(const struct screen_options *options, char *text, size_t len, struct arena *arena,
             uint64_t *documents)
{
    char *line = text;
    int code = EXIT_DONE;

    *documents = 0;
    for (uint64_t number = 1; line < text + len; number++) {
        char *end = memchr(line, '\n', (size_t)(text + len - line));
        if (term_is_closed())
            return worst(code, EXIT_CANNOT_SAY); /* the reader has gone: the rest is not screened */
        if (end != NULL)
            *end = '\0';
        if (!is_empty(line)) {
            code = worst(code, screen_line(options, line, number, arena));
            (*documents)++;
        }
        line = end == NULL ? text + len : end + 1;
    }
    return code;
}

int
screen_file(const struct screen_options *options, const char *path)
{
    struct problems problems = {0};
    struct arena *arena = NULL;
    uint8_t *text = NULL;
    size_t len = 0;
    uint64_t documents = 0;
    int code = EXIT_CANNOT_SAY;
    bool is_stream = strcmp(path, "-") == 0;
    enum err err = is_stream ? disk_read_stream(0, SCREEN_FILE_BYTES_MAX, &text, &len)
                             : disk_read(path, SCREEN_FILE_BYTES_MAX, &text, &len);

    if (err == ERR_OK)
        err = arena_new(ARENA_BYTES_MAX, &arena);
    if (err != ERR_OK) {
        problems_add(&problems, is_stream ? "standard input" : path,
                     "give a file with NUMBER STATE or a zone on each line",
                     "the list cannot be read: %s",
                     disk_why(err, is_stream ? NULL : path, SCREEN_FILE_BYTES_MAX).text);
        (void)report_error(options->program, err, &problems, options->json);
        goto done; /* nothing was screened, which is no "clear" either */
    }
    code = screen_lines(options, (char *)text, len, arena, &documents);
    if (documents == 0) { /* a list that was cut off upstream must not look like "all clear" */
        problems_add(&problems, path, "put NUMBER STATE or a machine-readable zone on each line",
                     "the list has no documents");
        (void)report_error(options->program, ERR_FORMAT, &problems, options->json);
        code = EXIT_CANNOT_SAY;
    }

done:
    arena_free(&arena);
    free(text);
    return code;
}
