/* LOST_PASSPORT: the rules of INTERPOL's lost document record and of ICAO Doc 9303. */
#include "proto/document_number.h"
#include "proto/kind_rule.h"
#include "proto/kind_table.h"
#include "proto/lost_passport.pb-c.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DOCUMENTS_MAX = 1000, REVIEW_YEARS_MAX = 10, NOTE_CHARS_MAX = 1000, INFO_CHARS_MAX = 500 };

static void
check_authority(const struct kind_place *place, const char *state)
{
    const struct kind_context *context = place->context;
    char cure[PROBLEM_TEXT_BYTES] = "ask the authority of that state to report it";

    if (!kind_rule_has(state))
        return;
    for (size_t i = 0; i < context->states_count; i++) {
        if (strcmp(context->states[i], state) == 0)
            return;
    }
    if (context->states_count > 0)
        snprintf(cure, sizeof cure, "%s reports documents of %s%s; others are for their own issuer",
                 context->sender, context->states[0], context->states_count > 1 ? " and more" : "");
    kind_rule_add(place, "issuing_state", cure, "%s has no authority for documents of %s",
                  context->sender, state);
}

static bool
is_blank_status(Denrei__V1__LostStatus status)
{
    return status == DENREI__V1__LOST_STATUS__LOST_STATUS_STOLEN_BLANK;
}

static bool
is_recovered(Denrei__V1__LostStatus status)
{
    return status == DENREI__V1__LOST_STATUS__LOST_STATUS_RECOVERED;
}

static void
check_range(const struct kind_place *place, const Denrei__V1__LostDocument *document)
{
    uint32_t count = 0;

    if (!kind_rule_has(document->last_number))
        return;
    if (!is_blank_status(document->status) && !is_recovered(document->status))
        kind_rule_add(place, "last_number", "report other documents one by one",
                      "only blanks (STOLEN_BLANK) are reported as a range");
    if (kind_rule_has(document->check_digit))
        kind_rule_add(place, "check_digit", "leave it out", "a range has no check digit");
    if (!document_number_is_normal(document->number))
        return; /* said already */
    const enum err err =
        document_number_count_range(document->number, document->last_number, &count);
    if (err == ERR_RANGE)
        kind_rule_add(place, "last_number", "put the lower number first",
                      "the range ends before it begins");
    else if (err == ERR_FULL)
        kind_rule_add(place, "last_number", "divide it", "the range has more than %d documents",
                      DOCUMENT_RANGE_MAX);
    else if (err != ERR_OK)
        kind_rule_add(place, "last_number",
                      "give the last number as long as the first, with the same letters before "
                      "the digits, like TR1234000 and TR1234999",
                      "%s to %s is not a range", document->number, document->last_number);
}

static void
check_blank_dates(const struct kind_place *place, const Denrei__V1__LostDocument *document)
{
    static const char cure[] = "leave it out, or correct the status";

    if (!is_blank_status(document->status) && !kind_rule_has(document->last_number))
        return;
    if (kind_rule_has(document->date_of_issue))
        kind_rule_add(place, "date_of_issue", cure, "a blank was never issued");
    if (kind_rule_has(document->date_of_expiry))
        kind_rule_add(place, "date_of_expiry", cure, "a blank never expires");
}

static void
check_dates(const struct kind_place *place, const Denrei__V1__LostDocument *document)
{
    struct date_text issued, expires, lost, recovered;
    const bool has_issued =
        kind_rule_date(place, "date_of_issue", document->date_of_issue, KIND_DATE_PAST, &issued);
    const bool has_expires = kind_rule_date(place, "date_of_expiry", document->date_of_expiry,
                                            KIND_DATE_OPTIONAL, &expires);
    const bool has_lost = kind_rule_date(place, "lost_on", document->lost_on,
                                         KIND_DATE_PAST | KIND_DATE_PARTIAL, &lost);
    const bool has_recovered =
        kind_rule_date(place, "recovered_on", document->recovered_on, KIND_DATE_PAST, &recovered);

    if (has_issued && has_expires)
        kind_rule_order(place, "date_of_expiry", issued, expires,
                        "the document expires before it was issued");
    if (has_issued && has_lost)
        kind_rule_order(place, "lost_on", issued, lost, "the loss is before the date of issue");
    if (has_lost && has_recovered)
        kind_rule_order(place, "recovered_on", lost, recovered, "it came back before it was lost");
    check_blank_dates(place, document);
}

/* A found document stays void, so a found report follows a record and never clears it. */
static void
check_recovered(const struct kind_place *place, const Denrei__V1__LostDocument *document)
{
    if (!is_recovered(document->status)) {
        if (kind_rule_has(document->recovered_on))
            kind_rule_add(place, "recovered_on", "leave it out, or let the status be RECOVERED",
                          "only a RECOVERED document came back");
        return;
    }
    if (place->context->action != DENREI__V1__ACTION__ACTION_UPDATE)
        kind_rule_add(place, "status", "send an UPDATE of the message that reported the loss",
                      "RECOVERED changes a record; it cannot begin one");
    if (!kind_rule_has(document->recovered_on))
        kind_rule_add(place, "recovered_on", "give the day on which it came back",
                      "it is missing and must be given for RECOVERED");
}

