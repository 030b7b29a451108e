#include "clients/io/reading.h"

#include "proto/field.h"
#include "proto/help.h"
#include "proto/io/clock.h"
#include "proto/io/term.h"
#include "proto/message_id.h"
#include "proto/text.h"
#include "proto/treaty.h"

#include <stdarg.h>
#include <string.h>

enum { LABEL_COLUMNS = 16, VALUE_BYTES = 1024 };

const char *
reading(enum phrase what)
{
    return phrase(what, term_language());
}

struct reading_time
reading_time(uint64_t time_ms)
{
    const struct time_text text = clock_local_text(time_ms);
    unsigned year = 0, month = 0, day = 0;
    char time_of_day[9] = "", zone[8] = "";
    struct reading_time out;

    /* An offset, or Z for UTC. */
    if (term_language() == LANGUAGE_JA &&
        sscanf(text.text, "%4u-%2u-%2uT%8[0-9:]%7s", &year, &month, &day, time_of_day, zone) == 5)
        snprintf(out.text, sizeof out.text, "%u年%u月%u日 %s（%s）", year, month, day, time_of_day,
                 zone);
    else
        snprintf(out.text, sizeof out.text, "%s", text.text);
    return out;
}

static void
put_label(FILE *file, enum phrase label)
{
    const char *text = reading(label);
    const size_t width = term_width(text);

    fprintf(file, "%s%*s", text, width < LABEL_COLUMNS - 1 ? (int)(LABEL_COLUMNS - width) : 1, "");
}

void
reading_put(FILE *file, enum phrase label, const char *value)
{
    put_label(file, label);
    term_put(file, (struct span){(const uint8_t *)value, strlen(value)});
    fputc('\n', file);
}

void
reading_put_format(FILE *file, enum phrase label, enum phrase format, ...)
{
    char value[VALUE_BYTES];
    va_list arguments;

    va_start(arguments, format);
    /* Every language takes the same arguments (tests/unit/clients/test_phrase.c). */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    vsnprintf(value, sizeof value, reading(format), arguments);
#pragma GCC diagnostic pop
    va_end(arguments);
    reading_put(file, label, value);
}

/* ---- header */

static void
put_word(FILE *file, enum phrase label, const ProtobufCEnumDescriptor *type, int number)
{
    if (number != 0 && field_enum_word(type, number) != NULL)
        reading_put(file, label, help_value_label(type, number, term_language()).text);
}

/* The member's name as its own country writes it, for who reads that; else in English. */
static const char *
name_of(const struct trust *trust, const char *id)
{
    const struct directory *directory =
        trust == NULL ? NULL : trust_directory(trust, TRUST_UNLOGGED);
    const struct member *member = directory == NULL ? NULL : directory_find_member(directory, id);

    if (member == NULL)
        return "";
    if (term_language() == LANGUAGE_JA && strcmp(member->country, "JPN") == 0)
        return member->local_name;
    return member->name;
}

static void
put_from(FILE *file, const struct header *header, const struct trust *trust)
{
    const char *name = name_of(trust, header->from);
    char value[VALUE_BYTES];

    snprintf(value, sizeof value, name[0] == '\0' ? "%s%s" : "%s, %s", header->from, name);
    reading_put(file, PHRASE_FROM, value);
}

/* All of them, however many: a reader must see who else has it. */
static void
put_to(FILE *file, const struct header *header)
{
    put_label(file, PHRASE_TO);
    for (size_t i = 0; i < header->to_count; i++)
        fprintf(file, "%s%s", i == 0 ? "" : ", ", header->to[i]);
    if (header->group[0] != '\0')
        fprintf(file, " (%s)", header->group);
    fputc('\n', file);
}

static void
put_legal_basis(FILE *file, const struct header *header, const struct trust *trust)
{
    const struct treaty *treaty = treaty_find(header->legal_basis);
    const struct legal_basis *basis =
        trust == NULL ? NULL
                      : directory_find_legal_basis(trust_directory(trust, TRUST_UNLOGGED),
                                                   header->legal_basis);
    const char *title = "";
    char value[VALUE_BYTES];

    if (header->legal_basis[0] == '\0')
        return;
    if (treaty != NULL)
        title = term_language() == LANGUAGE_JA ? treaty->title_ja : treaty->title;
    else if (basis != NULL)
        title = basis->title;
    snprintf(value, sizeof value, title[0] == '\0' ? "%s%s" : "%s, %s", header->legal_basis, title);
    reading_put(file, PHRASE_LEGAL_BASIS, value);
}

