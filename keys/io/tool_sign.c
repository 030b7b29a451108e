/* directory sign: one holder's signature, and how far the directory is with it. */
#include "keys/io/tool.h"

#include <inttypes.h>
#include <string.h>

static const Denrei__V1__DocumentType DIRECTORY = DENREI__V1__DOCUMENT_TYPE__DOCUMENT_DIRECTORY;

/* The holder of `key` in the directory; NULL if it is none of its roots. */
static const char *
holder_of(const struct directory *directory, const struct public_key *key)
{
    for (size_t i = 0; i < directory->roots_count; i++) {
        if (memcmp(&directory->roots[i].key, key, KEY_BYTES) == 0)
            return directory->roots[i].holder;
    }
    return NULL;
}

/* What is signed, and how far it is: own roots, and those of the version before if it is at hand.
 */
struct signing {
    struct hash federation;
    struct tool_directory read;
    struct trust *trust;            /* NULL for a first version */
    const struct directory *before; /* NULL: there is none, or it was not given */
    const char *holder;             /* NULL: the key is none of its own roots */
    size_t own;                     /* signatures that count */
    size_t old;
};

static bool
has_same_roots(const struct directory *a, const struct directory *b)
{
    bool is_same = a->roots_count == b->roots_count && a->root_threshold == b->root_threshold;

    for (size_t i = 0; is_same && i < a->roots_count; i++)
        is_same = holder_of(b, &a->roots[i].key) != NULL;
    return is_same;
}

static enum err
find_before(struct tool *tool, struct signing *signing)
{
    const struct args_list paths = {.items = {tool->options->federation}, .len = 1};

    if (signing->read.directory.version == 1)
        return ERR_OK;
    enum err err = tool_load_trust(tool, &paths, &signing->trust);
    if (err != ERR_OK)
        return err;
    const struct directory *newest = trust_directory(signing->trust, TRUST_UNLOGGED);
    if (newest->version + 1 == signing->read.directory.version)
        signing->before = newest;
    return ERR_OK;
}

/* A root that is replaced signs the directory without it; a key that is no root signs nothing. */
static enum err
check_root(struct tool *tool, struct signing *signing, const struct identity *root,
           const char *label)
{
    const struct public_key *key = identity_public_key(root);
    bool is_first = signing->read.directory.version == 1;

    signing->holder = holder_of(&signing->read.directory, key);
    if (signing->holder != NULL || (!is_first && signing->before == NULL) ||
        (signing->before != NULL && holder_of(signing->before, key) != NULL))
        return ERR_OK;
    problems_add(&tool->problems, tool->options->key, "draft the directory with it in roots",
                 "the key of %s is none of the directory's roots%s", label,
                 is_first ? "" : ", nor of those of the version before");
    return ERR_KEY;
}

static void
tell_signed(const struct tool *tool, const struct signing *signing, const char *path)
{
    const struct directory *directory = &signing->read.directory;
    const struct directory *before = signing->before;
    bool is_changed = before != NULL && !has_same_roots(before, directory);
    bool is_enough = signing->own >= directory->root_threshold &&
                     (!is_changed || signing->old >= before->root_threshold);

    tool_say(tool, "Signed. %zu of the %" PRIu32 " signatures that it needs%s", signing->own,
             directory->root_threshold,
             is_changed  ? " of its own roots."
             : is_enough ? ": enough."
                         : ".");
    if (is_changed)
        tool_say(tool,
                 "Its roots are others: %zu of the %" PRIu32
                 " signatures of the version before that it needs as well.",
                 signing->old, before->root_threshold);
    if (before == NULL && directory->version > 1)
        tool_say(
            tool,
            "Whether the roots of version %" PRIu64 " must sign as well, and whether this key "
            "is one of them, is not known here: --federation takes a bundle with all versions.",
            directory->version - 1);
    if (is_enough)
        tool_say(tool, "Next: denrei-keys directory check%s",
                 directory->version == 1 ? ", then roster issue by each authority."
                                         : " with every version, then denrei publish.");
    else
        tool_say(tool, "Hand %s to the next holder.", path);
}

/* Write the document with its new signature in the place of the old file, at once. */
static enum err
put_signed(struct tool *tool, const char *path, struct signing *signing)
{
    const struct document *document = &signing->read.file.document;
    struct span bytes = {NULL, 0};
    enum err err = directory_count_roots(&signing->federation, document, &signing->read.directory,
                                         &signing->own);

    if (err == ERR_OK && signing->before != NULL)
        err = directory_count_roots(&signing->federation, document, signing->before, &signing->old);
    if (err == ERR_OK)
        err = document_encode(document, tool->arena, &bytes);
    if (err == ERR_OK)
        err = tool_write(tool, path, bytes);
    if (err != ERR_OK)
        return err;
    if (tool->options->json)
        tool_put_json(json_pack("{s:s, s:s, s:i, s:i}", "file", path, "holder",
                                signing->holder == NULL ? "" : signing->holder, "signatures",
                                (int)signing->own, "signatures_needed",
                                (int)signing->read.directory.root_threshold));
    tell_signed(tool, signing, path);
    return ERR_OK;
}

static enum err
run_sign(struct tool *tool, const char *path)
{
    struct signing signing = {.trust = NULL};
    struct keyfile keyfile = {0};
    enum err err = tool_read_directory(tool, path, &signing.read);

    if (err == ERR_OK)
        err = tool_directory_federation(tool, &signing.read, &signing.federation);
    if (err == ERR_OK)
        err = find_before(tool, &signing);
    if (err == ERR_OK)
        err = tool_load_keyfile(tool, tool->options->key, DENREI__V1__KEY_USE__KEY_USE_ROOT,
                                &keyfile);
    const struct identity *root =
        err == ERR_OK ? keyfile_find(&keyfile, DENREI__V1__KEY_USE__KEY_USE_ROOT) : NULL;
    if (err == ERR_OK)
        err = check_root(tool, &signing, root, keyfile.label);
    if (err == ERR_OK) {
        err = document_sign(&signing.federation, DIRECTORY, root, &signing.read.file.document);
        if (err == ERR_EXISTS)
            problems_add(&tool->problems, path, "hand it to the next holder",
                         "%s has signed it already", keyfile.label);
    }
    if (err == ERR_OK)
        err = put_signed(tool, path, &signing);
    keyfile_clear(&keyfile);
    trust_free(&signing.trust);
    return err;
}

int
tool_directory_sign(void *options, const struct args_words *words)
{
    struct tool tool;
    enum err err = tool_begin(&tool, options);

    if (err == ERR_OK)
        err = run_sign(&tool, words->words[0]);
    return tool_end(&tool, err);
}
