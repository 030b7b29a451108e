/* What a file is, and documents from files. */
#include "keys/io/tool.h"
#include "proto/message.h"
#include "proto/note.h"
#include "proto/wire.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

static const char PUBLIC_HEAD[] = "# denrei public";

static bool
is_of(const ProtobufCMessageDescriptor *type, ProtobufCBinaryData bytes)
{
    return bytes.len > 0 && wire_check(type, wire_get_span(bytes)) == ERR_OK;
}

static enum tool_file
recognise_document(struct tool *tool, struct span bytes)
{
    ProtobufCMessage *message = NULL;

    if (wire_decode(&denrei__v1__signed_document__descriptor, bytes, tool->arena, &message) !=
        ERR_OK)
        return TOOL_FILE_UNKNOWN;
    const Denrei__V1__SignedDocument *wire = (const Denrei__V1__SignedDocument *)message;
    if (is_of(&denrei__v1__directory__descriptor, wire->body))
        return TOOL_FILE_DIRECTORY;
    return is_of(&denrei__v1__roster__descriptor, wire->body) ? TOOL_FILE_ROSTER
                                                              : TOOL_FILE_UNKNOWN;
}

static bool
is_request(struct tool *tool, struct span bytes)
{
    ProtobufCMessage *message = NULL;

    return wire_decode(&denrei__v1__signed_credential__descriptor, bytes, tool->arena, &message) ==
               ERR_OK &&
           is_of(&denrei__v1__credential__descriptor,
                 ((const Denrei__V1__SignedCredential *)message)->body);
}

static bool
is_bundle(struct tool *tool, struct span bytes)
{
    struct bundle bundle;

    return bundle_decode(bytes, tool->arena, &bundle) == ERR_OK &&
           recognise_document(tool, bundle.directories[0]) == TOOL_FILE_DIRECTORY;
}

struct span
tool_next_line(struct span *rest)
{
    const uint8_t *end = memchr(rest->data, '\n', rest->len);
    struct span line = {rest->data, end == NULL ? rest->len : (size_t)(end - rest->data)};
    size_t taken = end == NULL ? line.len : line.len + 1;

    *rest = (struct span){rest->data + taken, rest->len - taken};
    return line;
}

static bool
is_verifiers(struct span bytes)
{
    struct note_key key;

    if (bytes.len == 0)
        return false;
    while (bytes.len > 0)
        if (note_key_parse(tool_next_line(&bytes), &key) != ERR_OK)
            return false;
    return true;
}

/* The formats do not overlap: each is strict, and a body is of one type only. */
enum tool_file
tool_recognise(struct tool *tool, struct span bytes)
{
    char label[KEYFILE_LABEL_MAX + 1];
    bool needs_passphrase = false;

    if (keyfile_peek(bytes, &needs_passphrase, label) == ERR_OK)
        return TOOL_FILE_KEY;
    if (bytes.len >= sizeof PUBLIC_HEAD - 1 &&
        memcmp(bytes.data, PUBLIC_HEAD, sizeof PUBLIC_HEAD - 1) == 0)
        return TOOL_FILE_PUBLIC;
    if (is_verifiers(bytes))
        return TOOL_FILE_VERIFIERS;
    if (is_request(tool, bytes))
        return TOOL_FILE_REQUEST;
    enum tool_file file = recognise_document(tool, bytes);
    if (file != TOOL_FILE_UNKNOWN)
        return file;
    return is_bundle(tool, bytes) ? TOOL_FILE_BUNDLE : TOOL_FILE_UNKNOWN;
}

const char *
tool_file_text(enum tool_file file)
{
    static const char *const TEXTS[] = {
        [TOOL_FILE_UNKNOWN] = "no file of denrei-keys",
        [TOOL_FILE_KEY] = "a key file",
        [TOOL_FILE_PUBLIC] = "a file of public keys",
        [TOOL_FILE_DIRECTORY] = "a directory",
        [TOOL_FILE_ROSTER] = "a roster",
        [TOOL_FILE_REQUEST] = "a credential request",
        [TOOL_FILE_BUNDLE] = "an installation bundle",
        [TOOL_FILE_VERIFIERS] = "verifier keys",
    };

    return TEXTS[file];
}

/* Read a file that must be `file`. */
static enum err
read_as(struct tool *tool, const char *path, enum tool_file file, size_t bytes_max,
        struct span *out)
{
    enum err err = tool_read(tool, path, bytes_max, out);

    if (err != ERR_OK)
        return err;
    enum tool_file found = tool_recognise(tool, *out);
    if (found == file)
        return ERR_OK;
    problems_add(&tool->problems, path, "give the right file", "this is %s, not %s",
                 tool_file_text(found), tool_file_text(file));
    return ERR_FORMAT;
}

enum err
tool_read_document(struct tool *tool, const char *path, enum tool_file file,
                   struct tool_document *out)
{
    enum err err = read_as(tool, path, file, DOCUMENT_BYTES_MAX, &out->bytes);

    if (err != ERR_OK)
        return err;
    err = document_decode(out->bytes, tool->arena, &out->document);
    if (err == ERR_OK)
        err = wire_decode(file == TOOL_FILE_DIRECTORY ? &denrei__v1__directory__descriptor
                                                      : &denrei__v1__roster__descriptor,
                          out->document.body, tool->arena, &out->message);
    if (err != ERR_OK)
        problems_add(&tool->problems, path, "", "%s that does not hold: %s", tool_file_text(file),
                     err_text(err));
    return err;
}

