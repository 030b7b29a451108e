/* SCREENING_HIT: what a report of a hit and the owner's answers must say, and who may say it. */
#include "proto/file_type.h"
#include "proto/kind_rule.h"
#include "proto/kind_table.h"
#include "proto/limits.h"
#include "proto/screening_hit.pb-c.h"
#include "proto/time_text.h"

#include <string.h>

enum {
    RETENTION_DAYS = 366,
    NAMES_MAX = 4,
    SCORE_MAX = 100,
    REASON_CHARS_MAX = 300,
    PLACE_CHARS_MAX = 200,
    CONVEYANCE_CHARS_MAX = 40,
    LIST_CHARS_MAX = 32,
    LINES_CHARS_MAX = 1000,
    DOCUMENTS_MAX = 1000, /* of one LOST_PASSPORT */
    MORE_DAYS_MAX = 30
};

/* ---- parts */

/* An RFC 3339 time; true and *out if there is one. */
static bool
check_time(const struct kind_place *place, const char *field, const char *text, bool is_mandatory,
           uint64_t *out)
{
    const struct span bytes = {(const uint8_t *)text, text == NULL ? 0 : strlen(text)};

    if (!kind_rule_has(text)) {
        if (is_mandatory)
            kind_rule_add(place, field, "write it like 2024-03-07T10:15:00+09:00",
                          "it is missing and must be given");
        return false;
    }
    if (time_text_parse(bytes, out) == ERR_OK)
        return true;
    kind_rule_add(place, field, "write it like 2024-03-07T10:15:00+09:00",
                  "\"%s\" is no time with its zone", text);
    return false;
}

/* Not after the message was made; clocks may differ a little. */
static void
check_past(const struct kind_place *place, const char *field, const char *text, bool is_mandatory)
{
    uint64_t time_ms = 0;

    if (check_time(place, field, text, is_mandatory, &time_ms) &&
        time_ms > place->context->created_at_ms + CLOCK_SKEW_MS)
        kind_rule_add(place, field, "give the time when it was", "%s is in the future", text);
}

static void
check_document(const struct kind_place *up, const char *field,
               const Denrei__V1__HitDocument *document)
{
    const struct kind_place place = kind_place_field(up, field);
    struct date_text unused;

    kind_rule_document_number(&place, document->number, "", document->type);
    kind_rule_state(&place, "issuing_state", document->issuing_state, KIND_STATE_ISSUER, true);
    if (document->place > DOCUMENTS_MAX)
        kind_rule_add(&place, "place", "count the documents of the owner's message from 1",
                      "a message has no more than %d documents", DOCUMENTS_MAX);
    kind_rule_reference(&place, "national_reference", document->national_reference, false);
    (void)kind_rule_date(&place, "date_of_expiry", document->date_of_expiry, KIND_DATE_OPTIONAL,
                         &unused);
}

static void
check_person(const struct kind_place *up, const char *field, const Denrei__V1__HitPerson *person)
{
    const struct kind_place place = kind_place_field(up, field);
    struct date_text unused;

    kind_rule_names(&place, "names", person->names, person->n_names, 1, NAMES_MAX);
    (void)kind_rule_date(&place, "date_of_birth", person->date_of_birth,
                         KIND_DATE_PARTIAL | KIND_DATE_PAST, &unused);
    kind_rule_state(&place, "nationality", person->nationality, KIND_STATE_NATIONALITY, false);
}

static void
check_meeting(const struct kind_place *up, const Denrei__V1__HitMeeting *meeting)
{
    const struct kind_place place = kind_place_field(up, "meeting");

    if (meeting == NULL) {
        kind_rule_add(up, "meeting", "say the place, its country and the time",
                      "it is missing and must be given");
        return;
    }
    kind_rule_choice(&place, "type", (int)meeting->type, "AIRPORT");
    kind_rule_text(&place, "place", meeting->place, PLACE_CHARS_MAX, KIND_TEXT_MANDATORY);
    kind_rule_state(&place, "country", meeting->country, KIND_STATE_COUNTRY, true);
    kind_rule_text(&place, "conveyance", meeting->conveyance, CONVEYANCE_CHARS_MAX,
                   KIND_TEXT_OPTIONAL);
    check_past(&place, "at", meeting->at, true);
}

static void
check_freshness(const struct kind_place *up, const Denrei__V1__HitFreshness *data)
{
    const struct kind_place place = kind_place_field(up, "data");

    if (data == NULL || (!kind_rule_has(data->as_of) && !kind_rule_has(data->list_as_of))) {
        kind_rule_add(up, "data", "say as_of, or list_as_of for a record of a list",
                      "it is missing: the owner must know how old the data were");
        return;
    }
    check_past(&place, "as_of", data->as_of, false);
    check_past(&place, "witnessed_at", data->witnessed_at, false);
    kind_rule_text(&place, "list", data->list, LIST_CHARS_MAX, KIND_TEXT_OPTIONAL);
    check_past(&place, "list_as_of", data->list_as_of, false);
}

/* ---- the report */

