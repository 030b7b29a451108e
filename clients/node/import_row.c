#include "clients/node/import_row.h"

#include "proto/field.h"
#include "proto/nearest.h"
#include "proto/person.pb-c.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { NAME_BYTES = 48, QUOTED_MAX = 40 };

static const char *const names[IMPORT_COLUMNS] = {
    [IMPORT_NUMBER] = "din",
    [IMPORT_STATE] = "issuing_country",
    [IMPORT_TYPE] = "type",
    [IMPORT_FRAUD] = "fraud_type",
    [IMPORT_REPORTING] = "theft_reporting_country",
    [IMPORT_ISSUED] = "date_of_issue",
    [IMPORT_EXPIRES] = "date_of_expiry",
    [IMPORT_LOST_ON] = "stolen_on",
    [IMPORT_REVIEW] = "review_date",
    [IMPORT_REFERENCE] = "national_reference",
};

/* Other names that lists use. */
static const struct {
    const char *name;
    enum import_column column;
} aliases[] = {
    {"document_identification_number", IMPORT_NUMBER},
    {"document_number", IMPORT_NUMBER},
    {"number", IMPORT_NUMBER},
    {"issuing_state", IMPORT_STATE},
    {"country", IMPORT_STATE},
    {"document_type", IMPORT_TYPE},
    {"type_of_document", IMPORT_TYPE},
    {"fraud", IMPORT_FRAUD},
    {"type_of_fraud", IMPORT_FRAUD},
    {"status", IMPORT_FRAUD},
    {"reporting_country", IMPORT_REPORTING},
    {"issue_date", IMPORT_ISSUED},
    {"expiry_date", IMPORT_EXPIRES},
    {"date_of_theft", IMPORT_LOST_ON},
    {"lost_on", IMPORT_LOST_ON},
    {"national_reference_number", IMPORT_REFERENCE},
    {"rejected_because", IMPORT_PASSED_OVER},
};

/* Words of the columns type and fraud type that are not those of the kinds' enums. */
static const struct {
    const char *word;
    enum import_column column;
    int value;
} words[] = {
    {"P", IMPORT_TYPE, DENREI__V1__TRAVEL_DOCUMENT_TYPE__TRAVEL_DOCUMENT_TYPE_PASSPORT},
    {"V", IMPORT_TYPE, DENREI__V1__TRAVEL_DOCUMENT_TYPE__TRAVEL_DOCUMENT_TYPE_VISA},
    {"I", IMPORT_TYPE, DENREI__V1__TRAVEL_DOCUMENT_TYPE__TRAVEL_DOCUMENT_TYPE_IDENTITY_CARD},
    {"ID", IMPORT_TYPE, DENREI__V1__TRAVEL_DOCUMENT_TYPE__TRAVEL_DOCUMENT_TYPE_IDENTITY_CARD},
    {"identity document", IMPORT_TYPE,
     DENREI__V1__TRAVEL_DOCUMENT_TYPE__TRAVEL_DOCUMENT_TYPE_IDENTITY_CARD},
    {"lost by bearer", IMPORT_FRAUD, DENREI__V1__LOST_STATUS__LOST_STATUS_LOST},
    {"stolen from bearer", IMPORT_FRAUD, DENREI__V1__LOST_STATUS__LOST_STATUS_STOLEN},
    {"blank stolen", IMPORT_FRAUD, DENREI__V1__LOST_STATUS__LOST_STATUS_STOLEN_BLANK},
};

const char *
import_column_name(enum import_column column)
{
    return column < IMPORT_COLUMNS ? names[column] : "";
}

/* ---- the row of names */

/* Small letters, '_' between words: " Issuing-Country" is "issuing_country".  False: too long. */
static bool
simplify(struct span text, char out[NAME_BYTES])
{
    size_t len = 0;

    for (size_t i = 0; i < text.len; i++) {
        char c = (char)text.data[i];
        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        if (c == ' ' || c == '-')
            c = '_';
        if (len + 1 == NAME_BYTES || c == '\0')
            return false;
        if (c != '_' || (len > 0 && out[len - 1] != '_'))
            out[len++] = c;
    }
    while (len > 0 && out[len - 1] == '_')
        len--;
    out[len] = '\0';
    return len > 0;
}

