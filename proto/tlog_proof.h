/*
 * tlog_proof.h - one leaf's proof as a file that convinces a third party offline (C2SP
 * tlog-proof@v1, file extension .tlog-proof).
 *
 * The text is the format's name, the leaf's index, its inclusion path, an empty line and the signed
 * checkpoint.  The leaf itself is not in it: who verifies holds it.
 *
 * Pure.
 */
#ifndef PROTO_TLOG_PROOF_H
#define PROTO_TLOG_PROOF_H

#include "proto/checkpoint.h"

enum {
    TLOG_PROOF_EXTRA_MAX = 8 << 10, /* bytes of the application's own line, decoded */
    TLOG_PROOF_BYTES_MAX = NOTE_BYTES_MAX + (16 << 10)
};

struct tlog_proof {
    uint64_t index;
    size_t path_len;
    struct hash path[MERKLE_LEVELS_MAX]; /* leaf's sibling first */
    struct span checkpoint;              /* the whole note, borrowed */
};

/*
 * Write `proof` to `out` with a NUL that *out_len does not count.
 * ERR_FORMAT: proof->checkpoint is not a note.  ERR_RANGE: index or path exceed what a tree of
 * ours can have.  ERR_FULL: it does not fit `out_max` bytes, or the note is too large.
 * `out` and *out_len are untouched on an error.
 */
enum err tlog_proof_format(const struct tlog_proof *proof, char *out, size_t out_max,
                           size_t *out_len);

/*
 * Parse `text`; the `extra` line, if there is one, is checked and skipped.  Nothing is verified.
 * ERR_FORMAT: malformed.  ERR_RANGE: an index that no tree of ours can have.
 * ERR_FULL: longer than TLOG_PROOF_BYTES_MAX, or a path longer than MERKLE_LEVELS_MAX.
 * *out is not to be read after an error.
 */
enum err tlog_proof_parse(struct span text, struct tlog_proof *out);

/*
 * Verify that the leaf whose hash is `leaf_hash` is in the log: parse `text`, verify its checkpoint
 * under `policy`, then the path.  *index is the leaf's and *verified what the checkpoint says.
 * The errors of tlog_proof_parse and checkpoint_verify.
 * ERR_RANGE: the index is not below the checkpoint's size.  ERR_PROOF: the leaf is not there.
 * *index and *verified are untouched on an error.
 */
enum err tlog_proof_verify(struct span text, const struct hash *leaf_hash,
                           const struct checkpoint_policy *policy, uint64_t *index,
                           struct checkpoint_verified *verified);

#endif /* PROTO_TLOG_PROOF_H */
