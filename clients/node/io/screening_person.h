/*
 * screening_person.h - the person half of screening: candidates from the index, compared one by
 * one.
 *
 * Host.
 */
#ifndef CLIENTS_NODE_IO_SCREENING_PERSON_H
#define CLIENTS_NODE_IO_SCREENING_PERSON_H

#include "clients/node/io/records_person.h"
#include "clients/node/io/screening.h"

struct screening_persons; /* what a look-up needs, kept between questions */

/* On ERR_OK the caller must screening_persons_free *out.  ERR_NOMEM: no memory; *out is NULL. */
enum err screening_persons_new(struct screening_persons **out);

/* Free it and set *persons to NULL; NULL is left alone. */
void screening_persons_free(struct screening_persons **persons);

/*
 * Put the alerts in `records` whose persons score `score_min` or more against `query` into
 * `findings`, at most `room` of them and each alert once, the most certain first.  *has_more says
 * that there are, or may be, others.  Errors as db.h says.
 */
enum err screening_find_persons(struct screening_persons *persons, struct records *records,
                                const struct person_query *query, unsigned score_min,
                                uint64_t now_ms, struct finding *findings, size_t room,
                                size_t *count, bool *has_more);

#endif /* CLIENTS_NODE_IO_SCREENING_PERSON_H */
