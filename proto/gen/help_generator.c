/*
 * help_generator - a host program of the build: reads what
 * `protoc --include_source_info --descriptor_set_out` wrote on standard input and prints, as C, the
 * table behind proto/help.h.
 *
 * A comment's place is a path of (field number, index) pairs through the FileDescriptorProto
 * (google/protobuf/descriptor.proto, SourceCodeInfo), and every thing that we want has its name in
 * field 1; so a reader of protobuf's length-delimited fields is all it takes.
 */
#include "proto/help.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    INPUT_BYTES_MAX = 4 << 20,
    ENTRIES_MAX = 4096,
    NAME_BYTES = 256,
    COMMENT_BYTES = 4096,
    PATH_MAX_STEPS = 16,

    SET_FILE = 1,
    FILE_PACKAGE = 2,
    FILE_MESSAGE = 4,
    FILE_ENUM = 5,
    FILE_SOURCE_INFO = 9,
    ANY_NAME = 1,
    INFO_LOCATION = 1,
    LOCATION_PATH = 1,
    LOCATION_LEADING = 3,
    LOCATION_TRAILING = 4,
};

struct piece {
    const uint8_t *at;
    const uint8_t *end;
};

struct comment {
    char type[NAME_BYTES]; /* full name of the message or enum */
    char name[NAME_BYTES]; /* of the field, value or oneof; empty for the type itself */
    char text[COMMENT_BYTES];
};

static struct comment comments[ENTRIES_MAX];
static size_t comment_count;

static void
fail(const char *why)
{
    fprintf(stderr, "help_generator: %s\n", why);
    exit(EXIT_FAILURE);
}

static uint64_t
read_varint(struct piece *in)
{
    uint64_t value = 0;

    for (unsigned shift = 0; shift < 64; shift += 7) {
        if (in->at == in->end)
            fail("the descriptor set is cut");
        uint8_t byte = *in->at++;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if ((byte & 0x80) == 0)
            return value;
    }
    fail("a number is too long");
    return 0;
}

/* Read one field; its payload if it is length-delimited, else nothing.  Returns its number. */
static uint64_t
read_field(struct piece *in, struct piece *payload)
{
    uint64_t tag = read_varint(in);
    uint64_t len = 0;

    *payload = (struct piece){in->at, in->at};
    if ((tag & 7) == 0) {
        read_varint(in);
        return tag >> 3;
    }
    len = (tag & 7) == 2 ? read_varint(in) : (tag & 7) == 1 ? 8 : 4;
    if (len > (uint64_t)(in->end - in->at))
        fail("a field is cut");
    *payload = (struct piece){in->at, in->at + len};
    in->at += len;
    return tag >> 3;
}

/* The `index`th field `number` of `in`; an empty piece if there is none. */
static struct piece
find_field(struct piece in, uint64_t number, uint64_t index)
{
    struct piece payload = {0};

    while (in.at < in.end) {
        if (read_field(&in, &payload) == number && index-- == 0)
            return payload;
    }
    return (struct piece){0};
}

static void
append(char *text, size_t size, struct piece piece, const char *before)
{
    size_t len = strlen(text);
    int added = snprintf(text + len, size - len, "%s%.*s", before, (int)(piece.end - piece.at),
                         (const char *)piece.at);

    if (added < 0 || (size_t)added >= size - len)
        fail("a text is too long");
}

/* The comment's lines as one, with single blanks. */
static void
flatten(char *out, struct piece raw)
{
    size_t len = 0;

    for (const uint8_t *at = raw.at; at < raw.end; at++) {
        bool is_blank = *at == ' ' || *at == '\n' || *at == '\t' || *at == '\r';
        if (is_blank && (len == 0 || out[len - 1] == ' '))
            continue;
        if (len + 1 >= COMMENT_BYTES)
            fail("a comment is too long");
        out[len++] = is_blank ? ' ' : (char)*at;
    }
    while (len > 0 && out[len - 1] == ' ')
        len--;
    out[len] = '\0';
}

