/*
 * evidence.h - proof of one message for a third party that trusts the root file alone.
 *
 * Pure.
 */
#ifndef CLIENTS_AUDIT_EVIDENCE_H
#define CLIENTS_AUDIT_EVIDENCE_H

#include "clients/audit/absence.h"
#include "keys/log_keys.h"
#include "keys/policy.h"
#include "proto/evidence.pb-c.h"
#include "proto/record.h"

enum { EVIDENCE_DELIVERIES_MAX = 1024 };

/* Who received it, as that member's own credential signed. */
struct evidence_delivery {
    struct delivery_receipt receipt;
    uint64_t leaf;
};

/* What the evidence proves; borrows from the bytes, the arena and the trust. */
struct evidence {
    struct trust *trust; /* owned: trust_free */
    uint64_t leaf;
    uint64_t time_ms; /* the relay's claim; between two cosigned checkpoints it is bounded */
    struct header header;
    struct hash message_hash;
    struct policy_answer answer;
    struct evidence_delivery deliveries[EVIDENCE_DELIVERIES_MAX];
    size_t deliveries_count;
    struct checkpoint_verified checkpoint;
    uint32_t quorum; /* of witnesses that the directory asks for */
    size_t witnesses;
    bool has_absence; /* it also proves that there was no answer */
    struct absence absence;
};

/*
 * Check evidence bytes under `root_file`: every document follows from it and is in the log, the
 * message is in the log, signed by a credential in force at its place, allowed there, and each
 * delivery receipt is signed by a credential in force of a recipient.  Documents are those up to
 * the last one that the evidence holds: a later one that revoked something is not seen, so where
 * the log goes on, so must the evidence.  On ERR_OK the caller must trust_free out->trust; on an
 * error it is NULL and *fault says what does not hold ("" where memory ran out).
 * ERR_FORMAT: malformed, or a document is not the one that its entry names.  ERR_PROOF: an entry is
 * not under the checkpoint.  ERR_SIGNATURE: of the checkpoint, the message or a receipt.
 * ERR_UNKNOWN: a checkpoint of another log.  ERR_POLICY: not allowed at its place, or a receipt by
 * no recipient.  Of an absence as absence_check says, with out->absence set.  ERR_NOMEM.  Else
 * trust_new's and trust_apply's.
 */
enum err evidence_check(struct span root_file, struct span bytes, struct arena *arena,
                        struct evidence *out, const char **fault);

#endif /* CLIENTS_AUDIT_EVIDENCE_H */