static bool
concerns_holder(const Denrei__V1__HitDone *actions, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (actions[i] == DENREI__V1__HIT_DONE__HIT_DONE_HOLDER_INTERVIEWED ||
            actions[i] == DENREI__V1__HIT_DONE__HIT_DONE_HOLDER_DETAINED ||
            actions[i] == DENREI__V1__HIT_DONE__HIT_DONE_ENTRY_REFUSED ||
            actions[i] == DENREI__V1__HIT_DONE__HIT_DONE_PROTECTED)
            return true;
    return false;
}

static void
check_actions(const struct kind_place *place, const Denrei__V1__HitDone *actions, size_t count)
{
    kind_rule_choices(place, "actions", (const int *)actions, count, 1, "SEIZED");
    for (size_t i = 0; i < count; i++)
        if (actions[i] == DENREI__V1__HIT_DONE__HIT_DONE_NOTHING_YET && count > 1)
            kind_rule_add(place, "actions", "leave NOTHING_YET out",
                          "NOTHING_YET says that nothing was done, the others say what was");
}

/* Of whoever presents a document no more is said than the owner needs. */
static void
check_matched(const struct kind_place *place, const Denrei__V1__HitReport *report)
{
    const bool is_document = report->subject == DENREI__V1__HIT_SUBJECT__HIT_SUBJECT_DOCUMENT;
    const bool is_person = report->subject == DENREI__V1__HIT_SUBJECT__HIT_SUBJECT_PERSON;

    kind_rule_choice(place, "subject", (int)report->subject, "DOCUMENT");
    if (is_document && report->document == NULL)
        kind_rule_add(place, "document", "give its number and issuing state",
                      "it is missing and must be given");
    if (is_person && report->person == NULL)
        kind_rule_add(place, "person", "give the name as it stands on the document",
                      "it is missing and must be given");
    if (is_document && report->person != NULL &&
        !concerns_holder(report->actions, report->n_actions))
        kind_rule_add(place, "person", "leave it out; a follow_up can say it when the owner asks",
                      "the hit is on a document, and nothing was done that concerns its holder");
    if (report->document != NULL)
        check_document(place, "document", report->document);
    if (report->person != NULL)
        check_person(place, "person", report->person);
}

static void
check_report(const struct kind_place *place, const Denrei__V1__HitReport *report)
{
    check_matched(place, report);
    if (report->score < 1 || report->score > SCORE_MAX)
        kind_rule_add(place, "score", "give 1 to 100, 100 for an exact match",
                      "%u is not between 1 and %d", (unsigned)report->score, SCORE_MAX);
    kind_rule_text(place, "reason", report->reason, REASON_CHARS_MAX, KIND_TEXT_MANDATORY);
    check_meeting(place, report->meeting);
    check_actions(place, report->actions, report->n_actions);
    kind_rule_text(place, "note", report->note, LINES_CHARS_MAX, KIND_TEXT_LINES);
    check_freshness(place, report->data);
    kind_rule_contact(place, "contact", report->contact);
}

/* ---- the answers */

static void
check_confirmed(const struct kind_place *place, const Denrei__V1__HitConfirmed *step)
{
    kind_rule_choices(place, "actions", (const int *)step->actions, step->n_actions, 1,
                      "SEIZE_DOCUMENT");
    kind_rule_text(place, "note", step->note, LINES_CHARS_MAX, KIND_TEXT_LINES);
    if (step->contact != NULL)
        kind_rule_contact(place, "contact", step->contact);
}

static void
check_not_confirmed(const struct kind_place *place, const Denrei__V1__HitNotConfirmed *step)
{
    const bool is_other = step->reason == DENREI__V1__HIT_MISMATCH__HIT_MISMATCH_OTHER;

    kind_rule_choice(place, "reason", (int)step->reason, "OTHER_PERSON");
    kind_rule_text(place, "note", step->note, LINES_CHARS_MAX,
                   KIND_TEXT_LINES | (is_other ? KIND_TEXT_MANDATORY : 0));
}

static void
check_corrected(const struct kind_place *place, const Denrei__V1__HitCorrected *step)
{
    if (step->document == NULL && step->person == NULL)
        kind_rule_add(place, "document", "give the right data of the document, or of the person",
                      "a correction without the right data helps nobody");
    if (step->document != NULL)
        check_document(place, "document", step->document);
    if (step->person != NULL)
        check_person(place, "person", step->person);
    kind_rule_text(place, "note", step->note, LINES_CHARS_MAX,
                   KIND_TEXT_LINES | KIND_TEXT_MANDATORY);
}

static void
check_recovered(const struct kind_place *place, const Denrei__V1__HitRecovered *step)
{
    struct date_text unused;

    (void)kind_rule_date(place, "recovered_on", step->recovered_on,
                         KIND_DATE_MANDATORY | KIND_DATE_PAST, &unused);
    kind_rule_text(place, "note", step->note, LINES_CHARS_MAX, KIND_TEXT_LINES);
}

