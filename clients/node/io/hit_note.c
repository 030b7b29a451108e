#include "clients/node/io/hit_note.h"

#include "proto/time_text.h"
#include "proto/wire.h"

#include <stdio.h>
#include <string.h>

/* The parts of a report's draft; texts are borrowed. */
struct draft {
    Denrei__V1__ScreeningHit hit;
    Denrei__V1__HitReport report;
    Denrei__V1__HitDocument document;
    Denrei__V1__HitFreshness data;
    Denrei__V1__HitPerson person;
    Denrei__V1__PersonName name;
    Denrei__V1__PersonName *names[1];
    char full[NAME_FORM_BYTES_MAX];
    char birth[DATE_TEXT_BYTES];
    struct time_text as_of;
    struct time_text witnessed_at;
    struct time_text list_as_of;
    char reason[FINDING_REASON_BYTES];
};

static void
draft_init(struct draft *draft, const struct finding *finding)
{
    *draft = (struct draft){.hit = DENREI__V1__SCREENING_HIT__INIT,
                            .report = DENREI__V1__HIT_REPORT__INIT,
                            .document = DENREI__V1__HIT_DOCUMENT__INIT,
                            .person = DENREI__V1__HIT_PERSON__INIT,
                            .name = DENREI__V1__PERSON_NAME__INIT,
                            .data = DENREI__V1__HIT_FRESHNESS__INIT};
    memcpy(draft->reason, finding->reason, sizeof draft->reason);
    draft->hit.step_case = DENREI__V1__SCREENING_HIT__STEP_REPORT;
    draft->hit.report = &draft->report;
    draft->report.subject = finding->subject == FINDING_DOCUMENT
                                ? DENREI__V1__HIT_SUBJECT__HIT_SUBJECT_DOCUMENT
                                : DENREI__V1__HIT_SUBJECT__HIT_SUBJECT_PERSON;
    draft->report.score = finding->score;
    draft->report.reason = draft->reason;
    draft->report.data = &draft->data;
}

/* How far the data went that were searched. */
static void
put_freshness(struct draft *draft, const struct finding *finding, const struct screen_view *view)
{
    draft->data.complete_to_flash = view->flash_stored;
    draft->data.complete_to_rest = view->rest_stored;
    if (view->head_time_ms != 0) {
        draft->as_of = time_text_utc(view->head_time_ms);
        draft->data.as_of = draft->as_of.text;
    }
    if (view->witnessed_time_ms != 0) {
        draft->witnessed_at = time_text_utc(view->witnessed_time_ms);
        draft->data.witnessed_at = draft->witnessed_at.text;
    }
    if (finding->origin == FINDING_OF_IMPORT) {
        draft->list_as_of = time_text_utc(finding->as_of_ms);
        draft->data.list = wire_put_text(finding->source);
        draft->data.list_as_of = draft->list_as_of.text;
    }
}

/* The document as it was presented; of the record only what names it to its owner. */
static void
put_document(struct draft *draft, const struct screen_query *query,
             const Denrei__V1__LostDocument *record, size_t place)
{
    if (query == NULL)
        return;
    draft->document.number = wire_put_text(query->number.text);
    draft->document.issuing_state = wire_put_text(query->state);
    if (record != NULL) {
        draft->document.type = record->type;
        draft->document.national_reference = record->national_reference;
        draft->document.place = (uint32_t)place + 1;
    }
    draft->report.document = &draft->document;
}

/* The parts of a name with blanks between them. */
static void
write_name(const struct name_form *form, char out[NAME_FORM_BYTES_MAX])
{
    size_t len = 0;

    out[0] = '\0';
    for (size_t i = 0; i < form->parts_count && len < NAME_FORM_BYTES_MAX; i++)
        len += (size_t)snprintf(out + len, NAME_FORM_BYTES_MAX - len, "%s%s", i == 0 ? "" : " ",
                                form->parts[i]);
}

