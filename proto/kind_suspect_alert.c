/* SUSPECT_ALERT: the rules of INTERPOL's notices and diffusions, and of SIENA's codes. */
#include "proto/file_type.h"
#include "proto/kind_rule.h"
#include "proto/kind_table.h"
#include "proto/suspect_alert.pb-c.h"

enum {
    NAMES_MAX = 12,
    ALIASES_MAX = 40,
    BIRTHS_MAX = 8,
    NATIONALITIES_MAX = 8,
    LANGUAGES_MAX = 12,
    DOCUMENTS_MAX = 20,
    OFFENCES_MAX = 16,
    LINES_CHARS_MAX = 1000,
    OFFENCE_CHARS_MAX = 2000,
    PROVISION_CHARS_MAX = 300,
    PENALTY_CHARS_MAX = 100,
    REFERENCE_CHARS_MAX = 100,
    BASIS_CHARS_MAX = 500,
    PLACE_CHARS_MAX = 200,
    HEIGHT_CM_MIN = 40,
    HEIGHT_CM_MAX = 260,
    AGE_YEARS_MAX = 130,
    REVIEW_YEARS_MAX = 5 /* first retention of a notice (KINDS: not longer than five years) */
};

static bool
asks_for(const Denrei__V1__SuspectAlert *alert, Denrei__V1__AlertAction action)
{
    for (size_t i = 0; i < alert->n_actions; i++) {
        if (alert->actions[i] == action)
            return true;
    }
    return false;
}

/* A victim who was forced to offend must not be hunted for it (non-punishment). */
static void
check_subject(const struct kind_place *place, const Denrei__V1__SuspectAlert *alert)
{
    kind_rule_choice(place, "role", (int)alert->role, "SUSPECT");
    if (!alert->checked_not_a_victim)
        kind_rule_add(place, "checked_not_a_victim",
                      "check the file, then set it to true; for a possible victim an alert is the "
                      "wrong kind, VICTIM_REFERRAL the right one",
                      "it is missing and must be true: a victim can never be the subject");
}

static void
check_births(const struct kind_place *place, const Denrei__V1__SuspectAlert *alert)
{
    const struct date_text oldest = {(uint16_t)(place->today.year - AGE_YEARS_MAX), 1, 1};
    struct date_text date;

    kind_rule_count(place, "dates_of_birth", alert->n_dates_of_birth, 0, BIRTHS_MAX);
    for (size_t i = 0; i < alert->n_dates_of_birth && i < BIRTHS_MAX; i++) {
        const struct kind_place item = kind_place_item(place, "dates_of_birth", i);
        if (kind_rule_date(&item, "", alert->dates_of_birth[i],
                           KIND_DATE_MANDATORY | KIND_DATE_PARTIAL | KIND_DATE_PAST, &date) &&
            date_text_is_before(date, oldest))
            kind_rule_add(&item, "", "give the year with four digits",
                          "a person born in %u would be older than %d years", (unsigned)date.year,
                          AGE_YEARS_MAX);
    }
    kind_rule_text(place, "place_of_birth", alert->place_of_birth, PLACE_CHARS_MAX,
                   KIND_TEXT_OPTIONAL);
    kind_rule_state(place, "country_of_birth", alert->country_of_birth, KIND_STATE_COUNTRY, false);
}

static void
check_person(const struct kind_place *place, const Denrei__V1__SuspectAlert *alert)
{
    kind_rule_names(place, "names", alert->names, alert->n_names, 1, NAMES_MAX);
    kind_rule_names(place, "aliases", alert->aliases, alert->n_aliases, 0, ALIASES_MAX);
    check_births(place, alert);
    kind_rule_nationalities(place, "nationalities", alert->nationalities, alert->n_nationalities,
                            NATIONALITIES_MAX);
    if (alert->height_cm != 0 &&
        (alert->height_cm < HEIGHT_CM_MIN || alert->height_cm > HEIGHT_CM_MAX))
        kind_rule_add(place, "height_cm", "give it in centimetres, or leave it out",
                      "%u is not between %d and %d", (unsigned)alert->height_cm, HEIGHT_CM_MIN,
                      HEIGHT_CM_MAX);
    kind_rule_text(place, "distinguishing_marks", alert->distinguishing_marks, LINES_CHARS_MAX,
                   KIND_TEXT_LINES);
    kind_rule_languages(place, "languages", alert->languages, alert->n_languages, LANGUAGES_MAX);
    kind_rule_documents(place, "documents", alert->documents, alert->n_documents, DOCUMENTS_MAX);
    kind_rule_text(place, "whereabouts", alert->whereabouts, LINES_CHARS_MAX, KIND_TEXT_LINES);
}

