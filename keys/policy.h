/*
 * policy.h - the rules on a header that sender, relay, recipient and auditor share.
 *
 * Pure.  One answer for the same header, trust, place and time.
 */
#ifndef KEYS_POLICY_H
#define KEYS_POLICY_H

#include "keys/trust.h"
#include "proto/message.h"
#include "proto/refusal.h"

/* Which rules on versions and time apply: the relay judges against its clock, a later reader
 * against the entry's time. */
struct policy_place {
    uint64_t leaf;               /* where the message stands or will stand; TRUST_UNLOGGED: next */
    uint64_t now_ms;             /* the entry's time */
    uint32_t retention_days_max; /* of the kind */
    bool needs_legal_basis;      /* of the kind */
    bool may_go_to_group;        /* of the kind */
};

struct policy_answer {
    enum refusal code;
    const char *subject; /* the member, group or basis at fault; "" if none; borrowed */
};

/*
 * Whether `header` is allowed at `place`: credential in force, valid, an officer's or node's, of
 * `from`; kind granted to member and credential; each recipient a member with a current roster and
 * mailbox that may receive the kind; group expanded exactly; legal basis between sender and every
 * recipient; times in bounds; versions current; directory and rosters not expired (WITHDRAW passes
 * an expired one).  `code` is REFUSAL_NONE when it is allowed.
 */
struct policy_answer policy_check(const struct trust *trust, const struct header *header,
                                  const struct policy_place *place);

/* Whether a credential may make a delivery receipt for a message to `member`. */
enum refusal policy_check_receipt(const struct trust *trust, const struct hash *credential,
                                  const char *member, uint64_t leaf);

#endif /* KEYS_POLICY_H */
