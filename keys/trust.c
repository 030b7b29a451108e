#include "keys/trust.h"

#include "keys/held.h"
#include "keys/registry.h"
#include "proto/hash.h"

#include <stdlib.h>
#include <string.h>

enum { IDS_FIRST = 16 }; /* room that the list of members begins with */

static const Denrei__V1__DocumentType DIRECTORY = DENREI__V1__DOCUMENT_TYPE__DOCUMENT_DIRECTORY;
static const Denrei__V1__DocumentType ROSTER = DENREI__V1__DOCUMENT_TYPE__DOCUMENT_ROSTER;

/* A member's rosters. */
struct history {
    char id[MEMBER_ID_MAX + 1];
    struct held_list rosters;
};

struct trust {
    struct hash federation;
    struct held_list directories; /* versions 1, 2, 3 and so on */
    struct history **members;     /* ascending id */
    size_t members_count;
    size_t members_room;
    struct registry *registry;
};

/* ---- members */

static struct history *
find_history(const struct trust *trust, const char *id)
{
    size_t low = 0, high = trust->members_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(id, trust->members[middle]->id);
        if (order == 0)
            return trust->members[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

/* The history of `id`, made empty if there is none: an empty one changes no answer. */
static enum err
need_history(struct trust *trust, const char *id, struct history **out)
{
    struct history *history = find_history(trust, id);
    size_t place = 0;

    if (history != NULL) {
        *out = history;
        return ERR_OK;
    }
    if (trust->members_count == trust->members_room) {
        size_t room = trust->members_room == 0 ? IDS_FIRST : 2 * trust->members_room;
        struct history **grown = realloc(trust->members, room * sizeof(struct history *));
        if (grown == NULL)
            return ERR_NOMEM;
        trust->members = grown;
        trust->members_room = room;
    }
    history = calloc(1, sizeof *history);
    if (history == NULL)
        return ERR_NOMEM;
    assert(strlen(id) <= MEMBER_ID_MAX);
    memcpy(history->id, id, strlen(id) + 1);
    while (place < trust->members_count && strcmp(trust->members[place]->id, id) < 0)
        place++;
    memmove(&trust->members[place + 1], &trust->members[place],
            (trust->members_count - place) * sizeof(struct history *));
    trust->members[place] = history;
    trust->members_count++;
    *out = history;
    return ERR_OK;
}

/* ---- taking documents */

static enum err
apply_directory(struct trust *trust, struct held *held)
{
    struct held_list *list = &trust->directories;
    struct held *newest = list->count > 0 ? list->list[list->count - 1] : NULL;
    struct claims claims = {0};
    enum err err = ERR_OK;

    err = directory_check_next(&trust->federation, newest == NULL ? NULL : &newest->directory,
                               newest == NULL ? NULL : &newest->hash, &held->document,
                               &held->directory);
    /* A document that is logged stands after all that were logged before. */
    if (err == ERR_OK && newest != NULL && newest->leaf != TRUST_UNLOGGED &&
        held->leaf <= newest->leaf)
        err = ERR_STALE;
    if (err == ERR_OK)
        err = claims_of_directory(&held->directory, &claims);
    if (err == ERR_OK)
        err = registry_check(trust->registry, &claims);
    if (err == ERR_OK)
        err = held_list_make_room(list);
    if (err != ERR_OK)
        goto done;
    registry_add(trust->registry, &claims, NULL);
    held_list_insert(list, list->count, held);

done:
    claims_clear(&claims);
    return err;
}

/*
 * Whether `held` fits between the rosters before and after `place`.  The first that is known may
 * have any version, for a bundle and a log need not begin with version 1; one that the log shows
 * later may lie before those of a bundle, and then must lead to them.
 */
static enum err
check_between(const struct held_list *list, size_t place, const struct held *held)
{
    if (place > 0) {
        const struct held *before = list->list[place - 1];
        enum err err = roster_check_follows(&before->roster, &before->hash, &held->roster);
        if (err != ERR_OK)
            return err;
        if (before->leaf != TRUST_UNLOGGED && held->leaf <= before->leaf)
            return ERR_STALE;
    }
    if (place < list->count) {
        const struct held *after = list->list[place];
        if (held->leaf == TRUST_UNLOGGED || after->leaf != TRUST_UNLOGGED)
            return ERR_STALE;
        if (after->version == held->version + 1)
            return roster_check_follows(&held->roster, &held->hash, &after->roster);
    }
    return ERR_OK;
}

static enum err
apply_roster(struct trust *trust, struct held *held)
{
    struct history *history = NULL;
    struct claims claims = {0};
    size_t place = 0;
    enum err err = ERR_OK;

    err = roster_find_signers(&trust->federation, trust_directory(trust, held->leaf),
                              &held->document, held->roster.member, &held->signers);
    if (err != ERR_OK)
        return err;
    err = need_history(trust, held->roster.member, &history);
    if (err != ERR_OK)
        return err;
    place = held_list_place(&history->rosters, held->version);
    err = check_between(&history->rosters, place, held);
    if (err == ERR_OK)
        err = claims_of_roster(&held->roster, &claims);
    if (err == ERR_OK)
        err = registry_check(trust->registry, &claims);
    if (err == ERR_OK)
        err = held_list_make_room(&history->rosters);
    if (err != ERR_OK)
        goto done;
    registry_add(trust->registry, &claims, history);
    held_list_insert(&history->rosters, place, held);

done:
    claims_clear(&claims);
    return err;
}

/*
 * Whether `list` has a document of this version; then *err is what to answer: the same again is
 * taken, another one is a fork.
 */
static bool
is_known(struct held_list *list, const struct held *held, uint64_t leaf, enum err *err)
{
    size_t place = held_list_place(list, held->version);

    if (place == list->count || list->list[place]->version != held->version)
        return false;
    *err = hash_is_equal(&list->list[place]->hash, &held->hash)
               ? held_list_set_leaf(list, place, leaf)
               : ERR_STALE;
    return true;
}

enum err
trust_apply(struct trust *trust, Denrei__V1__DocumentType type, struct span document, uint64_t leaf)
{
    struct held *held = NULL;
    bool known = false;
    enum err err = ERR_OK;

    if (type != DIRECTORY && type != ROSTER)
        return ERR_FORMAT;
    err = held_new(&trust->federation, type, document, &held);
    if (err != ERR_OK)
        return err;
    if (type == DIRECTORY) {
        known = is_known(&trust->directories, held, leaf, &err);
    } else {
        struct history *history = find_history(trust, held->roster.member);
        known = history != NULL && is_known(&history->rosters, held, leaf, &err);
    }
    if (known)
        goto done;
    held->leaf = leaf;
    err = type == DIRECTORY ? apply_directory(trust, held) : apply_roster(trust, held);
    if (err == ERR_OK)
        held = NULL; /* now the trust's */

done:
    held_free(&held);
    return err;
}

enum err
trust_new(struct span document, struct trust **out)
{
    struct trust *trust = calloc(1, sizeof *trust);
    struct held *held = NULL;
    enum err err = ERR_OK;

    *out = NULL;
    if (trust == NULL)
        return ERR_NOMEM;
    err = registry_new(&trust->registry);
    if (err == ERR_OK)
        err = held_new(NULL, DIRECTORY, document, &held);
    if (err != ERR_OK)
        goto done;
    trust->federation = directory_federation(held->document.body);
    err = apply_directory(trust, held);
    if (err != ERR_OK)
        goto done;
    held = NULL; /* now the trust's */
    *out = trust;
    trust = NULL; /* now the caller's */

done:
    held_free(&held);
    trust_free(&trust);
    return err;
}

void
trust_free(struct trust **trust)
{
    if (*trust != NULL) {
        for (size_t i = 0; i < (*trust)->members_count; i++) {
            held_list_clear(&(*trust)->members[i]->rosters);
            free((*trust)->members[i]);
        }
        free((*trust)->members);
        held_list_clear(&(*trust)->directories);
        registry_free(&(*trust)->registry);
    }
    free(*trust);
    *trust = NULL;
}

/* ---- what is in force */

const struct hash *
trust_federation(const struct trust *trust)
{
    return &trust->federation;
}

const struct directory *
trust_directory(const struct trust *trust, uint64_t leaf)
{
    const struct held *held = held_list_in_force(&trust->directories, leaf);

    return held != NULL ? &held->directory : &trust->directories.list[0]->directory;
}

/* Whether one of the keys that signed a roster still counts. */
static bool
has_valid_signer(const struct directory *directory, const struct held *held)
{
    for (size_t i = 0; i < held->signers.count; i++) {
        if (!directory_is_voided(directory, &held->signers.keys[i]))
            return true;
    }
    return false;
}

static const struct roster *
roster_in_force(const struct trust *trust, const struct history *history, uint64_t leaf)
{
    const struct directory *directory = trust_directory(trust, leaf);
    const struct held *held = held_list_in_force(&history->rosters, leaf);

    if (held == NULL || directory_find_member(directory, history->id) == NULL ||
        !has_valid_signer(directory, held))
        return NULL;
    return &held->roster;
}

const struct roster *
trust_roster(const struct trust *trust, const char *member, uint64_t leaf)
{
    const struct history *history = find_history(trust, member);

    return history == NULL ? NULL : roster_in_force(trust, history, leaf);
}

static const struct held *
newest_roster(const struct trust *trust, const char *member)
{
    const struct history *history = find_history(trust, member);

    return history == NULL ? NULL : held_list_in_force(&history->rosters, TRUST_UNLOGGED);
}

const struct roster *
trust_newest_roster(const struct trust *trust, const char *member)
{
    const struct held *held = newest_roster(trust, member);

    return held == NULL ? NULL : &held->roster;
}

const struct hash *
trust_directory_hash(const struct trust *trust)
{
    return &trust->directories.list[trust->directories.count - 1]->hash;
}

const struct hash *
trust_roster_hash(const struct trust *trust, const char *member)
{
    const struct held *held = newest_roster(trust, member);

    return held == NULL ? NULL : &held->hash;
}

struct span
trust_directory_document(const struct trust *trust, uint64_t version)
{
    if (version == 0 || version > trust->directories.count)
        return (struct span){NULL, 0};
    return trust->directories.list[version - 1]->bytes;
}

struct span
trust_roster_document(const struct trust *trust, const char *member)
{
    const struct held *held = newest_roster(trust, member);

    return held == NULL ? (struct span){NULL, 0} : held->bytes;
}

const struct credential *
trust_credential(const struct trust *trust, const struct hash *hash, uint64_t leaf)
{
    const struct history *history = registry_find_credential(trust->registry, hash);
    const struct roster *roster = history == NULL ? NULL : roster_in_force(trust, history, leaf);

    return roster == NULL ? NULL : roster_find_credential(roster, hash);
}

uint64_t
trust_suspect_since(const struct trust *trust, const struct hash *credential)
{
    const struct history *history = registry_find_credential(trust->registry, credential);
    size_t count = history == NULL ? 0 : history->rosters.count;

    /* The newest word counts; a roster that no longer mentions it takes nothing back. */
    for (size_t i = count; i > 0; i--) {
        const struct roster *roster = &history->rosters.list[i - 1]->roster;
        for (size_t k = 0; k < roster->suspects_count; k++) {
            if (hash_is_equal(&roster->suspects[k].credential, credential))
                return roster->suspects[k].since_leaf;
        }
    }
    return UINT64_MAX;
}
