#include "relay/verify.h"

#include "proto/batch.h"
#include "proto/hash.h"
#include "proto/merkle.h"
#include "proto/wire.h"

#include <string.h>

/* What the peer is told when a decoder refuses. */
static enum refusal
decoding_refusal(enum err err)
{
    if (err == ERR_NOMEM)
        return REFUSAL_TOO_LARGE;
    return err == ERR_UNKNOWN ? REFUSAL_SUITE : REFUSAL_MALFORMED;
}

/* Body and wraps are judged last: only what is signed is worth an entry in the log. */
static enum refusal
judge_content(const struct hash *federation, const struct checked_message *message)
{
    enum err err =
        envelope_check(federation, &message->envelope, &message->seal, message->header.to_count);

    if (err == ERR_OK)
        return REFUSAL_NONE;
    return err == ERR_COMMITMENT ? REFUSAL_BODY : REFUSAL_WRAPS;
}

void
verify_message(const struct verify_context *context, const Denrei__V1__Envelope *wire,
               struct arena *arena, struct checked_message *out)
{
    memset(out, 0, sizeof *out);
    enum err err = envelope_from_wire(wire, arena, &out->envelope);
    if (err == ERR_OK)
        err = header_decode(out->envelope.header, arena, &out->header);
    if (err == ERR_OK)
        err = seal_decode(out->envelope.seal, arena, &out->seal);
    if (err != ERR_OK) {
        out->code = decoding_refusal(err);
        return;
    }
    out->message_hash =
        envelope_message_hash(context->federation, out->envelope.header, out->envelope.seal);
    const struct pass *pass = passes_find(context->passes, &out->header.credential);
    if (pass == NULL || strcmp(pass->member, out->header.from) != 0) {
        out->code = REFUSAL_CREDENTIAL;
        return;
    }
    err = batch_cache_verify(context->cache, context->federation, false, &out->message_hash,
                             &out->envelope.signature, &pass->credential, &pass->signing_key);
    if (err != ERR_OK) {
        out->code = REFUSAL_SIGNATURE;
        return;
    }
    out->is_signed = true;
    out->code = judge_content(context->federation, out);
}

/* Decode the receipts at `data` and see that one member and credential speaks. */
static enum refusal
decode_receipts(const ProtobufCBinaryData *data, size_t count, struct arena *arena,
                struct checked_receipt *list)
{
    for (size_t i = 0; i < count; i++) {
        list[i].bytes = wire_get_span(data[i]);
        enum err err = delivery_receipt_decode(list[i].bytes, arena, &list[i].receipt);
        if (err != ERR_OK)
            return decoding_refusal(err);
        if (strcmp(list[i].receipt.member, list[0].receipt.member) != 0 ||
            !hash_is_equal(&list[i].receipt.credential, &list[0].receipt.credential))
            return REFUSAL_MALFORMED;
    }
    return REFUSAL_NONE;
}

static enum refusal
judge_receipts(const struct verify_context *context, const Denrei__V1__AcknowledgeCall *call,
               struct arena *arena, struct checked_receipts *out)
{
    struct hash leaves[BATCH_MAX];
    struct merkle_batch tree;
    size_t count = call->n_receipts;

    if (count == 0 || count > BATCH_MAX || wire_get_sig(call->sig, &out->sig) != ERR_OK)
        return REFUSAL_MALFORMED;
    struct checked_receipt *list = arena_alloc(arena, count * sizeof *list);
    if (list == NULL)
        return REFUSAL_TOO_LARGE;
    enum refusal code = decode_receipts(call->receipts, count, arena, list);
    if (code != REFUSAL_NONE)
        return code;
    const struct pass *pass = passes_find(context->passes, &list[0].receipt.credential);
    if (pass == NULL || strcmp(pass->member, list[0].receipt.member) != 0)
        return REFUSAL_CREDENTIAL;
    for (size_t i = 0; i < count; i++)
        leaves[i] = batch_receipt_leaf(context->federation, list[i].bytes);
    if (merkle_batch_init(&tree, leaves, count) != ERR_OK)
        return REFUSAL_MALFORMED;
    const struct hash root = merkle_batch_root(&tree);
    if (batch_verify(context->federation, true, (uint32_t)count, &root, &out->sig,
                     &pass->signing_key) != ERR_OK)
        return REFUSAL_SIGNATURE;
    out->count = count;
    out->list = list;
    out->member = list[0].receipt.member;
    out->credential = pass->credential;
    return REFUSAL_NONE;
}

void
verify_receipts(const struct verify_context *context, const Denrei__V1__AcknowledgeCall *call,
                struct arena *arena, struct checked_receipts *out)
{
    memset(out, 0, sizeof *out);
    out->code = judge_receipts(context, call, arena, out);
}

/* Whose document it is and which; all else in it is checked when trust takes it. */
static enum err
read_title(struct span body, struct arena *arena, struct checked_document *out)
{
    ProtobufCMessage *message = NULL;

    out->member = "";
    if (out->type == DENREI__V1__DOCUMENT_TYPE__DOCUMENT_DIRECTORY) {
        enum err err = wire_decode(&denrei__v1__directory__descriptor, body, arena, &message);
        if (err != ERR_OK)
            return err;
        const Denrei__V1__Directory *directory = (const Denrei__V1__Directory *)message;
        out->version = directory->version;
        return ERR_OK;
    }
    enum err err = wire_decode(&denrei__v1__roster__descriptor, body, arena, &message);
    if (err != ERR_OK)
        return err;
    const Denrei__V1__Roster *roster = (const Denrei__V1__Roster *)message;
    out->member = roster->member;
    out->version = roster->version;
    return message_is_member_id(out->member) ? ERR_OK : ERR_FORMAT;
}

void
verify_document(const struct hash *federation, const Denrei__V1__PublishCall *call,
                struct arena *arena, struct checked_document *out)
{
    struct document document;

    memset(out, 0, sizeof *out);
    out->type = call->type;
    out->bytes = wire_get_span(call->document);
    if (out->bytes.len > DOCUMENT_BYTES_MAX) {
        out->code = REFUSAL_TOO_LARGE;
        return;
    }
    enum err err = document_decode(out->bytes, arena, &document);
    if (err != ERR_OK) {
        out->code = decoding_refusal(err);
        return;
    }
    out->hash = document_hash(federation, out->type, document.body);
    err = read_title(document.body, arena, out);
    if (err != ERR_OK)
        out->code = decoding_refusal(err);
}
