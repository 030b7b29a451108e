#include "clients/node/io/run.h"

#include "clients/node/io/files.h"
#include "clients/node/io/hook.h"
#include "clients/node/io/intake.h"
#include "clients/node/io/run_hits.h"
#include "clients/node/screen.h"
#include "proto/io/clock.h"
#include "proto/io/log.h"

#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

/* How long a fetch waits for news: short enough to cosign in time and to notice a signal. */
enum { FETCH_WAIT_MS = 2000, EXPIRE_EVERY_MS = 60000 };

static volatile sig_atomic_t stop_asked;

static void
on_signal(int number)
{
    if (stop_asked != 0)
        _exit(128 + number); /* the second time: at once; the store is safe at any moment */
    stop_asked = 1;
}

static void
catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal};

    sigemptyset(&action.sa_mask);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
}

struct run {
    const struct run_options *options;
    struct net *net;
    struct intake *intake;
    struct hook *hook;   /* NULL without one */
    struct files *files; /* likewise */
    struct run_hits *hits;
    bool has_files; /* to fetch at once */
    uint64_t expired_at_ms;
    uint64_t swept_at_ms;
    uint64_t hook_due_ms;
    uint64_t roster_version; /* of our own member, as last seen */
    uint64_t started_ms;
    bool is_stale; /* the view, as last told */
};

/*
 * Whether it is worth another try: the relay or the network may come back.  Whatever a relay does,
 * it must not end the node; only what is wrong with our own machine does.
 */
static bool
may_heal(enum err err)
{
    return err != ERR_IO && err != ERR_CORRUPT && err != ERR_PERMISSION && err != ERR_USAGE;
}

static void
log_problems(enum err err, const struct problems *problems)
{
    if (problems_is_empty(problems))
        log_event(LOG_LEVEL_WARN, "link", "why=%s", err_text(err));
    for (size_t i = 0; i < problems->count; i++)
        log_event(LOG_LEVEL_WARN, "link", "at=%s why=%s do=%s", problems->list[i].path.text,
                  problems->list[i].wrong, problems->list[i].cure);
}

/* A roster of our own member that came is told aloud: nobody must change it behind our back. */
static void
watch_own_roster(struct run *run)
{
    const char *member = state_self(run->options->state)->member;
    const struct roster *roster =
        trust_roster(state_trust(run->options->state), member, TRUST_UNLOGGED);

    if (roster == NULL || roster->version == run->roster_version)
        return;
    if (run->roster_version != 0)
        log_event(LOG_LEVEL_WARN, "own-roster", "member=%s version=%llu credentials=%zu do=%s",
                  member, (unsigned long long)roster->version, roster->credentials_count,
                  "check with your key authority that it issued this");
    run->roster_version = roster->version;
}

/* A view that nobody confirms any more is an alarm; a node that has just started is given time. */
static void
watch_view(struct run *run)
{
    const struct screen_view *view = intake_view(run->intake);
    const uint64_t now_ms = clock_now_ms();
    const char *why = screen_staleness(view, now_ms);
    bool is_stale = why[0] != '\0' && clock_boot_ms() - run->started_ms > WITNESS_FRESH_MS;

    if (is_stale && !run->is_stale)
        log_event(
            LOG_LEVEL_ERROR, "stale-view", "why=%s relay_ms=%llu quorum_ms=%llu do=%s", why,
            (unsigned long long)view->head_time_ms, (unsigned long long)view->witnessed_time_ms,
            "ask the relay's operator and the other witnesses; screening cannot say meanwhile");
    if (why[0] == '\0' && run->is_stale)
        log_event(LOG_LEVEL_INFO, "fresh-view", "quorum_ms=%llu",
                  (unsigned long long)view->witnessed_time_ms);
    run->is_stale = is_stale || (run->is_stale && why[0] != '\0');
}

static enum err
see_to_hook(struct run *run)
{
    run->hook_due_ms = UINT64_MAX;
    return run->hook == NULL ? ERR_OK : hook_step(run->hook, &run->hook_due_ms);
}

/* What came may have ended another message; what expired is seen within a minute. */
static enum err
see_to_files(struct run *run, struct connect *connect, bool has_news, struct problems *problems)
{
    enum err err = ERR_OK;

    if (run->files == NULL)
        return ERR_OK;
    if (has_news || clock_boot_ms() - run->swept_at_ms >= EXPIRE_EVERY_MS) {
        err = files_sweep(run->files);
        run->swept_at_ms = clock_boot_ms();
    }
    return err == ERR_OK ? files_fetch(run->files, connect, &run->has_files, problems) : err;
}

static enum err
see_to_expiry(struct run *run)
{
    size_t count = 0;
    enum err err = ERR_OK;

    if (clock_boot_ms() - run->expired_at_ms < EXPIRE_EVERY_MS && run->expired_at_ms != 0)
        return ERR_OK;
    err = intake_expire(run->intake, &count);
    if (err == ERR_OK && count > 0)
        log_event(LOG_LEVEL_INFO, "expired", "messages=%zu", count);
    if (err == ERR_OK)
        err = run_hits_expire(run->hits, clock_now_ms());
    run->expired_at_ms = clock_boot_ms();
    return err;
}

