#include "clients/audit/history.h"

#include "proto/hash.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct party {
    char id[MEMBER_ID_MAX + 1];
    uint64_t last[2]; /* numbers given out: FLASH, the rest */
};

/* Growing arrays; `slots` is an open-addressed table of message number + 1, half full at most. */
struct history {
    struct history_message *messages;
    size_t messages_count;
    size_t messages_room;
    uint16_t *recipients;
    uint8_t *deliveries;
    size_t recipients_count;
    size_t recipients_room;
    uint32_t *slots;
    size_t slots_count; /* a power of two */
    struct party parties[HISTORY_PARTIES_MAX];
    size_t parties_count;
};

enum { FIRST_SLOTS = 1024 };

enum err
history_new(struct history **out)
{
    struct history *history = calloc(1, sizeof *history);

    *out = NULL;
    if (history == NULL)
        return ERR_NOMEM;
    history->slots = calloc(FIRST_SLOTS, sizeof *history->slots);
    if (history->slots == NULL) {
        history_free(&history);
        return ERR_NOMEM;
    }
    history->slots_count = FIRST_SLOTS;
    *out = history;
    return ERR_OK;
}

void
history_free(struct history **history)
{
    if (*history == NULL)
        return;
    free((*history)->messages);
    free((*history)->recipients);
    free((*history)->deliveries);
    free((*history)->slots);
    free(*history);
    *history = NULL;
}

enum err
history_party(struct history *history, const char *member, uint16_t *out)
{
    size_t len = strlen(member);

    for (size_t i = 0; i < history->parties_count; i++) {
        if (strcmp(history->parties[i].id, member) == 0) {
            *out = (uint16_t)i;
            return ERR_OK;
        }
    }
    if (history->parties_count == HISTORY_PARTIES_MAX || len > MEMBER_ID_MAX)
        return ERR_FULL;
    memcpy(history->parties[history->parties_count].id, member, len + 1);
    *out = (uint16_t)history->parties_count;
    history->parties_count++;
    return ERR_OK;
}

static struct hash
message_key(const char *from, const struct id *id)
{
    const struct span parts[] = {
        {(const uint8_t *)from, strlen(from) + 1},
        {id->bytes, ID_BYTES},
    };
    return hash_spans(parts, sizeof parts / sizeof parts[0]);
}

/* The slot where `key` is or would be; a SHA-256 start keeps chosen ids from piling up. */
static size_t
find_slot(const uint32_t *slots, size_t slots_count, const struct history_message *messages,
          const struct hash *key)
{
    uint64_t start = 0;

    memcpy(&start, key->bytes, sizeof start);
    size_t slot = (size_t)start & (slots_count - 1);
    while (slots[slot] != 0 && /* ends: half of the slots are empty */
           memcmp(messages[slots[slot] - 1].key.bytes, key->bytes, HASH_BYTES) != 0)
        slot = (slot + 1) & (slots_count - 1);
    return slot;
}

struct history_message *
history_find(const struct history *history, const char *from, const struct id *id)
{
    struct hash key = message_key(from, id);
    uint32_t number =
        history->slots[find_slot(history->slots, history->slots_count, history->messages, &key)];

    return number == 0 ? NULL : &history->messages[number - 1];
}

struct history_message *
history_find_ref(const struct history *history, const struct message_ref *ref)
{
    struct history_message *message = history_find(history, ref->from, &ref->id);

    return message != NULL && hash_is_equal(&message->hash, &ref->hash) ? message : NULL;
}

static enum err
grow_slots(struct history *history)
{
    if ((history->messages_count + 1) * 2 <= history->slots_count)
        return ERR_OK;
    if (history->messages_count >= UINT32_MAX / 4)
        return ERR_FULL;
    size_t wider_count = history->slots_count * 2;
    uint32_t *wider = calloc(wider_count, sizeof *wider);
    if (wider == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < history->messages_count; i++) {
        const struct hash *key = &history->messages[i].key;
        wider[find_slot(wider, wider_count, history->messages, key)] = (uint32_t)i + 1;
    }
    free(history->slots);
    history->slots = wider;
    history->slots_count = wider_count;
    return ERR_OK;
}

static enum err
grow_recipients(struct history *history, size_t more)
{
    if (history->recipients_room - history->recipients_count >= more)
        return ERR_OK;
    size_t room = history->recipients_room * 2 + 4 * RECIPIENTS_MAX;
    void *wider = realloc(history->recipients, room * sizeof *history->recipients);
    if (wider == NULL)
        return ERR_NOMEM;
    history->recipients = wider;
    wider = realloc(history->deliveries, room * sizeof *history->deliveries);
    if (wider == NULL)
        return ERR_NOMEM;
    history->deliveries = wider;
    history->recipients_room = room; /* last: both arrays have it */
    return ERR_OK;
}

