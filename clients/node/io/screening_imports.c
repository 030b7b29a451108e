#include "clients/node/io/screening_imports.h"

#include "proto/time_text.h"

#include <stdio.h>
#include <string.h>

enum { ALIKE_MAX = 4096 /* records of one skeleton that a look-up goes over */ };

struct finding *
screening_add_finding(struct screening_answer *answer, unsigned score)
{
    size_t at = answer->findings_count;

    while (at > 0 && answer->findings[at - 1].score < score)
        at--;
    if (answer->findings_count == SCREENING_FINDINGS_MAX) {
        answer->has_more = true;
        if (at == SCREENING_FINDINGS_MAX)
            return NULL;
        answer->findings_count--;
    }
    memmove(&answer->findings[at + 1], &answer->findings[at],
            (answer->findings_count - at) * sizeof answer->findings[0]);
    answer->findings_count++;
    answer->findings[at].score = score;
    answer->findings[at].hit = answer->findings[at].dismissed = 0;
    return &answer->findings[at];
}

/* A record of the list with the skeleton that was asked for: is it a match? */
static enum err
offer_record(const struct screen_query *query, const struct import_source *source,
             struct span bytes, struct screening_answer *answer)
{
    struct imported record;
    struct confusion_grade grade;
    enum err err = imported_decode(bytes, &record);

    if (err != ERR_OK || !confusion_compare(query, record.number.text, record.state, &grade))
        return err;
    struct finding *finding = screening_add_finding(answer, grade.score);
    if (finding == NULL)
        return ERR_OK;
    finding->subject = FINDING_DOCUMENT;
    finding->origin = FINDING_OF_IMPORT;
    memcpy(finding->reason, grade.reason, sizeof finding->reason);
    finding->imported = record;
    memcpy(finding->source, source->id.name, sizeof finding->source);
    finding->as_of_ms = source->header.as_of_ms;
    return ERR_OK;
}

/* ERR_FULL: more records are alike than a look-up goes over. */
static enum err
find_in_list(struct import_source *source, struct doclist_walk *walk,
             const struct screen_query *query, uint32_t today, struct screening_answer *answer)
{
    const size_t len = strlen(query->number.text);
    enum err err = doclist_walk_key(source->file, confusion_key(query->number.text, len), walk);

    for (size_t i = 0; err == ERR_OK; i++) {
        struct span record = {NULL, 0};
        struct imported_key key;
        err = doclist_walk_next(source->file, walk, &record, &key);
        if (err == ERR_OK && i == ALIKE_MAX)
            return ERR_FULL;
        if (err == ERR_OK && key.review >= today)
            err = offer_record(query, source, record, answer);
    }
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

void
screening_find_imports(struct imports *imports, struct doclist_walk *walk,
                       const struct screen_query *query, uint64_t now_ms,
                       struct screening_answer *answer)
{
    const uint32_t today = imported_pack_date(date_text_from_ms(now_ms));

    answer->sources_count = imports->count;
    for (size_t i = 0; i < imports->count; i++) {
        struct import_source *list = &imports->list[i];
        struct screening_source *source = &answer->sources[i];
        enum err err = list->err;
        if (err == ERR_OK && query != NULL)
            err = find_in_list(list, walk, query, today, answer);
        memcpy(source->name, list->id.name, sizeof source->name);
        source->as_of_ms = list->header.as_of_ms;
        source->documents = list->header.records;
        source->rejected = list->header.rejected;
        source->state = err != ERR_OK ? SCREENING_SOURCE_LOST
                        : screen_is_old(list->header.as_of_ms, list->header.max_age_ms, now_ms)
                            ? SCREENING_SOURCE_OLD
                            : SCREENING_SOURCE_GOOD;
    }
}

bool
screening_has_bad_source(const struct screening_answer *answer, char reason[SCREENING_REASON_BYTES])
{
    for (size_t i = 0; i < answer->sources_count; i++) {
        const struct screening_source *source = &answer->sources[i];
        if (source->state == SCREENING_SOURCE_LOST)
            snprintf(reason, SCREENING_REASON_BYTES,
                     "the imported list %s is damaged or missing; import it again", source->name);
        else if (source->state == SCREENING_SOURCE_OLD)
            snprintf(reason, SCREENING_REASON_BYTES,
                     "the imported list %s is of %.10s and too old; import a newer one",
                     source->name, time_text_utc(source->as_of_ms).text);
        if (source->state != SCREENING_SOURCE_GOOD)
            return true;
    }
    return false;
}
