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
#include "proto/limits.h"

#include <stdbool.h>

struct root_key {
    struct public_key key;
    const char *holder;
};

struct member {
    const char *id;
    const char *name;
    const char *local_name;
    const char *country; /* "" for an organisation */
    const Denrei__V1__Role *roles;
    size_t roles_count;
    const struct public_key *authority_keys;
    size_t authority_keys_count;
    uint32_t may_send;    /* bit k: kind k */
    uint32_t may_receive; /* bit k: kind k */
    const char **issuing_states;
    size_t issuing_states_count;
    bool audits_all;
};

struct group {
    const char *id;
    const char **members;
    size_t members_count;
};

struct legal_basis {
    const char *id;
    const char *title;
    const char **members;
    size_t members_count;
    uint32_t kinds; /* bit k: kind k */
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
 * Decode a directory's body.
 * ERR_FORMAT: malformed, unordered, a reference to nobody, a bound broken.
 * ERR_KEY: a key is weak or appears twice.  ERR_NOMEM: arena full.
 */
enum err directory_decode(struct span body, struct arena *arena, struct directory *out);

/* Encode.  ERR_FORMAT: directory_decode would refuse it.  ERR_NOMEM: arena full. */
enum err directory_encode(const struct directory *directory, struct arena *arena,
                          struct span *out);

/*
 * Check that `document` may follow: version + 1, the hash of the one before, a threshold of the
 * previous roots' signatures and, if the roots changed, of its own.  `previous` is NULL for the
 * first directory, which must have version 1 and a threshold of its own roots.
 * ERR_STALE: not the next version, or another past.  ERR_SIGNATURE: too few signatures.
 */
enum err directory_check_next(const struct hash *federation, const struct directory *previous,
                              const struct hash *previous_hash, const struct document *document,
                              const struct directory *directory);

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

#endif /* KEYS_DIRECTORY_H */
