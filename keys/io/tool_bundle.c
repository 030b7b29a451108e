/* Installation bundles, and the log's verifier keys. */
#include "keys/io/load.h"
#include "keys/io/tool.h"
#include "keys/log_keys.h"
#include "proto/io/clock.h"
#include "proto/io/term.h"

#include <inttypes.h>
#include <string.h>

/* ---- make */

static enum err
take_rosters(struct tool *tool, struct trust *trust, struct span *rosters)
{
    const struct args_list *paths = &tool->options->rosters;

    for (size_t i = 0; i < paths->len; i++) {
        struct tool_document file;
        enum err err = tool_read_document(tool, paths->items[i], TOOL_FILE_ROSTER, &file);
        if (err != ERR_OK)
            return err;
        const char *member = ((const Denrei__V1__Roster *)file.message)->member;
        if (trust_newest_roster(trust, member) != NULL) {
            problems_add(&tool->problems, paths->items[i], "give only the newest of each member",
                         "there is a roster of %s already", member);
            return ERR_EXISTS;
        }
        err = trust_apply(trust, DENREI__V1__DOCUMENT_TYPE__DOCUMENT_ROSTER, file.bytes,
                          TRUST_UNLOGGED);
        if (err != ERR_OK) {
            problems_add(&tool->problems, paths->items[i], "", "the roster of %s does not hold: %s",
                         member, err_text(err));
            return err;
        }
        rosters[i] = file.bytes;
    }
    return ERR_OK;
}

static enum err
encode(struct tool *tool, const struct trust *trust, const struct span *rosters, struct span *out)
{
    size_t count = (size_t)trust_directory(trust, TRUST_UNLOGGED)->version;
    struct span *directories = arena_alloc(tool->arena, count * sizeof *directories);
    struct bundle bundle = {
        .directories = directories,
        .directories_count = count,
        .rosters = rosters,
        .rosters_count = tool->options->rosters.len,
    };

    if (directories == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < count; i++)
        directories[i] = trust_directory_document(trust, i + 1);
    return bundle_encode(&bundle, tool->arena, out);
}

/* Members that a holder of this bundle cannot reach, for whoever makes it. */
static void
say_missing(const struct tool *tool, const struct trust *trust)
{
    const struct directory *directory = trust_directory(trust, TRUST_UNLOGGED);

    for (size_t i = 0; i < directory->members_count; i++) {
        const struct roster *roster = trust_newest_roster(trust, directory->members[i].id);
        if (roster == NULL)
            tool_say(tool, "Note: no roster of %s is in it.", directory->members[i].id);
        else if (clock_now_ms() >= roster->expires_ms)
            tool_say(tool, "Note: the roster of %s has expired.", roster->member);
    }
}

static enum err
run_make(struct tool *tool)
{
    const struct tool_options *options = tool->options;
    struct span *rosters = arena_alloc(tool->arena, options->rosters.len * sizeof *rosters);
    struct trust *trust = NULL;
    struct span bytes = {NULL, 0};
    enum err err = rosters == NULL ? ERR_NOMEM : tool_check_free(tool, options->out);

    if (err == ERR_OK)
        err = tool_load_trust(tool, &options->directories, &trust);
    if (err == ERR_OK)
        err = take_rosters(tool, trust, rosters);
    if (err == ERR_OK)
        err = encode(tool, trust, rosters, &bytes);
    if (err == ERR_OK)
        err = tool_write(tool, options->out, bytes);
    if (err != ERR_OK)
        goto done;
    struct tool_hex federation = tool_hex(trust_federation(trust));
    if (options->json)
        tool_put_json(json_pack("{s:s, s:s, s:I, s:i}", "file", options->out, "federation",
                                federation.text, "directory",
                                (json_int_t)trust_directory(trust, TRUST_UNLOGGED)->version,
                                "rosters", (int)options->rosters.len));
    else
        printf("federation %s\n", federation.text);
    say_missing(tool, trust);
    tool_say(tool,
             "Wrote the bundle %s.  Whoever installs it compares the federation above with "
             "what the root holders published.",
             options->out);

done:
    trust_free(&trust);
    return err;
}

int
tool_bundle_make(void *options, const struct args_words *)
{
    struct tool tool;
    enum err err = tool_begin(&tool, options);

    if (err == ERR_OK)
        err = run_make(&tool);
    return tool_end(&tool, err);
}

/* ---- show, check */

static void
put_rosters(const struct trust *trust)
{
    static const struct term_column COLUMNS[] = {
        {.title = "member"},
        {.title = "roster", .right = true},
        {.title = "credentials", .right = true},
        {.title = "until"},
    };
    const struct directory *directory = trust_directory(trust, TRUST_UNLOGGED);
    struct term_table *table = NULL;

    if (term_table_new(stdout, COLUMNS, sizeof COLUMNS / sizeof COLUMNS[0], &table) != ERR_OK)
        return;
    for (size_t i = 0; i < directory->members_count; i++) {
        const char *id = directory->members[i].id;
        const struct roster *roster = trust_newest_roster(trust, id);
        char version[24] = "none", count[24] = "";
        struct time_text until = {""};
        if (roster != NULL) {
            snprintf(version, sizeof version, "%" PRIu64, roster->version);
            snprintf(count, sizeof count, "%zu", roster->credentials_count);
            until = time_text_utc(roster->expires_ms);
        }
        const char *cells[] = {id, version, count, until.text};
        if (term_table_add(table, cells) != ERR_OK)
            break;
    }
    if (term_table_print(table) != ERR_OK)
        fputs("(no memory for the table)\n", stdout);
    term_table_free(&table);
}

