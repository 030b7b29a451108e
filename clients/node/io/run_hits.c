#include "clients/node/io/run_hits.h"

#include "clients/node/io/hit_carry.h"
#include "clients/node/io/hit_report.h"
#include "proto/io/clock.h"
#include "proto/io/log.h"
#include "proto/wire.h"

#include <stdlib.h>

enum { TRACK_EVERY_MS = 5000, REPORTS_MAX = 16 };

struct run_hits {
    struct run_hits_options options;
    struct hits *hits;
    struct hit_post post;
    struct arena *arena;
    uint64_t tracked_at_ms; /* clock_boot_ms; 0: not yet */
    uint64_t looked_at;     /* number of the last hit that was reported or passed over */
};

/* A report by itself can ask nobody: what it must say stands in post.conf, or it does not begin. */
static enum err
check_post(const struct run_hits *hits, struct problems *problems)
{
    const struct hit_post *post = &hits->post;
    const char *lacks = post->type == NULL                           ? "type in [post]"
                        : post->place == NULL                        ? "place in [post]"
                        : post->country == NULL                      ? "country in [post]"
                        : post->office == NULL                       ? "office in [contact]"
                        : post->email == NULL && post->phone == NULL ? "email or phone in [contact]"
                                                                     : NULL;

    if (!hits->post.report_hits || lacks == NULL)
        return ERR_OK;
    problems_add(problems, "post.conf",
                 "`denrei-node hit post` prints a file that explains itself; put it into the state "
                 "directory",
                 "hits cannot be reported by themselves: %s is missing", lacks);
    return ERR_USAGE;
}

enum err
run_hits_open(const struct run_hits_options *options, struct problems *problems,
              struct run_hits **out)
{
    const char *dir = state_dir(options->state);
    struct run_hits *hits = calloc(1, sizeof *hits);
    enum err err = ERR_NOMEM;

    *out = NULL;
    if (hits == NULL)
        goto done;
    hits->options = *options;
    err = hit_post_read(dir, &hits->post, problems);
    hits->post.report_hits = hits->post.report_hits || options->report_hits;
    if (err == ERR_OK)
        err = check_post(hits, problems);
    if (err == ERR_OK)
        err = state_tell_db("hits.db", hits_open(dir, true, &hits->hits), problems);
    if (err == ERR_OK)
        err = arena_new(ARENA_BYTES_MAX, &hits->arena);
    if (err != ERR_OK)
        goto done;
    *out = hits;
    hits = NULL; /* now the caller's */

done:
    run_hits_close(&hits);
    return err;
}

void
run_hits_close(struct run_hits **hits)
{
    if (*hits == NULL)
        return;
    hit_post_free(&(*hits)->post);
    hits_close(&(*hits)->hits);
    arena_free(&(*hits)->arena);
    free(*hits);
    *hits = NULL;
}

enum err
run_hits_expire(struct run_hits *hits, uint64_t now_ms)
{
    enum err err = hits_expire(hits->hits, now_ms > HITS_MS ? now_ms - HITS_MS : 0);

    if (err == ERR_OK)
        err = hits_settle(hits->hits);
    return err == ERR_BUSY ? ERR_OK : err; /* the next time is a minute away */
}

/* ---- reporting by itself */

static bool
is_sure(const struct run_hits *hits, const struct hit *hit)
{
    ProtobufCMessage *message = NULL;

    if (wire_decode(&denrei__v1__screening_hit__descriptor, hit->draft, hits->arena, &message) !=
        ERR_OK)
        return false;
    const Denrei__V1__ScreeningHit *draft = (const Denrei__V1__ScreeningHit *)message;
    return draft->report != NULL && draft->report->score >= hits->post.score_min;
}

/* A hit that cannot be reported is told once, and left to a person. */
static enum err
report_one(struct run_hits *hits, const struct hit *hit)
{
    const struct hit_told told = {.place = NULL};
    struct problems problems = {0};
    const struct hit_report report = {.state = hits->options.state,
                                      .records = hits->options.records,
                                      .hits = hits->hits,
                                      .post = &hits->post,
                                      .arena = hits->arena,
                                      .problems = &problems,
                                      .now_ms = clock_now_ms()};
    struct id id;

    enum err err = hit_report_put(&report, hit, &told, &id);
    if (err == ERR_OK) {
        log_event(LOG_LEVEL_INFO, "hit-reports", "hit=%llu msg=%s owner=%s",
                  (unsigned long long)hit->number, log_id(id.bytes).text, hit->record.owner);
        return ERR_OK;
    }
    if (err == ERR_IO || err == ERR_NOSPACE || err == ERR_CORRUPT || err == ERR_NOMEM)
        return err;
    log_event(LOG_LEVEL_WARN, "hit-not-reported", "hit=%llu at=%s why=%s do=%s",
              (unsigned long long)hit->number,
              problems.count == 0 ? "" : problems.list[0].path.text,
              problems.count == 0 ? err_text(err) : problems.list[0].wrong,
              problems.count == 0 ? "" : problems.list[0].cure);
    return ERR_OK;
}

static enum err
report_new(struct run_hits *hits)
{
    struct hit hit;

    for (int i = 0; i < REPORTS_MAX; i++) {
        arena_reset(hits->arena);
        enum err err = hits_next_open(hits->hits, hits->looked_at, hits->arena, &hit);
        if (err != ERR_OK)
            return err == ERR_NOT_FOUND ? ERR_OK : err;
        if (is_sure(hits, &hit))
            err = report_one(hits, &hit);
        if (err != ERR_OK)
            return err;
        hits->looked_at = hit.number;
    }
    return ERR_OK;
}

/* ---- erasing */

/* What its owner ended is not kept in a hit that nobody was told of, dismissed or not. */
static enum err
forget_ended(struct run_hits *hits)
{
    uint64_t number = 0;
    struct record record;
    struct hit hit;
    enum err err = ERR_OK;

    while (err == ERR_OK) { /* ends: numbers ascend */
        arena_reset(hits->arena);
        err = hits_next_untold(hits->hits, number, hits->arena, &hit);
        if (err != ERR_OK)
            break;
        number = hit.number;
        err = records_at(hits->options.records, hit.record.leaf, &record);
        if (err == ERR_NOT_FOUND || (err == ERR_OK && record.state != RECORD_LIVE))
            err = hits_forget(hits->hits, number);
    }
    return err == ERR_NOT_FOUND ? hits_settle(hits->hits) : err;
}

/* ---- a round */

enum err
run_hits_step(struct run_hits *hits, struct connect *connect, struct problems *problems)
{
    struct problems told = {0};
    const struct hit_carry carry = {.state = hits->options.state,
                                    .connect = connect,
                                    .key = hits->options.key,
                                    .hits = hits->hits,
                                    .arena = hits->arena,
                                    .problems = &told};
    enum err err = ERR_OK;

    if (hits->post.report_hits)
        err = report_new(hits);
    if (err == ERR_OK)
        err = hit_carry_waiting(&carry, NULL);
    if (err == ERR_OK &&
        (hits->tracked_at_ms == 0 || clock_boot_ms() - hits->tracked_at_ms >= TRACK_EVERY_MS)) {
        err = hit_carry_track(&carry);
        hits->tracked_at_ms = clock_boot_ms();
        if (err == ERR_OK)
            err = forget_ended(hits);
    }
    if (err == ERR_BUSY) { /* whoever screens holds it for a moment: the next round comes soon */
        log_event(LOG_LEVEL_WARN, "hits-busy", "do=%s", "nothing: it is tried again");
        return ERR_OK;
    }
    if (err != ERR_OK)
        *problems = told;
    return err;
}
