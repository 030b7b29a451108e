#include "proto/frame.h"

#include "proto/attachment.h"
#include "proto/envelope.h"
#include "proto/merkle.h"
#include "proto/record.h"

#include <string.h>

enum {
    /* Bounds of answers whose size the frame alone would bound too loosely for their readers. */
    DOCUMENTS_MAX = 1024,
    TRACK_ITEMS_MAX = TRACK_MAX * RECIPIENTS_MAX
};

static bool
is_between(uint64_t value, uint64_t least, uint64_t most)
{
    return least <= value && value <= most;
}

/* One hash for each, `most` of them at most: a Merkle path. */
static bool
is_path(const ProtobufCBinaryData *path, size_t count, size_t most)
{
    return count <= most && wire_are_sized(path, count, HASH_BYTES);
}

static bool
is_optional_note(const char *text)
{
    return text[0] == '\0' || wire_is_note(text);
}

static bool
is_entry(ProtobufCBinaryData entry, uint64_t leaf)
{
    return is_between(entry.len, 1, ENTRY_BYTES_MAX) && leaf < MERKLE_LEAVES_MAX;
}

/* 1 to BATCH_MAX serialised delivery receipts. */
static bool
are_receipts(const ProtobufCBinaryData *receipts, size_t count)
{
    if (!is_between(count, 1, BATCH_MAX))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!is_between(receipts[i].len, 1, RECEIPT_BYTES_MAX))
            return false;
    }
    return true;
}

/* One signature for all bounds the relay's work on a frame: it verifies one, not 256. */
static bool
is_submit_call(const Denrei__V1__SubmitCall *call)
{
    if (!is_between(call->n_envelopes, 1, BATCH_MAX) || call->checkpoint_size > MERKLE_LEAVES_MAX)
        return false;
    for (size_t i = 0; i < call->n_envelopes; i++) {
        if (!wire_is_envelope(call->envelopes[i]))
            return false;
        const Denrei__V1__Signature *first = call->envelopes[0]->signature;
        const Denrei__V1__Signature *other = call->envelopes[i]->signature;
        if (first->count != other->count ||
            memcmp(first->sig.data, other->sig.data, SIGNATURE_BYTES) != 0)
            return false;
    }
    return true;
}

static bool
is_fetch_call(const Denrei__V1__FetchCall *call)
{
    return is_between(call->credit, 1, FETCH_CREDIT_MAX) && call->wait_ms <= FETCH_WAIT_MS_MAX &&
           call->checkpoint_size <= MERKLE_LEAVES_MAX;
}

static bool
is_publish_call(const Denrei__V1__PublishCall *call)
{
    return call->type != DENREI__V1__DOCUMENT_TYPE__DOCUMENT_UNSPECIFIED &&
           is_between(call->document.len, 1, DOCUMENT_BYTES_MAX);
}

static bool
is_cosign_call(const Denrei__V1__CosignCall *call)
{
    return is_between(strnlen(call->cosignature, DESCRIPTION_BYTES_MAX + 1), 1,
                      DESCRIPTION_BYTES_MAX) &&
           is_between(call->size, 1, MERKLE_LEAVES_MAX);
}

static bool
is_track_call(const Denrei__V1__TrackCall *call)
{
    return is_between(call->n_message_ids, 1, TRACK_MAX) &&
           wire_are_sized(call->message_ids, call->n_message_ids, ID_BYTES);
}

/* The path is as long as the place asks, which is for the proof to say. */
static bool
is_put_chunk_call(const Denrei__V1__PutChunkCall *call)
{
    uint32_t chunks = attachment_chunks(call->bytes);

    return call->message_id.len == ID_BYTES && call->attachment < ATTACHMENTS_MAX &&
           call->hash.len == HASH_BYTES && call->chunk < chunks &&
           (call->data.len == 0
                ? call->n_path == 0
                : call->data.len == attachment_chunk_len(call->bytes, call->chunk)) &&
           is_path(call->path, call->n_path, ATTACHMENT_PATH_MAX);
}

static bool
is_get_chunk_call(const Denrei__V1__GetChunkCall *call)
{
    return message_is_member_id(call->from) && call->message_id.len == ID_BYTES &&
           call->attachment < ATTACHMENTS_MAX && call->chunk < ATTACHMENT_CHUNKS_MAX;
}

