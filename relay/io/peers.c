#include "relay/io/peers.h"

#include "proto/io/log.h"
#include "proto/io/net.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS = 2 * PEERS_MAX }; /* a power of two, at most half full */
static_assert((SLOTS & (SLOTS - 1)) == 0);

struct peer {
    char user_id[NET_USER_ID_MAX + 1]; /* empty: a free slot */
    struct limit frames;
    size_t frames_count, bytes;
    uint64_t refused;                   /* since the last line */
    uint64_t second_refused, second_ms; /* in the second that began then */
    uint64_t logged_ms;
};

struct peers {
    struct limit_rate rate;
    size_t count;
    struct peer slots[SLOTS];
};

enum err
peers_new(const struct limit_rate *frames, struct peers **out)
{
    struct peers *peers = calloc(1, sizeof *peers);

    *out = peers;
    if (peers == NULL)
        return ERR_NOMEM;
    peers->rate = *frames;
    return ERR_OK;
}

void
peers_free(struct peers **peers)
{
    free(*peers);
    *peers = NULL;
}

/* User ids are hashes in hex: their first digits are as good as any hash of them. */
static size_t
home_of(const char *user_id)
{
    size_t home = 0;

    for (size_t i = 0; i < 8 && user_id[i] != '\0'; i++)
        home = home << 4 ^ (unsigned char)user_id[i];
    return home & (SLOTS - 1);
}

/* The peer's slot, or the free one where it would go. */
static struct peer *
find(struct peers *peers, const char *user_id)
{
    size_t i = home_of(user_id);

    while (peers->slots[i].user_id[0] != '\0' && strcmp(peers->slots[i].user_id, user_id) != 0)
        i = (i + 1) & (SLOTS - 1);
    return &peers->slots[i];
}

/* Forget all that have nothing on its way; what they asked lately is forgiven. */
static void
forget_idle(struct peers *peers)
{
    struct peer *kept = calloc(PEERS_MAX, sizeof *kept);
    size_t count = 0;

    if (kept == NULL)
        return;
    for (size_t i = 0; i < SLOTS; i++)
        if (peers->slots[i].frames_count > 0)
            kept[count++] = peers->slots[i];
    memset(peers->slots, 0, sizeof peers->slots);
    for (size_t i = 0; i < count; i++)
        *find(peers, kept[i].user_id) = kept[i];
    peers->count = count;
    free(kept);
}

static enum refusal
refuse(struct peer *peer, uint64_t now_ms)
{
    peer->refused++;
    if (now_ms >= peer->second_ms + SECOND_MS) {
        peer->second_ms = now_ms;
        peer->second_refused = 0;
    }
    peer->second_refused++;
    if (now_ms >= peer->logged_ms + PEER_LOG_SPACING_MS) {
        log_event(LOG_LEVEL_WARN, "limit", "credential=%.*s refused=%llu on_their_way=%zu", 8,
                  peer->user_id, (unsigned long long)peer->refused, peer->frames_count);
        peer->logged_ms = now_ms;
        peer->refused = 0;
    }
    return REFUSAL_RATE;
}

void
peers_refuse(struct peers *peers, const char *user_id, uint64_t now_ms)
{
    struct peer *peer = find(peers, user_id);

    if (peer->user_id[0] != '\0') /* it has none on its way: nothing of it was let in lately */
        (void)refuse(peer, now_ms);
}

bool
peers_is_flooding(struct peers *peers, const char *user_id)
{
    return find(peers, user_id)->second_refused > PEER_REFUSED_MAX;
}

enum refusal
peers_take(struct peers *peers, const char *user_id, size_t bytes, uint64_t now_ms)
{
    struct peer *peer = find(peers, user_id);

    if (peer->user_id[0] == '\0') {
        if (peers->count == PEERS_MAX)
            forget_idle(peers);
        if (peers->count == PEERS_MAX)
            return REFUSAL_RATE;
        peer = find(peers, user_id);
        strncpy(peer->user_id, user_id, NET_USER_ID_MAX);
        peers->count++;
    }
    if (peer->frames_count == PEER_FRAMES_MAX || peer->bytes + bytes > PEER_BYTES_MAX ||
        !limit_take(&peer->frames, &peers->rate, now_ms, 1))
        return refuse(peer, now_ms);
    peer->frames_count++;
    peer->bytes += bytes;
    return REFUSAL_NONE;
}

void
peers_give(struct peers *peers, const char *user_id, size_t bytes)
{
    struct peer *peer = find(peers, user_id);

    assert(peer->frames_count > 0 && peer->bytes >= bytes);
    peer->frames_count--;
    peer->bytes -= bytes;
}
