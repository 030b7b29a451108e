#include "clients/audit/io/show.h"

#include "proto/field.h"
#include "proto/io/clock.h"
#include "proto/kind.h"
#include "proto/message_id.h"

#include <stdio.h>
#include <string.h>

enum { SHOW_SCHEMA = 1, SHOW_TEXT_BYTES = 512 };

static const char *
event_word(const struct audit_outcome *outcome)
{
    if (!outcome->is_decoded)
        return "unreadable";
    switch (outcome->entry.type) {
    case DENREI__V1__LOG_ENTRY__EVENT_GENESIS:
        return "genesis";
    case DENREI__V1__LOG_ENTRY__EVENT_DOCUMENT:
        return outcome->entry.document.type == DENREI__V1__DOCUMENT_TYPE__DOCUMENT_DIRECTORY
                   ? "directory"
                   : "roster";
    case DENREI__V1__LOG_ENTRY__EVENT_MESSAGE:
        return "message";
    case DENREI__V1__LOG_ENTRY__EVENT_DELIVERY:
        return "receipts";
    case DENREI__V1__LOG_ENTRY__EVENT_REFUSAL:
        return "refusal";
    case DENREI__V1__LOG_ENTRY__EVENT_ERASURE:
        return "erasure";
    case DENREI__V1__LOG_ENTRY__EVENT_RELAY_EVENT:
        return "relay";
    case DENREI__V1__LOG_ENTRY__EVENT_ACCESS:
        return "access";
    case DENREI__V1__LOG_ENTRY__EVENT__NOT_SET:
    case _DENREI__V1__LOG_ENTRY__EVENT__CASE_IS_INT_SIZE:
        break;
    }
    return "unknown";
}

/* The member that an entry is from or about, "" if none. */
static const char *
event_member(const struct audit_outcome *outcome)
{
    const struct log_entry *entry = &outcome->entry;

    if (!outcome->is_decoded)
        return "";
    switch (entry->type) {
    case DENREI__V1__LOG_ENTRY__EVENT_DOCUMENT:
        return entry->document.member;
    case DENREI__V1__LOG_ENTRY__EVENT_MESSAGE:
        return outcome->has_header ? outcome->header.from : "";
    case DENREI__V1__LOG_ENTRY__EVENT_DELIVERY:
        return entry->delivery.member;
    case DENREI__V1__LOG_ENTRY__EVENT_REFUSAL:
        return entry->refusal.member;
    case DENREI__V1__LOG_ENTRY__EVENT_ERASURE:
        return entry->erasure.message.from;
    case DENREI__V1__LOG_ENTRY__EVENT_ACCESS:
        return entry->access.member;
    case DENREI__V1__LOG_ENTRY__EVENT_GENESIS:
    case DENREI__V1__LOG_ENTRY__EVENT_RELAY_EVENT:
    case DENREI__V1__LOG_ENTRY__EVENT__NOT_SET:
    case _DENREI__V1__LOG_ENTRY__EVENT__CASE_IS_INT_SIZE:
        break;
    }
    return "";
}

bool
show_passes(const struct show_filter *filter, const struct audit_outcome *outcome)
{
    bool is_member = filter->member == NULL || strcmp(event_member(outcome), filter->member) == 0;
    uint64_t time_ms = outcome->is_decoded ? outcome->entry.time_ms : 0;

    for (size_t i = 0; outcome->has_header && i < outcome->header.to_count && !is_member; i++)
        is_member = strcmp(outcome->header.to[i], filter->member) == 0;
    return is_member && time_ms >= filter->since_ms &&
           (filter->until_ms == 0 || time_ms < filter->until_ms) &&
           (filter->kind == NULL ||
            (outcome->has_header && outcome->header.kind == filter->kind->number));
}

/* Add to a text that is cut, never overrun. */
static void
append(char *text, const char *more)
{
    size_t len = strlen(text);

    snprintf(text + len, SHOW_TEXT_BYTES - len, "%s", more);
}

static void
describe_message(const struct header *header, char *text)
{
    for (size_t i = 0; i < header->to_count; i++) {
        append(text, i == 0 ? "" : " ");
        append(text, header->to[i]);
    }
    if (header->group[0] != '\0') {
        append(text, " (");
        append(text, header->group);
        append(text, ")");
    }
}

