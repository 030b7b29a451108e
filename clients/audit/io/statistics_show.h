/*
 * statistics_show.h - the statistics of a log, for people and for other programs.
 *
 * Host.
 */
#ifndef CLIENTS_AUDIT_IO_STATISTICS_SHOW_H
#define CLIENTS_AUDIT_IO_STATISTICS_SHOW_H

#include "clients/audit/io/job.h"
#include "clients/audit/io/replay.h"

/*
 * Replay the log of an open job and print two tables, messages and hits, or with `json` one object.
 * Errors and *report as replay_run; what was sound is printed whatever is wrong with the rest.
 */
enum err statistics_print(const struct job *job, bool json, struct replay_report *report,
                          struct problems *problems);

#endif /* CLIENTS_AUDIT_IO_STATISTICS_SHOW_H */
