#include "proto/envelope.h"

#include "proto/batch.h"
#include "proto/hash.h"
#include "proto/merkle.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

enum {
    TAG_BYTES = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    LENGTH_BYTES = 4,
    DERIVATION_BYTES_MAX = DOMAIN_BYTES_MAX + KEY_BYTES + HASH_BYTES
};

static_assert(BODY_BYTES_MAX == BODY_PADDED_MAX + TAG_BYTES);
static_assert(WRAP_BYTES == crypto_box_SEALBYTES + sizeof(struct content_key));
static_assert(sizeof(struct content_key) >= crypto_generichash_KEYBYTES_MIN);

/* What the key of one message derives to for its body. */
struct body_key {
    uint8_t key[crypto_aead_xchacha20poly1305_ietf_KEYBYTES];
    uint8_t nonce[crypto_aead_xchacha20poly1305_ietf_NPUBBYTES];
};

static_assert(sizeof(struct body_key) == 56); /* BLAKE2b-448, no byte between or after */
static_assert(RECIPIENTS_MAX <= BATCH_MAX);   /* wraps fit a merkle_batch */

struct hash
envelope_header_hash(const struct hash *federation, struct span header)
{
    struct domain domain = domain_make(DOMAIN_HEADER, federation);

    return hash_spans((struct span[]){domain_span(&domain), header}, 2);
}

struct hash
envelope_message_hash(const struct hash *federation, struct span header, struct span seal)
{
    struct domain domain = domain_make(DOMAIN_MESSAGE, federation);
    uint8_t header_len[4], seal_len[4];

    bytes_put_u32(header_len, (uint32_t)header.len);
    bytes_put_u32(seal_len, (uint32_t)seal.len);
    return merkle_leaf_hash_spans((struct span[]){domain_span(&domain),
                                                  {header_len, sizeof header_len},
                                                  header,
                                                  {seal_len, sizeof seal_len},
                                                  seal},
                                  5);
}

/* Floor of the binary logarithm; `value` is not 0. */
static unsigned
log2_floor(size_t value)
{
    unsigned log = 0;

    while (value >>= 1)
        log++;
    return log;
}

size_t
envelope_padded_bytes(size_t bytes)
{
    if (bytes <= BODY_PADDED_MIN)
        return BODY_PADDED_MIN;
    unsigned exponent = log2_floor(bytes);
    unsigned exponent_bits = log2_floor(exponent) + 1;
    assert(exponent > exponent_bits);
    size_t mask = ((size_t)1 << (exponent - exponent_bits)) - 1;
    return (bytes + mask) & ~mask;
}

bool
envelope_is_body_bytes(size_t bytes)
{
    if (bytes < BODY_PADDED_MIN + TAG_BYTES || bytes > BODY_BYTES_MAX)
        return false;
    /* Padding twice is padding once, so a padded size is one that padding leaves alone. */
    return envelope_padded_bytes(bytes - TAG_BYTES) == bytes - TAG_BYTES;
}

/* BLAKE2b of `out_bytes` with the content key over D(use), then the parts. */
static void
derive(const struct content_key *key, enum domain_use use, const struct hash *federation,
       const struct public_key *mailbox_key, const struct hash *header_hash, uint8_t *out,
       size_t out_bytes)
{
    struct domain domain = domain_make(use, federation);
    uint8_t text[DERIVATION_BYTES_MAX];
    size_t len = domain.len;

    memcpy(text, domain.bytes, domain.len);
    if (mailbox_key != NULL) {
        memcpy(text + len, mailbox_key->bytes, KEY_BYTES);
        len += KEY_BYTES;
    }
    memcpy(text + len, header_hash->bytes, HASH_BYTES);
    len += HASH_BYTES;
    crypto_generichash(out, out_bytes, text, len, key->bytes, sizeof key->bytes);
}

static struct hash
make_commitment(const struct content_key *key, const struct hash *federation,
                const struct hash *header_hash)
{
    struct hash commitment = {0};

    derive(key, DOMAIN_COMMIT, federation, NULL, header_hash, commitment.bytes, HASH_BYTES);
    return commitment;
}

/*
 * The ephemeral pair of a wrap.  It derives from the content key, so that a wrap is a function of
 * it: a dispute recomputes the wrap, and a sender cannot wrap another key unnoticed.
 */
static void
make_ephemeral(const struct content_key *key, const struct hash *federation,
               const struct hash *header_hash, const struct public_key *mailbox_key,
               uint8_t *public_key, uint8_t *secret_key)
{
    uint8_t seed[crypto_box_SEEDBYTES]; /* secret */

    derive(key, DOMAIN_WRAP, federation, mailbox_key, header_hash, seed, sizeof seed);
    crypto_box_seed_keypair(public_key, secret_key, seed);
    sodium_memzero(seed, sizeof seed);
}

