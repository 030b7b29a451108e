#include "tests/unit/federation.h"

#include "keys/bundle.h"
#include "proto/hash.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FED_KINDS = 1U << DENREI__V1__KIND__KIND_LOST_PASSPORT | 1U << DENREI__V1__KIND__KIND_MLA };

void
fed_need(enum err err, const char *what)
{
    if (err == ERR_OK)
        return;
    fprintf(stderr, "federation: %s: %s\n", what, err_text(err));
    exit(EXIT_FAILURE);
}

struct identity *
fed_identity(struct fed *fed, Denrei__V1__KeyUse use)
{
    uint8_t seed[SEED_BYTES] = {0};
    struct identity *id = NULL;

    bytes_put_u64(seed, ++fed->seeds);
    fed_need(identity_from_seed(use, seed, &id), "identity");
    return id;
}

struct fed_member *
fed_add_member(struct fed *fed, const char *id)
{
    struct fed_member *member = &fed->members[fed->members_count++];

    member->id = id;
    member->authority = fed_identity(fed, DENREI__V1__KEY_USE__KEY_USE_AUTHORITY);
    member->mailbox_seed = fed_identity(fed, DENREI__V1__KEY_USE__KEY_USE_MAILBOX);
    return member;
}

struct fed *
fed_new(uint64_t now_ms)
{
    struct fed *fed = calloc(1, sizeof *fed);

    if (sodium_init() < 0 || fed == NULL) {
        fprintf(stderr, "federation: no memory\n");
        exit(EXIT_FAILURE);
    }
    fed->now_ms = now_ms;
    fed->endpoint = "tcp://127.0.0.1:4000";
    fed_need(arena_new(ARENA_BYTES_MAX, &fed->arena), "arena");
    fed_need(arena_new(ARENA_BYTES_MAX, &fed->scratch), "arena");
    fed->root = fed_identity(fed, DENREI__V1__KEY_USE__KEY_USE_ROOT);
    fed->log = fed_identity(fed, DENREI__V1__KEY_USE__KEY_USE_LOG);
    fed->relay = fed_identity(fed, DENREI__V1__KEY_USE__KEY_USE_RELAY);
    fed->transport = fed_identity(fed, DENREI__V1__KEY_USE__KEY_USE_TRANSPORT);
    for (size_t i = 0; i < FED_WITNESSES; i++)
        fed->witnesses[i] = fed_identity(fed, DENREI__V1__KEY_USE__KEY_USE_WITNESS);
    return fed;
}

void
fed_free(struct fed **fed)
{
    if (*fed == NULL)
        return;
    identity_free(&(*fed)->root);
    identity_free(&(*fed)->log);
    identity_free(&(*fed)->relay);
    identity_free(&(*fed)->transport);
    for (size_t i = 0; i < FED_WITNESSES; i++)
        identity_free(&(*fed)->witnesses[i]);
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

/* ---- the directory */

static void
describe_members(const struct fed *fed, struct public_key *authorities, struct member *members,
                 const char **ids)
{
    static const Denrei__V1__Role ROLES[] = {DENREI__V1__ROLE__ROLE_CENTRAL_AUTHORITY,
                                             DENREI__V1__ROLE__ROLE_POLICE};
    static const char *const STATE = "JPN";

    for (size_t i = 0; i < fed->members_count; i++) {
        ids[i] = fed->members[i].id;
        authorities[i] = *identity_public_key(fed->members[i].authority);
        members[i] = (struct member){.id = ids[i],
                                     .name = "Member",
                                     .local_name = "Member",
                                     .country = "JPN",
                                     .roles = ROLES,
                                     .roles_count = 2,
                                     .authority_keys = &authorities[i],
                                     .authority_keys_count = 1,
                                     .may_send = FED_KINDS,
                                     .may_receive = FED_KINDS,
                                     .issuing_states = &STATE,
                                     .issuing_states_count = 1,
                                     .audits_all = strstr(ids[i], "audit") != NULL};
    }
}

static struct span
directory_body(struct fed *fed, size_t witnesses)
{
    struct member members[FED_MEMBERS_MAX];
    struct public_key authorities[FED_MEMBERS_MAX];
    const char *ids[FED_MEMBERS_MAX];
    char names[FED_WITNESSES][MEMBER_ID_MAX + 16];
    struct witness list[FED_WITNESSES];
    const struct root_key root = {*identity_public_key(fed->root), "Root"};
    const struct relay_key relay = {fed->endpoint, *identity_public_key(fed->transport),
                                    *identity_public_key(fed->relay)};
    const struct group group = {"@all", ids, fed->members_count};
    const struct legal_basis basis = {.id = "treaty",
                                      .title = "A treaty",
                                      .members = ids,
                                      .members_count = fed->members_count,
                                      .kinds = 1U << DENREI__V1__KIND__KIND_MLA};
    struct span body;

    describe_members(fed, authorities, members, ids);
    for (size_t i = 0; i < witnesses; i++) {
        snprintf(names[i], sizeof names[i], "%s/witness", ids[i]);
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
                                        .groups = &group,
                                        .groups_count = 1,
                                        .legal_bases = &basis,
                                        .legal_bases_count = 1,
                                        .log_origin = FED_ORIGIN,
                                        .log_key = *identity_public_key(fed->log),
                                        .relays = &relay,
                                        .relays_count = 1,
                                        .witnesses = list,
                                        .witnesses_count = witnesses,
                                        .witness_quorum = (uint32_t)witnesses};
    fed_need(directory_encode(&directory, fed->arena, &body), "directory");
    return body;
}

void
fed_found(struct fed *fed, size_t witnesses)
{
    struct document document = {.body = directory_body(fed, witnesses)};

    fed->federation = directory_federation(document.body);
    fed_need(document_sign(&fed->federation, DENREI__V1__DOCUMENT_TYPE__DOCUMENT_DIRECTORY,
                           fed->root, &document),
             "sign directory");
    fed_need(document_encode(&document, fed->arena, &fed->directory), "document");
    fed_need(trust_new(fed->directory, &fed->trust), "trust");
}

/* ---- rosters */

struct fed_credential *
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
        .kinds = receives ? FED_KINDS : 0,
        .not_before_ms = fed->now_ms - DAY_MS,
        .not_after_ms = fed->now_ms + 200 * DAY_MS,
    };
    fed_need(credential_make(&fed->federation, &wanted, credential->signing, fed->arena,
                             &credential->credential),
             "credential");
    return credential;
}

