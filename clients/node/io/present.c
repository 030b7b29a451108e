#include "clients/node/io/present.h"

#include "clients/io/reading.h"
#include "clients/message_json.h"
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

static enum phrase
state_phrase(enum record_state state)
{
    static const enum phrase phrases[] = {
        [RECORD_LIVE] = PHRASE_RECORD_LIVE,       [RECORD_REPLACED] = PHRASE_IS_UPDATED,
        [RECORD_WITHDRAWN] = PHRASE_IS_WITHDRAWN, [RECORD_EXPIRED] = PHRASE_IS_EXPIRED,
        [RECORD_REFUSED] = PHRASE_IS_REFUSED,     [RECORD_UNREADABLE] = PHRASE_RECORD_UNREADABLE,
        [RECORD_TOMBSTONE] = PHRASE_IS_TOMBSTONE, [RECORD_WITHDRAWAL] = PHRASE_RECORD_WITHDRAWAL,
    };

    return phrases[state];
}

void
present_content(FILE *file, const ProtobufCMessage *content, unsigned indent)
{
    reading_put_content(file, content, indent);
}

void
present_text(FILE *file, const struct presented *presented)
{
    const struct header *header = &presented->header;
    const struct record *record = &presented->record;

    reading_put_header(file, header, NULL);
    reading_put_format(file, PHRASE_ACCEPTED, PHRASE_LOG_ENTRY, reading_time(record->time_ms).text,
                       (unsigned long long)record->leaf);
    reading_put(file, PHRASE_RECEIVED, reading_time(record->received_ms).text);
    reading_put_format(file, PHRASE_STATE, PHRASE_STATE_WORD, node_state_word(record->state),
                       reading(state_phrase(record->state)));
    if (record->reason != REFUSAL_NONE)
        reading_put_format(file, PHRASE_REASON, PHRASE_STATE_WORD, refusal_name(record->reason),
                           refusal_text(record->reason));
    if (presented->content != NULL) {
        fputc('\n', file);
        reading_put_content(file, presented->content, 0);
    }
    fputc('\n', file);
    reading_put_original(file, header, presented->content);
}
