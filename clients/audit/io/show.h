/*
 * show.h - what an auditor prints: entries, a verdict on a log, what an evidence file proves.
 *
 * Host.  Results to standard output.  What members chose (ids) is escaped by the table or of a
 * plain alphabet.
 */
#ifndef CLIENTS_AUDIT_IO_SHOW_H
#define CLIENTS_AUDIT_IO_SHOW_H

#include "clients/audit/evidence.h"
#include "clients/audit/io/replay.h"
#include "proto/io/term.h"

#include <jansson.h>

/* Which entries are shown; zero and NULL pass all. */
struct show_filter {
    const char *member; /* sender, recipient, or whom the entry is about */
    const struct kind_type *kind;
    uint64_t since_ms;
    uint64_t until_ms; /* exclusive */
};

/* Whether an entry is one that `filter` shows. */
bool show_passes(const struct show_filter *filter, const struct audit_outcome *outcome);

/* Begin the table of entries; the caller must term_table_free it.  ERR_NOMEM. */
enum err show_table_new(struct term_table **out);

/* One entry, as a row or as a line of JSON.  ERR_NOMEM. */
enum err show_row(struct term_table *table, const struct audit_outcome *outcome);
enum err show_json(const struct audit_outcome *outcome);

/* Print `json` on one line and release it.  ERR_NOMEM: it is NULL. */
enum err show_print(json_t *json);

/* The verdict on a log. */
void show_report(const struct replay_report *report);
enum err show_report_json(const struct replay_report *report, const struct problems *problems);

/* What an evidence file proves, what not, and by whom. */
void show_evidence(const struct evidence *evidence);
enum err show_evidence_json(const struct evidence *evidence);

#endif /* CLIENTS_AUDIT_IO_SHOW_H */
