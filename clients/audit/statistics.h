/*
 * statistics.h - who sent how much of what, by month, and how many hits were answered in time: from
 * the headers alone, as a replay shows them.
 *
 * Pure.  A hit is a SCREENING_HIT that replies to no other one; what its recipient sends in reply,
 * whatever it says, answers it.  Months are those of UTC.
 */
#ifndef CLIENTS_AUDIT_STATISTICS_H
#define CLIENTS_AUDIT_STATISTICS_H

#include "clients/audit/audit.h"

enum { STATISTICS_MONTH_BYTES = 8 }; /* "2026-11" */

/* One member and kind in one month. */
struct statistics_row {
    char month[STATISTICS_MONTH_BYTES];
    char member[MEMBER_ID_MAX + 1];
    Denrei__V1__Kind kind; /* UNSPECIFIED: of refusals, which do not say it */
    uint64_t sent;         /* new ones */
    uint64_t updates;
    uint64_t withdrawals;
    uint64_t received; /* by this member, all three */
    uint64_t refused;  /* by the relay */
};

/* The hits that were reported to one member in one month. */
struct statistics_hits {
    char month[STATISTICS_MONTH_BYTES];
    char owner[MEMBER_ID_MAX + 1];
    uint64_t reported;
    uint64_t in_time; /* answered within the deadline */
    uint64_t late;
    uint64_t unanswered; /* and the deadline has passed */
    uint64_t open;       /* not answered, and it has not */
};

struct statistics;

/* On ERR_OK the caller owns *out and must statistics_free it.  ERR_NOMEM. */
enum err statistics_new(struct statistics **out);

/* Free *statistics and set it to NULL; a NULL *statistics is left alone. */
void statistics_free(struct statistics **statistics);

/* Count an entry; one with a fault is not counted.  ERR_NOMEM: it is not counted whole. */
enum err statistics_take(struct statistics *statistics, const struct audit_outcome *outcome);

/* How many rows there are, and each, ascending by month, member and kind; borrowed. */
size_t statistics_count(const struct statistics *statistics);
const struct statistics_row *statistics_at(const struct statistics *statistics, size_t index);

/*
 * The hits by month and owner, ascending, as they stand at the time of the last entry; made anew
 * by each call, and borrowed until the next.  ERR_NOMEM.
 */
enum err statistics_sum_hits(struct statistics *statistics, const struct statistics_hits **out,
                             size_t *count);

#endif /* CLIENTS_AUDIT_STATISTICS_H */
