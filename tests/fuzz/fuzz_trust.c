/*
 * Goal: whatever bytes come, what the decoders of envelopes, signed documents, directories,
 * rosters, credentials and bundles let through encodes to the same bytes; a key file is opened or
 * refused.
 * Input: a byte that chooses the decoder, then the bytes; credentials are those of the federation
 * whose hash is zeros.
 */
#include "keys/bundle.h"
#include "keys/keyfile.h"
#include "proto/limits.h"
#include "proto/message.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct arena *arena;
static const struct hash federation;

static void
assert_same(enum err err, struct span again, struct span bytes)
{
    assert(err == ERR_OK);
    assert(again.len == bytes.len &&
           (bytes.len == 0 || !memcmp(again.data, bytes.data, bytes.len)));
}

static void
check_envelope(struct span bytes)
{
    struct envelope envelope;
    struct span again = {0};

    if (envelope_decode(bytes, arena, &envelope) == ERR_OK)
        assert_same(envelope_encode(&envelope, arena, &again), again, bytes);
}

static void
check_document(struct span bytes)
{
    static struct document document;
    struct span again = {0};

    if (document_decode(bytes, arena, &document) == ERR_OK)
        assert_same(document_encode(&document, arena, &again), again, bytes);
}

static void
check_directory(struct span bytes)
{
    struct directory directory;
    struct span again = {0};

    if (directory_decode(bytes, arena, &directory) == ERR_OK)
        assert_same(directory_encode(&directory, arena, &again), again, bytes);
}

static void
check_roster(struct span bytes)
{
    struct roster roster;
    struct span again = {0};

    if (roster_decode(&federation, bytes, arena, &roster) == ERR_OK)
        assert_same(roster_encode(&roster, arena, &again), again, bytes);
}

static void
check_credential(struct span bytes)
{
    struct credential credential;

    if (credential_decode(&federation, bytes, arena, &credential) == ERR_OK)
        assert_same(ERR_OK, credential.signed_bytes, bytes);
}

static void
check_bundle(struct span bytes)
{
    struct bundle bundle;
    struct span again = {0};
    struct trust *trust = NULL;
    size_t wrong = 0;

    if (bundle_decode(bytes, arena, &bundle) != ERR_OK)
        return;
    assert_same(bundle_encode(&bundle, arena, &again), again, bytes);
    if (bundle_open(&bundle, &trust, &wrong) == ERR_OK)
        trust_free(&trust);
}

static void
check_keyfile(struct span bytes)
{
    char label[KEYFILE_LABEL_MAX + 1] = "";
    bool needs_passphrase = false;
    struct keyfile keyfile;

    if (keyfile_peek(bytes, &needs_passphrase, label) != ERR_OK || needs_passphrase)
        return; /* Argon2id would take a second */
    if (keyfile_decode(bytes, (struct span){0}, &keyfile) == ERR_OK)
        keyfile_clear(&keyfile);
}

static void (*const checks[])(struct span) = {
    check_envelope,   check_document, check_directory, check_roster,
    check_credential, check_bundle,   check_keyfile,
};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (arena == NULL && (sodium_init() < 0 || arena_new(ARENA_BYTES_MAX, &arena) != ERR_OK))
        return 0;
    if (len > 0)
        checks[data[0] % (sizeof checks / sizeof checks[0])]((struct span){data + 1, len - 1});
    arena_reset(arena);
    return 0;
}
