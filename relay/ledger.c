#include "relay/ledger.h"

#include <stdlib.h>
#include <string.h>

struct ledger {
    struct tiles *tiles;
    struct note_key key;
    const uint8_t *secret_key; /* borrowed */
    struct ledger_sealed sealed;
};

enum err
ledger_new(const char *origin, const struct identity *log, const struct tiles_source *source,
           struct ledger **out)
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
        err = tiles_new(source, &ledger->tiles);
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
        tiles_free(&(*ledger)->tiles);
    free(*ledger);
    *ledger = NULL;
}

const struct note_key *
ledger_key(const struct ledger *ledger)
{
    return &ledger->key;
}

enum err
ledger_reserve(struct ledger *ledger)
{
    return tiles_reserve(ledger->tiles);
}

enum err
ledger_append(struct ledger *ledger, struct span entry, struct hash *leaf_hash)
{
    struct hash hash = merkle_leaf_hash(entry);
    enum err err = tiles_append(ledger->tiles, &hash);

    if (err == ERR_OK)
        *leaf_hash = hash;
    return err;
}

enum err
ledger_append_hash(struct ledger *ledger, const struct hash *leaf_hash)
{
    return tiles_append(ledger->tiles, leaf_hash);
}

uint64_t
ledger_size(const struct ledger *ledger)
{
    return tiles_size(ledger->tiles);
}

struct hash
ledger_root(const struct ledger *ledger)
{
    return tiles_root(ledger->tiles);
}

enum err
ledger_root_at(struct ledger *ledger, uint64_t size, struct hash *out)
{
    struct tiles_edge edge;
    enum err err = tiles_edge(ledger->tiles, size, &edge);

    if (err == ERR_OK)
        *out = edge.levels[MERKLE_LEVELS_MAX];
    return err;
}

bool
ledger_has_news(const struct ledger *ledger)
{
    return tiles_size(ledger->tiles) > ledger->sealed.head.leaf_count;
}

enum err
ledger_seal(struct ledger *ledger)
{
    struct ledger_sealed sealed = {.head = {tiles_size(ledger->tiles), tiles_root(ledger->tiles)}};
    char text[CHECKPOINT_OURS_MAX + 1];
    struct note_line line;

    enum err err = tiles_edge(ledger->tiles, sealed.head.leaf_count, &sealed.edge);
    if (err != ERR_OK)
        return err;
    const struct span body = {(const uint8_t *)text,
                              checkpoint_format(ledger->key.name, &sealed.head, text)};
    err = note_sign(body, &ledger->key, ledger->secret_key, &line);
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
    return tiles_path(ledger->tiles, leaf, &ledger->sealed.edge, path, len);
}

enum err
ledger_consistency(struct ledger *ledger, uint64_t older, uint64_t newer,
                   struct hash path[MERKLE_CONSISTENCY_MAX], size_t *len)
{
    struct tiles_edge edge;

    if (newer == ledger->sealed.head.leaf_count)
        return tiles_consistency(ledger->tiles, older, &ledger->sealed.edge, path, len);
    enum err err = tiles_edge(ledger->tiles, newer, &edge);
    return err != ERR_OK ? err : tiles_consistency(ledger->tiles, older, &edge, path, len);
}
