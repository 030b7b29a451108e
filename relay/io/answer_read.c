/* Replies that read on in the log: documents, entries, receipts of one's own messages, status. */
#include "proto/batch.h"
#include "relay/io/answer_inner.h"

#include <assert.h>
#include <string.h>

static enum refusal
make_document(const struct answer_context *context, uint64_t number,
              Denrei__V1__DocumentsItem **out)
{
    Denrei__V1__DocumentsItem *item = arena_alloc(context->arena, sizeof *item);
    struct store_document document;
    struct span entry;

    if (item == NULL)
        return REFUSAL_TOO_LARGE;
    denrei__v1__documents_item__init(item);
    enum err err = store_find_document(context->store, number, context->arena, &document);
    if (err == ERR_OK)
        err = store_find_entry(context->store, document.leaf, context->arena, &entry);
    if (err != ERR_OK)
        return answer_refusal(err == ERR_NOT_FOUND ? ERR_CORRUPT : err);
    item->document = wire_put(document.bytes.data, document.bytes.len);
    item->entry = wire_put(entry.data, entry.len);
    item->leaf = document.leaf;
    *out = item;
    return answer_path(context, document.leaf, &item->n_path, &item->path);
}

enum refusal
answer_documents(const struct answer_context *context, const struct work *work,
                 Denrei__V1__Reply *reply)
{
    uint64_t newest = relay_documents(context->relay);
    uint64_t after = work->request->documents->after;
    Denrei__V1__DocumentsReply *documents = arena_alloc(context->arena, sizeof *documents);
    size_t bytes = 0;

    if (documents == NULL)
        return REFUSAL_TOO_LARGE;
    denrei__v1__documents_reply__init(documents);
    reply->answer_case = DENREI__V1__REPLY__ANSWER_DOCUMENTS;
    reply->documents = documents;
    documents->documents = newest;
    documents->checkpoint = answer_checkpoint(context);
    documents->items =
        arena_alloc(context->arena, ENTRIES_MAX * sizeof(Denrei__V1__DocumentsItem *));
    if (documents->checkpoint == NULL || documents->items == NULL)
        return REFUSAL_TOO_LARGE;
    enum refusal proven =
        answer_consistency(context, work->request->documents->checkpoint_size,
                           ledger_sealed(relay_ledger(context->relay))->head.leaf_count,
                           &documents->n_consistency, &documents->consistency);
    if (proven != REFUSAL_NONE)
        return proven;
    while (after < newest && documents->n_items < ENTRIES_MAX) {
        Denrei__V1__DocumentsItem *item = NULL;
        enum refusal code = make_document(context, ++after, &item);
        if (code == REFUSAL_TOO_LARGE && documents->n_items > 0)
            return REFUSAL_NONE;
        if (code != REFUSAL_NONE)
            return code;
        assert(item != NULL);
        bytes += item->document.len + item->entry.len + MERKLE_LEVELS_MAX * (HASH_BYTES + 2) + 64;
        if (bytes > ANSWER_CONTENT_MAX && documents->n_items > 0)
            return REFUSAL_NONE;
        documents->items[documents->n_items++] = item;
    }
    return REFUSAL_NONE;
}

/* Entries from `leaf` up to `end` as far as they fit; *read of them, *bytes long. */
static enum refusal
read_entries(const struct answer_context *context, uint64_t leaf, uint64_t end, size_t room,
             struct span *list, size_t *read)
{
    size_t bytes = 0, count = 0;

    *read = 0;
    while (leaf < end && *read < room) {
        size_t max = room - *read < end - leaf ? room - *read : (size_t)(end - leaf);
        enum err err =
            store_find_entries(context->store, leaf, max, context->arena, list + *read, &count);
        if (err != ERR_OK || count == 0)
            return answer_refusal(err == ERR_NOMEM ? err : ERR_CORRUPT);
        for (size_t i = 0; i < count; i++) {
            bytes += list[*read].len + 4;
            if (bytes > ANSWER_CONTENT_MAX)
                return REFUSAL_NONE;
            (*read)++;
        }
        leaf += count;
    }
    return REFUSAL_NONE;
}

