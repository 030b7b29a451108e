#include "clients/hit.h"

#include "proto/limits.h"
#include "proto/time_text.h"

#include <string.h>

uint64_t
hit_answer_ms(const struct directory *directory, const char *id)
{
    const struct legal_basis *basis =
        id[0] == '\0' ? NULL : directory_find_legal_basis(directory, id);

    return basis == NULL || basis->answer_hours == 0 ? HIT_ANSWER_MS
                                                     : basis->answer_hours * HOUR_MS;
}

struct hit_course
hit_course_begin(uint64_t reported_ms, uint64_t answer_ms)
{
    return (struct hit_course){.reported_ms = reported_ms, .deadline_ms = reported_ms + answer_ms};
}

/* The state that a step of the owner leads to; 0: it is none. */
static enum hit_state
answer_of(const Denrei__V1__ScreeningHit *step)
{
    switch (step->step_case) {
    case DENREI__V1__SCREENING_HIT__STEP_CONFIRMED:
        return HIT_STATE_CONFIRMED;
    case DENREI__V1__SCREENING_HIT__STEP_NOT_CONFIRMED:
        return HIT_STATE_NOT_CONFIRMED;
    case DENREI__V1__SCREENING_HIT__STEP_CORRECTED:
        return HIT_STATE_CORRECTED;
    case DENREI__V1__SCREENING_HIT__STEP_RECOVERED:
        return HIT_STATE_RECOVERED;
    case DENREI__V1__SCREENING_HIT__STEP_MORE_TIME:
        return HIT_STATE_MORE_TIME;
    case DENREI__V1__SCREENING_HIT__STEP_REPORT:
    case DENREI__V1__SCREENING_HIT__STEP_FOLLOW_UP:
    case DENREI__V1__SCREENING_HIT__STEP__NOT_SET:
    case _DENREI__V1__SCREENING_HIT__STEP__CASE_IS_INT_SIZE:
        break;
    }
    return (enum hit_state)0;
}

static void
take_more_time(struct hit_course *course, const Denrei__V1__HitMoreTime *more)
{
    const struct span text = {(const uint8_t *)more->until, strlen(more->until)};
    uint64_t until_ms = 0;

    if (time_text_parse(text, &until_ms) != ERR_OK || until_ms < course->deadline_ms)
        return;
    course->deadline_ms = until_ms;
    course->has_more_time = true;
}

void
hit_course_take(struct hit_course *course, const Denrei__V1__ScreeningHit *step, uint64_t time_ms,
                uint64_t leaf)
{
    enum hit_state answer = answer_of(step);

    if (answer == HIT_STATE_MORE_TIME) {
        /* Asked for after the answer, it is no news; steps can come out of order. */
        if (course->answered_ms == 0 || time_ms < course->answered_ms)
            take_more_time(course, step->more_time);
        return;
    }
    if (answer == 0)
        return;
    if (course->answered_ms == 0 || time_ms < course->answered_ms)
        course->answered_ms = time_ms;
    if (course->answer == 0 || leaf > course->answer_leaf) {
        course->answer = answer;
        course->answer_leaf = leaf;
    }
}

enum hit_state
hit_course_state(const struct hit_course *course, uint64_t now_ms)
{
    if (course->reported_ms == 0)
        return HIT_STATE_WAITING;
    if (course->answer != 0)
        return course->answer;
    if (now_ms > course->deadline_ms)
        return HIT_STATE_NO_REPLY;
    if (course->has_more_time)
        return HIT_STATE_MORE_TIME;
    return course->notified_ms != 0 ? HIT_STATE_NOTIFIED : HIT_STATE_REPORTED;
}

bool
hit_course_is_late(const struct hit_course *course)
{
    return course->answered_ms > course->deadline_ms;
}

/* ---- words */

static const struct {
    const char *word;
    const char *text;
} STATES[] = {
    [HIT_STATE_FOUND] = {"FOUND", "found here; report it to the owner, or dismiss it"},
    [HIT_STATE_DISMISSED] = {"DISMISSED", "dismissed here as false; nobody was told"},
    [HIT_STATE_WAITING] = {"WAITING", "the report waits to be sent"},
    [HIT_STATE_REPORTED] = {"HIT_REPORTED", "the report is in the log; the owner has not got it"},
    [HIT_STATE_NOTIFIED] = {"ISSUER_NOTIFIED", "the owner has the report and is to answer"},
    [HIT_STATE_MORE_TIME] = {"MORE_TIME", "the owner has asked for more time"},
    [HIT_STATE_CONFIRMED] = {"CONFIRMED", "the owner confirms: do what it asks"},
    [HIT_STATE_NOT_CONFIRMED] = {"NOT_CONFIRMED", "the owner does not confirm: no reason to act"},
    [HIT_STATE_CORRECTED] = {"CORRECTED", "the owner has corrected its record: read the answer"},
    [HIT_STATE_RECOVERED] = {"RECOVERED", "the owner has the document back"},
    [HIT_STATE_NO_REPLY] = {"NO_REPLY", "the deadline passed without an answer: call the owner"},
};

static bool
is_state(enum hit_state state)
{
    return state >= HIT_STATE_FOUND && state <= HIT_STATE_NO_REPLY;
}

const char *
hit_state_word(enum hit_state state)
{
    return is_state(state) ? STATES[state].word : "UNKNOWN";
}

const char *
hit_state_text(enum hit_state state)
{
    return is_state(state) ? STATES[state].text : "";
}
