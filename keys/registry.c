#include "keys/registry.h"

#include "proto/hash.h"

#include <stdlib.h>
#include <string.h>

enum { SLOTS_FIRST = 1024 }; /* a power of two, as every size after it */

struct slot_entry {
    struct claim claim;
    void *holder;
    bool is_used;
};

/* Open addressing with linear probing, never more than half full, nothing ever removed. */
struct registry {
    struct slot_entry *slots;
    size_t slots_count;
    size_t used;
};

enum err
registry_new(struct registry **out)
{
    struct registry *registry = calloc(1, sizeof *registry);

    *out = NULL;
    if (registry == NULL)
        return ERR_NOMEM;
    registry->slots = calloc(SLOTS_FIRST, sizeof *registry->slots);
    if (registry->slots == NULL) {
        registry_free(&registry);
        return ERR_NOMEM;
    }
    registry->slots_count = SLOTS_FIRST;
    *out = registry;
    return ERR_OK;
}

void
registry_free(struct registry **registry)
{
    if (*registry != NULL)
        free((*registry)->slots);
    free(*registry);
    *registry = NULL;
}

static bool
is_hash_use(Denrei__V1__KeyUse use)
{
    return use == DENREI__V1__KEY_USE__KEY_USE_UNSPECIFIED;
}

/*
 * Where `key` stands, or the free slot where it would.  Hashes and keys are apart: a peer may
 * choose its X25519 key freely, the hash of another's credential included.
 */
static struct slot_entry *
find_slot(const struct registry *registry, const struct hash *key, bool is_hash)
{
    size_t place = 0;

    memcpy(&place, key->bytes, sizeof place);
    for (;;) {
        struct slot_entry *slot = &registry->slots[place & (registry->slots_count - 1)];
        if (!slot->is_used || (memcmp(&slot->claim.key, key, HASH_BYTES) == 0 &&
                               is_hash_use(slot->claim.use) == is_hash))
            return slot;
        place++;
    }
}

static enum err
make_room(struct registry *registry, size_t more)
{
    struct registry grown = *registry;

    while (grown.slots_count / 2 < registry->used + more)
        grown.slots_count *= 2;
    if (grown.slots_count == registry->slots_count)
        return ERR_OK;
    grown.slots = calloc(grown.slots_count, sizeof *grown.slots);
    if (grown.slots == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < registry->slots_count; i++) {
        const struct slot_entry *slot = &registry->slots[i];
        if (slot->is_used)
            *find_slot(&grown, &slot->claim.key, is_hash_use(slot->claim.use)) = *slot;
    }
    free(registry->slots);
    *registry = grown;
    return ERR_OK;
}

static bool
is_same(const struct claim *had, const struct claim *claim)
{
    return had->use == claim->use &&
           (claim->is_voided || hash_is_equal(&had->owner, &claim->owner));
}

enum err
registry_check(struct registry *registry, const struct claims *claims)
{
    for (size_t i = 0; i < claims->count; i++) {
        const struct claim *claim = &claims->list[i];
        const struct slot_entry *slot = find_slot(registry, &claim->key, is_hash_use(claim->use));
        if (slot->is_used && !is_same(&slot->claim, claim))
            return ERR_KEY;
    }
    return make_room(registry, claims->count);
}

void
registry_add(struct registry *registry, const struct claims *claims, void *holder)
{
    for (size_t i = 0; i < claims->count; i++) {
        const struct claim *claim = &claims->list[i];
        struct slot_entry *slot = find_slot(registry, &claim->key, is_hash_use(claim->use));
        if (slot->is_used)
            continue;
        *slot = (struct slot_entry){*claim, holder, true};
        registry->used++;
    }
    assert(registry->used <= registry->slots_count / 2);
}

void *
registry_find_credential(const struct registry *registry, const struct hash *hash)
{
    return find_slot(registry, hash, true)->holder;
}

/* ---- claims */

/* An owner by two texts with a zero byte between them, so that no two pairs run together. */
static struct hash
owner_of(const char *first, const char *second)
{
    struct span parts[] = {
        {(const uint8_t *)first, strlen(first) + 1},
        {(const uint8_t *)second, strlen(second) + 1},
    };

    return hash_spans(parts, 2);
}

