#include "keys/issue.h"

#include "proto/hash.h"
#include "proto/kind.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static_assert(CREDENTIALS_MAX == 512); /* as the sentences below say */

/* A roster in the making. */
struct work {
    const struct trust *trust;
    const struct member *member;
    const struct roster *newest; /* what the next one follows; NULL: none */
    const struct roster *before; /* the same, NULL if it is not in force: then nothing is kept */
    const struct identity *mailbox_seed;
    const struct issue_change *change;
    struct arena *arena;
    struct problems *problems;

    struct credential *credentials;
    size_t credentials_count;
    struct mailbox_key *mailboxes;
    size_t mailboxes_count;
    struct suspect *suspects;
    size_t suspects_count;
};

static int
compare_credentials(const void *a, const void *b)
{
    return strcmp(((const struct credential *)a)->local_id,
                  ((const struct credential *)b)->local_id);
}

static int
compare_suspects(const void *a, const void *b)
{
    return memcmp(&((const struct suspect *)a)->credential,
                  &((const struct suspect *)b)->credential, HASH_BYTES);
}

/* ---- credentials */

static enum err
revoke(struct work *work, const struct credential *credential)
{
    if (!work->change->is_suspect)
        return ERR_OK;
    for (size_t i = 0; i < work->suspects_count; i++) {
        if (hash_is_equal(&work->suspects[i].credential, &credential->hash)) {
            work->suspects[i].since_leaf = work->change->since_leaf;
            return ERR_OK;
        }
    }
    if (work->suspects_count == CREDENTIALS_MAX) {
        problems_add(work->problems, credential->local_id, "", "the roster has 512 suspects");
        return ERR_FULL;
    }
    work->suspects[work->suspects_count++] =
        (struct suspect){credential->hash, work->change->since_leaf};
    return ERR_OK;
}

/* The credentials that stay, and the suspects of before. */
static enum err
keep_credentials(struct work *work)
{
    const struct roster *before = work->before;
    const char *revoked = work->change->revoke;
    bool is_revoked = revoked == NULL;

    for (size_t i = 0; before != NULL && i < before->suspects_count; i++)
        work->suspects[work->suspects_count++] = before->suspects[i];
    for (size_t i = 0; before != NULL && i < before->credentials_count; i++) {
        const struct credential *credential = &before->credentials[i];
        if (revoked != NULL && strcmp(credential->local_id, revoked) == 0) {
            is_revoked = true;
            enum err err = revoke(work, credential);
            if (err != ERR_OK)
                return err;
            continue;
        }
        if (work->change->now_ms < credential->not_after_ms)
            work->credentials[work->credentials_count++] = *credential;
    }
    if (!is_revoked) {
        problems_add(work->problems, revoked, "see denrei-keys roster show for those it has",
                     "the roster has no such credential");
        return ERR_NOT_FOUND;
    }
    return ERR_OK;
}

static enum err
check_kinds(const struct work *work, const struct credential *wanted)
{
    const uint32_t beyond = wanted->kinds & ~work->member->may_send;

    if (beyond != 0) {
        const struct kind_type *kind = kind_find((Denrei__V1__Kind)__builtin_ctz(beyond));
        problems_add(work->problems, wanted->local_id,
                     "ask for a request without it, or have the directory grant it",
                     "the directory does not let %s send %s", work->member->id,
                     kind == NULL ? "a kind that this program does not know" : kind->name);
        return ERR_POLICY;
    }
    if (wanted->purpose == DENREI__V1__PURPOSE__PURPOSE_OPERATOR &&
        !directory_has_role(work->member, DENREI__V1__ROLE__ROLE_RELAY_OPERATOR)) {
        problems_add(work->problems, wanted->local_id, "",
                     "%s does not operate the relay, so it has no operators", work->member->id);
        return ERR_POLICY;
    }
    return ERR_OK;
}

