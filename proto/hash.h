/*
 * hash.h - SHA-256, and the domain that every hash and signature of ours begins with.
 *
 * Pure.  The only user of libcrypto (the processor's SHA instructions).
 */
#ifndef PROTO_HASH_H
#define PROTO_HASH_H

#include "proto/bytes.h"

#include <stdbool.h>

/* SHA-256 over the `count` spans at `parts`, one after the other. */
struct hash hash_spans(const struct span *parts, size_t count);

/* Whether two hashes are equal, in constant time. */
bool hash_is_equal(const struct hash *a, const struct hash *b);

/*
 * D(use) of DESIGN section 6: "denrei/v1/" use, a zero byte, the federation's hash.  Every use is
 * listed here and nowhere else; the names are DOMAIN_*.
 */
enum domain_use {
    DOMAIN_HEADER,        /* "header":        hash of a Header's bytes */
    DOMAIN_MESSAGE,       /* "message":       leaf of a batch of messages */
    DOMAIN_BODY,          /* "body":          derivation of body key and nonce */
    DOMAIN_COMMIT,        /* "commit":        key commitment */
    DOMAIN_WRAP,          /* "wrap":          derivation of the ephemeral key */
    DOMAIN_WRAP_LEAF,     /* "wrap-leaf":     leaf of the wraps' tree */
    DOMAIN_BATCH_MESSAGE, /* "batch/message": signature over a batch of messages */
    DOMAIN_RECEIPT,       /* "receipt":       leaf of a batch of delivery receipts */
    DOMAIN_BATCH_RECEIPT, /* "batch/receipt": signature over a batch of receipts */
    DOMAIN_KEY,           /* "key":           key id */
    DOMAIN_DIRECTORY,     /* "directory":     signature over, and hash of, a directory's body */
    DOMAIN_ROSTER,        /* "roster":        the same of a roster */
    DOMAIN_CREDENTIAL,    /* "credential":    credential hash, and its self-signature */
    DOMAIN_MAILBOX_SEED,  /* "mailbox-seed":  derivation of a member's mailbox keys */
    DOMAIN_HEAD,          /* "head":          signature over a mailbox head */
    DOMAIN_COUNT
};

enum { DOMAIN_BYTES_MAX = 64 };

struct domain {
    uint8_t bytes[DOMAIN_BYTES_MAX];
    size_t len;
};

/* D(use) in the federation whose hash is `federation`. */
struct domain domain_make(enum domain_use use, const struct hash *federation);

/* The domain's bytes, borrowed from `domain`. */
struct span domain_span(const struct domain *domain);

enum { DOMAIN_FRAME_BYTES = DOMAIN_BYTES_MAX + 4 /* that domain_frame adds at the most */ };

/*
 * Write D(use) u32 len body, the form of what is signed, to `out`, which has room for
 * DOMAIN_FRAME_BYTES and the body; returns its length.
 */
size_t domain_frame(enum domain_use use, const struct hash *federation, struct span body,
                    uint8_t *out);

#endif /* PROTO_HASH_H */
