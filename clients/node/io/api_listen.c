#include "clients/node/io/api_listen.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 128, SOCKET_MODE = 0660 };

static const char UNIX[] = "unix:";

union address {
    struct sockaddr any;
    struct sockaddr_un local;
    struct sockaddr_in ip4;
    struct sockaddr_in6 ip6;
};

static bool
read_port(const char *text, in_port_t *out)
{
    char *end = NULL;

    if (text[0] < '0' || text[0] > '9')
        return false;
    unsigned long port = strtoul(text, &end, 10);
    if (*end != '\0' || port > UINT16_MAX)
        return false;
    *out = htons((uint16_t)port);
    return true;
}

/* Read `where`; the length of the address, or 0: it is neither a path nor a loopback address. */
static socklen_t
read_address(const char *where, union address *out)
{
    static const char IP4[] = "127.0.0.1:";
    static const char IP6[] = "[::1]:";

    memset(out, 0, sizeof *out);
    if (strncmp(where, UNIX, sizeof UNIX - 1) == 0) {
        const char *path = where + sizeof UNIX - 1;
        out->local.sun_family = AF_UNIX;
        if (path[0] == '\0' || strlen(path) >= sizeof out->local.sun_path)
            return 0;
        memcpy(out->local.sun_path, path, strlen(path) + 1);
        return sizeof out->local;
    }
    if (strncmp(where, IP4, sizeof IP4 - 1) == 0) {
        out->ip4.sin_family = AF_INET;
        out->ip4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        return read_port(where + sizeof IP4 - 1, &out->ip4.sin_port) ? sizeof out->ip4 : 0;
    }
    if (strncmp(where, IP6, sizeof IP6 - 1) == 0) {
        out->ip6.sin6_family = AF_INET6;
        out->ip6.sin6_addr = in6addr_loopback;
        return read_port(where + sizeof IP6 - 1, &out->ip6.sin6_port) ? sizeof out->ip6 : 0;
    }
    return 0;
}

/* Remove a socket file on which nobody listens any more; anything else stays. */
static void
remove_stale(const union address *address, socklen_t len)
{
    struct stat status;
    int fd = -1;

    if (lstat(address->local.sun_path, &status) != 0 || !S_ISSOCK(status.st_mode) ||
        status.st_uid != geteuid())
        return;
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, &address->any, len) != 0 && errno == ECONNREFUSED)
        unlink(address->local.sun_path);
    if (fd >= 0)
        close(fd);
}

static enum err
open_socket(const union address *address, socklen_t len, int *out)
{
    int yes = 1;
    int fd = socket(address->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bool is_local = address->any.sa_family == AF_UNIX;

    if (fd < 0)
        return ERR_IO;
    /* The file is made with its mode: a later chmod could meet another file of the name. */
    mode_t mask = umask(0777 & ~SOCKET_MODE);
    bool is_bound = (is_local || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0) &&
                    bind(fd, &address->any, len) == 0;
    umask(mask);
    if (is_bound && listen(fd, BACKLOG) == 0) {
        *out = fd;
        return ERR_OK;
    }
    enum err err = errno == EADDRINUSE ? ERR_BUSY : ERR_IO;
    int error_number = errno;
    close(fd);
    errno = error_number;
    return err;
}

enum err
api_listen(const char *where, struct problems *problems, int *out_fd, bool *is_local)
{
    union address address;
    socklen_t len = read_address(where, &address);

    if (len == 0) {
        problems_add(problems, "--listen", "give unix:PATH, 127.0.0.1:PORT or [::1]:PORT",
                     "\"%s\" is no local socket and no loopback address", where);
        return ERR_USAGE;
    }
    *is_local = address.any.sa_family == AF_UNIX;
    if (*is_local)
        remove_stale(&address, len);
    enum err err = open_socket(&address, len, out_fd);
    if (err == ERR_BUSY)
        problems_add(problems, where, "end what listens there, or choose another place",
                     "somebody listens there already, or a file is in the way");
    else if (err != ERR_OK)
        problems_add(problems, where, "choose a place where this user may listen",
                     "it cannot be listened on: %s", strerror(errno));
    return err;
}

void
api_unlisten(const char *where)
{
    if (strncmp(where, UNIX, sizeof UNIX - 1) == 0)
        unlink(where + sizeof UNIX - 1);
}

unsigned
api_listen_port(int fd)
{
    union address address = {.any.sa_family = AF_UNIX};
    socklen_t len = sizeof address;

    if (getsockname(fd, &address.any, &len) != 0 || address.any.sa_family == AF_UNIX)
        return 0;
    return ntohs(address.any.sa_family == AF_INET ? address.ip4.sin_port : address.ip6.sin6_port);
}
