#include "proto/treaty_inner.h"

#include "proto/date_text.h"
#include "proto/field.h"
#include "proto/state_code.h"

#include <stdlib.h>
#include <string.h>

enum { WORD_BYTES = 64, PATH_NAME_BYTES = 64 };

/* The next word of *text, cut to WORD_BYTES - 1; false at the end. */
static bool
next_word(const char **text, char out[WORD_BYTES])
{
    const char *from = *text + strspn(*text, " ,\t");
    size_t len = strcspn(from, " ,\t");
    size_t kept = len < WORD_BYTES ? len : WORD_BYTES - 1;

    memcpy(out, from, kept);
    out[kept] = '\0';
    *text = from + len;
    return len > 0;
}

/* ---- lists of words */

static void
append(const char *const **list, size_t *count, const char *text, size_t room,
       struct treaty_reader *reader)
{
    const char **made = NULL;

    if (*list == NULL) {
        made = arena_alloc(reader->arena, room * sizeof *made);
        if (made == NULL) {
            reader->is_full = true;
            return;
        }
        *list = made;
    }
    /* The list was allocated here, so writing to it is ours to do. */
    made = (const char **)(uintptr_t)*list;
    made[(*count)++] = text;
}

static bool
is_language(const char *word)
{
    size_t len = strlen(word);

    return (len == 2 || len == 3) && strspn(word, "abcdefghijklmnopqrstuvwxyz") == len;
}

static void
put_languages(struct treaty_reader *reader, const struct treaty_line *line, void *at)
{
    const char *const **list = at;
    size_t *count = (size_t *)(void *)(list + 1);
    const char *rest = line->value;
    char word[WORD_BYTES];

    while (next_word(&rest, word)) {
        const char *copy = arena_copy(reader->arena, word, strlen(word));
        if (copy == NULL) {
            reader->is_full = true;
            return;
        }
        if (!is_language(word))
            treaty_wrong(reader, line->number, "two or three small letters (ISO 639), as in: ja en",
                         "\"%s\" is no language", word);
        append(list, count, copy, strlen(line->value), reader);
    }
}

/* ---- numbers and dates */

static void
put_days(struct treaty_reader *reader, const struct treaty_line *line, uint32_t *out)
{
    const char *text = line->value;
    const size_t len = strlen(text);
    unsigned long days = 0;

    if (len > 0 && len < 6 && strspn(text, "0123456789") == len)
        days = strtoul(text, NULL, 10);
    if (days == 0 || days > TREATY_DAYS_MAX)
        treaty_wrong(reader, line->number, "give whole days, as in: days = 10",
                     "\"%s\" is no number of days from 1 to %d", text, TREATY_DAYS_MAX);
    else
        *out = (uint32_t)days;
}

static void
put_date(struct treaty_reader *reader, const struct treaty_line *line, const char **out)
{
    struct date_text date = {0};

    *out = line->value;
    if (date_text_parse(line->value, &date) != ERR_OK || !date_text_is_complete(date))
        treaty_wrong(reader, line->number, "write it as 2007-01-26", "\"%s\" is no date",
                     line->value);
}

/* ---- words of enums */

/* The number of the enum value that `word` names; 0, and a problem, if there is none. */
static int
enum_number(struct treaty_reader *reader, const struct treaty_line *line,
            const ProtobufCEnumDescriptor *type, const char *word)
{
    const ProtobufCEnumValue *value = field_enum_find(type, word);
    struct problem_path place = problem_path("%s, line %zu", reader->name, line->number);

    if (value == NULL)
        field_report_value(reader->problems, place.text, type, word);
    return value != NULL ? value->value : 0;
}

/* Bits of the enum values that `text` names; a problem if there is none. */
static uint32_t
enum_bits(struct treaty_reader *reader, const struct treaty_line *line,
          const ProtobufCEnumDescriptor *type, const char *text)
{
    uint32_t bits = 0;
    char word[WORD_BYTES];
    bool is_any = false;

    for (const char *rest = text; next_word(&rest, word); is_any = true)
        bits |= UINT32_C(1) << enum_number(reader, line, type, word);
    if (!is_any)
        treaty_wrong(reader, line->number, "name one or more", "no value of %s is named",
                     type->short_name);
    return bits & ~UINT32_C(1);
}

static void
put_does(struct treaty_reader *reader, const struct treaty_line *line,
         struct treaty_authority *authority)
{
    const char *rest = line->value;
    char word[WORD_BYTES];

    while (next_word(&rest, word)) {
        if (strcmp(word, "send") == 0)
            authority->may_send = true;
        else if (strcmp(word, "receive") == 0)
            authority->may_receive = true;
        else
            treaty_wrong(reader, line->number, "write: send, receive, or both",
                         "an authority cannot \"%s\" requests", word);
    }
}

/* mandatory | optional | mandatory for M... | mandatory except M... | mandatory if urgent */
static void
put_need(struct treaty_reader *reader, const struct treaty_line *line,
         struct treaty_content *content)
{
    static const char cure[] = "write one of: mandatory; optional; mandatory for TESTIMONY; "
                               "mandatory except SERVICE; mandatory if urgent";
    const char *rest = line->value;
    char word[WORD_BYTES];
    bool is_mandatory = next_word(&rest, word) && strcmp(word, "mandatory") == 0;
    bool is_optional = strcmp(word, "optional") == 0;
    bool is_more = next_word(&rest, word);