enum err
tool_read_request(struct tool *tool, const char *path, struct span *out)
{
    return read_as(tool, path, TOOL_FILE_REQUEST, CREDENTIAL_BYTES_MAX, out);
}

/* ---- trust */

static enum err
tell_apply(struct tool *tool, const char *path, const char *what, enum err err)
{
    static const char *const CURES[ERR_COUNT] = {
        [ERR_STALE] = "give every version, the first one first; if you did, the history forks: ask "
                      "the root holders",
        [ERR_KEY] = "each key has one use and one owner: make a new one",
        [ERR_UNKNOWN] = "give the newest directory",
    };
    const char *cure = CURES[err] == NULL ? "" : CURES[err];

    problems_add(&tool->problems, path, cure, "%s does not hold: %s", what, err_text(err));
    return err;
}

/* Of a directory that is not signed as it must be: which signatures are there. */
static enum err
tell_signatures(struct tool *tool, const char *path, const char *what, const struct trust *trust,
                struct span bytes)
{
    static const char CURE[] = "have more root holders sign it: denrei-keys directory sign";
    struct document document;
    struct directory own;
    size_t signers = 0, before = 0;
    const struct directory *previous =
        trust == NULL ? NULL : trust_directory(trust, TRUST_UNLOGGED);
    enum err err = document_decode(bytes, tool->arena, &document);

    if (err == ERR_OK)
        err = directory_decode(document.body, tool->arena, &own);
    if (err != ERR_OK)
        return tell_apply(tool, path, what, err);
    struct hash federation =
        trust == NULL ? directory_federation(document.body) : *trust_federation(trust);
    err = directory_count_roots(&federation, &document, &own, &signers);
    if (err == ERR_OK && previous != NULL)
        err = directory_count_roots(&federation, &document, previous, &before);
    if (err == ERR_OK && previous == NULL)
        problems_add(&tool->problems, path, CURE,
                     "%s does not hold: %zu of the %" PRIu32 " signatures that it needs are there",
                     what, signers, own.root_threshold);
    else if (err == ERR_OK)
        problems_add(&tool->problems, path, CURE,
                     "%s does not hold: of the root holders before, %zu of %" PRIu32
                     " have signed it; of its own, %zu of %" PRIu32,
                     what, before, previous->root_threshold, signers, own.root_threshold);
    else
        problems_add(&tool->problems, path, "do not use it; get it again from a root holder",
                     "%s does not hold: a root holder's signature in it is wrong: it was altered, "
                     "or signed for another federation",
                     what);
    return ERR_SIGNATURE;
}

static enum err
apply_directory(struct tool *tool, const char *path, const char *what, struct span bytes,
                struct trust **trust)
{
    enum err err = *trust == NULL
                       ? trust_new(bytes, trust)
                       : trust_apply(*trust, DENREI__V1__DOCUMENT_TYPE__DOCUMENT_DIRECTORY, bytes,
                                     TRUST_UNLOGGED);

    if (err == ERR_SIGNATURE)
        return tell_signatures(tool, path, what, *trust, bytes);
    return err == ERR_OK ? ERR_OK : tell_apply(tool, path, what, err);
}

static enum err
apply_bundle(struct tool *tool, const char *path, struct span bytes, struct trust **trust)
{
    struct bundle bundle;
    enum err err = bundle_decode(bytes, tool->arena, &bundle);

    if (err != ERR_OK)
        return tell_apply(tool, path, "the bundle", err);
    for (size_t i = 0; err == ERR_OK && i < bundle.directories_count; i++)
        err = apply_directory(tool, path, "a directory in it", bundle.directories[i], trust);
    return err;
}

static enum err
apply_file(struct tool *tool, const char *path, struct trust **trust)
{
    struct span bytes = {NULL, 0};
    enum err err = tool_read(tool, path, BUNDLE_BYTES_MAX, &bytes);

    if (err != ERR_OK)
        return err;
    enum tool_file file = tool_recognise(tool, bytes);
    if (file == TOOL_FILE_BUNDLE)
        return apply_bundle(tool, path, bytes, trust);
    if (file == TOOL_FILE_DIRECTORY)
        return apply_directory(tool, path, "the directory", bytes, trust);
    problems_add(&tool->problems, path, "give directories, from the first on, or a bundle",
                 "this is %s", tool_file_text(file));
    return ERR_FORMAT;
}

enum err
tool_load_trust(struct tool *tool, const struct args_list *paths, struct trust **out)
{
    struct trust *trust = NULL;
    enum err err = ERR_OK;

    *out = NULL;
    assert(paths->len > 0); /* the table of commands demands one */
    for (size_t i = 0; err == ERR_OK && i < paths->len; i++)
        err = apply_file(tool, paths->items[i], &trust);
    if (err != ERR_OK) {
        trust_free(&trust);
        return err;
    }
    *out = trust;
    return ERR_OK;
}

enum err
tool_load_federation(struct tool *tool, const char *path, struct hash *out)
{
    struct args_list paths = {.items = {path}, .len = 1};
    struct trust *trust = NULL;
    enum err err = tool_load_trust(tool, &paths, &trust);

    if (err != ERR_OK)
        return err;
    *out = *trust_federation(trust);
    trust_free(&trust);
    return ERR_OK;
}
