/* VICTIM_REFERRAL: help for a possible victim, who stays behind a pseudonym. */
#include "proto/kind_rule.h"
#include "proto/kind_table.h"
#include "proto/victim_referral.pb-c.h"

#include <string.h>

enum {
    RETENTION_DAYS = 731, /* reintegration is followed for two years */
    RECIPIENTS_NAMED_MAX = 8,
    REGION_CHARS_MAX = 100,
    AUTHORITY_CHARS_MAX = 200,
    SUMMARY_CHARS_MAX = 4000,
    RISK_CHARS_MAX = 2000,
    REASON_CHARS_MAX = 1000
};

static const char PERSON[] = "the person";

/* ---- parts */

/* A text that help needs, and that does not tell who it is. */
static void
check_text(const struct kind_place *place, const char *field, const char *text, size_t chars_max,
           unsigned flags)
{
    kind_rule_text(place, field, text, chars_max, flags);
    kind_rule_non_nominal(place, field, text, PERSON);
}

static void
check_needs(const struct kind_place *place, const char *field, const Denrei__V1__VictimNeed *needs,
            size_t count, size_t min)
{
    kind_rule_choices(place, field, (const int *)needs, count, min, "SHELTER");
}

static bool
is_child(Denrei__V1__VictimAge age)
{
    return age != DENREI__V1__VICTIM_AGE__VICTIM_AGE_UNSPECIFIED &&
           age != DENREI__V1__VICTIM_AGE__VICTIM_AGE_ADULT;
}

/* A child's guardian agrees; without anybody's word only danger justifies a referral. */
static void
check_consent(const struct kind_place *place, const Denrei__V1__VictimReport *report)
{
    const Denrei__V1__VictimConsent consent = report->consent;

    kind_rule_choice(place, "consent", (int)consent, "GIVEN");
    if (consent == DENREI__V1__VICTIM_CONSENT__VICTIM_CONSENT_COULD_NOT_BE_ASKED &&
        report->safety == DENREI__V1__VICTIM_SAFETY__VICTIM_SAFETY_SAFE)
        kind_rule_add(place, "consent", "explain the referral, and ask",
                      "somebody who is safe can be asked");
    if (consent == DENREI__V1__VICTIM_CONSENT__VICTIM_CONSENT_GIVEN_BY_GUARDIAN &&
        !is_child(report->age))
        kind_rule_add(place, "consent", "ask the person", "an adult decides alone");
}

/* ---- steps */

static void
check_report(const struct kind_place *place, const Denrei__V1__VictimReport *report)
{
    kind_rule_choice(place, "age", (int)report->age, "ADULT");
    kind_rule_state(place, "nationality", report->nationality, KIND_STATE_NATIONALITY, false);
    kind_rule_languages(place, "languages", report->languages, report->n_languages, 8);
    kind_rule_choices(place, "indicators", (const int *)report->indicators, report->n_indicators, 1,
                      "DEBT_BONDAGE");
    kind_rule_state(place, "country", report->country, KIND_STATE_COUNTRY, true);
    check_text(place, "region", report->region, REGION_CHARS_MAX, KIND_TEXT_OPTIONAL);
    kind_rule_choice(place, "safety", (int)report->safety, "AT_RISK");
    check_needs(place, "needs", report->needs, report->n_needs, 1);
    check_consent(place, report);
    check_text(place, "summary", report->summary, SUMMARY_CHARS_MAX,
               KIND_TEXT_MANDATORY | KIND_TEXT_LINES);
    kind_rule_contact(place, "contact", report->contact);
}

static void
check_acceptance(const struct kind_place *place, const Denrei__V1__VictimAcceptance *step)
{
    struct date_text unused;

    check_needs(place, "measures", step->measures, step->n_measures, 1);
    kind_rule_text(place, "handling_authority", step->handling_authority, AUTHORITY_CHARS_MAX,
                   KIND_TEXT_MANDATORY);
    (void)kind_rule_date(place, "from", step->from, KIND_DATE_OPTIONAL, &unused);
    kind_rule_contact(place, "contact", step->contact);
}

static void
check_decline(const struct kind_place *place, const Denrei__V1__VictimDecline *step)
{
    check_text(place, "reason", step->reason, REASON_CHARS_MAX,
               KIND_TEXT_MANDATORY | KIND_TEXT_LINES);
    kind_rule_text(place, "suggestion", step->suggestion, AUTHORITY_CHARS_MAX, KIND_TEXT_OPTIONAL);
}