static void
check_offences(const struct kind_place *place, const Denrei__V1__SuspectAlert *alert)
{
    struct date_text unused;

    kind_rule_count(place, "offences", alert->n_offences, 1, OFFENCES_MAX);
    for (size_t i = 0; i < alert->n_offences && i < OFFENCES_MAX; i++) {
        const struct kind_place item = kind_place_item(place, "offences", i);
        const Denrei__V1__AlertOffence *offence = alert->offences[i];
        kind_rule_choice(&item, "category", (int)offence->category, "TRAFFICKING_IN_PERSONS");
        kind_rule_text(&item, "description", offence->description, OFFENCE_CHARS_MAX,
                       KIND_TEXT_MANDATORY | KIND_TEXT_LINES);
        kind_rule_text(&item, "provision", offence->provision, PROVISION_CHARS_MAX,
                       KIND_TEXT_OPTIONAL);
        kind_rule_text(&item, "maximum_penalty", offence->maximum_penalty, PENALTY_CHARS_MAX,
                       KIND_TEXT_OPTIONAL);
        (void)kind_rule_date(&item, "committed_on", offence->committed_on,
                             KIND_DATE_PARTIAL | KIND_DATE_PAST, &unused);
        kind_rule_text(&item, "place", offence->place, PLACE_CHARS_MAX, KIND_TEXT_OPTIONAL);
    }
}

static void
check_warrant(const struct kind_place *up, const Denrei__V1__Warrant *warrant)
{
    const struct kind_place place = kind_place_field(up, "warrant");
    struct date_text issued, until;

    if (warrant == NULL)
        return;
    kind_rule_choice(&place, "type", (int)warrant->type, "ARREST_WARRANT");
    kind_rule_text(&place, "reference", warrant->reference, REFERENCE_CHARS_MAX,
                   KIND_TEXT_MANDATORY);
    kind_rule_text(&place, "issued_by", warrant->issued_by, PLACE_CHARS_MAX, KIND_TEXT_MANDATORY);
    kind_rule_state(&place, "issuing_state", warrant->issuing_state, KIND_STATE_COUNTRY, true);
    const bool has_issued = kind_rule_date(&place, "issued_on", warrant->issued_on,
                                           KIND_DATE_MANDATORY | KIND_DATE_PAST, &issued);
    const bool has_until =
        kind_rule_date(&place, "valid_until", warrant->valid_until, KIND_DATE_FUTURE, &until);
    if (has_issued && has_until)
        kind_rule_order(&place, "valid_until", issued, until,
                        "the warrant ends before it was issued");
}

/* What an arrest rests on: a warrant or judgment, and the will to have the person extradited. */
static void
check_arrest(const struct kind_place *place, const Denrei__V1__SuspectAlert *alert)
{
    const bool is_arrest = asks_for(alert, DENREI__V1__ALERT_ACTION__ALERT_ACTION_ARREST);
    const bool is_red = alert->notice == DENREI__V1__NOTICE_COLOUR__NOTICE_COLOUR_RED;

    if (is_arrest && alert->warrant == NULL)
        kind_rule_add(place, "warrant",
                      "give the warrant or court decision and its reference, or "
                      "ask for LOCATE instead",
                      "an arrest rests on a warrant or court decision, and there is none");
    if (is_arrest && !alert->extradition_will_be_sought)
        kind_rule_add(place, "extradition_will_be_sought",
                      "set it to true, or ask for LOCATE instead",
                      "an arrest pending extradition needs the assurance that it will be sought");
    if (is_red && !is_arrest)
        kind_rule_add(place, "notice", "add ARREST to the actions, or choose another colour",
                      "a RED notice asks for an arrest, and the actions do not");
}

