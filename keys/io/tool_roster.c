/* Rosters: what a member's authority issues, renews and revokes. */
#include "keys/io/tool.h"
#include "keys/issue.h"
#include "proto/hash.h"
#include "proto/io/clock.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

static const Denrei__V1__DocumentType ROSTER = DENREI__V1__DOCUMENT_TYPE__DOCUMENT_ROSTER;

/* ---- making one */

/* The roster to be followed, taken into `trust`; its member's id. */
static enum err
load_previous(struct tool *tool, struct trust *trust, const char **member)
{
    const char *path = tool->options->previous;
    struct tool_document file;
    enum err err = tool_read_document(tool, path, TOOL_FILE_ROSTER, &file);

    if (err != ERR_OK)
        return err;
    *member = ((const Denrei__V1__Roster *)file.message)->member;
    err = trust_apply(trust, ROSTER, file.bytes, TRUST_UNLOGGED);
    if (err != ERR_OK)
        problems_add(&tool->problems, path,
                     err == ERR_UNKNOWN || err == ERR_SIGNATURE
                         ? "give the newest directory, which knows the authority that signed it"
                         : "give the newest roster of this member",
                     "the roster before does not hold: %s", err_text(err));
    return err;
}

static enum err
load_requests(struct tool *tool, struct issue_change *change)
{
    const struct args_list *paths = &tool->options->add;
    struct span *requests = arena_alloc(tool->arena, paths->len * sizeof *requests);

    if (requests == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < paths->len; i++) {
        enum err err = tool_read_request(tool, paths->items[i], &requests[i]);
        if (err != ERR_OK)
            return err;
    }
    change->add = requests;
    change->add_count = paths->len;
    return ERR_OK;
}

static enum err
sign(struct tool *tool, const struct trust *trust, const char *member,
     const struct keyfile *keyfile, struct document *document)
{
    const struct identity *authority =
        keyfile_find(keyfile, DENREI__V1__KEY_USE__KEY_USE_AUTHORITY);
    const struct member *entry =
        directory_find_member(trust_directory(trust, TRUST_UNLOGGED), member);
    bool is_known = false;

    for (size_t i = 0; i < entry->authority_keys_count; i++)
        is_known = is_known || memcmp(&entry->authority_keys[i], identity_public_key(authority),
                                      KEY_BYTES) == 0;
    if (!is_known) {
        problems_add(&tool->problems, tool->options->authority,
                     "use the authority's key file of this member, or have the directory name it",
                     "the key of %s is no authority key of %s in the directory", keyfile->label,
                     member);
        return ERR_KEY;
    }
    return document_sign(trust_federation(trust), ROSTER, authority, document);
}

static enum err
put_roster(struct tool *tool, const struct roster *roster, const struct hash *hash)
{
    const char *path = tool->options->out;

    if (tool->options->json) {
        tool_put_json(json_pack("{s:s, s:s, s:I, s:s, s:o, s:i}", "file", path, "member",
                                roster->member, "version", (json_int_t)roster->version, "hash",
                                tool_hex(hash).text, "expires", tool_json_time(roster->expires_ms),
                                "credentials", (int)roster->credentials_count));
        return ERR_OK;
    }
    tool_print_roster(roster, hash);
    tool_say(tool,
             "Wrote roster version %" PRIu64 " of %s to %s.\n"
             "Next: put it into bundles (denrei-keys bundle make), or publish it through a client.",
             roster->version, roster->member, path);
    return ERR_OK;
}

/* Sign, verify as everybody will, and write. */
static enum err
finish(struct tool *tool, struct trust *trust, const char *member, const struct keyfile *keyfile,
       struct span body)
{
    struct document document = {.body = body};
    struct span bytes = {NULL, 0};
    enum err err = sign(tool, trust, member, keyfile, &document);

    if (err == ERR_OK)
        err = document_encode(&document, tool->arena, &bytes);
    if (err != ERR_OK)
        return err;
    err = trust_apply(trust, ROSTER, bytes, TRUST_UNLOGGED);
    if (err != ERR_OK) {
        problems_add(&tool->problems, member,
                     err == ERR_KEY ? "one of its keys stands elsewhere in the federation" : "",
                     "the roster would not be taken: %s", err_text(err));
        return err;
    }
    err = tool_write(tool, tool->options->out, bytes);
    if (err != ERR_OK)
        return err;
    if (clock_now_ms() >= trust_directory(trust, TRUST_UNLOGGED)->expires_ms)
        tool_say(tool, "Note: the directory has expired: the relay takes no new message until the "
                       "root holders sign the next version.");
    return put_roster(tool, trust_newest_roster(trust, member), trust_roster_hash(trust, member));
}

static enum err
check_options(struct tool *tool)
{
    const struct tool_options *options = tool->options;

    if (options->days == 0 || options->days * DAY_MS > ROSTER_MS_MAX) {
        problems_add(&tool->problems, "--days", "use 1 to 7, and renew in time",
                     "a roster lives for at most 7 days");
        return ERR_USAGE;
    }
    if (options->previous == NULL || strcmp(options->out, options->previous) != 0)
        return tool_check_free(tool, options->out);
    return ERR_OK; /* the next in the place of the one before */
}

