#include "clients/node/io/import_list.h"

#include "clients/io/state.h"
#include "clients/node/io/doclist_sort.h"
#include "clients/node/io/doclist_writer.h"
#include "proto/io/term.h"

#include <string.h>

struct import {
    const struct import_list_options *options;
    struct import_list_result *result;
    struct problems *problems;
    struct records *records;
    int lock;
    struct import_source before; /* the generation before; its file is NULL without one */
    struct doclist_sort *sort;
    struct doclist_writer *writer;
    char part[DISK_PATH_BYTES];
};

/* ---- reading */

static enum err
take(void *data, const struct imported *record)
{
    struct import *import = data;
    uint8_t bytes[IMPORTED_BYTES_MAX];

    if (import->sort == NULL)
        return ERR_OK; /* a trial */
    size_t len = imported_encode(record, bytes);
    return doclist_sort_add(import->sort, (struct span){bytes, len});
}

static enum err
read_list(struct import *import)
{
    const struct import_list_options *options = import->options;
    const struct import_csv_options csv = {
        .fd = options->fd,
        .bytes_total = options->bytes_total,
        .rejects = options->rejects,
        .skipped = options->skipped,
        .skipped_count = options->skipped_count,
        .today = date_text_from_ms(options->now_ms),
        .take = take,
        .data = import,
    };

    return import_csv_read(&csv, &import->result->counts, import->problems);
}

