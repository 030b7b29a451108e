#include "keys/io/tool.h"

#include "keys/io/load.h"
#include "proto/field.h"
#include "proto/io/clock.h"
#include "proto/io/disk.h"
#include "proto/io/exit.h"
#include "proto/io/report.h"
#include "proto/io/term.h"
#include "proto/kind.h"

#include <ctype.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char PROGRAM[] = "denrei-keys";

struct tool_options
tool_options_default(void)
{
    return (struct tool_options){
        .passphrase_fd = LOAD_ASK,
        .valid_days = TOOL_NONE,
        .days = TOOL_DAYS_ROSTER,
        .suspect_since = TOOL_NONE,
    };
}

enum err
tool_begin(struct tool *tool, const struct tool_options *options)
{
    *tool = (struct tool){.options = options};
    return arena_new(ARENA_BYTES_MAX, &tool->arena);
}

int
tool_end(struct tool *tool, enum err err)
{
    int code = exit_code(err);

    if (err != ERR_OK)
        code = report_error(PROGRAM, err, &tool->problems, tool->options->json);
    arena_free(&tool->arena);
    return code;
}

int
tool_run_on_file(const struct tool_options *options, const struct args_words *words,
                 enum err (*run)(struct tool *tool, const char *path, bool is_check), bool is_check)
{
    struct tool tool;
    enum err err = tool_begin(&tool, options);

    if (err == ERR_OK)
        err = run(&tool, words->words[0], is_check);
    return tool_end(&tool, err);
}

/* ---- files */

static enum err
tell_file(struct tool *tool, const char *path, enum err err, const char *what, const char *why)
{
    const char *cure = "";

    if (err == ERR_NOT_FOUND)
        cure = "check the path";
    else if (err == ERR_EXISTS)
        cure = "choose another name, or move the old file away: nothing is overwritten";
    else if (err == ERR_NOSPACE)
        cure = "free some space; nothing was written";
    else if (err == ERR_RANGE)
        cure = "check the path: this is another file";
    else if (disk_is_dir(path))
        cure = "name a file";
    problems_add(&tool->problems, path, cure, "the file %s: %s", what, why);
    return err;
}

static enum err
tell_write(struct tool *tool, const char *path, enum err err)
{
    return tell_file(tool, path, err, "cannot be written",
                     disk_is_dir(path) ? "it is a directory" : err_text(err));
}

enum err
tool_read(struct tool *tool, const char *path, size_t bytes_max, struct span *out)
{
    uint8_t *bytes = NULL, *copy = NULL;
    size_t len = 0;
    bool is_input = strcmp(path, "-") == 0;

    if (is_input && tool->has_input) {
        *out = tool->input;
        return ERR_OK;
    }
    enum err err = is_input ? disk_read_stream(STDIN_FILENO, bytes_max, &bytes, &len)
                            : disk_read(path, bytes_max, &bytes, &len);
    if (err != ERR_OK)
        return tell_file(tool, path, err, "cannot be read",
                         disk_why(err, is_input ? NULL : path, bytes_max).text);
    copy = arena_copy(tool->arena, bytes, len);
    free(bytes);
    if (copy == NULL)
        return tell_file(tool, path, ERR_NOMEM, "cannot be read", err_text(ERR_NOMEM));
    *out = (struct span){copy, len};
    if (is_input) {
        tool->has_input = true;
        tool->input = *out;
    }
    return ERR_OK;
}

enum err
tool_check_free(struct tool *tool, const char *path)
{
    if (access(path, F_OK) == 0)
        return tell_write(tool, path, ERR_EXISTS);
    return ERR_OK;
}

enum err
tool_write(struct tool *tool, const char *path, struct span content)
{
    enum err err = disk_write(path, content, DISK_PUBLISH);

    return err == ERR_OK ? ERR_OK : tell_write(tool, path, err);
}

/* The passphrase that the options ask for; empty with --no-passphrase. */
static enum err
get_passphrase(struct tool *tool, const char *label, char *out, size_t *out_len)
{
    const struct tool_options *options = tool->options;

    *out_len = 0;
    if (options->no_passphrase && options->passphrase_fd != LOAD_ASK) {
        problems_add(&tool->problems, "--no-passphrase", "say one of them",
                     "--passphrase-fd is given as well");
        return ERR_USAGE;
    }
    if (options->no_passphrase)
        return ERR_OK;
    return load_new_passphrase(label, options->passphrase_fd, out, out_len, &tool->problems);
}

enum err
tool_write_keyfile(struct tool *tool, const char *path, const struct keyfile *keyfile)
{
    char *passphrase = NULL; /* secret */
    struct arena *arena = NULL;
    struct span text = {NULL, 0};
    size_t passphrase_len = 0;
    enum err err = tool_check_free(tool, path);

    if (err != ERR_OK)
        return err;
    passphrase = sodium_malloc(LOAD_PASSPHRASE_BYTES);
    err = passphrase == NULL ? ERR_NOMEM : arena_new(4 * KEYFILE_BYTES_MAX, &arena);
    if (err != ERR_OK)
        goto done;
    err = get_passphrase(tool, keyfile->label, passphrase, &passphrase_len);
    if (err != ERR_OK)
        goto done;
    err = keyfile_encode(keyfile, (struct span){(const uint8_t *)passphrase, passphrase_len}, arena,
                         &text);
    if (err != ERR_OK) {
        problems_add(&tool->problems, path,
                     err == ERR_NOMEM ? "the passphrase's derivation needs 256 MiB" : "",
                     "the key file cannot be made: %s", err_text(err));
        goto done;
    }
    err = disk_write(path, text, DISK_NEW);
    if (err != ERR_OK)
        err = tell_write(tool, path, err);

done:
    arena_free(&arena); /* wipes */
    sodium_free(passphrase);
    return err;
}

