#include "keys/roster.h"

#include "proto/hash.h"
#include "proto/message.h"
#include "proto/wire.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static_assert(SEALED_BYTES == crypto_box_SEALBYTES + crypto_box_SECRETKEYBYTES);

const struct credential *
roster_find_credential(const struct roster *roster, const struct hash *hash)
{
    for (size_t i = 0; i < roster->credentials_count; i++) {
        if (memcmp(roster->credentials[i].hash.bytes, hash->bytes, HASH_BYTES) == 0)
            return &roster->credentials[i];
    }
    return NULL;
}

/* ---- what a roster must hold by itself */

static enum err
check_head(const struct roster *roster)
{
    if (!message_is_member_id(roster->member) || roster->version == 0 ||
        roster->has_previous != (roster->version > 1) || roster->issued_ms >= roster->expires_ms ||
        roster->expires_ms > TIME_MS_MAX || roster->expires_ms - roster->issued_ms > ROSTER_MS_MAX)
        return ERR_FORMAT;
    return ERR_OK;
}

static enum err
check_credentials(const struct roster *roster)
{
    if (roster->credentials_count > CREDENTIALS_MAX)
        return ERR_FORMAT;
    for (size_t i = 0; i < roster->credentials_count; i++) {
        const struct credential *credential = &roster->credentials[i];
        if (strcmp(credential->member, roster->member) != 0)
            return ERR_FORMAT;
        if (i > 0 && strcmp(roster->credentials[i - 1].local_id, credential->local_id) >= 0)
            return ERR_FORMAT;
    }
    return ERR_OK;
}

/* Secrets ascend in the order of their credentials, so each is there once. */
static enum err
check_secrets(const struct roster *roster, const struct mailbox_key *mailbox)
{
    const struct credential *last = NULL;

    for (size_t i = 0; i < mailbox->secrets_count; i++) {
        const struct credential *credential =
            roster_find_credential(roster, &mailbox->secrets[i].credential);
        if (credential == NULL || !credential_receives(credential) || credential <= last ||
            mailbox->secrets[i].sealed.len != SEALED_BYTES)
            return ERR_FORMAT;
        last = credential;
    }
    return ERR_OK;
}

static enum err
check_mailboxes(const struct roster *roster)
{
    size_t receivers = 0, sealed = 0;

    for (size_t i = 0; i < roster->credentials_count; i++)
        receivers += credential_receives(&roster->credentials[i]);
    if (roster->mailboxes_count > MAILBOX_KEYS_MAX)
        return ERR_FORMAT;
    for (size_t i = 0; i < roster->mailboxes_count; i++) {
        const struct mailbox_key *mailbox = &roster->mailboxes[i];
        enum err err = check_secrets(roster, mailbox);
        if (err != ERR_OK)
            return err;
        if (mailbox->generation == 0 || (i > 0 && mailbox[-1].generation <= mailbox->generation))
            return ERR_FORMAT;
    }
    if (roster->mailboxes_count > 0)
        sealed = roster->mailboxes[0].secrets_count;
    return sealed == receivers ? ERR_OK : ERR_FORMAT;
}

static enum err
check_suspects(const struct roster *roster)
{
    if (roster->suspects_count > CREDENTIALS_MAX)
        return ERR_FORMAT;
    for (size_t i = 1; i < roster->suspects_count; i++) {
        if (memcmp(&roster->suspects[i - 1].credential, &roster->suspects[i].credential,
                   HASH_BYTES) >= 0)
            return ERR_FORMAT;
    }
    return ERR_OK;
}

static int
compare_keys(const void *a, const void *b)
{
    return memcmp(a, b, KEY_BYTES);
}

