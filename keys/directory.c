#include "keys/directory.h"

#include "proto/hash.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct hash
directory_federation(struct span first_body)
{
    return hash_spans(&first_body, 1);
}

/* ---- look-up: all three lists ascend by an id that is their first field */

static int
compare_member(const void *id, const void *member)
{
    return strcmp(id, ((const struct member *)member)->id);
}

static int
compare_group(const void *id, const void *group)
{
    return strcmp(id, ((const struct group *)group)->id);
}

static int
compare_legal_basis(const void *id, const void *basis)
{
    return strcmp(id, ((const struct legal_basis *)basis)->id);
}

static int
compare_text(const void *text, const void *entry)
{
    return strcmp(text, *(const char *const *)entry);
}

static int
compare_key(const void *key, const void *entry)
{
    return memcmp(key, entry, KEY_BYTES);
}

/* bsearch, which wants an array even for nothing. */
static const void *
find(const void *key, const void *list, size_t count, size_t bytes,
     int (*compare)(const void *, const void *))
{
    return count == 0 ? NULL : bsearch(key, list, count, bytes, compare);
}

const struct member *
directory_find_member(const struct directory *directory, const char *id)
{
    return find(id, directory->members, directory->members_count, sizeof(struct member),
                compare_member);
}

const struct group *
directory_find_group(const struct directory *directory, const char *id)
{
    return find(id, directory->groups, directory->groups_count, sizeof(struct group),
                compare_group);
}

const struct legal_basis *
directory_find_legal_basis(const struct directory *directory, const char *id)
{
    return find(id, directory->legal_bases, directory->legal_bases_count,
                sizeof(struct legal_basis), compare_legal_basis);
}

bool
directory_has_role(const struct member *member, Denrei__V1__Role role)
{
    for (size_t i = 0; i < member->roles_count; i++) {
        if (member->roles[i] == role)
            return true;
    }
    return false;
}

bool
directory_covers(const struct legal_basis *basis, const char *member_id)
{
    return find(member_id, basis->members, basis->members_count, sizeof(char *), compare_text) !=
           NULL;
}

bool
directory_is_voided(const struct directory *directory, const struct public_key *key)
{
    return find(key, directory->voided_keys, directory->voided_keys_count, KEY_BYTES,
                compare_key) != NULL;
}

/* ---- one after another */

enum err
directory_count_roots(const struct hash *federation, const struct document *document,
                      const struct directory *directory, size_t *out)
{
    struct public_key keys[ROOTS_MAX];

    for (size_t i = 0; i < directory->roots_count; i++)
        keys[i] = directory->roots[i].key;
    return document_count_signers(federation, DENREI__V1__DOCUMENT_TYPE__DOCUMENT_DIRECTORY,
                                  document, DENREI__V1__KEY_USE__KEY_USE_ROOT, keys,
                                  directory->roots_count, out);
}

static enum err
check_threshold(const struct hash *federation, const struct document *document,
                const struct directory *directory)
{
    size_t signers = 0;
    enum err err = directory_count_roots(federation, document, directory, &signers);

    if (err != ERR_OK)
        return err;
    return signers >= directory->root_threshold ? ERR_OK : ERR_SIGNATURE;
}

/* A threshold that alone changed is a change too: a lower one must not come in by the old keys. */
static bool
has_same_roots(const struct directory *a, const struct directory *b)
{
    if (a->roots_count != b->roots_count || a->root_threshold != b->root_threshold)
        return false;
    for (size_t i = 0; i < a->roots_count; i++) {
        if (memcmp(a->roots[i].key.bytes, b->roots[i].key.bytes, KEY_BYTES) != 0)
            return false;
    }
    return true;
}

enum err
directory_check_next(const struct hash *federation, const struct directory *previous,
                     const struct hash *previous_hash, const struct document *document,
                     const struct directory *directory)
{
    enum err err = ERR_OK;

    if (previous == NULL) {
        struct hash hash = directory_federation(document->body);
        if (directory->version != 1 || !hash_is_equal(&hash, federation))
            return ERR_STALE;
        return check_threshold(federation, document, directory);
    }
    assert(previous_hash != NULL);
    if (directory->version != previous->version + 1 || !directory->has_previous ||
        !hash_is_equal(&directory->previous, previous_hash))
        return ERR_STALE;
    err = check_threshold(federation, document, previous);
    if (err == ERR_OK && !has_same_roots(previous, directory))
        err = check_threshold(federation, document, directory);
    if (err != ERR_OK)
        return err;
    for (size_t i = 0; i < previous->voided_keys_count; i++) {
        if (!directory_is_voided(directory, &previous->voided_keys[i]))
            return ERR_KEY;
    }
    return ERR_OK;
}
