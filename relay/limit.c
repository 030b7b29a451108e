#include "relay/limit.h"

bool
limit_take(struct limit *limit, const struct limit_rate *rate, uint64_t now_ms, uint64_t count)
{
    uint64_t passed_ms = now_ms > limit->at_ms ? now_ms - limit->at_ms : 0;
    uint64_t used = limit->used_milli;

    /* A thousandth per millisecond and unit of rate; compared by division, to not overflow. */
    if (rate->per_second > 0 && passed_ms >= used / rate->per_second + 1)
        used = 0;
    else
        used -= passed_ms * rate->per_second < used ? passed_ms * rate->per_second : used;
    if (now_ms > limit->at_ms)
        limit->at_ms = now_ms;
    limit->used_milli = used;
    if (used + count * 1000 > rate->burst * 1000)
        return false;
    limit->used_milli = used + count * 1000;
    return true;
}
