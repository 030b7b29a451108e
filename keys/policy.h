/*
 * policy.h - the rules on a header that sender, relay, recipient and auditor share.
 *
 * Pure.  One answer for the same header, trust, place and time.
 */
#ifndef KEYS_POLICY_H
#define KEYS_POLICY_H

#include "keys/trust.h"
#include "proto/kind.h"
#include "proto/message.h"
#include "proto/refusal.h"

/*
 * Which rules on versions and time apply: the relay judges against its clock, a later reader
 * against the entry's time.
 */
struct policy_place {
    uint64_t leaf;                /* where the message stands or will stand; TRUST_UNLOGGED: next */
    uint64_t now_ms;              /* the entry's time */
    const struct kind_type *kind; /* whose row says what a header may be */
};

/* The place of a message of `kind` at `leaf` and `now_ms`. */
struct policy_place policy_place_make(const struct kind_type *kind, uint64_t leaf, uint64_t now_ms);

struct policy_answer {
    enum refusal code;
    const char *subject; /* the member, group or basis at fault; "" if none; borrowed */
};

/*
 * Whether `header` is allowed at `place`: credential in force, valid, an officer's or node's, of
 * `from`; times in bounds; versions current; directory and rosters not expired (WITHDRAW passes
 * expired ones); kind granted to member and credential; a named group expanded exactly
 * (policy_expand_group); of a kind with one recipient no reply to a third member's message
 * (REFUSAL_THREAD); each recipient a member that may receive the kind and has a roster in force
 * with a mailbox that somebody opens; legal basis between sender and every recipient; and what the
 * kind's row asks of a header (kind_header_judge). `code` is REFUSAL_NONE when it is allowed.
 */
struct policy_answer policy_check(const struct trust *trust, const struct header *header,
                                  const struct policy_place *place);

/*
 * Whether `member` can be sent a NEW message of `kind` at `leaf` and `now_ms`: REFUSAL_NONE,
 * REFUSAL_RECIPIENT (no member, no roster in force, or nobody who opens its mailbox),
 * REFUSAL_KIND_RECEIVE, or REFUSAL_EXPIRED (its roster).
 */
enum refusal policy_check_recipient(const struct trust *trust, const char *member,
                                    Denrei__V1__Kind kind, uint64_t leaf, uint64_t now_ms);

/*
 * The members that a message of `kind` by `from` to `group` goes to: all of the group but `from`,
 * without those that policy_check_recipient refuses at that place.  Ascending, as a header wants
 * them; list and texts are valid until `arena` is reset and the trust changes.
 * ERR_UNKNOWN: no such group.  ERR_NOT_FOUND: nobody is left.  ERR_FULL: more than RECIPIENTS_MAX.
 * ERR_NOMEM: arena full.
 */
enum err policy_expand_group(const struct trust *trust, const char *group, const char *from,
                             Denrei__V1__Kind kind, const struct policy_place *place,
                             struct arena *arena, const char ***to, size_t *to_count);

/*
 * Whether `member` can be told anything at `leaf`: it is in the directory, and has a roster with a
 * mailbox that somebody opens.
 */
bool policy_can_reach(const struct trust *trust, const char *member, uint64_t leaf);

/*
 * Whether `header`, an UPDATE or WITHDRAW at `leaf` of a message that went to `original`, goes to
 * whom it must.  An update goes to all of them, and maybe to more.  A withdrawal goes to all of
 * them that can be reached, and to nobody else: who has left the federation cannot be told, and
 * must not keep the others from being told.
 */
bool policy_covers(const struct trust *trust, const struct header *header, uint64_t leaf,
                   const char *const *original, size_t original_count);

/*
 * Whether a credential may make a delivery receipt for a message to `member`, at `leaf`.
 * REFUSAL_CREDENTIAL: not in force, another member's, or not an officer's or a node's.
 */
enum refusal policy_check_receipt(const struct trust *trust, const struct hash *credential,
                                  const char *member, uint64_t leaf);

#endif /* KEYS_POLICY_H */
