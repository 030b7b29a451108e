#include "clients/audit/io/prove_absence.h"

#include "proto/frame.h"
#include "proto/wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct absence_builder {
    struct merkle before; /* the tree of what stands before the message */
    struct arena *arena;  /* of one entry */
    char member[MEMBER_ID_MAX + 1];
    struct id thread;
    uint64_t by_ms;
    uint64_t taken; /* entries */
    bool is_past;   /* one after the deadline was taken */
    uint8_t *bundle;
    size_t len;
};

enum err
absence_builder_new(struct absence_builder **out)
{
    struct absence_builder *builder = calloc(1, sizeof *builder);
    enum err err = ERR_NOMEM;

    *out = NULL;
    if (builder == NULL)
        return ERR_NOMEM;
    builder->bundle = malloc(ABSENCE_ENTRIES_BYTES_MAX);
    if (builder->bundle != NULL)
        err = arena_new(4 * (size_t)ENTRY_BYTES_MAX + ARENA_EXTRA_BYTES, &builder->arena);
    if (err != ERR_OK) {
        absence_builder_free(&builder);
        return err;
    }
    merkle_init(&builder->before);
    *out = builder;
    return ERR_OK;
}

void
absence_builder_free(struct absence_builder **builder)
{
    if (*builder == NULL)
        return;
    arena_free(&(*builder)->arena);
    free((*builder)->bundle);
    free(*builder);
    *builder = NULL;
}

void
absence_builder_skip(struct absence_builder *builder, const struct hash *leaf_hash)
{
    /* A tree of the log's size was appended to before: it cannot be full. */
    if (merkle_append(&builder->before, leaf_hash) != ERR_OK)
        abort();
}

void
absence_builder_begin(struct absence_builder *builder, const struct header *header,
                      const struct prove_absence *absence)
{
    const char *member = absence->member != NULL ? absence->member : header->to[0];

    snprintf(builder->member, sizeof builder->member, "%.*s", MEMBER_ID_MAX, member);
    builder->thread = header->thread_id;
    builder->by_ms = absence->by_ms;
}

enum err
absence_builder_take(struct absence_builder *builder, struct span entry, struct problems *problems)
{
    uint64_t time_ms = 0;

    if (builder->is_past)
        return ERR_OK;
    arena_reset(builder->arena);
    (void)absence_is_answer(entry, builder->member, &builder->thread, builder->arena, &time_ms);
    if (entry.len + 2 > ABSENCE_ENTRIES_BYTES_MAX - builder->len) {
        problems_add(problems, "--by", "prove it up to an earlier time",
                     "the log has too many entries between the message and the deadline for one "
                     "file (%d bytes)",
                     ABSENCE_ENTRIES_BYTES_MAX);
        return ERR_RANGE;
    }
    builder->bundle[builder->len] = (uint8_t)(entry.len >> 8);
    builder->bundle[builder->len + 1] = (uint8_t)entry.len;
    memcpy(builder->bundle + builder->len + 2, entry.data, entry.len);
    builder->len += 2 + entry.len;
    builder->taken++;
    builder->is_past = time_ms > builder->by_ms;
    return ERR_OK;
}

enum err
absence_builder_end(struct absence_builder *builder, struct tiles *tiles, struct arena *arena,
                    Denrei__V1__EvidenceAbsence **out)
{
    Denrei__V1__EvidenceAbsence *wire = arena_alloc(arena, sizeof *wire);
    struct hash *peaks = arena_alloc(arena, MERKLE_LEVELS_MAX * sizeof *peaks);
    struct hash *path = arena_alloc(arena, MERKLE_CONSISTENCY_MAX * sizeof *path);
    char *member = arena_copy(arena, builder->member, strlen(builder->member));
    size_t peaks_len = 0, path_len = 0;

    if (wire == NULL || peaks == NULL || path == NULL || member == NULL)
        return ERR_NOMEM;
    denrei__v1__evidence_absence__init(wire);
    for (unsigned level = 0; level < MERKLE_LEVELS_MAX; level++)
        if ((builder->before.leaf_count >> level & 1) != 0)
            peaks[peaks_len++] = builder->before.peaks[level];
    enum err err =
        tiles_consistency(tiles, builder->before.leaf_count + builder->taken, path, &path_len);
    if (err == ERR_OK && peaks_len > 0)
        err = frame_put_hashes(peaks, peaks_len, arena, &wire->peaks);
    if (err == ERR_OK && path_len > 0)
        err = frame_put_hashes(path, path_len, arena, &wire->consistency);
    if (err != ERR_OK)
        return err;
    wire->n_peaks = peaks_len;
    wire->n_consistency = path_len;
    wire->member = member;
    wire->by = builder->by_ms;
    wire->entries = wire_put(builder->bundle, builder->len);
    *out = wire;
    return ERR_OK;
}
