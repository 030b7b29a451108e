#include "proto/io/term.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* SIGTTIN and SIGTTOU keep their effect: a prompt in the background waits to be brought forward. */
static const int STOPPING[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};
enum { STOPPING_LEN = sizeof STOPPING / sizeof STOPPING[0] };

static volatile sig_atomic_t came;

static void
on_signal(int number)
{
    came = number;
}

/* What ask changes and gives back; `open` is the mask while it waits for input. */
struct held {
    struct sigaction actions[STOPPING_LEN];
    sigset_t before, open;
};

/*
 * The signals are blocked but for the wait in ppoll: one that came just before a read would
 * otherwise be noted and the read sleep all the same.
 */
static void
hold_signals(struct held *held)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigset_t stopping;

    came = 0;
    sigemptyset(&stopping);
    for (size_t i = 0; i < STOPPING_LEN; i++)
        sigaddset(&stopping, STOPPING[i]);
    pthread_sigmask(SIG_BLOCK, &stopping, &held->before);
    held->open = held->before;
    for (size_t i = 0; i < STOPPING_LEN; i++) {
        sigaction(STOPPING[i], &action, &held->actions[i]);
        sigdelset(&held->open, STOPPING[i]);
    }
}

static void
release_signals(const struct held *held)
{
    for (size_t i = 0; i < STOPPING_LEN; i++)
        sigaction(STOPPING[i], &held->actions[i], NULL);
    pthread_sigmask(SIG_SETMASK, &held->before, NULL);
}

/* Read one byte once there is one; a signal that `open` lets through ends the wait. */
static enum err
read_byte(int fd, const sigset_t *open, char *out, bool *ended)
{
    struct pollfd item = {.fd = fd, .events = POLLIN};

    for (;;) {
        if (open != NULL && ppoll(&item, 1, NULL, open) < 0)
            return errno == EINTR ? ERR_CANCELLED : ERR_IO;
        ssize_t got = read(fd, out, 1);
        if (got < 0 && errno == EINTR)
            continue;
        *ended = got == 0;
        return got < 0 ? ERR_IO : ERR_OK;
    }
}

/*
 * Read up to a line feed byte by byte: what follows it belongs to somebody else, and a buffer of
 * stdio would keep a copy of the secret.  *ended: the input ended before a line feed.
 */
static enum err
read_line(int fd, const sigset_t *open, char *out, size_t out_bytes, size_t *out_len, bool *ended)
{
    char c = 0; /* secret */
    size_t len = 0;
    enum err err = ERR_OK;

    for (;;) {
        err = read_byte(fd, open, &c, ended);
        if (err != ERR_OK || *ended || c == '\n')
            break;
        if (len + 1 == out_bytes) {
            err = ERR_RANGE;
            break;
        }
        out[len++] = c;
    }
    sodium_memzero(&c, sizeof c);
    if (err != ERR_OK)
        len = 0;
    sodium_memzero(out + len, out_bytes - len);
    *out_len = len;
    return err;
}

static void
say(int tty, const char *text)
{
    /* A prompt that cannot be written is no reason to refuse what is typed. */
    ssize_t ignored = write(tty, text, strlen(text));
    (void)ignored;
}

/* Read one answer from the terminal `tty`, without echo. */
static enum err
ask(int tty, const char *prompt, char *out, size_t out_bytes, size_t *out_len)
{
    struct termios before, quiet;
    struct held held;
    bool ended = false;

    if (tcgetattr(tty, &before) != 0)
        return ERR_IO;
    quiet = before;
    quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK);
    quiet.c_lflag |= ECHONL;
    hold_signals(&held);
    enum err err = tcsetattr(tty, TCSAFLUSH, &quiet) == 0 ? ERR_OK : ERR_IO;
    if (err == ERR_OK) {
        say(tty, prompt);
        err = read_line(tty, &held.open, out, out_bytes, out_len, &ended);
        if (err == ERR_OK && ended)
            err = ERR_CANCELLED;
    }
    /* A line too long leaves its rest in the terminal's queue; TCSAFLUSH drops it. */
    while (tcsetattr(tty, TCSAFLUSH, &before) != 0 && errno == EINTR)
        continue;
    if (err != ERR_OK) {
        say(tty, "\n");
        sodium_memzero(out, out_bytes);
        *out_len = 0;
    }
    int number = came;
    came = 0;
    release_signals(&held);
    if (number != 0)
        raise(number);
    return err;
}

enum err
term_ask_passphrase(const char *prompt, char *out, size_t out_bytes, size_t *out_len)
{
    assert(out_bytes > 0);
    *out_len = 0;
    int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (tty < 0)
        return ERR_NOT_FOUND;
    enum err err = ask(tty, prompt, out, out_bytes, out_len);
    close(tty);
    return err;
}

enum err
term_read_passphrase(int fd, char *out, size_t out_bytes, size_t *out_len)
{
    bool ended = false;

    assert(out_bytes > 0);
    enum err err = read_line(fd, NULL, out, out_bytes, out_len, &ended);
    if (err == ERR_OK && *out_len > 0 && out[*out_len - 1] == '\r')
        out[--*out_len] = '\0';
    if (err == ERR_OK && (*out_len == 0 || memchr(out, '\0', *out_len) != NULL))
        err = ERR_FORMAT;
    if (err != ERR_OK) {
        sodium_memzero(out, out_bytes);
        *out_len = 0;
    }
    return err;
}
