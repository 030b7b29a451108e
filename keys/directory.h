/*
 * directory.h - who is in the federation and what each may do (DESIGN section 8).
 *
 * Pure.  A decoded directory has passed every check that it can pass alone: ids, order,
 * uniqueness (no key appears twice), references, thresholds, key validity.  It borrows from the
 * arena.
 */
#ifndef KEYS_DIRECTORY_H
#define KEYS_DIRECTORY_H

#include "keys/document.h"
#include "proto/problem.h"

enum {
    DIRECTORY_NAME_MAX = 256, /* bytes of a name, a holder or a title */
    DIRECTORY_LIST_MAX = 512, /* issuing states, groups' and bases' members */
    AUTHORITY_KEYS_MAX = 4,   /* per member */
    ROLES_MAX = 8,            /* per member */
    VOIDED_KEYS_MAX = 256
};

#define DIRECTORY_MS_MAX YEAR_MS /* its longest life (SECURITY D2) */

struct root_key {
    struct public_key key;
    const char *holder;
};

struct member {
    const char *id;
    const char *name;
    const char *local_name;
    const char *country; /* code of state_code.h; "" for an organisation */
    const Denrei__V1__Role *roles;
    size_t roles_count;
    const struct public_key *authority_keys;
    size_t authority_keys_count;
    uint32_t may_send;    /* bit k: kind k */
    uint32_t may_receive; /* bit k: kind k */
    const char *const *issuing_states;
    size_t issuing_states_count;
    bool audits_all;
};

struct group {
    const char *id;
    const char *const *members;
    size_t members_count;
};

struct legal_basis {
    const char *id;
    const char *title;
    const char *const *members;
    size_t members_count;
    uint32_t kinds;        /* bit k: kind k */
    uint32_t answer_hours; /* in which a SCREENING_HIT is answered; 0: HIT_ANSWER_MS */
};

struct relay_key {
    const char *endpoint;
    struct public_key transport_key;
    struct public_key relay_key;
};

struct witness {
    const char *name;
    struct public_key key;
};

struct directory {
    uint64_t version;
    bool has_previous;
    struct hash previous;
    const char *federation_name;
    uint64_t not_before_ms;
    uint64_t expires_ms;
    uint32_t root_threshold;
    const struct root_key *roots;
    size_t roots_count;
    const struct member *members; /* ascending id */
    size_t members_count;
    const struct group *groups;
    size_t groups_count;
    const struct legal_basis *legal_bases;
    size_t legal_bases_count;
    const char *log_origin;
    struct public_key log_key;
    const struct relay_key *relays;
    size_t relays_count;
    const struct witness *witnesses;
    size_t witnesses_count;
    uint32_t witness_quorum;
    const struct public_key *voided_keys;
    size_t voided_keys_count;
};

/*
 * Decode a directory's body; *out borrows from `arena`, which needs some twelve times the body.
 * ERR_FORMAT: malformed, or against a rule of directory_check.
 * ERR_KEY: a key is weak or appears twice.  ERR_NOMEM: arena full.
 */
enum err directory_decode(struct span body, struct arena *arena, struct directory *out);

/* The same, and tell `problems` (may be NULL) as directory_check does. */
enum err directory_decode_explained(struct span body, struct arena *arena, struct directory *out,
                                    struct problems *problems);

/*
 * Encode.  ERR_FORMAT, ERR_KEY: directory_decode would refuse it.  ERR_NOMEM: arena full, or
 * DOCUMENT_BYTES_MAX passed.
 */
enum err directory_encode(const struct directory *directory, struct arena *arena, struct span *out);

/*
 * Check what a directory must hold by itself, and tell `problems` (may be NULL) what is wrong and
 * where, by the names of the readable form:
 * version from 1, `previous` exactly after the first; names without control characters; a life of
 * at most DIRECTORY_MS_MAX; 1 to ROOTS_MAX roots and a threshold among them; 1 to MEMBERS_MAX
 * members, ascending, each with 1 to AUTHORITY_KEYS_MAX authority keys, roles, issuing states and
 * kinds ascending and once; groups (@name) and legal bases ascending, of known members, at most
 * ANSWER_HOURS_MAX to answer; a log with a checkpoint's origin; 1 to RELAYS_MAX relays at
 * tcp://host:port; witnesses "<member>/witness" of members that do not operate the relay, once
 * each, and a quorum of more than half; voided keys ascending.  Every key is usable and appears
 * once. ERR_FORMAT: a rule is broken.  ERR_KEY: a key is weak or appears twice.  ERR_NOMEM: no
 * memory.
 */
enum err directory_check(const struct directory *directory, struct problems *problems);

/*
 * Check that `document` may follow: version + 1, the hash of the one before, a threshold of the
 * previous roots' signatures and, if the roots changed, of its own; what was voided stays voided.
 * `previous` is NULL for the first directory, which must have version 1, the federation's hash as
 * its body's, and a threshold of its own roots.
 * ERR_STALE: not the next version, or another past.  ERR_SIGNATURE: too few signatures, or one that
 * does not verify.  ERR_KEY: a voided key is not voided any more.  ERR_NOMEM: no memory.
 */
enum err directory_check_next(const struct hash *federation, const struct directory *previous,
                              const struct hash *previous_hash, const struct document *document,
                              const struct directory *directory);

/*
 * How many of the directory's own roots have signed `document`.
 * ERR_SIGNATURE: a signature of theirs does not verify.  ERR_NOMEM: no memory.
 */
enum err directory_count_roots(const struct hash *federation, const struct document *document,
                               const struct directory *directory, size_t *out);

/* The federation: SHA-256 of the first directory's body. */
struct hash directory_federation(struct span first_body);

/* NULL if there is none. */
const struct member *directory_find_member(const struct directory *directory, const char *id);
const struct group *directory_find_group(const struct directory *directory, const char *id);
const struct legal_basis *directory_find_legal_basis(const struct directory *directory,
                                                     const char *id);

/* Whether `member` has `role`; whether `id` is among a legal basis's members. */
bool directory_has_role(const struct member *member, Denrei__V1__Role role);
bool directory_covers(const struct legal_basis *basis, const char *member_id);

/* Whether `key` is among the voided keys. */
bool directory_is_voided(const struct directory *directory, const struct public_key *key);

#endif /* KEYS_DIRECTORY_H */
