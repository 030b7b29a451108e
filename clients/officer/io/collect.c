/* Fetching the member's mailbox into the officer's store. */
#include "clients/io/convict.h"
#include "clients/officer/io/casework.h"
#include "clients/received.h"
#include "proto/io/clock.h"
#include "proto/wire.h"

#include <string.h>

/* What the relay serves and may not: kept, for it convicts the relay. */
static enum err
tell_relay(struct desk *desk, enum err err, const Denrei__V1__FetchReply *reply)
{
    char name[CONVICT_NAME_BYTES] = "";
    bool is_kept = convict_keep_fetch(state_dir(desk->state), reply, desk->scratch, name) == ERR_OK;

    problems_add(desk->problems, connect_endpoint(desk->connect),
                 "do not rely on this relay: tell your auditor and the other members",
                 "the relay serves what does not fit its log (%s)%s%s", err_text(err),
                 is_kept ? "; the evidence is in the state directory: " : "", is_kept ? name : "");
    return err;
}

static enum err
add_due(struct desk *desk, const struct received *received, Denrei__V1__DeliveryStatus status)
{
    struct delivery_receipt receipt = {
        .message = received->ref,
        .member = desk_member(desk),
        .credential = state_self(desk->state)->credential,
        .status = status,
        .reason = (uint32_t)received->refusal,
        .time_ms = clock_now_ms(),
    };
    struct span bytes;

    enum err err = delivery_receipt_encode(&receipt, desk->scratch, &bytes);
    return err == ERR_OK ? store_add_due(desk->store, bytes, desk->problems) : err;
}

/* That it came, and that an update or withdrawal took effect: the store ended what it names. */
static enum err
add_receipts(struct desk *desk, const struct received *received)
{
    if (received->is_tombstone)
        return ERR_OK; /* nobody has its body any more */
    if (received->refusal != REFUSAL_NONE)
        return add_due(desk, received, DENREI__V1__DELIVERY_STATUS__DELIVERY_REFUSED);
    enum err err = add_due(desk, received, DENREI__V1__DELIVERY_STATUS__DELIVERY_DELIVERED);
    if (err == ERR_OK && received->header.has_supersedes)
        err = add_due(desk, received, DENREI__V1__DELIVERY_STATUS__DELIVERY_APPLIED);
    return err;
}

static enum err
take_item(struct desk *desk, const Denrei__V1__FetchReply *reply, size_t index,
          const struct merkle_head *head, const struct head *mailbox,
          struct received_position *position, struct batch_cache *cache)
{
    const Denrei__V1__FetchItem *item = reply->items[index];
    struct span entry = {item->entry.data, item->entry.len}, bytes;
    struct received received = {0};

    enum err err =
        session_check_entry(head, entry, item->leaf, item->path, item->n_path, desk->scratch);
    if (err == ERR_OK)
        err = received_check(state_trust(desk->state), desk_member(desk), item, cache,
                             desk->scratch, &received);
    if (err == ERR_OK &&
        (!received_is_next(position, &received.slot) || !received_is_within(&received, mailbox)))
        err = ERR_CONFLICT;
    if (err != ERR_OK)
        return tell_relay(desk, err, reply);
    received_advance(position, &received.slot);
    err = wire_encode(&item->base, desk->scratch, &bytes);
    if (err == ERR_OK)
        err = store_add_received(desk->store, &received, bytes, desk->problems);
    if (err == ERR_OK)
        err = casework_take(desk, &received);
    if (err != ERR_OK || casework_is_held(&received))
        return err;
    return add_receipts(desk, &received);
}

static enum err
take_items(struct desk *desk, const Denrei__V1__FetchReply *reply, const struct merkle_head *head,
           struct received_position *position)
{
    struct batch_cache cache;
    struct head mailbox, earlier;

    batch_cache_init(&cache);
    enum err err = store_error(store_mailbox(desk->store, &earlier), desk->problems);
    if (err != ERR_OK)
        return err;
    const struct received_position least =
        received_furthest(position, earlier.flash_last, earlier.rest_last);
    err = received_check_head(state_trust(desk->state), desk_member(desk), head, &least, reply,
                              desk->scratch, &mailbox);
    if (err != ERR_OK)
        return tell_relay(desk, err, reply);
    err = officer_store_begin(desk->store, desk->problems);
    if (err != ERR_OK)
        return err;
    for (size_t i = 0; i < reply->n_items && err == ERR_OK; i++)
        err = take_item(desk, reply, i, head, &mailbox, position, &cache);
    if (err == ERR_OK)
        err = store_keep_mailbox(desk->store, &mailbox, desk->problems);
    if (err != ERR_OK) {
        officer_store_rollback(desk->store);
        return err;
    }
    err = officer_store_commit(desk->store, desk->problems);
    if (err == ERR_OK && received_is_held_back(reply, &mailbox, position))
        err = tell_relay(desk, ERR_CONFLICT, reply);
    return err;
}

static enum err
fetch_once(struct desk *desk, size_t *count)
{
    Denrei__V1__FetchCall call = DENREI__V1__FETCH_CALL__INIT;
    Denrei__V1__Request request = DENREI__V1__REQUEST__INIT;
    Denrei__V1__Reply *reply = NULL;
    struct received_position position;
    struct merkle_head head;

    arena_reset(desk->scratch);
    enum err err = store_position(desk->store, &position, desk->problems);
    if (err != ERR_OK)
        return err;
    call.flash_after = position.flash;
    call.rest_after = position.rest;
    call.credit = FETCH_CREDIT_MAX;
    call.checkpoint_size = connect_session(desk->connect)->head.leaf_count;
    request.call_case = DENREI__V1__REQUEST__CALL_FETCH;
    request.fetch = &call;
    err = connect_call(desk->connect, &request, CONNECT_TIMEOUT_MS, desk->scratch, &reply,
                       desk->problems);
    if (err != ERR_OK)
        return err;
    struct session_proof proof = {.checkpoint = reply->fetch->checkpoint,
                                  .consistency = reply->fetch->consistency,
                                  .consistency_len = reply->fetch->n_consistency};
    err = connect_advance(desk->connect, &proof, desk->scratch, &head, desk->problems);
    /* Entries are judged by the documents before them: take these first. */
    if (err == ERR_OK && connect_note_documents(desk->connect, reply->fetch->documents))
        err = connect_refresh(desk->connect, desk->problems);
    if (err == ERR_OK)
        err = take_items(desk, reply->fetch, &head, &position);
    *count = err == ERR_OK ? reply->fetch->n_items : 0;
    return err;
}

enum err
carry_fetch(struct desk *desk, size_t *count)
{
    size_t got = 0;

    *count = 0;
    do {
        enum err err = fetch_once(desk, &got);
        if (err != ERR_OK)
            return err;
        *count += got;
    } while (got > 0);
    enum err err = casework_judge(desk);
    return err == ERR_OK ? carry_due(desk) : err;
}
