/*
 * world.h - a small federation for the tests of keys: three root holders of which two must sign,
 * members aa.one, bb.two and cc.three with an authority each, one relay, one witness.
 *
 * Every key follows from its use and a number, so a test can name any of them again.
 */
#ifndef TESTS_UNIT_KEYS_WORLD_H
#define TESTS_UNIT_KEYS_WORLD_H

#include "keys/trust.h"
#include "proto/hash.h"

#include <check.h>
#include <sodium.h>
#include <string.h>

#define DIRECTORY  DENREI__V1__DOCUMENT_TYPE__DOCUMENT_DIRECTORY
#define ROSTER     DENREI__V1__DOCUMENT_TYPE__DOCUMENT_ROSTER
#define ROOT       DENREI__V1__KEY_USE__KEY_USE_ROOT
#define AUTHORITY  DENREI__V1__KEY_USE__KEY_USE_AUTHORITY
#define SIGNING    DENREI__V1__KEY_USE__KEY_USE_SIGNING
#define MAILBOX    DENREI__V1__KEY_USE__KEY_USE_MAILBOX
#define ENCRYPTION DENREI__V1__KEY_USE__KEY_USE_ENCRYPTION
#define TRANSPORT  DENREI__V1__KEY_USE__KEY_USE_TRANSPORT
#define RELAY      DENREI__V1__KEY_USE__KEY_USE_RELAY
#define LOG        DENREI__V1__KEY_USE__KEY_USE_LOG
#define WITNESS    DENREI__V1__KEY_USE__KEY_USE_WITNESS
#define OFFICER    DENREI__V1__PURPOSE__PURPOSE_OFFICER
#define NODE       DENREI__V1__PURPOSE__PURPOSE_NODE
#define AUDITOR    DENREI__V1__PURPOSE__PURPOSE_AUDITOR

#define NOW_MS     UINT64_C(1790000000000)
#define PASSPORT   (UINT32_C(1) << DENREI__V1__KIND__KIND_LOST_PASSPORT)
#define ALERT      (UINT32_C(1) << DENREI__V1__KIND__KIND_SUSPECT_ALERT)
#define MLA        (UINT32_C(1) << DENREI__V1__KIND__KIND_MLA)
#define EVERY_KIND (PASSPORT | ALERT | MLA)

enum { WORLD_IDENTITIES_MAX = 512, WORLD_MEMBERS = 3, WORLD_ROOTS = 3 };

struct world {
    struct arena *arena;
    struct identity *identities[WORLD_IDENTITIES_MAX]; /* to be freed */
    size_t identities_count;
    struct root_key roots[WORLD_ROOTS];
    struct member members[WORLD_MEMBERS];
    struct public_key authority_keys[WORLD_MEMBERS];
    struct group group;
    struct legal_basis basis;
    struct relay_key relay;
    struct witness witness;
    struct directory directory; /* version 1; points into this struct */
    struct hash federation;
    struct span root_file; /* signed by roots 0 and 1 */
};

static const char *const WORLD_IDS[WORLD_MEMBERS] = {"aa.one", "bb.two", "cc.three"};

/* The identity of `use` and `number`, borrowed from the world. */
static const struct identity *
world_identity(struct world *world, Denrei__V1__KeyUse use, uint8_t number)
{
    uint8_t seed[SEED_BYTES] = {(uint8_t)use, number, 77};
    struct identity *id = NULL;

    ck_assert_uint_lt(world->identities_count, WORLD_IDENTITIES_MAX);
    ck_assert_int_eq(identity_from_seed(use, seed, &id), ERR_OK);
    world->identities[world->identities_count++] = id;
    return id;
}

static inline struct public_key
world_key(struct world *world, Denrei__V1__KeyUse use, uint8_t number)
{
    return *identity_public_key(world_identity(world, use, number));
}

