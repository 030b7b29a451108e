/*
 * treaty_request.h - a request for mutual legal assistance, and its refusal, held against the
 * profile of their legal basis.
 *
 * Pure.  The same code asks at the officer's desk, before sealing, and at the recipient, after
 * opening (kind_mla.c).
 */
#ifndef PROTO_TREATY_REQUEST_H
#define PROTO_TREATY_REQUEST_H

#include "proto/kind_rule.h"
#include "proto/treaty.h"

/* Whether `request` says why it is urgent, or goes by the direct channel of urgent requests. */
bool treaty_request_is_urgent(const Denrei__V1__MlaRequest *request);

/*
 * Whether `content` must be there in `request`; for a part of an assistance, in the one at `item`,
 * else `item` says nothing.
 */
bool treaty_request_needs(const Denrei__V1__MlaRequest *request,
                          const struct treaty_content *content, size_t item);

/* Where a part that must be there is not. */
struct treaty_gap {
    struct problem_path
        path; /* "request.offences[1].provisions"; of a list without items, its own */
    const struct treaty_content *content;
};

/* Write the first `max` gaps of `mla`, a request, in the order of the profile; returns how many. */
size_t treaty_request_gaps(const struct treaty *treaty, const Denrei__V1__Mla *mla,
                           struct treaty_gap *out, size_t max);

/*
 * Add what `mla` lacks of what the treaty asks for, each with its article: parts, language,
 * channel, authorities, the confirmation of an urgent request, the ground of a refusal.  `place` is
 * the content's own.
 */
void treaty_request_check(const struct treaty *treaty, const struct kind_place *place,
                          const Denrei__V1__Mla *mla);

#endif /* PROTO_TREATY_REQUEST_H */
