/* New key files, and their public halves. */
#include "keys/io/load.h"
#include "keys/io/tool.h"
#include "keys/public_text.h"
#include "proto/io/term.h"
#include "proto/message.h"

#include <string.h>

/* The keys of a sort of key file, ascending use. */
struct sort {
    const char *before; /* of the label, around the name */
    const char *after;
    Denrei__V1__KeyUse uses[KEYFILE_KEYS_MAX];
    size_t uses_count;
    const char *next; /* what comes next */
};

static const struct sort ROOT = {
    "root/",
    "",
    {DENREI__V1__KEY_USE__KEY_USE_ROOT},
    1,
    "Give the line on standard output to whoever drafts the directory (roots).",
};

static const struct sort AUTHORITY = {
    "",
    "/authority",
    {DENREI__V1__KEY_USE__KEY_USE_AUTHORITY, DENREI__V1__KEY_USE__KEY_USE_MAILBOX},
    2,
    "Give the line on standard output to whoever drafts the directory (authority_keys).",
};

static const struct sort RELAY = {
    "relay",
    "",
    {DENREI__V1__KEY_USE__KEY_USE_TRANSPORT, DENREI__V1__KEY_USE__KEY_USE_RELAY,
     DENREI__V1__KEY_USE__KEY_USE_LOG},
    3,
    "Give the lines on standard output to whoever drafts the directory (relays, log).",
};

static const struct sort WITNESS = {
    "",
    "/witness",
    {DENREI__V1__KEY_USE__KEY_USE_WITNESS},
    1,
    "Give the line on standard output to whoever drafts the directory (witnesses).",
};

/* ---- public halves */

static json_t *
public_json(const struct keyfile *keyfile)
{
    json_t *list = json_array();

    for (size_t i = 0; i < keyfile->keys_count; i++) {
        Denrei__V1__KeyUse use = identity_use(keyfile->keys[i]);
        const struct public_key *key = identity_public_key(keyfile->keys[i]);
        if (use == DENREI__V1__KEY_USE__KEY_USE_MAILBOX)
            continue; /* a seed, which has no public half of its own */
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:s}", "use", public_text_use(use),
                                        "public_key", public_text_base64(key).text, "fingerprint",
                                        public_text_fingerprint(use, key).text));
    }
    return list;
}

/* The lines of a public-key file into the tool's arena. */
static enum err
public_lines(struct tool *tool, const struct keyfile *keyfile, struct span *out)
{
    size_t room = (KEYFILE_KEYS_MAX + 2) * PUBLIC_LINE_BYTES, len = 0;
    char *text = arena_alloc(tool->arena, room);

    if (text == NULL)
        return ERR_NOMEM;
    len = (size_t)snprintf(text, room, "# denrei public keys of %s: use, key, fingerprint, owner\n",
                           keyfile->label);
    for (size_t i = 0; i < keyfile->keys_count; i++) {
        Denrei__V1__KeyUse use = identity_use(keyfile->keys[i]);
        if (use == DENREI__V1__KEY_USE__KEY_USE_MAILBOX)
            continue;
        struct public_line line =
            public_text_line(use, identity_public_key(keyfile->keys[i]), keyfile->label);
        len += (size_t)snprintf(text + len, room - len, "%s\n", line.text);
    }
    *out = (struct span){(uint8_t *)text, len};
    return ERR_OK;
}

/* Print the public halves; `file` is the key file they belong to. */
static enum err
put_public(struct tool *tool, const struct keyfile *keyfile, const char *file)
{
    struct span lines = {NULL, 0};
    enum err err = ERR_OK;

    if (tool->options->json) {
        tool_put_json(json_pack("{s:s, s:s, s:o}", "file", file, "label", keyfile->label, "keys",
                                public_json(keyfile)));
        return ERR_OK;
    }
    err = public_lines(tool, keyfile, &lines);
    if (err == ERR_OK)
        term_put_lines(stdout, lines, 0);
    return err;
}

/* ---- new */

