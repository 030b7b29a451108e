/* The reply to a Fetch: messages in the order of the lanes, one checkpoint, and a signed head. */
#include "relay/io/answer_inner.h"

#include <string.h>

enum { ITEM_PATHS_BYTES = (MERKLE_LEVELS_MAX + BATCH_PATH_MAX) * (HASH_BYTES + 2) + 64 };

/* A message on its way into an item. */
struct letter {
    struct slot slot;
    uint64_t leaf;
    struct span entry;
    struct header header;
    struct seal seal;
};

static enum refusal
read_letter(const struct answer_context *context, const struct mailbox *mailbox,
            struct letter *letter)
{
    struct log_entry entry;

    enum err err = store_find_slot(context->store, mailbox->number, letter->slot, &letter->leaf);
    if (err == ERR_OK)
        err = store_find_entry(context->store, letter->leaf, context->arena, &letter->entry);
    if (err == ERR_OK)
        err = entry_decode(letter->entry, context->arena, &entry);
    if (err == ERR_OK && entry.type != DENREI__V1__LOG_ENTRY__EVENT_MESSAGE)
        err = ERR_CORRUPT;
    if (err == ERR_OK)
        err = header_decode(entry.message.header, context->arena, &letter->header);
    /* A number that was given out has its message: anything else is damage. */
    return answer_refusal(err == ERR_NOT_FOUND ? ERR_CORRUPT : err);
}

/* Wrap and body, unless the message's time is over or they are erased: a tombstone then. */
static enum refusal
add_body(const struct answer_context *context, const struct letter *letter, const char *member,
         Denrei__V1__FetchItem *item)
{
    uint64_t keep_until_ms = header_keep_until_ms(&letter->header);
    size_t index = header_find_recipient(&letter->header, member);
    size_t wraps_len = letter->header.to_count * WRAP_BYTES;
    struct hash *path = arena_alloc(context->arena, BATCH_PATH_MAX * sizeof *path);
    struct span data;

    if (context->now_ms >= keep_until_ms)
        return REFUSAL_NONE;
    enum err err =
        store_find_body(context->store, letter->leaf, keep_until_ms, context->arena, &data);
    if (err == ERR_NOT_FOUND)
        return REFUSAL_NONE;
    if (err == ERR_OK && (data.len <= wraps_len || index == letter->header.to_count))
        err = ERR_CORRUPT;
    if (err != ERR_OK || path == NULL)
        return answer_refusal(err != ERR_OK ? err : ERR_NOMEM);
    const struct envelope envelope = {.wraps = data.data, .wraps_count = letter->header.to_count};
    item->n_wrap_path =
        envelope_wrap_path(trust_federation(relay_trust(context->relay)), &envelope, index, path);
    item->wrap = wire_put(data.data + index * WRAP_BYTES, WRAP_BYTES);
    item->body = wire_put(data.data + wraps_len, data.len - wraps_len);
    return answer_refusal(
        frame_put_hashes(path, item->n_wrap_path, context->arena, &item->wrap_path));
}

static enum refusal
make_item(const struct answer_context *context, const struct mailbox *mailbox,
          const struct letter *letter, Denrei__V1__FetchItem **out)
{
    Denrei__V1__FetchItem *item = arena_alloc(context->arena, sizeof *item);
    Denrei__V1__Slot *slot = arena_alloc(context->arena, sizeof *slot);

    if (item == NULL || slot == NULL)
        return REFUSAL_TOO_LARGE;
    denrei__v1__fetch_item__init(item);
    denrei__v1__slot__init(slot);
    slot->lane = letter->slot.lane;
    slot->number = letter->slot.number;
    item->slot = slot;
    item->entry = wire_put(letter->entry.data, letter->entry.len);
    item->leaf = letter->leaf;
    *out = item;
    enum refusal code = add_body(context, letter, mailbox->member, item);
    if (code != REFUSAL_NONE)
        return code;
    return answer_path(context, letter->leaf, &item->n_path, &item->path);
}

