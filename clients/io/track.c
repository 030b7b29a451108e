#include "clients/io/track.h"

#include "clients/acknowledge.h"
#include "proto/hash.h"

#include <assert.h>
#include <string.h>

/* Whether it speaks of one of these messages, for one of its recipients. */
static bool
is_about(const struct delivery_receipt *receipt, const struct track_asked *asked, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct header *header = &asked[i].header;
        if (strcmp(header->from, receipt->message.from) == 0 &&
            memcmp(header->id.bytes, receipt->message.id.bytes, ID_BYTES) == 0 &&
            hash_is_equal(&asked[i].hash, &receipt->message.hash) &&
            header_is_to(header, receipt->member))
            return true;
    }
    return false;
}

enum err
track_ask(struct connect *connect, const struct trust *trust, const struct track_asked *asked,
          size_t count, struct arena *arena,
          enum err (*each)(void *context, const struct delivery_receipt *receipt), void *context,
          struct problems *problems)
{
    Denrei__V1__TrackCall call = DENREI__V1__TRACK_CALL__INIT;
    Denrei__V1__Request request = DENREI__V1__REQUEST__INIT;
    ProtobufCBinaryData wire[TRACK_MAX];
    Denrei__V1__Reply *reply = NULL;

    assert(count <= TRACK_MAX);
    for (size_t i = 0; i < count; i++)
        wire[i] = wire_put(asked[i].header.id.bytes, ID_BYTES);
    call.message_ids = wire;
    call.n_message_ids = count;
    request.call_case = DENREI__V1__REQUEST__CALL_TRACK;
    request.track = &call;
    enum err err = connect_call(connect, &request, CONNECT_TIMEOUT_MS, arena, &reply, problems);
    for (size_t i = 0; err == ERR_OK && i < reply->track->n_items; i++) {
        struct delivery_receipt receipt;
        err = acknowledge_check(trust, reply->track->items[i], arena, &receipt);
        if (err == ERR_OK && !is_about(&receipt, asked, count))
            err = ERR_CONFLICT;
        if (err == ERR_OK) {
            err = each(context, &receipt);
            continue;
        }
        problems_add(problems, connect_endpoint(connect),
                     "tell the relay's operator and your auditor",
                     "the relay shows a delivery receipt that does not verify: %s", err_text(err));
    }
    return err;
}
