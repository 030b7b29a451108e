/*
 * limit.h - how much a peer may ask for in a time: a bucket that fills steadily.
 *
 * Pure.
 */
#ifndef RELAY_LIMIT_H
#define RELAY_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

struct limit_rate {
    uint64_t per_second; /* at most LIMIT_RATE_MAX; 0: nothing is allowed */
    uint64_t burst;      /* at most LIMIT_RATE_MAX: what may come at once after a rest */
};

#define LIMIT_RATE_MAX (UINT64_C(1) << 40)

/* Begins as zeros, which is a full bucket. */
struct limit {
    uint64_t at_ms;
    uint64_t used_milli; /* thousandths, what is missing from a full bucket */
};

/*
 * Take `count` (at most LIMIT_RATE_MAX) at `now_ms`.  False, and nothing is taken, if they are not
 * there; so `count` above the burst never is.  A clock that goes back fills nothing.
 */
bool limit_take(struct limit *limit, const struct limit_rate *rate, uint64_t now_ms,
                uint64_t count);

#endif /* RELAY_LIMIT_H */
