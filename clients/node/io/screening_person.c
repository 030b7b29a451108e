#include "clients/node/io/screening_person.h"

#include <stdlib.h>
#include <string.h>

enum { KNOWN_MAX = 64 };

/* A form that was compared with all that is asked for: frequent names come again and again. */
struct known {
    struct name_form form;
    struct name_match matches[PERSON_FORMS_MAX];
};

struct screening_persons {
    struct name_spoken asked[PERSON_FORMS_MAX];
    struct name_spoken found;
    struct known known[KNOWN_MAX];
    struct record_person record;
    struct record_candidates candidates;
};

enum err
screening_persons_new(struct screening_persons **out)
{
    *out = calloc(1, sizeof **out);
    return *out == NULL ? ERR_NOMEM : ERR_OK;
}

void
screening_persons_free(struct screening_persons **persons)
{
    free(*persons);
    *persons = NULL;
}

/* The findings so far, by falling score. */
struct ranking {
    struct finding *findings;
    size_t room;
    size_t count;
    bool has_more;
};

/* Where a finding of this alert stands; `count` if there is none. */
static size_t
place_of(const struct ranking *ranking, uint64_t leaf)
{
    size_t i = 0;

    while (i < ranking->count && ranking->findings[i].leaf != leaf)
        i++;
    return i;
}

/* The better finding of an alert stays; the least certain one leaves when there is no room. */
static void
rank(struct ranking *ranking, const struct finding *finding)
{
    size_t at = place_of(ranking, finding->leaf);

    if (at < ranking->count && ranking->findings[at].score >= finding->score)
        return;
    if (at == ranking->count && ranking->count == ranking->room) {
        ranking->has_more = true;
        if (ranking->room == 0 || ranking->findings[--at].score >= finding->score)
            return;
    } else if (at == ranking->count) {
        ranking->count++;
    }
    for (; at > 0 && ranking->findings[at - 1].score < finding->score; at--)
        ranking->findings[at] = ranking->findings[at - 1];
    ranking->findings[at] = *finding;
}

static bool
has_han(const struct person_query *query)
{
    for (size_t i = 0; i < query->forms_count; i++) {
        if (query->forms[i].writing == NAME_HAN)
            return true;
    }
    return false;
}

/* How the form on record agrees with each that is asked for. */
static const struct name_match *
match_form(struct screening_persons *persons, const struct person_query *query,
           const struct name_form *form)
{
    uint64_t hash = UINT64_C(14695981039346656037);

    for (size_t i = 0; i < form->parts_count; i++) {
        for (const char *at = form->parts[i]; *at != '\0'; at++)
            hash = (hash ^ (uint8_t)*at) * UINT64_C(1099511628211);
    }
    struct known *known = &persons->known[(hash >> 32) % KNOWN_MAX];
    if (memcmp(&known->form, form, sizeof *form) == 0)
        return known->matches;
    known->form = *form;
    name_spoken_init(&persons->found, form);
    for (size_t i = 0; i < query->forms_count; i++)
        name_compare(&persons->asked[i], &persons->found, &known->matches[i]);
    return known->matches;
}

/*
 * The best of all spellings asked for against the form on record.  Where both persons are known in
 * Chinese characters and only the sound agrees, it is another name.
 */
static enum err
compare(struct screening_persons *persons, struct records *records,
        const struct person_query *query, unsigned score_min, struct finding *out)
{
    const struct record_person *record = &persons->record;
    struct person_match best = {.score = 0};
    const struct name_match *names = match_form(persons, query, &record->form);
    size_t best_form = 0;
    enum err err = ERR_OK;

    for (size_t i = 0; i < query->forms_count; i++) {
        struct person_match match;
        person_compare_facts(names[i].score, &query->facts, &record->facts, &match);
        if (match.score <= best.score)
            continue;
        best = match;
        best_form = i;
    }
    out->score = best.score;
    if (best.score < score_min)
        return ERR_OK;
    if (record->form.writing != NAME_HAN && has_han(query)) {
        bool is_known_in_han = false;
        err = records_person_has_han(records, record->leaf, &is_known_in_han);
        if (is_known_in_han)
            person_doubt_characters(&best); /* the form in characters is compared by itself */
    }
    out->score = best.score;
    name_compare_words(&names[best_form], &query->forms[best_form], &record->form, out->reason,
                       sizeof out->reason);
    person_compare_words(&best, out->reason, sizeof out->reason);
    return err;
}

static enum err
find_candidates(struct screening_persons *persons, struct records *records,
                const struct person_query *query, unsigned score_min)
{
    const struct record_person_query wanted = {&query->facts, score_min};
    enum err err = ERR_OK;

    memset(&persons->candidates, 0, sizeof persons->candidates);
    memset(persons->known, 0, sizeof persons->known);
    for (size_t i = 0; i < query->forms_count && err == ERR_OK; i++) {
        name_spoken_init(&persons->asked[i], &query->forms[i]);
        err = records_find_persons(records, &persons->asked[i], &wanted, &persons->candidates);
    }
    return err;
}

enum err
screening_find_persons(struct screening_persons *persons, struct records *records,
                       const struct person_query *query, unsigned score_min, uint64_t now_ms,
                       struct finding *findings, size_t room, size_t *count, bool *has_more)
{
    struct ranking ranking = {findings, room, 0, false};
    enum err err = find_candidates(persons, records, query, score_min);

    for (size_t i = 0; i < persons->candidates.count && err == ERR_OK; i++) {
        struct finding finding;
        err = records_person_at(records, persons->candidates.ids[i], &persons->record);
        if (err != ERR_OK || persons->record.until_ms <= now_ms)
            continue;
        err = compare(persons, records, query, score_min, &finding);
        if (err != ERR_OK || finding.score < score_min)
            continue;
        finding.subject = FINDING_PERSON;
        finding.origin = FINDING_OF_MESSAGE;
        finding.leaf = persons->record.leaf;
        finding.place = 0;
        rank(&ranking, &finding);
    }
    *count = ranking.count;
    *has_more = ranking.has_more || persons->candidates.has_more;
    return err;
}