/* Write the wrap of `key` to `mailbox_key`, in the layout of crypto_box_seal. */
static enum err
make_wrap(const struct content_key *key, const struct hash *federation,
          const struct hash *header_hash, const struct public_key *mailbox_key, uint8_t *out)
{
    uint8_t ephemeral_secret[crypto_box_SECRETKEYBYTES]; /* secret */
    uint8_t both[2 * KEY_BYTES];
    uint8_t nonce[crypto_box_NONCEBYTES];
    enum err err = ERR_OK;

    make_ephemeral(key, federation, header_hash, mailbox_key, out, ephemeral_secret);
    memcpy(both, out, KEY_BYTES);
    memcpy(both + KEY_BYTES, mailbox_key->bytes, KEY_BYTES);
    crypto_generichash(nonce, sizeof nonce, both, sizeof both, NULL, 0);
    if (crypto_box_easy(out + KEY_BYTES, key->bytes, sizeof key->bytes, nonce, mailbox_key->bytes,
                        ephemeral_secret) != 0)
        err = ERR_KEY; /* the shared secret would be zero: anybody could open it */
    sodium_memzero(ephemeral_secret, sizeof ephemeral_secret);
    return err;
}

/*
 * Whether `wrap`, which opened to `key`, is the one that make_wrap makes.  The box is a function of
 * the two public keys and the content, so the ephemeral public key decides; comparing it saves the
 * second half of making the wrap again.
 */
static bool
is_derived(const struct content_key *key, const struct hash *federation,
           const struct hash *header_hash, const struct public_key *mailbox_key,
           const uint8_t *wrap)
{
    uint8_t ephemeral[crypto_box_PUBLICKEYBYTES];
    uint8_t ephemeral_secret[crypto_box_SECRETKEYBYTES]; /* secret */

    make_ephemeral(key, federation, header_hash, mailbox_key, ephemeral, ephemeral_secret);
    sodium_memzero(ephemeral_secret, sizeof ephemeral_secret);
    return sodium_memcmp(ephemeral, wrap, sizeof ephemeral) == 0;
}

static struct hash
wrap_leaf(const struct domain *domain, const uint8_t *wrap)
{
    return merkle_leaf_hash_spans((struct span[]){domain_span(domain), {wrap, WRAP_BYTES}}, 2);
}

/* Root over 1 to RECIPIENTS_MAX wraps. */
static struct hash
wraps_root(const struct hash *federation, const uint8_t *wraps, size_t count)
{
    struct domain domain = domain_make(DOMAIN_WRAP_LEAF, federation);
    struct merkle tree;

    if (count == 1)
        return wrap_leaf(&domain, wraps);
    merkle_init(&tree);
    for (size_t i = 0; i < count; i++) {
        struct hash leaf = wrap_leaf(&domain, wraps + i * WRAP_BYTES);
        enum err err = merkle_append(&tree, &leaf);
        assert(err == ERR_OK);
    }
    return merkle_root(&tree);
}

/* Pad and encrypt `content` into `body`, which has room for `padded` bytes and the tag. */
static void
encrypt_body(const struct content_key *key, const struct hash *federation,
             const struct hash *header_hash, struct span header, struct span content, size_t padded,
             uint8_t *body)
{
    struct body_key derived; /* secret */

    derive(key, DOMAIN_BODY, federation, NULL, header_hash, (uint8_t *)&derived, sizeof derived);
    bytes_put_u32(body, (uint32_t)content.len);
    if (content.len > 0)
        memcpy(body + LENGTH_BYTES, content.data, content.len);
    memset(body + LENGTH_BYTES + content.len, 0, padded - LENGTH_BYTES - content.len);
    crypto_aead_xchacha20poly1305_ietf_encrypt_detached(body, body + padded, NULL, body, padded,
                                                        header.data, header.len, NULL,
                                                        derived.nonce, derived.key);
    sodium_memzero(&derived, sizeof derived);
}

/* What is sealed together; attachments are named alone. */
struct letter {
    struct span header;
    struct span content;
    const struct attachment *attachments;
    size_t attachments_count;
};

static enum err
seal_letter(const struct content_key *key, const struct hash *federation,
            const struct letter *letter, const struct public_key *mailbox_keys, size_t count,
            struct arena *arena, struct envelope *out)
{
    struct span header = letter->header, content = letter->content;
    struct hash header_hash = envelope_header_hash(federation, header);
    struct span seal_bytes = {0};
    enum err err = ERR_OK;

