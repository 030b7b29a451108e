/*
 * draft.h - a directory from the readable description that people write and review.
 *
 * Pure.  The description is the JSON form of the Directory message, with these liberties: keys are
 * base64 or the path of a file of public keys; not_before and expires may be RFC 3339 texts,
 * valid_days stands for both; lists need no order; version, previous and what was voided before are
 * filled in.
 */
#ifndef KEYS_DRAFT_H
#define KEYS_DRAFT_H

#include "keys/directory.h"

#include <jansson.h>

struct draft_context {
    uint64_t now_ms;
    const struct directory *previous; /* NULL: draft the first */
    const struct hash *previous_hash;
    /*
     * Find the public key of `use` that `reference` (not base64) stands for.  On an error
     * `problems` has one more at `path`.
     */
    enum err (*find_key)(void *host, Denrei__V1__KeyUse use, const char *reference,
                         const char *path, struct public_key *out, struct problems *problems);
    void *host;
};

/*
 * Make a directory's body from `tree`, which is changed on the way.  *body lies in `arena`.
 * ERR_FORMAT, ERR_KEY: `problems` says what is wrong, by the description's names.
 * ERR_NOMEM: arena full.
 */
enum err draft_make(json_t *tree, const struct draft_context *context, struct arena *arena,
                    struct span *body, struct problems *problems);

#endif /* KEYS_DRAFT_H */
