#include "clients/node/io/list_command.h"

#include "clients/message_json.h"
#include "clients/node/io/screening_show.h"
#include "clients/node/passenger_csv.h"
#include "clients/node/paxlst.h"
#include "proto/io/clock.h"
#include "proto/io/disk.h"
#include "proto/io/exit.h"
#include "proto/io/report.h"
#include "proto/io/term.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is said of one traveller. */
struct outcome {
    enum screen_verdict verdict;
    char reason[PROBLEM_TEXT_BYTES];
};

/* One list under way. */
struct job {
    const struct screen_options *options;
    struct passenger_list list;
    struct problems problems;
    struct outcome *outcomes; /* one a traveller */
    struct arena *arena;      /* of the list */
    struct arena *scratch;    /* of one answer */
    size_t counts[3];         /* by verdict */
    struct person_query person;
    struct screening_answer answer;
};

/* ---- one traveller */

/* Ask about one document; a carrier often leaves the issuing state of a passport out. */
static enum err
ask_document(const struct passenger *passenger, size_t index, struct screen_query *query,
             struct problems *problems)
{
    const struct passenger_document *document = &passenger->documents[index];
    bool is_visa = document->type[0] == 'V';
    const char *state = document->state;

    if (state[0] == '\0' && !is_visa)
        state = passenger->nationality;
    return screen_ask_number(document->number, state, query, problems);
}

/* A hit outweighs what cannot be said, and that outweighs clear. */
static void
weigh(struct outcome *outcome, enum screen_verdict verdict, const char *reason)
{
    bool is_worse = verdict == SCREEN_HIT
                        ? outcome->verdict != SCREEN_HIT
                        : verdict == SCREEN_CANNOT_SAY && outcome->verdict == SCREEN_CLEAR;

    if (!is_worse)
        return;
    outcome->verdict = verdict;
    snprintf(outcome->reason, sizeof outcome->reason, "%s", reason);
}

/* What to do with each answer about a traveller. */
typedef enum err take_answer(struct job *job, const char *what, void *user);

/* Where an answer about a traveller goes. */
struct sink {
    take_answer *take; /* NULL: nowhere */
    void *user;
};

static enum err
ask_one(struct job *job, const struct screening_question *question, const char *what,
        struct outcome *outcome, const struct sink *sink)
{
    enum err err = screening_ask(job->options->screening, question, clock_now_ms(), &job->answer);

    if (err != ERR_OK)
        return err;
    weigh(outcome, job->answer.verdict,
          job->answer.findings_count > 0 ? job->answer.findings[0].reason : job->answer.reason);
    arena_reset(job->scratch);
    return sink->take == NULL ? ERR_OK : sink->take(job, what, sink->user);
}

static enum err
ask_documents(struct job *job, const struct passenger *passenger, struct outcome *outcome,
              const struct sink *sink)
{
    enum err err = ERR_OK;

    for (size_t i = 0; i < passenger->documents_count && err == ERR_OK; i++) {
        struct problems problems = {0};
        struct screen_query query;
        const struct screening_question question = {.document = &query};
        char what[64];
        if (ask_document(passenger, i, &query, &problems) != ERR_OK) {
            weigh(outcome, SCREEN_CANNOT_SAY, problems.list[0].wrong);
            continue;
        }
        snprintf(what, sizeof what, "document %s of %s", query.number.text, query.state);
        err = ask_one(job, &question, what, outcome, sink);
    }
    return err;
}

static enum err
ask_person(struct job *job, const struct passenger *passenger, struct outcome *outcome,
           const struct sink *sink)
{
    const struct person_words words = {.family = passenger->family,
                                       .given = passenger->given,
                                       .birth = passenger->birth,
                                       .nationality = passenger->nationality,
                                       .sex = passenger->sex};
    const struct screening_question question = {.person = &job->person};
    struct problems problems = {0};

    if (passenger->family[0] == '\0' && passenger->given[0] == '\0')
        return ERR_OK; /* a list of documents alone */
    if (person_ask(&words, &job->person, &problems) == ERR_OK)
        return ask_one(job, &question, "person", outcome, sink);
    weigh(outcome, SCREEN_CANNOT_SAY, problems.list[0].wrong);
    return ERR_OK;
}

static enum err
ask(struct job *job, const struct passenger *passenger, struct outcome *outcome,
    const struct sink *sink)
{
    *outcome = (struct outcome){.verdict = SCREEN_CLEAR};
    if (passenger->documents_count == 0)
        weigh(outcome, SCREEN_CANNOT_SAY, "the list names no document of this traveller");
    enum err err = ask_documents(job, passenger, outcome, sink);
    if (err == ERR_OK)
        err = ask_person(job, passenger, outcome, sink);
    if (passenger->damage[0] != '\0')
        weigh(outcome, SCREEN_CANNOT_SAY, passenger->damage);
    return err;
}