    assert(mailbox_keys != NULL);
    if (content.len > CONTENT_BYTES_MAX || count == 0 || count > RECIPIENTS_MAX ||
        letter->attachments_count > ATTACHMENTS_MAX)
        return ERR_RANGE;
    size_t padded = envelope_padded_bytes(LENGTH_BYTES + content.len);
    uint8_t *wraps = arena_alloc(arena, count * WRAP_BYTES);
    uint8_t *body = arena_alloc(arena, padded + TAG_BYTES);
    if (wraps == NULL || body == NULL)
        return ERR_NOMEM;

    for (size_t i = 0; i < count; i++) {
        err = make_wrap(key, federation, &header_hash, &mailbox_keys[i], wraps + i * WRAP_BYTES);
        if (err != ERR_OK)
            return err;
    }
    encrypt_body(key, federation, &header_hash, header, content, padded, body);

    struct span sealed = {body, padded + TAG_BYTES};
    struct seal seal = {
        .body_hash = hash_spans(&sealed, 1),
        .body_bytes = (uint32_t)sealed.len,
        .wraps_root = wraps_root(federation, wraps, count),
        .key_commitment = make_commitment(key, federation, &header_hash),
        .attachments = letter->attachments,
        .attachments_count = letter->attachments_count,
    };
    err = seal_encode(&seal, arena, &seal_bytes);
    if (err != ERR_OK)
        return err;
    *out = (struct envelope){
        .header = header,
        .seal = seal_bytes,
        .wraps = wraps,
        .wraps_count = count,
        .body = sealed,
    };
    return ERR_OK;
}

enum err
envelope_seal_with(const struct content_key *key, const struct hash *federation, struct span header,
                   struct span content, const struct public_key *mailbox_keys, size_t count,
                   struct arena *arena, struct envelope *out)
{
    const struct letter letter = {.header = header, .content = content};

    return seal_letter(key, federation, &letter, mailbox_keys, count, arena, out);
}

enum err
envelope_seal_attached(const struct hash *federation, struct span header, struct span content,
                       const struct attachment *attachments, size_t attachments_count,
                       const struct public_key *mailbox_keys, size_t count, struct arena *arena,
                       struct envelope *out)
{
    const struct letter letter = {header, content, attachments, attachments_count};
    struct content_key key; /* secret */

    randombytes_buf(key.bytes, sizeof key.bytes);
    enum err err = seal_letter(&key, federation, &letter, mailbox_keys, count, arena, out);
    sodium_memzero(&key, sizeof key);
    return err;
}

enum err
envelope_seal(const struct hash *federation, struct span header, struct span content,
              const struct public_key *mailbox_keys, size_t count, struct arena *arena,
              struct envelope *out)
{
    return envelope_seal_attached(federation, header, content, NULL, 0, mailbox_keys, count, arena,
                                  out);
}

void
envelope_sign(const struct hash *federation, const uint8_t *secret_key, struct envelope *batch,
              size_t count)
{
    struct hash leaves[BATCH_MAX];
    struct merkle_batch tree;

    assert(count >= 1);
    assert(count <= BATCH_MAX);
    for (size_t i = 0; i < count; i++)
        leaves[i] = envelope_message_hash(federation, batch[i].header, batch[i].seal);
    enum err err = merkle_batch_init(&tree, leaves, count);
    assert(err == ERR_OK);
    struct hash root = merkle_batch_root(&tree);
    struct sig sig = batch_sign(federation, false, (uint32_t)count, &root, secret_key);

    for (size_t i = 0; i < count; i++) {
        struct signature *signature = &batch[i].signature;
        signature->count = (uint32_t)count;
        signature->index = (uint32_t)i;
        signature->path_len = (uint32_t)merkle_batch_path(&tree, i, signature->path);
        signature->sig = sig;
    }
}

enum err
envelope_check(const struct hash *federation, const struct envelope *envelope,
               const struct seal *seal, size_t recipients)
{
    if (envelope->wraps_count != recipients || recipients == 0)
        return ERR_PROOF;
    if (envelope->body.len != seal->body_bytes)
        return ERR_COMMITMENT;
    struct hash root = wraps_root(federation, envelope->wraps, envelope->wraps_count);
    if (!hash_is_equal(&root, &seal->wraps_root))
        return ERR_PROOF;
    struct hash body = hash_spans(&envelope->body, 1);
    return hash_is_equal(&body, &seal->body_hash) ? ERR_OK : ERR_COMMITMENT;
}

size_t
envelope_wrap_path(const struct hash *federation, const struct envelope *envelope, size_t index,
                   struct hash *path)
{
    struct domain domain = domain_make(DOMAIN_WRAP_LEAF, federation);
    struct hash leaves[RECIPIENTS_MAX];
    struct merkle_batch tree;