enum refusal
answer_entries(const struct answer_context *context, const struct work *work,
               Denrei__V1__Reply *reply)
{
    const struct relay_published *published = relay_newest_published(context->relay);
    const Denrei__V1__EntriesCall *call = work->request->entries;
    Denrei__V1__EntriesReply *entries = arena_alloc(context->arena, sizeof *entries);
    struct span *list = arena_alloc(context->arena, call->count * sizeof *list);
    size_t read = 0;

    if (entries == NULL || list == NULL)
        return REFUSAL_TOO_LARGE;
    if (call->from_leaf > published->size)
        return REFUSAL_NOT_FOUND;
    denrei__v1__entries_reply__init(entries);
    reply->answer_case = DENREI__V1__REPLY__ANSWER_ENTRIES;
    reply->entries = entries;
    entries->checkpoint = arena_copy(context->arena, published->note, published->note_len);
    entries->entries = arena_alloc(context->arena, call->count * sizeof *entries->entries);
    if (entries->checkpoint == NULL || entries->entries == NULL)
        return REFUSAL_TOO_LARGE;
    enum refusal code =
        read_entries(context, call->from_leaf, published->size, call->count, list, &read);
    if (code != REFUSAL_NONE)
        return code;
    for (size_t i = 0; i < read; i++)
        entries->entries[i] = wire_put(list[i].data, list[i].len);
    entries->n_entries = read;
    entries->more = call->from_leaf + read < published->size;
    return REFUSAL_NONE;
}

/* The batch that was read last: receipts that are asked for together often stand together. */
struct ack {
    uint64_t leaf; /* 0: none yet; no batch is the first leaf */
    struct entry_delivery delivery;
    struct merkle_batch tree;
};

/* Read the batch at `leaf` into the scratch arena. */
static enum refusal
read_ack(const struct answer_context *context, uint64_t leaf, struct ack *ack)
{
    const struct hash *federation = trust_federation(relay_trust(context->relay));
    struct log_entry entry;
    struct span bytes;

    if (ack->leaf == leaf)
        return REFUSAL_NONE;
    ack->leaf = 0;
    arena_reset(context->scratch);
    enum err err = store_find_entry(context->store, leaf, context->scratch, &bytes);
    if (err == ERR_OK)
        err = entry_decode(bytes, context->scratch, &entry);
    if (err == ERR_OK && entry.type != DENREI__V1__LOG_ENTRY__EVENT_DELIVERY)
        err = ERR_CORRUPT;
    if (err != ERR_OK)
        return answer_refusal(err == ERR_NOT_FOUND ? ERR_CORRUPT : err);
    ack->delivery = entry.delivery;
    err = batch_receipts(federation, ack->delivery.receipts, ack->delivery.receipts_count,
                         &ack->tree);
    if (err == ERR_OK)
        ack->leaf = leaf;
    return answer_refusal(err == ERR_OK ? ERR_OK : ERR_CORRUPT);
}

/* One receipt with the path to the signature that it was given under. */
static enum refusal
make_track_item(const struct answer_context *context, const struct store_delivery *delivery,
                struct ack *ack, Denrei__V1__TrackItem **out)
{
    Denrei__V1__TrackItem *item = arena_alloc(context->arena, sizeof *item);

    if (item == NULL)
        return REFUSAL_TOO_LARGE;
    enum refusal code = read_ack(context, delivery->leaf, ack);
    if (code != REFUSAL_NONE)
        return code;
    if (delivery->index >= ack->delivery.receipts_count)
        return answer_refusal(ERR_CORRUPT);
    struct signature signature = {.count = (uint32_t)ack->delivery.receipts_count,
                                  .index = delivery->index,
                                  .sig = ack->delivery.sig};
    signature.path_len = (uint32_t)merkle_batch_path(&ack->tree, delivery->index, signature.path);
    denrei__v1__track_item__init(item);
    const struct span receipt = ack->delivery.receipts[delivery->index];
    const uint8_t *copy = arena_copy(context->arena, receipt.data, receipt.len);
    if (copy == NULL)
        return REFUSAL_TOO_LARGE;
    item->receipt = wire_put(copy, receipt.len);
    item->leaf = delivery->leaf;
    *out = item;
    return answer_refusal(signature_to_wire(&signature, context->arena, &item->signature));
}

static enum refusal
add_track(const struct answer_context *context, uint32_t sender, const struct id *id,
          struct store_delivery *deliveries, Denrei__V1__TrackReply *track)
{
    struct ack ack = {.leaf = 0};
    struct store_message message;
    size_t count = 0;

