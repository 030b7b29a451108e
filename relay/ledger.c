#include "relay/ledger.h"

#include <stdlib.h>
#include <string.h>

struct ledger {
    struct tree *tree;
    struct note_key key;
    const uint8_t *secret_key; /* borrowed */
    struct ledger_sealed sealed;
};

enum err
ledger_new(const char *origin, const struct identity *log, const struct merkle_head *head,
           const struct tile_reader *reader, struct ledger **out)
{
    struct ledger *ledger = NULL;

    *out = NULL;
    if (identity_use(log) != DENREI__V1__KEY_USE__KEY_USE_LOG)
        return ERR_KEY;
    ledger = calloc(1, sizeof *ledger);
    if (ledger == NULL)
        return ERR_NOMEM;
    enum err err = note_key_make(origin, NOTE_ED25519, identity_public_key(log), &ledger->key);
    if (err == ERR_OK)
        err = tree_new(head, reader, &ledger->tree);
    if (err != ERR_OK) {
        ledger_free(&ledger);
        return err;
    }
    ledger->secret_key = identity_secret(log);
    *out = ledger;
    return ERR_OK;
}

void
ledger_free(struct ledger **ledger)
{
    if (*ledger != NULL)
        tree_free(&(*ledger)->tree);
    free(*ledger);
    *ledger = NULL;
}

const struct note_key *
ledger_key(const struct ledger *ledger)
{
    return &ledger->key;
}

enum err
ledger_append(struct ledger *ledger, struct span entry, struct hash *leaf_hash)
{
    struct hash hash = merkle_leaf_hash(entry);
    enum err err = tree_append(ledger->tree, &hash);

    if (err == ERR_OK)
        *leaf_hash = hash;
    return err;
}

struct tree *
ledger_tree(struct ledger *ledger)
{
    return ledger->tree;
}

uint64_t
ledger_size(const struct ledger *ledger)
{
    return tree_leaf_count(ledger->tree);
}

enum err
ledger_root_at(struct ledger *ledger, uint64_t size, struct hash *out)
{
    return tree_root_at(ledger->tree, size, out);
}

bool
ledger_has_news(const struct ledger *ledger)
{
    return tree_leaf_count(ledger->tree) > ledger->sealed.head.leaf_count;
}

enum err
ledger_seal(struct ledger *ledger)
{
    struct ledger_sealed sealed = {.head = tree_head(ledger->tree)};
    char text[CHECKPOINT_OURS_MAX + 1];
    struct note_line line;

    const struct span body = {(const uint8_t *)text,
                              checkpoint_format(ledger->key.name, &sealed.head, text)};
    enum err err = note_sign(body, &ledger->key, ledger->secret_key, &line);
    if (err == ERR_OK)
        err = note_format(body, &line, 1, sealed.note, sizeof sealed.note, &sealed.note_len);
    if (err == ERR_OK)
        ledger->sealed = sealed;
    return err;
}

const struct ledger_sealed *
ledger_sealed(const struct ledger *ledger)
{
    return &ledger->sealed;
}

enum err
ledger_path(struct ledger *ledger, uint64_t leaf, struct hash path[MERKLE_LEVELS_MAX], size_t *len)
{
    return tree_inclusion(ledger->tree, leaf, ledger->sealed.head.leaf_count, path, len);
}

enum err
ledger_consistency(struct ledger *ledger, uint64_t older, uint64_t newer,
                   struct hash path[MERKLE_CONSISTENCY_MAX], size_t *len)
{
    return tree_consistency(ledger->tree, older, newer, path, len);
}
