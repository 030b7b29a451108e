/*
 * db_layout.h - whether a database has the tables of the version that it claims; a part of db.h.
 *
 * Host.  Touches only the connection that it is given.
 */
#ifndef PROTO_IO_DB_LAYOUT_H
#define PROTO_IO_DB_LAYOUT_H

#include "proto/io/db.h"

/*
 * Compare the tables and indexes of `db` with what the first `version` steps of `schema` make, so
 * that a file of a build whose steps were others is not taken for a damaged one.
 * ERR_UNKNOWN: they are others.  Else as db_err says.
 */
enum err db_check_layout(sqlite3 *db, const struct db_schema *schema, uint32_t version);

#endif /* PROTO_IO_DB_LAYOUT_H */
