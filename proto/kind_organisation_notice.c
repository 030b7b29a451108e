/* ORGANISATION_NOTICE: reports of improper organisations, and what the other government answers. */
#include "proto/file_type.h"
#include "proto/kind_rule.h"
#include "proto/kind_table.h"
#include "proto/organisation_notice.pb-c.h"

#include <string.h>

enum {
    NAMES_MAX = 8,
    NAME_CHARS_MAX = 200,
    ADDRESS_CHARS_MAX = 300,
    OTHERS_MAX = 16,
    MONEY_MAX = 16,
    AMOUNT_DIGITS_MAX = 15,
    FACTS_CHARS_MAX = 10000,
    QUESTIONS_MAX = 32,
    QUESTION_CHARS_MAX = 1000,
    REPLY_CHARS_MAX = 4000
};

/* ---- parts */

static void
check_organisation(const struct kind_place *place, const Denrei__V1__Organisation *organisation)
{
    kind_rule_choice(place, "kind", (int)organisation->kind, "SENDING_ORGANISATION");
    kind_rule_count(place, "names", organisation->n_names, 1, NAMES_MAX);
    kind_rule_texts(place, "names", organisation->names, organisation->n_names, NAMES_MAX,
                    NAME_CHARS_MAX, KIND_TEXT_OPTIONAL);
    kind_rule_state(place, "country", organisation->country, KIND_STATE_COUNTRY, true);
    kind_rule_text(place, "address", organisation->address, ADDRESS_CHARS_MAX, KIND_TEXT_OPTIONAL);
    kind_rule_reference(place, "licence", organisation->licence, false);
    kind_rule_text(place, "representative", organisation->representative, NAME_CHARS_MAX,
                   KIND_TEXT_OPTIONAL);
    kind_rule_text(place, "website", organisation->website, NAME_CHARS_MAX, KIND_TEXT_OPTIONAL);
}

/* Digits, with at most one point among them. */
static bool
is_amount(const char *text)
{
    size_t digits = strspn(text, "0123456789");
    size_t len = digits;

    if (digits > 0 && text[len] == '.') {
        size_t cents = strspn(text + len + 1, "0123456789");
        len += cents > 0 ? 1 + cents : 0;
        digits += cents;
    }
    return digits > 0 && digits <= AMOUNT_DIGITS_MAX && text[len] == '\0';
}