/* The records of the generation before, those that are over left out. */
static enum err
read_before(struct import *import)
{
    const uint32_t today = imported_pack_date(date_text_from_ms(import->options->now_ms));
    struct doclist_walk walk;
    enum err err = ERR_OK;

    doclist_walk_all(&walk);
    while (err == ERR_OK) { /* ends: the list does */
        struct span record = {NULL, 0};
        struct imported_key key;
        err = doclist_walk_next(import->before.file, &walk, &record, &key);
        if (err == ERR_OK && key.review >= today)
            err = doclist_sort_add(import->sort, record);
    }
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

/* ---- a list that lost half of its records on the way must not replace one that has them */

static enum err
check_counts(const struct import *import)
{
    const struct import_csv_counts *counts = &import->result->counts;
    const struct import_list_options *options = import->options;

    if (counts->rejected > counts->records + counts->past) {
        problems_add(import->problems, "", "compare the columns with the first row",
                     "%llu of %llu rows are no records, so nothing was imported",
                     (unsigned long long)counts->rejected,
                     (unsigned long long)(counts->rejected + counts->records + counts->past));
        return ERR_POLICY;
    }
    if (counts->records == 0 && !options->adds) {
        problems_add(import->problems, "",
                     "a list that is over goes with `denrei-node import drop`",
                     "no record is in force, so nothing was imported");
        return ERR_POLICY;
    }
    if (!options->adds && !options->may_shrink && counts->records < import->result->before / 2) {
        problems_add(import->problems, "", "see that the list is whole; if so, --allow-smaller",
                     "the list has %llu records, where it had %llu, so nothing was imported",
                     (unsigned long long)counts->records,
                     (unsigned long long)import->result->before);
        return ERR_POLICY;
    }
    return ERR_OK;
}

/* ---- writing */

static enum err
write_records(struct import *import)
{
    struct term_progress progress;
    uint64_t done = 0;
    enum err err = doclist_sort_finish(import->sort);

    term_progress_begin(&progress, "sorting the list", import->result->counts.records);
    while (err == ERR_OK) { /* ends: the records do */
        struct span record = {NULL, 0};
        bool is_new = false;
        err = doclist_sort_next(import->sort, &record);
        if (err == ERR_OK)
            err = doclist_writer_add(import->writer, record, &is_new);
        if (err != ERR_OK)
            break;
        import->result->repeated += is_new ? 0 : 1;
        done++;
        if (done % 65536 == 0)
            term_progress_update(&progress, done);
    }
    term_progress_end(&progress);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err
write_list(struct import *import)
{
    const struct import_list_options *options = import->options;
    const struct doclist_header *before = &import->before.header;
    struct doclist_header *header = &import->result->header;
    uint64_t as_of_ms = options->as_of_ms == 0 ? options->now_ms : options->as_of_ms;

    if (options->adds && import->before.file != NULL && before->as_of_ms < as_of_ms)
        as_of_ms = before->as_of_ms; /* most of it is no newer than it was */
    *header = (struct doclist_header){
        .as_of_ms = as_of_ms,
        .imported_ms = options->now_ms,
        .max_age_ms = options->max_age_ms > 0  ? options->max_age_ms
                      : before->max_age_ms > 0 ? before->max_age_ms
                                               : IMPORTS_MAX_AGE_MS,
        .rejected = import->result->counts.rejected,
    };
    memcpy(header->name, options->name, strlen(options->name) + 1);
    enum err err = doclist_writer_new(import->part, &import->writer);
    if (err == ERR_OK)
        err = write_records(import);
    if (err == ERR_OK)
        err = doclist_writer_finish(import->writer, header);
    if (err == ERR_OK)
        err = imports_put(options->dir, import->records, import->part, options->name);
    return err;
}

/* ---- all of it */

static enum err
open_before(struct import *import)
{
    struct screen_view view;
    struct imports imports = {.count = 0};
    const struct import_list_options *options = import->options;
    enum err err = records_view(import->records, &view);

    if (err == ERR_OK)
        err = imports_refresh(&imports, options->dir, import->records, &view);
    for (size_t i = 0; err == ERR_OK && i < imports.count; i++) {
        struct import_source *source = &imports.list[i];
        if (strcmp(source->id.name, options->name) != 0)
            continue;
        import->before = *source;
        source->file = NULL;
        import->result->before = import->before.header.records;
    }
    imports_close(&imports);
    /* One that is damaged is replaced as if it were not there, but nothing can be added to it. */
    if (err == ERR_OK && options->adds && import->before.err != ERR_OK) {
        problems_add(import->problems, options->name, "import the whole list again, without --add",
                     "the list cannot be read: %s", err_text(import->before.err));
        err = import->before.err;
    }
    return err;
}

static enum err
begin(struct import *import)
{
    const struct import_list_options *options = import->options;
    char folder[DISK_PATH_BYTES];
    char part[IMPORTED_SOURCE_BYTES + 8];
    long pid = 0;
    enum err err = records_open(options->dir, true, &import->records);

    if (err != ERR_OK)
        return state_tell_db("node.db", err, import->problems);
    err = imports_lock(options->dir, import->records, &import->lock, &pid);
    if (err == ERR_BUSY)
        problems_add(import->problems, options->dir, "wait until it has ended",
                     "another import is running here (process %ld)", pid);
    if (err == ERR_OK)
        err = open_before(import);
    if (err == ERR_OK)
        err = imports_folder(options->dir, folder);
    memcpy(part, options->name, strlen(options->name));
    memcpy(part + strlen(options->name), ".part", 6);
    if (err == ERR_OK)
        err = disk_join(folder, part, import->part);
    if (err == ERR_OK)
        err = doclist_sort_new(folder, options->sort_bytes, &import->sort);
    return err;
}

/* What problems does not say yet. */
static void
tell(const struct import *import, enum err err, size_t told)
{
    if (problems_total(import->problems) > told)
        return;
    if (err == ERR_NOSPACE)
        problems_add(import->problems, import->options->dir,
                     "make room: an import needs twice the size of its list for a while",
                     "the disk is full, so nothing was imported; the list is as it was");
    else if (err == ERR_EXISTS)
        problems_add(import->problems, import->options->rejects,
                     "move it away, or give another with --rejects",
                     "the file for rejected rows is there already, so nothing was imported");
    else if (err == ERR_FULL)
        problems_add(import->problems, import->options->name, "drop one: `denrei-node import drop`",
                     "there are %d lists already", (int)IMPORTS_MAX);
    else
        problems_add(import->problems, import->options->name, "", "the import failed: %s",
                     err_text(err));
}

enum err
import_list_run(const struct import_list_options *options, struct import_list_result *result,
                struct problems *problems)
{
    struct import import = {.options = options, .result = result, .problems = problems, .lock = -1};
    size_t told = problems_total(problems);
    enum err err = ERR_OK;

    *result = (struct import_list_result){.repeated = 0};
    if (!options->is_trial)
        err = begin(&import);
    if (err == ERR_OK)
        err = read_list(&import);
    if (err == ERR_OK) {
        told = problems_total(problems); /* rejected rows */
        err = check_counts(&import);
    }
    if (err == ERR_OK && options->adds && import.before.file != NULL)
        err = read_before(&import);
    if (err == ERR_OK && !options->is_trial)
        err = write_list(&import);
    if (err != ERR_OK)
        tell(&import, err, told);
    doclist_writer_free(&import.writer);
    doclist_sort_free(&import.sort);
    doclist_file_close(&import.before.file);
    disk_unlock(&import.lock);
    records_close(&import.records);
    return err;
}
