#include "clients/node/io/screening.h"

#include "clients/node/io/hit_note.h"
#include "clients/node/io/screening_imports.h"
#include "clients/node/io/screening_person.h"
#include "proto/io/disk.h"
#include "proto/io/exit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct screening {
    struct state *state;
    struct records *records;
    struct screening_persons *persons;
    unsigned person_score_min;
    struct imports imports;
    struct doclist_walk walk; /* scratch */
    struct hits *hits;        /* NULL: they cannot be written */
    enum err hits_err;        /* why */
    struct arena *arena;      /* of one hit that is noted */
    char dir[DISK_PATH_BYTES];
};

enum err
screening_open(const char *dir, struct problems *problems, struct screening **out)
{
    struct screening *screening = NULL;
    enum err err = ERR_OK;

    *out = NULL;
    if (strlen(dir) >= sizeof screening->dir)
        return ERR_RANGE;
    screening = calloc(1, sizeof *screening);
    if (screening == NULL)
        return ERR_NOMEM;
    memcpy(screening->dir, dir, strlen(dir) + 1);
    screening->person_score_min = PERSON_SCORE_DEFAULT;
    err = screening_persons_new(&screening->persons);
    if (err != ERR_OK)
        goto done;
    err = state_open(dir, STATE_READ, STATE_NODE, problems, &screening->state);
    if (err != ERR_OK)
        goto done;
    err = records_open(dir, false, &screening->records);
    if (err == ERR_NOT_FOUND)
        problems_add(problems, dir, "start the node with `denrei-node run`, then ask again",
                     "the node has not run yet, so it has no records");
    else if (err != ERR_OK)
        err = screening_tell(err, problems);
    if (err == ERR_OK)
        err = arena_new(ARENA_BYTES_MAX, &screening->arena);
    if (err != ERR_OK)
        goto done;
    /* Whoever may only read still screens; that a hit was not noted is told with the hit. */
    screening->hits_err = hits_open(dir, true, &screening->hits);
    *out = screening;
    screening = NULL;

done:
    screening_close(&screening);
    return err;
}

void
screening_close(struct screening **screening)
{
    if (*screening == NULL)
        return;
    screening_persons_free(&(*screening)->persons);
    imports_close(&(*screening)->imports);
    hits_close(&(*screening)->hits);
    arena_free(&(*screening)->arena);
    records_close(&(*screening)->records);
    state_close(&(*screening)->state);
    free(*screening);
    *screening = NULL;
}

enum err
screening_refresh(struct screening *screening, struct problems *problems)
{
    struct state *state = NULL;
    enum err err = state_open(screening->dir, STATE_READ, STATE_NODE, problems, &state);

    if (err != ERR_OK)
        return err;
    state_close(&screening->state);
    screening->state = state;
    return ERR_OK;
}

/* ---- asking */

static enum err
find_in_messages(struct screening *screening, const struct screen_query *query, uint64_t now_ms,
                 struct screening_answer *answer)
{
    const struct record_query wanted = {query, now_ms};
    struct record_match matches[RECORDS_FOUND_MAX];
    size_t count = 0;
    enum err err = records_find_lost(screening->records, &wanted, matches, &count);

    for (size_t i = 0; i < count && err == ERR_OK; i++) {
        struct finding *finding = screening_add_finding(answer, matches[i].grade.score);
        if (finding == NULL)
            continue;
        finding->subject = FINDING_DOCUMENT;
        finding->origin = FINDING_OF_MESSAGE;
        memcpy(finding->reason, matches[i].grade.reason, sizeof finding->reason);
        finding->leaf = matches[i].leaf;
        finding->place = matches[i].place;
    }
    return err;
}

/* After what documents gave: persons are never as certain as a document that is on record. */
static enum err
find_person(struct screening *screening, const struct person_query *query, uint64_t now_ms,
            struct screening_answer *answer, bool *is_bounded)
{
    size_t count = 0;
    enum err err = screening_find_persons(
        screening->persons, screening->records, query, screening->person_score_min, now_ms,
        answer->findings + answer->findings_count, SCREENING_FINDINGS_MAX - answer->findings_count,
        &count, is_bounded);

    if (err != ERR_OK)
        return err;
    answer->findings_count += count;
    answer->has_more = answer->has_more || (*is_bounded && count > 0);
    return ERR_OK;
}

