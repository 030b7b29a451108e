/*
 * federation_log.h - a log over a federation of federation.h as its relay would write it, entry by
 * entry, with the documents beside.
 */
#ifndef TESTS_UNIT_FEDERATION_LOG_H
#define TESTS_UNIT_FEDERATION_LOG_H

#include "proto/record.h"
#include "tests/unit/federation.h"

struct fed_logged {
    struct span entry;
    struct span document; /* of a document's entry, else empty */
    struct span wraps;    /* of a message's entry, as the next, else empty */
    struct span body;
};

struct fed_log {
    struct fed *fed;
    struct arena *arena; /* of one entry */
    struct span content; /* of messages but withdrawals; 64 zero bytes unless the test sets it */
    struct fed_logged *list;
    size_t count;
    size_t room;
    uint64_t time_ms; /* of the last entry; the next is a millisecond later */
    uint64_t documents;
    uint64_t last[FED_MEMBERS_MAX][2]; /* mailbox numbers given: FLASH, the rest */
};

/* A log with the genesis, the directory and every member's newest roster; fed_log_free it. */
struct fed_log *fed_log_new(struct fed *fed);
void fed_log_free(struct fed_log **log);

/* Append `entry` as it is, but with the next time unless it has one; its leaf. */
uint64_t fed_log_add(struct fed_log *log, struct log_entry *entry);

/* Take the last entry off again. */
void fed_log_drop(struct fed_log *log);

/* Append a document with the next number; `member` is "" for a directory. */
uint64_t fed_log_document(struct fed_log *log, Denrei__V1__DocumentType type, const char *member,
                          uint64_t version, struct span bytes);

/*
 * Seal, sign by `signing` and append the `count` messages at `headers` as one batch, with the next
 * mailbox numbers.  The first one's leaf; `refs` (may be NULL) gets a reference to each.
 */
uint64_t fed_log_batch(struct fed_log *log, const struct header *headers, size_t count,
                       const struct identity *signing, struct message_ref *refs);

/* Append a message that is sealed and signed, as a relay that checks nothing would; its leaf. */
uint64_t fed_log_envelope(struct fed_log *log, const struct header *header,
                          const struct envelope *envelope);

/* The same with one message. */
uint64_t fed_log_message(struct fed_log *log, const struct header *header,
                         const struct identity *signing, struct message_ref *ref);

/* The receipts, signed by `signer` as one batch; the entry's leaf. */
uint64_t fed_log_receipts(struct fed_log *log, const struct fed_member *member,
                          const struct fed_credential *signer,
                          const struct delivery_receipt *receipts, size_t count);

/* A receipt by `signer` with `status`. */
struct delivery_receipt fed_receipt(const struct fed_log *log, const struct fed_member *member,
                                    const struct fed_credential *signer,
                                    const struct message_ref *message,
                                    Denrei__V1__DeliveryStatus status);

/*
 * The checkpoint's note over all entries, cosigned by the first `witnesses` witnesses; from malloc,
 * NUL-terminated.
 */
char *fed_log_checkpoint(const struct fed_log *log, size_t witnesses);

#endif /* TESTS_UNIT_FEDERATION_LOG_H */
