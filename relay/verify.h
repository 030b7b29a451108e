/*
 * verify.h - what can be judged of a request from its bytes and a credential alone: decoding,
 * hashes, signatures.  Runs on many threads before the ledger's writer judges the rest.
 *
 * Pure.
 */
#ifndef RELAY_VERIFY_H
#define RELAY_VERIFY_H

#include "proto/batch_cache.h"
#include "proto/record.h"
#include "relay/passes.h"

/* What a verifying thread has at hand; each has its own cache. */
struct verify_context {
    const struct hash *federation;
    const struct passes *passes;
    struct batch_cache *cache;
};

/* One message of a Submit; borrows from the request and the arena. */
struct checked_message {
    enum refusal code; /* REFUSAL_NONE: all that was judged here holds */
    bool is_signed;    /* header, message_hash are the sender's beyond doubt */
    struct envelope envelope;
    struct header header;
    struct seal seal;
    struct hash message_hash;
};

/* One delivery receipt of an Acknowledge. */
struct checked_receipt {
    struct span bytes;
    struct delivery_receipt receipt;
};

/* An Acknowledge: receipts of one member by one credential under one signature. */
struct checked_receipts {
    enum refusal code;
    size_t count; /* 1 to BATCH_MAX if code is REFUSAL_NONE, as are the others below */
    const struct checked_receipt *list;
    const char *member;
    struct hash credential;
    struct sig sig;
};

/* A Publish. */
struct checked_document {
    enum refusal code;
    Denrei__V1__DocumentType type;
    struct span bytes;
    struct hash hash;   /* document hash */
    const char *member; /* of a roster; "" for a directory */
    uint64_t version;
};

/* Judge one envelope of a Submit; the result lies in *out, with what it borrows in `arena`. */
void verify_message(const struct verify_context *context, const Denrei__V1__Envelope *wire,
                    struct arena *arena, struct checked_message *out);

/* Judge an Acknowledge. */
void verify_receipts(const struct verify_context *context, const Denrei__V1__AcknowledgeCall *call,
                     struct arena *arena, struct checked_receipts *out);

/* Judge a Publish: that it is a signed document; whether it follows is for trust to say. */
void verify_document(const struct hash *federation, const Denrei__V1__PublishCall *call,
                     struct arena *arena, struct checked_document *out);

#endif /* RELAY_VERIFY_H */
