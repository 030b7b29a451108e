/*
 * held.h - the documents that a trust holds, decoded, each in memory of its own.
 *
 * Pure.
 */
#ifndef KEYS_HELD_H
#define KEYS_HELD_H

#include "keys/trust.h"

/* One document with all that was decoded from it, in an arena of its own. */
struct held {
    struct arena *arena;
    struct span bytes; /* the SignedDocument */
    struct document document;
    struct hash hash;
    uint64_t version;
    uint64_t leaf;                 /* TRUST_UNLOGGED: not known */
    struct directory directory;    /* of a directory */
    struct roster roster;          /* of a roster */
    struct roster_signers signers; /* of a roster: by whom it counts */
};

/* Documents in ascending order of version. */
struct held_list {
    struct held **list;
    size_t count;
    size_t room;
};

/*
 * Copy and decode what can be decoded alone; `federation` may be NULL for the first directory.  On
 * ERR_OK the caller owns *out, whose leaf is not known, and must held_free it; else it is NULL.
 * Errors: document_decode's and directory_decode's or roster_decode's.
 */
enum err held_new(const struct hash *federation, Denrei__V1__DocumentType type, struct span bytes,
                  struct held **out);

/* Free *held and set it to NULL; a NULL *held is left alone. */
void held_free(struct held **held);

/* Free all documents of `list`, which is empty after. */
void held_list_clear(struct held_list *list);

/* Make room for one more.  ERR_NOMEM: no memory; `list` is unchanged. */
enum err held_list_make_room(struct held_list *list);

/* Put `held` at `place`; there is room, and `list` owns it from now on. */
void held_list_insert(struct held_list *list, size_t place, struct held *held);

/* Place of the first document whose version is not below `version`. */
size_t held_list_place(const struct held_list *list, uint64_t version);

/* The newest of `list` for an entry at `leaf` (TRUST_UNLOGGED: of all); NULL if none. */
struct held *held_list_in_force(const struct held_list *list, uint64_t leaf);

/*
 * Note where in the log the document at `place` stands, unless that is known or `leaf` is
 * TRUST_UNLOGGED.  ERR_STALE: its neighbours stand on the wrong side; nothing is changed.
 */
enum err held_list_set_leaf(struct held_list *list, size_t place, uint64_t leaf);

#endif /* KEYS_HELD_H */
