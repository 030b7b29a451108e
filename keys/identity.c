#include "keys/identity.h"

#include "proto/hash.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

static_assert(SEED_BYTES == crypto_sign_SEEDBYTES);
static_assert(SEED_BYTES == crypto_box_SEEDBYTES);
static_assert(KEY_BYTES == crypto_box_SECRETKEYBYTES);

struct identity {
    Denrei__V1__KeyUse use;
    struct public_key public_key;
    uint8_t secret_key[crypto_sign_SECRETKEYBYTES];
    uint8_t seed[SEED_BYTES];
};

/* 2^255 - 19, little-endian: the first encoding that is not the shortest one of its number. */
static const uint8_t FIELD_PRIME[KEY_BYTES] = {
    0xed, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f,
};

static bool
is_box_use(Denrei__V1__KeyUse use)
{
    return use == DENREI__V1__KEY_USE__KEY_USE_MAILBOX ||
           use == DENREI__V1__KEY_USE__KEY_USE_ENCRYPTION ||
           use == DENREI__V1__KEY_USE__KEY_USE_TRANSPORT;
}

static enum err
allocate(Denrei__V1__KeyUse use, struct identity **out)
{
    *out = sodium_malloc(sizeof **out);
    if (*out == NULL)
        return ERR_NOMEM;
    sodium_memzero(*out, sizeof **out); /* sodium_malloc fills with 0xdb */
    (*out)->use = use;
    return ERR_OK;
}

enum err
identity_new(Denrei__V1__KeyUse use, struct identity **out)
{
    uint8_t seed[SEED_BYTES]; /* secret */
    enum err err = ERR_OK;

    randombytes_buf(seed, sizeof seed);
    err = identity_from_seed(use, seed, out);
    sodium_memzero(seed, sizeof seed);
    return err;
}

enum err
identity_from_seed(Denrei__V1__KeyUse use, const uint8_t seed[SEED_BYTES], struct identity **out)
{
    struct identity *id = NULL;
    enum err err = ERR_OK;

    *out = NULL;
    err = allocate(use, &id);
    if (err != ERR_OK)
        return err;
    memcpy(id->seed, seed, SEED_BYTES);
    if (use == DENREI__V1__KEY_USE__KEY_USE_MAILBOX)
        memcpy(id->secret_key, seed, SEED_BYTES);
    else if (is_box_use(use))
        crypto_box_seed_keypair(id->public_key.bytes, id->secret_key, seed);
    else
        crypto_sign_seed_keypair(id->public_key.bytes, id->secret_key, seed);
    *out = id;
    return ERR_OK;
}

void
identity_free(struct identity **id)
{
    sodium_free(*id); /* wipes; NULL is fine */
    *id = NULL;
}

Denrei__V1__KeyUse
identity_use(const struct identity *id)
{
    return id->use;
}

const struct public_key *
identity_public_key(const struct identity *id)
{
    return &id->public_key;
}

const uint8_t *
identity_secret(const struct identity *id)
{
    return id->secret_key;
}

const uint8_t *
identity_seed(const struct identity *id)
{
    return id->seed;
}

enum err
identity_mailbox(const struct identity *seed, const struct hash *federation, uint32_t generation,
                 struct identity **out)
{
    struct domain domain = domain_make(DOMAIN_MAILBOX_SEED, federation);
    crypto_generichash_state state; /* secret */
    uint8_t derived[SEED_BYTES];    /* secret */
    uint8_t generation_bytes[4] = {0};
    struct identity *id = NULL;
    enum err err = ERR_OK;

    assert(seed->use == DENREI__V1__KEY_USE__KEY_USE_MAILBOX);
    *out = NULL;
    bytes_put_u32(generation_bytes, generation);
    crypto_generichash_init(&state, seed->seed, SEED_BYTES, sizeof derived);
    crypto_generichash_update(&state, domain.bytes, domain.len);
    crypto_generichash_update(&state, generation_bytes, sizeof generation_bytes);
    crypto_generichash_final(&state, derived, sizeof derived);

    err = allocate(DENREI__V1__KEY_USE__KEY_USE_MAILBOX, &id);
    if (err != ERR_OK)
        goto done;
    memcpy(id->seed, derived, sizeof derived);
    crypto_box_seed_keypair(id->public_key.bytes, id->secret_key, derived);
    *out = id;
    id = NULL; /* now the caller's */

done:
    identity_free(&id);
    sodium_memzero(&state, sizeof state);
    sodium_memzero(derived, sizeof derived);
    return err;
}

enum err
identity_from_box_secret(const uint8_t secret_key[32], struct identity **out)
{
    struct identity *id = NULL;
    enum err err = ERR_OK;

    *out = NULL;
    err = allocate(DENREI__V1__KEY_USE__KEY_USE_MAILBOX, &id);
    if (err != ERR_OK)
        return err;
    memcpy(id->secret_key, secret_key, crypto_box_SECRETKEYBYTES);
    crypto_scalarmult_base(id->public_key.bytes, id->secret_key);
    *out = id;
    return ERR_OK;
}

struct hash
identity_key_id(const struct hash *federation, Denrei__V1__KeyUse use, const struct public_key *key)
{
    struct domain domain = domain_make(DOMAIN_KEY, federation);
    uint8_t use_byte = (uint8_t)use;
    struct span parts[] = {domain_span(&domain), {&use_byte, 1}, {key->bytes, KEY_BYTES}};

    return hash_spans(parts, sizeof parts / sizeof parts[0]);
}

/* Whether an X25519 key is the one encoding of its number, so that no key has two spellings. */
static bool
is_canonical(const struct public_key *key)
{
    return sodium_compare(key->bytes, FIELD_PRIME, KEY_BYTES) < 0;
}

enum err
identity_check_public_key(Denrei__V1__KeyUse use, const struct public_key *key)
{
    static const uint8_t SCALAR[crypto_scalarmult_SCALARBYTES] = {8}; /* any: it is clamped */
    uint8_t shared[crypto_scalarmult_BYTES];

    if (!is_box_use(use))
        return crypto_core_ed25519_is_valid_point(key->bytes) == 1 ? ERR_OK : ERR_KEY;
    if (!is_canonical(key) || crypto_scalarmult(shared, SCALAR, key->bytes) != 0)
        return ERR_KEY;
    return ERR_OK;
}
