/*
 * relay_process.h - a real denreid for benchmarks: its files, its start.
 *
 * Host.  Writes below one directory and starts processes; what fails ends the benchmark at once.
 */
#ifndef TESTS_BENCH_RELAY_PROCESS_H
#define TESTS_BENCH_RELAY_PROCESS_H

#include "keys/keyfile.h"
#include "proto/io/disk.h"
#include "proto/io/net.h"
#include "tests/unit/federation.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static inline void
relay_write_file(const char *dir, const char *name, struct span content)
{
    char path[DISK_PATH_BYTES];

    fed_need(disk_join(dir, name, path), name);
    fed_need(disk_write(path, content, DISK_NEW), name);
}

/* Make `dir` with the bundle and the relay's key file. */
static inline void
relay_write_files(struct fed *fed, const char *dir)
{
    struct keyfile file = {.label = "relay", .keys_count = 3};
    struct span text;

    file.keys[0] = fed->transport;
    file.keys[1] = fed->relay;
    file.keys[2] = fed->log;
    fed_need(disk_make_dir(dir), dir);
    relay_write_file(dir, "bundle", fed_bundle(fed));
    fed_need(keyfile_encode(&file, (struct span){0}, fed->arena, &text), "key file");
    relay_write_file(dir, "relay.key", text);
}

static inline pid_t
relay_spawn(const char *const *arguments, int error_fd)
{
    pid_t pid = fork();

    if (pid == 0) {
        dup2(error_fd, STDERR_FILENO);
        execv(arguments[0], (char *const *)(uintptr_t)arguments);
        _exit(127);
    }
    return pid;
}

static inline void
relay_must_run(const char *const *arguments)
{
    int status = 0;
    pid_t pid = relay_spawn(arguments, STDERR_FILENO);

    if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0) {
        fprintf(stderr, "load: %s %s failed\n", arguments[0], arguments[1]);
        exit(EXIT_FAILURE);
    }
}

/* The limits are for members' mistakes; here they would measure themselves. */
static inline void
relay_raise_limits(const char *state)
{
    char path[DISK_PATH_BYTES];

    fed_need(disk_join(state, "denreid.conf", path), "settings");
    FILE *file = fopen(path, "a");
    if (file == NULL ||
        fputs("\n[limits]\nmessages_per_second = 1000000\nmessages_burst = 10000000\n"
              "requests_per_second = 1000000\nrequests_burst = 10000000\n",
              file) < 0 ||
        fclose(file) != 0)
        fed_need(ERR_IO, path);
}

/*
 * Set up a relay from the files in `dir`, start it, and wait for its first line, which names the
 * endpoint.  *log is the rest of its log; the caller waits for the process and closes the log.
 */
static inline pid_t
relay_start(const char *program, const char *dir, char endpoint[NET_ENDPOINT_BYTES], FILE **log)
{
    char bundle[DISK_PATH_BYTES], key[DISK_PATH_BYTES], state[DISK_PATH_BYTES];
    char highwater[DISK_PATH_BYTES], line[2048] = "";
    int fds[2];

    fed_need(disk_join(dir, "bundle", bundle), dir);
    fed_need(disk_join(dir, "relay.key", key), dir);
    fed_need(disk_join(dir, "state", state), dir);
    fed_need(disk_join(dir, "highwater", highwater), dir);
    relay_must_run((const char *[]){program, "init", "--state", state, "--bundle", bundle, "--key",
                                    key, "--highwater", highwater, "--listen", "tcp://127.0.0.1:*",
                                    NULL});
    relay_raise_limits(state);
    if (pipe2(fds, O_CLOEXEC) != 0)
        fed_need(ERR_IO, "pipe");
    pid_t pid = relay_spawn((const char *[]){program, "run", "--state", state, NULL}, fds[1]);
    close(fds[1]);
    *log = fdopen(fds[0], "r");
    while (*log != NULL && fgets(line, sizeof line, *log) != NULL) {
        char *found = strstr(line, "endpoint=");
        if (found == NULL || strstr(line, " serving ") == NULL)
            continue;
        found[strcspn(found, " ")] = '\0';
        snprintf(endpoint, NET_ENDPOINT_BYTES, "tcp://127.0.0.1%s", strrchr(found, ':'));
        return pid;
    }
    fprintf(stderr, "load: the relay did not start: %s\n", line);
    exit(EXIT_FAILURE);
}

#endif /* TESTS_BENCH_RELAY_PROCESS_H */