static void
world_set_directory(struct world *world)
{
    static const Denrei__V1__Role OPERATOR[] = {DENREI__V1__ROLE__ROLE_RELAY_OPERATOR};
    static const Denrei__V1__Role POLICE[] = {DENREI__V1__ROLE__ROLE_POLICE};
    static const char *const STATES[] = {"JPN", "KOR"};

    for (uint8_t i = 0; i < WORLD_ROOTS; i++)
        world->roots[i] = (struct root_key){world_key(world, ROOT, i), "Holder"};
    for (uint8_t i = 0; i < WORLD_MEMBERS; i++) {
        world->authority_keys[i] = world_key(world, AUTHORITY, i);
        world->members[i] = (struct member){
            .id = WORLD_IDS[i],
            .name = "Agency",
            .local_name = "",
            .country = i == 1 ? "" : "JPN",
            .roles = i == 2 ? OPERATOR : POLICE,
            .roles_count = 1,
            .authority_keys = &world->authority_keys[i],
            .authority_keys_count = 1,
            .may_send = EVERY_KIND,
            .may_receive = EVERY_KIND,
            .issuing_states = STATES,
            .issuing_states_count = i == 0 ? 2 : 0,
            .audits_all = i == 2,
        };
    }
    world->group = (struct group){"@all", WORLD_IDS, WORLD_MEMBERS};
    world->basis = (struct legal_basis){"treaty.2007", "Treaty", WORLD_IDS, 2, MLA, 0};
    world->relay = (struct relay_key){"tcp://relay.example:7700", world_key(world, TRANSPORT, 200),
                                      world_key(world, RELAY, 200)};
    world->witness = (struct witness){"bb.two/witness", world_key(world, WITNESS, 200)};
    world->directory = (struct directory){
        .version = 1,
        .federation_name = "Test",
        .not_before_ms = NOW_MS - DAY_MS,
        .expires_ms = NOW_MS + 100 * DAY_MS,
        .root_threshold = 2,
        .roots = world->roots,
        .roots_count = WORLD_ROOTS,
        .members = world->members,
        .members_count = WORLD_MEMBERS,
        .groups = &world->group,
        .groups_count = 1,
        .legal_bases = &world->basis,
        .legal_bases_count = 1,
        .log_origin = "test.example/log",
        .log_key = world_key(world, LOG, 200),
        .relays = &world->relay,
        .relays_count = 1,
        .witnesses = &world->witness,
        .witnesses_count = 1,
        .witness_quorum = 1,
    };
}

/* Encode and sign by the roots (or authorities) whose bits are in `signers`. */
static struct span
world_sign(struct world *world, Denrei__V1__DocumentType type, struct span body, unsigned signers)
{
    struct document document = {.body = body};
    struct span bytes = {NULL, 0};

    for (uint8_t i = 0; i < 32; i++) {
        if (((signers >> i) & 1) != 0)
            ck_assert_int_eq(
                document_sign(&world->federation, type,
                              world_identity(world, type == DIRECTORY ? ROOT : AUTHORITY, i),
                              &document),
                ERR_OK);
    }
    ck_assert_int_eq(document_encode(&document, world->arena, &bytes), ERR_OK);
    return bytes;
}

static inline struct span
world_directory(struct world *world, const struct directory *directory, unsigned signers)
{
    struct span body = {NULL, 0};

    ck_assert_int_eq(directory_encode(directory, world->arena, &body), ERR_OK);
    return world_sign(world, DIRECTORY, body, signers);
}

static void
world_begin(struct world *world)
{
    struct span body = {NULL, 0};

    ck_assert_int_ge(sodium_init(), 0);
    *world = (struct world){0};
    ck_assert_int_eq(arena_new(ARENA_BYTES_MAX, &world->arena), ERR_OK);
    world_set_directory(world);
    ck_assert_int_eq(directory_encode(&world->directory, world->arena, &body), ERR_OK);
    world->federation = directory_federation(body);
    world->root_file = world_sign(world, DIRECTORY, body, 3);
}

static void
world_end(struct world *world)
{
    for (size_t i = 0; i < world->identities_count; i++)
        identity_free(&world->identities[i]);
    arena_free(&world->arena);
}