static enum err
check_keys(const struct roster *roster)
{
    size_t count = 0, room = 3 * roster->credentials_count + roster->mailboxes_count;
    struct public_key *keys = calloc(room + 1, sizeof *keys);
    enum err err = ERR_OK;

    if (keys == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < roster->credentials_count; i++) {
        keys[count++] = roster->credentials[i].signing_key;
        keys[count++] = roster->credentials[i].encryption_key;
        keys[count++] = roster->credentials[i].transport_key;
    }
    for (size_t i = 0; i < roster->mailboxes_count && err == ERR_OK; i++) {
        keys[count++] = roster->mailboxes[i].public_key;
        err = identity_check_public_key(DENREI__V1__KEY_USE__KEY_USE_MAILBOX,
                                        &roster->mailboxes[i].public_key);
    }
    qsort(keys, count, sizeof *keys, compare_keys);
    for (size_t i = 1; i < count; i++) {
        if (compare_keys(&keys[i - 1], &keys[i]) == 0)
            err = ERR_KEY;
    }
    free(keys);
    return err;
}

static enum err
check(const struct roster *roster)
{
    static enum err (*const CHECKS[])(const struct roster *) = {
        check_head, check_credentials, check_mailboxes, check_suspects, check_keys,
    };

    for (size_t i = 0; i < sizeof CHECKS / sizeof CHECKS[0]; i++) {
        enum err err = CHECKS[i](roster);
        if (err != ERR_OK)
            return err;
    }
    return ERR_OK;
}

/* ---- wire form */

static enum err
get_credentials(const struct hash *federation, const Denrei__V1__Roster *wire, struct arena *arena,
                struct roster *out)
{
    struct credential *credentials = NULL;

    if (wire->n_credentials > CREDENTIALS_MAX)
        return ERR_FORMAT;
    credentials = arena_alloc(arena, wire->n_credentials * sizeof *credentials);
    if (credentials == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < wire->n_credentials; i++) {
        struct span bytes = {NULL, 0};
        /* Strict wire has one encoding, so these are the bytes that came. */
        enum err err = wire_encode(&wire->credentials[i]->base, arena, &bytes);
        if (err == ERR_OK)
            err = credential_decode(federation, bytes, arena, &credentials[i]);
        if (err != ERR_OK)
            return err;
    }
    out->credentials = credentials;
    out->credentials_count = wire->n_credentials;
    return ERR_OK;
}

static enum err
get_mailbox(const Denrei__V1__MailboxKey *wire, struct arena *arena, struct mailbox_key *out)
{
    struct sealed_secret *secrets = NULL;

    if (wire->n_secrets > CREDENTIALS_MAX ||
        wire_get_key(wire->public_key, &out->public_key) != ERR_OK)
        return ERR_FORMAT;
    secrets = arena_alloc(arena, wire->n_secrets * sizeof *secrets);
    if (secrets == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < wire->n_secrets; i++) {
        if (wire_get_hash(wire->secrets[i]->credential, &secrets[i].credential) != ERR_OK)
            return ERR_FORMAT;
        secrets[i].sealed = wire_get_span(wire->secrets[i]->sealed);
    }
    out->generation = wire->generation;
    out->secrets = secrets;
    out->secrets_count = wire->n_secrets;
    return ERR_OK;
}

static enum err
get_mailboxes(const Denrei__V1__Roster *wire, struct arena *arena, struct roster *out)
{
    struct mailbox_key *mailboxes = NULL;

    if (wire->n_mailboxes > MAILBOX_KEYS_MAX)
        return ERR_FORMAT;
    mailboxes = arena_alloc(arena, wire->n_mailboxes * sizeof *mailboxes);
    if (mailboxes == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < wire->n_mailboxes; i++) {
        enum err err = get_mailbox(wire->mailboxes[i], arena, &mailboxes[i]);
        if (err != ERR_OK)
            return err;
    }
    out->mailboxes = mailboxes;
    out->mailboxes_count = wire->n_mailboxes;
    return ERR_OK;
}

static enum err
get_suspects(const Denrei__V1__Roster *wire, struct arena *arena, struct roster *out)
{
    struct suspect *suspects = NULL;

    if (wire->n_suspects > CREDENTIALS_MAX)
        return ERR_FORMAT;
    suspects = arena_alloc(arena, wire->n_suspects * sizeof *suspects);
    if (suspects == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < wire->n_suspects; i++) {
        suspects[i].since_leaf = wire->suspects[i]->since_leaf;
        if (wire_get_hash(wire->suspects[i]->credential, &suspects[i].credential) != ERR_OK)
            return ERR_FORMAT;
    }
    out->suspects = suspects;
    out->suspects_count = wire->n_suspects;
    return ERR_OK;
}

