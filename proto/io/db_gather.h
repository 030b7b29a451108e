/*
 * db_gather.h - SQLite's own file system layer, but what is written to a write-ahead log in one
 * run goes to the system in one call: SQLite writes two pieces for each page of a commit.
 *
 * Host.  Nothing of a run is kept back at a sync, a read, a truncation or the file's close, and a
 * commit ends with a sync (synchronous=FULL), so another process sees no log without it either.
 * But what a rollback leaves of a run is written with whatever comes next, so that at most one
 * connection to a file may write, as the lock of a state directory makes sure.
 */
#ifndef PROTO_IO_DB_GATHER_H
#define PROTO_IO_DB_GATHER_H

/* Its name, for sqlite3_open_v2; registered at the first call, from any thread.  NULL: SQLite could
 * not. */
const char *db_gather_name(void);

#endif /* PROTO_IO_DB_GATHER_H */
