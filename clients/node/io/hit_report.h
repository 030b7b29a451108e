/*
 * hit_report.h - a hit's report to the owner of the record: made, checked as relay and owner will
 * check it, and put into the outbox.  No key is needed: whoever carries it seals it.
 *
 * Host.
 */
#ifndef CLIENTS_NODE_IO_HIT_REPORT_H
#define CLIENTS_NODE_IO_HIT_REPORT_H

#include "clients/io/state.h"
#include "clients/node/io/hit_post.h"
#include "clients/node/io/hits.h"
#include "clients/node/io/records.h"

/* What the person at the counter says; NULL or 0 where nothing is said. */
struct hit_told {
    const char *place; /* as in hit_post */
    const char *type;
    const char *country;
    const char *conveyance;
    const char *office;
    const char *email;
    const char *phone;
    const char *actions; /* words with commas between them */
    const char *note;
    const char *to;           /* the owner of a listed record, where several answer for its state */
    uint64_t met_ms;          /* 0: when it was looked up */
    const char *const *pairs; /* FIELD=VALUE, over all else */
    size_t pairs_count;
};

/* What reporting needs; all is borrowed. */
struct hit_report {
    struct state *state;
    struct records *records;
    struct hits *hits;
    const struct hit_post *post;
    struct arena *arena;
    struct problems *problems;
    uint64_t now_ms;
};

/*
 * Make the report of `hit` as told and put it into the outbox; *id is its message id.
 * ERR_CONFLICT: it was reported or dismissed, or its record was withdrawn, replaced or has expired.
 * ERR_POLICY: it may not go, or to whom is not clear.  ERR_FORMAT, ERR_USAGE: what was told is
 * wrong or lacks something.  Each is told in `problems`; nothing was changed.
 */
enum err hit_report_put(const struct hit_report *report, const struct hit *hit,
                        const struct hit_told *told, struct id *id);

/*
 * Put a message into the outbox that says what was done since about a hit that was reported.
 * Errors as hit_report_put; ERR_CONFLICT: its report was not accepted yet.
 */
enum err hit_follow_up_put(const struct hit_report *report, const struct hit *hit,
                           const struct hit_told *told, struct id *id);

#endif /* CLIENTS_NODE_IO_HIT_REPORT_H */
