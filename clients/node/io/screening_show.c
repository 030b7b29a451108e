#include "clients/node/io/screening_show.h"

#include "clients/message_json.h"
#include "proto/io/clock.h"
#include "proto/io/term.h"
#include "proto/json_message.h"
#include "proto/message_id.h"

#include <string.h>

/* ---- an imported record in the fields of a LostDocument */

enum { DATES = 4 };

struct imported_document {
    Denrei__V1__LostDocument message;
    struct imported record;
    char dates[DATES][DATE_TEXT_BYTES];
};

static char *
put_date(struct imported_document *document, size_t index, struct date_text date)
{
    document->dates[index][0] = '\0';
    if (date.year != 0)
        date_text_format(date, document->dates[index]);
    return document->dates[index];
}

static void
imported_document_init(struct imported_document *document, const struct imported *record)
{
    Denrei__V1__LostDocument message = DENREI__V1__LOST_DOCUMENT__INIT;

    document->record = *record;
    message.number = document->record.number.text;
    message.issuing_state = document->record.state;
    message.type = record->type;
    message.status = record->status;
    message.date_of_issue = put_date(document, 0, record->issued);
    message.date_of_expiry = put_date(document, 1, record->expires);
    message.lost_on = put_date(document, 2, record->lost_on);
    message.review_date = put_date(document, 3, record->review);
    message.reporting_country = document->record.reporting;
    message.national_reference = document->record.reference;
    document->message = message;
}

/* ---- what was found, wherever it came from */

struct shown {
    struct presented presented;        /* FINDING_OF_MESSAGE alone */
    const ProtobufCMessage *item;      /* the document, or the alert */
    const ProtobufCMessage *requests;  /* HitInstructions; NULL: none, or in the item itself */
    const char *owner;                 /* NULL: not known */
    struct imported_document document; /* of an import */
};

static enum err
show_init(struct shown *shown, struct screening *screening, const struct finding *finding,
          struct arena *arena)
{
    shown->requests = NULL;
    if (finding->origin == FINDING_OF_IMPORT) {
        const struct member *owner = screening_owner(screening, finding->imported.state);
        imported_document_init(&shown->document, &finding->imported);
        shown->item = &shown->document.message.base;
        shown->owner = owner == NULL ? NULL : owner->id;
        return ERR_OK;
    }
    enum err err = screening_load(screening, finding, arena, &shown->presented, &shown->item);
    if (err != ERR_OK)
        return err;
    shown->owner = shown->presented.header.from;
    if (finding->subject == FINDING_DOCUMENT)
        shown->requests =
            &((const Denrei__V1__LostPassport *)shown->presented.content)->instructions->base;
    return ERR_OK;
}

/* ---- for programs */

static json_t *
origin_json(const struct shown *shown, const struct finding *finding)
{
    if (finding->origin == FINDING_OF_IMPORT)
        return json_pack("{s:s, s:s, s:s*, s:i, s:s}", "list", finding->source, "list_as_of",
                         time_text_utc(finding->as_of_ms).text, "owner", shown->owner, "score",
                         (int)finding->score, "why", finding->reason);
    return json_pack("{s:s, s:I, s:s, s:s, s:i, s:s}", "message",
                     message_id_text(&shown->presented.header.id).text, "leaf",
                     (json_int_t)shown->presented.record.leaf, "accepted_at",
                     time_text_utc(shown->presented.record.time_ms).text, "owner", shown->owner,
                     "score", (int)finding->score, "why", finding->reason);
}

