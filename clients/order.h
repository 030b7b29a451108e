/*
 * order.h - what the user of a client wants to send, and the message that it becomes: header,
 * checks, seal and signature.  The same for an officer and for a node.
 *
 * Pure, except that order_seal draws a content key.  What is wrong is told in `problems`, in words
 * for the user, with paths of the command line (`to`, `legal_basis`) or of the content.
 */
#ifndef CLIENTS_ORDER_H
#define CLIENTS_ORDER_H

#include "keys/policy.h"
#include "keys/trust.h"
#include "proto/kind.h"
#include "proto/message.h"
#include "proto/problem.h"
#include "proto/record.h"

#define ORDER_DELIVER_MS DELIVER_MS_MAX /* unless the message expires earlier */

/* What the officer wants.  Texts and arrays are borrowed. */
struct order {
    const struct kind_type *kind;
    Denrei__V1__Action action;
    struct id id;
    struct id thread_id;
    const char *from; /* the officer's member */
    struct hash credential;
    const char *const *names; /* members, or one @group alone, as the officer wrote them */
    size_t names_count;
    Denrei__V1__Priority priority;
    Denrei__V1__Tlp tlp;
    Denrei__V1__UseRestriction use_restriction;
    const char *legal_basis; /* "" for none */
    uint64_t now_ms;         /* when it was made, also where it is sealed again */
    uint64_t group_ms;       /* when a group is expanded; 0: now_ms */
    uint64_t lifetime_ms;    /* until it expires; 0: the kind's longest */
    bool has_in_reply_to;
    struct message_ref in_reply_to;
    bool has_supersedes;
    struct message_ref supersedes;
    const char *const *original; /* of an update or withdrawal: who had what it follows on */
    size_t original_count;
    const char *thread_from; /* member that began the thread, "" if not known */
};

/*
 * Make the header of an order under the newest directory and rosters: names looked up, a group
 * expanded, times and versions filled in.  *out borrows from order, trust and arena.
 * ERR_UNKNOWN: a recipient or group that the directory does not have; `problems` has the nearest
 * names.  ERR_POLICY: a recipient without roster, nobody left of a group, too many recipients, the
 * sender itself, or one left out that had the original.  ERR_NOMEM: arena full.
 */
enum err order_make_header(const struct trust *trust, const struct order *order,
                           struct arena *arena, struct header *out, struct problems *problems);

/*
 * Whether a message to a group, or to none, goes to the members that it would go to at `now_ms`
 * under the newest directory and rosters.  Borrows room of `arena`.
 */
bool order_is_group_current(const struct trust *trust, const struct header *header, uint64_t now_ms,
                            struct arena *arena);

/*
 * Check what the relay and the recipients will check: the policy on `header`, then the kind's rules
 * on `content`, all problems at once.
 * ERR_POLICY: it may not go.  ERR_FORMAT: the content is not of the kind.  ERR_NOMEM: arena full.
 */
enum err order_check(const struct trust *trust, const struct order *order,
                     const struct header *header, struct span content, struct arena *arena,
                     struct problems *problems);

/*
 * Check the content of an order whose header cannot be made, so that one report tells all; what
 * the kind's rules say about the recipients themselves is left to order_check.  Errors as there.
 */
enum err order_check_content(const struct trust *trust, const struct order *order,
                             struct span content, struct arena *arena, struct problems *problems);

/*
 * Seal `content` under `header` to the recipients' current mailbox keys and sign it with `signing`;
 * the seal names the files that the content says are attached.
 * ERR_POLICY: a recipient has no mailbox key.  ERR_FORMAT: the header is out of bounds.
 * ERR_RANGE: the content is too large.  ERR_KEY: a mailbox key is weak.  ERR_NOMEM: arena full.
 */
enum err order_seal(const struct trust *trust, const struct header *header, struct span content,
                    const struct identity *signing, struct arena *arena, struct envelope *out);

#endif /* CLIENTS_ORDER_H */
