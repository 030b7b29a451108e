/*
 * screening.h - asking a node's data about one traveller: the document, the person, or both, with
 * one answer.
 *
 * Host.  Reads a node's state directory beside the node that runs on it; writes only what was
 * found, to hits.db, so that it can be reported.  A handle belongs to one thread; several threads,
 * or processes, each open their own.  Asking allocates nothing.
 */
#ifndef CLIENTS_NODE_IO_SCREENING_H
#define CLIENTS_NODE_IO_SCREENING_H

#include "clients/io/state.h"
#include "clients/node/finding.h"
#include "clients/node/io/imports.h"
#include "clients/node/io/present.h"
#include "clients/node/io/records.h"
#include "clients/node/person.h"
#include "clients/node/screen.h"
#include "keys/directory.h"
#include "proto/problem.h"

enum { SCREENING_FINDINGS_MAX = 64, SCREENING_REASON_BYTES = 256 };

struct screening;

/*
 * One traveller; either half may be NULL, and what is NULL is not looked for.  With neither the
 * answer says whether anybody can be called clear.
 */
struct screening_question {
    const struct screen_query *document;
    const struct person_query *person;
};

/* An imported list that was searched, or had to be. */
enum screening_source_state { SCREENING_SOURCE_GOOD, SCREENING_SOURCE_OLD, SCREENING_SOURCE_LOST };

struct screening_source {
    char name[IMPORTED_SOURCE_BYTES];
    enum screening_source_state state; /* LOST: it is missing, damaged, or cannot be read */
    uint64_t as_of_ms;                 /* date of its data */
    uint64_t documents;
    uint64_t rejected; /* rows of it that were no records, so that they are not on record */
};

/* A plain value of some 30 KiB that borrows nothing; it needs no clearing before the call. */
struct screening_answer {
    enum screen_verdict verdict;
    char reason[SCREENING_REASON_BYTES]; /* with SCREEN_CANNOT_SAY a sentence of why, else "" */
    struct screen_view view;             /* of the very data that were searched */
    struct finding findings[SCREENING_FINDINGS_MAX]; /* the most certain first */
    size_t findings_count;
    enum err noted; /* why hits were not noted; ERR_OK: they were, or there are none */
    bool has_more;  /* there are findings beyond these, none of them more certain */
    struct screening_source sources[IMPORTS_MAX];
    size_t sources_count;
};

/*
 * Open the node's data in the state directory `dir` (as state_find gave it).  On ERR_OK the caller
 * must screening_close *out, else it is NULL and `problems` says what is wrong and what to do.
 * ERR_NOT_FOUND: not a state directory, or its node has not run yet.  Else as state_open and
 * records_open say.
 */
enum err screening_open(const char *dir, struct problems *problems, struct screening **out);

/* Close it and set *screening to NULL; NULL is left alone. */
void screening_close(struct screening **screening);

/*
 * Take the federation's documents of now: a server that runs long calls it about once a minute,
 * between questions.  After an error what was known before stays.  Errors as screening_open.
 */
enum err screening_refresh(struct screening *screening, struct problems *problems);

/*
 * Answer `question` at `now_ms`.
 * ERR_CORRUPT: the store does not hold what it must.  Else as db.h says.  After an error nothing
 * can be said (exit code 11), and *out is undefined; screening_tell has it in words.
 */
enum err screening_ask(struct screening *screening, const struct screening_question *question,
                       uint64_t now_ms, struct screening_answer *out);

/* Persons are a hit from this score on, 1 to 100; PERSON_SCORE_DEFAULT at first. */
void screening_set_person_score(struct screening *screening, unsigned score_min);

/* Tell what an error of screening_ask or screening_load means, if anything; returns it. */
enum err screening_tell(enum err err, struct problems *problems);

/*
 * The message of a FINDING_OF_MESSAGE, in `arena`, and what was found in it: a LostDocument, or a
 * suspect's SuspectAlert.  Borrowed from `arena` and, until the next call, from `screening`.
 * ERR_CORRUPT: it is not there any more, or not what it must be.  ERR_NOMEM: arena full.
 */
enum err screening_load(struct screening *screening, const struct finding *finding,
                        struct arena *arena, struct presented *presented,
                        const ProtobufCMessage **item);

/* "HIT", "CLEAR" or "CANNOT_SAY", as JSON has it. */
const char *screening_verdict_word(enum screen_verdict verdict);

/* The exit code of a verdict: 10, 0 or 11. */
int screening_verdict_exit(enum screen_verdict verdict);

/* What the answers rest on, borrowed until screening_refresh or screening_close. */
struct state *screening_state(struct screening *screening);
const struct directory *screening_directory(struct screening *screening);
struct records *screening_records(struct screening *screening);

/*
 * The member to whom a hit on an imported record belongs: the one that the directory lets report
 * documents of the issuing state `state`; NULL if there is none, or there are several.
 */
const struct member *screening_owner(struct screening *screening, const char *state);

#endif /* CLIENTS_NODE_IO_SCREENING_H */