static enum err
add_hit_json(struct screening *screening, const struct finding *finding, struct arena *arena,
             json_t *hits)
{
    struct shown shown;
    json_t *item = NULL;
    json_t *requests = NULL;
    json_t *hit = NULL;
    enum err err = show_init(&shown, screening, finding, arena);

    if (err == ERR_OK)
        err = json_message_encode(shown.item, arena, &item);
    if (err == ERR_OK && shown.requests != NULL)
        err = json_message_encode(shown.requests, arena, &requests);
    if (err == ERR_OK)
        hit = origin_json(&shown, finding);
    if (hit == NULL) {
        json_decref(item);
        json_decref(requests);
        return err == ERR_OK ? ERR_NOMEM : err;
    }
    /* Each takes its value over, also where it fails. */
    bool is_lost =
        (finding->hit != 0 &&
         json_object_set_new(hit, "hit", json_integer((json_int_t)finding->hit)) != 0) ||
        (finding->dismissed != 0 &&
         json_object_set_new(hit, "dismissed_before",
                             json_integer((json_int_t)finding->dismissed)) != 0) ||
        json_object_set_new(hit, finding->subject == FINDING_DOCUMENT ? "document" : "alert",
                            item) != 0 ||
        (requests != NULL && json_object_set_new(hit, "instructions", requests) != 0) ||
        json_array_append_new(hits, json_incref(hit)) != 0;
    json_decref(hit);
    return is_lost ? ERR_NOMEM : ERR_OK;
}

/* The imported lists that the answer rests on. */
static json_t *
sources_json(const struct screening_answer *answer)
{
    static const char *const words[] = {[SCREENING_SOURCE_GOOD] = "GOOD",
                                        [SCREENING_SOURCE_OLD] = "TOO_OLD",
                                        [SCREENING_SOURCE_LOST] = "UNREADABLE"};
    json_t *list = json_array();

    for (size_t i = 0; i < answer->sources_count; i++) {
        const struct screening_source *source = &answer->sources[i];
        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:I, s:I}", "list", source->name,
                                              "state", words[source->state], "as_of",
                                              time_text_utc(source->as_of_ms).text, "documents",
                                              (json_int_t)source->documents, "rejected",
                                              (json_int_t)source->rejected));
    }
    return list;
}

enum err
screening_json(struct screening *screening, const struct screening_answer *answer,
               struct arena *arena, json_t **out)
{
    json_t *hits = json_array();
    enum err err = hits == NULL ? ERR_NOMEM : ERR_OK;

    for (size_t i = 0; i < answer->findings_count && err == ERR_OK; i++)
        err = add_hit_json(screening, &answer->findings[i], arena, hits);
    if (err != ERR_OK) {
        json_decref(hits);
        return err;
    }
    json_t *json = json_pack(
        "{s:i, s:s, s:s, s:I, s:I, s:s, s:s*, s:s*, s:o, s:o}", "schema", (int)MESSAGE_JSON_SCHEMA,
        "verdict", screening_verdict_word(answer->verdict), "reason", answer->reason,
        "complete_to_flash", (json_int_t)answer->view.flash_stored, "complete_to_rest",
        (json_int_t)answer->view.rest_stored, "as_of",
        time_text_utc(answer->view.head_time_ms).text, "witnessed_at",
        answer->view.witnessed_time_ms == 0 ? NULL
                                            : time_text_utc(answer->view.witnessed_time_ms).text,
        "not_noted", answer->noted == ERR_OK ? NULL : err_text(answer->noted), "lists",
        sources_json(answer), "hits", hits);
    if (json == NULL)
        return ERR_NOMEM;
    *out = json;
    return ERR_OK;
}

/* ---- for people */

static enum err
print_finding(FILE *file, struct screening *screening, const struct finding *finding,
              struct arena *arena)
{
    struct shown shown;
    enum err err = show_init(&shown, screening, finding, arena);

    if (err != ERR_OK)
        return err;
    if (finding->origin == FINDING_OF_IMPORT)
        fprintf(file, "\n  Owner: %s   List: %s, as of %s\n",
                shown.owner == NULL ? "not known to the directory" : shown.owner, finding->source,
                clock_local_text(finding->as_of_ms).text);
    else
        fprintf(file, "\n  Owner: %s   Message: %s   Log entry: %llu\n", shown.owner,
                message_id_text(&shown.presented.header.id).text,
                (unsigned long long)shown.presented.record.leaf);
    if (finding->score < FINDING_EXACT || finding->subject == FINDING_PERSON)
        fprintf(file, "    Score: %u of 100: %s\n", finding->score, finding->reason);
    present_content(file, shown.item, 4);
    if (shown.requests != NULL) {
        fprintf(file, "  What the owner asks:\n");
        present_content(file, shown.requests, 4);
    }
    return ERR_OK;
}

