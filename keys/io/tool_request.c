/* Credential requests: made on the holder's own machine, so that no secret key travels. */
#include "keys/io/tool.h"
#include "keys/public_text.h"
#include "proto/field.h"
#include "proto/io/clock.h"
#include "proto/kind.h"
#include "proto/message.h"
#include "proto/nearest.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

enum { VALID_DAYS_MAX = 5 * 366 };

/* ---- new */

/* One word of --kinds, a command word or a name. */
static enum err
add_kind(struct tool *tool, const char *word, uint32_t *kinds)
{
    const struct kind_type *kind = kind_find_name(word);

    if (kind == NULL) {
        kind_report_unknown(&tool->problems, "--kinds", word);
        return ERR_USAGE;
    }
    *kinds |= UINT32_C(1) << kind->number;
    return ERR_OK;
}

/* --kinds may be repeated, and each may hold several words with commas. */
static enum err
get_kinds(struct tool *tool, uint32_t *kinds)
{
    const struct args_list *list = &tool->options->kinds;

    for (size_t i = 0; i < list->len; i++) {
        const char *at = list->items[i];
        while (*at != '\0') {
            char word[FIELD_WORD_BYTES];
            size_t len = strcspn(at, ",");
            snprintf(word, sizeof word, "%.*s", (int)(len < sizeof word ? len : sizeof word - 1),
                     at);
            enum err err = add_kind(tool, word, kinds);
            if (err != ERR_OK)
                return err;
            at += len + (at[len] == ',');
        }
    }
    return ERR_OK;
}

static enum err
refuse_option(struct tool *tool, const char *option, const char *cure, const char *wrong)
{
    problems_add(&tool->problems, option, cure, "%s", wrong);
    return ERR_USAGE;
}

static enum err
get_wanted(struct tool *tool, struct credential *wanted)
{
    const struct tool_options *options = tool->options;
    const ProtobufCEnumValue *purpose =
        field_enum_find(&denrei__v1__purpose__descriptor, options->purpose);
    uint64_t days = options->valid_days == TOOL_NONE ? TOOL_DAYS_REQUEST : options->valid_days;

    if (!message_is_member_id(options->member))
        return refuse_option(tool, "--member", "use 3 to 64 of a-z 0-9 . - such as jp.mofa",
                             "not a member id");
    if (!credential_is_local_id(options->id))
        return refuse_option(tool, "--id", "use 1 to 32 of a-z 0-9 - such as o17",
                             "not a local id");
    if (purpose == NULL)
        return refuse_option(tool, "--purpose", "use officer, node, auditor or operator",
                             "not a purpose");
    if (days == 0 || days > VALID_DAYS_MAX)
        return refuse_option(tool, "--valid-days", "use 1 to 1830", "out of range");
    wanted->member = options->member;
    wanted->local_id = options->id;
    wanted->purpose = (Denrei__V1__Purpose)purpose->value;
    wanted->not_before_ms = clock_now_ms();
    wanted->not_after_ms = wanted->not_before_ms + days * DAY_MS;
    return get_kinds(tool, &wanted->kinds);
}

static enum err
make_keys(struct tool *tool, struct credential *wanted, struct keyfile *keyfile)
{
    static const Denrei__V1__KeyUse USES[] = {
        DENREI__V1__KEY_USE__KEY_USE_SIGNING,
        DENREI__V1__KEY_USE__KEY_USE_ENCRYPTION,
        DENREI__V1__KEY_USE__KEY_USE_TRANSPORT,
        DENREI__V1__KEY_USE__KEY_USE_WITNESS,
    };
    size_t count = tool->options->witness ? 4 : 3;

    snprintf(keyfile->label, sizeof keyfile->label, "%s/%s", wanted->member, wanted->local_id);
    for (size_t i = 0; i < count; i++) {
        enum err err = identity_new(USES[i], &keyfile->keys[i]);
        if (err != ERR_OK)
            return err;
        keyfile->keys_count++;
    }
    wanted->signing_key = *identity_public_key(keyfile->keys[0]);
    wanted->encryption_key = *identity_public_key(keyfile->keys[1]);
    wanted->transport_key = *identity_public_key(keyfile->keys[2]);
    return ERR_OK;
}

/* What was made, on standard output. */
static void
put_made(const struct tool *tool, const struct credential *made, const struct keyfile *keyfile)
{
    const struct tool_options *options = tool->options;
    const struct identity *witness = keyfile_find(keyfile, DENREI__V1__KEY_USE__KEY_USE_WITNESS);
    struct tool_hex hash = tool_hex(&made->hash);

    if (options->json) {
        json_t *object =
            json_pack("{s:s, s:s, s:s, s:s}", "label", keyfile->label, "credential", hash.text,
                      "key_file", options->out_key, "request_file", options->out_request);
        if (witness != NULL && object != NULL)
            json_object_set_new(object, "witness_key",
                                json_string(public_text_base64(identity_public_key(witness)).text));
        tool_put_json(object);
        return;
    }
    printf("credential %s %s\n", keyfile->label, hash.text);
    if (witness != NULL) {
        char label[MEMBER_ID_MAX + 16];
        snprintf(label, sizeof label, "%s/witness", made->member);
        puts(public_text_line(identity_use(witness), identity_public_key(witness), label).text);
    }
    tool_say(tool,
             "Wrote the secret key file %s (mode 0600%s) and the request %s.\n"
             "Hand the request to the authority of %s, and read the credential's hash out to it.",
             options->out_key, options->no_passphrase ? ", NO passphrase" : "",
             options->out_request, made->member);
}

