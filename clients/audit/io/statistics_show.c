#include "clients/audit/io/statistics_show.h"

#include "clients/audit/statistics.h"
#include "proto/io/term.h"
#include "proto/kind.h"

#include <jansson.h>
#include <stdio.h>

enum { STATISTICS_SCHEMA = 1, NUMBER_BYTES = 24 };

static enum err
count(void *context, const struct audit_outcome *outcome, struct span entry)
{
    (void)entry;
    return statistics_take(context, outcome);
}

static const char *
kind_word(Denrei__V1__Kind number)
{
    const struct kind_type *kind = kind_find(number);

    return kind == NULL ? "" : kind->name;
}

/* ---- tables */

static const char *
number_text(uint64_t number, char out[NUMBER_BYTES])
{
    snprintf(out, NUMBER_BYTES, "%llu", (unsigned long long)number);
    return out;
}

static enum err
print_rows(const struct statistics *statistics)
{
    static const struct term_column COLUMNS[] = {
        {.title = "MONTH"},
        {.title = "MEMBER"},
        {.title = "KIND"},
        {.title = "SENT", .right = true},
        {.title = "UPDATED", .right = true},
        {.title = "WITHDRAWN", .right = true},
        {.title = "RECEIVED", .right = true},
        {.title = "REFUSED", .right = true},
    };
    struct term_table *table = NULL;

    enum err err = term_table_new(stdout, COLUMNS, sizeof COLUMNS / sizeof COLUMNS[0], &table);
    for (size_t i = 0; i < statistics_count(statistics) && err == ERR_OK; i++) {
        const struct statistics_row *row = statistics_at(statistics, i);
        char text[5][NUMBER_BYTES];
        const char *cells[] = {row->month,
                               row->member,
                               kind_word(row->kind),
                               number_text(row->sent, text[0]),
                               number_text(row->updates, text[1]),
                               number_text(row->withdrawals, text[2]),
                               number_text(row->received, text[3]),
                               number_text(row->refused, text[4])};
        err = term_table_add(table, cells);
    }
    if (err == ERR_OK)
        err = term_table_print(table);
    term_table_free(&table);
    return err;
}

static enum err
print_hits(const struct statistics_hits *hits, size_t hits_count)
{
    static const struct term_column COLUMNS[] = {
        {.title = "MONTH"},
        {.title = "HITS TO"},
        {.title = "REPORTED", .right = true},
        {.title = "IN TIME", .right = true},
        {.title = "LATE", .right = true},
        {.title = "NO REPLY", .right = true},
        {.title = "OPEN", .right = true},
    };
    struct term_table *table = NULL;

    if (hits_count == 0)
        return ERR_OK;
    putchar('\n');
    enum err err = term_table_new(stdout, COLUMNS, sizeof COLUMNS / sizeof COLUMNS[0], &table);
    for (size_t i = 0; i < hits_count && err == ERR_OK; i++) {
        char text[5][NUMBER_BYTES];
        const char *cells[] = {hits[i].month,
                               hits[i].owner,
                               number_text(hits[i].reported, text[0]),
                               number_text(hits[i].in_time, text[1]),
                               number_text(hits[i].late, text[2]),
                               number_text(hits[i].unanswered, text[3]),
                               number_text(hits[i].open, text[4])};
        err = term_table_add(table, cells);
    }
    if (err == ERR_OK)
        err = term_table_print(table);
    term_table_free(&table);
    return err;
}

/* ---- JSON */

static json_t *
rows_json(const struct statistics *statistics)
{
    json_t *list = json_array();

    for (size_t i = 0; i < statistics_count(statistics); i++) {
        const struct statistics_row *row = statistics_at(statistics, i);
        json_array_append_new(
            list, json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I}", "month", row->month,
                            "member", row->member, "kind", kind_word(row->kind), "sent",
                            (json_int_t)row->sent, "updated", (json_int_t)row->updates, "withdrawn",
                            (json_int_t)row->withdrawals, "received", (json_int_t)row->received,
                            "refused", (json_int_t)row->refused));
    }
    return list;
}

static json_t *
hits_json(const struct statistics_hits *hits, size_t hits_count)
{
    json_t *list = json_array();

    for (size_t i = 0; i < hits_count; i++)
        json_array_append_new(
            list,
            json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:I}", "month", hits[i].month, "owner",
                      hits[i].owner, "reported", (json_int_t)hits[i].reported, "in_time",
                      (json_int_t)hits[i].in_time, "late", (json_int_t)hits[i].late, "no_reply",
                      (json_int_t)hits[i].unanswered, "open", (json_int_t)hits[i].open));
    return list;
}

static enum err
show(struct statistics *statistics, bool json)
{
    const struct statistics_hits *hits = NULL;
    size_t hits_count = 0;

    enum err err = statistics_sum_hits(statistics, &hits, &hits_count);
    if (err != ERR_OK)
        return err;
    if (!json) {
        err = print_rows(statistics);
        return err == ERR_OK ? print_hits(hits, hits_count) : err;
    }
    json_t *object = json_pack("{s:i, s:o, s:o}", "schema", (int)STATISTICS_SCHEMA, "messages",
                               rows_json(statistics), "hits", hits_json(hits, hits_count));
    if (object == NULL ||
        json_array_size(json_object_get(object, "messages")) != statistics_count(statistics) ||
        json_array_size(json_object_get(object, "hits")) != hits_count) {
        json_decref(object);
        return ERR_NOMEM;
    }
    json_dumpf(object, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(object);
    return ERR_OK;
}

enum err
statistics_print(const struct job *job, bool json, struct replay_report *report,
                 struct problems *problems)
{
    struct statistics *statistics = NULL;

    enum err err = statistics_new(&statistics);
    if (err == ERR_OK) {
        const struct replay_options replay = {.source = job->source,
                                              .root_file = job->root,
                                              .each = count,
                                              .context = statistics,
                                              .what = "replaying"};
        err = replay_run(&replay, report, problems);
    }
    if (err == ERR_OK)
        err = show(statistics, json);
    statistics_free(&statistics);
    return err;
}
