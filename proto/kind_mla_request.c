#include "proto/kind_mla_request.h"

enum {
    OFFENCES_MAX = 16,
    ASSISTANCE_MAX = 32,
    PERSONS_MAX = 64,
    NAMES_MAX = 12,
    NATIONALITIES_MAX = 8,
    DOCUMENTS_MAX = 8,
    QUESTIONS_MAX = 200,
    ANNEXES_MAX = 32,
    PENALTY_CHARS_MAX = 100,
    TITLE_CHARS_MAX = 300,
    NOTE_CHARS_MAX = 1000,
    SHORT_CHARS_MAX = 2000,
    MIDDLE_CHARS_MAX = 5000,
    LONG_CHARS_MAX = 10000,
    PROVISIONS_CHARS_MAX = 20000,
    FACTS_CHARS_MAX = 50000,
    LINES_MANDATORY = KIND_TEXT_MANDATORY | KIND_TEXT_LINES
};

/* Whether `measure` examines a person, who must be told apart and asked something. */
static bool
is_hearing(Denrei__V1__MlaMeasure measure)
{
    return measure == DENREI__V1__MLA_MEASURE__MLA_MEASURE_TESTIMONY ||
           measure == DENREI__V1__MLA_MEASURE__MLA_MEASURE_VIDEO_HEARING;
}

static bool
needs_person(Denrei__V1__MlaMeasure measure)
{
    return is_hearing(measure) || measure == DENREI__V1__MLA_MEASURE__MLA_MEASURE_SERVICE ||
           measure == DENREI__V1__MLA_MEASURE__MLA_MEASURE_LOCATE_PERSON ||
           measure == DENREI__V1__MLA_MEASURE__MLA_MEASURE_TRANSFER_DETAINED ||
           measure == DENREI__V1__MLA_MEASURE__MLA_MEASURE_VOLUNTARY_APPEARANCE;
}

/* Act on International Assistance in Investigation, Article 2(iii). */
static bool
must_be_essential(Denrei__V1__MlaMeasure measure)
{
    return is_hearing(measure) || measure == DENREI__V1__MLA_MEASURE__MLA_MEASURE_ARTICLES;
}

static bool
needs_place(Denrei__V1__MlaMeasure measure)
{
    return measure == DENREI__V1__MLA_MEASURE__MLA_MEASURE_SEARCH_AND_SEIZURE ||
           measure == DENREI__V1__MLA_MEASURE__MLA_MEASURE_EXAMINE_OBJECTS_OR_SITES;
}

static bool
is_service(Denrei__V1__MlaMeasure measure)
{
    return measure == DENREI__V1__MLA_MEASURE__MLA_MEASURE_SERVICE;
}

/* A text that one measure needs and another may have. */
static void
check_needed(const struct kind_place *place, const char *field, const char *text, size_t chars_max,
             bool is_needed)
{
    kind_rule_text(place, field, text, chars_max,
                   KIND_TEXT_LINES | (is_needed ? KIND_TEXT_MANDATORY : 0));
}

static void
check_assistance(const struct kind_place *place, const Denrei__V1__MlaRequest *request)
{
    kind_rule_count(place, "assistance", request->n_assistance, 1, ASSISTANCE_MAX);
    for (size_t i = 0; i < request->n_assistance && i < ASSISTANCE_MAX; i++) {
        const struct kind_place item = kind_place_item(place, "assistance", i);
        const Denrei__V1__MlaAssistance *asked = request->assistance[i];
        const Denrei__V1__MlaMeasure measure = asked->measure;
        kind_rule_choice(&item, "measure", (int)measure, "RECORDS");
        kind_rule_text(&item, "description", asked->description, LONG_CHARS_MAX, LINES_MANDATORY);
        kind_rule_text(&item, "necessity", asked->necessity, LONG_CHARS_MAX, LINES_MANDATORY);
        check_needed(&item, "why_essential", asked->why_essential, LONG_CHARS_MAX,
                     must_be_essential(measure));
        kind_rule_text(&item, "procedure", asked->procedure, MIDDLE_CHARS_MAX, KIND_TEXT_LINES);
        kind_rule_texts(&item, "questions", asked->questions, asked->n_questions, QUESTIONS_MAX,
                        NOTE_CHARS_MAX,
                        KIND_TEXT_LINES | (is_hearing(measure) ? KIND_TEXT_MANDATORY : 0));
        check_needed(&item, "place", asked->place, NOTE_CHARS_MAX, needs_place(measure));
        check_needed(&item, "manner_of_service", asked->manner_of_service, NOTE_CHARS_MAX,
                     is_service(measure));
        if (needs_person(measure) && request->n_persons == 0)
            kind_rule_add(place, "persons", "name the person, with role and whereabouts",
                          "assistance[%zu] concerns a person, and none is named", i);
    }
}