static enum err
make(struct tool *tool, struct issue_change *change)
{
    const struct tool_options *options = tool->options;
    const char *member = options->member;
    struct keyfile keyfile = {0};
    struct trust *trust = NULL;
    struct span body = {NULL, 0};
    enum err err = check_options(tool);

    if (err == ERR_OK)
        err = tool_load_trust(tool, &options->directories, &trust);
    if (err == ERR_OK && options->previous != NULL)
        err = load_previous(tool, trust, &member);
    if (err == ERR_OK)
        err = load_requests(tool, change);
    if (err == ERR_OK)
        err = tool_load_keyfile(tool, options->authority, DENREI__V1__KEY_USE__KEY_USE_AUTHORITY,
                                &keyfile);
    if (err != ERR_OK)
        goto done;
    const struct identity *seed = keyfile_find(&keyfile, DENREI__V1__KEY_USE__KEY_USE_MAILBOX);
    if (seed == NULL) {
        problems_add(&tool->problems, options->authority, "use one made with authority new",
                     "the key file holds no mailbox seed");
        err = ERR_KEY;
        goto done;
    }
    change->now_ms = clock_now_ms();
    change->life_ms = options->days * DAY_MS;
    err = issue_roster(trust, member, seed, change, tool->arena, &body, &tool->problems);
    if (err == ERR_OK)
        err = finish(tool, trust, member, &keyfile, body);

done:
    keyfile_clear(&keyfile);
    trust_free(&trust);
    return err;
}

/* ---- the verbs */

static int
run_make(const struct tool_options *options, struct issue_change change)
{
    struct tool tool;
    enum err err = tool_begin(&tool, options);

    if (err == ERR_OK)
        err = make(&tool, &change);
    if (err == ERR_OK && change.revoke != NULL)
        tool_say(&tool,
                 "Revoked %s, with a new mailbox key.  Publish this roster NOW: it acts at "
                 "the relay's next frame.",
                 change.revoke);
    return tool_end(&tool, err);
}

int
tool_roster_issue(void *options, const struct args_words *)
{
    return run_make(options, (struct issue_change){0});
}

int
tool_roster_renew(void *options, const struct args_words *)
{
    return run_make(options, (struct issue_change){0});
}

/* Requests are words here. */
int
tool_roster_add(void *options, const struct args_words *words)
{
    struct tool_options *mine = options;

    assert(words->len <= ARGS_LIST_MAX); /* as the table of commands says */
    for (size_t i = 0; i < words->len; i++)
        mine->add.items[i] = words->words[i];
    mine->add.len = words->len;
    return run_make(options, (struct issue_change){0});
}

int
tool_roster_revoke(void *options, const struct args_words *words)
{
    const struct tool_options *mine = options;

    return run_make(options, (struct issue_change){
                                 .revoke = words->words[0],
                                 .is_suspect = mine->suspect_since != TOOL_NONE,
                                 .since_leaf = mine->suspect_since,
                             });
}

int
tool_roster_rotate(void *options, const struct args_words *)
{
    return run_make(options, (struct issue_change){.new_mailbox = true});
}

/* ---- show, check */

static enum err
check_expiry(struct tool *tool, const char *path, const struct roster *roster)
{
    if (clock_now_ms() < roster->expires_ms)
        return ERR_OK;
    problems_add(&tool->problems, path, "denrei-keys roster renew", "the roster has expired");
    return ERR_EXPIRED;
}

enum err
tool_show_roster(struct tool *tool, const char *path, bool is_check)
{
    struct tool_document file;
    struct trust *trust = NULL;
    const char *member = NULL;
    enum err err = tool_read_document(tool, path, TOOL_FILE_ROSTER, &file);

    if (err == ERR_OK)
        err = tool_load_trust(tool, &tool->options->directories, &trust);
    if (err == ERR_OK && tool->options->previous != NULL)
        err = load_previous(tool, trust, &member);
    if (err != ERR_OK)
        goto done;
    member = ((const Denrei__V1__Roster *)file.message)->member;
    err = trust_apply(trust, ROSTER, file.bytes, TRUST_UNLOGGED);
    if (err != ERR_OK) {
        problems_add(&tool->problems, path, "do not use it", "the roster does not hold: %s",
                     err_text(err));
        goto done;
    }
    if (is_check)
        err = check_expiry(tool, path, trust_newest_roster(trust, member));
    if (err != ERR_OK)
        goto done;
    if (tool->options->json) {
        tool_put_json(
            tool_json_roster(trust_newest_roster(trust, member), trust_roster_hash(trust, member)));
    } else {
        tool_print_roster(trust_newest_roster(trust, member), trust_roster_hash(trust, member));
        tool_say(tool, "Signed by the authority of %s, as the directory names it.", member);
    }

done:
    trust_free(&trust);
    return err;
}

int
tool_roster_show(void *options, const struct args_words *words)
{
    return tool_run_on_file(options, words, tool_show_roster, false);
}

int
tool_roster_check(void *options, const struct args_words *words)
{
    return tool_run_on_file(options, words, tool_show_roster, true);
}
