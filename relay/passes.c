#include "relay/passes.h"

#include <stdlib.h>
#include <string.h>

struct passes {
    size_t count;
    struct pass *list; /* ascending credential hash */
    const struct pass **by_transport;
};

static int
compare_credentials(const void *a, const void *b)
{
    return memcmp(((const struct pass *)a)->credential.bytes,
                  ((const struct pass *)b)->credential.bytes, HASH_BYTES);
}

static int
compare_transport(const void *a, const void *b)
{
    const struct pass *const *left = a;
    const struct pass *const *right = b;

    return memcmp((*left)->transport_key.bytes, (*right)->transport_key.bytes, KEY_BYTES);
}

static size_t
count_credentials(const struct trust *trust, const struct directory *directory)
{
    size_t count = 0;

    for (size_t i = 0; i < directory->members_count; i++) {
        const struct roster *roster = trust_roster(trust, directory->members[i].id, TRUST_UNLOGGED);
        count += roster == NULL ? 0 : roster->credentials_count;
    }
    return count;
}

static void
add_roster(struct passes *passes, const struct roster *roster)
{
    for (size_t i = 0; i < roster->credentials_count; i++) {
        const struct credential *credential = &roster->credentials[i];
        struct pass *pass = &passes->list[passes->count++];
        pass->credential = credential->hash;
        pass->transport_key = credential->transport_key;
        pass->signing_key = credential->signing_key;
        pass->purpose = credential->purpose;
        pass->not_before_ms = credential->not_before_ms;
        pass->not_after_ms = credential->not_after_ms;
        strncpy(pass->member, credential->member, MEMBER_ID_MAX);
    }
}

enum err
passes_new(const struct trust *trust, struct passes **out)
{
    const struct directory *directory = trust_directory(trust, TRUST_UNLOGGED);
    size_t count = count_credentials(trust, directory);
    struct passes *passes = calloc(1, sizeof *passes);

    *out = NULL;
    if (passes == NULL)
        return ERR_NOMEM;
    passes->list = calloc(count + 1, sizeof *passes->list);
    passes->by_transport = calloc(count + 1, sizeof(const struct pass *));
    if (passes->list == NULL || passes->by_transport == NULL) {
        passes_free(&passes);
        return ERR_NOMEM;
    }
    for (size_t i = 0; i < directory->members_count; i++) {
        const struct roster *roster = trust_roster(trust, directory->members[i].id, TRUST_UNLOGGED);
        if (roster != NULL)
            add_roster(passes, roster);
    }
    qsort(passes->list, passes->count, sizeof *passes->list, compare_credentials);
    for (size_t i = 0; i < passes->count; i++)
        passes->by_transport[i] = &passes->list[i];
    qsort(passes->by_transport, passes->count, sizeof(const struct pass *), compare_transport);
    *out = passes;
    return ERR_OK;
}

void
passes_free(struct passes **passes)
{
    if (*passes != NULL) {
        free((*passes)->list);
        free((*passes)->by_transport);
    }
    free(*passes);
    *passes = NULL;
}

const struct pass *
passes_find(const struct passes *passes, const struct hash *credential)
{
    struct pass wanted = {.credential = *credential};

    return bsearch(&wanted, passes->list, passes->count, sizeof *passes->list, compare_credentials);
}

const struct pass *
passes_find_transport(const struct passes *passes, const struct public_key *transport_key)
{
    const struct pass wanted = {.transport_key = *transport_key};
    const struct pass *key = &wanted;
    const struct pass **found = bsearch(&key, passes->by_transport, passes->count,
                                        sizeof(const struct pass *), compare_transport);

    return found == NULL ? NULL : *found;
}

void
passes_each_gone(const struct passes *before, const struct passes *now,
                 void (*visit)(void *context, const struct pass *pass), void *context)
{
    for (size_t i = 0; i < before->count; i++)
        if (passes_find(now, &before->list[i].credential) == NULL)
            visit(context, &before->list[i]);
}