/* The next directory after `previous`, whose body is in the SignedDocument `bytes`. */
static inline struct directory
world_next(struct world *world, const struct directory *previous, struct span bytes)
{
    struct document document;
    struct directory next = *previous;

    ck_assert_int_eq(document_decode(bytes, world->arena, &document), ERR_OK);
    next.version++;
    next.has_previous = true;
    next.previous = document_hash(&world->federation, DIRECTORY, document.body);
    return next;
}

/* ---- credentials and rosters */

/* A credential of member `member` whose keys have number `number`. */
static inline struct credential
world_credential(struct world *world, size_t member, const char *local_id,
                 Denrei__V1__Purpose purpose, uint8_t number)
{
    struct credential made, wanted = {
                                .member = WORLD_IDS[member],
                                .local_id = local_id,
                                .purpose = purpose,
                                .signing_key = world_key(world, SIGNING, number),
                                .encryption_key = world_key(world, ENCRYPTION, number),
                                .transport_key = world_key(world, TRANSPORT, number),
                                .kinds = EVERY_KIND,
                                .not_before_ms = NOW_MS - DAY_MS,
                                .not_after_ms = NOW_MS + 50 * DAY_MS,
                            };

    ck_assert_int_eq(credential_make(&world->federation, &wanted,
                                     world_identity(world, SIGNING, number), world->arena, &made),
                     ERR_OK);
    return made;
}

/* The mailbox of `member`'s `generation`, sealed to those of the credentials that receive. */
static inline struct mailbox_key
world_mailbox(struct world *world, size_t member, uint32_t generation,
              const struct credential *credentials, size_t count)
{
    struct sealed_secret *secrets = arena_alloc(world->arena, (count + 1) * sizeof *secrets);
    struct identity *pair = NULL;
    struct mailbox_key mailbox = {.generation = generation, .secrets = secrets};

    ck_assert_int_eq(identity_mailbox(world_identity(world, MAILBOX, (uint8_t)member),
                                      &world->federation, generation, &pair),
                     ERR_OK);
    mailbox.public_key = *identity_public_key(pair);
    for (size_t i = 0; i < count; i++) {
        uint8_t *sealed = arena_alloc(world->arena, SEALED_BYTES);
        if (!credential_receives(&credentials[i]))
            continue;
        ck_assert_int_eq(
            crypto_box_seal(sealed, identity_secret(pair), 32, credentials[i].encryption_key.bytes),
            0);
        secrets[mailbox.secrets_count++] =
            (struct sealed_secret){credentials[i].hash, {sealed, SEALED_BYTES}};
    }
    identity_free(&pair);
    return mailbox;
}

/* Version 1 of `member`'s roster with `count` credentials, which must outlive it. */
static inline struct roster
world_roster(struct world *world, size_t member, const struct credential *credentials, size_t count)
{
    struct mailbox_key *mailbox = arena_alloc(world->arena, sizeof *mailbox);

    *mailbox = world_mailbox(world, member, 1, credentials, count);
    return (struct roster){
        .member = WORLD_IDS[member],
        .version = 1,
        .issued_ms = NOW_MS,
        .expires_ms = NOW_MS + ROSTER_MS_MAX,
        .credentials = credentials,
        .credentials_count = count,
        .mailboxes = mailbox,
        .mailboxes_count = 1,
    };
}

/* Encode and sign by the authorities in `signers`. */
static inline struct span
world_sign_roster(struct world *world, const struct roster *roster, unsigned signers)
{
    struct span body = {NULL, 0};

    ck_assert_int_eq(roster_encode(roster, world->arena, &body), ERR_OK);
    return world_sign(world, ROSTER, body, signers);
}

/* The next roster after the one in `bytes`. */
static inline struct roster
world_next_roster(struct world *world, const struct roster *previous, struct span bytes)
{
    struct document document;
    struct roster next = *previous;

    ck_assert_int_eq(document_decode(bytes, world->arena, &document), ERR_OK);
    next.version++;
    next.has_previous = true;
    next.previous = document_hash(&world->federation, ROSTER, document.body);
    return next;
}

#endif /* TESTS_UNIT_KEYS_WORLD_H */