static void
check_more_time(const struct kind_place *place, const Denrei__V1__HitMoreTime *step)
{
    const uint64_t created_ms = place->context->created_at_ms;
    uint64_t until_ms = 0;

    if (check_time(place, "until", step->until, true, &until_ms) &&
        (until_ms <= created_ms || until_ms > created_ms + MORE_DAYS_MAX * DAY_MS))
        kind_rule_add(place, "until", "give a time within 30 days from now",
                      "%s is past, or more than %d days ahead", step->until, MORE_DAYS_MAX);
    kind_rule_text(place, "reason", step->reason, LINES_CHARS_MAX,
                   KIND_TEXT_LINES | KIND_TEXT_MANDATORY);
}

static void
check_follow_up(const struct kind_place *place, const Denrei__V1__HitFollowUp *step)
{
    check_actions(place, step->actions, step->n_actions);
    if (step->person != NULL)
        check_person(place, "person", step->person);
    kind_rule_text(place, "note", step->note, LINES_CHARS_MAX, KIND_TEXT_LINES);
}

/* ---- steps */

static const char *
check_step(const struct kind_place *place, const Denrei__V1__ScreeningHit *hit)
{
    struct kind_place step = kind_place_field(place, "");

    switch (hit->step_case) {
    case DENREI__V1__SCREENING_HIT__STEP_REPORT:
        step.field = "report";
        check_report(&step, hit->report);
        break;
    case DENREI__V1__SCREENING_HIT__STEP_CONFIRMED:
        step.field = "confirmed";
        check_confirmed(&step, hit->confirmed);
        break;
    case DENREI__V1__SCREENING_HIT__STEP_NOT_CONFIRMED:
        step.field = "not_confirmed";
        check_not_confirmed(&step, hit->not_confirmed);
        break;
    case DENREI__V1__SCREENING_HIT__STEP_CORRECTED:
        step.field = "corrected";
        check_corrected(&step, hit->corrected);
        break;
    case DENREI__V1__SCREENING_HIT__STEP_RECOVERED:
        step.field = "recovered";
        check_recovered(&step, hit->recovered);
        break;
    case DENREI__V1__SCREENING_HIT__STEP_MORE_TIME:
        step.field = "more_time";
        check_more_time(&step, hit->more_time);
        break;
    case DENREI__V1__SCREENING_HIT__STEP_FOLLOW_UP:
        step.field = "follow_up";
        check_follow_up(&step, hit->follow_up);
        break;
    case DENREI__V1__SCREENING_HIT__STEP__NOT_SET:
    case _DENREI__V1__SCREENING_HIT__STEP__CASE_IS_INT_SIZE:
        kind_rule_add(place, "step",
                      "fill in one of report, confirmed, not_confirmed, corrected, recovered, "
                      "more_time, follow_up",
                      "the message takes no step of a hit");
        break;
    }
    return step.field;
}

/*
 * The owner of the record alone is told, and it alone answers: what is replied to is the other
 * party's, but for what the reporting member adds to its own report.
 */
static void
check_parties(const struct kind_place *place, const Denrei__V1__ScreeningHit *hit, const char *step)
{
    const struct kind_context *context = place->context;
    const bool is_report = hit->step_case == DENREI__V1__SCREENING_HIT__STEP_REPORT;
    const bool is_follow_up = hit->step_case == DENREI__V1__SCREENING_HIT__STEP_FOLLOW_UP;
    const bool is_own = strcmp(context->in_reply_to_from, context->sender) == 0;
    const bool is_known = context->recipient[0] != '\0';

    if (!context->has_in_reply_to) {
        if (!is_report)
            kind_rule_add(place, "in_reply_to", "reply to the report: denrei hit list",
                          "only a report of a listed record replies to nothing");
        return;
    }
    if (is_own && !is_follow_up)
        kind_rule_add(place, "in_reply_to",
                      is_report ? "a hit on one's own record is nobody else's matter"
                                : "leave the answer to the owner of the record",
                      "%s cannot take the step %s on its own message", context->sender, step);
    else if (!is_own && is_known && strcmp(context->in_reply_to_from, context->recipient) != 0)
        kind_rule_add(place, "to", "send it to the owner of the record alone",
                      "what it replies to is %s's, and %s is somebody else",
                      context->in_reply_to_from, context->recipient);
}

static void
check_screening_hit(const ProtobufCMessage *content, const struct kind_context *context,
                    struct problems *problems)
{
    const Denrei__V1__ScreeningHit *hit = (const Denrei__V1__ScreeningHit *)content;
    const struct kind_place place = kind_place_content(context, problems);

    kind_rule_reference(&place, "reference", hit->reference, false);
    check_parties(&place, hit, check_step(&place, hit));
}

const struct kind_type kind_screening_hit = {
    .number = DENREI__V1__KIND__KIND_SCREENING_HIT,
    .name = "SCREENING_HIT",
    .word = "screening-hit",
    .summary = "a traveller's document or person was met, and what the record's owner answers",
    .content = &denrei__v1__screening_hit__descriptor,
    .retention_days_max = RETENTION_DAYS,
    .recipients_max = 1,
    .tlp_widest = DENREI__V1__TLP__TLP_AMBER,
    .attachments = FILE_TYPE_IMAGE | FILE_TYPE_FINGERPRINT | FILE_TYPE_DOCUMENT,
    .check = check_screening_hit,
};
