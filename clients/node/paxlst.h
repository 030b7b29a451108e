/*
 * paxlst.h - Advance Passenger Information as PAXLST (WCO/IATA/ICAO Guidelines on API, annex: the
 * PAXLST implementation guide; UN/EDIFACT D.02B, D.05B and later).
 *
 * Pure.  Malformed segments are named, and the rest is read all the same.
 */
#ifndef CLIENTS_NODE_PAXLST_H
#define CLIENTS_NODE_PAXLST_H

#include "clients/node/passenger.h"
#include "proto/arena.h"
#include "proto/bytes.h"
#include "proto/err.h"
#include "proto/problem.h"

/*
 * Read the travellers of all PAXLST messages in `text`, in the order of the file; the list lies in
 * `arena`, and *out is set with ERR_OK alone.  `today` tells the century of a birth that is written
 * with two digits of its year.  Problems have the path "segment 17 (DOC)".  With any, or where the
 * counts of the file do not agree with what it has, out->is_complete is false.
 * ERR_FORMAT: no interchange, or no PAXLST message in it.  ERR_FULL: more than PASSENGERS_MAX.
 * ERR_NOMEM: arena full.
 */
enum err paxlst_parse(struct span text, struct date_text today, struct arena *arena,
                      struct passenger_list *out, struct problems *problems);

/* Whether `text` may be one, to tell it from a CSV file: it begins with UNA or UNB. */
bool paxlst_is_likely(struct span text);

#endif /* CLIENTS_NODE_PAXLST_H */