/*
 * What the authority will refuse as the directory stands is told now, while it is easily put right.
 * It is no error: the directory at hand may be an older one.
 */
static void
tell_outlook(struct tool *tool, const struct directory *directory, const struct credential *made)
{
    const struct member *member = directory_find_member(directory, made->member);
    struct nearest nearest;

    if (member != NULL) {
        uint32_t lacks = made->kinds & ~member->may_send;
        if (lacks != 0)
            tool_say(tool,
                     "Note: version %" PRIu64 " of the directory does not let %s send %s; "
                     "until it does, no roster can take this request.",
                     directory->version, made->member, tool_kind_words(lacks).text);
        return;
    }
    nearest_init(&nearest, made->member);
    for (size_t i = 0; i < directory->members_count; i++)
        nearest_offer(&nearest, directory->members[i].id);
    tool_say(tool,
             "Note: version %" PRIu64 " of the directory has no member %s%s%s%s; until it has, no "
             "roster can take this request.",
             directory->version, made->member, nearest.count > 0 ? " (did you mean " : "",
             nearest.count > 0 ? nearest.names[0] : "", nearest.count > 0 ? "?)" : "");
}

/* The key file first: a request without its key would be worth nothing. */
static enum err
write_both(struct tool *tool, const struct credential *made, struct keyfile *keyfile)
{
    const struct tool_options *options = tool->options;
    enum err err = ERR_OK;

    memcpy(keyfile->credential, made->signed_bytes.data, made->signed_bytes.len);
    keyfile->credential_len = made->signed_bytes.len;
    err = tool_write_keyfile(tool, options->out_key, keyfile);
    if (err != ERR_OK)
        return err;
    err = tool_write(tool, options->out_request, made->signed_bytes);
    if (err != ERR_OK)
        unlink(options->out_key); /* made just now, and of no use alone */
    return err;
}

static enum err
run_new(struct tool *tool)
{
    const struct tool_options *options = tool->options;
    const struct args_list paths = {.items = {options->federation}, .len = 1};
    struct keyfile keyfile = {0};
    struct credential wanted = {0}, made;
    struct trust *trust = NULL;
    enum err err = get_wanted(tool, &wanted);

    if (err == ERR_OK)
        err = tool_check_free(tool, options->out_key);
    if (err == ERR_OK)
        err = tool_check_free(tool, options->out_request);
    if (err == ERR_OK)
        err = tool_load_trust(tool, &paths, &trust);
    if (err == ERR_OK)
        err = make_keys(tool, &wanted, &keyfile);
    if (err == ERR_OK)
        err =
            credential_make(trust_federation(trust), &wanted, keyfile.keys[0], tool->arena, &made);
    if (err == ERR_OK)
        err = write_both(tool, &made, &keyfile);
    if (err == ERR_OK) {
        put_made(tool, &made, &keyfile);
        tell_outlook(tool, trust_directory(trust, TRUST_UNLOGGED), &made);
    }
    keyfile_clear(&keyfile);
    trust_free(&trust);
    return err;
}

int
tool_request_new(void *options, const struct args_words *)
{
    struct tool tool;
    enum err err = tool_begin(&tool, options);

    if (err == ERR_OK)
        err = run_new(&tool);
    return tool_end(&tool, err);
}

/* ---- show, check */

/* Decode under a federation if one is given; without, nothing is verified. */
enum err
tool_show_request(struct tool *tool, const char *path, bool is_check)
{
    struct credential credential;
    struct hash federation;
    struct span bytes = {NULL, 0};
    enum err err = tool_read_request(tool, path, &bytes);

    if (err == ERR_OK)
        err = tool_load_federation(tool, tool->options->federation, &federation);
    if (err != ERR_OK)
        return err;
    err = credential_decode(&federation, bytes, tool->arena, &credential);
    if (err != ERR_OK) {
        problems_add(&tool->problems, path,
                     "it may be of another federation; have it made again with request new",
                     "the request does not hold: %s", err_text(err));
        return err;
    }
    if (tool->options->json)
        tool_put_json(tool_json_credential(&credential, true));
    else
        tool_print_credential(&credential, true);
    if (is_check && clock_now_ms() >= credential.not_after_ms) {
        problems_add(&tool->problems, path, "have a new one made", "the request has expired");
        return ERR_EXPIRED;
    }
    if (is_check)
        tool_say(tool, "The request holds: its keys are usable and it is signed by its own key.\n"
                       "Compare the hash with what its holder reads out, then: denrei-keys roster "
                       "add (roster issue for a member's first).");
    return ERR_OK;
}

int
tool_request_show(void *options, const struct args_words *words)
{
    return tool_run_on_file(options, words, tool_show_request, false);
}

int
tool_request_check(void *options, const struct args_words *words)
{
    return tool_run_on_file(options, words, tool_show_request, true);
}