static void
check_document(const struct kind_place *place, const Denrei__V1__LostDocument *document)
{
    kind_rule_document_number(place, document->number,
                              kind_rule_has(document->last_number) ? "" : document->check_digit,
                              document->type);
    check_range(place, document);
    kind_rule_state(place, "issuing_state", document->issuing_state, KIND_STATE_ISSUER, true);
    check_authority(place, document->issuing_state);
    kind_rule_choice(place, "type", (int)document->type, "PASSPORT");
    kind_rule_choice(place, "status", (int)document->status, "STOLEN");
    check_dates(place, document);
    kind_rule_state(place, "reporting_country", document->reporting_country, KIND_STATE_COUNTRY,
                    false);
    check_recovered(place, document);
    kind_rule_reference(place, "national_reference", document->national_reference, false);
    kind_rule_review_date(place, "review_date", document->review_date, REVIEW_YEARS_MAX, false);
    kind_rule_text(place, "additional_info", document->additional_info, INFO_CHARS_MAX,
                   KIND_TEXT_LINES);
    kind_rule_non_nominal(place, "additional_info", document->additional_info, "the holder");
}

struct entry {
    const Denrei__V1__LostDocument *document;
    size_t index;
};

static int
compare_documents(const Denrei__V1__LostDocument *left, const Denrei__V1__LostDocument *right)
{
    const int state = strcmp(left->issuing_state, right->issuing_state);
    const int number = strcmp(left->number, right->number);

    if (state != 0 || number != 0)
        return state != 0 ? state : number;
    return (left->type > right->type) - (left->type < right->type);
}

static int
compare_entries(const void *left, const void *right)
{
    const struct entry *a = left, *b = right;
    const int order = compare_documents(a->document, b->document);

    return order != 0 ? order : (a->index > b->index) - (a->index < b->index);
}

/* The same document twice would say two things of it. */
static void
check_unique(const struct kind_place *place, const Denrei__V1__LostPassport *report)
{
    struct entry entries[DOCUMENTS_MAX];
    const size_t count = report->n_documents;

    if (count > DOCUMENTS_MAX)
        return; /* said already */
    for (size_t i = 0; i < count; i++)
        entries[i] = (struct entry){report->documents[i], i};
    qsort(entries, count, sizeof entries[0], compare_entries);
    for (size_t i = 1; i < count; i++) {
        if (compare_documents(entries[i - 1].document, entries[i].document) != 0 ||
            !kind_rule_has(entries[i].document->number))
            continue;
        const struct kind_place item = kind_place_item(place, "documents", entries[i].index);
        kind_rule_add(&item, "number", "report each document once", "%s is documents[%zu] as well",
                      entries[i].document->number, entries[i - 1].index);
    }
}

static bool
asks_for(const Denrei__V1__HitInstructions *instructions, Denrei__V1__HitAction action)
{
    for (size_t i = 0; i < instructions->n_actions; i++) {
        if (instructions->actions[i] == action)
            return true;
    }
    return false;
}

static void
check_instructions(const struct kind_place *up, const Denrei__V1__HitInstructions *instructions)
{
    const struct kind_place place = kind_place_field(up, "instructions");

    if (instructions == NULL) {
        kind_rule_add(up, "instructions", "say what whoever meets the document is asked to do",
                      "it is missing and must be given");
        return;
    }
    kind_rule_choices(&place, "actions", (const int *)instructions->actions,
                      instructions->n_actions, 1, "CONTACT_OWNER");
    if (asks_for(instructions, DENREI__V1__HIT_ACTION__HIT_ACTION_REPORT_ONLY) &&
        (asks_for(instructions, DENREI__V1__HIT_ACTION__HIT_ACTION_SEIZE_DOCUMENT) ||
         asks_for(instructions, DENREI__V1__HIT_ACTION__HIT_ACTION_REFUSE_AS_INVALID) ||
         asks_for(instructions, DENREI__V1__HIT_ACTION__HIT_ACTION_EXAMINE_HOLDER)))
        kind_rule_add(&place, "actions", "leave one of the two out",
                      "REPORT_ONLY lets the traveller pass, the other actions do not");
    kind_rule_contact(&place, "contact", instructions->contact);
    kind_rule_text(&place, "note", instructions->note, NOTE_CHARS_MAX, KIND_TEXT_LINES);
    kind_rule_non_nominal(&place, "note", instructions->note, "the holder");
}

static void
check_lost_passport(const ProtobufCMessage *content, const struct kind_context *context,
                    struct problems *problems)
{
    const Denrei__V1__LostPassport *report = (const Denrei__V1__LostPassport *)content;
    const struct kind_place place = kind_place_content(context, problems);

    kind_rule_count(&place, "documents", report->n_documents, 1, DOCUMENTS_MAX);
    for (size_t i = 0; i < report->n_documents && i < DOCUMENTS_MAX; i++) {
        const struct kind_place item = kind_place_item(&place, "documents", i);
        check_document(&item, report->documents[i]);
    }
    check_unique(&place, report);
    check_instructions(&place, report->instructions);
}

const struct kind_type kind_lost_passport = {
    .number = DENREI__V1__KIND__KIND_LOST_PASSPORT,
    .name = "LOST_PASSPORT",
    .word = "lost-passport",
    .summary = "lost, stolen, revoked or recovered travel documents",
    .content = &denrei__v1__lost_passport__descriptor,
    .retention_days_max = KIND_TEN_YEARS_DAYS,
    .may_go_to_group = true,
    .is_alert = true,
    .check = check_lost_passport,
};
