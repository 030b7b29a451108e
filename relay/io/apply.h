/*
 * apply.h - the relay's machine tied to its store: restored from it, and its effects done to it.
 *
 * Host.
 */
#ifndef RELAY_IO_APPLY_H
#define RELAY_IO_APPLY_H

#include "relay/io/highwater.h"
#include "relay/io/store.h"

/* What a step left besides what went to the store. */
struct applied {
    bool has_answer;
    enum refusal code;
    uint64_t leaf, number;
    struct span entry;
    bool is_trust_changed;
    bool has_erased; /* a body */
};

/* The store's tiles, for relay_new; `store` is borrowed. */
struct tile_reader apply_tiles(struct store *store);

/*
 * The tree as the last batch left it, by its checkpoint, which `log` (the key of `origin`) must
 * have signed; an empty tree in a new store.
 * ERR_SIGNATURE, ERR_UNKNOWN, ERR_FORMAT: not so.  Else the store's errors.
 */
enum err apply_read_head(struct store *store, const char *origin, const struct public_key *log,
                         struct arena *arena, struct merkle_head *out);

/*
 * Restore `relay` from `store`, whose documents begin with the one that it was made from.
 * ERR_CORRUPT: what the store holds does not fit together.  Others as store and relay have them.
 */
enum err apply_restore(struct relay *relay, struct store *store, struct arena *arena);

/* Do the effects: put into the store's batch (begun if need be), log the reports. */
void apply_effects(struct store *store, const struct relay_effects *effects, struct applied *out);

/*
 * End the batch, if one is open: sign the tree, commit, and note the high-water mark.  After it,
 * answers may leave.  `highwater` may be NULL while there is none.
 */
void apply_commit(struct relay *relay, struct store *store, struct highwater *highwater);

/*
 * Whether the store's tree holds all that `head` says was answered for.
 * ERR_CONFLICT: it does not: it is an older one, or another.
 */
enum err apply_check_highwater(struct relay *relay, const struct merkle_head *head);

#endif /* RELAY_IO_APPLY_H */
