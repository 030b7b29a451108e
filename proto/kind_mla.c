/* MLA: what UNTOC Article 18 and Japan's practice ask of each step, and which party may take it. */
#include "proto/file_type.h"
#include "proto/kind_mla_request.h"
#include "proto/kind_rule.h"
#include "proto/kind_table.h"
#include "proto/treaty_request.h"

#include <string.h>

enum {
    QUESTIONS_MAX = 50,
    RESULTS_MAX = 32,
    SENT_MAX = 64,
    AUTHORITY_CHARS_MAX = 300,
    SHORT_CHARS_MAX = 2000,
    MIDDLE_CHARS_MAX = 5000,
    LONG_CHARS_MAX = 10000,
    RESULT_CHARS_MAX = 20000
};

/* Who takes a step. */
enum party { PARTY_EITHER, PARTY_REQUESTING, PARTY_REQUESTED };

static void
check_acknowledgement(const struct kind_place *place, const Denrei__V1__MlaAcknowledgement *step)
{
    struct date_text received, expected;
    const bool has_received = kind_rule_date(place, "received_on", step->received_on,
                                             KIND_DATE_MANDATORY | KIND_DATE_PAST, &received);
    const bool has_expected =
        kind_rule_date(place, "expected_by", step->expected_by, KIND_DATE_OPTIONAL, &expected);

    kind_rule_text(place, "handling_authority", step->handling_authority, AUTHORITY_CHARS_MAX,
                   KIND_TEXT_MANDATORY);
    kind_rule_contact(place, "contact", step->contact);
    if (has_received && has_expected)
        kind_rule_order(place, "expected_by", received, expected,
                        "the answer is expected before the request came in");
    kind_rule_text(place, "note", step->note, SHORT_CHARS_MAX, KIND_TEXT_LINES);
}

static void
check_question(const struct kind_place *place, const Denrei__V1__MlaQuestion *step)
{
    struct date_text unused;

    kind_rule_choice(place, "about", (int)step->about, "MORE_INFORMATION");
    kind_rule_texts(place, "questions", step->questions, step->n_questions, QUESTIONS_MAX,
                    SHORT_CHARS_MAX, KIND_TEXT_MANDATORY | KIND_TEXT_LINES);
    (void)kind_rule_date(place, "reply_by", step->reply_by, KIND_DATE_FUTURE, &unused);
}

static void
check_reply(const struct kind_place *place, const Denrei__V1__MlaReplyToQuestion *step)
{
    kind_rule_texts(place, "replies", step->replies, step->n_replies, QUESTIONS_MAX, LONG_CHARS_MAX,
                    KIND_TEXT_MANDATORY | KIND_TEXT_LINES);
}

static void
check_results(const struct kind_place *place, const Denrei__V1__MlaAnswer *step, bool is_final)
{
    kind_rule_count(place, "results", step->n_results, 1, RESULTS_MAX);
    for (size_t i = 0; i < step->n_results && i < RESULTS_MAX; i++) {
        const struct kind_place item = kind_place_item(place, "results", i);
        const Denrei__V1__MlaResult *result = step->results[i];
        kind_rule_choice(&item, "measure", (int)result->measure, "RECORDS");
        kind_rule_choice(&item, "outcome", (int)result->outcome, "EXECUTED");
        kind_rule_text(&item, "text", result->text, RESULT_CHARS_MAX,
                       KIND_TEXT_MANDATORY | KIND_TEXT_LINES);
        if (is_final && result->outcome == DENREI__V1__MLA_OUTCOME__MLA_OUTCOME_OUTSTANDING)
            kind_rule_add(&item, "outcome", "let the extent be PARTIAL, or give the outcome",
                          "nothing is outstanding after a FINAL answer");
    }
}

