/*
 * audit.h - the auditor: replay a log entry by entry and judge each as it stood when it was
 * written, trusting the root file alone.
 *
 * Pure.  Every hash, number, signature, document and authority is checked at the leaf's place;
 * what the relay should not have written is a fault that names its leaf.  A fault does not stop
 * the replay: the tree goes on, so that one report tells all.
 */
#ifndef CLIENTS_AUDIT_AUDIT_H
#define CLIENTS_AUDIT_AUDIT_H

#include "keys/policy.h"
#include "proto/merkle.h"
#include "proto/record.h"

struct audit;

enum audit_fault {
    AUDIT_SOUND = 0,
    AUDIT_MALFORMED, /* the entry does not decode */
    AUDIT_TIME,      /* its time is before the entry's before it */
    AUDIT_GENESIS,   /* the first entry is not the genesis of this federation, or a later one is */
    AUDIT_DOCUMENT,  /* a document is missing, altered, misnamed, or follows no earlier version */
    AUDIT_SIGNATURE, /* a signature does not verify */
    AUDIT_AUTHORITY, /* the policy forbade it there; `refusal` says why */
    AUDIT_REPEAT,    /* a second message with the same sender and id, or receipts that bring nothing
                        but DELIVERED again */
    AUDIT_SLOT,      /* a mailbox number or lane is wrong: a gap, a repeat */
    AUDIT_REFERENCE, /* it refers to a message that is not there, or not as it may */
    AUDIT_FAULT_COUNT
};

struct audit_event {
    struct span entry;
    struct span document; /* file bytes of the signed document that a document entry names */
};

struct audit_outcome {
    uint64_t leaf;
    enum audit_fault fault;
    enum refusal refusal;   /* with AUDIT_AUTHORITY */
    const char *subject;    /* who or what is at fault, "" if nobody in particular; borrowed */
    bool is_decoded;        /* `entry` is set */
    struct log_entry entry; /* borrows from the event and from the audit, until the next step */
    bool has_header;        /* `header` and `message_hash` are set: a message entry */
    struct header header;
    struct hash message_hash;
    const struct trust *trust; /* with all documents up to this entry; borrowed from the audit */
};

/*
 * Begin at leaf 0 with the root file (the first directory's SignedDocument).
 * On ERR_OK the caller owns *out and must audit_free it.  Errors: trust_new's, ERR_NOMEM.
 */
enum err audit_new(struct span root_file, struct audit **out);

/* Free *audit and set it to NULL; a NULL *audit is left alone. */
void audit_free(struct audit **audit);

/*
 * Whether `entry` is a document's, whose bytes must then come with the event; *out borrows from the
 * audit until its next call.
 */
bool audit_peek_document(struct audit *audit, struct span entry, struct log_entry *out);

/* Judge the next entry.  *outcome is valid until the next step. */
void audit_step(struct audit *audit, const struct audit_event *event,
                struct audit_outcome *outcome);

/* The tree over all entries so far. */
const struct merkle *audit_tree(const struct audit *audit);

/* The time that the last entry bears; 0 before the first. */
uint64_t audit_time_ms(const struct audit *audit);

/* The directories and rosters met so far. */
const struct trust *audit_trust(const struct audit *audit);

/* What a fault means, one English clause; never NULL. */
const char *audit_fault_text(enum audit_fault fault);

#endif /* CLIENTS_AUDIT_AUDIT_H */
