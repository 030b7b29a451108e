#include "proto/io/clock.h"

#include <assert.h>
#include <time.h>

static uint64_t
read_ms(clockid_t which)
{
    struct timespec now;
    int failed = clock_gettime(which, &now);

    /* Both clocks exist on every Linux that runs these programs, and neither is before 1970. */
    assert(failed == 0);
    assert(now.tv_sec >= 0);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

uint64_t
clock_now_ms(void)
{
    return read_ms(CLOCK_REALTIME);
}

uint64_t
clock_boot_ms(void)
{
    return read_ms(CLOCK_BOOTTIME);
}

struct time_text
clock_local_text(uint64_t time_ms)
{
    time_t seconds = (time_t)(time_ms / 1000);
    struct tm local;
    int offset_minutes = 0;

    if (localtime_r(&seconds, &local) != NULL)
        offset_minutes = (int)(local.tm_gmtoff / 60);
    return time_text_zone(time_ms, offset_minutes);
}
