/*
 * credential.h - a person's or node's keys in a member, signed by their own signing key, and by the
 * member's authority in its roster (DESIGN section 8).
 *
 * Pure.  A decoded credential borrows from the arena.
 */
#ifndef KEYS_CREDENTIAL_H
#define KEYS_CREDENTIAL_H

#include "keys/document.h"

enum { CREDENTIAL_BYTES_MAX = 1024 };

struct credential {
    struct hash hash; /* H(D("credential") body) */
    const char *member;
    const char *local_id;
    Denrei__V1__Purpose purpose;
    struct public_key signing_key;
    struct public_key encryption_key;
    struct public_key transport_key;
    uint32_t kinds; /* bit k: kind k */
    uint64_t not_before_ms;
    uint64_t not_after_ms;
    struct span signed_bytes; /* the SignedCredential as it stands in the roster */
};

/*
 * Decode one SignedCredential (a request): member and local ids, purpose, kinds ascending, usable
 * keys, three different ones, a validity that begins before it ends.  Borrows from `arena`.
 * ERR_FORMAT: malformed or against these.  ERR_SIGNATURE: the self-signature.  ERR_KEY: a key is
 * weak or there twice.  ERR_NOMEM: arena full.
 */
enum err credential_decode(const struct hash *federation, struct span bytes, struct arena *arena,
                           struct credential *out);

/*
 * Make the credential that `wanted` describes (its hash and signed_bytes do not matter) and sign it
 * by its own `signing` identity, whose public key it names.  *out has hash and signed_bytes set.
 * ERR_KEY: `signing` is not the identity of wanted->signing_key.  Else as credential_decode.
 */
enum err credential_make(const struct hash *federation, const struct credential *wanted,
                         const struct identity *signing, struct arena *arena,
                         struct credential *out);

/* Whether `text` is a local id: [a-z0-9-]{1,32}. */
bool credential_is_local_id(const char *text);

/* Whether the credential is valid at `now_ms` (not_before, not_after). */
bool credential_is_valid_at(const struct credential *credential, uint64_t now_ms);

/* Officers and nodes receive; auditors and operators do not. */
bool credential_receives(const struct credential *credential);

#endif /* KEYS_CREDENTIAL_H */