static void
check_money(const struct kind_place *place, const Denrei__V1__OrganisationMoney *money)
{
    if (!kind_rule_has(money->amount) || !is_amount(money->amount))
        kind_rule_add(place, "amount", "write it like 8500 or 8500.50, without commas",
                      "\"%s\" is no amount", money->amount);
    if (strspn(money->currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 3 || money->currency[3] != '\0')
        kind_rule_add(place, "currency", "give three capital letters of ISO 4217, like USD",
                      "\"%s\" is no currency", money->currency);
    kind_rule_text(place, "what", money->what, NAME_CHARS_MAX, KIND_TEXT_OPTIONAL);
}

static void
check_period(const struct kind_place *place, const Denrei__V1__OrganisationReport *report)
{
    struct date_text since;
    struct date_text until;
    bool has_since =
        kind_rule_date(place, "since", report->since, KIND_DATE_PARTIAL | KIND_DATE_PAST, &since);
    bool has_until =
        kind_rule_date(place, "until", report->until, KIND_DATE_PARTIAL | KIND_DATE_PAST, &until);

    if (has_since && has_until)
        kind_rule_order(place, "until", since, until, "it ends after it began");
}

/* ---- steps */

static void
check_report(const struct kind_place *place, const Denrei__V1__OrganisationReport *report)
{
    struct date_text reply_by;

    if (report->organisation == NULL) {
        kind_rule_add(place, "organisation", "say which organisation it is",
                      "it is missing and must be given");
    } else {
        const struct kind_place field = kind_place_field(place, "organisation");
        check_organisation(&field, report->organisation);
    }
    kind_rule_count(place, "others", report->n_others, 0, OTHERS_MAX);
    for (size_t i = 0; i < report->n_others && i < OTHERS_MAX; i++) {
        const struct kind_place item = kind_place_item(place, "others", i);
        check_organisation(&item, report->others[i]);
    }
    kind_rule_choice(place, "programme", (int)report->programme, "TECHNICAL_INTERN");
    kind_rule_choices(place, "acts", (const int *)report->acts, report->n_acts, 1, "DEPOSIT");
    kind_rule_text(place, "facts", report->facts, FACTS_CHARS_MAX,
                   KIND_TEXT_MANDATORY | KIND_TEXT_LINES);
    kind_rule_non_nominal(place, "facts", report->facts, "a worker");
    check_period(place, report);
    kind_rule_count(place, "money", report->n_money, 0, MONEY_MAX);
    for (size_t i = 0; i < report->n_money && i < MONEY_MAX; i++) {
        const struct kind_place item = kind_place_item(place, "money", i);
        check_money(&item, report->money[i]);
    }
    kind_rule_choices(place, "actions", (const int *)report->actions, report->n_actions, 1,
                      "INVESTIGATE");
    (void)kind_rule_date(place, "reply_by", report->reply_by,
                         KIND_DATE_MANDATORY | KIND_DATE_FUTURE, &reply_by);
    kind_rule_contact(place, "contact", report->contact);
}

static void
check_acknowledgement(const struct kind_place *place,
                      const Denrei__V1__OrganisationAcknowledgement *step)
{
    struct date_text unused;

    (void)kind_rule_date(place, "received_on", step->received_on,
                         KIND_DATE_MANDATORY | KIND_DATE_PAST, &unused);
    kind_rule_text(place, "handling_authority", step->handling_authority, NAME_CHARS_MAX,
                   KIND_TEXT_MANDATORY);
    (void)kind_rule_date(place, "expected_by", step->expected_by, KIND_DATE_FUTURE, &unused);
    if (step->contact != NULL)
        kind_rule_contact(place, "contact", step->contact);
}

static void
check_texts(const struct kind_place *place, const char *field, char *const *texts, size_t count,
            size_t chars_max)
{
    kind_rule_count(place, field, count, 1, QUESTIONS_MAX);
    kind_rule_texts(place, field, texts, count, QUESTIONS_MAX, chars_max, KIND_TEXT_LINES);
}

static bool
has_result(const Denrei__V1__OrganisationOutcome *step, Denrei__V1__OrganisationResult result)
{
    for (size_t i = 0; i < step->n_results; i++) {
        if (step->results[i] == result)
            return true;
    }
    return false;
}

static void
check_outcome(const struct kind_place *place, const Denrei__V1__OrganisationOutcome *step)
{
    struct date_text unused;
    bool is_suspended =
        has_result(step, DENREI__V1__ORGANISATION_RESULT__ORGANISATION_RESULT_SUSPENDED);
    bool is_open =
        has_result(step, DENREI__V1__ORGANISATION_RESULT__ORGANISATION_RESULT_UNDER_INVESTIGATION);

    kind_rule_choices(place, "results", (const int *)step->results, step->n_results, 1, "REVOKED");
    kind_rule_text(place, "text", step->text, FACTS_CHARS_MAX,
                   KIND_TEXT_MANDATORY | KIND_TEXT_LINES);
    kind_rule_non_nominal(place, "text", step->text, "a worker");
    (void)kind_rule_date(place, "decided_on", step->decided_on, KIND_DATE_PAST, &unused);
    (void)kind_rule_date(place, "suspended_until", step->suspended_until, KIND_DATE_OPTIONAL,
                         &unused);
    if (kind_rule_has(step->suspended_until) && !is_suspended)
        kind_rule_add(place, "suspended_until", "add the result SUSPENDED, or leave the day out",
                      "nothing was suspended");
    if (step->final && is_open)
        kind_rule_add(place, "final", "leave it out until the investigation has ended",
                      "an investigation that goes on is not the end");
}

static const char *
check_step(const struct kind_place *place, const Denrei__V1__OrganisationNotice *notice)
{
    struct kind_place step = kind_place_field(place, "");

    switch (notice->step_case) {
    case DENREI__V1__ORGANISATION_NOTICE__STEP_REPORT:
        step.field = "report";
        check_report(&step, notice->report);
        break;
    case DENREI__V1__ORGANISATION_NOTICE__STEP_ACKNOWLEDGEMENT:
        step.field = "acknowledgement";
        check_acknowledgement(&step, notice->acknowledgement);
        break;
    case DENREI__V1__ORGANISATION_NOTICE__STEP_QUESTION:
        step.field = "question";
        check_texts(&step, "questions", notice->question->questions, notice->question->n_questions,
                    QUESTION_CHARS_MAX);
        break;
    case DENREI__V1__ORGANISATION_NOTICE__STEP_REPLY:
        step.field = "reply";
        check_texts(&step, "replies", notice->reply->replies, notice->reply->n_replies,
                    REPLY_CHARS_MAX);
        break;
    case DENREI__V1__ORGANISATION_NOTICE__STEP_OUTCOME:
        step.field = "outcome";
        check_outcome(&step, notice->outcome);
        break;
    case DENREI__V1__ORGANISATION_NOTICE__STEP__NOT_SET:
    case _DENREI__V1__ORGANISATION_NOTICE__STEP__CASE_IS_INT_SIZE:
        kind_rule_add(place, "step",
                      "fill in one of report, acknowledgement, question, reply, outcome",
                      "the notice takes no step");
        break;
    }
    return step.field;
}

/* A report begins a thread; whoever was told answers it. */
static void
check_parties(const struct kind_place *place, const Denrei__V1__OrganisationNotice *notice,
              const char *step)
{
    const struct kind_context *context = place->context;
    bool is_report = notice->step_case == DENREI__V1__ORGANISATION_NOTICE__STEP_REPORT;
    bool is_answer = notice->step_case == DENREI__V1__ORGANISATION_NOTICE__STEP_ACKNOWLEDGEMENT ||
                     notice->step_case == DENREI__V1__ORGANISATION_NOTICE__STEP_OUTCOME;

    if (is_report && context->has_in_reply_to)
        kind_rule_add(place, "in_reply_to", "send it as a message of its own",
                      "a report begins a thread and replies to nothing");
    else if (!is_report && !context->has_in_reply_to)
        kind_rule_add(place, "in_reply_to", "reply to the report: denrei reply ID",
                      "only a report replies to nothing");
    else if (is_answer && strcmp(context->thread_from, context->sender) == 0)
        kind_rule_add(place, "in_reply_to", "leave it to the member that was told",
                      "%s began the thread and cannot take the step %s", context->sender, step);
}

static void
check_organisation_notice(const ProtobufCMessage *content, const struct kind_context *context,
                          struct problems *problems)
{
    const Denrei__V1__OrganisationNotice *notice = (const Denrei__V1__OrganisationNotice *)content;
    const struct kind_place place = kind_place_content(context, problems);

    kind_rule_reference(&place, "reference", notice->reference, false);
    check_parties(&place, notice, check_step(&place, notice));
}

const struct kind_type kind_organisation_notice = {
    .number = DENREI__V1__KIND__KIND_ORGANISATION_NOTICE,
    .name = "ORGANISATION_NOTICE",
    .word = "organisation-notice",
    .summary = "an improper sending organisation or broker, and what is done about it",
    .content = &denrei__v1__organisation_notice__descriptor,
    .retention_days_max = KIND_FIVE_YEARS_DAYS,
    .recipients_max = 8,
    .tlp_widest = DENREI__V1__TLP__TLP_GREEN,
    .needs_legal_basis = true,
    .attachments = FILE_TYPE_IMAGE | FILE_TYPE_DOCUMENT,
    .check = check_organisation_notice,
};
