/*
 * federation.h - a small federation in memory, for tests and benchmarks: one root key, a log, two
 * witnesses, and members with credentials.  Everything is made from seeds by counting, so that it
 * is the same each time.
 *
 * What should not fail ends the test at once, with a line on standard error.
 */
#ifndef TESTS_UNIT_FEDERATION_H
#define TESTS_UNIT_FEDERATION_H

#include "keys/issue.h"
#include "proto/envelope.h"

enum {
    FED_MEMBERS_MAX = 12,
    FED_CREDENTIALS_MAX = 70, /* of one member */
    FED_WITNESSES = 2,
};

#define FED_NOW_MS UINT64_C(1750000000000) /* 2025-06-15 */
#define FED_ORIGIN "denrei.example/test"

struct fed_credential {
    struct identity *signing;
    struct identity *encryption;
    struct identity *transport;
    struct credential credential; /* signed_bytes in the federation's arena */
};

struct fed_member {
    const char *id;
    struct identity *authority;
    struct identity *mailbox_seed;
    size_t credentials_count;
    struct fed_credential credentials[FED_CREDENTIALS_MAX];
};

struct fed {
    uint64_t now_ms;
    const char *endpoint; /* of the relay; the test may set another before fed_found */
    uint64_t seeds;
    struct arena *arena;   /* of what stays */
    struct arena *scratch; /* of headers; the test may reset it */
    struct identity *root, *log, *relay, *transport;
    struct identity *witnesses[FED_WITNESSES];
    size_t members_count;
    struct fed_member members[FED_MEMBERS_MAX];
    struct hash federation;
    struct span directory;                /* SignedDocument */
    struct span rosters[FED_MEMBERS_MAX]; /* newest SignedDocument of each member */
    struct trust *trust;
};

/* End the test unless `err` is ERR_OK; `what` went wrong. */
void fed_need(enum err err, const char *what);

/* A federation with its keys; the caller must fed_free it. */
struct fed *fed_new(uint64_t now_ms);
void fed_free(struct fed **fed);

/* The next pair for `use`; owned by the caller. */
struct identity *fed_identity(struct fed *fed, Denrei__V1__KeyUse use);

/* A member with an authority, in ascending order of ids and before fed_found. */
struct fed_member *fed_add_member(struct fed *fed, const char *id);

/*
 * Sign the first directory and begin the trust with it: every member may send and receive
 * LOST_PASSPORT and MLA; a member with "audit" in its id audits all; @all is everybody, and
 * `treaty` covers everybody for MLA.  The first `witnesses` members are witnesses, and all of them
 * the quorum.
 */
void fed_found(struct fed *fed, size_t witnesses);

/* Keys for a credential of `member`; it is in force with the next roster. */
struct fed_credential *fed_add_credential(struct fed *fed, struct fed_member *member,
                                          Denrei__V1__Purpose purpose);

/*
 * The member's next roster, with all its credentials but the one with the local id `revoke` (or
 * NULL); applied to the trust without a leaf.
 */
struct span fed_issue(struct fed *fed, struct fed_member *member, const char *revoke);

/* The same, signed by `authority` and not applied: what a forger would make. */
struct span fed_issue_by(struct fed *fed, struct fed_member *member,
                         const struct identity *authority);

/*
 * Two senders and a recipient, each with an officer (c0) and a node (c1), and an auditor (c0):
 * jp.audit, jp.mofa, kr.moj, th.dsi; rosters issued.
 */
struct fed *fed_usual(size_t witnesses);

/* The same in a federation that has its keys only. */
void fed_make_usual(struct fed *fed, size_t witnesses);

/* The installation bundle, in the federation's arena. */
struct span fed_bundle(struct fed *fed);

/* The member `id` of the federation; it must be there. */
struct fed_member *fed_member(struct fed *fed, const char *id);

/* A LOST_PASSPORT's header to the `to_count` members at `to` (ascending), NEW and ROUTINE; the
 * message id is made from `id`. */
struct header fed_header(struct fed *fed, const struct fed_member *member,
                         const struct fed_credential *sender, const char *const *to,
                         size_t to_count, uint64_t id);

/* Seal `content` under `header` into `arena`; not signed yet. */
struct envelope fed_seal(struct fed *fed, const struct header *header, struct span content,
                         struct arena *arena);

#endif /* TESTS_UNIT_FEDERATION_H */