    content->need = is_optional ? TREATY_OPTIONAL : TREATY_MANDATORY;
    if (is_mandatory && is_more && strcmp(word, "for") == 0) {
        content->need = TREATY_FOR;
        content->measures = enum_bits(reader, line, &denrei__v1__mla_measure__descriptor, rest);
    } else if (is_mandatory && is_more && strcmp(word, "except") == 0) {
        content->need = TREATY_EXCEPT;
        content->measures = enum_bits(reader, line, &denrei__v1__mla_measure__descriptor, rest);
    } else if (is_mandatory && is_more && strcmp(word, "if") == 0 && next_word(&rest, word) &&
               strcmp(word, "urgent") == 0 && !next_word(&rest, word)) {
        content->need = TREATY_URGENT;
    } else if (is_more || (!is_mandatory && !is_optional)) {
        treaty_wrong(reader, line->number, cure, "\"%s\" does not say when a part is needed",
                     line->value);
    }
}

static void
put_manner(struct treaty_reader *reader, const struct treaty_line *line, bool *out)
{
    *out = strcmp(line->value, "shall") == 0;
    if (!*out && strcmp(line->value, "may") != 0)
        treaty_wrong(reader, line->number, "write: may, or shall",
                     "\"%s\" does not say whether assistance may or shall be refused", line->value);
}

static void
put_dual(struct treaty_reader *reader, const struct treaty_line *line, enum treaty_dual *out)
{
    if (strcmp(line->value, "may") == 0)
        *out = TREATY_DUAL_DISCRETIONARY;
    else if (strcmp(line->value, "shall") == 0)
        *out = TREATY_DUAL_MANDATORY;
    else if (strcmp(line->value, "none") != 0)
        treaty_wrong(reader, line->number, "write: may, shall, or none",
                     "\"%s\" does not say what follows where the facts are no offence there",
                     line->value);
}

void
treaty_put_value(struct treaty_reader *reader, const struct treaty_line *line,
                 enum treaty_value value, void *element, void *at, size_t room)
{
    const char *const **list = at;

    switch (value) {
    case TREATY_VALUE_TEXT:
        *(const char **)at = line->value;
        break;
    case TREATY_VALUE_TEXTS:
        append(list, (size_t *)(void *)(list + 1), line->value, room, reader);
        break;
    case TREATY_VALUE_LANGUAGES:
        put_languages(reader, line, at);
        break;
    case TREATY_VALUE_DATE:
        put_date(reader, line, at);
        break;
    case TREATY_VALUE_DAYS:
        put_days(reader, line, at);
        break;
    case TREATY_VALUE_CHANNELS:
        *(uint32_t *)at =
            enum_bits(reader, line, &denrei__v1__mla_channel__descriptor, line->value);
        break;
    case TREATY_VALUE_ROLE:
        *(Denrei__V1__Role *)at =
            (Denrei__V1__Role)enum_number(reader, line, &denrei__v1__role__descriptor, line->value);
        break;
    case TREATY_VALUE_DOES:
        put_does(reader, line, element);
        break;
    case TREATY_VALUE_NEED:
        put_need(reader, line, element);
        break;
    case TREATY_VALUE_MANNER:
        put_manner(reader, line, at);
        break;
    case TREATY_VALUE_DUAL:
    default:
        put_dual(reader, line, at);
        break;
    }
}

/* ---- arguments of sections */

bool
treaty_take_ground(struct treaty_reader *reader, const struct treaty_line *line,
                   Denrei__V1__MlaGround *out)
{
    *out = (Denrei__V1__MlaGround)enum_number(reader, line, &denrei__v1__mla_ground__descriptor,
                                              line->value);
    return *out != DENREI__V1__MLA_GROUND__MLA_GROUND_UNSPECIFIED;
}

/* A part must be a field of the request, and lie in one list at most, whose items are asked for one
 * after the other. */
bool
treaty_take_path(struct treaty_reader *reader, const struct treaty_line *line)
{
    const ProtobufCMessageDescriptor *type = &denrei__v1__mla__descriptor;
    const struct problem_path place = problem_path("%s, line %zu", reader->name, line->number);
    const char *rest = line->value;
    size_t lists = 0;

    for (;;) {
        char name[PATH_NAME_BYTES] = "";
        const size_t len = strcspn(rest, ".");
        if (len < sizeof name)
            memcpy(name, rest, len);
        const ProtobufCFieldDescriptor *field =
            protobuf_c_message_descriptor_get_field_by_name(type, name);
        if (field == NULL) {
            field_report_unknown(reader->problems, place.text, type, name);
            return false;
        }
        rest += len;
        if (*rest == '\0')
            return true;
        rest++;
        lists += field_is_repeated(field) ? 1 : 0;
        if (field->type != PROTOBUF_C_TYPE_MESSAGE || lists > 1) {
            treaty_wrong(reader, line->number, "end the path with it",
                         "%s has no parts that a profile can ask for one by one", name);
            return false;
        }
        type = field->descriptor;
    }
}

bool
treaty_take_country(struct treaty_reader *reader, const struct treaty_line *line,
                    bool is_any_allowed)
{
    const struct state_code *near = NULL;

    if (state_code_find(line->value) != NULL || (is_any_allowed && strcmp(line->value, "*") == 0))
        return true;
    near = state_code_suggest(line->value);
    if (near != NULL) {
        const struct problem_path cure =
            problem_path("did you mean %s (%s)?", near->code, near->name);
        treaty_wrong(reader, line->number, cure.text, "\"%s\" is no state", line->value);
        return false;
    }
    treaty_wrong(reader, line->number, "give the code that the directory has for it, as in: JPN",
                 "\"%s\" is no state", line->value);
    return false;
}
