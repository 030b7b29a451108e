/*
 * evidence.h - proof of one message for a third party that trusts the root file alone.
 *
 * Pure.
 */
#ifndef CLIENTS_AUDIT_EVIDENCE_H
#define CLIENTS_AUDIT_EVIDENCE_H

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
};

/*
 * Check evidence bytes under `root_file`: every document follows from it and is in the log, the
 * message is in the log, signed by a credential in force at its place, allowed there, and each
 * delivery receipt is signed by a recipient's credential.  On ERR_OK the caller must trust_free
 * out->trust; on an error it is NULL and *fault says what does not hold.
 * ERR_FORMAT, ERR_PROOF, ERR_SIGNATURE, ERR_POLICY, ERR_NOMEM; else trust_new's and trust_apply's.
 */
enum err evidence_check(struct span root_file, struct span bytes, struct arena *arena,
                        struct evidence *out, const char **fault);

#endif /* CLIENTS_AUDIT_EVIDENCE_H */
