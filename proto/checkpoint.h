/*
 * checkpoint.h - what a log signs about its tree, and what witnesses add (C2SP tlog-checkpoint
 * v1.0.0, tlog-cosignature v1.0.1 with Ed25519).
 *
 * The text is origin, size and root, one a line; the log's key signs it as a note, and each
 * witness cosigns it together with the time at which it saw it.
 *
 * Pure.  Signing borrows the 64-byte Ed25519 secret key and keeps nothing of it.
 */
#ifndef PROTO_CHECKPOINT_H
#define PROTO_CHECKPOINT_H

#include "proto/merkle.h"
#include "proto/note.h"

enum {
    CHECKPOINT_TEXT_MAX = 4096,                               /* extension lines included */
    CHECKPOINT_OURS_MAX = NOTE_NAME_MAX + 1 + 20 + 1 + 44 + 1 /* without extension lines */
};

/* A parsed text; borrows from it. */
struct checkpoint {
    struct span origin;
    struct merkle_head head;
    struct span extension; /* lines after the root, each with its newline; mostly none */
};

/* Who must have signed.  The witnesses' keys are of type NOTE_COSIGNATURE and all different. */
struct checkpoint_policy {
    const struct note_key *log;       /* of type NOTE_ED25519; its name is the origin */
    const struct note_key *witnesses; /* borrowed, at most WITNESSES_MAX */
    size_t witnesses_len;
    size_t quorum; /* different witnesses that must have cosigned; 0: the log's word is enough */
};

/* A checkpoint that was found signed. */
struct checkpoint_verified {
    struct merkle_head head;
    size_t cosigners;                    /* different witnesses of the policy that cosigned */
    bool has_cosigned[WITNESSES_MAX];    /* in the policy's order */
    uint64_t cosigned_ms[WITNESSES_MAX]; /* its newest time, in whole seconds; 0 if it has not */
    uint64_t oldest_ms;                  /* of cosigned_ms; 0 without a cosigner */
    uint64_t newest_ms;
};

/*
 * Write the text for `head` to `out`, NUL-terminated; returns its length.  `origin` is a key name
 * that passed note_key_make.
 */
size_t checkpoint_format(const char *origin, const struct merkle_head *head,
                         char out[CHECKPOINT_OURS_MAX + 1]);

/*
 * Parse a checkpoint's text (a note's, without signatures).
 * ERR_FULL: longer than CHECKPOINT_TEXT_MAX.
 * ERR_RANGE: more than MERKLE_LEAVES_MAX leaves.
 * ERR_FORMAT: anything else that is not such a text, and an empty tree under another root.
 * *out is untouched on an error.
 */
enum err checkpoint_parse(struct span text, struct checkpoint *out);

/*
 * Cosign `text` as the witness `key` (of type 0x04) at `time_ms` since 1970, cut to whole seconds.
 * The witness must have checked that the tree extends the last one it cosigned.
 * ERR_FORMAT, ERR_FULL, ERR_RANGE: `text` is not a checkpoint (as in checkpoint_parse), or the
 * time lies after TIME_MS_MAX (ERR_RANGE).
 */
enum err checkpoint_cosign(struct span text, const struct note_key *key,
                           const uint8_t secret_key[NOTE_SECRET_KEY_BYTES], uint64_t time_ms,
                           struct note_line *out);

/*
 * Verify one cosignature of `text` by the witness `key`; *time_ms is when it says it saw it.
 * ERR_UNKNOWN: it is not by `key`, or `key` has another type.
 * ERR_SIGNATURE: it is, and does not verify, or claims a time after TIME_MS_MAX.
 * ERR_FULL: `text` is longer than CHECKPOINT_TEXT_MAX.
 */
enum err checkpoint_check_cosignature(struct span text, const struct note_signature *signature,
                                      const struct note_key *key, uint64_t *time_ms);

/*
 * Parse `note` and verify it under `policy`.  Lines by others are skipped; a line by one of the
 * policy's keys that does not verify refuses the whole note.
 * ERR_FORMAT, ERR_FULL, ERR_RANGE: not a note, or its text not a checkpoint.
 * ERR_UNKNOWN: the checkpoint of another log (its origin is not the log key's name).
 * ERR_SIGNATURE: the log has not signed, a known signature fails, or fewer than the quorum
 * cosigned. *out is untouched on an error.
 */
enum err checkpoint_verify(struct span note, const struct checkpoint_policy *policy,
                           struct checkpoint_verified *out);

/*
 * The latest time at or after which `count` (at least 1) different witnesses cosigned; 0 if fewer
 * did.  With the quorum as `count` it is how fresh the checkpoint is.
 */
uint64_t checkpoint_time_ms(const struct checkpoint_verified *verified, size_t count);

#endif /* PROTO_CHECKPOINT_H */
