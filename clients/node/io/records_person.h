/*
 * records_person.h - the index of persons in node.db: forms of their names, found by keys.
 *
 * Host.  A row for each form (name_form.h) of a name or alias, with what is known beside it, so
 * that a question is answered without reading a message; a row for each of its keys and years of
 * birth.
 */
#ifndef CLIENTS_NODE_IO_RECORDS_PERSON_H
#define CLIENTS_NODE_IO_RECORDS_PERSON_H

#include "clients/node/io/records.h"
#include "clients/node/person.h"

enum {
    RECORDS_PERSONS_MAX = 320, /* forms that one question is compared with */
    RECORDS_SEEN = 2048
};

/* A form on record; `form` and `facts` are filled by records_person_at. */
struct record_person {
    uint64_t leaf;
    uint64_t until_ms;
    struct name_form form;
    struct person_facts facts;
};

/*
 * Enter a suspect's names and aliases into the index under `leaf`, until `expires_ms`; within a
 * transaction.  Errors as db.h says.
 */
enum err records_index_person(struct records *records, uint64_t leaf, uint64_t expires_ms,
                              const Denrei__V1__SuspectAlert *content);

/* Enter one form; for records_index_person and for bulk. */
enum err records_put_person(struct records *records, const struct record_person *person);

/* Take all of `leaf` out of the index; within a transaction. */
enum err records_drop_person(struct records *records, uint64_t leaf);

/* Forms that may match: their numbers, each once. */
struct record_candidates {
    uint64_t ids[RECORDS_PERSONS_MAX];
    size_t count;
    bool has_more; /* there may be others, beyond the bound */
    uint64_t seen[RECORDS_SEEN];
};

/* What is known of whom is asked for, and the least score that counts. */
struct record_person_query {
    const struct person_facts *facts;
    unsigned score_min;
};

/*
 * Find the forms that share a key with `spoken` and whose date of birth lets them score enough.
 * Adds to *out, which begins as zeros.  Errors as db.h says.
 */
enum err records_find_persons(struct records *records, struct name_spoken *spoken,
                              const struct record_person_query *query,
                              struct record_candidates *out);

/* Read the form with number `id`.  ERR_CORRUPT: it is not what it must be.  Else as db.h says. */
enum err records_person_at(struct records *records, uint64_t id, struct record_person *out);

/* Whether `leaf` has a name in Chinese characters.  Errors as db.h says. */
enum err records_person_has_han(struct records *records, uint64_t leaf, bool *out);

#endif /* CLIENTS_NODE_IO_RECORDS_PERSON_H */
