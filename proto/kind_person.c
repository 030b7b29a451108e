/* Rules on the messages of person.proto, which several kinds have. */
#include "proto/document_number.h"
#include "proto/kind_rule.h"

#include <stdio.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>

enum {
    NAME_PART_CHARS_MAX = 100,
    NAME_CHARS_MAX = 200,
    EMAIL_CHARS_MAX = 254, /* RFC 5321 */
    PHONE_CHARS_MAX = 32,
    OFFICE_CHARS_MAX = 200,
    HOURS_CHARS_MAX = 100,
    LANGUAGES_MAX = 8
};

/* ICU's scripts for ours; a second one is allowed beside it; USCRIPT_COMMON allows all. */
static const struct {
    UScriptCode first, second, third;
} scripts[] = {
    [DENREI__V1__SCRIPT__SCRIPT_UNSPECIFIED] = {USCRIPT_COMMON, 0, 0},
    [DENREI__V1__SCRIPT__SCRIPT_LATIN] = {USCRIPT_LATIN, 0, 0},
    [DENREI__V1__SCRIPT__SCRIPT_HAN] = {USCRIPT_HAN, USCRIPT_HIRAGANA, USCRIPT_KATAKANA},
    [DENREI__V1__SCRIPT__SCRIPT_KANA] = {USCRIPT_HIRAGANA, USCRIPT_KATAKANA, 0},
    [DENREI__V1__SCRIPT__SCRIPT_HANGUL] = {USCRIPT_HANGUL, 0, 0},
    [DENREI__V1__SCRIPT__SCRIPT_CYRILLIC] = {USCRIPT_CYRILLIC, 0, 0},
    [DENREI__V1__SCRIPT__SCRIPT_ARABIC] = {USCRIPT_ARABIC, 0, 0},
    [DENREI__V1__SCRIPT__SCRIPT_THAI] = {USCRIPT_THAI, 0, 0},
    [DENREI__V1__SCRIPT__SCRIPT_DEVANAGARI] = {USCRIPT_DEVANAGARI, 0, 0},
    [DENREI__V1__SCRIPT__SCRIPT_BENGALI] = {USCRIPT_BENGALI, 0, 0},
    [DENREI__V1__SCRIPT__SCRIPT_KHMER] = {USCRIPT_KHMER, 0, 0},
    [DENREI__V1__SCRIPT__SCRIPT_MYANMAR] = {USCRIPT_MYANMAR, 0, 0},
    [DENREI__V1__SCRIPT__SCRIPT_LAO] = {USCRIPT_LAO, 0, 0},
    [DENREI__V1__SCRIPT__SCRIPT_SINHALA] = {USCRIPT_SINHALA, 0, 0},
    [DENREI__V1__SCRIPT__SCRIPT_GREEK] = {USCRIPT_GREEK, 0, 0},
    [DENREI__V1__SCRIPT__SCRIPT_HEBREW] = {USCRIPT_HEBREW, 0, 0},
    [DENREI__V1__SCRIPT__SCRIPT_OTHER] = {USCRIPT_COMMON, 0, 0},
};

/* The script of a character; USCRIPT_COMMON for those of several. */
static int32_t
script_of(uint32_t point)
{
    const int32_t script = u_getIntPropertyValue((UChar32)point, UCHAR_SCRIPT);

    return script == USCRIPT_INHERITED ? USCRIPT_COMMON : script;
}

/* What follows in `text` from the first letter on that is not of `script`; NULL if all are. */
static const char *
find_foreign(const char *text, Denrei__V1__Script script)
{
    if (scripts[script].first == USCRIPT_COMMON)
        return NULL;
    while (*text != '\0') {
        uint32_t point = 0;
        const char *next = kind_rule_next_point(text, &point);
        const int32_t found = script_of(point);
        if (found != USCRIPT_COMMON && found != (int32_t)scripts[script].first &&
            found != (int32_t)scripts[script].second && found != (int32_t)scripts[script].third)
            return text;
        text = next;
    }
    return NULL;
}

static void
check_script(const struct kind_place *place, const char *field, const char *text,
             Denrei__V1__Script script)
{
    if (!kind_rule_has(text))
        return;
    const char *foreign = find_foreign(text, script);
    if (foreign != NULL)
        kind_rule_add(
            place, field, "give each spelling as a name of its own, with the script that it is in",
            "\"%s\" is not all in the script that is stated, from \"%s\" on", text, foreign);
}

