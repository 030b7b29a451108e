/*
 * registry.h - whose every key of the federation is: no key appears twice (DESIGN section 6), and
 * credentials are found by hash and by transport key.
 *
 * Pure.  Remembers every key that ever stood in a document, so that none comes back for another.
 */
#ifndef KEYS_REGISTRY_H
#define KEYS_REGISTRY_H

#include "keys/roster.h"

struct registry;

/* One key, its use and its owner; of a credential's hash the use is UNSPECIFIED. */
struct claim {
    struct hash key;
    Denrei__V1__KeyUse use;
    struct hash owner;
    bool is_voided; /* whoever's authority key it was */
};

/* The claims of one document; begins as {0}. */
struct claims {
    struct claim *list;
    size_t count;
};

/* On ERR_OK the caller owns *out and must registry_free it.  ERR_NOMEM: no memory. */
enum err registry_new(struct registry **out);

/* Free *registry and set it to NULL; a NULL *registry is left alone. */
void registry_free(struct registry **registry);

/* All claims of a document; the caller must claims_clear *out, on an error too.  ERR_NOMEM. */
enum err claims_of_directory(const struct directory *directory, struct claims *out);
enum err claims_of_roster(const struct roster *roster, struct claims *out);
void claims_clear(struct claims *claims);

/*
 * Check that every claim is new or the same as before, and make room for them all.
 * ERR_KEY: a key has another use or another owner.  ERR_NOMEM: no memory.
 */
enum err registry_check(struct registry *registry, const struct claims *claims);

/* Enter claims that registry_check has passed just before; `holder` is what find gives back. */
void registry_add(struct registry *registry, const struct claims *claims, void *holder);

/* The holder that a credential's hash was entered with; NULL if none. */
void *registry_find_credential(const struct registry *registry, const struct hash *hash);

#endif /* KEYS_REGISTRY_H */
