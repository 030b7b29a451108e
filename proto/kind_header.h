/*
 * kind_header.h - what a kind's row allows a header: one judgment for sender, relay, recipient and
 * auditor, who all see the header, though only some see the content.
 *
 * Pure.  The rules are a table over the columns of the row (kind.h); no kind has one of its own.
 */
#ifndef PROTO_KIND_HEADER_H
#define PROTO_KIND_HEADER_H

#include "proto/kind.h"
#include "proto/refusal.h"

/* What the columns bound, of a header or of what will be one. */
struct kind_facts {
    Denrei__V1__Tlp tlp;
    Denrei__V1__UseRestriction use_restriction;
    size_t recipients_count;
    bool is_group;
    bool has_legal_basis;
    uint64_t created_at_ms; /* since 1970-01-01 UTC, before the year 10000, as the next */
    uint64_t expires_at_ms;
};

/*
 * The first rule that `facts` break, REFUSAL_NONE if they break none: REFUSAL_GROUP (the kind goes
 * to no group, or RED to one), REFUSAL_HANDLING (label, use restriction or number of recipients),
 * REFUSAL_LEGAL_BASIS (none is named), REFUSAL_TIMES (kept for too long).
 */
enum refusal kind_header_judge(const struct kind_type *kind, const struct kind_facts *facts);

/* Add each rule that `facts` break to `problems`, at the header's field, with what to do. */
void kind_header_report(const struct kind_type *kind, const struct kind_facts *facts,
                        struct problems *problems);

#endif /* PROTO_KIND_HEADER_H */