bool
frame_is_request(const Denrei__V1__Request *request)
{
    switch (request->call_case) {
    case DENREI__V1__REQUEST__CALL_HELLO:
        return request->hello->checkpoint_size <= MERKLE_LEAVES_MAX;
    case DENREI__V1__REQUEST__CALL_SUBMIT:
        return is_submit_call(request->submit);
    case DENREI__V1__REQUEST__CALL_FETCH:
        return is_fetch_call(request->fetch);
    case DENREI__V1__REQUEST__CALL_ACKNOWLEDGE:
        return are_receipts(request->acknowledge->receipts, request->acknowledge->n_receipts) &&
               request->acknowledge->sig.len == SIGNATURE_BYTES;
    case DENREI__V1__REQUEST__CALL_PUBLISH:
        return is_publish_call(request->publish);
    case DENREI__V1__REQUEST__CALL_DOCUMENTS:
        return request->documents->checkpoint_size <= MERKLE_LEAVES_MAX;
    case DENREI__V1__REQUEST__CALL_CHECKPOINT:
        return request->checkpoint->size <= MERKLE_LEAVES_MAX;
    case DENREI__V1__REQUEST__CALL_COSIGN:
        return is_cosign_call(request->cosign);
    case DENREI__V1__REQUEST__CALL_ENTRIES:
        return is_between(request->entries->count, 1, ENTRIES_MAX) &&
               request->entries->from_leaf < MERKLE_LEAVES_MAX;
    case DENREI__V1__REQUEST__CALL_TRACK:
        return is_track_call(request->track);
    case DENREI__V1__REQUEST__CALL_STATUS:
        return true;
    case DENREI__V1__REQUEST__CALL_PUT_CHUNK:
        return is_put_chunk_call(request->put_chunk);
    case DENREI__V1__REQUEST__CALL_GET_CHUNK:
        return is_get_chunk_call(request->get_chunk);
    case DENREI__V1__REQUEST__CALL__NOT_SET:
    case _DENREI__V1__REQUEST__CALL__CASE_IS_INT_SIZE:
    default:
        return false;
    }
}

static bool
is_hello_reply(const Denrei__V1__HelloReply *reply)
{
    return wire_is_note(reply->checkpoint) &&
           is_path(reply->consistency, reply->n_consistency, MERKLE_CONSISTENCY_MAX) &&
           is_between(reply->time, 1, TIME_MS_MAX);
}

/* Accepted, with the proof of it, or refused by a code. */
static bool
is_submit_reply(const Denrei__V1__SubmitReply *reply)
{
    if (!is_between(reply->n_results, 1, BATCH_MAX) || !is_optional_note(reply->checkpoint) ||
        !is_path(reply->consistency, reply->n_consistency, MERKLE_CONSISTENCY_MAX))
        return false;
    for (size_t i = 0; i < reply->n_results; i++) {
        const Denrei__V1__SubmitResult *result = reply->results[i];
        if (!is_path(result->path, result->n_path, MERKLE_LEVELS_MAX) ||
            !is_optional_note(result->checkpoint) || result->entry.len > ENTRY_BYTES_MAX)
            return false;
        if (result->code == REFUSAL_NONE &&
            (!is_entry(result->entry, result->leaf) ||
             (result->checkpoint[0] == '\0' && reply->checkpoint[0] == '\0')))
            return false;
    }
    return true;
}

/* A message, or a tombstone without wrap and body. */
static bool
is_fetch_item(const Denrei__V1__FetchItem *item)
{
    bool is_tombstone = item->body.len == 0;

    if (item->slot == NULL || !wire_is_slot(item->slot) || !is_entry(item->entry, item->leaf) ||
        !is_path(item->path, item->n_path, MERKLE_LEVELS_MAX))
        return false;
    if (is_tombstone)
        return item->wrap.len == 0 && item->n_wrap_path == 0;
    return item->wrap.len == WRAP_BYTES &&
           is_path(item->wrap_path, item->n_wrap_path, BATCH_PATH_MAX) &&
           envelope_is_body_bytes(item->body.len);
}

static bool
is_fetch_reply(const Denrei__V1__FetchReply *reply)
{
    if (reply->n_items > FETCH_CREDIT_MAX || !wire_is_note(reply->checkpoint) ||
        !is_path(reply->consistency, reply->n_consistency, MERKLE_CONSISTENCY_MAX) ||
        !is_between(reply->head.len, 1, HEAD_BYTES_MAX) || reply->head_sig.len != SIGNATURE_BYTES)
        return false;
    for (size_t i = 0; i < reply->n_items; i++) {
        if (!is_fetch_item(reply->items[i]))
            return false;
    }
    return true;
}

static bool
is_documents_reply(const Denrei__V1__DocumentsReply *reply)
{
    if (reply->n_items > DOCUMENTS_MAX || !wire_is_note(reply->checkpoint) ||
        !is_path(reply->consistency, reply->n_consistency, MERKLE_CONSISTENCY_MAX))
        return false;
    for (size_t i = 0; i < reply->n_items; i++) {
        const Denrei__V1__DocumentsItem *item = reply->items[i];
        if (!is_between(item->document.len, 1, DOCUMENT_BYTES_MAX) ||
            !is_entry(item->entry, item->leaf) ||
            !is_path(item->path, item->n_path, MERKLE_LEVELS_MAX))
            return false;
    }
    return true;
}

