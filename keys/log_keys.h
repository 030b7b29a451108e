/*
 * log_keys.h - the directory's keys for checkpoints: the log's, and the witnesses' with their
 * quorum (DESIGN section 9).
 *
 * Pure.
 */
#ifndef KEYS_LOG_KEYS_H
#define KEYS_LOG_KEYS_H

#include "keys/directory.h"
#include "proto/checkpoint.h"

struct log_keys {
    struct note_key log;
    struct note_key witnesses[WITNESSES_MAX];
    size_t witnesses_count;
    uint32_t quorum;
};

/* The keys that `directory` names.  ERR_FORMAT, ERR_KEY: as note_key_make. */
enum err log_keys_make(const struct directory *directory, struct log_keys *out);

/* The policy under which a checkpoint counts with `quorum` cosigners; borrows `keys`. */
struct checkpoint_policy log_keys_policy(const struct log_keys *keys, size_t quorum);

#endif /* KEYS_LOG_KEYS_H */