static void
check_answer(const struct kind_place *place, const Denrei__V1__MlaAnswer *step)
{
    const bool is_final = step->extent == DENREI__V1__MLA_EXTENT__MLA_EXTENT_FINAL;
    const bool is_partial = step->extent == DENREI__V1__MLA_EXTENT__MLA_EXTENT_PARTIAL;
    struct date_text unused;

    kind_rule_choice(place, "extent", (int)step->extent, "FINAL");
    check_results(place, step, is_final);
    kind_rule_text(place, "outstanding", step->outstanding, MIDDLE_CHARS_MAX,
                   KIND_TEXT_LINES | (is_partial ? KIND_TEXT_MANDATORY : 0));
    if (is_final && kind_rule_has(step->outstanding))
        kind_rule_add(place, "outstanding", "leave it out, or let the extent be PARTIAL",
                      "nothing is outstanding after a FINAL answer");
    kind_rule_text(place, "use_conditions", step->use_conditions, MIDDLE_CHARS_MAX,
                   KIND_TEXT_LINES);
    kind_rule_texts(place, "sent_separately", step->sent_separately, step->n_sent_separately,
                    SENT_MAX, AUTHORITY_CHARS_MAX, KIND_TEXT_OPTIONAL);
    (void)kind_rule_date(place, "return_by", step->return_by, KIND_DATE_FUTURE, &unused);
}

static void
check_refusal(const struct kind_place *place, const Denrei__V1__MlaRefusal *step)
{
    const bool is_misdirected = step->ground == DENREI__V1__MLA_GROUND__MLA_GROUND_WRONG_AUTHORITY;

    kind_rule_choice(place, "ground", (int)step->ground, "DUAL_CRIMINALITY");
    kind_rule_text(place, "reasons", step->reasons, LONG_CHARS_MAX,
                   KIND_TEXT_MANDATORY | KIND_TEXT_LINES);
    kind_rule_text(place, "consultation", step->consultation, SHORT_CHARS_MAX,
                   KIND_TEXT_LINES | (is_misdirected ? 0 : KIND_TEXT_MANDATORY));
}

static void
check_postponement(const struct kind_place *place, const Denrei__V1__MlaPostponement *step)
{
    struct date_text until;

    kind_rule_text(place, "reasons", step->reasons, LONG_CHARS_MAX,
                   KIND_TEXT_MANDATORY | KIND_TEXT_LINES);
    kind_rule_text(place, "consultation", step->consultation, SHORT_CHARS_MAX,
                   KIND_TEXT_MANDATORY | KIND_TEXT_LINES);
    if (kind_rule_date(place, "until", step->until, KIND_DATE_PARTIAL, &until) &&
        date_text_is_before(until, place->today))
        kind_rule_add(place, "until", "give a time that is still to come", "%s is past",
                      step->until);
    kind_rule_text(place, "conditions", step->conditions, MIDDLE_CHARS_MAX, KIND_TEXT_LINES);
}

static void
check_acceptance(const struct kind_place *place, const Denrei__V1__MlaAcceptance *step)
{
    struct date_text unused;

    kind_rule_text(place, "executing_authority", step->executing_authority, AUTHORITY_CHARS_MAX,
                   KIND_TEXT_MANDATORY);
    (void)kind_rule_date(place, "expected_by", step->expected_by, KIND_DATE_FUTURE, &unused);
    kind_rule_text(place, "conditions", step->conditions, MIDDLE_CHARS_MAX, KIND_TEXT_LINES);
}

static void
check_execution(const struct kind_place *place, const Denrei__V1__MlaExecution *step)
{
    struct date_text unused;

    (void)kind_rule_date(place, "begun_on", step->begun_on, KIND_DATE_MANDATORY | KIND_DATE_PAST,
                         &unused);
    (void)kind_rule_date(place, "expected_by", step->expected_by, KIND_DATE_FUTURE, &unused);
    kind_rule_text(place, "note", step->note, SHORT_CHARS_MAX, KIND_TEXT_LINES);
}