    assert(index < envelope->wraps_count);
    assert(envelope->wraps_count <= RECIPIENTS_MAX);
    if (envelope->wraps_count == 1)
        return 0;
    for (size_t i = 0; i < envelope->wraps_count; i++)
        leaves[i] = wrap_leaf(&domain, envelope->wraps + i * WRAP_BYTES);
    enum err err = merkle_batch_init(&tree, leaves, envelope->wraps_count);
    assert(err == ERR_OK);
    return merkle_batch_path(&tree, index, path);
}

enum err
envelope_check_served(const struct hash *federation, const struct served *served,
                      const struct seal *seal)
{
    struct domain domain = domain_make(DOMAIN_WRAP_LEAF, federation);

    if (served->wrap.len != WRAP_BYTES)
        return ERR_PROOF;
    struct hash leaf = wrap_leaf(&domain, served->wrap.data);
    if (merkle_check_inclusion(&leaf, served->index, served->count, served->wrap_path,
                               served->wrap_path_len, &seal->wraps_root) != ERR_OK)
        return ERR_PROOF;
    if (served->body.len != seal->body_bytes)
        return ERR_COMMITMENT;
    struct hash body_hash = hash_spans(&served->body, 1);
    return hash_is_equal(&body_hash, &seal->body_hash) ? ERR_OK : ERR_COMMITMENT;
}

/* Whether the wrap opens with `mailbox`, and is the derived one. */
static enum err
open_wrap(const struct hash *federation, const struct served *served, const struct seal *seal,
          const struct box_keys *mailbox, const struct hash *header_hash, struct content_key *key)
{
    if (crypto_box_seal_open(key->bytes, served->wrap.data, WRAP_BYTES, mailbox->public_key.bytes,
                             mailbox->secret_key) != 0)
        return ERR_KEY;

    /* Two keys can open one ciphertext to two texts; only one of them is committed to. */
    struct hash commitment = make_commitment(key, federation, header_hash);
    if (!hash_is_equal(&commitment, &seal->key_commitment))
        return ERR_COMMITMENT;
    return is_derived(key, federation, header_hash, &mailbox->public_key, served->wrap.data)
               ? ERR_OK
               : ERR_COMMITMENT;
}

/* The content within a padded plaintext.  ERR_FORMAT: other than encrypt_body makes it. */
static enum err
unpad(struct span padded, struct span *content)
{
    const size_t len = bytes_get_u32(padded.data);

    if (len > CONTENT_BYTES_MAX || envelope_padded_bytes(LENGTH_BYTES + len) != padded.len ||
        !sodium_is_zero(padded.data + LENGTH_BYTES + len, padded.len - LENGTH_BYTES - len))
        return ERR_FORMAT;
    *content = (struct span){padded.data + LENGTH_BYTES, len};
    return ERR_OK;
}

static enum err
decrypt_body(const struct content_key *key, const struct hash *federation,
             const struct hash *header_hash, const struct served *served, struct arena *arena,
             struct span *content)
{
    struct body_key derived = {0}; /* secret */
    size_t padded = served->body.len - TAG_BYTES;
    uint8_t *plain = arena_alloc(arena, padded);
    enum err err = ERR_OK;

    if (plain == NULL)
        return ERR_NOMEM;
    derive(key, DOMAIN_BODY, federation, NULL, header_hash, (uint8_t *)&derived, sizeof derived);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt_detached(
            plain, NULL, served->body.data, padded, served->body.data + padded, served->header.data,
            served->header.len, derived.nonce, derived.key) != 0)
        err = ERR_COMMITMENT;
    sodium_memzero(&derived, sizeof derived);
    if (err != ERR_OK)
        return err;

    err = unpad((struct span){plain, padded}, content);
    if (err != ERR_OK)
        sodium_memzero(plain, padded);
    return err;
}

enum err
envelope_open(const struct hash *federation, const struct served *served,
              const struct box_keys *mailbox, struct arena *arena, struct span *content)
{
    struct hash header_hash = envelope_header_hash(federation, served->header);
    struct content_key key = {0}; /* secret */
    struct seal seal;
    enum err err = seal_decode(served->seal, arena, &seal);

    if (err != ERR_OK)
        return err;
    err = envelope_check_served(federation, served, &seal);
    if (err == ERR_OK)
        err = open_wrap(federation, served, &seal, mailbox, &header_hash, &key);
    if (err == ERR_OK)
        err = decrypt_body(&key, federation, &header_hash, served, arena, content);
    sodium_memzero(&key, sizeof key);
    return err;
}