static void
judge(struct screening *screening, const struct screening_question *question, uint64_t now_ms,
      bool is_bounded, struct screening_answer *answer)
{
    const struct directory *directory = screening_directory(screening);
    const char *reason = "";

    answer->view.has_witnesses = directory->witnesses_count > 0;
    struct screen_view view = answer->view; /* what is missing of what was asked for */
    const bool is_general = question->document == NULL && question->person == NULL;
    const bool has_document = question->document != NULL || is_general;
    view.missing = has_document ? answer->view.missing : 0;
    view.missing_persons =
        question->person != NULL || is_general ? answer->view.missing_persons : 0;
    answer->verdict = screen_judge(answer->findings_count, &view, now_ms, &reason);
    if (answer->verdict == SCREEN_CLEAR && directory->expires_ms <= now_ms) {
        answer->verdict = SCREEN_CANNOT_SAY;
        reason = "the federation's directory has expired";
    } else if (answer->verdict == SCREEN_CLEAR && is_bounded) {
        answer->verdict = SCREEN_CANNOT_SAY;
        reason = "more names sound alike than can be compared; give the date of birth";
    }
    if (answer->verdict == SCREEN_CLEAR && has_document &&
        screening_has_bad_source(answer, answer->reason))
        answer->verdict = SCREEN_CANNOT_SAY;
    else
        snprintf(answer->reason, sizeof answer->reason, "%s", reason);
}

void
screening_set_person_score(struct screening *screening, unsigned score_min)
{
    screening->person_score_min = score_min;
}

enum err
screening_ask(struct screening *screening, const struct screening_question *question,
              uint64_t now_ms, struct screening_answer *out)
{
    bool is_bounded = false;

    out->findings_count = 0;
    out->has_more = false;
    out->noted = ERR_OK;
    /* What the view says and what is searched must be of the same moment. */
    enum err err = records_hold(screening->records, &out->view);
    if (err == ERR_OK)
        err = imports_refresh(&screening->imports, screening->dir, screening->records, &out->view);
    if (err == ERR_OK && question->document != NULL)
        err = find_in_messages(screening, question->document, now_ms, out);
    if (err == ERR_OK)
        screening_find_imports(&screening->imports, &screening->walk, question->document, now_ms,
                               out);
    if (err == ERR_OK && question->person != NULL)
        err = find_person(screening, question->person, now_ms, out, &is_bounded);
    records_release(screening->records);
    if (err != ERR_OK)
        return err;
    judge(screening, question, now_ms, is_bounded, out);
    if (out->findings_count > 0)
        out->noted = screening->hits == NULL ? screening->hits_err
                                             : hit_note(screening->hits, screening, question, out,
                                                        now_ms, screening->arena);
    return ERR_OK;
}

enum err
screening_tell(enum err err, struct problems *problems)
{
    return state_tell_db("node.db", err, problems);
}

enum err
screening_load(struct screening *screening, const struct finding *finding, struct arena *arena,
               struct presented *presented, const ProtobufCMessage **item)
{
    struct record record;
    enum err err = records_at(screening->records, finding->leaf, &record);

    if (err == ERR_OK)
        err = present_decode(&record, arena, presented);
    if (err != ERR_OK)
        return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
    if (presented->content == NULL)
        return ERR_CORRUPT;
    if (presented->header.kind != DENREI__V1__KIND__KIND_LOST_PASSPORT) {
        *item = presented->content;
        return ERR_OK;
    }
    const Denrei__V1__LostPassport *lost = (const Denrei__V1__LostPassport *)presented->content;
    if (finding->place >= lost->n_documents)
        return ERR_CORRUPT;
    *item = &lost->documents[finding->place]->base;
    return ERR_OK;
}

/* ---- words */

const char *
screening_verdict_word(enum screen_verdict verdict)
{
    return verdict == SCREEN_HIT ? "HIT" : verdict == SCREEN_CLEAR ? "CLEAR" : "CANNOT_SAY";
}

int
screening_verdict_exit(enum screen_verdict verdict)
{
    return verdict == SCREEN_HIT ? EXIT_HIT : verdict == SCREEN_CLEAR ? EXIT_DONE : EXIT_CANNOT_SAY;
}

/* ---- what the answers rest on */

struct state *
screening_state(struct screening *screening)
{
    return screening->state;
}

const struct directory *
screening_directory(struct screening *screening)
{
    return trust_directory(state_trust(screening->state), TRUST_UNLOGGED);
}

struct records *
screening_records(struct screening *screening)
{
    return screening->records;
}

static bool
issues_for(const struct member *member, const char *state)
{
    for (size_t i = 0; i < member->issuing_states_count; i++) {
        if (strcmp(member->issuing_states[i], state) == 0)
            return true;
    }
    return false;
}

const struct member *
screening_owner(struct screening *screening, const char *state)
{
    const struct directory *directory = screening_directory(screening);
    const struct member *owner = NULL;

    for (size_t i = 0; i < directory->members_count; i++) {
        if (!issues_for(&directory->members[i], state))
            continue;
        if (owner != NULL)
            return NULL; /* whom it belongs to is for a person to say */
        owner = &directory->members[i];
    }
    return owner;
}
