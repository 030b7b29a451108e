#include "keys/document.h"

#include "proto/hash.h"
#include "proto/message.h"
#include "proto/wire.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static enum domain_use
domain_of(Denrei__V1__DocumentType type)
{
    return type == DENREI__V1__DOCUMENT_TYPE__DOCUMENT_DIRECTORY ? DOMAIN_DIRECTORY : DOMAIN_ROSTER;
}

static Denrei__V1__KeyUse
signer_of(Denrei__V1__DocumentType type)
{
    return type == DENREI__V1__DOCUMENT_TYPE__DOCUMENT_DIRECTORY
               ? DENREI__V1__KEY_USE__KEY_USE_ROOT
               : DENREI__V1__KEY_USE__KEY_USE_AUTHORITY;
}

/* Where the signature by `key_id` stands; signatures_count if there is none. */
static size_t
find_signature(const struct document *document, const struct hash *key_id)
{
    size_t i = 0;

    while (i < document->signatures_count &&
           !hash_is_equal(&document->signatures[i].key_id, key_id))
        i++;
    return i;
}

static enum err
get_signatures(const Denrei__V1__SignedDocument *wire, struct document *out)
{
    struct document document = {.signatures_count = 0};

    for (size_t i = 0; i < wire->n_signatures; i++) {
        struct document_signature signature;
        if (wire_get_hash(wire->signatures[i]->key_id, &signature.key_id) != ERR_OK ||
            wire_get_sig(wire->signatures[i]->sig, &signature.sig) != ERR_OK)
            return ERR_FORMAT;
        if (find_signature(&document, &signature.key_id) != document.signatures_count)
            return ERR_FORMAT; /* a key signs once (SECURITY D5) */
        document.signatures[document.signatures_count++] = signature;
    }
    *out = document;
    return ERR_OK;
}

enum err
document_decode(struct span bytes, struct arena *arena, struct document *out)
{
    ProtobufCMessage *message = NULL;
    struct document document;
    enum err err = ERR_OK;

    if (bytes.len > DOCUMENT_BYTES_MAX)
        return ERR_FORMAT;
    err = wire_decode(&denrei__v1__signed_document__descriptor, bytes, arena, &message);
    if (err != ERR_OK)
        return err;
    const Denrei__V1__SignedDocument *wire = (const Denrei__V1__SignedDocument *)message;
    if (wire->body.len == 0 || wire->n_signatures > DOCUMENT_SIGNATURES_MAX)
        return ERR_FORMAT;
    err = get_signatures(wire, &document);
    if (err != ERR_OK)
        return err;
    document.body = wire_get_span(wire->body);
    *out = document;
    return ERR_OK;
}

enum err
document_encode(const struct document *document, struct arena *arena, struct span *out)
{
    Denrei__V1__SignedDocument wire = DENREI__V1__SIGNED_DOCUMENT__INIT;
    Denrei__V1__DocumentSignature signatures[DOCUMENT_SIGNATURES_MAX];
    Denrei__V1__DocumentSignature *pointers[DOCUMENT_SIGNATURES_MAX];

    assert(document->signatures_count <= DOCUMENT_SIGNATURES_MAX);
    wire.body = wire_put(document->body.data, document->body.len);
    for (size_t i = 0; i < document->signatures_count; i++) {
        const struct document_signature *from = &document->signatures[i];
        denrei__v1__document_signature__init(&signatures[i]);
        signatures[i].key_id = wire_put(from->key_id.bytes, HASH_BYTES);
        signatures[i].sig = wire_put(from->sig.bytes, SIGNATURE_BYTES);
        pointers[i] = &signatures[i];
    }
    wire.signatures = pointers;
    wire.n_signatures = document->signatures_count;
    return wire_encode(&wire.base, arena, out);
}

struct hash
document_hash(const struct hash *federation, Denrei__V1__DocumentType type, struct span body)
{
    struct domain domain = domain_make(domain_of(type), federation);
    struct span parts[] = {domain_span(&domain), body};

    return hash_spans(parts, sizeof parts / sizeof parts[0]);
}

