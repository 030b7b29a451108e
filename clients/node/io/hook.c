#include "clients/node/io/hook.h"

#include "clients/node/io/present.h"
#include "proto/io/clock.h"
#include "proto/io/disk.h"
#include "proto/io/log.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { HOOK_POLL_MS = 100, STOP_POLL_MS = 20 };

extern char **environ;

struct hook {
    const char *program;
    uint64_t limit_ms;
    struct records *records;
    struct arena *arena;
    pid_t pid;    /* of the program that runs, and of its group; 0: none */
    int input_fd; /* its standard input; -1: all is written */
    char *json;   /* what it gets, from malloc */
    size_t json_len;
    size_t json_written;
    uint64_t leaf;
    uint64_t attempts;
    uint64_t started_ms; /* clock_boot_ms */
};

enum err
hook_open(const char *program, uint64_t limit_ms, struct records *records, struct hook **out)
{
    struct hook *hook = NULL;

    *out = NULL;
    if (access(program, X_OK) != 0)
        return disk_err(errno);
    hook = calloc(1, sizeof *hook);
    if (hook == NULL)
        return ERR_NOMEM;
    hook->program = program;
    hook->limit_ms = limit_ms;
    hook->records = records;
    hook->input_fd = -1;
    signal(SIGCHLD, SIG_DFL); /* where it is ignored, the outcome of a program cannot be had */
    enum err err = arena_new(ARENA_BYTES_MAX, &hook->arena);
    if (err != ERR_OK) {
        hook_close(&hook);
        return err;
    }
    *out = hook;
    return ERR_OK;
}

/* Close and free what belongs to one run. */
static void
end_run(struct hook *hook)
{
    if (hook->input_fd >= 0)
        close(hook->input_fd);
    hook->input_fd = -1;
    free(hook->json);
    hook->json = NULL;
    hook->pid = 0;
}

/* Its own children too: they are in its group, unless they left it. */
static void
stop(pid_t pid)
{
    kill(-pid, SIGTERM);
    for (int waited = 0; waited < HOOK_STOP_MS; waited += STOP_POLL_MS) {
        if (waitpid(pid, NULL, WNOHANG) != 0)
            return;
        poll(NULL, 0, STOP_POLL_MS);
    }
    kill(-pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

void
hook_close(struct hook **hook)
{
    if (*hook == NULL)
        return;
    if ((*hook)->pid > 0)
        stop((*hook)->pid);
    end_run(*hook);
    arena_free(&(*hook)->arena);
    free(*hook);
    *hook = NULL;
}

static enum err
make_json(struct hook *hook)
{
    struct record record;
    struct presented presented;
    json_t *json = NULL;
    enum err err = records_at(hook->records, hook->leaf, &record);

    arena_reset(hook->arena);
    if (err == ERR_OK)
        err = present_decode(&record, hook->arena, &presented);
    if (err == ERR_OK)
        err = present_json(&presented, hook->arena, &json);
    if (err == ERR_OK) {
        hook->json = json_dumps(json, JSON_COMPACT);
        err = hook->json == NULL ? ERR_NOMEM : ERR_OK;
    }
    json_decref(json);
    if (err == ERR_OK) {
        hook->json_len = strlen(hook->json);
        hook->json_written = 0;
    }
    return err;
}

/* The child gets the pipe as standard input, default signals, and a process group of its own. */
static enum err
spawn(struct hook *hook)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t defaults;
    sigset_t mask;
    int ends[2] = {-1, -1};
    char *arguments[] = {NULL, NULL};

    arguments[0] = strdup(hook->program);
    if (arguments[0] == NULL || pipe2(ends, O_CLOEXEC) != 0) {
        free(arguments[0]);
        return ERR_NOMEM;
    }
    sigemptyset(&mask);
    sigfillset(&defaults);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &mask);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                              POSIX_SPAWN_SETPGROUP);
    int failed = posix_spawn(&hook->pid, hook->program, &actions, &attributes, arguments, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    free(arguments[0]);
    close(ends[0]);
    hook->input_fd = ends[1];
    if (failed != 0) {
        hook->pid = 0;
        log_event(LOG_LEVEL_WARN, "hook-not-started", "program=%s why=%s", hook->program,
                  strerror(failed));
        return ERR_IO;
    }
    fcntl(hook->input_fd, F_SETFL, O_NONBLOCK);
    hook->started_ms = clock_boot_ms();
    return ERR_OK;
}