static enum err
check_request(const struct work *work, const struct credential *wanted)
{
    if (strcmp(wanted->member, work->member->id) != 0) {
        problems_add(work->problems, wanted->local_id, "hand it to that member's authority",
                     "this is a request of %s, not of %s", wanted->member, work->member->id);
        return ERR_POLICY;
    }
    for (size_t i = 0; i < work->credentials_count; i++) {
        if (strcmp(work->credentials[i].local_id, wanted->local_id) == 0) {
            problems_add(work->problems, wanted->local_id,
                         "revoke that first, or make the request under another id",
                         "the roster has a credential of this id already");
            return ERR_EXISTS;
        }
    }
    if (work->change->now_ms >= wanted->not_after_ms) {
        problems_add(work->problems, wanted->local_id, "have a new request made",
                     "the request's validity is over");
        return ERR_EXPIRED;
    }
    return check_kinds(work, wanted);
}

static enum err
add_credentials(struct work *work)
{
    for (size_t i = 0; i < work->change->add_count; i++) {
        struct credential wanted;
        enum err err = credential_decode(trust_federation(work->trust), work->change->add[i],
                                         work->arena, &wanted);
        if (err != ERR_OK) {
            problems_add(work->problems, "",
                         "have it made with denrei-keys request new for this federation",
                         "request %zu of %zu does not hold: %s", i + 1, work->change->add_count,
                         err_text(err));
            return err;
        }
        err = check_request(work, &wanted);
        if (err != ERR_OK)
            return err;
        if (work->credentials_count == CREDENTIALS_MAX) {
            problems_add(work->problems, wanted.local_id, "revoke some",
                         "the roster has 512 credentials");
            return ERR_FULL;
        }
        work->credentials[work->credentials_count++] = wanted;
    }
    qsort(work->credentials, work->credentials_count, sizeof *work->credentials,
          compare_credentials);
    return ERR_OK;
}

/* ---- mailboxes */

/* Seal `secret` to each receiving credential, in their order. */
static enum err
seal_to_all(const struct work *work, const struct identity *pair, struct mailbox_key *out)
{
    struct sealed_secret *secrets =
        arena_alloc(work->arena, work->credentials_count * sizeof *secrets);
    size_t count = 0;

    if (secrets == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < work->credentials_count; i++) {
        const struct credential *credential = &work->credentials[i];
        if (!credential_receives(credential))
            continue;
        uint8_t *sealed = arena_alloc(work->arena, SEALED_BYTES);
        if (sealed == NULL)
            return ERR_NOMEM;
        if (crypto_box_seal(sealed, identity_secret(pair), crypto_box_SECRETKEYBYTES,
                            credential->encryption_key.bytes) != 0)
            return ERR_KEY;
        secrets[count++] = (struct sealed_secret){credential->hash, {sealed, SEALED_BYTES}};
    }
    out->public_key = *identity_public_key(pair);
    out->secrets = secrets;
    out->secrets_count = count;
    return ERR_OK;
}

/* What the roster before sealed to credentials that are still there. */
static enum err
carry_over(const struct work *work, const struct mailbox_key *before, struct mailbox_key *out)
{
    struct sealed_secret *secrets =
        arena_alloc(work->arena, before->secrets_count * sizeof *secrets);
    size_t count = 0;

    if (secrets == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < work->credentials_count; i++) {
        for (size_t k = 0; k < before->secrets_count; k++) {
            if (hash_is_equal(&before->secrets[k].credential, &work->credentials[i].hash))
                secrets[count++] = before->secrets[k];
        }
    }
    *out = *before;
    out->secrets = secrets;
    out->secrets_count = count;
    return ERR_OK;
}

/* Add the mailbox of `generation`, which `before` (may be NULL) was in the roster before. */
static enum err
add_mailbox(struct work *work, uint32_t generation, const struct mailbox_key *before)
{
    struct mailbox_key *out = &work->mailboxes[work->mailboxes_count];
    struct identity *pair = NULL;
    enum err err =
        identity_mailbox(work->mailbox_seed, trust_federation(work->trust), generation, &pair);

    if (err != ERR_OK)
        return err;
    out->generation = generation;
    if (before != NULL && memcmp(&before->public_key, identity_public_key(pair), KEY_BYTES) != 0)
        err = carry_over(work, before, out);
    else
        err = seal_to_all(work, pair, out);
    identity_free(&pair);
    if (err == ERR_OK)
        work->mailboxes_count++;
    return err;
}

