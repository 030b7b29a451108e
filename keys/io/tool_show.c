/* `show FILE`: whatever it is.  What can only be verified with other files is said to be so. */
#include "keys/io/tool.h"
#include "keys/public_text.h"
#include "proto/io/term.h"
#include "proto/message.h"
#include "proto/note.h"
#include "proto/wire.h"

#include <string.h>

static enum err
show_key(struct tool *tool, struct span bytes)
{
    char label[KEYFILE_LABEL_MAX + 1];
    bool needs_passphrase = false;
    enum err err = keyfile_peek(bytes, &needs_passphrase, label);

    if (err != ERR_OK)
        return err;
    if (tool->options->json) {
        tool_put_json(json_pack("{s:s, s:s, s:b}", "type", "key", "label", label, "passphrase",
                                needs_passphrase));
        return ERR_OK;
    }
    puts("Secret key file");
    tool_put_field("of", label);
    tool_put_field("protected", needs_passphrase ? "by a passphrase" : "by its mode alone");
    tool_say(tool, "denrei-keys public FILE shows its public keys.");
    return ERR_OK;
}

/* The lines of `denrei-keys vkey`, which tool_recognise has parsed once. */
static enum err
show_verifiers(struct tool *tool, struct span bytes)
{
    json_t *list = tool->options->json ? json_array() : NULL;

    while (bytes.len > 0) {
        struct note_key key;
        char id[9];
        enum err err = note_key_parse(tool_next_line(&bytes), &key);
        if (err != ERR_OK) {
            json_decref(list);
            return err;
        }
        const bool is_log = key.type == NOTE_ED25519;
        const struct public_fingerprint fingerprint = public_text_fingerprint(
            is_log ? DENREI__V1__KEY_USE__KEY_USE_LOG : DENREI__V1__KEY_USE__KEY_USE_WITNESS,
            &key.public_key);
        snprintf(id, sizeof id, "%08x", key.id);
        if (tool->options->json) {
            json_array_append_new(list,
                                  json_pack("{s:s, s:s, s:s, s:s, s:s}", "name", key.name, "of",
                                            is_log ? "log" : "witness", "id", id, "public_key",
                                            public_text_base64(&key.public_key).text, "fingerprint",
                                            fingerprint.text));
            continue;
        }
        puts(is_log ? "Verifier key of a log" : "Verifier key of a witness");
        tool_put_field("name", key.name);
        tool_put_field("id", id);
        tool_put_field("fingerprint", fingerprint.text);
    }
    if (tool->options->json)
        tool_put_json(json_pack("{s:s, s:o}", "type", "verifiers", "keys", list));
    return ERR_OK;
}

/* A credential as its bytes say, nothing verified. */
static enum err
get_unverified(struct tool *tool, ProtobufCBinaryData body, struct credential *out)
{
    ProtobufCMessage *message = NULL;
    enum err err = wire_decode(&denrei__v1__credential__descriptor, wire_get_span(body),
                               tool->arena, &message);

    if (err != ERR_OK)
        return err;
    const Denrei__V1__Credential *wire = (const Denrei__V1__Credential *)message;
    *out = (struct credential){
        .member = wire->member,
        .local_id = wire->local_id,
        .purpose = wire->purpose,
        .not_before_ms = wire->not_before,
        .not_after_ms = wire->not_after,
    };
    err = document_get_kinds(wire->kinds, wire->n_kinds, &out->kinds);
    if (err == ERR_OK)
        err = wire_get_key(wire->signing_key, &out->signing_key);
    if (err == ERR_OK)
        err = wire_get_key(wire->encryption_key, &out->encryption_key);
    if (err == ERR_OK)
        err = wire_get_key(wire->transport_key, &out->transport_key);
    return err;
}

static void
say_unverified(const struct tool *tool)
{
    tool_say(tool, "NOT VERIFIED: say --federation FIRST-DIRECTORY (a bundle does as well).");
}

static enum err
show_request(struct tool *tool, struct span bytes)
{
    ProtobufCMessage *message = NULL;
    struct credential credential;
    enum err err =
        wire_decode(&denrei__v1__signed_credential__descriptor, bytes, tool->arena, &message);

    if (err == ERR_OK)
        err = get_unverified(tool, ((const Denrei__V1__SignedCredential *)message)->body,
                             &credential);
    if (err != ERR_OK)
        return err;
    if (tool->options->json) {
        tool_put_json(tool_json_credential(&credential, false));
        return ERR_OK;
    }
    tool_print_credential(&credential, false);
    say_unverified(tool);
    return ERR_OK;
}

static enum err
show_roster(struct tool *tool, const char *path)
{
    struct tool_document file;
    struct roster roster = {0};
    enum err err = tool_read_document(tool, path, TOOL_FILE_ROSTER, &file);

    if (err != ERR_OK)
        return err;
    const Denrei__V1__Roster *wire = (const Denrei__V1__Roster *)file.message;
    struct credential *credentials =
        arena_alloc(tool->arena, wire->n_credentials * sizeof *credentials);
    if (credentials == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; err == ERR_OK && i < wire->n_credentials; i++)
        err = get_unverified(tool, wire->credentials[i]->body, &credentials[i]);
    if (err != ERR_OK)
        return err;
    roster.member = wire->member;
    roster.version = wire->version;
    roster.issued_ms = wire->issued;
    roster.expires_ms = wire->expires;
    roster.credentials = credentials;
    roster.credentials_count = wire->n_credentials;
    if (tool->options->json) {
        tool_put_json(tool_json_roster(&roster, NULL));
        return ERR_OK;
    }
    tool_print_roster(&roster, NULL);
    say_unverified(tool);
    return ERR_OK;
}

/* Verified where the file alone, or --federation, is enough. */
static enum err
show(struct tool *tool, const char *path, enum tool_file file, struct span bytes)
{
    bool can_verify = tool->options->federation != NULL;

    switch (file) {
    case TOOL_FILE_KEY:
        return show_key(tool, bytes);
    case TOOL_FILE_PUBLIC:
        term_put_lines(stdout, bytes, 0);
        return ERR_OK;
    case TOOL_FILE_REQUEST:
        return can_verify ? tool_show_request(tool, path, false) : show_request(tool, bytes);
    case TOOL_FILE_ROSTER:
        return can_verify ? tool_show_roster(tool, path, false) : show_roster(tool, path);
    case TOOL_FILE_VERIFIERS:
        return show_verifiers(tool, bytes);
    case TOOL_FILE_DIRECTORY:
        return tool_show_directory(tool, path);
    case TOOL_FILE_BUNDLE:
        return tool_show_bundle(tool, path, false);
    case TOOL_FILE_UNKNOWN:
        break;
    }
    problems_add(&tool->problems, path,
                 "give a key, public key, request, directory, roster, bundle or "
                 "verifier key that denrei-keys made",
                 "this is %s", tool_file_text(file));
    return ERR_FORMAT;
}

int
tool_show(void *options, const struct args_words *words)
{
    struct tool_options *mine = options;
    struct tool tool;
    struct span bytes = {NULL, 0};
    enum err err = tool_begin(&tool, options);

    mine->directories = (struct args_list){.items = {mine->federation}, .len = 1};
    if (err == ERR_OK)
        err = tool_read(&tool, words->words[0], BUNDLE_BYTES_MAX, &bytes);
    if (err == ERR_OK)
        err = show(&tool, words->words[0], tool_recognise(&tool, bytes), bytes);
    return tool_end(&tool, err);
}