/* Keep the outcome: done, or again later, each time twice as late. */
static enum err
keep_outcome(struct hook *hook, bool is_done)
{
    uint64_t wait_ms = HOOK_RETRY_MS_MIN;
    enum err err = records_begin(hook->records);

    if (err != ERR_OK)
        return err;
    for (uint64_t i = 0; i < hook->attempts && wait_ms < HOOK_RETRY_MS_MAX; i++)
        wait_ms *= 2;
    if (wait_ms > HOOK_RETRY_MS_MAX)
        wait_ms = HOOK_RETRY_MS_MAX;
    err = is_done ? records_drop_hook(hook->records, hook->leaf)
                  : records_put_hook(hook->records, hook->leaf, hook->attempts + 1,
                                     clock_now_ms() + wait_ms);
    if (err == ERR_OK)
        return records_commit(hook->records);
    records_rollback(hook->records);
    return err;
}

/* Write what the pipe takes; a program that does not want it all may close its input. */
static void
feed(struct hook *hook)
{
    while (hook->input_fd >= 0) {
        ssize_t wrote = write(hook->input_fd, hook->json + hook->json_written,
                              hook->json_len - hook->json_written);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0 && errno == EAGAIN)
            return;
        if (wrote > 0)
            hook->json_written += (size_t)wrote;
        if (wrote < 0 || hook->json_written == hook->json_len) {
            close(hook->input_fd);
            hook->input_fd = -1;
        }
    }
}

/* Whether the program ended; *is_done if with 0. */
static bool
has_ended(struct hook *hook, bool *is_done)
{
    int status = 0;
    pid_t ended = waitpid(hook->pid, &status, WNOHANG);

    if (ended < 0) /* somebody else reaped it: how it ended is not known, so it is run again */
        return true;
    if (ended == hook->pid) {
        *is_done = WIFEXITED(status) && WEXITSTATUS(status) == 0;
        if (!*is_done)
            log_event(LOG_LEVEL_WARN, "hook-failed", "leaf=%llu attempt=%llu status=%d",
                      (unsigned long long)hook->leaf, (unsigned long long)hook->attempts + 1,
                      WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
        return true;
    }
    if (clock_boot_ms() - hook->started_ms > hook->limit_ms)
        kill(-hook->pid, SIGKILL); /* reaped by the next call */
    return false;
}

enum err
hook_step(struct hook *hook, uint64_t *next_ms)
{
    bool is_done = false;
    enum err err = ERR_OK;

    *next_ms = clock_now_ms() + HOOK_POLL_MS;
    if (hook->pid > 0) {
        feed(hook);
        if (!has_ended(hook, &is_done))
            return ERR_OK;
        end_run(hook);
        err = keep_outcome(hook, is_done);
        if (err != ERR_OK)
            return err;
    }
    err = records_next_hook(hook->records, clock_now_ms(), &hook->leaf, &hook->attempts, next_ms);
    if (err != ERR_OK)
        return err == ERR_NOT_FOUND ? ERR_OK : err;
    *next_ms = clock_now_ms() + HOOK_POLL_MS;
    err = make_json(hook);
    if (err == ERR_OK && spawn(hook) == ERR_OK) {
        feed(hook);
        return ERR_OK;
    }
    end_run(hook);
    return err == ERR_OK ? keep_outcome(hook, false) : err;
}