/* Nobody is returned unasked, nor without a look at what waits there. */
static void
check_return(const struct kind_place *place, const Denrei__V1__VictimReturn *step)
{
    struct date_text unused;

    (void)kind_rule_date(place, "travel_on", step->travel_on,
                         KIND_DATE_MANDATORY | KIND_DATE_FUTURE, &unused);
    kind_rule_state(place, "to", step->to, KIND_STATE_COUNTRY, true);
    check_text(place, "arrival", step->arrival, REGION_CHARS_MAX, KIND_TEXT_OPTIONAL);
    kind_rule_text(place, "received_by", step->received_by, AUTHORITY_CHARS_MAX,
                   KIND_TEXT_MANDATORY);
    kind_rule_choice(place, "consent", (int)step->consent, "GIVEN");
    if (step->consent == DENREI__V1__VICTIM_CONSENT__VICTIM_CONSENT_COULD_NOT_BE_ASKED)
        kind_rule_add(place, "consent", "ask the person, or a child's guardian",
                      "nobody is returned without having been asked");
    check_text(place, "risk_assessment", step->risk_assessment, RISK_CHARS_MAX,
               KIND_TEXT_MANDATORY | KIND_TEXT_LINES);
}

static void
check_follow_up(const struct kind_place *place, const Denrei__V1__VictimFollowUp *step)
{
    struct date_text unused;

    (void)kind_rule_date(place, "reported_on", step->reported_on,
                         KIND_DATE_MANDATORY | KIND_DATE_PAST, &unused);
    kind_rule_choice(place, "status", (int)step->status, "IN_SHELTER");
    check_needs(place, "support", step->support, step->n_support, 0);
    check_text(place, "text", step->text, SUMMARY_CHARS_MAX, KIND_TEXT_LINES);
    (void)kind_rule_date(place, "next_report_on", step->next_report_on, KIND_DATE_FUTURE, &unused);
    if (step->final && kind_rule_has(step->next_report_on))
        kind_rule_add(place, "final", "leave out one of the two",
                      "what is final has no next report");
}

/* Returns whether the step is the referral itself. */
static bool
check_step(const struct kind_place *place, const Denrei__V1__VictimReferral *referral)
{
    struct kind_place step = kind_place_field(place, "");

    switch (referral->step_case) {
    case DENREI__V1__VICTIM_REFERRAL__STEP_REPORT:
        step.field = "report";
        check_report(&step, referral->report);
        return true;
    case DENREI__V1__VICTIM_REFERRAL__STEP_ACCEPTANCE:
        step.field = "acceptance";
        check_acceptance(&step, referral->acceptance);
        break;
    case DENREI__V1__VICTIM_REFERRAL__STEP_DECLINE:
        step.field = "decline";
        check_decline(&step, referral->decline);
        break;
    case DENREI__V1__VICTIM_REFERRAL__STEP_RETURN_PLAN:
        step.field = "return_plan";
        check_return(&step, referral->return_plan);
        break;
    case DENREI__V1__VICTIM_REFERRAL__STEP_FOLLOW_UP:
        step.field = "follow_up";
        check_follow_up(&step, referral->follow_up);
        break;
    case DENREI__V1__VICTIM_REFERRAL__STEP__NOT_SET:
    case _DENREI__V1__VICTIM_REFERRAL__STEP__CASE_IS_INT_SIZE:
        kind_rule_add(place, "step",
                      "fill in one of report, acceptance, decline, return_plan, follow_up",
                      "the message takes no step of a referral");
        return true;
    }
    return false;
}

static void
check_victim_referral(const ProtobufCMessage *content, const struct kind_context *context,
                      struct problems *problems)
{
    const Denrei__V1__VictimReferral *referral = (const Denrei__V1__VictimReferral *)content;
    const struct kind_place place = kind_place_content(context, problems);
    bool is_report = check_step(&place, referral);

    kind_rule_reference(&place, "pseudonym", referral->pseudonym, true);
    kind_rule_handling(&place, "handling_note", referral->handling_note);
    if (!is_report && !context->has_in_reply_to)
        kind_rule_add(&place, "in_reply_to", "reply to the referral: denrei reply ID",
                      "only a referral begins a thread");
}

const struct kind_type kind_victim_referral = {
    .number = DENREI__V1__KIND__KIND_VICTIM_REFERRAL,
    .name = "VICTIM_REFERRAL",
    .word = "victim-referral",
    .summary = "a possible victim to protect or receive back, behind a pseudonym",
    .content = &denrei__v1__victim_referral__descriptor,
    .retention_days_max = RETENTION_DAYS,
    .recipients_max = RECIPIENTS_NAMED_MAX,
    .tlp_widest = DENREI__V1__TLP__TLP_AMBER,
    .needs_legal_basis = true,
    .needs_use_restriction = true,
    .is_of_victims = true,
    .check = check_victim_referral,
};
