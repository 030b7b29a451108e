/*
 * federation.h - a small federation in memory, for tests and benchmarks of the relay: one root key,
 * a log, two witnesses, and members with credentials.  Everything is made from seeds by counting,
 * so that it is the same each time.
 */
#ifndef TESTS_UNIT_RELAY_FEDERATION_H
#define TESTS_UNIT_RELAY_FEDERATION_H

#include "keys/bundle.h"
#include "keys/issue.h"
#include "keys/keyfile.h"
#include "proto/hash.h"
#include "relay/relay.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FEDERATION_MEMBERS_MAX = 12,
    FEDERATION_CREDENTIALS_MAX = 70, /* of one member */
};

#define FEDERATION_NOW_MS UINT64_C(1750000000000)

struct fed_credential {
    struct identity *signing;
    struct identity *encryption;
    struct identity *transport;
    struct credential credential; /* signed_bytes in the federation's arena */
};

struct fed_member {
    const char *id;
    struct identity *authority;
    struct identity *mailbox_seed;
    size_t credentials_count;
    struct fed_credential credentials[FEDERATION_CREDENTIALS_MAX];
};

struct fed {
    uint64_t now_ms;
    uint64_t seeds;
    struct arena *arena;   /* of what stays */
    struct arena *scratch; /* of the test's own things */
    struct identity *root, *log, *relay, *transport;
    struct identity *witnesses[2];
    size_t members_count;
    struct fed_member members[FEDERATION_MEMBERS_MAX];
    struct hash federation;
    struct span directory;                       /* SignedDocument */
    struct span rosters[FEDERATION_MEMBERS_MAX]; /* SignedDocument of each member */
    struct trust *trust;
};

static inline void
fed_need(enum err err, const char *what)
{
    if (err == ERR_OK)
        return;
    fprintf(stderr, "federation: %s: %s\n", what, err_text(err));
    exit(EXIT_FAILURE);
}

static inline struct identity *
fed_identity(struct fed *fed, Denrei__V1__KeyUse use)
{
    uint8_t seed[SEED_BYTES] = {0};
    struct identity *id = NULL;

    put_u64(seed, ++fed->seeds);
    fed_need(identity_from_seed(use, seed, &id), "identity");
    return id;
}

/* A member with an authority; its credentials come after fed_found. */
static inline struct fed_member *
fed_add_member(struct fed *fed, const char *id)
{
    struct fed_member *member = &fed->members[fed->members_count++];

    member->id = id;
    member->authority = fed_identity(fed, DENREI__V1__KEY_USE__KEY_USE_AUTHORITY);
    member->mailbox_seed = fed_identity(fed, DENREI__V1__KEY_USE__KEY_USE_MAILBOX);
    return member;
}

static inline struct fed *
fed_new(uint64_t now_ms)
{
    struct fed *fed = calloc(1, sizeof *fed);

    if (fed == NULL || sodium_init() < 0) {
        fprintf(stderr, "federation: no memory\n");
        exit(EXIT_FAILURE);
    }
    fed->now_ms = now_ms;
    fed_need(arena_new(ARENA_BYTES_MAX, &fed->arena), "arena");
    fed_need(arena_new(ARENA_BYTES_MAX, &fed->scratch), "arena");
    fed->root = fed_identity(fed, DENREI__V1__KEY_USE__KEY_USE_ROOT);
    fed->log = fed_identity(fed, DENREI__V1__KEY_USE__KEY_USE_LOG);
    fed->relay = fed_identity(fed, DENREI__V1__KEY_USE__KEY_USE_RELAY);
    fed->transport = fed_identity(fed, DENREI__V1__KEY_USE__KEY_USE_TRANSPORT);
    fed->witnesses[0] = fed_identity(fed, DENREI__V1__KEY_USE__KEY_USE_WITNESS);
    fed->witnesses[1] = fed_identity(fed, DENREI__V1__KEY_USE__KEY_USE_WITNESS);
    return fed;
}

static inline void
fed_free(struct fed **fed)
{
    identity_free(&(*fed)->root);
    identity_free(&(*fed)->log);
    identity_free(&(*fed)->relay);
    identity_free(&(*fed)->transport);
    identity_free(&(*fed)->witnesses[0]);
    identity_free(&(*fed)->witnesses[1]);
    for (size_t i = 0; i < (*fed)->members_count; i++) {
        struct fed_member *member = &(*fed)->members[i];
        identity_free(&member->authority);
        identity_free(&member->mailbox_seed);
        for (size_t k = 0; k < member->credentials_count; k++) {
            identity_free(&member->credentials[k].signing);
            identity_free(&member->credentials[k].encryption);
            identity_free(&member->credentials[k].transport);
        }
    }
    trust_free(&(*fed)->trust);
    arena_free(&(*fed)->arena);
    arena_free(&(*fed)->scratch);
    free(*fed);
    *fed = NULL;
}