static void
print_source(FILE *file, const struct screening_source *source)
{
    if (source->state == SCREENING_SOURCE_LOST) {
        fprintf(file, "List %s: it cannot be read.\n", source->name);
        return;
    }
    fprintf(file, "List %s: %llu documents, as of %s%s", source->name,
            (unsigned long long)source->documents, clock_local_text(source->as_of_ms).text,
            source->state == SCREENING_SOURCE_OLD ? ", too old" : "");
    if (source->rejected > 0)
        fprintf(file, " (%llu rows of it could not be read)", (unsigned long long)source->rejected);
    fprintf(file, ".\n");
}

/* What the view proves, and as of when. */
static void
print_freshness(FILE *file, const struct screening_answer *answer)
{
    const struct screen_view *view = &answer->view;

    if (view->head_time_ms == 0)
        fprintf(file, "Data: none yet.\n");
    else
        fprintf(file, "Data: complete to mailbox numbers %llu (flash) and %llu (rest), as of %s.\n",
                (unsigned long long)view->flash_stored, (unsigned long long)view->rest_stored,
                clock_local_text(view->head_time_ms).text);
    if (view->witnessed_time_ms != 0)
        fprintf(file, "      Witnesses confirmed the log to entry %llu at %s.\n",
                (unsigned long long)view->tree_size,
                clock_local_text(view->witnessed_time_ms).text);
    for (size_t i = 0; i < answer->sources_count; i++)
        print_source(file, &answer->sources[i]);
}

/* What comes next, in plain words: one command for each hit. */
static void
print_next(FILE *file, const struct screening_answer *answer)
{
    fprintf(file, "\nA hit alone is no ground for arrest: ask the owner before acting on it.\n"
                  "Do what the owner asks above, as your own law allows, and tell it at once:\n");
    for (size_t i = 0; i < answer->findings_count; i++) {
        const struct finding *finding = &answer->findings[i];
        if (finding->hit == 0)
            continue;
        if (finding->dismissed != 0)
            fprintf(file,
                    "  Hit %llu of the same look-up was dismissed: "
                    "denrei-node hit show %llu\n",
                    (unsigned long long)finding->dismissed, (unsigned long long)finding->dismissed);
        fprintf(file,
                "  Hit %llu: denrei-node hit report %llu --action SEIZED\n"
                "         it is false: denrei-node hit dismiss %llu --reason TEXT\n",
                (unsigned long long)finding->hit, (unsigned long long)finding->hit,
                (unsigned long long)finding->hit);
    }
    if (answer->noted != ERR_OK)
        fprintf(
            file,
            "  It could not be noted (%s), so it cannot be reported from here: call the owner.\n",
            err_text(answer->noted));
}

enum err
screening_print(FILE *file, struct screening *screening, const char *what,
                const struct screening_answer *answer, struct arena *arena)
{
    enum err err = ERR_OK;
    bool is_hit = answer->verdict == SCREEN_HIT;

    term_style(file, is_hit                            ? TERM_RED
                     : answer->verdict == SCREEN_CLEAR ? TERM_GREEN
                                                       : TERM_YELLOW);
    fprintf(file, "%s", is_hit ? "HIT" : answer->verdict == SCREEN_CLEAR ? "NO HIT" : "CANNOT SAY");
    term_style(file, TERM_PLAIN);
    fprintf(file, "  %s\n", what);
    for (size_t i = 0; i < answer->findings_count && err == ERR_OK; i++)
        err = print_finding(file, screening, &answer->findings[i], arena);
    if (is_hit)
        print_next(file, answer);
    if (answer->verdict == SCREEN_CANNOT_SAY)
        fprintf(file, "Not on record here, but that proves nothing: %s.\n", answer->reason);
    print_freshness(file, answer);
    return err;
}
