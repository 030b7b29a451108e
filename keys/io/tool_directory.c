/* Directories: draft, show, check. */
#include "keys/draft.h"
#include "keys/io/tool.h"
#include "keys/public_text.h"
#include "proto/hash.h"
#include "proto/io/clock.h"
#include "proto/io/disk.h"
#include "proto/json_read.h"

#include <inttypes.h>
#include <string.h>

static const Denrei__V1__DocumentType DIRECTORY = DENREI__V1__DOCUMENT_TYPE__DOCUMENT_DIRECTORY;

enum err
tool_read_directory(struct tool *tool, const char *path, struct tool_directory *out)
{
    enum err err = tool_read_document(tool, path, TOOL_FILE_DIRECTORY, &out->file);

    if (err != ERR_OK)
        return err;
    err = directory_decode_explained(out->file.document.body, tool->arena, &out->directory,
                                     &tool->problems);
    if (err != ERR_OK && problems_is_empty(&tool->problems))
        problems_add(&tool->problems, path, "", "the directory does not hold: %s", err_text(err));
    return err;
}

enum err
tool_directory_federation(struct tool *tool, const struct tool_directory *read, struct hash *out)
{
    if (read->directory.version == 1) {
        *out = directory_federation(read->file.document.body);
        return ERR_OK;
    }
    if (tool->options->federation == NULL) {
        problems_add(&tool->problems, "--federation", "give the first directory, or a bundle",
                     "this is version %" PRIu64 ", which does not say what federation it is of",
                     read->directory.version);
        return ERR_USAGE;
    }
    return tool_load_federation(tool, tool->options->federation, out);
}

/* ---- draft */

/* Where a description lies; its paths of public keys begin there. */
struct draft_host {
    struct tool *tool;
    const char *path;
};

/* `reference` as seen from the folder of the description at `path`. */
static enum err
join_path(const char *path, const char *reference, char out[DISK_PATH_BYTES])
{
    const char *slash = strrchr(path, '/');
    int len =
        reference[0] == '/' || slash == NULL
            ? snprintf(out, DISK_PATH_BYTES, "%s", reference)
            : snprintf(out, DISK_PATH_BYTES, "%.*s%s", (int)(slash + 1 - path), path, reference);

    return len > 0 && len < DISK_PATH_BYTES ? ERR_OK : ERR_RANGE;
}

/* A key's reference is the path of a file of public keys. */
static enum err
find_key(void *context, Denrei__V1__KeyUse use, const char *reference, const char *path,
         struct public_key *out, struct problems *problems)
{
    struct draft_host *host = context;
    char file[DISK_PATH_BYTES] = "";
    struct span text = {NULL, 0};
    size_t told = problems->count;
    enum err err = join_path(host->path, reference, file);

    if (err == ERR_OK)
        err = tool_read(host->tool, file, PUBLIC_TEXT_BYTES_MAX, &text);
    problems->count = told; /* said below, at the place in the description */
    if (err != ERR_OK) {
        problems_add(
            problems, path, "give 44 characters of base64, or a file that denrei-keys public wrote",
            "%s is no public key, and as a file it cannot be read: %s", reference, err_text(err));
        return err;
    }
    err = public_text_find(text, use, out);
    if (err == ERR_FORMAT)
        problems_add(problems, path, "use a file that denrei-keys public wrote",
                     "the file %s is damaged, or no file of public keys", reference);
    else if (err != ERR_OK)
        problems_add(problems, path, "give the right file",
                     "the file %s holds %s key for this use (%s)", reference,
                     err == ERR_NOT_FOUND ? "no" : "more than one", public_text_use(use));
    return err;
}

static enum err
make_draft(struct draft_host *host, json_t *tree, const struct tool_directory *previous,
           struct span *body)
{
    struct tool *tool = host->tool;
    struct hash federation, previous_hash;
    struct draft_context context = {
        .now_ms = clock_now_ms(),
        .find_key = find_key,
        .host = host,
    };

    if (previous != NULL) {
        enum err err = tool_directory_federation(tool, previous, &federation);
        if (err != ERR_OK)
            return err;
        previous_hash = document_hash(&federation, DIRECTORY, previous->file.document.body);
        context.previous = &previous->directory;
        context.previous_hash = &previous_hash;
    }
    return draft_make(tree, &context, tool->arena, body, &tool->problems);
}

static enum err
write_draft(struct tool *tool, struct span body)
{
    struct document document = {.body = body};
    struct directory directory;
    struct span bytes = {NULL, 0};
    enum err err = directory_decode(body, tool->arena, &directory);

    if (err == ERR_OK)
        err = document_encode(&document, tool->arena, &bytes);
    if (err == ERR_OK)
        err = tool_write(tool, tool->options->out, bytes);
    if (err != ERR_OK)
        return err;
    struct hash federation = directory_federation(body);
    if (tool->options->json) {
        json_t *object = json_pack("{s:s, s:I, s:i}", "file", tool->options->out, "version",
                                   (json_int_t)directory.version, "signatures_needed",
                                   (int)directory.root_threshold);
        if (directory.version == 1 && object != NULL)
            json_object_set_new(object, "federation", json_string(tool_hex(&federation).text));
        tool_put_json(object);
        return ERR_OK;
    }
    tool_print_directory(&directory, NULL);
    if (directory.version == 1)
        tool_put_field("FEDERATION", tool_hex(&federation).text);
    tool_say(tool,
             "Wrote version %" PRIu64 ", unsigned, to %s.\nNext: %" PRIu32
             " root holders look at it and sign: denrei-keys directory sign %s --key FILE",
             directory.version, tool->options->out, directory.root_threshold, tool->options->out);
    return ERR_OK;
}