/* As many items as credit, frame and arena allow. */
static enum refusal
add_items(const struct answer_context *context, const struct answer_fetch *fetch,
          const struct mailbox *mailbox, Denrei__V1__FetchReply *reply)
{
    struct mailbox_position position = fetch->position;
    size_t bytes = 0;
    struct letter letter;

    reply->items = arena_alloc(context->arena, fetch->credit * sizeof(Denrei__V1__FetchItem *));
    if (reply->items == NULL)
        return REFUSAL_TOO_LARGE;
    while (reply->n_items < fetch->credit && mailbox_next(mailbox, &position, &letter.slot)) {
        Denrei__V1__FetchItem *item = NULL;
        enum refusal code = read_letter(context, mailbox, &letter);
        if (code == REFUSAL_NONE)
            code = make_item(context, mailbox, &letter, &item);
        if (code == REFUSAL_TOO_LARGE && reply->n_items > 0)
            return REFUSAL_NONE; /* the arena is full: the rest comes with the next fetch */
        if (code != REFUSAL_NONE)
            return code;
        bytes += letter.entry.len + item->body.len + ITEM_PATHS_BYTES;
        if (bytes > ANSWER_CONTENT_MAX && reply->n_items > 0)
            return REFUSAL_NONE;
        reply->items[reply->n_items++] = item;
    }
    return REFUSAL_NONE;
}

static enum refusal
add_head(const struct answer_context *context, const struct mailbox *mailbox,
         Denrei__V1__FetchReply *reply)
{
    const struct ledger_sealed *sealed = ledger_sealed(relay_ledger(context->relay));
    const struct head head = {.member = mailbox->member,
                              .flash_last = mailbox->flash_last,
                              .rest_last = mailbox->rest_last,
                              .tree_size = sealed->head.leaf_count,
                              .time_ms = context->now_ms};
    struct sig *sig = arena_alloc(context->arena, sizeof *sig);
    struct span bytes;

    enum err err = head_encode(&head, context->arena, &bytes);
    if (err != ERR_OK || sig == NULL)
        return REFUSAL_TOO_LARGE;
    *sig = head_sign(trust_federation(relay_trust(context->relay)), bytes,
                     identity_secret(relay_key(context->relay)));
    reply->head = wire_put(bytes.data, bytes.len);
    reply->head_sig = wire_put(sig->bytes, sizeof sig->bytes);
    return REFUSAL_NONE;
}

enum refusal
answer_messages(const struct answer_context *context, const struct answer_fetch *fetch,
                Denrei__V1__Reply *reply)
{
    const struct ledger_sealed *sealed = ledger_sealed(relay_ledger(context->relay));
    const struct mailbox *mailbox = mailboxes_find(relay_mailboxes(context->relay), fetch->member);
    Denrei__V1__FetchReply *answer = arena_alloc(context->arena, sizeof *answer);

    if (answer == NULL || mailbox == NULL)
        return REFUSAL_TOO_LARGE;
    denrei__v1__fetch_reply__init(answer);
    reply->answer_case = DENREI__V1__REPLY__ANSWER_FETCH;
    reply->fetch = answer;
    answer->documents = relay_documents(context->relay);
    answer->checkpoint = answer_checkpoint(context);
    if (answer->checkpoint == NULL)
        return REFUSAL_TOO_LARGE;
    /* A reader that is ahead of the mailbox has seen another history. */
    if (fetch->position.flash_after > mailbox->flash_last ||
        fetch->position.rest_after > mailbox->rest_last)
        return REFUSAL_CHECKPOINT;
    enum refusal code = answer_consistency(context, fetch->checkpoint_size, sealed->head.leaf_count,
                                           &answer->n_consistency, &answer->consistency);
    if (code == REFUSAL_NONE)
        code = add_head(context, mailbox, answer);
    return code != REFUSAL_NONE ? code : add_items(context, fetch, mailbox, answer);
}
