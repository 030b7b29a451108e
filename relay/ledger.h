/*
 * ledger.h - the log as the relay keeps it: entries become leaves, and after each batch the tree's
 * new state is signed (LOG.md; C2SP tlog-checkpoint).
 *
 * Pure.  Signs by libsodium with the log's key, which is borrowed for the ledger's life.
 */
#ifndef RELAY_LEDGER_H
#define RELAY_LEDGER_H

#include "keys/identity.h"
#include "proto/checkpoint.h"
#include "proto/tree.h"

enum { LEDGER_NOTE_MAX = CHECKPOINT_OURS_MAX + 1 + NOTE_LINE_MAX };

/* The tree as it was last signed. */
struct ledger_sealed {
    struct merkle_head head;
    size_t note_len;
    char note[LEDGER_NOTE_MAX + 1]; /* the signed checkpoint, with a NUL */
};

struct ledger;

/*
 * Make the ledger of the log named `origin`, whose key is `log`, with the leaves of `head` (none in
 * a new log); their tiles are read by `reader`.  On ERR_OK the caller owns *out and must
 * ledger_free it; otherwise *out is NULL.
 * ERR_KEY: `log` is not a log key.  ERR_FORMAT: the origin is no key name.
 * ERR_CORRUPT: the tiles do not lead to the head.  ERR_NOMEM.  The reader's errors.
 */
enum err ledger_new(const char *origin, const struct identity *log, const struct merkle_head *head,
                    const struct tile_reader *reader, struct ledger **out);

/* Free *ledger and set it to NULL; a NULL *ledger is left alone. */
void ledger_free(struct ledger **ledger);

/* The log's verifier key. */
const struct note_key *ledger_key(const struct ledger *ledger);

/*
 * Append an entry's bytes; its leaf index is the old size.  *leaf_hash is what was appended.
 * ERR_FULL: MERKLE_LEAVES_MAX leaves; nothing has changed.
 */
enum err ledger_append(struct ledger *ledger, struct span entry, struct hash *leaf_hash);

/* The tree, for the tiles that are new since it was last sealed. */
struct tree *ledger_tree(struct ledger *ledger);

/* How many leaves there are. */
uint64_t ledger_size(const struct ledger *ledger);

/* The root over the first `size` leaves.  Errors as tree_root_at. */
enum err ledger_root_at(struct ledger *ledger, uint64_t size, struct hash *out);

/* Whether there are leaves that no checkpoint of ours covers yet. */
bool ledger_has_news(const struct ledger *ledger);

/*
 * Sign a checkpoint of the tree as it is (at least one leaf).  One size is signed with one root
 * only, since leaves are appended and never changed.
 * Errors: the source's, and checkpoint and note formats' (a bug).
 */
enum err ledger_seal(struct ledger *ledger);

/* The tree as last sealed; valid until the next ledger_seal. */
const struct ledger_sealed *ledger_sealed(const struct ledger *ledger);

/*
 * Inclusion path of `leaf` to the sealed tree; consistency proof from `older` leaves to `newer`.
 * Errors as tree_inclusion and tree_consistency.
 */
enum err ledger_path(struct ledger *ledger, uint64_t leaf, struct hash path[MERKLE_LEVELS_MAX],
                     size_t *len);
enum err ledger_consistency(struct ledger *ledger, uint64_t older, uint64_t newer,
                            struct hash path[MERKLE_CONSISTENCY_MAX], size_t *len);

#endif /* RELAY_LEDGER_H */
