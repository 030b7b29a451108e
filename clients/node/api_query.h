/*
 * api_query.h - a question of the border application, as JSON: which traveller to screen.
 *
 * Pure.  Members of the object: `number` and `state`, or `mrz`; `reference`, which the answer
 * repeats.  A member that is not known is refused, so that a slip is never a question half asked.
 */
#ifndef CLIENTS_NODE_API_QUERY_H
#define CLIENTS_NODE_API_QUERY_H

#include "clients/node/screen.h"
#include "proto/err.h"
#include "proto/problem.h"

#include <jansson.h>

enum { API_REFERENCE_BYTES = 65 };

struct api_query {
    bool has_document;
    struct screen_query document;
    char reference[API_REFERENCE_BYTES]; /* "" if none */
};

/*
 * Read `json`.  Problems have the member's name as their path.
 * ERR_FORMAT: not an object, a member that is unknown, missing or malformed.
 * ERR_RANGE: a check digit of the zone is wrong: it was misread and must not be looked up.
 * out->reference is set in any case.
 */
enum err api_query_read(const json_t *json, struct api_query *out, struct problems *problems);

#endif /* CLIENTS_NODE_API_QUERY_H */