static bool
find_column(const char *name, enum import_column *out)
{
    for (unsigned i = 0; i < IMPORT_COLUMNS; i++) {
        if (strcmp(name, names[i]) == 0) {
            *out = (enum import_column)i;
            return true;
        }
    }
    for (size_t i = 0; i < sizeof aliases / sizeof aliases[0]; i++) {
        if (strcmp(name, aliases[i].name) == 0) {
            *out = aliases[i].column;
            return true;
        }
    }
    return false;
}

static bool
is_skipped(const char *name, const char *const *skipped, size_t count)
{
    char other[NAME_BYTES];

    for (size_t i = 0; i < count; i++) {
        const struct span text = {(const uint8_t *)skipped[i], strlen(skipped[i])};
        if (simplify(text, other) && strcmp(other, name) == 0)
            return true;
    }
    return false;
}

static void
tell_unknown(struct problems *problems, const char *path, const char *name)
{
    char cure[PROBLEM_TEXT_BYTES];
    struct nearest nearest;

    nearest_init(&nearest, name);
    for (size_t i = 0; i < IMPORT_COLUMNS; i++)
        nearest_offer(&nearest, names[i]);
    for (size_t i = 0; i < sizeof aliases / sizeof aliases[0]; i++)
        nearest_offer(&nearest, aliases[i].name);
    if (nearest.count > 0)
        snprintf(cure, sizeof cure, "did you mean %s?  Else pass it over with --skip-column \"%s\"",
                 nearest.names[0], name);
    else
        snprintf(cure, sizeof cure, "pass it over with --skip-column \"%s\"", name);
    problems_add(problems, path, cure, "there is no column \"%s\"", name);
}

enum err
import_layout_read(const struct span *fields, size_t count, const char *const *skipped,
                   size_t skipped_count, struct date_text today, struct import_layout *layout,
                   struct problems *problems)
{
    bool is_there[IMPORT_COLUMNS + 1] = {false};
    size_t before = problems_total(problems);

    if (count > IMPORT_FIELDS_MAX) {
        problems_add(problems, "line 1", "give the columns of lost documents alone",
                     "there are %zu columns, at most %d can be", count, IMPORT_FIELDS_MAX);
        return ERR_FORMAT;
    }
    for (size_t i = 0; i < count; i++) {
        struct problem_path path = problem_path("line 1, column %zu", i + 1);
        enum import_column column = IMPORT_PASSED_OVER;
        char name[NAME_BYTES] = "";
        if (!simplify(fields[i], name))
            problems_add(problems, path.text, "give each column its name",
                         "this is no name of a column");
        else if (is_skipped(name, skipped, skipped_count))
            column = IMPORT_PASSED_OVER;
        else if (!find_column(name, &column))
            tell_unknown(problems, path.text, name);
        if (column != IMPORT_PASSED_OVER && is_there[column])
            problems_add(problems, path.text, "leave one of them out",
                         "the column %s is there twice", names[column]);
        is_there[column] = true;
        layout->columns[i] = column;
    }
    for (size_t i = 0; i < IMPORT_MANDATORY; i++) {
        if (!is_there[i])
            problems_add(problems, "line 1", "let the first row name the columns",
                         "the column %s is missing", names[i]);
    }
    layout->fields = count;
    layout->today = today;
    return problems_total(problems) == before ? ERR_OK : ERR_FORMAT;
}

char
import_find_delimiter(struct span line)
{
    static const char delimiters[] = ",;\t";
    size_t counts[sizeof delimiters - 1] = {0};
    size_t best = 0;

    for (size_t i = 0; i < line.len && line.data[i] != '\n'; i++) {
        for (size_t k = 0; k < sizeof counts / sizeof counts[0]; k++)
            counts[k] += line.data[i] == (uint8_t)delimiters[k] ? 1 : 0;
    }
    for (size_t k = 1; k < sizeof counts / sizeof counts[0]; k++) {
        if (counts[k] > counts[best])
            best = k;
    }
    return delimiters[best];
}

/* ---- rows */

/* The row as it is read. */
struct row {
    struct import_layout *layout;
    struct imported *out;
    struct import_fault *fault;
    size_t field;
};

__attribute__((format(printf, 3, 4))) static bool
reject(const struct row *row, const char *cure, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(row->fault->wrong, sizeof row->fault->wrong, format, arguments);
    va_end(arguments);
    snprintf(row->fault->cure, sizeof row->fault->cure, "%s", cure);
    row->fault->field = row->field;
    return false;
}

/* At most QUOTED_MAX bytes of a text, for a message. */
static int
quoted(struct span text)
{
    return text.len < QUOTED_MAX ? (int)text.len : QUOTED_MAX;
}