static void
take_comment(struct piece file, const uint64_t *path, size_t steps, struct piece raw)
{
    if (steps < 2 || steps % 2 != 0 || (path[0] != FILE_MESSAGE && path[0] != FILE_ENUM))
        return; /* of the syntax line, the package, an import */
    if (comment_count == ENTRIES_MAX)
        fail("too many comments");
    struct comment *comment = &comments[comment_count++];
    struct piece at = file;
    append(comment->type, sizeof comment->type, find_field(file, FILE_PACKAGE, 0), "");
    for (size_t i = 0; i < steps; i += 2) {
        at = find_field(at, path[i], path[i + 1]);
        struct piece name = find_field(at, ANY_NAME, 0);
        /* Messages and enums of a file (4, 5) or of a message (3, 4) are types, the rest members:
         * fields and values (2), oneofs (8). */
        bool is_member = i > 0 && (path[i] == 2 || path[i] == 8);
        if (is_member)
            append(comment->name, sizeof comment->name, name, "");
        else
            append(comment->type, sizeof comment->type, name, ".");
    }
    flatten(comment->text, raw);
}

static void
take_location(struct piece file, struct piece location)
{
    struct piece packed = find_field(location, LOCATION_PATH, 0);
    struct piece raw = find_field(location, LOCATION_LEADING, 0);
    uint64_t path[PATH_MAX_STEPS];
    size_t steps = 0;

    if (raw.at == raw.end)
        raw = find_field(location, LOCATION_TRAILING, 0);
    if (raw.at == raw.end)
        return;
    while (packed.at < packed.end) {
        if (steps == PATH_MAX_STEPS)
            return; /* deeper than any name of ours */
        path[steps++] = read_varint(&packed);
    }
    take_comment(file, path, steps, raw);
}

static int
compare(const void *a, const void *b)
{
    const struct comment *left = a, *right = b;
    int order = strcmp(left->type, right->type);

    return order != 0 ? order : strcmp(left->name, right->name);
}

static void
print_string(const char *text, size_t len)
{
    putchar('"');
    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)text[i];
        if (byte < ' ' || byte > '~' || byte == '"' || byte == '\\' || byte == '?')
            printf("\\%03o", byte);
        else
            putchar(byte);
    }
    putchar('"');
}

/* Cut `ja: LABEL` off the end of a comment; the label, or "" if there is none. */
static const char *
cut_label(char *text)
{
    static const char mark[] = "ja: ";
    char *found = NULL;

    for (char *at = strstr(text, mark); at != NULL; at = strstr(at + 1, mark)) {
        if (at == text || at[-1] == ' ')
            found = at;
    }
    if (found == NULL)
        return "";
    for (char *end = found; end > text && end[-1] == ' '; end--)
        end[-1] = '\0';
    *found = '\0';
    return found + strlen(mark);
}

/* `Mandatory. What it is. Example: what it looks like ja: LABEL` in its four parts. */
static void
print_entry(struct comment *comment)
{
    static const char mandatory[] = "Mandatory.", example[] = "Example: ";
    const char *label_ja = cut_label(comment->text);
    const char *text = comment->text;
    bool is_mandatory = strncmp(text, mandatory, strlen(mandatory)) == 0;

    if (is_mandatory)
        text += strlen(mandatory);
    text += strspn(text, " ");
    const char *shown = strstr(text, example);
    size_t len = shown != NULL ? (size_t)(shown - text) : strlen(text);
    while (len > 0 && text[len - 1] == ' ')
        len--;
    shown = shown != NULL ? shown + strlen(example) : "";

    printf("    {");
    print_string(comment->type, strlen(comment->type));
    printf(", ");
    print_string(comment->name, strlen(comment->name));
    printf(", ");
    print_string(text, len);
    printf(", ");
    print_string(shown, strlen(shown));
    printf(", ");
    print_string(label_ja, strlen(label_ja));
    printf(", %s},\n", is_mandatory ? "true" : "false");
}

int
main(void)
{
    static uint8_t input[INPUT_BYTES_MAX];
    size_t len = fread(input, 1, sizeof input, stdin);
    struct piece set = {input, input + len}, file = {0}, field = {0};

    if (ferror(stdin) || len == sizeof input)
        fail("the descriptor set cannot be read, or is too long");
    while (set.at < set.end) {
        if (read_field(&set, &file) != SET_FILE)
            continue;
        struct piece info = find_field(file, FILE_SOURCE_INFO, 0);
        while (info.at < info.end) {
            if (read_field(&info, &field) == INFO_LOCATION)
                take_location(file, field);
        }
    }
    qsort(comments, comment_count, sizeof comments[0], compare);
    printf("/* Generated from the comments of the .proto files. */\n#include \"proto/help.h\"\n\n"
           "const struct help denrei__v1__help[] = {\n");
    for (size_t i = 0; i < comment_count; i++)
        print_entry(&comments[i]);
    printf("};\n\nconst size_t denrei__v1__help_count = %zu;\n", comment_count);
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
