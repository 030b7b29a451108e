/*
 * kind_table.h - the list of the kinds; each row is defined in the kind's own file kind_*.c.
 *
 * Pure.  Others use kind.h.  A kind is its .proto message, its kind_*.c with `kind_NAME`, and one
 * line here; a number of enum Kind that has no line is refused wherever it turns up.
 */
#ifndef PROTO_KIND_TABLE_H
#define PROTO_KIND_TABLE_H

#include "proto/kind.h"

enum {
    KIND_TEN_YEARS_DAYS = 3653, /* with as many leap days as ten years can have */
    KIND_FIVE_YEARS_DAYS = 1827
};

/* In the order of their numbers. */
#define KIND_TABLE(ROW)                                                                            \
    ROW(kind_lost_passport)                                                                        \
    ROW(kind_suspect_alert)                                                                        \
    ROW(kind_mla)                                                                                  \
    ROW(kind_screening_hit)                                                                        \
    ROW(kind_organisation_notice)                                                                  \
    ROW(kind_technique_bulletin)                                                                   \
    ROW(kind_victim_referral)                                                                      \
    ROW(kind_travel_notice)

#define KIND_TABLE_DECLARE(row) extern const struct kind_type row;
KIND_TABLE(KIND_TABLE_DECLARE)
#undef KIND_TABLE_DECLARE

#endif /* PROTO_KIND_TABLE_H */
