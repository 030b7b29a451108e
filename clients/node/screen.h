/*
 * screen.h - screening a travel document: what was asked, what the node's data say, and whether
 * the node may say anything at all.
 *
 * Pure.  "No match" and "no data" never look alike: a node whose data are not proven complete and
 * fresh cannot say that a document is clear.  A hit stands whatever the freshness.
 */
#ifndef CLIENTS_NODE_SCREEN_H
#define CLIENTS_NODE_SCREEN_H

#include "proto/err.h"
#include "proto/mrz.h"
#include "proto/problem.h"
#include "proto/state_code.h"

#include <stdbool.h>
#include <stdint.h>

/* What is looked up. */
struct screen_query {
    struct document_number number;
    char state[STATE_CODE_BYTES];
    bool has_mrz; /* `mrz` is set: the query came as a machine-readable zone */
    struct mrz mrz;
};

/*
 * A query by number and issuing state as a person types them.
 * ERR_FORMAT: one of them is malformed or no such state issues documents; `problems` says which.
 */
enum err screen_ask_number(const char *number, const char *state, struct screen_query *out,
                           struct problems *problems);

/*
 * A query by machine-readable zone.
 * ERR_FORMAT: not a zone.  ERR_RANGE: a check digit is wrong, so the zone was misread or forged
 * and must not be looked up; `problems` names the digit.  *out is set with ERR_RANGE too.
 */
enum err screen_ask_mrz(const char *text, struct screen_query *out, struct problems *problems);

/* How far the node's data are proven. */
struct screen_view {
    uint64_t flash_stored; /* last mailbox numbers stored */
    uint64_t rest_stored;
    uint64_t flash_last; /* last mailbox numbers that the relay signed for */
    uint64_t rest_last;
    uint64_t head_time_ms;      /* of that head; 0: none yet */
    uint64_t witnessed_time_ms; /* newest checkpoint with a quorum of cosignatures; 0: none yet */
    uint64_t tree_size;         /* of the newest checkpoint taken */
    uint64_t missing;           /* messages on documents, in force, whose content is not here */
    uint64_t missing_persons;   /* likewise, alerts on persons */
    bool has_witnesses;         /* the directory in force names some */
    struct {
        uint64_t count;
        uint64_t newest; /* number of the newest generation */
    } lists;             /* that were imported: they are others when these are */
};

/*
 * The time that has certainly passed, so that a wrong clock erases nothing: the quorum's, without
 * witnesses the relay's, and never after this clock's `now_ms`.
 */
uint64_t screen_proven_ms(const struct screen_view *view, uint64_t now_ms);

/*
 * Whether what is of `time_ms` is older than `life_ms`; a time ahead of this clock by more than the
 * skew is not believed either.
 */
bool screen_is_old(uint64_t time_ms, uint64_t life_ms, uint64_t now_ms);

/*
 * Why the view at `now_ms` says nothing of the present: the relay, or a quorum of witnesses, has
 * not been heard of for ten minutes.  "" if it is fresh.
 */
const char *screen_staleness(const struct screen_view *view, uint64_t now_ms);

enum screen_verdict { SCREEN_CLEAR, SCREEN_HIT, SCREEN_CANNOT_SAY };

/*
 * The verdict for `hits` found under `view` at `now_ms`; with SCREEN_CANNOT_SAY *reason is a
 * sentence of why, otherwise "".
 */
enum screen_verdict screen_judge(size_t hits, const struct screen_view *view, uint64_t now_ms,
                                 const char **reason);

#endif /* CLIENTS_NODE_SCREEN_H */