static void
check_actions(const struct kind_place *place, const Denrei__V1__SuspectAlert *alert)
{
    kind_rule_choices(place, "actions", (const int *)alert->actions, alert->n_actions, 1, "LOCATE");
    if (asks_for(alert, DENREI__V1__ALERT_ACTION__ALERT_ACTION_TAKE_NOTE) && alert->n_actions > 1)
        kind_rule_add(place, "actions", "leave TAKE_NOTE out",
                      "TAKE_NOTE asks for nothing, the other actions do");
    if (asks_for(alert, DENREI__V1__ALERT_ACTION__ALERT_ACTION_DISCREET_CHECK) &&
        (asks_for(alert, DENREI__V1__ALERT_ACTION__ALERT_ACTION_ARREST) ||
         asks_for(alert, DENREI__V1__ALERT_ACTION__ALERT_ACTION_EXAMINE) ||
         asks_for(alert, DENREI__V1__ALERT_ACTION__ALERT_ACTION_REFUSE_ENTRY) ||
         asks_for(alert, DENREI__V1__ALERT_ACTION__ALERT_ACTION_PREVENT_DEPARTURE) ||
         asks_for(alert, DENREI__V1__ALERT_ACTION__ALERT_ACTION_SEIZE_DOCUMENTS)))
        kind_rule_add(place, "actions", "leave one of them out",
                      "the person must not notice a DISCREET_CHECK, and would notice the others");
    check_warrant(place, alert->warrant);
    check_arrest(place, alert);
}

static void
check_handling(const struct kind_place *place, const Denrei__V1__SuspectAlert *alert)
{
    kind_rule_text(place, "legal_basis", alert->legal_basis, BASIS_CHARS_MAX, KIND_TEXT_MANDATORY);
    kind_rule_choices(place, "caveats", (const int *)alert->caveats, alert->n_caveats, 0, "ARMED");
    kind_rule_text(place, "caveat_note", alert->caveat_note, LINES_CHARS_MAX, KIND_TEXT_LINES);
    kind_rule_reference(place, "notice_reference", alert->notice_reference, false);
    kind_rule_choice(place, "source_evaluation", (int)alert->source_evaluation, "B");
    kind_rule_choice(place, "information_evaluation", (int)alert->information_evaluation, "2");
    kind_rule_handling(place, "handling_note", alert->handling_note);
    kind_rule_review_date(place, "review_date", alert->review_date, REVIEW_YEARS_MAX, true);
    kind_rule_reference(place, "national_reference", alert->national_reference, false);
    kind_rule_contact(place, "contact", alert->contact);
}

static void
check_suspect_alert(const ProtobufCMessage *content, const struct kind_context *context,
                    struct problems *problems)
{
    const Denrei__V1__SuspectAlert *alert = (const Denrei__V1__SuspectAlert *)content;
    const struct kind_place place = kind_place_content(context, problems);

    check_subject(&place, alert);
    check_person(&place, alert);
    check_offences(&place, alert);
    check_actions(&place, alert);
    check_handling(&place, alert);
}

const struct kind_type kind_suspect_alert = {
    .number = DENREI__V1__KIND__KIND_SUSPECT_ALERT,
    .name = "SUSPECT_ALERT",
    .word = "suspect-alert",
    .summary = "a suspect, and what is asked of whoever meets the person",
    .content = &denrei__v1__suspect_alert__descriptor,
    .retention_days_max = KIND_FIVE_YEARS_DAYS,
    .tlp_widest = DENREI__V1__TLP__TLP_GREEN,
    .may_go_to_group = true,
    .attachments = FILE_TYPE_IMAGE | FILE_TYPE_FINGERPRINT | FILE_TYPE_DOCUMENT,
    .is_alert = true,
    .check = check_suspect_alert,
};