    enum err err = store_find_message(context->store, sender, id, &message);
    if (err == ERR_NOT_FOUND)
        return REFUSAL_NONE; /* nothing is known of it, so there is no receipt */
    size_t room = STORE_TRACK_MAX - track->n_items;
    if (err == ERR_OK)
        err = store_list_deliveries(context->store, message.leaf, deliveries, room, &count);
    if (err != ERR_OK)
        return answer_refusal(err);
    if (count == room)
        return REFUSAL_TOO_LARGE;
    for (size_t i = 0; i < count; i++) {
        enum refusal code =
            make_track_item(context, &deliveries[i], &ack, &track->items[track->n_items]);
        if (code != REFUSAL_NONE)
            return code;
        track->n_items++;
    }
    return REFUSAL_NONE;
}

enum refusal
answer_track(const struct answer_context *context, const struct work *work,
             Denrei__V1__Reply *reply)
{
    const Denrei__V1__TrackCall *call = work->request->track;
    const struct mailbox *sender =
        mailboxes_find(relay_mailboxes(context->relay), work->caller.member);
    Denrei__V1__TrackReply *track = arena_alloc(context->arena, sizeof *track);
    struct store_delivery *deliveries =
        arena_alloc(context->arena, STORE_TRACK_MAX * sizeof *deliveries);
    struct id id;

    if (track == NULL || deliveries == NULL || sender == NULL)
        return REFUSAL_TOO_LARGE;
    denrei__v1__track_reply__init(track);
    reply->answer_case = DENREI__V1__REPLY__ANSWER_TRACK;
    reply->track = track;
    track->items = arena_alloc(context->arena, STORE_TRACK_MAX * sizeof(Denrei__V1__TrackItem *));
    if (track->items == NULL)
        return REFUSAL_TOO_LARGE;
    for (size_t i = 0; i < call->n_message_ids; i++) {
        if (wire_get_id(call->message_ids[i], &id) != ERR_OK)
            return REFUSAL_MALFORMED;
        enum refusal code = add_track(context, sender->number, &id, deliveries, track);
        if (code != REFUSAL_NONE)
            return code;
    }
    return REFUSAL_NONE;
}

enum refusal
answer_status(const struct answer_context *context, Denrei__V1__Reply *reply)
{
    const struct mailboxes *mailboxes = relay_mailboxes(context->relay);
    const struct relay_counts counts = relay_counts(context->relay);
    size_t count = mailboxes_count(mailboxes);
    Denrei__V1__StatusReply *status = arena_alloc(context->arena, sizeof *status);
    Denrei__V1__StatusMailbox *list = arena_alloc(context->arena, count * sizeof *list);

    if (status == NULL || list == NULL)
        return REFUSAL_TOO_LARGE;
    denrei__v1__status_reply__init(status);
    reply->answer_case = DENREI__V1__REPLY__ANSWER_STATUS;
    reply->status = status;
    status->mailboxes = arena_alloc(context->arena, count * sizeof(Denrei__V1__StatusMailbox *));
    if (status->mailboxes == NULL)
        return REFUSAL_TOO_LARGE;
    status->tree_size = ledger_size(relay_ledger(context->relay));
    status->started_at = context->started_ms;
    status->directory_version =
        trust_directory(relay_trust(context->relay), TRUST_UNLOGGED)->version;
    status->documents = relay_documents(context->relay);
    status->sessions = context->sessions;
    status->accepted = counts.accepted;
    status->refused = counts.refused;
    status->witnessed_size = relay_newest_witnessed(context->relay)->size;
    status->witnessed_at = relay_witnessed_ms(context->relay);
    status->time = context->now_ms;
    for (size_t i = 0; i < count; i++) {
        struct mailbox *mailbox = mailboxes_at(mailboxes, i);
        denrei__v1__status_mailbox__init(&list[i]);
        list[i].member = mailbox->member;
        list[i].flash_last = mailbox->flash_last;
        list[i].rest_last = mailbox->rest_last;
        list[i].unacknowledged = mailbox->unacknowledged;
        status->mailboxes[i] = &list[i];
    }
    status->n_mailboxes = count;
    return REFUSAL_NONE;
}