static struct span
issue(struct fed *fed, struct fed_member *member, const char *revoke,
      const struct identity *authority)
{
    struct span add[FED_CREDENTIALS_MAX];
    struct issue_change change = {.now_ms = fed->now_ms,
                                  .life_ms = ROSTER_MS_MAX,
                                  .add = add,
                                  .revoke = revoke,
                                  .new_mailbox = revoke != NULL};
    struct problems problems = {0};
    struct document document = {0};
    const struct roster *before = trust_newest_roster(fed->trust, member->id);
    struct span out;

    for (size_t i = 0; i < member->credentials_count && revoke == NULL; i++)
        if (before == NULL ||
            roster_find_credential(before, &member->credentials[i].credential.hash) == NULL)
            add[change.add_count++] = member->credentials[i].credential.signed_bytes;
    enum err err = issue_roster(fed->trust, member->id, member->mailbox_seed, &change, fed->arena,
                                &document.body, &problems);
    if (err != ERR_OK && problems.count > 0)
        fprintf(stderr, "federation: %s: %s\n", problems.list[0].path.text, problems.list[0].wrong);
    fed_need(err, "roster");
    fed_need(document_sign(&fed->federation, DENREI__V1__DOCUMENT_TYPE__DOCUMENT_ROSTER, authority,
                           &document),
             "sign roster");
    fed_need(document_encode(&document, fed->arena, &out), "document");
    return out;
}

struct span
fed_issue_by(struct fed *fed, struct fed_member *member, const struct identity *authority)
{
    return issue(fed, member, NULL, authority);
}

struct span
fed_issue(struct fed *fed, struct fed_member *member, const char *revoke)
{
    struct span roster = issue(fed, member, revoke, member->authority);

    fed_need(
        trust_apply(fed->trust, DENREI__V1__DOCUMENT_TYPE__DOCUMENT_ROSTER, roster, TRUST_UNLOGGED),
        "apply roster");
    fed->rosters[member - fed->members] = roster;
    return roster;
}

struct span
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

void
fed_make_usual(struct fed *fed, size_t witnesses)
{
    static const char *const IDS[] = {"jp.audit", "jp.mofa", "kr.moj", "th.dsi"};

    for (size_t i = 0; i < sizeof IDS / sizeof IDS[0]; i++)
        (void)fed_add_member(fed, IDS[i]);
    fed_found(fed, witnesses);
    for (size_t i = 0; i < fed->members_count; i++) {
        struct fed_member *member = &fed->members[i];
        if (i == 0) {
            (void)fed_add_credential(fed, member, DENREI__V1__PURPOSE__PURPOSE_AUDITOR);
        } else {
            (void)fed_add_credential(fed, member, DENREI__V1__PURPOSE__PURPOSE_OFFICER);
            (void)fed_add_credential(fed, member, DENREI__V1__PURPOSE__PURPOSE_NODE);
        }
        (void)fed_issue(fed, member, NULL);
    }
}

struct fed *
fed_usual(size_t witnesses)
{
    struct fed *fed = fed_new(FED_NOW_MS);

    fed_make_usual(fed, witnesses);
    return fed;
}

struct fed_member *
fed_member(struct fed *fed, const char *id)
{
    for (size_t i = 0; i < fed->members_count; i++)
        if (strcmp(fed->members[i].id, id) == 0)
            return &fed->members[i];
    fed_need(ERR_NOT_FOUND, id);
    return NULL;
}

/* ---- messages */

struct header
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
    bytes_put_u64(header.id.bytes, fed->now_ms << 16);
    header.id.bytes[6] = 0x70; /* a UUIDv7 */
    bytes_put_u64(header.id.bytes + 8, id);
    header.id.bytes[8] = 0x80;
    header.thread_id.bytes[0] = 1;
    bytes_put_u64(header.thread_id.bytes + 8, id);
    return header;
}

struct envelope
fed_seal(struct fed *fed, const struct header *header, struct span content, struct arena *arena)
{
    struct public_key keys[RECIPIENTS_MAX];
    struct envelope envelope = {0};
    struct span bytes;

    for (size_t i = 0; i < header->to_count; i++)
        keys[i] = trust_newest_roster(fed->trust, header->to[i])->mailboxes[0].public_key;
    fed_need(header_encode(header, arena, &bytes), "header");
    fed_need(
        envelope_seal(&fed->federation, bytes, content, keys, header->to_count, arena, &envelope),
        "seal");
    return envelope;
}
