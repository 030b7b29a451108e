/*
 * person.h - a person as screening knows one: spellings of the name, dates of birth, nationalities
 * and sex; and how likely two are the same.
 *
 * Pure.  The name decides; a date of birth confirms or speaks against it; nationality and sex are
 * weak evidence, since documents of several states, and slips, are common.
 */
#ifndef CLIENTS_NODE_PERSON_H
#define CLIENTS_NODE_PERSON_H

#include "clients/node/name_compare.h"
#include "proto/date_text.h"
#include "proto/mrz.h"
#include "proto/problem.h"
#include "proto/state_code.h"
#include "proto/suspect_alert.pb-c.h"

enum {
    PERSON_FORMS_MAX = 8,         /* of a question */
    PERSON_BIRTHS_MAX = 8,        /* as in SUSPECT_ALERT */
    PERSON_NATIONALITIES_MAX = 8, /* likewise */
    PERSON_FACTS_BYTES_MAX = 3 + PERSON_BIRTHS_MAX * 4 + PERSON_NATIONALITIES_MAX * 4,
    PERSON_REASON_BYTES = 192,
    PERSON_SCORE_DEFAULT = 84 /* from this score on it is a hit; see tests/bench/persons.c */
};

/* What is known beside the name. */
struct person_facts {
    struct date_text births[PERSON_BIRTHS_MAX]; /* year 0: not known, as in a zone with < for it */
    size_t births_count;
    char nationalities[PERSON_NATIONALITIES_MAX][STATE_CODE_BYTES];
    size_t nationalities_count;
    char sex; /* M or F; 0: not stated, X too */
};

/* Whom screening asks for; a plain value that borrows nothing. */
struct person_query {
    struct name_form forms[PERSON_FORMS_MAX];
    size_t forms_count;
    struct person_facts facts;
};

/* A person in words, as typed or listed; NULL and "" are absent. */
struct person_words {
    const char *family;
    const char *given;
    const char *full;  /* "FAMILY, GIVEN" or not divided; beside or instead of the two above */
    const char *birth; /* 1985-03-07, 1985-03 or 1985 */
    const char *nationality;
    const char *sex; /* M, F, X, <, male, female */
};

/*
 * A question in words.
 * ERR_FORMAT: the name has no letters, or date, nationality or sex is malformed; `problems` says
 * which, under the names of the fields, and *out is untouched.
 */
enum err person_ask(const struct person_words *words, struct person_query *out,
                    struct problems *problems);

/* Add another spelling of the same name; with PERSON_FORMS_MAX it is passed over. */
enum err person_ask_also(const char *full, struct person_query *query, struct problems *problems);

/* The holder of a machine-readable zone; `year` is that of today, which tells the century. */
void person_ask_mrz(const struct mrz *mrz, unsigned year, struct person_query *out);

/* What an alert says beside the names. */
void person_facts_read(const Denrei__V1__SuspectAlert *alert, struct person_facts *out);

/*
 * The name `place` of an alert: names first, then aliases.  Returns how many forms it has, its
 * reading included; at most PERSON_NAME_FORMS.
 */
enum { PERSON_NAME_FORMS = 2 * NAME_FORMS_OF_TEXT };
size_t person_name_read(const Denrei__V1__PersonName *name,
                        struct name_form forms[PERSON_NAME_FORMS]);

/* How the facts change the score of a name. */
struct person_match {
    unsigned score; /* 0 to 100 */
    unsigned name;  /* score of the name alone */
    uint8_t birth;  /* how the dates agree; for person_words_of */
    bool has_nationality, is_other_nationality, is_other_sex, is_same_sex;
    bool has_other_characters; /* both are known in Chinese characters, and those differ */
};

/* Combine.  The same with the sides exchanged. */
void person_compare_facts(unsigned name_score, const struct person_facts *left,
                          const struct person_facts *right, struct person_match *out);

/* Percent of a name's score that is left beside somebody born on `birth` (all 0: not known). */
unsigned person_birth_keeps(const struct person_facts *facts, struct date_text birth);

/* Both known in Chinese characters that differ: the name is another one that sounds alike. */
void person_doubt_characters(struct person_match *match);

/* Say in words how the facts agree, after what stands in `out`, of `room` bytes with the NUL. */
void person_compare_words(const struct person_match *match, char *out, size_t room);

/* As bytes for the index; returns how many. */
size_t person_facts_encode(const struct person_facts *facts, uint8_t out[PERSON_FACTS_BYTES_MAX]);

/* Read what person_facts_encode wrote.  ERR_CORRUPT: it did not. */
enum err person_facts_decode(struct span bytes, struct person_facts *out);

#endif /* CLIENTS_NODE_PERSON_H */
