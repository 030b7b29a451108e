/*
 * passenger_csv.h - a passenger list as CSV, one traveller in a row.
 *
 * Pure.  Columns, by the names of the first row: family_name, given_names, date_of_birth, sex,
 * nationality, document_number, issuing_state, document_type, date_of_expiry, seat, locator, and
 * flight, from, to, departs (of the first row that has them).  What is not needed may be absent.
 */
#ifndef CLIENTS_NODE_PASSENGER_CSV_H
#define CLIENTS_NODE_PASSENGER_CSV_H

#include "clients/node/passenger.h"
#include "proto/arena.h"
#include "proto/bytes.h"
#include "proto/err.h"
#include "proto/problem.h"

/*
 * Read the travellers in `text`, in the order of the rows; the list lies in `arena`, and *out is
 * set with ERR_OK alone.  A malformed row is named as "line 7", and is a traveller with damage.
 * ERR_FORMAT: the first row names no column that is known, or no row follows.
 * ERR_FULL: more than PASSENGERS_MAX.  ERR_NOMEM: arena full.
 */
enum err passenger_csv_parse(struct span text, struct arena *arena, struct passenger_list *out,
                             struct problems *problems);

#endif /* CLIENTS_NODE_PASSENGER_CSV_H */
