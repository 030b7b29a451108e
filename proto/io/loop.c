#include "proto/io/loop.h"

#include "proto/io/clock.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include <zmq.h>

enum err
loop_open_signals(int *out_fd)
{
    sigset_t signals;

    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGHUP);
    *out_fd = -1;
    if (pthread_sigmask(SIG_BLOCK, &signals, NULL) != 0)
        return ERR_IO;
    *out_fd = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
    return *out_fd >= 0 ? ERR_OK : ERR_IO;
}

int
loop_take_signal(int fd)
{
    struct signalfd_siginfo info;

    return read(fd, &info, sizeof info) == (ssize_t)sizeof info ? (int)info.ssi_signo : 0;
}

enum err
loop_wait(struct loop_source *sources, size_t count, uint64_t deadline_ms)
{
    zmq_pollitem_t items[LOOP_SOURCES_MAX];
    uint64_t now_ms = clock_boot_ms();
    uint64_t left_ms = deadline_ms > now_ms ? deadline_ms - now_ms : 0;
    long wait_ms = left_ms > INT32_MAX ? INT32_MAX : (long)left_ms;

    assert(count > 0 && count <= LOOP_SOURCES_MAX);
    for (size_t i = 0; i < count; i++) {
        items[i] = (zmq_pollitem_t){sources[i].socket, sources[i].fd, ZMQ_POLLIN, 0};
        sources[i].ready = false;
    }
    if (deadline_ms == UINT64_MAX)
        wait_ms = -1;
    int ready = zmq_poll(items, (int)count, wait_ms);
    if (ready < 0)
        return ERR_CANCELLED;
    for (size_t i = 0; i < count; i++)
        sources[i].ready = items[i].revents != 0;
    return ready == 0 ? ERR_TIMEOUT : ERR_OK;
}
