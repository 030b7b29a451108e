/*
 * screening_imports.h - the half of screening that looks into imported lists; a part of
 * screening.h.
 *
 * Host.
 */
#ifndef CLIENTS_NODE_IO_SCREENING_IMPORTS_H
#define CLIENTS_NODE_IO_SCREENING_IMPORTS_H

#include "clients/node/io/screening.h"

/*
 * Room for a finding behind those of `answer` that are as certain, its score set and the rest as it
 * may be; NULL: there are enough that are as certain.
 */
struct finding *screening_add_finding(struct screening_answer *answer, unsigned score);

/*
 * Look `query` (NULL: nothing) up in every list, and tell in the answer's sources how each of them
 * is at `now_ms`.  One that cannot be read, or has more records alike than a look-up goes over,
 * is SCREENING_SOURCE_LOST; that leaves the others, and what was found, as they are.  `walk` is
 * scratch.
 */
void screening_find_imports(struct imports *imports, struct doclist_walk *walk,
                            const struct screen_query *query, uint64_t now_ms,
                            struct screening_answer *answer);

/* Whether a list lets nobody be called clear, and why. */
bool screening_has_bad_source(const struct screening_answer *answer,
                              char reason[SCREENING_REASON_BYTES]);

#endif /* CLIENTS_NODE_IO_SCREENING_IMPORTS_H */
