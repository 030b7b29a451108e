#include "clients/audit/absence.h"

#include "proto/frame.h"

#include <string.h>

static enum err
fail(enum err err, const char *text, const char **fault)
{
    *fault = text;
    return err;
}

bool
absence_is_answer(struct span entry, const char *member, const struct id *thread,
                  struct arena *arena, uint64_t *time_ms)
{
    struct log_entry decoded;
    struct header header;

    *time_ms = 0;
    if (entry_decode(entry, arena, &decoded) != ERR_OK)
        return false;
    *time_ms = decoded.time_ms;
    return decoded.type == DENREI__V1__LOG_ENTRY__EVENT_MESSAGE &&
           header_decode(decoded.message.header, arena, &header) == ERR_OK &&
           strcmp(header.from, member) == 0 &&
           memcmp(header.thread_id.bytes, thread->bytes, ID_BYTES) == 0;
}

/* The tree of the entries before the message's. */
static enum err
take_peaks(const Denrei__V1__EvidenceAbsence *wire, uint64_t leaf, struct arena *arena,
           struct merkle *tree)
{
    const struct hash *peaks = NULL;
    size_t used = 0;

    merkle_init(tree);
    if (leaf > MERKLE_LEAVES_MAX)
        return ERR_FORMAT;
    enum err err = frame_get_hashes(wire->peaks, wire->n_peaks, arena, &peaks);
    if (err != ERR_OK)
        return err;
    for (unsigned level = 0; level < MERKLE_LEVELS_MAX; level++)
        if ((leaf >> level & 1) != 0) {
            if (used == wire->n_peaks)
                return ERR_FORMAT;
            tree->peaks[level] = peaks[used++];
        }
    tree->leaf_count = leaf;
    return used == wire->n_peaks ? ERR_OK : ERR_FORMAT;
}

/* The entries one after another; *last_ms is the last one's time. */
static enum err
take_entries(struct span bundle, const struct absence_question *question, struct merkle *tree,
             struct arena *scratch, struct absence *out, uint64_t *last_ms)
{
    for (size_t at = 0; at < bundle.len;) {
        if (bundle.len - at < 2)
            return ERR_FORMAT;
        const struct span entry = {bundle.data + at + 2,
                                   (size_t)bundle.data[at] << 8 | bundle.data[at + 1]};
        if (entry.len == 0 || bundle.len - at - 2 < entry.len)
            return ERR_FORMAT;
        const bool is_first = at == 0;
        struct hash leaf = merkle_leaf_hash(entry);
        uint64_t time_ms = 0;
        arena_reset(scratch);
        const bool is_answer =
            absence_is_answer(entry, out->member, &question->asked->thread_id, scratch, &time_ms);
        if (time_ms < *last_ms || time_ms == 0 ||
            (is_first && (entry.len != question->entry.len ||
                          memcmp(entry.data, question->entry.data, entry.len) != 0)))
            return ERR_FORMAT;
        *last_ms = time_ms;
        if (is_answer && time_ms <= out->by_ms) {
            out->answer_leaf = tree->leaf_count;
            out->answer_ms = time_ms;
            return ERR_EXISTS;
        }
        enum err err = merkle_append(tree, &leaf);
        if (err != ERR_OK)
            return ERR_FORMAT;
        at += 2 + entry.len;
    }
    return bundle.len == 0 ? ERR_FORMAT : ERR_OK;
}

static enum err
check_tree(const Denrei__V1__EvidenceAbsence *wire, const struct merkle *tree,
           const struct merkle_head *head, struct arena *arena)
{
    const struct merkle_head own = {tree->leaf_count, merkle_root(tree)};
    const struct hash *path = NULL;
    enum err err = frame_get_hashes(wire->consistency, wire->n_consistency, arena, &path);

    if (err == ERR_OK)
        err = merkle_check_consistency(&own, head, path, wire->n_consistency);
    return err == ERR_OK || err == ERR_NOMEM ? err : ERR_PROOF;
}

enum err
absence_check(const Denrei__V1__EvidenceAbsence *wire, const struct absence_question *question,
              struct arena *arena, struct absence *out, const char **fault)
{
    struct absence absence = {.member = wire->member, .by_ms = wire->by};
    struct arena *scratch = NULL;
    struct merkle tree;
    uint64_t last_ms = 0;

    *fault = "";
    if (!header_is_to(question->asked, absence.member) ||
        wire->entries.len > ABSENCE_ENTRIES_BYTES_MAX)
        return fail(ERR_FORMAT, "the member was not asked by this message", fault);
    enum err err = take_peaks(wire, question->leaf, arena, &tree);
    if (err == ERR_OK)
        err = arena_new(4 * (size_t)ENTRY_BYTES_MAX + ARENA_EXTRA_BYTES, &scratch);
    if (err == ERR_OK)
        err = take_entries(wire_get_span(wire->entries), question, &tree, scratch, &absence,
                           &last_ms);
    arena_free(&scratch);
    *out = absence;
    if (err == ERR_EXISTS)
        return fail(err, "the member did send a message in this thread by then", fault);
    if (err == ERR_FORMAT)
        return fail(err, "the entries after the message are malformed", fault);
    if (err == ERR_OK)
        err = check_tree(wire, &tree, question->head, arena);
    if (err == ERR_PROOF)
        return fail(err, "the entries after the message are not those of the log", fault);
    if (err != ERR_OK)
        return err;
    if (last_ms <= absence.by_ms && tree.leaf_count != question->head->leaf_count)
        return fail(ERR_PROOF, "the entries end before the deadline", fault);
    if (question->witnessed_ms <= absence.by_ms)
        return fail(ERR_TIMEOUT, "no quorum of witnesses saw this log after the deadline", fault);
    out->end = tree.leaf_count;
    return ERR_OK;
}