/* One round over an open connection. */
static enum err
round_once(struct run *run, struct connect *connect, struct problems *problems)
{
    size_t stored = 0;
    uint64_t wait_ms = FETCH_WAIT_MS;
    uint64_t now_ms = clock_now_ms();

    if (run->hook_due_ms != UINT64_MAX)
        wait_ms = run->hook_due_ms <= now_ms ? 0 : run->hook_due_ms - now_ms;
    if (wait_ms > FETCH_WAIT_MS)
        wait_ms = FETCH_WAIT_MS;
    if (run->has_files)
        wait_ms = 0;
    enum err err = intake_fetch(run->intake, connect, wait_ms, &stored, problems);
    /* The federation waits for its witnesses, whatever becomes of our receipts. */
    if (err == ERR_OK)
        err = intake_witness(run->intake, connect, problems);
    if (err == ERR_OK)
        err = intake_acknowledge(run->intake, connect, problems);
    if (err == ERR_OK)
        err = run_hits_step(run->hits, connect, problems);
    if (err == ERR_OK)
        watch_own_roster(run);
    watch_view(run);
    if (err == ERR_OK)
        err = see_to_expiry(run);
    if (err == ERR_OK)
        err = see_to_files(run, connect, stored > 0, problems);
    return err == ERR_OK ? see_to_hook(run) : err;
}

static enum err
serve(struct run *run, struct problems *problems, unsigned *attempt)
{
    const struct run_options *options = run->options;
    struct connect *connect = NULL;
    enum err err = connect_open(run->net, options->state, options->key, CONNECT_TIMEOUT_MS,
                                problems, &connect);

    if (err != ERR_OK)
        return err;
    log_event(LOG_LEVEL_INFO, "connected", "relay=%s flash=%llu rest=%llu",
              connect_endpoint(connect), (unsigned long long)intake_view(run->intake)->flash_stored,
              (unsigned long long)intake_view(run->intake)->rest_stored);
    while (err == ERR_OK && stop_asked == 0) {
        err = round_once(run, connect, problems);
        if (err == ERR_OK)
            *attempt = 0;
    }
    connect_close(&connect);
    return err;
}

/* Wait before the next attempt; hooks go on meanwhile, and a signal ends the wait. */
static enum err
wait_before_retry(struct run *run, unsigned attempt)
{
    uint64_t until_ms = clock_boot_ms() + session_retry_ms(attempt, randombytes_random());
    enum err err = ERR_OK;

    while (err == ERR_OK && stop_asked == 0 && clock_boot_ms() < until_ms) {
        uint64_t left_ms = until_ms - clock_boot_ms();
        err = see_to_hook(run);
        watch_view(run);
        poll(NULL, 0, (int)(left_ms < 100 ? left_ms : 100));
    }
    return err;
}

static enum err
run_until_stopped(struct run *run, struct problems *problems)
{
    unsigned attempt = 0;
    enum err err = ERR_OK;

    while (stop_asked == 0) {
        *problems = (struct problems){0};
        err = serve(run, problems, &attempt);
        if (stop_asked != 0)
            break;
        if (!may_heal(err))
            return err;
        log_problems(err, problems);
        attempt++;
        err = wait_before_retry(run, attempt);
        if (err != ERR_OK && !may_heal(err))
            return err;
    }
    return ERR_OK;
}

enum err
run_node(const struct run_options *options, struct problems *problems)
{
    struct run run = {.options = options, .hook_due_ms = UINT64_MAX, .started_ms = clock_boot_ms()};
    enum err err = ERR_OK;

    catch_signals();
    watch_own_roster(&run);
    err = intake_open(options->state, options->records, options->key, options->hook != NULL,
                      &run.intake);
    if (err == ERR_OK && options->hook != NULL) {
        err = hook_open(options->hook, HOOK_MS_MAX, options->records, &run.hook);
        if (err != ERR_OK)
            problems_add(problems, options->hook, "give the path of an executable program",
                         "the program for new messages cannot be run: %s", err_text(err));
    }
    if (err == ERR_OK && options->attachments != NULL) {
        err = files_open(options->attachments, options->records, &run.files);
        if (err == ERR_OK)
            err = files_sweep(run.files);
        if (err != ERR_OK)
            problems_add(problems, options->attachments,
                         "give a folder of this user's own (mode 0700), or one to be made",
                         "attachments cannot be kept there: %s", err_text(err));
    }
    const struct run_hits_options hits = {.state = options->state,
                                          .records = options->records,
                                          .key = options->key,
                                          .report_hits = options->report_hits};
    if (err == ERR_OK)
        err = run_hits_open(&hits, problems, &run.hits);
    if (err == ERR_OK)
        err = net_new(&run.net);
    if (err == ERR_OK)
        err = run_until_stopped(&run, problems);
    run_hits_close(&run.hits);
    hook_close(&run.hook);
    files_close(&run.files);
    intake_close(&run.intake);
    net_free(&run.net);
    if (err == ERR_OK)
        log_event(LOG_LEVEL_INFO, "stopped", "member=%s", state_self(options->state)->member);
    return err;
}