static void
describe(const struct audit_outcome *outcome, char *text)
{
    const struct log_entry *entry = &outcome->entry;
    char number[64] = "";

    text[0] = '\0';
    if (outcome->has_header) {
        describe_message(&outcome->header, text);
    } else if (outcome->is_decoded && entry->type == DENREI__V1__LOG_ENTRY__EVENT_DOCUMENT) {
        snprintf(number, sizeof number, "version %llu",
                 (unsigned long long)entry->document.version);
        append(text, number);
    } else if (outcome->is_decoded && entry->type == DENREI__V1__LOG_ENTRY__EVENT_DELIVERY) {
        snprintf(number, sizeof number, "%zu signed", entry->delivery.receipts_count);
        append(text, number);
    } else if (outcome->is_decoded && entry->type == DENREI__V1__LOG_ENTRY__EVENT_REFUSAL) {
        append(text, refusal_name(entry->refusal.code));
    } else if (outcome->is_decoded && entry->type == DENREI__V1__LOG_ENTRY__EVENT_ACCESS) {
        snprintf(number, sizeof number, "entries %llu to %llu",
                 (unsigned long long)entry->access.from_leaf,
                 (unsigned long long)entry->access.to_leaf);
        append(text, number);
    }
}

enum err
show_table_new(struct term_table **out)
{
    static const struct term_column COLUMNS[] = {
        {.title = "LEAF", .right = true},
        {.title = "TIME"},
        {.title = "EVENT"},
        {.title = "MEMBER"},
        {.title = "KIND"},
        {.title = "TO", .may_wrap = true},
        {.title = "MESSAGE"},
        {.title = "JUDGED"},
    };

    return term_table_new(stdout, COLUMNS, sizeof COLUMNS / sizeof COLUMNS[0], out);
}

static const char *
kind_word(const struct audit_outcome *outcome)
{
    const struct kind_type *kind = outcome->has_header ? kind_find(outcome->header.kind) : NULL;

    return kind == NULL ? "" : kind->name;
}

enum err
show_row(struct term_table *table, const struct audit_outcome *outcome)
{
    char leaf[24];
    char text[SHOW_TEXT_BYTES];
    struct message_id_text id = {{0}};
    uint64_t time_ms = outcome->is_decoded ? outcome->entry.time_ms : 0;
    struct time_text time = clock_local_text(time_ms);

    snprintf(leaf, sizeof leaf, "%llu", (unsigned long long)outcome->leaf);
    describe(outcome, text);
    if (outcome->has_header)
        id = message_id_text(&outcome->header.id);
    const char *const cells[] = {leaf,
                                 outcome->is_decoded ? time.text : "",
                                 event_word(outcome),
                                 event_member(outcome),
                                 kind_word(outcome),
                                 text,
                                 id.text,
                                 outcome->fault == AUDIT_SOUND ? "sound" : "FAULT"};
    return term_table_add(table, cells);
}

enum err
show_print(json_t *json)
{
    if (json == NULL)
        return ERR_NOMEM;
    json_dumpf(json, stdout, JSON_COMPACT);
    fputc('\n', stdout);
    json_decref(json);
    return ERR_OK;
}

enum err
show_json(const struct audit_outcome *outcome)
{
    json_t *to = json_array();
    char text[SHOW_TEXT_BYTES];
    uint64_t time_ms = outcome->is_decoded ? outcome->entry.time_ms : 0;

    for (size_t i = 0; outcome->has_header && i < outcome->header.to_count; i++)
        json_array_append_new(to, json_string(outcome->header.to[i]));
    describe(outcome, text);
    json_t *json =
        json_pack("{s:i, s:I, s:s, s:s, s:s, s:s, s:o, s:s, s:s, s:s}", "schema", (int)SHOW_SCHEMA,
                  "leaf", (json_int_t)outcome->leaf, "time", time_text_utc(time_ms).text, "event",
                  event_word(outcome), "member", event_member(outcome), "kind", kind_word(outcome),
                  "to", to, "detail", outcome->has_header ? "" : text, "id",
                  outcome->has_header ? message_id_text(&outcome->header.id).text : "", "fault",
                  outcome->fault == AUDIT_SOUND ? "" : audit_fault_text(outcome->fault));
    return show_print(json);
}
