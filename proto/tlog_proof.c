#include "proto/tlog_proof.h"

#include "proto/base64.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char TITLE[] = "c2sp.org/tlog-proof@v1";
static const char EXTRA[] = "extra ";
static const char INDEX[] = "index ";

enum {
    HEAD_MAX = sizeof TITLE + sizeof INDEX + 20 + 1 + MERKLE_LEVELS_MAX * (NOTE_HASH_BASE64 + 1) + 1
};

static_assert(HEAD_MAX + TLOG_PROOF_EXTRA_MAX * 4 / 3 + 16 < TLOG_PROOF_BYTES_MAX - NOTE_BYTES_MAX);

enum err
tlog_proof_format(const struct tlog_proof *proof, char *out, size_t out_max, size_t *out_len)
{
    char head[HEAD_MAX + 1];
    struct note note;

    if (proof->index >= MERKLE_LEAVES_MAX || proof->path_len > MERKLE_LEVELS_MAX)
        return ERR_RANGE;
    enum err err = note_parse(proof->checkpoint, &note);
    if (err != ERR_OK)
        return err;

    size_t len =
        (size_t)snprintf(head, sizeof head, "%s\n%s%" PRIu64 "\n", TITLE, INDEX, proof->index);
    for (size_t i = 0; i < proof->path_len; i++) {
        note_format_hash(&proof->path[i], head + len);
        len += NOTE_HASH_BASE64;
        head[len++] = '\n';
    }
    head[len++] = '\n';
    if (out_max <= proof->checkpoint.len || out_max - proof->checkpoint.len <= len)
        return ERR_FULL;
    memcpy(out, head, len);
    memcpy(out + len, proof->checkpoint.data, proof->checkpoint.len);
    *out_len = len + proof->checkpoint.len;
    out[*out_len] = '\0';
    return ERR_OK;
}

/* Cut `prefix` off the start of `line`. */
static bool
take_prefix(struct span *line, const char *prefix)
{
    size_t len = strlen(prefix);

    if (line->len < len || memcmp(line->data, prefix, len) != 0)
        return false;
    *line = (struct span){line->data + len, line->len - len};
    return true;
}

static bool
is_extra(struct span base64)
{
    uint8_t extra[TLOG_PROOF_EXTRA_MAX];
    size_t len = 0;

    return base64.len > 0 && base64_decode(base64, extra, sizeof extra, &len);
}

enum err
tlog_proof_parse(struct span text, struct tlog_proof *out)
{
    struct span rest = text, line;

    if (text.len > TLOG_PROOF_BYTES_MAX)
        return ERR_FULL;
    if (!note_take_line(&rest, &line) || line.len != strlen(TITLE) || !take_prefix(&line, TITLE) ||
        !note_take_line(&rest, &line))
        return ERR_FORMAT;
    if (take_prefix(&line, EXTRA) && (!is_extra(line) || !note_take_line(&rest, &line)))
        return ERR_FORMAT;
    if (!take_prefix(&line, INDEX))
        return ERR_FORMAT;
    enum err err = note_parse_number(line, MERKLE_LEAVES_MAX - 1, &out->index);
    if (err != ERR_OK)
        return err;

    out->path_len = 0;
    while (note_take_line(&rest, &line) && line.len > 0) {
        if (out->path_len == MERKLE_LEVELS_MAX)
            return ERR_FULL;
        err = note_parse_hash(line, &out->path[out->path_len]);
        if (err != ERR_OK)
            return err;
        out->path_len++;
    }
    out->checkpoint = rest;
    return rest.len > 0 && line.len == 0 ? ERR_OK : ERR_FORMAT;
}

enum err
tlog_proof_verify(struct span text, const struct hash *leaf_hash,
                  const struct checkpoint_policy *policy, uint64_t *index,
                  struct checkpoint_verified *verified)
{
    struct checkpoint_verified checkpoint;
    struct tlog_proof proof;
    enum err err = tlog_proof_parse(text, &proof);

    if (err == ERR_OK)
        err = checkpoint_verify(proof.checkpoint, policy, &checkpoint);
    if (err == ERR_OK)
        err = merkle_check_inclusion(leaf_hash, proof.index, checkpoint.head.leaf_count, proof.path,
                                     proof.path_len, &checkpoint.head.root);
    if (err != ERR_OK)
        return err;
    *index = proof.index;
    *verified = checkpoint;
    return ERR_OK;
}