enum err
roster_decode(const struct hash *federation, struct span body, struct arena *arena,
              struct roster *out)
{
    ProtobufCMessage *message = NULL;
    struct roster roster = {0};
    enum err err = wire_decode(&denrei__v1__roster__descriptor, body, arena, &message);

    if (err != ERR_OK)
        return err;
    const Denrei__V1__Roster *wire = (const Denrei__V1__Roster *)message;
    roster.member = wire->member;
    roster.version = wire->version;
    roster.issued_ms = wire->issued;
    roster.expires_ms = wire->expires;
    roster.has_previous = wire->previous.len > 0;
    if (roster.has_previous && wire_get_hash(wire->previous, &roster.previous) != ERR_OK)
        return ERR_FORMAT;
    err = get_credentials(federation, wire, arena, &roster);
    if (err == ERR_OK)
        err = get_mailboxes(wire, arena, &roster);
    if (err == ERR_OK)
        err = get_suspects(wire, arena, &roster);
    if (err == ERR_OK)
        err = check(&roster);
    if (err != ERR_OK)
        return err;
    *out = roster;
    return ERR_OK;
}

static enum err
put_credentials(const struct roster *roster, struct arena *arena, Denrei__V1__Roster *wire)
{
    Denrei__V1__SignedCredential **list =
        arena_alloc(arena, roster->credentials_count * sizeof(void *));

    if (list == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < roster->credentials_count; i++) {
        ProtobufCMessage *message = NULL;
        enum err err = wire_decode(&denrei__v1__signed_credential__descriptor,
                                   roster->credentials[i].signed_bytes, arena, &message);
        if (err != ERR_OK)
            return err;
        list[i] = (Denrei__V1__SignedCredential *)message;
    }
    wire->credentials = list;
    wire->n_credentials = roster->credentials_count;
    return ERR_OK;
}

static enum err
put_mailbox(const struct mailbox_key *mailbox, struct arena *arena, Denrei__V1__MailboxKey *wire)
{
    void **pointers = NULL;
    Denrei__V1__SealedSecret *secrets =
        document_new_messages(arena, mailbox->secrets_count, sizeof *secrets, &pointers);

    if (secrets == NULL)
        return ERR_NOMEM;
    denrei__v1__mailbox_key__init(wire);
    wire->generation = mailbox->generation;
    wire->public_key = wire_put(mailbox->public_key.bytes, KEY_BYTES);
    for (size_t i = 0; i < mailbox->secrets_count; i++) {
        const struct sealed_secret *from = &mailbox->secrets[i];
        denrei__v1__sealed_secret__init(&secrets[i]);
        secrets[i].credential = wire_put(from->credential.bytes, HASH_BYTES);
        secrets[i].sealed = wire_put(from->sealed.data, from->sealed.len);
    }
    wire->secrets = (Denrei__V1__SealedSecret **)pointers;
    wire->n_secrets = mailbox->secrets_count;
    return ERR_OK;
}

static enum err
put_mailboxes(const struct roster *roster, struct arena *arena, Denrei__V1__Roster *wire)
{
    void **pointers = NULL;
    Denrei__V1__MailboxKey *mailboxes =
        document_new_messages(arena, roster->mailboxes_count, sizeof *mailboxes, &pointers);

    if (mailboxes == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < roster->mailboxes_count; i++) {
        if (put_mailbox(&roster->mailboxes[i], arena, &mailboxes[i]) != ERR_OK)
            return ERR_NOMEM;
    }
    wire->mailboxes = (Denrei__V1__MailboxKey **)pointers;
    wire->n_mailboxes = roster->mailboxes_count;
    return ERR_OK;
}

static enum err
put_suspects(const struct roster *roster, struct arena *arena, Denrei__V1__Roster *wire)
{
    void **pointers = NULL;
    Denrei__V1__Suspect *suspects =
        document_new_messages(arena, roster->suspects_count, sizeof *suspects, &pointers);

    if (suspects == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < roster->suspects_count; i++) {
        denrei__v1__suspect__init(&suspects[i]);
        suspects[i].credential = wire_put(roster->suspects[i].credential.bytes, HASH_BYTES);
        suspects[i].since_leaf = roster->suspects[i].since_leaf;
    }
    wire->suspects = (Denrei__V1__Suspect **)pointers;
    wire->n_suspects = roster->suspects_count;
    return ERR_OK;
}