static json_t *
bundle_json(const struct trust *trust)
{
    const struct directory *directory = trust_directory(trust, TRUST_UNLOGGED);
    json_t *rosters = json_array(), *relays = json_array();

    for (size_t i = 0; i < directory->members_count; i++) {
        const struct roster *roster = trust_newest_roster(trust, directory->members[i].id);
        if (roster != NULL)
            json_array_append_new(rosters,
                                  json_pack("{s:s, s:I, s:o}", "member", roster->member, "version",
                                            (json_int_t)roster->version, "expires",
                                            tool_json_time(roster->expires_ms)));
    }
    for (size_t i = 0; i < directory->relays_count; i++)
        json_array_append_new(relays, json_string(directory->relays[i].endpoint));
    return json_pack("{s:s, s:s, s:s, s:I, s:o, s:o, s:o}", "type", "bundle", "federation",
                     tool_hex(trust_federation(trust)).text, "name", directory->federation_name,
                     "directory", (json_int_t)directory->version, "expires",
                     tool_json_time(directory->expires_ms), "relays", relays, "rosters", rosters);
}

static enum err
check_expiry(struct tool *tool, const struct trust *trust)
{
    const struct directory *directory = trust_directory(trust, TRUST_UNLOGGED);
    uint64_t now_ms = clock_now_ms();

    if (now_ms >= directory->expires_ms)
        problems_add(&tool->problems, "directory", "get a bundle with the newest directory",
                     "the directory has expired");
    for (size_t i = 0; i < directory->members_count; i++) {
        const struct roster *roster = trust_newest_roster(trust, directory->members[i].id);
        if (roster != NULL && now_ms >= roster->expires_ms)
            problems_add(&tool->problems, roster->member, "get a bundle with its newest roster",
                         "the roster has expired");
    }
    return problems_is_empty(&tool->problems) ? ERR_OK : ERR_EXPIRED;
}

enum err
tool_show_bundle(struct tool *tool, const char *path, bool is_check)
{
    struct trust *trust = NULL;
    struct span bytes = {NULL, 0};
    enum err err = tool_read(tool, path, BUNDLE_BYTES_MAX, &bytes);

    if (err == ERR_OK)
        err = load_bundle_bytes(bytes, path, &trust, &tool->problems);
    if (err != ERR_OK)
        return err;
    const struct directory *directory = trust_directory(trust, TRUST_UNLOGGED);
    if (tool->options->json) {
        tool_put_json(bundle_json(trust));
    } else {
        puts("Bundle: every document in it holds.");
        tool_put_field("federation", tool_hex(trust_federation(trust)).text);
        tool_put_field("name", directory->federation_name);
        char version[24];
        snprintf(version, sizeof version, "%" PRIu64, directory->version);
        tool_put_field("directory", version);
        tool_put_time("until", directory->expires_ms);
        for (size_t i = 0; i < directory->relays_count; i++)
            tool_put_field("relay", directory->relays[i].endpoint);
        put_rosters(trust);
    }
    if (is_check)
        err = check_expiry(tool, trust);
    trust_free(&trust);
    return err;
}

int
tool_bundle_show(void *options, const struct args_words *words)
{
    return tool_run_on_file(options, words, tool_show_bundle, false);
}

int
tool_bundle_check(void *options, const struct args_words *words)
{
    return tool_run_on_file(options, words, tool_show_bundle, true);
}

/* ---- vkey: for tools that we did not write */

static void
put_vkeys(const struct tool *tool, const struct log_keys *keys)
{
    char text[NOTE_VKEY_MAX + 1];
    json_t *witnesses = json_array();

    note_key_format(&keys->log, text);
    json_t *object = json_pack("{s:s, s:i}", "log", text, "quorum", (int)keys->quorum);
    if (!tool->options->json)
        puts(text);
    for (size_t i = 0; i < keys->witnesses_count; i++) {
        note_key_format(&keys->witnesses[i], text);
        json_array_append_new(witnesses, json_string(text));
        if (!tool->options->json)
            puts(text);
    }
    if (object != NULL)
        json_object_set_new(object, "witnesses", witnesses);
    if (tool->options->json)
        tool_put_json(object);
    else
        json_decref(object);
}

static enum err
run_vkey(struct tool *tool)
{
    struct trust *trust = NULL;
    struct log_keys keys;
    enum err err = tool_load_trust(tool, &tool->options->directories, &trust);

    if (err != ERR_OK)
        return err;
    err = log_keys_make(trust_directory(trust, TRUST_UNLOGGED), &keys);
    if (err == ERR_OK)
        put_vkeys(tool, &keys);
    trust_free(&trust);
    return err;
}

int
tool_vkey(void *options, const struct args_words *)
{
    struct tool tool;
    enum err err = tool_begin(&tool, options);

    if (err == ERR_OK)
        err = run_vkey(&tool);
    return tool_end(&tool, err);
}