/* What is signed, as one run of bytes; the caller frees *out. */
static enum err
signed_bytes(const struct hash *federation, Denrei__V1__DocumentType type, struct span body,
             uint8_t **out, size_t *out_len)
{
    uint8_t *bytes = NULL;

    assert(body.len <= DOCUMENT_BYTES_MAX);
    *out = NULL;
    bytes = malloc(DOMAIN_FRAME_BYTES + body.len);
    if (bytes == NULL)
        return ERR_NOMEM;
    *out_len = domain_frame(domain_of(type), federation, body, bytes);
    *out = bytes;
    return ERR_OK;
}

enum err
document_sign(const struct hash *federation, Denrei__V1__DocumentType type,
              const struct identity *id, struct document *document)
{
    struct document_signature signature;
    uint8_t *bytes = NULL;
    size_t len = 0;
    enum err err = ERR_OK;

    if (identity_use(id) != signer_of(type))
        return ERR_KEY;
    signature.key_id = identity_key_id(federation, identity_use(id), identity_public_key(id));
    if (find_signature(document, &signature.key_id) != document->signatures_count)
        return ERR_EXISTS;
    if (document->signatures_count == DOCUMENT_SIGNATURES_MAX)
        return ERR_FULL;

    err = signed_bytes(federation, type, document->body, &bytes, &len);
    if (err != ERR_OK)
        return err;
    crypto_sign_detached(signature.sig.bytes, NULL, bytes, len, identity_secret(id));
    free(bytes);
    document->signatures[document->signatures_count++] = signature;
    return ERR_OK;
}

enum err
document_count_signers(const struct hash *federation, Denrei__V1__DocumentType type,
                       const struct document *document, Denrei__V1__KeyUse use,
                       const struct public_key *keys, size_t count, size_t *out)
{
    uint8_t *bytes = NULL;
    size_t len = 0, signers = 0;
    enum err err = ERR_OK;

    if (use != signer_of(type))
        return ERR_KEY;
    err = signed_bytes(federation, type, document->body, &bytes, &len);
    if (err != ERR_OK)
        return err;
    for (size_t i = 0; i < count; i++) {
        struct hash key_id = identity_key_id(federation, use, &keys[i]);
        size_t place = find_signature(document, &key_id);
        if (place == document->signatures_count)
            continue;
        if (crypto_sign_verify_detached(document->signatures[place].sig.bytes, bytes, len,
                                        keys[i].bytes) != 0) {
            err = ERR_SIGNATURE;
            goto done;
        }
        signers++;
    }
    *out = signers;

done:
    free(bytes);
    return err;
}

bool
document_is_line(const char *text, size_t bytes_max)
{
    size_t len = strnlen(text, bytes_max + 1);

    for (size_t i = 0; i < len; i++) {
        if ((uint8_t)text[i] < 0x20 || text[i] == 0x7f)
            return false;
    }
    return len > 0 && len <= bytes_max;
}

enum err
document_get_kinds(const Denrei__V1__Kind *kinds, size_t count, uint32_t *out)
{
    uint32_t set = 0;

    for (size_t i = 0; i < count; i++) {
        /* The wire knows the kind, so it is a small positive number. */
        uint32_t bit = UINT32_C(1) << kinds[i];
        if (bit <= set)
            return ERR_FORMAT;
        set |= bit;
    }
    *out = set;
    return ERR_OK;
}

enum err
document_put_kinds(uint32_t kinds, struct arena *arena, Denrei__V1__Kind **out, size_t *count)
{
    Denrei__V1__Kind *list = arena_alloc(arena, 32 * sizeof *list);
    size_t used = 0;

    if (list == NULL)
        return ERR_NOMEM;
    for (unsigned kind = 0; kind < 32; kind++) {
        if (((kinds >> kind) & 1) != 0)
            list[used++] = (Denrei__V1__Kind)kind;
    }
    *out = list;
    *count = used;
    return ERR_OK;
}

void *
document_new_messages(struct arena *arena, size_t count, size_t bytes, void ***pointers)
{
    uint8_t *messages = arena_alloc(arena, count * bytes);
    void **list = arena_alloc(arena, count * sizeof *list);

    if (messages == NULL || list == NULL)
        return NULL;
    for (size_t i = 0; i < count; i++)
        list[i] = messages + i * bytes;
    *pointers = list;
    return messages;
}
