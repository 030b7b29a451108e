/*
 * identity.h - key pairs made from stored seeds, and ids of public keys.
 *
 * Pure, except that identity_new draws a seed.  An identity lives in guarded memory that is
 * locked, kept out of core dumps and wiped by identity_free.
 */
#ifndef KEYS_IDENTITY_H
#define KEYS_IDENTITY_H

#include "proto/bytes.h"
#include "proto/envelope.h"
#include "proto/err.h"
#include "proto/trust.pb-c.h"

struct identity;

/*
 * A fresh pair for `use`: Ed25519 for root, authority, signing, relay, log and witness, X25519 for
 * encryption and transport, a bare seed for mailbox (see identity_mailbox).
 * On ERR_OK the caller owns *out and must identity_free it; otherwise *out is NULL.
 * ERR_NOMEM: no guarded memory.
 */
enum err identity_new(Denrei__V1__KeyUse use, struct identity **out);

/* The pair for `use` that `seed` gives.  Errors as identity_new. */
enum err identity_from_seed(Denrei__V1__KeyUse use, const uint8_t seed[SEED_BYTES],
                            struct identity **out);

/* Wipe and free *id and set it to NULL; a NULL *id is left alone. */
void identity_free(struct identity **id);

/* What the pair is for. */
Denrei__V1__KeyUse identity_use(const struct identity *id);

/* The public half, borrowed; zeros for a mailbox seed. */
const struct public_key *identity_public_key(const struct identity *id);

/* The secret: 64 bytes for Ed25519 uses, 32 for X25519 and for a mailbox seed; borrowed. */
const uint8_t *identity_secret(const struct identity *id);

/* The seed, SEED_BYTES; borrowed. */
const uint8_t *identity_seed(const struct identity *id);

/*
 * The member's mailbox pair of `generation` from its mailbox seed: crypto_box_seed_keypair of
 * BLAKE2b-256(key=seed, D("mailbox-seed") u32 generation).  Ownership and errors as identity_new.
 */
enum err identity_mailbox(const struct identity *seed, const struct hash *federation,
                          uint32_t generation, struct identity **out);

/* An X25519 pair from its secret key, as unsealed from a roster; ownership as identity_new. */
enum err identity_from_box_secret(const uint8_t secret_key[32], struct identity **out);

/* H(D("key") use byte, public key). */
struct hash identity_key_id(const struct hash *federation, Denrei__V1__KeyUse use,
                            const struct public_key *key);

/*
 * Whether a public key from outside may be used at all: a valid Ed25519 point of prime order
 * (SECURITY C2), or an X25519 key that is not of small order.  ERR_KEY: it may not.
 */
enum err identity_check_public_key(Denrei__V1__KeyUse use, const struct public_key *key);

#endif /* KEYS_IDENTITY_H */
