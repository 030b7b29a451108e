#include "clients/node/io/present.h"

#include "clients/message_json.h"
#include "proto/field.h"
#include "proto/io/clock.h"
#include "proto/io/term.h"
#include "proto/text.h"
#include "proto/wire.h"

#include <string.h>

enum err
present_decode(const struct record *record, struct arena *arena, struct presented *out)
{
    struct presented presented = {.record = *record};
    ProtobufCMessage *content = NULL;
    enum err err = header_decode(record->header, arena, &presented.header);

    if (err != ERR_OK)
        return err == ERR_NOMEM ? ERR_NOMEM : ERR_CORRUPT;
    presented.kind = kind_find(presented.header.kind);
    if (record->content.len > 0 && presented.kind != NULL) {
        err = wire_decode(presented.kind->content, record->content, arena, &content);
        if (err != ERR_OK)
            return err == ERR_NOMEM ? ERR_NOMEM : ERR_CORRUPT;
        presented.content = content;
    }
    *out = presented;
    return ERR_OK;
}

enum err
present_json(const struct presented *presented, struct arena *arena, json_t **out)
{
    const struct record *record = &presented->record;
    const struct message_facts facts = {
        .leaf = record->leaf,
        .time_ms = record->time_ms,
        .slot = &record->slot,
        .hash = &record->hash,
        .state = node_state_word(record->state),
        .reason = record->reason == REFUSAL_NONE ? "" : refusal_name(record->reason),
        .content = presented->content,
    };

    return message_json(&presented->header, &facts, arena, out);
}

void
present_content(FILE *file, const ProtobufCMessage *content, unsigned indent)
{
    struct text text;
    struct text_line line;

    text_init(&text, content, term_language());
    while (text_next(&text, &line)) {
        unsigned column = indent + 2 * (unsigned)line.depth;
        fprintf(file, "%*s%s:", (int)column, "", line.label);
        if (!line.is_group) {
            fputc(' ', file);
            term_put_lines(file, line.value, column + 2);
        }
        fputc('\n', file);
    }
}

static void
put_word(FILE *file, const char *label, const ProtobufCEnumDescriptor *type, int number)
{
    const char *word = field_enum_word(type, number);

    if (word != NULL)
        fprintf(file, "%-14s %s\n", label, word);
}

static void
put_reference(FILE *file, const char *label, const struct message_ref *ref)
{
    fprintf(file, "%-14s %s of %s\n", label, message_id_text(&ref->id).text, ref->from);
}

void
present_text(FILE *file, const struct presented *presented)
{
    const struct header *header = &presented->header;
    const struct record *record = &presented->record;

    fprintf(file, "%-14s %s\n", "Message", message_id_text(&header->id).text);
    fprintf(file, "%-14s %s\n", "Kind",
            presented->kind == NULL ? "unknown" : presented->kind->name);
    put_word(file, "Action", &denrei__v1__action__descriptor, (int)header->action);
    fprintf(file, "%-14s %s\n", "From", header->from);
    fprintf(file, "%-14s", "To");
    for (size_t i = 0; i < header->to_count; i++)
        fprintf(file, " %s", header->to[i]);
    if (header->group[0] != '\0')
        fprintf(file, " (%s)", header->group);
    fputc('\n', file);
    put_word(file, "Priority", &denrei__v1__priority__descriptor, (int)header->priority);
    put_word(file, "Handling", &denrei__v1__tlp__descriptor, (int)header->tlp);
    put_word(file, "Use", &denrei__v1__use_restriction__descriptor, (int)header->use_restriction);
    if (header->legal_basis[0] != '\0')
        fprintf(file, "%-14s %s\n", "Legal basis", header->legal_basis);
    fprintf(file, "%-14s %s\n", "Thread", message_id_text(&header->thread_id).text);
    if (header->has_in_reply_to)
        put_reference(file, "In reply to", &header->in_reply_to);
    if (header->has_supersedes)
        put_reference(file, "Supersedes", &header->supersedes);
    fprintf(file, "%-14s %s, log entry %llu\n", "Accepted", clock_local_text(record->time_ms).text,
            (unsigned long long)record->leaf);
    fprintf(file, "%-14s %s\n", "Received", clock_local_text(record->received_ms).text);
    fprintf(file, "%-14s %s\n", "Expires", clock_local_text(header->expires_at_ms).text);
    fprintf(file, "%-14s %s\n", "State", node_state_word(record->state));
    if (record->reason != REFUSAL_NONE)
        fprintf(file, "%-14s %s: %s\n", "Reason", refusal_name(record->reason),
                refusal_text(record->reason));
    if (presented->content != NULL) {
        fputc('\n', file);
        present_content(file, presented->content, 0);
    }
}