/* Where in the text means little without the file's name. */
static enum err
read_json(struct tool *tool, const char *path, struct span text, json_t **out)
{
    struct problems found = {0};
    enum err err = json_read_text(text, out, &found);

    for (size_t i = 0; i < found.count; i++) {
        const struct problem *one = &found.list[i];
        struct problem_path where = problem_path("%s, %s", path, one->path.text);
        problems_add(&tool->problems, where.text, one->cure, "%s", one->wrong);
    }
    return err;
}

static enum err
run_draft(struct tool *tool, const char *path)
{
    struct tool_directory previous;
    struct span text = {NULL, 0}, body = {NULL, 0};
    bool has_previous = tool->options->previous != NULL;
    struct draft_host host = {tool, path};
    json_t *tree = NULL;
    enum err err = tool_check_free(tool, tool->options->out);

    if (err == ERR_OK)
        err = tool_read(tool, path, JSON_TEXT_BYTES_MAX, &text);
    if (err == ERR_OK)
        err = read_json(tool, path, text, &tree);
    if (err == ERR_OK && has_previous)
        err = tool_read_directory(tool, tool->options->previous, &previous);
    if (err == ERR_OK)
        err = make_draft(&host, tree, has_previous ? &previous : NULL, &body);
    json_decref(tree);
    return err == ERR_OK ? write_draft(tool, body) : err;
}

int
tool_directory_draft(void *options, const struct args_words *words)
{
    struct tool tool;
    enum err err = tool_begin(&tool, options);

    if (err == ERR_OK)
        err = run_draft(&tool, words->words[0]);
    return tool_end(&tool, err);
}

/* ---- show */

enum err
tool_show_directory(struct tool *tool, const char *path)
{
    struct tool_directory read;
    struct hash federation, hash;
    bool has_federation = false;
    size_t signers = 0;
    enum err err = tool_read_directory(tool, path, &read);

    if (err == ERR_OK && (read.directory.version == 1 || tool->options->federation != NULL)) {
        err = tool_directory_federation(tool, &read, &federation);
        if (err == ERR_OK)
            err =
                directory_count_roots(&federation, &read.file.document, &read.directory, &signers);
        if (err == ERR_SIGNATURE)
            problems_add(&tool->problems, path, "do not use it", "a root's signature is false");
        has_federation = true;
    }
    if (err != ERR_OK)
        return err;
    if (has_federation)
        hash = document_hash(&federation, DIRECTORY, read.file.document.body);
    if (tool->options->json) {
        json_t *object = tool_json_directory(tool, read.file.message);
        if (has_federation && object != NULL) {
            json_object_set_new(object, "federation", json_string(tool_hex(&federation).text));
            json_object_set_new(object, "hash", json_string(tool_hex(&hash).text));
            json_object_set_new(object, "signatures", json_integer((json_int_t)signers));
        }
        tool_put_json(object);
        return ERR_OK;
    }
    tool_print_directory(&read.directory, has_federation ? &hash : NULL);
    if (has_federation) {
        tool_put_field("FEDERATION", tool_hex(&federation).text);
        printf("  %-12s %zu of its own roots; %" PRIu32 " needed\n", "signed by", signers,
               read.directory.root_threshold);
    } else {
        tool_say(tool, "Signatures were not looked at: say --federation FIRST-DIRECTORY.");
    }
    return ERR_OK;
}

int
tool_directory_show(void *options, const struct args_words *words)
{
    struct tool tool;
    enum err err = tool_begin(&tool, options);

    if (err == ERR_OK)
        err = tool_show_directory(&tool, words->words[0]);
    return tool_end(&tool, err);
}

/* ---- check: every version from the first on */

static enum err
check_dates(struct tool *tool, const struct directory *directory)
{
    uint64_t now_ms = clock_now_ms();

    if (now_ms >= directory->expires_ms) {
        problems_add(&tool->problems, "expires",
                     "draft the next version (--previous), and have it signed",
                     "version %" PRIu64 " has expired", directory->version);
        return ERR_EXPIRED;
    }
    if (now_ms < directory->not_before_ms) {
        problems_add(&tool->problems, "not_before", "wait, or draft it again",
                     "version %" PRIu64 " is not valid yet", directory->version);
        return ERR_EXPIRED;
    }
    return ERR_OK;
}

static enum err
run_check(struct tool *tool, const struct args_words *words)
{
    struct args_list paths = {.len = 0};
    struct trust *trust = NULL;
    enum err err = ERR_OK;

    for (size_t i = 0; i < words->len; i++)
        paths.items[paths.len++] = words->words[i];
    err = tool_load_trust(tool, &paths, &trust);
    if (err != ERR_OK)
        return err;
    const struct directory *newest = trust_directory(trust, TRUST_UNLOGGED);
    struct tool_hex federation = tool_hex(trust_federation(trust));
    struct tool_hex hash = tool_hex(trust_directory_hash(trust));
    err = check_dates(tool, newest);
    if (err != ERR_OK)
        goto done;
    if (tool->options->json) {
        tool_put_json(json_pack("{s:s, s:s, s:I, s:o}", "federation", federation.text, "hash",
                                hash.text, "version", (json_int_t)newest->version, "expires",
                                tool_json_time(newest->expires_ms)));
        goto done;
    }
    puts("Every version holds: signed by its threshold, each follows the one before.");
    tool_put_field("federation", federation.text);
    tool_put_field("hash", hash.text);
    tool_put_time("until", newest->expires_ms);

done:
    trust_free(&trust);
    return err;
}

int
tool_directory_check(void *options, const struct args_words *words)
{
    struct tool tool;
    enum err err = tool_begin(&tool, options);

    if (err == ERR_OK)
        err = run_check(&tool, words);
    return tool_end(&tool, err);
}