enum err
roster_encode(const struct roster *roster, struct arena *arena, struct span *out)
{
    Denrei__V1__Roster wire = DENREI__V1__ROSTER__INIT;
    struct span body = {NULL, 0};
    enum err err = check(roster);

    if (err != ERR_OK)
        return err;
    wire.member = wire_put_text(roster->member);
    wire.version = roster->version;
    if (roster->has_previous)
        wire.previous = wire_put(roster->previous.bytes, HASH_BYTES);
    wire.issued = roster->issued_ms;
    wire.expires = roster->expires_ms;
    err = put_credentials(roster, arena, &wire);
    if (err == ERR_OK)
        err = put_mailboxes(roster, arena, &wire);
    if (err == ERR_OK)
        err = put_suspects(roster, arena, &wire);
    if (err == ERR_OK)
        err = wire_encode(&wire.base, arena, &body);
    if (err == ERR_OK && body.len > DOCUMENT_BYTES_MAX)
        err = ERR_NOMEM;
    if (err != ERR_OK)
        return err;
    *out = body;
    return ERR_OK;
}

/* ---- one after another */

enum err
roster_find_signers(const struct hash *federation, const struct directory *directory,
                    const struct document *document, const char *member, struct roster_signers *out)
{
    const struct member *entry = directory_find_member(directory, member);
    struct roster_signers signers = {.count = 0};

    if (entry == NULL)
        return ERR_UNKNOWN;
    for (size_t i = 0; i < entry->authority_keys_count; i++) {
        size_t signed_count = 0;
        enum err err = document_count_signers(
            federation, DENREI__V1__DOCUMENT_TYPE__DOCUMENT_ROSTER, document,
            DENREI__V1__KEY_USE__KEY_USE_AUTHORITY, &entry->authority_keys[i], 1, &signed_count);
        if (err != ERR_OK)
            return err;
        if (signed_count == 1)
            signers.keys[signers.count++] = entry->authority_keys[i];
    }
    if (signers.count == 0)
        return ERR_SIGNATURE;
    *out = signers;
    return ERR_OK;
}

enum err
roster_check_follows(const struct roster *previous, const struct hash *previous_hash,
                     const struct roster *roster)
{
    if (strcmp(previous->member, roster->member) != 0 || roster->version != previous->version + 1 ||
        !roster->has_previous || !hash_is_equal(&roster->previous, previous_hash))
        return ERR_STALE;
    return ERR_OK;
}

enum err
roster_open_mailbox(const struct mailbox_key *mailbox, const struct hash *credential,
                    const struct identity *encryption, struct identity **out)
{
    uint8_t secret[crypto_box_SECRETKEYBYTES] = {0}; /* secret */
    const struct sealed_secret *sealed = NULL;
    struct identity *id = NULL;
    enum err err = ERR_OK;

    *out = NULL;
    for (size_t i = 0; i < mailbox->secrets_count; i++) {
        if (hash_is_equal(&mailbox->secrets[i].credential, credential))
            sealed = &mailbox->secrets[i];
    }
    if (sealed == NULL)
        return ERR_NOT_FOUND;
    if (sealed->sealed.len != SEALED_BYTES ||
        identity_use(encryption) != DENREI__V1__KEY_USE__KEY_USE_ENCRYPTION ||
        crypto_box_seal_open(secret, sealed->sealed.data, sealed->sealed.len,
                             identity_public_key(encryption)->bytes,
                             identity_secret(encryption)) != 0) {
        err = ERR_KEY;
        goto done;
    }
    err = identity_from_box_secret(secret, &id);
    if (err != ERR_OK)
        goto done;
    if (memcmp(identity_public_key(id), &mailbox->public_key, KEY_BYTES) != 0) {
        err = ERR_KEY;
        goto done;
    }
    *out = id;
    id = NULL; /* now the caller's */

done:
    identity_free(&id);
    sodium_memzero(secret, sizeof secret);
    return err;
}
