#include "clients/message_json.h"
#include "clients/node/io/doclist_sort.h"
#include "clients/node/io/import_erase.h"
#include "clients/node/io/import_list.h"
#include "clients/node/io/node_commands.h"
#include "proto/io/clock.h"
#include "proto/io/exit.h"
#include "proto/io/report.h"
#include "proto/io/term.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- what is imported, and under which name */

static bool
is_stream(const char *path)
{
    return strcmp(path, "-") == 0;
}

static enum err
open_list(const char *path, struct import_list_options *out, struct problems *problems)
{
    struct stat status = {.st_mode = 0};

    out->fd = is_stream(path) ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    enum err err = out->fd < 0 || fstat(out->fd, &status) != 0 ? disk_err(errno) : ERR_OK;
    if (err == ERR_OK && S_ISDIR(status.st_mode))
        err = ERR_IO;
    if (err != ERR_OK) {
        problems_add(problems, path, "give the file of the list, or - for standard input",
                     "the list cannot be read: %s",
                     disk_is_dir(path) ? "it is a directory" : err_text(err));
        return err;
    }
    out->bytes_total = S_ISREG(status.st_mode) ? (uint64_t)status.st_size : 0;
    return ERR_OK;
}

/* --source, else the file's name up to its first dot, in small letters. */
static enum err
find_name(const struct node_options *options, const char *path, char out[IMPORTED_SOURCE_BYTES],
          struct problems *problems)
{
    const char *slash = strrchr(path, '/');
    const char *base = options->source != NULL ? options->source : slash == NULL ? path : slash + 1;
    size_t len = options->source != NULL ? strlen(base) : strcspn(base, ".");

    out[0] = '\0';
    for (size_t i = 0; i < len && len < IMPORTED_SOURCE_BYTES; i++) {
        out[i] = base[i] >= 'A' && base[i] <= 'Z' && options->source == NULL
                     ? (char)(base[i] - 'A' + 'a')
                     : base[i];
        if (out[i] == '_' && options->source == NULL)
            out[i] = '-';
        out[i + 1] = '\0';
    }
    if (imports_is_name(out))
        return ERR_OK;
    problems_add(problems, "--source",
                 "name the list with --source: 1 to 32 small letters, digits and hyphens",
                 "\"%s\" cannot name a list", base);
    return ERR_USAGE;
}

/* Beside the list, where that is a file and --rejects says nothing else. */
static enum err
find_rejects(const struct node_options *options, const char *path, char out[DISK_PATH_BYTES],
             struct import_list_options *list, struct problems *problems)
{
    struct stat status;

    list->rejects = options->rejects;
    if (options->rejects == NULL && !is_stream(path) && !options->dry_run) {
        int len = snprintf(out, DISK_PATH_BYTES, "%s.rejects.csv", path);
        list->rejects = len > 0 && len < DISK_PATH_BYTES ? out : NULL;
    }
    if (list->rejects == NULL || lstat(list->rejects, &status) != 0)
        return ERR_OK;
    problems_add(problems, list->rejects,
                 "import what you corrected in it, or move it away, or give --rejects FILE",
                 "the file for rejected rows is there already, so nothing was imported");
    return ERR_EXISTS;
}

/* ---- telling */

