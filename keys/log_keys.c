#include "keys/log_keys.h"

enum err
log_keys_make(const struct directory *directory, struct log_keys *out)
{
    struct log_keys keys = {.quorum = directory->witness_quorum};
    enum err err =
        note_key_make(directory->log_origin, NOTE_ED25519, &directory->log_key, &keys.log);

    for (size_t i = 0; i < directory->witnesses_count && err == ERR_OK; i++)
        err = note_key_make(directory->witnesses[i].name, NOTE_COSIGNATURE,
                            &directory->witnesses[i].key, &keys.witnesses[i]);
    if (err != ERR_OK)
        return err;
    keys.witnesses_count = directory->witnesses_count;
    *out = keys;
    return ERR_OK;
}

struct checkpoint_policy
log_keys_policy(const struct log_keys *keys, size_t quorum)
{
    return (struct checkpoint_policy){
        .log = &keys->log,
        .witnesses = keys->witnesses,
        .witnesses_len = keys->witnesses_count,
        .quorum = quorum,
    };
}
