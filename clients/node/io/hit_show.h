/*
 * hit_show.h - where a node's hits stand, for people and for other programs.
 *
 * Host.  Peer text is escaped where it is printed.
 */
#ifndef CLIENTS_NODE_IO_HIT_SHOW_H
#define CLIENTS_NODE_IO_HIT_SHOW_H

#include "clients/hit.h"
#include "clients/io/state.h"
#include "clients/node/io/hits.h"
#include "clients/node/io/records.h"

#include <jansson.h>

enum { HIT_ANSWERS_MAX = 32 };

/* What is looked into; all is borrowed. */
struct hit_show {
    struct state *state;
    struct records *records;
    struct hits *hits;
    struct arena *arena;
    uint64_t now_ms;
};

/* A hit with all that was said about it; borrows from the arena. */
struct hit_standing {
    struct hit hit;
    enum hit_state state;
    bool is_record_ended; /* its owner has withdrawn or replaced the record since, or it expired */
    struct hit_course course; /* its reported_ms is 0 before the relay has the report */
    const Denrei__V1__ScreeningHit *draft; /* what was found; NULL once it has ended */
    struct hits_sent sent[HITS_SENT_MAX];  /* oldest first */
    size_t sent_count;
    uint64_t answers[HIT_ANSWERS_MAX]; /* leaves of the owner's replies, ascending */
    size_t answers_count;
};

/*
 * Gather all about the hit `number`, read before as standing->hit.
 * ERR_CORRUPT: a store does not hold what it must.  Else as db.h says.
 */
enum err hit_gather(const struct hit_show *show, struct hit_standing *standing);

/* One row of a table for each hit, newest first; or a line of JSON each. */
enum err hit_print_list(const struct hit_show *show, bool is_open_only, bool json);

/* All about one hit. */
enum err hit_print(const struct hit_show *show, const struct hit_standing *standing, bool json);

#endif /* CLIENTS_NODE_IO_HIT_SHOW_H */