static bool
look_up_word(enum import_column column, const char *text, int *out)
{
    const ProtobufCEnumDescriptor *type = column == IMPORT_TYPE
                                              ? &denrei__v1__travel_document_type__descriptor
                                              : &denrei__v1__lost_status__descriptor;

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (words[i].column == column && strcasecmp(words[i].word, text) == 0) {
            *out = words[i].value;
            return true;
        }
    }
    const ProtobufCEnumValue *value = field_enum_find(type, text);
    if (value != NULL)
        *out = value->value;
    return value != NULL;
}

/* The value of a word of `column`, remembered. */
static bool
read_word(const struct row *row, enum import_column column, struct span text, int *out)
{
    size_t slot =
        (text.len * 7 + text.data[0] + text.data[text.len - 1] * 3U + column) % IMPORT_MEMO;
    struct import_memo *memo = &row->layout->memo[slot];

    if (memo->len == text.len && memo->column == column &&
        memcmp(memo->text, text.data, text.len) == 0) {
        *out = memo->value;
        return true;
    }
    if (!look_up_word(column, (const char *)text.data, out))
        return reject(row,
                      column == IMPORT_TYPE ? "write PASSPORT, IDENTITY_CARD, VISA or another type"
                                            : "write LOST, STOLEN, STOLEN_BLANK, REVOKED, INVALID",
                      "\"%.*s\" is no %s", quoted(text), (const char *)text.data,
                      column == IMPORT_TYPE ? "type of document" : "type of fraud");
    if (text.len < IMPORT_MEMO_BYTES) {
        memcpy(memo->text, text.data, text.len);
        memo->len = (uint8_t)text.len;
        memo->column = (uint8_t)column;
        memo->value = *out;
    }
    return true;
}

static bool
read_state(const struct row *row, struct span text, bool is_issuer, char out[STATE_CODE_BYTES])
{
    const char *word = (const char *)text.data;
    const struct state_code *code = state_code_find(word);

    /* ISO's code for Germany, which Doc 9303 replaces: it can mean nothing else. */
    if (code == NULL && strcasecmp(word, "DEU") == 0)
        code = state_code_find("D");
    if (code != NULL && (!is_issuer || state_code_issues(code))) {
        memcpy(out, code->code, strlen(code->code) + 1);
        return true;
    }
    const struct state_code *near = text.len < QUOTED_MAX ? state_code_suggest(word) : NULL;
    char cure[96] = "give the code of ICAO Doc 9303-3";
    if (near != NULL)
        snprintf(cure, sizeof cure, "give the code of ICAO Doc 9303-3; did you mean %s?",
                 near->code);
    return reject(row, cure, "\"%.*s\" is no %s", quoted(text), word,
                  is_issuer ? "issuing country" : "country");
}

/* 2024-03-07 or 20240307; with `is_partial` 2024-03 and 2024 too. */
static bool
read_date(const struct row *row, struct span text, bool is_partial, struct date_text *out)
{
    static const char cure[] = "write year, month and day like 2024-03-07";
    const char *word = (const char *)text.data;
    char dashed[DATE_TEXT_BYTES];
    struct date_text date;

    if (text.len == 8 && strspn(word, "0123456789") == 8) {
        snprintf(dashed, sizeof dashed, "%.4s-%.2s-%.2s", word, word + 4, word + 6);
        word = dashed;
    }
    enum err err = date_text_parse(word, &date);
    if (err == ERR_RANGE)
        return reject(row, cure, "%.*s is no day of the calendar", quoted(text),
                      (const char *)text.data);
    if (err != ERR_OK || (!is_partial && !date_text_is_complete(date)))
        return reject(row, cure, "\"%.*s\" is no date", quoted(text), (const char *)text.data);
    *out = date;
    return true;
}

static bool
read_reference(const struct row *row, struct span text, char out[IMPORTED_REFERENCE_BYTES])
{
    static const char cure[] = "at most 64 letters A to Z, digits and -_./ can be in a reference";

    if (text.len >= IMPORTED_REFERENCE_BYTES)
        return reject(row, cure, "it has %zu characters", text.len);
    for (size_t i = 0; i < text.len; i++) {
        const char c = (char)text.data[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              c == '-' || c == '_' || c == '.' || c == '/'))
            return reject(row, cure, "\"%.*s\" is no reference", quoted(text),
                          (const char *)text.data);
    }
    memcpy(out, text.data, text.len + 1);
    return true;
}

