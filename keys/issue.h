/*
 * issue.h - what a member's authority writes into its next roster.
 *
 * Pure, except that sealing the mailbox's secrets draws ephemeral keys.
 */
#ifndef KEYS_ISSUE_H
#define KEYS_ISSUE_H

#include "keys/trust.h"
#include "proto/problem.h"

enum { ISSUE_REQUESTS_MAX = 256 };

/* What changes; the rest stays as it is. */
struct issue_change {
    uint64_t now_ms;
    uint64_t life_ms;       /* at most ROSTER_MS_MAX */
    const struct span *add; /* SignedCredentials (requests) */
    size_t add_count;       /* at most ISSUE_REQUESTS_MAX */
    const char *revoke;     /* local id, or NULL */
    bool is_suspect;        /* what was revoked was in wrong hands... */
    uint64_t since_leaf;    /* ...since this leaf */
    bool new_mailbox;       /* a new mailbox key; always with `revoke` */
};

/*
 * Make the body of the roster that follows `member`'s newest one in `trust`, or of its first. Where
 * the newest one is not in force (its authority key was voided), nothing of it is kept.
 * Credentials whose validity is over are left out.  Each receiving credential gets the mailbox keys
 * of this generation and those before, MAILBOX_KEYS_MAX in all, made from `mailbox_seed`;
 * generations that another seed made keep what the roster before sealed.
 * ERR_UNKNOWN: the newest directory has no such member.  ERR_NOT_FOUND: nothing has the local id to
 * be revoked.  ERR_EXISTS: a local id to be added is taken.  ERR_POLICY: a request is another
 * member's, or for kinds or a purpose that the directory does not grant.  ERR_EXPIRED: a request's
 * validity is over.  ERR_FORMAT, ERR_SIGNATURE, ERR_KEY: as credential_decode and roster_encode.
 * ERR_NOMEM.  `problems` has one more then.
 */
enum err issue_roster(const struct trust *trust, const char *member,
                      const struct identity *mailbox_seed, const struct issue_change *change,
                      struct arena *arena, struct span *body, struct problems *problems);

#endif /* KEYS_ISSUE_H */
