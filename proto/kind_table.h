/*
 * kind_table.h - the row of each kind, defined in its own file kind_*.c, gathered by kind.c.
 *
 * Pure.  Others use kind.h.
 */
#ifndef PROTO_KIND_TABLE_H
#define PROTO_KIND_TABLE_H

#include "proto/kind.h"

enum {
    KIND_TEN_YEARS_DAYS = 3653, /* with as many leap days as ten years can have */
    KIND_FIVE_YEARS_DAYS = 1827
};

extern const struct kind_type kind_lost_passport;
extern const struct kind_type kind_suspect_alert;
extern const struct kind_type kind_mla;

#endif /* PROTO_KIND_TABLE_H */
