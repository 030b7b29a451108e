#include "clients/message_json.h"

#include "proto/field.h"
#include "proto/json_message.h"
#include "proto/message_id.h"
#include "proto/time_text.h"

#include <sodium.h>

json_t *
message_json_ref(const struct message_ref *ref)
{
    return json_pack("{s:s, s:s}", "from", ref->from, "id", message_id_text(&ref->id).text);
}

/* json_object_set_new takes the value even when it fails; a NULL value is such a failure. */
static bool
set(json_t *object, const char *key, json_t *value)
{
    return json_object_set_new(object, key, value) == 0;
}

static bool
set_time(json_t *object, const char *key, uint64_t time_ms)
{
    return set(object, key, json_string(time_text_utc(time_ms).text));
}

static bool
set_word(json_t *object, const char *key, const ProtobufCEnumDescriptor *type, int number)
{
    const char *word = field_enum_word(type, number);

    /* 0 is UNSPECIFIED everywhere: not stated, so absent. */
    return number == 0 || word == NULL || set(object, key, json_string(word));
}

static bool
set_text(json_t *object, const char *key, const char *text)
{
    return text[0] == '\0' || set(object, key, json_string(text));
}

static bool
set_recipients(json_t *object, const struct header *header)
{
    json_t *to = json_array();
    bool is_set = to != NULL;

    for (size_t i = 0; i < header->to_count && is_set; i++)
        is_set = json_array_append_new(to, json_string(header->to[i])) == 0;
    if (!is_set) {
        json_decref(to);
        return false;
    }
    return set(object, "to", to);
}

static bool
set_header(json_t *object, const struct header *header)
{
    return set(object, "id", json_string(message_id_text(&header->id).text)) &&
           set_word(object, "kind", &denrei__v1__kind__descriptor, (int)header->kind) &&
           set_word(object, "action", &denrei__v1__action__descriptor, (int)header->action) &&
           set(object, "from", json_string(header->from)) && set_recipients(object, header) &&
           set_text(object, "group", header->group) &&
           set_word(object, "priority", &denrei__v1__priority__descriptor, (int)header->priority) &&
           set_word(object, "tlp", &denrei__v1__tlp__descriptor, (int)header->tlp) &&
           set_word(object, "use_restriction", &denrei__v1__use_restriction__descriptor,
                    (int)header->use_restriction) &&
           set_text(object, "legal_basis", header->legal_basis) &&
           set(object, "thread", json_string(message_id_text(&header->thread_id).text)) &&
           set_time(object, "created_at", header->created_at_ms) &&
           set_time(object, "deliver_until", header->deliver_until_ms) &&
           set_time(object, "expires_at", header->expires_at_ms) &&
           (!header->has_in_reply_to ||
            set(object, "in_reply_to", message_json_ref(&header->in_reply_to))) &&
           (!header->has_supersedes ||
            set(object, "supersedes", message_json_ref(&header->supersedes)));
}

static bool
set_facts(json_t *object, const struct message_facts *facts)
{
    char hex[2 * HASH_BYTES + 1];

    if (facts->hash != NULL &&
        !set(object, "hash",
             json_string(sodium_bin2hex(hex, sizeof hex, facts->hash->bytes, HASH_BYTES))))
        return false;
    if (facts->time_ms != 0 && (!set(object, "leaf", json_integer((json_int_t)facts->leaf)) ||
                                !set_time(object, "accepted_at", facts->time_ms)))
        return false;
    if (facts->slot != NULL &&
        (!set_word(object, "lane", &denrei__v1__lane__descriptor, (int)facts->slot->lane) ||
         !set(object, "number", json_integer((json_int_t)facts->slot->number))))
        return false;
    return set_text(object, "state", facts->state) && set_text(object, "reason", facts->reason);
}

enum err
message_json(const struct header *header, const struct message_facts *facts, struct arena *arena,
             json_t **out)
{
    json_t *object = NULL;
    json_t *content = NULL;
    enum err err = ERR_NOMEM;

    *out = NULL;
    object = json_pack("{s:i}", "schema", (int)MESSAGE_JSON_SCHEMA);
    if (object == NULL || !set_header(object, header) || !set_facts(object, facts))
        goto done;
    if (facts->content != NULL) {
        err = json_message_encode(facts->content, arena, &content);
        if (err != ERR_OK)
            goto done;
        err = ERR_NOMEM;
        if (!set(object, "content", content))
            goto done;
    }
    *out = object;
    object = NULL; /* now the caller's */
    err = ERR_OK;

done:
    json_decref(object);
    return err;
}