/* The first directory, its first `witnesses` members being witnesses and all of them the quorum. */
static inline struct span
fed_directory_body(struct fed *fed, size_t witnesses)
{
    static const Denrei__V1__Role POLICE = DENREI__V1__ROLE__ROLE_POLICE;
    static const char *const STATE = "JPN";
    struct member members[FEDERATION_MEMBERS_MAX] = {0};
    struct public_key authorities[FEDERATION_MEMBERS_MAX];
    char names[2][MEMBER_ID_MAX + 16];
    struct witness list[2] = {0};
    const struct root_key root = {*identity_public_key(fed->root), "Root"};
    const struct relay_key relay = {"tcp://127.0.0.1:4000", *identity_public_key(fed->transport),
                                    *identity_public_key(fed->relay)};
    struct span body;

    for (size_t i = 0; i < fed->members_count; i++) {
        authorities[i] = *identity_public_key(fed->members[i].authority);
        members[i] = (struct member){.id = fed->members[i].id,
                                     .name = "Member",
                                     .local_name = "Member",
                                     .country = "JPN",
                                     .roles = &POLICE,
                                     .roles_count = 1,
                                     .authority_keys = &authorities[i],
                                     .authority_keys_count = 1,
                                     .may_send = 1U << DENREI__V1__KIND__KIND_LOST_PASSPORT,
                                     .may_receive = 1U << DENREI__V1__KIND__KIND_LOST_PASSPORT,
                                     .issuing_states = &STATE,
                                     .issuing_states_count = 1,
                                     .audits_all = strstr(fed->members[i].id, "audit") != NULL};
    }
    for (size_t i = 0; i < witnesses; i++) {
        snprintf(names[i], sizeof names[i], "%s/witness", fed->members[i].id);
        list[i] = (struct witness){names[i], *identity_public_key(fed->witnesses[i])};
    }
    const struct directory directory = {.version = 1,
                                        .federation_name = "Test",
                                        .not_before_ms = fed->now_ms - DAY_MS,
                                        .expires_ms = fed->now_ms + 300 * DAY_MS,
                                        .root_threshold = 1,
                                        .roots = &root,
                                        .roots_count = 1,
                                        .members = members,
                                        .members_count = fed->members_count,
                                        .log_origin = "denrei.example/test",
                                        .log_key = *identity_public_key(fed->log),
                                        .relays = &relay,
                                        .relays_count = 1,
                                        .witnesses = list,
                                        .witnesses_count = witnesses,
                                        .witness_quorum = (uint32_t)witnesses};
    fed_need(directory_encode(&directory, fed->arena, &body), "directory");
    return body;
}

/* The signed directory, and the trust that begins with it. */
static inline void
fed_found(struct fed *fed, size_t witnesses)
{
    struct document document = {.body = fed_directory_body(fed, witnesses)};

    fed->federation = directory_federation(document.body);
    fed_need(document_sign(&fed->federation, DENREI__V1__DOCUMENT_TYPE__DOCUMENT_DIRECTORY,
                           fed->root, &document),
             "sign directory");
    fed_need(document_encode(&document, fed->arena, &fed->directory), "document");
    fed_need(trust_new(fed->directory, &fed->trust), "trust");
}

/* Keys for a credential of `member`; it is in force with the next roster. */
static inline struct fed_credential *
fed_add_credential(struct fed *fed, struct fed_member *member, Denrei__V1__Purpose purpose)
{
    struct fed_credential *credential = &member->credentials[member->credentials_count];
    char local_id[LOCAL_ID_MAX + 1];

    snprintf(local_id, sizeof local_id, "c%zu", member->credentials_count++);
    credential->signing = fed_identity(fed, DENREI__V1__KEY_USE__KEY_USE_SIGNING);
    credential->encryption = fed_identity(fed, DENREI__V1__KEY_USE__KEY_USE_ENCRYPTION);
    credential->transport = fed_identity(fed, DENREI__V1__KEY_USE__KEY_USE_TRANSPORT);
    bool receives = purpose == DENREI__V1__PURPOSE__PURPOSE_OFFICER ||
                    purpose == DENREI__V1__PURPOSE__PURPOSE_NODE;
    const struct credential wanted = {
        .member = member->id,
        .local_id = local_id,
        .purpose = purpose,
        .signing_key = *identity_public_key(credential->signing),
        .encryption_key = *identity_public_key(credential->encryption),
        .transport_key = *identity_public_key(credential->transport),
        .kinds = receives ? 1U << DENREI__V1__KIND__KIND_LOST_PASSPORT : 0,
        .not_before_ms = fed->now_ms - DAY_MS,
        .not_after_ms = fed->now_ms + 200 * DAY_MS,
    };
    fed_need(credential_make(&fed->federation, &wanted, credential->signing, fed->arena,
                             &credential->credential),
             "credential");
    return credential;
}