static void
check_closure(const struct kind_place *place, const Denrei__V1__MlaClosure *step)
{
    struct date_text unused;

    (void)kind_rule_date(place, "closed_on", step->closed_on, KIND_DATE_MANDATORY | KIND_DATE_PAST,
                         &unused);
    kind_rule_text(place, "note", step->note, SHORT_CHARS_MAX, KIND_TEXT_LINES);
}

static void
check_confirmation(const struct kind_place *place, const Denrei__V1__MlaConfirmation *step)
{
    struct date_text unused;

    (void)kind_rule_date(place, "letter_on", step->letter_on, KIND_DATE_MANDATORY | KIND_DATE_PAST,
                         &unused);
    kind_rule_text(place, "sent_by", step->sent_by, AUTHORITY_CHARS_MAX, KIND_TEXT_MANDATORY);
    kind_rule_text(place, "changes", step->changes, LONG_CHARS_MAX, KIND_TEXT_LINES);
}

/* The rules of the steps by which a case moves on after its request was taken up. */
static const char *
check_progress(struct kind_place *step, const Denrei__V1__Mla *mla)
{
    if (mla->step_case == DENREI__V1__MLA__STEP_ACCEPTANCE) {
        step->field = "acceptance";
        check_acceptance(step, mla->acceptance);
    } else if (mla->step_case == DENREI__V1__MLA__STEP_EXECUTION) {
        step->field = "execution";
        check_execution(step, mla->execution);
    } else if (mla->step_case == DENREI__V1__MLA__STEP_CLOSURE) {
        step->field = "closure";
        check_closure(step, mla->closure);
    } else {
        step->field = "confirmation";
        check_confirmation(step, mla->confirmation);
    }
    return step->field;
}

/* The step's field name and its content's rules; "" when there is none. */
static const char *
check_step(const struct kind_place *place, const Denrei__V1__Mla *mla)
{
    struct kind_place step = kind_place_field(place, "");

    switch (mla->step_case) {
    case DENREI__V1__MLA__STEP_REQUEST:
        step.field = "request";
        kind_mla_check_request(&step, mla->request);
        break;
    case DENREI__V1__MLA__STEP_ACKNOWLEDGEMENT:
        step.field = "acknowledgement";
        check_acknowledgement(&step, mla->acknowledgement);
        break;
    case DENREI__V1__MLA__STEP_QUESTION:
        step.field = "question";
        check_question(&step, mla->question);
        break;
    case DENREI__V1__MLA__STEP_REPLY:
        step.field = "reply";
        check_reply(&step, mla->reply);
        break;
    case DENREI__V1__MLA__STEP_ANSWER:
        step.field = "answer";
        check_answer(&step, mla->answer);
        break;
    case DENREI__V1__MLA__STEP_REFUSAL:
        step.field = "refusal";
        check_refusal(&step, mla->refusal);
        break;
    case DENREI__V1__MLA__STEP_POSTPONEMENT:
        step.field = "postponement";
        check_postponement(&step, mla->postponement);
        break;
    case DENREI__V1__MLA__STEP_ACCEPTANCE:
    case DENREI__V1__MLA__STEP_EXECUTION:
    case DENREI__V1__MLA__STEP_CLOSURE:
    case DENREI__V1__MLA__STEP_CONFIRMATION:
        return check_progress(&step, mla);
    case DENREI__V1__MLA__STEP__NOT_SET:
    case _DENREI__V1__MLA__STEP__CASE_IS_INT_SIZE:
        kind_rule_add(place, "step",
                      "fill in one of request, acknowledgement, question, reply, answer, refusal, "
                      "postponement, acceptance, execution, closure, confirmation",
                      "the message takes no step of the case");
        break;
    }
    return step.field;
}