/* Whether the current mailbox key is one that our seed makes. */
static enum err
is_our_seed(const struct work *work, bool *out)
{
    struct identity *pair = NULL;
    const struct mailbox_key *current = &work->before->mailboxes[0];
    enum err err = identity_mailbox(work->mailbox_seed, trust_federation(work->trust),
                                    current->generation, &pair);

    if (err != ERR_OK)
        return err;
    *out = memcmp(&current->public_key, identity_public_key(pair), KEY_BYTES) == 0;
    identity_free(&pair);
    return ERR_OK;
}

/* Above all that were, if their roster lost its force. */
static uint32_t
first_generation(const struct work *work)
{
    const struct roster *newest = work->newest;

    return newest == NULL || newest->mailboxes_count == 0 ? 1 : newest->mailboxes[0].generation + 1;
}

static enum err
add_mailboxes(struct work *work)
{
    const struct roster *before = work->before;
    bool is_ours = true;
    enum err err = ERR_OK;

    if (before == NULL || before->mailboxes_count == 0)
        return add_mailbox(work, first_generation(work), NULL);
    err = is_our_seed(work, &is_ours);
    /* The current key must open for everybody, so another seed begins a generation of its own. */
    if (err == ERR_OK && (work->change->new_mailbox || work->change->revoke != NULL || !is_ours))
        err = add_mailbox(work, before->mailboxes[0].generation + 1, NULL);
    for (size_t i = 0; err == ERR_OK && i < before->mailboxes_count; i++) {
        if (work->mailboxes_count < MAILBOX_KEYS_MAX)
            err = add_mailbox(work, before->mailboxes[i].generation, &before->mailboxes[i]);
    }
    return err;
}

/* ---- all of it */

static enum err
allocate(struct work *work)
{
    size_t credentials_max = CREDENTIALS_MAX + 1;

    work->credentials = arena_alloc(work->arena, credentials_max * sizeof *work->credentials);
    work->mailboxes = arena_alloc(work->arena, MAILBOX_KEYS_MAX * sizeof *work->mailboxes);
    work->suspects = arena_alloc(work->arena, (CREDENTIALS_MAX + 1) * sizeof *work->suspects);
    if (work->credentials == NULL || work->mailboxes == NULL || work->suspects == NULL)
        return ERR_NOMEM;
    return ERR_OK;
}

static enum err
encode(struct work *work, struct span *body)
{
    uint64_t now_ms = work->change->now_ms;
    struct roster roster = {
        .member = work->member->id,
        .version = work->newest == NULL ? 1 : work->newest->version + 1,
        .has_previous = work->newest != NULL,
        .issued_ms = now_ms,
        .expires_ms = now_ms + work->change->life_ms,
        .credentials = work->credentials,
        .credentials_count = work->credentials_count,
        .mailboxes = work->mailboxes,
        .mailboxes_count = work->mailboxes_count,
        .suspects = work->suspects,
        .suspects_count = work->suspects_count,
    };

    if (work->newest != NULL)
        roster.previous = *trust_roster_hash(work->trust, work->member->id);
    qsort(work->suspects, work->suspects_count, sizeof *work->suspects, compare_suspects);
    return roster_encode(&roster, work->arena, body);
}

enum err
issue_roster(const struct trust *trust, const char *member, const struct identity *mailbox_seed,
             const struct issue_change *change, struct arena *arena, struct span *body,
             struct problems *problems)
{
    static enum err (*const STEPS[])(struct work *) = {
        allocate,
        keep_credentials,
        add_credentials,
        add_mailboxes,
    };
    struct work work = {
        .trust = trust,
        .member = directory_find_member(trust_directory(trust, TRUST_UNLOGGED), member),
        .newest = trust_newest_roster(trust, member),
        .before = trust_roster(trust, member, TRUST_UNLOGGED),
        .mailbox_seed = mailbox_seed,
        .change = change,
        .arena = arena,
        .problems = problems,
    };
    size_t told = problems->count;
    enum err err = work.member == NULL ? ERR_UNKNOWN : ERR_OK;

    for (size_t i = 0; err == ERR_OK && i < sizeof STEPS / sizeof STEPS[0]; i++)
        err = STEPS[i](&work);
    if (err == ERR_OK)
        err = encode(&work, body);
    if (err != ERR_OK && problems->count == told)
        problems_add(problems, member, "", "%s",
                     err == ERR_UNKNOWN ? "the directory has no such member" : err_text(err));
    return err;
}
