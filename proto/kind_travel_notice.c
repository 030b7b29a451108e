/* TRAVEL_NOTICE: visas and journeys; a broker may be named, a possible victim may not. */
#include "proto/file_type.h"
#include "proto/kind_rule.h"
#include "proto/kind_table.h"
#include "proto/travel_notice.pb-c.h"

#include <string.h>

enum {
    RETENTION_DAYS = 366,
    NAMES_MAX = 4,
    DOCUMENTS_MAX = 8,
    NAME_CHARS_MAX = 200,
    PLACE_CHARS_MAX = 100,
    VISA_CHARS_MAX = 100,
    SEAT_CHARS_MAX = 8,
    APPEARANCE_CHARS_MAX = 300,
    FACTS_CHARS_MAX = 4000,
    SUMMARY_CHARS_MAX = 2000
};

static const char CAPITALS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
static const char CODE_SIGNS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
static const char VICTIM[] = "a possible victim";

/* ---- parts */

static void
check_person(const struct kind_place *up, const char *field, const Denrei__V1__TravelPerson *person)
{
    const struct kind_place place = kind_place_field(up, field);
    struct date_text unused;

    kind_rule_names(&place, "names", person->names, person->n_names, 1, NAMES_MAX);
    (void)kind_rule_date(&place, "date_of_birth", person->date_of_birth,
                         KIND_DATE_PARTIAL | KIND_DATE_PAST, &unused);
    kind_rule_state(&place, "nationality", person->nationality, KIND_STATE_NATIONALITY, false);
    kind_rule_documents(&place, "documents", person->documents, person->n_documents, DOCUMENTS_MAX);
}

/* A code of `min` to `max` capital letters and digits. */
static void
check_code(const struct kind_place *place, const char *field, const char *text, size_t min,
           size_t max, bool is_mandatory)
{
    const size_t len = strlen(text);

    if (len == 0 && is_mandatory)
        kind_rule_add(place, field, "fill it in", "it is missing and must be given");
    else if (len > 0 && (len < min || len > max || strspn(text, CODE_SIGNS) != len))
        kind_rule_add(place, field, "give capital letters and digits without blanks, like NH863",
                      "\"%s\" is no code of %zu to %zu letters and digits", text, min, max);
}

static void
check_end(const struct kind_place *place, const char *field, const char *text,
          Denrei__V1__TravelMode mode)
{
    if (mode != DENREI__V1__TRAVEL_MODE__TRAVEL_MODE_AIR)
        kind_rule_text(place, field, text, PLACE_CHARS_MAX, KIND_TEXT_MANDATORY);
    else if (strspn(text, CAPITALS) != 3 || text[3] != '\0')
        kind_rule_add(place, field, "give the airport's three letters (IATA), like NRT",
                      "\"%s\" is no airport", text);
}

/* "15:30" */
static void
check_hour(const struct kind_place *place, const char *field, const char *text)
{
    bool is_hour = strlen(text) == 5 && strspn(text, "0123456789:") == 5 && text[2] == ':' &&
                   strncmp(text, "24", 2) < 0 && text[3] < '6' && text[0] != ':' &&
                   text[1] != ':' && text[3] != ':' && text[4] != ':';

    if (kind_rule_has(text) && !is_hour)
        kind_rule_add(place, field, "write it like 15:30", "\"%s\" is no hour of a day", text);
}

/* ---- notices */

static void
check_visa(const struct kind_place *place, const Denrei__V1__VisaNotice *visa)
{
    const bool is_question =
        visa->decision == DENREI__V1__VISA_DECISION__VISA_DECISION_CONSULTATION;
    struct date_text unused;

    kind_rule_choice(place, "decision", (int)visa->decision, "REFUSED");
    kind_rule_text(place, "mission", visa->mission, NAME_CHARS_MAX, KIND_TEXT_MANDATORY);
    (void)kind_rule_date(place, "applied_on", visa->applied_on,
                         KIND_DATE_MANDATORY | KIND_DATE_PAST, &unused);
    kind_rule_text(place, "visa", visa->visa, VISA_CHARS_MAX, KIND_TEXT_OPTIONAL);
    kind_rule_choices(place, "grounds", (const int *)visa->grounds, visa->n_grounds, 1,
                      "FALSE_PURPOSE");
    if (visa->applicant == NULL)
        kind_rule_add(place, "applicant", "say who applied", "it is missing and must be given");
    else
        check_person(place, "applicant", visa->applicant);
    kind_rule_text(place, "inviter", visa->inviter, NAME_CHARS_MAX, KIND_TEXT_OPTIONAL);
    kind_rule_text(place, "facts", visa->facts, FACTS_CHARS_MAX, KIND_TEXT_LINES);
    (void)kind_rule_date(place, "reply_by", visa->reply_by,
                         KIND_DATE_FUTURE | (is_question ? KIND_DATE_MANDATORY : 0), &unused);
    kind_rule_contact(place, "contact", visa->contact);
}