static void
put_name(const struct passenger *passenger, char *out, size_t room)
{
    snprintf(out, room, "%s%s%s", passenger->family, passenger->given[0] == '\0' ? "" : ", ",
             passenger->given);
}

static void
put_documents(const struct passenger *passenger, char *out, size_t room)
{
    size_t len = 0;

    out[0] = '\0';
    for (size_t i = 0; i < passenger->documents_count && len < room; i++)
        len += (size_t)snprintf(out + len, room - len, "%s%s %s", i == 0 ? "" : ", ",
                                passenger->documents[i].number, passenger->documents[i].state);
}

/* ---- for programs */

static enum err
add_answer(struct job *job, const char *what, void *user)
{
    json_t *answers = user;
    json_t *json = NULL;
    enum err err = screening_json(job->options->screening, &job->answer, job->scratch, &json);

    if (err != ERR_OK)
        return err;
    if (json_object_set_new(json, "asked", json_string(what)) != 0 ||
        json_array_append(answers, json) != 0)
        err = ERR_NOMEM;
    json_decref(json);
    return err;
}

static enum err
print_json(struct job *job, const struct passenger *passenger, struct outcome *outcome)
{
    json_t *answers = json_array();
    const struct sink sink = {add_answer, answers};
    enum err err = answers == NULL ? ERR_NOMEM : ask(job, passenger, outcome, &sink);

    if (err != ERR_OK) {
        json_decref(answers);
        return err;
    }
    json_t *row =
        json_pack("{s:i, s:I, s:I, s:s, s:s, s:s, s:s, s:s, s:b, s:s, s:s, s:o}", "schema",
                  (int)MESSAGE_JSON_SCHEMA, "place", (json_int_t)passenger->place, "source",
                  (json_int_t)passenger->source, "family_name", passenger->family, "given_names",
                  passenger->given, "date_of_birth", passenger->birth, "nationality",
                  passenger->nationality, "seat", passenger->seat, "crew", (int)passenger->is_crew,
                  "verdict", screening_verdict_word(outcome->verdict), "reason",
                  outcome->verdict == SCREEN_CANNOT_SAY ? outcome->reason : "", "answers", answers);
    if (row == NULL)
        return ERR_NOMEM;
    json_dumpf(row, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(row);
    return ERR_OK;
}

/* ---- for people */

static const struct term_column LIST_COLUMNS[] = {
    {.title = "NO", .right = true},
    {.title = "SEAT", .may_go = 1},
    {.title = "NAME"},
    {.title = "DOCUMENTS"},
    {.title = "VERDICT"},
    {.title = "REASON", .may_wrap = true},
};

static enum err
add_row(const struct passenger *passenger, const struct outcome *outcome, struct term_table *table)
{
    char place[24];
    char name[256];
    char documents[128];

    snprintf(place, sizeof place, "%llu", (unsigned long long)passenger->place);
    put_name(passenger, name, sizeof name);
    put_documents(passenger, documents, sizeof documents);
    const char *const cells[] = {
        place,          passenger->seat, name, documents, screening_verdict_word(outcome->verdict),
        outcome->reason};
    return term_table_add(table, cells);
}

static enum err
print_hit(struct job *job, const char *what, void *user)
{
    if (job->answer.verdict != SCREEN_HIT)
        return ERR_OK;
    const struct passenger *passenger = user;
    char name[256];
    put_name(passenger, name, sizeof name);
    printf("\nTraveller %llu, ", (unsigned long long)passenger->place);
    term_put(stdout, (struct span){(const uint8_t *)name, strlen(name)});
    printf(":\n");
    return screening_print(stdout, job->options->screening, what, &job->answer, job->scratch);
}

/* ---- the list */

static enum err
screen_all(struct job *job, struct term_table *table)
{
    static const struct sink nowhere;
    struct term_progress progress;
    enum err err = ERR_OK;

    term_progress_begin(&progress, "screening", job->list.count);
    for (size_t i = 0; i < job->list.count && err == ERR_OK; i++) {
        const struct passenger *passenger = &job->list.passengers[i];
        struct outcome *outcome = &job->outcomes[i];
        if (table == NULL) {
            err = print_json(job, passenger, outcome);
        } else {
            err = ask(job, passenger, outcome, &nowhere);
            if (err == ERR_OK)
                err = add_row(passenger, outcome, table);
        }
        if (err == ERR_OK)
            job->counts[outcome->verdict]++;
        term_progress_update(&progress, i + 1);
    }
    term_progress_end(&progress);
    return err;
}

static enum err
print_table(struct job *job)
{
    struct term_table *table = NULL;
    enum err err =
        term_table_new(stdout, LIST_COLUMNS, sizeof LIST_COLUMNS / sizeof LIST_COLUMNS[0], &table);

    if (err == ERR_OK)
        err = screen_all(job, table);
    if (err == ERR_OK)
        err = term_table_print(table);
    term_table_free(&table);
    for (size_t i = 0; i < job->list.count && err == ERR_OK; i++) {
        struct passenger *passenger = &job->list.passengers[i];
        const struct sink sink = {print_hit, passenger};
        struct outcome again;
        if (job->outcomes[i].verdict == SCREEN_HIT)
            err = ask(job, passenger, &again, &sink);
    }
    return err;
}

/* Tell how the list fared; what a carrier wrote is escaped. */
static void
tell_summary(const struct job *job)
{
    const struct passenger_list *list = &job->list;
    char text[512];

    snprintf(text, sizeof text, "%s%s%s%s%s", list->flight[0] == '\0' ? "the list" : list->flight,
             list->from[0] == '\0' ? "" : " ", list->from, list->to[0] == '\0' ? "" : " to ",
             list->to);
    fflush(stdout); /* the summary comes last */
    fprintf(stderr, "%s: ", job->options->program);
    term_put(stderr, (struct span){(const uint8_t *)text, strlen(text)});
    fprintf(stderr, ": %zu travellers, %zu HIT, %zu CANNOT_SAY, %zu CLEAR%s\n", list->count,
            job->counts[SCREEN_HIT], job->counts[SCREEN_CANNOT_SAY], job->counts[SCREEN_CLEAR],
            list->is_complete ? "" : "; the list is not whole");
}

static enum err
read_list(struct job *job, const char *path, struct span text)
{
    enum err err = arena_new(ARENA_BYTES_MAX, &job->arena);

    if (err == ERR_OK)
        err = arena_new(ARENA_BYTES_MAX, &job->scratch);
    if (err == ERR_OK)
        err = paxlst_is_likely(text)
                  ? paxlst_parse(text, date_text_from_ms(clock_now_ms()), job->arena, &job->list,
                                 &job->problems)
                  : passenger_csv_parse(text, job->arena, &job->list, &job->problems);
    if (err == ERR_FULL)
        problems_add(&job->problems, path, "divide the list", "it has more than %d travellers",
                     PASSENGERS_MAX);
    if (err == ERR_OK) {
        job->outcomes = calloc(job->list.count + 1, sizeof *job->outcomes);
        err = job->outcomes == NULL ? ERR_NOMEM : ERR_OK;
    }
    return err;
}

static int
screen_list(struct job *job, const char *path, struct span text)
{
    const struct screen_options *options = job->options;
    enum err err = read_list(job, path, text);

    if (err != ERR_OK) {
        (void)report_error(options->program, err, &job->problems, options->json);
        return EXIT_CANNOT_SAY;
    }
    if (!problems_is_empty(&job->problems))
        (void)report_error(options->program, ERR_FORMAT, &job->problems, options->json);
    err = options->json ? screen_all(job, NULL) : print_table(job);
    if (err != ERR_OK) {
        struct problems problems = {0};
        (void)report_error(options->program, screening_tell(err, &problems), &problems,
                           options->json);
        return job->counts[SCREEN_HIT] > 0 ? EXIT_HIT : EXIT_CANNOT_SAY;
    }
    if (!options->json)
        tell_summary(job);
    if (job->counts[SCREEN_HIT] > 0)
        return EXIT_HIT;
    return job->counts[SCREEN_CANNOT_SAY] > 0 || !job->list.is_complete ? EXIT_CANNOT_SAY
                                                                        : EXIT_DONE;
}

int
list_screen(const struct screen_options *options, const char *path)
{
    static struct job job; /* large, and one is screened in a process */
    struct problems problems = {0};
    uint8_t *text = NULL;
    size_t len = 0;
    int code = EXIT_CANNOT_SAY; /* what was not screened is not clear */
    bool is_stream = strcmp(path, "-") == 0;
    enum err err = is_stream ? disk_read_stream(0, PASSENGER_LIST_BYTES_MAX, &text, &len)
                             : disk_read(path, PASSENGER_LIST_BYTES_MAX, &text, &len);

    job = (struct job){.options = options};
    if (err == ERR_OK) {
        code = screen_list(&job, path, (struct span){text, len});
    } else {
        problems_add(&problems, is_stream ? "standard input" : path,
                     "give a passenger list, PAXLST or CSV", "the list cannot be read: %s",
                     disk_why(err, is_stream ? NULL : path, PASSENGER_LIST_BYTES_MAX).text);
        (void)report_error(options->program, err, &problems, options->json);
    }
    free(job.outcomes);
    arena_free(&job.scratch);
    arena_free(&job.arena);
    free(text);
    return code;
}
