#include "keys/credential.h"

#include "proto/hash.h"
#include "proto/message.h"
#include "proto/wire.h"

#include <sodium.h>
#include <string.h>

/* What a credential's signing key signs. */
struct signed_part {
    uint8_t bytes[DOMAIN_FRAME_BYTES + CREDENTIAL_BYTES_MAX];
    size_t len;
};

static struct signed_part
signed_part(const struct hash *federation, struct span body)
{
    struct signed_part part;

    assert(body.len > 0 && body.len <= CREDENTIAL_BYTES_MAX);
    part.len = domain_frame(DOMAIN_CREDENTIAL, federation, body, part.bytes);
    return part;
}

bool
credential_is_local_id(const char *text)
{
    size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-");

    return text[len] == '\0' && len > 0 && len <= LOCAL_ID_MAX;
}

bool
credential_is_valid_at(const struct credential *credential, uint64_t now_ms)
{
    return now_ms >= credential->not_before_ms && now_ms < credential->not_after_ms;
}

bool
credential_receives(const struct credential *credential)
{
    return credential->purpose == DENREI__V1__PURPOSE__PURPOSE_OFFICER ||
           credential->purpose == DENREI__V1__PURPOSE__PURPOSE_NODE;
}

static enum err
check_keys(const struct credential *credential)
{
    const struct public_key *signing = &credential->signing_key;
    const struct public_key *encryption = &credential->encryption_key;
    const struct public_key *transport = &credential->transport_key;

    if (identity_check_public_key(DENREI__V1__KEY_USE__KEY_USE_SIGNING, signing) != ERR_OK ||
        identity_check_public_key(DENREI__V1__KEY_USE__KEY_USE_ENCRYPTION, encryption) != ERR_OK ||
        identity_check_public_key(DENREI__V1__KEY_USE__KEY_USE_TRANSPORT, transport) != ERR_OK)
        return ERR_KEY;
    if (memcmp(signing, encryption, KEY_BYTES) == 0 || memcmp(signing, transport, KEY_BYTES) == 0 ||
        memcmp(encryption, transport, KEY_BYTES) == 0)
        return ERR_KEY;
    return ERR_OK;
}

static enum err
get_body(struct span body, struct arena *arena, struct credential *out)
{
    ProtobufCMessage *message = NULL;
    enum err err = wire_decode(&denrei__v1__credential__descriptor, body, arena, &message);

    if (err != ERR_OK)
        return err;
    const Denrei__V1__Credential *wire = (const Denrei__V1__Credential *)message;
    if (!message_is_member_id(wire->member) || !credential_is_local_id(wire->local_id) ||
        wire->purpose == DENREI__V1__PURPOSE__PURPOSE_UNSPECIFIED ||
        document_get_kinds(wire->kinds, wire->n_kinds, &out->kinds) != ERR_OK ||
        wire_get_key(wire->signing_key, &out->signing_key) != ERR_OK ||
        wire_get_key(wire->encryption_key, &out->encryption_key) != ERR_OK ||
        wire_get_key(wire->transport_key, &out->transport_key) != ERR_OK ||
        wire->not_before >= wire->not_after || wire->not_after > TIME_MS_MAX)
        return ERR_FORMAT;
    out->member = wire->member;
    out->local_id = wire->local_id;
    out->purpose = wire->purpose;
    out->not_before_ms = wire->not_before;
    out->not_after_ms = wire->not_after;
    return check_keys(out);
}

enum err
credential_decode(const struct hash *federation, struct span bytes, struct arena *arena,
                  struct credential *out)
{
    ProtobufCMessage *message = NULL;
    struct credential credential = {0};
    struct sig sig;
    enum err err = ERR_OK;

    if (bytes.len > CREDENTIAL_BYTES_MAX)
        return ERR_FORMAT;
    err = wire_decode(&denrei__v1__signed_credential__descriptor, bytes, arena, &message);
    if (err != ERR_OK)
        return err;
    const Denrei__V1__SignedCredential *wire = (const Denrei__V1__SignedCredential *)message;
    struct span body = wire_get_span(wire->body);
    if (body.len == 0 || wire_get_sig(wire->self_sig, &sig) != ERR_OK)
        return ERR_FORMAT;
    err = get_body(body, arena, &credential);
    if (err != ERR_OK)
        return err;

    struct signed_part part = signed_part(federation, body);
    if (crypto_sign_verify_detached(sig.bytes, part.bytes, part.len,
                                    credential.signing_key.bytes) != 0)
        return ERR_SIGNATURE;
    struct domain domain = domain_make(DOMAIN_CREDENTIAL, federation);
    struct span hashed[] = {domain_span(&domain), body};
    credential.hash = hash_spans(hashed, 2);
    credential.signed_bytes = (struct span){arena_copy(arena, bytes.data, bytes.len), bytes.len};
    if (credential.signed_bytes.data == NULL)
        return ERR_NOMEM;
    *out = credential;
    return ERR_OK;
}

static enum err
put_body(const struct credential *wanted, struct arena *arena, struct span *out)
{
    Denrei__V1__Credential wire = DENREI__V1__CREDENTIAL__INIT;

    wire.member = wire_put_text(wanted->member);
    wire.local_id = wire_put_text(wanted->local_id);
    wire.purpose = wanted->purpose;
    wire.signing_key = wire_put(wanted->signing_key.bytes, KEY_BYTES);
    wire.encryption_key = wire_put(wanted->encryption_key.bytes, KEY_BYTES);
    wire.transport_key = wire_put(wanted->transport_key.bytes, KEY_BYTES);
    wire.not_before = wanted->not_before_ms;
    wire.not_after = wanted->not_after_ms;
    if (document_put_kinds(wanted->kinds, arena, &wire.kinds, &wire.n_kinds) != ERR_OK)
        return ERR_NOMEM;
    return wire_encode(&wire.base, arena, out);
}

enum err
credential_make(const struct hash *federation, const struct credential *wanted,
                const struct identity *signing, struct arena *arena, struct credential *out)
{
    Denrei__V1__SignedCredential wire = DENREI__V1__SIGNED_CREDENTIAL__INIT;
    struct span body = {NULL, 0}, bytes = {NULL, 0};
    struct sig sig;
    enum err err = ERR_OK;

    if (identity_use(signing) != DENREI__V1__KEY_USE__KEY_USE_SIGNING ||
        memcmp(identity_public_key(signing), &wanted->signing_key, KEY_BYTES) != 0)
        return ERR_KEY;
    if (!message_is_member_id(wanted->member) || !credential_is_local_id(wanted->local_id))
        return ERR_FORMAT; /* bounds what is encoded */
    err = put_body(wanted, arena, &body);
    if (err != ERR_OK)
        return err;

    struct signed_part part = signed_part(federation, body);
    crypto_sign_detached(sig.bytes, NULL, part.bytes, part.len, identity_secret(signing));
    wire.body = wire_put(body.data, body.len);
    wire.self_sig = wire_put(sig.bytes, SIGNATURE_BYTES);
    err = wire_encode(&wire.base, arena, &bytes);
    if (err != ERR_OK)
        return err;
    return credential_decode(federation, bytes, arena, out);
}