/* The member's next roster, with all its credentials but the one to `revoke` (or NULL). */
static inline struct span
fed_issue(struct fed *fed, struct fed_member *member, const char *revoke)
{
    struct span add[FEDERATION_CREDENTIALS_MAX];
    struct issue_change change = {.now_ms = fed->now_ms,
                                  .life_ms = ROSTER_MS_MAX,
                                  .add = add,
                                  .revoke = revoke,
                                  .new_mailbox = revoke != NULL};
    struct problems problems = {0};
    struct document document = {0};
    const struct roster *before = trust_newest_roster(fed->trust, member->id);
    struct span *out = &fed->rosters[member - fed->members];

    for (size_t i = 0; i < member->credentials_count && revoke == NULL; i++)
        if (before == NULL ||
            roster_find_credential(before, &member->credentials[i].credential.hash) == NULL)
            add[change.add_count++] = member->credentials[i].credential.signed_bytes;
    enum err err = issue_roster(fed->trust, member->id, member->mailbox_seed, &change, fed->arena,
                                &document.body, &problems);
    if (err != ERR_OK && problems.count > 0)
        fprintf(stderr, "federation: %s: %s\n", problems.list[0].path.text, problems.list[0].wrong);
    fed_need(err, "roster");
    fed_need(document_sign(&fed->federation, DENREI__V1__DOCUMENT_TYPE__DOCUMENT_ROSTER,
                           member->authority, &document),
             "sign roster");
    fed_need(document_encode(&document, fed->arena, out), "document");
    fed_need(
        trust_apply(fed->trust, DENREI__V1__DOCUMENT_TYPE__DOCUMENT_ROSTER, *out, TRUST_UNLOGGED),
        "apply roster");
    return *out;
}

/* The installation bundle. */
static inline struct span
fed_bundle(struct fed *fed)
{
    const struct bundle bundle = {.directories = &fed->directory,
                                  .directories_count = 1,
                                  .rosters = fed->rosters,
                                  .rosters_count = fed->members_count};
    struct span bytes;

    fed_need(bundle_encode(&bundle, fed->arena, &bytes), "bundle");
    return bytes;
}

/* A new message's header to the `to_count` members at `to` (ascending); its id counts. */
static inline struct header
fed_header(struct fed *fed, const struct fed_member *member, const struct fed_credential *sender,
           const char *const *to, size_t to_count, uint64_t id)
{
    struct header header = {
        .kind = DENREI__V1__KIND__KIND_LOST_PASSPORT,
        .action = DENREI__V1__ACTION__ACTION_NEW,
        .from = member->id,
        .credential = sender->credential.hash,
        .to_count = to_count,
        .group = "",
        .priority = DENREI__V1__PRIORITY__PRIORITY_ROUTINE,
        .tlp = DENREI__V1__TLP__TLP_AMBER,
        .use_restriction = DENREI__V1__USE_RESTRICTION__USE_H1,
        .created_at_ms = fed->now_ms,
        .deliver_until_ms = fed->now_ms + DAY_MS,
        .expires_at_ms = fed->now_ms + 20 * DAY_MS,
        .legal_basis = "",
        .directory_version = trust_directory(fed->trust, TRUST_UNLOGGED)->version,
        .roster_version = trust_newest_roster(fed->trust, member->id)->version,
    };
    uint64_t *versions = arena_alloc(fed->scratch, to_count * sizeof *versions);
    const char **list = arena_alloc(fed->scratch, to_count * sizeof *list);

    if (versions == NULL || list == NULL)
        fed_need(ERR_NOMEM, "header");
    for (size_t i = 0; i < to_count; i++) {
        versions[i] = trust_newest_roster(fed->trust, to[i])->version;
        list[i] = to[i];
    }
    header.to = list;
    header.recipient_roster_versions = versions;
    put_u64(header.id.bytes, fed->now_ms << 16);
    header.id.bytes[6] = 0x70; /* a UUIDv7 */
    put_u64(header.id.bytes + 8, id);
    header.id.bytes[8] = 0x80;
    header.thread_id.bytes[0] = 1;
    put_u64(header.thread_id.bytes + 8, id);
    return header;
}

/* Seal `header` with a content of zeros into `arena`; not signed yet. */
static inline struct envelope
fed_seal(struct fed *fed, const struct header *header, size_t content_bytes, struct arena *arena)
{
    static const uint8_t CONTENT[CONTENT_BYTES_MAX];
    struct public_key keys[RECIPIENTS_MAX];
    struct envelope envelope = {0};
    struct span bytes;

    for (size_t i = 0; i < header->to_count; i++)
        keys[i] = trust_newest_roster(fed->trust, header->to[i])->mailboxes[0].public_key;
    fed_need(header_encode(header, arena, &bytes), "header");
    fed_need(envelope_seal(&fed->federation, bytes, (struct span){CONTENT, content_bytes}, keys,
                           header->to_count, arena, &envelope),
             "seal");
    return envelope;
}

#endif /* TESTS_UNIT_RELAY_FEDERATION_H */