static void
put_reference(FILE *file, enum phrase label, const struct message_ref *ref)
{
    reading_put_format(file, label, PHRASE_REFERENCE, message_id_text(&ref->id).text, ref->from);
}

void
reading_put_header(FILE *file, const struct header *header, const struct trust *trust)
{
    reading_put(file, PHRASE_MESSAGE, message_id_text(&header->id).text);
    put_word(file, PHRASE_KIND, &denrei__v1__kind__descriptor, (int)header->kind);
    put_word(file, PHRASE_ACTION, &denrei__v1__action__descriptor, (int)header->action);
    put_from(file, header, trust);
    put_to(file, header);
    put_word(file, PHRASE_PRIORITY, &denrei__v1__priority__descriptor, (int)header->priority);
    put_word(file, PHRASE_HANDLING, &denrei__v1__tlp__descriptor, (int)header->tlp);
    put_word(file, PHRASE_USE, &denrei__v1__use_restriction__descriptor,
             (int)header->use_restriction);
    put_legal_basis(file, header, trust);
    reading_put(file, PHRASE_THREAD, message_id_text(&header->thread_id).text);
    if (header->has_in_reply_to)
        put_reference(file, PHRASE_IN_REPLY_TO, &header->in_reply_to);
    if (header->has_supersedes)
        put_reference(file, PHRASE_SUPERSEDES, &header->supersedes);
    reading_put(file, PHRASE_CREATED, reading_time(header->created_at_ms).text);
    reading_put(file, PHRASE_EXPIRES, reading_time(header->expires_at_ms).text);
}

/* ---- content */

void
reading_put_content(FILE *file, const ProtobufCMessage *content, unsigned indent)
{
    const char *colon = term_language() == LANGUAGE_JA ? "：" : ":";
    struct text text;
    struct text_line line;

    text_init(&text, content, term_language());
    while (text_next(&text, &line)) {
        unsigned column = indent + 2 * (unsigned)line.depth;
        fprintf(file, "%*s%s%s", (int)column, "", line.label, colon);
        if (!line.is_group) {
            fputc(' ', file);
            term_put_lines(file, line.value, column + 2);
        }
        fputc('\n', file);
    }
}

static void
put_value(FILE *file, const char *name, const char *value)
{
    fprintf(file, "  %s=", name);
    term_put(file, (struct span){(const uint8_t *)value, strlen(value)});
    fputc('\n', file);
}

static void
put_original_word(FILE *file, const char *name, const ProtobufCEnumDescriptor *type, int number)
{
    const char *word = number == 0 ? NULL : field_enum_word(type, number);

    if (word != NULL)
        put_value(file, name, word);
}

void
reading_put_original(FILE *file, const struct header *header, const ProtobufCMessage *content)
{
    struct text text;
    struct text_line line;

    fprintf(file, "%s\n", reading(PHRASE_ORIGINAL));
    put_original_word(file, "kind", &denrei__v1__kind__descriptor, (int)header->kind);
    put_original_word(file, "action", &denrei__v1__action__descriptor, (int)header->action);
    put_original_word(file, "priority", &denrei__v1__priority__descriptor, (int)header->priority);
    put_original_word(file, "tlp", &denrei__v1__tlp__descriptor, (int)header->tlp);
    put_original_word(file, "use_restriction", &denrei__v1__use_restriction__descriptor,
                      (int)header->use_restriction);
    put_value(file, "created_at", time_text_utc(header->created_at_ms).text);
    put_value(file, "deliver_until", time_text_utc(header->deliver_until_ms).text);
    put_value(file, "expires_at", time_text_utc(header->expires_at_ms).text);
    if (content == NULL)
        return;
    text_init_original(&text, content);
    while (text_next(&text, &line)) {
        fprintf(file, "  content.%s=", line.label);
        term_put(file, line.value);
        fputc('\n', file);
    }
}