static void
check_offences(const struct kind_place *place, const Denrei__V1__MlaRequest *request)
{
    struct date_text unused;

    kind_rule_count(place, "offences", request->n_offences, 1, OFFENCES_MAX);
    for (size_t i = 0; i < request->n_offences && i < OFFENCES_MAX; i++) {
        const struct kind_place item = kind_place_item(place, "offences", i);
        const Denrei__V1__MlaOffence *offence = request->offences[i];
        kind_rule_text(&item, "name", offence->name, TITLE_CHARS_MAX, KIND_TEXT_MANDATORY);
        kind_rule_text(&item, "provisions", offence->provisions, PROVISIONS_CHARS_MAX,
                       LINES_MANDATORY);
        kind_rule_text(&item, "maximum_penalty", offence->maximum_penalty, PENALTY_CHARS_MAX,
                       KIND_TEXT_OPTIONAL);
        (void)kind_rule_date(&item, "time_barred_on", offence->time_barred_on, KIND_DATE_OPTIONAL,
                             &unused);
    }
}

static void
check_persons(const struct kind_place *place, const Denrei__V1__MlaRequest *request)
{
    struct date_text unused;

    kind_rule_count(place, "persons", request->n_persons, 0, PERSONS_MAX);
    for (size_t i = 0; i < request->n_persons && i < PERSONS_MAX; i++) {
        const struct kind_place item = kind_place_item(place, "persons", i);
        const Denrei__V1__MlaPerson *person = request->persons[i];
        kind_rule_choice(&item, "role", (int)person->role, "WITNESS");
        kind_rule_names(&item, "names", person->names, person->n_names, 1, NAMES_MAX);
        (void)kind_rule_date(&item, "date_of_birth", person->date_of_birth,
                             KIND_DATE_PARTIAL | KIND_DATE_PAST, &unused);
        kind_rule_nationalities(&item, "nationalities", person->nationalities,
                                person->n_nationalities, NATIONALITIES_MAX);
        kind_rule_documents(&item, "documents", person->documents, person->n_documents,
                            DOCUMENTS_MAX);
        check_needed(&item, "whereabouts", person->whereabouts, NOTE_CHARS_MAX,
                     person->role == DENREI__V1__MLA_ROLE__MLA_ROLE_ADDRESSEE);
        kind_rule_text(&item, "relation", person->relation, NOTE_CHARS_MAX, KIND_TEXT_LINES);
    }
}

/* The facts of dual criminality come whole: a part of them says nothing. */
static void
check_dual_criminality(const struct kind_place *up, const Denrei__V1__MlaDualCriminality *facts)
{
    const struct kind_place place = kind_place_field(up, "dual_criminality");

    if (facts == NULL)
        return;
    kind_rule_text(&place, "conduct", facts->conduct, PROVISIONS_CHARS_MAX, LINES_MANDATORY);
    kind_rule_text(&place, "place", facts->place, NOTE_CHARS_MAX, LINES_MANDATORY);
    kind_rule_text(&place, "time", facts->time, TITLE_CHARS_MAX, KIND_TEXT_MANDATORY);
    kind_rule_text(&place, "own_law", facts->own_law, NOTE_CHARS_MAX, LINES_MANDATORY);
    kind_rule_text(&place, "requested_law", facts->requested_law, MIDDLE_CHARS_MAX,
                   LINES_MANDATORY);
}

