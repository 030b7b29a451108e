/* Documents as JSON. */
#include "keys/io/tool.h"
#include "keys/public_text.h"
#include "proto/json_message.h"
#include "proto/kind.h"

/* A time in the readable form is text. */
static void
write_time(json_t *object, const char *name)
{
    json_t *number = json_object_get(object, name);

    if (number != NULL)
        json_object_set_new(object, name, tool_json_time((uint64_t)json_integer_value(number)));
}

json_t *
tool_json_directory(struct tool *tool, const ProtobufCMessage *message)
{
    json_t *content = NULL;

    if (json_message_encode(message, tool->arena, &content) != ERR_OK)
        return NULL;
    write_time(content, "not_before");
    write_time(content, "expires");
    return json_pack("{s:s, s:o}", "type", "directory", "content", content);
}

json_t *
tool_json_credential(const struct credential *credential, bool verified)
{
    json_t *kinds = json_array();

    for (size_t i = 0; i < kind_count(); i++) {
        if (((credential->kinds >> kind_at(i)->number) & 1) != 0)
            json_array_append_new(kinds, json_string(kind_at(i)->name));
    }
    json_t *object =
        json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:s, s:s, s:s, s:b}", "type", "credential",
                  "member", credential->member, "local_id", credential->local_id, "purpose",
                  tool_purpose_word(credential->purpose), "kinds", kinds, "not_before",
                  tool_json_time(credential->not_before_ms), "not_after",
                  tool_json_time(credential->not_after_ms), "signing_key",
                  public_text_base64(&credential->signing_key).text, "encryption_key",
                  public_text_base64(&credential->encryption_key).text, "transport_key",
                  public_text_base64(&credential->transport_key).text, "verified", verified);
    if (verified && object != NULL)
        json_object_set_new(object, "hash", json_string(tool_hex(&credential->hash).text));
    return object;
}

static json_t *
mailboxes_json(const struct roster *roster)
{
    json_t *list = json_array();

    for (size_t i = 0; i < roster->mailboxes_count; i++) {
        const struct mailbox_key *mailbox = &roster->mailboxes[i];
        json_array_append_new(list, json_pack("{s:I, s:s, s:I}", "generation",
                                              (json_int_t)mailbox->generation, "public_key",
                                              public_text_base64(&mailbox->public_key).text,
                                              "sealed_to", (json_int_t)mailbox->secrets_count));
    }
    return list;
}

static json_t *
suspects_json(const struct roster *roster)
{
    json_t *list = json_array();

    for (size_t i = 0; i < roster->suspects_count; i++)
        json_array_append_new(list,
                              json_pack("{s:s, s:I}", "credential",
                                        tool_hex(&roster->suspects[i].credential).text,
                                        "since_leaf", (json_int_t)roster->suspects[i].since_leaf));
    return list;
}

json_t *
tool_json_roster(const struct roster *roster, const struct hash *hash)
{
    json_t *credentials = json_array();

    for (size_t i = 0; i < roster->credentials_count; i++)
        json_array_append_new(credentials,
                              tool_json_credential(&roster->credentials[i], hash != NULL));
    json_t *object =
        json_pack("{s:s, s:s, s:I, s:o, s:o, s:o, s:b}", "type", "roster", "member", roster->member,
                  "version", (json_int_t)roster->version, "issued",
                  tool_json_time(roster->issued_ms), "expires", tool_json_time(roster->expires_ms),
                  "credentials", credentials, "verified", hash != NULL);
    if (hash == NULL || object == NULL)
        return object; /* only its head and credentials were decoded */
    json_object_set_new(object, "hash", json_string(tool_hex(hash).text));
    json_object_set_new(object, "mailboxes", mailboxes_json(roster));
    json_object_set_new(object, "suspects", suspects_json(roster));
    if (roster->has_previous)
        json_object_set_new(object, "previous", json_string(tool_hex(&roster->previous).text));
    return object;
}