static bool
read_number(const struct row *row, struct span text)
{
    enum err err = document_number_normalise((const char *)text.data, &row->out->number);

    if (err == ERR_OK)
        return true;
    return reject(row, "letters and digits only, at most 22", "\"%.*s\" is no document number",
                  quoted(text), (const char *)text.data);
}

static bool
read_field(const struct row *row, enum import_column column, struct span text)
{
    struct imported *out = row->out;
    int value = 0;

    switch (column) {
    case IMPORT_NUMBER:
        return read_number(row, text);
    case IMPORT_STATE:
        return read_state(row, text, true, out->state);
    case IMPORT_REPORTING:
        return read_state(row, text, false, out->reporting);
    case IMPORT_TYPE:
        if (!read_word(row, column, text, &value))
            return false;
        out->type = (Denrei__V1__TravelDocumentType)value;
        return true;
    case IMPORT_FRAUD:
        if (!read_word(row, column, text, &value))
            return false;
        out->status = (Denrei__V1__LostStatus)value;
        return true;
    case IMPORT_ISSUED:
        return read_date(row, text, false, &out->issued);
    case IMPORT_EXPIRES:
        return read_date(row, text, false, &out->expires);
    case IMPORT_LOST_ON:
        return read_date(row, text, true, &out->lost_on);
    case IMPORT_REVIEW:
        return read_date(row, text, false, &out->review);
    case IMPORT_REFERENCE:
        return read_reference(row, text, out->reference);
    case IMPORT_PASSED_OVER:
    default:
        return true;
    }
}

/* What fields say together; the row as a whole is named. */
static bool
check_record(const struct row *row)
{
    struct imported *record = row->out;
    const struct date_text tomorrow = date_text_add_days(row->layout->today, 1);
    const bool is_blank = record->status == DENREI__V1__LOST_STATUS__LOST_STATUS_STOLEN_BLANK;

    if (is_blank && (record->issued.year != 0 || record->expires.year != 0))
        return reject(row, "leave the dates out, or correct the type of fraud",
                      "a blank was never issued, but has a date of issue or expiry");
    if (record->issued.year != 0 && record->expires.year != 0 &&
        date_text_is_before(record->expires, record->issued))
        return reject(row, "correct one of the dates", "it expires before it was issued");
    if ((record->issued.year != 0 && date_text_is_before(tomorrow, record->issued)) ||
        (record->lost_on.year != 0 && date_text_is_before(tomorrow, record->lost_on)))
        return reject(row, "correct the date", "it was issued or lost in the future");
    if (record->review.year == 0)
        record->review = date_text_add_years(
            date_text_is_complete(record->lost_on) ? record->lost_on : row->layout->today,
            IMPORT_REVIEW_YEARS);
    else if (date_text_is_before(date_text_add_years(tomorrow, IMPORT_REVIEW_YEARS),
                                 record->review))
        return reject(row, "give a review date within 10 years",
                      "the review date lies more than 10 years ahead");
    return true;
}

enum import_outcome
import_row_read(struct import_layout *layout, const struct span *fields, size_t count,
                struct imported *out, struct import_fault *fault)
{
    struct row row = {layout, out, fault, IMPORT_FIELDS_MAX};
    unsigned mandatory = 0;

    memset(out, 0, sizeof *out);
    if (count != layout->fields) {
        (void)reject(&row, "give as many fields as there are columns",
                     "the row has %zu fields, the first row %zu", count, layout->fields);
        return IMPORT_REJECTED;
    }
    for (size_t i = 0; i < count; i++) {
        const enum import_column column = layout->columns[i];
        row.field = i;
        if (fields[i].len == 0 || column == IMPORT_PASSED_OVER)
            continue;
        if (memchr(fields[i].data, '\0', fields[i].len) != NULL) {
            (void)reject(&row, "export the list again as text", "it has a NUL character");
            return IMPORT_REJECTED;
        }
        if (!read_field(&row, column, fields[i]))
            return IMPORT_REJECTED;
        mandatory += column < IMPORT_MANDATORY ? 1 : 0;
    }
    row.field = IMPORT_FIELDS_MAX;
    if (mandatory < IMPORT_MANDATORY) {
        (void)reject(&row, "give number, issuing country, type and type of fraud",
                     "a mandatory field is empty");
        return IMPORT_REJECTED;
    }
    if (!check_record(&row))
        return IMPORT_REJECTED;
    return date_text_compare(out->review, layout->today) < 0 ? IMPORT_PAST : IMPORT_RECORD;
}
