#include "proto/io/config.h"

#include "proto/io/disk.h"
#include "proto/io/term.h"
#include "proto/nearest.h"

#include <assert.h>
#include <ini.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* One file in the reading; inih is given its text line by line, so that the number is known. */
struct reading {
    const char *text; /* what is left of it */
    unsigned line;
    const struct config_key *keys;
    size_t keys_len;
    char *values[CONFIG_KEYS_MAX]; /* owned; NULL: not seen */
    bool no_memory;
    char *why; /* the first complaint, escaped; empty: none */
};

static void complain(struct reading *reading, unsigned line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Only the first complaint stays: later ones often follow from it. */
static void
complain(struct reading *reading, unsigned line, const char *format, ...)
{
    char message[CONFIG_WHY_BYTES], whole[CONFIG_WHY_BYTES + 24];
    va_list values;

    if (reading->why[0] != '\0')
        return;
    va_start(values, format);
    vsnprintf(message, sizeof message, format, values);
    va_end(values);
    if (line > 0)
        snprintf(whole, sizeof whole, "line %u: %s", line, message);
    else
        snprintf(whole, sizeof whole, "%s", message);
    term_escape((struct span){(const uint8_t *)whole, strlen(whole)}, reading->why,
                CONFIG_WHY_BYTES);
}

/* inih's reader: fgets over the text.  Returning NULL ends the reading. */
static char *
next_line(char *out, int out_bytes, void *stream)
{
    struct reading *reading = stream;
    size_t len = strcspn(reading->text, "\n");

    if (reading->text[0] == '\0' || reading->why[0] != '\0')
        return NULL;
    reading->line++;
    if (len > CONFIG_LINE_BYTES_MAX || len + 2 > (size_t)out_bytes) {
        complain(reading, reading->line, "the line is longer than %d bytes", CONFIG_LINE_BYTES_MAX);
        return NULL;
    }
    memcpy(out, reading->text, len);
    out[len] = '\0';
    reading->text += len + (reading->text[len] == '\n');
    return out;
}

static void
complain_unknown(struct reading *reading, const char *section, const char *name)
{
    struct nearest nearest;
    bool section_known = false;

    for (size_t i = 0; i < reading->keys_len; i++)
        section_known = section_known || strcmp(reading->keys[i].section, section) == 0;
    nearest_init(&nearest, section_known ? name : section);
    for (size_t i = 0; i < reading->keys_len; i++) {
        const struct config_key *key = &reading->keys[i];
        if (!section_known)
            nearest_offer(&nearest, key->section);
        else if (strcmp(key->section, section) == 0)
            nearest_offer(&nearest, key->name);
    }
    complain(reading, reading->line, "unknown %s `%s`%s%s%s", section_known ? "key" : "section",
             section_known ? name : section, nearest.count > 0 ? "; did you mean `" : "",
             nearest.count > 0 ? nearest.names[0] : "", nearest.count > 0 ? "`?" : "");
}

static bool
read_bool(const char *text, bool *out)
{
    static const char *const YES[] = {"yes", "true", "on"}, *const NO[] = {"no", "false", "off"};

    for (size_t i = 0; i < sizeof YES / sizeof YES[0]; i++) {
        if (strcmp(text, YES[i]) == 0 || strcmp(text, NO[i]) == 0) {
            *out = strcmp(text, YES[i]) == 0;
            return true;
        }
    }
    return false;
}

static bool
read_u64(const struct config_key *key, const char *text, uint64_t *out)
{
    uint64_t value = 0;

    if (text[0] == '\0')
        return false;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9' || __builtin_mul_overflow(value, UINT64_C(10), &value) ||
            __builtin_add_overflow(value, (uint64_t)(*text - '0'), &value))
            return false;
    }
    if (value < key->min || (key->max > 0 && value > key->max))
        return false;
    *out = value;
    return true;
}

static void
check_value(struct reading *reading, const struct config_key *key, const char *value)
{
    uint64_t number = 0;
    bool truth = false;

    if (value[0] == '\0')
        complain(reading, reading->line, "`%s` has no value", key->name);
    else if (key->kind == CONFIG_BOOL && !read_bool(value, &truth))
        complain(reading, reading->line, "`%s` takes yes or no, not `%s`", key->name, value);
    else if (key->kind == CONFIG_U64 && !read_u64(key, value, &number))
        complain(reading, reading->line, "`%s` takes a number from %llu to %llu, not `%s`",
                 key->name, (unsigned long long)key->min,
                 (unsigned long long)(key->max > 0 ? key->max : UINT64_MAX), value);
}

