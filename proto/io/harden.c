#include "proto/io/harden.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LOCK_BYTES = 4096, DESCRIPTORS_MAX = 65536 };

/*
 * A closed descriptor 0 to 2 would be given to the next file that is opened, and a message would
 * be written into a store.  What fills the place of input cannot be read, and that of output not
 * be written, so that neither passes for an empty file or a success.
 */
static bool
open_standard_descriptors(void)
{
    /* Of an error output that does not work nobody could be told. */
    static const int FLAGS[] = {
        [STDIN_FILENO] = O_WRONLY, [STDOUT_FILENO] = O_RDONLY, [STDERR_FILENO] = O_RDWR};

    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) != -1)
            continue;
        /* The lowest free number is what open returns; without O_CLOEXEC: 0 to 2 are inherited. */
        if (open("/dev/null", FLAGS[fd]) != fd)
            return false;
    }
    return true;
}

static bool
forbid_core(void)
{
    const struct rlimit none = {0, 0};

    return setrlimit(RLIMIT_CORE, &none) == 0 && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
}

static bool
ignore_sigpipe(void)
{
    return signal(SIGPIPE, SIG_IGN) != SIG_ERR;
}

static bool
give_up_new_privileges(void)
{
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

static bool
start_sodium(void)
{
    return sodium_init() >= 0;
}

enum err
harden_process(void)
{
    static const struct {
        bool (*run)(void);
        const char *what;
    } STEPS[] = {
        {open_standard_descriptors, "open standard descriptors"},
        {forbid_core, "forbid core dumps"},
        {give_up_new_privileges, "give up new privileges"},
        {ignore_sigpipe, "ignore SIGPIPE"},
        {start_sodium, "start libsodium"},
    };

    umask(077);
    for (size_t i = 0; i < sizeof STEPS / sizeof STEPS[0]; i++) {
        if (!STEPS[i].run()) {
            fprintf(stderr, "cannot %s: %s\n", STEPS[i].what, strerror(errno));
            return ERR_IO;
        }
    }
    return ERR_OK;
}

/* sodium_malloc does not tell whether it locked (C8); sodium_mlock does. */
bool
harden_can_lock_memory(void)
{
    static _Alignas(LOCK_BYTES) char page[LOCK_BYTES];

    if (sodium_mlock(page, sizeof page) != 0)
        return false;
    sodium_munlock(page, sizeof page);
    return true;
}

void
harden_raise_descriptors(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max < DESCRIPTORS_MAX ? limit.rlim_max : DESCRIPTORS_MAX;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
}