static bool
is_service_alone(const Denrei__V1__MlaRequest *request)
{
    for (size_t i = 0; i < request->n_assistance; i++) {
        if (!is_service(request->assistance[i]->measure))
            return false;
    }
    return request->n_assistance > 0;
}

/* Without a treaty assistance rests on reciprocity (Act, Article 4(ii)). */
static void
check_channel(const struct kind_place *place, const Denrei__V1__MlaRequest *request)
{
    const bool is_urgent_direct =
        request->channel == DENREI__V1__MLA_CHANNEL__MLA_CHANNEL_URGENT_DIRECT;
    const bool is_without_treaty =
        is_urgent_direct || request->channel == DENREI__V1__MLA_CHANNEL__MLA_CHANNEL_DIPLOMATIC;

    kind_rule_choice(place, "channel", (int)request->channel, "CENTRAL_AUTHORITIES");
    check_needed(place, "reciprocity", request->reciprocity, SHORT_CHARS_MAX, is_without_treaty);
    check_needed(place, "urgency_reason", request->urgency_reason, SHORT_CHARS_MAX,
                 is_urgent_direct);
}

/* A wish and its reason come together; a reason alone is a wish that was forgotten. */
static void
check_wishes(const struct kind_place *place, const Denrei__V1__MlaRequest *request)
{
    struct date_text unused;

    (void)kind_rule_date(place, "needed_by", request->needed_by, KIND_DATE_FUTURE, &unused);
    check_needed(place, "needed_by_reason", request->needed_by_reason, NOTE_CHARS_MAX,
                 kind_rule_has(request->needed_by));
    if (kind_rule_has(request->needed_by_reason) && !kind_rule_has(request->needed_by))
        kind_rule_add(place, "needed_by", "give the day, or leave the reason out",
                      "there is a reason for a day, and no day");
    check_needed(place, "confidential_reason", request->confidential_reason, NOTE_CHARS_MAX,
                 request->confidential != 0);
    if (kind_rule_has(request->confidential_reason) && !request->confidential)
        kind_rule_add(place, "confidential", "set it to true, or leave the reason out",
                      "there is a reason for confidentiality, and it is not asked for");
    (void)kind_rule_date(place, "written_confirmation_by", request->written_confirmation_by,
                         KIND_DATE_FUTURE, &unused);
    (void)kind_rule_date(place, "oral_request_on", request->oral_request_on, KIND_DATE_PAST,
                         &unused);
    kind_rule_reference(place, "related_reference", request->related_reference, false);
    kind_rule_texts(place, "annexes", request->annexes, request->n_annexes, ANNEXES_MAX,
                    TITLE_CHARS_MAX, KIND_TEXT_OPTIONAL);
    kind_rule_text(place, "expenses", request->expenses, NOTE_CHARS_MAX, KIND_TEXT_LINES);
    kind_rule_text(place, "prior_consultation", request->prior_consultation, SHORT_CHARS_MAX,
                   KIND_TEXT_LINES);
    kind_rule_handling(place, "handling_note", request->handling_note);
}

void
kind_mla_check_request(const struct kind_place *place, const Denrei__V1__MlaRequest *request)
{
    check_channel(place, request);
    kind_rule_text(place, "requesting_authority", request->requesting_authority, TITLE_CHARS_MAX,
                   KIND_TEXT_MANDATORY);
    kind_rule_contact(place, "contact", request->contact);
    kind_rule_text(place, "conducting_authority", request->conducting_authority, NOTE_CHARS_MAX,
                   LINES_MANDATORY);
    kind_rule_choice(place, "proceeding", (int)request->proceeding, "INVESTIGATION");
    kind_rule_text(place, "subject_matter", request->subject_matter, MIDDLE_CHARS_MAX,
                   LINES_MANDATORY);
    check_needed(place, "facts", request->facts, FACTS_CHARS_MAX, !is_service_alone(request));
    check_dual_criminality(place, request->dual_criminality);
    check_offences(place, request);
    check_assistance(place, request);
    kind_rule_text(place, "purpose", request->purpose, MIDDLE_CHARS_MAX, LINES_MANDATORY);
    check_persons(place, request);
    kind_rule_language(place, "language", request->language, true);
    check_wishes(place, request);
}
