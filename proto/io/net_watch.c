/* What libzmq has read of each connection and nobody has taken from it: the library sets no bound.
 */
#include "proto/io/net_inner.h"

#include "proto/io/clock.h"

#include <dirent.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    WATCH_FDS_MAX = 65536, /* no connection has a higher descriptor (harden.h) */
    WATCH_EVERY_MS = 20,
    WATCH_GROWTH_PAGES = 512,       /* of the process: it is worth a look then */
    WATCH_LOOK_MS = 1000,           /* and else so often */
    WATCH_BUSY_BYTES = 64 << 10,    /* a connection that counts among those that share */
    WATCH_BYTES_MAX = 6 << 20,      /* of a connection */
    WATCH_BYTES_ALL_MAX = 24 << 20, /* of all: who has more than a share is ended */
    CURVE_BYTES = 33,               /* a frame's command name, nonce, tag and flags */
    SHORT_BYTES_MAX = 255,          /* of a frame whose length has one byte */
};

struct net_watch {
    in_port_t port; /* network byte order: connections at other ports are not the server's */
    int stop_fd;
    pthread_t thread;
    bool running;
    uint64_t looked_ms;
    long pages; /* of the process, after the last look */
    /* Of the connection with that cookie: bytes on the wire of what was taken.  One thread writes.
     */
    _Atomic(uint64_t) cookies[WATCH_FDS_MAX];
    _Atomic(uint64_t) taken[WATCH_FDS_MAX];
};

/* A connection and what is held of it. */
struct held {
    int fd;
    uint64_t bytes;
};

void
net_watch_take(struct net_watch *watch, int fd, uint64_t bytes)
{
    uint64_t cookie = 0;
    socklen_t len = sizeof cookie;

    if (fd < 0 || fd >= WATCH_FDS_MAX || getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &len) != 0)
        return;
    if (atomic_load(&watch->cookies[fd]) != cookie) { /* another connection than before */
        atomic_store(&watch->taken[fd], 0);
        atomic_store(&watch->cookies[fd], cookie);
    }
    atomic_fetch_add(&watch->taken[fd], bytes);
}

uint64_t
net_watch_wire_bytes(size_t len)
{
    uint64_t boxed = (uint64_t)len + CURVE_BYTES;

    return boxed + (boxed > SHORT_BYTES_MAX ? 9 : 2);
}

static bool
is_servers(const struct net_watch *watch, int fd)
{
    struct sockaddr_storage address = {.ss_family = AF_UNSPEC};
    socklen_t len = sizeof address;

    if (getsockname(fd, (struct sockaddr *)&address, &len) != 0)
        return false;
    if (address.ss_family == AF_INET)
        return ((const struct sockaddr_in *)&address)->sin_port == watch->port;
    return address.ss_family == AF_INET6 &&
           ((const struct sockaddr_in6 *)&address)->sin6_port == watch->port;
}

/* What the library holds of the connection at `fd`; 0 if that is none of the server's. */
static uint64_t
held_bytes(struct net_watch *watch, int fd)
{
    struct tcp_info info = {.tcpi_state = 0};
    socklen_t info_len = sizeof info, cookie_len = sizeof(uint64_t);
    uint64_t cookie = 0;
    int unread = 0;

    if (!is_servers(watch, fd) ||
        getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &cookie_len) != 0 ||
        getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &info_len) != 0 ||
        info_len < offsetof(struct tcp_info, tcpi_bytes_received) + sizeof(uint64_t) ||
        ioctl(fd, SIOCINQ, &unread) != 0)
        return 0;
    bool is_known = atomic_load(&watch->cookies[fd]) == cookie; /* else nothing of it was taken */
    uint64_t gone = (is_known ? atomic_load(&watch->taken[fd]) : 0) + (uint64_t)unread;
    return info.tcpi_bytes_received > gone ? info.tcpi_bytes_received - gone : 0;
}

