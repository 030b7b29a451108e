#include "clients/audit/io/show.h"

#include "proto/field.h"
#include "proto/io/clock.h"
#include "proto/kind.h"
#include "proto/message_id.h"

#include <stdio.h>
#include <string.h>

enum { SHOW_SCHEMA = 1, SHOW_TEXT_BYTES = 512, SHOW_KIND_BYTES = 64 };

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
describe_erasure(const struct entry_erasure *erasure, char *text)
{
    char number[64];

    snprintf(number, sizeof number, "entry %llu", (unsigned long long)erasure->leaf);
    append(text, number);
    for (size_t i = 0; i < erasure->unacknowledged_count; i++) {
        append(text, i == 0 ? ", without word of " : " ");
        append(text, erasure->unacknowledged[i]);
    }
}

/* `to_leaf` is exclusive; people read "to" as including it. */
static void
describe_access(const struct entry_access *access, char *text)
{
    char number[64] = "none";

    if (access->to_leaf > access->from_leaf)
        snprintf(number, sizeof number, "entries %llu to %llu",
                 (unsigned long long)access->from_leaf, (unsigned long long)access->to_leaf - 1);
    append(text, number);
}

static void
describe_refusal(const struct entry_refusal *refusal, char *text)
{
    char number[64];

    append(text, refusal_name(refusal->code));
    snprintf(number, sizeof number, " and %lu more", (unsigned long)refusal->more);
    append(text, refusal->more > 0 ? number : "");
}

static void
describe(const struct audit_outcome *outcome, char *text)
{
    const struct log_entry *entry = &outcome->entry;
    char number[64] = "";

    text[0] = '\0';
    if (outcome->has_header)
        describe_message(&outcome->header, text);
    if (outcome->has_header || !outcome->is_decoded)
        return;
    switch (entry->type) {
    case DENREI__V1__LOG_ENTRY__EVENT_DOCUMENT:
        snprintf(number, sizeof number, "version %llu",
                 (unsigned long long)entry->document.version);
        break;
    case DENREI__V1__LOG_ENTRY__EVENT_DELIVERY:
        snprintf(number, sizeof number, "%zu signed", entry->delivery.receipts_count);
        break;
    case DENREI__V1__LOG_ENTRY__EVENT_REFUSAL:
        describe_refusal(&entry->refusal, text);
        break;
    case DENREI__V1__LOG_ENTRY__EVENT_ERASURE:
        describe_erasure(&entry->erasure, text);
        break;
    case DENREI__V1__LOG_ENTRY__EVENT_RELAY_EVENT:
        append(text, entry->relay_event == DENREI__V1__RELAY_EVENT_CODE__RELAY_EVENT_START
                         ? "started"
                         : "stopped");
        break;
    case DENREI__V1__LOG_ENTRY__EVENT_ACCESS:
        describe_access(&entry->access, text);
        break;
    case DENREI__V1__LOG_ENTRY__EVENT_GENESIS:
    case DENREI__V1__LOG_ENTRY__EVENT_MESSAGE:
    case DENREI__V1__LOG_ENTRY__EVENT__NOT_SET:
    case _DENREI__V1__LOG_ENTRY__EVENT__CASE_IS_INT_SIZE:
        break;
    }
    append(text, number);
}

/* The message that an entry is, or is about; "" if none, or if many. */
static struct message_id_text
message_of(const struct audit_outcome *outcome)
{
    struct message_id_text none = {{0}};

    if (outcome->has_header)
        return message_id_text(&outcome->header.id);
    if (outcome->is_decoded && outcome->entry.type == DENREI__V1__LOG_ENTRY__EVENT_REFUSAL)
        return message_id_text(&outcome->entry.refusal.message_id);
    if (outcome->is_decoded && outcome->entry.type == DENREI__V1__LOG_ENTRY__EVENT_ERASURE)
        return message_id_text(&outcome->entry.erasure.message.id);
    return none;
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

static const char *
action_word(const struct audit_outcome *outcome)
{
    const char *word = outcome->has_header ? field_enum_word(&denrei__v1__action__descriptor,
                                                             (int)outcome->header.action)
                                           : NULL;

    return word == NULL ? "" : word;
}

/* "LOST_PASSPORT", "LOST_PASSPORT WITHDRAW": what is new needs no word in a table. */
static void
write_kind(const struct audit_outcome *outcome, char out[SHOW_KIND_BYTES])
{
    bool is_new = !outcome->has_header || outcome->header.action == DENREI__V1__ACTION__ACTION_NEW;

    snprintf(out, SHOW_KIND_BYTES, "%s%s%s", kind_word(outcome), is_new ? "" : " ",
             is_new ? "" : action_word(outcome));
}

enum err
show_row(struct term_table *table, const struct audit_outcome *outcome)
{
    char leaf[24];
    char text[SHOW_TEXT_BYTES], kind[SHOW_KIND_BYTES];
    struct message_id_text id = message_of(outcome);
    uint64_t time_ms = outcome->is_decoded ? outcome->entry.time_ms : 0;
    struct time_text time = clock_local_text(time_ms);

    snprintf(leaf, sizeof leaf, "%llu", (unsigned long long)outcome->leaf);
    describe(outcome, text);
    write_kind(outcome, kind);
    const char *const cells[] = {leaf,
                                 outcome->is_decoded ? time.text : "",
                                 event_word(outcome),
                                 event_member(outcome),
                                 kind,
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
    json_t *json = json_pack(
        "{s:i, s:I, s:s, s:s, s:s, s:s, s:s, s:o, s:s, s:s, s:s}", "schema", (int)SHOW_SCHEMA,
        "leaf", (json_int_t)outcome->leaf, "time", time_text_utc(time_ms).text, "event",
        event_word(outcome), "member", event_member(outcome), "kind", kind_word(outcome), "action",
        action_word(outcome), "to", to, "detail", outcome->has_header ? "" : text, "id",
        message_of(outcome).text, "fault",
        outcome->fault == AUDIT_SOUND ? "" : audit_fault_text(outcome->fault));
    return show_print(json);
}