static bool
is_checkpoint_reply(const Denrei__V1__CheckpointReply *reply)
{
    return wire_is_note(reply->published) && is_optional_note(reply->witnessed) &&
           is_path(reply->consistency, reply->n_consistency, MERKLE_CONSISTENCY_MAX) &&
           is_path(reply->witnessed_consistency, reply->n_witnessed_consistency,
                   MERKLE_CONSISTENCY_MAX);
}

static bool
is_entries_reply(const Denrei__V1__EntriesReply *reply)
{
    if (reply->n_entries > ENTRIES_MAX || !wire_is_note(reply->checkpoint))
        return false;
    for (size_t i = 0; i < reply->n_entries; i++) {
        if (!is_between(reply->entries[i].len, 1, ENTRY_BYTES_MAX))
            return false;
    }
    return true;
}

static bool
is_track_reply(const Denrei__V1__TrackReply *reply)
{
    if (reply->n_items > TRACK_ITEMS_MAX)
        return false;
    for (size_t i = 0; i < reply->n_items; i++) {
        const Denrei__V1__TrackItem *item = reply->items[i];
        if (!is_between(item->receipt.len, 1, RECEIPT_BYTES_MAX) || item->signature == NULL ||
            !wire_is_signature(item->signature) || item->leaf >= MERKLE_LEAVES_MAX)
            return false;
    }
    return true;
}

static bool
is_status_reply(const Denrei__V1__StatusReply *reply)
{
    if (reply->n_mailboxes > MEMBERS_MAX || reply->tree_size > MERKLE_LEAVES_MAX)
        return false;
    for (size_t i = 0; i < reply->n_mailboxes; i++) {
        if (!message_is_member_id(reply->mailboxes[i]->member))
            return false;
    }
    return true;
}

static bool
is_error_reply(const Denrei__V1__ErrorReply *reply)
{
    return reply->code != REFUSAL_NONE &&
           strnlen(reply->sentence, DESCRIPTION_BYTES_MAX + 1) <= DESCRIPTION_BYTES_MAX;
}

bool
frame_is_reply(const Denrei__V1__Reply *reply)
{
    switch (reply->answer_case) {
    case DENREI__V1__REPLY__ANSWER_HELLO:
        return is_hello_reply(reply->hello);
    case DENREI__V1__REPLY__ANSWER_SUBMIT:
        return is_submit_reply(reply->submit);
    case DENREI__V1__REPLY__ANSWER_FETCH:
        return is_fetch_reply(reply->fetch);
    case DENREI__V1__REPLY__ANSWER_ACKNOWLEDGE:
        return reply->acknowledge->leaf < MERKLE_LEAVES_MAX;
    case DENREI__V1__REPLY__ANSWER_PUBLISH:
        return reply->publish->leaf < MERKLE_LEAVES_MAX && reply->publish->number > 0;
    case DENREI__V1__REPLY__ANSWER_DOCUMENTS:
        return is_documents_reply(reply->documents);
    case DENREI__V1__REPLY__ANSWER_CHECKPOINT:
        return is_checkpoint_reply(reply->checkpoint);
    case DENREI__V1__REPLY__ANSWER_COSIGN:
        return reply->cosign->cosignatures <= WITNESSES_MAX;
    case DENREI__V1__REPLY__ANSWER_ENTRIES:
        return is_entries_reply(reply->entries);
    case DENREI__V1__REPLY__ANSWER_TRACK:
        return is_track_reply(reply->track);
    case DENREI__V1__REPLY__ANSWER_STATUS:
        return is_status_reply(reply->status);
    case DENREI__V1__REPLY__ANSWER_PUT_CHUNK:
        return reply->put_chunk->next <= ATTACHMENT_CHUNKS_MAX;
    case DENREI__V1__REPLY__ANSWER_GET_CHUNK:
        return is_between(reply->get_chunk->data.len, 1,
                          ATTACHMENT_CHUNK_BYTES + ATTACHMENT_CHUNK_EXTRA) &&
               is_path(reply->get_chunk->path, reply->get_chunk->n_path, ATTACHMENT_PATH_MAX);
    case DENREI__V1__REPLY__ANSWER_ERROR:
        return is_error_reply(reply->error);
    case DENREI__V1__REPLY__ANSWER__NOT_SET:
    case _DENREI__V1__REPLY__ANSWER__CASE_IS_INT_SIZE:
    default:
        return false;
    }
}
