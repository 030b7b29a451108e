/*
 * hit.h - the course of a hit from the report to the owner's answer, as both sides see it.
 *
 * Pure.  Every step is a message in the log: whoever has the steps sees the same state.
 */
#ifndef CLIENTS_HIT_H
#define CLIENTS_HIT_H

#include "keys/directory.h"
#include "proto/screening_hit.pb-c.h"

enum hit_state {
    HIT_STATE_FOUND = 1,     /* by the node: not reported yet */
    HIT_STATE_DISMISSED = 2, /* by the node: it was false */
    HIT_STATE_WAITING = 3,   /* the report is on its way to the relay */
    HIT_STATE_REPORTED = 4,  /* the relay has it */
    HIT_STATE_NOTIFIED = 5,  /* the owner signed that it has it */
    HIT_STATE_MORE_TIME = 6, /* the owner has asked for more time */
    HIT_STATE_CONFIRMED = 7, /* from here on the owner's last word */
    HIT_STATE_NOT_CONFIRMED = 8,
    HIT_STATE_CORRECTED = 9,
    HIT_STATE_RECOVERED = 10,
    HIT_STATE_NO_REPLY = 11 /* the deadline passed without an answer */
};

/* Begins with hit_course_begin; a plain value. */
struct hit_course {
    uint64_t reported_ms;  /* when the relay accepted the report; 0: not yet */
    uint64_t notified_ms;  /* when the owner signed for it; 0: not known */
    uint64_t deadline_ms;  /* until when an answer is due */
    enum hit_state answer; /* the owner's last word; 0: none yet */
    uint64_t answered_ms;  /* when the relay accepted the first that is an answer; 0: none */
    uint64_t answer_leaf;  /* of the last word */
    bool has_more_time;    /* the deadline was moved by the owner */
};

/*
 * How long the owner has to answer a hit that rests on the legal basis `id` ("" for none): what the
 * basis says, else HIT_ANSWER_MS.
 */
uint64_t hit_answer_ms(const struct directory *directory, const char *id);

/* A report that was accepted at `reported_ms` and is to be answered within `answer_ms`. */
struct hit_course hit_course_begin(uint64_t reported_ms, uint64_t answer_ms);

/*
 * Take a step that the owner took in reply, accepted at `time_ms` as the log's `leaf`; in any
 * order.  The last answer counts; more time moves the deadline as long as nothing was answered.
 * What is no step of the owner changes nothing.
 */
void hit_course_take(struct hit_course *course, const Denrei__V1__ScreeningHit *step,
                     uint64_t time_ms, uint64_t leaf);

/* Where it stands at `now_ms`. */
enum hit_state hit_course_state(const struct hit_course *course, uint64_t now_ms);

/* Whether the first answer came after the deadline. */
bool hit_course_is_late(const struct hit_course *course);

/* The word of a state in capitals, as JSON has it; never NULL. */
const char *hit_state_word(enum hit_state state);

/* What the state means and who must act, a sentence for people; never NULL. */
const char *hit_state_text(enum hit_state state);

#endif /* CLIENTS_HIT_H */
