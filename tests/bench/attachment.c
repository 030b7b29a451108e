/*
 * A plain copy of a file through CURVE, to hold attachments against: one process reads, another
 * writes, frames of 1020 KiB over one TCP connection of this machine, no other work.
 *
 *   attachment FROM TO      prints the seconds that it took
 *
 * tests/bench/attachment.sh runs it, and the real programs beside it.
 */
#include "proto/limits.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

enum { KEY_TEXT = 41, QUEUED = 4, DONE_BYTES = 1 };

static uint8_t buffer[ATTACHMENT_CHUNK_BYTES];

static void
need(bool holds, const char *what)
{
    if (holds)
        return;
    perror(what);
    exit(EXIT_FAILURE);
}

static double
now_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Write what comes until a frame of one byte, and say so. */
static void
receive(void *socket, const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    int len = 0;

    need(fd >= 0, path);
    while ((len = zmq_recv(socket, buffer, sizeof buffer, 0)) != DONE_BYTES) {
        need(len > 0, "receive");
        need(write(fd, buffer, (size_t)len) == len, "write");
    }
    need(fdatasync(fd) == 0, "sync");
    close(fd);
    need(zmq_send(socket, "!", DONE_BYTES, 0) == DONE_BYTES, "answer");
}

static void
send_all(void *socket, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t len = 0;

    need(fd >= 0, path);
    while ((len = read(fd, buffer, sizeof buffer)) > 0)
        need(zmq_send(socket, buffer, (size_t)len, 0) == len, "send");
    need(zmq_send(socket, "!", DONE_BYTES, 0) == DONE_BYTES, "send");
    need(zmq_recv(socket, buffer, sizeof buffer, 0) == DONE_BYTES, "wait");
    close(fd);
}

static void *
open_socket(bool is_server, const char *public_key, const char *secret_key)
{
    void *socket = zmq_socket(zmq_ctx_new(), ZMQ_PAIR);
    const int yes = 1, queued = QUEUED;

    need(socket != NULL, "socket");
    zmq_setsockopt(socket, ZMQ_SNDHWM, &queued, sizeof queued);
    zmq_setsockopt(socket, ZMQ_RCVHWM, &queued, sizeof queued);
    if (is_server)
        zmq_setsockopt(socket, ZMQ_CURVE_SERVER, &yes, sizeof yes);
    else
        zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, public_key, strlen(public_key));
    zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, public_key, strlen(public_key));
    zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, secret_key, strlen(secret_key));
    return socket;
}

int
main(int argc, char **argv)
{
    char public_key[KEY_TEXT], secret_key[KEY_TEXT], endpoint[256];
    size_t len = sizeof endpoint;
    int pipe_fds[2], status = 0;

    need(argc == 3, "attachment FROM TO");
    need(zmq_curve_keypair(public_key, secret_key) == 0 && pipe(pipe_fds) == 0, "keys");
    pid_t child = fork();
    need(child >= 0, "fork");
    if (child == 0) {
        void *socket = open_socket(true, public_key, secret_key);
        need(zmq_bind(socket, "tcp://127.0.0.1:*") == 0, "bind");
        need(zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, endpoint, &len) == 0, "endpoint");
        need(write(pipe_fds[1], endpoint, sizeof endpoint) == sizeof endpoint, "pipe");
        receive(socket, argv[2]);
        usleep(200000); /* for the answer to leave */
        _exit(EXIT_SUCCESS);
    }
    need(read(pipe_fds[0], endpoint, sizeof endpoint) == sizeof endpoint, "pipe");
    void *socket = open_socket(false, public_key, secret_key);
    need(zmq_connect(socket, endpoint) == 0, "connect");
    double begun_s = now_s();
    send_all(socket, argv[1]);
    printf("%.2f\n", now_s() - begun_s);
    need(waitpid(child, &status, 0) == child && status == 0, "the other process");
    return EXIT_SUCCESS;
}