/* The person as presented, by what screening compared; whoever reports can say it better. */
static void
put_person(struct draft *draft, const struct person_query *query)
{
    if (query == NULL || query->forms_count == 0)
        return;
    const struct name_form *form = &query->forms[0];
    write_name(form, draft->full);
    draft->name.script = form->writing == NAME_HAN     ? DENREI__V1__SCRIPT__SCRIPT_HAN
                         : form->writing == NAME_OTHER ? DENREI__V1__SCRIPT__SCRIPT_OTHER
                                                       : DENREI__V1__SCRIPT__SCRIPT_LATIN;
    draft->name.full = draft->full;
    draft->names[0] = &draft->name;
    draft->person.names = draft->names;
    draft->person.n_names = 1;
    if (query->facts.births_count > 0 && query->facts.births[0].year != 0) {
        date_text_format(query->facts.births[0], draft->birth);
        draft->person.date_of_birth = draft->birth;
    }
    if (query->facts.nationalities_count > 0)
        draft->person.nationality = wire_put_text(query->facts.nationalities[0]);
    draft->person.sex = query->facts.sex == 'M'   ? DENREI__V1__SEX__SEX_MALE
                        : query->facts.sex == 'F' ? DENREI__V1__SEX__SEX_FEMALE
                                                  : DENREI__V1__SEX__SEX_UNSPECIFIED;
    draft->report.person = &draft->person;
}

/* One spelling of what was asked, by which the same look-up is known again. */
static void
write_key(const struct screening_question *question, const struct draft *draft,
          char key[HITS_KEY_BYTES_MAX + 1])
{
    if (draft->report.subject == DENREI__V1__HIT_SUBJECT__HIT_SUBJECT_DOCUMENT)
        snprintf(key, HITS_KEY_BYTES_MAX + 1, "document %s %s",
                 question->document == NULL ? "" : question->document->number.text,
                 question->document == NULL ? "" : question->document->state);
    else
        snprintf(key, HITS_KEY_BYTES_MAX + 1, "person %s|%s|%s|%d", draft->full, draft->birth,
                 draft->person.nationality, (int)draft->person.sex);
}

static enum err
of_message(struct screening *screening, const struct screening_question *question,
           const struct finding *finding, struct arena *arena, struct draft *draft, struct hit *hit)
{
    struct presented presented;
    const ProtobufCMessage *item = NULL;

    enum err err = screening_load(screening, finding, arena, &presented, &item);
    if (err != ERR_OK)
        return err;
    hit->record = (struct hit_record){
        .owner = presented.header.from,
        .has_message = true,
        .ref = {presented.header.from, presented.header.id, presented.record.hash},
        .leaf = finding->leaf,
        .thread_id = presented.header.thread_id,
        .legal_basis = presented.header.legal_basis,
    };
    if (finding->subject == FINDING_PERSON)
        put_document(draft, question->document, NULL, 0); /* what the person travels on */
    else
        put_document(draft, question->document, (const Denrei__V1__LostDocument *)item,
                     finding->place);
    return ERR_OK;
}

static void
of_import(struct screening *screening, const struct screening_question *question,
          const struct finding *finding, struct draft *draft, struct hit *hit)
{
    const struct member *owner = screening_owner(screening, finding->imported.state);

    hit->record = (struct hit_record){.owner = owner == NULL ? "" : owner->id, .legal_basis = ""};
    put_document(draft, question->document, NULL, 0);
    draft->document.type = finding->imported.type;
    draft->document.national_reference = wire_put_text(finding->imported.reference);
}

static enum err
note_one(struct hits *hits, struct screening *screening, const struct screening_question *question,
         const struct screen_view *view, uint64_t now_ms, struct arena *arena,
         struct finding *finding)
{
    char key[HITS_KEY_BYTES_MAX + 1];
    struct hit hit = {.looked_ms = now_ms, .key = key, .place = finding->place};
    struct draft draft;
    enum err err = ERR_OK;

    draft_init(&draft, finding);
    put_freshness(&draft, finding, view);
    if (finding->subject == FINDING_PERSON)
        put_person(&draft, question->person);
    write_key(question, &draft, key);
    if (finding->origin == FINDING_OF_MESSAGE)
        err = of_message(screening, question, finding, arena, &draft, &hit);
    else
        of_import(screening, question, finding, &draft, &hit);
    if (err == ERR_OK)
        err = wire_encode(&draft.hit.base, arena, &hit.draft);
    return err == ERR_OK ? hits_note(hits, &hit, &finding->hit, &finding->dismissed) : err;
}

enum err
hit_note(struct hits *hits, struct screening *screening, const struct screening_question *question,
         struct screening_answer *answer, uint64_t now_ms, struct arena *arena)
{
    enum err err = ERR_OK;

    for (size_t i = 0; i < answer->findings_count && err == ERR_OK; i++) {
        arena_reset(arena);
        err =
            note_one(hits, screening, question, &answer->view, now_ms, arena, &answer->findings[i]);
    }
    return err;
}