/* Make room for one message with `recipients` more; what grew stays grown. */
static enum err
grow(struct history *history, size_t recipients)
{
    enum err err = grow_recipients(history, recipients);

    if (err != ERR_OK)
        return err;
    if (history->messages_count == history->messages_room) {
        size_t room = history->messages_room * 2 + FIRST_SLOTS;
        void *wider = realloc(history->messages, room * sizeof *history->messages);
        if (wider == NULL)
            return ERR_NOMEM;
        history->messages = wider;
        history->messages_room = room;
    }
    return grow_slots(history);
}

/* One more than the place of what `ref` names; 0 if it is not known. */
static uint32_t
number_of(const struct history *history, const struct message_ref *ref)
{
    const struct history_message *message = history_find_ref(history, ref);

    return message == NULL ? 0 : (uint32_t)(message - history->messages) + 1;
}

enum err
history_add(struct history *history, const struct header *header, const struct hash *hash,
            uint64_t leaf)
{
    struct history_message message = {
        .key = message_key(header->from, &header->id),
        .hash = *hash,
        .leaf = leaf,
        .keep_until_ms = header_keep_until_ms(header),
        .first_recipient = history->recipients_count,
        .recipients_count = (uint16_t)header->to_count,
        .kind = header->kind,
        .thread = header->thread_id,
        .is_withdrawal = header->action == DENREI__V1__ACTION__ACTION_WITHDRAW,
    };
    enum err err = grow(history, header->to_count);

    if (err != ERR_OK)
        return err;
    if (header->has_supersedes)
        message.older = number_of(history, &header->supersedes);
    size_t slot = find_slot(history->slots, history->slots_count, history->messages, &message.key);
    if (history->slots[slot] != 0)
        return ERR_EXISTS;
    err = history_party(history, header->from, &message.from);
    for (size_t i = 0; i < header->to_count && err == ERR_OK; i++) {
        history->deliveries[message.first_recipient + i] = 0;
        err = history_party(history, header->to[i],
                            &history->recipients[message.first_recipient + i]);
    }
    if (err != ERR_OK)
        return err;
    history->recipients_count += header->to_count;
    history->messages[history->messages_count] = message;
    history->messages_count++;
    history->slots[slot] = (uint32_t)history->messages_count;
    return ERR_OK;
}

void
history_withdraw(struct history *history, struct history_message *message)
{
    /* Ends: what is superseded was there before, so numbers only get smaller. */
    for (message->is_withdrawn = true; message->older != 0; message->is_withdrawn = true)
        message = &history->messages[message->older - 1];
}

bool
history_has_party(const struct history *history, const struct history_message *message,
                  const char *member)
{
    bool is_party = strcmp(history->parties[message->from].id, member) == 0;

    for (size_t i = 0; i < message->recipients_count && !is_party; i++) {
        uint16_t party = history->recipients[message->first_recipient + i];
        is_party = strcmp(history->parties[party].id, member) == 0;
    }
    return is_party;
}

size_t
history_recipients(const struct history *history, const struct history_message *message,
                   const char *out[RECIPIENTS_MAX])
{
    size_t count = message->recipients_count;

    assert(count <= RECIPIENTS_MAX);
    for (size_t i = 0; i < count; i++)
        out[i] = history->parties[history->recipients[message->first_recipient + i]].id;
    return count;
}

uint8_t *
history_deliveries(struct history *history, const struct history_message *message, uint16_t party)
{
    for (size_t i = 0; i < message->recipients_count; i++)
        if (history->recipients[message->first_recipient + i] == party)
            return &history->deliveries[message->first_recipient + i];
    return NULL;
}

bool
history_is_unacknowledged(const struct history *history, const struct history_message *message,
                          const char *const *missing, size_t count)
{
    size_t silent = 0;

    for (size_t i = 0; i < message->recipients_count; i++) {
        uint16_t party = history->recipients[message->first_recipient + i];
        size_t at = 0;
        if (history->deliveries[message->first_recipient + i] != 0)
            continue;
        silent++;
        while (at < count && strcmp(missing[at], history->parties[party].id) != 0)
            at++;
        if (at == count)
            return false;
    }
    return silent == count; /* recipients are different, so nobody else is named */
}

enum err
history_take_slot(struct history *history, uint16_t party, const struct slot *slot)
{
    uint64_t *last =
        &history->parties[party].last[slot->lane == DENREI__V1__LANE__LANE_FLASH ? 0 : 1];
    bool is_next = slot->number == *last + 1;

    if (slot->number > *last)
        *last = slot->number; /* one gap is one fault, not one for every later entry */
    return is_next ? ERR_OK : ERR_PROOF;
}
