#include "proto/io/net_inner.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { SLOTS_MIN = 64 }; /* a power of two */

/*
 * Open addressing over the four bytes that libzmq counts up; the first is always 0.  A slot is
 * free where `used` is false; removal moves later slots back, so there are no tombstones.
 */
struct slot {
    struct net_session session;
    bool used;
    bool shut; /* by us: what of it is still to be read is dropped */
    int fd;
    uint64_t cookie;
    char user_id[NET_USER_ID_MAX + 1];
};

struct net_sessions {
    struct slot *slots;
    size_t slots_len; /* a power of two, at least twice `used_len` */
    size_t used_len;
};

/* A descriptor's number is used again after it closes; the kernel's cookie of a socket never is. */
static bool
read_cookie(int fd, uint64_t *out)
{
    socklen_t len = sizeof *out;

    return getsockopt(fd, SOL_SOCKET, SO_COOKIE, out, &len) == 0;
}

static bool
is_alive(const struct slot *slot)
{
    uint64_t cookie = 0;

    return read_cookie(slot->fd, &cookie) && cookie == slot->cookie;
}

static size_t
home_of(const struct net_sessions *sessions, const struct net_session *session)
{
    uint32_t counter = 0;

    memcpy(&counter, session->bytes + 1, sizeof counter);
    return (size_t)(counter * UINT32_C(2654435761) >> 7) & (sessions->slots_len - 1);
}

/* The slot of `session`, or the free one where it would go. */
static struct slot *
find(const struct net_sessions *sessions, const struct net_session *session)
{
    size_t i = home_of(sessions, session);

    while (sessions->slots[i].used &&
           memcmp(&sessions->slots[i].session, session, sizeof *session) != 0)
        i = (i + 1) & (sessions->slots_len - 1);
    return &sessions->slots[i];
}

static void
remove_slot(struct net_sessions *sessions, struct slot *slot)
{
    size_t mask = sessions->slots_len - 1;
    size_t hole = (size_t)(slot - sessions->slots), i = hole;

    for (;;) {
        sessions->slots[hole].used = false;
        size_t home = 0;
        do { /* a slot may fill the hole unless its home lies between the hole and itself */
            i = (i + 1) & mask;
            if (!sessions->slots[i].used) {
                sessions->used_len--;
                return;
            }
            home = home_of(sessions, &sessions->slots[i].session);
        } while (((i - home) & mask) < ((i - hole) & mask));
        sessions->slots[hole] = sessions->slots[i];
        hole = i;
    }
}

/* Make room for `slots_len` slots and keep what lives. */
static enum err
rebuild(struct net_sessions *sessions, size_t slots_len)
{
    struct net_sessions grown = {.slots_len = slots_len};

    grown.slots = calloc(slots_len, sizeof *grown.slots);
    if (grown.slots == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < sessions->slots_len; i++) {
        const struct slot *slot = &sessions->slots[i];
        if (slot->used && is_alive(slot)) {
            *find(&grown, &slot->session) = *slot;
            grown.used_len++;
        }
    }
    free(sessions->slots);
    *sessions = grown;
    return ERR_OK;
}

enum err
net_sessions_new(struct net_sessions **out)
{
    *out = NULL;
    struct net_sessions *sessions = calloc(1, sizeof *sessions);
    if (sessions == NULL)
        return ERR_NOMEM;
    if (rebuild(sessions, SLOTS_MIN) != ERR_OK) {
        free(sessions);
        return ERR_NOMEM;
    }
    *out = sessions;
    return ERR_OK;
}

void
net_sessions_free(struct net_sessions **sessions)
{
    if (*sessions == NULL)
        return;
    free((*sessions)->slots);
    free(*sessions);
    *sessions = NULL;
}

/* When half full: drop the dead, and grow only if more than a quarter lives. */
static enum err
make_room(struct net_sessions *sessions)
{
    if (2 * (sessions->used_len + 1) <= sessions->slots_len)
        return ERR_OK;
    enum err err = rebuild(sessions, sessions->slots_len);
    if (err != ERR_OK || 4 * sessions->used_len < sessions->slots_len)
        return err;
    if (sessions->slots_len >= 2 * (size_t)NET_SESSIONS_MAX)
        return 2 * (sessions->used_len + 1) <= sessions->slots_len ? ERR_OK : ERR_FULL;
    return rebuild(sessions, 2 * sessions->slots_len);
}

enum err
net_sessions_note(struct net_sessions *sessions, const struct net_session *session, int fd,
                  const char *user_id)
{
    uint64_t cookie = 0;
    struct slot *slot = find(sessions, session);

    if (slot->used && slot->fd == fd && strcmp(slot->user_id, user_id) == 0)
        return slot->shut ? ERR_CANCELLED : ERR_OK;
    if (slot->used && is_alive(slot))
        return ERR_CONFLICT;
    if (!read_cookie(fd, &cookie))
        return ERR_OK; /* closed since; there is nothing to remember */
    if (!slot->used) {
        enum err err = make_room(sessions);
        if (err != ERR_OK)
            return err;
        slot = find(sessions, session);
        sessions->used_len++;
    }
    *slot = (struct slot){.session = *session, .used = true, .fd = fd, .cookie = cookie};
    strncpy(slot->user_id, user_id, NET_USER_ID_MAX);
    return ERR_OK;
}

static void
shut(const struct slot *slot)
{
    if (is_alive(slot))
        shutdown(slot->fd, SHUT_RDWR);
}

void
net_sessions_shut(struct net_sessions *sessions, const struct net_session *session)
{
    struct slot *slot = find(sessions, session);

    if (!slot->used)
        return;
    /* It stays, for the descriptor of frames that come late may be somebody else's by then. */
    shut(slot);
    slot->shut = true;
}

size_t
net_sessions_shut_user(struct net_sessions *sessions, const char *user_id)
{
    size_t count = 0;

    for (size_t i = 0; i < sessions->slots_len; i++) {
        struct slot *slot = &sessions->slots[i];
        if (slot->used && !slot->shut && strcmp(slot->user_id, user_id) == 0 && is_alive(slot)) {
            shutdown(slot->fd, SHUT_RDWR);
            slot->shut = true;
            count++;
        }
    }
    return count;
}

void
net_sessions_forget(struct net_sessions *sessions, const struct net_session *session)
{
    struct slot *slot = find(sessions, session);

    if (slot->used)
        remove_slot(sessions, slot);
}

size_t
net_sessions_count(const struct net_sessions *sessions)
{
    size_t count = 0;

    for (size_t i = 0; i < sessions->slots_len; i++)
        if (sessions->slots[i].used && !sessions->slots[i].shut && is_alive(&sessions->slots[i]))
            count++;
    return count;
}