static enum err
make_keys(const struct sort *sort, struct keyfile *keyfile)
{
    for (size_t i = 0; i < sort->uses_count; i++) {
        enum err err = identity_new(sort->uses[i], &keyfile->keys[i]);
        if (err != ERR_OK)
            return err;
        keyfile->keys_count++;
    }
    return ERR_OK;
}

static enum err
make(struct tool *tool, const struct sort *sort, const char *name)
{
    struct keyfile keyfile = {0};
    enum err err = tool_check_free(tool, tool->options->out);

    if (err != ERR_OK)
        return err;
    snprintf(keyfile.label, sizeof keyfile.label, "%s%s%s", sort->before, name, sort->after);
    err = make_keys(sort, &keyfile);
    if (err == ERR_OK)
        err = tool_write_keyfile(tool, tool->options->out, &keyfile);
    if (err == ERR_OK)
        err = put_public(tool, &keyfile, tool->options->out);
    if (err == ERR_OK)
        tool_say(tool, "Wrote the secret key file %s (mode 0600%s).\n%s", tool->options->out,
                 tool->options->no_passphrase ? ", NO passphrase: whoever reads it has the key"
                                              : "",
                 sort->next);
    keyfile_clear(&keyfile);
    return err;
}

static enum err
check_holder(struct tool *tool)
{
    if (document_is_line(tool->options->holder, KEYFILE_LABEL_MAX - 8))
        return ERR_OK;
    problems_add(&tool->problems, "--holder", "give the holder's name in one line",
                 "not a usable name");
    return ERR_USAGE;
}

static enum err
check_member(struct tool *tool)
{
    if (message_is_member_id(tool->options->member))
        return ERR_OK;
    problems_add(&tool->problems, "--member", "use 3 to 64 of a-z 0-9 . - such as jp.mofa",
                 "%s is not a member id", tool->options->member);
    return ERR_USAGE;
}

int
tool_root_new(void *options, const struct args_words *)
{
    struct tool tool;
    enum err err = tool_begin(&tool, options);

    if (err == ERR_OK)
        err = check_holder(&tool);
    if (err == ERR_OK)
        err = make(&tool, &ROOT, tool.options->holder);
    return tool_end(&tool, err);
}

int
tool_authority_new(void *options, const struct args_words *)
{
    struct tool tool;
    enum err err = tool_begin(&tool, options);

    if (err == ERR_OK)
        err = check_member(&tool);
    if (err == ERR_OK)
        err = make(&tool, &AUTHORITY, tool.options->member);
    return tool_end(&tool, err);
}

int
tool_relay_new(void *options, const struct args_words *)
{
    struct tool tool;
    enum err err = tool_begin(&tool, options);

    if (err == ERR_OK)
        err = make(&tool, &RELAY, "");
    return tool_end(&tool, err);
}

int
tool_witness_new(void *options, const struct args_words *)
{
    struct tool tool;
    enum err err = tool_begin(&tool, options);

    if (err == ERR_OK)
        err = check_member(&tool);
    if (err == ERR_OK)
        err = make(&tool, &WITNESS, tool.options->member);
    return tool_end(&tool, err);
}

/* ---- public FILE */

static enum err
run_public(struct tool *tool, const char *path)
{
    struct keyfile keyfile = {0};
    struct span lines = {NULL, 0};
    const char *out = tool->options->out;
    enum err err = out == NULL ? ERR_OK : tool_check_free(tool, out);

    if (err == ERR_OK)
        err = load_keyfile(path, tool->options->passphrase_fd, &keyfile, &tool->problems);
    if (err != ERR_OK)
        return err;
    if (out == NULL) {
        err = put_public(tool, &keyfile, path);
        goto done;
    }
    err = public_lines(tool, &keyfile, &lines);
    if (err == ERR_OK)
        err = tool_write(tool, out, lines);
    if (err == ERR_OK)
        tool_say(tool, "Wrote the public keys of %s to %s.", keyfile.label, out);

done:
    keyfile_clear(&keyfile);
    return err;
}

int
tool_public(void *options, const struct args_words *words)
{
    struct tool tool;
    enum err err = tool_begin(&tool, options);

    if (err == ERR_OK)
        err = run_public(&tool, words->words[0]);
    return tool_end(&tool, err);
}
