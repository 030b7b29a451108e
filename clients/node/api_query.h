/*
 * api_query.h - a question of the border application, as JSON: which traveller to screen.
 *
 * Pure.  Members of the object: `number` and `state`, or `mrz`, which asks for the holder too;
 * `family_name` and `given_names`, or `name`, with `date_of_birth`, `nationality` and `sex`;
 * `reference`, which the answer repeats.  A member that is not known is refused, so that a slip is
 * never a question half asked.
 */
#ifndef CLIENTS_NODE_API_QUERY_H
#define CLIENTS_NODE_API_QUERY_H

#include "clients/node/person.h"
#include "clients/node/screen.h"
#include "proto/err.h"
#include "proto/problem.h"

#include <jansson.h>

enum { API_REFERENCE_BYTES = 65 };

struct api_query {
    bool has_document;
    struct screen_query document;
    bool has_person;
    struct person_query person;
    char reference[API_REFERENCE_BYTES]; /* "" if none */
};

/*
 * Read `json`; `year` is that of today.  Problems have the member's name as their path.
 * ERR_FORMAT: not an object, a member that is unknown, missing or malformed.
 * ERR_RANGE: a check digit of the zone is wrong: it was misread and must not be looked up.
 * out->reference is set in any case.
 */
enum err api_query_read(const json_t *json, unsigned year, struct api_query *out,
                        struct problems *problems);

#endif /* CLIENTS_NODE_API_QUERY_H */