/* inih's handler: 1 goes on. */
static int
on_value(void *user, const char *section, const char *name, const char *value)
{
    struct reading *reading = user;
    size_t at = 0;

    while (at < reading->keys_len && (strcmp(reading->keys[at].section, section) != 0 ||
                                      strcmp(reading->keys[at].name, name) != 0))
        at++;
    if (at == reading->keys_len) {
        complain_unknown(reading, section, name);
        return 1;
    }
    if (reading->values[at] != NULL)
        complain(reading, reading->line, "`%s` is given twice", name);
    check_value(reading, &reading->keys[at], value);
    if (reading->why[0] != '\0')
        return 1;
    reading->values[at] = strdup(value);
    reading->no_memory = reading->no_memory || reading->values[at] == NULL;
    return 1;
}

/* Take the fallbacks; complain of what is missing. */
static void
complete(struct reading *reading)
{
    for (size_t i = 0; i < reading->keys_len; i++) {
        const struct config_key *key = &reading->keys[i];
        if (reading->values[i] != NULL)
            continue;
        if (key->required)
            complain(reading, 0, "`%s` in section [%s] is missing", key->name, key->section);
        if (key->fallback == NULL)
            continue;
        reading->values[i] = strdup(key->fallback);
        reading->no_memory = reading->no_memory || reading->values[i] == NULL;
    }
}

/* All is checked: hand the values to the program's struct. */
static void
store(struct reading *reading, void *out)
{
    for (size_t i = 0; i < reading->keys_len; i++) {
        const struct config_key *key = &reading->keys[i];
        void *target = (char *)out + key->offset;
        if (reading->values[i] == NULL)
            continue;
        switch (key->kind) {
        case CONFIG_STRING:
            *(char **)target = reading->values[i];
            reading->values[i] = NULL; /* now the struct's */
            break;
        case CONFIG_U64:
            *(uint64_t *)target = strtoull(reading->values[i], NULL, 10);
            break;
        case CONFIG_BOOL:
            read_bool(reading->values[i], target);
            break;
        }
    }
}

static enum err
parse(struct reading *reading)
{
    /* Switches of the library, the same for every file. */
    ini_use_stack = false;
    ini_allow_inline_comments = false;
    ini_allow_multiline = false;
    ini_stop_on_first_error = true;
    ini_max_line = CONFIG_LINE_BYTES_MAX + 3;
    ini_initial_alloc = CONFIG_LINE_BYTES_MAX + 3;

    int bad_line = ini_parse_stream(next_line, reading, on_value, reading);
    if (bad_line == -2)
        reading->no_memory = true;
    else if (bad_line > 0)
        complain(reading, reading->line, "neither [section] nor name = value");
    if (reading->why[0] == '\0')
        complete(reading);
    if (reading->no_memory)
        return ERR_NOMEM;
    return reading->why[0] == '\0' ? ERR_OK : ERR_USAGE;
}

enum err
config_read(const char *path, const struct config_key *keys, size_t keys_len, void *out,
            char why[CONFIG_WHY_BYTES])
{
    uint8_t *text = NULL;
    size_t text_len = 0;
    struct reading reading = {.keys = keys, .keys_len = keys_len, .why = why};

    assert(keys_len <= CONFIG_KEYS_MAX);
    why[0] = '\0';
    enum err err = disk_read(path, CONFIG_FILE_BYTES_MAX, &text, &text_len);
    if (err != ERR_OK) {
        complain(&reading, 0, "%s", disk_why(err, path, CONFIG_FILE_BYTES_MAX).text);
        return err;
    }
    reading.text = (const char *)text;
    if (memchr(text, '\0', text_len) != NULL) {
        complain(&reading, 0, "a NUL byte; this is no text file");
        err = ERR_USAGE;
    } else {
        err = parse(&reading);
    }
    if (err == ERR_NOMEM && why[0] == '\0')
        complain(&reading, 0, "%s", err_text(err));
    if (err == ERR_OK)
        store(&reading, out);
    for (size_t i = 0; i < CONFIG_KEYS_MAX; i++)
        free(reading.values[i]);
    free(text);
    return err;
}

void
config_free(const struct config_key *keys, size_t keys_len, void *out)
{
    for (size_t i = 0; i < keys_len; i++) {
        char **target = (char **)(void *)((char *)out + keys[i].offset);
        if (keys[i].kind != CONFIG_STRING)
            continue;
        free(*target);
        *target = NULL;
    }
}

void
config_help(FILE *file, const struct config_key *keys, size_t keys_len)
{
    const char *section = "";

    for (size_t i = 0; i < keys_len; i++) {
        if (strcmp(section, keys[i].section) != 0)
            fprintf(file, "%s[%s]\n", i > 0 ? "\n" : "", keys[i].section);
        section = keys[i].section;
        fprintf(file, "# %s%s\n", keys[i].help, keys[i].required ? " (required)" : "");
        fprintf(file, "%s%s =%s%s\n", keys[i].required ? "" : "#", keys[i].name,
                keys[i].fallback != NULL ? " " : "",
                keys[i].fallback != NULL ? keys[i].fallback : "");
    }
}