static enum party
party_of(const Denrei__V1__Mla *mla)
{
    switch (mla->step_case) {
    case DENREI__V1__MLA__STEP_REQUEST:
    case DENREI__V1__MLA__STEP_CLOSURE:
    case DENREI__V1__MLA__STEP_CONFIRMATION:
        return PARTY_REQUESTING;
    case DENREI__V1__MLA__STEP_QUESTION:
        if (mla->question->about == DENREI__V1__MLA_ABOUT__MLA_ABOUT_PROGRESS ||
            mla->question->about == DENREI__V1__MLA_ABOUT__MLA_ABOUT_USE_CONSENT)
            return PARTY_REQUESTING;
        return PARTY_REQUESTED;
    case DENREI__V1__MLA__STEP_REPLY:
    case DENREI__V1__MLA__STEP__NOT_SET:
    case _DENREI__V1__MLA__STEP__CASE_IS_INT_SIZE:
        return PARTY_EITHER;
    case DENREI__V1__MLA__STEP_ACKNOWLEDGEMENT:
    case DENREI__V1__MLA__STEP_ANSWER:
    case DENREI__V1__MLA__STEP_REFUSAL:
    case DENREI__V1__MLA__STEP_POSTPONEMENT:
    case DENREI__V1__MLA__STEP_ACCEPTANCE:
    case DENREI__V1__MLA__STEP_EXECUTION:
        break;
    }
    return PARTY_REQUESTED;
}

/* Whether `member` is neither who sends nor the one who is sent to; "" says nothing. */
static bool
is_outsider(const struct kind_context *context, const char *member)
{
    return member[0] != '\0' && context->recipient[0] != '\0' &&
           strcmp(member, context->sender) != 0 && strcmp(member, context->recipient) != 0;
}

/* What was said between two parties is not carried on with a third. */
static void
check_outsiders(const struct kind_place *place)
{
    const struct kind_context *context = place->context;
    const bool is_begun_by_other = is_outsider(context, context->thread_from);

    if (is_begun_by_other || is_outsider(context, context->in_reply_to_from))
        kind_rule_add(place, "in_reply_to", "send it to the other party of the case",
                      "%s is a party of this case, so it is none between %s and %s",
                      is_begun_by_other ? context->thread_from : context->in_reply_to_from,
                      context->sender, context->recipient);
}

/* A case is a thread: a request begins it, and each later step is the right party's. */
static void
check_party(const struct kind_place *place, const Denrei__V1__Mla *mla, const char *step)
{
    const struct kind_context *context = place->context;
    const enum party party = party_of(mla);
    const bool is_request = mla->step_case == DENREI__V1__MLA__STEP_REQUEST;
    const bool is_requester = strcmp(context->thread_from, context->sender) == 0;

    if (is_request) {
        if (context->has_in_reply_to)
            kind_rule_add(place, "in_reply_to",
                          "send it as a new message; related_reference names an earlier request",
                          "a request begins a case and replies to nothing");
        return;
    }
    if (!context->has_in_reply_to) {
        kind_rule_add(place, "in_reply_to", "reply to a message of the case",
                      "every step after the request replies to a message of its case");
        return;
    }
    check_outsiders(place);
    if (context->thread_from[0] != '\0' && party == PARTY_REQUESTED && is_requester)
        kind_rule_add(place, step, "leave it to the party that was asked for assistance",
                      "%s made the request and cannot take this step itself", context->sender);
    if (context->thread_from[0] != '\0' && party == PARTY_REQUESTING && !is_requester)
        kind_rule_add(place, step,
                      mla->step_case == DENREI__V1__MLA__STEP_QUESTION
                          ? "ask about MORE_INFORMATION or CONSULTATION"
                          : "leave it to the party that made the request",
                      mla->step_case == DENREI__V1__MLA__STEP_QUESTION
                          ? "%s made the request; the question is for it to ask"
                          : "%s made the request; the step is for it to take",
                      context->thread_from);
    if (party != PARTY_REQUESTING && strcmp(context->in_reply_to_from, context->sender) == 0)
        kind_rule_add(place, "in_reply_to", "reply to the other party's message",
                      "%s would answer its own message", context->sender);
}