static void
print_import_json(const struct import_list_options *list, const struct import_list_result *result,
                  const struct problems *problems)
{
    json_t *told = json_array();

    for (size_t i = 0; i < problems->count; i++)
        json_array_append_new(
            told, json_pack("{s:s, s:s, s:s}", "field", problems->list[i].path.text, "message",
                            problems->list[i].wrong, "hint", problems->list[i].cure));
    json_t *top = json_pack(
        "{s:i, s:s, s:b, s:I, s:I, s:I, s:I, s:I, s:s*, s:o}", "schema", (int)MESSAGE_JSON_SCHEMA,
        "source", list->name, "dry_run", (int)list->is_trial, "records",
        (json_int_t)result->counts.records, "in_list", (json_int_t)result->header.records, "past",
        (json_int_t)result->counts.past, "repeated", (json_int_t)result->repeated, "rejected",
        (json_int_t)result->counts.rejected, "rejects_file",
        result->counts.rejected > 0 ? list->rejects : NULL, "rejects", told);
    if (top != NULL)
        json_dumpf(top, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(top);
}

static void
print_import(const struct import_list_options *list, const struct import_list_result *result)
{
    const struct import_csv_counts *counts = &result->counts;

    if (list->is_trial)
        printf("%s: %llu records could be imported; nothing was.\n", list->name,
               (unsigned long long)counts->records);
    else
        printf("%s: %llu documents on record, as of %s.\n", list->name,
               (unsigned long long)result->header.records,
               clock_local_text(result->header.as_of_ms).text);
    if (counts->past > 0)
        printf("  %llu left out: their review date is over.\n", (unsigned long long)counts->past);
    if (result->repeated > 0)
        printf("  %llu were there more than once.\n", (unsigned long long)result->repeated);
    if (counts->rejected == 0)
        return;
    printf("  %llu rows rejected: they are not on record", (unsigned long long)counts->rejected);
    if (list->rejects != NULL) {
        printf(", and stand in ");
        term_put(stdout, (struct span){(const uint8_t *)list->rejects, strlen(list->rejects)});
        printf(".\n  Correct it, then: denrei-node import --add --source %s ", list->name);
        term_put(stdout, (struct span){(const uint8_t *)list->rejects, strlen(list->rejects)});
        putchar('\n');
    } else {
        printf("; --rejects FILE keeps them.\n");
    }
}

/* ---- the commands */

/* The state directory, if it is a node's. */
static enum err
find_node(const struct node_options *options, const char **dir, struct problems *problems)
{
    struct state *state = NULL;
    enum err err = state_find(options->state, dir, problems);

    if (err == ERR_OK)
        err = state_open(*dir, STATE_READ, STATE_NODE, problems, &state);
    state_close(&state);
    return err;
}

int
node_command_import(void *data, const struct args_words *words)
{
    const struct node_options *options = data;
    const char *path = words->words[0];
    struct problems problems = {0};
    struct import_list_result result;
    char name[IMPORTED_SOURCE_BYTES];
    char rejects[DISK_PATH_BYTES];
    struct import_list_options list = {
        .name = name,
        .fd = -1,
        .skipped = options->skip_columns.items,
        .skipped_count = options->skip_columns.len,
        .now_ms = clock_now_ms(),
        .as_of_ms = options->as_of,
        .max_age_ms = options->max_age,
        .sort_bytes = DOCLIST_SORT_BYTES,
        .is_trial = options->dry_run,
        .adds = options->add,
        .may_shrink = options->allow_smaller,
    };
    enum err err = find_name(options, path, name, &problems);

    if (err == ERR_OK && list.as_of_ms > list.now_ms + CLOCK_SKEW_MS) {
        problems_add(&problems, "--as-of", "give the time at which the list was exported",
                     "it lies in the future");
        err = ERR_USAGE;
    }
    if (err == ERR_OK)
        err = find_node(options, &list.dir, &problems);
    if (err == ERR_OK)
        err = open_list(path, &list, &problems);
    if (err == ERR_OK)
        err = find_rejects(options, path, rejects, &list, &problems);
    if (err == ERR_OK)
        err = import_list_run(&list, &result, &problems);
    if (list.fd > STDIN_FILENO)
        close(list.fd);
    if (err != ERR_OK)
        return node_fail(options, err, &problems);
    if (options->json) {
        print_import_json(&list, &result, &problems);
    } else {
        if (!problems_is_empty(&problems))
            (void)report_error(NODE_PROGRAM, ERR_FORMAT, &problems, false);
        print_import(&list, &result);
    }
    return result.counts.rejected > 0 ? EXIT_PARTLY : EXIT_DONE;
}

static const struct term_column SOURCE_COLUMNS[] = {
    {.title = "LIST"},
    {.title = "DOCUMENTS", .right = true},
    {.title = "AS OF"},
    {.title = "GOOD FOR", .right = true},
    {.title = "REJECTED", .right = true},
    {.title = "STATE"},
};

static const char *
state_word(const struct import_source *source, uint64_t now_ms)
{
    if (source->err != ERR_OK)
        return "UNREADABLE";
    return screen_is_old(source->header.as_of_ms, source->header.max_age_ms, now_ms) ? "TOO_OLD"
                                                                                     : "GOOD";
}

static void
print_source_json(const struct import_source *source, uint64_t now_ms)
{
    const struct doclist_header *header = &source->header;
    json_t *json =
        json_pack("{s:i, s:s, s:I, s:s, s:s, s:I, s:I, s:s}", "schema", (int)MESSAGE_JSON_SCHEMA,
                  "source", source->id.name, "documents", (json_int_t)header->records, "as_of",
                  time_text_utc(header->as_of_ms).text, "imported_at",
                  time_text_utc(header->imported_ms).text, "max_age_s",
                  (json_int_t)(header->max_age_ms / SECOND_MS), "rejected",
                  (json_int_t)header->rejected, "state", state_word(source, now_ms));

    if (json != NULL)
        json_dumpf(json, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(json);
}

static enum err
add_source_row(struct term_table *table, const struct import_source *source, uint64_t now_ms)
{
    const struct doclist_header *header = &source->header;
    char documents[24], age[24], rejected[24];

    snprintf(documents, sizeof documents, "%llu", (unsigned long long)header->records);
    snprintf(age, sizeof age, "%lluh", (unsigned long long)(header->max_age_ms / HOUR_MS));
    snprintf(rejected, sizeof rejected, "%llu", (unsigned long long)header->rejected);
    const char *const cells[] = {source->id.name,
                                 documents,
                                 clock_local_text(header->as_of_ms).text,
                                 age,
                                 rejected,
                                 state_word(source, now_ms)};
    return term_table_add(table, cells);
}

static enum err
print_sources(const struct node_options *options, const struct imports *imports)
{
    struct term_table *table = NULL;
    uint64_t now_ms = clock_now_ms();
    enum err err = term_table_new(stdout, SOURCE_COLUMNS,
                                  sizeof SOURCE_COLUMNS / sizeof SOURCE_COLUMNS[0], &table);

    for (size_t i = 0; i < imports->count && err == ERR_OK; i++) {
        if (options->json)
            print_source_json(&imports->list[i], now_ms);
        else
            err = add_source_row(table, &imports->list[i], now_ms);
    }
    if (err == ERR_OK && !options->json)
        err = term_table_print(table);
    term_table_free(&table);
    return err;
}

int
node_command_import_list(void *data, const struct args_words *words)
{
    const struct node_options *options = data;
    struct problems problems = {0};
    struct imports imports = {.count = 0};
    struct node node = {.state = NULL};
    struct screen_view view;
    enum err err = node_open(options, STATE_READ, &node, &problems);

    (void)words;
    if (err == ERR_OK)
        err = records_view(node.records, &view);
    if (err == ERR_OK)
        err = imports_refresh(&imports, state_dir(node.state), node.records, &view);
    if (err == ERR_OK)
        err = print_sources(options, &imports);
    imports_close(&imports);
    node_close(&node);
    return err == ERR_OK ? EXIT_DONE : node_fail(options, err, &problems);
}

int
node_command_import_drop(void *data, const struct args_words *words)
{
    const struct node_options *options = data;
    const char *name = words->words[0];
    struct problems problems = {0};
    struct records *records = NULL;
    const char *dir = NULL;
    long pid = 0;
    int lock = -1;
    enum err err = find_node(options, &dir, &problems);

    if (err == ERR_OK)
        err = state_tell_db("node.db", records_open(dir, true, &records), &problems);
    if (err == ERR_OK)
        err = imports_lock(dir, records, &lock, &pid);
    if (err == ERR_BUSY && pid > 0)
        problems_add(&problems, dir, "wait until it has ended",
                     "an import is running here (process %ld)", pid);
    if (err == ERR_OK)
        err = imports_drop(dir, records, name);
    if (err == ERR_NOT_FOUND)
        problems_add(&problems, name, "`denrei-node import list` lists them",
                     "there is no such list");
    disk_unlock(&lock);
    records_close(&records);
    if (err != ERR_OK)
        return node_fail(options, err, &problems);
    if (!options->json)
        printf("%s: dropped; its documents are not on record any more.\n", name);
    return EXIT_DONE;
}

int
node_command_import_erase(void *data, const struct args_words *words)
{
    const struct node_options *options = data;
    struct problems problems = {0};
    struct node node = {.state = NULL};
    struct records *records = NULL;
    struct screen_view view = {.lists = {0, 0}};
    uint64_t erased = 0;
    size_t lost = 0;
    long pid = 0;
    int lock = -1;
    enum err err = node_open(options, STATE_READ, &node, &problems);

    (void)words;
    if (err == ERR_OK)
        err = records_view(node.records, &view);
    if (err == ERR_OK)
        err = records_open(state_dir(node.state), true, &records);
    if (err == ERR_OK)
        err = imports_lock(state_dir(node.state), records, &lock, &pid);
    if (err == ERR_BUSY && pid > 0)
        problems_add(&problems, state_dir(node.state), "wait until it has ended",
                     "an import is running here (process %ld)", pid);
    if (err == ERR_OK) {
        view.has_witnesses =
            trust_directory(state_trust(node.state), TRUST_UNLOGGED)->witnesses_count > 0;
        err = import_erase(state_dir(node.state), records, screen_proven_ms(&view, clock_now_ms()),
                           &erased, &lost);
    }
    if (err == ERR_OK && lost > 0) {
        problems_add(&problems, "imports", "`denrei-node import list` names it: import it again",
                     "a list is damaged or missing, so nothing of it was erased");
        err = ERR_CORRUPT;
    }
    disk_unlock(&lock);
    records_close(&records);
    node_close(&node);
    if (err != ERR_OK)
        return node_fail(options, err, &problems);
    if (!options->json)
        printf("%llu records past their review date erased.\n", (unsigned long long)erased);
    else
        printf("{\"schema\":%d,\"erased\":%llu}\n", (int)MESSAGE_JSON_SCHEMA,
               (unsigned long long)erased);
    return EXIT_DONE;
}