/* A reading that needs a reading itself tells nothing. */
static void
check_reading(const struct kind_place *place, const char *text)
{
    uint32_t point = 0;

    kind_rule_text(place, "reading", text, NAME_CHARS_MAX, KIND_TEXT_OPTIONAL);
    for (const char *at = text; *at != '\0';) {
        at = kind_rule_next_point(at, &point);
        if (script_of(point) == USCRIPT_HAN) {
            kind_rule_add(place, "reading", "write it in kana or in Latin letters",
                          "\"%s\" has a character that can be read in several ways", text);
            return;
        }
    }
}

static void
check_name(const struct kind_place *place, const Denrei__V1__PersonName *name)
{
    kind_rule_choice(place, "script", (int)name->script, "LATIN");
    kind_rule_language(place, "language", name->language, false);
    kind_rule_text(place, "family", name->family, NAME_PART_CHARS_MAX, KIND_TEXT_OPTIONAL);
    kind_rule_text(place, "given", name->given, NAME_PART_CHARS_MAX, KIND_TEXT_OPTIONAL);
    kind_rule_text(place, "full", name->full, NAME_CHARS_MAX, KIND_TEXT_OPTIONAL);
    check_reading(place, name->reading);
    if (!kind_rule_has(name->family) && !kind_rule_has(name->given) && !kind_rule_has(name->full))
        kind_rule_add(place, "", "give family and given, or full", "the name is empty");
    check_script(place, "family", name->family, name->script);
    check_script(place, "given", name->given, name->script);
    check_script(place, "full", name->full, name->script);
}

void
kind_rule_names(const struct kind_place *place, const char *field,
                Denrei__V1__PersonName *const *names, size_t count, size_t min, size_t max)
{
    kind_rule_count(place, field, count, min, max);
    for (size_t i = 0; i < count && i < max; i++) {
        const struct kind_place item = kind_place_item(place, field, i);
        check_name(&item, names[i]);
    }
}

/* Passports, visas and what has their machine-readable zones; other cards may have long numbers. */
static size_t
number_chars_max(Denrei__V1__TravelDocumentType type)
{
    switch (type) {
    case DENREI__V1__TRAVEL_DOCUMENT_TYPE__TRAVEL_DOCUMENT_TYPE_PASSPORT:
    case DENREI__V1__TRAVEL_DOCUMENT_TYPE__TRAVEL_DOCUMENT_TYPE_DIPLOMATIC_PASSPORT:
    case DENREI__V1__TRAVEL_DOCUMENT_TYPE__TRAVEL_DOCUMENT_TYPE_SERVICE_PASSPORT:
    case DENREI__V1__TRAVEL_DOCUMENT_TYPE__TRAVEL_DOCUMENT_TYPE_EMERGENCY_PASSPORT:
    case DENREI__V1__TRAVEL_DOCUMENT_TYPE__TRAVEL_DOCUMENT_TYPE_REFUGEE_DOCUMENT:
    case DENREI__V1__TRAVEL_DOCUMENT_TYPE__TRAVEL_DOCUMENT_TYPE_STATELESS_DOCUMENT:
    case DENREI__V1__TRAVEL_DOCUMENT_TYPE__TRAVEL_DOCUMENT_TYPE_VISA:
        return DOCUMENT_NUMBER_FIELD;
    case DENREI__V1__TRAVEL_DOCUMENT_TYPE__TRAVEL_DOCUMENT_TYPE_UNSPECIFIED:
    case DENREI__V1__TRAVEL_DOCUMENT_TYPE__TRAVEL_DOCUMENT_TYPE_IDENTITY_CARD:
    case DENREI__V1__TRAVEL_DOCUMENT_TYPE__TRAVEL_DOCUMENT_TYPE_RESIDENCE_PERMIT:
    case DENREI__V1__TRAVEL_DOCUMENT_TYPE__TRAVEL_DOCUMENT_TYPE_SEAFARER_DOCUMENT:
    case DENREI__V1__TRAVEL_DOCUMENT_TYPE__TRAVEL_DOCUMENT_TYPE_CREW_CERTIFICATE:
    case DENREI__V1__TRAVEL_DOCUMENT_TYPE__TRAVEL_DOCUMENT_TYPE_DRIVING_LICENCE:
    case DENREI__V1__TRAVEL_DOCUMENT_TYPE__TRAVEL_DOCUMENT_TYPE_OTHER:
    case _DENREI__V1__TRAVEL_DOCUMENT_TYPE_IS_INT_SIZE:
        break;
    }
    return DOCUMENT_NUMBER_BYTES - 1;
}