/* Who may be a victim is found by seat and booking, and is named by nobody. */
static void
check_role(const struct kind_place *place, const Denrei__V1__JourneyNotice *journey)
{
    kind_rule_choice(place, "role", (int)journey->role, "POSSIBLE_VICTIM");
    if (journey->role == DENREI__V1__TRAVEL_ROLE__TRAVEL_ROLE_POSSIBLE_BROKER) {
        if (journey->person != NULL)
            check_person(place, "person", journey->person);
        return;
    }
    if (journey->person != NULL)
        kind_rule_add(place, "person", "give seat, booking and appearance in its place",
                      "a possible victim is not named");
    kind_rule_non_nominal(place, "appearance", journey->appearance, VICTIM);
    kind_rule_non_nominal(place, "summary", journey->summary, VICTIM);
}

static void
check_journey(const struct kind_place *place, const Denrei__V1__JourneyNotice *journey)
{
    struct date_text unused;

    check_role(place, journey);
    kind_rule_choice(place, "mode", (int)journey->mode, "AIR");
    check_code(place, "conveyance", journey->conveyance, 2, 12, true);
    check_end(place, "from", journey->from, journey->mode);
    check_end(place, "to", journey->to, journey->mode);
    (void)kind_rule_date(place, "departs_on", journey->departs_on, KIND_DATE_MANDATORY, &unused);
    check_hour(place, "arrives_at", journey->arrives_at);
    kind_rule_text(place, "seat", journey->seat, SEAT_CHARS_MAX, KIND_TEXT_OPTIONAL);
    check_code(place, "locator", journey->locator, 5, 12, false);
    kind_rule_text(place, "appearance", journey->appearance, APPEARANCE_CHARS_MAX, KIND_TEXT_LINES);
    kind_rule_choices(place, "indicators", (const int *)journey->indicators, journey->n_indicators,
                      1, "SPOKEN_FOR");
    kind_rule_text(place, "summary", journey->summary, SUMMARY_CHARS_MAX,
                   KIND_TEXT_MANDATORY | KIND_TEXT_LINES);
    kind_rule_choices(place, "actions", (const int *)journey->actions, journey->n_actions, 1,
                      "MEET_ON_ARRIVAL");
    kind_rule_contact(place, "contact", journey->contact);
}

static void
check_answer(const struct kind_place *place, const Denrei__V1__TravelAnswer *answer)
{
    kind_rule_choices(place, "outcomes", (const int *)answer->outcomes, answer->n_outcomes, 1,
                      "PROTECTED");
    kind_rule_text(place, "text", answer->text, FACTS_CHARS_MAX, KIND_TEXT_LINES);
    kind_rule_non_nominal(place, "text", answer->text, VICTIM);
    if (answer->contact != NULL)
        kind_rule_contact(place, "contact", answer->contact);
}

/* Returns whether it is an answer, which replies to a notice. */
static bool
check_notice(const struct kind_place *place, const Denrei__V1__TravelNotice *notice)
{
    struct kind_place part = kind_place_field(place, "");

    switch (notice->notice_case) {
    case DENREI__V1__TRAVEL_NOTICE__NOTICE_VISA:
        part.field = "visa";
        check_visa(&part, notice->visa);
        break;
    case DENREI__V1__TRAVEL_NOTICE__NOTICE_JOURNEY:
        part.field = "journey";
        check_journey(&part, notice->journey);
        break;
    case DENREI__V1__TRAVEL_NOTICE__NOTICE_ANSWER:
        part.field = "answer";
        check_answer(&part, notice->answer);
        return true;
    case DENREI__V1__TRAVEL_NOTICE__NOTICE__NOT_SET:
    case _DENREI__V1__TRAVEL_NOTICE__NOTICE__CASE_IS_INT_SIZE:
        kind_rule_add(place, "notice", "fill in one of visa, journey, answer",
                      "the message says nothing of a journey");
        break;
    }
    return false;
}

static void
check_travel_notice(const ProtobufCMessage *content, const struct kind_context *context,
                    struct problems *problems)
{
    const Denrei__V1__TravelNotice *notice = (const Denrei__V1__TravelNotice *)content;
    const struct kind_place place = kind_place_content(context, problems);
    bool is_answer = check_notice(&place, notice);

    kind_rule_reference(&place, "reference", notice->reference, false);
    kind_rule_handling(&place, "handling_note", notice->handling_note);
    if (is_answer && !context->has_in_reply_to)
        kind_rule_add(&place, "in_reply_to", "reply to the notice: denrei reply ID",
                      "an answer replies to a notice");
    else if (is_answer && strcmp(context->in_reply_to_from, context->sender) == 0)
        kind_rule_add(&place, "in_reply_to", "leave the answer to the member that was told",
                      "%s cannot answer its own notice", context->sender);
}

const struct kind_type kind_travel_notice = {
    .number = DENREI__V1__KIND__KIND_TRAVEL_NOTICE,
    .name = "TRAVEL_NOTICE",
    .word = "travel-notice",
    .summary = "a visa refused or consulted on, a possible victim or broker on a journey",
    .content = &denrei__v1__travel_notice__descriptor,
    .retention_days_max = RETENTION_DAYS,
    .recipients_max = 8,
    .tlp_widest = DENREI__V1__TLP__TLP_AMBER,
    .needs_legal_basis = true,
    .attachments = FILE_TYPE_IMAGE | FILE_TYPE_DOCUMENT,
    .is_of_victims = true,
    .check = check_travel_notice,
};