/* Call `each` with every connection of the server that holds something worth counting. */
static void
each_held(struct net_watch *watch, void (*each)(void *context, const struct held *held),
          void *context)
{
    DIR *directory = opendir("/proc/self/fd");
    const struct dirent *entry = NULL;

    if (directory == NULL)
        return;
    while ((entry = readdir(directory)) != NULL) {
        struct held held = {.fd = (int)strtol(entry->d_name, NULL, 10)};
        if (held.fd <= STDERR_FILENO || held.fd >= WATCH_FDS_MAX)
            continue;
        held.bytes = held_bytes(watch, held.fd);
        if (held.bytes > WATCH_BUSY_BYTES)
            each(context, &held);
    }
    closedir(directory);
}

struct sum {
    uint64_t bytes, count;
    uint64_t most; /* that one may hold */
};

static void
add_held(void *context, const struct held *held)
{
    struct sum *sum = context;

    sum->bytes += held->bytes;
    sum->count++;
}

static void
end_large(void *context, const struct held *held)
{
    const struct sum *sum = context;

    if (held->bytes >= sum->most)
        shutdown(held->fd, SHUT_RDWR);
}

static void
look(struct net_watch *watch)
{
    struct sum sum = {.most = WATCH_BYTES_MAX};

    each_held(watch, add_held, &sum);
    if (sum.bytes > WATCH_BYTES_ALL_MAX)
        sum.most = sum.bytes / sum.count < WATCH_BYTES_MAX ? sum.bytes / sum.count : sum.most;
    if (sum.count > 0)
        each_held(watch, end_large, &sum);
}

/* Of the process in memory; 0 if that cannot be told. */
static long
count_pages(void)
{
    long size = 0, pages = 0;
    FILE *file = fopen("/proc/self/statm", "re");

    if (file == NULL)
        return 0;
    if (fscanf(file, "%ld %ld", &size, &pages) != 2)
        pages = 0;
    fclose(file);
    return pages;
}

static void *
watch_run(void *argument)
{
    struct net_watch *watch = argument;
    struct pollfd stop = {.fd = watch->stop_fd, .events = POLLIN};

    while (poll(&stop, 1, WATCH_EVERY_MS) <= 0) {
        uint64_t now_ms = clock_boot_ms();
        long pages = count_pages();
        if (pages < watch->pages)
            watch->pages = pages;
        if (pages < watch->pages + WATCH_GROWTH_PAGES && now_ms < watch->looked_ms + WATCH_LOOK_MS)
            continue;
        look(watch);
        watch->looked_ms = now_ms;
        watch->pages = pages;
    }
    return NULL;
}

enum err
net_watch_start(const char *endpoint, struct net_watch **out)
{
    const char *port = strrchr(endpoint, ':');
    struct net_watch *watch = calloc(1, sizeof *watch);
    sigset_t all, before;

    *out = NULL;
    if (watch == NULL)
        return ERR_NOMEM;
    watch->port = htons((uint16_t)(port == NULL ? 0 : strtoul(port + 1, NULL, 10)));
    watch->stop_fd = eventfd(0, EFD_CLOEXEC);
    /* Signals are the main thread's business (its signalfd). */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    watch->running =
        watch->stop_fd >= 0 && pthread_create(&watch->thread, NULL, watch_run, watch) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!watch->running) {
        net_watch_stop(&watch);
        return ERR_NOMEM;
    }
    *out = watch;
    return ERR_OK;
}

void
net_watch_stop(struct net_watch **watch)
{
    const uint64_t one = 1;

    if (*watch == NULL)
        return;
    if ((*watch)->running && write((*watch)->stop_fd, &one, sizeof one) == (ssize_t)sizeof one)
        pthread_join((*watch)->thread, NULL);
    if ((*watch)->stop_fd >= 0)
        close((*watch)->stop_fd);
    free(*watch);
    *watch = NULL;
}