static void
check_authority(const struct kind_place *place, const Denrei__V1__Mla *mla)
{
    const struct kind_context *context = place->context;
    const bool is_central = kind_rule_has_role(context, DENREI__V1__ROLE__ROLE_CENTRAL_AUTHORITY);
    const bool is_foreign = kind_rule_has_role(context, DENREI__V1__ROLE__ROLE_FOREIGN_MINISTRY);
    const bool is_request = mla->step_case == DENREI__V1__MLA__STEP_REQUEST;
    const bool is_diplomatic =
        is_request && mla->request->channel == DENREI__V1__MLA_CHANNEL__MLA_CHANNEL_DIPLOMATIC;

    if (is_diplomatic && !is_foreign)
        kind_rule_add(place, "request.channel",
                      "hand it to the ministry of foreign affairs, or use a treaty's channel",
                      "the DIPLOMATIC channel is a ministry of foreign affairs', and %s is none",
                      context->sender);
    else if (is_request && !is_diplomatic && !is_central)
        kind_rule_add(place, "request", "hand it to the central authority",
                      "%s is no central authority (UNTOC 18(13))", context->sender);
    else if (!is_central && !is_foreign)
        kind_rule_add(place, "", "hand it to the central authority",
                      "%s is neither central authority nor ministry of foreign affairs",
                      context->sender);
}

/* Whether `path` is `other`, or a group that `other` lies in. */
static bool
is_around(const char *path, const char *other)
{
    const size_t len = strlen(path);

    return strncmp(path, other, len) == 0 && (other[len] == '\0' || other[len] == '.');
}

/* Add the problems of `more` that those in `problems` from `first` on do not tell already. */
static void
add_others(struct problems *problems, size_t first, const struct problems *more)
{
    const size_t end = problems->count;

    for (size_t i = 0; i < more->count; i++) {
        bool is_told = false;
        for (size_t j = first; j < end; j++)
            is_told = is_told || is_around(more->list[i].path.text, problems->list[j].path.text);
        if (!is_told)
            problems_add(problems, more->list[i].path.text, more->list[i].cure, "%s",
                         more->list[i].wrong);
    }
    problems->dropped += more->dropped;
}

static void
check_general(const struct kind_context *context, const Denrei__V1__Mla *mla,
              struct problems *problems)
{
    const struct kind_place place = kind_place_content(context, problems);

    kind_rule_reference(&place, "reference", mla->reference, true);
    kind_rule_reference(&place, "their_reference", mla->their_reference, false);
    check_party(&place, mla, check_step(&place, mla));
    check_authority(&place, mla);
}

/* What the treaty's profile says of a part goes before what is said of every request: it names the
 * article. */
static void
check_mla(const ProtobufCMessage *content, const struct kind_context *context,
          struct problems *problems)
{
    const Denrei__V1__Mla *mla = (const Denrei__V1__Mla *)content;
    const struct kind_place place = kind_place_content(context, problems);
    const struct treaty *treaty = treaty_find(context->legal_basis);
    const size_t first = problems->count;
    struct problems general = {0};

    if (treaty != NULL)
        treaty_request_check(treaty, &place, mla);
    check_general(context, mla, &general);
    add_others(problems, first, &general);
}

const struct kind_type kind_mla = {
    .number = DENREI__V1__KIND__KIND_MLA,
    .name = "MLA",
    .word = "mla",
    .summary = "a step of a mutual legal assistance case",
    .content = &denrei__v1__mla__descriptor,
    .retention_days_max = KIND_TEN_YEARS_DAYS,
    .recipients_max = 1,
    .tlp_widest = DENREI__V1__TLP__TLP_AMBER,
    .needs_legal_basis = true,
    .attachments = FILE_TYPE_IMAGE | FILE_TYPE_FINGERPRINT | FILE_TYPE_DOCUMENT,
    .check = check_mla,
};
