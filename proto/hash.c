#define OPENSSL_SUPPRESS_DEPRECATED /* SHA256_* cost no allocation; EVP's set-up costs a leaf */
#include "proto/hash.h"

#include <assert.h>
#include <openssl/sha.h>
#include <sodium.h>
#include <string.h>

static_assert(HASH_BYTES == SHA256_DIGEST_LENGTH);
static_assert(KEY_BYTES == crypto_sign_PUBLICKEYBYTES);
static_assert(KEY_BYTES == crypto_box_PUBLICKEYBYTES);
static_assert(SIGNATURE_BYTES == crypto_sign_BYTES);

static const char PREFIX[] = "denrei/v1/";

static const char *const USES[DOMAIN_COUNT] = {
    [DOMAIN_HEADER] = "header",
    [DOMAIN_MESSAGE] = "message",
    [DOMAIN_BODY] = "body",
    [DOMAIN_COMMIT] = "commit",
    [DOMAIN_WRAP] = "wrap",
    [DOMAIN_WRAP_LEAF] = "wrap-leaf",
    [DOMAIN_BATCH_MESSAGE] = "batch/message",
    [DOMAIN_RECEIPT] = "receipt",
    [DOMAIN_BATCH_RECEIPT] = "batch/receipt",
    [DOMAIN_KEY] = "key",
    [DOMAIN_DIRECTORY] = "directory",
    [DOMAIN_ROSTER] = "roster",
    [DOMAIN_CREDENTIAL] = "credential",
    [DOMAIN_MAILBOX_SEED] = "mailbox-seed",
    [DOMAIN_HEAD] = "head",
};

struct hash
hash_spans(const struct span *parts, size_t count)
{
    SHA256_CTX sha;
    struct hash out;

    SHA256_Init(&sha);
    for (size_t i = 0; i < count; i++)
        SHA256_Update(&sha, parts[i].data, parts[i].len);
    SHA256_Final(out.bytes, &sha);
    return out;
}

bool
hash_is_equal(const struct hash *a, const struct hash *b)
{
    return sodium_memcmp(a->bytes, b->bytes, HASH_BYTES) == 0;
}

struct domain
domain_make(enum domain_use use, const struct hash *federation)
{
    struct domain domain = {.len = 0};
    size_t use_len = strlen(USES[use]) + 1; /* the zero byte is part of it */

    assert(sizeof PREFIX - 1 + use_len + HASH_BYTES <= DOMAIN_BYTES_MAX);
    memcpy(domain.bytes, PREFIX, sizeof PREFIX - 1);
    domain.len = sizeof PREFIX - 1;
    memcpy(domain.bytes + domain.len, USES[use], use_len);
    domain.len += use_len;
    memcpy(domain.bytes + domain.len, federation->bytes, HASH_BYTES);
    domain.len += HASH_BYTES;
    return domain;
}

struct span
domain_span(const struct domain *domain)
{
    return (struct span){domain->bytes, domain->len};
}

size_t
domain_frame(enum domain_use use, const struct hash *federation, struct span body, uint8_t *out)
{
    struct domain domain = domain_make(use, federation);

    memcpy(out, domain.bytes, domain.len);
    bytes_put_u32(out + domain.len, (uint32_t)body.len);
    if (body.len > 0)
        memcpy(out + domain.len + 4, body.data, body.len);
    return domain.len + 4 + body.len;
}