enum err
tool_load_keyfile(struct tool *tool, const char *path, Denrei__V1__KeyUse use, struct keyfile *out)
{
    enum err err = load_keyfile(path, tool->options->passphrase_fd, out, &tool->problems);

    if (err != ERR_OK)
        return err;
    if (keyfile_find(out, use) == NULL) {
        struct field_word word =
            field_label(field_enum_word(&denrei__v1__key_use__descriptor, (int)use));
        word.text[0] = (char)tolower((unsigned char)word.text[0]);
        problems_add(&tool->problems, path, "use the key file that was made for this",
                     "the key file of %s holds no %s key", out->label, word.text);
        keyfile_clear(out);
        return ERR_KEY;
    }
    return ERR_OK;
}

/* ---- output */

struct tool_hex
tool_hex(const struct hash *hash)
{
    struct tool_hex hex;

    sodium_bin2hex(hex.text, sizeof hex.text, hash->bytes, HASH_BYTES);
    return hex;
}

void
tool_put_json(json_t *object)
{
    json_t *top = json_pack("{s:i}", "schema", TOOL_SCHEMA);

    if (top != NULL && object != NULL && json_object_update(top, object) == 0 &&
        json_dumpf(top, stdout, JSON_COMPACT) == 0)
        putchar('\n');
    json_decref(top);
    json_decref(object);
}

void
tool_put_field(const char *label, const char *text)
{
    printf("  %-12s ", label);
    term_put(stdout, (struct span){(const uint8_t *)text, strlen(text)});
    putchar('\n');
}

/* How far a moment is away, to the nearest of the unit that fits. */
static void
put_distance(uint64_t away_ms, char *out, size_t out_bytes)
{
    static const struct {
        uint64_t unit_ms;
        const char *name;
    } UNITS[] = {{DAY_MS, "days"}, {HOUR_MS, "hours"}, {MINUTE_MS, "minutes"}};
    size_t i = 0;

    while (i < 2 && away_ms < 2 * UNITS[i].unit_ms)
        i++;
    snprintf(out, out_bytes, "%" PRIu64 " %s", (away_ms + UNITS[i].unit_ms / 2) / UNITS[i].unit_ms,
             UNITS[i].name);
}

void
tool_put_time(const char *label, uint64_t time_ms)
{
    struct time_text time =
        term_is_terminal(stdout) ? clock_local_text(time_ms) : time_text_utc(time_ms);
    uint64_t now_ms = clock_now_ms();
    bool is_ahead = time_ms >= now_ms;
    char distance[48], text[128];

    put_distance(is_ahead ? time_ms - now_ms : now_ms - time_ms, distance, sizeof distance);
    snprintf(text, sizeof text, "%s (%s%s%s)", time.text, is_ahead ? "in " : "", distance,
             is_ahead ? "" : " ago");
    tool_put_field(label, text);
}

json_t *
tool_json_time(uint64_t time_ms)
{
    return json_string(time_text_utc(time_ms).text);
}

/* Append `word`, after a comma if it is not the first; cut when full. */
static void
append_word(struct tool_words *words, const char *word)
{
    size_t len = strlen(words->text);

    snprintf(words->text + len, sizeof words->text - len, "%s%s", len > 0 ? ", " : "", word);
}

struct tool_words
tool_kind_words(uint32_t kinds)
{
    struct tool_words words = {""};

    for (size_t i = 0; i < kind_count(); i++) {
        if (((kinds >> kind_at(i)->number) & 1) != 0)
            append_word(&words, kind_at(i)->name);
    }
    if (words.text[0] == '\0')
        append_word(&words, "none");
    return words;
}

struct tool_words
tool_role_words(const Denrei__V1__Role *roles, size_t count)
{
    struct tool_words words = {""};

    for (size_t i = 0; i < count; i++)
        append_word(&words, field_enum_word(&denrei__v1__role__descriptor, (int)roles[i]));
    if (words.text[0] == '\0')
        append_word(&words, "none");
    return words;
}

const char *
tool_purpose_word(Denrei__V1__Purpose purpose)
{
    const char *word = field_enum_word(&denrei__v1__purpose__descriptor, (int)purpose);

    return word == NULL ? "unknown" : word;
}

void
tool_say(const struct tool *tool, const char *format, ...)
{
    va_list arguments;
    char text[2048];

    if (tool->options->json)
        return;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    term_put_lines(stderr, (struct span){(const uint8_t *)text, strlen(text)}, 0);
    fputc('\n', stderr);
}