static enum err
claims_new(size_t count_max, struct claims *out)
{
    *out = (struct claims){.list = calloc(count_max + 1, sizeof *out->list)};
    return out->list != NULL ? ERR_OK : ERR_NOMEM;
}

void
claims_clear(struct claims *claims)
{
    free(claims->list);
    *claims = (struct claims){0};
}

static void
claim_key(struct claims *claims, Denrei__V1__KeyUse use, const struct public_key *key,
          const struct hash *owner)
{
    struct claim *claim = &claims->list[claims->count++];

    memcpy(claim->key.bytes, key->bytes, KEY_BYTES);
    claim->use = use;
    claim->owner = *owner;
}

static void
claim_members(const struct directory *directory, struct claims *claims)
{
    struct hash owner;

    for (size_t i = 0; i < directory->members_count; i++) {
        const struct member *member = &directory->members[i];
        owner = owner_of("authority", member->id);
        for (size_t k = 0; k < member->authority_keys_count; k++)
            claim_key(claims, DENREI__V1__KEY_USE__KEY_USE_AUTHORITY, &member->authority_keys[k],
                      &owner);
    }
    owner = owner_of("authority", "");
    for (size_t i = 0; i < directory->voided_keys_count; i++) {
        claim_key(claims, DENREI__V1__KEY_USE__KEY_USE_AUTHORITY, &directory->voided_keys[i],
                  &owner);
        claims->list[claims->count - 1].is_voided = true;
    }
}

enum err
claims_of_directory(const struct directory *directory, struct claims *out)
{
    struct hash owner = owner_of("root", "");
    size_t count = directory->roots_count + directory->voided_keys_count + 1 +
                   2 * directory->relays_count + directory->witnesses_count;
    enum err err = ERR_OK;

    for (size_t i = 0; i < directory->members_count; i++)
        count += directory->members[i].authority_keys_count;
    err = claims_new(count, out);
    if (err != ERR_OK)
        return err;
    for (size_t i = 0; i < directory->roots_count; i++)
        claim_key(out, DENREI__V1__KEY_USE__KEY_USE_ROOT, &directory->roots[i].key, &owner);
    claim_members(directory, out);
    owner = owner_of("relay", "");
    claim_key(out, DENREI__V1__KEY_USE__KEY_USE_LOG, &directory->log_key, &owner);
    for (size_t i = 0; i < directory->relays_count; i++) {
        const struct relay_key *relay = &directory->relays[i];
        claim_key(out, DENREI__V1__KEY_USE__KEY_USE_TRANSPORT, &relay->transport_key, &owner);
        claim_key(out, DENREI__V1__KEY_USE__KEY_USE_RELAY, &relay->relay_key, &owner);
    }
    for (size_t i = 0; i < directory->witnesses_count; i++) {
        owner = owner_of("witness", directory->witnesses[i].name);
        claim_key(out, DENREI__V1__KEY_USE__KEY_USE_WITNESS, &directory->witnesses[i].key, &owner);
    }
    return ERR_OK;
}

enum err
claims_of_roster(const struct roster *roster, struct claims *out)
{
    struct hash owner = owner_of("mailbox", roster->member);
    enum err err = claims_new(4 * roster->credentials_count + roster->mailboxes_count, out);

    if (err != ERR_OK)
        return err;
    for (size_t i = 0; i < roster->mailboxes_count; i++)
        claim_key(out, DENREI__V1__KEY_USE__KEY_USE_MAILBOX, &roster->mailboxes[i].public_key,
                  &owner);
    for (size_t i = 0; i < roster->credentials_count; i++) {
        const struct credential *credential = &roster->credentials[i];
        owner = owner_of(credential->member, credential->local_id);
        claim_key(out, DENREI__V1__KEY_USE__KEY_USE_SIGNING, &credential->signing_key, &owner);
        claim_key(out, DENREI__V1__KEY_USE__KEY_USE_ENCRYPTION, &credential->encryption_key,
                  &owner);
        claim_key(out, DENREI__V1__KEY_USE__KEY_USE_TRANSPORT, &credential->transport_key, &owner);
        out->list[out->count++] = (struct claim){
            .key = credential->hash,
            .use = DENREI__V1__KEY_USE__KEY_USE_UNSPECIFIED,
            .owner = owner,
        };
    }
    return ERR_OK;
}