static void
check_digit(const struct kind_place *place, const char *number, const char *digit)
{
    const char expected = document_number_check_digit(number, strlen(number));

    if (strlen(digit) != 1 || digit[0] < '0' || digit[0] > '9')
        kind_rule_add(place, "check_digit", "give the one digit after the number, or leave it out",
                      "\"%s\" is not a check digit", digit);
    else if (digit[0] != expected)
        kind_rule_add(place, "check_digit",
                      "compare number and digit with the document; leave the digit out if the "
                      "printed number has a blank or hyphen inside",
                      "the check digit of the document number is %c, but %s gives %c", digit[0],
                      number, expected);
}

void
kind_rule_document_number(const struct kind_place *place, const char *number, const char *digit,
                          Denrei__V1__TravelDocumentType type)
{
    const size_t chars_max = number_chars_max(type);
    char cure[PROBLEM_TEXT_BYTES] = "write capital letters A to Z and digits, without blanks";
    struct document_number meant;

    if (!kind_rule_has(number)) {
        kind_rule_add(place, "number", cure, "it is missing and must be given");
        return;
    }
    if (!document_number_is_normal(number)) {
        if (document_number_normalise(number, &meant) == ERR_OK)
            snprintf(cure, sizeof cure, "write %s", meant.text);
        kind_rule_add(place, "number", cure, "\"%s\" is not in the form of a document number",
                      number);
        return;
    }
    if (strlen(number) > chars_max)
        kind_rule_add(place, "number",
                      "give the number as the machine-readable zone has it; it has no more room",
                      "the number has %zu characters, %zu are allowed for this type",
                      strlen(number), chars_max);
    if (kind_rule_has(digit))
        check_digit(place, number, digit);
}

void
kind_rule_documents(const struct kind_place *place, const char *field,
                    Denrei__V1__PersonDocument *const *documents, size_t count, size_t max)
{
    struct date_text unused;

    kind_rule_count(place, field, count, 0, max);
    for (size_t i = 0; i < count && i < max; i++) {
        const struct kind_place item = kind_place_item(place, field, i);
        const Denrei__V1__PersonDocument *document = documents[i];
        kind_rule_document_number(&item, document->number, document->check_digit, document->type);
        kind_rule_state(&item, "issuing_state", document->issuing_state, KIND_STATE_ISSUER, true);
        kind_rule_choice(&item, "type", (int)document->type, "PASSPORT");
        (void)kind_rule_date(&item, "date_of_expiry", document->date_of_expiry, KIND_DATE_OPTIONAL,
                             &unused);
    }
}

/* One @ with something before it and a domain after it: enough to catch a slip. */
static bool
is_email(const char *text)
{
    const char *at = strchr(text, '@');

    return at != NULL && at != text && strchr(at + 1, '@') == NULL && at[1] != '\0' &&
           at[1] != '.' && text[strlen(text) - 1] != '.' && strpbrk(text, " ,;<>\"()[]") == NULL;
}

void
kind_rule_contact(const struct kind_place *place, const char *field,
                  const Denrei__V1__Contact *contact)
{
    const struct kind_place item = kind_place_field(place, field);

    if (contact == NULL) {
        kind_rule_add(place, field, "give an office and its e-mail address or telephone",
                      "it is missing and must be given");
        return;
    }
    kind_rule_text(&item, "office", contact->office, OFFICE_CHARS_MAX, KIND_TEXT_MANDATORY);
    kind_rule_text(&item, "email", contact->email, EMAIL_CHARS_MAX, KIND_TEXT_OPTIONAL);
    kind_rule_text(&item, "phone", contact->phone, PHONE_CHARS_MAX, KIND_TEXT_OPTIONAL);
    kind_rule_text(&item, "hours", contact->hours, HOURS_CHARS_MAX, KIND_TEXT_OPTIONAL);
    kind_rule_languages(&item, "languages", contact->languages, contact->n_languages,
                        LANGUAGES_MAX);
    if (!kind_rule_has(contact->email) && !kind_rule_has(contact->phone))
        kind_rule_add(&item, "", "give email or phone", "nobody can be reached this way");
    if (kind_rule_has(contact->email) && !is_email(contact->email))
        kind_rule_add(&item, "email", "write it like office@agency.example",
                      "\"%s\" is not an e-mail address", contact->email);
    if (kind_rule_has(contact->phone) &&
        contact->phone[strspn(contact->phone, "+0123456789 -()")] != '\0')
        kind_rule_add(&item, "phone", "write it like +81 3 5555 0100",
                      "\"%s\" is not a telephone number", contact->phone);
}
